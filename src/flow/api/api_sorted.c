/* SPDX-License-Identifier: Apache-2.0 */
/* Hits sorted by text, then by what they are known by. */
#include "flow/api/api_sorted.h"

#include <stdio.h>
#include <stdlib.h>

enum err
api_sorted_start(struct rq *rq, const struct api_criteria *criteria, const char *const *columns,
    size_t max, struct api_sorted *ret)
{
    str order = criteria->order_by, name = str_head(order, str_find(order, ' '));
    str way = str_trim(str_skip(order, name.n));

    *ret = (struct api_sorted){.max = max, .is_down = order.n == 0 || str_ieq(way, S("DESC"))};
    ret->hits = ARENA_ARRAY(rq->arena, max, struct api_sorted_hit);
    if (ret->hits == NULL) {
        return FAIL_SERVER(rq);
    }
    while (
        order.n && columns[ret->column] != NULL && !str_eq(name, str_from(columns[ret->column]))) {
        ret->column++;
    }
    if (columns[ret->column] == NULL || (way.n && !ret->is_down && !str_ieq(way, S("ASC")))) {
        return api_refuse(rq, "search.orderBy", "invalid",
            "Order by a column of this log, followed by ASC or DESC.");
    }
    return ERR_OK;
}

bool
api_sorted_add(struct api_sorted *sorted, int64_t seq, struct uuid id, str text)
{
    struct api_sorted_hit *hit;

    if (sorted->count == sorted->max) {
        return false;
    }
    hit = &sorted->hits[sorted->count++];
    *hit = (struct api_sorted_hit){.seq = seq, .id = id};
    if (text.n) {
        memcpy(hit->text, text.p, MIN(text.n, sizeof hit->text));
    }
    return true;
}

bool
api_sorted_add_number(struct api_sorted *sorted, int64_t seq, struct uuid id, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%020lld", (long long)number);
    return api_sorted_add(sorted, seq, id, str_from(text));
}

static int
compare(const void *a, const void *b)
{
    const struct api_sorted_hit *left = a, *right = b;
    int order = str_cmp((str){left->text, API_SORTED_BYTES}, (str){right->text, API_SORTED_BYTES});

    if (order == 0) {
        order = uuid_cmp(left->id, right->id);
    }
    return order ? order : (left->seq > right->seq) - (left->seq < right->seq);
}

static int
compare_down(const void *a, const void *b)
{
    return compare(b, a);
}

struct api_sorted_hit *
api_sorted_page(struct api_sorted *sorted, const struct api_criteria *criteria, size_t *ret_count)
{
    size_t start = MIN((size_t)criteria->start, sorted->count);

    qsort(sorted->hits, sorted->count, sizeof *sorted->hits,
        sorted->is_down ? compare_down : compare);
    *ret_count = MIN((size_t)criteria->rows, sorted->count - start);
    return sorted->hits + start;
}

enum err
api_sorted_refuse(struct rq *rq)
{
    return api_refuse(rq, "search.start", "tooMany",
        "Too many entries would have to be opened: name a shorter time with start and end.");
}
