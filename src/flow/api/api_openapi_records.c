/* SPDX-License-Identifier: Apache-2.0 */
/* What is only stored, for the OpenAPI document: the wrappers of each resource, in the words of
 * api_openapi.h. Their operations follow from the routes: what they are about says what they take and give. */
#include "flow/api/api_openapi.h"

#include "base/base.h"
#include "flow/api/api_tables.h"
#include "model/group/group.h"

/* clang-format off */
static const struct field_table *const tables[] = {&api_member_criteria_table, &membership_table};

static const struct api_type types[] = {
    {"Group", "data:any{} id:uuid insertInstant:instant lastUpdateInstant:instant name:string roles:ApplicationRole[]{} tenantId:uuid"},
    {"GroupMemberSearchRequest", "search:GroupMemberSearchCriteria"},
    {"GroupMemberSearchResponse", "members:GroupMember[] total:integer"},
    {"GroupRequest", "group:Group roleIds:uuid[]"},
    {"GroupResponse", "group:Group groups:Group[]"},
    {"GroupSearchRequest", "search:GroupSearchCriteria"},
    {"GroupSearchResponse", "groups:Group[] total:integer"},
    {"MemberDeleteRequest", "memberIds:uuid[] members:uuid[]{}"},
    {"MemberRequest", "members:GroupMember[]{}"},
    {"MemberResponse", "members:GroupMember[]{}"},
    {"UserActionReasonRequest", "userActionReason:UserActionReason"},
    {"UserActionReasonResponse", "userActionReason:UserActionReason userActionReasons:UserActionReason[]"},
};

static const struct api_operation operations[] = {
    {"GET",    "/api/group/member/search", NULL,                       "GroupMemberSearchResponse", "groupId numberOfResults orderBy startRow tenantId userId"},
    {"POST",   "/api/group/member/search", "GroupMemberSearchRequest", "GroupMemberSearchResponse", ""},
    {"POST",   "/api/group/member",        "MemberRequest",            "MemberResponse",            ""},
    {"PUT",    "/api/group/member",        "MemberRequest",            "MemberResponse",            ""},
    {"DELETE", "/api/group/member",        "MemberDeleteRequest",      NULL,                        "groupId memberId userId"},
};
/* clang-format on */
const struct api_chapter api_records_chapter = {
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};
