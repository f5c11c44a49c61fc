/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings: what they parse to, and what they refuse. */
#define UNIT search_text
#include "../fixture.h"
#include "model/search/search.h"

struct asked {
    int line;
    const char *query, *printed; /* printed NULL: refused */
};

TEST(a_query_string_is_read_into_one_tree)
{
    static const struct asked cases[] = {
        {__LINE__, "", "*"},
        {__LINE__, " * ", "*"},
        {__LINE__, "*:*", "*"},
        {__LINE__, "ann", "\"ann\""},
        {__LINE__, "ann bob", "(\"ann\" OR \"bob\")"},
        {__LINE__, "ann AND bob OR cy", "((\"ann\" AND \"bob\") OR \"cy\")"},
        {__LINE__, "ann && (bob || cy)", "(\"ann\" AND (\"bob\" OR \"cy\"))"},
        {__LINE__, "+ann bob", "\"ann\""},
        {__LINE__, "+ann +bob", "(\"ann\" AND \"bob\")"},
        {__LINE__, "ann bob -cy", "((NOT \"cy\") AND (\"ann\" OR \"bob\"))"},
        {__LINE__, "ann AND NOT bob", "(\"ann\" AND (NOT \"bob\"))"},
        {__LINE__, "!ann", "(NOT \"ann\")"},
        {__LINE__, "AND", "\"AND\""},
        {__LINE__, "ORdinary NOTe", "(\"ORdinary\" OR \"NOTe\")"},
        {__LINE__, "\"a \\\" b\"~2^3", "\"a \\\" b\""},
        {__LINE__, "an*n?", "\\a\\n*\\n?"},
        {__LINE__, "an\\*", "\"an*\""},
        {__LINE__, "email:*", "\\e\\m\\a\\i\\l:*"},
        {__LINE__, "_exists_:email", "\\e\\m\\a\\i\\l:*"},
        {__LINE__, "id:(09000000-0000-0000-0000-000000000000)",
            "\\i\\d:\"09000000-0000-0000-0000-000000000000\""},
        {__LINE__, "insertInstant:[1 TO *}",
            "\\i\\n\\s\\e\\r\\t\\I\\n\\s\\t\\a\\n\\t:[\"1\" TO *}"},
        {__LINE__, "insertInstant:>=2024-05-01T10:00:00Z",
            "\\i\\n\\s\\e\\r\\t\\I\\n\\s\\t\\a\\n\\t:[\"2024-05-01T10:00:00Z\" TO *]"},
        {__LINE__, "(ann", NULL},
        {__LINE__, "ann)", NULL},
        {__LINE__, "\"ann", NULL},
        {__LINE__, "NOT", NULL},
        {__LINE__, "ann OR", NULL},
        {__LINE__, "nonsense:1", NULL},
        {__LINE__, "ann:bob", NULL},
        {__LINE__, "/ann/", NULL},
        {__LINE__, "ann~", NULL},
        {__LINE__, "[a TO b]", NULL},
        {__LINE__, "insertInstant:[a TO b]", NULL},
        {__LINE__, "insertInstant:[1 TO 2", NULL},
        {__LINE__, "insertInstant:[1 2]", NULL},
        {__LINE__, "active:yes", NULL},
        {__LINE__, "id:abc", NULL},
        {__LINE__, "\xff", NULL},
        {__LINE__, "a\x01", NULL},
        {__LINE__, "((((((((((((((((((a))))))))))))))))))", NULL},
    };
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct search_node *tree = NULL;
        const char *why = NULL;
        bool is_read = search_parse(arena, &search_people, str_from(cases[i].query), &tree, &why);
        CHECK_AT(cases[i].line, is_read == (cases[i].printed != NULL));
        CHECK_AT(cases[i].line, is_read || why != NULL);
        CHECK_AT(cases[i].line,
            !is_read || str_eq(search_print(arena, tree), str_from(cases[i].printed)));
    }
}
