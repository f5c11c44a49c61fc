/* SPDX-License-Identifier: Apache-2.0 */
/* Invariant 2 of DESIGN section 10 on SQLite: kill -9 and failing calls leave whole sets or nothing,
 * and never lose what was acknowledged. CARDEA_TORTURE_KILLS says how many kills (12). */
#define UNIT sqlite_writer_crash
#include "db_pair.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

enum { IN_FLIGHT = 64 };

/* In the child that will be killed: slots, each committing set after set and telling the pipe. */
struct slot {
    struct db_writes set;
    struct db *db;
    struct uuid ids[3];
    unsigned n;
    int pipe;
};

static void slot_next(struct slot *slot);

static void
slot_done(struct db_writes *set)
{
    struct slot *slot = set->owner;

    if (set->verdict != DB_COMMITTED
        || write(slot->pipe, &slot->n, sizeof slot->n) != sizeof slot->n) {
        _exit(3);
    }
    slot->n += IN_FLIGHT;
    slot_next(slot);
}

static void
slot_next(struct slot *slot)
{
    struct arena *arena = slot->set.arena;

    arena_reset(arena);
    db_writes_init(&slot->set, arena);
    pair_declare(&slot->set, slot->ids, slot->n);
    slot->set.done = slot_done;
    slot->set.owner = slot;
    if (!db_commit(slot->db, &slot->set)) {
        _exit(4);
    }
}

static void
child_main(const struct db_config *config, unsigned first, int pipe)
{
    static struct slot slots[IN_FLIGHT];
    const char *why;
    struct db *db = db_open(config, &why);

    if (db == NULL) {
        _exit(5);
    }
    for (unsigned i = 0; i < IN_FLIGHT; i++) {
        slots[i] = (struct slot){.db = db, .n = first + i, .pipe = pipe};
        slots[i].set.arena = arena_new(KB(64));
        slot_next(&slots[i]);
    }
    for (;;) {
        pause();
    }
}

static void
sleep_us(long us)
{
    struct timespec t = {0, us * 1000};

    nanosleep(&t, NULL);
}

/* Starts the child, kills it after a while, returns the acknowledged numbers. */
static size_t
run_and_kill(struct fixture *f, unsigned first, long after_us, unsigned *acked, size_t max)
{
    int ends[2], status;
    size_t count = 0;
    pid_t child;

    REQUIRE(pipe(ends) == 0);
    REQUIRE(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) > 0);
    child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        child_main(&f->config, first, ends[1]);
    }
    close(ends[1]);
    /* The first acknowledgement shows that it has opened; then it works for a while. */
    REQUIRE(read(ends[0], &acked[count++], sizeof acked[0]) == sizeof acked[0]);
    sleep_us(after_us);
    REQUIRE(kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child);
    cr_assert(WIFSIGNALED(status), "the child ended itself with %d", WEXITSTATUS(status));
    while (count < max && read(ends[0], &acked[count], sizeof acked[0]) == sizeof acked[0]) {
        count++;
    }
    close(ends[0]);
    return count;
}

TEST(kill_9_loses_nothing_acknowledged_and_shows_no_half)
{
    enum { MAX_ACKED = 100000 };
    const char *wanted = getenv("CARDEA_TORTURE_KILLS");
    unsigned kills = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 12;
    struct fixture f = fixture_new();
    unsigned *acked = ARENA_ARRAY(f.arena, MAX_ACKED, unsigned);
    size_t total = 0;

    for (unsigned i = 0; i < kills; i++) {
        size_t count, lost = 0;

        db_close(f.db);
        count = run_and_kill(&f, i * 100000, 3000 + 2347 * (long)(i % 12), acked, MAX_ACKED);
        f.db = fixture_open(&f.config);
        for (size_t k = 0; k < count; k++) {
            lost += pair_parts(&f, acked[k]) != 7;
        }
        cr_expect(lost == 0, "kill %u: %zu of %zu acknowledged sets lost", i, lost, count);
        total += count;
    }
    EXPECT(total > kills * 10);
    arena_reset(f.arena);
    pair_expect_whole(&f);
    fixture_end(&f);
}

/* Fails call number n of a run that opens nothing but commits, reads and erases; returns whether
 * the failing was reached. */
static bool
fail_call(struct fixture *f, unsigned number, long n)
{
    struct db_writes set;
    struct uuid ids[3];
    enum db_verdict added, erased = DB_LOST;
    int parts;

    db_writes_init(&set, f->arena);
    pair_declare(&set, ids, number);
    db_fail_after(n);
    added = db_commit_wait(f->db, &set);
    if (added == DB_COMMITTED) {
        db_writes_init(&set, f->arena);
        db_write(&set, KEY_DROP, DB_ONE, 0, DB_VALUES(DB_ID(&ids[0])));
        db_write(&set, ACCOUNT_DROP, DB_ONE, 0, DB_VALUES(DB_ID(&ids[1])));
        db_write(&set, ACCOUNT_DROP, DB_ONE, 0, DB_VALUES(DB_ID(&ids[2])));
        erased = db_commit_wait(f->db, &set);
    }
    db_fail_after(-1);
    parts = pair_parts(f, number);
    if (added != DB_COMMITTED) {
        CHECK_AT((int)n, parts == 0 || parts == 1); /* at worst an orphan key */
    } else if (erased != DB_COMMITTED) {
        CHECK_AT((int)n, parts == 7 || parts == 6); /* at worst rows nobody can read */
    } else {
        CHECK_AT((int)n, parts == 0);
    }
    return erased != DB_COMMITTED;
}

TEST(each_database_call_that_fails_leaves_whole_sets_or_nothing)
{
    struct fixture f = fixture_new();
    long n = 0;

    while (fail_call(&f, (unsigned)n + 1, n)) {
        n++;
        REQUIRE(n < 100);
    }
    EXPECT(n == 14); /* twice BEGIN x2, three writes, COMMIT x2 */
    fixture_reopen(&f);
    EXPECT(db_count(f.db).failures == 0);
    EXPECT(fixture_add(&f, 900, S("works again")) == DB_COMMITTED);
    fixture_end(&f);
}

TEST(a_failed_commit_loses_every_set_of_its_batch)
{
    struct fixture f = fixture_new();
    struct uuid ids[3];
    struct db_writes set;

    db_writes_init(&set, f.arena);
    pair_declare(&set, ids, 1);
    db_fail_after(5); /* the COMMIT of keys.db */
    EXPECT(db_commit_wait(f.db, &set) == DB_LOST);
    db_fail_after(-1);
    EXPECT(set.missed == NULL);
    EXPECT(pair_parts(&f, 1) == 0);
    EXPECT(db_count(f.db).failures == 1 && db_count(f.db).sets == 0);
    fixture_end(&f);
}

TEST(reads_fail_when_told_to)
{
    struct fixture f = fixture_new();
    struct db_row *row;

    REQUIRE(fixture_add(&f, 1, NO_STR) == DB_COMMITTED);
    db_fail_after(1);
    EXPECT(db_all(f.db, f.arena, ACCOUNT_LIST, NULL, 0, 5, &row) == DB_ROW);
    EXPECT(db_all(f.db, f.arena, ACCOUNT_LIST, NULL, 0, 5, &row) == DB_FAILED);
    EXPECT(db_one(f.db, f.arena, ACCOUNT_COUNT, NULL, 0, &row) == DB_FAILED);
    db_fail_after(-1);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1);
    EXPECT(db_count(f.db).failures == 2);
    fixture_end(&f);
}
