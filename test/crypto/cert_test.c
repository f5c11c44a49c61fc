/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates beside signing keys: made, read, refused. */
#define UNIT cert
#include "crypto_unit.h"

#include "crypto/cert.h"
#include "crypto/sign.h"

static struct arena *arena;

static void
start(void)
{
    crypto_unit_start();
    arena = arena_new(MB(4));
}
static void
end(void)
{
    arena_free(arena);
}
TestSuite(cert, .init = start, .fini = end);

enum { FROM = 1700000000 }; /* seconds */

static bool
make(enum sign_alg alg, str name, str *ret)
{
    struct unit_rng rng = unit_rng_new(7);
    struct sign_key *key = sign_key_generate(alg, 0, &rng.rng);
    const struct cert_order order = {name, FROM * 1000LL, (FROM + 3600) * 1000LL};
    bool ok;

    REQUIRE(key != NULL);
    ok = cert_make(arena, key, &rng.rng, &order, ret);
    sign_key_unref(key);
    return ok;
}

TEST(a_certificate_that_was_made_is_read_as_it_was_made)
{
    static const enum sign_alg algs[] = {
        SIGN_ES256, SIGN_ES384, SIGN_ES512, SIGN_RS256, SIGN_PS256};

    for (size_t i = 0; i < COUNT(algs); i++) {
        struct sign_key *key;
        struct cert cert;
        str pem = NO_STR;
        REQUIRE(make(algs[i], S("issuer.example"), &pem) && cert_read(arena, pem, &cert));
        EXPECT_STR(cert.issuer, S("CN=issuer.example"));
        EXPECT_STR(cert.subject, S("CN=issuer.example"));
        EXPECT(cert.valid_from == FROM * 1000LL && cert.valid_to == (FROM + 3600) * 1000LL);
        EXPECT(cert.serial.n == 32 && cert.sha256.n == 95 && cert.sha1_thumb.n == 27);
        key = sign_key_from_pem(algs[i], pem); /* its key is the one that signed it */
        EXPECT(key != NULL && !sign_key_has_private(key));
        sign_key_unref(key);
    }
}

/* openssl x509 -noout -serial -fingerprint -subject -dates. */
TEST(fingerprints_are_those_of_other_programs)
{
    static const char pem[] = "-----BEGIN CERTIFICATE-----\n"
                              "MIIBpDCCAUugAwIBAgIEAKGywzAKBggqhkjOPQQDAjAwMQswCQYDVQQGEwJERTEQ\n"
                              "MA4GA1UECgwHRXhhbXBsZTEPMA0GA1UEAwwGdmVjdG9yMB4XDTI2MTEyMjExNDEy\n"
                              "NFoXDTM2MTExOTExNDEyNFowMDELMAkGA1UEBhMCREUxEDAOBgNVBAoMB0V4YW1w\n"
                              "bGUxDzANBgNVBAMMBnZlY3RvcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKBb\n"
                              "XrVIU+QtH4JLF2UURyGg/+Eril974pLazx8tXBzlqixgvuw+M6bVoZ4zlRG3dL6J\n"
                              "Vd7CPdn5mFWJvq1khYqjUzBRMB0GA1UdDgQWBBR8TVzLrz2J7SQ2NB6qEOjpbD5k\n"
                              "bjAfBgNVHSMEGDAWgBR8TVzLrz2J7SQ2NB6qEOjpbD5kbjAPBgNVHRMBAf8EBTAD\n"
                              "AQH/MAoGCCqGSM49BAMCA0cAMEQCIBvwR2MZIXuz1kAQBq7DHNyLAABP6loUDIsP\n"
                              "IJMwQw9NAiAm//3E58m4lSj8tHC4bDkn2MaMnCZHS0TgWS8pt7A4Tg==\n"
                              "-----END CERTIFICATE-----\n";
    struct cert cert;

    REQUIRE(cert_read(arena, str_from(pem), &cert));
    EXPECT_STR(cert.subject, S("CN=vector,O=Example,C=DE"));
    EXPECT_STR(cert.serial, S("a1b2c3"));
    EXPECT(cert.valid_from == 1795347684000LL && cert.valid_to == 2110707684000LL);
    EXPECT_STR(cert.md5, S("99:5E:03:E4:E5:B1:5F:9F:60:A9:2B:43:E9:23:C0:A6"));
    EXPECT_STR(cert.sha1, S("3B:57:A4:27:74:85:75:40:49:E4:80:1D:26:A3:FB:93:4E:F9:98:BD"));
    EXPECT_STR(cert.sha256, S("91:4C:72:4B:47:F6:58:AC:58:9D:B7:C5:A6:1A:9B:83:"
                              "D1:F9:66:2F:F4:62:D5:24:FE:68:44:5D:7E:3C:2C:21"));
    EXPECT_STR(cert.sha1_thumb, S("O1ekJ3SFdUBJ5IAdJqP7k075mL0"));
    EXPECT_STR(cert.sha256_thumb, S("kUxyS0f2WKxYnbfFphqbg9H5Zi_0YtUk_mhEXX48LCE"));
}

TEST(what_no_certificate_may_be_made_of)
{
    str pem = NO_STR, wide = S("\xc3\xa4"), name = NO_STR;
    struct cert cert;

    EXPECT(!make(SIGN_HS256, S("x"), &pem) && !make(SIGN_EdDSA, S("x"), &pem));
    EXPECT(!make(SIGN_ES256, NO_STR, &pem) && !make(SIGN_ES256, S("\xff"), &pem));
    for (int i = 0; i < 40; i++) {
        name = str_fmt(arena, STRF "a" STRF, STRV(name), STRV(wide));
    }
    REQUIRE(make(SIGN_ES256, name, &pem) && cert_read(arena, pem, &cert)); /* cut between letters */
    EXPECT(cert.subject.n > 64);
}

TEST(what_is_no_certificate_is_refused)
{
    str pem = NO_STR;
    struct cert cert;
    char *copy;

    EXPECT(!cert_read(arena, NO_STR, &cert)
           && !cert_read(arena, S("-----BEGIN CERTIFICATE-----"), &cert));
    EXPECT(!cert_read(
        arena, S("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), &cert));
    REQUIRE(make(SIGN_ES256, S("x"), &pem));
    for (size_t cut = 0; cut < pem.n; cut += 7) {
        EXPECT(!cert_read(arena, str_head(pem, cut), &cert) || cut + 40 > pem.n);
    }
    copy = arena_alloc(arena, CERT_PEM_MAX + 1);
    REQUIRE(copy != NULL);
    memset(copy, '\n', CERT_PEM_MAX + 1);
    memcpy(copy, pem.p, pem.n);
    EXPECT(cert_read(arena, (str){copy, CERT_PEM_MAX}, &cert));
    EXPECT(!cert_read(arena, (str){copy, CERT_PEM_MAX + 1}, &cert));
}
