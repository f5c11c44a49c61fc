/* SPDX-License-Identifier: Apache-2.0 */
/* The command that migrates, or tells what is missing, without a server. */
#pragma once

struct config;

enum { MIGRATE_MISSING = 3 };
/* `cardea migrate`: applies what the databases lack and prints the state of each migration. With
 * --status nothing is changed, and MIGRATE_MISSING says that some are missing. 0: up to date, 1: it
 * could not be done. */
int migrate_run(const struct config *config);
