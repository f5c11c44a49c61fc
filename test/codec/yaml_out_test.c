/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_out.c: what is written is readable, and reads back as what it was. */
#define UNIT yaml_out
#include "test/unit.h"

#include "codec/yaml.h"

TEST(what_is_written_is_what_a_person_would_write)
{
    /* clang-format off */
    static const struct { int line; str json, yaml; } cases[] = {
        { __LINE__, S_INIT("{\"a\":1,\"b\":true,\"c\":null,\"d\":[],\"e\":{}}"), S_INIT("a: 1\nb: true\nc: null\nd: []\ne: {}\n") },
        { __LINE__, S_INIT("{\"a\":[{\"b\":1,\"c\":[1,2]},{\"b\":2}]}"), S_INIT("a:\n  - b: 1\n    c:\n      - 1\n      - 2\n  - b: 2\n") },
        { __LINE__, S_INIT("{\"a\":{\"b\":{\"c\":\"https://x.example/y?z=1\"}}}"), S_INIT("a:\n  b:\n    c: https://x.example/y?z=1\n") },
        { __LINE__, S_INIT("[\"no\",\"Yes\",\"12:30\",\"1\",\"\",\" a\",\"a \",\"a: b\",\"a #b\",\"a:\",\"a:b\"]"),
          S_INIT("- \"no\"\n- \"Yes\"\n- \"12:30\"\n- \"1\"\n- \"\"\n- \" a\"\n- \"a \"\n- \"a: b\"\n- \"a #b\"\n- \"a:\"\n- a:b\n") },
        { __LINE__, S_INIT("{\"t\":\"one\\ntwo\"}"), S_INIT("t: |-\n  one\n  two\n") },
        { __LINE__, S_INIT("{\"t\":\"one\\n\\n  two\\n\"}"), S_INIT("t: |\n  one\n\n    two\n") },
        { __LINE__, S_INIT("{\"t\":\"one\\n\\n\"}"), S_INIT("t: |+\n  one\n\n") },
        { __LINE__, S_INIT("{\"t\":\"\\none\"}"), S_INIT("t: \"\\none\"\n") },
        { __LINE__, S_INIT("{\"t\":\"one\\r\\ntwo\"}"), S_INIT("t: \"one\\u000d\\ntwo\"\n") },
        { __LINE__, S_INIT("{\"t\":\"\\u0085\\u2028\\ufeff\\u007f\\\"\\\\\"}"), S_INIT("t: \"\\u0085\\u2028\\ufeff\\u007f\\\"\\\\\"\n") },
        { __LINE__, S_INIT("\"a\""), S_INIT("\"a\"\n") },
        { __LINE__, S_INIT("[[1],[[]]]"), S_INIT("-\n  - 1\n-\n  - []\n") },
        { __LINE__, S_INIT("\"#{ENV.X}\""), S_INIT("\"#{ENV.X}\"\n") },
        { __LINE__, S_INIT("[\"3c219e58-ed0e-4b18-ad48-f4f92793ae32\"]"), S_INIT("- 3c219e58-ed0e-4b18-ad48-f4f92793ae32\n") },
    };
    /* clang-format on */

    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        struct yaml_documents got = {NULL, 0};
        const struct json *value;
        struct yaml_fault fault;
        struct buf buf;
        str text = NO_STR;

        buf_init(&buf, a, KB(64));
        REQUIRE(json_parse(a, cases[i].json, &value, NULL));
        yaml_write(&buf, value);
        CHECK_AT(cases[i].line, buf_done(&buf, &text));
        cr_expect(
            str_eq(text, cases[i].yaml), "row of line %d: \"" STRF "\"", cases[i].line, STRV(text));
        CHECK_AT(cases[i].line,
            yaml_parse(a, text, &got, &fault) && got.count == 1 && json_same(value, got.items[0]));
    }
}

TEST(a_long_name_is_written_so_that_it_can_be_read)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    struct yaml_documents got = {NULL, 0};
    const struct json *value;
    struct yaml_fault fault;
    char name[3000];
    struct buf buf;
    str text;

    memset(name, 'n', sizeof name);
    REQUIRE(json_parse(
        a, str_fmt(a, "[{\"%.*s\":{\"b\":[1]}}]", (int)sizeof name, name), &value, NULL));
    buf_init(&buf, a, KB(64));
    yaml_write(&buf, value);
    REQUIRE(buf_done(&buf, &text));
    EXPECT(yaml_parse(a, text, &got, &fault) && json_same(value, got.items[0]));
}
