/* SPDX-License-Identifier: Apache-2.0 */
/* Raw queries: each part as the query string that means the same. */
#define UNIT search_json
#include "../fixture.h"
#include "model/search/search.h"

static const struct {
    int line;
    const char *json, *text; /* text NULL: refused */
} cases[] = {
    {__LINE__, "{\"match_all\":{}}", "*"},
    {__LINE__, "{\"query\":{\"match_all\":{}}}", "*"},
    {__LINE__, "{\"bool\":{}}", "*"},
    {__LINE__, "{\"term\":{\"email\":\"a@b.c\"}}", "email:\"a@b.c\""},
    {__LINE__, "{\"term\":{\"email.keyword\":{\"value\":\"a@b.c\",\"boost\":2}}}",
        "email:\"a@b.c\""},
    {__LINE__, "{\"term\":{\"active\":true}}", "active:true"},
    {__LINE__, "{\"terms\":{\"data.x\":[1,\"b\"]}}", "data.x:1 OR data.x:b"},
    {__LINE__, "{\"terms\":{\"data.x\":[]}}", "NOT *"},
    {__LINE__, "{\"match\":{\"fullName\":\"ann smith\"}}", "fullName:ann OR fullName:smith"},
    {__LINE__, "{\"match\":{\"fullName\":{\"query\":\"ann smith\",\"operator\":\"and\"}}}",
        "fullName:ann AND fullName:smith"},
    {__LINE__, "{\"match_phrase\":{\"fullName\":\"ann smith\"}}", "fullName:\"ann smith\""},
    {__LINE__, "{\"prefix\":{\"email\":\"ann\"}}", "email:ann*"},
    {__LINE__, "{\"wildcard\":{\"email\":{\"value\":\"*\\\\*@b\"}}}", "email:*\\*@b"},
    {__LINE__, "{\"range\":{\"insertInstant\":{\"gte\":5,\"lt\":\"now\"}}}",
        "insertInstant:[5 TO now}"},
    {__LINE__, "{\"range\":{\"insertInstant\":{\"gt\":5}}}", "insertInstant:{5 TO *]"},
    {__LINE__, "{\"exists\":{\"field\":\"data.x\"}}", "_exists_:data.x"},
    {__LINE__, "{\"query_string\":{\"query\":\"ann AND bob\"}}", "ann AND bob"},
    {__LINE__,
        "{\"bool\":{\"must\":{\"term\":{\"firstName\":\"a\"}},\"should\":[{\"term\":{"
        "\"lastName\":"
        "\"b\"}}]}}",
        "firstName:a"},
    {__LINE__,
        "{\"bool\":{\"should\":[{\"term\":{\"lastName\":\"b\"}},{\"term\":{\"lastName\":\"c\"}}"
        "]}}",
        "lastName:b OR lastName:c"},
    {__LINE__,
        "{\"bool\":{\"filter\":[{\"term\":{\"firstName\":\"a\"}}],\"must_not\":[{\"term\":{"
        "\"lastName\":\"b\"}}],\"should\":[{\"term\":{\"username\":\"c\"}}],"
        "\"minimum_should_match\":1}}",
        "firstName:a AND (NOT lastName:b) AND username:c"},
    {__LINE__, "{\"match_none\":{}}", "NOT *"},
    {__LINE__, "{\"match_bool_prefix\":{\"fullName\":\"ann smi\"}}",
        "fullName:ann OR fullName:smi*"},
    {__LINE__, "{\"match\":{\"fullName\":{\"query\":\"ann\",\"fuzziness\":0,\"boost\":2}}}",
        "fullName:ann"},
    {__LINE__,
        "{\"dis_max\":{\"queries\":[{\"term\":{\"lastName\":\"b\"}},{\"term\":{\"lastName\":\"c\"}}"
        "],\"tie_breaker\":0.7}}",
        "lastName:b OR lastName:c"},
    {__LINE__,
        "{\"multi_match\":{\"query\":\"ann "
        "smi\",\"type\":\"phrase_prefix\",\"fields\":[\"firstName^2\",\"fullName\"]}}",
        "firstName:ann\\ smi* OR fullName:ann\\ smi*"},
    {__LINE__,
        "{\"multi_match\":{\"query\":\"ann bo\",\"operator\":\"AND\",\"fields\":[\"firstName\"]}}",
        "firstName:ann AND firstName:bo"},
    {__LINE__, "{\"query_string\":{\"query\":\"ann bob\",\"default_operator\":\"AND\"}}",
        "ann AND bob"},
    {__LINE__, "{\"query_string\":{\"query\":\"ann lastName:b\",\"default_field\":\"firstName\"}}",
        "firstName:ann OR lastName:b"},
    {__LINE__,
        "{\"query_string\":{\"query\":\"ann AND b*\",\"fields\":[\"firstName\",\"lastName^3\"]}}",
        "(firstName:ann OR lastName:ann) AND (firstName:b* OR lastName:b*)"},
    {__LINE__, "{\"query_string\":{\"query\":\"ann\",\"default_field\":\"*\"}}", "ann"},
    {__LINE__, "{\"match\":{\"fullName\":{\"query\":\"ann\",\"fuzziness\":\"AUTO\"}}}", NULL},
    {__LINE__, "{\"match\":{\"fullName\":{\"query\":\"ann b\",\"minimum_should_match\":2}}}", NULL},
    {__LINE__, "{\"match\":{\"fullName\":{\"query\":\"ann\",\"operator\":\"xor\"}}}", NULL},
    {__LINE__, "{\"match_phrase\":{\"fullName\":{\"query\":\"ann\",\"slop\":2}}}", NULL},
    {__LINE__, "{\"multi_match\":{\"query\":\"ann\",\"type\":\"nonsense\"}}", NULL},
    {__LINE__, "{\"query_string\":{\"query\":\"ann\",\"default_field\":\"nonsense\"}}", NULL},
    {__LINE__, "{\"query_string\":{\"query\":\"ann\",\"fields\":[]}}", NULL},
    {__LINE__, "{\"query_string\":{\"query\":\"ann\",\"fields\":[7]}}", NULL},
    {__LINE__, "{\"dis_max\":{\"queries\":[]}}", NULL},
    {__LINE__, "{\"match\":{\"data.*\":\"a\"}}", NULL},
    {__LINE__, "{\"regexp\":{\"email\":\"a.*\"}}", NULL},
    {__LINE__, "{\"fuzzy\":{\"email\":\"a\"}}", NULL},
    {__LINE__, "", NULL},
    {__LINE__, "[]", NULL},
    {__LINE__, "{}", NULL},
    {__LINE__, "{\"script\":{}}", NULL},
    {__LINE__, "{\"term\":{\"password\":\"x\"}}", NULL},
    {__LINE__, "{\"term\":{\"email\":{}}}", NULL},
    {__LINE__, "{\"term\":{\"email\":\"a\",\"username\":\"b\"}}", NULL},
    {__LINE__, "{\"term\":{\"email\":\"a\\u0001\"}}", NULL},
    {__LINE__, "{\"range\":{\"insertInstant\":{\"about\":5}}}", NULL},
    {__LINE__, "{\"bool\":{\"must\":[{\"nonsense\":{}}]}}", NULL},
    {__LINE__, "{\"bool\":{\"minimum_should_match\":2}}", NULL},
    {__LINE__, "{\"nested\":{\"path\":\"data\",\"query\":{\"match_all\":{}}}}", NULL},
    {__LINE__, "{\"query_string\":{\"query\":\"(\"}}", NULL},
};

TEST(a_raw_query_is_read_into_the_same_tree_as_a_query_string)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct search_node *tree = NULL, *same = NULL;
        const char *why = NULL;
        bool is_read =
            search_json_parse(arena, &search_people, str_from(cases[i].json), &tree, &why);
        CHECK_AT(cases[i].line, is_read == (cases[i].text != NULL));
        CHECK_AT(cases[i].line, is_read || why != NULL);
        if (is_read && cases[i].text != NULL) {
            REQUIRE(search_parse(arena, &search_people, str_from(cases[i].text), &same, &why));
            CHECK_AT(cases[i].line, search_same(tree, same));
        }
    }
}

static str
role_at(struct arena *arena, const char *application, bool is_nested)
{
    str text = str_fmt(arena,
        "{\"bool\":{\"must\":[{\"term\":{\"registrations.applicationId\":\"%s\"}},"
        "{\"term\":{\"registrations.roles\":\"admin\"}}]}}",
        application);

    return is_nested ? str_fmt(
               arena, "{\"nested\":{\"path\":\"registrations\",\"query\":" STRF "}}", STRV(text))
                     : text;
}

/* Without nested each part may be met by another registration. */
TEST(nested_asks_one_and_the_same_registration)
{
    static str admin[] = {S_INIT("admin")};
    static struct registration two[] = {
        {.application_id = {{1}}, .roles = {admin, 1}}, {.application_id = {{2}}}};
    static const struct user user = {.email = S_INIT("a@b.c"), .registrations = {two, 2}};
    static const char *const ids[] = {
        "01000000-0000-0000-0000-000000000000", "02000000-0000-0000-0000-000000000000"};
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));

    for (int i = 0; i < 4; i++) {
        const struct search_node *tree = NULL;
        struct search_plan plan;
        const char *why = NULL;
        bool is_nested = i >= 2, has_role = i % 2 == 0;
        REQUIRE(search_json_parse(
            arena, &search_people, role_at(arena, ids[i % 2], is_nested), &tree, &why));
        EXPECT(search_matches(arena, tree, &user, 0) == (has_role || !is_nested));
        search_plan_make(arena, &search_people, tree, &plan);
        EXPECT(plan.count == 1 && plan.needs[0].kind == NEED_APPLICATION);
    }
}
