/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies with a long list: options, and items that are read one after the other. */
#pragma once
#include "codec/json_cut.h"
#include "flow/api/api.h"

struct api_cut {
    const char *name;                /* of the list */
    size_t max;                      /* items */
    const struct field_table *table; /* of what stands beside it, and where that goes */
    void *beside;
};
/* Reads what stands beside the list, and where its items are, at least one. Faults as api_body's. */
MUST_USE enum err api_cut_list(
    struct rq *rq, const struct api_cut *cut, struct json_cut *ret, size_t *ret_count);
/* Copies faults found on an arena that is given back to the request. */
void api_cut_keep_faults(struct rq *rq, struct arena *arena, const struct field_faults *faults);
