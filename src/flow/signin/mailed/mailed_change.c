/* SPDX-License-Identifier: Apache-2.0 */
/* A new password. Whoever set it signs in with it: nobody is let in by the link itself, and the way to a new password is no
 * way around a second factor (an authenticator's code, or one of the recovery codes, is asked for with it). */
#include "flow/signin/mailed/mailed_internal.h"
#include "model/breach/breach.h"
#include "model/factor/factor.h"

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
    return mailed_show(m, &page, NULL);
}

/* Wrong codes are counted with the link's ticket: it ends with them. */
static enum err
check_factor(struct mailed *m, struct field_reader *reader, struct user *after)
{
    str code = mailed_value(m, "oneTimeCode");
    const struct factor *factor;
    enum factor_proof proof = FACTOR_WRONG;
    enum err e = ERR_OK;

    if (!needs_code(m)) {
        return ERR_OK;
    }
    if (code.n == 0) {
        field_fault(reader, "oneTimeCode", "blank", "Fill this in.");
        return ERR_OK;
    }
    e = factor_try(m->rq, m->tenant, after, code, &proof, &factor);
    if (e == ERR_OK && proof == FACTOR_WRONG) {
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
    after.password = mailed_value(m, "password");
    e = judge(m, &after);
    if (e != ERR_OK) {
        return e;
    }
    if (rq->faults.count) {
        m->alert = rq_wants_json(rq) ? "alert.fields" : NULL;
        return mailed_change_render(m);
    }
    e = proof_set_password(rq, m->tenant, m->proof, m->proof->user, &after);
    return e ? e : mailed_go_on(m, "complete");
}
