/* SPDX-License-Identifier: Apache-2.0 */
/* Types that clients have a word for and no operation takes or gives by that name, for the OpenAPI document: forms of
 * OAuth requests, parts that others are made of, what lambdas are given, and settings that are known and without effect
 * yet. Where a field table of the same name exists, the table is what the document says. */
#include "base/base.h"
#include "flow/api/api_openapi.h"

/* clang-format off */
static const struct api_type types[] = {
    {"AccessTokenIntrospectRequest", "client_id:string tenantId:string token:string token_type_hint:string"},
    {"ApplicationRegistrationDeletePolicy", "unverified:TimeBasedDeletePolicy"},
    {"AuthenticationTokenConfiguration", "+Enableable"},
    {"ClientCredentialsAccessTokenIntrospectRequest", "tenantId:string token:string"},
    {"ClientCredentialsGrantRequest", "client_id:string client_secret:string grant_type:string scope:string tenantId:string"},
    {"ClientRisk", "status:string"},
    {"Context",
        "accessToken:string action:MultiFactorAction application:Application authenticationThreats:AuthenticationThreats[] "
        "authenticationType:string clientRisk:ClientRisk eventInfo:EventInfo mfaTrust:Trust "
        "policies:Policies"},
    {"DeviceApprovalRequest", "client_id:string client_secret:string tenantId:uuid token:string user_code:string"},
    {"DeviceAuthorizationRequest", "client_id:string client_secret:string scope:string tenantId:uuid"},
    {"ExpandableRequest", "expand:string[]"},
    {"FIPS", ""},
    {"HTTPHeaders", "*:string"},
    {"JSONWebKeyInfoProvider", ""},
    {"LocalizedIntegers", "*:integer"},
    {"LocalizedStrings", "*:string"},
    {"ManagedFields", ""},
    {"OAuthCodeAccessTokenRequest",
        "client_id:string client_secret:string code:string grant_type:string redirect_uri:string "
        "tenantId:string"},
    {"OAuthCodePKCEAccessTokenRequest",
        "client_id:string client_secret:string code:string code_verifier:string grant_type:string "
        "redirect_uri:string tenantId:uuid"},
    {"OAuthResponse", ""},
    {"ObjectIdentifiable", ""},
    {"Policies", "applicationLoginPolicy:MultiFactorLoginPolicy applicationMultiFactorTrustPolicy:ApplicationMultiFactorTrustPolicy tenantLoginPolicy:MultiFactorLoginPolicy"},
    {"ProvidedScopePolicy", "address:Requirable email:Requirable phone:Requirable profile:Requirable"},
    {"RateLimitedRequestConfiguration", "+Enableable limit:integer timePeriodInSeconds:integer"},
    {"RefreshResponse", ""},
    {"RefreshTokenAccessTokenRequest",
        "client_id:string client_secret:string grant_type:string refresh_token:string scope:string "
        "tenantId:uuid user_code:string"},
    {"ReloadRequest", "names:string[]"},
    {"RequiresCORSConfiguration", ""},
    {"RetrieveUserCodeRequest", "client_id:string client_secret:string tenantId:uuid user_code:string"},
    {"RetrieveUserCodeUsingAPIKeyRequest", "tenantId:uuid user_code:string"},
    {"SAMLv2AssertionEncryptionConfiguration",
        "+Enableable digestAlgorithm:string encryptionAlgorithm:string keyLocation:string "
        "keyTransportAlgorithm:string keyTransportEncryptionKeyId:uuid maskGenerationFunction:string"},
    {"SAMLv2Configuration",
        "+Enableable assertionEncryptionConfiguration:SAMLv2AssertionEncryptionConfiguration "
        "audience:string authorizedRedirectURLs:uri[] callbackURL:uri debug:boolean "
        "defaultVerificationKeyId:uuid initiatedLogin:SAMLv2IdPInitiatedLoginConfiguration issuer:string "
        "keyId:uuid loginHintConfiguration:LoginHintConfiguration logout:SAMLv2Logout logoutURL:uri "
        "requireSignedRequests:boolean verificationKeyIds:uuid[] xmlSignatureC14nMethod:CanonicalizationMethod "
        "xmlSignatureLocation:XMLSignatureLocation"},
    {"SAMLv2IdPInitiatedLoginConfiguration", "+Enableable nameIdFormat:string"},
    {"SAMLv2Logout",
        "behavior:SAMLLogoutBehavior defaultVerificationKeyId:uuid keyId:uuid requireSignedRequests:boolean "
        "singleLogout:SAMLv2SingleLogout verificationKeyIds:uuid[] xmlSignatureC14nMethod:CanonicalizationMethod"},
    {"SAMLv2SingleLogout", "+Enableable keyId:uuid url:uri xmlSignatureC14nMethod:CanonicalizationMethod"},
    {"SearchResults", "nextResults:string results:any[] total:integer totalEqualToActual:boolean"},
    {"SecureIdentity",
        "breachedPasswordLastCheckedInstant:instant breachedPasswordStatus:BreachedPasswordStatus connectorId:uuid "
        "encryptionScheme:string factor:integer id:uuid identities:UserIdentity[] "
        "lastLoginInstant:instant password:string passwordChangeReason:ChangePasswordReason "
        "passwordChangeRequired:boolean passwordLastUpdateInstant:instant salt:string "
        "uniqueUsername:string username:string usernameStatus:ContentStatus verified:boolean "
        "verifiedInstant:instant"},
    {"StartInstant", "applications:instant{} tenant:instant"},
    {"TenantOAuth2Configuration", "clientCredentialsAccessTokenPopulateLambdaId:uuid"},
    {"TenantRateLimitConfiguration",
        "failedLogin:RateLimitedRequestConfiguration forgotPassword:RateLimitedRequestConfiguration "
        "sendEmailVerification:RateLimitedRequestConfiguration "
        "sendPasswordless:RateLimitedRequestConfiguration "
        "sendPasswordlessPhone:RateLimitedRequestConfiguration "
        "sendPhoneVerification:RateLimitedRequestConfiguration "
        "sendRegistrationVerification:RateLimitedRequestConfiguration "
        "sendTwoFactor:RateLimitedRequestConfiguration"},
    {"TenantRegistrationConfiguration", "blockedDomains:string[]"},
    {"TenantSCIMServerConfiguration", "+Enableable clientEntityTypeId:uuid schemas:any{} serverEntityTypeId:uuid"},
    {"TenantUnverifiedConfiguration", "email:UnverifiedBehavior whenGated:RegistrationUnverifiedOptions"},
    {"TenantUserDeletePolicy", "unverified:TimeBasedDeletePolicy"},
    {"TenantUsernameConfiguration", "unique:UniqueUsernameConfiguration"},
    {"Tenantable", ""},
    {"TimeBasedDeletePolicy", "+Enableable enabledInstant:instant numberOfDaysToRetain:integer"},
    {"Trust",
        "applicationId:uuid attributes:string{} expirationInstant:instant id:string insertInstant:instant "
        "startInstants:StartInstant state:any{} tenantId:uuid userId:uuid"},
    {"UniqueUsernameConfiguration", "+Enableable numberOfDigits:integer separator:string strategy:UniqueUsernameStrategy"},
    {"UniversalApplicationConfiguration", "universal:boolean"},
    {"UserCredentialsAccessTokenRequest",
        "client_id:string client_secret:string grant_type:string password:string scope:string "
        "tenantId:string user_code:string username:string"},
    {"UserLoginFailedReasonCode", ""},
    {"ValidateDeviceRequest", "client_id:string tenantId:uuid user_code:string"},
};
/* clang-format on */
const struct api_chapter api_word_chapter = {.types = types, .type_count = COUNT(types)};
