/* SPDX-License-Identifier: Apache-2.0 */
/* /api/report: active people by day and month, sign-ins and registrations by hour, totals. All of it is read
 * from what model/tally counted; a person's own sign-ins from their records. Days and months are those of the house's
 * reportTimezone when people signed in, hours UTC's.
 * Deviation: intervals with nothing are left out. */
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_user.h"
#include "model/event/event.h"
#include "model/system/system.h"
#include "model/tally/tally.h"
#include "model/user/user.h"

enum { STEP = 5000, MAX_INTERVALS = 100000, TENANTS = 50, LOGINS = 100 };
/* Nothing was counted before: 2020-01-01. */
#define FIRST_INSTANT (INT64_C(1577836800) * SECOND_MS)

enum unit { HOURS, DAYS, MONTHS };
struct report {
    struct rq *rq;
    enum unit unit;
    enum tally_kind kind; /* of HOURS */
    const char *name;     /* of the list */
    struct uuid application_id, user_id;
    int64_t start, end; /* intervals; end is in */
    struct tally_count *counts;
    size_t count;
};

static int64_t
interval_of(enum unit unit, const struct datetime_zone *zone, int64_t instant)
{
    int64_t local = datetime_local(zone, instant);

    return unit == HOURS ? instant / HOUR_MS : unit == DAYS ? local / DAY_MS : tally_month(local);
}

/* ?start=, ?end=: instants. */
static int64_t
read_instant(struct rq *rq, const char *name)
{
    struct field_reader reader = api_reader(rq);
    str text = rq_query_get(rq, str_from(name));
    int64_t instant = 0;

    if (text.n == 0) {
        field_fault(
            &reader, name, "missing", "Say the time of the report: milliseconds since 1970.");
    } else if (!str_i64(text, &instant) || instant < 0 || instant > INT64_MAX / 4) {
        field_fault(&reader, name, "couldNotConvert", "Write milliseconds since 1970.");
    }
    return instant;
}

static enum err
read_range(struct report *report)
{
    struct rq *rq = report->rq;
    struct field_reader reader = api_reader(rq);
    int64_t start = read_instant(rq, "start"), end = read_instant(rq, "end");
    const struct system *system;
    enum err e = api_query_id(rq, "applicationId", &report->application_id);

    if (e == ERR_OK && rq->faults.count == 0 && end < start) {
        field_fault(&reader, "end", "invalid", "Set end to a time after start.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : system_load(rq, &system);
    if (e != ERR_OK) {
        return e;
    }
    report->start = interval_of(report->unit, &system->zone, MAX(start, FIRST_INSTANT));
    report->end = interval_of(report->unit, &system->zone, MIN(end, rq->now + DAY_MS));
    report->counts = ARENA_ARRAY(rq->arena, MAX_INTERVALS, struct tally_count);
    return report->counts ? ERR_OK : FAIL_SERVER(rq);
}

/* Where the interval is, or belongs. */
static size_t
find(const struct report *report, int64_t interval)
{
    size_t low = 0, high = report->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (report->counts[middle].interval < interval) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void
add(struct report *report, int64_t interval, int64_t n)
{
    size_t at = find(report, interval);

    if (at < report->count && report->counts[at].interval == interval) {
        report->counts[at].count += n;
    } else if (report->count < MAX_INTERVALS) {
        memmove(report->counts + at + 1, report->counts + at,
            (report->count - at) * sizeof *report->counts);
        report->counts[at] = (struct tally_count){interval, n};
        report->count++;
    }
}

static enum err
add_step(struct report *report, const struct tenant *tenant, int64_t start, int64_t end)
{
    struct rq *rq = report->rq;
    const struct tally_question question = {tenant, report->application_id, start, end};
    struct tally_count *counts;
    struct api_scratch scratch;
    size_t count = 0;
    enum err e;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = report->unit == HOURS ? tally_hours(rq, &question, report->kind, &counts, &count)
                              : tally_people(rq, &question,
                                  report->unit == DAYS ? TALLY_DAY : TALLY_MONTH, &counts, &count);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        add(report, counts[i].interval, counts[i].count);
    }
    api_scratch_end(rq, &scratch);
    return e;
}

static enum err
add_tenant(struct report *report, const struct tenant *tenant)
{
    enum err e = ERR_OK;

    for (int64_t at = report->start; e == ERR_OK && at <= report->end; at += STEP) {
        e = add_step(report, tenant, at, MIN(at + STEP, report->end + 1));
    }
    return e;
}

/* Calls visit for the tenant of the call, or for all. */
static enum err
each_tenant(struct rq *rq, enum err (*visit)(void *ctx, const struct tenant *tenant), void *ctx)
{
    struct uuid *ids, after = {{0}};
    const struct tenant *tenant;
    size_t count = TENANTS;
    enum err e = ERR_OK;

    if (api_is_bound(rq)) {
        e = api_tenant(rq);
        return e ? e : visit(ctx, rq->tenant);
    }
    while (e == ERR_OK && count == TENANTS) {
        e = tenant_ids_after(rq, after, TENANTS, &ids, &count);
        for (size_t i = 0; e == ERR_OK && i < count; i++) {
            after = ids[i];
            e = tenant_load(rq, ids[i], &tenant);
            e = e || tenant == NULL ? e : visit(ctx, tenant);
        }
    }
    return e;
}

static enum err
visit_tenant(void *ctx, const struct tenant *tenant)
{
    return add_tenant(ctx, tenant);
}

static enum err
send(struct report *report)
{
    struct api_answer answer;
    int64_t total = 0;

    api_answer_start(report->rq, &answer);
    json_out_name(&answer.out, str_from(report->name));
    json_out_array(&answer.out);
    for (size_t i = 0; i < report->count; i++) {
        json_out_object(&answer.out);
        json_put_i64(&answer.out, S("count"), report->counts[i].count);
        json_put_i64(&answer.out, S("interval"), report->counts[i].interval);
        json_out_object_end(&answer.out);
        total += report->counts[i].count;
    }
    json_out_array_end(&answer.out);
    json_put_i64(&answer.out, S("total"), total);
    return api_answer_send(report->rq, &answer, 200);
}

static enum err
run(struct report *report)
{
    const struct tenant *tenant = NULL;
    const struct application *app = NULL;
    enum err e;

    if (uuid_is_nil(report->application_id)) {
        e = each_tenant(report->rq, visit_tenant, report);
    } else {
        e = api_application_find(report->rq, report->application_id, &tenant, &app);
        if (e == ERR_OK && app == NULL) {
            return api_refuse(
                report->rq, "applicationId", "invalid", "There is no such application.");
        }
        e = e ? e : add_tenant(report, tenant);
    }
    return e ? e : send(report);
}

static enum err
answer_people(struct rq *rq, enum unit unit, const char *name)
{
    struct report report = {.rq = rq, .unit = unit, .name = name};
    enum err e = read_range(&report);

    return e ? e : run(&report);
}

enum err
api_report_daily(struct rq *rq)
{
    return answer_people(rq, DAYS, "dailyActiveUsers");
}

enum err
api_report_monthly(struct rq *rq)
{
    return answer_people(rq, MONTHS, "monthlyActiveUsers");
}

enum err
api_report_registration(struct rq *rq)
{
    struct report report = {
        .rq = rq, .unit = HOURS, .kind = TALLY_REGISTRATION, .name = "hourlyCounts"};
    enum err e = read_range(&report);

    return e ? e : run(&report);
}

static enum err
add_logins_page(struct report *report, struct event_logins *which, size_t *count)
{
    struct rq *rq = report->rq;
    struct api_scratch scratch;
    struct event_row *rows;
    enum err e;

    *count = 0;
    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = event_login_list(rq, which, LOGINS, &rows, count);
    for (size_t i = 0; e == ERR_OK && i < *count; i++) {
        add(report, rows[i].insert_instant / HOUR_MS, 1);
        which->before = rows[i].id;
    }
    api_scratch_end(rq, &scratch);
    return e;
}

/* One person's: from the login records, which an index finds. */
static enum err
run_user(struct report *report, const struct tenant *tenant, struct uuid user_id)
{
    struct event_logins which = {.tenant_id = tenant->id,
        .user_id = user_id,
        .application_id = report->application_id,
        .start = report->start * HOUR_MS,
        .end = (report->end + 1) * HOUR_MS,
        .from = EVENT_LOGIN,
        .to = EVENT_LOGIN};
    size_t count = LOGINS;
    enum err e = ERR_OK;

    while (e == ERR_OK && count == LOGINS) {
        e = add_logins_page(report, &which, &count);
    }
    return e ? e : send(report);
}

/* loginId goes before userId, as FusionAuth has it. *ret nil: of nobody in particular. */
static enum err
find_user(struct rq *rq, const struct tenant **ret_tenant, struct uuid *ret)
{
    str login_id = rq_query_get(rq, S("loginId"));
    struct field_texts types;
    struct user *user = NULL;
    enum err e = api_query_id(rq, "userId", ret);

    e = e ? e : api_user_id_types(rq, &types);
    if (e != ERR_OK || (login_id.n == 0 && uuid_is_nil(*ret))) {
        return e;
    }
    if (login_id.n == 0) {
        e = api_user_find(rq, *ret, ret_tenant, &user);
    } else {
        e = api_tenant(rq);
        *ret_tenant = rq->tenant;
        e = e ? e : api_user_phone(rq, rq->tenant, &types, &login_id);
        e = e ? e : user_find(rq, rq->tenant, login_id, USER_PLAIN, &user);
    }
    if (e != ERR_OK || user == NULL || (login_id.n && !api_user_has(rq, user, login_id, &types))) {
        return e ? e : api_not_found(rq);
    }
    *ret = user->id;
    return ERR_OK;
}

enum err
api_report_login(struct rq *rq)
{
    struct report report = {.rq = rq, .unit = HOURS, .kind = TALLY_LOGIN, .name = "hourlyCounts"};
    const struct tenant *tenant = NULL;
    struct uuid user_id;
    enum err e = read_range(&report);

    e = e ? e : find_user(rq, &tenant, &user_id);
    if (e != ERR_OK) {
        return e;
    }
    return tenant == NULL || uuid_is_nil(user_id) ? run(&report)
                                                  : run_user(&report, tenant, user_id);
}

struct totals {
    struct rq *rq;
    struct json_out *out; /* NULL: applications are left out */
    int64_t users, users_ever;
};

static void
put_total(struct totals *totals, const struct tally_total *total)
{
    char id[UUID_TEXT];

    uuid_write(total->application_id, id);
    json_out_name(totals->out, (str){id, sizeof id});
    json_out_object(totals->out);
    json_put_i64(totals->out, S("logins"), total->n[TALLY_LOGIN]);
    json_put_i64(totals->out, S("registrations"),
        MAX(total->n[TALLY_REGISTRATION] - total->n[TALLY_REGISTRATION_END], 0));
    json_put_i64(totals->out, S("totalRegistrations"), total->n[TALLY_REGISTRATION]);
    json_out_object_end(totals->out);
}

/* An application that is gone is in no report. */
static enum err
add_total(struct totals *totals, const struct tenant *tenant, const struct tally_total *total)
{
    const struct application *app = NULL;
    enum err e;

    if (uuid_is_nil(total->application_id)) {
        totals->users += MAX(total->n[TALLY_USER] - total->n[TALLY_USER_END], 0);
        totals->users_ever += total->n[TALLY_USER];
        return ERR_OK;
    }
    e = application_in(totals->rq, total->application_id, tenant->id, &app);
    if (e == ERR_OK && app != NULL && totals->out != NULL) {
        put_total(totals, total);
    }
    return e;
}

static enum err
total_tenant(void *ctx, const struct tenant *tenant)
{
    struct totals *totals = ctx;
    struct tally_total *list;
    struct api_scratch scratch;
    size_t count = 0;
    enum err e;

    if (!api_scratch_begin(totals->rq, &scratch)) {
        return FAIL_SERVER(totals->rq);
    }
    e = tally_totals(totals->rq, tenant, &list, &count);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = add_total(totals, tenant, &list[i]);
    }
    api_scratch_end(totals->rq, &scratch);
    return e;
}

enum err
api_report_totals(struct rq *rq)
{
    struct totals totals = {.rq = rq};
    struct field_texts excludes;
    struct api_answer answer;
    bool has_applications = true;
    enum err e = api_query_all(rq, "excludes", &excludes);

    for (size_t i = 0; e == ERR_OK && i < excludes.count; i++) {
        has_applications &= !str_eq(excludes.items[i], S("applicationTotals"));
    }
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    if (has_applications) {
        totals.out = &answer.out;
        json_out_name(&answer.out, S("applicationTotals"));
        json_out_object(&answer.out);
    }
    e = each_tenant(rq, total_tenant, &totals);
    if (has_applications) {
        json_out_object_end(&answer.out);
    }
    json_put_i64(&answer.out, S("globalRegistrations"), totals.users);
    json_put_i64(&answer.out, S("totalGlobalRegistrations"), totals.users_ever);
    return e ? e : api_answer_send(rq, &answer, 200);
}
