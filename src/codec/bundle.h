/* SPDX-License-Identifier: Apache-2.0 */
/* Message bundles of themes: the keys that a bundle has (Java's properties files), and those that a FreeMarker template
 * asks for. Both take what comes next and move *rest behind it. */
#pragma once
#include "base/str.h"

/* The next line's key as it is written, with its escapes; false when there are no more. */
MUST_USE bool bundle_next(str *rest, str *ret_key);
/* Is the key, as it was written, this one? */
bool bundle_is(str written, str key);
/* The next key that theme.message('...') names outright, without escapes, in a template; false when there are no more. Comments, and keys that
 * are made when a page is drawn, are read over; so is optionalMessage, which may find nothing. */
MUST_USE bool bundle_use(str *rest, str *ret_key);
