// SPDX-License-Identifier: Apache-2.0
// Requests as FusionAuth's clients in other languages write them, header by header: what they send with an empty body, how they write what was left
// out, lists, switches, types of content.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Cardea, apiKey, ids } from './harness.mjs';

let c;
const json = 'application/json';
const raw = (method, path, headers = {}, body, { chunks } = {}) => new Promise((done, failed) => {
  const req = request({ host: '127.0.0.1', port: c.port, method, path, headers: { Authorization: apiKey, ...headers, ...(body === undefined || chunks ? {} : { 'Content-Length': Buffer.byteLength(body) }) } }, (res) => {
    let text = '';
    res.on('data', (d) => { text += d; });
    res.on('end', () => { let parsed = null; try { parsed = JSON.parse(text); } catch { /* empty */ } done({ status: res.statusCode, text, body: parsed }); });
  });
  req.on('error', failed);
  if (headers.Expect) { req.on('continue', () => req.end(body)); req.flushHeaders(); return; }
  if (chunks) for (const chunk of chunks) req.write(chunk);
  req.end(body);
});
const ok = async (answer, status = 200) => { const a = await answer; assert.equal(a.status, status, a.text); return a.body; };
const uuid = (n) => `88888888-0000-4000-8000-${String(n).padStart(12, '0')}`;
const person = (n, more = {}) => ({ user: { email: `shape${n}@example.com`, password: 'a long enough password', ...more }, skipVerification: true });
const make = (n) => ok(c.api('POST', `/api/user/${uuid(n)}`, person(n)));

describe('shapes of requests', () => {
  before(async () => { c = await Cardea.start(); });
  after(() => c.end());

  test('nothing in the body: no type, a type and no length, a length of nothing, a form of nothing, null', async () => {
    await ok(raw('GET', `/api/application/${ids.app}`, { 'Content-Type': json }));
    await ok(raw('GET', `/api/application/${ids.app}`, { 'Content-Type': json, 'Content-Length': 0 }));
    await ok(raw('GET', `/api/application/${ids.app}`, { 'Content-Type': 'text/plain; charset=utf-8' }));
    await ok(raw('POST', '/api/logout', { 'Content-Length': 0 }));
    await ok(raw('POST', '/api/logout', { 'Content-Type': 'application/x-www-form-urlencoded' }, ''), 200);
    await ok(raw('POST', `/api/user/verify-email/${'x'.repeat(43)}`, { 'Content-Type': 'application/x-www-form-urlencoded' }, ''), 404);
    await ok(raw('PUT', '/api/user/search', { 'Content-Type': json }, 'null'));
    await make(1);
    await ok(raw('DELETE', `/api/user/${uuid(1)}?hardDelete=true`, { 'Content-Type': json, Length: 4 }, 'null'));
    await make(1);
    await ok(raw('DELETE', `/api/user/${uuid(1)}?hardDelete=true`, { 'Content-Type': json }, ''));
    const missing = await raw('POST', '/api/application', { 'Content-Type': json }, 'null');
    assert.deepEqual([missing.status, Object.keys(missing.body.fieldErrors)], [400, ['application']], 'what is required is asked for');
  });

  test('types of content', async () => {
    for (const [n, type] of ['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON', 'application/json; charset="utf-8"'].entries()) {
      await ok(raw('POST', `/api/user/${uuid(10 + n)}`, { 'Content-Type': type }, JSON.stringify(person(10 + n))));
    }
    const text = JSON.stringify(person(20));
    await ok(raw('POST', `/api/user/${uuid(20)}`, { 'Content-Type': json, 'Transfer-Encoding': 'chunked' }, undefined, { chunks: [text.slice(0, 5), text.slice(5)] }));
    await ok(raw('POST', `/api/user/${uuid(21)}`, { 'Content-Type': json, Expect: '100-continue' }, JSON.stringify(person(21))));
    await ok(raw('POST', `/api/user/${uuid(22)}`, { 'Content-Type': json, Accept: '*/*', 'User-Agent': 'Java/17', Connection: 'close', 'X-FusionAuth-TenantId': ids.tenant.toUpperCase() }, JSON.stringify(person(22))));
    await ok(raw('PATCH', `/api/user/${uuid(22)}`, { 'Content-Type': 'application/merge-patch+json; charset=utf-8' }, '{"user":{"firstName":"\\u0041da","lastName":null}}'));
    await ok(raw('PATCH', `/api/user/${uuid(22)}`, { 'Content-Type': 'application/json-patch+json' }, '[{"op":"replace","path":"/user/firstName","value":"\\u003cAda\\u0026\\u003e"}]'));
    assert.equal((await ok(raw('GET', `/api/user/${uuid(22)}`))).user.firstName, '<Ada&>', 'as Go escapes');
  });

  test('what was left out: null everywhere, empty texts and lists', async () => {
    const { application } = await ok(raw('POST', `/api/application/${uuid(30)}`, { 'Content-Type': json }, JSON.stringify({
      sourceApplicationId: null, role: null, eventInfo: null,
      application: { id: null, name: 'Nulls', active: null, data: null, roles: null, scopes: null, state: null, tenantId: null, themeId: null, insertInstant: null, oauthConfiguration: { clientId: null, clientSecret: null, authorizedRedirectURLs: null, enabledGrants: null, logoutURL: null, debug: null }, jwtConfiguration: null, registrationConfiguration: { firstName: null, formId: null, type: null } },
    })));
    assert.deepEqual([application.name, application.active, application.roles, typeof application.oauthConfiguration.clientSecret], ['Nulls', true, [], 'string']);
    const { user } = await ok(raw('POST', `/api/user/registration/${uuid(31)}`, { 'Content-Type': json }, JSON.stringify({
      user: { ...person(31).user, id: null, active: false, verified: false, birthDate: null, data: {}, memberships: [], preferredLanguages: [], registrations: [], twoFactor: {}, username: null, timezone: '', insertInstant: 0, lastLoginInstant: 0 },
      registration: { applicationId: uuid(30), id: null, roles: [], data: {}, tokens: {}, preferredLanguages: [], verified: false, insertInstant: 0 }, skipVerification: true, generateAuthenticationToken: false, sendSetPasswordEmail: false, disableDomainBlock: false,
    })));
    assert.deepEqual([user.active, user.id], [true, uuid(31)]);
  });

  // A new object of FusionAuth's classes for Java has values of its own, which are sent; linkingStrategy is one, of HYPR too, which has none.
  test('identity providers as Java makes them', async () => {
    const base = { applicationConfiguration: {}, debug: false, enabled: false, lambdaConfiguration: {}, tenantConfiguration: {} };
    const { key } = await ok(c.api('POST', '/api/key/generate', { key: { algorithm: 'ES256', name: 'of providers' } }));
    const email = { ...base, linkingStrategy: 'LinkByEmail' }, pending = { ...base, linkingStrategy: 'CreatePendingLink' };
    const oauth = { client_id: 'c', client_secret: 's' };
    const claims = { clientAuthenticationMethod: 'client_secret_basic', emailClaim: 'email', emailVerifiedClaim: 'email_verified', uniqueIdClaim: 'sub', usernameClaim: 'preferred_username' };
    for (const [type, body] of Object.entries({
      Apple: { ...email, buttonText: 'b', keyId: key.id, teamId: 't', servicesId: 's' },
      EpicGames: { ...pending, ...oauth },
      ExternalJWT: { ...email, claimMap: {}, domains: [], headerKeyParameter: 'kid', oauth2: claims, defaultKeyId: key.id },
      Facebook: { ...email, appId: 'a', client_secret: 's' },
      Google: { ...email, ...oauth, properties: { api: '# Omit the data- prefix\nauto_prompt=true', button: '# Omit the data- prefix\nsize=large' } },
      HYPR: { ...email, relyingPartyApplicationId: 'r', relyingPartyURL: 'https://hypr.example' },
      LinkedIn: { ...email, ...oauth },
      Nintendo: { ...pending, ...oauth, emailClaim: 'email', uniqueIdClaim: 'id', usernameClaim: 'preferred_username' },
      OpenIDConnect: { ...email, buttonText: 'b', domains: [], postRequest: false, oauth2: { ...claims, ...oauth, issuer: 'https://op.example' } },
      SAMLv2: {
        ...email, assertionConfiguration: { destination: { alternates: [], policy: 'Enabled' } }, buttonText: 'b', domains: [], emailClaim: 'mail', idpEndpoint: 'https://idp.example', idpInitiatedConfiguration: { enabled: false }, keyId: key.id,
        loginHintConfiguration: { enabled: true, parameterName: 'login_hint' }, nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', postRequest: false, signRequest: false, useNameIdForEmail: false,
      },
      SAMLv2IdPInitiated: { ...email, emailClaim: 'mail', issuer: 'urn:x', keyId: key.id, useNameIdForEmail: false },
      SonyPSN: { ...pending, ...oauth },
      Steam: { ...pending, apiMode: 'Public', client_id: 'c', webAPIKey: 'k' },
      Twitch: { ...pending, ...oauth, scope: 'openid user:read:email' },
      Twitter: { ...email, consumerKey: 'k', consumerSecret: 's' },
      Xbox: { ...pending, ...oauth },
    })) {
      const send = (method, path, more) => c.api(method, path, { identityProvider: { ...body, type, name: `By Java: ${type}`, ...more } });
      const { identityProvider: made } = await ok(send('POST', '/api/identity-provider'));
      assert.equal(made.linkingStrategy, type === 'HYPR' ? 'Unsupported' : body.linkingStrategy, type);
      for (const enabled of [true, false]) assert.equal((await ok(send('PUT', `/api/identity-provider/${made.id}`, { enabled }))).identityProvider.enabled, enabled, type);
      await ok(c.api('DELETE', `/api/identity-provider/${made.id}`));
    }
  });

  test('entity types as Java makes them: a time of nothing while it is of no effect', async () => {
    const send = (method, path, jwtConfiguration) => c.api(method, path, { entityType: { data: {}, jwtConfiguration, name: 'By Java', permissions: [] } });
    const { entityType } = await ok(send('POST', '/api/entity/type', { enabled: false, timeToLiveInSeconds: 0 }));
    assert.deepEqual([entityType.jwtConfiguration.enabled, entityType.jwtConfiguration.timeToLiveInSeconds], [false, 0]);
    const path = `/api/entity/type/${entityType.id}`;
    for (const [method, jwtConfiguration] of [['PUT', { enabled: true, timeToLiveInSeconds: 0 }], ['PATCH', { enabled: true }], ['PUT', { enabled: false, timeToLiveInSeconds: -1 }]]) {
      const { fieldErrors } = await ok(send(method, path, jwtConfiguration), 400);
      assert.deepEqual(Object.values(fieldErrors).flat().map((e) => e.code), ['[invalid]entityType.jwtConfiguration.timeToLiveInSeconds']);
    }
    assert.equal((await ok(send('PUT', path, { enabled: true, timeToLiveInSeconds: 1 }))).entityType.jwtConfiguration.timeToLiveInSeconds, 1);
    await ok(c.api('DELETE', path));
  });

  test('paths: a slash at the end, ids in capitals', async () => {
    await ok(raw('POST', '/api/user/registration/', { 'Content-Type': json }, JSON.stringify({ ...person(40), registration: { applicationId: ids.app } })));
    await ok(raw('GET', `/api/application/${ids.app.toUpperCase()}`));
    await ok(raw('GET', '/api/tenant/'));
    await ok(raw('GET', '/api/application?'));
  });

  test('queries: switches, lists, what was left out', async () => {
    for (const n of [50, 51, 52, 53]) await make(n);
    const found = await ok(raw('GET', `/api/user/search?ids=${uuid(50)}&ids=${uuid(51)}`));
    assert.equal(found.total, 2);
    assert.equal((await ok(raw('DELETE', `/api/user/bulk?dryRun=True&hardDelete=False&userId=${uuid(50)}&userId=${uuid(51)}`))).dryRun, true);
    await ok(raw('DELETE', `/api/user/bulk?dryRun=false&hardDelete=true&userId=${uuid(50)}&userId=${uuid(51)}&queryString=&limit=`));
    await ok(raw('GET', `/api/user/${uuid(50)}`), 404);
    await ok(raw('DELETE', `/api/user/${uuid(52)}?hardDelete=True`));
    await ok(raw('GET', `/api/user/${uuid(52)}`), 404);
    await ok(raw('DELETE', `/api/user/${uuid(53)}`, { 'Content-Type': json }, JSON.stringify({ hardDelete: true })));
    await ok(raw('GET', `/api/user/${uuid(53)}`), 404);
    await ok(raw('GET', '/api/user?email=ada%40example.com&username=&loginId='));
    await ok(raw('GET', '/api/user?email=ada@example.com'));
    const inactive = await ok(raw('GET', '/api/application?inactive=FALSE'));
    assert.ok(inactive.applications.length > 0);
  });
});
