/* SPDX-License-Identifier: Apache-2.0 */
/* What the house has once, for the OpenAPI document: system configuration, integrations, tenant manager, reactor. */
#include "base/base.h"
#include "flow/api/api_openapi.h"
#include "flow/api/api_tables.h"

/* clang-format off */
static const struct field_table *const tables[] = {&api_reactor_request_table};

static const struct api_type types[] = {
    {"BreachedPasswordTenantMetric",
        "actionRequired:integer matchedCommonPasswordCount:integer matchedExactCount:integer matchedPasswordCount:integer "
        "matchedSubAddressCount:integer passwordsCheckedCount:integer"},
    {"IntegrationRequest", "integrations:Integrations"},
    {"IntegrationResponse", "integrations:Integrations"},
    {"MFATenantMetric", "challengeCount:integer failedAttemptCount:integer successCount:integer"},
    {"ReactorMetrics", "breachedPasswordMetrics:BreachedPasswordTenantMetric{} mfaMetrics:MFATenantMetric{}"},
    {"ReactorMetricsResponse", "metrics:ReactorMetrics"},
    {"ReactorResponse", "status:ReactorStatus"},
    {"ReactorStatus",
        "expiration:string licenseAttributes:string{} licensed:boolean "
        "advancedIdentityProviders:string advancedLambdas:string "
        "advancedMultiFactorAuthentication:string advancedOAuthScopes:string "
        "advancedOAuthScopesCustomScopes:string advancedOAuthScopesThirdPartyApplications:string "
        "advancedRegistration:string applicationMultiFactorAuthentication:string "
        "applicationThemes:string breachedPasswordDetection:string clientRiskConfiguration:string "
        "connectors:string dPoP:string entityManagement:string imfaWebhooks:string "
        "intelligentMFA:string ipGeoLocation:string ipReputation:string legacyAdapter:string "
        "multiFactorLambdas:string scimServer:string tenantManagerApplication:string "
        "threatDetection:string universalApplication:string userAgentReputation:string "
        "webAuthn:string webAuthnPlatformAuthenticators:string webAuthnRoamingAuthenticators:string"},
    {"SystemConfigurationRequest", "systemConfiguration:SystemConfiguration"},
    {"SystemConfigurationResponse", "systemConfiguration:SystemConfiguration"},
    {"TenantManagerConfigurationRequest", "tenantManagerConfiguration:TenantManagerConfiguration"},
    {"TenantManagerConfigurationResponse", "tenantManagerConfiguration:TenantManagerConfiguration"},
    {"TenantManagerIdentityProviderTypeConfigurationRequest", "typeConfiguration:TenantManagerIdentityProviderTypeConfiguration"},
    {"TenantManagerIdentityProviderTypeConfigurationResponse", "typeConfiguration:TenantManagerIdentityProviderTypeConfiguration"},
};

static const struct api_operation operations[] = {
    {"GET",    "/api/reactor",         NULL,             "ReactorResponse",        ""},
    {"POST",   "/api/reactor",         "ReactorRequest", NULL,                     ""},
    {"PUT",    "/api/reactor",         NULL,             NULL,                     ""},
    {"DELETE", "/api/reactor",         NULL,             NULL,                     ""},
    {"GET",    "/api/reactor/metrics", NULL,             "ReactorMetricsResponse", ""},
};
/* clang-format on */
const struct api_chapter api_house_chapter = {
    .tables = tables,
    .table_count = COUNT(tables),
    .types = types,
    .type_count = COUNT(types),
    .operations = operations,
    .operation_count = COUNT(operations),
};
