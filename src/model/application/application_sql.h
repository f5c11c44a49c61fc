/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/application: the only place with SQL over its tables. */
#pragma once

/* clang-format off */
#define APPLICATION_SQL(X) /* name, database, text */                                              \
    X(APPLICATION_BY_ID, DB_DATA, "SELECT tenant_id, name, is_active, insert_instant, last_update_instant, config" \
                                  " FROM application WHERE id = $1")                               \
    X(APPLICATION_BY_NAME, DB_DATA, "SELECT id FROM application WHERE tenant_id = $1 AND name = $2") \
    X(APPLICATION_IDS, DB_DATA, "SELECT id FROM application WHERE tenant_id = $1 ORDER BY name")   \
    X(APPLICATION_NAMES, DB_OLD, "SELECT id, tenant_id, name, is_active, insert_instant FROM application" \
                                  " ORDER BY name, id")                                            \
    X(APPLICATION_NAMES_OF_TENANT, DB_OLD, "SELECT id, tenant_id, name, is_active, insert_instant" \
                                            " FROM application WHERE tenant_id = $1 ORDER BY name") \
    X(APPLICATION_ADD, DB_DATA, "INSERT INTO application (tenant_id, id, name, is_active, insert_instant," \
                                " last_update_instant, config) VALUES ($1, $2, $3, $4, $5, $6, $7)") \
    X(APPLICATION_CHANGE, DB_DATA, "UPDATE application SET name = $3, is_active = $4, last_update_instant = $5, config = $6" \
                                   " WHERE tenant_id = $1 AND id = $2 AND last_update_instant = $7") \
    X(APPLICATION_REMOVE, DB_DATA, "DELETE FROM application WHERE tenant_id = $1 AND id = $2")     \
    X(APPLICATION_OF_ENDED, DB_DATA, "SELECT tenant_id, id FROM application" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2")
/* clang-format on */
