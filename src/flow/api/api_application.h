/* SPDX-License-Identifier: Apache-2.0 */
/* What calls about an application's parts, its people and its tokens share. */
#pragma once
#include "flow/api/api_resource.h"

/* The application if the caller may see it, and its tenant; *ret NULL otherwise. */
MUST_USE enum err api_application_find(struct rq *rq, struct uuid id,
    const struct tenant **ret_tenant, const struct application **ret);
/* scope-token of RFC 6749 s3.3: it must fit a space-separated list. */
bool api_scope_name_ok(str name);
