/* SPDX-License-Identifier: Apache-2.0 */
/* What calls about passkeys share: their bodies, and refusals of what an authenticator answered. */
#pragma once
#include "flow/api/api.h"
#include "flow/api/api_login.h"
#include "model/passkey/passkey_ceremony.h"

struct webauthn_register_start { /* type WebAuthnRegisterStartRequest */
    str display_name, name, user_agent;
    struct uuid user_id;
    int workflow;
};
struct webauthn_start { /* type WebAuthnStartRequest */
    struct uuid application_id, passkey_id, user_id;
    str login_id, state;
    struct field_texts id_types;
    int workflow;
};
struct webauthn_register_complete { /* type WebAuthnRegisterCompleteRequest */
    struct webauthn_new {           /* WebAuthnPublicKeyRegistrationRequest */
        struct webauthn_extensions {
            struct webauthn_props {
                bool rk;
            } props;
        } extensions;
        str id, rp_id;
        struct webauthn_new_response {
            str attestation, client_data;
        } response;
        struct field_texts transports;
        int type;
    } credential;
    str origin, rp_id;
    struct uuid user_id;
};
struct webauthn_login { /* type WebAuthnLoginRequest */
    struct api_login_base base;
    struct webauthn_used { /* WebAuthnPublicKeyAuthenticationRequest */
        struct webauthn_extensions extensions;
        str id, rp_id;
        struct webauthn_used_response {
            str data, client_data, signature, user_handle;
        } response;
        int type;
    } credential;
    str origin, rp_id, trust;
};
struct webauthn_import {           /* type WebAuthnCredentialImportRequest */
    struct field_list credentials; /* struct passkey */
    bool validates;
};
extern const struct field_table api_webauthn_register_start_table, api_webauthn_start_table,
    api_webauthn_register_complete_table, api_webauthn_login_table, api_webauthn_import_table;

/* base64url, with or without padding: browsers leave it out, FusionAuth's examples do not. A fault at path when it is
 * neither. */
bytes api_webauthn_bytes(struct rq *rq, str text, const char *path);
/* Reads a body; one that is missing is refused. */
MUST_USE enum err api_webauthn_body(struct rq *rq, const struct field_table *table, void *to);
/* Is the relying party that the caller names ours? [invalid] faults are collected. */
void api_webauthn_check_rp(struct rq *rq, const struct tenant *tenant, const char *path, str rp_id);
/* ERR_FIELDS for a ceremony that is refused; logged where the tenant wants it. */
enum err api_webauthn_refuse(
    struct rq *rq, const struct tenant *tenant, const struct passkey_refusal *refusal);
enum err api_webauthn_refuse_closed(struct rq *rq);
/* Writes {"credential": ...}. */
enum err api_webauthn_answer(struct rq *rq, const struct passkey *passkey);
/* Declares the event of a passkey made, used or ended. */
MUST_USE enum err api_webauthn_note(struct rq *rq, const struct tenant *tenant, const char *kind,
    const struct passkey *before, const struct passkey *after);
