/* SPDX-License-Identifier: Apache-2.0 */
/* What identity providers are made of: the tables nested in theirs, and what each type may override for one
 * application. */
#include "model/idp/idp_internal.h"

static const char *const client_auths[] = {
    "none", "client_secret_basic", "client_secret_post", NULL};
static const char *const policies[] = {"Enabled", "Disabled", "AllowAlternates", NULL};
const char *const idp_login_methods[] = {"UsePopup", "UseRedirect", "UseVendorJavaScript", NULL};
const char *const idp_api_modes[] = {
    [IDP_STEAM_PUBLIC] = "Public", [IDP_STEAM_PARTNER] = "Partner", NULL};
const char *const idp_c14ns[] = {
    "exclusive", "exclusive_with_comments", "inclusive", "inclusive_with_comments", NULL};

/* clang-format off */
#define O(member) FIELD_AT(struct idp_oauth, member)
static const struct field oauth_fields[] = {
    {.name = "authorization_endpoint",     .kind = FIELD_URI,    .offset = O(authorization_endpoint)},
    {.name = "clientAuthenticationMethod", .kind = FIELD_ENUM,   .offset = O(client_auth), .default_int = IDP_CLIENT_BASIC, .more.names = client_auths},
    {.name = "client_id",                  .kind = FIELD_TEXT,   .offset = O(client_id)},
    {.name = "client_secret",              .kind = FIELD_SECRET, .offset = O(client_secret), .flags = FIELD_SHOWN},
    {.name = "emailClaim",                 .kind = FIELD_TEXT,   .offset = O(email_claim), .default_text = "email"},
    {.name = "emailVerifiedClaim",         .kind = FIELD_TEXT,   .offset = O(email_verified_claim), .default_text = "email_verified"},
    {.name = "issuer",                     .kind = FIELD_URI,    .offset = O(issuer)},
    {.name = "scope",                      .kind = FIELD_TEXT,   .offset = O(scope), .max = 1000},
    {.name = "token_endpoint",             .kind = FIELD_URI,    .offset = O(token_endpoint)},
    {.name = "uniqueIdClaim",              .kind = FIELD_TEXT,   .offset = O(unique_id_claim), .default_text = "sub"},
    {.name = "userinfo_endpoint",          .kind = FIELD_URI,    .offset = O(userinfo_endpoint)},
    {.name = "usernameClaim",              .kind = FIELD_TEXT,   .offset = O(username_claim), .default_text = "preferred_username"},
};
const struct field_table idp_oauth_table = FIELD_TABLE("IdentityProviderOauth2Configuration", oauth_fields, struct idp_oauth, NULL);

static const struct field lambda_fields[] = {
    {.name = "reconcileId", .kind = FIELD_UUID, .offset = 0},
};
const struct field_table idp_lambda_table = FIELD_TABLE("LambdaConfiguration", lambda_fields, struct uuid, NULL);

/* What an application says instead; the provider's own have Google's usual ones. */
#define PROPERTIES_FIELDS(api_is, button_is) \
    {.name = "api",    .kind = FIELD_TEXT, .offset = FIELD_AT(struct idp_properties, api), .max = 4096, .default_text = (api_is)}, \
    {.name = "button", .kind = FIELD_TEXT, .offset = FIELD_AT(struct idp_properties, button), .max = 4096, .default_text = (button_is)}
static const struct field app_properties_fields[] = {PROPERTIES_FIELDS(NULL, NULL)};
static const struct field_table app_properties_table = FIELD_TABLE("GoogleIdentityProviderProperties", app_properties_fields, struct idp_properties, NULL);
static const struct field properties_fields[] = {
    PROPERTIES_FIELDS("auto_prompt=true\nauto_select=false\ncancel_on_tap_outside=false\ncontext=signin\nitp_support=true",
        "logo_alignment=left\nshape=rectangular\nsize=large\ntext=signin_with\ntheme=outline\ntype=standard")};
const struct field_table idp_properties_table = FIELD_TABLE("GoogleIdentityProviderProperties", properties_fields, struct idp_properties, NULL);

static const struct field limit_fields[] = {
    {.name = "enabled",      .kind = FIELD_BOOL, .offset = FIELD_AT(struct idp_limit, enabled)},
    {.name = "maximumLinks", .kind = FIELD_INT,  .offset = FIELD_AT(struct idp_limit, max_links), .min = 1, .max = 1000, .default_int = 42},
};
static const struct field_table limit_table = FIELD_TABLE("IdentityProviderLimitUserLinkingPolicy", limit_fields, struct idp_limit, NULL);

static const struct field tenant_fields[] = {
    {.name = "data",               .kind = FIELD_JSON,   .offset = FIELD_AT(struct idp_tenant, data)},
    {.name = "limitUserLinkCount", .kind = FIELD_OBJECT, .offset = FIELD_AT(struct idp_tenant, limit), .more.table = &limit_table},
};
const struct field_table idp_tenant_table = FIELD_TABLE("IdentityProviderTenantConfiguration", tenant_fields, struct idp_tenant, NULL);

/* These lie over struct idp_saml: each is a part of it on the wire. */
#define S2(member) FIELD_AT(struct idp_saml, member)
static const struct field destination_fields[] = {
    {.name = "alternates", .kind = FIELD_TEXTS, .offset = S2(alternates), .max = 2048},
    {.name = "policy",     .kind = FIELD_ENUM,  .offset = S2(destination_policy), .more.names = policies},
};
static const struct field_table destination_table = FIELD_TABLE("SAMLv2DestinationAssertionConfiguration", destination_fields, struct idp_saml, NULL);
static const struct field assertion_fields[] = {
    {.name = "destination", .kind = FIELD_OBJECT, .offset = 0, .more.table = &destination_table},
};
const struct field_table idp_assertion_table = FIELD_TABLE("SAMLv2AssertionConfiguration", assertion_fields, struct idp_saml, NULL);
static const struct field decryption_fields[] = {
    {.name = "enabled",                     .kind = FIELD_BOOL, .offset = S2(is_encrypted)},
    {.name = "keyTransportDecryptionKeyId", .kind = FIELD_UUID, .offset = S2(decryption_key_id)},
};
const struct field_table idp_decryption_table = FIELD_TABLE("SAMLv2AssertionDecryptionConfiguration", decryption_fields, struct idp_saml, NULL);
static const struct field initiated_fields[] = {
    {.name = "enabled", .kind = FIELD_BOOL, .offset = S2(has_initiated)},
    {.name = "issuer",  .kind = FIELD_TEXT, .offset = S2(initiated_issuer), .max = 1024},
};
const struct field_table idp_initiated_table = FIELD_TABLE("SAMLv2IdpInitiatedConfiguration", initiated_fields, struct idp_saml, NULL);
static const struct field login_hint_fields[] = {
    {.name = "enabled",       .kind = FIELD_BOOL, .offset = S2(has_login_hint), .default_int = true},
    {.name = "parameterName", .kind = FIELD_TEXT, .offset = S2(login_hint_name), .default_text = "login_hint"},
};
const struct field_table idp_login_hint_table = FIELD_TABLE("LoginHintConfiguration", login_hint_fields, struct idp_saml, NULL);

/* What one application may have of its own. */
#define A(member) FIELD_AT(struct idp_app, member)
#define APP_TEXT(wire, member)   {.name = wire, .kind = FIELD_TEXT,   .offset = A(member), .max = 1024}
#define APP_SECRET(wire, member) {.name = wire, .kind = FIELD_SECRET, .offset = A(member), .flags = FIELD_SHOWN}
#define APP_URI(wire, member)    {.name = wire, .kind = FIELD_URI,    .offset = A(member)}
#define APP_BUTTON               {.name = "buttonText", .kind = FIELD_TEXT, .offset = A(button_text)}
#define APP_IMAGE                APP_URI("buttonImageURL", button_image_url)
#define APP_METHOD               {.name = "loginMethod", .kind = FIELD_ENUM, .offset = A(login_method), .default_int = -1, .more.names = idp_login_methods}
#define APP_CLIENT               APP_BUTTON, APP_TEXT("client_id", client_id), APP_SECRET("client_secret", client_secret), APP_TEXT("scope", scope)
#define APP_BASE \
    {.name = "createRegistration", .kind = FIELD_BOOL, .offset = A(creates_registration), .default_int = true}, \
    {.name = "data",               .kind = FIELD_JSON, .offset = A(data)}, \
    {.name = "enabled",            .kind = FIELD_BOOL, .offset = A(enabled)}
#define APP_TABLE(variable, type_name, rows) const struct field_table variable = FIELD_TABLE(type_name "ApplicationConfiguration", rows, struct idp_app, NULL)

static const struct field base_fields[] = {APP_BASE};
APP_TABLE(idp_app_base_table, "BaseIdentityProvider", base_fields);
APP_TABLE(idp_app_jwt_table, "ExternalJWT", base_fields);
APP_TABLE(idp_app_initiated_table, "SAMLv2IdPInitiated", base_fields);

static const struct field client_fields[] = {APP_BASE, APP_CLIENT};
APP_TABLE(idp_app_oauth_epic_table, "EpicGames", client_fields);
APP_TABLE(idp_app_linkedin_table, "LinkedIn", client_fields);
APP_TABLE(idp_app_sony_table, "SonyPSN", client_fields);
APP_TABLE(idp_app_twitch_table, "Twitch", client_fields);
APP_TABLE(idp_app_xbox_table, "Xbox", client_fields);

static const struct field apple_fields[] = {APP_BASE, APP_BUTTON, APP_TEXT("bundleId", bundle_id),
    {.name = "keyId", .kind = FIELD_UUID, .offset = A(key_id)}, APP_TEXT("scope", scope),
    APP_TEXT("servicesId", services_id), APP_TEXT("teamId", team_id)};
APP_TABLE(idp_app_apple_table, "Apple", apple_fields);

static const struct field facebook_fields[] = {APP_BASE, APP_BUTTON, APP_TEXT("appId", app_id),
    APP_SECRET("client_secret", client_secret), APP_TEXT("fields", fields), APP_METHOD, APP_TEXT("permissions", permissions)};
APP_TABLE(idp_app_facebook_table, "Facebook", facebook_fields);

static const struct field google_fields[] = {APP_BASE, APP_CLIENT, APP_METHOD,
    {.name = "properties", .kind = FIELD_OBJECT, .offset = A(properties), .more.table = &app_properties_table}};
APP_TABLE(idp_app_google_table, "Google", google_fields);

static const struct field hypr_fields[] = {APP_BASE, APP_TEXT("relyingPartyApplicationId", rp_application_id),
    APP_URI("relyingPartyURL", rp_url)};
APP_TABLE(idp_app_hypr_table, "HYPR", hypr_fields);

static const struct field nintendo_fields[] = {APP_BASE, APP_CLIENT, APP_TEXT("emailClaim", email_claim),
    APP_TEXT("uniqueIdClaim", unique_id_claim), APP_TEXT("usernameClaim", username_claim)};
APP_TABLE(idp_app_nintendo_table, "Nintendo", nintendo_fields);

static const struct field openid_fields[] = {APP_BASE, APP_BUTTON, APP_IMAGE,
    {.name = "oauth2", .kind = FIELD_OBJECT, .offset = A(oauth), .more.table = &idp_oauth_table}};
APP_TABLE(idp_app_openid_table, "OpenIdConnect", openid_fields);

static const struct field saml_fields[] = {APP_BASE, APP_BUTTON, APP_IMAGE};
APP_TABLE(idp_app_saml_table, "SAMLv2", saml_fields);

static const struct field steam_fields[] = {APP_BASE, APP_BUTTON,
    {.name = "apiMode", .kind = FIELD_ENUM, .offset = A(api_mode), .default_int = -1, .more.names = idp_api_modes},
    APP_TEXT("client_id", client_id), APP_TEXT("scope", scope), APP_SECRET("webAPIKey", web_api_key)};
APP_TABLE(idp_app_steam_table, "Steam", steam_fields);

static const struct field twitter_fields[] = {APP_BASE, APP_BUTTON, APP_TEXT("consumerKey", consumer_key),
    APP_SECRET("consumerSecret", consumer_secret)};
APP_TABLE(idp_app_twitter_table, "Twitter", twitter_fields);
/* clang-format on */
