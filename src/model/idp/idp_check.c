/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of an identity provider once its members are sound: what each type cannot work without. */
#include "codec/json.h"
#include "model/idp/idp_internal.h"

#include "base/arena.h"

static void
want(struct field_check *check, bool is_there, const char *name)
{
    if (!is_there) {
        field_check_fault(check, name, "blank", "Give it a value: this provider needs it.");
    }
}

/* FusionAuth: "user.x" and "registration.x" from what the provider says; not beside a lambda. */
static void
check_mappings(struct field_check *check, const struct idp *idp)
{
    const struct json *map;

    if (idp->attribute_mappings.n == 0
        || !json_parse(check->reader->arena, idp->attribute_mappings, &map, NULL)
        || map->count == 0) {
        return;
    }
    if (!uuid_is_nil(idp->reconcile_id)) {
        field_check_fault(
            check, "attributeMappings", "invalid", "Use either mappings or a lambda, not both.");
    }
    for (const struct json *m = map->first; m != NULL; m = m->next) {
        if (!str_starts(m->name, S("user.")) && !str_starts(m->name, S("registration."))) {
            field_check_fault(check, "attributeMappings", "invalid",
                "Each name must begin with user. or registration.");
            return;
        }
    }
}

static bool
has_key(const struct idp *idp)
{
    return !uuid_is_nil(idp->key_id) || idp->verification_keys.count > 0;
}

static void
check_apple(struct field_check *check, const struct idp *idp)
{
    want(check, idp->bundle_id.n || idp->services_id.n, "servicesId");
}

static void
check_jwt(struct field_check *check, const struct idp *idp)
{
    want(check, has_key(idp), "verificationKeyIds");
}

static void
check_openid(struct field_check *check, const struct idp *idp)
{
    const struct idp_oauth *oauth = &idp->oauth;

    want(check, oauth->client_id.n, "oauth2.client_id");
    want(check, oauth->client_auth == IDP_CLIENT_NONE || oauth->client_secret.n,
        "oauth2.client_secret");
    if (oauth->issuer.n == 0) { /* else they are discovered */
        want(check, oauth->authorization_endpoint.n, "oauth2.authorization_endpoint");
        want(check, oauth->token_endpoint.n, "oauth2.token_endpoint");
        want(check, oauth->userinfo_endpoint.n, "oauth2.userinfo_endpoint");
    }
}

static bool
links_by_username(const struct idp *idp)
{
    return idp->linking == IDP_LINK_BY_USERNAME || idp->linking == IDP_LINK_BY_USERNAME_EXISTING;
}

static void
check_saml_base(struct field_check *check, const struct idp *idp)
{
    const struct idp_saml *saml = &idp->saml;

    want(check, has_key(idp), "verificationKeyIds");
    want(check, saml->uses_name_id || idp->email_claim.n, "emailClaim");
    want(check, !links_by_username(idp) || idp->username_claim.n, "usernameClaim");
    want(check, !saml->is_encrypted || !uuid_is_nil(saml->decryption_key_id),
        "assertionDecryptionConfiguration.keyTransportDecryptionKeyId");
}

static void
check_saml(struct field_check *check, const struct idp *idp)
{
    const struct idp_saml *saml = &idp->saml;

    check_saml_base(check, idp);
    want(check, !saml->has_initiated || saml->initiated_issuer.n,
        "idpInitiatedConfiguration.issuer");
    want(check, !saml->has_login_hint || saml->login_hint_name.n,
        "loginHintConfiguration.parameterName");
    want(check, !saml->signs_request || !uuid_is_nil(saml->request_key_id), "requestSigningKeyId");
    want(check, !saml->signs_request || !idp->posts_request || saml->c14n >= 0,
        "xmlSignatureC14nMethod");
}

void
idp_check(struct field_check *check)
{
    static void (*const checks[IDP_TYPE_COUNT])(struct field_check *, const struct idp *) = {
        [IDP_APPLE] = check_apple,
        [IDP_EXTERNAL_JWT] = check_jwt,
        [IDP_OPENID_CONNECT] = check_openid,
        [IDP_SAML] = check_saml,
        [IDP_SAML_INITIATED] = check_saml_base,
    };
    const struct idp *idp = check->object;

    check_mappings(check, idp);
    if (idp->type >= 0 && checks[idp->type] != NULL) {
        checks[idp->type](check, idp);
    }
    /* HYPR links nobody, whatever is said: FusionAuth's client for Java says LinkByEmail of its own */
    if (idp->linking == IDP_LINK_UNSUPPORTED && idp->type != IDP_HYPR) {
        field_check_fault(
            check, "linkingStrategy", "invalid", "Choose a strategy that this type has.");
    }
}
