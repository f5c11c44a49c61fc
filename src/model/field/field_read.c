/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a wire object into its struct: one pass over the members, all faults collected. What a mode
 * means is in four places: set (a member is there), clear (it is null), reset_absent and ask.
 * Invariant: a member is written only with a value its kind has accepted. */
#include "base/arena.h"
#include "codec/url.h"
#include "codec/url_wild.h"
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
complain_size(const struct field_in *in, const struct field_at *at, bool is_short, int64_t bound)
{
    str after = str_fmt(in->job->reader->arena, " at %s %lld bytes long.",
        is_short ? "least" : "most", (long long)bound);

    return field_complain(in->job, at, is_short ? "tooShort" : "tooLong", S("Make "), after);
}

static bool
complain_syntax(const struct field_in *in, const struct field_at *at, const char *code)
{
    if (str_eq(str_from(code), S("invalid"))) {
        return field_complain(in->job, at, code, S("Remove the control characters from "), S("."));
    }
    if (str_eq(str_from(code), S("invalidURL"))) {
        return field_complain(in->job, at, code, S("Write "),
            S(" as an absolute URI, such as https://example.com/path."));
    }
    if (str_eq(str_from(code), S("notEmail"))) {
        return field_complain(
            in->job, at, code, S("Write "), S(" as one email address, such as ann@example.com."));
    }
    return field_complain_shape(in, at);
}

bool
field_text_ok(const struct field_in *in, const struct field_at *at, str text)
{
    const struct field *f = in->field;
    char sample[URL_MAX_BYTES];
    const char *code;

    if (in->mode == FIELD_STORED) {
        return true;
    }
    if ((int64_t)text.n < f->min) {
        return complain_size(in, at, true, f->min);
    }
    if ((int64_t)text.n > field_max(f)) {
        return complain_size(in, at, false, field_max(f));
    }
    if ((f->flags & FIELD_WILD) && url_wild_is(text)
        && !url_wild_sample(text, sample, sizeof sample, &text)) {
        return complain_syntax(in, at, "invalidURL");
    }
    code = field_text_fault(f->kind, text);
    return code == NULL || complain_syntax(in, at, code);
}

bool
field_read_text(const struct field_in *in, void *member)
{
    str text;

    if (!json_str(in->value, &text)) {
        return field_complain_shape(in, in->at);
    }
    if (text.n && !field_text_ok(in, in->at, text)) {
        return false;
    }
    *(str *)member = text.n ? str_dup(in->job->reader->arena, text) : NO_STR;
    return true;
}

static bool
read_uuid(const struct field_in *in, void *member)
{
    struct uuid id = {0};
    str text;

    if (!json_str(in->value, &text) || (text.n && !uuid_parse(text, &id))) {
        return field_complain_shape(in, in->at);
    }
    *(struct uuid *)member = id;
    return true;
}

static bool
read_bool(const struct field_in *in, void *member)
{
    bool value;
    str text;

    if (json_bool(in->value, &value)) {
        *(bool *)member = value;
        return true;
    }
    if (!json_str(in->value, &text) || !(str_eq(text, S("true")) || str_eq(text, S("false")))) {
        return field_complain_shape(in, in->at);
    }
    *(bool *)member = text.n == 4; /* FusionAuth takes "true" for true, and its examples say so */
    return true;
}

static bool
read_int(const struct field_in *in, void *member)
{
    const struct field *f = in->field;
    struct json digits = *in->value;
    int64_t value;

    if (digits.type == JSON_STRING) { /* FusionAuth takes "25" for 25 */
        digits.type = JSON_NUMBER;
    }
    if (!json_i64(&digits, &value)) {
        return field_complain_shape(in, in->at);
    }
    if (in->mode != FIELD_STORED && (value < f->min || value > field_max(f))) {
        str after = str_fmt(in->job->reader->arena, " to a number from %lld to %lld.",
            (long long)f->min, (long long)field_max(f));
        return field_complain(in->job, in->at, "invalid", S("Set "), after);
    }
    *(int64_t *)member = value;
    return true;
}

static bool
read_decimal(const struct field_in *in, void *member)
{
    const struct field *f = in->field;
    int64_t value;

    if (in->value->type != JSON_NUMBER || !field_decimal_parse(in->value->text, &value)) {
        return field_complain_shape(in, in->at);
    }
    if (in->mode != FIELD_STORED && (value < f->min || value > field_max(f))) {
        str after = str_fmt(in->job->reader->arena, " to a number from %lld.%03d to %lld.%03d.",
            (long long)(f->min / 1000), (int)(f->min % 1000), (long long)(field_max(f) / 1000),
            (int)(field_max(f) % 1000));
        return field_complain(in->job, in->at, "invalid", S("Set "), after);
    }
    *(int64_t *)member = value;
    return true;
}

static bool
complain_names(const struct field_in *in)
{
    struct arena *arena = in->job->reader->arena;
    str all = NO_STR;

    for (const char *const *name = in->field->more.names; *name != NULL; name++) {
        all = str_fmt(arena, STRF "%s%s", STRV(all), all.n ? ", " : "", *name);
    }
    all = str_fmt(arena, " to one of " STRF ".", STRV(all));
    return field_complain(in->job, in->at, "invalid", S("Set "), all);
}

static bool
read_enum(const struct field_in *in, void *member)
{
    const char *const *names = in->field->more.names;
    str text;

    if (!json_str(in->value, &text)) {
        return field_complain_shape(in, in->at);
    }
    for (int i = 0; names[i] != NULL; i++) {
        if (str_eq(str_from(names[i]), text)) {
            *(int *)member = i;
            return true;
        }
    }
    /* A newer version may have stored a name that this one does not know. */
    return in->mode == FIELD_STORED || complain_names(in);
}

static bool
read_object(const struct field_in *in, void *member)
{
    if (in->value->type != JSON_OBJECT) {
        return field_complain_shape(in, in->at);
    }
    return field_read_members(in, in->field->more.table, member);
}

/* 0, 0.0, -0, 0e5 */
static bool
is_zero(str number)
{
    for (size_t i = 0; i < number.n && number.p[i] != 'e' && number.p[i] != 'E'; i++) {
        if (number.p[i] >= '1' && number.p[i] <= '9') {
            return false;
        }
    }
    return true;
}

/* True for a value that switches nothing on. Recursion is bounded by JSON_MAX_DEPTH. */
static bool
asks_for_nothing(const struct json *v)
{
    const struct json *enabled;

    switch (v->type) {
    case JSON_NULL:
    case JSON_FALSE:
        return true;
    case JSON_TRUE:
        return false;
    case JSON_NUMBER:
        return is_zero(v->text);
    case JSON_STRING:
        return v->text.n == 0;
    case JSON_ARRAY:
        return v->count == 0;
    case JSON_OBJECT:
        break;
    }
    enabled = json_get(v, S("enabled"));
    if (enabled != NULL && enabled->type == JSON_FALSE) {
        return true;
    }
    for (const struct json *m = v->first; m != NULL; m = m->next) {
        if (!asks_for_nothing(m)) {
            return false;
        }
    }
    return true;
}

static bool
read_later(const struct field_in *in, void *member)
{
    (void)member;
    if (in->mode == FIELD_STORED || asks_for_nothing(in->value)) {
        return true;
    }
    return field_complain(in->job, in->at, "notSupported", S("Leave out "),
        S(": this version cannot do what it asks for."));
}

static bool (*const readers[FIELD_KIND_COUNT])(const struct field_in *in, void *member) = {
    [FIELD_TEXT] = field_read_text,
    [FIELD_SECRET] = field_read_text,
    [FIELD_URI] = field_read_text,
    [FIELD_EMAIL] = field_read_text,
    [FIELD_DATE] = field_read_text,
    [FIELD_LOCALE] = field_read_text,
    [FIELD_UUID] = read_uuid,
    [FIELD_BOOL] = read_bool,
    [FIELD_INT] = read_int,
    [FIELD_DECIMAL] = read_decimal,
    [FIELD_INSTANT] = read_int,
    [FIELD_ENUM] = read_enum,
    [FIELD_TEXTS] = field_read_texts,
    [FIELD_URIS] = field_read_texts,
    [FIELD_ENUMS] = field_read_texts,
    [FIELD_UUIDS] = field_read_texts,
    [FIELD_LOCALES] = field_read_texts,
    [FIELD_OBJECT] = read_object,
    [FIELD_OBJECTS] = field_read_objects,
    [FIELD_MAP] = field_read_map,
    [FIELD_UUID_MAP] = field_read_map,
    [FIELD_JSON] = field_read_json,
    [FIELD_TEXT_MAP] = field_read_json,
    [FIELD_LATER] = read_later,
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
    if (!readers[in->field->kind](in, fresh)) {
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
    if (!readers[f->kind](in, member)) {
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
    if (value == NULL || value->type == JSON_NULL) {
        return field_complain(&job, &at, "missing", S("Give "), S(" a value."));
    }
    if (value->type != JSON_OBJECT) {
        return field_complain(&job, &at, "invalidJSON", S("Write "), S(" as an object in braces."));
    }
    return field_read_members(&in, table, object) && !arena_failed(reader->arena);
}
