/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT attest
#include "crypto_unit.h"

#include <openssl/x509v3.h>

#include "crypto/attest.h"
#include "crypto/sign_internal.h"

static struct arena *arena;

static void
start(void)
{
    crypto_unit_start();
    arena = arena_new(MB(1));
}
static void
end(void)
{
    arena_free(arena);
}
TestSuite(attest, .init = start, .fini = end);

static const uint8_t model[16] = {1, 2, 3};

struct wish { /* how the certificate differs from a good one */
    const char *country, *organisation, *unit, *name, *second_unit, *constraints;
    int version;
    const uint8_t *aaguid;
    bool is_critical, aaguid_is_short;
};
static const struct wish good = {"DE", "Maker", "Authenticator Attestation", "Model 1", NULL,
    "CA:FALSE", X509_VERSION_3, model, false, false};

static void
add_name(X509 *cert, const char *field, const char *value)
{
    X509_NAME *name = (X509_NAME *)(uintptr_t)X509_get_subject_name(cert);

    if (value != NULL) {
        REQUIRE(
            X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC, (const uint8_t *)value, -1, -1, 0)
            == 1);
    }
}

static void
add_extensions(X509 *cert, const struct wish *wish)
{
    uint8_t der[18] = {V_ASN1_OCTET_STRING, 16};
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.45724.1.1.4", 1);
    X509_EXTENSION *extension;

    if (wish->constraints != NULL) {
        extension = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, wish->constraints);
        REQUIRE(X509_add_ext(cert, extension, -1) == 1);
        X509_EXTENSION_free(extension);
    }
    if (wish->aaguid != NULL) {
        memcpy(der + 2, wish->aaguid, 16);
        REQUIRE(ASN1_OCTET_STRING_set(value, der, wish->aaguid_is_short ? 17 : 18) == 1);
        extension = X509_EXTENSION_create_by_OBJ(NULL, oid, wish->is_critical, value);
        REQUIRE(X509_add_ext(cert, extension, -1) == 1);
        X509_EXTENSION_free(extension);
    }
    ASN1_OBJECT_free(oid);
    ASN1_OCTET_STRING_free(value);
}

static bytes
make(const struct sign_key *key, const struct wish *wish)
{
    X509 *cert = X509_new();
    uint8_t *der = NULL;
    bytes made;
    int n;

    REQUIRE(cert != NULL && X509_set_version(cert, wish->version) == 1);
    add_name(cert, "C", wish->country);
    add_name(cert, "O", wish->organisation);
    add_name(cert, "OU", wish->unit);
    add_name(cert, "OU", wish->second_unit);
    add_name(cert, "CN", wish->name);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    add_extensions(cert, wish);
    REQUIRE(X509_set_pubkey(cert, key->pkey) == 1 && X509_sign(cert, key->pkey, EVP_sha256()) > 0);
    n = i2d_X509(cert, &der);
    REQUIRE(n > 0);
    made = bytes_dup(arena, (bytes){der, (size_t)n});
    OPENSSL_free(der);
    X509_free(cert);
    return made;
}

static bool
is_taken(bytes certificate, enum sign_alg alg)
{
    struct sign_key *key = attest_key(alg, certificate, BYTES_OF(model));
    bool ok = key != NULL && !sign_key_has_private(key);

    sign_key_unref(key);
    return ok;
}

TEST(webauthn_8_2_1_what_a_certificate_must_say)
{
    static const uint8_t other[16] = {9};
    struct unit_rng rng = unit_rng_new(7);
    struct sign_key *key = sign_key_generate(SIGN_ES256, 0, &rng.rng);
    struct wish cases[14];

    for (size_t i = 0; i < COUNT(cases); i++) {
        cases[i] = good;
    }
    cases[1].aaguid = NULL; /* the extension may be absent */
    cases[2].version = X509_VERSION_1, cases[2].aaguid = NULL;
    cases[3].country = NULL;
    cases[4].organisation = NULL;
    cases[5].unit = NULL;
    cases[6].unit = "Authenticator";
    cases[7].name = NULL;
    cases[8].second_unit = "Authenticator Attestation";
    cases[9].constraints = NULL;
    cases[10].constraints = "CA:TRUE";
    cases[11].aaguid = other;
    cases[12].is_critical = true;
    cases[13].aaguid_is_short = true;
    REQUIRE(key != NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect(is_taken(make(key, &cases[i]), SIGN_ES256) == (i < 2), "case %zu", i);
    }
    EXPECT(!is_taken(make(key, &good), SIGN_ES384)); /* the key of another curve */
    EXPECT(!is_taken(make(key, &good), SIGN_RS256));
    sign_key_unref(key);
}

TEST(a_certificate_is_whole_and_nothing_follows)
{
    struct unit_rng rng = unit_rng_new(8);
    struct sign_key *key = sign_key_generate(SIGN_ES256, 0, &rng.rng);
    bytes der = make(key, &good);
    uint8_t more[2048] = {0};

    REQUIRE(der.n < sizeof more);
    memcpy(more, der.p, der.n);
    EXPECT(!is_taken((bytes){more, der.n + 1}, SIGN_ES256));
    for (size_t n = 0; n < der.n; n += 7) {
        EXPECT(!is_taken((bytes){more, n}, SIGN_ES256));
    }
    sign_key_unref(key);
}

TEST(webauthn_6_5_5_signatures_are_der_for_curves_and_plain_else)
{
    static const enum sign_alg algs[] = {
        SIGN_ES256, SIGN_ES384, SIGN_ES512, SIGN_EdDSA, SIGN_RS256, SIGN_PS256};
    struct unit_rng rng = unit_rng_new(9);
    bytes input = str_bytes(S("input"));

    for (size_t i = 0; i < COUNT(algs); i++) {
        struct sign_key *key = sign_key_generate(algs[i], 0, &rng.rng);
        const struct sign_curve *curve = sign_rule_of(algs[i])->curve;
        uint8_t der[SIGN_DER_MAX_BYTES];
        bool is_curve = sign_rule_of(algs[i])->kind == SIGN_KIND_EC;
        bytes raw, signature;

        REQUIRE(key != NULL && sign_make(arena, key, input, &raw));
        signature = is_curve ? (bytes){der, sign_ecdsa_to_der(curve, raw, der)} : raw;
        EXPECT(sign_check_der(key, input, signature));
        EXPECT(!sign_check_der(key, str_bytes(S("inpuT")), signature));
        EXPECT(!sign_check_der(key, input, (bytes){signature.p, signature.n - 1}));
        EXPECT(sign_check_der(key, input, raw) == !is_curve);
        for (size_t bit = 0; bit < 8 * signature.n; bit += is_curve ? 1 : 97) {
            EXPECT(!sign_check_der(key, input, flipped(arena, signature, bit)));
        }
        sign_key_unref(key);
    }
}
