/* SPDX-License-Identifier: Apache-2.0 */
/* /api/system/event-log: one entry, or a search. There are at most EVENTLOG_KEPT, so all are looked at. A key of
 * one tenant sees its tenant's. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_sorted.h"
#include "flow/api/api_tables.h"
#include "model/eventlog/eventlog.h"

enum { PAGE = 50 };

struct criteria { /* type EventLogSearchCriteria */
    struct api_criteria base;
    str message;
    int64_t start, end;
    int type;
};
/* clang-format off */
static const char *const types[] = {"Information", "Debug", "Error", NULL};
#define C(member) FIELD_AT(struct criteria, member)
static const struct field criteria_fields[] = {
    API_CRITERIA_FIELDS,
    {.name = "end",     .kind = FIELD_INSTANT, .offset = C(end)},
    {.name = "message", .kind = FIELD_TEXT,    .offset = C(message)},
    {.name = "start",   .kind = FIELD_INSTANT, .offset = C(start)},
    {.name = "type",    .kind = FIELD_ENUM,    .offset = C(type), .default_int = -1, .more.names = types},
};
const struct field_table api_event_log_criteria_table = FIELD_TABLE("EventLogSearchCriteria", criteria_fields, struct criteria, NULL);
/* clang-format on */

enum column { BY_INSTANT, BY_MESSAGE, BY_TYPE, BY_USER };
static const char *const columns[] = {"insertInstant", "message", "type", "insertUser", NULL};

static void
write_entry(const struct eventlog_entry *entry, struct json_out *out)
{
    json_out_object(out);
    json_put_i64(out, S("id"), entry->seq);
    json_put_i64(out, S("insertInstant"), entry->insert_instant);
    json_put_str(out, S("message"), entry->message);
    json_put_str(out, S("type"), str_from(types[entry->type % 3]));
    json_out_object_end(out);
}

enum err
api_event_log_retrieve(struct rq *rq)
{
    struct field_reader reader = api_reader(rq);
    struct eventlog_entry *entry = NULL;
    struct api_answer answer;
    int64_t seq;
    enum err e;

    if (!str_i64(rq->segments[0], &seq)) {
        field_fault(&reader, "eventLogId", "couldNotConvert", "Write a whole number.");
        return api_faults(rq);
    }
    e = eventlog_load(rq, seq, &entry);
    if (e != ERR_OK || entry == NULL || !api_may_see(rq, entry->tenant_id)) {
        return e ? e : api_not_found(rq);
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("eventLog"));
    write_entry(entry, &answer.out);
    return api_answer_send(rq, &answer, 200);
}

static bool
matches(const struct criteria *c, const struct eventlog_entry *entry)
{
    return (c->type < 0 || (int)entry->type == c->type) && entry->insert_instant >= c->start
           && (c->end == 0 || entry->insert_instant < c->end)
           && (c->message.n == 0 || api_name_matches(c->message, entry->message));
}

static void
keep(struct api_sorted *sorted, const struct eventlog_entry *entry)
{
    const struct uuid none = {{0}};

    switch ((enum column)sorted->column) {
    case BY_MESSAGE:
        api_sorted_add(sorted, entry->seq, none, entry->message);
        break;
    case BY_TYPE:
        api_sorted_add(sorted, entry->seq, none, str_from(types[entry->type % 3]));
        break;
    case BY_USER: /* entries have no user */
    case BY_INSTANT:
        api_sorted_add(sorted, entry->seq, none, NO_STR);
        break;
    }
}

struct search {
    struct criteria criteria;
    struct api_sorted sorted;
    struct uuid tenant_id; /* nil: every tenant's */
    int64_t before;
};

static enum err
look_at_page(struct rq *rq, void *ctx, size_t *ret_looked)
{
    struct search *search = ctx;
    struct eventlog_entry *list;
    enum err e = eventlog_list(rq, search->tenant_id, search->before, PAGE, &list, ret_looked);

    for (size_t i = 0; e == ERR_OK && i < *ret_looked; i++) {
        search->before = list[i].seq;
        if (matches(&search->criteria, &list[i])) {
            keep(&search->sorted, &list[i]);
        }
    }
    return e;
}

static enum err
write_one(struct rq *rq, const struct api_sorted_hit *hit, struct json_out *out)
{
    struct eventlog_entry *entry = NULL;
    enum err e = eventlog_load(rq, hit->seq, &entry);

    if (e == ERR_OK && entry != NULL) {
        write_entry(entry, out);
    }
    return e;
}

enum err
api_event_log_search(struct rq *rq)
{
    struct search search = {.before = INT64_MAX};
    enum err e = api_criteria_read(rq, &api_event_log_criteria_table, &search.criteria);

    e = e ? e : api_sorted_start(rq, &search.criteria.base, columns, &search.sorted);
    if (e == ERR_OK && api_is_bound(rq)) {
        e = api_tenant(rq);
        search.tenant_id = e ? search.tenant_id : rq->tenant->id;
    }
    e = e ? e : api_sorted_gather(rq, &search.sorted, PAGE, look_at_page, &search);
    return e ? e : api_sorted_answer(rq, &search.sorted, S("eventLogs"), write_one);
}
