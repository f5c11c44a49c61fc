/* SPDX-License-Identifier: Apache-2.0 */
/* Base 32 (RFC 4648 s6), as authenticator apps write secrets: made in capitals without padding. Read in
 * either case and with its padding or none, since people and programs type it so; spare bits must be
 * zero (RFC 4648 s3.5). */
#pragma once
#include "base/str.h"

struct arena;

/* The text on the arena; the empty slice when memory is short. */
str base32_text(struct arena *arena, bytes in);
/* False for anything that is no base 32, or when memory is short. */
MUST_USE bool base32_decode(struct arena *arena, str in, bytes *ret);
