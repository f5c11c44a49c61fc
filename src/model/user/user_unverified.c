/* SPDX-License-Identifier: Apache-2.0 */
/* The end of what stayed unverified. An erased key does not come back, and goes before the rows: so the tickets that could
 * still verify somebody end in a step of their own, and in the next one only who is unverified then is deleted. Whoever
 * verifies first stays; whoever comes later has no ticket any more. A registration has no key: its version decides. */
#include "model/user/user_unverified.h"

#include <stdlib.h>

#include "model/admin/admin.h"
#include "model/event/event.h"
#include "model/ticket/ticket.h"
#include "model/user/user_internal.h"

/* NEXT -> FIRST -> SECOND -> FIRST ... -> NEXT: where to go, tickets end, people end, page by page. */
enum { NEXT, FIRST, SECOND };
enum { TENANTS_AT_ONCE = 20, APPLICATIONS_MAX = 1000, PAGE_MAX = 100 };

void
user_unverified_start(const struct delete_policy *before, struct delete_policy *after, int64_t now)
{
    bool is_going_on = before != NULL && before->enabled && before->enabled_instant;

    if (after->enabled) {
        after->enabled_instant = is_going_on ? before->enabled_instant : now;
    }
}

/* Made at or after *ret_from and not after *ret_to is old enough; false: nobody is. */
static bool
window_of(
    const struct rq *rq, const struct delete_policy *policy, int64_t *ret_from, int64_t *ret_to)
{
    *ret_from = policy->enabled_instant;
    *ret_to = rq->now - policy->days * DAY_MS;
    return policy->enabled && *ret_from > 0 && *ret_from <= *ret_to;
}

static bool
people_window(const struct rq *rq, const struct tenant *tenant, int64_t *ret_from, int64_t *ret_to)
{
    return tenant->mail.verifies
           && window_of(rq, &tenant->kept.user_delete.unverified, ret_from, ret_to);
}

static bool
registration_window(
    const struct rq *rq, const struct application *app, int64_t *ret_from, int64_t *ret_to)
{
    return app->verifies_registration
           && window_of(rq, &app->registration_delete.unverified, ret_from, ret_to);
}

/* An entry of the audit log without an actor: the house did it. */
static enum err
note(struct rq *rq, const struct tenant *tenant, const char *kind, struct uuid user_id,
    struct uuid application_id)
{
    struct event_row row = {.tenant_id = tenant->id,
        .id = rq_new_id(rq),
        .user_id = user_id,
        .application_id = application_id,
        .kind = str_from(kind),
        .insert_instant = rq->now,
        .stream = EVENT_AUDIT};

    return event_add_row(rq, tenant, &row, NO_STR);
}

/* ---- people ---- */

static enum err
look_at(struct rq *rq, const struct tenant *tenant, struct uuid id, int64_t state, bool *ret_found)
{
    struct user *user;
    enum err e = user_load(rq, tenant, id, USER_REGISTRATIONS, &user);

    if (e != ERR_OK || user == NULL || user->email.n == 0 || user->verified
        || admin_is_registered(user)) {
        return e;
    }
    *ret_found = true;
    if (state == FIRST) {
        ticket_forget_user_kind(rq, tenant, id, TICKET_VERIFY_EMAIL);
        return ERR_OK;
    }
    e = user_delete(rq, tenant, user);
    return e ? e : note(rq, tenant, "user.delete", id, (struct uuid){{0}});
}

static enum err
page_of_people(struct rq *rq, const struct tenant *tenant, struct user_unverified *walk, size_t max)
{
    struct user_page page = {
        .is_ascending = true, .from = {walk->instant, walk->id}, .max = MIN(max, PAGE_MAX)};
    struct user_listed listed[PAGE_MAX];
    int64_t from = 0, to = 0;
    size_t count = 0, i = 0;
    bool has_found = false;
    enum err e = ERR_OK;

    if (people_window(rq, tenant, &from, &to)) {
        e = user_list(rq, tenant, &page, listed, &count);
    }
    for (; e == ERR_OK && i < count && listed[i].instant <= to; i++) {
        e = look_at(rq, tenant, listed[i].id, walk->state, &has_found);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (walk->state == FIRST && has_found) {
        walk->state = SECOND;
        return ERR_OK;
    }
    walk->state = i == page.max ? FIRST : NEXT;
    if (i > 0) {
        walk->instant = listed[i - 1].instant;
        walk->id = listed[i - 1].id;
    }
    return ERR_OK;
}

/* The next tenant behind the walk's that ends people. */
static enum err
next_tenant(struct rq *rq, struct user_unverified *walk, bool *ret_is_end)
{
    const struct tenant *tenant;
    struct uuid *ids;
    int64_t to;
    size_t count = 0;
    enum err e = tenant_ids_after(rq, walk->tenant_id, TENANTS_AT_ONCE, &ids, &count);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        walk->tenant_id = ids[i];
        e = tenant_load(rq, ids[i], &tenant);
        if (e == ERR_OK && tenant != NULL && people_window(rq, tenant, &walk->instant, &to)) {
            walk->id = (struct uuid){{0}};
            walk->state = FIRST;
            return ERR_OK;
        }
    }
    *ret_is_end = count < TENANTS_AT_ONCE;
    return e;
}

enum err
user_unverified_people(struct rq *rq, struct user_unverified *walk, size_t max, bool *ret_is_end)
{
    const struct tenant *tenant = NULL;
    enum err e;

    *ret_is_end = false;
    if (walk->state == NEXT) {
        return next_tenant(rq, walk, ret_is_end);
    }
    e = tenant_load(rq, walk->tenant_id, &tenant);
    if (e == ERR_OK && tenant == NULL) {
        walk->state = NEXT;
        return ERR_OK;
    }
    return e ? e : page_of_people(rq, tenant, walk, max);
}

/* ---- registrations ---- */

/* The update says which version was read: a registration that was verified meanwhile makes the step run again. */
static enum err
end_registration(struct rq *rq, const struct tenant *tenant, const struct user *user,
    const struct registration *registration)
{
    struct registration same = *registration;
    enum err e = registration_update(rq, tenant, user, &same);

    e = e ? e : registration_delete(rq, tenant, user, same.application_id);
    return e ? e : note(rq, tenant, "user.registration.delete", user->id, same.application_id);
}

static enum err
page_of_registrations(
    struct rq *rq, const struct tenant *tenant, struct user_unverified *walk, size_t max)
{
    struct user_page page = {
        .application_id = walk->application_id, .from = {0, walk->id}, .max = MIN(max, PAGE_MAX)};
    struct user_listed listed[PAGE_MAX];
    const struct application *app = NULL;
    const struct registration *found;
    struct user *user;
    int64_t from, to;
    size_t count = 0;
    enum err e = application_in(rq, walk->application_id, tenant->id, &app);

    walk->state = NEXT;
    if (e != ERR_OK || app == NULL || !registration_window(rq, app, &from, &to)) {
        return e;
    }
    e = user_list(rq, tenant, &page, listed, &count);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        walk->id = listed[i].id;
        e = user_load(rq, tenant, listed[i].id, USER_REGISTRATIONS, &user);
        found = e || user == NULL ? NULL : user_registration(user, app->id);
        if (found != NULL && !found->verified && found->insert_instant >= from
            && found->insert_instant <= to) {
            e = end_registration(rq, tenant, user, found);
        }
    }
    walk->state = count == page.max ? FIRST : NEXT;
    return e;
}

static int
by_id(const void *a, const void *b)
{
    return uuid_cmp(*(const struct uuid *)a, *(const struct uuid *)b);
}

/* The next application of the walk's tenant, by id, that ends registrations. */
static enum err
next_application(struct rq *rq, struct user_unverified *walk, bool *ret_found)
{
    const struct application *app;
    struct uuid *ids;
    int64_t from, to;
    size_t count = 0;
    enum err e = application_ids_in(rq, walk->tenant_id, APPLICATIONS_MAX, &ids, &count);

    if (e == ERR_OK && count > 0) {
        qsort(ids, count, sizeof *ids, by_id);
    }
    for (size_t i = 0; e == ERR_OK && !*ret_found && i < count; i++) {
        if (uuid_cmp(ids[i], walk->application_id) <= 0) {
            continue;
        }
        e = application_in(rq, ids[i], walk->tenant_id, &app);
        if (e == ERR_OK && app != NULL && registration_window(rq, app, &from, &to)) {
            walk->application_id = ids[i];
            memset(walk->id.b, 0xff, sizeof walk->id.b); /* greatest first */
            walk->state = FIRST;
            *ret_found = true;
        }
    }
    return e;
}

enum err
user_unverified_registrations(
    struct rq *rq, struct user_unverified *walk, size_t max, bool *ret_is_end)
{
    const struct tenant *tenant = NULL;
    struct uuid *ids;
    size_t count = 0;
    bool has_found = false;
    enum err e = ERR_OK;

    *ret_is_end = false;
    if (walk->state != NEXT) {
        e = tenant_load(rq, walk->tenant_id, &tenant);
        if (e == ERR_OK && tenant == NULL) {
            walk->state = NEXT;
        }
        return e || tenant == NULL ? e : page_of_registrations(rq, tenant, walk, max);
    }
    if (!uuid_is_nil(walk->tenant_id)) {
        e = next_application(rq, walk, &has_found);
    }
    if (e != ERR_OK || has_found) {
        return e;
    }
    e = tenant_ids_after(rq, walk->tenant_id, 1, &ids, &count);
    *ret_is_end = count == 0;
    if (e == ERR_OK && count > 0) {
        walk->tenant_id = ids[0];
        walk->application_id = (struct uuid){{0}};
    }
    return e;
}
