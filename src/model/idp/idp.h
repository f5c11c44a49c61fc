/* SPDX-License-Identifier: Apache-2.0 */
/* Identity providers: where people come from who have their account elsewhere. One struct for all types; each type
 * has a field table with FusionAuth's members of it. A provider is the house's, or one tenant's (tenantId). */
#pragma once
#include "model/record/record.h"

struct tenant;

enum idp_type { /* stored by name */
    IDP_APPLE,
    IDP_EPIC_GAMES,
    IDP_EXTERNAL_JWT,
    IDP_FACEBOOK,
    IDP_GOOGLE,
    IDP_HYPR,
    IDP_LINKEDIN,
    IDP_NINTENDO,
    IDP_OPENID_CONNECT,
    IDP_SAML,
    IDP_SAML_INITIATED,
    IDP_SONY_PSN,
    IDP_STEAM,
    IDP_TWITCH,
    IDP_TWITTER,
    IDP_XBOX,
    IDP_TYPE_COUNT
};
extern const char *const idp_types[IDP_TYPE_COUNT + 1];

enum idp_linking { /* what makes a link where there is none yet */
    IDP_PENDING_LINK,
    IDP_LINK_DISABLED,
    IDP_LINK_ANONYMOUSLY,
    IDP_LINK_BY_EMAIL,
    IDP_LINK_BY_EMAIL_EXISTING,
    IDP_LINK_BY_USERNAME,
    IDP_LINK_BY_USERNAME_EXISTING,
    IDP_LINK_UNSUPPORTED
};
extern const char *const idp_linkings[];

enum idp_steam_api { IDP_STEAM_PUBLIC, IDP_STEAM_PARTNER };
enum idp_client_auth { IDP_CLIENT_NONE, IDP_CLIENT_BASIC, IDP_CLIENT_POST };
struct idp_oauth { /* type IdentityProviderOauth2Configuration */
    str authorization_endpoint, token_endpoint, userinfo_endpoint, issuer, client_id, client_secret,
        scope, unique_id_claim, email_claim, email_verified_claim, username_claim;
    int client_auth;
};
struct idp_properties { /* type GoogleIdentityProviderProperties */
    str api, button;
};
struct
    idp_app { /* BaseIdentityProviderApplicationConfiguration and what each type adds: overrides */
    struct uuid application_id; /* its key */
    bool enabled, creates_registration;
    str data, button_text, button_image_url, bundle_id, services_id, team_id, scope, client_id,
        client_secret, app_id, fields, permissions, rp_application_id, rp_url, email_claim,
        unique_id_claim, username_claim, web_api_key, consumer_key, consumer_secret;
    struct uuid key_id;
    int login_method, api_mode; /* -1: the provider's */
    struct idp_properties properties;
    struct idp_oauth oauth;
};
struct idp_tenant {        /* type IdentityProviderTenantConfiguration */
    struct uuid tenant_id; /* its key */
    str data;
    struct idp_limit { /* type IdentityProviderLimitUserLinkingPolicy */
        bool enabled;
        int64_t max_links;
    } limit;
};
struct idp_saml {
    struct field_texts alternates;
    int destination_policy;
    struct uuid decryption_key_id, request_key_id;
    bool is_encrypted, uses_name_id, signs_request, has_initiated, has_login_hint;
    str endpoint, issuer, initiated_issuer, login_hint_name, name_id_format;
    int c14n; /* -1: none */
};

struct idp { /* BaseIdentityProvider and what each type adds */
    struct record head;
    int type, linking;
    bool enabled, debug, posts_request;
    str name, data, attribute_mappings, source;
    struct uuid reconcile_id;   /* a lambda */
    struct field_list apps;     /* struct idp_app */
    struct field_list tenants;  /* struct idp_tenant */
    struct field_texts domains; /* managed: lower case */
    str button_text, button_image_url, bundle_id, services_id, team_id, scope, client_id,
        client_secret, app_id, fields, permissions, rp_application_id, rp_url, email_claim,
        unique_id_claim, username_claim, web_api_key, consumer_key, consumer_secret, claim_map,
        header_key_parameter, unique_identity_claim;
    struct uuid key_id; /* Apple's; the first of verification_keys for the others */
    struct field_texts verification_keys;
    int login_method, api_mode;
    struct idp_properties properties;
    struct idp_oauth oauth;
    struct idp_saml saml;
};
extern const struct record_kind idp_kind;
extern const struct field_table idp_oauth_table, idp_tenant_table, idp_saml_base_table;

/* The id that FusionAuth gives the one provider of a type when neither id nor name is given; nil: none. */
struct uuid idp_fixed_id(enum idp_type type);
/* Brings what a client sent into the form that is kept: domains in lower case, the old name of the first key,
 * no way to link people where there is none. */
void idp_normalize(struct arena *arena, struct idp *idp);

/* What holds for an application or a tenant; NULL: nothing is said of it. */
const struct idp_app *idp_app(const struct idp *idp, struct uuid application_id);
const struct idp_tenant *idp_tenant(const struct idp *idp, struct uuid tenant_id);
/* It lets people into that application. */
bool idp_is_on(const struct idp *idp, struct uuid application_id);

/* *ret NULL when there is none, or it is another tenant's. */
MUST_USE enum err idp_load(
    struct rq *rq, const struct tenant *tenant, struct uuid id, const struct idp **ret);
/* Whether a provider (a struct idp) names a key. */
bool idp_names_key(const void *thing, struct uuid key_id);
/* The provider that manages a domain for a tenant: its own before the house's; nil when none does. A nil
 * tenant_id asks for the house's alone. */
MUST_USE enum err idp_of_domain(struct rq *rq, struct uuid tenant_id, str domain, struct uuid *ret);
/* Declares that these are the domains of the provider; before NULL: it is new. One that another has taken
 * meanwhile runs the handler again. */
void idp_keep_domains(struct rq *rq, const struct idp *before, const struct idp *after);
