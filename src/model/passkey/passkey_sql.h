/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/passkey: the only place with SQL over its table. */
#pragma once

/* clang-format off */
#define PASSKEY_COLUMNS "id, user_id, insert_instant, last_use_instant, sign_count, detail"
#define PASSKEY_SQL(X) /* name, database, text */                                                  \
    X(PASSKEY_INSERT, DB_DATA, "INSERT INTO passkey (tenant_id, id, user_id, credential, insert_instant," \
        " last_use_instant, sign_count, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"           \
        " ON CONFLICT DO NOTHING")                                                                 \
    X(PASSKEY_BY_ID, DB_DATA, "SELECT " PASSKEY_COLUMNS " FROM passkey WHERE tenant_id = $1 AND id = $2") \
    X(PASSKEY_BY_CREDENTIAL, DB_DATA, "SELECT " PASSKEY_COLUMNS " FROM passkey"                    \
        " WHERE tenant_id = $1 AND credential = $2 AND length(credential) > 0")                    \
    X(PASSKEY_BY_USER, DB_DATA, "SELECT " PASSKEY_COLUMNS " FROM passkey"                          \
        " WHERE tenant_id = $1 AND user_id = $2 AND length(user_id) > 0 ORDER BY id LIMIT $3")     \
    X(PASSKEY_TENANTS, DB_DATA, "SELECT tenant_id FROM passkey WHERE id = $1 ORDER BY tenant_id LIMIT $2") \
    X(PASSKEY_USE, DB_DATA, "UPDATE passkey SET last_use_instant = $3, sign_count = $4, detail = $5" \
        " WHERE tenant_id = $1 AND id = $2 AND last_use_instant = $6 AND sign_count = $7")         \
    X(PASSKEY_DELETE, DB_DATA, "DELETE FROM passkey WHERE tenant_id = $1 AND id = $2")             \
    X(PASSKEY_FORGET_USER, DB_DATA, "DELETE FROM passkey"                                          \
        " WHERE tenant_id = $1 AND user_id = $2 AND length(user_id) > 0")                          \
    X(PASSKEY_OF_ENDED, DB_DATA, "SELECT tenant_id, id FROM passkey" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2")
/* clang-format on */
