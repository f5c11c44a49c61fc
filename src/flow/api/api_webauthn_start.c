/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/webauthn/register/start and /api/webauthn/start: a challenge, and what else a browser needs (WebAuthn Level 3
 * s5.4, s5.5, as JSON with base64url). Both need an API key, so that nobody else makes us write. Deviations: the relying
 * party is always named; [WebAuthnDisabled] and [noCredentials] are our own codes. */
#include "codec/cose.h"
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_user.h"
#include "flow/api/api_webauthn.h"

static void
write_descriptors(struct json_out *out, str name, const struct passkey_options *options)
{
    json_out_name(out, name);
    json_out_array(out);
    for (size_t i = 0; i < options->count; i++) {
        const struct passkey *passkey = options->passkeys[i];

        json_out_object(out);
        json_put_str(out, S("id"), passkey->credential_id);
        json_out_name(out, S("transports"));
        json_out_array(out);
        for (size_t t = 0; t < passkey->transports.count; t++) {
            json_out_str(out, passkey->transports.items[t]);
        }
        json_out_array_end(out);
        json_put_str(out, S("type"), S("public-key"));
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void
write_algorithms(struct json_out *out)
{
    json_out_name(out, S("pubKeyCredParams"));
    json_out_array(out);
    for (size_t i = 0; cose_alg_at(i) != 0; i++) {
        json_out_object(out);
        json_put_i64(out, S("alg"), cose_alg_at(i));
        json_put_str(out, S("type"), S("public-key"));
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

/* s5.4.4; a key that the authenticator keeps itself can be offered before anybody says who they are. */
static void
write_selection(struct json_out *out, const struct passkey_options *options)
{
    json_out_name(out, S("authenticatorSelection"));
    json_out_object(out);
    if (options->attachment != WEBAUTHN_ANY) {
        json_put_str(out, S("authenticatorAttachment"),
            options->attachment == WEBAUTHN_PLATFORM ? S("platform") : S("cross-platform"));
    }
    json_put_bool(out, S("requireResidentKey"), false);
    json_put_str(out, S("residentKey"), S("preferred"));
    json_put_str(
        out, S("userVerification"), str_from(webauthn_verifications[options->verification]));
    json_out_object_end(out);
}

static enum err
answer_creation(
    struct rq *rq, const struct passkey_start *start, const struct passkey_options *options)
{
    struct api_answer answer;
    struct json_out *out = &answer.out;

    api_answer_start(rq, &answer);
    json_out_name(out, S("options"));
    json_out_object(out);
    json_put_str(out, S("attestation"), S("none"));
    write_selection(out, options);
    json_put_str(out, S("challenge"), options->challenge);
    write_descriptors(out, S("excludeCredentials"), options);
    json_put_raw(out, S("extensions"), S("{\"credProps\":true}"));
    write_algorithms(out);
    json_out_name(out, S("rp"));
    json_out_object(out);
    json_put_str(out, S("id"), options->rp_id);
    json_put_str(out, S("name"), passkey_rp_name(start->tenant));
    json_out_object_end(out);
    json_put_i64(out, S("timeout"), options->timeout_ms);
    json_out_name(out, S("user"));
    json_out_object(out);
    json_put_str(out, S("displayName"), start->display_name);
    json_put_str(out, S("id"), passkey_user_handle(rq->arena, start->user->id));
    json_put_str(out, S("name"), start->name);
    json_out_object_end(out);
    json_out_object_end(out);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_webauthn_register_start(struct rq *rq)
{
    struct webauthn_register_start body;
    struct passkey_start start = {.application = NULL};
    struct passkey_options options;
    struct user *user = NULL;
    enum err e = api_webauthn_body(rq, &api_webauthn_register_start_table, &body);

    e = e ? e : api_user_find(rq, body.user_id, &start.tenant, &user);
    if (e != ERR_OK) {
        return e;
    }
    if (user == NULL) {
        return api_not_found(rq);
    }
    start.user = user;
    start.workflow = (enum passkey_workflow)body.workflow;
    start.display_name = body.display_name;
    start.name = body.name.n ? body.name : user_login_id(user);
    start.user_agent = body.user_agent;
    if (!passkey_workflow(start.tenant, NULL, start.workflow).enabled) {
        return api_webauthn_refuse_closed(rq);
    }
    e = passkey_start_registration(rq, &start, &options);
    if (e != ERR_OK) {
        return e;
    }
    if (options.is_full) {
        return api_refuse(
            rq, "userId", "tooMany", "A user has at most 100 passkeys: delete one first.");
    }
    return answer_creation(rq, &start, &options);
}

static enum err
answer_request(struct rq *rq, const struct passkey_options *options)
{
    struct api_answer answer;
    struct json_out *out = &answer.out;

    api_answer_start(rq, &answer);
    json_out_name(out, S("options"));
    json_out_object(out);
    write_descriptors(out, S("allowCredentials"), options);
    json_put_str(out, S("challenge"), options->challenge);
    json_put_str(out, S("rpId"), options->rp_id);
    json_put_i64(out, S("timeout"), options->timeout_ms);
    json_put_str(
        out, S("userVerification"), str_from(webauthn_verifications[options->verification]));
    json_out_object_end(out);
    return api_answer_send(rq, &answer, 200);
}

/* By id, or by a login id that is one of the kinds asked for. */
static enum err
find_user(struct rq *rq, const struct webauthn_start *body, const struct tenant *tenant,
    struct user **ret)
{
    static str usual[] = {S_INIT("email"), S_INIT("username")};
    struct field_texts types =
        body->id_types.count ? body->id_types : (struct field_texts){usual, COUNT(usual)};
    str login_id = body->login_id;
    enum err e;

    if (!uuid_is_nil(body->user_id)) {
        return user_load(rq, tenant, body->user_id, USER_PLAIN, ret);
    }
    e = api_user_phone(rq, tenant, &types, &login_id);
    e = e ? e : user_find(rq, tenant, login_id, USER_PLAIN, ret);
    if (e == ERR_OK && *ret != NULL && !api_user_has(rq, *ret, login_id, &types)) {
        *ret = NULL;
    }
    return e;
}

static void
check_start(struct rq *rq, const struct webauthn_start *body, const struct application *app)
{
    struct field_reader reader = api_reader(rq);

    if (app == NULL || !app->active) {
        field_fault(
            &reader, "applicationId", "invalid", "Name an active application of this tenant.");
    }
    if (body->workflow == PASSKEY_GENERAL) {
        field_fault(&reader, "workflow", "invalid", "Say bootstrap or reauthentication.");
    }
    if (uuid_is_nil(body->user_id) && body->login_id.n == 0) {
        field_fault(&reader, "loginId", "blank", "Say who signs in: by userId or loginId.");
    }
}

static enum err
start_login(struct rq *rq, const struct webauthn_start *body, struct passkey_start *start)
{
    struct passkey_options options;
    struct user *user;
    enum err e = find_user(rq, body, start->tenant, &user);

    if (e != ERR_OK) {
        return e;
    }
    if (user == NULL) {
        return api_not_found(rq);
    }
    start->user = user;
    start->workflow = (enum passkey_workflow)body->workflow;
    start->passkey_id = body->passkey_id;
    start->state = body->state;
    if (!passkey_workflow(start->tenant, start->application, start->workflow).enabled) {
        return api_webauthn_refuse_closed(rq);
    }
    e = passkey_start_login(rq, start, &options);
    if (e != ERR_OK) {
        return e;
    }
    if (options.count == 0) {
        return api_refuse(rq, uuid_is_nil(body->passkey_id) ? "" : "credentialId", "noCredentials",
            "The user has no passkey that may be used here.");
    }
    return answer_request(rq, &options);
}

enum err
api_webauthn_start(struct rq *rq)
{
    struct webauthn_start body;
    struct passkey_start start = {.application = NULL};
    enum err e = api_webauthn_body(rq, &api_webauthn_start_table, &body);

    e = e ? e : api_application_find(rq, body.application_id, &start.tenant, &start.application);
    if (e == ERR_OK) {
        check_start(rq, &body, start.application);
        e = api_faults(rq);
    }
    return e ? e : start_login(rq, &body, &start);
}
