/* SPDX-License-Identifier: Apache-2.0 */
/* The load generator: one thread, keep-alive connections, one request in flight on each. Prints a
 * JSON line: rounds a second (a round is the scenario's repeated steps), errors, the time a round
 * takes, and the CPU time the server used for one, from /proc.
 * Without a rate a connection asks again when it is answered (closed loop). With one, rounds begin
 * at fixed instants whether answers come or not, and a round's time counts from its instant, so
 * that a server which stalls cannot hide it by being asked less (no coordinated omission).
 * On a core of its own it should not sleep (-b 1): who sends to a sleeper interrupts its core, which in a virtual machine
 * costs the server more than the request.
 * Usage: load [-c CONNECTIONS] [-s SECONDS] [-n ROUNDS] [-f FIRST] [-r RATE] [-i IDLE CONNECTIONS]
 * [-b BUSY] [-p PID] PORT SCENARIO FIXTURES */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "load_idle.h"
#include "load_plan.h"

enum {
    MAX_CONNECTIONS = 1024,
    MAX_ERRORS = 10000,
    IN_MAX = 65536,
    OUT_MAX = 8192,
    SLOTS = 2000000,
    WARM_MS = 500
};

struct client {
    int fd, step;
    size_t in_n;
    int64_t began_ns; /* this round */
    struct plan_words words;
    char in[IN_MAX];
};

static struct options {
    int64_t connections, seconds, rounds, first, rate, idle, busy, pid, port;
    const struct plan *plan;
    const char *fixtures;
} options = {.connections = 64, .seconds = 3};

static struct client *clients;
static struct client **waiting; /* with a rate: connections that have nothing to ask */
static int64_t waiting_count;
static int64_t schedule_ns; /* with a rate: when round 0 was due */
static uint32_t *slots;     /* rounds by the microseconds they took */
static int64_t counted, errors, asked, longest_us;
static bool is_measuring;
static int poller;

static void
die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* User and system time of the server's process in microseconds: fields 14 and 15, behind the
 * name, which may hold anything. */
static int64_t
server_cpu_us(void)
{
    char path[64], text[1024];
    str rest, field;
    int64_t ticks = 0, n;
    size_t got;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%lld/stat", (long long)options.pid);
    f = options.pid ? fopen(path, "r") : NULL;
    if (f == NULL) {
        return 0;
    }
    got = fread(text, 1, sizeof text, f);
    fclose(f);
    rest = (str){text, got};
    while (str_find(rest, ')') < rest.n) {
        rest = str_skip(rest, str_find(rest, ')') + 1);
    }
    for (int i = 2; i < 16 && str_cut(&rest, ' ', &field); i++) {
        ticks += i >= 14 && str_i64(field, &n) ? n : 0;
    }
    return ticks * 1000000 / sysconf(_SC_CLK_TCK);
}

static void
client_open(struct client *c)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    int one = 1;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0) {
        die("connect");
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) < 0) {
        die("epoll");
    }
    c->in_n = 0;
    c->step = 0;
}

/* Requests fit in an empty socket buffer, so the send never waits. */
static void
client_ask(struct client *c)
{
    static char out[OUT_MAX];
    size_t n = plan_write(&options.plan->steps[c->step], &c->words, out, sizeof out);

    if (n == 0) {
        errno = EINVAL;
        die("a word of this scenario is not in the fixtures");
    }
    if (send(c->fd, out, n, MSG_NOSIGNAL) != (ssize_t)n) {
        die("send");
    }
}

/* Begins a round, or with a rate lets the connection wait for the next one that is due. */
static void
client_start_round(struct client *c)
{
    if (options.rate && c->step == options.plan->loop_from) {
        waiting[waiting_count++] = c;
    } else if (options.rounds == 0 || asked < options.rounds) {
        asked++;
        c->began_ns = clock_steady_ns();
        client_ask(c);
    }
}

static int64_t
due_ns(int64_t round)
{
    return schedule_ns + (int64_t)((double)round * 1e9 / (double)options.rate);
}

/* Begins the rounds that are due, as far as there are connections for them. */
static void
start_due_rounds(void)
{
    int64_t now = clock_steady_ns();

    while (options.rate && waiting_count > 0 && due_ns(asked) <= now) {
        struct client *c = waiting[--waiting_count];
        c->began_ns = due_ns(asked++);
        client_ask(c);
    }
}

/* The answer's whole length, or 0 while it is not here. */
static size_t
answer_length(str in)
{
    size_t head = str_find_str(in, S("\r\n\r\n"));
    str lines = str_head(in, head), line, name = S("content-length: ");
    int64_t body = 0;

    if (head == in.n) {
        return 0;
    }
    while (str_cut(&lines, '\n', &line)) {
        if (str_ieq(str_head(line, name.n), name)) {
            line = str_skip(line, name.n);
            if (!str_i64(str_head(line, str_find(line, '\r')), &body)) {
                return 0;
            }
            break;
        }
    }
    return in.n >= head + 4 + (size_t)body ? head + 4 + (size_t)body : 0;
}

static void
client_fail(struct client *c, str answer)
{
    if (errors++ == 0) {
        fprintf(stderr, "load: step %d was answered: " STRF "\n", c->step,
            STRV(str_head(answer, 1500)));
    }
    if (errors > MAX_ERRORS) {
        exit(1);
    }
    c->step = 0;
    c->began_ns = clock_steady_ns();
    client_ask(c);
}

static void
count_round(const struct client *c)
{
    int64_t us = (clock_steady_ns() - c->began_ns) / 1000;

    if (is_measuring) {
        slots[MIN(us, SLOTS - 1)]++;
        longest_us = MAX(longest_us, us);
        counted++;
    }
}

static void
client_took(struct client *c, str answer)
{
    const struct plan_step *step = &options.plan->steps[c->step];
    int64_t status;

    if (!str_i64(str_head(str_skip(answer, 9), 3), &status)
        || (step->status && status != step->status) || !plan_take(step, answer, &c->words)) {
        client_fail(c, answer);
        return;
    }
    if (++c->step < options.plan->step_count) {
        client_ask(c);
        return;
    }
    count_round(c);
    c->step = options.plan->loop_from;
    client_start_round(c);
}

static void
client_read(struct client *c)
{
    ssize_t n = recv(c->fd, c->in + c->in_n, sizeof c->in - c->in_n, MSG_DONTWAIT);
    size_t whole;

    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0) { /* the server hung up */
        errors++;
        close(c->fd);
        client_open(c);
        c->began_ns = clock_steady_ns();
        client_ask(c);
        return;
    }
    c->in_n += (size_t)n;
    whole = answer_length((str){c->in, c->in_n});
    if (whole) {
        c->in_n = 0;
        client_took(c, (str){c->in, whole});
    }
}

/* At most a tenth of a second, nothing when it is not to sleep, and not beyond the next round that is due. */
static struct timespec
patience(void)
{
    int64_t ns = options.busy ? 0 : 100000000;

    if (options.rate && waiting_count > 0) {
        ns = MIN(ns, MAX(due_ns(asked) - clock_steady_ns(), 0));
    }
    return (struct timespec){.tv_nsec = idle_next_ns(ns)};
}

static void
run_until(int64_t end_ns)
{
    struct epoll_event events[256];

    while (clock_steady_ns() < end_ns && (options.rounds == 0 || counted < options.rounds)) {
        struct timespec wait = patience();
        int n = epoll_pwait2(poller, events, COUNT(events), &wait, NULL);
        for (int i = 0; i < n; i++) {
            if (!idle_read(events[i].data.ptr)) {
                client_read(events[i].data.ptr);
            }
        }
        start_due_rounds();
        idle_ask();
    }
}

static double
percentile(double part)
{
    int64_t left = (int64_t)((double)counted * part);

    for (int us = 0; us < SLOTS; us++) {
        left -= slots[us];
        if (left < 0) {
            return us;
        }
    }
    return SLOTS;
}

static void
print_result(double seconds, int64_t cpu)
{
    printf("{\"scenario\":\"%s\",\"connections\":%lld,\"idle\":%lld,\"asked_rate\":%lld,"
           "\"seconds\":%.2f,\"rounds\":%lld,\"rate\":%.0f,\"errors\":%lld,",
        options.plan->name, (long long)options.connections, (long long)idle_count(),
        (long long)options.rate, seconds, (long long)counted, (double)counted / seconds,
        (long long)errors);
    printf("\"p50_us\":%.0f,\"p99_us\":%.0f,\"p999_us\":%.0f,\"max_us\":%lld,"
           "\"server_cpu_us\":%.2f}\n",
        percentile(0.5), percentile(0.99), percentile(0.999), (long long)longest_us,
        counted ? (double)cpu / (double)counted : 0.0);
}

static void
measure(void)
{
    int64_t from, cpu;
    double seconds;

    for (int64_t i = 0; i < options.connections; i++) {
        clients[i].words.index = (int)i;
        client_open(&clients[i]);
        client_start_round(&clients[i]);
    }
    schedule_ns = clock_steady_ns();
    if (options.rounds == 0) {
        run_until(clock_steady_ns() + (int64_t)WARM_MS * 1000000);
    }
    is_measuring = true;
    cpu = server_cpu_us();
    from = clock_steady_ns();
    run_until(options.rounds ? INT64_MAX : from + options.seconds * 1000000000);
    seconds = (double)(clock_steady_ns() - from) / 1e9;
    cpu = server_cpu_us() - cpu;
    print_result(seconds, cpu);
}

static bool
read_options(int argc, char **argv)
{
    int letter;

    while ((letter = getopt(argc, argv, "c:s:n:f:r:i:b:p:")) != -1) {
        int64_t *to = letter == 'c'   ? &options.connections
                      : letter == 's' ? &options.seconds
                      : letter == 'n' ? &options.rounds
                      : letter == 'f' ? &options.first
                      : letter == 'r' ? &options.rate
                      : letter == 'i' ? &options.idle
                      : letter == 'b' ? &options.busy
                                      : &options.pid;
        if (letter == '?' || !str_i64(str_from(optarg), to)) {
            return false;
        }
    }
    if (argc - optind != 3 || !str_i64(str_from(argv[optind]), &options.port)) {
        return false;
    }
    options.plan = plan_find(argv[optind + 1]);
    options.fixtures = argv[optind + 2];
    return options.plan != NULL && options.connections > 0 && options.rate >= 0
           && options.connections <= MAX_CONNECTIONS;
}

int
main(int argc, char **argv)
{
    struct arena *arena = arena_new(MB(16));

    if (!read_options(argc, argv)) {
        fprintf(stderr, "usage: load [-c CONNECTIONS] [-s SECONDS] [-n ROUNDS] [-f FIRST] [-r RATE]"
                        " [-i IDLE] [-b BUSY] [-p PID] PORT SCENARIO FIXTURES\nscenarios:");
        plan_list();
        return 2;
    }
    clients = calloc((size_t)options.connections, sizeof *clients);
    waiting = calloc((size_t)options.connections, sizeof *waiting);
    slots = calloc(SLOTS, sizeof *slots);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (arena == NULL || clients == NULL || waiting == NULL || slots == NULL || poller < 0
        || !plan_fixtures(arena, options.fixtures)) {
        die("cannot prepare");
    }
    plan_count_from(options.first);
    (void)prctl(PR_SET_TIMERSLACK, 1000); /* rounds begin when they are due, not 50 us later */
    if (!idle_open(poller, (uint16_t)options.port, options.idle)) {
        die("idle connections");
    }
    measure();
    return errors > 0;
}
