/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of what calls take, where the OpenAPI document finds them. */
#pragma once
#include "model/field/field.h"

extern const struct field_table api_federate_test_table;
extern const struct field_table api_event_log_criteria_table, api_login_record_criteria_table,
    api_log_export_table, api_reindex_table, api_webhook_log_criteria_table;
extern const struct field_table api_email_address_table, api_email_send_table;
extern const struct field_table api_user_bulk_table;
extern const struct field_table api_application_criteria_table, api_jwt_vend_table,
    api_key_criteria_table, api_logout_table, api_refresh_request_table, api_refresh_revoke_table,
    api_entity_grant_criteria_table, api_member_criteria_table, api_tenant_criteria_table,
    api_entity_criteria_table, api_user_criteria_table;
extern const struct field_table api_comment_criteria_table, api_family_request_table,
    api_reactor_request_table;
