/* SPDX-License-Identifier: Apache-2.0 */
/* Roles and scopes: items of a list inside their application, changed one at a time. resource->list says which list. */
#pragma once
#include "flow/api/api_application.h"

/* Sets the call's application and tenant from the first segment, and call->before: the item of call->id. */
MUST_USE enum err api_part_load(struct api_call *call);
/* The same for a new item: ERR_NOT_FOUND without the application, a fault when the id is taken. */
MUST_USE enum err api_part_place(struct api_call *call);
/* Declares the application with call->after in place of call->before: NULL before adds it, NULL
 * after takes the item away. */
MUST_USE enum err api_part_write(struct api_call *call);
/* The item's id and instants, which are ours to say; and a fault at path when another has its name (empty: not asked). */
void api_part_settle(struct api_call *call, str name, const char *path, const char *message);
