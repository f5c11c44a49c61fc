/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.c: what is taken, and what is refused where. */
#define UNIT yaml
#include "test/unit.h"

#include "codec/yaml.h"

static str
as_json(struct arena *a, const struct json *value)
{
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, a, KB(64));
    json_out_init(&out, &buf);
    json_out_value(&out, value);
    return buf_done(&buf, &text) ? text : NO_STR;
}

TEST(values_are_those_of_yaml_1_2)
{
    /* clang-format off */
    static const struct { int line; str yaml, json; } cases[] = {
        { __LINE__, S_INIT("a: 1\nb: [x, 'y', \"z\\n\"]\n"), S_INIT("{\"a\":1,\"b\":[\"x\",\"y\",\"z\\n\"]}") },
        { __LINE__, S_INIT("a: {b: ~, c: , d: null, e: \"\"}"), S_INIT("{\"a\":{\"b\":null,\"c\":null,\"d\":null,\"e\":\"\"}}") },
        { __LINE__, S_INIT("[true, False, no, yes, on, y]"), S_INIT("[true,false,\"no\",\"yes\",\"on\",\"y\"]") },
        { __LINE__, S_INIT("[0, -1, 1.5, 1e3, 2E-2]"), S_INIT("[0,-1,1.5,1e3,2E-2]") },
        { __LINE__, S_INIT("[012, 0x1f, +1, .5, 1., 1e, 1_000, -, 12:30]"), S_INIT("[\"012\",\"0x1f\",\"+1\",\".5\",\"1.\",\"1e\",\"1_000\",\"-\",\"12:30\"]") },
        { __LINE__, S_INIT("['1', \"true\", 'null']"), S_INIT("[\"1\",\"true\",\"null\"]") },
        { __LINE__, S_INIT("a: |\n  one\n  two\nb: >-\n  one\n  two\n"), S_INIT("{\"a\":\"one\\ntwo\\n\",\"b\":\"one two\"}") },
        { __LINE__, S_INIT("1: x\ntrue: y\n"), S_INIT("{\"1\":\"x\",\"true\":\"y\"}") },
        { __LINE__, S_INIT("# nothing\na: b # a comment\n"), S_INIT("{\"a\":\"b\"}") },
        { __LINE__, S_INIT("{\"json\": [1, {\"is\": \"yaml\"}]}"), S_INIT("{\"json\":[1,{\"is\":\"yaml\"}]}") },
        { __LINE__, S_INIT("just a text"), S_INIT("\"just a text\"") },
    };
    /* clang-format on */

    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        struct yaml_documents got = {NULL, 0};
        struct yaml_fault fault;
        CHECK_AT(cases[i].line, yaml_parse(a, cases[i].yaml, &got, &fault) && got.count == 1);
        CHECK_AT(cases[i].line, got.count && str_eq(as_json(a, got.items[0]), cases[i].json));
    }
}

TEST(documents_are_told_apart)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    struct yaml_documents got = {NULL, 0};
    struct yaml_fault fault;

    REQUIRE(yaml_parse(a, S("a: 1\n---\n---\n- b\n"), &got, &fault));
    REQUIRE(got.count == 3);
    EXPECT_STR(as_json(a, got.items[0]), S("{\"a\":1}"));
    EXPECT(got.items[1]->type == JSON_NULL);
    EXPECT_STR(as_json(a, got.items[2]), S("[\"b\"]"));
    REQUIRE(yaml_parse(a, S("# nothing\n"), &got, &fault));
    EXPECT(got.count == 0);
}

TEST(what_has_more_than_one_reading_is_refused_with_its_place)
{
    /* clang-format off */
    static const struct { int line; str yaml; size_t document, at; } cases[] = {
        { __LINE__, S_INIT("a: &x 1\nb: 2\n"), 1, 1 },          { __LINE__, S_INIT("a: 1\nb: *x\n"), 1, 2 },
        { __LINE__, S_INIT("a: !!str 1\n"), 1, 1 },              { __LINE__, S_INIT("a: !own {}\n"), 1, 1 },
        { __LINE__, S_INIT("a: &x [1]\n"), 1, 1 },               { __LINE__, S_INIT("a: &x {}\n"), 1, 1 },
        { __LINE__, S_INIT("%YAML 1.1\n---\na: 1\n"), 1, 1 },    { __LINE__, S_INIT("[a]: 1\n"), 1, 1 },
        { __LINE__, S_INIT("a: 1\n---\nb: 1\n\n? {x: y}\n: 2\n"), 2, 5 },
        { __LINE__, S_INIT("a: 1\na: 2\n"), 1, 0 },              { __LINE__, S_INIT("a: [1\n"), 1, 2 },
        { __LINE__, S_INIT("a: 1\n b: 2\n"), 1, 2 },             { __LINE__, S_INIT("a: \"\xff\"\n"), 1, 1 },
    };
    /* clang-format on */

    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        struct yaml_documents got = {NULL, 0};
        struct yaml_fault fault = {NO_STR, 0, 0};
        CHECK_AT(cases[i].line, !yaml_parse(a, cases[i].yaml, &got, &fault));
        CHECK_AT(cases[i].line, fault.why.n && got.items == NULL);
        cr_expect(fault.document == cases[i].document && fault.line == cases[i].at,
            "row of line %d: document %zu line %zu", cases[i].line, fault.document, fault.line);
    }
}

TEST(depth_is_bounded)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(4));
    struct yaml_documents got = {NULL, 0};
    struct yaml_fault fault;
    char text[2 * 900];

    memset(text, '[', 900);
    memset(text + 900, ']', 900);
    EXPECT(yaml_parse(a, (str){text + 900 - 32, 64}, &got, &fault));
    EXPECT(!yaml_parse(a, (str){text + 900 - 33, 66}, &got, &fault));
    EXPECT(!yaml_parse(a, (str){text, sizeof text}, &got, &fault));
}
