/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's wrappers and operations as data for the OpenAPI document: names are FusionAuth's. What a
 * resource looks like is not here, but in its field table. */
#include "flow/api/api_openapi.h"

#include "base/base.h"
#include "flow/api/api.h"
#include "flow/api/api_login.h"
#include "flow/api/api_refresh.h"
#include "flow/api/api_tables.h"
#include "model/apikey/apikey.h"
#include "model/application/application.h"
#include "model/key/key.h"
#include "model/user/user.h"

/* clang-format off */
static const struct field_table *const tables[] = {
    &api_application_criteria_table, &api_beside_table, &api_jwt_vend_table, &api_key_criteria_table, &api_key_table,
    &api_login_ping_table, &api_login_table, &api_logout_table, &api_metadata_table, &api_refresh_request_table,
    &api_refresh_revoke_table, &api_refresh_table, &api_tenant_criteria_table, &api_user_criteria_table, &app_scope_table,
    &application_table, &jwt_config_table, &key_table, &registration_table, &role_table, &tenant_table, &user_table,
};

static const struct api_type types[] = {
    {"APIKeyRequest", "apiKey:APIKey sourceKeyId:uuid"},
    {"APIKeyResponse", "apiKey:APIKey"},
    {"AccessToken",
        "access_token:string expires_in:integer id_token:string refresh_token:string refresh_token_id:uuid scope:string "
        "token_type:TokenType userId:uuid"},
    {"ApplicationOAuthScopeRequest", "scope:ApplicationOAuthScope"},
    {"ApplicationOAuthScopeResponse", "scope:ApplicationOAuthScope"},
    {"ApplicationRequest", "application:Application eventInfo:EventInfo role:ApplicationRole sourceApplicationId:uuid"},
    {"ApplicationResponse", "application:Application applications:Application[] role:ApplicationRole"},
    {"ApplicationSearchRequest", "expand:string[] search:ApplicationSearchCriteria"},
    {"ApplicationSearchResponse", "applications:Application[] expandable:string[] total:integer"},
    {"BaseElasticSearchCriteria",
        "accurateTotal:boolean ids:uuid[] nextResults:string numberOfResults:integer orderBy:string query:string "
        "queryString:string sortFields:SortField[] startRow:integer"},
    {"BaseLoginRequest",
        "applicationId:uuid botDetectionScore:number eventInfo:EventInfo ipAddress:string metaData:MetaData "
        "newDevice:boolean noJWT:boolean"},
    {"BaseSearchCriteria", "numberOfResults:integer orderBy:string startRow:integer"},
    {"Enableable", "enabled:boolean"},
    {"Error", "code:string data:any{} message:string"},
    {"Errors", "fieldErrors:Error[]{} generalErrors:Error[]"},
    {"EventInfo",
        "data:any{} deviceDescription:string deviceName:string deviceType:string ipAddress:string location:Location "
        "os:string userAgent:string"},
    {"ExpandableResponse", "expandable:string[]"},
    {"IdentityType", "name:string"},
    {"IntrospectResponse", "active:boolean client_id:string exp:integer scope:string sub:string token_type:string"},
    {"IssueResponse", "refreshToken:string token:string"},
    {"JSONWebKey",
        "alg:string crv:string d:string dp:string dq:string e:string kid:string kty:string n:string other:any{} "
        "p:string q:string qi:string use:string x5c:string[] x5t#S256:string x5t:string x:string y:string"},
    {"JWKSResponse", "keys:JSONWebKey[]"},
    {"JWT", "aud:any exp:integer iat:integer iss:string jti:string nbf:integer otherClaims:any{} sub:string"},
    {"JWTRefreshResponse", "refreshToken:string refreshTokenId:uuid token:string"},
    {"JWTVendResponse", "token:string"},
    {"KeyRequest", "key:Key"},
    {"KeyResponse", "key:Key keys:Key[]"},
    {"KeySearchRequest", "search:KeySearchCriteria"},
    {"KeySearchResponse", "keys:Key[] total:integer"},
    {"Location", "city:string country:string displayString:string latitude:number longitude:number region:string zipcode:string"},
    {"LoginResponse",
        "actions:any[] changePasswordId:string changePasswordReason:ChangePasswordReason configurableMethods:string[] "
        "emailVerificationId:string identityVerificationId:string methods:TwoFactorMethod[] pendingIdPLinkId:string "
        "refreshToken:string refreshTokenId:uuid registrationVerificationId:string state:any{} threatsDetected:AuthenticationThreats[] "
        "token:string tokenExpirationInstant:instant trustToken:string twoFactorId:string twoFactorTrustId:string "
        "user:User"},
    {"OAuthConfigurationResponse", "httpSessionMaxInactiveInterval:integer logoutURL:uri oauthConfiguration:OAuth2Configuration"},
    {"OAuthError",
        "change_password_id:string error:string error_description:string error_reason:string error_uri:string "
        "two_factor_id:string two_factor_methods:any[]"},
    {"OpenIdConfiguration",
        "authorization_endpoint:string authorization_response_iss_parameter_supported:boolean "
        "backchannel_logout_supported:boolean claims_supported:string[] code_challenge_methods_supported:string[] "
        "device_authorization_endpoint:string dpop_signing_alg_values_supported:string[] end_session_endpoint:string "
        "frontchannel_logout_supported:boolean grant_types_supported:string[] "
        "id_token_signing_alg_values_supported:string[] issuer:string jwks_uri:string response_modes_supported:string[] "
        "response_types_supported:string[] scopes_supported:string[] subject_types_supported:string[] "
        "token_endpoint:string token_endpoint_auth_methods_supported:string[] userinfo_endpoint:string "
        "userinfo_signing_alg_values_supported:string[]"},
    {"PasswordValidationRulesResponse", "passwordValidationRules:PasswordValidationRules"},
    {"PublicKeyResponse", "publicKey:string publicKeys:string{}"},
    {"RefreshTokenResponse", "refreshToken:RefreshToken refreshTokens:RefreshToken[]"},
    {"RegistrationDeleteRequest", "eventInfo:EventInfo"},
    {"RegistrationRequest",
        "disableDomainBlock:boolean eventInfo:EventInfo generateAuthenticationToken:boolean "
        "registration:UserRegistration sendSetPasswordEmail:boolean sendSetPasswordIdentityType:SendSetPasswordIdentityType "
        "skipRegistrationVerification:boolean skipVerification:boolean user:User verificationIds:string[]"},
    {"RegistrationResponse",
        "refreshToken:string refreshTokenId:uuid registration:UserRegistration registrationVerificationId:string "
        "registrationVerificationOneTimeCode:string token:string tokenExpirationInstant:instant user:User "
        "verificationIds:VerificationId[]"},
    {"SearchRequest", "expand:string[] search:UserSearchCriteria"},
    {"SearchResponse", "expandable:string[] nextResults:string total:integer users:User[]"},
    {"SortField", "missing:string name:string order:Sort"},
    {"StatusResponse", "cardeaVersion:string version:string"},
    {"TenantDeleteRequest", "async:boolean eventInfo:EventInfo"},
    {"TenantRequest", "eventInfo:EventInfo sourceTenantId:uuid tenant:Tenant webhookIds:uuid[]"},
    {"TenantResponse", "tenant:Tenant tenants:Tenant[]"},
    {"TenantSearchRequest", "search:TenantSearchCriteria"},
    {"TenantSearchResponse", "tenants:Tenant[] total:integer"},
    {"UserDeleteResponse", "dryRun:boolean hardDelete:boolean total:integer userIds:uuid[]"},
    {"UserDeleteSingleRequest", "eventInfo:EventInfo hardDelete:boolean"},
    {"UserRequest",
        "applicationId:uuid currentPassword:string disableDomainBlock:boolean eventInfo:EventInfo "
        "passwordFieldType:PasswordType sendSetPasswordEmail:boolean sendSetPasswordIdentityType:SendSetPasswordIdentityType "
        "skipVerification:boolean user:User verificationIds:string[]"},
    {"UserResponse",
        "emailVerificationId:string emailVerificationOneTimeCode:string registrationVerificationIds:string{} "
        "registrationVerificationOneTimeCodes:string{} token:string tokenExpirationInstant:instant user:User "
        "verificationIds:VerificationId[]"},
    {"UserinfoResponse", "sub:string name:string email:string email_verified:boolean"},
    {"ValidateResponse", "jwt:JWT"},
    {"VerificationId", "id:string oneTimeCode:string type:string value:string"},
    {"VersionResponse", "cardeaVersion:string version:string"},
};

static const struct api_operation operations[] = {
/*   method    path                                                    request                         response                           parameters */
    {"GET",    "/api/prometheus/metrics",                              NULL,                           NULL,                              ""},
    {"GET",    "/api/status",                                          NULL,                           "StatusResponse",                  ""},
    {"GET",    "/api/health",                                          NULL,                           NULL,                              ""},
    {"GET",    "/api/system/version",                                  NULL,                           "VersionResponse",                 ""},
    {"GET",    "/api/openapi.json",                                    NULL,                           NULL,                              ""},
    {"GET",    "/api/tenant/password-validation-rules/{tenantId?}",    NULL,                           "PasswordValidationRulesResponse", ""},
    {"GET",    "/api/tenant/search",                                   NULL,                           "TenantSearchResponse",            "name numberOfResults orderBy startRow"},
    {"POST",   "/api/tenant/search",                                   "TenantSearchRequest",          "TenantSearchResponse",            ""},
    {"GET",    "/api/tenant/{tenantId?}",                              NULL,                           "TenantResponse",                  ""},
    {"POST",   "/api/tenant/{tenantId?}",                              "TenantRequest",                "TenantResponse",                  ""},
    {"PUT",    "/api/tenant/{tenantId}",                               "TenantRequest",                "TenantResponse",                  ""},
    {"PATCH",  "/api/tenant/{tenantId}",                               "TenantRequest",                "TenantResponse",                  ""},
    {"DELETE", "/api/tenant/{tenantId}",                               "TenantDeleteRequest",          NULL,                              "async"},
    {"GET",    "/api/application/search",                              NULL,                           "ApplicationSearchResponse",       "name numberOfResults orderBy startRow state tenantId"},
    {"POST",   "/api/application/search",                              "ApplicationSearchRequest",     "ApplicationSearchResponse",       ""},
    {"GET",    "/api/application/{applicationId}/oauth-configuration", NULL,                           "OAuthConfigurationResponse",      ""},
    {"POST",   "/api/application/{applicationId}/role/{roleId?}",      "ApplicationRequest",           "ApplicationResponse",             ""},
    {"PUT",    "/api/application/{applicationId}/role/{roleId}",       "ApplicationRequest",           "ApplicationResponse",             ""},
    {"PATCH",  "/api/application/{applicationId}/role/{roleId}",       "ApplicationRequest",           "ApplicationResponse",             ""},
    {"DELETE", "/api/application/{applicationId}/role/{roleId?}",      NULL,                           NULL,                              "name"},
    {"GET",    "/api/application/{applicationId}/scope/{scopeId}",     NULL,                           "ApplicationOAuthScopeResponse",   ""},
    {"POST",   "/api/application/{applicationId}/scope/{scopeId?}",    "ApplicationOAuthScopeRequest", "ApplicationOAuthScopeResponse",   ""},
    {"PUT",    "/api/application/{applicationId}/scope/{scopeId}",     "ApplicationOAuthScopeRequest", "ApplicationOAuthScopeResponse",   ""},
    {"PATCH",  "/api/application/{applicationId}/scope/{scopeId}",     "ApplicationOAuthScopeRequest", "ApplicationOAuthScopeResponse",   ""},
    {"DELETE", "/api/application/{applicationId}/scope/{scopeId}",     NULL,                           NULL,                              ""},
    {"GET",    "/api/application/{applicationId?}",                    NULL,                           "ApplicationResponse",             "inactive"},
    {"POST",   "/api/application/{applicationId?}",                    "ApplicationRequest",           "ApplicationResponse",             ""},
    {"PUT",    "/api/application/{applicationId}",                     "ApplicationRequest",           "ApplicationResponse",             "reactivate"},
    {"PATCH",  "/api/application/{applicationId}",                     "ApplicationRequest",           "ApplicationResponse",             ""},
    {"DELETE", "/api/application/{applicationId}",                     NULL,                           NULL,                              "hardDelete"},
    {"GET",    "/api/user/registration/{userId}/{applicationId}",      NULL,                           "RegistrationResponse",            ""},
    {"POST",   "/api/user/registration/{userId?}",                     "RegistrationRequest",          "RegistrationResponse",            ""},
    {"PUT",    "/api/user/registration/{userId}/{applicationId?}",     "RegistrationRequest",          "RegistrationResponse",            ""},
    {"PATCH",  "/api/user/registration/{userId}/{applicationId?}",     "RegistrationRequest",          "RegistrationResponse",            ""},
    {"DELETE", "/api/user/registration/{userId}/{applicationId}",      "RegistrationDeleteRequest",    NULL,                              ""},
    {"GET",    "/api/user/search",                                     NULL,                           "SearchResponse",                  "accurateTotal expand ids nextResults numberOfResults orderBy query queryString startRow"},
    {"POST",   "/api/user/search",                                     "SearchRequest",                "SearchResponse",                  ""},
    {"DELETE", "/api/user/bulk",                                       "UserDeleteRequest",            "UserDeleteResponse",              "dryRun hardDelete queryString userId"},
    {"GET",    "/api/user/{userId?}",                                  NULL,                           "UserResponse",                    "email loginId username"},
    {"POST",   "/api/user/{userId?}",                                  "UserRequest",                  "UserResponse",                    ""},
    {"PUT",    "/api/user/{userId}",                                   "UserRequest",                  "UserResponse",                    "reactivate"},
    {"PATCH",  "/api/user/{userId}",                                   "UserRequest",                  "UserResponse",                    ""},
    {"DELETE", "/api/user/{userId}",                                   "UserDeleteSingleRequest",      NULL,                              "hardDelete"},
    {"POST",   "/api/login",                                           "LoginRequest",                 "LoginResponse",                   ""},
    {"PUT",    "/api/login",                                           "LoginPingRequest",             NULL,                              ""},
    {"PUT",    "/api/login/{userId}/{applicationId?}",                 NULL,                           NULL,                              ""},
    {"POST",   "/api/logout",                                          "LogoutRequest",                NULL,                              "global refreshToken"},
    {"GET",    "/api/jwt/validate",                                    NULL,                           "ValidateResponse",                ""},
    {"GET",    "/api/jwt/issue",                                       NULL,                           "IssueResponse",                   "applicationId refreshToken"},
    {"GET",    "/api/jwt/public-key",                                  NULL,                           "PublicKeyResponse",               "applicationId kid"},
    {"POST",   "/api/jwt/vend",                                        "JWTVendRequest",               "JWTVendResponse",                 ""},
    {"POST",   "/api/jwt/refresh",                                     "RefreshRequest",               "JWTRefreshResponse",              ""},
    {"GET",    "/api/jwt/refresh/{tokenId?}",                          NULL,                           "RefreshTokenResponse",            "userId"},
    {"DELETE", "/api/jwt/refresh/{tokenId?}",                          "RefreshTokenRevokeRequest",    NULL,                              "applicationId token userId"},
    {"GET",    "/api/key/search",                                      NULL,                           "KeySearchResponse",               "algorithm name numberOfResults orderBy startRow type"},
    {"POST",   "/api/key/search",                                      "KeySearchRequest",             "KeySearchResponse",               ""},
    {"POST",   "/api/key/generate/{keyId?}",                           "KeyRequest",                   "KeyResponse",                     ""},
    {"POST",   "/api/key/import/{keyId?}",                             "KeyRequest",                   "KeyResponse",                     ""},
    {"GET",    "/api/key/{keyId?}",                                    NULL,                           "KeyResponse",                     ""},
    {"PUT",    "/api/key/{keyId}",                                     "KeyRequest",                   "KeyResponse",                     ""},
    {"DELETE", "/api/key/{keyId}",                                     NULL,                           NULL,                              ""},
    {"GET",    "/api/api-key/{keyId}",                                 NULL,                           "APIKeyResponse",                  ""},
    {"POST",   "/api/api-key/{keyId?}",                                "APIKeyRequest",                "APIKeyResponse",                  ""},
    {"PUT",    "/api/api-key/{keyId}",                                 "APIKeyRequest",                "APIKeyResponse",                  ""},
    {"PATCH",  "/api/api-key/{keyId}",                                 "APIKeyRequest",                "APIKeyResponse",                  ""},
    {"DELETE", "/api/api-key/{keyId}",                                 NULL,                           NULL,                              ""},
    {"GET",    "/.well-known/openid-configuration/{tenantId?}",        NULL,                           "OpenIdConfiguration",             ""},
    {"GET",    "/.well-known/oauth-authorization-server/{tenantId?}",  NULL,                           "OpenIdConfiguration",             ""},
    {"GET",    "/.well-known/jwks.json",                               NULL,                           "JWKSResponse",                    ""},
    {"GET",    "/oauth2/authorize",                                    NULL,                           NULL,                              "client_id code_challenge code_challenge_method nonce prompt redirect_uri response_type scope state"},
    {"POST",   "/oauth2/authorize",                                    NULL,                           NULL,                              "client_id code_challenge code_challenge_method nonce prompt redirect_uri response_type scope state"},
    {"POST",   "/oauth2/token",                                        NULL,                           "AccessToken",                     "client_id client_secret code code_verifier device_code grant_type redirect_uri refresh_token scope"},
    {"GET",    "/oauth2/userinfo",                                     NULL,                           "UserinfoResponse",                ""},
    {"POST",   "/oauth2/userinfo",                                     NULL,                           "UserinfoResponse",                "access_token"},
    {"POST",   "/oauth2/introspect",                                   NULL,                           "IntrospectResponse",              "client_id client_secret token"},
    {"POST",   "/oauth2/revoke",                                       NULL,                           NULL,                              "client_id client_secret token token_type_hint"},
    {"GET",    "/oauth2/logout",                                       NULL,                           NULL,                              "client_id id_token_hint post_logout_redirect_uri state"},
    {"POST",   "/oauth2/logout",                                       NULL,                           NULL,                              "client_id id_token_hint post_logout_redirect_uri state"},
};
/* clang-format on */
const struct api_chapter api_core_chapter = {
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};

const struct api_chapter *const api_chapters[] = {
    &api_core_chapter,
    &api_users_chapter,
    &api_idp_chapter,
    &api_webauthn_chapter,
    &api_factor_chapter,
    &api_configuration_chapter,
    &api_proof_chapter,
    &api_records_chapter,
    &api_people_chapter,
    &api_logs_chapter,
    &api_house_chapter,
    &api_device_chapter,
    &api_event_chapter,
    &api_word_chapter,
    &api_enum_chapter,
};
const size_t api_chapter_count = COUNT(api_chapters);
