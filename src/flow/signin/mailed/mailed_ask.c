/* SPDX-License-Identifier: Apache-2.0 */
/* Where a mail is asked for. Everybody is answered alike: whoever is there, may have one more, or is verified already, is
 * told nothing that a stranger is not told (invariant 10 of DESIGN). */
#include "flow/signin/mailed/mailed_internal.h"

static enum err
show_dead_end(struct mailed *m)
{
    struct page page;

    if (!mailed_page(m, MAILED_ASK, "ask.title", &page)) {
        return FAIL_SERVER(m->rq);
    }
    page_add_paragraph(&page, page_text(m->rq->lang, S("mailed.off")));
    return mailed_show(m, &page, NULL);
}

enum err
mailed_ask_render(struct mailed *m)
{
    struct rq *rq = m->rq;
    struct page page;
    str onward = mailed_onward(m);
    str name = page_field_name(m->kind->field);

    if (!m->kind->is_on(m)) {
        return show_dead_end(m);
    }
    if (!mailed_page(m, MAILED_ASK, "ask.title", &page)) {
        return FAIL_SERVER(rq);
    }
    page_add_paragraph(&page, mailed_text(m, "ask.text"));
    page_add_field(&page, m->kind->field, str_head(m->form ? form_get(m->form, name) : NO_STR, 255),
        signin_error_of(rq, m->tenant, name), true);
    signin_put_captcha(rq, m->tenant, &page, m->kind->name);
    page_add_button(&page, mailed_text(m, "ask.submit"), S("answer"), S("send"), true);
    if (onward.n) {
        page_add_link(&page, page_text(rq->lang, S("mailed.back")), onward, false);
    }
    return mailed_show(m, &page, m->kind->name);
}

/* -- whom it goes to -- */

static bool
is_typed(struct rq *rq, str value, str typed)
{
    str normal = identity_normal(rq->arena, value);

    return normal.n
           && (str_eq(normal, identity_normal(rq->arena, typed))
               || str_eq(normal, identity_phone(rq->arena, typed)));
}

enum err
mailed_find_login(struct mailed *m, str typed, struct proof_order *order)
{
    struct rq *rq = m->rq;
    struct user *user;
    enum err e = proof_person(rq, m->tenant, typed, &user);

    if (e != ERR_OK || user == NULL) {
        return e;
    }
    order->value = proof_identity_of(rq, user, typed) == PROOF_PHONE
                       ? user->phone_number
                       : user_address(rq->arena, user);
    order->user = order->value.n ? user : NULL;
    return ERR_OK;
}

enum err
mailed_find_email(struct mailed *m, str typed, struct proof_order *order)
{
    struct user *user;
    enum err e = proof_person(m->rq, m->tenant, typed, &user);

    if (e == ERR_OK && user != NULL && !user->verified && is_typed(m->rq, user->email, typed)) {
        order->user = user;
        order->value = user->email;
    }
    return e;
}

enum err
mailed_find_phone(struct mailed *m, str typed, struct proof_order *order)
{
    struct user *user;
    enum err e = proof_person(m->rq, m->tenant, typed, &user);

    if (e == ERR_OK && user != NULL && !user->phone_verified
        && is_typed(m->rq, user->phone_number, typed)) {
        order->user = user;
        order->value = user->phone_number;
    }
    return e;
}

enum err
mailed_find_member(struct mailed *m, str typed, struct proof_order *order)
{
    const struct registration *registration;
    struct user *user;
    enum err e = proof_person(m->rq, m->tenant, typed, &user);

    if (e != ERR_OK || user == NULL) {
        return e;
    }
    registration = user_registration(user, m->application->id);
    if (registration != NULL && !registration->verified && is_typed(m->rq, user->email, typed)) {
        order->user = user;
        order->value = user->email;
    }
    return ERR_OK;
}

/* -- asked -- */

static enum err
start(struct mailed *m, str typed)
{
    struct rq *rq = m->rq;
    struct proof_order order = {.kind = m->kind->starts,
        .application = m->application,
        .state = authorization_request_state(rq, m->onward.request),
        .has_code = m->kind->has_code(m),
        .is_sent = true};
    struct proof_made made;
    enum err e = m->kind->find(m, typed, &order);

    e = e ? e : proof_start_quietly(rq, m->tenant, &order, &made);
    if (e != ERR_OK) {
        return e;
    }
    if (order.has_code) {
        m->onward.text = made.text;
        m->step = MAILED_CODE;
        return m->kind->render(m);
    }
    return mailed_go_on(m, "sent");
}

enum err
mailed_ask_submit(struct mailed *m)
{
    struct rq *rq = m->rq;
    struct field_reader reader = {rq->arena, &rq->faults};
    str name = page_field_name(m->kind->field);
    str typed = str_trim(form_get(m->form, name));
    enum err e;

    if (!m->kind->is_on(m)) {
        return show_dead_end(m);
    }
    if (typed.n == 0 || typed.n > 255) {
        field_fault(&reader, str_z(rq->arena, name), "blank", "Fill this in.");
        m->alert = rq_wants_json(rq) ? "alert.fields" : NULL;
        return mailed_ask_render(m);
    }
    e = signin_judge_captcha(rq, m->tenant, m->form, m->kind->name, &m->alert);
    if (e != ERR_OK || m->alert != NULL) {
        return e ? e : mailed_ask_render(m);
    }
    return start(m, typed);
}
