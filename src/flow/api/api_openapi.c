/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/openapi.json (OpenAPI 3.1): paths from the routes, schemas from the field tables, so that
 * neither can say what the server does not do. A path whose last segment may be left out is two paths. */
#include "flow/api/api_openapi.h"

#include <stdlib.h>

#include "base/arena.h"
#include "flow/api/api.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_record.h"
#include "model/rule/rule.h"

static struct {
    const struct api_route *rows;
    size_t count;
} routes;

void
api_openapi_routes(const struct api_route *rows, size_t count)
{
    routes.rows = rows;
    routes.count = count;
}

struct place { /* a route under one of its paths */
    const struct api_route *route;
    str path;
};

static bool
is_shown(str path)
{
    return (str_starts(path, S("/api/")) && !str_starts(path, S("/api/test/")))
           || str_starts(path, S("/oauth2/")) || str_starts(path, S("/.well-known/"));
}

static int
by_path(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    int order = str_cmp(left->path, right->path);

    return order ? order : str_cmp(str_from(left->route->method), str_from(right->route->method));
}

/* "/api/user/{userId?}" is "/api/user" and "/api/user/{userId}". */
static size_t
list_places(struct arena *arena, struct place *ret)
{
    size_t count = 0;

    for (size_t i = 0; i < routes.count; i++) {
        str path = str_from(routes.rows[i].path);
        size_t optional = str_find_str(path, S("?}"));
        if (!is_shown(path)) {
            continue;
        }
        if (optional == path.n) {
            ret[count++] = (struct place){&routes.rows[i], path};
            continue;
        }
        ret[count++] = (struct place){
            &routes.rows[i], str_fmt(arena, STRF "}", STRV(str_head(path, optional)))};
        while (path.p[optional] != '{') {
            optional--;
        }
        ret[count++] = (struct place){&routes.rows[i], str_head(path, optional - 1)};
    }
    qsort(ret, count, sizeof *ret, by_path);
    return count;
}

static const struct api_operation *
operation_in(const struct api_chapter *chapter, const struct api_route *route)
{
    for (size_t i = 0; i < chapter->operation_count; i++) {
        const struct api_operation *o = &chapter->operations[i];
        if (str_eq(str_from(o->method), str_from(route->method))
            && str_eq(str_from(o->path), str_from(route->path))) {
            return o;
        }
    }
    return NULL;
}

/* Of what is only stored: the wrappers are named after the type, and a search has its own. */
static struct api_operation
record_operation(struct rq *rq, const struct api_route *route)
{
    const char *type = route->about->type;
    bool is_search = str_ends(str_from(route->path), S("/search"));
    str method = str_from(route->method);
    struct api_operation o = {route->method, route->path, NULL, NULL, ""};

    if (!str_eq(method, S("GET")) && !str_eq(method, S("DELETE"))) {
        o.request = str_fmt(rq->arena, "%s%sRequest", type, is_search ? "Search" : "").p;
    }
    if (!str_eq(method, S("DELETE"))) {
        o.response = str_fmt(rq->arena, "%s%sResponse", type, is_search ? "Search" : "").p;
    }
    return o;
}

static const struct api_operation *
find_operation(const struct api_route *route)
{
    static const struct api_operation unknown = {"", "", NULL, NULL, ""};

    for (size_t i = 0; i < api_chapter_count; i++) {
        const struct api_operation *o = operation_in(api_chapters[i], route);
        if (o != NULL) {
            return o;
        }
    }
    return &unknown;
}

static void
put_parameter(str name, const char *in, bool is_id, struct json_out *out)
{
    json_out_object(out);
    json_put_str(out, S("name"), name);
    json_put_str(out, S("in"), str_from(in));
    if (is_id) {
        json_put_bool(out, S("required"), true);
    }
    json_put_raw(out, S("schema"),
        is_id ? S("{\"type\":\"string\",\"format\":\"uuid\"}") : S("{\"type\":\"string\"}"));
    json_out_object_end(out);
}

static bool
takes_form(const struct place *place)
{
    return str_starts(place->path, S("/oauth2/"))
           && str_eq(str_from(place->route->method), S("POST"));
}

static void
put_parameters(struct rq *rq, const struct place *place, const char *query, struct json_out *out)
{
    str rest = place->path, words = str_from(query), part;

    json_out_name(out, S("parameters"));
    json_out_array(out);
    while (str_cut(&rest, '{', &part)) {
        size_t end = str_find(rest, '}');
        if (end < rest.n) {
            put_parameter(str_head(rest, end), "path", true, out);
        }
    }
    while (!takes_form(place) && str_cut(&words, ' ', &part)) {
        if (part.n) {
            put_parameter(part, "query", false, out);
        }
    }
    if (str_starts(place->path, S("/api/"))) {
        api_openapi_ref(rq->arena, "parameters", "TenantId", out);
    }
    json_out_array_end(out);
}

static void
put_content(struct rq *rq, const char *type, struct json_out *out)
{
    json_out_name(out, S("content"));
    json_out_object(out);
    json_out_name(out, S("application/json"));
    json_out_object(out);
    json_out_name(out, S("schema"));
    api_openapi_ref(rq->arena, "schemas", type, out);
    json_out_object_end(out);
    json_out_object_end(out);
}

static void
put_form(const char *fields, struct json_out *out)
{
    str words = str_from(fields), word;

    json_put_raw(out, S("required"), S("true"));
    json_out_name(out, S("content"));
    json_out_object(out);
    json_out_name(out, S("application/x-www-form-urlencoded"));
    json_out_object(out);
    json_out_name(out, S("schema"));
    json_out_object(out);
    json_put_str(out, S("type"), S("object"));
    json_out_name(out, S("properties"));
    json_out_object(out);
    while (str_cut(&words, ' ', &word)) {
        json_put_raw(out, word, S("{\"type\":\"string\"}"));
    }
    for (int depth = 0; depth < 4; depth++) {
        json_out_object_end(out);
    }
}

static void
put_body(
    struct rq *rq, const struct place *place, const struct api_operation *o, struct json_out *out)
{
    bool is_form = takes_form(place) && o->parameters[0] != '\0';

    if (!is_form && o->request == NULL) {
        return;
    }
    json_out_name(out, S("requestBody"));
    json_out_object(out);
    if (is_form) {
        put_form(o->parameters, out);
    } else {
        put_content(rq, o->request, out);
    }
    json_out_object_end(out);
}

static void
put_responses(
    struct rq *rq, const struct place *place, const struct api_operation *o, struct json_out *out)
{
    json_out_name(out, S("responses"));
    json_out_object(out);
    json_out_name(out, S("200"));
    json_out_object(out);
    json_put_str(out, S("description"), S("Done."));
    if (o->response != NULL) {
        put_content(rq, o->response, out);
    }
    json_out_object_end(out);
    json_out_name(out, S("default"));
    json_out_object(out);
    json_put_str(out, S("description"), S("Refused; a body says why where it may be said."));
    put_content(rq, str_starts(place->path, S("/api/")) ? "Errors" : "OAuthError", out);
    json_out_object_end(out);
    json_out_object_end(out);
}

/* "GET", "/api/user/{userId}" -> "getApiUserUserId": generators make function names of it. */
static str
operation_id(struct rq *rq, const struct place *place)
{
    bool is_start = false;
    struct buf buf;
    str id;

    buf_init(&buf, rq->arena, 256);
    buf_str(&buf, str_lower(rq->arena, str_from(place->route->method)));
    for (size_t i = 0; i < place->path.n; i++) {
        char c = place->path.p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_letter || (c >= '0' && c <= '9')) {
            buf_char(&buf, is_start && c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c);
            is_start = false;
        } else if (c == '-') { /* "/api/user-action" is not "/api/user/action" */
            buf_char(&buf, '_');
        } else {
            is_start = true;
        }
    }
    return buf_done(&buf, &id) ? id : NO_STR;
}

static void
put_operation(struct rq *rq, const struct place *place, struct json_out *out)
{
    struct api_operation made = {NULL, NULL, NULL, NULL, NULL};
    const struct api_operation *o = find_operation(place->route);

    if (place->route->about != NULL) {
        made = record_operation(rq, place->route);
        o = &made;
    }
    json_out_name(out, str_lower(rq->arena, str_from(place->route->method)));
    json_out_object(out);
    json_put_str(out, S("operationId"), operation_id(rq, place));
    json_put_str(out, S("summary"), str_from(place->route->summary));
    put_parameters(rq, place, o->parameters, out);
    put_body(rq, place, o, out);
    put_responses(rq, place, o, out);
    json_out_object_end(out);
}

static enum err
put_paths(struct rq *rq, struct json_out *out)
{
    struct place *places = ARENA_ARRAY(rq->arena, routes.count * 2 + 1, struct place);
    size_t count;

    if (places == NULL) {
        return FAIL_SERVER(rq);
    }
    count = list_places(rq->arena, places);
    json_out_name(out, S("paths"));
    json_out_object(out);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !str_eq(places[i].path, places[i - 1].path)) {
            json_out_name(out, places[i].path);
            json_out_object(out);
        }
        put_operation(rq, &places[i], out);
        if (i + 1 == count || !str_eq(places[i].path, places[i + 1].path)) {
            json_out_object_end(out);
        }
    }
    json_out_object_end(out);
    return ERR_OK;
}

static void
put_event(struct rq *rq, str event, struct json_out *out)
{
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
    api_openapi_ref(rq->arena, "schemas", str_z(rq->arena, api_event_type(rq->arena, event)), out);
    for (int depth = 0; depth < 4; depth++) {
        json_out_object_end(out);
    }
}

/* Each event that a webhook may ask for, with the body that it is told in. */
static void
put_webhooks(struct rq *rq, struct json_out *out)
{
    json_out_name(out, S("webhooks"));
    json_out_object(out);
    for (const char *const *event = rule_event_names; *event != NULL; event++) {
        json_out_name(out, str_from(*event));
        json_out_object(out);
        json_out_name(out, S("post"));
        json_out_object(out);
        json_put_str(out, S("operationId"),
            str_fmt(rq->arena, "on" STRF, STRV(api_event_type(rq->arena, str_from(*event)))));
        json_out_name(out, S("requestBody"));
        json_out_object(out);
        put_event(rq, str_from(*event), out);
        json_out_object_end(out);
        json_put_raw(out, S("responses"),
            S("{\"200\":{\"description\":\"Heard; any other status is a failure.\"}}"));
        json_out_object_end(out);
        json_out_object_end(out);
    }
    json_out_object_end(out);
}

enum err
api_openapi(struct rq *rq)
{
    struct api_answer answer;
    enum err e;

    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("openapi"), S("3.1.0"));
    json_out_name(&answer.out, S("info"));
    json_out_object(&answer.out);
    json_put_str(&answer.out, S("title"), S("Cardea"));
    json_put_str(&answer.out, S("version"), S(CARDEA_VERSION));
    json_out_object_end(&answer.out);
    json_out_name(&answer.out, S("servers"));
    json_out_array(&answer.out);
    json_out_object(&answer.out);
    json_put_str(&answer.out, S("url"), rq->house->base_url);
    json_out_object_end(&answer.out);
    json_out_array_end(&answer.out);
    json_put_raw(&answer.out, S("security"), S("[{\"ApiKey\":[]},{\"Token\":[]},{}]"));
    e = put_paths(rq, &answer.out);
    put_webhooks(rq, &answer.out);
    api_openapi_components(rq->arena, routes.rows, routes.count, &answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}
