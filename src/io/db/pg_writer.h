/* SPDX-License-Identifier: Apache-2.0 */
/* One try to commit sets on one connection, and the mark that tells how a try ended of which no answer came. */
#pragma once
#include "io/db/pg_internal.h"

enum pg_outcome {
    PG_SET_DONE,           /* committed */
    PG_SET_MISSED,         /* a write of the set did not find what it must */
    PG_SET_AGAIN,          /* nothing exists, and another try may succeed */
    PG_SET_FAILED,         /* nothing exists */
    PG_SET_UNMARKED,       /* nothing exists: the mark's row is gone */
    PG_SET_NOT_SENT,       /* no connection */
    PG_SET_LOST_FROM_SIGHT /* sent, and no answer came */
};

struct pg_sent;     /* one message of the pipeline */
struct pg_attempt { /* to commit the sets from first up to, not including, end */
    struct pg_writer *w;
    struct db *db;
    struct db_writes *first, *end;
    struct pg_conn *conn;
    bool is_with_keys, is_with_data; /* which writes this connection gets */
    bool opens, closes;              /* begins with BEGIN, ends with mark and COMMIT */
    bool is_stale; /* what is prepared on the connection is no longer as we think */
    struct pg_sent *sent;
    size_t count, cap;
    int64_t deadline;
    struct db_writes *
        culprit; /* with PG_SET_MISSED, PG_SET_AGAIN, PG_SET_FAILED: the set, NULL if it was none */
    const struct db_write *missed;
};

/* Sends the sets and takes the results; what was sent is freed by the caller (a->sent). On any outcome but PG_SET_DONE
 * nothing is left open. */
enum pg_outcome pg_attempt_run(struct pg_attempt *a);
/* A word alone, such as COMMIT: whether the server did it. */
MUST_USE bool pg_attempt_say(struct pg_conn *conn, const char *word);

/* Gives the writer a row for its steps, and takes away those of writers long gone. */
MUST_USE bool pg_mark_new(struct pg_writer *w);
/* What became of the batch that went out of sight: PG_SET_DONE, PG_SET_AGAIN (nothing of it exists), or
 * PG_SET_LOST_FROM_SIGHT when nobody answers. */
enum pg_outcome pg_mark_ask(struct pg_writer *w);
