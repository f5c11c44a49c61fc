/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#pragma once
#include "model/federate/federate.h"

/* exp is there and not over, nbf and iat, where they are, not to come. */
bool federate_in_time(const struct rq *rq, const struct json *claims);
bool federate_is_for(const struct json *claims, str audience);
