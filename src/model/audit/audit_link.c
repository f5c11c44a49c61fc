/* SPDX-License-Identifier: Apache-2.0 */
/* Links: one job at a time (its lease is part of every set) takes rows that were committed, in any order,
 * and gives each the next place. So writers never wait for a chain, and rows that were committed late
 * are found by having no place. */
#include "model/audit/audit_internal.h"

#include "model/event/event.h"
#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

static const bytes nothing;
static const struct uuid all_tenants; /* whose head is the last place of all */

static void
put_number(uint8_t to[static 8], int64_t n)
{
    for (int i = 0; i < 8; i++) {
        to[i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
    }
}

struct digest
audit_content(const struct tenant *tenant, const struct event_row *event)
{
    uint8_t instant[8], stream[8];
    const bytes parts[] = {str_bytes(S("audit event")), uuid_bytes(&event->tenant_id),
        uuid_bytes(&event->id), str_bytes(event->kind), uuid_bytes(&event->user_id),
        uuid_bytes(&event->application_id), uuid_bytes(&event->actor), {instant, sizeof instant},
        {stream, sizeof stream}, event->sealed};

    put_number(instant, event->insert_instant);
    put_number(stream, event->stream);
    return hmac_sha256_parts(key32_bytes(&tenant->index_key), parts, COUNT(parts));
}

struct digest
audit_chain(const struct tenant *tenant, struct digest before, const struct audit_link *link)
{
    uint8_t seq[8], place[8];
    const bytes parts[] = {str_bytes(S("audit link")), digest_bytes(&before), {seq, sizeof seq},
        {place, sizeof place}, uuid_bytes(&link->tenant_id), uuid_bytes(&link->event_id),
        uuid_bytes(&link->user_id), link->content};

    put_number(seq, link->seq);
    put_number(place, link->place);
    return hmac_sha256_parts(key32_bytes(&tenant->index_key), parts, COUNT(parts));
}

static struct digest
prove_head(const struct tenant *tenant, const struct audit_head *head)
{
    uint8_t place[8];
    const bytes parts[] = {str_bytes(S("audit head")), uuid_bytes(&tenant->id),
        {place, sizeof place}, digest_bytes(&head->digest), digest_bytes(&head->base)};

    put_number(place, head->place);
    return hmac_sha256_parts(key32_bytes(&tenant->index_key), parts, COUNT(parts));
}

static struct digest
digest_from(bytes b)
{
    struct digest digest = {{0}};

    if (b.n == sizeof digest.b) {
        memcpy(digest.b, b.p, b.n);
    }
    return digest;
}

enum err
audit_head_load(struct rq *rq, const struct tenant *tenant, struct audit_head *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, AUDIT_HEAD_GET, &row, DB_VALUES(DB_ID(&tenant->id)));
    struct digest proof;

    *ret = (struct audit_head){.is_proven = true};
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    ret->place = db_i64(row, 0);
    ret->digest = digest_from(db_bytes(row, 1));
    ret->base = digest_from(db_bytes(row, 2));
    proof = prove_head(tenant, ret);
    ret->is_proven = ct_eq(digest_bytes(&proof), db_bytes(row, 3));
    return ERR_OK;
}

void
audit_head_put(struct rq *rq, const struct tenant *tenant, const struct audit_head *head)
{
    struct digest proof = prove_head(tenant, head);

    rq_write(rq, AUDIT_HEAD_PUT, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_I64(head->place), DB_BYTES(digest_bytes(&head->digest)),
            DB_BYTES(digest_bytes(&head->base)), DB_BYTES(digest_bytes(&proof))));
}

struct chain { /* of one tenant, in one step */
    const struct tenant *tenant;
    struct audit_head head;
    bool is_moved;
};
struct chains {
    struct chain *items;
    size_t count, last; /* last: used last; the next row is often of the same */
};

/* The chain of the tenant; *ret NULL when it is gone. */
static enum err
chain_of(struct rq *rq, struct chains *chains, struct uuid tenant_id, struct chain **ret)
{
    struct chain *chain;
    enum err e;

    for (size_t i = 0; i < chains->count; i++) {
        chain = &chains->items[(chains->last + i) % chains->count];
        if (uuid_eq(chain->tenant->id, tenant_id)) {
            chains->last = (size_t)(chain - chains->items);
            *ret = chain;
            return ERR_OK;
        }
    }
    chain = &chains->items[chains->count];
    *ret = NULL;
    e = tenant_load(rq, tenant_id, &chain->tenant);
    if (e != ERR_OK || chain->tenant == NULL) {
        return e;
    }
    e = audit_head_load(rq, chain->tenant, &chain->head);
    chains->last = chains->count++;
    *ret = chain;
    return e;
}

/* The rows of a tenant that is gone have nobody who could read them. */
static enum err
link_row(struct rq *rq, struct chains *chains, const struct db_row *row, int64_t *place)
{
    struct audit_link link = {.seq = db_i64(row, 0),
        .tenant_id = uuid_from(db_bytes(row, 1)),
        .event_id = uuid_from(db_bytes(row, 2)),
        .user_id = uuid_from(db_bytes(row, 3)),
        .content = db_bytes(row, 4)};
    struct chain *chain;
    enum err e = chain_of(rq, chains, link.tenant_id, &chain);

    if (e != ERR_OK) {
        return e;
    }
    if (chain == NULL) {
        rq_write(rq, AUDIT_REMOVE, DB_ANY, ERR_OK, DB_VALUES(DB_I64(link.seq)));
        return ERR_OK;
    }
    link.place = ++*place;
    chain->head.digest = audit_chain(chain->tenant, chain->head.digest, &link);
    chain->head.place = link.place;
    chain->is_moved = true;
    rq_write(rq, AUDIT_LINK, DB_ONE, ERR_AGAIN,
        DB_VALUES(
            DB_I64(link.seq), DB_I64(link.place), DB_BYTES(digest_bytes(&chain->head.digest))));
    return ERR_OK;
}

static enum err
last_place(struct rq *rq, int64_t *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, AUDIT_HEAD_GET, &row, DB_VALUES(DB_ID(&all_tenants)));

    *ret = e == ERR_OK && row != NULL ? db_i64(row, 0) : 0;
    return e;
}

static void
put_heads(struct rq *rq, const struct chains *chains, int64_t place)
{
    for (size_t i = 0; i < chains->count; i++) {
        if (chains->items[i].is_moved) {
            audit_head_put(rq, chains->items[i].tenant, &chains->items[i].head);
        }
    }
    if (place > 0) {
        rq_write(rq, AUDIT_HEAD_PUT, DB_ANY, ERR_OK,
            DB_VALUES(DB_ID(&all_tenants), DB_I64(place), DB_BYTES(nothing), DB_BYTES(nothing),
                DB_BYTES(nothing)));
    }
}

enum err
audit_link(struct rq *rq, size_t max, size_t *ret_count)
{
    struct chains chains = {.items = ARENA_ARRAY(rq->arena, max, struct chain)};
    struct db_row *rows = NULL;
    int64_t place = 0;
    enum err e = rq_read_all(rq, AUDIT_UNLINKED, max, &rows, DB_VALUES(DB_I64((int64_t)max)));

    *ret_count = 0;
    if (e != ERR_OK || rows == NULL) {
        return e;
    }
    e = last_place(rq, &place);
    for (; e == ERR_OK && chains.items != NULL && rows != NULL; rows = rows->next) {
        e = link_row(rq, &chains, rows, &place);
        ++*ret_count;
    }
    if (e != ERR_OK || chains.items == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    put_heads(rq, &chains, place);
    return ERR_OK;
}

enum err
audit_sweep(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count)
{
    struct uuid bound = job_first_id(before_ms), event_id;
    struct chains chains = {.items = ARENA_ARRAY(rq->arena, max, struct chain)};
    struct chain *chain;
    struct db_row *rows;
    enum err e = rq_read_all(rq, AUDIT_FIRST_LINKS, max, &rows, DB_VALUES(DB_I64((int64_t)max)));

    *ret_count = 0;
    for (; e == ERR_OK && chains.items != NULL && rows != NULL; rows = rows->next) {
        event_id = uuid_from(db_bytes(rows, 2));
        if (uuid_cmp(event_id, bound) >= 0) {
            break; /* the oldest that is kept: what stands behind it waits for it */
        }
        e = chain_of(rq, &chains, uuid_from(db_bytes(rows, 1)), &chain);
        if (e == ERR_OK && chain != NULL) {
            chain->head.base = digest_from(db_bytes(rows, 3));
            chain->is_moved = true;
        }
        rq_write(rq, AUDIT_REMOVE, DB_ONE, ERR_AGAIN, DB_VALUES(DB_I64(db_i64(rows, 0))));
        event_end(rq, uuid_from(db_bytes(rows, 1)), event_id); /* what it says goes with it */
        ++*ret_count;
    }
    put_heads(rq, &chains, 0);
    return e || chains.items ? e : FAIL_SERVER(rq);
}
