/* SPDX-License-Identifier: Apache-2.0 */
/* /api/system/login-record and /api/user/recent-login: who signed in, where from. Failures are there, too:
 * search.result asks for them (Succeeded by default, as FusionAuth's clients expect; Failed; All), and such a
 * record has succeeded: false and a reason. A location is there only if a caller's eventInfo told it. */
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_export.h"
#include "flow/api/api_search.h"
#include "flow/api/api_tables.h"
#include "flow/api/api_user.h"
#include "model/event/event.h"
#include "model/user/user.h"

enum { PAGE = 25, COUNT_MAX = 100000000, RECENT = 10 };
enum result { SUCCEEDED, FAILED, ALL };

struct criteria { /* type LoginRecordSearchCriteria, and result of ours */
    struct api_criteria base;
    struct uuid application_id, user_id;
    int64_t start, end;
    int result;
    bool has_total;
};
/* clang-format off */
static const char *const results[] = {"Succeeded", "Failed", "All", NULL};
#define C(member) FIELD_AT(struct criteria, member)
#define CRITERIA_FIELDS \
    API_CRITERIA_FIELDS, \
    {.name = "applicationId", .kind = FIELD_UUID,    .offset = C(application_id)}, \
    {.name = "end",           .kind = FIELD_INSTANT, .offset = C(end)}, \
    {.name = "result",        .kind = FIELD_ENUM,    .offset = C(result), .more.names = results}, \
    {.name = "start",         .kind = FIELD_INSTANT, .offset = C(start)}, \
    {.name = "userId",        .kind = FIELD_UUID,    .offset = C(user_id)}
static const struct field criteria_fields[] = {
    CRITERIA_FIELDS,
};
const struct field_table api_login_record_criteria_table = FIELD_TABLE("LoginRecordSearchCriteria", criteria_fields, struct criteria, NULL);

/* As a query string has it: what stands beside the search is among the criteria. */
static const struct field query_fields[] = {
    CRITERIA_FIELDS,
    {.name = "retrieveTotal", .kind = FIELD_BOOL, .offset = C(has_total)},
};
static const struct field_table query_table = FIELD_TABLE("LoginRecordQuery", query_fields, struct criteria, NULL);

struct beside {
    bool has_total;
    str event_info;
};
static const struct field beside_fields[] = {
    {.name = "eventInfo",     .kind = FIELD_JSON, .offset = FIELD_AT(struct beside, event_info), .max = 8192},
    {.name = "retrieveTotal", .kind = FIELD_BOOL, .offset = FIELD_AT(struct beside, has_total)},
};
static const struct field_table beside_table = FIELD_TABLE("LoginRecordSearchRequest", beside_fields, struct beside, NULL);
/* clang-format on */

struct record { /* type DisplayableRawLogin */
    const struct event_record *event;
    const struct json *location; /* or NULL */
    str address, login_id, login_id_type, reason, application_name;
};

static enum err
read_criteria(struct rq *rq, struct criteria *ret)
{
    static const char *const objects[] = {"search", NULL};
    struct field_reader reader = api_reader(rq);
    bool is_query = rq->http->method == HTTP_GET || rq->http->method == HTTP_HEAD;
    const struct json *body, *value = NULL;
    struct beside beside = {.has_total = false};
    enum err e;

    if (is_query) {
        e = api_criteria_query(rq, &query_table, &value);
    } else {
        e = api_body(rq, objects, &beside_table, &beside, &body);
        value = e ? NULL : json_get(body, S("search"));
    }
    if (e != ERR_OK) {
        return e;
    }
    if (!field_read(&reader, is_query ? &query_table : &api_login_record_criteria_table,
            FIELD_CREATE, value, S("search"), ret)
        && arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    ret->has_total = is_query ? ret->has_total : beside.has_total;
    return api_faults(rq);
}

/* An id of another tenant's finds nothing: *ret_none. */
static enum err
range_of(struct rq *rq, const struct criteria *criteria, struct event_logins *ret, bool *ret_none)
{
    const struct tenant *tenant = NULL;
    const struct application *app = NULL;
    enum err e = api_is_bound(rq) ? api_tenant(rq) : ERR_OK;

    *ret_none = false;
    *ret = (struct event_logins){.user_id = criteria->user_id,
        .application_id = criteria->application_id,
        .start = criteria->start,
        .end = criteria->end,
        .from = criteria->result == FAILED ? EVENT_LOGIN_FAILED : EVENT_LOGIN,
        .to = criteria->result == SUCCEEDED ? EVENT_LOGIN : EVENT_LOGIN_FAILED,
        .offset = criteria->base.start};
    if (e == ERR_OK && api_is_bound(rq)) {
        ret->tenant_id = rq->tenant->id;
    }
    if (e == ERR_OK && !uuid_is_nil(criteria->application_id)) {
        e = api_application_find(rq, criteria->application_id, &tenant, &app);
        *ret_none = app == NULL;
    }
    if (e == ERR_OK && !uuid_is_nil(criteria->user_id)) {
        e = api_user_tenant(rq, criteria->user_id, &tenant);
        *ret_none |= tenant == NULL;
        ret->tenant_id = tenant ? tenant->id : ret->tenant_id;
    }
    return e;
}

static enum err
open_record(struct rq *rq, const struct event_record *event, struct record *ret)
{
    const struct application *app = NULL;
    const struct json *detail = NULL;
    enum err e = ERR_OK;

    *ret = (struct record){.event = event};
    if (event->detail.n && !json_parse(rq->arena, event->detail, &detail, NULL)) {
        return FAIL_SERVER(rq);
    }
    ret->location = json_get(detail, S("location"));
    ret->address = json_get_str(detail, S("ipAddress"));
    ret->login_id = json_get_str(detail, S("loginId"));
    ret->login_id_type = json_get_str(detail, S("loginIdType"));
    ret->reason = json_get_str(detail, S("reason"));
    if (!uuid_is_nil(event->application_id)) {
        e = application_any(rq, event->application_id, &app);
    }
    ret->application_name = app ? app->name : NO_STR;
    return e;
}

static void
put_location(struct api_export *to, const struct json *location)
{
    static const str members[] = {
        S("city"), S("country"), S("zipcode"), S("region"), S("latitude"), S("longitude")};

    for (size_t i = 0; i < COUNT(members); i++) {
        const struct json *value = json_get(location, members[i]);
        str text;
        text = json_get_str(location, members[i]);
        if (value != NULL && value->type == JSON_NUMBER) {
            text = value->raw;
        }
        api_export_text(to, text);
    }
}

static enum err
write_record(void *ctx, const struct record *record)
{
    struct json_out *out = ctx;
    bool has_failed = record->event->stream == EVENT_LOGIN_FAILED;

    json_out_object(out);
    json_put_given_id(out, S("applicationId"), record->event->application_id);
    json_put_given(out, S("applicationName"), record->application_name);
    json_put_i64(out, S("instant"), record->event->insert_instant);
    json_put_given(out, S("ipAddress"), record->address);
    if (record->location != NULL) {
        json_put_raw(out, S("location"), record->location->raw);
    }
    json_put_given(out, S("loginId"), record->login_id);
    json_put_given(out, S("loginIdType"), record->login_id_type);
    if (has_failed) {
        json_put_given(out, S("reason"), record->reason);
        json_put_bool(out, S("succeeded"), false);
    }
    json_put_given_id(out, S("userId"), record->event->user_id);
    json_out_object_end(out);
    return ERR_OK;
}

typedef enum err visit_record(void *ctx, const struct record *record);

/* A page on memory that is given back; which then stands behind it. */
static enum err
visit_page(struct rq *rq, struct event_logins *which, size_t max, visit_record *visit, void *ctx,
    size_t *count)
{
    const struct tenant *tenant = NULL;
    struct api_scratch scratch;
    struct event_record event;
    struct event_row *rows;
    struct record record;
    enum err e;

    *count = 0;
    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = event_login_list(rq, which, max, &rows, count);
    which->offset = 0;
    for (size_t i = 0; e == ERR_OK && i < *count; i++) {
        which->before = rows[i].id;
        e = tenant_load(rq, rows[i].tenant_id, &tenant);
        if (e == ERR_OK && tenant != NULL) {
            e = event_open(rq, tenant, &rows[i], &event);
            e = e ? e : open_record(rq, &event, &record);
            e = e ? e : visit(ctx, &record);
        }
    }
    e = e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
    api_scratch_end(rq, &scratch);
    return e;
}

static enum err
visit_all(struct rq *rq, struct event_logins which, size_t max, visit_record *visit, void *ctx)
{
    size_t count = PAGE;
    enum err e = ERR_OK;

    while (e == ERR_OK && max > 0 && count == PAGE) {
        e = visit_page(rq, &which, MIN(max, PAGE), visit, ctx, &count);
        max -= count;
    }
    return e;
}

static enum err
answer(struct rq *rq, const struct event_logins *which, size_t rows, bool has_total)
{
    struct api_answer answer;
    int64_t total = 0;
    enum err e = ERR_OK;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("logins"));
    json_out_array(&answer.out);
    if (which != NULL) {
        e = visit_all(rq, *which, rows, write_record, &answer.out);
    }
    json_out_array_end(&answer.out);
    if (has_total && which != NULL && e == ERR_OK) {
        e = event_login_count(rq, which, COUNT_MAX, &total);
    }
    if (has_total) {
        json_put_i64(&answer.out, S("total"), total);
    }
    return e ? e : api_answer_send(rq, &answer, 200);
}

enum err
api_login_record_search(struct rq *rq)
{
    struct event_logins which;
    struct criteria criteria;
    bool is_none;
    enum err e = read_criteria(rq, &criteria);

    e = e ? e : range_of(rq, &criteria, &which, &is_none);
    return e ? e
             : answer(rq, is_none ? NULL : &which, (size_t)criteria.base.rows, criteria.has_total);
}

struct export
{
    struct api_export to; /* first: rows_of gets its address */
    struct criteria criteria;
    struct event_logins which; /* stands where the rows go on */
    bool is_none;
};

static enum err
export_record(void *ctx, const struct record *record)
{
    struct api_export *to = ctx;

    api_export_id(to, record->event->user_id);
    api_export_text(to, record->login_id);
    api_export_text(to, record->login_id_type);
    api_export_instant(to, record->event->insert_instant);
    api_export_id(to, record->event->application_id);
    api_export_text(to, record->address);
    put_location(to, record->location);
    api_export_text(to, record->event->stream == EVENT_LOGIN_FAILED ? S("Failed") : S("Succeeded"));
    api_export_text(to, record->reason);
    return api_export_row(to);
}

static enum err
rows_of(struct api_export *to, bool *ret_is_all)
{
    struct export *export = (struct export *)(void *)to;
    size_t count = 0;
    enum err e = export->is_none
                     ? ERR_OK
                     : visit_page(to->rq, &export->which, PAGE, export_record, to, &count);

    *ret_is_all = count < PAGE;
    return e;
}

/* The columns are FusionAuth's; result and reason stand behind them. */
static enum err
start_export(struct api_export *to)
{
    struct export *export = (struct export *)(void *)to;
    struct rq *rq = to->rq;
    static const char header[] = "\"User Id \",\"Identity value \",\"Identity type \",\"Time "
                                 "\",\"Application Id \",\"IP Address \","
                                 "\"City \",\"Country \",\"Zipcode \",\"Region \",\"Latitude "
                                 "\",\"Longitude \",\"Result\",\"Reason\"";
    enum err e =
        api_export_read(rq, &api_login_record_criteria_table, &export->criteria, &export->to);

    e = e ? e : range_of(rq, &export->criteria, &export->which, &export->is_none);
    if (e != ERR_OK) {
        return e;
    }
    export->which.offset = 0;
    export->to.rows_of = rows_of;
    return api_export_start(&export->to, "login-record", header);
}

enum err
api_login_record_export(struct rq *rq)
{
    return api_export_answer(rq, sizeof(struct export), start_export);
}

/* ?name= as a number within bounds. */
static int64_t
query_number(struct rq *rq, const char *name, int64_t otherwise, int64_t max)
{
    struct field_reader reader = api_reader(rq);
    str text = rq_query_get(rq, str_from(name));
    int64_t number = otherwise;

    if (text.n && !str_i64(text, &number)) {
        field_fault(&reader, name, "couldNotConvert", "Write a whole number.");
    } else if (number < 0 || number > max) {
        field_fault(&reader, name, "invalid", "The number is too small or too large.");
    }
    return number;
}

enum err
api_user_recent_login(struct rq *rq)
{
    int64_t limit = query_number(rq, "limit", RECENT, API_PAGE_MAX);
    struct criteria criteria = {.base = {.start = query_number(rq, "offset", 0, INT32_MAX)}};
    struct event_logins which;
    bool is_none;
    enum err e = api_query_id(rq, "userId", &criteria.user_id);

    e = e ? e : api_faults(rq);
    e = e ? e : range_of(rq, &criteria, &which, &is_none);
    if (e == ERR_OK && is_none) {
        return api_not_found(rq);
    }
    return e ? e : answer(rq, &which, (size_t)limit, false);
}
