/* SPDX-License-Identifier: Apache-2.0 */
/* Kickstart files applied. Each request takes the way every request takes: the same checks, the
 * same audit. */
#include "app/kickstart.h"

#include "app/house.h"
#include "app/kickstart_call.h"
#include "base/log.h"
#include "model/apikey/apikey.h"
#include "model/cache/cache.h"
#include "model/key/key.h"
#include "model/tenant/tenant.h"

enum { REQUEST_ARENA = 64 * 1024 * 1024, VARIABLE_ROUNDS = 4, ANSWER_SHOWN = 2000 };

struct file {
    struct kickstart_text text;
    const struct json *json;
    str api_key;            /* the first of the file: its requests are made with it */
    str tenant_id;          /* the default tenant's */
    bool names_default_key; /* some text asked for FUSIONAUTH_DEFAULT_SIGNING_KEY_ID */
};

static bool
fail(struct arena *arena, const char **ret_why, str what)
{
    const char *z = str_z(arena, what);

    *ret_why = z ? z : "there is not enough memory";
    return false;
}

/* What FusionAuth defines. Its default signing key is everybody's, which no key is here unless it is
 * made: that is done when it is named, under the id of the default tenant, so that it is made once. */
static bool
find_defined(void *ctx, str name, str *ret)
{
    struct file *file = ctx;

    if (str_eq(name, S("FUSIONAUTH_DEFAULT_SIGNING_KEY_ID"))
        && json_get(json_get(file->json, S("variables")), name) == NULL) {
        file->names_default_key = true;
        *ret = file->tenant_id;
        return true;
    }
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

    file->tenant_id = id;
    file->text.find = find_defined;
    file->text.find_ctx = file;
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
    *ret = (struct file){
        .text = {
            .arena = arena, .rng = house->rng, .now_ms = clock_now_ms(), .has_backslash = true}};
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

/* Reads an entry of the requests on an arena of its own: bodies may be large, and there may be many. */
static bool
read_entry(struct file *file, struct arena *arena, const struct json *entry, size_t number,
    struct kickstart_call *ret, const char **ret_why)
{
    struct kickstart_text text = file->text;

    text.arena = arena;
    if (kickstart_call_read(&text, entry, ret)) {
        return true;
    }
    return fail(file->text.arena, ret_why,
        str_fmt(file->text.arena, "request %zu of the kickstart file cannot be made: " STRF, number,
            STRV(text.fault.n ? text.fault : S("it is too large"))));
}

/* What can be wrong with the file by itself is told before anything is done. */
static bool
check_file(struct file *file, struct uuid tenant_id, const char **ret_why)
{
    const struct json *requests = json_get(file->json, S("requests"));
    struct kickstart_call call;
    size_t number = 0;

    if (!read_variables(file, tenant_id)) {
        return fail(file->text.arena, ret_why,
            file->text.fault.n ? file->text.fault
                               : S("the variables of the kickstart file are not valid"));
    }
    for (const struct json *r = requests ? requests->first : NULL; r != NULL; r = r->next) {
        AUTO(arena_end) struct arena *arena = arena_new(REQUEST_ARENA);
        if (arena == NULL) {
            return fail(file->text.arena, ret_why, S("there is not enough memory"));
        }
        if (!read_entry(file, arena, r, ++number, &call, ret_why)) {
            return false;
        }
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
    return check_file(&file, *ret, ret_why);
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
    if (!json_str(json_get(json, S("id")), &text) || !uuid_parse(text, &key->id)) {
        key->id = rq_new_id(rq);
    }
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

static bool
was_accepted(const struct kickstart_answer *answer)
{
    return answer->status >= 200 && answer->status < 300;
}

/* The key that FUSIONAUTH_DEFAULT_SIGNING_KEY_ID names; there already when the file is not the first. */
static void
make_default_key(struct dispatch *dispatch, const struct file *file, struct arena *arena)
{
    struct kickstart_call call = {.method = S("POST"),
        .url = str_fmt(arena, "/api/key/generate/" STRF, STRV(file->tenant_id)),
        .content_type = S("application/json"),
        .body = S("{\"key\":{\"name\":\"Default signing key\",\"algorithm\":\"ES256\"}}")};
    struct kickstart_answer answer;

    kickstart_call_make(dispatch, arena, file->api_key, &call, &answer);
}

static bool
run_request(struct dispatch *dispatch, struct file *file, const struct json *entry, size_t number,
    const char **ret_why)
{
    AUTO(arena_end) struct arena *arena = arena_new(REQUEST_ARENA);
    struct kickstart_answer answer;
    struct kickstart_call call;

    if (arena == NULL) {
        return fail(file->text.arena, ret_why, S("there is not enough memory"));
    }
    if (!read_entry(file, arena, entry, number, &call, ret_why)) {
        return false;
    }
    kickstart_call_make(dispatch, arena, file->api_key, &call, &answer);
    if (answer.left_out.n) {
        LOG(clock_now_ms(), "kickstart.left_out", LOG_INT("request", (int64_t)number),
            LOG_STR("url", call.url), LOG_STR("unknown", str_head(answer.left_out, ANSWER_SHOWN)));
    }
    if (was_accepted(&answer)) {
        return true;
    }
    LOG(clock_now_ms(), "kickstart.refused", LOG_INT("request", (int64_t)number),
        LOG_STR("method", call.method), LOG_STR("url", call.url), LOG_INT("status", answer.status),
        LOG_STR("why", str_head(answer.body, ANSWER_SHOWN)));
    return fail(file->text.arena, ret_why,
        str_fmt(file->text.arena,
            "request %zu of the kickstart file (" STRF " " STRF ") was answered with %d " STRF,
            number, STRV(call.method), STRV(call.url), answer.status,
            STRV(str_head(answer.body, ANSWER_SHOWN))));
}

bool
kickstart_apply(struct dispatch *dispatch, struct house *house, struct arena *arena,
    const char *path, size_t *ret_refused, const char **ret_why)
{
    const struct json *requests;
    struct uuid tenant_id;
    const char *why;
    struct file file;
    size_t number = 0;

    *ret_refused = 0;
    *ret_why = "the database cannot be read";
    if (!read_file(house, arena, path, &file, ret_why) || !house_default_tenant(house, &tenant_id)
        || !check_file(&file, tenant_id, ret_why) || !add_api_keys(house, &file, ret_why)) {
        return false;
    }
    if (file.names_default_key) {
        make_default_key(dispatch, &file, arena);
    }
    requests = json_get(file.json, S("requests"));
    for (const struct json *r = requests ? requests->first : NULL; r != NULL; r = r->next) {
        if (!run_request(dispatch, &file, r, ++number, &why) && (*ret_refused)++ == 0) {
            *ret_why = why;
        }
    }
    return true;
}
