/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of a tenant that protect its people from guessed and stolen passwords. */
#pragma once
#include "model/field/field.h"

enum breach_action { BREACH_OFF, BREACH_RECORD, BREACH_NOTIFY, BREACH_REQUIRE };
struct breach_config { /* type PasswordBreachDetection: model/breach */
    bool enabled;
    int match;    /* index of BreachMatchMode: makes no difference, see model/breach */
    int on_login; /* enum breach_action */
    struct uuid notice_id;
};

struct failed_login_config { /* type FailedAuthenticationConfiguration: model/lockout */
    int64_t too_many, reset_s, lock_duration;
    int lock_unit; /* index of ExpiryUnit names */
    bool mails_user;
    struct uuid action_id;       /* the user action that is taken */
    struct failed_login_cancel { /* FailedAuthenticationActionCancelPolicy */
        bool on_password_reset;
    } cancel;
};
extern const char *const captcha_methods[]; /* names, NULL-terminated */
enum captcha_method {
    CAPTCHA_GOOGLE_V2,
    CAPTCHA_GOOGLE_V3,
    CAPTCHA_HCAPTCHA,
    CAPTCHA_HCAPTCHA_ENTERPRISE
};
struct captcha_config { /* type TenantCaptchaConfiguration: model/captcha */
    bool enabled;
    int method; /* enum captcha_method */
    str site_key, secret_key;
    int64_t threshold; /* thousandths */
};
struct
    client_risk_config { /* type ClientRiskConfiguration: see model/factor, FACTOR_ON_HIGH_RISK */
    bool enabled, blocklisted_ip, bot_detected, dormant_account, dormant_password,
        impossible_travel, recent_identity_change, recent_password_change, suspicious_agent,
        unrecognized_device, untrusted_device;
};

/* clang-format off */
#define TENANT_RATES(X) \
    X(FAILED_LOGIN,              "failedLogin")                  \
    X(FORGOT_PASSWORD,           "forgotPassword")               \
    X(EMAIL_VERIFICATION,        "sendEmailVerification")        \
    X(PASSWORDLESS,              "sendPasswordless")             \
    X(PASSWORDLESS_PHONE,        "sendPasswordlessPhone")        \
    X(PHONE_VERIFICATION,        "sendPhoneVerification")        \
    X(REGISTRATION_VERIFICATION, "sendRegistrationVerification") \
    X(TWO_FACTOR,                "sendTwoFactor")
/* clang-format on */
#define X(name, ...) TENANT_RATE_##name,
enum tenant_rate { TENANT_RATES(X) TENANT_RATE_COUNT };
#undef X
struct tenant_rates { /* type TenantRateLimitConfiguration: model/lockout */
    struct tenant_rate_config {
        bool enabled;
        int64_t limit, period_s;
    } of[TENANT_RATE_COUNT];
};

extern const struct field_table breach_config_table, captcha_config_table, client_risk_config_table,
    tenant_rates_table;
