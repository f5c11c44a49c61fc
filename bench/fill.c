/* SPDX-License-Identifier: Apache-2.0 */
/* Fills a database with people, tenants, tokens and events through the server's own code, so that
 * the rows are real: anybody it makes can sign in (people.h says as who). Work is cut into steps
 * of one write set; killed and started again with the same numbers it goes on where it was.
 *
 * Step n waits until step n - SLOTS is committed. So what a killed run left undone lies within
 * SLOTS steps of the furthest one that is there, and each of those is looked for by itself.
 * Usage: fill [-u USERS] [-t TENANTS] [-k TOKENS] [-e EVENTS] [-j THREADS] -- [OPTIONS OF THE SERVER] */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "app/house.h"
#include "fill_rows.h"
#include "model/cache/cache.h"

enum {
    SHOWN_EVERY_S = 5,
    SLOTS = 64,
    PEOPLE_A_STEP = 16,
    MAX_THREADS = 8,
    SLOT_ARENA = 16 * 1024 * 1024
};

static struct fill {
    struct house house;
    struct fill_plan plan;
    int64_t threads;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    bool has_failed;
    const struct work *work;
    int64_t next, done, skipped, checked_to; /* steps */
    uint64_t writes_before;
    struct slot {
        struct arena *arena;
        struct rq rq;
        bool is_busy;
    } slots[SLOTS];
} fill = {.plan = {{10000, 10}, 20000, 30000, 0},
    .threads = 1,
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .freed = PTHREAD_COND_INITIALIZER};

struct work { /* what is made in steps, one kind after the other */
    const char *what;
    int64_t size; /* things a step */
    int64_t (*count)(void);
    enum err (*make)(struct rq *rq, int64_t thing);
    enum err (*is_there)(struct rq *rq, int64_t thing, bool *ret);
};

static int64_t
count_tenants(void)
{
    return fill.plan.people.tenants;
}

static int64_t
count_people(void)
{
    return fill.plan.people.users;
}

static enum err
make_person(struct rq *rq, int64_t person)
{
    return fill_person(rq, &fill.plan, person);
}

static enum err
has_person(struct rq *rq, int64_t person, bool *ret)
{
    return fill_has_person(rq, &fill.plan, person, ret);
}

static const struct work works[] = {
    {"tenants", 4, count_tenants, fill_tenant, fill_has_tenant},
    {"people", PEOPLE_A_STEP, count_people, make_person, has_person},
};

static int64_t
step_count(const struct work *work)
{
    return (work->count() + work->size - 1) / work->size;
}

static void
give_up(const char *why)
{
    pthread_mutex_lock(&fill.lock);
    if (!fill.has_failed) {
        fprintf(stderr, "fill: %s\n", why);
    }
    fill.has_failed = true;
    pthread_cond_broadcast(&fill.freed);
    pthread_mutex_unlock(&fill.lock);
}

static void
free_slot(struct slot *slot, bool is_skipped)
{
    pthread_mutex_lock(&fill.lock);
    slot->is_busy = false;
    fill.done++;
    fill.skipped += is_skipped;
    pthread_cond_broadcast(&fill.freed);
    pthread_mutex_unlock(&fill.lock);
}

/* On the writer's thread. */
static void
committed(struct db_writes *writes)
{
    if (writes->verdict != DB_COMMITTED) {
        give_up(writes->verdict == DB_MISSED ? "something is there that another run made with "
                                               "other numbers"
                                             : "the database refused a step");
    }
    free_slot(writes->owner, false);
}

/* The next step and its slot, once that is free; -1 at the end. */
static int64_t
take_step(struct slot **ret)
{
    int64_t step = -1;

    pthread_mutex_lock(&fill.lock);
    if (!fill.has_failed && fill.next < step_count(fill.work)) {
        step = fill.next++;
        *ret = &fill.slots[step % SLOTS];
        while ((*ret)->is_busy && !fill.has_failed) {
            pthread_cond_wait(&fill.freed, &fill.lock);
        }
        (*ret)->is_busy = true;
    }
    step = fill.has_failed ? -1 : step;
    pthread_mutex_unlock(&fill.lock);
    return step;
}

static int64_t
last_of(int64_t step)
{
    return MIN((step + 1) * fill.work->size, fill.work->count()) - 1;
}

static enum err
is_step_there(struct rq *rq, int64_t step, bool *ret)
{
    enum err e = fill.work->is_there(rq, last_of(step), ret);

    cache_end_request(rq);
    return e;
}

static enum err
make_step(struct slot *slot, int64_t step)
{
    bool is_there = false;
    enum err e = ERR_OK;

    arena_reset(slot->arena);
    house_begin(&fill.house, slot->arena, &slot->rq);
    if (step < fill.checked_to) {
        e = is_step_there(&slot->rq, step, &is_there);
    }
    for (int64_t i = step * fill.work->size; i <= last_of(step) && e == ERR_OK && !is_there; i++) {
        e = fill.work->make(&slot->rq, i);
    }
    cache_end_request(&slot->rq);
    if (is_there) {
        free_slot(slot, true);
        return ERR_OK;
    }
    slot->rq.writes.is_sync_needed = false; /* what a power cut takes is made again */
    slot->rq.writes.done = committed;
    slot->rq.writes.owner = slot;
    return e == ERR_OK && db_commit(fill.house.db, &slot->rq.writes) ? ERR_OK : ERR_SERVER;
}

static void *
produce(void *unused)
{
    struct slot *slot;
    int64_t step;

    (void)unused;
    while ((step = take_step(&slot)) >= 0) {
        if (make_step(slot, step) != ERR_OK) {
            give_up("a step could not be made");
            free_slot(slot, false);
        }
    }
    return NULL;
}

/* Sets where to begin: SLOTS before the furthest step that is there. */
static bool
find_start(void)
{
    int64_t low = 0, high = step_count(fill.work);

    while (low < high) { /* all below low are there, or within SLOTS of one that is not */
        int64_t middle = low + (high - low) / 2;
        bool is_there = false;
        arena_reset(fill.slots[0].arena);
        house_begin(&fill.house, fill.slots[0].arena, &fill.slots[0].rq);
        if (is_step_there(&fill.slots[0].rq, middle, &is_there) != ERR_OK) {
            return false;
        }
        low = is_there ? middle + 1 : low;
        high = is_there ? high : middle;
    }
    fill.next = fill.done = MAX(0, low - SLOTS);
    fill.skipped = 0;
    fill.writes_before = db_count(fill.house.db).writes;
    fill.checked_to = low ? low + SLOTS : 0;
    return true;
}

static void
print_progress(int64_t from, int64_t began_ms, bool is_end)
{
    double seconds = (double)(clock_steady_ms() - began_ms) / 1000;
    int64_t size = fill.work->size, total = step_count(fill.work);
    double rate = seconds > 0 ? (double)(fill.done - from) / seconds : 0;
    int64_t left = rate > 0 ? (int64_t)((double)(total - fill.done) / rate) : 0;

    fprintf(stderr, "fill: %s %lld of %lld, %.0f/s, %.0f rows/s", fill.work->what,
        (long long)MIN(fill.done * size, fill.work->count()), (long long)fill.work->count(),
        rate * (double)size,
        (double)(db_count(fill.house.db).writes - fill.writes_before) / MAX(seconds, 0.001));
    if (is_end) {
        fprintf(stderr, ", %lld steps were there, %.1f s\n", (long long)fill.skipped, seconds);
    } else {
        fprintf(stderr, ", %lld min %02lld s left\n", (long long)left / 60, (long long)left % 60);
    }
}

static void
watch(void)
{
    int64_t from = fill.done, began = clock_steady_ms(), shown = began;
    bool is_going = true;

    while (is_going) {
        usleep(50000);
        pthread_mutex_lock(&fill.lock);
        is_going = !fill.has_failed && fill.done < step_count(fill.work);
        if (!is_going || clock_steady_ms() - shown >= SHOWN_EVERY_S * SECOND_MS) {
            shown = clock_steady_ms();
            print_progress(from, began, !is_going);
        }
        pthread_mutex_unlock(&fill.lock);
    }
}

static bool
run(const struct work *work)
{
    pthread_t threads[MAX_THREADS];

    fill.work = work;
    if (!find_start()) {
        return false;
    }
    for (int64_t i = 0; i < fill.threads; i++) {
        if (pthread_create(&threads[i], NULL, produce, NULL) != 0) {
            return false;
        }
    }
    watch();
    for (int64_t i = 0; i < fill.threads; i++) {
        pthread_join(threads[i], NULL);
    }
    return !fill.has_failed;
}

static bool
found_house(void)
{
    struct slot *slot = &fill.slots[0];
    bool is_empty = false;

    house_begin(&fill.house, slot->arena, &slot->rq);
    if (house_is_empty(&slot->rq, &is_empty) != ERR_OK) {
        return false;
    }
    return !is_empty || (fill_house(&slot->rq) == ERR_OK && house_commit(&slot->rq) == ERR_OK);
}

static bool
read_numbers(int argc, char **argv)
{
    int letter;

    while ((letter = getopt(argc, argv, "u:t:k:e:j:")) != -1) {
        int64_t *to = letter == 'u'   ? &fill.plan.people.users
                      : letter == 't' ? &fill.plan.people.tenants
                      : letter == 'k' ? &fill.plan.tokens
                      : letter == 'e' ? &fill.plan.events
                                      : &fill.threads;
        if (letter == '?' || !str_i64(str_from(optarg), to) || *to < 0) {
            return false;
        }
    }
    return fill.plan.people.users > 0 && fill.plan.people.tenants > 0 && fill.threads > 0
           && fill.threads <= MAX_THREADS;
}

static int
fail(const char *why)
{
    fprintf(stderr, "fill: %s\n", why);
    return 1;
}

int
main(int argc, char **argv)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    struct config config;
    const char *why = "there is not enough memory";
    bool is_done;

    if (!read_numbers(argc, argv)) {
        return fail("usage: fill [-u USERS] [-t TENANTS] [-k TOKENS] [-e EVENTS] [-j THREADS]"
                    " -- [OPTIONS OF THE SERVER]");
    }
    if (arena == NULL || !config_read(arena, argc - optind, argv + optind, &config, &why)
        || !house_open(&config, arena, &fill.house, &why)) {
        return fail(why);
    }
    fill.plan.now = clock_now_ms();
    for (int i = 0; i < SLOTS; i++) {
        fill.slots[i].arena = arena_new(SLOT_ARENA);
        if (fill.slots[i].arena == NULL) {
            return fail(why);
        }
    }
    is_done = found_house() && run(&works[0]) && run(&works[1]);
    house_close(&fill.house);
    return is_done ? 0 : fail("not all was made: the same command goes on from here");
}
