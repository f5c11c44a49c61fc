/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the ends of values by their quotes and brackets. Invariant: of text that json_parse accepts every piece is
 * the raw text of its node. */
#include "codec/json_cut.h"

#include "codec/json_internal.h"

static str
skip_space(str s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\n' || s.p[0] == '\r')) {
        s = str_skip(s, 1);
    }
    return s;
}

bool
json_cut_begin(str text, struct json_cut *ret)
{
    str rest = skip_space(text);

    if (rest.n == 0 || (rest.p[0] != '[' && rest.p[0] != '{')) {
        return false;
    }
    *ret = (struct json_cut){
        .rest = skip_space(str_skip(rest, 1)), .end = rest.p[0] == '[' ? ']' : '}'};
    return true;
}

/* The length of a string with its quotes; 0 when it does not end. */
static size_t
string_length(str s)
{
    size_t i = 1;

    while (i < s.n) {
        i += json_plain_run(s.p + i, s.p + s.n);
        if (i < s.n && s.p[i] == '"') {
            return i + 1;
        }
        i += i < s.n && s.p[i] == '\\' ? 2 : 1;
        while (i < s.n && (uint8_t)s.p[i] >= 0x80) {
            i++;
        }
    }
    return 0;
}

/* The length of a value: to its own last bracket or quote, or to what cannot be part of a number or word. */
static size_t
value_length(str s)
{
    size_t depth = 0, i = 0, n;

    while (i < s.n) {
        char c = s.p[i];
        if (c == '"') {
            n = string_length(str_skip(s, i));
            if (n == 0) {
                return 0;
            }
            i += n - 1;
        } else if (c == '[' || c == '{') {
            depth++;
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        } else if (depth == 0 && memchr(",]} \t\r\n", c, 7) != NULL) {
            return i;
        }
        i++;
        if (depth == 0 && (c == '"' || c == ']' || c == '}')) {
            return i;
        }
    }
    return depth == 0 ? i : 0;
}

static bool
fail(struct json_cut *cut)
{
    cut->is_broken = true;
    return false;
}

static bool
cut_name(struct json_cut *cut, str *ret)
{
    size_t n = cut->rest.n && cut->rest.p[0] == '"' ? string_length(cut->rest) : 0;

    if (n == 0) {
        return fail(cut);
    }
    *ret = str_head(str_skip(cut->rest, 1), n - 2);
    cut->rest = skip_space(str_skip(cut->rest, n));
    if (cut->rest.n == 0 || cut->rest.p[0] != ':') {
        return fail(cut);
    }
    cut->rest = skip_space(str_skip(cut->rest, 1));
    return true;
}

/* The bracket at the end; a comma before it, or none between values, is broken. */
static bool
is_at_end(struct json_cut *cut)
{
    if (cut->rest.n && cut->rest.p[0] == cut->end) {
        cut->rest = skip_space(str_skip(cut->rest, 1));
        cut->end = '\0';
        return true;
    }
    if (!cut->is_begun) {
        return false;
    }
    if (cut->rest.n == 0 || cut->rest.p[0] != ',') {
        (void)fail(cut);
        return true;
    }
    cut->rest = skip_space(str_skip(cut->rest, 1));
    return false;
}

bool
json_cut_next(struct json_cut *cut, str *ret_name, str *ret_value)
{
    size_t n;

    *ret_name = NO_STR;
    if (cut->is_broken || cut->end == '\0' || is_at_end(cut)) {
        return false;
    }
    if (cut->end == '}' && !cut_name(cut, ret_name)) {
        return false;
    }
    n = value_length(cut->rest);
    if (n == 0) {
        return fail(cut);
    }
    *ret_value = str_head(cut->rest, n);
    cut->rest = skip_space(str_skip(cut->rest, n));
    cut->is_begun = true;
    return true;
}

bool
json_cut_ended(const struct json_cut *cut)
{
    return !cut->is_broken && cut->end == '\0' && cut->rest.n == 0;
}
