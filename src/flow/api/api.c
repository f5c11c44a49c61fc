/* SPDX-License-Identifier: Apache-2.0 */
/* The shared part of the administration API (FusionAuth's conventions: raw key in Authorization, X-FusionAuth-TenantId, wrapped bodies). */
#include "flow/api/api.h"

#include "model/event/event.h"

static enum err
read_tenant_header(struct rq *rq)
{
    str text = rq_header(rq, S("x-fusionauth-tenantid"));
    struct uuid id;
    enum err e;

    if (text.n == 0) {
        return ERR_OK;
    }
    if (!uuid_parse(text, &id) || http_header_count(rq->http, S("x-fusionauth-tenantid")) > 1) {
        field_fault_add(&rq->faults, rq->arena, NO_STR, S("invalidTenantId"), S("The X-FusionAuth-TenantId header must be one UUID."));
        return FAIL(rq, ERR_FIELDS, "X-FusionAuth-TenantId", "must be a UUID");
    }
    if (!api_may_see(rq, id)) {
        return FAIL(rq, ERR_UNAUTHENTICATED, "X-FusionAuth-TenantId", "is not open to this key");
    }
    e = tenant_load(rq, id, &rq->tenant);
    if (e == ERR_OK && rq->tenant == NULL) {
        field_fault_add(&rq->faults, rq->arena, NO_STR, S("invalidTenantId"), S("The X-FusionAuth-TenantId header names no tenant: check the id."));
        e = FAIL(rq, ERR_FIELDS, "X-FusionAuth-TenantId", "is not known");
    }
    return e;
}

enum err
api_check_key(struct rq *rq, str endpoint, bool is_required)
{
    str value = rq_header(rq, S("authorization"));
    bool is_given = value.n && !(value.n > 7 && (str_ieq(str_head(value, 7), S("Bearer ")) || str_ieq(str_head(value, 4), S("JWT "))));
    enum err e;

    if (!is_given) {
        return is_required ? FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key in the Authorization header") : read_tenant_header(rq);
    }
    e = apikey_find(rq, value, &rq->api_key);
    if (e != ERR_OK) {
        return e;
    }
    if (rq->api_key == NULL || !apikey_may(rq, rq->api_key, endpoint, rq->http->method_text)) {
        rq->api_key = NULL;
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key that may call this endpoint");
    }
    return read_tenant_header(rq);
}

bool
api_may_see(const struct rq *rq, struct uuid tenant_id)
{
    return rq->api_key == NULL || uuid_is_nil(rq->api_key->tenant_id) || uuid_eq(rq->api_key->tenant_id, tenant_id);
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
            field_fault_add(&rq->faults, rq->arena, NO_STR, S("TenantIdRequired"),
                S("There is more than one tenant: name yours in the X-FusionAuth-TenantId header."));
            return FAIL(rq, ERR_FIELDS, "X-FusionAuth-TenantId", "is required");
        }
        id = ids[0];
    }
    e = tenant_load(rq, id, &rq->tenant);
    return e == ERR_OK && rq->tenant == NULL ? FAIL(rq, ERR_NOT_FOUND, NULL, "is not there") : e;
}

struct field_reader
api_reader(struct rq *rq)
{
    return (struct field_reader){rq->arena, &rq->faults};
}

enum err
api_faults(struct rq *rq)
{
    return rq->faults.count ? FAIL(rq, ERR_FIELDS, NULL, "has fields at fault") : ERR_OK;
}

static bool
is_listed(str name, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++) {
        if (str_eq(name, str_from(*list))) {
            return true;
        }
    }
    return false;
}

/* eventInfo may come with every request of FusionAuth's clients; it describes the caller's device for events. */
const struct json *
api_body(struct rq *rq, const char *wanted, const char *const *others)
{
    struct field_reader reader = api_reader(rq);
    const struct json *body, *value;

    if (rq_json(rq, &body) != ERR_OK) {
        return NULL;
    }
    for (const struct json *m = body && body->type == JSON_OBJECT ? body->first : NULL; m != NULL; m = m->next) {
        if (!str_eq(m->name, str_from(wanted)) && !str_eq(m->name, S("eventInfo")) && !is_listed(m->name, others)) {
            str name = str_head(m->name, 60);
            field_fault(&reader, str_z(rq->arena, name) ? str_z(rq->arena, name) : "?", "unknown",
                "This field is not known here: leave it out.");
        }
    }
    value = json_get(body, str_from(wanted));
    if (value == NULL || value->type != JSON_OBJECT) {
        field_fault(&reader, wanted, "missing", "Send the object this request is about under its name.");
        return NULL;
    }
    return value;
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
    json_out_object_end(&answer->out);
    return rq_answer_json(rq, status, &answer->buf);
}

static enum err
apply_json_patch(struct rq *rq, const struct field_table *table, const void *object, const char *wanted, const struct json **ret_value)
{
    struct field_reader reader = api_reader(rq);
    const struct json *patch, *document, *patched;
    struct json_out out;
    struct buf buf;
    str text;
    enum err e = rq_json(rq, &patch);

    if (e != ERR_OK) {
        return e;
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_out_name(&out, str_from(wanted));
    field_write(table, FIELD_FOR_API, object, &out);
    json_out_object_end(&out);
    if (!buf_done(&buf, &text) || !json_parse(rq->arena, text, &document, NULL)) {
        return FAIL_SERVER(rq);
    }
    if (patch == NULL || !field_json_patch(&reader, document, patch, NO_STR, &patched)) {
        field_fault(&reader, "", "invalid", "Send a list of JSON Patch operations that fit the object.");
        return api_faults(rq);
    }
    *ret_value = json_get(patched, str_from(wanted));
    return ERR_OK;
}

enum err
api_patch(struct rq *rq, const struct field_table *table, const void *object, const char *wanted, const struct json **ret_value,
    enum field_mode *ret_mode)
{
    str type = rq_header(rq, S("content-type"));

    *ret_mode = FIELD_REPLACE;
    if (rq->http->method == HTTP_PATCH) {
        if (str_starts(type, S("application/json-patch+json"))) {
            return apply_json_patch(rq, table, object, wanted, ret_value);
        }
        /* FusionAuth: plain JSON adds to lists, a merge patch replaces them (RFC 7396). */
        *ret_mode = str_starts(type, S("application/merge-patch+json")) ? FIELD_PATCH : FIELD_PATCH_APPEND;
    }
    *ret_value = api_body(rq, wanted, NULL);
    return *ret_value ? ERR_OK : api_faults(rq);
}

enum err
api_audit(struct rq *rq, const struct tenant *tenant, const char *kind, const struct field_table *table, const void *before,
    const void *after)
{
    struct event event = {kind, {{0}}, {{0}}, NO_STR};
    struct json_out out;
    struct buf buf;

    rq_json_out(rq, &buf, &out);
    if (before != NULL && after != NULL) {
        field_diff(table, before, after, rq->arena, &out);
        if (!buf_done(&buf, &event.detail)) {
            event.detail = NO_STR;
        }
    }
    return event_add(rq, tenant, &event);
}

bool
api_flag(struct rq *rq, const char *name)
{
    return str_eq(rq_query_get(rq, str_from(name)), S("true"));
}
