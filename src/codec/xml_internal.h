/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader and the writer of XML share. */
#pragma once
#include "codec/xml.h"

#define XML_SPACE                                                                                  \
    S("http://www.w3.org/XML/1998/namespace") /* of the prefix xml, which nobody declares */

/* What a prefix stands for; false and the empty slice when nobody says. */
bool xml_scope_find(const struct xml_scope *scope, str prefix, str *ret);
/* Takes what an element declares into its scope (*scope_count counts), finds what its name and those of its attributes
 * stand for, and keeps the attributes that declare nothing. all: as they were read. False when it must be refused. */
MUST_USE bool xml_scope_enter(
    struct arena *arena, struct xml *node, struct xml_attribute *all, size_t *scope_count);
