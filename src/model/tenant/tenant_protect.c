/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of the settings that protect people. */
#include "model/tenant/tenant_protect.h"

#include "model/emailtemplate/emailtemplate.h"

static const char *const breach_matches[] = {"Low", "Medium", "High", NULL};
static const char *const breach_actions[] = {
    "Off", "RecordOnly", "NotifyUser", "RequireChange", NULL};

static void
check_breach(struct field_check *check)
{
    const struct breach_config *breach = check->object;

    if (breach->enabled && breach->on_login == BREACH_NOTIFY && uuid_is_nil(breach->notice_id)) {
        field_check_fault(check, "notifyUserEmailTemplateId", "missing",
            "Name the email template that tells people.");
    }
}

/* It stands in the address of a script, so it is what keys are made of. */
static void
check_site_key(struct field_check *check)
{
    str value = *(const str *)(const void *)((const char *)check->object + check->field->offset);

    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_alnum && c != '-' && c != '_') {
            field_check_fault(check, NULL, "invalid",
                "Write the site key as the provider gave it: letters, digits, - and _.");
            return;
        }
    }
}

static void
check_captcha(struct field_check *check)
{
    const struct captcha_config *captcha = check->object;

    if (captcha->enabled && captcha->site_key.n == 0) {
        field_check_fault(check, "siteKey", "blank", "Write the site key that the provider gave.");
    }
    if (captcha->enabled && captcha->secret_key.n == 0) {
        field_check_fault(
            check, "secretKey", "blank", "Write the secret key that the provider gave.");
    }
}

/* clang-format off */
#define BREACH(member) FIELD_AT(struct breach_config, member)
static const struct field breach_fields[] = {
    {.name = "enabled",   .kind = FIELD_BOOL, .offset = BREACH(enabled)},
    {.name = "matchMode", .kind = FIELD_ENUM, .offset = BREACH(match), .default_int = 2, .more.names = breach_matches},
    {.name = "notifyUserEmailTemplateId", .kind = FIELD_UUID, .offset = BREACH(notice_id), .more.kind = &emailtemplate_kind},
    {.name = "onLogin",   .kind = FIELD_ENUM, .offset = BREACH(on_login), .default_int = BREACH_OFF, .more.names = breach_actions},
};
const struct field_table breach_config_table = FIELD_TABLE("PasswordBreachDetection", breach_fields, struct breach_config, check_breach);

const char *const captcha_methods[] = {"GoogleRecaptchaV2", "GoogleRecaptchaV3", "HCaptcha", "HCaptchaEnterprise", NULL};
#define CAPTCHA(member) FIELD_AT(struct captcha_config, member)
static const struct field captcha_fields[] = {
    {.name = "enabled",       .kind = FIELD_BOOL,    .offset = CAPTCHA(enabled)},
    {.name = "captchaMethod", .kind = FIELD_ENUM,    .offset = CAPTCHA(method), .default_int = CAPTCHA_GOOGLE_V3, .more.names = captcha_methods},
    {.name = "secretKey",     .kind = FIELD_SECRET,  .offset = CAPTCHA(secret_key), .flags = FIELD_KEEP_ON_PUT, .max = 255},
    {.name = "siteKey",       .kind = FIELD_TEXT,    .offset = CAPTCHA(site_key), .max = 100, .rule = check_site_key},
    {.name = "threshold",     .kind = FIELD_DECIMAL, .offset = CAPTCHA(threshold), .max = 1000, .default_int = 500},
};
const struct field_table captcha_config_table = FIELD_TABLE("TenantCaptchaConfiguration", captcha_fields, struct captcha_config, check_captcha);

#define RISK(member) FIELD_AT(struct client_risk_config, member)
#define SIGNAL(wire, member) {.name = wire, .kind = FIELD_BOOL, .offset = RISK(member), .default_int = true}
static const struct field client_risk_fields[] = {
    {.name = "enabled", .kind = FIELD_BOOL, .offset = RISK(enabled)},
    SIGNAL("blocklistedIp", blocklisted_ip),
    SIGNAL("botDetected", bot_detected),
    SIGNAL("dormantAccount", dormant_account),
    SIGNAL("dormantPassword", dormant_password),
    SIGNAL("impossibleTravel", impossible_travel),
    SIGNAL("recentIdentityChange", recent_identity_change),
    SIGNAL("recentPasswordChange", recent_password_change),
    SIGNAL("suspiciousUserAgent", suspicious_agent),
    SIGNAL("unrecognizedDevice", unrecognized_device),
    SIGNAL("untrustedDevice", untrusted_device),
};
const struct field_table client_risk_config_table = FIELD_TABLE("ClientRiskConfiguration", client_risk_fields, struct client_risk_config, NULL);

#define R(member) FIELD_AT(struct tenant_rate_config, member)
static const struct field rate_fields[] = {
    {.name = "enabled",             .kind = FIELD_BOOL, .offset = R(enabled)},
    {.name = "limit",               .kind = FIELD_INT,  .offset = R(limit),    .min = 1, .max = 1000000, .default_int = 5},
    {.name = "timePeriodInSeconds", .kind = FIELD_INT,  .offset = R(period_s), .min = 1, .max = 31536000, .default_int = 60},
};
static const struct field_table rate_table = FIELD_TABLE("RateLimitedRequestConfiguration", rate_fields, struct tenant_rate_config, NULL);
#define X(what, member) {.name = member, .kind = FIELD_OBJECT, .offset = FIELD_AT(struct tenant_rates, of) + TENANT_RATE_##what * sizeof(struct tenant_rate_config), .more.table = &rate_table},
static const struct field rates_fields[] = {TENANT_RATES(X)};
#undef X
const struct field_table tenant_rates_table = FIELD_TABLE("TenantRateLimitConfiguration", rates_fields, struct tenant_rates, NULL);
/* clang-format on */
