/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT crypto
#include "crypto_unit.h"

#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

#include "crypto/crypto_internal.h"

TestSuite(crypto, .init = crypto_unit_start);

TEST(a_second_start_finds_everything_done)
{
    struct crypto_algs before = crypto_algs;

    EXPECT(crypto_init());
    EXPECT(before.is_ready && before.aes_256_gcm == crypto_algs.aes_256_gcm);
    for (int i = 0; i < CRYPTO_MD_COUNT; i++) {
        EXPECT(before.md[i] != NULL && before.md[i] == crypto_algs.md[i]);
    }
}

TEST(a_fork_counts_in_the_child_only)
{
    unsigned before = crypto_fork_count();
    pid_t child = fork();
    int status;

    REQUIRE(child >= 0);
    if (child == 0) {
        _exit(crypto_fork_count() == before + 1 ? 0 : 1);
    }
    REQUIRE(waitpid(child, &status, 0) == child);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT(crypto_fork_count() == before);
}

enum { CROWD = CRYPTO_SLOTS + 8 };

struct crowd {
    atomic_int arrived;
    atomic_bool may_leave;
    atomic_int in_slot[CRYPTO_SLOTS], without;
};

static int
take_a_slot(void *p)
{
    struct crowd *crowd = p;
    int slot = crypto_thread_here()->slot;

    atomic_fetch_add(slot < 0 ? &crowd->without : &crowd->in_slot[slot], 1);
    atomic_fetch_add(&crowd->arrived, 1);
    while (!atomic_load(&crowd->may_leave)) {
        thrd_yield();
    }
    return 0;
}

TEST(live_threads_never_share_a_slot_and_give_it_back)
{
    thrd_t threads[CROWD];
    int own = crypto_thread_here()->slot;

    for (int round = 0; round < 3; round++) {
        struct crowd crowd = {0};
        for (int i = 0; i < CROWD; i++) {
            REQUIRE(thrd_create(&threads[i], take_a_slot, &crowd) == thrd_success);
        }
        while (atomic_load(&crowd.arrived) < CROWD) {
            thrd_yield();
        }
        for (int i = 0; i < CRYPTO_SLOTS; i++) {
            EXPECT(atomic_load(&crowd.in_slot[i]) == (i == own ? 0 : 1));
        }
        EXPECT(atomic_load(&crowd.without) == CROWD - (CRYPTO_SLOTS - 1));
        atomic_store(&crowd.may_leave, true);
        for (int i = 0; i < CROWD; i++) {
            REQUIRE(thrd_join(threads[i], NULL) == thrd_success);
        }
    }
}

static int
hash_in_thread(void *p)
{
    struct digest *d = p;

    for (int i = 0; i < 100; i++) {
        *d = sha256(hex("616263"));
    }
    return 0;
}

TEST(threads_come_and_go_without_sharing_contexts)
{
    enum { THREADS = CRYPTO_SLOTS + 8 }; /* more than there are slots, which are given back */
    struct digest want = sha256(str_bytes(S("abc"))), got[THREADS];
    thrd_t threads[THREADS];

    (void)hex("00"); /* the helper's arena exists before threads use it */
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < THREADS; i++) {
            REQUIRE(thrd_create(&threads[i], hash_in_thread, &got[i]) == thrd_success);
            REQUIRE(thrd_join(threads[i], NULL) == thrd_success);
        }
        for (int i = 0; i < THREADS; i++) {
            EXPECT(ct_eq(digest_bytes(&got[i]), digest_bytes(&want)));
        }
    }
}
