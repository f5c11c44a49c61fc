/* SPDX-License-Identifier: Apache-2.0 */
/* The documentation for people: what its pages are made of. All is read from the OpenAPI document. */
#pragma once
#include "codec/json.h"
#include "codec/mustache.h"

struct api_docs {
    struct view view;
    const struct json *doc;
    str host; /* where the server is, for examples */
};
/* The thing that a {"$ref": ...} leads to, else the thing itself; *ret_name its name, or empty. */
const struct json *api_docs_resolve(
    const struct api_docs *docs, const struct json *thing, str *ret_name);
/* A schema in a few words ("list of", "uuid", "one of a, b"); *ret_link: the type that the words end with. */
str api_docs_kind(const struct api_docs *docs, const struct json *schema, str *ret_link);
/* A text of a member, empty when there is none. */
str api_docs_text(const struct json *thing, const char *name);
/* The text as HTML: what stands between backticks is code. */
str api_docs_rich(const struct api_docs *docs, str text);
/* "get" -> "GET" */
str api_docs_method(str name);
/* Fills an item of "operations". */
void api_docs_operation(
    struct api_docs *docs, struct view_value *item, str path, const struct json *operation);
/* Fills the list of types with all that the operation's bodies are made of, each once. */
struct api_docs_types {
    struct view_value *list;
    str names[160];
    size_t count;
};
void api_docs_types(
    struct api_docs *docs, struct api_docs_types *types, const struct json *operation);
