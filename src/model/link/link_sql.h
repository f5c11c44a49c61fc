/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/link: the only place with SQL over its table. */
#pragma once

/* clang-format off */
#define LINK_SQL(X) /* name, database, text */                                                     \
    X(LINK_GET, DB_DATA, "SELECT user_id, idp_id, id, insert_instant, last_login_instant, detail FROM idp_link" \
                         " WHERE tenant_id = $1 AND blind = $2")                                   \
    X(LINK_OF_USER, DB_DATA, "SELECT user_id, idp_id, id, insert_instant, last_login_instant, detail FROM idp_link" \
                             " WHERE tenant_id = $1 AND user_id = $2 ORDER BY idp_id, id LIMIT $3") \
    X(LINK_COUNT, DB_DATA, "SELECT count(1) FROM idp_link WHERE tenant_id = $1 AND user_id = $2 AND idp_id = $3") \
    X(LINK_ADD, DB_DATA, "INSERT INTO idp_link (tenant_id, blind, user_id, idp_id, id, insert_instant," \
                         " last_login_instant, detail) SELECT $1, $2, $3, $4, $5, CAST($6 AS BIGINT), CAST($7 AS BIGINT), $8" \
                         " WHERE (SELECT count(1) FROM idp_link WHERE tenant_id = $1 AND user_id = $3 AND idp_id = $4)" \
                         " < CAST($9 AS BIGINT) ON CONFLICT DO NOTHING")                                                  \
    X(LINK_LOGIN, DB_DATA, "UPDATE idp_link SET last_login_instant = $4, detail = $5"              \
                           " WHERE tenant_id = $1 AND blind = $2 AND id = $3")                     \
    X(LINK_REMOVE, DB_DATA, "DELETE FROM idp_link WHERE tenant_id = $1 AND blind = $2 AND id = $3") \
    X(LINK_FORGET_USER, DB_DATA, "DELETE FROM idp_link WHERE tenant_id = $1 AND user_id = $2")     \
    X(LINK_FORGET_IDP, DB_DATA, "DELETE FROM idp_link WHERE idp_id = $1")                          \
    X(LINK_OF_ENDED, DB_DATA, "SELECT tenant_id, blind, id FROM idp_link" \
        " WHERE tenant_id = $1 ORDER BY blind LIMIT $2")
/* clang-format on */
