/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL databases for unit tests, on the server of test/io/db/with_postgres. Each test is a process of its own, so
 * databases are kept in a pool on the server: an advisory lock says who has one, and who takes one finds its tables
 * empty and its schema as the last user of that kind left it. */
#pragma once
#include "../../unit.h"

struct place;

/* Whether the tests are to run on PostgreSQL (CARDEA_TEST_ENGINE=postgresql). */
bool place_is_postgres(void);
/* Takes a database that was last used by tests of the same kind; fails the test when there is no server. */
struct place *place_take(const char *kind);
/* Makes a database nobody has used. */
struct place *place_make(void);
/* Gives it back, or drops it if it was made; NULL-safe. */
void place_free(struct place *place);
/* postgresql://..., lives as long as the place. */
str place_uri(const struct place *place);
/* Runs SQL as the server's superuser, in that database; fails the test when it fails. */
void place_run(struct place *place, const char *sql);
/* The first number an SQL text gives; -1 when there is none or it fails. */
int64_t place_number(struct place *place, const char *sql);
/* How often the bytes stand in the rows of a schema's tables, as pg_dump would see them; "" for all of ours. */
size_t place_search(struct place *place, const char *schema, bytes wanted);
/* Keeps a copy of the data without the keys in a file, and puts it back. */
void place_backup(struct place *place, const char *file);
void place_restore(struct place *place, const char *file);
/* Runs pg_ctl on the server: place_ctl("stop -m immediate"), place_ctl("start"). */
void place_ctl(const char *words);
