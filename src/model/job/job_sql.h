/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/job: the only place with SQL over its table. Every change names the beat it
 * has read: the row's version. */
#pragma once

/* clang-format off */
#define JOB_SQL(X) /* name, database, text */                                                      \
    X(JOB_GET, DB_DATA, "SELECT holder, beat, next_instant, last_instant, place FROM job WHERE name = $1") \
    X(JOB_ADD, DB_DATA, "INSERT INTO job (name, holder, beat, next_instant, last_instant, place)"  \
        " VALUES ($1, $2, 1, 0, 0, $3)")                                                           \
    X(JOB_TAKE, DB_DATA, "UPDATE job SET holder = $3, beat = beat + 1 WHERE name = $1 AND beat = $2") \
    X(JOB_BEAT, DB_DATA, "UPDATE job SET beat = beat + 1, place = $4"                              \
        " WHERE name = $1 AND beat = $2 AND holder = $3")                                          \
    X(JOB_END, DB_DATA, "UPDATE job SET beat = beat + 1, place = $4, holder = $5, next_instant = $6," \
        " last_instant = $7 WHERE name = $1 AND beat = $2 AND holder = $3")
/* clang-format on */
