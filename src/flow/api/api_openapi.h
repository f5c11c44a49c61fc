/* SPDX-License-Identifier: Apache-2.0 */
/* What the OpenAPI document is made of, beside the routes: tables of resources, types that wrap them,
 * and what each operation takes and gives. */
#pragma once
#include "model/field/field.h"

/* "name:kind" words; kind is string, boolean, integer, number, uuid, instant, uri, any or a type's name,
 * followed by [] for a list of them, {} for a map to them. */
struct api_type {
    const char *name, *members;
};
extern const struct api_type api_types[];
extern const size_t api_type_count;

/* Tables whose types, and those nested in them, are in the document. */
extern const struct field_table *const api_tables[];
extern const size_t api_table_count;

struct api_operation {
    const char *method, *path;      /* as in the route */
    const char *request, *response; /* types; NULL: none */
    const char *parameters;         /* of the query string, of the form for POST under /oauth2 */
};
extern const struct api_operation api_operations[];
extern const size_t api_operation_count;
