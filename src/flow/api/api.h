/* SPDX-License-Identifier: Apache-2.0 */
/* What the administration API's files share: who calls, for which tenant, and how bodies and answers are wrapped. */
#pragma once
#include "model/apikey/apikey.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"

/* Finds the API key in Authorization and whether it may call the endpoint with this method; sets rq->api_key. Without a key: ERR_UNAUTHENTICATED if it
 * is_required, else ERR_OK and rq->api_key stays NULL. A key that is given must be good either way. Also resolves X-FusionAuth-TenantId into
 * rq->tenant when sent. */
MUST_USE enum err api_check_key(struct rq *rq, str endpoint, bool is_required);

/* The tenant this call is about: the header's, the key's own, or the only one there is; sets rq->tenant. ERR_FIELDS [TenantIdRequired] when none of
 * them says, as FusionAuth answers. */
MUST_USE enum err api_tenant(struct rq *rq);
/* May the caller touch things of this tenant? A key bound to a tenant sees no other; to it the other's things do not exist (OA-64). */
bool api_may_see(const struct rq *rq, struct uuid tenant_id);

/* A reader that collects faults into the request. */
struct field_reader api_reader(struct rq *rq);
/* The body's member (say "user"), or NULL after a [missing] fault. A whole-body member not named in the NULL-terminated list is an [unknown] fault. */
const struct json *api_body(struct rq *rq, const char *wanted, const char *const *others);
/* ERR_FIELDS if faults were collected, else ERR_OK. */
MUST_USE enum err api_faults(struct rq *rq);
/* Opens {"name": for one value; api_answer closes it. */
struct api_answer {
    struct buf buf;
    struct json_out out;
};
void api_answer_start(struct rq *rq, struct api_answer *answer);
MUST_USE enum err api_answer_send(struct rq *rq, struct api_answer *answer, int status);

/* How a PUT or PATCH body is to be read: FIELD_REPLACE, FIELD_PATCH_APPEND, FIELD_PATCH, or by JSON Patch (then *value is already the patched document and the mode
 * FIELD_REPLACE). document writes the current object, for JSON Patch to work on. */
MUST_USE enum err api_patch(struct rq *rq, const struct field_table *table, const void *object, const char *wanted,
    const struct json **ret_value, enum field_mode *ret_mode);
/* Adds the audit event of a change, with the difference of both objects (NULL: made, or deleted); secrets and personal values are not in it. */
MUST_USE enum err api_audit(struct rq *rq, const struct tenant *tenant, const char *kind, const struct field_table *table, const void *before,
    const void *after);
/* ?name=true */
bool api_flag(struct rq *rq, const char *name);
