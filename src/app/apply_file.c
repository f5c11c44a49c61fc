/* SPDX-License-Identifier: Apache-2.0 */
/* The files of cardea apply. A document is an object of kinds: {"applications": [...], "tenants": [...]}. */
#include <fcntl.h>

#include "app/apply.h"
#include "app/config.h"
#include "app/kickstart_text.h"
#include "base/arena.h"
#include "codec/yaml.h"
#include "crypto/random.h"

struct source { /* a document being read */
    struct apply *apply;
    struct kickstart_text *text;
    str place; /* "x.yaml, document 1" */
};

static str
at(struct apply *a, str place, const char *list, size_t i)
{
    return str_fmt(a->arena, STRF "%s[%zu]", STRV(place), list, i);
}

static bool
add_part(void *ctx, struct thing *part, size_t i)
{
    struct source *s = ctx;

    part->place = at(s->apply, str_fmt(s->apply->arena, STRF ".", STRV(part->parent->place)),
        part->kind->name, i);
    part->text = s->text;
    if (part->item->type != JSON_OBJECT) {
        apply_fault(s->apply, part->place, S("is no object"));
        s->apply->wanted.count--;
    }
    return true;
}

/* {"id", "grants"}: an entity may have more of them than fit in one item. */
static bool
is_only_grants(const struct managed *kind, const struct json *item)
{
    if (!managed_is(kind, "entities") || json_get(item, S("id")) == NULL
        || json_get(item, S("grants")) == NULL) {
        return false;
    }
    for (const struct json *m = item->first; m != NULL; m = m->next) {
        if (!str_eq(m->name, S("id")) && !str_eq(m->name, S("tenantId"))
            && !str_eq(m->name, S("grants"))) {
            return false;
        }
    }
    return true;
}

static void
add_item(struct source *s, const struct managed *kind, const struct json *item, str place)
{
    struct apply *a = s->apply;
    struct thing *thing;

    if (item->type != JSON_OBJECT) {
        apply_fault(a, place, S("is no object"));
        return;
    }
    thing = things_add(is_only_grants(kind, item) ? &a->beside : &a->wanted, kind, NULL, item);
    if (thing != NULL) {
        thing->place = place;
        thing->text = s->text;
    }
    if (thing == NULL || !things_add_parts(&a->wanted, thing, add_part, s)) {
        apply_fault(a, place, S("does not fit in memory"));
    }
}

static void
add_kind(struct source *s, const struct managed *kind, const struct json *value)
{
    struct apply *a = s->apply;
    str place = str_fmt(a->arena, STRF ": ", STRV(s->place));
    size_t i = 0;

    a->named |= UINT32_C(1) << managed_index(kind);
    if (kind->flags & MANAGED_SINGLE) {
        add_item(s, kind, value, str_fmt(a->arena, STRF "%s", STRV(place), kind->name));
        return;
    }
    if (value->type != JSON_ARRAY && value->type != JSON_NULL) {
        apply_fault(a, str_fmt(a->arena, STRF "%s", STRV(place), kind->name), S("is no list"));
        return;
    }
    for (const struct json *item = value->first; item != NULL; item = item->next) {
        add_item(s, kind, item, at(a, place, kind->name, i++));
    }
}

static bool
replace(struct kickstart_text *text, const struct json *value, const struct json **ret)
{
    struct json_out out;
    struct buf buf;
    str done;

    text->fault = NO_STR;
    buf_init(&buf, text->arena, YAML_MAX_BYTES);
    json_out_init(&out, &buf);
    if (!kickstart_replace(text, value, &out)) {
        return false;
    }
    if (!buf_done(&buf, &done) || !json_parse(text->arena, done, ret, NULL)) {
        text->fault = S("it is too long with its references replaced");
        return false;
    }
    return true;
}

static void
read_default_tenant(struct source *s, const struct json *value)
{
    str text = NO_STR, id = NO_STR;

    s->text->fault = NO_STR;
    if (!json_str(value, &text) || !kickstart_replace_text(s->text, text, &id)
        || !uuid_parse(id, &s->apply->first_tenant)) {
        apply_fault(s->apply, str_fmt(s->apply->arena, STRF ": defaultTenantId", STRV(s->place)),
            s->text->fault.n ? s->text->fault : S("is no UUID"));
    }
}

static void
read_document(struct source *s, const struct json *document)
{
    struct apply *a = s->apply;

    if (document->type == JSON_NULL) {
        return;
    }
    if (document->type != JSON_OBJECT) {
        apply_fault(a, s->place, S("is no object of lists such as applications"));
        return;
    }
    if (json_get(document, S("variables")) != NULL
        && !replace(s->text, json_get(document, S("variables")), &s->text->variables)) {
        apply_fault(a, str_fmt(a->arena, STRF ": variables", STRV(s->place)), s->text->fault);
    }
    for (const struct json *m = document->first; m != NULL; m = m->next) {
        const struct managed *kind = managed_find(m->name);
        if (kind != NULL) {
            add_kind(s, kind, m);
        } else if (str_eq(m->name, S("defaultTenantId"))) {
            read_default_tenant(s, m);
        } else if (!str_eq(m->name, S("variables"))) {
            apply_fault(a, str_fmt(a->arena, STRF ": " STRF, STRV(s->place), STRV(m->name)),
                S("is no kind of thing that files can hold"));
        }
    }
}

/* Of the files, or else of the server. */
static const struct thing *
find_one(struct apply *a, const struct thing *like)
{
    const struct thing *t = things_by_name(&a->wanted, like);

    return t ? t : things_by_name(&a->here, like);
}

/* What is not in a tenant, or in this one, by its name; what has none is called by its id. */
static const struct thing *
find_top(struct apply *a, const struct managed *kind, str tenant, bool is_foreign, str name)
{
    struct thing like = {.kind = kind, .name = name, .tenant = tenant};
    const struct thing *t = find_one(a, &like);

    if (t == NULL && !is_foreign) {
        like.tenant = NO_STR;
        t = find_one(a, &like);
    }
    if (t == NULL) {
        t = things_by_id(&a->wanted, kind, name);
        t = t ? t : things_by_id(&a->here, kind, name);
        t = t && t->name.n == 0 && (t->tenant.n == 0 || str_eq(t->tenant, tenant)) ? t : NULL;
    }
    return t;
}

/* "Shop/roles/clerk": names may have slashes, so each is asked whether a part begins there. */
static const struct thing *
find_part(struct apply *a, const struct managed *kind, str tenant, bool is_foreign, str name)
{
    for (size_t at = 0; at < name.n; at++) {
        str rest = str_skip(name, at + 1);
        size_t n = name.p[at] == '/' ? str_find(rest, '/') : rest.n;
        const struct managed *part = n < rest.n ? managed_part(str_head(rest, n)) : NULL;
        struct thing like = {.kind = part, .name = str_skip(rest, n + 1)};
        if (part == NULL || !managed_is(kind, part->part_of)) {
            continue;
        }
        like.parent = find_top(a, kind, tenant, is_foreign, str_head(name, at));
        if (like.parent != NULL && find_one(a, &like) != NULL) {
            return find_one(a, &like);
        }
    }
    return NULL;
}

/* "applications/Shop" is the default tenant's; of another "<tenant's id>/applications/Shop". */
static bool
find_id(void *ctx, str name, str *ret)
{
    struct apply *a = ctx;
    str tenant = a->tenant_id;
    size_t slash = str_find(name, '/');
    bool is_foreign = slash == UUID_TEXT;
    const struct managed *kind;
    const struct thing *t;

    if (is_foreign) {
        tenant = str_head(name, slash);
        name = str_skip(name, slash + 1);
        slash = str_find(name, '/');
    }
    kind = slash < name.n ? managed_find(str_head(name, slash)) : NULL;
    if (kind == NULL) {
        return false;
    }
    name = str_skip(name, slash + 1);
    t = find_top(a, kind, tenant, is_foreign, name);
    t = t ? t : find_part(a, kind, tenant, is_foreign, name);
    if (t != NULL) {
        *ret = t->id;
    }
    return t != NULL;
}

static void
read_one(struct apply *a, const char *path)
{
    struct kickstart_text *text = ARENA_NEW(a->arena, struct kickstart_text);
    struct yaml_documents documents = {NULL, 0};
    struct yaml_fault fault;
    str name = str_from(path), content = NO_STR;
    size_t slash = name.n;

    if (text == NULL) {
        apply_fault(a, name, S("does not fit in memory"));
        return;
    }
    while (slash && name.p[slash - 1] != '/') {
        slash--;
    }
    *text = (struct kickstart_text){
        .arena = a->arena, .rng = random_system(), .now_ms = clock_now_ms()};
    text->folder = slash ? str_head(name, slash) : S(".");
    text->max_bytes = YAML_MAX_TEXT;
    if (!kickstart_read_file(text, slash ? str_skip(name, slash) : name, &content)) {
        apply_fault(a, name, text->fault);
        return;
    }
    text->max_bytes = 0; /* of those that it names */
    if (!yaml_parse(a->arena, content, &documents, &fault)) {
        str line = fault.line ? str_fmt(a->arena, ", line %zu", fault.line) : NO_STR;
        apply_fault(a,
            str_fmt(a->arena, STRF ", document %zu" STRF, STRV(name), fault.document, STRV(line)),
            fault.why);
        return;
    }
    for (size_t i = 0; i < documents.count; i++) {
        struct source s = {a, text, str_fmt(a->arena, STRF ", document %zu", STRV(name), i + 1)};
        read_document(&s, documents.items[i]);
    }
    text->find = find_id;
    text->find_ctx = a;
}

void
apply_read_files(struct apply *a)
{
    for (size_t i = 0; i < a->config->file_count; i++) {
        read_one(a, a->config->files[i]);
    }
    things_sort(&a->wanted);
}

static bool
settle_text(struct apply *a, struct thing *t, const char *what, str *text)
{
    t->text->fault = NO_STR;
    if (text->n == 0 || kickstart_replace_text(t->text, *text, text)) {
        return true;
    }
    apply_fault(a, str_fmt(a->arena, STRF ".%s", STRV(t->place), what), t->text->fault);
    return false;
}

static bool
settle_uuid(struct apply *a, struct thing *t, const char *what, str *text)
{
    struct uuid id;

    if (!settle_text(a, t, what, text)) {
        return false;
    }
    if (text->n && !uuid_parse(*text, &id)) {
        apply_fault(a, str_fmt(a->arena, STRF ".%s", STRV(t->place), what), S("is no UUID"));
        return false;
    }
    *text = text->n ? uuid_text(a->arena, id) : NO_STR;
    return true;
}

/* Names of entities are nobody's alone. */
static bool
is_one_of_many(const struct thing *t)
{
    return managed_is(t->kind, "entities") && things_has_namesake(t);
}

/* By id; without one by name. Parts are found by their name too when they have another id: the names of roles and
 * permissions never change. */
static void
match(struct apply *a, struct thing *t)
{
    struct thing *other = t->id.n ? things_by_id(&a->here, t->kind, t->id) : NULL;

    if (other == NULL && t->name.n && (t->id.n == 0 || t->parent != NULL)) {
        other = things_by_name(&a->here, t);
        if (other != NULL && is_one_of_many(other)) {
            apply_fault(
                a, t->place, S("names several of the server's: say by its id which one is meant"));
            return;
        }
    }
    if (other != NULL && other->other != NULL) {
        apply_fault(
            a, t->place, str_fmt(a->arena, "is the same as " STRF, STRV(other->other->place)));
        return;
    }
    t->other = other;
    if (other != NULL) {
        other->other = t;
        t->id = other->id;
    } else if (t->id.n == 0) {
        t->id = uuid_text(a->arena, uuid_make(clock_now_ms(), random_system()));
    } else if (things_by_id(&a->wanted, t->kind, t->id) != NULL) {
        apply_fault(a, t->place, S("has the id of another one in the files"));
    }
}

/* An application of no tenant. */
static bool
is_universal(const struct thing *t)
{
    const struct json *config = json_get(t->item, S("universalConfiguration"));
    bool is = false;

    return managed_is(t->kind, "applications") && json_bool(json_get(config, S("universal")), &is)
           && is;
}

static void
check_own(struct apply *a, const struct thing *t)
{
    const struct json *said =
        managed_is(t->kind, "keys") ? json_get(t->item, S("tenantDefault")) : NULL;
    bool is_own;

    if (said != NULL && (!json_bool(said, &is_own) || (is_own && t->tenant.n == 0))) {
        apply_fault(a, str_fmt(a->arena, STRF ".tenantDefault", STRV(t->place)),
            S("is true of one key of a tenant, which tenantId names"));
    }
    for (size_t i = 0; t->is_own && i < a->wanted.count; i++) {
        const struct thing *o = a->wanted.items[i];
        if (o != t && o->is_own && str_eq(o->tenant, t->tenant)) {
            apply_fault(a, t->place, S("is the second key that the tenant signs with by itself"));
            break;
        }
    }
}

/* Whose it is, if nothing says so. */
static void
settle_tenant(struct apply *a, struct thing *t)
{
    if ((t->kind->flags & MANAGED_IN_TENANT) && t->tenant.n == 0 && !managed_is(t->kind, "keys")
        && !is_universal(t)) {
        t->tenant = a->tenant_id;
    }
}

static void
settle(struct apply *a, struct thing *t)
{
    bool is_typed = managed_is(t->kind, "tenantManagerProviders");
    bool is_single = t->kind->flags & MANAGED_SINGLE;

    thing_read_head(t);
    if (!(is_typed || is_single ? true : settle_uuid(a, t, "id", &t->id))
        || !settle_uuid(a, t, "tenantId", &t->tenant)
        || !settle_text(a, t, t->kind->label, &t->name)) {
        return;
    }
    if (is_typed && t->id.n == 0) {
        apply_fault(a, str_fmt(a->arena, STRF ".type", STRV(t->place)), S("is needed"));
        return;
    }
    settle_tenant(a, t);
    check_own(a, t);
    thing_settle_id(a->arena, t);
    match(a, t);
    if (!replace(t->text, t->item, &t->item)) {
        apply_fault(a, t->place, t->text->fault);
        return;
    }
    if (!thing_read_value(a->arena, t)) {
        apply_fault(a, t->place, S("does not fit in memory"));
    }
}

/* An entity that stands elsewhere, whose grants go on here. */
static void
settle_beside(struct apply *a, struct thing *t)
{
    thing_read_head(t);
    if (settle_uuid(a, t, "id", &t->id) && settle_uuid(a, t, "tenantId", &t->tenant)) {
        settle_tenant(a, t);
    }
}

void
apply_settle(struct apply *a)
{
    for (size_t i = 0; i < a->beside.count; i++) {
        settle_beside(a, a->beside.items[i]);
    }
    for (size_t i = 0; i < a->wanted.count; i++) {
        struct thing *t = a->wanted.items[i];
        settle(a, t);
        if (!things_note(&a->wanted, t)) {
            apply_fault(a, t->place, S("does not fit in memory"));
        }
    }
}
