/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of requests, a block of them per shard, which threads of one loop or pool mostly have for themselves. Times are
 * kept by family: the first two segments of a path, so that there are some hundred histograms and not five times as many. */
#include "app/traffic.h"

#include "base/mem.h"
#include "codec/prometheus.h"

/* Row 0 is that of requests which met none; family 0 is its. */
enum { MAX_ROWS = 512, MAX_FAMILIES = 160, CLASSES = 5, STATUSES = 500, FIRST_STATUS = 100 };

struct shard {
    atomic_uint_fast64_t begun, ended;
    atomic_uint_fast64_t answers[MAX_ROWS][CLASSES]; /* 1xx to 5xx */
    atomic_uint_fast64_t statuses[STATUSES];
    struct meter_times times[MAX_FAMILIES];
};

struct traffic {
    struct shard shards[METER_SHARDS];
    atomic_uint_fast64_t limited[RATE_COUNT];
    const struct route *rows;
    size_t row_count, family_count;
    str families[MAX_FAMILIES];
    uint16_t family_of[MAX_ROWS];
};

/* "/api/user/{userId?}" -> "/api/user"; "/signin" and "/oauth2/token" as they are. */
static str
family_name(str path)
{
    size_t n = 0;

    for (int segments = 0; segments < 2 && n < path.n && path.p[n + 1] != '{'; segments++) {
        n += 1 + str_find(str_skip(path, n + 1), '/');
    }
    return str_head(path, n);
}

static uint16_t
family_at(struct traffic *traffic, str name)
{
    size_t i = 0;

    while (i < traffic->family_count && !str_eq(traffic->families[i], name)) {
        i++;
    }
    if (i == traffic->family_count) {
        CHECK(i < MAX_FAMILIES);
        traffic->families[traffic->family_count++] = name;
    }
    return (uint16_t)i;
}

struct traffic *
traffic_new(void)
{
    struct traffic *traffic = MEM_NEW(struct traffic);

    if (traffic == NULL) {
        return NULL;
    }
    traffic->rows = route_all(&traffic->row_count);
    CHECK(traffic->row_count < MAX_ROWS);
    traffic->family_of[0] = family_at(traffic, S("none"));
    for (size_t i = 0; i < traffic->row_count; i++) {
        str path = str_from(traffic->rows[i].path);
        traffic->family_of[i + 1] = family_at(traffic, family_name(path));
    }
    return traffic;
}

void
traffic_free(struct traffic *traffic)
{
    mem_free(traffic);
}

void
traffic_begin(struct traffic *traffic)
{
    meter_add(&traffic->shards[meter_shard()].begun, 1);
}

static void
count_answer(struct shard *shard, size_t row, int status)
{
    unsigned i = (unsigned)(status - FIRST_STATUS);

    if (i < STATUSES) {
        meter_add(&shard->statuses[i], 1);
        meter_add(&shard->answers[row][i / 100], 1);
    }
}

void
traffic_end(struct traffic *traffic, const struct route *route, int status, int64_t ns)
{
    struct shard *shard = &traffic->shards[meter_shard()];
    size_t row = route ? (size_t)(route - traffic->rows) + 1 : 0;

    count_answer(shard, row, status);
    meter_time(&shard->times[traffic->family_of[row]], ns);
    meter_add(&shard->ended, 1);
}

void
traffic_refuse(struct traffic *traffic, int status)
{
    count_answer(&traffic->shards[meter_shard()], 0, status);
}

void
traffic_limit(struct traffic *traffic, enum route_rate klass)
{
    meter_add(&traffic->limited[klass], 1);
}

static str
method_name(enum http_method method)
{
    static const char *const names[] = {[HTTP_GET] = "GET",
        [HTTP_HEAD] = "HEAD",
        [HTTP_POST] = "POST",
        [HTTP_PUT] = "PUT",
        [HTTP_PATCH] = "PATCH",
        [HTTP_DELETE] = "DELETE",
        [HTTP_OPTIONS] = "OPTIONS",
        [HTTP_OTHER] = "OTHER"};

    return str_from(names[method]);
}

/* Only what came at all: most rows of the table are seldom asked for. */
static void
write_answers(const struct traffic *traffic, struct prometheus *out)
{
    static const char *const classes[CLASSES] = {"1xx", "2xx", "3xx", "4xx", "5xx"};

    prometheus_family(out, "cardea_http_requests_total", PROMETHEUS_COUNTER,
        "Requests by the route they met (none: no route, or refused before) and how they ended.");
    for (size_t i = 0; i < (traffic->row_count + 1) * CLASSES; i++) {
        size_t row = i / CLASSES;
        uint64_t count = 0;

        for (size_t s = 0; s < METER_SHARDS; s++) {
            count += meter_read(&traffic->shards[s].answers[row][i % CLASSES]);
        }
        if (count > 0) {
            const struct route *route = row ? &traffic->rows[row - 1] : NULL;
            out->labels[0] =
                (struct prometheus_label){"method", route ? method_name(route->method) : S("none")};
            out->labels[1] =
                (struct prometheus_label){"route", route ? str_from(route->path) : S("none")};
            out->labels[2] = (struct prometheus_label){"code", str_from(classes[i % CLASSES])};
            prometheus_value(out, count);
        }
    }
}

static void
write_statuses(const struct traffic *traffic, struct prometheus *out)
{
    prometheus_family(out, "cardea_http_answers_total", PROMETHEUS_COUNTER,
        "Answers by status, those to requests that were refused unread among them.");
    for (int i = 0; i < STATUSES; i++) {
        int status = i + FIRST_STATUS;
        char text[3] = {
            (char)('0' + status / 100), (char)('0' + status / 10 % 10), (char)('0' + status % 10)};
        uint64_t count = 0;

        for (size_t s = 0; s < METER_SHARDS; s++) {
            count += meter_read(&traffic->shards[s].statuses[i]);
        }
        if (count > 0) {
            out->labels[0] = (struct prometheus_label){"status", {text, sizeof text}};
            prometheus_value(out, count);
        }
    }
}

static void
write_times(const struct traffic *traffic, struct prometheus *out)
{
    prometheus_family(out, "cardea_http_request_duration_seconds", PROMETHEUS_HISTOGRAM,
        "From the last byte of a request to its answer, by the first two segments of its route.");
    for (size_t i = 0; i < traffic->family_count; i++) {
        struct meter_sums sums = {.sum_ns = 0};

        for (size_t s = 0; s < METER_SHARDS; s++) {
            meter_read_times(&traffic->shards[s].times[i], &sums);
        }
        if (meter_total(&sums) > 0) {
            out->labels[0] = (struct prometheus_label){"family", traffic->families[i]};
            prometheus_times(out, &sums);
        }
    }
}

static void
write_rest(const struct traffic *traffic, struct prometheus *out)
{
    static const char *const classes[RATE_COUNT] = {"free", "page", "token", "login", "api"};
    uint64_t begun = 0, ended = 0;

    for (size_t s = 0; s < METER_SHARDS; s++) { /* ends first: never fewer begun than ended */
        ended += meter_read(&traffic->shards[s].ended);
    }
    for (size_t s = 0; s < METER_SHARDS; s++) {
        begun += meter_read(&traffic->shards[s].begun);
    }
    prometheus_family(out, "cardea_http_requests_in_flight", PROMETHEUS_GAUGE,
        "Requests that are not answered yet, this one among them.");
    prometheus_value(out, begun - MIN(ended, begun));
    prometheus_family(out, "cardea_http_rate_limited_total", PROMETHEUS_COUNTER,
        "Requests answered 429 because too many of their class came from one address.");
    for (size_t i = RATE_FREE + 1; i < RATE_COUNT; i++) {
        out->labels[0] = (struct prometheus_label){"class", str_from(classes[i])};
        prometheus_value(out, meter_read(&traffic->limited[i]));
    }
}

void
traffic_write(const struct traffic *traffic, struct prometheus *out)
{
    write_answers(traffic, out);
    write_statuses(traffic, out);
    write_times(traffic, out);
    write_rest(traffic, out);
}
