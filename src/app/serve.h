/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that open the house. */
#pragma once
#include "app/config.h"
#include "base/id.h"

struct arena;
struct dispatch;
struct house;

/* cardea serve: runs until SIGTERM or SIGINT, then lets requests in flight end. The process's
 * exit status. */
int serve_run(const struct config *config);
/* cardea kickstart FILE: applies a kickstart file to the data folder. */
int serve_kickstart(const struct config *config);
/* A command of the operator: the house is open, nobody is served. */
struct serve_inside {
    struct dispatch *dispatch;
    struct house *house;
    struct arena *arena;
    struct uuid default_tenant; /* nil: the database is empty */
};
/* Opens, runs the command and closes; its exit status. */
int serve_inside(const struct config *config,
    int (*run)(const struct serve_inside *inside, const struct config *config));
/* Makes an empty database's first tenant, of this id or, when it is nil, of a fresh one; sets default_tenant. */
MUST_USE bool serve_first_tenant(struct serve_inside *inside, struct uuid id);
/* cardea healthcheck: 0 if the server at listen answers GET /api/health with 200. */
int serve_healthcheck(const struct config *config);
