/* SPDX-License-Identifier: Apache-2.0 */
/* admin_custom.c: permissions as somebody wrote them. */
#define UNIT admin_custom
#include "../fixture.h"

#include "model/admin/admin.h"

/* clang-format off */
static const struct {
    int line;
    const char *text;
    bool is_sound;
} cases[] = {
    { __LINE__, "{\"user\":[\"read\",\"write\"]}", true },
    { __LINE__, "{}", true },
    { __LINE__, "{\"*\":[\"read\"]}", true },
    { __LINE__, "{\"user\":[]}", false },
    { __LINE__, "{\"user\":\"read\"}", false },
    { __LINE__, "{\"user\":{\"a\":\"read\"}}", false },
    { __LINE__, "{\"user\":[\"Read\"]}", false },
    { __LINE__, "{\"user\":[1]}", false },
    { __LINE__, "{\"users\":[\"read\"]}", false },
    { __LINE__, "{\"user:RWDA tenant\":[\"read\"]}", false },
    { __LINE__, "{\"user:RWDA\":[\"read\"]}", false },
    { __LINE__, "{\"\":[\"read\"]}", false },
    { __LINE__, "[\"user\"]", false },
    { __LINE__, "", false },
};
/* clang-format on */

TEST(only_known_families_with_known_verbs_are_permissions)
{
    struct arena *arena = arena_new(64 * 1024);

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t verbs[ADMIN_FAMILY_COUNT] = {0};
        str at;
        CHECK_AT(cases[i].line,
            admin_add_permissions(arena, str_from(cases[i].text), verbs, &at) == cases[i].is_sound);
        CHECK_AT(cases[i].line, verbs[ADMIN_HOUSE] == 0 || i == 2);
    }
    arena_free(arena);
}
