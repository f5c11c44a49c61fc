/* SPDX-License-Identifier: Apache-2.0 */
/* Resources that are only stored (model/record): what a row of app/routes.c is about. Adding one: a kind in
 * model/, a struct api_record, rows in routes.c, a chapter of the OpenAPI document, a test. */
#pragma once
#include "flow/api/api_resource.h"
#include "flow/api/api_search.h"
#include "model/record/record.h"

struct api_record {
    /* By API_RECORD_VERBS; beside, and table and write where what clients see is not what is stored, are its own. */
    struct api_resource resource;
    const struct record_kind *kind;
    const char *type;        /* of its wrappers: "Theme" for ThemeRequest, ThemeResponse ... */
    const char *plural;      /* of GET without an id, and of a search: "themes" */
    const char *name_member; /* the wire name of its unique name; NULL: "name" */
    const struct field_table
        *criteria; /* begins with struct api_criteria; NULL: cannot be searched */
    /* Whether one fits what is asked for beyond its name, which begins the search; NULL: the name is all. */
    bool (*matches)(struct rq *rq, const void *thing, const void *criteria);
    enum err (*check)(
        struct api_call *call); /* rules beyond table, unique name and references; may be NULL */
    bool
        is_private; /* of the house, and not shown to keys of one tenant: it holds secrets of others */
};

/* The members of struct api_resource that are the same for all; also: .name, .id_name, .beside, .created ... */
#define API_RECORD_VERBS                                                                           \
    .load = api_record_load, .place = api_record_place, .check = api_record_check,                 \
    .create = api_record_store_new, .update = api_record_store, .remove = api_record_remove
enum err api_record_load(struct api_call *call);
enum err api_record_place(struct api_call *call);
enum err api_record_check(struct api_call *call);
enum err api_record_store_new(struct api_call *call);
enum err api_record_store(struct api_call *call);
enum err api_record_remove(struct api_call *call);

/* The record of a call. */
const struct api_record *api_record_of(const struct api_call *call);
/* Calls visit for each thing the caller may see, on memory that is given back after each; of a search the page
 * that is asked for. For resources whose lists differ from the usual. */
typedef void api_record_visit(void *ctx, const void *thing);
MUST_USE enum err api_record_each(
    struct rq *rq, const struct api_record *record, api_record_visit *visit, void *ctx);

/* Handlers; rq->about is the struct api_record. */
MUST_USE enum err api_record_create(struct rq *rq);
MUST_USE enum err api_record_retrieve(struct rq *rq); /* one, or all */
MUST_USE enum err api_record_change(struct rq *rq);   /* PUT and PATCH */
MUST_USE enum err api_record_delete(struct rq *rq);
MUST_USE enum err api_record_search(struct rq *rq); /* GET and POST */
