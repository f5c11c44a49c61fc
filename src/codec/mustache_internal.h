/* SPDX-License-Identifier: Apache-2.0 */
/* What compiling (mustache.c) hands to rendering (mustache_render.c). */
#pragma once
#include "codec/mustache.h"

enum op_kind { OP_LITERAL, OP_ESCAPED, OP_RAW, OP_SECTION, OP_INVERTED };

struct op {
    enum op_kind kind;
    str text;    /* the literal, or the whole name */
    size_t head; /* length of the name before its first dot; 0 for "." */
    size_t end;  /* sections: index of the operation behind the last inner one */
};

struct template
{
    struct op *ops;
    size_t count;
};
