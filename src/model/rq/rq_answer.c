/* SPDX-License-Identifier: Apache-2.0 */
/* What a request is answered with: bodies, redirects, cookies. Nothing here is cacheable (RFC
 * 6749 s5.1). */
#include "model/rq/rq.h"

#include "codec/cookie.h"

void
rq_set_header(struct rq *rq, str name, str value)
{
    http_add_header(rq->answer, name, value);
}

static void
start_answer(struct rq *rq, int status)
{
    rq->answer->status = status;
    rq_set_header(rq, S("cache-control"), S("no-store"));
}

enum err
rq_answer_empty(struct rq *rq, int status)
{
    start_answer(rq, status);
    return ERR_OK;
}

enum err
rq_answer_text(struct rq *rq, int status, str content_type, str body)
{
    start_answer(rq, status);
    rq_set_header(rq, S("content-type"), content_type);
    rq_set_header(rq, S("x-content-type-options"), S("nosniff"));
    rq->answer->body = body;
    return ERR_OK;
}

enum err
rq_answer_json(struct rq *rq, int status, const struct buf *body)
{
    str text;

    if (!buf_done(body, &text) || arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    return rq_answer_text(rq, status, S("application/json;charset=UTF-8"), text);
}

enum err
rq_redirect(struct rq *rq, str url)
{
    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    start_answer(rq, 303);
    rq_set_header(rq, S("location"), url);
    rq_set_header(rq, S("referrer-policy"), S("no-referrer"));
    return ERR_OK;
}

str
rq_cookie_name(const struct rq *rq, str name)
{
    /* __Host- pins a cookie to this host, path / and Secure (RFC 6265bis s4.1.3.2). */
    return rq->house->is_https ? str_fmt(rq->arena, "__Host-" STRF, STRV(name)) : name;
}

void
rq_set_cookie(struct rq *rq, str name, str value, int64_t max_age_s)
{
    struct cookie cookie = {
        .name = rq_cookie_name(rq, name),
        .value = value,
        .path = S("/"),
        .max_age_s = max_age_s,
        .is_secure = rq->house->is_https,
        .is_http_only = true,
        .same_site = COOKIE_LAX,
    };
    str text = cookie_format(rq->arena, &cookie);

    if (text.n) {
        rq_set_header(rq, S("set-cookie"), text);
    }
}

void
rq_json_out(struct rq *rq, struct buf *buf, struct json_out *out)
{
    buf_init(buf, rq->arena, MB(4));
    json_out_init(out, buf);
}
