/* SPDX-License-Identifier: Apache-2.0 */
/* Passkeys in the OpenAPI document, in the words of api_openapi.h. */
#include "flow/api/api_openapi.h"

#include "base/base.h"
#include "flow/api/api_webauthn.h"

/* clang-format off */
static const struct field_table *const tables[] = {
    &api_webauthn_import_table, &api_webauthn_login_table, &api_webauthn_register_complete_table,
    &api_webauthn_register_start_table, &api_webauthn_start_table, &passkey_table,
};

static const struct api_type types[] = {
    {"AuthenticatorSelectionCriteria",
        "authenticatorAttachment:string requireResidentKey:boolean residentKey:ResidentKeyRequirement userVerification:UserVerificationRequirement"},
    {"PublicKeyCredentialCreationOptions",
        "attestation:AttestationConveyancePreference authenticatorSelection:AuthenticatorSelectionCriteria challenge:string "
        "excludeCredentials:PublicKeyCredentialDescriptor[] extensions:WebAuthnRegistrationExtensionOptions "
        "pubKeyCredParams:PublicKeyCredentialParameters[] rp:PublicKeyCredentialRelyingPartyEntity timeout:integer "
        "user:PublicKeyCredentialUserEntity"},
    {"PublicKeyCredentialDescriptor", "id:string transports:string[] type:PublicKeyCredentialType"},
    {"PublicKeyCredentialEntity", "name:string"},
    {"PublicKeyCredentialParameters", "alg:integer type:PublicKeyCredentialType"},
    {"PublicKeyCredentialRelyingPartyEntity", "id:string name:string"},
    {"PublicKeyCredentialRequestOptions",
        "allowCredentials:PublicKeyCredentialDescriptor[] challenge:string rpId:string timeout:integer "
        "userVerification:UserVerificationRequirement"},
    {"PublicKeyCredentialUserEntity", "displayName:string id:string name:string"},
    {"WebAuthnAssertResponse", "credential:WebAuthnCredential"},
    {"WebAuthnCredentialResponse", "credential:WebAuthnCredential credentials:WebAuthnCredential[]"},
    {"WebAuthnRegisterCompleteResponse", "credential:WebAuthnCredential"},
    {"WebAuthnRegisterStartResponse", "options:PublicKeyCredentialCreationOptions"},
    {"WebAuthnRegistrationExtensionOptions", "credProps:boolean"},
    {"WebAuthnStartResponse", "options:PublicKeyCredentialRequestOptions"},
};

static const struct api_operation operations[] = {
    {"POST",   "/api/webauthn/register/start",    "WebAuthnRegisterStartRequest",    "WebAuthnRegisterStartResponse",    ""},
    {"POST",   "/api/webauthn/register/complete", "WebAuthnRegisterCompleteRequest", "WebAuthnRegisterCompleteResponse", ""},
    {"POST",   "/api/webauthn/start",             "WebAuthnStartRequest",            "WebAuthnStartResponse",            ""},
    {"POST",   "/api/webauthn/login",             "WebAuthnLoginRequest",            "LoginResponse",                    ""},
    {"POST",   "/api/webauthn/assert",            "WebAuthnLoginRequest",            "WebAuthnAssertResponse",           ""},
    {"POST",   "/api/webauthn/import",            "WebAuthnCredentialImportRequest", NULL,                               ""},
    {"GET",    "/api/webauthn/{id?}",             NULL,                              "WebAuthnCredentialResponse",       "userId"},
    {"DELETE", "/api/webauthn/{id?}",             NULL,                              NULL,                               "userId"},
};
/* clang-format on */
const struct api_chapter api_webauthn_chapter = {
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};
