/* SPDX-License-Identifier: Apache-2.0 */
/* User action reasons: why a user action was taken, in a code for programs and texts for people. */
#pragma once
#include "model/record/record.h"

struct reason { /* type UserActionReason */
    struct record head;
    str text, code, localized_texts;
};
extern const struct record_kind reason_kind;
/* The id of the reason of that code; nil when there is none. */
MUST_USE enum err reason_find_code(struct rq *rq, str code, struct uuid *ret);
