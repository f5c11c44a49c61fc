/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a wire object into its struct: one pass over the members, all faults collected (values by their kind: field_value.c). What a mode
 * means is in four places: set (a member is there), clear (it is null), reset_absent and ask.
 * Invariant: a member is written only with a value its kind has accepted. */
#include "base/arena.h"
#include "model/field/field_internal.h"

/* What a PUT leaves as it is, and what a null in a PATCH cannot take away. */
enum {
    KEPT_ON_PUT = FIELD_READ_ONLY | FIELD_IMMUTABLE | FIELD_FIXED | FIELD_KEEP_ON_PUT,
    KEPT_ON_NULL = FIELD_READ_ONLY | FIELD_IMMUTABLE | FIELD_FIXED,
};

struct seen {
    uint64_t bits[FIELD_MAX_ROWS / 64];
};

static bool
complain_immutable(const struct field_in *in)
{
    return field_complain(in->job, in->at, "immutable", S("Leave "),
        S(" as it is: it cannot change once it is set."));
}

/* Reads a member that may be set once and differs from what is there already. */
static bool
set_immutable(const struct field_in *in, void *member)
{
    size_t size = field_size(in->field);
    void *fresh = arena_alloc(in->job->reader->arena, size);

    if (fresh == NULL) {
        return false;
    }
    memcpy(fresh, member, size);
    if (!field_read_value(in, fresh)) {
        return false;
    }
    return field_same(in->field, member, fresh) || complain_immutable(in);
}

/* A member is there and not null. */
static bool
set(const struct field_in *in, const struct field_table *table, void *object)
{
    const struct field *f = in->field;
    void *member = field_of(f, object);
    bool is_change = in->mode != FIELD_CREATE && in->mode != FIELD_STORED;

    if ((f->flags & FIELD_IMMUTABLE) && is_change && !field_is_empty(f, member)) {
        return set_immutable(in, member);
    }
    if (!field_read_value(in, member)) {
        return false;
    }
    if (f->rule == NULL || in->mode == FIELD_STORED || field_is_empty(f, member)) {
        return true;
    }
    return field_judge(in->job, table, f, object, in->at);
}

/* A member is null. Only in a PATCH that is more than absence: RFC 7396 s1. */
static bool
clear(const struct field_in *in, void *object)
{
    struct arena *arena = in->job->reader->arena;
    const struct field *f = in->field;
    void *member = field_of(f, object);

    if (!field_is_patch(in->mode)) {
        return true;
    }
    if (f->kind == FIELD_OBJECT) {
        field_reset_all(arena, f->more.table, KEPT_ON_NULL, member);
    } else if (!(f->flags & FIELD_IMMUTABLE)) {
        field_reset(arena, f, member);
    } else if (!field_is_empty(f, member)) {
        return complain_immutable(in);
    }
    return true;
}

static bool
is_blank(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r') {
            return false;
        }
    }
    return true;
}

/* Members that others set, or that are set once and for all: what is sent of them is read over. */
static bool
is_read_over(const struct field *f, enum field_mode mode)
{
    bool is_fixed = (f->flags & FIELD_FIXED) && mode != FIELD_CREATE;

    return mode == FIELD_STORED ? !field_is_stored(f) : is_fixed || (f->flags & FIELD_READ_ONLY);
}

/* Is a required member wanting? Kinds without an empty value must have been given, or kept. */
static bool
is_wanting(const struct field *f, const void *member, bool is_given)
{
    switch (field_facts[f->kind].store) {
    case FIELD_AS_STR:
        return is_blank(*(const str *)member);
    case FIELD_AS_BOOL:
    case FIELD_AS_OBJECT:
        return !is_given;
    case FIELD_AS_I64:
    case FIELD_AS_ENUM:
        return !is_given || field_is_empty(f, member);
    default:
        return field_is_empty(f, member);
    }
}

static bool
is_kept(const struct field_in *in)
{
    return in->mode == FIELD_REPLACE && (in->field->flags & KEPT_ON_PUT);
}

/* What a PUT does not give goes back to its default. */
static void
reset_absent(const struct field_in *in, void *object)
{
    struct arena *arena = in->job->reader->arena;
    const struct field *f = in->field;

    if (is_kept(in)) {
        return;
    }
    if (f->kind == FIELD_OBJECT) {
        field_reset_all(arena, f->more.table, KEPT_ON_PUT, field_of(f, object));
    } else {
        field_reset(arena, f, field_of(f, object));
    }
}

/* A required member must be there. In a PATCH only what was named is asked for: old values may be
 * older than the rule. */
static bool
ask(const struct field_in *in, bool is_named, bool is_given, const void *object)
{
    const struct field *f = in->field;
    bool is_text = field_facts[f->kind].store == FIELD_AS_STR;

    if (!(f->flags & FIELD_REQUIRED) || (f->flags & FIELD_READ_ONLY)
        || (field_is_patch(in->mode) && !is_named)
        || !is_wanting(f, field_in_const(f, object), is_given || is_kept(in))) {
        return true;
    }
    return field_complain(
        in->job, in->at, is_text ? "blank" : "missing", S("Give "), S(" a value."));
}

static bool
is_seen(const struct seen *seen, size_t row)
{
    return seen->bits[row / 64] >> (row % 64) & 1;
}

static void
see(struct seen *seen, size_t row)
{
    seen->bits[row / 64] |= (uint64_t)1 << (row % 64);
}

struct progress {
    struct seen named, given, wrong;
};

static bool
read_member(struct field_in *in, const struct field_table *table, size_t *hint,
    struct progress *progress, void *object)
{
    const struct field *f = field_find(table, in->value->name, hint);
    bool ok;

    if (f == NULL) {
        return in->mode == FIELD_STORED
               || field_complain(
                   in->job, in->at, "unknown", S("Leave out "), S(": it has no meaning here."));
    }
    if (is_read_over(f, in->mode)) {
        return true;
    }
    in->field = f;
    see(&progress->named, (size_t)(f - table->fields));
    if (in->value->type == JSON_NULL) {
        ok = clear(in, object);
    } else {
        see(&progress->given, (size_t)(f - table->fields));
        ok = set(in, table, object);
    }
    if (!ok) {
        see(&progress->wrong, (size_t)(f - table->fields));
    }
    return ok;
}

static void
reset_members(struct field_in *in, const struct field_table *table, const struct progress *progress,
    void *object)
{
    for (size_t row = 0; row < table->count; row++) {
        in->field = &table->fields[row];
        if (!is_seen(&progress->given, row)) {
            reset_absent(in, object);
        }
    }
}

static bool
ask_members(struct field_in *in, const struct field_table *table, struct field_at *at,
    const struct progress *progress, const void *object)
{
    bool ok = true;

    for (size_t row = 0; row < table->count; row++) {
        in->field = &table->fields[row];
        at->name = str_from(in->field->name);
        if (!is_seen(&progress->wrong, row)
            && !ask(in, is_seen(&progress->named, row), is_seen(&progress->given, row), object)) {
            ok = false;
        }
    }
    return ok;
}

/* A nested object without a value of its own counts as absent: clients send back what they got, and
 * they got it written out empty. One that is required is not there because it is written empty. */
static bool
is_absent(const struct field_in *outer, const void *object)
{
    return outer->field != NULL && outer->field->kind == FIELD_OBJECT
           && !(outer->field->flags & FIELD_REQUIRED) && field_is_default(outer->field, object);
}

bool
field_read_members(const struct field_in *outer, const struct field_table *table, void *object)
{
    struct field_at at = {.up = outer->at};
    struct field_in in = {.job = outer->job, .mode = outer->mode, .at = &at};
    struct progress progress = {0};
    size_t hint = 0;
    bool ok = true;

    CHECK(table->count <= FIELD_MAX_ROWS);
    for (const struct json *m = outer->value->first; m != NULL; m = m->next) {
        at.name = m->name;
        in.value = m;
        ok = read_member(&in, table, &hint, &progress, object) && ok;
    }
    if (in.mode == FIELD_STORED) {
        return ok;
    }
    if (in.mode == FIELD_REPLACE) {
        reset_members(&in, table, &progress, object);
    }
    if (is_absent(outer, object)) {
        return ok;
    }
    ok = ask_members(&in, table, &at, &progress, object) && ok;
    return ok && field_judge(in.job, table, NULL, object, outer->at);
}

bool
field_read(struct field_reader *reader, const struct field_table *table, enum field_mode mode,
    const struct json *value, str path, void *object)
{
    struct field_job job = {.reader = reader};
    struct field_at at = {.name = str_head(path, FIELD_MAX_PATH)};
    struct field_in in = {.job = &job, .mode = mode, .value = value, .at = &at};

    if (mode == FIELD_CREATE || mode == FIELD_STORED) {
        field_defaults(reader->arena, table, object);
    }
    if (value == NULL || value->type == JSON_NULL) { /* mostly, its members stand outside */
        return field_complain(&job, &at, "missing", S("Send "),
            S(" as an object: what belongs to it stands inside it, in braces."));
    }
    if (value->type != JSON_OBJECT) {
        return field_complain(&job, &at, "invalidJSON", S("Write "), S(" as an object in braces."));
    }
    return field_read_members(&in, table, object) && !arena_failed(reader->arena);
}
