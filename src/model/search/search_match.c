/* SPDX-License-Identifier: Apache-2.0 */
/* A tree judged on one opened person. Texts are compared in the form that login ids have (NFKC_Casefold). What
 * finds whole words here must find them in word_list_of too: search_plan_make relies on it. */
#include "base/arena.h"
#include "model/group/group.h"
#include "model/search/search_internal.h"
#include "model/user/user.h"
#include "model/word/word.h"

struct subject {
    struct search_judge judge; /* comes first: a judge's functions get the subject back */
    const struct user *user;
    struct word_list words; /* made when first asked for */
    bool has_words;
    const struct registration *one; /* inside SEARCH_NESTED: the only one that counts */
    const struct membership *member;
};

/* The chosen one, and that with digits behind it. */
static bool
judge_username(struct subject *s, const struct search_node *leaf)
{
    return search_judge_login(&s->judge, leaf, s->user->username)
           || search_judge_login(&s->judge, leaf, user_unique_username(s->user));
}

static bool
judge_registration(
    struct subject *s, const struct search_node *leaf, const struct registration *registration)
{
    str name = str_skip(leaf->field, sizeof "registrations." - 1);

    if (str_starts(name, S("data."))) {
        return search_judge_tree(&s->judge, leaf, registration->data, S("registrations.data."));
    }
    if (str_eq(name, S("applicationId")) || str_eq(name, S("id"))) {
        return search_judge_id(leaf, name.n == 2 ? registration->id : registration->application_id);
    }
    if (str_eq(name, S("insertInstant"))) {
        return search_judge_moment(&s->judge, leaf, registration->insert_instant);
    }
    if (str_eq(name, S("lastLoginInstant"))) {
        return search_judge_moment(&s->judge, leaf, registration->last_login_instant);
    }
    if (str_eq(name, S("verified"))) {
        return search_judge_flag(leaf, registration->verified);
    }
    if (str_eq(name, S("roles"))) {
        return search_judge_texts(&s->judge, leaf, &registration->roles);
    }
    return search_judge_whole(&s->judge, leaf,
        str_eq(name, S("timezone")) ? registration->timezone : registration->username);
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
        return search_judge_tree(&s->judge, leaf, membership->data, S("memberships.data."));
    }
    return str_eq(name, S("insertInstant"))
               ? search_judge_moment(&s->judge, leaf, membership->insert_instant)
               : search_judge_id(leaf, name.n == 2 ? membership->id : membership->group_id);
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
any_method(struct subject *s, const struct search_node *leaf)
{
    str name = str_skip(leaf->field, sizeof "twoFactor.methods." - 1);
    const struct factor *all = s->user->two_factor.methods.items;

    for (size_t i = 0; i < s->user->two_factor.methods.count; i++) {
        str method = str_from(factor_methods[all[i].method]);
        str value = str_eq(name, S("email")) ? all[i].email
                    : str_eq(name, S("id"))  ? all[i].id
                                             : all[i].mobile_phone;
        if (search_judge_whole(&s->judge, leaf, str_eq(name, S("method")) ? method : value)) {
            return true;
        }
    }
    return false;
}

static bool
judge_field(struct subject *s, const struct search_node *leaf)
{
    const struct search_field *field = search_field_of(&search_people, leaf->field);

    if (field == NULL) {
        return false;
    }
    if (str_starts(leaf->field, S("registrations."))) {
        return any_registration(s, leaf);
    }
    if (str_starts(leaf->field, S("memberships."))) {
        return any_membership(s, leaf);
    }
    if (str_starts(leaf->field, S("twoFactor."))) {
        return any_method(s, leaf);
    }
    if (field->kind == KIND_TREE) {
        return search_judge_tree(&s->judge, leaf, s->user->data, S("data."));
    }
    if (str_eq(leaf->field, S("preferredLanguages"))) {
        return search_judge_texts(&s->judge, leaf, &s->user->languages);
    }
    if (str_eq(leaf->field, S("username"))) {
        return judge_username(s, leaf);
    }
    if (str_eq(leaf->field, S("login"))) {
        return search_judge_login(&s->judge, leaf, user_login_id(s->user));
    }
    if (str_eq(leaf->field, S("uniqueUsername"))) {
        return search_judge_login(&s->judge, leaf, user_unique_username(s->user));
    }
    return search_judge_member(&s->judge, leaf, field);
}

static const struct word_list *
words_of(struct subject *s)
{
    if (!s->has_words) {
        word_list_of(s->judge.arena, s->user, &s->words);
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
        str_fmt(s->judge.arena, STRF " " STRF, STRV(u->first_name), STRV(u->last_name))};
    const struct word_list *words = words_of(s);
    str text;

    if (leaf->kind == SEARCH_TERM) {
        text = identity_fold(s->judge.arena, leaf->text);
        if (word_list_has(words, text)
            || word_list_has(words, identity_normal(s->judge.arena, text))
            || (str_find(text, '.') < text.n
                && word_list_has(words, str_fmt(s->judge.arena, "@" STRF, STRV(text))))) {
            return true;
        }
        if (str_find(text, '@') < text.n) {
            return search_judge_login(&s->judge, leaf, u->email) || judge_username(s, leaf);
        }
    }
    for (size_t i = 0; i < COUNT(names); i++) {
        if (names[i].n && search_judge_name(&s->judge, leaf, names[i])) {
            return true;
        }
    }
    if (leaf->kind != SEARCH_PATTERN) {
        return false;
    }
    text = search_fold_pattern(s->judge.arena, leaf->text);
    for (size_t i = 0; i < words->count; i++) { /* telephone numbers, domains */
        if (search_fits(text, words->of[i])) {
            return true;
        }
    }
    return search_judge_whole(&s->judge, leaf, u->email);
}

static bool
judge_leaf(struct search_judge *judge, const struct search_node *leaf)
{
    struct subject *s = (struct subject *)judge;

    return leaf->field.n ? judge_field(s, leaf) : judge_anything(s, leaf);
}

static bool
judge_nested(struct search_judge *judge, const struct search_node *node)
{
    struct subject *s = (struct subject *)judge;
    const struct registration *registrations = s->user->registrations.items;
    const struct membership *memberships = s->user->memberships.items;
    bool is_of_groups = str_eq(node->field, S("memberships")), is_found = false;
    size_t count = is_of_groups ? s->user->memberships.count : s->user->registrations.count;

    if (is_of_groups ? s->member != NULL : s->one != NULL) {
        return search_judge_node(judge, node->first);
    }
    for (size_t i = 0; !is_found && i < count; i++) {
        if (is_of_groups) {
            s->member = &memberships[i];
        } else {
            s->one = &registrations[i];
        }
        is_found = search_judge_node(judge, node->first);
    }
    if (is_of_groups) {
        s->member = NULL;
    } else {
        s->one = NULL;
    }
    return is_found;
}

bool
search_matches(
    struct arena *arena, const struct search_node *tree, const struct user *user, int64_t now)
{
    struct subject subject = {
        .judge = {arena, now, &search_people, user, judge_leaf, judge_nested}, .user = user};

    return search_judge_node(&subject.judge, tree);
}
