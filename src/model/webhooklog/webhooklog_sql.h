/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/webhooklog: the only place with SQL over its tables. */
#pragma once

/* clang-format off */
#define WEBHOOK_EVENT_COLUMNS "SELECT tenant_id, id, user_id, linked_id, kind, result, insert_instant, last_update_instant," \
                              " last_attempt_instant, failed, succeeded, detail FROM webhook_event"
#define WEBHOOK_ATTEMPT_COLUMNS "SELECT tenant_id, event_id, id, user_id, webhook_id, result, start_instant, end_instant, detail" \
                                " FROM webhook_attempt"
#define WEBHOOKLOG_SQL(X) /* name, database, text */                                               \
    X(WEBHOOK_EVENT_INSERT, DB_DATA, "INSERT INTO webhook_event (tenant_id, id, user_id, linked_id, kind, result," \
        " insert_instant, last_update_instant, last_attempt_instant, failed, succeeded, detail)"   \
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0, 0, 0, $8)")                                   \
    X(WEBHOOK_EVENT_NOTE, DB_DATA, "UPDATE webhook_event SET result = $3, last_update_instant = $4," \
        " last_attempt_instant = $4, failed = failed + $5, succeeded = succeeded + $6"             \
        " WHERE tenant_id = $1 AND id = $2")                                                       \
    X(WEBHOOK_EVENT_BY_ID, DB_DATA, WEBHOOK_EVENT_COLUMNS " WHERE id = $1 ORDER BY tenant_id")     \
    X(WEBHOOK_EVENTS, DB_DATA, WEBHOOK_EVENT_COLUMNS " WHERE id >= $1 AND id < $2"                 \
        " ORDER BY id DESC LIMIT $3")                                                              \
    X(WEBHOOK_EVENTS_OF_TENANT, DB_DATA, WEBHOOK_EVENT_COLUMNS " WHERE tenant_id = $4 AND id >= $1 AND id < $2" \
        " ORDER BY id DESC LIMIT $3")                                                              \
    X(WEBHOOK_EVENTS_OVER, DB_DATA, "SELECT tenant_id, id FROM webhook_event WHERE id < $1 ORDER BY id LIMIT $2") \
    X(WEBHOOK_EVENT_SWEEP, DB_DATA, "DELETE FROM webhook_event WHERE tenant_id = $1 AND id = $2")  \
    X(WEBHOOK_EVENT_FORGET_USER, DB_DATA, "DELETE FROM webhook_event WHERE tenant_id = $1 AND user_id = $2") \
    X(WEBHOOK_EVENT_OF_ENDED, DB_DATA, "SELECT tenant_id, id FROM webhook_event" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2") \
    X(WEBHOOK_ATTEMPT_INSERT, DB_DATA, "INSERT INTO webhook_attempt (tenant_id, event_id, id, user_id, webhook_id," \
        " result, start_instant, end_instant, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)") \
    X(WEBHOOK_ATTEMPT_BY_ID, DB_DATA, WEBHOOK_ATTEMPT_COLUMNS " WHERE id = $1 ORDER BY tenant_id, event_id") \
    X(WEBHOOK_ATTEMPTS, DB_DATA, WEBHOOK_ATTEMPT_COLUMNS " WHERE tenant_id = $1 AND event_id = $2" \
        " ORDER BY id LIMIT $3")                                                                   \
    X(WEBHOOK_ATTEMPT_SWEEP, DB_DATA, "DELETE FROM webhook_attempt WHERE tenant_id = $1 AND event_id = $2") \
    X(WEBHOOK_ATTEMPT_FORGET_USER, DB_DATA, "DELETE FROM webhook_attempt WHERE tenant_id = $1 AND user_id = $2") \
    X(WEBHOOK_ATTEMPT_OF_ENDED, DB_DATA, "SELECT tenant_id, event_id, id FROM webhook_attempt" \
        " WHERE tenant_id = $1 ORDER BY event_id, id LIMIT $2") \
    X(WEBHOOK_ATTEMPT_END, DB_DATA, "DELETE FROM webhook_attempt WHERE tenant_id = $1 AND event_id = $2" \
        " AND id = $3")
/* clang-format on */
