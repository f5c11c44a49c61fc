/* SPDX-License-Identifier: Apache-2.0 */
/* Outgoing HTTP against real servers on loopback: what is sent, what is refused, every limit. */
#define UNIT fetch
#include "../loopback.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "io/fetch/fetch.h"

struct world {
    struct loopback server;
    struct fetch *fetch;
    struct arena *arena;
    char seen[65536]; /* the last request, whole */
    size_t seen_n;
};

/* Waits for more of a connection; false when there is none, or when somebody else wants to be
 * served while this one is between two requests. */
static bool
wait_for_more(struct world *w, int fd, bool is_between)
{
    struct pollfd waits[2] = {{fd, POLLIN, 0}, {w->server.listener, POLLIN, 0}};

    poll(waits, is_between ? 2 : 1, 10000);
    return waits[0].revents != 0;
}

/* Reads a request with its body of Content-Length; false when the other side is gone. */
static bool
read_request(struct world *w, int fd, bool is_first)
{
    size_t n = 0;

    while (wait_for_more(w, fd, n == 0 && !is_first)) {
        ssize_t got = recv(fd, w->seen + n, sizeof w->seen - 1 - n, 0);
        str seen = {w->seen, n + (size_t)MAX(got, 0)};
        size_t end = str_find_str(seen, S("\r\n\r\n"));
        str rest = str_skip(seen, str_find_str(seen, S("Content-Length: ")) + 16);

        if (got <= 0) {
            return false;
        }
        n = w->seen_n = seen.n;
        w->seen[n] = 0;
        if (end < n && n >= end + 4 + (rest.n ? strtoul(rest.p, NULL, 10) : 0)) {
            return true;
        }
    }
    return false;
}

static void
drip(struct world *w, int fd, str text, int every_ms)
{
    while (!atomic_load(&w->server.is_ending) && loopback_send(fd, text)) {
        usleep((useconds_t)every_ms * 1000);
    }
}

static void
send_many(int fd, size_t n)
{
    static const char block[1024] = {'x'};

    for (size_t i = 0; i < n && loopback_send(fd, (str){block, sizeof block}); i += sizeof block) {
    }
}

/* What the server does for a path. */
static void
answer(struct world *w, int fd, str path)
{
    char text[300];

    if (str_ends(path, S("/hello"))) {
        loopback_send(fd, S("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
                            "5\r\nSet-Cookie: a=b\r\n\r\nhello"));
    } else if (str_eq(path, S("/missing"))) {
        loopback_send(fd, S("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"));
    } else if (str_eq(path, S("/announced-large"))) {
        loopback_send(fd, S("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n"));
        send_many(fd, 5000000);
    } else if (str_eq(path, S("/silent-large"))) {
        loopback_send(fd, S("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
        send_many(fd, 5000000);
    } else if (str_eq(path, S("/exact"))) {
        loopback_send(fd, S("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
        send_many(fd, 2048);
    } else if (str_eq(path, S("/drip"))) {
        loopback_send(fd, S("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
        drip(w, fd, S("."), 10);
    } else if (str_eq(path, S("/headers"))) {
        loopback_send(fd, S("HTTP/1.1 200 OK\r\n"));
        drip(w, fd, S("X-Filler: 0123456789012345678901234567890123456789012345\r\n"), 0);
    } else if (str_eq(path, S("/cut"))) {
        loopback_send(fd, S("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
    } else if (str_eq(path, S("/garbage"))) {
        loopback_send(fd, S("this is not HTTP\r\n\r\n"));
    } else if (str_eq(path, S("/to-file"))) {
        loopback_send(fd, S("HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\n"
                            "Content-Length: 0\r\n\r\n"));
    } else if (str_starts(path, S("/loop"))) {
        loopback_send(fd, S("HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"));
    } else if (str_eq(path, S("/to-hello"))) {
        snprintf(text, sizeof text,
            "HTTP/1.1 303 See Other\r\nLocation: http://localhost:%d/hello\r\n"
            "Content-Length: 5\r\n\r\nmoved",
            w->server.port);
        loopback_send(fd, str_from(text));
    } else if (str_eq(path, S("/to-name"))) {
        snprintf(text, sizeof text,
            "HTTP/1.1 302 Found\r\nLocation: http://user:pw@127.0.0.1:%d/hello\r\n"
            "Content-Length: 0\r\n\r\n",
            w->server.port);
        loopback_send(fd, str_from(text));
    }
}

static void
talk(struct loopback *server, int fd)
{
    struct world *w = server->ctx;
    bool is_first = true;

    while (read_request(w, fd, is_first)) {
        str path = {w->seen, w->seen_n};

        path = str_skip(path, str_find(path, ' ') + 1);
        path = str_head(path, str_find(path, ' '));
        answer(w, fd, path);
        is_first = false;
        if (!str_ends(path, S("/hello"))) {
            return;
        }
    }
}

static struct world *
world_new(bool may_reach_private)
{
    static struct world w;

    loopback_start(&w.server, talk, &w);
    w.fetch = fetch_start(&(struct fetch_config){.may_reach_private = may_reach_private});
    w.arena = arena_new(MB(16));
    REQUIRE(w.fetch != NULL && w.arena != NULL);
    return &w;
}

static void
world_end(struct world *w)
{
    fetch_stop(w->fetch);
    loopback_stop(&w->server);
    arena_free(w->arena);
}

static struct fetch_request
get(struct world *w, const char *path)
{
    return (struct fetch_request){
        .method = S("GET"),
        .url = str_fmt(w->arena, "http://127.0.0.1:%d%s", w->server.port, path),
        .may_use_http = true,
    };
}

static bool
saw(struct world *w, str text)
{
    return str_find_str((str){w->seen, w->seen_n}, text) < w->seen_n;
}

TEST(an_answer_comes_with_status_type_and_body)
{
    struct world *w = world_new(true);
    struct fetch_request rq = get(w, "/hello");
    struct fetch_answer answer = fetch_wait(w->fetch, w->arena, &rq);

    EXPECT(answer.verdict == FETCH_OK && answer.status == 200);
    EXPECT_STR(answer.body, S("hello"));
    EXPECT_STR(answer.content_type, S("text/plain"));
    EXPECT(saw(w, S("GET /hello HTTP/1.1\r\n")) && saw(w, S("User-Agent: cardea/")));
    rq = get(w, "/missing");
    answer = fetch_wait(w->fetch, w->arena, &rq);
    EXPECT(answer.verdict == FETCH_OK && answer.status == 404);
    EXPECT_STR(answer.body, S("no"));
    EXPECT(answer.content_type.n == 0);
    world_end(w);
}

TEST(method_body_and_headers_are_sent_as_given)
{
    struct world *w = world_new(true);
    struct fetch_request rq = get(w, "/hello");

    rq.method = S("POST");
    rq.body = S("a=\0b");
    rq.content_type = S("application/x-test");
    rq.authorization = S("Bearer abc");
    EXPECT(fetch_wait(w->fetch, w->arena, &rq).verdict == FETCH_OK);
    EXPECT(
        saw(w, S("POST /hello HTTP/1.1\r\n")) && saw(w, S("Content-Type: application/x-test\r\n")));
    EXPECT(saw(w, S("Authorization: Bearer abc\r\n")) && saw(w, S("Content-Length: 4\r\n")));
    EXPECT(saw(w, S("\r\n\r\na=\0b")) && !saw(w, S("Expect:")));
    rq.method = S("POST");
    rq.body = rq.content_type = rq.authorization = NO_STR;
    EXPECT(fetch_wait(w->fetch, w->arena, &rq).verdict == FETCH_OK);
    EXPECT(saw(w, S("Content-Length: 0\r\n")) && !saw(w, S("Content-Type:")));
    rq.method = S("DELETE");
    EXPECT(fetch_wait(w->fetch, w->arena, &rq).verdict == FETCH_OK);
    EXPECT(saw(w, S("DELETE /hello HTTP/1.1\r\n")));
    rq.method = S("PUT");
    rq.body = S("{}");
    EXPECT(fetch_wait(w->fetch, w->arena, &rq).verdict == FETCH_OK);
    EXPECT(saw(w, S("PUT /hello HTTP/1.1\r\n")) && saw(w, S("\r\n\r\n{}")));
    EXPECT(!saw(w, S("Cookie"))); /* none is kept between requests */
    world_end(w);
}

TEST(rfc9112_11_2_headers_of_a_caller_do_not_frame_the_message)
{
    static const struct fetch_header headers[] = {{S_INIT("X-Account"), S_INIT("a \xc3\xa9;b")},
        {S_INIT("X-Empty"), S_INIT("")}, {S_INIT("Content-Length"), S_INIT("1")},
        {S_INIT("transfer-encoding"), S_INIT("chunked")}, {S_INIT("Host"), S_INIT("evil.example")},
        {S_INIT("Authorization"), S_INIT("Basic x")}};
    struct world *w = world_new(true);
    struct fetch_request rq = get(w, "/hello");

    rq.method = S("POST");
    rq.body = S("hello");
    rq.headers = headers;
    rq.header_count = COUNT(headers);
    EXPECT(fetch_wait(w->fetch, w->arena, &rq).verdict == FETCH_OK);
    EXPECT(saw(w, S("X-Account: a \xc3\xa9;b\r\n")) && saw(w, S("X-Empty:\r\n")));
    EXPECT(saw(w, S("Content-Length: 5\r\n")) && !saw(w, S("Content-Length: 1\r\n")));
    EXPECT(!saw(w, S("chunked")) && !saw(w, S("evil")) && saw(w, S("Authorization: Basic x\r\n")));
    rq.authorization = S("Bearer y");
    EXPECT(fetch_wait(w->fetch, w->arena, &rq).verdict == FETCH_OK);
    EXPECT(saw(w, S("Authorization: Bearer y\r\n")) && !saw(w, S("Basic x")));
    world_end(w);
}

TEST(http_inside_goes_to_private_addresses_and_through_no_proxy)
{
    struct world *w = world_new(true);
    struct fetch_request rq = get(w, "/hello"), outside = rq;
    struct fetch *strict = fetch_start(&(struct fetch_config){false}), *proxied;

    REQUIRE(strict != NULL);
    rq.may_use_http = false;
    rq.may_use_http_inside = true;
    EXPECT(fetch_wait(w->fetch, w->arena, &rq).verdict == FETCH_OK);
    EXPECT(fetch_wait(strict, w->arena, &rq).verdict == FETCH_REFUSED);
    outside.may_use_http = false;
    outside.may_use_http_inside = true;
    outside.url = S("http://198.41.0.4/"); /* public: not even a socket is made */
    EXPECT(fetch_wait(w->fetch, w->arena, &outside).verdict == FETCH_REFUSED);
    proxied = fetch_start(&(struct fetch_config){
        true, NULL, str_z(w->arena, str_fmt(w->arena, "http://127.0.0.1:%d", w->server.port))});
    REQUIRE(proxied != NULL);
    EXPECT(fetch_wait(proxied, w->arena, &outside).verdict == FETCH_REFUSED);
    EXPECT(atomic_load(&w->server.connections) == 1);
    fetch_stop(proxied);
    fetch_stop(strict);
    world_end(w);
}

TEST(no_connection_is_made_to_private_addresses)
{
    struct world *w = world_new(false);
    static const char *const forms[] = {"http://127.0.0.1:%d/hello", "http://localhost:%d/hello",
        "http://2130706433:%d/hello", "http://0x7f.1:%d/hello", "http://0:%d/hello",
        "http://[::1]:%d/hello", "http://[::ffff:127.0.0.1]:%d/hello",
        "http://169.254.169.254:%d/latest/meta-data", "http://10.0.0.1:%d/",
        "http://[fe80::1]:%d/"};

    for (size_t i = 0; i < COUNT(forms); i++) {
        char url[100];
        struct fetch_request rq = get(w, "/hello");
        int64_t begin = clock_steady_ms();

        snprintf(url, sizeof url, forms[i], w->server.port);
        rq.url = str_from(url);
        cr_expect(fetch_wait(w->fetch, w->arena, &rq).verdict == FETCH_REFUSED, "%s", url);
        cr_expect(clock_steady_ms() - begin < 2000, "%s took long", url);
    }
    EXPECT(atomic_load(&w->server.connections) == 0);
    world_end(w);
}

/* A request with one more header; of a caller that makes one at a time. */
static struct fetch_request
more(str name, str value)
{
    static struct fetch_header kept[16];
    static size_t count;
    struct fetch_header *header = &kept[count++ % COUNT(kept)];

    *header = (struct fetch_header){name, value};
    return (struct fetch_request){.method = S("POST"),
        .url = S("http://127.0.0.1/"),
        .headers = header,
        .header_count = 1,
        .may_use_http = true};
}

TEST(what_is_no_plain_request_is_refused_before_it_leaves)
{
    struct world *w = world_new(true);
    const struct {
        int line;
        struct fetch_request rq;
    } cases[] = {
        {__LINE__, {.method = S("GET"), .url = S("http://127.0.0.1/")}}, /* https only */
        {__LINE__, {.method = S("GET"), .url = S("file:///etc/passwd"), .may_use_http = true}},
        {__LINE__, {.method = S("GET"), .url = S("gopher://127.0.0.1/"), .may_use_http = true}},
        {__LINE__, {.method = S("GET"), .url = S("dict://127.0.0.1/"), .may_use_http = true}},
        {__LINE__, {.method = S("GET"), .url = S("127.0.0.1"), .may_use_http = true}},
        {__LINE__, {.method = S("GET"), .url = NO_STR, .may_use_http = true}},
        {__LINE__, {.method = S("GET"), .url = S("http://a:b@127.0.0.1/"), .may_use_http = true}},
        {__LINE__, {.method = S("GET"), .url = S("http://h/\r\nX: y"), .may_use_http = true}},
        {__LINE__, {.method = S("GET"), .url = S("http://h/ HTTP/1.1\r\n"), .may_use_http = true}},
        {__LINE__, {.method = S("GET"), .url = S("http://h/\0"), .may_use_http = true}},
        {__LINE__, {.method = S("GET"), .url = S("http://h\xc3\xa9/"), .may_use_http = true}},
        {__LINE__, {.method = S("GE T"), .url = S("http://127.0.0.1/"), .may_use_http = true}},
        {__LINE__, {.method = S("GET\r\n"), .url = S("http://127.0.0.1/"), .may_use_http = true}},
        {__LINE__, {.method = NO_STR, .url = S("http://127.0.0.1/"), .may_use_http = true}},
        {__LINE__, {.method = S("POST"),
                       .url = S("http://127.0.0.1/"),
                       .may_use_http = true,
                       .content_type = S("a\r\nX: y")}},
        {__LINE__, {.method = S("POST"),
                       .url = S("http://127.0.0.1/"),
                       .may_use_http = true,
                       .authorization = S("a\nX: y")}},
        {__LINE__, more(S("X-A"), S("a\r\nX: y"))},
        {__LINE__, more(S("X-A"), S("a\0"))},
        {__LINE__, more(S("X-A: b\r\nX"), S("y"))},
        {__LINE__, more(S("X A"), S("y"))},
        {__LINE__, more(S("X-A;"), S("y"))},
        {__LINE__, more(NO_STR, S("y"))},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(
            cases[i].line, fetch_wait(w->fetch, w->arena, &cases[i].rq).verdict == FETCH_REFUSED);
    }
    EXPECT(atomic_load(&w->server.connections) == 0);
    world_end(w);
}

TEST(every_limit_holds)
{
    static const struct {
        int line;
        const char *path;
        size_t max_bytes;
        int timeout_ms;
        enum fetch_verdict verdict;
    } cases[] = {
        {__LINE__, "/exact", 2048, 0, FETCH_OK}, {__LINE__, "/exact", 2047, 0, FETCH_TOO_LARGE},
        {__LINE__, "/announced-large", 0, 0, FETCH_TOO_LARGE},
        {__LINE__, "/silent-large", 0, 0, FETCH_TOO_LARGE},
        {__LINE__, "/headers", 0, 0, FETCH_TOO_LARGE}, {__LINE__, "/drip", 0, 300, FETCH_TIMEOUT},
        {__LINE__, "/cut", 0, 0, FETCH_FAILED},
        {__LINE__, "/garbage", 0, 0, FETCH_REFUSED}, /* HTTP/0.9 */
        {__LINE__, "/nothing", 0, 0, FETCH_FAILED},  /* closed without a word */
    };
    struct world *w = world_new(true);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fetch_request rq = get(w, cases[i].path);
        int64_t begin = clock_steady_ms();
        struct fetch_answer answer;

        rq.max_bytes = cases[i].max_bytes;
        rq.timeout_ms = cases[i].timeout_ms;
        answer = fetch_wait(w->fetch, w->arena, &rq);
        cr_expect(answer.verdict == cases[i].verdict, "row of line %d: verdict %d", cases[i].line,
            answer.verdict);
        CHECK_AT(cases[i].line, answer.verdict == FETCH_OK || answer.body.n == 0);
        CHECK_AT(cases[i].line, clock_steady_ms() - begin < 2500);
    }
    world_end(w);
}

TEST(redirects_are_followed_only_as_far_as_asked)
{
    static const struct {
        int line;
        const char *path;
        int max;
        enum fetch_verdict verdict;
        int status;
    } cases[] = {
        {__LINE__, "/to-hello", 0, FETCH_OK, 303},
        {__LINE__, "/to-hello", 1, FETCH_OK, 200},
        {__LINE__, "/loop", 0, FETCH_OK, 302},
        {__LINE__, "/loop", 5, FETCH_REFUSED, 0},
        {__LINE__, "/to-file", 5, FETCH_REFUSED, 0},
        {__LINE__, "/to-name", 5, FETCH_REFUSED, 0},
    };
    struct world *w = world_new(true);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fetch_request rq = get(w, cases[i].path);
        struct fetch_answer answer;

        rq.max_redirects = cases[i].max;
        answer = fetch_wait(w->fetch, w->arena, &rq);
        cr_expect(answer.verdict == cases[i].verdict && answer.status == cases[i].status,
            "row of line %d: verdict %d, status %d", cases[i].line, answer.verdict, answer.status);
    }
    world_end(w);
}

TEST(another_host_never_gets_our_authorization)
{
    struct world *w = world_new(true);
    struct fetch_request rq = get(w, "/to-hello"); /* 127.0.0.1 sends us to localhost */
    struct fetch_answer answer;

    rq.max_redirects = 1;
    rq.method = S("POST");
    rq.body = S("secret");
    rq.authorization = S("Bearer abc");
    answer = fetch_wait(w->fetch, w->arena, &rq);
    EXPECT(answer.verdict == FETCH_OK && answer.status == 200);
    EXPECT_STR(answer.body, S("hello"));
    EXPECT(saw(w, S("GET /hello HTTP/1.1\r\n"))); /* 303: RFC 9110 s15.4.4 */
    EXPECT(!saw(w, S("Authorization")) && !saw(w, S("secret")));
    world_end(w);
}

TEST(the_environment_has_no_say)
{
    struct world *w = world_new(true);
    struct fetch_request rq = get(w, "/hello");

    setenv("http_proxy", "http://127.0.0.1:1/", 1);
    setenv("https_proxy", "http://127.0.0.1:1/", 1);
    setenv("ALL_PROXY", "socks5://127.0.0.1:1/", 1);
    EXPECT(fetch_wait(w->fetch, w->arena, &rq).verdict == FETCH_OK);
    world_end(w);
}

/* Names are the proxy's to look up; an address of the inside that is written out is refused before it hears of it. */
TEST(behind_a_proxy_addresses_in_urls_are_judged)
{
    static const struct {
        const char *url;
        enum fetch_verdict verdict;
    } cases[] = {
        {"http://public.example/hello", FETCH_OK},
        {"http://93.184.216.34/hello", FETCH_OK},
        {"http://1.example/hello", FETCH_OK},
        {"http://127.0.0.1/hello", FETCH_REFUSED},
        {"http://10.1.2.3/hello", FETCH_REFUSED},
        {"http://169.254.169.254/hello", FETCH_REFUSED},
        {"http://[::1]/hello", FETCH_REFUSED},
        {"http://[::ffff:10.0.0.1]/hello", FETCH_REFUSED},
        {"http://LOCALHOST/hello", FETCH_REFUSED},
        {"http://127.1/hello", FETCH_REFUSED},
        {"http://0x7f000001/hello", FETCH_REFUSED},
        {"http://2130706433/hello", FETCH_REFUSED},
    };
    struct world *w = world_new(false);
    const char *proxy = str_z(w->arena, str_fmt(w->arena, "http://127.0.0.1:%d", w->server.port));
    struct fetch *fetch = fetch_start(&(struct fetch_config){.proxy = proxy});

    REQUIRE(fetch != NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fetch_request rq = get(w, "");
        rq.url = str_from(cases[i].url);
        CHECK_AT((int)i, fetch_wait(fetch, w->arena, &rq).verdict == cases[i].verdict);
    }
    EXPECT(saw(w, S("GET http://1.example/hello HTTP/1.1\r\n")));
    fetch_stop(fetch);
    world_end(w);
}

TEST(an_unreachable_server_is_a_failure)
{
    struct world *w = world_new(true);
    struct fetch_request rq = get(w, "/hello");

    rq.url = S("http://127.0.0.1:1/");
    EXPECT(fetch_wait(w->fetch, w->arena, &rq).verdict == FETCH_FAILED);
    rq.url = S("http://no-such-host.invalid/");
    EXPECT(fetch_wait(w->fetch, w->arena, &rq).verdict == FETCH_FAILED);
    world_end(w);
}

TEST(a_full_arena_fails_the_request)
{
    struct world *w = world_new(true);
    struct fetch_request rq = get(w, "/exact");
    struct arena *small = arena_new(KB(1));

    EXPECT(fetch_wait(w->fetch, small, &rq).verdict == FETCH_FAILED);
    arena_free(small);
    world_end(w);
}

static void *
fetch_twenty(void *arg)
{
    struct world *w = arg;
    struct arena *arena = arena_new(KB(64));
    intptr_t good = 0;

    for (int i = 0; i < 20; i++) {
        struct fetch_request rq = {.method = S("GET"), .may_use_http = true};
        struct fetch_answer answer;

        rq.url = str_fmt(arena, "http://127.0.0.1:%d/exact", w->server.port);
        answer = fetch_wait(w->fetch, arena, &rq);
        good += answer.verdict == FETCH_OK && answer.body.n == 2048;
        arena_reset(arena);
    }
    arena_free(arena);
    return (void *)good;
}

TEST(many_threads_fetch_at_once)
{
    enum { THREADS = 4 };
    struct world *w = world_new(true);
    pthread_t threads[THREADS];
    void *good;

    for (int i = 0; i < THREADS; i++) {
        REQUIRE(pthread_create(&threads[i], NULL, fetch_twenty, w) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &good);
        CHECK_AT(i, (intptr_t)good == 20);
    }
    world_end(w);
}

static void *
fetch_drip(void *arg)
{
    struct world *w = arg;
    struct arena *arena = arena_new(KB(64));
    struct fetch_request rq = {.method = S("GET"), .may_use_http = true, .timeout_ms = 60000};
    intptr_t verdict;

    rq.url = str_fmt(arena, "http://127.0.0.1:%d/drip", w->server.port);
    verdict = fetch_wait(w->fetch, arena, &rq).verdict;
    arena_free(arena);
    return (void *)verdict;
}

TEST(stopping_releases_who_waits)
{
    struct world *w = world_new(true);
    pthread_t thread;
    void *verdict;
    int64_t begin = clock_steady_ms();

    REQUIRE(pthread_create(&thread, NULL, fetch_drip, w) == 0);
    while (atomic_load(&w->server.connections) == 0) {
        usleep(1000);
    }
    usleep(50000);
    fetch_stop(w->fetch);
    pthread_join(thread, &verdict);
    EXPECT((intptr_t)verdict == FETCH_FAILED);
    EXPECT(clock_steady_ms() - begin < 5000);
    w->fetch = NULL;
    world_end(w);
}
