/* SPDX-License-Identifier: Apache-2.0 */
/* What the administration API's files share: who calls, for which tenant, and how bodies and
 * answers are wrapped. FusionAuth's conventions: raw key in Authorization,
 * X-FusionAuth-TenantId. */
#pragma once
#include "model/apikey/apikey.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"

enum { API_LIST_MAX = 500, API_PAGE = 25, API_PAGE_MAX = 500 };

/* Finds the API key in Authorization, or the administrator by the access token there, and whether they may call the
 * endpoint with this method; sets rq->api_key (and rq->admin: api_admin.h). Without a key: ERR_UNAUTHENTICATED if it is_required, else ERR_OK and rq->api_key
 * stays NULL. A key that is given must be good either way. Also resolves X-FusionAuth-TenantId into
 * rq->tenant when sent. */
MUST_USE enum err api_check_key(struct rq *rq, str endpoint, bool is_required);

/* The key as it was given: Authorization, but for Prometheus, which has no header of its choosing and gives the key as the
 * password of "apikey". */
str api_key_given(const struct rq *rq, str endpoint);
/* With --local-metrics: the call was made on this machine, by no browser, and nobody has passed it on. */
bool api_is_local(const struct rq *rq);

/* The tenant this call is about: the header's, the key's own, or the only one there is; sets
 * rq->tenant. ERR_FIELDS [TenantIdRequired] when none of them says, as FusionAuth answers. */
MUST_USE enum err api_tenant(struct rq *rq);
/* May the call touch things of this tenant? A key bound to a tenant, and a call that names one, see
 * no other: another tenant's things do not exist for them (OA-64). */
bool api_may_see(const struct rq *rq, struct uuid tenant_id);
/* The call is bound to one tenant: by the key, or by the header. */
bool api_is_bound(const struct rq *rq);
/* Refuses a call that is bound to one tenant, by the header, too, as FusionAuth does: it is about the house. */
MUST_USE enum err api_check_house(struct rq *rq);
/* Ids of all tenants the call may see, by name; ERR_FIELDS when there are more than
 * API_LIST_MAX. */
MUST_USE enum err api_tenants(struct rq *rq, struct uuid **ret, size_t *ret_count);
enum err api_not_found(struct rq *rq);

/* How things are written for the caller: an operator sees their secrets. */
enum field_audience api_audience(const struct rq *rq);

/* A reader that collects faults into the request. */
struct field_reader api_reader(struct rq *rq);
/* ERR_FIELDS if faults were collected, else ERR_OK. */
MUST_USE enum err api_faults(struct rq *rq);
/* Adds one fault and returns ERR_FIELDS: for refusals that stand alone. */
enum err api_refuse(struct rq *rq, const char *path, const char *code, const char *message);

/* Work that leaves nothing on the request's arena: loads of many things one after the other, each
 * forgotten before the next. Between begin and end nothing may be declared, and what was loaded is
 * gone after the end. False when memory is short. */
struct api_scratch {
    struct arena *arena;
    struct cache_hold *holds;
    struct seal_opened *opened;
};
MUST_USE bool api_scratch_begin(struct rq *rq, struct api_scratch *scratch);
/* Gives back what was loaded since begin, and goes on with the same memory. */
void api_scratch_again(struct rq *rq);
void api_scratch_end(struct rq *rq, struct api_scratch *scratch);

/* An answer {"name": value, ...}: start, write members to out, send. */
struct api_answer {
    struct buf buf;
    struct json_out out;
};
void api_answer_start(struct rq *rq, struct api_answer *answer);
MUST_USE enum err api_answer_send(struct rq *rq, struct api_answer *answer, int status);

/* Reads the body's members but those named in objects (NULL-terminated) into *beside by their
 * table: unknown ones are faults, so are those of FIELD_LATER that ask for something. *ret_body is
 * the body, NULL when there is none. Faults are only collected: see api_faults. */
MUST_USE enum err api_body(struct rq *rq, const char *const *objects,
    const struct field_table *table, void *beside, const struct json **ret_body);
/* The same for a PUT or PATCH of the object called name, and how it is to be read: FIELD_REPLACE,
 * FIELD_PATCH_APPEND, FIELD_PATCH, or by JSON Patch (then *ret_value is object's document, patched,
 * and the mode FIELD_REPLACE). */
struct api_patch {
    const char *name;
    const struct field_table *table; /* of the object */
    const void *object;              /* as it is now */
    const struct field_table *beside_table;
    void *beside;
};
MUST_USE enum err api_patch_body(struct rq *rq, const struct api_patch *patch,
    const struct json **ret_value, enum field_mode *ret_mode);

/* What a change was, for the audit: who made it and when stands in the event. */
struct api_change {
    const char *kind;                    /* "user.update" */
    struct uuid id;                      /* of the thing */
    struct uuid user_id, application_id; /* what it is about; nil: neither */
    const struct field_table *table;
    const void *before, *after; /* NULL when made, or deleted */
};
/* Declares the event of a change, with the difference of both objects; secrets and personal values
 * are not in it. */
MUST_USE enum err api_audit(
    struct rq *rq, const struct tenant *tenant, const struct api_change *change);

/* The row of a table that has this name; it must be there. */
const struct field *api_field(const struct field_table *table, const char *name);
/* ?name=true. What says neither true nor false is a fault: the request fails, whatever its handler says. */
bool api_flag(struct rq *rq, const char *name);
/* FusionAuth's TypeScript client writes a parameter that its caller left out as "undefined" or "null". */
bool api_is_left_out(str text);
/* ?name= as a UUID; nil when absent. Says [couldNotConvert] when it is none. */
MUST_USE enum err api_query_id(struct rq *rq, const char *name, struct uuid *ret);
/* All values of a parameter that may be repeated (?userId=a&userId=b). */
MUST_USE enum err api_query_all(struct rq *rq, const char *name, struct field_texts *ret);
/* Texts as ids; a fault at path when one is none. */
MUST_USE enum err api_read_ids(struct rq *rq, const struct field_texts *texts, const char *path,
    struct uuid **ret, size_t *ret_count);

/* The beside-table of a body with nothing but eventInfo: what FusionAuth's clients say of the
 * caller's device (api_info.h). */
struct api_beside {
    str event_info;
};
extern const struct field_table api_beside_table;

/* What the documentation knows of the routes: app/ hands them over at start, and keeps them. */
struct api_record;
enum api_caller { API_ANYONE, API_KEY, API_MAYBE_KEY, API_CLIENT, API_TOKEN, API_CALLER_COUNT };
struct api_route {
    const char *method, *path, *spec;
    const struct api_record *about; /* NULL: an operation of its own */
    enum api_caller caller;
    size_t max_body;
    int64_t per_second, burst; /* requests of one address; 0: any number */
};
void api_openapi_routes(const struct api_route *rows, size_t count);
const struct api_route *api_routes(size_t *ret_count);
