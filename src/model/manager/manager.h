/* SPDX-License-Identifier: Apache-2.0 */
/* The tenant manager: what tenants may set up themselves. One object of the house, and one for each type of identity
 * provider that is opened to them. */
#pragma once
#include "model/record/record.h"

enum manager_type { MANAGER_OPENID_CONNECT, MANAGER_SAML, MANAGER_TYPE_COUNT };

/* clang-format off */
struct manager_application { /* type TenantManagerApplicationConfiguration */
    struct uuid application_id;
};
struct manager {             /* type TenantManagerConfiguration */
    struct record head;
    str brand_name;
    struct uuid form_id;
    struct field_list applications; /* struct manager_application */
    str types;               /* JSON: what is opened; not stored */
};
struct manager_provider {    /* type TenantManagerIdentityProviderTypeConfiguration */
    struct record head;
    bool enabled;
    int linking, type;
    str mappings;
};
/* clang-format on */
extern const struct record_kind manager_kind, manager_provider_kind;
extern const char *const manager_types[]; /* names of enum manager_type, NULL-terminated */

/* The id of the only one of a type. */
struct uuid manager_provider_id(enum manager_type type);
