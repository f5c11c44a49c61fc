/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT jwt
#include "test/unit.h"

#include "codec/base64.h"
#include "codec/jwt.h"
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
TestSuite(jwt, .init = start, .fini = end);

static str
token_of(str header, str claims)
{
    return str_fmt(arena, STRF "." STRF ".AAEC", STRV(base64url_text(arena, str_bytes(header))),
        STRV(base64url_text(arena, str_bytes(claims))));
}

static bool
parses(str token)
{
    struct jwt jwt;

    return jwt_parse(arena, token, &jwt);
}

/* RFC 7519 s3.1. */
#define EXAMPLE_HEADER "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
#define EXAMPLE_CLAIMS                                                                             \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl" \
    "fQ"
#define EXAMPLE_SIGNATURE "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

TEST(rfc7519_3_1_the_example_is_read)
{
    struct jwt jwt;
    str iss;
    int64_t exp;
    bool is_root;

    REQUIRE(jwt_parse(arena, S(EXAMPLE_HEADER "." EXAMPLE_CLAIMS "." EXAMPLE_SIGNATURE), &jwt));
    EXPECT_STR(jwt.alg, S("HS256"));
    EXPECT_STR(jwt.typ, S("JWT"));
    EXPECT(jwt.kid.n == 0 && jwt.signature.n == 32);
    EXPECT_STR(jwt.signing_input, S(EXAMPLE_HEADER "." EXAMPLE_CLAIMS));
    EXPECT(json_str(json_get(jwt.claims, S("iss")), &iss) && str_eq(iss, S("joe")));
    EXPECT(json_i64(json_get(jwt.claims, S("exp")), &exp) && exp == 1300819380);
    EXPECT(json_bool(json_get(jwt.claims, S("http://example.com/is_root")), &is_root) && is_root);
}

TEST(oa_76_texts_that_are_no_compact_token_are_refused)
{
    static const struct {
        int line;
        str text;
    } cases[] = {
        {__LINE__, S_INIT("")},
        {__LINE__, S_INIT(".")},
        {__LINE__, S_INIT("..")},
        {__LINE__, S_INIT("...")},
        {__LINE__, S_INIT(EXAMPLE_HEADER)},
        {__LINE__, S_INIT(EXAMPLE_HEADER "." EXAMPLE_CLAIMS)},
        {__LINE__, S_INIT("." EXAMPLE_CLAIMS "." EXAMPLE_SIGNATURE)},
        {__LINE__, S_INIT(EXAMPLE_HEADER ".." EXAMPLE_SIGNATURE)},
        {__LINE__, S_INIT(EXAMPLE_HEADER "." EXAMPLE_CLAIMS "." EXAMPLE_SIGNATURE ".")},
        {__LINE__, S_INIT(EXAMPLE_HEADER "." EXAMPLE_CLAIMS "." EXAMPLE_SIGNATURE
                                         ".AA.AA")}, /* JWE: OA-68 */
        {__LINE__, S_INIT(" " EXAMPLE_HEADER "." EXAMPLE_CLAIMS "." EXAMPLE_SIGNATURE)},
        {__LINE__, S_INIT(EXAMPLE_HEADER "." EXAMPLE_CLAIMS "." EXAMPLE_SIGNATURE "\n")},
        {__LINE__, S_INIT(EXAMPLE_HEADER "." EXAMPLE_CLAIMS "." EXAMPLE_SIGNATURE "=")},
        {__LINE__, S_INIT(EXAMPLE_HEADER "." EXAMPLE_CLAIMS "=." EXAMPLE_SIGNATURE)},
        {__LINE__, S_INIT(EXAMPLE_HEADER "." EXAMPLE_CLAIMS
                                         ".dBjftJeZ4CVP+mB92K27uhbUJU1p1r/wW1gFWFOEjXk")},
        {__LINE__, S_INIT(EXAMPLE_HEADER "." EXAMPLE_CLAIMS
                                         ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl")},
        {__LINE__, S_INIT(EXAMPLE_HEADER "." EXAMPLE_CLAIMS "." EXAMPLE_SIGNATURE "\0")},
        {__LINE__, S_INIT("{\"payload\":\"e30\",\"protected\":\"" EXAMPLE_HEADER
                          "\",\"signature\":\"AA\"}")},
        {__LINE__, S_INIT("{\"a.b.c\":1}")},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, !parses(cases[i].text));
    }
}

TEST(rfc7515_4_headers_are_judged)
{
    /* clang-format off */
    static const struct {
        int line;
        str header;
        bool ok;
    } cases[] = {
        { __LINE__, S_INIT("{\"alg\":\"ES256\"}"), true },
        { __LINE__, S_INIT("{\"alg\":\"ES256\",\"kid\":\"../../x\",\"typ\":\"at+jwt\"}"), true },
        { __LINE__, S_INIT("{\"alg\":\"none\"}"), true },                               /* refused where keys are */
        { __LINE__, S_INIT("{\"alg\":\"ES256\",\"jku\":\"http://a/\",\"jwk\":{},\"x5c\":[]}"), true }, /* OA-74: read by nobody */
        { __LINE__, S_INIT("{}"), false },
        { __LINE__, S_INIT("[]"), false },
        { __LINE__, S_INIT("\"ES256\""), false },
        { __LINE__, S_INIT("{\"alg\":1}"), false },
        { __LINE__, S_INIT("{\"alg\":\"\"}"), false },
        { __LINE__, S_INIT("{\"alg\":null}"), false },
        { __LINE__, S_INIT("{\"alg\":[\"ES256\"]}"), false },
        { __LINE__, S_INIT("{\"Alg\":\"ES256\"}"), false },
        { __LINE__, S_INIT("{\"alg\":\"ES256\",\"kid\":7}"), false },
        { __LINE__, S_INIT("{\"alg\":\"ES256\",\"typ\":false}"), false },
        { __LINE__, S_INIT("{\"alg\":\"ES256\",\"crit\":[\"exp\"],\"exp\":1}"), false }, /* OA-75 */
        { __LINE__, S_INIT("{\"alg\":\"ES256\",\"crit\":[]}"), false },
        { __LINE__, S_INIT("{\"alg\":\"ES256\",\"crit\":null}"), false },
        { __LINE__, S_INIT("{\"alg\":\"ES256\",\"b64\":false}"), false },
        { __LINE__, S_INIT("{\"alg\":\"ES256\",\"b64\":true}"), false },
        { __LINE__, S_INIT("{\"alg\":\"none\",\"alg\":\"ES256\"}"), false },            /* OA-76 */
        { __LINE__, S_INIT("{\"alg\":\"none\",\"\\u0061lg\":\"ES256\"}"), false },
        { __LINE__, S_INIT("{\"alg\":\"ES256\"} x"), false },
        { __LINE__, S_INIT("{\"alg\":\"ES256\"}\0"), false },
        { __LINE__, S_INIT("{\"alg\":\"ES256\",\"kid\":\"\xff\"}"), false },            /* OA-80 */
        { __LINE__, S_INIT("\xef\xbb\xbf{\"alg\":\"ES256\"}"), false },
        { __LINE__, S_INIT("{\"alg\":\"ES256\",\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"), false },
    };
    /* clang-format on */

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, parses(token_of(cases[i].header, S("{}"))) == cases[i].ok);
    }
}

TEST(rfc7519_7_2_claims_are_one_json_object)
{
    static const struct {
        int line;
        str claims;
        bool ok;
    } cases[] = {
        {__LINE__, S_INIT("{}"), true},
        {__LINE__, S_INIT("{\"sub\":\"a\",\"n\":1e400}"), true},
        {__LINE__, S_INIT(""), false},
        {__LINE__, S_INIT("foo"), false},
        {__LINE__, S_INIT("null"), false},
        {__LINE__, S_INIT("[{}]"), false},
        {__LINE__, S_INIT("{\"sub\":\"a\",\"sub\":\"b\"}"), false},
        {__LINE__, S_INIT("{}{}"), false},
        {__LINE__, S_INIT("{\"sub\":\"\xc0\x80\"}"), false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        str token = token_of(S("{\"alg\":\"ES256\"}"), cases[i].claims);
        struct jwt jws;

        CHECK_AT(cases[i].line, parses(token) == cases[i].ok);
        CHECK_AT(
            cases[i].line, jwt_parse_jws(arena, token, &jws)); /* as a JWS any payload will do */
        CHECK_AT(
            cases[i].line, str_eq(bytes_str(jws.payload), cases[i].claims) && jws.claims == NULL);
    }
}

TEST(a_token_over_the_limit_is_refused)
{
    static char text[JWT_MAX_BYTES + 8];
    str head = S("eyJhbGciOiJFUzI1NiJ9.e30.");

    memset(text, 'A', sizeof text);
    memcpy(text, head.p, head.n);
    EXPECT(parses((str){text, JWT_MAX_BYTES - (JWT_MAX_BYTES - head.n) % 4}));
    EXPECT(!parses((str){text, JWT_MAX_BYTES + 1}));
    EXPECT(!parses((str){text, JWT_MAX_BYTES + 4 - (JWT_MAX_BYTES - head.n) % 4}));
}

TEST(a_refusal_leaves_the_output_alone)
{
    struct jwt jwt = {.alg = S("before")};

    EXPECT(!jwt_parse(arena, S("eyJhbGciOiJFUzI1NiJ9.e30.!"), &jwt));
    EXPECT_STR(jwt.alg, S("before"));
}
