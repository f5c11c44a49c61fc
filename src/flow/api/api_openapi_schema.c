/* SPDX-License-Identifier: Apache-2.0 */
/* The schemas of the OpenAPI document (JSON Schema 2020-12): of field tables, of types that wrap them, and of names. */
#include "base/arena.h"
#include "flow/api/api.h"
#include "flow/api/api_openapi.h"
#include "flow/api/api_record.h"
#include "model/rule/rule.h"

void
api_openapi_ref(struct arena *arena, const char *folder, const char *name, struct json_out *out)
{
    json_out_object(out);
    json_put_str(out, S("$ref"), str_fmt(arena, "#/components/%s/%s", folder, name ? name : ""));
    json_out_object_end(out);
}

/* clang-format off */
static const struct {
    const char *word, *schema;
} kinds[] = {
    {"any",     "{}"},
    {"boolean", "{\"type\":\"boolean\"}"},
    {"instant", "{\"type\":\"integer\",\"format\":\"int64\",\"description\":\"Milliseconds since 1970.\"}"},
    {"integer", "{\"type\":\"integer\",\"format\":\"int64\"}"},
    {"number",  "{\"type\":\"number\"}"},
    {"string",  "{\"type\":\"string\"}"},
    {"uri",     "{\"type\":\"string\",\"format\":\"uri\"}"},
    {"uuid",    "{\"type\":\"string\",\"format\":\"uuid\"}"},
};
/* clang-format on */

/* kind = ( word / type ) *( "[]" / "{}" ), the last mark the outermost */
static void
put_kind(struct arena *arena, str kind, struct json_out *out)
{
    int depth = 0;

    for (; str_ends(kind, S("[]")) || str_ends(kind, S("{}")); kind.n -= 2, depth++) {
        bool is_list = kind.p[kind.n - 1] == ']';
        json_out_object(out);
        json_put_str(out, S("type"), is_list ? S("array") : S("object"));
        json_out_name(out, is_list ? S("items") : S("additionalProperties"));
    }
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (str_eq(kind, str_from(kinds[i].word))) {
            json_out_raw(out, str_from(kinds[i].schema));
            kind.n = 0;
        }
    }
    if (kind.n) {
        const char *name = str_z(arena, kind);
        api_openapi_ref(arena, "schemas", name ? name : "", out);
    }
    for (; depth > 0; depth--) {
        json_out_object_end(out);
    }
}

/* Members of the object: "*" is all others, and "+Type" was written before. */
static void
put_members(struct arena *arena, str words, struct json_out *out)
{
    str word, others = NO_STR;

    json_put_str(out, S("type"), S("object"));
    json_out_name(out, S("properties"));
    json_out_object(out);
    while (words.n && str_cut(&words, ' ', &word)) {
        size_t at = str_find(word, ':');
        if (word.p[0] == '+') {
            continue;
        }
        if (word.p[0] == '*') {
            others = str_skip(word, at + 1);
            continue;
        }
        json_out_name(out, str_head(word, at));
        put_kind(arena, str_skip(word, at + 1), out);
    }
    json_out_object_end(out);
    if (others.n) {
        json_out_name(out, S("additionalProperties"));
        put_kind(arena, others, out);
    }
}

/* A type that begins with another's members is both. */
static void
put_type(struct arena *arena, const struct api_type *type, struct json_out *out)
{
    str words = str_from(type->members);
    bool is_more = str_starts(words, S("+"));

    json_out_name(out, str_from(type->name));
    json_out_object(out);
    if (is_more) {
        json_out_name(out, S("allOf"));
        json_out_array(out);
        api_openapi_ref(arena, "schemas",
            str_z(arena, str_skip(str_head(words, str_find(words, ' ')), 1)), out);
        json_out_object(out);
    }
    put_members(arena, words, out);
    if (is_more) {
        json_out_object_end(out);
        json_out_array_end(out);
    }
    json_out_object_end(out);
}

enum { MAX_SCHEMAS = 1024 };
struct schemas {
    struct json_out *out;
    const char *names[MAX_SCHEMAS];
    size_t count;
};

static bool
is_written(const struct schemas *s, str type)
{
    for (size_t i = 0; i < s->count; i++) {
        if (str_eq(type, str_from(s->names[i]))) {
            return true;
        }
    }
    return false;
}

/* False when a schema of that name is in the document already. */
static bool
note(struct schemas *s, const char *type)
{
    if (is_written(s, str_from(type))) {
        return false;
    }
    CHECK(s->count < MAX_SCHEMAS);
    s->names[s->count++] = type;
    return true;
}

static void
put_table(void *ctx, const struct field_table *table)
{
    struct schemas *s = ctx;

    if (note(s, table->type)) {
        json_out_name(s->out, str_from(table->type));
        field_schema(table, s->out);
    }
}

/* What a type is called by in more than one table is what the first of them says: the field tables go before
 * types that are only words. */
static void
put_types(struct arena *arena, const struct api_chapter *chapter, struct schemas *schemas)
{
    for (size_t i = 0; i < chapter->type_count; i++) {
        if (note(schemas, chapter->types[i].name)) {
            put_type(arena, &chapter->types[i], schemas->out);
        }
    }
}

static void
put_tables(const struct api_chapter *chapter, struct schemas *schemas)
{
    for (size_t i = 0; i < chapter->table_count; i++) {
        field_each_table(chapter->tables[i], put_table, schemas);
    }
}

static void
put_record(const struct api_record *record, struct schemas *schemas)
{
    if (record->resource.table != NULL) {
        field_each_table(record->resource.table, put_table, schemas);
    } else {
        field_each_table(record->kind->table, put_table, schemas);
    }
    for (size_t i = 0; record->kind->variants != NULL && record->kind->types[i] != NULL; i++) {
        field_each_table(record->kind->variants[i], put_table, schemas);
    }
    if (record->criteria != NULL) {
        field_each_table(record->criteria, put_table, schemas);
    }
}

static void
put_names(const char *const *names, struct json_out *out)
{
    json_out_object(out);
    json_put_str(out, S("type"), S("string"));
    json_out_name(out, S("enum"));
    json_out_array(out);
    for (; *names != NULL; names++) {
        json_out_str(out, str_from(*names));
    }
    json_out_array_end(out);
    json_out_object_end(out);
}

static void
put_schemas(struct arena *arena, const struct api_route *routes, size_t count, struct json_out *out)
{
    struct schemas schemas = {.out = out, .count = 0};

    json_out_name(out, S("EventType"));
    put_names(rule_event_names, out);
    for (size_t i = 0; i < api_chapter_count; i++) {
        put_tables(api_chapters[i], &schemas);
    }
    for (size_t i = 0; i < count; i++) {
        if (routes[i].about != NULL) {
            put_record(routes[i].about, &schemas);
        }
    }
    for (size_t i = 0; i < api_chapter_count; i++) {
        put_types(arena, api_chapters[i], &schemas);
    }
}

void
api_openapi_components(
    struct arena *arena, const struct api_route *routes, size_t count, struct json_out *out)
{
    json_out_name(out, S("components"));
    json_out_object(out);
    json_put_raw(out, S("parameters"),
        S("{\"TenantId\":{\"name\":\"X-FusionAuth-TenantId\",\"in\":\"header\","
          "\"schema\":{\"type\":\"string\",\"format\":\"uuid\"}}}"));
    json_put_raw(out, S("securitySchemes"),
        S("{\"ApiKey\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"Authorization\"},"
          "\"Token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\"}}"));
    json_out_name(out, S("schemas"));
    json_out_object(out);
    put_schemas(arena, routes, count, out);
    json_out_object_end(out);
    json_out_object_end(out);
}
