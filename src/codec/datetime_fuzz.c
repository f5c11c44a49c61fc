/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: first a line with a zone, then a pattern. What is taken is written the same twice, within a bound
 * that its length sets; a zone's name is the zone. */
#include "base/arena.h"
#include "codec/datetime.h"

enum { LONGEST_FIELD = 16 };

static void
check_zone(const struct datetime_zone *zone)
{
    struct datetime_zone again;

    CHECK(datetime_zone(str_from(zone->name), &again));
    CHECK(again.offset_min == zone->offset_min);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(16));
    str pattern = {(const char *)data, n}, line, one, two;
    struct datetime_zone zone;
    struct buf a, b;

    CHECK(arena != NULL);
    if (!str_cut(&pattern, '\n', &line) || !datetime_zone(line, &zone)) {
        return 0;
    }
    check_zone(&zone);
    buf_init(&a, arena, n * LONGEST_FIELD + 1);
    buf_init(&b, arena, n * LONGEST_FIELD + 1);
    if (datetime_format(&a, pattern, 1700000000123, &zone)) {
        CHECK(buf_done(&a, &one));
        CHECK(datetime_format(&b, pattern, 1700000000123, &zone) && buf_done(&b, &two));
        CHECK(str_eq(one, two));
    }
    return 0;
}
