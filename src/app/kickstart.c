/* SPDX-License-Identifier: Apache-2.0 */
/* Kickstart files applied. Each request takes the way every request takes: the same checks, the
 * same audit. */
#include "app/kickstart.h"

#include "app/dispatch.h"
#include "app/house.h"
#include "app/kickstart_text.h"
#include "model/apikey/apikey.h"
#include "model/cache/cache.h"
#include "model/tenant/tenant.h"

enum { REQUEST_ARENA = 8 * 1024 * 1024, VARIABLE_ROUNDS = 4 };

struct file {
    struct kickstart_text text;
    const struct json *json;
    str api_key; /* the first of the file: its requests are made with it */
};

static bool
fail(struct arena *arena, const char **ret_why, str what)
{
    const char *z = str_z(arena, what);

    *ret_why = z ? z : "there is not enough memory";
    return false;
}

/* Variables may name each other: they are replaced until nothing changes, a few times at most. */
static bool
read_variables(struct file *file, struct uuid tenant_id)
{
    const struct json *variables = json_get(file->json, S("variables"));
    str id = uuid_text(file->text.arena, tenant_id);
    struct json_out out;
    struct buf buf;
    str text;

    for (int round = 0; round < VARIABLE_ROUNDS; round++) {
        buf_init(&buf, file->text.arena, MB(1));
        json_out_init(&out, &buf);
        json_out_object(&out);
        if (round == 0 && json_get(variables, S("FUSIONAUTH_TENANT_ID")) == NULL) {
            json_put_str(&out, S("FUSIONAUTH_TENANT_ID"), id);
        }
        file->text.variables = variables;
        for (const struct json *v = variables ? variables->first : NULL; v != NULL; v = v->next) {
            json_out_name(&out, v->name);
            if (!kickstart_replace(&file->text, v, &out)) {
                return false;
            }
        }
        json_out_object_end(&out);
        if (!buf_done(&buf, &text) || !json_parse(file->text.arena, text, &variables, NULL)) {
            return false;
        }
    }
    file->text.variables = variables;
    return true;
}

static bool
read_file(struct house *house, struct arena *arena, const char *path, struct file *ret,
    const char **ret_why)
{
    str name = str_from(path), content;
    size_t slash = name.n;

    while (slash && name.p[slash - 1] != '/') {
        slash--;
    }
    *ret = (struct file){.text = {.arena = arena, .rng = house->rng, .now_ms = clock_now_ms()}};
    ret->text.folder = slash ? str_head(name, slash) : S(".");
    if (!kickstart_read_file(&ret->text, slash ? str_skip(name, slash) : name, &content)) {
        return fail(arena, ret_why, ret->text.fault);
    }
    if (!json_parse(arena, content, &ret->json, NULL) || ret->json->type != JSON_OBJECT) {
        return fail(arena, ret_why,
            str_fmt(arena, "the kickstart file is not a valid JSON object: %s", path));
    }
    return true;
}

bool
kickstart_default_tenant(struct house *house, struct arena *arena, const char *path,
    struct uuid *ret, const char **ret_why)
{
    struct file file;
    str text;

    *ret = (struct uuid){{0}};
    if (!read_file(house, arena, path, &file, ret_why)) {
        return false;
    }
    if (json_str(json_get(json_get(file.json, S("variables")), S("defaultTenantId")), &text)
        && kickstart_replace_text(&file.text, text, &text) && !uuid_parse(text, ret)) {
        return fail(arena, ret_why, S("the variable defaultTenantId is not a UUID"));
    }
    return true;
}

/* "description" names the key, as FusionAuth's files have it; the rest is an API key as the API
 * takes it. */
static enum err
add_api_key(struct rq *rq, struct file *file, const struct json *entry)
{
    struct field_reader reader = {rq->arena, &rq->faults};
    struct api_key *key = ARENA_NEW(rq->arena, struct api_key);
    const struct json *json;
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    for (const struct json *m = entry->first; m != NULL; m = m->next) {
        json_out_name(&out, str_eq(m->name, S("description")) ? S("name") : m->name);
        if (!kickstart_replace(&file->text, m, &out)) {
            return FAIL(rq, ERR_FIELDS, NULL, "has a variable at fault");
        }
    }
    json_out_object_end(&out);
    if (key == NULL || !buf_done(&buf, &text) || !json_parse(rq->arena, text, &json, NULL)
        || !field_read(&reader, &api_key_table, FIELD_CREATE, json, S("apiKey"), key)) {
        return FAIL(rq, ERR_FIELDS, NULL, "has fields at fault");
    }
    key->id = rq_new_id(rq);
    key->is_key_manager = key->is_key_manager || key->permissions.endpoints.n == 0;
    if (file->api_key.n == 0) {
        file->api_key = str_dup(file->text.arena, key->key);
    }
    return apikey_create(rq, key);
}

static str
describe_faults(struct rq *rq, struct file *file)
{
    struct json_out out;
    struct buf buf;
    str text;

    if (file->text.fault.n) {
        return file->text.fault;
    }
    buf_init(&buf, file->text.arena, KB(64));
    json_out_init(&out, &buf);
    field_faults_json(&rq->faults, &out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static bool
add_api_keys(struct house *house, struct file *file, const char **ret_why)
{
    const struct json *keys = json_get(file->json, S("apiKeys"));
    AUTO(arena_end) struct arena *arena = arena_new(REQUEST_ARENA);
    struct rq rq;
    enum err e = ERR_OK;

    if (arena == NULL) {
        return fail(file->text.arena, ret_why, S("there is not enough memory"));
    }
    house_begin(house, arena, &rq);
    for (const struct json *k = keys ? keys->first : NULL; k != NULL && e == ERR_OK; k = k->next) {
        e = add_api_key(&rq, file, k);
    }
    if (e == ERR_OK) {
        e = house_commit(&rq);
    } else {
        cache_end_request(&rq);
    }
    if (e == ERR_CONFLICT) {
        return true; /* applied before: the keys are there */
    }
    return e == ERR_OK
           || fail(file->text.arena, ret_why,
               str_fmt(file->text.arena, "an API key of the kickstart file is refused: " STRF,
                   STRV(describe_faults(&rq, file))));
}

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

struct call { /* one request of the file, its texts replaced */
    str method, url, tenant_id, body;
};

static bool
member_text(struct file *file, const struct json *entry, str name, str *ret)
{
    str text;

    *ret = NO_STR;
    return !json_str(json_get(entry, name), &text)
           || kickstart_replace_text(&file->text, text, ret);
}

static str
text_of(const struct json *entry, str name)
{
    str text;

    return json_str(json_get(entry, name), &text) ? text : NO_STR;
}

/* An entry in a file of its own, "&{json/application.json}": what is in it is put in already. */
static bool
read_included(struct file *file, const struct json *entry, struct call *ret)
{
    const struct json *value = NULL, *body;
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, file->text.arena, MB(2));
    json_out_init(&out, &buf);
    if (!kickstart_replace(&file->text, entry, &out) || !buf_done(&buf, &text)
        || !json_parse(file->text.arena, text, &value, NULL)) {
        return false;
    }
    ret->method = text_of(value, S("method"));
    ret->url = text_of(value, S("url"));
    ret->tenant_id = text_of(value, S("tenantId"));
    body = json_get(value, S("body"));
    ret->body = body ? body->raw : NO_STR;
    return true;
}

static bool
read_written(struct file *file, const struct json *entry, struct call *ret)
{
    const struct json *body = json_get(entry, S("body"));
    struct json_out out;
    struct buf buf;

    if (!member_text(file, entry, S("method"), &ret->method)
        || !member_text(file, entry, S("url"), &ret->url)
        || !member_text(file, entry, S("tenantId"), &ret->tenant_id)) {
        return false;
    }
    buf_init(&buf, file->text.arena, MB(2));
    json_out_init(&out, &buf);
    if (body != NULL && !kickstart_replace(&file->text, body, &out)) {
        return false;
    }
    return buf_done(&buf, &ret->body);
}

static bool
read_call(struct file *file, const struct json *entry, struct call *ret)
{
    *ret = (struct call){.method = NO_STR};
    if (!(entry->type == JSON_STRING ? read_included : read_written)(file, entry, ret)) {
        return false;
    }
    if (ret->url.n > 0 && ret->url.p[0] != '/') { /* as some of FusionAuth's examples have it */
        ret->url = str_fmt(file->text.arena, "/" STRF, STRV(ret->url));
    }
    return true;
}

static int
perform(struct dispatch *dispatch, const struct file *file, const struct call *call,
    struct arena *arena, str *ret_body)
{
    struct http_header headers[3] = {
        {S("authorization"), file->api_key},
        {S("content-type"), S("application/json")},
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
    *ret_body = x.answer.body;
    return x.answer.status;
}

static bool
run_request(struct dispatch *dispatch, struct file *file, const struct json *entry, size_t number,
    const char **ret_why)
{
    AUTO(arena_end) struct arena *arena = arena_new(REQUEST_ARENA);
    struct call call = {NO_STR, NO_STR, NO_STR, NO_STR};
    int status = 0;
    str body = NO_STR;

    if (arena == NULL || !read_call(file, entry, &call)) {
        return fail(file->text.arena, ret_why,
            str_fmt(file->text.arena, "request %zu of the kickstart file cannot be made: " STRF,
                number, STRV(file->text.fault)));
    }
    status = perform(dispatch, file, &call, arena, &body);
    if (status >= 200 && status < 300) {
        return true;
    }
    return fail(file->text.arena, ret_why,
        str_fmt(file->text.arena,
            "request %zu of the kickstart file (" STRF " " STRF ") was answered with %d " STRF,
            number, STRV(call.method), STRV(call.url), status, STRV(str_head(body, 2000))));
}

bool
kickstart_apply(struct dispatch *dispatch, struct house *house, struct arena *arena,
    const char *path, const char **ret_why)
{
    const struct json *requests;
    struct uuid tenant_id;
    struct file file;
    size_t number = 0;

    if (!read_file(house, arena, path, &file, ret_why)) {
        return false;
    }
    if (!house_default_tenant(house, &tenant_id) || !read_variables(&file, tenant_id)) {
        return fail(arena, ret_why,
            file.text.fault.n ? file.text.fault
                              : S("the variables of the kickstart file are not valid"));
    }
    if (!add_api_keys(house, &file, ret_why)) {
        return false;
    }
    requests = json_get(file.json, S("requests"));
    for (const struct json *r = requests ? requests->first : NULL; r != NULL; r = r->next) {
        if (!run_request(dispatch, &file, r, ++number, ret_why)) {
            return false;
        }
    }
    return true;
}
