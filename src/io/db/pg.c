/* SPDX-License-Identifier: Apache-2.0 */
/* The PostgreSQL engine: opening, closing, and what it brings to io/db (docs/decisions/0017). */
#include "io/db/pg_internal.h"

#include "base/arena.h"
#include "base/mem.h"

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static const char *library_why;

static void
open_library(void)
{
    static const char *const names[] = {PQ_FUNCTIONS(LAZY_NAME)};

    library_why = lazy_open("libpq.so.5", names, COUNT(names), &pq);
}

/* The text, if there is one and it is one that libpq can read; what is wrong with it may hold a
 * password and is not repeated. */
static bool
take_uri(struct db *db, str uri, const char *name, const char **ret)
{
    PQconninfoOption *options;

    *ret = uri.n ? str_z(db->arena, uri) : NULL;
    if (uri.n == 0) {
        return true;
    }
    options = *ret ? pq.PQconninfoParse(*ret, NULL) : NULL;
    if (options == NULL) {
        return db_refuse("%s is no postgresql:// URI that libpq can read", name);
    }
    pq.PQconninfoFree(options);
    return true;
}

static void
open_writers(struct pg *pg)
{
    for (int i = 0; i < DB_MAX_WRITERS; i++) {
        struct pg_writer *w = &pg->writers[i];

        w->data = (struct pg_conn){.pg = pg, .uri = pg->uri, .sql = pg->db->sql};
        w->keys = (struct pg_conn){.pg = pg, .uri = pg->key_uri, .sql = pg->db->sql};
    }
}

/* All but what needs the server. */
static struct pg *
new_state(struct db *db, const struct db_config *config)
{
    struct pg *pg = ARENA_NEW(db->arena, struct pg);

    pthread_once(&library_once, open_library);
    if (library_why != NULL || pg == NULL) {
        db_refuse("libpq: %s", library_why ? library_why : "out of memory");
        return NULL;
    }
    pg->db = db;
    pthread_mutex_init(&pg->gate, NULL);
    pg->listener.wake[0] = pg->listener.wake[1] = -1;
    pg->listener.on_notice = config->on_notice;
    pg->listener.ctx = config->notice_ctx;
    db->state = pg;
    return take_uri(db, config->database, "the database", &pg->uri)
                   && take_uri(db, config->key_database, "the key database", &pg->key_uri)
                   && take_uri(db, config->replica, "the replica", &pg->replica_uri)
               ? pg
               : NULL;
}

static bool
pg_open(struct db *db, const struct db_config *config)
{
    struct pg *pg = new_state(db, config);

    if (pg == NULL) {
        return false;
    }
    open_writers(pg);
    return pg_migrate(pg, config) && pg_listen_start(pg);
}

static bool
pg_status(struct db *db, const struct db_config *config, struct db_migration_state *ret)
{
    struct pg *pg = new_state(db, config);
    bool is_seen = pg != NULL && pg_migrate_look(pg, config, ret);

    if (db->state != NULL) {
        pthread_mutex_destroy(&((struct pg *)db->state)->gate);
    }
    return is_seen;
}

static void
pg_close(struct db *db)
{
    struct pg *pg = db->state;

    if (pg == NULL) {
        return;
    }
    pg_listen_stop(pg);
    db_reader_close_all(db);
    for (int i = 0; i < DB_MAX_WRITERS; i++) {
        struct pg_conn *both[] = {&pg->writers[i].data, &pg->writers[i].keys};
        for (size_t k = 0; k < COUNT(both) && both[k]->pg != NULL; k++) {
            pg_disconnect(both[k]);
            mem_free(both[k]->plans);
        }
    }
    pthread_mutex_destroy(&pg->gate);
}

const struct db_engine pg_engine = {
    .name = "postgresql",
    .reads_block = true,
    .batch_sets = 128, /* what a batch that must be undone makes wait */
    .batch_bytes = MB(1),
    .open = pg_open,
    .status = pg_status,
    .reader_open = pg_reader_open,
    .reader_close = pg_reader_close,
    .read = pg_read,
    .commit = pg_commit,
    .prepare = pg_prepare,
    .keep_months = pg_keep_months,
    .drop_months = pg_drop_months,
    .close = pg_close,
};
