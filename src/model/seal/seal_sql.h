/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/seal: the only place with SQL over the key store. */
#pragma once

/* clang-format off */
#define SEAL_SQL(X) /* name, database, text */                                                     \
    X(USER_KEY_PUT, DB_KEYS, "INSERT INTO user_key (tenant_id, user_id, wrapped) VALUES ($1, $2, $3)") \
    X(USER_KEY_PUT_OVER, DB_KEYS, "INSERT INTO user_key (tenant_id, user_id, wrapped) VALUES ($1, $2, $3)" \
        " ON CONFLICT (tenant_id, user_id) DO UPDATE SET wrapped = excluded.wrapped")              \
    X(USER_KEY_GET, DB_KEYS, "SELECT wrapped FROM user_key WHERE tenant_id = $1 AND user_id = $2") \
    X(USER_KEY_HOLD, DB_KEYS, "UPDATE user_key SET wrapped = wrapped WHERE tenant_id = $1 AND user_id = $2") \
    X(USER_KEY_ERASE, DB_KEYS, "DELETE FROM user_key WHERE tenant_id = $1 AND user_id = $2")       \
    X(USER_KEY_OF_ENDED, DB_KEYS, "SELECT tenant_id, user_id FROM user_key" \
        " WHERE tenant_id = $1 ORDER BY user_id LIMIT $2") \
    X(ERASURE_PUT, DB_KEYS, "INSERT INTO erasure (tenant_id, user_id, insert_instant) VALUES ($1, $2, $3)" \
                            " ON CONFLICT (tenant_id, user_id) DO UPDATE SET insert_instant = excluded.insert_instant") \
    X(ERASURE_LIST, DB_KEYS, "SELECT tenant_id, user_id FROM erasure WHERE user_id > $1" \
                             " ORDER BY tenant_id, user_id LIMIT $2")                              \
    X(ERASURE_TENANTS, DB_KEYS, "SELECT tenant_id, user_id FROM erasure WHERE user_id = $1"        \
                                " ORDER BY tenant_id LIMIT $2")                                    \
    X(ERASURE_GET, DB_KEYS, "SELECT insert_instant FROM erasure WHERE tenant_id = $1 AND user_id = $2") \
    X(ERASURE_HOLD, DB_KEYS, "UPDATE erasure SET insert_instant = $3 WHERE tenant_id = $1 AND user_id = $2") \
    X(ERASURE_DROP, DB_KEYS, "DELETE FROM erasure WHERE tenant_id = $1 AND user_id = $2")          \
    X(DAY_KEY_PUT, DB_KEYS, "INSERT INTO day_key (tenant_id, day, wrapped) VALUES ($1, $2, $3)"    \
                            " ON CONFLICT (tenant_id, day) DO NOTHING")                            \
    X(DAY_KEY_GET, DB_KEYS, "SELECT wrapped FROM day_key WHERE tenant_id = $1 AND day = $2")       \
    X(DAY_KEY_BEFORE, DB_KEYS, "SELECT tenant_id, day FROM day_key WHERE day < $1 ORDER BY day LIMIT $2") \
    X(DAY_KEY_ERASE, DB_KEYS, "DELETE FROM day_key WHERE tenant_id = $1 AND day = $2 AND day < $3") \
    X(DAY_KEY_ERASE_TENANT, DB_KEYS, "DELETE FROM day_key WHERE tenant_id = $1")
/* clang-format on */
