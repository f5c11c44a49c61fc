/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept about people, for the OpenAPI document: comments, consents, families, actions taken. */
#include "base/base.h"
#include "flow/api/api_action.h"
#include "flow/api/api_openapi.h"
#include "flow/api/api_tables.h"
#include "model/comment/comment.h"

/* clang-format off */
static const struct field_table *const tables[] = {
    &action_log_table, &comment_table, &api_action_order_table, &api_action_prevented_table, &api_comment_criteria_table,
};

static const struct api_type types[] = {
    {"ActionRequest", "action:ActionData broadcast:boolean eventInfo:EventInfo"},
    {"ActionResponse", "action:UserActionLog actions:UserActionLog[]"},
    {"UserCommentRequest", "userComment:UserComment"},
    {"UserCommentResponse", "userComment:UserComment userComments:UserComment[]"},
    {"UserCommentSearchRequest", "search:UserCommentSearchCriteria"},
    {"UserCommentSearchResponse", "total:integer userComments:UserComment[]"},
    {"UserActionRequest", "userAction:UserAction"},
    {"UserActionResponse", "userAction:UserAction userActions:UserAction[]"},
};

static const struct api_operation operations[] = {
    {"GET",    "/api/user/action/{actionId?}", NULL,            "ActionResponse", "userId active preventingLogin"},
    {"POST",   "/api/user/action",             "ActionRequest", "ActionResponse", ""},
    {"PUT",    "/api/user/action/{actionId}",  "ActionRequest", "ActionResponse", ""},
    {"DELETE", "/api/user/action/{actionId}",  "ActionRequest", "ActionResponse", ""},
    {"POST",   "/api/user/comment",            "UserCommentRequest", "UserCommentResponse", ""},
    {"GET",    "/api/user/comment/{userId}",   NULL, "UserCommentResponse", ""},
    {"GET",    "/api/user/comment/search",     NULL, "UserCommentSearchResponse", "comment commenterId numberOfResults orderBy startRow tenantId userId"},
    {"POST",   "/api/user/comment/search",     "UserCommentSearchRequest", "UserCommentSearchResponse", ""},
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
