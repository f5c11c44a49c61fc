/* SPDX-License-Identifier: Apache-2.0 */
/* How requests end: the answer leaves, at once or in parts (decision 0032), and is counted and told in the log when it is
 * over. */
#include "app/answer.h"
#include "app/dispatch_internal.h"
#include "app/route.h"
#include "app/traffic.h"
#include "base/log.h"
#include "model/cache/cache.h"

static void
log_request(const struct trip *trip, int64_t ns)
{
    const struct rq *rq = &trip->rq;

    if (trip->dispatch->config.is_quiet) {
        return;
    }
    LOG(rq->now, "request", LOG_STR("request", str_from(rq->id)),
        LOG_STR("method", trip->x->request.method_text),
        LOG_STR("route", trip->route ? str_from(trip->route->path) : S("-")),
        LOG_INT("status", rq->answer->status), LOG_INT("us", ns / 1000),
        LOG_STR("fault", rq->fault.code ? str_from(err_wire(rq->fault.code)) : S("")),
        LOG_STR("field", rq->fault.code && rq->fault.field ? str_from(rq->fault.field) : S("")),
        LOG_STR("at", rq->fault.code == ERR_SERVER && rq->fault.file
                          ? str_fmt(rq->arena, "%s:%d", rq->fault.file, rq->fault.line)
                          : S("")));
}

static void
send_part(struct trip *trip)
{
    trip->begun = trip->begun ? trip->begun : trip->rq.answer->status;
    trip->rq.answer->has_more = true;
    trip->done(trip);
}

/* The status has left long ago: what fails now can only break off. */
static void
end_parts(struct trip *trip)
{
    struct http_answer *answer = trip->rq.answer;

    answer->has_more = false;
    answer->is_broken_off = trip->rq.fault.code != ERR_OK;
    answer->status = trip->begun;
}

void
dispatch_finish(struct trip *trip)
{
    int64_t ns = clock_steady_ns() - trip->started_ns;

    if (trip->begun == 0) {
        answer_add_security(trip->route, &trip->rq);
    }
    if (trip->rq.has_more && trip->rq.fault.code == ERR_OK) {
        send_part(trip);
        return;
    }
    if (trip->begun != 0) {
        end_parts(trip);
    }
    log_request(trip, ns);
    rq_count_done(&trip->rq);
    traffic_end(trip->dispatch->traffic, trip->route, trip->rq.answer->status, ns);
    cache_end_request(&trip->rq);
    trip->done(trip);
}

void
dispatch_fault(struct trip *trip, enum err e)
{
    if (trip->rq.fault.code == ERR_OK) {
        trip->rq.fault.code = e;
    }
    answer_fault_as(&trip->rq, trip->rq.shape);
    dispatch_finish(trip);
}
