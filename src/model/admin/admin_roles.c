/* SPDX-License-Identifier: Apache-2.0 */
/* FusionAuth's 38 roles of administrators, and what each permits here. "manager" adds and edits, "deleter" deletes, "viewer" looks;
 * where a kind has no deleter, its manager deletes, too. Ids are FusionAuth's, so that files that name them work. */
#include "model/application/application.h"
#include "model/admin/admin.h"
#include "model/rq/rq.h"

/* clang-format off */
#define ROLE_ID "631ecd9d-8d40-4c13-8277-80cedb82"
/* What support sees to do its work. */
#define SEES "action:R comment:R consent:R credential:R family:R group:R group-member:R registration:R session:R user:R " \
             "user-action:R user-action-reason:R user-consent:R "
/* What both who manage people and who support them do. */
#define SUPPORTS "action:RWD comment:RW family:RWD group-member:RWD session:RD user-consent:RWD "

static const struct admin_role_row rows[] = {
    {"admin",                    ROLE_ID "36e2", "*:RWDA",                       "Everything, administrators among it"},
    {"acl_deleter",              ROLE_ID "3711", "ip-acl:RD",                    "Delete IP access control lists"},
    {"acl_manager",              ROLE_ID "3712", "ip-acl:RW",                    "Add and edit IP access control lists"},
    {"api_key_manager",          ROLE_ID "36e3", "api-key:RWD",                  "Add, edit and delete API keys with the rights of their maker"},
    {"application_deleter",      ROLE_ID "36e4", "application:RD",               "Delete applications"},
    {"application_manager",      ROLE_ID "36e5", "application:RW application-part:RWD", "Add and edit applications; their roles and scopes"},
    {"audit_log_viewer",         ROLE_ID "36e6", "audit-log:R",                  "View the audit log"},
    {"connector_deleter",        ROLE_ID "3700", "connector:RD",                 "Delete connectors"},
    {"connector_manager",        ROLE_ID "3701", "connector:RW",                 "Add and edit connectors"},
    {"consent_deleter",          ROLE_ID "36fc", "consent:RD",                   "Delete consents"},
    {"consent_manager",          ROLE_ID "36fd", "consent:RW",                   "Add and edit consents"},
    {"email_template_manager",   ROLE_ID "36e7", "email-template:RWD",           "Add, edit and delete email templates"},
    {"entity_manager",           ROLE_ID "3706", "entity:RWD",                   "Add, edit and delete entities"},
    {"event_log_viewer",         ROLE_ID "36fa", "event-log:R",                  "View the event log"},
    {"form_deleter",             ROLE_ID "3702", "form:RD",                      "Delete forms and their fields"},
    {"form_manager",             ROLE_ID "3703", "form:RW",                      "Add and edit forms and their fields"},
    {"group_deleter",            ROLE_ID "36f6", "group:RD",                     "Delete groups"},
    {"group_manager",            ROLE_ID "36f5", "group:RW",                     "Add and edit groups"},
    {"key_manager",              ROLE_ID "36fb", "key:RWD",                      "Add, edit and delete keys"},
    {"lambda_manager",           ROLE_ID "36f9", "lambda:RWD",                   "Add, edit and delete lambdas"},
    {"message_template_deleter", ROLE_ID "3709", "message-template:RD",          "Delete message templates"},
    {"message_template_manager", ROLE_ID "3710", "message-template:RW",          "Add and edit message templates"},
    {"messenger_deleter",        ROLE_ID "3707", "messenger:RD",                 "Delete messengers"},
    {"messenger_manager",        ROLE_ID "3708", "messenger:RW",                 "Add and edit messengers"},
    {"reactor_manager",          ROLE_ID "36ff", "reactor:RWD",                  "License settings"},
    {"report_viewer",            ROLE_ID "36e8", "report:R",                     "View reports"},
    {"system_manager",           ROLE_ID "36e9", "system:RW theme:RD", "Edit the system configuration; delete themes"},
    {"tenant_deleter",           ROLE_ID "36f8", "tenant:RD",                    "Delete tenants"},
    {"tenant_manager",           ROLE_ID "36f7", "tenant:RW",                    "Add and edit tenants"},
    {"theme_manager",            ROLE_ID "36fe", "theme:RW",                     "Add and edit themes"},
    {"user_action_deleter",      ROLE_ID "36f0", "user-action:RD",               "Delete user actions"},
    {"user_action_manager",      ROLE_ID "36f1", "user-action:RW user-action-reason:RWD", "Add and edit user actions; their reasons"},
    {"user_deleter",             ROLE_ID "36f2", "user:RD",                      "Delete users"},
    {"user_manager",             ROLE_ID "36f3", SEES SUPPORTS "credential:RWD registration:RWD user:RW", "Add and edit users"},
    {"user_support_manager",     ROLE_ID "3704", SEES SUPPORTS "registration:RDA user:RA", "Help users, but not with what they sign in with"},
    {"user_support_viewer",      ROLE_ID "3705", SEES,                           "View users"},
    {"webhook_event_log_viewer", ROLE_ID "3713", "webhook-log:R",                "View the webhook event log"},
    {"webhook_manager",          ROLE_ID "36f4", "webhook:RWD",                  "Add, edit and delete webhooks"},
};

static const char *const family_names[] = {
#define X(name, text) [ADMIN_##name] = (text),
    ADMIN_FAMILIES(X)
#undef X
};
/* clang-format on */

const struct admin_role_row *
admin_role_rows(size_t *ret_count)
{
    *ret_count = COUNT(rows);
    return rows;
}

static const struct admin_role_row *
find(str name)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (str_eq(name, str_from(rows[i].name))) {
            return &rows[i];
        }
    }
    return NULL;
}

bool
admin_is_built_in(str role_name)
{
    return find(role_name) != NULL;
}

static bool
read_verbs(str letters, unsigned *ret)
{
    static const struct {
        char letter;
        unsigned verb;
    } verbs[] = {{'R', ADMIN_READ}, {'W', ADMIN_WRITE}, {'D', ADMIN_DELETE}, {'A', ADMIN_ASSIST}};

    *ret = 0;
    for (size_t i = 0; i < letters.n; i++) {
        size_t v = 0;
        while (v < COUNT(verbs) && verbs[v].letter != letters.p[i]) {
            v++;
        }
        if (v == COUNT(verbs)) {
            return false;
        }
        *ret |= verbs[v].verb;
    }
    return *ret != 0;
}

bool
admin_add_grants(str text, uint8_t verbs[ADMIN_FAMILY_COUNT])
{
    str word, name;

    while (str_cut(&text, ' ', &word)) {
        bool is_known = false;
        unsigned bits;
        if (word.n == 0) {
            continue;
        }
        if (!str_cut(&word, ':', &name) || !read_verbs(word, &bits)) {
            return false;
        }
        for (size_t f = 0; f < ADMIN_FAMILY_COUNT; f++) {
            if (str_eq(name, S("*")) || str_eq(name, str_from(family_names[f]))) {
                verbs[f] |= (uint8_t)bits;
                is_known = true;
            }
        }
        if (!is_known) {
            return false;
        }
    }
    return true;
}

bool
admin_add_role(str role_name, uint8_t verbs[ADMIN_FAMILY_COUNT])
{
    const struct admin_role_row *row = find(role_name);

    if (row != NULL) {
        CHECK(admin_add_grants(str_from(row->grants), verbs));
    }
    return row != NULL;
}

/* With FusionAuth's id, unless a role of one's own has it: then a fresh one. */
static void
fill(struct rq *rq, const struct role *others, size_t count, const struct admin_role_row *row,
    struct role *role)
{
    *role = (struct role){.name = str_from(row->name),
        .description = str_from(row->description),
        .is_super = row == &rows[0]};
    CHECK(uuid_parse(str_from(row->id), &role->id));
    for (size_t i = 0; i < count; i++) {
        if (uuid_eq(others[i].id, role->id)) {
            role->id = rq_new_id(rq);
            return;
        }
    }
}

enum err
admin_complete_roles(struct rq *rq, struct application *application, bool *ret_changed)
{
    struct role *all = ARENA_ARRAY(rq->arena, application->roles.count + COUNT(rows), struct role);
    size_t count = application->roles.count;

    if (all == NULL) {
        return FAIL_SERVER(rq);
    }
    if (count) {
        memcpy(all, application->roles.items, count * sizeof *all);
    }
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (!application_has_role(application, str_from(rows[i].name))) {
            fill(rq, all, count, &rows[i], &all[count]);
            count++;
        }
    }
    *ret_changed = count > application->roles.count;
    application->roles = (struct field_list){all, count};
    return ERR_OK;
}
