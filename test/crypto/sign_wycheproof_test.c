/* SPDX-License-Identifier: Apache-2.0 */
/* OA-81: Wycheproof's verdicts on signatures and JOSE keys, all of them ours. What it calls
 * acceptable (legacy forms a verifier may let pass) is refused. */
#define UNIT sign_wycheproof
#include "vectors.h"

#include "codec/jwk.h"
#include "codec/jwt.h"
#include "crypto/sign.h"

static struct arena *arena;

static void
start(void)
{
    crypto_unit_start();
    arena = arena_new(MB(64));
}
static void
end(void)
{
    arena_free(arena);
}
TestSuite(sign_wycheproof, .init = start, .fini = end);

/* line = "key" ALG NUMBERS: the public key, NULL if we refuse it. */
static struct sign_key *
take_key(str line)
{
    enum sign_alg alg = sign_alg_by_name(vectors_word(&line));
    struct jwk jwk = {.type = JWK_RSA};

    switch (alg) {
    case SIGN_ES256:
    case SIGN_ES384:
    case SIGN_ES512:
        jwk.type = JWK_EC;
        jwk.crv = alg == SIGN_ES256 ? S("P-256") : alg == SIGN_ES384 ? S("P-384") : S("P-521");
        jwk.x = vectors_hex(arena, &line);
        jwk.y = vectors_hex(arena, &line);
        break;
    case SIGN_EdDSA:
        jwk.type = JWK_OKP;
        jwk.crv = S("Ed25519");
        jwk.x = vectors_hex(arena, &line);
        break;
    default:
        jwk.n = vectors_hex(arena, &line);
        jwk.e = vectors_hex(arena, &line);
        break;
    }
    return sign_key_from_jwk(alg, &jwk);
}

struct tally {
    size_t cases, wrong, valid;
};

/* line = "case" ID VERDICT MESSAGE SIGNATURE */
static void
judge(const struct sign_key *key, str line, bool is_salt_wrong, struct tally *tally)
{
    str id = vectors_word(&line), verdict = vectors_word(&line);
    bytes message = vectors_hex(arena, &line), signature = vectors_hex(arena, &line);
    bool want = str_eq(verdict, S("valid")) && !is_salt_wrong;
    bool got = key != NULL && sign_check(key, message, signature);

    cr_expect(got == want, "case " STRF " is " STRF, STRV(id), STRV(verdict));
    tally->cases++;
    tally->valid += want;
    tally->wrong += got != want;
}

static struct tally
run(const char *name, bool is_salt_wrong)
{
    str text = vectors_read(arena, name), line, word;
    struct sign_key *key = NULL;
    struct tally tally = {0};

    while (str_cut(&text, '\n', &line) && line.n != 0) {
        word = vectors_word(&line);
        if (str_eq(word, S("key"))) {
            sign_key_unref(key);
            key = take_key(line);
        } else if (str_eq(word, S("case"))) {
            judge(key, line, is_salt_wrong, &tally);
        }
    }
    sign_key_unref(key);
    return tally;
}

#define SIGNATURES(name, count_cases, count_valid)                                                 \
    TEST(oa_81_##name)                                                                             \
    {                                                                                              \
        struct tally t = run("wycheproof/" #name ".txt", false);                                   \
        cr_expect(t.cases == (count_cases) && t.valid == (count_valid) && t.wrong == 0,            \
            "%zu cases, %zu valid, %zu wrong", t.cases, t.valid, t.wrong);                         \
    }

SIGNATURES(es256, 262, 173)
SIGNATURES(es384, 280, 193)
SIGNATURES(es512, 318, 231)
SIGNATURES(rs256, 259, 9)
SIGNATURES(rs384, 64, 1)
SIGNATURES(rs512, 64, 1)
SIGNATURES(ps256, 108, 63)
SIGNATURES(ps384, 141, 95)
SIGNATURES(ps512, 44, 33)
SIGNATURES(eddsa, 210, 117)

TEST(oa_81_rfc7518_3_5_a_pss_salt_is_as_long_as_the_hash)
{
    struct tally t = run("wycheproof/ps256_no_salt.txt", true);

    EXPECT(t.cases == 25 && t.wrong == 0);
}

/* True if a key of the set that the header names vouches for the token, as a caller would look
 * it up. */
static bool
set_vouches(const struct json *keys, str token)
{
    struct jwt jws;
    bool ok = false;

    if (!jwt_parse_jws(arena, token, &jws)) {
        return false;
    }
    for (const struct json *k = keys->first; k != NULL && !ok; k = k->next) {
        struct sign_key *key = NULL;
        struct jwk jwk;

        if (jwk_read(arena, k, &jwk) && str_eq(jwk.kid, jws.kid)) {
            key = sign_key_from_jwk(
                sign_alg_by_name(jws.alg), &jwk); /* the attacker's choice of alg */
        }
        ok = key != NULL && sign_check_jwt(key, &jws);
        sign_key_unref(key);
    }
    return ok;
}

static void
run_json(const char *name, size_t want_count)
{
    const struct json *cases = vectors_json(arena, name);

    for (const struct json *c = cases->first; c != NULL; c = c->next) {
        bool want = str_eq(vectors_text(c, "result"), S("valid"));
        int64_t id = 0;

        cr_expect(json_i64(json_get(c, S("tcId")), &id));
        cr_expect(set_vouches(json_get(c, S("keys")), vectors_text(c, "jws")) == want, "case %d",
            (int)id);
    }
    EXPECT(cases->count == want_count);
}

TEST(oa_81_json_web_signature)
{
    run_json("wycheproof/json_web_signature.json", 39);
}

TEST(oa_81_json_web_key)
{
    run_json("wycheproof/json_web_key.json", 24);
}
