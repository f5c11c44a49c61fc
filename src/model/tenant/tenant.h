/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants: an isolated pool of users with its own issuer, keys and policies. Compiled once, cached, immutable. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "crypto/hash.h"
#include "model/field/field.h"
#include "model/tenant/tenant_family.h"
#include "model/tenant/tenant_forms.h"
#include "model/tenant/tenant_kept.h"
#include "model/tenant/tenant_protect.h"
#include "model/tenant/tenant_refs.h"

struct rq;

enum object_state { STATE_ACTIVE, STATE_INACTIVE, STATE_PENDING_DELETE };
enum refresh_usage { REFRESH_REUSABLE, REFRESH_ONE_TIME };
enum refresh_expiration { REFRESH_FIXED, REFRESH_SLIDING, REFRESH_SLIDING_MAX };

struct jwt_config { /* type JWTConfiguration: of a tenant, or of an application when enabled */
    bool enabled;
    struct uuid access_token_key_id, id_token_key_id;          /* nil: the tenant's own key */
    struct field_texts access_check_key_ids, id_check_key_ids; /* ids; these never sign */
    int64_t ttl_s;                                             /* access and id token */
    int64_t refresh_ttl_min;
    int refresh_usage, refresh_expiration;
    struct one_time_config { /* RefreshTokenOneTimeUseConfiguration */
        int64_t grace_s;
    } one_time;
    struct sliding_config { /* RefreshTokenSlidingWindowConfiguration */
        int64_t max_min;
    } sliding;
    struct revocation_config { /* RefreshTokenRevocationPolicy */
        bool on_login_prevented, on_mfa_enable, on_reuse, on_password_change;
    } revocation;
};
struct password_rules { /* type PasswordValidationRules */
    int64_t min_length, max_length;
    bool needs_mixed_case, needs_non_alpha, needs_number, refuses_login_id, validates_on_login;
    struct remember_config { /* RememberPreviousPasswords */
        bool enabled;
        int64_t count;
    } previous;
    struct breach_config breach;
};
struct password_age { /* types MaximumPasswordAge in days, MinimumPasswordAge in seconds */
    bool enabled;
    int64_t value;
};
struct password_encryption { /* type PasswordEncryptionConfiguration */
    str scheme;
    int64_t factor;
    bool rehashes_on_login;
};
enum unverified_behavior { UNVERIFIED_ALLOW, UNVERIFIED_GATED };
enum generator_type { GENERATOR_DIGITS, GENERATOR_BYTES, GENERATOR_ALPHA, GENERATOR_ALPHA_NUMERIC };
enum { GENERATOR_BYTES_MAX = 128 };
struct secure_generator { /* type SecureGeneratorConfiguration */
    int64_t length;       /* characters, or bytes */
    int type;
};
struct external_id_config { /* type ExternalIdentifierConfiguration: what model/ticket makes */
    int64_t code_ttl_s, login_intent_ttl_s, remember_consent_ttl_s;
    int64_t change_password_ttl_s, setup_password_ttl_s, verify_email_ttl_s, verify_phone_ttl_s,
        verify_registration_ttl_s, passwordless_ttl_s, one_time_password_ttl_s, trust_ttl_s,
        two_factor_ttl_s, two_factor_code_ttl_s, two_factor_trust_ttl_s, webauthn_login_ttl_s,
        webauthn_register_ttl_s, device_code_ttl_s, pending_link_ttl_s, external_ttl_s, saml_ttl_s,
        connection_test_ttl_s;
    /* texts that find a ticket, and the codes beside them */
    struct secure_generator change_password, setup_password, verify_email, verify_phone,
        verify_registration, passwordless, device_user_code;
    struct secure_generator verify_email_code, verify_phone_code, verify_registration_code,
        passwordless_code, two_factor_code;
};

enum factor_policy { /* MultiFactorLoginPolicy */
    FACTOR_DISABLED,
    FACTOR_ENABLED,
    FACTOR_REQUIRED,
    FACTOR_ON_HIGH_RISK,
    FACTOR_ON_MEDIUM_RISK
};
struct factor_config {         /* type TenantMultiFactorConfiguration */
    struct factor_app_config { /* MultiFactorAuthenticatorMethod */
        bool enabled;
        int algorithm; /* enum otp_algorithm */
        int64_t code_length, step_s;
    } authenticator;
    struct factor_sent_config { /* MultiFactorEmailMethod, ...SMSMethod, ...VoiceMethod */
        bool enabled;
        struct uuid template_id, messenger_id;
    } email, sms, voice;
    int policy; /* enum factor_policy */
};

enum webauthn_attachment { WEBAUTHN_ANY, WEBAUTHN_PLATFORM, WEBAUTHN_CROSS_PLATFORM };
enum webauthn_verification { WEBAUTHN_REQUIRED, WEBAUTHN_PREFERRED, WEBAUTHN_DISCOURAGED };
struct webauthn_config { /* type TenantWebAuthnConfiguration */
    bool enabled, debug;
    struct webauthn_workflow { /* TenantWebAuthnWorkflowConfiguration */
        bool enabled;
        int attachment, verification;
    } bootstrap, reauthentication;
    str rp_id, rp_name; /* as set, often empty: ask passkey_rp_id */
};
struct tenant {
    struct uuid id;
    str name, issuer; /* issuer as set, often empty: ask tenant_issuer */
    int state;
    int64_t insert_instant, last_update_instant;
    str data; /* JSON */
    str logout_url, base_url;
    struct jwt_config jwt;
    struct password_rules password;
    struct password_age max_password_age, min_password_age;
    struct password_encryption encryption;
    struct failed_login_config failed_login;
    struct mail_config mail;
    struct external_id_config ids;
    struct factor_config factor;
    struct webauthn_config webauthn;
    struct uuid theme_id;
    struct field_list connector_policies; /* struct connector_policy, the first that fits counts */
    struct tenant_lambdas lambdas;
    struct access_config access;
    struct event_config events;
    struct phone_config phone;
    int64_t session_idle_s; /* httpSessionMaxInactiveInterval: of a session that is not kept */
    struct sso_config {     /* TenantSSOConfiguration */
        int64_t kept_s;     /* deviceTrustTimeToLiveInSeconds: of one that is kept */
        bool may_bootstrap; /* a session by an access token: flow/signin/signin_bootstrap.c */
    } sso;
    struct tenant_login_config { /* TenantLoginConfiguration */
        bool needs_api_key;
    } login;
    struct family_config family;
    struct tenant_forms forms;
    struct tenant_sign_up sign_up;
    struct tenant_usernames usernames;
    bool is_configured; /* of what is written out: always */
    struct captcha_config captcha;
    struct client_risk_config client_risk;
    struct tenant_rates rates;
    struct tenant_kept kept;
    /* compiled, not in the table */
    str made_issuer; /* used when issuer is empty */
    struct key32 key, index_key, refresh_key;
};

/* Names of the enums, NULL-terminated. */
extern const char *const verification_strategies[], *const unverified_behaviors[];
extern const struct field_table tenant_table, jwt_config_table, factor_config_table,
    webauthn_config_table;
extern const char *const factor_algorithms[], *const factor_policies[];
extern const char *const webauthn_attachments[], *const webauthn_verifications[];

/* The compiled tenant; *ret NULL when there is none of that id. Valid until the request ends. */
MUST_USE enum err tenant_load(struct rq *rq, struct uuid id, const struct tenant **ret);
/* Whether it is there now, asked of the database: for who removes what is left of one. */
MUST_USE enum err tenant_is_there(struct rq *rq, struct uuid id, bool *ret);
/* The default tenant's id (made with the database; a kickstart file may choose it). */
MUST_USE enum err tenant_default_id(struct rq *rq, struct uuid *ret);
/* tenant_load, but nil means the default tenant: its keys and events stand for what is everybody's. */
MUST_USE enum err tenant_or_default(struct rq *rq, struct uuid id, const struct tenant **ret);
/* All tenants, by name: ids. */
MUST_USE enum err tenant_ids(struct rq *rq, size_t max, struct uuid **ret, size_t *ret_count);
/* Those behind an id (nil: from the first), by id: for jobs that go through all of them in steps. */
MUST_USE enum err tenant_ids_after(
    struct rq *rq, struct uuid after, size_t max, struct uuid **ret, size_t *ret_count);
/* Takes out of a list of ids those of tenants that have ended. */
MUST_USE enum err tenant_only_there(struct rq *rq, struct uuid *ids, size_t *count);
/* Names of tenants, by name; nothing is unsealed. */
struct tenant_name {
    struct uuid id;
    str name;
    int64_t insert_instant;
};
MUST_USE enum err tenant_names(
    struct rq *rq, size_t max, struct tenant_name **ret, size_t *ret_count);
/* The issuer in tokens and discovery: tenant->issuer, else base URL (default tenant) or base URL/{id}. */
str tenant_issuer(const struct tenant *tenant);
/* Makes id the default tenant (with the database's first tenant). */
void tenant_set_default(struct rq *rq, struct uuid id);

/* Fills in what follows from what is set: the factor of the password scheme, when none was given. */
void tenant_settle(struct tenant *tenant);
/* Declares the rows of a new tenant (its key wrapped, its day key, its signing key): tenant is
 * filled by the caller through its table. Duplicate name or id answers ERR_FIELDS at commit;
 * check with tenant_name_taken first for a field fault. */
MUST_USE enum err tenant_create(struct rq *rq, struct tenant *tenant);
/* An update that was prepared from an older row runs again (ERR_AGAIN):
 * tenant->last_update_instant says which it was. */
MUST_USE enum err tenant_update(struct rq *rq, struct tenant *tenant);
/* Declares the end of a tenant: from the commit on nothing of it is found or can be read; its rows go in the steps of
 * model/removal. */
MUST_USE enum err tenant_delete(struct rq *rq, const struct tenant *tenant);
/* Declares the next step to end at most max erasures that a crash has cut between the two stores, and how many were
 * noted; 0: all are done. */
MUST_USE enum err tenant_finish_erasures(struct rq *rq, size_t max, size_t *ret_count);
MUST_USE enum err tenant_name_taken(struct rq *rq, str name, struct uuid except, bool *ret);
