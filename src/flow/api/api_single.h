/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of which the house has one: integrations, the system's settings, the tenant manager. They are there with their
 * defaults before anything is stored. What a row of app/routes.c is about is a struct api_record with these verbs. Only
 * keys that are not bound to a tenant see or change them. */
#pragma once
#include "flow/api/api_record.h"

/* A place in the path that no route has: for .id_at where the path has no id. */
enum { API_SINGLE_NO_ID = RQ_MAX_SEGMENTS - 1 };
#define API_SINGLE_VERBS                                                                           \
    .load = api_single_load, .check = api_record_check, .update = api_single_store,                \
    .beside = &api_beside_table
enum err api_single_load(struct api_call *call);
enum err api_single_store(struct api_call *call);
/* The same for the one with this id: sets call->id and call->before. */
MUST_USE enum err api_single_load_id(struct api_call *call, struct uuid id);

/* Handlers; rq->about is the struct api_record. */
MUST_USE enum err api_single_retrieve(struct rq *rq);
MUST_USE enum err api_single_change(struct rq *rq); /* PUT and PATCH */
