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
        "advancedIdentityProviders:ReactorFeatureStatus advancedLambdas:ReactorFeatureStatus "
        "advancedMultiFactorAuthentication:ReactorFeatureStatus advancedOAuthScopes:ReactorFeatureStatus "
        "advancedOAuthScopesCustomScopes:ReactorFeatureStatus advancedOAuthScopesThirdPartyApplications:ReactorFeatureStatus "
        "advancedRegistration:ReactorFeatureStatus applicationMultiFactorAuthentication:ReactorFeatureStatus "
        "applicationThemes:ReactorFeatureStatus breachedPasswordDetection:ReactorFeatureStatus clientRiskConfiguration:ReactorFeatureStatus "
        "connectors:ReactorFeatureStatus dPoP:ReactorFeatureStatus entityManagement:ReactorFeatureStatus imfaWebhooks:ReactorFeatureStatus "
        "intelligentMFA:ReactorFeatureStatus ipGeoLocation:ReactorFeatureStatus ipReputation:ReactorFeatureStatus legacyAdapter:ReactorFeatureStatus "
        "multiFactorLambdas:ReactorFeatureStatus scimServer:ReactorFeatureStatus tenantManagerApplication:ReactorFeatureStatus "
        "threatDetection:ReactorFeatureStatus universalApplication:ReactorFeatureStatus userAgentReputation:ReactorFeatureStatus "
        "webAuthn:ReactorFeatureStatus webAuthnPlatformAuthenticators:ReactorFeatureStatus webAuthnRoamingAuthenticators:ReactorFeatureStatus"},
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
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};
