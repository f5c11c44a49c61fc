/* SPDX-License-Identifier: Apache-2.0 */
/* Between fetch.c and the rules beside it: for a request, and for an address about to be connected to. */
#pragma once
#include "io/fetch/fetch.h"

struct sockaddr;

/* True if no connection may be made to it: not IP, or not an ordinary public unicast address. */
bool fetch_address_is_refused(const struct sockaddr *address);

/* May this request be made? */
bool fetch_judge_allows(const struct fetch_config *config, const struct fetch_request *request);
/* Is it a header that the connection or the rest of a request says? */
bool fetch_judge_is_ours(const struct fetch_request *request, str name);
