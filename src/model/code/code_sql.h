/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/code: the only place with SQL over its tables. */
#pragma once

/* clang-format off */
#define CODE_SQL(X) /* name, database, text */                                                     \
    X(CODE_BY_ID, DB_DATA, "SELECT application_id, user_id, session_id, grant_id, digest, insert_instant," \
        " auth_instant, expires_at, used_at, detail FROM auth_code WHERE tenant_id = $1 AND id = $2") \
    X(CODE_INSERT, DB_DATA, "INSERT INTO auth_code (tenant_id, id, application_id, user_id, session_id," \
        " grant_id, digest, insert_instant, auth_instant, expires_at, used_at, detail)"            \
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)")                               \
    X(CODE_USE, DB_DATA, "UPDATE auth_code SET used_at = $3"                                       \
        " WHERE tenant_id = $1 AND id = $2 AND used_at = 0 AND expires_at > $3")                   \
    X(CODE_FORGET_USER, DB_DATA, "DELETE FROM auth_code WHERE tenant_id = $1 AND user_id = $2")    \
    X(CODE_FORGET_USER_APPLICATION, DB_DATA, "DELETE FROM auth_code WHERE tenant_id = $1 AND user_id = $2" \
        " AND application_id = $3")                                                                \
    X(CODE_OF_ENDED_APPLICATION, DB_DATA, "SELECT tenant_id, id FROM auth_code" \
        " WHERE tenant_id = $1 AND application_id = $2 AND length(application_id) > 0 LIMIT $3") \
    X(CODE_OF_ENDED, DB_DATA, "SELECT tenant_id, id FROM auth_code" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2") \
    X(CODE_END, DB_DATA, "DELETE FROM auth_code WHERE tenant_id = $1 AND id = $2") \
    X(CODE_OVERDUE, DB_DATA, "SELECT tenant_id, id FROM auth_code"                                 \
        " WHERE expires_at < $1 ORDER BY expires_at LIMIT $2")                                     \
    X(CODE_SWEEP, DB_DATA, "DELETE FROM auth_code WHERE tenant_id = $1 AND id = $2" \
        " AND expires_at < $3")
/* clang-format on */
