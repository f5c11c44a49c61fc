/* SPDX-License-Identifier: Apache-2.0 */
/* /api/system/log/export: the newest lines of this node's log, which it keeps in memory beside writing them. Nothing is
 * rotated or stored here, so includeArchived finds no more than lastNBytes of -1. Lines stay as they were written, JSON
 * with its time in UTC, unless the call says how to write the time. */
#include "base/log.h"
#include "codec/calendar.h"
#include "codec/zip.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_export.h"
#include "flow/api/api_search.h"
#include "flow/api/api_tables.h"

enum { ARCHIVE_MAX = 3 * 1024 * 1024 };
#define TIME_HEAD "{\"time\":\""
#define TIME_FORM "0000-00-00T00:00:00.000Z\""

struct wish {
    str format, zone;
    bool is_all;
    int64_t bytes; /* -1: all */
};
/* clang-format off */
#define AT(member) FIELD_AT(struct wish, member)
static const struct field fields[] = {
    {.name = "dateTimeSecondsFormat", .kind = FIELD_TEXT, .offset = AT(format), .max = 100},
    {.name = "zoneId",                .kind = FIELD_TEXT, .offset = AT(zone), .max = 60},
    {.name = "includeArchived",       .kind = FIELD_BOOL, .offset = AT(is_all)},
    {.name = "lastNBytes",            .kind = FIELD_INT,  .offset = AT(bytes), .default_int = -1, .min = -1, .max = INT64_MAX},
};
#undef AT
/* clang-format on */
const struct field_table api_log_export_table =
    FIELD_TABLE("SystemLogsExportRequest", fields, struct wish, NULL);

static enum err
read_wish(struct rq *rq, struct wish *ret, struct api_export *to)
{
    struct field_reader reader = api_reader(rq);
    const struct json *value = NULL;
    bool is_get = rq->http->method == HTTP_GET || rq->http->method == HTTP_HEAD;
    enum err e = is_get ? api_criteria_query(rq, &api_log_export_table, &value)
                        : api_body(rq, NULL, &api_log_export_table, ret, &value);

    if (e == ERR_OK && is_get
        && !field_read(&reader, &api_log_export_table, FIELD_CREATE, value, NO_STR, ret)
        && arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    e = e ? e : api_faults(rq);
    if (e == ERR_OK) {
        api_export_times(rq, ret->format, ret->zone, to);
        e = api_faults(rq);
    }
    return e;
}

/* "0000-00-00T00:00:00.000Z\"" in digits; false for what this log does not write. */
static bool
read_time(str text, int64_t *ret_ms)
{
    static const char form[] = TIME_FORM;
    int64_t part[8] = {0};
    size_t n = 0;

    if (text.n < sizeof form - 1) {
        return false;
    }
    for (size_t i = 0; i + 1 < sizeof form; i++) {
        if (form[i] != '0') {
            n += text.p[i] == form[i];
        } else if (text.p[i] >= '0' && text.p[i] <= '9') {
            part[n] = part[n] * 10 + (text.p[i] - '0');
        } else {
            return false;
        }
    }
    if (n != COUNT(part)) { /* each of the marks in its place */
        return false;
    }
    *ret_ms =
        calendar_days((struct calendar_date){(int)part[0], (int)part[1], (int)part[2]}) * DAY_MS
        + part[3] * HOUR_MS + part[4] * MINUTE_MS + part[5] * SECOND_MS + part[6];
    return true;
}

/* The line with its time as the call wants it; a pattern may hold what JSON escapes. */
static bool
add_line(struct zip *zip, struct api_export *to, str line)
{
    str rest = str_skip(line, sizeof TIME_HEAD - 1);
    struct json_out out;
    struct buf time, json;
    int64_t instant;

    if (!str_starts(line, S(TIME_HEAD)) || !read_time(rest, &instant)) {
        return zip_add(zip, line);
    }
    buf_init(&time, to->rq->arena, KB(4));
    buf_init(&json, to->rq->arena, KB(16));
    if (!datetime_format(&time, to->format, instant, &to->zone) || time.failed) {
        return false;
    }
    json_out_init(&out, &json);
    json_out_str(&out, (str){time.p, time.n});
    return !json.failed && zip_add(zip, S("{\"time\":")) && zip_add(zip, (str){json.p, json.n})
           && zip_add(zip, str_skip(rest, sizeof TIME_FORM - 1));
}

static bool
add_lines(struct rq *rq, struct zip *zip, struct api_export *to, str lines)
{
    bool is_good = true;

    while (is_good && lines.n > 0) {
        AUTO(arena_end) struct arena *arena = arena_new(KB(64)); /* a line's own */
        struct arena *before = rq->arena;
        str line = str_head(lines, str_find(lines, '\n') + 1);

        rq->arena = arena;
        is_good = arena != NULL && add_line(zip, to, line);
        rq->arena = before;
        lines = str_skip(lines, line.n);
    }
    return is_good;
}

enum err
api_log_export(struct rq *rq)
{
    struct wish wish = {.bytes = -1};
    struct api_export to = {.rq = rq};
    enum err e = api_check_house(rq);
    struct buf archive;
    struct zip *zip;
    str lines, body;
    size_t max;

    e = e ? e : read_wish(rq, &wish, &to);
    if (e != ERR_OK) {
        return e;
    }
    max = wish.is_all || wish.bytes < 0 ? LOG_KEPT : (size_t)MIN(wish.bytes, (int64_t)LOG_KEPT);
    buf_init(&archive, rq->arena, ARCHIVE_MAX);
    zip = zip_begin(rq->arena, &archive, S("cardea.log"), rq->now);
    if (zip == NULL || !log_newest(rq->arena, max, &lines)) {
        return FAIL_SERVER(rq);
    }
    if (!(wish.format.n || wish.zone.n ? add_lines(rq, zip, &to, lines) : zip_add(zip, lines))
        || !zip_end(zip) || !buf_done(&archive, &body)) {
        return FAIL_SERVER(rq);
    }
    rq_set_header(rq, S("content-disposition"), S("attachment; filename=\"system-logs.zip\""));
    return rq_answer_text(rq, 200, S("application/zip"), body);
}
