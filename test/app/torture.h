/* SPDX-License-Identifier: Apache-2.0 */
/* A house of its own with a tenant, two applications and a person, requests to it, and each of them performed with the
 * first, second, third ... allocation or database call of the process failing until one is answered. */
#pragma once
#include "../unit.h"

#include "../io/db/place.h"
#include "app/dispatch.h"
#include "app/house.h"

struct torture_world {
    char folder[64];
    struct place *place; /* NULL: SQLite */
    struct arena *arena;
    struct house house;
    struct run_pool *workers, *hashers;
    struct dispatch *dispatch;
    struct uuid tenant_id, app_id, everywhere_id;
    str secret;
};

struct torture_answer {
    int status;
    str location, cookies, body;
};

enum torture_kind { TORTURE_NOTHING, TORTURE_MEMORY, TORTURE_DATABASE };

struct torture_call {
    enum http_method method;
    const char *path;
    str query, body, cookies, authorization;
    bool is_api; /* JSON, by the operator */
    long stride; /* 0: every failure, 7: each seventh */
};

/* Opens and closes it; a fault fails the test. */
void torture_open(struct torture_world *w);
void torture_close(struct torture_world *w);
/* Performs the call with the failure number n (0: the first); the answer is in keep. */
struct torture_answer torture_perform(struct torture_world *w, struct arena *keep,
    const struct torture_call *call, enum torture_kind kind, long n);
/* Performs it with failure number 0, 1, 2 ... until it succeeds; a refused one must have left nothing in any table. */
struct torture_answer torture(struct torture_world *w, struct arena *keep,
    const struct torture_call *call, enum torture_kind kind);
/* A member of an answer: "a" or "a.b". */
str torture_member(struct arena *arena, str body, str path);
