/* SPDX-License-Identifier: Apache-2.0 */
/* A house for tests of the model and the flows: both databases in a temporary folder, or in an empty PostgreSQL
 * database where the environment says so (test/io/db/place.h), a clock that stands still until moved, repeatable randomness, two tenants. Requests are made one after the
 * other or on threads of the test; each is committed as app/ would. */
#pragma once
#include "../unit.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

#include <stdatomic.h>

struct place;

struct fixture {
    char folder[64];
    struct place *place; /* NULL: SQLite */
    struct house house;
    struct unit_rng rng;
    atomic_llong now; /* of the next request */
    atomic_ullong seed;
    struct arena *arena;   /* lives as long as the fixture */
    struct tenant *tenant; /* a copy: a test may change its settings */
    struct tenant *other;  /* another tenant of the same house */
};

/* Opens everything, or fails the test. */
struct fixture *fixture_open(void);
/* Stops the writer, removes the folder. */
void fixture_close(struct fixture *fx);
/* Closes both databases and opens them again, as a restart does; or opens what the test has closed. */
void fixture_restart(struct fixture *fx);
void fixture_reopen(struct fixture *fx);

/* A fresh request; fixture_done frees it. */
struct rq *fixture_rq(struct fixture *fx);
void fixture_done(struct rq *rq);
/* Commits what the request declares: ERR_OK, the miss of the write that failed, or ERR_SERVER. */
enum err fixture_commit(struct rq *rq);
/* Commits and frees; fails the test unless all went well. */
void fixture_finish(struct rq *rq);

/* Gives the request a header, name in lower case. */
void fixture_header(struct rq *rq, str name, str value);
/* Gives the request the cookies that an answer has set, as a browser would. */
void fixture_carry_cookies(const struct rq *from, struct rq *to);
/* The value of a cookie an answer sets; empty when it sets none of that name. */
str fixture_set_cookie(const struct rq *rq, str name_start);

/* Commits the steps of every removal that is noted (model/removal). */
void fixture_remove_ended(struct fixture *fx);
/* Ends the tenant with all its rows. */
void fixture_end_tenant(struct fixture *fx, const struct tenant *tenant);
/* Removes every row of the tenant that a statement lists. */
void fixture_empty(struct fixture *fx, int find, int remove);

/* How many mails wait in the tenant, ten at most; *ret: the newest first, on the fixture's arena. */
struct outbox_mail;
size_t fixture_mails(struct fixture *fx, struct outbox_mail **ret);

/* A committed user with that email address and, unless it is empty, that password. */
struct uuid fixture_user(struct fixture *fx, str email, str password);
/* The user as stored now, on the fixture's arena; NULL when there is none. */
struct user *fixture_load(struct fixture *fx, struct uuid id);
/* A version 7 id that is nobody's. */
struct uuid fixture_id(struct fixture *fx);
/* A committed application of the tenant, with that id or one of its own (nil). */
struct uuid fixture_application(struct fixture *fx, struct uuid id);

/* Keeps a copy of the data without the keys, and puts it back: the database is closed then. */
void fixture_backup(struct fixture *fx);
void fixture_restore(struct fixture *fx);

/* How often the bytes stand in the files of the folder whose names start so: "" data, keys, WAL and
 * master key, "cardea" the data with its WAL, "keys" the keys. On PostgreSQL: in the rows of its schemas. */
size_t fixture_search(struct fixture *fx, const char *name_start, bytes wanted);
/* Rows of a table, on a connection of its own; -1 when it cannot be asked. */
int64_t fixture_count(struct fixture *fx, const char *table);
