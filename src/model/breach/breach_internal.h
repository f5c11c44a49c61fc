/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#pragma once
#include <pthread.h>

#include "model/breach/breach.h"

enum { BREACH_TENANTS = 256 };
enum breach_verdict { BREACH_UNKNOWN, BREACH_NONE, BREACH_PASSWORD, BREACH_COMMON };

struct breaches {
    str url;
    pthread_mutex_t lock; /* of the rest */
    int64_t silent_until; /* nothing is asked before that: it was out of reach just now */
    size_t count;
    struct breach_sum {
        struct uuid tenant_id;
        struct breach_counts counts;
    } sums[BREACH_TENANTS];
};

/* Counts what was found; is_out: it was this look-up that found the service out of reach. */
void breach_count(
    struct rq *rq, const struct tenant *tenant, enum breach_verdict verdict, bool is_out);
