/* SPDX-License-Identifier: Apache-2.0 */
/* What was done to people. A sign-in that was judged before something that keeps the person out was committed runs
 * again (user_prevent); what the person had open ends in the same set. */
#include "model/action/action.h"

#include "codec/json.h"
#include "model/lockout/lockout.h"
#include "model/rq/rq.h"
#include "model/session/session.h"
#include "model/tenant/tenant.h"
#include "model/token/token.h"
#include "model/user/user.h"

bool
action_is_active(const struct action_log *log, int64_t now)
{
    return log->head.until_instant > now;
}

static bool
counts_for(const struct action_log *log, struct uuid application_id)
{
    struct uuid id;

    for (size_t i = 0; i < log->application_ids.count; i++) {
        if (uuid_parse(log->application_ids.items[i], &id) && uuid_eq(id, application_id)) {
            return true;
        }
    }
    return log->application_ids.count == 0;
}

static enum err
judge(struct rq *rq, const struct action_log *log, struct uuid application_id, bool *ret)
{
    void *action = NULL;
    enum err e = ERR_OK;

    *ret = action_is_active(log, rq->now) && counts_for(log, application_id);
    if (*ret) {
        e = record_load(rq, &action_kind, log->head.subject_id, &action);
    }
    *ret = *ret && action != NULL && ((const struct action *)action)->prevent_login;
    return e;
}

enum err
action_prevents(struct rq *rq, const struct tenant *tenant, const struct user *user,
    struct uuid application_id, struct dossier_list *ret)
{
    size_t all;
    bool counts;
    enum err e = ERR_OK;

    *ret = (struct dossier_list){NULL, 0};
    if (user->prevented_until > rq->now) {
        e = dossier_standing(rq, tenant, &action_log_kind, user->id, ret);
    }
    all = ret->count;
    ret->count = 0;
    for (size_t i = 0; e == ERR_OK && i < all; i++) {
        e = judge(rq, ret->items[i], application_id, &counts);
        if (e == ERR_OK && counts) {
            ret->items[ret->count++] = ret->items[i];
        }
    }
    return e;
}

const struct action_option *
action_option(const struct action *action, str name)
{
    const struct action_option *options = action->options.items;

    for (size_t i = 0; i < action->options.count; i++) {
        if (str_eq(options[i].name, name)) {
            return &options[i];
        }
    }
    return NULL;
}

str
action_localized(struct rq *rq, str map, const struct field_texts *languages, str usual)
{
    const struct json *json;
    str text;

    if (map.n == 0 || !json_parse(rq->arena, map, &json, NULL)) {
        return usual;
    }
    for (size_t i = 0; i < languages->count; i++) {
        if (json_str(json_get(json, languages->items[i]), &text) && text.n) {
            return text;
        }
    }
    return usual;
}

static void
end_what_is_open(struct rq *rq, const struct tenant *tenant, const struct action_log *log)
{
    struct uuid id;

    if (log->application_ids.count == 0) {
        session_end_all(rq, tenant, log->head.user_id);
    }
    if (!tenant->jwt.revocation.on_login_prevented) {
        return;
    }
    if (log->application_ids.count == 0) {
        token_revoke_user(rq, tenant, log->head.user_id);
    }
    for (size_t i = 0; i < log->application_ids.count; i++) {
        if (uuid_parse(log->application_ids.items[i], &id)) {
            token_revoke_user_application(rq, tenant, log->head.user_id, id);
        }
    }
}

enum {
    LAST_INSTANT_S = 253402300799
}; /* of the year 9999: for ever has one more, and may be counted up */

/* The user's row first, then what hangs on it (the order of model/README). */
static void
keep_out(struct rq *rq, const struct tenant *tenant, const struct action *action,
    const struct action_log *log)
{
    if (!action_is_active(log, rq->now)) {
        return;
    }
    user_prevent(rq, tenant, log->head.user_id,
        MIN(log->head.until_instant, (int64_t)LAST_INSTANT_S * 1000));
    if (action->prevent_login) {
        end_what_is_open(rq, tenant, log);
    }
}

/* When the person is to hear of the end: never, where there is none, or nobody asked for it. */
static int64_t
due_of(const struct rq *rq, const struct action_log *log)
{
    int64_t until = log->head.until_instant;

    return log->email_user_on_end && until > rq->now && until <= (int64_t)LAST_INSTANT_S * 1000
               ? until
               : 0;
}

enum err
action_take(
    struct rq *rq, const struct tenant *tenant, const struct action *action, struct action_log *log)
{
    keep_out(rq, tenant, action, log);
    log->head.due_instant = due_of(rq, log);
    record_hold(rq, &action_kind, action->head.id);
    return dossier_add(rq, tenant, &action_log_kind, log);
}

enum err
action_modify(struct rq *rq, const struct tenant *tenant, const struct action *action,
    struct action_log *log, const struct action_item *change)
{
    size_t count = log->history.items.count;
    struct action_item *items = ARENA_ARRAY(rq->arena, count + 1, struct action_item);

    if (items == NULL) {
        return FAIL_SERVER(rq);
    }
    if (count) {
        memcpy(items, log->history.items.items, count * sizeof *items);
    }
    items[count] = (struct action_item){.actioner_user_id = log->actioner_user_id,
        .comment = log->comment,
        .create_instant = change->create_instant,
        .expiry = log->head.until_instant};
    log->history.items = (struct field_list){items, count + 1};
    log->actioner_user_id = change->actioner_user_id;
    log->comment = change->comment;
    log->head.until_instant = change->expiry;
    log->head.due_instant = due_of(rq, log);
    keep_out(rq, tenant, action, log);
    if (uuid_eq(action->head.id, tenant->failed_login.action_id)) {
        lockout_forgive(rq, tenant, log->head.user_id); /* the action alone says until when */
    }
    return dossier_change(rq, tenant, &action_log_kind, log);
}
