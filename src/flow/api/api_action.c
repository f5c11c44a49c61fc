/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/action: an action taken on somebody, modified, canceled, retrieved. Only what is temporal and not over can be
 * modified or canceled. What broadcast and notifyUser ask for is said in events, so they wait for webhooks. */
#include "flow/api/api_action.h"

#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_people.h"
#include "model/reason/reason.h"

/* clang-format off */
struct order { /* type ActionData */
    struct uuid actionee_id, actioner_id, user_action_id, reason_id;
    struct field_texts application_ids;
    str comment, option;
    int64_t expiry;
    bool email_user, notify_user;
};
#define O(member) FIELD_AT(struct order, member)
static const struct field order_fields[] = {
    {.name = "actioneeUserId", .kind = FIELD_UUID,    .offset = O(actionee_id)},
    {.name = "actionerUserId", .kind = FIELD_UUID,    .offset = O(actioner_id), .flags = FIELD_REQUIRED},
    {.name = "applicationIds", .kind = FIELD_UUIDS,   .offset = O(application_ids), .max = 100},
    {.name = "comment",        .kind = FIELD_TEXT,    .offset = O(comment), .flags = FIELD_PERSONAL, .max = 8192},
    {.name = "emailUser",      .kind = FIELD_BOOL,    .offset = O(email_user)},
    {.name = "expiry",         .kind = FIELD_INSTANT, .offset = O(expiry), .max = INT64_MAX},
    {.name = "notifyUser",     .kind = FIELD_BOOL,    .offset = O(notify_user)},
    {.name = "option",         .kind = FIELD_TEXT,    .offset = O(option), .max = 191},
    {.name = "reasonId",       .kind = FIELD_UUID,    .offset = O(reason_id)},
    {.name = "userActionId",   .kind = FIELD_UUID,    .offset = O(user_action_id)},
};
const struct field_table api_action_order_table = FIELD_TABLE("ActionData", order_fields, struct order, NULL);

struct beside {
    bool broadcast;
    str event_info;
};
static const struct field beside_fields[] = {
    {.name = "broadcast", .kind = FIELD_BOOL, .offset = FIELD_AT(struct beside, broadcast)},
    {.name = "eventInfo", .kind = FIELD_JSON, .offset = FIELD_AT(struct beside, event_info), .max = 8192},
};
static const struct field_table beside_table = FIELD_TABLE("ActionRequest", beside_fields, struct beside, NULL);
/* clang-format on */

struct taking { /* one call on its way */
    struct rq *rq;
    struct field_reader reader;
    struct order order;
    const struct tenant *tenant;
    struct user *actionee;
    const struct action *action;
    const struct reason *reason; /* NULL: none was given */
};

static enum err
read_order(struct taking *t)
{
    static const char *const objects[] = {"action", NULL};
    const struct json *body;
    struct beside beside;
    enum err e = api_body(t->rq, objects, &beside_table, &beside, &body);

    if (e == ERR_OK
        && !field_read(&t->reader, &api_action_order_table, FIELD_CREATE,
            json_get(body, S("action")), S("action"), &t->order)
        && arena_failed(t->rq->arena)) {
        e = FAIL_SERVER(t->rq);
    }
    return e;
}

static void
fault(struct taking *t, const char *path, const char *code, const char *message)
{
    field_fault(&t->reader, path, code, message);
}

static enum err
find_action(struct taking *t)
{
    void *thing = NULL;
    enum err e = ERR_OK;

    if (uuid_is_nil(t->order.user_action_id)) {
        fault(t, "action.userActionId", "missing", "Say which user action is taken.");
        return e;
    }
    e = record_load(t->rq, &action_kind, t->order.user_action_id, &thing);
    t->action = thing;
    if (e == ERR_OK && (thing == NULL || !t->action->active)) {
        fault(t, "action.userActionId", thing ? "inactive" : "invalid",
            "There is no active user action of this id.");
    }
    return e;
}

static enum err
find_reason(struct taking *t)
{
    void *thing = NULL;
    enum err e = ERR_OK;

    if (!uuid_is_nil(t->order.reason_id)) {
        e = record_load(t->rq, &reason_kind, t->order.reason_id, &thing);
        t->reason = thing;
        if (e == ERR_OK && thing == NULL) {
            fault(t, "action.reasonId", "invalid", "There is no user action reason of this id.");
        }
    }
    return e;
}

static enum err
check_applications(struct taking *t)
{
    const struct application *app;
    struct uuid id;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && t->tenant && i < t->order.application_ids.count; i++) {
        if (!uuid_parse(t->order.application_ids.items[i], &id)) {
            continue; /* a fault already */
        }
        e = application_in(t->rq, id, t->tenant->id, &app);
        if (e == ERR_OK && app == NULL) {
            fault(t, "action.applicationIds", "invalid",
                "Each id must be an application's of the user's tenant.");
        }
    }
    return e;
}

static void
check_expiry(struct taking *t)
{
    if (!t->action->temporal && t->order.expiry) {
        fault(t, "action.expiry", "notTemporal", "This action is not time-based: it has no end.");
    } else if (t->action->temporal && t->order.expiry == 0) {
        fault(t, "action.expiry", "missing", "This action is time-based: say when it ends.");
    } else if (t->action->temporal && t->order.expiry <= t->rq->now) {
        fault(t, "action.expiry", "past", "The end must be in the future.");
    }
}

static enum err
check_order(struct taking *t)
{
    enum err e = api_people_find(
        t->rq, t->order.actionee_id, "action.actioneeUserId", &t->tenant, &t->actionee);

    e = e ? e : api_people_check(t->rq, t->order.actioner_id, "action.actionerUserId");
    e = e ? e : find_action(t);
    e = e ? e : find_reason(t);
    e = e ? e : check_applications(t);
    if (e == ERR_OK && t->action != NULL) {
        check_expiry(t);
        if (t->order.option.n && action_option(t->action, t->order.option) == NULL) {
            fault(t, "action.option", "invalid", "The user action has no option of this name.");
        }
    }
    return e ? e : api_faults(t->rq);
}

static void
name_all(const struct taking *t, struct action_log *log)
{
    const struct field_texts *languages = &t->actionee->languages;
    const struct action_option *option = action_option(t->action, t->order.option);

    log->name = t->action->name;
    log->localized_name =
        action_localized(t->rq, t->action->localized_names, languages, t->action->name);
    if (t->order.option.n && option != NULL) {
        log->option = option->name;
        log->localized_option =
            action_localized(t->rq, option->localized_names, languages, option->name);
    }
    if (t->reason != NULL) {
        log->reason = t->reason->text;
        log->reason_code = t->reason->code;
        log->localized_reason =
            action_localized(t->rq, t->reason->localized_texts, languages, t->reason->text);
    }
}

/* To whom it was done, if that is asked for. */
static enum err
tell(struct taking *t, const struct action_log *log, enum action_phase phase)
{
    return t->order.email_user ? action_tell(t->rq, t->tenant, t->actionee, t->action, log, phase)
                               : ERR_OK;
}

enum err
api_action_take(struct rq *rq)
{
    struct taking t = {.rq = rq, .reader = api_reader(rq)};
    struct action_log log;
    enum err e = read_order(&t);

    e = e ? e : check_order(&t);
    if (e != ERR_OK) {
        return e;
    }
    log = (struct action_log){
        .head = {.user_id = t.actionee->id,
            .subject_id = t.action->head.id,
            .until_instant = t.order.expiry},
        .actioner_user_id = t.order.actioner_id,
        .application_ids = t.order.application_ids,
        .comment = t.order.comment,
        .email_user_on_end = t.order.email_user,
        .notify_user_on_end = t.order.notify_user,
    };
    name_all(&t, &log);
    e = action_take(rq, t.tenant, t.action, &log);
    e = e ? e : api_people_note(rq, t.tenant, "user.action", &action_log_kind, NULL, &log);
    e = e ? e : tell(&t, &log, ACTION_START);
    return e ? e : api_people_answer(rq, "action", &action_log_kind, &log);
}

static enum err
load_taken(struct taking *t, struct action_log **ret)
{
    void *log, *thing = NULL;
    enum err e = api_people_load(t->rq, &action_log_kind, "actionId", &t->tenant, &log);

    if (e != ERR_OK) {
        return e;
    }
    *ret = log;
    e = record_load(t->rq, &action_kind, (*ret)->head.subject_id, &thing);
    t->action = thing;
    e = e ? e : user_load(t->rq, t->tenant, (*ret)->head.user_id, USER_REGISTRATIONS, &t->actionee);
    return e == ERR_OK && thing == NULL ? api_not_found(t->rq) : e;
}

static enum err
change_log(struct taking *t, struct action_log *log, bool is_cancel)
{
    struct action_log before = *log;
    struct action_item change = {
        t->order.actioner_id, t->order.comment, t->rq->now, t->order.expiry};
    enum err e;

    if (!action_is_active(log, t->rq->now)) {
        return api_refuse(t->rq, "actionId", log->head.until_instant ? "expired" : "notTemporal",
            "Only a time-based action that is not over can be changed.");
    }
    log->email_user_on_end = t->order.email_user;
    log->notify_user_on_end = t->order.notify_user;
    e = action_modify(t->rq, t->tenant, t->action, log, &change);
    e = e ? e
          : api_people_note(t->rq, t->tenant,
              is_cancel ? "user.action.cancel" : "user.action.modify", &action_log_kind, &before,
              log);
    e = e ? e : tell(t, log, is_cancel ? ACTION_CANCEL : ACTION_MODIFY);
    return e ? e : api_people_answer(t->rq, "action", &action_log_kind, log);
}

enum err
api_action_modify(struct rq *rq)
{
    struct taking t = {.rq = rq, .reader = api_reader(rq)};
    struct action_log *log;
    enum err e = load_taken(&t, &log);

    e = e ? e : read_order(&t);
    e = e ? e : api_people_check(rq, t.order.actioner_id, "action.actionerUserId");
    if (e == ERR_OK && t.action->temporal) {
        check_expiry(&t);
    }
    e = e ? e : api_faults(rq);
    return e ? e : change_log(&t, log, false);
}

enum err
api_action_cancel(struct rq *rq)
{
    struct taking t = {.rq = rq, .reader = api_reader(rq)};
    struct action_log *log;
    enum err e = load_taken(&t, &log);

    e = e ? e : read_order(&t);
    e = e ? e : api_people_check(rq, t.order.actioner_id, "action.actionerUserId");
    e = e ? e : api_faults(rq);
    t.order.expiry = rq->now;
    return e ? e : change_log(&t, log, true);
}

struct listing {
    struct rq *rq;
    str active; /* "true", "false", or empty: all */
    bool is_preventing;
};

static enum err
is_wanted(const struct listing *l, const struct action_log *log, bool *ret)
{
    bool is_active = action_is_active(log, l->rq->now);
    void *action = NULL;
    enum err e = ERR_OK;

    *ret = l->active.n == 0 || str_eq(l->active, is_active ? S("true") : S("false"));
    if (l->is_preventing) {
        *ret = *ret && is_active;
        e = record_load(l->rq, &action_kind, log->head.subject_id, &action);
        *ret = *ret && action != NULL && ((const struct action *)action)->prevent_login;
    }
    return e;
}

static enum err
retrieve_all(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    struct listing listing = {rq, rq_query_get(rq, S("active")), api_flag(rq, "preventingLogin")};
    struct dossier_list all;
    struct api_answer answer;
    bool wanted;
    enum err e = dossier_of_user(rq, tenant, &action_log_kind, user_id, &all);

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("actions"));
    json_out_array(&answer.out);
    for (size_t i = 0; e == ERR_OK && i < all.count; i++) {
        e = is_wanted(&listing, all.items[i], &wanted);
        if (e == ERR_OK && wanted) {
            field_write(action_log_kind.table, FIELD_FOR_API, all.items[i], &answer.out);
        }
    }
    json_out_array_end(&answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

enum err
api_action_retrieve(struct rq *rq)
{
    const struct tenant *tenant;
    struct user *user;
    struct uuid user_id;
    void *log;
    enum err e;

    if (rq->segments[0].n) {
        e = api_people_load(rq, &action_log_kind, "actionId", &tenant, &log);
        return e ? e : api_people_answer(rq, "action", &action_log_kind, log);
    }
    e = api_people_of_query(rq, &user_id, &tenant, &user);
    return e ? e : retrieve_all(rq, tenant, user_id);
}
