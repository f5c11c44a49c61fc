/* SPDX-License-Identifier: Apache-2.0 */
/* Each thread's own connections: opened lazily, closed with the thread or the database. */
#define UNIT db_reader
#include "db_fixture.h"

#include <dirent.h>
#include <pthread.h>
#include <semaphore.h>

/* How many file descriptors of this process are open on the file. */
static int
open_count(struct fixture *f, const char *name)
{
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    char want[128], path[300], got[300];
    int count = 0;

    REQUIRE(dir != NULL);
    snprintf(want, sizeof want, "%s/%s", f->folder, name);
    while ((entry = readdir(dir)) != NULL) {
        ssize_t n;
        snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
        n = readlink(path, got, sizeof got);
        count += n > 0 && str_eq((str){got, (size_t)n}, str_from(want));
    }
    closedir(dir);
    return count;
}

/* The same on the server: sessions of ours. */
static int
session_count(struct fixture *f)
{
    return (int)place_number(f->place,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'cardea'");
}

/* How many connections to the data there are, once they are so many: the server takes a moment to see that one ended. */
static int
connections(struct fixture *f, int expected)
{
    int count = place_is_postgres() ? session_count(f) : open_count(f, "cardea.db");

    for (int i = 0; place_is_postgres() && count != expected && i < 200; i++) {
        usleep(10000);
        count = session_count(f);
    }
    return count;
}

static struct fixture
one_writer(void)
{
    struct fixture f = fixture_new();

    db_close(f.db);
    f.config.writers = 1;
    f.db = fixture_open(&f.config);
    return f;
}

struct reading {
    struct fixture *f;
    sem_t has_read, may_end;
    int64_t count;
};

static int64_t
count_here(struct fixture *f, int statement)
{
    struct arena *arena = arena_new(KB(64));
    struct db_row *row;
    int64_t count = -1;

    if (db_one(f->db, arena, statement, NULL, 0, &row) == DB_ROW) {
        count = db_i64(row, 0);
    }
    arena_free(arena);
    return count;
}

static void *
read_and_stay(void *arg)
{
    struct reading *r = arg;

    r->count = count_here(r->f, ACCOUNT_COUNT);
    sem_post(&r->has_read);
    sem_wait(&r->may_end);
    return NULL;
}

/* Has another thread read and end; how many connections there are meanwhile. */
static int
count_during_thread(struct fixture *f, int expected)
{
    struct reading r = {.f = f};
    pthread_t thread;
    int count;

    sem_init(&r.has_read, 0, 0);
    sem_init(&r.may_end, 0, 0);
    REQUIRE(pthread_create(&thread, NULL, read_and_stay, &r) == 0);
    sem_wait(&r.has_read);
    EXPECT(r.count == 1);
    count = connections(f, expected);
    sem_post(&r.may_end);
    pthread_join(thread, NULL);
    return count;
}

/* SQLite keeps the descriptor of a closed connection for the next one, while others hold locks on
 * the file: so the count may stay, but not grow. */
TEST(a_thread_opens_what_it_reads_and_its_end_closes_it)
{
    struct fixture f = one_writer();
    int base = place_is_postgres() ? 2 : 1; /* the writer's, the listener's */

    REQUIRE(fixture_add(&f, 1, NO_STR) == DB_COMMITTED);
    EXPECT(connections(&f, base) == base);
    for (int i = 0; i < 5; i++) {
        CHECK_AT(i, count_during_thread(&f, base + 1) == base + 1);
    }
    EXPECT(!place_is_postgres() || connections(&f, base) == base);
    fixture_end(&f);
}

TEST(the_keys_have_a_connection_of_their_own)
{
    struct fixture f = fixture_new();

    if (place_is_postgres()) {
        fixture_end(&f); /* one server, one connection */
        return;
    }
    EXPECT(open_count(&f, "keys.db") == 1);
    EXPECT(count_here(&f, KEY_COUNT) == 0);
    EXPECT(open_count(&f, "keys.db") == 2);
    fixture_end(&f);
}

TEST(closing_a_database_closes_the_connections_of_living_threads)
{
    struct fixture f = fixture_new();
    struct reading r = {.f = &f};
    pthread_t thread;

    sem_init(&r.has_read, 0, 0);
    sem_init(&r.may_end, 0, 0);
    REQUIRE(pthread_create(&thread, NULL, read_and_stay, &r) == 0);
    sem_wait(&r.has_read);
    db_close(f.db);
    EXPECT(connections(&f, 0) == 0);
    EXPECT(open_count(&f, "cardea.db-wal") == 0);
    f.db = fixture_open(&f.config);
    sem_post(&r.may_end);
    pthread_join(thread, NULL);
    EXPECT(count_here(&f, ACCOUNT_COUNT) == 0);
    fixture_end(&f);
}

TEST(a_thread_reads_from_several_databases_without_mixing_them)
{
    enum { DATABASES = 3 };
    struct fixture f[DATABASES];

    for (unsigned i = 0; i < DATABASES; i++) {
        f[i] = fixture_new();
        for (unsigned n = 0; n <= i; n++) {
            REQUIRE(fixture_add(&f[i], n, NO_STR) == DB_COMMITTED);
        }
    }
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < DATABASES; i++) {
            CHECK_AT(i, count_here(&f[i], ACCOUNT_COUNT) == i + 1);
        }
        fixture_reopen(&f[1]); /* a new serial, perhaps at the old address */
    }
    for (int i = 0; i < DATABASES; i++) {
        fixture_end(&f[i]);
    }
}

struct chase {
    struct fixture *f;
    unsigned first;
    int stale;
};

/* Commits and reads back at once, over and over. */
static void *
chase_main(void *arg)
{
    struct chase *chase = arg;
    struct arena *arena = arena_new(KB(64));

    for (unsigned n = chase->first; n < chase->first + 200; n++) {
        struct uuid id = fixture_id(n);
        struct db_writes set;
        struct db_row *row;

        arena_reset(arena);
        db_writes_init(&set, arena);
        db_write(&set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&id), DB_NONE_V, DB_I64(n)));
        chase->stale +=
            db_commit_wait(chase->f->db, &set) != DB_COMMITTED
            || db_one(chase->f->db, arena, ACCOUNT_GET, DB_VALUES(DB_ID(&id)), &row) != DB_ROW
            || db_i64(row, 2) != (int64_t)n;
    }
    arena_free(arena);
    return NULL;
}

TEST(a_read_sees_all_that_was_committed_before_it)
{
    enum { THREADS = 6 };
    struct fixture f = fixture_new();
    struct chase chases[THREADS];
    pthread_t threads[THREADS];

    for (unsigned i = 0; i < THREADS; i++) {
        chases[i] = (struct chase){&f, i * 1000, 0};
        REQUIRE(pthread_create(&threads[i], NULL, chase_main, &chases[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_AT(i, chases[i].stale == 0);
    }
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == THREADS * 200);
    EXPECT(db_count(f.db).failures == 0);
    fixture_end(&f);
}
