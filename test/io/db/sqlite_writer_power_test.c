/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts: a VFS over the system's keeps, for each file, the image a disk without power would show:
 * all that was flushed, and of what was written since, sector by sector (512 bytes, so that a page is
 * torn) and in any order, a random part. CARDEA_TORTURE_CUTS says how many times, CARDEA_TORTURE_SEED
 * which random numbers. */
#define UNIT sqlite_writer_power
#include "db_pair.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "base/mem.h"

enum { SECTOR = 512, MAX_PIECES = 100000 };

struct power_piece { /* of a write that no flush has followed; within one sector */
    struct power_piece *next;
    sqlite3_int64 at;
    size_t n;
    char data[SECTOR];
};
struct power_disk { /* what is between the system and one file's platter */
    const char *name;
    struct power_piece *pieces;
};
struct power_file {
    sqlite3_file base;
    int image; /* what is on the platter; -1 for files that need not survive */
    struct power_disk *disk;
    _Alignas(8) char real[];
};

static sqlite3_vfs power_vfs;
static sqlite3_io_methods power_methods;
static sqlite3_vfs *power_unix;
static atomic_long power_calls_left = -1;
static struct unit_rng power_rng;
static atomic_bool power_fails_sync, power_lies; /* lies: says flushed and does nothing */
static struct power_disk power_disks[] = {
    {"/cardea.db", NULL}, {"/cardea.db-wal", NULL}, {"/keys.db", NULL}, {"/keys.db-wal", NULL}};

static bool
power_is_off(void)
{
    long left = atomic_load(&power_calls_left);

    if (left > 0) {
        atomic_store(&power_calls_left, left - 1);
    }
    return left == 0;
}

static unsigned
power_below(unsigned n)
{
    uint8_t b[4];

    rng_fill(&power_rng.rng, b, sizeof b);
    return ((unsigned)b[0] << 16 | (unsigned)b[1] << 8 | b[2]) % n;
}

/* A number from the environment, or the one of a short run. */
static unsigned
power_setting(const char *name, unsigned usual)
{
    const char *text = getenv(name);

    return text ? (unsigned)strtoul(text, NULL, 10) : usual;
}

static struct power_disk *
power_disk_of(const char *path)
{
    str all = str_from(path);

    for (size_t i = 0; i < COUNT(power_disks); i++) {
        if (str_ends(all, str_from(power_disks[i].name))) {
            return &power_disks[i];
        }
    }
    return NULL;
}

/* Forgets the pieces from an offset on. */
static void
power_forget(struct power_disk *disk, sqlite3_int64 from)
{
    for (struct power_piece **at = &disk->pieces; *at != NULL;) {
        struct power_piece *piece = *at;
        if (piece->at < from) {
            at = &piece->next;
            continue;
        }
        *at = piece->next;
        mem_free(piece);
    }
}

static void
power_keep(struct power_disk *disk, const char *data, int n, sqlite3_int64 at)
{
    while (n > 0) {
        int part = MIN(n, SECTOR - (int)(at % SECTOR));
        struct power_piece *piece = MEM_NEW(struct power_piece);

        REQUIRE(piece != NULL);
        *piece = (struct power_piece){.next = disk->pieces, .at = at, .n = (size_t)part};
        memcpy(piece->data, data, (size_t)part);
        disk->pieces = piece;
        data += part;
        at += part;
        n -= part;
    }
}

/* The cut: of the pieces so many in 256 are on the platter, in any order. */
static void
power_land(struct power_disk *disk, int image, unsigned rate)
{
    static struct power_piece *order[MAX_PIECES];
    unsigned count = 0;

    for (struct power_piece *piece = disk->pieces; piece != NULL; piece = piece->next) {
        REQUIRE(count < MAX_PIECES);
        order[count++] = piece;
    }
    while (count > 0) {
        unsigned pick = power_below(count);
        struct power_piece *piece = order[pick];

        order[pick] = order[--count];
        if (power_below(256) < rate) {
            REQUIRE(pwrite(image, piece->data, piece->n, piece->at) == (ssize_t)piece->n);
        }
    }
    power_forget(disk, 0);
}

static sqlite3_file *
power_real(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)((struct power_file *)(void *)file)->real;
}

/* The flush: what was written since the last one is on the platter, and the file as long as SQLite sees it.
 * Only that: what a flush that failed has forgotten is not written by the next. */
static bool
power_settle(struct power_file *p)
{
    sqlite3_file *real = power_real(&p->base);
    struct power_piece *oldest = NULL, *piece;
    sqlite3_int64 size;

    if (real->pMethods->xFileSize(real, &size) != SQLITE_OK || ftruncate(p->image, size) != 0) {
        return false;
    }
    while ((piece = p->disk->pieces) != NULL) { /* newest first: turn them round */
        p->disk->pieces = piece->next;
        piece->next = oldest;
        oldest = piece;
    }
    p->disk->pieces = oldest;
    for (piece = oldest; piece != NULL; piece = piece->next) {
        REQUIRE(pwrite(p->image, piece->data, piece->n, piece->at) == (ssize_t)piece->n);
    }
    power_forget(p->disk, 0);
    return true;
}

/* Makes the image equal to what SQLite sees in the file: of one that was there before. */
static bool
power_copy(struct power_file *p)
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
    power_forget(p->disk, 0);
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
    if (p->image >= 0) {
        power_keep(p->disk, data, n, at);
    }
    return real->pMethods->xWrite(real, data, n, at);
}

static int
power_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct power_file *p = (struct power_file *)(void *)file;
    sqlite3_file *real = power_real(file);

    if (power_is_off()) {
        return SQLITE_IOERR_TRUNCATE;
    }
    if (p->image >= 0 && power_below(2)) {
        REQUIRE(ftruncate(p->image, size) == 0);
        power_forget(p->disk, size);
    }
    return real->pMethods->xTruncate(real, size);
}

/* The machine's own disk is not asked: the image is the platter. */
static int
power_sync(sqlite3_file *file, int flags)
{
    struct power_file *p = (struct power_file *)(void *)file;

    (void)flags;
    if (power_is_off()) {
        return SQLITE_IOERR_FSYNC;
    }
    if (atomic_load(&power_fails_sync)) {
        if (p->image >= 0) {
            power_forget(p->disk, 0); /* as Linux does: the pages count as clean from now on */
        }
        return SQLITE_IOERR_FSYNC;
    }
    if (p->image >= 0 && !atomic_load(&power_lies) && !power_settle(p)) {
        return SQLITE_IOERR_FSYNC;
    }
    return SQLITE_OK;
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
    p->disk = power_disk_of(path);
    REQUIRE(p->disk != NULL);
    if (p->image < 0 || fstat(p->image, &st) != 0 || (st.st_size == 0 && !power_copy(p))) {
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
    if (power_disk_of(path) != NULL) {
        power_forget(power_disk_of(path), 0);
    }
    return power_unix->xDelete(power_unix, path, is_durable);
}

/* Puts the shim in the place of the file system the engine asks for. */
static void
power_install(void)
{
    power_unix = sqlite3_vfs_find("unix-excl");
    power_rng = unit_rng_new(power_setting("CARDEA_TORTURE_SEED", 1));
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

/* Power is back: every file shows its image, with nothing, some or all of what was on the way. */
static void
power_restore(const char *folder)
{
    static const unsigned rates[] = {0, 64, 128, 250, 256};
    unsigned rate = rates[power_below(COUNT(rates))];
    char path[128], image[160];

    power_cut_after(-1);
    for (size_t i = 0; i < COUNT(power_disks); i++) {
        snprintf(path, sizeof path, "%s%s", folder, power_disks[i].name);
        snprintf(image, sizeof image, "%s.image", path);
        if (access(image, F_OK) == 0) {
            int fd = open(image, O_RDWR);
            REQUIRE(fd >= 0);
            power_land(&power_disks[i], fd, rate);
            close(fd);
            REQUIRE(rename(image, path) == 0);
        }
        snprintf(path, sizeof path, "%s%s-shm", folder, power_disks[i].name);
        unlink(path);
    }
}

struct cut { /* one cycle: sets first to last - 1 were acknowledged, set last was on its way */
    unsigned first, last;
};

/* Commits until the power is off. */
static struct cut
work_until_cut(struct fixture *f, unsigned number, const struct uuid *sentinel)
{
    struct cut cut = {number * 1000, number * 1000};
    struct db_writes set;
    struct uuid ids[3];

    power_cut_after(power_below(400));
    for (; cut.last < cut.first + 1000; cut.last++) {
        db_writes_init(&set, f->arena);
        pair_declare(&set, ids, cut.last);
        if (cut.last % 4 == 0) { /* a checkpoint of keys.db follows */
            db_write(&set, KEY_REWRAP, DB_ONE, 0, DB_VALUES(DB_ID(sentinel), DB_I64(cut.last)));
        }
        if (db_commit_wait(f->db, &set) != DB_COMMITTED) {
            return cut;
        }
    }
    cr_assert_fail("the power was never cut");
    return cut;
}

/* Counts the acknowledged sets that are lost, and halves. */
static unsigned
look_after_cut(struct fixture *f, struct cut cut)
{
    int parts = pair_parts(f, cut.last);
    unsigned lost = (parts & 6) != 0 && parts != 7;

    for (unsigned n = cut.first; n < cut.last; n++) {
        lost += pair_parts(f, n) != 7;
    }
    return lost;
}

/* One cycle: work, cut, restart. The fixture's own arena holds what lives longer. */
static unsigned
cut_and_look(
    struct fixture *f, unsigned number, const struct uuid *sentinel, unsigned *acknowledged)
{
    struct arena *own = f->arena;
    struct cut cut;
    unsigned lost;

    f->arena = arena_new(MB(16));
    cut = work_until_cut(f, number, sentinel);
    db_close(f->db);
    power_restore(f->folder);
    f->db = fixture_open(&f->config);
    lost = look_after_cut(f, cut);
    *acknowledged += cut.last - cut.first;
    arena_free(f->arena);
    f->arena = own;
    return lost;
}

/* DU-02: everything not flushed is forgotten, torn or reordered, in the middle of the work. */
TEST(du_02_a_power_cut_loses_nothing_acknowledged)
{
    unsigned cuts = power_setting("CARDEA_TORTURE_CUTS", 20), acknowledged = 0;
    struct uuid sentinel = fixture_id(0);
    struct fixture f;

    power_install();
    f = fixture_new();
    REQUIRE(fixture_write(&f, KEY_ADD, DB_NEW, DB_VALUES(DB_ID(&sentinel), DB_STR(S("x"))))
            == DB_COMMITTED);
    for (unsigned number = 1; number <= cuts; number++) {
        unsigned lost = cut_and_look(&f, number, &sentinel, &acknowledged);
        cr_expect(lost == 0, "cut %u: %u sets lost or half made", number, lost);
    }
    EXPECT(acknowledged > cuts);
    pair_expect_whole(&f);
    fixture_end(&f);
}

/* The shim has teeth: a disk that only says that it flushed loses what was acknowledged. */
TEST(a_disk_that_lies_is_found_out)
{
    unsigned acknowledged = 0, lost = 0;
    struct uuid sentinel = fixture_id(0);
    struct fixture f;

    power_install();
    f = fixture_new();
    REQUIRE(fixture_write(&f, KEY_ADD, DB_NEW, DB_VALUES(DB_ID(&sentinel), DB_STR(S("x"))))
            == DB_COMMITTED);
    atomic_store(&power_lies, true);
    for (unsigned number = 1; number <= 3 && lost == 0; number++) {
        lost = cut_and_look(&f, number, &sentinel, &acknowledged);
    }
    atomic_store(&power_lies, false);
    EXPECT(lost > 0);
    fixture_end(&f);
}

/* Linux forgets what it could not write: a flush that succeeds after one that failed proves nothing, unless all
 * was written anew. So a power cut after the mending must find everything acknowledged, and nothing else. */
TEST(du_03_after_a_failed_flush_everything_is_written_anew_before_a_promise)
{
    struct fixture f;

    power_install();
    f = fixture_new();
    EXPECT(fixture_add(&f, 1, S("before")) == DB_COMMITTED);
    atomic_store(&power_fails_sync, true);
    EXPECT(fixture_add(&f, 2, S("during")) == DB_LOST);
    EXPECT(fixture_add(&f, 3, S("still")) == DB_LOST);
    EXPECT(fixture_score(&f, 1) == 0 && fixture_score(&f, 2) == -1);
    atomic_store(&power_fails_sync, false);
    EXPECT(fixture_add(&f, 4, S("after")) == DB_COMMITTED);
    power_cut_after(0);
    EXPECT(fixture_add(&f, 5, S("cut")) == DB_LOST);
    db_close(f.db);
    power_restore(f.folder);
    f.db = fixture_open(&f.config);
    EXPECT(fixture_score(&f, 1) == 0 && fixture_score(&f, 4) == 0);
    EXPECT(fixture_score(&f, 2) == -1 && fixture_score(&f, 3) == -1 && fixture_score(&f, 5) == -1);
    EXPECT(fixture_add(&f, 6, S("again")) == DB_COMMITTED);
    fixture_end(&f);
}
