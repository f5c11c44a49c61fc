/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus' text exposition format 0.0.4, written: a family is HELP and TYPE, then its samples without a gap. */
#pragma once
#include "base/buf.h"
#include "base/meter.h"

#define PROMETHEUS_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum prometheus_kind { PROMETHEUS_COUNTER, PROMETHEUS_GAUGE, PROMETHEUS_HISTOGRAM };
enum { PROMETHEUS_LABELS = 3 };

struct prometheus { /* what is being written */
    struct buf *out;
    const char *name; /* of the family */
    struct prometheus_label {
        const char *name;
        str value;
    } labels[PROMETHEUS_LABELS]; /* of the samples that follow; name NULL: no more */
};

/* Begins a family, without labels. name is [a-z_]+ and stands once in what is written. */
void prometheus_family(
    struct prometheus *p, const char *name, enum prometheus_kind kind, const char *help);
void prometheus_value(const struct prometheus *p, uint64_t value);
/* The same for a number of which so many make one: 1000 for milliseconds in a family of seconds. */
void prometheus_part(const struct prometheus *p, uint64_t value, uint64_t per_one);
/* The buckets (added up), the sum in seconds and the count of a histogram. */
void prometheus_times(const struct prometheus *p, const struct meter_sums *sums);
