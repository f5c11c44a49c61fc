/* SPDX-License-Identifier: Apache-2.0 */
/* Reads JSON (RFC 8259) in one pass and without recursion: open containers stand on a small stack.
 * Strictness beyond the RFC is listed in json.h. Invariants: 1 the cursor never passes the end;
 * 2 whatever fails leaves it at the byte at fault; 3 names within an object are distinct. */
#include "codec/json.h"

#include "base/arena.h"
#include "base/mem.h"
#include "codec/json_internal.h"
#include "codec/utf8.h"

enum {
    FEW_MEMBERS = 32,    /* up to here a new name is compared with those before it */
    BYTES_PER_NODE = 16, /* a guess, for the size of the next run of nodes */
    MAX_RUN = 256,
};

struct frame {
    struct json *self; /* an open array or object */
    struct json *last; /* its newest child */
    uint64_t seen;     /* a bit for each hash of a name: most new names need no comparing */
};

struct reader {
    struct arena *arena;
    const char *p, *end;
    str name;           /* of the member whose value comes next */
    struct json *spare; /* nodes not yet used */
    size_t spare_count, made, depth;
    struct frame stack[JSON_MAX_DEPTH];
};

/* ws = *( SP / HTAB / LF / CR ) ; RFC 8259 s2 */
static inline void
skip_space(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t')) {
        r->p++;
    }
}

/* The byte at the cursor; NUL, which starts nothing in JSON, at the end. */
static inline char
peek(const struct reader *r)
{
    return r->p < r->end ? *r->p : '\0';
}

static inline bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int
hex_value(char c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads "uXXXX" at the cursor. */
static bool
take_unit(struct reader *r, uint32_t *ret_unit)
{
    uint32_t unit = 0;

    if (peek(r) != 'u') {
        return false;
    }
    r->p++;
    for (int i = 0; i < 4; i++, r->p++) {
        int digit = hex_value(peek(r));
        if (digit < 0) {
            return false;
        }
        unit = unit << 4 | (uint32_t)digit;
    }
    *ret_unit = unit;
    return true;
}

/* char = %x5C ( %x22 / %x5C / %x2F / %x62 / %x66 / %x6E / %x72 / %x74 / %x75 4HEXDIG )
 * RFC 8259 s7; a surrogate must come as a pair (s8.2 leaves lone ones open: refused). */
static bool
take_escape(struct reader *r, uint32_t *ret_code)
{
    static const char shorts[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    uint32_t high, low;

    r->p++;
    for (size_t i = 0; i + 1 < sizeof shorts; i += 2) {
        if (peek(r) == shorts[i]) {
            r->p++;
            *ret_code = (uint32_t)shorts[i + 1];
            return true;
        }
    }
    if (!take_unit(r, &high)) {
        return false;
    }
    *ret_code = high;
    if (high < 0xD800 || high > 0xDFFF) {
        return true;
    }
    if (high > 0xDBFF || peek(r) != '\\') {
        return false;
    }
    r->p++;
    if (!take_unit(r, &low) || low < 0xDC00 || low > 0xDFFF) {
        return false;
    }
    *ret_code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

/* Decodes a string whose escapes were found right; decoding never makes it longer. */
static bool
unescape(struct reader *r, str raw, str *ret)
{
    const char *after = r->p, *end = raw.p + raw.n;
    char *to = arena_alloc(r->arena, raw.n);
    size_t n = 0;

    if (to == NULL) {
        return false;
    }
    for (r->p = raw.p; r->p < end;) {
        size_t run = str_find((str){r->p, (size_t)(end - r->p)}, '\\');
        memcpy(to + n, r->p, run);
        n += run;
        r->p += run;
        if (r->p < end) {
            uint32_t code = 0;
            char character[4];
            CHECK(take_escape(r, &code));
            run = utf8_write(code, character);
            memcpy(to + n, character, run);
            n += run;
        }
    }
    r->p = after;
    *ret = (str){to, n};
    return true;
}

/* string = quotation-mark *char quotation-mark ; RFC 8259 s7. The cursor is at the first mark. */
static bool
take_string(struct reader *r, str *ret)
{
    const char *from = ++r->p;
    bool has_escape = false;
    uint32_t code;

    for (;;) {
        r->p += json_plain_run(r->p, r->end);
        char c = peek(r);
        if (c == '"') {
            break;
        }
        if (c == '\\') {
            has_escape = true;
            if (!take_escape(r, &code)) {
                return false;
            }
            continue;
        }
        size_t n = utf8_char_bytes((str){r->p, (size_t)(r->end - r->p)});
        if (n < 2) { /* a control, broken UTF-8, or the end */
            return false;
        }
        r->p += n;
    }
    *ret = (str){from, (size_t)(r->p - from)};
    r->p++;
    return !has_escape || unescape(r, *ret, ret);
}

static bool
take_digits(struct reader *r)
{
    const char *from = r->p;

    while (is_digit(peek(r))) {
        r->p++;
    }
    return r->p > from;
}

/* number = [ "-" ] int [ frac ] [ exp ] ; int = "0" / ( digit1-9 *DIGIT ) ; RFC 8259 s6 */
static bool
take_number(struct reader *r)
{
    r->p += peek(r) == '-';
    if (peek(r) == '0') {
        r->p++;
    } else if (!take_digits(r)) {
        return false;
    }
    if (peek(r) == '.') {
        r->p++;
        if (!take_digits(r)) {
            return false;
        }
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->p++;
        r->p += peek(r) == '+' || peek(r) == '-';
        return take_digits(r);
    }
    return true;
}

static bool
take_word(struct reader *r, const char *word)
{
    for (; *word; word++, r->p++) {
        if (peek(r) != *word) {
            return false;
        }
    }
    return true;
}

static struct json *
node_new(struct reader *r)
{
    if (r->made == JSON_MAX_NODES) {
        return NULL;
    }
    if (r->spare_count == 0) {
        size_t run = MIN((size_t)(r->end - r->p) / BYTES_PER_NODE + 2, (size_t)MAX_RUN);
        r->spare = ARENA_ARRAY(r->arena, run, struct json);
        if (r->spare == NULL) {
            return NULL;
        }
        r->spare_count = run;
    }
    r->made++;
    r->spare_count--;
    return r->spare++;
}

/* Hangs a new node under the innermost open container, if there is one. */
static struct json *
node_add(struct reader *r)
{
    struct json *v = node_new(r);
    struct frame *f;

    if (v == NULL || r->depth == 0) {
        return v;
    }
    f = &r->stack[r->depth - 1];
    if (f->last != NULL) {
        f->last->next = v;
    } else {
        f->self->first = v;
    }
    f->last = v;
    f->self->count++;
    v->name = r->name;
    r->name = NO_STR;
    return v;
}

static bool
open_container(struct reader *r, struct json *v, enum json_type type)
{
    if (r->depth == JSON_MAX_DEPTH) {
        return false;
    }
    v->type = type;
    r->stack[r->depth++] = (struct frame){.self = v};
    r->p++;
    return true;
}

static bool
take_text(struct reader *r, struct json *v)
{
    v->type = JSON_STRING;
    return take_string(r, &v->text);
}

/* value = false / null / true / object / array / number / string ; RFC 8259 s3. Containers are
 * opened only: their children are the next values. */
static bool
take_value(struct reader *r, struct json *v)
{
    switch (peek(r)) {
    case '"':
        return take_text(r, v);
    case '{':
        return open_container(r, v, JSON_OBJECT);
    case '[':
        return open_container(r, v, JSON_ARRAY);
    case 't':
        v->type = JSON_TRUE;
        return take_word(r, "true");
    case 'f':
        v->type = JSON_FALSE;
        return take_word(r, "false");
    case 'n':
        return take_word(r, "null");
    default:
        v->type = JSON_NUMBER;
        return take_number(r);
    }
}

/* False if the object has the name already. Objects with many members are looked at as a whole
 * when they close, so that a hostile one costs n log n. */
static bool
name_is_new(struct frame *f, str name)
{
    size_t hash = name.n ? name.n + 3 * (uint8_t)name.p[0] + 5 * (uint8_t)name.p[name.n - 1] : 0;
    uint64_t bit = (uint64_t)1 << (hash & 63);
    bool may_be_known = f->seen & bit;

    f->seen |= bit;
    if (!may_be_known || f->self->count >= FEW_MEMBERS) {
        return true;
    }
    for (const struct json *m = f->self->first; m != NULL; m = m->next) {
        if (str_eq(m->name, name)) {
            return false;
        }
    }
    return true;
}

/* member = string name-separator value ; RFC 8259 s4. Takes what stands before the value. */
static bool
take_name(struct reader *r, struct frame *f)
{
    const char *from;

    skip_space(r);
    from = r->p;
    if (peek(r) != '"' || !take_string(r, &r->name)) {
        return false;
    }
    if (!name_is_new(f, r->name)) {
        r->p = from;
        return false;
    }
    skip_space(r);
    if (peek(r) != ':') {
        return false;
    }
    r->p++;
    return true;
}

/* Walks from a member's value back to the first byte of its name. A quote within the name has a
 * backslash before it, the one that opens it has not. */
static const char *
name_before(const char *value)
{
    const char *p = value - 1;

    while (*p != '"') {
        p--;
    }
    do {
        p--;
    } while (*p != '"' || p[-1] == '\\');
    return p;
}

static bool
names_are_distinct(struct reader *r, const struct json *object)
{
    const struct json **sorted = json_sorted(object);
    const char *repeated = NULL; /* value of the first member in the text that repeats a name */

    if (sorted == NULL) {
        return false;
    }
    for (size_t i = 1; i < object->count; i++) {
        const char *at = sorted[i]->raw.p;
        if (str_eq(sorted[i - 1]->name, sorted[i]->name) && (!repeated || at < repeated)) {
            repeated = at;
        }
    }
    mem_free(sorted);
    if (repeated != NULL) {
        r->p = name_before(repeated);
    }
    return repeated == NULL;
}

static bool
close_container(struct reader *r)
{
    struct json *v = r->stack[r->depth - 1].self;

    if (v->type == JSON_OBJECT && v->count > FEW_MEMBERS && !names_are_distinct(r, v)) {
        return false;
    }
    r->p++;
    v->raw.n = (size_t)(r->p - v->raw.p);
    r->depth--;
    return true;
}

/* Moves to where the next value starts, closing containers on the way. False when there is none:
 * at depth 0 because all are read, deeper because of a fault. */
static bool
next_value(struct reader *r)
{
    while (r->depth) {
        struct frame *f = &r->stack[r->depth - 1];
        bool is_array = f->self->type == JSON_ARRAY;

        skip_space(r);
        if (peek(r) == (is_array ? ']' : '}')) {
            if (!close_container(r)) {
                return false;
            }
            continue;
        }
        if (f->self->count) {
            if (peek(r) != ',') {
                return false;
            }
            r->p++;
        }
        return is_array || take_name(r, f);
    }
    return false;
}

static const struct json *
read_all(struct reader *r)
{
    const struct json *root = NULL;

    do {
        skip_space(r);
        struct json *v = node_add(r);
        if (v == NULL) {
            return NULL;
        }
        root = root ? root : v;
        v->raw.p = r->p;
        if (!take_value(r, v)) {
            return NULL;
        }
        v->raw.n = (size_t)(r->p - v->raw.p);
        if (v->type == JSON_NUMBER) {
            v->text = v->raw;
        }
    } while (next_value(r));
    skip_space(r);
    return r->depth == 0 && r->p == r->end ? root : NULL;
}

bool
json_parse(struct arena *arena, str text, const struct json **ret, size_t *ret_at)
{
    struct reader r;
    const struct json *root;

    /* Not all of it: frames are written when they are opened. */
    r.arena = arena;
    text.p = text.n ? text.p : "";
    r.p = text.p;
    r.end = text.p + text.n;
    r.name = NO_STR;
    r.spare_count = r.made = r.depth = 0;
    root = read_all(&r);
    if (root == NULL) {
        if (ret_at != NULL) {
            *ret_at = (size_t)(r.p - text.p);
        }
        return false;
    }
    *ret = root;
    return true;
}

const struct json *
json_get(const struct json *v, str name)
{
    if (v == NULL || v->type != JSON_OBJECT) {
        return NULL;
    }
    for (const struct json *m = v->first; m != NULL; m = m->next) {
        if (str_eq(m->name, name)) {
            return m;
        }
    }
    return NULL;
}

str
json_get_str(const struct json *v, str name)
{
    str text;

    return json_str(json_get(v, name), &text) ? text : NO_STR;
}

bool
json_str(const struct json *v, str *ret)
{
    if (v == NULL || v->type != JSON_STRING) {
        return false;
    }
    *ret = v->text;
    return true;
}

bool
json_i64(const struct json *v, int64_t *ret)
{
    return v != NULL && v->type == JSON_NUMBER && str_i64(v->text, ret);
}

bool
json_bool(const struct json *v, bool *ret)
{
    if (v == NULL || (v->type != JSON_TRUE && v->type != JSON_FALSE)) {
        return false;
    }
    *ret = v->type == JSON_TRUE;
    return true;
}
