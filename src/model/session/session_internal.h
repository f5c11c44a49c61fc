/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#pragma once
#include "base/str.h"

struct rq;
struct tenant;

/* "NAME.1a2b3c4d": a cookie of its own for each tenant. */
str session_cookie_name(struct rq *rq, const struct tenant *tenant, const char *name);
