/* SPDX-License-Identifier: Apache-2.0 */
/* YAML read as JSON and JSON written as YAML, for configuration files. What has more than one reading is refused:
 * anchors, aliases, tags, directives, names that are no texts, repeated names. Plain scalars are YAML 1.2's: only
 * true, false, null (and ~ and nothing) and JSON's numbers are not texts, so that "no" and 012 stay what they are. */
#pragma once
#include "codec/json.h"

enum {
    YAML_MAX_DOCUMENTS = 1000000,
    YAML_MAX_BYTES = 16 * 1024 * 1024, /* of a document */
    YAML_MAX_TEXT = 2147483647         /* of all of them */
};

struct yaml_documents {
    const struct json **items; /* an empty document is JSON_NULL */
    size_t count;
};
struct yaml_fault {
    str why;               /* on the arena of the reading */
    size_t document, line; /* from 1; line 0: not known */
};

/* Reads every document of text; values are bounded as json_parse bounds them. False with *ret_fault. */
MUST_USE bool yaml_parse(
    struct arena *arena, str text, struct yaml_documents *ret, struct yaml_fault *ret_fault);
/* Writes one value in block style, with a newline at its end; texts of several lines as literal blocks. */
void yaml_write(struct buf *buf, const struct json *value);
