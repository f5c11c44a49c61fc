/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a request through this room: which tenant and application, what the link stands for, the page. Invariants:
 * 1 no GET writes  2 an answer is taken only from the browser its page was sent to, and only for the page it is of
 * 3 where a mail is asked for, and where its code is typed, nobody learns who is there. */
#include "flow/signin/mailed/mailed_internal.h"

static bool
always(const struct mailed *m)
{
    (void)m;
    return true;
}

static bool
never(const struct mailed *m)
{
    (void)m;
    return false;
}

static bool
verifies_email(const struct mailed *m)
{
    return m->tenant->mail.verifies;
}

static bool
verifies_phone(const struct mailed *m)
{
    return m->tenant->phone.verifies;
}

static bool
verifies_member(const struct mailed *m)
{
    return m->application != NULL && m->application->verifies_registration;
}

static bool
email_has_code(const struct mailed *m)
{
    return m->tenant->mail.strategy == VERIFY_BY_CODE;
}

static bool
phone_has_code(const struct mailed *m)
{
    return m->tenant->phone.strategy == VERIFY_BY_CODE;
}

static bool
member_has_code(const struct mailed *m)
{
    return m->application->verification_strategy == VERIFY_BY_CODE;
}

/* clang-format off */
const struct mailed_kind mailed_password = {"password", "forgot", "/password/forgot", "/password/change", "/password",
    TICKET_CHANGE_PASSWORD, {TICKET_CHANGE_PASSWORD, TICKET_SETUP_PASSWORD}, PAGE_FIELD_LOGIN_ID,
    always, never, mailed_find_login, mailed_change_render, mailed_change_submit};
const struct mailed_kind mailed_email = {"email", "verify", "/email/verify", "/email/verify", "/email",
    TICKET_VERIFY_EMAIL, {TICKET_VERIFY_EMAIL, TICKET_AHEAD_EMAIL}, PAGE_FIELD_ADDRESS,
    verifies_email, email_has_code, mailed_find_email, mailed_verify_render, mailed_verify_submit};
const struct mailed_kind mailed_registration = {"registration", "join", "/registration/verify", "/registration/verify", "/registration",
    TICKET_VERIFY_REGISTRATION, {TICKET_VERIFY_REGISTRATION, TICKET_NONE}, PAGE_FIELD_ADDRESS,
    verifies_member, member_has_code, mailed_find_member, mailed_verify_render, mailed_verify_submit};
const struct mailed_kind mailed_phone = {"phone", "number", "/phone/verify", "/phone/verify", "/phone",
    TICKET_VERIFY_IDENTITY, {TICKET_VERIFY_IDENTITY, TICKET_AHEAD_PHONE}, PAGE_FIELD_LOGIN_PHONE,
    verifies_phone, phone_has_code, mailed_find_phone, mailed_verify_render, mailed_verify_submit};
/* clang-format on */

/* -- where -- */

/* One that was deleted or switched off meanwhile is none: the link works without it. */
static enum err
load_application(struct mailed *m, struct uuid id)
{
    enum err e = application_in(m->rq, id, m->tenant->id, &m->application);

    if (e == ERR_OK && m->application != NULL && !m->application->active) {
        m->application = NULL;
    }
    m->rq->application = m->application;
    return e;
}

/* What names the tenant: the parameter, the application, the link's text, or that there is but one. */
static enum err
find_tenant(struct mailed *m, str tenant_id, struct uuid client_id, str text, struct uuid *ret)
{
    const struct application *application = NULL;
    struct uuid *ids;
    size_t count = 0;
    enum err e = ERR_OK;

    if (uuid_parse(tenant_id, ret)) {
        return ERR_OK;
    }
    if (!uuid_is_nil(client_id)) {
        e = application_load(m->rq, client_id, &application);
    }
    if (e != ERR_OK || application != NULL) {
        *ret = application ? application->tenant_id : client_id;
        return e;
    }
    if (text.n == TICKET_LONG_TEXT) {
        e = ticket_tenants(m->rq, text, 1, &ids, &count);
    }
    if (e == ERR_OK && count != 1) {
        e = tenant_ids(m->rq, 2, &ids, &count);
    }
    *ret = e == ERR_OK && count == 1 ? ids[0] : (struct uuid){{0}};
    return e;
}

static enum err
load_place(struct mailed *m, struct uuid tenant_id, struct uuid application_id)
{
    enum err e = uuid_is_nil(tenant_id) ? ERR_OK : tenant_load(m->rq, tenant_id, &m->tenant);

    if (e != ERR_OK) {
        return e;
    }
    if (m->tenant == NULL) {
        return FAIL(m->rq, ERR_INVALID_REQUEST, "tenantId", "is missing or not known");
    }
    m->rq->tenant = m->tenant;
    if (!uuid_is_nil(application_id)) {
        e = load_application(m, application_id);
    }
    return e ? e : authorization_check_place(m->rq, m->tenant, m->application);
}

/* People go on to applications of the tenant the mail is of: whoever begins a mail may write what they like into its state. */
static enum err
keep_request(struct mailed *m, str request)
{
    const struct application *application = NULL;
    struct form form;
    struct uuid id;
    enum err e = ERR_OK;

    m->onward.request = NO_STR;
    if (request.n && form_parse(m->rq->arena, request, &form)
        && uuid_parse(form_get(&form, S("client_id")), &id)) {
        e = application_in(m->rq, id, m->tenant->id, &application);
    }
    if (e == ERR_OK && application != NULL && application->active) {
        m->onward.request = request;
    }
    return e;
}

static enum err
find_proof(struct mailed *m)
{
    struct rq *rq = m->rq;
    enum err e = ERR_OK;

    m->proof = NULL;
    for (size_t i = 0; e == ERR_OK && m->proof == NULL && i < COUNT(m->kind->opens); i++) {
        if (m->onward.text.n && m->kind->opens[i] != TICKET_NONE) {
            e = proof_find(rq, m->tenant, m->kind->opens[i], m->onward.text, &m->proof);
        }
    }
    if (e == ERR_OK && m->proof != NULL && m->application == NULL
        && !uuid_is_nil(m->proof->ticket->application_id)) {
        e = load_application(m, m->proof->ticket->application_id);
    }
    return e;
}

/* -- requests -- */

/* Links come by way of templates, which may say a thing twice: the first counts. What cannot be read says nothing. */
static void
read_query(struct mailed *m, struct form *ret)
{
    if (!form_parse(m->rq->arena, m->rq->http->query, ret)) {
        *ret = (struct form){NULL, 0};
    }
    m->onward.request = authorization_request_of(m->rq, ret);
    m->rq->lang = page_lang(form_get(ret, S("ui_locales")), form_get(ret, S("lang")),
        rq_header(m->rq, S("accept-language")));
    m->onward.lang =
        form_has(ret, S("lang")) || form_has(ret, S("ui_locales")) ? m->rq->lang : NO_STR;
}

enum err
mailed_begin(struct mailed *m)
{
    struct uuid client_id = {{0}}, tenant_id;
    struct form query;
    enum err e;

    read_query(m, &query);
    m->onward.text = m->rq->segments[0];
    m->onward.started_at = m->rq->now;
    if (!uuid_parse(form_get(&query, S("client_id")), &client_id)) {
        client_id = (struct uuid){{0}};
    }
    e = find_tenant(m, form_get(&query, S("tenantId")), client_id, m->onward.text, &tenant_id);
    e = e ? e : load_place(m, tenant_id, client_id);
    if (e == ERR_OK) {
        CHECK(m->tenant != NULL);
        m->onward.tenant_id = m->tenant->id;
        m->onward.application_id = m->application ? m->application->id : (struct uuid){{0}};
        e = keep_request(m, m->onward.request);
    }
    return e;
}

enum err
mailed_ask(struct rq *rq)
{
    struct mailed m = {.rq = rq, .kind = rq->about};
    enum err e = mailed_begin(&m);

    m.onward.text = NO_STR;
    return e ? e : mailed_ask_render(&m);
}

enum err
mailed_open(struct rq *rq)
{
    struct mailed m = {.rq = rq, .kind = rq->about, .step = MAILED_LINK};
    enum err e = mailed_begin(&m);

    e = e ? e : find_proof(&m);
    if (e != ERR_OK) {
        return e;
    }
    if (m.proof == NULL) {
        m.alert = m.onward.text.n ? "error.over" : NULL;
        m.onward.text = NO_STR;
        return mailed_ask_render(&m);
    }
    if (m.onward.request.n == 0) { /* a link of ours is short: its ticket knows the rest */
        e = keep_request(&m, authorization_request_of_state(rq, m.proof->state));
    }
    return e ? e : m.kind->render(&m);
}

enum err
mailed_enter(struct rq *rq)
{
    static const struct mailed_kind passwordless = {.opens = {TICKET_PASSWORDLESS, TICKET_NONE}};
    struct mailed m = {.rq = rq, .kind = &passwordless};
    struct buf buf;
    str url;
    enum err e = mailed_begin(&m);

    if (e == ERR_OK && m.onward.request.n == 0) {
        e = find_proof(&m);
    }
    if (e == ERR_OK && m.proof != NULL) {
        e = keep_request(&m, authorization_request_of_state(rq, m.proof->state));
    }
    if (e == ERR_OK && m.onward.request.n == 0) {
        e = FAIL(rq, m.proof ? ERR_INVALID_REQUEST : ERR_GONE, NULL,
            "is over, or was not begun on a page: go back to the application and start again");
    }
    if (e != ERR_OK) {
        return e;
    }
    buf_init(&buf, rq->arena, KB(16));
    buf_fmt(&buf, "/oauth2/passwordless?" STRF "&code=", STRV(m.onward.request));
    form_encode_value(&buf, m.onward.text);
    return buf_done(&buf, &url) ? rq_redirect(rq, url) : FAIL_SERVER(rq);
}

static enum err
open_page(struct mailed *m)
{
    struct rq *rq = m->rq;
    size_t i = 0;

    if (!authorization_onward_open(rq, mailed_value(m, "state"), &m->onward)) {
        return FAIL(rq, ERR_INVALID_REQUEST, NULL,
            "is too old or was opened in another browser: go back to the application and start "
            "again");
    }
    while (i < MAILED_STEP_COUNT
           && !str_eq(m->onward.step, mailed_step_name(m, (enum mailed_step)i))) {
        i++;
    }
    if (i == MAILED_STEP_COUNT) {
        return FAIL(rq, ERR_INVALID_REQUEST, "state", "is of another page");
    }
    m->step = (enum mailed_step)i;
    return load_place(m, m->onward.tenant_id, m->onward.application_id);
}

/* A link lives as long as its ticket; a page that asks for one as long as a sign-in. */
static bool
is_old(const struct mailed *m)
{
    int64_t age = m->rq->now - m->onward.started_at;

    return m->step == MAILED_ASK
           && (age < 0 || age > m->tenant->ids.login_intent_ttl_s * SECOND_MS);
}

static enum err
answer_link(struct mailed *m)
{
    enum err e = find_proof(m);

    if (e != ERR_OK) {
        return e;
    }
    if (form_has(m->form, S("again"))) {
        m->onward.text = NO_STR;
        return mailed_ask_render(m);
    }
    if (m->proof == NULL && m->step == MAILED_LINK) {
        m->alert = "error.over";
        m->onward.text = NO_STR;
        return mailed_ask_render(m);
    }
    return form_has(m->form, S("lang")) ? m->kind->render(m) : m->kind->submit(m);
}

enum err
mailed_answer(struct rq *rq)
{
    struct mailed m = {.rq = rq, .kind = rq->about};
    enum err e;

    if (rq_is_from_elsewhere(rq)) {
        return FAIL(rq, ERR_FORBIDDEN, NULL,
            "came from another site: go back to the application and start again");
    }
    arena_keep_secret(rq->arena);
    e = signin_read_form(rq, &m.form);
    e = e ? e : open_page(&m);
    if (e != ERR_OK) {
        return e;
    }
    rq->lang =
        page_lang(m.onward.lang, mailed_value(&m, "lang"), rq_header(rq, S("accept-language")));
    if (form_has(m.form, S("lang"))) {
        m.onward.lang = rq->lang; /* chosen: it stays to the end */
    }
    if (is_old(&m)) {
        return FAIL(rq, ERR_INVALID_REQUEST, NULL,
            "is too old: go back to the application and start again");
    }
    if (m.step != MAILED_ASK) {
        return answer_link(&m);
    }
    return form_has(m.form, S("lang")) ? mailed_ask_render(&m) : mailed_ask_submit(&m);
}
