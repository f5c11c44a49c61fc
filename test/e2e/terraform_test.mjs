// SPDX-License-Identifier: Apache-2.0
// What FusionAuth's Terraform provider does with each of its resources: create, read, compare, update, read, delete, read again. Its requests are
// Go structs, so that every nested object and every switch is in them, off where nothing was said, and everything else that is empty is not.
// What is read back is compared with what was configured as Terraform does: sets have no order, and nothing, "", 0, false, [] are the same.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Cardea, ids } from './harness.mjs';

let c, schemas;
const uuid = (n) => `77777777-0000-4000-8000-${String(n).padStart(12, '0')}`;

// A Go struct of this type as it is marshalled.
const schemaOf = (s) => (s?.$ref ? schemas[s.$ref.split('/').pop()] : s?.allOf ? schemaOf(s.allOf[0]) : s);
const isEmpty = (v) => v === undefined || v === null || v === '' || v === 0 || v === false || (Array.isArray(v) && v.length === 0) || (typeof v === 'object' && !Array.isArray(v) && Object.keys(v).length === 0);
const marshal = (schema, value, depth = 0) => {
  const s = schemaOf(schema);
  if (s?.type === 'array' && Array.isArray(value)) return value.map((v) => marshal(s.items, v, depth + 1));
  if (!s?.properties) return value;
  const out = {};
  for (const [name, member] of Object.entries(s.properties)) {
    const m = schemaOf(member), v = value?.[name];
    if (m?.type === 'boolean') out[name] = v ?? false;
    else if (m?.properties && depth < 6) out[name] = marshal(member, v ?? {}, depth + 1);
    else if (!isEmpty(v)) out[name] = marshal(member, v, depth + 1);
  }
  for (const [name, v] of Object.entries(value ?? {})) if (!(name in out) && !isEmpty(v)) out[name] = v;
  return out;
};

// Where what was read differs from what was configured.
const drift = (wanted, got, at = '') => {
  if (Array.isArray(wanted)) {
    const list = Array.isArray(got) ? got : [];
    if (wanted.length !== list.length) return [`${at}: ${JSON.stringify(wanted)} became ${JSON.stringify(got)}`];
    if (wanted.every((w) => typeof w !== 'object')) {
      return JSON.stringify([...wanted].sort()) === JSON.stringify([...list].sort()) ? [] : [`${at}: ${JSON.stringify(wanted)} became ${JSON.stringify(got)}`];
    }
    return wanted.flatMap((w, i) => {
      const options = list.map((l) => drift(w, l, `${at}[${i}]`));
      return options.some((o) => o.length === 0) ? [] : options[i];
    });
  }
  if (wanted && typeof wanted === 'object') return Object.entries(wanted).flatMap(([k, v]) => drift(v, got?.[k], at ? `${at}.${k}` : k));
  if (isEmpty(wanted) && isEmpty(got)) return [];
  return wanted === got ? [] : [`${at}: ${JSON.stringify(wanted)} became ${JSON.stringify(got)}`];
};

const seconds = (n, length, type) => ({ length: n ?? length, type });
const bytes32 = { length: 32, type: 'randomBytes' };
const identifiers = {
  authorizationGrantIdTimeToLiveInSeconds: 30, changePasswordIdGenerator: bytes32, changePasswordIdTimeToLiveInSeconds: 600, deviceCodeTimeToLiveInSeconds: 1800, deviceUserCodeIdGenerator: seconds(6, 6, 'randomAlphaNumeric'),
  emailVerificationIdGenerator: bytes32, emailVerificationIdTimeToLiveInSeconds: 86400, emailVerificationOneTimeCodeGenerator: seconds(6, 6, 'randomAlphaNumeric'), externalAuthenticationIdTimeToLiveInSeconds: 300,
  oneTimePasswordTimeToLiveInSeconds: 60, passwordlessLoginGenerator: bytes32, passwordlessLoginTimeToLiveInSeconds: 600, registrationVerificationIdGenerator: bytes32, registrationVerificationIdTimeToLiveInSeconds: 86400,
  registrationVerificationOneTimeCodeGenerator: seconds(6, 6, 'randomAlphaNumeric'), samlv2AuthNRequestIdTimeToLiveInSeconds: 300, setupPasswordIdGenerator: bytes32, setupPasswordIdTimeToLiveInSeconds: 86400,
  twoFactorIdTimeToLiveInSeconds: 300, twoFactorOneTimeCodeIdGenerator: seconds(8, 8, 'randomDigits'), twoFactorTrustIdTimeToLiveInSeconds: 2592000,
};
const policy = (enabled, required = false) => ({ enabled, required });
const secret = 'a-client-secret-of-more-than-32-characters';
const idp = (type, more) => ({ type: `${type === 'OpenIDConnect' ? 'OpenIdConnect' : type}IdentityProvider`, path: '/api/identity-provider', wrapper: 'identityProvider',
  create: { type, name: `Terraform ${type}`, enabled: true, debug: true, applicationConfiguration: { [uuid(20)]: { enabled: true, createRegistration: true } }, linkingStrategy: 'LinkByEmail', ...more },
  update: { debug: false, enabled: false } });
const button = { buttonText: 'Sign in', client_id: 'client', client_secret: 'hush', scope: 'openid email' };
const template = (more = {}) => ({ name: 'Terraform', defaultSubject: 'Subject', defaultHtmlTemplate: '<p>${user.email}</p>', defaultTextTemplate: '${user.email}', defaultFromName: 'Us', fromEmail: 'us@example.com', ...more });
const pem = '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsePwo79VZ0kdzVu1XeNFu+lWsnGx\nuASHAmpXDh3RT2SX8AkDCRKAkUjtwJY7PNXrHwd3YZnUf9+f26cd8An9Dg==\n-----END PUBLIC KEY-----';

// One row a resource of the provider, in the order in which they need each other. create is the configuration; update what changes in it.
// unread: attributes the provider does not read back. at: what is read, when it is no object of its own.
const rows = [
  { name: 'key', type: 'Key', path: '/api/key', createPath: '/api/key/generate', id: uuid(1), wrapper: 'key', create: { name: 'Access', algorithm: 'RS256', length: 2048, issuer: 'https://example.com' }, update: { name: 'Access tokens' }, keep: true },
  { name: 'key (HMAC)', type: 'Key', path: '/api/key', createPath: '/api/key/generate', wrapper: 'key', create: { name: 'Shared', algorithm: 'HS256' }, update: { name: 'Shared secret' } },
  { name: 'imported_key', type: 'Key', path: '/api/key', createPath: '/api/key/import', id: uuid(2), wrapper: 'key', create: { name: 'Imported', kid: 'their-kid', algorithm: 'ES256', publicKey: pem }, update: { name: 'Imported once' }, unread: ['publicKey'], keep: true },
  { name: 'theme', type: 'Theme', path: '/api/theme', id: uuid(3), wrapper: 'theme', create: { name: 'Terraform', stylesheet: 'body{}', defaultMessages: 'a=b', localizedMessages: { de: 'a=c' }, templates: { index: 'i', oauth2Authorize: 'o', unauthorized: 'u' } }, update: { stylesheet: 'p{}' }, keep: true },
  { name: 'email', type: 'EmailTemplate', path: '/api/email/template', id: uuid(4), wrapper: 'emailTemplate', create: template({ localizedSubjects: { de: 'Betreff' }, localizedHtmlTemplates: { de: '<p>Hallo</p>' }, localizedTextTemplates: { de: 'Hallo' }, localizedFromNames: { de: 'Wir' } }), update: { defaultSubject: 'Other' }, keep: true },
  { name: 'sms_message_template', type: 'SMSMessageTemplate', path: '/api/message/template', id: uuid(5), wrapper: 'messageTemplate', create: { name: 'Code', type: 'SMS', data: { a: 'b' }, defaultTemplate: 'Code ${code}', localizedTemplates: { de: 'Kode ${code}' } }, update: { defaultTemplate: '${code}' }, keep: true },
  { name: 'generic_messenger', type: 'GenericMessengerConfiguration', path: '/api/messenger', id: uuid(6), wrapper: 'messenger', create: { name: 'Generic', type: 'Generic', url: 'https://example.com/sms', connectTimeout: 1000, readTimeout: 2000, debug: true, headers: { foo: 'bar' }, httpAuthenticationUsername: 'u', httpAuthenticationPassword: 'p', data: { a: 'b' } }, update: { readTimeout: 3000, debug: false } },
  { name: 'twilio_messenger', type: 'TwilioMessengerConfiguration', path: '/api/messenger', id: uuid(7), wrapper: 'messenger', create: { name: 'Twilio', type: 'Twilio', accountSID: 'AC1', authToken: 'token', fromPhoneNumber: '+15550001111', url: 'https://api.twilio.com', debug: true }, update: { messagingServiceSid: 'MG1' }, keep: true },
  { name: 'generic_connector', type: 'GenericConnectorConfiguration', path: '/api/connector', id: uuid(8), wrapper: 'connector', create: { name: 'Generic', type: 'Generic', authenticationURL: 'https://example.com/auth', connectTimeout: 1000, readTimeout: 2000, debug: true, headers: { foo: 'bar' }, httpAuthenticationUsername: 'u', httpAuthenticationPassword: 'p', data: { a: 'b' }, retrieveIdentityProviders: false }, update: { debug: false }, keep: true },
  { name: 'ldap_connector', type: 'LDAPConnectorConfiguration', path: '/api/connector', id: uuid(9), wrapper: 'connector', needs: () => ({ lambdaConfiguration: { reconcileId: uuid(11) } }), create: { name: 'LDAP', type: 'LDAP', authenticationURL: 'ldaps://ldap.example.com', baseStructure: 'dc=example', connectTimeout: 1000, readTimeout: 2000, identifyingAttribute: 'uid', loginIdAttribute: 'mail', requestedAttributes: ['cn', 'mail', 'uid'], securityMethod: 'LDAPS', systemAccountDN: 'cn=admin', systemAccountPassword: 'p', debug: true }, update: { debug: false } },
  { name: 'lambda', type: 'Lambda', path: '/api/lambda', id: uuid(10), wrapper: 'lambda', create: { name: 'Claims', type: 'JWTPopulate', body: 'function populate(jwt, user, registration) { jwt.a = 1; }', engineType: 'GraalJS', debug: true }, update: { debug: false, body: 'function populate(jwt, user, registration) { }' }, keep: true },
  { name: 'consent', type: 'Consent', path: '/api/consent', id: uuid(12), wrapper: 'consent', create: { name: 'Newsletter', defaultMinimumAgeForSelfConsent: 13, countryMinimumAgeForSelfConsent: { de: 16 }, multipleValuesAllowed: true, values: ['a', 'b'], data: { x: 'y' }, consentEmailTemplateId: uuid(4), emailPlus: { enabled: true, emailTemplateId: uuid(4), minimumTimeToSendEmailInHours: 24, maximumTimeToSendEmailInHours: 48 } }, update: { values: ['c'] } },
  { name: 'form_field', type: 'FormField', path: '/api/form/field', id: uuid(13), wrapper: 'field', create: { name: 'Email', key: 'user.email', control: 'text', type: 'email', required: true, description: 'Where' }, update: { description: 'Which' }, keep: true },
  { name: 'form_field (options)', type: 'FormField', path: '/api/form/field', id: uuid(14), wrapper: 'field', create: { name: 'Size', key: 'user.data.size', control: 'select', type: 'string', required: false, options: ['l', 's', 'm'], data: { leftAddon: 'x' } }, update: { options: ['s', 'l'] } },
  { name: 'form', type: 'Form', path: '/api/form', id: uuid(15), wrapper: 'form', create: { name: 'Sign up', type: 'registration', data: { a: 'b' }, steps: [{ fields: [uuid(13), uuid(16)] }] }, update: { name: 'Join' }, keep: true },
  { name: 'ip_access_control_list', type: 'IPAccessControlList', path: '/api/ip-acl', id: uuid(17), wrapper: 'ipAccessControlList', create: { name: 'Office', entries: [{ action: 'Block', startIPAddress: '*', endIPAddress: '*' }, { action: 'Allow', startIPAddress: '10.0.0.1', endIPAddress: '10.0.0.9' }] }, update: { name: 'House' } },
  { name: 'user_action', type: 'UserAction', path: '/api/user-action', wrapper: 'userAction', create: { name: 'Lock', temporal: true, preventLogin: true, sendEndEvent: true, userEmailingEnabled: true, userNotificationsEnabled: true, includeEmailInEventJSON: true, localizedNames: { de: 'Sperre' }, startEmailTemplateId: uuid(4), modifyEmailTemplateId: uuid(4), cancelEmailTemplateId: uuid(4), endEmailTemplateId: uuid(4), options: [] }, update: { name: 'Locked' }, hardDelete: true },
  { name: 'webhook', type: 'Webhook', path: '/api/webhook', id: uuid(18), wrapper: 'webhook', create: { url: 'https://example.com/hook', description: 'All', connectTimeout: 1000, readTimeout: 2000, global: false, tenantIds: [ids.tenant], headers: { a: 'b' }, httpAuthenticationUsername: 'u', httpAuthenticationPassword: 'p', eventsEnabled: { 'user.create': true, 'user.delete': true }, data: { a: 'b' }, signatureConfiguration: { enabled: true, signingKeyId: uuid(1) } }, update: { eventsEnabled: { 'user.create': true } } },
  { name: 'tenant', type: 'Tenant', path: '/api/tenant', id: uuid(19), wrapper: 'tenant', keep: true, update: { name: 'Terraformed', issuer: 'https://other.example.com' }, create: {
    name: 'Terraform', issuer: 'https://example.com', data: { user: 'data', lives: 'here' }, themeId: uuid(3), logoutURL: 'https://example.com/signed-out', httpSessionMaxInactiveInterval: 3400,
    connectorPolicies: [{ connectorId: uuid(8), domains: ['example.com', 'example.org'], migrate: true }, { connectorId: 'e3306678-a53a-4964-9040-1c96f36dda72', domains: ['*'], migrate: false }],
    emailConfiguration: { defaultFromEmail: 'noreply@example.com', defaultFromName: 'noreply', host: 'smtp.example.com', password: 's3cureP@ssw0rd', port: 587, properties: 'property=sold', security: 'TLS', username: 'u', verifyEmail: true, verifyEmailWhenChanged: true, verificationStrategy: 'FormField', verificationEmailTemplateId: uuid(4), forgotPasswordEmailTemplateId: uuid(4), passwordlessEmailTemplateId: uuid(4), setPasswordEmailTemplateId: uuid(4), implicitEmailVerificationAllowed: true, unverified: { allowEmailChangeWhenGated: true, behavior: 'Gated' }, additionalHeaders: [{ name: 'X-A', value: 'b' }] },
    eventConfiguration: { events: { 'user.delete': { enabled: true, transactionType: 'None' }, 'user.create': { enabled: true, transactionType: 'SuperMajority' } } }, externalIdentifierConfiguration: identifiers,
    failedAuthenticationConfiguration: { actionDuration: 1, actionDurationUnit: 'DAYS', resetCountInSeconds: 600, tooManyAttempts: 3, actionCancelPolicy: { onPasswordReset: true } },
    familyConfiguration: { enabled: true, deleteOrphanedAccounts: true, deleteOrphanedAccountsDays: 60, maximumChildAge: 14, minimumOwnerAge: 18 },
    jwtConfiguration: { accessTokenKeyId: uuid(1), idTokenKeyId: uuid(1), refreshTokenTimeToLiveInMinutes: 43200, timeToLiveInSeconds: 3600, refreshTokenExpirationPolicy: 'SlidingWindow', refreshTokenUsagePolicy: 'Reusable', refreshTokenRevocationPolicy: { onLoginPrevented: true, onPasswordChanged: true } },
    loginConfiguration: { requireAuthentication: true }, maximumPasswordAge: { enabled: true, days: 90 }, minimumPasswordAge: { enabled: true, seconds: 10 },
    multiFactorConfiguration: { loginPolicy: 'Enabled', authenticator: { enabled: true }, email: { enabled: true, templateId: uuid(4) }, sms: { enabled: true, messengerId: uuid(7), templateId: uuid(5) } },
    passwordEncryptionConfiguration: { encryptionScheme: 'bcrypt', encryptionSchemeFactor: 10, modifyEncryptionSchemeOnLogin: true },
    passwordValidationRules: { breachDetection: { enabled: false, matchMode: 'Medium', onLogin: 'NotifyUser' }, maxLength: 100, minLength: 8, rememberPreviousPasswords: { count: 3, enabled: true }, requireMixedCase: true, requireNonAlpha: true, requireNumber: true, validateOnLogin: true },
    rateLimitConfiguration: { failedLogin: { enabled: true, limit: 6, timePeriodInSeconds: 60 }, forgotPassword: { enabled: false, limit: 5, timePeriodInSeconds: 60 } },
    registrationConfiguration: { blockedDomains: ['example.net'] }, ssoConfiguration: { deviceTrustTimeToLiveInSeconds: 31536000 }, userDeletePolicy: { unverified: { enabled: true, numberOfDaysToRetain: 30 } },
    usernameConfiguration: { unique: { enabled: true, numberOfDigits: 4, separator: '-', strategy: 'Always' } }, webAuthnConfiguration: { enabled: true, relyingPartyName: 'Example', relyingPartyId: 'example.com', debug: true, bootstrapWorkflow: { enabled: true, authenticatorAttachmentPreference: 'any', userVerificationRequirement: 'required' }, reauthenticationWorkflow: { enabled: true, authenticatorAttachmentPreference: 'platform', userVerificationRequirement: 'preferred' } },
  } },
  { name: 'application', type: 'Application', path: '/api/application', id: uuid(20), wrapper: 'application', header: uuid(19), keep: true, hardDelete: true, update: { name: 'Terraformed', oauthConfiguration: { requireRegistration: false } }, create: {
    name: 'Terraform', tenantId: uuid(19), data: { a: 'b' }, themeId: uuid(3), verifyRegistration: true, verificationEmailTemplateId: uuid(4), verificationStrategy: 'ClickableLink', formConfiguration: {}, passwordlessConfiguration: { enabled: true }, authenticationTokenConfiguration: { enabled: false },
    jwtConfiguration: { enabled: true, accessTokenKeyId: uuid(1), idTokenKeyId: uuid(1), refreshTokenTimeToLiveInMinutes: 43200, timeToLiveInSeconds: 3600, refreshTokenExpirationPolicy: 'Fixed', refreshTokenUsagePolicy: 'OneTimeUse' },
    lambdaConfiguration: { accessTokenPopulateId: uuid(10), idTokenPopulateId: uuid(10) }, loginConfiguration: { allowTokenRefresh: true, generateRefreshTokens: true, requireAuthentication: true },
    emailConfiguration: { emailVerificationEmailTemplateId: uuid(4), forgotPasswordEmailTemplateId: uuid(4), passwordlessEmailTemplateId: uuid(4), setPasswordEmailTemplateId: uuid(4) },
    multiFactorConfiguration: { email: { templateId: uuid(4) }, sms: { templateId: uuid(5) }, loginPolicy: 'Enabled', trustPolicy: 'Any' },
    oauthConfiguration: { authorizedOriginURLs: ['https://app.example.com'], authorizedRedirectURLs: ['https://app.example.com/b', 'https://app.example.com/a'], clientAuthenticationPolicy: 'Required', clientSecret: secret, debug: true, deviceVerificationURL: 'https://app.example.com/device', enabledGrants: ['refresh_token', 'authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'], generateRefreshTokens: true, logoutURL: 'https://app.example.com/bye', logoutBehavior: 'AllApplications', proofKeyForCodeExchangePolicy: 'Required', requireClientAuthentication: true, requireRegistration: true, authorizedURLValidationPolicy: 'ExactMatch', consentMode: 'AlwaysPrompt', relationship: 'FirstParty', scopeHandlingPolicy: 'Strict', unknownScopePolicy: 'Reject', providedScopePolicy: { email: { enabled: true, required: false } } },
    registrationConfiguration: { enabled: true, type: 'advanced', formId: uuid(15), loginIdType: 'email', confirmPassword: true, birthDate: policy(true), firstName: policy(true, true), fullName: policy(false), lastName: policy(true), middleName: policy(false), mobilePhone: policy(true), preferredLanguages: policy(false) },
    registrationDeletePolicy: { unverified: { enabled: true, numberOfDaysToRetain: 30 } }, webAuthnConfiguration: { enabled: false, bootstrapWorkflow: { enabled: false }, reauthenticationWorkflow: { enabled: false } },
    samlv2Configuration: { enabled: true, issuer: 'urn:sp', audience: 'urn:sp', authorizedRedirectURLs: ['https://sp.example.com/acs'], debug: true, keyId: uuid(1), logoutURL: 'https://sp.example.com/bye', requireSignedRequests: false, xmlSignatureC14nMethod: 'exclusive_with_comments', xmlSignatureLocation: 'Assertion', logout: { behavior: 'AllParticipants', requireSignedRequests: false, singleLogout: { enabled: false } }, initiatedLogin: { enabled: true, nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' } },
  } },
  { name: 'application_role', type: 'ApplicationRole', path: `/api/application/${uuid(20)}/role`, wrapper: 'role', request: 'ApplicationRequest', create: { name: 'clerk', description: 'Clerks', isDefault: true, isSuperRole: true }, update: { description: 'All clerks', isDefault: false }, readPath: `/api/application/${uuid(20)}`, at: (body, id) => body.application.roles.find((r) => r.id === id), id: uuid(21), keep: true, noId: true },
  { name: 'application_oauth_scope', type: 'ApplicationOAuthScope', path: `/api/application/${uuid(20)}/scope`, wrapper: 'scope', id: uuid(22), create: { name: 'read', description: 'Read', defaultConsentMessage: 'Read it', defaultConsentDetail: 'All of it', required: true, data: { a: 'b' } }, update: { required: false } },
  { name: 'group', type: 'Group', path: '/api/group', id: uuid(23), wrapper: 'group', header: uuid(19), create: { name: 'Clerks', tenantId: uuid(19), data: { a: 'b' } }, update: { name: 'All clerks' }, keep: true },
  { name: 'entity_type', type: 'EntityType', path: '/api/entity/type', id: uuid(24), wrapper: 'entityType', create: { name: 'Things', data: { a: 'b' }, jwtConfiguration: { enabled: true, accessTokenKeyId: uuid(1), timeToLiveInSeconds: 60 } }, update: { name: 'All things' }, keep: true },
  { name: 'entity_type_permission', type: 'EntityTypePermission', path: `/api/entity/type/${uuid(24)}/permission`, wrapper: 'permission', id: uuid(25), create: { name: 'read', description: 'Read', isDefault: true, data: { a: 'b' } }, update: { description: 'Reads', isDefault: false }, readPath: `/api/entity/type/${uuid(24)}`, at: (body, id) => body.entityType.permissions.find((p) => p.id === id), keep: true },
  { name: 'entity', type: 'Entity', path: '/api/entity', id: uuid(26), wrapper: 'entity', header: uuid(19), create: { name: 'Thing', tenantId: uuid(19), clientId: 'thing', clientSecret: secret, data: { a: 'b' }, type: { id: uuid(24) } }, update: { name: 'The thing' }, unread: ['type'], keep: true },
  { name: 'user', type: 'User', path: '/api/user', id: uuid(27), wrapper: 'user', header: uuid(19), keep: true, hardDelete: true, more: { skipVerification: true, sendSetPasswordEmail: false, disableDomainBlock: true }, update: { lastName: 'King', preferredLanguages: ['de'] }, create: { tenantId: uuid(19), email: 'ada@example.com', username: 'ada', password: 'Pass-word-123', birthDate: '1980-01-01', firstName: 'Ada', middleName: 'M', lastName: 'Lovelace', fullName: 'Ada Lovelace', imageUrl: 'https://example.com/a.png', mobilePhone: '555-1234', timezone: 'Europe/London', preferredLanguages: ['en', 'fr'], data: { a: { b: 1 } }, usernameStatus: 'ACTIVE', passwordChangeRequired: false, expiry: 4102444800000 }, unread: ['password'] },
  idp('Apple', { buttonText: 'Apple', scope: 'email', keyId: uuid(28), servicesId: 's', teamId: 't', bundleId: 'b' }), idp('Facebook', { buttonText: 'Facebook', client_secret: 'hush', appId: 'a', permissions: 'email', fields: 'id', loginMethod: 'UseRedirect' }), idp('Google', { ...button, loginMethod: 'UsePopup' }),
  idp('LinkedIn', button), idp('SonyPSN', button), idp('Steam', { ...button, webAPIKey: 'k', client_secret: undefined, apiMode: 'Public' }), idp('Twitch', button), idp('Xbox', button),
  idp('ExternalJWT', { claimMap: { sub: 'id' }, domains: ['ext.example'], headerKeyParameter: 'kid', defaultKeyId: uuid(2), uniqueIdentityClaim: 'sub', oauth2: { authorization_endpoint: 'https://e.example/a', token_endpoint: 'https://e.example/t', emailClaim: 'email', uniqueIdClaim: 'sub' } }),
  idp('OpenIDConnect', { ...button, client_id: undefined, client_secret: undefined, scope: undefined, buttonImageURL: 'https://example.com/b.png', domains: ['oidc.example'], postRequest: false, oauth2: { client_id: 'c', client_secret: 's', clientAuthenticationMethod: 'client_secret_post', scope: 'openid', issuer: 'https://oidc.example', authorization_endpoint: 'https://oidc.example/a', token_endpoint: 'https://oidc.example/t', userinfo_endpoint: 'https://oidc.example/u', emailClaim: 'mail', uniqueIdClaim: 'sub', usernameClaim: 'login' } }),
  idp('SAMLv2', { buttonText: 'SAML', domains: ['saml.example'], emailClaim: 'email', idpEndpoint: 'https://saml.example/sso', keyId: uuid(2), postRequest: true, nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', signRequest: false, useNameIdForEmail: false, xmlSignatureC14nMethod: 'exclusive', usernameClaim: 'u', uniqueIdClaim: 'id' }),
  idp('SAMLv2IdPInitiated', { emailClaim: 'email', issuer: 'https://idpi.example', keyId: uuid(2), useNameIdForEmail: false, usernameClaim: 'u', uniqueIdClaim: 'id' }),
  { name: 'api_key', type: 'APIKey', path: '/api/api-key', id: uuid(29), wrapper: 'apiKey', create: { name: 'Terraform', expirationInstant: 4102444800000, metaData: { attributes: { description: 'For tests' } }, permissions: { endpoints: { '/api/user': ['DELETE', 'GET'], '/api/application': ['POST'] } }, retrievable: true }, update: { name: 'Terraform 2', permissions: { endpoints: { '/api/user': ['GET'] } } } },
];

describe('what the Terraform provider does', () => {
  before(async () => {
    c = await Cardea.start();
    schemas = (await c.api('GET', '/api/openapi.json')).body.components.schemas;
    await c.api('POST', `/api/lambda/${uuid(11)}`, { lambda: { name: 'LDAP', type: 'LDAPConnectorReconcile', body: 'function reconcile(user, userAttributes) {}' } });
    await c.api('POST', `/api/form/field/${uuid(16)}`, { field: { name: 'Password', key: 'user.password', control: 'password', type: 'string', required: true } });
    await c.api('POST', `/api/key/generate/${uuid(28)}`, { key: { name: 'Apple', algorithm: 'ES256' } });
  });
  after(() => c.end());

  for (const row of rows) {
    test(`${row.name ?? row.create.type} is made, read as configured, changed and deleted`, async () => {
      const headers = row.header ? { 'x-fusionauth-tenantid': row.header } : {};
      const body = (attributes) => ({ [row.wrapper]: marshal({ $ref: `#/components/schemas/${row.type}` }, attributes), ...row.more });
      const read = async (id) => {
        const { status, body: got } = await c.api('GET', row.readPath ?? `${row.path}/${id}`);
        return status === 200 ? (row.at ? row.at(got, id) : got[row.wrapper]) : status;
      };
      const same = (wanted, got) => assert.deepEqual(drift(Object.fromEntries(Object.entries(wanted).filter(([k]) => !row.unread?.includes(k))), got), [], JSON.stringify(got));
      assert.ok(schemas[row.type], `${row.type} is described`);
      const wanted = { ...row.create, ...row.needs?.() };
      const made = await c.api('POST', `${row.createPath ?? row.path}${row.id && !row.noId ? `/${row.id}` : ''}`, body(wanted), headers);
      assert.equal(made.status, 200, made.text);
      const { id } = made.body[row.wrapper];
      if (row.id && !row.noId) assert.equal(id, row.id);
      same(wanted, await read(id));
      const change = { ...wanted, ...Object.fromEntries(Object.entries(row.update).map(([k, v]) => [k, wanted[k] && typeof v === 'object' && !Array.isArray(v) && k !== 'eventsEnabled' && k !== 'permissions' ? { ...wanted[k], ...v } : v])) };
      const changed = await c.api('PUT', `${row.path}/${id}`, body({ ...change, ...(row.type === 'User' ? { password: undefined } : {}) }));
      assert.equal(changed.status, 200, changed.text);
      const after = await read(id);
      same(change, after);
      if ('active' in after) assert.equal(after.active, true, 'a switch that is off because nothing was said of it puts nobody out of use');
      const again = await c.api('PUT', `${row.path}/${id}`, body(after));
      assert.equal(again.status, 200, `what is read is taken: ${again.text}`);
      same(change, await read(id));
      if (row.keep) return;
      assert.equal((await c.api('DELETE', `${row.path}/${id}${row.hardDelete ? '?hardDelete=true' : ''}`)).status, 200);
      assert.equal(await read(id), 404, 'the provider sees that it is gone');
    });
  }

  // The resources that are no object of their own, with the calls the provider makes for them: none of them names a tenant.
  test('registration', async () => {
    const [user, app] = [uuid(27), uuid(20)];
    const body = (more) => ({ registration: { applicationId: app, data: { a: 'b' }, preferredLanguages: ['en'], roles: ['clerk'], username: 'ada', verified: false, ...more }, skipRegistrationVerification: true });
    const path = `/api/user/registration/${user}/${app}`;
    const made = await c.api('POST', path, body());
    assert.deepEqual([made.status, typeof made.body?.registration?.id], [200, 'string'], made.text);
    assert.deepEqual(drift({ data: { a: 'b' }, preferredLanguages: ['en'], roles: ['clerk'], username: 'ada' }, (await c.api('GET', path)).body.registration), []);
    assert.equal((await c.api('PUT', `/api/user/registration/${user}`, body({ roles: [], data: { c: 'd' } }))).status, 200);
    assert.deepEqual(drift({ data: { c: 'd' }, roles: [] }, (await c.api('GET', path)).body.registration), []);
    assert.equal((await c.api('DELETE', path)).status, 200);
    assert.equal((await c.api('GET', path)).status, 404);
  });

  test('user_group_membership', async () => {
    const [user, group] = [uuid(27), uuid(23)];
    const members = (more) => ({ members: { [group]: [{ userId: user, groupId: group, data: { a: 'b' }, ...more }] } });
    const read = async () => (await c.api('POST', '/api/group/member/search', { search: { groupId: group, userId: user } })).body;
    const made = await c.api('POST', '/api/group/member', members());
    assert.equal(made.status, 200, made.text);
    const [{ id }] = made.body.members[group];
    let found = await read();
    assert.deepEqual([found.total, drift({ id, groupId: group, userId: user, data: { a: 'b' } }, found.members[0])], [1, []]);
    const changed = await c.api('PUT', '/api/group/member', members({ id, data: { c: 'd' } }));
    assert.equal(changed.status, 200, changed.text);
    found = await read();
    assert.deepEqual([found.total, found.members[0].data], [1, { c: 'd' }]);
    const ended = await c.api('DELETE', '/api/group/member', { memberIds: [found.members[0].id] }, { 'x-fusionauth-tenantid': uuid(19) }); // a membership's id alone does not say whose it is
    assert.equal(ended.status, 200, ended.text);
    assert.equal((await read()).total, 0);
  });

  test('entity_grant', async () => {
    const path = `/api/entity/${uuid(26)}/grant`, query = `?recipientEntityId=${uuid(30)}&userId=`;
    assert.equal((await c.api('POST', `/api/entity/${uuid(30)}`, { entity: { name: 'Other', type: { id: uuid(24) } } }, { 'x-fusionauth-tenantid': uuid(19) })).status, 200);
    for (const permissions of [['read'], []]) {
      const made = await c.api('POST', path, { grant: { recipientEntityId: uuid(30), permissions } });
      assert.equal(made.status, 200, made.text);
      const { grant } = (await c.api('GET', `${path}${query}`)).body;
      assert.deepEqual([grant.entity.id, grant.recipientEntityId, grant.permissions ?? [], typeof grant.id], [uuid(26), uuid(30), permissions, 'string']);
    }
    assert.equal((await c.api('DELETE', `${path}${query}`)).status, 200);
    assert.equal((await c.api('GET', `${path}${query}`)).status, 404);
  });

  test('idp_saml_v2_application_configuration: one application of a provider at a time', async () => {
    const { identityProvider } = (await c.api('POST', '/api/identity-provider', { identityProvider: { type: 'SAMLv2', name: 'Shared', buttonText: 'SAML', idpEndpoint: 'https://saml.example/sso', keyId: uuid(2), emailClaim: 'email', debug: false, enabled: false } })).body;
    const path = `/api/identity-provider/${identityProvider.id}`;
    const patch = (app, config) => c.api('PATCH', path, { identityProvider: { applicationConfiguration: { [app]: config } } });
    const read = async () => (await c.api('GET', path)).body.identityProvider.applicationConfiguration;
    for (const app of [ids.app, uuid(20)]) assert.equal((await patch(app, { buttonText: 'One', createRegistration: true, enabled: true })).status, 200);
    assert.equal((await patch(ids.app, { buttonText: 'Two', createRegistration: false })).status, 200);
    assert.deepEqual(drift({ [ids.app]: { buttonText: 'Two', createRegistration: false }, [uuid(20)]: { buttonText: 'One', createRegistration: true, enabled: true } }, await read()), []);
    const removed = await c.api('PATCH', path, [{ op: 'remove', path: `/identityProvider/applicationConfiguration/${ids.app}` }], { 'content-type': 'application/json-patch+json' });
    assert.equal(removed.status, 200, removed.text);
    assert.deepEqual(Object.keys(await read()), [uuid(20)]);
    assert.equal((await c.api('DELETE', path)).status, 200);
  });

  test('tenant_manager_configuration: what is not there is told by 404 and made', async () => {
    const path = '/api/tenant-manager', type = `${path}/identity-provider/OpenIDConnect`;
    const set = await c.api('PUT', path, { tenantManagerConfiguration: { brandName: 'Ours', applicationConfigurations: [{ applicationId: ids.app }] } });
    assert.equal(set.status, 200, set.text);
    const config = (more) => ({ typeConfiguration: { type: 'OpenIDConnect', enabled: true, linkingStrategy: 'LinkByEmail', ...more } });
    assert.equal((await c.api('PUT', type, config())).status, 404);
    const made = await c.api('POST', type, config());
    assert.equal(made.status, 200, made.text);
    assert.equal((await c.api('PUT', type, config({ enabled: false }))).status, 200);
    const { tenantManagerConfiguration: read } = (await c.api('GET', path)).body;
    assert.deepEqual([read.brandName, read.applicationConfigurations, drift({ OpenIDConnect: { type: 'OpenIDConnect', enabled: false, linkingStrategy: 'LinkByEmail' } }, read.identityProviderTypeConfigurations)], ['Ours', [{ applicationId: ids.app }], []]);
    assert.equal((await c.api('PUT', path, { tenantManagerConfiguration: {} })).status, 200);
    assert.equal((await c.api('DELETE', type)).status, 200);
    assert.deepEqual((await c.api('GET', path)).body.tenantManagerConfiguration.identityProviderTypeConfigurations ?? {}, {});
  });

  test('system_configuration and reactor', async () => {
    const path = '/api/system-configuration', type = { $ref: '#/components/schemas/SystemConfiguration' };
    const wanted = { auditLogConfiguration: { delete: { enabled: true, numberOfDaysToRetain: 300 } }, corsConfiguration: { allowCredentials: true, allowedHeaders: ['Accept', 'Authorization'], allowedMethods: ['GET', 'POST'], allowedOrigins: ['https://app.example.com'], enabled: true, exposedHeaders: ['X-A'], preflightMaxAgeInSeconds: 1800 }, data: { a: 'b' },
      eventLogConfiguration: { numberToRetain: 9000 }, loginRecordConfiguration: { delete: { enabled: true, numberOfDaysToRetain: 200 } }, reportTimezone: 'America/Denver', trustedProxyConfiguration: { trustPolicy: 'All' }, uiConfiguration: { headerColor: 'ffffff', logoURL: 'https://example.com/l.png', menuFontColor: '000000' }, usageDataConfiguration: { enabled: true }, webhookEventLogConfiguration: { enabled: true, delete: { enabled: true, numberOfDaysToRetain: 30 } } };
    const set = await c.api('PUT', path, { systemConfiguration: marshal(type, wanted) });
    assert.equal(set.status, 200, set.text);
    assert.deepEqual(drift(wanted, (await c.api('GET', path)).body.systemConfiguration), []);
    assert.equal((await c.api('PUT', path, { systemConfiguration: marshal(type, { reportTimezone: 'America/Denver' }) })).status, 200);
    assert.equal((await c.api('POST', '/api/reactor', { licenseId: 'an-id' })).status, 200);
    assert.equal((await c.api('GET', '/api/reactor')).body.status.licensed, true);
    assert.equal((await c.api('DELETE', '/api/reactor')).status, 200);
  });

  test('the mail server\'s password is shown to keys of the whole house only', async () => {
    const key = (await c.api('POST', '/api/api-key', { apiKey: { name: 'bound', tenantId: uuid(19) } })).body.apiKey;
    const seen = async (path, pick, headers) => pick((await c.api('GET', path, undefined, headers)).body).emailConfiguration.password;
    const one = (body) => body.tenant, all = (body) => body.tenants.find((t) => t.id === uuid(19));
    assert.equal(await seen(`/api/tenant/${uuid(19)}`, one), 's3cureP@ssw0rd');
    assert.equal(await seen('/api/tenant', all), 's3cureP@ssw0rd');
    assert.equal(await seen(`/api/tenant/${uuid(19)}`, one, { authorization: key.key }), undefined);
    assert.equal(await seen('/api/tenant', all, { authorization: key.key }), undefined);
    const changed = await c.fetch(`/api/tenant/${uuid(19)}`, { method: 'PATCH', headers: { authorization: key.key, 'content-type': 'application/json' }, body: JSON.stringify({ tenant: { logoutURL: 'https://example.com/out' } }) });
    assert.equal((await changed.text()).includes('s3cureP@ssw0rd'), false);
    assert.equal((await c.api('DELETE', `/api/api-key/${key.id}`)).status, 200);
  });

  test('everything is destroyed, the last first', async () => {
    assert.equal((await c.api('DELETE', `/api/entity/${uuid(30)}`)).status, 200);
    for (const row of rows.filter((r) => r.keep && r.id && !r.noId).reverse()) {
      const gone = await c.api('DELETE', `${row.path}/${row.id}${row.hardDelete ? '?hardDelete=true' : ''}`);
      assert.equal(gone.status, 200, `${row.name}: ${gone.text}`);
      if (!row.readPath) assert.equal((await c.api('GET', `${row.path}/${row.id}`)).status, 404, row.name);
    }
  });
});
