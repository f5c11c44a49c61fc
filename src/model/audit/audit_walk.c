/* SPDX-License-Identifier: Apache-2.0 */
/* The proof: every link follows the one before, every event is as it was, no chain ends early.
 *
 *   LINKED -> WAITING -> HEADS -> DONE;  any -break-> DONE
 *
 * An event may be missing when its person's key is gone, too, or when its time is over: what was erased
 * leaves its link, so a hole shows nothing but that something was here. */
#include "model/audit/audit_internal.h"

#include "base/map.h"
#include "base/mem.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

enum { MAX_TENANTS = 1000000 };
enum phase { LINKED, WAITING, HEADS, DONE };
enum column { SEQ, TENANT, EVENT, USER, CONTENT, PLACE, DIGEST, EVENT_ROW_AT };

struct state { /* of one tenant's chain */
    struct state *next;
    struct uuid tenant_id;
    struct audit_head head; /* as it was when the walk came to this tenant */
    struct digest last;
    bool has_head_place; /* the walk came by it, with its digest */
};
struct audit_walk {
    enum phase phase;
    int64_t since_ms, cursor;
    struct uuid tenant_id; /* last of HEADS */
    struct map *by_tenant;
    struct state *states;
    struct audit_verdict verdict;
};

struct audit_walk *
audit_walk_new(int64_t since_ms, struct rng *rng)
{
    struct audit_walk *walk = MEM_NEW(struct audit_walk);

    if (walk == NULL) {
        return NULL;
    }
    walk->since_ms = since_ms;
    walk->by_tenant = map_new(MAX_TENANTS, rng);
    if (walk->by_tenant == NULL) {
        mem_free(walk);
        return NULL;
    }
    return walk;
}

void
audit_walk_free(struct audit_walk *walk)
{
    struct state *next;

    if (walk == NULL) {
        return;
    }
    for (struct state *state = walk->states; state != NULL; state = next) {
        next = state->next;
        mem_free(state);
    }
    map_free(walk->by_tenant);
    mem_free(walk);
}

const struct audit_verdict *
audit_walk_verdict(const struct audit_walk *walk)
{
    return &walk->verdict;
}

static void
note_break(struct audit_walk *walk, struct uuid tenant_id, int64_t seq, const char *why)
{
    walk->verdict.is_broken = true;
    walk->verdict.tenant_id = tenant_id;
    walk->verdict.seq = seq;
    walk->verdict.why = why;
    walk->phase = DONE;
}

static enum err
state_of(struct rq *rq, struct audit_walk *walk, const struct tenant *tenant, struct state **ret)
{
    struct state *state = map_get(walk->by_tenant, uuid_bytes(&tenant->id));
    enum err e;

    *ret = state;
    if (state != NULL) {
        return ERR_OK;
    }
    state = MEM_NEW(struct state);
    if (state == NULL || !map_put(walk->by_tenant, uuid_bytes(&tenant->id), state)) {
        mem_free(state);
        return FAIL_SERVER(rq);
    }
    state->tenant_id = tenant->id;
    state->next = walk->states;
    walk->states = state;
    e = audit_head_load(rq, tenant, &state->head);
    state->last = state->head.base;
    *ret = state;
    return e;
}

static enum err
check_missing(struct rq *rq, struct audit_walk *walk, const struct tenant *tenant,
    const struct audit_link *link)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool is_there = true;
    enum err e = ERR_OK;

    if (uuid_ms(link->event_id) < walk->since_ms) {
        walk->verdict.over++;
        return ERR_OK;
    }
    if (!uuid_is_nil(link->user_id)) {
        e = seal_user_key(rq, tenant, link->user_id, &key, &is_there);
    }
    if (e == ERR_OK && is_there) {
        note_break(walk, tenant->id, link->seq, "its event was removed");
    }
    walk->verdict.erased += e == ERR_OK && !is_there;
    return e;
}

static enum err
check_event(struct rq *rq, struct audit_walk *walk, const struct tenant *tenant,
    const struct audit_link *link, const struct db_row *row)
{
    struct event_row event;
    struct digest content;

    if (db_is_null(row, EVENT_ROW_AT)) {
        return check_missing(rq, walk, tenant, link);
    }
    event = event_row(row, EVENT_ROW_AT);
    content = audit_content(tenant, &event);
    if (!ct_eq(digest_bytes(&content), link->content) || !uuid_eq(event.user_id, link->user_id)) {
        note_break(walk, tenant->id, link->seq, "its event was changed");
    }
    return ERR_OK;
}

static enum err
check_link(struct rq *rq, struct audit_walk *walk, const struct tenant *tenant,
    const struct audit_link *link, const struct db_row *row)
{
    struct state *state;
    enum err e = state_of(rq, walk, tenant, &state);

    if (e != ERR_OK) {
        return e;
    }
    state->last = audit_chain(tenant, state->last, link);
    if (!ct_eq(digest_bytes(&state->last), db_bytes(row, DIGEST))) {
        note_break(walk, tenant->id, link->seq,
            "it does not follow the entry before it: one of them was changed, or one between "
            "removed");
        return ERR_OK;
    }
    if (link->place == state->head.place) {
        state->has_head_place =
            ct_eq(digest_bytes(&state->last), digest_bytes(&state->head.digest));
    }
    walk->verdict.links++;
    return check_event(rq, walk, tenant, link, row);
}

static enum err
check_row(struct rq *rq, struct audit_walk *walk, const struct db_row *row)
{
    struct audit_link link = {.seq = db_i64(row, SEQ),
        .tenant_id = uuid_from(db_bytes(row, TENANT)),
        .event_id = uuid_from(db_bytes(row, EVENT)),
        .user_id = uuid_from(db_bytes(row, USER)),
        .content = db_bytes(row, CONTENT),
        .place = db_i64(row, PLACE)};
    const struct tenant *tenant;
    enum err e = tenant_load(rq, link.tenant_id, &tenant);

    walk->cursor = walk->phase == LINKED ? link.place : link.seq;
    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    if (walk->phase == LINKED) {
        return check_link(rq, walk, tenant, &link, row);
    }
    walk->verdict.waiting++;
    return check_event(rq, walk, tenant, &link, row);
}

static enum err
walk_rows(struct rq *rq, struct audit_walk *walk, size_t max)
{
    struct db_row *rows;
    size_t count = 0;
    enum err e = rq_read_all(rq, walk->phase == LINKED ? AUDIT_LINKED : AUDIT_WAITING, max, &rows,
        DB_VALUES(DB_I64(walk->cursor), DB_I64((int64_t)max)));

    for (; e == ERR_OK && rows != NULL && walk->phase != DONE; rows = rows->next) {
        e = check_row(rq, walk, rows);
        count++;
    }
    if (e == ERR_OK && walk->phase != DONE && count < max) {
        walk->phase++;
        walk->cursor = 0;
    }
    return e;
}

/* A chain ends where its head says; one without links has lost none of them. */
static enum err
check_head(struct rq *rq, struct audit_walk *walk, struct uuid tenant_id)
{
    const struct state *state = map_get(walk->by_tenant, uuid_bytes(&tenant_id));
    const struct tenant *tenant;
    struct audit_head head;
    enum err e = tenant_load(rq, tenant_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    e = audit_head_load(rq, tenant, &head);
    if (e == ERR_OK && !head.is_proven) {
        note_break(walk, tenant_id, 0, "the chain's head was changed");
    } else if (e == ERR_OK && state == NULL
               && !ct_eq(digest_bytes(&head.digest), digest_bytes(&head.base))) {
        note_break(walk, tenant_id, 0, "all entries were removed");
    } else if (e == ERR_OK && state != NULL && !state->has_head_place) {
        note_break(walk, tenant_id, 0, "entries at the chain's end were removed");
    }
    return e;
}

static bool
has_no_head(const struct state *state)
{
    return state->head.place == 0;
}

static enum err
walk_heads(struct rq *rq, struct audit_walk *walk, size_t max)
{
    struct db_row *rows;
    size_t count = 0;
    enum err e = rq_read_all(rq, AUDIT_HEADS_AFTER, max, &rows,
        DB_VALUES(DB_ID(&walk->tenant_id), DB_I64((int64_t)max)));

    for (; e == ERR_OK && rows != NULL && walk->phase != DONE; rows = rows->next) {
        walk->tenant_id = uuid_from(db_bytes(rows, 0));
        e = check_head(rq, walk, walk->tenant_id);
        count++;
    }
    if (e != ERR_OK || walk->phase == DONE || count == max) {
        return e;
    }
    walk->phase = DONE;
    for (const struct state *state = walk->states; state != NULL; state = state->next) {
        if (has_no_head(state)) {
            note_break(walk, state->tenant_id, 0, "the chain's head was removed");
        }
    }
    return ERR_OK;
}

enum err
audit_walk_step(struct rq *rq, struct audit_walk *walk, size_t max, bool *ret_done)
{
    enum err e = walk->phase == HEADS ? walk_heads(rq, walk, max) : walk_rows(rq, walk, max);

    *ret_done = walk->phase == DONE;
    return e;
}
