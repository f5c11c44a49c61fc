/* SPDX-License-Identifier: Apache-2.0 */
/* A client for tests that sends raw bytes and splits what comes back into answers. */
#pragma once
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test/io/http/http_fixture.h"

enum { CLIENT_WAIT_MS = 10000, CLIENT_MAX_STATUSES = 256 };

/* Receiving gives up after CLIENT_WAIT_MS, so that no test hangs. */
struct client {
    int fd;
    char *p; /* all that was received */
    size_t n, cap;
    bool is_closed; /* by the server */
};

static inline struct client
client_open(const struct fixture *f)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)http_port(f->server)),
        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct client c = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const int on = 1;

    setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    cr_assert(connect(c.fd, (const struct sockaddr *)&to, sizeof to) == 0, "%s", strerror(errno));
    return c;
}

static inline void
client_close(struct client *c)
{
    close(c->fd);
    mem_free(c->p);
}

static inline void
client_send(struct client *c, str s)
{
    while (s.n > 0) {
        ssize_t n = send(c->fd, s.p, s.n, MSG_NOSIGNAL);

        if (n <= 0) {
            return; /* the server may close while we talk: the verdict is in its answer */
        }
        s = str_skip(s, (size_t)n);
    }
}

/* Receives once; false at the end, on an error, or when wait_ms have passed. */
static inline bool
client_receive(struct client *c, int wait_ms)
{
    struct pollfd wait = {c->fd, POLLIN, 0};
    ssize_t n;

    if (c->is_closed || poll(&wait, 1, wait_ms) <= 0) {
        return false;
    }
    if (c->cap - c->n < 65536) {
        c->cap = c->cap * 2 + 65536;
        c->p = mem_resize(c->p, c->cap);
        cr_assert(c->p != NULL);
    }
    n = recv(c->fd, c->p + c->n, c->cap - c->n, 0);
    c->is_closed = n <= 0;
    c->n += n > 0 ? (size_t)n : 0;
    return n > 0;
}

static inline void
client_receive_all(struct client *c)
{
    while (client_receive(c, CLIENT_WAIT_MS)) {
    }
}

struct client_answers {
    int status[CLIENT_MAX_STATUSES];
    str body[CLIENT_MAX_STATUSES];
    size_t count, interim; /* final ones; 100 Continue and the like */
    size_t n;              /* bytes they took */
};

static inline size_t
client_length(str head)
{
    size_t at = str_find_str(head, S("Content-Length: "));

    return at < head.n ? (size_t)strtoul(head.p + at + 16, NULL, 10) : 0;
}

/* Splits what was received into whole answers; head_request says that the first has no body. */
static inline struct client_answers
client_answers(const struct client *c, bool head_request)
{
    struct client_answers a = {.count = 0};
    str rest = {c->p, c->n};

    while (str_starts(rest, S("HTTP/1.1 ")) && a.count < CLIENT_MAX_STATUSES) {
        size_t head_n = str_find_str(rest, S("\r\n\r\n")) + 4, body_n;
        int status = (int)strtol(rest.p + 9, NULL, 10);

        if (head_n > rest.n) {
            break;
        }
        body_n = head_request && a.count == 0 ? 0 : client_length(str_head(rest, head_n));
        if (head_n + body_n > rest.n) {
            break;
        }
        if (status < 200) {
            a.interim++;
        } else {
            a.status[a.count] = status;
            a.body[a.count++] = (str){rest.p + head_n, body_n};
        }
        a.n += head_n + body_n;
        rest = str_skip(rest, head_n + body_n);
    }
    return a;
}

/* Receives until so many whole answers are there. */
static inline struct client_answers
client_wait(struct client *c, size_t count)
{
    struct client_answers a = client_answers(c, false);

    while (a.count < count && client_receive(c, CLIENT_WAIT_MS)) {
        a = client_answers(c, false);
    }
    return a;
}

/* Sends one request and returns the status of its answer, or 0. */
static inline int
client_ask(struct client *c, str request)
{
    struct client_answers before = client_answers(c, false), after;

    client_send(c, request);
    after = client_wait(c, before.count + 1);
    return after.count > before.count ? after.status[before.count] : 0;
}
