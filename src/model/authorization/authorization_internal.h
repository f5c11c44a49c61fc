/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the room share: the browser's own name, and what is carried by it. */
#pragma once
#include "model/field/field.h"
#include "model/rq/rq.h"

/* The random name of the browser: a cookie that says nothing about anyone and proves only that it is the same
 * browser. Sets it if there is none. */
str authorization_browser(struct rq *rq);
/* The same, empty if there is none. */
str authorization_browser_known(const struct rq *rq);
/* A thing as text that only this browser brings back, sealed and bound to what it is: "hosted". Empty: memory is short. */
str authorization_carry(
    struct rq *rq, str what, const struct field_table *table, const void *thing);
/* False for what was sealed for another browser, as something else, or by nobody. */
MUST_USE bool authorization_carried(
    struct rq *rq, str what, str sealed, const struct field_table *table, void *ret);
