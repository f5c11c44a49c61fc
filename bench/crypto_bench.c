/* SPDX-License-Identifier: Apache-2.0 */
/* Microseconds of processor time an operation of crypto/ takes on one thread, with what the rest of the machine does
 * to caches and memory. Usage: crypto_bench [WORD], WORD picking the rows whose name holds it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "codec/jwt.h"
#include "crypto/aead.h"
#include "crypto/keyring.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/sign.h"

static struct arena *arena;
static struct key32 key = {{1, 2, 3}}, made;
enum { ROUNDS = 101 };

static uint8_t block[1024];
static struct sign_key *keys[SIGN_ALG_COUNT];
static struct jwt tokens[SIGN_ALG_COUNT];
static struct password_hash argon2id, bcrypt, pbkdf2;
static bytes sealed;

static str
claims(void)
{
    return S(
        "{\"iss\":\"https://auth.example.com\",\"sub\":\"00000000-0000-7000-8000-000000000001\","
        "\"aud\":\"10000000-0000-7000-8000-000000000002\",\"exp\":1790000000,\"iat\":1789996400,"
        "\"jti\":\"20000000-0000-7000-8000-000000000003\",\"authenticationType\":\"PASSWORD\","
        "\"applicationId\":\"10000000-0000-7000-8000-000000000002\",\"roles\":[\"user\",\"editor\"]"
        ","
        "\"scope\":\"openid profile email offline_access\",\"auth_time\":1789996400}");
}

static bool
run_sha256(int unused)
{
    (void)unused;
    block[0] = sha256((bytes){block, 32}).b[0];
    return true;
}

static bool
run_hmac(int unused)
{
    (void)unused;
    block[0] = hmac_sha256(key32_bytes(&key), (bytes){block, 32}).b[0];
    return true;
}

static bool
run_derive(int unused)
{
    (void)unused;
    made = key_derive(&key, S("label"), (bytes){block, 16});
    return true;
}

static bool
run_random(int unused)
{
    (void)unused;
    rng_fill(random_system(), block, 32);
    return true;
}

static bool
run_seal(int n)
{
    bytes aad = {block, 40};

    return aead_seal(arena, random_system(), &key, aad, (bytes){block, (size_t)n}).n != 0;
}

static bool
run_open(int unused)
{
    bytes plain;

    (void)unused;
    return aead_open(arena, &key, BYTES_OF(key.b), sealed, &plain);
}

static bool
run_token(int alg)
{
    return sign_jwt(arena, keys[alg], S("at+jwt"), S("kid-1"), claims()).n != 0;
}

static bool
run_check(int alg)
{
    return sign_check_jwt(keys[alg], &tokens[alg]);
}

static bool
run_parse_and_check(int alg)
{
    struct jwt jwt;
    const struct jwt *t = &tokens[alg];
    str token = {t->signing_input.p, t->signing_input.n + 1 + (t->signature.n * 4 + 2) / 3};

    return jwt_parse(arena, token, &jwt) && sign_check_jwt(keys[alg], &jwt);
}

static bool
run_argon2id(int unused)
{
    (void)unused;
    return password_check(&argon2id, S("password"));
}

static bool
run_bcrypt(int unused)
{
    (void)unused;
    return password_check(&bcrypt, S("password"));
}

static bool
run_pbkdf2(int unused)
{
    (void)unused;
    return password_check(&pbkdf2, S("password"));
}

/* clang-format off */
static const struct row {
    const char *name;
    bool (*run)(int what);
    int what, times;
} rows[] = {
    { "sha256, 32 bytes",               run_sha256,          0,          2000   },
    { "hmac-sha256, 32 bytes",          run_hmac,            0,          1000   },
    { "key_derive",                     run_derive,          0,          500    },
    { "32 random bytes",                run_random,          0,          2000   },
    { "aead_seal, 128 bytes",           run_seal,            128,        500    },
    { "aead_seal, 1 KiB",               run_seal,            1024,       500    },
    { "aead_open, 128 bytes",           run_open,            0,          500    },
    { "ES256 token",                    run_token,           SIGN_ES256, 100    },
    { "ES256 check",                    run_check,           SIGN_ES256, 50     },
    { "ES256 parse and check",          run_parse_and_check, SIGN_ES256, 50     },
    { "EdDSA token",                    run_token,           SIGN_EdDSA, 100    },
    { "EdDSA check",                    run_check,           SIGN_EdDSA, 50     },
    { "RS256 token",                    run_token,           SIGN_RS256, 10     },
    { "RS256 check",                    run_check,           SIGN_RS256, 50     },
    { "PS256 token",                    run_token,           SIGN_PS256, 10     },
    { "HS256 token",                    run_token,           SIGN_HS256, 500    },
    { "ES384 token",                    run_token,           SIGN_ES384, 5      },
    { "ES512 token",                    run_token,           SIGN_ES512, 5      },
    { "argon2id, 19 MiB",               run_argon2id,        0,          1      },
    { "bcrypt, cost 10",                run_bcrypt,          0,          1      },
    { "pbkdf2-hmac-sha256, 24000",      run_pbkdf2,          0,          1      },
};
/* clang-format on */

static bool
prepare(void)
{
    struct rng *rng = random_system();
    struct arena *kept = arena_new(MB(4));

    for (int i = SIGN_NONE + 1; i < SIGN_ALG_COUNT; i++) {
        keys[i] = sign_key_generate((enum sign_alg)i, 0, rng);
        if (keys[i] == NULL
            || !jwt_parse(
                kept, sign_jwt(kept, keys[i], S("at+jwt"), S("kid-1"), claims()), &tokens[i])) {
            return false;
        }
    }
    sealed = aead_seal(kept, rng, &key, BYTES_OF(key.b), (bytes){block, 128});
    return password_make(kept, rng, S("argon2id"), 19456, S("password"), &argon2id)
           && password_make(kept, rng, S("bcrypt"), 10, S("password"), &bcrypt)
           && password_make(
               kept, rng, S("salted-pbkdf2-hmac-sha256"), 24000, S("password"), &pbkdf2);
}

/* Nanoseconds of processor time: what others take of the core does not count, as in the server's figures. */
static int64_t
cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The median round: the best one has caches and memory to itself, which no server has. */
static bool
measure(const struct row *row)
{
    int64_t rounds[ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        int64_t from = cpu_ns();
        for (int i = 0; i < row->times; i++) {
            if (!row->run(row->what)) {
                return false;
            }
            arena_reset(arena);
        }
        rounds[round] = cpu_ns() - from;
    }
    qsort(rounds, ROUNDS, sizeof *rounds, by_size);
    printf("%-28s %10.2f us\n", row->name, (double)rounds[ROUNDS / 2] / row->times / 1000);
    return true;
}

int
main(int argc, char **argv)
{
    arena = arena_new(MB(1));
    if (arena == NULL || !crypto_init() || !prepare()) {
        fprintf(stderr, "crypto_bench: cannot prepare\n");
        return 1;
    }
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (argc > 1 && strstr(rows[i].name, argv[1]) == NULL) {
            continue;
        }
        if (!measure(&rows[i])) {
            fprintf(stderr, "crypto_bench: %s failed\n", rows[i].name);
            return 1;
        }
    }
    return 0;
}
