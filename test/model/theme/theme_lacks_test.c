/* SPDX-License-Identifier: Apache-2.0 */
/* theme_lacks.c: which messages a theme's templates name and it does not have. */
#define UNIT theme_lacks
#include "../../unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/theme/theme.h"

static str
lacking(struct arena *arena, str messages, str index, str helpers, size_t max)
{
    struct theme theme = {.default_messages = messages};
    struct buf buf;

    theme.templates.text[THEME_TEMPLATE_index] = index;
    theme.templates.text[THEME_TEMPLATE_helpers] = helpers;
    buf_init(&buf, arena, KB(4));
    return theme_lacks(arena, &theme, max, &buf) ? str_dup(arena, (str){buf.p, buf.n}) : S("-");
}

TEST(each_key_that_is_missing_is_written_once_and_in_order)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    str page = S("${theme.message('b')}${theme.message('a')}${theme.message('b')}");
    str other = S("${theme.message('c')}");

    EXPECT_STR(lacking(arena, S("x=1"), page, other, 9), S("c, b, a"));
    EXPECT_STR(lacking(arena, S("a=1\nc : 2"), page, other, 9), S("b"));
    EXPECT_STR(lacking(arena, S("c=1\nb=2\na=3"), page, other, 9), S("-"));
    EXPECT_STR(lacking(arena, NO_STR, NO_STR, NO_STR, 9), S("-"));
    EXPECT_STR(lacking(arena, S("x=1"), page, other, 2), S("c, b"));
    EXPECT_STR(lacking(arena, S("a\\:b=1"), S("${theme.message('a:b')}"), NO_STR, 9), S("-"));
}

TEST(what_is_no_name_is_missing_and_not_written)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));

    EXPECT_STR(lacking(arena, S("x=1"), S("${theme.message('<b>')}"), NO_STR, 9), NO_STR);
    EXPECT_STR(
        lacking(arena, S("x=1"), S("${theme.message('a\nb')}${theme.message('c')}"), NO_STR, 9),
        S("c"));
}
