/* SPDX-License-Identifier: Apache-2.0 */
/* /api/system-configuration and /api/integration. */
#include "flow/api/api_records.h"
#include "flow/api/api_single.h"
#include "model/integration/integration.h"
#include "model/system/system.h"

static enum err
store(struct api_call *call)
{
    system_drop(call->rq);
    return api_single_store(call);
}

const struct api_record api_system_configuration = {
    .resource = {.load = api_single_load,
        .check = api_record_check,
        .update = store,
        .beside = &api_beside_table,
        .name = "systemConfiguration",
        .id_name = "",
        .updated = "system-configuration.update"},
    .kind = &system_kind,
    .type = "SystemConfiguration",
};

const struct api_record api_integration = {
    .resource = {API_SINGLE_VERBS, .name = "integrations", .id_name = "",
        .updated = "integration.update"},
    .kind = &integration_kind,
    .type = "Integration",
};
