/* SPDX-License-Identifier: Apache-2.0 */
/* Maps: an object whose members are all of one table, {"<key>": {...}}. In memory a list of structs that begin
 * with their key, in the order of their keys, so that two maps are the same when their lists are. A PATCH merges
 * by key, and null takes a key away (RFC 7396 s2). */
#include "base/arena.h"
#include "model/field/field_internal.h"

enum { KEY_MAX = 191 };

static void *
item_at(const struct field *f, const struct field_list *list, size_t i)
{
    return (char *)list->items + i * f->more.table->size;
}

/* Less than, equal to or greater than zero, as a stands to b. */
static int
key_order(const struct field *f, const void *a, const void *b)
{
    if (f->kind == FIELD_MAP) {
        return str_cmp(*(const str *)a, *(const str *)b);
    }
    return uuid_cmp(*(const struct uuid *)a, *(const struct uuid *)b);
}

/* Where the key is, or would be put. */
static size_t
place_of(const struct field *f, const struct field_list *map, const void *key, bool *ret_is_there)
{
    size_t low = 0, high = map->count;

    *ret_is_there = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = key_order(f, key, item_at(f, map, middle));
        if (order == 0) {
            *ret_is_there = true;
            return middle;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

str
field_map_key(const struct field *f, const void *item, char text[static UUID_TEXT])
{
    if (f->kind == FIELD_MAP) {
        return *(const str *)item;
    }
    uuid_write(*(const struct uuid *)item, text);
    return (str){text, UUID_TEXT};
}

const void *
field_map_find(const struct field *f, const struct field_list *map, const void *key)
{
    bool is_there;
    size_t i = place_of(f, map, key, &is_there);

    return is_there ? item_at(f, map, i) : NULL;
}

/* A key as it stands in memory. */
union key {
    str text;
    struct uuid id;
};

static bool
read_key(const struct field_in *in, const struct field_at *at, union key *ret)
{
    str name = in->value->name;

    if (in->field->kind == FIELD_UUID_MAP) {
        *ret = (union key){.id = {{0}}};
        return (uuid_parse(name, &ret->id) && !uuid_is_nil(ret->id))
               || field_complain(in->job, at, "invalidJSON", S("Name "), S(" by a UUID."));
    }
    if (in->mode != FIELD_STORED
        && (name.n == 0 || name.n > KEY_MAX || field_text_fault(FIELD_TEXT, name) != NULL)) {
        return field_complain(
            in->job, at, "invalid", S("Name "), S(" by a short text without control characters."));
    }
    *ret = (union key){.text = str_dup(in->job->reader->arena, name)};
    return true;
}

static size_t
key_size(const struct field *f)
{
    return f->kind == FIELD_MAP ? sizeof(str) : sizeof(struct uuid);
}

/* One of its own key that is there already: read over that, or anew. */
static bool
read_item(const struct field_in *in, const struct field_at *at, const void *old, const void *key,
    void *item)
{
    const struct field_table *table = in->field->more.table;
    struct field_in item_in = *in;

    item_in.at = at;
    if (old != NULL) {
        memcpy(item, old, table->size);
    } else {
        item_in.mode = in->mode == FIELD_STORED ? FIELD_STORED : FIELD_CREATE;
        field_defaults(in->job->reader->arena, table, item);
        memcpy(item, key, key_size(in->field));
    }
    return field_read_members(&item_in, table, item);
}

static void
move(const struct field *f, struct field_list *map, size_t to, size_t from)
{
    memmove(item_at(f, map, to), item_at(f, map, from), (map->count - from) * f->more.table->size);
}

/* Reads one member into map, which has room for it; old is what was there before the call. */
static bool
read_entry(const struct field_in *in, const struct field_at *at, const struct field_list *old,
    struct field_list *map)
{
    const struct field *f = in->field;
    union key key = {.text = NO_STR};
    bool is_there;
    size_t i;

    if (!read_key(in, at, &key)) {
        return false;
    }
    i = place_of(f, map, &key, &is_there);
    if (in->value->type == JSON_NULL) {
        if (is_there) {
            move(f, map, i, i + 1);
            map->count--;
        }
        return true;
    }
    if (in->value->type != JSON_OBJECT) {
        return field_complain(
            in->job, at, "invalidJSON", S("Write "), S(" as an object in braces."));
    }
    if (!is_there) {
        move(f, map, i + 1, i);
        map->count++;
    }
    /* Two writings of one UUID are two members: the later one counts, as for any JSON object. */
    return read_item(in, at, field_map_find(f, old, &key), &key, item_at(f, map, i));
}

static bool
start(const struct field_in *in, const struct field_list *old, struct field_list *map)
{
    size_t size = in->field->more.table->size;

    *map = (struct field_list){0};
    map->items = arena_array(in->job->reader->arena, old->count + in->value->count + 1, size);
    if (map->items == NULL) {
        return false;
    }
    if (field_is_patch(in->mode) && old->count) {
        memcpy(map->items, old->items, old->count * size);
        map->count = old->count;
    }
    return true;
}

bool
field_read_map(const struct field_in *in, void *member)
{
    struct field_at at = {.up = in->at};
    struct field_in item = *in;
    size_t max = (size_t)MIN(field_max(in->field), (int64_t)FIELD_MAX_ITEMS);
    struct field_list map;
    bool ok = true;

    if (in->value->type != JSON_OBJECT) {
        return field_complain_shape(in, in->at);
    }
    if ((in->mode != FIELD_STORED && field_is_long(in, in->value->count, max))
        || !start(in, member, &map)) {
        return false;
    }
    for (item.value = in->value->first; item.value != NULL; item.value = item.value->next) {
        at.name = item.value->name;
        ok = read_entry(&item, &at, member, &map) && ok;
    }
    if (!ok || (in->mode != FIELD_STORED && field_is_long(in, map.count, max))) {
        return false;
    }
    *(struct field_list *)member = map;
    return true;
}

bool
field_map_same(const struct field *f, const struct field_list *a, const struct field_list *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        const void *x = item_at(f, a, i), *y = item_at(f, b, i);
        if (key_order(f, x, y) != 0 || !field_same_object(f->more.table, x, y)) {
            return false;
        }
    }
    return true;
}
