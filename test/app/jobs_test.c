/* SPDX-License-Identifier: Apache-2.0 */
/* The threads that run jobs: everything that is over is swept while others write; two nodes share the work.
 * JOBS_TEST_ROWS=200000 makes it a measurement: it prints how long the others' sets took. */
#define UNIT jobs
#include "model/fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/jobs.h"
#include "model/action/action.h"
#include "model/job/job.h"
#include "model/lockout/lockout.h"
#include "model/statements.h"
#include "model/token/token.h"

enum { ROWS = 3000, AT_ONCE = 500, PATIENCE_MS = 120000, MAX_SETS = 1000000 };

static int
rows_wanted(void)
{
    const char *text = getenv("JOBS_TEST_ROWS");
    int64_t n;

    return text && str_i64(str_from(text), &n) && n > 0 ? (int)n : ROWS;
}

static void
add_expired(struct fixture *fx, int count)
{
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);

    for (int i = 0; i < count; i += AT_ONCE) {
        struct rq *rq = fixture_rq(fx);
        for (int k = 0; k < AT_ONCE && i + k < count; k++) {
            struct token token = {.user_id = user_id, .expires_at = clock_now_ms() - SECOND_MS};
            REQUIRE(token_create(rq, fx->tenant, &token, false, NULL) == ERR_OK);
        }
        fixture_finish(rq);
    }
}

static bool
is_anything_left(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);
    struct db_row *row;

    REQUIRE(
        rq_read(rq, TOKEN_OVERDUE, &row, DB_VALUES(DB_I64(clock_now_ms()), DB_I64(1))) == ERR_OK);
    fixture_done(rq);
    return row != NULL;
}

struct others { /* somebody who commits small sets meanwhile */
    struct fixture *fx;
    pthread_t thread;
    atomic_bool is_stopping;
    int *us; /* of each set */
    int count;
};

static void *
write_meanwhile(void *ctx)
{
    struct others *o = ctx;

    while (!atomic_load(&o->is_stopping) && o->count < MAX_SETS) {
        struct rq *rq = fixture_rq(o->fx);
        int64_t start = clock_steady_ns();
        rq_write(rq, SETTING_PUT, DB_ANY, ERR_SERVER,
            DB_VALUES(DB_STR(S("meanwhile")), DB_BYTES(str_bytes(S("x")))));
        fixture_finish(rq);
        o->us[o->count++] = (int)((clock_steady_ns() - start) / 1000);
    }
    return NULL;
}

static int
by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void
print_times(const char *when, struct others *o)
{
    qsort(o->us, (size_t)o->count, sizeof *o->us, by_number);
    printf("%s: %d sets, median %d us, p99 %d us, p99.9 %d us, longest %d us\n", when, o->count,
        o->us[o->count / 2], o->us[(int)(o->count * 0.99)], o->us[(int)(o->count * 0.999)],
        o->us[o->count - 1]);
}

static void
start_others(struct others *o, struct fixture *fx)
{
    *o = (struct others){.fx = fx, .us = arena_alloc(fx->arena, MAX_SETS * sizeof *o->us)};
    REQUIRE(o->us != NULL && pthread_create(&o->thread, NULL, write_meanwhile, o) == 0);
}

static void
stop_others(struct others *o, const char *when)
{
    atomic_store(&o->is_stopping, true);
    pthread_join(o->thread, NULL);
    print_times(when, o);
}

static void
pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

TEST(what_expired_is_swept_to_the_last_row_while_others_write)
{
    struct fixture *fx = fixture_open();
    int rows = rows_wanted();
    struct jobs_config config = {&fx->house, 0};
    int64_t end = clock_steady_ms() + PATIENCE_MS;
    struct others before, others;
    struct jobs *jobs;

    add_expired(fx, rows);
    REQUIRE(is_anything_left(fx));
    start_others(&before, fx);
    pause_ms(rows == ROWS ? 50 : 5000);
    stop_others(&before, "before the sweep");
    start_others(&others, fx);
    jobs = jobs_start(&config);
    REQUIRE(jobs != NULL);
    while (is_anything_left(fx) && clock_steady_ms() < end) {
        pause_ms(10);
    }
    EXPECT(!is_anything_left(fx) && fixture_count(fx, "token") == 0);
    stop_others(&others, "during it");
    EXPECT(others.count > 3); /* they had their turns */
    jobs_stop(jobs);
    jobs_free(jobs);
    fixture_close(fx);
}

/* Every chore has run once and is handed back: its row says until when. */
static bool
is_all_done(struct fixture *fx, const char *const *names, size_t count)
{
    bool is_done = true;

    for (size_t i = 0; i < count; i++) {
        struct rq *rq = fixture_rq(fx);
        struct job job;
        REQUIRE(job_load(rq, names[i], &job) == ERR_OK);
        is_done &=
            job.last_instant > 0 && uuid_is_nil(job.holder) && job.next_instant > clock_now_ms();
        fixture_done(rq);
    }
    return is_done;
}

TEST(two_nodes_share_the_jobs_and_hand_them_back)
{
    static const char *const names[] = {"day keys", "months", "tidy", "sweep tokens"};
    struct fixture *fx = fixture_open();
    struct jobs_config config = {&fx->house, 0};
    int64_t end = clock_steady_ms() + PATIENCE_MS;
    struct jobs *nodes[2];

    add_expired(fx, 10);
    for (int i = 0; i < 2; i++) {
        nodes[i] = jobs_start(&config);
        REQUIRE(nodes[i] != NULL);
    }
    while (!is_all_done(fx, names, COUNT(names)) && clock_steady_ms() < end) {
        pause_ms(10);
    }
    EXPECT(is_all_done(fx, names, COUNT(names)));
    EXPECT(fixture_count(fx, "token") == 0 && fixture_count(fx, "day_key") >= 4);
    jobs_stop(nodes[0]);
    jobs_stop(nodes[1]);
    jobs_free(nodes[0]);
    jobs_free(nodes[1]);
    fixture_close(fx);
}

/* A person who is due for the tenant's user action after too many failures. */
static void
make_due(struct fixture *fx)
{
    struct action action = {.name = S("Lock"), .active = true, .temporal = true};
    struct lockout_due due = {.tenant_id = fx->tenant->id, .instant = clock_now_ms()};
    struct rq *rq = fixture_rq(fx);

    action.head.id = fixture_id(fx);
    REQUIRE(record_create(rq, &action_kind, NULL, &action) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    fx->tenant->failed_login.action_id = action.head.id;
    REQUIRE(tenant_update(rq, fx->tenant) == ERR_OK);
    fixture_finish(rq);
    due.user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    lockout_due_put(fx->house.lockouts, &due);
}

TEST(a_lock_that_cannot_be_written_waits_and_is_written_when_the_jobs_stop_at_the_latest)
{
    struct fixture *fx = fixture_open();
    struct jobs_config config = {&fx->house, 0};
    struct jobs *jobs;

    make_due(fx);
    db_fail_after(0);
    jobs = jobs_start(&config);
    REQUIRE(jobs != NULL);
    pause_ms(100);
    db_fail_after(-1);
    EXPECT(fixture_count(fx, "dossier") == 0);
    jobs_stop(jobs);
    jobs_free(jobs);
    EXPECT(fixture_count(fx, "dossier") == 1);
    EXPECT(lockout_due_count(fx->house.lockouts) == 0);
    fixture_close(fx);
}

TEST(events_are_kept_for_a_year_for_ever_or_at_least_a_week)
{
    static const struct {
        int line;
        const char *option;
        int64_t days; /* -1: refused */
    } cases[] = {
        {__LINE__, NULL, 365},
        {__LINE__, "0", 0},
        {__LINE__, "7", 7},
        {__LINE__, "3650", 3650},
        {__LINE__, "6", -1},
        {__LINE__, "-1", -1},
        {__LINE__, "1e3", -1},
        {__LINE__, "", -1},
        {__LINE__, "99999999999999999999", -1},
        {__LINE__, "100000", -1},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t days;
        bool is_good = jobs_event_days(cases[i].option, &days);

        CHECK_AT(cases[i].line, is_good == (cases[i].days >= 0));
        CHECK_AT(cases[i].line, !is_good || days == cases[i].days);
    }
}
