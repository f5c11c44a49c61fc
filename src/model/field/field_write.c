/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a struct as its wire object, for one of its readers: a client, our storage, the audit log, the operator.
 * Invariant: no value of a secret, write-only or personal member reaches the audit log. */
#include "model/field/field_internal.h"

static void
write_texts(const struct field_texts *texts, struct json_out *out)
{
    json_out_array(out);
    for (size_t i = 0; i < texts->count; i++) {
        json_out_str(out, texts->items[i]);
    }
    json_out_array_end(out);
}

static void
write_uuid(struct uuid id, struct json_out *out)
{
    char text[UUID_TEXT];

    if (uuid_is_nil(id)) {
        json_out_null(out);
        return;
    }
    uuid_write(id, text);
    json_out_str(out, (str){text, sizeof text});
}

/* What FusionAuth writes as {} when nothing is in it: whoever reads user.data.x finds an object. */
static bool
is_shown_empty(const struct field *f, enum field_audience audience)
{
    return (f->kind == FIELD_JSON || f->kind == FIELD_TEXT_MAP) && !(f->flags & FIELD_NULLABLE)
           && (audience == FIELD_FOR_API || audience == FIELD_FOR_OPERATOR);
}

static void
write_text(const struct field *f, enum field_audience audience, str text, struct json_out *out)
{
    if (f->kind != FIELD_JSON && f->kind != FIELD_TEXT_MAP) {
        json_out_str(out, text);
    } else if (text.n) {
        json_out_raw(out, text);
    } else if (is_shown_empty(f, audience)) {
        json_out_raw(out, S("{}"));
    } else {
        json_out_null(out);
    }
}

static void
write_enum(const struct field *f, int value, struct json_out *out)
{
    if (value < 0) {
        json_out_null(out);
    } else {
        json_out_str(out, str_from(f->more.names[value]));
    }
}

static void write_members(const struct field_table *table, enum field_audience audience,
    bool is_hidden, const void *object, struct json_out *out);

static void
write_objects(const struct field *f, enum field_audience audience, const struct field_list *list,
    struct json_out *out)
{
    json_out_array(out);
    for (size_t i = 0; i < list->count; i++) {
        const void *item = (const char *)list->items + i * f->more.table->size;
        json_out_object(out);
        write_members(f->more.table, audience, false, item, out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void
write_map(const struct field *f, enum field_audience audience, const struct field_list *map,
    struct json_out *out)
{
    char text[UUID_TEXT];

    json_out_object(out);
    for (size_t i = 0; i < map->count; i++) {
        const void *item = (const char *)map->items + i * f->more.table->size;
        json_out_name(out, field_map_key(f, item, text));
        json_out_object(out);
        write_members(f->more.table, audience, false, item, out);
        json_out_object_end(out);
    }
    json_out_object_end(out);
}

static void
write_plain(
    const struct field *f, enum field_audience audience, const void *member, struct json_out *out)
{
    switch (field_facts[f->kind].store) {
    case FIELD_AS_STR:
        write_text(f, audience, *(const str *)member, out);
        break;
    case FIELD_AS_UUID:
        write_uuid(*(const struct uuid *)member, out);
        break;
    case FIELD_AS_BOOL:
        json_out_bool(out, *(const bool *)member);
        break;
    case FIELD_AS_I64:
        field_decimal_write(f, *(const int64_t *)member, out);
        break;
    case FIELD_AS_ENUM:
        write_enum(f, *(const int *)member, out);
        break;
    case FIELD_AS_TEXTS:
        write_texts(member, out);
        break;
    case FIELD_AS_OBJECT:
        json_out_object(out);
        write_members(f->more.table, audience, false, member, out);
        json_out_object_end(out);
        break;
    case FIELD_AS_OBJECTS:
        write_objects(f, audience, member, out);
        break;
    case FIELD_AS_MAP:
        write_map(f, audience, member, out);
        break;
    case FIELD_AS_NOTHING:
        json_out_null(out);
        break;
    }
}

bool
field_is_hidden(const struct field *f)
{
    return f->kind == FIELD_SECRET || (f->flags & (FIELD_WRITE_ONLY | FIELD_PERSONAL));
}

void
field_write_value(const struct field *f, enum field_audience audience, bool is_hidden,
    const void *member, struct json_out *out)
{
    if (!is_hidden) {
        write_plain(f, audience, member, out);
    } else if (f->kind == FIELD_OBJECT) { /* its members have names to show */
        json_out_object(out);
        write_members(f->more.table, audience, true, member, out);
        json_out_object_end(out);
    } else if (field_is_empty(f, member)) {
        json_out_null(out);
    } else {
        json_out_str(out, S("***"));
    }
}

static bool
may_see(const struct field *f, enum field_audience audience)
{
    if (f->kind == FIELD_LATER) {
        return false;
    }
    switch (audience) {
    case FIELD_FOR_STORE:
        return field_is_stored(f);
    case FIELD_FOR_API:
        return !(f->flags & FIELD_WRITE_ONLY)
               && (f->kind != FIELD_SECRET || (f->flags & FIELD_SHOWN));
    case FIELD_FOR_FILE:
        return !(f->flags & FIELD_READ_ONLY);
    case FIELD_FOR_AUDIT:
    case FIELD_FOR_OPERATOR:
        break;
    }
    return true;
}

/* FusionAuth leaves out what has no value but writes empty lists and maps. A value that is empty though its
 * default is not must show: a client that sends back what it got would get the default. */
static bool
is_left_out(const struct field *f, enum field_audience audience, const void *member)
{
    enum field_store store = field_facts[f->kind].store;

    return store != FIELD_AS_TEXTS && store != FIELD_AS_OBJECTS && store != FIELD_AS_MAP
           && !is_shown_empty(f, audience) && field_is_empty(f, member)
           && field_is_default(f, member);
}

/* A nested object in storage or a file: left out when nothing in it differs from its default. */
static void
store_object(
    const struct field *f, enum field_audience audience, const void *member, struct json_out *out)
{
    struct json_out before = *out;
    size_t n = out->buf->n, begin;

    json_out_name(out, str_from(f->name));
    json_out_object(out);
    begin = out->buf->n;
    write_members(f->more.table, audience, false, member, out);
    if (out->buf->n == begin) {
        *out = before;
        out->buf->n = n;
        return;
    }
    json_out_object_end(out);
}

static void
write_member(const struct field *f, enum field_audience audience, bool is_hidden,
    const void *member, struct json_out *out)
{
    if (audience != FIELD_FOR_STORE && audience != FIELD_FOR_FILE) {
        if (is_left_out(f, audience, member)) {
            return;
        }
    } else if (f->kind == FIELD_OBJECT) {
        store_object(f, audience, member, out);
        return;
    } else if (field_is_default(f, member)) {
        return;
    }
    json_out_name(out, str_from(f->name));
    is_hidden = is_hidden || (audience == FIELD_FOR_AUDIT && field_is_hidden(f));
    field_write_value(f, audience, is_hidden, member, out);
}

static void
write_members(const struct field_table *table, enum field_audience audience, bool is_hidden,
    const void *object, struct json_out *out)
{
    for (const struct field *f = table->fields; f < table->fields + table->count; f++) {
        if (may_see(f, audience)) {
            write_member(f, audience, is_hidden, field_in_const(f, object), out);
        }
    }
}

void
field_write_members(const struct field_table *table, enum field_audience audience,
    const void *object, struct json_out *out)
{
    write_members(table, audience, false, object, out);
}

void
field_write(const struct field_table *table, enum field_audience audience, const void *object,
    struct json_out *out)
{
    json_out_object(out);
    write_members(table, audience, false, object, out);
    json_out_object_end(out);
}
