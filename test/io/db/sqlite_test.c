/* SPDX-License-Identifier: Apache-2.0 */
/* The data folder: its modes, its lock, what opening refuses. */
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
