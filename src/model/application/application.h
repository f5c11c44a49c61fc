/* SPDX-License-Identifier: Apache-2.0 */
/* Applications: OAuth clients of a tenant, with their roles and scopes. Compiled once, cached,
 * immutable. */
#pragma once
#include "model/application/application_kept.h"
#include "model/tenant/tenant.h"

enum grant_bit { /* application.oauth.grants */
    GRANT_AUTHORIZATION_CODE = 1,
    GRANT_REFRESH_TOKEN = 2,
    GRANT_CLIENT_CREDENTIALS = 4,
    GRANT_DEVICE_CODE = 8,
    GRANT_PASSWORD = 16,
};
enum client_auth {
    CLIENT_AUTH_REQUIRED,
    CLIENT_AUTH_NOT_REQUIRED,
    CLIENT_AUTH_NOT_REQUIRED_WITH_PKCE
};
enum pkce_policy { PKCE_REQUIRED, PKCE_NOT_REQUIRED, PKCE_NOT_REQUIRED_WITH_CLIENT_AUTH };
enum app_relationship { APP_FIRST_PARTY, APP_THIRD_PARTY };
enum consent_mode { CONSENT_ALWAYS, CONSENT_REMEMBER, CONSENT_NEVER };
enum login_id_type { LOGIN_ID_EMAIL, LOGIN_ID_PHONE, LOGIN_ID_USERNAME };
enum logout_behavior { LOGOUT_REDIRECT_ONLY, LOGOUT_ALL };
enum scope_handling { SCOPE_COMPATIBILITY, SCOPE_STRICT };
enum url_policy { URLS_EXACT, URLS_WITH_WILDCARDS }; /* FusionAuth's AllowWildcards */
enum unknown_scope { UNKNOWN_SCOPE_ALLOW, UNKNOWN_SCOPE_REMOVE, UNKNOWN_SCOPE_REJECT };

struct oauth_config { /* type OAuth2Configuration */
    struct field_texts redirect_urls, origin_urls, enabled_grants;
    str client_secret, logout_url, device_url; /* device_url: where people type a device's code */
    int client_auth, pkce, relationship, consent_mode, logout_behavior, scope_handling,
        unknown_scope;
    int url_policy;
    bool generates_refresh_tokens, needs_registration, requires_client_auth, debug;
    unsigned grants;                      /* compiled: grant_bit of enabled_grants */
    struct uuid client_id;                /* compiled: the application's id */
    struct field_texts resource_uris;     /* RFC 8707 */
    struct app_scope_policy scope_policy; /* of the scopes that need not be made */
};
struct requirable {
    bool enabled, required;
};
struct registration_config { /* type RegistrationConfiguration */
    bool enabled, confirms_password;
    int login_id_type, type;
    struct requirable first_name, middle_name, last_name, full_name, birth_date, mobile_phone,
        languages;
    struct uuid form_id; /* of the steps of an advanced registration */
    bool completes;      /* who is registered is asked for what is required and missing */
};
struct role { /* type ApplicationRole */
    struct uuid id;
    str name, description;
    bool is_default, is_super;
    int64_t insert_instant, last_update_instant;
};
struct app_scope { /* type ApplicationOAuthScope */
    struct uuid id, application_id;
    str name, description, consent_message, consent_detail, data;
    bool required;
    int64_t insert_instant, last_update_instant;
};
enum factor_trust { FACTOR_TRUST_ANY, FACTOR_TRUST_THIS, FACTOR_TRUST_NONE };
struct application {
    struct uuid id, tenant_id; /* of a universal one: nil, or the tenant that it is seen in */
    str name, data;
    bool active;
    int state;
    int64_t insert_instant, last_update_instant;
    struct oauth_config oauth;
    struct jwt_config jwt;
    struct registration_config registration;
    struct field_list roles;  /* struct role */
    struct field_list scopes; /* struct app_scope */
    struct app_login_config { /* LoginConfiguration: the Login API */
        bool needs_api_key, makes_refresh_tokens, may_refresh;
    } login;
    struct app_passwordless_config { /* PasswordlessConfiguration */
        bool enabled;
        int email_strategy, phone_strategy; /* enum verification_strategy */
    } passwordless;
    struct app_universal {
        bool is; /* of no tenant: usable in each */
    } universal;
    bool verifies_registration;
    int verification_strategy; /* enum verification_strategy */
    struct unverified_config unverified;
    struct app_factor_config { /* ApplicationMultiFactorConfiguration */
        int policy;            /* enum factor_policy; -1: the tenant's */
        int trust;             /* enum factor_trust */
        struct app_factor_template {
            struct uuid template_id;
        } email, sms, voice;
    } factor;
    struct app_id_config {              /* ApplicationExternalIdentifierConfiguration */
        int64_t two_factor_trust_ttl_s; /* 0: the tenant's */
    } ids;
    struct uuid theme_id, verification_template_id;
    struct app_forms forms;
    struct app_mail_config mail;
    struct phone_config phone;
    struct app_lambdas lambdas;
    struct access_config access;
    str base_url; /* of links in mails; empty: the tenant's */
    struct app_clean_speak clean_speak;
    struct app_token_config token;
    struct delete_config registration_delete;
    struct app_saml saml;
    struct
        app_webauthn_config { /* ApplicationWebAuthnConfiguration: when enabled, its workflows count, not the tenant's */
        bool enabled;
        struct app_webauthn_workflow { /* ApplicationWebAuthnWorkflowConfiguration */
            bool enabled;
        } bootstrap, reauthentication;
    } webauthn;
};

extern const struct field_table application_table;
extern const struct field_table role_table;
extern const struct field_table app_scope_table;

/* The compiled application of a tenant by its id (client_id); *ret NULL when there is none. Inactive ones
 * are returned: callers look. A universal one is none here: it says nothing about whose request this is. */
MUST_USE enum err application_load(struct rq *rq, struct uuid id, const struct application **ret);
/* The application as that tenant has it: its own, or a universal one, whose tenant_id then is that tenant's. Another
 * tenant's is none. */
MUST_USE enum err application_in(
    struct rq *rq, struct uuid id, struct uuid tenant_id, const struct application **ret);
/* Whatever has that id, a universal one as it is stored (tenant_id nil): for its administration, and for who asks
 * whether the id is taken. */
MUST_USE enum err application_any(struct rq *rq, struct uuid id, const struct application **ret);
/* Ids of a tenant's applications, by name; for a nil tenant the universal ones. */
MUST_USE enum err application_ids(
    struct rq *rq, struct uuid tenant_id, size_t max, struct uuid **ret, size_t *ret_count);
/* Those that can be used in a tenant: its own, then the universal ones; at most max of each. */
MUST_USE enum err application_ids_in(
    struct rq *rq, struct uuid tenant_id, size_t max, struct uuid **ret, size_t *ret_count);
/* Names of a tenant's applications, or for a nil tenant of everybody's, by name; nothing is
 * unsealed. */
struct application_name {
    struct uuid id, tenant_id;
    str name;
    bool active;
    int64_t insert_instant;
};
MUST_USE enum err application_names(struct rq *rq, struct uuid tenant_id, size_t max,
    struct application_name **ret, size_t *ret_count);
/* The JWT settings in force: the application's when enabled, else its tenant's. */
const struct jwt_config *application_jwt(
    const struct application *application, const struct tenant *tenant);
bool application_has_redirect(const struct application *application, str url);
/* What the application says of a scope that need not be made: address, email, phone, profile; NULL for any other. */
const struct app_requirable *application_provided_scope(
    const struct application *application, str name);
/* Pages of this origin (RFC 6454 s6.2: no slash at its end) are the application's. */
bool application_has_origin(
    const struct application *application, str origin); /* byte for byte: RFC 9700 s2.1; port of a
                                    literal loopback address may differ (RFC 8252 s7.3) for public clients */
bool application_has_role(const struct application *application, str name);
bool application_is_public(
    const struct application *application); /* needs no client authentication */
/* Constant-time check of a client secret; false when the application has none. */
bool application_secret_ok(const struct application *application, str secret);

/* tenant: whose it is; of a universal one (application->universal) not looked at. */
MUST_USE enum err application_create(
    struct rq *rq, const struct tenant *tenant, struct application *application);
/* An update that was prepared from an older row runs again (ERR_AGAIN): last_update_instant says
 * which it was. */
MUST_USE enum err application_update(struct rq *rq, struct application *application);
MUST_USE enum err application_delete(struct rq *rq, const struct application *application);
MUST_USE enum err application_name_taken(
    struct rq *rq, struct uuid tenant_id, str name, struct uuid except, bool *ret);
