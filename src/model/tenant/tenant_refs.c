/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of what tenants and applications name of the house's records. That what is named exists, and stays
 * while it is named, is model/record's: a row says of which kind it is. */
#include "model/tenant/tenant_refs.h"

#include "io/mail/mail.h"
#include "model/connector/connector.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/ipacl/ipacl.h"
#include "model/lambda/lambda.h"
#include "model/messagetemplate/messagetemplate.h"
#include "model/messenger/messenger.h"
#include "model/rule/rule.h"
#include "model/tenant/tenant.h"

static const char *const transactions[] = {
    "None", "Any", "SimpleMajority", "SuperMajority", "AbsoluteMajority", NULL};

/* clang-format off */
#define REF(name_, offset_, kind_) {.name = name_, .kind = FIELD_UUID, .offset = offset_, .more.kind = kind_}

#define X(what, tenants, applications) REF(applications, MAIL_TEMPLATE_##what * sizeof(struct uuid), &emailtemplate_kind),
static const struct field app_mail_fields[] = {MAIL_TEMPLATES(X)};
#undef X
const struct field_table app_mail_config_table = FIELD_TABLE("ApplicationEmailConfiguration", app_mail_fields, struct app_mail_config, NULL);

static void
check_header(struct field_check *check)
{
    const struct mail_header *header = check->object;

    if (!mail_format_extra_ok(header->name, header->value)) {
        field_check_fault(check, "name", "invalid", "Name a header that is not one of every mail's own, such as X-Campaign, and give it one line of text.");
    }
}
static const struct field header_fields[] = {
    {.name = "name",  .kind = FIELD_TEXT, .offset = FIELD_AT(struct mail_header, name), .flags = FIELD_REQUIRED, .max = 60},
    {.name = "value", .kind = FIELD_TEXT, .offset = FIELD_AT(struct mail_header, value), .flags = FIELD_REQUIRED},
};
const struct field_table mail_header_table = FIELD_TABLE("EmailHeader", header_fields, struct mail_header, check_header);

#define P(member) FIELD_AT(struct phone_config, member)
#define X(what, name) REF(name, P(template_id) + PHONE_TEMPLATE_##what * sizeof(struct uuid), &messagetemplate_kind),
#define PU(member) FIELD_AT(struct phone_unverified, member)
static const struct field phone_unverified_fields[] = {
    {.name = "allowPhoneNumberChangeWhenGated", .kind = FIELD_BOOL, .offset = PU(may_change)},
    {.name = "behavior", .kind = FIELD_ENUM, .offset = PU(behavior), .more.names = unverified_behaviors},
};
static const struct field_table phone_unverified_table = FIELD_TABLE("PhoneUnverifiedOptions", phone_unverified_fields, struct phone_unverified, NULL);
static const struct field phone_fields[] = {
    PHONE_TEMPLATES(X)
    REF("adminTwoFactorMethodRemoveTemplateId", P(admin_two_factor_remove_id), &messagetemplate_kind),
    REF("messengerId", P(messenger_id), &messenger_kind),
    {.name = "implicitPhoneVerificationAllowed", .kind = FIELD_BOOL, .offset = P(verifies_on_the_way), .default_int = true},
    {.name = "unverified", .kind = FIELD_OBJECT, .offset = P(unverified), .more.table = &phone_unverified_table},
    {.name = "verificationStrategy", .kind = FIELD_ENUM, .offset = P(strategy), .more.names = verification_strategies},
    {.name = "verifyPhoneNumber", .kind = FIELD_BOOL, .offset = P(verifies)},
};
static const struct field app_phone_fields[] = {PHONE_TEMPLATES(X)};
#undef X
const struct field_table phone_config_table = FIELD_TABLE("TenantPhoneConfiguration", phone_fields, struct phone_config, NULL);
const struct field_table app_phone_config_table = FIELD_TABLE("ApplicationPhoneConfiguration", app_phone_fields, struct phone_config, NULL);

#define C(member) FIELD_AT(struct connector_policy, member)
static const struct field policy_fields[] = {
    {.name = "connectorId", .kind = FIELD_UUID,  .offset = C(connector_id), .flags = FIELD_REQUIRED, .more.kind = &connector_kind},
    {.name = "data",        .kind = FIELD_JSON,  .offset = C(data)},
    {.name = "domains",     .kind = FIELD_TEXTS, .offset = C(domains), .flags = FIELD_REQUIRED},
    {.name = "migrate",     .kind = FIELD_BOOL,  .offset = C(migrate)},
};
const struct field_table connector_policy_table = FIELD_TABLE("ConnectorPolicy", policy_fields, struct connector_policy, NULL);

#define L(member) FIELD_AT(struct tenant_lambdas, member)
static const struct field lambda_fields[] = {
    REF("loginValidationId",                     L(login_validation),         &lambda_kind),
    REF("multiFactorRequirementId",              L(multi_factor),             &lambda_kind),
    REF("scimEnterpriseUserRequestConverterId",  L(scim_enterprise_request),  &lambda_kind),
    REF("scimEnterpriseUserResponseConverterId", L(scim_enterprise_response), &lambda_kind),
    REF("scimGroupRequestConverterId",           L(scim_group_request),       &lambda_kind),
    REF("scimGroupResponseConverterId",          L(scim_group_response),      &lambda_kind),
    REF("scimUserRequestConverterId",            L(scim_user_request),        &lambda_kind),
    REF("scimUserResponseConverterId",           L(scim_user_response),       &lambda_kind),
};
const struct field_table tenant_lambdas_table = FIELD_TABLE("TenantLambdaConfiguration", lambda_fields, struct tenant_lambdas, NULL);

#define A(member) FIELD_AT(struct app_lambdas, member)
static const struct field app_lambda_fields[] = {
    REF("accessTokenPopulateId",               A(access_token), &lambda_kind),
    REF("idTokenPopulateId",                   A(id_token),     &lambda_kind),
    REF("multiFactorRequirementId",            A(multi_factor), &lambda_kind),
    REF("samlv2PopulateId",                    A(saml),         &lambda_kind),
    REF("selfServiceRegistrationValidationId", A(registration), &lambda_kind),
    REF("userinfoPopulateId",                  A(userinfo),     &lambda_kind),
    {.name = "reconcileId", .kind = FIELD_LATER, .more.like = "uuid"}, /* of identity providers and connectors, whose type has this name too */
};
const struct field_table app_lambdas_table = FIELD_TABLE("ApplicationLambdaConfiguration", app_lambda_fields, struct app_lambdas, NULL);

static const struct field access_fields[] = {
    REF("uiIPAccessControlListId", FIELD_AT(struct access_config, ui_list_id), &ipacl_kind),
};
const struct field_table access_config_table = FIELD_TABLE("TenantAccessControlConfiguration", access_fields, struct access_config, NULL);
const struct field_table app_access_config_table = FIELD_TABLE("ApplicationAccessControlConfiguration", access_fields, struct access_config, NULL);

#define E(member) FIELD_AT(struct event_setting, member)
static const struct field event_fields[] = {
    {.name = "enabled",         .kind = FIELD_BOOL, .offset = E(enabled)},
    {.name = "transactionType", .kind = FIELD_ENUM, .offset = E(transaction), .more.names = transactions},
};
static const struct field_table event_table = FIELD_TABLE("EventConfigurationData", event_fields, struct event_setting, NULL);
static const struct field event_config_fields[] = {
    {.name = "events", .kind = FIELD_MAP, .offset = FIELD_AT(struct event_config, events), .more.table = &event_table, .rule = rule_event_keys},
};
const struct field_table event_config_table = FIELD_TABLE("EventConfiguration", event_config_fields, struct event_config, NULL);
/* clang-format on */
