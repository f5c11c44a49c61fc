/* SPDX-License-Identifier: Apache-2.0 */
/* Administrators who call with their access token. For the handlers they are an API key that holds where their roles do, so
 * that there is one rule for who sees what. Order: the token, the person, their roles, where. */
#include "flow/api/api_admin.h"

#include "model/claims/claims.h"
#include "model/user/user.h"

/* A token of the administrators' application, of a person, of a grant that can be revoked. */
static enum err
find_person(struct rq *rq, struct user **ret)
{
    struct access *access = NULL;
    enum err e = claims_believe(rq, rq_bearer(rq), &access);

    *ret = NULL;
    if (e != ERR_OK || access == NULL || !admin_is_application(access->application_id)
        || uuid_is_nil(access->user_id) || uuid_is_nil(access->grant_id)) {
        return e;
    }
    return user_load(rq, access->tenant, access->user_id, USER_REGISTRATIONS, ret);
}

/* Where the call may act: in the tenant it names, everywhere, or in the only tenant where the roles allow it. False when that
 * is nowhere. */
static bool
choose_scope(struct rq *rq, const struct admin *admin, struct api_right right, struct uuid *ret)
{
    size_t found = 0;

    if (uuid_parse(rq_header(rq, S("x-fusionauth-tenantid")), ret)) {
        return admin_verbs(admin, *ret, right.family) & right.verbs;
    }
    *ret = (struct uuid){{0}};
    if (admin_verbs(admin, *ret, right.family) & right.verbs) {
        return true;
    }
    for (size_t i = 0; i < admin->count; i++) {
        if (admin->scopes[i].verbs[right.family] & right.verbs) {
            *ret = admin->scopes[i].tenant_id;
            found++;
        }
    }
    return found == 1;
}

static enum err
let_in(struct rq *rq, const struct user *user, struct api_right right)
{
    struct admin *admin = ARENA_NEW(rq->arena, struct admin);
    struct api_key *key = ARENA_NEW(rq->arena, struct api_key);
    struct uuid scope;
    enum err e = admin && key ? admin_of_user(rq, user, admin) : FAIL_SERVER(rq);

    if (e != ERR_OK || !choose_scope(rq, admin, right, &scope)) {
        return e;
    }
    admin->verbs = admin_verbs(admin, scope, right.family);
    *key = (struct api_key){
        .id = user->id, .tenant_id = scope, .is_key_manager = right.family == ADMIN_API_KEY};
    if (admin_verbs(admin, (struct uuid){{0}}, right.family) & right.verbs) {
        key->tenant_id = (struct uuid){{0}}; /* a header narrows the call, not the person */
    }
    rq->admin = admin;
    rq->api_key = key;
    return ERR_OK;
}

enum err
api_admin_find(struct rq *rq, str endpoint)
{
    struct api_right right = api_right_of(endpoint, rq->http->method_text);
    struct user *user = NULL;
    enum err e = right.is_none ? ERR_OK : find_person(rq, &user);

    return e || user == NULL ? e : let_in(rq, user, right);
}

static bool
is_for_everything(const struct api_key *key)
{
    return uuid_is_nil(key->tenant_id)
           && (key->permissions.endpoints.n == 0 || str_eq(key->permissions.endpoints, S("{}")));
}

bool
api_is_super(const struct rq *rq)
{
    if (rq->admin != NULL) {
        return admin_is_super(rq->admin);
    }
    return rq->api_key != NULL && is_for_everything(rq->api_key);
}

bool
api_may_write(const struct rq *rq)
{
    return rq->admin == NULL || (rq->admin->verbs & ADMIN_WRITE);
}

bool
api_may_delete(const struct rq *rq)
{
    return rq->admin == NULL || (rq->admin->verbs & ADMIN_DELETE);
}

void
api_admin_watch(struct rq *rq, str endpoint)
{
    struct api_right right;

    if (rq->api_key == NULL || api_is_super(rq)) {
        rq->guards_admins = false;
        return;
    }
    right = api_right_of(endpoint, rq->http->method_text);
    rq->guards_admins = !right.is_none && right.verbs != ADMIN_READ;
}

bool
api_admin_may_give(const struct rq *rq, const struct admin *what)
{
    return api_is_super(rq) || admin_covers(rq->admin, what);
}

enum err
api_admin_check_roles(struct rq *rq, struct field_reader *reader, struct uuid application_id,
    const struct field_texts *roles, const char *path)
{
    struct admin what;
    enum err e;

    if (!admin_is_application(application_id) || roles->count == 0 || api_is_super(rq)) {
        return ERR_OK;
    }
    e = admin_of_roles(rq, roles, &what);
    if (e == ERR_OK && !admin_covers(rq->admin, &what)) {
        field_fault(
            reader, path, "notAllowed", "Nobody gives a role that permits more than they may.");
    }
    return e;
}

enum err
api_admin_is_home(struct rq *rq, struct uuid tenant_id, bool *ret)
{
    const struct application *application;
    enum err e = application_load(rq, admin_application_id(), &application);

    *ret = e == ERR_OK && application != NULL && uuid_eq(application->tenant_id, tenant_id);
    return e;
}

enum err
api_admin_check_home(struct rq *rq, struct uuid tenant_id)
{
    bool is_home = false;
    enum err e = api_is_super(rq) ? ERR_OK : api_admin_is_home(rq, tenant_id, &is_home);

    return e || !is_home
               ? e
               : api_refuse(rq, "", "notAllowed",
                   "Administrators sign in here: only a caller with every right changes how.");
}

/* Has the administrator in that tenant what a key has that may call the endpoint, all of it? */
static bool
covers_call(const struct admin *admin, struct uuid tenant_id, str endpoint, str method)
{
    struct api_right right = api_right_of(endpoint, method);
    unsigned has = admin_verbs(admin, tenant_id, right.family) & ~(unsigned)ADMIN_ASSIST;

    if (right.verbs & ADMIN_DELETE) { /* of several verbs a key has the strongest */
        has &= ADMIN_DELETE;
    }
    return right.is_none || (right.verbs & has);
}

/* Nothing that begins above our endpoints: it would grow with each new one. */
static bool
names_endpoints(struct rq *rq, const struct api_key *key)
{
    const struct json *entries;

    if (!json_parse(rq->arena, key->permissions.endpoints, &entries, NULL)) {
        return false;
    }
    for (const struct json *e = entries->first; e != NULL; e = e->next) {
        struct api_right right = api_right_of(e->name, S("GET"));
        if (!right.is_none && right.family == ADMIN_HOUSE) {
            return false;
        }
    }
    return true;
}

bool
api_admin_covers_key(struct rq *rq, const struct api_key *key)
{
    size_t count;
    const struct api_route *routes = api_routes(&count);

    if (admin_is_super(rq->admin)) {
        return true;
    }
    if (key->permissions.endpoints.n == 0 || str_eq(key->permissions.endpoints, S("{}"))
        || !names_endpoints(rq, key)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        str endpoint = api_endpoint_of(rq->arena, routes[i].path);
        str method = str_from(routes[i].method);
        if (apikey_may(rq, key, endpoint, method)
            && !covers_call(rq->admin, key->tenant_id, endpoint, method)) {
            return false;
        }
    }
    return !arena_failed(rq->arena);
}
