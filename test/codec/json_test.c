/* SPDX-License-Identifier: Apache-2.0 */
/* json.c against RFC 8259, the stricter rules of json.h, and jansson as a second opinion. */
#define UNIT json
#include "test/unit.h"

#include "test/codec/json_peer.h"
#include "test/codec/json_vectors.h"

struct read_case {
    int line;
    str text;
    bool ok;
    size_t at;              /* of the first byte at fault, when not ok */
    enum peer_verdict peer; /* jansson's, where it is not the same as ours */
};

/* clang-format off */
#define YES(text)             { __LINE__, S_INIT(text), true, 0, PEER_AGREES }
#define NO(text, at)          { __LINE__, S_INIT(text), false, (at), PEER_REFUSES }
#define YES_PEER(text, peer)  { __LINE__, S_INIT(text), true, 0, (peer) }
#define NO_PEER(text, at, peer) { __LINE__, S_INIT(text), false, (at), (peer) }

static const struct read_case literal_cases[] = {
    YES("null"), YES("true"), YES("false"), YES(" \t\r\n true \t\r\n "),
    NO("", 0), NO("   ", 3), NO("nul", 3), NO("nulll", 4), NO("True", 0), NO("TRUE", 0), NO("tru e", 3),
    NO("NaN", 0), NO("Infinity", 0), NO("undefined", 0), NO("true false", 5), NO("\x0btrue", 0),
    NO("\x0ctrue", 0), NO("\xc2\xa0true", 0), NO("\xef\xbb\xbftrue", 0), NO("true,", 4), NO("// x\n1", 0),
    NO("/* x */ 1", 0), NO("1 # x", 2), NO_PEER("true\0", 4, PEER_CANNOT), NO("'a'", 0), NO("a", 0),
};
static const struct read_case number_cases[] = {
    YES("0"), YES("-0"), YES("7"), YES("-7"), YES("1234567890"), YES("0.5"), YES("-0.05"), YES("1e9"), YES("1E9"),
    YES("1e+9"), YES("1e-9"), YES("1.5e10"), YES("0e0"), YES("0E+00"), YES("9223372036854775807"),
    YES("-9223372036854775808"), YES_PEER("9223372036854775808", PEER_CANNOT), YES_PEER("1e999", PEER_CANNOT),
    YES_PEER("123456789012345678901234567890", PEER_CANNOT),
    NO("00", 1), NO("01", 1), NO("-01", 2), NO("-", 1), NO("--1", 1), NO("+1", 0), NO(".5", 0), NO("-.5", 1),
    NO("1.", 2), NO("1.e3", 2), NO("1e", 2), NO("1e+", 3), NO("1e1.5", 3), NO("0x10", 1), NO("1_000", 1),
    NO("1,000", 1), NO("1 000", 2), NO("- 1", 1), NO("1a", 1), NO("\xef\xbc\x91", 0), NO("1e\xc2\xb2", 2),
};
static const struct read_case string_cases[] = {
    YES("\"\""), YES("\"a\""), YES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), YES("\"\\u0041\""), YES("\"\\u00e9\\u00E9\""),
    YES("\"\\ud83d\\ude00\""), YES("\"\\uD83D\\uDE00\""), YES("\"\\u0000\""), YES("\"\x7f\""), YES("\"'\""),
    YES("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""), YES("\"\xe2\x80\xa8\xe2\x80\xa9\""), YES("\"\xef\xbf\xbf\""),
    YES("\"\xf4\x8f\xbf\xbf\""), YES("\"\xed\x9f\xbf\xee\x80\x80\""), YES("\"\xef\xbb\xbf\""), YES("\"\\uffff\""),
    YES("\"a string that is longer than eight bytes\""), YES("\"1234567\\n12345678\\n123456789\""),
    NO("\"", 1), NO("\"a", 2), NO("\"\\\"", 3), NO("\"\\a\"", 2), NO("\"\\x41\"", 2), NO("\"\\'\"", 2), NO("\"\\\n\"", 2),
    NO("\"\\u\"", 3), NO("\"\\u004\"", 6), NO("\"\\u004g\"", 6), NO("\"\\U0041\"", 2), NO("\"\\u{41}\"", 3),
    NO("\"\\ud800\"", 7), NO("\"\\ud800x\"", 7), NO("\"\\ud800\\n\"", 8), NO("\"\\ud800\\u0041\"", 13),
    NO("\"\\udc00\"", 7), NO("\"\\ude00\\ud83d\"", 7), NO("\"\\ud800\\ud800\"", 13), NO("\"\\ud83d\\ude0\"", 12),
    NO("\"\n\"", 1), NO("\"\t\"", 1), NO("\"\x1f\"", 1), NO_PEER("\"\0\"", 1, PEER_CANNOT), NO("\"1234567\x01\"", 8),
    NO("\"\x80\"", 1), NO("\"\xc3\"", 1), NO("\"\xc3(\"", 1), NO("\"\xc0\xaf\"", 1), NO("\"\xc1\xbf\"", 1),
    NO("\"\xe0\x9f\xbf\"", 1), NO("\"\xed\xa0\x80\"", 1), NO("\"\xed\xbf\xbf\"", 1), NO("\"\xf0\x8f\xbf\xbf\"", 1),
    NO("\"\xf4\x90\x80\x80\"", 1), NO("\"\xf5\x80\x80\x80\"", 1), NO("\"\xff\"", 1), NO("\"ab\xe2\x82\"", 3),
    NO_PEER("\xff\xfe\"\0a\0\"\0", 0, PEER_CANNOT),
};
static const struct read_case container_cases[] = {
    YES("[]"), YES("[ ]"), YES("[1]"), YES("[1,2]"), YES(" [ 1 , 2 ] "), YES("[[],[[]]]"), YES("[null,true,false,\"\",{}]"),
    YES("{}"), YES("{ }"), YES("{\"a\":1}"), YES(" { \"a\" : 1 , \"b\" : 2 } "), YES("{\"\":0}"), YES("{\"a\":{\"a\":{\"a\":1}}}"),
    YES("{\"a\":1,\"A\":2}"), YES("{\"a\":[],\"b\":[{}]}"), YES("{\"a\\nb\":1}"), YES_PEER("{\"a\\u0000b\":1}", PEER_CANNOT),
    YES("{\"aa\":1,\"bb\":2,\"ab\":3,\"ba\":4}"), YES("{\"a\":1,\"a \":2,\"\":3}"), YES("{\"\xc3\xa9\":1,\"e\xcc\x81\":2}"),
    NO("[", 1), NO("]", 0), NO("[1", 2), NO("[1,", 3), NO("[1,]", 3), NO("[,1]", 1), NO("[1,,2]", 3), NO("[1 2]", 3), NO("[1:2]", 2),
    NO("[1}", 2), NO("[]]", 2), NO("[][]", 2), NO("[\"a\"", 4), NO("[1,\n]", 4), NO("{", 1), NO("}", 0), NO("{\"a\"", 4),
    NO("{\"a\":", 5), NO("{\"a\":1", 6), NO("{\"a\":1,", 7), NO("{\"a\":1,}", 7), NO("{,}", 1), NO("{\"a\"}", 4), NO("{\"a\" 1}", 5),
    NO("{\"a\":}", 5), NO("{\"a\"::1}", 5), NO("{a:1}", 1), NO("{1:1}", 1), NO("{'a':1}", 1), NO("{null:1}", 1), NO("{\"a\":1]", 6),
    NO("{\"a\":1 \"b\":2}", 7), NO("{\"a\",1}", 4), NO("{[]:1}", 1), NO("{}{}", 2), NO("{\"a\":1}}", 7), NO("[1]x", 3), NO("...", 0),
    NO("{\"a\":1,\"a\":1}", 7), NO("{\"a\":1, \"b\":2, \"\\u0061\":3}", 15), NO("{\"a\":{\"b\":1,\"b\":2}}", 12), NO("{\"\":1,\"\":2}", 6),
};
/* clang-format on */

static void
check_case(const struct read_case *c)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    const struct json *v = NULL;
    size_t at = 999;
    bool ok = json_parse(a, c->text, &v, &at);

    CHECK_AT(c->line, ok == c->ok);
    CHECK_AT(c->line, ok ? v != NULL && at == 999 : v == NULL && at == c->at);
    CHECK_AT(c->line, peer_reads(c->text, v) == c->peer);
}

#define CHECK_CASES(cases)                                                                         \
    do {                                                                                           \
        for (size_t i_ = 0; i_ < COUNT(cases); i_++) {                                             \
            check_case(&(cases)[i_]);                                                              \
        }                                                                                          \
    } while (0)

TEST(rfc8259_3_literals_space_and_trailing_bytes)
{
    CHECK_CASES(literal_cases);
}

TEST(rfc8259_6_numbers_after_the_grammar)
{
    CHECK_CASES(number_cases);
}

TEST(rfc8259_7_8_strings_escapes_and_utf8)
{
    CHECK_CASES(string_cases);
}

TEST(rfc8259_4_5_objects_arrays_and_distinct_names)
{
    CHECK_CASES(container_cases);
}

/* What is cut short is never taken for a whole, and the fault is where it was cut. */
TEST(rfc8259_2_every_prefix_of_a_text_is_refused)
{
    static const str whole = S_INIT(
        "{\"a\":[true,false,null,-1.5e+10,\"x\\u00e9\\ud83d\\ude00\xe2\x82\xac\"],\"b\":{}}");

    for (size_t n = 0; n <= whole.n; n++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        const struct json *v = NULL;
        size_t at = 0;
        bool ok = json_parse(a, str_head(whole, n), &v, &at);
        cr_expect(ok == (n == whole.n), "prefix of %zu bytes", n);
        cr_expect(ok || (at <= n && at + 6 >= n), "prefix of %zu bytes: fault at %zu", n, at);
    }
}

TEST(what_is_read_is_decoded_and_keeps_its_source)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    static const str text = S_INIT(
        " {\"n\\u0061me\" : [ 1, \"\\ud83d\\ude00\\u20ac\\u00e9\\u0000\\/\" ] , \"x\":{} } ");
    const struct json *v, *list;
    str got;
    int64_t number;

    REQUIRE(json_parse(a, text, &v, NULL));
    EXPECT(v->type == JSON_OBJECT && v->count == 2 && v->name.n == 0 && v->next == NULL);
    EXPECT_STR(v->raw, str_trim(text));
    list = json_get(v, S("name"));
    REQUIRE(list != NULL && list->type == JSON_ARRAY && list->count == 2);
    EXPECT_STR(list->name, S("name"));
    EXPECT_STR(list->raw, S("[ 1, \"\\ud83d\\ude00\\u20ac\\u00e9\\u0000\\/\" ]"));
    EXPECT(json_i64(list->first, &number) && number == 1);
    EXPECT(list->first->name.n == 0 && list->first->next->name.n == 0);
    REQUIRE(json_str(list->first->next, &got));
    EXPECT_STR(got, S("\xf0\x9f\x98\x80\xe2\x82\xac\xc3\xa9\0/"));
    EXPECT_STR(list->first->next->raw, S("\"\\ud83d\\ude00\\u20ac\\u00e9\\u0000\\/\""));
    EXPECT_STR(list->next->name, S("x"));
    EXPECT(list->next->first == NULL && list->next->next == NULL);
}

TEST(a_string_without_escapes_is_a_slice_of_the_text)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    static const str text = S_INIT("[\"plain text\"]");
    const struct json *v;

    REQUIRE(json_parse(a, text, &v, NULL));
    EXPECT(v->first->text.p == text.p + 2);
}

TEST(integers_are_exact_and_nothing_else)
{
    /* clang-format off */
    static const struct { int line; str text; bool ok; int64_t value; } cases[] = {
        { __LINE__, S_INIT("0"), true, 0 }, { __LINE__, S_INIT("-0"), true, 0 }, { __LINE__, S_INIT("-42"), true, -42 },
        { __LINE__, S_INIT("9007199254740993"), true, 9007199254740993 },
        { __LINE__, S_INIT("9223372036854775807"), true, INT64_MAX }, { __LINE__, S_INIT("9223372036854775808"), false, 0 },
        { __LINE__, S_INIT("-9223372036854775808"), true, INT64_MIN }, { __LINE__, S_INIT("-9223372036854775809"), false, 0 },
        { __LINE__, S_INIT("1.0"), false, 0 }, { __LINE__, S_INIT("1e3"), false, 0 }, { __LINE__, S_INIT("99999999999999999999"), false, 0 },
        { __LINE__, S_INIT("\"1\""), false, 0 }, { __LINE__, S_INIT("true"), false, 0 }, { __LINE__, S_INIT("null"), false, 0 },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        const struct json *v;
        int64_t value = -1;
        REQUIRE(json_parse(a, cases[i].text, &v, NULL));
        CHECK_AT(cases[i].line, json_i64(v, &value) == cases[i].ok);
        CHECK_AT(cases[i].line, value == (cases[i].ok ? cases[i].value : -1));
    }
}

TEST(typed_looks_refuse_other_types_and_nothing)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    const struct json *v;
    str text = S("unchanged");
    int64_t number = 5;
    bool truth = true;

    REQUIRE(json_parse(
        a, S("{\"s\":\"x\",\"n\":1,\"t\":true,\"f\":false,\"z\":null,\"a\":[]}"), &v, NULL));
    EXPECT(!json_str(json_get(v, S("n")), &text) && !json_str(NULL, &text) && !json_str(v, &text));
    EXPECT_STR(text, S("unchanged"));
    EXPECT(!json_i64(json_get(v, S("s")), &number) && !json_i64(NULL, &number) && number == 5);
    EXPECT(!json_bool(json_get(v, S("z")), &truth) && !json_bool(NULL, &truth) && truth);
    EXPECT(json_bool(json_get(v, S("f")), &truth) && !truth);
    EXPECT(json_bool(json_get(v, S("t")), &truth) && truth);
    EXPECT(json_str(json_get(v, S("s")), &text));
    EXPECT_STR(text, S("x"));
    EXPECT_STR(json_get_str(v, S("s")), S("x"));
    EXPECT(json_get_str(v, S("n")).n == 0 && json_get_str(v, S("none")).n == 0
           && json_get_str(NULL, S("s")).n == 0);
    EXPECT(json_get(v, S("none")) == NULL && json_get(NULL, S("s")) == NULL);
    EXPECT(json_get(json_get(v, S("a")), S("s")) == NULL
           && json_get(json_get(v, S("s")), S("s")) == NULL);
}

/* Writes n times open, then n times close. */
static str
nested(struct arena *a, const char *open, const char *close, size_t n)
{
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, a, MB(1));
    for (size_t i = 0; i < n; i++) {
        buf_str(&buf, str_from(open));
    }
    for (size_t i = 0; i < n; i++) {
        buf_str(&buf, str_from(close));
    }
    REQUIRE(buf_done(&buf, &text));
    return text;
}

TEST(depth_is_bounded)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(4));
    const struct json *v;
    size_t at = 0;

    EXPECT(json_parse(a, nested(a, "[", "]", JSON_MAX_DEPTH), &v, &at));
    EXPECT(
        !json_parse(a, nested(a, "[", "]", JSON_MAX_DEPTH + 1), &v, &at) && at == JSON_MAX_DEPTH);
    EXPECT(json_parse(a, nested(a, "[{\"a\":", "}]", JSON_MAX_DEPTH / 2 - 1), &v, &at) == false);
    EXPECT(!json_parse(a, nested(a, "[", "]", 100000), &v, &at) && at == JSON_MAX_DEPTH);
    EXPECT(!json_parse(a, nested(a, "{\"a\":", "}", 100000), &v, &at));
}

/* [0,0,...] with n elements. */
static str
zeros(struct arena *a, size_t n)
{
    char *p = arena_alloc(a, 2 * n + 1);

    REQUIRE(p != NULL);
    p[0] = '[';
    for (size_t i = 0; i < n; i++) {
        p[2 * i + 1] = '0';
        p[2 * i + 2] = i + 1 < n ? ',' : ']';
    }
    return (str){p, 2 * n + 1};
}

TEST(the_number_of_values_is_bounded)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(64));
    const struct json *v;
    size_t at = 0;

    REQUIRE(json_parse(a, zeros(a, JSON_MAX_NODES - 1), &v, &at));
    EXPECT(v->count == JSON_MAX_NODES - 1);
    EXPECT(!json_parse(a, zeros(a, JSON_MAX_NODES), &v, &at) && at == 2 * JSON_MAX_NODES - 1);
}

/* {"m0":0,"m1":1,...} with n members; where twice < n, a last one with the name of that number, whose
 * place *ret_at gets. */
static str
members(struct arena *a, size_t n, size_t twice, size_t *ret_at)
{
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, a, MB(8));
    for (size_t i = 0; i < n; i++) {
        buf_fmt(&buf, "%c\"m\\\"%zu\":%zu", i ? ',' : '{', i, i);
    }
    if (twice < n) {
        *ret_at = buf.n + 2;
        buf_fmt(&buf, ", \"m\\u0022%zu\" : {}", twice);
    }
    buf_char(&buf, '}');
    REQUIRE(buf_done(&buf, &text));
    return text;
}

TEST(rfc8259_4_a_repeated_name_is_found_in_small_and_big_objects)
{
    static const size_t sizes[] = {1, 2, 5, 31, 32, 33, 34, 64, 100, 1000};

    for (size_t i = 0; i < COUNT(sizes); i++) {
        const size_t twice[] = {0, sizes[i] / 2, sizes[i] - 1};
        for (size_t k = 0; k < COUNT(twice); k++) {
            AUTO(arena_end) struct arena *a = arena_new(MB(16));
            const struct json *v;
            size_t want = 0, at = 0;
            str text = members(a, sizes[i], twice[k], &want);
            bool ok = json_parse(a, text, &v, &at);
            cr_expect(!ok && at == want, "%zu members, number %zu twice: fault at %zu, not %zu",
                sizes[i], twice[k], at, want);
            ok = json_parse(a, members(a, sizes[i], SIZE_MAX, NULL), &v, &at);
            cr_expect(ok && v->count == sizes[i], "%zu distinct members", sizes[i]);
        }
    }
}

TEST(the_first_of_many_repeated_names_is_reported)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    const struct json *v;
    struct buf buf;
    str text = NO_STR;
    size_t at = 0, want;

    buf_init(&buf, a, KB(64));
    for (int i = 0; i < 40; i++) {
        buf_fmt(&buf, "%c\"m%d\":%d", i ? ',' : '{', i, i);
    }
    want = buf.n + 1;
    buf_lit(&buf, ",\"m39\":0,\"m1\":0,\"m39\":0}");
    REQUIRE(buf_done(&buf, &text));
    EXPECT(!json_parse(a, text, &v, &at) && at == want);
}

/* A hundred thousand members, all of whose names share hash and length, are read as fast as others:
 * were each compared with all before, this would take minutes. */
TEST(a_big_object_costs_no_square)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(64));
    const struct json *v;
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, a, MB(8));
    for (int i = 0; i < JSON_MAX_NODES - 1; i++) {
        buf_fmt(&buf, "%c\"a%06dz\":0", i ? ',' : '{', JSON_MAX_NODES - i);
    }
    buf_char(&buf, '}');
    REQUIRE(buf_done(&buf, &text) && json_parse(a, text, &v, NULL));
    EXPECT(v->count == JSON_MAX_NODES - 1);
}

TEST(an_arena_too_small_refuses_cleanly)
{
    AUTO(arena_end) struct arena *room = arena_new(MB(1));
    str text = members(room, 100, SIZE_MAX, NULL);

    for (size_t max = 0; max < KB(32); max += 512) {
        AUTO(arena_end) struct arena *a = arena_new(max);
        const struct json *v = NULL;
        bool ok = json_parse(a, text, &v, NULL);
        cr_expect(ok == (v != NULL) && ok == !arena_failed(a), "arena of %zu bytes", max);
    }
}

/* Fails allocation number n for every n until none is left to fail. */
TEST(torture_every_allocation_may_fail)
{
    AUTO(arena_end) struct arena *room = arena_new(MB(1));
    str text = members(room, 600, SIZE_MAX, NULL);
    bool ok = false;
    long n = 0;

    for (; !ok && n < 10000; n++) {
        const struct json *v = NULL;
        arena_fail_after(n);
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        ok = a != NULL && json_parse(a, text, &v, NULL);
        arena_fail_after(-1);
        cr_expect(ok == (v != NULL), "allocation %ld", n);
    }
    EXPECT(ok && n > 600); /* an arena, runs of nodes, 600 escaped names, the sorting */
}

static void
check_vector(struct arena *a, const char *name, str text)
{
    const struct json *v = NULL;
    bool ok = json_parse(a, text, &v, NULL);

    cr_expect(ok == str_starts(str_from(name), S("accept_")), "%s", name);
    cr_expect((peer_reads(text, v) == PEER_AGREES) == ok, "%s: jansson", name);
}

TEST(documents_of_test_vectors_json)
{
    EXPECT(json_vectors(check_vector) >= 10);
}
