/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's settings of second factors: FusionAuth's type TenantMultiFactorConfiguration. Deviations: the
 * authenticator's algorithm, length and step are what they are set to, for apps that are added from then on;
 * the two policies of risk challenge everybody who has a second factor, as long as no risk is measured here. */
#include "crypto/otp.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/messagetemplate/messagetemplate.h"
#include "model/messenger/messenger.h"
#include "model/tenant/tenant.h"

const char *const factor_policies[] = {
    "Disabled", "Enabled", "Required", "ChallengeOnHighRisk", "ChallengeOnMediumRisk", NULL};
const char *const factor_algorithms[] = {"HmacSHA1", "HmacSHA256", "HmacSHA512", NULL};

/* clang-format off */
#define APP(member) FIELD_AT(struct factor_app_config, member)
static const struct field app_fields[] = {
    {.name = "algorithm", .kind = FIELD_ENUM, .offset = APP(algorithm), .more.names = factor_algorithms},
    {.name = "codeLength", .kind = FIELD_INT, .offset = APP(code_length), .min = OTP_DIGITS_MIN, .max = OTP_DIGITS_MAX, .default_int = 6},
    {.name = "enabled", .kind = FIELD_BOOL, .offset = APP(enabled), .default_int = true},
    {.name = "timeStep", .kind = FIELD_INT, .offset = APP(step_s), .min = 15, .max = 120, .default_int = 30},
};
static const struct field_table app_table = FIELD_TABLE("MultiFactorAuthenticatorMethod", app_fields, struct factor_app_config, NULL);

#define SENT(member) FIELD_AT(struct factor_sent_config, member)
static const struct field email_fields[] = {
    {.name = "enabled", .kind = FIELD_BOOL, .offset = SENT(enabled)},
    {.name = "templateId", .kind = FIELD_UUID, .offset = SENT(template_id), .more.kind = &emailtemplate_kind},
};
static const struct field_table email_table = FIELD_TABLE("MultiFactorEmailMethod", email_fields, struct factor_sent_config, NULL);

static const struct field phone_fields[] = {
    {.name = "enabled", .kind = FIELD_BOOL, .offset = SENT(enabled)},
    {.name = "messengerId", .kind = FIELD_UUID, .offset = SENT(messenger_id), .more.kind = &messenger_kind},
    {.name = "templateId", .kind = FIELD_UUID, .offset = SENT(template_id), .more.kind = &messagetemplate_kind},
};
static const struct field_table sms_table = FIELD_TABLE("MultiFactorSMSMethod", phone_fields, struct factor_sent_config, NULL);
static const struct field_table voice_table = FIELD_TABLE("MultiFactorVoiceMethod", phone_fields, struct factor_sent_config, NULL);

#define F(member) FIELD_AT(struct factor_config, member)
static const struct field config_fields[] = {
    {.name = "authenticator", .kind = FIELD_OBJECT, .offset = F(authenticator), .more.table = &app_table},
    {.name = "debug", .kind = FIELD_LATER, .more.like = "boolean"},
    {.name = "email", .kind = FIELD_OBJECT, .offset = F(email), .more.table = &email_table},
    {.name = "loginPolicy", .kind = FIELD_ENUM, .offset = F(policy), .default_int = FACTOR_ENABLED, .more.names = factor_policies},
    {.name = "sms", .kind = FIELD_OBJECT, .offset = F(sms), .more.table = &sms_table},
    {.name = "voice", .kind = FIELD_OBJECT, .offset = F(voice), .more.table = &voice_table},
};
const struct field_table factor_config_table = FIELD_TABLE("TenantMultiFactorConfiguration", config_fields, struct factor_config, NULL);
/* clang-format on */
