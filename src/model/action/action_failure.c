/* SPDX-License-Identifier: Apache-2.0 */
/* The user action of a tenant's FailedAuthenticationConfiguration: taken on who failed to sign in too often (model/lockout
 * counts), canceled by a password set anew where the policy says so. Invariants: 1 one stands at a time, whichever nodes count
 * (user_prevent_hold)  2 what an administrator has done is not ended by a mail. */
#include "codec/json.h"
#include "model/action/action.h"
#include "model/apikey/apikey.h"
#include "model/event/event.h"
#include "model/lockout/lockout.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

/* What the audit log has of such a change by an administrator; the actor is nobody, or who set the password. */
static enum err
note(struct rq *rq, const struct tenant *tenant, const char *kind, struct uuid actor,
    const struct action_log *before, const struct action_log *after)
{
    struct event_row row = {.tenant_id = tenant->id,
        .id = rq_new_id(rq),
        .user_id = after->head.user_id,
        .actor = actor,
        .kind = str_from(kind),
        .insert_instant = rq->now,
        .stream = EVENT_AUDIT};
    struct json_out out;
    struct buf buf;
    str detail;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_id(&out, S("id"), after->head.id);
    if (before != NULL) {
        json_out_name(&out, S("changes"));
        (void)field_diff(&action_log_table, before, after, rq->arena, &out);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &detail) ? event_add_row(rq, tenant, &row, detail) : FAIL_SERVER(rq);
}

static enum err
standing(
    struct rq *rq, const struct tenant *tenant, const struct user *user, struct dossier_list *ret)
{
    *ret = (struct dossier_list){NULL, 0};
    return user->prevented_until > rq->now
               ? dossier_standing(rq, tenant, &action_log_kind, user->id, ret)
               : ERR_OK;
}

/* By whomever, as long as it counts everywhere: failures go on while it stands, and do not lengthen it; and one that was
 * ended after the failures has answered for them: a node that counted them, too, and comes later does not undo that. */
static enum err
is_answered(struct rq *rq, const struct tenant *tenant, const struct lockout_due *due, bool *ret)
{
    struct dossier_list list;
    enum err e = dossier_of_user(rq, tenant, &action_log_kind, due->user_id, &list);

    *ret = false;
    for (size_t i = 0; e == ERR_OK && i < list.count; i++) {
        const struct action_log *log = list.items[i];
        *ret |=
            uuid_eq(log->head.subject_id, tenant->failed_login.action_id)
            && log->application_ids.count == 0
            && (log->head.until_instant > rq->now || log->head.last_update_instant >= due->instant);
    }
    return e;
}

static enum err
take(struct rq *rq, const struct tenant *tenant, const struct action *action,
    const struct user *user, int64_t until)
{
    struct action_log log = {
        .head = {.user_id = user->id, .subject_id = action->head.id, .until_instant = until},
        .email_user_on_end = tenant->failed_login.mails_user,
        .name = action->name,
        .localized_name =
            action_localized(rq, action->localized_names, &user->languages, action->name),
    };
    enum err e;

    user_prevent_hold(rq, tenant, user);
    e = action_take(rq, tenant, action, &log);
    e = e ? e : note(rq, tenant, "user.action", (struct uuid){{0}}, NULL, &log);
    return e == ERR_OK && tenant->failed_login.mails_user
               ? action_tell(rq, tenant, user, action, &log, ACTION_START)
               : e;
}

enum err
action_take_for_failures(struct rq *rq, const struct lockout_due *due)
{
    const struct tenant *tenant = NULL;
    struct user *user = NULL;
    void *thing = NULL;
    const struct action *action;
    int64_t until;
    bool answered;
    enum err e = tenant_load(rq, due->tenant_id, &tenant);

    if (e == ERR_OK && tenant != NULL && !uuid_is_nil(tenant->failed_login.action_id)) {
        e = record_load(rq, &action_kind, tenant->failed_login.action_id, &thing);
    }
    if (e != ERR_OK || thing == NULL) {
        return e;
    }
    action = thing;
    until = due->instant + lockout_ms(&tenant->failed_login);
    if (!action->active || !action->temporal || until <= rq->now) {
        return ERR_OK;
    }
    e = user_load(rq, tenant, due->user_id, USER_REGISTRATIONS, &user);
    if (e != ERR_OK || user == NULL) {
        return e;
    }
    e = is_answered(rq, tenant, due, &answered);
    return e || answered ? e : take(rq, tenant, action, user, until);
}

static enum err
cancel(struct rq *rq, const struct tenant *tenant, const struct action *action,
    const struct user *user, struct action_log *log)
{
    const struct action_item change = {.create_instant = rq->now, .expiry = rq->now};
    struct uuid actor = rq->api_key != NULL ? rq->api_key->id : user->id;
    struct action_log before = *log;
    enum err e = action_modify(rq, tenant, action, log, &change);

    e = e ? e : note(rq, tenant, "user.action.cancel", actor, &before, log);
    return e == ERR_OK && tenant->failed_login.mails_user
               ? action_tell(rq, tenant, user, action, log, ACTION_CANCEL)
               : e;
}

enum err
action_end_of_failures(struct rq *rq, const struct tenant *tenant, const struct user *user)
{
    struct dossier_list list;
    void *action = NULL;
    enum err e = standing(rq, tenant, user, &list);

    if (e == ERR_OK && list.count && !uuid_is_nil(tenant->failed_login.action_id)) {
        e = record_load(rq, &action_kind, tenant->failed_login.action_id, &action);
    }
    for (size_t i = 0; e == ERR_OK && action != NULL && i < list.count; i++) {
        struct action_log *log = list.items[i];
        if (uuid_eq(log->head.subject_id, tenant->failed_login.action_id)
            && uuid_is_nil(log->actioner_user_id)) {
            e = cancel(rq, tenant, action, user, log);
        }
    }
    return e;
}
