/* SPDX-License-Identifier: Apache-2.0 */
/* Commits on PostgreSQL when connections break, sessions end, locks are held and nobody answers: what a caller is told is
 * what the database holds (docs/decisions/0017). */
#define UNIT pg_writer
#include "db_pair.h"
#include "proxy.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "base/clock.h"

#define WRITER "UPDATE commit_mark"

struct bed { /* one writer behind a proxy */
    struct fixture f;
    struct proxy *proxy;
    str direct; /* the URI without it */
    unsigned next;
};

static void
bed_open(struct bed *bed)
{
    *bed = (struct bed){.f = fixture_new(), .proxy = proxy_start(), .next = 1};
    db_close(bed->f.db);
    bed->direct = bed->f.config.database;
    bed->f.config.database = proxy_uri(bed->proxy, bed->f.arena, bed->direct);
    bed->f.config.writers = 1;
    bed->f.db = fixture_open(&bed->f.config);
}

static void
bed_close(struct bed *bed)
{
    fixture_end(&bed->f);
    proxy_stop(bed->proxy);
}

/* What of set n there is, asked past the engine. */
static int
parts(struct bed *bed, unsigned n)
{
    char sql[200];
    int64_t accounts, keys;

    snprintf(sql, sizeof sql, "SELECT count(*) FROM account WHERE score = %u", n);
    accounts = place_number(bed->f.place, sql);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM user_key WHERE id = '\\x01%022x%08x'", 0, n);
    keys = place_number(bed->f.place, sql);
    return (int)(accounts * 10 + keys);
}

enum { NOTHING = 0, WHOLE = 21 };

static enum db_verdict
commit_pair(struct bed *bed, unsigned n)
{
    struct uuid ids[3];
    struct db_writes set;

    db_writes_init(&set, bed->f.arena);
    pair_declare(&set, ids, n);
    return db_commit_wait(bed->f.db, &set);
}

/* One commit for every message of a batch, until there is none to cut. The engine has to find out each time, and to go
 * on; a set that it sent twice would be a miss, because its rows are new. */
static void
cut_everywhere(struct bed *bed, enum proxy_way way, enum proxy_cut cut, int times)
{
    int cuts = 1;
    long n;

    for (n = 1; cuts > 0; n++) {
        unsigned id = bed->next++;
        enum db_verdict verdict;

        proxy_cut(bed->proxy, WRITER, way, cut, n, times);
        verdict = commit_pair(bed, id);
        cuts = proxy_cuts(bed->proxy);
        cr_expect(verdict == DB_COMMITTED && parts(bed, id) == WHOLE,
            "way %d, cut %d, message %ld: verdict %d, parts %d", way, cut, n, verdict,
            parts(bed, id));
    }
    EXPECT(n > 8);
}

TEST(a_connection_cut_at_any_message_loses_nothing_and_doubles_nothing)
{
    struct bed bed;

    bed_open(&bed);
    for (int way = PROXY_TO_SERVER; way <= PROXY_TO_CLIENT; way++) {
        for (int cut = 0; cut < PROXY_CUT_COUNT; cut++) {
            cut_everywhere(&bed, (enum proxy_way)way, (enum proxy_cut)cut, 1);
        }
    }
    EXPECT(db_count(bed.f.db).misses == 0 && db_count(bed.f.db).failures == 0);
    bed_close(&bed);
}

/* The connection on which the writer finds out is cut as well. */
TEST(finding_out_may_be_interrupted_too)
{
    struct bed bed;

    bed_open(&bed);
    cut_everywhere(&bed, PROXY_TO_SERVER, PROXY_AFTER, 3);
    cut_everywhere(&bed, PROXY_TO_CLIENT, PROXY_BEFORE, 3);
    bed_close(&bed);
}

TEST(with_keys_on_a_server_of_their_own_a_cut_leaves_no_row_without_its_key)
{
    struct bed bed;
    struct place *keys = place_make();

    bed_open(&bed);
    db_close(bed.f.db);
    bed.f.config.key_database = proxy_uri(bed.proxy, bed.f.arena, place_uri(keys));
    bed.f.db = fixture_open(&bed.f.config);
    for (int cut = 0; cut < PROXY_CUT_COUNT; cut++) {
        for (long n = 1; n < 40; n++) {
            unsigned id = bed.next++;
            enum db_verdict verdict;
            proxy_cut(bed.proxy, "user_key", PROXY_TO_SERVER, (enum proxy_cut)cut, n, 1);
            verdict = commit_pair(&bed, id);
            proxy_cuts(bed.proxy);
            cr_expect(pair_parts(&bed.f, id) == (verdict == DB_COMMITTED ? PAIR_WHOLE : 0)
                          || (verdict != DB_COMMITTED && pair_parts(&bed.f, id) == PAIR_KEY),
                "cut %d, message %ld: verdict %d, parts %d", cut, n, verdict,
                pair_parts(&bed.f, id));
        }
    }
    pair_expect_whole(&bed.f);
    bed_close(&bed);
    place_free(keys);
}

struct crowd {
    sem_t go, finished;
};

static void
hold_writer(struct db_writes *set)
{
    sem_wait(&((struct crowd *)set->owner)->go);
}

static void
one_finished(struct db_writes *set)
{
    sem_post(&((struct crowd *)set->owner)->finished);
}

enum { CROWD = 6, ODD_ONE = 2 };

/* A batch of six, one of which misses. */
static void
commit_crowd(struct bed *bed, struct crowd *crowd, struct db_writes sets[static CROWD])
{
    struct db_writes *holder = ARENA_NEW(bed->f.arena, struct db_writes);
    struct uuid(*ids)[3] = arena_alloc(bed->f.arena, CROWD * sizeof *ids);
    struct uuid *own = ARENA_NEW(bed->f.arena, struct uuid);

    *own = fixture_id(4 * bed->next++);
    db_writes_init(holder, bed->f.arena);
    db_write(holder, KEY_ADD, DB_NEW, 0, DB_VALUES(DB_ID(own), DB_STR(S("k"))));
    holder->done = hold_writer;
    holder->owner = crowd;
    REQUIRE(db_commit(bed->f.db, holder));
    for (int i = 0; i < CROWD; i++) {
        db_writes_init(&sets[i], bed->f.arena);
        pair_declare(&sets[i], ids[i], bed->next + (unsigned)i);
        if (i == ODD_ONE) {
            db_write(&sets[i], ACCOUNT_DROP, DB_ONE, 0, DB_VALUES(DB_NONE_V));
        }
        sets[i].done = one_finished;
        sets[i].owner = crowd;
        REQUIRE(db_commit(bed->f.db, &sets[i]));
    }
}

TEST(in_a_batch_that_is_cut_each_set_gets_its_own_true_verdict)
{
    struct bed bed;
    struct crowd crowd;
    struct db_writes sets[CROWD];
    int cuts = 1;

    bed_open(&bed);
    sem_init(&crowd.go, 0, 0);
    sem_init(&crowd.finished, 0, 0);
    bed.next = 1000000; /* above what the holders take */
    for (long n = 1; cuts > 0; n += 3) {
        commit_crowd(&bed, &crowd, sets);
        proxy_cut(bed.proxy, WRITER, n % 2 ? PROXY_TO_SERVER : PROXY_TO_CLIENT, PROXY_AFTER, n, 1);
        sem_post(&crowd.go);
        for (int i = 0; i < CROWD; i++) {
            sem_wait(&crowd.finished);
        }
        cuts = proxy_cuts(bed.proxy);
        for (int i = 0; i < CROWD; i++) {
            int want = i == ODD_ONE ? NOTHING : WHOLE, got = parts(&bed, bed.next + (unsigned)i);
            cr_expect(sets[i].verdict == (i == ODD_ONE ? DB_MISSED : DB_COMMITTED) && got == want,
                "message %ld, set %d: verdict %d, parts %d", n, i, sets[i].verdict, got);
        }
        bed.next += CROWD;
    }
    bed_close(&bed);
}

TEST(a_session_that_was_ended_is_replaced)
{
    struct bed bed;

    bed_open(&bed);
    for (unsigned i = 0; i < 5; i++) {
        EXPECT(commit_pair(&bed, bed.next) == DB_COMMITTED);
        EXPECT(parts(&bed, bed.next++) == WHOLE);
        place_run(bed.f.place,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'cardea' AND datname = current_database()");
    }
    bed_close(&bed);
}

struct helper { /* commits a rename of account 1 on another thread */
    struct bed *bed;
    pthread_t thread;
    enum db_verdict verdict;
    int64_t took_ms;
};

static void *
helper_main(void *arg)
{
    struct helper *h = arg;
    struct arena *arena = arena_new(KB(16));
    struct uuid one = fixture_id(1);
    struct db_writes set;
    int64_t begin = clock_steady_ms();

    db_writes_init(&set, arena);
    db_write(&set, ACCOUNT_TAKE, DB_ONE, 0, DB_VALUES(DB_ID(&one), DB_I64(77)));
    h->verdict = db_commit_wait(h->bed->f.db, &set);
    h->took_ms = clock_steady_ms() - begin;
    arena_free(arena);
    return NULL;
}

/* Account 1 exists, and somebody holds its row. */
static void
lock_account(struct bed *bed, struct helper *h)
{
    REQUIRE(fixture_add(&bed->f, 1, NO_STR) == DB_COMMITTED);
    place_run(bed->f.place, "BEGIN");
    place_run(bed->f.place, "UPDATE account SET name = 'held'");
    *h = (struct helper){.bed = bed};
    REQUIRE(pthread_create(&h->thread, NULL, helper_main, h) == 0);
}

TEST(a_row_that_is_held_for_a_while_is_waited_for)
{
    struct bed bed;
    struct helper h;

    bed_open(&bed);
    lock_account(&bed, &h);
    usleep(2500000); /* beyond lock_timeout */
    place_run(bed.f.place, "ROLLBACK");
    pthread_join(h.thread, NULL);
    EXPECT(h.verdict == DB_COMMITTED && fixture_score(&bed.f, 1) == 77);
    bed_close(&bed);
}

TEST(a_row_that_is_held_for_ever_is_given_up_and_stays_as_it_is)
{
    struct bed bed;
    struct helper h;

    bed_open(&bed);
    lock_account(&bed, &h);
    pthread_join(h.thread, NULL);
    EXPECT(h.verdict == DB_LOST && h.took_ms < 20000);
    place_run(bed.f.place, "ROLLBACK");
    usleep(300000);
    EXPECT(fixture_score(&bed.f, 1) == 0);
    bed_close(&bed);
}

TEST(a_session_that_is_ended_while_it_waits_for_a_row_is_replaced)
{
    struct bed bed;
    struct helper h;

    bed_open(&bed);
    lock_account(&bed, &h);
    usleep(300000);
    place_run(bed.f.place,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database()");
    place_run(bed.f.place, "COMMIT");
    pthread_join(h.thread, NULL);
    EXPECT(h.verdict == DB_COMMITTED && fixture_score(&bed.f, 1) == 77);
    bed_close(&bed);
}

enum { ROUNDS = 60, RIVALS = 4 };
struct rival {
    struct fixture *f;
    pthread_t thread;
    bool is_backwards;
    int lost;
};

static void *
rival_main(void *arg)
{
    struct rival *r = arg;
    struct arena *arena = arena_new(KB(64));
    struct uuid ids[2] = {fixture_id(r->is_backwards ? 2 : 1), fixture_id(r->is_backwards ? 1 : 2)};

    for (int i = 0; i < ROUNDS; i++) {
        struct db_writes set;

        arena_reset(arena);
        db_writes_init(&set, arena);
        for (int k = 0; k < 2; k++) {
            db_write(&set, ACCOUNT_RENAME, DB_ONE, 0, DB_VALUES(DB_ID(&ids[k]), DB_NONE_V));
        }
        r->lost += db_commit_wait(r->f->db, &set) != DB_COMMITTED;
    }
    arena_free(arena);
    return NULL;
}

TEST(deadlocks_are_tried_again)
{
    struct fixture f = fixture_new();
    struct rival rivals[RIVALS];

    db_close(f.db);
    f.config.writers = RIVALS;
    f.db = fixture_open(&f.config);
    REQUIRE(fixture_add(&f, 1, NO_STR) == DB_COMMITTED);
    REQUIRE(fixture_add(&f, 2, NO_STR) == DB_COMMITTED);
    for (int i = 0; i < RIVALS; i++) {
        rivals[i] = (struct rival){.f = &f, .is_backwards = i % 2};
        REQUIRE(pthread_create(&rivals[i].thread, NULL, rival_main, &rivals[i]) == 0);
    }
    for (int i = 0; i < RIVALS; i++) {
        pthread_join(rivals[i].thread, NULL);
        CHECK_AT(i, rivals[i].lost == 0);
    }
    EXPECT(db_count(f.db).failures == 0);
    fixture_end(&f);
}

/* Another thread may still knock at the server that was away: until it is let in the others are told so at once. */
static enum db_verdict
commit_soon(struct bed *bed, unsigned *id)
{
    enum db_verdict verdict = commit_pair(bed, *id);

    for (int i = 0; i < 100 && verdict == DB_LOST; i++) {
        poll(NULL, 0, 20);
        verdict = commit_pair(bed, ++*id);
    }
    return verdict;
}

TEST(when_nobody_answers_the_outcome_is_unknown_after_a_bounded_wait_and_commits_work_soon_after)
{
    struct bed bed;
    struct helper h = {.bed = &bed};
    unsigned id = 9;

    bed_open(&bed);
    REQUIRE(fixture_add(&bed.f, 1, NO_STR) == DB_COMMITTED);
    proxy_block(bed.proxy, true);
    helper_main(&h);
    cr_expect(h.verdict == DB_UNKNOWN, "verdict %d", h.verdict);
    cr_expect(h.took_ms < 30000, "%lld ms", (long long)h.took_ms);
    proxy_block(bed.proxy, false);
    EXPECT(commit_soon(&bed, &id) == DB_COMMITTED);
    EXPECT(parts(&bed, id) == WHOLE);
    bed_close(&bed);
}
