/* SPDX-License-Identifier: Apache-2.0 */
/* Outgoing HTTP on one thread around libcurl's multi handle (invariant 7 of DESIGN section 10). The first request
 * opens the library and makes the thread.
 *
 * Invariants: 1 the address of every socket is checked when it is made, so after name resolution and for each
 * redirect, unless a proxy makes it; 2 while a request is under way its job and its caller's arena belong to the fetch thread; 3 nothing is
 * taken from the environment: no proxy but the operator's, no netrc, no cookies. */
#include "io/fetch/fetch.h"

#define CURL_DISABLE_TYPECHECK /* those macros cannot call through a table; each number is a long */
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/lazy.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/fetch/fetch_internal.h"

enum {
    MAX_JOBS = 256, /* under way at once; more are refused: the caller tries again */
    MAX_CONNECTIONS = 64,
    MAX_PER_HOST = 8,
    MAX_HEADER_BYTES = 64 * 1024,
    DEFAULT_BYTES = 1024 * 1024,
    DEFAULT_MS = 5000,
};

struct job { /* one request, on the stack of its caller, who waits */
    struct job *next;
    CURL *easy;
    struct curl_slist *headers;
    const struct fetch_config *config;
    struct buf body;
    size_t header_bytes;
    bool is_inside; /* to private addresses only */
    bool is_refused, is_too_large, is_done;
    pthread_cond_t wake;
    struct fetch_answer answer;
};

struct fetch {
    struct fetch_config config;
    pthread_mutex_t lock; /* of the rest */
    CURLM *multi;         /* NULL until the first request makes it and the thread */
    pthread_t thread;
    pthread_cond_t idle; /* count has become 0 */
    struct job *added;
    int count; /* callers inside run() */
    bool is_stopping;
    struct job *running; /* the thread's own */
};

/* What a start does not need it does not load. */
/* clang-format off */
#define LIBRARY(X) \
    X(curl_easy_cleanup) X(curl_easy_getinfo) X(curl_easy_init) X(curl_easy_setopt) \
    X(curl_global_init) X(curl_multi_add_handle) X(curl_multi_cleanup) X(curl_multi_info_read) \
    X(curl_multi_init) X(curl_multi_perform) X(curl_multi_poll) X(curl_multi_remove_handle) \
    X(curl_multi_setopt) X(curl_multi_wakeup) X(curl_slist_append) X(curl_slist_free_all)
/* clang-format on */

static struct {
    LIBRARY(LAZY_MEMBER)
} lib;
static const char *const lib_names[] = {LIBRARY(LAZY_NAME)};
static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static bool is_library_ready;

static void
open_library(void)
{
    const char *why = lazy_open("libcurl.so.4", lib_names, COUNT(lib_names), &lib);

    if (why != NULL) { /* the caller only learns that nothing went out */
        LOG(clock_now_ms(), "library.missing", LOG_STR("why", str_from(why)));
    }
    is_library_ready = why == NULL && lib.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/* To which address a socket is made, a proxy says itself. */
static bool
is_refused(const struct job *job, const struct sockaddr *address)
{
    if (job->config->proxy != NULL) {
        return false;
    }
    return fetch_address_is_refused(address) ? !job->config->may_reach_private : job->is_inside;
}

/* Makes the socket for an address in use, or refuses it. */
static curl_socket_t
open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct job *job = ctx;

    if (purpose != CURLSOCKTYPE_IPCXN) {
        return CURL_SOCKET_BAD;
    }
    if (is_refused(job, &address->addr)) {
        job->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t
take_body(char *data, size_t size, size_t count, void *ctx)
{
    struct job *job = ctx;
    size_t n = size * count;

    if (n > job->body.max - job->body.n) {
        job->is_too_large = true;
        return 0;
    }
    buf_str(&job->body, (str){data, n});
    return job->body.failed ? 0 : n;
}

/* Headers are not kept; a server may not send them for ever. */
static size_t
count_header(char *data, size_t size, size_t count, void *ctx)
{
    struct job *job = ctx;

    (void)data;
    job->header_bytes += size * count;
    if (job->header_bytes > MAX_HEADER_BYTES) {
        job->is_too_large = true;
        return 0;
    }
    return size * count;
}

static bool
add_line(struct job *job, struct arena *arena, str name, str between, str value)
{
    str parts[] = {name, between, value};
    const char *line = str_z(arena, str_join(arena, parts, COUNT(parts), NO_STR));
    struct curl_slist *longer = line ? lib.curl_slist_append(job->headers, line) : NULL;

    if (longer != NULL) {
        job->headers = longer;
    }
    return longer != NULL;
}

/* Without a value curl leaves out what it would have sent itself. */
static bool
add_header(struct job *job, struct arena *arena, const char *name, str value)
{
    return add_line(job, arena, str_from(name), value.n ? S(": ") : S(":"), value);
}

/* A caller's; here one without a value is sent without a value. */
static bool
add_more(struct job *job, struct arena *arena, const struct fetch_request *rq)
{
    for (size_t i = 0; i < rq->header_count; i++) {
        const struct fetch_header *h = &rq->headers[i];
        if (!fetch_judge_is_ours(rq, h->name)
            && !add_line(job, arena, h->name, h->value.n ? S(": ") : S(";"), h->value)) {
            return false;
        }
    }
    return true;
}

static bool
set_headers(struct job *job, struct arena *arena, const struct fetch_request *rq)
{
    /* With "Expect: 100-continue" curl would wait a second for servers that do not know it. */
    return add_header(job, arena, "Expect", NO_STR)
           && add_header(job, arena, "Content-Type", rq->content_type)
           && (rq->authorization.n == 0
               || add_header(job, arena, "Authorization", rq->authorization))
           && add_more(job, arena, rq)
           && lib.curl_easy_setopt(job->easy, CURLOPT_HTTPHEADER, job->headers) == CURLE_OK;
}

/* Numbers and texts that are the same for every request. */
static bool
set_rules(struct job *job)
{
    const char *proxy = job->config->proxy;
    /* clang-format off */
    const struct { CURLoption option; long value; } numbers[] = {
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_QUICK_EXIT, 1},            /* a hanging resolver must not hold the thread */
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_HTTP09_ALLOWED, 0},
        {CURLOPT_UNRESTRICTED_AUTH, 0},     /* another host never gets our Authorization */
    };
    const struct { CURLoption option; const char *value; } texts[] = {
        {CURLOPT_PROXY, proxy ? proxy : ""}, /* and none from the environment */
        {CURLOPT_NOPROXY, proxy ? "" : "*"},
        {CURLOPT_USERAGENT, "cardea/" CARDEA_VERSION},
    };
    /* clang-format on */

    for (size_t i = 0; i < COUNT(numbers); i++) {
        if (lib.curl_easy_setopt(job->easy, numbers[i].option, numbers[i].value) != CURLE_OK) {
            return false;
        }
    }
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (lib.curl_easy_setopt(job->easy, texts[i].option, texts[i].value) != CURLE_OK) {
            return false;
        }
    }
    return job->config->ca_file == NULL
           || lib.curl_easy_setopt(job->easy, CURLOPT_CAINFO, job->config->ca_file) == CURLE_OK;
}

static bool
set_callbacks(struct job *job)
{
    return lib.curl_easy_setopt(job->easy, CURLOPT_PRIVATE, job) == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_OPENSOCKETDATA, job) == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_WRITEDATA, job) == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_HEADERFUNCTION, count_header) == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_HEADERDATA, job) == CURLE_OK;
}

static bool
set_limits(struct job *job, const struct fetch_request *rq)
{
    const char *schemes = rq->may_use_http || rq->may_use_http_inside ? "http,https" : "https";
    long timeout_ms = rq->timeout_ms > 0 ? rq->timeout_ms : DEFAULT_MS;
    long connect_ms = rq->connect_timeout_ms > 0 ? rq->connect_timeout_ms : timeout_ms;

    return lib.curl_easy_setopt(job->easy, CURLOPT_PROTOCOLS_STR, schemes) == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_REDIR_PROTOCOLS_STR, schemes) == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_FOLLOWLOCATION, (long)(rq->max_redirects > 0))
                  == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_MAXREDIRS, (long)MAX(rq->max_redirects, 0))
                  == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms) == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)job->body.max)
                  == CURLE_OK;
}

/* Certificates of the caller's: then no authority that others trust counts here. */
static bool
set_trust(struct job *job, const struct fetch_request *rq)
{
    struct curl_blob blob = {(void *)(uintptr_t)rq->ca_pem.p, rq->ca_pem.n, CURL_BLOB_COPY};

    return rq->ca_pem.n == 0
           || (lib.curl_easy_setopt(job->easy, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK
               && lib.curl_easy_setopt(job->easy, CURLOPT_CAPATH, NULL) == CURLE_OK);
}

/* POST is not set as a custom method: curl then turns it into GET where a redirect says so. */
static bool
set_method(struct job *job, struct arena *arena, const struct fetch_request *rq)
{
    bool is_post = str_eq(rq->method, S("POST"));
    const char *method = str_z(arena, rq->method);

    if (method == NULL) {
        return false;
    }
    if (str_eq(rq->method, S("GET")) && rq->body.n == 0) {
        return true;
    }
    if (str_eq(rq->method, S("HEAD"))) {
        return lib.curl_easy_setopt(job->easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
    }
    if (!is_post && lib.curl_easy_setopt(job->easy, CURLOPT_CUSTOMREQUEST, method) != CURLE_OK) {
        return false;
    }
    if (!is_post && rq->body.n == 0) {
        return true;
    }
    return lib.curl_easy_setopt(job->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)rq->body.n)
               == CURLE_OK
           && lib.curl_easy_setopt(job->easy, CURLOPT_POSTFIELDS, rq->body.n ? rq->body.p : "")
                  == CURLE_OK;
}

static bool
prepare(struct job *job, struct arena *arena, const struct fetch_request *rq)
{
    const char *url = str_z(arena, rq->url);

    job->easy = lib.curl_easy_init();
    return url != NULL && job->easy != NULL && set_rules(job) && set_callbacks(job)
           && set_limits(job, rq) && set_trust(job, rq) && set_method(job, arena, rq)
           && set_headers(job, arena, rq)
           && lib.curl_easy_setopt(job->easy, CURLOPT_URL, url) == CURLE_OK;
}

static enum fetch_verdict
verdict_of(const struct job *job, CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return FETCH_OK;
    case CURLE_OPERATION_TIMEDOUT:
        return FETCH_TIMEOUT;
    case CURLE_FILESIZE_EXCEEDED:
        return FETCH_TOO_LARGE;
    case CURLE_WRITE_ERROR:
        return job->is_too_large ? FETCH_TOO_LARGE : FETCH_FAILED;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED: /* a name in the URL */
    case CURLE_TOO_MANY_REDIRECTS:
        return FETCH_REFUSED;
    case CURLE_COULDNT_CONNECT:
        return job->is_refused ? FETCH_REFUSED : FETCH_FAILED;
    default:
        return FETCH_FAILED;
    }
}

/* Fills in the answer and wakes the caller. The job is gone when the lock is let go. */
static void
finish(struct fetch *fetch, struct job *job, CURLcode code)
{
    long status = 0;

    lib.curl_multi_remove_handle(fetch->multi, job->easy);
    job->answer.verdict = verdict_of(job, code);
    if (job->answer.verdict == FETCH_OK) {
        lib.curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
        job->answer.status = (int)status;
    }
    for (struct job **at = &fetch->running; *at != NULL; at = &(*at)->next) {
        if (*at == job) {
            *at = job->next;
            break;
        }
    }
    pthread_mutex_lock(&fetch->lock);
    job->is_done = true;
    pthread_cond_signal(&job->wake);
    pthread_mutex_unlock(&fetch->lock);
}

/* Starts what was added; true when the thread has to end. */
static bool
take_added(struct fetch *fetch)
{
    struct job *job, *next;
    bool is_stopping;

    pthread_mutex_lock(&fetch->lock);
    job = fetch->added;
    fetch->added = NULL;
    is_stopping = fetch->is_stopping;
    pthread_mutex_unlock(&fetch->lock);
    for (; job != NULL; job = next) {
        next = job->next;
        job->next = fetch->running;
        fetch->running = job;
        if (is_stopping || lib.curl_multi_add_handle(fetch->multi, job->easy) != CURLM_OK) {
            finish(fetch, job, CURLE_FAILED_INIT);
        }
    }
    return is_stopping;
}

static void *
fetch_main(void *arg)
{
    struct fetch *fetch = arg;
    CURLMsg *message;
    int running, left;

    while (!take_added(fetch)) {
        if (lib.curl_multi_perform(fetch->multi, &running) != CURLM_OK) {
            break;
        }
        while ((message = lib.curl_multi_info_read(fetch->multi, &left)) != NULL) {
            char *job = NULL;
            CURLcode code = message->data.result;

            lib.curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
            finish(fetch, (struct job *)(void *)job, code);
        }
        if (lib.curl_multi_poll(fetch->multi, NULL, 0, 1000, NULL) != CURLM_OK) {
            break;
        }
    }
    pthread_mutex_lock(&fetch->lock);
    fetch->is_stopping = true;
    pthread_mutex_unlock(&fetch->lock);
    take_added(fetch);
    while (fetch->running != NULL) {
        finish(fetch, fetch->running, CURLE_ABORTED_BY_CALLBACK);
    }
    return NULL;
}

struct fetch *
fetch_start(const struct fetch_config *config)
{
    struct fetch *fetch = MEM_NEW(struct fetch);

    if (fetch != NULL) {
        fetch->config = *config;
        pthread_mutex_init(&fetch->lock, NULL);
        pthread_cond_init(&fetch->idle, NULL);
    }
    return fetch;
}

/* Makes the thread for the first request; held: the lock. */
static bool
start_thread(struct fetch *fetch)
{
    CURLM *multi = lib.curl_multi_init();
    sigset_t all, before;
    bool is_started;

    if (multi == NULL) {
        return false;
    }
    lib.curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)MAX_CONNECTIONS);
    lib.curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)MAX_PER_HOST);
    lib.curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)MAX_CONNECTIONS / 4);
    fetch->multi = multi;
    sigfillset(&all); /* OpenSSL writes to sockets that may be gone: no SIGPIPE here */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    is_started = pthread_create(&fetch->thread, NULL, fetch_main, fetch) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!is_started) {
        lib.curl_multi_cleanup(multi);
        fetch->multi = NULL;
        return false;
    }
    pthread_setname_np(fetch->thread, "fetch");
    return true;
}

/* Ends the thread, if there is one, and waits for the last callers, who are on their way out. */
static void
stop_thread(struct fetch *fetch)
{
    bool has_thread;

    pthread_mutex_lock(&fetch->lock);
    fetch->is_stopping = true;
    has_thread = fetch->multi != NULL; /* none is made from here on */
    pthread_mutex_unlock(&fetch->lock);
    if (!has_thread) {
        return;
    }
    lib.curl_multi_wakeup(fetch->multi);
    pthread_join(fetch->thread, NULL);
    pthread_mutex_lock(&fetch->lock);
    while (fetch->count > 0) {
        pthread_cond_wait(&fetch->idle, &fetch->lock);
    }
    pthread_mutex_unlock(&fetch->lock);
    lib.curl_multi_cleanup(fetch->multi);
}

void
fetch_stop(struct fetch *fetch)
{
    if (fetch == NULL) {
        return;
    }
    stop_thread(fetch);
    pthread_cond_destroy(&fetch->idle);
    pthread_mutex_destroy(&fetch->lock);
    mem_free(fetch);
}

/* Hands the job to the thread and waits for it; false when it was not taken. */
static bool
run(struct fetch *fetch, struct job *job)
{
    bool is_taken;

    pthread_mutex_lock(&fetch->lock);
    is_taken = !fetch->is_stopping && fetch->count < MAX_JOBS
               && (fetch->multi != NULL || start_thread(fetch));
    if (is_taken) {
        fetch->count++;
        job->next = fetch->added;
        fetch->added = job;
        lib.curl_multi_wakeup(fetch->multi);
        while (!job->is_done) {
            pthread_cond_wait(&job->wake, &fetch->lock);
        }
        fetch->count--;
        if (fetch->count == 0) {
            pthread_cond_signal(&fetch->idle);
        }
    }
    pthread_mutex_unlock(&fetch->lock);
    return is_taken;
}

/* Moves what curl and the buffer hold to the caller. */
static void
take_answer(struct job *job, struct arena *arena)
{
    char *type = NULL;

    if (job->answer.verdict != FETCH_OK) {
        return;
    }
    lib.curl_easy_getinfo(job->easy, CURLINFO_CONTENT_TYPE, &type);
    job->answer.content_type = str_dup(arena, str_from(type));
    if (!buf_done(&job->body, &job->answer.body) || arena_failed(arena)) {
        job->answer = (struct fetch_answer){.verdict = FETCH_FAILED};
    }
}

struct fetch_answer
fetch_wait(struct fetch *fetch, struct arena *arena, const struct fetch_request *request)
{
    struct job job = {
        .config = &fetch->config,
        .is_inside = request->may_use_http_inside && str_starts(request->url, S("http://")),
        .wake = PTHREAD_COND_INITIALIZER,
        .answer = {.verdict = FETCH_FAILED},
    };

    if (!fetch_judge_allows(&fetch->config, request)) {
        return (struct fetch_answer){.verdict = FETCH_REFUSED};
    }
    pthread_once(&library_once, open_library);
    if (!is_library_ready) {
        return job.answer;
    }
    buf_init(&job.body, arena, request->max_bytes ? request->max_bytes : DEFAULT_BYTES);
    if (prepare(&job, arena, request) && run(fetch, &job)) {
        take_answer(&job, arena);
    }
    lib.curl_easy_cleanup(job.easy);
    lib.curl_slist_free_all(job.headers);
    pthread_cond_destroy(&job.wake);
    return job.answer;
}
