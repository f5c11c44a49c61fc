/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's own statements on PostgreSQL: sessions, marks, notices, migrations, partitions. They are
 * not of the shared dialect. */
#pragma once

/* What every session of ours wants, whatever the server's or the role's defaults are. A commit that is not flushed is
 * not acknowledged; generic plans, because every statement finds its rows by key and planning costs more
 * than running; no scan of a whole table where an index will do, however the statistics look. */
#define PG_SESSION_SQL                                                                             \
    "SET search_path TO cardea, cardea_keys;"                                                      \
    " SET statement_timeout TO '5s'; SET lock_timeout TO '1s';"                                    \
    " SET idle_in_transaction_session_timeout TO '10s';"                                           \
    " SET default_transaction_isolation TO 'read committed';"                                      \
    " SET plan_cache_mode TO force_generic_plan; SET enable_seqscan TO off; SET jit TO off;"       \
    " SET client_min_messages TO error;"                                                           \
    " SELECT set_config('synchronous_commit', 'on', false)"                                        \
    " WHERE current_setting('synchronous_commit') = 'off'"

/* A replica is only read, also when it is one no more. What it has must be of the last half minute, which it
 * cannot say of itself before it has replayed something. */
#define PG_REPLICA_SQL "SET default_transaction_read_only TO on"
#define PG_REPLICA_LOOK_SQL                                                                        \
    "SELECT pg_is_in_recovery()"                                                                   \
    " AND COALESCE(now() - pg_last_xact_replay_timestamp() < INTERVAL '30 s', false)"

/* A statement that must change one row: a miss is a division by zero, which undoes the transaction in
 * the same round trip. */
#define PG_ONE_BEFORE "WITH w AS ("
#define PG_ONE_AFTER " RETURNING 1) SELECT 1 / CASE WHEN count(*) = 1 THEN 1 ELSE 0 END FROM w"

#define PG_SOON_SQL "SELECT set_config('synchronous_commit', 'off', true)"

/* commit_mark: one row a writer. taken = step: the writer itself took that step after a lost connection. */
#define PG_MARK_TABLE_SQL                                                                          \
    "CREATE TABLE IF NOT EXISTS cardea.commit_mark (id BYTEA PRIMARY KEY, step BIGINT NOT NULL,"   \
    " taken BIGINT NOT NULL, at BIGINT NOT NULL) WITH (fillfactor = 50)"
#define PG_MARK_ADD_SQL "INSERT INTO commit_mark (id, step, taken, at) VALUES ($1, 0, -1, $2)"
#define PG_MARK_SWEEP_SQL "DELETE FROM commit_mark WHERE at < $1"
#define PG_MARK_STEP_SQL                                                                           \
    "UPDATE commit_mark SET step = $2, at = $3 WHERE id = $1 AND step = CAST($2 AS BIGINT) - 1"
#define PG_MARK_TAKE_SQL                                                                           \
    "UPDATE commit_mark SET step = $2, taken = $2, at = $3"                                        \
    " WHERE id = $1 AND step = CAST($2 AS BIGINT) - 1"
#define PG_MARK_LOOK_SQL "SELECT step, taken FROM commit_mark WHERE id = $1"

/* change_count: its one row's lock puts notices in the order of their numbers. */
#define PG_CHANGE_TABLE_SQL                                                                        \
    "CREATE TABLE IF NOT EXISTS cardea.change_count (id SMALLINT PRIMARY KEY, number BIGINT NOT"   \
    " NULL)"
#define PG_CHANGE_START_SQL                                                                        \
    "INSERT INTO cardea.change_count (id, number) VALUES (1, 0) ON CONFLICT DO NOTHING"
#define PG_CHANGE_NOTIFY_SQL                                                                       \
    "WITH w AS (UPDATE change_count SET number = number + 1 WHERE id = 1 RETURNING number)"        \
    " SELECT pg_notify('cardea', number || ' ' || $1) FROM w"
#define PG_CHANGE_LOOK_SQL "SELECT number FROM cardea.change_count WHERE id = 1"
#define PG_LISTEN_SQL "LISTEN cardea"

/* The number is "cardea" in the telephone's letters. */
#define PG_MIGRATE_LOCK_SQL "SELECT pg_try_advisory_lock(227332)"
#define PG_MIGRATE_SCHEMA_SQL "CREATE SCHEMA IF NOT EXISTS %s"
#define PG_MIGRATE_TABLE_SQL                                                                       \
    "CREATE TABLE IF NOT EXISTS %s.schema_migration (number BIGINT PRIMARY KEY, name TEXT NOT"     \
    " NULL, digest BYTEA NOT NULL, applied_at BIGINT NOT NULL)"
#define PG_MIGRATE_IS_TABLE_SQL                                                                    \
    "SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'schema_migration'"
#define PG_MIGRATE_FIND_SQL "SELECT digest, applied_at FROM %s.schema_migration WHERE number = $1"
#define PG_MIGRATE_NOTE_SQL                                                                        \
    "INSERT INTO %s.schema_migration (number, name, digest, applied_at) VALUES ($1, $2, $3, $4)"

/* Partitions hold a month of ids each: UUIDv7 begins with its milliseconds. */
#define PG_PARTITION_TABLES_SQL                                                                    \
    "SELECT c.relname FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid"          \
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'cardea' ORDER BY c.relname"
#define PG_PARTITION_IS_THERE_SQL                                                                  \
    "SELECT 1 FROM pg_tables WHERE schemaname = 'cardea' AND tablename = $1"
#define PG_PARTITION_REST_SQL                                                                      \
    "CREATE TABLE IF NOT EXISTS cardea.%.40s_rest PARTITION OF cardea.%.40s DEFAULT"
#define PG_PARTITION_MONTH_SQL                                                                     \
    "CREATE TABLE IF NOT EXISTS cardea.%.40s_%.20s PARTITION OF cardea.%.40s"                      \
    " FOR VALUES FROM ('\\x%012llx') TO ('\\x%012llx')"
#define PG_PARTITION_LIST_SQL                                                                      \
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"                    \
    " JOIN pg_class t ON t.oid = i.inhparent JOIN pg_namespace n ON n.oid = t.relnamespace"        \
    " WHERE n.nspname = 'cardea' AND t.relname = $1 ORDER BY c.relname LIMIT 16"
#define PG_PARTITION_IS_EMPTY_SQL "SELECT NOT EXISTS (SELECT 1 FROM cardea.%.47s)"
#define PG_PARTITION_DROP_SQL "DROP TABLE IF EXISTS cardea.%.47s"
