/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the files of test/vectors: lines of words, or JSON. */
#pragma once
#include <stdio.h>

#include "crypto_unit.h"

#include "codec/json.h"

/* The whole of a file below test/vectors. */
static inline str
vectors_read(struct arena *arena, const char *name)
{
    enum { MOST = 4 * 1024 * 1024 };
    const char *path = str_z(arena, str_fmt(arena, "%s/%s", VECTORS, name));
    FILE *f = fopen(path, "rb");
    char *text = arena_alloc(arena, MOST);
    size_t n;

    cr_assert(f != NULL && text != NULL, "cannot read %s", path);
    n = fread(text, 1, MOST, f);
    cr_assert(fclose(f) == 0 && n > 0 && n < MOST, "cannot read all of %s", path);
    return (str){text, n};
}

static inline const struct json *
vectors_json(struct arena *arena, const char *name)
{
    const struct json *v;

    cr_assert(json_parse(arena, vectors_read(arena, name), &v, NULL) && v->first != NULL);
    return v;
}

static inline str
vectors_text(const struct json *v, const char *name)
{
    str text;

    cr_assert(json_str(json_get(v, str_from(name)), &text), "no text %s", name);
    return text;
}

/* Words of a line: the next one, or the next one as hexadecimal bytes ("-" for none). */
static inline str
vectors_word(str *line)
{
    str word;

    cr_assert(str_cut(line, ' ', &word));
    return word;
}

static inline bytes
vectors_hex(struct arena *arena, str *line)
{
    str word = vectors_word(line);

    return str_eq(word, S("-")) ? (bytes){NULL, 0} : hex(str_z(arena, word));
}
