/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness out of RAND_bytes in pools of 4 KiB, one a thread.
 *
 * Invariant: 1 a byte is handed out once and wiped from the pool at that moment  2 a pool filled
 * before a fork is not used after it. Where OpenSSL's generator has no memory for a new thread, the
 * kernel's is asked (libsodium), which ends the process when it has none to give. */
#include "crypto/random.h"

#include <openssl/rand.h>
#include <sodium.h>

#include "crypto/crypto_internal.h"

static void
refill(struct crypto_thread *t)
{
    if (RAND_bytes(t->pool, sizeof t->pool) != 1) {
        randombytes_buf(t->pool, sizeof t->pool);
    }
    t->pool_left = sizeof t->pool;
    t->fork_count = crypto_fork_count();
}

static void
fill(struct rng *rng, uint8_t *to, size_t n)
{
    struct crypto_thread *t = crypto_thread_here();

    (void)rng;
    if (t->fork_count != crypto_fork_count()) {
        t->pool_left = 0; /* parent and child must not hand out the same bytes */
    }
    while (n > 0) {
        uint8_t *from;
        size_t take;

        if (t->pool_left == 0) {
            refill(t);
        }
        take = MIN(n, t->pool_left);
        from = t->pool + sizeof t->pool - t->pool_left;
        memcpy(to, from, take);
        secret_wipe(from, take);
        t->pool_left -= take;
        to += take;
        n -= take;
    }
}

struct rng *
random_system(void)
{
    static struct rng system = {fill};

    return &system;
}
