/* SPDX-License-Identifier: Apache-2.0 */
/* Each thread's own read connections, at most one a database, found without a lock.
 *
 * Invariants: 1 a reader is in its thread's list, and in its database's list while that is open;
 * 2 both lists change under the registry's lock only; 3 a serial is never reused, so a reader of a
 * closed database is never taken for one of a database opened later at the same address. */
#include "io/db/sqlite_internal.h"

#include "base/mem.h"

struct sqlite_reader {
    struct sqlite_reader *next_of_thread;
    struct sqlite_reader *next_of_db, *prev_of_db;
    uint64_t serial;
    struct sqlite *owner; /* NULL once the database is closed */
    struct sqlite_conn *conn[SQLITE_PLACES];
};

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool is_key_made;
static _Thread_local struct sqlite_reader *own;

/* Both under the registry's lock. */
static void
link_reader(struct sqlite *s, struct sqlite_reader *r)
{
    r->owner = s;
    r->next_of_db = s->readers;
    if (s->readers != NULL) {
        s->readers->prev_of_db = r;
    }
    s->readers = r;
}

static void
unlink_reader(struct sqlite_reader *r)
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
    r->owner = NULL;
    for (int place = 0; place < SQLITE_PLACES; place++) {
        sqlite_conn_close(r->conn[place]);
        r->conn[place] = NULL;
    }
}

/* At a thread's end, for its whole list. */
static void
thread_ends(void *list)
{
    struct sqlite_reader *r = list, *next;

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
sqlite_reader_close_all(struct sqlite *s)
{
    pthread_mutex_lock(&registry);
    while (s->readers != NULL) {
        unlink_reader(s->readers); /* its thread frees it */
    }
    pthread_mutex_unlock(&registry);
}

/* Frees this thread's readers of databases that were closed. */
static void
drop_closed(void)
{
    struct sqlite_reader **at = &own;

    pthread_mutex_lock(&registry);
    while (*at != NULL) {
        struct sqlite_reader *r = *at;
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

static struct sqlite_reader *
add_reader(struct sqlite *s)
{
    struct sqlite_reader *r;

    pthread_once(&key_once, make_key);
    drop_closed();
    r = is_key_made ? MEM_NEW(struct sqlite_reader) : NULL;
    if (r == NULL) {
        db_refuse("out of memory");
        return NULL;
    }
    r->serial = s->serial;
    r->next_of_thread = own;
    if (pthread_setspecific(key, r) != 0) {
        mem_free(r);
        db_refuse("out of memory");
        return NULL;
    }
    own = r;
    pthread_mutex_lock(&registry);
    link_reader(s, r);
    pthread_mutex_unlock(&registry);
    return r;
}

struct sqlite_conn *
sqlite_reader_conn(struct db *db, enum db_place place)
{
    struct sqlite *s = db->state;
    struct sqlite_reader *r = own;

    while (r != NULL && r->serial != s->serial) {
        r = r->next_of_thread;
    }
    if (r == NULL) {
        r = add_reader(s);
    }
    if (r != NULL && r->conn[place] == NULL) {
        r->conn[place] = sqlite_conn_open(s->path[place], place, SQLITE_READER, db);
    }
    return r ? r->conn[place] : NULL;
}
