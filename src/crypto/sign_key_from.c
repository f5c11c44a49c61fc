/* SPDX-License-Identifier: Apache-2.0 */
/* Keys out of PEM (RFC 7468: PKCS#8, PKCS#1, SEC1, SPKI, X.509) and out of JWK (RFC 7517,
 * RFC 7518 s6, RFC 8037 s2).
 *
 * Refused: encrypted PEM, RSASSA-PSS restricted keys, a JWK whose kty, crv, alg or use says it
 * is for something else. A certificate is taken for its key alone: nothing here judges who
 * signed it. */
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdatomic.h>

#include "base/mem.h"
#include "codec/jwk.h"
#include "crypto/sign_internal.h"

enum { PEM_MAX_BYTES = 32 * 1024 };

/* OpenSSL's names of key types: with one it prepares the decoders of that type only, a fifth of all. */
static const char *const type_names[] = {
    [SIGN_KIND_RSA] = "RSA",
    [SIGN_KIND_PSS] = "RSA",
    [SIGN_KIND_EC] = "EC",
    [SIGN_KIND_ED] = "ED25519",
    [SIGN_KIND_HMAC] = NULL,
};

static EVP_PKEY *
read_certificate(str pem, const char *type)
{
    BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    EVP_PKEY *pkey = cert ? X509_get_pubkey(cert) : NULL;

    (void)type;
    X509_free(cert);
    BIO_free(bio);
    return pkey;
}

static EVP_PKEY *
read_key(str pem, const char *type, int selection)
{
    EVP_PKEY *pkey = NULL;
    const uint8_t *at = (const uint8_t *)pem.p;
    size_t left = pem.n;
    OSSL_DECODER_CTX *ctx =
        OSSL_DECODER_CTX_new_for_pkey(&pkey, "PEM", NULL, type, selection, NULL, NULL);

    if (ctx != NULL && OSSL_DECODER_from_data(ctx, &at, &left) != 1) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    OSSL_DECODER_CTX_free(ctx);
    return pkey;
}

static EVP_PKEY *
read_private(str pem, const char *type)
{
    return read_key(pem, type, EVP_PKEY_KEYPAIR);
}

static EVP_PKEY *
read_public(str pem, const char *type)
{
    return read_key(pem, type, EVP_PKEY_PUBLIC_KEY);
}

/* A kind of key whose first one met a shortage: OpenSSL may have noted that it has no decoder for it, for good. Until a
 * key of the kind is read, none of them can be called bad. */
static atomic_bool is_doubtful[SIGN_KIND_HMAC + 1];

static struct sign_key *
without_doubt(enum sign_kind kind, struct sign_key *key, bool was_short)
{
    bool is_short = mem_ran_short();

    if (key != NULL) {
        atomic_store_explicit(&is_doubtful[kind], false, memory_order_relaxed);
    } else if (is_short) {
        atomic_store_explicit(&is_doubtful[kind], true, memory_order_relaxed);
    }
    if (was_short || is_short
        || (key == NULL && atomic_load_explicit(&is_doubtful[kind], memory_order_relaxed))) {
        mem_note_short();
    }
    return key;
}

struct sign_key *
sign_key_from_pem(enum sign_alg alg, str pem)
{
    static const struct {
        str label;
        EVP_PKEY *(*read)(str pem, const char *type);
        bool has_private;
    } kinds[] = {
        {S_INIT("-----BEGIN PRIVATE KEY-----"), read_private, true},
        {S_INIT("-----BEGIN RSA PRIVATE KEY-----"), read_private, true},
        {S_INIT("-----BEGIN EC PRIVATE KEY-----"), read_private, true},
        {S_INIT("-----BEGIN PUBLIC KEY-----"), read_public, false},
        {S_INIT("-----BEGIN RSA PUBLIC KEY-----"), read_public, false},
        {S_INIT("-----BEGIN CERTIFICATE-----"), read_certificate, false},
    };

    const struct sign_rule *rule = sign_rule_of(alg);

    /* Headers mean the old encryption of RFC 1421: nobody is here to type a passphrase. */
    if (rule == NULL || pem.n > PEM_MAX_BYTES || str_find_str(pem, S("Proc-Type:")) < pem.n) {
        return NULL;
    }
    for (size_t i = 0; i < COUNT(kinds); i++) {
        size_t at = str_find_str(pem, kinds[i].label); /* what stands before, like EC PARAMETERS, */
        if (at < pem.n) {                              /* is skipped */
            bool was_short = mem_ran_short();
            EVP_PKEY *pkey = kinds[i].read(str_skip(pem, at), type_names[rule->kind]);

            return without_doubt(
                rule->kind, sign_key_adopt(alg, pkey, kinds[i].has_private), was_short);
        }
    }
    return NULL;
}

/* Numbers for OSSL_PARAM, which wants them in the machine's own order. */
enum { NUMBERS_MAX = 8 };
struct numbers {
    OSSL_PARAM params[NUMBERS_MAX + 1];
    uint8_t b[NUMBERS_MAX][SIGN_RSA_MAX_BYTES];
    size_t count;
    bool failed;
};

static void
add_number(struct numbers *to, const char *name, bytes big_endian)
{
    uint8_t *b = to->b[to->count];

    if (big_endian.n == 0) {
        return; /* an optional member */
    }
    if (big_endian.n > SIGN_RSA_MAX_BYTES) {
        to->failed = true;
        return;
    }
    for (size_t i = 0; i < big_endian.n; i++) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        b[i] = big_endian.p[big_endian.n - 1 - i];
#else
        b[i] = big_endian.p[i];
#endif
    }
    to->params[to->count++] = OSSL_PARAM_construct_BN(name, b, big_endian.n);
}

static EVP_PKEY *
make_pkey(const char *type, OSSL_PARAM *params, bool has_private)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *pkey = NULL;

    if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1
        && EVP_PKEY_fromdata(
               ctx, &pkey, has_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params)
               != 1) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

static struct sign_key *
from_rsa(enum sign_alg alg, const struct jwk *jwk)
{
    struct numbers n = {.count = 0};
    struct sign_key *key = NULL;

    add_number(&n, OSSL_PKEY_PARAM_RSA_N, jwk->n);
    add_number(&n, OSSL_PKEY_PARAM_RSA_E, jwk->e);
    add_number(&n, OSSL_PKEY_PARAM_RSA_D, jwk->d);
    add_number(&n, OSSL_PKEY_PARAM_RSA_FACTOR1, jwk->p);
    add_number(&n, OSSL_PKEY_PARAM_RSA_FACTOR2, jwk->q);
    add_number(&n, OSSL_PKEY_PARAM_RSA_EXPONENT1, jwk->dp);
    add_number(&n, OSSL_PKEY_PARAM_RSA_EXPONENT2, jwk->dq);
    add_number(&n, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, jwk->qi);
    n.params[n.count] = OSSL_PARAM_construct_end();
    if (!n.failed) {
        key = sign_key_adopt(alg, make_pkey("RSA", n.params, jwk->d.n != 0), jwk->d.n != 0);
    }
    secret_wipe(&n, sizeof n);
    return key;
}

static struct sign_key *
from_ec(enum sign_alg alg, const struct sign_curve *curve, const struct jwk *jwk)
{
    struct numbers n = {.count = 0};
    uint8_t point[1 + 2 * SIGN_FIELD_MAX_BYTES] = {4}; /* SEC 1 s2.3.3: uncompressed */
    char group[16];
    struct sign_key *key;

    if (jwk->x.n != curve->bytes || jwk->y.n != curve->bytes
        || (jwk->d.n != 0 && jwk->d.n != curve->bytes)) {
        return NULL;
    }
    memcpy(point + 1, jwk->x.p, curve->bytes);
    memcpy(point + 1 + curve->bytes, jwk->y.p, curve->bytes);
    memcpy(group, curve->group, strlen(curve->group) + 1);
    add_number(&n, OSSL_PKEY_PARAM_PRIV_KEY, jwk->d);
    n.params[n.count++] =
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * curve->bytes);
    n.params[n.count++] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
    n.params[n.count] = OSSL_PARAM_construct_end();
    key = sign_key_adopt(alg, make_pkey("EC", n.params, jwk->d.n != 0), jwk->d.n != 0);
    secret_wipe(&n, sizeof n);
    return key;
}

static struct sign_key *
from_okp(enum sign_alg alg, const struct jwk *jwk)
{
    struct sign_key *key;

    if (jwk->x.n != SIGN_ED_BYTES) {
        return NULL;
    }
    if (jwk->d.n == 0) {
        return sign_key_from_ed_public(alg, jwk->x.p);
    }
    key = jwk->d.n == SIGN_ED_BYTES ? sign_key_from_seed(alg, jwk->d.p) : NULL;
    if (key != NULL && !ct_eq(BYTES_OF(key->ed_public), jwk->x)) {
        sign_key_unref(key);
        return NULL;
    }
    return key;
}

/* A JWK may say what it is for; then it is for nothing else: RFC 7517 s4.2, s4.4,
 * RFC 8725 s3.1. */
static bool
says_it_may(const struct sign_rule *rule, const struct jwk *jwk)
{
    return (jwk->alg.n == 0 || sign_alg_by_name(jwk->alg) == sign_alg_by_name(rule->name))
           && (jwk->use.n == 0 || str_eq(jwk->use, S("sig")))
           && (rule->curve == NULL || str_eq(jwk->crv, str_from(rule->curve->crv)));
}

struct sign_key *
sign_key_from_jwk(enum sign_alg alg, const struct jwk *jwk)
{
    static const enum jwk_type types[] = {
        [SIGN_KIND_RSA] = JWK_RSA,
        [SIGN_KIND_PSS] = JWK_RSA,
        [SIGN_KIND_EC] = JWK_EC,
        [SIGN_KIND_ED] = JWK_OKP,
        [SIGN_KIND_HMAC] = JWK_OCT,
    };
    const struct sign_rule *rule = sign_rule_of(alg);

    if (rule == NULL || jwk->type != types[rule->kind] || !says_it_may(rule, jwk)) {
        return NULL;
    }
    switch (jwk->type) {
    case JWK_RSA:
        return from_rsa(alg, jwk);
    case JWK_EC:
        return from_ec(alg, rule->curve, jwk);
    case JWK_OKP:
        return from_okp(alg, jwk);
    case JWK_OCT:
        return sign_key_from_secret(alg, jwk->k);
    }
    return NULL;
}
