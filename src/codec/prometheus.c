/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus' text format. */
#include "codec/prometheus.h"

#include <inttypes.h>

static const uint64_t second_ns = 1000000000;

/* In HELP a backslash and a line feed are escaped; in the value of a label the quotation mark, too. */
static void
put_escaped(struct buf *out, str text, bool is_label)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c == '\\' || (is_label && c == '"')) {
            buf_char(out, '\\');
        }
        if (c == '\n') {
            buf_lit(out, "\\n");
        } else {
            buf_char(out, c);
        }
    }
}

static void
put_label(struct buf *out, const char *name, str value, bool is_first)
{
    buf_fmt(out, "%s%s=\"", is_first ? "{" : ",", name);
    put_escaped(out, value, true);
    buf_char(out, '"');
}

/* The sample's name and labels; le NULL: none. */
static void
put_head(const struct prometheus *p, const char *suffix, const char *le)
{
    size_t count = 0;

    buf_fmt(p->out, "%s%s", p->name, suffix);
    for (; count < PROMETHEUS_LABELS && p->labels[count].name != NULL; count++) {
        put_label(p->out, p->labels[count].name, p->labels[count].value, count == 0);
    }
    if (le != NULL) {
        put_label(p->out, "le", str_from(le), count == 0);
    }
    buf_str(p->out, count || le ? S("} ") : S(" "));
}

void
prometheus_family(
    struct prometheus *p, const char *name, enum prometheus_kind kind, const char *help)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};

    *p = (struct prometheus){.out = p->out, .name = name};
    buf_fmt(p->out, "# HELP %s ", name);
    put_escaped(p->out, str_from(help), false);
    buf_fmt(p->out, "\n# TYPE %s %s\n", name, kinds[kind]);
}

static void
put_part(struct buf *out, uint64_t value, uint64_t per_one)
{
    int digits = 0;

    for (uint64_t n = per_one; n > 1; n /= 10) {
        digits++;
    }
    buf_fmt(out, "%" PRIu64, value / per_one);
    if (digits > 0) {
        buf_fmt(out, ".%0*" PRIu64, digits, value % per_one);
    }
    buf_char(out, '\n');
}

void
prometheus_part(const struct prometheus *p, uint64_t value, uint64_t per_one)
{
    put_head(p, "", NULL);
    put_part(p->out, value, per_one);
}

void
prometheus_value(const struct prometheus *p, uint64_t value)
{
    prometheus_part(p, value, 1);
}

void
prometheus_times(const struct prometheus *p, const struct meter_sums *sums)
{
    uint64_t count = 0;

    for (size_t i = 0; i < METER_BUCKETS; i++) {
        count += sums->buckets[i];
        put_head(p, "_bucket", meter_bound(i));
        put_part(p->out, count, 1);
    }
    put_head(p, "_sum", NULL);
    put_part(p->out, sums->sum_ns, second_ns);
    put_head(p, "_count", NULL);
    put_part(p->out, count, 1);
}
