/* SPDX-License-Identifier: Apache-2.0 */
/* Lists: of texts by kind of item, and of objects. An object whose "id" is that of an old item is
 * read over a copy of it; FIELD_PATCH_APPEND adds what is not there yet, so that a request sent
 * twice does nothing the second time. */
#include "base/arena.h"
#include "model/field/field_internal.h"

bool
field_is_long(const struct field_in *in, size_t count, size_t max)
{
    if (count <= max) {
        return false;
    }
    field_complain(in->job, in->at, "tooMany", S("Give "),
        str_fmt(in->job->reader->arena, " at most %zu items.", max));
    return true;
}

static bool
names_have(const char *const *names, str text)
{
    for (; *names != NULL; names++) {
        if (str_eq(str_from(*names), text)) {
            return true;
        }
    }
    return false;
}

static bool
texts_have(const struct field_texts *texts, str text)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (str_eq(texts->items[i], text)) {
            return true;
        }
    }
    return false;
}

static bool
name_ok(const struct field_in *in, const struct field_at *at, const struct field_texts *before,
    str text)
{
    if (!names_have(in->field->more.names, text)) {
        return field_complain(
            in->job, at, "invalid", S("Replace "), S(" by a name that this list may hold."));
    }
    if (texts_have(before, text)) {
        return field_complain(
            in->job, at, "duplicate", S("Remove "), S(": the list has that name already."));
    }
    return true;
}

static bool
read_text(const struct field_in *in, const struct field_at *at, const struct field_texts *before,
    str *ret)
{
    struct arena *arena = in->job->reader->arena;
    struct uuid id;
    str text;

    if (!json_str(in->value, &text)) {
        return field_complain(in->job, at, "invalidJSON", S("Write "), S(" as a text in quotes."));
    }
    if (in->field->kind == FIELD_UUIDS) {
        if (!uuid_parse(text, &id)) {
            return field_complain(
                in->job, at, "invalidJSON", S("Write "), S(" as a UUID in quotes."));
        }
        *ret = uuid_text(arena, id);
        return true;
    }
    if (in->field->kind == FIELD_ENUMS && in->mode != FIELD_STORED) {
        if (!name_ok(in, at, before, text)) {
            return false;
        }
    } else if (!field_text_ok(in, at, text)) {
        return false;
    }
    *ret = str_dup(arena, text);
    return true;
}

/* The old texts and those of the new ones that are not among them. */
static bool
append_texts(const struct field_in *in, const struct field_texts *more, struct field_texts *to)
{
    struct field_texts all = {0};

    all.items = ARENA_ARRAY(in->job->reader->arena, to->count + more->count + 1, str);
    if (all.items == NULL) {
        return false;
    }
    for (; all.count < to->count; all.count++) {
        all.items[all.count] = to->items[all.count];
    }
    for (size_t i = 0; i < more->count; i++) {
        if (!texts_have(&all, more->items[i])) {
            all.items[all.count++] = more->items[i];
        }
    }
    if (field_is_long(in, all.count, FIELD_MAX_ITEMS)) {
        return false;
    }
    *to = all;
    return true;
}

bool
field_read_texts(const struct field_in *in, void *member)
{
    struct field_at at = {.up = in->at, .is_item = true};
    struct field_in item = *in;
    struct field_texts texts = {0};
    bool ok = true;

    if (in->value->type != JSON_ARRAY) {
        return field_complain_shape(in, in->at);
    }
    if (field_is_long(in, in->value->count, FIELD_MAX_ITEMS)) {
        return false;
    }
    texts.items = ARENA_ARRAY(in->job->reader->arena, in->value->count, str);
    if (texts.items == NULL) {
        return false;
    }
    for (item.value = in->value->first; item.value != NULL; item.value = item.value->next) {
        if (read_text(&item, &at, &texts, &texts.items[texts.count])) {
            texts.count++;
        } else {
            ok = false;
        }
        at.index++;
    }
    if (!ok) {
        return false;
    }
    if (in->mode == FIELD_PATCH_APPEND) {
        return append_texts(in, &texts, member);
    }
    *(struct field_texts *)member = texts;
    return true;
}

/* A list of objects being made: room for the old items and the new ones. */
struct making {
    const struct field_table *table;
    const struct field *id; /* the row called "id" if it tells items apart, or NULL */
    struct field_list old, list;
};

static void *
item_at(const struct making *m, const struct field_list *list, size_t i)
{
    return (char *)list->items + i * m->table->size;
}

static const struct field *
id_row(const struct field_table *table)
{
    size_t hint = 0;
    const struct field *f = field_find(table, S("id"), &hint);

    return f && (f->kind == FIELD_UUID || f->kind == FIELD_TEXT) ? f : NULL;
}

/* Index of the item in the list that has the id of value; list->count if there is none. */
static size_t
find_item(const struct making *m, const struct field_list *list, const struct json *value)
{
    struct uuid uuid = {0};
    str text;
    bool is_uuid = m->id != NULL && m->id->kind == FIELD_UUID;

    if (m->id == NULL || !json_str(json_get(value, S("id")), &text) || text.n == 0
        || (is_uuid && !uuid_parse(text, &uuid))) {
        return list->count;
    }
    for (size_t i = 0; i < list->count; i++) {
        const void *id = field_in_const(m->id, item_at(m, list, i));
        if (is_uuid ? uuid_eq(*(const struct uuid *)id, uuid) : str_eq(*(const str *)id, text)) {
            return i;
        }
    }
    return list->count;
}

/* The last item has the id of one before it. */
static bool
is_repeated(const struct making *m)
{
    const void *last = item_at(m, &m->list, m->list.count - 1);

    if (m->id == NULL || field_is_empty(m->id, field_in_const(m->id, last))) {
        return false;
    }
    for (size_t i = 0; i + 1 < m->list.count; i++) {
        const void *other = item_at(m, &m->list, i);
        if (field_same(m->id, field_in_const(m->id, other), field_in_const(m->id, last))) {
            return true;
        }
    }
    return false;
}

/* Is the item what a client would send back of the old one? It does not see secrets, and what it
 * sends for read-only members is ignored. */
static bool
is_like(const struct field_table *table, const void *old, const void *item)
{
    for (const struct field *f = table->fields; f < table->fields + table->count; f++) {
        const void *a = field_in_const(f, old), *b = field_in_const(f, item);
        bool is_unseen =
            f->kind == FIELD_SECRET || (f->flags & (FIELD_READ_ONLY | FIELD_WRITE_ONLY));

        if (is_unseen && field_is_empty(f, b)) {
            continue;
        }
        if (f->kind == FIELD_OBJECT ? !is_like(f->more.table, a, b) : !field_same(f, a, b)) {
            return false;
        }
    }
    return true;
}

static bool
is_known(const struct making *m, const void *item)
{
    for (size_t i = 0; i < m->old.count; i++) {
        if (is_like(m->table, item_at(m, &m->list, i), item)) {
            return true;
        }
    }
    return false;
}

/* Reads one value into the list: over the old item of the same id, or as a new one at the end. */
static bool
read_item(const struct field_in *in, const struct field_at *at, struct making *m)
{
    bool grows = in->mode == FIELD_PATCH_APPEND;
    size_t old = in->mode == FIELD_STORED ? m->old.count : find_item(m, &m->old, in->value);
    struct field_in item_in = *in;
    void *item = item_at(m, &m->list, m->list.count);

    if (in->value->type != JSON_OBJECT) {
        return field_complain(
            in->job, at, "invalidJSON", S("Write "), S(" as an object in braces."));
    }
    item_in.at = at;
    if (old < m->old.count && grows) {
        return field_read_members(&item_in, m->table, item_at(m, &m->list, old));
    }
    if (old < m->old.count) {
        item_in.mode = FIELD_REPLACE;
        memcpy(item, item_at(m, &m->old, old), m->table->size);
    } else {
        item_in.mode = in->mode == FIELD_STORED ? FIELD_STORED : FIELD_CREATE;
        field_defaults(in->job->reader->arena, m->table, item);
    }
    if (!field_read_members(&item_in, m->table, item)) {
        return false;
    }
    if (grows && is_known(m, item)) {
        return true;
    }
    m->list.count++;
    if (in->mode != FIELD_STORED && is_repeated(m)) {
        return field_complain(
            in->job, at, "duplicate", S("Give "), S(" an id that no other item of the list has."));
    }
    return true;
}

static bool
making_start(const struct field_in *in, const struct field_list *old, struct making *m)
{
    size_t room = old->count + in->value->count;

    *m = (struct making){.table = in->field->more.table, .old = *old};
    m->id = id_row(m->table);
    m->list.items = arena_array(in->job->reader->arena, room + 1, m->table->size);
    if (m->list.items == NULL) {
        return false;
    }
    if (in->mode == FIELD_PATCH_APPEND && old->count) {
        memcpy(m->list.items, old->items, old->count * m->table->size);
        m->list.count = old->count;
    }
    return true;
}

bool
field_read_objects(const struct field_in *in, void *member)
{
    struct field_at at = {.up = in->at, .is_item = true};
    struct field_in item = *in;
    size_t max = (size_t)MIN(field_max(in->field), (int64_t)FIELD_MAX_ITEMS);
    struct making m;
    bool ok = true;

    if (in->value->type != JSON_ARRAY) {
        return field_complain_shape(in, in->at);
    }
    if (field_is_long(in, in->value->count, in->mode == FIELD_STORED ? JSON_MAX_NODES : max)
        || !making_start(in, member, &m)) {
        return false;
    }
    for (item.value = in->value->first; item.value != NULL; item.value = item.value->next) {
        ok = read_item(&item, &at, &m) && ok;
        at.index++;
    }
    if (!ok || (in->mode != FIELD_STORED && field_is_long(in, m.list.count, max))) {
        return false;
    }
    if (in->mode != FIELD_STORED && (int64_t)m.list.count < in->field->min) {
        return field_complain(in->job, in->at, "tooFew", S("Give "),
            str_fmt(in->job->reader->arena, " at least %lld items.", (long long)in->field->min));
    }
    *(struct field_list *)member = m.list;
    return true;
}
