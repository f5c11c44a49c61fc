// SPDX-License-Identifier: Apache-2.0
// Kickstart files in FusionAuth's format, at start and by the command.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Browser, CARDEA, Cardea, Store, apiKey, authorizeUrl, decode, header, ids, kickstart, signIn, tokensFor } from './harness.mjs';

const dirs = [];
const folder = (files) => {
  const dir = mkdtempSync(join(tmpdir(), 'cardea-kick-'));
  dirs.push(dir);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return dir;
};
const run = (args, env = {}) => spawnSync(CARDEA, args, { encoding: 'utf8', env: { ...process.env, ...env }, timeout: 60000 });

describe('kickstart', () => {
  after(() => dirs.forEach((d) => rmSync(d, { recursive: true, force: true })));

  test('variables, the environment, fresh ids and files are put in; the default tenant has the chosen id', async () => {
    const dir = folder({
      'kick.json': {
        variables: { defaultTenantId: ids.tenant, name: 'Shop', long: '#{name} of #{ENV.KICK_OWNER}', appId: ids.app, secret: '#{UUID()}' },
        apiKeys: [{ key: apiKey, description: 'all' }, { key: 'a-key-that-only-reads-users', permissions: { endpoints: { '/api/user': ['GET'] } } }],
        requests: [
          { method: 'POST', url: '/api/application/#{appId}', tenantId: '#{FUSIONAUTH_TENANT_ID}', body: '&{parts/app.json}' },
          { method: 'POST', url: '/api/user/registration', body: { user: { email: 'admin@example.com', password: '@{password.txt}' }, registration: { applicationId: '#{FUSIONAUTH_APPLICATION_ID}', roles: ['admin'] } } },
          { method: 'PATCH', url: '/api/tenant/#{defaultTenantId}', body: { tenant: { issuer: 'https://issuer.example' } } },
        ],
      },
      'parts/app.json': { application: { name: '#{long}', oauthConfiguration: { clientSecret: '#{secret}', authorizedRedirectURLs: ['https://client.example/callback'] } } },
      'password.txt': 'from a file, with "quotes"',
    });
    const c = await Cardea.start({ kickstart: null, dir, args: ['--kickstart', join(dir, 'kick.json')], env: { KICK_OWNER: 'Ada' } });
    try {
      const { body } = await c.api('GET', `/api/application/${ids.app}`);
      assert.equal(body.application.name, 'Shop of Ada');
      assert.equal(body.application.tenantId, ids.tenant);
      assert.match(body.application.oauthConfiguration.clientSecret, /^[0-9a-f-]{36}$/);
      const back = await signIn(new Browser(c), {}, { email: 'admin@example.com', password: 'from a file, with "quotes"' });
      assert.equal(back.searchParams.get('iss'), 'https://issuer.example');
      const reader = { authorization: 'a-key-that-only-reads-users' };
      assert.equal((await c.fetch('/api/user?email=admin@example.com', { headers: reader })).status, 200);
      assert.equal((await c.fetch(`/api/application/${ids.app}`, { headers: reader })).status, 401);
      await c.stop();
      await c.run(['--kickstart', join(dir, 'kick.json')]);
      assert.equal((await c.api('GET', '/api/tenant')).body.tenants.length, 1, 'a file is applied to an empty database only');
    } finally { await c.end(); }
  });

  // Ten files as FusionAuth's examples write them, one behind the other: an application with its key and theme, entities, a dashboard of two
  // applications, mails, families and consents, scopes of a third party, a connector, groups and webhooks, SAML, settings that only wait.
  test('files shaped like FusionAuth\'s examples apply as they stand', async () => {
    const uuid = (n) => `11111111-0000-4000-8000-${String(n).padStart(12, '0')}`;
    const post = (url, body, more = {}) => ({ method: 'POST', url, body, ...more });
    const patch = (url, body) => ({ method: 'PATCH', url, body });
    const tenant = (settings) => patch('/api/tenant/#{defaultTenantId}', { tenant: settings });
    const key = (n) => post(`/api/key/generate/${uuid(n)}`, { key: { algorithm: 'RS256', name: `For ${n}`, length: 2048 } }, { tenantId: '#{defaultTenantId}' });
    const app = (n, name, more = {}) => post(`/api/application/${uuid(n).toUpperCase()}`, { application: {
      name, jwtConfiguration: { enabled: true, accessTokenKeyId: '#{keyId}', idTokenKeyId: '#{keyId}' }, registrationConfiguration: { enabled: true }, ...more,
      oauthConfiguration: {
        authorizedRedirectURLs: ['http://localhost:3000/oauth-redirect'], authorizedOriginURLs: ['http://localhost:3000'], logoutURL: 'http://localhost:3000/logout', clientSecret: '#{clientSecret}',
        enabledGrants: ['authorization_code', 'refresh_token'], debug: true, generateRefreshTokens: true, requireRegistration: true, ...more.oauthConfiguration,
      },
    } }, { tenantId: '#{defaultTenantId}' });
    const user = (n, applicationId, more = {}) => post(`/api/user/registration/${uuid(n)}`, {
      user: { birthDate: '1985-11-23', data: { favoriteColor: 'chartreuse' }, email: `person${n}@example.com`, firstName: 'Fred', lastName: 'Example', password: 'password' },
      registration: { applicationId, data: { favoriteColor: 'turquoise' } }, ...more,
    });
    const off = { enabled: false, required: false };
    const requests = [
      // a first application, an administrator, a theme made of the built-in one
      key(1), app(2, 'Start here'), user(3, '#{FUSIONAUTH_APPLICATION_ID}', { registration: { applicationId: '#{FUSIONAUTH_APPLICATION_ID}', roles: ['admin'] }, roles: ['admin'], skipRegistrationVerification: true }), user(4, uuid(2)),
      post(`/api/theme/${uuid(5)}`, { sourceThemeId: '75a068fd-e94b-451a-9aeb-3ddb9a3b5987', theme: { name: 'Bank theme' } }),
      patch(`/api/theme/${uuid(5)}`, { theme: { stylesheet: '@{css/styles.css}' } }), tenant({ themeId: uuid(5), issuer: 'http://host.docker.internal:9011' }),
      patch('api/system-configuration', { systemConfiguration: { corsConfiguration: { allowCredentials: true, allowedMethods: ['GET', 'POST', 'OPTIONS'], allowedHeaders: ['Accept', 'Authorization'], allowedOrigins: ['http://localhost:3000'], debug: false, enabled: true, preflightMaxAgeInSeconds: 0 } } }),
      // things that speak to each other
      post(`/api/entity/type/${uuid(6)}`, { entityType: { name: 'APIType' } }), post(`/api/entity/type/${uuid(6)}/permission`, { permission: { name: 'news' } }),
      post(`/api/entity/${uuid(7)}`, { entity: { name: 'API', type: { id: uuid(6) } } }),
      // two applications of one dashboard, one person in both
      app(8, 'Bank'), app(9, 'Insurance'), user(10, uuid(8)), post(`/api/user/registration/${uuid(10)}`, { registration: { applicationId: uuid(9) } }),
      // requests and their bodies in files, and magic links
      '&{json/template.json}', tenant({ emailConfiguration: { host: 'mailcatcher', port: 1025, security: 'NONE', properties: 'mail.smtp.timeout=1000', debug: true, passwordlessEmailTemplateId: uuid(11) } }),
      app(12, 'Magic', { passwordlessConfiguration: { enabled: true }, authenticationTokenConfiguration: { enabled: false } }),
      // a family and what it consents to
      post(`/api/consent/${uuid(13)}`, { consent: { name: 'Newsletter', defaultMinimumAgeForSelfConsent: 13, countryMinimumAgeForSelfConsent: {}, multipleValuesAllowed: false, emailPlus: { enabled: false } } }),
      tenant({ familyConfiguration: { enabled: true, allowChildRegistrations: true, maximumChildAge: 12, minimumOwnerAge: 21 } }),
      post(`/api/user/family/${uuid(14)}`, { familyMember: { userId: uuid(4), owner: true, role: 'Adult' } }),
      // scopes of a third party, a registration with what it asks for
      app(15, 'Budget', { roles: [{ name: 'teller' }, { name: 'customer', isDefault: true }], oauthConfiguration: { relationship: 'ThirdParty', consentMode: 'AlwaysPrompt', requireRegistration: false, proofKeyForCodeExchangePolicy: 'Required', scopeHandlingPolicy: 'Strict', unknownScopePolicy: 'Reject',
        authorizedURLValidationPolicy: 'AllowWildcards', providedScopePolicy: { address: { enabled: false, required: false }, email: { enabled: true, required: true } } },
      registrationConfiguration: { birthDate: off, confirmPassword: false, enabled: true, firstName: off, fullName: { enabled: true, required: true }, lastName: off, loginIdType: 'email', middleName: off, mobilePhone: off, type: 'basic', completeRegistration: true } }),
      post(`/api/application/${uuid(15)}/scope`, { scope: { defaultConsentMessage: 'Read your balance.', description: 'Balance', name: 'balance:read', required: false } }),
      // people kept elsewhere
      post(`/api/connector/${uuid(16)}`, { connector: { authenticationURL: 'http://localhost:8000/connector.php', connectTimeout: 2, headers: { authorization: 'supersecretauthheader' }, name: 'Sample connector', readTimeout: 2, type: 'Generic' } }),
      tenant({ connectorPolicies: [{ connectorId: uuid(16), domains: ['*'], migrate: true }] }),
      // groups, people in them from the start, lambdas, webhooks
      post(`/api/group/${uuid(17)}`, { group: { name: 'Employees' }, roleIds: [] }),
      post(`/api/user/${uuid(18)}`, { user: { email: 'member@example.com', password: 'password', memberships: [{ groupId: uuid(17) }] } }),
      post(`/api/lambda/${uuid(19)}`, { lambda: { body: '@{lambdas/claims.js}', name: 'Claims', type: 'JWTPopulate', engineType: 'GraalJS', debug: true } }),
      patch(`/api/application/${uuid(8)}`, { application: { lambdaConfiguration: { accessTokenPopulateId: uuid(19), idTokenPopulateId: uuid(19) } } }),
      post(`/api/webhook/${uuid(20)}`, { webhook: { url: 'http://localhost:3000/webhook', global: true, connectTimeout: 1000, readTimeout: 2000, eventsEnabled: { 'user.create': true, 'jwt.refresh-token.revoke': true } } }),
      tenant({ eventConfiguration: { events: { 'user.create': { enabled: true, transactionType: 'None' } } } }),
      app(21, 'By secret', { jwtConfiguration: { enabled: true, accessTokenKeyId: '#{keyId}', idTokenKeyId: '092dbedc-30af-4149-9c61-b578f2c72f59' } }), post(`/api/user/registration/${uuid(4)}`, { registration: { applicationId: uuid(21), roles: [] } }),
      patch(`/api/user/${uuid(4)}`, { user: { imageUrl: '//images.example.com/ada.png' } }),
      // SAML
      patch(`/api/application/${uuid(9)}`, { application: { samlv2Configuration: { enabled: true, issuer: 'urn:example:sp', audience: 'urn:example:sp', authorizedRedirectURLs: ['https://sp.example.com/acs'], keyId: uuid(1), debug: true, requireSignedRequests: false,
        xmlSignatureC14nMethod: 'exclusive_with_comments', xmlSignatureLocation: 'Assertion', initiatedLogin: { enabled: true, nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress' }, logout: { behavior: 'AllParticipants', requireSignedRequests: false, singleLogout: { enabled: false } } } } }),
      // settings that wait for what will act on them
      tenant({
        usernameConfiguration: { unique: { enabled: true, numberOfDigits: 5, separator: '#', strategy: 'OnCollision' } }, userDeletePolicy: { unverified: { enabled: true, numberOfDaysToRetain: 30 } },
        rateLimitConfiguration: { failedLogin: { enabled: true, limit: 5, timePeriodInSeconds: 60 }, forgotPassword: { enabled: false, limit: 5, timePeriodInSeconds: 60 } }, registrationConfiguration: { blockedDomains: ['blocked.example'] },
        scimServerConfiguration: { enabled: true, clientEntityTypeId: uuid(6), serverEntityTypeId: uuid(6), schemas: {} }, oauthConfiguration: {}, ssoConfiguration: { deviceTrustTimeToLiveInSeconds: 31536000, allowAccessTokenBootstrap: true },
        captchaConfiguration: { enabled: false, captchaMethod: 'GoogleRecaptchaV3', threshold: 0.5 }, passwordValidationRules: { breachDetection: { enabled: false, matchMode: 'High', onLogin: 'Off' } }, configured: true,
        phoneConfiguration: { verificationStrategy: 'FormField', implicitPhoneVerificationAllowed: true, unverified: { allowPhoneNumberChangeWhenGated: false, behavior: 'Allow' } },
      }),
    ];
    const dir = folder({
      'kickstart.json': { variables: { defaultTenantId: uuid(0), keyId: uuid(1), clientSecret: 'super-secret-secret-that-should-be-regenerated-for-production' }, apiKeys: [{ key: apiKey, description: 'Unrestricted API key' }], licenseId: 'LICENSE ID', requests },
      'css/styles.css': 'body { color: teal }', 'lambdas/claims.js': 'function populate(jwt, user, registration) { jwt.color = user.data.favoriteColor; }', 'emails/magic.html': '<a href="${code}">Sign in</a>', 'emails/magic.txt': '${code}',
      'json/template.json': post(`/api/email/template/${uuid(11)}`, { emailTemplate: { defaultFromName: 'No Reply', defaultSubject: 'Log in', defaultHtmlTemplate: '@{emails/magic.html}', defaultTextTemplate: '@{emails/magic.txt}', fromEmail: 'no-reply@example.com', name: 'Magic link' } }),
    });
    const c = await Cardea.start({ kickstart: null, dir, args: ['--kickstart', join(dir, 'kickstart.json')] });
    try {
      const { tenant: kept } = (await c.api('GET', `/api/tenant/${uuid(0)}`)).body;
      const { enabledInstant, ...policy } = kept.userDeletePolicy.unverified;
      assert.ok(enabledInstant > 0);
      assert.deepEqual([kept.usernameConfiguration.unique, policy, kept.configured], [{ enabled: true, numberOfDigits: 5, separator: '#', strategy: 'OnCollision' }, { enabled: true, numberOfDaysToRetain: 30 }, true]);
      assert.deepEqual([kept.rateLimitConfiguration.failedLogin.enabled, kept.scimServerConfiguration.enabled, kept.registrationConfiguration.blockedDomains], [true, true, ['blocked.example']]);
      const { application } = (await c.api('GET', `/api/application/${uuid(9)}`)).body;
      assert.deepEqual([application.samlv2Configuration.issuer, application.samlv2Configuration.keyId, application.samlv2Configuration.logout.behavior], ['urn:example:sp', uuid(1), 'AllParticipants']);
      assert.equal((await c.api('PUT', `/api/tenant/${uuid(0)}`, { tenant: kept })).status, 200, 'what was given back is taken');
      assert.equal((await c.api('PUT', `/api/application/${uuid(9)}`, { application })).status, 200);
      // The person of the file signs in with the application of the file, at the address that the file says.
      const at = { client_id: uuid(2), redirect_uri: 'http://localhost:3000/oauth-redirect' }, clientSecret = 'super-secret-secret-that-should-be-regenerated-for-production';
      const signInAt = (more) => tokensFor(c, { ...at, ...more }, { redirect_uri: at.redirect_uri, client_id: more.client_id ?? at.client_id, client_secret: clientSecret }, undefined, { email: 'person4@example.com', password: 'password' });
      const got = await signInAt({});
      assert.deepEqual([got.status, decode(got.id_token).email, header(got.id_token).alg, header(got.access_token).kid], [200, 'person4@example.com', 'RS256', (await c.api('GET', `/api/key/${uuid(1)}`)).body.key.kid]);
      const { body: { user: shown } } = await c.api('GET', `/api/user/${uuid(4)}`);
      assert.equal(shown.imageUrl, '//images.example.com/ada.png');
      for (const [imageUrl, status] of [['/images/ada.png', 200], ['//', 400], ['///x', 400], ['/a b', 400], ['images/ada.png', 400], ['javascript:alert(1)', 400]]) {
        assert.equal((await c.api('PATCH', `/api/user/${uuid(4)}`, { user: { imageUrl } })).status, status, imageUrl);
      }
      // Its id tokens signed with its secret (OIDC Core s10.1), by the id that FusionAuth has for that.
      const bySecret = await signInAt({ client_id: uuid(21) });
      const [head, claims, mac] = bySecret.id_token.split('.');
      assert.deepEqual([header(bySecret.id_token), mac], [{ alg: 'HS256', typ: 'JWT' }, createHmac('sha256', clientSecret).update(`${head}.${claims}`).digest('base64url')]);
      assert.equal(header(bySecret.access_token).alg, 'RS256', 'the access token is not the client\'s to make');
      const hint = (id_token_hint, client_id = uuid(21)) => c.fetch(`/oauth2/logout?${new URLSearchParams({ id_token_hint, client_id })}`, { redirect: 'manual' });
      assert.notEqual((await hint(bySecret.id_token)).status, 400);
      const forged = `${head}.${claims}`, mine = (key) => `${forged}.${createHmac('sha256', key).update(forged).digest('base64url')}`;
      assert.deepEqual([(await hint(mine('another secret of more than 32 characters'))).status, (await hint(bySecret.id_token, uuid(2))).status], [400, 400]);
      assert.equal((await c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${mine(clientSecret)}` } })).status, 401, 'no access token');
      await c.api('PATCH', `/api/application/${uuid(21)}`, { application: { oauthConfiguration: { clientAuthenticationPolicy: 'NotRequired' } } });
      const open = await tokensFor(c, { ...at, client_id: uuid(21) }, { redirect_uri: at.redirect_uri, client_id: uuid(21) }, undefined, { email: 'person4@example.com', password: 'password' });
      assert.equal(header(open.id_token).alg, 'ES256', 'who proves nothing has no secret that proves');
      assert.equal((await c.api('POST', '/api/key/generate/092dbedc-30af-4149-9c61-b578f2c72f59', { key: { name: 'X', algorithm: 'ES256' } })).status, 400);
      for (const member of ['accessTokenKeyId', 'idTokenVerificationKeyIds']) {
        const id = '092dbedc-30af-4149-9c61-b578f2c72f59';
        assert.equal((await c.api('PATCH', `/api/application/${uuid(21)}`, { application: { jwtConfiguration: { enabled: true, [member]: member.endsWith('s') ? [id] : id } } })).status, 400, member);
      }
      const make = (email, more = {}) => c.api('POST', '/api/user', { user: { email, password: 'password' }, ...more });
      assert.deepEqual(Object.values((await make('eve@Blocked.example')).body.fieldErrors).flat().map((f) => f.code), ['[blocked]user.email']);
      assert.equal((await make('eve@blocked.example', { disableDomainBlock: true })).status, 200);
      assert.equal((await make('eve@not.blocked.example')).status, 200);
      for (const unsafe of [{ captchaConfiguration: { enabled: true } }]) {
        assert.equal((await c.api('PATCH', `/api/tenant/${uuid(0)}`, { tenant: unsafe })).status, 400, 'what would only seem to protect is refused');
      }
    } finally { await c.end(); }
  });

  // What FusionAuth's users have written besides: its escapes and variables, numbers and switches as texts, members nobody knows, and requests
  // that were never going to be accepted.
  test('a refused request is told and the rest goes on; unknown members are left out and told', async () => {
    const uuid = (n) => `99999999-0000-4000-8000-${String(n).padStart(12, '0')}`;
    const post = (url, body, more = {}) => ({ method: 'POST', url, body, ...more });
    const dir = folder({
      'kick.json': {
        variables: { 'user.name': 'foo', keyId: uuid(1), defaultTenantId: ids.tenant, second: uuid(2) }, license: 'text', licenseId: 'id', settings: { connectTimeout: 7000 },
        apiKeys: [{ key: apiKey, keyManager: true }, { id: '#{keyId}', key: 'a-second-key-of-this-file', description: 'of \\#{ENV.HOME}' }],
        requests: [
          post('/api/tenant/#{defaultTenantId}', { tenant: { id: '#{defaultTenantId}', name: 'Default' } }),
          post(`/api/application/${uuid(3)}`, { application: { id: uuid(3), name: 'Loose', data: { escaped: '\\#{user.name} \\&{a.json} \\@{a.txt}', literal: '\\\\#{user.name}', live: '#{user.name}' },
            oauthConfiguration: { requireRegistration: 'true', logoutUrl: 'http://localhost:8080', generateRefreshToken: true, oauthConfiguration: { debug: true } }, roles: [{ name: 'user', rank: 1 }] } }),
          post('/api/user/import', { users: [{ email: 'moved@example.com', password: 'Djg7Bw3QCZ3ownaFLDwI3G8FjZBgUBG', salt: 'wcz0xkQdRFh30enrtemuD.', encryptionScheme: 'bcrypt', factor: 10, roles: ['user'], registrations: [{ applicationId: uuid(3) }] }] }),
          post(`/api/application/${uuid(3)}/scope`, { name: 'read', required: true }),
          { method: 'PATCH', url: '/api/tenant/#{defaultTenantId}', body: { tenant: { emailConfiguration: { host: 'mail', port: '1025' } } } },
          post('/api/tenant/#{second}', { tenant: { name: 'Second', jwtConfiguration: { accessTokenKeyId: '#{FUSIONAUTH_DEFAULT_SIGNING_KEY_ID}', idTokenKeyId: '#{FUSIONAUTH_DEFAULT_SIGNING_KEY_ID}' } } }),
          post(`/api/webhook/${uuid(4)}`, { webhook: { url: 'http://host.docker.internal:5000/hook', connectTimeout: 2000, readTimeout: 2000, tenantIds: [ids.tenant], eventsEnabled: { 'user.email.update': 'true', 'user.create': false } } }),
          '&{patch.json}',
          { method: 'PATCH', url: `/api/application/${uuid(3)}`, contentType: 'application/merge-patch+json', tenantId: ids.tenant, body: { application: { data: { escaped: null } } } },
        ],
      },
      'patch.json': { method: 'PATCH', url: `/api/application/${uuid(3)}`, tenantId: ids.tenant, contentType: 'application/json-patch+json', body: [{ op: 'replace', path: '/application/name', value: 'Tight' }] },
    });
    const c = await Cardea.start({ kickstart: null, dir, isLenient: true, args: ['--kickstart', join(dir, 'kick.json')] });
    try {
      const lines = c.log.split('\n').filter((line) => line.includes('"kickstart.')).map((line) => JSON.parse(line));
      assert.deepEqual(lines.filter((l) => l.event === 'kickstart.refused').map((l) => [l.request, l.status]), [[1, 400], [4, 400]], c.log);
      assert.match(lines.find((l) => l.request === 1).why, /duplicate/);
      assert.deepEqual(lines.filter((l) => l.event === 'kickstart.left_out').map((l) => [l.request, l.unknown]), [
        [2, 'application.oauthConfiguration.logoutUrl, application.oauthConfiguration.generateRefreshToken, application.oauthConfiguration.oauthConfiguration, application.roles[0].rank'],
        [3, 'user[0].roles']]);
      const { application } = (await c.api('GET', `/api/application/${uuid(3)}`)).body;
      assert.deepEqual([application.name, application.data, application.oauthConfiguration.requireRegistration, application.roles.length], ['Tight', { literal: '\\#{user.name}', live: 'foo' }, true, 1]);
      const { tenant } = (await c.api('GET', `/api/tenant/${uuid(2)}`)).body;
      const { key } = (await c.api('GET', `/api/key/${tenant.jwtConfiguration.accessTokenKeyId}`)).body;
      assert.deepEqual([key.name, key.id, tenant.jwtConfiguration.idTokenKeyId], ['Default signing key', ids.tenant, ids.tenant]);
      assert.deepEqual((await c.api('GET', `/api/webhook/${uuid(4)}`)).body.webhook.eventsEnabled, { 'user.email.update': true, 'user.create': false });
      const second = (await c.api('GET', `/api/api-key/${uuid(1)}`)).body.apiKey;
      assert.equal(second.name, 'of #{ENV.HOME}');
      assert.equal((await c.api('GET', '/api/user?email=moved@example.com', undefined, { 'x-fusionauth-tenantid': ids.tenant })).status, 200);
    } finally { await c.end(); }
  });

  test('what is wrong with the file itself is told before anything is done', async () => {
    const bad = { '#{nothing}': /not defined: nothing/, '#{FUSIONAUTH_LAMBDA[OpenIDReconcile]_ID}': /make it in a request, and name its id: FUSIONAUTH_LAMBDA/, '@{none.txt}': /cannot read the file/ };
    const files = Object.keys(bad).map((text) => ({ variables: { defaultTenantId: ids.tenant }, apiKeys: [{ key: apiKey }], requests: [{ method: 'POST', url: '/api/application', body: { application: { name: 'First' } } }, { method: 'POST', url: '/api/application', body: { application: { name: text } } }] }));
    const dir = folder({ ...Object.fromEntries(files.map((file, i) => [`${i}.json`, file])), 'good.json': { variables: { defaultTenantId: ids.user }, apiKeys: [{ key: apiKey }], requests: [{ method: 'PATCH', url: '/api/tenant/#{defaultTenantId}', body: { tenant: { name: 'Mine' } } }] } });
    const store = await Store.fresh(dir);
    Object.values(bad).forEach((why, i) => {
      const out = run(['kickstart', join(dir, `${i}.json`), ...store.args, '--quiet']);
      assert.deepEqual([out.status, why.test(out.stderr)], [1, true], out.stderr);
    });
    const good = run(['kickstart', join(dir, 'good.json'), ...store.args, '--quiet']);
    assert.equal(good.status, 0, `the database is empty still, and the file chooses the first tenant's id: ${good.stderr}`);
    await store.drop();
  });

  test('a request that is refused stops a strict start, and says which and why', async () => {
    const dir = folder({ 'kick.json': { ...kickstart, requests: [{ method: 'POST', url: '/api/application', body: { application: { name: '', nonsense: 1 } } }] } });
    const store = await Store.fresh(dir);
    const out = run(['serve', ...store.args, '--listen', '127.0.0.1:0', '--quiet', '--kickstart-strict', '--kickstart', join(dir, 'kick.json')]);
    assert.equal(out.status, 1);
    assert.match(out.stderr, /request 1 .*POST \/api\/application.*400.*\[blank\]application\.name/s);
    await store.drop();
  });

  test('the command applies a file at any time, and says what is wrong with it', async () => {
    const dir = folder({
      'one.json': kickstart,
      'two.json': { apiKeys: [{ key: apiKey }], requests: [{ method: 'POST', url: '/api/tenant', body: { tenant: { name: 'Second' } } }] },
      'bad.json': '{ "requests": [',
      'unknown.json': { apiKeys: [{ key: apiKey }], requests: [{ method: 'POST', url: '/api/tenant/#{nothing}', body: {} }] },
    });
    const store = await Store.fresh(dir);
    const kick = (file) => run(['kickstart', join(dir, file), ...store.args, '--quiet']);
    assert.equal(kick('one.json').status, 0, kick('one.json').stderr);
    const two = kick('two.json');
    assert.equal(two.status, 0, two.stderr);
    assert.match(kick('bad.json').stderr, /not a valid JSON/);
    assert.match(kick('unknown.json').stderr, /variable is not defined: nothing/);
    assert.match(kick('missing.json').stderr, /cannot read/);
    await store.drop();
  });

  test('the demo\'s own file is applied as it stands', async () => {
    const file = new URL('../../docs/demo/kickstart.json', import.meta.url).pathname;
    const { variables } = JSON.parse(readFileSync(file));
    const c = await Cardea.start({ kickstart: null, args: ['--demo', '--kickstart', file] });
    try {
      for (let tries = 0; tries < 100 && !c.log.includes('ada@example.com'); tries++) await new Promise((r) => setTimeout(r, 50));
      assert.match(c.log, /ada@example\.com/);
      const { status } = await c.fetch('/api/user?email=ada@example.com', { headers: { authorization: variables.apiKey } });
      assert.equal(status, 200);
      const home = await new Browser(c).open('/demo');
      assert.match(home.text, /Sign in/);
      for (const path of ['/demo/refresh', '/demo/signout']) assert.equal((await new Browser(c).open(path)).location, '/demo', 'a stranger is sent home');
      assert.equal((await new Browser(c).open(authorizeUrl({ client_id: variables.applicationId, redirect_uri: `${variables.baseURL}/demo/callback` }))).status, 200);
    } finally { await c.end(); }
  });
});
