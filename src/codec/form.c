/* SPDX-License-Identifier: Apache-2.0 */
/* application/x-www-form-urlencoded (WHATWG URL s5, RFC 6749 B), read and written. Stricter than
 * WHATWG: what form.h lists as refused is an error here, not repaired. Empty pieces between two &
 * are skipped (WHATWG URL s5.1). */
#include "codec/form.h"

#include "base/arena.h"
#include "codec/utf8.h"

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A word whose high bits tell which of its bytes are c; above the first such byte they may lie. */
static uint64_t
marks_of(uint64_t word, uint8_t c)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t v = word ^ ones * c;

    return (v - ones) & ~v & ones << 7;
}

/* What stands for itself at the start of s: all but + % NUL. Tokens are a thousand bytes of it. */
static size_t
plain_run(str s)
{
    size_t n = 0;

    while (s.n - n >= 8) {
        uint64_t word;
        memcpy(&word, s.p + n, 8);
        if (marks_of(word, '+') | marks_of(word, '%') | marks_of(word, 0)) {
            break;
        }
        n += 8;
    }
    while (n < s.n && s.p[n] != '+' && s.p[n] != '%' && s.p[n] != '\0') {
        n++;
    }
    return n;
}

/* %XX, but not %00. */
static bool
take_escape(str *in, char *ret)
{
    int high = in->n >= 3 ? hex_value(in->p[1]) : -1;
    int low = high >= 0 ? hex_value(in->p[2]) : -1;

    if (low < 0 || (high | low) == 0) {
        return false;
    }
    *ret = (char)(high << 4 | low);
    *in = str_skip(*in, 3);
    return true;
}

/* Decodes one name or value to *to, which has room for it, and moves *to behind. */
static bool
decode(str in, char **to, str *ret)
{
    char *from = *to;

    while (in.n > 0) {
        size_t n = plain_run(in);
        if (n > 0) {
            memcpy(*to, in.p, n);
            *to += n;
            in = str_skip(in, n);
        } else if (in.p[0] == '+') {
            *(*to)++ = ' ';
            in = str_skip(in, 1);
        } else if (in.p[0] == '%' && take_escape(&in, *to)) {
            (*to)++;
        } else {
            return false; /* NUL, or a broken escape */
        }
    }
    *ret = (str){from, (size_t)(*to - from)};
    return utf8_is_valid(*ret);
}

static size_t
count_pieces(str text)
{
    size_t count = 0;
    str piece;

    while (str_cut(&text, '&', &piece)) {
        count += piece.n > 0;
    }
    return count;
}

bool
form_parse(struct arena *arena, str text, struct form *ret)
{
    size_t count = count_pieces(text);
    struct form form = {0};
    str piece;
    char *to;

    if (count > FORM_MAX_PAIRS) {
        return false;
    }
    form.pairs = ARENA_ARRAY(arena, count, struct form_pair);
    to = arena_alloc(arena, text.n); /* decoding never makes text longer */
    if (form.pairs == NULL || to == NULL) {
        return false;
    }
    while (str_cut(&text, '&', &piece)) {
        struct form_pair *pair = &form.pairs[form.count];
        size_t equals = str_find(piece, '=');
        if (piece.n == 0) {
            continue;
        }
        if (!decode(str_head(piece, equals), &to, &pair->name)
            || !decode(str_skip(piece, equals + 1), &to, &pair->value)) {
            return false;
        }
        form.count++;
    }
    *ret = form;
    return true;
}

static const struct form_pair *
find(const struct form *form, str name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (str_eq(form->pairs[i].name, name)) {
            return &form->pairs[i];
        }
    }
    return NULL;
}

str
form_get(const struct form *form, str name)
{
    const struct form_pair *pair = find(form, name);

    return pair ? pair->value : NO_STR;
}

bool
form_has(const struct form *form, str name)
{
    return find(form, name) != NULL;
}

bool
form_is_repeated(const struct form *form, str *ret_name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (find(form, form->pairs[i].name) != &form->pairs[i]) {
            if (ret_name != NULL) {
                *ret_name = form->pairs[i].name;
            }
            return true;
        }
    }
    return false;
}

/* unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~" ; RFC 3986 s2.3 */
static bool
is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
           || c == '.' || c == '_' || c == '~';
}

void
form_encode_value(struct buf *buf, str value)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < value.n; i++) {
        uint8_t c = (uint8_t)value.p[i];
        if (is_unreserved(value.p[i])) {
            buf_char(buf, value.p[i]);
        } else {
            buf_str(buf, (str){(char[]){'%', digits[c >> 4], digits[c & 15]}, 3});
        }
    }
}

void
form_encode(struct buf *buf, const struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        if (i) {
            buf_char(buf, '&');
        }
        form_encode_value(buf, form->pairs[i].name);
        buf_char(buf, '=');
        form_encode_value(buf, form->pairs[i].value);
    }
}

bool
form_same(const struct form *a, const struct form *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!str_eq(a->pairs[i].name, b->pairs[i].name)
            || !str_eq(a->pairs[i].value, b->pairs[i].value)) {
            return false;
        }
    }
    return true;
}
