/* SPDX-License-Identifier: Apache-2.0 */
/* Mails with a link or a code in the OpenAPI document: passwords, verifications, passwordless sign-in. */
#include "base/base.h"
#include "flow/api/api_openapi.h"
#include "flow/api/api_proof.h"

/* clang-format off */
static const struct field_table *const tables[] = {
    &api_forgot_table, &api_change_password_table, &api_verify_table, &api_verify_email_table,
    &api_verify_registration_table, &api_verify_start_table, &api_verify_send_table, &api_verify_complete_table,
    &api_passwordless_start_table, &api_passwordless_send_table, &api_passwordless_login_table,
};

static const struct api_type types[] = {
    {"ChangePasswordResponse", "oneTimePassword:string state:any{}"},
    {"ForgotPasswordResponse", "changePasswordId:string"},
    {"PasswordlessStartResponse", "code:string oneTimeCode:string"},
    {"VerifyCompleteResponse", "state:any{}"},
    {"VerifyEmailResponse", "oneTimeCode:string verificationId:string"},
    {"VerifyRegistrationResponse", "oneTimeCode:string verificationId:string"},
    {"VerifyStartResponse", "oneTimeCode:string verificationId:string"},
};

static const struct api_operation operations[] = {
/*   method    path                                                    request                         response                           parameters */
    {"POST",   "/api/user/forgot-password",                            "ForgotPasswordRequest",        "ForgotPasswordResponse",          ""},
    {"GET",    "/api/user/change-password/{changePasswordId?}",        NULL,                           NULL,                              "ipAddress loginId loginIdTypes"},
    {"POST",   "/api/user/change-password/{changePasswordId?}",        "ChangePasswordRequest",        "ChangePasswordResponse",          ""},
    {"PUT",    "/api/user/verify-email",                               NULL,                           "VerifyEmailResponse",             "applicationId email sendVerifyEmail"},
    {"POST",   "/api/user/verify-email/{verificationId?}",             "VerifyEmailRequest",           NULL,                              ""},
    {"PUT",    "/api/user/verify-registration",                        NULL,                           "VerifyRegistrationResponse",      "applicationId email sendVerifyPasswordEmail"},
    {"POST",   "/api/user/verify-registration/{verificationId?}",      "VerifyRegistrationRequest",    NULL,                              ""},
    {"POST",   "/api/identity/verify/start",                           "VerifyStartRequest",           "VerifyStartResponse",             ""},
    {"POST",   "/api/identity/verify/send",                            "VerifySendRequest",            NULL,                              ""},
    {"POST",   "/api/identity/verify/complete",                        "VerifyCompleteRequest",        "VerifyCompleteResponse",          ""},
    {"POST",   "/api/identity/verify",                                 "VerifyRequest",                NULL,                              ""},
    {"POST",   "/api/passwordless/start",                              "PasswordlessStartRequest",     "PasswordlessStartResponse",       ""},
    {"POST",   "/api/passwordless/send",                               "PasswordlessSendRequest",      NULL,                              ""},
    {"POST",   "/api/passwordless/login",                              "PasswordlessLoginRequest",     "LoginResponse",                   ""},
};
/* clang-format on */

const struct api_chapter api_proof_chapter = {
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};
