/* SPDX-License-Identifier: Apache-2.0 */
/* Texts compared letter by letter, whatever their case. */
#define UNIT word_like
#include "../fixture.h"

#include "model/word/word.h"

TEST(letters_are_like_each_other_in_either_case)
{
    static const struct {
        int line;
        const char *text, *part;
        bool starts, has, ends;
    } cases[] = {
        {__LINE__, "Hello", "hELLO", true, true, true},
        {__LINE__, "Hello", "HE", true, true, false},
        {__LINE__, "Hello", "LL", false, true, false},
        {__LINE__, "Hello", "LO", false, true, true},
        {__LINE__, "Hello", "helloo", false, false, false},
        {__LINE__, "Hello", "", true, true, true},
        {__LINE__, "", "", true, true, true},
        {__LINE__, "", "x", false, false, false},
        {__LINE__, "aab", "AB", false, true, true},
        {__LINE__, "W\u00f6rld", "\u00d6RLD", false, true, true},
        {__LINE__, "\u00d6zg\u00fcr", "\u00f6ZG\u00dc", true, true, false},
        {__LINE__, "\u041c\u0418\u0420", "\u043c\u0438\u0440", true, true, true},
        {__LINE__, "\u03bb\u03cc\u03b3\u03bf\u03c2", "\u039f\u03a3", false, true, true},
        {__LINE__, "o", "\u00f6", false, false, false},
        {__LINE__, "\xc3", "\xc3", true, true, true},      /* half a letter is like itself */
        {__LINE__, "\xc3", "\xe3", false, false, false},   /* and like no other half */
        {__LINE__, "\u00e3", "\xe3", false, false, false}, /* nor like the letter of that number */
        {__LINE__, "\u00c3", "\xc3", false, false, false},
        {__LINE__, "x\xff", "X\xff", true, true, true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        str text = str_from(cases[i].text), part = str_from(cases[i].part), after;

        CHECK_AT(cases[i].line, word_like_start(text, part, &after) == cases[i].starts);
        CHECK_AT(cases[i].line, word_like_find(text, part, &after) == cases[i].has);
        CHECK_AT(cases[i].line, word_like_end(text, part) == cases[i].ends);
    }
}

TEST(what_follows_is_told)
{
    str after;

    REQUIRE(word_like_start(S("\u00d6l und mehr"), S("\u00f6L"), &after));
    EXPECT_STR(after, S(" und mehr"));
    REQUIRE(word_like_find(S("viel \u00d6l"), S("\u00f6"), &after));
    EXPECT_STR(after, S("l"));
}
