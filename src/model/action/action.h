/* SPDX-License-Identifier: Apache-2.0 */
/* User actions: what moderators may do to somebody (a record), and what was done (a dossier, sealed under the key of
 * whom it was done to). One that is temporal ends by itself; one that prevents login keeps the person out until then. */
#pragma once
#include "model/dossier/dossier.h"
#include "model/record/record.h"

struct lockout_due;
struct user;

/* clang-format off */
struct action_option { /* type UserActionOption */
    str name, localized_names;
};
struct action {        /* type UserAction */
    struct record head;
    str name, localized_names;
    struct field_list options; /* struct action_option */
    struct uuid start_template_id, modify_template_id, cancel_template_id, end_template_id;
    bool active, prevent_login, temporal, send_end_event, include_email, user_emailing, user_notifications;
    int transaction_type;
};
struct action_item {   /* type HistoryItem: how it was before a change */
    struct uuid actioner_user_id;
    str comment;
    int64_t create_instant, expiry;
};
struct action_history { /* type LogHistory */
    struct field_list items;
};
struct action_log {    /* type UserActionLog; head.user_id: to whom, head.subject_id: which action, head.until_instant: expiry */
    struct dossier head;
    struct uuid actioner_user_id;
    struct field_texts application_ids; /* where it counts; none: everywhere */
    str comment, name, localized_name, option, localized_option, reason, reason_code, localized_reason;
    bool email_user_on_end, end_event_sent, notify_user_on_end;
    struct action_history history;
};
/* clang-format on */
extern const struct record_kind action_kind;
extern const struct field_table action_log_table;
extern const struct dossier_kind action_log_kind;

/* Temporal and neither over nor canceled. */
bool action_is_active(const struct action_log *log, int64_t now);
/* What keeps the user out of this application now (nil: of none in particular, so that only what counts everywhere
 * does): struct action_log each. Costs nothing where nothing temporal was ever done. */
MUST_USE enum err action_prevents(struct rq *rq, const struct tenant *tenant,
    const struct user *user, struct uuid application_id, struct dossier_list *ret);
/* The option of that name, or NULL. */
const struct action_option *action_option(const struct action *action, str name);
/* The text of a map of locales in the first of the languages it has, else the usual one. */
str action_localized(struct rq *rq, str map, const struct field_texts *languages, str usual);

/* Declares what was done. What keeps the person out ends sessions, and refresh tokens where the tenant says so. */
MUST_USE enum err action_take(struct rq *rq, const struct tenant *tenant,
    const struct action *action, struct action_log *log);
/* Declares another end: how it was before stands in the history. */
MUST_USE enum err action_modify(struct rq *rq, const struct tenant *tenant,
    const struct action *action, struct action_log *log, const struct action_item *change);

/* For the job: declares the tenant's action for too many failed sign-ins on whoever is due for it, taken by nobody, with its
 * audit entry and mail: nothing where the tenant has none that is active and temporal, where it stands already, or where the
 * person is gone. ERR_AGAIN also when something else was done to them meanwhile: look again. */
MUST_USE enum err action_take_for_failures(struct rq *rq, const struct lockout_due *due);
/* Declares the cancelation of what stands of that: who the person is was proven another way. */
MUST_USE enum err action_end_of_failures(
    struct rq *rq, const struct tenant *tenant, const struct user *user);

enum action_phase { ACTION_START, ACTION_MODIFY, ACTION_CANCEL, ACTION_END };
/* Declares the mail to whom it was done, where the user action has mails and a template for the phase. */
MUST_USE enum err action_tell(struct rq *rq, const struct tenant *tenant, const struct user *user,
    const struct action *action, const struct action_log *log, enum action_phase phase);
/* For the job: declares what follows from the end of at most max actions whose time is over; how many were looked at. */
MUST_USE enum err action_end_some(struct rq *rq, size_t max, size_t *ret_looked);
