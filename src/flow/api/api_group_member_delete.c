/* SPDX-License-Identifier: Apache-2.0 */
/* DELETE /api/group/member: memberships ended, by id, by group and person, or a whole group at once. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_group_member.h"

/* clang-format off */
struct delete_beside {
    struct field_texts member_ids;
    str event_info;
};
static const struct field delete_fields[] = {
    {.name = "eventInfo", .kind = FIELD_JSON,  .offset = FIELD_AT(struct delete_beside, event_info), .max = 8192},
    {.name = "memberIds", .kind = FIELD_UUIDS, .offset = FIELD_AT(struct delete_beside, member_ids)},
};
static const struct field_table delete_table = FIELD_TABLE("MemberDeleteRequest", delete_fields, struct delete_beside, NULL);
/* clang-format on */

static enum err
end_by_id(struct api_group_changes *changes, struct uuid id)
{
    struct membership member;
    bool found;
    enum err e;

    if (changes->tenant == NULL) {
        e = api_tenant(changes->rq);
        changes->tenant = changes->rq->tenant;
        if (e != ERR_OK) {
            return e;
        }
    }
    e = group_member_by_id(changes->rq, changes->tenant, id, &member, &found);
    if (e == ERR_OK && found && !api_group_member_add(changes, &member, true)) {
        return api_group_member_too_many(changes->rq);
    }
    return e;
}

/* {"<group>": [user id, ...]}; an empty list is everybody in it. */
static enum err
end_in_groups(struct api_group_changes *changes, const struct json *members)
{
    enum err e = ERR_OK;

    for (const struct json *g = members->first; e == ERR_OK && g != NULL; g = g->next) {
        struct membership member = {.insert_instant = 0};
        e = api_group_member_group(changes, g->name, &member.group_id);
        for (const struct json *u = g->type == JSON_ARRAY ? g->first : NULL;
             e == ERR_OK && u != NULL; u = u->next) {
            str text;
            if (!json_str(u, &text) || !uuid_parse(text, &member.user_id)) {
                return api_refuse(
                    changes->rq, "members", "couldNotConvert", "Each user id must be a UUID.");
            }
            e = api_group_member_add(changes, &member, true)
                    ? ERR_OK
                    : api_group_member_too_many(changes->rq);
        }
    }
    return e;
}

static enum err
end_whole_group(struct api_group_changes *changes, struct uuid group_id)
{
    struct group_query query = {.group_id = group_id, .rows = API_LIST_MAX + 1};
    struct membership *list = NULL;
    char text[UUID_TEXT];
    size_t count = 0, total;
    enum err e;

    uuid_write(group_id, text);
    e = api_group_member_group(changes, (str){text, sizeof text}, &group_id);
    e = e ? e : group_members(changes->rq, changes->tenant, &query, &list, &count, &total);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = api_group_member_add(changes, &list[i], true) ? ERR_OK
                                                          : api_group_member_too_many(changes->rq);
    }
    return e;
}

/* One, by the id in the path or of the query. */
static enum err
end_one(struct api_group_changes *changes, struct uuid id)
{
    enum err e = end_by_id(changes, id);

    return e == ERR_OK && changes->count == 0 ? api_not_found(changes->rq) : e;
}

/* FusionAuth's ?groupId= with or without ?userId=. */
static enum err
take_query(struct api_group_changes *changes)
{
    struct uuid group_id, user_id, member_id;
    struct rq *rq = changes->rq;
    enum err e = api_query_id(rq, "groupId", &group_id);

    e = e ? e : api_query_id(rq, "userId", &user_id);
    e = e ? e : api_query_id(rq, "memberId", &member_id);
    if (e != ERR_OK) {
        return e;
    }
    if (!uuid_is_nil(member_id)) {
        return end_one(changes, member_id);
    }
    if (uuid_is_nil(group_id)) {
        return api_refuse(rq, "members", "missing",
            "Name the memberships that end: memberIds, or members by group.");
    }
    if (!uuid_is_nil(group_id) && !uuid_is_nil(user_id)) {
        struct membership member = {.group_id = group_id, .user_id = user_id};
        char text[UUID_TEXT];
        uuid_write(group_id, text);
        e = api_group_member_group(changes, (str){text, sizeof text}, &group_id);
        return e || api_group_member_add(changes, &member, true) ? e
                                                                 : api_group_member_too_many(rq);
    }
    return end_whole_group(changes, group_id);
}

/* By the id in the path; by ids in the body, or by group and user; by the query, if the body names none. */
static enum err
take_ends(
    struct api_group_changes *changes, const struct delete_beside *beside, const struct json *body)
{
    const struct json *members = json_get(body, S("members"));
    bool has_members = members != NULL && members->type == JSON_OBJECT;
    struct uuid *ids, id;
    size_t count;
    enum err e = rq_segment_id(changes->rq, 0, "memberId", &id);

    if (e != ERR_OK || !uuid_is_nil(id)) {
        return e ? e : end_one(changes, id);
    }
    e = api_read_ids(changes->rq, &beside->member_ids, "memberIds", &ids, &count);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = end_by_id(changes, ids[i]);
    }
    if (e == ERR_OK && has_members) {
        e = end_in_groups(changes, members);
    }
    return e || count || (has_members && members->count) ? e : take_query(changes);
}

enum err
api_group_member_delete(struct rq *rq)
{
    static const char *const objects[] = {"members", NULL};
    struct delete_beside beside;
    struct api_group_changes changes;
    const struct json *body;
    enum err e = api_group_member_begin(rq, &changes, objects, &delete_table, &beside, &body);

    e = e ? e : take_ends(&changes, &beside, body);
    e = e ? e : api_group_member_declare(&changes);
    e = e ? e : api_group_member_note(&changes, "group.member.remove");
    return e ? e : rq_answer_empty(rq, 200);
}
