/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as PEM (RFC 7468: PKCS#8 and SPKI) and as JWK (RFC 7518 s6, RFC 8037 s2).
 *
 * A private export lives in the caller's arena: the caller marks it secret. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/arena.h"
#include "codec/base64.h"
#include "codec/jwk.h"
#include "crypto/sign_internal.h"

/* The key as OpenSSL's, also where we keep libsodium's form; the caller frees it. */
static EVP_PKEY *
pkey_of(const struct sign_key *key, bool wants_private)
{
    switch (key->rule->kind) {
    case SIGN_KIND_RSA:
    case SIGN_KIND_PSS:
    case SIGN_KIND_EC:
        return EVP_PKEY_up_ref(key->pkey) == 1 ? key->pkey : NULL;
    case SIGN_KIND_ED:
        return wants_private ? EVP_PKEY_new_raw_private_key_ex(
                   NULL, "ED25519", NULL, key->secret, SIGN_ED_BYTES)
                             : EVP_PKEY_new_raw_public_key_ex(
                                 NULL, "ED25519", NULL, key->ed_public, SIGN_ED_BYTES);
    case SIGN_KIND_HMAC:
        break;
    }
    return NULL;
}

static bool
write_pem(struct arena *arena, EVP_PKEY *pkey, bool wants_private, str *ret)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    long n = 0;
    str copy = NO_STR;

    if (bio != NULL
        && (wants_private ? PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL)
                          : PEM_write_bio_PUBKEY(bio, pkey))
               == 1) {
        n = BIO_get_mem_data(bio, &text);
        copy = n > 0 ? str_dup(arena, (str){text, (size_t)n}) : NO_STR;
    }
    if (text != NULL) {
        secret_wipe(text, (size_t)n);
    }
    BIO_free(bio);
    ERR_clear_error();
    if (copy.n == 0) {
        return false;
    }
    *ret = copy;
    return true;
}

static bool
export_pem(struct arena *arena, const struct sign_key *key, bool wants_private, str *ret)
{
    EVP_PKEY *pkey = pkey_of(key, wants_private);
    bool ok = pkey != NULL && write_pem(arena, pkey, wants_private, ret);

    EVP_PKEY_free(pkey);
    return ok;
}

bool
sign_key_export_private(struct arena *arena, const struct sign_key *key, str *ret)
{
    str secret;

    if (!key->has_private) {
        return false;
    }
    if (key->rule->kind != SIGN_KIND_HMAC) {
        return export_pem(arena, key, true, ret);
    }
    secret = str_dup(arena, bytes_str((bytes){key->secret, key->secret_n}));
    if (secret.n == 0) {
        return false;
    }
    *ret = secret;
    return true;
}

/* A public number of the key, big-endian; left-padded to width unless that is 0. */
static bytes
number(struct arena *arena, EVP_PKEY *pkey, const char *name, size_t width)
{
    BIGNUM *v = NULL;
    bytes b = {NULL, 0};
    uint8_t *to;
    size_t n;

    if (EVP_PKEY_get_bn_param(pkey, name, &v) != 1) {
        return b;
    }
    n = width ? width : (size_t)BN_num_bytes(v);
    to = arena_alloc(arena, n);
    if (to != NULL && BN_bn2binpad(v, to, (int)n) == (int)n) {
        b = (bytes){to, n};
    }
    BN_free(v);
    return b;
}

/* The head of an elliptic SubjectPublicKeyInfo (RFC 5480 s2), up to the point's first byte, by length of a
 * coordinate: OpenSSL's encoders take a hundred times as long to find as these to copy. */
static const struct spki {
    size_t coordinate, n;
    uint8_t head[28];
} spkis[] = {
    /* clang-format off */
    {32, 27, {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
              0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04}},
    {48, 24, {0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
              0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04}},
    {66, 26, {0x30, 0x81, 0x9b, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
              0x05, 0x2b, 0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00, 0x04}},
    /* clang-format on */
};

/* RFC 7468 s3: lines of 64. */
static bool
armour(struct arena *arena, bytes der, str *ret)
{
    enum { LINE = 48 }; /* bytes that make 64 letters */
    struct buf buf;

    buf_init(&buf, arena, KB(2));
    buf_str(&buf, S("-----BEGIN PUBLIC KEY-----\n"));
    for (size_t at = 0; at < der.n; at += LINE) {
        base64_encode(&buf, (bytes){der.p + at, MIN(der.n - at, (size_t)LINE)});
        buf_char(&buf, '\n');
    }
    buf_str(&buf, S("-----END PUBLIC KEY-----\n"));
    return buf_done(&buf, ret);
}

static bool
export_point(struct arena *arena, const struct sign_key *key, str *ret)
{
    const struct spki *spki = spkis;
    size_t n = key->rule->curve->bytes;
    uint8_t der[sizeof spki->head + 2 * SIGN_FIELD_MAX_BYTES];
    bytes x = number(arena, key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, n);
    bytes y = number(arena, key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, n);

    if (x.n == 0 || y.n == 0) {
        return false;
    }
    while (spki->coordinate != n) { /* each curve of the table of rules has a row */
        spki++;
    }
    memcpy(der, spki->head, spki->n);
    memcpy(der + spki->n, x.p, n);
    memcpy(der + spki->n + n, y.p, n);
    return armour(arena, (bytes){der, spki->n + 2 * n}, ret);
}

bool
sign_key_export_public(struct arena *arena, const struct sign_key *key, str *ret)
{
    return key->rule->kind == SIGN_KIND_EC ? export_point(arena, key, ret)
                                           : export_pem(arena, key, false, ret);
}

bool
sign_key_to_jwk(struct arena *arena, const struct sign_key *key, struct jwk *ret)
{
    const struct sign_curve *curve = key->rule->curve;
    struct jwk jwk = {.type = JWK_RSA};
    bool ok = false;

    switch (key->rule->kind) {
    case SIGN_KIND_RSA:
    case SIGN_KIND_PSS:
        jwk.n = number(arena, key->pkey, OSSL_PKEY_PARAM_RSA_N, 0);
        jwk.e = number(arena, key->pkey, OSSL_PKEY_PARAM_RSA_E, 0);
        ok = jwk.n.n != 0 && jwk.e.n != 0;
        break;
    case SIGN_KIND_EC:
        jwk.type = JWK_EC;
        jwk.crv = str_from(curve->crv);
        jwk.x = number(arena, key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, curve->bytes);
        jwk.y = number(arena, key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, curve->bytes);
        ok = jwk.x.n != 0 && jwk.y.n != 0;
        break;
    case SIGN_KIND_ED:
        jwk.type = JWK_OKP;
        jwk.crv = str_from(curve->crv);
        jwk.x = bytes_dup(arena, BYTES_OF(key->ed_public));
        ok = jwk.x.n != 0;
        break;
    case SIGN_KIND_HMAC: /* a secret has no public side */
        break;
    }
    if (ok) {
        *ret = jwk;
    }
    return ok;
}
