/* SPDX-License-Identifier: Apache-2.0 */
/* Names inside of free-form members, judged. */
#include "model/rule/rule.h"

#include "base/arena.h"
#include "codec/json.h"

const char *const rule_event_names[] = {
    /* EventType, in order */
    "audit-log.create",
    "entity.create",
    "entity.create.complete",
    "entity.delete",
    "entity.delete.complete",
    "entity.update",
    "entity.update.complete",
    "event-log.create",
    "group.create",
    "group.create.complete",
    "group.delete",
    "group.delete.complete",
    "group.member.add",
    "group.member.add.complete",
    "group.member.remove",
    "group.member.remove.complete",
    "group.member.update",
    "group.member.update.complete",
    "group.update",
    "group.update.complete",
    "jwt.public-key.update",
    "jwt.refresh",
    "jwt.refresh-token.revoke",
    "kickstart.success",
    "test",
    "user.action",
    "user.bulk.create",
    "user.create",
    "user.create.complete",
    "user.deactivate",
    "user.delete",
    "user.delete.complete",
    "user.email.update",
    "user.email.verified",
    "user.identity-provider.link",
    "user.identity-provider.unlink",
    "user.identity.update",
    "user.identity.verified",
    "user.login.failed",
    "user.login.new-device",
    "user.login.success",
    "user.login.suspicious",
    "user.loginId.duplicate.create",
    "user.loginId.duplicate.update",
    "user.password.breach",
    "user.password.reset.send",
    "user.password.reset.start",
    "user.password.reset.success",
    "user.password.update",
    "user.reactivate",
    "user.registration.create",
    "user.registration.create.complete",
    "user.registration.delete",
    "user.registration.delete.complete",
    "user.registration.update",
    "user.registration.update.complete",
    "user.registration.verified",
    "user.two-factor.challenge",
    "user.two-factor.failed-attempt",
    "user.two-factor.method.add",
    "user.two-factor.method.remove",
    "user.two-factor.success",
    "user.update",
    "user.update.complete",
    NULL,
};

bool
rule_is_event(str name)
{
    for (const char *const *event = rule_event_names; *event != NULL; event++) {
        if (str_eq(str_from(*event), name)) {
            return true;
        }
    }
    return false;
}

/* The members of the JSON text that the row's member holds; NULL when there are none. */
static const struct json *
members(const struct field_check *check)
{
    const struct json *json = NULL;
    str text;

    memcpy(&text, (const char *)check->object + check->field->offset, sizeof text);
    if (text.n == 0 || !json_parse(check->reader->arena, text, &json, NULL)) {
        return NULL; /* memory is short: the reader's arena says so */
    }
    return json->first;
}

void
rule_locales(struct field_check *check)
{
    for (const struct json *m = members(check); m != NULL; m = m->next) {
        if (!field_locale_ok(m->name)) {
            field_check_fault(
                check, NULL, "invalid", "Each name must be a locale, such as en or zh_Hant_TW.");
            return;
        }
    }
}

/* token = 1*tchar ; RFC 9110 s5.6.2 */
static bool
is_token(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && (c == 0 || strchr("!#$%&'*+-.^_`|~", c) == NULL)) {
            return false;
        }
    }
    return s.n > 0;
}

static bool
is_header_value(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

void
rule_headers(struct field_check *check)
{
    str value;

    for (const struct json *m = members(check); m != NULL; m = m->next) {
        if (!json_str(m, &value) || !is_token(m->name) || !is_header_value(value)) {
            field_check_fault(check, NULL, "invalid",
                "Each name must be an HTTP header's, each value a text without control "
                "characters.");
            return;
        }
    }
}

static void
complain_event(struct field_check *check)
{
    field_check_fault(
        check, NULL, "invalid", "Each name must be an event type, such as user.create.");
}

void
rule_events(struct field_check *check)
{
    bool is_on;
    str text;

    for (const struct json *m = members(check); m != NULL; m = m->next) {
        if (!rule_is_event(m->name)) {
            complain_event(check);
            return;
        }
        if (!json_bool(m, &is_on)
            && (!json_str(m, &text) || !(str_eq(text, S("true")) || str_eq(text, S("false"))))) {
            field_check_fault(check, NULL, "invalidJSON", "Each value must be true or false.");
            return;
        }
    }
}

void
rule_event_keys(struct field_check *check)
{
    const struct field_list *list =
        (const struct field_list *)(const void *)((const char *)check->object
                                                  + check->field->offset);
    str key;

    for (size_t i = 0; i < list->count; i++) {
        memcpy(&key, (const char *)list->items + i * check->field->more.table->size, sizeof key);
        if (!rule_is_event(key)) {
            complain_event(check);
            return;
        }
    }
}
