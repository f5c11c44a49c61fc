/* SPDX-License-Identifier: Apache-2.0 */
/* RSAES-OAEP and AES on fresh contexts: this is rare, and what OpenSSL keeps of keys goes at once. RSAES-PKCS1-v1_5 and
 * Triple DES, which XML Encryption has too, are not here. */
#include "crypto/envelope.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "base/arena.h"
#include "crypto/sign_internal.h"

enum { GCM_NONCE = 12, GCM_TAG = 16, BLOCK = 16, MAX_BYTES = 1024 * 1024 };

static const EVP_MD *
digest_of(size_t length)
{
    static const enum crypto_md all[] = {CRYPTO_SHA1, CRYPTO_SHA256, CRYPTO_SHA384, CRYPTO_SHA512};

    for (size_t i = 0; i < COUNT(all); i++) {
        if (crypto_md_bytes(all[i]) == length) {
            return crypto_algs.md[all[i]];
        }
    }
    return NULL;
}

bool
envelope_open_key(struct arena *arena, const struct sign_key *key, size_t digest, size_t mask,
    bytes sealed, bytes *ret)
{
    bool is_rsa = key->rule->kind == SIGN_KIND_RSA || key->rule->kind == SIGN_KIND_PSS;
    const EVP_MD *md = digest_of(digest), *mgf = digest_of(mask);
    uint8_t *to = arena_alloc(arena, SIGN_RSA_MAX_BYTES);
    size_t n = SIGN_RSA_MAX_BYTES;
    EVP_PKEY *own;
    EVP_PKEY_CTX *ctx;
    bool ok;

    if (to == NULL || !is_rsa || !key->has_private || md == NULL || mgf == NULL) {
        return false;
    }
    /* A copy: what OpenSSL keeps with a key to blind it is wrong for a while after an allocation failed in the middle,
     * and then nothing is opened by it any more. */
    own = EVP_PKEY_dup(key->pkey);
    ctx = own ? EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL) : NULL;
    ok = ctx != NULL && EVP_PKEY_decrypt_init(ctx) == 1
         && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1
         && EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md) == 1
         && EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, mgf) == 1
         && EVP_PKEY_decrypt(ctx, to, &n, sealed.p, sealed.n) == 1 && n <= ENVELOPE_MAX_KEY;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(own);
    ERR_clear_error();
    if (ok) {
        *ret = (bytes){to, n};
    }
    return ok;
}

static const char *
cipher_of(size_t key_bytes, bool is_gcm)
{
    static const struct {
        size_t bytes;
        const char *gcm, *cbc;
    } all[] = {{16, "AES-128-GCM", "AES-128-CBC"}, {24, "AES-192-GCM", "AES-192-CBC"},
        {32, "AES-256-GCM", "AES-256-CBC"}};

    for (size_t i = 0; i < COUNT(all); i++) {
        if (all[i].bytes == key_bytes) {
            return is_gcm ? all[i].gcm : all[i].cbc;
        }
    }
    return NULL;
}

/* Deciphers body after its nonce into to, which is as long; tag NULL: there is none. */
static bool
decipher(
    const char *name, bytes key, const uint8_t *nonce, bytes body, const uint8_t *tag, uint8_t *to)
{
    EVP_CIPHER *cipher = name ? EVP_CIPHER_fetch(NULL, name, NULL) : NULL;
    EVP_CIPHER_CTX *ctx = cipher ? EVP_CIPHER_CTX_new() : NULL;
    uint8_t kept[GCM_TAG] = {0};
    int n = 0, rest = 0;
    bool ok;

    if (tag != NULL) {
        memcpy(kept, tag, sizeof kept);
    }
    ok = ctx != NULL && EVP_DecryptInit_ex2(ctx, cipher, key.p, nonce, NULL) == 1
         && EVP_CIPHER_CTX_set_padding(ctx, 0) == 1
         && EVP_DecryptUpdate(ctx, to, &n, body.p, (int)body.n) == 1
         && (tag == NULL || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, sizeof kept, kept) == 1)
         && EVP_DecryptFinal_ex(ctx, to + n, &rest) == 1 && (size_t)n + (size_t)rest == body.n;
    EVP_CIPHER_CTX_free(ctx);
    EVP_CIPHER_free(cipher);
    ERR_clear_error();
    return ok;
}

bool
envelope_open_gcm(struct arena *arena, bytes key, bytes sealed, bytes *ret)
{
    bytes body;
    uint8_t *to;

    if (sealed.n < GCM_NONCE + GCM_TAG || sealed.n > MAX_BYTES) {
        return false;
    }
    body = (bytes){sealed.p + GCM_NONCE, sealed.n - GCM_NONCE - GCM_TAG};
    to = arena_alloc(arena, MAX(body.n, (size_t)1));
    if (to == NULL
        || !decipher(
            cipher_of(key.n, true), key, sealed.p, body, sealed.p + sealed.n - GCM_TAG, to)) {
        return false;
    }
    *ret = (bytes){to, body.n};
    return true;
}

bool
envelope_open_cbc(struct arena *arena, bytes key, bytes sealed, bytes *ret)
{
    bytes body;
    uint8_t *to;

    if (sealed.n < 2 * BLOCK || sealed.n % BLOCK != 0 || sealed.n > MAX_BYTES) {
        return false;
    }
    body = (bytes){sealed.p + BLOCK, sealed.n - BLOCK};
    to = arena_alloc(arena, body.n);
    if (to == NULL || !decipher(cipher_of(key.n, false), key, sealed.p, body, NULL, to)
        || to[body.n - 1] == 0 || to[body.n - 1] > BLOCK) {
        return false;
    }
    *ret = (bytes){to, body.n - to[body.n - 1]}; /* s5.2.3: the last byte counts the padding */
    return true;
}
