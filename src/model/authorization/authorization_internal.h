/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the room share: the browser's own name. */
#pragma once
#include "model/rq/rq.h"

/* The random name of the browser: a cookie that says nothing about anyone and proves only that it is the same
 * browser. Sets it if there is none. */
str authorization_browser(struct rq *rq);
/* The same, empty if there is none. */
str authorization_browser_known(const struct rq *rq);
