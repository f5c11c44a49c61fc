/* SPDX-License-Identifier: Apache-2.0 */
/* CSV rows and their archive. What an answer may hold bounds an export: a longer one is refused, to be asked for
 * in parts. */
#include "flow/api/api_export.h"

#include "codec/zip.h"
#include "flow/api/api_search.h"
#include "io/zone/zone.h"

enum { CSV_MAX = 3 * 1024 * 1024 };
#define FORMAT "M/d/yyyy hh:mm:ss a z"

struct export_beside {
    str format, zone;
};
/* clang-format off */
static const struct field beside_fields[] = {
    {.name = "dateTimeSecondsFormat", .kind = FIELD_TEXT, .offset = FIELD_AT(struct export_beside, format), .max = 100, .default_text = FORMAT},
    {.name = "zoneId",                .kind = FIELD_TEXT, .offset = FIELD_AT(struct export_beside, zone), .max = 60, .default_text = "UTC"},
};
static const struct field_table beside_table = FIELD_TABLE("BaseExportRequest", beside_fields, struct export_beside, NULL);
/* clang-format on */

static void
check(struct rq *rq, struct api_export *to, const struct export_beside *beside)
{
    struct field_reader reader = api_reader(rq);
    struct buf probe;

    if (!zone_find(rq->arena, beside->zone, &to->zone)) {
        field_fault(&reader, "zoneId", "invalid",
            "Name a time zone, such as America/Denver, or what it is away from UTC: +05:30.");
        to->zone = (struct datetime_zone){.name = "UTC"};
    }
    buf_init(&probe, rq->arena, KB(4));
    if (!datetime_format(&probe, beside->format, rq->now, &to->zone) || probe.failed) {
        field_fault(&reader, "dateTimeSecondsFormat", "invalid",
            "Write a pattern of Java's DateTimeFormatter: M/d/yyyy hh:mm:ss a z");
    }
    to->format = beside->format;
}

enum err
api_export_read(
    struct rq *rq, const struct field_table *table, void *criteria, struct api_export *ret)
{
    static const char *const objects[] = {"criteria", NULL};
    struct field_reader reader = api_reader(rq);
    const struct json *body = NULL, *value = NULL;
    struct export_beside beside = {S(FORMAT), S("UTC")};
    str format = rq_query_get(rq, S("dateTimeSecondsFormat")), zone = rq_query_get(rq, S("zoneId"));
    enum err e;

    *ret = (struct api_export){.rq = rq};
    if (rq->http->method == HTTP_GET || rq->http->method == HTTP_HEAD) {
        beside.format = format.n ? format : beside.format;
        beside.zone = zone.n ? zone : beside.zone;
        e = api_criteria_query(rq, table, &value);
    } else {
        e = api_body(rq, objects, &beside_table, &beside, &body);
        value = e ? NULL : json_get(body, S("criteria"));
    }
    if (e != ERR_OK) {
        return e;
    }
    check(rq, ret, &beside);
    if (!field_read(&reader, table, FIELD_CREATE, value, S("criteria"), criteria)
        && arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    return api_faults(rq);
}

void
api_export_start(struct api_export *to, const char *header)
{
    buf_init(&to->csv, to->rq->arena, CSV_MAX);
    buf_str(&to->csv, str_from(header));
    buf_lit(&to->csv, "\r\n");
}

static void
next_cell(struct api_export *to)
{
    if (to->has_cell) {
        buf_char(&to->csv, ',');
    }
    to->has_cell = true;
}

void
api_export_text(struct api_export *to, str text)
{
    next_cell(to);
    if (text.n == 0) {
        return;
    }
    buf_char(&to->csv, '"');
    if (memchr("=+-@\t\r", text.p[0], 6) != NULL) {
        buf_char(&to->csv, '\'');
    }
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"') {
            buf_char(&to->csv, '"');
        }
        buf_char(&to->csv, text.p[i]);
    }
    buf_char(&to->csv, '"');
}

void
api_export_number(struct api_export *to, int64_t number)
{
    next_cell(to);
    buf_i64(&to->csv, number);
}

void
api_export_instant(struct api_export *to, int64_t instant)
{
    next_cell(to);
    buf_char(&to->csv, '"');
    CHECK(
        datetime_format(&to->csv, to->format, instant, &to->zone)); /* it was tried at the start */
    buf_char(&to->csv, '"');
}

void
api_export_id(struct api_export *to, struct uuid id)
{
    char text[UUID_TEXT];

    next_cell(to);
    if (!uuid_is_nil(id)) {
        uuid_write(id, text);
        buf_str(&to->csv, (str){text, sizeof text});
    }
}

enum err
api_export_row(struct api_export *to)
{
    buf_lit(&to->csv, "\r\n");
    to->has_cell = false;
    if (!to->csv.failed) {
        return ERR_OK;
    }
    return api_refuse(to->rq, "criteria.start", "tooMany",
        "The export would be too large: ask for parts of it with start and end.");
}

enum err
api_export_send(struct api_export *to, const char *name)
{
    struct rq *rq = to->rq;
    struct buf zip;
    str csv, file, body;
    enum err e;

    if (!buf_done(&to->csv, &csv)) {
        return FAIL_SERVER(rq);
    }
    file = str_fmt(rq->arena, "%s.csv", name);
    buf_init(&zip, rq->arena, csv.n + KB(1));
    zip_write(&zip, file, rq->now, csv);
    if (!buf_done(&zip, &body)) {
        return FAIL_SERVER(rq);
    }
    e = rq_answer_text(rq, 200, S("application/zip"), body);
    rq_set_header(
        rq, S("content-disposition"), str_fmt(rq->arena, "attachment; filename=\"%s.zip\"", name));
    return e;
}
