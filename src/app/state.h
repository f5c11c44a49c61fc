/* SPDX-License-Identifier: Apache-2.0 */
/* What is there: every managed thing of the server, by the API. */
#pragma once
#include "app/managed.h"
#include "model/rq/rq.h"

struct dispatch;

/* Reads all things, their objects too. False with *ret_why, on the arena of ret. */
MUST_USE bool state_read(
    struct dispatch *dispatch, struct house *house, struct things *ret, str *ret_why);
