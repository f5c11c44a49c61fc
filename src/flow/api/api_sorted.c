/* SPDX-License-Identifier: Apache-2.0 */
/* Hits sorted by text, then by what they are known by: as many are kept as the page and what is before it hold. */
#include "flow/api/api_sorted.h"

#include <stdio.h>

enum { PAGES_ARENA = MB(96) }; /* a page behind API_SORTED_LOOKED others */

enum err
api_sorted_begin(
    struct rq *rq, const struct api_criteria *criteria, bool is_down, struct api_sorted *ret)
{
    const struct api_order_field field = {
        .missing = is_down ? S("_last") : S("_first"), .order = is_down};

    *ret = (struct api_sorted){.is_down = is_down,
        .arena = rq->arena,
        .start = (size_t)MIN(criteria->start, (int64_t)API_SORTED_LOOKED),
        .rows = (size_t)criteria->rows};
    ret->order.of[0] = ret->order.of[1] = field;
    ret->order.count = 2;
    arena_allow(rq->arena, PAGES_ARENA);
    return api_order_top_init(&ret->top, rq->arena, &ret->order, ret->start + ret->rows)
               ? ERR_OK
               : FAIL_SERVER(rq);
}

enum err
api_sorted_start(struct rq *rq, const struct api_criteria *criteria, const char *const *columns,
    struct api_sorted *ret)
{
    str order = criteria->order_by, name = str_head(order, str_find(order, ' '));
    str way = str_trim(str_skip(order, name.n));
    bool is_down = order.n == 0 || str_ieq(way, S("DESC"));
    size_t column = 0;
    enum err e;

    while (order.n && columns[column] != NULL && !str_eq(name, str_from(columns[column]))) {
        column++;
    }
    if (columns[column] == NULL || (way.n && !is_down && !str_ieq(way, S("ASC")))) {
        return api_refuse(rq, "search.orderBy", "invalid",
            "Order by a column of what is searched, followed by ASC or DESC.");
    }
    e = api_sorted_begin(rq, criteria, is_down, ret);
    ret->column = column;
    return e;
}

void
api_sorted_add(struct api_sorted *sorted, int64_t seq, struct uuid id, str text)
{
    struct api_order_hit hit = {.order = &sorted->order, .id = id};
    char known[24 + UUID_TEXT];
    int n = snprintf(known, sizeof known, "%020lld", (long long)seq);

    uuid_write(id, known + n);
    memcpy(hit.tenant_id.b, &seq, sizeof seq); /* what it is known by, not whose it is */
    hit.keys[0] = api_order_key(sorted->arena, &sorted->order.of[0], text);
    hit.keys[1] = (str){known, (size_t)n + UUID_TEXT};
    api_order_top_add(&sorted->top, &hit);
    sorted->count++;
}

void
api_sorted_add_number(struct api_sorted *sorted, int64_t seq, struct uuid id, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%020lld", (long long)number);
    api_sorted_add(sorted, seq, id, str_from(text));
}

struct api_sorted_hit *
api_sorted_page(struct api_sorted *sorted, size_t *ret_count)
{
    size_t start = MIN(sorted->start, sorted->top.count);
    struct api_sorted_hit *page =
        ARENA_ARRAY(sorted->arena, MAX(sorted->rows, 1), struct api_sorted_hit);

    api_order_top_sort(&sorted->top);
    *ret_count = page ? sorted->top.count - start : 0;
    for (size_t i = 0; i < *ret_count; i++) {
        const struct api_order_hit *hit = &sorted->top.hits[start + i];
        memcpy(&page[i].seq, hit->tenant_id.b, sizeof page[i].seq);
        page[i].id = hit->id;
    }
    return page;
}

enum err
api_sorted_gather(
    struct rq *rq, struct api_sorted *sorted, size_t page_max, api_sorted_look *look, void *ctx)
{
    size_t looked = page_max;
    struct api_scratch scratch;
    enum err e = ERR_OK;

    while (e == ERR_OK && looked == page_max) {
        if (!api_scratch_begin(rq, &scratch)) {
            return FAIL_SERVER(rq);
        }
        e = look(rq, ctx, &looked);
        api_scratch_end(rq, &scratch);
        sorted->looked += looked;
        if (e == ERR_OK && sorted->looked > API_SORTED_LOOKED) {
            e = api_sorted_refuse(rq);
        }
    }
    return e;
}

static enum err
put_hit(
    struct rq *rq, const struct api_sorted_hit *hit, api_sorted_write *write, struct json_out *out)
{
    struct api_scratch scratch;
    enum err e;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = write(rq, hit, out);
    api_scratch_end(rq, &scratch);
    return e;
}

enum err
api_sorted_put(
    struct rq *rq, struct api_sorted *sorted, api_sorted_write *write, struct json_out *out)
{
    size_t count;
    const struct api_sorted_hit *page = api_sorted_page(sorted, &count);
    enum err e = page ? ERR_OK : FAIL_SERVER(rq);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = put_hit(rq, &page[i], write, out);
    }
    return e;
}

enum err
api_sorted_answer(struct rq *rq, struct api_sorted *sorted, str plural, api_sorted_write *write)
{
    struct api_answer answer;
    enum err e;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, plural);
    json_out_array(&answer.out);
    e = api_sorted_put(rq, sorted, write, &answer.out);
    json_out_array_end(&answer.out);
    json_put_i64(&answer.out, S("total"), (int64_t)sorted->count);
    return e ? e : api_answer_send(rq, &answer, 200);
}

enum err
api_sorted_refuse(struct rq *rq)
{
    return api_refuse(rq, "search.start", "tooMany",
        "Too many entries would have to be opened: name a shorter time with start and end.");
}
