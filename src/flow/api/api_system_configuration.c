/* SPDX-License-Identifier: Apache-2.0 */
/* /api/system-configuration and /api/integration. */
#include "flow/api/api_records.h"
#include "flow/api/api_single.h"
#include "model/integration/integration.h"
#include "model/system/system.h"

const struct api_record api_system_configuration = {
    .resource = {API_SINGLE_VERBS, .name = "systemConfiguration", .id_name = "",
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
