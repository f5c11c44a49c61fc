/* SPDX-License-Identifier: Apache-2.0 */
/* What the OpenAPI document is made of, beside the routes: tables of resources, types that wrap them,
 * and what each operation takes and gives. */
#pragma once
#include "flow/api/api_text.h"
#include "model/field/field.h"

/* "name:kind" words; kind is string, boolean, integer, number, uuid, instant, uri, any or a type's name,
 * followed by [] for a list of them, {} for a map to them. "*:kind" are members of any other name; a first
 * word "+Type" takes all that Type has. */
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
extern const struct api_chapter api_event_chapter, api_word_chapter;
struct api_route;
struct json_out;
extern const struct api_chapter *const api_chapters[];
extern const size_t api_chapter_count;

/* The type of a webhook's event: "user.create" is "UserCreateEvent". */
struct arena;
str api_event_type(struct arena *arena, str event);

/* The document as it is being written. */
struct api_doc {
    struct arena *arena;
    struct json_out *out;
    const struct api_text *text;
    const struct api_route *routes;
    size_t route_count;
};
void api_openapi_paths(struct api_doc *doc);
void api_openapi_responses(struct api_doc *doc, const struct api_route *route, str path,
    const struct api_text_operation *text, const char *type);
/* Of all operations: what components/responses has. */
void api_openapi_refusals(struct api_doc *doc);
void api_openapi_components(struct api_doc *doc);
void api_openapi_ref(struct api_doc *doc, const char *folder, const char *name);
/* A schema by a kind of struct api_type, and what is said of it. */
void api_openapi_kind(struct api_doc *doc, str kind, str said);
/* "content" of a type in JSON, with its example. */
void api_openapi_content(struct api_doc *doc, const char *type);

/* The document, made when it is first asked for; then kept. False when memory is short. */
struct rq;
MUST_USE bool api_openapi_document(const struct rq *rq, str *ret);
