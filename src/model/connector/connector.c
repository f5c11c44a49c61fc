/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of connectors, one a type over the same struct. */
#include "model/connector/connector.h"

#include "model/lambda/lambda.h"
#include "model/rule/rule.h"

const struct uuid connector_default_id = {{0xe3, 0x30, 0x66, 0x78, 0xa5, 0x3a, 0x49, 0x64, 0x90,
    0x40, 0x1c, 0x96, 0xf3, 0x6d, 0xda, 0x72}}; /* FusionAuth's, so that kickstart files find it */

static const char *const types[] = {"FusionAuth", "Generic", "LDAP", NULL};
static const char *const securities[] = {"None", "LDAPS", "StartTLS", NULL};

enum { TIMEOUT_MAX_MS = 60000 };

/* Headers and options may hold what opens a door: FIELD_PERSONAL keeps them out of the audit log. */
/* clang-format off */
#define C(member) FIELD_AT(struct connector, member)
#define COMMON                                                                                                                                                   \
    RECORD_ID_FIELD,                                      \
    {.name = "name",              .kind = FIELD_TEXT,    .offset = C(name), .flags = FIELD_REQUIRED, .max = 191},                                                \
    {.name = "type",              .kind = FIELD_ENUM,    .offset = C(type), .flags = FIELD_REQUIRED | FIELD_IMMUTABLE, .default_int = -1, .more.names = types},  \
    {.name = "data",              .kind = FIELD_JSON,    .offset = C(data)},                                                                                     \
    {.name = "debug",             .kind = FIELD_BOOL,    .offset = C(debug)},                                                                                    \
    RECORD_INSTANT_FIELDS
#define REMOTE                                                                                                                                                   \
    {.name = "authenticationURL", .kind = FIELD_URI, .offset = C(authentication_url), .flags = FIELD_REQUIRED},                                                  \
    {.name = "connectTimeout",    .kind = FIELD_INT, .offset = C(connect_timeout_ms), .flags = FIELD_REQUIRED, .min = 1, .max = TIMEOUT_MAX_MS},                 \
    {.name = "readTimeout",       .kind = FIELD_INT, .offset = C(read_timeout_ms), .flags = FIELD_REQUIRED, .min = 1, .max = TIMEOUT_MAX_MS}

static const struct field house_fields[] = {COMMON};
static const struct field generic_fields[] = {
    COMMON,
    REMOTE,
    {.name = "headers",                    .kind = FIELD_TEXT_MAP, .offset = C(headers), .flags = FIELD_PERSONAL, .rule = rule_headers},
    {.name = "httpAuthenticationUsername", .kind = FIELD_TEXT,     .offset = C(username)},
    {.name = "httpAuthenticationPassword", .kind = FIELD_SECRET,   .offset = C(password), .flags = FIELD_SHOWN},
    {.name = "sslCertificateKeyId",        .kind = FIELD_UUID,     .offset = C(certificate_key_id)},
};

static const struct field lambda_fields[] = {
    {.name = "reconcileId", .kind = FIELD_UUID, .offset = 0, .flags = FIELD_REQUIRED, .more.kind = &lambda_kind},
};
static const struct field_table lambda_table = FIELD_TABLE("ConnectorLambdaConfiguration", lambda_fields, struct connector_lambdas, NULL);
static const struct field ldap_fields[] = {
    COMMON,
    REMOTE,
    {.name = "baseStructure",         .kind = FIELD_TEXT,   .offset = C(base_structure), .flags = FIELD_REQUIRED},
    {.name = "identifyingAttribute",  .kind = FIELD_TEXT,   .offset = C(identifying_attribute), .flags = FIELD_REQUIRED},
    {.name = "loginIdAttribute",      .kind = FIELD_TEXT,   .offset = C(login_id_attribute), .flags = FIELD_REQUIRED},
    {.name = "requestedAttributes",   .kind = FIELD_TEXTS,  .offset = C(attributes), .flags = FIELD_REQUIRED},
    {.name = "securityMethod",        .kind = FIELD_ENUM,   .offset = C(security), .flags = FIELD_REQUIRED, .default_int = -1, .more.names = securities},
    {.name = "systemAccountDN",       .kind = FIELD_TEXT,   .offset = C(account_dn), .flags = FIELD_REQUIRED},
    {.name = "systemAccountPassword", .kind = FIELD_SECRET, .offset = C(account_password), .flags = FIELD_REQUIRED | FIELD_SHOWN},
    {.name = "lambdaConfiguration",   .kind = FIELD_OBJECT, .offset = C(lambdas), .flags = FIELD_REQUIRED, .more.table = &lambda_table},
};
static const struct field_table table = FIELD_TABLE("BaseConnectorConfiguration", house_fields, struct connector, NULL);
static const struct field_table house_table = FIELD_TABLE("FusionAuthConnectorConfiguration", house_fields, struct connector, NULL);
static const struct field_table generic_table = FIELD_TABLE("GenericConnectorConfiguration", generic_fields, struct connector, NULL);
static const struct field_table ldap_table = FIELD_TABLE("LDAPConnectorConfiguration", ldap_fields, struct connector, NULL);
/* clang-format on */

static const struct field_table *const variants[] = {&house_table, &generic_table, &ldap_table};

static void
fill_default(struct arena *arena, void *thing)
{
    struct connector *connector = thing;

    (void)arena;
    connector->name = S("Default");
    connector->type = CONNECTOR_HOUSE;
}

const struct record_kind connector_kind = {
    .number = RECORD_CONNECTOR,
    .name = "connector",
    .table = &table,
    .name_at = C(name),
    .is_name_unique = true,
    .type_at = C(type),
    .types = types,
    .variants = variants,
    .built_in = &connector_default_id,
    .fill = fill_default,
};
