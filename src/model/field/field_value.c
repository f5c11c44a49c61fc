/* SPDX-License-Identifier: Apache-2.0 */
/* Reads one value into its member, by the kind of its row: a function each. Texts are judged by field_syntax.c; lists, maps and
 * JSON have files of their own. */
#include "base/arena.h"
#include "codec/url.h"
#include "codec/url_wild.h"
#include "model/field/field_internal.h"

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

/* A relative reference (RFC 3986 s4.2) as the absolute one it would be on some host, in room; what is too long is none. */
static str
complete(str text, char *room, size_t n)
{
    bool has_host = text.n > 1 && text.p[1] == '/';
    str base = has_host ? S("https:") : S("https://host");

    if (base.n + text.n > n) {
        return NO_STR;
    }
    memcpy(room, base.p, base.n);
    memcpy(room + base.n, text.p, text.n);
    return (str){room, base.n + text.n};
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
    if ((f->flags & FIELD_LOCAL) && text.n && text.p[0] == '/') {
        text = complete(text, sample, sizeof sample);
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

bool
field_read_value(const struct field_in *in, void *member)
{
    return readers[in->field->kind](in, member);
}
