/* SPDX-License-Identifier: Apache-2.0 */
/* Locks after failed sign-ins: by login id and network, for a time, in bounded memory. */
#define UNIT lockout
#include "../fixture.h"

#include <pthread.h>
#include <stdio.h>

#include "model/lockout/lockout.h"

static struct uuid
person_of(const char *id)
{
    struct uuid person = {{0}};

    memcpy(person.b, id, MIN(strlen(id), sizeof person.b));
    return person;
}

static int64_t
wait_s(struct fixture *fx, const struct tenant *tenant, const char *id, const char *peer)
{
    struct rq *rq = fixture_rq(fx);
    struct http_request http = *rq->http;
    int64_t wait;
    bool holds;

    http.peer = str_from(peer);
    rq->http = &http;
    holds = lockout_holds(rq, tenant, str_from(id), &wait);
    EXPECT(holds == (wait > 0));
    EXPECT(rq->writes.count == 0); /* anonymous traffic never writes */
    fixture_done(rq);
    return wait;
}

static void
fail(struct fixture *fx, const char *id, const char *peer, int times)
{
    struct rq *rq = fixture_rq(fx);
    struct http_request http = *rq->http;

    http.peer = str_from(peer);
    rq->http = &http;
    for (int i = 0; i < times; i++) {
        lockout_note_failure(rq, fx->tenant, str_from(id), person_of(id));
    }
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
}

static void
succeed(struct fixture *fx, const char *id, const char *peer)
{
    struct rq *rq = fixture_rq(fx);
    struct http_request http = *rq->http;

    http.peer = str_from(peer);
    rq->http = &http;
    lockout_note_success(rq, fx->tenant, str_from(id), person_of(id));
    fixture_done(rq);
}

static const char here[] = "192.0.2.7";

TEST(the_limit_locks_for_the_tenants_time)
{
    struct fixture *fx = fixture_open();

    EXPECT(fx->tenant->failed_login.too_many == 5); /* FusionAuth's defaults */
    fail(fx, "ann", here, 4);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 0);
    fail(fx, "ann", here, 1);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 180);
    fx->now += 179 * SECOND_MS + 1;
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 1);
    fx->now += SECOND_MS - 1;
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 0);
    fail(fx, "ann", here, 4); /* counted anew */
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 0);
    fail(fx, "ann", here, 1);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 180);
    fixture_close(fx);
}

TEST(attempts_under_way_neither_lift_nor_lengthen_a_lock)
{
    struct fixture *fx = fixture_open();

    fail(fx, "ann", here, 5);
    fx->now += 60 * SECOND_MS;
    fail(fx, "ann", here, 3);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 120);
    fixture_close(fx);
}

TEST(failures_far_apart_do_not_add_up)
{
    struct fixture *fx = fixture_open();

    for (int i = 0; i < 20; i++) {
        fail(fx, "ann", here, 4);
        fx->now += 60 * SECOND_MS + 1; /* resetCountInSeconds after the last failure */
    }
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 0);
    fixture_close(fx);
}

TEST(a_success_forgets_the_failures)
{
    struct fixture *fx = fixture_open();

    fail(fx, "ann", here, 4);
    succeed(fx, "ann", here);
    fail(fx, "ann", here, 4);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 0);
    fixture_close(fx);
}

TEST(units_of_time)
{
    static const int64_t seconds[] = {60, 3600, 86400, 7 * 86400, 30 * 86400, INT64_C(365) * 86400};
    struct fixture *fx = fixture_open();

    for (size_t unit = 0; unit < COUNT(seconds); unit++) {
        char id[] = "u0";
        id[1] = (char)('0' + unit);
        fx->tenant->failed_login.lock_unit = (int)unit;
        fx->tenant->failed_login.lock_duration = 2;
        fail(fx, id, here, 5);
        EXPECT(wait_s(fx, fx->tenant, id, here) == 2 * seconds[unit]);
    }
    fixture_close(fx);
}

TEST(others_are_not_locked)
{
    struct fixture *fx = fixture_open();

    fail(fx, "ann", here, 5);
    EXPECT(wait_s(fx, fx->tenant, "bo", here) == 0);
    EXPECT(wait_s(fx, fx->other, "ann", here) == 0);
    fail(fx, "", here, 50); /* no login id at all */
    EXPECT(wait_s(fx, fx->tenant, "", here) == 0);
    fixture_close(fx);
}

/* OA-51: a stranger elsewhere cannot keep a person out. */
TEST(a_lock_holds_for_the_network_it_was_earned_in)
{
    /* clang-format off */
    static const struct { int line; const char *from, *asked; bool locked; } cases[] = {
        {__LINE__, "192.0.2.7", "192.0.2.250", true},
        {__LINE__, "192.0.2.7", "192.0.3.7", false},
        {__LINE__, "2001:db8:1:2::1", "2001:db8:1:ffff::9", true},
        {__LINE__, "2001:db8:1:2::1", "2001:db8:2:2::1", false},
        {__LINE__, "::ffff:192.0.2.7", "192.0.2.9", true},
        {__LINE__, "192.0.2.7", "2001:db8::1", false},
        {__LINE__, "unknown", "", true},
    };
    /* clang-format on */
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        char id[] = "u0";
        id[1] = (char)('0' + i);
        fail(fx, id, cases[i].from, 5);
        CHECK_AT(cases[i].line, wait_s(fx, fx->tenant, id, cases[i].from) > 0);
        CHECK_AT(
            cases[i].line, (wait_s(fx, fx->tenant, id, cases[i].asked) > 0) == cases[i].locked);
    }
    fixture_close(fx);
}

TEST(guessing_from_many_networks_locks_everywhere)
{
    struct fixture *fx = fixture_open();
    char peer[32];

    for (int i = 0; i < 49; i++) {
        snprintf(peer, sizeof peer, "10.0.%d.1", i);
        fail(fx, "ann", peer, 1);
    }
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 0);
    fail(fx, "ann", "10.0.50.1", 1);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 180);
    fixture_close(fx);
}

/* The fixture's table holds 100 counts, two a login id: the oldest go. */
TEST(memory_is_bounded_and_the_oldest_counts_go)
{
    struct fixture *fx = fixture_open();
    char id[16];

    fail(fx, "ann", here, 5);
    for (int i = 0; i < 49; i++) {
        snprintf(id, sizeof id, "x%d", i);
        fail(fx, id, here, 1);
    }
    EXPECT(wait_s(fx, fx->tenant, "ann", here) > 0);
    fail(fx, "one more", here, 1);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 0);
    for (int i = 0; i < 5000; i++) {
        snprintf(id, sizeof id, "y%d", i);
        fail(fx, id, here, 5);
    }
    EXPECT(wait_s(fx, fx->tenant, "y4999", here) > 0);
    EXPECT(wait_s(fx, fx->tenant, "y4900", here) == 0);
    fixture_close(fx);
}

TEST(short_memory_counts_nothing_and_breaks_nothing)
{
    struct fixture *fx = fixture_open();

    for (long n = 0; n < 20; n++) {
        struct rq *rq = fixture_rq(fx);
        int64_t wait;
        arena_fail_after(n);
        lockout_note_failure(rq, fx->tenant, S("ann"), person_of("ann"));
        lockout_holds(rq, fx->tenant, S("ann"), &wait);
        lockout_note_success(rq, fx->tenant, S("ann"), person_of("ann"));
        arena_fail_after(-1);
        fixture_done(rq);
    }
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 0);
    fixture_close(fx);
}

static void *
hammer(void *arg)
{
    struct fixture *fx = arg;
    char id[16];

    for (int i = 0; i < 300; i++) {
        struct rq *rq = fixture_rq(fx);
        int64_t wait;
        snprintf(id, sizeof id, "x%d", i % 120);
        lockout_note_failure(rq, fx->tenant, str_from(id), person_of(id));
        lockout_holds(rq, fx->tenant, str_from(id), &wait);
        if (i % 3 == 0) {
            lockout_note_success(rq, fx->tenant, str_from(id), person_of(id));
        }
        fixture_done(rq);
    }
    return NULL;
}

TEST(threads_share_the_table)
{
    struct fixture *fx = fixture_open();
    pthread_t threads[8];

    for (size_t i = 0; i < COUNT(threads); i++) {
        REQUIRE(pthread_create(&threads[i], NULL, hammer, fx) == 0);
    }
    for (size_t i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
    }
    fail(fx, "ann", here, 5);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) > 0);
    fixture_close(fx);
}

TEST(guesses_at_something_of_a_person_count_the_same_from_everywhere)
{
    static const char *const peers[] = {
        "192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "192.0.2.7"};
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(peers); i++) {
        struct rq *rq = fixture_rq(fx);
        struct http_request http = *rq->http;
        EXPECT(wait_s(fx, fx->tenant, "factor of ada", here) == 0);
        http.peer = str_from(peers[i]);
        rq->http = &http;
        lockout_note_guess(rq, fx->tenant, S("factor of ada"));
        fixture_done(rq);
    }
    EXPECT(wait_s(fx, fx->tenant, "factor of ada", "203.0.113.200") > 0);
    EXPECT(wait_s(fx, fx->other, "factor of ada", here) == 0);
    fixture_close(fx);
}

TEST(who_is_forgiven_is_counted_anew_everywhere_and_nobody_else_is)
{
    struct fixture *fx = fixture_open();
    struct rq *rq;

    fail(fx, "ann", here, 5);
    fail(fx, "ann", "198.51.100.1", 5);
    fail(fx, "ann", "2001:db8::1", 4);
    fail(fx, "anna", here, 5);
    rq = fixture_rq(fx);
    lockout_forgive(rq, fx->other, person_of("ann"));
    fixture_done(rq);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) > 0); /* another tenant's is another person */
    rq = fixture_rq(fx);
    lockout_forgive(rq, fx->tenant, person_of("ann"));
    lockout_forgive(rq, fx->tenant, (struct uuid){{0}});
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 0);
    EXPECT(wait_s(fx, fx->tenant, "ann", "198.51.100.1") == 0);
    EXPECT(wait_s(fx, fx->tenant, "anna", here) > 0);
    fail(fx, "ann", "2001:db8::1", 4);
    fail(fx, "ann", here, 4);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) == 0);
    fail(fx, "ann", here, 1);
    EXPECT(wait_s(fx, fx->tenant, "ann", here) > 0);
    fixture_close(fx);
}
