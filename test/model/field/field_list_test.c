/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT field_list
#include "field_sample.h"

#define ID1 "11111111-1111-4111-8111-111111111111"
#define ID2 "22222222-2222-4222-8222-222222222222"

TEST(each_kind_of_item_accepts_and_refuses)
{
    static const struct {
        int line;
        const char *member, *faults;
    } rows[] = {
        {__LINE__, "\"tags\":[]", NULL},
        {__LINE__, "\"tags\":[\"a\",\"a\"]", NULL},
        {__LINE__, "\"tags\":[\"\"]", "[tooShort]it.tags[0]"},
        {__LINE__, "\"tags\":[\"a\",\"12345678901\"]", "[tooLong]it.tags[1]"},
        {__LINE__, "\"tags\":[\"a\\u0007\",7,null]",
            "[invalid]it.tags[0] [invalidJSON]it.tags[1] [invalidJSON]it.tags[2]"},
        {__LINE__, "\"tags\":\"a\"", "[invalidJSON]it.tags"},
        {__LINE__, "\"tags\":{}", "[invalidJSON]it.tags"},
        {__LINE__, "\"urls\":[\"https://a.example\",\"x:y\"]", NULL},
        {__LINE__, "\"urls\":[\"https://a.example\",\"/y\"]", "[invalidURL]it.urls[1]"},
        {__LINE__, "\"urls\":[\"\"]", "[invalidURL]it.urls[0]"},
        {__LINE__, "\"grants\":[\"device\",\"code\"]", NULL},
        {__LINE__, "\"grants\":[]", NULL},
        {__LINE__, "\"grants\":[\"device\",\"code\",\"device\"]", "[duplicate]it.grants[2]"},
        {__LINE__, "\"grants\":[\"Device\"]", "[invalid]it.grants[0]"},
        {__LINE__, "\"people\":[\"" ID1 "\",\"" ID1 "\"]", NULL},
        {__LINE__, "\"people\":[\"" ID1 " \"]", "[invalidJSON]it.people[0]"},
        {__LINE__, "\"languages\":[\"en\",\"km_KH\"]", NULL},
        {__LINE__, "\"languages\":[\"en\",\"\"]", "[invalidJSON]it.languages[1]"},
        {__LINE__, "\"keys\":[{\"name\":\"a\"},{\"name\":\"a\"}]", NULL},
        {__LINE__, "\"keys\":[{\"name\":\"a\"},3,{\"nam\":1,\"name\":\"b\"}]",
            "[invalidJSON]it.keys[1] [unknown]it.keys[2].nam"},
        {__LINE__,
            "\"keys\":[{\"id\":\"" ID1 "\",\"name\":\"a\"},{\"id\":\"" ID1 "\",\"name\":\"b\"}]",
            "[duplicate]it.keys[1]"},
        {__LINE__, "\"keys\":[{\"name\":\"a\"},{\"name\":\"a\"},{\"name\":\"a\"},{\"name\":\"a\"}]",
            NULL},
        {__LINE__,
            "\"keys\":[{\"name\":\"a\"},{\"name\":\"a\"},{\"name\":\"a\"},{\"name\":\"a\"},{}]",
            "[tooMany]it.keys"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench *b = bench_new();
        struct sample s;
        str text = str_fmt(b->arena, "{\"name\":\"Ann\",%s}", rows[i].member);
        CHECK_AT(rows[i].line, read_sample(b, FIELD_CREATE, text, &s) == (rows[i].faults == NULL));
        CHECK_AT(rows[i].line, str_eq(fault_list(b), str_from(rows[i].faults)));
        bench_end(b);
    }
}

/* {"name":"Ann","tags":["t<from>",...]} with count tags. */
static str
many_tags(struct bench *b, int from, int count)
{
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, b->arena, MB(1));
    buf_lit(&buf, "{\"name\":\"Ann\",\"urls\":[");
    for (int i = 0; i < count; i++) {
        buf_fmt(&buf, "%s\"t:%d\"", i ? "," : "", from + i);
    }
    buf_lit(&buf, "]}");
    REQUIRE(buf_done(&buf, &text));
    return text;
}

TEST(a_list_holds_a_thousand_items)
{
    struct bench *b = bench_new();
    struct sample s;

    EXPECT(read_sample(b, FIELD_CREATE, many_tags(b, 0, FIELD_MAX_ITEMS), &s));
    EXPECT(s.urls.count == FIELD_MAX_ITEMS);
    EXPECT(!read_sample(b, FIELD_CREATE, many_tags(b, 0, FIELD_MAX_ITEMS + 1), &s));
    EXPECT_STR(fault_list(b), S("[tooMany]it.urls"));
    REQUIRE(read_sample(b, FIELD_CREATE, many_tags(b, 0, 600), &s));
    EXPECT(!read_sample(b, FIELD_PATCH_APPEND, many_tags(b, 300, 701), &s));
    EXPECT_STR(fault_list(b), S("[tooMany]it.urls"));
    EXPECT(read_sample(b, FIELD_PATCH_APPEND, many_tags(b, 300, 700), &s));
    EXPECT(s.urls.count == FIELD_MAX_ITEMS);
    bench_end(b);
}

static struct sample
with_keys(struct bench *b)
{
    struct sample s;

    REQUIRE(read_sample(b, FIELD_CREATE,
        S("{\"name\":\"Ann\",\"tags\":[\"a\"],\"grants\":[\"device\"],\"keys\":["
          "{\"id\":\"" ID1 "\",\"name\":\"one\",\"secret\":\"s1\",\"added\":1},"
          "{\"name\":\"nameless\",\"added\":2}]}"),
        &s));
    return s;
}

static const struct sample_key *
key(const struct sample *s, size_t i)
{
    const struct sample_key *keys = s->keys.items;

    REQUIRE(i < s->keys.count);
    return &keys[i];
}

TEST(rfc7396_patch_replaces_lists)
{
    struct bench *b = bench_new();
    struct sample s = with_keys(b);

    REQUIRE(read_sample(b, FIELD_PATCH, S("{\"tags\":[\"b\"],\"grants\":[],\"keys\":[]}"), &s));
    EXPECT(s.tags.count == 1 && s.grants.count == 0 && s.keys.count == 0);
    EXPECT_STR(s.tags.items[0], S("b"));
    REQUIRE(read_sample(b, FIELD_PATCH, S("{\"tags\":null,\"grants\":null}"), &s));
    EXPECT(s.tags.count == 0 && s.grants.count == 2);
    bench_end(b);
}

TEST(an_item_with_a_known_id_keeps_what_is_kept)
{
    static const enum field_mode modes[] = {FIELD_REPLACE, FIELD_PATCH};

    for (size_t i = 0; i < COUNT(modes); i++) {
        struct bench *b = bench_new();
        struct sample s = with_keys(b);
        REQUIRE(read_sample(b, modes[i],
            S("{\"name\":\"Ann\",\"keys\":[{\"name\":\"new\"},{\"id\":\"" ID1 "\"},"
              "{\"id\":\"" ID2 "\",\"name\":\"two\"}]}"),
            &s));
        REQUIRE(s.keys.count == 3);
        EXPECT_STR(key(&s, 0)->name, S("new"));
        EXPECT_STR(key(&s, 1)->name, S("one"));  /* immutable */
        EXPECT_STR(key(&s, 1)->secret, S("s1")); /* KEEP_ON_PUT */
        EXPECT(key(&s, 1)->added == 0);          /* replaced, not merged */
        EXPECT(key(&s, 2)->secret.n == 0);
        EXPECT(!read_sample(b, modes[i],
            S("{\"name\":\"Ann\",\"keys\":[{\"id\":\"" ID1 "\",\"name\":\"other\"}]}"), &s));
        EXPECT_STR(fault_list(b), S("[immutable]it.keys[0].name"));
        bench_end(b);
    }
}

TEST(patch_append_adds_what_is_not_there)
{
    struct bench *b = bench_new();
    struct sample s = with_keys(b);
    str body = S("{\"tags\":[\"b\",\"a\"],\"grants\":[\"code\",\"device\"],\"keys\":["
                 "{\"id\":\"" ID1 "\",\"added\":5},{\"name\":\"nameless\",\"added\":2},"
                 "{\"name\":\"fresh\"}]}");

    for (int twice = 0; twice < 2; twice++) { /* a request sent again changes nothing */
        REQUIRE(read_sample(b, FIELD_PATCH_APPEND, body, &s));
        REQUIRE(s.tags.count == 2 && s.grants.count == 2 && s.keys.count == 3);
        EXPECT_STR(s.tags.items[0], S("a"));
        EXPECT_STR(s.tags.items[1], S("b"));
        EXPECT_STR(s.grants.items[1], S("code"));
        EXPECT_STR(key(&s, 0)->name, S("one"));
        EXPECT_STR(key(&s, 0)->secret, S("s1"));
        EXPECT(key(&s, 0)->added == 5);
        EXPECT_STR(key(&s, 2)->name, S("fresh"));
    }
    REQUIRE(read_sample(b, FIELD_PATCH_APPEND, S("{\"tags\":[],\"keys\":null}"), &s));
    EXPECT(s.tags.count == 2 && s.keys.count == 0);
    bench_end(b);
}

TEST(patch_append_leaves_the_old_items_as_they_were)
{
    struct bench *b = bench_new();
    struct sample old = with_keys(b), s = old;

    REQUIRE(
        read_sample(b, FIELD_PATCH_APPEND, S("{\"keys\":[{\"id\":\"" ID1 "\",\"added\":9}]}"), &s));
    EXPECT(key(&s, 0)->added == 9 && key(&old, 0)->added == 1);
    bench_end(b);
}

TEST(patch_append_counts_old_items_too)
{
    struct bench *b = bench_new();
    struct sample s = with_keys(b);

    EXPECT(!read_sample(b, FIELD_PATCH_APPEND,
        S("{\"keys\":[{\"name\":\"x\"},{\"name\":\"y\"},{\"name\":\"z\"}]}"), &s));
    EXPECT_STR(fault_list(b), S("[tooMany]it.keys"));
    bench_end(b);
}

struct few {
    struct field_list keys;
};

TEST(a_list_of_objects_may_need_a_minimum)
{
    static const struct field rows[] = {{"keys", FIELD_OBJECTS, FIELD_AT(struct few, keys),
        FIELD_REQUIRED, 2, 3, .more.table = &sample_key_table}};
    static const struct field_table table = FIELD_TABLE("Few", rows, struct few, NULL);
    static const struct {
        int line;
        const char *body, *faults;
    } cases[] = {
        {__LINE__, "{}", "[missing]keys"},
        {__LINE__, "{\"keys\":[]}", "[tooFew]keys"},
        {__LINE__, "{\"keys\":[{\"name\":\"a\"}]}", "[tooFew]keys"},
        {__LINE__, "{\"keys\":[{\"name\":\"a\"},{\"name\":\"b\"}]}", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench *b = bench_new();
        struct few few;
        CHECK_AT(cases[i].line, field_read(&b->reader, &table, FIELD_CREATE,
                                    parse(b, str_from(cases[i].body)), NO_STR, &few)
                                    == (cases[i].faults == NULL));
        CHECK_AT(cases[i].line, str_eq(fault_list(b), str_from(cases[i].faults)));
        bench_end(b);
    }
}
