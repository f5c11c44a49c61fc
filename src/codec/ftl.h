/* SPDX-License-Identifier: Apache-2.0 */
/* FreeMarker templates read as mustache ones (codec/mustache): as much of the language as short mails are written
 * in. What is mustache already passes through. */
#pragma once
#include "base/base.h"
#include "base/str.h"

struct arena;

/* Writes source as a mustache template on the arena; false with *ret_why, a fixed text, for a part of FreeMarker that is
 * not read here. is_html: values are escaped, unless the template says ?no_esc; else they are not. */
MUST_USE bool ftl_translate(
    struct arena *arena, str source, bool is_html, str *ret, const char **ret_why);
