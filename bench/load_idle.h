/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that are there and hardly speak: each asks for the JWKS twice a minute. */
#pragma once
#include "base/base.h"

/* Opens so many from as many addresses of this machine as the server's limit per address asks for,
 * and has each ask once. False with errno. */
MUST_USE bool idle_open(int poller, uint16_t port, int64_t count);
/* Lets those ask whose turn it is. */
void idle_ask(void);
/* The shorter of ns and the time until the next turn. */
int64_t idle_next_ns(int64_t ns);
/* Reads what came if the event is of an idle connection. */
bool idle_read(void *event);
/* Those still open. */
int64_t idle_count(void);
