/* SPDX-License-Identifier: Apache-2.0 */
/* Identity providers in the OpenAPI document: their wrappers, links, and signing in by them. */
#include "base/base.h"
#include "flow/api/api_federate.h"
#include "flow/api/api_openapi.h"
#include "flow/api/api_tables.h"

/* clang-format off */
static const struct field_table *const tables[] = {
    &idp_saml_base_table, &link_table, &api_federate_table, &api_federate_start_table,
    &api_federate_test_table,
};

static const struct api_type types[] = {
    {"DomainBasedIdentityProvider", "domains:string[]"},
    {"IdentityProviderConnectionTestResponse", "connectionTestId:string result:IdentityProviderConnectionTestResult"},
    {"IdentityProviderConnectionTestResult", "email:string identityProviderId:uuid identityProviderUserId:string startInstant:instant steps:IdentityProviderLoginStep[] success:boolean username:string"},
    {"IdentityProviderDetails", "applicationIds:uuid[] id:uuid idpEndpoint:uri insertInstant:instant lastUpdateInstant:instant name:string oauth2:IdentityProviderOauth2Configuration tenantId:uuid type:IdentityProviderType"},
    {"IdentityProviderLinkRequest", "displayName:string eventInfo:any{} identityProviderId:uuid identityProviderLink:IdentityProviderLink identityProviderUserId:string pendingIdPLinkId:string userId:uuid"},
    {"IdentityProviderLinkResponse", "identityProviderLink:IdentityProviderLink identityProviderLinks:IdentityProviderLink[]"},
    {"IdentityProviderLoginStep", "detail:string success:boolean title:string"},
    {"IdentityProviderPendingLinkResponse", "identityProviderTenantConfiguration:IdentityProviderTenantConfiguration linkCount:integer pendingIdPLink:PendingIdPLink"},
    {"IdentityProviderRequest", "identityProvider:BaseIdentityProvider"},
    {"IdentityProviderResponse", "identityProvider:BaseIdentityProvider identityProviders:BaseIdentityProvider[]"},
    {"IdentityProviderSearchRequest", "search:IdentityProviderSearchCriteria"},
    {"IdentityProviderSearchResponse", "identityProviders:BaseIdentityProvider[] total:integer"},
    {"IdentityProviderStartLoginResponse", "code:string"},
    {"LookupResponse", "identityProvider:IdentityProviderDetails"},
    {"PasswordlessIdentityProvider", ""},
    {"PendingIdPLink", "displayName:string email:string identityProviderId:uuid identityProviderLinks:IdentityProviderLink[] identityProviderName:string identityProviderTenantConfiguration:IdentityProviderTenantConfiguration identityProviderType:IdentityProviderType identityProviderUserId:string user:User username:string"},
    {"SupportsPostBindings", "postRequest:boolean"},
};

static const struct api_operation operations[] = {
/*   method    path                                                request                                  response                                   parameters */
    {"GET",    "/api/identity-provider/{identityProviderId?}",     NULL,                                    "IdentityProviderResponse",                "type"},
    {"PUT",    "/api/identity-provider/{identityProviderId?}",     "IdentityProviderRequest",               "IdentityProviderResponse",                "type"},
    {"PATCH",  "/api/identity-provider/{identityProviderId?}",     "IdentityProviderRequest",               "IdentityProviderResponse",                "type"},
    {"DELETE", "/api/identity-provider/{identityProviderId?}",     NULL,                                    NULL,                                      "type"},
    {"GET",    "/api/identity-provider/lookup",                    NULL,                                    "LookupResponse",                          "domain tenantId"},
    {"GET",    "/api/identity-provider/link",                      NULL,                                    "IdentityProviderLinkResponse",            "identityProviderId identityProviderUserId userId"},
    {"POST",   "/api/identity-provider/link",                      "IdentityProviderLinkRequest",           "IdentityProviderLinkResponse",            ""},
    {"DELETE", "/api/identity-provider/link",                      NULL,                                    "IdentityProviderLinkResponse",            "identityProviderId identityProviderUserId userId"},
    {"GET",    "/api/identity-provider/link/pending/{pendingLinkId}", NULL,                                 "IdentityProviderPendingLinkResponse",     "userId"},
    {"POST",   "/api/identity-provider/login",                     "IdentityProviderLoginRequest",          "LoginResponse",                           ""},
    {"POST",   "/api/jwt/reconcile",                               "IdentityProviderLoginRequest",          "LoginResponse",                           ""},
    {"POST",   "/api/identity-provider/start",                     "IdentityProviderStartLoginRequest",     "IdentityProviderStartLoginResponse",      ""},
    {"GET",    "/api/identity-provider/test",                      NULL,                                    "IdentityProviderConnectionTestResponse",  "connectionTestId"},
    {"POST",   "/api/identity-provider/test",                      "IdentityProviderConnectionTestRequest", "IdentityProviderConnectionTestResponse",  ""},
};
/* clang-format on */
const struct api_chapter api_idp_chapter = {
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};
