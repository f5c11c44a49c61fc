/* SPDX-License-Identifier: Apache-2.0 */
/* What narrows a query. */
#define UNIT search_plan
#include "../fixture.h"
#include "model/search/search.h"
#include "model/word/word.h"

TEST(a_plan_narrows_as_far_as_tokens_can)
{
    static const struct {
        int line;
        const char *query;
        size_t count;
        enum search_need_kind kind;
        const char *text;
        bool is_exact;
    } cases[] = {
        {__LINE__, "*", 0, NEED_ID, "", true},
        {__LINE__, "ann", 1, NEED_WORD, "ann", true},
        {__LINE__, "Ann*", 1, NEED_PREFIX, "ann", true},
        {__LINE__, "a*", 0, NEED_ID, "", false},
        {__LINE__, "a?n*", 0, NEED_ID, "", false},
        {__LINE__, "ann.smi*", 1, NEED_WORD, "ann", false},
        {__LINE__, "email:ann@example.com", 1, NEED_LOGIN, "ann@example.com", false},
        {__LINE__, "email:*@example.com", 1, NEED_WORD, "@example.com", false},
        {__LINE__, "email:anns*", 1, NEED_PREFIX, "anns", false},
        {__LINE__, "ann AND jonathan", 1, NEED_WORD, "jonathan", false},
        {__LINE__, "ann OR bob", 2, NEED_WORD, "ann", false},
        {__LINE__, "ann OR active:true", 0, NEED_ID, "", false},
        {__LINE__, "NOT ann", 0, NEED_ID, "", false},
        {__LINE__, "ann -bob", 1, NEED_WORD, "ann", false},
        {__LINE__, "lastName:\"smith jonathan\"", 1, NEED_WORD, "jonathan", false},
        {__LINE__, "memberships.groupId:2cb5c83f-53ff-4d16-88bd-c5e3802111a5", 1, NEED_GROUP, "",
            false},
        {__LINE__, "active:true AND smi*", 1, NEED_PREFIX, "smi", false},
    };
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct search_node *tree = NULL;
        struct search_plan plan;
        const char *why = NULL;
        CHECK_AT(cases[i].line,
            search_parse(arena, &search_people, str_from(cases[i].query), &tree, &why));
        search_plan_make(arena, &search_people, tree, &plan);
        CHECK_AT(cases[i].line, plan.count == cases[i].count && plan.is_exact == cases[i].is_exact);
        CHECK_AT(cases[i].line, plan.count == 0
                                    || (plan.needs[0].kind == cases[i].kind
                                        && str_eq(plan.needs[0].text, str_from(cases[i].text))));
    }
}

TEST(what_else_a_match_must_have_is_a_word)
{
    static const struct {
        int line;
        const char *query;
        const char *also; /* "": nothing */
        enum search_need_kind kind;
    } cases[] = {
        {__LINE__, "ann AND jonathan", "ann", NEED_WORD},
        {__LINE__, "firstName:ann AND lastName:jon*", "jon", NEED_PREFIX},
        {__LINE__, "ann AND jonathan AND bobby", "bobby", NEED_WORD},
        {__LINE__, "(ann AND jonathan) AND (active:true AND bobby)", "bobby", NEED_WORD},
        {__LINE__, "email:ann@example.com AND bob", "bob", NEED_WORD},
        {__LINE__, "ann OR (bob AND jonathan)", "", NEED_ID},
        {__LINE__, "ann AND active:true", "", NEED_ID},
        {__LINE__, "ann -bob", "", NEED_ID},
        {__LINE__, "ann AND (bob OR jonathan)", "", NEED_ID},
        {__LINE__, "ann", "", NEED_ID},
    };
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct search_node *tree = NULL;
        struct search_plan plan;
        const char *why = NULL;
        str also = str_from(cases[i].also);
        CHECK_AT(cases[i].line,
            search_parse(arena, &search_people, str_from(cases[i].query), &tree, &why));
        search_plan_make(arena, &search_people, tree, &plan);
        CHECK_AT(cases[i].line, plan.has_also == (also.n > 0));
        CHECK_AT(cases[i].line,
            also.n == 0 || (plan.also.kind == cases[i].kind && str_eq(plan.also.text, also)));
    }
}
