/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR (RFC 8949) as authenticators write it: the canonical form of CTAP2 s8, read into an immutable tree of slices.
 *
 * Refused: anything that has a shorter or another form (long heads, indefinite lengths, members out of order, so also
 * repeated ones), tags, floats, undefined, integers beyond int64, text that is no UTF-8, depth over CBOR_MAX_DEPTH,
 * more than CBOR_MAX_NODES values. What is accepted has exactly one encoding. */
#pragma once
#include "base/str.h"

struct arena;

/* Attestation objects are four deep and a few dozen values long. */
enum { CBOR_MAX_DEPTH = 8, CBOR_MAX_NODES = 512 };

enum cbor_type {
    CBOR_INT,
    CBOR_BYTES,
    CBOR_TEXT,
    CBOR_ARRAY,
    CBOR_MAP,
    CBOR_FALSE,
    CBOR_TRUE,
    CBOR_NULL
};

struct cbor {
    enum cbor_type type;
    int64_t number;           /* of an integer */
    bytes data;               /* of a byte or text string */
    bytes raw;                /* the whole value as it stands in the source */
    const struct cbor *key;   /* of a member of a map */
    const struct cbor *first; /* first element or member */
    const struct cbor *next;  /* next sibling */
    size_t count;             /* elements or members */
};

/* Takes one value from the front of *in into nodes of the arena (slices point into the source), and moves *in behind
 * it. False when it is refused or the arena fails. */
MUST_USE bool cbor_take(struct arena *arena, bytes *in, const struct cbor **ret);
/* All of in is one value. */
MUST_USE bool cbor_parse(struct arena *arena, bytes in, const struct cbor **ret);

/* The member of a map by its text or number; NULL when there is none, or map is NULL or no map. */
const struct cbor *cbor_get(const struct cbor *map, str name);
const struct cbor *cbor_at(const struct cbor *map, int64_t label);
/* Typed looks; false when v is NULL or of another type. */
MUST_USE bool cbor_int(const struct cbor *v, int64_t *ret);
MUST_USE bool cbor_bytes(const struct cbor *v, bytes *ret);
MUST_USE bool cbor_str(const struct cbor *v, str *ret);
