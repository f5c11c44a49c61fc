/* SPDX-License-Identifier: Apache-2.0 */
/* Outgoing HTTP (invariant 7): the only way out of the process for http and https. libcurl's multi handle on a
 * thread of its own. Limits on size, time and redirects; no private, loopback, link-local, CGNAT, multicast or mapped
 * address is connected to (checked on the address in use, so DNS rebinding does not help) unless allowed. Behind a
 * proxy that the operator named, look-up and what may be reached are the proxy's; addresses written out are judged. */
#pragma once
#include "base/str.h"

struct arena;
struct fetch;

struct fetch_config {
    bool may_reach_private; /* the operator's switch: --allow-private-fetch */
    const char *ca_file;    /* NULL: the system's */
    const char *proxy;      /* http://host:port that everything goes through; NULL: none */
};
struct fetch_header {
    str name, value;
};
struct fetch_request {
    str method, url, body, content_type, authorization;
    const struct fetch_header
        *headers; /* more of them; those that are the connection's or say what this struct says
                                           are left out */
    size_t header_count;
    str ca_pem; /* certificates that are trusted here instead of the usual ones; empty: none */
    size_t max_bytes;       /* of the answer's body; 0: 1 MiB */
    int timeout_ms;         /* in all; 0: 5000 */
    int connect_timeout_ms; /* 0: as timeout_ms */
    int max_redirects;      /* 0: none are followed */
    bool may_use_http;      /* else https only */
    bool
        may_use_http_inside; /* http, but to private addresses only: in clear no further than the operator's net */
};
enum fetch_verdict {
    FETCH_OK,
    FETCH_REFUSED /* by our rules */,
    FETCH_FAILED,
    FETCH_TOO_LARGE,
    FETCH_TIMEOUT
};
struct fetch_answer {
    enum fetch_verdict verdict;
    int status;
    str content_type, body; /* on the arena given to fetch_wait or the job's */
};

/* config is copied; the thread comes with the first request. NULL without memory. Stopping releases whoever waits. */
MUST_USE struct fetch *fetch_start(const struct fetch_config *config);
void fetch_stop(struct fetch *fetch);
/* Performs and waits: for WORKER routes and jobs. */
MUST_USE struct fetch_answer fetch_wait(
    struct fetch *fetch, struct arena *arena, const struct fetch_request *request);
/* True if a connection to this literal address ("10.0.0.1", "::ffff:10.0.0.1") must be refused. */
bool fetch_is_private(str address);
