/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/event: the only place with SQL over its tables. */
#pragma once

/* clang-format off */
#define EVENT_SQL(X) /* name, database, text */                                                    \
    X(EVENT_INSERT, DB_DATA, "INSERT INTO event (tenant_id, id, kind, user_id, application_id, actor," \
        " insert_instant, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")                        \
    X(EVENT_BY_TENANT, DB_DATA, "SELECT id, kind, user_id, application_id, actor, insert_instant, detail FROM event" \
        " WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC")                                      \
    X(EVENT_FORGET_USER, DB_DATA, "DELETE FROM event WHERE tenant_id = $1 AND user_id = $2")       \
    X(EVENT_FORGET_TENANT, DB_DATA, "DELETE FROM event WHERE tenant_id = $1")                        \
    X(EVENT_BEFORE, DB_DATA, "SELECT tenant_id, id FROM event WHERE id < $1 ORDER BY id LIMIT $2") \
    X(EVENT_SWEEP, DB_DATA, "DELETE FROM event WHERE tenant_id = $1 AND id = $2 AND id < $3")
/* clang-format on */
