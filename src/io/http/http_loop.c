/* SPDX-License-Identifier: Apache-2.0 */
/* The loop of one thread: wait, serve every event of the batch, then deadlines, then what became
 * ready meanwhile, then free what was closed. Answers made on other threads come over a locked list;
 * the eventfd is written only when that list was empty, so a busy loop is woken once for many.
 * Invariant: a closed connection's memory outlives the batch in which it was closed. */
#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/http/http_internal.h"

#include "base/clock.h"

enum { EVENTS = 128, ACCEPTS_PER_TURN = 64, PAUSE_MS = 100 };

static _Thread_local const struct http_loop *this_loop;

bool
http_loop_is_here(const struct http_loop *loop)
{
    return this_loop == loop;
}

void
http_loop_count(_Atomic uint64_t *counter)
{
    /* Written by one thread only, so a plain load and store will do. */
    uint64_t n = atomic_load_explicit(counter, memory_order_relaxed);

    atomic_store_explicit(counter, n + 1, memory_order_relaxed);
}

void
http_loop_ready(struct http_loop *loop, struct http_conn *conn)
{
    if (!conn->is_ready) {
        conn->is_ready = true;
        conn->ready_next = loop->ready;
        loop->ready = conn;
    }
}

static void
run_ready(struct http_loop *loop)
{
    struct http_conn *conn = loop->ready;

    loop->ready = NULL; /* who becomes ready from here on waits for the next turn */
    while (conn != NULL) {
        struct http_conn *next = conn->ready_next;

        conn->is_ready = false;
        http_conn_run(conn);
        conn = next;
    }
}

void
http_loop_wake(struct http_loop *loop)
{
    const uint64_t one = 1;

    (void)!write(loop->event_fd, &one, sizeof one); /* full means it is awake already */
}

void
http_loop_finished(struct http_loop *loop, struct http_exchange *x)
{
    bool was_empty;

    x->next = NULL;
    pthread_mutex_lock(&loop->lock);
    was_empty = loop->finished_first == NULL;
    *(was_empty ? &loop->finished_first : &loop->finished_last->next) = x;
    loop->finished_last = x;
    if (was_empty) {
        http_loop_wake(loop); /* under the lock: afterwards the loop may have ended */
    }
    pthread_mutex_unlock(&loop->lock);
}

static void
take_finished(struct http_loop *loop)
{
    struct http_exchange *x;
    uint64_t times;

    (void)!read(loop->event_fd, &times, sizeof times);
    pthread_mutex_lock(&loop->lock);
    x = loop->finished_first;
    loop->finished_first = NULL;
    pthread_mutex_unlock(&loop->lock);
    while (x != NULL) {
        struct http_exchange *next = x->next;

        http_conn_finish(x);
        x = next;
    }
}

static bool
watch(struct http_loop *loop, int *fd)
{
    struct epoll_event ev = {EPOLLIN, {.ptr = fd}};

    return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, *fd, &ev) == 0;
}

/* Out of descriptors or memory: accepting again and again would only burn the processor. */
static void
pause_accept(struct http_loop *loop)
{
    epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, loop->listen_fd, NULL);
    loop->resume_accept_ms = loop->now_ms + PAUSE_MS;
}

static void
accept_many(struct http_loop *loop)
{
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        struct sockaddr_storage address;
        socklen_t n = sizeof address;
        int fd =
            accept4(loop->listen_fd, (struct sockaddr *)&address, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0) {
            http_conn_accept(loop, fd, &address);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            pause_accept(loop);
            return;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

static void
read_clocks(struct http_loop *loop)
{
    loop->now_ms = clock_steady_ms();
    loop->wall_ms = clock_now_ms();
    if (loop->resume_accept_ms != 0 && loop->now_ms >= loop->resume_accept_ms) {
        loop->resume_accept_ms =
            loop->listen_fd >= 0 && !watch(loop, &loop->listen_fd) ? loop->now_ms + PAUSE_MS : 0;
    }
}

/* Milliseconds until something is due; -1: nothing is. */
static int
patience(const struct http_loop *loop)
{
    int64_t due = http_timer_next(loop);
    int64_t stop_ms = atomic_load_explicit(&loop->server->stop_deadline_ms, memory_order_relaxed);

    if (loop->ready != NULL) {
        return 0;
    }
    if (loop->resume_accept_ms != 0) {
        due = MIN(due, loop->resume_accept_ms);
    }
    if (loop->is_draining && stop_ms > loop->now_ms) { /* later, only handlers are waited for */
        due = MIN(due, stop_ms);
    }
    return due == INT64_MAX ? -1 : (int)MIN(MAX(due - loop->now_ms, 0), INT32_MAX);
}

static void
each_conn(struct http_loop *loop, void (*visit)(struct http_conn *conn))
{
    for (struct http_conn *conn = loop->conns.first; conn != NULL; conn = conn->next) {
        visit(conn); /* closing does not unlink: that happens after the turn */
    }
}

/* True when the server stops and this loop has nothing left to wait for. */
static bool
is_over(struct http_loop *loop)
{
    if (!atomic_load_explicit(&loop->server->is_stopping, memory_order_acquire)) {
        return false;
    }
    if (!loop->is_draining) {
        loop->is_draining = true;
        close(loop->listen_fd);
        loop->listen_fd = -1;
        each_conn(loop, http_conn_drain);
    }
    if (loop->now_ms >= atomic_load(&loop->server->stop_deadline_ms)) {
        each_conn(loop, http_conn_close);
    }
    http_conn_free_dead(loop);
    return loop->conn_count == 0;
}

static void
serve_event(struct http_loop *loop, const struct epoll_event *event)
{
    if (event->data.ptr == &loop->event_fd) {
        take_finished(loop);
    } else if (event->data.ptr == &loop->listen_fd) {
        accept_many(loop);
    } else {
        http_conn_event(event->data.ptr, event->events);
    }
}

static void
rest(const struct http_loop *loop)
{
    const struct http_handlers *handlers = &loop->server->handlers;

    if (handlers->rest != NULL) {
        handlers->rest(handlers->ctx);
    }
}

static void *
run_loop(void *arg)
{
    struct http_loop *loop = arg;
    struct epoll_event events[EVENTS];

    this_loop = loop;
    read_clocks(loop);
    while (!is_over(loop)) {
        int n = epoll_wait(loop->epoll_fd, events, EVENTS, patience(loop));

        read_clocks(loop);
        for (int i = 0; i < n; i++) {
            serve_event(loop, &events[i]);
        }
        http_timer_expire(loop);
        run_ready(loop);
        http_conn_free_dead(loop);
        rest(loop);
    }
    return NULL;
}

/* Signals are the main thread's: the loop inherits a mask that blocks them all. */
static bool
start_thread(struct http_loop *loop)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&loop->thread, NULL, run_loop, loop);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0;
}

static void
close_if_open(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

static void
free_loop(struct http_loop *loop)
{
    close_if_open(loop->epoll_fd);
    close_if_open(loop->event_fd);
    close_if_open(loop->listen_fd);
    http_buffer_free_kept(loop);
    http_trade_free_kept(loop);
    http_conn_free_kept(loop);
    pthread_mutex_destroy(&loop->lock);
}

bool
http_loop_start(struct http_loop *loop)
{
    pthread_mutex_init(&loop->lock, NULL);
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop->epoll_fd >= 0 && loop->event_fd >= 0 && watch(loop, &loop->event_fd)
        && watch(loop, &loop->listen_fd) && start_thread(loop)) {
        pthread_setname_np(loop->thread, "http");
        return true;
    }
    free_loop(loop);
    return false;
}

void
http_loop_end(struct http_loop *loop)
{
    pthread_join(loop->thread, NULL);
    /* A thread that answered last may still be leaving the lock: wait for it. */
    pthread_mutex_lock(&loop->lock);
    pthread_mutex_unlock(&loop->lock);
    free_loop(loop);
}
