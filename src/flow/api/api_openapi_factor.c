/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors, for the OpenAPI document: tables, wrappers and operations in the words of api_openapi.h. */
#include "flow/api/api_openapi.h"

#include "base/base.h"
#include "flow/api/api_two_factor.h"

/* clang-format off */
static const struct field_table *const tables[] = {
    &api_two_factor_disable_table, &api_two_factor_enable_table, &api_two_factor_login_table, &api_two_factor_send_table,
    &api_two_factor_start_table, &api_two_factor_status_table, &api_two_factor_update_table,
};

static const struct api_type types[] = {
    {"SecretResponse", "secret:string secretBase32Encoded:string"},
    {"TwoFactorEnableDisableSendRequest", "email:string method:string methodId:string mobilePhone:string"},
    {"TwoFactorRecoveryCodeResponse", "recoveryCodes:string[]"},
    {"TwoFactorResponse", "code:string recoveryCodes:string[]"},
    {"TwoFactorStartResponse", "code:string methods:TwoFactorMethod[] twoFactorId:string"},
    {"TwoFactorStatusResponse", "trusts:TwoFactorTrust[] twoFactorTrustId:string"},
    {"TwoFactorTrust", "applicationId:uuid expiration:instant startInstant:instant"},
};

static const struct api_operation operations[] = {
    {"GET",    "/api/two-factor/secret",                      NULL,                      "SecretResponse",                ""},
    {"POST",   "/api/two-factor/start",                       "TwoFactorStartRequest",   "TwoFactorStartResponse",        ""},
    {"POST",   "/api/two-factor/send/{twoFactorId}",          "TwoFactorSendRequest",    NULL,                            ""},
    {"POST",   "/api/two-factor/send",                        "TwoFactorSendRequest",    NULL,                            ""},
    {"POST",   "/api/two-factor/login",                       "TwoFactorLoginRequest",   "LoginResponse",                 ""},
    {"GET",    "/api/two-factor/status/{twoFactorTrustId?}",  NULL,                      "TwoFactorStatusResponse",       "applicationId userId"},
    {"POST",   "/api/two-factor/status",                      "TwoFactorStatusRequest",  "TwoFactorStatusResponse",       ""},
    {"GET",    "/api/user/two-factor/recovery-code/{userId}", NULL,                      "TwoFactorRecoveryCodeResponse", ""},
    {"POST",   "/api/user/two-factor/recovery-code/{userId}", NULL,                      "TwoFactorRecoveryCodeResponse", ""},
    {"POST",   "/api/user/two-factor/{userId?}",              "TwoFactorRequest",        "TwoFactorResponse",             ""},
    {"PUT",    "/api/user/two-factor/{userId?}",              "TwoFactorUpdateRequest",  NULL,                            "methodId"},
    {"DELETE", "/api/user/two-factor/{userId?}",              "TwoFactorDisableRequest", NULL,                            "code methodId"},
};
/* clang-format on */
const struct api_chapter api_factor_chapter = {
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};
