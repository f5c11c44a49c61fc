/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT jwk
#include "test/unit.h"

#include "codec/jwk.h"
#include "codec/json.h"

static struct arena *arena;

static void
start(void)
{
    arena = arena_new(MB(4));
}
static void
end(void)
{
    arena_free(arena);
}
TestSuite(jwk, .init = start, .fini = end);

static bool
reads(str text, struct jwk *ret)
{
    const struct json *v;

    cr_assert(
        json_parse(arena, text, &v, NULL), "a case of this test is no JSON: " STRF, STRV(text));
    return jwk_read(arena, v, ret);
}

#define EC_X "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\""
#define EC_Y "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\""
#define EC_D "\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\""
#define EC "\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X "," EC_Y
#define OKP                                                                                        \
    "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define RSA "\"kty\":\"RSA\",\"n\":\"3q2-7w\",\"e\":\"AQAB\""
#define CRT "\"p\":\"Aw\",\"q\":\"BQ\",\"dp\":\"AQ\",\"dq\":\"Aw\",\"qi\":\"Ag\""

TEST(rfc7517_4_keys_are_read_or_refused)
{
    /* clang-format off */
    static const struct {
        int line;
        str text;
        bool ok;
    } cases[] = {
        { __LINE__, S_INIT("{" EC "}"), true },
        { __LINE__, S_INIT("{" EC "," EC_D "}"), true },
        { __LINE__, S_INIT("{" EC ",\"kid\":\"1\",\"use\":\"sig\",\"alg\":\"ES256\",\"x5t\":7}"), true }, /* s4: others ignored */
        { __LINE__, S_INIT("{" OKP "}"), true },
        { __LINE__, S_INIT("{" RSA "}"), true },
        { __LINE__, S_INIT("{" RSA ",\"d\":\"Bw\"}"), true },
        { __LINE__, S_INIT("{" RSA ",\"d\":\"Bw\"," CRT "}"), true },
        { __LINE__, S_INIT("{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T\"}"), true },
        { __LINE__, S_INIT("{}"), false },
        { __LINE__, S_INIT("[]"), false },
        { __LINE__, S_INIT("\"EC\""), false },
        { __LINE__, S_INIT("{\"kty\":\"ec\",\"crv\":\"P-256\"," EC_X "," EC_Y "}"), false },     /* s4.1: case */
        { __LINE__, S_INIT("{\"kty\":7}"), false },
        { __LINE__, S_INIT("{\"kty\":\"XYZ\"}"), false },
        { __LINE__, S_INIT("{" EC ",\"kid\":1}"), false },
        { __LINE__, S_INIT("{" EC ",\"use\":[\"sig\"]}"), false },
        { __LINE__, S_INIT("{" EC ",\"alg\":null}"), false },
        { __LINE__, S_INIT("{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X "}"), false },              /* no y */
        { __LINE__, S_INIT("{\"kty\":\"EC\"," EC_X "," EC_Y "}"), false },                       /* no crv */
        { __LINE__, S_INIT("{\"kty\":\"EC\",\"crv\":\"P-384\"," EC_X "," EC_Y "}"), false },     /* too short for it */
        { __LINE__, S_INIT("{\"kty\":\"EC\",\"crv\":\"p-256\"," EC_X "," EC_Y "}"), false },
        { __LINE__, S_INIT("{\"kty\":\"EC\",\"crv\":\"Ed25519\"," EC_X "," EC_Y "}"), false },
        { __LINE__, S_INIT("{\"kty\":\"EC\",\"crv\":\"secp256k1\"," EC_X "," EC_Y "}"), false },
        { __LINE__, S_INIT("{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"), false },
        { __LINE__, S_INIT("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ\"}"), false },
        { __LINE__, S_INIT("{" OKP ",\"d\":\"AA\"}"), false },                                    /* d is 32 bytes too */
        { __LINE__, S_INIT("{" EC ",\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eA\"}"), false },
        { __LINE__, S_INIT("{\"kty\":\"RSA\",\"e\":\"AQAB\"}"), false },
        { __LINE__, S_INIT("{\"kty\":\"RSA\",\"n\":\"3q2-7w\"}"), false },
        { __LINE__, S_INIT("{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}"), false },
        { __LINE__, S_INIT("{\"kty\":\"RSA\",\"n\":\"AN6tvu8\",\"e\":\"AQAB\"}"), false },       /* leading zero: RFC 7518 s2 */
        { __LINE__, S_INIT("{\"kty\":\"RSA\",\"n\":\"3q2-7w==\",\"e\":\"AQAB\"}"), false },      /* padding */
        { __LINE__, S_INIT("{\"kty\":\"RSA\",\"n\":\"3q2+7w\",\"e\":\"AQAB\"}"), false },        /* the other alphabet */
        { __LINE__, S_INIT("{\"kty\":\"RSA\",\"n\":\"3q2-7x\",\"e\":\"AQAB\"}"), false },        /* spare bits */
        { __LINE__, S_INIT("{\"kty\":\"RSA\",\"n\":\"3q2 -7w\",\"e\":\"AQAB\"}"), false },
        { __LINE__, S_INIT("{\"kty\":\"RSA\",\"n\":3735928559,\"e\":65537}"), false },
        { __LINE__, S_INIT("{" RSA "," CRT "}"), false },                                         /* no d: s6.3.2 */
        { __LINE__, S_INIT("{" RSA ",\"d\":\"Bw\",\"p\":\"Aw\"}"), false },                       /* p alone */
        { __LINE__, S_INIT("{" RSA ",\"d\":\"Bw\"," CRT ",\"oth\":[]}"), false },
        { __LINE__, S_INIT("{\"kty\":\"oct\"}"), false },
        { __LINE__, S_INIT("{\"kty\":\"oct\",\"k\":\"\"}"), false },
    };
    /* clang-format on */

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct jwk jwk;
        CHECK_AT(cases[i].line, reads(cases[i].text, &jwk) == cases[i].ok);
    }
}

TEST(oa_76_duplicate_members_are_refused)
{
    const struct json *v;

    EXPECT(!json_parse(arena, S("{" EC "," EC_X "}"), &v, NULL));
}

static str
written(const struct jwk *jwk)
{
    struct buf buf;
    struct json_out out;
    str text = NO_STR;

    buf_init(&buf, arena, KB(4));
    json_out_init(&out, &buf);
    EXPECT(jwk_write_public(&out, jwk) && buf_done(&buf, &text));
    return text;
}

TEST(what_is_written_reads_back_and_is_public)
{
    static const struct {
        int line;
        str text, want;
    } cases[] = {
        {__LINE__, S_INIT("{" EC "," EC_D ",\"kid\":\"a\\\"b\",\"use\":\"sig\",\"alg\":\"ES256\"}"),
            S_INIT("{\"kty\":\"EC\",\"kid\":\"a\\\"b\",\"alg\":\"ES256\",\"use\":\"sig\","
                   "\"crv\":\"P-256\"," EC_X "," EC_Y "}")},
        {__LINE__, S_INIT("{" OKP ",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}"),
            S_INIT("{" OKP "}")},
        {__LINE__, S_INIT("{" RSA ",\"d\":\"Bw\"," CRT "}"),
            S_INIT("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"3q2-7w\"}")},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct jwk jwk, back;
        str text;

        REQUIRE(reads(cases[i].text, &jwk));
        CHECK_AT(cases[i].line, jwk.d.n != 0);
        text = written(&jwk);
        EXPECT_STR(text, cases[i].want);
        REQUIRE(reads(text, &back));
        CHECK_AT(cases[i].line, back.d.n == 0 && back.p.n == 0 && str_eq(back.kid, jwk.kid));
    }
}

TEST(an_oct_key_is_never_written)
{
    struct jwk jwk;
    struct buf buf;
    struct json_out out;

    REQUIRE(reads(S("{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qz\"}"), &jwk));
    buf_init(&buf, arena, KB(4));
    json_out_init(&out, &buf);
    EXPECT(!jwk_write_public(&out, &jwk));
    EXPECT(buf.n == 0);
}

TEST(rfc7638_3_thumbprint_input_is_canonical)
{
    static const struct {
        int line;
        str text, want;
    } cases[] = {
        {__LINE__,
            S_INIT("{\"e\":\"AQAB\",\"kid\":\"x\",\"n\":\"3q2-7w\",\"kty\":\"RSA\",\"alg\":"
                   "\"RS256\"}"),
            S_INIT("{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"3q2-7w\"}")},
        {__LINE__, S_INIT("{" EC "," EC_D "}"),
            S_INIT("{\"crv\":\"P-256\",\"kty\":\"EC\"," EC_X "," EC_Y "}")},
        {__LINE__, S_INIT("{" OKP "}"), /* RFC 8037 A.3 */
            S_INIT("{\"crv\":\"Ed25519\",\"kty\":\"OKP\","
                   "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}")},
        {__LINE__, S_INIT("{\"kty\":\"oct\",\"k\":\"AyM1\"}"),
            S_INIT("{\"k\":\"AyM1\",\"kty\":\"oct\"}")},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct jwk jwk;

        REQUIRE(reads(cases[i].text, &jwk));
        EXPECT_STR(jwk_thumbprint_input(arena, &jwk), cases[i].want);
    }
}
