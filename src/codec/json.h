/* SPDX-License-Identifier: Apache-2.0 */
/* JSON (RFC 8259), read strictly into an immutable tree of slices and written into a buf.
 *
 * Refused: anything but UTF-8, a byte order mark, duplicate member names, lone surrogates, depth over
 * JSON_MAX_DEPTH, more than max_nodes values, trailing bytes, numbers out of the grammar. */
#pragma once
#include "base/buf.h"
#include "base/id.h"
#include "base/str.h"
#include "codec/utf8.h"

enum { JSON_MAX_DEPTH = 32, JSON_MAX_NODES = 100000 };

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json {
    enum json_type type;
    str name;                 /* decoded member name when inside an object */
    str text;                 /* decoded string, or the number as written */
    str raw;                  /* the whole value as it stands in the source */
    const struct json *first; /* first element or member */
    const struct json *next;  /* next sibling */
    size_t count;             /* elements or members */
};

/* Parses all of text into nodes of the arena (slices without escapes point into text, which must live
 * as long). False when the text is refused or the arena fails; *ret_at, unless NULL, is then the
 * offset of the first byte at fault. */
MUST_USE bool json_parse(struct arena *arena, str text, const struct json **ret, size_t *ret_at);

/* The member of an object by name, or NULL (also when v is NULL or no object). */
const struct json *json_get(const struct json *v, str name);
/* Typed looks; false when v is NULL or of another type. Integers refuse fractions, exponents
 * and values beyond int64. */
MUST_USE bool json_str(const struct json *v, str *ret);
MUST_USE bool json_i64(const struct json *v, int64_t *ret);
MUST_USE bool json_bool(const struct json *v, bool *ret);
/* The text of the member called name; none when v has no such member or it is no string. */
str json_get_str(const struct json *v, str name);

/* Writer: puts commas by itself. Names are written escaped; values by kind. */
struct json_out {
    struct buf *buf;
    bool needs_comma;
};

void json_out_init(struct json_out *out, struct buf *buf);
void json_out_object(struct json_out *out);         /* { */
void json_out_object_end(struct json_out *out);     /* } */
void json_out_array(struct json_out *out);          /* [ */
void json_out_array_end(struct json_out *out);      /* ] */
void json_out_name(struct json_out *out, str name); /* "name": */
void json_out_str(struct json_out *out, str value); /* invalid UTF-8 becomes U+FFFD */
void json_out_i64(struct json_out *out, int64_t value);
void json_out_bool(struct json_out *out, bool value);
void json_out_null(struct json_out *out);
void json_out_raw(struct json_out *out, str json); /* text that is JSON already */

/* Members in one call: name and value. */
void json_put_str(struct json_out *out, str name, str value);
void json_put_i64(struct json_out *out, str name, int64_t value);
void json_put_bool(struct json_out *out, str name, bool value);
void json_put_id(struct json_out *out, str name, struct uuid id);
void json_put_raw(struct json_out *out, str name, str json);
/* The same, but an empty text and a nil id leave the member out. */
void json_put_given(struct json_out *out, str name, str value);
void json_put_given_id(struct json_out *out, str name, struct uuid id);

/* Writes a parsed value again: compact, members in their order, strings re-escaped. */
void json_out_value(struct json_out *out, const struct json *v);
/* Same type and content; members in any order. */
bool json_same(const struct json *a, const struct json *b);
