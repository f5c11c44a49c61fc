/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept about people, for the OpenAPI document: comments, consents, families, actions taken. */
#include "base/base.h"
#include "flow/api/api_action.h"
#include "flow/api/api_openapi.h"

/* clang-format off */
static const struct field_table *const tables[] = {
    &api_action_order_table, &api_action_prevented_table,
};

static const struct api_type types[] = {
    {"ActionRequest", "action:ActionData broadcast:boolean eventInfo:EventInfo"},
    {"ActionResponse", "action:UserActionLog actions:UserActionLog[]"},
    {"UserActionRequest", "userAction:UserAction"},
    {"UserActionResponse", "userAction:UserAction userActions:UserAction[]"},
};

static const struct api_operation operations[] = {
    {"GET",    "/api/user/action/{actionId?}", NULL,            "ActionResponse", "userId active preventingLogin"},
    {"POST",   "/api/user/action",             "ActionRequest", "ActionResponse", ""},
    {"PUT",    "/api/user/action/{actionId}",  "ActionRequest", "ActionResponse", ""},
    {"DELETE", "/api/user/action/{actionId}",  "ActionRequest", "ActionResponse", ""},
};
/* clang-format on */
const struct api_chapter api_people_chapter = {
    .tables = tables,
    .table_count = COUNT(tables),
    .types = types,
    .type_count = COUNT(types),
    .operations = operations,
    .operation_count = COUNT(operations),
};
