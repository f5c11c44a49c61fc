/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT field_diff
#include "field_sample.h"

static bool
diff(struct bench *b, const struct sample *before, const struct sample *after, str *ret)
{
    struct json_out out;
    struct buf buf;
    bool differs;

    buf_init(&buf, b->arena, MB(1));
    json_out_init(&out, &buf);
    differs = field_diff(&sample_table, before, after, b->arena, &out);
    REQUIRE(buf_done(&buf, ret));
    parse(b, *ret);
    return differs;
}

TEST(each_difference_is_named_with_both_values)
{
    static const struct {
        int line;
        const char *change, *differences;
    } rows[] = {
        {__LINE__, "{}", ""},
        {__LINE__, "{\"name\":\"Bob\"}", "{\"path\":\"name\",\"old\":\"Ann\",\"new\":\"Bob\"}"},
        {__LINE__, "{\"note\":\"\"}", "{\"path\":\"note\",\"old\":\"empty note\",\"new\":null}"},
        {__LINE__, "{\"size\":8,\"debug\":true}",
            "{\"path\":\"debug\",\"old\":false,\"new\":true},{\"path\":\"size\",\"old\":7,\"new\":"
            "8}"},
        {__LINE__, "{\"color\":\"Red\",\"shade\":\"Red\"}",
            "{\"path\":\"color\",\"old\":\"Green\",\"new\":\"Red\"},"
            "{\"path\":\"shade\",\"old\":null,\"new\":\"Red\"}"},
        {__LINE__, "{\"tags\":[\"a\",\"b\"]}",
            "{\"path\":\"tags\",\"old\":[],\"new\":[\"a\",\"b\"]}"},
        {__LINE__, "{\"data\":{\"x\":1}}", "{\"path\":\"data\",\"old\":null,\"new\":{\"x\":1}}"},
        {__LINE__, "{\"limits\":{\"count\":1,\"mainKey\":{\"name\":\"m\",\"added\":3}}}",
            "{\"path\":\"limits.count\",\"old\":0,\"new\":1},"
            "{\"path\":\"limits.mainKey.name\",\"old\":null,\"new\":\"m\"},"
            "{\"path\":\"limits.mainKey.added\",\"old\":null,\"new\":3}"},
        {__LINE__,
            "{\"keys\":[{\"name\":\"k1\",\"added\":9},{\"name\":\"k2\",\"secret\":\"LEAK\"}]}",
            "{\"path\":\"keys[0].added\",\"old\":null,\"new\":9},"
            "{\"path\":\"keys[1]\",\"old\":null,\"new\":{\"name\":\"k2\",\"secret\":\"***\"}}"},
        {__LINE__, "{\"keys\":[]}",
            "{\"path\":\"keys[0]\",\"old\":{\"name\":\"k1\"},\"new\":null}"},
        {__LINE__, "{\"secret\":\"LEAK\",\"hidden\":\"LEAK\",\"password\":\"LEAK\"}",
            "{\"path\":\"secret\",\"old\":null,\"new\":\"***\"},"
            "{\"path\":\"hidden\",\"old\":null,\"new\":\"***\"},"
            "{\"path\":\"password\",\"old\":null,\"new\":\"***\"}"},
        {__LINE__, "{\"email\":\"LEAK@b.c\",\"birthDate\":null}",
            "{\"path\":\"email\",\"old\":\"***\",\"new\":\"***\"},"
            "{\"path\":\"birthDate\",\"old\":\"***\",\"new\":null}"},
        {__LINE__, "{\"limits\":{\"token\":\"LEAK\"}}",
            "{\"path\":\"limits.token\",\"old\":null,\"new\":\"***\"}"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench *b = bench_new();
        struct sample before, after;
        str text, want = str_fmt(b->arena, "[%s]", rows[i].differences);
        REQUIRE(read_sample(b, FIELD_CREATE,
            S("{\"name\":\"Ann\",\"email\":\"LEAK@a\",\"birthDate\":\"2001-12-31\",\"keys\":[{"
              "\"name\":\"k1\"}]}"),
            &before));
        after = before;
        REQUIRE(read_sample(b, FIELD_PATCH, str_from(rows[i].change), &after));
        CHECK_AT(rows[i].line, diff(b, &before, &after, &text) == (want.n > 2));
        CHECK_AT(rows[i].line, str_eq(text, want));
        CHECK_AT(rows[i].line, !has(text, "LEAK") && !has(text, "2001"));
        bench_end(b);
    }
}

struct person {
    struct sample_key key;
    struct field_list keys;
    struct field_texts names;
    bool is_adult;
    str data;
};

TEST(all_within_a_personal_object_is_hidden)
{
    static const struct field rows[] = {
        {"key", FIELD_OBJECT, FIELD_AT(struct person, key), FIELD_PERSONAL,
            .more.table = &sample_key_table},
        {"keys", FIELD_OBJECTS, FIELD_AT(struct person, keys), FIELD_PERSONAL,
            .more.table = &sample_key_table},
        {"names", FIELD_TEXTS, FIELD_AT(struct person, names), FIELD_PERSONAL},
        {"adult", FIELD_BOOL, FIELD_AT(struct person, is_adult), FIELD_PERSONAL},
        {"data", FIELD_JSON, FIELD_AT(struct person, data), FIELD_PERSONAL},
    };
    static const struct field_table table = FIELD_TABLE("Person", rows, struct person, NULL);
    struct bench *b = bench_new();
    struct person before, after;
    struct json_out out;
    struct buf buf;
    str text;

    field_defaults(b->arena, &table, &before);
    REQUIRE(field_read(&b->reader, &table, FIELD_CREATE,
        parse(
            b, S("{\"key\":{\"name\":\"LEAK\",\"added\":31337},\"names\":[\"LEAK\"],\"adult\":true,"
                 "\"keys\":[{\"name\":\"LEAK\",\"added\":31337}],\"data\":{\"x\":\"LEAK\"}}")),
        NO_STR, &after));
    buf_init(&buf, b->arena, KB(4));
    json_out_init(&out, &buf);
    EXPECT(field_diff(&table, &before, &after, b->arena, &out));
    field_write(&table, FIELD_FOR_AUDIT, &after, &out);
    REQUIRE(buf_done(&buf, &text));
    EXPECT(!has(text, "LEAK") && !has(text, "31337") && !has(text, "true"));
    EXPECT(has(text, "{\"path\":\"key.name\",\"old\":null,\"new\":\"***\"}"));
    EXPECT(has(
        text, "{\"path\":\"keys[0]\",\"old\":null,\"new\":{\"name\":\"***\",\"added\":\"***\"}}"));
    EXPECT(has(text, "{\"path\":\"adult\",\"old\":\"***\",\"new\":\"***\"}"));
    bench_end(b);
}

TEST(a_failing_arena_is_survived)
{
    for (long failing = 0; failing < 20; failing++) {
        struct bench *b = bench_new();
        struct sample before, after;
        struct json_out out;
        struct buf buf;
        REQUIRE(read_sample(b, FIELD_CREATE, S("{\"name\":\"Ann\"}"), &before));
        REQUIRE(read_sample(
            b, FIELD_CREATE, S("{\"name\":\"Bob\",\"keys\":[{\"name\":\"k\"}]}"), &after));
        buf_init(&buf, b->arena, KB(4));
        json_out_init(&out, &buf);
        arena_fail_after(failing);
        EXPECT(field_diff(&sample_table, &before, &after, b->arena, &out));
        arena_fail_after(-1);
        EXPECT(buf.failed == arena_failed(b->arena) || failing > 0);
        bench_end(b);
    }
}
