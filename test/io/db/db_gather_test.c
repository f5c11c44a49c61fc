/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of very many rows: what is gathered, in which order, and that nothing is lost. */
#define UNIT db_gather
#include "db_fixture.h"

enum { MANY = 500 };

static void
declare(struct db_writes *set, int statement, unsigned n)
{
    struct uuid id = fixture_id(n);
    struct db_value key = DB_ID(&id);

    key.data = str_dup(set->arena, key.data);
    db_write(set, statement, DB_NEW, 0,
        (const struct db_value[]){key, DB_STR(str_fmt(set->arena, "%06u", n)), DB_I64(n)}, 3);
}

/* The statements of a set as letters, and whether each one's names grow. */
static const char *
order(const struct db_writes *set, bool *ret_grows)
{
    static char letters[MANY + 1];
    str before[FIXTURE_SQL_COUNT] = {NO_STR};
    size_t n = 0;

    *ret_grows = true;
    for (const struct db_write *w = set->first; w != NULL; w = w->next) {
        REQUIRE(n < MANY);
        letters[n++] = (char)('a' + w->statement);
        *ret_grows &= str_cmp(before[w->statement], w->values[1].data) < 0;
        before[w->statement] = w->values[1].data;
        REQUIRE(w->next != NULL || set->last == w);
    }
    letters[n] = 0;
    REQUIRE(n == set->count);
    return letters;
}

TEST(writes_of_the_statements_named_go_behind_the_others_in_the_order_of_their_keys)
{
    static const struct {
        int line, statements[3];
        unsigned names[6];
        int gathered[2];
        size_t count;
        const char *then;
        bool grows;
    } cases[] = {
        {__LINE__, {0, 1, 2}, {1, 2, 3, 4, 5, 6}, {2, 0}, 2, "bbccaa", true},
        {__LINE__, {0, 1, 2}, {6, 5, 4, 3, 2, 1}, {2, 0}, 2, "bbccaa",
            false}, /* b stays as it was */
        {__LINE__, {0, 1, 0}, {6, 2, 4, 3, 5, 1}, {0}, 1, "bbaaaa", true},
        {__LINE__, {0, 0, 0}, {6, 2, 4, 3, 5, 1}, {0}, 1, "aaaaaa", true},
        {__LINE__, {0, 1, 2}, {1, 2, 3, 4, 5, 6}, {3}, 1, "abcabc", true},
        {__LINE__, {0, 1, 2}, {1, 2, 3, 4, 5, 6}, {0}, 0, "abcabc", true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena *arena = arena_new(KB(64));
        struct db_writes set;
        bool grows;

        db_writes_init(&set, arena);
        for (unsigned k = 0; k < 6; k++) {
            declare(&set, cases[i].statements[k % 3], cases[i].names[k]);
        }
        db_writes_gather(&set, cases[i].gathered, cases[i].count, 1);
        CHECK_AT(cases[i].line, strcmp(order(&set, &grows), cases[i].then) == 0);
        CHECK_AT(cases[i].line, grows == cases[i].grows);
        arena_free(arena);
    }
}

TEST(keys_that_begin_alike_are_sorted_by_the_rest)
{
    static const char *const keys[] = {"0000000b", "00000000b", "00000000", "", "00000000a"};
    struct arena *arena = arena_new(KB(64));
    struct db_writes set;
    bool grows;

    db_writes_init(&set, arena);
    for (size_t i = 0; i < COUNT(keys); i++) {
        db_write(&set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_I64(0), DB_STR(str_from(keys[i]))));
    }
    db_writes_gather(&set, (const int[]){ACCOUNT_ADD}, 1, 1);
    EXPECT_STR(set.first->values[1].data, S(""));
    set.first = set.first->next; /* the empty one is not more than nothing before it */
    set.count--;
    (void)order(&set, &grows);
    EXPECT(grows);
    EXPECT_STR(set.last->values[1].data, S("0000000b"));
    arena_free(arena);
}

TEST(an_empty_set_stays_empty_and_may_be_written_to)
{
    struct arena *arena = arena_new(KB(64));
    struct db_writes set;

    db_writes_init(&set, arena);
    db_writes_gather(&set, (const int[]){ACCOUNT_ADD}, 1, 1);
    EXPECT(set.first == NULL && set.last == NULL);
    declare(&set, ACCOUNT_ADD, 1);
    EXPECT(set.first == set.last && set.count == 1);
    arena_free(arena);
}

TEST(a_gathered_set_is_committed_whole)
{
    struct fixture f = fixture_new();
    struct db_writes set;

    db_writes_init(&set, f.arena);
    for (unsigned n = 0; n < MANY; n++) {
        declare(&set, n % 3 ? ACCOUNT_ADD : ACCOUNT_TOUCH, n * 7919 % MANY);
    }
    db_writes_gather(&set, (const int[]){ACCOUNT_ADD, ACCOUNT_TOUCH}, 2, 0);
    EXPECT(db_commit_wait(f.db, &set) == DB_COMMITTED);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == MANY);
    fixture_end(&f);
}

TEST(a_failed_arena_gathers_nothing_and_is_refused)
{
    struct fixture f = fixture_new();
    struct arena *small = arena_new(KB(4));
    struct db_writes set;
    size_t n = 0;

    db_writes_init(&set, small);
    while (!arena_failed(small)) {
        db_write(&set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_STR(NO_STR), DB_NONE_V, DB_I64(0)));
    }
    db_writes_gather(&set, (const int[]){ACCOUNT_ADD}, 1, 0);
    for (const struct db_write *w = set.first; w != NULL; w = w->next) {
        n++;
    }
    EXPECT(n == set.count);
    EXPECT(db_commit_wait(f.db, &set) == DB_LOST);
    arena_free(small);
    fixture_end(&f);
}
