/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of an application's settings that are kept without effect. */
#include "model/application/application_kept.h"

static const char *const c14ns[] = {
    "exclusive", "exclusive_with_comments", "inclusive", "inclusive_with_comments", NULL};
static const char *const places[] = {"Assertion", "Response", NULL};
static const char *const logouts[] = {"AllParticipants", "OnlyOriginator", NULL};

static const char *const digests[] = {"SHA1", "SHA256", "SHA384", "SHA512", NULL};
static const char *const ciphers[] = {
    "AES128", "AES192", "AES256", "AES128GCM", "AES192GCM", "AES256GCM", "TripleDES", NULL};
static const char *const key_locations[] = {"Child", "Sibling", NULL};
static const char *const transports[] = {"RSAv15", "RSA_OAEP", "RSA_OAEP_MGF1P", NULL};
static const char *const masks[] = {
    "MGF1_SHA1", "MGF1_SHA224", "MGF1_SHA256", "MGF1_SHA384", "MGF1_SHA512", NULL};

/* clang-format off */
enum { BY_DEFAULT_WITH_COMMENTS = 1, BY_DEFAULT_SHA256 = 1, BY_DEFAULT_AES256_GCM = 5, BY_DEFAULT_OAEP = 1 };

#define M(member) FIELD_AT(struct app_moderation, member)
static const struct field moderation_fields[] = {
    {.name = "enabled",       .kind = FIELD_BOOL, .offset = M(enabled)},
    {.name = "applicationId", .kind = FIELD_UUID, .offset = M(application_id)},
};
static const struct field_table moderation_table = FIELD_TABLE("UsernameModeration", moderation_fields, struct app_moderation, NULL);
#define C(member) FIELD_AT(struct app_clean_speak, member)
static const struct field clean_speak_fields[] = {
    {.name = "enabled",            .kind = FIELD_BOOL,   .offset = C(enabled)},
    {.name = "apiKey",             .kind = FIELD_SECRET, .offset = C(api_key), .flags = FIELD_SHOWN},
    {.name = "applicationIds",     .kind = FIELD_UUIDS,  .offset = C(application_ids)},
    {.name = "url",                .kind = FIELD_URI,    .offset = C(url)},
    {.name = "usernameModeration", .kind = FIELD_OBJECT, .offset = C(usernames), .more.table = &moderation_table},
};
const struct field_table app_clean_speak_table = FIELD_TABLE("CleanSpeakConfiguration", clean_speak_fields, struct app_clean_speak, NULL);

static const struct field token_fields[] = {
    {.name = "enabled", .kind = FIELD_BOOL, .offset = FIELD_AT(struct app_token_config, enabled)},
};
const struct field_table app_token_config_table = FIELD_TABLE("AuthenticationTokenConfiguration", token_fields, struct app_token_config, NULL);

#define R(member) FIELD_AT(struct app_requirable, member)
static const struct field requirable_fields[] = {
    {.name = "enabled",  .kind = FIELD_BOOL, .offset = R(enabled), .default_int = true},
    {.name = "required", .kind = FIELD_BOOL, .offset = R(required)},
};
static const struct field_table requirable_table = FIELD_TABLE("Requirable", requirable_fields, struct app_requirable, NULL);
#define P(member) FIELD_AT(struct app_scope_policy, member)
static const struct field policy_fields[] = {
    {.name = "address", .kind = FIELD_OBJECT, .offset = P(address), .more.table = &requirable_table},
    {.name = "email",   .kind = FIELD_OBJECT, .offset = P(email),   .more.table = &requirable_table},
    {.name = "phone",   .kind = FIELD_OBJECT, .offset = P(phone),   .more.table = &requirable_table},
    {.name = "profile", .kind = FIELD_OBJECT, .offset = P(profile), .more.table = &requirable_table},
};
const struct field_table app_scope_policy_table = FIELD_TABLE("ProvidedScopePolicy", policy_fields, struct app_scope_policy, NULL);

static void
check_encryption(struct field_check *check)
{
    const struct app_saml_encryption *encryption = check->object;

    if (encryption->enabled && uuid_is_nil(encryption->key_id)) {
        field_check_fault(check, "keyTransportEncryptionKeyId", "missing", "Name the key that assertions are encrypted for.");
    }
}
#define E(member) FIELD_AT(struct app_saml_encryption, member)
static const struct field encryption_fields[] = {
    {.name = "enabled",                     .kind = FIELD_BOOL, .offset = E(enabled)},
    {.name = "digestAlgorithm",             .kind = FIELD_ENUM, .offset = E(digest), .default_int = BY_DEFAULT_SHA256, .more.names = digests},
    {.name = "encryptionAlgorithm",         .kind = FIELD_ENUM, .offset = E(cipher), .default_int = BY_DEFAULT_AES256_GCM, .more.names = ciphers},
    {.name = "keyLocation",                 .kind = FIELD_ENUM, .offset = E(key_location), .more.names = key_locations},
    {.name = "keyTransportAlgorithm",       .kind = FIELD_ENUM, .offset = E(transport), .default_int = BY_DEFAULT_OAEP, .more.names = transports},
    {.name = "keyTransportEncryptionKeyId", .kind = FIELD_UUID, .offset = E(key_id)},
    {.name = "maskGenerationFunction",      .kind = FIELD_ENUM, .offset = E(mask), .more.names = masks},
};
static const struct field_table encryption_table = FIELD_TABLE("SAMLv2AssertionEncryptionConfiguration", encryption_fields, struct app_saml_encryption, check_encryption);

#define I(member) FIELD_AT(struct app_saml_initiated, member)
static const struct field initiated_fields[] = {
    {.name = "enabled",      .kind = FIELD_BOOL, .offset = I(enabled)},
    {.name = "nameIdFormat", .kind = FIELD_TEXT, .offset = I(name_id_format), .default_text = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"},
};
static const struct field_table initiated_table = FIELD_TABLE("SAMLv2IdPInitiatedLoginConfiguration", initiated_fields, struct app_saml_initiated, NULL);

#define H(member) FIELD_AT(struct app_saml_hint, member)
static const struct field hint_fields[] = {
    {.name = "enabled",       .kind = FIELD_BOOL, .offset = H(enabled), .default_int = true},
    {.name = "parameterName", .kind = FIELD_TEXT, .offset = H(parameter), .default_text = "login_hint"},
};
static const struct field_table hint_table = FIELD_TABLE("LoginHintConfiguration", hint_fields, struct app_saml_hint, NULL);

#define O(member) FIELD_AT(struct app_saml_single_logout, member)
static const struct field single_fields[] = {
    {.name = "enabled",                .kind = FIELD_BOOL, .offset = O(enabled)},
    {.name = "keyId",                  .kind = FIELD_UUID, .offset = O(key_id)},
    {.name = "url",                    .kind = FIELD_URI,  .offset = O(url)},
    {.name = "xmlSignatureC14nMethod", .kind = FIELD_ENUM, .offset = O(c14n), .default_int = BY_DEFAULT_WITH_COMMENTS, .more.names = c14ns},
};
static void
check_single(struct field_check *check)
{
    const struct app_saml_single_logout *single = check->object;

    if (single->enabled && single->url.n == 0) {
        field_check_fault(check, "url", "blank", "Say where the service provider takes logout requests.");
    }
}
static const struct field_table single_table = FIELD_TABLE("SAMLv2SingleLogout", single_fields, struct app_saml_single_logout, check_single);

static const char wants_key[] = "Name the keys that signatures of the service provider are verified with.";
static void
check_logout(struct field_check *check)
{
    const struct app_saml_logout *logout = check->object;

    if (logout->requires_signature && logout->verification_key_ids.count == 0 && uuid_is_nil(logout->default_verification_key_id)) {
        field_check_fault(check, "verificationKeyIds", "missing", wants_key);
    }
}
#define L(member) FIELD_AT(struct app_saml_logout, member)
static const struct field logout_fields[] = {
    {.name = "behavior",                 .kind = FIELD_ENUM,   .offset = L(behavior), .more.names = logouts},
    {.name = "defaultVerificationKeyId", .kind = FIELD_UUID,   .offset = L(default_verification_key_id)},
    {.name = "keyId",                    .kind = FIELD_UUID,   .offset = L(key_id)},
    {.name = "requireSignedRequests",    .kind = FIELD_BOOL,   .offset = L(requires_signature)},
    {.name = "singleLogout",             .kind = FIELD_OBJECT, .offset = L(single), .more.table = &single_table},
    {.name = "verificationKeyIds",       .kind = FIELD_UUIDS,  .offset = L(verification_key_ids)},
    {.name = "xmlSignatureC14nMethod",   .kind = FIELD_ENUM,   .offset = L(c14n), .default_int = BY_DEFAULT_WITH_COMMENTS, .more.names = c14ns},
};
static const struct field_table logout_table = FIELD_TABLE("SAMLv2Logout", logout_fields, struct app_saml_logout, check_logout);

#define S2(member) FIELD_AT(struct app_saml, member)
static const struct field saml_fields[] = {
    {.name = "enabled",                          .kind = FIELD_BOOL,   .offset = S2(enabled)},
    {.name = "assertionEncryptionConfiguration", .kind = FIELD_OBJECT, .offset = S2(encryption), .more.table = &encryption_table},
    {.name = "audience",                         .kind = FIELD_TEXT,   .offset = S2(audience), .max = 1024},
    {.name = "authorizedRedirectURLs",           .kind = FIELD_URIS,   .offset = S2(redirect_urls)},
    {.name = "callbackURL",                      .kind = FIELD_URI,    .offset = S2(callback_url)},
    {.name = "debug",                            .kind = FIELD_BOOL,   .offset = S2(debug)},
    {.name = "defaultVerificationKeyId",         .kind = FIELD_UUID,   .offset = S2(default_verification_key_id)},
    {.name = "initiatedLogin",                   .kind = FIELD_OBJECT, .offset = S2(initiated), .more.table = &initiated_table},
    {.name = "issuer",                           .kind = FIELD_TEXT,   .offset = S2(issuer), .max = 1024},
    {.name = "keyId",                            .kind = FIELD_UUID,   .offset = S2(key_id)},
    {.name = "loginHintConfiguration",           .kind = FIELD_OBJECT, .offset = S2(hint), .more.table = &hint_table},
    {.name = "logout",                           .kind = FIELD_OBJECT, .offset = S2(logout), .more.table = &logout_table},
    {.name = "logoutURL",                        .kind = FIELD_URI,    .offset = S2(logout_url)},
    {.name = "requireSignedRequests",            .kind = FIELD_BOOL,   .offset = S2(requires_signature)},
    {.name = "verificationKeyIds",               .kind = FIELD_UUIDS,  .offset = S2(verification_key_ids)},
    {.name = "xmlSignatureC14nMethod",           .kind = FIELD_ENUM,   .offset = S2(c14n), .default_int = BY_DEFAULT_WITH_COMMENTS, .more.names = c14ns},
    {.name = "xmlSignatureLocation",             .kind = FIELD_ENUM,   .offset = S2(signature_at), .more.names = places},
};
static void
check_saml(struct field_check *check)
{
    const struct app_saml *saml = check->object;

    if (saml->enabled && saml->issuer.n == 0) {
        field_check_fault(check, "issuer", "blank", "Say who the service provider is.");
    }
    if (saml->enabled && saml->redirect_urls.count == 0 && saml->callback_url.n == 0) {
        field_check_fault(check, "authorizedRedirectURLs", "blank", "Name an address that answers may be sent to.");
    }
    if (saml->requires_signature && saml->verification_key_ids.count == 0 && uuid_is_nil(saml->default_verification_key_id)) {
        field_check_fault(check, "verificationKeyIds", "missing", wants_key);
    }
}
const struct field_table app_saml_table = FIELD_TABLE("SAMLv2Configuration", saml_fields, struct app_saml, check_saml);
/* clang-format on */
