/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that end a tenant or an application: the answer waits until its rows are gone, as long as they are not too
 * many for one request. Each step is a commit of its own, and other requests are served in between. */
#pragma once
#include "flow/api/api_resource.h"
#include "model/removal/removal.h"

/* After the end was declared: the handler is run again, and hands over to api_removal_go_on. */
void api_removal_begin(struct rq *rq, struct removal removal);
/* The next step; answers 200 when nothing is left, 202 when jobs do the rest. */
enum err api_removal_go_on(struct rq *rq);
/* Adds [inUse] at the resource's id_name while rows of what had the id before are being removed. */
MUST_USE enum err api_check_removal(struct api_call *call, struct removal removal);
