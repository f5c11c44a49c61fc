/* SPDX-License-Identifier: Apache-2.0 */
/* Which language a page is in. */
#define UNIT page_lang
#include "test/unit.h"

#include "model/page/page.h"

TEST(rfc4647_3_4_the_first_wish_we_can_serve)
{
    /* clang-format off */
    static const struct { int line; const char *ui, *chosen, *accept, *tenant, *want; } cases[] = {
        { __LINE__, "",         "",      "",                          "",   "en" },
        { __LINE__, "",         "",      "",                          "ar", "ar" },
        { __LINE__, "",         "",      "",                          "xx", "en" },
        { __LINE__, "ar",       "",      "en",                        "en", "ar" },
        { __LINE__, "fr ar-EG", "",      "en",                        "",   "ar" },
        { __LINE__, "fr  de",   "",      "",                          "ar", "ar" },
        { __LINE__, "ar",       "en",    "ar",                        "ar", "en" },
        { __LINE__, "",         "AR_eg", "en",                        "",   "ar" },
        { __LINE__, "",         "xx",    "ar",                        "",   "ar" },
        { __LINE__, "",         "arz",   "",                          "",   "en" },
        { __LINE__, "",         "",      "ar",                        "",   "ar" },
        { __LINE__, "",         "",      "fr-FR, ar;q=0.5, en;q=0.4", "",   "ar" },
        { __LINE__, "",         "",      "en;q=0.4 , ar-SA; q=0.5",   "",   "ar" },
        { __LINE__, "",         "",      "en, ar",                    "",   "en" },
        { __LINE__, "",         "",      "ar;q=0, en;q=0.001",        "ar", "en" },
        { __LINE__, "",         "",      "en;q=0",                    "ar", "ar" },
        { __LINE__, "",         "",      "ar;q=1.000,en;q=0.999",     "",   "ar" },
        { __LINE__, "",         "",      "ar;q=1.001,en;q=0.1",       "",   "en" },
        { __LINE__, "",         "",      "ar;q=,en;q=0.1",            "",   "en" },
        { __LINE__, "",         "",      "ar;q=0.1234,en;q=0.1",      "",   "en" },
        { __LINE__, "",         "",      "ar;q=.9,en;q=0.1",          "",   "en" },
        { __LINE__, "",         "",      "ar;level=1,en;q=0.1",       "",   "en" },
        { __LINE__, "",         "",      "*, ;,,;q=1",                "ar", "ar" },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        str got = page_lang_or(str_from(cases[i].ui), str_from(cases[i].chosen),
            str_from(cases[i].accept), str_from(cases[i].tenant));
        cr_expect(str_eq(got, str_from(cases[i].want)), "row of line %d: got " STRF, cases[i].line,
            STRV(got));
    }
    EXPECT_STR(page_lang(S("ar"), NO_STR, NO_STR), S("ar"));
}

TEST(only_so_many_wishes_are_read)
{
    char many[33 * 2 + 3] = "";

    for (size_t i = 0; i < 32; i++) {
        memcpy(many + 2 * i, "x,", 2);
    }
    memcpy(many + 64, "ar", 3);
    EXPECT_STR(page_lang(NO_STR, NO_STR, str_from(many + 2)), S("ar"));
    EXPECT_STR(page_lang(NO_STR, NO_STR, str_from(many)), S("en"));
}
