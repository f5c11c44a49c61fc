/* SPDX-License-Identifier: Apache-2.0 */
/* /api/system/webhook-event-log and webhook-attempt-log: what webhooks were told. A key of one tenant sees its
 * tenant's. A search looks at what was logged between start (an hour ago) and end. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_sorted.h"
#include "flow/api/api_tables.h"
#include "model/webhooklog/webhooklog.h"

enum { PAGE = 100 };
#define EPOCH_MS (INT64_C(1577836800) * SECOND_MS) /* 2020-01-01: a sequence counts from there */

struct criteria { /* type WebhookEventLogSearchCriteria */
    struct api_criteria base;
    str event, event_type;
    int event_result;
    int64_t start, end;
};
/* clang-format off */
static const char *const results[] = {"Failed", "Running", "Succeeded", NULL};
static const char *const outcomes[] = {"Success", "Failure", "Unknown", NULL};
#define C(member) FIELD_AT(struct criteria, member)
static const struct field criteria_fields[] = {
    API_CRITERIA_FIELDS,
    {.name = "end",         .kind = FIELD_INSTANT, .offset = C(end)},
    {.name = "event",       .kind = FIELD_TEXT,    .offset = C(event)},
    {.name = "eventResult", .kind = FIELD_ENUM,    .offset = C(event_result), .default_int = -1, .more.names = results},
    {.name = "eventType",   .kind = FIELD_TEXT,    .offset = C(event_type), .max = 100},
    {.name = "start",       .kind = FIELD_INSTANT, .offset = C(start)},
};
const struct field_table api_webhook_log_criteria_table = FIELD_TABLE("WebhookEventLogSearchCriteria", criteria_fields, struct criteria, NULL);
/* clang-format on */

enum column { BY_INSTANT, BY_RESULT, BY_TYPE, BY_ID, BY_ATTEMPT, BY_LINKED, BY_SEQUENCE };
static const char *const columns[] = {"insertInstant", "eventResult", "eventType", "id",
    "lastAttemptInstant", "linkedObjectId", "sequence", NULL};

/* Grows with time, below 2^53: the milliseconds of the id and twelve bits of it. */
static int64_t
sequence_of(const struct webhooklog_event *event)
{
    int64_t bits = (event->id.b[6] & 0x0f) << 8 | event->id.b[7];

    return MAX(event->insert_instant - EPOCH_MS, 0) * 4096 + bits;
}

static void
put_instant(struct json_out *out, str name, int64_t instant)
{
    if (instant) {
        json_put_i64(out, name, instant);
    }
}

static void
write_attempt(const struct webhooklog_attempt *attempt, struct json_out *out)
{
    json_out_object(out);
    json_put_str(out, S("attemptResult"), str_from(outcomes[(unsigned)attempt->outcome % 3]));
    put_instant(out, S("endInstant"), attempt->end_instant);
    json_put_given_id(out, S("id"), attempt->id);
    put_instant(out, S("startInstant"), attempt->start_instant);
    if (attempt->response.n) {
        json_put_raw(out, S("webhookCallResponse"), attempt->response);
    }
    json_put_given_id(out, S("webhookEventLogId"), attempt->event_id);
    json_put_given_id(out, S("webhookId"), attempt->webhook_id);
    json_out_object_end(out);
}

static enum err
write_event(
    struct rq *rq, const struct webhooklog_event *event, bool has_attempts, struct json_out *out)
{
    struct webhooklog_attempt *attempts;
    size_t count = 0;
    enum err e = has_attempts ? webhooklog_attempts(rq, event, &attempts, &count) : ERR_OK;

    json_out_object(out);
    if (has_attempts) {
        json_out_name(out, S("attempts"));
        json_out_array(out);
        for (size_t i = 0; e == ERR_OK && i < count; i++) {
            write_attempt(&attempts[i], out);
        }
        json_out_array_end(out);
    }
    if (event->event.n) {
        json_put_raw(out, S("event"), event->event);
    }
    json_put_str(out, S("eventResult"), str_from(results[(unsigned)event->result % 3]));
    json_put_str(out, S("eventType"), event->kind);
    json_put_i64(out, S("failedAttempts"), event->failed);
    json_put_given_id(out, S("id"), event->id);
    json_put_i64(out, S("insertInstant"), event->insert_instant);
    put_instant(out, S("lastAttemptInstant"), event->last_attempt_instant);
    json_put_i64(out, S("lastUpdateInstant"), event->last_update_instant);
    json_put_given_id(out, S("linkedObjectId"), event->linked_id);
    json_put_i64(out, S("sequence"), sequence_of(event));
    json_put_i64(out, S("successfulAttempts"), event->succeeded);
    json_out_object_end(out);
    return e;
}

enum err
api_webhook_log_retrieve(struct rq *rq)
{
    struct webhooklog_event *event = NULL;
    struct api_answer answer;
    struct uuid id;
    enum err e = rq_segment_id(rq, 0, "webhookEventLogId", &id);

    e = e ? e : webhooklog_load(rq, id, &event);
    if (e != ERR_OK || event == NULL || !api_may_see(rq, event->tenant_id)) {
        return e ? e : api_not_found(rq);
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("webhookEventLog"));
    e = write_event(rq, event, true, &answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

enum err
api_webhook_attempt_retrieve(struct rq *rq)
{
    struct webhooklog_attempt *attempt = NULL;
    struct api_answer answer;
    struct uuid id;
    enum err e = rq_segment_id(rq, 0, "webhookAttemptLogId", &id);

    e = e ? e : webhooklog_load_attempt(rq, id, &attempt);
    if (e != ERR_OK || attempt == NULL || !api_may_see(rq, attempt->tenant_id)) {
        return e ? e : api_not_found(rq);
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("webhookAttemptLog"));
    write_attempt(attempt, &answer.out);
    return api_answer_send(rq, &answer, 200);
}

static bool
matches(const struct criteria *c, const struct webhooklog_event *event)
{
    return event->insert_instant >= c->start && event->insert_instant < c->end
           && (c->event_result < 0 || event->result == c->event_result)
           && (c->event_type.n == 0 || str_eq(c->event_type, event->kind))
           && (c->event.n == 0 || api_name_matches(c->event, event->event));
}

static void
keep(struct api_sorted *sorted, const struct webhooklog_event *event)
{
    char linked[UUID_TEXT];

    switch ((enum column)sorted->column) {
    case BY_RESULT:
        api_sorted_add(sorted, 0, event->id, str_from(results[(unsigned)event->result % 3]));
        break;
    case BY_TYPE:
        api_sorted_add(sorted, 0, event->id, event->kind);
        break;
    case BY_LINKED:
        uuid_write(event->linked_id, linked);
        api_sorted_add(sorted, 0, event->id, (str){linked, sizeof linked});
        break;
    case BY_ATTEMPT:
        api_sorted_add_number(sorted, 0, event->id, event->last_attempt_instant);
        break;
    case BY_ID: /* ids, sequences and instants have one order */
    case BY_SEQUENCE:
    case BY_INSTANT:
        api_sorted_add(sorted, 0, event->id, NO_STR);
        break;
    }
}

struct search {
    struct criteria criteria;
    struct api_sorted sorted;
    struct webhooklog_which which; /* its before goes down, page after page */
};

static enum err
look_at_page(struct rq *rq, void *ctx, size_t *ret_looked)
{
    struct search *search = ctx;
    struct webhooklog_event *list;
    enum err e = webhooklog_list(rq, &search->which, PAGE, &list, ret_looked);

    for (size_t i = 0; e == ERR_OK && i < *ret_looked; i++) {
        search->which.before = list[i].id;
        if (matches(&search->criteria, &list[i])) {
            keep(&search->sorted, &list[i]);
        }
    }
    return e;
}

static enum err
write_one(struct rq *rq, const struct api_sorted_hit *hit, struct json_out *out)
{
    struct webhooklog_event *event = NULL;
    enum err e = webhooklog_load(rq, hit->id, &event);

    return e == ERR_OK && event != NULL ? write_event(rq, event, false, out) : e;
}

static enum err
read_criteria(struct rq *rq, struct criteria *ret)
{
    enum err e = api_criteria_read(rq, &api_webhook_log_criteria_table, ret);

    if (ret->start == 0) {
        ret->start = (rq->now - HOUR_MS) / MINUTE_MS * MINUTE_MS;
    }
    if (ret->end == 0) {
        ret->end = (rq->now / MINUTE_MS + 1) * MINUTE_MS;
    }
    if (e == ERR_OK && api_is_bound(rq)) {
        e = api_tenant(rq);
    }
    return e;
}

enum err
api_webhook_log_search(struct rq *rq)
{
    struct search search = {.which = {.before = {{0}}}};
    enum err e = read_criteria(rq, &search.criteria);

    e = e ? e : api_sorted_start(rq, &search.criteria.base, columns, &search.sorted);
    if (e != ERR_OK) {
        return e;
    }
    search.which.start = search.criteria.start;
    search.which.tenant_id = api_is_bound(rq) ? rq->tenant->id : search.which.tenant_id;
    e = api_sorted_gather(rq, &search.sorted, PAGE, look_at_page, &search);
    return e ? e : api_sorted_answer(rq, &search.sorted, S("webhookEventLogs"), write_one);
}
