/* SPDX-License-Identifier: Apache-2.0 */
/* Large JSON (RFC 8259) a piece at a time: where a member of an object, or an item of an array, begins and ends, so that
 * the pieces can be parsed one after the other. Pieces are not judged: json_parse does that. */
#pragma once
#include "base/str.h"

struct json_cut { /* an object or array being cut */
    str rest;
    char end; /* its bracket */
    bool is_begun, is_broken;
};
/* Begins with text, which is an array or object and white space; false otherwise. */
MUST_USE bool json_cut_begin(str text, struct json_cut *ret);
/* The next piece: the value as it stands there and, of an object, the text between the quotes of its name. False at
 * the end, which json_cut_ended tells from a text that is broken. */
bool json_cut_next(struct json_cut *cut, str *ret_name, str *ret_value);
/* All was cut, and nothing but white space follows. */
MUST_USE bool json_cut_ended(const struct json_cut *cut);
