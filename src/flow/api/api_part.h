/* SPDX-License-Identifier: Apache-2.0 */
/* Roles and scopes: items of a list inside their application, changed one at a time. */
#pragma once
#include "flow/api/api_application.h"

/* Sets the call's application and tenant from the first segment; call->before is the item of
 * call->id in the list that stands at this offset of struct application. */
MUST_USE enum err api_part_load(struct api_call *call, size_t list);
/* The same for a new item: ERR_NOT_FOUND without the application, a fault when the id is taken. */
MUST_USE enum err api_part_place(struct api_call *call, size_t list);
/* Declares the application with call->after in place of call->before: NULL before adds it, NULL
 * after takes the item away. */
MUST_USE enum err api_part_write(struct api_call *call, size_t list);
