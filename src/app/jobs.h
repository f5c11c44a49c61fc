/* SPDX-License-Identifier: Apache-2.0 */
/* What happens without a request: sweeping what expired, tomorrow's day keys, mails from the
 * outbox. One thread, small steps. */
#pragma once
#include "model/rq/rq.h"

struct jobs;

MUST_USE struct jobs *jobs_start(struct house *house);
/* Lets the step under way end, then stops. */
void jobs_stop(struct jobs *jobs);
