/* SPDX-License-Identifier: Apache-2.0 */
/* From a request's own notes to the numbers of the process. */
#include "model/rq/rq_count.h"

#include "model/rq/rq.h"

void
rq_count(struct rq *rq, enum rq_count what)
{
    rq->counts[what]++;
    rq->has_counts = true;
}

void
rq_count_done(struct rq *rq)
{
    struct rq_counts *all = rq->house->counts;

    for (size_t i = 0; rq->has_counts && all != NULL && i < RQ_COUNTS; i++) {
        meter_add(&all->done[i], rq->counts[i]);
    }
    rq_count_forget(rq);
}

void
rq_count_forget(struct rq *rq)
{
    if (rq->has_counts) {
        memset(rq->counts, 0, sizeof rq->counts);
        rq->has_counts = false;
    }
}
