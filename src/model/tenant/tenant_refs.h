/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's mails, and what tenants and applications name of the house's records: templates, lambdas, connectors,
 * access lists. */
#pragma once
#include "model/field/field.h"

/* clang-format off */
/*  what a mail is about         tenant's member                       application's member */
#define MAIL_TEMPLATES(X) \
    X(EMAIL_UPDATE,              "emailUpdateEmailTemplateId",          "emailUpdateEmailTemplateId")          \
    X(EMAIL_VERIFIED,            "emailVerifiedEmailTemplateId",        "emailVerifiedEmailTemplateId")        \
    X(FORGOT_PASSWORD,           "forgotPasswordEmailTemplateId",       "forgotPasswordEmailTemplateId")       \
    X(LOGIN_ID_IN_USE_ON_CREATE, "loginIdInUseOnCreateEmailTemplateId", "loginIdInUseOnCreateEmailTemplateId") \
    X(LOGIN_ID_IN_USE_ON_UPDATE, "loginIdInUseOnUpdateEmailTemplateId", "loginIdInUseOnUpdateEmailTemplateId") \
    X(LOGIN_NEW_DEVICE,          "loginNewDeviceEmailTemplateId",       "loginNewDeviceEmailTemplateId")       \
    X(LOGIN_SUSPICIOUS,          "loginSuspiciousEmailTemplateId",      "loginSuspiciousEmailTemplateId")      \
    X(PASSWORD_RESET_SUCCESS,    "passwordResetSuccessEmailTemplateId", "passwordResetSuccessEmailTemplateId") \
    X(PASSWORD_UPDATE,           "passwordUpdateEmailTemplateId",       "passwordUpdateEmailTemplateId")       \
    X(PASSWORDLESS,              "passwordlessEmailTemplateId",         "passwordlessEmailTemplateId")         \
    X(SET_PASSWORD,              "setPasswordEmailTemplateId",          "setPasswordEmailTemplateId")          \
    X(TWO_FACTOR_ADD,            "twoFactorMethodAddEmailTemplateId",   "twoFactorMethodAddEmailTemplateId")   \
    X(TWO_FACTOR_REMOVE,         "twoFactorMethodRemoveEmailTemplateId", "twoFactorMethodRemoveEmailTemplateId") \
    X(VERIFICATION,              "verificationEmailTemplateId",         "emailVerificationEmailTemplateId")
#define PHONE_TEMPLATES(X) \
    X(FORGOT_PASSWORD,           "forgotPasswordTemplateId")       \
    X(IDENTITY_UPDATE,           "identityUpdateTemplateId")       \
    X(LOGIN_ID_IN_USE_ON_CREATE, "loginIdInUseOnCreateTemplateId") \
    X(LOGIN_ID_IN_USE_ON_UPDATE, "loginIdInUseOnUpdateTemplateId") \
    X(LOGIN_NEW_DEVICE,          "loginNewDeviceTemplateId")       \
    X(LOGIN_SUSPICIOUS,          "loginSuspiciousTemplateId")      \
    X(PASSWORD_RESET_SUCCESS,    "passwordResetSuccessTemplateId") \
    X(PASSWORD_UPDATE,           "passwordUpdateTemplateId")       \
    X(PASSWORDLESS,              "passwordlessTemplateId")         \
    X(SET_PASSWORD,              "setPasswordTemplateId")          \
    X(TWO_FACTOR_ADD,            "twoFactorMethodAddTemplateId")   \
    X(TWO_FACTOR_REMOVE,         "twoFactorMethodRemoveTemplateId") \
    X(VERIFICATION,              "verificationTemplateId")         \
    X(VERIFICATION_COMPLETE,     "verificationCompleteTemplateId")
/* clang-format on */
#define X(name, ...) MAIL_TEMPLATE_##name,
enum mail_template { MAIL_TEMPLATES(X) MAIL_TEMPLATE_COUNT };
#undef X
#define X(name, ...) PHONE_TEMPLATE_##name,
enum phone_template { PHONE_TEMPLATES(X) PHONE_TEMPLATE_COUNT };
#undef X

struct mail_header { /* type EmailHeader */
    str name, value;
};
struct mail_templates { /* ids of email templates; nil: built-in texts */
    struct uuid id[MAIL_TEMPLATE_COUNT];
};
enum verification_strategy { VERIFY_BY_LINK, VERIFY_BY_CODE }; /* ClickableLink, FormField */

struct mail_config { /* type EmailConfiguration */
    str host, username, password, from_email, from_name;
    int64_t port;
    int security;                    /* NONE, SSL, TLS */
    bool verifies, verifies_changed; /* a new, a changed address is to be verified */
    bool verifies_on_the_way;        /* who opens another mail of ours has verified the address */
    int strategy;                    /* enum verification_strategy */
    struct unverified_config { /* EmailUnverifiedOptions; of an application without the first */
        bool may_change;       /* the address, while nobody is let in: for hosted pages to ask */
        int behavior;          /* enum unverified_behavior */
    } unverified;
    struct mail_templates templates;
    struct field_list headers; /* struct mail_header */
    struct uuid admin_two_factor_remove_id;
    bool debug; /* no effect, like these: Java's settings of a mail session */
    str properties;
};
struct app_mail_config { /* type ApplicationEmailConfiguration */
    struct mail_templates templates;
};
struct phone_config { /* types TenantPhoneConfiguration, ApplicationPhoneConfiguration */
    struct uuid template_id[PHONE_TEMPLATE_COUNT];
    struct uuid admin_two_factor_remove_id, messenger_id; /* a tenant's only, like the rest */
    bool verifies;            /* a new or a changed number is to be verified */
    bool verifies_on_the_way; /* who has read another message of ours has verified the number */
    int strategy;             /* enum verification_strategy */
    struct phone_unverified { /* PhoneUnverifiedOptions */
        bool may_change;      /* the number, while nobody is let in: for hosted pages to ask */
        int behavior;         /* enum unverified_behavior */
    } unverified;
};
struct connector_policy { /* type ConnectorPolicy */
    struct uuid connector_id;
    str data;
    struct field_texts domains;
    bool migrate;
};
struct tenant_lambdas { /* type TenantLambdaConfiguration */
    struct uuid login_validation, multi_factor, scim_enterprise_request, scim_enterprise_response,
        scim_group_request, scim_group_response, scim_user_request, scim_user_response;
};
struct app_lambdas { /* type LambdaConfiguration */
    struct uuid access_token, id_token, multi_factor, saml, registration, userinfo;
};
struct
    access_config { /* types TenantAccessControlConfiguration, ApplicationAccessControlConfiguration */
    struct uuid ui_list_id;
};
struct event_config {         /* type EventConfiguration */
    struct field_list events; /* struct event_setting */
};
struct event_setting { /* type EventConfigurationData */
    str type;
    bool enabled;
    int transaction;
};

extern const struct field_table access_config_table, app_access_config_table, app_lambdas_table,
    app_mail_config_table, app_phone_config_table, connector_policy_table, event_config_table,
    mail_header_table, phone_config_table, tenant_lambdas_table;
