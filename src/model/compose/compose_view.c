/* SPDX-License-Identifier: Apache-2.0 */
/* What templates can name: people as clients see them, and of tenants and applications what is nobody's secret. */
#include "model/application/application.h"
#include "model/compose/compose.h"
#include "model/rq/rq.h"
#include "model/user/user.h"

enum { MAX_DEPTH = 8 };

static void put_members(
    struct view *view, struct view_value *object, const struct json *json, int depth);

static void
put_items(struct view *view, struct view_value *list, const struct json *json, int depth)
{
    str text;

    for (const struct json *item = json->first; item != NULL; item = item->next) {
        if (item->type == JSON_OBJECT && depth > 0) {
            put_members(view, view_item(view, list), item, depth - 1);
        } else if (json_str(item, &text)) {
            view_item_text(view, list, text);
        } else if (item->type == JSON_NUMBER) {
            view_item_text(view, list, item->raw);
        }
    }
}

static void
put_members(struct view *view, struct view_value *object, const struct json *json, int depth)
{
    bool is_true;
    str text;

    for (const struct json *m = json->first; m != NULL; m = m->next) {
        if (json_str(m, &text)) {
            view_text(view, object, m->name, text);
        } else if (json_bool(m, &is_true)) {
            view_bool(view, object, m->name, is_true);
        } else if (m->type == JSON_NUMBER) {
            view_text(view, object, m->name, m->raw);
        } else if (m->type == JSON_OBJECT && depth > 0) {
            put_members(view, view_object(view, object, m->name), m, depth - 1);
        } else if (m->type == JSON_ARRAY && depth > 0) {
            put_items(view, view_list(view, object, m->name), m, depth - 1);
        }
    }
}

static void
put_data(struct rq *rq, struct view *view, struct view_value *object, str data)
{
    const struct json *json;

    if (data.n && json_parse(rq->arena, data, &json, NULL)) {
        put_members(view, view_object(view, object, S("data")), json, MAX_DEPTH);
    }
}

static enum err
put_user(struct rq *rq, struct view *view, const struct user *user)
{
    struct user shown = *user;
    const struct json *json;
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    shown.unique_username = user_unique_username(user);
    field_write(&user_table, FIELD_FOR_API, &shown, &out);
    if (!buf_done(&buf, &text) || !json_parse(rq->arena, text, &json, NULL)) {
        return FAIL_SERVER(rq);
    }
    put_members(view, view_object(view, NULL, S("user")), json, MAX_DEPTH);
    return ERR_OK;
}

static void
put_tenant(struct rq *rq, struct view *view, const struct tenant *tenant)
{
    struct view_value *object = view_object(view, NULL, S("tenant"));

    view_text(view, object, S("id"), uuid_text(rq->arena, tenant->id));
    view_text(view, object, S("name"), tenant->name);
    view_text(view, object, S("issuer"), tenant_issuer(tenant));
    put_data(rq, view, object, tenant->data);
}

static void
put_application(struct rq *rq, struct view *view, const struct application *application)
{
    struct view_value *object = view_object(view, NULL, S("application"));
    str id = uuid_text(rq->arena, application->id);

    view_text(view, object, S("id"), id);
    view_text(view, object, S("name"), application->name);
    view_text(view, view_object(view, object, S("oauthConfiguration")), S("clientId"), id);
    put_data(rq, view, object, application->data);
}

static void
put_address(struct view *view, str address, str display)
{
    struct view_value *user = view_object(view, NULL, S("user"));

    view_text(view, user, S("email"), address);
    view_text(view, user, S("fullName"), display);
}

/* requestData comes first: of two values with one name the newer is seen, and a call must not pass for us. */
enum err
compose_view(struct rq *rq, const struct compose_about *about, struct view *ret)
{
    enum err e = ERR_OK;

    if (!view_init(ret, rq->arena)) {
        return FAIL_SERVER(rq);
    }
    if (about->data != NULL && about->data->type == JSON_OBJECT) {
        put_members(ret, ret->root, about->data, MAX_DEPTH);
    }
    if (about->tenant != NULL) {
        put_tenant(rq, ret, about->tenant);
    }
    if (about->application != NULL) {
        put_application(rq, ret, about->application);
    }
    if (about->user != NULL) {
        e = put_user(rq, ret, about->user);
    } else if (about->address.n) {
        put_address(ret, about->address, about->display);
    }
    return e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
}
