/* SPDX-License-Identifier: Apache-2.0 */
/* What calls about passkeys share: FusionAuth's types of their bodies, and how a ceremony is refused. */
#include "flow/api/api_webauthn.h"

#include "base/log.h"
#include "codec/base64.h"

enum { OBJECT_MAX = 64 * 1024, CLIENT_MAX = 8 * 1024, ID_MAX = 2048, ORIGIN_MAX = 2048 };

/* clang-format off */
static const char *const types[] = {"public-key", NULL};
static const char *const id_types[] = {"email", "phoneNumber", "username", NULL};

#define RS(member) FIELD_AT(struct webauthn_register_start, member)
static const struct field register_start_fields[] = {
    {.name = "displayName", .kind = FIELD_TEXT, .offset = RS(display_name), .flags = FIELD_REQUIRED | FIELD_PERSONAL},
    {.name = "name",        .kind = FIELD_TEXT, .offset = RS(name), .flags = FIELD_PERSONAL},
    {.name = "userAgent",   .kind = FIELD_TEXT, .offset = RS(user_agent), .flags = FIELD_PERSONAL, .max = 1024},
    {.name = "userId",      .kind = FIELD_UUID, .offset = RS(user_id), .flags = FIELD_REQUIRED},
    {.name = "workflow",    .kind = FIELD_ENUM, .offset = RS(workflow), .flags = FIELD_REQUIRED, .default_int = -1, .more.names = passkey_workflows},
};
const struct field_table api_webauthn_register_start_table = FIELD_TABLE("WebAuthnRegisterStartRequest", register_start_fields, struct webauthn_register_start, NULL);

#define ST(member) FIELD_AT(struct webauthn_start, member)
static const struct field start_fields[] = {
    {.name = "applicationId", .kind = FIELD_UUID,  .offset = ST(application_id), .flags = FIELD_REQUIRED},
    {.name = "credentialId",  .kind = FIELD_UUID,  .offset = ST(passkey_id)},
    {.name = "loginId",       .kind = FIELD_TEXT,  .offset = ST(login_id), .flags = FIELD_PERSONAL},
    {.name = "loginIdTypes",  .kind = FIELD_ENUMS, .offset = ST(id_types), .more.names = id_types},
    {.name = "state",         .kind = FIELD_JSON,  .offset = ST(state), .max = 8192},
    {.name = "userId",        .kind = FIELD_UUID,  .offset = ST(user_id)},
    {.name = "workflow",      .kind = FIELD_ENUM,  .offset = ST(workflow), .flags = FIELD_REQUIRED, .default_int = -1, .more.names = passkey_workflows},
};
const struct field_table api_webauthn_start_table = FIELD_TABLE("WebAuthnStartRequest", start_fields, struct webauthn_start, NULL);

static const struct field props_fields[] = {
    {.name = "rk", .kind = FIELD_BOOL, .offset = 0},
};
static const struct field_table props_table = FIELD_TABLE("CredentialPropertiesOutput", props_fields, struct webauthn_props, NULL);
static const struct field extension_fields[] = {
    {.name = "credProps", .kind = FIELD_OBJECT, .offset = 0, .more.table = &props_table},
};
static const struct field_table extension_table = FIELD_TABLE("WebAuthnExtensionsClientOutputs", extension_fields, struct webauthn_extensions, NULL);

#define NR(member) FIELD_AT(struct webauthn_new_response, member)
static const struct field new_response_fields[] = {
    {.name = "attestationObject", .kind = FIELD_TEXT, .offset = NR(attestation), .flags = FIELD_REQUIRED, .max = OBJECT_MAX},
    {.name = "clientDataJSON",    .kind = FIELD_TEXT, .offset = NR(client_data), .flags = FIELD_REQUIRED, .max = CLIENT_MAX},
};
static const struct field_table new_response_table = FIELD_TABLE("WebAuthnAuthenticatorRegistrationResponse", new_response_fields, struct webauthn_new_response, NULL);

#define NW(member) FIELD_AT(struct webauthn_new, member)
static const struct field new_fields[] = {
    {.name = "clientExtensionResults", .kind = FIELD_OBJECT, .offset = NW(extensions), .more.table = &extension_table},
    {.name = "id",         .kind = FIELD_TEXT,   .offset = NW(id), .flags = FIELD_REQUIRED, .max = ID_MAX},
    {.name = "response",   .kind = FIELD_OBJECT, .offset = NW(response), .flags = FIELD_REQUIRED, .more.table = &new_response_table},
    {.name = "rpId",       .kind = FIELD_TEXT,   .offset = NW(rp_id)},
    {.name = "transports", .kind = FIELD_TEXTS,  .offset = NW(transports), .min = 1, .max = 30},
    {.name = "type",       .kind = FIELD_ENUM,   .offset = NW(type), .flags = FIELD_REQUIRED, .default_int = -1, .more.names = types},
};
static const struct field_table new_table = FIELD_TABLE("WebAuthnPublicKeyRegistrationRequest", new_fields, struct webauthn_new, NULL);

#define RC(member) FIELD_AT(struct webauthn_register_complete, member)
static const struct field register_complete_fields[] = {
    {.name = "credential", .kind = FIELD_OBJECT, .offset = RC(credential), .flags = FIELD_REQUIRED, .more.table = &new_table},
    {.name = "origin",     .kind = FIELD_TEXT,   .offset = RC(origin), .flags = FIELD_REQUIRED, .max = ORIGIN_MAX},
    {.name = "rpId",       .kind = FIELD_TEXT,   .offset = RC(rp_id), .flags = FIELD_REQUIRED},
    {.name = "userId",     .kind = FIELD_UUID,   .offset = RC(user_id), .flags = FIELD_REQUIRED},
};
const struct field_table api_webauthn_register_complete_table = FIELD_TABLE("WebAuthnRegisterCompleteRequest", register_complete_fields, struct webauthn_register_complete, NULL);

#define UR(member) FIELD_AT(struct webauthn_used_response, member)
static const struct field used_response_fields[] = {
    {.name = "authenticatorData", .kind = FIELD_TEXT, .offset = UR(data), .flags = FIELD_REQUIRED, .max = CLIENT_MAX},
    {.name = "clientDataJSON",    .kind = FIELD_TEXT, .offset = UR(client_data), .flags = FIELD_REQUIRED, .max = CLIENT_MAX},
    {.name = "signature",         .kind = FIELD_TEXT, .offset = UR(signature), .flags = FIELD_REQUIRED, .max = ID_MAX},
    {.name = "userHandle",        .kind = FIELD_TEXT, .offset = UR(user_handle)},
};
static const struct field_table used_response_table = FIELD_TABLE("WebAuthnAuthenticatorAuthenticationResponse", used_response_fields, struct webauthn_used_response, NULL);

#define US(member) FIELD_AT(struct webauthn_used, member)
static const struct field used_fields[] = {
    {.name = "clientExtensionResults", .kind = FIELD_OBJECT, .offset = US(extensions), .more.table = &extension_table},
    {.name = "id",       .kind = FIELD_TEXT,   .offset = US(id), .flags = FIELD_REQUIRED, .max = ID_MAX},
    {.name = "response", .kind = FIELD_OBJECT, .offset = US(response), .flags = FIELD_REQUIRED, .more.table = &used_response_table},
    {.name = "rpId",     .kind = FIELD_TEXT,   .offset = US(rp_id)},
    {.name = "type",     .kind = FIELD_ENUM,   .offset = US(type), .flags = FIELD_REQUIRED, .default_int = -1, .more.names = types},
};
static const struct field_table used_table = FIELD_TABLE("WebAuthnPublicKeyAuthenticationRequest", used_fields, struct webauthn_used, NULL);

#define LG(member) FIELD_AT(struct webauthn_login, member)
static const struct field login_fields[] = {
    API_LOGIN_BASE_FIELDS,
    {.name = "credential",       .kind = FIELD_OBJECT, .offset = LG(credential), .flags = FIELD_REQUIRED, .more.table = &used_table},
    {.name = "origin",           .kind = FIELD_TEXT,   .offset = LG(origin), .flags = FIELD_REQUIRED, .max = ORIGIN_MAX},
    {.name = "rpId",             .kind = FIELD_TEXT,   .offset = LG(rp_id), .flags = FIELD_REQUIRED},
    {.name = "twoFactorTrustId", .kind = FIELD_TEXT,   .offset = LG(trust)},
};
const struct field_table api_webauthn_login_table = FIELD_TABLE("WebAuthnLoginRequest", login_fields, struct webauthn_login, NULL);

#define IM(member) FIELD_AT(struct webauthn_import, member)
static const struct field import_fields[] = {
    {.name = "credentials",           .kind = FIELD_OBJECTS, .offset = IM(credentials), .flags = FIELD_REQUIRED, .more.table = &passkey_table},
    {.name = "validateDbConstraints", .kind = FIELD_BOOL,    .offset = IM(validates)},
};
const struct field_table api_webauthn_import_table = FIELD_TABLE("WebAuthnCredentialImportRequest", import_fields, struct webauthn_import, NULL);
/* clang-format on */

bytes
api_webauthn_bytes(struct rq *rq, str text, const char *path)
{
    struct field_reader reader = api_reader(rq);
    bytes raw = {NULL, 0};

    if (text.n % 4 == 0) {
        text.n -= str_ends(text, S("==")) ? 2 : str_ends(text, S("="));
    }
    if (!base64url_decode(rq->arena, text, &raw)) {
        field_fault(&reader, path, "invalid", "Write the bytes in base64url.");
    }
    return raw;
}

enum err
api_webauthn_body(struct rq *rq, const struct field_table *table, void *to)
{
    const struct json *body;
    enum err e = api_body(rq, NULL, table, to, &body);

    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "", "missing", "Send a JSON object.");
    }
    return e ? e : api_faults(rq);
}

void
api_webauthn_check_rp(struct rq *rq, const struct tenant *tenant, const char *path, str rp_id)
{
    struct field_reader reader = api_reader(rq);

    if (rp_id.n && !str_eq(rp_id, passkey_rp_id(rq, tenant))) {
        field_fault(&reader, path, "invalid",
            "The relying party is another: use the one that the start named.");
    }
}

enum err
api_webauthn_refuse(
    struct rq *rq, const struct tenant *tenant, const struct passkey_refusal *refusal)
{
    if (tenant->webauthn.debug || refusal->is_alarming) {
        LOG(rq->now, "webauthn.refused", LOG_STR("request", str_from(rq->id)),
            LOG_STR("tenant", uuid_text(rq->arena, tenant->id)),
            LOG_STR("step", str_from(refusal->step)));
    }
    return api_refuse(rq, refusal->path, "invalid", refusal->message);
}

enum err
api_webauthn_refuse_closed(struct rq *rq)
{
    return api_refuse(rq, "", "WebAuthnDisabled",
        "Passkeys are not enabled for this workflow: see the tenant's settings.");
}

enum err
api_webauthn_answer(struct rq *rq, const struct passkey *passkey)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("credential"));
    field_write(&passkey_table, FIELD_FOR_API, passkey, &answer.out);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_webauthn_note(struct rq *rq, const struct tenant *tenant, const char *kind,
    const struct passkey *before, const struct passkey *after)
{
    const struct passkey *passkey = after ? after : before;
    struct api_change change = {
        .kind = kind,
        .id = passkey->id,
        .user_id = passkey->user_id,
        .table = &passkey_table,
        .before = before,
        .after = after,
    };

    return api_audit(rq, tenant, &change);
}
