/* SPDX-License-Identifier: Apache-2.0 */
/* Structs sealed under a person's key. */
#include "model/user/user_sealed.h"

#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

enum { MAX_SEALED = 1024 * 1024 };

/* The last write of this request to the user's row of the key store, or NULL. */
static const struct db_write *
pending_key(const struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    const struct db_write *found = NULL;

    for (const struct db_write *w = rq->writes.first; w != NULL; w = w->next) {
        if ((w->statement == USER_KEY_PUT || w->statement == USER_KEY_PUT_OVER
                || w->statement == USER_KEY_ERASE)
            && str_eq(w->values[0].data, bytes_str(uuid_bytes(&tenant->id)))
            && str_eq(w->values[1].data, bytes_str(uuid_bytes(&user_id)))) {
            found = w;
        }
    }
    return found;
}

/* A user made in this request has no row yet: the key is opened from the declared write. */
static enum err
open_pending(struct rq *rq, const struct tenant *tenant, struct uuid user_id, bytes wrapped,
    struct key32 *ret)
{
    struct seal_place place = {"user_key", "wrapped", tenant->id, user_id};
    bytes plain;
    enum err e = seal_get(rq, &tenant->key, place, wrapped, &plain);

    if (e != ERR_OK) {
        return e;
    }
    if (plain.n != sizeof ret->b) {
        return FAIL_SERVER(rq);
    }
    memcpy(ret->b, plain.p, sizeof ret->b);
    return ERR_OK;
}

enum err
user_key(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct key32 *ret,
    bool *ret_found)
{
    const struct db_write *pending;

    *ret_found = true;
    if (uuid_is_nil(user_id)) {
        *ret = tenant->key;
        return ERR_OK;
    }
    if (seal_kept_user_key(rq, tenant, user_id, ret)) { /* an erasure would have dropped it */
        return ERR_OK;
    }
    pending = pending_key(rq, tenant, user_id);
    if (pending == NULL) {
        return seal_user_key(rq, tenant, user_id, ret, ret_found);
    }
    if (pending->statement == USER_KEY_ERASE) {
        *ret_found = false;
        return ERR_OK;
    }
    return open_pending(rq, tenant, user_id, str_bytes(pending->values[2].data), ret);
}

enum err
user_seal(struct rq *rq, const struct key32 *key, struct seal_place place,
    const struct field_table *table, const void *object, bytes *ret)
{
    struct buf buf;
    struct json_out out;
    str text;
    bytes sealed;

    arena_keep_secret(rq->arena);
    buf_init(&buf, rq->arena, MAX_SEALED);
    json_out_init(&out, &buf);
    field_write(table, FIELD_FOR_STORE, object, &out);
    if (!buf_done(&buf, &text)) {
        return FAIL_SERVER(rq);
    }
    sealed = seal_put(rq, key, place, str_bytes(text));
    if (sealed.n == 0) {
        return FAIL_SERVER(rq);
    }
    *ret = sealed;
    return ERR_OK;
}

enum err
user_open(struct rq *rq, const struct key32 *key, struct seal_place place, bytes sealed,
    const struct field_table *table, void *object)
{
    struct field_faults faults = {0};
    struct field_reader reader = {rq->arena, &faults};
    const struct json *value;
    bytes plain;
    enum err e = seal_get(rq, key, place, sealed, &plain);

    if (e != ERR_OK) {
        return e;
    }
    if (!json_parse(rq->arena, bytes_str(plain), &value, NULL)
        || !field_read(&reader, table, FIELD_STORED, value, NO_STR, object)) {
        return FAIL_SERVER(rq);
    }
    return ERR_OK;
}
