/* SPDX-License-Identifier: Apache-2.0 */
/* How leaves of a tree are judged by values, and what AND, OR, NOT and nested make of them. Texts are compared in the form
 * that login ids have (NFKC_Casefold). */
#include <stdlib.h>

#include "base/arena.h"
#include "codec/json.h"
#include "model/field/field.h"
#include "model/search/search_internal.h"
#include "model/user/user.h"
#include "model/word/word.h"

/* Wildcards by going back to the last run of any characters: no pattern takes more than n * m steps. */
bool
search_fits(str pattern, str value)
{
    size_t i = 0, j = 0, star = SIZE_MAX, from = 0;

    while (j < value.n) {
        if (i < pattern.n && pattern.p[i] == SEARCH_ANY) {
            star = i++;
            from = j;
        } else if (i < pattern.n && pattern.p[i] == SEARCH_ONE) {
            i++;
            j++;
            while (j < value.n && ((unsigned char)value.p[j] & 0xc0) == 0x80) {
                j++; /* the rest of the character */
            }
        } else if (i < pattern.n && pattern.p[i] == value.p[j]) {
            i++;
            j++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            j = ++from;
        } else {
            return false;
        }
    }
    while (i < pattern.n && pattern.p[i] == SEARCH_ANY) {
        i++;
    }
    return i == pattern.n;
}

/* Folding takes wildcards away, being controls: the parts between them are folded. */
str
search_fold_pattern(struct arena *arena, str pattern)
{
    struct buf buf;
    str text;

    buf_init(&buf, arena, 4 * SEARCH_MAX_TEXT);
    while (pattern.n) {
        size_t n = 0;
        while (n < pattern.n && pattern.p[n] != SEARCH_ANY && pattern.p[n] != SEARCH_ONE) {
            n++;
        }
        buf_str(&buf, identity_fold(arena, str_head(pattern, n)));
        if (n < pattern.n) {
            buf_char(&buf, pattern.p[n]);
        }
        pattern = str_skip(pattern, n + 1);
    }
    return buf_done(&buf, &text) ? text : NO_STR;
}

/* The words of a phrase, one behind the other, among those of a value. */
static bool
has_phrase(str phrase, str value)
{
    str p, w, rest = value, after;
    bool is_last;

    while (word_cut(&rest, &w, &is_last)) {
        str left = phrase;
        after = rest;
        while (word_cut(&left, &p, &is_last) && str_eq(p, w)) {
            str more = left;
            if (!word_cut(&more, &p, &is_last)) {
                return true;
            }
            if (!word_cut(&after, &w, &is_last)) {
                break;
            }
        }
    }
    return false;
}

static bool
has_word_like(str pattern, str value)
{
    bool is_last;
    str word;

    while (word_cut(&value, &word, &is_last)) {
        if (search_fits(pattern, word)) {
            return true;
        }
    }
    return false;
}

bool
search_number(str text, double *ret)
{
    char *end;
    char copy[40];

    if (text.n == 0 || text.n >= sizeof copy) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        if ((text.p[i] < '0' || text.p[i] > '9') && memchr("+-.eE", text.p[i], 5) == NULL) {
            return false;
        }
    }
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    *ret = strtod(copy, &end);
    return *end == '\0';
}

static int
order_of(str a, str b)
{
    double left, right;

    if (search_number(a, &left) && search_number(b, &right)) {
        return left < right ? -1 : left > right;
    }
    return str_cmp(a, b);
}

static bool
is_in_range(struct search_judge *s, const struct search_node *leaf, str value)
{
    int low = leaf->low.n ? order_of(value, identity_fold(s->arena, leaf->low)) : 1;
    int high = leaf->high.n ? order_of(value, identity_fold(s->arena, leaf->high)) : -1;

    return (low > 0 || (low == 0 && leaf->has_low)) && (high < 0 || (high == 0 && leaf->has_high));
}

bool
search_judge_whole(struct search_judge *s, const struct search_node *leaf, str value)
{
    str folded = identity_fold(s->arena, value);

    switch (leaf->kind) {
    case SEARCH_TERM:
        return value.n && str_eq(folded, identity_fold(s->arena, leaf->text));
    case SEARCH_PATTERN:
        return value.n && search_fits(search_fold_pattern(s->arena, leaf->text), folded);
    case SEARCH_RANGE:
        return value.n && is_in_range(s, leaf, folded);
    default:
        return value.n > 0;
    }
}

bool
search_judge_login(struct search_judge *s, const struct search_node *leaf, str value)
{
    if (leaf->kind == SEARCH_TERM) {
        str normal = identity_normal(s->arena, leaf->text);
        return normal.n && str_eq(normal, identity_normal(s->arena, value));
    }
    return search_judge_whole(s, leaf, value);
}

bool
search_judge_name(struct search_judge *s, const struct search_node *leaf, str value)
{
    str folded = identity_fold(s->arena, value);

    if (search_judge_whole(s, leaf, value)) {
        return true;
    }
    if (leaf->kind == SEARCH_TERM) {
        return has_phrase(identity_fold(s->arena, leaf->text), folded);
    }
    return leaf->kind == SEARCH_PATTERN
           && has_word_like(search_fold_pattern(s->arena, leaf->text), folded);
}

bool
search_judge_flag(const struct search_node *leaf, bool value)
{
    return leaf->kind == SEARCH_EXISTS || str_eq(leaf->text, S("true")) == value;
}

bool
search_judge_id(const struct search_node *leaf, struct uuid value)
{
    struct uuid id;

    if (leaf->kind == SEARCH_EXISTS) {
        return !uuid_is_nil(value);
    }
    return uuid_parse(leaf->text, &id) && uuid_eq(id, value);
}

/* An instant that is not there is 0, and in no range. */
bool
search_judge_moment(const struct search_judge *s, const struct search_node *leaf, int64_t value)
{
    int64_t low = INT64_MIN, high = INT64_MAX;

    if (leaf->kind == SEARCH_EXISTS || value == 0) {
        return leaf->kind == SEARCH_EXISTS && value != 0;
    }
    if (leaf->kind == SEARCH_TERM) {
        return search_instant(leaf->text, s->now, false, &low)
               && search_instant(leaf->text, s->now, true, &high) && value >= low && value <= high;
    }
    if ((leaf->low.n && !search_instant(leaf->low, s->now, !leaf->has_low, &low))
        || (leaf->high.n && !search_instant(leaf->high, s->now, leaf->has_high, &high))) {
        return false;
    }
    return (leaf->low.n == 0 || value > low || (leaf->has_low && value == low))
           && (leaf->high.n == 0 || value < high || (leaf->has_high && value == high));
}

/* Any text, number or truth under the value: lists are looked through, objects only by their path. */
static bool
judge_json(struct search_judge *s, const struct search_node *leaf, const struct json *value)
{
    switch (value->type) {
    case JSON_ARRAY:
        for (const struct json *item = value->first; item != NULL; item = item->next) {
            if (judge_json(s, leaf, item)) {
                return true;
            }
        }
        return false;
    case JSON_STRING:
        return search_judge_name(s, leaf, value->text);
    case JSON_NUMBER:
        return search_judge_whole(s, leaf, value->text)
               || (leaf->kind == SEARCH_TERM && order_of(value->text, leaf->text) == 0);
    case JSON_TRUE:
    case JSON_FALSE:
        return search_judge_whole(s, leaf, value->type == JSON_TRUE ? S("true") : S("false"));
    case JSON_OBJECT:
        return leaf->kind == SEARCH_EXISTS && value->count > 0;
    default:
        return false;
    }
}

/* data.address.city: a member may have dots in its name, too. */
static bool
judge_path(
    struct search_judge *s, const struct search_node *leaf, const struct json *value, str path)
{
    if (path.n == 0) {
        return judge_json(s, leaf, value);
    }
    if (value->type == JSON_ARRAY) {
        for (const struct json *item = value->first; item != NULL; item = item->next) {
            if (judge_path(s, leaf, item, path)) {
                return true;
            }
        }
        return false;
    }
    for (const struct json *m = value->type == JSON_OBJECT ? value->first : NULL; m != NULL;
         m = m->next) {
        bool is_on_path =
            str_starts(path, m->name) && (path.n == m->name.n || path.p[m->name.n] == '.');
        if (is_on_path && judge_path(s, leaf, m, str_skip(path, m->name.n + 1))) {
            return true;
        }
    }
    return false;
}

bool
search_judge_tree(struct search_judge *s, const struct search_node *leaf, str data, str prefix)
{
    const struct json *root;

    return data.n && json_parse(s->arena, data, &root, NULL)
           && judge_path(s, leaf, root, str_skip(leaf->field, prefix.n));
}

bool
search_judge_texts(
    struct search_judge *s, const struct search_node *leaf, const struct field_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (search_judge_whole(s, leaf, texts->items[i])) {
            return true;
        }
    }
    return false;
}

bool
search_judge_member(
    struct search_judge *s, const struct search_node *leaf, const struct search_field *field)
{
    const void *at = search_member(s->scope, s->object, leaf->field);

    if (at == NULL) {
        return false;
    }
    switch (field->kind) {
    case KIND_LOGIN:
        return search_judge_login(s, leaf, *(const str *)at);
    case KIND_NAME:
        return search_judge_name(s, leaf, *(const str *)at);
    case KIND_FLAG:
        return search_judge_flag(leaf, *(const bool *)at);
    case KIND_MOMENT:
        return search_judge_moment(s, leaf, *(const int64_t *)at);
    case KIND_ID:
        return search_judge_id(leaf, *(const struct uuid *)at);
    default:
        return search_judge_whole(s, leaf, *(const str *)at);
    }
}

bool
search_judge_node(struct search_judge *s, const struct search_node *node)
{
    bool is_and = node->kind == SEARCH_AND;

    switch (node->kind) {
    case SEARCH_ALL:
        return true;
    case SEARCH_NOT:
        return !search_judge_node(s, node->first);
    case SEARCH_NESTED:
        return s->nested(s, node);
    case SEARCH_AND:
    case SEARCH_OR:
        for (const struct search_node *part = node->first; part != NULL; part = part->next) {
            if (search_judge_node(s, part) != is_and) {
                return !is_and;
            }
        }
        return is_and;
    default:
        return s->leaf(s, node);
    }
}
