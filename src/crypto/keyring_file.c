/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and creates the file of the master keys.
 *
 * Creation writes a file of another name, makes it durable, and links it to its place: the link
 * fails if the place is taken, so of two processes one wins and the other finds a whole file. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/rng.h"
#include "codec/base64.h"
#include "crypto/hash.h"
#include "crypto/keyring_internal.h"

static bool
fail(const char **ret_why, const char *why)
{
    *ret_why = why;
    return false;
}

/* Ours (or root's, as credentials handed to a service may be) and nobody else's to read. */
static bool
is_private(int fd, const char **ret_why)
{
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        return fail(ret_why, "the master key is not a regular file");
    }
    if ((st.st_mode & 077) != 0) {
        return fail(ret_why, "the master key file is open to group or others: chmod 600 it");
    }
    if (st.st_uid != geteuid() && st.st_uid != 0) {
        return fail(ret_why, "the master key file belongs to another user");
    }
    return true;
}

/* Reads all of fd; one byte over the limit is too much. */
static bool
read_all(int fd, struct arena *arena, str *ret)
{
    char *to = arena_alloc(arena, KEYRING_FILE_BYTES + 1);
    size_t n = 0;

    while (to != NULL && n <= KEYRING_FILE_BYTES) {
        ssize_t got = read(fd, to + n, KEYRING_FILE_BYTES + 1 - n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return false;
        }
        if (got == 0) {
            *ret = (str){to, n};
            return true;
        }
        n += (size_t)got;
    }
    return false;
}

bool
keyring_file_read(struct arena *arena, const char *path, str *ret_text, const char **ret_why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool ok;

    if (fd < 0) {
        return fail(ret_why, errno == ENOENT ? "there is no master key file"
                                             : "the master key file cannot be opened");
    }
    ok = is_private(fd, ret_why)
         && (read_all(fd, arena, ret_text) || fail(ret_why, "the master key file cannot be read"));
    close(fd);
    errno = 0; /* whatever it was, the file is there */
    return ok;
}

static str
fresh_line(struct arena *arena, struct rng *rng)
{
    struct key32 key;
    uint8_t id[4];
    str line;

    rng_fill(rng, id, sizeof id);
    rng_fill(rng, key.b, sizeof key.b);
    line = str_fmt(arena, KEYRING_WORD " " STRF " " STRF "\n", STRV(str_hex(arena, BYTES_OF(id))),
        STRV(base64url_text(arena, key32_bytes(&key))));
    key32_wipe(&key);
    return arena_failed(arena) ? NO_STR : line;
}

static bool
write_durably(const char *path, str text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok;

    if (fd < 0) {
        return false;
    }
    ok = write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
    return close(fd) == 0 && ok;
}

static bool
sync_folder_of(struct arena *arena, str path)
{
    size_t n = path.n;
    const char *folder;
    int fd;
    bool ok;

    while (n != 0 && path.p[n - 1] != '/') {
        n--;
    }
    folder = n == 0 ? "." : str_z(arena, str_head(path, n));
    fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0) {
        return false;
    }
    ok = fsync(fd) == 0;
    close(fd);
    return ok;
}

bool
keyring_file_create(struct arena *arena, const char *path, struct rng *rng, const char **ret_why)
{
    uint8_t suffix[8];
    str line = fresh_line(arena, rng);
    const char *draft;
    bool is_placed;

    rng_fill(rng, suffix, sizeof suffix);
    draft = str_z(arena, str_fmt(arena, "%s." STRF, path, STRV(str_hex(arena, BYTES_OF(suffix)))));
    if (line.n == 0 || draft == NULL) {
        return fail(ret_why, "no memory for the master key");
    }
    if (!write_durably(draft, line)) {
        (void)unlink(draft);
        return fail(ret_why, "the master key file cannot be created");
    }
    is_placed = link(draft, path) == 0 || errno == EEXIST;
    (void)unlink(draft);
    if (!is_placed || !sync_folder_of(arena, str_from(path))) {
        return fail(ret_why, "the master key file cannot be created");
    }
    return true;
}
