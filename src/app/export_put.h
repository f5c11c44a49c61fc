/* SPDX-License-Identifier: Apache-2.0 */
/* How an export writes one thing: what differs from its defaults, secrets as references. */
#pragma once
#include "app/managed.h"

enum { EXPORT_DOCUMENT_MAX = 16 * 1024 * 1024 };

struct serve_inside;

struct export
{
    const struct serve_inside *inside;
    struct arena *arena;
    struct things things;
    const char *secrets;       /* folder; NULL: by environment */
    int folder;                /* the same, open */
    const struct thing *thing; /* being written */
    struct json_out *out;
    size_t references;
    bool failed;
};

/* The thing's object without what is as it would be by itself; NULL with failed set. */
const struct json *export_value(struct export *e, const struct thing *t);
/* The thing's object up to its parts and its end. */
void export_put_open(struct export *e, const struct thing *t, struct json_out *out);
/* An object by its table, with texts that look like references told from them. */
void export_put_object(
    struct export *e, const struct field_table *table, const struct json *value, str path);
