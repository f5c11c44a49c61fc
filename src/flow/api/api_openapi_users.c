/* SPDX-License-Identifier: Apache-2.0 */
/* People in bulk, for the OpenAPI document: import, and what refreshes the search. */
#include "base/base.h"
#include "flow/api/api_openapi.h"
#include "flow/api/api_tables.h"

/* clang-format off */
static const struct field_table *const tables[] = {&api_user_bulk_table};

static const struct api_type types[] = {
    {"ImportRequest", "encryptionScheme:string eventInfo:EventInfo factor:integer users:User[] validateDbConstraints:boolean"},
    {"RefreshTokenImportRequest", "refreshTokens:RefreshToken[] validateDbConstraints:boolean"},
};

static const struct api_operation operations[] = {
    {"POST",   "/api/user/import", "ImportRequest", NULL, ""},
    {"POST",   "/api/user/refresh-token/import", "RefreshTokenImportRequest", NULL, ""},
    {"PUT",    "/api/user/search", NULL,            NULL, ""},
};
/* clang-format on */

const struct api_chapter api_users_chapter = {
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};
