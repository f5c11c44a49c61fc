/* SPDX-License-Identifier: Apache-2.0 */
/* Export. Order: kinds as they can be made, then tenant, name and id, so that two exports of the same are the same
 * text. Only what differs from the defaults is written. */
#include "app/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config.h"
#include "app/operator.h"
#include "app/serve.h"
#include "app/state.h"
#include "base/arena.h"
#include "codec/yaml.h"

enum { STATE_ARENA = 1024 * 1024 * 1024, DOCUMENT_MAX = 16 * 1024 * 1024 };

struct export
{
    struct arena *arena;
    struct things things;
    const char *secrets;       /* folder; NULL: by environment */
    const struct thing *thing; /* being written */
    struct json_out *out;
    size_t references;
    size_t entities; /* how many there are */
    bool failed;
};

/* CARDEA_APPLICATIONS_<ID>_OAUTHCONFIGURATION_CLIENTSECRET */
static str
variable_name(struct export *e, str path)
{
    const struct thing *t = e->thing;
    str text =
        str_fmt(e->arena, "CARDEA_%s_" STRF "_" STRF, t->kind->name, STRV(t->id), STRV(path));
    char *to = text.n ? (char *)(uintptr_t)text.p : NULL;

    for (size_t i = 0; i < text.n; i++) {
        char c = to[i];
        bool is_low = c >= 'a' && c <= 'z';
        bool is_kept = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
        to[i] = is_low ? (char)(c - 'a' + 'A') : is_kept ? c : '_';
    }
    return text;
}

static bool
write_secret(struct export *e, str name, str secret)
{
    str path = str_fmt(e->arena, "%s/" STRF, e->secrets, STRV(name));
    int fd = path.n ? open(path.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    bool is_done = fd >= 0 && write(fd, secret.p, secret.n) == (ssize_t)secret.n;

    return fd >= 0 && close(fd) == 0 && is_done;
}

static void
put_reference(struct export *e, str path, str secret)
{
    const struct thing *t = e->thing;
    str name;

    e->references++;
    if (e->secrets == NULL || secret.n == 0) {
        json_out_str(e->out, str_fmt(e->arena, "#{ENV." STRF "}", STRV(variable_name(e, path))));
        return;
    }
    name = str_fmt(e->arena, "%s." STRF "." STRF, t->kind->name, STRV(t->id), STRV(path));
    e->failed = e->failed || !write_secret(e, name, secret);
    json_out_str(e->out, str_fmt(e->arena, "@{%s/" STRF "}", e->secrets, STRV(name)));
}

/* Text that looks like a reference is told from one: "#{" becomes "#{#}{". */
static str
escape(struct export *e, str text)
{
    struct buf buf;
    str done;

    buf_init(&buf, e->arena, DOCUMENT_MAX);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool is_mark = i + 1 < text.n && text.p[i + 1] == '{'
                       && (c == '#' || c == '@' || (c == '&' && i == 0));
        if (is_mark) {
            buf_fmt(&buf, "#{%c}", c);
        } else {
            buf_char(&buf, c);
        }
    }
    if (!buf_done(&buf, &done)) {
        e->failed = true;
        return NO_STR;
    }
    return done;
}

static void
put_free(struct export *e, const struct json *value)
{
    if (value->type == JSON_STRING) {
        json_out_str(e->out, escape(e, value->text));
    } else if (value->type == JSON_ARRAY) {
        json_out_array(e->out);
        for (const struct json *m = value->first; m != NULL; m = m->next) {
            put_free(e, m);
        }
        json_out_array_end(e->out);
    } else if (value->type == JSON_OBJECT) {
        json_out_object(e->out);
        for (const struct json *m = value->first; m != NULL; m = m->next) {
            json_out_name(e->out, escape(e, m->name));
            put_free(e, m);
        }
        json_out_object_end(e->out);
    } else {
        json_out_raw(e->out, value->raw);
    }
}

static const struct field *
field_of(const struct field_table *table, str name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (str_eq(str_from(table->fields[i].name), name)) {
            return &table->fields[i];
        }
    }
    return NULL;
}

static void put_object(
    struct export *e, const struct field_table *table, const struct json *value, str path);

/* What is under a name: of nested tables each item, of lists and maps. */
static void
put_nested(struct export *e, const struct field *f, const struct json *value, str path)
{
    bool is_list = f->kind == FIELD_OBJECTS;
    size_t at = 0;

    if (f->kind == FIELD_OBJECT) {
        put_object(e, f->more.table, value, path);
        return;
    }
    if (is_list) {
        json_out_array(e->out);
    } else {
        json_out_object(e->out);
    }
    for (const struct json *m = value->first; m != NULL; m = m->next, at++) {
        str below = is_list ? str_fmt(e->arena, STRF ".%zu", STRV(path), at)
                            : str_fmt(e->arena, STRF "." STRF, STRV(path), STRV(m->name));
        if (!is_list) {
            json_out_name(e->out, escape(e, m->name));
        }
        put_object(e, f->more.table, m, below);
    }
    if (is_list) {
        json_out_array_end(e->out);
    } else {
        json_out_object_end(e->out);
    }
}

static void
put_members(struct export *e, const struct field_table *table, const struct json *value, str path)
{
    for (const struct json *m = value->first; m != NULL; m = m->next) {
        const struct field *f = field_of(table, m->name);
        str below = path.n ? str_fmt(e->arena, STRF "." STRF, STRV(path), STRV(m->name)) : m->name;
        bool is_nested = f
                         && (f->kind == FIELD_OBJECT || f->kind == FIELD_OBJECTS
                             || f->kind == FIELD_MAP || f->kind == FIELD_UUID_MAP);

        json_out_name(e->out, m->name);
        if (f && (f->kind == FIELD_SECRET || (f->flags & FIELD_WRITE_ONLY))
            && m->type == JSON_STRING && m->text.n) {
            put_reference(e, below, m->text);
        } else if (is_nested && (m->type == JSON_OBJECT || m->type == JSON_ARRAY)) {
            put_nested(e, f, m, below);
        } else {
            put_free(e, m);
        }
    }
}

static void
put_object(struct export *e, const struct field_table *table, const struct json *value, str path)
{
    json_out_object(e->out);
    put_members(e, table, value, path);
    json_out_object_end(e->out);
}

/* The object without what is as it would be by itself. */
static const struct json *
plain_value(struct export *e, const struct thing *t)
{
    const struct json *value = NULL;
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, e->arena, DOCUMENT_MAX);
    json_out_init(&out, &buf);
    field_write(t->table, FIELD_FOR_FILE, t->object, &out);
    if (!buf_done(&buf, &text) || !json_parse(e->arena, text, &value, NULL)) {
        e->failed = true;
    }
    return value;
}

static bool put_things(
    struct export *e, const struct managed *kind, const struct thing *parent, struct json_out *out);

static void
put_parts(struct export *e, const struct thing *of, struct json_out *out)
{
    for (size_t i = 0; i < managed_count; i++) {
        if (managed[i].part_of && managed_is(of->kind, managed[i].part_of)) {
            (void)put_things(e, &managed[i], of, out);
        }
    }
}

static void
put_thing(struct export *e, const struct thing *t, struct json_out *out)
{
    const struct json *value = plain_value(e, t);
    bool names_tenant = t->kind->flags & (MANAGED_IN_TENANT | MANAGED_FOR_TENANT);

    if (value == NULL) {
        return;
    }
    e->thing = t;
    e->out = out;
    json_out_object(out);
    if (managed_is(t->kind, "tenantManagerProviders")) {
        json_put_str(out, S("type"), t->id);
    } else if (!(t->kind->flags & MANAGED_SINGLE) && !managed_is(t->kind, "grants")) {
        json_put_str(out, S("id"), t->id);
    }
    if (names_tenant && t->tenant.n) {
        json_put_str(out, S("tenantId"), t->tenant);
    }
    if (t->is_out && thing_is_out_beside(t)) {
        json_put_bool(out, S("active"), false);
    }
    if (t->is_own) {
        json_put_bool(out, S("tenantDefault"), true);
    }
    put_members(e, t->table, value, S(""));
    if (managed_is(t->kind, "apiKeys")) { /* only its digest is kept */
        json_out_name(out, S("key"));
        put_reference(e, S("key"), NO_STR);
    }
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

/* A kind's things, or a parent's parts of it, as a member; false when there are none. */
static bool
put_things(
    struct export *e, const struct managed *kind, const struct thing *parent, struct json_out *out)
{
    const struct thing **list = ARENA_ARRAY(e->arena, e->things.count + 1, const struct thing *);
    size_t count = 0;

    for (size_t i = 0; list != NULL && i < e->things.count; i++) {
        const struct thing *t = e->things.items[i];
        if (t->kind == kind && t->parent == parent) {
            list[count++] = t;
        }
    }
    if (count == 0) {
        return false;
    }
    qsort(list, count, sizeof *list, by_tenant_and_name);
    json_out_name(out, str_from(kind->name));
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        put_thing(e, list[i], out);
    }
    json_out_array_end(out);
    return true;
}

/* The one there is, unless it is as it would be by itself. */
static bool
put_single(struct export *e, const struct managed *kind, struct json_out *out)
{
    const struct thing *t = things_by_id(&e->things, kind, str_from(kind->name));
    const struct json *value = t ? plain_value(e, t) : NULL;

    if (value == NULL || value->first == NULL) {
        return false;
    }
    json_out_name(out, str_from(kind->name));
    put_thing(e, t, out);
    return true;
}

static bool
print_document(struct export *e, str json)
{
    const struct json *value;
    struct buf buf;
    str text;

    buf_init(&buf, e->arena, 2 * DOCUMENT_MAX);
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

/* A document for each kind: none becomes too large to be read. */
static bool
print_kind(struct export *e, const struct managed *kind)
{
    struct json_out out;
    struct buf buf;
    bool is_there;
    str text;

    buf_init(&buf, e->arena, DOCUMENT_MAX);
    json_out_init(&out, &buf);
    json_out_object(&out);
    is_there =
        kind->flags & MANAGED_SINGLE ? put_single(e, kind, &out) : put_things(e, kind, NULL, &out);
    json_out_object_end(&out);
    return !is_there || (buf_done(&buf, &text) && !e->failed && print_document(e, text));
}

/* Who reads the file has to know what another server would not have by it. */
static void
print_head(struct export *e, struct uuid default_tenant)
{
    char id[UUID_TEXT];

    uuid_write(default_tenant, id);
    printf("# The configuration of a Cardea server: see docs/configuration-as-code.md\n"
           "# Not in it: people and what is theirs, members of groups");
    if (e->entities > STATE_ENTITIES_MAX) {
        printf(", entities and their grants (%zu)", e->entities);
    }
    printf(".\n---\ndefaultTenantId: %.*s\n", UUID_TEXT, id);
}

static int
print_all(struct export *e, struct uuid default_tenant)
{
    print_head(e, default_tenant);
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

static int
export_inside(const struct serve_inside *inside, const struct config *config)
{
    struct export e = {.arena = arena_new(STATE_ARENA), .secrets = config->secrets};
    AUTO(arena_end) struct arena *arena = e.arena;
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
    if (config->secrets != NULL && mkdir(config->secrets, 0700) != 0 && errno != EEXIST) {
        fprintf(stderr, "cardea: the folder for secrets cannot be made: %s\n", config->secrets);
        return 1;
    }
    if (!state_read(inside->dispatch, inside->house, &e.things, &why)
        || !state_read_entities(inside->dispatch, &e.things, &e.entities, &why)) {
        fprintf(stderr, "cardea: " STRF "\n", STRV(why));
        return 1;
    }
    return print_all(&e, inside->default_tenant);
}

int
export_run(const struct config *config)
{
    return serve_inside(config, export_inside);
}
