/* SPDX-License-Identifier: Apache-2.0 */
/* The writer's queue: bounded, drained at the end, in order (DESIGN section 6). */
#define UNIT db_queue
#include "db_fixture.h"

#include <semaphore.h>
#include <stdatomic.h>

enum { ROOM = 8, MORE = 20 };

struct hold {
    sem_t is_held, go;
    atomic_int done;
    struct db_writes first, more[MORE];
    struct uuid ids[MORE + 1];
};

static void
hold_here(struct db_writes *set)
{
    struct hold *hold = set->owner;

    sem_post(&hold->is_held);
    sem_wait(&hold->go);
}

static void
count_done(struct db_writes *set)
{
    struct hold *hold = set->owner;

    atomic_fetch_add(&hold->done, 1);
}

static void
declare(struct fixture *f, struct hold *hold, struct db_writes *set, unsigned n)
{
    hold->ids[n] = fixture_id(n);
    db_writes_init(set, f->arena);
    db_write(set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&hold->ids[n]), DB_NONE_V, DB_I64(n)));
    set->owner = hold;
    set->done = count_done;
}

/* Opens with room for few sets and keeps the writer busy inside done(). */
static struct fixture
held_writer(struct hold *hold)
{
    struct fixture f = fixture_new();

    db_close(f.db);
    f.config.max_queued = ROOM;
    f.config.writers = 1;
    f.db = fixture_open(&f.config);
    sem_init(&hold->is_held, 0, 0);
    sem_init(&hold->go, 0, 0);
    declare(&f, hold, &hold->first, 0);
    hold->first.done = hold_here;
    REQUIRE(db_commit(f.db, &hold->first));
    sem_wait(&hold->is_held);
    return f;
}

TEST(a_full_queue_refuses_and_calls_no_done)
{
    static struct hold hold;
    struct fixture f = held_writer(&hold);
    int taken = 0;

    for (unsigned i = 0; i < MORE; i++) {
        declare(&f, &hold, &hold.more[i], i + 1);
        taken += db_commit(f.db, &hold.more[i]);
    }
    EXPECT(taken == ROOM);
    sem_post(&hold.go);
    db_close(f.db);
    EXPECT(atomic_load(&hold.done) == ROOM);
    f.db = fixture_open(&f.config);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1 + ROOM);
    fixture_end(&f);
}

TEST(closing_commits_what_waits)
{
    static struct hold hold;
    struct fixture f = held_writer(&hold);

    for (unsigned i = 0; i < ROOM; i++) {
        declare(&f, &hold, &hold.more[i], i + 1);
        REQUIRE(db_commit(f.db, &hold.more[i]));
    }
    sem_post(&hold.go);
    db_close(f.db);
    for (unsigned i = 0; i < ROOM; i++) {
        CHECK_AT((int)i, hold.more[i].verdict == DB_COMMITTED);
    }
    f.db = fixture_open(&f.config);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1 + ROOM);
    fixture_end(&f);
}

TEST(sets_that_miss_undo_no_other_of_their_batch)
{
    static struct hold hold;
    struct fixture f = held_writer(&hold);

    for (unsigned i = 0; i < ROOM; i++) {
        declare(&f, &hold, &hold.more[i], i + 1);
        if (i % 3 == 1) { /* its own account a second time */
            db_write(&hold.more[i], ACCOUNT_ADD, DB_NEW, 5,
                DB_VALUES(DB_ID(&hold.ids[i + 1]), DB_NONE_V, DB_I64(0)));
        }
        REQUIRE(db_commit(f.db, &hold.more[i]));
    }
    sem_post(&hold.go);
    db_close(f.db);
    for (unsigned i = 0; i < ROOM; i++) {
        const struct db_write *missed = hold.more[i].missed;
        CHECK_AT((int)i, hold.more[i].verdict == (i % 3 == 1 ? DB_MISSED : DB_COMMITTED));
        CHECK_AT((int)i, (missed != NULL) == (i % 3 == 1) && (missed == NULL || missed->miss == 5));
    }
    f.db = fixture_open(&f.config);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1 + ROOM - 3);
    fixture_end(&f);
}

TEST(a_batch_is_cut_by_bytes_but_takes_a_large_set_alone)
{
    static struct hold hold;
    struct fixture f = held_writer(&hold);
    char *text = arena_alloc(f.arena, MB(5));
    uint64_t before;

    REQUIRE(text != NULL);
    memset(text, 'x', MB(5));
    for (unsigned i = 0; i < 4; i++) {
        declare(&f, &hold, &hold.more[i], i + 1);
        text[0] = 'x';
        db_write(&hold.more[i], KEY_ADD, DB_NEW, 0,
            DB_VALUES(DB_ID(&hold.ids[i + 1]), DB_STR(((str){text, MB(5) - i}))));
        REQUIRE(db_commit(f.db, &hold.more[i]));
    }
    before = db_count(f.db).commits;
    sem_post(&hold.go);
    EXPECT(fixture_add(&f, 100, NO_STR) == DB_COMMITTED); /* behind them */
    EXPECT(db_count(f.db).commits - before >= 4);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 6);
    fixture_end(&f);
}

TEST(the_writer_runs_with_all_signals_blocked_and_a_name)
{
    struct fixture f = fixture_new();
    char line[256];
    bool is_found = false;
    FILE *pipe = popen("cat /proc/$PPID/task/*/comm", "r");

    REQUIRE(pipe != NULL);
    while (fgets(line, sizeof line, pipe) != NULL) {
        is_found |= str_eq(str_from(line), S("db-writer\n"));
    }
    pclose(pipe);
    EXPECT(is_found);
    fixture_end(&f);
}
