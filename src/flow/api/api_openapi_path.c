/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of the OpenAPI document: what a route takes is the route's and the tables' to say, what it is for the
 * texts'. A path whose last segment may be left out is two paths. */
#include <stdlib.h>

#include "base/arena.h"
#include "flow/api/api.h"
#include "flow/api/api_openapi.h"
#include "flow/api/api_record.h"

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
list_places(const struct api_doc *doc, struct place *ret)
{
    size_t count = 0;

    for (size_t i = 0; i < doc->route_count; i++) {
        str path = str_from(doc->routes[i].path);
        size_t optional = str_find_str(path, S("?}"));
        if (!is_shown(path)) {
            continue;
        }
        if (optional == path.n) {
            ret[count++] = (struct place){&doc->routes[i], path};
            continue;
        }
        ret[count++] = (struct place){
            &doc->routes[i], str_fmt(doc->arena, STRF "}", STRV(str_head(path, optional)))};
        while (path.p[optional] != '{') {
            optional--;
        }
        ret[count++] = (struct place){&doc->routes[i], str_head(path, optional - 1)};
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
record_operation(struct arena *arena, const struct api_route *route)
{
    const char *type = route->about->type;
    bool is_search = str_ends(str_from(route->path), S("/search"));
    str method = str_from(route->method);
    struct api_operation o = {route->method, route->path, NULL, NULL, ""};

    if (!str_eq(method, S("GET")) && !str_eq(method, S("DELETE"))) {
        o.request = str_fmt(arena, "%s%sRequest", type, is_search ? "Search" : "").p;
    }
    if (!str_eq(method, S("DELETE"))) {
        o.response = str_fmt(arena, "%s%sResponse", type, is_search ? "Search" : "").p;
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

/* A parameter by its name: "kind What it is.", an id when nothing is said of it. */
static void
put_parameter(struct api_doc *doc, const struct api_text_operation *said, str name, const char *in)
{
    str words = api_text_parameter(doc->text, said, name), kind = S("uuid");
    bool is_path = str_eq(str_from(in), S("path"));

    if (words.n) {
        (void)str_cut(&words, ' ', &kind);
    }
    json_out_object(doc->out);
    json_put_str(doc->out, S("name"), name);
    json_put_str(doc->out, S("in"), str_from(in));
    json_put_given(doc->out, S("description"), words);
    if (is_path) {
        json_put_bool(doc->out, S("required"), true);
    }
    json_out_name(doc->out, S("schema"));
    api_openapi_kind(doc, kind, NO_STR);
    json_out_object_end(doc->out);
}

static bool
takes_form(const struct place *place)
{
    return str_starts(place->path, S("/oauth2/"))
           && str_eq(str_from(place->route->method), S("POST"));
}

static void
put_parameters(struct api_doc *doc, const struct place *place,
    const struct api_text_operation *said, const char *query)
{
    str rest = place->path, words = str_from(query), part;

    json_out_name(doc->out, S("parameters"));
    json_out_array(doc->out);
    while (str_cut(&rest, '{', &part)) {
        size_t end = str_find(rest, '}');
        if (end < rest.n) {
            put_parameter(doc, said, str_head(rest, end), "path");
        }
    }
    while (!takes_form(place) && words.n && str_cut(&words, ' ', &part)) {
        put_parameter(doc, said, part, "query");
    }
    if (str_starts(place->path, S("/api/")) && place->route->caller != API_ANYONE) {
        api_openapi_ref(doc, "parameters", "TenantId");
    }
    json_out_array_end(doc->out);
}

/* The operation's own example goes before that of its type. */
static void
put_example(struct api_doc *doc, str id, str type)
{
    str own = api_text_example(doc->text, id);
    str example = own.n ? own : api_text_example(doc->text, type);

    if (example.n) {
        json_put_raw(doc->out, S("example"), example);
    }
}

static void
put_media(struct api_doc *doc, const char *media, const char *type, str id)
{
    json_out_name(doc->out, str_from(media));
    json_out_object(doc->out);
    json_out_name(doc->out, S("schema"));
    api_openapi_ref(doc, "schemas", type);
    put_example(doc, id, str_from(type));
    json_out_object_end(doc->out);
}

static void
put_form(struct api_doc *doc, const struct api_text_operation *said, const char *fields)
{
    str words = str_from(fields), word, about, kind;

    json_put_bool(doc->out, S("required"), true);
    json_out_name(doc->out, S("content"));
    json_out_object(doc->out);
    json_out_name(doc->out, S("application/x-www-form-urlencoded"));
    json_out_object(doc->out);
    json_out_name(doc->out, S("schema"));
    json_out_object(doc->out);
    json_put_str(doc->out, S("type"), S("object"));
    json_out_name(doc->out, S("properties"));
    json_out_object(doc->out);
    while (str_cut(&words, ' ', &word)) {
        about = api_text_parameter(doc->text, said, word);
        (void)str_cut(&about, ' ', &kind);
        json_out_name(doc->out, word);
        api_openapi_kind(doc, S("string"), about);
    }
    json_out_object_end(doc->out);
    json_out_object_end(doc->out);
    put_example(doc, said != NULL ? said->id : NO_STR, NO_STR);
    json_out_object_end(doc->out);
    json_out_object_end(doc->out);
}

static void
put_body(struct api_doc *doc, const struct place *place, const struct api_text_operation *said,
    const struct api_operation *o)
{
    bool is_form = takes_form(place) && o->parameters[0] != '\0';
    str id = said != NULL ? said->id : NO_STR;

    if (!is_form && o->request == NULL) {
        return;
    }
    json_out_name(doc->out, S("requestBody"));
    json_out_object(doc->out);
    if (is_form) {
        put_form(doc, said, o->parameters);
    } else {
        json_out_name(doc->out, S("content"));
        json_out_object(doc->out);
        put_media(doc, "application/json", o->request, id);
        if (str_eq(str_from(place->route->method), S("PATCH"))) {
            put_media(doc, "application/merge-patch+json", o->request, id);
            put_media(doc, "application/json-patch+json", "JSONPatch", NO_STR);
        }
        json_out_object_end(doc->out);
    }
    json_out_object_end(doc->out);
}

/* Who may call, in the order of enum api_caller. */
static const char *const securities[API_CALLER_COUNT] = {
    [API_ANYONE] = "[]",
    [API_KEY] = "[{\"ApiKey\":[]}]",
    [API_MAYBE_KEY] = "[{\"ApiKey\":[]},{\"Token\":[]},{}]",
    [API_CLIENT] = "[{\"Client\":[]},{}]",
    [API_TOKEN] = "[{\"Token\":[]}]",
};

/* Limits are the route's own. */
static void
put_limits(struct api_doc *doc, const struct api_route *route)
{
    if (route->max_body > 0) {
        json_put_i64(doc->out, S("x-max-body-bytes"), (int64_t)route->max_body);
    }
    if (route->per_second > 0) {
        json_out_name(doc->out, S("x-rate-limit"));
        json_out_object(doc->out);
        json_put_i64(doc->out, S("requestsPerSecond"), route->per_second);
        json_put_i64(doc->out, S("burst"), route->burst);
        json_put_str(doc->out, S("per"), S("address"));
        json_out_object_end(doc->out);
    }
    json_put_str(doc->out, S("x-specification"), str_from(route->spec));
}

/* "GET", "/api/user/{userId}" -> "getApiUserUserId": generators make function names of it. */
static str
made_id(struct arena *arena, const struct place *place)
{
    bool is_start = false;
    struct buf buf;
    str id;

    buf_init(&buf, arena, 256);
    buf_str(&buf, str_lower(arena, str_from(place->route->method)));
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

/* Of a path with the optional id the name is the same "WithId", where the texts do not tell them apart. */
static str
operation_id(struct arena *arena, const struct place *place, const struct api_text_operation *said)
{
    if (said == NULL) {
        return made_id(arena, place);
    }
    return str_ends(said->path, S("?}")) && place->path.n + 1 == said->path.n
               ? str_fmt(arena, STRF "WithId", STRV(said->id))
               : said->id;
}

static void
put_words(struct api_doc *doc, const struct place *place, const struct api_text_operation *said)
{
    const struct api_text_chapter *chapters;
    size_t count;

    json_put_str(doc->out, S("operationId"), operation_id(doc->arena, place, said));
    if (said == NULL) {
        json_put_str(doc->out, S("summary"), str_from(place->route->spec));
        return;
    }
    chapters = api_text_chapters(doc->text, &count);
    json_out_name(doc->out, S("tags"));
    json_out_array(doc->out);
    json_out_str(doc->out, chapters[said->chapter].title);
    json_out_array_end(doc->out);
    json_put_str(doc->out, S("summary"), said->summary);
    json_put_str(
        doc->out, S("description"), said->description.n ? said->description : said->summary);
}

static void
put_operation(struct api_doc *doc, const struct place *place)
{
    const struct api_route *route = place->route;
    str method = str_from(route->method);
    const struct api_text_operation *said =
        api_text_operation(doc->text, method, place->path, str_from(route->path));
    struct api_operation made = {NULL, NULL, NULL, NULL, NULL};
    const struct api_operation *o = find_operation(route);

    if (route->about != NULL) {
        made = record_operation(doc->arena, route);
        o = &made;
    }
    json_out_name(doc->out, str_lower(doc->arena, method));
    json_out_object(doc->out);
    put_words(doc, place, said);
    put_parameters(doc, place, said, o->parameters);
    put_body(doc, place, said, o);
    api_openapi_responses(doc, route, place->path, said, o);
    json_put_raw(doc->out, S("security"), str_from(securities[route->caller]));
    put_limits(doc, route);
    json_out_object_end(doc->out);
}

void
api_openapi_paths(struct api_doc *doc)
{
    struct place *places = ARENA_ARRAY(doc->arena, doc->route_count * 2 + 1, struct place);
    size_t count = places != NULL ? list_places(doc, places) : 0;

    json_out_name(doc->out, S("paths"));
    json_out_object(doc->out);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !str_eq(places[i].path, places[i - 1].path)) {
            json_out_name(doc->out, places[i].path);
            json_out_object(doc->out);
        }
        put_operation(doc, &places[i]);
        if (i + 1 == count || !str_eq(places[i].path, places[i + 1].path)) {
            json_out_object_end(doc->out);
        }
    }
    json_out_object_end(doc->out);
}
