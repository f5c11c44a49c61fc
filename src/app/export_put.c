/* SPDX-License-Identifier: Apache-2.0 */
/* One thing of an export, by its field table. */
#include "app/export_put.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/arena.h"

enum { PLAIN_MAX = 60 };

/* Capitals, digits and underscores. */
static str
capitals_of(struct export *e, str name)
{
    str text = str_dup(e->arena, name);
    char *to = (char *)(uintptr_t)text.p;

    for (size_t i = 0; i < text.n; i++) {
        char c = to[i];
        bool is_low = c >= 'a' && c <= 'z';
        bool is_kept = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
        to[i] = is_low ? (char)(c - 'a' + 'A') : is_kept ? c : '_';
    }
    return text;
}

/* CARDEA_APPLICATIONS_<ID>_OAUTHCONFIGURATION_CLIENTSECRET */
static str
variable_name(struct export *e, str path)
{
    const struct thing *t = e->thing;

    return capitals_of(
        e, str_fmt(e->arena, "CARDEA_%s_" STRF "_" STRF, t->kind->name, STRV(t->id), STRV(path)));
}

static bool
write_all(int fd, str text)
{
    while (text.n > 0) {
        ssize_t n = write(fd, text.p, text.n);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        text = str_skip(text, n > 0 ? (size_t)n : 0);
    }
    return true;
}

/* A new file each time: a link that stands in its place is not followed, and whoever may read an older one reads that. */
static bool
write_secret(struct export *e, str name, str secret)
{
    const char *z = str_z(e->arena, name);
    bool is_done;
    int fd;

    if (z == NULL || (unlinkat(e->folder, z, 0) != 0 && errno != ENOENT)) {
        return false;
    }
    fd = openat(e->folder, z, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    is_done = fd >= 0 && write_all(fd, secret);
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

    buf_init(&buf, e->arena, EXPORT_DOCUMENT_MAX);
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

/* The name of a map's member as a part of a file's and a variable's name; at tells it from one before it that looks the same. */
static str
plain_name(struct export *e, const struct json *map, const struct json *member, size_t at)
{
    str text = capitals_of(e, str_head(member->name, PLAIN_MAX));

    for (const struct json *m = map->first; m != member; m = m->next) {
        if (str_eq(capitals_of(e, str_head(m->name, PLAIN_MAX)), text)) {
            return str_fmt(e->arena, STRF ".%zu", STRV(text), at);
        }
    }
    return text;
}

/* Headers and settings that the log names and never shows: each value may open a door somewhere else. */
static void
put_hidden(struct export *e, const struct json *map, str path)
{
    size_t at = 0;

    json_out_object(e->out);
    for (const struct json *m = map->first; m != NULL; m = m->next, at++) {
        json_out_name(e->out, escape(e, m->name));
        if (m->type == JSON_STRING && m->text.n) {
            put_reference(e,
                str_fmt(e->arena, STRF "." STRF, STRV(path), STRV(plain_name(e, map, m, at))),
                m->text);
        } else {
            put_free(e, m);
        }
    }
    json_out_object_end(e->out);
}

/* What is under a name: of nested tables each item, of lists and maps. */
static void
put_nested(struct export *e, const struct field *f, const struct json *value, str path)
{
    bool is_list = f->kind == FIELD_OBJECTS;
    size_t at = 0;

    if (f->kind == FIELD_OBJECT) {
        export_put_object(e, f->more.table, value, path);
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
        export_put_object(e, f->more.table, m, below);
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
        } else if (f && f->kind == FIELD_TEXT_MAP && (f->flags & FIELD_PERSONAL)
                   && m->type == JSON_OBJECT) {
            put_hidden(e, m, below);
        } else if (is_nested && (m->type == JSON_OBJECT || m->type == JSON_ARRAY)) {
            put_nested(e, f, m, below);
        } else {
            put_free(e, m);
        }
    }
}

void
export_put_object(
    struct export *e, const struct field_table *table, const struct json *value, str path)
{
    json_out_object(e->out);
    put_members(e, table, value, path);
    json_out_object_end(e->out);
}

/* The object without what is as it would be by itself. */
const struct json *
export_value(struct export *e, const struct thing *t)
{
    const struct json *value = NULL;
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, e->arena, EXPORT_DOCUMENT_MAX);
    json_out_init(&out, &buf);
    field_write(t->table, FIELD_FOR_FILE, t->object, &out);
    if (!buf_done(&buf, &text) || !json_parse(e->arena, text, &value, NULL)) {
        e->failed = true;
    }
    return value;
}

/* Its object, but for the end of it. */
void
export_put_open(struct export *e, const struct thing *t, struct json_out *out)
{
    const struct json *value = export_value(e, t);
    bool names_tenant = t->kind->flags & (MANAGED_IN_TENANT | MANAGED_FOR_TENANT);

    e->thing = t;
    e->out = out;
    json_out_object(out);
    if (value == NULL) {
        return;
    }
    if (managed_is(t->kind, "tenantManagerProviders")) {
        json_put_str(out, S("type"), t->id);
    } else if (!(t->kind->flags & MANAGED_SINGLE)) {
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
}
