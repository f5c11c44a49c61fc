/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a range service: which digests begin with the digits that were asked for, a line each. */
#pragma once
#include "base/base.h"
#include "base/str.h"

enum { HASHRANGE_PREFIX = 5, HASHRANGE_SUFFIX = 35, HASHRANGE_DIGEST = 20 };

/* The 40 hex digits, in upper case, of a digest. */
struct hashrange_hex {
    char digits[HASHRANGE_PREFIX + HASHRANGE_SUFFIX];
};
struct hashrange_hex hashrange_hex(const uint8_t digest[HASHRANGE_DIGEST]);

/* How often the digest with that end was seen; 0: it is not there, or only as padding. False when any line is not of the
 * form: then it is no such answer, and says nothing. Which line it was makes no difference to the time. */
MUST_USE bool hashrange_count(str answer, str suffix, int64_t *ret);
