/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeping in steps, and the pace that keeps a step short. */
#define UNIT job_sweep
#include "../fixture.h"

#include "model/code/code.h"
#include "model/job/job.h"
#include "model/statements.h"
#include "model/token/token.h"

enum { ROWS = 230 };

static void
add_tokens(struct fixture *fx, int count, int64_t expires_at)
{
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct rq *rq = fixture_rq(fx);

    for (int i = 0; i < count; i++) {
        struct token token = {.user_id = user_id, .expires_at = expires_at};
        REQUIRE(token_create(rq, fx->tenant, &token, false, NULL) == ERR_OK);
    }
    fixture_finish(rq);
}

TEST(steps_go_on_until_nothing_is_left_and_take_no_more_than_they_may)
{
    struct fixture *fx = fixture_open();
    int64_t left = ROWS;
    size_t count;

    add_tokens(fx, ROWS, fx->now + SECOND_MS);
    fx->now += SECOND_MS + 1;
    do {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(token_sweep(rq, 50, &count) == ERR_OK && rq->writes.count == count);
        fixture_finish(rq);
        left -= (int64_t)count;
        EXPECT(count <= 50 && fixture_count(fx, "token") == left);
    } while (count == 50);
    EXPECT(left == 0 && count == ROWS % 50);
    fixture_close(fx);
}

TEST(a_row_prolonged_after_it_was_found_stays)
{
    struct fixture *fx = fixture_open();
    struct rq *rq, *other;
    struct db_row *row;
    size_t count;

    add_tokens(fx, 1, fx->now + SECOND_MS);
    fx->now += SECOND_MS + 1;
    rq = fixture_rq(fx);
    REQUIRE(token_sweep(rq, 50, &count) == ERR_OK && count == 1);
    other = fixture_rq(fx);
    struct db_value bound[] = {DB_I64(fx->now), DB_I64(1)};
    REQUIRE(rq_read(other, TOKEN_OVERDUE, &row, bound, 2) == ERR_OK && row != NULL);
    struct db_value slide[] = {row->col[0], row->col[1], DB_I64(0), DB_BYTES(((bytes){NULL, 0})),
        DB_I64(fx->now), DB_I64(fx->now + HOUR_MS)};
    rq_write(other, TOKEN_SLIDE, DB_ONE, ERR_SERVER, slide, COUNT(slide));
    fixture_finish(other);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "token") == 1);
    fixture_close(fx);
}

static bool
is_before(struct uuid a, struct uuid b)
{
    size_t i = 0;

    while (i < 15 && a.b[i] == b.b[i]) {
        i++;
    }
    return a.b[i] < b.b[i];
}

TEST(rfc9562_5_7_an_instants_first_id_stands_before_all_that_were_made_since)
{
    struct unit_rng rng = unit_rng_new(7);

    for (int i = 0; i < 1000; i++) {
        int64_t now = 1800000000000 + i * 977;
        struct uuid made = uuid_make(now, &rng.rng), first = job_first_id(now);
        struct uuid next = job_first_id(now + 1);

        EXPECT(is_before(first, made) && is_before(made, next));
    }
    EXPECT(uuid_is_nil(job_first_id(-5)) && uuid_is_nil(job_first_id(0)));
}

TEST(the_pace_shrinks_when_a_step_is_long_and_grows_when_it_is_short)
{
    struct job_pace pace = job_pace_new(200);
    size_t first = pace.rows, most;

    job_pace_note(&pace, pace.rows, 10000);
    EXPECT(pace.rows == first / 2);
    for (int i = 0; i < 20; i++) {
        job_pace_note(&pace, pace.rows, 10000);
    }
    EXPECT(pace.rows > 0 && pace.rows < first / 2); /* never to a standstill */
    job_pace_note(&pace, pace.rows / 2, 250);
    most = pace.rows; /* a step that found less tells nothing */
    job_pace_note(&pace, pace.rows, 250);
    EXPECT(pace.rows == 2 * most);
    for (int i = 0; i < 20; i++) {
        job_pace_note(&pace, pace.rows, 250);
    }
    most = pace.rows;
    job_pace_note(&pace, pace.rows, 250);
    EXPECT(pace.rows == most && most <= 1000);
    job_pace_note(&pace, pace.rows, 2200);
    EXPECT(pace.rows == most); /* between: left as it is */
}

/* The first set may have waited for others: a later one that took less shows it. */
TEST(the_pace_learns_what_a_set_costs_that_does_nothing)
{
    struct job_pace pace = job_pace_new(50000);

    job_pace_note(&pace, pace.rows, 1000);
    EXPECT(pace.idle_us <= 1100);
    job_pace_note(&pace, pace.rows, 9000);
    EXPECT(pace.rows < 200);
}

TEST(a_rest_is_as_long_as_the_step_was_within_bounds)
{
    EXPECT(job_pace_rest_us(0) == 2000 && job_pace_rest_us(7000) == 7000);
    EXPECT(job_pace_rest_us(5000000) == 100000);
}
