/* SPDX-License-Identifier: Apache-2.0 */
/* Names matched as FusionAuth matches them, and pages. */
#define UNIT api_search
#include "../../model/fixture.h"

#include "flow/api/api_search.h"

TEST(a_star_stands_for_anything_and_no_star_for_anywhere)
{
    static const struct {
        int line;
        const char *pattern, *name;
        bool want;
    } cases[] = {
        {__LINE__, "shop", "Web Shop 2", true},
        {__LINE__, "shop", "shp", false},
        {__LINE__, "", "", true},
        {__LINE__, "x", "", false},
        {__LINE__, "*", "", true},
        {__LINE__, "*", "anything", true},
        {__LINE__, "web*", "Web Shop", true},
        {__LINE__, "shop*", "Web Shop", false},
        {__LINE__, "*shop", "Web Shop", true},
        {__LINE__, "*shop", "Web Shop 2", false},
        {__LINE__, "w*b", "Web", true},
        {__LINE__, "w*b", "Webs", false},
        {__LINE__, "a*a", "a", false},
        {__LINE__, "a*a", "aa", true},
        {__LINE__, "a*b*c", "a1b2c", true},
        {__LINE__, "a*b*c", "a1c2b", false},
        {__LINE__, "*a*b*", "xxaxxbxx", true},
        {__LINE__, "*a*b*", "xxbxxaxx", false},
        {__LINE__, "**", "x", true},
        {__LINE__, "ab*ab", "ab", false},
        {__LINE__, "ab*ab", "abab", true},
        {__LINE__, "*ab", "abxab", true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line,
            api_name_matches(str_from(cases[i].pattern), str_from(cases[i].name)) == cases[i].want);
    }
}

TEST(a_page_is_cut_from_what_was_sorted)
{
    static const struct {
        int line;
        const char *order;
        int64_t start, rows;
        const char *names; /* of the page; NULL: refused */
    } cases[] = {
        {__LINE__, "", 0, 25, "abc"},
        {__LINE__, "name", 0, 2, "ab"},
        {__LINE__, "name DESC", 0, 25, "cba"},
        {__LINE__, "NAME desc", 1, 1, "b"},
        {__LINE__, "insertInstant", 0, 25, "cab"},
        {__LINE__, "insertInstant DESC", 0, 25, "bac"},
        {__LINE__, "name", 3, 25, ""},
        {__LINE__, "name", 1000, 25, ""},
        {__LINE__, "name", 0, 0, ""},
        {__LINE__, "secret", 0, 25, NULL},
        {__LINE__, "name; DROP TABLE tenant", 0, 25, NULL},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        struct api_hit hits[] = {
            {{{2}}, S_INIT("b"), 30}, {{{1}}, S_INIT("a"), 20}, {{{3}}, S_INIT("c"), 10}};
        struct api_criteria criteria = {
            NO_STR, str_from(cases[i].order), cases[i].rows, cases[i].start};
        struct api_hit *page = NULL;
        size_t count = COUNT(hits), total = 0;
        enum err e = api_page_of(rq, &criteria, hits, &count, &page, &total);

        CHECK_AT(cases[i].line, (e == ERR_OK) == (cases[i].names != NULL));
        if (e == ERR_OK) {
            CHECK_AT(cases[i].line, total == 3 && count == strlen(cases[i].names));
            for (size_t j = 0; j < count; j++) {
                CHECK_AT(cases[i].line, page[j].name.p[0] == cases[i].names[j]);
            }
        }
        fixture_done(rq);
    }
    fixture_close(fx);
}
