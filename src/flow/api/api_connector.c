/* SPDX-License-Identifier: Apache-2.0 */
/* /api/connector. There is one of type FusionAuth, and it is built in. */
#include "flow/api/api_key_use.h"
#include "flow/api/api_records.h"
#include "model/connector/connector.h"
#include "model/lambda/lambda.h"

static enum err
check(struct api_call *call)
{
    const struct connector *connector = call->after;
    enum err e;

    if (connector->type == CONNECTOR_HOUSE) {
        field_fault(&call->reader, "connector.type", "notAllowed",
            "There is one connector of this type already, the one that is built in.");
    }
    e = lambda_check_type(call->rq, &call->reader, connector->lambdas.reconcile_id,
        LAMBDA_LDAPConnectorReconcile, "connector.lambdaConfiguration.reconcileId");
    return e ? e
             : api_check_key_named(
                 call, connector->certificate_key_id, "connector.sslCertificateKeyId", false);
}

const struct api_record api_connector = {
    .resource = {API_RECORD_VERBS, .name = "connector", .id_name = "connectorId",
        .beside = &api_beside_table, .created = "connector.create", .updated = "connector.update",
        .deleted = "connector.delete"},
    .kind = &connector_kind,
    .type = "Connector",
    .plural = "connectors",
    .check = check,
    .is_private = true,
};
