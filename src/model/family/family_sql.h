/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/family: the only place with SQL over its table. */
#pragma once

/* clang-format off */
#define FAMILY_SQL(X) /* name, database, text */                                                   \
    X(PARENT_ADD, DB_DATA, "INSERT INTO family_parent (tenant_id, blind, user_id) VALUES ($1, $2, $3)" \
        " ON CONFLICT DO NOTHING")                                                                 \
    X(PARENT_CHILDREN, DB_DATA, "SELECT user_id FROM family_parent WHERE tenant_id = $1 AND blind = $2 ORDER BY user_id") \
    X(PARENT_FORGET_USER, DB_DATA, "DELETE FROM family_parent WHERE tenant_id = $1 AND user_id = $2") \
    X(PARENT_OF_ENDED, DB_DATA, "SELECT tenant_id, blind, user_id FROM family_parent" \
        " WHERE tenant_id = $1 ORDER BY blind, user_id LIMIT $2") \
    X(PARENT_END, DB_DATA, "DELETE FROM family_parent WHERE tenant_id = $1 AND blind = $2" \
        " AND user_id = $3")
/* clang-format on */
