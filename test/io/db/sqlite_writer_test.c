/* SPDX-License-Identifier: Apache-2.0 */
/* What group commit leaves on disk on SQLite: erased keys. Verdicts: db_verdict_test.c. */
#define UNIT sqlite_writer
#include "db_fixture.h"

#include <fcntl.h>

/* Every byte of every file in the folder. */
static str
folder_bytes(struct fixture *f, struct arena *arena)
{
    static const char *const names[] = {
        "cardea.db", "cardea.db-wal", "cardea.db-shm", "keys.db", "keys.db-wal", "keys.db-shm"};
    str files[COUNT(names)];

    for (size_t i = 0; i < COUNT(names); i++) {
        str path = str_fmt(arena, "%s/%s", f->folder, names[i]);
        int fd = open(path.p, O_RDONLY);
        size_t n = fd >= 0 ? (size_t)lseek(fd, 0, SEEK_END) : 0;
        char *data = arena_alloc(arena, n);

        REQUIRE(data != NULL && (n == 0 || pread(fd, data, n, 0) == (ssize_t)n));
        files[i] = (str){data, n};
        close(fd);
    }
    return str_join(arena, files, COUNT(files), NO_STR);
}

static bool
folder_has(struct fixture *f, bytes needle)
{
    struct arena *arena = arena_new(MB(64));
    str all = folder_bytes(f, arena);
    bool is_found = str_find_str(all, bytes_str(needle)) < all.n;

    REQUIRE(!arena_failed(arena));
    arena_free(arena);
    return is_found;
}

/* The wrapped key of number n: 48 bytes nobody else has. */
static bytes
key_bytes(struct fixture *f, unsigned n)
{
    struct unit_rng rng = unit_rng_new(n);
    uint8_t *p = arena_alloc(f->arena, 48);

    REQUIRE(p != NULL);
    rng_fill(&rng.rng, p, 48);
    return (bytes){p, 48};
}

TEST(an_erased_key_is_in_no_file_once_its_set_is_committed)
{
    struct fixture f = fixture_new();
    struct uuid one = fixture_id(1), two = fixture_id(2);
    bytes first = key_bytes(&f, 1), second = key_bytes(&f, 2), third = key_bytes(&f, 3);

    REQUIRE(fixture_write(&f, KEY_ADD, DB_NEW, DB_VALUES(DB_ID(&one), DB_BYTES(first)))
            == DB_COMMITTED);
    REQUIRE(fixture_write(&f, KEY_ADD, DB_NEW, DB_VALUES(DB_ID(&two), DB_BYTES(second)))
            == DB_COMMITTED);
    EXPECT(fixture_number(&f, KEY_COUNT) == 2); /* a reader's connection is open meanwhile */
    EXPECT(folder_has(&f, first) && folder_has(&f, second));
    EXPECT(fixture_write(&f, KEY_DROP, DB_ONE, DB_VALUES(DB_ID(&one))) == DB_COMMITTED);
    EXPECT(!folder_has(&f, first) && folder_has(&f, second));
    EXPECT(fixture_write(&f, KEY_REWRAP, DB_ONE, DB_VALUES(DB_ID(&two), DB_BYTES(third)))
           == DB_COMMITTED);
    EXPECT(!folder_has(&f, second) && folder_has(&f, third));
    fixture_end(&f);
}

/* Pages split, merge and are reused under it: no copy of a key may be left behind by that. */
TEST(keys_erased_among_thousands_leave_no_copy)
{
    enum { KEYS = 3000 };
    struct fixture f = fixture_new();
    struct uuid *ids = ARENA_ARRAY(f.arena, KEYS, struct uuid);
    struct unit_rng rng = unit_rng_new(7);
    struct arena *arena = arena_new(MB(64));
    str all;

    REQUIRE(ids != NULL);
    for (unsigned i = 0; i < KEYS; i += 50) {
        struct db_writes set;

        db_writes_init(&set, f.arena);
        for (unsigned k = i; k < i + 50; k++) {
            ids[k] = uuid_make(1, &rng.rng);
            db_write(
                &set, KEY_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&ids[k]), DB_BYTES(key_bytes(&f, k))));
        }
        REQUIRE(db_commit_wait(f.db, &set) == DB_COMMITTED);
    }
    for (unsigned i = 0; i < KEYS; i += 60) {
        struct db_writes set;

        db_writes_init(&set, f.arena);
        for (unsigned k = i; k < i + 60; k += 3) {
            db_write(&set, KEY_DROP, DB_ONE, 0, DB_VALUES(DB_ID(&ids[k])));
        }
        REQUIRE(db_commit_wait(f.db, &set) == DB_COMMITTED);
    }
    all = folder_bytes(&f, arena);
    REQUIRE(!arena_failed(arena));
    for (unsigned i = 0; i < KEYS; i++) {
        bool is_there = str_find_str(all, bytes_str(key_bytes(&f, i))) < all.n;
        CHECK_AT((int)i, is_there == (i % 3 != 0));
    }
    arena_free(arena);
    fixture_end(&f);
}

TEST(a_read_is_no_write)
{
    struct fixture f = fixture_new();

    EXPECT(fixture_write(&f, ACCOUNT_COUNT, DB_ANY, NULL, 0) == DB_LOST);
    fixture_end(&f);
}
