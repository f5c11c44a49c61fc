/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user-action-reason. A code is used once, as a text is. */
#include "flow/api/api_records.h"
#include "model/reason/reason.h"

static enum err
check(struct api_call *call)
{
    const struct reason *reason = call->after;
    struct uuid taken = {{0}};
    enum err e = reason->code.n ? reason_find_code(call->rq, reason->code, &taken) : ERR_OK;

    if (e == ERR_OK && !uuid_is_nil(taken) && !uuid_eq(taken, call->id)) {
        field_fault(&call->reader, "userActionReason.code", "duplicate",
            "A reason with this code exists already: choose another.");
    }
    return e;
}

const struct api_record api_reason = {
    .resource = {API_RECORD_VERBS, .name = "userActionReason", .id_name = "userActionReasonId",
        .beside = &api_beside_table, .created = "user-action-reason.create",
        .updated = "user-action-reason.update", .deleted = "user-action-reason.delete"},
    .kind = &reason_kind,
    .type = "UserActionReason",
    .plural = "userActionReasons",
    .name_member = "text",
    .check = check,
};
