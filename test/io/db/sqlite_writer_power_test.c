/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts: a VFS over the system's keeps, for each file, the image a disk without power would show,
 * that is all that was flushed and of what was written since a random part. */
#define UNIT sqlite_writer_power
#include "db_pair.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>

struct power_file {
    sqlite3_file base;
    int image; /* what would survive; -1 for files that need not */
    _Alignas(8) char real[];
};

static sqlite3_vfs power_vfs;
static sqlite3_io_methods power_methods;
static sqlite3_vfs *power_unix;
static atomic_long power_calls_left = -1;
static struct unit_rng power_rng;
static atomic_bool power_fails_sync;

static bool
power_is_off(void)
{
    long left = atomic_load(&power_calls_left);

    if (left > 0) {
        atomic_store(&power_calls_left, left - 1);
    }
    return left == 0;
}

static bool
power_coin(void)
{
    uint8_t b;

    rng_fill(&power_rng.rng, &b, 1);
    return b & 1;
}

static sqlite3_file *
power_real(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)((struct power_file *)(void *)file)->real;
}

/* Makes the image equal to what SQLite sees in the file. */
static bool
power_settle(struct power_file *p)
{
    sqlite3_file *real = power_real(&p->base);
    sqlite3_int64 size;
    char block[4096];

    if (real->pMethods->xFileSize(real, &size) != SQLITE_OK || ftruncate(p->image, size) != 0) {
        return false;
    }
    for (sqlite3_int64 at = 0; at < size; at += (int)sizeof block) {
        int n = (int)MIN((sqlite3_int64)sizeof block, size - at);
        if (real->pMethods->xRead(real, block, n, at) != SQLITE_OK
            || pwrite(p->image, block, (size_t)n, at) != n) {
            return false;
        }
    }
    return true;
}

static int
power_write(sqlite3_file *file, const void *data, int n, sqlite3_int64 at)
{
    struct power_file *p = (struct power_file *)(void *)file;
    sqlite3_file *real = power_real(file);

    if (power_is_off()) {
        return SQLITE_IOERR_WRITE;
    }
    if (p->image >= 0 && power_coin() && pwrite(p->image, data, (size_t)n, at) != n) {
        return SQLITE_IOERR_WRITE;
    }
    return real->pMethods->xWrite(real, data, n, at);
}

static int
power_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct power_file *p = (struct power_file *)(void *)file;
    sqlite3_file *real = power_real(file);

    if (power_is_off() || (p->image >= 0 && power_coin() && ftruncate(p->image, size) != 0)) {
        return SQLITE_IOERR_TRUNCATE;
    }
    return real->pMethods->xTruncate(real, size);
}

static int
power_sync(sqlite3_file *file, int flags)
{
    struct power_file *p = (struct power_file *)(void *)file;
    sqlite3_file *real = power_real(file);

    if (power_is_off() || atomic_load(&power_fails_sync) || (p->image >= 0 && !power_settle(p))) {
        return SQLITE_IOERR_FSYNC;
    }
    return real->pMethods->xSync(real, flags);
}

static int
power_close(sqlite3_file *file)
{
    struct power_file *p = (struct power_file *)(void *)file;
    sqlite3_file *real = power_real(file);

    if (p->image >= 0) {
        close(p->image);
    }
    return real->pMethods->xClose(real);
}

/* The calls that change nothing go straight through. */
#define POWER_PASS(name, params, ...)                                                              \
    static int power_pass_##name params                                                            \
    {                                                                                              \
        sqlite3_file *real = power_real(file);                                                     \
        return real->pMethods->name(__VA_ARGS__);                                                  \
    }
POWER_PASS(xRead, (sqlite3_file * file, void *to, int n, sqlite3_int64 at), real, to, n, at)
POWER_PASS(xFileSize, (sqlite3_file * file, sqlite3_int64 *size), real, size)
POWER_PASS(xLock, (sqlite3_file * file, int kind), real, kind)
POWER_PASS(xUnlock, (sqlite3_file * file, int kind), real, kind)
POWER_PASS(xCheckReservedLock, (sqlite3_file * file, int *ret), real, ret)
POWER_PASS(xFileControl, (sqlite3_file * file, int op, void *arg), real, op, arg)
POWER_PASS(xSectorSize, (sqlite3_file * file), real)
POWER_PASS(xDeviceCharacteristics, (sqlite3_file * file), real)
POWER_PASS(xShmMap, (sqlite3_file * file, int page, int size, int extend, void volatile **ret),
    real, page, size, extend, ret)
POWER_PASS(xShmLock, (sqlite3_file * file, int offset, int n, int flags), real, offset, n, flags)
POWER_PASS(xShmUnmap, (sqlite3_file * file, int remove), real, remove)

static void
power_barrier(sqlite3_file *file)
{
    sqlite3_file *real = power_real(file);

    real->pMethods->xShmBarrier(real);
}

static int
power_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *ret_flags)
{
    struct power_file *p = (struct power_file *)(void *)file;
    sqlite3_file *real = power_real(file);
    char image[256];
    struct stat st;
    int rc = power_unix->xOpen(power_unix, path, real, flags, ret_flags);

    (void)vfs;
    file->pMethods = rc == SQLITE_OK ? &power_methods : NULL;
    p->image = -1;
    if (rc != SQLITE_OK || (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0) {
        return rc;
    }
    snprintf(image, sizeof image, "%s.image", path);
    p->image = open(image, O_RDWR | O_CREAT, 0600);
    if (p->image < 0 || fstat(p->image, &st) != 0 || (st.st_size == 0 && !power_settle(p))) {
        return SQLITE_CANTOPEN;
    }
    return rc;
}

static int
power_delete(sqlite3_vfs *vfs, const char *path, int is_durable)
{
    char image[256];

    (void)vfs;
    if (power_is_off()) {
        return SQLITE_IOERR_DELETE;
    }
    snprintf(image, sizeof image, "%s.image", path);
    unlink(image);
    return power_unix->xDelete(power_unix, path, is_durable);
}

/* Puts the shim in the place of the file system the engine asks for. */
static void
power_install(void)
{
    power_unix = sqlite3_vfs_find("unix-excl");
    power_rng = unit_rng_new(1);
    power_vfs = *power_unix;
    power_vfs.szOsFile = (int)sizeof(struct power_file) + power_unix->szOsFile;
    power_vfs.xOpen = power_open;
    power_vfs.xDelete = power_delete;
    power_methods = (sqlite3_io_methods){2, power_close, power_pass_xRead, power_write,
        power_truncate, power_sync, power_pass_xFileSize, power_pass_xLock, power_pass_xUnlock,
        power_pass_xCheckReservedLock, power_pass_xFileControl, power_pass_xSectorSize,
        power_pass_xDeviceCharacteristics, power_pass_xShmMap, power_pass_xShmLock, power_barrier,
        power_pass_xShmUnmap, NULL, NULL};
    REQUIRE(sqlite3_vfs_unregister(power_unix) == SQLITE_OK);
    REQUIRE(sqlite3_vfs_register(&power_vfs, 0) == SQLITE_OK);
}

static void
power_cut_after(long calls)
{
    atomic_store(&power_calls_left, calls);
}

/* Power is back: every file shows its image. */
static void
power_restore(const char *folder)
{
    static const char *const names[] = {"cardea.db", "cardea.db-wal", "keys.db", "keys.db-wal"};
    char path[128], image[160];

    power_cut_after(-1);
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        snprintf(image, sizeof image, "%s.image", path);
        if (access(image, F_OK) == 0) {
            REQUIRE(rename(image, path) == 0);
        }
        snprintf(path, sizeof path, "%s/%s-shm", folder, names[i]);
        unlink(path);
    }
}

/* Power cuts: everything not flushed is forgotten at once, in the middle of the work. */
TEST(a_power_cut_loses_nothing_acknowledged)
{
    struct uuid sentinel = fixture_id(0);
    struct fixture f;
    unsigned acknowledged = 0;

    power_install();
    f = fixture_new();
    REQUIRE(fixture_write(&f, KEY_ADD, DB_NEW, DB_VALUES(DB_ID(&sentinel), DB_STR(S("x"))))
            == DB_COMMITTED);
    for (unsigned cut = 1; cut <= 25; cut++) {
        unsigned first = cut * 100, n = first;
        enum db_verdict verdict = DB_COMMITTED;

        power_cut_after((long)(cut * 37 % 401));
        for (; verdict == DB_COMMITTED && n < first + 100; n++) {
            struct db_writes set;
            struct uuid ids[3];

            db_writes_init(&set, f.arena);
            pair_declare(&set, ids, n);
            if (n % 4 == 0) { /* a checkpoint of keys.db follows */
                db_write(&set, KEY_REWRAP, DB_ONE, 0, DB_VALUES(DB_ID(&sentinel), DB_I64(n)));
            }
            verdict = db_commit_wait(f.db, &set);
            acknowledged += verdict == DB_COMMITTED;
        }
        REQUIRE(verdict == DB_LOST); /* the set number n - 1 was not acknowledged */
        db_close(f.db);
        power_restore(f.folder);
        f.db = fixture_open(&f.config);
        for (unsigned k = first; k + 1 < n; k++) {
            CHECK_AT((int)k, pair_parts(&f, k) == 7);
        }
        CHECK_AT((int)cut, (pair_parts(&f, n - 1) & 6) == 0 || pair_parts(&f, n - 1) == 7);
    }
    EXPECT(acknowledged > 100);
    pair_expect_whole(&f);
    fixture_end(&f);
}

/* Linux forgets what it could not write: a flush that succeeds after one that failed proves nothing. */
TEST(after_a_failed_flush_nothing_is_promised_until_reopened)
{
    struct fixture f;

    power_install();
    f = fixture_new();
    EXPECT(fixture_add(&f, 1, S("before")) == DB_COMMITTED);
    atomic_store(&power_fails_sync, true);
    EXPECT(fixture_add(&f, 2, S("during")) == DB_LOST);
    atomic_store(&power_fails_sync, false);
    EXPECT(fixture_add(&f, 3, S("after")) == DB_LOST);
    EXPECT(fixture_score(&f, 1) == 0 && fixture_score(&f, 3) == -1);
    fixture_reopen(&f);
    EXPECT(fixture_score(&f, 1) == 0 && fixture_score(&f, 3) == -1);
    EXPECT(fixture_add(&f, 4, S("again")) == DB_COMMITTED);
    fixture_end(&f);
}
