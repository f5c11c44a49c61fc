/* SPDX-License-Identifier: Apache-2.0 */
/* Kickstart files in FusionAuth's format: variables, API keys, and requests performed one after
 * the other against our own API. */
#pragma once
#include "model/rq/rq.h"

struct dispatch;

/* Applies the file: on an empty database after making its first tenant (whose id the variable
 * defaultTenantId may choose). False with *ret_why, text on the arena naming the request that
 * was refused and the faults it was answered with; what went before it stays. */
MUST_USE bool kickstart_apply(struct dispatch *dispatch, struct house *house, struct arena *arena,
    const char *path, const char **ret_why);
/* The file's own choice of the default tenant's id; nil when it makes none. */
MUST_USE bool kickstart_default_tenant(struct house *house, struct arena *arena, const char *path,
    struct uuid *ret, const char **ret_why);
