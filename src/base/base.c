/* SPDX-License-Identifier: Apache-2.0 */
/* Ends the process when an invariant of ours is broken. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

void
check_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "cardea: broken invariant at %s:%d: %s\n", file, line, what);
    abort();
}
