/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/dossier: the only place with SQL over its table. */
#pragma once

/* clang-format off */
#define DOSSIER_COLUMNS "tenant_id, user_id, id, subject_id, only_key, insert_instant, last_update_instant, until_instant, due_instant, detail"
#define DOSSIER_SQL(X) /* name, database, text */                                                  \
    X(DOSSIER_BY_ID, DB_DATA, "SELECT " DOSSIER_COLUMNS " FROM dossier WHERE kind = $1 AND id = $2") \
    X(DOSSIER_BY_USER, DB_DATA, "SELECT " DOSSIER_COLUMNS " FROM dossier"                          \
        " WHERE tenant_id = $1 AND user_id = $2 AND kind = $3 ORDER BY insert_instant, id")        \
    X(DOSSIER_BY_USER_UNTIL, DB_DATA, "SELECT " DOSSIER_COLUMNS " FROM dossier"                    \
        " WHERE tenant_id = $1 AND user_id = $2 AND kind = $3 AND until_instant > $4 ORDER BY insert_instant, id") \
    X(DOSSIER_BY_SUBJECT, DB_DATA, "SELECT " DOSSIER_COLUMNS " FROM dossier"                       \
        " WHERE kind = $1 AND subject_id = $2 ORDER BY id")                                        \
    X(DOSSIER_BY_TENANT, DB_DATA, "SELECT " DOSSIER_COLUMNS " FROM dossier"                        \
        " WHERE tenant_id = $1 AND kind = $2 AND id > $3 ORDER BY id")                             \
    X(DOSSIER_INSERT, DB_DATA, "INSERT INTO dossier (tenant_id, user_id, kind, only_key, id, subject_id, insert_instant," \
        " last_update_instant, until_instant, due_instant, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)") \
    X(DOSSIER_UPDATE, DB_DATA, "UPDATE dossier SET only_key = $4, last_update_instant = $5, until_instant = $6, due_instant = $7, detail = $8" \
        " WHERE tenant_id = $1 AND kind = $2 AND id = $3 AND last_update_instant = $9")            \
    X(DOSSIER_DUE, DB_DATA, "SELECT " DOSSIER_COLUMNS " FROM dossier"                              \
        " WHERE kind = $1 AND due_instant > 0 AND due_instant <= $2 ORDER BY due_instant, id LIMIT $3") \
    X(DOSSIER_SETTLE, DB_DATA, "UPDATE dossier SET due_instant = $6 WHERE tenant_id = $1 AND kind = $2 AND id = $3" \
        " AND last_update_instant = $4 AND due_instant = $5")                                      \
    X(DOSSIER_HOLD, DB_DATA, "UPDATE dossier SET last_update_instant = last_update_instant"        \
        " WHERE tenant_id = $1 AND kind = $2 AND id = $3 AND last_update_instant = $4")            \
    X(DOSSIER_DELETE, DB_DATA, "DELETE FROM dossier"                                               \
        " WHERE tenant_id = $1 AND kind = $2 AND id = $3 AND last_update_instant = $4")            \
    X(DOSSIER_FORGET_SUBJECT, DB_DATA, "DELETE FROM dossier WHERE kind = $1 AND subject_id = $2")  \
    X(DOSSIER_FORGET_USER, DB_DATA, "DELETE FROM dossier WHERE tenant_id = $1 AND user_id = $2")   \
    X(DOSSIER_OF_ENDED, DB_DATA, "SELECT tenant_id, user_id, kind, only_key FROM dossier" \
        " WHERE tenant_id = $1 ORDER BY user_id, kind, only_key LIMIT $2") \
    X(DOSSIER_END, DB_DATA, "DELETE FROM dossier WHERE tenant_id = $1 AND user_id = $2" \
        " AND kind = $3 AND only_key = $4")
/* clang-format on */
