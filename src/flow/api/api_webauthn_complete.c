/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/webauthn/register/complete, /api/webauthn/login and /api/webauthn/assert: what an authenticator answered.
 * They need no API key: the challenge was given to somebody who had one, and the signature is the proof.
 *
 * Deviation: the origin must be one that is known here (model/passkey), or be named by a caller with an API key. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_webauthn.h"
#include "model/credential/credential.h"
#include "model/event/event.h"

/* The tenant of the call when it says one; NULL: the challenge knows. */
static enum err
find_open(struct rq *rq, enum ticket_kind kind, bytes client_data, struct passkey_open *open)
{
    static const struct passkey_refusal unknown = {"challenge",
        "credential.response.clientDataJSON",
        "The challenge is not one that is open: start again."};
    bool found;
    enum err e = api_is_bound(rq) ? api_tenant(rq) : ERR_OK;

    e = e ? e : passkey_find_open(rq, rq->tenant, kind, client_data, open, &found);
    if (e != ERR_OK) {
        return e;
    }
    if (!found) {
        return api_refuse(rq, unknown.path, "invalid", unknown.message);
    }
    return open->tenant->webauthn.enabled ? ERR_OK : api_webauthn_refuse_closed(rq);
}

static void
check_caller(struct rq *rq, const struct passkey_open *open, str origin, str rp_id, str inner_rp_id)
{
    struct field_reader reader = api_reader(rq);

    if (!str_eq(origin, open->origin)) {
        field_fault(&reader, "origin", "invalid", "The origin is not that of the client data.");
    }
    api_webauthn_check_rp(rq, open->tenant, "rpId", rp_id);
    api_webauthn_check_rp(rq, open->tenant, "credential.rpId", inner_rp_id);
}

/* Only somebody we know is believed about where a ceremony took place. */
static str
origin_to_believe(const struct rq *rq, str origin)
{
    return rq->api_key != NULL ? origin : NO_STR;
}

static enum err
register_passkey(struct rq *rq, const struct webauthn_register_complete *body,
    const struct passkey_registration *response, const struct passkey_open *open)
{
    struct passkey passkey = {
        .discoverable = body->credential.extensions.props.rk,
        .transports = body->credential.transports,
    };
    const struct passkey_refusal *refusal;
    enum err e = passkey_complete_registration(
        rq, open, response, origin_to_believe(rq, body->origin), &passkey, &refusal);

    if (e != ERR_OK) {
        return e;
    }
    if (refusal != NULL) {
        return api_webauthn_refuse(rq, open->tenant, refusal);
    }
    e = api_webauthn_note(rq, open->tenant, "user.webauthn.create", NULL, &passkey);
    return e ? e : api_webauthn_answer(rq, &passkey);
}

enum err
api_webauthn_register_complete(struct rq *rq)
{
    struct webauthn_register_complete body;
    struct passkey_registration response;
    struct passkey_open open;
    struct field_reader reader = api_reader(rq);
    enum err e = api_webauthn_body(rq, &api_webauthn_register_complete_table, &body);

    if (e != ERR_OK) {
        return e;
    }
    response.id = body.credential.id;
    response.client_data = api_webauthn_bytes(
        rq, body.credential.response.client_data, "credential.response.clientDataJSON");
    response.attestation = api_webauthn_bytes(
        rq, body.credential.response.attestation, "credential.response.attestationObject");
    e = api_faults(rq);
    e = e ? e : find_open(rq, TICKET_WEBAUTHN_REGISTER, response.client_data, &open);
    if (e != ERR_OK) {
        return e;
    }
    check_caller(rq, &open, body.origin, body.rp_id, body.credential.rp_id);
    if (!uuid_eq(body.user_id, open.user->id)) {
        field_fault(&reader, "userId", "invalid", "The registration was started for another user.");
    }
    e = api_faults(rq);
    return e ? e : register_passkey(rq, &body, &response, &open);
}

/* What login and assert have in common: the passkey was used, now. */
static enum err
use_passkey(
    struct rq *rq, struct webauthn_login *body, struct passkey_open *open, struct passkey **ret)
{
    const struct webauthn_used_response *from = &body->credential.response;
    struct passkey_assertion response;
    const struct passkey_refusal *refusal;
    enum err e = api_webauthn_body(rq, &api_webauthn_login_table, body);

    if (e != ERR_OK) {
        return e;
    }
    response.id = body->credential.id;
    response.client_data =
        api_webauthn_bytes(rq, from->client_data, "credential.response.clientDataJSON");
    response.data = api_webauthn_bytes(rq, from->data, "credential.response.authenticatorData");
    response.signature = api_webauthn_bytes(rq, from->signature, "credential.response.signature");
    response.user_handle =
        api_webauthn_bytes(rq, from->user_handle, "credential.response.userHandle");
    e = api_faults(rq);
    e = e ? e : find_open(rq, TICKET_WEBAUTHN_LOGIN, response.client_data, open);
    if (e != ERR_OK) {
        return e;
    }
    check_caller(rq, open, body->origin, body->rp_id, body->credential.rp_id);
    e = api_faults(rq);
    e = e ? e
          : passkey_complete_login(
              rq, open, &response, origin_to_believe(rq, body->origin), ret, &refusal);
    if (e != ERR_OK) {
        return e;
    }
    if (refusal != NULL) {
        rq->login_application = open->application ? open->application->id : rq->login_application;
        api_info_take_login(rq, &body->base);
        credential_note_failure(
            rq, open->tenant, open->user->id, ATTEMPT_PASSKEY, user_login_id(open->user));
        return api_webauthn_refuse(rq, open->tenant, refusal);
    }
    return ERR_OK;
}

enum err
api_webauthn_login(struct rq *rq)
{
    struct webauthn_login body;
    struct passkey_open open;
    struct passkey *passkey;
    struct api_entry entry;
    enum err e = use_passkey(rq, &body, &open, &passkey);

    if (e != ERR_OK) {
        return e;
    }
    if (open.application == NULL || !open.application->active
        || !(uuid_is_nil(body.base.application_id)
             || uuid_eq(body.base.application_id, open.application->id))) {
        return api_refuse(
            rq, "applicationId", "invalid", "Name the active application that the start named.");
    }
    entry = (struct api_entry){
        .tenant = open.tenant,
        .application = open.application,
        .user = open.user,
        .authentication = "WebAuthn",
        .trust = body.trust,
        .state = passkey_state(rq, &open),
        .base = &body.base,
    };
    return api_login_finish(rq, &entry);
}

enum err
api_webauthn_assert(struct rq *rq)
{
    struct webauthn_login body;
    struct passkey_open open;
    struct passkey *passkey;
    struct event event;
    enum err e = use_passkey(rq, &body, &open, &passkey);

    if (e != ERR_OK) {
        return e;
    }
    event = (struct event){.kind = "user.webauthn.assert", .user_id = open.user->id};
    e = event_add(rq, open.tenant, &event);
    return e ? e : api_webauthn_answer(rq, passkey);
}
