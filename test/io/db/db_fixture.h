/* SPDX-License-Identifier: Apache-2.0 */
/* A small schema for the tests of io/db: accounts with a name that is unique, and keys that open them; in a fresh
 * folder, or in an empty PostgreSQL database where the environment says so (place.h). */
#pragma once
#include <stdlib.h>
#include <stdio.h>
#include <unistd.h>

#include "../../unit.h"
#include "place.h"
#include "base/id.h"
#include "crypto/hash.h"
#include "io/db/db.h"

/* clang-format off */
#define FIXTURE_SQL(X)                                                                                     \
    X(ACCOUNT_ADD, DB_DATA, "INSERT INTO account (id, name, score) VALUES ($1, $2, $3)")                   \
    X(ACCOUNT_GET, DB_DATA, "SELECT id, name, score FROM account WHERE id = $1")                           \
    X(ACCOUNT_LIST, DB_DATA, "SELECT id, name, score FROM account ORDER BY id")                            \
    X(ACCOUNT_COUNT, DB_DATA, "SELECT count(*) FROM account")                                              \
    X(ACCOUNT_TAKE, DB_DATA, "UPDATE account SET score = $2 WHERE id = $1 AND score = 0")                  \
    X(ACCOUNT_RENAME, DB_DATA, "UPDATE account SET name = $2 WHERE id = $1")                               \
    X(ACCOUNT_SCORE_ALL, DB_DATA, "UPDATE account SET score = $1")                                         \
    X(ACCOUNT_DROP, DB_DATA, "DELETE FROM account WHERE id = $1")                                          \
    X(ACCOUNT_TOUCH, DB_DATA, "INSERT INTO account (id, name, score) VALUES ($1, $2, $3)"                  \
                              " ON CONFLICT DO NOTHING")                                                   \
    X(KEY_ADD, DB_KEYS, "INSERT INTO user_key (id, wrapped) VALUES ($1, $2)")                              \
    X(KEY_GET, DB_KEYS, "SELECT wrapped FROM user_key WHERE id = $1")                                      \
    X(KEY_COUNT, DB_KEYS, "SELECT count(*) FROM user_key")                                                 \
    X(KEY_LIST, DB_KEYS, "SELECT id FROM user_key ORDER BY id")                                            \
    X(KEY_REWRAP, DB_KEYS, "UPDATE user_key SET wrapped = $2 WHERE id = $1")                               \
    X(KEY_DROP, DB_KEYS, "DELETE FROM user_key WHERE id = $1")
/* clang-format on */

enum {
#define X(name, place, text) name,
    FIXTURE_SQL(X)
#undef X
        FIXTURE_SQL_COUNT
};

static const struct db_sql fixture_sql[] = {
#define X(name, place, text) {#name, place, text},
    FIXTURE_SQL(X)
#undef X
};

static const struct db_migration fixture_migrations[] = {
    {1, DB_DATA, "account",
        "CREATE TABLE account (id BYTEA NOT NULL, name TEXT UNIQUE,"
        " score BIGINT NOT NULL CHECK (score >= 0), PRIMARY KEY (id)) /*sqlite: WITHOUT ROWID "
        "*/;\n"},
    {2, DB_KEYS, "user_key",
        "CREATE TABLE user_key (id BYTEA PRIMARY KEY, wrapped BYTEA NOT NULL)"
        " /*sqlite: WITHOUT ROWID */;\n"},
};

struct fixture {
    char folder[64];
    struct place *place; /* NULL: SQLite */
    struct db *db;
    struct arena *arena;
    struct db_config config;
};

static inline struct db *
fixture_open(const struct db_config *config)
{
    const char *why = "";
    struct db *db = db_open(config, &why);

    cr_assert(db != NULL, "db_open: %s", why);
    return db;
}

static inline struct fixture
fixture_new(void)
{
    struct fixture f = {.folder = "/tmp/cardea-test-XXXXXX"};

    cr_assert(mkdtemp(f.folder) != NULL && crypto_init());
    f.arena = arena_new(MB(64));
    cr_assert(f.arena != NULL);
    f.config = (struct db_config){
        .folder = str_dup(f.arena, str_from(f.folder)),
        .sql = fixture_sql,
        .sql_count = COUNT(fixture_sql),
        .migrations = fixture_migrations,
        .migration_count = COUNT(fixture_migrations),
    };
    if (place_is_postgres()) {
        f.place = place_take("accounts");
        f.config.database = str_dup(f.arena, place_uri(f.place));
    }
    f.db = fixture_open(&f.config);
    return f;
}

static inline void
fixture_remove(struct fixture *f)
{
    static const char *const names[] = {"cardea.db", "cardea.db-wal", "cardea.db-shm", "keys.db",
        "keys.db-wal", "keys.db-shm", "cardea.lock", "cardea.db.image", "keys.db.image",
        "cardea.db-wal.image", "keys.db-wal.image"};
    char path[512];

    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "%.63s/%s", f->folder, names[i]);
        unlink(path);
    }
    rmdir(f->folder);
}

static inline void
fixture_end(struct fixture *f)
{
    db_close(f->db);
    fixture_remove(f);
    place_free(f->place);
    arena_free(f->arena);
}

static inline void
fixture_reopen(struct fixture *f)
{
    db_close(f->db);
    f->db = fixture_open(&f->config);
}

/* A UUID whose last bytes are n, so that order is the order of n. */
static inline struct uuid
fixture_id(unsigned n)
{
    struct uuid id = {{1}};

    for (int i = 0; i < 4; i++) {
        id.b[15 - i] = (uint8_t)(n >> (8 * i));
    }
    return id;
}

/* The number a SELECT count(*) or a one-number statement gives; -1 when it fails. */
static inline int64_t
fixture_number(struct fixture *f, int statement)
{
    struct db_row *row;

    return db_one(f->db, f->arena, statement, NULL, 0, &row) == DB_ROW ? db_i64(row, 0) : -1;
}

/* Commits one write and waits. */
static inline enum db_verdict
fixture_write(struct fixture *f, int statement, enum db_expect expect,
    const struct db_value *values, size_t count)
{
    struct db_writes set;

    db_writes_init(&set, f->arena);
    db_write(&set, statement, expect, 0, values, count);
    return db_commit_wait(f->db, &set);
}

static inline enum db_verdict
fixture_add(struct fixture *f, unsigned n, str name)
{
    struct uuid id = fixture_id(n);

    return fixture_write(
        f, ACCOUNT_ADD, DB_NEW, DB_VALUES(DB_ID(&id), DB_STR_OR_NULL(name), DB_I64(0)));
}

/* The score of an account, -1 if there is none. */
static inline int64_t
fixture_score(struct fixture *f, unsigned n)
{
    struct uuid id = fixture_id(n);
    struct db_row *row;

    return db_one(f->db, f->arena, ACCOUNT_GET, DB_VALUES(DB_ID(&id)), &row) == DB_ROW
               ? db_i64(row, 2)
               : -1;
}
