/* SPDX-License-Identifier: Apache-2.0 */
/* Idle connections: a descriptor each and nothing else. */
#include "load_idle.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { PER_ADDRESS = 900, TURN_S = 30, SCRATCH = 65536 };

static struct idle {
    int fd;
} * all;
static int64_t count, still_open, next;
static int64_t next_ns;

static bool
raise_limit(int64_t wanted)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || (int64_t)limit.rlim_max < wanted + 1200) {
        return false;
    }
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static void
ask(const struct idle *one)
{
    static const char text[] = "GET /.well-known/jwks.json HTTP/1.1\r\nhost: localhost\r\n\r\n";

    if (one->fd >= 0) { /* an answer that never comes shows as a connection that closed */
        (void)!send(one->fd, text, sizeof text - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

static bool
open_one(int poller, uint16_t port, int64_t at)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[at]};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    all[at].fd = fd;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(at / PER_ADDRESS));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof from) != 0
        || connect(fd, (struct sockaddr *)&to, sizeof to) != 0
        || epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) != 0) {
        return false;
    }
    still_open++;
    ask(&all[at]);
    return true;
}

bool
idle_open(int poller, uint16_t port, int64_t wanted)
{
    if (wanted == 0) {
        return true;
    }
    all = calloc((size_t)wanted, sizeof *all);
    if (all == NULL || !raise_limit(wanted)) {
        return false;
    }
    for (count = 0; count < wanted; count++) {
        if (!open_one(poller, port, count)) {
            return false;
        }
    }
    next_ns = clock_steady_ns();
    return true;
}

void
idle_ask(void)
{
    int64_t now = clock_steady_ns();

    for (; count > 0 && next_ns <= now; next_ns += TURN_S * INT64_C(1000000000) / count) {
        ask(&all[next]);
        next = (next + 1) % count;
    }
}

int64_t
idle_next_ns(int64_t ns)
{
    return count == 0 ? ns : MIN(ns, MAX(next_ns - clock_steady_ns(), 0));
}

bool
idle_read(void *event)
{
    static char scratch[SCRATCH];
    struct idle *one = event;

    if (count == 0 || one < all || one >= all + count) {
        return false;
    }
    if (recv(one->fd, scratch, sizeof scratch, MSG_DONTWAIT) == 0) {
        close(one->fd);
        one->fd = -1;
        still_open--;
    }
    return true;
}

int64_t
idle_count(void)
{
    return still_open;
}
