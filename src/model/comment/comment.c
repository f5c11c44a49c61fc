/* SPDX-License-Identifier: Apache-2.0 */
/* The table of comments. */
#include "model/comment/comment.h"

/* clang-format off */
#define C(member) FIELD_AT(struct comment, member)
static const struct field fields[] = {
    {.name = "comment",       .kind = FIELD_TEXT,    .offset = C(text), .flags = FIELD_REQUIRED | FIELD_PERSONAL, .max = 16384},
    {.name = "commenterId",   .kind = FIELD_UUID,    .offset = C(commenter_id), .flags = FIELD_REQUIRED | FIELD_PERSONAL},
    {.name = "id",            .kind = FIELD_UUID,    .offset = C(head.id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = C(head.insert_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "userId",        .kind = FIELD_UUID,    .offset = C(head.user_id), .flags = FIELD_REQUIRED | FIELD_NOT_STORED},
};
const struct field_table comment_table = FIELD_TABLE("UserComment", fields, struct comment, NULL);
/* clang-format on */

const struct dossier_kind comment_kind = {DOSSIER_COMMENT, "comment", &comment_table};
