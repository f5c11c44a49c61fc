/* SPDX-License-Identifier: Apache-2.0 */
/* The command that looks for damage. */
#pragma once
struct config;

/* cardea check: looks over the files of a stopped server, and opens every tenant, application and person with the keys
 * there are. 0: sound; 1: it cannot be said; INSPECT_BROKEN: what was found was named. */
enum { INSPECT_BROKEN = 3 };
int inspect_run(const struct config *config);
