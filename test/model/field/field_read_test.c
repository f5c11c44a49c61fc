/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT field_read
#include "field_sample.h"

struct member_row {
    int line;
    const char *member; /* beside a name */
    const char *faults; /* NULL: accepted */
};

static void
check_member(const struct member_row *row)
{
    struct bench *b = bench_new();
    struct sample s;
    str text = str_fmt(b->arena, "{\"name\":\"Ann\",%s}", row->member);
    bool ok = read_sample(b, FIELD_CREATE, text, &s);

    CHECK_AT(row->line, ok == (row->faults == NULL));
    CHECK_AT(row->line, str_eq(fault_list(b), str_from(row->faults)));
    bench_end(b);
}

TEST(each_kind_of_text_accepts_and_refuses)
{
    static const struct member_row rows[] = {
        {__LINE__, "\"note\":\"a\\tb\\nc\\r\\nd\"", NULL},
        {__LINE__, "\"note\":\"\\u00e9\"", NULL},
        {__LINE__, "\"note\":\"a\\u0001\"", "[invalid]it.note"},
        {__LINE__, "\"note\":\"a\\rb\"", "[invalid]it.note"},
        {__LINE__, "\"note\":\"a\\u007f\"", "[invalid]it.note"},
        {__LINE__, "\"note\":\"a\\u0085\"", "[invalid]it.note"},
        {__LINE__, "\"note\":\"a\\u0000\"", "[invalid]it.note"},
        {__LINE__, "\"note\":1", "[invalidJSON]it.note"},
        {__LINE__, "\"note\":[\"a\"]", "[invalidJSON]it.note"},
        {__LINE__, "\"secret\":\"a b\"", NULL},
        {__LINE__, "\"secret\":\"a\\nb\"", "[invalid]it.secret"},
        {__LINE__, "\"secret\":{}", "[invalidJSON]it.secret"},
        {__LINE__, "\"url\":\"https://a.example/x?y#z\"", NULL},
        {__LINE__, "\"url\":\"com.example.app:/callback\"", NULL},
        {__LINE__, "\"url\":\"\"", NULL},
        {__LINE__, "\"url\":\"/relative\"", "[invalidURL]it.url"},
        {__LINE__, "\"url\":\"https://a b\"", "[invalidURL]it.url"},
        {__LINE__, "\"url\":\"JavaScript:alert(1)\"", "[invalidURL]it.url"},
        {__LINE__, "\"url\":false", "[invalidJSON]it.url"},
        {__LINE__, "\"email\":\"ann@example.com\"", NULL},
        {__LINE__, "\"email\":\"ann\"", "[notEmail]it.email"},
        {__LINE__, "\"email\":\"Ann <ann@example.com>\"", "[notEmail]it.email"},
        {__LINE__, "\"birthDate\":\"2000-02-29\"", NULL},
        {__LINE__, "\"birthDate\":\"2001-02-29\"", "[invalidJSON]it.birthDate"},
        {__LINE__, "\"birthDate\":20000229", "[invalidJSON]it.birthDate"},
        {__LINE__, "\"language\":\"zh_Hant_TW\"", NULL},
        {__LINE__, "\"language\":\"e\"", "[invalidJSON]it.language"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_member(&rows[i]);
    }
}

TEST(each_other_kind_accepts_and_refuses)
{
    static const struct member_row rows[] = {
        {__LINE__, "\"ownerId\":\"25a872da-bb44-4af8-a43d-e7bcb5351ebc\"", NULL},
        {__LINE__, "\"ownerId\":\"25A872DA-BB44-4AF8-A43D-E7BCB5351EBC\"", NULL},
        {__LINE__, "\"ownerId\":\"\"", NULL},
        {__LINE__, "\"ownerId\":\"25a872da\"", "[invalidJSON]it.ownerId"},
        {__LINE__, "\"ownerId\":7", "[invalidJSON]it.ownerId"},
        {__LINE__, "\"debug\":true", NULL},
        {__LINE__, "\"debug\":\"true\"", NULL},
        {__LINE__, "\"debug\":\"True\"", "[invalidJSON]it.debug"},
        {__LINE__, "\"debug\":1", "[invalidJSON]it.debug"},
        {__LINE__, "\"size\":1", NULL},
        {__LINE__, "\"size\":100", NULL},
        {__LINE__, "\"size\":0", "[invalid]it.size"},
        {__LINE__, "\"size\":101", "[invalid]it.size"},
        {__LINE__, "\"size\":-9223372036854775808", "[invalid]it.size"},
        {__LINE__, "\"size\":9223372036854775808", "[invalidJSON]it.size"},
        {__LINE__, "\"size\":1.5", "[invalidJSON]it.size"},
        {__LINE__, "\"size\":\"1\"", NULL},
        {__LINE__, "\"size\":\"101\"", "[invalid]it.size"},
        {__LINE__, "\"size\":\"1x\"", "[invalidJSON]it.size"},
        {__LINE__, "\"size\":\"\"", "[invalidJSON]it.size"},
        {__LINE__, "\"size\":\" 1\"", "[invalidJSON]it.size"},
        {__LINE__, "\"expiry\":1700000000000", NULL},
        {__LINE__, "\"expiry\":253402300799999", NULL},
        {__LINE__, "\"expiry\":253402300800000", "[invalid]it.expiry"},
        {__LINE__, "\"expiry\":-1", "[invalid]it.expiry"},
        {__LINE__, "\"expiry\":\"2001-01-01\"", "[invalidJSON]it.expiry"},
        {__LINE__, "\"color\":\"Blue\"", NULL},
        {__LINE__, "\"color\":\"blue\"", "[invalid]it.color"},
        {__LINE__, "\"color\":\"\"", "[invalid]it.color"},
        {__LINE__, "\"color\":2", "[invalidJSON]it.color"},
        {__LINE__, "\"limits\":{}", NULL},
        {__LINE__, "\"limits\":[]", "[invalidJSON]it.limits"},
        {__LINE__, "\"limits\":{\"count\":11}", "[invalid]it.limits.count"},
        {__LINE__, "\"limits\":{\"mainKey\":{\"id\":1,\"name\":\"k\"}}",
            "[invalidJSON]it.limits.mainKey.id"},
        {__LINE__, "\"color\":null,\"limits\":null,\"tags\":null,\"data\":null,\"size\":null",
            NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_member(&rows[i]);
    }
}

TEST(text_bounds_count_bytes)
{
    static const struct {
        int line;
        const char *name, *faults;
    } rows[] = {
        {__LINE__, "An", NULL},
        {__LINE__, "A", "[tooShort]it.name"},
        {__LINE__, "\xc3\xa9", NULL},
        {__LINE__, "123456789012345678901234567890", NULL},
        {__LINE__, "1234567890123456789012345678901", "[tooLong]it.name"},
        {__LINE__, "12345678901234567890123456789\xc3\xa9", "[tooLong]it.name"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench *b = bench_new();
        struct sample s;
        str text = str_fmt(b->arena, "{\"name\":\"%s\"}", rows[i].name);
        CHECK_AT(rows[i].line, read_sample(b, FIELD_CREATE, text, &s) == (rows[i].faults == NULL));
        CHECK_AT(rows[i].line, str_eq(fault_list(b), str_from(rows[i].faults)));
        bench_end(b);
    }
}

TEST(values_arrive_in_the_struct)
{
    struct bench *b = bench_new();
    struct sample s;

    REQUIRE(read_sample(b, FIELD_CREATE,
        S("{\"color\":\"Blue\",\"name\":\"Ann\\u00e9\",\"size\":42,\"active\":false,\"expiry\":5,"
          "\"ownerId\":\"25A872DA-bb44-4af8-a43d-e7bcb5351ebc\",\"limits\":{\"count\":3,"
          "\"note\":\"x\",\"mainKey\":{\"name\":\"k\"}},\"data\":{ \"a\" : [ 1 ] },"
          "\"people\":[\"25A872DA-bb44-4af8-a43d-e7bcb5351ebc\"],\"tags\":[\"x\",\"y\"]}"),
        &s));
    EXPECT_STR(s.name, S("Ann\xc3\xa9"));
    EXPECT(s.color == BLUE && s.shade == -1 && s.size == 42 && !s.active && s.expiry == 5);
    EXPECT(s.owner.b[0] == 0x25 && s.owner.b[15] == 0xbc);
    EXPECT(s.limits.count == 3);
    EXPECT_STR(s.limits.main_key.name, S("k"));
    EXPECT_STR(s.data, S("{\"a\":[1]}"));
    REQUIRE(s.people.count == 1 && s.tags.count == 2);
    EXPECT_STR(s.people.items[0], S("25a872da-bb44-4af8-a43d-e7bcb5351ebc"));
    EXPECT_STR(s.tags.items[1], S("y"));
    bench_end(b);
}

TEST(texts_are_copies)
{
    struct bench *b = bench_new();
    struct sample s;
    char body[] = "{\"name\":\"Ann\",\"tags\":[\"one\"],\"data\":{\"k\":\"v\"}}";

    REQUIRE(read_sample(b, FIELD_CREATE, (str){body, sizeof body - 1}, &s));
    memset(body, '#', sizeof body);
    EXPECT_STR(s.name, S("Ann"));
    EXPECT_STR(s.tags.items[0], S("one"));
    EXPECT_STR(s.data, S("{\"k\":\"v\"}"));
    bench_end(b);
}

TEST(create_gives_defaults_and_asks_for_required_members)
{
    struct bench *b = bench_new();
    struct sample s;

    memset(&s, 0xff, sizeof s);
    EXPECT(!read_sample(b, FIELD_CREATE, S("{\"limits\":{\"note\":\"  \"}}"), &s));
    EXPECT_STR(fault_list(b), S("[blank]it.limits.note [blank]it.name"));
    EXPECT(s.active && !s.debug && s.size == 7 && s.color == GREEN && s.shade == -1);
    EXPECT(uuid_is_nil(s.id) && s.expiry == 0 && s.keys.count == 0 && s.data.n == 0);
    EXPECT_STR(s.note, S("empty note"));
    REQUIRE(s.grants.count == 2);
    EXPECT_STR(s.grants.items[1], S("refresh"));
    /* a nested object without values is not asked for its members, one that has some is */
    EXPECT(read_sample(b, FIELD_CREATE, S("{\"name\":\"Ann\"}"), &s));
    EXPECT(read_sample(
        b, FIELD_CREATE, S("{\"name\":\"Ann\",\"limits\":{\"mainKey\":{\"name\":\"\"}}}"), &s));
    EXPECT(!read_sample(
        b, FIELD_CREATE, S("{\"name\":\"Ann\",\"limits\":{\"mainKey\":{\"added\":1}}}"), &s));
    EXPECT_STR(fault_list(b), S("[blank]it.limits.mainKey.name"));
    bench_end(b);
}

TEST(every_fault_is_found_in_one_pass)
{
    struct bench *b = bench_new();
    struct sample s;

    EXPECT(!read_sample(b, FIELD_CREATE,
        S("{\"size\":0,\"email\":\"x\",\"nope\":1,\"limits\":{\"count\":99,\"odd\":null},"
          "\"keys\":[{\"name\":\"k\"},{\"id\":1}],\"url\":5}"),
        &s));
    EXPECT_STR(fault_list(b),
        S("[invalid]it.size [notEmail]it.email [unknown]it.nope [invalid]it.limits.count "
          "[unknown]it.limits.odd [invalidJSON]it.keys[1].id [blank]it.keys[1].name "
          "[invalidJSON]it.url [blank]it.name"));
    bench_end(b);
}

TEST(unknown_members_are_refused_by_full_path_but_ignored_from_storage)
{
    struct bench *b = bench_new();
    struct sample s;

    EXPECT(!read_sample(b, FIELD_CREATE,
        S("{\"name\":\"Ann\",\"limits\":{\"mainKey\":{\"name\":\"k\",\"col\\u0000or\":1}},"
          "\"nam\":1,\"name2\":1,\"\":1}"),
        &s));
    EXPECT_STR(fault_list(b),
        S("[unknown]it.limits.mainKey.col?or [unknown]it.nam [unknown]it.name2 [unknown]it."));
    EXPECT(read_sample(b, FIELD_STORED, S("{\"name\":\"Ann\",\"newer\":{\"x\":1}}"), &s));
    bench_end(b);
}

TEST(read_only_members_are_ignored)
{
    struct bench *b = bench_new();
    struct sample s;

    EXPECT(read_sample(b, FIELD_CREATE,
        S("{\"name\":\"Ann\",\"id\":\"25a872da-bb44-4af8-a43d-e7bcb5351ebc\",\"insertInstant\":"
          "\"x\"}"),
        &s));
    EXPECT(uuid_is_nil(s.id) && s.made == 0);
    bench_end(b);
}

TEST(rules_judge_values_their_kind_accepted)
{
    static const struct {
        int line;
        const char *body, *faults;
    } rows[] = {
        {__LINE__, "{\"name\":\"forbidden\"}", "[invalid]it.name"},
        {__LINE__, "{\"name\":\"Ann\",\"tags\":[\"a\",\"b\",\"c\"]}", "[invalid]it.tags[2]"},
        {__LINE__, "{\"name\":\"Ann\",\"limits\":{\"enabled\":true}}", "[missing]it.limits.count"},
        {__LINE__, "{\"name\":\"Ann\",\"limits\":{\"enabled\":true,\"count\":1}}", NULL},
        /* not over members that are at fault themselves */
        {__LINE__, "{\"name\":\"Ann\",\"limits\":{\"enabled\":true,\"count\":-1}}",
            "[invalid]it.limits.count"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench *b = bench_new();
        struct sample s;
        CHECK_AT(rows[i].line,
            read_sample(b, FIELD_CREATE, str_from(rows[i].body), &s) == (rows[i].faults == NULL));
        CHECK_AT(rows[i].line, str_eq(fault_list(b), str_from(rows[i].faults)));
        CHECK_AT(rows[i].line, read_sample(b, FIELD_STORED, str_from(rows[i].body), &s));
        bench_end(b);
    }
}

TEST(later_members_may_only_ask_for_nothing)
{
    static const struct {
        int line;
        const char *value;
        bool ok;
    } rows[] = {
        {__LINE__, "null", true},
        {__LINE__, "false", true},
        {__LINE__, "0", true},
        {__LINE__, "-0.0e7", true},
        {__LINE__, "\"\"", true},
        {__LINE__, "[]", true},
        {__LINE__, "{}", true},
        {__LINE__, "{\"enabled\":false,\"limit\":5}", true},
        {__LINE__, "{\"a\":{\"b\":null,\"c\":[]},\"d\":0}", true},
        {__LINE__, "{\"a\":{\"enabled\":false,\"x\":1},\"d\":\"\"}", true},
        {__LINE__, "true", false},
        {__LINE__, "1", false},
        {__LINE__, "0.01", false},
        {__LINE__, "\" \"", false},
        {__LINE__, "[null]", false},
        {__LINE__, "{\"enabled\":true}", false},
        {__LINE__, "{\"enabled\":null,\"x\":1}", false},
        {__LINE__, "{\"a\":{\"b\":1}}", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench *b = bench_new();
        struct sample s;
        str text = str_fmt(b->arena, "{\"name\":\"Ann\",\"theme\":%s}", rows[i].value);
        CHECK_AT(rows[i].line, read_sample(b, FIELD_CREATE, text, &s) == rows[i].ok);
        CHECK_AT(
            rows[i].line, str_eq(fault_list(b), rows[i].ok ? NO_STR : S("[notSupported]it.theme")));
        bench_end(b);
    }
}

static const char *const old_body =
    "{\"name\":\"Old\",\"code\":\"c1\",\"secret\":\"s3cret\",\"hidden\":\"h\",\"size\":50,"
    "\"note\":\"n\",\"active\":false,\"tags\":[\"a\"],\"color\":\"Red\",\"shade\":\"Blue\","
    "\"limits\":{\"count\":4,\"note\":\"ln\",\"token\":\"tok\",\"mainKey\":{\"name\":\"mk\","
    "\"secret\":\"mks\",\"added\":9}},\"data\":{\"a\":1,\"b\":{\"c\":2,\"d\":3}}}";

/* What an older request made, with the members no body can set. */
static struct sample
old_sample(struct bench *b)
{
    struct sample s;

    REQUIRE(read_sample(b, FIELD_CREATE, str_from(old_body), &s));
    memset(s.id.b, 7, sizeof s.id.b);
    s.made = 1234;
    s.rule_calls = 99;
    return s;
}

TEST(replace_resets_what_is_absent_and_keeps_what_is_kept)
{
    struct bench *b = bench_new();
    struct sample s = old_sample(b);

    REQUIRE(read_sample(b, FIELD_REPLACE, S("{\"name\":\"New\"}"), &s));
    EXPECT_STR(s.name, S("New"));
    EXPECT_STR(s.note, S("empty note"));
    EXPECT(s.size == 7 && s.active && s.tags.count == 0 && s.color == GREEN && s.shade == -1);
    EXPECT(s.data.n == 0 && s.hidden.n == 0 && s.limits.count == 0);
    EXPECT_STR(s.limits.note, S("none"));
    EXPECT(s.limits.main_key.added == 0);
    /* kept: read-only, immutable, KEEP_ON_PUT, also in nested objects; and what no row describes */
    EXPECT(s.id.b[3] == 7 && s.made == 1234 && s.rule_calls == 99);
    EXPECT_STR(s.code, S("c1"));
    EXPECT_STR(s.secret, S("s3cret"));
    EXPECT_STR(s.limits.token, S("tok"));
    EXPECT_STR(s.limits.main_key.name, S("mk"));
    EXPECT_STR(s.limits.main_key.secret, S("mks"));
    bench_end(b);
}

TEST(replace_counts_null_as_absent_and_asks_for_required_members)
{
    struct bench *b = bench_new();
    struct sample s = old_sample(b);

    EXPECT(!read_sample(
        b, FIELD_REPLACE, S("{\"name\":null,\"secret\":null,\"code\":null,\"limits\":null}"), &s));
    EXPECT_STR(fault_list(b), S("[blank]it.name"));
    s = old_sample(b);
    EXPECT(read_sample(b, FIELD_REPLACE,
        S("{\"name\":\"New\",\"secret\":null,\"code\":null,\"limits\":null}"), &s));
    EXPECT_STR(s.secret, S("s3cret"));
    EXPECT_STR(s.code, S("c1"));
    EXPECT_STR(s.limits.token, S("tok"));
    EXPECT(s.limits.count == 0);
    bench_end(b);
}

TEST(replace_merges_nothing_inside_a_nested_object_that_is_there)
{
    struct bench *b = bench_new();
    struct sample s = old_sample(b);

    REQUIRE(read_sample(b, FIELD_REPLACE, S("{\"name\":\"New\",\"limits\":{\"note\":\"z\"}}"), &s));
    EXPECT(s.limits.count == 0 && s.limits.main_key.added == 0);
    EXPECT_STR(s.limits.token, S("tok"));
    EXPECT_STR(s.limits.main_key.name, S("mk"));
    bench_end(b);
}

TEST(patch_changes_only_what_is_present)
{
    struct bench *b = bench_new();
    struct sample s = old_sample(b), old = s;
    str before = written(b, &sample_table, FIELD_FOR_STORE, &s);

    REQUIRE(read_sample(b, FIELD_PATCH, S("{}"), &s));
    EXPECT_STR(written(b, &sample_table, FIELD_FOR_STORE, &s), before);
    REQUIRE(read_sample(b, FIELD_PATCH,
        S("{\"size\":51,\"limits\":{\"mainKey\":{\"added\":10}},\"note\":null,\"shade\":null}"),
        &s));
    EXPECT(s.size == 51 && s.limits.main_key.added == 10 && s.limits.count == 4 && s.shade == -1);
    EXPECT_STR(s.note, S("empty note"));
    EXPECT_STR(s.name, old.name);
    EXPECT_STR(s.limits.main_key.secret, S("mks"));
    REQUIRE(read_sample(b, FIELD_PATCH, S("{\"limits\":null,\"secret\":null}"), &s));
    EXPECT(s.limits.count == 0 && s.limits.token.n == 0 && s.secret.n == 0);
    EXPECT_STR(s.limits.main_key.name, S("mk"));
    bench_end(b);
}

TEST(patch_asks_only_for_what_it_names)
{
    struct bench *b = bench_new();
    struct sample s = old_sample(b);

    EXPECT(!read_sample(b, FIELD_PATCH, S("{\"name\":null}"), &s));
    EXPECT_STR(fault_list(b), S("[blank]it.name"));
    EXPECT(!read_sample(b, FIELD_PATCH, S("{\"name\":\"\"}"), &s));
    EXPECT_STR(fault_list(b), S("[blank]it.name"));
    s.name = NO_STR; /* made before the member was required */
    EXPECT(read_sample(b, FIELD_PATCH, S("{\"size\":3}"), &s));
    bench_end(b);
}

TEST(immutable_members_are_set_once)
{
    static const struct {
        int line;
        enum field_mode mode;
        const char *body, *faults;
    } rows[] = {
        {__LINE__, FIELD_REPLACE, "{\"name\":\"Ann\",\"code\":\"c1\"}", NULL},
        {__LINE__, FIELD_REPLACE, "{\"name\":\"Ann\",\"code\":\"c2\"}", "[immutable]it.code"},
        {__LINE__, FIELD_REPLACE, "{\"name\":\"Ann\",\"code\":\"\"}", "[immutable]it.code"},
        {__LINE__, FIELD_PATCH, "{\"code\":\"c2\"}", "[immutable]it.code"},
        {__LINE__, FIELD_PATCH, "{\"code\":null}", "[immutable]it.code"},
        {__LINE__, FIELD_PATCH, "{\"code\":\"c1\"}", NULL},
        {__LINE__, FIELD_PATCH, "{\"limits\":{\"mainKey\":{\"name\":\"other\"}}}",
            "[immutable]it.limits.mainKey.name"},
        {__LINE__, FIELD_PATCH, "{\"code\":7}", "[invalidJSON]it.code"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench *b = bench_new();
        struct sample s = old_sample(b);
        CHECK_AT(rows[i].line,
            read_sample(b, rows[i].mode, str_from(rows[i].body), &s) == (rows[i].faults == NULL));
        CHECK_AT(rows[i].line, str_eq(fault_list(b), str_from(rows[i].faults)));
        bench_end(b);
    }
    struct bench *b = bench_new();
    struct sample s;
    REQUIRE(read_sample(b, FIELD_CREATE, S("{\"name\":\"Ann\"}"), &s));
    EXPECT(read_sample(b, FIELD_PATCH, S("{\"code\":\"first\"}"), &s));
    EXPECT_STR(s.code, S("first"));
    bench_end(b);
}

TEST(storage_is_read_leniently_but_not_blindly)
{
    static const struct {
        int line;
        const char *body, *faults;
    } rows[] = {
        {__LINE__, "{}", NULL},
        {__LINE__, "{\"name\":\"forbidden\",\"size\":5000,\"email\":\"none\"}", NULL},
        {__LINE__, "{\"color\":\"Purple\",\"grants\":[\"other\"]}", NULL},
        {__LINE__, "{\"theme\":{\"x\":1},\"id\":5,\"password\":\"p\"}", NULL},
        {__LINE__, "{\"size\":\"5 \"}", "[invalidJSON]it.size"},
        {__LINE__, "{\"ownerId\":\"x\"}", "[invalidJSON]it.ownerId"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench *b = bench_new();
        struct sample s;
        CHECK_AT(rows[i].line,
            read_sample(b, FIELD_STORED, str_from(rows[i].body), &s) == (rows[i].faults == NULL));
        CHECK_AT(rows[i].line, str_eq(fault_list(b), str_from(rows[i].faults)));
        CHECK_AT(rows[i].line, s.color == GREEN && s.password.n == 0);
        bench_end(b);
    }
}

TEST(a_body_must_be_an_object)
{
    struct bench *b = bench_new();
    struct sample s;

    EXPECT(!field_read(&b->reader, &sample_table, FIELD_CREATE, NULL, S("it"), &s));
    EXPECT(!field_read(&b->reader, &sample_table, FIELD_CREATE, parse(b, S("null")), S("it"), &s));
    EXPECT(!field_read(&b->reader, &sample_table, FIELD_CREATE, parse(b, S("[]")), S("it"), &s));
    EXPECT(!field_read(&b->reader, &sample_table, FIELD_PATCH, parse(b, S("1")), NO_STR, &s));
    EXPECT_STR(fault_list(b), S("[missing]it [missing]it [invalidJSON]it [invalidJSON]"));
    bench_end(b);
}

TEST(a_thousand_faults_stay_a_hundred_and_the_answer_stays_no)
{
    struct bench *b = bench_new();
    struct buf buf;
    struct sample s;
    str text;

    buf_init(&buf, b->arena, MB(1));
    buf_lit(&buf, "{\"name\":\"Ann\"");
    for (int i = 0; i < 1000; i++) {
        buf_fmt(&buf, ",\"x%d\":1", i);
    }
    buf_lit(&buf, "}");
    REQUIRE(buf_done(&buf, &text));
    const struct json *v = parse(b, text);
    size_t used = arena_used(b->arena);
    EXPECT(!field_read(&b->reader, &sample_table, FIELD_CREATE, v, S("it"), &s));
    EXPECT(b->faults.count == 100);
    EXPECT(arena_used(b->arena) - used < KB(64)); /* those that are not kept cost nothing */
    /* the next call on the same reader has a fault of its own that finds no room */
    EXPECT(!field_read(&b->reader, &sample_table, FIELD_CREATE,
        parse(b, S("{\"name\":\"forbidden\"}")), S("it"), &s));
    EXPECT(b->faults.count == 100);
    EXPECT(field_read(
        &b->reader, &sample_table, FIELD_CREATE, parse(b, S("{\"name\":\"Ann\"}")), S("it"), &s));
    bench_end(b);
}

TEST(every_failing_allocation_is_survived)
{
    static const str body = S_INIT(
        "{\"name\":\"Ann\",\"note\":\"n\",\"tags\":[\"a\",\"b\"],\"people\":["
        "\"25a872da-bb44-4af8-a43d-e7bcb5351ebc\"],\"grants\":[\"device\"],\"urls\":[\"a:b\"],"
        "\"keys\":[{\"id\":\"25a872da-bb44-4af8-a43d-e7bcb5351ebc\",\"name\":\"k\"}],"
        "\"data\":{\"a\":{\"b\":1}},\"labels\":{\"x\":\"y\"},\"code\":\"c1\",\"limits\":{}}");
    static const enum field_mode modes[] = {
        FIELD_CREATE, FIELD_REPLACE, FIELD_PATCH, FIELD_PATCH_APPEND, FIELD_STORED};

    for (size_t i = 0; i < COUNT(modes); i++) {
        long failing = 0;
        for (bool ok = false; !ok && failing < 1000; failing++) {
            struct bench *b = bench_new();
            struct sample s;
            REQUIRE(read_sample(b, FIELD_CREATE, body, &s));
            const struct json *v = parse(b, body);
            arena_fail_after(failing);
            ok = field_read(&b->reader, &sample_table, modes[i], v, S("it"), &s);
            arena_fail_after(-1);
            EXPECT(ok == !arena_failed(b->arena));
            bench_end(b);
        }
        EXPECT(failing > 10 && failing < 1000);
    }
}

TEST(every_failing_allocation_while_finding_faults_is_survived)
{
    static const str body =
        S_INIT("{\"size\":0,\"zzz\":1,\"tags\":[1,\"\"],\"keys\":[{}],\"url\":\"x\","
               "\"color\":\"x\",\"limits\":{\"count\":77},\"data\":3}");

    for (long failing = 0; failing < 100; failing++) {
        struct bench *b = bench_new();
        struct sample s;
        const struct json *v = parse(b, body);
        arena_fail_after(failing);
        EXPECT(!field_read(&b->reader, &sample_table, FIELD_CREATE, v, S("it"), &s));
        arena_fail_after(-1);
        bench_end(b);
    }
}
