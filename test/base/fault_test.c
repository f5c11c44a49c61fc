/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT fault
#include "unit.h"

#include "base/fault.h"

TEST(the_first_fault_of_a_request_stays)
{
    struct fault f = {.code = ERR_OK};

    EXPECT(fault_set(&f, ERR_INVALID_GRANT, "code", "is not valid", "a.c", 1) == ERR_INVALID_GRANT);
    EXPECT(fault_set(&f, ERR_SERVER, NULL, "late", "b.c", 2) == ERR_SERVER);
    EXPECT(f.code == ERR_INVALID_GRANT && f.line == 1);
}

TEST(every_error_has_a_status_and_those_of_the_wire_a_code)
{
    for (int e = 0; e < ERR_COUNT; e++) {
        EXPECT(err_status((enum err)e) >= 200 && err_status((enum err)e) < 600);
        EXPECT(err_wire((enum err)e) != NULL);
    }
    EXPECT(err_status(ERR_INVALID_CLIENT) == 401 && err_status(ERR_BUSY) == 503);
}

TEST(field_faults_keep_their_order_and_stop_at_a_hundred)
{
    struct arena *a = arena_new(MB(1));
    struct field_faults faults = {NULL, NULL, 0};

    field_fault_add(&faults, a, S("user.email"), S("blank"), S("one"));
    for (int i = 0; i < 200; i++) {
        field_fault_add(&faults, a, S("x"), S("y"), S("z"));
    }
    EXPECT(faults.count == 100);
    EXPECT_STR(faults.first->path, S("user.email"));
    arena_free(a);
}
