/* SPDX-License-Identifier: Apache-2.0 */
/* Registrations: a user's membership of an application, with roles. Sealed under the user's key and
 * bound to user and application, so that no row's roles can be moved to another application. */
#include <stdlib.h>

#include "codec/base64.h"
#include "model/code/code.h"
#include "model/consent/consent.h"
#include "model/statements.h"
#include "model/tally/tally.h"
#include "model/token/token.h"
#include "model/user/user_internal.h"

enum column { ID, APPLICATION, INSERTED, UPDATED, LOGGED_IN, DETAIL };
enum { MAX_REGISTRATIONS = 1000 };

static struct seal_place
detail_place(const struct tenant *tenant, struct uuid user_id, struct uuid application_id)
{
    return seal_pair_place("registration", "detail", tenant, user_id, application_id);
}

static enum err
registration_from_row(struct rq *rq, struct seal_place place, const struct key32 *key,
    const struct db_row *row, struct registration *ret)
{
    enum err e = user_open(rq, key, place, db_bytes(row, DETAIL), &registration_detail_table, ret);

    if (e != ERR_OK) {
        return e;
    }
    ret->id = uuid_from(db_bytes(row, ID));
    ret->application_id = uuid_from(db_bytes(row, APPLICATION));
    ret->insert_instant = db_i64(row, INSERTED);
    ret->last_update_instant = db_i64(row, UPDATED);
    ret->last_login_instant = db_i64(row, LOGGED_IN);
    return ERR_OK;
}

/* In the order they were made. Not the statement's work: a sorter of SQLite costs more than the read itself. */
static int
by_age(const void *a, const void *b)
{
    const struct registration *x = a, *y = b;

    if (x->insert_instant != y->insert_instant) {
        return x->insert_instant < y->insert_instant ? -1 : 1;
    }
    return uuid_cmp(x->id, y->id);
}

enum err
registration_load(
    struct rq *rq, const struct tenant *tenant, const struct key32 *key, struct user *user)
{
    struct registration *items;
    struct db_row *rows;
    size_t count, i = 0;
    enum err e = rq_read_all(rq, REGISTRATION_BY_USER, MAX_REGISTRATIONS, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user->id)));

    if (e != ERR_OK) {
        return e;
    }
    count = db_row_count(rows);
    items = ARENA_ARRAY(rq->arena, count, struct registration);
    if (items == NULL) {
        return FAIL_SERVER(rq);
    }
    for (const struct db_row *row = rows; row != NULL; row = row->next, i++) {
        struct seal_place place =
            detail_place(tenant, user->id, uuid_from(db_bytes(row, APPLICATION)));
        e = registration_from_row(rq, place, key, row, &items[i]);
        if (e != ERR_OK) {
            return e;
        }
    }
    if (count > 1) {
        qsort(items, count, sizeof *items, by_age);
    }
    user->registrations = (struct field_list){items, count};
    return ERR_OK;
}

enum err
registration_seal(struct rq *rq, const struct tenant *tenant, const struct key32 *key,
    struct uuid user_id, const struct registration *registration, bytes *ret)
{
    return user_seal(rq, key, detail_place(tenant, user_id, registration->application_id),
        &registration_detail_table, registration, ret);
}

static enum err
seal_detail(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    const struct registration *registration, bytes *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool found;
    enum err e = user_key(rq, tenant, user_id, &key, &found);

    if (e == ERR_OK && !found) {
        e = FAIL(rq, ERR_NOT_FOUND, NULL, "does not exist");
    }
    return e ? e : registration_seal(rq, tenant, &key, user_id, registration, ret);
}

void
registration_insert(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    const struct registration *registration, bytes detail, bool is_held)
{
    struct uuid nobody = {{0}}; /* whose universal applications are */
    struct db_value values[] = {DB_ID(&tenant->id), DB_ID(&user_id),
        DB_ID(&registration->application_id), DB_ID(&registration->id),
        DB_I64(registration->insert_instant), DB_I64(registration->last_update_instant),
        DB_I64(registration->last_login_instant), DB_BYTES(detail), DB_ID(&nobody)};

    rq_write(rq, is_held ? REGISTRATION_INSERT_HELD : REGISTRATION_INSERT, DB_ONE, ERR_AGAIN,
        values, COUNT(values) - (is_held ? 1 : 0));
}

enum err
registration_create(struct rq *rq, const struct tenant *tenant, const struct user *user,
    struct registration *registration)
{
    bytes detail;
    enum err e;

    if (uuid_is_nil(registration->id)) {
        registration->id = rq_new_id(rq);
    }
    registration->insert_instant = registration->last_update_instant = rq->now;
    e = seal_detail(rq, tenant, user->id, registration, &detail);
    if (e != ERR_OK) {
        return e;
    }
    /* The user's row first: a registration must not be left behind by a user who is erased now,
     * nor by an application, which the insert itself looks for. */
    rq_write(rq, USER_HOLD, DB_ONE, ERR_AGAIN, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user->id)));
    registration_insert(rq, tenant, user->id, registration, detail, false);
    tally_add(rq, tenant, TALLY_REGISTRATION, registration->application_id, 1);
    return ERR_OK;
}

enum err
registration_update(struct rq *rq, const struct tenant *tenant, const struct user *user,
    struct registration *registration)
{
    const struct registration *before = user_registration(user, registration->application_id);
    bytes detail;
    int64_t version;
    enum err e;

    if (before == NULL) {
        return FAIL(rq, ERR_NOT_FOUND, NULL, "does not exist");
    }
    version = before->last_update_instant;
    registration->id = before->id;
    registration->insert_instant = before->insert_instant;
    registration->last_login_instant = before->last_login_instant;
    registration->last_update_instant = MAX(rq->now, version + 1);
    e = seal_detail(rq, tenant, user->id, registration, &detail);
    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, REGISTRATION_UPDATE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user->id), DB_ID(&registration->application_id),
            DB_I64(registration->last_update_instant), DB_BYTES(detail), DB_I64(version)));
    return ERR_OK;
}

enum err
registration_delete(
    struct rq *rq, const struct tenant *tenant, const struct user *user, struct uuid application_id)
{
    rq_write(rq, REGISTRATION_DELETE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user->id), DB_ID(&application_id)));
    tally_add(rq, tenant, TALLY_REGISTRATION_END, application_id, 1);
    code_forget_user_application(rq, tenant, user->id, application_id);
    token_revoke_user_application(rq, tenant, user->id, application_id);
    consent_withdraw(rq, tenant, user->id, application_id);
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

enum err
registration_count_ends(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, REGISTRATION_BY_USER, MAX_REGISTRATIONS, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));

    for (; e == ERR_OK && rows != NULL; rows = rows->next) {
        tally_add(rq, tenant, TALLY_REGISTRATION_END, uuid_from(db_bytes(rows, APPLICATION)), 1);
    }
    return e;
}

bool
registration_is_token(const struct registration *registration, str text)
{
    struct digest given = sha256(str_bytes(text)), kept = sha256(str_bytes(registration->token));

    return registration->token.n != 0 && ct_eq(BYTES_OF(given.b), BYTES_OF(kept.b));
}

str
registration_make_token(struct rq *rq)
{
    uint8_t raw[32];
    str text;

    arena_keep_secret(rq->arena);
    rng_fill(rq->rng, raw, sizeof raw);
    text = base64url_text(rq->arena, BYTES_OF(raw));
    secret_wipe(raw, sizeof raw);
    return text;
}

void
registration_note_login(
    struct rq *rq, const struct tenant *tenant, struct user *user, struct uuid application_id)
{
    struct registration *items = user->registrations.items;

    for (size_t i = 0; i < user->registrations.count; i++) {
        if (uuid_eq(items[i].application_id, application_id)) {
            items[i].last_login_instant = rq->now;
            rq_write(rq, REGISTRATION_NOTE_LOGIN, DB_ANY, ERR_OK,
                DB_VALUES(
                    DB_ID(&tenant->id), DB_ID(&user->id), DB_ID(&application_id), DB_I64(rq->now)));
        }
    }
}
