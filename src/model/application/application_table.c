/* SPDX-License-Identifier: Apache-2.0 */
/* What an application looks like on the wire: FusionAuth's type Application and what is nested
 * in it. */
#include "base/arena.h"
#include "codec/form.h"
#include "codec/url.h"
#include "codec/url_wild.h"
#include "model/application/application.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/form/form.h"
#include "model/messagetemplate/messagetemplate.h"
#include "model/theme/theme.h"

static const char *const states[] = {"Active", "Inactive", "PendingDelete", NULL};
static const char *const grants[] = {"authorization_code", "refresh_token", "client_credentials",
    "password", "urn:ietf:params:oauth:grant-type:device_code", NULL};
static const char *const client_auths[] = {
    "Required", "NotRequired", "NotRequiredWhenUsingPKCE", NULL};
static const char *const pkces[] = {
    "Required", "NotRequired", "NotRequiredWhenUsingClientAuthentication", NULL};
static const char *const relationships[] = {"FirstParty", "ThirdParty", NULL};
static const char *const consents[] = {"AlwaysPrompt", "RememberDecision", "NeverPrompt", NULL};
static const char *const login_ids[] = {"email", "phoneNumber", "username", NULL};
static const char *const logouts[] = {"RedirectOnly", "AllApplications", NULL};
static const char *const handlings[] = {"Compatibility", "Strict", NULL};
static const char *const unknowns[] = {"Allow", "Remove", "Reject", NULL};
static const char *const registration_types[] = {"basic", "advanced", NULL};
static const char *const url_policies[] = {"ExactMatch", "AllowWildcards", NULL};
static const char *const trusts[] = {"Any", "This", "None", NULL};

/* Names that no public host can have (RFC 6761 s6, RFC 6762 s3, RFC 8375; ICANN keeps "internal"): of this machine, its
 * hosts file or its own network. Nobody out there can be sent a code by one of them. */
static bool
is_inside(const struct url *url)
{
    static const char *const ends[] = {"localhost", "local", "test", "internal", "home.arpa"};

    for (size_t i = 0; i < COUNT(ends); i++) {
        str end = str_from(ends[i]), host = url->host;
        size_t at = host.n - MIN(end.n, host.n);
        if (str_ieq(str_skip(host, at), end) && (at == 0 || host.p[at - 1] == '.')) {
            return true;
        }
    }
    return url_is_loopback(url);
}

/* OA-04: what may run as code or read files is no place to send a person, and plain http only
 * leads inside. */
static bool
is_fit_for_redirect(str text)
{
    static const char *const dangerous[] = {
        "javascript", "data", "vbscript", "file", "blob", "about", "filesystem"};
    char sample[URL_MAX_BYTES];
    struct url url;

    if (url_wild_is(text) && !url_wild_sample(text, sample, sizeof sample, &text)) {
        return false;
    }
    if (!url_parse(text, &url) || url.has_fragment || url.has_userinfo) {
        return false;
    }
    for (size_t i = 0; i < COUNT(dangerous); i++) {
        if (str_ieq(url.scheme, str_from(dangerous[i]))) {
            return false;
        }
    }
    if (str_ieq(url.scheme, S("http"))) {
        return is_inside(&url);
    }
    /* RFC 8252 s7.1: a private scheme is a reversed domain name, so it has a dot. */
    return str_ieq(url.scheme, S("https")) || str_find(url.scheme, '.') < url.scheme.n;
}

/* OA-05: a registered query must not already hold what we will add. */
static bool
has_reserved_parameter(str text)
{
    static const char *const reserved[] = {"code", "state", "iss", "error", "error_description",
        "error_uri", "response", "id_token", "access_token", "session_state"};
    AUTO(arena_end) struct arena *arena = arena_new(KB(64));
    str query = str_skip(text, str_find(text, '?') + 1);
    struct form form;

    if (arena == NULL || !form_parse(arena, query, &form)) {
        return true; /* what cannot be read cannot be told to be free of them */
    }
    for (size_t i = 0; i < COUNT(reserved); i++) {
        if (form_has(&form, str_from(reserved[i]))) {
            return true;
        }
    }
    return false;
}

static void
check_redirects(struct field_check *check)
{
    const struct oauth_config *oauth = check->object;

    for (size_t i = 0; i < oauth->redirect_urls.count; i++) {
        if (!is_fit_for_redirect(oauth->redirect_urls.items[i])
            || has_reserved_parameter(oauth->redirect_urls.items[i])) {
            field_check_fault(check, NULL, "invalid",
                "Each redirect URL must be absolute, without a fragment or user name, use https, a "
                "private scheme with a dot, or http with localhost or a name that ends in .local, "
                ".test "
                "or .internal; its query must not contain code, state, iss or error.");
            return;
        }
    }
}

/* It begins links of mails. */
static void
check_base(struct field_check *check)
{
    const struct application *app = check->object;
    struct url url;

    if (!url_parse(app->base_url, &url)
        || (!str_ieq(url.scheme, S("https")) && !str_ieq(url.scheme, S("http")))) {
        field_check_fault(check, NULL, "invalid", "Write an address that begins with https://.");
    }
}

/* RFC 8707 s2. */
static void
check_resources(struct field_check *check)
{
    const struct oauth_config *oauth = check->object;

    for (size_t i = 0; i < oauth->resource_uris.count; i++) {
        str uri = oauth->resource_uris.items[i];
        if (str_find(uri, '#') < uri.n) {
            field_check_fault(
                check, NULL, "invalid", "A resource is an absolute URI without a fragment.");
            return;
        }
    }
}

/* An origin has a name and a port (RFC 6454 s4), and at most a slash behind them. */
static bool
ends_at_origin(str text)
{
    str rest = str_skip(text, str_find_str(text, S("://")) + 3);

    if (str_ends(rest, S("/"))) {
        rest.n--;
    }
    return str_find(rest, '/') == rest.n && str_find(rest, '?') == rest.n
           && str_find(rest, '#') == rest.n;
}

/* Whatever stands behind an origin would never be equal to one. */
static void
check_origins(struct field_check *check)
{
    const struct field_texts *list = &((const struct oauth_config *)check->object)->origin_urls;

    for (size_t i = 0; i < list->count; i++) {
        if (!url_wild_is(list->items[i]) && !ends_at_origin(list->items[i])) {
            field_check_fault(check, NULL, "invalid",
                "An origin is a scheme, a name and a port: leave out the path, the query and the "
                "fragment.");
            return;
        }
    }
}

/* What has an asterisk is a pattern where the policy allows those; else its asterisk is one, and it a URL. */
static bool
has_fit_asterisks(const struct oauth_config *oauth, const struct field_texts *list, bool is_origin)
{
    for (size_t i = 0; i < list->count; i++) {
        str text = list->items[i];
        struct url url;

        if (!url_wild_is(text)) {
            continue;
        }
        if (oauth->url_policy != URLS_WITH_WILDCARDS ? !url_parse(text, &url)
                                                     : !url_wild_ok(text)) {
            return false;
        }
        if (is_origin && !ends_at_origin(text)) {
            return false;
        }
    }
    return true;
}

static void
check_asterisks(struct field_check *check)
{
    static const char *const message = "An asterisk stands, if authorizedURLValidationPolicy is "
                                       "AllowWildcards, in the first label "
                                       "of a name of three and more that are not a public suffix, "
                                       "for a port, once in a segment of "
                                       "the path, or for a value of the query.";
    const struct oauth_config *oauth = check->object;

    if (!has_fit_asterisks(oauth, &oauth->redirect_urls, false)) {
        field_check_fault(check, "authorizedRedirectURLs", "invalid", message);
    }
    if (!has_fit_asterisks(oauth, &oauth->origin_urls, true)) {
        field_check_fault(check, "authorizedOriginURLs", "invalid", message);
    }
}

static void
check_logout_url(struct field_check *check)
{
    const struct oauth_config *oauth = check->object;

    if (oauth->logout_url.n && !is_fit_for_redirect(oauth->logout_url)) {
        field_check_fault(check, NULL, "invalid",
            "The logout URL must use https, a private scheme with a dot, or http on this machine "
            "only.");
    }
}

/* People type it, or follow it with the code in it. */
static void
check_device_url(struct field_check *check)
{
    const struct oauth_config *oauth = check->object;

    if (oauth->device_url.n && !is_fit_for_redirect(oauth->device_url)) {
        field_check_fault(check, NULL, "invalid",
            "The device verification URL must use https, or http on this machine only.");
    }
}

/* clang-format off */
#define OA(member) FIELD_AT(struct oauth_config, member)
static const struct field oauth_fields[] = {
    {.name = "clientId", .kind = FIELD_UUID, .offset = OA(client_id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "clientSecret", .kind = FIELD_SECRET, .offset = OA(client_secret), .flags = FIELD_SHOWN | FIELD_KEEP_ON_PUT, .max = 255},
    {.name = "authorizedRedirectURLs", .kind = FIELD_URIS, .offset = OA(redirect_urls), .flags = FIELD_WILD, .max = 1000, .rule = check_redirects},
    {.name = "authorizedOriginURLs", .kind = FIELD_URIS, .offset = OA(origin_urls), .flags = FIELD_WILD, .max = 1000, .rule = check_origins},
    {.name = "logoutURL", .kind = FIELD_URI, .offset = OA(logout_url), .rule = check_logout_url},
    {.name = "enabledGrants", .kind = FIELD_ENUMS, .offset = OA(enabled_grants), .more.names = grants, .default_text = "authorization_code refresh_token"},
    {.name = "generateRefreshTokens", .kind = FIELD_BOOL, .offset = OA(generates_refresh_tokens), .default_int = true},
    {.name = "requireRegistration", .kind = FIELD_BOOL, .offset = OA(needs_registration)},
    {.name = "requireClientAuthentication", .kind = FIELD_BOOL, .offset = OA(requires_client_auth), .flags = FIELD_NOT_STORED, .default_int = true},
    {.name = "clientAuthenticationPolicy", .kind = FIELD_ENUM, .offset = OA(client_auth), .more.names = client_auths},
    {.name = "proofKeyForCodeExchangePolicy", .kind = FIELD_ENUM, .offset = OA(pkce), .default_int = PKCE_NOT_REQUIRED_WITH_CLIENT_AUTH, .more.names = pkces},
    {.name = "authorizedURLValidationPolicy", .kind = FIELD_ENUM, .offset = OA(url_policy), .more.names = url_policies},
    {.name = "relationship", .kind = FIELD_ENUM, .offset = OA(relationship), .more.names = relationships},
    {.name = "consentMode", .kind = FIELD_ENUM, .offset = OA(consent_mode), .more.names = consents},
    {.name = "logoutBehavior", .kind = FIELD_ENUM, .offset = OA(logout_behavior), .default_int = LOGOUT_ALL, .more.names = logouts},
    {.name = "scopeHandlingPolicy", .kind = FIELD_ENUM, .offset = OA(scope_handling), .default_int = SCOPE_STRICT, .more.names = handlings},
    {.name = "unknownScopePolicy", .kind = FIELD_ENUM, .offset = OA(unknown_scope), .default_int = UNKNOWN_SCOPE_REJECT, .more.names = unknowns},
    {.name = "debug", .kind = FIELD_BOOL, .offset = OA(debug)},
    {.name = "authorizedResourceUris", .kind = FIELD_URIS, .offset = OA(resource_uris), .rule = check_resources},
    {.name = "deviceVerificationURL", .kind = FIELD_URI, .offset = OA(device_url), .rule = check_device_url},
    {.name = "providedScopePolicy", .kind = FIELD_OBJECT, .offset = OA(scope_policy), .more.table = &app_scope_policy_table},
};
static const struct field_table oauth_table = FIELD_TABLE("OAuth2Configuration", oauth_fields, struct oauth_config, check_asterisks);

static const struct field requirable_fields[] = {
    {.name = "enabled", .kind = FIELD_BOOL, .offset = FIELD_AT(struct requirable, enabled)},
    {.name = "required", .kind = FIELD_BOOL, .offset = FIELD_AT(struct requirable, required)},
};
static const struct field_table requirable_table = FIELD_TABLE("Requirable", requirable_fields, struct requirable, NULL);

static void
check_registration(struct field_check *check)
{
    const struct registration_config *config = check->object;

    if (config->type == 1 && uuid_is_nil(config->form_id)) {
        field_check_fault(check, "formId", "missing", "Name the form that people register with.");
    }
}
#define RE(member) FIELD_AT(struct registration_config, member)
static const struct field registration_fields[] = {
    {.name = "enabled", .kind = FIELD_BOOL, .offset = RE(enabled)},
    {.name = "confirmPassword", .kind = FIELD_BOOL, .offset = RE(confirms_password)},
    {.name = "loginIdType", .kind = FIELD_ENUM, .offset = RE(login_id_type), .more.names = login_ids},
    {.name = "type", .kind = FIELD_ENUM, .offset = RE(type), .more.names = registration_types},
    {.name = "firstName", .kind = FIELD_OBJECT, .offset = RE(first_name), .more.table = &requirable_table},
    {.name = "middleName", .kind = FIELD_OBJECT, .offset = RE(middle_name), .more.table = &requirable_table},
    {.name = "lastName", .kind = FIELD_OBJECT, .offset = RE(last_name), .more.table = &requirable_table},
    {.name = "fullName", .kind = FIELD_OBJECT, .offset = RE(full_name), .more.table = &requirable_table},
    {.name = "birthDate", .kind = FIELD_OBJECT, .offset = RE(birth_date), .more.table = &requirable_table},
    {.name = "mobilePhone", .kind = FIELD_OBJECT, .offset = RE(mobile_phone), .more.table = &requirable_table},
    {.name = "preferredLanguages", .kind = FIELD_OBJECT, .offset = RE(languages), .more.table = &requirable_table},
    {.name = "completeRegistration", .kind = FIELD_BOOL, .offset = RE(completes)},
    {.name = "formId", .kind = FIELD_UUID, .offset = RE(form_id), .more.kind = &form_kind},
};
static const struct field_table registration_config_table = FIELD_TABLE("RegistrationConfiguration", registration_fields, struct registration_config, check_registration);

#define RO(member) FIELD_AT(struct role, member)
static const struct field role_fields[] = {
    {.name = "id", .kind = FIELD_UUID, .offset = RO(id)},
    {.name = "name", .kind = FIELD_TEXT, .offset = RO(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "description", .kind = FIELD_TEXT, .offset = RO(description)},
    {.name = "isDefault", .kind = FIELD_BOOL, .offset = RO(is_default)},
    {.name = "isSuperRole", .kind = FIELD_BOOL, .offset = RO(is_super)},
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = RO(insert_instant)},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = RO(last_update_instant)},
};
const struct field_table role_table = FIELD_TABLE("ApplicationRole", role_fields, struct role, NULL);

#define SC(member) FIELD_AT(struct app_scope, member)
static const struct field scope_fields[] = {
    {.name = "id", .kind = FIELD_UUID, .offset = SC(id)},
    {.name = "applicationId", .kind = FIELD_UUID, .offset = SC(application_id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "name", .kind = FIELD_TEXT, .offset = SC(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "description", .kind = FIELD_TEXT, .offset = SC(description)},
    {.name = "defaultConsentMessage", .kind = FIELD_TEXT, .offset = SC(consent_message)},
    {.name = "defaultConsentDetail", .kind = FIELD_TEXT, .offset = SC(consent_detail), .max = 1000},
    {.name = "data", .kind = FIELD_JSON, .offset = SC(data)},
    {.name = "required", .kind = FIELD_BOOL, .offset = SC(required)},
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = SC(insert_instant)},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = SC(last_update_instant)},
};
const struct field_table app_scope_table = FIELD_TABLE("ApplicationOAuthScope", scope_fields, struct app_scope, NULL);

#define LO(member) FIELD_AT(struct app_login_config, member)
static const struct field login_fields[] = {
    {.name = "allowTokenRefresh", .kind = FIELD_BOOL, .offset = LO(may_refresh)},
    {.name = "generateRefreshTokens", .kind = FIELD_BOOL, .offset = LO(makes_refresh_tokens)},
    {.name = "requireAuthentication", .kind = FIELD_BOOL, .offset = LO(needs_api_key), .default_int = true},
};
static const struct field_table login_table = FIELD_TABLE("LoginConfiguration", login_fields, struct app_login_config, NULL);

static const struct field email_template_fields[] = {
    {.name = "templateId", .kind = FIELD_UUID, .offset = 0, .more.kind = &emailtemplate_kind},
};
static const struct field message_template_fields[] = {
    {.name = "templateId", .kind = FIELD_UUID, .offset = 0, .more.kind = &messagetemplate_kind},
};
static const struct field_table email_template_table = FIELD_TABLE("MultiFactorEmailTemplate", email_template_fields, struct app_factor_template, NULL);
static const struct field_table sms_template_table = FIELD_TABLE("MultiFactorSMSTemplate", message_template_fields, struct app_factor_template, NULL);
static const struct field_table voice_template_table = FIELD_TABLE("MultiFactorVoiceTemplate", message_template_fields, struct app_factor_template, NULL);

#define FA(member) FIELD_AT(struct app_factor_config, member)
static const struct field factor_fields[] = {
    {.name = "email", .kind = FIELD_OBJECT, .offset = FA(email), .more.table = &email_template_table},
    {.name = "loginPolicy", .kind = FIELD_ENUM, .offset = FA(policy), .default_int = -1, .more.names = factor_policies},
    {.name = "sms", .kind = FIELD_OBJECT, .offset = FA(sms), .more.table = &sms_template_table},
    {.name = "trustPolicy", .kind = FIELD_ENUM, .offset = FA(trust), .more.names = trusts},
    {.name = "voice", .kind = FIELD_OBJECT, .offset = FA(voice), .more.table = &voice_template_table},
};
static const struct field_table app_factor_table = FIELD_TABLE("ApplicationMultiFactorConfiguration", factor_fields, struct app_factor_config, NULL);

static const struct field ids_fields[] = {
    {.name = "twoFactorTrustIdTimeToLiveInSeconds", .kind = FIELD_INT, .offset = 0, .min = 0, .max = 365 * 24 * 3600},
};
static const struct field_table ids_table = FIELD_TABLE("ApplicationExternalIdentifierConfiguration", ids_fields, struct app_id_config, NULL);

static const struct field webauthn_workflow_fields[] = {
    {.name = "enabled", .kind = FIELD_BOOL, .offset = 0},
};
static const struct field_table webauthn_workflow_table = FIELD_TABLE("ApplicationWebAuthnWorkflowConfiguration", webauthn_workflow_fields, struct app_webauthn_workflow, NULL);

#define WEBAUTHN(member) FIELD_AT(struct app_webauthn_config, member)
static const struct field webauthn_fields[] = {
    {.name = "bootstrapWorkflow", .kind = FIELD_OBJECT, .offset = WEBAUTHN(bootstrap), .more.table = &webauthn_workflow_table},
    {.name = "enabled", .kind = FIELD_BOOL, .offset = WEBAUTHN(enabled)},
    {.name = "reauthenticationWorkflow", .kind = FIELD_OBJECT, .offset = WEBAUTHN(reauthentication), .more.table = &webauthn_workflow_table},
};
static const struct field_table webauthn_table = FIELD_TABLE("ApplicationWebAuthnConfiguration", webauthn_fields, struct app_webauthn_config, NULL);

#define PL(member) FIELD_AT(struct app_passwordless_config, member)
static const struct field passwordless_fields[] = {
    {.name = "emailLoginStrategy", .kind = FIELD_ENUM, .offset = PL(email_strategy), .more.names = verification_strategies},
    {.name = "enabled", .kind = FIELD_BOOL, .offset = PL(enabled)},
    {.name = "phoneLoginStrategy", .kind = FIELD_ENUM, .offset = PL(phone_strategy), .default_int = VERIFY_BY_CODE, .more.names = verification_strategies},
};
static const struct field_table passwordless_table = FIELD_TABLE("PasswordlessConfiguration", passwordless_fields, struct app_passwordless_config, NULL);

static const struct field unverified_fields[] = {
    {.name = "behavior", .kind = FIELD_ENUM, .offset = FIELD_AT(struct unverified_config, behavior), .more.names = unverified_behaviors},
};
static const struct field_table unverified_table = FIELD_TABLE("RegistrationUnverifiedOptions", unverified_fields, struct unverified_config, NULL);

static const struct field universal_fields[] = {
    {.name = "universal", .kind = FIELD_BOOL, .offset = FIELD_AT(struct app_universal, is)},
};
static const struct field_table universal_table = FIELD_TABLE("UniversalApplicationConfiguration", universal_fields, struct app_universal, NULL);

#define A(member) FIELD_AT(struct application, member)
static const struct field application_fields[] = {
    {.name = "id", .kind = FIELD_UUID, .offset = A(id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "tenantId", .kind = FIELD_UUID, .offset = A(tenant_id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "name", .kind = FIELD_TEXT, .offset = A(name), .flags = FIELD_REQUIRED | FIELD_NOT_STORED, .max = 191},
    {.name = "active", .kind = FIELD_BOOL, .offset = A(active), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED, .default_int = true},
    {.name = "state", .kind = FIELD_ENUM, .offset = A(state), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED, .more.names = states},
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = A(insert_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = A(last_update_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "data", .kind = FIELD_JSON, .offset = A(data)},
    {.name = "oauthConfiguration", .kind = FIELD_OBJECT, .offset = A(oauth), .more.table = &oauth_table},
    {.name = "jwtConfiguration", .kind = FIELD_OBJECT, .offset = A(jwt), .more.table = &jwt_config_table},
    {.name = "registrationConfiguration", .kind = FIELD_OBJECT, .offset = A(registration), .more.table = &registration_config_table},
    {.name = "loginConfiguration", .kind = FIELD_OBJECT, .offset = A(login), .more.table = &login_table},
    {.name = "roles", .kind = FIELD_OBJECTS, .offset = A(roles), .more.table = &role_table},
    {.name = "scopes", .kind = FIELD_OBJECTS, .offset = A(scopes), .more.table = &app_scope_table},
    {.name = "accessControlConfiguration", .kind = FIELD_OBJECT, .offset = A(access), .more.table = &app_access_config_table},
    {.name = "authenticationTokenConfiguration", .kind = FIELD_OBJECT, .offset = A(token), .more.table = &app_token_config_table},
    {.name = "baseURL", .kind = FIELD_URI, .offset = A(base_url), .rule = check_base},
    {.name = "cleanSpeakConfiguration", .kind = FIELD_OBJECT, .offset = A(clean_speak), .more.table = &app_clean_speak_table},
    {.name = "emailConfiguration", .kind = FIELD_OBJECT, .offset = A(mail), .more.table = &app_mail_config_table},
    {.name = "externalIdentifierConfiguration", .kind = FIELD_OBJECT, .offset = A(ids), .more.table = &ids_table},
    {.name = "formConfiguration", .kind = FIELD_OBJECT, .offset = A(forms), .more.table = &app_forms_table},
    {.name = "lambdaConfiguration", .kind = FIELD_OBJECT, .offset = A(lambdas), .more.table = &app_lambdas_table},
    {.name = "multiFactorConfiguration", .kind = FIELD_OBJECT, .offset = A(factor), .more.table = &app_factor_table},
    {.name = "passwordlessConfiguration", .kind = FIELD_OBJECT, .offset = A(passwordless), .more.table = &passwordless_table},
    {.name = "phoneConfiguration", .kind = FIELD_OBJECT, .offset = A(phone), .more.table = &app_phone_config_table},
    {.name = "registrationDeletePolicy", .kind = FIELD_OBJECT, .offset = A(registration_delete), .more.table = &app_delete_table},
    {.name = "samlv2Configuration", .kind = FIELD_OBJECT, .offset = A(saml), .more.table = &app_saml_table},
    {.name = "themeId", .kind = FIELD_UUID, .offset = A(theme_id), .more.kind = &theme_kind},
    {.name = "universalConfiguration", .kind = FIELD_OBJECT, .offset = A(universal), .more.table = &universal_table},
    {.name = "unverified", .kind = FIELD_OBJECT, .offset = A(unverified), .more.table = &unverified_table},
    {.name = "verificationEmailTemplateId", .kind = FIELD_UUID, .offset = A(verification_template_id), .more.kind = &emailtemplate_kind},
    {.name = "verificationStrategy", .kind = FIELD_ENUM, .offset = A(verification_strategy), .more.names = verification_strategies},
    {.name = "verifyRegistration", .kind = FIELD_BOOL, .offset = A(verifies_registration)},
    {.name = "webAuthnConfiguration", .kind = FIELD_OBJECT, .offset = A(webauthn), .more.table = &webauthn_table},
};

/* Two roles of one name would make "has the role" ambiguous. */
static void
check_roles(struct field_check *check)
{
    const struct application *app = check->object;
    const struct role *roles = app->roles.items;

    for (size_t i = 0; i < app->roles.count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (str_eq(roles[i].name, roles[j].name)) {
                field_check_fault(check, "roles", "duplicate", "Give each role a name of its own.");
                return;
            }
        }
    }
}
const struct field_table application_table = FIELD_TABLE("Application", application_fields, struct application, check_roles);
/* clang-format on */
