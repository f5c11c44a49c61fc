/* SPDX-License-Identifier: Apache-2.0 */
/* json_out.c: commas, escapes, bounds, and that what was read is written the same. */
#define UNIT json_out
#include "test/unit.h"

#include "codec/json.h"
#include "test/codec/json_vectors.h"

struct fixture {
    struct arena *arena;
    struct buf buf;
    struct json_out out;
};

static struct fixture *
fixture(struct arena *a, size_t max)
{
    struct fixture *f = ARENA_NEW(a, struct fixture);

    REQUIRE(f != NULL);
    buf_init(&f->buf, a, max);
    json_out_init(&f->out, &f->buf);
    return f;
}

static str
written(struct fixture *f)
{
    str text = NO_STR;

    REQUIRE(buf_done(&f->buf, &text));
    return text;
}

TEST(members_without_a_value_are_left_out_when_only_given_ones_are_put)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    struct fixture *f = fixture(a, KB(4));
    const struct uuid id = {.b = {1}}, none = {{0}};

    json_out_object(&f->out);
    json_put_given(&f->out, S("a"), NO_STR);
    json_put_given(&f->out, S("b"), S("x"));
    json_put_given_id(&f->out, S("c"), none);
    json_put_given_id(&f->out, S("d"), id);
    json_put_id(&f->out, S("e"), none);
    json_out_object_end(&f->out);
    EXPECT_STR(written(f), S("{\"b\":\"x\",\"d\":\"01000000-0000-0000-0000-000000000000\","
                             "\"e\":\"00000000-0000-0000-0000-000000000000\"}"));
}

TEST(commas_stand_between_values_only)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    struct fixture *f = fixture(a, KB(4));

    json_out_object(&f->out);
    json_put_str(&f->out, S("s"), S("x"));
    json_put_i64(&f->out, S("i"), INT64_MIN);
    json_put_bool(&f->out, S("b"), false);
    json_put_raw(&f->out, S("r"), S("[ 1 ]"));
    json_out_name(&f->out, S("a"));
    json_out_array(&f->out);
    json_out_null(&f->out);
    json_out_bool(&f->out, true);
    json_out_object(&f->out);
    json_out_object_end(&f->out);
    json_out_array(&f->out);
    json_out_array_end(&f->out);
    json_out_str(&f->out, S(""));
    json_out_i64(&f->out, 0);
    json_out_raw(&f->out, S("{}"));
    json_out_array_end(&f->out);
    json_put_str(&f->out, S("\n"), S("\n"));
    json_put_str(&f->out, S(""), NO_STR);
    json_out_object_end(&f->out);
    EXPECT_STR(written(f), S("{\"s\":\"x\",\"i\":-9223372036854775808,\"b\":false,\"r\":[ 1 "
                             "],\"a\":[null,true,{},[],\"\",0,{}],"
                             "\"\\n\":\"\\n\",\"\":\"\"}"));
}

TEST(rfc8259_7_escapes_what_it_must_and_nothing_else)
{
    /* clang-format off */
    static const struct { int line; str in, want; } cases[] = {
        { __LINE__, S_INIT(""), S_INIT("\"\"") },
        { __LINE__, S_INIT("a/b<c>&'d"), S_INIT("\"a/b<c>&'d\"") },
        { __LINE__, S_INIT("\"\\"), S_INIT("\"\\\"\\\\\"") },
        { __LINE__, S_INIT("\b\f\n\r\t"), S_INIT("\"\\b\\f\\n\\r\\t\"") },
        { __LINE__, S_INIT("\0\x01\x0b\x1f\x7f"), S_INIT("\"\\u0000\\u0001\\u000b\\u001f\x7f\"") },
        { __LINE__, S_INIT("\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80"), S_INIT("\"\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\"") },
        { __LINE__, S_INIT("1234567\"12345678\"123456789"), S_INIT("\"1234567\\\"12345678\\\"123456789\"") },
        { __LINE__, S_INIT("\xff" "a\xc3"), S_INIT("\"\xef\xbf\xbd" "a\xef\xbf\xbd\"") },
        { __LINE__, S_INIT("\xed\xa0\x80"), S_INIT("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"") },
        { __LINE__, S_INIT("\xc0\xaf"), S_INIT("\"\xef\xbf\xbd\xef\xbf\xbd\"") },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct fixture *f = fixture(a, KB(4));
        const struct json *v;
        json_out_str(&f->out, cases[i].in);
        CHECK_AT(cases[i].line, str_eq(written(f), cases[i].want));
        CHECK_AT(cases[i].line, json_parse(a, written(f), &v, NULL));
    }
}

/* Every byte, alone and at every place of a word of eight, comes back as it was. */
TEST(every_ascii_byte_survives_writing_and_reading)
{
    for (int c = 0; c < 128; c++) {
        for (size_t place = 0; place < 20; place++) {
            AUTO(arena_end) struct arena *a = arena_new(KB(64));
            struct fixture *f = fixture(a, KB(4));
            const struct json *v;
            char text[20];
            memset(text, 'x', sizeof text);
            text[place] = (char)c;
            json_out_str(&f->out, (str){text, sizeof text});
            REQUIRE(json_parse(a, written(f), &v, NULL));
            cr_expect(str_eq(v->text, (str){text, sizeof text}), "byte %d at %zu", c, place);
        }
    }
}

static void
check_written(struct arena *a, const char *name, str text)
{
    struct fixture *f = fixture(a, KB(64));
    const struct json *v, *again;

    if (!json_parse(a, text, &v, NULL)) {
        return;
    }
    json_out_value(&f->out, v);
    cr_expect(json_parse(a, written(f), &again, NULL) && json_same(v, again), "%s", name);
    str first = written(f);
    f = fixture(a, KB(64));
    json_out_value(&f->out, again);
    cr_expect(str_eq(written(f), first), "%s: written twice", name);
}

TEST(what_was_read_is_written_the_same)
{
    EXPECT(json_vectors(check_written) >= 10);
}

TEST(numbers_keep_their_writing)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    struct fixture *f = fixture(a, KB(4));
    const struct json *v;

    REQUIRE(json_parse(a, S(" [ 1.50 , -0 , 1E+2 , 123456789012345678901234567890 ] "), &v, NULL));
    json_out_value(&f->out, v);
    EXPECT_STR(written(f), S("[1.50,-0,1E+2,123456789012345678901234567890]"));
}

/* The maximum holds to the byte, and the failure sticks. */
TEST(output_is_bounded)
{
    for (size_t max = 0; max <= 24; max++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct fixture *f = fixture(a, max);
        str text;
        json_out_object(&f->out);
        json_put_str(&f->out, S("abc"), S("d\n\xff"));
        json_put_i64(&f->out, S("e"), 7);
        json_out_object_end(&f->out);
        cr_expect(buf_done(&f->buf, &text) == (max >= 22), "maximum %zu", max);
    }
}
