/* SPDX-License-Identifier: Apache-2.0 */
/* Registrations: a person's membership of an application, with roles. */
#pragma once
#include "base/fault.h"
#include "model/field/field.h"

struct rq;
struct tenant;
struct user;

/* What is given in place of a password has to be as hard to guess; what we make has 43 characters. */
enum { REGISTRATION_TOKEN_MIN = 16 };

/* clang-format off */
struct registration {               /* type UserRegistration */
    struct uuid id, application_id;
    int64_t insert_instant, last_update_instant, last_login_instant;
    str username, timezone, data, tokens;
    str token;                      /* authentication token as it is stored, or empty */
    str shown_token;                /* the same where it is read and written: by the registration's own calls only, so
                                       that no person's object shows it */
    struct field_texts roles, languages;
    bool verified;
    int64_t verified_instant;
    int username_status;            /* ContentStatus: always ACTIVE */
    struct uuid cleanspeak_id;      /* always empty: another server's */
    struct field_texts group_roles; /* of the person's groups: not stored, not in roles */
};
/* clang-format on */
extern const struct field_table registration_table;

/* The registration of a loaded user for an application, or NULL. */
const struct registration *user_registration(const struct user *user, struct uuid application_id);
/* Declare rows. create makes id and instants; update keeps the id of user's own registration for
 * the application, which must have been loaded; delete also revokes the user's grants and consent
 * there. */
MUST_USE enum err registration_create(struct rq *rq, const struct tenant *tenant,
    const struct user *user, struct registration *registration);
MUST_USE enum err registration_update(struct rq *rq, const struct tenant *tenant,
    const struct user *user, struct registration *registration);
MUST_USE enum err registration_delete(struct rq *rq, const struct tenant *tenant,
    const struct user *user, struct uuid application_id);
/* Is the text the registration's authentication token? Looks in constant time; an empty one is nobody's. */
bool registration_is_token(const struct registration *registration, str text);
/* A new authentication token: 256 random bits as base64url. */
str registration_make_token(struct rq *rq);
/* Declares that the user signed in to the application now, if they are registered for it. */
void registration_note_login(
    struct rq *rq, const struct tenant *tenant, struct user *user, struct uuid application_id);
