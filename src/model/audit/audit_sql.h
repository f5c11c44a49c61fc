/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/audit: the only place with SQL over its tables. */
#pragma once
#include "model/event/event.h"

#define AUDIT_ENTRY                                                                                \
    "SELECT a.seq, a.tenant_id, a.event_id, a.user_id, " EVENT_ROW                                 \
    " FROM audit a LEFT JOIN event e ON e.tenant_id = a.tenant_id AND e.id = a.event_id"
#define AUDIT_LINKS                                                                                \
    "SELECT a.seq, a.tenant_id, a.event_id, a.user_id, a.content, a.place, a.digest, " EVENT_ROW   \
    " FROM audit a LEFT JOIN event e ON e.tenant_id = a.tenant_id AND e.id = a.event_id"
#define AUDIT_RANGE " WHERE a.event_id >= $1 AND a.event_id < $2"

/* clang-format off */
#define AUDIT_SQL(X) /* name, database, text */                                                    \
    X(AUDIT_INSERT, DB_DATA, "INSERT INTO audit (tenant_id, event_id, user_id, content, place, digest)" \
        " VALUES ($1, $2, $3, $4, 0, $5)")                                                         \
    X(AUDIT_BY_SEQ, DB_DATA, AUDIT_ENTRY " WHERE a.seq = $1")                                      \
    X(AUDIT_OLDEST, DB_OLD, AUDIT_ENTRY AUDIT_RANGE " ORDER BY a.event_id LIMIT $3 OFFSET $4")    \
    X(AUDIT_NEWEST, DB_OLD, AUDIT_ENTRY AUDIT_RANGE " ORDER BY a.event_id DESC LIMIT $3 OFFSET $4") \
    X(AUDIT_OLDEST_OF_TENANT, DB_OLD, AUDIT_ENTRY AUDIT_RANGE                                     \
        " AND a.tenant_id = $5 ORDER BY a.event_id LIMIT $3 OFFSET $4")                            \
    X(AUDIT_NEWEST_OF_TENANT, DB_OLD, AUDIT_ENTRY AUDIT_RANGE                                     \
        " AND a.tenant_id = $5 ORDER BY a.event_id DESC LIMIT $3 OFFSET $4")                       \
    X(AUDIT_COUNT, DB_OLD, "SELECT COUNT(*) FROM (SELECT 1 FROM audit a" AUDIT_RANGE " LIMIT $3) few") \
    X(AUDIT_COUNT_OF_TENANT, DB_OLD, "SELECT COUNT(*) FROM (SELECT 1 FROM audit a" AUDIT_RANGE    \
        " AND a.tenant_id = $4 LIMIT $3) few")                                                       \
    X(AUDIT_UNLINKED, DB_DATA, "SELECT seq, tenant_id, event_id, user_id, content FROM audit"      \
        " WHERE place = 0 ORDER BY seq LIMIT $1")                                                  \
    X(AUDIT_LINK, DB_DATA, "UPDATE audit SET place = $2, digest = $3 WHERE seq = $1 AND place = 0") \
    X(AUDIT_LINKED, DB_DATA, AUDIT_LINKS " WHERE a.place > $1 ORDER BY a.place, a.seq LIMIT $2")   \
    X(AUDIT_WAITING, DB_DATA, AUDIT_LINKS " WHERE a.place = 0 AND a.seq > $1 ORDER BY a.seq LIMIT $2") \
    X(AUDIT_FIRST_LINKS, DB_DATA, "SELECT seq, tenant_id, event_id, digest FROM audit"             \
        " WHERE place > 0 ORDER BY place, seq LIMIT $1")                                           \
    X(AUDIT_REMOVE, DB_DATA, "DELETE FROM audit WHERE seq = $1")                                   \
    X(AUDIT_HEAD_GET, DB_DATA, "SELECT place, digest, base, proof FROM audit_head WHERE tenant_id = $1") \
    X(AUDIT_HEADS_AFTER, DB_DATA, "SELECT tenant_id, place, digest, base, proof FROM audit_head"   \
        " WHERE tenant_id > $1 ORDER BY tenant_id LIMIT $2")                                       \
    X(AUDIT_HEAD_PUT, DB_DATA, "INSERT INTO audit_head (tenant_id, place, digest, base, proof)"    \
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id) DO UPDATE SET place = excluded.place," \
        " digest = excluded.digest, base = excluded.base, proof = excluded.proof")                 \
    X(AUDIT_OF_ENDED, DB_DATA, "SELECT seq FROM audit" \
        " WHERE tenant_id = $1 ORDER BY event_id LIMIT $2") \
    X(AUDIT_HEAD_FORGET_TENANT, DB_DATA, "DELETE FROM audit_head WHERE tenant_id = $1")
/* clang-format on */
