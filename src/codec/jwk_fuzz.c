/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a key that reads is written and reads back the same, without private parts; its
 * thumbprint input is JSON and does not depend on anything but the required members. */
#include "codec/jwk.h"

#include "base/arena.h"
#include "codec/json.h"

static bool
same_bytes(bytes a, bytes b)
{
    return str_eq(bytes_str(a), bytes_str(b));
}

static bool
same_public(const struct jwk *a, const struct jwk *b)
{
    return a->type == b->type && str_eq(a->kid, b->kid) && str_eq(a->alg, b->alg)
           && str_eq(a->use, b->use) && str_eq(a->crv, b->crv) && same_bytes(a->n, b->n)
           && same_bytes(a->e, b->e) && same_bytes(a->x, b->x) && same_bytes(a->y, b->y);
}

static void
check_written(struct arena *arena, const struct jwk *jwk)
{
    struct buf buf;
    struct json_out out;
    const struct json *v;
    struct jwk back;
    str text;

    buf_init(&buf, arena, MB(4));
    json_out_init(&out, &buf);
    if (jwk->type == JWK_OCT) {
        CHECK(!jwk_write_public(&out, jwk) && buf.n == 0);
        return;
    }
    CHECK(jwk_write_public(&out, jwk) && buf_done(&buf, &text));
    CHECK(json_parse(arena, text, &v, NULL) && jwk_read(arena, v, &back));
    CHECK(same_public(jwk, &back));
    CHECK(back.d.n + back.p.n + back.q.n + back.dp.n + back.dq.n + back.qi.n + back.k.n == 0);
    CHECK(str_eq(jwk_thumbprint_input(arena, jwk), jwk_thumbprint_input(arena, &back)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(32));
    const struct json *v;
    struct jwk jwk;
    str input;

    CHECK(arena != NULL);
    if (n > KB(8) || !json_parse(arena, (str){(const char *)data, n}, &v, NULL)
        || !jwk_read(arena, v, &jwk)) {
        return 0;
    }
    check_written(arena, &jwk);
    input = jwk_thumbprint_input(arena, &jwk);
    CHECK(input.n == 0 || json_parse(arena, input, &v, NULL));
    return 0;
}
