/* SPDX-License-Identifier: Apache-2.0 */
/* Faults as answers in the three shapes (API, OAuth, page), and the headers every answer has. */
#pragma once
#include "app/route.h"

/* Prepares the answer to rq->fault: FusionAuth's Errors, RFC 6749 s5.2, or a readable page. */
void answer_fault_as(struct rq *rq, enum rq_shape shape);
/* The shape for a path that has no row. */
enum rq_shape answer_shape_of_path(str path);
/* The answer to what io/http itself refused. */
void answer_refused(struct http_exchange *x, int status, const char *reason);
/* A CORS preflight (Fetch s4.8). */
void answer_preflight(const struct route *route, struct rq *rq);
/* Headers that belong on every answer, and CORS. route may be NULL. */
void answer_add_security(const struct route *route, struct rq *rq);
/* The language of pages for this request. */
str answer_language(struct rq *rq);
