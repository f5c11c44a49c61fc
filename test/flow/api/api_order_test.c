/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT api_order
#include "test/unit.h"

#include <stdlib.h>

#include "base/arena.h"
#include "flow/api/api_order.h"
#include "model/search/search.h"

TEST(an_order_names_fields_of_what_is_searched)
{
    static const struct {
        int line;
        const char *text;
        size_t count;
    } cases[] = {{__LINE__, "name", 1}, {__LINE__, "name ASC, insertInstant desc", 2},
        {__LINE__, "data.a.b DESC", 1}, {__LINE__, "", SIZE_MAX}, {__LINE__, "lastName", SIZE_MAX},
        {__LINE__, "name up", SIZE_MAX}, {__LINE__, "name,id,typeId,parentId,clientId", SIZE_MAX},
        {__LINE__, "type.name", SIZE_MAX}, {__LINE__, "data.", SIZE_MAX}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct api_order order = {.count = 0};
        bool is_read = api_order_read(&order, &search_entities, str_from(cases[i].text));
        CHECK_AT(cases[i].line, is_read == (cases[i].count != SIZE_MAX));
        CHECK_AT(cases[i].line, !is_read || order.count == cases[i].count);
    }
}

TEST(a_key_is_cut_at_a_character)
{
    AUTO(arena_end) struct arena *arena = arena_new(KB(64));
    struct api_order_field field = {.missing = S("Zed")};
    char text[API_ORDER_KEY + 1];

    memset(text, 'a', sizeof text);
    memcpy(text + API_ORDER_KEY - 1, "\xc3\xb8", 2);
    EXPECT(api_order_key(arena, &field, (str){text, sizeof text}).n == API_ORDER_KEY - 1);
    EXPECT_STR(api_order_key(arena, &field, S("b")), S("b"));
    EXPECT_STR(api_order_key(arena, &field, NO_STR), S("zed"));
    field.missing = S("_first");
    EXPECT(api_order_key(arena, &field, NO_STR).n == 0);
}

static const struct api_order ways[] = {
    {{{S_INIT("_last"), S_INIT("name"), 0}}, 1},
    {{{S_INIT("_last"), S_INIT("name"), 1}}, 1},
    {{{S_INIT("_first"), S_INIT("name"), 0}, {S_INIT(""), S_INIT("clientId"), 1}}, 2},
};

static struct api_order_hit
hit_of(const struct api_order *order, uint32_t n, char *text)
{
    struct api_order_hit hit = {.order = order};

    text[0] = (char)('a' + n % 7);
    text[1] = (char)('a' + n % 3);
    hit.keys[0] = (str){text, n % 5 ? 1 : 0};
    hit.keys[1] = (str){text + 1, 1};
    memcpy(hit.id.b, &n, sizeof n);
    return hit;
}

/* Pages of 10 of 500 in each order: all, each once, each behind the one before. */
TEST(pages_of_the_first_in_order_are_all_of_them)
{
    for (size_t w = 0; w < COUNT(ways); w++) {
        AUTO(arena_end) struct arena *arena = arena_new(MB(4));
        bool seen[500] = {false};
        struct api_order_hit last = {.order = NULL};
        size_t count = 0;
        for (;;) {
            struct api_order_top top, pair;
            char texts[500][2];
            REQUIRE(api_order_top_init(&top, arena, &ways[w], 10));
            top.has_last = last.order != NULL;
            top.last = last;
            for (uint32_t n = 0; n < 500; n++) {
                struct api_order_hit hit = hit_of(&ways[w], n * 271 % 500, texts[n]);
                api_order_top_add(&top, &hit);
            }
            api_order_top_sort(&top);
            EXPECT(top.behind == 500 - count);
            for (size_t i = 0; i < top.count; i++) {
                uint32_t n;
                memcpy(&n, top.hits[i].id.b, sizeof n);
                EXPECT(!seen[n]);
                seen[n] = true;
                count++;
            }
            if (top.behind <= top.max) {
                break;
            }
            REQUIRE(api_order_top_init(&pair, arena, &ways[w], 1));
            api_order_top_add(&pair, &top.hits[top.count - 1]);
            last = pair.hits[0];
        }
        EXPECT(count == 500);
    }
}

TEST(without_memory_or_room_nothing_is_kept)
{
    AUTO(arena_end) struct arena *arena = arena_new(KB(1));
    AUTO(arena_end) struct arena *enough = arena_new(KB(64));
    struct api_order_top top;
    char text[2];
    struct api_order_hit hit = hit_of(&ways[0], 1, text);

    EXPECT(!api_order_top_init(&top, arena, &ways[0], 10000));
    REQUIRE(api_order_top_init(&top, enough, &ways[0], 0));
    api_order_top_add(&top, &hit);
    api_order_top_sort(&top);
    EXPECT(top.count == 0 && top.behind == 1);
}
