/* SPDX-License-Identifier: Apache-2.0 */
/* HYPR: a person is asked on a device of their own, by the relying party's server, while somebody waits here. The server
 * knows people by our login ids; so nobody is linked and nobody is made. What it answers counts only if it is about the
 * person who was asked about. */
#include "codec/form.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "io/fetch/fetch.h"
#include "model/application/application.h"
#include "model/federate/federate_internal.h"
#include "model/rq/rq.h"

enum { NONCE_BYTES = 32, MAX_ID = 128 };

static str
first_of(str a, str b)
{
    return a.n ? a : b;
}

/* Where requests are made; an application may have a server or a name there of its own. */
static bool
start(struct federate_talk *talk, const struct application *application, str *ret_url)
{
    const struct idp_app *app = idp_app(talk->idp, application->id);
    str base = first_of(app ? app->rp_url : NO_STR, talk->idp->rp_url);

    while (base.n && base.p[base.n - 1] == '/') {
        base = str_head(base, base.n - 1);
    }
    talk->client_id = first_of(app ? app->rp_application_id : NO_STR, talk->idp->rp_application_id);
    *ret_url =
        str_fmt(talk->rq->arena, STRF "/rp/api/oob/client/authentication/requests", STRV(base));
    return base.n > 0
           || federate_fail(talk, FEDERATE_REFUSED, "Find the server", "The provider names none.");
}

static void
put_nonce(struct rq *rq, struct json_out *out, str name)
{
    uint8_t nonce[NONCE_BYTES];

    rng_fill(rq->rng, nonce, sizeof nonce);
    json_put_str(out, name, str_hex(rq->arena, BYTES_OF(nonce)));
}

/* What the person sees as one machine: the same one each time. */
static str
machine_of(struct federate_talk *talk, str login_id)
{
    str parts[] = {uuid_text(talk->rq->arena, talk->idp->head.id), login_id};
    struct digest digest = sha256(str_bytes(str_join(talk->rq->arena, parts, 2, S(" "))));

    return str_hex(talk->rq->arena, (bytes){digest.b, 16});
}

static str
write_request(struct federate_talk *talk, str login_id)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(talk->rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("appId"), talk->client_id);
    put_nonce(talk->rq, &out, S("deviceNonce"));
    json_put_str(&out, S("machine"), S("WEB"));
    json_put_str(&out, S("machineId"), machine_of(talk, login_id));
    json_put_str(&out, S("namedUser"), login_id);
    put_nonce(talk->rq, &out, S("serviceHmac"));
    put_nonce(talk->rq, &out, S("serviceNonce"));
    put_nonce(talk->rq, &out, S("sessionNonce"));
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

enum err
federate_hypr_start(struct rq *rq, const struct idp *idp, const struct application *application,
    str login_id, struct federate_trace *trace, str *ret_id)
{
    static const char *const title = "Ask the person's device";
    struct federate_talk talk = {.rq = rq, .idp = idp, .trace = trace};
    struct fetch_request request = {.method = S("POST"), .content_type = S("application/json")};
    const struct json *answer;

    CHECK(rq->place == RQ_WORKER);
    *ret_id = NO_STR;
    trace->reach = FEDERATE_REFUSED;
    if (start(&talk, application, &request.url)) {
        request.body = write_request(&talk, login_id);
        if (federate_ask(&talk, title, &request, &answer)) {
            *ret_id = federate_text(json_get(answer, S("response")), S("requestId"));
        }
    }
    if (ret_id->n > 0 && ret_id->n <= MAX_ID) {
        trace->reach = FEDERATE_REACHED;
    }
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

/* The last of the states that the request went through. */
static enum federate_reach
reach_of(const struct json *states)
{
    const struct json *last = states && states->type == JSON_ARRAY ? states->first : NULL;
    str value;

    while (last != NULL && last->next != NULL) {
        last = last->next;
    }
    value = federate_text(last, S("value"));
    if (str_eq(value, S("COMPLETED"))) {
        return FEDERATE_REACHED;
    }
    return value.n == 0 || str_eq(value, S("FAILED")) || str_eq(value, S("CANCELED"))
               ? FEDERATE_REFUSED
               : FEDERATE_WAITING;
}

enum err
federate_hypr_ask(struct rq *rq, const struct idp *idp, const struct application *application,
    str login_id, str id, struct federate_trace *trace)
{
    static const char *const title = "Ask what the person said";
    struct federate_talk talk = {.rq = rq, .idp = idp, .trace = trace};
    struct fetch_request request = {.method = S("GET")};
    const struct json *answer;
    struct buf buf;
    str url;

    CHECK(rq->place == RQ_WORKER);
    trace->reach = FEDERATE_REFUSED;
    if (!start(&talk, application, &url)) {
        return ERR_OK;
    }
    buf_init(&buf, rq->arena, KB(4));
    buf_fmt(&buf, STRF "/", STRV(url));
    form_encode_value(&buf, id);
    if (!buf_done(&buf, &request.url)) {
        return FAIL_SERVER(rq);
    }
    if (federate_ask(&talk, title, &request, &answer)) {
        bool is_right = str_eq(federate_text(answer, S("requestId")), id)
                        && str_eq(federate_text(answer, S("namedUser")), login_id);

        trace->reach = is_right ? reach_of(json_get(answer, S("state"))) : FEDERATE_REFUSED;
    }
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}
