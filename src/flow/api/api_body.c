/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies and parameters: the object a call is about stands under its name, options stand beside it.
 * PATCH: application/json adds to lists as FusionAuth does, merge-patch is RFC 7396, JSON Patch
 * RFC 6902. */
#include "flow/api/api_info.h"

/* clang-format off */
static const struct field beside_fields[] = {
    {.name = "eventInfo", .kind = FIELD_JSON, .offset = FIELD_AT(struct api_beside, event_info), .max = 8192},
};
const struct field_table api_beside_table = FIELD_TABLE("BaseEventRequest", beside_fields, struct api_beside, NULL);
/* clang-format on */

static bool
is_listed(str name, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++) {
        if (str_eq(name, str_from(*list))) {
            return true;
        }
    }
    return false;
}

/* The body without the members named: nodes are immutable, so those kept are copied. */
static struct json *
without(struct rq *rq, const struct json *body, const char *const *names)
{
    struct json *root = ARENA_NEW(rq->arena, struct json);
    const struct json **to;

    if (root == NULL) {
        return NULL;
    }
    *root = *body;
    root->first = NULL;
    root->count = 0;
    to = &root->first;
    for (const struct json *m = body->first; m != NULL; m = m->next) {
        struct json *copy = is_listed(m->name, names) ? NULL : ARENA_NEW(rq->arena, struct json);
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

enum err
api_body(struct rq *rq, const char *const *objects, const struct field_table *table, void *beside,
    const struct json **ret_body)
{
    struct field_reader reader = api_reader(rq);
    const struct json *rest;
    enum err e = rq_json(rq, ret_body);

    if (e != ERR_OK) {
        return e;
    }
    field_defaults(rq->arena, table, beside);
    if (*ret_body == NULL) {
        return ERR_OK;
    }
    if ((*ret_body)->type != JSON_OBJECT) {
        return api_refuse(rq, "", "invalidJSON", "Send one JSON object.");
    }
    e = api_info_take(rq, *ret_body);
    if (e != ERR_OK) {
        return e;
    }
    rest = without(rq, *ret_body, objects);
    if (rest == NULL
        || (!field_read(&reader, table, FIELD_CREATE, rest, NO_STR, beside)
            && arena_failed(rq->arena))) {
        return FAIL_SERVER(rq);
    }
    return ERR_OK;
}

/* The object as clients see it, for JSON Patch to work on. */
static enum err
write_document(struct rq *rq, const struct api_patch *patch, const struct json **ret)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_out_name(&out, str_from(patch->name));
    field_write(patch->table, FIELD_FOR_API, patch->object, &out);
    json_out_object_end(&out);
    if (!buf_done(&buf, &text) || !json_parse(rq->arena, text, ret, NULL)) {
        return FAIL_SERVER(rq);
    }
    return ERR_OK;
}

static enum err
apply_json_patch(struct rq *rq, const struct api_patch *patch, const struct json **ret_value)
{
    struct field_reader reader = api_reader(rq);
    const struct json *operations = NULL, *document = NULL, *patched;
    enum err e = rq_json(rq, &operations);

    e = e ? e : write_document(rq, patch, &document);
    if (e != ERR_OK) {
        return e;
    }
    if (operations == NULL) {
        return api_refuse(rq, "", "missing", "Send a list of JSON Patch operations.");
    }
    if (!field_json_patch(&reader, document, operations, NO_STR, &patched)) {
        return api_faults(rq);
    }
    *ret_value = json_get(patched, str_from(patch->name));
    return ERR_OK;
}

static bool
has_type(const struct rq *rq, str type)
{
    str given = rq_header(rq, S("content-type"));

    return str_ieq(str_trim(str_head(given, str_find(given, ';'))), type);
}

/* Whether a body says something beside its object, such as the roleIds of a group. */
static bool
is_beside(const struct json *body)
{
    const struct json *first = body == NULL ? NULL : body->first;

    return first != NULL && (first->next != NULL || !str_eq(first->name, S("eventInfo")));
}

enum err
api_patch_body(struct rq *rq, const struct api_patch *patch, const struct json **ret_value,
    enum field_mode *ret_mode)
{
    static const struct json nothing = {.type = JSON_OBJECT};
    const char *const objects[] = {patch->name, NULL};
    const struct json *body;
    enum err e;

    *ret_mode = FIELD_REPLACE;
    if (rq->http->method == HTTP_PATCH && has_type(rq, S("application/json-patch+json"))) {
        field_defaults(rq->arena, patch->beside_table, patch->beside);
        return apply_json_patch(rq, patch, ret_value);
    }
    if (rq->http->method == HTTP_PATCH) {
        *ret_mode =
            has_type(rq, S("application/merge-patch+json")) ? FIELD_PATCH : FIELD_PATCH_APPEND;
    }
    e = api_body(rq, objects, patch->beside_table, patch->beside, &body);
    *ret_value = e ? NULL : json_get(body, str_from(patch->name));
    if (e == ERR_OK && *ret_value == NULL && rq->http->method == HTTP_PATCH && is_beside(body)) {
        *ret_value = &nothing;
    }
    return e;
}

bool
api_is_left_out(str text)
{
    return str_eq(text, S("undefined")) || str_eq(text, S("null"));
}

enum err
api_query_id(struct rq *rq, const char *name, struct uuid *ret)
{
    str text = rq_query_get(rq, str_from(name));

    *ret = (struct uuid){{0}};
    if (text.n == 0 || api_is_left_out(text) || uuid_parse(text, ret)) {
        return ERR_OK;
    }
    return api_refuse(rq, name, "couldNotConvert", "This parameter must be a UUID.");
}

/* rq_query refuses repetition, so the query string is read again here. */
enum err
api_query_all(struct rq *rq, const char *name, struct field_texts *ret)
{
    struct form form;

    *ret = (struct field_texts){NULL, 0};
    if (!form_parse(rq->arena, rq->http->query, &form)) {
        return api_refuse(rq, "", "invalid",
            "The query string is not correctly encoded, or has too many parameters.");
    }
    ret->items = ARENA_ARRAY(rq->arena, form.count, str);
    for (size_t i = 0; ret->items != NULL && i < form.count; i++) {
        if (str_eq(form.pairs[i].name, str_from(name))) {
            ret->items[ret->count++] = form.pairs[i].value;
        }
    }
    return ret->items ? ERR_OK : FAIL_SERVER(rq);
}

bool
api_flag(struct rq *rq, const char *name)
{
    struct field_texts said;
    str text;

    if (rq->http->query.n == 0 || api_query_all(rq, name, &said) != ERR_OK || said.count == 0) {
        return false;
    }
    text = said.items[0];
    if (said.count > 1
        || (!str_ieq(text, S("true")) && !str_ieq(text, S("false")) && text.n
            && !api_is_left_out(text))) {
        (void)api_refuse(
            rq, name, "couldNotConvert", "This parameter must be true or false, once.");
    }
    return str_ieq(text, S("true")); /* .NET writes True */
}

enum err
api_read_ids(struct rq *rq, const struct field_texts *texts, const char *path, struct uuid **ret,
    size_t *ret_count)
{
    *ret = ARENA_ARRAY(rq->arena, texts->count, struct uuid);
    *ret_count = texts->count;
    for (size_t i = 0; *ret != NULL && i < texts->count; i++) {
        if (!uuid_parse(texts->items[i], &(*ret)[i])) {
            return api_refuse(rq, path, "couldNotConvert", "Each id must be a UUID.");
        }
    }
    return *ret ? ERR_OK : FAIL_SERVER(rq);
}
