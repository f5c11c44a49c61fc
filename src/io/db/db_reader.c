/* SPDX-License-Identifier: Apache-2.0 */
/* Each thread's own read connections of an engine, found without a lock.
 *
 * Invariants: 1 a reader is in its thread's list, and in its database's list while that is open;
 * 2 both lists change under the registry's lock only; 3 a serial is never reused, so a reader of a
 * closed database is never taken for one of a database opened later at the same address. */
#include "io/db/db_internal.h"

#include "base/mem.h"

struct db_reader {
    struct db_reader *next_of_thread;
    struct db_reader *next_of_db, *prev_of_db;
    uint64_t serial;
    struct db *owner; /* NULL once the database is closed */
    void *state;      /* the engine's, made at the first use */
};

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool is_key_made;
static _Thread_local struct db_reader *own;

/* Both under the registry's lock. */
static void
link_reader(struct db *db, struct db_reader *r)
{
    r->owner = db;
    r->next_of_db = db->readers;
    if (db->readers != NULL) {
        db->readers->prev_of_db = r;
    }
    db->readers = r;
}

static void
unlink_reader(struct db_reader *r)
{
    CHECK(r->owner != NULL);
    if (r->next_of_db != NULL) {
        r->next_of_db->prev_of_db = r->prev_of_db;
    }
    if (r->prev_of_db != NULL) {
        r->prev_of_db->next_of_db = r->next_of_db;
    } else {
        r->owner->readers = r->next_of_db;
    }
    r->next_of_db = r->prev_of_db = NULL;
    if (r->state != NULL) {
        r->owner->engine->reader_close(r->state);
        r->state = NULL;
    }
    r->owner = NULL;
}

/* At a thread's end, for its whole list. */
static void
thread_ends(void *list)
{
    struct db_reader *r = list, *next;

    pthread_mutex_lock(&registry);
    for (; r != NULL; r = next) {
        next = r->next_of_thread;
        if (r->owner != NULL) {
            unlink_reader(r);
        }
        mem_free(r);
    }
    pthread_mutex_unlock(&registry);
    own = NULL;
}

static void
make_key(void)
{
    is_key_made = pthread_key_create(&key, thread_ends) == 0;
}

void
db_reader_close_all(struct db *db)
{
    pthread_mutex_lock(&registry);
    while (db->readers != NULL) {
        unlink_reader(db->readers); /* its thread frees it */
    }
    pthread_mutex_unlock(&registry);
}

/* Frees this thread's readers of databases that were closed. */
static void
drop_closed(void)
{
    struct db_reader **at = &own;

    pthread_mutex_lock(&registry);
    while (*at != NULL) {
        struct db_reader *r = *at;
        if (r->owner == NULL) {
            *at = r->next_of_thread;
            mem_free(r);
        } else {
            at = &r->next_of_thread;
        }
    }
    pthread_setspecific(key, own);
    pthread_mutex_unlock(&registry);
}

static struct db_reader *
add_reader(struct db *db)
{
    struct db_reader *r;

    pthread_once(&key_once, make_key);
    drop_closed();
    r = is_key_made ? MEM_NEW(struct db_reader) : NULL;
    if (r == NULL) {
        db_refuse("out of memory");
        return NULL;
    }
    r->serial = db->serial;
    r->next_of_thread = own;
    if (pthread_setspecific(key, r) != 0) {
        mem_free(r);
        db_refuse("out of memory");
        return NULL;
    }
    own = r;
    pthread_mutex_lock(&registry);
    link_reader(db, r);
    pthread_mutex_unlock(&registry);
    return r;
}

void *
db_reader(struct db *db)
{
    struct db_reader *r = own;

    while (r != NULL && r->serial != db->serial) {
        r = r->next_of_thread;
    }
    if (r == NULL) {
        r = add_reader(db);
    }
    if (r != NULL && r->state == NULL) {
        r->state = db->engine->reader_open(db);
    }
    return r ? r->state : NULL;
}
