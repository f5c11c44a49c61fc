/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of people and of entities. */
#include "model/entity/entity.h"
#include "model/search/search_internal.h"
#include "model/user/user.h"

/* clang-format off */
#define U(member) offsetof(struct user, member)
static const struct search_field people[] = {
    {"active",                          KIND_FLAG,   U(active)},
    {"birthDate",                       KIND_WHOLE,  U(birth_date)},
    {"breachedPasswordLastCheckedInstant", KIND_MOMENT, U(breach.checked_instant)},
    {"breachedPasswordStatus",          KIND_WHOLE,  U(breach.status)},
    {"email",                           KIND_LOGIN,  U(email)},
    {"expiry",                          KIND_MOMENT, U(expiry)},
    {"firstName",                       KIND_NAME,   U(first_name)},
    {"fullName",                        KIND_NAME,   U(full_name)},
    {"id",                              KIND_ID,     U(id)},
    {"imageUrl",                        KIND_WHOLE,  U(image_url)},
    {"insertInstant",                   KIND_MOMENT, U(insert_instant)},
    {"lastLoginInstant",                KIND_MOMENT, U(last_login_instant)},
    {"lastName",                        KIND_NAME,   U(last_name)},
    {"lastUpdateInstant",               KIND_MOMENT, U(last_update_instant)},
    {"login",                           KIND_LOGIN,  SEARCH_ELSEWHERE},
    {"memberships.groupId",             KIND_ID,     SEARCH_ELSEWHERE},
    {"memberships.id",                  KIND_ID,     SEARCH_ELSEWHERE},
    {"memberships.insertInstant",       KIND_MOMENT, SEARCH_ELSEWHERE},
    {"middleName",                      KIND_NAME,   U(middle_name)},
    {"mobilePhone",                     KIND_WHOLE,  U(mobile_phone)},
    {"parentEmail",                     KIND_WHOLE,  U(parent_email)},
    {"passwordChangeRequired",          KIND_FLAG,   U(password_change_required)},
    {"passwordLastUpdateInstant",       KIND_MOMENT, U(password_instant)},
    {"phoneNumber",                     KIND_LOGIN,  U(phone_number)},
    {"preferredLanguages",              KIND_WHOLE,  SEARCH_ELSEWHERE},
    {"registrations.applicationId",     KIND_ID,     SEARCH_ELSEWHERE},
    {"registrations.id",                KIND_ID,     SEARCH_ELSEWHERE},
    {"registrations.insertInstant",     KIND_MOMENT, SEARCH_ELSEWHERE},
    {"registrations.lastLoginInstant",  KIND_MOMENT, SEARCH_ELSEWHERE},
    {"registrations.roles",             KIND_WHOLE,  SEARCH_ELSEWHERE},
    {"registrations.timezone",          KIND_WHOLE,  SEARCH_ELSEWHERE},
    {"registrations.username",          KIND_WHOLE,  SEARCH_ELSEWHERE},
    {"registrations.verified",          KIND_FLAG,   SEARCH_ELSEWHERE},
    {"tenantId",                        KIND_ID,     U(tenant_id)},
    {"timezone",                        KIND_WHOLE,  U(timezone)},
    {"twoFactor.methods.email",         KIND_WHOLE,  SEARCH_ELSEWHERE},
    {"twoFactor.methods.id",            KIND_WHOLE,  SEARCH_ELSEWHERE},
    {"twoFactor.methods.method",        KIND_WHOLE,  SEARCH_ELSEWHERE},
    {"twoFactor.methods.mobilePhone",   KIND_WHOLE,  SEARCH_ELSEWHERE},
    {"uniqueUsername",                  KIND_LOGIN,  U(unique_username)},
    {"username",                        KIND_LOGIN,  U(username)},
    {"verified",                        KIND_FLAG,   U(verified)},
    {"verifiedInstant",                 KIND_MOMENT, U(verified_instant)},
};
static const char *const people_trees[] = {"data.", "memberships.data.", "registrations.data.", NULL};
static const char *const people_paths[] = {"registrations", "memberships", NULL};

const struct search_scope search_people = {
    people, COUNT(people), people_trees, people_paths,
    "The query names a field that people do not have. Some they have: email, firstName, insertInstant, data.plan, "
    "registrations.applicationId.",
    "nested wants the path registrations or memberships."};

#define E(member) offsetof(struct entity, member)
static const struct search_field entities[] = {
    {"clientId",                        KIND_WHOLE,  E(client_id)},
    {"entityType.id",                   KIND_ID,     E(type.id)},
    {"entityType.name",                 KIND_NAME,   SEARCH_ELSEWHERE},
    {"grants.id",                       KIND_ID,     SEARCH_ELSEWHERE},
    {"grants.insertInstant",            KIND_MOMENT, SEARCH_ELSEWHERE},
    {"grants.permissions",              KIND_WHOLE,  SEARCH_ELSEWHERE},
    {"grants.recipientEntityId",        KIND_ID,     SEARCH_ELSEWHERE},
    {"grants.userId",                   KIND_ID,     SEARCH_ELSEWHERE},
    {"id",                              KIND_ID,     E(head.id)},
    {"insertInstant",                   KIND_MOMENT, E(head.insert_instant)},
    {"lastUpdateInstant",               KIND_MOMENT, E(head.last_update_instant)},
    {"name",                            KIND_NAME,   E(name)},
    {"parentId",                        KIND_ID,     E(parent_id)},
    {"tenantId",                        KIND_ID,     E(head.tenant_id)},
    {"type.id",                         KIND_ID,     E(type.id)},
    {"type.name",                       KIND_NAME,   SEARCH_ELSEWHERE},
    {"typeId",                          KIND_ID,     E(type.id)},
};
static const char *const entity_trees[] = {"data.", "grants.data.", NULL};
static const char *const entity_paths[] = {"grants", NULL};

const struct search_scope search_entities = {
    entities, COUNT(entities), entity_trees, entity_paths,
    "The query names a field that entities do not have.", "nested wants the path grants."};
/* clang-format on */
