/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors of people (FusionAuth's TwoFactorMethod): what somebody proves beside a password. They live
 * in the sealed credentials of their user (model/user), so they come and go with it.
 *
 * Methods are changed in a loaded user, whose write decides: an update names the version it was prepared
 * from, so a code that two requests bring at once lets in one of them. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "model/field/field.h"

struct application;
struct rq;
struct tenant;
struct user;

enum factor_method { FACTOR_AUTHENTICATOR, FACTOR_EMAIL, FACTOR_SMS };
enum { FACTOR_MAX = 20, FACTOR_RECOVERY_CODES = 10, FACTOR_SECRET_BYTES = 20 };

struct factor {         /* type TwoFactorMethod */
    str id;             /* four letters or digits, unique within the user */
    int method;         /* enum factor_method */
    struct factor_app { /* AuthenticatorConfiguration */
        int algorithm;  /* enum otp_algorithm */
        int64_t code_length, step_s;
    } authenticator;
    str email, mobile_phone, name;
    str secret; /* base64, of an authenticator; never shown */
    bool last_used;
    int64_t used_step; /* of the last code that was taken; 0: none was */
};
struct factors {                    /* type UserTwoFactorConfiguration */
    struct field_list methods;      /* struct factor */
    struct field_texts recovery;    /* digests; not on the wire */
    struct field_texts given_codes; /* recovery codes as somebody else made them, only read */
    bool is_changed;                /* since it was loaded: not stored */
};
extern const struct field_table factor_table, factors_table; /* on the wire */
extern const struct field_table factors_stored_table;
extern const char *const factor_methods[]; /* names, NULL-terminated */

/* ---- questions ---- */
size_t factor_count(const struct user *user);
/* The method of that id, or NULL. */
struct factor *factor_by_id(const struct user *user, str id);
/* May methods of this kind be added (and codes for them be sent) by the tenant's settings? */
bool factor_is_allowed(const struct tenant *tenant, enum factor_method method);
enum factor_need {
    FACTOR_NEED_NONE,
    FACTOR_NEED_CODE, /* a challenge with the user's methods */
    FACTOR_NEED_SETUP /* one is required, and the user has none */
};
/* What the policy of the application (NULL: none), else of the tenant, asks of a sign-in. */
enum factor_need factor_needed(
    const struct tenant *tenant, const struct application *application, const struct user *user);
/* {"methods":[...],"recoveryCodes":[]}, and the list of methods alone: without secrets. */
void factor_write(const struct factors *factors, struct json_out *out);
void factor_write_methods(const struct factors *factors, struct json_out *out);

/* ---- changes of a loaded user; user_update or user_note_login writes them ---- */
/* Judges methods that came with a user's body at path.twoFactor: faults, ids for new ones, digests of
 * recovery codes. before NULL: a new user. */
MUST_USE enum err factor_check_given(struct rq *rq, const struct tenant *tenant,
    struct field_reader *reader, const struct user *before, struct user *after, const char *path);
/* Adds a copy with a new id, and the tenant's authenticator settings where they are not set; *ret is the
 * one in the list. The first method brings recovery codes: *ret_codes, else it is empty. */
MUST_USE enum err factor_add(struct rq *rq, const struct tenant *tenant, struct user *user,
    const struct factor *factor, struct factor **ret, struct field_texts *ret_codes);
/* Removes the method, or all for NULL; with the last the recovery codes go. */
MUST_USE enum err factor_remove(struct rq *rq, struct user *user, const struct factor *factor);
/* Renames: a copy of the list with the new name. */
MUST_USE enum err factor_rename(
    struct rq *rq, struct user *user, const struct factor *factor, str name);
/* New recovery codes in place of all old ones, shown this once. */
MUST_USE enum err factor_new_codes(
    struct rq *rq, const struct tenant *tenant, struct user *user, struct field_texts *ret_codes);

/* ---- proofs ---- */
enum factor_proof { FACTOR_WRONG, FACTOR_RIGHT, FACTOR_RECOVERY };
/* Whether the text is a code of one of the user's authenticators now, or one of the recovery codes; it is
 * used up in the user. *ret_factor: which authenticator, or NULL. */
MUST_USE enum err factor_try(struct rq *rq, const struct tenant *tenant, struct user *user,
    str code, enum factor_proof *ret, const struct factor **ret_factor);
/* Whether it is a code of this authenticator now, which may be of nobody yet; notes the step in it. */
bool factor_take_code(struct rq *rq, struct factor *factor, str code);
/* Marks the method as the one used last. */
MUST_USE enum err factor_note_use(struct rq *rq, struct user *user, const struct factor *factor);
/* An authenticator with a secret that can be one: 10 to 64 bytes in base 64. */
bool factor_secret_ok(struct rq *rq, const struct factor *factor);
/* A number that codes can be sent to: E.164. */
bool factor_phone_ok(struct rq *rq, str phone);
/* A secret for an authenticator app, of FACTOR_SECRET_BYTES. */
bytes factor_new_secret(struct rq *rq);
