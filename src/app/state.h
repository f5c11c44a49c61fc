/* SPDX-License-Identifier: Apache-2.0 */
/* What is there: every managed thing of the server, by the API. */
#pragma once
#include "app/managed.h"
#include "model/rq/rq.h"

struct dispatch;

/* Reads all things but entities, their objects too. False with *ret_why, on the arena of ret. */
MUST_USE bool state_read(
    struct dispatch *dispatch, struct house *house, struct things *ret, str *ret_why);
/* Entities, with the grants that entities have on them, of the tenants that were read; *ret_count: how many there are. More
 * than STATE_ENTITIES_MAX are no configuration: none is read. */
enum { STATE_ENTITIES_MAX = 10000 };
MUST_USE bool state_read_entities(
    struct dispatch *dispatch, struct things *ret, size_t *ret_count, str *ret_why);
