/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/ticket: the only place with SQL over its table. */
#pragma once

/* clang-format off */
#define TICKET_COLUMNS "id, kind, user_id, application_id, digest, code, insert_instant, expires_at, attempts," \
    " max_attempts, step, detail"
#define TICKET_SQL(X) /* name, database, text */                                                   \
    X(TICKET_INSERT, DB_DATA, "INSERT INTO ticket (tenant_id, id, kind, user_id, application_id, digest, lookup, code," \
        " insert_instant, expires_at, attempts, max_attempts, step, detail)"                       \
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, 0, $12)")                       \
    X(TICKET_BY_ID, DB_DATA, "SELECT " TICKET_COLUMNS " FROM ticket"                               \
        " WHERE tenant_id = $1 AND id = $2 AND kind = $3 AND expires_at > $4 AND attempts < max_attempts") \
    X(TICKET_BY_LOOKUP, DB_DATA, "SELECT " TICKET_COLUMNS " FROM ticket"                           \
        " WHERE tenant_id = $1 AND lookup = $2 AND length(lookup) > 0 AND kind = $3 AND expires_at > $4" \
        " AND attempts < max_attempts")                                                            \
    X(TICKET_BY_USER, DB_DATA, "SELECT " TICKET_COLUMNS " FROM ticket"                             \
        " WHERE tenant_id = $1 AND user_id = $2 AND length(user_id) > 0 AND kind = $3 AND expires_at > $4" \
        " AND attempts < max_attempts ORDER BY id DESC LIMIT 1")                                   \
    X(TICKET_COUNT_SINCE, DB_DATA, "SELECT COUNT(*) FROM ticket"                                   \
        " WHERE tenant_id = $1 AND user_id = $2 AND length(user_id) > 0 AND kind = $3 AND insert_instant > $4") \
    X(TICKET_TENANTS, DB_DATA, "SELECT tenant_id FROM ticket WHERE id = $1 ORDER BY tenant_id LIMIT $2") \
    X(TICKET_USE, DB_DATA, "DELETE FROM ticket WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND step = $4" \
        " AND expires_at > $5")                                                                    \
    X(TICKET_FAIL, DB_DATA, "UPDATE ticket SET attempts = attempts + 1 WHERE tenant_id = $1 AND id = $2") \
    X(TICKET_CHANGE, DB_DATA, "UPDATE ticket SET code = $3, detail = $4, step = step + 1"          \
        " WHERE tenant_id = $1 AND id = $2 AND step = $5 AND expires_at > $6")                     \
    X(TICKET_FORGET_USER_KIND, DB_DATA, "DELETE FROM ticket"                                       \
        " WHERE tenant_id = $1 AND user_id = $2 AND length(user_id) > 0 AND kind = $3")            \
    X(TICKET_FORGET_USER_KIND_APPLICATION, DB_DATA, "DELETE FROM ticket"                           \
        " WHERE tenant_id = $1 AND user_id = $2 AND length(user_id) > 0 AND kind = $3 AND application_id = $4") \
    X(TICKET_FORGET_USER, DB_DATA, "DELETE FROM ticket"                                            \
        " WHERE tenant_id = $1 AND user_id = $2 AND length(user_id) > 0")                          \
    X(TICKET_OF_ENDED, DB_DATA, "SELECT tenant_id, id FROM ticket" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2") \
    X(TICKET_END, DB_DATA, "DELETE FROM ticket WHERE tenant_id = $1 AND id = $2") \
    X(TICKET_OVERDUE, DB_DATA, "SELECT tenant_id, id FROM ticket"                                  \
        " WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2")                                    \
    X(TICKET_SWEEP, DB_DATA, "DELETE FROM ticket WHERE tenant_id = $1 AND id = $2 AND expires_at <= $3")
/* clang-format on */
