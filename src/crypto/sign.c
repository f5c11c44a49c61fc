/* SPDX-License-Identifier: Apache-2.0 */
/* JWS signatures and compact tokens (RFC 7515 s5, RFC 7518 s3, RFC 8037 s3.1).
 *
 * An EVP_PKEY_CTX may sign or verify again and again once initialised, and making one costs as
 * much as an ECDSA signature; so each thread keeps its own for each key, in the slot of the key
 * that bears the thread's number. OpenSSL's ECDSA nonces are hedged with key and digest. */
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include "base/arena.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/jwt.h"
#include "crypto/sign_internal.h"

static bool
set_padding(EVP_PKEY_CTX *ctx, const struct sign_rule *rule)
{
    const EVP_MD *md = crypto_algs.md[rule->md];

    if (EVP_PKEY_CTX_set_signature_md(ctx, md) != 1) {
        return false;
    }
    if (rule->kind == SIGN_KIND_RSA) {
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
    }
    return rule->kind != SIGN_KIND_PSS /* RFC 7518 s3.5: MGF1 with the same hash, salt as long */
           || (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1
               && EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1
               && EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

static EVP_PKEY_CTX *
new_context(const struct sign_key *key, bool is_sign)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);

    if (ctx == NULL || (is_sign ? EVP_PKEY_sign_init(ctx) : EVP_PKEY_verify_init(ctx)) != 1
        || !set_padding(ctx, key->rule)) {
        EVP_PKEY_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

/* A context to use and give back with put_context. The slots are the one part of a key that
 * changes: each by its own thread only. */
static EVP_PKEY_CTX *
take_context(const struct sign_key *key, bool is_sign)
{
    int slot = crypto_thread_here()->slot;
    struct sign_slot *own;
    EVP_PKEY_CTX **kept;

    if (slot < 0) {
        return new_context(key, is_sign);
    }
    own = &((struct sign_key *)(uintptr_t)key)->slots[slot];
    kept = is_sign ? &own->sign : &own->check;
    if (*kept == NULL) {
        *kept = new_context(key, is_sign);
    }
    return *kept;
}

static void
put_context(EVP_PKEY_CTX *ctx)
{
    if (crypto_thread_here()->slot < 0) {
        EVP_PKEY_CTX_free(ctx);
    }
}

/* Signs the digest of input; to has room for SIGN_RSA_MAX_BYTES. */
static size_t
pkey_sign(const struct sign_key *key, bytes input, uint8_t *to)
{
    uint8_t digest[CRYPTO_MD_BYTES];
    EVP_PKEY_CTX *ctx = take_context(key, true);
    size_t n = SIGN_RSA_MAX_BYTES;

    crypto_digest(key->rule->md, &input, 1, digest);
    if (ctx == NULL || EVP_PKEY_sign(ctx, to, &n, digest, crypto_md_bytes(key->rule->md)) != 1) {
        ERR_clear_error();
        n = 0;
    }
    put_context(ctx);
    return n;
}

static bool
pkey_check(const struct sign_key *key, bytes input, bytes signature)
{
    uint8_t digest[CRYPTO_MD_BYTES];
    EVP_PKEY_CTX *ctx = take_context(key, false);
    bool ok;

    crypto_digest(key->rule->md, &input, 1, digest);
    ok = ctx != NULL
         && EVP_PKEY_verify(ctx, signature.p, signature.n, digest, crypto_md_bytes(key->rule->md))
                == 1;
    if (!ok) {
        ERR_clear_error();
    }
    put_context(ctx);
    return ok;
}

size_t
sign_raw(const struct sign_key *key, bytes input, uint8_t *to)
{
    uint8_t der[SIGN_RSA_MAX_BYTES];
    size_t n;

    if (!key->has_private) {
        return 0;
    }
    switch (key->rule->kind) {
    case SIGN_KIND_RSA:
    case SIGN_KIND_PSS:
        return pkey_sign(key, input, to);
    case SIGN_KIND_EC:
        n = pkey_sign(key, input, der);
        return sign_ecdsa_from_der(key->rule->curve, (bytes){der, n}, to);
    case SIGN_KIND_ED:
        return crypto_sign_detached(to, NULL, input.p, input.n, key->secret) == 0
                   ? SIGN_ED_SIGNATURE_BYTES
                   : 0;
    case SIGN_KIND_HMAC:
        crypto_hmac(key->rule->md, (bytes){key->secret, key->secret_n}, &input, 1, to);
        return crypto_md_bytes(key->rule->md);
    }
    return 0;
}

bool
sign_make(struct arena *arena, const struct sign_key *key, bytes input, bytes *ret)
{
    uint8_t signature[SIGN_RSA_MAX_BYTES];
    size_t n = sign_raw(key, input, signature);
    bytes made = bytes_dup(arena, (bytes){signature, n});

    if (n == 0 || made.n != n) {
        return false;
    }
    *ret = made;
    return true;
}

static bool
check_hmac(const struct sign_key *key, bytes input, bytes signature)
{
    uint8_t mac[CRYPTO_MD_BYTES];

    crypto_hmac(key->rule->md, (bytes){key->secret, key->secret_n}, &input, 1, mac);
    return ct_eq((bytes){mac, crypto_md_bytes(key->rule->md)}, signature);
}

bool
sign_check(const struct sign_key *key, bytes input, bytes signature)
{
    uint8_t der[SIGN_DER_MAX_BYTES];
    size_t n;

    switch (key->rule->kind) {
    case SIGN_KIND_RSA:
    case SIGN_KIND_PSS: /* exactly as long as the modulus: RFC 8017 s8.1.2, s8.2.2 step 1 */
        return signature.n == ((size_t)key->bits + 7) / 8 && pkey_check(key, input, signature);
    case SIGN_KIND_EC:
        n = sign_ecdsa_to_der(key->rule->curve, signature, der);
        return n != 0 && pkey_check(key, input, (bytes){der, n});
    case SIGN_KIND_ED:
        return signature.n == SIGN_ED_SIGNATURE_BYTES
               && crypto_sign_verify_detached(signature.p, input.p, input.n, key->ed_public) == 0;
    case SIGN_KIND_HMAC:
        return check_hmac(key, input, signature);
    }
    return false;
}

bool
sign_check_der(const struct sign_key *key, bytes input, bytes signature)
{
    uint8_t raw[2 * SIGN_FIELD_MAX_BYTES];
    size_t n;

    if (key->rule->kind != SIGN_KIND_EC) {
        return sign_check(key, input, signature);
    }
    n = sign_ecdsa_from_der(key->rule->curve, signature, raw);
    return n != 0 && sign_check(key, input, (bytes){raw, n});
}

static str
header_json(struct arena *arena, const struct sign_key *key, str typ, str kid)
{
    struct buf buf;
    struct json_out out;
    str text;

    buf_init(&buf, arena, JWT_MAX_BYTES);
    json_out_init(&out, &buf);
    json_out_object(&out);
    json_put_str(&out, S("alg"), key->rule->name);
    if (typ.n != 0) {
        json_put_str(&out, S("typ"), typ);
    }
    if (kid.n != 0) {
        json_put_str(&out, S("kid"), kid);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

str
sign_jwt(struct arena *arena, const struct sign_key *key, str typ, str kid, str claims_json)
{
    str header = header_json(arena, key, typ, kid), token;
    uint8_t signature[SIGN_RSA_MAX_BYTES];
    struct buf buf;
    size_t n;

    if (header.n == 0) {
        return NO_STR;
    }
    buf_init(&buf, arena, JWT_MAX_BYTES); /* what we would not read we do not issue */
    base64url_encode(&buf, str_bytes(header));
    buf_char(&buf, '.');
    base64url_encode(&buf, str_bytes(claims_json));
    if (!buf_done(&buf, &token)) {
        return NO_STR;
    }
    n = sign_raw(key, str_bytes(token), signature);
    if (n == 0) {
        return NO_STR;
    }
    buf_char(&buf, '.');
    base64url_encode(&buf, (bytes){signature, n});
    return buf_done(&buf, &token) ? token : NO_STR;
}

bool
sign_check_jwt(const struct sign_key *key, const struct jwt *jwt)
{
    /* The header must name the key's own algorithm, letter by letter (RFC 8725 s3.1); RFC 9864
     * calls EdDSA on this curve Ed25519. */
    return sign_alg_by_name(jwt->alg) == key->alg
           && sign_check(key, str_bytes(jwt->signing_input), jwt->signature);
}
