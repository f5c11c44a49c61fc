/* SPDX-License-Identifier: Apache-2.0 */
/* Values for examples of the OpenAPI document: of a member by its kind, of an object by its table or its type. What
 * an example request says of a thing is kept; the rest is as the server answers it, with the values of web/api/values.txt.
 * Two documents of the same program have the same values. */
#include "base/arena.h"
#include "base/id.h"
#include "flow/api/api.h"
#include "flow/api/api_openapi.h"
#include "model/field/field_decimal.h"
#include "model/record/record.h"

enum { MAX_DEPTH = 4 };
static const int64_t an_instant = 1795000000000;

/* An id for what bears the name: the same wherever the name stands. */
static void
put_id(struct api_doc *doc, str name)
{
    uint64_t hash[2] = {0xcbf29ce484222325U, 0x9ae16a3b2f90404fU}; /* FNV-1a, from two beginnings */
    struct uuid id;

    for (size_t i = 0; i < name.n; i++) {
        hash[0] = (hash[0] ^ (uint8_t)name.p[i]) * 0x100000001b3U;
        hash[1] = (hash[1] ^ (uint8_t)name.p[i]) * 0x100000001b3U;
    }
    memcpy(id.b, hash, sizeof id.b);
    id.b[6] = (uint8_t)((id.b[6] & 0x0f) | 0x40); /* RFC 9562 s5.4 */
    id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80);
    json_out_str(doc->out, uuid_text(doc->arena, id));
}

/* "User" -> "userId": the id of a user is what others call the user's id. */
static str
id_of(struct api_doc *doc, str type)
{
    char *to = arena_alloc(doc->arena, type.n + 3);

    if (to == NULL || type.n == 0) {
        return S("id");
    }
    memcpy(to, type.p, type.n);
    to[0] = (char)(to[0] | 0x20);
    memcpy(to + type.n, "Id", 3);
    return (str){to, type.n + 2};
}

static bool
is_number(str kind)
{
    return str_eq(kind, S("integer")) || str_eq(kind, S("instant")) || str_eq(kind, S("number"));
}

static bool
fits(str kind, str literal)
{
    bool is_digit = literal.p[0] == '-' || (literal.p[0] >= '0' && literal.p[0] <= '9');

    if (str_eq(kind, S("any"))) {
        return true;
    }
    return is_number(kind) ? is_digit : literal.p[0] == (str_eq(kind, S("boolean")) ? 't' : '"');
}

/* A word of struct api_type. */
static void
put_word(struct api_doc *doc, str kind, str name)
{
    str literal = api_text_value(doc->text, name);

    if (literal.n && fits(kind, literal)) {
        json_out_raw(doc->out, literal);
    } else if (str_eq(kind, S("uuid"))) {
        put_id(doc, name);
    } else if (str_eq(kind, S("instant"))) {
        json_out_i64(doc->out, an_instant);
    } else if (is_number(kind)) {
        json_out_i64(doc->out, 1);
    } else if (str_eq(kind, S("boolean"))) {
        json_out_bool(doc->out, true);
    } else if (str_eq(kind, S("any"))) {
        json_out_raw(doc->out, S("{}"));
    } else {
        json_out_str(doc->out, str_eq(kind, S("uri")) ? S("https://shop.example/") : S("..."));
    }
}

bool
api_openapi_is_word(str kind)
{
    static const char *const words[] = {
        "any", "boolean", "instant", "integer", "number", "string", "uri", "uuid", "EventType"};

    for (size_t i = 0; i < COUNT(words); i++) {
        if (str_eq(kind, str_from(words[i]))) {
            return true;
        }
    }
    return api_openapi_enum(kind).n > 0;
}

/* clang-format off */
/* Of field kinds that are one value: the word for it, and whose value stands for all of its kind. */
static const struct {
    const char *word, *name;
} kinds[FIELD_KIND_COUNT] = {
    [FIELD_TEXT] = {"string", NULL},  [FIELD_SECRET] = {"string", NULL},      [FIELD_URI] = {"uri", NULL},
    [FIELD_UUID] = {"uuid", NULL},    [FIELD_INSTANT] = {"instant", NULL},    [FIELD_EMAIL] = {"string", "email"},
    [FIELD_DATE] = {"string", "birthDate"}, [FIELD_LOCALE] = {"string", "locale"},
};
/* clang-format on */

/* What an answer never has: see FIELD_FOR_API. */
static bool
is_shown(const struct field *f)
{
    return f->kind != FIELD_LATER && !(f->flags & FIELD_WRITE_ONLY)
           && (f->kind != FIELD_SECRET || (f->flags & FIELD_SHOWN));
}

static void
put_default_texts(struct api_doc *doc, const char *words)
{
    str rest = words != NULL ? str_from(words) : NO_STR, word;

    json_out_array(doc->out);
    while (rest.n && str_cut(&rest, ' ', &word)) {
        json_out_str(doc->out, word);
    }
    json_out_array_end(doc->out);
}

/* What every answer has of a thing; what only the server writes, where there is a value to show. */
static bool
is_always(const struct api_doc *doc, const struct field *f, str name)
{
    static const char *const names[] = {"id", "tenantId", "insertInstant", "lastUpdateInstant"};

    for (size_t i = 0; i < COUNT(names); i++) {
        if (str_eq(name, str_from(names[i]))) {
            return true;
        }
    }
    return (f->flags & FIELD_REQUIRED)
           || ((f->flags & FIELD_READ_ONLY) && api_text_value(doc->text, name).n > 0);
}

/* Texts, ids, instants: the default, else what every answer has, or, of a thing that nothing is known of, may have. */
static void
put_single(
    struct api_doc *doc, const struct field_table *table, const struct field *f, bool is_bare)
{
    str own = str_from(f->name),
        name = kinds[f->kind].name != NULL ? str_from(kinds[f->kind].name) : own;
    bool has_value =
        f->kind == FIELD_UUID || f->kind == FIELD_INSTANT || api_text_value(doc->text, name).n > 0;

    if (f->default_text != NULL && f->default_text[0] != '\0') {
        json_out_name(doc->out, own);
        json_out_str(doc->out, str_from(f->default_text));
    } else if (is_always(doc, f, own) || (is_bare && has_value && !(f->flags & FIELD_READ_ONLY))) {
        json_out_name(doc->out, own);
        put_word(doc, str_from(kinds[f->kind].word),
            f->kind == FIELD_UUID && str_eq(own, S("id")) ? id_of(doc, str_from(table->type))
                                                          : name);
    }
}

static void
put_flag_or_number(struct api_doc *doc, const struct field *f)
{
    str literal = f->flags & (FIELD_READ_ONLY | FIELD_REQUIRED)
                      ? api_text_value(doc->text, str_from(f->name))
                      : NO_STR;

    if (literal.n && fits(f->kind == FIELD_BOOL ? S("boolean") : S("integer"), literal)) {
        json_out_raw(doc->out, literal);
    } else if (f->kind == FIELD_BOOL) {
        json_out_bool(doc->out, f->default_int != 0);
    } else {
        field_decimal_write(f, f->default_int, doc->out);
    }
}

/* A member of which nothing is known. */
static void
put_unknown(
    struct api_doc *doc, const struct field_table *table, const struct field *f, bool is_bare)
{
    if (kinds[f->kind].word != NULL) {
        put_single(doc, table, f, is_bare);
        return;
    }
    if (f->kind == FIELD_ENUM && f->default_int < 0 && !is_bare && !(f->flags & FIELD_REQUIRED)) {
        return;
    }
    if ((f->kind == FIELD_JSON || f->kind == FIELD_TEXT_MAP) && f->default_text == NULL) {
        return;
    }
    json_out_name(doc->out, str_from(f->name));
    switch (f->kind) {
    case FIELD_BOOL:
    case FIELD_INT:
    case FIELD_DECIMAL:
        put_flag_or_number(doc, f);
        break;
    case FIELD_ENUM:
        json_out_str(doc->out, str_from(f->more.names[f->default_int > 0 ? f->default_int : 0]));
        break;
    case FIELD_OBJECT:
        api_openapi_object(doc, f->more.table, NULL, false);
        break;
    case FIELD_JSON:
    case FIELD_TEXT_MAP:
        json_out_raw(doc->out, str_from(f->default_text));
        break;
    case FIELD_MAP:
    case FIELD_UUID_MAP:
        json_out_raw(doc->out, S("{}"));
        break;
    default: /* lists */
        put_default_texts(doc, f->kind == FIELD_OBJECTS ? NULL : f->default_text);
        break;
    }
}

static void
put_objects(struct api_doc *doc, const struct field *f, const struct json *seed)
{
    bool is_list = f->kind == FIELD_OBJECTS;

    (is_list ? json_out_array : json_out_object)(doc->out);
    for (const struct json *item = seed->first; item != NULL; item = item->next) {
        if (!is_list) {
            json_out_name(doc->out, item->name);
        }
        api_openapi_object(doc, f->more.table, item, false);
    }
    (is_list ? json_out_array_end : json_out_object_end)(doc->out);
}

static void
put_field(struct api_doc *doc, const struct field_table *table, const struct field *f,
    const struct json *seed, bool is_bare)
{
    const struct json *known = json_get(seed, str_from(f->name));

    if (!is_shown(f)) {
        return;
    }
    if (known == NULL) {
        put_unknown(doc, table, f, is_bare);
        return;
    }
    json_out_name(doc->out, str_from(f->name));
    if (f->kind == FIELD_OBJECT) {
        api_openapi_object(doc, f->more.table, known, false);
    } else if (f->kind == FIELD_OBJECTS || f->kind == FIELD_MAP || f->kind == FIELD_UUID_MAP) {
        put_objects(doc, f, known);
    } else {
        json_out_value(doc->out, known);
    }
}

static void
put_fields(
    struct api_doc *doc, const struct field_table *table, const struct json *seed, bool is_bare)
{
    for (size_t i = 0; i < table->count; i++) {
        put_field(doc, table, &table->fields[i], seed, is_bare);
    }
}

void
api_openapi_object(
    struct api_doc *doc, const struct field_table *table, const struct json *seed, bool is_bare)
{
    json_out_object(doc->out);
    put_fields(doc, table, seed, is_bare);
    json_out_object_end(doc->out);
}

static void
put_first(struct api_doc *doc, str names)
{
    str first;

    (void)str_cut(&names, '|', &first);
    json_out_str(doc->out, first);
}

static void put_kind(struct api_doc *doc, str kind, str name, const struct json *seed, int depth);

/* One of a list or a map when nothing is known of them. */
static void
put_one_of(struct api_doc *doc, str inner, str name, bool is_list, int depth)
{
    bool is_empty = depth >= MAX_DEPTH && !api_openapi_is_word(inner);

    (is_list ? json_out_array : json_out_object)(doc->out);
    if (!is_empty && !str_eq(inner, S("any"))) {
        if (!is_list) {
            json_out_name(doc->out, S("one"));
        }
        put_kind(doc, inner, name, NULL, depth);
    }
    (is_list ? json_out_array_end : json_out_object_end)(doc->out);
}

static void
put_many(struct api_doc *doc, str inner, str name, const struct json *seed, int depth)
{
    bool is_list = seed->type == JSON_ARRAY;

    (is_list ? json_out_array : json_out_object)(doc->out);
    for (const struct json *item = seed->first; item != NULL; item = item->next) {
        if (!is_list) {
            json_out_name(doc->out, item->name);
        }
        put_kind(doc, inner, name, item, depth);
    }
    (is_list ? json_out_array_end : json_out_object_end)(doc->out);
}

/* "a:kind b:kind" of a type; only: one of them, NULL all. */
static void
put_members(
    struct api_doc *doc, const struct api_type *type, const struct json *seed, str only, int depth)
{
    str words = str_from(type->members), word;

    while (words.n && str_cut(&words, ' ', &word)) {
        size_t at = str_find(word, ':');
        str name = str_head(word, at), kind = str_skip(word, at + 1);
        bool is_plain =
            api_openapi_is_word(kind) || str_ends(kind, S("[]")) || str_ends(kind, S("{}"));
        if (word.p[0] == '+') {
            const struct api_type *base = api_openapi_type(str_skip(word, 1));
            const struct field_table *table = api_openapi_table(doc, str_skip(word, 1));
            if (table != NULL) {
                put_fields(doc, table, seed, seed == NULL);
            } else if (base != NULL) {
                put_members(doc, base, seed, NO_STR, depth);
            }
        } else if (word.p[0] != '*'
                   && (only.n == 0 || str_eq(only, name) || str_eq(name, S("total")))
                   && (depth < MAX_DEPTH || is_plain)) {
            json_out_name(doc->out, name);
            put_kind(doc, kind,
                str_eq(name, S("id")) && str_eq(kind, S("uuid")) ? id_of(doc, str_from(type->name))
                                                                 : name,
                json_get(seed, name), depth);
        }
    }
}

void
api_openapi_value(struct api_doc *doc, str type, const struct json *seed, str only, int depth)
{
    const struct record_kind *variants = api_openapi_variants(doc, type);
    const struct field_table *table = api_openapi_table(doc, type);
    const struct api_type *words = api_openapi_type(type);

    if (seed == NULL && depth > 0 && depth < 3) {
        seed = api_openapi_seed(doc, type);
    }
    if (variants != NULL) {
        table = seed != NULL ? record_table_of(variants, seed) : variants->variants[0];
    }
    json_out_object(doc->out);
    if (table != NULL) {
        put_fields(doc, table, seed, seed == NULL);
    } else if (words != NULL) {
        put_members(doc, words, seed, only, depth);
    }
    json_out_object_end(doc->out);
}

static void
put_kind(struct api_doc *doc, str kind, str name, const struct json *seed, int depth)
{
    bool is_list = str_ends(kind, S("[]")), is_map = str_ends(kind, S("{}"));
    str inner = str_head(kind, kind.n - (is_list || is_map ? 2 : 0));

    if (is_list || is_map) {
        if (seed != NULL && seed->type == (is_list ? JSON_ARRAY : JSON_OBJECT)) {
            put_many(doc, inner, name, seed, depth);
        } else {
            put_one_of(doc, inner, name, is_list, depth);
        }
    } else if (!api_openapi_is_word(kind)) {
        api_openapi_value(doc, kind, seed, NO_STR, depth + 1);
    } else if (seed != NULL) {
        json_out_value(doc->out, seed);
    } else if (api_openapi_enum(kind).n) {
        put_first(doc, api_openapi_enum(kind));
    } else {
        put_word(doc, kind, str_eq(kind, S("EventType")) ? S("eventType") : name);
    }
}
