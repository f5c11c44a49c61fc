/* SPDX-License-Identifier: Apache-2.0 */
/* What a link, or the code of a mail, verifies: an address, a number, a membership. */
#include "flow/signin/mailed/mailed_internal.h"

/* Whether a code is typed here. Of nobody's mail, too: who is there is not told. */
static bool
has_code(const struct mailed *m)
{
    return m->step == MAILED_CODE || m->proof->ticket->has_code;
}

enum err
mailed_verify_render(struct mailed *m)
{
    struct rq *rq = m->rq;
    bool is_code = has_code(m);
    struct page page;

    if (!mailed_page(m, m->step, "link.title", &page)) {
        return FAIL_SERVER(rq);
    }
    page_add_paragraph(&page, mailed_text(m, is_code ? "code.text" : "link.text"));
    if (m->step == MAILED_LINK) {
        page_add_pair(&page, mailed_text(m, "what"), m->proof->value);
    }
    if (is_code) {
        page_add_field(
            &page, PAGE_FIELD_CODE, NO_STR, signin_error_of(rq, m->tenant, S("oneTimeCode")), true);
    }
    page_add_button(&page, mailed_text(m, "link.submit"), S("answer"), S("verify"), true);
    if (is_code) {
        page_add_button(
            &page, page_text(rq->lang, S("mailed.again")), S("again"), S("true"), false);
    }
    return mailed_show(m, &page, NULL);
}

/* Is it still theirs? */
static bool
is_standing(const struct mailed *m)
{
    const struct proof *proof = m->proof;

    switch (proof->ticket->kind) {
    case TICKET_VERIFY_REGISTRATION:
        return user_registration(proof->user, proof->ticket->application_id) != NULL;
    case TICKET_AHEAD_EMAIL:
    case TICKET_AHEAD_PHONE:
        return true;
    default:
        return proof_is_current(m->rq, proof);
    }
}

static enum err
refuse_code(struct mailed *m, const char *code, const char *text)
{
    struct field_reader reader = {m->rq->arena, &m->rq->faults};

    field_fault(&reader, "oneTimeCode", code, text);
    m->alert = rq_wants_json(m->rq) ? "alert.fields" : NULL;
    return mailed_verify_render(m);
}

enum err
mailed_verify_submit(struct mailed *m)
{
    struct rq *rq = m->rq;
    str code = mailed_value(m, "oneTimeCode");
    enum err e;

    if (has_code(m) && code.n == 0) {
        return refuse_code(m, "blank", "Fill this in.");
    }
    if (m->step == MAILED_CODE && (m->proof == NULL || !is_standing(m))) {
        return refuse_code(m, "wrongCode", "This is not the code.");
    }
    if (!is_standing(m)) {
        m->alert = "error.over";
        return mailed_ask_render(m);
    }
    if (!ticket_accepts(rq, m->tenant, m->proof->ticket, code)) { /* counted, with the answer */
        return refuse_code(m, "wrongCode", "This is not the code.");
    }
    e = proof_verify(rq, m->tenant, m->proof);
    return e ? e : mailed_go_on(m, "complete");
}
