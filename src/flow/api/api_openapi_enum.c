/* SPDX-License-Identifier: Apache-2.0 */
/* Names that members of wrapper types may have, for the OpenAPI document; those of resources are in their field tables. */
#include "base/base.h"
#include "flow/api/api_openapi.h"

/* clang-format off */
static const struct api_type types[] = {
    {"ApplicationMultiFactorTrustPolicy", "=Any|This|None"},
    {"AttestationConveyancePreference", "=none|indirect|direct|enterprise"},
    {"AuthenticationThreats", "=BotDetected|BlocklistedIp|DormantAccount|DormantPassword|ImpossibleTravel|RecentIdentityChange|RecentPasswordChange|SuspiciousUserAgent|UnrecognizedDevice|UntrustedDevice"},
    {"BreachAction", "=Off|RecordOnly|NotifyUser|RequireChange"},
    {"BreachMatchMode", "=Low|Medium|High"},
    {"BreachedPasswordStatus", "=None|ExactMatch|SubAddressMatch|PasswordOnly|CommonPassword"},
    {"CanonicalizationMethod", "=exclusive|exclusive_with_comments|inclusive|inclusive_with_comments"},
    {"CaptchaMethod", "=GoogleRecaptchaV2|GoogleRecaptchaV3|HCaptcha|HCaptchaEnterprise"},
    {"ChangePasswordReason", "=Administrative|Breached|Expired|Validation"},
    {"ContentStatus", "=ACTIVE|PENDING|REJECTED"},
    {"EventLogType", "=Information|Debug|Error"},
    {"IdentityProviderType", "=Apple|EpicGames|ExternalJWT|Facebook|Google|HYPR|LinkedIn|Nintendo|OpenIDConnect|SAMLv2|SAMLv2IdPInitiated|SonyPSN|Steam|Twitch|Twitter|Xbox"},
    {"MultiFactorAction", "=changePassword|login|stepUp"},
    {"MultiFactorLoginPolicy", "=ChallengeOnHighRisk|ChallengeOnMediumRisk|Disabled|Enabled|Required"},
    {"PasswordType", "=PLAINTEXT|HASHED"},
    {"PublicKeyCredentialType", "=public-key"},
    {"ReactorFeatureStatus", "=ACTIVE|DISCONNECTED|PENDING|DISABLED|UNKNOWN"},
    {"ResidentKeyRequirement", "=discouraged|preferred|required"},
    {"SAMLLogoutBehavior", "=AllParticipants|OnlyOriginator"},
    {"SendSetPasswordIdentityType", "=email|phone|doNotSend"},
    {"Sort", "=asc|desc"},
    {"TokenType", "=Bearer|MAC|DPoP"},
    {"UniqueUsernameStrategy", "=Always|OnCollision"},
    {"UnverifiedBehavior", "=Allow|Gated"},
    {"UserActionPhase", "=start|modify|cancel|end"},
    {"UserVerificationRequirement", "=required|preferred|discouraged"},
    {"WebhookAttemptResult", "=Success|Failure|Unknown"},
    {"WebhookEventResult", "=Failed|Running|Succeeded"},
    {"XMLSignatureLocation", "=Assertion|Response"},
};
/* clang-format on */
const struct api_chapter api_enum_chapter = {.types = types, .type_count = COUNT(types)};
