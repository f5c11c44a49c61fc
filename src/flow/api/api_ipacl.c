/* SPDX-License-Identifier: Apache-2.0 */
/* /api/ip-acl. What acts is a cached copy: it goes with each change. */
#include "flow/api/api_records.h"
#include "model/ipacl/ipacl.h"

/* clang-format off */
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
};
static const struct field_table criteria_table = FIELD_TABLE("IPAccessControlListSearchCriteria", criteria_fields, struct api_criteria, NULL);
/* clang-format on */

static enum err
update(struct api_call *call)
{
    ipacl_drop(call->rq, call->id);
    return api_record_store(call);
}

static enum err
remove_list(struct api_call *call)
{
    ipacl_drop(call->rq, call->id);
    return api_record_remove(call);
}

const struct api_record api_ipacl = {
    .resource = {.load = api_record_load,
        .place = api_record_place,
        .check = api_record_check,
        .create = api_record_store_new,
        .update = update,
        .remove = remove_list,
        .name = "ipAccessControlList",
        .id_name = "ipAccessControlListId",
        .beside = &api_beside_table,
        .created = "ip-acl.create",
        .updated = "ip-acl.update",
        .deleted = "ip-acl.delete"},
    .kind = &ipacl_kind,
    .type = "IPAccessControlList",
    .plural = "ipAccessControlLists",
    .criteria = &criteria_table,
};
