/* SPDX-License-Identifier: Apache-2.0 */
/* cardea export: what cardea apply takes, written. */
#pragma once
struct config;

/* Prints the configuration as YAML, secrets by reference: to the environment, or with --secrets DIR to files that are
 * written there. The exit status. */
int export_run(const struct config *config);
