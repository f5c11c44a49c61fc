/* SPDX-License-Identifier: Apache-2.0 */
/* What a provider says of a person, taken over: by claimMap (ExternalJWT: claim to member) or attributeMappings
 * (member to claim). What is not there, or is no value for the member, is left alone, as FusionAuth does. Only what
 * describes a person can be set this way: no login id, no password, no state. */
#include "codec/json.h"
#include "model/application/application.h"
#include "model/federate/federate.h"
#include "model/rq/rq.h"
#include "model/user/user.h"

static const char *const members[] = {"birthDate", "firstName", "lastName", "fullName",
    "middleName", "mobilePhone", "imageUrl", "timezone", "preferredLanguages", NULL};

static bool
is_member(str name)
{
    for (const char *const *m = members; *m != NULL; m++) {
        if (str_eq(name, str_from(*m))) {
            return true;
        }
    }
    return false;
}

/* RFC 6901 s4: ~1 is a slash, ~0 a tilde. */
static str
unescape(struct arena *arena, str name)
{
    struct buf buf;
    str text;

    buf_init(&buf, arena, name.n + 1);
    for (size_t i = 0; i < name.n; i++) {
        bool is_escape =
            name.p[i] == '~' && i + 1 < name.n && (name.p[i + 1] == '0' || name.p[i + 1] == '1');
        buf_char(&buf, is_escape ? (name.p[i + 1] == '1' ? '/' : '~') : name.p[i]);
        i += is_escape;
    }
    return buf_done(&buf, &text) ? text : NO_STR;
}

/* A claim's name as it is (SAML's are URIs), a JSON Pointer (RFC 6901), or names with dots between them. */
static const struct json *
resolve(struct arena *arena, const struct json *all, str path)
{
    bool is_pointer = str_starts(path, S("/"));
    str rest = is_pointer ? str_skip(path, 1) : path, name;
    const struct json *v = path.n ? json_get(all, path) : NULL;

    if (v != NULL) {
        return v->type == JSON_NULL ? NULL : v;
    }
    v = path.n ? all : NULL;
    while (v != NULL && rest.n && str_cut(&rest, is_pointer ? '/' : '.', &name)) {
        v = json_get(v, is_pointer ? unescape(arena, name) : name);
    }
    return v != NULL && v->type == JSON_NULL ? NULL : v;
}

/* {"name": value}, or {"data": {"name": value}}. */
static const struct json *
wrap(struct rq *rq, str name, bool is_data, const struct json *value)
{
    const struct json *parsed;
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    if (is_data) {
        json_out_name(&out, S("data"));
        json_out_object(&out);
    }
    json_out_name(&out, name);
    json_out_value(&out, value);
    if (is_data) {
        json_out_object_end(&out);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) && json_parse(rq->arena, text, &parsed, NULL) ? parsed : NULL;
}

/* A member as its table reads it; a value that the table refuses changes nothing. */
static void
set(struct rq *rq, struct user *user, str name, bool is_data, const struct json *value)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {rq->arena, &faults};
    const struct json *change = wrap(rq, name, is_data, value);
    struct user copy = *user;

    if (change != NULL && field_read(&reader, &user_table, FIELD_PATCH, change, S("user"), &copy)) {
        user_settle(rq->arena, &copy);
        *user = copy;
    }
}

static const struct json *
map_of(struct rq *rq, str text)
{
    const struct json *map = NULL;

    return text.n && json_parse(rq->arena, text, &map, NULL) ? map : NULL;
}

static void
apply_claim_map(struct rq *rq, const struct federate_order *order, struct user *user)
{
    const struct json *map = map_of(rq, order->idp->claim_map);
    str to;

    for (const struct json *m = map ? map->first : NULL; m != NULL; m = m->next) {
        const struct json *value = json_get(order->claims->all, m->name);
        if (value == NULL || value->type == JSON_NULL || !json_str(m, &to)) {
            continue;
        }
        if (str_eq(to, S("UserData"))) {
            set(rq, user, m->name, true, value);
        } else if (is_member(to)) {
            set(rq, user, to, false, value);
        }
    }
}

static void
apply_mappings(struct rq *rq, const struct federate_order *order, struct user *user)
{
    const struct json *map = map_of(rq, order->idp->attribute_mappings);
    str from;

    for (const struct json *m = map ? map->first : NULL; m != NULL; m = m->next) {
        const struct json *value =
            json_str(m, &from) ? resolve(rq->arena, order->claims->all, from) : NULL;
        if (value == NULL) {
            continue;
        }
        if (str_starts(m->name, S("user.data."))) {
            set(rq, user, str_skip(m->name, sizeof "user.data." - 1), true, value);
        } else if (str_starts(m->name, S("user.")) && is_member(str_skip(m->name, 5))) {
            set(rq, user, str_skip(m->name, 5), false, value);
        }
    }
}

static bool
differs(struct rq *rq, const struct user *before, const struct user *after)
{
    struct json_out out;
    struct buf buf;

    rq_json_out(rq, &buf, &out);
    return field_diff(&user_table, before, after, rq->arena, &out);
}

enum err
federate_apply(struct rq *rq, const struct federate_order *order, struct user *user, bool is_new)
{
    struct user before = *user;

    if (order->idp->linking == IDP_LINK_ANONYMOUSLY) {
        return ERR_OK;
    }
    apply_claim_map(rq, order, user);
    apply_mappings(rq, order, user);
    if (is_new || !differs(rq, &before, user)) {
        return ERR_OK;
    }
    return user_update(rq, order->tenant, &before, user);
}

void
federate_apply_registration(struct rq *rq, const struct federate_order *order, str *data)
{
    struct user carrier = {.id = {{0}}}; /* its data are read as a person's are */
    const struct json *map = map_of(rq, order->idp->claim_map);
    str to, from;

    if (order->idp->linking == IDP_LINK_ANONYMOUSLY) {
        return;
    }
    field_defaults(rq->arena, &user_table, &carrier);
    carrier.username = S("carrier");
    for (const struct json *m = map ? map->first : NULL; m != NULL; m = m->next) {
        const struct json *value = json_get(order->claims->all, m->name);
        if (value != NULL && json_str(m, &to) && str_eq(to, S("RegistrationData"))) {
            set(rq, &carrier, m->name, true, value);
        }
    }
    map = map_of(rq, order->idp->attribute_mappings);
    for (const struct json *m = map ? map->first : NULL; m != NULL; m = m->next) {
        const struct json *value =
            json_str(m, &from) ? resolve(rq->arena, order->claims->all, from) : NULL;
        if (value != NULL && str_starts(m->name, S("registration.data."))) {
            set(rq, &carrier, str_skip(m->name, sizeof "registration.data." - 1), true, value);
        }
    }
    *data = carrier.data;
}
