/* SPDX-License-Identifier: Apache-2.0 */
/* Faults as answers. Nothing here tells more than the fault's public text (invariants 4 and 10). */
#include "app/answer.h"

#include "model/application/application.h"
#include "model/page/page.h"

static str
detail_text(struct rq *rq)
{
    const struct fault *f = &rq->fault;

    if (f->detail == NULL) {
        return NO_STR;
    }
    return f->field ? str_fmt(rq->arena, "%s %s", f->field, f->detail)
                    : str_fmt(rq->arena, "the request %s", f->detail);
}

/* FusionAuth's Errors type; 401, 403 and 404 are answered without a body, as FusionAuth does, also
 * when the body of the request was at fault before the thing was found missing. */
static void
answer_api(struct rq *rq)
{
    int status = err_status(rq->fault.code);
    struct json_out out;
    struct buf buf;
    str text;

    rq->answer->status = status;
    if (rq->fault.code != ERR_FIELDS && status != 400 && status != 403 && status < 405) {
        return;
    }
    if (rq->faults.count == 0) {
        field_fault_add(
            &rq->faults, rq->arena, NO_STR, str_from(err_wire(rq->fault.code)), detail_text(rq));
    }
    rq_json_out(rq, &buf, &out);
    field_faults_json(&rq->faults, &out);
    if (buf_done(&buf, &text)) {
        http_add_header(rq->answer, S("content-type"), S("application/json;charset=UTF-8"));
        rq->answer->body = text;
    }
}

/* RFC 6749 s5.2. error_description stays within %x20-21 / %x23-5B / %x5D-7E: our texts are ASCII
 * without quotes. */
static void
answer_oauth(struct rq *rq)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq->answer->status = err_status(rq->fault.code);
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("error"), str_from(err_wire(rq->fault.code)));
    if (rq->fault.detail != NULL) {
        json_put_str(&out, S("error_description"), detail_text(rq));
    }
    json_out_object_end(&out);
    if (buf_done(&buf, &text)) {
        http_add_header(rq->answer, S("content-type"), S("application/json;charset=UTF-8"));
        http_add_header(rq->answer, S("pragma"), S("no-cache"));
        rq->answer->body = text;
    }
}

static enum page_problem
problem_of(const struct rq *rq)
{
    switch (rq->fault.code) {
    case ERR_INVALID_CLIENT:
        return PAGE_PROBLEM_CLIENT;
    case ERR_BAD_REDIRECT:
        return PAGE_PROBLEM_REDIRECT;
    case ERR_CONFLICT: /* a journey that ended already */
        return PAGE_PROBLEM_EXPIRED;
    default:
        return page_problem_of(rq->fault.code);
    }
}

static void
answer_page(struct rq *rq)
{
    struct page page;

    if (!page_start(&page, rq->arena, PAGE_ERROR, rq->lang)) {
        rq->answer->status = 500;
        return;
    }
    view_text(&page.view, NULL, S("tenant"), rq->tenant ? rq->tenant->name : S("Cardea"));
    if (rq->application != NULL) {
        view_text(&page.view, NULL, S("application"), rq->application->name);
    }
    page_problem(&page, problem_of(rq), str_from(rq->id));
    view_text(&page.view, NULL, S("detail"), detail_text(rq));
    if (rq->http->method == HTTP_GET) {
        page_self(&page, rq->http->path, rq->http->query);
    }
    page_render(&page, rq->arena, rq->answer);
}

static void
drop_body_headers(struct http_answer *answer)
{
    size_t kept = 0;

    for (size_t i = 0; i < answer->header_count; i++) {
        str name = answer->headers[i].name;
        if (str_ieq(name, S("www-authenticate")) || str_ieq(name, S("retry-after"))
            || str_ieq(name, S("allow"))) {
            answer->headers[kept++] = answer->headers[i];
        }
    }
    answer->header_count = kept;
    answer->body = NO_STR;
}

/* RFC 9110 s15.6.4: who is refused for now is told when to come back, wherever the refusal was made. */
static void
say_when(struct http_answer *answer)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        if (str_ieq(answer->headers[i].name, S("retry-after"))) {
            return;
        }
    }
    if (answer->status == 503) {
        http_add_header(answer, S("retry-after"), S("1"));
    }
}

void
answer_fault_as(struct rq *rq, enum rq_shape shape)
{
    static void (*const shapes[])(struct rq * rq) = {
        [RQ_API] = answer_api, [RQ_OAUTH] = answer_oauth, [RQ_PAGE] = answer_page};

    /* What it began is committed, and noted for a job to end: it is done whatever fails then, and
     * to be told to try again would be to be told of a 404. */
    if (rq->is_going_on) {
        *rq->answer = (struct http_answer){.status = 202};
        return;
    }
    /* Out of memory: what is left may not hold an answer, so a bare status it is. */
    if (arena_failed(rq->arena)) {
        *rq->answer = (struct http_answer){.status = 503};
        rq->fault.code = rq->fault.code ? rq->fault.code : ERR_BUSY;
        say_when(rq->answer);
        return;
    }
    drop_body_headers(rq->answer);
    if (shape == RQ_PAGE && rq_wants_json(rq)) {
        shape = RQ_OAUTH;
    }
    shapes[shape](rq);
    say_when(rq->answer);
    if (shape != RQ_PAGE) {
        http_add_header(rq->answer, S("cache-control"), S("no-store"));
    }
}

enum rq_shape
answer_shape_of_path(str path)
{
    if (str_starts(path, S("/api/"))) {
        return RQ_API;
    }
    return str_starts(path, S("/.well-known/")) ? RQ_OAUTH : RQ_PAGE;
}

void
answer_refused(struct http_exchange *x, int status, const char *reason)
{
    bool is_api = x->request.path.n && answer_shape_of_path(x->request.path) == RQ_API;
    const char *form = is_api ? "{\"generalErrors\":[{\"code\":\"[%s]\",\"message\":\"The request "
                                "was refused: %s.\"}]}\n"
                              : "{\"error\":\"%s\",\"error_description\":\"%s\"}\n";
    const char *code = !is_api ? "invalid_request" : status == 413 ? "tooLarge" : "invalidRequest";

    x->answer.status = status;
    x->answer.body = x->arena ? str_fmt(x->arena, form, code, reason) : NO_STR;
    http_add_header(&x->answer, S("content-type"), S("application/json;charset=UTF-8"));
}

/* Whether a preflight succeeds says nothing about who may read the answer: that is decided per
 * application when it is known. */
void
answer_preflight(const struct route *route, struct rq *rq)
{
    rq->answer->status = 204;
    rq->allow_origin = route->cors == CORS_PUBLIC ? S("*") : rq_header(rq, S("origin"));
    rq_set_header(rq, S("access-control-allow-methods"), S("GET, POST, OPTIONS"));
    rq_set_header(rq, S("access-control-allow-headers"), S("authorization, content-type"));
    rq_set_header(rq, S("access-control-max-age"), S("1800"));
}

/* An origin is scheme "://" host [ ":" port ]: no byte of it can leave a header (RFC 6454 s6.2). */
static bool
is_header_safe(str origin)
{
    for (size_t i = 0; i < origin.n; i++) {
        if (origin.p[i] <= 0x20 || origin.p[i] >= 0x7f) {
            return false;
        }
    }
    return origin.n > 0 && origin.n < 300;
}

static void
add_cors(const struct route *route, struct rq *rq)
{
    str origin = rq_header(rq, S("origin"));

    if (route->cors == CORS_PUBLIC) {
        rq->allow_origin = S("*");
    } else if (route->cors == CORS_CLIENT) {
        rq_set_header(rq, S("vary"), S("Origin"));
        if (rq->application != NULL && application_has_origin(rq->application, origin)) {
            rq->allow_origin = origin;
        }
    }
    if (is_header_safe(rq->allow_origin) && !str_eq(rq->allow_origin, S("null"))) {
        rq_set_header(rq, S("access-control-allow-origin"), rq->allow_origin);
    }
}

static bool
has_header(const struct http_answer *answer, str name)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        if (str_ieq(answer->headers[i].name, name)) {
            return true;
        }
    }
    return false;
}

void
answer_add_security(const struct route *route, struct rq *rq)
{
    static const struct {
        const char *name, *value;
    } always[] = {
        {"x-frame-options", "DENY"}, /* OA-09 */
        {"x-content-type-options", "nosniff"},
        {"referrer-policy", "no-referrer"},
        {"content-security-policy", "default-src 'none'; frame-ancestors 'none'"},
    };

    if (route != NULL && route->cors != CORS_NO) {
        add_cors(route, rq);
    }
    for (size_t i = 0; i < COUNT(always); i++) {
        if (!has_header(rq->answer, str_from(always[i].name))) {
            http_add_header(rq->answer, str_from(always[i].name), str_from(always[i].value));
        }
    }
    if (rq->shape != RQ_PAGE) { /* pages of faults say it in words */
        http_add_header(rq->answer, S("x-request-id"), str_from(rq->id));
    }
    if (rq->house->is_https) {
        http_add_header(rq->answer, S("strict-transport-security"), S("max-age=31536000"));
    }
}

str
answer_language(struct rq *rq)
{
    return page_lang(NO_STR, rq_query_get(rq, S("lang")), rq_header(rq, S("accept-language")));
}
