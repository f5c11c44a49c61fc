/* SPDX-License-Identifier: Apache-2.0 */
/* The second factor, after whatever was the first: a code of an authenticator, one that is sent, or a recovery code. Invariants:
 * 1 the person is the challenge's, which the page carries sealed: never whom the browser's session names  2 a code lets in once,
 * and wrong ones are counted (model/factor)  3 a computer is trusted only by who has just proved both. */
#include "flow/signin/signin_internal.h"
#include "codec/utf8.h"
#include "model/action/action.h"
#include "model/credential/credential.h"
#include "model/factor/factor_challenge.h"
#include "model/lockout/lockout.h"

/* An address or a number as whoever has one factor only may see it: enough to know it again by. */
static str
masked(struct rq *rq, const struct factor *factor)
{
    str number = factor->mobile_phone;
    size_t at = str_find(factor->email, '@');

    if (factor->method == FACTOR_EMAIL) {
        size_t first = utf8_char_bytes(str_head(factor->email, at));
        return str_fmt(rq->arena, STRF "\u2026" STRF, STRV(str_head(factor->email, first)),
            STRV(str_skip(factor->email, at)));
    }
    return str_fmt(
        rq->arena, "\u2026" STRF, STRV(str_skip(number, number.n > 4 ? number.n - 4 : 0)));
}

static bool
can_be_sent_to(const struct tenant *tenant, const struct factor *factor)
{
    return factor->method != FACTOR_AUTHENTICATOR
           && factor_is_allowed(tenant, (enum factor_method)factor->method);
}

void
signin_add_methods(
    struct rq *rq, const struct tenant *tenant, const struct user *user, struct page *page)
{
    static const char *const keys[] = {
        [FACTOR_EMAIL] = "factor.send.email", [FACTOR_SMS] = "factor.send.sms"};
    const struct factor *factors = user->two_factor.methods.items;

    for (size_t i = 0; i < user->two_factor.methods.count; i++) {
        if (can_be_sent_to(tenant, &factors[i])) {
            /* isolated: it is read from left to right in any language (Unicode TR 9) */
            str to = str_fmt(rq->arena, "\u2066" STRF "\u2069", STRV(masked(rq, &factors[i])));
            str text =
                page_text_fmt(rq->arena, rq->lang, str_from(keys[factors[i].method]), &to, 1);
            page_add_button(page, text, S("send"), factors[i].id, false);
        }
    }
}

void
signin_write_methods(const struct visit *visit, struct json_out *out)
{
    const struct user *user = visit->asked;
    const struct factor *factors = user->two_factor.methods.items;

    json_out_name(out, S("methods"));
    json_out_array(out);
    for (size_t i = 0; i < user->two_factor.methods.count; i++) {
        json_out_object(out);
        json_put_str(out, S("id"), factors[i].id);
        json_put_str(out, S("method"), str_from(factor_methods[factors[i].method]));
        if (can_be_sent_to(visit->a->tenant, &factors[i])) {
            json_put_str(out, S("to"), masked(visit->rq, &factors[i]));
        }
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

/* What to do, by what the person has that is good for it now. */
static str
what_to_enter(const struct visit *visit)
{
    const struct user *user = visit->asked;
    const struct factor *factors = user->two_factor.methods.items;
    const char *key = "factor.text.recovery";

    for (size_t i = 0; i < user->two_factor.methods.count; i++) {
        if (factors[i].method == FACTOR_AUTHENTICATOR) {
            key = "factor.text.app";
            break;
        }
        if (can_be_sent_to(visit->a->tenant, &factors[i])) {
            key = "factor.text.sent";
        }
    }
    return page_text(visit->rq->lang, str_from(key));
}

static enum err
show(struct visit *visit, struct user *user)
{
    struct rq *rq = visit->rq;
    struct page page;

    visit->asked = user;
    if (!signin_page(visit, PAGE_CARD, &signin_factor, &page)) {
        return FAIL_SERVER(rq);
    }
    view_text(&page.view, NULL, S("heading"), page_text(rq->lang, S("factor.title")));
    if (visit->notice != NULL) {
        view_text(&page.view, NULL, S("notice"), page_text(rq->lang, str_from(visit->notice)));
    }
    page_add_paragraph(&page, what_to_enter(visit));
    if (signin_is_kept(visit)) { /* it was ticked beside the password */
        page_add_hidden(&page, S("rememberDevice"), S("true"));
    }
    page_add_field(&page, PAGE_FIELD_CODE, NO_STR,
        signin_error_of(rq, visit->a->tenant, S("oneTimeCode")), true);
    view_bool(&page.view, NULL, S("can_trust"), factor_trust_is_offered(visit->a->application));
    view_bool(
        &page.view, NULL, S("is_trusted"), str_eq(signin_value(visit, "trustComputer"), S("true")));
    page_add_button(&page, page_text(rq->lang, S("signin.submit")), S("answer"), S("enter"), true);
    signin_add_methods(rq, visit->a->tenant, user, &page);
    return signin_show(visit, &signin_factor, &page);
}

/* What no challenge is needed for: nothing is asked, or the computer is trusted. */
static enum err
is_spared(struct visit *visit, enum factor_need need, bool *ret)
{
    const struct authorization *a = visit->a;
    struct factor_trusted trusted = {.spares = false};
    enum err e = ERR_OK;

    if (need == FACTOR_NEED_CODE) {
        e = factor_trust_look(visit->rq, a->tenant, a->application, visit->user->id,
            factor_trust_cookie(visit->rq), &trusted);
    }
    *ret = need == FACTOR_NEED_NONE || trusted.spares;
    return e;
}

enum err
signin_needs_factor(struct visit *visit, bool *ret)
{
    const struct authorization *a = visit->a;
    enum factor_need need = factor_needed(a->tenant, a->application, visit->user);
    bool is_proved =
        need == FACTOR_NEED_CODE && visit->session != NULL && visit->session->has_factor;
    bool spared = true;
    enum err e = is_proved ? ERR_OK : is_spared(visit, need, &spared);

    *ret = !spared;
    return e;
}

enum err
signin_ask_factor(struct visit *visit, bool is_by_phone, bool *ret_asked)
{
    struct authorization *a = visit->a;
    enum factor_need need = factor_needed(a->tenant, a->application, visit->user);
    struct challenge_order order = {.user = visit->user,
        .application = a->application,
        .detail = {.authentication = signin_authentication(visit), .is_by_phone = is_by_phone}};
    struct ticket_made made;
    bool spared;
    enum err e = is_spared(visit, need, &spared);

    *ret_asked = e == ERR_OK && !spared;
    if (e != ERR_OK || spared) {
        return e;
    }
    if (need == FACTOR_NEED_SETUP) {
        return signin_refuse(visit, "error.factor");
    }
    e = factor_challenge_start(visit->rq, a->tenant, &order, &made);
    if (e != ERR_OK) {
        return e;
    }
    a->factor_id = made.text;
    visit->alert = NULL;
    return show(visit, visit->user);
}

/* -- answered -- */

/* *ret NULL for one that is over: after too many wrong codes, after a while, or once it was used. */
static enum err
find(struct visit *visit, struct challenge **ret)
{
    const struct authorization *a = visit->a;
    enum err e = ERR_OK;

    *ret = NULL;
    if (a->factor_id.n) {
        e = factor_challenge_find(visit->rq, a->tenant, a->factor_id, ret);
    }
    if (e == ERR_OK && *ret != NULL
        && !uuid_eq((*ret)->ticket->application_id, a->application->id)) {
        *ret = NULL;
    }
    return e;
}

static enum err
begin_again(struct visit *visit)
{
    visit->a->factor_id = NO_STR;
    visit->alert = "error.factor.over";
    return signin_begin_again(visit);
}

static enum err
render(struct visit *visit)
{
    struct challenge *challenge;
    enum err e = find(visit, &challenge);

    return e ? e : challenge ? show(visit, challenge->user) : begin_again(visit);
}

static enum err
send(struct visit *visit, const struct challenge *challenge)
{
    struct rq *rq = visit->rq;
    const struct tenant *tenant = visit->a->tenant;
    const struct factor *factor = factor_by_id(challenge->user, signin_value(visit, "send"));
    enum err e = ERR_OK;

    if (factor == NULL || !can_be_sent_to(tenant, factor)) {
        return show(visit, challenge->user);
    }
    if (!lockout_rate_passes(
            rq, tenant, TENANT_RATE_TWO_FACTOR, uuid_text(rq->arena, challenge->user->id))) {
        visit->alert = "error.codes";
        return show(visit, challenge->user);
    }
    e = factor_challenge_send(rq, tenant, challenge, factor, false);
    if (e == ERR_FIELDS) { /* enough were sent */
        rq_forget_fault(rq);
        visit->alert = "error.codes";
        return show(visit, challenge->user);
    }
    visit->notice = "factor.sent";
    return e ? e : show(visit, challenge->user);
}

static enum err
refuse(struct visit *visit, const struct challenge *challenge, const char *code, const char *text)
{
    struct field_reader reader = {visit->rq->arena, &visit->rq->faults};

    field_fault(&reader, "oneTimeCode", code, text);
    visit->alert = rq_wants_json(visit->rq) ? "alert.fields" : NULL;
    return show(visit, challenge->user);
}

/* A code that was right is used up, also where its sign-in gets no further. */
static enum err
keep_out(struct visit *visit, struct user *user)
{
    struct user before = *user;
    enum err e = before.two_factor.is_changed
                     ? user_update(visit->rq, visit->a->tenant, &before, user)
                     : ERR_OK;

    credential_note_failure(visit->rq, visit->a->tenant, user->id,
        user_may_sign_in(user, visit->rq->now) ? ATTEMPT_PREVENTED
        : user->active                         ? ATTEMPT_EXPIRED
                                               : ATTEMPT_CLOSED,
        user_login_id(user));
    return e ? e : signin_refuse(visit, "problem.locked.text");
}

static enum err
trust(struct visit *visit, const struct user *user)
{
    const struct authorization *a = visit->a;
    enum err e;
    str text;

    if (!str_eq(signin_value(visit, "trustComputer"), S("true"))
        || !factor_trust_is_offered(a->application)) {
        return ERR_OK;
    }
    e = factor_trust_give(visit->rq, a->tenant, a->application, user->id, &text);
    if (e == ERR_OK) {
        factor_trust_keep(visit->rq, a->tenant, a->application, text);
    }
    return e;
}

/* Meanwhile the account may have been closed, or locked. */
static enum err
enter(struct visit *visit, struct challenge *challenge)
{
    struct authorization *a = visit->a;
    struct user *user = challenge->user;
    struct dossier_list actions;
    enum err e = action_prevents(visit->rq, a->tenant, user, a->application->id, &actions);

    a->factor_id = NO_STR;
    if (e == ERR_OK && (actions.count || !user_may_sign_in(user, visit->rq->now))) {
        return keep_out(visit, user);
    }
    e = e ? e : trust(visit, user);
    visit->user = user;
    visit->authentication = challenge->detail.authentication;
    return e ? e : signin_enter(visit, NO_STR, true);
}

static enum err
note_wrong(struct visit *visit, const struct challenge *challenge, enum challenge_verdict verdict)
{
    credential_note_failure(visit->rq, visit->a->tenant, challenge->user->id,
        verdict == CHALLENGE_LOCKED ? ATTEMPT_LOCKED : ATTEMPT_CODE,
        user_login_id(challenge->user));
    if (verdict == CHALLENGE_LOCKED) {
        visit->alert = "error.codes.wrong";
        return show(visit, challenge->user);
    }
    return refuse(visit, challenge, "wrongCode", "This is not the code.");
}

static enum err
submit(struct visit *visit)
{
    str code = signin_value(visit, "oneTimeCode");
    enum challenge_verdict verdict;
    struct challenge *challenge;
    enum err e = find(visit, &challenge);

    arena_keep_secret(visit->rq->arena);
    visit->rq->login_application = visit->a->application->id;
    if (e != ERR_OK || challenge == NULL) {
        return e ? e : begin_again(visit);
    }
    if (form_has(visit->form, S("send"))) {
        return send(visit, challenge);
    }
    if (code.n == 0) {
        return refuse(visit, challenge, "blank", "Fill this in.");
    }
    e = factor_challenge_answer(visit->rq, visit->a->tenant, challenge, code, &verdict);
    if (e != ERR_OK) {
        return e;
    }
    return verdict == CHALLENGE_RIGHT || verdict == CHALLENGE_RECOVERED
               ? enter(visit, challenge)
               : note_wrong(visit, challenge, verdict);
}

const struct signin_step signin_factor = {"factor", render, submit, NULL};
