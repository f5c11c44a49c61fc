/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept about a person beside the account: one table for all kinds, as model/record is for configuration. A
 * kind is a struct that begins with struct dossier and a field table; it is sealed under the person's key, so it goes
 * with the person. Its ids and instants are FIELD_NOT_STORED. */
#pragma once
#include "model/field/field.h"

struct rq;
struct tenant;

/* Numbers are in storage: they are never used twice. */
enum dossier_number {
    DOSSIER_ACTION = 1,
    DOSSIER_COMMENT = 2,
    DOSSIER_CONSENT = 3,
    DOSSIER_FAMILY = 4,
};

struct dossier { /* the first member of every kind's struct */
    struct uuid id, tenant_id;
    struct uuid user_id;    /* about whom */
    struct uuid subject_id; /* what it belongs to; nil: nothing */
    struct uuid only;       /* a person has at most one of the kind with it; nil: any number */
    int64_t insert_instant, last_update_instant;
    int64_t until_instant; /* when it ends by itself; 0: never */
    int64_t due_instant;   /* when something is to be done about it; 0: nothing */
};

struct dossier_kind {
    enum dossier_number number;
    const char *name; /* "comment": what its seal is bound to */
    const struct field_table *table;
};

enum { DOSSIER_MAX = 1000 }; /* of one person and kind */

struct dossier_list {
    void **items; /* on the request's arena */
    size_t count;
};

/* The thing on the request's arena; *ret NULL when there is none, or when its person was erased. Its tenant_id
 * says whose it is: the caller judges that. */
MUST_USE enum err dossier_load(
    struct rq *rq, const struct dossier_kind *kind, struct uuid id, void **ret);
/* At most DOSSIER_MAX, oldest first: of a person; of a subject in any tenant; of a tenant, after that id. */
MUST_USE enum err dossier_of_user(struct rq *rq, const struct tenant *tenant,
    const struct dossier_kind *kind, struct uuid user_id, struct dossier_list *ret);
/* Of a person what ends by itself, but not yet. */
MUST_USE enum err dossier_standing(struct rq *rq, const struct tenant *tenant,
    const struct dossier_kind *kind, struct uuid user_id, struct dossier_list *ret);
MUST_USE enum err dossier_of_subject(struct rq *rq, const struct dossier_kind *kind,
    struct uuid subject_id, struct dossier_list *ret);
MUST_USE enum err dossier_of_tenant(struct rq *rq, const struct tenant *tenant,
    const struct dossier_kind *kind, struct uuid after, struct dossier_list *ret);

/* Declare rows. add makes the id where it is nil, sets the instants, and holds the person (ERR_AGAIN when erased
 * meanwhile; ERR_AGAIN when the id or the only one is there: look first). change and remove expect the thing as it
 * was loaded (ERR_AGAIN). hold declares that it must still be as it was loaded. */
MUST_USE enum err dossier_add(
    struct rq *rq, const struct tenant *tenant, const struct dossier_kind *kind, void *thing);
MUST_USE enum err dossier_change(
    struct rq *rq, const struct tenant *tenant, const struct dossier_kind *kind, void *thing);
void dossier_remove(struct rq *rq, const struct dossier_kind *kind, const void *thing);
void dossier_hold(struct rq *rq, const struct dossier_kind *kind, const void *thing);

/* For the job: what something is to be done about by now, the longest due first, and how many rows were looked at, at
 * most max. Rows of erased people are settled on the way; what is there and cannot be
 * opened holds up nobody: it comes again an hour later. */
MUST_USE enum err dossier_due(struct rq *rq, const struct dossier_kind *kind, size_t max,
    struct dossier_list *ret, size_t *ret_looked);
/* Declares that it was done (ERR_AGAIN when the thing was changed or settled meanwhile): what is declared beside it
 * happens once. The next time is next; 0: none. */
void dossier_settle(
    struct rq *rq, const struct dossier_kind *kind, const void *thing, int64_t next);
/* Declare the end of all of a subject, of a person. */
void dossier_forget_subject(struct rq *rq, const struct dossier_kind *kind, struct uuid subject_id);
void dossier_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
