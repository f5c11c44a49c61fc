/* SPDX-License-Identifier: Apache-2.0 */
/* A table as a JSON Schema object in the dialect of OpenAPI 3.1. Lengths: rows count bytes, schemas
 * characters (RFC 8259 strings), so a minimum is divided by the most bytes a character takes. */
#include "model/field/field_internal.h"

enum { MAX_CHAR_BYTES = 4 };

static void
put_word(struct json_out *out, str name, const char *word)
{
    if (word != NULL) {
        json_put_str(out, name, str_from(word));
    }
}

static void
write_names(const char *const *names, struct json_out *out)
{
    json_out_name(out, S("enum"));
    json_out_array(out);
    for (; *names != NULL; names++) {
        json_out_str(out, str_from(*names));
    }
    json_out_array_end(out);
}

static void
write_ref_to(str type, struct json_out *out)
{
    char ref[128];
    str to = {ref, 0}, folder = S("#/components/schemas/");

    CHECK(type.n <= sizeof ref - folder.n);
    memcpy(ref, folder.p, folder.n);
    memcpy(ref + folder.n, type.p, type.n);
    to.n = folder.n + type.n;
    json_put_str(out, S("$ref"), to);
}

static void
write_ref(const struct field_table *table, struct json_out *out)
{
    write_ref_to(str_from(table->type), out);
}

static void
write_lengths(const struct field *f, struct json_out *out)
{
    if (f->kind == FIELD_UUID || f->kind == FIELD_UUIDS || f->kind == FIELD_DATE) {
        return; /* the format says it all */
    }
    if (f->min > 0) {
        json_put_i64(out, S("minLength"), (f->min + MAX_CHAR_BYTES - 1) / MAX_CHAR_BYTES);
    }
    json_put_i64(out, S("maxLength"), field_max(f));
}

/* The schema of a text, or of an item of a list of texts, inside an open object. */
static void
write_text_type(const struct field *f, struct json_out *out)
{
    put_word(out, S("type"), field_facts[f->kind].type);
    put_word(out, S("format"), field_facts[f->kind].format);
    if (f->kind == FIELD_ENUM || f->kind == FIELD_ENUMS) {
        write_names(f->more.names, out);
    } else {
        write_lengths(f, out);
    }
}

static void
write_map_type(const struct field *f, struct json_out *out)
{
    json_put_str(out, S("type"), S("object"));
    if (f->kind == FIELD_TEXT_MAP) {
        json_out_name(out, S("additionalProperties"));
        json_out_object(out);
        json_put_str(out, S("type"), S("string"));
        json_out_object_end(out);
    }
}

static void
write_objects_map_type(const struct field *f, struct json_out *out)
{
    json_put_str(out, S("type"), S("object"));
    if (f->kind == FIELD_UUID_MAP) {
        json_out_name(out, S("propertyNames"));
        json_out_object(out);
        json_put_str(out, S("format"), S("uuid"));
        json_out_object_end(out);
    }
    json_out_name(out, S("additionalProperties"));
    json_out_object(out);
    write_ref(f->more.table, out);
    json_out_object_end(out);
    json_put_i64(out, S("maxProperties"), field_max(f));
}

static void
write_list_type(const struct field *f, struct json_out *out)
{
    bool is_objects = f->kind == FIELD_OBJECTS;

    json_put_str(out, S("type"), S("array"));
    json_out_name(out, S("items"));
    json_out_object(out);
    if (is_objects) {
        write_ref(f->more.table, out);
    } else {
        write_text_type(f, out);
    }
    json_out_object_end(out);
    if (is_objects && f->min > 0) {
        json_put_i64(out, S("minItems"), f->min);
    }
    json_put_i64(out, S("maxItems"), is_objects ? field_max(f) : FIELD_MAX_ITEMS);
    if (f->kind == FIELD_ENUMS) {
        json_put_bool(out, S("uniqueItems"), true);
    }
}

static void
write_number_type(const struct field *f, struct json_out *out)
{
    put_word(out, S("type"), field_facts[f->kind].type);
    put_word(out, S("format"), field_facts[f->kind].format);
    json_out_name(out, S("minimum"));
    field_decimal_write(f, f->min, out);
    if (field_max(f) < INT64_MAX / 1000) {
        json_out_name(out, S("maximum"));
        field_decimal_write(f, field_max(f), out);
    }
}

/* What FIELD_LATER will be: like = ( word / type ) [ "[]" ] */
static void
write_like(str like, struct json_out *out)
{
    static const struct {
        const char *word, *type, *format;
    } words[] = {
        {"boolean", "boolean", NULL},
        {"instant", "integer", "int64"},
        {"string", "string", NULL},
        {"uuid", "string", "uuid"},
    };

    if (str_ends(like, S("[]"))) {
        json_put_str(out, S("type"), S("array"));
        json_out_name(out, S("items"));
        json_out_object(out);
        write_like(str_head(like, like.n - 2), out);
        json_out_object_end(out);
        return;
    }
    for (size_t i = 0; i < COUNT(words); i++) {
        if (str_eq(like, str_from(words[i].word))) {
            put_word(out, S("type"), words[i].type);
            put_word(out, S("format"), words[i].format);
            return;
        }
    }
    write_ref_to(like, out);
}

static void
write_later(const struct field *f, struct json_out *out)
{
    if (f->more.like != NULL) {
        write_like(str_from(f->more.like), out);
    } else {
        json_put_str(out, S("type"), S("object"));
    }
    json_put_bool(out, S("x-without-effect"), true);
}

static void
write_type(const struct field *f, struct json_out *out)
{
    switch (field_facts[f->kind].store) {
    case FIELD_AS_STR:
        if (f->kind == FIELD_JSON || f->kind == FIELD_TEXT_MAP) {
            write_map_type(f, out);
            break;
        }
        write_text_type(f, out);
        break;
    case FIELD_AS_UUID:
    case FIELD_AS_ENUM:
        write_text_type(f, out);
        break;
    case FIELD_AS_BOOL:
        json_put_str(out, S("type"), S("boolean"));
        break;
    case FIELD_AS_I64:
        write_number_type(f, out);
        break;
    case FIELD_AS_TEXTS:
    case FIELD_AS_OBJECTS:
        write_list_type(f, out);
        break;
    case FIELD_AS_MAP:
        write_objects_map_type(f, out);
        break;
    case FIELD_AS_OBJECT:
        write_ref(f->more.table, out);
        break;
    case FIELD_AS_NOTHING:
        write_later(f, out);
        break;
    }
}

static void
write_default_list(const char *words, struct json_out *out)
{
    str rest = str_from(words), word;

    json_out_array(out);
    while (str_cut(&rest, ' ', &word)) {
        json_out_str(out, word);
    }
    json_out_array_end(out);
}

static void
write_default(const struct field *f, struct json_out *out)
{
    enum field_store store = field_facts[f->kind].store;
    bool is_text = f->default_text != NULL && f->default_text[0] != '\0';

    if (store == FIELD_AS_BOOL || (store == FIELD_AS_ENUM && f->default_int >= 0)
        || f->kind == FIELD_INT || f->kind == FIELD_DECIMAL || is_text) {
        json_out_name(out, S("default"));
    }
    if (store == FIELD_AS_BOOL) {
        json_out_bool(out, f->default_int != 0);
    } else if (store == FIELD_AS_ENUM && f->default_int >= 0) {
        json_out_str(out, str_from(f->more.names[f->default_int]));
    } else if (f->kind == FIELD_INT || f->kind == FIELD_DECIMAL) {
        field_decimal_write(f, f->default_int, out);
    } else if (is_text && store == FIELD_AS_TEXTS) {
        write_default_list(f->default_text, out);
    } else if (is_text && (f->kind == FIELD_JSON || f->kind == FIELD_TEXT_MAP)) {
        json_out_raw(out, str_from(f->default_text));
    } else if (is_text) {
        json_out_str(out, str_from(f->default_text));
    }
}

/* What is said; of what has no effect yet always that. */
static void
write_words(const struct field *f, str said, struct json_out *out)
{
    if (f->kind == FIELD_LATER) {
        json_put_str(out, S("description"),
            S("Known, without effect yet: accepted only when it asks for nothing."));
    } else if (said.n) {
        json_put_str(out, S("description"), said);
    }
}

static void
write_property(const struct field *f, str said, struct json_out *out)
{
    bool is_never_shown = f->kind == FIELD_SECRET && !(f->flags & FIELD_SHOWN);

    json_out_name(out, str_from(f->name));
    json_out_object(out);
    write_words(f, said, out);
    write_type(f, out);
    write_default(f, out);
    if (f->flags & FIELD_READ_ONLY) {
        json_put_bool(out, S("readOnly"), true);
    } else if ((f->flags & FIELD_WRITE_ONLY) || is_never_shown) {
        json_put_bool(out, S("writeOnly"), true);
    }
    json_out_object_end(out);
}

static bool
is_asked_for(const struct field *f)
{
    return (f->flags & FIELD_REQUIRED) && !(f->flags & FIELD_READ_ONLY);
}

static void
write_required(const struct field_table *table, struct json_out *out)
{
    bool has_any = false;

    for (size_t i = 0; i < table->count; i++) {
        has_any = has_any || is_asked_for(&table->fields[i]);
    }
    if (!has_any) {
        return;
    }
    json_out_name(out, S("required"));
    json_out_array(out);
    for (size_t i = 0; i < table->count; i++) {
        if (is_asked_for(&table->fields[i])) {
            json_out_str(out, str_from(table->fields[i].name));
        }
    }
    json_out_array_end(out);
}

void
field_schema(const struct field_table *table, field_words *words, void *ctx, struct json_out *out)
{
    str said = words != NULL ? words(ctx, table->type, NULL) : NO_STR;

    json_out_object(out);
    json_put_given(out, S("description"), said);
    json_put_str(out, S("type"), S("object"));
    json_out_name(out, S("properties"));
    json_out_object(out);
    for (size_t i = 0; i < table->count; i++) {
        const struct field *f = &table->fields[i];
        write_property(f, words != NULL ? words(ctx, table->type, f->name) : NO_STR, out);
    }
    json_out_object_end(out);
    write_required(table, out);
    json_out_object_end(out);
}
