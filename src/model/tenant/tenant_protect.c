/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of the settings that protect people. */
#include "model/tenant/tenant_protect.h"

#include "model/emailtemplate/emailtemplate.h"

static const char *const breach_matches[] = {"Low", "Medium", "High", NULL};
static const char *const breach_actions[] = {
    "Off", "RecordOnly", "NotifyUser", "RequireChange", NULL};

static void
check_breach(struct field_check *check)
{
    const struct breach_config *breach = check->object;

    if (breach->enabled && breach->on_login == BREACH_NOTIFY && uuid_is_nil(breach->notice_id)) {
        field_check_fault(check, "notifyUserEmailTemplateId", "missing",
            "Name the email template that tells people.");
    }
}

/* clang-format off */
#define BREACH(member) FIELD_AT(struct breach_config, member)
static const struct field breach_fields[] = {
    {.name = "enabled",   .kind = FIELD_BOOL, .offset = BREACH(enabled)},
    {.name = "matchMode", .kind = FIELD_ENUM, .offset = BREACH(match), .default_int = 2, .more.names = breach_matches},
    {.name = "notifyUserEmailTemplateId", .kind = FIELD_UUID, .offset = BREACH(notice_id), .more.kind = &emailtemplate_kind},
    {.name = "onLogin",   .kind = FIELD_ENUM, .offset = BREACH(on_login), .default_int = BREACH_OFF, .more.names = breach_actions},
};
const struct field_table breach_config_table = FIELD_TABLE("PasswordBreachDetection", breach_fields, struct breach_config, check_breach);
/* clang-format on */
