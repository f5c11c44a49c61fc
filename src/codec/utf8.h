/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 (RFC 3629): well-formed text, a character at a time. */
#pragma once
#include "base/str.h"

/* The bytes of the well-formed character s starts with, 1 to 4; 0 if there is none (RFC 3629 s4:
 * no overlong form, no surrogate, nothing above U+10FFFF). */
size_t utf8_char_bytes(str s);
/* True if s is well-formed UTF-8 without surrogates (RFC 3629 s4). */
bool utf8_is_valid(str s);
/* Writes a code point up to U+10FFFF, no surrogate, and returns how many bytes that took. */
size_t utf8_write(uint32_t code, char to[static 4]);
