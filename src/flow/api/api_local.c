/* SPDX-License-Identifier: Apache-2.0 */
/* Who looks after the machine: callers on it, and scrapers that can say nothing but Basic. */
#include "codec/base64.h"
#include "flow/api/api.h"

static bool
is_mark(str name)
{
    static const char *const marks[] = {"forwarded", "via", "x-forwarded", "x-real-ip",
        "x-client-ip", "client-ip", "true-client-ip", "cf-connecting-ip", "cdn-loop",
        "x-envoy-external-address", "sec-fetch-site", "origin", "referer", "cookie"};

    for (size_t i = 0; i < COUNT(marks); i++) {
        if (str_eq(name, str_from(marks[i]))) {
            return true;
        }
    }
    return str_starts(name, S("x-forwarded-"));
}

/* A proxy on this machine would pass everybody off as a caller on it, and a name of somebody else's that points here
 * would let pages in browsers ask. Both are known by what stands in the request; and one that adds nothing of its own
 * (nginx, as it comes) speaks HTTP/1.0, which nobody else does any more. */
static bool
is_passed_on(const struct rq *rq)
{
    for (size_t i = 0; i < rq->http->header_count; i++) {
        if (is_mark(rq->http->headers[i].name)) {
            return true;
        }
    }
    return rq->http->version < 11;
}

static bool
is_local_name(str host)
{
    str name = str_starts(host, S("[")) ? str_head(host, str_find(host, ']') + 1)
                                        : str_head(host, str_find(host, ':'));

    return str_eq(name, S("localhost")) || str_eq(name, S("127.0.0.1")) || str_eq(name, S("[::1]"));
}

bool
api_is_local(const struct rq *rq)
{
    str peer = rq->http->peer;
    bool is_loopback =
        str_starts(peer, S("127.")) || str_eq(peer, S("::1")) || str_starts(peer, S("::ffff:127."));

    return rq->house->shows_locally && is_loopback && is_local_name(rq->http->host)
           && !is_passed_on(rq);
}

str
api_key_given(const struct rq *rq, str endpoint)
{
    str value = rq_header(rq, S("authorization"));
    bytes pair;

    if (!str_eq(endpoint, S("/api/prometheus/metrics"))
        || !str_ieq(str_head(value, 6), S("Basic "))) {
        return value;
    }
    if (!base64_decode(rq->arena, str_skip(value, 6), &pair)
        || !str_starts(bytes_str(pair), S("apikey:"))) {
        return value; /* which is no key */
    }
    arena_keep_secret(rq->arena);
    return str_skip(bytes_str(pair), 7);
}
