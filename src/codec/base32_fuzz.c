/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what is encoded decodes to the same bytes, and what decodes is, but for case and padding,
 * the text that its bytes are written as. */
#include "base/arena.h"
#include "codec/base32.h"

static str
plain(struct arena *arena, str in)
{
    char *to = arena_alloc(arena, in.n + 1);

    CHECK(to != NULL);
    while (in.n && in.p[in.n - 1] == '=') {
        in.n--;
    }
    for (size_t i = 0; i < in.n; i++) {
        to[i] = in.p[i] >= 'a' && in.p[i] <= 'z' ? (char)(in.p[i] - 'a' + 'A') : in.p[i];
    }
    return (str){to, in.n};
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(16));
    bytes in = {data, n}, out;

    CHECK(arena != NULL);
    CHECK(base32_decode(arena, base32_text(arena, in), &out));
    CHECK(str_eq(bytes_str(in), bytes_str(out)));
    if (base32_decode(arena, bytes_str(in), &out)) {
        CHECK(str_eq(base32_text(arena, out), plain(arena, bytes_str(in))));
    }
    CHECK(!arena_failed(arena));
    return 0;
}
