/* SPDX-License-Identifier: Apache-2.0 */
/* What calls share that are about what is kept about people (model/dossier). */
#pragma once
#include "flow/api/api_user.h"
#include "model/dossier/dossier.h"

/* The user of an id in a body, if the caller may see one; a fault at path when there is none. */
MUST_USE enum err api_people_find(struct rq *rq, struct uuid id, const char *path,
    const struct tenant **ret_tenant, struct user **ret);
/* A fault at path unless somebody, of whatever tenant, has this id: administrators may be of another. */
MUST_USE enum err api_people_check(struct rq *rq, struct uuid id, const char *path);
/* The thing of the id in the path's first segment, if the caller may see it; else ERR_NOT_FOUND. */
MUST_USE enum err api_people_load(struct rq *rq, const struct dossier_kind *kind,
    const char *id_name, const struct tenant **ret_tenant, void **ret);
/* Declares the event of a change; before and after may be NULL. */
MUST_USE enum err api_people_note(struct rq *rq, const struct tenant *tenant, const char *event,
    const struct dossier_kind *kind, const void *before, const void *after);
/* Answers {"name": thing}. */
MUST_USE enum err api_people_answer(
    struct rq *rq, const char *name, const struct dossier_kind *kind, const void *thing);
/* Reads the object called name of the body over thing, by the kind's table; faults are collected. */
MUST_USE enum err api_people_read(
    struct rq *rq, const char *name, const struct field_table *table, void *thing);
/* ?userId=: the user it names, if the caller may see one. */
MUST_USE enum err api_people_of_query(
    struct rq *rq, struct uuid *ret_id, const struct tenant **ret_tenant, struct user **ret);
/* Deletes a record (rq->about), and all of a kind that belong to it. */
MUST_USE enum err api_people_delete_record(
    struct rq *rq, const char *id_name, const struct dossier_kind *kind);
