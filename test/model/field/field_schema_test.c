/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT field_schema
#include "field_sample.h"

static str
schema(struct bench *b, const struct field_table *table)
{
    struct json_out out;
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, b->arena, MB(1));
    json_out_init(&out, &buf);
    field_schema(table, NULL, NULL, &out);
    REQUIRE(buf_done(&buf, &text));
    return text;
}

TEST(every_row_is_a_property)
{
    struct bench *b = bench_new();
    const struct json *v = parse(b, schema(b, &sample_table));
    const struct json *properties = json_get(v, S("properties"));
    str type;

    REQUIRE(json_str(json_get(v, S("type")), &type));
    EXPECT_STR(type, S("object"));
    REQUIRE(properties != NULL && properties->count == sample_table.count);
    for (size_t i = 0; i < sample_table.count; i++) {
        const struct json *p = json_get(properties, str_from(sample_rows[i].name));
        REQUIRE(p != NULL && p->type == JSON_OBJECT);
        bool is_typed = json_get(p, S("type")) != NULL || json_get(p, S("$ref")) != NULL;
        bool is_known = false, is_later = sample_rows[i].kind == FIELD_LATER;
        cr_expect(is_typed, "%s", sample_rows[i].name);
        cr_expect(json_bool(json_get(p, S("x-without-effect")), &is_known) == is_later, "%s",
            sample_rows[i].name);
    }
    bench_end(b);
}

TEST(what_has_no_effect_yet_has_the_schema_of_what_it_will_be)
{
    static const struct field rows[] = {
        {.name = "id", .kind = FIELD_LATER, .more.like = "uuid"},
        {.name = "ids", .kind = FIELD_LATER, .more.like = "uuid[]"},
        {.name = "thing", .kind = FIELD_LATER, .more.like = "Thing"},
        {.name = "things", .kind = FIELD_LATER, .more.like = "Thing[]"},
        {.name = "any", .kind = FIELD_LATER},
    };
    static const struct field_table table = {"Later", rows, COUNT(rows), 1, NULL};
    static const char *const expected[] = {"\"type\":\"string\",\"format\":\"uuid\"",
        "\"type\":\"array\",\"items\":{\"type\":\"string\",\"format\":\"uuid\"}",
        "\"$ref\":\"#/components/schemas/Thing\"",
        "\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Thing\"}",
        "\"type\":\"object\""};
    struct bench *b = bench_new();
    const struct json *properties = json_get(parse(b, schema(b, &table)), S("properties"));

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct json *p = json_get(properties, str_from(rows[i].name));
        REQUIRE(p != NULL);
        cr_expect(str_find_str(p->raw, str_from(expected[i])) < p->raw.n, "%s", rows[i].name);
    }
    bench_end(b);
}

static str
say(void *ctx, const char *type, const char *name)
{
    (void)ctx;
    cr_expect_str_eq(type, sample_table.type);
    if (name == NULL) {
        return S("A sample.");
    }
    return strcmp(name, "name") == 0 ? S("What it is called.") : NO_STR;
}

TEST(words_stand_with_the_type_and_its_members)
{
    struct bench *b = bench_new();
    const struct json *v, *members;
    struct json_out out;
    struct buf buf;
    str text, said;

    buf_init(&buf, b->arena, MB(1));
    json_out_init(&out, &buf);
    field_schema(&sample_table, say, NULL, &out);
    REQUIRE(buf_done(&buf, &text));
    v = parse(b, text);
    members = json_get(v, S("properties"));
    REQUIRE(json_str(json_get(v, S("description")), &said));
    EXPECT_STR(said, S("A sample."));
    REQUIRE(json_str(json_get(json_get(members, S("name")), S("description")), &said));
    EXPECT_STR(said, S("What it is called."));
    EXPECT(json_get(json_get(members, S("note")), S("description")) == NULL);
    bench_end(b);
}

TEST(a_property_says_what_its_row_says)
{
    static const struct {
        int line;
        const char *name, *schema;
    } rows[] = {
        {__LINE__, "id", "{\"type\":\"string\",\"format\":\"uuid\",\"readOnly\":true}"},
        {__LINE__, "name", "{\"type\":\"string\",\"minLength\":1,\"maxLength\":30}"},
        {__LINE__, "note", "{\"type\":\"string\",\"maxLength\":255,\"default\":\"empty note\"}"},
        {__LINE__, "secret", "{\"type\":\"string\",\"format\":\"password\",\"maxLength\":1024}"},
        {__LINE__, "hidden",
            "{\"type\":\"string\",\"format\":\"password\",\"maxLength\":1024,\"writeOnly\":true}"},
        {__LINE__, "password", "{\"type\":\"string\",\"maxLength\":255,\"writeOnly\":true}"},
        {__LINE__, "url", "{\"type\":\"string\",\"format\":\"uri\",\"maxLength\":2048}"},
        {__LINE__, "birthDate", "{\"type\":\"string\",\"format\":\"date\"}"},
        {__LINE__, "active", "{\"type\":\"boolean\",\"default\":true}"},
        {__LINE__, "size",
            "{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":1,\"maximum\":100,\"default\":"
            "7}"},
        {__LINE__, "insertInstant",
            "{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":0,\"maximum\":253402300799999,"
            "\"readOnly\":true}"},
        {__LINE__, "color",
            "{\"type\":\"string\",\"enum\":[\"Red\",\"Green\",\"Blue\"],\"default\":\"Green\"}"},
        {__LINE__, "shade", "{\"type\":\"string\",\"enum\":[\"Red\",\"Green\",\"Blue\"]}"},
        {__LINE__, "tags",
            "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":10},"
            "\"maxItems\":1000}"},
        {__LINE__, "grants",
            "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"code\",\"refresh\","
            "\"device\"]},\"maxItems\":1000,\"uniqueItems\":true,\"default\":[\"code\",\"refresh\"]"
            "}"},
        {__LINE__, "people",
            "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"format\":\"uuid\"},\"maxItems\":"
            "1000}"},
        {__LINE__, "limits", "{\"$ref\":\"#/components/schemas/SampleLimits\"}"},
        {__LINE__, "keys",
            "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/"
            "SampleKey\"},\"maxItems\":4}"},
        {__LINE__, "data", "{\"type\":\"object\"}"},
        {__LINE__, "labels",
            "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"},
    };
    struct bench *b = bench_new();
    const struct json *properties = json_get(parse(b, schema(b, &sample_table)), S("properties"));

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct json *p = json_get(properties, str_from(rows[i].name));
        CHECK_AT(rows[i].line, p != NULL && str_eq(p->raw, str_from(rows[i].schema)));
    }
    bench_end(b);
}

TEST(required_members_are_listed)
{
    struct bench *b = bench_new();

    EXPECT(has(schema(b, &sample_table), "},\"required\":[\"name\"]}"));
    EXPECT(has(schema(b, &sample_limits_table), "},\"required\":[\"note\"]}"));
    bench_end(b);
}

struct odd {
    str data, uri;
    int64_t low;
};

TEST(defaults_of_json_and_negative_numbers_are_written_as_json)
{
    static const struct field rows[] = {
        {"data", FIELD_JSON, FIELD_AT(struct odd, data), .default_text = "{\"a\":1}"},
        {"low", FIELD_INT, FIELD_AT(struct odd, low), 0, -5, .default_int = -1},
        {"uri", FIELD_URI, FIELD_AT(struct odd, uri), FIELD_REQUIRED | FIELD_READ_ONLY},
    };
    static const struct field_table table = FIELD_TABLE("Odd", rows, struct odd, NULL);
    struct bench *b = bench_new();

    EXPECT_STR(schema(b, &table),
        S("{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\",\"default\":{\"a\":1}"
          "},"
          "\"low\":{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":-5,\"default\":-1},"
          "\"uri\":{\"type\":\"string\",\"format\":\"uri\",\"maxLength\":2048,\"readOnly\":true}}"
          "}"));
    bench_end(b);
}
