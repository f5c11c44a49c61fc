/* SPDX-License-Identifier: Apache-2.0 */
/* An operation of the OpenAPI document for people: what it needs, what it answers, and how to try it. */
#include "base/arena.h"
#include "base/base.h"
#include "flow/api/api_docs.h"

enum { MAX_EXAMPLE = 16 * 1024 };

/* clang-format off */
static const struct {
    const char *scheme, *who, *curl;
} callers[] = { /* by what the list of an operation's security begins with, and how long it is */
    {"ApiKey", "For API keys.",                              " \\\n  -H \"Authorization: $API_KEY\""},
    {"Client", "For the client itself, by its secret.",      " \\\n  -u \"$CLIENT_ID:$CLIENT_SECRET\""},
    {"Token",  "For the person whose access token it is.",   " \\\n  -H \"Authorization: Bearer $ACCESS_TOKEN\""},
};
/* clang-format on */

str
api_docs_method(str name)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

    for (size_t i = 0; i < COUNT(methods); i++) {
        if (str_ieq(name, str_from(methods[i]))) {
            return str_from(methods[i]);
        }
    }
    return NO_STR;
}

static void
add_parameter(struct api_docs *docs, struct view_value *list, const struct json *thing)
{
    str name, link;
    const struct json *p = api_docs_resolve(docs, thing, &name);
    struct view_value *item = view_item(&docs->view, list);
    bool is_needed = false;

    view_text(&docs->view, item, S("name"), api_docs_text(p, "name"));
    view_text(&docs->view, item, S("place"), api_docs_text(p, "in"));
    view_text(&docs->view, item, S("kind"), api_docs_kind(docs, json_get(p, S("schema")), &link));
    view_text(&docs->view, item, S("about"), api_docs_rich(docs, api_docs_text(p, "description")));
    view_bool(&docs->view, item, S("is_needed"),
        json_bool(json_get(p, S("required")), &is_needed) && is_needed);
}

/* The fields of a form are parameters, too. */
static void
add_fields(struct api_docs *docs, struct view_value *list, const struct json *form)
{
    const struct json *fields = json_get(json_get(form, S("schema")), S("properties"));

    for (const struct json *f = fields != NULL ? fields->first : NULL; f != NULL; f = f->next) {
        struct view_value *item = view_item(&docs->view, list);
        view_text(&docs->view, item, S("name"), f->name);
        view_text(&docs->view, item, S("place"), S("form"));
        view_text(&docs->view, item, S("kind"), S("string"));
        view_text(
            &docs->view, item, S("about"), api_docs_rich(docs, api_docs_text(f, "description")));
        view_bool(&docs->view, item, S("is_needed"), false);
    }
}

static void
put_pretty(struct buf *buf, const struct json *v, int depth)
{
    bool is_list = v->type == JSON_ARRAY;

    if ((v->type != JSON_OBJECT && !is_list) || v->first == NULL) {
        buf_str(buf, v->raw);
        return;
    }
    buf_char(buf, is_list ? '[' : '{');
    for (const struct json *m = v->first; m != NULL; m = m->next) {
        buf_char(buf, '\n');
        for (int i = 0; i <= depth; i++) {
            buf_lit(buf, "  ");
        }
        if (!is_list) {
            buf_fmt(buf, "\"" STRF "\": ", STRV(m->name));
        }
        put_pretty(buf, m, depth + 1);
        buf_str(buf, m->next != NULL ? S(",") : NO_STR);
    }
    buf_char(buf, '\n');
    for (int i = 0; i < depth; i++) {
        buf_lit(buf, "  ");
    }
    buf_char(buf, is_list ? ']' : '}');
}

/* What an answer of that content looks like; empty when there is no example, or one too long to be read. */
static str
example_of(struct api_docs *docs, const struct json *media)
{
    const struct json *examples = json_get(media, S("examples")), *value;
    struct buf pretty;
    str text, name;

    if (examples == NULL || examples->first == NULL) {
        return NO_STR;
    }
    value = json_get(api_docs_resolve(docs, examples->first, &name), S("value"));
    if (value == NULL) {
        return NO_STR;
    }
    buf_init(&pretty, docs->view.arena, MAX_EXAMPLE);
    put_pretty(&pretty, value, 0);
    return buf_done(&pretty, &text) ? text : NO_STR;
}

/* The first that is a success is shown. */
static void
add_answers(struct api_docs *docs, struct view_value *item, const struct json *answers)
{
    struct view_value *list = view_list(&docs->view, item, S("answers"));
    str shown = NO_STR;

    for (const struct json *a = answers != NULL ? answers->first : NULL; a != NULL; a = a->next) {
        struct view_value *answer = view_item(&docs->view, list);
        str type = NO_STR;
        const struct json *thing = api_docs_resolve(docs, a, &type),
                          *content = json_get(thing, S("content"));

        type = NO_STR;
        if (content != NULL) {
            (void)api_docs_resolve(docs, json_get(content->first, S("schema")), &type);
        }
        if (content != NULL && shown.n == 0 && str_starts(a->name, S("2"))) {
            shown = example_of(docs, content->first);
        }
        view_text(&docs->view, answer, S("status"), a->name);
        view_text(&docs->view, answer, S("about"),
            api_docs_rich(docs, api_docs_text(thing, "description")));
        view_text(&docs->view, answer, S("answer_type"), type);
    }
    view_text(&docs->view, item, S("answer"), shown);
}

/* In single quotes nothing but their end means anything to a shell. */
static void
put_quoted(struct buf *buf, str text)
{
    buf_char(buf, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'') {
            buf_lit(buf, "'\\''");
        } else {
            buf_char(buf, text.p[i]);
        }
    }
    buf_char(buf, '\'');
}

/* "/api/user/{userId}" -> "/api/user/$userId" */
static void
put_path(struct buf *buf, str path)
{
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] == '{') {
            buf_char(buf, '$');
        } else if (path.p[i] != '}') {
            buf_char(buf, path.p[i]);
        }
    }
}

static void
put_data(struct api_docs *docs, struct buf *buf, const struct json *media)
{
    const struct json *example = json_get(media, S("example"));
    struct buf pretty;
    str text;

    if (example == NULL) {
        return;
    }
    if (str_eq(media->name, S("application/x-www-form-urlencoded"))) {
        for (const struct json *f = example->first; f != NULL; f = f->next) {
            buf_lit(buf, " \\\n  --data-urlencode ");
            put_quoted(buf, str_fmt(docs->view.arena, STRF "=" STRF, STRV(f->name), STRV(f->text)));
        }
        return;
    }
    buf_init(&pretty, docs->view.arena, MAX_EXAMPLE);
    put_pretty(&pretty, example, 0);
    if (buf_done(&pretty, &text)) {
        buf_lit(buf, " \\\n  -H \"Content-Type: application/json\" \\\n  -d ");
        put_quoted(buf, text);
    }
}

static void
add_who(struct api_docs *docs, struct view_value *item, const struct json *security,
    const char **ret_curl)
{
    const struct json *first = security != NULL ? security->first : NULL;
    bool may_be_others = first != NULL && first->next != NULL;

    *ret_curl = "";
    view_text(&docs->view, item, S("who"), S("For anybody."));
    for (size_t i = 0; i < COUNT(callers); i++) {
        if (first == NULL || json_get(first, str_from(callers[i].scheme)) == NULL) {
            continue;
        }
        *ret_curl = callers[i].curl;
        view_text(&docs->view, item, S("who"),
            may_be_others && i == 0
                ? S("For API keys, and where the text says so for the person's own "
                    "access token, or for anybody.")
                : str_from(callers[i].who));
    }
}

static void
add_limits(struct api_docs *docs, struct view_value *item, const struct json *operation)
{
    const struct json *rate = json_get(operation, S("x-rate-limit"));
    int64_t size = 0, per_second = 0, burst = 0;
    struct buf buf;
    str text;

    buf_init(&buf, docs->view.arena, 256);
    if (json_i64(json_get(operation, S("x-max-body-bytes")), &size)) {
        buf_fmt(&buf, "A body may have %lld KiB. ", (long long)(size / 1024));
    }
    if (json_i64(json_get(rate, S("requestsPerSecond")), &per_second)
        && json_i64(json_get(rate, S("burst")), &burst)) {
        buf_fmt(&buf, "One address may call %lld times a second, %lld after a pause.",
            (long long)per_second, (long long)burst);
    }
    view_text(&docs->view, item, S("limits"), buf_done(&buf, &text) ? text : NO_STR);
}

static void
add_curl(struct api_docs *docs, struct view_value *item, str path, const struct json *operation,
    const char *caller)
{
    const struct json *content = json_get(json_get(operation, S("requestBody")), S("content"));
    str method = operation->name, text;
    struct buf buf;

    buf_init(&buf, docs->view.arena, MAX_EXAMPLE);
    buf_lit(&buf, "curl");
    if (!str_eq(method, S("get"))) {
        buf_fmt(&buf, " -X " STRF, STRV(api_docs_method(method)));
    }
    buf_fmt(&buf, " \"" STRF, STRV(docs->host));
    put_path(&buf, path);
    buf_char(&buf, '"');
    buf_str(&buf, str_from(caller));
    if (content != NULL) {
        put_data(docs, &buf, content->first);
    }
    view_text(&docs->view, item, S("curl"), buf_done(&buf, &text) ? text : NO_STR);
}

static void
add_body(struct api_docs *docs, struct view_value *item, const struct json *operation)
{
    const struct json *content = json_get(json_get(operation, S("requestBody")), S("content"));
    str type = NO_STR;

    view_bool(&docs->view, item, S("has_body"), content != NULL);
    if (content != NULL) {
        (void)api_docs_resolve(docs, json_get(content->first, S("schema")), &type);
        view_text(&docs->view, item, S("body_media"), content->first->name);
    }
    view_text(&docs->view, item, S("body_type"), type);
}

void
api_docs_operation(
    struct api_docs *docs, struct view_value *item, str path, const struct json *operation)
{
    const struct json *parameters = json_get(operation, S("parameters")),
                      *content = json_get(json_get(operation, S("requestBody")), S("content"));
    str summary = api_docs_text(operation, "summary"),
        description = api_docs_text(operation, "description");
    struct view_value *list;
    const char *caller;

    view_text(&docs->view, item, S("id"), api_docs_text(operation, "operationId"));
    view_text(&docs->view, item, S("method"), api_docs_method(operation->name));
    view_text(&docs->view, item, S("path"), path);
    view_text(&docs->view, item, S("summary"), summary);
    view_text(&docs->view, item, S("description"),
        str_eq(summary, description) ? NO_STR : api_docs_rich(docs, description));
    add_who(docs, item, json_get(operation, S("security")), &caller);
    add_limits(docs, item, operation);
    list = view_list(&docs->view, item, S("parameters"));
    for (const struct json *p = parameters->first; p != NULL; p = p->next) {
        add_parameter(docs, list, p);
    }
    if (content != NULL) {
        add_fields(docs, list, content->first);
    }
    view_bool(&docs->view, item, S("has_parameters"), list->first != NULL);
    add_body(docs, item, operation);
    add_answers(docs, item, json_get(operation, S("responses")));
    add_curl(docs, item, path, operation, caller);
}
