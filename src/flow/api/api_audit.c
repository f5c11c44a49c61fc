/* SPDX-License-Identifier: Apache-2.0 */
/* What an audit entry says. Entries that were posted say it themselves; for those of our own it is made of
 * the event: "Updated the user 6666...", the differences as old and new values. */
#include "flow/api/api_audit.h"

#include "model/apikey/apikey.h"
#include "model/user/user.h"

enum { PAGE = 25, DATA_MAX = 16384 };
#define POSTED S("audit-log.create")

/* clang-format off */
#define L(member) FIELD_AT(struct api_audit_log, member)
static const struct field log_fields[] = {
    {.name = "data",          .kind = FIELD_JSON,    .offset = L(data), .max = DATA_MAX},
    {.name = "id",            .kind = FIELD_INT,     .offset = L(id), .flags = FIELD_READ_ONLY, .max = INT64_MAX},
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = L(insert_instant), .flags = FIELD_READ_ONLY},
    {.name = "insertUser",    .kind = FIELD_TEXT,    .offset = L(insert_user), .flags = FIELD_REQUIRED},
    {.name = "message",       .kind = FIELD_TEXT,    .offset = L(message), .flags = FIELD_REQUIRED, .max = 8192},
    {.name = "newValue",      .kind = FIELD_JSON,    .offset = L(new_value), .max = DATA_MAX},
    {.name = "oldValue",      .kind = FIELD_JSON,    .offset = L(old_value), .max = DATA_MAX},
    {.name = "reason",        .kind = FIELD_TEXT,    .offset = L(reason), .max = 8192},
    {.name = "tenantId",      .kind = FIELD_UUID,    .offset = L(tenant_id), .flags = FIELD_READ_ONLY},
};
const struct field_table api_audit_log_table = FIELD_TABLE("AuditLog", log_fields, struct api_audit_log, NULL);

#define C(member) FIELD_AT(struct api_audit_criteria, member)
static const struct field criteria_fields[] = {
    API_CRITERIA_FIELDS,
    {.name = "end",      .kind = FIELD_INSTANT, .offset = C(end)},
    {.name = "message",  .kind = FIELD_TEXT,    .offset = C(message)},
    {.name = "newValue", .kind = FIELD_TEXT,    .offset = C(new_value)},
    {.name = "oldValue", .kind = FIELD_TEXT,    .offset = C(old_value)},
    {.name = "reason",   .kind = FIELD_TEXT,    .offset = C(reason)},
    {.name = "start",    .kind = FIELD_INSTANT, .offset = C(start)},
    {.name = "tenantId", .kind = FIELD_UUID,    .offset = C(tenant_id)},
    {.name = "user",     .kind = FIELD_TEXT,    .offset = C(user)},
};
const struct field_table api_audit_criteria_table = FIELD_TABLE("AuditLogSearchCriteria", criteria_fields, struct api_audit_criteria, NULL);

static const struct {
    const char *ending, *verb;
} verbs[] = {
    {".create", "Created"}, {".update", "Updated"}, {".delete", "Deleted"}, {".import", "Imported"}, {".revoke", "Revoked"},
    {".grant", "Granted"}, {".vend", "Issued"}, {".add", "Added"}, {".remove", "Removed"}, {".deactivate", "Deactivated"},
    {".reactivate", "Reactivated"}, {".start", "Started"}, {".send", "Sent"}, {".verified", "Verified"}, {".end", "Ended"},
};
/* clang-format on */

/* "user.registration.create" and an id: "Created the user registration 6666..." */
static str
sentence(struct rq *rq, str kind, str id)
{
    const char *verb = "Noted";
    str noun = kind;
    struct buf buf;
    str text;

    for (size_t i = 0; i < COUNT(verbs); i++) {
        if (str_ends(kind, str_from(verbs[i].ending))) {
            verb = verbs[i].verb;
            noun = str_head(kind, kind.n - strlen(verbs[i].ending));
        }
    }
    buf_init(&buf, rq->arena, KB(1));
    buf_fmt(&buf, "%s the ", verb);
    for (size_t i = 0; i < noun.n; i++) {
        buf_char(&buf, noun.p[i] == '.' ? ' ' : noun.p[i]);
    }
    if (id.n) {
        buf_char(&buf, ' ');
        buf_str(&buf, id);
    }
    return buf_done(&buf, &text) ? text : NO_STR;
}

/* Administrators are people of one tenant who may act in others; their names stay there. */
static enum err
is_person(struct rq *rq, struct uuid id, bool *ret)
{
    struct uuid *tenants;
    size_t count = 0;
    enum err e = user_tenants(rq, id, 1, &tenants, &count);

    *ret = count > 0;
    return e;
}

/* A person about themselves or as administrator, an API key by its name, or the house. */
static enum err
name_actor(struct rq *rq, const struct event_record *event, str *ret)
{
    const struct api_key *key = NULL;
    str id = uuid_text(rq->arena, event->actor);
    bool is_administrator = false;
    enum err e;

    if (uuid_is_nil(event->actor)) {
        *ret = S("Cardea");
        return ERR_OK;
    }
    if (uuid_eq(event->actor, event->user_id)) {
        *ret = str_fmt(rq->arena, "User " STRF, STRV(id));
        return ERR_OK;
    }
    e = apikey_load(rq, event->actor, &key);
    if (e == ERR_OK && key == NULL) {
        e = is_person(rq, event->actor, &is_administrator);
    }
    if (key != NULL && key->name.n) {
        *ret = str_fmt(rq->arena, "API key " STRF " (" STRF ")", STRV(id), STRV(key->name));
    } else if (key == NULL && is_administrator) {
        *ret = str_fmt(rq->arena, "Administrator " STRF, STRV(id));
    } else {
        *ret = str_fmt(rq->arena, "API key " STRF, STRV(id));
    }
    return e;
}

static str
raw_of(const struct json *from, str name)
{
    const struct json *value = json_get(from, name);

    return value ? value->raw : NO_STR;
}

/* {"path": value} of every change, or empty. */
static str
values_of(struct rq *rq, const struct json *changes, str which)
{
    struct json_out out;
    struct buf buf;
    str text, path;

    if (changes == NULL || changes->type != JSON_ARRAY || changes->count == 0) {
        return NO_STR;
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    for (const struct json *change = changes->first; change != NULL; change = change->next) {
        const struct json *value = json_get(change, which);
        if (json_str(json_get(change, S("path")), &path) && value != NULL) {
            json_put_raw(&out, path, value->raw);
        }
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static str
data_of(struct rq *rq, const struct event_record *event, const struct json *info)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("kind"), event->kind);
    json_put_given_id(&out, S("actorId"), event->actor);
    json_put_given_id(&out, S("userId"), event->user_id);
    json_put_given_id(&out, S("applicationId"), event->application_id);
    if (info != NULL) {
        json_put_raw(&out, S("eventInfo"), info->raw);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static enum err
view_event(struct rq *rq, const struct event_record *event, struct api_audit_log *ret)
{
    const struct json *detail = NULL;
    str id;

    if (event->detail.n && !json_parse(rq->arena, event->detail, &detail, NULL)) {
        return FAIL_SERVER(rq);
    }
    if (str_eq(event->kind, POSTED)) {
        ret->insert_user = json_get_str(detail, S("insertUser"));
        ret->message = json_get_str(detail, S("message"));
        ret->reason = json_get_str(detail, S("reason"));
        ret->new_value = raw_of(detail, S("newValue"));
        ret->old_value = raw_of(detail, S("oldValue"));
        ret->data = raw_of(detail, S("data"));
        return ERR_OK;
    }
    id = json_get_str(detail, S("id"));
    if (id.n == 0 && !uuid_is_nil(event->user_id)) {
        id = uuid_text(rq->arena, event->user_id);
    }
    ret->message = sentence(rq, event->kind, id);
    ret->new_value = values_of(rq, json_get(detail, S("changes")), S("new"));
    ret->old_value = values_of(rq, json_get(detail, S("changes")), S("old"));
    ret->data = data_of(rq, event, json_get(detail, S("eventInfo")));
    return name_actor(rq, event, &ret->insert_user);
}

enum err
api_audit_view(struct rq *rq, const struct audit_entry *entry, struct api_audit_log *ret)
{
    const struct tenant *tenant = NULL;
    struct event_record event;
    enum err e = tenant_load(rq, entry->tenant_id, &tenant);

    *ret = (struct api_audit_log){.id = entry->seq,
        .tenant_id = entry->tenant_id,
        .insert_instant = uuid_ms(entry->event_id)};
    if (e != ERR_OK) {
        return e;
    }
    if (entry->is_gone || tenant == NULL) {
        ret->insert_user = S("Cardea");
        ret->message = S("This entry was erased with the person it was about.");
        return ERR_OK;
    }
    ret->insert_instant = entry->event.insert_instant;
    e = event_open(rq, tenant, &entry->event, &event);
    return e ? e : view_event(rq, &event, ret);
}

static void
put_raw(struct json_out *out, str name, str json)
{
    if (json.n) {
        json_put_raw(out, name, json);
    }
}

void
api_audit_write(const struct api_audit_log *log, struct json_out *out)
{
    char tenant[UUID_TEXT];

    uuid_write(log->tenant_id, tenant);
    json_out_object(out);
    put_raw(out, S("data"), log->data);
    if (log->id) {
        json_put_i64(out, S("id"), log->id);
    }
    json_put_i64(out, S("insertInstant"), log->insert_instant);
    json_put_str(out, S("insertUser"), log->insert_user);
    json_put_str(out, S("message"), log->message);
    put_raw(out, S("newValue"), log->new_value);
    put_raw(out, S("oldValue"), log->old_value);
    json_put_given(out, S("reason"), log->reason);
    json_put_str(out, S("tenantId"), (str){tenant, sizeof tenant});
    json_out_object_end(out);
}

enum err
api_audit_range(struct rq *rq, const struct api_audit_criteria *criteria, struct audit_which *ret)
{
    enum err e = api_is_bound(rq) ? api_tenant(rq) : ERR_OK;

    if (e != ERR_OK) {
        return e;
    }
    *ret = (struct audit_which){
        .tenant_id = criteria->tenant_id, .start = criteria->start, .end = criteria->end};
    if (!uuid_is_nil(criteria->tenant_id) && !api_may_see(rq, criteria->tenant_id)) {
        return api_not_found(rq);
    }
    if (api_is_bound(rq)) {
        ret->tenant_id = rq->tenant->id;
    }
    return ERR_OK;
}

bool
api_audit_has_texts(const struct api_audit_criteria *c)
{
    return c->message.n || c->new_value.n || c->old_value.n || c->reason.n || c->user.n;
}

static bool
is_like(str pattern, str text)
{
    return pattern.n == 0 || api_name_matches(pattern, text);
}

bool
api_audit_matches(const struct api_audit_criteria *criteria, const struct api_audit_log *log)
{
    return is_like(criteria->message, log->message) && is_like(criteria->reason, log->reason)
           && is_like(criteria->user, log->insert_user)
           && is_like(criteria->new_value, log->new_value)
           && is_like(criteria->old_value, log->old_value);
}

static enum err
visit_one(struct rq *rq, const struct audit_entry *entry, api_audit_visit *visit, void *ctx)
{
    struct api_scratch scratch;
    struct api_audit_log log;
    enum err e;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = api_audit_view(rq, entry, &log);
    e = e ? e : visit(ctx, &log);
    e = e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
    api_scratch_end(rq, &scratch);
    return e;
}

/* A page of entries on scratch memory; *count: how many there were. */
static enum err
each_of_page(struct rq *rq, struct audit_which *which, size_t max, api_audit_visit *visit,
    void *ctx, size_t *count)
{
    struct api_scratch scratch;
    struct audit_entry *list;
    enum err e;

    *count = 0;
    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = audit_list(rq, which, max, &list, count);
    for (size_t i = 0; e == ERR_OK && i < *count; i++) {
        e = visit_one(rq, &list[i], visit, ctx);
        which->after = list[i].event_id;
    }
    which->offset = 0;
    api_scratch_end(rq, &scratch);
    return e;
}

enum err
api_audit_each(struct rq *rq, struct audit_which *which, size_t max, api_audit_visit *visit,
    void *ctx, bool *ret_is_all)
{
    size_t count = PAGE;
    enum err e = ERR_OK;

    while (e == ERR_OK && max > 0 && count == PAGE) {
        e = each_of_page(rq, which, MIN(max, PAGE), visit, ctx, &count);
        max -= count;
    }
    *ret_is_all = max > 0;
    return e;
}
