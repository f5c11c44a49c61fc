/* SPDX-License-Identifier: Apache-2.0 */
/* CSV rows and their archive. Rows are compressed some at a time, and the archive leaves some at a time: what is held is
 * what zlib needs, a part, and the place where the rows go on. A part is made of what is there then; rows are asked for
 * newest first, behind the last, so none is there twice. */
#include "flow/api/api_export.h"

#include "codec/zip.h"
#include "flow/api/api_search.h"
#include "io/zone/zone.h"

enum {
    PART = 64 * 1024,           /* of archive, or less when rows are looked at in vain */
    ROUNDS = 160,               /* of rows_of, for a part: others wait for the worker */
    PART_MAX = 3 * 1024 * 1024, /* with the longest rows of the last round */
    ROWS = 64 * 1024,           /* are compressed together */
    ROWS_MAX = 1024 * 1024,
};
#define FORMAT "M/d/yyyy hh:mm:ss a z"

struct kept { /* between parts */
    struct api_export *to;
};
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

void
api_export_times(struct rq *rq, str format, str zone, struct api_export *to)
{
    struct field_reader reader = api_reader(rq);
    struct buf probe;

    to->format = format.n ? format : S(FORMAT);
    if (!zone_find(rq->arena, zone.n ? zone : S("UTC"), &to->zone)) {
        field_fault(&reader, "zoneId", "invalid",
            "Name a time zone, such as America/Denver, or what it is away from UTC: +05:30.");
        to->zone = (struct datetime_zone){.name = "UTC"};
    }
    buf_init(&probe, rq->arena, KB(4));
    if (!datetime_format(&probe, to->format, rq->now, &to->zone) || probe.failed) {
        field_fault(&reader, "dateTimeSecondsFormat", "invalid",
            "Write a pattern of Java's DateTimeFormatter: M/d/yyyy hh:mm:ss a z");
    }
}

enum err
api_export_read(
    struct rq *rq, const struct field_table *table, void *criteria, struct api_export *ret)
{
    static const char *const objects[] = {"criteria", NULL};
    struct field_reader reader = api_reader(rq);
    const struct json *body = NULL, *value = NULL;
    struct export_beside beside = {NO_STR, NO_STR};
    enum err e;

    *ret = (struct api_export){.rq = rq};
    if (rq->http->method == HTTP_GET || rq->http->method == HTTP_HEAD) {
        beside.format = rq_query_get(rq, S("dateTimeSecondsFormat"));
        beside.zone = rq_query_get(rq, S("zoneId"));
        e = api_criteria_query(rq, table, &value);
    } else {
        e = api_body(rq, objects, &beside_table, &beside, &body);
        value = e ? NULL : json_get(body, S("criteria"));
    }
    if (e != ERR_OK) {
        return e;
    }
    api_export_times(rq, beside.format, beside.zone, ret);
    if (!field_read(&reader, table, FIELD_CREATE, value, S("criteria"), criteria)
        && arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    return api_faults(rq);
}

enum err
api_export_start(struct api_export *to, const char *name, const char *header)
{
    struct rq *rq = to->rq;
    struct kept *kept = ARENA_NEW(rq->arena, struct kept);

    if (kept == NULL) {
        return FAIL_SERVER(rq);
    }
    kept->to = to;
    rq->kept = kept;
    to->name = name;
    buf_init(&to->archive, rq->arena, PART_MAX);
    buf_init(&to->rows, rq->arena, ROWS_MAX);
    buf_str(&to->rows, str_from(header));
    buf_lit(&to->rows, "\r\n");
    to->zip = zip_begin(rq->arena, &to->archive, str_fmt(rq->arena, "%s.csv", name), rq->now);
    return to->zip ? ERR_OK : FAIL_SERVER(rq);
}

static void
next_cell(struct api_export *to)
{
    if (to->has_cell) {
        buf_char(&to->rows, ',');
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
    buf_char(&to->rows, '"');
    if (memchr("=+-@\t\r", text.p[0], 6) != NULL) {
        buf_char(&to->rows, '\'');
    }
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"') {
            buf_char(&to->rows, '"');
        }
        buf_char(&to->rows, text.p[i]);
    }
    buf_char(&to->rows, '"');
}

void
api_export_number(struct api_export *to, int64_t number)
{
    next_cell(to);
    buf_i64(&to->rows, number);
}

void
api_export_instant(struct api_export *to, int64_t instant)
{
    next_cell(to);
    buf_char(&to->rows, '"');
    CHECK(
        datetime_format(&to->rows, to->format, instant, &to->zone)); /* it was tried at the start */
    buf_char(&to->rows, '"');
}

void
api_export_id(struct api_export *to, struct uuid id)
{
    char text[UUID_TEXT];

    next_cell(to);
    if (!uuid_is_nil(id)) {
        uuid_write(id, text);
        buf_str(&to->rows, (str){text, sizeof text});
    }
}

static bool
compress_rows(struct api_export *to)
{
    bool is_good = !to->rows.failed && zip_add(to->zip, (str){to->rows.p, to->rows.n});

    to->rows.n = 0;
    return is_good;
}

static enum err
refuse_large(struct api_export *to)
{
    return api_refuse(to->rq, "criteria.start", "tooMany",
        "The file would have more than 4 GB: ask for parts of it with start and end.");
}

enum err
api_export_row(struct api_export *to)
{
    buf_lit(&to->rows, "\r\n");
    to->has_cell = false;
    return to->rows.n < ROWS || compress_rows(to) ? ERR_OK : refuse_large(to);
}

static enum err
answer_part(struct api_export *to, str part)
{
    struct rq *rq = to->rq;

    if (to->is_begun) {
        rq->answer->body = part;
        return ERR_OK;
    }
    to->is_begun = true;
    rq_set_header(rq, S("content-disposition"),
        str_fmt(rq->arena, "attachment; filename=\"%s.zip\"", to->name));
    return rq_answer_text(rq, 200, S("application/zip"), part);
}

static enum err
go_on(struct api_export *to)
{
    bool is_all = false;
    enum err e = ERR_OK;
    str part;

    if (to->is_begun) {
        to->archive.n = 0;
    }
    for (int i = 0; e == ERR_OK && !is_all && i < ROUNDS && to->archive.n < PART; i++) {
        e = to->rows_of(to, &is_all);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (is_all && (!compress_rows(to) || !zip_end(to->zip))) {
        return refuse_large(to);
    }
    to->rq->has_more = !is_all;
    return buf_done(&to->archive, &part) ? answer_part(to, part) : refuse_large(to);
}

enum err
api_export_answer(struct rq *rq, size_t size, enum err (*start)(struct api_export *to))
{
    const struct kept *kept = rq->kept;
    struct api_export *to;
    enum err e;

    if (rq->is_going_on) {
        return go_on(kept->to);
    }
    to = arena_alloc(rq->arena, size);
    if (to == NULL) {
        return FAIL_SERVER(rq);
    }
    memset(to, 0, size);
    to->rq = rq;
    e = start(to);
    return e ? e : go_on(to);
}
