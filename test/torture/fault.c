/* SPDX-License-Identifier: Apache-2.0 */
/* LD_PRELOAD for the real binary: system calls, locks and allocations fail when told to (DU-03, DU-04,
 * DU-11). What to fail is read from a file of eight-byte words that the test maps too (TORTURE_CONTROL);
 * files are those opened below TORTURE_FOLDER, the disk is theirs. Sanitizers keep their own allocator:
 * -DTORTURE_MEMORY adds the failing one. fault.mjs knows the same words. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind { /* bits of the word KINDS */
    KIND_WRITE = 1,
    KIND_FLUSH = 2,
    KIND_SIZE = 4,
    KIND_READ = 8,
    KIND_OPEN = 16,
    KIND_LOCK = 32,
    KIND_SOCKET = 64,
    KIND_MEMORY = 128,
    KIND_MAP = 256,
    KIND_THREAD = 512,
    KIND_RANDOM = 1024,
};
enum word {
    WORD_KINDS,  /* which calls are counted and may fail; 0: none */
    WORD_LEFT,   /* so many succeed before one fails; negative: none fails */
    WORD_STICKS, /* 1: all after it fail too; 2: every so many calls again, see WORD_EVERY */
    WORD_EVERY,
    WORD_ERRNO,
    WORD_COUNTED, /* how many calls of those kinds there were */
    WORD_FAILED,  /* how many of them failed */
    WORD_ROOM,    /* bytes by which files may still grow; negative: as many as there are */
    WORD_COUNT
};

enum { MAX_FD = 4096 };

static atomic_llong nothing[WORD_COUNT] = {0, -1, 0, 0, 0, 0, 0, -1};
static atomic_llong *words = nothing;
static const char *folder;
static atomic_bool is_ours[MAX_FD];
static pthread_mutex_t room_lock = PTHREAD_MUTEX_INITIALIZER;

/* The next one with this name, of the right type: a pointer to a function comes back as one to void. */
#define REAL(name)                                                                                 \
    static __typeof__(&name) real;                                                                 \
    if (real == NULL) {                                                                            \
        void *found = dlsym(RTLD_NEXT, #name);                                                     \
        memcpy(&real, &found, sizeof found);                                                       \
    }

__attribute__((constructor)) static void
fault_map(void)
{
    const char *path = getenv("TORTURE_CONTROL");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *map;

    folder = getenv("TORTURE_FOLDER");
    if (fd < 0) {
        return;
    }
    map = mmap(NULL, sizeof nothing, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map != MAP_FAILED) {
        words = map;
    }
}

static bool
fails(enum kind kind)
{
    long long left;

    if ((atomic_load_explicit(&words[WORD_KINDS], memory_order_relaxed) & kind) == 0) {
        return false;
    }
    atomic_fetch_add(&words[WORD_COUNTED], 1);
    left = atomic_load(&words[WORD_LEFT]);
    if (left < 0) {
        return false;
    }
    if (left > 0) {
        left = atomic_fetch_sub(&words[WORD_LEFT], 1);
        if (left > 0) {
            return false;
        }
        atomic_store(&words[WORD_LEFT], 0);
    } else if (atomic_load(&words[WORD_STICKS]) == 0) {
        long long zero = 0; /* of threads that come together one fails */
        if (!atomic_compare_exchange_strong(&words[WORD_LEFT], &zero, -1)) {
            return false;
        }
    } else if (atomic_load(&words[WORD_STICKS]) == 2) {
        atomic_store(&words[WORD_LEFT], atomic_load(&words[WORD_EVERY]));
    }
    atomic_fetch_add(&words[WORD_FAILED], 1);
    errno = (int)atomic_load(&words[WORD_ERRNO]);
    return true;
}

static bool
is_file(int fd)
{
    return fd >= 0 && fd < MAX_FD && atomic_load_explicit(&is_ours[fd], memory_order_relaxed);
}

static int
note(int fd, const char *path)
{
    if (fd >= 0 && fd < MAX_FD) {
        atomic_store(&is_ours[fd],
            folder != NULL && path != NULL && strncmp(path, folder, strlen(folder)) == 0);
    }
    return fd;
}

/* Whether a file may become so long; takes the room if it may. */
static bool
has_room(int fd, off_t end)
{
    bool fits = true;
    struct stat st;

    if (atomic_load(&words[WORD_ROOM]) < 0 || fstat(fd, &st) != 0) {
        return true;
    }
    pthread_mutex_lock(&room_lock);
    if (end > st.st_size) {
        fits = end - st.st_size <= atomic_load(&words[WORD_ROOM]);
        if (fits) {
            atomic_fetch_sub(&words[WORD_ROOM], end - st.st_size);
        } else {
            errno = ENOSPC;
        }
    }
    pthread_mutex_unlock(&room_lock);
    return fits;
}

/* --- files ---------------------------------------------------------------------------------------- */

#define OPEN_(name)                                                                                \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list more;                                                                              \
        mode_t mode;                                                                               \
        REAL(name)                                                                                 \
        va_start(more, flags);                                                                     \
        mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0;                         \
        va_end(more);                                                                              \
        if (folder != NULL && strncmp(path, folder, strlen(folder)) == 0 && fails(KIND_OPEN)) {    \
            return -1;                                                                             \
        }                                                                                          \
        return note(real(path, flags, mode), path);                                                \
    }
#undef open
#undef open64
OPEN_(open)
OPEN_(open64)

int
close(int fd)
{
    REAL(close)
    note(fd, NULL);
    return real(fd);
}

#define PWRITE_(name, offset)                                                                      \
    ssize_t name(int fd, const void *data, size_t n, offset at)                                    \
    {                                                                                              \
        REAL(name)                                                                                 \
        if (is_file(fd) && (fails(KIND_WRITE) || !has_room(fd, at + (off_t)n))) {                  \
            return -1;                                                                             \
        }                                                                                          \
        return real(fd, data, n, at);                                                              \
    }
PWRITE_(pwrite, off_t)
PWRITE_(pwrite64, off64_t)

#define PREAD_(name, offset)                                                                       \
    ssize_t name(int fd, void *to, size_t n, offset at)                                            \
    {                                                                                              \
        REAL(name)                                                                                 \
        return is_file(fd) && fails(KIND_READ) ? -1 : real(fd, to, n, at);                         \
    }
PREAD_(pread, off_t)
PREAD_(pread64, off64_t)

ssize_t
write(int fd, const void *data, size_t n)
{
    REAL(write)
    return is_file(fd) && fails(KIND_WRITE) ? -1 : real(fd, data, n);
}

ssize_t
read(int fd, void *to, size_t n)
{
    REAL(read)
    return is_file(fd) && fails(KIND_READ) ? -1 : real(fd, to, n);
}

#define FD_CALL_(name, kind)                                                                       \
    int name(int fd)                                                                               \
    {                                                                                              \
        REAL(name)                                                                                 \
        return is_file(fd) && fails(kind) ? -1 : real(fd);                                         \
    }
FD_CALL_(fsync, KIND_FLUSH)
FD_CALL_(fdatasync, KIND_FLUSH)

#define TRUNCATE_(name, offset)                                                                    \
    int name(int fd, offset size)                                                                  \
    {                                                                                              \
        REAL(name)                                                                                 \
        return is_file(fd) && (fails(KIND_SIZE) || !has_room(fd, size)) ? -1 : real(fd, size);     \
    }
TRUNCATE_(ftruncate, off_t)
TRUNCATE_(ftruncate64, off64_t)

int
flock(int fd, int operation)
{
    REAL(flock)
    return is_file(fd) && fails(KIND_LOCK) ? -1 : real(fd, operation);
}

/* Locks of regions; all other commands pass. The argument is an int or a pointer: a word either way. */
#define FCNTL_(name)                                                                               \
    int name(int fd, int command, ...)                                                             \
    {                                                                                              \
        va_list more;                                                                              \
        void *word;                                                                                \
        REAL(name)                                                                                 \
        va_start(more, command);                                                                   \
        word = va_arg(more, void *);                                                               \
        va_end(more);                                                                              \
        if (is_file(fd) && (command == F_SETLK || command == F_SETLKW) && fails(KIND_LOCK)) {      \
            return -1;                                                                             \
        }                                                                                          \
        return real(fd, command, word);                                                            \
    }
FCNTL_(fcntl)
FCNTL_(fcntl64)

/* --- the network, threads, randomness ------------------------------------------------------------- */

int
accept4(int fd, struct sockaddr *address, socklen_t *n, int flags)
{
    REAL(accept4)
    return fails(KIND_SOCKET) ? -1 : note(real(fd, address, n, flags), NULL);
}

ssize_t
recv(int fd, void *to, size_t n, int flags)
{
    REAL(recv)
    return fails(KIND_SOCKET) ? -1 : real(fd, to, n, flags);
}

ssize_t
send(int fd, const void *data, size_t n, int flags)
{
    REAL(send)
    return fails(KIND_SOCKET) ? -1 : real(fd, data, n, flags);
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
    REAL(sendmsg)
    return fails(KIND_SOCKET) ? -1 : real(fd, message, flags);
}

int
epoll_ctl(int fd, int operation, int target, struct epoll_event *event)
{
    REAL(epoll_ctl)
    return fails(KIND_SOCKET) ? -1 : real(fd, operation, target, event);
}

int
pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
    REAL(pthread_create)
    return fails(KIND_THREAD) ? EAGAIN : real(thread, attr, run, arg);
}

ssize_t
getrandom(void *to, size_t n, unsigned flags)
{
    REAL(getrandom)
    return fails(KIND_RANDOM) ? -1 : real(to, n, flags);
}

#define MMAP_(name, offset)                                                                        \
    void *name(void *at, size_t n, int protection, int flags, int fd, offset from)                 \
    {                                                                                              \
        REAL(name)                                                                                 \
        return fails(KIND_MAP) ? MAP_FAILED : real(at, n, protection, flags, fd, from);            \
    }
MMAP_(mmap, off_t)
MMAP_(mmap64, off64_t)

/* --- memory ---------------------------------------------------------------------------------------- */

#ifdef TORTURE_MEMORY
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t count, size_t n);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t alignment, size_t n);

void *
malloc(size_t n)
{
    return fails(KIND_MEMORY) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t count, size_t n)
{
    return fails(KIND_MEMORY) ? NULL : __libc_calloc(count, n);
}

void *
realloc(void *p, size_t n)
{
    return fails(KIND_MEMORY) ? NULL : __libc_realloc(p, n);
}

void *
aligned_alloc(size_t alignment, size_t n)
{
    return fails(KIND_MEMORY) ? NULL : __libc_memalign(alignment, n);
}

int
posix_memalign(void **ret, size_t alignment, size_t n)
{
    if (fails(KIND_MEMORY)) {
        return ENOMEM;
    }
    *ret = __libc_memalign(alignment, n);
    return *ret != NULL ? 0 : ENOMEM;
}
#endif
