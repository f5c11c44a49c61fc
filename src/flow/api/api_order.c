/* SPDX-License-Identifier: Apache-2.0 */
/* Orders, and the first of many in one: a heap whose root is the last of them, which gives way. */
#include "flow/api/api_order.h"

#include <stdlib.h>

#include "model/search/search.h"
#include "model/user/user.h"

/* clang-format off */
static const char *const ways[] = {"asc", "desc", NULL};
#define F(member) FIELD_AT(struct api_order_field, member)
static const struct field order_fields[] = {
    {.name = "missing", .kind = FIELD_TEXT, .offset = F(missing), .max = 100},
    {.name = "name",    .kind = FIELD_TEXT, .offset = F(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "order",   .kind = FIELD_ENUM, .offset = F(order), .more.names = ways},
};
const struct field_table api_order_table = FIELD_TABLE("SortField", order_fields, struct api_order_field, NULL);
/* clang-format on */

bool
api_order_add(
    struct api_order *order, const struct search_scope *scope, const struct api_order_field *field)
{
    if (order->count == API_ORDER_MAX || !search_sort_ok(scope, field->name)) {
        return false;
    }
    order->of[order->count++] = *field;
    return true;
}

bool
api_order_read(struct api_order *order, const struct search_scope *scope, str text)
{
    str rest = text, part;

    while (str_cut(&rest, ',', &part)) {
        struct api_order_field field = {.missing = NO_STR};
        part = str_trim(part);
        field.name = str_head(part, str_find(part, ' '));
        part = str_trim(str_skip(part, field.name.n));
        field.order = str_ieq(part, S("desc"));
        if ((part.n && !field.order && !str_ieq(part, S("asc")))
            || !api_order_add(order, scope, &field)) {
            return false;
        }
    }
    return true;
}

bool
api_order_top_init(
    struct api_order_top *top, struct arena *arena, const struct api_order *order, size_t max)
{
    size_t n = MAX(max, 1);
    char *room = arena_array(arena, n * MAX(order->count, 1), API_ORDER_KEY);

    *top = (struct api_order_top){.order = order, .max = max};
    top->hits = ARENA_ARRAY(arena, n, struct api_order_hit);
    for (size_t i = 0; top->hits != NULL && room != NULL && i < n; i++) {
        top->hits[i].order = order;
        top->hits[i].bytes = room + i * order->count * API_ORDER_KEY;
    }
    return top->hits != NULL && room != NULL;
}

str
api_order_key(struct arena *arena, const struct api_order_field *field, str key)
{
    size_t n;

    if (key.n == 0 && field->missing.n && field->missing.p[0] != '_') {
        key = identity_fold(arena, field->missing);
    }
    n = MIN(key.n, (size_t)API_ORDER_KEY);
    while (n > 0 && n < key.n && ((unsigned char)key.p[n] & 0xc0) == 0x80) {
        n--;
    }
    return str_head(key, n);
}

static int
compare_key(const struct api_order_field *field, str left, str right)
{
    int order = str_cmp(left, right);

    if (order != 0 && (left.n == 0 || right.n == 0)) { /* without it: last, or first, either way */
        bool is_first = str_eq(field->missing, S("_first"));
        return (left.n == 0) == is_first ? -1 : 1;
    }
    return field->order ? -order : order;
}

static int
compare(const void *a, const void *b)
{
    const struct api_order_hit *left = a, *right = b;
    int order = 0;

    for (size_t i = 0; order == 0 && i < left->order->count; i++) {
        order = compare_key(&left->order->of[i], left->keys[i], right->keys[i]);
    }
    order = order ? order : uuid_cmp(left->tenant_id, right->tenant_id);
    return order ? order : uuid_cmp(left->id, right->id);
}

static void
swap(struct api_order_hit *a, struct api_order_hit *b)
{
    struct api_order_hit kept = *a;

    *a = *b;
    *b = kept;
}

static void
sift_up(struct api_order_top *top, size_t i)
{
    while (i > 0 && compare(&top->hits[(i - 1) / 2], &top->hits[i]) < 0) {
        swap(&top->hits[(i - 1) / 2], &top->hits[i]);
        i = (i - 1) / 2;
    }
}

static void
sift_down(struct api_order_top *top)
{
    for (size_t i = 0, next; (next = 2 * i + 1) < top->count; i = next) {
        if (next + 1 < top->count && compare(&top->hits[next], &top->hits[next + 1]) < 0) {
            next++;
        }
        if (compare(&top->hits[i], &top->hits[next]) >= 0) {
            return;
        }
        swap(&top->hits[i], &top->hits[next]);
    }
}

/* Into the place's own bytes. */
static void
set(struct api_order_hit *to, const struct api_order_hit *from)
{
    to->tenant_id = from->tenant_id;
    to->id = from->id;
    for (size_t i = 0; i < to->order->count; i++) {
        char *own = to->bytes + i * API_ORDER_KEY;
        to->keys[i] = (str){own, MIN(from->keys[i].n, (size_t)API_ORDER_KEY)};
        if (to->keys[i].n) {
            memcpy(own, from->keys[i].p, to->keys[i].n);
        }
    }
}

void
api_order_top_add(struct api_order_top *top, const struct api_order_hit *hit)
{
    if (top->has_last && compare(hit, &top->last) <= 0) {
        return;
    }
    top->behind++;
    if (top->count < top->max) {
        set(&top->hits[top->count], hit);
        sift_up(top, top->count++);
    } else if (top->max > 0 && compare(hit, &top->hits[0]) < 0) {
        set(&top->hits[0], hit);
        sift_down(top);
    }
}

void
api_order_top_sort(struct api_order_top *top)
{
    if (top->count > 1) {
        qsort(top->hits, top->count, sizeof *top->hits, compare);
    }
}
