/* SPDX-License-Identifier: Apache-2.0 */
/* A new password. Whoever set it signs in with it: nobody is let in by the link itself, and the way to a new password is no
 * way around a second factor (an authenticator's code, or one of the recovery codes, is asked for with it). */
#include "flow/signin/mailed/mailed_internal.h"
#include "model/breach/breach.h"
#include "model/factor/factor_challenge.h"

static bool
needs_code(const struct mailed *m)
{
    return factor_needed(m->tenant, NULL, m->proof->user) == FACTOR_NEED_CODE;
}

static void
add_field(struct mailed *m, struct page *page, enum page_field field)
{
    page_add_field(
        page, field, NO_STR, signin_error_of(m->rq, m->tenant, page_field_name(field)), true);
}

enum err
mailed_change_render(struct mailed *m)
{
    struct rq *rq = m->rq;
    str login_id = user_login_id(m->proof->user);
    struct page page;

    if (!mailed_page(m, MAILED_LINK, "link.title", &page)) {
        return FAIL_SERVER(rq);
    }
    page_add_pair(&page, page_text(rq->lang, S("mailed.account")), login_id);
    view_text(&page.view, NULL, S("username"), login_id);
    add_field(m, &page, PAGE_FIELD_CHANGED_PASSWORD);
    add_field(m, &page, PAGE_FIELD_CONFIRM);
    if (needs_code(m)) {
        page_add_paragraph(&page, page_text(rq->lang, S("forgot.factor")));
        add_field(m, &page, PAGE_FIELD_CODE);
    }
    signin_add_rules(rq, m->tenant, &page);
    page_add_button(&page, mailed_text(m, "link.submit"), S("answer"), S("change"), true);
    if (needs_code(m)) {
        signin_add_methods(rq, m->tenant, m->proof->user, &page);
    }
    if (m->notice != NULL) {
        view_text(&page.view, NULL, S("notice"), page_text(rq->lang, str_from(m->notice)));
    }
    return mailed_show(m, &page, NULL);
}

/* To one of the person's own methods; not more than may be sent in a while. */
static enum err
send_code(struct mailed *m)
{
    struct user *user = m->proof->user;
    const struct factor *factor = factor_by_id(user, mailed_value(m, "send"));
    struct factor_purpose purpose = {.kind = S("method")};
    struct factor_letter letter = {.user = user, .application = m->application, .to = factor};
    enum err e;

    if (factor == NULL || factor->method == FACTOR_AUTHENTICATOR || !needs_code(m)) {
        return mailed_change_render(m);
    }
    purpose.value = factor->id;
    e = factor_code_send(m->rq, m->tenant, &letter, &purpose);
    if (e == ERR_FIELDS) { /* enough were sent */
        rq_forget_fault(m->rq);
        m->alert = "error.codes";
        return mailed_change_render(m);
    }
    m->notice = "forgot.sent.code";
    return e ? e : mailed_change_render(m);
}

/* The rule of the API: authenticators, recovery codes, and codes that were sent to the person's methods; guesses are counted
 * against the person, and here against the link, too. */
static enum err
check_factor(struct mailed *m, struct field_reader *reader, struct user *after)
{
    static const struct factor_purpose method = {.kind = S_INIT("method")};
    str code = mailed_value(m, "oneTimeCode");
    enum challenge_verdict verdict = CHALLENGE_WRONG;
    enum err e;

    if (!needs_code(m)) {
        return ERR_OK;
    }
    if (code.n == 0) {
        field_fault(reader, "oneTimeCode", "blank", "Fill this in.");
        return ERR_OK;
    }
    e = factor_code_answer(m->rq, m->tenant, after, code, &method, &verdict);
    if (e == ERR_OK && verdict == CHALLENGE_LOCKED) {
        m->alert = "error.codes.wrong";
    }
    if (e == ERR_OK && verdict == CHALLENGE_WRONG) {
        ticket_fail(m->rq, m->proof->ticket);
        field_fault(reader, "oneTimeCode", "wrongCode", "This is not the code.");
    }
    return e;
}

/* The password first: a code is used up only with a password that can be taken. */
static enum err
judge(struct mailed *m, struct user *after)
{
    struct rq *rq = m->rq;
    struct field_reader reader = {rq->arena, &rq->faults};
    enum err e;

    user_check_password(&reader, m->tenant, after, "");
    if (!ct_eq(str_bytes(after->password), str_bytes(mailed_value(m, "passwordConfirm")))) {
        field_fault(&reader, "passwordConfirm", "notEqual", "Enter the same password twice.");
    }
    if (rq->faults.count) {
        return ERR_OK;
    }
    e = rq_needs_hash(rq);
    e = e ? e : user_check_change(rq, m->tenant, &reader, m->proof->user, after, "");
    if (e == ERR_OK && rq->faults.count == 0) {
        e = breach_check_new(rq, m->tenant, &reader, after, "");
    }
    return e || rq->faults.count ? e : check_factor(m, &reader, after);
}

enum err
mailed_change_submit(struct mailed *m)
{
    struct rq *rq = m->rq;
    struct user after = *m->proof->user;
    enum err e;

    if (!user_may_sign_in(m->proof->user, rq->now)) {
        m->alert = "error.over";
        return mailed_ask_render(m);
    }
    if (form_has(m->form, S("send"))) {
        return send_code(m);
    }
    after.password = mailed_value(m, "password");
    e = judge(m, &after);
    if (e != ERR_OK) {
        return e;
    }
    if (rq->faults.count && rq_wants_json(rq)) {
        m->alert = "alert.fields";
    }
    if (rq->faults.count || m->alert != NULL) {
        return mailed_change_render(m);
    }
    e = proof_set_password(rq, m->tenant, m->proof, m->proof->user, &after);
    return e ? e : mailed_go_on(m, "complete");
}
