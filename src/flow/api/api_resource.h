/* SPDX-License-Identifier: Apache-2.0 */
/* Create, retrieve, change and delete, the same way for every resource: a table of what differs. */
#pragma once
#include "flow/api/api.h"
#include "model/application/application.h"

enum { API_BESIDE_MAX = 128 };

struct api_resource;
struct api_call { /* one call on its way */
    struct rq *rq;
    const struct api_resource *resource;
    const struct tenant *tenant;           /* whose thing it is */
    const struct application *application; /* which it is part of, or NULL */
    bool is_for_tenant;       /* what is made is the tenant's, where it might be the house's */
    struct uuid id;           /* of the thing: from the path, or made */
    bool has_new_id;          /* made */
    struct uuid user_id;      /* whom it is about, if it is not a user itself */
    const struct json *value; /* the object of the body */
    const void *before;       /* NULL: it is made now */
    void *after;
    enum field_mode mode;
    struct field_reader reader;
    /* What stands beside the object in the answer; NULL: nothing. */
    void (*write_more)(const void *more, struct json_out *out);
    const void *more;
    _Alignas(max_align_t) char beside[API_BESIDE_MAX]; /* what stands beside it in the body */
};

struct api_resource {
    const char *name;    /* of the wrapper, and path of its faults: "tenant" */
    const char *id_name; /* of its id in the path: "tenantId" */
    size_t id_at;        /* which segment that is */
    const struct field_table *table;
    const struct field_table *beside;
    const char *created, *updated, *deleted; /* kinds of events */
    size_t list; /* of a part of an application (api_part.h): where its list stands in the struct */
    /* Finds the thing of call->id: sets tenant, application, before; before stays NULL when there
     * is none that the caller may see. */
    enum err (*load)(struct api_call *call);
    /* For a new thing: sets tenant and application, says whether call->id is taken. */
    enum err (*place)(struct api_call *call);
    /* Rules beyond the table: collects faults. */
    enum err (*check)(struct api_call *call);
    /* Declare the writes. */
    enum err (*create)(struct api_call *call);
    enum err (*update)(struct api_call *call);
    enum err (*remove)(struct api_call *call);
    /* Writes the thing; NULL: by its table. */
    void (*write)(struct rq *rq, const void *object, struct json_out *out);
};

/* The verbs; resource handlers call them. */
MUST_USE enum err api_resource_create(struct rq *rq, const struct api_resource *resource);
MUST_USE enum err api_resource_retrieve(struct rq *rq, const struct api_resource *resource);
MUST_USE enum err api_resource_change(struct rq *rq, const struct api_resource *resource);
MUST_USE enum err api_resource_delete(struct rq *rq, const struct api_resource *resource);

/* Begins a call: the id of the path, and for api_resource_load the thing, or ERR_NOT_FOUND. */
MUST_USE enum err api_resource_start(
    struct rq *rq, const struct api_resource *resource, struct api_call *call);
MUST_USE enum err api_resource_load(
    struct rq *rq, const struct api_resource *resource, struct api_call *call);
/* Sets the tenant in whose events a change stands: that of this id, or for what is the house's (nil)
 * the default one. */
MUST_USE enum err api_resource_tenant(struct api_call *call, struct uuid id);
/* Declares the event of the call's change: nothing, or what it made of before and after. */
MUST_USE enum err api_resource_audit(struct api_call *call, const char *kind);
/* Answers {"name": object}. */
MUST_USE enum err api_resource_answer(struct api_call *call, const void *object);
/* Adds [duplicate] at the resource's id_name. */
void api_resource_taken(struct api_call *call);
