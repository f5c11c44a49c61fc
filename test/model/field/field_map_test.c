/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT field_map
#include "field_sample.h"

#define ID1 "11111111-1111-4111-8111-111111111111"
#define ID2 "aaaaaaaa-2222-4222-8222-222222222222"
#define ID3 "cccccccc-3333-4333-8333-333333333333"

struct item {
    struct uuid key;
    bool enabled;
    str note, secret;
    struct field_texts tags;
};
struct word {
    str key, note;
};
struct maps {
    struct field_list items, words;
};
/* clang-format off */
static const struct field item_rows[] = {
    {"enabled", FIELD_BOOL,   FIELD_AT(struct item, enabled)},
    {"note",    FIELD_TEXT,   FIELD_AT(struct item, note), FIELD_REQUIRED, 0, 20},
    {"secret",  FIELD_SECRET, FIELD_AT(struct item, secret), FIELD_KEEP_ON_PUT},
    {"tags",    FIELD_TEXTS,  FIELD_AT(struct item, tags)},
};
static const struct field_table item_table = FIELD_TABLE("MapItem", item_rows, struct item, NULL);
static const struct field word_rows[] = {
    {"note",    FIELD_TEXT,   FIELD_AT(struct word, note)},
};
static const struct field_table word_table = FIELD_TABLE("MapWord", word_rows, struct word, NULL);
static const struct field rows[] = {
    {"items", FIELD_UUID_MAP, FIELD_AT(struct maps, items), 0, 0, 3, .more.table = &item_table},
    {"words", FIELD_MAP,      FIELD_AT(struct maps, words), .more.table = &word_table},
};
static const struct field_table table = FIELD_TABLE("Maps", rows, struct maps, NULL);
/* clang-format on */

static bool
read_maps(struct bench *b, enum field_mode mode, const char *text, struct maps *maps)
{
    b->faults = (struct field_faults){0};
    return field_read(&b->reader, &table, mode, parse(b, str_from(text)), S("it"), maps);
}

static void
is_written(struct bench *b, const struct maps *maps, const char *want)
{
    EXPECT_STR(written(b, &table, FIELD_FOR_STORE, maps), str_from(want));
}

TEST(a_map_is_kept_in_the_order_of_its_keys)
{
    struct bench *b = bench_new();
    struct maps maps, other;
    const char *text = "{\"items\":{\"" ID1 "\":{\"note\":\"one\"},\"" ID2
                       "\":{\"enabled\":true,\"note\":\"two\"}},"
                       "\"words\":{\"a\":{},\"b\":{\"note\":\"x\"}}}";

    REQUIRE(read_maps(b, FIELD_CREATE,
        "{\"words\":{\"b\":{\"note\":\"x\"},\"a\":{}},"
        "\"items\":{\"AAAAAAAA-2222-4222-8222-222222222222\":{\"note\":\"two\",\"enabled\":true},"
        "\"" ID1 "\":{\"note\":\"one\"}}}",
        &maps));
    is_written(b, &maps, text);
    REQUIRE(read_maps(b, FIELD_STORED, text, &other));
    is_written(b, &other, text);
    REQUIRE(read_maps(b, FIELD_CREATE, "{}", &other));
    is_written(b, &other, "{}");
    EXPECT_STR(written(b, &table, FIELD_FOR_API, &other), S("{\"items\":{},\"words\":{}}"));
    bench_end(b);
}

TEST(a_key_finds_its_item)
{
    struct bench *b = bench_new();
    struct maps maps;
    struct uuid id;
    const struct item *item;
    str word = S("b");

    REQUIRE(read_maps(b, FIELD_CREATE,
        "{\"items\":{\"" ID3 "\":{\"note\":\"3\"},\"" ID1 "\":{\"note\":\"1\"}},"
        "\"words\":{\"c\":{},\"b\":{},\"a\":{}}}",
        &maps));
    REQUIRE(uuid_parse(S(ID3), &id));
    item = field_map_find(&rows[0], &maps.items, &id);
    REQUIRE(item != NULL);
    EXPECT_STR(item->note, S("3"));
    REQUIRE(uuid_parse(S(ID2), &id));
    EXPECT(field_map_find(&rows[0], &maps.items, &id) == NULL);
    EXPECT(field_map_find(&rows[1], &maps.words, &word) != NULL);
    word = S("d");
    EXPECT(field_map_find(&rows[1], &maps.words, &word) == NULL);
    bench_end(b);
}

TEST(what_is_no_map_of_objects_is_refused)
{
    static const struct {
        int line;
        const char *body, *faults;
    } cases[] = {
        {__LINE__, "{\"items\":[]}", "[invalidJSON]it.items"},
        {__LINE__, "{\"items\":\"x\"}", "[invalidJSON]it.items"},
        {__LINE__, "{\"items\":{\"x\":{\"note\":\"a\"}}}", "[invalidJSON]it.items.x"},
        {__LINE__, "{\"items\":{\"00000000-0000-0000-0000-000000000000\":{\"note\":\"a\"}}}",
            "[invalidJSON]it.items.00000000-0000-0000-0000-000000000000"},
        {__LINE__, "{\"items\":{\"" ID1 "\":3}}", "[invalidJSON]it.items." ID1},
        {__LINE__, "{\"items\":{\"" ID1 "\":{}}}", "[blank]it.items." ID1 ".note"},
        {__LINE__, "{\"items\":{\"" ID1 "\":{\"note\":\"a\",\"x\":1}}}",
            "[unknown]it.items." ID1 ".x"},
        {__LINE__, "{\"words\":{\"\":{}}}", "[invalid]it.words."},
        {__LINE__, "{\"words\":{\"a\\u0007\":{}}}", "[invalid]it.words.a?"},
        {__LINE__, "{\"words\":{\"a\":{\"note\":1},\"b\":{\"note\":2}}}",
            "[invalidJSON]it.words.a.note [invalidJSON]it.words.b.note"},
        {__LINE__, "{\"words\":{\"a\":null}}", NULL},
        {__LINE__,
            "{\"items\":{\"" ID1 "\":null,\"" ID2 "\":null,\"" ID3 "\":null,"
            "\"11111111-1111-4111-8111-111111111112\":null}}",
            "[tooMany]it.items"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench *b = bench_new();
        struct maps maps;
        CHECK_AT(cases[i].line,
            read_maps(b, FIELD_CREATE, cases[i].body, &maps) == (cases[i].faults == NULL));
        EXPECT_STR(fault_list(b), str_from(cases[i].faults));
        bench_end(b);
    }
}

static struct maps
three(struct bench *b)
{
    struct maps maps;

    REQUIRE(read_maps(b, FIELD_CREATE,
        "{\"items\":{\"" ID1 "\":{\"note\":\"one\",\"secret\":\"s1\",\"tags\":[\"a\"]},\"" ID2
        "\":{\"note\":\"two\"}}}",
        &maps));
    return maps;
}

TEST(a_put_replaces_the_map_and_keeps_the_secrets_of_its_keys)
{
    struct bench *b = bench_new();
    struct maps maps = three(b);

    REQUIRE(read_maps(b, FIELD_REPLACE,
        "{\"items\":{\"" ID1 "\":{\"note\":\"new\"},\"" ID3 "\":{\"note\":\"3\"}}}", &maps));
    is_written(b, &maps,
        "{\"items\":{\"" ID1 "\":{\"note\":\"new\",\"secret\":\"s1\"},\"" ID3
        "\":{\"note\":\"3\"}}}");
    REQUIRE(read_maps(b, FIELD_REPLACE, "{}", &maps));
    is_written(b, &maps, "{}");
    bench_end(b);
}

TEST(rfc7396_a_patch_merges_by_key_and_null_takes_away)
{
    static const struct {
        int line;
        enum field_mode mode;
        const char *tags;
    } cases[] = {
        {__LINE__, FIELD_PATCH, "[\"b\"]"},
        {__LINE__, FIELD_PATCH_APPEND, "[\"a\",\"b\"]"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench *b = bench_new();
        struct maps old = three(b), maps = old;
        for (int twice = 0; twice < 2; twice++) {
            REQUIRE(read_maps(b, cases[i].mode,
                "{\"items\":{\"" ID3 "\":{\"note\":\"3\"},\"" ID2 "\":null,\"" ID1
                "\":{\"tags\":[\"b\"]}}}",
                &maps));
            is_written(b, &maps,
                str_z(b->arena, str_fmt(b->arena,
                                    "{\"items\":{\"" ID1
                                    "\":{\"note\":\"one\",\"secret\":\"s1\",\"tags\":%s},\"" ID3
                                    "\":{\"note\":\"3\"}}}",
                                    cases[i].tags)));
        }
        EXPECT(old.items.count == 2);
        EXPECT(!read_maps(b, cases[i].mode,
            "{\"items\":{\"" ID2 "\":{\"note\":\"2\"},\"11111111-1111-4111-8111-111111111112\":"
            "{\"note\":\"4\"}}}",
            &maps));
        EXPECT_STR(fault_list(b), S("[tooMany]it.items"));
        REQUIRE(read_maps(b, cases[i].mode, "{\"items\":null}", &maps));
        is_written(b, &maps, "{}");
        bench_end(b);
    }
}

TEST(a_difference_is_told_by_key)
{
    struct bench *b = bench_new();
    struct maps before = three(b), after = before;
    struct json_out out;
    struct buf buf;
    str text;

    REQUIRE(read_maps(b, FIELD_PATCH,
        "{\"items\":{\"" ID3 "\":{\"note\":\"3\",\"secret\":\"LEAK\"},\"" ID2 "\":null,\"" ID1
        "\":{\"note\":\"new\"}}}",
        &after));
    buf_init(&buf, b->arena, KB(4));
    json_out_init(&out, &buf);
    EXPECT(field_diff(&table, &before, &after, b->arena, &out));
    REQUIRE(buf_done(&buf, &text));
    EXPECT_STR(text, S("[{\"path\":\"items." ID1 ".note\",\"old\":\"one\",\"new\":\"new\"},"
                       "{\"path\":\"items." ID2 "\",\"old\":{\"enabled\":false,\"note\":\"two\","
                       "\"tags\":[]},\"new\":null},"
                       "{\"path\":\"items." ID3 "\",\"old\":null,\"new\":{\"enabled\":false,"
                       "\"note\":\"3\",\"secret\":\"***\",\"tags\":[]}}]"));
    buf_init(&buf, b->arena, KB(4));
    json_out_init(&out, &buf);
    EXPECT(!field_diff(&table, &after, &after, b->arena, &out));
    bench_end(b);
}

TEST(a_schema_names_what_the_members_are)
{
    struct bench *b = bench_new();
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, b->arena, KB(4));
    json_out_init(&out, &buf);
    field_schema(&table, NULL, NULL, &out);
    REQUIRE(buf_done(&buf, &text));
    EXPECT(has(text, "\"items\":{\"type\":\"object\",\"propertyNames\":{\"format\":\"uuid\"},"
                     "\"additionalProperties\":{\"$ref\":\"#/components/schemas/"
                     "MapItem\"},\"maxProperties\":3}"));
    EXPECT(has(text, "\"words\":{\"type\":\"object\",\"additionalProperties\":{\"$ref\":"
                     "\"#/components/schemas/MapWord\"},\"maxProperties\":1000}"));
    bench_end(b);
}
