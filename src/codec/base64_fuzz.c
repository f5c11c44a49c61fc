/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what is encoded decodes to the same bytes, and what decodes encodes to the same text:
 * there is one text for each byte string. */
#include "base/arena.h"
#include "codec/base64.h"

static bool
same(bytes a, bytes b)
{
    return str_eq(bytes_str(a), bytes_str(b));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(16));
    bytes in = {data, n}, out;

    CHECK(arena != NULL);
    CHECK(base64url_decode(arena, base64url_text(arena, in), &out) && same(in, out));
    CHECK(base64_decode(arena, base64_text(arena, in), &out) && same(in, out));
    if (base64url_decode(arena, bytes_str(in), &out)) {
        CHECK(str_eq(base64url_text(arena, out), bytes_str(in)));
    }
    if (base64_decode(arena, bytes_str(in), &out)) {
        CHECK(str_eq(base64_text(arena, out), bytes_str(in)));
    }
    CHECK(!arena_failed(arena));
    return 0;
}
