/* SPDX-License-Identifier: Apache-2.0 */
/* The command that proves the audit log. */
#pragma once
struct config;

/* cardea audit verify: walks every tenant's chain. 0: all hold; 1: it cannot be said; AUDITOR_BROKEN: the first
 * entry that is broken was named. */
enum { AUDITOR_BROKEN = 3 };
int auditor_run(const struct config *config);
