/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/tenant: the only place with SQL over its tables. */
#pragma once

/* clang-format off */
#define TENANT_SQL(X) /* name, database, text */                                                   \
    X(TENANT_BY_ID, DB_DATA, "SELECT name, insert_instant, last_update_instant, wrapped_key, config" \
                             " FROM tenant WHERE id = $1")                                         \
    X(TENANT_BY_NAME, DB_DATA, "SELECT id FROM tenant WHERE name = $1")                            \
    X(TENANT_IDS, DB_DATA, "SELECT id FROM tenant ORDER BY name")                                  \
    X(TENANT_AFTER, DB_DATA, "SELECT id FROM tenant WHERE id > $1 ORDER BY id LIMIT $2")           \
    X(TENANT_NAMES, DB_OLD, "SELECT id, name, insert_instant FROM tenant ORDER BY name")          \
    X(TENANT_ADD, DB_DATA, "INSERT INTO tenant (id, name, insert_instant, last_update_instant, wrapped_key, config)" \
                           " VALUES ($1, $2, $3, $4, $5, $6)")                                     \
    X(TENANT_CHANGE, DB_DATA, "UPDATE tenant SET name = $2, last_update_instant = $3, config = $4" \
                              " WHERE id = $1 AND last_update_instant = $5") \
    X(TENANT_REMOVE, DB_DATA, "DELETE FROM tenant WHERE id = $1")                                  \
    X(SETTING_GET, DB_DATA, "SELECT value FROM setting WHERE name = $1")                           \
    X(SETTING_PUT, DB_DATA, "INSERT INTO setting (name, value) VALUES ($1, $2)"                    \
                            " ON CONFLICT (name) DO UPDATE SET value = excluded.value")
/* clang-format on */
