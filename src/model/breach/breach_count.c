/* SPDX-License-Identifier: Apache-2.0 */
/* Counts in memory, because a request that is refused, or anybody's, writes nothing; the house writes them. Tenants beyond
 * those there is room for are not counted until the next turn. */
#include "model/breach/breach_internal.h"

#include "base/mem.h"
#include "model/eventlog/eventlog.h"
#include "model/rq/rq.h"
#include "model/tally/tally.h"
#include "model/tenant/tenant.h"

struct breaches *
breaches_new(str url)
{
    struct breaches *all = MEM_NEW(struct breaches);

    if (all != NULL) {
        all->url = url;
        pthread_mutex_init(&all->lock, NULL);
    }
    return all;
}

void
breaches_free(struct breaches *all)
{
    if (all != NULL) {
        pthread_mutex_destroy(&all->lock);
        mem_free(all);
    }
}

static struct breach_sum *
find(struct breaches *all, struct uuid tenant_id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (uuid_eq(all->sums[i].tenant_id, tenant_id)) {
            return &all->sums[i];
        }
    }
    return NULL;
}

static struct breach_sum *
find_or_make(struct breaches *all, struct uuid tenant_id)
{
    struct breach_sum *sum = find(all, tenant_id);

    if (sum == NULL && all->count < BREACH_TENANTS) {
        sum = &all->sums[all->count++];
        *sum = (struct breach_sum){.tenant_id = tenant_id};
    }
    return sum;
}

void
breach_count(struct rq *rq, const struct tenant *tenant, enum breach_verdict verdict, bool is_out)
{
    struct breaches *all = rq->house->breaches;
    struct breach_sum *sum;

    if (all == NULL) {
        return;
    }
    pthread_mutex_lock(&all->lock);
    sum = find_or_make(all, tenant->id);
    if (sum != NULL) {
        sum->counts.checked += verdict != BREACH_UNKNOWN;
        sum->counts.unchecked += verdict == BREACH_UNKNOWN;
        sum->counts.common += verdict == BREACH_COMMON;
        sum->counts.password += verdict == BREACH_PASSWORD;
        sum->counts.is_out = sum->counts.is_out || is_out;
    }
    pthread_mutex_unlock(&all->lock);
}

struct breach_counts
breach_waiting(struct rq *rq, struct uuid tenant_id)
{
    struct breaches *all = rq->house->breaches;
    struct breach_counts counts = {.checked = 0};
    const struct breach_sum *sum;

    if (all == NULL) {
        return counts;
    }
    pthread_mutex_lock(&all->lock);
    sum = find(all, tenant_id);
    counts = sum ? sum->counts : counts;
    pthread_mutex_unlock(&all->lock);
    return counts;
}

static bool
take(struct breaches *all, struct breach_sum *ret)
{
    bool is_there;

    pthread_mutex_lock(&all->lock);
    is_there = all->count > 0;
    if (is_there) {
        *ret = all->sums[--all->count];
    }
    pthread_mutex_unlock(&all->lock);
    return is_there;
}

static enum err
declare(struct rq *rq, const struct breach_sum *sum)
{
    const struct breach_counts *n = &sum->counts;
    const struct {
        enum tally_kind kind;
        int64_t n;
    } counted[] = {{TALLY_BREACH_CHECKED, n->checked}, {TALLY_BREACH_COMMON, n->common},
        {TALLY_BREACH_PASSWORD, n->password}, {TALLY_BREACH_UNCHECKED, n->unchecked}};
    const struct tenant *tenant;
    enum err e = tenant_load(rq, sum->tenant_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    for (size_t i = 0; i < COUNT(counted); i++) {
        if (counted[i].n > 0) {
            tally_add(rq, tenant, counted[i].kind, (struct uuid){{0}}, counted[i].n);
        }
    }
    return n->is_out ? eventlog_add(rq, tenant, EVENTLOG_ERROR,
               S("The service that knows breached passwords cannot be reached. Passwords are let "
                 "through unchecked."))
                     : ERR_OK;
}

enum err
breaches_write(struct rq *rq, size_t max, size_t *ret_count)
{
    struct breach_sum sum;
    enum err e = ERR_OK;

    *ret_count = 0;
    while (rq->house->breaches != NULL && e == ERR_OK && *ret_count < max
           && take(rq->house->breaches, &sum)) {
        e = declare(rq, &sum);
        ++*ret_count;
    }
    return e;
}
