/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of user actions and of what was done. */
#include "model/action/action.h"

#include "model/emailtemplate/emailtemplate.h"
#include "model/rq/rq.h"

static const char *const transaction_types[] = {
    "None", "Any", "SimpleMajority", "SuperMajority", "AbsoluteMajority", NULL};

/* Nothing but time can end what keeps somebody out without anybody's doing. */
static void
check_action(struct field_check *check)
{
    const struct action *action = check->object;

    if (action->prevent_login && !action->temporal) {
        field_check_fault(check, "preventLogin", "notTemporal",
            "An action that prevents login must be time-based: set temporal, too.");
    }
}

/* clang-format off */
#define O(member) FIELD_AT(struct action_option, member)
static const struct field option_fields[] = {
    {.name = "localizedNames", .kind = FIELD_TEXT_MAP, .offset = O(localized_names)},
    {.name = "name",           .kind = FIELD_TEXT,     .offset = O(name), .flags = FIELD_REQUIRED, .max = 191},
};
static const struct field_table option_table = FIELD_TABLE("UserActionOption", option_fields, struct action_option, NULL);

#define A(member) FIELD_AT(struct action, member)
static const struct field action_fields[] = {
    {.name = "active",                   .kind = FIELD_BOOL,     .offset = A(active), .flags = FIELD_KEEP_ON_PUT, .default_int = true},
    {.name = "cancelEmailTemplateId",    .kind = FIELD_UUID,     .offset = A(cancel_template_id), .more.kind = &emailtemplate_kind},
    {.name = "endEmailTemplateId",       .kind = FIELD_UUID,     .offset = A(end_template_id), .more.kind = &emailtemplate_kind},
    {.name = "id",                       .kind = FIELD_UUID,     .offset = A(head.id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "includeEmailInEventJSON",  .kind = FIELD_BOOL,     .offset = A(include_email)},
    {.name = "insertInstant",            .kind = FIELD_INSTANT,  .offset = A(head.insert_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "lastUpdateInstant",        .kind = FIELD_INSTANT,  .offset = A(head.last_update_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "localizedNames",           .kind = FIELD_TEXT_MAP, .offset = A(localized_names)},
    {.name = "modifyEmailTemplateId",    .kind = FIELD_UUID,     .offset = A(modify_template_id), .more.kind = &emailtemplate_kind},
    {.name = "name",                     .kind = FIELD_TEXT,     .offset = A(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "options",                  .kind = FIELD_OBJECTS,  .offset = A(options), .max = 100, .more.table = &option_table},
    {.name = "preventLogin",             .kind = FIELD_BOOL,     .offset = A(prevent_login)},
    {.name = "sendEndEvent",             .kind = FIELD_BOOL,     .offset = A(send_end_event), .default_int = true},
    {.name = "startEmailTemplateId",     .kind = FIELD_UUID,     .offset = A(start_template_id), .more.kind = &emailtemplate_kind},
    {.name = "temporal",                 .kind = FIELD_BOOL,     .offset = A(temporal)},
    {.name = "transactionType",          .kind = FIELD_ENUM,     .offset = A(transaction_type), .more.names = transaction_types},
    {.name = "userEmailingEnabled",      .kind = FIELD_BOOL,     .offset = A(user_emailing)},
    {.name = "userNotificationsEnabled", .kind = FIELD_BOOL,     .offset = A(user_notifications)},
};
static const struct field_table action_table = FIELD_TABLE("UserAction", action_fields, struct action, check_action);

#define I(member) FIELD_AT(struct action_item, member)
static const struct field item_fields[] = {
    {.name = "actionerUserId", .kind = FIELD_UUID,    .offset = I(actioner_user_id), .flags = FIELD_PERSONAL},
    {.name = "comment",        .kind = FIELD_TEXT,    .offset = I(comment), .flags = FIELD_PERSONAL, .max = 8192},
    {.name = "createInstant",  .kind = FIELD_INSTANT, .offset = I(create_instant)},
    {.name = "expiry",         .kind = FIELD_INSTANT, .offset = I(expiry)},
};
static const struct field_table item_table = FIELD_TABLE("HistoryItem", item_fields, struct action_item, NULL);

static const struct field history_fields[] = {
    {.name = "historyItems", .kind = FIELD_OBJECTS, .offset = FIELD_AT(struct action_history, items), .more.table = &item_table},
};
static const struct field_table history_table = FIELD_TABLE("LogHistory", history_fields, struct action_history, NULL);

#define L(member) FIELD_AT(struct action_log, member)
static const struct field log_fields[] = {
    {.name = "actioneeUserId",  .kind = FIELD_UUID,    .offset = L(head.user_id), .flags = FIELD_NOT_STORED},
    {.name = "actionerUserId",  .kind = FIELD_UUID,    .offset = L(actioner_user_id), .flags = FIELD_PERSONAL},
    {.name = "applicationIds",  .kind = FIELD_UUIDS,   .offset = L(application_ids)},
    {.name = "comment",         .kind = FIELD_TEXT,    .offset = L(comment), .flags = FIELD_PERSONAL, .max = 8192},
    {.name = "emailUserOnEnd",  .kind = FIELD_BOOL,    .offset = L(email_user_on_end)},
    {.name = "endEventSent",    .kind = FIELD_BOOL,    .offset = L(end_event_sent)},
    {.name = "expiry",          .kind = FIELD_INSTANT, .offset = L(head.until_instant), .flags = FIELD_NOT_STORED},
    {.name = "history",         .kind = FIELD_OBJECT,  .offset = L(history), .more.table = &history_table},
    {.name = "id",              .kind = FIELD_UUID,    .offset = L(head.id), .flags = FIELD_NOT_STORED},
    {.name = "insertInstant",   .kind = FIELD_INSTANT, .offset = L(head.insert_instant), .flags = FIELD_NOT_STORED},
    {.name = "localizedName",   .kind = FIELD_TEXT,    .offset = L(localized_name)},
    {.name = "localizedOption", .kind = FIELD_TEXT,    .offset = L(localized_option)},
    {.name = "localizedReason", .kind = FIELD_TEXT,    .offset = L(localized_reason)},
    {.name = "name",            .kind = FIELD_TEXT,    .offset = L(name)},
    {.name = "notifyUserOnEnd", .kind = FIELD_BOOL,    .offset = L(notify_user_on_end)},
    {.name = "option",          .kind = FIELD_TEXT,    .offset = L(option)},
    {.name = "reason",          .kind = FIELD_TEXT,    .offset = L(reason)},
    {.name = "reasonCode",      .kind = FIELD_TEXT,    .offset = L(reason_code)},
    {.name = "userActionId",    .kind = FIELD_UUID,    .offset = L(head.subject_id), .flags = FIELD_NOT_STORED},
};
const struct field_table action_log_table = FIELD_TABLE("UserActionLog", log_fields, struct action_log, NULL);
/* clang-format on */

const struct record_kind action_kind = {
    .number = RECORD_USER_ACTION,
    .name = "userAction",
    .table = &action_table,
    .name_at = A(name),
    .is_name_unique = true,
};
const struct dossier_kind action_log_kind = {DOSSIER_ACTION, "action", &action_log_table};
