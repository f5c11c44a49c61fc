/* SPDX-License-Identifier: Apache-2.0 */
/* Identity providers as the rest of the program asks for them: by id, by the domain they manage, by a key they
 * name; and what they say of an application or a tenant. */
#include "model/idp/idp.h"

#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

struct uuid
idp_fixed_id(enum idp_type type)
{
    static const char *const ids[IDP_TYPE_COUNT] = {
        [IDP_APPLE] = "13d2a5db-7ef9-4d62-b909-0df58612e775",
        [IDP_EPIC_GAMES] = "1b932b19-61a8-47c7-9e81-27dbf9011dad",
        [IDP_FACEBOOK] = "56abdcc7-8bd9-4321-9621-4e9bbebae494",
        [IDP_GOOGLE] = "82339786-3dff-42a6-aac6-1f1ceecb6c46",
        [IDP_HYPR] = "778985b7-6fd8-414d-acf2-94f18fb7c7e0",
        [IDP_LINKEDIN] = "6177c09d-3f0e-4d53-9504-3600b1b23f46",
        [IDP_NINTENDO] = "b0ac2e16-d4af-483e-98c8-7f6693610665",
        [IDP_SONY_PSN] = "7764b5c7-165b-4e7e-94aa-02ebe2a0a5fb",
        [IDP_STEAM] = "e4f39345-7833-4b1d-b331-ca03bdc2c4be",
        [IDP_TWITCH] = "bf4cf83f-e824-42d7-b4a3-5b10847a66b2",
        [IDP_TWITTER] = "45bb233c-0901-4236-b5ca-ac46e2e0a5a5",
        [IDP_XBOX] = "af53ab21-34c3-468a-8ba2-ecb3905f67f2",
    };
    struct uuid id = {{0}};

    CHECK(ids[type] == NULL || uuid_parse(str_from(ids[type]), &id));
    return id;
}

static void
normalize_domains(struct arena *arena, struct field_texts *domains)
{
    struct field_texts fresh = {ARENA_ARRAY(arena, MAX(domains->count, 1), str), 0};

    for (size_t i = 0; fresh.items != NULL && i < domains->count; i++) {
        str domain = str_lower(arena, str_trim(domains->items[i]));
        bool is_there = false;
        for (size_t j = 0; j < fresh.count; j++) {
            is_there = is_there || str_eq(fresh.items[j], domain);
        }
        if (!is_there && domain.n) {
            fresh.items[fresh.count++] = domain;
        }
    }
    *domains = fresh;
}

void
idp_normalize(struct arena *arena, struct idp *idp)
{
    bool names_keys =
        idp->type == IDP_EXTERNAL_JWT || idp->type == IDP_SAML || idp->type == IDP_SAML_INITIATED;

    normalize_domains(arena, &idp->domains);
    if (idp->type == IDP_HYPR) {
        idp->linking = IDP_LINK_UNSUPPORTED;
    }
    if (!names_keys) {
        return;
    }
    if (idp->verification_keys.count == 0 && !uuid_is_nil(idp->key_id)) {
        idp->verification_keys.items = ARENA_ARRAY(arena, 1, str);
        if (idp->verification_keys.items != NULL) {
            idp->verification_keys.items[idp->verification_keys.count++] =
                uuid_text(arena, idp->key_id);
        }
    }
    if (idp->verification_keys.count) { /* the old member shows the first of the new one */
        CHECK(uuid_parse(idp->verification_keys.items[0], &idp->key_id));
    }
}

const struct idp_app *
idp_app(const struct idp *idp, struct uuid application_id)
{
    static const struct field_table size = {.size = sizeof(struct idp_app)};
    static const struct field row = {.kind = FIELD_UUID_MAP, .more.table = &size};

    return field_map_find(&row, &idp->apps, &application_id);
}

const struct idp_tenant *
idp_tenant(const struct idp *idp, struct uuid tenant_id)
{
    static const struct field row = {.kind = FIELD_UUID_MAP, .more.table = &idp_tenant_table};

    return field_map_find(&row, &idp->tenants, &tenant_id);
}

bool
idp_is_on(const struct idp *idp, struct uuid application_id)
{
    const struct idp_app *app = idp_app(idp, application_id);

    return idp->enabled && app != NULL && app->enabled;
}

enum err
idp_load(struct rq *rq, const struct tenant *tenant, struct uuid id, const struct idp **ret)
{
    void *thing = NULL;
    enum err e = uuid_is_nil(id) ? ERR_OK : record_load(rq, &idp_kind, id, &thing);
    const struct idp *idp = e ? NULL : thing;

    *ret = NULL;
    if (idp != NULL
        && (uuid_is_nil(idp->head.tenant_id) || uuid_eq(idp->head.tenant_id, tenant->id))) {
        *ret = idp;
    }
    return e;
}

bool
idp_names_key(const void *thing, struct uuid key_id)
{
    const struct idp *idp = thing;
    const struct idp_app *apps = idp->apps.items;
    bool names = uuid_eq(idp->key_id, key_id) || uuid_eq(idp->saml.decryption_key_id, key_id)
                 || uuid_eq(idp->saml.request_key_id, key_id);

    for (size_t i = 0; i < idp->verification_keys.count; i++) {
        struct uuid id;
        names = names || (uuid_parse(idp->verification_keys.items[i], &id) && uuid_eq(id, key_id));
    }
    for (size_t i = 0; i < idp->apps.count; i++) {
        names = names || uuid_eq(apps[i].key_id, key_id);
    }
    return names;
}

enum err
idp_of_domain(struct rq *rq, struct uuid tenant_id, str domain, struct uuid *ret)
{
    str lower = str_lower(rq->arena, str_trim(domain));
    struct uuid house = {{0}};
    struct db_row *row = NULL;
    enum err e = ERR_OK;

    *ret = house;
    if (!uuid_is_nil(tenant_id)) {
        e = rq_read(rq, IDP_DOMAIN_GET, &row, DB_VALUES(DB_ID(&tenant_id), DB_STR(lower)));
    }
    if (e == ERR_OK && row == NULL) {
        e = rq_read(rq, IDP_DOMAIN_GET, &row, DB_VALUES(DB_ID(&house), DB_STR(lower)));
    }
    if (row != NULL) {
        *ret = uuid_from(db_bytes(row, 0));
    }
    return e;
}

void
idp_keep_domains(struct rq *rq, const struct idp *before, const struct idp *after)
{
    const struct record *head = after ? &after->head : &before->head;

    if (before != NULL && before->domains.count) {
        rq_write(rq, IDP_DOMAIN_REMOVE, DB_ANY, ERR_OK,
            DB_VALUES(DB_ID(&head->tenant_id), DB_ID(&head->id)));
    }
    for (size_t i = 0; after != NULL && i < after->domains.count; i++) {
        rq_write(rq, IDP_DOMAIN_ADD, DB_NEW, ERR_AGAIN,
            DB_VALUES(DB_ID(&head->tenant_id), DB_STR(after->domains.items[i]), DB_ID(&head->id)));
    }
}
