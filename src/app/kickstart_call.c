/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of kickstart files. Paths of faults are compared as model/field writes them: members
 * joined by dots, items as [2], names cut at 60 bytes. */
#include "app/kickstart_call.h"

#include "app/dispatch.h"
#include "base/arena.h"

/* A hundred faults are told at once: enough rounds for any file that is meant. */
enum { BODY_MAX = 2 * 1024 * 1024, ROUNDS = 8, NAME_SHOWN = 60 };

static enum http_method
method_of(str name)
{
    static const struct {
        const char *name;
        enum http_method method;
    } methods[] = {{"POST", HTTP_POST}, {"PUT", HTTP_PUT}, {"PATCH", HTTP_PATCH},
        {"DELETE", HTTP_DELETE}, {"GET", HTTP_GET}};

    for (size_t i = 0; i < COUNT(methods); i++) {
        if (str_eq(name, str_from(methods[i].name))) {
            return methods[i].method;
        }
    }
    return HTTP_OTHER;
}

static bool
member_text(struct kickstart_text *kt, const struct json *entry, str name, str *ret)
{
    str text;

    *ret = NO_STR;
    return !json_str(json_get(entry, name), &text) || kickstart_replace_text(kt, text, ret);
}

static str
text_of(const struct json *entry, str name)
{
    str text;

    return json_str(json_get(entry, name), &text) ? text : NO_STR;
}

/* An entry in a file of its own: what is in it is put in already. */
static bool
read_included(struct kickstart_text *kt, const struct json *entry, struct kickstart_call *ret)
{
    const struct json *value = NULL, *body;
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, kt->arena, BODY_MAX);
    json_out_init(&out, &buf);
    if (!kickstart_replace(kt, entry, &out) || !buf_done(&buf, &text)
        || !json_parse(kt->arena, text, &value, NULL)) {
        return false;
    }
    ret->method = text_of(value, S("method"));
    ret->url = text_of(value, S("url"));
    ret->tenant_id = text_of(value, S("tenantId"));
    ret->content_type = text_of(value, S("contentType"));
    body = json_get(value, S("body"));
    ret->body = body ? body->raw : NO_STR;
    return true;
}

static bool
read_written(struct kickstart_text *kt, const struct json *entry, struct kickstart_call *ret)
{
    const struct json *body = json_get(entry, S("body"));
    struct json_out out;
    struct buf buf;

    if (!member_text(kt, entry, S("method"), &ret->method)
        || !member_text(kt, entry, S("url"), &ret->url)
        || !member_text(kt, entry, S("tenantId"), &ret->tenant_id)
        || !member_text(kt, entry, S("contentType"), &ret->content_type)) {
        return false;
    }
    buf_init(&buf, kt->arena, BODY_MAX);
    json_out_init(&out, &buf);
    if (body != NULL && !kickstart_replace(kt, body, &out)) {
        return false;
    }
    return buf_done(&buf, &ret->body);
}

bool
kickstart_call_read(struct kickstart_text *kt, const struct json *entry, struct kickstart_call *ret)
{
    *ret = (struct kickstart_call){.method = NO_STR};
    if (!(entry->type == JSON_STRING ? read_included : read_written)(kt, entry, ret)) {
        return false;
    }
    if (ret->content_type.n == 0) {
        ret->content_type = S("application/json");
    }
    if (ret->url.n > 0 && ret->url.p[0] != '/') { /* as some of FusionAuth's examples have it */
        ret->url = str_fmt(kt->arena, "/" STRF, STRV(ret->url));
    }
    return true;
}

static void
perform(struct dispatch *dispatch, struct arena *arena, str api_key,
    const struct kickstart_call *call, struct kickstart_answer *ret)
{
    struct http_header headers[3] = {
        {S("authorization"), api_key},
        {S("content-type"), call->content_type},
        {S("x-fusionauth-tenantid"), call->tenant_id},
    };
    size_t at = str_find(call->url, '?');
    struct http_exchange x = {
        .arena = arena,
        .request =
            {
                .method = method_of(call->method),
                .method_text = call->method,
                .target = call->url,
                .path = str_head(call->url, at),
                .query = str_skip(call->url, at + (at < call->url.n)),
                .headers = headers,
                .header_count = call->tenant_id.n ? 3 : 2,
                .body = call->body,
                .peer = S("kickstart"),
                .version = 11,
            },
    };

    dispatch_perform(dispatch, &x);
    ret->status = x.answer.status;
    ret->body = x.answer.body;
}

/* The member of fieldErrors that is said of this path, when it is [unknown]. */
static bool
is_unknown(const struct json *faults, str path)
{
    const struct json *list = json_get(faults, path);
    str code;

    return list != NULL && list->first != NULL && json_str(json_get(list->first, S("code")), &code)
           && str_starts(code, S("[unknown]"));
}

static bool
is_unknown_all(const struct json *answer)
{
    const struct json *faults = json_get(answer, S("fieldErrors"));
    const struct json *general = json_get(answer, S("generalErrors"));

    if (faults == NULL || faults->count == 0 || (general != NULL && general->count > 0)) {
        return false;
    }
    for (const struct json *f = faults->first; f != NULL; f = f->next) {
        if (f->count != 1 || !is_unknown(faults, f->name)) {
            return false;
        }
    }
    return true;
}

struct dropping {
    struct arena *arena;
    const struct json *faults;
    struct json_out *out;
    str left_out;
};

/* Recursion is bounded by JSON_MAX_DEPTH. */
static void
copy_without(struct dropping *d, const struct json *value, str path)
{
    size_t i = 0;
    str at;

    if (value->type == JSON_ARRAY) {
        json_out_array(d->out);
        for (const struct json *m = value->first; m != NULL; m = m->next) {
            copy_without(d, m, str_fmt(d->arena, STRF "[%zu]", STRV(path), i++));
        }
        json_out_array_end(d->out);
        return;
    }
    if (value->type != JSON_OBJECT) {
        json_out_value(d->out, value);
        return;
    }
    json_out_object(d->out);
    for (const struct json *m = value->first; m != NULL; m = m->next) {
        str name = str_head(m->name, NAME_SHOWN);
        at = str_fmt(d->arena, STRF "%s" STRF, STRV(path), path.n ? "." : "", STRV(name));
        if (is_unknown(d->faults, at)) {
            d->left_out = str_fmt(
                d->arena, STRF "%s" STRF, STRV(d->left_out), d->left_out.n ? ", " : "", STRV(at));
            continue;
        }
        json_out_name(d->out, m->name);
        copy_without(d, m, at);
    }
    json_out_object_end(d->out);
}

/* Paths of the API begin with the wrapper's name, except that FusionAuth calls an item of "users"
 * user[0]. */
static void
copy_top(struct dropping *d, const struct json *body)
{
    json_out_object(d->out);
    for (const struct json *m = body->first; m != NULL; m = m->next) {
        if (is_unknown(d->faults, m->name)) {
            d->left_out = str_fmt(d->arena, STRF "%s" STRF, STRV(d->left_out),
                d->left_out.n ? ", " : "", STRV(m->name));
            continue;
        }
        json_out_name(d->out, m->name);
        copy_without(d, m, str_eq(m->name, S("users")) ? S("user") : m->name);
    }
    json_out_object_end(d->out);
}

bool
kickstart_call_without_unknown(
    struct arena *arena, str body, str answer, str *ret_body, str *ret_left_out)
{
    struct dropping d = {arena, NULL, NULL, NO_STR};
    const struct json *from, *told;
    struct json_out out;
    struct buf buf;

    if (!json_parse(arena, answer, &told, NULL) || !is_unknown_all(told)
        || !json_parse(arena, body, &from, NULL) || from->type != JSON_OBJECT) {
        return false;
    }
    buf_init(&buf, arena, BODY_MAX);
    json_out_init(&out, &buf);
    d.faults = json_get(told, S("fieldErrors"));
    d.out = &out;
    copy_top(&d, from);
    if (d.left_out.n == 0 || !buf_done(&buf, ret_body)) {
        return false;
    }
    *ret_left_out = d.left_out;
    return true;
}

void
kickstart_call_make(struct dispatch *dispatch, struct arena *arena, str api_key,
    const struct kickstart_call *call, struct kickstart_answer *ret)
{
    struct kickstart_call again = *call;
    str left_out;

    ret->left_out = NO_STR;
    for (int round = 0; round < ROUNDS; round++) {
        perform(dispatch, arena, api_key, &again, ret);
        if (ret->status != 400
            || !kickstart_call_without_unknown(
                arena, again.body, ret->body, &again.body, &left_out)) {
            return;
        }
        ret->left_out = str_fmt(arena, STRF "%s" STRF, STRV(ret->left_out),
            ret->left_out.n ? ", " : "", STRV(left_out));
    }
}
