/* SPDX-License-Identifier: Apache-2.0 */
/* /api/group/member: members of groups by group, {"members": {"<group>": [{"userId": ...}]}}. A membership stands in
 * the person's profile and as a row: each person of a call is changed once. PUT leaves a group the members
 * that are named and no other. At most API_LIST_MAX memberships in a call. */
#include <stdlib.h>

#include "flow/api/api_admin.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_group_member.h"
#include "flow/api/api_tables.h"
#include "model/user/user.h"

bool
api_group_member_add(struct api_group_changes *to, const struct membership *member, bool is_end)
{
    if (to->count == API_LIST_MAX) {
        return false;
    }
    to->list[to->count++] = (struct api_group_change){*member, is_end};
    return true;
}

enum err
api_group_member_too_many(struct rq *rq)
{
    return api_refuse(
        rq, "members", "tooMany", "At most 500 memberships can be changed in one call.");
}

/* A membership gives the group's roles, those of administrators among them. */
static enum err
check_given(struct rq *rq, const struct group *group)
{
    struct admin what;
    enum err e = group_admin(rq, group, &what);

    if (e == ERR_OK && !api_admin_may_give(rq, &what)) {
        return api_refuse(rq, "members", "notAllowed",
            "The group gives roles that permit more than the caller may.");
    }
    return e;
}

enum err
api_group_member_group(struct api_group_changes *changes, str text, struct uuid *ret)
{
    struct rq *rq = changes->rq;
    struct group *group = NULL;
    void *thing = NULL;
    enum err e = ERR_OK;

    if (uuid_parse(text, ret)) {
        e = record_load(rq, &group_kind, *ret, &thing);
        group = thing;
    }
    if (e != ERR_OK) {
        return e;
    }
    if (group == NULL || !api_may_see(rq, group->head.tenant_id)
        || (changes->tenant != NULL && !uuid_eq(changes->tenant->id, group->head.tenant_id))) {
        return api_refuse(
            rq, "members", "invalid", "Each name must be the id of a group, all of one tenant.");
    }
    e = check_given(rq, group);
    return e ? e : tenant_load(rq, group->head.tenant_id, &changes->tenant);
}

static enum err
take_member(
    struct api_group_changes *changes, struct uuid group_id, const struct json *value, str path)
{
    struct field_reader reader = api_reader(changes->rq);
    struct membership member = {.group_id = {{0}}};

    if (!field_read(&reader, &membership_table, FIELD_CREATE, value, path, &member)) {
        return arena_failed(changes->rq->arena) ? FAIL_SERVER(changes->rq) : ERR_OK;
    }
    if (uuid_is_nil(member.user_id)) {
        const char *at = str_z(reader.arena, str_fmt(reader.arena, STRF ".userId", STRV(path)));
        field_fault(&reader, at ? at : "members", "missing", "Say who is the member.");
    }
    member.group_id = group_id;
    member.insert_instant = changes->rq->now;
    if (uuid_is_nil(member.id)) {
        member.id = rq_new_id(changes->rq);
    }
    return api_group_member_add(changes, &member, false) ? ERR_OK
                                                         : api_group_member_too_many(changes->rq);
}

/* Reads {"<group>": [member, ...]}. */
static enum err
take_members(struct api_group_changes *changes, const struct json *members)
{
    enum err e = ERR_OK;

    if (members == NULL || members->type != JSON_OBJECT || members->count == 0) {
        return api_refuse(changes->rq, "members", "missing",
            "Send members: an object with a list of members for each group.");
    }
    for (const struct json *g = members->first; e == ERR_OK && g != NULL; g = g->next) {
        struct uuid group_id;
        e = api_group_member_group(changes, g->name, &group_id);
        for (const struct json *m = g->type == JSON_ARRAY ? g->first : NULL;
             e == ERR_OK && m != NULL; m = m->next) {
            e = take_member(changes, group_id, m,
                str_fmt(changes->rq->arena, "members[" STRF "]", STRV(g->name)));
        }
    }
    return e;
}

static int
by_user(const void *a, const void *b)
{
    const struct api_group_change *left = a, *right = b;
    int order = uuid_cmp(left->member.user_id, right->member.user_id);

    return order ? order : uuid_cmp(left->member.group_id, right->member.group_id);
}

/* The person's memberships with the changes in; a membership that is there keeps its id and age. */
static void
apply(struct api_group_changes *changes, const struct api_group_change *list, size_t count,
    struct membership *to, size_t *to_count)
{
    for (size_t i = 0; i < count; i++) {
        const struct api_group_change *c = &list[i];
        size_t at = 0;
        while (at < *to_count && !uuid_eq(to[at].group_id, c->member.group_id)) {
            at++;
        }
        if (c->is_end) {
            if (at < *to_count) {
                to[at] = to[--*to_count];
            }
            group_member_remove(
                changes->rq, changes->tenant, c->member.group_id, c->member.user_id);
        } else {
            if (at == *to_count) {
                to[(*to_count)++] = c->member;
            }
            to[at].data = c->member.data;
            to[at].user_id = c->member.user_id;
            group_member_put(changes->rq, changes->tenant, &to[at]);
        }
    }
}

static enum err
change_person(struct api_group_changes *changes, struct api_group_change *list, size_t count)
{
    struct rq *rq = changes->rq;
    struct user *before, after;
    struct membership *memberships;
    size_t kept;
    enum err e = user_load(rq, changes->tenant, list[0].member.user_id, USER_PLAIN, &before);

    if (e != ERR_OK) {
        return e;
    }
    if (before == NULL) {
        return list[0].is_end ? ERR_OK
                              : api_refuse(rq, "members.userId", "invalid",
                                  "Each userId must be that of a user of the groups' tenant.");
    }
    kept = before->memberships.count;
    memberships = ARENA_ARRAY(rq->arena, kept + count, struct membership);
    if (memberships == NULL) {
        return FAIL_SERVER(rq);
    }
    for (size_t i = 0; i < kept; i++) {
        memberships[i] = ((const struct membership *)before->memberships.items)[i];
    }
    apply(changes, list, count, memberships, &kept);
    after = *before;
    after.memberships = (struct field_list){memberships, kept};
    e = user_update(rq, changes->tenant, before, &after);
    for (size_t i = 0; e == ERR_OK && i < count; i++) { /* as it stands now */
        for (size_t j = 0; j < kept; j++) {
            if (uuid_eq(memberships[j].group_id, list[i].member.group_id)) {
                list[i].member = memberships[j];
            }
        }
    }
    return e;
}

enum err
api_group_member_declare(struct api_group_changes *changes)
{
    size_t from = 0;
    enum err e = api_faults(changes->rq);

    qsort(changes->list, changes->count, sizeof *changes->list, by_user);
    for (size_t i = 1; e == ERR_OK && i <= changes->count; i++) {
        if (i == changes->count
            || !uuid_eq(changes->list[i].member.user_id, changes->list[from].member.user_id)) {
            e = change_person(changes, changes->list + from, i - from);
            from = i;
        }
    }
    return e;
}

enum err
api_group_member_note(struct api_group_changes *changes, const char *kind)
{
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < changes->count; i++) {
        struct api_change change = {.kind = kind,
            .id = changes->list[i].member.group_id,
            .user_id = changes->list[i].member.user_id};
        e = api_audit(changes->rq, changes->tenant, &change);
    }
    return e;
}

static void
write_members(
    const struct api_group_changes *changes, const struct json *asked, struct json_out *out)
{
    json_out_name(out, S("members"));
    json_out_object(out);
    for (const struct json *g = asked->first; g != NULL; g = g->next) {
        struct uuid group_id;
        json_out_name(out, g->name);
        json_out_array(out);
        for (size_t i = 0; uuid_parse(g->name, &group_id) && i < changes->count; i++) {
            const struct api_group_change *c = &changes->list[i];
            if (!c->is_end && uuid_eq(c->member.group_id, group_id)) {
                field_write(&membership_table, FIELD_FOR_API, &c->member, out);
            }
        }
        json_out_array_end(out);
    }
    json_out_object_end(out);
}

static bool
has_person(const struct api_group_changes *changes, struct uuid group_id, struct uuid user_id)
{
    for (size_t i = 0; i < changes->count; i++) {
        if (uuid_eq(changes->list[i].member.group_id, group_id)
            && uuid_eq(changes->list[i].member.user_id, user_id)) {
            return true;
        }
    }
    return false;
}

/* PUT: whoever is in a group and was not named leaves it. */
static enum err
end_others(struct api_group_changes *changes, const struct json *members)
{
    enum err e = ERR_OK;

    for (const struct json *g = members->first; e == ERR_OK && g != NULL; g = g->next) {
        struct group_query query = {.rows = API_LIST_MAX + 1};
        struct membership *list = NULL;
        size_t count = 0, total;
        if (!uuid_parse(g->name, &query.group_id)) {
            continue;
        }
        e = group_members(changes->rq, changes->tenant, &query, &list, &count, &total);
        for (size_t i = 0; e == ERR_OK && i < count; i++) {
            if (!has_person(changes, query.group_id, list[i].user_id)
                && !api_group_member_add(changes, &list[i], true)) {
                return api_group_member_too_many(changes->rq);
            }
        }
    }
    return e;
}

enum err
api_group_member_begin(struct rq *rq, struct api_group_changes *ret, const char *const *objects,
    const struct field_table *table, void *beside, const struct json **ret_body)
{
    enum err e = api_body(rq, objects, table, beside, ret_body);

    *ret = (struct api_group_changes){.rq = rq};
    ret->list = ARENA_ARRAY(rq->arena, API_LIST_MAX, struct api_group_change);
    e = e ? e : api_faults(rq);
    return e || ret->list != NULL ? e : FAIL_SERVER(rq);
}

enum err
api_group_member_put(struct rq *rq)
{
    static const char *const objects[] = {"members", NULL};
    bool is_put = rq->http->method == HTTP_PUT;
    struct api_beside beside;
    struct api_group_changes changes;
    struct api_answer answer;
    const struct json *body, *members;
    enum err e = api_group_member_begin(rq, &changes, objects, &api_beside_table, &beside, &body);

    members = e ? NULL : json_get(body, S("members"));
    e = e ? e : take_members(&changes, members);
    if (e == ERR_OK && is_put) {
        e = end_others(&changes, members);
    }
    e = e ? e : api_group_member_declare(&changes);
    e = e ? e
          : api_group_member_note(&changes, is_put ? "group.member.update" : "group.member.add");
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    write_members(&changes, members, &answer.out);
    return api_answer_send(rq, &answer, 200);
}
