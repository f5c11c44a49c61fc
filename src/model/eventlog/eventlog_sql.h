/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/eventlog: the only place with SQL over its table. */
#pragma once

/* clang-format off */
#define EVENTLOG_COLUMNS "SELECT seq, tenant_id, id, insert_instant, type, message FROM event_log"
#define EVENTLOG_SQL(X) /* name, database, text */                                                 \
    X(EVENTLOG_INSERT, DB_DATA, "INSERT INTO event_log (tenant_id, id, insert_instant, type, message)" \
        " VALUES ($1, $2, $3, $4, $5)")                                                            \
    X(EVENTLOG_BY_SEQ, DB_DATA, EVENTLOG_COLUMNS " WHERE seq = $1")                                \
    X(EVENTLOG_BEFORE, DB_DATA, EVENTLOG_COLUMNS " WHERE seq < $1 ORDER BY seq DESC LIMIT $2")     \
    X(EVENTLOG_BEFORE_OF_TENANT, DB_DATA, EVENTLOG_COLUMNS " WHERE tenant_id = $3 AND seq < $1"    \
        " ORDER BY seq DESC LIMIT $2")                                                             \
    X(EVENTLOG_BEYOND, DB_DATA, "SELECT seq FROM event_log WHERE seq < $1 ORDER BY seq DESC LIMIT $2 OFFSET $3") \
    X(EVENTLOG_REMOVE, DB_DATA, "DELETE FROM event_log WHERE seq = $1")                            \
    X(EVENTLOG_OF_ENDED, DB_DATA, "SELECT seq FROM event_log" \
        " WHERE tenant_id = $1 ORDER BY seq LIMIT $2")
/* clang-format on */
