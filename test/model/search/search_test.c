/* SPDX-License-Identifier: Apache-2.0 */
/* Trees, printed and compared. */
#define UNIT search
#include "../fixture.h"
#include "model/search/search.h"

/* Random queries of words and operators: printed and parsed they are the same. */
TEST(what_is_printed_is_read_as_the_same_tree)
{
    static const char *const parts[] = {"ann", "\"b c\"", "(", ")", " AND ", " OR ", " NOT ", "-",
        "+", "sm*", "email:x", "data.a:", "[1 TO 2]", "insertInstant:", "{* TO now-1d]", "\\(",
        "firstName:(a b)", "*", "?", " active:true", ">5", " "};
    AUTO(arena_end) struct arena *arena = arena_new(MB(64));
    struct unit_rng rng = unit_rng_new(7);
    int read = 0;

    for (int n = 0; n < 20000; n++) {
        const struct search_node *tree = NULL, *again = NULL;
        const char *why = NULL;
        struct buf buf;
        uint8_t dice[10];
        str text;
        arena_reset(arena);
        buf_init(&buf, arena, 1000);
        rng_fill(&rng.rng, dice, sizeof dice);
        for (int i = 0; i < 1 + dice[9] % 9; i++) {
            buf_str(&buf, str_from(parts[dice[i] % COUNT(parts)]));
        }
        REQUIRE(buf_done(&buf, &text));
        if (search_parse(arena, &search_people, text, &tree, &why)) {
            str printed = search_print(arena, tree);
            cr_expect(search_parse(arena, &search_people, printed, &again, &why)
                          && search_same(tree, again),
                STRF, STRV(text));
            read++;
        }
    }
    EXPECT(read > 2000);
}

TEST(trees_are_the_same_only_when_all_their_parts_are)
{
    static const char *const queries[] = {"a", "b", "a*", "email:a", "a OR b", "b OR a", "a AND b",
        "a OR b OR c", "NOT a", "insertInstant:[1 TO 2]", "insertInstant:[1 TO 2}",
        "insertInstant:{1 TO 2]", "insertInstant:[1 TO 3]", "_exists_:email", "*"};
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(queries); i++) {
        for (size_t j = 0; j < COUNT(queries); j++) {
            const struct search_node *a = NULL, *b = NULL;
            const char *why = NULL;
            REQUIRE(search_parse(arena, &search_people, str_from(queries[i]), &a, &why));
            REQUIRE(search_parse(arena, &search_people, str_from(queries[j]), &b, &why));
            EXPECT(search_same(a, b) == (i == j));
        }
    }
}

TEST(fields_are_known_by_name_and_by_tree)
{
    EXPECT(search_has_field(&search_people, S("email"))
           && search_has_field(&search_people, S("data.x.y")));
    EXPECT(search_has_field(&search_people, S("registrations.roles"))
           && search_has_field(&search_people, S("registrations.data.a")));
    EXPECT(!search_has_field(&search_people, S("password"))
           && !search_has_field(&search_people, S("data."))
           && !search_has_field(&search_people, S("registrations.data."))
           && !search_has_field(&search_people, NO_STR));
}
