/* SPDX-License-Identifier: Apache-2.0 */
/* Requests judged before anything is done for them. Headers that frame the message or name the host are left out: settings
 * must not make another request of it than the one that was judged (request smuggling, RFC 9112 s11.2). */
#include "codec/url.h"
#include "io/fetch/fetch_internal.h"

enum { MAX_URL_BYTES = 2048 };

/* Printable ASCII: nothing that could end a request line or a header. */
static bool
is_printable(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < ' ' || s.p[i] > '~') {
            return false;
        }
    }
    return true;
}

static bool
is_method(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < 'A' || s.p[i] > 'Z') {
            return false;
        }
    }
    return s.n > 0 && s.n <= 16;
}

/* Nothing that could end a line or be another header (RFC 9110 s5.1, s5.5). */
static bool
is_header_fine(const struct fetch_header *header)
{
    for (size_t i = 0; i < header->name.n; i++) {
        char c = header->name.p[i];
        if (c <= ' ' || c > '~' || c == ':' || c == ';') {
            return false;
        }
    }
    for (size_t i = 0; i < header->value.n; i++) {
        unsigned char c = (unsigned char)header->value.p[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return header->name.n > 0;
}

static bool
is_request_fine(const struct fetch_request *rq)
{
    for (size_t i = 0; i < rq->header_count; i++) {
        if (!is_header_fine(&rq->headers[i])) {
            return false;
        }
    }
    return is_method(rq->method) && rq->url.n <= MAX_URL_BYTES && is_printable(rq->url)
           && is_printable(rq->content_type) && is_printable(rq->authorization)
           && (str_starts(rq->url, S("https://"))
               || ((rq->may_use_http || rq->may_use_http_inside)
                   && str_starts(rq->url, S("http://"))));
}

/* Behind a proxy nobody here sees where http would go. */
static bool
is_in_clear_outside(const struct fetch_config *config, const struct fetch_request *rq)
{
    return rq->may_use_http_inside && !rq->may_use_http && config->proxy != NULL
           && str_starts(rq->url, S("http://"));
}

/* A proxy makes the sockets, so what stands in the URL is judged: an address of any spelling, or this machine's name.
 * Where names lead to is the proxy's to say. */
static bool
is_private_by_proxy(const struct fetch_config *config, str text)
{
    struct url url;
    str host, last = NO_STR, rest;

    if (config->proxy == NULL || config->may_reach_private) {
        return false;
    }
    if (!url_parse(text, &url) || str_ieq(url.host, S("localhost"))) {
        return true;
    }
    host =
        str_starts(url.host, S("[")) ? str_head(str_skip(url.host, 1), url.host.n - 2) : url.host;
    rest = host;
    while (rest.n && str_cut(&rest, '.', &last)) {
    }
    if (str_find(host, ':') < host.n || (last.n && last.p[0] >= '0' && last.p[0] <= '9')) {
        return fetch_is_private(host);
    }
    return false;
}

bool
fetch_judge_allows(const struct fetch_config *config, const struct fetch_request *request)
{
    return is_request_fine(request) && !is_in_clear_outside(config, request)
           && !is_private_by_proxy(config, request->url);
}

bool
fetch_judge_is_ours(const struct fetch_request *request, str name)
{
    static const str ours[] = {S_INIT("Connection"), S_INIT("Content-Length"),
        S_INIT("Content-Type"), S_INIT("Expect"), S_INIT("Host"), S_INIT("Keep-Alive"),
        S_INIT("TE"), S_INIT("Trailer"), S_INIT("Transfer-Encoding"), S_INIT("Upgrade")};

    for (size_t i = 0; i < COUNT(ours); i++) {
        if (str_ieq(name, ours[i])) {
            return true;
        }
    }
    return request->authorization.n > 0 && str_ieq(name, S("Authorization"));
}
