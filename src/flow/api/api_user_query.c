/* SPDX-License-Identifier: Apache-2.0 */
/* From a query to people: tenant by tenant, and in each from one of the plan's needs to the next, candidates
 * are read in batches, opened one by one on memory that is given back, and judged. Who has been found by an earlier
 * need is not found again. */
#include "flow/api/api_user_query.h"

#include "flow/api/api_user.h"
#include "flow/api/api_user_filter.h"
#include "model/group/group.h"
#include "model/word/word.h"

enum {
    LISTED_AT_ONCE = 200,
    HELD_AT_ONCE = 64,
    FILTERED_FROM = 64, /* candidates that are worth a filter */
    PASSED_AS_ONE = 32, /* passing as many by costs what looking at one does */
};

struct candidate {
    struct uuid id;
    int64_t number;
};
struct batch {
    struct candidate of[WORD_USERS_MAX];
    size_t count;
};

static struct api_query_place
start_of(const struct api_query *query, struct uuid tenant_id, int64_t need)
{
    struct api_query_place place = {tenant_id, need, INT64_MAX, word_start.before};

    if (query->plan.count == 0 && query->is_ascending) {
        place.number = INT64_MIN;
        place.id = (struct uuid){{0}};
    }
    return place;
}

static enum err
read_words(struct rq *rq, const struct tenant *tenant, const struct search_need *need,
    const struct api_query_place *from, struct batch *batch)
{
    struct word_hit *hits = ARENA_ARRAY(rq->arena, WORD_USERS_MAX, struct word_hit);
    bool is_exact, has_token = true;
    struct word_key key;
    enum err e;

    if (hits == NULL) {
        return FAIL_SERVER(rq);
    }
    if (need->kind == NEED_WORD) {
        key = word_key_whole(tenant, need->text);
    } else {
        has_token = word_key_prefix(tenant, need->text, &key, &is_exact);
    }
    CHECK(has_token); /* the plan asks for no shorter beginning */
    e = word_users(
        rq, tenant, key, (struct word_place){from->number, from->id}, hits, &batch->count);
    for (size_t i = 0; e == ERR_OK && i < batch->count; i++) {
        batch->of[i] = (struct candidate){hits[i].id, hits[i].place.segment};
    }
    return e;
}

static enum err
read_list(struct rq *rq, const struct tenant *tenant, const struct api_query *query,
    const struct search_need *need, const struct api_query_place *from, struct batch *batch)
{
    struct user_listed *list = ARENA_ARRAY(rq->arena, LISTED_AT_ONCE, struct user_listed);
    const struct user_page page = {.application_id = need ? need->id : (struct uuid){{0}},
        .is_ascending = query->is_ascending,
        .from = {from->number, from->id},
        .max = LISTED_AT_ONCE};
    enum err e;

    if (list == NULL) {
        return FAIL_SERVER(rq);
    }
    e = user_list(rq, tenant, &page, list, &batch->count);
    for (size_t i = 0; e == ERR_OK && i < batch->count; i++) {
        batch->of[i] = (struct candidate){list[i].id, list[i].instant};
    }
    return e;
}

static enum err
read_group(struct rq *rq, const struct tenant *tenant, const struct search_need *need,
    const struct api_query_place *from, struct batch *batch)
{
    struct uuid *ids = ARENA_ARRAY(rq->arena, LISTED_AT_ONCE, struct uuid);
    const struct group_page page = {need->id, from->id, LISTED_AT_ONCE};
    enum err e;

    if (ids == NULL) {
        return FAIL_SERVER(rq);
    }
    e = group_users(rq, tenant, &page, ids, &batch->count);
    for (size_t i = 0; e == ERR_OK && i < batch->count; i++) {
        batch->of[i] = (struct candidate){ids[i], 0};
    }
    return e;
}

/* One person at most, and only at the beginning. */
static enum err
read_one(struct rq *rq, const struct tenant *tenant, const struct search_need *need,
    const struct api_query_place *from, struct batch *batch)
{
    struct user *user = NULL;
    enum err e = ERR_OK;

    batch->count = 0;
    if (from->number != INT64_MAX) {
        return ERR_OK;
    }
    if (need->kind == NEED_LOGIN) {
        e = user_find(rq, tenant, need->text, USER_PLAIN, &user);
    }
    if (need->kind == NEED_ID || user != NULL) {
        batch->of[batch->count++] = (struct candidate){user ? user->id : need->id, 0};
    }
    return e;
}

/* Candidates behind the place, in their order; none: this need has no more. */
static enum err
read_batch(
    struct rq *rq, const struct tenant *tenant, const struct api_hunt *hunt, struct batch *batch)
{
    const struct search_plan *plan = &hunt->query->plan;
    const struct search_need *need = plan->count ? &plan->needs[hunt->place.need] : NULL;
    struct api_scratch scratch;
    enum err e;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    if (need == NULL || need->kind == NEED_APPLICATION) {
        e = read_list(rq, tenant, hunt->query, need, &hunt->place, batch);
    } else if (need->kind == NEED_GROUP) {
        e = read_group(rq, tenant, need, &hunt->place, batch);
    } else if (need->kind == NEED_WORD || need->kind == NEED_PREFIX) {
        e = read_words(rq, tenant, need, &hunt->place, batch);
    } else {
        e = read_one(rq, tenant, need, &hunt->place, batch);
    }
    api_scratch_end(rq, &scratch);
    return e;
}

/* Of a tenant, once, all who have what is also needed; when they are too many, anybody may. */
static enum err
make_filter(struct rq *rq, const struct tenant *tenant, struct api_hunt *hunt)
{
    struct api_query_place from = start_of(hunt->query, tenant->id, 0);
    struct api_scratch scratch;
    struct batch *batch;
    bool has_room = true;
    enum err e = ERR_OK;

    hunt->filter = hunt->filter ? hunt->filter : api_user_filter_new(rq->arena, rq->rng);
    batch = ARENA_NEW(rq->arena, struct batch);
    if (hunt->filter == NULL || batch == NULL || !api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    api_user_filter_clear(hunt->filter);
    do {
        e = read_words(rq, tenant, &hunt->query->plan.also, &from, batch);
        for (size_t i = 0; e == ERR_OK && has_room && i < batch->count; i++) {
            from.id = batch->of[i].id;
            from.number = batch->of[i].number;
            has_room = api_user_filter_add(hunt->filter, from.id);
        }
        api_scratch_again(rq);
    } while (e == ERR_OK && has_room && batch->count > 0);
    api_scratch_end(rq, &scratch);
    hunt->filtering = has_room ? API_FILTERS : API_FILTERS_NOT;
    return e;
}

static bool
is_meant(struct rq *rq, const struct api_hunt *hunt, const struct user *user)
{
    const struct search_plan *plan = &hunt->query->plan;

    for (int64_t i = 0; i < hunt->place.need; i++) {
        if (search_has_need(rq->arena, user, &plan->needs[i])) {
            return false; /* found before */
        }
    }
    return search_matches(rq->arena, hunt->query->tree, user, rq->now);
}

static enum err
look_at(struct rq *rq, const struct tenant *tenant, struct api_hunt *hunt, struct uuid id,
    bool *ret_is_enough)
{
    struct user *user;
    enum err e = user_load(rq, tenant, id, USER_REGISTRATIONS, &user);

    if (e == ERR_OK && user != NULL && is_meant(rq, hunt, user)) {
        e = hunt->found(hunt->ctx, rq, tenant, user, ret_is_enough);
    }
    return e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
}

/* The next candidates, on memory that is given back after each. Their rows are read of one state, HELD_AT_ONCE people at a
 * time, so that nobody who erases a key waits for a whole page. */
static enum err
look_at_some(struct rq *rq, const struct tenant *tenant, struct api_hunt *hunt,
    const struct candidate *some, size_t count, bool *ret_is_enough)
{
    struct api_scratch scratch;
    enum err e = ERR_OK;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    db_reads_hold(rq->db);
    for (size_t i = 0; e == ERR_OK && i < count && !*ret_is_enough; i++) {
        hunt->place.id = some[i].id;
        hunt->place.number = some[i].number;
        if (hunt->filtering == API_FILTERS && !api_user_filter_has(hunt->filter, some[i].id)) {
            hunt->passed++;
            *ret_is_enough |= hunt->passed / PASSED_AS_ONE >= hunt->max_looked;
            continue;
        }
        e = look_at(rq, tenant, hunt, some[i].id, ret_is_enough);
        *ret_is_enough |= ++hunt->looked >= hunt->max_looked;
        api_scratch_again(rq);
    }
    (void)db_reads_release(rq->db);
    api_scratch_end(rq, &scratch);
    return e;
}

static enum err
hunt_need(struct rq *rq, const struct tenant *tenant, struct api_hunt *hunt, struct batch *batch,
    bool *ret_is_enough)
{
    enum err e = read_batch(rq, tenant, hunt, batch);

    if (e == ERR_OK && hunt->query->plan.has_also && hunt->filtering == API_FILTER_UNKNOWN
        && batch->count >= FILTERED_FROM) {
        e = make_filter(rq, tenant, hunt);
    }
    while (e == ERR_OK && batch->count > 0 && !*ret_is_enough) {
        for (size_t i = 0; e == ERR_OK && i < batch->count && !*ret_is_enough; i += HELD_AT_ONCE) {
            e = look_at_some(rq, tenant, hunt, &batch->of[i],
                MIN(batch->count - i, (size_t)HELD_AT_ONCE), ret_is_enough);
        }
        if (e == ERR_OK && !*ret_is_enough) {
            e = read_batch(rq, tenant, hunt, batch);
        }
    }
    return e;
}

static enum err
hunt_tenant(struct rq *rq, struct api_hunt *hunt, struct batch *batch, bool *ret_is_enough)
{
    int64_t needs = MAX((int64_t)hunt->query->plan.count, 1);
    const struct tenant *tenant;
    enum err e = tenant_load(rq, hunt->place.tenant_id, &tenant);

    hunt->filtering = API_FILTER_UNKNOWN;
    while (e == ERR_OK && tenant != NULL && !*ret_is_enough && hunt->place.need < needs) {
        e = hunt_need(rq, tenant, hunt, batch, ret_is_enough);
        if (!*ret_is_enough) {
            hunt->place = start_of(hunt->query, tenant->id, hunt->place.need + 1);
        }
    }
    return e;
}

enum err
api_user_hunt_run(struct rq *rq, struct api_hunt *hunt)
{
    const struct api_query *query = hunt->query;
    struct batch *batch = ARENA_NEW(rq->arena, struct batch);
    bool is_enough = false, is_begun = uuid_is_nil(hunt->place.tenant_id);
    enum err e = batch ? ERR_OK : FAIL_SERVER(rq);

    for (size_t i = 0; e == ERR_OK && !is_enough && i < query->tenant_count; i++) {
        bool is_here = uuid_eq(hunt->place.tenant_id, query->tenants[i]);
        if (is_begun) {
            hunt->place = start_of(query, query->tenants[i], 0);
        }
        if (is_begun || is_here) {
            is_begun = true;
            e = hunt_tenant(rq, hunt, batch, &is_enough);
        }
    }
    hunt->is_at_end = !is_enough;
    return e;
}

static enum err
count_need(struct rq *rq, const struct tenant *tenant, const struct search_need *need, int64_t max,
    int64_t *ret)
{
    bool is_exact;
    struct word_key key;

    switch (need->kind) {
    case NEED_APPLICATION:
        return user_count(rq, tenant, need->id, max, ret);
    case NEED_GROUP:
        return group_users_count(rq, tenant, need->id, max, ret);
    case NEED_WORD:
        return word_count(rq, tenant, word_key_whole(tenant, need->text), max, ret);
    case NEED_PREFIX:
        if (word_key_prefix(tenant, need->text, &key, &is_exact)) {
            return word_count(rq, tenant, key, max, ret);
        }
        break;
    default:
        break;
    }
    *ret = 1;
    return ERR_OK;
}

enum err
api_user_query_count(struct rq *rq, const struct api_query *query, int64_t max, int64_t *ret)
{
    const struct tenant *tenant;
    int64_t count;
    enum err e = ERR_OK;

    *ret = 0;
    for (size_t t = 0; e == ERR_OK && t < query->tenant_count; t++) {
        e = tenant_load(rq, query->tenants[t], &tenant);
        if (e == ERR_OK && tenant != NULL && query->plan.count == 0) {
            e = user_count(rq, tenant, (struct uuid){{0}}, max, &count);
            *ret += e ? 0 : count;
        }
        for (size_t i = 0; e == ERR_OK && tenant != NULL && i < query->plan.count; i++) {
            e = count_need(rq, tenant, &query->plan.needs[i], max, &count);
            *ret += e ? 0 : count;
        }
    }
    return e;
}
