/* SPDX-License-Identifier: Apache-2.0 */
/* What was migrated in a data folder, without migrating it: for the command that tells an operator.
 *
 * The folder's lock is held meanwhile, so nobody migrates it and nobody is kept from it for longer
 * than a look takes. A folder or a file that is not there is one where everything is missing. */
#include "io/db/sqlite_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/arena.h"
#include "io/db/sqlite_migrate_sql.h"

static const char *const files[SQLITE_PLACES] = {[DB_DATA] = "cardea.db", [DB_KEYS] = "keys.db"};

/* The lock's descriptor; -1 where there is none to take, -2 after db_refuse. */
static int
lock(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0) {
        return errno == ENOENT ? -1 : (db_refuse("%s: %s", path, strerror(errno)), -2);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        db_refuse("a server is using the folder: it has applied what it knows");
        close(fd);
        return -2;
    }
    return fd;
}

static int
has_table(sqlite3 *handle)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(handle, MIGRATE_IS_TABLE_SQL, -1, &stmt, NULL);

    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
    }
    sqlite3_finalize(stmt);
    return rc;
}

static bool
look(const char *path, enum db_place place, const struct db_config *config,
    struct db_migration_state *ret)
{
    sqlite3 *handle = NULL;
    int rc =
        sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, "unix-excl");
    bool is_seen = true;

    if (rc == SQLITE_OK) {
        rc = has_table(handle);
    }
    if (rc == SQLITE_ROW) {
        is_seen = sqlite_migrate_look(handle, place, config, ret);
    } else if (rc != SQLITE_DONE && access(path, F_OK) == 0) {
        is_seen = db_refuse("%s: %s", path, sqlite3_errmsg(handle));
    }
    sqlite3_close(handle);
    return is_seen;
}

bool
sqlite_status(struct db *db, const struct db_config *config, struct db_migration_state *ret)
{
    str lock_path = str_fmt(db->arena, STRF "/cardea.lock", STRV(config->folder));
    bool is_seen = true;
    int fd;

    memset(ret, 0, config->migration_count * sizeof *ret);
    fd = arena_failed(db->arena) ? -2 : lock(lock_path.p);
    for (int i = 0; fd >= 0 && is_seen && i < SQLITE_PLACES; i++) {
        str path = str_fmt(db->arena, STRF "/%s", STRV(config->folder), files[i]);
        is_seen = path.n > 0 && look(path.p, (enum db_place)i, config, ret);
    }
    if (fd >= 0) {
        close(fd);
    }
    return is_seen && fd != -2;
}
