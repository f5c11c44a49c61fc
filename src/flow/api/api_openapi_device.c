/* SPDX-License-Identifier: Apache-2.0 */
/* The device authorization grant, for the OpenAPI document: its endpoints are in flow/oauth. */
#include "base/base.h"
#include "flow/api/api_openapi.h"

/* clang-format off */
static const struct api_type types[] = {
    {"DeviceApprovalResponse", "deviceGrantStatus:string deviceInfo:DeviceInfo identityProviderLink:IdentityProviderLink tenantId:uuid userId:uuid"},
    {"DeviceResponse", "device_code:string expires_in:integer interval:integer user_code:string verification_uri:uri verification_uri_complete:uri"},
    {"DeviceUserCodeResponse", "client_id:string deviceInfo:DeviceInfo expires_in:integer pendingIdPLink:PendingIdPLink scope:string tenantId:uuid user_code:string"},
};

static const struct api_operation operations[] = {
    {"POST", "/oauth2/device_authorize", NULL, "DeviceResponse",         "client_id client_secret metaData.device.description metaData.device.name metaData.device.type scope"},
    {"GET",  "/oauth2/device/validate",  NULL, NULL,                     "client_id tenantId user_code"},
    {"POST", "/oauth2/device/user-code", NULL, "DeviceUserCodeResponse", "client_id client_secret tenantId user_code"},
    {"POST", "/oauth2/device/approve",   NULL, "DeviceApprovalResponse", "client_id client_secret tenantId token user_code"},
};
/* clang-format on */
const struct api_chapter api_device_chapter = {
    .types = types,
    .type_count = COUNT(types),
    .operations = operations,
    .operation_count = COUNT(operations),
};
