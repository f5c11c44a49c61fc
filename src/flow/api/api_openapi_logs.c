/* SPDX-License-Identifier: Apache-2.0 */
/* Logs and reports for the OpenAPI document. */
#include "base/base.h"
#include "flow/api/api_audit.h"
#include "flow/api/api_openapi.h"
#include "flow/api/api_tables.h"

/* clang-format off */
static const struct field_table *const tables[] = {
    &api_audit_criteria_table, &api_audit_log_table, &api_event_log_criteria_table, &api_log_export_table, &api_login_record_criteria_table,
    &api_reindex_table, &api_webhook_log_criteria_table,
};

static const struct api_type types[] = {
    {"AuditLogExportRequest", "criteria:AuditLogSearchCriteria dateTimeSecondsFormat:string zoneId:string"},
    {"AuditLogRequest", "auditLog:AuditLog eventInfo:EventInfo"},
    {"AuditLogResponse", "auditLog:AuditLog"},
    {"AuditLogSearchRequest", "search:AuditLogSearchCriteria"},
    {"AuditLogSearchResponse", "auditLogs:AuditLog[] total:integer"},
    {"BaseEventRequest", "eventInfo:EventInfo"},
    {"BaseExportRequest", "dateTimeSecondsFormat:string zoneId:string"},
    {"Count", "count:integer interval:integer"},
    {"DailyActiveUserReportResponse", "dailyActiveUsers:Count[] total:integer"},
    {"DisplayableRawLogin",
        "applicationId:uuid applicationName:string instant:instant ipAddress:string location:Location loginId:string "
        "loginIdType:IdentityType reason:string succeeded:boolean userId:uuid"},
    {"EventLog", "id:integer insertInstant:instant message:string type:EventLogType"},
    {"EventLogResponse", "eventLog:EventLog"},
    {"EventLogSearchRequest", "search:EventLogSearchCriteria"},
    {"EventLogSearchResponse", "eventLogs:EventLog[] total:integer"},
    {"EventRequest", "event:BaseEvent"},
    {"LoginRecordExportRequest", "criteria:LoginRecordSearchCriteria dateTimeSecondsFormat:string zoneId:string"},
    {"LoginRecordSearchRequest", "retrieveTotal:boolean search:LoginRecordSearchCriteria"},
    {"LoginRecordSearchResponse", "logins:DisplayableRawLogin[] total:integer"},
    {"LoginReportResponse", "hourlyCounts:Count[] total:integer"},
    {"MonthlyActiveUserReportResponse", "monthlyActiveUsers:Count[] total:integer"},
    {"RawLogin", "applicationId:uuid instant:instant ipAddress:string userId:uuid"},
    {"RecentLoginResponse", "logins:DisplayableRawLogin[]"},
    {"RegistrationReportResponse", "hourlyCounts:Count[] total:integer"},
    {"Totals", "logins:integer registrations:integer totalRegistrations:integer"},
    {"TotalsReportResponse", "applicationTotals:Totals{} globalRegistrations:integer totalGlobalRegistrations:integer"},
    {"WebhookAttemptLog",
        "attemptResult:WebhookAttemptResult data:any{} endInstant:instant id:uuid startInstant:instant "
        "webhookCallResponse:WebhookCallResponse webhookEventLogId:uuid webhookId:uuid"},
    {"WebhookAttemptLogResponse", "webhookAttemptLog:WebhookAttemptLog"},
    {"WebhookCallResponse", "exception:string statusCode:integer url:uri"},
    {"WebhookEventLog",
        "attempts:WebhookAttemptLog[] data:any{} event:EventRequest eventResult:WebhookEventResult eventType:string failedAttempts:integer "
        "id:uuid insertInstant:instant lastAttemptInstant:instant lastUpdateInstant:instant linkedObjectId:uuid "
        "sequence:integer successfulAttempts:integer"},
    {"WebhookEventLogResponse", "webhookEventLog:WebhookEventLog"},
    {"WebhookEventLogSearchRequest", "search:WebhookEventLogSearchCriteria"},
    {"WebhookEventLogSearchResponse", "total:integer webhookEventLogs:WebhookEventLog[]"},
};

#define PAGE " numberOfResults orderBy start startRow end"
#define REPORT "applicationId end start"
static const struct api_operation operations[] = {
/*   method    path                                                     request                         response                           parameters */
    {"POST",   "/api/system/audit-log",                                 "AuditLogRequest",              "AuditLogResponse",                ""},
    {"GET",    "/api/system/audit-log/{auditLogId}",                    NULL,                           "AuditLogResponse",                ""},
    {"GET",    "/api/system/audit-log/search",                          NULL,                           "AuditLogSearchResponse",          "message newValue oldValue reason tenantId user" PAGE},
    {"POST",   "/api/system/audit-log/search",                          "AuditLogSearchRequest",        "AuditLogSearchResponse",          ""},
    {"GET",    "/api/system/audit-log/export",                          NULL,                           NULL,                              "dateTimeSecondsFormat end message newValue oldValue reason start tenantId user zoneId"},
    {"POST",   "/api/system/audit-log/export",                          "AuditLogExportRequest",        NULL,                              ""},
    {"GET",    "/api/system/login-record/search",                       NULL,                           "LoginRecordSearchResponse",       "applicationId result retrieveTotal userId" PAGE},
    {"POST",   "/api/system/login-record/search",                       "LoginRecordSearchRequest",     "LoginRecordSearchResponse",       ""},
    {"GET",    "/api/system/login-record/export",                       NULL,                           NULL,                              "applicationId dateTimeSecondsFormat end result start userId zoneId"},
    {"POST",   "/api/system/login-record/export",                       "LoginRecordExportRequest",     NULL,                              ""},
    {"GET",    "/api/user/recent-login",                                NULL,                           "RecentLoginResponse",             "limit offset userId"},
    {"GET",    "/api/system/event-log/search",                          NULL,                           "EventLogSearchResponse",          "message type" PAGE},
    {"POST",   "/api/system/event-log/search",                          "EventLogSearchRequest",        "EventLogSearchResponse",          ""},
    {"GET",    "/api/system/event-log/{eventLogId}",                    NULL,                           "EventLogResponse",                ""},
    {"GET",    "/api/system/webhook-event-log/search",                  NULL,                           "WebhookEventLogSearchResponse",   "event eventResult eventType" PAGE},
    {"POST",   "/api/system/webhook-event-log/search",                  "WebhookEventLogSearchRequest", "WebhookEventLogSearchResponse",   ""},
    {"GET",    "/api/system/webhook-event-log/{webhookEventLogId}",     NULL,                           "WebhookEventLogResponse",         ""},
    {"GET",    "/api/system/webhook-attempt-log/{webhookAttemptLogId}", NULL,                           "WebhookAttemptLogResponse",       ""},
    {"GET",    "/api/system/log/export",                                NULL,                           NULL,                              "dateTimeSecondsFormat includeArchived lastNBytes zoneId"},
    {"POST",   "/api/system/log/export",                                "SystemLogsExportRequest",      NULL,                              ""},
    {"GET",    "/api/system/reindex",                                   NULL,                           NULL,                              ""},
    {"POST",   "/api/system/reindex",                                   "ReindexRequest",               NULL,                              ""},
    {"GET",    "/api/report/daily-active-user",                         NULL,                           "DailyActiveUserReportResponse",   REPORT},
    {"GET",    "/api/report/monthly-active-user",                       NULL,                           "MonthlyActiveUserReportResponse", REPORT},
    {"GET",    "/api/report/login",                                     NULL,                           "LoginReportResponse",             REPORT " loginId loginIdTypes userId"},
    {"GET",    "/api/report/registration",                              NULL,                           "RegistrationReportResponse",      REPORT},
    {"GET",    "/api/report/totals",                                    NULL,                           "TotalsReportResponse",            "excludes"},
};
/* clang-format on */
const struct api_chapter api_logs_chapter = {
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};
