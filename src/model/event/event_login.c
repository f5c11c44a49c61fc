/* SPDX-License-Identifier: Apache-2.0 */
/* Sign-ins, found by time, tenant, application or person through indexes that hold nothing else. */
#include "model/event/event.h"

#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/statements.h"

enum { LIST_VALUES = 6, COUNT_VALUES = 5, MAX_VALUES = LIST_VALUES + 3 };

struct question {
    int list, count; /* statements */
    struct uuid first, end;
    struct db_value values[MAX_VALUES];
    size_t of;
};

static void
add_id(struct question *q, const struct uuid *id)
{
    q->values[LIST_VALUES + q->of++] = DB_ID(id);
}

/* The narrowest question: of a person, of an application (which has but one tenant), of a tenant. */
static void
narrow(struct question *q, const struct event_logins *which)
{
    q->list = EVENT_LOGINS_ALL;
    q->count = EVENT_COUNT_ALL;
    if (!uuid_is_nil(which->user_id)) {
        bool is_both = !uuid_is_nil(which->application_id);

        add_id(q, &which->tenant_id);
        add_id(q, &which->user_id);
        if (is_both) {
            add_id(q, &which->application_id);
        }
        q->list = is_both ? EVENT_LOGINS_OF_BOTH : EVENT_LOGINS_OF_USER;
        q->count = is_both ? EVENT_COUNT_OF_BOTH : EVENT_COUNT_OF_USER;
    } else if (!uuid_is_nil(which->application_id)) {
        add_id(q, &which->application_id);
        q->list = EVENT_LOGINS_OF_APPLICATION;
        q->count = EVENT_COUNT_OF_APPLICATION;
    } else if (!uuid_is_nil(which->tenant_id)) {
        add_id(q, &which->tenant_id);
        q->list = EVENT_LOGINS_OF_TENANT;
        q->count = EVENT_COUNT_OF_TENANT;
    }
}

static void
ask(struct rq *rq, const struct event_logins *which, struct question *q)
{
    *q = (struct question){.first = job_first_id(which->start),
        .end = uuid_is_nil(which->before) ? job_first_id(which->end ? which->end : rq->now + DAY_MS)
                                          : which->before};
    narrow(q, which);
    q->values[0] = DB_ID(&q->first);
    q->values[1] = DB_ID(&q->end);
    q->values[2] = DB_I64(which->from);
    q->values[3] = DB_I64(which->to);
}

enum err
event_login_list(struct rq *rq, const struct event_logins *which, size_t max,
    struct event_row **ret, size_t *ret_count)
{
    struct event_row *list = ARENA_ARRAY(rq->arena, MAX(max, 1), struct event_row);
    struct db_row *rows = NULL;
    struct question q;
    enum err e;

    *ret_count = 0;
    ask(rq, which, &q);
    q.values[4] = DB_I64((int64_t)max);
    q.values[5] = DB_I64(which->offset);
    e = max ? rq_read_all(rq, q.list, max, &rows, q.values, LIST_VALUES + q.of) : ERR_OK;
    if (e != ERR_OK || list == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (; rows != NULL; rows = rows->next) {
        list[(*ret_count)++] = event_row(rows, 0);
    }
    *ret = list;
    return ERR_OK;
}

enum err
event_login_count(struct rq *rq, const struct event_logins *which, int64_t max, int64_t *ret)
{
    struct db_row *row;
    struct question q;
    enum err e;

    ask(rq, which, &q);
    q.values[4] = DB_I64(max);
    memmove(q.values + COUNT_VALUES, q.values + LIST_VALUES, q.of * sizeof *q.values);
    e = rq_read(rq, q.count, &row, q.values, COUNT_VALUES + q.of);
    *ret = row != NULL && e == ERR_OK ? db_i64(row, 0) : 0;
    return e;
}
