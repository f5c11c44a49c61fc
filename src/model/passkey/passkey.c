/* SPDX-License-Identifier: Apache-2.0 */
/* Passkeys stored and found.
 *
 * Invariants: 1 a credential id is one person's in a tenant (the index decides)  2 the signature counter never goes
 * back: a use names the one it has seen. */
#include "model/passkey/passkey_internal.h"

#include "codec/url.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user_sealed.h"
#include "model/user/user.h"

enum column { ID, USER, INSERTED, LAST_USED, SIGN_COUNT, DETAIL };

static struct seal_place
detail_place(const struct tenant *tenant, struct uuid id)
{
    return (struct seal_place){"passkey", "detail", tenant->id, id};
}

/* Apart from identities, which are indexed under the same key. */
static bytes
blind(struct rq *rq, const struct tenant *tenant, str credential_id)
{
    return seal_blind(rq, tenant, str_fmt(rq->arena, "passkey " STRF, STRV(credential_id)));
}

/* *ret_found false: a row that a person left who was erased. */
static enum err
from_row(struct rq *rq, const struct tenant *tenant, const struct db_row *row, struct passkey *ret,
    bool *ret_found)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct uuid id = uuid_from(db_bytes(row, ID)), user_id = uuid_from(db_bytes(row, USER));
    enum err e = user_key(rq, tenant, user_id, &key, ret_found);

    if (e != ERR_OK || !*ret_found) {
        return e;
    }
    e = user_open(
        rq, &key, detail_place(tenant, id), db_bytes(row, DETAIL), &passkey_detail_table, ret);
    ret->id = id;
    ret->tenant_id = tenant->id;
    ret->user_id = user_id;
    ret->insert_instant = db_i64(row, INSERTED);
    ret->last_use_instant = db_i64(row, LAST_USED);
    ret->sign_count = db_i64(row, SIGN_COUNT);
    return e;
}

static enum err
load(struct rq *rq, const struct tenant *tenant, int statement, struct db_value key,
    struct passkey **ret)
{
    struct passkey *passkey;
    struct db_row *row;
    bool found;
    enum err e = rq_read(rq, statement, &row, DB_VALUES(DB_ID(&tenant->id), key));

    *ret = NULL;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    passkey = ARENA_NEW(rq->arena, struct passkey);
    if (passkey == NULL) {
        return FAIL_SERVER(rq);
    }
    e = from_row(rq, tenant, row, passkey, &found);
    if (e == ERR_OK && found) {
        *ret = passkey;
    }
    return e;
}

enum err
passkey_load(struct rq *rq, const struct tenant *tenant, struct uuid id, struct passkey **ret)
{
    return load(rq, tenant, PASSKEY_BY_ID, DB_ID(&id), ret);
}

enum err
passkey_find(struct rq *rq, const struct tenant *tenant, str credential_id, struct passkey **ret)
{
    bytes index = blind(rq, tenant, credential_id);

    *ret = NULL;
    return index.n ? load(rq, tenant, PASSKEY_BY_CREDENTIAL, DB_BYTES(index), ret)
                   : FAIL_SERVER(rq);
}

enum err
passkey_list(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct passkey **ret,
    size_t *ret_count)
{
    struct passkey *items = ARENA_ARRAY(rq->arena, PASSKEY_MAX, struct passkey);
    struct db_row *rows;
    size_t count = 0;
    bool found = true;
    enum err e = rq_read_all(rq, PASSKEY_BY_USER, PASSKEY_MAX, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_I64(PASSKEY_MAX)));

    if (e == ERR_OK && items == NULL) {
        e = FAIL_SERVER(rq);
    }
    for (const struct db_row *row = rows; e == ERR_OK && found && row != NULL; row = row->next) {
        e = from_row(rq, tenant, row, &items[count], &found);
        count += found;
    }
    *ret = items;
    *ret_count = e ? 0 : count;
    return e;
}

enum err
passkey_tenants(struct rq *rq, struct uuid id, size_t max, struct uuid **ret, size_t *ret_count)
{
    struct db_row *rows;
    enum err e =
        rq_read_all(rq, PASSKEY_TENANTS, max, &rows, DB_VALUES(DB_ID(&id), DB_I64((int64_t)max)));

    e = e ? e : rq_ids(rq, rows, ret, ret_count);
    return e ? e : tenant_only_there(rq, *ret, ret_count);
}

static enum err
seal_detail(struct rq *rq, const struct tenant *tenant, const struct passkey *passkey, bytes *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool found;
    enum err e = user_key(rq, tenant, passkey->user_id, &key, &found);

    if (e == ERR_OK && !found) {
        e = FAIL(rq, ERR_NOT_FOUND, NULL, "does not exist");
    }
    return e ? e
             : user_seal(
                 rq, &key, detail_place(tenant, passkey->id), &passkey_detail_table, passkey, ret);
}

enum err
passkey_add(struct rq *rq, const struct tenant *tenant, struct passkey *passkey)
{
    bytes detail, index = blind(rq, tenant, passkey->credential_id);
    enum err e;

    passkey->id = uuid_is_nil(passkey->id) ? rq_new_id(rq) : passkey->id;
    passkey->tenant_id = tenant->id;
    passkey->insert_instant = passkey->insert_instant ? passkey->insert_instant : rq->now;
    passkey->last_use_instant = passkey->last_use_instant ? passkey->last_use_instant : rq->now;
    e = seal_detail(rq, tenant, passkey, &detail);
    if (e != ERR_OK) {
        return e;
    }
    user_hold(rq, tenant,
        passkey->user_id); /* first: none is left behind by a person who is erased now */
    rq_write(rq, PASSKEY_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&passkey->id), DB_ID(&passkey->user_id),
            DB_BYTES(index), DB_I64(passkey->insert_instant), DB_I64(passkey->last_use_instant),
            DB_I64(passkey->sign_count), DB_BYTES(detail)));
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

enum err
passkey_use(
    struct rq *rq, const struct tenant *tenant, const struct passkey *before, struct passkey *after)
{
    bytes detail;
    enum err e;

    after->last_use_instant = rq->now;
    e = seal_detail(rq, tenant, after, &detail);
    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, PASSKEY_USE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&after->id), DB_I64(after->last_use_instant),
            DB_I64(after->sign_count), DB_BYTES(detail), DB_I64(before->last_use_instant),
            DB_I64(before->sign_count)));
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

void
passkey_remove(struct rq *rq, const struct passkey *passkey)
{
    rq_write(rq, PASSKEY_DELETE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&passkey->tenant_id), DB_ID(&passkey->id)));
}

void
passkey_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(
        rq, PASSKEY_FORGET_USER, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

str
passkey_rp_id(struct rq *rq, const struct tenant *tenant)
{
    str base = tenant->base_url.n ? tenant->base_url : rq->house->base_url;
    struct url url;

    if (tenant->webauthn.rp_id.n) {
        return tenant->webauthn.rp_id;
    }
    return url_parse(base, &url) ? str_lower(rq->arena, url.host) : NO_STR;
}

str
passkey_rp_name(const struct tenant *tenant)
{
    if (tenant->webauthn.rp_name.n) {
        return tenant->webauthn.rp_name;
    }
    return tenant->issuer.n ? tenant->issuer : tenant->name;
}
