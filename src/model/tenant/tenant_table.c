/* SPDX-License-Identifier: Apache-2.0 */
/* What a tenant looks like on the wire: FusionAuth's type Tenant and the settings nested in it. */
#include "model/action/action.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/tenant/tenant.h"
#include "model/theme/theme.h"

#include "crypto/password.h"

static const char *const states[] = {"Active", "Inactive", "PendingDelete", NULL};
static const char *const usages[] = {"Reusable", "OneTimeUse", NULL};
static const char *const expirations[] = {
    "Fixed", "SlidingWindow", "SlidingWindowWithMaximumLifetime", NULL};
static const char *const units[] = {"MINUTES", "HOURS", "DAYS", "WEEKS", "MONTHS", "YEARS", NULL};
static const char *const generators[] = {
    "randomDigits", "randomBytes", "randomAlpha", "randomAlphaNumeric", NULL};
const char *const unverified_behaviors[] = {"Allow", "Gated", NULL};
const char *const verification_strategies[] = {"ClickableLink", "FormField", NULL};
static const char *const securities[] = {"NONE", "SSL", "TLS", NULL};

enum { YEAR_S = 365 * 24 * 3600, TEN_YEARS_MIN = 10 * 365 * 24 * 60 };


/* clang-format off */
#define JWT(member) FIELD_AT(struct jwt_config, member)
static const struct field one_time_fields[] = {
    {.name = "gracePeriodInSeconds", .kind = FIELD_INT, .offset = 0, .min = 0, .max = 86400, .default_int = 10},
};
static const struct field_table one_time_table = FIELD_TABLE("RefreshTokenOneTimeUseConfiguration", one_time_fields, struct one_time_config, NULL);

static const struct field sliding_fields[] = {
    {.name = "maximumTimeToLiveInMinutes", .kind = FIELD_INT, .offset = 0, .min = 1, .max = TEN_YEARS_MIN, .default_int = 43200},
};
static const struct field_table sliding_table = FIELD_TABLE("RefreshTokenSlidingWindowConfiguration", sliding_fields, struct sliding_config, NULL);

static const struct field revocation_fields[] = {
    {.name = "onLoginPrevented", .kind = FIELD_BOOL, .offset = FIELD_AT(struct revocation_config, on_login_prevented), .default_int = true},
    {.name = "onMultiFactorEnable", .kind = FIELD_BOOL, .offset = FIELD_AT(struct revocation_config, on_mfa_enable)},
    {.name = "onOneTimeTokenReuse", .kind = FIELD_BOOL, .offset = FIELD_AT(struct revocation_config, on_reuse), .default_int = true},
    {.name = "onPasswordChanged", .kind = FIELD_BOOL, .offset = FIELD_AT(struct revocation_config, on_password_change), .default_int = true},
};
static const struct field_table revocation_table = FIELD_TABLE("RefreshTokenRevocationPolicy", revocation_fields, struct revocation_config, NULL);

static void
check_jwt(struct field_check *check)
{
    const struct jwt_config *jwt = check->object;

    if (jwt->refresh_expiration == REFRESH_SLIDING_MAX && jwt->sliding.max_min < jwt->refresh_ttl_min) {
        field_check_fault(check, "refreshTokenSlidingWindowConfiguration.maximumTimeToLiveInMinutes", "invalid", "The longest life must not be shorter than that of a refresh token.");
    }
}

/* A tenant has it always, an application where it asks for its own. */
#define JWT_FIELDS(is_enabled) \
    {.name = "enabled", .kind = FIELD_BOOL, .offset = JWT(enabled), .default_int = (is_enabled)}, \
    {.name = "accessTokenKeyId", .kind = FIELD_UUID, .offset = JWT(access_token_key_id)}, \
    {.name = "idTokenKeyId", .kind = FIELD_UUID, .offset = JWT(id_token_key_id)}, \
    {.name = "accessTokenVerificationKeyIds", .kind = FIELD_UUIDS, .offset = JWT(access_check_key_ids)}, \
    {.name = "idTokenVerificationKeyIds", .kind = FIELD_UUIDS, .offset = JWT(id_check_key_ids)}, \
    {.name = "timeToLiveInSeconds", .kind = FIELD_INT, .offset = JWT(ttl_s), .min = 1, .max = YEAR_S, .default_int = 3600}, \
    {.name = "refreshTokenTimeToLiveInMinutes", .kind = FIELD_INT, .offset = JWT(refresh_ttl_min), .min = 1, .max = TEN_YEARS_MIN, .default_int = 43200}, \
    {.name = "refreshTokenUsagePolicy", .kind = FIELD_ENUM, .offset = JWT(refresh_usage), .default_int = REFRESH_ONE_TIME, .more.names = usages}, \
    {.name = "refreshTokenExpirationPolicy", .kind = FIELD_ENUM, .offset = JWT(refresh_expiration), .default_int = REFRESH_FIXED, .more.names = expirations}, \
    {.name = "refreshTokenOneTimeUseConfiguration", .kind = FIELD_OBJECT, .offset = JWT(one_time), .more.table = &one_time_table}, \
    {.name = "refreshTokenSlidingWindowConfiguration", .kind = FIELD_OBJECT, .offset = JWT(sliding), .more.table = &sliding_table}, \
    {.name = "refreshTokenRevocationPolicy", .kind = FIELD_OBJECT, .offset = JWT(revocation), .more.table = &revocation_table},
static const struct field jwt_fields[] = {JWT_FIELDS(false)};
const struct field_table jwt_config_table = FIELD_TABLE("JWTConfiguration", jwt_fields, struct jwt_config, check_jwt);
static const struct field tenant_jwt_fields[] = {JWT_FIELDS(true)};
static const struct field_table tenant_jwt_table = FIELD_TABLE("JWTConfiguration", tenant_jwt_fields, struct jwt_config, check_jwt);

static const struct field remember_fields[] = {
    {.name = "count", .kind = FIELD_INT, .offset = FIELD_AT(struct remember_config, count), .min = 1, .max = 24, .default_int = 1},
    {.name = "enabled", .kind = FIELD_BOOL, .offset = FIELD_AT(struct remember_config, enabled)},
};
static const struct field_table remember_table = FIELD_TABLE("RememberPreviousPasswords", remember_fields, struct remember_config, NULL);

#define AGE(member) FIELD_AT(struct password_age, member)
static const struct field max_age_fields[] = {
    {.name = "days", .kind = FIELD_INT, .offset = AGE(value), .min = 1, .max = 3650, .default_int = 180},
    {.name = "enabled", .kind = FIELD_BOOL, .offset = AGE(enabled)},
};
static const struct field_table max_age_table = FIELD_TABLE("MaximumPasswordAge", max_age_fields, struct password_age, NULL);
static const struct field min_age_fields[] = {
    {.name = "enabled", .kind = FIELD_BOOL, .offset = AGE(enabled)},
    {.name = "seconds", .kind = FIELD_INT, .offset = AGE(value), .min = 1, .max = YEAR_S, .default_int = 30},
};
static const struct field_table min_age_table = FIELD_TABLE("MinimumPasswordAge", min_age_fields, struct password_age, NULL);

#define RULES(member) FIELD_AT(struct password_rules, member)
static const struct field password_rules_fields[] = {
    {.name = "minLength", .kind = FIELD_INT, .offset = RULES(min_length), .min = 1, .max = 256, .default_int = 8},
    {.name = "maxLength", .kind = FIELD_INT, .offset = RULES(max_length), .min = 8, .max = 1024, .default_int = 256},
    {.name = "requireMixedCase", .kind = FIELD_BOOL, .offset = RULES(needs_mixed_case)},
    {.name = "requireNonAlpha", .kind = FIELD_BOOL, .offset = RULES(needs_non_alpha)},
    {.name = "requireNumber", .kind = FIELD_BOOL, .offset = RULES(needs_number)},
    {.name = "disallowUserLoginId", .kind = FIELD_BOOL, .offset = RULES(refuses_login_id), .default_int = true},
    {.name = "validateOnLogin", .kind = FIELD_BOOL, .offset = RULES(validates_on_login)},
    {.name = "breachDetection", .kind = FIELD_OBJECT, .offset = RULES(breach), .more.table = &breach_config_table},
    {.name = "rememberPreviousPasswords", .kind = FIELD_OBJECT, .offset = RULES(previous), .more.table = &remember_table},
};
static void
check_password_rules(struct field_check *check)
{
    const struct password_rules *rules = check->object;

    if (rules->min_length > rules->max_length) {
        field_check_fault(check, "minLength", "invalid", "The minimum length must not exceed the maximum length.");
    }
}
static const struct field_table password_rules_table = FIELD_TABLE("PasswordValidationRules", password_rules_fields, struct password_rules, check_password_rules);

#define ENCRYPTION(member) FIELD_AT(struct password_encryption, member)
static const struct field encryption_fields[] = {
    {.name = "encryptionScheme", .kind = FIELD_TEXT, .offset = ENCRYPTION(scheme), .max = 60, .default_text = "argon2id"},
    {.name = "encryptionSchemeFactor", .kind = FIELD_INT, .offset = ENCRYPTION(factor), .max = 10000000},
    {.name = "modifyEncryptionSchemeOnLogin", .kind = FIELD_BOOL, .offset = ENCRYPTION(rehashes_on_login), .default_int = true},
};
static void
check_encryption(struct field_check *check)
{
    const struct password_encryption *e = check->object;

    if (!password_scheme_made(e->scheme)) {
        field_check_fault(check, "encryptionScheme", "invalid", "The password scheme must be one this server knows, such as argon2id or bcrypt.");
    } else if (e->factor != 0 && !password_factor_ok(e->scheme, e->factor)) { /* 0: tenant_settle's */
        field_check_fault(check, "encryptionSchemeFactor", "invalid", "The factor must be within what the password scheme allows.");
    }
}
static const struct field_table encryption_table = FIELD_TABLE("PasswordEncryptionConfiguration", encryption_fields, struct password_encryption, check_encryption);

static const struct field cancel_fields[] = {
    {.name = "onPasswordReset", .kind = FIELD_BOOL, .offset = 0},
};
static const struct field_table cancel_table = FIELD_TABLE("FailedAuthenticationActionCancelPolicy", cancel_fields, struct failed_login_cancel, NULL);

#define FAILED(member) FIELD_AT(struct failed_login_config, member)
static const struct field failed_fields[] = {
    {.name = "tooManyAttempts", .kind = FIELD_INT, .offset = FAILED(too_many), .min = 1, .max = 1000, .default_int = 5},
    {.name = "resetCountInSeconds", .kind = FIELD_INT, .offset = FAILED(reset_s), .min = 1, .max = 86400, .default_int = 60},
    {.name = "actionDuration", .kind = FIELD_INT, .offset = FAILED(lock_duration), .min = 1, .max = 1000000, .default_int = 3},
    {.name = "actionDurationUnit", .kind = FIELD_ENUM, .offset = FAILED(lock_unit), .more.names = units},
    {.name = "emailUser", .kind = FIELD_BOOL, .offset = FAILED(mails_user)},
    {.name = "userActionId", .kind = FIELD_UUID, .offset = FAILED(action_id), .more.kind = &action_kind},
    {.name = "actionCancelPolicy", .kind = FIELD_OBJECT, .offset = FAILED(cancel), .more.table = &cancel_table},
};
static const struct field_table failed_table = FIELD_TABLE("FailedAuthenticationConfiguration", failed_fields, struct failed_login_config, NULL);

#define UNVERIFIED(member) FIELD_AT(struct unverified_config, member)
static const struct field unverified_fields[] = {
    {.name = "allowEmailChangeWhenGated", .kind = FIELD_BOOL, .offset = UNVERIFIED(may_change)},
    {.name = "behavior", .kind = FIELD_ENUM, .offset = UNVERIFIED(behavior), .more.names = unverified_behaviors},
};
static const struct field_table unverified_table = FIELD_TABLE("EmailUnverifiedOptions", unverified_fields, struct unverified_config, NULL);

#define MAIL(member) FIELD_AT(struct mail_config, member)
#define MAIL_TEMPLATE_ROW(what, member, unused) {.name = member, .kind = FIELD_UUID, .offset = MAIL(templates.id) + MAIL_TEMPLATE_##what * sizeof(struct uuid), .more.kind = &emailtemplate_kind},
static const struct field mail_fields[] = {
    {.name = "host", .kind = FIELD_TEXT, .offset = MAIL(host)},
    {.name = "port", .kind = FIELD_INT, .offset = MAIL(port), .min = 1, .max = 65535, .default_int = 25},
    {.name = "security", .kind = FIELD_ENUM, .offset = MAIL(security), .more.names = securities},
    {.name = "username", .kind = FIELD_TEXT, .offset = MAIL(username)},
    {.name = "password", .kind = FIELD_SECRET, .offset = MAIL(password), .flags = FIELD_KEEP_ON_PUT | FIELD_SHOWN},
    {.name = "defaultFromEmail", .kind = FIELD_EMAIL, .offset = MAIL(from_email)},
    {.name = "defaultFromName", .kind = FIELD_TEXT, .offset = MAIL(from_name)},
    {.name = "additionalHeaders", .kind = FIELD_OBJECTS, .offset = MAIL(headers), .max = 20, .more.table = &mail_header_table},
    {.name = "adminTwoFactorMethodRemoveEmailTemplateId", .kind = FIELD_UUID, .offset = MAIL(admin_two_factor_remove_id), .more.kind = &emailtemplate_kind},
    {.name = "debug", .kind = FIELD_BOOL, .offset = MAIL(debug)},
    {.name = "implicitEmailVerificationAllowed", .kind = FIELD_BOOL, .offset = MAIL(verifies_on_the_way), .default_int = true},
    {.name = "properties", .kind = FIELD_TEXT, .offset = MAIL(properties), .max = 4096},
    {.name = "unverified", .kind = FIELD_OBJECT, .offset = MAIL(unverified), .more.table = &unverified_table},
    MAIL_TEMPLATES(MAIL_TEMPLATE_ROW)
    {.name = "verificationStrategy", .kind = FIELD_ENUM, .offset = MAIL(strategy), .more.names = verification_strategies},
    {.name = "verifyEmail", .kind = FIELD_BOOL, .offset = MAIL(verifies)},
    {.name = "verifyEmailWhenChanged", .kind = FIELD_BOOL, .offset = MAIL(verifies_changed)},
};
static const struct field_table mail_table = FIELD_TABLE("EmailConfiguration", mail_fields, struct mail_config, NULL);

static void
check_generator(struct field_check *check)
{
    const struct secure_generator *g = check->object;
    bool is_bytes = g->type == GENERATOR_BYTES;

    if (is_bytes ? g->length < 16 : g->length > 12) {
        field_check_fault(check, "length", "invalid", is_bytes ? "Take 16 to 128 random bytes." : "Take 4 to 12 letters or digits.");
    }
}
#define GENERATOR(member) FIELD_AT(struct secure_generator, member)
#define GENERATOR_TABLE(table, length_is, type_is)                                                          \
    static const struct field table##_fields[] = {                                                          \
        {.name = "length", .kind = FIELD_INT, .offset = GENERATOR(length), .min = 4, .max = GENERATOR_BYTES_MAX, .default_int = length_is}, \
        {.name = "type", .kind = FIELD_ENUM, .offset = GENERATOR(type), .default_int = type_is, .more.names = generators}, \
    };                                                                                                      \
    static const struct field_table table##_table = FIELD_TABLE("SecureGeneratorConfiguration", table##_fields, struct secure_generator, check_generator)
GENERATOR_TABLE(link_generator, 32, GENERATOR_BYTES);
GENERATOR_TABLE(word_generator, 6, GENERATOR_ALPHA_NUMERIC);
GENERATOR_TABLE(digit_generator, 6, GENERATOR_DIGITS);

#define IDS(member) FIELD_AT(struct external_id_config, member)
static const struct field ids_fields[] = {
    {.name = "authorizationGrantIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(code_ttl_s), .min = 1, .max = 600, .default_int = 30},
    {.name = "loginIntentTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(login_intent_ttl_s), .min = 1, .max = 86400, .default_int = 1800},
    {.name = "rememberOAuthScopeConsentChoiceTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(remember_consent_ttl_s), .min = 1, .max = YEAR_S, .default_int = 2592000},
    {.name = "changePasswordIdGenerator", .kind = FIELD_OBJECT, .offset = IDS(change_password), .more.table = &link_generator_table},
    {.name = "changePasswordIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(change_password_ttl_s), .min = 1, .max = YEAR_S, .default_int = 600},
    {.name = "deviceCodeTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(device_code_ttl_s), .min = 1, .max = YEAR_S, .default_int = 300},
    {.name = "deviceUserCodeIdGenerator", .kind = FIELD_OBJECT, .offset = IDS(device_user_code), .more.table = &word_generator_table},
    {.name = "emailVerificationIdGenerator", .kind = FIELD_OBJECT, .offset = IDS(verify_email), .more.table = &link_generator_table},
    {.name = "emailVerificationIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(verify_email_ttl_s), .min = 1, .max = YEAR_S, .default_int = 86400},
    {.name = "emailVerificationOneTimeCodeGenerator", .kind = FIELD_OBJECT, .offset = IDS(verify_email_code), .more.table = &word_generator_table},
    {.name = "externalAuthenticationIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(external_ttl_s), .min = 1, .max = YEAR_S, .default_int = 300},
    {.name = "identityProviderConnectionTestTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(connection_test_ttl_s), .min = 1, .max = YEAR_S, .default_int = 300},
    {.name = "oneTimePasswordTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(one_time_password_ttl_s), .min = 1, .max = YEAR_S, .default_int = 60},
    {.name = "passwordlessLoginGenerator", .kind = FIELD_OBJECT, .offset = IDS(passwordless), .more.table = &link_generator_table},
    {.name = "passwordlessLoginOneTimeCodeGenerator", .kind = FIELD_OBJECT, .offset = IDS(passwordless_code), .more.table = &word_generator_table},
    {.name = "passwordlessLoginTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(passwordless_ttl_s), .min = 1, .max = YEAR_S, .default_int = 180},
    {.name = "pendingAccountLinkTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(pending_link_ttl_s), .min = 1, .max = YEAR_S, .default_int = 3600},
    {.name = "phoneVerificationIdGenerator", .kind = FIELD_OBJECT, .offset = IDS(verify_phone), .more.table = &link_generator_table},
    {.name = "phoneVerificationIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(verify_phone_ttl_s), .min = 1, .max = YEAR_S, .default_int = 86400},
    {.name = "phoneVerificationOneTimeCodeGenerator", .kind = FIELD_OBJECT, .offset = IDS(verify_phone_code), .more.table = &word_generator_table},
    {.name = "registrationVerificationIdGenerator", .kind = FIELD_OBJECT, .offset = IDS(verify_registration), .more.table = &link_generator_table},
    {.name = "registrationVerificationIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(verify_registration_ttl_s), .min = 1, .max = YEAR_S, .default_int = 86400},
    {.name = "registrationVerificationOneTimeCodeGenerator", .kind = FIELD_OBJECT, .offset = IDS(verify_registration_code), .more.table = &word_generator_table},
    {.name = "samlv2AuthNRequestIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(saml_ttl_s), .min = 1, .max = YEAR_S, .default_int = 300},
    {.name = "setupPasswordIdGenerator", .kind = FIELD_OBJECT, .offset = IDS(setup_password), .more.table = &link_generator_table},
    {.name = "setupPasswordIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(setup_password_ttl_s), .min = 1, .max = YEAR_S, .default_int = 86400},
    {.name = "trustTokenTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(trust_ttl_s), .min = 1, .max = YEAR_S, .default_int = 180},
    {.name = "twoFactorIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(two_factor_ttl_s), .min = 1, .max = YEAR_S, .default_int = 300},
    {.name = "twoFactorOneTimeCodeIdGenerator", .kind = FIELD_OBJECT, .offset = IDS(two_factor_code), .more.table = &digit_generator_table},
    {.name = "twoFactorOneTimeCodeIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(two_factor_code_ttl_s), .min = 1, .max = YEAR_S, .default_int = 60},
    {.name = "twoFactorTrustIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(two_factor_trust_ttl_s), .min = 1, .max = YEAR_S, .default_int = 2592000},
    {.name = "webAuthnAuthenticationChallengeTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(webauthn_login_ttl_s), .min = 1, .max = YEAR_S, .default_int = 180},
    {.name = "webAuthnRegistrationChallengeTimeToLiveInSeconds", .kind = FIELD_INT, .offset = IDS(webauthn_register_ttl_s), .min = 1, .max = YEAR_S, .default_int = 180},
};
static const struct field_table ids_table = FIELD_TABLE("ExternalIdentifierConfiguration", ids_fields, struct external_id_config, NULL);

static const struct field login_fields[] = {
    {.name = "requireAuthentication", .kind = FIELD_BOOL, .offset = 0, .default_int = true},
};
static const struct field_table login_table = FIELD_TABLE("TenantLoginConfiguration", login_fields, struct tenant_login_config, NULL);

static const struct field sso_fields[] = {
    {.name = "deviceTrustTimeToLiveInSeconds", .kind = FIELD_INT, .offset = 0, .min = 60, .max = YEAR_S, .default_int = YEAR_S},
    {.name = "allowAccessTokenBootstrap", .kind = FIELD_BOOL, .offset = FIELD_AT(struct sso_config, may_bootstrap)},
};
static const struct field_table sso_table = FIELD_TABLE("TenantSSOConfiguration", sso_fields, struct sso_config, NULL);

/* Whoever is asked second would never be: the first that knows an address decides. */
static void
check_policies(struct field_check *check)
{
    const struct tenant *tenant = check->object;
    const struct connector_policy *all = tenant->connector_policies.items;

    for (size_t i = 1; i < tenant->connector_policies.count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (uuid_eq(all[i].connector_id, all[j].connector_id)) {
                field_check_fault(check, "connectorId", "duplicate", "Name each connector once.");
                return;
            }
        }
    }
}

#define T(member) FIELD_AT(struct tenant, member)
static const struct field tenant_fields[] = {
    {.name = "id", .kind = FIELD_UUID, .offset = T(id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "name", .kind = FIELD_TEXT, .offset = T(name), .flags = FIELD_REQUIRED | FIELD_NOT_STORED, .max = 191},
    {.name = "issuer", .kind = FIELD_TEXT, .offset = T(issuer), .max = 255},
    {.name = "state", .kind = FIELD_ENUM, .offset = T(state), .flags = FIELD_READ_ONLY, .more.names = states},
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = T(insert_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = T(last_update_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "data", .kind = FIELD_JSON, .offset = T(data)},
    {.name = "baseURL", .kind = FIELD_URI, .offset = T(base_url)},
    {.name = "logoutURL", .kind = FIELD_URI, .offset = T(logout_url)},
    {.name = "httpSessionMaxInactiveInterval", .kind = FIELD_INT, .offset = T(session_idle_s), .min = 60, .max = 86400, .default_int = 3600},
    {.name = "jwtConfiguration", .kind = FIELD_OBJECT, .offset = T(jwt), .more.table = &tenant_jwt_table},
    {.name = "passwordValidationRules", .kind = FIELD_OBJECT, .offset = T(password), .more.table = &password_rules_table},
    {.name = "passwordEncryptionConfiguration", .kind = FIELD_OBJECT, .offset = T(encryption), .more.table = &encryption_table},
    {.name = "failedAuthenticationConfiguration", .kind = FIELD_OBJECT, .offset = T(failed_login), .more.table = &failed_table},
    {.name = "emailConfiguration", .kind = FIELD_OBJECT, .offset = T(mail), .more.table = &mail_table},
    {.name = "externalIdentifierConfiguration", .kind = FIELD_OBJECT, .offset = T(ids), .more.table = &ids_table},
    {.name = "loginConfiguration", .kind = FIELD_OBJECT, .offset = T(login), .more.table = &login_table},
    {.name = "ssoConfiguration", .kind = FIELD_OBJECT, .offset = T(sso), .more.table = &sso_table},
    {.name = "accessControlConfiguration", .kind = FIELD_OBJECT, .offset = T(access), .more.table = &access_config_table},
    {.name = "captchaConfiguration", .kind = FIELD_OBJECT, .offset = T(captcha), .more.table = &captcha_config_table},
    {.name = "clientRiskConfiguration", .kind = FIELD_OBJECT, .offset = T(client_risk), .more.table = &client_risk_config_table},
    {.name = "configured", .kind = FIELD_BOOL, .offset = T(is_configured), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED, .default_int = true},
    {.name = "connectorPolicies", .kind = FIELD_OBJECTS, .offset = T(connector_policies), .more.table = &connector_policy_table, .rule = check_policies},
    {.name = "eventConfiguration", .kind = FIELD_OBJECT, .offset = T(events), .more.table = &event_config_table},
    {.name = "familyConfiguration", .kind = FIELD_OBJECT, .offset = T(family), .more.table = &family_config_table},
    {.name = "formConfiguration", .kind = FIELD_OBJECT, .offset = T(forms), .more.table = &tenant_forms_table},
    {.name = "lambdaConfiguration", .kind = FIELD_OBJECT, .offset = T(lambdas), .more.table = &tenant_lambdas_table},
    {.name = "maximumPasswordAge", .kind = FIELD_OBJECT, .offset = T(max_password_age), .more.table = &max_age_table},
    {.name = "minimumPasswordAge", .kind = FIELD_OBJECT, .offset = T(min_password_age), .more.table = &min_age_table},
    {.name = "multiFactorConfiguration", .kind = FIELD_OBJECT, .offset = T(factor), .more.table = &factor_config_table},
    {.name = "oauthConfiguration", .kind = FIELD_OBJECT, .offset = T(kept.oauth), .more.table = &tenant_oauth_table},
    {.name = "phoneConfiguration", .kind = FIELD_OBJECT, .offset = T(phone), .more.table = &phone_config_table},
    {.name = "rateLimitConfiguration", .kind = FIELD_OBJECT, .offset = T(rates), .more.table = &tenant_rates_table},
    {.name = "registrationConfiguration", .kind = FIELD_OBJECT, .offset = T(sign_up), .more.table = &tenant_sign_up_table},
    {.name = "scimServerConfiguration", .kind = FIELD_OBJECT, .offset = T(kept.scim), .more.table = &tenant_scim_table},
    {.name = "themeId", .kind = FIELD_UUID, .offset = T(theme_id), .more.kind = &theme_kind},
    {.name = "userDeletePolicy", .kind = FIELD_OBJECT, .offset = T(kept.user_delete), .more.table = &tenant_delete_table},
    {.name = "usernameConfiguration", .kind = FIELD_OBJECT, .offset = T(usernames), .more.table = &tenant_usernames_table},
    {.name = "webAuthnConfiguration", .kind = FIELD_OBJECT, .offset = T(webauthn), .more.table = &webauthn_config_table},
};
const struct field_table tenant_table = FIELD_TABLE("Tenant", tenant_fields, struct tenant, NULL);
/* clang-format on */
