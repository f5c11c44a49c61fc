/* SPDX-License-Identifier: Apache-2.0 */
/* What a sign-in through the API says of its device, and is told again with its refresh token. */
#pragma once
#include "model/field/field.h"

struct api_device { /* type DeviceInfo */
    str description, last_address, name, type;
    int64_t last_instant;
};
struct api_metadata { /* type MetaData */
    struct api_device device;
    struct field_texts scopes;
};
extern const struct field_table api_metadata_table, api_login_table, api_login_ping_table;
