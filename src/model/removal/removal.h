/* SPDX-License-Identifier: Apache-2.0 */
/* What ends with very many rows: a tenant, an application. Its own row goes at once, so that nothing of it is
 * found any more, with a note; the rows that were its go in steps that leave the writer to others.
 *
 *   THERE -removal_begin, with its row-> NOTED -step, step ...-> NOTED -the step that finds no row-> GONE
 *
 * Invariants: 1 each step holds the note and names every row by its key, so whoever is late removes nothing of
 * what was made anew with the same id  2 a step may be done twice, by anybody, after any crash. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct rq;

struct removal {
    /* application_id nil: the whole tenant; tenant_id nil: of a universal application, what each tenant has with it */
    struct uuid tenant_id, application_id;
};

/* Declares the note; in the set that removes the row of the tenant or application itself. */
void removal_begin(struct rq *rq, struct removal removal);
/* Whether rows may be left: until then nothing may be made with the same id. */
MUST_USE enum err removal_is_noted(struct rq *rq, struct removal removal, bool *ret);
/* Declares the removal of at most max rows, and how many they are; with none left the end of the note. ERR_AGAIN at
 * commit: somebody else was faster. */
MUST_USE enum err removal_step_of(
    struct rq *rq, struct removal removal, size_t max, size_t *ret_count);
/* The same for whatever is noted first; *ret_is_any false when nothing is. */
MUST_USE enum err removal_step(struct rq *rq, size_t max, size_t *ret_count, bool *ret_is_any);
