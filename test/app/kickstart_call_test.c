/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT kickstart_call
#include "unit.h"

#include "app/kickstart_call.h"

#define UNKNOWN(path) "\"" path "\":[{\"code\":\"[unknown]" path "\",\"message\":\"m\"}]"

TEST(only_what_nobody_knows_is_left_out)
{
    static const struct {
        int line;
        const char *body, *answer, *want; /* NULL: the answer stands */
    } cases[] = {
        {__LINE__, "{\"a\":{\"b\":1,\"c\":2}}", "{\"fieldErrors\":{" UNKNOWN("a.b") "}}",
            "{\"a\":{\"c\":2}}"},
        {__LINE__, "{\"a\":{\"b\":[{\"x\":1},{\"x\":2,\"y\":3}]},\"z\":0}",
            "{\"fieldErrors\":{" UNKNOWN("a.b[1].x") "," UNKNOWN("z") "}}",
            "{\"a\":{\"b\":[{\"x\":1},{\"y\":3}]}}"},
        {__LINE__, "{\"users\":[{\"r\":1,\"e\":\"\\u00e9\"}]}",
            "{\"fieldErrors\":{\"user[0].r\":[{\"code\":\"[unknown]user.r\"}]}}",
            "{\"users\":[{\"e\":\"\xc3\xa9\"}]}"},
        {__LINE__, "{\"a\":{\"b\":1}}",
            "{\"fieldErrors\":{" UNKNOWN("a.b") ",\"a.c\":[{\"code\":\"[blank]a.c\"}]}}", NULL},
        {__LINE__, "{\"a\":{\"b\":1}}",
            "{\"fieldErrors\":{\"a.b\":[{\"code\":\"[unknown]a.b\"},{\"code\":\"[invalid]a.b\"}]}}",
            NULL},
        {__LINE__, "{\"a\":{\"b\":1}}",
            "{\"fieldErrors\":{" UNKNOWN("a.b") "},\"generalErrors\":[{\"code\":\"[x]\"}]}", NULL},
        {__LINE__, "{\"a\":{\"b\":1}}", "{\"fieldErrors\":{" UNKNOWN("a.gone") "}}", NULL},
        {__LINE__, "{\"a\":{\"b\":1}}", "{\"fieldErrors\":{}}", NULL},
        {__LINE__, "[1]", "{\"fieldErrors\":{" UNKNOWN("a") "}}", NULL},
        {__LINE__, "{\"a\":1}", "", NULL},
        {__LINE__, "", "{\"fieldErrors\":{" UNKNOWN("a") "}}", NULL},
        {__LINE__, "{\"a\":1}", "{\"fieldErrors\":{\"a\":[]}}", NULL},
        {__LINE__, "{\"a\":1}", "{\"fieldErrors\":{\"a\":7}}", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *arena = arena_new(MB(4));
        str got = NO_STR, left_out = NO_STR;
        bool ok = kickstart_call_without_unknown(
            arena, str_from(cases[i].body), str_from(cases[i].answer), &got, &left_out);
        CHECK_AT(cases[i].line, ok == (cases[i].want != NULL));
        CHECK_AT(cases[i].line, !ok || (str_eq(got, str_from(cases[i].want)) && left_out.n > 0));
    }
}
