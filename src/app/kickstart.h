/* SPDX-License-Identifier: Apache-2.0 */
/* Kickstart files in FusionAuth's format: variables, API keys, and requests performed one after
 * the other against our own API. */
#pragma once
#include "model/rq/rq.h"

struct dispatch;

/* Applies the file to a database with a default tenant. What the file alone can have wrong is told
 * before anything is done. A request that is refused stays undone, is told in the log, and the rest
 * goes on, as in FusionAuth; *ret_refused counts them. False when the file cannot be applied at all.
 * *ret_why, text on the arena, then says why, or which request was refused first and with what. */
MUST_USE bool kickstart_apply(struct dispatch *dispatch, struct house *house, struct arena *arena,
    const char *path, size_t *ret_refused, const char **ret_why);
/* The file's own choice of the default tenant's id; nil when it makes none. False when the file is
 * wrong in itself. */
MUST_USE bool kickstart_default_tenant(struct house *house, struct arena *arena, const char *path,
    struct uuid *ret, const char **ret_why);
