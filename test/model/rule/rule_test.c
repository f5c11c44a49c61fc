/* SPDX-License-Identifier: Apache-2.0 */
/* rule.c: names inside of free-form members. */
#define UNIT rule
#include "../../unit.h"

#include "base/arena.h"
#include "codec/json.h"
#include "model/rule/rule.h"

struct thing {
    str texts, headers, events;
};

/* clang-format off */
static const struct field fields[] = {
    {.name = "texts",   .kind = FIELD_TEXT_MAP, .offset = FIELD_AT(struct thing, texts), .rule = rule_locales},
    {.name = "headers", .kind = FIELD_TEXT_MAP, .offset = FIELD_AT(struct thing, headers), .rule = rule_headers},
    {.name = "events",  .kind = FIELD_JSON,     .offset = FIELD_AT(struct thing, events), .rule = rule_events},
};
static const struct field_table table = FIELD_TABLE("Thing", fields, struct thing, NULL);

static const struct {
    int line;
    const char *json;
    bool is_fine;
} cases[] = {
    { __LINE__, "{\"texts\": {\"de\": \"x\", \"en_US\": \"y\", \"zh_Hant_TW\": \"z\"}}", true },
    { __LINE__, "{\"texts\": {}}",                                     true },
    { __LINE__, "{\"texts\": {\"!\": \"x\"}}",                         false },
    { __LINE__, "{\"texts\": {\"de\": \"x\", \"\": \"y\"}}",           false },
    { __LINE__, "{\"headers\": {\"X-Key\": \"a b\\tc\", \"Accept\": \"*/*\"}}", true },
    { __LINE__, "{\"headers\": {\"X Key\": \"a\"}}",                   false },
    { __LINE__, "{\"headers\": {\"X-Key:\": \"a\"}}",                  false },
    { __LINE__, "{\"headers\": {\"\": \"a\"}}",                        false },
    { __LINE__, "{\"headers\": {\"X-Key\": \"a\\r\\nX-Other: b\"}}",   false },
    { __LINE__, "{\"headers\": {\"X-Key\": \"a\\u0000\"}}",            false },
    { __LINE__, "{\"events\": {\"user.create\": true, \"test\": false}}", true },
    { __LINE__, "{\"events\": {\"user.creation\": true}}",             false },
    { __LINE__, "{\"events\": {\"user.create\": \"true\"}}",           true }, /* as some clients write it */
    { __LINE__, "{\"events\": {\"user.create\": \"yes\"}}",            false },
    { __LINE__, "{\"events\": {\"user.create\": 1}}",                  false },
};
/* clang-format on */

TEST(each_name_is_what_its_map_is_by)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct field_faults faults = {NULL, NULL, 0};
        struct field_reader reader = {a, &faults};
        const struct json *json;
        struct thing thing;

        REQUIRE(json_parse(a, str_from(cases[i].json), &json, NULL));
        CHECK_AT(cases[i].line, field_read(&reader, &table, FIELD_CREATE, json, S("thing"), &thing)
                                    == cases[i].is_fine);
    }
}

TEST(event_types_are_the_contracts)
{
    EXPECT(rule_is_event(S("user.registration.create.complete")));
    EXPECT(rule_is_event(S("audit-log.create")));
    EXPECT(!rule_is_event(S("user.registration")));
    EXPECT(!rule_is_event(S("")));
}
