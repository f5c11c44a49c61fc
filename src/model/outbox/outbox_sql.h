/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/outbox: the only place with SQL over its tables. sent_instant is 0 until the
 * mail was sent; next_instant is the greatest 64-bit number once it was given up. */
#pragma once

/* clang-format off */
#define OUTBOX_COLUMNS "id, user_id, insert_instant, next_instant, sent_instant, attempts, detail"
#define OUTBOX_SQL(X) /* name, database, text */                                                   \
    X(OUTBOX_INSERT, DB_DATA, "INSERT INTO outbox (tenant_id, " OUTBOX_COLUMNS ")"                 \
        " VALUES ($1, $2, $3, $4, $4, 0, 0, $5)")                                                  \
    X(OUTBOX_BY_TENANT, DB_DATA, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE tenant_id = $1 ORDER BY id DESC") \
    X(OUTBOX_BY_ID, DB_DATA, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE tenant_id = $1 AND id = $2") \
    X(OUTBOX_DUE, DB_DATA, "SELECT tenant_id, id, insert_instant, next_instant FROM outbox WHERE sent_instant = 0 AND next_instant <= $1" \
        " ORDER BY next_instant LIMIT $2")                                                         \
    X(OUTBOX_COUNT, DB_DATA, "SELECT COUNT(*) FROM (SELECT 1 FROM outbox WHERE sent_instant = 0"   \
        " AND next_instant >= $1 AND next_instant <= $2 LIMIT $3) few")                            \
    X(OUTBOX_NOTE_SENT, DB_DATA, "UPDATE outbox SET sent_instant = $3, attempts = attempts + 1"    \
        " WHERE tenant_id = $1 AND id = $2")                                                       \
    X(OUTBOX_NOTE_FAILURE, DB_DATA, "UPDATE outbox SET next_instant = $3, attempts = attempts + 1" \
        " WHERE tenant_id = $1 AND id = $2 AND attempts = $4")                                     \
    X(OUTBOX_CLAIM, DB_DATA, "UPDATE outbox SET next_instant = $3"                                 \
        " WHERE tenant_id = $1 AND id = $2 AND sent_instant = 0 AND next_instant = $4")            \
    X(OUTBOX_FORGET_USER, DB_DATA, "DELETE FROM outbox WHERE tenant_id = $1 AND user_id = $2")     \
    X(OUTBOX_OF_ENDED, DB_DATA, "SELECT tenant_id, id FROM outbox" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2") \
    X(OUTBOX_END, DB_DATA, "DELETE FROM outbox WHERE tenant_id = $1 AND id = $2") \
    X(OUTBOX_SENT_BEFORE, DB_DATA, "SELECT tenant_id, id FROM outbox"                              \
        " WHERE sent_instant > 0 AND sent_instant < $1 ORDER BY sent_instant LIMIT $2")            \
    X(OUTBOX_SENT_SWEEP, DB_DATA, "DELETE FROM outbox WHERE tenant_id = $1 AND id = $2"            \
        " AND sent_instant > 0 AND sent_instant < $3")                                             \
    X(OUTBOX_HOPELESS, DB_DATA, "SELECT tenant_id, id FROM outbox WHERE sent_instant = 0"          \
        " AND (id < $2 OR (next_instant = $3 AND id < $1)) ORDER BY next_instant LIMIT $4")        \
    X(OUTBOX_HOPELESS_SWEEP, DB_DATA, "DELETE FROM outbox WHERE tenant_id = $1 AND id = $2"        \
        " AND sent_instant = 0 AND id < $3")
/* clang-format on */
