/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT base
#include "unit.h"

#include <signal.h>

TEST(a_broken_invariant_ends_the_process, .signal = SIGABRT)
{
    CHECK(1 + 1 == 3);
}
