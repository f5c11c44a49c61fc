/* SPDX-License-Identifier: Apache-2.0 */
/* Leased rows: one holder, taken over when it stands still, one end a due instant. */
#define UNIT job
#include "../fixture.h"

#include <pthread.h>

#include "model/job/job.h"
#include "model/statements.h"

enum { NODES = 8, PERIOD_MS = HOUR_MS };
enum { LOOK_MS = 10 * MINUTE_MS, LOOKS = 4 * 24 * 6, MAX_RUNS = 200 };

static struct uuid
node(int n)
{
    return (struct uuid){{(uint8_t)(n + 1)}};
}

static struct job
now_stored(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);
    struct job job;

    REQUIRE(job_load(rq, "work", &job) == ERR_OK);
    fixture_done(rq);
    return job;
}

static enum err
take(struct fixture *fx, struct job *job, struct uuid me)
{
    struct rq *rq = fixture_rq(fx);
    enum err e;

    job_take(rq, job, me);
    e = fixture_commit(rq);
    fixture_done(rq);
    return e;
}

static enum err
beat(struct fixture *fx, struct job *job)
{
    struct rq *rq = fixture_rq(fx);
    enum err e;

    job_beat(rq, job);
    e = fixture_commit(rq);
    fixture_done(rq);
    return e;
}

static enum err
end(struct fixture *fx, struct job *job)
{
    struct rq *rq = fixture_rq(fx);
    enum err e;

    job_end(rq, job, rq->now + PERIOD_MS);
    e = fixture_commit(rq);
    fixture_done(rq);
    return e;
}

TEST(a_job_is_taken_worked_on_and_handed_back_with_its_next_instant)
{
    struct fixture *fx = fixture_open();
    struct job job = now_stored(fx);

    EXPECT(job.beat == 0 && uuid_is_nil(job.holder) && job_is_due(&job, fx->now, PERIOD_MS));
    REQUIRE(take(fx, &job, node(1)) == ERR_OK);
    memcpy(job.place, "half", 4);
    job.place_bytes = 4;
    REQUIRE(beat(fx, &job) == ERR_OK);
    fixture_restart(fx);
    job = now_stored(fx);
    EXPECT(uuid_eq(job.holder, node(1)) && job.place_bytes == 4);
    EXPECT_STR(((str){(const char *)job.place, job.place_bytes}), S("half"));
    REQUIRE(end(fx, &job) == ERR_OK);
    job = now_stored(fx);
    EXPECT(uuid_is_nil(job.holder) && job.last_instant == fx->now);
    EXPECT(job.next_instant == fx->now + PERIOD_MS && !job_is_due(&job, fx->now, PERIOD_MS));
    fixture_close(fx);
}

struct racer {
    struct fixture *fx;
    struct job job;
    struct uuid me;
    pthread_t thread;
    enum err result;
};

static void *
race(void *ctx)
{
    struct racer *r = ctx;

    r->result = take(r->fx, &r->job, r->me);
    return NULL;
}

TEST(of_nodes_that_race_for_a_job_one_has_it)
{
    struct fixture *fx = fixture_open();

    for (int round = 0; round < 20; round++) {
        struct racer racers[NODES];
        struct job before = now_stored(fx);
        int won = 0;

        for (int i = 0; i < NODES; i++) {
            racers[i] = (struct racer){.fx = fx, .job = before, .me = node(i)};
            REQUIRE(pthread_create(&racers[i].thread, NULL, race, &racers[i]) == 0);
        }
        for (int i = 0; i < NODES; i++) {
            pthread_join(racers[i].thread, NULL);
            EXPECT(racers[i].result == ERR_OK || racers[i].result == ERR_AGAIN);
            if (racers[i].result == ERR_OK) {
                won++;
                EXPECT(uuid_eq(now_stored(fx).holder, racers[i].me));
            }
        }
        EXPECT(won == 1);
    }
    fixture_close(fx);
}

TEST(who_was_taken_over_can_neither_beat_nor_end_nor_commit_work_with_a_beat)
{
    struct fixture *fx = fixture_open();
    struct job dead = now_stored(fx), alive;
    struct rq *rq;

    REQUIRE(take(fx, &dead, node(1)) == ERR_OK);
    alive = now_stored(fx);
    REQUIRE(take(fx, &alive, node(2)) == ERR_OK);
    rq = fixture_rq(fx);
    rq_write(rq, SETTING_PUT, DB_ANY, ERR_SERVER,
        DB_VALUES(DB_STR(S("work")), DB_BYTES(str_bytes(S("x")))));
    job_beat(rq, &dead);
    EXPECT(fixture_commit(rq) == ERR_AGAIN);
    fixture_done(rq);
    rq = fixture_rq(fx);
    struct db_row *row;
    REQUIRE(rq_read(rq, SETTING_GET, &row, DB_VALUES(DB_STR(S("work")))) == ERR_OK);
    EXPECT(row == NULL);
    fixture_done(rq);
    EXPECT(end(fx, &dead) == ERR_AGAIN);
    EXPECT(end(fx, &alive) == ERR_OK);
    fixture_close(fx);
}

TEST(a_lease_is_over_when_its_row_stood_still_whatever_the_clock_says)
{
    struct fixture *fx = fixture_open();
    struct job_watch watch = {.beat = 0};
    struct job job = now_stored(fx), seen;

    EXPECT(job_is_free(&watch, &job, 1000));
    REQUIRE(take(fx, &job, node(1)) == ERR_OK);
    seen = now_stored(fx);
    EXPECT(!job_is_free(&watch, &seen, 2000));
    fx->now += 100 * DAY_MS;
    EXPECT(!job_is_free(&watch, &seen, 2000 + JOB_LEASE_MS - 1));
    REQUIRE(beat(fx, &job) == ERR_OK);
    seen = now_stored(fx);
    EXPECT(!job_is_free(&watch, &seen, 2000 + JOB_LEASE_MS)); /* it lives: seen anew */
    EXPECT(!job_is_free(&watch, &seen, 2000 + 2 * JOB_LEASE_MS - 1));
    EXPECT(job_is_free(&watch, &seen, 2000 + 2 * JOB_LEASE_MS));
    REQUIRE(take(fx, &seen, node(2)) == ERR_OK);
    seen = now_stored(fx);
    EXPECT(!job_is_free(&watch, &seen, 2001 + 2 * JOB_LEASE_MS));
    fixture_close(fx);
}

/* A node that looks every ten minutes for four days while its clock is moved after two: how often the
 * job ran, which never was twice for one due instant. */
static int
runs_with_clock_moved(struct fixture *fx, int64_t by_ms)
{
    int64_t due[MAX_RUNS];
    int runs = 0;

    for (int look = 0; look < LOOKS; look++) {
        struct job job = now_stored(fx);
        fx->now += LOOK_MS + (look == LOOKS / 2 ? by_ms : 0);
        if (!job_is_due(&job, fx->now, PERIOD_MS)) {
            continue;
        }
        for (int i = 0; i < runs; i++) {
            EXPECT(due[i] != job.next_instant);
        }
        REQUIRE(runs < MAX_RUNS);
        due[runs++] = job.next_instant;
        REQUIRE(take(fx, &job, node(1)) == ERR_OK && end(fx, &job) == ERR_OK);
    }
    return runs;
}

TEST(no_due_instant_is_run_twice_wherever_the_clock_is_moved)
{
    static const struct {
        int line;
        int64_t by_ms;
        int less; /* runs that a clock put back lets out */
    } cases[] = {
        {__LINE__, 0, 0},
        {__LINE__, 5 * (int64_t)HOUR_MS, 0},
        {__LINE__, -5 * (int64_t)HOUR_MS, 5},
        {__LINE__, -20 * (int64_t)HOUR_MS - 7 * MINUTE_MS, 20},
        {__LINE__, 90 * DAY_MS, 0},
        {__LINE__, -90 * DAY_MS, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture *fx = fixture_open();
        int runs = runs_with_clock_moved(fx, cases[i].by_ms);
        int want = LOOKS * LOOK_MS / PERIOD_MS - cases[i].less;

        cr_expect(runs >= want - 1 && runs <= want + 1, "row of line %d: %d runs, %d wanted",
            cases[i].line, runs, want);
        fixture_close(fx);
    }
}
