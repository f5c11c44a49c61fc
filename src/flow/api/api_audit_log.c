/* SPDX-License-Identifier: Apache-2.0 */
/* /api/system/audit-log: posted, retrieved, searched, exported. Entries are sealed, so texts are compared
 * once they are opened: at most API_SORTED_LOOKED of a search, and a search that would need more is refused, never
 * answered with too few. Deviation: what is posted has no id in the answer; its number is given at the commit. */
#include <stdio.h>

#include "flow/api/api_audit.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_export.h"
#include "flow/api/api_sorted.h"
#include "model/event/event.h"

enum { TOTAL_MAX = 100000, VALUE_MAX = 16384, PAGE = 25 };

/* newValue and oldValue are anything; the table knows objects only, so they are read beside it. */
static const char *const any_values[] = {"newValue", "oldValue", NULL};

static struct json *
without_values(struct rq *rq, const struct json *value)
{
    struct json *root = ARENA_NEW(rq->arena, struct json);
    const struct json **to;

    if (root == NULL || value == NULL || value->type != JSON_OBJECT) {
        return NULL;
    }
    *root = (struct json){.type = JSON_OBJECT, .raw = value->raw};
    to = &root->first;
    for (const struct json *m = value->first; m != NULL; m = m->next) {
        bool is_any =
            str_eq(m->name, str_from(any_values[0])) || str_eq(m->name, str_from(any_values[1]));
        struct json *copy = is_any ? NULL : ARENA_NEW(rq->arena, struct json);
        if (copy != NULL) {
            *copy = *m;
            copy->next = NULL;
            *to = copy;
            to = &copy->next;
            root->count++;
        }
    }
    return root;
}

static str
any_value(struct rq *rq, const struct json *log, const char *name)
{
    struct field_reader reader = api_reader(rq);
    const struct json *value = json_get(log, str_from(name));
    char path[40];

    if (value == NULL || value->type == JSON_NULL) {
        return NO_STR;
    }
    if (value->raw.n > VALUE_MAX) {
        snprintf(path, sizeof path, "auditLog.%s", name);
        field_fault(&reader, path, "tooLong", "Keep the value under 16 KiB.");
    }
    return value->raw;
}

static str
detail_of(struct rq *rq, const struct api_audit_log *log)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("insertUser"), log->insert_user);
    json_put_str(&out, S("message"), log->message);
    json_put_given(&out, S("reason"), log->reason);
    if (log->new_value.n) {
        json_put_raw(&out, S("newValue"), log->new_value);
    }
    if (log->old_value.n) {
        json_put_raw(&out, S("oldValue"), log->old_value);
    }
    if (log->data.n) {
        json_put_raw(&out, S("data"), log->data);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static enum err
read_log(struct rq *rq, struct api_audit_log *ret)
{
    static const char *const objects[] = {"auditLog", NULL};
    struct field_reader reader = api_reader(rq);
    struct api_beside beside;
    const struct json *body, *log;
    enum err e = api_body(rq, objects, &api_beside_table, &beside, &body);

    if (e != ERR_OK) {
        return e;
    }
    log = json_get(body, S("auditLog"));
    if (log == NULL || log->type != JSON_OBJECT) {
        return api_refuse(rq, "auditLog", "missing", "Send the entry as auditLog.");
    }
    if (!field_read(&reader, &api_audit_log_table, FIELD_CREATE, without_values(rq, log),
            S("auditLog"), ret)
        && arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    ret->new_value = any_value(rq, log, any_values[0]);
    ret->old_value = any_value(rq, log, any_values[1]);
    return api_faults(rq);
}

enum err
api_audit_log_create(struct rq *rq)
{
    struct event event = {.kind = "audit-log.create"};
    struct api_answer answer;
    struct api_audit_log log = {.id = 0};
    enum err e = read_log(rq, &log);

    e = e ? e : api_tenant(rq);
    if (e != ERR_OK) {
        return e;
    }
    event.detail = detail_of(rq, &log);
    e = event_add(rq, rq->tenant, &event);
    log.insert_instant = rq->now;
    log.tenant_id = rq->tenant->id;
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("auditLog"));
    api_audit_write(&log, &answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

/* {auditLogId} as a number; false with a fault for anything else. */
static bool
read_number(struct rq *rq, str text, const char *name, int64_t *ret)
{
    struct field_reader reader = api_reader(rq);

    if (str_i64(text, ret)) {
        return true;
    }
    field_fault(&reader, name, "couldNotConvert", "Write a whole number.");
    return false;
}

enum err
api_audit_log_retrieve(struct rq *rq)
{
    struct audit_entry *entry = NULL;
    struct api_answer answer;
    struct api_audit_log log;
    int64_t seq;
    enum err e;

    if (!read_number(rq, rq->segments[0], "auditLogId", &seq)) {
        return api_faults(rq);
    }
    e = api_is_bound(rq) ? api_tenant(rq) : ERR_OK;
    e = e ? e : audit_load(rq, seq, &entry);
    if (e != ERR_OK || entry == NULL || !api_may_see(rq, entry->tenant_id)) {
        return e ? e : api_not_found(rq);
    }
    e = api_audit_view(rq, entry, &log);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("auditLog"));
    api_audit_write(&log, &answer.out);
    return api_answer_send(rq, &answer, 200);
}

enum order { BY_INSTANT, BY_USER, BY_MESSAGE };
struct search {
    struct rq *rq;
    struct api_audit_criteria criteria;
    enum order order;
    bool is_down;
    struct json_out *out;
    struct api_sorted sorted; /* by a text */
    int64_t total;
};

static const struct {
    const char *words;
    enum order order;
    bool is_down;
} orders[] = {
    {"", BY_INSTANT, true},
    {"insertInstant", BY_INSTANT, false},
    {"insertInstant ASC", BY_INSTANT, false},
    {"insertInstant DESC", BY_INSTANT, true},
    {"insertUser", BY_USER, false},
    {"insertUser ASC", BY_USER, false},
    {"insertUser DESC", BY_USER, true},
    {"message", BY_MESSAGE, false},
    {"message ASC", BY_MESSAGE, false},
    {"message DESC", BY_MESSAGE, true},
};

static enum err
read_order(struct search *search)
{
    for (size_t i = 0; i < COUNT(orders); i++) {
        if (str_ieq(search->criteria.base.order_by, str_from(orders[i].words))) {
            search->order = orders[i].order;
            search->is_down = orders[i].is_down;
            return ERR_OK;
        }
    }
    return api_refuse(search->rq, "search.orderBy", "invalid",
        "Order by insertInstant, insertUser or message, followed by ASC or DESC.");
}

static enum err
write_one(void *ctx, const struct api_audit_log *log)
{
    struct search *search = ctx;

    api_audit_write(log, search->out);
    return ERR_OK;
}

static enum err
match_one(void *ctx, const struct api_audit_log *log)
{
    struct search *search = ctx;
    const struct api_criteria *base = &search->criteria.base;
    str text = search->order == BY_USER ? log->insert_user : log->message;

    if (!api_audit_matches(&search->criteria, log)) {
        return ERR_OK;
    }
    if (search->order != BY_INSTANT) {
        api_sorted_add(&search->sorted, log->id, (struct uuid){{0}}, text);
    } else if (search->total >= base->start && search->total < base->start + base->rows) {
        api_audit_write(log, search->out);
    }
    search->total++;
    return ERR_OK;
}

static enum err
write_seq(struct rq *rq, const struct api_sorted_hit *hit, struct json_out *out)
{
    struct audit_entry *entry = NULL;
    struct api_audit_log log;
    enum err e = audit_load(rq, hit->seq, &entry);

    if (e != ERR_OK || entry == NULL) {
        return e;
    }
    e = api_audit_view(rq, entry, &log);
    if (e == ERR_OK) {
        api_audit_write(&log, out);
    }
    return e;
}

/* Texts are known once entries are opened. */
static enum err
search_opened(struct search *search, struct audit_which which)
{
    const struct api_criteria *base = &search->criteria.base;
    struct rq *rq = search->rq;
    bool is_by_text = search->order != BY_INSTANT, is_all;
    enum err e = is_by_text ? api_sorted_begin(rq, base, search->is_down, &search->sorted) : ERR_OK;

    e = e ? e : api_audit_each(rq, &which, API_SORTED_LOOKED, match_one, search, &is_all);
    if (e == ERR_OK && !is_all) {
        e = api_sorted_refuse(rq);
    }
    if (e != ERR_OK || !is_by_text) {
        return e;
    }
    return api_sorted_put(rq, &search->sorted, write_seq, search->out);
}

static enum err
search_range(struct search *search, struct audit_which which)
{
    bool is_all;
    enum err e = audit_count(search->rq, &which, TOTAL_MAX, &search->total);

    which.offset = search->criteria.base.start;
    return e ? e
             : api_audit_each(search->rq, &which, (size_t)search->criteria.base.rows, write_one,
                 search, &is_all);
}

enum err
api_audit_log_search(struct rq *rq)
{
    struct search search = {.rq = rq};
    struct api_answer answer;
    struct audit_which which;
    enum err e = api_criteria_read(rq, &api_audit_criteria_table, &search.criteria);

    e = e ? e : read_order(&search);
    e = e ? e : api_audit_range(rq, &search.criteria, &which);
    if (e != ERR_OK) {
        return e;
    }
    which.is_oldest_first = search.order == BY_INSTANT && !search.is_down;
    api_answer_start(rq, &answer);
    search.out = &answer.out;
    json_out_name(&answer.out, S("auditLogs"));
    json_out_array(&answer.out);
    e = api_audit_has_texts(&search.criteria) || search.order != BY_INSTANT
            ? search_opened(&search, which)
            : search_range(&search, which);
    json_out_array_end(&answer.out);
    json_put_i64(&answer.out, S("total"), search.total);
    return e ? e : api_answer_send(rq, &answer, 200);
}

struct export
{
    struct api_export to; /* first: rows_of gets its address */
    struct api_audit_criteria criteria;
    struct audit_which which; /* stands where the rows go on */
};

static enum err
export_one(void *ctx, const struct api_audit_log *log)
{
    struct export *export = ctx;
    struct api_export *to = &export->to;
    char tenant[UUID_TEXT];

    if (!api_audit_matches(&export->criteria, log)) {
        return ERR_OK;
    }
    uuid_write(log->tenant_id, tenant);
    api_export_number(to, log->id);
    api_export_instant(to, log->insert_instant);
    api_export_text(to, log->insert_user);
    api_export_text(to, log->message);
    api_export_text(to, log->reason);
    api_export_text(to, log->old_value);
    api_export_text(to, log->new_value);
    api_export_text(to, (str){tenant, sizeof tenant});
    return api_export_row(to);
}

static enum err
rows_of(struct api_export *to, bool *ret_is_all)
{
    struct export *export = (struct export *)(void *)to;

    return api_audit_each(to->rq, &export->which, PAGE, export_one, export, ret_is_all);
}

static enum err
start_export(struct api_export *to)
{
    struct export *export = (struct export *)(void *)to;
    struct rq *rq = to->rq;
    static const char header[] =
        "\"Id\",\"Time\",\"User\",\"Message\",\"Reason\",\"Old value\",\"New value\",\"Tenant Id\"";
    enum err e = api_export_read(rq, &api_audit_criteria_table, &export->criteria, &export->to);

    e = e ? e : api_audit_range(rq, &export->criteria, &export->which);
    if (e != ERR_OK) {
        return e;
    }
    export->to.rows_of = rows_of;
    return api_export_start(&export->to, "audit-log", header);
}

enum err
api_audit_log_export(struct rq *rq)
{
    return api_export_answer(rq, sizeof(struct export), start_export);
}
