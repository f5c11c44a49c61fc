/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a chunked body decodes alike whole and byte by byte, never to more than came in, and
 * the decoded body coded anew decodes to itself. */
#include "base/arena.h"
#include "base/buf.h"
#include "io/http/http_chunk.h"

struct decoded {
    enum http_chunk_result result;
    str body;
    size_t used;
};

static struct decoded
decode(struct arena *arena, str text, size_t step_n)
{
    struct http_chunk chunk = {0};
    struct decoded d = {HTTP_CHUNK_MORE, NO_STR, 0};
    struct buf body;
    str piece;

    buf_init(&body, arena, text.n + 1);
    while (d.used < text.n && d.result == HTTP_CHUNK_MORE) {
        str in = str_head(str_skip(text, d.used), step_n);
        size_t n = in.n;

        while ((d.result = http_chunk_take(&chunk, &in, &piece)) == HTTP_CHUNK_PIECE) {
            CHECK(piece.n > 0);
            buf_str(&body, piece);
        }
        d.used += n - in.n;
    }
    CHECK(buf_done(&body, &d.body));
    return d;
}

static str
encode(struct arena *arena, str body, size_t step_n)
{
    struct buf out;
    str text = NO_STR;

    buf_init(&out, arena, body.n * 16 + 16);
    for (; body.n > 0; body = str_skip(body, step_n)) {
        str piece = str_head(body, step_n);
        buf_fmt(&out, "%zX\r\n", piece.n);
        buf_str(&out, piece);
        buf_lit(&out, "\r\n");
    }
    buf_lit(&out, "0\r\n\r\n");
    CHECK(buf_done(&out, &text));
    return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    str text = {(const char *)data, MIN(n, KB(8))};
    struct decoded whole, other;

    CHECK(arena != NULL);
    whole = decode(arena, text, SIZE_MAX);
    other = decode(arena, text, 1);
    CHECK(whole.result == other.result && whole.used == other.used);
    CHECK(str_eq(whole.body, other.body) && whole.body.n <= text.n);
    if (whole.result == HTTP_CHUNK_END) {
        str again = encode(arena, whole.body, 1 + text.n / 3);

        other = decode(arena, again, 7);
        CHECK(other.result == HTTP_CHUNK_END && other.used == again.n);
        CHECK(str_eq(other.body, whole.body));
    }
    return 0;
}
