/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds, and lists of things. A kind that the API gets is a row here. */
#include "app/managed.h"

#include <stdlib.h>

#include "base/arena.h"
#include "model/action/action.h"
#include "model/agreement/agreement.h"
#include "model/apikey/apikey.h"
#include "model/application/application.h"
#include "model/connector/connector.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/entity/entity.h"
#include "model/form/form.h"
#include "model/group/group.h"
#include "model/idp/idp.h"
#include "model/integration/integration.h"
#include "model/ipacl/ipacl.h"
#include "model/key/key.h"
#include "model/lambda/lambda.h"
#include "model/manager/manager.h"
#include "model/messagetemplate/messagetemplate.h"
#include "model/messenger/messenger.h"
#include "model/reason/reason.h"
#include "model/record/record.h"
#include "model/system/system.h"
#include "model/tenant/tenant.h"
#include "model/theme/theme.h"
#include "model/webhook/webhook.h"

/* A group as a file has it: the ids of its roles, which stand beside it in bodies. */
struct group_view {
    str name, data;
    struct field_texts role_ids;
};
/* clang-format off */
#define G(member) FIELD_AT(struct group_view, member)
static const struct field group_fields[] = {
    {.name = "name",    .kind = FIELD_TEXT,  .offset = G(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "data",    .kind = FIELD_JSON,  .offset = G(data)},
    {.name = "roleIds", .kind = FIELD_UUIDS, .offset = G(role_ids)},
};
static const struct field_table group_view_table = FIELD_TABLE("Group", group_fields, struct group_view, NULL);

/* A grant as a file has it: to an entity, or to a person, who is in no file. */
#define R(member) FIELD_AT(struct entity_grant, member)
static const struct field grant_fields[] = {
    {.name = "recipientEntityId", .kind = FIELD_UUID,  .offset = R(recipient_id)},
    {.name = "userId",            .kind = FIELD_UUID,  .offset = R(user_id)},
    {.name = "permissions",       .kind = FIELD_TEXTS, .offset = R(permissions), .min = 1, .max = 191},
    {.name = "data",              .kind = FIELD_JSON,  .offset = R(data)},
};
static const struct field_table grant_view_table = FIELD_TABLE("EntityGrant", grant_fields, struct entity_grant, NULL);

enum { PAGES = MANAGED_PAGES, IN = MANAGED_IN_TENANT, FOR = MANAGED_FOR_TENANT, ONE = MANAGED_SINGLE, MERGED = MANAGED_MERGED, RESTS = MANAGED_RESTS };

const struct managed managed[] = {
/*   in files                  path                                  wrapper                 list                    label          flags        table, record, part of */
    {"keys",                   "/api/key",                           "key",                  "keys",                 "name",        IN | MERGED, &key_table, NULL, NULL},
    {"ipAccessControlLists",   "/api/ip-acl",                        "ipAccessControlList",  "ipAccessControlLists", "name",        PAGES,       NULL, &ipacl_kind, NULL},
    {"themes",                 "/api/theme",                         "theme",                "themes",               "name",        PAGES,       NULL, &theme_kind, NULL},
    {"emailTemplates",         "/api/email/template",                "emailTemplate",        "emailTemplates",       "name",        PAGES,       NULL, &emailtemplate_kind, NULL},
    {"messageTemplates",       "/api/message/template",              "messageTemplate",      "messageTemplates",     "name",        0,           NULL, &messagetemplate_kind, NULL},
    {"lambdas",                "/api/lambda",                        "lambda",               "lambdas",              "name",        PAGES,       NULL, &lambda_kind, NULL},
    {"messengers",             "/api/messenger",                     "messenger",            "messengers",           "name",        0,           NULL, &messenger_kind, NULL},
    {"connectors",             "/api/connector",                     "connector",            "connectors",           "name",        0,           NULL, &connector_kind, NULL},
    {"consents",               "/api/consent",                       "consent",              "consents",             "name",        PAGES,       NULL, &agreement_kind, NULL},
    {"formFields",             "/api/form/field",                    "field",                "fields",               "name",        0,           NULL, &form_field_kind, NULL},
    {"forms",                  "/api/form",                          "form",                 "forms",                "name",        0,           NULL, &form_kind, NULL},
    {"userActionReasons",      "/api/user-action-reason",            "userActionReason",     "userActionReasons",    "text",        0,           NULL, &reason_kind, NULL},
    {"userActions",            "/api/user-action",                   "userAction",           "userActions",          "name",        RESTS,       NULL, &action_kind, NULL},
    {"tenants",                "/api/tenant",                        "tenant",               "tenants",              "name",        PAGES,       &tenant_table, NULL, NULL},
    {"entityTypes",            "/api/entity/type",                   "entityType",           "entityTypes",          "name",        PAGES,       NULL, &entity_type_kind, NULL},
    {"permissions",            "/api/entity/type/%s/permission",     "permission",           "",                     "name",        0,           &entity_permission_table, NULL, "entityTypes"},
    {"entities",               "/api/entity",                        "entity",               "entities",             "name",        IN,          NULL, &entity_kind, NULL},
    {"grants",                 "/api/entity/%s/grant",               "grant",                "",                     "recipientEntityId", 0,     &grant_view_table, NULL, "entities"},
    {"applications",           "/api/application",                   "application",          "applications",         "name",        PAGES | IN | RESTS, &application_table, NULL, NULL},
    {"roles",                  "/api/application/%s/role",           "role",                 "",                     "name",        0,           &role_table, NULL, "applications"},
    {"scopes",                 "/api/application/%s/scope",          "scope",                "",                     "name",        0,           &app_scope_table, NULL, "applications"},
    {"groups",                 "/api/group",                         "group",                "groups",               "name",        PAGES | IN,  &group_view_table, NULL, NULL},
    {"identityProviders",      "/api/identity-provider",             "identityProvider",     "identityProviders",    "name",        PAGES | FOR, NULL, &idp_kind, NULL},
    {"webhooks",               "/api/webhook",                       "webhook",              "webhooks",             "url",         PAGES,       NULL, &webhook_kind, NULL},
    {"apiKeys",                "/api/api-key",                       "apiKey",               "",                     "name",        0,           &api_key_table, NULL, NULL},
    {"integrations",           "/api/integration",                   "integrations",         "",                     "",            ONE,         NULL, &integration_kind, NULL},
    {"systemConfiguration",    "/api/system-configuration",          "systemConfiguration",  "",                     "",            ONE,         NULL, &system_kind, NULL},
    {"tenantManager",          "/api/tenant-manager",                "tenantManagerConfiguration", "",               "",            ONE,         NULL, &manager_kind, NULL},
    {"tenantManagerProviders", "/api/tenant-manager/identity-provider", "typeConfiguration", "",                     "type",        0,           NULL, &manager_provider_kind, NULL},
};
/* clang-format on */
const size_t managed_count = COUNT(managed);
_Static_assert(COUNT(managed) <= MANAGED_MAX, "struct thing has a bit for each kind");

bool
managed_is(const struct managed *kind, const char *name)
{
    return str_eq(str_from(kind->name), str_from(name));
}

size_t
managed_index(const struct managed *kind)
{
    return (size_t)(kind - managed);
}

const struct managed *
managed_find(str name)
{
    for (size_t i = 0; i < managed_count; i++) {
        if (managed[i].part_of == NULL && str_eq(name, str_from(managed[i].name))) {
            return &managed[i];
        }
    }
    return NULL;
}

const struct managed *
managed_part(str name)
{
    for (size_t i = 0; i < managed_count; i++) {
        if (managed[i].part_of != NULL && str_eq(name, str_from(managed[i].name))) {
            return &managed[i];
        }
    }
    return NULL;
}

struct thing *
things_add(struct things *things, const struct managed *kind, const struct thing *parent,
    const struct json *item)
{
    struct thing *thing = ARENA_NEW(things->arena, struct thing);

    if (things->count == things->room) {
        size_t room = MAX(things->room * 2, (size_t)64);
        struct thing **items = ARENA_ARRAY(things->arena, room, struct thing *);
        if (items == NULL) {
            return NULL;
        }
        if (things->count) {
            memcpy(items, things->items, things->count * sizeof *items);
        }
        things->items = items;
        things->room = room;
    }
    if (thing == NULL) {
        return NULL;
    }
    thing->kind = kind;
    thing->parent = parent;
    thing->item = item;
    thing->rank = (unsigned)managed_index(kind) * 2;
    if (managed_is(kind, "keys") && json_get(item, S("tenantId")) != NULL) { /* after its tenant */
        thing->rank = (unsigned)managed_index(managed_find(S("tenants"))) * 2 + 1;
    }
    things->items[things->count++] = thing;
    return thing;
}

/* A character of well-formed text. */
static uint32_t
code_of(str character)
{
    static const uint8_t masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = (uint8_t)character.p[0] & masks[character.n];

    for (size_t i = 1; i < character.n; i++) {
        code = code << 6 | ((uint8_t)character.p[i] & 0x3f);
    }
    return code;
}

/* Controls, line separators, and marks of direction (UAX 9 s2). */
static bool
is_showable(uint32_t code)
{
    bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    bool is_mark = code == 0x061c || code == 0x200e || code == 0x200f
                   || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);

    return !is_control && !is_mark;
}

str
managed_shown(struct arena *arena, str text)
{
    struct buf buf;
    str shown;

    buf_init(&buf, arena, 8 * text.n + 8);
    while (text.n > 0) {
        size_t n = utf8_char_bytes(text);
        uint32_t code = n ? code_of(str_head(text, n)) : (uint8_t)text.p[0];
        if (n && is_showable(code)) {
            buf_str(&buf, str_head(text, n));
        } else if (code == '\n') {
            buf_lit(&buf, "\\n");
        } else {
            buf_fmt(&buf, "\\u%04x", (unsigned)code);
        }
        text = str_skip(text, MAX(n, (size_t)1));
    }
    return buf_done(&buf, &shown) ? shown : NO_STR;
}

str
thing_label(struct arena *arena, const struct thing *thing)
{
    str name = managed_shown(arena, thing->name.n ? thing->name : thing->id);

    if (thing->kind->flags & MANAGED_SINGLE) {
        return str_from(thing->kind->name);
    }
    if (thing->parent != NULL) {
        return str_fmt(arena, STRF "/%s/" STRF, STRV(thing_label(arena, thing->parent)),
            thing->kind->name, STRV(name));
    }
    return str_fmt(arena, "%s/" STRF, thing->kind->name, STRV(name));
}

void
thing_read_head(struct thing *thing)
{
    const char *id = managed_is(thing->kind, "tenantManagerProviders") ? "type"
                     : managed_is(thing->kind, "grants")               ? thing->kind->label
                                                                       : "id";
    bool is_active = true;

    (void)!json_str(json_get(thing->item, str_from(id)), &thing->id);
    if (managed_is(thing->kind, "grants") && thing->id.n == 0) {
        (void)!json_str(json_get(thing->item, S("userId")), &thing->id);
        thing->is_to_person = thing->id.n > 0;
    }
    (void)!json_str(json_get(thing->item, S("tenantId")), &thing->tenant);
    if (!json_str(json_get(thing->item, str_from(thing->kind->label)), &thing->name)
        && thing->is_to_person) {
        thing->name = thing->id;
    }
    (void)!json_bool(json_get(thing->item, S("active")), &is_active);
    thing->is_out = (thing->kind->flags & MANAGED_RESTS) && !is_active;
    if (managed_is(thing->kind, "keys")) {
        (void)!json_bool(json_get(thing->item, S("tenantDefault")), &thing->is_own);
    }
    if (thing->kind->flags & MANAGED_SINGLE) {
        thing->id = str_from(thing->kind->name);
    }
}

void
thing_settle_id(struct arena *arena, struct thing *thing)
{
    if (managed_is(thing->kind, "grants") && thing->id.n) {
        thing->id = str_fmt(arena, STRF "/" STRF, STRV(thing->parent->id), STRV(thing->id));
    }
}

static bool
is_part(const struct managed *of, str name)
{
    for (size_t i = 0; i < managed_count; i++) {
        if (managed[i].part_of && managed_is(of, managed[i].part_of)
            && str_eq(name, str_from(managed[i].name))) {
            return true;
        }
    }
    return false;
}

static bool
is_of_object(const struct thing *thing, str name)
{
    if (str_eq(name, S("tenantId"))) {
        return !(thing->kind->flags & MANAGED_IN_TENANT);
    }
    if (managed_is(thing->kind, "keys") && str_eq(name, S("tenantDefault"))) {
        return false;
    }
    if (managed_is(thing->kind, "groups")
        && (str_eq(name, S("roles")) || str_eq(name, S("roleIds")))) {
        return false;
    }
    return !str_eq(name, S("id")) && !str_eq(name, S("insertInstant"))
           && !str_eq(name, S("lastUpdateInstant")) && !is_part(thing->kind, name);
}

bool
thing_is_out_beside(const struct thing *thing)
{
    for (size_t i = 0; i < thing->table->count; i++) {
        const struct field *f = &thing->table->fields[i];
        if (str_eq(str_from(f->name), S("active"))) {
            return f->flags & FIELD_READ_ONLY;
        }
    }
    return true;
}

static int
by_text(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

enum { ROLES_MAX = 1000 };

/* "roleIds" as a file says them, or the ids of "roles" as the server does: in order. */
static void
put_role_ids(struct arena *arena, const struct json *item, struct json_out *out)
{
    const struct json *given = json_get(item, S("roleIds")), *roles = json_get(item, S("roles"));
    str *ids = ARENA_ARRAY(arena, ROLES_MAX, str);
    size_t count = 0;

    if (given != NULL && given->type != JSON_ARRAY) {
        json_out_name(out, S("roleIds"));
        json_out_value(out, given); /* the table says what is wrong with it */
        return;
    }
    for (const struct json *r = given ? given->first : NULL; ids && r && count < ROLES_MAX;
         r = r->next) {
        ids[count++] =
            r->type == JSON_STRING ? r->text : r->raw; /* what is none is told there, too */
    }
    for (const struct json *app = roles ? roles->first : NULL; app != NULL; app = app->next) {
        for (const struct json *r = app->first; ids && r && count < ROLES_MAX; r = r->next) {
            count += json_str(json_get(r, S("id")), &ids[count]);
        }
    }
    if (count) {
        qsort(ids, count, sizeof *ids, by_text);
    }
    json_out_name(out, S("roleIds"));
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        json_out_str(out, ids[i]);
    }
    json_out_array_end(out);
}

bool
thing_read_value(struct arena *arena, struct thing *thing)
{
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, arena, MB(16));
    json_out_init(&out, &buf);
    json_out_object(&out);
    for (const struct json *m = thing->item->first; m != NULL; m = m->next) {
        if (is_of_object(thing, m->name)) {
            json_out_name(&out, m->name);
            json_out_value(&out, m);
        }
    }
    if (managed_is(thing->kind, "groups")) {
        put_role_ids(arena, thing->item, &out);
    }
    json_out_object_end(&out);
    if (!buf_done(&buf, &text) || !json_parse(arena, text, &thing->value, NULL)) {
        return false;
    }
    thing->table = thing->kind->table ? thing->kind->table
                                      : record_table_of(thing->kind->record, thing->value);
    return true;
}

bool
things_add_parts(struct things *things, struct thing *of,
    bool (*add)(void *ctx, struct thing *part, size_t at), void *ctx)
{
    for (size_t i = 0; i < managed_count; i++) {
        const struct json *list = json_get(of->item, str_from(managed[i].name));
        size_t at = 0;
        if (managed[i].part_of == NULL || !managed_is(of->kind, managed[i].part_of)
            || list == NULL) {
            continue;
        }
        of->parts |= UINT32_C(1) << i;
        for (const struct json *item = list->first; item != NULL; item = item->next) {
            struct thing *part = things_add(things, &managed[i], of, item);
            if (part == NULL || !add(ctx, part, at++)) {
                return false;
            }
        }
    }
    return true;
}

/* A tenant that says nothing of its theme and of where its people are known is shown the house's own. */
static void
tidy_tenant(struct tenant *tenant)
{
    const struct connector_policy *policy = tenant->connector_policies.items;

    tenant_settle(tenant);
    if (uuid_eq(tenant->theme_id, theme_default_id)) {
        tenant->theme_id = (struct uuid){{0}};
    }
    if (tenant->connector_policies.count == 1 && uuid_eq(policy->connector_id, connector_default_id)
        && !policy->migrate && policy->domains.count == 1
        && str_eq(policy->domains.items[0], S("*"))) {
        tenant->connector_policies = (struct field_list){NULL, 0};
    }
}

/* requireClientAuthentication is the older word for clientAuthenticationPolicy. */
void
thing_tidy(const struct managed *kind, void *object)
{
    if (managed_is(kind, "applications")) {
        ((struct application *)object)->oauth.requires_client_auth = true;
    } else if (managed_is(kind, "tenants")) {
        tidy_tenant(object);
    } else if (managed_is(kind, "formFields")) {
        form_field_settle(object); /* a key says what its field is, unless the file does */
    }
}

/* Insertion by merging would be no shorter: ranks are few, so each is picked in turn. */
void
things_sort(struct things *things)
{
    struct thing **sorted =
        ARENA_ARRAY(things->arena, MAX(things->count, (size_t)1), struct thing *);
    size_t n = 0;

    for (unsigned rank = 0; sorted != NULL && rank <= 2 * MANAGED_MAX; rank++) {
        for (size_t i = 0; i < things->count; i++) {
            if (things->items[i]->rank == rank) {
                sorted[n++] = things->items[i];
            }
        }
    }
    if (sorted != NULL) {
        things->items = sorted;
        things->room = MAX(things->count, (size_t)1);
    }
}

static struct thing *
parent_of(const struct things *things, const struct thing *thing)
{
    str id;

    if (!managed_is(thing->kind, "entities")
        || !json_str(json_get(thing->value, S("parentId")), &id)) {
        return NULL;
    }
    return things_by_id(things, thing->kind, id);
}

void
things_place_parents(struct things *things)
{
    size_t room = MAX(things->count, (size_t)1), count = 0;
    struct thing **sorted = ARENA_ARRAY(things->arena, room, struct thing *);
    struct thing **line = ARENA_ARRAY(things->arena, room, struct thing *);

    for (size_t i = 0; i < things->count; i++) {
        things->items[i]->is_placed = false;
    }
    for (size_t i = 0; sorted != NULL && line != NULL && i < things->count; i++) {
        struct thing *thing = things->items[i];
        size_t n = 0;
        while (thing != NULL && !thing->is_placed) { /* in a circle, the API says what is wrong */
            thing->is_placed = true;
            line[n++] = thing;
            thing = parent_of(things, thing);
        }
        while (n > 0) {
            sorted[count++] = line[--n];
        }
    }
    if (sorted != NULL && line != NULL) {
        things->items = sorted;
        things->room = room;
    }
}
