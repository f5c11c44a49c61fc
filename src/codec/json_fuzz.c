/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what parses is written and parses to the same; a refusal names a place within the
 * text and gives nothing; jansson has the same verdict and the same content. Known differences, left
 * out: we refuse depth over JSON_MAX_DEPTH; jansson refuses numbers beyond its types and a NUL in a
 * member's name, and overlooks one behind a number. */
#include "codec/json_peer.h"

#include "base/arena.h"

static void
check_written(struct arena *arena, str text, const struct json *v)
{
    struct buf buf;
    struct json_out out;
    const struct json *again;
    str written;

    buf_init(&buf, arena, text.n * 6 + 16);
    json_out_init(&out, &buf);
    json_out_value(&out, v);
    CHECK(buf_done(&buf, &written) && utf8_is_valid(written));
    CHECK(json_parse(arena, written, &again, NULL) && json_same(v, again) && json_same(again, v));
    CHECK(str_eq(again->raw, written));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(16));
    str text = {(const char *)data, n};
    const struct json *v = NULL;
    size_t at = SIZE_MAX;
    enum peer_verdict peer;

    CHECK(arena != NULL);
    if (json_parse(arena, text, &v, &at)) {
        CHECK(at == SIZE_MAX);
        check_written(arena, text, v);
        peer = peer_reads(text, v);
        CHECK(peer == PEER_AGREES || peer == PEER_CANNOT);
    } else {
        CHECK(v == NULL && at <= n && !arena_failed(arena));
        CHECK(peer_reads(text, NULL) != PEER_AGREES || peer_depth(text) > JSON_MAX_DEPTH);
    }
    return 0;
}
