/* SPDX-License-Identifier: Apache-2.0 */
/* Sets whose wholeness can be told afterwards: number n is a key, and the two accounts it opens. */
#pragma once
#include "db_fixture.h"

enum { PAIR_KEY = 1, PAIR_ACCOUNTS = 6, PAIR_WHOLE = 7, PAIR_MAX_ROWS = 2000000 };

static inline void
pair_declare(struct db_writes *set, struct uuid ids[static 3], unsigned n)
{
    ids[0] = fixture_id(n);
    ids[1] = fixture_id(2 * n);
    ids[2] = fixture_id(2 * n + 1);
    db_write(set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&ids[1]), DB_NONE_V, DB_I64(n)));
    db_write(set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&ids[2]), DB_NONE_V, DB_I64(n)));
    db_write(set, KEY_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&ids[0]), DB_STR(S("wrapped"))));
}

/* What of set n exists, as bits. */
static inline int
pair_parts(struct fixture *f, unsigned n)
{
    struct uuid key = fixture_id(n);
    struct db_row *row;
    bool has_key = db_one(f->db, f->arena, KEY_GET, DB_VALUES(DB_ID(&key)), &row) == DB_ROW;
    bool has_first = fixture_score(f, 2 * n) == (int64_t)n;
    bool has_second = fixture_score(f, 2 * n + 1) == (int64_t)n;

    return (has_key ? 1 : 0) | (has_first ? 2 : 0) | (has_second ? 4 : 0);
}

/* No account without its twin and its key; keys alone may be left (they are committed first). */
static inline void
pair_expect_whole(struct fixture *f)
{
    struct db_row *row;
    size_t halves = 0;

    REQUIRE(db_all(f->db, f->arena, ACCOUNT_LIST, NULL, 0, PAIR_MAX_ROWS, &row) == DB_ROW);
    for (; row != NULL; row = row->next) {
        halves += pair_parts(f, (unsigned)db_i64(row, 2)) != PAIR_WHOLE;
    }
    cr_expect(halves == 0, "%zu rows of half sets", halves);
}
