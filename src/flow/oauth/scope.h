/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes that clients ask for (RFC 6749 s3.3): one copy for every endpoint and grant that takes them. */
#pragma once
#include "model/application/application.h"
#include "model/rq/rq.h"

/* What is granted of what was asked: words once each, in their order; unknown ones refused, left out or passed on, as the
 * application's policy says. False with *ret_problem for what is refused. */
MUST_USE bool scope_grant(struct rq *rq, const struct application *application, str asked, str *ret,
    const char **ret_problem);
/* Is every word of narrow in wide? */
bool scope_within(str narrow, str wide);
