/* SPDX-License-Identifier: Apache-2.0 */
/* The schemas of the OpenAPI document (JSON Schema 2020-12): of field tables, of types that wrap them, and of names. */
#include "base/arena.h"
#include "flow/api/api.h"
#include "flow/api/api_openapi.h"
#include "flow/api/api_record.h"
#include "model/rule/rule.h"

void
api_openapi_ref(struct api_doc *doc, const char *folder, const char *name)
{
    json_out_object(doc->out);
    json_put_str(
        doc->out, S("$ref"), str_fmt(doc->arena, "#/components/%s/%s", folder, name ? name : ""));
    json_out_object_end(doc->out);
}

/* clang-format off */
static const struct {
    const char *word, *type, *format, *said;
} kinds[] = {
    {"any",     NULL,      NULL,    NULL},
    {"boolean", "boolean", NULL,    NULL},
    {"instant", "integer", "int64", "Milliseconds since 1970."},
    {"integer", "integer", "int64", NULL},
    {"number",  "number",  NULL,    NULL},
    {"string",  "string",  NULL,    NULL},
    {"uri",     "string",  "uri",   NULL},
    {"uuid",    "string",  "uuid",  NULL},
};
/* clang-format on */

static void
put_word(struct api_doc *doc, str name, str word)
{
    json_put_given(doc->out, name, word);
}

const struct record_kind *
api_openapi_variants(const struct api_doc *doc, str type)
{
    for (size_t i = 0; i < doc->route_count; i++) {
        const struct api_record *about = doc->routes[i].about;
        if (about != NULL && about->kind->variants != NULL
            && str_eq(type, str_from(about->kind->table->type))) {
            return about->kind;
        }
    }
    return NULL;
}

static void
put_type_ref(struct api_doc *doc, str type)
{
    const struct record_kind *kind = api_openapi_variants(doc, type);

    if (kind == NULL) {
        json_put_str(
            doc->out, S("$ref"), str_fmt(doc->arena, "#/components/schemas/" STRF, STRV(type)));
        return;
    }
    json_out_name(doc->out, S("anyOf"));
    json_out_array(doc->out);
    for (size_t i = 0; kind->types[i] != NULL; i++) {
        api_openapi_ref(doc, "schemas", kind->variants[i]->type);
    }
    json_out_array_end(doc->out);
}

/* Inside of a schema: what a word or the name of a type says. */
static void
put_word_kind(struct api_doc *doc, str kind, str said)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (str_eq(kind, str_from(kinds[i].word))) {
            put_word(doc, S("description"), said.n ? said : str_from(kinds[i].said));
            put_word(doc, S("type"), str_from(kinds[i].type));
            put_word(doc, S("format"), str_from(kinds[i].format));
            return;
        }
    }
    put_word(
        doc, S("description"), said); /* in JSON Schema 2020-12 it may stand beside a reference */
    put_type_ref(doc, kind);
}

/* kind = ( word / type ) *( "[]" / "{}" ), the last mark the outermost */
void
api_openapi_kind(struct api_doc *doc, str kind, str said)
{
    bool is_list = str_ends(kind, S("[]")), is_map = str_ends(kind, S("{}"));

    json_out_object(doc->out);
    if (is_list || is_map) {
        put_word(doc, S("description"), said);
        json_put_str(doc->out, S("type"), is_list ? S("array") : S("object"));
        json_out_name(doc->out, is_list ? S("items") : S("additionalProperties"));
        api_openapi_kind(doc, str_head(kind, kind.n - 2), NO_STR);
    } else {
        put_word_kind(doc, kind, said);
    }
    json_out_object_end(doc->out);
}

/* Members of the object: "*" is all others, and "+Type" was written before. */
static void
put_members(struct api_doc *doc, const struct api_type *type)
{
    str words = str_from(type->members), word, others = NO_STR;
    struct json_out *out = doc->out;

    json_put_str(out, S("type"), S("object"));
    json_out_name(out, S("properties"));
    json_out_object(out);
    while (words.n && str_cut(&words, ' ', &word)) {
        size_t at = str_find(word, ':');
        if (word.p[0] == '*') {
            others = str_skip(word, at + 1);
        } else if (word.p[0] != '+') {
            str name = str_head(word, at);
            json_out_name(out, name);
            api_openapi_kind(doc, str_skip(word, at + 1),
                api_text_member(doc->text, str_from(type->name), name));
        }
    }
    json_out_object_end(out);
    if (others.n) {
        json_out_name(out, S("additionalProperties"));
        api_openapi_kind(doc, others, NO_STR);
    }
}

/* "Active|Revoked" */
static void
put_enum(struct api_doc *doc, str names)
{
    str name;

    json_put_str(doc->out, S("type"), S("string"));
    json_out_name(doc->out, S("enum"));
    json_out_array(doc->out);
    while (names.n && str_cut(&names, '|', &name)) {
        json_out_str(doc->out, name);
    }
    json_out_array_end(doc->out);
}

/* A type that begins with another's members is both. */
static void
put_type(struct api_doc *doc, const struct api_type *type)
{
    str words = str_from(type->members);
    bool is_more = str_starts(words, S("+"));

    json_out_name(doc->out, str_from(type->name));
    json_out_object(doc->out);
    put_word(doc, S("description"), api_text_type(doc->text, str_from(type->name)));
    if (api_openapi_enum(str_from(type->name)).n) {
        put_enum(doc, str_skip(words, 1));
        json_out_object_end(doc->out);
        return;
    }
    if (is_more) {
        json_out_name(doc->out, S("allOf"));
        json_out_array(doc->out);
        api_openapi_ref(
            doc, "schemas", str_z(doc->arena, str_skip(str_head(words, str_find(words, ' ')), 1)));
        json_out_object(doc->out);
    }
    put_members(doc, type);
    if (is_more) {
        json_out_object_end(doc->out);
        json_out_array_end(doc->out);
    }
    json_out_object_end(doc->out);
}

enum { MAX_SCHEMAS = 1024 };
struct schemas {
    struct api_doc *doc;
    const char *names[MAX_SCHEMAS];
    size_t count;
};

/* False when a schema of that name is in the document already. */
static bool
note(struct schemas *s, const char *type)
{
    for (size_t i = 0; i < s->count; i++) {
        if (str_eq(str_from(type), str_from(s->names[i]))) {
            return false;
        }
    }
    CHECK(s->count < MAX_SCHEMAS);
    s->names[s->count++] = type;
    return true;
}

static str
say_member(void *ctx, const char *type, const char *name)
{
    const struct api_doc *doc = ctx;

    return name != NULL ? api_text_member(doc->text, str_from(type), str_from(name))
                        : api_text_type(doc->text, str_from(type));
}

static void
put_table(void *ctx, const struct field_table *table)
{
    struct schemas *s = ctx;

    if (note(s, table->type)) {
        json_out_name(s->doc->out, str_from(table->type));
        field_schema(table, say_member, s->doc, s->doc->out);
    }
}

/* What a type is called by in more than one table is what the first of them says: the field tables go before
 * types that are only words. */
static void
put_types(const struct api_chapter *chapter, struct schemas *schemas)
{
    for (size_t i = 0; i < chapter->type_count; i++) {
        if (note(schemas, chapter->types[i].name)) {
            put_type(schemas->doc, &chapter->types[i]);
        }
    }
}

typedef void visit_table(void *ctx, const struct field_table *table);

static void
each_of_record(const struct api_record *record, visit_table *visit, void *ctx)
{
    if (record->resource.table != NULL) {
        field_each_table(record->resource.table, visit, ctx);
    } else {
        field_each_table(record->kind->table, visit, ctx);
    }
    for (size_t i = 0; record->kind->variants != NULL && record->kind->types[i] != NULL; i++) {
        field_each_table(record->kind->variants[i], visit, ctx);
    }
    if (record->criteria != NULL) {
        field_each_table(record->criteria, visit, ctx);
    }
}

static void
each_table(const struct api_doc *doc, visit_table *visit, void *ctx)
{
    for (size_t i = 0; i < api_chapter_count; i++) {
        for (size_t k = 0; k < api_chapters[i]->table_count; k++) {
            field_each_table(api_chapters[i]->tables[k], visit, ctx);
        }
    }
    for (size_t i = 0; i < doc->route_count; i++) {
        if (doc->routes[i].about != NULL) {
            each_of_record(doc->routes[i].about, visit, ctx);
        }
    }
}

struct search {
    str type;
    const struct field_table *found;
};

static void
look_at_table(void *ctx, const struct field_table *table)
{
    struct search *search = ctx;

    if (search->found == NULL && str_eq(search->type, str_from(table->type))) {
        search->found = table;
    }
}

const struct field_table *
api_openapi_table(const struct api_doc *doc, str type)
{
    struct search search = {type, NULL};

    each_table(doc, look_at_table, &search);
    return search.found;
}

const struct api_type *
api_openapi_type(str type)
{
    for (size_t i = 0; i < api_chapter_count; i++) {
        for (size_t k = 0; k < api_chapters[i]->type_count; k++) {
            if (str_eq(type, str_from(api_chapters[i]->types[k].name))) {
                return &api_chapters[i]->types[k];
            }
        }
    }
    return NULL;
}

str
api_openapi_enum(str type)
{
    const struct api_type *found = api_openapi_type(type);
    str members = found != NULL ? str_from(found->members) : NO_STR;

    return str_starts(members, S("=")) ? str_skip(members, 1) : NO_STR;
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
put_schemas(struct api_doc *doc)
{
    struct schemas schemas = {.doc = doc, .count = 0};

    json_out_name(doc->out, S("EventType"));
    put_names(rule_event_names, doc->out);
    json_put_raw(doc->out, S("JSONPatch"),
        S("{\"description\":\"Steps of a JSON Patch (RFC "
          "6902).\",\"type\":\"array\",\"items\":{\"type\":"
          "\"object\",\"required\":[\"op\",\"path\"],\"properties\":{\"op\":{\"type\":\"string\","
          "\"enum\":["
          "\"add\",\"remove\",\"replace\",\"move\",\"copy\",\"test\"]},\"path\":{\"type\":"
          "\"string\"},"
          "\"from\":{\"type\":\"string\"},\"value\":{}}}}"));
    each_table(doc, put_table, &schemas);
    for (size_t i = 0; i < api_chapter_count; i++) {
        put_types(api_chapters[i], &schemas);
    }
}

void
api_openapi_components(struct api_doc *doc)
{
    struct json_out *out = doc->out;

    json_out_name(out, S("components"));
    json_out_object(out);
    json_put_raw(out, S("parameters"),
        S("{\"TenantId\":{\"name\":\"X-FusionAuth-TenantId\",\"in\":\"header\","
          "\"description\":\"The tenant that the call is about. Needed where there are several, "
          "and neither the "
          "API key nor an id in the call says which.\","
          "\"schema\":{\"type\":\"string\",\"format\":\"uuid\"}}}"));
    json_put_raw(out, S("securitySchemes"),
        S("{\"ApiKey\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"Authorization\","
          "\"description\":\"The API key as it is, without a word before it.\"},"
          "\"Token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\","
          "\"description\":\"An access token of the person that the call is about.\"},"
          "\"Client\":{\"type\":\"http\",\"scheme\":\"basic\","
          "\"description\":\"An application's client id and secret; client_id and client_secret of "
          "the form "
          "say the same.\"}}"));
    json_out_name(out, S("responses"));
    json_out_object(out);
    api_openapi_refusals(doc);
    json_out_object_end(out);
    json_out_name(out, S("examples"));
    json_out_object(out);
    api_openapi_examples(doc);
    json_out_object_end(out);
    json_out_name(out, S("schemas"));
    json_out_object(out);
    put_schemas(doc);
    json_out_object_end(out);
    json_out_object_end(out);
}
