/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/user/import: up to 100,000 users with hashes of their passwords, in one write set: all of them, or none. The body is
 * cut into users that are read one after the other, each on memory that is given back (docs/decisions/0022).
 * Deviation: without validateDbConstraints a taken login id is told of all the same, since the set is then made again
 * with that check. */
#include "flow/api/api_cut.h"
#include "flow/api/api_admin.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_user.h"
#include "model/application/application.h"
#include "model/factor/factor.h"
#include "model/group/group.h"
#include "model/user/user_import.h"
#include "model/user/user_verified.h"

enum {
    USERS_MAX = 100000,
    FAULTS_MAX = 100, /* then nothing more is looked at */
    PLAIN_MAX = 1000, /* passwords to be hashed here: some 20 ms each */
    IMPORT_BYTES = 1024 * 1024 * 1024,
    APPLICATIONS_MAX = 32
};

struct options { /* type ImportRequest, without the users */
    str scheme, event_info;
    int64_t factor;
    bool validates;
};
/* clang-format off */
#define O(member) FIELD_AT(struct options, member)
static const struct field option_fields[] = {
    {.name = "encryptionScheme",      .kind = FIELD_TEXT, .offset = O(scheme), .max = 64},
    {.name = "eventInfo",             .kind = FIELD_JSON, .offset = O(event_info), .max = 8192},
    {.name = "factor",                .kind = FIELD_INT,  .offset = O(factor), .min = 0, .max = 10000000},
    {.name = "validateDbConstraints", .kind = FIELD_BOOL, .offset = O(validates)},
};
const struct field_table api_user_import_table = FIELD_TABLE("ImportOptions", option_fields, struct options, NULL);
/* clang-format on */

struct importing {
    struct rq *rq;
    struct options options;
    struct json_cut users;
    size_t count;
    struct user_import *import;
    const struct tenant *tenant;
    const struct application *applications[APPLICATIONS_MAX];
    size_t application_count;
    size_t plain_count;
    bool is_named_inside; /* the tenant, by the users themselves */
};

static enum err
tenant_of(struct importing *m, const struct json *user, const char *path,
    struct field_reader *reader, struct uuid *ret)
{
    const char *at = str_z(reader->arena, str_fmt(reader->arena, "%s.tenantId", path));
    str text;

    *ret = (struct uuid){{0}};
    if (!json_str(json_get(user, S("tenantId")), &text)) {
        field_fault(reader, at ? at : path, "missing",
            "Name the tenant: here, or in the X-FusionAuth-TenantId header.");
    } else if (!uuid_parse(text, ret) || !api_may_see(m->rq, *ret)
               || (m->tenant != NULL && !uuid_eq(*ret, m->tenant->id))) {
        field_fault(reader, at ? at : path, "invalid",
            "Name a tenant, the same one for all users of a call.");
    }
    return arena_failed(reader->arena) ? FAIL_SERVER(m->rq) : ERR_OK;
}

/* Does the first user say which of several tenants it is about? */
static bool
is_named_inside(struct importing *m, size_t tenants, const struct json **ret_user)
{
    struct json_cut first = m->users;
    str name, text;

    return !api_is_bound(m->rq) && tenants > 1 && json_cut_next(&first, &name, &text)
           && json_parse(m->rq->arena, text, ret_user, NULL)
           && json_get(*ret_user, S("tenantId")) != NULL;
}

/* By header or key; else, where there are several, the first user says whose all of them are. */
static enum err
find_tenant(struct importing *m)
{
    struct field_reader reader = api_reader(m->rq);
    const struct json *user;
    struct uuid *ids, id;
    size_t count = 0;
    enum err e = tenant_ids(m->rq, 2, &ids, &count);

    m->is_named_inside = e == ERR_OK && is_named_inside(m, count, &user);
    if (!m->is_named_inside) {
        e = e ? e : api_tenant(m->rq);
        m->tenant = m->rq->tenant;
        return e;
    }
    e = tenant_of(m, user, "user[0]", &reader, &id);
    e = e ? e : api_faults(m->rq);
    e = e ? e : tenant_load(m->rq, id, &m->tenant);
    return e || m->tenant ? e
                          : api_refuse(m->rq, "user[0].tenantId", "invalid",
                              "Name a tenant, the same one for all users of a call.");
}

/* Applications of users mostly are the same few. */
static enum err
find_application(struct importing *m, struct uuid id, const struct application **ret)
{
    for (size_t i = 0; i < m->application_count; i++) {
        if (uuid_eq(m->applications[i]->id, id)) {
            *ret = m->applications[i];
            return ERR_OK;
        }
    }
    return application_in(m->rq, id, m->tenant->id, ret);
}

static void
add_fault(struct field_reader *reader, const char *path, const char *member, const char *code,
    const char *message)
{
    const char *at = str_z(reader->arena, str_fmt(reader->arena, "%s.%s", path, member));

    field_fault(reader, at ? at : path, code, message);
}

static bool
comes_twice(const struct registration *all, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (uuid_eq(all[j].application_id, all[i].application_id)) {
            return true;
        }
    }
    return false;
}

static enum err
check_registrations(
    struct importing *m, const struct user *user, struct field_reader *reader, const char *path)
{
    const struct registration *all = user->registrations.items;

    for (size_t i = 0; i < user->registrations.count; i++) {
        const struct application *app = NULL;
        enum err e = find_application(m, all[i].application_id, &app);
        if (e != ERR_OK) {
            return e;
        }
        if (app == NULL || comes_twice(all, i)) {
            add_fault(reader, path, "registrations.applicationId", app ? "duplicate" : "invalid",
                "Each registration needs an application of the tenant, and another one.");
        }
        for (size_t r = 0; app != NULL && r < all[i].roles.count; r++) {
            if (!application_has_role(app, all[i].roles.items[r])) {
                add_fault(reader, path, "registrations.roles", "invalid",
                    "Each role must be one of the application's.");
                break;
            }
        }
        e = api_admin_check_roles(m->rq, reader, all[i].application_id, &all[i].roles, path);
        if (e != ERR_OK) {
            return e;
        }
    }
    return ERR_OK;
}

/* Without a scheme of its own a password is the password: the request says how to hash it, else the tenant. */
static enum err
take_plain(struct importing *m, struct user *user, struct field_reader *reader, const char *path)
{
    user->given_scheme = m->options.scheme;
    user->given_factor = m->options.scheme.n ? m->options.factor : 0;
    if (++m->plain_count > PLAIN_MAX) {
        add_fault(reader, path, "password", "tooMany",
            "At most 1000 passwords in plain text can be imported in one call.");
        return ERR_OK;
    }
    if (!user_check_plain(reader, m->tenant, user, path)) {
        return ERR_OK;
    }
    return user_set_password(m->rq, m->tenant, user);
}

static enum err
take_password(struct importing *m, struct user *user, struct field_reader *reader, const char *path)
{
    int64_t given_instant = user->password_instant;

    if (user->password.n == 0) {
        return ERR_OK;
    }
    if (user->given_scheme.n == 0) {
        return take_plain(m, user, reader, path);
    }
    if (user_import_password(m->rq, reader, user, path) && given_instant) {
        user->password_instant = given_instant;
    }
    return ERR_OK;
}

/* One user, on the scratch arena: what is wrong with it goes to reader. */
static enum err
judge(
    struct importing *m, str text, const char *path, struct field_reader *reader, struct user *user)
{
    struct rq *rq = m->rq;
    bool asks = m->options.validates || rq->tries > 0;
    const struct json *value;
    struct uuid id;
    enum err e = ERR_OK;

    if (!json_parse(rq->arena, text, &value, NULL)) {
        field_fault(reader, path, "invalidJSON", "This user is no valid JSON.");
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
    }
    if (!field_read(reader, user_import_table(), FIELD_CREATE, value, str_from(path), user)) {
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
    }
    user_settle(rq->arena, user);
    if (m->is_named_inside) {
        e = tenant_of(m, value, path, reader, &id);
    }
    if (e == ERR_OK) {
        user_settle_verified(rq->arena, m->tenant, NULL, user);
        user->verified_reason = user->verified ? USER_VERIFIED_IMPORT : user->verified_reason;
    }
    e = e ? e : take_password(m, user, reader, path);
    e = e ? e : check_registrations(m, user, reader, path);
    e = e ? e : group_check_given(rq, m->tenant, reader, NULL, user, path);
    e = e ? e : factor_check_given(rq, m->tenant, reader, NULL, user, path);
    return e ? e : user_import_check(rq, m->import, user, asks, reader, path);
}

static enum err
import_one(struct importing *m, struct arena *kept, str text, size_t number)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct rq *rq = m->rq;
    struct field_reader reader;
    struct user *user;
    const char *path;
    enum err e;

    reader = (struct field_reader){rq->arena, &faults};
    user = ARENA_NEW(rq->arena, struct user);
    path = str_z(rq->arena, str_fmt(rq->arena, "user[%zu]", number));
    e = user && path ? judge(m, text, path, &reader, user) : FAIL_SERVER(rq);
    if (e == ERR_OK && faults.count > 0) {
        api_cut_keep_faults(rq, kept, &faults);
    } else if (e == ERR_OK && rq->faults.count == 0) {
        e = user_import_add(rq, m->import, user);
    }
    return e;
}

static enum err
import_all(struct importing *m)
{
    struct rq *rq = m->rq;
    struct api_scratch scratch;
    enum err e = ERR_OK;
    str name, value;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    for (size_t i = 0; e == ERR_OK && i < m->count && rq->faults.count < FAULTS_MAX; i++) {
        e = json_cut_next(&m->users, &name, &value) ? import_one(m, scratch.arena, value, i)
                                                    : FAIL_SERVER(rq);
        api_scratch_again(rq);
    }
    api_scratch_end(rq, &scratch);
    return e;
}

/* Applications are loaded on the request's arena once, so that they stay while users come and go. */
static enum err
load_applications(struct importing *m)
{
    struct uuid *ids;
    size_t count;
    enum err e = application_ids_in(m->rq, m->tenant->id, APPLICATIONS_MAX, &ids, &count);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        const struct application *app = NULL;
        e = application_in(m->rq, ids[i], m->tenant->id, &app);
        if (e == ERR_OK && app != NULL) {
            m->applications[m->application_count++] = app;
        }
    }
    return e;
}

static enum err
note(struct importing *m)
{
    struct api_change change = {.kind = "user.bulk.create", .id = m->tenant->id};

    return api_audit(m->rq, m->tenant, &change);
}

enum err
api_user_import(struct rq *rq)
{
    struct importing *m = ARENA_NEW(rq->arena, struct importing);
    enum err e;

    if (m == NULL) {
        return FAIL_SERVER(rq);
    }
    arena_allow(rq->arena, IMPORT_BYTES);
    m->rq = rq;
    e = api_cut_list(rq, &(struct api_cut){"users", USERS_MAX, &api_user_import_table, &m->options},
        &m->users, &m->count);
    e = e ? e : find_tenant(m);
    e = e ? e : load_applications(m);
    e = e ? e : user_import_begin(rq, m->tenant, m->count, &m->import);
    e = e ? e : import_all(m);
    e = e ? e : api_faults(rq);
    e = e ? e : user_import_end(rq, m->import);
    e = e ? e : note(m);
    return e ? e : rq_answer_empty(rq, 200);
}
