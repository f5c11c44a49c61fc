/* SPDX-License-Identifier: Apache-2.0 */
/* What is only stored, for the OpenAPI document: the wrappers of each resource, in the words of
 * api_openapi.h. Their operations follow from the routes: what they are about says what they take and give. */
#include "flow/api/api_openapi.h"

#include "base/base.h"

/* clang-format off */
static const struct api_type types[] = {
    {"UserActionReasonRequest", "userActionReason:UserActionReason"},
    {"UserActionReasonResponse", "userActionReason:UserActionReason userActionReasons:UserActionReason[]"},
};
/* clang-format on */
const struct api_chapter api_records_chapter = {.types = types, .type_count = COUNT(types)};
