/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: an answer that is one stays one when a line is put before it, which then is found, and cut lines are none. */
#include "base/arena.h"
#include "codec/hashrange.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));
    str in = {(const char *)data, n};
    str ours = S("0123456789ABCDEF0123456789ABCDEF012");
    int64_t count = -1, more;
    str longer;

    CHECK(arena != NULL);
    if (!hashrange_count(in, ours, &count)) {
        CHECK(count == -1);
        return 0;
    }
    CHECK(count >= 0);
    longer = str_fmt(arena, STRF ":7\r\n" STRF, STRV(ours), STRV(in));
    CHECK(!arena_failed(arena) && hashrange_count(longer, ours, &more));
    CHECK(more == MIN(count + 7, INT64_C(1000000000000)));
    CHECK(!hashrange_count(str_head(longer, HASHRANGE_SUFFIX), ours, &more));
    return 0;
}
