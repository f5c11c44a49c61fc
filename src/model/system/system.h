/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the whole house that are changed while it runs. */
#pragma once
#include "codec/datetime.h"
#include "model/record/record.h"

enum system_trust { SYSTEM_TRUST_ALL, SYSTEM_TRUST_CONFIGURED };

/* clang-format off */
struct system_delete {      /* type DeleteConfiguration */
    bool enabled;
    int64_t days;
};
struct system_retention {   /* types AuditLogConfiguration, LoginRecordConfiguration */
    struct system_delete remove;
};
struct system_webhook_log { /* type WebhookEventLogConfiguration */
    bool enabled;
    struct system_delete remove;
};
enum { SYSTEM_EVENTS_MAX = 10000 }; /* what a search of the event log looks at */
struct system_event_log {   /* type EventLogConfiguration */
    int64_t number;
};
struct system_cors {        /* type CORSConfiguration */
    bool enabled, allows_credentials, debug;
    struct field_texts headers, methods, origins, exposed;
    int64_t max_age_s;
};
struct system_proxies {     /* type SystemTrustedProxyConfiguration */
    int policy;
    struct field_texts trusted;
};
struct system_ui {          /* type UIConfiguration */
    str header_color, logo_url, menu_font_color;
};
struct system_usage {       /* type UsageDataConfiguration */
    bool enabled;
    int64_t days;
};
struct system {             /* type SystemConfiguration */
    struct record head;
    struct system_retention audit_log, login_record;
    struct system_event_log event_log;
    struct system_webhook_log webhook_log;
    struct system_cors cors;
    struct system_proxies proxies;
    struct system_ui ui;
    struct system_usage usage;
    str data, timezone;
    struct datetime_zone zone; /* of reports: what timezone names, UTC where the machine knows it no more */
};
/* clang-format on */
extern const struct record_kind system_kind;

/* The settings as they are now, from the cache: what is stored, else the defaults. */
MUST_USE enum err system_load(struct rq *rq, const struct system **ret);
/* Notes that they are read anew, on every node, once this request's writes are committed. */
void system_drop(struct rq *rq);
/* The only object of a kind of which the house has one: what is stored, or the defaults with a nil insert_instant. */
MUST_USE enum err system_single(
    struct rq *rq, const struct record_kind *kind, struct uuid id, void **ret);
/* Its id. */
struct uuid system_single_id(const struct record_kind *kind);
