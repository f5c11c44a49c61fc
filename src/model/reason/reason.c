/* SPDX-License-Identifier: Apache-2.0 */
/* The table of user action reasons. */
#include "model/reason/reason.h"

#include "model/rq/rq.h"

/* clang-format off */
#define R(member) FIELD_AT(struct reason, member)
static const struct field fields[] = {
    RECORD_ID_FIELD,
    {.name = "code",              .kind = FIELD_TEXT,     .offset = R(code), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "text",              .kind = FIELD_TEXT,     .offset = R(text), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "localizedTexts",    .kind = FIELD_TEXT_MAP, .offset = R(localized_texts)},
    RECORD_INSTANT_FIELDS,
};
static const struct field_table table = FIELD_TABLE("UserActionReason", fields, struct reason, NULL);
/* clang-format on */

const struct record_kind reason_kind = {
    .number = RECORD_USER_ACTION_REASON,
    .name = "userActionReason",
    .table = &table,
    .name_at = R(text),
    .is_name_unique = true,
};

enum { REASONS_MAX = 10000 };

enum err
reason_find_code(struct rq *rq, str code, struct uuid *ret)
{
    struct record_name *list = NULL;
    size_t count = 0;
    enum err e = record_names(rq, &reason_kind, (struct uuid){{0}}, REASONS_MAX, &list, &count);

    *ret = (struct uuid){{0}};
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        void *thing;
        e = record_load(rq, &reason_kind, list[i].id, &thing);
        if (e == ERR_OK && thing != NULL && str_eq(((struct reason *)thing)->code, code)) {
            *ret = list[i].id;
        }
    }
    return e;
}
