/* SPDX-License-Identifier: Apache-2.0 */
/* The administration API called from inside the process, for whom it was started by: the same checks and the same
 * audit as from outside, without a key. */
#pragma once
#include "model/rq/rq.h"

struct dispatch;

struct operator_call {
    const char *method; /* "GET", "POST", "PUT", "DELETE" */
    str path, query;
    str tenant_id; /* text; empty: none is named */
    str body;
};

/* Performs the call; the answer's body is copied to the arena. The status: 503 when memory is short. */
int operator_perform(struct dispatch *dispatch, struct arena *arena,
    const struct operator_call *call, str *ret_body);
