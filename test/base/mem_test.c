/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT mem
#include "unit.h"

#include "base/mem.h"

TEST(the_heap_is_zeroed_and_can_be_made_to_fail)
{
    char *p = mem_new(64);

    REQUIRE(p != NULL);
    EXPECT(p[0] == 0 && p[63] == 0);
    p = mem_resize(p, 128);
    REQUIRE(p != NULL);
    arena_fail_after(0);
    EXPECT(mem_new(1) == NULL && mem_resize(p, 256) == NULL);
    arena_fail_after(-1);
    mem_free(p);
    mem_free(NULL);
}
