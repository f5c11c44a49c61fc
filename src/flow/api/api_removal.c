/* SPDX-License-Identifier: Apache-2.0 */
/* Ends that take several commits. What a request keeps until its answer is bounded by the rows it removes. */
#include "flow/api/api_removal.h"

enum { ROWS_OF_STEP = 200, ROWS_AT_LEAST = 20, ROWS_OF_REQUEST = 20000, BYTES = 32 * 1024 * 1024 };

struct progress {
    struct removal removal;
    size_t rows;
};

void
api_removal_begin(struct rq *rq, struct removal removal)
{
    struct progress *progress = ARENA_NEW(rq->arena, struct progress);

    if (progress != NULL) {
        arena_allow(rq->arena, BYTES);
        progress->removal = removal;
        rq->kept = progress;
        rq->is_unfinished = true;
    }
}

enum err
api_removal_go_on(struct rq *rq)
{
    const struct progress *before = rq->kept;
    struct progress *now = ARENA_NEW(rq->arena, struct progress);
    bool is_noted;
    size_t count;
    enum err e = removal_is_noted(rq, before->removal, &is_noted);

    if (e == ERR_OK && (!is_noted || before->rows >= ROWS_OF_REQUEST || now == NULL)) {
        return rq_answer_empty(rq, is_noted ? 202 : 200);
    }
    e = e ? e : removal_step_of(rq, before->removal, ROWS_OF_STEP, &count);
    if (e != ERR_OK) {
        return e;
    }
    rq->is_unfinished = true;
    /* Steps that find nothing, in tenants that have nothing of a universal application, come to an end, too. */
    *now = (struct progress){before->removal, before->rows + MAX(count, ROWS_AT_LEAST)};
    rq->kept = now;
    return ERR_OK;
}

enum err
api_check_removal(struct api_call *call, struct removal removal)
{
    bool is_noted;
    enum err e = removal_is_noted(call->rq, removal, &is_noted);

    if (e == ERR_OK && is_noted) {
        field_fault(&call->reader, call->resource->id_name, "inUse",
            "What had this id before is still being removed: try again later, or choose another.");
    }
    return e;
}
