/* SPDX-License-Identifier: Apache-2.0 */
/* A second opinion on JSON: jansson's verdict and whether it read the same content as json.c did.
 * Both headers name the same enumerators, so jansson's are renamed while its header is read. */
#pragma once
#define JSON_OBJECT PEER_OBJECT
#define JSON_ARRAY PEER_ARRAY
#define JSON_STRING PEER_STRING
#define JSON_TRUE PEER_TRUE
#define JSON_FALSE PEER_FALSE
#define JSON_NULL PEER_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL

#include "codec/json.h"

enum peer_verdict {
    PEER_REFUSES,
    PEER_AGREES,  /* read it, and read the same */
    PEER_DIFFERS, /* read it otherwise */
    PEER_CANNOT,  /* a limit of jansson's own: big numbers, NUL within a name */
};

/* Deepest nesting of brackets outside strings, for text that is JSON. */
static inline size_t
peer_depth(str text)
{
    size_t depth = 0, deepest = 0;
    bool in_string = false;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            depth++;
            deepest = MAX(deepest, depth);
        } else if (c == ']' || c == '}') {
            depth--;
        }
    }
    return deepest;
}

static inline bool peer_same(json_t *theirs, const struct json *ours);

static inline bool
peer_same_members(json_t *theirs, const struct json *ours)
{
    const char *name;
    json_t *value;

    json_object_foreach(theirs, name, value)
    {
        const struct json *member = json_get(ours, str_from(name));
        if (member == NULL || !peer_same(value, member)) {
            return false;
        }
    }
    return json_object_size(theirs) == ours->count;
}

static inline bool
peer_same_elements(json_t *theirs, const struct json *ours)
{
    const struct json *element = ours->first;

    for (size_t i = 0; i < json_array_size(theirs); i++, element = element->next) {
        if (element == NULL || !peer_same(json_array_get(theirs, i), element)) {
            return false;
        }
    }
    return element == NULL && json_array_size(theirs) == ours->count;
}

static inline bool
peer_same(json_t *theirs, const struct json *ours)
{
    /* clang-format off */
    static const enum json_type types[] = {
        [PEER_OBJECT] = JSON_OBJECT, [PEER_ARRAY] = JSON_ARRAY, [PEER_STRING] = JSON_STRING,
        [JSON_INTEGER] = JSON_NUMBER, [JSON_REAL] = JSON_NUMBER, [PEER_TRUE] = JSON_TRUE,
        [PEER_FALSE] = JSON_FALSE, [PEER_NULL] = JSON_NULL,
    };
    /* clang-format on */
    int64_t number;

    if (types[json_typeof(theirs)] != ours->type) {
        return false;
    }
    switch (json_typeof(theirs)) {
    case PEER_OBJECT:
        return peer_same_members(theirs, ours);
    case PEER_ARRAY:
        return peer_same_elements(theirs, ours);
    case PEER_STRING:
        return str_eq(ours->text, (str){json_string_value(theirs), json_string_length(theirs)});
    case JSON_INTEGER:
        return json_i64(ours, &number) && number == json_integer_value(theirs);
    default:
        return true;
    }
}

/* What jansson makes of text, and of ours if json.c read it (else NULL). */
static inline enum peer_verdict
peer_reads(str text, const struct json *ours)
{
    json_error_t error;
    json_t *theirs = json_loadb(
        text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    enum peer_verdict verdict;

    /* Having looked one byte ahead, jansson forgets that byte if it is a NUL: "3" NUL is 3 to it. */
    if (str_find(text, '\0') < text.n) {
        json_decref(theirs);
        return PEER_CANNOT;
    }
    if (theirs == NULL) {
        enum json_error_code code = json_error_code(&error);
        bool is_limit = code == json_error_numeric_overflow || code == json_error_null_byte_in_key;
        return is_limit ? PEER_CANNOT : PEER_REFUSES;
    }
    verdict = ours == NULL || peer_same(theirs, ours) ? PEER_AGREES : PEER_DIFFERS;
    json_decref(theirs);
    return verdict;
}
