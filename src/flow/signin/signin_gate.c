/* SPDX-License-Identifier: Apache-2.0 */
/* Who has to verify something before they are let in: their password was right, so they may know. Where a code is typed they
 * are sent on to its page (flow/signin/mailed), with a mail that is on its way; the code is no link, so its id may be in an
 * address. Where a link is opened they are told so, and where to have it sent again. */
#include "flow/signin/signin_internal.h"

static enum signin_gate
gate_of(enum ticket_kind wanted)
{
    return wanted == TICKET_VERIFY_IDENTITY       ? GATE_PHONE
           : wanted == TICKET_VERIFY_REGISTRATION ? GATE_REGISTRATION
                                                  : GATE_EMAIL;
}

static bool
has_code(const struct authorization *a, enum signin_gate gate)
{
    const int strategies[] = {[GATE_EMAIL] = a->tenant->mail.strategy,
        [GATE_PHONE] = a->tenant->phone.strategy,
        [GATE_REGISTRATION] = a->application->verification_strategy};

    return strategies[gate] == VERIFY_BY_CODE;
}

/* What was sent a moment ago with the account, else another one, if there may be one more; *ret->code empty: none. */
static enum err
send(struct visit *visit, enum ticket_kind wanted, struct proof_made *ret)
{
    struct rq *rq = visit->rq;
    const struct authorization *a = visit->a;
    enum signin_gate gate = gate_of(wanted);
    struct proof_order order = {.kind = wanted,
        .application = a->application,
        .user = visit->user,
        .value = gate == GATE_PHONE ? visit->user->phone_number : visit->user->email,
        .state = authorization_request_state(rq, str_skip(authorization_link(rq, a, NO_STR), 1)),
        .has_code = true,
        .is_sent = true};

    *ret = visit->mailed[gate];
    if (ret->code.n || order.value.n == 0 || rq->http->method != HTTP_POST) {
        return ERR_OK; /* no GET sends a mail */
    }
    return proof_start_quietly(rq, a->tenant, &order, ret);
}

enum err
signin_gate(struct visit *visit, enum ticket_kind wanted)
{
    static const char *const paths[] = {[GATE_EMAIL] = "/email/verify",
        [GATE_PHONE] = "/phone/verify",
        [GATE_REGISTRATION] = "/registration/verify"};
    struct rq *rq = visit->rq;
    enum signin_gate gate = gate_of(wanted);
    struct proof_made made = {NO_STR, NO_STR};
    enum err e = ERR_OK;

    visit->way = str_from(paths[gate]);
    if (has_code(visit->a, gate)) {
        e = send(visit, wanted, &made);
    }
    if (e != ERR_OK || made.code.n == 0) {
        return e ? e : signin_refuse(visit, "error.unverified");
    }
    visit->way = str_fmt(rq->arena, "%s/" STRF, paths[gate], STRV(made.text));
    if (rq_wants_json(rq)) {
        return signin_refuse(visit, "error.unverified");
    }
    return rq_redirect(rq, authorization_link(rq, visit->a, visit->way));
}
