/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in by HYPR: /api/identity-provider/start asks the person's device and gives a code; with it
 * /api/identity-provider/login answers 204 until the person has said something, then as /api/login does, once, or 401.
 * A code is good for the provider and the application it was made for. */
#include "flow/api/api.h"
#include "flow/api/api_federate.h"
#include "flow/api/api_proof.h"
#include "model/user/user.h"
#include "model/application/application.h"
#include "model/ticket/ticket.h"

/* The device was asked once, also when a race runs the handler again. */
static enum err
ask_device(struct rq *rq, const struct federate_order *order, str login_id,
    enum federate_reach *ret, str *ret_id)
{
    struct kept {
        struct federate_trace trace;
        str id;
    } const *kept = rq->kept;
    struct kept *made;
    enum err e;

    if (kept == NULL) {
        made = ARENA_NEW(rq->arena, struct kept);
        if (made == NULL) {
            return FAIL_SERVER(rq);
        }
        *made = (struct kept){.id = NO_STR};
        e = federate_hypr_start(
            rq, order->idp, order->application, login_id, &made->trace, &made->id);
        if (e != ERR_OK) {
            return e;
        }
        rq->kept = kept = made;
    }
    *ret = kept->trace.reach;
    *ret_id = kept->id;
    return ERR_OK;
}

static str
write_detail(struct rq *rq, const struct federate_order *order, str login_id, str id)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("identityProviderId"), uuid_text(rq->arena, order->idp->head.id));
    json_put_str(&out, S("loginId"), login_id);
    json_put_str(&out, S("requestId"), id);
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static enum err
make_code(struct rq *rq, const struct federate_order *order, const struct user *user, str login_id,
    str id)
{
    struct ticket_order wanted = {
        .kind = TICKET_HYPR,
        .user_id = user->id,
        .application_id = order->application->id,
        .ttl_s = order->tenant->ids.external_ttl_s,
        .detail = write_detail(rq, order, login_id, id),
    };
    struct api_answer answer;
    struct ticket_made made = {.text = NO_STR};
    enum err e = wanted.detail.n ? ticket_make(rq, order->tenant, &wanted, &made) : FAIL_SERVER(rq);

    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("code"), made.text);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_federate_hypr_start(
    struct rq *rq, const struct federate_order *order, const struct api_federate *asked)
{
    enum federate_reach reach = FEDERATE_REFUSED;
    struct user *user = NULL;
    str id = NO_STR;
    enum err e;

    if (asked->login_id.n == 0) {
        return api_refuse(rq, "loginId", "blank", "Say who is to be asked.");
    }
    e = api_proof_person(rq, order->tenant, asked->login_id, &asked->login_id_types, &user);
    if (e != ERR_OK || user == NULL) {
        return e ? e : api_not_found(rq);
    }
    e = ask_device(rq, order, asked->login_id, &reach, &id);
    if (e != ERR_OK) {
        return e;
    }
    if (reach == FEDERATE_REACHED) {
        return make_code(rq, order, user, asked->login_id, id);
    }
    return reach == FEDERATE_UNREACHABLE ? rq_answer_empty(rq, 503) : api_federate_refuse(rq);
}

static str
detail_text(const struct ticket *ticket, str name)
{
    str text;

    return json_str(json_get(ticket->detail, name), &text) ? text : NO_STR;
}

static bool
is_of(const struct ticket *ticket, const struct federate_order *order)
{
    struct uuid id;

    return uuid_parse(detail_text(ticket, S("identityProviderId")), &id)
           && uuid_eq(id, order->idp->head.id)
           && uuid_eq(ticket->application_id, order->application->id);
}

static enum err
enter(struct rq *rq, const struct federate_order *order, const struct api_federate *asked,
    const struct ticket *ticket)
{
    struct federate_claims claims = {.subject = detail_text(ticket, S("loginId"))};
    struct federate_order filled = *order;
    struct federate_result result;
    enum err e;

    filled.claims = &claims;
    ticket_use(rq, ticket);
    e = federate_let_in(rq, &filled, ticket->user_id, &result);
    return e ? e : api_federate_finish(rq, &filled, &asked->base, &result);
}

/* What the person said ends the code, also a no. */
static enum err
refuse(struct rq *rq, const struct federate_order *order, const struct api_federate *asked,
    const struct ticket *ticket)
{
    api_federate_note_failure(rq, order, &asked->base);
    ticket_use(rq, ticket);
    rq->keeps_writes = true;
    return api_federate_refuse(rq);
}

enum err
api_federate_hypr_login(struct rq *rq, const struct federate_order *order,
    const struct api_federate *asked, const struct ticket *test)
{
    str code = api_federate_datum(rq, asked, S("code"));
    struct federate_trace trace = {.count = 0};
    struct federate_claims claims = {.all = NULL};
    struct ticket *ticket = NULL;
    enum err e;

    if (code.n == 0) {
        return api_refuse(rq, "data.code", "blank", "Send the code that the start gave.");
    }
    e = ticket_find(rq, order->tenant, TICKET_HYPR, code, &ticket);
    if (e != ERR_OK) {
        return e;
    }
    if (ticket == NULL || !is_of(ticket, order)) {
        api_federate_note_failure(rq, order, &asked->base);
        return api_federate_refuse(rq);
    }
    e = federate_hypr_ask(rq, order->idp, order->application, detail_text(ticket, S("loginId")),
        detail_text(ticket, S("requestId")), &trace);
    if (e != ERR_OK) {
        return e;
    }
    if (trace.reach == FEDERATE_UNREACHABLE || trace.reach == FEDERATE_WAITING) {
        return rq_answer_empty(rq, trace.reach == FEDERATE_WAITING ? 204 : 503);
    }
    if (test != NULL) {
        ticket_use(rq, ticket);
        claims.subject = detail_text(ticket, S("loginId"));
        return api_federate_note(rq, order->tenant, test, &trace, &claims);
    }
    return trace.reach == FEDERATE_REACHED ? enter(rq, order, asked, ticket)
                                           : refuse(rq, order, asked, ticket);
}
