/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and searches of what is only stored: names first, then one thing after the other is opened, on memory
 * that is given back. */
#include "flow/api/api_record.h"

/* What the caller may see: everything of one tenant, or of the house; the house's things for everybody, unless they
 * are private. */
static void
drop_others(
    const struct rq *rq, const struct record_kind *kind, struct record_name *list, size_t *count)
{
    size_t n = 0;

    for (size_t i = 0; kind->may_be_of_tenant && i < *count; i++) {
        if (uuid_is_nil(list[i].tenant_id) || api_may_see(rq, list[i].tenant_id)) {
            list[n++] = list[i];
        }
    }
    *count = kind->may_be_of_tenant ? n : *count;
}

static enum err
names(struct rq *rq, const struct api_record *record, struct record_name **ret, size_t *ret_count)
{
    bool is_bound = rq->api_key != NULL && !uuid_is_nil(rq->api_key->tenant_id);
    struct uuid of = {{0}};
    enum err e = ERR_OK;

    *ret_count = 0;
    if ((record->kind->is_of_tenant && api_is_bound(rq))
        || (record->kind->may_be_of_tenant && record->is_private && is_bound)) {
        e = api_tenant(rq);
        of = rq->tenant ? rq->tenant->id : of;
    } else if (record->is_private && is_bound) {
        return ERR_OK;
    }
    arena_allow(rq->arena, API_NAMES_ARENA);
    e = e ? e : record_names(rq, record->kind, of, API_NAMES_MAX + 1, ret, ret_count);
    if (e == ERR_OK && *ret_count > API_NAMES_MAX) {
        return api_refuse(rq, "", "tooMany", "There are too many: name a tenant, or search.");
    }
    if (e == ERR_OK) {
        drop_others(rq, record->kind, *ret, ret_count);
    }
    return e;
}

static enum err
with_thing(struct rq *rq, const struct api_record *record, struct uuid id, api_record_visit *visit,
    void *ctx)
{
    struct api_scratch scratch;
    void *thing;
    enum err e;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = record_load(rq, record->kind, id, &thing);
    if (e == ERR_OK && thing != NULL) {
        visit(ctx, thing);
    }
    api_scratch_end(rq, &scratch);
    return e;
}

enum err
api_record_each(struct rq *rq, const struct api_record *record, api_record_visit *visit, void *ctx)
{
    struct record_name *list = NULL;
    size_t count;
    enum err e = names(rq, record, &list, &count);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = with_thing(rq, record, list[i].id, visit, ctx);
    }
    return e;
}

struct writer {
    struct rq *rq;
    const struct api_record *record;
    struct json_out *out;
};

static void
write_one(void *ctx, const void *thing)
{
    const struct writer *w = ctx;

    if (w->record->resource.write != NULL) {
        w->record->resource.write(w->rq, thing, w->out);
    } else {
        field_write(w->record->resource.table ? w->record->resource.table
                                              : record_table(w->record->kind, thing),
            api_audience(w->rq), thing, w->out);
    }
}

static enum err
retrieve_all(struct rq *rq, const struct api_record *record)
{
    struct api_answer answer;
    struct writer writer = {rq, record, &answer.out};
    enum err e;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, str_from(record->plural));
    json_out_array(&answer.out);
    e = api_record_each(rq, record, write_one, &writer);
    json_out_array_end(&answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

static enum err
retrieve_one(struct rq *rq, const struct api_record *record)
{
    struct api_call call;
    struct api_resource resource = record->resource;
    enum err e = api_resource_load(rq, &resource, &call);

    if (e != ERR_OK) {
        return e;
    }
    if (resource.table == NULL) {
        resource.table = record_table(record->kind, call.before);
    }
    return api_resource_answer(&call, call.before);
}

enum err
api_record_retrieve(struct rq *rq)
{
    const struct api_record *record = rq->about;

    return rq->segments[record->resource.id_at].n ? retrieve_one(rq, record)
                                                  : retrieve_all(rq, record);
}

/* What is asked for, in an order the page knows: of a text or a name of the kind's table, that text stands in
 * for the name; of lastUpdateInstant, it stands in for the first instant. */
struct filter {
    struct rq *rq;
    const struct api_record *record;
    const void *criteria;
    struct api_criteria page;
    const struct field *order; /* NULL: nothing is opened to sort */
    bool is_by_update, is_by_tenant;
    struct arena *keep; /* outlives the scratch */
    bool fits;
    str text; /* to sort by */
};

static const struct field *
order_field(const struct field_table *table, str name)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct field *f = &table->fields[i];
        bool has_order = f->kind == FIELD_TEXT || f->kind == FIELD_URI || f->kind == FIELD_ENUM
                         || f->kind == FIELD_BOOL || f->kind == FIELD_UUID;
        if (has_order && str_eq(str_from(f->name), name)) {
            return f;
        }
    }
    return NULL;
}

static void
read_order(struct filter *f)
{
    str name = str_head(f->page.order_by, str_find(f->page.order_by, ' '));
    str direction = str_skip(f->page.order_by, name.n);

    f->is_by_update = str_eq(name, S("lastUpdateInstant"));
    f->is_by_tenant = str_eq(name, S("tenant"));
    f->order = str_eq(name, S("name")) ? NULL : order_field(f->record->kind->table, name);
    if (f->is_by_update || f->is_by_tenant || f->order != NULL) {
        f->page.order_by = str_fmt(
            f->rq->arena, "%s" STRF, f->is_by_update ? "insertInstant" : "name", STRV(direction));
    }
}

static str
text_of(struct arena *arena, const struct field *order, const void *thing)
{
    const char *member = (const char *)thing + order->offset;
    struct uuid id;
    bool is_so;
    str text;
    int i;

    if (order->kind == FIELD_ENUM) {
        memcpy(&i, member, sizeof i);
        return i >= 0 ? str_from(order->more.names[i]) : NO_STR;
    }
    if (order->kind == FIELD_BOOL) {
        memcpy(&is_so, member, sizeof is_so);
        return is_so ? S("true") : S("false");
    }
    if (order->kind == FIELD_UUID) {
        memcpy(&id, member, sizeof id);
        return uuid_text(arena, id);
    }
    memcpy(&text, member, sizeof text);
    return text;
}

static void
judge(void *ctx, const void *thing)
{
    struct filter *f = ctx;

    if (f->record->matches != NULL) {
        f->fits = f->record->matches(f->rq, thing, f->criteria);
    }
    if (f->fits && f->order != NULL) {
        f->text = str_dup(f->keep, text_of(f->keep, f->order, thing));
    }
}

/* The tenant's name to sort by; what is of the house has none and comes first. */
static enum err
name_tenant(struct filter *f, struct uuid id)
{
    const struct tenant *tenant = NULL;
    enum err e = uuid_is_nil(id) ? ERR_OK : tenant_load(f->rq, id, &tenant);

    f->text = tenant ? tenant->name : NO_STR;
    return e;
}

/* Names are looked at before anything is opened. */
static enum err
fits(struct filter *f, const struct record_name *name)
{
    enum err e = ERR_OK;

    f->text = name->name;
    f->fits = f->page.name.n == 0 || api_name_matches(f->page.name, name->name);
    if (f->fits && f->is_by_tenant) {
        e = name_tenant(f, name->tenant_id);
    }
    if (e != ERR_OK || !f->fits || (f->record->matches == NULL && f->order == NULL)) {
        return e;
    }
    return with_thing(f->rq, f->record, name->id, judge, f);
}

static enum err
find(struct filter *f, struct api_hit **ret, size_t *ret_count)
{
    struct record_name *list = NULL;
    size_t count;
    enum err e = names(f->rq, f->record, &list, &count);

    *ret = e ? NULL : ARENA_ARRAY(f->rq->arena, MAX(count, 1), struct api_hit);
    *ret_count = 0;
    if (*ret == NULL) {
        return e ? e : FAIL_SERVER(f->rq);
    }
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = fits(f, &list[i]);
        if (f->fits) {
            (*ret)[(*ret_count)++] = (struct api_hit){list[i].id, f->text,
                f->is_by_update ? list[i].last_update_instant : list[i].insert_instant};
        }
    }
    return e;
}

enum err
api_record_search(struct rq *rq)
{
    const struct api_record *record = rq->about;
    void *criteria = arena_alloc(rq->arena, record->criteria->size);
    struct api_answer answer;
    struct writer writer = {rq, record, &answer.out};
    struct filter filter = {.rq = rq, .record = record, .criteria = criteria, .keep = rq->arena};
    struct api_hit *hits = NULL;
    size_t count = 0, total = 0;
    enum err e = criteria ? api_criteria_read(rq, record->criteria, criteria) : FAIL_SERVER(rq);

    if (e != ERR_OK || criteria == NULL) {
        return e;
    }
    memcpy(&filter.page, criteria, sizeof filter.page);
    read_order(&filter);
    e = find(&filter, &hits, &count);
    e = e ? e : api_page_of(rq, &filter.page, hits, &count, &hits, &total);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, str_from(record->plural));
    json_out_array(&answer.out);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = with_thing(rq, record, hits[i].id, write_one, &writer);
    }
    json_out_array_end(&answer.out);
    json_put_i64(&answer.out, S("total"), (int64_t)total);
    return e ? e : api_answer_send(rq, &answer, 200);
}
