/* SPDX-License-Identifier: Apache-2.0 */
/* One thread, poll, whole messages: type, length, body (PostgreSQL protocol 3.0; the first message of a client has no
 * type). Nothing of it is fast. */
#include "proxy.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"

enum { PAIRS = 64, ROOM = 256 * 1024, TICK_MS = 5 };

struct flow { /* one direction of a connection */
    int from, to;
    uint8_t *held;
    size_t n;
    bool is_started; /* the startup message is through */
    long count;      /* messages since the cut was ordered */
};

struct pair {
    bool is_used, is_marked;
    unsigned order; /* the cut's that count belongs to */
    struct flow flow[2];
};

struct proxy {
    char folder[64];
    int listener;
    pthread_t thread;
    pthread_mutex_t lock;
    atomic_bool is_stopping, is_blocked;
    struct pair pairs[PAIRS];
    struct {
        unsigned order;
        enum proxy_way way;
        enum proxy_cut cut;
        long at; /* 0: none */
        int left, done;
        char marker[64];
    } order;
};

static struct sockaddr_un
address(const char *folder)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int n = snprintf(a.sun_path, sizeof a.sun_path, "%s/.s.PGSQL.5432", folder);

    REQUIRE(n > 0 && (size_t)n < sizeof a.sun_path);
    return a;
}

static void
close_pair(struct pair *pair)
{
    close(pair->flow[0].from);
    close(pair->flow[1].from);
    mem_free(pair->flow[0].held);
    mem_free(pair->flow[1].held);
    *pair = (struct pair){.is_used = false};
}

static void
accept_one(struct proxy *p)
{
    struct sockaddr_un server = address(getenv("CARDEA_TEST_POSTGRES_DIR"));
    int client = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
    int upstream = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct pair *pair = p->pairs;

    while (pair < p->pairs + PAIRS && pair->is_used) {
        pair++;
    }
    if (client < 0 || pair == p->pairs + PAIRS
        || connect(upstream, (struct sockaddr *)&server, sizeof server) != 0) {
        close(client);
        close(upstream);
        return;
    }
    *pair = (struct pair){.is_used = true, .flow = {{client, upstream}, {upstream, client}}};
    pair->flow[PROXY_TO_CLIENT].is_started = true;
    for (int i = 0; i < 2; i++) {
        pair->flow[i].held = mem_new(ROOM);
    }
}

/* The length of the message that held begins with; 0 when it is not all there. */
static size_t
message_length(const struct flow *f)
{
    size_t at = f->is_started ? 1 : 0, n;

    if (f->n < at + 4) {
        return 0;
    }
    n = (size_t)f->held[at] << 24 | (size_t)f->held[at + 1] << 16 | (size_t)f->held[at + 2] << 8
        | f->held[at + 3];
    return f->n < at + n ? 0 : at + n;
}

static bool
put(int fd, const uint8_t *data, size_t n)
{
    while (n > 0) {
        ssize_t put = send(fd, data, n, MSG_NOSIGNAL);
        if (put <= 0) {
            return false;
        }
        data += put;
        n -= (size_t)put;
    }
    return true;
}

/* Counts a message of the writer's; how much of it may pass, and whether that is all that ever will. */
static size_t
allowed(struct proxy *p, struct pair *pair, enum proxy_way way, size_t n, bool *ret_is_cut)
{
    const size_t parts[PROXY_CUT_COUNT] = {0, n / 2, n};

    if (pair->order != p->order.order) {
        pair->order = p->order.order;
        pair->flow[0].count = pair->flow[1].count = 0;
    }
    *ret_is_cut = pair->is_marked && p->order.at > 0 && p->order.left > 0 && p->order.way == way
                  && ++pair->flow[way].count == p->order.at;
    p->order.left -= *ret_is_cut;
    p->order.done += *ret_is_cut;
    return *ret_is_cut ? parts[p->order.cut] : n;
}

/* Passes on what is whole; false when the pair is at its end. */
static bool
pass_on(struct proxy *p, struct pair *pair, enum proxy_way way)
{
    struct flow *f = &pair->flow[way];
    size_t n;

    while ((n = message_length(f)) > 0) {
        bool is_cut;
        size_t part;
        pair->is_marked |= way == PROXY_TO_SERVER
                           && memmem(f->held, n, p->order.marker, strlen(p->order.marker)) != NULL;
        part = allowed(p, pair, way, n, &is_cut);
        if (!put(f->to, f->held, part) || is_cut) {
            return false;
        }
        f->is_started = true;
        memmove(f->held, f->held + n, f->n - n);
        f->n -= n;
    }
    return f->n < ROOM;
}

static bool
take_in(struct flow *f)
{
    ssize_t n = recv(f->from, f->held + f->n, ROOM - f->n, MSG_DONTWAIT);

    if (n > 0) {
        f->n += (size_t)n;
    }
    return n > 0 || (n < 0 && errno == EAGAIN);
}

static void
serve(struct proxy *p)
{
    struct pollfd at[1 + 2 * PAIRS];

    at[0] = (struct pollfd){.fd = p->listener, .events = POLLIN};
    for (int i = 0; i < PAIRS; i++) {
        for (int way = 0; way < 2; way++) {
            at[1 + 2 * i + way] = (struct pollfd){
                .fd = p->pairs[i].is_used ? p->pairs[i].flow[way].from : -1, .events = POLLIN};
        }
    }
    pthread_mutex_unlock(&p->lock);
    poll(at, COUNT(at), TICK_MS);
    pthread_mutex_lock(&p->lock);
    if (atomic_load(&p->is_blocked)) {
        usleep(1000);
        return;
    }
    if (at[0].revents) {
        accept_one(p);
    }
    for (int i = 0; i < PAIRS; i++) {
        struct pair *pair = &p->pairs[i];
        for (int way = 0; way < 2 && pair->is_used; way++) {
            if (at[1 + 2 * i + way].revents && at[1 + 2 * i + way].fd == pair->flow[way].from
                && (!take_in(&pair->flow[way]) || !pass_on(p, pair, (enum proxy_way)way))) {
                close_pair(pair);
            }
        }
    }
}

static void *
proxy_main(void *arg)
{
    struct proxy *p = arg;

    pthread_mutex_lock(&p->lock);
    while (!atomic_load(&p->is_stopping)) {
        serve(p);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct proxy *
proxy_start(void)
{
    struct proxy *p = MEM_NEW(struct proxy);
    struct sockaddr_un a;

    REQUIRE(p != NULL);
    snprintf(p->folder, sizeof p->folder, "/tmp/cardea-proxy-XXXXXX");
    REQUIRE(mkdtemp(p->folder) != NULL);
    a = address(p->folder);
    snprintf(p->order.marker, sizeof p->order.marker, "UPDATE commit_mark");
    p->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pthread_mutex_init(&p->lock, NULL);
    REQUIRE(
        bind(p->listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(p->listener, 64) == 0);
    REQUIRE(pthread_create(&p->thread, NULL, proxy_main, p) == 0);
    return p;
}

void
proxy_cut_all(struct proxy *p)
{
    pthread_mutex_lock(&p->lock);
    for (int i = 0; i < PAIRS; i++) {
        if (p->pairs[i].is_used) {
            close_pair(&p->pairs[i]);
        }
    }
    pthread_mutex_unlock(&p->lock);
}

void
proxy_stop(struct proxy *p)
{
    if (p == NULL) {
        return;
    }
    atomic_store(&p->is_stopping, true);
    pthread_join(p->thread, NULL);
    proxy_cut_all(p);
    close(p->listener);
    unlink(address(p->folder).sun_path);
    rmdir(p->folder);
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}

str
proxy_uri(struct proxy *p, struct arena *arena, str uri)
{
    return str_fmt(arena, STRF "?host=%s", STRV(str_head(uri, str_find(uri, '?'))), p->folder);
}

void
proxy_cut(
    struct proxy *p, const char *marker, enum proxy_way way, enum proxy_cut cut, long n, int times)
{
    pthread_mutex_lock(&p->lock);
    if (strcmp(marker, p->order.marker) != 0) {
        snprintf(p->order.marker, sizeof p->order.marker, "%s", marker);
        for (int i = 0; i < PAIRS; i++) {
            p->pairs[i].is_marked = false;
        }
    }
    p->order.order++;
    p->order.way = way;
    p->order.cut = cut;
    p->order.at = n;
    p->order.left = times;
    p->order.done = 0;
    pthread_mutex_unlock(&p->lock);
}

int
proxy_cuts(struct proxy *p)
{
    int done;

    pthread_mutex_lock(&p->lock);
    done = p->order.done;
    p->order.at = 0;
    pthread_mutex_unlock(&p->lock);
    return done;
}

void
proxy_block(struct proxy *p, bool is_blocked)
{
    atomic_store(&p->is_blocked, is_blocked);
}
