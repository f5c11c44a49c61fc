/* SPDX-License-Identifier: Apache-2.0 */
/* What an endpoint asks of an administrator (decision 0025): a family and the verbs of which one suffices. The table is in
 * api_right.c. API keys have endpoints of their own and ask nothing here. */
#pragma once
#include "model/admin/admin.h"

struct api_right {
    bool is_none; /* a person's own way in: nobody comes here as an administrator */
    enum admin_family family;
    unsigned verbs; /* enum admin_verb */
};
/* endpoint: the route's path without its parameters. Endpoints without a row are the house's. */
struct api_right api_right_of(str endpoint, str method);
/* The path of a route without its parameters: "/api/application/role"; empty when the arena failed. */
str api_endpoint_of(struct arena *arena, const char *path);
