/* SPDX-License-Identifier: Apache-2.0 */
/* What the OpenAPI document is made of, beside the routes: tables of resources, types that wrap them,
 * and what each operation takes and gives. */
#pragma once
#include "flow/api/api_text.h"
#include "model/field/field.h"

/* "name:kind" words; kind is string, boolean, integer, number, uuid, instant, uri, any or a type's name,
 * followed by [] for a list of them, {} for a map to them. "*:kind" are members of any other name; a first
 * word "+Type" takes all that Type has. "=Active|Revoked" is no object, but one of those names. */
struct api_type {
    const char *name, *members;
};
struct api_operation {
    const char *method, *path;      /* as in the route */
    const char *request, *response; /* types; NULL: none */
    const char *parameters;         /* of the query string, of the form for POST under /oauth2 */
};

/* A part of the API in a file of its own: api_openapi_<part>.c. */
struct api_chapter {
    const struct field_table *const
        *tables; /* whose types, and those nested in them, are in the document */
    size_t table_count;
    const struct api_type *types;
    size_t type_count;
    const struct api_operation *operations;
    size_t operation_count;
};
extern const struct api_chapter api_configuration_chapter, api_factor_chapter;
extern const struct api_chapter api_proof_chapter, api_core_chapter, api_records_chapter;
extern const struct api_chapter api_people_chapter, api_house_chapter;
extern const struct api_chapter api_webauthn_chapter;
extern const struct api_chapter api_idp_chapter, api_logs_chapter;
extern const struct api_chapter api_users_chapter, api_device_chapter;
extern const struct api_chapter api_event_chapter, api_word_chapter, api_enum_chapter;
struct api_examples;
struct api_route;
struct arena;
struct json;
struct json_out;
struct record_kind;
extern const struct api_chapter *const api_chapters[];
extern const size_t api_chapter_count;

/* The type of a webhook's event: "user.create" is "UserCreateEvent". */
str api_event_type(struct arena *arena, str event);

/* The document as it is being written. */
struct api_doc {
    struct arena *arena;
    struct json_out *out;
    const struct api_text *text;
    const struct api_route *routes;
    size_t route_count;
    struct api_examples *examples; /* of answers, that operations name */
};
void api_openapi_paths(struct api_doc *doc);
void api_openapi_responses(struct api_doc *doc, const struct api_route *route, str path,
    const struct api_text_operation *text, const struct api_operation *o);
/* Of all operations: what components/responses has. */
void api_openapi_refusals(struct api_doc *doc);
void api_openapi_components(struct api_doc *doc);
void api_openapi_ref(struct api_doc *doc, const char *folder, const char *name);
/* A schema by a kind of struct api_type, and what is said of it. */
void api_openapi_kind(struct api_doc *doc, str kind, str said);

struct api_asked { /* an operation, whose answer is wanted */
    str method, path, id, request;
};
/* The name among components/examples of what the operation (NULL: any) answers by that type. */
str api_openapi_example(struct api_doc *doc, const struct api_asked *asked, const char *type);
struct api_examples *api_openapi_examples_new(struct arena *arena);
/* All that were named. */
void api_openapi_examples(struct api_doc *doc);
/* What an example request says of a thing of that type; NULL: none says anything. */
const struct json *api_openapi_seed(struct api_doc *doc, str type);
/* An object of that type as an answer has it: what seed (may be NULL) says, else what is usual; of a wrapper only the
 * member of that name, unless it is empty. */
void api_openapi_value(struct api_doc *doc, str type, const struct json *seed, str only, int depth);
void api_openapi_object(
    struct api_doc *doc, const struct field_table *table, const struct json *seed, bool is_bare);
/* The kind is one value: no type's name, no list, no map. */
bool api_openapi_is_word(str kind);
/* By the name of a type; NULL: there is none. */
const struct api_type *api_openapi_type(str type);
str api_openapi_enum(str type); /* "Active|Revoked"; empty: it is no enum */
const struct field_table *api_openapi_table(const struct api_doc *doc, str type);
/* The kind whose things are of one of several tables by their type; NULL: the type is one table. */
const struct record_kind *api_openapi_variants(const struct api_doc *doc, str type);

/* The document, made when it is first asked for; then kept. False when memory is short. */
struct rq;
MUST_USE bool api_openapi_document(const struct rq *rq, str *ret);
