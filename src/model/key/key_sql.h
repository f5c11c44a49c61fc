/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/key: the only place with SQL over its tables. */
#pragma once

/* clang-format off */
#define KEY_SQL(X) /* name, database, text */                                                      \
    X(KEY_BY_ID, DB_DATA, "SELECT tenant_id, name, kid, is_default, insert_instant, last_update_instant," \
                          " expiration_instant, wrapped_key, config FROM signing_key WHERE id = $1") \
    X(KEY_IDS, DB_DATA, "SELECT id FROM signing_key ORDER BY insert_instant, id")                  \
    X(KEY_IDS_OF_TENANT, DB_DATA, "SELECT id FROM signing_key WHERE tenant_id = $1 OR tenant_id = $2" \
                                  " ORDER BY insert_instant, id")                                  \
    X(KEY_DEFAULT_OF_TENANT, DB_DATA, "SELECT id FROM signing_key WHERE tenant_id = $1 AND is_default = 1" \
                                      " ORDER BY id DESC LIMIT 1")                                 \
    X(KEY_BY_KID, DB_DATA, "SELECT id FROM signing_key WHERE kid = $1")                            \
    X(KEY_ADD, DB_DATA, "INSERT INTO signing_key (id, tenant_id, name, kid, is_default, insert_instant," \
                        " last_update_instant, expiration_instant, wrapped_key, config)"           \
                        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")                       \
    X(KEY_CHANGE, DB_DATA, "UPDATE signing_key SET name = $2, last_update_instant = $3 WHERE id = $1") \
    X(KEY_PROMOTE, DB_DATA, "UPDATE signing_key SET is_default = 1 WHERE id = $1 AND tenant_id = $2") \
    X(KEY_DEMOTE, DB_DATA, "UPDATE signing_key SET is_default = 0 WHERE tenant_id = $1 AND is_default = 1 AND id <> $2") \
    X(KEY_USES, DB_DATA, "SELECT uses FROM signing_key WHERE id = $1")                             \
    X(KEY_HOLD, DB_DATA, "UPDATE signing_key SET uses = uses + 1 WHERE id = $1")                   \
    X(KEY_REMOVE, DB_DATA, "DELETE FROM signing_key WHERE id = $1 AND is_default = 0 AND uses = $2") \
    X(KEY_OF_ENDED, DB_DATA, "SELECT id FROM signing_key" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2") \
    X(KEY_END, DB_DATA, "DELETE FROM signing_key WHERE id = $1")
/* clang-format on */
