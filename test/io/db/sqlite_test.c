/* SPDX-License-Identifier: Apache-2.0 */
/* The data folder: its modes, its lock, what opening refuses; rows as they come back. */
#define UNIT sqlite
#include "db_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static mode_t
mode_of(const char *folder, const char *name)
{
    char path[160];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

TEST(folder_and_files_are_the_owners_alone_whatever_the_umask)
{
    static const mode_t umasks[] = {0, 022, 077, 0277};
    static const char *const names[] = {
        "cardea.db", "cardea.db-wal", "keys.db", "keys.db-wal", "cardea.lock"};

    for (size_t i = 0; i < COUNT(umasks); i++) {
        struct fixture f = fixture_new();
        mode_t before;

        db_close(f.db);
        fixture_remove(&f);
        before = umask(umasks[i]);
        f.db = fixture_open(&f.config);
        EXPECT(fixture_add(&f, 1, NO_STR) == DB_COMMITTED);
        umask(before);
        CHECK_AT((int)i, mode_of(f.folder, ".") == 0700);
        CHECK_AT((int)i, mode_of(f.folder, "cardea.db-shm") == 0); /* the index is in memory */
        for (size_t k = 0; k < COUNT(names); k++) {
            cr_expect(mode_of(f.folder, names[k]) == 0600, "umask %04o: %s is %04o", umasks[i],
                names[k], mode_of(f.folder, names[k]));
        }
        fixture_end(&f);
    }
}

/* The reason db_open gives, or the empty text when it opens. */
static str
refusal(struct fixture *f, const struct db_config *config)
{
    const char *why = "";
    struct db *db = db_open(config, &why);

    db_close(db);
    return db ? NO_STR : str_dup(f->arena, str_from(why));
}

static bool
has(str text, str word)
{
    return str_find_str(text, word) < text.n;
}

TEST(one_process_uses_a_folder_at_a_time)
{
    struct fixture f = fixture_new();
    int status;
    pid_t child;
    str why = refusal(&f, &f.config);

    cr_expect(has(why, S("in use by another process")), STRF, STRV(why));
    EXPECT(has(why, str_from(f.folder)));
    db_close(f.db);
    child = fork();
    if (child == 0) {
        const char *reason;
        _exit(db_open(&f.config, &reason) != NULL ? 0 : 1); /* leaves without closing */
    }
    REQUIRE(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    f.db = fixture_open(&f.config); /* a dead process holds no lock */
    EXPECT(fixture_add(&f, 1, NO_STR) == DB_COMMITTED);
    fixture_end(&f);
}

TEST(opening_says_why_it_cannot)
{
    struct fixture f = fixture_new();
    struct db_config config = f.config;
    char path[160];
    int fd;

    config.folder = S("/nonexistent/cardea");
    EXPECT(has(refusal(&f, &config), S("No such file")));
    config.folder = S("/tmp\0/x");
    EXPECT(has(refusal(&f, &config), S("cannot be used")));
    db_close(f.db);
    snprintf(path, sizeof path, "%s/keys.db", f.folder);
    fd = open(path, O_WRONLY | O_TRUNC);
    REQUIRE(fd >= 0 && write(fd, "this is no database, it is a text of some length ...", 52) == 52);
    close(fd);
    EXPECT(has(refusal(&f, &f.config), S("file is not a database")));
    unlink(path);
    REQUIRE(symlink("/tmp/elsewhere", path) == 0);
    EXPECT(has(refusal(&f, &f.config), S("symbolic links"))); /* O_NOFOLLOW: ELOOP */
    unlink(path);
    f.db = fixture_open(&f.config);
    fixture_end(&f);
}

TEST(what_was_committed_is_there_after_reopening)
{
    struct fixture f = fixture_new();

    for (unsigned i = 0; i < 10; i++) {
        REQUIRE(fixture_add(&f, i, NO_STR) == DB_COMMITTED);
        fixture_reopen(&f);
        EXPECT(fixture_number(&f, ACCOUNT_COUNT) == i + 1);
    }
    fixture_end(&f);
}

TEST(rows_are_copies_that_outlive_the_statement)
{
    struct fixture f = fixture_new();
    struct db_row *first, *row;
    unsigned n = 0;

    EXPECT(db_all(f.db, f.arena, ACCOUNT_LIST, NULL, 0, 10, &first) == DB_ROW && first == NULL);
    for (unsigned i = 0; i < 5; i++) {
        REQUIRE(fixture_add(&f, i, str_fmt(f.arena, "name %u", i)) == DB_COMMITTED);
    }
    REQUIRE(db_all(f.db, f.arena, ACCOUNT_LIST, NULL, 0, 4, &first) == DB_ROW);
    REQUIRE(fixture_write(&f, ACCOUNT_SCORE_ALL, DB_ANY, DB_VALUES(DB_I64(9))) == DB_COMMITTED);
    db_close(f.db);
    for (row = first; row != NULL; row = row->next, n++) {
        EXPECT(uuid_eq(uuid_from(db_bytes(row, 0)), fixture_id(n)));
        EXPECT_STR(db_str(row, 1), str_fmt(f.arena, "name %u", n));
        EXPECT(db_i64(row, 2) == 0 && !db_is_null(row, 1));
    }
    EXPECT(n == 4); /* max */
    f.db = fixture_open(&f.config);
    fixture_end(&f);
}

TEST(null_empty_and_missing_are_told_apart)
{
    struct fixture f = fixture_new();
    struct uuid a = fixture_id(1), b = fixture_id(2), c = fixture_id(3);
    struct db_row *row = NULL;

    REQUIRE(fixture_write(&f, ACCOUNT_ADD, DB_NEW, DB_VALUES(DB_ID(&a), DB_NONE_V, DB_I64(0)))
            == DB_COMMITTED);
    REQUIRE(fixture_write(&f, ACCOUNT_ADD, DB_NEW, DB_VALUES(DB_ID(&b), DB_STR(NO_STR), DB_I64(0)))
            == DB_COMMITTED);
    REQUIRE(fixture_write(&f, KEY_ADD, DB_NEW, DB_VALUES(DB_ID(&a), DB_BYTES(((bytes){NULL, 0}))))
            == DB_COMMITTED); /* NOT NULL: an empty blob is none */
    EXPECT(db_one(f.db, f.arena, ACCOUNT_GET, DB_VALUES(DB_ID(&c)), &row) == DB_NO_ROW);
    EXPECT(row == NULL);
    REQUIRE(db_one(f.db, f.arena, ACCOUNT_GET, DB_VALUES(DB_ID(&a)), &row) == DB_ROW);
    EXPECT(db_is_null(row, 1) && db_str(row, 1).n == 0 && db_i64(row, 1) == 0);
    REQUIRE(db_one(f.db, f.arena, ACCOUNT_GET, DB_VALUES(DB_ID(&b)), &row) == DB_ROW);
    EXPECT(!db_is_null(row, 1) && db_str(row, 1).n == 0);
    fixture_end(&f);
}

TEST(a_full_arena_fails_the_read)
{
    struct fixture f = fixture_new();
    struct arena *small = arena_new(KB(4));
    char name[3000];
    struct uuid id = fixture_id(1);
    struct db_row *row;

    memset(name, 'n', sizeof name);
    REQUIRE(fixture_add(&f, 1, (str){name, sizeof name}) == DB_COMMITTED);
    EXPECT(db_one(f.db, small, ACCOUNT_GET, DB_VALUES(DB_ID(&id)), &row) == DB_ROW);
    EXPECT(db_one(f.db, small, ACCOUNT_GET, DB_VALUES(DB_ID(&id)), &row) == DB_FAILED);
    EXPECT(arena_failed(small));
    arena_reset(small);
    EXPECT(db_one(f.db, small, ACCOUNT_GET, DB_VALUES(DB_ID(&id)), &row) == DB_ROW);
    arena_free(small);
    fixture_end(&f);
}
