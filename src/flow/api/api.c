/* SPDX-License-Identifier: Apache-2.0 */
/* Who calls, for which tenant; faults and answers. */
#include "flow/api/api.h"

#include "flow/api/api_info.h"
#include "flow/api/api_admin.h"
#include "model/cache/cache.h"
#include "model/event/event.h"

enum { SCRATCH_BYTES = 4 * 1024 * 1024, SCRATCH_FIRST = 32 * 1024 };

static enum err
read_tenant_header(struct rq *rq)
{
    const char *code = "invalidTenantId";
    str text = rq_header(rq, S("x-fusionauth-tenantid"));
    struct uuid id;
    enum err e;

    if (text.n == 0) {
        return ERR_OK;
    }
    if (!uuid_parse(text, &id) || http_header_count(rq->http, S("x-fusionauth-tenantid")) > 1) {
        return api_refuse(rq, "", code, "The X-FusionAuth-TenantId header must be one UUID.");
    }
    if (!api_may_see(rq, id)) {
        return FAIL(rq, ERR_UNAUTHENTICATED, "X-FusionAuth-TenantId", "is not open to this key");
    }
    e = tenant_load(rq, id, &rq->tenant);
    if (e == ERR_OK && rq->tenant == NULL) {
        return api_refuse(
            rq, "", code, "The X-FusionAuth-TenantId header names no tenant: check the id.");
    }
    return e;
}

/* Tokens of people come in the same header: "Bearer xyz", and "JWT xyz" as older clients write
 * it. */
static bool
is_token(str value)
{
    return str_ieq(str_head(value, 7), S("Bearer ")) || str_ieq(str_head(value, 4), S("JWT "));
}

/* Whom the operator's calls are made for: no stored key, but what it may do is said the same way. */
static const struct api_key operator_key = {.is_key_manager = true};

enum field_audience
api_audience(const struct rq *rq)
{
    return rq->is_operator ? FIELD_FOR_OPERATOR : FIELD_FOR_API;
}

/* As rq->api_key; it stays NULL when there is none. */
static enum err
find_key(struct rq *rq, str value, str endpoint)
{
    bool is_let_in = false;
    enum err e = apikey_find(rq, value, &rq->api_key);

    if (e != ERR_OK) {
        return e;
    }
    if (rq->api_key == NULL || !apikey_may(rq, rq->api_key, endpoint, rq->http->method_text)) {
        rq->api_key = NULL;
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key that may call this endpoint");
    }
    e = apikey_is_let_in(rq, rq->api_key, &is_let_in);
    if (e != ERR_OK || !is_let_in) { /* told apart from a wrong key by nobody */
        rq->api_key = NULL;
        return e ? e
                 : FAIL(
                     rq, ERR_UNAUTHENTICATED, NULL, "needs an API key that may be used from here");
    }
    return ERR_OK;
}

enum err
api_check_key(struct rq *rq, str endpoint, bool is_required)
{
    str value = api_key_given(rq, endpoint);
    enum err e = ERR_OK;

    if (rq->is_operator) {
        rq->api_key = &operator_key;
        return read_tenant_header(rq);
    }
    if (is_token(value)) {
        e = api_admin_find(rq, endpoint);
    } else if (value.n) {
        e = find_key(rq, value, endpoint);
    }
    if (e == ERR_OK && rq->api_key == NULL && is_required) {
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL,
            "needs an API key, or the access token of an administrator who may do this");
    }
    e = e ? e : read_tenant_header(rq);
    if (e == ERR_OK) {
        api_admin_watch(rq, endpoint);
    }
    return e;
}

bool
api_may_see(const struct rq *rq, struct uuid tenant_id)
{
    bool is_of_key = rq->api_key == NULL || uuid_is_nil(rq->api_key->tenant_id)
                     || uuid_eq(rq->api_key->tenant_id, tenant_id);

    return is_of_key && (rq->tenant == NULL || uuid_eq(rq->tenant->id, tenant_id));
}

bool
api_is_bound(const struct rq *rq)
{
    return rq->tenant != NULL || (rq->api_key != NULL && !uuid_is_nil(rq->api_key->tenant_id));
}

enum err
api_check_house(struct rq *rq)
{
    return api_is_bound(rq)
               ? FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs a key, and a call, of no one tenant")
               : ERR_OK;
}

enum err
api_tenants(struct rq *rq, struct uuid **ret, size_t *ret_count)
{
    enum err e;

    if (api_is_bound(rq)) {
        e = api_tenant(rq);
        *ret = ARENA_NEW(rq->arena, struct uuid);
        *ret_count = 1;
        if (e != ERR_OK || *ret == NULL) {
            return e ? e : FAIL_SERVER(rq);
        }
        **ret = rq->tenant->id;
        return ERR_OK;
    }
    e = tenant_ids(rq, API_LIST_MAX + 1, ret, ret_count);
    if (e == ERR_OK && *ret_count > API_LIST_MAX) {
        e = api_refuse(rq, "", "tooMany",
            "There are too many to list at once: use the search, or name a tenant in the "
            "X-FusionAuth-TenantId header.");
    }
    return e;
}

enum err
api_tenant(struct rq *rq)
{
    struct uuid *ids, id = {{0}};
    size_t count;
    enum err e;

    if (rq->tenant != NULL) {
        return ERR_OK;
    }
    if (rq->api_key != NULL) {
        id = rq->api_key->tenant_id;
    }
    if (uuid_is_nil(id)) {
        e = tenant_ids(rq, 2, &ids, &count);
        if (e != ERR_OK) {
            return e;
        }
        if (count != 1) {
            return api_refuse(rq, "", "TenantIdRequired",
                "There is more than one tenant: name yours in the X-FusionAuth-TenantId header.");
        }
        id = ids[0];
    }
    e = tenant_load(rq, id, &rq->tenant);
    return e == ERR_OK && rq->tenant == NULL ? api_not_found(rq) : e;
}

enum err
api_not_found(struct rq *rq)
{
    return FAIL(rq, ERR_NOT_FOUND, NULL, "is about something that does not exist");
}

struct field_reader
api_reader(struct rq *rq)
{
    return (struct field_reader){rq->arena, &rq->faults};
}

enum err
api_faults(struct rq *rq)
{
    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    return rq->faults.count ? FAIL(rq, ERR_FIELDS, NULL, "has fields at fault") : ERR_OK;
}

enum err
api_refuse(struct rq *rq, const char *path, const char *code, const char *message)
{
    struct field_reader reader = api_reader(rq);

    field_fault(&reader, path, code, message);
    return api_faults(rq);
}

bool
api_scratch_begin(struct rq *rq, struct api_scratch *scratch)
{
    struct arena *arena = arena_new(SCRATCH_BYTES);

    /* One block that stays, however often it is used again. */
    if (arena == NULL || arena_alloc(arena, SCRATCH_FIRST) == NULL) {
        arena_free(arena);
        return false;
    }
    arena_reset(arena);
    *scratch = (struct api_scratch){rq->arena, rq->holds, rq->opened};
    rq->arena = arena;
    rq->holds = NULL;
    rq->opened = NULL;
    arena_keep_secret(arena);
    return true;
}

void
api_scratch_again(struct rq *rq)
{
    cache_end_request(rq);
    arena_reset(rq->arena);
    arena_keep_secret(rq->arena);
    rq->opened = NULL;
}

void
api_scratch_end(struct rq *rq, struct api_scratch *scratch)
{
    cache_end_request(rq);
    arena_free(rq->arena);
    rq->arena = scratch->arena;
    rq->holds = scratch->holds;
    rq->opened = scratch->opened;
}

const struct field *
api_field(const struct field_table *table, const char *name)
{
    size_t i = 0;

    while (i < table->count && !str_eq(str_from(table->fields[i].name), str_from(name))) {
        i++;
    }
    CHECK(i < table->count);
    return &table->fields[i];
}

void
api_answer_start(struct rq *rq, struct api_answer *answer)
{
    rq_json_out(rq, &answer->buf, &answer->out);
    json_out_object(&answer->out);
}

enum err
api_answer_send(struct rq *rq, struct api_answer *answer, int status)
{
    str text;

    if (rq->fault.code == ERR_BUSY) {
        return ERR_BUSY; /* a read failed while it was written: half a thing is not shown as the whole */
    }
    json_out_object_end(&answer->out);
    if (!buf_done(&answer->buf, &text) && !arena_failed(rq->arena)) {
        return api_refuse(
            rq, "", "tooMany", "The answer would be too large: ask for less at once.");
    }
    return rq_answer_json(rq, status, &answer->buf);
}

/* {"id": ..., "changes": [...]} */
static str
describe(struct rq *rq, const struct api_change *change)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_id(&out, S("id"), change->id);
    if (change->before != NULL && change->after != NULL) {
        json_out_name(&out, S("changes"));
        (void)field_diff(change->table, change->before, change->after, rq->arena, &out);
    }
    api_info_write(rq, S("eventInfo"), &out);
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

enum err
api_audit(struct rq *rq, const struct tenant *tenant, const struct api_change *change)
{
    struct event event = {
        change->kind, change->user_id, change->application_id, describe(rq, change)};

    return event_add(rq, tenant, &event);
}
