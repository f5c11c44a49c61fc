/* SPDX-License-Identifier: Apache-2.0 */
/* Slices: the few operations that need more than a line. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/arena.h"

static char
lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool
str_ieq(str a, str b)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i])) {
            return false;
        }
    }
    return true;
}

bool
str_starts(str s, str prefix)
{
    return s.n >= prefix.n && str_eq(str_head(s, prefix.n), prefix);
}

bool
str_ends(str s, str suffix)
{
    return s.n >= suffix.n && str_eq(str_skip(s, s.n - suffix.n), suffix);
}

size_t
str_find(str s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

    return at ? (size_t)(at - s.p) : s.n;
}

size_t
str_find_str(str s, str word)
{
    const char *at = s.n && word.n ? memmem(s.p, s.n, word.p, word.n) : NULL;

    return at ? (size_t)(at - s.p) : s.n;
}

bool
str_cut(str *rest, char sep, str *ret_part)
{
    size_t at;

    if (rest->p == NULL) {
        return false;
    }
    at = str_find(*rest, sep);
    *ret_part = str_head(*rest, at);
    *rest = at == rest->n ? NO_STR : str_skip(*rest, at + 1);
    return true;
}

str
str_trim(str s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) {
        s = str_skip(s, 1);
    }
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t')) {
        s.n--;
    }
    return s;
}

bool
str_has_word(str list, str word)
{
    str part;

    while (str_cut(&list, ' ', &part)) {
        if (part.n && str_eq(part, word)) {
            return true;
        }
    }
    return false;
}

bytes
bytes_dup(struct arena *arena, bytes b)
{
    uint8_t *p = arena_alloc(arena, b.n);

    if (p == NULL) {
        return (bytes){NULL, 0};
    }
    if (b.n) {
        memcpy(p, b.p, b.n);
    }
    return (bytes){p, b.n};
}

str
str_dup(struct arena *arena, str s)
{
    return bytes_str(bytes_dup(arena, str_bytes(s)));
}

const char *
str_z(struct arena *arena, str s)
{
    char *p;

    if (s.n && memchr(s.p, 0, s.n) != NULL) {
        return NULL;
    }
    p = arena_alloc(arena, s.n + 1); /* zeroed, so the copy is terminated */
    if (p != NULL && s.n) {
        memcpy(p, s.p, s.n);
    }
    return p;
}

enum { NOT_PLAIN = -1 };

/* Formats of nothing but text, %s and %.*s, which nearly all are, without the C library's machinery: a fifth of the
 * time. The length, also with to NULL; NOT_PLAIN for any other format. */
static ssize_t
format_plain(char *to, const char *format, va_list args)
{
    size_t n = 0;

    while (*format != '\0') {
        str piece = {format, strcspn(format, "%")};

        if (piece.n > 0) {
            format += piece.n;
        } else if (format[1] == 's') {
            piece = str_from(va_arg(args, const char *));
            format += 2;
        } else if (format[1] == '.' && format[2] == '*' && format[3] == 's') {
            int max = va_arg(args, int);
            const char *s = va_arg(args, const char *);
            piece = (str){s, max > 0 ? strnlen(s, (size_t)max) : 0};
            format += 4;
        } else {
            return NOT_PLAIN;
        }
        if (to != NULL && piece.n > 0) {
            memcpy(to + n, piece.p, piece.n);
        }
        n += piece.n;
    }
    return (ssize_t)n;
}

/* As vsnprintf: the text's length, and the text where there is room for it. */
static ssize_t
format_text(char *to, size_t size, const char *format, va_list args)
{
    va_list again;
    ssize_t n;

    va_copy(again, args);
    n = format_plain(to, format, args);
    if (n == NOT_PLAIN) {
        n = vsnprintf(to, size, format, again);
    }
    va_end(again);
    return n;
}

str
str_fmt(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    ssize_t n;
    char *p;

    va_start(args, format);
    va_copy(again, args);
    n = format_text(NULL, 0, format, args);
    va_end(args);
    p = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1); /* zeroed, so the text is terminated */
    if (p != NULL) {
        (void)format_text(p, (size_t)n + 1, format, again);
    }
    va_end(again);
    return p ? (str){p, (size_t)n} : NO_STR;
}

str
str_join(struct arena *arena, const str *parts, size_t count, str between)
{
    size_t n = 0;
    char *p;

    for (size_t i = 0; i < count; i++) {
        n += parts[i].n + (i ? between.n : 0);
    }
    p = arena_alloc(arena, n);
    if (p == NULL) {
        return NO_STR;
    }
    n = 0;
    for (size_t i = 0; i < count; i++) {
        if (i && between.n) {
            memcpy(p + n, between.p, between.n);
            n += between.n;
        }
        if (parts[i].n) {
            memcpy(p + n, parts[i].p, parts[i].n);
            n += parts[i].n;
        }
    }
    return (str){p, n};
}

str
str_lower(struct arena *arena, str s)
{
    char *p = arena_alloc(arena, s.n);

    if (p == NULL) {
        return NO_STR;
    }
    for (size_t i = 0; i < s.n; i++) {
        p[i] = lower(s.p[i]);
    }
    return (str){p, s.n};
}

bool
str_i64(str s, int64_t *ret)
{
    bool is_negative = s.n && s.p[0] == '-';
    int64_t value = 0;

    s = str_skip(s, is_negative);
    if (s.n == 0) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        int64_t digit = s.p[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value)
            || __builtin_sub_overflow(value, digit, &value)) {
            return false;
        }
    }
    /* Counted downwards, because the smallest number has no positive twin. */
    if (!is_negative && __builtin_sub_overflow(0, value, &value)) {
        return false;
    }
    *ret = value;
    return true;
}

int
str_cmp(str a, str b)
{
    size_t n = MIN(a.n, b.n);
    int order = n ? memcmp(a.p, b.p, n) : 0;

    return order ? order : (a.n > b.n) - (a.n < b.n);
}

str
str_hex(struct arena *arena, bytes b)
{
    static const char digits[] = "0123456789abcdef";
    char *p = arena_array(arena, b.n, 2);

    if (p == NULL) {
        return NO_STR;
    }
    for (size_t i = 0; i < b.n; i++) {
        p[2 * i] = digits[b.p[i] >> 4];
        p[2 * i + 1] = digits[b.p[i] & 15];
    }
    return (str){p, b.n * 2};
}
