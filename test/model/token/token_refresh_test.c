/* SPDX-License-Identifier: Apache-2.0 */
/* Refresh tokens: verdicts, rotation, races, expiry. */
#define UNIT token_refresh
#include "token_unit.h"

#include <pthread.h>

#include "codec/base64.h"
#include "model/statements.h"

enum { THREADS = 64, ROUNDS = 12 };

/* RFC 9700 s4.14.2: which texts of a family are good, when. */
TEST(rfc9700_4_14_2_verdicts_by_age_and_place_in_the_family)
{
    /* clang-format off */
    static const struct { int line; int64_t grace_s; int behind; int64_t age_ms; enum token_verdict want; } cases[] = {
        {__LINE__, 10, 0, 0, TOKEN_GOOD},
        {__LINE__, 10, 0, 1000000, TOKEN_GOOD},
        {__LINE__, 10, 1, 0, TOKEN_GRACE},
        {__LINE__, 10, 1, 9999, TOKEN_GRACE},
        {__LINE__, 10, 1, 10000, TOKEN_REUSED},
        {__LINE__, 10, 1, -9999, TOKEN_GRACE}, /* another node's clock */
        {__LINE__, 10, 1, -10000, TOKEN_REUSED}, /* a clock that was set back */
        {__LINE__, 10, 2, 0, TOKEN_REUSED},
        {__LINE__, 10, 3, 0, TOKEN_REUSED},
        {__LINE__, 0, 1, 0, TOKEN_REUSED},
    };
    /* clang-format on */
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct jwt_config config = unit_config(cases[i].grace_s);
        str family[4];
        unit_grant(fx, user_id, &family[0]);
        for (int step = 1; step < 4; step++) {
            family[step] = unit_refresh(fx, &config, family[step - 1]);
        }
        fx->now += cases[i].age_ms;
        CHECK_AT(
            cases[i].line, unit_judge(fx, &config, family[3 - cases[i].behind]) == cases[i].want);
    }
    fixture_close(fx);
}

TEST(du_07_a_token_of_a_clock_that_was_set_back_is_unknown_until_its_time_comes)
{
    struct fixture *fx = fixture_open();
    struct jwt_config config = unit_config(10);
    str text;

    unit_grant(fx, fixture_user(fx, S("ann@x.test"), NO_STR), &text);
    fx->now -= CLOCK_SKEW_MS;
    EXPECT(unit_judge(fx, &config, text) == TOKEN_GOOD);
    fx->now -= 1;
    EXPECT(unit_judge(fx, &config, text) == TOKEN_UNKNOWN);
    fx->now += 1;
    EXPECT(unit_judge(fx, &config, text) == TOKEN_GOOD);
    fixture_close(fx);
}

TEST(a_retry_within_the_grace_time_gets_the_same_successor)
{
    struct fixture *fx = fixture_open();
    struct jwt_config config = unit_config(10);
    str first, second;

    unit_grant(fx, fixture_user(fx, S("ann@x.test"), NO_STR), &first);
    second = unit_refresh(fx, &config, first);
    EXPECT(!str_eq(first, second));
    for (int i = 0; i < 5; i++) {
        EXPECT_STR(unit_refresh(fx, &config, first), second);
    }
    EXPECT(unit_judge(fx, &config, second) == TOKEN_GOOD);
    fixture_restart(fx); /* also after a restart: CV-32 */
    EXPECT_STR(unit_refresh(fx, &config, first), second);
    fixture_close(fx);
}

TEST(guesses_are_unknown)
{
    struct fixture *fx = fixture_open();
    struct jwt_config config = unit_config(10);
    str texts[3];

    unit_grant(fx, fixture_user(fx, S("ann@x.test"), NO_STR), &texts[0]);
    texts[1] = unit_refresh(fx, &config, texts[0]);
    texts[2] = unit_refresh(fx, &config, texts[1]);
    for (size_t t = 0; t < COUNT(texts); t++) {
        for (size_t i = 0; i < texts[t].n; i++) {
            char changed[70];
            memcpy(changed, texts[t].p, sizeof changed);
            changed[i] = changed[i] == 'A' ? 'B' : 'A'; /* of id, step or secret */
            cr_expect(unit_judge(fx, &config, (str){changed, sizeof changed}) == TOKEN_UNKNOWN,
                "character %zu of %zu", i, t);
            EXPECT(unit_judge(fx, &config, str_head(texts[t], i)) == TOKEN_UNKNOWN);
        }
    }
    EXPECT(unit_judge(fx, &config, texts[2]) == TOKEN_GOOD); /* and harm nobody */
    fixture_close(fx);
}

TEST(a_token_of_another_tenant_is_unknown)
{
    struct fixture *fx = fixture_open();
    struct jwt_config config = unit_config(10);
    struct rq *rq = fixture_rq(fx);
    enum token_verdict verdict;
    struct token *token;
    str text;

    unit_grant(fx, fixture_user(fx, S("ann@x.test"), NO_STR), &text);
    REQUIRE(token_find_refresh(rq, fx->other, &config, text, &verdict, &token) == ERR_OK);
    EXPECT(verdict == TOKEN_UNKNOWN && token == NULL);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(an_ended_grant_has_no_tokens)
{
    struct fixture *fx = fixture_open();
    struct jwt_config config = unit_config(10);
    struct token grant;
    struct rq *rq;
    str first, second;

    grant = unit_grant(fx, fixture_user(fx, S("ann@x.test"), NO_STR), &first);
    second = unit_refresh(fx, &config, first);
    rq = fixture_rq(fx);
    token_revoke(rq, fx->tenant, grant.id);
    fixture_finish(rq);
    EXPECT(unit_judge(fx, &config, first) == TOKEN_UNKNOWN);
    EXPECT(unit_judge(fx, &config, second) == TOKEN_UNKNOWN);
    fixture_close(fx);
}

/* The revocation of a grant whose token is being rotated wins (CV-32: refresh against revoke). */
TEST(a_rotation_prepared_before_a_revocation_is_lost)
{
    struct fixture *fx = fixture_open();
    struct jwt_config config = unit_config(10);
    struct token grant, *token;
    enum token_verdict verdict;
    struct rq *late = fixture_rq(fx), *rq = fixture_rq(fx);
    str text, next;

    grant = unit_grant(fx, fixture_user(fx, S("ann@x.test"), NO_STR), &text);
    REQUIRE(token_find_refresh(late, fx->tenant, &config, text, &verdict, &token) == ERR_OK);
    REQUIRE(token_rotate(late, fx->tenant, &config, token, text, &next) == ERR_OK);
    token_revoke(rq, fx->tenant, grant.id);
    fixture_finish(rq);
    EXPECT(fixture_commit(late) == ERR_AGAIN);
    fixture_done(late);
    EXPECT(fixture_count(fx, "token") == 0);
    fixture_close(fx);
}

/* --- the chain, written a second time ------------------------------------------------------------ */

static void
next_secret(const struct tenant *tenant, bytes id, uint32_t step, uint8_t secret[32])
{
    uint8_t number[4] = {
        (uint8_t)(step >> 24), (uint8_t)(step >> 16), (uint8_t)(step >> 8), (uint8_t)step};
    struct digest d = hmac_sha256_parts(
        key32_bytes(&tenant->refresh_key), (const bytes[]){id, BYTES_OF(number), {secret, 32}}, 3);

    memcpy(secret, d.b, 32);
}

/* Puts the grant so many steps further, as that many refreshes would. */
static void
skip_ahead(struct fixture *fx, str text, uint32_t steps)
{
    struct rq *rq = fixture_rq(fx);
    struct digest before, after;
    uint8_t secret[32];
    bytes raw;

    REQUIRE(base64url_decode(rq->arena, text, &raw) && raw.n == 52);
    memcpy(secret, raw.p + 20, 32);
    before = sha256(BYTES_OF(secret));
    for (uint32_t step = 1; step <= steps; step++) {
        next_secret(fx->tenant, (bytes){raw.p, 16}, step, secret);
    }
    after = sha256(BYTES_OF(secret));
    rq_write(rq, TOKEN_ROTATE, DB_ONE, ERR_SERVER,
        DB_VALUES(DB_ID(&fx->tenant->id), DB_BYTES(((bytes){raw.p, 16})), DB_I64(0),
            DB_BYTES(digest_bytes(&before)), DB_BYTES(digest_bytes(&after)), DB_I64(steps),
            DB_I64(rq->now), DB_I64(rq->now), DB_I64(rq->now + 1000)));
    fixture_finish(rq);
}

TEST(reuse_is_seen_up_to_ten_thousand_steps_back)
{
    static const struct {
        int line;
        uint32_t steps;
        enum token_verdict want;
    } cases[] = {
        {__LINE__, 1, TOKEN_GRACE},
        {__LINE__, 2, TOKEN_REUSED},
        {__LINE__, 10000, TOKEN_REUSED},
        {__LINE__, 10001, TOKEN_UNKNOWN},
    };
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct jwt_config config = unit_config(10);

    for (size_t i = 0; i < COUNT(cases); i++) {
        str text;
        unit_grant(fx, user_id, &text);
        skip_ahead(fx, text, cases[i].steps);
        CHECK_AT(cases[i].line, unit_judge(fx, &config, text) == cases[i].want);
    }
    fixture_close(fx);
}

/* --- races ---------------------------------------------------------------------------------------- */

struct racer {
    pthread_t thread;
    struct fixture *fx;
    const struct jwt_config *config;
    struct arena *arena;
    pthread_barrier_t *start;
    str presented, got;
    enum err result;
};

/* As app/ does: a lost race runs the handler again. */
static void *
race(void *arg)
{
    struct racer *r = arg;

    pthread_barrier_wait(r->start);
    do {
        r->result = unit_refresh_once(r->fx, r->config, r->presented, r->arena, &r->got);
    } while (r->result == ERR_AGAIN);
    return NULL;
}

static void
run_race(struct fixture *fx, const struct jwt_config *config, str presented,
    struct racer racers[THREADS])
{
    pthread_barrier_t start;

    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        racers[i] = (struct racer){.fx = fx,
            .config = config,
            .arena = arena_new(KB(64)),
            .start = &start,
            .presented = presented};
        REQUIRE(pthread_create(&racers[i].thread, NULL, race, &racers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(racers[i].thread, NULL);
    }
    pthread_barrier_destroy(&start);
}

/* OA-34: all get one successor, again and again; an older token is reuse. */
TEST(parallel_refreshes_never_give_two_live_leaves)
{
    struct fixture *fx = fixture_open();
    struct jwt_config config = unit_config(10);
    str text, first;

    unit_grant(fx, fixture_user(fx, S("ann@x.test"), NO_STR), &text);
    first = text;
    for (int round = 0; round < ROUNDS; round++) {
        struct racer racers[THREADS];
        str leaf;
        run_race(fx, &config, text, racers);
        leaf = str_dup(fx->arena, racers[0].got);
        for (int i = 0; i < THREADS; i++) {
            EXPECT(racers[i].result == ERR_OK && str_eq(racers[i].got, leaf));
            arena_free(racers[i].arena);
        }
        EXPECT(unit_judge(fx, &config, leaf) == TOKEN_GOOD);
        EXPECT(unit_judge(fx, &config, text) == TOKEN_GRACE);
        EXPECT(round == 0 || unit_judge(fx, &config, first) == TOKEN_REUSED);
        text = leaf;
    }
    fixture_close(fx);
}

TEST(without_a_grace_time_one_of_the_parallel_refreshes_wins)
{
    struct fixture *fx = fixture_open();
    struct jwt_config config = unit_config(0);
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);

    for (int round = 0; round < ROUNDS / 4; round++) {
        struct racer racers[THREADS];
        int won = 0;
        str text;
        unit_grant(fx, user_id, &text);
        run_race(fx, &config, text, racers);
        for (int i = 0; i < THREADS; i++) {
            won += racers[i].result == ERR_OK;
            EXPECT(racers[i].result == ERR_OK || racers[i].result == ERR_INVALID_GRANT);
            arena_free(racers[i].arena);
        }
        EXPECT(won == 1);
    }
    fixture_close(fx);
}

/* --- expiry ---------------------------------------------------------------------------------------- */

TEST(use_moves_the_expiry_as_the_policy_says)
{
    /* clang-format off */
    static const struct { int line; int expiration; int64_t used_min, want_min; } cases[] = {
        {__LINE__, REFRESH_FIXED,       500, 1000},
        {__LINE__, REFRESH_SLIDING,     500, 1500},
        {__LINE__, REFRESH_SLIDING,     999, 1999},
        {__LINE__, REFRESH_SLIDING_MAX, 500, 1200},     /* the longest life is 1200 */
        {__LINE__, REFRESH_SLIDING_MAX, 100, 1100},
    };
    /* clang-format on */
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);

    fx->tenant->jwt.refresh_ttl_min = 1000;
    for (int usage = REFRESH_REUSABLE; usage <= REFRESH_ONE_TIME; usage++) {
        for (size_t i = 0; i < COUNT(cases); i++) {
            struct jwt_config config = unit_config(10);
            int64_t start = fx->now;
            str text;
            config.refresh_usage = usage;
            config.refresh_expiration = cases[i].expiration;
            config.sliding.max_min = 1200;
            unit_grant(fx, user_id, &text);
            fx->now = start + cases[i].used_min * MINUTE_MS;
            text = unit_refresh(fx, &config, text);
            fx->now = start + cases[i].want_min * MINUTE_MS - 1;
            CHECK_AT(cases[i].line, unit_judge(fx, &config, text) == TOKEN_GOOD);
            fx->now += 1;
            CHECK_AT(cases[i].line, unit_judge(fx, &config, text) == TOKEN_UNKNOWN);
        }
    }
    fixture_close(fx);
}

TEST(a_reusable_token_stays_and_is_written_at_most_once_a_minute)
{
    struct fixture *fx = fixture_open();
    struct jwt_config config = unit_config(10);
    struct db_counts before, after;
    str text;

    config.refresh_usage = REFRESH_REUSABLE;
    config.refresh_expiration = REFRESH_SLIDING;
    config.refresh_ttl_min = fx->tenant->jwt.refresh_ttl_min;
    unit_grant(fx, fixture_user(fx, S("ann@x.test"), NO_STR), &text);
    before = db_count(fx->house.db);
    fx->now += MINUTE_MS - 1;
    EXPECT_STR(unit_refresh(fx, &config, text), text);
    after = db_count(fx->house.db);
    EXPECT(after.writes == before.writes);
    fx->now += 1;
    EXPECT_STR(unit_refresh(fx, &config, text), text);
    after = db_count(fx->house.db);
    EXPECT(after.writes == before.writes + 1);
    fixture_close(fx);
}

TEST(a_failing_database_or_memory_leaves_one_good_token)
{
    struct fixture *fx = fixture_open();
    struct jwt_config config = unit_config(0);
    int rotated = 0;
    str text;

    unit_grant(fx, fixture_user(fx, S("ann@x.test"), NO_STR), &text);
    for (long n = 0; n < 60; n++) {
        str next = NO_STR;
        enum err e;
        struct rq *rq = fixture_rq(fx);
        enum token_verdict verdict;
        struct token *token;
        (n % 2 ? db_fail_after : arena_fail_after)(n / 2);
        e = token_find_refresh(rq, fx->tenant, &config, text, &verdict, &token);
        if (e == ERR_OK && verdict == TOKEN_GOOD) {
            e = token_rotate(rq, fx->tenant, &config, token, text, &next);
        }
        e = e != ERR_OK ? e : fixture_commit(rq);
        db_fail_after(-1);
        arena_fail_after(-1);
        EXPECT(e == ERR_OK || e == ERR_SERVER || e == ERR_BUSY);
        if (e == ERR_OK) {
            text = str_dup(fx->arena, next);
            rotated++;
        }
        fixture_done(rq);
        cr_expect(unit_judge(fx, &config, text) == TOKEN_GOOD, "after %ld calls", n);
    }
    EXPECT(rotated > 0 && rotated < 60);
    fixture_close(fx);
}
