/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the 19 MiB of an Argon2id hash mapped between hashes, on huge pages: about half as
 * much again of hashes a second.
 *
 * libsodium maps and unmaps its memory on every call and offers no hook, so this file stands in for
 * mmap and munmap. A call is answered from kept memory only if its own thread has announced it
 * (begin), it asks for private anonymous memory at no set place, and of a password hash's size;
 * each other call, of this program or any library, goes straight to the kernel with its arguments
 * unchanged.
 *
 * Switched off under sanitizers, which stand in for the same functions, and where off_t is not
 * 64 bit. What Argon2id leaves behind is as hard to guess from as the hash itself, so it is not
 * wiped between hashes; it is left out of core dumps and given back at the thread's end or by
 * password_idle. */
#undef _FILE_OFFSET_BITS /* would turn the name mmap into mmap64, which libsodium does not call */

#include <sys/mman.h>

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crypto/password.h"
#include "crypto/password_internal.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)                            \
    || __has_feature(memory_sanitizer)
#define HAS_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__LP64__)
#define HAS_SANITIZER
#endif

#ifdef HAS_SANITIZER

void
password_memory_begin(void)
{
}

void
password_memory_end(void)
{
}

size_t
password_memory_uses(void)
{
    return 0;
}

void
password_idle(void)
{
}

#else

enum { HUGE_PAGE = 2 * 1024 * 1024, LEAST = 4 * 1024 * 1024, MOST = 32 * 1024 * 1024 };

static _Thread_local struct {
    bool is_wanted; /* between begin and end */
    bool is_lent;   /* handed out and not yet unmapped */
    void *p;        /* the kept mapping, or NULL */
    size_t n;
    size_t uses;
} kept;

static pthread_key_t at_thread_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *
map_memory(void *at, size_t n, int prot, int flags, int fd, off_t offset)
{
    return (void *)syscall(SYS_mmap, at, n, prot, flags, fd, offset);
}

static void
give_back(void *unused)
{
    (void)unused;
    if (kept.p != NULL && !kept.is_lent) {
        (void)syscall(SYS_munmap, kept.p, kept.n);
        kept.p = NULL;
    }
}

static void
make_key(void)
{
    CHECK(pthread_key_create(&at_thread_end, give_back) == 0);
}

/* Makes sure that n bytes are kept; false leaves the caller to the kernel. The mapping is
 * aligned to huge pages by mapping one more and giving back what stands over. */
static bool
keep(size_t n)
{
    size_t want = (n + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE, before;
    char *all, *p;

    if (kept.p != NULL && kept.n >= want) {
        return true;
    }
    give_back(NULL);
    all = map_memory(
        NULL, want + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) {
        return false;
    }
    before = (HUGE_PAGE - (uintptr_t)all % HUGE_PAGE) % HUGE_PAGE;
    p = all + before;
    if (before != 0) {
        (void)syscall(SYS_munmap, all, before);
    }
    if (before != HUGE_PAGE) {
        (void)syscall(SYS_munmap, p + want, HUGE_PAGE - before);
    }
    (void)madvise(p, want, MADV_HUGEPAGE); /* a wish: without huge pages it is only slower */
    (void)madvise(p, want, MADV_DONTDUMP);
    kept.p = p;
    kept.n = want;
    return true;
}

static bool
is_for_us(const void *at, size_t n, int prot, int flags, int fd)
{
    return at == NULL && fd == -1 && n >= LEAST && n <= MOST && !kept.is_lent
           && prot == (PROT_READ | PROT_WRITE) && (flags & MAP_PRIVATE) && (flags & MAP_ANONYMOUS)
           && (flags & (MAP_FIXED | MAP_GROWSDOWN | MAP_STACK)) == 0;
}

/* Stands in for the C library's (see above). */
void *
mmap(void *at, size_t n, int prot, int flags, int fd, off_t offset)
{
    if (kept.is_wanted && is_for_us(at, n, prot, flags, fd) && keep(n)) {
        kept.is_lent = true;
        kept.uses++;
        return kept.p;
    }
    return map_memory(at, n, prot, flags, fd, offset);
}

int
munmap(void *p, size_t n)
{
    if (kept.is_lent && p == kept.p) {
        kept.is_lent = false;
        return 0;
    }
    return (int)syscall(SYS_munmap, p, n);
}

void
password_memory_begin(void)
{
    CHECK(pthread_once(&once, make_key) == 0);
    CHECK(pthread_setspecific(at_thread_end, &kept) == 0);
    kept.is_wanted = true;
}

void
password_memory_end(void)
{
    kept.is_wanted = false;
    CHECK(!kept.is_lent); /* libsodium unmaps before it returns */
}

size_t
password_memory_uses(void)
{
    return kept.uses;
}

void
password_idle(void)
{
    give_back(NULL);
}

#endif
