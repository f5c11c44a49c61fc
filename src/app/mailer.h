/* SPDX-License-Identifier: Apache-2.0 */
/* Sends what waits in the outbox: any number of nodes at once, each mail by the one that claimed it. */
#pragma once
#include "base/fault.h"

struct house;

/* One turn: batch after batch until nothing is due. Waits for mail servers: on a thread of its own. */
enum err mailer_send(struct house *house);
