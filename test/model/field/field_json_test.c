/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT field_json
#include "field_sample.h"

TEST(any_object_is_kept_as_compact_text)
{
    static const struct {
        int line;
        const char *value, *kept; /* NULL: refused */
    } rows[] = {
        {__LINE__, "{}", ""},
        {__LINE__, " { \"b\" : [ 1 , null , 1.50 ] , \"a\" : { } } ",
            "{\"b\":[1,null,1.50],\"a\":{}}"},
        {__LINE__, "{\"\\u0061\":\"\\u00e9\\n\"}", "{\"a\":\"\xc3\xa9\\n\"}"},
        {__LINE__, "[]", NULL},
        {__LINE__, "\"{}\"", NULL},
        {__LINE__, "7", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench *b = bench_new();
        struct sample s;
        str text = str_fmt(b->arena, "{\"name\":\"Ann\",\"data\":%s}", rows[i].value);
        CHECK_AT(rows[i].line, read_sample(b, FIELD_CREATE, text, &s) == (rows[i].kept != NULL));
        CHECK_AT(rows[i].line, str_eq(s.data, str_from(rows[i].kept)));
        CHECK_AT(
            rows[i].line, str_eq(fault_list(b), rows[i].kept ? NO_STR : S("[invalidJSON]it.data")));
        bench_end(b);
    }
}

TEST(its_length_is_bounded)
{
    for (int n = 180; n < 200; n++) {
        struct bench *b = bench_new();
        struct sample s;
        str text = str_fmt(b->arena, "{\"name\":\"Ann\",\"data\": {\"k\": \"%0*d\"}}", n, 0);
        bool fits = n + 8 <= 200; /* {"k":""} */
        EXPECT(read_sample(b, FIELD_CREATE, text, &s) == fits);
        EXPECT_STR(fault_list(b), fits ? NO_STR : S("[tooLong]it.data"));
        bench_end(b);
    }
}

/* Appendix A as far as the target is an object and the patch too; other patches are no data. */
TEST(rfc7396_a_patch_merges)
{
    static const struct {
        int line;
        const char *old, *patch, *result;
    } rows[] = {
        {__LINE__, "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {__LINE__, "{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
        {__LINE__, "{\"a\":\"b\"}", "{\"a\":null}", ""},
        {__LINE__, "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
        {__LINE__, "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {__LINE__, "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
        {__LINE__, "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
            "{\"a\":{\"b\":\"d\"}}"},
        {__LINE__, "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
        {__LINE__, "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
        {__LINE__, "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
        {__LINE__, "{\"a\":1}", "{}", "{\"a\":1}"},
        {__LINE__, "{\"a\":7}", "{\"a\":{\"b\":null,\"c\":1}}", "{\"a\":{\"c\":1}}"},
    };
    static const enum field_mode modes[] = {FIELD_PATCH, FIELD_PATCH_APPEND};

    for (size_t i = 0; i < COUNT(rows) * COUNT(modes); i++) {
        size_t row = i / COUNT(modes);
        struct bench *b = bench_new();
        struct sample s;
        REQUIRE(read_sample(b, FIELD_CREATE,
            str_fmt(b->arena, "{\"name\":\"Ann\",\"data\":%s}", rows[row].old), &s));
        CHECK_AT(rows[row].line, read_sample(b, modes[i % COUNT(modes)],
                                     str_fmt(b->arena, "{\"data\":%s}", rows[row].patch), &s));
        CHECK_AT(rows[row].line, str_eq(s.data, str_from(rows[row].result)));
        bench_end(b);
    }
}

TEST(a_put_replaces_and_a_null_empties)
{
    struct bench *b = bench_new();
    struct sample s;

    REQUIRE(read_sample(b, FIELD_CREATE, S("{\"name\":\"Ann\",\"data\":{\"a\":1}}"), &s));
    REQUIRE(read_sample(b, FIELD_REPLACE, S("{\"name\":\"Ann\",\"data\":{\"b\":1}}"), &s));
    EXPECT_STR(s.data, S("{\"b\":1}"));
    REQUIRE(read_sample(b, FIELD_PATCH, S("{\"data\":null}"), &s));
    EXPECT(s.data.n == 0);
    REQUIRE(read_sample(b, FIELD_PATCH, S("{\"data\":{\"c\":null,\"d\":1}}"), &s));
    EXPECT_STR(s.data, S("{\"d\":1}"));
    bench_end(b);
}

TEST(a_merge_may_not_grow_over_the_limit)
{
    struct bench *b = bench_new();
    struct sample s;

    REQUIRE(read_sample(b, FIELD_CREATE,
        str_fmt(b->arena, "{\"name\":\"Ann\",\"data\":{\"a\":\"%0150d\"}}", 0), &s));
    EXPECT(!read_sample(b, FIELD_PATCH, str_fmt(b->arena, "{\"data\":{\"b\":\"%0150d\"}}", 0), &s));
    EXPECT_STR(fault_list(b), S("[tooLong]it.data"));
    EXPECT(read_sample(
        b, FIELD_PATCH, str_fmt(b->arena, "{\"data\":{\"a\":null,\"b\":\"%0150d\"}}", 0), &s));
    bench_end(b);
}

TEST(a_patch_longer_than_the_limit_is_refused_unread)
{
    struct bench *b = bench_new();
    struct sample s;

    REQUIRE(read_sample(b, FIELD_CREATE, S("{\"name\":\"Ann\",\"data\":{\"a\":1}}"), &s));
    EXPECT(!read_sample(b, FIELD_PATCH, str_fmt(b->arena, "{\"data\":{\"%0200d\":null}}", 0), &s));
    EXPECT_STR(fault_list(b), S("[tooLong]it.data"));
    bench_end(b);
}

TEST(a_merge_of_thousands_of_members_is_refused)
{
    struct bench *b = bench_new();
    struct sample s;
    struct buf buf;
    str text;

    for (int members = FIELD_MAX_ITEMS; members <= FIELD_MAX_ITEMS + 1; members++) {
        buf_init(&buf, b->arena, MB(1));
        buf_lit(&buf, "{\"name\":\"Ann\",\"labels\":{");
        for (int i = 0; i < members; i++) {
            buf_fmt(&buf, "%s\"k%d\":\"\"", i ? "," : "", i);
        }
        buf_lit(&buf, "}}");
        REQUIRE(buf_done(&buf, &text));
        REQUIRE(read_sample(b, FIELD_CREATE, text, &s));
        EXPECT(read_sample(b, FIELD_PATCH, text, &s) == (members == FIELD_MAX_ITEMS));
    }
    EXPECT_STR(fault_list(b), S("[tooMany]it.labels"));
    bench_end(b);
}

TEST(a_text_map_holds_texts_only)
{
    static const struct {
        int line;
        enum field_mode mode;
        const char *value, *kept, *faults;
    } rows[] = {
        {__LINE__, FIELD_CREATE, "{\"a\":\"x\",\"b\":\"\"}", "{\"a\":\"x\",\"b\":\"\"}", NULL},
        {__LINE__, FIELD_CREATE, "{\"a\":1,\"b\":\"x\",\"c\":{}}", "",
            "[invalidJSON]it.labels.a [invalidJSON]it.labels.c"},
        {__LINE__, FIELD_CREATE, "{\"a\":null}", "", "[invalidJSON]it.labels.a"},
        {__LINE__, FIELD_CREATE, "[]", "", "[invalidJSON]it.labels"},
        {__LINE__, FIELD_PATCH, "{\"old\":null,\"n\":\"1\"}", "{\"n\":\"1\"}", NULL},
        {__LINE__, FIELD_PATCH, "{\"n\":\"1\"}", "{\"old\":\"x\",\"n\":\"1\"}", NULL},
        {__LINE__, FIELD_PATCH, "{\"n\":true}", "{\"old\":\"x\"}", "[invalidJSON]it.labels.n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench *b = bench_new();
        struct sample s;
        if (rows[i].mode == FIELD_PATCH) {
            REQUIRE(read_sample(
                b, FIELD_CREATE, S("{\"name\":\"Ann\",\"labels\":{\"old\":\"x\"}}"), &s));
        }
        str text = str_fmt(b->arena, "{\"name\":\"Ann\",\"labels\":%s}", rows[i].value);
        CHECK_AT(rows[i].line, read_sample(b, rows[i].mode, text, &s) == (rows[i].faults == NULL));
        CHECK_AT(rows[i].line, str_eq(s.labels, str_from(rows[i].kept)));
        CHECK_AT(rows[i].line, str_eq(fault_list(b), str_from(rows[i].faults)));
        bench_end(b);
    }
}
