/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/token: the only place with SQL over its tables. A row without a refresh token
 * has an empty digest. */
#pragma once

/* clang-format off */
#define TOKEN_COLUMNS "id, application_id, user_id, session_id, digest, step, rotated_at, insert_instant," \
                      " start_instant, auth_instant, expires_at, detail"
#define TOKEN_SQL(X) /* name, database, text */                                                    \
    X(TOKEN_BY_ID, DB_DATA, "SELECT " TOKEN_COLUMNS " FROM token WHERE tenant_id = $1 AND id = $2") \
    X(TOKEN_BY_USER, DB_DATA, "SELECT " TOKEN_COLUMNS " FROM token WHERE tenant_id = $1 AND user_id = $2" \
        " AND length(digest) > 0 AND expires_at > $3 ORDER BY insert_instant DESC, id DESC")       \
    X(TOKEN_STANDING, DB_DATA, "SELECT expires_at FROM token WHERE tenant_id = $1 AND id = $2")    \
    X(TOKEN_INSERT, DB_DATA, "INSERT INTO token (tenant_id, " TOKEN_COLUMNS ")"                    \
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")                        \
    X(TOKEN_ROTATE, DB_DATA, "UPDATE token SET digest = $5, step = $6, rotated_at = $7, start_instant = $8," \
        " expires_at = $9 WHERE tenant_id = $1 AND id = $2 AND step = $3 AND digest = $4")         \
    X(TOKEN_SLIDE, DB_DATA, "UPDATE token SET start_instant = $5, expires_at = $6"                 \
        " WHERE tenant_id = $1 AND id = $2 AND step = $3 AND digest = $4")                         \
    X(TOKEN_MOVE_SESSION, DB_DATA, "UPDATE token SET session_id = $3 WHERE tenant_id = $1 AND session_id = $2" \
        " AND length(session_id) > 0") \
    X(TOKEN_REVOKE, DB_DATA, "DELETE FROM token WHERE tenant_id = $1 AND id = $2")                 \
    X(TOKEN_REVOKE_USER, DB_DATA, "DELETE FROM token WHERE tenant_id = $1 AND user_id = $2")       \
    X(TOKEN_REVOKE_USER_APPLICATION, DB_DATA, "DELETE FROM token WHERE tenant_id = $1 AND user_id = $2" \
        " AND application_id = $3")                                                                \
    X(TOKEN_REVOKE_USER_SESSIONS, DB_DATA, "DELETE FROM token WHERE tenant_id = $1 AND user_id = $2" \
        " AND session_id <> $3")                                                                   \
    X(TOKEN_REVOKE_APPLICATION, DB_DATA, "DELETE FROM token WHERE tenant_id = $1 AND application_id = $2" \
        " AND length(application_id) > 0")                                                         \
    X(TOKEN_OF_ENDED_APPLICATION, DB_DATA, "SELECT tenant_id, id FROM token" \
        " WHERE tenant_id = $1 AND application_id = $2 AND length(application_id) > 0 LIMIT $3") \
    X(TOKEN_REVOKE_SESSION, DB_DATA, "DELETE FROM token WHERE tenant_id = $1 AND session_id = $2" \
        " AND length(session_id) > 0") \
    X(TOKEN_OF_ENDED, DB_DATA, "SELECT tenant_id, id FROM token" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2") \
    X(TOKEN_OVERDUE, DB_DATA, "SELECT tenant_id, id FROM token"                                    \
        " WHERE expires_at < $1 ORDER BY expires_at LIMIT $2")                                     \
    X(TOKEN_SWEEP, DB_DATA, "DELETE FROM token WHERE tenant_id = $1 AND id = $2" \
        " AND expires_at < $3")
/* clang-format on */
