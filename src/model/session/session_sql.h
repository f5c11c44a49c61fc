/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/session: the only place with SQL over its tables. */
#pragma once

/* clang-format off */
#define SESSION_SQL(X) /* name, database, text */                                                  \
    X(SESSION_BY_ID, DB_DATA, "SELECT user_id, digest, insert_instant, last_instant, auth_instant," \
        " expires_at, is_kept, has_factor FROM session WHERE tenant_id = $1 AND id = $2")                      \
    X(SESSION_BY_USER, DB_DATA, "SELECT user_id, digest, insert_instant, last_instant, auth_instant," \
        " expires_at, is_kept, has_factor, id FROM session WHERE tenant_id = $1 AND user_id = $2 AND expires_at > $3" \
        " ORDER BY insert_instant DESC, id DESC")                                                  \
    X(SESSION_INSERT, DB_DATA, "INSERT INTO session (tenant_id, id, user_id, digest, insert_instant," \
        " last_instant, auth_instant, expires_at, is_kept, has_factor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)") \
    X(SESSION_TOUCH, DB_DATA, "UPDATE session SET last_instant = $3, expires_at = $4"              \
        " WHERE tenant_id = $1 AND id = $2 AND last_instant < $3")                                 \
    X(SESSION_HOLD, DB_DATA, "UPDATE session SET last_instant = last_instant"                      \
        " WHERE tenant_id = $1 AND id = $2")                                                       \
    X(SESSION_DELETE, DB_DATA, "DELETE FROM session WHERE tenant_id = $1 AND id = $2")             \
    X(SESSION_FORGET_USER, DB_DATA, "DELETE FROM session WHERE tenant_id = $1 AND user_id = $2")   \
    X(SESSION_OF_ENDED, DB_DATA, "SELECT tenant_id, id FROM session" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2") \
    X(SESSION_OVERDUE, DB_DATA, "SELECT tenant_id, id FROM session"                                \
        " WHERE expires_at < $1 ORDER BY expires_at LIMIT $2")                                     \
    X(SESSION_SWEEP, DB_DATA, "DELETE FROM session WHERE tenant_id = $1 AND id = $2" \
        " AND expires_at < $3")
/* clang-format on */
