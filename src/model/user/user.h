/* SPDX-License-Identifier: Apache-2.0 */
/* Users, the identities that find them and their registrations. What says something about the
 * person is sealed under the user's own key; ids, states and instants are in clear. */
#pragma once
#include "crypto/password.h"
#include "model/application/application.h"
#include "model/factor/factor.h"
#include "model/user/registration.h"

/* clang-format off */
struct user_identity {              /* type UserIdentity, written out only */
    str value, display_value, type; /* "email", "phoneNumber", "username" */
    str moderation_status, verified_reason;
    bool primary, verified;
    int64_t insert_instant, verified_instant;
};
struct user {                       /* type User; profile and credentials are the sealed halves */
    struct uuid id, tenant_id;
    bool active, has_new_id;        /* has_new_id: of somebody to be created, under an id that was made for it */
    int64_t insert_instant, last_update_instant, last_login_instant, password_instant, expiry;
    /* profile; unique_username: the username with what makes it unique, empty where it is that by itself */
    str email, username, unique_username, phone_number, first_name, middle_name, last_name, full_name, birth_date,
        image_url, mobile_phone, parent_email, timezone, data, verified_reason, phone_verified_reason;
    struct field_texts languages;
    bool verified, phone_verified;
    int64_t verified_instant, phone_verified_instant;
    /* credentials */
    str password;                   /* as given, never stored; wiped with the request */
    str given_scheme, given_salt;   /* as given beside it: how to hash it, or how it was hashed */
    int64_t given_factor;
    str scheme, salt, hash;         /* a password_hash; empty scheme: no password */
    int64_t factor;
    bool password_change_required;
    struct field_list previous;     /* struct password_hash, newest first: what may not come again */
    struct user_breach {            /* what model/breach knows of the password */
        str status;                 /* BreachedPasswordStatus; empty: never looked up */
        int64_t checked_instant, password_instant; /* of which password: of another it says nothing */
    } breach;
    struct factors two_factor;      /* of the credentials */
    struct field_list memberships;  /* struct membership, of the profile */
    struct field_list registrations;/* struct registration, when loaded */
    int64_t prevented_until;        /* until then something may keep the person out: model/action knows */
    /* only of what is written out */
    struct field_list identities;   /* struct user_identity */
    int username_status;            /* ContentStatus: always ACTIVE */
    struct { struct uuid id; int64_t instant; str text; } theirs; /* always empty */
};
/* clang-format on */

extern const struct field_table user_table;

/* The form by which an identity is indexed: NFKC, case folded, trimmed; numbers (+ first) reduced to + and digits; one
 * namespace for emails, usernames and numbers. Empty: nothing is left, or it is over 255 bytes. */
str identity_normal(struct arena *arena, str value);
bool identity_is_phone(str normal); /* + and 7 to 15 digits: E.164 */
/* E.164 of a number as people write it (without + one of North America), else empty. */
str identity_phone(struct arena *arena, str value);
void user_settle(struct arena *arena, struct user *user); /* what was read, as it is kept */
/* NFKC and case folding alone; empty for more than 1024 bytes, before or after, and for no UTF-8. */
str identity_fold(struct arena *arena, str value);

enum user_parts { USER_PLAIN = 0, USER_REGISTRATIONS = 1 };
/* By id, or by any login id. *ret NULL when absent or erased. The caller owns the struct (request arena). */
MUST_USE enum err user_load(
    struct rq *rq, const struct tenant *tenant, struct uuid id, unsigned parts, struct user **ret);
MUST_USE enum err user_find(
    struct rq *rq, const struct tenant *tenant, str login_id, unsigned parts, struct user **ret);
/* By id in whichever tenant has it: *ret_is_one false when several have, *ret is NULL then. */
MUST_USE enum err user_load_anywhere(struct rq *rq, struct uuid id, unsigned parts,
    const struct tenant **ret_tenant, struct user **ret, bool *ret_is_one);
/* Ids of tenants that have a user of this id, at most max: mostly one, since ids are random. */
MUST_USE enum err user_tenants(
    struct rq *rq, struct uuid id, size_t max, struct uuid **ret, size_t *ret_count);
/* Settles what makes a new (before NULL) or changed username unique where the tenant lets several people choose one, then judges
 * who else holds each identity: [duplicate] faults on user.email, ... What an erased user left is declared to end. */
MUST_USE enum err user_check_taken(struct rq *rq, const struct tenant *tenant,
    const struct user *before, struct user *user, struct field_reader *reader, const char *path);
/* The username that finds the person: the chosen one, or that with digits behind it. */
str user_unique_username(const struct user *user);
/* Judges user->password by the tenant's rules: [blank], [tooShort], [tooLong], [singleCase] ... at path.password; and,
 * when given, how it is to be hashed, at path.encryptionScheme and path.factor. */
void user_check_password(struct field_reader *reader, const struct tenant *tenant,
    const struct user *user, const char *path);
/* As user_check_password, without the tenant's rules: what an import brings in plain text. False with faults. */
MUST_USE bool user_check_plain(struct field_reader *reader, const struct tenant *tenant,
    const struct user *user, const char *path);
/* Hashes user->password into scheme, salt, hash, factor (only on the hash pool) and sets
 * password_instant. As user->given_scheme and given_factor say, else as the tenant does. */
MUST_USE enum err user_set_password(struct rq *rq, const struct tenant *tenant, struct user *user);
/* Judges whether the password of before may be changed now, to after->password: [tooYoung], and [previouslyUsed] for the
 * one it has and those the tenant remembers (then only on the hash pool). */
MUST_USE enum err user_check_change(struct rq *rq, const struct tenant *tenant,
    struct field_reader *reader, const struct user *before, const struct user *after,
    const char *path);
/* As user_set_password, and keeps the hash of before as the tenant remembers. */
MUST_USE enum err user_change_password(
    struct rq *rq, const struct tenant *tenant, const struct user *before, struct user *after);
/* Why a right password has to be changed before its person gets in; names as FusionAuth's. */
enum password_due {
    PASSWORD_FINE,
    PASSWORD_ADMINISTRATIVE,
    PASSWORD_BREACHED,
    PASSWORD_EXPIRED,
    PASSWORD_VALIDATION
};
extern const char *const user_password_due_names[];
/* is_by_password: the password was the proof, or the first of two; password: empty where it is not at hand any more. */
enum password_due user_password_due(struct rq *rq, const struct tenant *tenant,
    const struct user *user, bool is_by_password, str password);
/* Declares rows: new key, user, identities / changed user and changed identities / what a deletion
 * leaves (nothing). A lost race (somebody took an identity, changed or deleted the user meanwhile)
 * runs the handler again (ERR_AGAIN); a taken id is ERR_CONFLICT. Users are created active; one
 * made inactive loses all sessions and grants. */
MUST_USE enum err user_create(struct rq *rq, const struct tenant *tenant, struct user *user);
MUST_USE enum err user_update(
    struct rq *rq, const struct tenant *tenant, const struct user *before, struct user *after);
MUST_USE enum err user_delete(struct rq *rq, const struct tenant *tenant, const struct user *user);
/* Declares only that the user signed in now (and, when rehashed, or when second factors are changed, the
 * new credentials). If meanwhile the user was deactivated, or the password or a factor changed, the handler
 * runs again: a code that two sign-ins bring at once lets in one. */
MUST_USE enum err user_note_login(
    struct rq *rq, const struct tenant *tenant, struct user *user, bool has_new_hash);

/* Declares what is known of the password by now: user->breach. The handler runs again if the user changed meanwhile. */
MUST_USE enum err user_note_breach(
    struct rq *rq, const struct tenant *tenant, const struct user *before, struct user *after);
/* The password is known to have got out. */
bool user_is_breached(const struct user *user);

/* For a job: declares the end of rows whose key is gone (a crash between the two), a hundred users
 * a time, from the cursor on, all zero at first. */
struct user_cursor {
    struct uuid tenant_id, id;
    bool is_at_end;
};
MUST_USE enum err user_tidy(struct rq *rq, struct user_cursor *cursor);

/* For an operator who wants to know: opens some fifty people a time behind the cursor, all zero at first, and counts; ERR_SERVER
 * when there is no going on. */
struct user_look {
    struct user_cursor at, broken; /* broken: the first who was there and could not be opened */
    int64_t opened, erased, broken_count;
};
MUST_USE enum err user_look(struct rq *rq, struct user_look *look);

/* For a job: declares the words of users who have none, being of a release before, a hundred users a time. */
MUST_USE enum err user_words_make(struct rq *rq, struct user_cursor *cursor);

/* Users of a tenant by insert instant and id, newest first unless is_ascending; or those registered for an application
 * by id, greatest first: at most max behind a place of that order. */
struct user_listed {
    int64_t instant; /* 0 of those registered */
    struct uuid id;
};
struct user_page {
    struct uuid application_id; /* nil: all */
    bool is_ascending;
    struct user_listed from;
    size_t max;
};
MUST_USE enum err user_list(struct rq *rq, const struct tenant *tenant,
    const struct user_page *page, struct user_listed *ret, size_t *ret_count);
/* How many there are (application nil: all), counting to max. */
MUST_USE enum err user_count(struct rq *rq, const struct tenant *tenant, struct uuid application_id,
    int64_t max, int64_t *ret);

/* Whether there are rows of a user whose key is gone: an erasure that was cut, or is just being committed. user_delete ends
 * them, for one of those who try. */
MUST_USE enum err user_has_remains(
    struct rq *rq, const struct tenant *tenant, struct uuid id, bool *ret);
/* Declares the end of the rows of a user whose key was erased; *ret_is_pending false when there are none, or when they
 * are of a user made anew. */
MUST_USE enum err user_finish_erasure(
    struct rq *rq, const struct tenant *tenant, struct uuid id, bool *ret_is_pending);

/* Declares that the user must still be there at the commit (ERR_AGAIN): what is added about somebody holds them first. */
void user_hold(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
/* Declares that until then something may keep the user out: a sign-in judged before runs again; hold: nothing new does (ERR_AGAIN). */
void user_prevent(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, int64_t until_instant);
void user_prevent_hold(struct rq *rq, const struct tenant *tenant, const struct user *user);

/* In whole years; -1 when there is no birth date. */
int64_t user_age(const struct user *user, int64_t now);

/* Names as claims and pages want them: full name, or first and last, or the login id. */
str user_display_name(struct arena *arena, const struct user *user);
str user_login_id(const struct user *user); /* email, else the username, else phone number */
str user_address(struct arena *arena, const struct user *user); /* of mails, or empty */
/* Is there an account of that id, whatever its state? For ids that must not be two things (OA-47). */
MUST_USE enum err user_exists(
    struct rq *rq, const struct tenant *tenant, struct uuid id, bool *ret);
/* Is there such an account, active and not expired? One row, nothing unsealed: for tokens presented again (OA-63). */
MUST_USE enum err user_stands(
    struct rq *rq, const struct tenant *tenant, struct uuid id, bool *ret);
/* Is the account usable now (active, not expired)? */
bool user_may_sign_in(const struct user *user, int64_t now);
/* Writes the user object as FusionAuth answers it (identities, registrations, instants included). */
void user_write(const struct user *user, struct json_out *out);
void user_write_retrieved(const struct user *user, struct json_out *out); /* + its scheme */
