/* SPDX-License-Identifier: Apache-2.0 */
/* What webhooks are told, for the OpenAPI document: a type for each event, and which of them is whose body. The
 * names that a webhook may ask for are the rule's own (model/rule). */
#include "base/arena.h"
#include "base/buf.h"
#include "flow/api/api_openapi.h"
#include "model/rule/rule.h"

/* clang-format off */
static const struct api_type types[] = {
    {"ApplicationEvent", ""},
    {"AuditLogCreateEvent", "+BaseEvent auditLog:AuditLog"},
    {"BaseEntityEvent", "+BaseEvent entity:Entity"},
    {"BaseEvent", "createInstant:instant id:uuid info:EventInfo tenantId:uuid type:EventType"},
    {"BaseGroupEvent", "+BaseEvent group:Group"},
    {"BaseUserEvent", "+BaseEvent user:User"},
    {"EntityCreateCompleteEvent", "+BaseEntityEvent"},
    {"EntityCreateEvent", "+BaseEntityEvent"},
    {"EntityDeleteCompleteEvent", "+BaseEntityEvent"},
    {"EntityDeleteEvent", "+BaseEntityEvent"},
    {"EntityUpdateCompleteEvent", "+BaseEntityEvent original:Entity"},
    {"EntityUpdateEvent", "+BaseEntityEvent original:Entity"},
    {"EventLogCreateEvent", "+BaseEvent eventLog:EventLog"},
    {"GroupCreateCompleteEvent", "+BaseGroupEvent"},
    {"GroupCreateEvent", "+BaseGroupEvent"},
    {"GroupDeleteCompleteEvent", "+BaseGroupEvent"},
    {"GroupDeleteEvent", "+BaseGroupEvent"},
    {"GroupMemberAddCompleteEvent", "+BaseGroupEvent members:GroupMember[]"},
    {"GroupMemberAddEvent", "+BaseGroupEvent members:GroupMember[]"},
    {"GroupMemberRemoveCompleteEvent", "+BaseGroupEvent members:GroupMember[]"},
    {"GroupMemberRemoveEvent", "+BaseGroupEvent members:GroupMember[]"},
    {"GroupMemberUpdateCompleteEvent", "+BaseGroupEvent members:GroupMember[]"},
    {"GroupMemberUpdateEvent", "+BaseGroupEvent members:GroupMember[]"},
    {"GroupUpdateCompleteEvent", "+BaseGroupEvent original:Group"},
    {"GroupUpdateEvent", "+BaseGroupEvent original:Group"},
    {"IdentityInfo", "type:string value:string"},
    {"InstanceEvent", "+NonTransactionalEvent"},
    {"JWTPublicKeyUpdateEvent", "+BaseEvent applicationIds:uuid[]"},
    {"JWTRefreshEvent", "+BaseEvent applicationId:uuid original:string refreshToken:string token:string userId:uuid"},
    {"JWTRefreshTokenRevokeEvent",
        "+BaseEvent applicationId:uuid applicationTimeToLiveInSeconds:integer{} refreshToken:RefreshToken "
        "user:User userId:uuid"},
    {"KickstartSuccessEvent", "+BaseEvent instanceId:uuid"},
    {"NonTransactionalEvent", ""},
    {"TestEvent", "+BaseEvent message:string"},
    {"UserActionEvent",
        "+BaseEvent action:string actionId:uuid actioneeUserId:uuid actionerUserId:uuid "
        "applicationIds:uuid[] comment:string email:Email emailedUser:boolean expiry:instant "
        "localizedAction:string localizedDuration:string localizedOption:string localizedReason:string "
        "notifyUser:boolean option:string phase:UserActionPhase reason:string reasonCode:string"},
    {"UserBulkCreateEvent", "+BaseEvent users:User[]"},
    {"UserCreateCompleteEvent", "+BaseUserEvent"},
    {"UserCreateEvent", "+BaseUserEvent"},
    {"UserDeactivateEvent", "+BaseUserEvent"},
    {"UserDeleteCompleteEvent", "+BaseUserEvent"},
    {"UserDeleteEvent", "+BaseUserEvent"},
    {"UserEmailUpdateEvent", "+BaseUserEvent previousEmail:string"},
    {"UserEmailVerifiedEvent", "+BaseUserEvent"},
    {"UserIdentityProviderLinkEvent", "+BaseUserEvent identityProviderLink:IdentityProviderLink"},
    {"UserIdentityProviderUnlinkEvent", "+BaseUserEvent identityProviderLink:IdentityProviderLink"},
    {"UserIdentityUpdateEvent", "+BaseUserEvent loginIdType:string newLoginId:string previousLoginId:string"},
    {"UserIdentityVerifiedEvent", "+BaseUserEvent loginId:string loginIdType:string"},
    {"UserLoginFailedEvent",
        "+BaseUserEvent applicationId:uuid authenticationType:string ipAddress:string "
        "reason:UserLoginFailedReason"},
    {"UserLoginFailedReason", "code:string lambdaId:uuid lambdaResult:Errors"},
    {"UserLoginIdDuplicateOnCreateEvent",
        "+BaseUserEvent duplicateEmail:string duplicateIdentities:IdentityInfo[] "
        "duplicatePhoneNumber:string duplicateUsername:string existing:User"},
    {"UserLoginIdDuplicateOnUpdateEvent", "+UserLoginIdDuplicateOnCreateEvent"},
    {"UserLoginNewDeviceEvent", "+UserLoginSuccessEvent"},
    {"UserLoginSuccessEvent",
        "+BaseUserEvent applicationId:uuid authenticationType:string connectorId:uuid "
        "identityProviderId:uuid identityProviderName:string ipAddress:string"},
    {"UserLoginSuspiciousEvent", "+UserLoginSuccessEvent threatsDetected:AuthenticationThreats[]"},
    {"UserPasswordBreachEvent", "+BaseUserEvent"},
    {"UserPasswordResetSendEvent", "+BaseUserEvent"},
    {"UserPasswordResetStartEvent", "+BaseUserEvent"},
    {"UserPasswordResetSuccessEvent", "+BaseUserEvent"},
    {"UserPasswordUpdateEvent", "+BaseUserEvent"},
    {"UserReactivateEvent", "+BaseUserEvent"},
    {"UserRegistrationCreateCompleteEvent", "+BaseUserEvent applicationId:uuid registration:UserRegistration"},
    {"UserRegistrationCreateEvent", "+BaseUserEvent applicationId:uuid registration:UserRegistration"},
    {"UserRegistrationDeleteCompleteEvent", "+BaseUserEvent applicationId:uuid registration:UserRegistration"},
    {"UserRegistrationDeleteEvent", "+BaseUserEvent applicationId:uuid registration:UserRegistration"},
    {"UserRegistrationUpdateCompleteEvent", "+BaseUserEvent applicationId:uuid original:UserRegistration registration:UserRegistration"},
    {"UserRegistrationUpdateEvent", "+BaseUserEvent applicationId:uuid original:UserRegistration registration:UserRegistration"},
    {"UserRegistrationVerifiedEvent", "+BaseUserEvent applicationId:uuid registration:UserRegistration"},
    {"UserTwoFactorChallengeEvent", "+BaseUserEvent applicationId:uuid clientRisk:string"},
    {"UserTwoFactorFailedAttemptEvent", "+BaseUserEvent applicationId:uuid clientRisk:string messageType:string method:string"},
    {"UserTwoFactorMethodAddEvent", "+BaseUserEvent method:TwoFactorMethod"},
    {"UserTwoFactorMethodRemoveEvent", "+BaseUserEvent method:TwoFactorMethod"},
    {"UserTwoFactorSuccessEvent", "+BaseUserEvent applicationId:uuid clientRisk:string messageType:string method:string"},
    {"UserUpdateCompleteEvent", "+BaseUserEvent original:User"},
    {"UserUpdateEvent", "+BaseUserEvent original:User"},
};
/* clang-format on */
const struct api_chapter api_event_chapter = {.types = types, .type_count = COUNT(types)};

/* "two-factor" -> "TwoFactor"; the contract spells two of them in its own way. */
static void
put_word(str word, struct buf *buf)
{
    bool is_start = true;

    if (str_eq(word, S("jwt"))) {
        buf_str(buf, S("JWT"));
        return;
    }
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        if (c == '-') {
            is_start = true;
        } else {
            buf_char(buf, is_start && c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c);
            is_start = false;
        }
    }
    if (str_eq(word, S("duplicate"))) {
        buf_str(buf, S("On"));
    }
}

str
api_event_type(struct arena *arena, str event)
{
    str word, type;
    struct buf buf;

    buf_init(&buf, arena, 128);
    while (str_cut(&event, '.', &word)) {
        put_word(word, &buf);
    }
    buf_str(&buf, S("Event"));
    return buf_done(&buf, &type) ? type : NO_STR;
}
