/* SPDX-License-Identifier: Apache-2.0 */
/* base64url without padding (RFC 7515 s2) and base64 with it (RFC 4648 s4). Decoding is canonical:
 * no white space, no wrong padding, no spare bits (RFC 4648 s3.5). */
#pragma once
#include "base/buf.h"
#include "base/str.h"

/* Encoding appends to buf; decoding allocates on the arena, false for what is not canonical or without memory. */
void base64url_encode(struct buf *buf, bytes in);
MUST_USE bool base64url_decode(struct arena *arena, str in, bytes *ret);
void base64_encode(struct buf *buf, bytes in);
MUST_USE bool base64_decode(struct arena *arena, str in, bytes *ret);
/* The same into the arena; the empty slice when it fails. */
str base64url_text(struct arena *arena, bytes in);
str base64_text(struct arena *arena, bytes in);
