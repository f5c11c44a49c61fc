/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that the process makes itself, and waits for: kickstart files, cardea apply and export. */
#include "app/dispatch_internal.h"
#include "base/arena.h"

static void
wake(struct trip *trip)
{
    pthread_mutex_lock(&trip->lock);
    trip->has_ended = true;
    pthread_cond_signal(&trip->is_done);
    pthread_mutex_unlock(&trip->lock);
}

static void
perform(struct trip *trip)
{
    pthread_mutex_init(&trip->lock, NULL);
    pthread_cond_init(&trip->is_done, NULL);
    trip->done = wake;
    trip->is_inside = true;
    dispatch_begin(trip);
    (void)db_reads_release(trip->rq.db);
    pthread_mutex_lock(&trip->lock);
    while (!trip->has_ended) {
        pthread_cond_wait(&trip->is_done, &trip->lock);
    }
    pthread_mutex_unlock(&trip->lock);
    pthread_cond_destroy(&trip->is_done);
    pthread_mutex_destroy(&trip->lock);
}

static void
perform_as(struct dispatch *d, struct http_exchange *x, bool is_operator)
{
    struct trip *trip = dispatch_trip(d, x);

    if (trip == NULL) {
        x->answer = (struct http_answer){.status = 503};
        return;
    }
    trip->rq.is_operator = is_operator;
    perform(trip);
}

void
dispatch_perform(struct dispatch *d, struct http_exchange *x)
{
    perform_as(d, x, false);
}

void
dispatch_perform_as_operator(struct dispatch *d, struct http_exchange *x)
{
    perform_as(d, x, true);
}
