/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeping: found by a reader, removed by key, in steps that leave the writer to others. The writer
 * looks for nothing; each removal's WHERE decides anew, so a row that was prolonged since it was
 * found stays. */
#include "model/job/job.h"
#include "model/rq/rq.h"

enum { MIN_ROWS = 10, FIRST_ROWS = 50, MAX_ROWS = 500 };
enum { SHORT_US = 1000, LONG_US = 3000 }; /* a step aims between: under the 5 ms promised */
enum { MIN_REST_US = 2000, MAX_REST_US = 100000 };
enum { MAX_KEYS = 4 };

enum err
job_sweep(struct rq *rq, const struct job_rows *rows, size_t max, size_t *ret_count)
{
    struct db_value values[JOB_FIND_VALUES + 1];
    struct db_row *found;
    enum err e;

    CHECK(rows->count >= 1 && rows->count <= JOB_FIND_VALUES);
    memcpy(values, rows->values, rows->count * sizeof *values);
    values[rows->count] = DB_I64((int64_t)max);
    *ret_count = 0;
    e = rq_read_all(rq, rows->find, max, &found, values, rows->count + 1);
    for (; e == ERR_OK && found != NULL; found = found->next) {
        struct db_value key[MAX_KEYS + 1];

        CHECK(found->count <= MAX_KEYS);
        memcpy(key, found->col, found->count * sizeof *key);
        key[found->count] = rows->values[0];
        rq_write(rq, rows->remove, DB_ANY, ERR_OK, key, found->count + 1);
        ++*ret_count;
    }
    return e;
}

struct uuid
job_first_id(int64_t instant_ms)
{
    struct uuid id = {{0}};
    uint64_t ms = instant_ms > 0 ? (uint64_t)instant_ms : 0;

    for (int i = 0; i < 6; i++) {
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    }
    return id;
}

struct job_pace
job_pace_new(int64_t idle_us)
{
    return (struct job_pace){FIRST_ROWS, idle_us};
}

void
job_pace_note(struct job_pace *pace, size_t rows, int64_t us)
{
    int64_t cost = us - pace->idle_us;

    /* Slowly forgotten, so that one lucky set does not keep every later step small. */
    pace->idle_us = MIN(pace->idle_us + pace->idle_us / 64 + 1, us);
    if (cost > LONG_US) {
        pace->rows = MAX(rows / 2, MIN_ROWS);
    } else if (cost < SHORT_US && rows == pace->rows) { /* a step that found less says little */
        pace->rows = MIN(rows * 2, MAX_ROWS);
    }
}

int64_t
job_pace_rest_us(int64_t us)
{
    return MIN(MAX(us, MIN_REST_US), MAX_REST_US);
}
