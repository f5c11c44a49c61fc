/* SPDX-License-Identifier: Apache-2.0 */
/* How a journey ends: back to the client with a code or an error (RFC 6749 s4.1.2, RFC 9207,
 * OAuth 2.0 Form Post). */
#include "model/application/application.h"
#include "model/authorization/authorization.h"
#include "model/code/code.h"
#include "model/page/page.h"
#include "model/rq/rq.h"
#include "model/session/session.h"

enum { MAX_PARAMETERS = 5, ANSWER_MAX = 16384 };

struct answer {
    struct form_pair pairs[MAX_PARAMETERS];
    size_t count;
};

static void
add(struct answer *answer, str name, str value)
{
    if (value.n) {
        answer->pairs[answer->count++] = (struct form_pair){name, value};
    }
}

/* RFC 6749 s4.1.2.1 and OAuth 2.0 Multiple Response Types s2.1: query, or behind a # for the
 * fragment mode. */
static str
answer_url(struct rq *rq, const struct authorization *a, const struct answer *answer)
{
    struct form form = {(struct form_pair *)answer->pairs, answer->count};
    struct buf buf;
    str url;

    buf_init(&buf, rq->arena, ANSWER_MAX);
    buf_str(&buf, a->redirect_uri);
    if (a->response_mode == RESPONSE_FRAGMENT) {
        buf_char(&buf, '#');
    } else {
        buf_char(&buf, str_find(a->redirect_uri, '?') < a->redirect_uri.n ? '&' : '?');
    }
    form_encode(&buf, &form);
    return buf_done(&buf, &url) ? url : NO_STR;
}

/* A native app gets the address instead of a redirect it would have to catch. */
static enum err
answer_json(struct rq *rq, const struct authorization *a, const struct answer *answer)
{
    struct json_out out;
    struct buf buf;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("step"), S("done"));
    json_put_str(&out, S("redirect"), answer_url(rq, a, answer));
    for (size_t i = 0; i < answer->count; i++) {
        json_put_str(&out, answer->pairs[i].name, answer->pairs[i].value);
    }
    json_out_object_end(&out);
    return rq_answer_json(rq, 200, &buf);
}

/* Form Post s2: a page whose form goes to the redirect URI; the values are escaped by the
 * template (OA-11). */
static enum err
answer_form_post(struct rq *rq, const struct authorization *a, const struct answer *answer)
{
    struct page page;

    if (!page_start(&page, rq->arena, PAGE_FORM_POST, rq->lang)) {
        return FAIL_SERVER(rq);
    }
    page.form_action_origin = page_form_action(rq->arena, a->redirect_uri);
    view_text(&page.view, NULL, S("target"), a->redirect_uri);
    view_text(&page.view, NULL, S("application"), a->application->name);
    view_text(&page.view, NULL, S("tenant"), a->tenant->name);
    for (size_t i = 0; i < answer->count; i++) {
        page_add_hidden(&page, answer->pairs[i].name, answer->pairs[i].value);
    }
    page_render(&page, rq->arena, rq->answer);
    return ERR_OK;
}

static str
prompt_of(const struct authorization *a)
{
    if (a->prompt_login) {
        return a->prompt_consent ? S("login consent") : S("login");
    }
    return a->prompt_consent ? S("consent") : NO_STR;
}

str
authorization_link(struct rq *rq, const struct authorization *a, str path)
{
    static const char *const modes[] = {"query", "fragment", "form_post"};
    const struct form_pair all[] = {
        {S("client_id"), uuid_text(rq->arena, a->application->id)},
        {S("tenantId"),
            a->application->universal.is ? uuid_text(rq->arena, a->tenant->id) : NO_STR},
        {S("response_type"), S("code")},
        {S("redirect_uri"), a->redirect_uri},
        {S("scope"), a->scope},
        {S("state"), a->state},
        {S("nonce"), a->nonce},
        {S("code_challenge"), a->challenge},
        {S("code_challenge_method"), a->challenge.n ? S("S256") : NO_STR},
        {S("response_mode"), a->response_mode ? str_from(modes[a->response_mode]) : NO_STR},
        {S("prompt"), prompt_of(a)},
        {S("max_age"),
            a->max_age_s >= 0 ? str_fmt(rq->arena, "%lld", (long long)a->max_age_s) : NO_STR},
        {S("ui_locales"), a->ui_locales},
    };
    struct form_pair used[COUNT(all) + AUTHORIZATION_RESOURCES_MAX];
    struct form form = {used, 0};
    str rest = a->resource, word;
    struct buf buf;
    str url;

    for (size_t i = 0; i < COUNT(all); i++) {
        if (all[i].value.n) {
            used[form.count++] = all[i];
        }
    }
    while (str_cut(&rest, ' ', &word) && form.count < COUNT(used)) {
        used[form.count++] = (struct form_pair){S("resource"), word};
    }
    buf_init(&buf, rq->arena, ANSWER_MAX);
    buf_str(&buf, path);
    buf_char(&buf, '?');
    form_encode(&buf, &form);
    return buf_done(&buf, &url) ? url : NO_STR;
}

static enum err
send_back(struct rq *rq, const struct authorization *a, const struct answer *answer)
{
    str url;

    if (rq_wants_json(rq)) {
        return answer_json(rq, a, answer);
    }
    if (a->response_mode == RESPONSE_FORM_POST) {
        return answer_form_post(rq, a, answer);
    }
    url = answer_url(rq, a, answer);
    return url.n ? rq_redirect(rq, url) : FAIL_SERVER(rq);
}

enum err
authorization_grant(struct rq *rq, struct authorization *a)
{
    struct answer answer = {.count = 0};
    struct code code = {
        .id = a->id, /* so that a journey replayed meets its own code and fails: it ends once */
        .tenant_id = a->tenant->id,
        .application_id = a->application->id,
        .user_id = a->user_id,
        .session_id = a->session_id,
        .expires_at = rq->now + a->tenant->ids.code_ttl_s * SECOND_MS,
        .auth_instant = a->auth_instant,
        .redirect_uri = a->redirect_uri,
        .scope = a->scope,
        .resource = a->resource,
        .nonce = a->nonce,
        .challenge = a->challenge,
        .authentication_type = a->authentication_type,
    };
    str text;
    enum err e;

    /* A session that ends meanwhile gives no code: the handler runs again and asks for a sign-in. */
    if (!uuid_is_nil(a->session_id)) {
        session_hold(rq, a->tenant, a->session_id, ERR_AGAIN);
    }
    e = code_issue(rq, a->tenant, &code, &text);
    if (e != ERR_OK) {
        return e;
    }
    add(&answer, S("code"), text);
    add(&answer, S("state"), a->state);
    add(&answer, S("iss"), tenant_issuer(a->tenant)); /* RFC 9207 s2 */
    return send_back(rq, a, &answer);
}

enum err
authorization_refuse(
    struct rq *rq, const struct authorization *a, enum err code, const char *description)
{
    struct answer answer = {.count = 0};

    rq->fault =
        (struct fault){ERR_OK, NULL, NULL, NULL, 0}; /* told to the client, not to the person */
    add(&answer, S("error"), str_from(err_wire(code)));
    add(&answer, S("error_description"), str_from(description));
    add(&answer, S("state"), a->state);
    add(&answer, S("iss"), tenant_issuer(a->tenant));
    return send_back(rq, a, &answer);
}
