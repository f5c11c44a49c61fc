/* SPDX-License-Identifier: Apache-2.0 */
/* What previews and sendings of templates share. */
#pragma once
#include "flow/api/api.h"
#include "model/compose/compose.h"

/* The template in the body's member name, over the defaults of its kind; what is not there yet is no fault, for people
 * preview while they write. ERR_FIELDS with what cannot be read. */
MUST_USE enum err api_compose_template(struct rq *rq, const struct json *body, const char *name,
    const struct record_kind *kind, void *ret);
/* Writes "errors": {...}, FusionAuth's Errors, with a fault for each part of the template called name that could
 * not be made. */
void api_compose_errors(
    struct rq *rq, const struct composed *made, const char *name, struct json_out *out);
/* Whom previews write to: a person made up, of the default tenant. */
MUST_USE enum err api_compose_sample(struct rq *rq, struct compose_about *ret);
