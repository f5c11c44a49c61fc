/* SPDX-License-Identifier: Apache-2.0 */
/* Slices: text and bytes borrowed from somebody who outlives them, passed by value, never
 * NUL-terminated. NUL-terminated text exists only at the edge of a foreign library: str_z. */
#pragma once
#include "base/base.h"
#include <string.h>

struct arena;

typedef struct str {
    const char *p;
    size_t n;
} str;
typedef struct bytes {
    const uint8_t *p;
    size_t n;
} bytes;

#define S(lit) ((str){"" lit, sizeof(lit) - 1})
#define S_INIT(lit)                                                                                \
    {                                                                                              \
        "" lit, sizeof(lit) - 1                                                                    \
    } /* for static initialisers */
#define STRF "%.*s"
#define STRV(s) (int)(s).n, ((s).p ? (s).p : "")
#define NO_STR ((str){NULL, 0})
#define BYTES_OF(array) ((bytes){(const uint8_t *)(array), sizeof(array)})

static inline bool
str_eq(str a, str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bytes
str_bytes(str s)
{
    return (bytes){(const uint8_t *)s.p, s.n};
}

static inline str
bytes_str(bytes b)
{
    return (str){(const char *)b.p, b.n};
}

static inline str
str_from(const char *z) /* NULL gives the empty slice */
{
    return (str){z, z ? strlen(z) : 0};
}

static inline str
str_skip(str s, size_t n) /* s without its first n characters; n beyond the end gives the end */
{
    n = MIN(n, s.n);
    return (str){n ? s.p + n : s.p, s.n - n}; /* NULL + 0 is undefined */
}

static inline str
str_head(str s, size_t n)
{
    return (str){s.p, MIN(n, s.n)};
}

/* ASCII case-insensitive equality, for protocol words only. */
bool str_ieq(str a, str b);
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
/* Index of the first c in s, or s.n. */
size_t str_find(str s, char c);
/* Index of the first occurrence of word in s, or s.n. */
size_t str_find_str(str s, str word);
/* Takes what stands before the next sep from *rest (all of it if there is none) and moves *rest
 * behind the sep; false when *rest is exhausted (its p is then NULL). "a,,b" gives a, "", b. */
bool str_cut(str *rest, char sep, str *ret_part);
/* s without leading and trailing spaces and tabs. */
str str_trim(str s);
/* True if s, a list separated by single spaces (OAuth scope lists), has the word. */
bool str_has_word(str list, str word);

/* A copy of s that lives as long as the arena; the empty slice when the arena fails. */
str str_dup(struct arena *arena, str s);
bytes bytes_dup(struct arena *arena, bytes b);
/* A NUL-terminated copy for a foreign library; NULL if s has an inner NUL or the arena fails. */
MUST_USE const char *str_z(struct arena *arena, str s);
/* printf into the arena; the empty slice when it fails. */
str str_fmt(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* The parts joined; ends with the count of parts. */
str str_join(struct arena *arena, const str *parts, size_t count, str between);
/* A copy with ASCII letters in lower case. */
str str_lower(struct arena *arena, str s);
/* Decimal, optional minus, nothing else, no overflow: true and the value, or false. */
MUST_USE bool str_i64(str s, int64_t *ret);
/* Orders like memcmp, shorter first. */
int str_cmp(str a, str b);
/* Lower-case hexadecimal of b. */
str str_hex(struct arena *arena, bytes b);
