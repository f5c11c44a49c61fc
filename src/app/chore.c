/* SPDX-License-Identifier: Apache-2.0 */
/* Chores: keys of days, what expired, events that are too old, what a crash left. Each may be run at
 * any time and any number of times: it looks for what is to be done. */
#include "app/chore.h"

#include "model/action/action.h"
#include "model/agreement/agreement.h"
#include "model/audit/audit.h"
#include "model/code/code.h"
#include "model/consent/consent.h"
#include "model/entity/entity_word.h"
#include "model/event/event.h"
#include "model/eventlog/eventlog.h"
#include "model/outbox/outbox.h"
#include "model/removal/removal.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/session/session.h"
#include "model/system/system.h"
#include "model/tally/tally.h"
#include "model/tenant/tenant.h"
#include "model/ticket/ticket.h"
#include "model/token/token.h"
#include "model/user/user.h"
#include "model/user/user_unverified.h"
#include "model/webhooklog/webhooklog.h"
#include "model/word/word.h"

enum { RECORDS_KEPT_DAYS_MIN = 7 };
enum {
    DAY_KEYS_KEPT_DAYS = 30,
    TENANTS_AT_ONCE = 50,
    LETTERS_AT_ONCE = 8, /* each is rendered, and sealed */
    LETTERS_ARENA = MB(32),
    PEOPLE_AT_ONCE = 25, /* each has rows in some twenty tables */
    WORDS_AT_ONCE = 100, /* rows that lie pages apart, 0.05 ms each: 5 ms */
    AUDIT_MS = 5 * SECOND_MS,
    LETTERS_MS = 5 * SECOND_MS,
    REMOVE_MS = SECOND_MS
};

static void
set_place(struct job *job, const void *place, size_t n)
{
    CHECK(n <= sizeof job->place);
    memcpy(job->place, place, n);
    job->place_bytes = n;
}

/* Today's and tomorrow's key of some tenants. */
static enum err
make_day_keys(struct rq *rq, struct chore_step *step)
{
    struct uuid after = uuid_from((bytes){step->job->place, step->job->place_bytes});
    const struct tenant *tenant;
    struct uuid *ids;
    enum err e = tenant_ids_after(rq, after, step->max, &ids, &step->count);

    for (size_t i = 0; e == ERR_OK && i < step->count; i++) {
        e = tenant_load(rq, ids[i], &tenant);
        if (e == ERR_OK && tenant != NULL) {
            e = seal_new_day_key(rq, tenant, rq->now);
            e = e ? e : seal_new_day_key(rq, tenant, rq->now + DAY_MS);
        }
    }
    if (e == ERR_OK && step->count > 0) {
        set_place(step->job, ids[step->count - 1].b, sizeof ids->b);
    }
    return e;
}

/* The promise of short log retention: what is sealed under a day's key ends with it. */
static enum err
erase_day_keys(struct rq *rq, struct chore_step *step)
{
    return seal_sweep_day_keys(rq, rq->now - DAY_KEYS_KEPT_DAYS * DAY_MS, step->max, &step->count);
}

static enum err
sweep_codes(struct rq *rq, struct chore_step *step)
{
    return code_sweep(rq, step->max, &step->count);
}

static enum err
sweep_tickets(struct rq *rq, struct chore_step *step)
{
    return ticket_sweep(rq, step->max, &step->count);
}

static enum err
sweep_tokens(struct rq *rq, struct chore_step *step)
{
    return token_sweep(rq, step->max, &step->count);
}

static enum err
sweep_sessions(struct rq *rq, struct chore_step *step)
{
    return session_sweep(rq, step->max, &step->count);
}

static enum err
sweep_consents(struct rq *rq, struct chore_step *step)
{
    return consent_sweep(rq, step->max, &step->count);
}

static enum err
sweep_mails(struct rq *rq, struct chore_step *step)
{
    return outbox_sweep(rq, step->max, &step->count);
}

static enum err
sweep_events(struct rq *rq, struct chore_step *step)
{
    if (step->event_since <= 0) {
        step->count = 0;
        return ERR_OK;
    }
    return event_sweep(rq, step->event_since, step->max, &step->count);
}

static enum err
link_audit(struct rq *rq, struct chore_step *step)
{
    return audit_link(rq, step->max, &step->count);
}

/* What is older goes: as the house is started, or as its settings say, whichever keeps less; 0: nothing goes. An
 * administrator can shorten what proves who did what to a week and no further. */
static int64_t
since(const struct rq *rq, const struct chore_step *step, const struct system_delete *setting)
{
    int64_t days = MAX(setting->days, RECORDS_KEPT_DAYS_MIN);

    return setting->enabled ? MAX(step->event_since, rq->now - days * DAY_MS) : step->event_since;
}

static enum err
sweep_audit(struct rq *rq, struct chore_step *step)
{
    const struct system *settings;
    enum err e = system_load(rq, &settings);
    int64_t before = e ? 0 : since(rq, step, &settings->audit_log.remove);

    step->count = 0;
    return before > 0 ? audit_sweep(rq, before, step->max, &step->count) : e;
}

static enum err
sweep_logins(struct rq *rq, struct chore_step *step)
{
    const struct system *settings;
    enum err e = system_load(rq, &settings);
    int64_t before = e ? 0 : since(rq, step, &settings->login_record.remove);

    step->count = 0;
    return before > 0 ? event_sweep_logins(rq, before, step->max, &step->count) : e;
}

static enum err
add_up(struct rq *rq, struct chore_step *step)
{
    return tally_fold(rq, step->max, &step->count);
}

static enum err
sweep_event_log(struct rq *rq, struct chore_step *step)
{
    return eventlog_sweep(rq, step->max, &step->count);
}

static enum err
sweep_webhook_log(struct rq *rq, struct chore_step *step)
{
    const struct system *settings;
    int64_t since = step->event_since;
    enum err e = system_load(rq, &settings);

    step->count = 0;
    if (e == ERR_OK && settings->webhook_log.remove.enabled) {
        since = MAX(since, rq->now - settings->webhook_log.remove.days * DAY_MS);
    }
    return e == ERR_OK && since > 0 ? webhooklog_sweep(rq, since, step->max, &step->count) : e;
}

static enum err
sweep_people(struct rq *rq, struct chore_step *step)
{
    step->count = 0;
    return step->event_since > 0 ? tally_sweep(rq, step->event_since, step->max, &step->count)
                                 : ERR_OK;
}

/* Where tables are partitioned by month: months ahead are made, and those whose rows are all too old go
 * at once, which leaves little to the sweeps. */
static enum err
keep_months(struct rq *rq, struct chore_step *step)
{
    bool is_kept = db_keep_months(rq->db, rq->now)
                   && db_drop_months(rq->db, "token", rq->now - DAY_MS, true)
                   && db_drop_months(rq->db, "outbox", rq->now - OUTBOX_KEPT_DAYS * DAY_MS, false);

    step->count = 0;
    if (is_kept && step->event_since > 0) {
        is_kept = db_drop_months(rq->db, "event", step->event_since, false);
    }
    return is_kept ? ERR_OK : FAIL_SERVER(rq);
}

/* A hundred users a step; the place is the last one that was looked at. */
static enum err
walk_users(struct rq *rq, struct chore_step *step,
    enum err (*look)(struct rq *rq, struct user_cursor *cursor))
{
    struct user_cursor cursor = {.is_at_end = false};
    struct uuid ids[2];
    enum err e;

    if (step->job->place_bytes == sizeof ids) {
        memcpy(ids, step->job->place, sizeof ids);
        cursor.tenant_id = ids[0];
        cursor.id = ids[1];
    }
    e = look(rq, &cursor);
    ids[0] = cursor.tenant_id;
    ids[1] = cursor.id;
    set_place(step->job, ids, sizeof ids);
    step->count = cursor.is_at_end ? 0 : step->max;
    return e;
}

/* Rows whose key is gone: a crash between the two stores left them, and nobody can read them. The
 * place is the last user that was looked at. */
static enum err
tidy(struct rq *rq, struct chore_step *step)
{
    return walk_users(rq, step, user_tidy);
}

/* The place is the walk itself. */
static enum err
walk_unverified(struct rq *rq, struct chore_step *step,
    enum err (*go)(struct rq *rq, struct user_unverified *walk, size_t max, bool *ret_is_end))
{
    struct user_unverified walk = {.state = 0};
    bool is_end;
    enum err e;

    if (step->job->place_bytes == sizeof walk) {
        memcpy(&walk, step->job->place, sizeof walk);
    }
    e = go(rq, &walk, step->max, &is_end);
    if (e == ERR_OK) {
        set_place(step->job, &walk, sizeof walk);
        step->count = is_end ? 0 : step->max;
    }
    return e;
}

static enum err
end_unverified_people(struct rq *rq, struct chore_step *step)
{
    return walk_unverified(rq, step, user_unverified_people);
}

static enum err
end_unverified_registrations(struct rq *rq, struct chore_step *step)
{
    return walk_unverified(rq, step, user_unverified_registrations);
}

/* What finds people by word: small segments become part of large ones. */
static enum err
merge_words(struct rq *rq, struct chore_step *step)
{
    return word_merge(rq, step->max, &step->count);
}

/* People of a release before, who have no words yet. */
static enum err
make_words(struct rq *rq, struct chore_step *step)
{
    return walk_users(rq, step, user_words_make);
}

/* Entities of a release before. */
static enum err
make_entity_words(struct rq *rq, struct chore_step *step)
{
    struct uuid after = uuid_from((bytes){step->job->place, step->job->place_bytes});
    bool is_end;
    enum err e = entity_word_make(rq, &after, &is_end);

    if (e == ERR_OK) {
        set_place(step->job, after.b, sizeof after.b);
        step->count = is_end ? 0 : step->max;
    }
    return e;
}

/* Rows of tenants and applications that have ended. */
static enum err
remove_ended(struct rq *rq, struct chore_step *step)
{
    return removal_step(rq, step->max, &step->count, &step->is_more);
}

/* What people are told when its time has come: the end of an action, a consent once more. */
static enum err
tell_people(struct rq *rq, struct chore_step *step)
{
    size_t ended = 0, reminded = 0;
    enum err e;

    arena_allow(rq->arena, LETTERS_ARENA); /* templates may be large */
    e = action_end_some(rq, step->max, &ended);
    if (e == ERR_OK && ended < step->max) {
        e = agreement_remind_some(rq, step->max - ended, &reminded);
    }
    step->count = ended + reminded;
    return e;
}

/* Erasures that a crash has cut; those of before the start were finished at the start. */
static enum err
finish_erasures(struct rq *rq, struct chore_step *step)
{
    return tenant_finish_erasures(rq, step->max, &step->count);
}

/* clang-format off */
const struct chore chores[] = {
/*   name               period     rows             step */
    {"day keys",        DAY_MS,    TENANTS_AT_ONCE, make_day_keys},
    {"months",          DAY_MS,    1,               keep_months},
    {"sweep day keys",  HOUR_MS,   0,               erase_day_keys},
    {"sweep codes",     MINUTE_MS, 0,               sweep_codes},
    {"sweep tickets",   MINUTE_MS, 0,               sweep_tickets},
    {"sweep tokens",    MINUTE_MS, 0,               sweep_tokens},
    {"sweep sessions",  MINUTE_MS, 0,               sweep_sessions},
    {"sweep consents",  MINUTE_MS, 0,               sweep_consents},
    {"sweep mails",     MINUTE_MS, 0,               sweep_mails},
    {"sweep events",    MINUTE_MS, 0,               sweep_events},
    {"audit links",     AUDIT_MS,  0,               link_audit},
    {"sweep audit",     MINUTE_MS, 0,               sweep_audit},
    {"sweep logins",    MINUTE_MS, 0,               sweep_logins},
    {"tally",           MINUTE_MS, 0,               add_up},
    {"sweep people",    HOUR_MS,   0,               sweep_people},
    {"sweep event log", HOUR_MS,   0,               sweep_event_log},
    {"sweep webhooks",  HOUR_MS,   0,               sweep_webhook_log},
    {"erasures",        MINUTE_MS, TENANTS_AT_ONCE, finish_erasures},
    {"removals",        REMOVE_MS, 0,               remove_ended},
    {"letters",         LETTERS_MS, LETTERS_AT_ONCE, tell_people},
    {"tidy",            DAY_MS,    1,               tidy},
    {"merge words",     MINUTE_MS, WORDS_AT_ONCE,   merge_words},
    {"make words",      DAY_MS,    1,               make_words},
    {"make entity words", DAY_MS,  1,               make_entity_words},
    {"end unverified",  DAY_MS,    PEOPLE_AT_ONCE,  end_unverified_people},
    {"end unverified registrations", DAY_MS, PEOPLE_AT_ONCE, end_unverified_registrations},
};
/* clang-format on */
const size_t chore_count = COUNT(chores);

int64_t
chore_next(const struct chore *chore, int64_t began)
{
    return chore->period_ms == DAY_MS ? (began / DAY_MS + 1) * DAY_MS : began + chore->period_ms;
}
