/* SPDX-License-Identifier: Apache-2.0 */
/* The start of crypto/: algorithms fetched once, and the contexts each thread keeps.
 *
 * Invariant: 1 crypto_algs does not change after crypto_init  2 two live threads never share a
 * slot. */
#include "crypto/crypto_internal.h"

#include <pthread.h>
#include <sodium.h>

#include <openssl/crypto.h>

#include "base/mem.h"
#include "crypto/hash.h"

struct crypto_algs crypto_algs;

static _Thread_local struct crypto_thread here;
static pthread_key_t at_thread_end;
static atomic_uint slots_taken; /* a bit per slot */
static atomic_uint fork_count;

_Static_assert(CRYPTO_SLOTS == 32, "slots_taken has a bit per slot");

static int
take_slot(void)
{
    unsigned taken = atomic_load(&slots_taken);

    while (taken != ~0u) {
        int slot = __builtin_ctz(~taken);
        if (atomic_compare_exchange_weak(&slots_taken, &taken, taken | 1u << slot)) {
            return slot;
        }
    }
    return -1;
}

static void
end_thread(void *p)
{
    struct crypto_thread *t = p;

    for (int i = 0; i < CRYPTO_MD_COUNT; i++) {
        EVP_MD_CTX_free(t->md[i]);
    }
    EVP_CIPHER_CTX_free(t->seal);
    EVP_CIPHER_CTX_free(t->open);
    if (t->slot >= 0) {
        atomic_fetch_and(&slots_taken, ~(1u << t->slot));
    }
    secret_wipe(t, sizeof *t);
}

struct crypto_thread *
crypto_thread_here(void)
{
    if (!here.is_known) {
        CHECK(crypto_algs.is_ready); /* crypto_init comes first */
        here.slot = take_slot();
        here.is_known = true;
        CHECK(pthread_setspecific(at_thread_end, &here) == 0);
    }
    return &here;
}

unsigned
crypto_fork_count(void)
{
    return atomic_load_explicit(&fork_count, memory_order_relaxed);
}

static void
count_fork(void)
{
    atomic_fetch_add(&fork_count, 1);
}

static bool
fetch_digests(void)
{
    static const char *const names[CRYPTO_MD_COUNT] = {
        [CRYPTO_SHA1] = "SHA1",
        [CRYPTO_SHA256] = "SHA256",
        [CRYPTO_SHA384] = "SHA384",
        [CRYPTO_SHA512] = "SHA512",
        [CRYPTO_MD5] = "MD5",
    };

    for (int i = 0; i < CRYPTO_MD_COUNT; i++) {
        crypto_algs.md[i] = EVP_MD_fetch(NULL, names[i], NULL);
        if (crypto_algs.md[i] == NULL) {
            return false;
        }
    }
    return true;
}

static void *
give(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return mem_watched_new(n);
}

static void *
resize(void *p, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return mem_watched_resize(p, n);
}

static void
take_back(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    mem_free(p);
}

void
crypto_watch_memory(void)
{
    (void)CRYPTO_set_mem_functions(give, resize, take_back);
}

bool
crypto_init(void)
{
    if (crypto_algs.is_ready) {
        return true; /* a second call finds everything done */
    }
    crypto_watch_memory();
    if (sodium_init() < 0 || !fetch_digests()) {
        return false;
    }
    crypto_algs.aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    if (crypto_algs.aes_256_gcm == NULL || pthread_key_create(&at_thread_end, end_thread) != 0
        || pthread_atfork(NULL, NULL, count_fork) != 0) {
        return false;
    }
    crypto_algs.has_aes = crypto_aead_aes256gcm_is_available();
    crypto_algs.is_ready = true;
    return true;
}
