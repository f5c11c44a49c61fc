/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of a tenant that are kept, validated and given back, and have no effect here yet; and the domains
 * that may not sign up, and usernames several people may choose (model/user/user_unique.c), which have. */
#pragma once
#include "model/field/field.h"

struct tenant;

struct delete_policy { /* type TimeBasedDeletePolicy */
    bool enabled;
    int64_t enabled_instant, days;
};
struct delete_config { /* types TenantUserDeletePolicy, ApplicationRegistrationDeletePolicy */
    struct delete_policy unverified;
};
struct tenant_sign_up { /* type TenantRegistrationConfiguration */
    struct field_texts blocked_domains;
};
struct tenant_scim { /* type TenantSCIMServerConfiguration */
    bool enabled;
    struct uuid client_type_id, server_type_id;
    str schemas;
};
struct tenant_usernames {    /* type TenantUsernameConfiguration */
    struct unique_username { /* UniqueUsernameConfiguration */
        bool enabled;
        int64_t digits;
        str separator;
        int strategy;
    } unique;
};
struct tenant_oauth { /* type TenantOAuth2Configuration */
    struct uuid client_credentials_lambda_id;
};

struct tenant_kept { /* no effect yet: see the README */
    struct delete_config user_delete;
    struct tenant_oauth oauth;
    struct tenant_scim scim;
};

extern const struct field_table app_delete_table, tenant_delete_table, tenant_oauth_table,
    tenant_scim_table, tenant_sign_up_table, tenant_usernames_table;

/* Whether nobody may sign up with an address of this domain. */
bool tenant_blocks_email(const struct tenant *tenant, str email);
