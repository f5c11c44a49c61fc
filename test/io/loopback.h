/* SPDX-License-Identifier: Apache-2.0 */
/* A real server on 127.0.0.1 in a thread of the test: one connection after the other, each handed to
 * the test's own conversation. */
#pragma once
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../unit.h"

struct loopback {
    int listener, port;
    pthread_t thread;
    void (*talk)(struct loopback *server, int fd);
    void *ctx;
    atomic_int connections;
    atomic_bool is_ending;
};

static inline void *
loopback_main(void *arg)
{
    struct loopback *server = arg;

    while (!atomic_load(&server->is_ending)) {
        struct pollfd wait = {server->listener, POLLIN, 0};
        int fd;

        if (poll(&wait, 1, 20) <= 0) {
            continue;
        }
        fd = accept(server->listener, NULL, NULL);
        if (fd >= 0) {
            atomic_fetch_add(&server->connections, 1);
            server->talk(server, fd);
            close(fd);
        }
    }
    return NULL;
}

static inline void
loopback_start(struct loopback *server, void (*talk)(struct loopback *server, int fd), void *ctx)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t n = sizeof address;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    signal(SIGPIPE, SIG_IGN); /* what OpenSSL writes to who has gone */
    server->talk = talk;
    server->ctx = ctx;
    atomic_store(&server->connections, 0);
    atomic_store(&server->is_ending, false);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(server->listener >= 0);
    REQUIRE(bind(server->listener, (struct sockaddr *)(void *)&address, n) == 0);
    REQUIRE(listen(server->listener, 64) == 0);
    REQUIRE(getsockname(server->listener, (struct sockaddr *)(void *)&address, &n) == 0);
    server->port = ntohs(address.sin_port);
    REQUIRE(pthread_create(&server->thread, NULL, loopback_main, server) == 0);
}

static inline void
loopback_stop(struct loopback *server)
{
    atomic_store(&server->is_ending, true);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

/* Sends all of it; false when the other side is gone. */
static inline bool
loopback_send(int fd, str text)
{
    while (text.n > 0) {
        ssize_t n = send(fd, text.p, text.n, MSG_NOSIGNAL);
        if (n <= 0) {
            return false;
        }
        text = str_skip(text, (size_t)n);
    }
    return true;
}
