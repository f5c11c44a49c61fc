/* SPDX-License-Identifier: Apache-2.0 */
/* application/x-www-form-urlencoded: request bodies and query strings (WHATWG URL s5.1, RFC 6749 B).
 *
 * Refused: more than FORM_MAX_PAIRS pairs, a broken %-escape, a NUL, text that is not UTF-8. */
#pragma once
#include "base/buf.h"
#include "base/str.h"

enum { FORM_MAX_PAIRS = 100 };

struct form_pair {
    str name, value;
};
struct form {
    struct form_pair *pairs;
    size_t count;
};

/* Decodes text into the arena; the empty text gives no pairs. */
MUST_USE bool form_parse(struct arena *arena, str text, struct form *ret);
/* The value under name, the empty slice if there is none. The first one if repeated: callers that
 * must refuse repetition (RFC 6749 s3.1) ask form_is_repeated first. */
str form_get(const struct form *form, str name);
bool form_has(const struct form *form, str name);
/* True if any name stands more than once; *ret_name, unless NULL, tells which. */
bool form_is_repeated(const struct form *form, str *ret_name);
/* Writes the pairs; form_parse reads back the same. */
void form_encode(struct buf *buf, const struct form *form);
/* Writes one component percent-encoded (unreserved characters stay, RFC 3986 s2.3). */
void form_encode_value(struct buf *buf, str value);
bool form_same(const struct form *a, const struct form *b);
