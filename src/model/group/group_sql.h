/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/group: the only place with SQL over its table. */
#pragma once

/* clang-format off */
#define GROUP_SQL(X) /* name, database, text */                                                    \
    X(GROUP_MEMBER_PUT, DB_DATA, "INSERT INTO group_member (tenant_id, group_id, user_id, id, insert_instant)" \
                                 " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, group_id, user_id)" \
                                 " DO UPDATE SET insert_instant = excluded.insert_instant")        \
    X(GROUP_MEMBER_REMOVE, DB_DATA, "DELETE FROM group_member WHERE tenant_id = $1 AND group_id = $2 AND user_id = $3") \
    X(GROUP_MEMBER_FORGET_GROUP, DB_DATA, "DELETE FROM group_member WHERE tenant_id = $1 AND group_id = $2") \
    X(GROUP_MEMBER_FORGET_USER, DB_DATA, "DELETE FROM group_member WHERE tenant_id = $1 AND user_id = $2") \
    X(GROUP_MEMBER_OF_ENDED, DB_DATA, "SELECT tenant_id, group_id, user_id FROM group_member" \
        " WHERE tenant_id = $1 ORDER BY group_id, user_id LIMIT $2") \
    X(GROUP_MEMBER_BY_ID, DB_DATA, "SELECT group_id, user_id, id, insert_instant FROM group_member" \
                                   " WHERE tenant_id = $1 AND id = $2")                            \
    X(GROUP_MEMBERS_OF_GROUP, DB_DATA, "SELECT group_id, user_id, id, insert_instant FROM group_member" \
                                      " WHERE tenant_id = $1 AND group_id = $2 ORDER BY user_id LIMIT $3 OFFSET $4") \
    X(GROUP_MEMBERS_OF_USER, DB_DATA, "SELECT group_id, user_id, id, insert_instant FROM group_member" \
                                      " WHERE tenant_id = $1 AND user_id = $2 ORDER BY group_id LIMIT $3 OFFSET $4") \
    X(GROUP_MEMBERS_OF_TENANT, DB_OLD, "SELECT group_id, user_id, id, insert_instant FROM group_member" \
                                       " WHERE tenant_id = $1 ORDER BY group_id, user_id LIMIT $2 OFFSET $3") \
    X(GROUP_USERS, DB_DATA, "SELECT user_id FROM group_member WHERE tenant_id = $1 AND group_id = $2" \
                            " AND user_id < $3 ORDER BY user_id DESC LIMIT $4")                    \
    X(GROUP_USERS_COUNT, DB_DATA, "SELECT count(*) FROM (SELECT 1 FROM group_member WHERE tenant_id = $1" \
                                  " AND group_id = $2 LIMIT $3) c")                                \
    X(GROUP_COUNT_OF_GROUP, DB_DATA, "SELECT count(*) FROM group_member WHERE tenant_id = $1 AND group_id = $2") \
    X(GROUP_COUNT_OF_USER, DB_DATA, "SELECT count(*) FROM group_member WHERE tenant_id = $1 AND user_id = $2") \
    X(GROUP_COUNT_OF_TENANT, DB_OLD, "SELECT count(*) FROM group_member WHERE tenant_id = $1")
/* clang-format on */
