/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept about people, for the OpenAPI document: comments, consents, families, actions taken. */
#include "base/base.h"
#include "flow/api/api_action.h"
#include "flow/api/api_openapi.h"
#include "flow/api/api_tables.h"
#include "model/agreement/agreement.h"
#include "model/comment/comment.h"
#include "model/family/family.h"

/* clang-format off */
static const struct field_table *const tables[] = {
    &action_log_table, &agreement_given_table, &api_family_request_table, &comment_table, &family_member_table, &api_action_order_table, &api_action_prevented_table, &api_comment_criteria_table,
};

static const struct api_type types[] = {
    {"ActionRequest", "action:ActionData broadcast:boolean eventInfo:EventInfo"},
    {"ActionResponse", "action:UserActionLog actions:UserActionLog[]"},
    {"UserCommentRequest", "userComment:UserComment"},
    {"UserCommentResponse", "userComment:UserComment userComments:UserComment[]"},
    {"UserCommentSearchRequest", "search:UserCommentSearchCriteria"},
    {"UserCommentSearchResponse", "total:integer userComments:UserComment[]"},
    {"ConsentRequest", "consent:Consent"},
    {"ConsentResponse", "consent:Consent consents:Consent[]"},
    {"ConsentSearchRequest", "search:ConsentSearchCriteria"},
    {"ConsentSearchResponse", "consents:Consent[] total:integer"},
    {"Family", "id:uuid insertInstant:instant lastUpdateInstant:instant members:FamilyMember[]"},
    {"FamilyRequest", "familyMember:FamilyMember"},
    {"FamilyResponse", "families:Family[] family:Family"},
    {"FormFieldRequest", "field:FormField fields:FormField[]"},
    {"FormFieldResponse", "field:FormField fields:FormField[]"},
    {"FormRequest", "form:Form"},
    {"FormResponse", "form:Form forms:Form[]"},
    {"PendingResponse", "users:User[]"},
    {"UserConsentRequest", "userConsent:UserConsent"},
    {"UserConsentResponse", "userConsent:UserConsent userConsents:UserConsent[]"},
    {"UserActionRequest", "userAction:UserAction"},
    {"UserActionResponse", "userAction:UserAction userActions:UserAction[]"},
};

static const struct api_operation operations[] = {
    {"GET",    "/api/user/action/{actionId?}", NULL,            "ActionResponse", "userId active preventingLogin"},
    {"POST",   "/api/user/action",             "ActionRequest", "ActionResponse", ""},
    {"PUT",    "/api/user/action/{actionId}",  "ActionRequest", "ActionResponse", ""},
    {"DELETE", "/api/user/action/{actionId}",  "ActionRequest", "ActionResponse", ""},
    {"GET",    "/api/user/consent/{userConsentId?}", NULL, "UserConsentResponse", "userId"},
    {"POST",   "/api/user/consent/{userConsentId?}", "UserConsentRequest", "UserConsentResponse", ""},
    {"PUT",    "/api/user/consent/{userConsentId}", "UserConsentRequest", "UserConsentResponse", ""},
    {"PATCH",  "/api/user/consent/{userConsentId}", "UserConsentRequest", "UserConsentResponse", ""},
    {"DELETE", "/api/user/consent/{userConsentId}", NULL, NULL, ""},
    {"GET",    "/api/user/family/pending", NULL, "PendingResponse", "parentEmail"},
    {"POST",   "/api/user/family/request", "FamilyEmailRequest", NULL, ""},
    {"GET",    "/api/user/family/{familyId?}", NULL, "FamilyResponse", "userId"},
    {"POST",   "/api/user/family/{familyId?}", "FamilyRequest", "FamilyResponse", ""},
    {"PUT",    "/api/user/family/{familyId}", "FamilyRequest", "FamilyResponse", ""},
    {"DELETE", "/api/user/family/{familyId}/{userId}", NULL, NULL, ""},
    {"POST",   "/api/user/comment",            "UserCommentRequest", "UserCommentResponse", ""},
    {"GET",    "/api/user/comment/{userId}",   NULL, "UserCommentResponse", ""},
    {"GET",    "/api/user/comment/search",     NULL, "UserCommentSearchResponse", "comment commenterId numberOfResults orderBy startRow tenantId userId"},
    {"POST",   "/api/user/comment/search",     "UserCommentSearchRequest", "UserCommentSearchResponse", ""},
};
/* clang-format on */
const struct api_chapter api_people_chapter = {
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};
