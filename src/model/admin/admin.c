/* SPDX-License-Identifier: Apache-2.0 */
/* Who an administrator is, and who has more than whom. Nothing here is cached but applications: rights are read from the
 * person's registration and from the roles' own permissions at each call. */
#include "model/admin/admin.h"

#include "model/rq/rq.h"
#include "model/user/user.h"

struct uuid
admin_application_id(void)
{
    static const struct uuid id = {{0x3c, 0x21, 0x9e, 0x58, 0xed, 0x0e, 0x4b, 0x18, 0xad, 0x48,
        0xf4, 0xf9, 0x27, 0x93, 0xae, 0x32}};

    return id;
}

bool
admin_is_application(struct uuid application_id)
{
    return uuid_eq(application_id, admin_application_id());
}

bool
admin_is_registered(const struct user *user)
{
    return user_registration(user, admin_application_id()) != NULL;
}

/* Adds what holds in a tenant to the scope of that tenant. */
static void
add_scope(struct admin *admin, struct uuid tenant_id, const uint8_t verbs[ADMIN_FAMILY_COUNT])
{
    size_t at = 0;

    while (at < admin->count && !uuid_eq(admin->scopes[at].tenant_id, tenant_id)) {
        at++;
    }
    if (at == admin->count) {
        admin->scopes[admin->count++] = (struct admin_scope){.tenant_id = tenant_id};
    }
    for (size_t f = 0; f < ADMIN_FAMILY_COUNT; f++) {
        admin->scopes[at].verbs[f] |= verbs[f];
    }
}

/* Room for as many scopes as there are roles. */
static enum err
start(struct rq *rq, size_t roles, struct admin *ret)
{
    ret->scopes = ARENA_ARRAY(rq->arena, roles + 1, struct admin_scope);
    ret->count = 1;
    return ret->scopes ? ERR_OK : FAIL_SERVER(rq);
}

static enum err
read_custom(struct rq *rq, const struct admin_role *role, struct admin *admin)
{
    uint8_t verbs[ADMIN_FAMILY_COUNT] = {0};
    str at;

    if (!admin_add_permissions(rq->arena, role->permissions, verbs, &at)) {
        return FAIL_SERVER(rq); /* it was judged when it was stored */
    }
    add_scope(admin, role->scope_id, verbs);
    return ERR_OK;
}

enum err
admin_of_custom(struct rq *rq, const struct admin_role *role, struct admin *ret)
{
    enum err e;

    *ret = (struct admin){.count = 0};
    e = start(rq, 1, ret);
    return e ? e : read_custom(rq, role, ret);
}

static enum err
add_custom(struct rq *rq, const struct application *application, str role_name, struct admin *admin)
{
    const struct role *roles = application->roles.items;
    void *thing = NULL;
    enum err e = ERR_OK;

    for (size_t i = 0; i < application->roles.count; i++) {
        if (str_eq(roles[i].name, role_name)) {
            e = record_load(rq, &admin_role_kind, roles[i].id, &thing);
        }
    }
    return e || thing == NULL ? e : read_custom(rq, thing, admin);
}

static enum err
add_roles(struct rq *rq, const struct field_texts *roles, struct admin *admin)
{
    const struct application *application;
    enum err e = application_load(rq, admin_application_id(), &application);

    for (size_t i = 0; e == ERR_OK && application != NULL && i < roles->count; i++) {
        if (!admin_add_role(roles->items[i], admin->scopes[0].verbs)) {
            e = add_custom(rq, application, roles->items[i], admin);
        }
    }
    return e;
}

enum err
admin_of_roles(struct rq *rq, const struct field_texts *roles, struct admin *ret)
{
    enum err e;

    *ret = (struct admin){.count = 0};
    e = start(rq, roles->count, ret);
    return e ? e : add_roles(rq, roles, ret);
}

enum err
admin_of_user(struct rq *rq, const struct user *user, struct admin *ret)
{
    const struct registration *registration = user_registration(user, admin_application_id());
    enum err e;

    *ret = (struct admin){.user_id = user->id};
    e = start(
        rq, registration ? registration->roles.count + registration->group_roles.count : 0, ret);
    if (e != ERR_OK || registration == NULL) {
        return e;
    }
    e = add_roles(rq, &registration->roles, ret);
    return e ? e : add_roles(rq, &registration->group_roles, ret);
}

unsigned
admin_verbs(const struct admin *admin, struct uuid tenant_id, enum admin_family family)
{
    unsigned verbs = 0;

    for (size_t i = 0; admin != NULL && i < admin->count; i++) {
        if (uuid_is_nil(admin->scopes[i].tenant_id)
            || uuid_eq(admin->scopes[i].tenant_id, tenant_id)) {
            verbs |= admin->scopes[i].verbs[family];
        }
    }
    return verbs;
}

bool
admin_is_super(const struct admin *admin)
{
    for (size_t f = 0; f < ADMIN_FAMILY_COUNT; f++) {
        if (admin_verbs(admin, (struct uuid){{0}}, (enum admin_family)f) != ADMIN_ALL) {
            return false;
        }
    }
    return true;
}

/* Whoever may write may assist. */
static unsigned
implied(unsigned verbs)
{
    return verbs & ADMIN_WRITE ? verbs | ADMIN_ASSIST : verbs;
}

bool
admin_covers(const struct admin *who, const struct admin *what)
{
    for (size_t s = 0; s < what->count; s++) {
        for (size_t f = 0; f < ADMIN_FAMILY_COUNT; f++) {
            unsigned has =
                implied(admin_verbs(who, what->scopes[s].tenant_id, (enum admin_family)f));
            if (what->scopes[s].verbs[f] & ~has) {
                return false;
            }
        }
    }
    return true;
}

enum err
admin_guard(
    struct rq *rq, const struct tenant *tenant, const struct user *user, bool has_registrations)
{
    const struct application *application;
    struct user *whole = NULL;
    struct admin theirs;
    enum err e = application_load(rq, admin_application_id(), &application);

    if (e != ERR_OK || application == NULL || !uuid_eq(application->tenant_id, tenant->id)) {
        return e;
    }
    if (!has_registrations) {
        rq->guards_admins = false; /* this load is ours */
        e = user_load(rq, tenant, user->id, USER_REGISTRATIONS, &whole);
        rq->guards_admins = true;
        if (e != ERR_OK || whole == NULL) {
            return e;
        }
    }
    e = admin_of_user(rq, whole ? whole : user, &theirs);
    if (e == ERR_OK && !admin_covers(rq->admin, &theirs)) {
        e = FAIL(rq, ERR_FORBIDDEN, NULL, "is about somebody with more rights than the caller has");
    }
    return e;
}
