/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as PEM (RFC 7468: PKCS#8 and SPKI) and as JWK (RFC 7518 s6, RFC 8037 s2).
 *
 * A private export lives in the caller's arena: the caller marks it secret. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/arena.h"
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

bool
sign_key_export_public(struct arena *arena, const struct sign_key *key, str *ret)
{
    return export_pem(arena, key, false, ret);
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
