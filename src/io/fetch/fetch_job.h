/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way, between the thread (fetch.c) and what libcurl is told of it (fetch_job.c). */
#pragma once
#define CURL_DISABLE_TYPECHECK /* those macros cannot call through a table; each number is a long */
#include <curl/curl.h>
#include <pthread.h>

#include "base/buf.h"
#include "base/lazy.h"
#include "io/fetch/fetch.h"

/* What a start does not need it does not load. */
/* clang-format off */
#define FETCH_LIBRARY(X) \
    X(curl_easy_cleanup) X(curl_easy_getinfo) X(curl_easy_init) X(curl_easy_setopt) \
    X(curl_global_init) X(curl_multi_add_handle) X(curl_multi_cleanup) X(curl_multi_info_read) \
    X(curl_multi_init) X(curl_multi_perform) X(curl_multi_poll) X(curl_multi_remove_handle) \
    X(curl_multi_setopt) X(curl_multi_wakeup) X(curl_slist_append) X(curl_slist_free_all)
/* clang-format on */

struct fetch_library {
    FETCH_LIBRARY(LAZY_MEMBER)
};
extern struct fetch_library fetch_library; /* filled when the first request is made */

struct fetch_job { /* one request, on the stack of its caller, who waits */
    struct fetch_job *next;
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

/* Makes job->easy, with all that is to be told before it runs. False when memory is short, or libcurl refuses. */
MUST_USE bool fetch_job_prepare(
    struct fetch_job *job, struct arena *arena, const struct fetch_request *rq);
