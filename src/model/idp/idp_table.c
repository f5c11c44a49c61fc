/* SPDX-License-Identifier: Apache-2.0 */
/* The table of each type of identity provider, and what must hold of one beyond its members. */
#include "codec/json.h"
#include "model/idp/idp_internal.h"
#include "model/lambda/lambda.h"
#include "model/rq/rq.h"

const char *const idp_types[IDP_TYPE_COUNT + 1] = {
    [IDP_APPLE] = "Apple",
    [IDP_EPIC_GAMES] = "EpicGames",
    [IDP_EXTERNAL_JWT] = "ExternalJWT",
    [IDP_FACEBOOK] = "Facebook",
    [IDP_GOOGLE] = "Google",
    [IDP_HYPR] = "HYPR",
    [IDP_LINKEDIN] = "LinkedIn",
    [IDP_NINTENDO] = "Nintendo",
    [IDP_OPENID_CONNECT] = "OpenIDConnect",
    [IDP_SAML] = "SAMLv2",
    [IDP_SAML_INITIATED] = "SAMLv2IdPInitiated",
    [IDP_SONY_PSN] = "SonyPSN",
    [IDP_STEAM] = "Steam",
    [IDP_TWITCH] = "Twitch",
    [IDP_TWITTER] = "Twitter",
    [IDP_XBOX] = "Xbox",
};
const char *const idp_linkings[] = {"CreatePendingLink", "Disabled", "LinkAnonymously",
    "LinkByEmail", "LinkByEmailForExistingUser", "LinkByUsername", "LinkByUsernameForExistingUser",
    "Unsupported", NULL};

/* A label of a domain, or several: letters, digits, hyphens (RFC 1035 s2.3.1), or any that is not ASCII. */
static void
check_domains(struct field_check *check)
{
    const struct idp *idp = check->object;

    for (size_t i = 0; i < idp->domains.count; i++) {
        str domain = idp->domains.items[i];
        for (size_t j = 0; j < domain.n; j++) {
            unsigned char c = (unsigned char)domain.p[j];
            bool is_fit = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
                          || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
            if (!is_fit) {
                field_check_fault(check, NULL, "invalid",
                    "Write each domain as it stands behind the @ of an address.");
                return;
            }
        }
    }
}

/* clang-format off */
#define I(member) FIELD_AT(struct idp, member)
#define IDP_TEXT(wire, member, with)   {.name = wire, .kind = FIELD_TEXT,   .offset = I(member), .flags = (with), .max = 1024}
#define IDP_SECRET(wire, member, with) {.name = wire, .kind = FIELD_SECRET, .offset = I(member), .flags = FIELD_SHOWN | (with)}
#define IDP_URI(wire, member, with)    {.name = wire, .kind = FIELD_URI,    .offset = I(member), .flags = (with)}
#define IDP_BUTTON(text)               {.name = "buttonText", .kind = FIELD_TEXT, .offset = I(button_text), .flags = FIELD_REQUIRED, .default_text = text}
#define IDP_IMAGE                      IDP_URI("buttonImageURL", button_image_url, 0)
#define IDP_METHOD                     {.name = "loginMethod", .kind = FIELD_ENUM, .offset = I(login_method), .default_int = IDP_USE_REDIRECT, .more.names = idp_login_methods}
#define IDP_DOMAINS                    {.name = "domains", .kind = FIELD_TEXTS, .offset = I(domains), .min = 1, .max = 253, .rule = check_domains}
#define IDP_POST                       {.name = "postRequest", .kind = FIELD_BOOL, .offset = I(posts_request)}
#define IDP_OAUTH                      {.name = "oauth2", .kind = FIELD_OBJECT, .offset = I(oauth), .more.table = &idp_oauth_table}
#define IDP_KEYS                       {.name = "verificationKeyIds", .kind = FIELD_UUIDS, .offset = I(verification_keys)}
#define IDP_CLIENT(text)               IDP_BUTTON(text), IDP_TEXT("client_id", client_id, FIELD_REQUIRED), \
                                       IDP_SECRET("client_secret", client_secret, FIELD_REQUIRED), IDP_TEXT("scope", scope, 0)
#define HEAD (FIELD_READ_ONLY | FIELD_NOT_STORED)
#define IDP_BASE(apps_table, strategy) \
    {.name = "applicationConfiguration", .kind = FIELD_UUID_MAP, .offset = I(apps), .more.table = &(apps_table)}, \
    {.name = "attributeMappings",   .kind = FIELD_TEXT_MAP, .offset = I(attribute_mappings)}, \
    {.name = "data",                .kind = FIELD_JSON,     .offset = I(data)}, \
    {.name = "debug",               .kind = FIELD_BOOL,     .offset = I(debug)}, \
    {.name = "enabled",             .kind = FIELD_BOOL,     .offset = I(enabled)}, \
    {.name = "id",                  .kind = FIELD_UUID,     .offset = I(head.id), .flags = HEAD}, \
    {.name = "insertInstant",       .kind = FIELD_INSTANT,  .offset = I(head.insert_instant), .flags = HEAD}, \
    {.name = "lambdaConfiguration", .kind = FIELD_OBJECT,   .offset = I(reconcile_id), .more.table = &idp_lambda_table}, \
    {.name = "lastUpdateInstant",   .kind = FIELD_INSTANT,  .offset = I(head.last_update_instant), .flags = HEAD}, \
    {.name = "linkingStrategy",     .kind = FIELD_ENUM,     .offset = I(linking), .default_int = (strategy), .more.names = idp_linkings}, \
    {.name = "name",                .kind = FIELD_TEXT,     .offset = I(name), .max = 191}, \
    {.name = "source",              .kind = FIELD_TEXT,     .offset = I(source), .max = 191, .default_text = "System"}, \
    {.name = "tenantConfiguration", .kind = FIELD_UUID_MAP, .offset = I(tenants), .more.table = &idp_tenant_table}, \
    {.name = "tenantId",            .kind = FIELD_UUID,     .offset = I(head.tenant_id), .flags = HEAD}, \
    {.name = "type",                .kind = FIELD_ENUM,     .offset = I(type), .flags = FIELD_REQUIRED | FIELD_IMMUTABLE, .default_int = -1, .more.names = idp_types}
#define IDP_TABLE(variable, type_name, rows) static const struct field_table variable = FIELD_TABLE(type_name "IdentityProvider", rows, struct idp, idp_check)

static const struct field base_fields[] = {IDP_BASE(idp_app_base_table, IDP_LINK_BY_EMAIL)};
const struct field_table idp_base_table = FIELD_TABLE("BaseIdentityProvider", base_fields, struct idp, idp_check);

static const struct field apple_fields[] = {IDP_BASE(idp_app_apple_table, IDP_LINK_BY_EMAIL),
    IDP_BUTTON("Sign in with Apple"), IDP_TEXT("bundleId", bundle_id, 0),
    {.name = "keyId", .kind = FIELD_UUID, .offset = I(key_id), .flags = FIELD_REQUIRED},
    IDP_TEXT("scope", scope, 0), IDP_TEXT("servicesId", services_id, 0), IDP_TEXT("teamId", team_id, FIELD_REQUIRED)};
IDP_TABLE(apple_table, "Apple", apple_fields);

static const struct field epic_fields[] = {IDP_BASE(idp_app_oauth_epic_table, IDP_PENDING_LINK), IDP_CLIENT("Login with Epic Games")};
IDP_TABLE(epic_table, "EpicGames", epic_fields);

static const struct field jwt_fields[] = {IDP_BASE(idp_app_jwt_table, IDP_LINK_BY_EMAIL),
    {.name = "claimMap", .kind = FIELD_TEXT_MAP, .offset = I(claim_map)},
    {.name = "defaultKeyId", .kind = FIELD_UUID, .offset = I(key_id)}, IDP_DOMAINS,
    IDP_TEXT("headerKeyParameter", header_key_parameter, FIELD_REQUIRED), IDP_OAUTH,
    IDP_TEXT("uniqueIdentityClaim", unique_identity_claim, 0), IDP_KEYS};
IDP_TABLE(jwt_table, "ExternalJWT", jwt_fields);

static const struct field facebook_fields[] = {IDP_BASE(idp_app_facebook_table, IDP_LINK_BY_EMAIL),
    IDP_BUTTON("Login with Facebook"), IDP_TEXT("appId", app_id, FIELD_REQUIRED), IDP_SECRET("client_secret", client_secret, FIELD_REQUIRED),
    {.name = "fields", .kind = FIELD_TEXT, .offset = I(fields), .default_text = "email"}, IDP_METHOD,
    {.name = "permissions", .kind = FIELD_TEXT, .offset = I(permissions), .default_text = "email"}};
IDP_TABLE(facebook_table, "Facebook", facebook_fields);

static const struct field google_fields[] = {IDP_BASE(idp_app_google_table, IDP_LINK_BY_EMAIL), IDP_CLIENT("Login with Google"), IDP_METHOD,
    {.name = "properties", .kind = FIELD_OBJECT, .offset = I(properties), .more.table = &idp_properties_table}};
IDP_TABLE(google_table, "Google", google_fields);

static const struct field hypr_fields[] = {IDP_BASE(idp_app_hypr_table, IDP_LINK_UNSUPPORTED),
    IDP_TEXT("relyingPartyApplicationId", rp_application_id, FIELD_REQUIRED), IDP_URI("relyingPartyURL", rp_url, FIELD_REQUIRED)};
IDP_TABLE(hypr_table, "HYPR", hypr_fields);

static const struct field linkedin_fields[] = {IDP_BASE(idp_app_linkedin_table, IDP_LINK_BY_EMAIL), IDP_CLIENT("Login with LinkedIn")};
IDP_TABLE(linkedin_table, "LinkedIn", linkedin_fields);

static const struct field nintendo_fields[] = {IDP_BASE(idp_app_nintendo_table, IDP_PENDING_LINK), IDP_CLIENT("Login with Nintendo"),
    {.name = "emailClaim", .kind = FIELD_TEXT, .offset = I(email_claim), .default_text = "email"},
    {.name = "uniqueIdClaim", .kind = FIELD_TEXT, .offset = I(unique_id_claim), .default_text = "id"},
    {.name = "usernameClaim", .kind = FIELD_TEXT, .offset = I(username_claim), .default_text = "preferred_username"}};
IDP_TABLE(nintendo_table, "Nintendo", nintendo_fields);

static const struct field openid_fields[] = {IDP_BASE(idp_app_openid_table, IDP_LINK_BY_EMAIL), IDP_IMAGE,
    IDP_BUTTON(NULL), IDP_DOMAINS, IDP_OAUTH, IDP_POST};
IDP_TABLE(openid_table, "OpenIdConnect", openid_fields);

#define S2(member) I(saml.member)
#define IDP_SAML_BASE \
    {.name = "assertionDecryptionConfiguration", .kind = FIELD_OBJECT, .offset = I(saml), .more.table = &idp_decryption_table}, \
    IDP_TEXT("emailClaim", email_claim, 0), \
    {.name = "keyId", .kind = FIELD_UUID, .offset = I(key_id)}, \
    IDP_TEXT("uniqueIdClaim", unique_id_claim, 0), \
    {.name = "useNameIdForEmail", .kind = FIELD_BOOL, .offset = S2(uses_name_id)}, \
    IDP_TEXT("usernameClaim", username_claim, 0), IDP_KEYS
static const struct field saml_base_fields[] = {IDP_BASE(idp_app_base_table, IDP_LINK_BY_EMAIL), IDP_SAML_BASE};
const struct field_table idp_saml_base_table = FIELD_TABLE("BaseSAMLv2IdentityProvider", saml_base_fields, struct idp, idp_check);

static const struct field saml_fields[] = {IDP_BASE(idp_app_saml_table, IDP_LINK_BY_EMAIL), IDP_SAML_BASE, IDP_IMAGE,
    {.name = "assertionConfiguration", .kind = FIELD_OBJECT, .offset = I(saml), .more.table = &idp_assertion_table},
    IDP_BUTTON(NULL), IDP_DOMAINS, IDP_URI("idpEndpoint", saml.endpoint, FIELD_REQUIRED),
    {.name = "idpInitiatedConfiguration", .kind = FIELD_OBJECT, .offset = I(saml), .more.table = &idp_initiated_table},
    IDP_TEXT("issuer", saml.issuer, 0),
    {.name = "loginHintConfiguration", .kind = FIELD_OBJECT, .offset = I(saml), .more.table = &idp_login_hint_table},
    {.name = "nameIdFormat", .kind = FIELD_TEXT, .offset = S2(name_id_format), .default_text = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"},
    IDP_POST, {.name = "requestSigningKeyId", .kind = FIELD_UUID, .offset = S2(request_key_id)},
    {.name = "signRequest", .kind = FIELD_BOOL, .offset = S2(signs_request)},
    {.name = "xmlSignatureC14nMethod", .kind = FIELD_ENUM, .offset = S2(c14n), .default_int = -1, .more.names = idp_c14ns}};
IDP_TABLE(saml_table, "SAMLv2", saml_fields);

static const struct field initiated_fields[] = {IDP_BASE(idp_app_initiated_table, IDP_LINK_BY_EMAIL), IDP_SAML_BASE,
    IDP_TEXT("issuer", saml.issuer, FIELD_REQUIRED)};
IDP_TABLE(saml_initiated_table, "SAMLv2IdPInitiated", initiated_fields);

static const struct field sony_fields[] = {IDP_BASE(idp_app_sony_table, IDP_PENDING_LINK), IDP_CLIENT("Login with PlayStation Network")};
IDP_TABLE(sony_table, "SonyPSN", sony_fields);

static const struct field steam_fields[] = {IDP_BASE(idp_app_steam_table, IDP_PENDING_LINK), IDP_BUTTON("Login with Steam"),
    {.name = "apiMode", .kind = FIELD_ENUM, .offset = I(api_mode), .more.names = idp_api_modes},
    IDP_TEXT("client_id", client_id, FIELD_REQUIRED), IDP_TEXT("scope", scope, 0), IDP_SECRET("webAPIKey", web_api_key, FIELD_REQUIRED)};
IDP_TABLE(steam_table, "Steam", steam_fields);

static const struct field twitch_fields[] = {IDP_BASE(idp_app_twitch_table, IDP_PENDING_LINK), IDP_CLIENT("Login with Twitch")};
IDP_TABLE(twitch_table, "Twitch", twitch_fields);

static const struct field twitter_fields[] = {IDP_BASE(idp_app_twitter_table, IDP_LINK_BY_EMAIL), IDP_BUTTON("Login with Twitter"),
    IDP_TEXT("consumerKey", consumer_key, FIELD_REQUIRED), IDP_SECRET("consumerSecret", consumer_secret, FIELD_REQUIRED)};
IDP_TABLE(twitter_table, "Twitter", twitter_fields);

static const struct field xbox_fields[] = {IDP_BASE(idp_app_xbox_table, IDP_PENDING_LINK), IDP_CLIENT("Login with Xbox")};
IDP_TABLE(xbox_table, "Xbox", xbox_fields);
/* clang-format on */

const struct field_table *const idp_tables[IDP_TYPE_COUNT + 1] = {
    [IDP_APPLE] = &apple_table,
    [IDP_EPIC_GAMES] = &epic_table,
    [IDP_EXTERNAL_JWT] = &jwt_table,
    [IDP_FACEBOOK] = &facebook_table,
    [IDP_GOOGLE] = &google_table,
    [IDP_HYPR] = &hypr_table,
    [IDP_LINKEDIN] = &linkedin_table,
    [IDP_NINTENDO] = &nintendo_table,
    [IDP_OPENID_CONNECT] = &openid_table,
    [IDP_SAML] = &saml_table,
    [IDP_SAML_INITIATED] = &saml_initiated_table,
    [IDP_SONY_PSN] = &sony_table,
    [IDP_STEAM] = &steam_table,
    [IDP_TWITCH] = &twitch_table,
    [IDP_TWITTER] = &twitter_table,
    [IDP_XBOX] = &xbox_table,
};

/* The one lambda that it runs. */
static void
refer(const void *thing, struct record_refs *refs)
{
    const struct idp *idp = thing;

    record_refer(
        refs, &lambda_kind, idp->reconcile_id, "identityProvider.lambdaConfiguration.reconcileId");
}

const struct record_kind idp_kind = {
    .number = RECORD_IDENTITY_PROVIDER,
    .name = "identityProvider",
    .table = &idp_base_table,
    .name_at = I(name),
    .is_name_unique = true,
    .may_be_of_tenant = true,
    .type_at = I(type),
    .types = idp_types,
    .variants = idp_tables,
    .refer = refer,
};
