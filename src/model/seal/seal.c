/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing under tenant, user and day keys. Invariants: 1 a sealed value opens only at its own
 * table, tenant, row and column; 2 a user key is committed before the first row that needs it; 3
 * requests never make day keys of their own. */
#include "model/seal/seal.h"

#include "codec/base64.h"
#include "crypto/aead.h"
#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

/* "table NUL column NUL tenant id": names hold no NUL, ids have one length, so no two places
 * share it. */
static bytes
place_text(struct rq *rq, struct seal_place place)
{
    struct buf buf;
    str text;

    buf_init(&buf, rq->arena, 200);
    buf_str(&buf, str_from(place.table));
    buf_char(&buf, '\0');
    buf_str(&buf, str_from(place.column));
    buf_char(&buf, '\0');
    buf_str(&buf, bytes_str(uuid_bytes(&place.tenant_id)));
    buf_str(&buf, bytes_str(uuid_bytes(&place.id)));
    return buf_done(&buf, &text) ? str_bytes(text) : (bytes){NULL, 0};
}

struct seal_place
seal_pair_place(const char *table, const char *column, const struct tenant *tenant,
    struct uuid first, struct uuid second)
{
    uint8_t both[2 * sizeof first.b];
    struct seal_place place = {table, column, tenant->id, {{0}}};
    struct digest digest;

    memcpy(both, first.b, sizeof first.b);
    memcpy(both + sizeof first.b, second.b, sizeof second.b);
    digest = sha256(BYTES_OF(both));
    memcpy(place.id.b, digest.b, sizeof place.id.b);
    return place;
}

bytes
seal_put(struct rq *rq, const struct key32 *key, struct seal_place place, bytes plain)
{
    bytes aad = place_text(rq, place);

    arena_keep_secret(rq->arena);
    if (aad.n == 0) {
        return (bytes){NULL, 0};
    }
    return aead_seal(rq->arena, rq->rng, key, aad, plain);
}

enum err
seal_get(struct rq *rq, const struct key32 *key, struct seal_place place, bytes sealed, bytes *ret)
{
    bytes aad = place_text(rq, place);

    arena_keep_secret(rq->arena);
    if (aad.n == 0 || !aead_open(rq->arena, key, aad, sealed, ret)) {
        return FAIL_SERVER(rq);
    }
    return ERR_OK;
}

static struct seal_place
user_key_place(const struct tenant *tenant, struct uuid user_id)
{
    return (struct seal_place){"user_key", "wrapped", tenant->id, user_id};
}

bytes
seal_make_user_key(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct key32 *ret)
{
    rng_fill(rq->rng, ret->b, sizeof ret->b);
    return seal_put(rq, &tenant->key, user_key_place(tenant, user_id), key32_bytes(ret));
}

void
seal_put_user_key(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, bytes wrapped, bool is_chosen)
{
    /* The key store commits first: what failed between the two commits left a key of nobody, in whose
     * place the next try puts its own. Of somebody who is there nothing changes: the row of the same
     * set, which may not be there yet, undoes it. */
    rq_write(rq, rq->tries > 0 ? USER_KEY_PUT_OVER : USER_KEY_PUT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_BYTES(wrapped)));
    if (is_chosen) {
        rq_write(rq, ERASURE_DROP, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
    }
}

struct seal_opened {
    struct uuid tenant_id, user_id;
    struct key32 key;
};

static void
keep_open(struct rq *rq, const struct tenant *tenant, struct uuid user_id, const struct key32 *key)
{
    struct seal_opened *opened = ARENA_NEW(rq->arena, struct seal_opened);

    arena_keep_secret(rq->arena);
    if (opened != NULL) {
        *opened = (struct seal_opened){tenant->id, user_id, *key};
        rq->opened = opened;
    }
}

bool
seal_kept_user_key(
    const struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct key32 *ret)
{
    bool is_kept = rq->opened != NULL && uuid_eq(rq->opened->tenant_id, tenant->id)
                   && uuid_eq(rq->opened->user_id, user_id);

    if (is_kept) {
        *ret = rq->opened->key;
    }
    return is_kept;
}

enum err
seal_new_user_key(struct rq *rq, const struct tenant *tenant, struct uuid user_id, bool is_chosen,
    struct key32 *ret)
{
    bytes wrapped = seal_make_user_key(rq, tenant, user_id, ret);

    seal_put_user_key(rq, tenant, user_id, wrapped, is_chosen);
    keep_open(rq, tenant, user_id, ret);
    return wrapped.n ? ERR_OK : FAIL_SERVER(rq);
}

enum err
seal_user_key(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct key32 *ret,
    bool *ret_found)
{
    struct db_row *row;
    bytes key = {NULL, 0};
    enum err e;

    *ret_found = seal_kept_user_key(rq, tenant, user_id, ret);
    if (*ret_found) {
        return ERR_OK;
    }
    e = rq_read(rq, USER_KEY_GET, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    e = seal_get(rq, &tenant->key, user_key_place(tenant, user_id), db_bytes(row, 0), &key);
    if (e != ERR_OK) {
        return e;
    }
    if (key.n != sizeof ret->b) {
        return FAIL_SERVER(rq);
    }
    memcpy(ret->b, key.p, sizeof ret->b);
    keep_open(rq, tenant, user_id, ret);
    *ret_found = true;
    return ERR_OK;
}

void
seal_hold_user_key(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(rq, USER_KEY_HOLD, DB_ONE, ERR_AGAIN, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

void
seal_erase_user_key(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq->opened = NULL; /* what is declared to be erased is gone for this request, too */
    rq_write(rq, USER_KEY_ERASE, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
    rq_write(rq, ERASURE_PUT, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_I64(rq->now)));
}

void
seal_erase_tenant_keys(struct rq *rq, const struct tenant *tenant)
{
    const struct uuid nobody = {{0}};

    rq_write(rq, DAY_KEY_ERASE_TENANT, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id)));
    rq_write(rq, ERASURE_PUT, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&nobody), DB_I64(rq->now)));
}

static enum err
list_erasures(struct rq *rq, enum statement statement, size_t max, struct seal_erasure **ret,
    size_t *ret_count)
{
    const struct uuid nobody = {{0}};
    struct db_row *rows;
    enum err e = rq_read_all(
        rq, (int)statement, max, &rows, DB_VALUES(DB_ID(&nobody), DB_I64((int64_t)max)));

    *ret_count = 0;
    *ret = e == ERR_OK ? ARENA_ARRAY(rq->arena, MAX(max, 1), struct seal_erasure) : NULL;
    if (*ret == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (const struct db_row *row = rows; row != NULL; row = row->next) {
        (*ret)[(*ret_count)++] =
            (struct seal_erasure){uuid_from(db_bytes(row, 0)), uuid_from(db_bytes(row, 1))};
    }
    return ERR_OK;
}

enum err
seal_erasures(struct rq *rq, size_t max, struct seal_erasure **ret, size_t *ret_count)
{
    return list_erasures(rq, ERASURE_LIST, max, ret, ret_count);
}

enum err
seal_tenant_erasures(struct rq *rq, size_t max, struct seal_erasure **ret, size_t *ret_count)
{
    return list_erasures(rq, ERASURE_TENANTS, max, ret, ret_count);
}

enum err
seal_erasure_is_noted(struct rq *rq, const struct seal_erasure *erasure, bool *ret)
{
    struct db_row *row;
    enum err e = rq_read(
        rq, ERASURE_GET, &row, DB_VALUES(DB_ID(&erasure->tenant_id), DB_ID(&erasure->user_id)));

    *ret = row != NULL;
    return e;
}

void
seal_hold_erasure(struct rq *rq, const struct seal_erasure *erasure)
{
    rq_write(rq, ERASURE_HOLD, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&erasure->tenant_id), DB_ID(&erasure->user_id), DB_I64(rq->now)));
}

void
seal_drop_erasure(struct rq *rq, const struct seal_erasure *erasure)
{
    rq_write(rq, ERASURE_DROP, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&erasure->tenant_id), DB_ID(&erasure->user_id)));
}

/* A day key is bound to its day through the id's last eight bytes. */
static struct seal_place
day_key_place(const struct tenant *tenant, int64_t day)
{
    struct seal_place place = {"day_key", "wrapped", tenant->id, {{0}}};

    memcpy(place.id.b + 8, &day, sizeof day);
    return place;
}

enum err
seal_new_day_key(struct rq *rq, const struct tenant *tenant, int64_t now_ms)
{
    int64_t day = now_ms / DAY_MS;
    AUTO(key32_wipe) struct key32 key;
    bytes wrapped;

    rng_fill(rq->rng, key.b, sizeof key.b);
    wrapped = seal_put(rq, &tenant->key, day_key_place(tenant, day), key32_bytes(&key));
    rq_write(rq, DAY_KEY_PUT, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_I64(day), DB_BYTES(wrapped)));
    return wrapped.n ? ERR_OK : FAIL_SERVER(rq);
}

/* The key of the day that holds that instant; *ret_found false when there is none. */
static enum err
day_key(
    struct rq *rq, const struct tenant *tenant, int64_t instant, struct key32 *ret, bool *ret_found)
{
    int64_t day = instant / DAY_MS;
    struct db_row *row;
    bytes plain = {NULL, 0};
    enum err e = rq_read(rq, DAY_KEY_GET, &row, DB_VALUES(DB_ID(&tenant->id), DB_I64(day)));

    *ret_found = false;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    e = seal_get(rq, &tenant->key, day_key_place(tenant, day), db_bytes(row, 0), &plain);
    if (e == ERR_OK && plain.n == sizeof ret->b) {
        memcpy(ret->b, plain.p, sizeof ret->b);
        *ret_found = true;
    }
    return e;
}

static struct seal_place
log_place(const struct tenant *tenant, int64_t instant)
{
    struct seal_place place = day_key_place(tenant, instant / DAY_MS);

    place.table = "log";
    return place;
}

str
seal_for_log(struct rq *rq, const struct tenant *tenant, str detail)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct fault before = rq->fault;
    bytes sealed;
    bool found;

    if (day_key(rq, tenant, rq->now, &key, &found) != ERR_OK || !found) {
        rq->fault = before; /* a log line without its detail is no fault of the request */
        return NO_STR;
    }
    sealed = seal_put(rq, &key, log_place(tenant, rq->now), str_bytes(detail));
    return base64url_text(rq->arena, sealed);
}

enum err
seal_from_log(struct rq *rq, const struct tenant *tenant, int64_t instant, str sealed, str *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bytes raw, plain = {NULL, 0};
    bool found;
    enum err e = day_key(rq, tenant, instant, &key, &found);

    *ret = NO_STR;
    if (e != ERR_OK || !found || sealed.n == 0) {
        return e;
    }
    if (!base64url_decode(rq->arena, sealed, &raw)) {
        return FAIL_SERVER(rq);
    }
    e = seal_get(rq, &key, log_place(tenant, instant), raw, &plain);
    *ret = bytes_str(plain);
    return e;
}

bytes
seal_blind(struct rq *rq, const struct tenant *tenant, str normalised)
{
    struct digest d = hmac_sha256(key32_bytes(&tenant->index_key), str_bytes(normalised));

    return bytes_dup(rq->arena, digest_bytes(&d));
}

enum err
seal_sweep_day_keys(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count)
{
    const struct db_value bound = DB_I64(before_ms / DAY_MS);
    const struct job_rows rows = {DAY_KEY_BEFORE, DAY_KEY_ERASE, &bound, 1};

    return job_sweep(rq, &rows, max, ret_count);
}
