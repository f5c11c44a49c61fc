/* SPDX-License-Identifier: Apache-2.0 */
/* Users, the identities that find them and their registrations. What says something about the person is sealed under
 * the user's own key; ids, states and instants are in clear. */
#pragma once
#include "crypto/password.h"
#include "model/application/application.h"

struct user_identity {              /* type UserIdentity, written out only */
    str value, display_value, type; /* "email", "phoneNumber", "username" */
    bool primary, verified;
    int64_t insert_instant;
};
struct user {                       /* type User; profile and credentials are the sealed halves */
    struct uuid id, tenant_id;
    bool active;
    int64_t insert_instant, last_update_instant, last_login_instant, password_instant, expiry;
    /* profile */
    str email, username, phone_number, first_name, middle_name, last_name, full_name, birth_date, image_url, mobile_phone,
        parent_email, timezone, data;
    struct field_texts languages;
    bool verified;
    /* credentials */
    str password;                   /* as given, never stored; wiped with the request */
    str scheme, salt, hash;         /* a password_hash; empty scheme: no password */
    int64_t factor;
    bool password_change_required;
    struct field_list registrations;/* struct registration, when loaded */
};
struct registration {               /* type UserRegistration */
    struct uuid id, application_id;
    int64_t insert_instant, last_update_instant, last_login_instant;
    str username, timezone, data, tokens;
    struct field_texts roles, languages;
    bool verified;
};

extern const struct field_table user_table;
extern const struct field_table registration_table;

/* The normal form under which an identity is indexed: NFKC, case folded, trimmed; telephone numbers (+ first) reduced to + and
 * digits. One namespace for emails, usernames and numbers. Empty when there is nothing left or it is over 255 bytes. */
str identity_normal(struct arena *arena, str value);

enum user_parts { USER_PLAIN = 0, USER_REGISTRATIONS = 1 };
/* By id, or by any login id. *ret NULL when absent or erased. The caller owns the struct (request arena). */
MUST_USE enum err user_load(struct rq *rq, const struct tenant *tenant, struct uuid id, unsigned parts, struct user **ret);
MUST_USE enum err user_find(struct rq *rq, const struct tenant *tenant, str login_id, unsigned parts, struct user **ret);
/* Who holds each of the user's identities already (other than the user): adds [duplicate] faults on user.email, ... */
MUST_USE enum err user_check_taken(struct rq *rq, const struct tenant *tenant, const struct user *user, struct field_reader *reader,
    const char *path);
/* Judges user->password by the tenant's rules: [tooShort], [tooLong], [singleCase] ... at path.password. */
void user_check_password(struct field_reader *reader, const struct tenant *tenant, const struct user *user, const char *path);
/* Hashes user->password into scheme, salt, hash, factor (only on the hash pool) and sets password_instant. */
MUST_USE enum err user_set_password(struct rq *rq, const struct tenant *tenant, struct user *user);

/* Declares rows: new key, user, identities / changed user and changed identities / what a deletion leaves (nothing). */
MUST_USE enum err user_create(struct rq *rq, const struct tenant *tenant, struct user *user);
MUST_USE enum err user_update(struct rq *rq, const struct tenant *tenant, const struct user *before, struct user *after);
MUST_USE enum err user_delete(struct rq *rq, const struct tenant *tenant, const struct user *user);
/* Declares only that the user signed in now (and, when rehashed, the new credentials). */
MUST_USE enum err user_note_login(struct rq *rq, const struct tenant *tenant, struct user *user, bool has_new_hash);

/* The registration of a loaded user for an application, or NULL. */
const struct registration *user_registration(const struct user *user, struct uuid application_id);
MUST_USE enum err registration_create(struct rq *rq, const struct tenant *tenant, const struct user *user, struct registration *registration);
MUST_USE enum err registration_update(struct rq *rq, const struct tenant *tenant, const struct user *user, struct registration *registration);
MUST_USE enum err registration_delete(struct rq *rq, const struct tenant *tenant, const struct user *user, struct uuid application_id);
/* Declares that the user signed in to the application now. */
void registration_note_login(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id);

/* Names as claims and pages want them: full name, or first and last, or the login id. */
str user_display_name(struct arena *arena, const struct user *user);
/* email, else username, else phone number. */
str user_login_id(const struct user *user);
/* Is the account usable now (active, not expired)? */
bool user_may_sign_in(const struct user *user, int64_t now);
/* Writes the user object as FusionAuth answers it (identities, registrations, instants included). */
void user_write(const struct user *user, struct json_out *out);
