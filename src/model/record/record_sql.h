/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/record: the only place with SQL over its tables. */
#pragma once

/* clang-format off */
#define RECORD_SQL(X) /* name, database, text */                                                   \
    X(RECORD_BY_ID, DB_DATA, "SELECT tenant_id, insert_instant, last_update_instant, wrapped_key, config" \
                             " FROM record WHERE kind = $1 AND id = $2")                           \
    X(RECORD_BY_NAME, DB_DATA, "SELECT id FROM record WHERE tenant_id = $1 AND kind = $2 AND name_key = $3") \
    X(RECORD_NAMES, DB_DATA, "SELECT id, tenant_id, name, insert_instant, last_update_instant FROM record" \
                             " WHERE kind = $1 ORDER BY id LIMIT $2")                              \
    X(RECORD_NAMES_OF_TENANT, DB_DATA, "SELECT id, tenant_id, name, insert_instant, last_update_instant FROM record" \
                                       " WHERE tenant_id = $1 AND kind = $2 ORDER BY id LIMIT $3") \
    X(RECORD_IDS, DB_DATA, "SELECT id, 1, last_update_instant, wrapped_key, config, insert_instant FROM record" \
        " WHERE tenant_id = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT $4") \
    X(RECORD_IDS_MARKED, DB_DATA, "SELECT r.id, CASE WHEN EXISTS (SELECT 1 FROM record_use u WHERE u.kind = $5 AND u.id = $6" \
        " AND u.by_kind = r.kind AND u.by_id = r.id) THEN 1 ELSE 0 END"                            \
        " FROM record r WHERE r.tenant_id = $1 AND r.kind = $2 AND r.id > $3 ORDER BY r.id LIMIT $4") \
    X(RECORD_IDS_USING, DB_DATA, "SELECT u.by_id, 1, r.last_update_instant, r.wrapped_key, r.config, r.insert_instant FROM record_use u JOIN record r ON r.kind = u.by_kind AND r.id = u.by_id" \
        " WHERE u.kind = $5 AND u.id = $6 AND u.by_kind = $2 AND u.by_id > $3 AND r.tenant_id = $1" \
        " ORDER BY u.by_id LIMIT $4")                                                              \
    X(RECORD_COUNT, DB_DATA, "SELECT count(*) FROM (SELECT 1 FROM record WHERE tenant_id = $1 AND kind = $2 LIMIT $3) c") \
    X(RECORD_COUNT_USING, DB_DATA, "SELECT count(*) FROM (SELECT 1 FROM record_use u JOIN record r" \
        " ON r.kind = u.by_kind AND r.id = u.by_id WHERE u.kind = $4 AND u.id = $5 AND u.by_kind = $2" \
        " AND r.tenant_id = $1 LIMIT $3) c")                                                 \
    X(RECORD_ADD, DB_DATA, "INSERT INTO record (tenant_id, kind, id, name, name_key, insert_instant," \
                           " last_update_instant, wrapped_key, config) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)") \
    X(RECORD_CHANGE, DB_DATA, "UPDATE record SET name = $4, name_key = $5, last_update_instant = $6, wrapped_key = $7," \
                              " config = $8 WHERE tenant_id = $1 AND kind = $2 AND id = $3 AND last_update_instant = $9") \
    X(RECORD_HOLD, DB_DATA, "UPDATE record SET insert_instant = insert_instant WHERE kind = $1 AND id = $2") \
    X(RECORD_REMOVE, DB_DATA, "DELETE FROM record WHERE tenant_id = $1 AND kind = $2 AND id = $3"  \
                              " AND NOT EXISTS (SELECT 1 FROM record_use u WHERE u.kind = $2 AND u.id = $3)") \
    X(RECORD_OF_ENDED, DB_DATA, "SELECT kind, id FROM record" \
        " WHERE tenant_id = $1 ORDER BY kind, id LIMIT $2") \
    X(RECORD_END, DB_DATA, "DELETE FROM record WHERE kind = $1 AND id = $2") \
    X(RECORD_USED, DB_DATA, "SELECT by_kind FROM record_use WHERE kind = $1 AND id = $2 ORDER BY by_kind LIMIT 1") \
    X(RECORD_USES, DB_DATA, "SELECT kind FROM record_use WHERE by_kind = $1 AND by_id = $2 LIMIT 1") \
    X(RECORD_USE_ADD, DB_DATA, "INSERT INTO record_use (kind, id, by_kind, by_id) VALUES ($1, $2, $3, $4)" \
                               " ON CONFLICT DO NOTHING")                                          \
    X(RECORD_USE_REMOVE, DB_DATA, "DELETE FROM record_use WHERE by_kind = $1 AND by_id = $2")
/* clang-format on */
