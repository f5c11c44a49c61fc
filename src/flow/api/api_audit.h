/* SPDX-License-Identifier: Apache-2.0 */
/* Audit entries as clients see them, walked one after the other. */
#pragma once
#include "flow/api/api_search.h"
#include "model/audit/audit.h"

struct api_audit_log { /* type AuditLog; newValue, oldValue and data are JSON */
    int64_t id, insert_instant;
    struct uuid tenant_id;
    str insert_user, message, reason, new_value, old_value, data;
};
extern const struct field_table api_audit_log_table, api_audit_criteria_table;

struct api_audit_criteria { /* type AuditLogSearchCriteria */
    struct api_criteria base;
    str message, new_value, old_value, reason, user;
    int64_t start, end;
    struct uuid tenant_id;
};
/* The entry opened, in words; its texts live on the request's arena. */
MUST_USE enum err api_audit_view(
    struct rq *rq, const struct audit_entry *entry, struct api_audit_log *ret);
void api_audit_write(const struct api_audit_log *log, struct json_out *out);
/* Whose entries the call may see of those asked for; ERR_NOT_FOUND for another tenant's. */
MUST_USE enum err api_audit_range(
    struct rq *rq, const struct api_audit_criteria *criteria, struct audit_which *ret);
/* Does it match the texts of the criteria? */
bool api_audit_matches(const struct api_audit_criteria *criteria, const struct api_audit_log *log);
bool api_audit_has_texts(const struct api_audit_criteria *criteria);

typedef enum err api_audit_visit(void *ctx, const struct api_audit_log *log);
/* Visits at most max entries from which on, which then stands behind them, each on memory that is given back: what the
 * visit keeps it copies. *ret_is_all: there are no more. */
MUST_USE enum err api_audit_each(struct rq *rq, struct audit_which *which, size_t max,
    api_audit_visit *visit, void *ctx, bool *ret_is_all);
