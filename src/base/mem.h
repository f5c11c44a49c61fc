/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for what lives longer than a request and is no arena: connections, caches, pools.
 * The only malloc outside arena.c and map.c; torture tests can make it fail (arena_fail_after). */
#pragma once
#include "base/base.h"

/* n zeroed bytes, or NULL. */
MUST_USE void *mem_new(size_t n);
/* Resizes a block of mem_new's (new bytes are not zeroed); NULL leaves the old one as it was. */
MUST_USE void *mem_resize(void *p, size_t n);
void mem_free(void *p);

#define MEM_NEW(type) ((type *)mem_new(sizeof(type)))
