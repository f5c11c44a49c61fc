/* SPDX-License-Identifier: Apache-2.0 */
/* Every resource that is only stored, for app/routes.c. */
#pragma once
#include "flow/api/api_record.h"

extern const struct api_record api_entity, api_entity_type, api_group;
extern const struct api_record api_connector, api_email_template, api_ipacl, api_lambda,
    api_message_template, api_messenger, api_theme, api_webhook;
extern const struct api_record api_idp;
extern const struct api_record api_reason, api_useraction;
extern const struct api_record api_admin_role;
extern const struct api_record api_consent, api_form, api_form_field;
extern const struct api_record api_integration, api_manager, api_manager_provider,
    api_system_configuration;
