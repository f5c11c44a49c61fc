/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the system's settings. */
#include "model/system/system.h"

#include "base/arena.h"
#include "io/zone/zone.h"
#include "model/cache/cache.h"
#include "model/rq/rq.h"

static const char *const policies[] = {"All", "OnlyConfigured", NULL};
static const char *const methods[] = {
    "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", NULL};

/* color = 6HEXDIG */
static void
check_color(struct field_check *check)
{
    str value = field_check_text(check);
    bool is_ok = value.n == 6;

    for (size_t i = 0; i < value.n; i++) {
        is_ok = is_ok && memchr("0123456789abcdefABCDEF", value.p[i], 22) != NULL;
    }
    if (!is_ok) {
        field_check_fault(check, NULL, "invalid", "Write six hexadecimal digits, such as 303030.");
    }
}

static void
check_timezone(struct field_check *check)
{
    struct datetime_zone zone;

    if (!zone_find(check->reader->arena, field_check_text(check), &zone)) {
        field_check_fault(check, NULL, "invalid", "Name a time zone, such as America/Denver.");
    }
}

/* Addresses, and ranges of them in CIDR notation: digits, dots, colons and a slash. */
static void
check_proxies(struct field_check *check)
{
    const struct system_proxies *proxies = check->object;

    for (size_t i = 0; i < proxies->trusted.count; i++) {
        str text = proxies->trusted.items[i];
        bool is_ok = text.n >= 2;
        for (size_t j = 0; j < text.n; j++) {
            is_ok = is_ok && memchr("0123456789abcdefABCDEF.:/", text.p[j], 25) != NULL;
        }
        if (!is_ok) {
            field_check_fault(
                check, "trusted", "invalid", "Write addresses, or ranges such as 10.0.0.0/8.");
            return;
        }
    }
}

static void
check_cors(struct field_check *check)
{
    const struct system_cors *cors = check->object;

    for (size_t i = 0; i < cors->origins.count; i++) {
        str origin = cors->origins.items[i];
        if (str_eq(origin, S("*"))
                ? cors->origins.count > 1
                : !str_starts(origin, S("http://")) && !str_starts(origin, S("https://"))) {
            field_check_fault(check, "allowedOrigins", "invalid",
                "Write origins such as https://example.com, or * alone.");
            return;
        }
    }
}

/* clang-format off */
enum { DAYS_MAX = 36500 };
#define D(member) FIELD_AT(struct system_delete, member)
#define DELETE_TABLE(name_, on, days_)                                                             \
    static const struct field name_##_fields[] = {                                                 \
        {.name = "enabled",              .kind = FIELD_BOOL, .offset = D(enabled), .default_int = on}, \
        {.name = "numberOfDaysToRetain", .kind = FIELD_INT,  .offset = D(days), .min = 1, .max = DAYS_MAX, .default_int = days_}, \
    };                                                                                             \
    static const struct field_table name_##_table = FIELD_TABLE("DeleteConfiguration", name_##_fields, struct system_delete, NULL)
DELETE_TABLE(delete_year, false, 365);
DELETE_TABLE(delete_month, true, 30);

static const struct field retention_fields[] = {
    {.name = "delete", .kind = FIELD_OBJECT, .offset = 0, .more.table = &delete_year_table},
};
static const struct field_table audit_log_table = FIELD_TABLE("AuditLogConfiguration", retention_fields, struct system_retention, NULL);
static const struct field_table login_record_table = FIELD_TABLE("LoginRecordConfiguration", retention_fields, struct system_retention, NULL);

#define W(member) FIELD_AT(struct system_webhook_log, member)
static const struct field webhook_log_fields[] = {
    {.name = "delete",  .kind = FIELD_OBJECT, .offset = W(remove), .more.table = &delete_month_table},
    {.name = "enabled", .kind = FIELD_BOOL,   .offset = W(enabled), .default_int = true},
};
static const struct field_table webhook_log_table = FIELD_TABLE("WebhookEventLogConfiguration", webhook_log_fields, struct system_webhook_log, NULL);

static const struct field event_log_fields[] = {
    {.name = "numberToRetain", .kind = FIELD_INT, .offset = 0, .min = 1, .max = SYSTEM_EVENTS_MAX, .default_int = SYSTEM_EVENTS_MAX},
};
static const struct field_table event_log_table = FIELD_TABLE("EventLogConfiguration", event_log_fields, struct system_event_log, NULL);

#define C(member) FIELD_AT(struct system_cors, member)
static const struct field cors_fields[] = {
    {.name = "allowCredentials",         .kind = FIELD_BOOL,  .offset = C(allows_credentials)},
    {.name = "allowedHeaders",           .kind = FIELD_TEXTS, .offset = C(headers)},
    {.name = "allowedMethods",           .kind = FIELD_ENUMS, .offset = C(methods), .more.names = methods},
    {.name = "allowedOrigins",           .kind = FIELD_TEXTS, .offset = C(origins)},
    {.name = "debug",                    .kind = FIELD_BOOL,  .offset = C(debug)},
    {.name = "enabled",                  .kind = FIELD_BOOL,  .offset = C(enabled)},
    {.name = "exposedHeaders",           .kind = FIELD_TEXTS, .offset = C(exposed)},
    {.name = "preflightMaxAgeInSeconds", .kind = FIELD_INT,   .offset = C(max_age_s), .min = 0, .max = 86400},
};
static const struct field_table cors_table = FIELD_TABLE("CORSConfiguration", cors_fields, struct system_cors, check_cors);

#define P(member) FIELD_AT(struct system_proxies, member)
static const struct field proxies_fields[] = {
    {.name = "trustPolicy", .kind = FIELD_ENUM,  .offset = P(policy), .more.names = policies},
    {.name = "trusted",     .kind = FIELD_TEXTS, .offset = P(trusted), .max = 100},
};
static const struct field_table proxies_table = FIELD_TABLE("SystemTrustedProxyConfiguration", proxies_fields, struct system_proxies, check_proxies);

#define U(member) FIELD_AT(struct system_ui, member)
static const struct field ui_fields[] = {
    {.name = "headerColor",   .kind = FIELD_TEXT, .offset = U(header_color), .rule = check_color},
    {.name = "logoURL",       .kind = FIELD_TEXT, .offset = U(logo_url), .max = 2048},
    {.name = "menuFontColor", .kind = FIELD_TEXT, .offset = U(menu_font_color), .rule = check_color},
};
static const struct field_table ui_table = FIELD_TABLE("UIConfiguration", ui_fields, struct system_ui, NULL);

#define G(member) FIELD_AT(struct system_usage, member)
static const struct field usage_fields[] = {
    {.name = "enabled",              .kind = FIELD_BOOL, .offset = G(enabled)},
    {.name = "numberOfDaysToRetain", .kind = FIELD_INT,  .offset = G(days), .min = 1, .max = DAYS_MAX, .default_int = 365},
};
static const struct field_table usage_table = FIELD_TABLE("UsageDataConfiguration", usage_fields, struct system_usage, NULL);

#define Y(member) FIELD_AT(struct system, member)
static const struct field fields[] = {
    {.name = "auditLogConfiguration",        .kind = FIELD_OBJECT,  .offset = Y(audit_log), .more.table = &audit_log_table},
    {.name = "corsConfiguration",            .kind = FIELD_OBJECT,  .offset = Y(cors), .more.table = &cors_table},
    {.name = "data",                         .kind = FIELD_JSON,    .offset = Y(data), .max = 65536},
    {.name = "eventLogConfiguration",        .kind = FIELD_OBJECT,  .offset = Y(event_log), .more.table = &event_log_table},
    RECORD_INSTANT_FIELDS,
    {.name = "loginRecordConfiguration",     .kind = FIELD_OBJECT,  .offset = Y(login_record), .more.table = &login_record_table},
    {.name = "reportTimezone",               .kind = FIELD_TEXT,    .offset = Y(timezone), .max = 60, .default_text = "Etc/UTC", .rule = check_timezone},
    {.name = "trustedProxyConfiguration",    .kind = FIELD_OBJECT,  .offset = Y(proxies), .more.table = &proxies_table},
    {.name = "uiConfiguration",              .kind = FIELD_OBJECT,  .offset = Y(ui), .more.table = &ui_table},
    {.name = "usageDataConfiguration",       .kind = FIELD_OBJECT,  .offset = Y(usage), .more.table = &usage_table},
    {.name = "webhookEventLogConfiguration", .kind = FIELD_OBJECT,  .offset = Y(webhook_log), .more.table = &webhook_log_table},
};
static const struct field_table table = FIELD_TABLE("SystemConfiguration", fields, struct system, NULL);
/* clang-format on */

const struct record_kind system_kind = {
    .number = RECORD_SYSTEM_CONFIGURATION,
    .name = "systemConfiguration",
    .table = &table,
};

struct uuid
system_single_id(const struct record_kind *kind)
{
    return (struct uuid){{[0] = 0x51, [15] = (uint8_t)kind->number}};
}

enum err
system_single(struct rq *rq, const struct record_kind *kind, struct uuid id, void **ret)
{
    enum err e = record_load(rq, kind, id, ret);

    if (e != ERR_OK || *ret != NULL) {
        return e;
    }
    *ret = arena_alloc(rq->arena, kind->table->size);
    if (*ret == NULL) {
        return FAIL_SERVER(rq);
    }
    field_defaults(rq->arena, kind->table, *ret);
    *(struct record *)*ret = (struct record){.id = id};
    return ERR_OK;
}

/* On the cache's arena. */
static enum err
build(struct rq *rq, struct uuid id, struct arena *arena, void **ret)
{
    struct arena *scratch = rq->arena;
    struct system *system = NULL;
    void *thing = NULL;
    enum err e;

    (void)id; /* there is one */
    rq->arena = arena;
    e = system_single(rq, &system_kind, system_single_id(&system_kind), &thing);
    rq->arena = scratch;
    if (e == ERR_OK) {
        system = thing;
        if (!zone_find(arena, system->timezone, &system->zone)) {
            CHECK(datetime_zone(S("UTC"), &system->zone));
        }
    }
    *ret = system;
    return e ? e : arena_failed(arena) ? FAIL_SERVER(rq) : ERR_OK;
}

enum err
system_load(struct rq *rq, const struct system **ret)
{
    const void *thing = NULL;
    enum err e = cache_get(rq, CACHE_SYSTEM, (struct uuid){{0}}, build, NULL, &thing);

    *ret = thing;
    return e;
}

void
system_drop(struct rq *rq)
{
    cache_drop_on_commit(rq, CACHE_SYSTEM, (struct uuid){{0}});
}
