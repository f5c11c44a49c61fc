/* SPDX-License-Identifier: Apache-2.0 */
/* What the calls about entities share. */
#pragma once
#include "flow/api/api_record.h"
#include "model/entity/entity.h"

/* Writes an entity with its whole type. */
void api_entity_write(struct rq *rq, const void *object, struct json_out *out);
/* The entity that the caller may see, and its tenant; *ret NULL when there is none. */
MUST_USE enum err api_entity_find(
    struct rq *rq, struct uuid id, const struct tenant **ret_tenant, const struct entity **ret);
/* A grant with its entity. */
MUST_USE enum err api_entity_grant_write(
    struct rq *rq, const struct entity_grant *grant, struct json_out *out);
