/* SPDX-License-Identifier: Apache-2.0 */
/* XML 1.0 with namespaces, read strictly into an immutable tree, and its canonical form (Exclusive XML Canonicalization
 * 1.0), which is what signatures are made over. One reader for both: what a signature vouches for is what is read.
 *
 * Refused: DTDs, processing instructions, comments, CDATA (nothing can split a text), entities other than the five,
 * encodings other than UTF-8, names outside of ASCII, prefixes nobody declared, namespaces that are relative. */
#pragma once
#include "base/buf.h"
#include "base/str.h"

enum {
    XML_MAX_DEPTH = 64,
    XML_MAX_NODES = 20000,
    XML_MAX_ATTRIBUTES = 64, /* of an element, declarations of namespaces included */
    XML_MAX_SCOPE = 64,      /* namespaces declared in one place and above it */
    XML_MAX_PREFIXES = 16,   /* of an InclusiveNamespaces PrefixList */
    XML_MAX_CANON = 1024 * 1024,
};

struct xml_name {
    str prefix, local, space; /* space: the namespace, empty for none */
};
struct xml_attribute {
    struct xml_name name;
    str value;
    const struct xml_attribute *next;
};
struct xml_scope { /* a namespace that is declared */
    str prefix, uri;
    const struct xml_scope *next; /* the one declared before; the innermost comes first */
};
struct xml {
    struct xml_name name; /* local is empty: a text */
    str text;
    const struct xml_attribute *attributes; /* in their order; no declarations */
    const struct xml_scope *scope;
    const struct xml *first, *next;
};

/* Reads all of text into nodes of the arena (slices may point into text, which must live as long). False when it is
 * refused or the arena fails. */
MUST_USE bool xml_parse(struct arena *arena, str text, const struct xml **ret);

/* Text, not an element. */
bool xml_is_text(const struct xml *node);
/* The element has this name; false for NULL and texts. */
bool xml_is(const struct xml *node, str space, str local);
/* The first child element of that name, or NULL (also of NULL), and how many there are. */
const struct xml *xml_child(const struct xml *node, str space, str local);
size_t xml_count(const struct xml *node, str space, str local);
/* An attribute that is in no namespace; false when it is not there. */
MUST_USE bool xml_attribute(const struct xml *node, str local, str *ret);
/* What an element says that has nothing but text in it; false when it has elements. */
MUST_USE bool xml_text(const struct xml *node, str *ret);

/* The element in canonical form without comments (Exclusive XML Canonicalization 1.0 s3), leaving out one node below it
 * (or NULL: none). prefixes: an InclusiveNamespaces PrefixList, or empty. False when it is too long, or has too many. */
MUST_USE bool xml_canon(
    struct arena *arena, const struct xml *apex, const struct xml *without, str prefixes, str *ret);
