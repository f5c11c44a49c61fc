/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT field
#include "field_sample.h"

#include "model/field/field_internal.h"

TEST(defaults_fill_the_whole_struct)
{
    struct bench *b = bench_new();
    struct sample s;

    memset(&s, 0xa5, sizeof s);
    field_defaults(b->arena, &sample_table, &s);
    EXPECT(s.rule_calls == 0 && uuid_is_nil(s.id) && s.name.n == 0);
    EXPECT(s.active && !s.debug && s.size == 7 && s.color == GREEN && s.shade == -1);
    EXPECT_STR(s.limits.note, S("none"));
    REQUIRE(s.grants.count == 2);
    EXPECT_STR(s.grants.items[0], S("code"));
    for (size_t i = 0; i < sample_table.count; i++) {
        const struct field *f = &sample_rows[i];
        cr_expect(field_is_default(f, field_of(f, &s)), "%s", f->name);
    }
    bench_end(b);
}

TEST(rows_are_found_from_any_place)
{
    for (size_t from = 0; from <= sample_table.count + 1; from++) {
        for (size_t i = 0; i < sample_table.count; i++) {
            size_t hint = from;
            const struct field *f = field_find(&sample_table, str_from(sample_rows[i].name), &hint);
            REQUIRE(f == &sample_rows[i]);
            EXPECT(hint == i + 1);
        }
    }
}

TEST(a_name_is_matched_whole)
{
    static const str names[] = {S_INIT(""), S_INIT("nam"), S_INIT("names"), S_INIT("name\0"),
        S_INIT("name\0x"), S_INIT("\0"), S_INIT("Name"), {NULL, 0}};

    for (size_t i = 0; i < COUNT(names); i++) {
        size_t hint = 3;
        EXPECT(field_find(&sample_table, names[i], &hint) == NULL);
        EXPECT(hint == 3);
    }
}

TEST(sameness_sees_every_member)
{
    static const char *const bodies[] = {"\"name\":\"Bob\"", "\"note\":\"x\"", "\"secret\":\"x\"",
        "\"secret\":\"xy\"", "\"active\":false", "\"size\":8", "\"color\":\"Red\"",
        "\"shade\":\"Red\"", "\"tags\":[\"a\"]", "\"tags\":[\"b\"]", "\"data\":{\"a\":1}",
        "\"expiry\":3", "\"ownerId\":\"25a872da-bb44-4af8-a43d-e7bcb5351ebc\"",
        "\"keys\":[{\"name\":\"k\"}]", "\"keys\":[{\"name\":\"l\"}]",
        "\"limits\":{\"mainKey\":{\"name\":\"k\",\"added\":1}}", "\"grants\":[\"code\"]",
        "\"hidden\":\"xz\""};
    struct bench *b = bench_new();
    struct sample s[COUNT(bodies)], again;

    for (size_t i = 0; i < COUNT(bodies); i++) {
        str text = str_fmt(b->arena, "{\"name\":\"Ann\"%s%s}", i ? "," : "", i ? bodies[i] : "");
        REQUIRE(read_sample(b, FIELD_CREATE, text, &s[i]));
        REQUIRE(read_sample(b, FIELD_CREATE, text, &again));
        EXPECT(field_same_object(&sample_table, &s[i], &again));
        for (size_t j = 0; j < i; j++) {
            cr_expect(!field_same_object(&sample_table, &s[i], &s[j]), "%zu and %zu", i, j);
        }
    }
    bench_end(b);
}

struct visits {
    const struct field_table *tables[8];
    size_t count;
};

static void
note_visit(void *ctx, const struct field_table *table)
{
    struct visits *v = ctx;

    REQUIRE(v->count < COUNT(v->tables));
    v->tables[v->count++] = table;
}

TEST(each_table_is_visited_once)
{
    struct visits v = {.count = 0};

    field_each_table(&sample_table, note_visit, &v);
    REQUIRE(v.count == 3);
    EXPECT(v.tables[0] == &sample_table);
    EXPECT(v.tables[1] == &sample_limits_table);
    EXPECT(v.tables[2] == &sample_key_table);
}
