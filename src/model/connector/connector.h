/* SPDX-License-Identifier: Apache-2.0 */
/* Connectors: where people who sign in are known. The house itself is the one that is built in. */
#pragma once
#include "model/record/record.h"

enum connector_type { CONNECTOR_HOUSE, CONNECTOR_GENERIC, CONNECTOR_LDAP };

struct connector { /* types FusionAuth-, Generic- and LDAPConnectorConfiguration */
    struct record head;
    str name, data;
    int type;
    bool debug;
    /* Generic and LDAP */
    str authentication_url;
    int64_t connect_timeout_ms, read_timeout_ms;
    /* Generic */
    str headers, username, password;
    struct uuid certificate_key_id;
    /* LDAP */
    str base_structure, identifying_attribute, login_id_attribute, account_dn, account_password;
    struct field_texts attributes;
    int security;
    struct connector_lambdas { /* type LambdaConfiguration */
        struct uuid reconcile_id;
    } lambdas;
};
extern const struct record_kind connector_kind;
extern const struct uuid connector_default_id;
