/* SPDX-License-Identifier: Apache-2.0 */
/* Redirects and names: each socket is judged by itself. The rule is replaced at link time, so that
 * one loopback port counts as public and all else as private. */
#define UNIT fetch_hop
#include "../loopback.h"

#include <stdio.h>

#include "io/fetch/fetch_internal.h"

static atomic_int public_port, asked;

bool
fetch_address_is_refused(const struct sockaddr *address)
{
    struct sockaddr_in v4;

    memcpy(&v4, address, sizeof v4);
    atomic_fetch_add(&asked, 1);
    return v4.sin_family != AF_INET || ntohs(v4.sin_port) != atomic_load(&public_port);
}

bool
fetch_is_private(str address)
{
    return address.n
           > 0; /* of the same file as the rule that is replaced; only asked behind a proxy */
}

/* The public server sends everybody to the private one. */
static void
send_inside(struct loopback *server, int fd)
{
    const struct loopback *inside = server->ctx;
    char text[200], rest[4096];

    if (recv(fd, rest, sizeof rest, 0) <= 0) {
        return;
    }
    snprintf(text, sizeof text,
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/admin\r\nContent-Length: 0\r\n\r\n",
        inside->port);
    loopback_send(fd, str_from(text));
}

static void
tell_secret(struct loopback *server, int fd)
{
    (void)server;
    loopback_send(fd, S("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"));
}

TEST(a_redirect_to_a_private_address_is_refused)
{
    struct loopback inside, outside;
    struct fetch *fetch = fetch_start(&(struct fetch_config){.may_reach_private = false});
    struct arena *arena = arena_new(KB(256));
    struct fetch_request rq = {.method = S("GET"), .may_use_http = true, .max_redirects = 3};
    struct fetch_answer answer;

    REQUIRE(fetch != NULL);
    atomic_store(&asked, 0);
    loopback_start(&inside, tell_secret, NULL);
    loopback_start(&outside, send_inside, &inside);
    atomic_store(&public_port, outside.port);
    rq.url = str_fmt(arena, "http://127.0.0.1:%d/", outside.port);
    answer = fetch_wait(fetch, arena, &rq);
    EXPECT(answer.verdict == FETCH_REFUSED && answer.body.n == 0);
    EXPECT(atomic_load(&outside.connections) == 1);
    EXPECT(atomic_load(&inside.connections) == 0);
    EXPECT(atomic_load(&asked) == 2);
    rq.max_redirects = 0;
    answer = fetch_wait(fetch, arena, &rq);
    EXPECT(answer.verdict == FETCH_OK && answer.status == 302);
    fetch_stop(fetch);
    loopback_stop(&inside);
    loopback_stop(&outside);
    arena_free(arena);
}

/* DNS rebinding: the answer of the second look-up does not matter, the socket's address does. */
TEST(each_new_connection_is_judged_again)
{
    struct loopback server;
    struct fetch *fetch = fetch_start(&(struct fetch_config){.may_reach_private = false});
    struct arena *arena = arena_new(KB(256));
    struct fetch_request rq = {.method = S("GET"), .may_use_http = true};

    REQUIRE(fetch != NULL);
    loopback_start(&server, tell_secret, NULL);
    atomic_store(&public_port, server.port);
    rq.url = str_fmt(arena, "http://localhost:%d/", server.port);
    EXPECT(fetch_wait(fetch, arena, &rq).verdict == FETCH_OK);
    atomic_store(&public_port, 0);
    EXPECT(fetch_wait(fetch, arena, &rq).verdict == FETCH_REFUSED);
    EXPECT(atomic_load(&server.connections) == 1);
    fetch_stop(fetch);
    loopback_stop(&server);
    arena_free(arena);
}
