/* SPDX-License-Identifier: Apache-2.0 */
/* Group commit on either engine: expectations, whole sets, order, races. */
#define UNIT db_verdict
#include "db_fixture.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

/* Accounts 1 and 2, named "one" and "two", score 0. */
static struct fixture
two_accounts(void)
{
    struct fixture f = fixture_new();

    REQUIRE(fixture_add(&f, 1, S("one")) == DB_COMMITTED);
    REQUIRE(fixture_add(&f, 2, S("two")) == DB_COMMITTED);
    return f;
}

TEST(an_expectation_decides_the_verdict)
{
    struct fixture f = two_accounts();
    struct uuid one = fixture_id(1), three = fixture_id(3), four = fixture_id(4);
    const struct {
        int line;
        int statement;
        enum db_expect expect;
        enum db_verdict verdict;
        struct db_value values[3];
        size_t count;
    } cases[] = {
        {__LINE__, ACCOUNT_RENAME, DB_ONE, DB_COMMITTED, {DB_ID(&one), DB_STR(S("uno"))}, 2},
        {__LINE__, ACCOUNT_RENAME, DB_ONE, DB_MISSED, {DB_ID(&three), DB_STR(S("tre"))}, 2},
        {__LINE__, ACCOUNT_RENAME, DB_ANY, DB_COMMITTED, {DB_ID(&three), DB_STR(S("tre"))}, 2},
        {__LINE__, ACCOUNT_RENAME, DB_ONE, DB_MISSED, {DB_ID(&one), DB_STR(S("two"))}, 2},
        {__LINE__, ACCOUNT_RENAME, DB_ANY, DB_LOST, {DB_ID(&one), DB_STR(S("two"))}, 2},
        {__LINE__, ACCOUNT_SCORE_ALL, DB_ONE, DB_MISSED, {DB_I64(5)}, 1},
        {__LINE__, ACCOUNT_SCORE_ALL, DB_ANY, DB_LOST, {DB_I64(-1)}, 1},
        {__LINE__, ACCOUNT_ADD, DB_NEW, DB_COMMITTED,
            {DB_ID(&three), DB_STR(S("three")), DB_I64(0)}, 3},
        {__LINE__, ACCOUNT_ADD, DB_NEW, DB_MISSED, {DB_ID(&three), DB_STR(S("3")), DB_I64(0)}, 3},
        {__LINE__, ACCOUNT_ADD, DB_NEW, DB_MISSED, {DB_ID(&four), DB_STR(S("two")), DB_I64(0)}, 3},
        {__LINE__, ACCOUNT_ADD, DB_ANY, DB_LOST, {DB_ID(&three), DB_STR(S("3")), DB_I64(0)}, 3},
        {__LINE__, ACCOUNT_ADD, DB_NEW, DB_LOST, {DB_ID(&four), DB_STR(S("4")), DB_I64(-1)}, 3},
        {__LINE__, ACCOUNT_ADD, DB_NEW, DB_LOST, {DB_NONE_V, DB_STR(S("4")), DB_I64(0)}, 3},
        {__LINE__, ACCOUNT_TOUCH, DB_NEW, DB_MISSED, {DB_ID(&three), DB_NONE_V, DB_I64(0)}, 3},
        {__LINE__, ACCOUNT_TOUCH, DB_ANY, DB_COMMITTED, {DB_ID(&three), DB_NONE_V, DB_I64(0)}, 3},
        {__LINE__, ACCOUNT_TOUCH, DB_NEW, DB_COMMITTED, {DB_ID(&four), DB_NONE_V, DB_I64(0)}, 3},
        {__LINE__, ACCOUNT_DROP, DB_ONE, DB_COMMITTED, {DB_ID(&four)}, 1},
        {__LINE__, ACCOUNT_DROP, DB_ONE, DB_MISSED, {DB_ID(&four)}, 1},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line,
            fixture_write(&f, cases[i].statement, cases[i].expect, cases[i].values, cases[i].count)
                == cases[i].verdict);
    }
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 3);
    EXPECT(fixture_score(&f, 1) == 0); /* neither 5 nor -1 stayed */
    fixture_end(&f);
}

TEST(a_miss_names_its_write_and_undoes_the_set)
{
    struct fixture f = two_accounts();
    struct uuid three = fixture_id(3), nine = fixture_id(9);
    struct db_writes set;

    db_writes_init(&set, f.arena);
    db_write(&set, ACCOUNT_ADD, DB_NEW, 11, DB_VALUES(DB_ID(&three), DB_NONE_V, DB_I64(0)));
    db_write(&set, ACCOUNT_TAKE, DB_ONE, 22, DB_VALUES(DB_ID(&nine), DB_I64(1)));
    db_write(&set, ACCOUNT_SCORE_ALL, DB_ANY, 33, DB_VALUES(DB_I64(8)));
    EXPECT(db_commit_wait(f.db, &set) == DB_MISSED);
    REQUIRE(set.missed != NULL);
    EXPECT(set.missed->miss == 22 && set.missed->statement == ACCOUNT_TAKE);
    EXPECT(fixture_score(&f, 3) == -1);
    EXPECT(fixture_score(&f, 1) == 0);
    EXPECT(db_count(f.db).misses == 1);
    fixture_end(&f);
}

enum { MANY_MAX = 40 };

/* Accounts and keys from first on in turn, so many of each; account number bad has a name that is taken (or, with is_wrong, a score
 * that no account may have). */
static enum db_verdict
add_many(struct fixture *f, unsigned first, unsigned count, unsigned bad, bool is_wrong,
    struct db_writes *set)
{
    struct uuid ids[MANY_MAX];

    db_writes_init(set, f->arena);
    for (unsigned i = 0; i < count; i++) {
        bool is_bad = i == bad;
        str name = is_bad && !is_wrong ? S("two") : str_fmt(f->arena, "many %u", first + i);
        ids[i] = fixture_id(first + i);
        db_write(set, KEY_ADD, DB_NEW, 1000, DB_VALUES(DB_ID(&ids[i]), DB_STR(S("k"))));
        db_write(set, ACCOUNT_ADD, DB_NEW, (int)i,
            DB_VALUES(DB_ID(&ids[i]), DB_STR(name), DB_I64(is_bad && is_wrong ? -1 : 0)));
    }
    return db_commit_wait(f->db, set);
}

TEST(of_many_rows_all_are_added_or_the_one_at_fault_is_named)
{
    static const unsigned counts[] = {1, 15, 16, 17, 32, MANY_MAX};
    struct fixture f = two_accounts();
    struct db_writes set;

    for (size_t c = 0; c < COUNT(counts); c++) {
        for (unsigned bad = 0; bad < counts[c]; bad += bad == 0 || bad == 14 ? 1 : 7) {
            CHECK_AT((int)bad, add_many(&f, 100, counts[c], bad, false, &set) == DB_MISSED);
            CHECK_AT((int)bad, set.missed != NULL && set.missed->miss == (int)bad);
            CHECK_AT((int)bad, add_many(&f, 100, counts[c], bad, true, &set) == DB_LOST);
        }
        EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 2 && fixture_number(&f, KEY_COUNT) == 0);
    }
    EXPECT(add_many(&f, 100, MANY_MAX, MANY_MAX, false, &set) == DB_COMMITTED);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 2 + MANY_MAX);
    EXPECT(fixture_number(&f, KEY_COUNT) == MANY_MAX);
    EXPECT(fixture_score(&f, 100 + MANY_MAX - 1) == 0 && fixture_score(&f, 100) == 0);
    fixture_end(&f);
}

TEST(many_rows_of_which_a_call_fails_are_whole_or_absent)
{
    struct fixture f = two_accounts();
    enum db_verdict verdict = DB_LOST;
    struct db_writes set;

    for (unsigned n = 0; verdict != DB_COMMITTED && n < 1000;
         n++) { /* a key may be left behind each time */
        db_fail_after(n);
        verdict = add_many(&f, 100 * (n + 1), MANY_MAX, MANY_MAX, false, &set);
        db_fail_after(-1);
        CHECK_AT((int)n,
            fixture_number(&f, ACCOUNT_COUNT) == (verdict == DB_COMMITTED ? 2 + MANY_MAX : 2));
    }
    EXPECT(verdict == DB_COMMITTED);
    fixture_end(&f);
}

/* Adds a key and an account under two numbers, the account first: the engine sorts them. */
static enum db_verdict
add_with_key(struct fixture *f, unsigned account, unsigned with_key, const struct db_write **ret)
{
    struct uuid a = fixture_id(account), k = fixture_id(with_key);
    struct db_writes set;
    enum db_verdict verdict;

    db_writes_init(&set, f->arena);
    db_write(&set, ACCOUNT_ADD, DB_NEW, 1, DB_VALUES(DB_ID(&a), DB_NONE_V, DB_I64(0)));
    db_write(&set, KEY_ADD, DB_NEW, 2, DB_VALUES(DB_ID(&k), DB_STR(S("k"))));
    verdict = db_commit_wait(f->db, &set);
    *ret = set.missed;
    return verdict;
}

TEST(a_miss_in_either_database_undoes_both)
{
    struct fixture f = fixture_new();
    const struct db_write *missed;

    EXPECT(add_with_key(&f, 1, 1, &missed) == DB_COMMITTED && missed == NULL);
    EXPECT(add_with_key(&f, 2, 1, &missed) == DB_MISSED && missed->miss == 2);
    EXPECT(add_with_key(&f, 1, 2, &missed) == DB_MISSED && missed->miss == 1);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1);
    EXPECT(fixture_number(&f, KEY_COUNT) == 1);
    EXPECT(add_with_key(&f, 2, 2, &missed) == DB_COMMITTED);
    fixture_end(&f);
}

/* Sets held back together: the first one's done() blocks the writer until the others wait. */
struct crowd {
    sem_t go, finished;
    atomic_int next; /* checks that done() keeps the order */
    atomic_int disorder;
};
struct member {
    struct db_writes set;
    struct crowd *crowd;
    int number;
};

static void
hold_writer(struct db_writes *set)
{
    struct member *m = set->owner;

    sem_wait(&m->crowd->go);
}

static void
member_done(struct db_writes *set)
{
    struct member *m = set->owner;

    if (atomic_fetch_add(&m->crowd->next, 1) != m->number) {
        atomic_fetch_add(&m->crowd->disorder, 1);
    }
    sem_post(&m->crowd->finished);
}

/* Several writers keep no order among them. */
static struct fixture
one_writer(void)
{
    struct fixture f = fixture_new();

    db_close(f.db);
    f.config.writers = 1;
    f.db = fixture_open(&f.config);
    return f;
}

enum { CROWD = 1000 };

static void
commit_crowd(struct fixture *f, struct crowd *crowd, struct member *members)
{
    struct uuid *ids = ARENA_ARRAY(f->arena, CROWD, struct uuid);

    for (int i = 0; i < CROWD; i++) {
        ids[i] = fixture_id((unsigned)i + 10);
        db_writes_init(&members[i].set, f->arena);
        db_write(&members[i].set, ACCOUNT_ADD, DB_NEW, 0,
            DB_VALUES(DB_ID(&ids[i]), DB_NONE_V, DB_I64(0)));
        if (i % 10 == 0) { /* every tenth set misses, alone */
            db_write(&members[i].set, ACCOUNT_DROP, DB_ONE, 0, DB_VALUES(DB_NONE_V));
        }
        members[i].crowd = crowd;
        members[i].number = i;
        members[i].set.done = member_done;
        members[i].set.owner = &members[i];
        REQUIRE(db_commit(f->db, &members[i].set));
    }
    sem_post(&crowd->go);
    for (int i = 0; i < CROWD; i++) {
        sem_wait(&crowd->finished);
    }
}

TEST(sets_that_wait_share_a_commit_and_answer_in_order)
{
    struct fixture f = one_writer();
    struct crowd crowd = {.next = 0};
    struct member holder = {.crowd = &crowd};
    struct member *members = ARENA_ARRAY(f.arena, CROWD, struct member);
    struct uuid one = fixture_id(1);
    struct db_counts counts;

    sem_init(&crowd.go, 0, 0);
    sem_init(&crowd.finished, 0, 0);
    db_writes_init(&holder.set, f.arena);
    db_write(&holder.set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&one), DB_NONE_V, DB_I64(0)));
    holder.set.done = hold_writer;
    holder.set.owner = &holder;
    REQUIRE(members != NULL && db_commit(f.db, &holder.set));
    commit_crowd(&f, &crowd, members);
    counts = db_count(f.db);
    EXPECT(counts.sets == 1 + CROWD - CROWD / 10);
    EXPECT(counts.misses == CROWD / 10);
    EXPECT(place_is_postgres() || counts.commits <= 1 + 3);
    EXPECT(crowd.disorder == 0);
    for (int i = 0; i < CROWD; i++) {
        CHECK_AT(i, members[i].set.verdict == (i % 10 == 0 ? DB_MISSED : DB_COMMITTED));
    }
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1 + CROWD - CROWD / 10);
    fixture_end(&f);
}

enum { FEW = 6, MIXES = 100, MIXED_SETS = 3, MIXED_WRITES = 2 };

struct mix { /* accounts 0 to FEW - 1 as they have to be; absent: -1 */
    struct unit_rng rng;
    int64_t score[FEW];
    bool has_key[FEW];
    struct uuid ids[FEW];
};

/* Any write that does not miss: a miss would make the sets run one by one. */
static void
mixed_write(struct mix *mix, struct db_writes *set)
{
    uint16_t dice[3];
    rng_fill(&mix->rng.rng, dice, sizeof dice);
    unsigned n = dice[0] % FEW, what = dice[1] % 8;
    const struct db_value id = DB_ID(&mix->ids[n]);
    int64_t score = dice[2] % 1000 + 1;

    if (what == 0) {
        db_write(set, ACCOUNT_SCORE_ALL, DB_ANY, 0, DB_VALUES(DB_I64(score)));
        for (unsigned i = 0; i < FEW; i++) {
            mix->score[i] = mix->score[i] < 0 ? -1 : score;
        }
    } else if (what == 1 && mix->has_key[n]) {
        db_write(set, KEY_DROP, DB_ANY, 0, DB_VALUES(id));
        mix->has_key[n] = false;
    } else if (what == 1) {
        db_write(set, KEY_ADD, DB_NEW, 0, DB_VALUES(id, DB_STR(S("k"))));
        mix->has_key[n] = true;
    } else if (mix->score[n] < 0) {
        db_write(set, what < 7 ? ACCOUNT_ADD : ACCOUNT_TOUCH, DB_NEW, 0,
            DB_VALUES(id, DB_NONE_V, DB_I64(score % 2)));
        mix->score[n] = score % 2;
    } else if (what < 6) {
        db_write(set, ACCOUNT_DROP, DB_ANY, 0, DB_VALUES(id));
        mix->score[n] = -1;
    } else {
        db_write(set, ACCOUNT_TAKE, DB_ANY, 0, DB_VALUES(id, DB_I64(score)));
        mix->score[n] = mix->score[n] == 0 ? score : mix->score[n];
    }
}

/* Sets that wait together, each with writes that hang on those before. */
static void
commit_mix(struct fixture *f, struct mix *mix, unsigned round)
{
    struct crowd crowd = {.next = 0};
    struct member *members = ARENA_ARRAY(f->arena, MIXED_SETS + 1, struct member);
    struct uuid holder = fixture_id(1000 + round);

    sem_init(&crowd.go, 0, 0);
    sem_init(&crowd.finished, 0, 0);
    for (int i = -1; i < MIXED_SETS; i++) {
        struct member *m = &members[i + 1];

        *m = (struct member){.crowd = &crowd, .number = i};
        db_writes_init(&m->set, f->arena);
        if (i < 0) {
            db_write(
                &m->set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&holder), DB_NONE_V, DB_I64(0)));
        }
        for (int k = 0; i >= 0 && k < MIXED_WRITES; k++) {
            mixed_write(mix, &m->set);
        }
        m->set.done = i < 0 ? hold_writer : member_done;
        m->set.owner = m;
        REQUIRE(db_commit(f->db, &m->set));
    }
    sem_post(&crowd.go);
    for (int i = 0; i < MIXED_SETS; i++) {
        sem_wait(&crowd.finished);
    }
    for (int i = 1; i <= MIXED_SETS; i++) {
        CHECK_AT(i, members[i].set.verdict == DB_COMMITTED);
    }
}

TEST(sets_that_share_a_commit_leave_what_they_would_one_after_the_other)
{
    struct fixture f = one_writer();
    struct mix mix = {.rng = unit_rng_new(11)};

    for (unsigned i = 0; i < FEW; i++) {
        mix.score[i] = -1;
        mix.ids[i] = fixture_id(i);
    }
    for (unsigned round = 0; round < MIXES; round++) {
        int64_t keys = 0;

        commit_mix(&f, &mix, round);
        for (unsigned i = 0; i < FEW; i++) {
            CHECK_AT((int)round, fixture_score(&f, i) == mix.score[i]);
            keys += mix.has_key[i];
        }
        CHECK_AT((int)round, fixture_number(&f, KEY_COUNT) == keys);
    }
    fixture_end(&f);
}

enum { RACERS = 8, ROUNDS = 50 };
struct race {
    struct fixture *f;
    pthread_barrier_t start;
    atomic_int winners[ROUNDS], losers[ROUNDS];
};

static void *
race_main(void *arg)
{
    struct race *race = arg;
    struct arena *arena = arena_new(MB(1));

    for (unsigned i = 0; i < ROUNDS; i++) {
        struct uuid id = fixture_id(i);
        struct db_writes set;

        db_writes_init(&set, arena);
        db_write(&set, ACCOUNT_TAKE, DB_ONE, 0, DB_VALUES(DB_ID(&id), DB_I64(1)));
        pthread_barrier_wait(&race->start);
        switch (db_commit_wait(race->f->db, &set)) {
        case DB_COMMITTED:
            atomic_fetch_add(&race->winners[i], 1);
            break;
        case DB_MISSED:
            atomic_fetch_add(&race->losers[i], 1);
            break;
        case DB_LOST:
        case DB_UNKNOWN:
            break;
        }
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

TEST(a_one_time_row_has_one_winner_whatever_races)
{
    struct fixture f = fixture_new();
    struct race race = {.f = &f};
    pthread_t threads[RACERS];

    pthread_barrier_init(&race.start, NULL, RACERS);
    for (unsigned i = 0; i < ROUNDS; i++) {
        REQUIRE(fixture_add(&f, i, NO_STR) == DB_COMMITTED);
    }
    for (int i = 0; i < RACERS; i++) {
        REQUIRE(pthread_create(&threads[i], NULL, race_main, &race) == 0);
    }
    for (int i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_AT(i, race.winners[i] == 1 && race.losers[i] == RACERS - 1);
    }
    fixture_end(&f);
}

TEST(a_set_that_may_be_lost_on_power_cut_is_committed_all_the_same)
{
    struct fixture f = fixture_new();
    struct uuid one = fixture_id(1);
    struct db_writes set;

    db_writes_init(&set, f.arena);
    EXPECT(set.is_sync_needed);
    set.is_sync_needed = false;
    db_write(&set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&one), DB_NONE_V, DB_I64(4)));
    EXPECT(db_commit_wait(f.db, &set) == DB_COMMITTED);
    EXPECT(fixture_score(&f, 1) == 4);
    EXPECT(fixture_add(&f, 2, S("durable again")) == DB_COMMITTED);
    fixture_reopen(&f);
    EXPECT(fixture_score(&f, 1) == 4);
    fixture_end(&f);
}
