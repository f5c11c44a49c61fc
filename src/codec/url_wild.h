/* SPDX-License-Identifier: Apache-2.0 */
/* URLs with asterisks, as FusionAuth's AllowWildcards has them, narrowed: an asterisk stands in the leftmost label of a
 * name of three and more, for a whole port, once in a segment of a path, or for a whole value of the query. It never
 * stands for a dot, a slash, an escape or anything else that another reader could take for one. */
#pragma once
#include "base/str.h"

/* Under two letters of a country these are as good as a top level (co.uk): anybody may have a name below. */
bool url_wild_is_public(str name);
bool url_wild_is(str text); /* it has an asterisk */
/* A pattern that may be registered: http or https, sound without its asterisks, and each of them in its place. */
MUST_USE bool url_wild_ok(str pattern);
/* The text is a URL that the pattern stands for: all else is equal byte for byte. False for what is no pattern. */
MUST_USE bool url_wild_matches(str pattern, str text);
/* The pattern with each asterisk put in words, for who judges URLs: as long as the text, or shorter. False when it does
 * not fit. */
MUST_USE bool url_wild_sample(str pattern, char *to, size_t max, str *ret);
