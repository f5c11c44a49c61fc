/* SPDX-License-Identifier: Apache-2.0 */
/* What an operation may answer, for the OpenAPI document: what every route of its kind may, and what its texts say. */
#include "base/arena.h"
#include "base/fault.h"
#include "codec/json.h"
#include "flow/api/api.h"
#include "flow/api/api_openapi.h"

enum {              /* of which operations */
    OF_API = 1,     /* under /api */
    OF_OTHERS = 2,  /* all but those */
    OF_CALLER = 4,  /* those that ask who calls */
    OF_ID = 8,      /* those with an id in the path */
    OF_BODY = 16,   /* those that take a body */
    OF_CHANGE = 32, /* those that change something */
    OF_LIMIT = 64,  /* those of which one address may make so many */
};

/* clang-format off */
static const struct refusal {
    int status;
    unsigned of; /* all of these */
    const char *name, *type, *said;
} refusals[] = {
    {400, OF_API | OF_CALLER,    "Invalid",          "Errors",     "Something in the request is wrong; all faults are told at once, each by the path of its member."},
    {400, OF_OTHERS | OF_BODY,   "OAuthInvalid",     "OAuthError", "Something in the request is wrong, or what it brings is not good any more."},
    {401, OF_API | OF_CALLER,    "Unauthenticated",  NULL,         "There is no credential, it is not good, or it may not do this. There is no body."},
    {401, OF_OTHERS | OF_CALLER, "OAuthUnauthenticated", "OAuthError", "The client or its token is not known."},
    {404, OF_API | OF_ID,        "NotFound",         NULL,         "There is none with that id that the caller may see. There is no body."},
    {409, OF_API | OF_CHANGE,    "Conflict",         "Errors",     "Somebody else changed the same thing at the same time: look again, then repeat."},
    {413, OF_BODY,               "TooLarge",         NULL,         "The body is longer than x-max-body-bytes."},
    {415, OF_BODY,               "MediaType",        NULL,         "The body is of a type that is not taken here."},
    {429, OF_LIMIT,              "TooMany",          NULL,         "More came from this address than x-rate-limit allows: Retry-After says when to come back."},
    {503, 0,                     "Busy",             NULL,         "It could not be done now, and was not: Retry-After says when to try again."},
};
/* clang-format on */

static void
put_content(struct api_doc *doc, const char *type, const struct api_asked *asked)
{
    struct json_out *out = doc->out;
    str example = api_openapi_example(doc, asked, type);

    json_out_name(out, S("content"));
    json_out_object(out);
    json_out_name(out, S("application/json"));
    json_out_object(out);
    json_out_name(out, S("schema"));
    api_openapi_ref(doc, "schemas", type);
    json_out_name(out, S("examples"));
    json_out_object(out);
    json_out_name(out, S("one"));
    api_openapi_ref(doc, "examples", str_z(doc->arena, example));
    for (int depth = 0; depth < 3; depth++) {
        json_out_object_end(out);
    }
}

/* asked: NULL when it is the same for many operations. */
static void
put_response(struct api_doc *doc, str said, const char *type, const struct api_asked *asked)
{
    json_out_object(doc->out);
    json_put_str(doc->out, S("description"), said);
    if (type != NULL) {
        put_content(doc, type, asked);
    }
    json_out_object_end(doc->out);
}

void
api_openapi_refusals(struct api_doc *doc)
{
    for (size_t i = 0; i < COUNT(refusals); i++) {
        json_out_name(doc->out, str_from(refusals[i].name));
        put_response(doc, str_from(refusals[i].said), refusals[i].type, NULL);
    }
}

static unsigned
kind_of(const struct api_route *route, str path)
{
    bool is_get = str_eq(str_from(route->method), S("GET"));
    unsigned of = str_starts(path, S("/api/")) ? OF_API : OF_OTHERS;

    of |= route->caller != API_ANYONE ? OF_CALLER : 0;
    of |= str_find(path, '{') < path.n ? OF_ID : 0;
    of |= route->max_body > 0 ? OF_BODY : 0;
    of |= route->caller != API_ANYONE && !is_get ? OF_CHANGE : 0;
    return of | (route->per_second > 0 ? OF_LIMIT : 0U);
}

/* What is said of a status in the texts: "404 There is none.", "409 @LoginResponse Somebody is kept out." */
static void
put_said(struct api_doc *doc, int status, str said, const char *type, const struct api_asked *asked)
{
    str word;

    if (str_starts(said, S("@"))) {
        (void)str_cut(&said, ' ', &word);
        type = str_z(doc->arena, str_skip(word, 1));
    } else if (status >= 300) {
        type = status == 400 ? "Errors" : NULL;
    }
    put_response(doc, said, type, status < 300 ? asked : NULL);
}

static const struct refusal *
usual(int status, unsigned of)
{
    for (size_t i = 0; i < COUNT(refusals); i++) {
        if (refusals[i].status == status && (refusals[i].of & of) == refusals[i].of) {
            return &refusals[i];
        }
    }
    return NULL;
}

struct said { /* of an operation */
    struct api_asked asked;
    str notes;
    unsigned of;
    const char *type;
};

/* One status, where there is anything to say of it: in the texts, or of every route of the kind. "-400" says that the
 * route is not of the kind. */
static void
put_status(struct api_doc *doc, int status, const struct said *o)
{
    str name = str_fmt(doc->arena, "%d", status), rest = o->notes, said;
    const struct refusal *refusal = usual(status, o->of);

    if (api_text_note(&rest, name, &said)) {
        json_out_name(doc->out, name);
        put_said(doc, status, said, o->type, &o->asked);
        return;
    }
    rest = o->notes;
    if (api_text_note(&rest, str_fmt(doc->arena, "-%d", status), &said)) {
        return;
    }
    if (refusal != NULL) {
        json_out_name(doc->out, name);
        api_openapi_ref(doc, "responses", refusal->name);
    } else if (status == 200) {
        json_out_name(doc->out, name);
        put_response(doc,
            o->type != NULL ? S("Done: the body has what there is now.")
                            : S("Done. There is no body."),
            o->type, &o->asked);
    }
}

void
api_openapi_responses(struct api_doc *doc, const struct api_route *route, str path,
    const struct api_text_operation *text, const struct api_operation *o)
{
    static const int statuses[] = {200, 202, 203, 212, 213, 232, 242, 303, 400, 401, 403, 404, 409,
        410, 413, 415, 421, 422, 423, 429, 503};
    const struct said said = {{str_from(route->method), path, text != NULL ? text->id : NO_STR,
                                  o->request != NULL ? str_from(o->request) : NO_STR},
        text != NULL ? text->notes : NO_STR, kind_of(route, path), o->response};

    json_out_name(doc->out, S("responses"));
    json_out_object(doc->out);
    for (size_t i = 0; i < COUNT(statuses); i++) {
        put_status(doc, statuses[i], &said);
    }
    json_out_object_end(doc->out);
}
