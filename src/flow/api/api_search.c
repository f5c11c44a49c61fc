/* SPDX-License-Identifier: Apache-2.0 */
/* Searches over names, in memory: for the tenants and applications of a house, not for its
 * people. */
#include "flow/api/api_search.h"

#include <stdlib.h>

#include "codec/json.h"
#include "model/word/word.h"

static void
put_parameter(struct rq *rq, const struct field *f, struct json_out *out)
{
    str value = rq_query_get(rq, str_from(f->name));
    struct field_texts all;
    int64_t number;

    if (api_is_left_out(value)) {
        return;
    }
    if (f->kind == FIELD_UUIDS && api_query_all(rq, f->name, &all) == ERR_OK && all.count) {
        json_out_name(out, str_from(f->name));
        json_out_array(out);
        for (size_t i = 0; i < all.count; i++) {
            json_out_str(out, all.items[i]);
        }
        json_out_array_end(out);
    } else if ((f->kind == FIELD_INT || f->kind == FIELD_INSTANT) && str_i64(value, &number)) {
        json_put_i64(out, str_from(f->name), number);
    } else if (f->kind == FIELD_BOOL && (str_ieq(value, S("true")) || str_ieq(value, S("false")))) {
        json_put_bool(out, str_from(f->name), value.n == 4);
    } else if (value.n) {
        json_put_str(out, str_from(f->name), value); /* a wrong kind is a fault of the table's */
    }
}

enum err
api_criteria_query(struct rq *rq, const struct field_table *table, const struct json **ret)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    for (size_t i = 0; i < table->count; i++) {
        put_parameter(rq, &table->fields[i], &out);
    }
    json_out_object_end(&out);
    if (!buf_done(&buf, &text) || !json_parse(rq->arena, text, ret, NULL)) {
        return FAIL_SERVER(rq);
    }
    return ERR_OK;
}

struct search_beside {
    struct field_texts expand;
    str event_info;
};
/* clang-format off */
static const struct field search_fields[] = {
    {.name = "eventInfo", .kind = FIELD_JSON,  .offset = FIELD_AT(struct search_beside, event_info), .max = 8192},
    {.name = "expand",    .kind = FIELD_TEXTS, .offset = FIELD_AT(struct search_beside, expand)}, /* api_expand_read */
};
static const struct field_table search_table = FIELD_TABLE("ExpandableRequest", search_fields, struct search_beside, NULL);
/* clang-format on */

enum err
api_criteria_read(struct rq *rq, const struct field_table *table, void *criteria)
{
    static const char *const objects[] = {"search", NULL};
    struct field_reader reader = api_reader(rq);
    const struct json *body = NULL, *value = NULL;
    struct search_beside beside;
    enum err e;

    if (rq->http->method == HTTP_GET || rq->http->method == HTTP_HEAD) {
        e = api_criteria_query(rq, table, &value);
    } else {
        e = api_body(rq, objects, &search_table, &beside, &body);
        value = e ? NULL : json_get(body, S("search"));
    }
    if (e != ERR_OK) {
        return e;
    }
    if (!field_read(&reader, table, FIELD_CREATE, value, S("search"), criteria)
        && arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    return api_faults(rq); /* also of what stands beside the search */
}

bool
api_name_matches(str pattern, str name)
{
    bool is_first = true, has_star = str_find(pattern, '*') < pattern.n;
    str rest = pattern, part, after;

    if (!has_star) {
        return word_like_find(name, pattern, &after);
    }
    while (str_cut(&rest, '*', &part)) {
        bool is_last = rest.p == NULL;
        if (is_last && !is_first) { /* the end is fixed: nothing may follow */
            return word_like_end(name, part);
        }
        if (is_first ? !word_like_start(name, part, &after) : !word_like_find(name, part, &after)) {
            return false;
        }
        name = after;
        is_first = false;
    }
    return true;
}

static int
by_id(const struct api_hit *a, const struct api_hit *b)
{
    return uuid_cmp(a->id, b->id);
}

static int
by_id_up(const void *a, const void *b)
{
    return by_id(a, b);
}

static int
by_id_down(const void *a, const void *b)
{
    return by_id(b, a);
}

static int
by_name(const void *a, const void *b)
{
    int order = str_cmp(((const struct api_hit *)a)->name, ((const struct api_hit *)b)->name);

    return order ? order : by_id(a, b);
}

static int
by_name_down(const void *a, const void *b)
{
    return by_name(b, a);
}

static int
by_instant(const void *a, const void *b)
{
    int64_t left = ((const struct api_hit *)a)->instant,
            right = ((const struct api_hit *)b)->instant;

    if (left != right) {
        return left < right ? -1 : 1;
    }
    return by_id(a, b);
}

static int
by_instant_down(const void *a, const void *b)
{
    return by_instant(b, a);
}

static const struct {
    const char *words;
    int (*compare)(const void *a, const void *b);
} orders[] = {
    {"", by_name},
    {"name", by_name},
    {"name ASC", by_name},
    {"name DESC", by_name_down},
    {"id", by_id_up},
    {"id ASC", by_id_up},
    {"id DESC", by_id_down},
    {"insertInstant", by_instant},
    {"insertInstant ASC", by_instant},
    {"insertInstant DESC", by_instant_down},
};

enum err
api_page_of(struct rq *rq, const struct api_criteria *criteria, struct api_hit *hits, size_t *count,
    struct api_hit **ret_page, size_t *ret_total)
{
    size_t start = MIN((size_t)criteria->start, *count);

    for (size_t i = 0; i < COUNT(orders); i++) {
        if (!str_ieq(criteria->order_by, str_from(orders[i].words))) {
            continue;
        }
        qsort(hits, *count, sizeof *hits, orders[i].compare);
        *ret_total = *count;
        *ret_page = hits + start;
        *count = MIN((size_t)criteria->rows, *count - start);
        return ERR_OK;
    }
    return api_refuse(rq, "search.orderBy", "invalid",
        "Order by name, id or insertInstant, followed by ASC or DESC.");
}

static enum err
put_hit(struct rq *rq, const struct api_hits *how, struct uuid id, struct json_out *out)
{
    struct api_scratch scratch;
    enum err e;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = how->put(rq, how->ctx, id, out);
    api_scratch_end(rq, &scratch);
    return e;
}

enum err
api_hits_write(struct rq *rq, const struct api_hits *how, const struct api_hit *hits, size_t count,
    struct json_out *out)
{
    enum err e = ERR_OK;

    json_out_name(out, how->plural);
    json_out_array(out);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = put_hit(rq, how, hits[i].id, out);
    }
    json_out_array_end(out);
    return e;
}

enum err
api_expand_read(struct rq *rq, const str *parts, size_t count, bool *ret_left_out)
{
    bool is_get = rq->http->method == HTTP_GET || rq->http->method == HTTP_HEAD;
    const struct json *body = NULL, *given;
    struct field_texts texts = {NULL, 0};
    enum err e = is_get ? api_query_all(rq, "expand", &texts) : rq_json(rq, &body);

    given = json_get(body, S("expand"));
    if (e != ERR_OK || (texts.count == 0 && (given == NULL || given->type != JSON_ARRAY))) {
        return e;
    }
    for (size_t part = 0; part < count; part++) {
        ret_left_out[part] = true;
        for (size_t i = 0; i < texts.count; i++) {
            ret_left_out[part] &= !str_eq(texts.items[i], parts[part]);
        }
        for (const struct json *v = given ? given->first : NULL; v != NULL; v = v->next) {
            str text;
            ret_left_out[part] &= !(json_str(v, &text) && str_eq(text, parts[part]));
        }
    }
    return ERR_OK;
}

void
api_expand_put(const str *parts, size_t count, const bool *is_left_out, struct json_out *out)
{
    json_out_name(out, S("expandable"));
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        if (is_left_out[i]) {
            json_out_str(out, parts[i]);
        }
    }
    json_out_array_end(out);
}
