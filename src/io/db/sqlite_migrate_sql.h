/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of schema_migration, the engine's own table, in each of the two databases. */
#pragma once

#define MIGRATE_TABLE_SQL                                                                          \
    "CREATE TABLE IF NOT EXISTS schema_migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL,"  \
    " digest BYTEA NOT NULL, applied_at BIGINT NOT NULL) WITHOUT ROWID"
#define MIGRATE_IS_TABLE_SQL                                                                       \
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'"
#define MIGRATE_FIND_SQL "SELECT digest, applied_at FROM schema_migration WHERE number = $1"
#define MIGRATE_NOTE_SQL                                                                           \
    "INSERT INTO schema_migration (number, name, digest, applied_at) VALUES ($1, $2, $3, $4)"
