/* SPDX-License-Identifier: Apache-2.0 */
/* Outgoing HTTP on one thread around libcurl's multi handle (invariant 7 of DESIGN section 10). The first request
 * opens the library and makes the thread.
 *
 * Invariants: 1 the address of every socket is checked when it is made, so after name resolution and for each
 * redirect, unless a proxy makes it; 2 while a request is under way its job and its caller's arena belong to the fetch thread; 3 nothing is
 * taken from the environment: no proxy but the operator's, no netrc, no cookies. */
#include "io/fetch/fetch.h"

#include <signal.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/mem.h"
#include "io/fetch/fetch_internal.h"
#include "io/fetch/fetch_job.h"

enum {
    MAX_JOBS = 256, /* under way at once; more are refused: the caller tries again */
    MAX_CONNECTIONS = 64,
    MAX_PER_HOST = 8,
    DEFAULT_BYTES = 1024 * 1024,
};

struct fetch {
    struct fetch_config config;
    pthread_mutex_t lock; /* of the rest */
    CURLM *multi;         /* NULL until the first request makes it and the thread */
    pthread_t thread;
    pthread_cond_t idle; /* count has become 0 */
    struct fetch_job *added;
    int count; /* callers inside run() */
    bool is_stopping;
    struct fetch_job *running; /* the thread's own */
};

struct fetch_library fetch_library;
static const char *const lib_names[] = {FETCH_LIBRARY(LAZY_NAME)};
static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static bool is_library_ready;

static void
open_library(void)
{
    /* The caller only learns that nothing went out. */
    is_library_ready = lazy_open_or_log("libcurl.so.4", lib_names, COUNT(lib_names), &fetch_library)
                       && fetch_library.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static enum fetch_verdict
verdict_of(const struct fetch_job *job, CURLcode code)
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
finish(struct fetch *fetch, struct fetch_job *job, CURLcode code)
{
    long status = 0;

    fetch_library.curl_multi_remove_handle(fetch->multi, job->easy);
    job->answer.verdict = verdict_of(job, code);
    if (job->answer.verdict == FETCH_OK) {
        fetch_library.curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
        job->answer.status = (int)status;
    }
    for (struct fetch_job **at = &fetch->running; *at != NULL; at = &(*at)->next) {
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
    struct fetch_job *job, *next;
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
        if (is_stopping
            || fetch_library.curl_multi_add_handle(fetch->multi, job->easy) != CURLM_OK) {
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
        if (fetch_library.curl_multi_perform(fetch->multi, &running) != CURLM_OK) {
            break;
        }
        while ((message = fetch_library.curl_multi_info_read(fetch->multi, &left)) != NULL) {
            char *job = NULL;
            CURLcode code = message->data.result;

            fetch_library.curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
            finish(fetch, (struct fetch_job *)(void *)job, code);
        }
        if (fetch_library.curl_multi_poll(fetch->multi, NULL, 0, 1000, NULL) != CURLM_OK) {
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
    CURLM *multi = fetch_library.curl_multi_init();
    sigset_t all, before;
    bool is_started;

    if (multi == NULL) {
        return false;
    }
    fetch_library.curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)MAX_CONNECTIONS);
    fetch_library.curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)MAX_PER_HOST);
    fetch_library.curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)MAX_CONNECTIONS / 4);
    fetch->multi = multi;
    sigfillset(&all); /* OpenSSL writes to sockets that may be gone: no SIGPIPE here */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    is_started = pthread_create(&fetch->thread, NULL, fetch_main, fetch) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!is_started) {
        fetch_library.curl_multi_cleanup(multi);
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
    fetch_library.curl_multi_wakeup(fetch->multi);
    pthread_join(fetch->thread, NULL);
    pthread_mutex_lock(&fetch->lock);
    while (fetch->count > 0) {
        pthread_cond_wait(&fetch->idle, &fetch->lock);
    }
    pthread_mutex_unlock(&fetch->lock);
    fetch_library.curl_multi_cleanup(fetch->multi);
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
run(struct fetch *fetch, struct fetch_job *job)
{
    bool is_taken;

    pthread_mutex_lock(&fetch->lock);
    is_taken = !fetch->is_stopping && fetch->count < MAX_JOBS
               && (fetch->multi != NULL || start_thread(fetch));
    if (is_taken) {
        fetch->count++;
        job->next = fetch->added;
        fetch->added = job;
        fetch_library.curl_multi_wakeup(fetch->multi);
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
take_answer(struct fetch_job *job, struct arena *arena)
{
    char *type = NULL;

    if (job->answer.verdict != FETCH_OK) {
        return;
    }
    fetch_library.curl_easy_getinfo(job->easy, CURLINFO_CONTENT_TYPE, &type);
    job->answer.content_type = str_dup(arena, str_from(type));
    if (!buf_done(&job->body, &job->answer.body) || arena_failed(arena)) {
        job->answer = (struct fetch_answer){.verdict = FETCH_FAILED};
    }
}

struct fetch_answer
fetch_wait(struct fetch *fetch, struct arena *arena, const struct fetch_request *request)
{
    struct fetch_job job = {
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
    if (fetch_job_prepare(&job, arena, request) && run(fetch, &job)) {
        take_answer(&job, arena);
    }
    fetch_library.curl_easy_cleanup(job.easy);
    fetch_library.curl_slist_free_all(job.headers);
    pthread_cond_destroy(&job.wake);
    return job.answer;
}
