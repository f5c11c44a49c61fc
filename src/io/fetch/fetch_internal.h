/* SPDX-License-Identifier: Apache-2.0 */
/* Between fetch.c and fetch_address.c: the rule for an address about to be connected to. */
#pragma once
#include "io/fetch/fetch.h"

struct sockaddr;

/* True if no connection may be made to it: not IP, or not an ordinary public unicast address. */
bool fetch_address_is_refused(const struct sockaddr *address);
