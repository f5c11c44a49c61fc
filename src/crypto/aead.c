/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256-GCM (NIST SP 800-38D): version 1, nonce, ciphertext, tag. By libsodium where the processor has
 * instructions for AES, because what is sealed here is short and OpenSSL does three times the work before the
 * first byte (docs/decisions/0031); else by OpenSSL, on contexts kept per thread. Both make the same bytes.
 *
 * Nonces are random, so one key may seal 2^32 messages (SP 800-38D s8.3); keys here belong to
 * one tenant, person, day or page, far below that. */
#include "crypto/aead.h"

#include <limits.h>
#include <openssl/err.h>
#include <sodium.h>

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

/* One key's schedule, on the stack for one message. */
static void
schedule(crypto_aead_aes256gcm_state *state, const struct key32 *key)
{
    (void)crypto_aead_aes256gcm_beforenm(state, key->b); /* never fails */
}

static bool
seal_by_sodium(const struct key32 *key, bytes aad, bytes plain, uint8_t *to)
{
    crypto_aead_aes256gcm_state state;
    uint8_t *body = to + HEAD_BYTES;
    bool ok;

    schedule(&state, key);
    ok = crypto_aead_aes256gcm_encrypt_detached_afternm(
             body, body + plain.n, NULL, plain.p, plain.n, aad.p, aad.n, NULL, to + 1, &state)
         == 0;
    secret_wipe(&state, sizeof state);
    return ok;
}

static bool
seal_by_openssl(const struct key32 *key, bytes aad, bytes plain, uint8_t *to)
{
    EVP_CIPHER_CTX *ctx = context(&crypto_thread_here()->seal, true);
    uint8_t *body = to + HEAD_BYTES;
    int n;
    bool ok = ctx != NULL && EVP_EncryptInit_ex2(ctx, NULL, key->b, to + 1, NULL) == 1
              && (aad.n == 0 || EVP_EncryptUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1)
              && (plain.n == 0 || EVP_EncryptUpdate(ctx, body, &n, plain.p, (int)plain.n) == 1)
              && EVP_EncryptFinal_ex(ctx, body + plain.n, &n) == 1
              && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, body + plain.n) == 1;

    if (!ok) {
        ERR_clear_error();
    }
    return ok;
}

bool
crypto_aead_seal(const struct key32 *key, bytes aad, bytes plain, uint8_t *to)
{
    to[0] = VERSION;
    return crypto_algs.has_aes ? seal_by_sodium(key, aad, plain, to)
                               : seal_by_openssl(key, aad, plain, to);
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

static bool
open_by_sodium(const struct key32 *key, bytes aad, bytes sealed, uint8_t *to)
{
    crypto_aead_aes256gcm_state state;
    const uint8_t *body = sealed.p + HEAD_BYTES;
    size_t body_n = sealed.n - AEAD_OVERHEAD;
    bool ok;

    schedule(&state, key);
    ok = crypto_aead_aes256gcm_decrypt_detached_afternm(
             to, NULL, body, body_n, body + body_n, aad.p, aad.n, sealed.p + 1, &state)
         == 0;
    secret_wipe(&state, sizeof state);
    return ok;
}

static bool
open_by_openssl(const struct key32 *key, bytes aad, bytes sealed, uint8_t *to)
{
    EVP_CIPHER_CTX *ctx = context(&crypto_thread_here()->open, false);
    const uint8_t *body = sealed.p + HEAD_BYTES;
    size_t body_n = sealed.n - AEAD_OVERHEAD;
    uint8_t tag[TAG_BYTES];
    int n;
    bool ok;

    memcpy(tag, body + body_n, TAG_BYTES); /* the control takes a writable pointer */
    ok = ctx != NULL && EVP_DecryptInit_ex2(ctx, NULL, key->b, sealed.p + 1, NULL) == 1
         && (aad.n == 0 || EVP_DecryptUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1)
         && (body_n == 0 || EVP_DecryptUpdate(ctx, to, &n, body, (int)body_n) == 1)
         && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1
         && EVP_DecryptFinal_ex(ctx, to + body_n, &n) == 1;
    if (!ok) {
        ERR_clear_error();
    }
    return ok;
}

bool
crypto_aead_open(const struct key32 *key, bytes aad, bytes sealed, uint8_t *to)
{
    bool ok;

    if (!is_openable(aad, sealed)) {
        return false;
    }
    ok = crypto_algs.has_aes ? open_by_sodium(key, aad, sealed, to)
                             : open_by_openssl(key, aad, sealed, to);
    if (!ok) {
        secret_wipe(to, sealed.n - AEAD_OVERHEAD); /* unauthenticated plaintext leaves no trace */
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
