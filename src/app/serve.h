/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that open the house. */
#pragma once
#include "app/config.h"

/* cardea serve: runs until SIGTERM or SIGINT, then lets requests in flight end. The process's
 * exit status. */
int serve_run(const struct config *config);
/* cardea kickstart FILE: applies a kickstart file to the data folder. */
int serve_kickstart(const struct config *config);
/* cardea healthcheck: 0 if the server at listen answers GET /api/health with 200. */
int serve_healthcheck(const struct config *config);
