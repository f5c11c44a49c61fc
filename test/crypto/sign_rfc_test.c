/* SPDX-License-Identifier: Apache-2.0 */
/* The worked examples of the JOSE RFCs, from test/vectors/rfc. */
#define UNIT sign_rfc
#include "vectors.h"

#include "codec/base64.h"
#include "codec/jwk.h"
#include "codec/jwt.h"
#include "crypto/sign.h"

static struct arena *arena;

static void
start(void)
{
    crypto_unit_start();
    arena = arena_new(MB(32));
}
static void
end(void)
{
    arena_free(arena);
}
TestSuite(sign_rfc, .init = start, .fini = end);

static struct sign_key *
key_of(const struct json *example, bool wants_private)
{
    struct jwk jwk;

    cr_assert(jwk_read(arena, json_get(example, S("key")), &jwk));
    if (!wants_private) {
        jwk.d = jwk.p = jwk.q = jwk.dp = jwk.dq = jwk.qi = (bytes){NULL, 0};
    }
    return sign_key_from_jwk(sign_alg_by_name(vectors_text(example, "alg")), &jwk);
}

TEST(oa_82_examples_of_rfc7515_rfc7520_and_rfc8037_hold)
{
    const struct json *examples = vectors_json(arena, "rfc/jws.json");
    size_t count = 0;

    for (const struct json *e = examples->first; e != NULL; e = e->next, count++) {
        str name = vectors_text(e, "name");
        struct sign_key *private = key_of(e, true), *public = key_of(e, false);
        struct jwt jws;

        cr_assert(private != NULL && public != NULL, STRF, STRV(name));
        cr_assert(jwt_parse_jws(arena, vectors_text(e, "jws"), &jws), STRF, STRV(name));
        cr_expect(sign_check_jwt(private, &jws), STRF, STRV(name));
        cr_expect(sign_check_jwt(public, &jws), STRF, STRV(name));
        sign_key_unref(private);
        sign_key_unref(public);
    }
    EXPECT(count == 9);
}

TEST(oa_82_examples_with_one_possible_signature_are_made_bit_by_bit)
{
    const struct json *examples = vectors_json(arena, "rfc/jws.json");
    size_t count = 0;

    for (const struct json *e = examples->first; e != NULL; e = e->next) {
        struct sign_key *key = key_of(e, true);
        bool repeats;
        struct jwt jws;
        bytes made;

        REQUIRE(key != NULL && json_bool(json_get(e, S("repeats")), &repeats));
        REQUIRE(jwt_parse_jws(arena, vectors_text(e, "jws"), &jws));
        REQUIRE(sign_make(arena, key, str_bytes(jws.signing_input), &made));
        EXPECT(ct_eq(made, jws.signature) == repeats);
        EXPECT(sign_check(key, str_bytes(jws.signing_input), made));
        count += repeats;
        sign_key_unref(key);
    }
    EXPECT(count == 5); /* HS256 twice, RS256 twice, EdDSA */
}

TEST(rfc7638_3_1_and_rfc8037_a_3_thumbprints)
{
    const struct json *examples = vectors_json(arena, "rfc/thumbprint.json");
    size_t count = 0;

    for (const struct json *e = examples->first; e != NULL; e = e->next, count++) {
        struct jwk jwk;
        struct digest digest;

        REQUIRE(jwk_read(arena, json_get(e, S("key")), &jwk));
        digest = sha256(str_bytes(jwk_thumbprint_input(arena, &jwk)));
        EXPECT_STR(base64url_text(arena, digest_bytes(&digest)), vectors_text(e, "thumbprint"));
    }
    EXPECT(count == 2);
}
