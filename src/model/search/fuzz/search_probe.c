/* SPDX-License-Identifier: Apache-2.0 */
/* Trees of hostile queries against their plans. */
#include "model/search/fuzz/search_probe.h"

#include "base/arena.h"
#include "model/entity/entity.h"
#include "model/user/user.h"

static str roles[] = {S_INIT("admin"), S_INIT("user")};
static struct registration registrations[] = {
    {.application_id = {{1}}, .roles = {roles, 2}, .verified = true, .insert_instant = 1000},
    {.application_id = {{2}},
        .username = S_INIT("bee"),
        .data = S_INIT("{\"a\":{\"b\":[1,\"two\"]}}")},
};
static const struct user people[] = {
    {.id = {{9}},
        .email = S_INIT("Ann.Smith-Jones@Example.com"),
        .first_name = S_INIT("Ann"),
        .last_name = S_INIT("Smith Jones"),
        .username = S_INIT("ann_42"),
        .active = true,
        .data = S_INIT("{\"color\":\"Deep Blue\",\"age\":42,\"deep\":{\"er\":true}}"),
        .insert_instant = 1700000000000,
        .registrations = {registrations, 2}},
    {.id = {{8}},
        .phone_number = S_INIT("+855 12 345 678"),
        .mobile_phone = S_INIT("012 345"),
        .full_name = S_INIT("S\xc3\xb8ren \xe1\x9e\x9f\xe1\x9e\xbb\xe1\x9e\x81"),
        .username = S_INIT("bob@example.com")},
};

static str permissions[] = {S_INIT("read"), S_INIT("write")};
static const struct entity_grant grants[] = {
    {.id = {{1}}, .user_id = {{7}}, .permissions = {permissions, 2}, .insert_instant = 1000},
    {.id = {{2}}, .recipient_id = {{8}}, .data = S_INIT("{\"a\":[1]}")},
};
static const struct entity things[] = {
    {.head = {.id = {{9}}, .tenant_id = {{5}}, .insert_instant = 1700000000000},
        .name = S_INIT("Lamp email_api"),
        .client_id = S_INIT("The-Lamp"),
        .data = S_INIT("{\"color\":\"Deep Blue\",\"age\":42}"),
        .parent_id = {{3}},
        .type = {.id = {{4}}}},
    {.head = {.id = {{8}}}, .name = S_INIT("House")},
};

static bool
has_what_is_needed(struct arena *arena, const struct search_plan *plan, const struct user *user)
{
    if (plan->has_also && !search_has_need(arena, user, &plan->also)) {
        return false;
    }
    for (size_t i = 0; i < plan->count; i++) {
        if (search_has_need(arena, user, &plan->needs[i])) {
            return true;
        }
    }
    return plan->count == 0;
}

void
search_probe(struct arena *arena, const struct search_node *tree)
{
    struct search_plan plan;

    search_plan_make(arena, &search_people, tree, &plan);
    for (size_t i = 0; i < COUNT(people); i++) {
        bool is_match = search_matches(arena, tree, &people[i], 1750000000000);
        bool has_need = has_what_is_needed(arena, &plan, &people[i]);
        if (arena_failed(arena)) {
            return;
        }
        CHECK(!is_match || has_need);
        CHECK(!plan.is_exact || is_match == has_need);
    }
}

void
search_probe_entities(struct arena *arena, const struct search_node *tree)
{
    struct search_plan plan;

    search_plan_make(arena, &search_entities, tree, &plan);
    for (size_t i = 0; i < COUNT(things); i++) {
        struct search_entity of = {&things[i], S("Device"), grants, i == 0 ? COUNT(grants) : 0};
        bool is_match = search_matches_entity(arena, tree, &of, 1750000000000);
        bool has_need = plan.count == 0;
        for (size_t n = 0; n < plan.count; n++) {
            has_need |= search_entity_has_need(arena, &of, &plan.needs[n]);
        }
        if (arena_failed(arena)) {
            return;
        }
        CHECK(!is_match || has_need);
        CHECK(!plan.is_exact || is_match == has_need);
    }
}
