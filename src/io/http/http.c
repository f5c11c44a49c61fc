/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and stopping the server: the address, a listening socket for every loop (SO_REUSEPORT, so
 * the kernel spreads connections), defaults for every limit. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/http/http_internal.h"
#include "io/http/tls.h"

#include "base/clock.h"
#include "base/mem.h"

enum { BACKLOG = 4096, MAX_LOOPS = 256 };

struct listen_at {
    struct sockaddr_storage address;
    socklen_t n;
};

static int
count_cores(void)
{
    cpu_set_t allowed;

    return sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? MAX(CPU_COUNT(&allowed), 1) : 1;
}

static void
set_default_int(int *value, int standard)
{
    *value = *value > 0 ? *value : standard;
}

static void
set_default_size(size_t *value, size_t standard)
{
    *value = *value > 0 ? *value : standard;
}

static struct http_config
with_defaults(const struct http_config *config)
{
    struct http_config c = *config;

    set_default_int(&c.loops, count_cores());
    c.loops = MIN(c.loops, MAX_LOOPS);
    set_default_size(&c.max_connections, 10000);
    set_default_size(&c.max_connections_per_peer, 1000);
    set_default_size(&c.max_head_bytes, KB(16));
    set_default_int(&c.head_timeout_ms, 10 * SECOND_MS);
    set_default_int(&c.body_timeout_ms, 20 * SECOND_MS);
    set_default_int(&c.idle_timeout_ms, 60 * SECOND_MS);
    set_default_int(&c.write_timeout_ms, 20 * SECOND_MS);
    set_default_size(&c.arena_bytes, MB(1));
    return c;
}

/* "1.2.3.4", "::1" (from brackets), "localhost", or nothing: every address, IPv4 and IPv6. */
static bool
parse_address(str host, uint16_t port, struct listen_at *ret)
{
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)&ret->address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)&ret->address;
    char text[INET6_ADDRSTRLEN] = {0};

    host = str_eq(host, S("localhost")) ? S("127.0.0.1") : host.n == 0 ? S("::") : host;
    if (host.n >= sizeof text) {
        return false;
    }
    memcpy(text, host.p, host.n);
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        ret->n = sizeof *four;
        return true;
    }
    if (inet_pton(AF_INET6, text, &six->sin6_addr) != 1) {
        return false;
    }
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    ret->n = sizeof *six;
    return true;
}

static bool
parse_listen(str listen, struct listen_at *ret)
{
    uint64_t port;
    size_t colon = listen.n;
    str host;

    while (colon > 0 && listen.p[colon - 1] != ':') {
        colon--;
    }
    if (colon == 0 || !http_parse_length(str_skip(listen, colon), &port) || port > UINT16_MAX) {
        return false;
    }
    host = str_head(listen, colon - 1);
    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
        host = (str){host.p + 1, host.n - 2};
    }
    return parse_address(host, (uint16_t)port, ret);
}

static int
open_socket(const struct listen_at *at, bool is_shared)
{
    int fd = socket(at->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1, off = 0;

    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* accepted sockets inherit it */
    if (at->address.ss_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    if ((is_shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        || bind(fd, (const struct sockaddr *)&at->address, at->n) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* SO_REUSEPORT would let a second server of the same user take half of the connections unnoticed, so
 * the port is first claimed alone. A machine without IPv6 listens on IPv4. */
static bool
claim_port(struct listen_at *at, bool is_any)
{
    int fd = open_socket(at, false);

    if (fd < 0 && is_any && at->address.ss_family == AF_INET6) {
        uint16_t port = ntohs(((const struct sockaddr_in6 *)(const void *)&at->address)->sin6_port);

        memset(&at->address, 0, sizeof at->address);
        if (!parse_address(S("0.0.0.0"), port, at)) {
            return false;
        }
        fd = open_socket(at, false);
    }
    if (fd < 0) {
        return false;
    }
    close(fd);
    return true;
}

/* The first socket settles the port when it was 0; the others share it. */
static bool
open_listeners(struct http_server *server, struct listen_at *at)
{
    for (int i = 0; i < server->loop_count; i++) {
        int fd = open_socket(at, true);

        server->loops[i].listen_fd = fd;
        if (fd < 0 || listen(fd, BACKLOG) != 0
            || getsockname(fd, (struct sockaddr *)&at->address, &at->n) != 0) {
            return false;
        }
    }
    server->port = ntohs(((const struct sockaddr_in *)(const void *)&at->address)->sin_port);
    return true;
}

static void
free_server(struct http_server *server)
{
    for (int i = server->started; server->loops != NULL && i < server->loop_count; i++) {
        if (server->loops[i].listen_fd >= 0) {
            close(server->loops[i].listen_fd);
        }
    }
    tls_free(server->tls);
    http_peers_free(server->peers);
    mem_free(server->loops);
    mem_free(server);
}

static bool
prepare(struct http_server *server, const char **ret_why)
{
    const struct http_config *config = &server->config;
    struct listen_at at = {.n = 0};

    *ret_why = "out of memory";
    server->peers = http_peers_new(config->max_connections, config->max_connections_per_peer);
    server->loops = mem_new((size_t)server->loop_count * sizeof server->loops[0]);
    if (server->peers == NULL || server->loops == NULL) {
        return false;
    }
    for (int i = 0; i < server->loop_count; i++) {
        server->loops[i].server = server;
        server->loops[i].listen_fd = -1;
    }
    if (config->tls_cert_file != NULL) {
        server->tls = tls_new(config, ret_why);
        if (server->tls == NULL) {
            return false;
        }
    }
    *ret_why = "the address to listen on is not host:port";
    if (!parse_listen(config->listen, &at)) {
        return false;
    }
    *ret_why = "the address to listen on is taken, or not ours";
    return claim_port(&at, config->listen.p[0] == ':') && open_listeners(server, &at);
}

struct http_server *
http_start(
    const struct http_config *config, const struct http_handlers *handlers, const char **ret_why)
{
    struct http_server *server = MEM_NEW(struct http_server);

    CHECK(handlers->serve != NULL && handlers->max_body != NULL);
    if (server == NULL) {
        *ret_why = "out of memory";
        return NULL;
    }
    server->config = with_defaults(config);
    server->handlers = *handlers;
    server->loop_count = server->config.loops;
    if (!prepare(server, ret_why)) {
        free_server(server);
        return NULL;
    }
    while (server->started < server->loop_count) {
        struct http_loop *loop = &server->loops[server->started];

        if (!http_loop_start(loop)) {
            loop->listen_fd = -1; /* closed with the loop */
            *ret_why = "no descriptors or threads left";
            http_stop(server, 0);
            return NULL;
        }
        server->started++;
    }
    return server;
}

int
http_port(const struct http_server *server)
{
    return server->port;
}

void
http_stop(struct http_server *server, int grace_ms)
{
    if (server == NULL) {
        return;
    }
    atomic_store(&server->stop_deadline_ms, clock_steady_ms() + grace_ms);
    atomic_store_explicit(&server->is_stopping, true, memory_order_release);
    for (int i = 0; i < server->started; i++) {
        http_loop_wake(&server->loops[i]);
    }
    for (int i = 0; i < server->started; i++) {
        http_loop_end(&server->loops[i]);
    }
    free_server(server);
}

struct http_counts
http_count(const struct http_server *server)
{
    struct http_counts counts = {.open_connections = http_peers_count(server->peers)};

    for (int i = 0; i < server->loop_count; i++) {
        const struct http_loop *loop = &server->loops[i];

        counts.connections += atomic_load_explicit(&loop->connections, memory_order_relaxed);
        counts.requests += atomic_load_explicit(&loop->requests, memory_order_relaxed);
        counts.refused += atomic_load_explicit(&loop->refused, memory_order_relaxed);
        counts.timeouts += atomic_load_explicit(&loop->timeouts, memory_order_relaxed);
    }
    return counts;
}
