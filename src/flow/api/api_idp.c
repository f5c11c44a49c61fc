/* SPDX-License-Identifier: Apache-2.0 */
/* /api/identity-provider: providers of every type. Beyond the tables: the id and name that one of a type may do
 * without, domains with one provider each, keys, applications and tenants that exist, and a linking strategy that
 * changes only while nobody can come in. GET ?type= shows the one with FusionAuth's fixed id (or the first) and
 * all of the type; PUT, PATCH and DELETE ?type= are about the one with the fixed id. */
#include "flow/api/api_admin.h"
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_key_use.h"
#include "flow/api/api_records.h"
#include "model/idp/idp.h"
#include "model/key/key.h"
#include "model/lambda/lambda.h"
#include "model/link/link.h"

struct idp_criteria {
    struct api_criteria base;
    str source;
    struct uuid application_id, tenant_id;
    int type;
};
/* clang-format off */
#define C(member) FIELD_AT(struct idp_criteria, member)
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
    {.name = "applicationId", .kind = FIELD_UUID, .offset = C(application_id)},
    {.name = "source",        .kind = FIELD_TEXT, .offset = C(source), .max = 191},
    {.name = "tenantId",      .kind = FIELD_UUID, .offset = C(tenant_id)},
    {.name = "type",          .kind = FIELD_ENUM, .offset = C(type), .default_int = -1, .more.names = idp_types},
};
static const struct field_table criteria_table = FIELD_TABLE("IdentityProviderSearchCriteria", criteria_fields, struct idp_criteria, NULL);
/* clang-format on */

static bool
matches(struct rq *rq, const void *thing, const void *asked)
{
    const struct idp_criteria *criteria = asked;
    const struct idp *idp = thing;
    const struct idp_app *app = idp_app(idp, criteria->application_id);
    struct uuid tenant_id = api_is_bound(rq) && rq->tenant ? rq->tenant->id : criteria->tenant_id;

    return (criteria->type < 0 || criteria->type == idp->type)
           && (criteria->source.n == 0 || api_name_matches(criteria->source, idp->source))
           && (uuid_is_nil(criteria->application_id) || (app != NULL && app->enabled))
           && (uuid_is_nil(tenant_id) || uuid_is_nil(idp->head.tenant_id)
               || uuid_eq(tenant_id, idp->head.tenant_id));
}

static int
type_by_name(str name)
{
    for (int i = 0; i < IDP_TYPE_COUNT; i++) {
        if (str_eq(name, str_from(idp_types[i]))) {
            return i;
        }
    }
    return -1;
}

static bool
has_text(const struct json *object, str name)
{
    str text;

    return json_str(json_get(object, name), &text) && text.n > 0;
}

/* FusionAuth: one that is given neither id, tenant nor name is the one of its type. */
static enum err
place(struct api_call *call)
{
    str type;

    if (uuid_is_nil(call->id) && json_str(json_get(call->value, S("type")), &type)
        && type_by_name(type) >= 0 && !has_text(call->value, S("name"))
        && !has_text(call->value, S("tenantId"))) {
        call->id = idp_fixed_id((enum idp_type)type_by_name(type));
    }
    return api_record_place(call);
}

static void
take_name(struct api_call *call, struct idp *idp)
{
    if (idp->name.n || idp->type < 0) {
        return;
    }
    if (uuid_eq(call->id, idp_fixed_id((enum idp_type)idp->type))) {
        idp->name = str_from(idp_types[idp->type]);
    } else {
        field_fault(&call->reader, "identityProvider.name", "blank", "Give it a name.");
    }
}

/* A key that has to sign or to open is one that the caller may use, or what stood in that place before (had): whoever may use
 * a key to open what people bring can open what they brought to others by it. */
static enum err
check_private(struct api_call *call, struct uuid id, struct uuid had, const char *path)
{
    const struct idp *idp = call->after;
    const struct key *key = NULL;
    enum err e = uuid_is_nil(id) ? ERR_OK : key_load(call->rq, id, &key);

    if (e != ERR_OK || uuid_is_nil(id)) {
        return e;
    }
    if (key == NULL || !key->has_private
        || (!uuid_is_nil(key->tenant_id) && !uuid_eq(key->tenant_id, idp->head.tenant_id))
        || !(uuid_eq(id, had) || api_may_use_key(call->rq, key, NULL, NULL))) {
        field_fault(&call->reader, path, "invalid",
            "Name a key with a private part that this provider may use.");
    } else {
        key_hold(call->rq, id);
    }
    return e;
}

/* Any key will do to check with. */
static enum err
check_public(struct api_call *call, struct uuid id)
{
    const struct idp *idp = call->after;
    const struct key *key = NULL;
    enum err e = key_load(call->rq, id, &key);

    if (e != ERR_OK) {
        return e;
    }
    if (key == NULL
        || (!uuid_is_nil(key->tenant_id) && !uuid_eq(key->tenant_id, idp->head.tenant_id))) {
        field_fault(&call->reader, "identityProvider.verificationKeyIds", "invalid",
            "Name a key that this provider may use.");
    } else {
        key_hold(call->rq, id);
    }
    return e;
}

static enum err
check_apple(struct api_call *call, const struct idp *idp, const struct idp *before)
{
    const struct idp_app *apps = idp->apps.items;
    enum err e = check_private(call, idp->key_id, before->key_id, "identityProvider.keyId");

    for (size_t i = 0; e == ERR_OK && i < idp->apps.count; i++) {
        const struct idp_app *was = idp_app(before, apps[i].application_id);
        e = check_private(call, apps[i].key_id, was ? was->key_id : (struct uuid){{0}},
            "identityProvider.applicationConfiguration.keyId");
    }
    return e;
}

static enum err
check_keys(struct api_call *call)
{
    static const struct idp nothing = {.type = -1};
    const struct idp *idp = call->after, *before = call->before ? call->before : &nothing;
    enum err e = idp->type == IDP_APPLE ? check_apple(call, idp, before) : ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < idp->verification_keys.count; i++) {
        struct uuid id;
        CHECK(uuid_parse(idp->verification_keys.items[i], &id));
        e = check_public(call, id);
    }
    e = e ? e
          : check_private(call, idp->saml.decryption_key_id, before->saml.decryption_key_id,
              "identityProvider.assertionDecryptionConfiguration.keyTransportDecryptionKeyId");
    return e ? e
             : check_private(call, idp->saml.request_key_id, before->saml.request_key_id,
                 "identityProvider.requestSigningKeyId");
}

/* Each type has lambdas of its own. */
static enum err
check_lambda(struct api_call *call)
{
    static const enum lambda_type types[IDP_TYPE_COUNT] = {
        [IDP_APPLE] = LAMBDA_AppleReconcile,
        [IDP_EPIC_GAMES] = LAMBDA_EpicGamesReconcile,
        [IDP_EXTERNAL_JWT] = LAMBDA_ExternalJWTReconcile,
        [IDP_FACEBOOK] = LAMBDA_FacebookReconcile,
        [IDP_GOOGLE] = LAMBDA_GoogleReconcile,
        [IDP_HYPR] = LAMBDA_HYPRReconcile,
        [IDP_LINKEDIN] = LAMBDA_LinkedInReconcile,
        [IDP_NINTENDO] = LAMBDA_NintendoReconcile,
        [IDP_OPENID_CONNECT] = LAMBDA_OpenIDReconcile,
        [IDP_SAML] = LAMBDA_SAMLv2Reconcile,
        [IDP_SAML_INITIATED] = LAMBDA_SAMLv2Reconcile,
        [IDP_SONY_PSN] = LAMBDA_SonyPSNReconcile,
        [IDP_STEAM] = LAMBDA_SteamReconcile,
        [IDP_TWITCH] = LAMBDA_TwitchReconcile,
        [IDP_TWITTER] = LAMBDA_TwitterReconcile,
        [IDP_XBOX] = LAMBDA_XboxReconcile,
    };
    const struct idp *idp = call->after;

    if (idp->type < 0) {
        return ERR_OK;
    }
    return lambda_check_type(call->rq, &call->reader, idp->reconcile_id, types[idp->type],
        "identityProvider.lambdaConfiguration.reconcileId");
}

/* Those it had already may be gone meanwhile: an old provider can still be changed. */
static enum err
check_applications(struct api_call *call)
{
    const struct idp *idp = call->after, *before = call->before;
    const struct idp_app *apps = idp->apps.items;
    struct uuid owner = idp->head.tenant_id;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < idp->apps.count; i++) {
        const struct application *app = NULL;
        if (before != NULL && idp_app(before, apps[i].application_id) != NULL) {
            continue;
        }
        e = application_any(call->rq, apps[i].application_id, &app);
        if (e == ERR_OK
            && (app == NULL
                || (!uuid_is_nil(owner) && !app->universal.is
                    && !uuid_eq(owner, app->tenant_id)))) {
            field_fault(&call->reader, "identityProvider.applicationConfiguration", "invalid",
                "Each id must be that of an application that may use this provider.");
            break;
        }
    }
    return e;
}

static enum err
check_tenants(struct api_call *call)
{
    const struct idp *idp = call->after, *before = call->before;
    const struct idp_tenant *tenants = idp->tenants.items;
    struct uuid owner = idp->head.tenant_id;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < idp->tenants.count; i++) {
        struct uuid id = tenants[i].tenant_id;
        const struct tenant *tenant = NULL;
        if (before != NULL && idp_tenant(before, id) != NULL) {
            continue;
        }
        e = tenant_load(call->rq, id, &tenant);
        if (e == ERR_OK && (tenant == NULL || (!uuid_is_nil(owner) && !uuid_eq(owner, id)))) {
            field_fault(&call->reader, "identityProvider.tenantConfiguration", "invalid",
                "Each id must be that of a tenant that may use this provider.");
            break;
        }
    }
    return e;
}

static enum err
check_domains(struct api_call *call)
{
    const struct idp *idp = call->after;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < idp->domains.count; i++) {
        struct uuid taken;
        e = idp_of_domain(call->rq, idp->head.tenant_id, idp->domains.items[i], &taken);
        if (e == ERR_OK && !uuid_is_nil(taken) && !uuid_eq(taken, call->id)) {
            void *other;
            e = record_load(call->rq, &idp_kind, taken, &other);
            if (e == ERR_OK && other != NULL
                && uuid_eq(((struct record *)other)->tenant_id, idp->head.tenant_id)) {
                field_fault(&call->reader, "identityProvider.domains", "duplicate",
                    "Another provider manages one of these domains already.");
                break;
            }
        }
    }
    return e;
}

/* A provider says who somebody is: by one that the administrators' application takes, whoever writes it could be anybody
 * there (decision 0025). */
static void
check_administrators(struct api_call *call, const struct idp *idp)
{
    const struct idp_app *app = idp ? idp_app(idp, admin_application_id()) : NULL;

    if (app != NULL && app->enabled && !api_is_super(call->rq)) {
        field_fault(&call->reader, "identityProvider.applicationConfiguration", "notAllowed",
            "Administrators sign in by this provider: only a caller with every right changes it.");
    }
}

/* After the rules of every record: whose it is, is known. */
static enum err
check_rest(struct api_call *call)
{
    const struct idp *before = call->before;
    struct idp *idp = call->after;
    enum err e;

    idp_normalize(call->rq->arena, idp);
    if (before != NULL) {
        idp->source = before->source;
        if (before->enabled && idp->linking != before->linking) {
            field_fault(&call->reader, "identityProvider.linkingStrategy", "notAllowed",
                "Disable the provider first: how it links people changes only while it is off.");
        }
    }
    check_administrators(call, before);
    check_administrators(call, idp);
    e = check_keys(call);
    e = e ? e : check_lambda(call);
    e = e ? e : check_applications(call);
    e = e ? e : check_tenants(call);
    return e ? e : check_domains(call);
}

static enum err
check(struct api_call *call)
{
    take_name(call, call->after);
    return api_record_check(call);
}

static enum err
store_new(struct api_call *call)
{
    enum err e = api_record_store_new(call);

    idp_keep_domains(call->rq, NULL, call->after);
    return e;
}

static enum err
store(struct api_call *call)
{
    enum err e = api_record_store(call);

    idp_keep_domains(call->rq, call->before, call->after);
    return e;
}

/* Its links go with it: nobody comes in by one that another provider of the same id would find. */
static enum err
remove_provider(struct api_call *call)
{
    enum err e;

    check_administrators(call, call->before);
    e = api_faults(call->rq);
    e = e ? e : api_record_remove(call);
    if (e != ERR_OK) {
        return e;
    }
    idp_keep_domains(call->rq, call->before, NULL);
    link_forget_idp(call->rq, call->id);
    return ERR_OK;
}

const struct api_record api_idp = {
    .resource = {.name = "identityProvider",
        .id_name = "identityProviderId",
        .beside = &api_beside_table,
        .created = "identity-provider.create",
        .updated = "identity-provider.update",
        .deleted = "identity-provider.delete",
        .load = api_record_load,
        .place = place,
        .check = check,
        .create = store_new,
        .update = store,
        .remove = remove_provider},
    .kind = &idp_kind,
    .type = "IdentityProvider",
    .plural = "identityProviders",
    .criteria = &criteria_table,
    .matches = matches,
    .check = check_rest,
    .is_private = true,
};

/* ---- by type ---- */

struct of_type {
    struct json_out *out;
    int type;
    struct uuid first, fixed; /* fixed: the one with the fixed id, if there is */
};

static void
write_of_type(void *ctx, const void *thing)
{
    struct of_type *of = ctx;
    const struct idp *idp = thing;

    if (idp->type != of->type) {
        return;
    }
    of->first = uuid_is_nil(of->first) ? idp->head.id : of->first;
    if (uuid_eq(idp->head.id, idp_fixed_id((enum idp_type)of->type))) {
        of->fixed = idp->head.id;
    }
    field_write(record_table(&idp_kind, idp), FIELD_FOR_API, idp, of->out);
}

static enum err
retrieve_type(struct rq *rq, int type)
{
    struct api_answer answer;
    struct of_type of = {.out = &answer.out, .type = type};
    void *one;
    enum err e;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("identityProviders"));
    json_out_array(&answer.out);
    e = api_record_each(rq, &api_idp, write_of_type, &of);
    json_out_array_end(&answer.out);
    if (e == ERR_OK && uuid_is_nil(of.first)) {
        return api_not_found(rq);
    }
    e = e ? e : record_load(rq, &idp_kind, uuid_is_nil(of.fixed) ? of.first : of.fixed, &one);
    if (e != ERR_OK || one == NULL) {
        return e ? e : api_not_found(rq);
    }
    json_out_name(&answer.out, S("identityProvider"));
    field_write(record_table(&idp_kind, one), FIELD_FOR_API, one, &answer.out);
    return api_answer_send(rq, &answer, 200);
}

/* *ret -1: no type was asked for. */
static enum err
read_type(struct rq *rq, int *ret)
{
    str name = rq_query_get(rq, S("type"));

    *ret = rq->segments[0].n ? -1 : type_by_name(name);
    if (rq->segments[0].n || name.n == 0 || *ret >= 0) {
        return ERR_OK;
    }
    return api_refuse(rq, "type", "invalid", "Name a type that identity providers have.");
}

enum err
api_idp_retrieve(struct rq *rq)
{
    int type;
    enum err e = read_type(rq, &type);

    if (e != ERR_OK) {
        return e;
    }
    return type >= 0 ? retrieve_type(rq, type) : api_record_retrieve(rq);
}

/* The path that would have named it. */
static enum err
name_by_type(struct rq *rq)
{
    struct uuid id = {{0}};
    int type;
    enum err e = read_type(rq, &type);

    if (e != ERR_OK || rq->segments[0].n) {
        return e;
    }
    id = type >= 0 ? idp_fixed_id((enum idp_type)type) : id;
    if (uuid_is_nil(id)) {
        return api_refuse(rq, "identityProviderId", "missing", "Name the provider in the URL.");
    }
    rq->segments[0] = uuid_text(rq->arena, id);
    return rq->segments[0].n ? ERR_OK : FAIL_SERVER(rq);
}

enum err
api_idp_change(struct rq *rq)
{
    enum err e = name_by_type(rq);

    return e ? e : api_record_change(rq);
}

enum err
api_idp_delete(struct rq *rq)
{
    enum err e = name_by_type(rq);

    return e ? e : api_record_delete(rq);
}
