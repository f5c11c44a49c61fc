/* SPDX-License-Identifier: Apache-2.0 */
/* The audit difference of two objects of a table: the members that differ, named by path, with their
 * values unless those are secret or personal. Items of lists are compared place by place. */
#include "base/arena.h"
#include "model/field/field_internal.h"

struct diff {
    struct arena *arena;
    struct json_out *out;
    bool differs;
};

static void diff_members(struct diff *d, const struct field_table *table, const struct field_at *at,
    bool is_hidden, const void *before, const void *after);

static void
write_side(struct diff *d, const struct field *f, bool is_hidden, const void *member)
{
    bool is_absent = member == NULL
                     || (field_facts[f->kind].store != FIELD_AS_TEXTS && field_is_empty(f, member));

    if (is_absent) {
        json_out_null(d->out);
    } else {
        field_write_value(f, FIELD_FOR_AUDIT, is_hidden, member, d->out);
    }
}

static void
write_difference(struct diff *d, const struct field *f, const struct field_at *at, bool is_hidden,
    const void *before, const void *after)
{
    d->differs = true;
    json_out_object(d->out);
    json_put_str(d->out, S("path"), field_at_text(d->arena, at));
    json_out_name(d->out, S("old"));
    write_side(d, f, is_hidden, before);
    json_out_name(d->out, S("new"));
    write_side(d, f, is_hidden, after);
    json_out_object_end(d->out);
}

/* Item i of the list; an item is written as an object in place would be. */
static const void *
item_at(const struct field *f, const struct field_list *list, size_t i)
{
    return i < list->count ? (const char *)list->items + i * f->more.table->size : NULL;
}

static void
diff_objects(struct diff *d, const struct field *f, const struct field_at *at, bool is_hidden,
    const struct field_list *before, const struct field_list *after)
{
    struct field_at item = {.up = at, .is_item = true};
    struct field row = *f;

    row.kind = FIELD_OBJECT;
    for (; item.index < MAX(before->count, after->count); item.index++) {
        const void *a = item_at(f, before, item.index), *b = item_at(f, after, item.index);
        if (a != NULL && b != NULL) {
            diff_members(d, f->more.table, &item, is_hidden, a, b);
        } else {
            write_difference(d, &row, &item, is_hidden, a, b);
        }
    }
}

/* Both are in the order of their keys: a key of both is compared, one of one side only was made or taken away. */
static void
diff_maps(struct diff *d, const struct field *f, const struct field_at *up, bool is_hidden,
    const struct field_list *before, const struct field_list *after)
{
    struct field_at at = {.up = up};
    struct field row = *f;
    char a_text[UUID_TEXT], b_text[UUID_TEXT];

    row.kind = FIELD_OBJECT;
    for (size_t i = 0, j = 0; i < before->count || j < after->count;) {
        const void *a = item_at(f, before, i), *b = item_at(f, after, j);
        str a_key = a ? field_map_key(f, a, a_text) : NO_STR;
        str b_key = b ? field_map_key(f, b, b_text) : NO_STR;
        int order = a && b ? str_cmp(a_key, b_key) : a ? -1 : 1;
        at.name = order <= 0 ? a_key : b_key;
        if (order == 0) {
            diff_members(d, f->more.table, &at, is_hidden, a, b);
        } else {
            write_difference(d, &row, &at, is_hidden, order < 0 ? a : NULL, order < 0 ? NULL : b);
        }
        i += order <= 0;
        j += order >= 0;
    }
}

static void
diff_members(struct diff *d, const struct field_table *table, const struct field_at *up,
    bool is_hidden, const void *before, const void *after)
{
    struct field_at at = {.up = up};

    for (const struct field *f = table->fields; f < table->fields + table->count; f++) {
        const void *a = field_in_const(f, before), *b = field_in_const(f, after);
        bool hides = is_hidden || field_is_hidden(f);

        if (field_same(f, a, b)) {
            continue;
        }
        at.name = str_from(f->name);
        if (f->kind == FIELD_OBJECT) {
            diff_members(d, f->more.table, &at, hides, a, b);
        } else if (f->kind == FIELD_OBJECTS) {
            diff_objects(d, f, &at, hides, a, b);
        } else if (field_facts[f->kind].store == FIELD_AS_MAP) {
            diff_maps(d, f, &at, hides, a, b);
        } else {
            write_difference(d, f, &at, hides, a, b);
        }
    }
}

bool
field_diff(const struct field_table *table, const void *before, const void *after,
    struct arena *arena, struct json_out *out)
{
    struct field_at root = {.up = NULL};
    struct diff d = {arena, out, false};

    json_out_array(out);
    diff_members(&d, table, &root, false, before, after);
    json_out_array_end(out);
    return d.differs;
}
