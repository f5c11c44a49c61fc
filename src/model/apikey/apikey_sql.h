/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/apikey: the only place with SQL over its tables. */
#pragma once

/* clang-format off */
#define APIKEY_SQL(X) /* name, database, text */                                                   \
    X(APIKEY_BY_LOOKUP, DB_DATA, "SELECT id FROM api_key WHERE lookup >= $1 AND lookup <= $2 LIMIT 1") \
    X(APIKEY_BY_ID, DB_DATA, "SELECT tenant_id, insert_instant, last_update_instant, expiration_instant, config," \
                             " lookup FROM api_key WHERE id = $1")                                 \
    X(APIKEY_AFTER, DB_DATA, "SELECT id FROM api_key WHERE id > $1 ORDER BY id LIMIT $2")          \
    X(APIKEY_ADD, DB_DATA, "INSERT INTO api_key (id, lookup, tenant_id, insert_instant, last_update_instant," \
                           " expiration_instant, config) VALUES ($1, $2, $3, $4, $5, $6, $7)")     \
    X(APIKEY_CHANGE, DB_DATA, "UPDATE api_key SET last_update_instant = $2, expiration_instant = $3, config = $4 WHERE id = $1") \
    X(APIKEY_REMOVE, DB_DATA, "DELETE FROM api_key WHERE id = $1")                                 \
    X(APIKEY_OF_ENDED, DB_DATA, "SELECT id FROM api_key" \
        " WHERE tenant_id = $1 LIMIT $2")
/* clang-format on */
