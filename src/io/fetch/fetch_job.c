/* SPDX-License-Identifier: Apache-2.0 */
/* What libcurl is told of one request: rules that are the same for all, its limits, method, headers and certificates; and what
 * judges its sockets, its body and its headers while it runs. */
#include "io/fetch/fetch_job.h"

#include <sys/socket.h>

#include "base/arena.h"
#include "io/fetch/fetch_internal.h"

enum { MAX_HEADER_BYTES = 64 * 1024, DEFAULT_MS = 5000 };

/* To which address a socket is made, a proxy says itself. */
static bool
is_refused(const struct fetch_job *job, const struct sockaddr *address)
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
    struct fetch_job *job = ctx;

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
    struct fetch_job *job = ctx;
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
    struct fetch_job *job = ctx;

    (void)data;
    job->header_bytes += size * count;
    if (job->header_bytes > MAX_HEADER_BYTES) {
        job->is_too_large = true;
        return 0;
    }
    return size * count;
}

static bool
add_line(struct fetch_job *job, struct arena *arena, str name, str between, str value)
{
    str parts[] = {name, between, value};
    const char *line = str_z(arena, str_join(arena, parts, COUNT(parts), NO_STR));
    struct curl_slist *longer = line ? fetch_library.curl_slist_append(job->headers, line) : NULL;

    if (longer != NULL) {
        job->headers = longer;
    }
    return longer != NULL;
}

/* Without a value curl leaves out what it would have sent itself. */
static bool
add_header(struct fetch_job *job, struct arena *arena, const char *name, str value)
{
    return add_line(job, arena, str_from(name), value.n ? S(": ") : S(":"), value);
}

/* A caller's; here one without a value is sent without a value. */
static bool
add_more(struct fetch_job *job, struct arena *arena, const struct fetch_request *rq)
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
set_headers(struct fetch_job *job, struct arena *arena, const struct fetch_request *rq)
{
    /* With "Expect: 100-continue" curl would wait a second for servers that do not know it. */
    return add_header(job, arena, "Expect", NO_STR)
           && add_header(job, arena, "Content-Type", rq->content_type)
           && (rq->authorization.n == 0
               || add_header(job, arena, "Authorization", rq->authorization))
           && add_more(job, arena, rq)
           && fetch_library.curl_easy_setopt(job->easy, CURLOPT_HTTPHEADER, job->headers)
                  == CURLE_OK;
}

/* Numbers and texts that are the same for every request. */
static bool
set_rules(struct fetch_job *job)
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
        if (fetch_library.curl_easy_setopt(job->easy, numbers[i].option, numbers[i].value)
            != CURLE_OK) {
            return false;
        }
    }
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (fetch_library.curl_easy_setopt(job->easy, texts[i].option, texts[i].value)
            != CURLE_OK) {
            return false;
        }
    }
    return job->config->ca_file == NULL
           || fetch_library.curl_easy_setopt(job->easy, CURLOPT_CAINFO, job->config->ca_file)
                  == CURLE_OK;
}

static bool
set_callbacks(struct fetch_job *job)
{
    return fetch_library.curl_easy_setopt(job->easy, CURLOPT_PRIVATE, job) == CURLE_OK
           && fetch_library.curl_easy_setopt(job->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket)
                  == CURLE_OK
           && fetch_library.curl_easy_setopt(job->easy, CURLOPT_OPENSOCKETDATA, job) == CURLE_OK
           && fetch_library.curl_easy_setopt(job->easy, CURLOPT_WRITEFUNCTION, take_body)
                  == CURLE_OK
           && fetch_library.curl_easy_setopt(job->easy, CURLOPT_WRITEDATA, job) == CURLE_OK
           && fetch_library.curl_easy_setopt(job->easy, CURLOPT_HEADERFUNCTION, count_header)
                  == CURLE_OK
           && fetch_library.curl_easy_setopt(job->easy, CURLOPT_HEADERDATA, job) == CURLE_OK;
}

static bool
set_limits(struct fetch_job *job, const struct fetch_request *rq)
{
    const char *schemes = rq->may_use_http || rq->may_use_http_inside ? "http,https" : "https";
    long timeout_ms = rq->timeout_ms > 0 ? rq->timeout_ms : DEFAULT_MS;
    long connect_ms = rq->connect_timeout_ms > 0 ? rq->connect_timeout_ms : timeout_ms;

    return fetch_library.curl_easy_setopt(job->easy, CURLOPT_PROTOCOLS_STR, schemes) == CURLE_OK
           && fetch_library.curl_easy_setopt(job->easy, CURLOPT_REDIR_PROTOCOLS_STR, schemes)
                  == CURLE_OK
           && fetch_library.curl_easy_setopt(
                  job->easy, CURLOPT_FOLLOWLOCATION, (long)(rq->max_redirects > 0))
                  == CURLE_OK
           && fetch_library.curl_easy_setopt(
                  job->easy, CURLOPT_MAXREDIRS, (long)MAX(rq->max_redirects, 0))
                  == CURLE_OK
           && fetch_library.curl_easy_setopt(job->easy, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK
           && fetch_library.curl_easy_setopt(job->easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms)
                  == CURLE_OK
           && fetch_library.curl_easy_setopt(
                  job->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)job->body.max)
                  == CURLE_OK;
}

/* Certificates of the caller's: then no authority that others trust counts here. */
static bool
set_trust(struct fetch_job *job, const struct fetch_request *rq)
{
    struct curl_blob blob = {(void *)(uintptr_t)rq->ca_pem.p, rq->ca_pem.n, CURL_BLOB_COPY};

    return rq->ca_pem.n == 0
           || (fetch_library.curl_easy_setopt(job->easy, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK
               && fetch_library.curl_easy_setopt(job->easy, CURLOPT_CAPATH, NULL) == CURLE_OK);
}

/* POST is not set as a custom method: curl then turns it into GET where a redirect says so. */
static bool
set_method(struct fetch_job *job, struct arena *arena, const struct fetch_request *rq)
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
        return fetch_library.curl_easy_setopt(job->easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
    }
    if (!is_post
        && fetch_library.curl_easy_setopt(job->easy, CURLOPT_CUSTOMREQUEST, method) != CURLE_OK) {
        return false;
    }
    if (!is_post && rq->body.n == 0) {
        return true;
    }
    return fetch_library.curl_easy_setopt(
               job->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)rq->body.n)
               == CURLE_OK
           && fetch_library.curl_easy_setopt(
                  job->easy, CURLOPT_POSTFIELDS, rq->body.n ? rq->body.p : "")
                  == CURLE_OK;
}

bool
fetch_job_prepare(struct fetch_job *job, struct arena *arena, const struct fetch_request *rq)
{
    const char *url = str_z(arena, rq->url);

    job->easy = fetch_library.curl_easy_init();
    return url != NULL && job->easy != NULL && set_rules(job) && set_callbacks(job)
           && set_limits(job, rq) && set_trust(job, rq) && set_method(job, arena, rq)
           && set_headers(job, arena, rq)
           && fetch_library.curl_easy_setopt(job->easy, CURLOPT_URL, url) == CURLE_OK;
}
