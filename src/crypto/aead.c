/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256-GCM (NIST SP 800-38D) on contexts kept per thread: version 1, nonce, ciphertext, tag.
 *
 * Nonces are random, so one key may seal 2^32 messages (SP 800-38D s8.3); keys here belong to
 * one tenant, person, day or page, far below that. */
#include "crypto/aead.h"

#include <limits.h>
#include <openssl/err.h>

#include "base/arena.h"
#include "base/rng.h"
#include "crypto/crypto_internal.h"

enum { VERSION = 1, TAG_BYTES = 16, HEAD_BYTES = 1 + AEAD_NONCE_BYTES };

/* EVP counts in int; nothing we seal comes near. */
static const size_t MAX_BYTES = INT_MAX / 2;

static EVP_CIPHER_CTX *
context(EVP_CIPHER_CTX **kept, bool is_seal)
{
    EVP_CIPHER_CTX *ctx = *kept;

    if (ctx != NULL) {
        return ctx;
    }
    ctx = EVP_CIPHER_CTX_new();
    if (ctx == NULL
        || EVP_CipherInit_ex2(ctx, crypto_algs.aes_256_gcm, NULL, NULL, is_seal, NULL) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        return NULL;
    }
    *kept = ctx;
    return ctx;
}

bool
crypto_aead_seal(const struct key32 *key, bytes aad, bytes plain, uint8_t *to)
{
    EVP_CIPHER_CTX *ctx = context(&crypto_thread_here()->seal, true);
    uint8_t *body = to + HEAD_BYTES;
    int n;
    bool ok;

    to[0] = VERSION;
    ok = ctx != NULL && EVP_EncryptInit_ex2(ctx, NULL, key->b, to + 1, NULL) == 1
         && (aad.n == 0 || EVP_EncryptUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1)
         && (plain.n == 0 || EVP_EncryptUpdate(ctx, body, &n, plain.p, (int)plain.n) == 1)
         && EVP_EncryptFinal_ex(ctx, body + plain.n, &n) == 1
         && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, body + plain.n) == 1;
    if (!ok) {
        ERR_clear_error();
    }
    return ok;
}

bytes
aead_seal(struct arena *arena, struct rng *rng, const struct key32 *key, bytes aad, bytes plain)
{
    uint8_t *to;

    if (plain.n > MAX_BYTES || aad.n > MAX_BYTES) {
        return (bytes){NULL, 0};
    }
    to = arena_alloc(arena, plain.n + AEAD_OVERHEAD);
    if (to == NULL) {
        return (bytes){NULL, 0};
    }
    rng_fill(rng, to + 1, AEAD_NONCE_BYTES);
    if (!crypto_aead_seal(key, aad, plain, to)) {
        return (bytes){NULL, 0};
    }
    return (bytes){to, plain.n + AEAD_OVERHEAD};
}

static bool
is_openable(bytes aad, bytes sealed)
{
    return sealed.n >= AEAD_OVERHEAD && sealed.n <= MAX_BYTES && aad.n <= MAX_BYTES
           && sealed.p[0] == VERSION;
}

bool
crypto_aead_open(const struct key32 *key, bytes aad, bytes sealed, uint8_t *to)
{
    EVP_CIPHER_CTX *ctx = context(&crypto_thread_here()->open, false);
    const uint8_t *body;
    uint8_t tag[TAG_BYTES];
    size_t body_n;
    int n;
    bool ok;

    if (!is_openable(aad, sealed)) {
        return false;
    }
    body = sealed.p + HEAD_BYTES;
    body_n = sealed.n - AEAD_OVERHEAD;
    memcpy(tag, body + body_n, TAG_BYTES); /* the control takes a writable pointer */
    ok = ctx != NULL && EVP_DecryptInit_ex2(ctx, NULL, key->b, sealed.p + 1, NULL) == 1
         && (aad.n == 0 || EVP_DecryptUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1)
         && (body_n == 0 || EVP_DecryptUpdate(ctx, to, &n, body, (int)body_n) == 1)
         && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1
         && EVP_DecryptFinal_ex(ctx, to + body_n, &n) == 1;
    if (!ok) {
        secret_wipe(to, body_n); /* unauthenticated plaintext leaves no trace */
        ERR_clear_error();
    }
    return ok;
}

bool
aead_open(struct arena *arena, const struct key32 *key, bytes aad, bytes sealed, bytes *ret)
{
    size_t body_n = sealed.n - AEAD_OVERHEAD;
    uint8_t *to;

    if (!is_openable(aad, sealed)) {
        return false;
    }
    to = arena_alloc(arena, body_n + 1);
    if (to == NULL || !crypto_aead_open(key, aad, sealed, to)) {
        return false;
    }
    *ret = (bytes){to, body_n};
    return true;
}
