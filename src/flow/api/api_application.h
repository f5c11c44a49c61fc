/* SPDX-License-Identifier: Apache-2.0 */
/* What calls about an application's parts, its people and its tokens share. */
#pragma once
#include "flow/api/api_resource.h"

/* The application if the caller may see it, and its tenant; *ret NULL otherwise. A universal one as the call's tenant has it
 * (api_tenant: [TenantIdRequired] when nothing names one). */
MUST_USE enum err api_application_find(struct rq *rq, struct uuid id,
    const struct tenant **ret_tenant, const struct application **ret);
/* The application itself, to be shown and changed: a universal one to calls that are bound to no tenant only; then *ret_tenant
 * is the default one, in whose events what is done to it stands. */
MUST_USE enum err api_application_of(struct rq *rq, struct uuid id,
    const struct tenant **ret_tenant, const struct application **ret);
/* All that are active, or out of use, of those that the call may see. */
MUST_USE enum err api_application_list(struct rq *rq);
/* [invalid]applicationId: where people sign in it must be an active one of this tenant. */
enum err api_application_refuse(struct rq *rq);
/* Faults of a new application's scopes: their names are scope-tokens (RFC 6749 s3.3), and differ. */
void api_scope_check(struct api_call *call, const struct application *app);
