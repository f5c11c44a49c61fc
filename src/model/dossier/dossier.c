/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about people: sealed under their keys, bound to kind, tenant and id. What an erased key sealed counts as
 * absent. */
#include "model/dossier/dossier.h"

#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"
#include "model/user/user_sealed.h"

enum column { TENANT, USER, ID, SUBJECT, ONLY, INSERTED, UPDATED, UNTIL, DUE, DETAIL };

static struct seal_place
detail_place(const struct dossier_kind *kind, const struct dossier *head)
{
    return (struct seal_place){"dossier", kind->name, head->tenant_id, head->id};
}

static struct dossier
head_of(const struct db_row *row)
{
    struct dossier head = {
        .id = uuid_from(db_bytes(row, ID)),
        .tenant_id = uuid_from(db_bytes(row, TENANT)),
        .user_id = uuid_from(db_bytes(row, USER)),
        .subject_id = uuid_from(db_bytes(row, SUBJECT)),
        .only = uuid_from(db_bytes(row, ONLY)),
        .insert_instant = db_i64(row, INSERTED),
        .last_update_instant = db_i64(row, UPDATED),
        .until_instant = db_i64(row, UNTIL),
        .due_instant = db_i64(row, DUE),
    };

    if (uuid_eq(head.only, head.id)) {
        head.only = (struct uuid){{0}};
    }
    return head;
}

/* *ret NULL when the person was erased. */
static enum err
open_row(struct rq *rq, const struct tenant *tenant, const struct dossier_kind *kind,
    const struct db_row *row, void **ret)
{
    struct dossier head = head_of(row);
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool found;
    enum err e = user_key(rq, tenant, head.user_id, &key, &found);

    *ret = NULL;
    if (e != ERR_OK || !found) {
        return e;
    }
    *ret = arena_alloc(rq->arena, kind->table->size);
    if (*ret == NULL) {
        return FAIL_SERVER(rq);
    }
    e = user_open(rq, &key, detail_place(kind, &head), db_bytes(row, DETAIL), kind->table, *ret);
    if (e == ERR_OK) {
        memcpy(*ret, &head, sizeof head);
    }
    return e;
}

static enum err
open_of_any_tenant(
    struct rq *rq, const struct dossier_kind *kind, const struct db_row *row, void **ret)
{
    const struct tenant *tenant;
    enum err e = tenant_load(rq, uuid_from(db_bytes(row, TENANT)), &tenant);

    *ret = NULL;
    return e != ERR_OK || tenant == NULL ? e : open_row(rq, tenant, kind, row, ret);
}

enum err
dossier_load(struct rq *rq, const struct dossier_kind *kind, struct uuid id, void **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, DOSSIER_BY_ID, &row, DB_VALUES(DB_I64(kind->number), DB_ID(&id)));

    *ret = NULL;
    return e != ERR_OK || row == NULL ? e : open_of_any_tenant(rq, kind, row, ret);
}

static enum err
open_all(struct rq *rq, const struct dossier_kind *kind, const struct db_row *rows,
    struct dossier_list *ret)
{
    size_t n;
    enum err e = ERR_OK;

    n = db_row_count(rows);
    *ret = (struct dossier_list){ARENA_ARRAY(rq->arena, MAX(n, 1), void *), 0};
    if (ret->items == NULL) {
        return FAIL_SERVER(rq);
    }
    for (const struct db_row *row = rows; e == ERR_OK && row != NULL; row = row->next) {
        e = open_of_any_tenant(rq, kind, row, &ret->items[ret->count]);
        ret->count += ret->items[ret->count] != NULL;
    }
    return e;
}

enum err
dossier_of_user(struct rq *rq, const struct tenant *tenant, const struct dossier_kind *kind,
    struct uuid user_id, struct dossier_list *ret)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, DOSSIER_BY_USER, DOSSIER_MAX, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_I64(kind->number)));

    *ret = (struct dossier_list){NULL, 0};
    return e ? e : open_all(rq, kind, rows, ret);
}

enum err
dossier_standing(struct rq *rq, const struct tenant *tenant, const struct dossier_kind *kind,
    struct uuid user_id, struct dossier_list *ret)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, DOSSIER_BY_USER_UNTIL, DOSSIER_MAX, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_I64(kind->number), DB_I64(rq->now)));

    *ret = (struct dossier_list){NULL, 0};
    return e ? e : open_all(rq, kind, rows, ret);
}

enum err
dossier_of_subject(struct rq *rq, const struct dossier_kind *kind, struct uuid subject_id,
    struct dossier_list *ret)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, DOSSIER_BY_SUBJECT, DOSSIER_MAX, &rows,
        DB_VALUES(DB_I64(kind->number), DB_ID(&subject_id)));

    *ret = (struct dossier_list){NULL, 0};
    return e ? e : open_all(rq, kind, rows, ret);
}

enum err
dossier_of_tenant(struct rq *rq, const struct tenant *tenant, const struct dossier_kind *kind,
    struct uuid after, struct dossier_list *ret)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, DOSSIER_BY_TENANT, DOSSIER_MAX, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_I64(kind->number), DB_ID(&after)));

    *ret = (struct dossier_list){NULL, 0};
    return e ? e : open_all(rq, kind, rows, ret);
}

static enum err
seal_thing(struct rq *rq, const struct tenant *tenant, const struct dossier_kind *kind,
    const void *thing, bytes *ret)
{
    const struct dossier *head = thing;
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool found;
    enum err e = user_key(rq, tenant, head->user_id, &key, &found);

    if (e == ERR_OK && !found) {
        e = FAIL(rq, ERR_NOT_FOUND, NULL, "does not exist");
    }
    return e ? e : user_seal(rq, &key, detail_place(kind, head), kind->table, thing, ret);
}

static const struct uuid *
only_key(const struct dossier *head)
{
    return uuid_is_nil(head->only) ? &head->id : &head->only;
}

enum err
dossier_add(
    struct rq *rq, const struct tenant *tenant, const struct dossier_kind *kind, void *thing)
{
    struct dossier *head = thing;
    bytes detail;
    enum err e;

    if (uuid_is_nil(head->id)) {
        head->id = rq_new_id(rq);
    }
    head->tenant_id = tenant->id;
    head->insert_instant = head->last_update_instant = rq->now;
    e = seal_thing(rq, tenant, kind, thing, &detail);
    if (e != ERR_OK) {
        return e;
    }
    user_hold(rq, tenant, head->user_id); /* first: nothing is left by who is erased now */
    rq_write(rq, DOSSIER_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&head->user_id), DB_I64(kind->number),
            DB_ID(only_key(head)), DB_ID(&head->id), DB_ID(&head->subject_id),
            DB_I64(head->insert_instant), DB_I64(head->last_update_instant),
            DB_I64(head->until_instant), DB_I64(head->due_instant), DB_BYTES(detail)));
    return ERR_OK;
}

enum err
dossier_change(
    struct rq *rq, const struct tenant *tenant, const struct dossier_kind *kind, void *thing)
{
    struct dossier *head = thing;
    int64_t version = head->last_update_instant;
    bytes detail;
    enum err e;

    head->last_update_instant = MAX(rq->now, version + 1);
    e = seal_thing(rq, tenant, kind, thing, &detail);
    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, DOSSIER_UPDATE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_I64(kind->number), DB_ID(&head->id), DB_ID(only_key(head)),
            DB_I64(head->last_update_instant), DB_I64(head->until_instant),
            DB_I64(head->due_instant), DB_BYTES(detail), DB_I64(version)));
    return ERR_OK;
}

static void
with_version(struct rq *rq, int statement, const struct dossier_kind *kind, const void *thing)
{
    const struct dossier *head = thing;

    rq_write(rq, statement, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&head->tenant_id), DB_I64(kind->number), DB_ID(&head->id),
            DB_I64(head->last_update_instant)));
}

void
dossier_remove(struct rq *rq, const struct dossier_kind *kind, const void *thing)
{
    with_version(rq, DOSSIER_DELETE, kind, thing);
}

void
dossier_hold(struct rq *rq, const struct dossier_kind *kind, const void *thing)
{
    with_version(rq, DOSSIER_HOLD, kind, thing);
}

void
dossier_forget_subject(struct rq *rq, const struct dossier_kind *kind, struct uuid subject_id)
{
    rq_write(rq, DOSSIER_FORGET_SUBJECT, DB_ANY, ERR_OK,
        DB_VALUES(DB_I64(kind->number), DB_ID(&subject_id)));
}

void
dossier_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(
        rq, DOSSIER_FORGET_USER, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

void
dossier_settle(struct rq *rq, const struct dossier_kind *kind, const void *thing, int64_t next)
{
    const struct dossier *head = thing;

    rq_write(rq, DOSSIER_SETTLE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&head->tenant_id), DB_I64(kind->number), DB_ID(&head->id),
            DB_I64(head->last_update_instant), DB_I64(head->due_instant), DB_I64(next)));
}

enum err
dossier_due(struct rq *rq, const struct dossier_kind *kind, size_t max, struct dossier_list *ret,
    size_t *ret_looked)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, DOSSIER_DUE, max, &rows,
        DB_VALUES(DB_I64(kind->number), DB_I64(rq->now), DB_I64((int64_t)max)));

    *ret = (struct dossier_list){ARENA_ARRAY(rq->arena, MAX(max, 1), void *), 0};
    *ret_looked = 0;
    if (e == ERR_OK && ret->items == NULL) {
        return FAIL_SERVER(rq);
    }
    for (const struct db_row *row = e ? NULL : rows; e == ERR_OK && row != NULL; row = row->next) {
        struct dossier head = head_of(row);
        struct fault before = rq->fault;
        void *thing = NULL;
        e = open_of_any_tenant(rq, kind, row, &thing);
        if (e == ERR_SERVER && !arena_failed(rq->arena)) {
            rq->fault = before;
            e = ERR_OK;
            dossier_settle(rq, kind, &head, rq->now + HOUR_MS);
        } else if (e == ERR_OK && thing == NULL) {
            dossier_settle(rq, kind, &head, 0);
        } else if (e == ERR_OK) {
            ret->items[ret->count++] = thing;
        }
        ++*ret_looked;
    }
    return e;
}
