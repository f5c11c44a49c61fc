/* SPDX-License-Identifier: Apache-2.0 */
/* A tree judged on one opened entity. */
#include "base/arena.h"
#include "model/entity/entity_word.h"
#include "model/search/search_internal.h"
#include "model/user/user.h"
#include "model/word/word.h"

struct subject {
    struct search_judge judge; /* comes first: a judge's functions get the subject back */
    const struct search_entity *of;
    const struct entity_grant *one; /* inside SEARCH_NESTED: the only one that counts */
};

static bool
judge_grant(
    struct search_judge *judge, const struct search_node *leaf, const struct entity_grant *grant)
{
    str name = str_skip(leaf->field, sizeof "grants." - 1);

    if (str_starts(name, S("data."))) {
        return search_judge_tree(judge, leaf, grant->data, S("grants.data."));
    }
    if (str_eq(name, S("permissions"))) {
        return search_judge_texts(judge, leaf, &grant->permissions);
    }
    if (str_eq(name, S("insertInstant"))) {
        return search_judge_moment(judge, leaf, grant->insert_instant);
    }
    return search_judge_id(leaf, str_eq(name, S("userId")) ? grant->user_id
                                 : name.n == 2             ? grant->id
                                                           : grant->recipient_id);
}

static bool
any_grant(struct subject *s, const struct search_node *leaf)
{
    if (s->one != NULL) {
        return judge_grant(&s->judge, leaf, s->one);
    }
    for (size_t i = 0; i < s->of->grant_count; i++) {
        if (judge_grant(&s->judge, leaf, &s->of->grants[i])) {
            return true;
        }
    }
    return false;
}

static bool
judge_type_name(struct subject *s, const struct search_node *leaf)
{
    return search_judge_name(&s->judge, leaf, s->of->type_name);
}

/* What entities are found by without a field. */
static bool
judge_anything(struct subject *s, const struct search_node *leaf)
{
    return search_judge_name(&s->judge, leaf, s->of->entity->name)
           || search_judge_whole(&s->judge, leaf, s->of->entity->client_id)
           || search_judge_whole(&s->judge, leaf, uuid_text(s->judge.arena, s->of->entity->head.id))
           || judge_type_name(s, leaf);
}

static bool
judge_leaf(struct search_judge *judge, const struct search_node *leaf)
{
    struct subject *s = (struct subject *)judge;
    const struct search_field *field;

    if (leaf->field.n == 0) {
        return judge_anything(s, leaf);
    }
    if (str_starts(leaf->field, S("grants."))) {
        return any_grant(s, leaf);
    }
    if (str_starts(leaf->field, S("data."))) {
        return search_judge_tree(judge, leaf, s->of->entity->data, S("data."));
    }
    if (str_eq(leaf->field, S("type.name")) || str_eq(leaf->field, S("entityType.name"))) {
        return judge_type_name(s, leaf);
    }
    field = search_field_of(&search_entities, leaf->field);
    return field != NULL && search_judge_member(judge, leaf, field);
}

static bool
judge_nested(struct search_judge *judge, const struct search_node *node)
{
    struct subject *s = (struct subject *)judge;
    bool is_found = false;

    if (s->one != NULL) {
        return search_judge_node(judge, node->first);
    }
    for (size_t i = 0; !is_found && i < s->of->grant_count; i++) {
        s->one = &s->of->grants[i];
        is_found = search_judge_node(judge, node->first);
    }
    s->one = NULL;
    return is_found;
}

bool
search_matches_entity(struct arena *arena, const struct search_node *tree,
    const struct search_entity *entity, int64_t now)
{
    struct subject subject = {
        .judge = {arena, now, &search_entities, entity->entity, judge_leaf, judge_nested},
        .of = entity};

    return search_judge_node(&subject.judge, tree);
}

bool
search_names_grants(const struct search_node *tree)
{
    bool is_named = tree->kind == SEARCH_NESTED || str_starts(tree->field, S("grants."));

    for (const struct search_node *part = tree->first; !is_named && part != NULL;
         part = part->next) {
        is_named = search_names_grants(part);
    }
    return is_named;
}

bool
search_type_has_need(struct arena *arena, str type_name, const struct search_need *need)
{
    str rest = identity_fold(arena, type_name), word;
    bool is_last;

    while (word_cut(&rest, &word, &is_last)) {
        if (need->kind == NEED_PREFIX ? str_starts(word, need->text) : str_eq(word, need->text)) {
            return true;
        }
    }
    return false;
}

bool
search_entity_has_need(
    struct arena *arena, const struct search_entity *entity, const struct search_need *need)
{
    switch (need->kind) {
    case NEED_WORD:
    case NEED_PREFIX:
        return entity_word_has(arena, entity->entity, need->text, need->kind == NEED_PREFIX)
               || (need->or_type && search_type_has_need(arena, entity->type_name, need));
    case NEED_ID:
        return uuid_eq(entity->entity->head.id, need->id);
    case NEED_TYPE:
        return uuid_eq(entity->entity->type.id, need->id);
    case NEED_PARENT:
        return uuid_eq(entity->entity->parent_id, need->id);
    case NEED_RECIPIENT:
        for (size_t i = 0; i < entity->grant_count; i++) {
            if (uuid_eq(entity->grants[i].user_id, need->id)
                || uuid_eq(entity->grants[i].recipient_id, need->id)) {
                return true;
            }
        }
        return false;
    default:
        return false;
    }
}
