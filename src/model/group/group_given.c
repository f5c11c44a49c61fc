/* SPDX-License-Identifier: Apache-2.0 */
/* Memberships that come with a person: in the body of a creation, an update, an import. */
#include "model/group/group.h"
#include "model/admin/admin.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

struct given { /* what came with whom */
    struct field_reader *reader;
    const struct user *before;
    struct user *user;
    const char *path;
};

static const struct membership *
find(const struct field_list *list, struct uuid group_id)
{
    const struct membership *all = list->items;

    for (size_t i = 0; i < list->count; i++) {
        if (uuid_eq(all[i].group_id, group_id)) {
            return &all[i];
        }
    }
    return NULL;
}

static void
add_fault(
    const struct given *given, size_t at, const char *member, const char *code, const char *message)
{
    struct arena *arena = given->reader->arena;
    const char *where =
        str_z(arena, str_fmt(arena, "%s.memberships[%zu].%s", given->path, at, member));

    field_fault(given->reader, where ? where : given->path, code, message);
}

/* Whether the group is one of the tenant, and the caller may give what it gives. */
static enum err
is_here(
    struct rq *rq, const struct tenant *tenant, struct uuid group_id, bool *ret, bool *ret_may_give)
{
    void *thing = NULL;
    enum err e = uuid_is_nil(group_id) ? ERR_OK : record_load(rq, &group_kind, group_id, &thing);
    const struct group *group = thing;
    struct admin what;

    *ret = e == ERR_OK && group != NULL && uuid_eq(group->head.tenant_id, tenant->id);
    *ret_may_give = true;
    if (*ret && rq->guards_admins) {
        e = group_admin(rq, group, &what);
        *ret_may_give = e == ERR_OK && admin_covers(rq->admin, &what);
    }
    return e;
}

static enum err
check_id(struct rq *rq, const struct tenant *tenant, const struct membership *member, bool *ret)
{
    struct membership taken;

    *ret = false;
    return uuid_is_nil(member->id) ? ERR_OK
                                   : group_member_by_id(rq, tenant, member->id, &taken, ret);
}

static enum err
check_one(struct rq *rq, const struct tenant *tenant, const struct given *given, size_t at)
{
    struct membership *member = &((struct membership *)given->user->memberships.items)[at];
    const struct user *before = given->before;
    const struct membership *had = before ? find(&before->memberships, member->group_id) : NULL;
    bool is_known = had != NULL, is_taken = false, may_give = true;
    enum err e = ERR_OK;

    if (had == NULL) {
        e = is_here(rq, tenant, member->group_id, &is_known, &may_give);
        e = e ? e : check_id(rq, tenant, member, &is_taken);
    }
    if (e == ERR_OK && !is_known) {
        add_fault(given, at, "groupId", "invalid",
            "Each membership needs the id of a group of the tenant.");
    }
    if (!may_give) {
        add_fault(given, at, "groupId", "notAllowed",
            "The group gives roles that permit more than the caller may.");
    }
    if (is_taken) {
        add_fault(given, at, "id", "duplicate", "This id is another membership's.");
    }
    if (had != NULL) {
        member->id = had->id;
    } else if (uuid_is_nil(member->id)) {
        member->id = rq_new_id(rq);
    }
    member->insert_instant = had ? had->insert_instant : rq->now;
    member->user_id = given->user->id;
    return e;
}

enum err
group_check_given(struct rq *rq, const struct tenant *tenant, struct field_reader *reader,
    const struct user *before, struct user *user, const char *path)
{
    const struct given given = {reader, before, user, path};
    struct membership *list = user->memberships.items;
    size_t kept = 0;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < user->memberships.count; i++) {
        e = check_one(rq, tenant, &given, i);
    }
    for (size_t i = 0; e == ERR_OK && i < user->memberships.count; i++) {
        const struct field_list rest = {list + i + 1, user->memberships.count - i - 1};
        if (find(&rest, list[i].group_id) == NULL) {
            list[kept++] = list[i];
        }
    }
    user->memberships.count = e ? user->memberships.count : kept;
    return e;
}

void
group_put_given(
    struct rq *rq, const struct tenant *tenant, const struct user *before, struct user *user)
{
    struct membership *now = user->memberships.items;
    const struct membership *then = before ? before->memberships.items : NULL;

    for (size_t i = 0; i < user->memberships.count; i++) {
        now[i].user_id = user->id;
        if (before == NULL || find(&before->memberships, now[i].group_id) == NULL) {
            group_member_put(rq, tenant, &now[i]);
        }
    }
    for (size_t i = 0; before != NULL && i < before->memberships.count; i++) {
        if (find(&user->memberships, then[i].group_id) == NULL) {
            group_member_remove(rq, tenant, then[i].group_id, user->id);
        }
    }
}
