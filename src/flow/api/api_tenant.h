/* SPDX-License-Identifier: Apache-2.0 */
/* What the calls about one tenant and about many share. */
#pragma once
#include "flow/api/api.h"

/* As the caller may see it: FusionAuth shows the mail server's password, and its Terraform provider compares it; here only to
 * keys that are bound to no tenant. */
void api_tenant_write(struct rq *rq, const void *object, struct json_out *out);
/* Answers all that the call may see. */
MUST_USE enum err api_tenant_list(struct rq *rq);
