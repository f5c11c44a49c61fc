/* SPDX-License-Identifier: Apache-2.0 */
/* What previews and sendings of templates share. */
#pragma once
#include "flow/api/api.h"
#include "model/compose/compose.h"

/* Writes "errors": {...}, FusionAuth's Errors, with a fault for each part of the template called name that could
 * not be made. */
void api_compose_errors(
    struct rq *rq, const struct composed *made, const char *name, struct json_out *out);
/* Whom previews write to: a person made up, of the default tenant. */
MUST_USE enum err api_compose_sample(struct rq *rq, struct compose_about *ret);
