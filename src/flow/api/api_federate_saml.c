/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in by SAML 2.0: /api/identity-provider/start gives the id of an authentication request that the caller sends to
 * the provider itself (Core s3.2.1), or takes one of the caller's (data.requestId); what the provider's form brings to
 * the caller (data.samlResponse) comes to /api/identity-provider/login. An answer counts once: its request ends
 * with it, and the assertion's id is remembered until it is not valid any more (another tenant, or whoever gives ids of
 * requests, could ask for the same answer again). */
#include "base/clock.h"
#include "codec/json.h"
#include "flow/api/api.h"
#include "flow/api/api_federate.h"
#include "model/application/application.h"
#include "model/ticket/ticket.h"

enum { MAX_REQUEST_ID = 200 };

/* A caller's own id, as long as ids of ours and with nothing in it that finding would overlook. */
static str
given_text(struct rq *rq, str id)
{
    struct digest digest = sha256(str_bytes(id));

    return str_hex(rq->arena, digest_bytes(&digest));
}

/* xs:ID, of ASCII. */
static bool
is_id(str id)
{
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '.'))) {
            return false;
        }
    }
    return id.n > 0 && id.n <= MAX_REQUEST_ID;
}

/* ---- the start ---- */

static enum err
check_given(struct rq *rq, const struct federate_order *order, str id)
{
    struct ticket *taken = NULL;
    enum err e;

    if (!is_id(id)) {
        return api_refuse(rq, "data.requestId", "invalid",
            "An xs:ID begins with a letter or an underscore, and has at most 200 letters, digits, "
            "hyphens, dots and underscores.");
    }
    e = ticket_find(rq, order->tenant, TICKET_SAML_REQUEST, given_text(rq, id), &taken);
    return e == ERR_OK && taken != NULL
               ? api_refuse(rq, "data.requestId", "duplicate", "This id is in use: choose another.")
               : e;
}

enum err
api_federate_saml_start(
    struct rq *rq, const struct federate_order *order, const struct api_federate *asked)
{
    str given = api_federate_datum(rq, asked, S("requestId"));
    struct ticket_order wanted = {
        .kind = TICKET_SAML_REQUEST,
        .application_id = order->application->id,
        .ttl_s = order->tenant->ids.saml_ttl_s,
        .given_text = given.n ? given_text(rq, given) : NO_STR,
    };
    struct api_answer answer;
    struct ticket_made made;
    struct json_out out;
    struct buf buf;
    enum err e = given.n ? check_given(rq, order, given) : ERR_OK;

    if (e != ERR_OK) {
        return e;
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("identityProviderId"), uuid_text(rq->arena, order->idp->head.id));
    if (asked->state.n) {
        json_put_raw(&out, S("state"), asked->state);
    }
    json_out_object_end(&out);
    if (!buf_done(&buf, &wanted.detail)) {
        return FAIL_SERVER(rq);
    }
    e = ticket_make(rq, order->tenant, &wanted, &made);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    /* An xs:ID begins with a letter or an underscore. */
    json_put_str(
        &answer.out, S("code"), given.n ? given : str_fmt(rq->arena, "id" STRF, STRV(made.text)));
    return api_answer_send(rq, &answer, 200);
}

/* ---- the answer ---- */

static bool
is_of(const struct ticket *request, const struct federate_order *order)
{
    struct uuid id;
    str text;

    return json_str(json_get(request->detail, S("identityProviderId")), &text)
           && uuid_parse(text, &id) && uuid_eq(id, order->idp->head.id)
           && uuid_eq(request->application_id, order->application->id);
}

static bool
note(struct federate_trace *trace, const char *title, bool is_right)
{
    trace->steps[trace->count++] = (struct federate_step){title, NO_STR, is_right};
    trace->reach = is_right ? FEDERATE_REACHED : FEDERATE_REFUSED;
    return is_right;
}

/* The request that was made for this provider and application, and its end. */
static enum err
use_request(struct rq *rq, const struct federate_order *order, str id, struct federate_trace *trace)
{
    struct ticket *request = NULL;
    enum err e = ERR_OK;

    if (str_starts(id, S("id"))) {
        e = ticket_find(rq, order->tenant, TICKET_SAML_REQUEST, str_skip(id, 2), &request);
    }
    if (e == ERR_OK && request == NULL) {
        e = ticket_find(rq, order->tenant, TICKET_SAML_REQUEST, given_text(rq, id), &request);
    }
    if (e == ERR_OK && note(trace, "Find the request", request != NULL && is_of(request, order))) {
        ticket_use(rq, request);
    }
    return e;
}

/* Remembered in the provider's tenant, or for all tenants in one place, so that none is taken to another tenant
 * (V6.8.3). Of two who bring the same assertion at once, one comes again and finds it here. */
static enum err
use_assertion(struct rq *rq, const struct federate_order *order, const struct federate_saml *saml,
    struct federate_trace *trace)
{
    const struct uuid provider = order->idp->head.id;
    const bytes parts[] = {
        str_bytes(S("saml assertion")), uuid_bytes(&provider), str_bytes(saml->id)};
    struct ticket_order wanted = {
        .kind = TICKET_SAML_SEEN,
        .ttl_s = MAX(1, (saml->ends_ms - rq->now) / SECOND_MS + 1),
    };
    const struct tenant *keeper = NULL;
    struct ticket *seen = NULL;
    struct ticket_made made;
    struct digest digest;
    enum err e = tenant_or_default(rq, order->idp->head.tenant_id, &keeper);

    if (e != ERR_OK || keeper == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    digest = hmac_sha256_parts(key32_bytes(&keeper->index_key), parts, COUNT(parts));
    wanted.given_id = uuid_from((bytes){digest.b, sizeof wanted.given_id.b});
    e = ticket_find_by_id(rq, keeper, TICKET_SAML_SEEN, wanted.given_id, &seen);
    if (e == ERR_OK && note(trace, "See that it comes for the first time", seen == NULL)) {
        e = ticket_make(rq, keeper, &wanted, &made);
    }
    return e;
}

enum err
api_federate_saml(struct rq *rq, const struct federate_order *order,
    const struct api_federate *asked, struct federate_trace *trace, struct federate_claims *ret)
{
    str response = api_federate_datum(rq, asked, S("samlResponse"));
    struct federate_saml saml;
    enum err e;

    if (response.n == 0) {
        response = api_federate_datum(rq, asked, S("SAMLResponse"));
    }
    if (response.n == 0) {
        return api_refuse(rq, "data.samlResponse", "blank",
            "Send the SAMLResponse that the provider's form brought.");
    }
    e = federate_saml(rq, order, response, trace, ret, &saml);
    if (e != ERR_OK || trace->reach != FEDERATE_REACHED) {
        return e;
    }
    e = saml.request.n ? use_request(rq, order, saml.request, trace) : ERR_OK;
    return e || trace->reach != FEDERATE_REACHED ? e : use_assertion(rq, order, &saml, trace);
}
