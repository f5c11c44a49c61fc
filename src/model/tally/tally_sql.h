/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/tally: the only place with SQL over its tables. */
#pragma once

/* clang-format off */
#define TALLY_SQL(X) /* name, database, text */                                                    \
    X(TALLY_INSERT, DB_DATA, "INSERT INTO tally (tenant_id, id, application_id, kind, hour, n)"    \
        " VALUES ($1, $2, $3, $4, $5, $6)")                                                        \
    X(TALLY_FIRST, DB_DATA, "SELECT tenant_id, id, application_id, kind, hour, n FROM tally"       \
        " WHERE tenant_id >= $1 ORDER BY tenant_id, id LIMIT $2")                                                        \
    X(TALLY_REMOVE, DB_DATA, "DELETE FROM tally WHERE tenant_id = $1 AND id = $2")                 \
    X(TALLY_WAITING, DB_DATA, "SELECT application_id, kind, hour, n FROM tally"                    \
        " WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3")                                  \
    X(COUNTER_ADD, DB_DATA, "INSERT INTO counter (tenant_id, application_id, kind, hour, n)"       \
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, application_id, kind, hour)"         \
        " DO UPDATE SET n = counter.n + excluded.n")                                               \
    X(COUNTER_HOURS, DB_DATA, "SELECT hour, n FROM counter WHERE tenant_id = $1 AND application_id = $2" \
        " AND kind = $3 AND hour >= $4 AND hour < $5 ORDER BY hour")                               \
    X(COUNTER_TOTALS, DB_DATA, "SELECT application_id, kind, n FROM counter WHERE tenant_id = $1"  \
        " AND hour = 0 AND application_id >= $2 ORDER BY application_id, kind LIMIT $3")                                    \
    X(COUNTER_OF_ENDED, DB_DATA, "SELECT tenant_id, application_id, kind, hour FROM counter" \
        " WHERE tenant_id = $1 ORDER BY application_id, kind, hour LIMIT $2") \
    X(COUNTER_END, DB_DATA, "DELETE FROM counter WHERE tenant_id = $1 AND application_id = $2" \
        " AND kind = $3 AND hour = $4") \
    X(TALLY_OF_ENDED, DB_DATA, "SELECT tenant_id, id FROM tally" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2") \
    X(ACTIVE_ADD, DB_DATA, "INSERT INTO active (tenant_id, application_id, kind, period, who)"     \
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING")                                     \
    X(ACTIVE_COUNTS, DB_DATA, "SELECT period, COUNT(*) FROM active WHERE tenant_id = $1"           \
        " AND application_id = $2 AND kind = $3 AND period >= $4 AND period < $5"                  \
        " GROUP BY period ORDER BY period")                                                        \
    X(ACTIVE_BEFORE, DB_DATA, "SELECT tenant_id, application_id, period, who FROM active"          \
        " WHERE kind = $1 AND period < $2 ORDER BY period LIMIT $3")                               \
    X(ACTIVE_REMOVE, DB_DATA, "DELETE FROM active WHERE tenant_id = $1 AND application_id = $2"    \
        " AND kind = $3 AND period = $4 AND who = $5")                                             \
    X(ACTIVE_OF_ENDED, DB_DATA, "SELECT tenant_id, application_id, kind, period, who FROM active" \
        " WHERE tenant_id = $1 ORDER BY application_id, kind, period, who LIMIT $2")
/* clang-format on */
