/* SPDX-License-Identifier: Apache-2.0 */
/* Every endpoint, one row each. What a row says is read by the dispatcher, the OpenAPI document
 * and `make where`. */
#include "app/demo.h"
#include "app/route.h"
#include "flow/api/api.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_records.h"
#include "flow/oauth/authorize.h"
#include "flow/oauth/discovery.h"
#include "flow/oauth/introspect.h"
#include "flow/oauth/logout.h"
#include "flow/oauth/revoke.h"
#include "flow/oauth/token/token_endpoint.h"
#include "flow/oauth/userinfo.h"
#include "flow/ops/ops_asset.h"
#include "flow/ops/ops_clock.h"
#include "flow/signin/signin.h"

#define GET HTTP_GET
#define POST HTTP_POST
#define PUT HTTP_PUT
#define PATCH HTTP_PATCH
#define DELETE HTTP_DELETE

/* clang-format off */
static const struct route routes[] = {
/*   method  path                                                handler               caller
 *   body      rate        place      shape     cors         specification */
    { GET,    "/.well-known/openid-configuration/{tenantId?}",    discovery_endpoint,   WHO_ANYONE,        0,        RATE_FREE,  RQ_INLINE, RQ_OAUTH, CORS_PUBLIC, "OIDC Discovery s4" },
    { GET,    "/.well-known/oauth-authorization-server/{tenantId?}", discovery_endpoint, WHO_ANYONE,       0,        RATE_FREE,  RQ_INLINE, RQ_OAUTH, CORS_PUBLIC, "RFC 8414 s3" },
    { GET,    "/.well-known/jwks.json",                           discovery_jwks,       WHO_ANYONE,        0,        RATE_FREE,  RQ_INLINE, RQ_OAUTH, CORS_PUBLIC, "RFC 7517 s5" },
    { GET,    "/oauth2/authorize",                                authorize_endpoint,   WHO_ANYONE,        0,        RATE_PAGE,  RQ_INLINE, RQ_PAGE,  CORS_NO,     "RFC 6749 s3.1" },
    { POST,   "/oauth2/authorize",                                authorize_endpoint,   WHO_ANYONE,        KB(64),   RATE_PAGE,  RQ_INLINE, RQ_PAGE,  CORS_NO,     "OIDC Core s3.1.2.1" },
    { GET,    "/oauth2/register",                                 authorize_endpoint,   WHO_ANYONE,        0,        RATE_PAGE,  RQ_INLINE, RQ_PAGE,  CORS_NO,     "FusionAuth: authorize, beginning with a new account" },
    { POST,   "/signin",                                          signin_endpoint,      WHO_ANYONE,        KB(64),   RATE_LOGIN, RQ_INLINE, RQ_PAGE,  CORS_NO,     "DESIGN section 8" },
    { POST,   "/oauth2/token",                                    token_endpoint,       WHO_CLIENT,        KB(16),   RATE_TOKEN, RQ_INLINE, RQ_OAUTH, CORS_CLIENT, "RFC 6749 s3.2" },
    { GET,    "/oauth2/userinfo",                                 userinfo_endpoint,    WHO_BEARER,        0,        RATE_TOKEN, RQ_INLINE, RQ_OAUTH, CORS_CLIENT, "OIDC Core s5.3" },
    { POST,   "/oauth2/userinfo",                                 userinfo_endpoint,    WHO_BEARER,        KB(16),   RATE_TOKEN, RQ_INLINE, RQ_OAUTH, CORS_CLIENT, "OIDC Core s5.3" },
    { POST,   "/oauth2/introspect",                               introspect_endpoint,  WHO_CLIENT,        KB(16),   RATE_TOKEN, RQ_INLINE, RQ_OAUTH, CORS_NO,     "RFC 7662 s2" },
    { POST,   "/oauth2/revoke",                                   revoke_endpoint,      WHO_CLIENT,        KB(16),   RATE_TOKEN, RQ_INLINE, RQ_OAUTH, CORS_CLIENT, "RFC 7009 s2" },
    { GET,    "/oauth2/logout",                                   logout_endpoint,      WHO_ANYONE,        0,        RATE_PAGE,  RQ_INLINE, RQ_PAGE,  CORS_NO,     "OIDC RP-Initiated Logout s2" },
    { POST,   "/oauth2/logout",                                   logout_endpoint,      WHO_ANYONE,        KB(64),   RATE_PAGE,  RQ_INLINE, RQ_PAGE,  CORS_NO,     "OIDC RP-Initiated Logout s2" },
    { POST,   "/oauth2/logout/confirm",                           logout_confirm,       WHO_ANYONE,        KB(64),   RATE_PAGE,  RQ_INLINE, RQ_PAGE,  CORS_NO,     "OIDC RP-Initiated Logout s2" },
    { GET,    "/pages/{name}",                                    ops_asset,            WHO_ANYONE,        0,        RATE_FREE,  RQ_INLINE, RQ_PAGE,  CORS_NO,     "" },
    { POST,   "/api/test/clock",                                  ops_clock,            WHO_API_KEY,       KB(1),    RATE_API,   RQ_INLINE, RQ_API,   CORS_NO,     "" },
    { GET,    "/api/test/counts",                                 ops_counts,           WHO_API_KEY,       0,        RATE_API,   RQ_INLINE, RQ_API,   CORS_NO,     "" },
    { GET,    "/api/status",                                           api_status,                     WHO_MAYBE_API_KEY, 0,        RATE_FREE,  RQ_INLINE, RQ_API, CORS_NO, "FusionAuth System API" },
    { GET,    "/api/health",                                           api_health,                     WHO_ANYONE,        0,        RATE_FREE,  RQ_INLINE, RQ_API, CORS_NO, "FusionAuth System API" },
    { GET,    "/api/system/version",                                   api_version,                    WHO_API_KEY,       0,        RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth System API" },
    { GET,    "/api/system/audit-log/search",                          api_audit_log_search,           WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Audit Log API" },
    { POST,   "/api/system/audit-log/search",                          api_audit_log_search,           WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Audit Log API" },
    { GET,    "/api/system/audit-log/export",                          api_audit_log_export,           WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Audit Log API" },
    { POST,   "/api/system/audit-log/export",                          api_audit_log_export,           WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Audit Log API" },
    { GET,    "/api/system/audit-log/{auditLogId}",                    api_audit_log_retrieve,         WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Audit Log API" },
    { POST,   "/api/system/audit-log",                                 api_audit_log_create,           WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Audit Log API" },
    { GET,    "/api/openapi.json",                                     api_openapi,                    WHO_ANYONE,        0,        RATE_PAGE,  RQ_WORKER, RQ_API, CORS_PUBLIC, "OpenAPI 3.1" },
    { GET,    "/api/tenant/password-validation-rules/{tenantId?}",     api_tenant_password_rules,      WHO_MAYBE_API_KEY, 0,        RATE_PAGE,  RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Tenant API" },
    { GET,    "/api/tenant/search",                                    api_tenant_search,              WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Tenant API" },
    { POST,   "/api/tenant/search",                                    api_tenant_search,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Tenant API" },
    { GET,    "/api/tenant/{tenantId?}",                               api_tenant_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Tenant API" },
    { POST,   "/api/tenant/{tenantId?}",                               api_tenant_create,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Tenant API" },
    { PUT,    "/api/tenant/{tenantId}",                                api_tenant_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Tenant API" },
    { PATCH,  "/api/tenant/{tenantId}",                                api_tenant_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Tenant API" },
    { DELETE, "/api/tenant/{tenantId}",                                api_tenant_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Tenant API" },
    { GET,    "/api/application/search",                               api_application_search,         WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Application API" },
    { POST,   "/api/application/search",                               api_application_search,         WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Application API" },
    { GET,    "/api/application/{applicationId}/oauth-configuration",  api_application_oauth,          WHO_MAYBE_API_KEY, 0,        RATE_PAGE,  RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { POST,   "/api/application/{applicationId}/role/{roleId?}",       api_role_create,                WHO_API_KEY,       KB(64),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { PUT,    "/api/application/{applicationId}/role/{roleId}",        api_role_change,                WHO_API_KEY,       KB(64),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { PATCH,  "/api/application/{applicationId}/role/{roleId}",        api_role_change,                WHO_API_KEY,       KB(64),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { DELETE, "/api/application/{applicationId}/role/{roleId?}",       api_role_delete,                WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { GET,    "/api/application/{applicationId}/scope/{scopeId}",      api_scope_retrieve,             WHO_API_KEY,       0,        RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { POST,   "/api/application/{applicationId}/scope/{scopeId?}",     api_scope_create,               WHO_API_KEY,       KB(64),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { PUT,    "/api/application/{applicationId}/scope/{scopeId}",      api_scope_change,               WHO_API_KEY,       KB(64),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { PATCH,  "/api/application/{applicationId}/scope/{scopeId}",      api_scope_change,               WHO_API_KEY,       KB(64),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { DELETE, "/api/application/{applicationId}/scope/{scopeId}",      api_scope_delete,               WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { GET,    "/api/application/{applicationId?}",                     api_application_retrieve,       WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Application API" },
    { POST,   "/api/application/{applicationId?}",                     api_application_create,         WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { PUT,    "/api/application/{applicationId}",                      api_application_change,         WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { PATCH,  "/api/application/{applicationId}",                      api_application_change,         WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { DELETE, "/api/application/{applicationId}",                      api_application_delete,         WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Application API" },
    { GET,    "/api/user/registration/{userId}/{applicationId}",       api_registration_retrieve,      WHO_API_KEY,       0,        RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Registration API" },
    { POST,   "/api/user/registration/{userId?}",                      api_registration_create,        WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Registration API" },
    { PUT,    "/api/user/registration/{userId}/{applicationId?}",      api_registration_change,        WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Registration API" },
    { PATCH,  "/api/user/registration/{userId}/{applicationId?}",      api_registration_change,        WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Registration API" },
    { DELETE, "/api/user/registration/{userId}/{applicationId}",       api_registration_delete,        WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Registration API" },
    { GET,    "/api/user/search",                                      api_user_search,                WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User API" },
    { POST,   "/api/user/search",                                      api_user_search,                WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User API" },
    { DELETE, "/api/user/bulk",                                        api_user_bulk_delete,           WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User API" },
    { POST,   "/api/user/forgot-password",                             api_password_forgot,            WHO_MAYBE_API_KEY, KB(16),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth User API" },
    { GET,    "/api/user/change-password/{changePasswordId?}",         api_password_check,             WHO_MAYBE_API_KEY, 0,        RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth User API" },
    { POST,   "/api/user/change-password/{changePasswordId?}",         api_password_change,            WHO_MAYBE_API_KEY, KB(16),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth User API" },
    { PUT,    "/api/user/verify-email",                                api_verify_email_start,         WHO_MAYBE_API_KEY, KB(16),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth User API" },
    { POST,   "/api/user/verify-email/{verificationId?}",              api_verify_email,               WHO_MAYBE_API_KEY, KB(16),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth User API" },
    { PUT,    "/api/user/verify-registration",                         api_verify_registration_start,  WHO_MAYBE_API_KEY, KB(16),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Registration API" },
    { POST,   "/api/user/verify-registration/{verificationId?}",       api_verify_registration,        WHO_MAYBE_API_KEY, KB(16),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Registration API" },
    { GET,    "/api/user/action/{actionId?}",                              api_action_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Actioning Users API" },
    { POST,   "/api/user/action",                                          api_action_take,                WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Actioning Users API" },
    { PUT,    "/api/user/action/{actionId}",                               api_action_modify,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Actioning Users API" },
    { DELETE, "/api/user/action/{actionId}",                               api_action_cancel,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Actioning Users API" },
    { GET,    "/api/user/comment/search",                                  api_comment_search,             WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Comment API" },
    { POST,   "/api/user/comment/search",                                  api_comment_search,             WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Comment API" },
    { GET,    "/api/user/comment/{userId}",                                api_comment_retrieve,           WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Comment API" },
    { POST,   "/api/user/comment",                                         api_comment_create,             WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Comment API" },
    { GET,    "/api/user/two-factor/recovery-code/{userId}",           api_two_factor_codes,           WHO_API_KEY,       0,        RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { POST,   "/api/user/two-factor/recovery-code/{userId}",           api_two_factor_new_codes,       WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { POST,   "/api/user/two-factor/{userId?}",                        api_two_factor_enable,          WHO_MAYBE_API_KEY, KB(16),   RATE_TOKEN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { PUT,    "/api/user/two-factor/{userId?}",                        api_two_factor_update,          WHO_MAYBE_API_KEY, KB(16),   RATE_TOKEN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { DELETE, "/api/user/two-factor/{userId?}",                        api_two_factor_disable,         WHO_MAYBE_API_KEY, KB(16),   RATE_TOKEN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { GET,    "/api/two-factor/secret",                                api_two_factor_secret,          WHO_MAYBE_API_KEY, 0,        RATE_TOKEN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { POST,   "/api/two-factor/start",                                 api_two_factor_start,           WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { POST,   "/api/two-factor/send/{twoFactorId}",                    api_two_factor_send_login,      WHO_MAYBE_API_KEY, KB(16),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { POST,   "/api/two-factor/send",                                  api_two_factor_send,            WHO_MAYBE_API_KEY, KB(16),   RATE_TOKEN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { POST,   "/api/two-factor/login",                                 api_two_factor_login,           WHO_MAYBE_API_KEY, KB(16),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { GET,    "/api/two-factor/status/{twoFactorTrustId?}",            api_two_factor_status,          WHO_API_KEY,       0,        RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { POST,   "/api/two-factor/status",                                api_two_factor_status,          WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Multi-Factor API" },
    { GET,    "/api/user/consent/{userConsentId?}",                        api_userconsent_retrieve,       WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API" },
    { POST,   "/api/user/consent/{userConsentId?}",                        api_userconsent_create,         WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API" },
    { PUT,    "/api/user/consent/{userConsentId}",                         api_userconsent_change,         WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API" },
    { PATCH,  "/api/user/consent/{userConsentId}",                         api_userconsent_change,         WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API" },
    { DELETE, "/api/user/consent/{userConsentId}",                         api_userconsent_revoke,         WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API" },
    { GET,    "/api/user/family/pending",                                  api_family_pending,             WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Family API" },
    { POST,   "/api/user/family/request",                                  api_family_request,             WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Family API" },
    { GET,    "/api/user/family/{familyId?}",                              api_family_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Family API" },
    { POST,   "/api/user/family/{familyId?}",                              api_family_create,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Family API" },
    { PUT,    "/api/user/family/{familyId}",                               api_family_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Family API" },
    { DELETE, "/api/user/family/{familyId}/{userId}",                      api_family_remove,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Family API" },
    { GET,    "/api/user/{userId?}",                                   api_user_retrieve,              WHO_API_KEY,       0,        RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth User API" },
    { POST,   "/api/user/{userId?}",                                   api_user_create,                WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth User API" },
    { PUT,    "/api/user/{userId}",                                    api_user_change,                WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth User API" },
    { PATCH,  "/api/user/{userId}",                                    api_user_change,                WHO_API_KEY,       KB(256),  RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth User API" },
    { DELETE, "/api/user/{userId}",                                    api_user_delete,                WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth User API" },
    { POST,   "/api/login",                                            api_login,                      WHO_MAYBE_API_KEY, KB(16),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Login API" },
    { PUT,    "/api/login",                                            api_login_ping,                 WHO_MAYBE_API_KEY, KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Login API" },
    { PUT,    "/api/login/{userId}/{applicationId?}",                  api_login_ping,                 WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Login API" },
    { POST,   "/api/webauthn/register/start",                          api_webauthn_register_start,    WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "WebAuthn s7.1" },
    { POST,   "/api/webauthn/register/complete",                       api_webauthn_register_complete, WHO_MAYBE_API_KEY, KB(128),  RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "WebAuthn s7.1" },
    { POST,   "/api/webauthn/start",                                   api_webauthn_start,             WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "WebAuthn s7.2" },
    { POST,   "/api/webauthn/login",                                   api_webauthn_login,             WHO_MAYBE_API_KEY, KB(64),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "WebAuthn s7.2" },
    { POST,   "/api/webauthn/assert",                                  api_webauthn_assert,            WHO_MAYBE_API_KEY, KB(64),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "WebAuthn s7.2" },
    { POST,   "/api/webauthn/import",                                  api_webauthn_import,            WHO_API_KEY,       MB(4),    RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth WebAuthn API" },
    { GET,    "/api/webauthn/{id?}",                                   api_webauthn_retrieve,          WHO_API_KEY,       0,        RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth WebAuthn API" },
    { DELETE, "/api/webauthn/{id?}",                                   api_webauthn_delete,            WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth WebAuthn API" },
    { POST,   "/api/identity/verify/start",                            api_verify_identity_start,      WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Identity Verify API" },
    { POST,   "/api/identity/verify/send",                             api_verify_identity_send,       WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Identity Verify API" },
    { POST,   "/api/identity/verify/complete",                         api_verify_identity_complete,   WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Identity Verify API" },
    { POST,   "/api/identity/verify",                                  api_verify_identity,            WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Identity Verify API" },
    { POST,   "/api/passwordless/start",                               api_passwordless_start,         WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Passwordless API" },
    { POST,   "/api/passwordless/send",                                api_passwordless_send,          WHO_MAYBE_API_KEY, KB(16),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Passwordless API" },
    { POST,   "/api/passwordless/login",                               api_passwordless_login,         WHO_MAYBE_API_KEY, KB(16),   RATE_LOGIN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Passwordless API" },
    { POST,   "/api/logout",                                           api_logout,                     WHO_MAYBE_API_KEY, KB(16),   RATE_TOKEN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Login API" },
    { GET,    "/api/jwt/validate",                                     api_jwt_validate,               WHO_BEARER,        0,        RATE_TOKEN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth JWT API" },
    { GET,    "/api/jwt/issue",                                        api_jwt_issue,                  WHO_BEARER,        0,        RATE_TOKEN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth JWT API" },
    { GET,    "/api/jwt/public-key",                                   api_jwt_public_key,             WHO_MAYBE_API_KEY, 0,        RATE_PAGE,  RQ_INLINE, RQ_API, CORS_PUBLIC, "FusionAuth JWT API" },
    { POST,   "/api/jwt/vend",                                         api_jwt_vend,                   WHO_API_KEY,       KB(64),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth JWT API" },
    { POST,   "/api/jwt/refresh",                                      api_refresh_exchange,           WHO_MAYBE_API_KEY, KB(16),   RATE_TOKEN, RQ_INLINE, RQ_API, CORS_NO, "FusionAuth JWT API" },
    { GET,    "/api/jwt/refresh/{tokenId?}",                           api_refresh_retrieve,           WHO_API_KEY,       0,        RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth JWT API" },
    { DELETE, "/api/jwt/refresh/{tokenId?}",                           api_refresh_revoke,             WHO_MAYBE_API_KEY, KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth JWT API" },
    { GET,    "/api/key/search",                                       api_key_search,                 WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Key API" },
    { POST,   "/api/key/search",                                       api_key_search,                 WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Key API" },
    { POST,   "/api/key/generate/{keyId?}",                            api_key_generate,               WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Key API" },
    { POST,   "/api/key/import/{keyId?}",                              api_key_import,                 WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Key API" },
    { GET,    "/api/key/{keyId?}",                                     api_key_retrieve,               WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Key API" },
    { PUT,    "/api/key/{keyId}",                                      api_key_change,                 WHO_API_KEY,       KB(64),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Key API" },
    { DELETE, "/api/key/{keyId}",                                      api_key_delete,                 WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Key API" },
    { GET,    "/api/api-key/{keyId}",                                  api_apikey_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth API Key API" },
    { POST,   "/api/api-key/{keyId?}",                                 api_apikey_create,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth API Key API" },
    { PUT,    "/api/api-key/{keyId}",                                  api_apikey_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth API Key API" },
    { PATCH,  "/api/api-key/{keyId}",                                  api_apikey_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth API Key API" },
    { DELETE, "/api/api-key/{keyId}",                                  api_apikey_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth API Key API" },
    { GET,    "/api/group/search",                                     api_record_search,              WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Group API", &api_group },
    { POST,   "/api/group/search",                                     api_record_search,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Group API", &api_group },
    { GET,    "/api/group/member/search",                              api_group_member_search,        WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Group API" },
    { POST,   "/api/group/member/search",                              api_group_member_search,        WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Group API" },
    { POST,   "/api/group/member",                                     api_group_member_put,           WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Group API" },
    { PUT,    "/api/group/member",                                     api_group_member_put,           WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Group API" },
    { DELETE, "/api/group/member",                                     api_group_member_delete,        WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Group API" },
    { GET,    "/api/group/{groupId?}",                                 api_record_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Group API", &api_group },
    { POST,   "/api/group/{groupId?}",                                 api_record_create,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Group API", &api_group },
    { PUT,    "/api/group/{groupId}",                                  api_record_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Group API", &api_group },
    { PATCH,  "/api/group/{groupId}",                                  api_record_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Group API", &api_group },
    { DELETE, "/api/group/{groupId}",                                  api_record_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Group API", &api_group },
    { GET,    "/api/theme/search",                                               api_record_search,              WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Theme API", &api_theme },
    { POST,   "/api/theme/search",                                               api_record_search,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Theme API", &api_theme },
    { GET,    "/api/theme/{themeId?}",                                           api_record_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Theme API", &api_theme },
    { POST,   "/api/theme/{themeId?}",                                           api_record_create,              WHO_API_KEY,       KB(512),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Theme API", &api_theme },
    { PUT,    "/api/theme/{themeId}",                                            api_record_change,              WHO_API_KEY,       KB(512),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Theme API", &api_theme },
    { PATCH,  "/api/theme/{themeId}",                                            api_record_change,              WHO_API_KEY,       KB(512),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Theme API", &api_theme },
    { DELETE, "/api/theme/{themeId}",                                            api_record_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Theme API", &api_theme },
    { GET,    "/api/email/template/search",                                      api_record_search,              WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Email API", &api_email_template },
    { POST,   "/api/email/template/search",                                      api_record_search,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Email API", &api_email_template },
    { GET,    "/api/email/template/{emailTemplateId?}",                          api_record_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Email API", &api_email_template },
    { POST,   "/api/email/template/{emailTemplateId?}",                          api_record_create,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Email API", &api_email_template },
    { PUT,    "/api/email/template/{emailTemplateId}",                           api_record_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Email API", &api_email_template },
    { PATCH,  "/api/email/template/{emailTemplateId}",                           api_record_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Email API", &api_email_template },
    { DELETE, "/api/email/template/{emailTemplateId}",                           api_record_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Email API", &api_email_template },
    { GET,    "/api/message/template/{messageTemplateId?}",                      api_record_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Message Template API", &api_message_template },
    { POST,   "/api/message/template/{messageTemplateId?}",                      api_record_create,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Message Template API", &api_message_template },
    { PUT,    "/api/message/template/{messageTemplateId}",                       api_record_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Message Template API", &api_message_template },
    { PATCH,  "/api/message/template/{messageTemplateId}",                       api_record_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Message Template API", &api_message_template },
    { DELETE, "/api/message/template/{messageTemplateId}",                       api_record_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Message Template API", &api_message_template },
    { GET,    "/api/messenger/{messengerId?}",                                   api_record_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Messenger API", &api_messenger },
    { POST,   "/api/messenger/{messengerId?}",                                   api_record_create,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Messenger API", &api_messenger },
    { PUT,    "/api/messenger/{messengerId}",                                    api_record_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Messenger API", &api_messenger },
    { PATCH,  "/api/messenger/{messengerId}",                                    api_record_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Messenger API", &api_messenger },
    { DELETE, "/api/messenger/{messengerId}",                                    api_record_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Messenger API", &api_messenger },
    { GET,    "/api/connector/{connectorId?}",                                   api_record_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Connector API", &api_connector },
    { POST,   "/api/connector/{connectorId?}",                                   api_record_create,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Connector API", &api_connector },
    { PUT,    "/api/connector/{connectorId}",                                    api_record_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Connector API", &api_connector },
    { PATCH,  "/api/connector/{connectorId}",                                    api_record_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Connector API", &api_connector },
    { DELETE, "/api/connector/{connectorId}",                                    api_record_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Connector API", &api_connector },
    { GET,    "/api/lambda/search",                                              api_record_search,              WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Lambda API", &api_lambda },
    { POST,   "/api/lambda/search",                                              api_record_search,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Lambda API", &api_lambda },
    { GET,    "/api/lambda/{lambdaId?}",                                         api_lambda_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Lambda API", &api_lambda },
    { POST,   "/api/lambda/{lambdaId?}",                                         api_record_create,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Lambda API", &api_lambda },
    { PUT,    "/api/lambda/{lambdaId}",                                          api_record_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Lambda API", &api_lambda },
    { PATCH,  "/api/lambda/{lambdaId}",                                          api_record_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Lambda API", &api_lambda },
    { DELETE, "/api/lambda/{lambdaId}",                                          api_record_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Lambda API", &api_lambda },
    { GET,    "/api/webhook/search",                                             api_record_search,              WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Webhook API", &api_webhook },
    { POST,   "/api/webhook/search",                                             api_record_search,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Webhook API", &api_webhook },
    { GET,    "/api/webhook/{webhookId?}",                                       api_record_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Webhook API", &api_webhook },
    { POST,   "/api/webhook/{webhookId?}",                                       api_record_create,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Webhook API", &api_webhook },
    { PUT,    "/api/webhook/{webhookId}",                                        api_record_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Webhook API", &api_webhook },
    { PATCH,  "/api/webhook/{webhookId}",                                        api_record_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Webhook API", &api_webhook },
    { DELETE, "/api/webhook/{webhookId}",                                        api_record_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth Webhook API", &api_webhook },
    { GET,    "/api/ip-acl/search",                                              api_record_search,              WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth IP Access Control List API", &api_ipacl },
    { POST,   "/api/ip-acl/search",                                              api_record_search,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth IP Access Control List API", &api_ipacl },
    { GET,    "/api/ip-acl/{ipAccessControlListId?}",                            api_record_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth IP Access Control List API", &api_ipacl },
    { POST,   "/api/ip-acl/{ipAccessControlListId?}",                            api_record_create,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth IP Access Control List API", &api_ipacl },
    { PUT,    "/api/ip-acl/{ipAccessControlListId}",                             api_record_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth IP Access Control List API", &api_ipacl },
    { PATCH,  "/api/ip-acl/{ipAccessControlListId}",                             api_record_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth IP Access Control List API", &api_ipacl },
    { DELETE, "/api/ip-acl/{ipAccessControlListId}",                             api_record_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth IP Access Control List API", &api_ipacl },
    { GET,    "/api/user-action/{userActionId?}",                          api_useraction_retrieve,        WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Action API", &api_useraction },
    { POST,   "/api/user-action/{userActionId?}",                          api_record_create,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Action API", &api_useraction },
    { PUT,    "/api/user-action/{userActionId}",                           api_useraction_change,          WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Action API", &api_useraction },
    { PATCH,  "/api/user-action/{userActionId}",                           api_useraction_change,          WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Action API", &api_useraction },
    { DELETE, "/api/user-action/{userActionId}",                           api_useraction_delete,          WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Action API", &api_useraction },
    { GET,    "/api/consent/search",                                       api_record_search,              WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API", &api_consent },
    { POST,   "/api/consent/search",                                       api_record_search,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API", &api_consent },
    { GET,    "/api/consent/{consentId?}",                                 api_record_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API", &api_consent },
    { POST,   "/api/consent/{consentId?}",                                 api_record_create,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API", &api_consent },
    { PUT,    "/api/consent/{consentId}",                                  api_record_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API", &api_consent },
    { PATCH,  "/api/consent/{consentId}",                                  api_record_change,              WHO_API_KEY,       KB(256),  RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API", &api_consent },
    { DELETE, "/api/consent/{consentId}",                                  api_consent_delete,             WHO_API_KEY,       KB(16),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth Consent API", &api_consent },
    { GET,    "/api/user-action-reason/{userActionReasonId?}",         api_record_retrieve,            WHO_API_KEY,       0,        RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Action Reason API", &api_reason },
    { POST,   "/api/user-action-reason/{userActionReasonId?}",         api_record_create,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Action Reason API", &api_reason },
    { PUT,    "/api/user-action-reason/{userActionReasonId}",          api_record_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Action Reason API", &api_reason },
    { PATCH,  "/api/user-action-reason/{userActionReasonId}",          api_record_change,              WHO_API_KEY,       KB(64),   RATE_API,   RQ_WORKER, RQ_API, CORS_NO, "FusionAuth User Action Reason API", &api_reason },
    { DELETE, "/api/user-action-reason/{userActionReasonId}",          api_record_delete,              WHO_API_KEY,       KB(16),   RATE_API,   RQ_INLINE, RQ_API, CORS_NO, "FusionAuth User Action Reason API", &api_reason },
    { GET,    "/demo",                                            demo_home,            WHO_ANYONE,        0,        RATE_PAGE,  RQ_INLINE, RQ_PAGE,  CORS_NO,     "" },
    { GET,    "/demo/signin",                                     demo_signin,          WHO_ANYONE,        0,        RATE_PAGE,  RQ_INLINE, RQ_PAGE,  CORS_NO,     "" },
    { GET,    "/demo/callback",                                   demo_callback,        WHO_ANYONE,        0,        RATE_PAGE,  RQ_WORKER, RQ_PAGE,  CORS_NO,     "" },
    { GET,    "/demo/refresh",                                    demo_refresh,         WHO_ANYONE,        0,        RATE_PAGE,  RQ_WORKER, RQ_PAGE,  CORS_NO,     "" },
    { GET,    "/demo/signout",                                    demo_signout,         WHO_ANYONE,        0,        RATE_PAGE,  RQ_INLINE, RQ_PAGE,  CORS_NO,     "" },
    { GET,    "/demo/mail",                                       demo_mail,            WHO_ANYONE,        0,        RATE_PAGE,  RQ_INLINE, RQ_PAGE,  CORS_NO,     "" },
};
/* clang-format on */

static const char *const method_names[] = {
    [HTTP_GET] = "GET",
    [HTTP_POST] = "POST",
    [HTTP_PUT] = "PUT",
    [HTTP_PATCH] = "PATCH",
    [HTTP_DELETE] = "DELETE",
};

/* The OpenAPI document is written by the API's room, which may not look up here. */
void
route_describe(void)
{
    static struct api_route rows[COUNT(routes)];
    size_t count = 0;

    for (size_t i = 0; i < COUNT(routes); i++) {
        if (routes[i].spec[0]
            != '\0') { /* the demo and the tests' own endpoints are nobody's interface */
            rows[count++] =
                (struct api_route){method_names[routes[i].method], routes[i].path, routes[i].spec, routes[i].about};
        }
    }
    api_openapi_routes(rows, count);
}

const struct route *
route_all(size_t *ret_count)
{
    *ret_count = COUNT(routes);
    return routes;
}
