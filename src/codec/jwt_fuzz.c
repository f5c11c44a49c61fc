/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the parts of a token that parses, encoded and joined again, are the token, so no
 * two texts stand for one token; a refusal leaves the output alone; each JWT is a JWS. */
#include "codec/jwt.h"

#include "base/arena.h"
#include "codec/base64.h"
#include "codec/json.h"

static void
check_joined(struct arena *arena, str token, const struct jwt *jwt)
{
    size_t dot = str_find(token, '.');
    str signed_part = str_head(token, jwt->signing_input.n), joined;
    bytes header;

    CHECK(base64url_decode(arena, str_head(token, dot), &header));
    CHECK(str_eq(jwt->signing_input, signed_part));
    joined = str_fmt(arena, STRF "." STRF "." STRF, STRV(base64url_text(arena, header)),
        STRV(base64url_text(arena, jwt->payload)), STRV(base64url_text(arena, jwt->signature)));
    CHECK(str_eq(joined, token));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(16));
    str token = {(const char *)data, n}, alg;
    struct jwt jws = {0}, jwt = {0};

    CHECK(arena != NULL);
    if (!jwt_parse_jws(arena, token, &jws)) {
        CHECK(jws.header == NULL && !jwt_parse(arena, token, &jwt) && jwt.header == NULL);
        return 0;
    }
    CHECK(n <= JWT_MAX_BYTES && jws.claims == NULL && jws.header->type == JSON_OBJECT);
    CHECK(json_str(json_get(jws.header, S("alg")), &alg) && str_eq(alg, jws.alg) && alg.n != 0);
    check_joined(arena, token, &jws);
    if (jwt_parse(arena, token, &jwt)) {
        CHECK(jwt.claims->type == JSON_OBJECT && str_eq(jwt.signing_input, jws.signing_input));
    }
    return 0;
}
