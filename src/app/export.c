/* SPDX-License-Identifier: Apache-2.0 */
/* Export. Order: kinds as they can be made, then tenant, name and id, entities by tenant and id: two exports of the same
 * are the same text. Only what differs from the defaults is written. */
#include "app/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config.h"
#include "app/export_put.h"
#include "app/house.h"
#include "app/operator.h"
#include "app/serve.h"
#include "app/state.h"
#include "base/arena.h"
#include "codec/yaml.h"

enum {
    FULL = 100 * 1024 /* with one thing more, a document still has fewer values than are read */
};
static const size_t STATE_ARENA = (size_t)64 * 1024 * 1024 * 1024; /* what the machine has */

static void put_list(
    struct export *e, const struct managed *kind, const struct thing *parent, struct json_out *out);

static void
put_parts(struct export *e, const struct thing *of, struct json_out *out)
{
    for (size_t i = 0; i < managed_count; i++) {
        if (managed[i].part_of && managed_is(of->kind, managed[i].part_of)) {
            put_list(e, &managed[i], of, out);
        }
    }
}

static void
put_thing(struct export *e, const struct thing *t, struct json_out *out)
{
    export_put_open(e, t, out);
    put_parts(e, t, out);
    json_out_object_end(out);
}

static int
by_tenant_and_name(const void *a, const void *b)
{
    const struct thing *x = *(const struct thing *const *)a, *y = *(const struct thing *const *)b;
    int order = str_cmp(x->tenant, y->tenant);

    order = order ? order : str_cmp(x->name, y->name);
    return order ? order : str_cmp(x->id, y->id);
}

/* A kind's things, or a parent's parts of it; NULL when there are none. */
static const struct thing **
sorted(struct export *e, const struct managed *kind, const struct thing *parent, size_t *ret_count)
{
    const struct thing **list;
    size_t count = 0, found = 0;

    for (size_t i = 0; i < e->things.count; i++) {
        count += e->things.items[i]->kind == kind && e->things.items[i]->parent == parent;
    }
    list = count ? ARENA_ARRAY(e->arena, count, const struct thing *) : NULL;
    *ret_count = count;
    if (list == NULL) {
        e->failed = e->failed || count > 0;
        return NULL;
    }
    for (size_t i = 0; i < e->things.count; i++) {
        const struct thing *t = e->things.items[i];
        if (t->kind == kind && t->parent == parent) {
            list[found++] = t;
        }
    }
    qsort(list, count, sizeof *list, by_tenant_and_name);
    return list;
}

static void
put_list(
    struct export *e, const struct managed *kind, const struct thing *parent, struct json_out *out)
{
    size_t count;
    const struct thing **list = sorted(e, kind, parent, &count);

    if (list == NULL) {
        return;
    }
    json_out_name(out, str_from(kind->name));
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        put_thing(e, list[i], out);
    }
    json_out_array_end(out);
}

static bool
print_document(struct export *e, str json)
{
    const struct json *value;
    struct buf buf;
    str text;

    buf_init(&buf, e->arena, 2 * EXPORT_DOCUMENT_MAX);
    if (!json_parse(e->arena, json, &value, NULL)) {
        return false;
    }
    yaml_write(&buf, value);
    if (!buf_done(&buf, &text)) {
        return false;
    }
    printf("---\n" STRF, STRV(text));
    return true;
}

/* Things on their way out: documents of FULL bytes, which leave before the next begins. */
struct stream {
    struct export *e;
    const struct managed *kind;
    const struct thing *entity;
    struct json_out out;
    struct buf buf;
    bool is_open, has_grants;
    str why;
};

static void
open_document(struct stream *s)
{
    buf_init(&s->buf, s->e->arena, EXPORT_DOCUMENT_MAX);
    json_out_init(&s->out, &s->buf);
    json_out_object(&s->out);
    json_out_name(&s->out, str_from(s->kind->name));
    json_out_array(&s->out);
    s->is_open = true;
}

static bool
close_document(struct stream *s)
{
    bool is_done;
    str text;

    json_out_array_end(&s->out);
    json_out_object_end(&s->out);
    is_done = buf_done(&s->buf, &text) && !s->e->failed && print_document(s->e, text);
    if (s->e->arena != s->e->things.arena) {
        arena_reset(s->e->arena);
    }
    s->is_open = false;
    return is_done;
}

/* The entity's other grants stand in the next document, beside its id. */
static bool
turn_page(struct stream *s)
{
    if (s->has_grants) {
        json_out_array_end(&s->out);
    }
    json_out_object_end(&s->out);
    if (!close_document(s)) {
        return false;
    }
    open_document(s);
    json_out_object(&s->out);
    json_put_str(&s->out, S("id"), s->entity->id);
    json_put_str(&s->out, S("tenantId"), s->entity->tenant);
    s->has_grants = false;
    return true;
}

static bool
put_grant(void *ctx, const struct entity_grant *grant)
{
    const struct field_table *table = managed_part(S("grants"))->table;
    struct stream *s = ctx;
    const struct json *value;
    struct json_out out;
    struct buf buf;
    str text;

    if (s->buf.n > FULL && !turn_page(s)) {
        return false;
    }
    if (!s->has_grants) {
        json_out_name(&s->out, S("grants"));
        json_out_array(&s->out);
        s->has_grants = true;
    }
    buf_init(&buf, s->e->arena, EXPORT_DOCUMENT_MAX);
    json_out_init(&out, &buf);
    field_write(table, FIELD_FOR_FILE, grant, &out);
    if (!buf_done(&buf, &text) || !json_parse(s->e->arena, text, &value, NULL)) {
        return false;
    }
    export_put_object(s->e, table, value, S(""));
    return !s->e->failed;
}

static bool
put_entity(void *ctx, const struct thing *entity)
{
    struct stream *s = ctx;
    struct entity_visit visit = {.grant = put_grant, .ctx = s};

    if (!s->is_open) {
        open_document(s);
    }
    s->entity = entity;
    s->has_grants = false;
    export_put_open(s->e, entity, &s->out);
    if (!state_each_grant(s->e->inside->house, entity->tenant, entity->id, &visit)) {
        return false;
    }
    if (s->has_grants) {
        json_out_array_end(&s->out);
    }
    json_out_object_end(&s->out);
    return s->buf.n <= FULL || close_document(s);
}

static bool
print_entities_of(struct stream *s, const struct thing **tenants, size_t count)
{
    struct entity_visit visit = {.entity = put_entity, .ctx = s, .arena = s->e->things.arena};

    for (size_t i = 0; i < count; i++) {
        if (!state_each_entity(
                s->e->inside->dispatch, s->e->inside->house, tenants[i]->id, &visit, &s->why)) {
            fprintf(stderr, "cardea: " STRF "\n", STRV(s->why));
            return false;
        }
    }
    return !s->is_open || close_document(s);
}

static int
by_id(const void *a, const void *b)
{
    return str_cmp((*(const struct thing *const *)a)->id, (*(const struct thing *const *)b)->id);
}

/* By tenant and id: there may be more of them than memory holds. */
static bool
print_entities(struct export *e)
{
    AUTO(arena_end) struct arena *own = arena_new(MB(256));
    const struct thing **tenants =
        ARENA_ARRAY(e->things.arena, e->things.count + 1, const struct thing *);
    struct stream s = {.e = e, .kind = managed_find(S("entities"))};
    size_t count = 0;
    bool is_done;

    if (own == NULL || tenants == NULL) {
        return false;
    }
    arena_keep_secret(own);
    for (size_t i = 0; i < e->things.count; i++) {
        if (managed_is(e->things.items[i]->kind, "tenants")) {
            tenants[count++] = e->things.items[i];
        }
    }
    qsort(tenants, count, sizeof *tenants, by_id);
    e->arena = own;
    is_done = print_entities_of(&s, tenants, count);
    e->arena = e->things.arena;
    return is_done;
}

static bool
print_list(struct export *e, const struct managed *kind)
{
    struct stream s = {.e = e, .kind = kind};
    size_t count;
    const struct thing **list = sorted(e, kind, NULL, &count);

    for (size_t i = 0; list != NULL && i < count; i++) {
        if (!s.is_open) {
            open_document(&s);
        }
        put_thing(e, list[i], &s.out);
        if (s.buf.n > FULL && !close_document(&s)) {
            return false;
        }
    }
    return (!s.is_open || close_document(&s)) && !e->failed;
}

/* The one there is, unless it is as it would be by itself. */
static bool
print_single(struct export *e, const struct managed *kind)
{
    const struct thing *t = things_by_id(&e->things, kind, str_from(kind->name));
    const struct json *value = t ? export_value(e, t) : NULL;
    struct json_out out;
    struct buf buf;
    str text;

    if (value == NULL || value->first == NULL) {
        return !e->failed;
    }
    buf_init(&buf, e->arena, EXPORT_DOCUMENT_MAX);
    json_out_init(&out, &buf);
    json_out_object(&out);
    json_out_name(&out, str_from(kind->name));
    put_thing(e, t, &out);
    json_out_object_end(&out);
    return buf_done(&buf, &text) && !e->failed && print_document(e, text);
}

/* Documents of one kind each: none becomes too large to be read. */
static bool
print_kind(struct export *e, const struct managed *kind)
{
    if (kind->flags & MANAGED_SINGLE) {
        return print_single(e, kind);
    }
    return managed_is(kind, "entities") ? print_entities(e) : print_list(e, kind);
}

/* Who reads the file has to know what another server would not have by it. */
static void
print_head(struct uuid default_tenant)
{
    char id[UUID_TEXT];

    uuid_write(default_tenant, id);
    printf(
        "# The configuration of a Cardea server: see docs/configuration-as-code.md\n"
        "# Not in it: people and what is theirs, members of groups.\n---\ndefaultTenantId: %.*s\n",
        UUID_TEXT, id);
}

static int
print_all(struct export *e, struct uuid default_tenant)
{
    print_head(default_tenant);
    for (size_t i = 0; i < managed_count; i++) {
        if (managed[i].part_of == NULL && !print_kind(e, &managed[i])) {
            fprintf(stderr,
                "cardea: %s cannot be written: there are too many, or a secret's file "
                "cannot be made\n",
                managed[i].name);
            return 1;
        }
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "cardea: the configuration cannot be written\n");
        return 1;
    }
    if (e->references && e->secrets == NULL) {
        fprintf(stderr,
            "cardea: %zu secrets are references to the environment (#{ENV.CARDEA_...}):"
            " --secrets DIR writes them to files\n",
            e->references);
    }
    return 0;
}

/* Nobody else may put anything there: not a link, and not a file that they go on reading. */
static bool
open_folder(struct export *e)
{
    struct stat is;

    if (mkdir(e->secrets, 0700) == 0 || errno == EEXIST) {
        e->folder = open(e->secrets, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (e->folder < 0 || fstat(e->folder, &is) != 0) {
        fprintf(stderr, "cardea: the folder for secrets cannot be made: %s\n", e->secrets);
        return false;
    }
    if (is.st_uid != geteuid() || (is.st_mode & (S_IWGRP | S_IWOTH))) {
        fprintf(stderr, "cardea: others may write to the folder for secrets: %s\n", e->secrets);
        return false;
    }
    return true;
}

static int
export_inside(const struct serve_inside *inside, const struct config *config)
{
    struct export e = {.inside = inside,
        .arena = arena_new(STATE_ARENA),
        .secrets = config->secrets,
        .folder = -1};
    AUTO(arena_end) struct arena *arena = e.arena;
    int status;
    str why = S("there is not enough memory");

    if (arena == NULL) {
        fprintf(stderr, "cardea: " STRF "\n", STRV(why));
        return 1;
    }
    arena_keep_secret(arena);
    e.things.arena = arena;
    if (uuid_is_nil(inside->default_tenant)) {
        fprintf(stderr, "cardea: the database is empty\n");
        return 1;
    }
    if (!state_read(inside->dispatch, inside->house, &e.things, &why)) {
        fprintf(stderr, "cardea: " STRF "\n", STRV(why));
        return 1;
    }
    status = e.secrets != NULL && !open_folder(&e) ? 1 : print_all(&e, inside->default_tenant);
    if (e.folder >= 0) {
        close(e.folder);
    }
    return status;
}

int
export_run(const struct config *config)
{
    const char *why;

    if (!house_is_there(config, &why)) {
        fprintf(stderr, "cardea: %s\n", why);
        return 1;
    }
    return serve_inside(config, export_inside);
}
