/* SPDX-License-Identifier: Apache-2.0 */
/* Variables and files in kickstart texts. An unknown variable is an error: a password called
 * "#{PASSWORD}" helps nobody. */
#include "app/kickstart_text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/id.h"

enum { FILE_MAX = 16 * 1024 * 1024, TEXT_MAX = 2 * FILE_MAX, DEPTH_MAX = 8 };

static bool
fail(struct kickstart_text *kt, const char *problem, str what)
{
    if (kt->fault.n == 0) {
        kt->fault = str_fmt(kt->arena, "%s: " STRF, problem, STRV(what));
    }
    return false;
}

bool
kickstart_read_file(struct kickstart_text *kt, str path, str *ret)
{
    str full = path.n && path.p[0] == '/'
                   ? path
                   : str_fmt(kt->arena, STRF "/" STRF, STRV(kt->folder), STRV(path));
    const char *z = str_z(kt->arena, full);
    int fd = z ? open(z, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1; /* waits for no pipe */
    struct stat st;
    size_t max = kt->max_bytes ? kt->max_bytes : FILE_MAX;
    ssize_t got = -1;
    char *to = NULL;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size <= max) {
        to = arena_alloc(kt->arena, (size_t)st.st_size);
        got = to ? read(fd, to, (size_t)st.st_size) : -1;
    }
    if (fd >= 0) {
        close(fd);
    }
    if (got < 0 || got != st.st_size) {
        return fail(kt, "cannot read the file", full);
    }
    *ret = (str){to, (size_t)got};
    return true;
}

/* FusionAuth's names of its default forms, lambdas and the tenant manager. */
static bool
is_of_something(str name)
{
    return str_starts(name, S("FUSIONAUTH_FORM[")) || str_starts(name, S("FUSIONAUTH_LAMBDA["))
           || str_eq(name, S("TENANT_MANAGER_ID"))
           || str_eq(name, S("FUSIONAUTH_TENANT_MANAGER_APPLICATION_ID"));
}

static bool
put_variable(struct kickstart_text *kt, str name, struct buf *buf)
{
    str value;
    const char *z, *found;

    if (str_eq(name, S("#")) || str_eq(name, S("@")) || str_eq(name, S("&"))) {
        buf_str(buf, name); /* "#{#}{x}" is the text "#{x}" */
        return true;
    }
    if (kt->find != NULL && kt->find(kt->find_ctx, name, &value)) {
        buf_str(buf, value);
        return true;
    }
    if (str_eq(name, S("UUID()"))) {
        buf_str(buf, uuid_text(kt->arena, uuid_make(kt->now_ms, kt->rng)));
        return true;
    }
    if (str_starts(name, S("ENV."))) {
        z = str_z(kt->arena, str_skip(name, 4));
        found = z ? getenv(z) : NULL;
        if (found == NULL) {
            return fail(kt, "this is not set in the environment", str_skip(name, 4));
        }
        buf_str(buf, str_from(found));
        return true;
    }
    if (str_eq(name, S("FUSIONAUTH_APPLICATION_ID"))) {
        buf_lit(buf, "3c219e58-ed0e-4b18-ad48-f4f92793ae32");
        return true;
    }
    if (!json_str(json_get(kt->variables, name), &value)) {
        return fail(kt,
            is_of_something(name)
                ? "this stands for something that FusionAuth makes by itself and Cardea does not: "
                  "make it in a request, and name its id"
                : "this variable is not defined",
            name);
    }
    buf_str(buf, value);
    return true;
}

static bool
put_file(struct kickstart_text *kt, str name, struct buf *buf)
{
    str text = NO_STR;

    if (!kickstart_read_file(kt, name, &text)) {
        return false;
    }
    buf_str(buf, text);
    return true;
}

static bool
is_marker(char c)
{
    return c == '#' || c == '@' || c == '&';
}

bool
kickstart_replace_text(struct kickstart_text *kt, str text, str *ret)
{
    struct buf buf;

    buf_init(&buf, kt->arena, TEXT_MAX);
    while (text.n) {
        if (kt->has_backslash && text.n > 2 && text.p[0] == '\\' && is_marker(text.p[1])
            && text.p[2] == '{') {
            buf_str(&buf, (str){text.p + 1, 2});
            text = str_skip(text, 3);
            continue;
        }
        bool is_start = text.n > 2 && (text.p[0] == '#' || text.p[0] == '@') && text.p[1] == '{';
        size_t end = is_start ? str_find(text, '}') : text.n;
        str name = str_head(str_skip(text, 2), end - MIN(end, (size_t)2));
        if (!is_start || end == text.n) {
            buf_char(&buf, text.p[0]);
            text = str_skip(text, 1);
            continue;
        }
        if (!(text.p[0] == '#' ? put_variable(kt, name, &buf) : put_file(kt, name, &buf))) {
            return false;
        }
        text = str_skip(text, end + 1);
    }
    return buf_done(&buf, ret) || fail(kt, "a text is too long", NO_STR);
}

static bool
is_json_include(str text)
{
    return text.n > 3 && text.p[0] == '&' && text.p[1] == '{' && str_find(text, '}') == text.n - 1;
}

static bool replace_at(
    struct kickstart_text *kt, const struct json *value, struct json_out *out, int depth);

static bool
include_json(struct kickstart_text *kt, str text, struct json_out *out, int depth)
{
    str name = str_head(str_skip(text, 2), text.n - 3), content = NO_STR;
    const struct json *json;

    if (depth >= DEPTH_MAX) {
        return fail(kt, "files include each other too deeply", name);
    }
    if (!kickstart_read_file(kt, name, &content)) {
        return false;
    }
    if (!json_parse(kt->arena, content, &json, NULL)) {
        return fail(kt, "this file is not valid JSON", name);
    }
    return replace_at(kt, json, out, depth + 1);
}

static bool
replace_members(
    struct kickstart_text *kt, const struct json *value, struct json_out *out, int depth)
{
    str name;

    for (const struct json *m = value->first; m != NULL; m = m->next) {
        if (value->type == JSON_OBJECT) {
            if (!kickstart_replace_text(kt, m->name, &name)) {
                return false;
            }
            json_out_name(out, name);
        }
        if (!replace_at(kt, m, out, depth)) {
            return false;
        }
    }
    return true;
}

static bool
replace_at(struct kickstart_text *kt, const struct json *value, struct json_out *out, int depth)
{
    bool is_ok;
    str text;

    switch (value->type) {
    case JSON_STRING:
        if (is_json_include(value->text)) {
            return include_json(kt, value->text, out, depth);
        }
        is_ok = kickstart_replace_text(kt, value->text, &text);
        if (is_ok) {
            json_out_str(out, text);
        }
        return is_ok;
    case JSON_OBJECT:
        json_out_object(out);
        is_ok = replace_members(kt, value, out, depth);
        json_out_object_end(out);
        return is_ok;
    case JSON_ARRAY:
        json_out_array(out);
        is_ok = replace_members(kt, value, out, depth);
        json_out_array_end(out);
        return is_ok;
    default:
        json_out_raw(out, value->raw);
        return true;
    }
}

bool
kickstart_replace(struct kickstart_text *kt, const struct json *value, struct json_out *out)
{
    return replace_at(kt, value, out, 0);
}
