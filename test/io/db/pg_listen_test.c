/* SPDX-License-Identifier: Apache-2.0 */
/* Notices between nodes: heard in order within a second, and not lost with a session or a silent network
 * (docs/decisions/0017). */
#define UNIT pg_listen
#include "db_fixture.h"
#include "proxy.h"

#include <pthread.h>

#include "base/clock.h"

enum { MAX_HEARD = 256 };

struct ear {
    pthread_mutex_t lock;
    int count, blanks; /* notices; "anything may have changed" */
    char last[DB_MAX_NOTICE + 1];
    bool is_disordered;
};

static void
hear(void *ctx, str text)
{
    struct ear *ear = ctx;
    char before[sizeof ear->last];

    pthread_mutex_lock(&ear->lock);
    if (text.n == 0) {
        ear->blanks++;
    } else {
        memcpy(before, ear->last, sizeof before);
        snprintf(ear->last, sizeof ear->last, STRF, STRV(text));
        ear->is_disordered |= strcmp(before, ear->last) >= 0;
        ear->count++;
    }
    pthread_mutex_unlock(&ear->lock);
}

static struct ear
heard(struct ear *ear)
{
    struct ear copy;

    pthread_mutex_lock(&ear->lock);
    copy = *ear;
    pthread_mutex_unlock(&ear->lock);
    return copy;
}

/* Another node on the fixture's database. */
static struct db *
node_with_ear(struct fixture *f, struct ear *ear, str uri)
{
    struct db_config config = f->config;

    *ear = (struct ear){.lock = PTHREAD_MUTEX_INITIALIZER};
    config.on_notice = hear;
    config.notice_ctx = ear;
    config.database = uri;
    return fixture_open(&config);
}

/* Commits account n with a notice; a set that misses has one, too, and nobody may hear it. */
static enum db_verdict
commit_with_notice(struct fixture *f, unsigned n, bool misses)
{
    struct uuid id = fixture_id(n);
    struct db_writes set;

    db_writes_init(&set, f->arena);
    db_write(&set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&id), DB_NONE_V, DB_I64(n)));
    if (misses) {
        db_write(&set, ACCOUNT_DROP, DB_ONE, 0, DB_VALUES(DB_NONE_V));
    }
    db_notice(&set, str_fmt(f->arena, "change %06u", n));
    return db_commit_wait(f->db, &set);
}

/* Waits until so many notices or blanks were heard; how long it took, -1 when it took longer. */
static int64_t
wait_heard(struct ear *ear, int count, int blanks, int64_t max_ms)
{
    int64_t begin = clock_steady_ms();

    while (clock_steady_ms() - begin <= max_ms) {
        struct ear now = heard(ear);
        if (now.count >= count && now.blanks >= blanks) {
            return clock_steady_ms() - begin;
        }
        usleep(5000);
    }
    return -1;
}

TEST(every_node_hears_every_change_in_order_within_a_second)
{
    struct fixture f = fixture_new();
    struct ear ear;
    struct db *other = node_with_ear(&f, &ear, f.config.database);
    int blanks = heard(&ear).blanks; /* that of the start */

    for (unsigned n = 1; n <= 100; n++) {
        REQUIRE(commit_with_notice(&f, n, false) == DB_COMMITTED);
    }
    EXPECT(wait_heard(&ear, 100, blanks, 1000) >= 0);
    EXPECT(heard(&ear).count == 100 && heard(&ear).blanks == blanks);
    EXPECT(!heard(&ear).is_disordered);
    EXPECT_STR(str_from(heard(&ear).last), S("change 000100"));
    db_close(other);
    fixture_end(&f);
}

TEST(what_was_not_committed_is_not_heard)
{
    struct fixture f = fixture_new();
    struct ear ear;
    struct db *other = node_with_ear(&f, &ear, f.config.database);

    EXPECT(commit_with_notice(&f, 1, true) == DB_MISSED);
    EXPECT(commit_with_notice(&f, 2, false) == DB_COMMITTED);
    EXPECT(wait_heard(&ear, 1, 0, 1000) >= 0);
    EXPECT(heard(&ear).count == 1);
    EXPECT_STR(str_from(heard(&ear).last), S("change 000002"));
    db_close(other);
    fixture_end(&f);
}

TEST(a_change_is_not_lost_with_the_session_that_would_have_heard_it)
{
    struct fixture f = fixture_new();
    struct ear ear;
    struct db *other = node_with_ear(&f, &ear, f.config.database);

    for (unsigned n = 1; n <= 5; n++) {
        int count = heard(&ear).count, blanks = heard(&ear).blanks;
        int64_t begin = clock_steady_ms();
        place_run(f.place, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                           "application_name = 'cardea'"
                           " AND datname = current_database()");
        REQUIRE(commit_with_notice(&f, n, false) == DB_COMMITTED);
        while (heard(&ear).count == count && heard(&ear).blanks == blanks
               && clock_steady_ms() - begin < 5000) {
            usleep(5000);
        }
        CHECK_AT((int)n, heard(&ear).count > count || heard(&ear).blanks > blanks);
    }
    db_close(other);
    fixture_end(&f);
}

TEST(a_network_that_falls_silent_is_noticed_within_five_seconds)
{
    struct fixture f = fixture_new();
    struct proxy *proxy = proxy_start();
    struct ear ear;
    struct db *other = node_with_ear(&f, &ear, proxy_uri(proxy, f.arena, f.config.database));
    int blanks = heard(&ear).blanks;

    proxy_block(proxy, true);
    REQUIRE(commit_with_notice(&f, 1, false) == DB_COMMITTED);
    EXPECT(wait_heard(&ear, 0, blanks + 1, 5000) >= 0);
    proxy_block(proxy, false);
    REQUIRE(commit_with_notice(&f, 2, false) == DB_COMMITTED);
    blanks = heard(&ear).blanks;
    for (int i = 0; i < 1000 && heard(&ear).count == 0 && heard(&ear).blanks == blanks; i++) {
        usleep(5000);
    }
    EXPECT(heard(&ear).count > 0 || heard(&ear).blanks > blanks);
    db_close(other);
    fixture_end(&f);
    proxy_stop(proxy);
}
