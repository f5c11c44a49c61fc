/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT api_text
#include "test/unit.h"

#include "base/arena.h"
#include "flow/api/api_text.h"

static const struct api_text *
text_of(struct arena *arena)
{
    const struct api_text *text = api_text_read(arena);

    REQUIRE(text != NULL);
    return text;
}

TEST(an_operation_is_found_by_its_path_and_else_by_its_routes)
{
    struct arena *arena = arena_new(MB(4));
    const struct api_text *text = text_of(arena);
    const struct api_text_operation *all =
        api_text_operation(text, S("GET"), S("/api/user"), S("/api/user/{userId?}"));
    const struct api_text_operation *created =
        api_text_operation(text, S("POST"), S("/api/user"), S("/api/user/{userId?}"));

    REQUIRE(all != NULL && created != NULL);
    EXPECT_STR(all->id, S("retrieveUserByLoginId"));
    EXPECT_STR(created->path, S("/api/user/{userId?}"));
    EXPECT(api_text_operation(text, S("GET"), S("/nowhere"), S("/nowhere")) == NULL);
    arena_free(arena);
}

TEST(what_is_said_of_an_operation_is_a_summary_sentences_and_notes)
{
    struct arena *arena = arena_new(MB(4));
    const struct api_text_operation *o =
        api_text_operation(text_of(arena), S("POST"), S("/api/login"), S("/api/login"));
    str notes, said;
    size_t count;

    REQUIRE(o != NULL);
    EXPECT_STR(o->summary, S("Signs a person in by login id and password."));
    EXPECT(o->description.n > 0 && str_find(o->description, '\n') == o->description.n);
    notes = o->notes;
    REQUIRE(api_text_note(&notes, S("404"), &said));
    EXPECT(str_starts(said, S("The login id")));
    notes = o->notes;
    EXPECT(!api_text_note(&notes, S("299"), &said));
    EXPECT_STR(api_text_chapters(text_of(arena), &count)[o->chapter].title, S("Sign-in"));
    arena_free(arena);
}

TEST(a_member_is_its_types_and_else_that_of_any_type)
{
    struct arena *arena = arena_new(MB(4));
    const struct api_text *text = text_of(arena);

    EXPECT_STR(api_text_member(text, S("User"), S("birthDate")),
        S("YYYY-MM-DD; family and consent rules go by it."));
    EXPECT_STR(api_text_member(text, S("Group"), S("tenantId")), S("The tenant."));
    EXPECT(api_text_member(text, S("User"), S("birth")).n == 0);
    EXPECT(api_text_type(text, S("User")).n > 0);
    EXPECT(api_text_type(text, S("Nobody")).n == 0);
    EXPECT(str_starts(api_text_example(text, S("UserRequest")), S("{")));
    EXPECT(str_starts(api_text_parameter(text, NULL, S("userId")), S("uuid ")));
    EXPECT(api_text_parameter(text, NULL, S("nobodys")).n == 0);
    arena_free(arena);
}
