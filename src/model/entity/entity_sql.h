/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/entity: the only place with SQL over its table. */
#pragma once

/* clang-format off */
#define ENTITY_GRANT_COLUMNS "SELECT entity_id, recipient_id, is_user, id, insert_instant, last_update_instant, detail FROM entity_grant"
#define ENTITY_GRANT_ROWS "SELECT entity_id, recipient_id, is_user, insert_instant FROM entity_grant"
#define ENTITY_SQL(X) /* name, database, text */                                                   \
    X(ENTITY_GRANT_PUT, DB_DATA, "INSERT INTO entity_grant (tenant_id, entity_id, recipient_id, is_user, id, insert_instant," \
                                 " last_update_instant, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" \
                                 " ON CONFLICT (tenant_id, entity_id, recipient_id) DO UPDATE SET" \
                                 " last_update_instant = excluded.last_update_instant, detail = excluded.detail") \
    X(ENTITY_GRANT_REMOVE, DB_DATA, "DELETE FROM entity_grant WHERE tenant_id = $1 AND entity_id = $2 AND recipient_id = $3") \
    X(ENTITY_GRANT_FORGET_ENTITY, DB_DATA, "DELETE FROM entity_grant WHERE tenant_id = $1 AND entity_id = $2") \
    X(ENTITY_GRANT_FORGET_RECIPIENT, DB_DATA, "DELETE FROM entity_grant WHERE tenant_id = $1 AND recipient_id = $2") \
    X(ENTITY_GRANT_OF_ENDED, DB_DATA, "SELECT tenant_id, entity_id, recipient_id FROM entity_grant" \
        " WHERE tenant_id = $1 ORDER BY entity_id, recipient_id LIMIT $2") \
    X(ENTITY_GRANT_GET, DB_DATA, ENTITY_GRANT_COLUMNS " WHERE tenant_id = $1 AND entity_id = $2 AND recipient_id = $3") \
    X(ENTITY_GRANTS_OF_ENTITY, DB_DATA, ENTITY_GRANT_COLUMNS " WHERE tenant_id = $1 AND entity_id = $2" \
                                        " ORDER BY recipient_id LIMIT $3 OFFSET $4")               \
    X(ENTITY_GRANTS_OF_RECIPIENT, DB_DATA, ENTITY_GRANT_COLUMNS " WHERE tenant_id = $1 AND recipient_id = $2" \
                                           " ORDER BY entity_id LIMIT $3 OFFSET $4")               \
    X(ENTITY_GRANT_ROWS_OF_ENTITY, DB_DATA, ENTITY_GRANT_ROWS " WHERE tenant_id = $1 AND entity_id = $2" \
                                            " AND recipient_id > $3 ORDER BY recipient_id LIMIT $4") \
    X(ENTITY_GRANT_ROWS_OF_RECIPIENT, DB_DATA, ENTITY_GRANT_ROWS " WHERE tenant_id = $1 AND recipient_id = $2" \
                                               " AND entity_id > $3 ORDER BY entity_id LIMIT $4")  \
    X(ENTITY_GRANT_ROWS_OF_TENANT, DB_DATA, ENTITY_GRANT_ROWS " WHERE tenant_id = $1"              \
                                            " AND (entity_id, recipient_id) > ($2, $3) ORDER BY entity_id, recipient_id LIMIT $4") \
    X(ENTITY_WORD_ADD, DB_DATA, "INSERT INTO entity_word (tenant_id, word, entity_id) VALUES ($1, $2, $3)" \
                                " ON CONFLICT DO NOTHING")                                         \
    X(ENTITY_WORD_IDS, DB_DATA, "SELECT entity_id FROM entity_word WHERE tenant_id = $1 AND word = $2" \
                                " AND entity_id > $3 ORDER BY entity_id LIMIT $4")                 \
    X(ENTITY_WORD_COUNT, DB_DATA, "SELECT count(*) FROM (SELECT 1 FROM entity_word WHERE tenant_id = $1" \
                                  " AND word = $2 LIMIT $3) c")                                    \
    X(ENTITY_WORD_LESS, DB_DATA, "SELECT r.tenant_id, r.id, CASE WHEN EXISTS (SELECT 1 FROM entity_word w" \
        " WHERE w.tenant_id = r.tenant_id AND w.word = 0 AND w.entity_id = r.id) THEN 1 ELSE 0 END FROM record r" \
        " WHERE r.kind = $1 AND r.id > $2 ORDER BY r.id LIMIT $3")                                 \
    X(ENTITY_WORD_OF_ENDED, DB_DATA, "SELECT tenant_id, word, entity_id FROM entity_word"          \
        " WHERE tenant_id = $1 ORDER BY word, entity_id LIMIT $2")                                 \
    X(ENTITY_WORD_END, DB_DATA, "DELETE FROM entity_word WHERE tenant_id = $1 AND word = $2 AND entity_id = $3") \
    X(ENTITY_GRANT_COUNT_OF_ENTITY, DB_DATA, "SELECT count(*) FROM entity_grant WHERE tenant_id = $1 AND entity_id = $2") \
    X(ENTITY_GRANT_COUNT_OF_RECIPIENT, DB_DATA, "SELECT count(*) FROM entity_grant WHERE tenant_id = $1 AND recipient_id = $2")
/* clang-format on */
