/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/event: the only place with SQL over its tables. */
#pragma once
#include "model/event/event.h"

/* Sign-ins with ids from $1 up to $2 of the streams $3 to $4, which the partial indexes hold. */
#define EVENT_LOGINS                                                                               \
    " FROM event e WHERE e.id >= $1 AND e.id < $2 AND e.stream > 1 AND e.stream >= $3 AND "        \
    "e.stream <= $4"
#define EVENT_PAGE " ORDER BY e.id DESC LIMIT $5 OFFSET $6"

/* clang-format off */
#define EVENT_SQL(X) /* name, database, text */                                                    \
    X(EVENT_INSERT, DB_DATA, "INSERT INTO event (tenant_id, id, kind, user_id, application_id, actor," \
        " insert_instant, detail, stream) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")            \
    X(EVENT_BY_TENANT, DB_DATA, "SELECT " EVENT_ROW " FROM event e"                                \
        " WHERE e.tenant_id = $1 AND e.id < $2 ORDER BY e.id DESC")                                \
    X(EVENT_LOGINS_ALL, DB_OLD, "SELECT " EVENT_ROW EVENT_LOGINS EVENT_PAGE)                      \
    X(EVENT_LOGINS_OF_TENANT, DB_OLD, "SELECT " EVENT_ROW EVENT_LOGINS " AND e.tenant_id = $7" EVENT_PAGE) \
    X(EVENT_LOGINS_OF_APPLICATION, DB_OLD, "SELECT " EVENT_ROW EVENT_LOGINS                       \
        " AND e.application_id = $7" EVENT_PAGE)                                                   \
    X(EVENT_LOGINS_OF_USER, DB_OLD, "SELECT " EVENT_ROW EVENT_LOGINS                              \
        " AND e.tenant_id = $7 AND e.user_id = $8" EVENT_PAGE)                                     \
    X(EVENT_LOGINS_OF_BOTH, DB_OLD, "SELECT " EVENT_ROW EVENT_LOGINS                              \
        " AND e.tenant_id = $7 AND e.user_id = $8 AND e.application_id = $9" EVENT_PAGE)           \
    X(EVENT_COUNT_ALL, DB_OLD, "SELECT COUNT(*) FROM (SELECT 1" EVENT_LOGINS " LIMIT $5) few")      \
    X(EVENT_COUNT_OF_TENANT, DB_OLD, "SELECT COUNT(*) FROM (SELECT 1" EVENT_LOGINS                \
        " AND e.tenant_id = $6 LIMIT $5) few")                                                       \
    X(EVENT_COUNT_OF_APPLICATION, DB_OLD, "SELECT COUNT(*) FROM (SELECT 1" EVENT_LOGINS           \
        " AND e.application_id = $6 LIMIT $5) few")                                                  \
    X(EVENT_COUNT_OF_USER, DB_OLD, "SELECT COUNT(*) FROM (SELECT 1" EVENT_LOGINS                  \
        " AND e.tenant_id = $6 AND e.user_id = $7 LIMIT $5) few")                                    \
    X(EVENT_COUNT_OF_BOTH, DB_OLD, "SELECT COUNT(*) FROM (SELECT 1" EVENT_LOGINS                  \
        " AND e.tenant_id = $6 AND e.user_id = $7 AND e.application_id = $8 LIMIT $5) few")          \
    X(EVENT_FORGET_USER, DB_DATA, "DELETE FROM event WHERE tenant_id = $1 AND user_id = $2")       \
    X(EVENT_OF_ENDED, DB_DATA, "SELECT tenant_id, id FROM event" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2") \
    X(EVENT_END, DB_DATA, "DELETE FROM event WHERE tenant_id = $1 AND id = $2") \
    X(EVENT_LOGINS_BEFORE, DB_DATA, "SELECT tenant_id, id FROM event WHERE stream > 1 AND id < $1" \
        " ORDER BY id LIMIT $2")                                                                   \
    X(EVENT_BEFORE, DB_DATA, "SELECT tenant_id, id FROM event WHERE id < $1 ORDER BY id LIMIT $2") \
    X(EVENT_SWEEP, DB_DATA, "DELETE FROM event WHERE tenant_id = $1 AND id = $2 AND id < $3")
/* clang-format on */
