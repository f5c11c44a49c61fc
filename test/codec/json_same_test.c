/* SPDX-License-Identifier: Apache-2.0 */
/* json_same.c: what counts as the same value, and at what price. */
#define UNIT json_same
#include "test/unit.h"

#include "base/mem.h"
#include "codec/json_internal.h"

static const struct json *
read(struct arena *a, str text)
{
    const struct json *v = NULL;

    REQUIRE(json_parse(a, text, &v, NULL));
    return v;
}

TEST(members_in_any_order_elements_in_theirs)
{
    /* clang-format off */
    static const struct { int line; str a, b; bool same; } cases[] = {
        { __LINE__, S_INIT("null"), S_INIT(" null "), true },      { __LINE__, S_INIT("null"), S_INIT("false"), false },
        { __LINE__, S_INIT("true"), S_INIT("true"), true },        { __LINE__, S_INIT("true"), S_INIT("false"), false },
        { __LINE__, S_INIT("1"), S_INIT("1"), true },              { __LINE__, S_INIT("1"), S_INIT("1.0"), false },
        { __LINE__, S_INIT("1"), S_INIT("\"1\""), false },         { __LINE__, S_INIT("1"), S_INIT("2"), false },
        { __LINE__, S_INIT("\"a\\u0062\""), S_INIT("\"ab\""), true }, { __LINE__, S_INIT("\"a\""), S_INIT("\"A\""), false },
        { __LINE__, S_INIT("[1,2]"), S_INIT("[1, 2]"), true },     { __LINE__, S_INIT("[1,2]"), S_INIT("[2,1]"), false },
        { __LINE__, S_INIT("[1]"), S_INIT("[1,1]"), false },       { __LINE__, S_INIT("[]"), S_INIT("{}"), false },
        { __LINE__, S_INIT("{}"), S_INIT("{}"), true },            { __LINE__, S_INIT("{\"a\":1}"), S_INIT("{\"b\":1}"), false },
        { __LINE__, S_INIT("{\"a\":1,\"b\":2}"), S_INIT("{\"b\":2,\"a\":1}"), true },
        { __LINE__, S_INIT("{\"a\":1,\"b\":2}"), S_INIT("{\"b\":1,\"a\":2}"), false },
        { __LINE__, S_INIT("{\"a\":1,\"b\":2}"), S_INIT("{\"a\":1,\"b\":3}"), false },
        { __LINE__, S_INIT("{\"a\":1,\"b\":2}"), S_INIT("{\"a\":1}"), false },
        { __LINE__, S_INIT("{\"a\":{\"x\":[{\"p\":1,\"q\":2}],\"y\":0}}"), S_INIT("{\"a\":{\"y\":0,\"x\":[{\"q\":2,\"p\":1}]}}"), true },
        { __LINE__, S_INIT("{\"a\":{\"x\":[{\"p\":1,\"q\":2}],\"y\":0}}"), S_INIT("{\"a\":{\"y\":0,\"x\":[{\"q\":2,\"p\":2}]}}"), false },
        { __LINE__, S_INIT("{\"c\":1,\"a\":1,\"b\":1}"), S_INIT("{\"c\":1,\"b\":1,\"d\":1}"), false },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        const struct json *x = read(a, cases[i].a), *y = read(a, cases[i].b);
        CHECK_AT(cases[i].line, json_same(x, y) == cases[i].same);
        CHECK_AT(cases[i].line, json_same(y, x) == cases[i].same);
    }
}

/* {"000000":0, ...}: n members, counted upwards or downwards. */
static const struct json *
big(struct arena *a, size_t n, bool downwards)
{
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, a, MB(8));
    for (size_t i = 0; i < n; i++) {
        size_t number = downwards ? n - 1 - i : i;
        buf_fmt(&buf, "%c\"%06zu\":%zu", i ? ',' : '{', number, number);
    }
    buf_char(&buf, '}');
    REQUIRE(buf_done(&buf, &text));
    return read(a, text);
}

TEST(big_objects_in_opposite_order_cost_no_square)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(64));
    size_t n = JSON_MAX_NODES - 1;
    const struct json *up = big(a, n, false), *down = big(a, n, true);

    EXPECT(json_same(up, down));
    EXPECT(json_same(up, up));
    EXPECT(!json_same(up, big(a, n - 1, true)));
}

TEST(without_memory_the_answer_is_still_right)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(4));
    const struct json *x = read(a, S("{\"a\":1,\"b\":2}")), *y = read(a, S("{\"b\":2,\"a\":1}"));
    const struct json *z = read(a, S("{\"b\":2,\"a\":2}"));

    for (long n = 0; n < 3; n++) {
        arena_fail_after(n);
        bool same = json_same(x, y), differs = !json_same(x, z);
        arena_fail_after(-1);
        cr_expect(same && differs, "allocation %ld", n);
    }
}

TEST(sorting_is_stable_for_every_length)
{
    for (size_t n = 0; n <= 70; n++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(4));
        struct json object = {.type = JSON_OBJECT, .count = n};
        struct json *nodes = ARENA_ARRAY(a, n, struct json);
        REQUIRE(nodes != NULL);
        for (size_t i = 0; i < n; i++) {
            nodes[i].name = str_fmt(a, "%zu", i * 7 % 10);
            nodes[i].next = i + 1 < n ? &nodes[i + 1] : NULL;
        }
        object.first = n ? nodes : NULL;
        const struct json **sorted = json_sorted(&object);
        REQUIRE(sorted != NULL);
        for (size_t i = 1; i < n; i++) {
            int order = str_cmp(sorted[i - 1]->name, sorted[i]->name);
            cr_expect(order < 0 || (order == 0 && sorted[i - 1] < sorted[i]), "%zu of %zu", i, n);
        }
        mem_free(sorted);
    }
}
