/* SPDX-License-Identifier: Apache-2.0 */
/* What whoever matches a tree must have. Of parts that must all hold the narrowest counts, and the narrowest word beside it;
 * of parts of which one is enough, all count. Never too narrow: the fuzz target compares it with search_matches. */
#include "base/arena.h"
#include "model/group/group.h"
#include "model/search/search_internal.h"
#include "model/user/user.h"
#include "model/word/word.h"

/* How narrow a need is: the greatest of a list says what reading it costs. */
static int
width_of(const struct search_need *need)
{
    switch (need->kind) {
    case NEED_ID:
        return 1;
    case NEED_LOGIN:
        return 2;
    case NEED_WORD:
        return 100 - (int)MIN(need->text.n, 50);
    case NEED_PREFIX:
        return 200 - (int)MIN(need->text.n, 50);
    case NEED_PARENT:
    case NEED_RECIPIENT:
    case NEED_GROUP:
        return 250;
    case NEED_TYPE:
    case NEED_APPLICATION:
        return 300;
    }
    return 1000;
}

static int
width(const struct search_plan *plan)
{
    int widest = plan->count ? 0 : 1000;

    for (size_t i = 0; i < plan->count; i++) {
        widest = MAX(widest, width_of(&plan->needs[i]));
    }
    return widest;
}

static void
add(struct search_plan *plan, enum search_need_kind kind, str text)
{
    if (plan->count < SEARCH_NEEDS_MAX) {
        plan->needs[plan->count++] = (struct search_need){.kind = kind, .text = text};
    }
}

/* The longest whole word of a text, or of its literal parts, those that a wildcard may make longer left out; else the
 * longest beginning of a word before a wildcard. */
static void
need_words(struct arena *arena, str text, struct search_plan *plan)
{
    str best = NO_STR, beginning = NO_STR, word;
    bool after_wildcard = false, is_last;

    while (text.n) {
        size_t n = 0;
        str part, rest;
        while (n < text.n && text.p[n] != SEARCH_ANY && text.p[n] != SEARCH_ONE) {
            n++;
        }
        rest = part = identity_fold(arena, str_head(text, n));
        while (word_cut(&rest, &word, &is_last)) {
            bool is_whole_start = !after_wildcard || word.p != part.p;
            bool is_whole_end = !is_last || n == text.n;
            if (is_whole_start && is_whole_end && word.n > best.n) {
                best = word;
            } else if (is_whole_start && !is_whole_end && word.n > beginning.n) {
                beginning = word;
            }
        }
        after_wildcard = n < text.n;
        text = str_skip(text, n + 1);
    }
    if (best.n > 0 && best.n >= beginning.n) {
        add(plan, NEED_WORD, best);
    } else if (beginning.n >= WORD_PREFIX_MIN) {
        add(plan, NEED_PREFIX, beginning);
    } else if (best.n > 0) {
        add(plan, NEED_WORD, best);
    }
}

/* A domain without wildcards behind the only @: one word of an email address, several of a name. */
static bool
has_domain(str text, str *ret)
{
    size_t at = str_find(text, '@');

    *ret = str_skip(text, MIN(at, text.n));
    return ret->n > 1 && str_find(*ret, SEARCH_ANY) >= ret->n
           && str_find(*ret, SEARCH_ONE) >= ret->n
           && str_find(str_skip(*ret, 1), '@') >= ret->n - 1;
}

/* What begins an address: it lies before the @ as long as it has none itself. */
static void
need_beginning(struct arena *arena, str text, struct search_plan *plan)
{
    size_t n = MIN(str_find(text, SEARCH_ANY), str_find(text, SEARCH_ONE));

    if (str_find(str_head(text, n), '@') >= n && text.p[0] != '+') {
        need_words(arena, str_head(text, n + 1), plan);
    } else if (text.p[0] != '+') {
        need_words(arena, str_head(text, str_find(text, '@')), plan);
    }
}

static void
plan_email(struct arena *arena, str text, struct search_plan *plan)
{
    str domain;

    need_beginning(arena, text, plan);
    if (has_domain(text, &domain) && (plan->count == 0 || plan->needs[0].text.n < 4)) {
        plan->count = 0;
        add(plan, NEED_WORD, identity_fold(arena, domain));
    }
}

/* Without a field it may be a name, too, which has the words of the domain. */
static void
plan_any_pattern(struct arena *arena, str text, struct search_plan *plan)
{
    str domain;

    need_beginning(arena, text, plan);
    if (plan->count == 0 && has_domain(text, &domain)) {
        add(plan, NEED_WORD, identity_fold(arena, domain));
        need_words(arena, str_skip(domain, 1), plan);
        plan->count = plan->count == 2 ? 2 : 0;
    }
}

static void
plan_any_term(struct arena *arena, str text, struct search_plan *plan)
{
    str folded = identity_fold(arena, text), normal = identity_normal(arena, folded);
    str word, rest = folded;
    bool is_last;

    if (!word_cut(&rest, &word, &is_last)) {
        return; /* signs alone */
    }
    add(plan, NEED_WORD, folded); /* also "@example.com" */
    if (word.n == folded.n) {
        return;
    }
    if (str_find(folded, '.') < folded.n) {
        add(plan, NEED_WORD, str_fmt(arena, "@" STRF, STRV(folded)));
    }
    if (!str_eq(normal, folded)) {
        add(plan, NEED_WORD, normal); /* "+855 12 345 678" */
    }
    if (str_find(folded, '@') < folded.n) {
        add(plan, NEED_LOGIN, text);
        add(plan, NEED_WORD, word_of_username(arena, text));
    } else {
        need_words(arena, text, plan);
    }
}

static bool
is_username(str field)
{
    return str_eq(field, S("username")) || str_eq(field, S("uniqueUsername"));
}

static void
plan_field(struct arena *arena, const struct search_node *leaf, struct search_plan *plan)
{
    const struct search_field *field = search_field_of(&search_people, leaf->field);
    struct search_need need = {.kind = NEED_ID};

    if (field == NULL || (leaf->kind != SEARCH_TERM && leaf->kind != SEARCH_PATTERN)) {
        return;
    }
    if (field->kind == KIND_LOGIN && leaf->kind == SEARCH_TERM) {
        add(plan, NEED_LOGIN, leaf->text);
        if (str_eq(leaf->field, S("username"))) { /* several may have chosen it */
            add(plan, NEED_WORD, word_of_username(arena, leaf->text));
        }
    } else if (field->kind == KIND_NAME || is_username(leaf->field)) {
        need_words(arena, leaf->text, plan);
    } else if (str_eq(leaf->field, S("email"))) {
        plan_email(arena, leaf->text, plan);
    } else if (str_eq(leaf->field, S("id")) || str_eq(leaf->field, S("registrations.applicationId"))
               || str_eq(leaf->field, S("memberships.groupId"))) {
        need.kind = leaf->field.n == 2                           ? NEED_ID
                    : str_starts(leaf->field, S("memberships.")) ? NEED_GROUP
                                                                 : NEED_APPLICATION;
        if (uuid_parse(leaf->text, &need.id)) {
            plan->needs[plan->count++] = need;
        }
    }
}

/* A folded pattern of hexadecimal digits, hyphens and wildcards alone may be over an id. */
static bool
may_be_id(str pattern)
{
    str digits = S("0123456789abcdef-\x01\x02");
    size_t n = 0;

    while (n < pattern.n && str_find(digits, pattern.p[n]) < digits.n) {
        n++;
    }
    return n == pattern.n;
}

/* Without a field: what it is called, its id, what its type is called. */
static void
plan_any_entity(struct arena *arena, const struct search_node *leaf, struct search_plan *plan)
{
    struct search_need need = {.kind = NEED_ID};

    if (leaf->kind == SEARCH_PATTERN && may_be_id(search_fold_pattern(arena, leaf->text))) {
        return;
    }
    need_words(arena, leaf->text, plan);
    if (plan->count == 0) {
        return;
    }
    plan->needs[0].or_type = true;
    if (leaf->kind == SEARCH_TERM && uuid_parse(identity_fold(arena, leaf->text), &need.id)) {
        plan->needs[plan->count++] = need;
    }
}

/* Ids narrow, because what they are of is in an index, and the words of names. */
static void
plan_entity_field(struct arena *arena, const struct search_node *leaf, struct search_plan *plan)
{
    static const struct {
        const char *name;
        enum search_need_kind kind;
    } fields[] = {
        {"entityType.id", NEED_TYPE},
        {"grants.recipientEntityId", NEED_RECIPIENT},
        {"grants.userId", NEED_RECIPIENT},
        {"id", NEED_ID},
        {"parentId", NEED_PARENT},
        {"type.id", NEED_TYPE},
        {"typeId", NEED_TYPE},
    };
    struct uuid id;

    if (leaf->field.n == 0) {
        plan_any_entity(arena, leaf, plan);
    } else if (str_eq(leaf->field, S("name"))) {
        need_words(arena, leaf->text, plan);
    }
    for (size_t i = 0; leaf->kind == SEARCH_TERM && i < COUNT(fields); i++) {
        if (str_eq(leaf->field, str_from(fields[i].name)) && uuid_parse(leaf->text, &id)
            && !uuid_is_nil(id)) { /* nil: what has none */
            plan->needs[plan->count++] = (struct search_need){.kind = fields[i].kind, .id = id};
        }
    }
}

static void
need_also(struct search_plan *plan, const struct search_need *need)
{
    bool is_word = need->kind == NEED_WORD || need->kind == NEED_PREFIX;

    if (is_word && (!plan->has_also || width_of(need) < width_of(&plan->also))) {
        plan->also = *need;
        plan->has_also = true;
    }
}

/* Both must hold. */
static void
plan_both(struct search_plan *plan, const struct search_plan *other)
{
    bool is_narrower = width(other) < width(plan);
    struct search_plan narrow = is_narrower ? *other : *plan;
    const struct search_plan *wide = is_narrower ? plan : other;

    if (wide->count == 1) {
        need_also(&narrow, &wide->needs[0]);
    }
    if (wide->has_also) {
        need_also(&narrow, &wide->also);
    }
    *plan = narrow;
}

static void plan_node(struct arena *arena, const struct search_scope *scope,
    const struct search_node *node, struct search_plan *plan);

static void
plan_parts(struct arena *arena, const struct search_scope *scope, const struct search_node *node,
    struct search_plan *plan)
{
    for (const struct search_node *part = node->first; part != NULL; part = part->next) {
        struct search_plan one = {.count = 0};
        plan_node(arena, scope, part, &one);
        if (node->kind == SEARCH_AND) {
            plan_both(plan, &one);
            continue;
        }
        if (one.count == 0 || plan->count + one.count > SEARCH_NEEDS_MAX) {
            plan->count = 0; /* anybody may match, or too many ways lead there */
            return;
        }
        for (size_t i = 0; i < one.count; i++) {
            plan->needs[plan->count++] = one.needs[i];
        }
    }
}

static void
plan_leaf(struct arena *arena, const struct search_scope *scope, const struct search_node *leaf,
    struct search_plan *plan)
{
    if (scope == &search_entities) {
        plan_entity_field(arena, leaf, plan);
    } else if (leaf->field.n) {
        plan_field(arena, leaf, plan);
    } else if (leaf->kind == SEARCH_TERM) {
        plan_any_term(arena, leaf->text, plan);
    } else {
        plan_any_pattern(arena, leaf->text, plan);
    }
}

static void
plan_node(struct arena *arena, const struct search_scope *scope, const struct search_node *node,
    struct search_plan *plan)
{
    switch (node->kind) {
    case SEARCH_AND:
    case SEARCH_OR:
        plan_parts(arena, scope, node, plan);
        return;
    case SEARCH_NESTED:
        plan_node(arena, scope, node->first, plan);
        return;
    case SEARCH_TERM:
    case SEARCH_PATTERN:
        plan_leaf(arena, scope, node, plan);
        return;
    default:
        return;
    }
}

/* "ann*" without a field: whoever has a word that begins so. */
static bool
is_plain_prefix(const struct search_node *tree)
{
    size_t n = tree->text.n;

    return tree->kind == SEARCH_PATTERN && tree->field.n == 0 && n > 1
           && str_find(tree->text, SEARCH_ANY) == n - 1 && str_find(tree->text, SEARCH_ONE) >= n;
}

void
search_plan_make(struct arena *arena, const struct search_scope *scope,
    const struct search_node *tree, struct search_plan *ret)
{
    bool is_of_people = scope == &search_people;
    bool has_one = is_of_people && tree->kind == SEARCH_TERM && tree->field.n == 0;

    *ret = (struct search_plan){.count = 0};
    plan_node(arena, scope, tree, ret);
    ret->is_exact = tree->kind == SEARCH_ALL
                    || (has_one && ret->count == 1 && ret->needs[0].kind == NEED_WORD)
                    || (is_of_people && is_plain_prefix(tree) && ret->count == 1
                        && ret->needs[0].text.n == tree->text.n - 1)
                    || (tree->kind == SEARCH_TERM && ret->count == 1
                        && (ret->needs[0].kind == NEED_TYPE || ret->needs[0].kind == NEED_PARENT));
}

static bool
has_prefix_word(const struct word_list *words, str prefix)
{
    for (size_t i = 0; i < words->count; i++) {
        if (str_starts(words->of[i], prefix)) {
            return true;
        }
    }
    return false;
}

bool
search_has_need(struct arena *arena, const struct user *user, const struct search_need *need)
{
    const struct registration *all = user->registrations.items;
    const struct membership *memberships = user->memberships.items;
    struct word_list words;
    str normal;

    switch (need->kind) {
    case NEED_ID:
        return uuid_eq(user->id, need->id);
    case NEED_LOGIN:
        normal = identity_normal(arena, need->text);
        return str_eq(normal, identity_normal(arena, user->email))
               || str_eq(normal, identity_normal(arena, user_unique_username(user)))
               || str_eq(normal, identity_normal(arena, user->phone_number));
    case NEED_WORD:
    case NEED_PREFIX:
        word_list_of(arena, user, &words);
        return need->kind == NEED_WORD ? word_list_has(&words, need->text)
                                       : has_prefix_word(&words, need->text);
    case NEED_APPLICATION:
        for (size_t i = 0; i < user->registrations.count; i++) {
            if (uuid_eq(all[i].application_id, need->id)) {
                return true;
            }
        }
        return false;
    case NEED_GROUP:
        for (size_t i = 0; i < user->memberships.count; i++) {
            if (uuid_eq(memberships[i].group_id, need->id)) {
                return true;
            }
        }
        return false;
    default:
        return false;
    }
}
