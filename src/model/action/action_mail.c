/* SPDX-License-Identifier: Apache-2.0 */
/* What people are told of what was done to them: at the start, at a change, when it is canceled, and when its time is
 * over. The mail at the end is declared in the set that settles the row, so it goes once, whatever stops or races. */
#include "codec/json.h"
#include "model/action/action.h"
#include "model/letter/letter.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

static struct uuid
template_of(const struct action *action, enum action_phase phase)
{
    switch (phase) {
    case ACTION_START:
        return action->start_template_id;
    case ACTION_MODIFY:
        return action->modify_template_id;
    case ACTION_CANCEL:
        return action->cancel_template_id;
    case ACTION_END:
        break;
    }
    return action->end_template_id;
}

enum err
action_tell(struct rq *rq, const struct tenant *tenant, const struct user *user,
    const struct action *action, const struct action_log *log, enum action_phase phase)
{
    static const char *const phases[] = {"start", "modify", "cancel", "end"};
    struct letter letter = {
        .tenant = tenant, .user = user, .template_id = template_of(action, phase)};
    struct json_out out;
    struct buf buf;

    if (!action->user_emailing || uuid_is_nil(letter.template_id) || user == NULL) {
        return ERR_OK;
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_out_name(&out, S("event"));
    json_out_object(&out);
    json_put_str(&out, S("phase"), str_from(phases[phase]));
    json_put_str(&out, S("action"), log->name);
    json_put_str(&out, S("localizedAction"), log->localized_name);
    field_write_members(&action_log_table, FIELD_FOR_API, log, &out);
    json_out_object_end(&out);
    json_out_object_end(&out);
    return buf_done(&buf, &letter.data) ? letter_put(rq, &letter) : FAIL_SERVER(rq);
}

static enum err
tell_end(struct rq *rq, const struct action_log *log)
{
    const struct tenant *tenant;
    struct user *user = NULL;
    void *action = NULL;
    enum err e = tenant_load(rq, log->head.tenant_id, &tenant);

    if (e == ERR_OK && tenant != NULL) {
        e = record_load(rq, &action_kind, log->head.subject_id, &action);
    }
    if (e == ERR_OK && action != NULL) {
        e = user_load(rq, tenant, log->head.user_id, USER_REGISTRATIONS, &user);
    }
    return e || user == NULL ? e : action_tell(rq, tenant, user, action, log, ACTION_END);
}

/* The release before knows no due instant: where it changed the end, the row says so. */
static enum err
end_one(struct rq *rq, const struct action_log *log)
{
    int64_t until = log->head.until_instant;
    enum err e = ERR_OK;

    if (until == log->head.due_instant && log->email_user_on_end) {
        e = tell_end(rq, log);
    }
    dossier_settle(rq, &action_log_kind, log, until > rq->now ? until : 0);
    return e;
}

enum err
action_end_some(struct rq *rq, size_t max, size_t *ret_looked)
{
    struct dossier_list list;
    enum err e = dossier_due(rq, &action_log_kind, max, &list, ret_looked);

    for (size_t i = 0; e == ERR_OK && i < list.count; i++) {
        e = end_one(rq, list.items[i]);
    }
    return e;
}
