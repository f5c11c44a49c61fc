/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings: what they parse to, what they refuse, whom they mean, and what narrows them. */
#define UNIT search_text
#include "../fixture.h"
#include "model/search/search.h"
#include "model/word/word.h"

static str roles[] = {S_INIT("admin"), S_INIT("user")};
static struct registration registrations[] = {
    {.application_id = {{1}}, .roles = {roles, 2}, .verified = true, .insert_instant = 1000},
    {.application_id = {{2}}, .data = S_INIT("{\"plan\":\"gold\"}")},
};
static const struct user ann = {.id = {{9}},
    .email = S_INIT("Ann.Smith@Example.com"),
    .username = S_INIT("ann_42"),
    .first_name = S_INIT("Ann"),
    .last_name = S_INIT("Smith Jones"),
    .mobile_phone = S_INIT("+855 12 345"),
    .active = true,
    .insert_instant = 1714557600000, /* 2024-05-01T10:00:00Z */
    .data = S_INIT("{\"color\":\"Deep Blue\",\"age\":42,\"list\":[{\"a\":true}]}"),
    .registrations = {registrations, 2}};

struct asked {
    int line;
    const char *query, *printed; /* printed NULL: refused */
};

TEST(a_query_string_is_read_into_one_tree)
{
    static const struct asked cases[] = {
        {__LINE__, "", "*"},
        {__LINE__, " * ", "*"},
        {__LINE__, "*:*", "*"},
        {__LINE__, "ann", "\"ann\""},
        {__LINE__, "ann bob", "(\"ann\" OR \"bob\")"},
        {__LINE__, "ann AND bob OR cy", "((\"ann\" AND \"bob\") OR \"cy\")"},
        {__LINE__, "ann && (bob || cy)", "(\"ann\" AND (\"bob\" OR \"cy\"))"},
        {__LINE__, "+ann bob", "\"ann\""},
        {__LINE__, "+ann +bob", "(\"ann\" AND \"bob\")"},
        {__LINE__, "ann bob -cy", "((NOT \"cy\") AND (\"ann\" OR \"bob\"))"},
        {__LINE__, "ann AND NOT bob", "(\"ann\" AND (NOT \"bob\"))"},
        {__LINE__, "!ann", "(NOT \"ann\")"},
        {__LINE__, "AND", "\"AND\""},
        {__LINE__, "ORdinary NOTe", "(\"ORdinary\" OR \"NOTe\")"},
        {__LINE__, "\"a \\\" b\"~2^3", "\"a \\\" b\""},
        {__LINE__, "an*n?", "\\a\\n*\\n?"},
        {__LINE__, "an\\*", "\"an*\""},
        {__LINE__, "email:*", "\\e\\m\\a\\i\\l:*"},
        {__LINE__, "_exists_:email", "\\e\\m\\a\\i\\l:*"},
        {__LINE__, "id:(09000000-0000-0000-0000-000000000000)",
            "\\i\\d:\"09000000-0000-0000-0000-000000000000\""},
        {__LINE__, "insertInstant:[1 TO *}",
            "\\i\\n\\s\\e\\r\\t\\I\\n\\s\\t\\a\\n\\t:[\"1\" TO *}"},
        {__LINE__, "insertInstant:>=2024-05-01T10:00:00Z",
            "\\i\\n\\s\\e\\r\\t\\I\\n\\s\\t\\a\\n\\t:[\"2024-05-01T10:00:00Z\" TO *]"},
        {__LINE__, "(ann", NULL},
        {__LINE__, "ann)", NULL},
        {__LINE__, "\"ann", NULL},
        {__LINE__, "NOT", NULL},
        {__LINE__, "ann OR", NULL},
        {__LINE__, "nonsense:1", NULL},
        {__LINE__, "ann:bob", NULL},
        {__LINE__, "/ann/", NULL},
        {__LINE__, "ann~", NULL},
        {__LINE__, "[a TO b]", NULL},
        {__LINE__, "insertInstant:[a TO b]", NULL},
        {__LINE__, "insertInstant:[1 TO 2", NULL},
        {__LINE__, "insertInstant:[1 2]", NULL},
        {__LINE__, "active:yes", NULL},
        {__LINE__, "id:abc", NULL},
        {__LINE__, "\xff", NULL},
        {__LINE__, "a\x01", NULL},
        {__LINE__, "((((((((((((((((((a))))))))))))))))))", NULL},
    };
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct search_node *tree = NULL;
        const char *why = NULL;
        bool is_read = search_parse(arena, str_from(cases[i].query), &tree, &why);
        CHECK_AT(cases[i].line, is_read == (cases[i].printed != NULL));
        CHECK_AT(cases[i].line, is_read || why != NULL);
        CHECK_AT(cases[i].line,
            !is_read || str_eq(search_print(arena, tree), str_from(cases[i].printed)));
    }
}

static bool
is_meant(struct arena *arena, const char *query, const struct user *user)
{
    const struct search_node *tree = NULL;
    const char *why = NULL;

    REQUIRE(search_parse(arena, str_from(query), &tree, &why));
    return search_matches(arena, tree, user, 1714557600000 + DAY_MS);
}

TEST(a_person_is_meant_by_what_is_known_of_them)
{
    static const char *const yes[] = {"*", "ann", "ANN", "smith", "\"smith jones\"",
        "\"ann smith\"", "ann.smith@example.com", "example.com", "@example.com", "*@example.com",
        "jo*", "j?nes", "*mit*", "+8551*", "\\+8551*", "ann AND jones", "bob OR ann", "ann -bob",
        "42", "ann_42", "email:ann.smith@EXAMPLE.com", "email:ann*", "email:*@example.com",
        "username:ann_42", "lastName:jones", "lastName:\"smith jones\"", "lastName:jo*",
        "active:true", "insertInstant:[2024-05-01 TO 2024-05-01]", "insertInstant:2024-05-01",
        "insertInstant:[now-1d TO now]", "insertInstant:>=1714557600000",
        "insertInstant:[2024-05-01T10:00:00Z TO *]", "data.color:blue", "data.color:\"deep blue\"",
        "data.age:42", "data.age:[40 TO 50}", "data.age:>41.5", "data.list.a:true",
        "_exists_:data.color", "registrations.roles:admin", "registrations.data.plan:gold",
        "registrations.applicationId:01000000-0000-0000-0000-000000000000",
        "id:09000000-0000-0000-0000-000000000000", "NOT bob", "-_exists_:lastLoginInstant",
        "firstName:(bob OR ann)", "mobilePhone:\"+855 12 345\""};
    static const char *const no[] = {"bob", "an", "\"jones smith\"", "smith@example.com",
        "email:ann", "email:smith@example.com", "email:*@example.org", "username:ann", "example",
        "-ann", "active:false", "insertInstant:{2024-05-01 TO 2024-05-02}",
        "insertInstant:{1714557600000 TO *]", "insertInstant:<2024-05-01", "lastLoginInstant:>0",
        "data.color:deeper", "data.age:[43 TO 50]", "data.list.b:true", "_exists_:data.size",
        "registrations.roles:adm", "tenantId:09000000-0000-0000-0000-000000000000", "+ann +bob"};
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));

    for (size_t i = 0; i < COUNT(yes); i++) {
        cr_expect(is_meant(arena, yes[i], &ann), "%s", yes[i]);
    }
    for (size_t i = 0; i < COUNT(no); i++) {
        cr_expect(!is_meant(arena, no[i], &ann), "%s", no[i]);
    }
}

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
        {__LINE__, "active:true AND smi*", 1, NEED_PREFIX, "smi", false},
    };
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct search_node *tree = NULL;
        struct search_plan plan;
        const char *why = NULL;
        CHECK_AT(cases[i].line, search_parse(arena, str_from(cases[i].query), &tree, &why));
        search_plan_make(arena, tree, &plan);
        CHECK_AT(cases[i].line, plan.count == cases[i].count && plan.is_exact == cases[i].is_exact);
        CHECK_AT(cases[i].line, plan.count == 0
                                    || (plan.needs[0].kind == cases[i].kind
                                        && str_eq(plan.needs[0].text, str_from(cases[i].text))));
    }
}

/* Random queries of words and operators: printed and parsed they are the same. */
TEST(what_is_printed_is_read_as_the_same_tree)
{
    static const char *const parts[] = {"ann", "\"b c\"", "(", ")", " AND ", " OR ", " NOT ", "-",
        "+", "sm*", "email:x", "data.a:", "[1 TO 2]", "insertInstant:", "{* TO now-1d]", "\\(",
        "firstName:(a b)", "*", "?", " active:true", ">5", " "};
    AUTO(arena_end) struct arena *arena = arena_new(MB(64));
    struct unit_rng rng = unit_rng_new(7);
    int read = 0;

    for (int n = 0; n < 20000; n++) {
        const struct search_node *tree = NULL, *again = NULL;
        const char *why = NULL;
        struct buf buf;
        uint8_t dice[10];
        str text;
        arena_reset(arena);
        buf_init(&buf, arena, 1000);
        rng_fill(&rng.rng, dice, sizeof dice);
        for (int i = 0; i < 1 + dice[9] % 9; i++) {
            buf_str(&buf, str_from(parts[dice[i] % COUNT(parts)]));
        }
        REQUIRE(buf_done(&buf, &text));
        if (search_parse(arena, text, &tree, &why)) {
            str printed = search_print(arena, tree);
            cr_expect(search_parse(arena, printed, &again, &why) && search_same(tree, again), STRF,
                STRV(text));
            read++;
        }
    }
    EXPECT(read > 2000);
}
