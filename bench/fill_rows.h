/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a generated database, declared on a request through the rooms that own them: what
 * comes out is what the server itself would have written. */
#pragma once
#include "model/rq/rq.h"
#include "people.h"

struct fill_plan {
    struct people people;
    int64_t tokens, events; /* in all; spread evenly over the people */
    int64_t now;            /* when the year of history ends */
};

/* The default tenant, the administrators' application and an API key. */
MUST_USE enum err fill_house(struct rq *rq);
/* One tenant with its application. */
MUST_USE enum err fill_tenant(struct rq *rq, int64_t tenant);
/* One person with identities, registration, tokens and events. Moves rq->now. */
MUST_USE enum err fill_person(struct rq *rq, const struct fill_plan *plan, int64_t person);
/* Whether they are in the database already. */
MUST_USE enum err fill_has_tenant(struct rq *rq, int64_t tenant, bool *ret);
MUST_USE enum err fill_has_person(
    struct rq *rq, const struct fill_plan *plan, int64_t person, bool *ret);
