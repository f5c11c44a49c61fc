/* SPDX-License-Identifier: Apache-2.0 */
/* A tree judged on one opened person. Texts are compared in the form that login ids have (NFKC_Casefold). What
 * finds whole words here must find them in word_list_of too: search_plan_make relies on it. */
#include <stdlib.h>

#include "base/arena.h"
#include "codec/json.h"
#include "model/group/group.h"
#include "model/search/search_internal.h"
#include "model/user/user.h"
#include "model/word/word.h"

struct subject {
    struct arena *arena;
    const struct user *user;
    int64_t now;
    struct word_list words; /* made when first asked for */
    bool has_words;
    const struct registration *one; /* inside SEARCH_NESTED: the only one that counts */
    const struct membership *member;
};

typedef bool judge(struct subject *subject, const struct search_node *leaf, str value);

static bool matches(struct subject *subject, const struct search_node *node);

/* Wildcards by going back to the last run of any characters: no pattern takes more than n * m steps. */
static bool
fits(str pattern, str value)
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
static str
fold_pattern(struct arena *arena, str pattern)
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
        if (fits(pattern, word)) {
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
is_in_range(struct subject *s, const struct search_node *leaf, str value)
{
    int low = leaf->low.n ? order_of(value, identity_fold(s->arena, leaf->low)) : 1;
    int high = leaf->high.n ? order_of(value, identity_fold(s->arena, leaf->high)) : -1;

    return (low > 0 || (low == 0 && leaf->has_low)) && (high < 0 || (high == 0 && leaf->has_high));
}

static bool
judge_whole(struct subject *s, const struct search_node *leaf, str value)
{
    str folded = identity_fold(s->arena, value);

    switch (leaf->kind) {
    case SEARCH_TERM:
        return value.n && str_eq(folded, identity_fold(s->arena, leaf->text));
    case SEARCH_PATTERN:
        return value.n && fits(fold_pattern(s->arena, leaf->text), folded);
    case SEARCH_RANGE:
        return value.n && is_in_range(s, leaf, folded);
    default:
        return value.n > 0;
    }
}

static bool
judge_login(struct subject *s, const struct search_node *leaf, str value)
{
    if (leaf->kind == SEARCH_TERM) {
        str normal = identity_normal(s->arena, leaf->text);
        return normal.n && str_eq(normal, identity_normal(s->arena, value));
    }
    return judge_whole(s, leaf, value);
}

/* The chosen one, and that with digits behind it. */
static bool
judge_username(struct subject *s, const struct search_node *leaf)
{
    return judge_login(s, leaf, s->user->username)
           || judge_login(s, leaf, user_unique_username(s->user));
}

static bool
judge_name(struct subject *s, const struct search_node *leaf, str value)
{
    str folded = identity_fold(s->arena, value);

    if (judge_whole(s, leaf, value)) {
        return true;
    }
    if (leaf->kind == SEARCH_TERM) {
        return has_phrase(identity_fold(s->arena, leaf->text), folded);
    }
    return leaf->kind == SEARCH_PATTERN
           && has_word_like(fold_pattern(s->arena, leaf->text), folded);
}

static bool
judge_flag(const struct search_node *leaf, bool value)
{
    return leaf->kind == SEARCH_EXISTS || str_eq(leaf->text, S("true")) == value;
}

static bool
judge_id(const struct search_node *leaf, struct uuid value)
{
    struct uuid id;

    if (leaf->kind == SEARCH_EXISTS) {
        return !uuid_is_nil(value);
    }
    return uuid_parse(leaf->text, &id) && uuid_eq(id, value);
}

/* An instant that is not there is 0, and in no range. */
static bool
judge_moment(const struct subject *s, const struct search_node *leaf, int64_t value)
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
judge_json(struct subject *s, const struct search_node *leaf, const struct json *value)
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
        return judge_name(s, leaf, value->text);
    case JSON_NUMBER:
        return judge_whole(s, leaf, value->text)
               || (leaf->kind == SEARCH_TERM && order_of(value->text, leaf->text) == 0);
    case JSON_TRUE:
    case JSON_FALSE:
        return judge_whole(s, leaf, value->type == JSON_TRUE ? S("true") : S("false"));
    case JSON_OBJECT:
        return leaf->kind == SEARCH_EXISTS && value->count > 0;
    default:
        return false;
    }
}

/* data.address.city: a member may have dots in its name, too. */
static bool
judge_path(struct subject *s, const struct search_node *leaf, const struct json *value, str path)
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

static bool
judge_tree(struct subject *s, const struct search_node *leaf, str data, str prefix)
{
    const struct json *root;

    return data.n && json_parse(s->arena, data, &root, NULL)
           && judge_path(s, leaf, root, str_skip(leaf->field, prefix.n));
}

static bool
judge_texts(struct subject *s, const struct search_node *leaf, const struct field_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (judge_whole(s, leaf, texts->items[i])) {
            return true;
        }
    }
    return false;
}

static bool
judge_registration(
    struct subject *s, const struct search_node *leaf, const struct registration *registration)
{
    str name = str_skip(leaf->field, sizeof "registrations." - 1);

    if (str_starts(name, S("data."))) {
        return judge_tree(s, leaf, registration->data, S("registrations.data."));
    }
    if (str_eq(name, S("applicationId")) || str_eq(name, S("id"))) {
        return judge_id(leaf, name.n == 2 ? registration->id : registration->application_id);
    }
    if (str_eq(name, S("insertInstant"))) {
        return judge_moment(s, leaf, registration->insert_instant);
    }
    if (str_eq(name, S("lastLoginInstant"))) {
        return judge_moment(s, leaf, registration->last_login_instant);
    }
    if (str_eq(name, S("verified"))) {
        return judge_flag(leaf, registration->verified);
    }
    if (str_eq(name, S("roles"))) {
        return judge_texts(s, leaf, &registration->roles);
    }
    return judge_whole(
        s, leaf, str_eq(name, S("timezone")) ? registration->timezone : registration->username);
}

static bool
any_registration(struct subject *s, const struct search_node *leaf)
{
    const struct registration *all = s->user->registrations.items;

    if (s->one != NULL) {
        return judge_registration(s, leaf, s->one);
    }
    for (size_t i = 0; i < s->user->registrations.count; i++) {
        if (judge_registration(s, leaf, &all[i])) {
            return true;
        }
    }
    return false;
}

static bool
judge_membership(
    struct subject *s, const struct search_node *leaf, const struct membership *membership)
{
    str name = str_skip(leaf->field, sizeof "memberships." - 1);

    if (str_starts(name, S("data."))) {
        return judge_tree(s, leaf, membership->data, S("memberships.data."));
    }
    return str_eq(name, S("insertInstant"))
               ? judge_moment(s, leaf, membership->insert_instant)
               : judge_id(leaf, name.n == 2 ? membership->id : membership->group_id);
}

static bool
any_membership(struct subject *s, const struct search_node *leaf)
{
    const struct membership *all = s->user->memberships.items;

    if (s->member != NULL) {
        return judge_membership(s, leaf, s->member);
    }
    for (size_t i = 0; i < s->user->memberships.count; i++) {
        if (judge_membership(s, leaf, &all[i])) {
            return true;
        }
    }
    return false;
}

static bool
judge_member(
    struct subject *s, const struct search_node *leaf, enum search_field_kind kind, const void *at)
{
    switch (kind) {
    case KIND_LOGIN:
        return judge_login(s, leaf, *(const str *)at);
    case KIND_NAME:
        return judge_name(s, leaf, *(const str *)at);
    case KIND_FLAG:
        return judge_flag(leaf, *(const bool *)at);
    case KIND_MOMENT:
        return judge_moment(s, leaf, *(const int64_t *)at);
    case KIND_ID:
        return judge_id(leaf, *(const struct uuid *)at);
    default:
        return judge_whole(s, leaf, *(const str *)at);
    }
}

static bool
judge_field(struct subject *s, const struct search_node *leaf)
{
    const struct search_field *field = search_field_of(leaf->field);
    const void *at;

    if (field == NULL) {
        return false;
    }
    if (str_starts(leaf->field, S("registrations."))) {
        return any_registration(s, leaf);
    }
    if (str_starts(leaf->field, S("memberships."))) {
        return any_membership(s, leaf);
    }
    if (field->kind == KIND_TREE) {
        return judge_tree(s, leaf, s->user->data, S("data."));
    }
    if (str_eq(leaf->field, S("preferredLanguages"))) {
        return judge_texts(s, leaf, &s->user->languages);
    }
    if (str_eq(leaf->field, S("username"))) {
        return judge_username(s, leaf);
    }
    if (str_eq(leaf->field, S("uniqueUsername"))) {
        return judge_login(s, leaf, user_unique_username(s->user));
    }
    at = search_member(s->user, leaf->field);
    return at != NULL && judge_member(s, leaf, field->kind, at);
}

static const struct word_list *
words_of(struct subject *s)
{
    if (!s->has_words) {
        word_list_of(s->arena, s->user, &s->words);
        s->has_words = true;
    }
    return &s->words;
}

/* What people are found by without a field: login ids whole, names by word and phrase, and what an email address is
 * made of. */
static bool
judge_anything(struct subject *s, const struct search_node *leaf)
{
    const struct user *u = s->user;
    const str names[] = {u->full_name, u->first_name, u->middle_name, u->last_name,
        user_unique_username(u), str_head(u->email, str_find(u->email, '@')),
        str_fmt(s->arena, STRF " " STRF, STRV(u->first_name), STRV(u->last_name))};
    const struct word_list *words = words_of(s);
    str text;

    if (leaf->kind == SEARCH_TERM) {
        text = identity_fold(s->arena, leaf->text);
        if (word_list_has(words, text) || word_list_has(words, identity_normal(s->arena, text))
            || (str_find(text, '.') < text.n
                && word_list_has(words, str_fmt(s->arena, "@" STRF, STRV(text))))) {
            return true;
        }
        if (str_find(text, '@') < text.n) {
            return judge_login(s, leaf, u->email) || judge_username(s, leaf);
        }
    }
    for (size_t i = 0; i < COUNT(names); i++) {
        if (names[i].n && judge_name(s, leaf, names[i])) {
            return true;
        }
    }
    if (leaf->kind != SEARCH_PATTERN) {
        return false;
    }
    text = fold_pattern(s->arena, leaf->text);
    for (size_t i = 0; i < words->count; i++) { /* telephone numbers, domains */
        if (fits(text, words->of[i])) {
            return true;
        }
    }
    return judge_whole(s, leaf, u->email);
}

static bool
matches_nested(struct subject *s, const struct search_node *node)
{
    const struct registration *registrations = s->user->registrations.items;
    const struct membership *memberships = s->user->memberships.items;
    bool is_of_groups = str_eq(node->field, S("memberships")), is_found = false;
    size_t count = is_of_groups ? s->user->memberships.count : s->user->registrations.count;

    if (is_of_groups ? s->member != NULL : s->one != NULL) {
        return matches(s, node->first);
    }
    for (size_t i = 0; !is_found && i < count; i++) {
        if (is_of_groups) {
            s->member = &memberships[i];
        } else {
            s->one = &registrations[i];
        }
        is_found = matches(s, node->first);
    }
    if (is_of_groups) {
        s->member = NULL;
    } else {
        s->one = NULL;
    }
    return is_found;
}

static bool
matches(struct subject *s, const struct search_node *node)
{
    bool is_and = node->kind == SEARCH_AND;

    switch (node->kind) {
    case SEARCH_ALL:
        return true;
    case SEARCH_NOT:
        return !matches(s, node->first);
    case SEARCH_NESTED:
        return matches_nested(s, node);
    case SEARCH_AND:
    case SEARCH_OR:
        for (const struct search_node *part = node->first; part != NULL; part = part->next) {
            if (matches(s, part) != is_and) {
                return !is_and;
            }
        }
        return is_and;
    default:
        return node->field.n ? judge_field(s, node) : judge_anything(s, node);
    }
}

bool
search_matches(
    struct arena *arena, const struct search_node *tree, const struct user *user, int64_t now)
{
    struct subject subject = {.arena = arena, .user = user, .now = now};

    return matches(&subject, tree);
}
