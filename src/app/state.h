/* SPDX-License-Identifier: Apache-2.0 */
/* What is there: every managed thing of the server, by the API. */
#pragma once
#include "app/managed.h"
#include "model/rq/rq.h"

struct dispatch;

/* Reads all things but entities, their objects too. False with *ret_why, on the arena of ret. */
MUST_USE bool state_read(
    struct dispatch *dispatch, struct house *house, struct things *ret, str *ret_why);
/* Entities and grants, of which there may be very many: one after the other, in the order of their ids, on memory that is
 * given back. A visit that returns false ends it. */
struct entity_grant;
struct entity_visit {
    bool (*entity)(void *ctx, const struct thing *entity);
    bool (*grant)(void *ctx, const struct entity_grant *grant);
    void *ctx;
    struct arena *arena; /* of *ret_why */
};
MUST_USE bool state_each_entity(struct dispatch *dispatch, struct house *house, str tenant_id,
    const struct entity_visit *visit, str *ret_why);
MUST_USE bool state_each_grant(
    struct house *house, str tenant_id, str entity_id, const struct entity_visit *visit);
/* All entities with their grants, of the tenants that were read. */
MUST_USE bool state_read_entities(
    struct dispatch *dispatch, struct house *house, struct things *ret, str *ret_why);
