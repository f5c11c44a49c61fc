/* SPDX-License-Identifier: Apache-2.0 */
/* Which entities a query means, and what whoever matches must have. */
#define UNIT search_entity
#include "../fixture.h"
#include "model/entity/entity.h"
#include "model/search/search.h"

static str both[] = {S_INIT("read"), S_INIT("write")};
static str one[] = {S_INIT("read")};
static const struct entity_grant grants[] = {
    {.id = {{1}}, .user_id = {{7}}, .permissions = {both, 2}, .insert_instant = 1000},
    {.id = {{2}},
        .recipient_id = {{8}},
        .permissions = {one, 1},
        .data = S_INIT("{\"why\":\"ok\"}")},
};
static const struct entity lamp = {
    .head = {.id = {{9}}, .tenant_id = {{5}}, .insert_instant = 1714557600000},
    .name = S_INIT("Lamp email_api"),
    .client_id = S_INIT("The-Lamp"),
    .data = S_INIT("{\"audited\":true,\"floors\":12}"),
    .parent_id = {{3}},
    .type = {.id = {{4}}}};
static const struct search_entity whole = {&lamp, S_INIT("Smart device"), grants, 2};

TEST(an_entity_is_meant_by_what_it_has)
{
    static const char *const yes[] = {"*", "lamp", "email_api", "device", "the-lamp", "THE-LAMP",
        "name:*mail*", "clientId:the*", "type.name:smart", "entityType.name:\"smart device\"",
        "typeId:04000000-0000-0000-0000-000000000000",
        "parentId:03000000-0000-0000-0000-000000000000", "data.audited:true", "data.floors:>11",
        "insertInstant:2024-05-01", "grants.permissions:write", "grants.data.why:ok",
        "grants.userId:07000000-0000-0000-0000-000000000000",
        "09000000-0000-0000-0000-000000000000", "-name:house", "_exists_:grants.data.why",
        "grants.insertInstant:1000 AND grants.id:02000000-0000-0000-0000-000000000000"};
    static const char *const no[] = {"house", "name:the-lamp", "clientId:lamp", "data.floors:<12",
        "grants.permissions:wri", "parentId:04000000-0000-0000-0000-000000000000",
        "grants.userId:08000000-0000-0000-0000-000000000000", "_exists_:lastUpdateInstant"};
    static const char *const refused[] = {"email:ann", "lastName:x", "registrations.roles:x",
        "clientSecret:x", "grants.data.:x", "typeId:x", "parentId:[a TO b]"};
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));
    const struct search_node *tree = NULL;
    const char *why = NULL;

    for (size_t i = 0; i < COUNT(yes); i++) {
        REQUIRE(search_parse(arena, &search_entities, str_from(yes[i]), &tree, &why));
        cr_expect(search_matches_entity(arena, tree, &whole, 1714557600000), "%s", yes[i]);
    }
    for (size_t i = 0; i < COUNT(no); i++) {
        REQUIRE(search_parse(arena, &search_entities, str_from(no[i]), &tree, &why));
        cr_expect(!search_matches_entity(arena, tree, &whole, 1714557600000), "%s", no[i]);
    }
    for (size_t i = 0; i < COUNT(refused); i++) {
        cr_expect(!search_parse(arena, &search_entities, str_from(refused[i]), &tree, &why), "%s",
            refused[i]);
    }
}

TEST(nested_asks_one_and_the_same_grant)
{
    static const struct {
        int line;
        const char *query;
        bool is_meant;
    } cases[] = {
        {__LINE__,
            "{\"nested\":{\"path\":\"grants\",\"query\":{\"bool\":{\"must\":[{\"match\":"
            "{\"grants.permissions\":\"write\"}},{\"match\":{\"grants.permissions\":"
            "\"read\"}}]}}}}",
            true},
        {__LINE__,
            "{\"nested\":{\"path\":\"grants\",\"query\":{\"bool\":{\"must\":[{\"match\":"
            "{\"grants.permissions\":\"write\"}},{\"match\":{\"grants.data.why\":"
            "\"ok\"}}]}}}}",
            false},
        {__LINE__,
            "{\"bool\":{\"must\":[{\"match\":{\"grants.permissions\":\"write\"}},"
            "{\"match\":{\"grants.data.why\":\"ok\"}}]}}",
            true},
    };
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct search_node *tree = NULL;
        const char *why = NULL;
        REQUIRE(search_json_parse(arena, &search_entities, str_from(cases[i].query), &tree, &why));
        CHECK_AT(cases[i].line, search_names_grants(tree));
        CHECK_AT(cases[i].line, search_matches_entity(arena, tree, &whole, 0) == cases[i].is_meant);
    }
}

static bool
has_one_of(struct arena *arena, const struct search_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (search_entity_has_need(arena, &whole, &plan->needs[i])) {
            return true;
        }
    }
    return false;
}

TEST(a_plan_is_what_an_index_knows)
{
    static const struct {
        int line;
        const char *query;
        size_t count;
        enum search_need_kind kind;
        bool is_exact;
    } cases[] = {
        {__LINE__, "*", 0, NEED_ID, true},
        {__LINE__, "name:lamp", 1, NEED_WORD, false},
        {__LINE__, "name:la*", 1, NEED_PREFIX, false},
        {__LINE__, "name:*mp", 0, NEED_ID, false},
        {__LINE__, "-name:lamp", 0, NEED_ID, false},
        {__LINE__, "name:lamp OR device", 2, NEED_WORD, false},
        {__LINE__, "name:lamp OR clientId:x", 0, NEED_ID, false},
        {__LINE__, "device", 1, NEED_WORD, false},
        {__LINE__, "sma*", 1, NEED_PREFIX, false},
        {__LINE__, "the-lamp", 1, NEED_WORD, false},
        {__LINE__, "09000000-0000-0000-0000-000000000000", 2, NEED_WORD, false},
        {__LINE__, "0900*", 0, NEED_ID, false},
        {__LINE__,
            "\xef\xbc\x90"
            "9*",
            0, NEED_ID, false},
        {__LINE__, "typeId:04000000-0000-0000-0000-000000000000", 1, NEED_TYPE, true},
        {__LINE__, "type.id:04000000-0000-0000-0000-000000000000 AND lamp", 1, NEED_WORD, false},
        {__LINE__, "parentId:03000000-0000-0000-0000-000000000000", 1, NEED_PARENT, true},
        {__LINE__, "parentId:00000000-0000-0000-0000-000000000000", 0, NEED_ID, false},
        {__LINE__, "grants.userId:07000000-0000-0000-0000-000000000000", 1, NEED_RECIPIENT, false},
        {__LINE__,
            "typeId:04000000-0000-0000-0000-000000000000 AND "
            "id:09000000-0000-0000-0000-000000000000",
            1, NEED_ID, false},
        {__LINE__, "-typeId:04000000-0000-0000-0000-000000000000", 0, NEED_ID, false},
    };
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct search_node *tree = NULL;
        struct search_plan plan;
        const char *why = NULL;
        REQUIRE(search_parse(arena, &search_entities, str_from(cases[i].query), &tree, &why));
        search_plan_make(arena, &search_entities, tree, &plan);
        CHECK_AT(cases[i].line, plan.count == cases[i].count && plan.is_exact == cases[i].is_exact);
        CHECK_AT(cases[i].line, plan.count == 0 || plan.needs[0].kind == cases[i].kind);
        CHECK_AT(cases[i].line, plan.count == 0 || has_one_of(arena, &plan));
    }
}
