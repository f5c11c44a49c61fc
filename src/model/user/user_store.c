/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of users: read, and declared to be written. Invariants: 1 a user's row, identities and key
 * come and go in one write set; 2 an update that was prepared from an older row is lost and runs
 * again; 3 what an erased key sealed counts as absent, so unknown and erased users look alike. */
#include "model/admin/admin.h"
#include "model/group/group.h"
#include "model/family/family.h"
#include "model/session/session.h"
#include "model/statements.h"
#include "model/tally/tally.h"
#include "model/token/token.h"
#include "model/user/user_internal.h"
#include "model/word/word.h"

enum { ANYWHERE_MAX = 8 };
enum column {
    ID,
    IS_ACTIVE,
    INSERTED,
    UPDATED,
    LOGGED_IN,
    PASSWORD_SET,
    EXPIRY,
    PROFILE,
    CREDENTIALS,
    PREVENTED,
    TENANT /* of USER_ANYWHERE only */
};

static struct seal_place
profile_place(const struct tenant *tenant, struct uuid id)
{
    return (struct seal_place){"users", "profile", tenant->id, id};
}

static struct seal_place
credentials_place(const struct tenant *tenant, struct uuid id)
{
    return (struct seal_place){"users", "credentials", tenant->id, id};
}

static enum err
open_halves(struct rq *rq, const struct tenant *tenant, const struct key32 *key,
    const struct db_row *row, struct user *user)
{
    struct uuid id = uuid_from(db_bytes(row, ID));
    struct user_credentials half;
    enum err e = user_open(
        rq, key, profile_place(tenant, id), db_bytes(row, PROFILE), &user_profile_table, user);

    if (e == ERR_OK) {
        e = user_open(rq, key, credentials_place(tenant, id), db_bytes(row, CREDENTIALS),
            &user_credentials_table, &half);
    }
    if (e != ERR_OK) {
        return e;
    }
    user->scheme = half.scheme;
    user->factor = half.factor;
    user->salt = half.salt;
    user->hash = half.hash;
    user->password_change_required = half.password_change_required;
    user->previous = half.previous;
    user->two_factor = half.two_factor;
    user->breach = half.breach;
    return ERR_OK;
}

static void
take_columns(const struct tenant *tenant, const struct db_row *row, struct user *user)
{
    user->id = uuid_from(db_bytes(row, ID));
    user->tenant_id = tenant->id;
    user->active = db_i64(row, IS_ACTIVE) != 0;
    user->insert_instant = db_i64(row, INSERTED);
    user->last_update_instant = db_i64(row, UPDATED);
    user->last_login_instant = db_i64(row, LOGGED_IN);
    user->password_instant = db_i64(row, PASSWORD_SET);
    user->expiry = db_i64(row, EXPIRY);
    user->prevented_until = db_i64(row, PREVENTED);
    if (user->breach.password_instant != user->password_instant) {
        user->breach = (struct user_breach){.status = NO_STR};
    }
}

/* A row whose key is gone is nobody's: *ret NULL. */
static enum err
user_from_row(struct rq *rq, const struct tenant *tenant, unsigned parts, const struct db_row *row,
    struct user **ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct user *user;
    bool found;
    enum err e = user_key(rq, tenant, uuid_from(db_bytes(row, ID)), &key, &found);

    *ret = NULL;
    if (e != ERR_OK || !found) {
        return e;
    }
    user = ARENA_NEW(rq->arena, struct user);
    if (user == NULL) {
        return FAIL_SERVER(rq);
    }
    e = open_halves(rq, tenant, &key, row, user);
    if (e != ERR_OK) {
        return e;
    }
    take_columns(tenant, row, user);
    if (parts & USER_REGISTRATIONS) {
        e = registration_load(rq, tenant, &key, user);
        if (e != ERR_OK) {
            return e;
        }
    }
    *ret = user;
    e = user->memberships.count ? group_apply(rq, tenant, user) : ERR_OK;
    if (e == ERR_OK && rq->guards_admins) {
        e = admin_guard(rq, tenant, user, parts & USER_REGISTRATIONS);
    }
    return e;
}

enum err
user_load(
    struct rq *rq, const struct tenant *tenant, struct uuid id, unsigned parts, struct user **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, USER_BY_ID, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));

    *ret = NULL;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    return user_from_row(rq, tenant, parts, row, ret);
}

enum err
user_load_anywhere(struct rq *rq, struct uuid id, unsigned parts, const struct tenant **ret_tenant,
    struct user **ret, bool *ret_is_one)
{
    const struct tenant *tenant;
    struct db_row *rows, *found = NULL;
    enum err e = rq_read_all(rq, USER_ANYWHERE, ANYWHERE_MAX, &rows, DB_VALUES(DB_ID(&id)));

    *ret_tenant = NULL;
    *ret = NULL;
    *ret_is_one = true;
    for (struct db_row *row = rows; e == ERR_OK && row != NULL; row = row->next) {
        e = tenant_load(rq, uuid_from(db_bytes(row, TENANT)), &tenant);
        if (e == ERR_OK && tenant != NULL) { /* NULL: it has ended, its rows follow */
            *ret_is_one = found == NULL;
            *ret_tenant = tenant;
            found = row;
        }
    }
    if (e != ERR_OK || found == NULL || !*ret_is_one) {
        return e;
    }
    return user_from_row(rq, *ret_tenant, parts, found, ret);
}

enum err
user_find(
    struct rq *rq, const struct tenant *tenant, str login_id, unsigned parts, struct user **ret)
{
    str normal = identity_normal(rq->arena, login_id);
    bytes blind = seal_blind(rq, tenant, normal);
    struct db_row *row;
    enum err e;

    *ret = NULL;
    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    if (normal.n == 0) {
        return ERR_OK;
    }
    e = rq_read(rq, USER_BY_BLIND, &row, DB_VALUES(DB_ID(&tenant->id), DB_BYTES(blind)));
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    return user_from_row(rq, tenant, parts, row, ret);
}

enum err
user_seal_credentials(struct rq *rq, const struct tenant *tenant, const struct key32 *key,
    const struct user *user, bytes *ret)
{
    struct user_credentials half = {.scheme = user->scheme,
        .salt = user->salt,
        .hash = user->hash,
        .factor = user->factor,
        .password_change_required = user->password_change_required,
        .previous = user->previous,
        .two_factor = user->two_factor,
        .breach = user->breach};

    return user_seal(
        rq, key, credentials_place(tenant, user->id), &user_credentials_table, &half, ret);
}

enum err
user_seal_halves(struct rq *rq, const struct tenant *tenant, const struct key32 *key,
    const struct user *user, bytes ret[2])
{
    enum err e =
        user_seal(rq, key, profile_place(tenant, user->id), &user_profile_table, user, &ret[0]);

    return e != ERR_OK ? e : user_seal_credentials(rq, tenant, key, user, &ret[1]);
}

/* A taken identity is found by user_check_taken when the handler runs again. */
static void
add_identity(struct rq *rq, const struct tenant *tenant, const struct user *user,
    const struct identity *identity)
{
    rq_write(rq, IDENTITY_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_BYTES(identity->blind), DB_ID(&user->id),
            DB_I64(identity->kind)));
}

/* A chosen id may have a key already, left by a creation that failed between keys and data: it is
 * used, since the row decides who has the id. */
static enum err
key_for_new(struct rq *rq, const struct tenant *tenant, struct user *user, struct key32 *ret)
{
    bool found = false;
    enum err e = ERR_OK;

    if (!user->has_new_id) {
        e = user_key(rq, tenant, user->id, ret, &found);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (found) { /* and may be going: with a user of that id who is deleted at this instant */
        seal_hold_user_key(rq, tenant, user->id);
        return ERR_OK;
    }
    return seal_new_user_key(rq, tenant, user->id, !user->has_new_id, ret);
}

/* OA-47: the id of an application is the sub of its own tokens, so it cannot be a person's. */
static enum err
check_id(struct rq *rq, const struct user *user)
{
    const struct application *application = NULL;
    enum err e = user->has_new_id ? ERR_OK : application_any(rq, user->id, &application);

    if (e == ERR_OK && application != NULL) {
        field_fault_add(&rq->faults, rq->arena, S("userId"), S("duplicate"),
            S("This id is an application's already: choose another, or leave it out."));
        e = FAIL(rq, ERR_FIELDS, "userId", "is taken");
    }
    return e;
}

enum err
user_create(struct rq *rq, const struct tenant *tenant, struct user *user)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct identities list;
    struct word_rows words;
    bytes halves[2];
    enum err e;

    if (uuid_is_nil(user->id)) {
        user->id = rq_new_id(rq);
        user->has_new_id = true;
    }
    user->tenant_id = tenant->id;
    user->active = true;
    user->insert_instant = user->last_update_instant = rq->now;
    e = check_id(rq, user);
    e = e ? e : key_for_new(rq, tenant, user, &key);
    if (e == ERR_OK) {
        e = user_seal_halves(rq, tenant, &key, user, halves);
    }
    e = e ? e : word_rows_make(rq, tenant, user, &words);
    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, USER_INSERT, DB_NEW, ERR_CONFLICT,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user->id), DB_I64(1), DB_I64(user->insert_instant),
            DB_I64(user->last_update_instant), DB_I64(user->last_login_instant),
            DB_I64(user->password_instant), DB_I64(user->expiry), DB_BYTES(halves[0]),
            DB_BYTES(halves[1]), DB_BYTES(words.packed)));
    word_rows_write(rq, tenant, user->id, &words);
    list = identity_list_blind(rq, tenant, user);
    for (size_t i = 0; i < list.count; i++) {
        add_identity(rq, tenant, user, &list.of[i]);
    }
    tally_add(rq, tenant, TALLY_USER, (struct uuid){{0}}, 1);
    return family_note_parent(rq, tenant, user->id, NO_STR, user->parent_email);
}

static void
change_identities(
    struct rq *rq, const struct tenant *tenant, const struct user *before, const struct user *after)
{
    struct identities old = identity_list_blind(rq, tenant, before);
    struct identities new = identity_list_blind(rq, tenant, after);

    for (size_t i = 0; i < old.count; i++) {
        if (identity_find(&new, old.of[i].blind) == NULL) {
            rq_write(rq, IDENTITY_DELETE, DB_ONE, ERR_AGAIN,
                DB_VALUES(DB_ID(&tenant->id), DB_BYTES(old.of[i].blind), DB_ID(&before->id)));
        }
    }
    for (size_t i = 0; i < new.count; i++) {
        if (identity_find(&old, new.of[i].blind) == NULL) {
            add_identity(rq, tenant, after, &new.of[i]);
        }
    }
}

/* What is open has stale authority: of somebody who was deactivated (OA-63), and, where the tenant says so, from before
 * there was a second factor, whichever way the first one came. */
static bool
ends_what_is_open(const struct tenant *tenant, const struct user *before, const struct user *after)
{
    bool is_first = before->two_factor.methods.count == 0 && after->two_factor.methods.count > 0;

    return (before->active && !after->active) || (is_first && tenant->jwt.revocation.on_mfa_enable);
}

enum err
user_update(
    struct rq *rq, const struct tenant *tenant, const struct user *before, struct user *after)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bytes halves[2];
    bool found;
    enum err e = user_key(rq, tenant, before->id, &key, &found);

    if (e == ERR_OK && !found) {
        e = FAIL(rq, ERR_NOT_FOUND, NULL, "does not exist");
    }
    if (e != ERR_OK) {
        return e;
    }
    after->id = before->id;
    after->tenant_id = tenant->id;
    after->last_update_instant = MAX(rq->now, before->last_update_instant + 1);
    e = user_seal_halves(rq, tenant, &key, after, halves);
    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, USER_UPDATE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&after->id), DB_I64(after->active),
            DB_I64(after->last_update_instant), DB_I64(after->password_instant),
            DB_I64(after->expiry), DB_BYTES(halves[0]), DB_BYTES(halves[1]),
            DB_I64(before->last_update_instant)));
    e = user_words_change(rq, tenant, after);
    if (e != ERR_OK) {
        return e;
    }
    change_identities(rq, tenant, before, after);
    e = family_note_parent(rq, tenant, after->id, before->parent_email, after->parent_email);
    if (ends_what_is_open(tenant, before, after)) {
        session_end_all(rq, tenant, after->id);
        token_revoke_user(rq, tenant, after->id);
    }
    return e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
}

void
user_hold(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(rq, USER_HOLD, DB_ONE, ERR_AGAIN, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}
