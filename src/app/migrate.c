/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations as an operator sees them: one line each, with its database and when it was applied. */
#include "app/migrate.h"

#include <stdio.h>
#include <time.h>

#include "app/config.h"
#include "base/arena.h"
#include "base/clock.h"
#include "crypto/hash.h"
#include "model/statements.h"

extern const struct db_migration migrations[];
extern const size_t migration_count;

enum { INSTANT_BYTES = 32 };

/* RFC 3339, UTC. */
static void
write_instant(int64_t ms, char to[static INSTANT_BYTES])
{
    time_t seconds = (time_t)(ms / SECOND_MS);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    strftime(to, INSTANT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* Prints all; MIGRATE_MISSING, 1 if a text has changed, or 0. */
static int
print(const struct db_migration_state *states)
{
    int result = 0;

    for (size_t i = 0; i < migration_count; i++) {
        const struct db_migration *m = &migrations[i];
        char instant[INSTANT_BYTES];

        write_instant(states[i].applied_at, instant);
        printf("%04d-%-20s %-5s %s%s\n", m->number, m->name, m->place == DB_KEYS ? "keys" : "data",
            states[i].applied_at ? "applied " : "missing", states[i].applied_at ? instant : "");
        if (states[i].is_changed) {
            printf("     its text has changed since: this program cannot use the database\n");
            result = 1;
        } else if (states[i].applied_at == 0 && result == 0) {
            result = MIGRATE_MISSING;
        }
    }
    return result;
}

static int
fail(const char *why)
{
    fprintf(stderr, "cardea: %s\n", why);
    return 1;
}

static bool
apply(const struct db_config *db_config, const char **ret_why)
{
    struct db *db = db_open(db_config, ret_why);

    db_close(db);
    return db != NULL;
}

int
migrate_run(const struct config *config)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    struct db_config db_config = {
        .folder = str_from(config->data),
        .database = str_from(config->database),
        .key_database = str_from(config->key_database),
        .sql = statements,
        .sql_count = STATEMENT_COUNT,
        .migrations = migrations,
        .migration_count = migration_count,
    };
    struct db_migration_state *states =
        arena ? ARENA_ARRAY(arena, migration_count, struct db_migration_state) : NULL;
    const char *why = "";

    if (states == NULL || !crypto_init()) {
        return fail("there is not enough memory, or the cryptographic libraries lack something");
    }
    if (!config->status && !apply(&db_config, &why)) {
        return fail(why);
    }
    return db_migration_status(&db_config, states, &why) ? print(states) : fail(why);
}
