/* SPDX-License-Identifier: Apache-2.0 */
/* What is only stored, for the OpenAPI document: the wrappers of each resource, in the words of
 * api_openapi.h. Their operations follow from the routes: what they are about says what they take and give. */
#include "flow/api/api_openapi.h"

#include "base/base.h"
#include "flow/api/api_tables.h"
#include "model/entity/entity.h"
#include "model/group/group.h"

/* clang-format off */
static const struct field_table *const tables[] = {&api_entity_criteria_table, &api_entity_grant_criteria_table, &api_member_criteria_table, &entity_permission_table, &membership_table};

static const struct api_type types[] = {
    {"AdminRoleRequest", "adminRole:AdminRole"},
    {"AdminRoleResponse", "adminRole:AdminRole adminRoles:AdminRole[]"},
    {"Entity", "clientId:string clientSecret:string data:any{} id:uuid insertInstant:instant lastUpdateInstant:instant name:string parentId:uuid tenantId:uuid type:EntityType"},
    {"EntityGrant", "data:any{} entity:Entity id:uuid insertInstant:instant lastUpdateInstant:instant permissions:string[] recipientEntityId:uuid userId:uuid"},
    {"EntityGrantRequest", "grant:EntityGrant"},
    {"EntityGrantResponse", "grant:EntityGrant grants:EntityGrant[]"},
    {"EntityGrantSearchRequest", "search:EntityGrantSearchCriteria"},
    {"EntityGrantSearchResponse", "grants:EntityGrant[] total:integer"},
    {"EntityRequest", "entity:Entity"},
    {"EntityResponse", "entity:Entity"},
    {"EntitySearchRequest", "search:EntitySearchCriteria"},
    {"EntitySearchResponse", "entities:Entity[] nextResults:string total:integer"},
    {"EntityTypeRequest", "entityType:EntityType permission:EntityTypePermission"},
    {"EntityTypeResponse", "entityType:EntityType entityTypes:EntityType[] permission:EntityTypePermission"},
    {"EntityTypeSearchRequest", "search:EntityTypeSearchCriteria"},
    {"EntityTypeSearchResponse", "entityTypes:EntityType[] total:integer"},
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
    {"POST",   "/api/entity/type/{entityTypeId}/permission/{permissionId?}", "EntityTypeRequest", "EntityTypeResponse", ""},
    {"PUT",    "/api/entity/type/{entityTypeId}/permission/{permissionId}",  "EntityTypeRequest", "EntityTypeResponse", ""},
    {"PATCH",  "/api/entity/type/{entityTypeId}/permission/{permissionId}",  "EntityTypeRequest", "EntityTypeResponse", ""},
    {"DELETE", "/api/entity/type/{entityTypeId}/permission/{permissionId?}", NULL, NULL, "name"},
    {"PUT",    "/api/entity/search",           NULL,                       NULL,                        ""},
    {"GET",    "/api/entity/grant/search",     NULL,                       "EntityGrantSearchResponse", "entityId name numberOfResults orderBy startRow userId"},
    {"POST",   "/api/entity/grant/search",     "EntityGrantSearchRequest", "EntityGrantSearchResponse", ""},
    {"GET",    "/api/entity/{entityId}/grant", NULL,                       "EntityGrantResponse",       "recipientEntityId userId"},
    {"POST",   "/api/entity/{entityId}/grant", "EntityGrantRequest",       NULL,                        ""},
    {"PUT",    "/api/entity/{entityId}/grant", "EntityGrantRequest",       NULL,                        ""},
    {"DELETE", "/api/entity/{entityId}/grant", NULL,                       NULL,                        "recipientEntityId userId"},
    {"GET",    "/api/group/member/search", NULL,                       "GroupMemberSearchResponse", "groupId numberOfResults orderBy startRow tenantId userId"},
    {"POST",   "/api/group/member/search", "GroupMemberSearchRequest", "GroupMemberSearchResponse", ""},
    {"POST",   "/api/group/member",        "MemberRequest",            "MemberResponse",            ""},
    {"PUT",    "/api/group/member",        "MemberRequest",            "MemberResponse",            ""},
    {"DELETE", "/api/group/member/{memberId?}", "MemberDeleteRequest",      NULL,                        "groupId memberId userId"},
};
/* clang-format on */
const struct api_chapter api_records_chapter = {
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};
