/* SPDX-License-Identifier: Apache-2.0 */
/* The event log: what goes wrong where nobody waits for an answer (mails, webhooks, lambdas), for the
 * administrator. The newest are kept: as many as the system's settings say, EVENTLOG_KEPT at most. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "model/system/system.h"

struct rq;
struct tenant;

enum { EVENTLOG_KEPT = SYSTEM_EVENTS_MAX, EVENTLOG_MAX_BYTES = 8192 };
enum eventlog_type { EVENTLOG_INFORMATION, EVENTLOG_DEBUG, EVENTLOG_ERROR };

/* Declares an entry; message is cut to EVENTLOG_MAX_BYTES and sealed under the tenant's key. */
MUST_USE enum err eventlog_add(
    struct rq *rq, const struct tenant *tenant, enum eventlog_type type, str message);

struct eventlog_entry {
    int64_t seq, insert_instant;
    struct uuid tenant_id;
    enum eventlog_type type;
    str message; /* empty when its tenant is gone */
};
/* The entry of that number; *ret NULL when there is none. */
MUST_USE enum err eventlog_load(struct rq *rq, int64_t seq, struct eventlog_entry **ret);
/* Entries with numbers below before, of the tenant (nil: of all), newest first, opened. */
MUST_USE enum err eventlog_list(struct rq *rq, struct uuid tenant_id, int64_t before, size_t max,
    struct eventlog_entry **ret, size_t *ret_count);

/* For a job: declares the end of at most max entries beyond those kept, and how many. */
MUST_USE enum err eventlog_sweep(struct rq *rq, size_t max, size_t *ret_count);
