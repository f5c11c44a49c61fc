/* SPDX-License-Identifier: Apache-2.0 */
/* In by a mail (FusionAuth's passwordless): asked for, then its link opened, in whatever browser, or its code typed where it was
 * asked for. Invariants: 1 asking tells nobody who is there, nor does a wrong code  2 no GET uses a link up  3 a mail lets in
 * once, and to the application it was asked for alone  4 what stands in the way of a password stands in its way, too. */
#include "flow/signin/signin_internal.h"
#include "model/action/action.h"
#include "model/credential/credential.h"
#include "model/proof/proof.h"

/* -- asked for -- */

static enum err
render_ask(struct visit *visit)
{
    struct rq *rq = visit->rq;
    str typed = signin_value(visit, "loginId");
    struct page page;

    if (!visit->a->application->passwordless.enabled) {
        visit->alert = NULL;
        return signin_password_first.render(visit);
    }
    if (!signin_page(visit, PAGE_CARD, &signin_mail_ask, &page)) {
        return FAIL_SERVER(rq);
    }
    view_text(&page.view, NULL, S("heading"), page_text(rq->lang, S("mailin.title")));
    page_add_paragraph(&page, page_text(rq->lang, S("mailin.text")));
    page_add_field(&page, PAGE_FIELD_LOGIN_ID,
        typed.n ? str_head(typed, 255) : visit->a->login_hint,
        signin_error_of(rq, visit->a->tenant, S("loginId")), true);
    signin_add_captcha(visit, &page, signin_mail_ask.captcha);
    page_add_button(&page, page_text(rq->lang, S("mailin.submit")), S("answer"), S("send"), true);
    page_add_link(&page, page_text(rq->lang, S("mailed.back")),
        authorization_link(rq, visit->a, S("/oauth2/authorize")), false);
    return signin_show(visit, &signin_mail_ask, &page);
}

static enum err
render_sent(struct visit *visit)
{
    struct rq *rq = visit->rq;
    struct page page;

    if (!signin_page(visit, PAGE_CARD, &signin_mail_sent, &page)) {
        return FAIL_SERVER(rq);
    }
    view_text(&page.view, NULL, S("heading"), page_text(rq->lang, S("mailin.sent.title")));
    page_add_paragraph(&page, page_text(rq->lang, S("mailin.sent.text")));
    page_add_button(&page, page_text(rq->lang, S("mailed.again")), S("answer"), S("again"), false);
    return signin_show(visit, &signin_mail_sent, &page);
}

/* Back to where one is asked for. */
static enum err
submit_sent(struct visit *visit)
{
    return render_ask(visit);
}

/* What the application says of mails, or of messages where a number was typed. Of nobody, as of the one that was typed. */
static bool
has_code(struct visit *visit, bool is_phone)
{
    const struct app_passwordless_config *config = &visit->a->application->passwordless;

    return (is_phone ? config->phone_strategy : config->email_strategy) == VERIFY_BY_CODE;
}

static enum err
send(struct visit *visit, str typed)
{
    struct rq *rq = visit->rq;
    const struct authorization *a = visit->a;
    struct proof_order order = {.kind = TICKET_PASSWORDLESS,
        .application = a->application,
        .state = authorization_request_state(rq, str_skip(authorization_link(rq, a, NO_STR), 1)),
        .has_code = has_code(visit, identity_phone(rq->arena, typed).n > 0),
        .is_sent = true};
    struct proof_made made;
    struct user *user;
    enum err e = proof_person(rq, a->tenant, typed, &user);

    if (e == ERR_OK && user != NULL) {
        order.value = proof_identity_of(rq, user, typed) == PROOF_PHONE
                          ? user->phone_number
                          : user_address(rq->arena, user);
        order.user = order.value.n ? user : NULL;
    }
    e = e ? e : proof_start_quietly(rq, a->tenant, &order, &made);
    if (e != ERR_OK) {
        return e;
    }
    visit->code = order.has_code ? made.text : NO_STR;
    return (order.has_code ? &signin_mail_code : &signin_mail_sent)->render(visit);
}

static enum err
submit_ask(struct visit *visit)
{
    struct field_reader reader = {visit->rq->arena, &visit->rq->faults};
    str typed = str_trim(signin_value(visit, "loginId"));
    bool is_there;
    enum err e;

    if (!visit->a->application->passwordless.enabled) {
        return signin_password_first.render(visit);
    }
    if (typed.n == 0 || typed.n > 255) {
        field_fault(&reader, "loginId", "blank", "Fill this in.");
        visit->alert = rq_wants_json(visit->rq) ? "alert.fields" : NULL;
        return render_ask(visit);
    }
    e = signin_check_captcha(visit, signin_mail_ask.captcha, &is_there);
    if (e != ERR_OK || !is_there) {
        return e ? e : render_ask(visit);
    }
    return send(visit, typed);
}

/* -- answered -- */

/* *ret NULL for what is over, and for what was begun for another application. */
static enum err
find(struct visit *visit, struct proof **ret)
{
    enum err e = proof_find(
        visit->rq, visit->a->tenant, TICKET_PASSWORDLESS, signin_value(visit, "code"), ret);

    if (e == ERR_OK && *ret != NULL
        && !uuid_eq((*ret)->ticket->application_id, visit->a->application->id)) {
        *ret = NULL;
    }
    return e;
}

static enum err
show(struct visit *visit, const struct signin_step *step, const struct proof *proof)
{
    struct rq *rq = visit->rq;
    bool is_code = step == &signin_mail_code || proof->ticket->has_code;
    struct page page;

    if (!signin_page(visit, PAGE_CARD, step, &page)) {
        return FAIL_SERVER(rq);
    }
    page_add_hidden(&page, S("code"), visit->code);
    view_text(&page.view, NULL, S("heading"), page_text(rq->lang, S("signin.title")));
    page_add_paragraph(&page,
        page_text_fmt(rq->arena, rq->lang, is_code ? S("mailin.code.text") : S("mailin.link.text"),
            &visit->a->application->name, 1));
    if (step
        == &signin_mail_link) { /* whoever has the link is to see whose it is before they are them */
        page_add_pair(&page, page_text(rq->lang, S("mailed.account")), user_login_id(proof->user));
    }
    if (is_code) {
        page_add_field(&page, PAGE_FIELD_CODE, NO_STR,
            signin_error_of(rq, visit->a->tenant, S("oneTimeCode")), true);
    }
    view_bool(&page.view, NULL, S("can_keep"), true);
    view_bool(&page.view, NULL, S("is_kept"), signin_is_kept(visit));
    page_add_button(&page, page_text(rq->lang, S("signin.submit")), S("answer"), S("enter"), true);
    if (is_code) {
        page_add_button(
            &page, page_text(rq->lang, S("mailed.again")), S("again"), S("true"), false);
    }
    return signin_show(visit, step, &page);
}

static enum err
render_code(struct visit *visit)
{
    if (visit->code.n == 0) {
        visit->code = str_head(signin_value(visit, "code"), 255);
    }
    return show(visit, &signin_mail_code, NULL);
}

static enum err
render_over(struct visit *visit)
{
    visit->alert = "error.over";
    visit->code = NO_STR;
    return render_ask(visit);
}

static enum err
render_link(struct visit *visit)
{
    struct proof *proof;
    enum err e = find(visit, &proof);

    if (e != ERR_OK || proof == NULL) {
        return e ? e : render_over(visit);
    }
    visit->code = signin_value(visit, "code");
    return show(visit, &signin_mail_link, proof);
}

static enum err
refuse_code(struct visit *visit, const struct signin_step *step, const char *code, const char *text)
{
    struct field_reader reader = {visit->rq->arena, &visit->rq->faults};

    field_fault(&reader, "oneTimeCode", code, text);
    visit->alert = rq_wants_json(visit->rq) ? "alert.fields" : NULL;
    return step->render(visit);
}

/* As at the password: what keeps the account out, and for how long, is no business of the page. */
static enum err
is_kept_out(struct visit *visit, const struct user *user, bool *ret)
{
    struct dossier_list actions;
    enum err e =
        action_prevents(visit->rq, visit->a->tenant, user, visit->a->application->id, &actions);

    *ret = e == ERR_OK && actions.count > 0;
    if (*ret) {
        credential_note_failure(
            visit->rq, visit->a->tenant, user->id, ATTEMPT_PREVENTED, user_login_id(user));
    }
    return e;
}

/* The person's row first, then the ticket (src/model/README, "Gates"); a mail that lets nobody in is not used up. */
static enum err
enter(struct visit *visit, const struct proof *proof)
{
    struct rq *rq = visit->rq;
    const struct tenant *tenant = visit->a->tenant;
    struct user *after = ARENA_NEW(rq->arena, struct user);
    bool is_out = false;
    enum err e = after ? is_kept_out(visit, proof->user, &is_out) : FAIL_SERVER(rq);

    if (e != ERR_OK || is_out) {
        visit->alert = "problem.locked.text";
        return e ? e : render_ask(visit);
    }
    *after = *proof->user;
    proof_verify_on_the_way(rq, tenant, proof, after);
    if (after->verified != proof->user->verified
        || after->phone_verified != proof->user->phone_verified) {
        e = user_update(rq, tenant, proof->user, after);
    }
    visit->user = after;
    visit->authentication = S("PASSWORDLESS");
    e = e ? e : signin_proved(visit, proof->value, NO_STR);
    if (e == ERR_OK && visit->user != NULL) {
        ticket_use(rq, proof->ticket);
    }
    return e;
}

static enum err
submit(struct visit *visit, const struct signin_step *step)
{
    struct rq *rq = visit->rq;
    str typed = signin_value(visit, "oneTimeCode");
    struct proof *proof;
    enum err e;

    if (form_has(visit->form, S("again"))) {
        return render_ask(visit);
    }
    e = find(visit, &proof);
    if (e != ERR_OK) {
        return e;
    }
    if (proof != NULL
        && (!user_may_sign_in(proof->user, rq->now) || !proof_is_current(rq, proof))) {
        proof = NULL;
    }
    if (proof == NULL && step == &signin_mail_link) {
        return render_over(visit);
    }
    if (typed.n == 0 && (proof == NULL || proof->ticket->has_code)) {
        return refuse_code(visit, step, "blank", "Fill this in.");
    }
    if (proof != NULL && !ticket_accepts(rq, visit->a->tenant, proof->ticket, typed)) {
        rq->login_application = visit->a->application->id;
        credential_note_failure(
            rq, visit->a->tenant, proof->user->id, ATTEMPT_CODE, user_login_id(proof->user));
        return refuse_code(visit, step, "wrongCode", "This is not the code.");
    }
    return proof ? enter(visit, proof)
                 : refuse_code(visit, step, "wrongCode", "This is not the code.");
}

static enum err
submit_code(struct visit *visit)
{
    return submit(visit, &signin_mail_code);
}

static enum err
submit_link(struct visit *visit)
{
    return submit(visit, &signin_mail_link);
}

enum err
signin_mail_begin(struct visit *visit)
{
    const struct form *query;
    enum err e = rq_query(visit->rq, &query);

    if (e != ERR_OK) {
        return e;
    }
    visit->session = NULL; /* whoever is signed in: this begins with a mail */
    visit->user = NULL;
    visit->form = query;
    return form_has(query, S("code")) ? render_link(visit) : render_ask(visit);
}

const struct signin_step signin_mail_ask = {"passwordless", render_ask, submit_ask, "passwordless"};
const struct signin_step signin_mail_sent = {"passwordless.sent", render_sent, submit_sent, NULL};
const struct signin_step signin_mail_code = {"passwordless.code", render_code, submit_code, NULL};
const struct signin_step signin_mail_link = {"passwordless.link", render_link, submit_link, NULL};
