/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/openapi.json (OpenAPI 3.1): paths from the routes, schemas from the field tables, so that
 * neither can say what the server does not do; words from web/api. It is made when somebody first asks for it. */
#include "flow/api/api_openapi.h"

#include <pthread.h>

#include "base/arena.h"
#include "base/mem.h"
#include "flow/api/api.h"
#include "flow/api/api_endpoints.h"
#include "model/rule/rule.h"

enum { MAX_DOCUMENT = 4 * 1024 * 1024, MAX_MEMORY = 16 * 1024 * 1024 };

static struct {
    const struct api_route *rows;
    size_t count;
} routes;

static struct { /* for as long as the process lives */
    pthread_mutex_t lock;
    str text;
} kept = {PTHREAD_MUTEX_INITIALIZER, {NULL, 0}};

void
api_openapi_routes(const struct api_route *rows, size_t count)
{
    routes.rows = rows;
    routes.count = count;
}

const struct api_route *
api_routes(size_t *ret_count)
{
    *ret_count = routes.count;
    return routes.rows;
}

static void
put_event_body(struct api_doc *doc, str type)
{
    struct json_out *out = doc->out;

    json_out_object(out);
    json_out_name(out, S("content"));
    json_out_object(out);
    json_out_name(out, S("application/json"));
    json_out_object(out);
    json_out_name(out, S("schema"));
    json_out_object(out);
    json_put_str(out, S("type"), S("object"));
    json_out_name(out, S("properties"));
    json_out_object(out);
    json_out_name(out, S("event"));
    api_openapi_kind(doc, type, NO_STR);
    for (int depth = 0; depth < 5; depth++) {
        json_out_object_end(out);
    }
}

static void
put_event(struct api_doc *doc, str event)
{
    struct json_out *out = doc->out;
    str type = api_event_type(doc->arena, event);

    json_out_name(out, event);
    json_out_object(out);
    json_out_name(out, S("post"));
    json_out_object(out);
    json_put_str(out, S("operationId"), str_fmt(doc->arena, "on" STRF, STRV(type)));
    json_put_str(out, S("summary"), api_text_type(doc->text, type));
    json_out_name(out, S("requestBody"));
    put_event_body(doc, type);
    json_put_raw(out, S("responses"),
        S("{\"200\":{\"description\":\"Heard; any other status is a failure.\"}}"));
    json_out_object_end(out);
    json_out_object_end(out);
}

/* Each event that a webhook may ask for, with the body that it is told in. */
static void
put_webhooks(struct api_doc *doc)
{
    json_out_name(doc->out, S("webhooks"));
    json_out_object(doc->out);
    for (const char *const *event = rule_event_names; *event != NULL; event++) {
        put_event(doc, str_from(*event));
    }
    json_out_object_end(doc->out);
}

static void
put_tags(struct api_doc *doc)
{
    size_t count;
    const struct api_text_chapter *chapters = api_text_chapters(doc->text, &count);

    json_out_name(doc->out, S("tags"));
    json_out_array(doc->out);
    for (size_t i = 0; i < count; i++) {
        json_out_object(doc->out);
        json_put_str(doc->out, S("name"), chapters[i].title);
        json_put_str(doc->out, S("description"), chapters[i].intro);
        json_out_object_end(doc->out);
    }
    json_out_array_end(doc->out);
}

static void
put_head(struct api_doc *doc, str base_url)
{
    struct json_out *out = doc->out;

    json_put_str(out, S("openapi"), S("3.1.0"));
    json_out_name(out, S("info"));
    json_out_object(out);
    json_put_str(out, S("title"), S("Cardea"));
    json_put_str(out, S("version"), S(CARDEA_VERSION));
    json_put_str(out, S("description"), api_text_type(doc->text, S("Document")));
    json_put_raw(
        out, S("license"), S("{\"name\":\"Apache License 2.0\",\"identifier\":\"Apache-2.0\"}"));
    json_out_object_end(out);
    json_out_name(out, S("servers"));
    json_out_array(out);
    json_out_object(out);
    json_put_str(out, S("url"), base_url);
    json_out_object_end(out);
    json_out_array_end(out);
}

static bool
write_document(struct arena *arena, str base_url, str *ret)
{
    struct json_out out;
    struct buf buf;
    struct api_doc doc = {arena, &out, api_text_read(arena), routes.rows, routes.count,
        api_openapi_examples_new(arena)};

    if (doc.text == NULL || doc.examples == NULL) {
        return false;
    }
    buf_init(&buf, arena, MAX_DOCUMENT);
    json_out_init(&out, &buf);
    json_out_object(&out);
    put_head(&doc, base_url);
    put_tags(&doc);
    api_openapi_paths(&doc);
    put_webhooks(&doc);
    api_openapi_components(&doc);
    json_out_object_end(&out);
    return buf_done(&buf, ret) && !arena_failed(arena);
}

bool
api_openapi_document(const struct rq *rq, str *ret)
{
    AUTO(arena_end) struct arena *arena = NULL;
    char *copy;
    str text;

    pthread_mutex_lock(&kept.lock);
    if (kept.text.p == NULL) {
        arena = arena_new(MAX_MEMORY);
        if (arena != NULL && write_document(arena, rq->house->base_url, &text)) {
            copy = mem_new(text.n);
            if (copy != NULL) {
                memcpy(copy, text.p, text.n);
                kept.text = (str){copy, text.n};
            }
        }
    }
    *ret = kept.text;
    pthread_mutex_unlock(&kept.lock);
    return ret->p != NULL;
}

enum err
api_openapi(struct rq *rq)
{
    str text;

    if (!api_openapi_document(rq, &text)) {
        return FAIL(
            rq, ERR_BUSY, NULL, "cannot be answered for want of memory: try again in a second");
    }
    rq->answer->status = 200;
    rq->answer->body = text;
    rq_set_header(rq, S("content-type"), S("application/json;charset=UTF-8"));
    return ERR_OK;
}
