/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share and nobody else sees. */
#pragma once
#include "model/rq/rq.h"
#include "model/user/user.h"
#include "model/user/user_sealed.h"

/* clang-format off */
enum identity_kind { IDENTITY_EMAIL, IDENTITY_PHONE, IDENTITY_USERNAME, IDENTITY_KIND_COUNT };
struct identity_words {
    const char *member, *duplicate; /* wire name in User, message of [duplicate] */
    const char *type, *contains;    /* IdentityType's name, code of a password that contains it */
};
extern const struct identity_words identity_words[IDENTITY_KIND_COUNT];

struct identities {                 /* of one user, each normal form once */
    struct identity {
        enum identity_kind kind;
        str value, normal;
        bytes blind;                /* empty unless asked for */
    } of[IDENTITY_KIND_COUNT];
    size_t count;
};
/* clang-format on */

/* The user's identities with their normal forms. */
struct identities identity_list(struct arena *arena, const struct user *user);
/* The same with blind indexes; check the arena afterwards. */
struct identities identity_list_blind(
    struct rq *rq, const struct tenant *tenant, const struct user *user);
const struct identity *identity_find(const struct identities *list, bytes blind);

struct username_wish {
    const struct tenant *tenant;
    const struct user *before; /* NULL: a new user, whose unique_username is what an import gave */
    struct user *user;
    struct field_reader *reader;
    const char *path;
    /* Is that login id somebody else's? */
    enum err (*is_taken)(struct rq *rq, const struct username_wish *wish, bytes blind, bool *ret);
    void *ctx;
    bool
        is_free; /* what was drawn was nobody's: asked again it may be, and would be refused in place of drawn again */
};
/* Sets user->unique_username; [tooLong] at path.username when there is no room for it. */
MUST_USE enum err user_settle_username(struct rq *rq, struct username_wish *wish);

/* The two sealed halves of a user's row, and the detail of a registration's. */
MUST_USE enum err user_seal_halves(struct rq *rq, const struct tenant *tenant,
    const struct key32 *key, const struct user *user, bytes ret[2]);
MUST_USE enum err user_seal_credentials(struct rq *rq, const struct tenant *tenant,
    const struct key32 *key, const struct user *user, bytes *ret);
MUST_USE enum err registration_seal(struct rq *rq, const struct tenant *tenant,
    const struct key32 *key, struct uuid user_id, const struct registration *registration,
    bytes *ret);
/* Declares a registration's row; is_held when a write of this set has looked for its application before. */
void registration_insert(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    const struct registration *registration, bytes detail, bool is_held);
/* Declare what a change, and the end, of a user do to the words that find them: before the row's own end. */
MUST_USE enum err user_words_change(
    struct rq *rq, const struct tenant *tenant, const struct user *after);
MUST_USE enum err user_words_forget(struct rq *rq, const struct tenant *tenant, struct uuid id);

struct user_credentials { /* the second sealed half */
    str scheme, salt, hash;
    int64_t factor;
    bool password_change_required;
    struct field_list previous;
    struct factors two_factor;
    struct user_breach breach;
};
extern const struct field_table user_profile_table;
extern const struct field_table user_credentials_table;
extern const struct field_table registration_detail_table;

/* Fills user->registrations. */
MUST_USE enum err registration_load(
    struct rq *rq, const struct tenant *tenant, const struct key32 *key, struct user *user);

/* Declares that the registrations of a user who ends are counted as ended. */
MUST_USE enum err registration_count_ends(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id);

/* A crash, or a failure, between the erasure of a key and the deletion of what it opened leaves rows
 * nobody can read. Declares their end if the user's key is gone. */
MUST_USE enum err user_clear_erased(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, bool *ret_is_erased);
