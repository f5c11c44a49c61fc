/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/removal: the only place with SQL over its table. */
#pragma once

/* clang-format off */
#define REMOVAL_SQL(X) /* name, database, text */                                                  \
    X(REMOVAL_PUT, DB_DATA, "INSERT INTO removal (tenant_id, application_id, insert_instant)"      \
        " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")                                             \
    X(REMOVAL_PUT_ALL, DB_DATA, "INSERT INTO removal (tenant_id, application_id, insert_instant)"  \
        " SELECT id, $1, CAST($2 AS BIGINT) FROM tenant WHERE true ON CONFLICT DO NOTHING")        \
    X(REMOVAL_OF_APPLICATION, DB_DATA, "SELECT tenant_id FROM removal WHERE application_id = $1"   \
        " ORDER BY tenant_id LIMIT 1")                                                             \
    X(REMOVAL_GET, DB_DATA, "SELECT insert_instant FROM removal WHERE tenant_id = $1 AND application_id = $2") \
    X(REMOVAL_FIRST, DB_DATA, "SELECT tenant_id, application_id FROM removal"                      \
        " ORDER BY tenant_id, application_id LIMIT $1")                                            \
    X(REMOVAL_HOLD, DB_DATA, "UPDATE removal SET insert_instant = insert_instant"                  \
        " WHERE tenant_id = $1 AND application_id = $2")                                           \
    X(REMOVAL_DROP, DB_DATA, "DELETE FROM removal WHERE tenant_id = $1 AND application_id = $2")
/* clang-format on */
