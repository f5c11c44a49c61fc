// SPDX-License-Identifier: Apache-2.0
// Universal applications: of no tenant, usable in each, and never a way from one tenant into another.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import * as oidc from 'openid-client';
import { Browser, Cardea, apiKey, basic, decode, ids, person, pkce, redirect, secret } from './harness.mjs';
import { clientOf, good, refused } from './client.mjs';

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const app = randomUUID();
const other = randomUUID();
const bob = { email: 'bob@example.com', password: 'another horse battery' };
let c, client, there, here, boundKey;

// A sign-in on the pages, to the code.
const codeOf = async (tenantId, who, browser = new Browser(c), more = {}) => {
  const { verifier, challenge } = pkce();
  const query = new URLSearchParams({ client_id: app, tenantId, response_type: 'code', redirect_uri: redirect, scope: 'openid email offline_access', code_challenge: challenge, code_challenge_method: 'S256', ...more });
  const page = await browser.open(`/oauth2/authorize?${query}`);
  const done = page.status === 303 ? page : await browser.post('/signin', { ...Browser.hidden(page), loginId: who.email, password: who.password });
  assert.equal(done.status, 303, done.text);
  return { code: new URL(done.location).searchParams.get('code'), verifier, browser };
};
const redeem = ({ code, verifier }, more = {}) => c.form('/oauth2/token', { grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifier, ...more }, { authorization: basic(app) });
const tokens = async (tenantId, who) => (await redeem(await codeOf(tenantId, who), { tenantId })).body;
const refresh = (refresh_token, tenantId) => c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token, tenantId }, { authorization: basic(app) });
const introspect = async (token, tenantId) => (await c.form('/oauth2/introspect', { token, tenantId }, { authorization: basic(app) })).body.active;

const application = {
  name: 'Everywhere',
  universalConfiguration: { universal: true },
  roles: [{ name: 'member', isDefault: true }, { name: 'chief' }],
  loginConfiguration: { generateRefreshTokens: true, allowTokenRefresh: true, requireAuthentication: true },
  oauthConfiguration: { authorizedRedirectURLs: [redirect, 'http://localhost:5173/'], clientSecret: secret, logoutURL: 'https://client.example/bye', enabledGrants: ['authorization_code', 'refresh_token', 'client_credentials', 'password', deviceGrant], deviceVerificationURL: 'https://client.example/device' },
  passwordlessConfiguration: { enabled: true },
};

before(async () => {
  c = await Cardea.start();
  client = clientOf(c, apiKey);
  await good(client.createTenant(other, { tenant: { name: 'Other' } }));
  here = clientOf(c, apiKey, ids.tenant);
  there = clientOf(c, apiKey, other);
  boundKey = (await good(client.createAPIKey(null, { apiKey: { tenantId: other } }))).apiKey.key;
  const made = (await good(client.createApplication(app, { application }))).application;
  assert.equal(made.tenantId, undefined);
  assert.equal(made.universalConfiguration.universal, true);
  await good(here.register(ids.user, { registration: { applicationId: app } }));
  await good(there.register(null, { user: { ...bob }, registration: { applicationId: app, roles: ['chief'] } }));
});
after(() => c.end());

describe('the application', () => {
  test('is shown to calls of no tenant, in lists and searches', async () => {
    assert.equal((await good(client.retrieveApplication(app))).application.name, 'Everywhere');
    const found = (await good(client.searchApplications({ search: { universal: true } }))).applications;
    assert.deepEqual(found.map((a) => a.id), [app]);
    for (const [universal, wanted] of [[true, [true]], [false, [false]], [undefined, [false, true]]]) {
      const { total, applications } = await good(client.searchApplications({ search: { universal } }));
      assert.deepEqual([...new Set(applications.map((a) => a.universalConfiguration.universal))].sort(), wanted);
      const got = await c.api('GET', `/api/application/search${universal === undefined ? '' : `?universal=${universal}`}`);
      assert.deepEqual([got.body.total, got.body.applications.length], [total, total]);
    }
    assert.equal((await good(client.searchApplications({ search: { name: 'Everywhere' } }))).total, 1);
    assert.equal((await good(client.retrieveApplications())).applications.some((a) => a.id === app), true);
    assert.equal((await good(client.retrieveOauthConfiguration(app))).oauthConfiguration.clientId, app);
  });

  test('is not there for calls of a tenant, and cannot be changed by them', async () => {
    const bound = clientOf(c, boundKey);
    for (const who of [bound, there]) {
      await refused(who.retrieveApplication(app), 404);
      await refused(who.patchApplication(app, { application: { name: 'Mine' } }), 404);
      await refused(who.updateApplication(app, { application: { ...application, name: 'Mine' } }), 404);
      await refused(who.deactivateApplication(app), 404);
      await refused(who.deleteApplication(app), 404);
      await refused(who.createApplicationRole(app, null, { role: { name: 'owner' } }), 404);
      await refused(who.createApplication(null, { application: { ...application, name: 'Second' } }), 400, ['[notAllowed]application.universalConfiguration.universal']);
      assert.equal((await good(who.searchApplications({ search: {} }))).applications.some((a) => a.id === app), false);
    }
    await refused(bound.createApplication(app, { application: { name: 'Taken' } }), 400, ['[duplicate]applicationId']);
  });

  test('is made by no call of a tenant, however the wish is written', async () => {
    for (const universal of [true, 'true']) {
      for (const headers of [{ authorization: boundKey }, { 'x-fusionauth-tenantid': other }]) {
        const answer = await c.api('POST', '/api/application', { application: { ...application, name: 'Sneaked in', universalConfiguration: { universal } } }, headers);
        assert.deepEqual([answer.status, Object.keys(answer.body.fieldErrors ?? {})], [400, ['application.universalConfiguration.universal']], answer.text);
      }
    }
    const twice = await c.fetch('/api/application', { method: 'POST', headers: { authorization: boundKey, 'content-type': 'application/json' },
      body: '{"application":{"name":"Sneaked in","universalConfiguration":{"universal":false,"universal":true},"universalConfiguration":{"universal":true}}}' });
    assert.equal(twice.status, 400);
    await refused(there.createApplication(null, { application: { name: 'Sneaked in' }, sourceApplicationId: app }), 400, ['[invalid]sourceApplicationId']);
    assert.equal((await good(client.searchApplications({ search: { name: 'Sneaked in' } }))).total, 0);
    const text = await c.api('POST', '/api/application', { application: { name: 'By a text', universalConfiguration: { universal: 'true' } } });
    assert.deepEqual([text.status, text.body.application.tenantId], [200, undefined]);
    await good(client.deleteApplication(text.body.application.id));
  });

  test('stays what it was made as; its name is one among its like', async () => {
    await refused(client.patchApplication(app, { application: { universalConfiguration: { universal: false } } }), 400, ['[immutable]application.universalConfiguration.universal']);
    await refused(client.patchApplication(ids.app, { application: { universalConfiguration: { universal: true } } }), 400, ['[immutable]application.universalConfiguration.universal']);
    await refused(client.createApplication(null, { application }), 400, ['[duplicate]application.name']);
    await good(there.createApplication(null, { application: { name: 'Everywhere' } }));
    await refused(client.createApplication(ids.user, { application: { ...application, name: 'Second' } }), 400, ['[duplicate]applicationId']);
    await refused(there.createUser(app, { user: { email: 'x@example.com', password: 'correct horse battery' } }), 400, ['[duplicate]userId']);
  });

  test('names keys of the house only', async () => {
    const own = (await good(clientOf(c, boundKey).generateKey(null, { key: { algorithm: 'ES256', name: 'Own' } }))).key.id;
    const jwtConfiguration = { enabled: true, accessTokenKeyId: own, idTokenKeyId: own, timeToLiveInSeconds: 60, refreshTokenTimeToLiveInMinutes: 60 };
    const answer = await client.patchApplication(app, { application: { jwtConfiguration } }).catch((e) => e);
    assert.equal(answer.statusCode, 400);
  });

  test('changes and roles hold in every tenant at once', async () => {
    await good(client.patchApplication(app, { application: { data: { note: 'seen' } } }));
    await good(client.createApplicationRole(app, null, { role: { name: 'guest' } }));
    await good(there.updateRegistration((await good(there.retrieveUserByEmail(bob.email))).user.id, { registration: { applicationId: app, roles: ['guest'] } }));
    assert.deepEqual((await good(here.retrieveRegistration(ids.user, app))).registration.roles, ['member']);
  });
});

describe('signing in', () => {
  test('the tenant has to be named where there are several', async () => {
    const query = new URLSearchParams({ client_id: app, response_type: 'code', redirect_uri: redirect });
    const page = await new Browser(c).open(`/oauth2/authorize?${query}`);
    assert.equal(page.status, 400);
    assert.match(page.text, /tenantId/);
    const token = await c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: 'x' }, { authorization: basic(app) });
    assert.deepEqual([token.status, token.body.error], [400, 'invalid_request']);
    const two = await c.form(`/${other}/oauth2/token`, { grant_type: 'refresh_token', refresh_token: 'x', tenantId: ids.tenant }, { authorization: basic(app) });
    assert.equal(two.body.error, 'invalid_request');
    await refused(client.login({ applicationId: app, loginId: bob.email, password: bob.password }), 400, ['[TenantIdRequired]']);
  });

  test('by codes in two tenants: each with its own people, issuer and keys', async () => {
    const [a, b] = [await tokens(ids.tenant, person), await tokens(other, bob)];
    const [x, y] = [decode(a.access_token), decode(b.access_token)];
    assert.deepEqual([x.tid, x.aud, x.sub, x.roles], [ids.tenant, app, ids.user, ['member']]);
    assert.deepEqual([y.tid, y.aud, y.roles], [other, app, ['guest']]);
    assert.notEqual(x.iss, y.iss);
    for (const [t, tenant, claims] of [[a, ids.tenant, x], [b, other, y]]) {
      const found = await (await c.fetch(`/${tenant}/.well-known/openid-configuration`)).json();
      assert.equal(found.issuer, claims.iss);
      const info = await c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${t.access_token}` } });
      assert.equal((await info.json()).sub, claims.sub);
    }
    const renewed = await refresh(b.refresh_token, other);
    assert.equal(renewed.status, 200, renewed.text);
    assert.equal(decode(renewed.body.access_token).tid, other);
  });

  test('a client library that knows the tenant\'s issuer needs nothing else', async () => {
    const config = await oidc.discovery(new URL(`${c.url}/${other}`), app, secret, undefined, { execute: [oidc.allowInsecureRequests] });
    const verifier = oidc.randomPKCECodeVerifier();
    const url = oidc.buildAuthorizationUrl(config, { redirect_uri: redirect, scope: 'openid offline_access', state: 's', code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' });
    const browser = new Browser(c);
    const page = await browser.open(url.pathname + url.search);
    const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: bob.email, password: bob.password });
    const got = await oidc.authorizationCodeGrant(config, new URL(done.location), { pkceCodeVerifier: verifier, expectedState: 's', idTokenExpected: true });
    assert.equal(decode(got.access_token).tid, other);
  });

  test('by the Login API with a tenant; a bound key is enough', async () => {
    const answer = await good(clientOf(c, boundKey).login({ applicationId: app, loginId: bob.email, password: bob.password }));
    assert.equal(decode(answer.token).tid, other);
    const next = await good(there.exchangeRefreshTokenForJWT({ refreshToken: answer.refreshToken }));
    assert.equal(decode(next.token).applicationId ?? decode(next.token).aud, app);
    await refused(here.login({ applicationId: app, loginId: bob.email, password: bob.password }), 404);
    const granted = await c.form('/oauth2/token', { grant_type: 'password', username: bob.email, password: bob.password, tenantId: other, scope: 'openid' }, { authorization: basic(app) });
    assert.equal(decode(granted.body.access_token).tid, other);
  });

  test('its roles reach people by groups of their own tenant only', async () => {
    const { application: { roles } } = await good(client.retrieveApplication(app));
    const chief = roles.find((r) => r.name === 'chief').id;
    const { group } = await good(there.createGroup(null, { group: { name: 'Chiefs' }, roleIds: [chief] }));
    const user = (await good(there.retrieveUserByEmail(bob.email))).user;
    await good(there.createGroupMembers({ members: { [group.id]: [{ userId: user.id }] } }));
    assert.deepEqual(decode((await tokens(other, bob)).access_token).roles.sort(), ['chief', 'guest']);
    await refused(here.createGroupMembers({ members: { [group.id]: [{ userId: ids.user }] } }), 400, ['[invalid]members']);
    assert.deepEqual(decode((await tokens(ids.tenant, person)).access_token).roles, ['member']);
    await good(there.deleteGroup(group.id));
  });

  test('by the hosted backend and by a device, with the tenant named', async () => {
    const browser = new Browser(c);
    assert.equal((await browser.open(`/app/login/${app}`)).status, 400);
    const start = await browser.open(`/app/login/${app}?tenantId=${other}`);
    const page = await browser.open(new URL(start.location).pathname + new URL(start.location).search);
    const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: bob.email, password: bob.password });
    const landed = await browser.open(new URL(done.location).pathname + new URL(done.location).search);
    assert.equal(landed.status, 303, landed.text);
    assert.equal(decode(browser.cookies.get('app.at')).tid, other);
    const renew = (tenantId) => browser.open(`/app/refresh/${app}?tenantId=${tenantId}`, { method: 'POST' });
    assert.equal((await renew(ids.tenant)).status, 400);
    assert.equal((await renew(other)).status, 200);
  });

  test('out: the tenant\'s session ends, and the browser goes where the application says', async () => {
    const { browser } = await codeOf(other, bob);
    const left = await browser.open(`/oauth2/logout?${new URLSearchParams({ client_id: app, tenantId: other, post_logout_redirect_uri: 'https://client.example/bye' })}`);
    assert.ok([200, 303].includes(left.status), left.text);
  });
});

describe('attacks', () => {
  test('a code of one tenant is none in another, and is used up by neither', async () => {
    const given = await codeOf(other, bob);
    const wrong = await redeem(given, { tenantId: ids.tenant });
    assert.deepEqual([wrong.status, wrong.body.error], [400, 'invalid_grant']);
    assert.equal((await redeem(given, { tenantId: other })).status, 200);
    assert.equal((await redeem(given, { tenantId: other })).body.error, 'invalid_grant');
  });

  test('refresh and access tokens of one tenant are none in another', async () => {
    const t = await tokens(other, bob);
    assert.equal((await refresh(t.refresh_token, ids.tenant)).body.error, 'invalid_grant');
    assert.equal(await introspect(t.access_token, ids.tenant), false);
    assert.equal(await introspect(t.access_token, other), true);
    await c.form('/oauth2/revoke', { token: t.refresh_token, tenantId: ids.tenant }, { authorization: basic(app) });
    await c.form('/oauth2/revoke', { token: t.access_token, tenantId: ids.tenant }, { authorization: basic(app) });
    assert.equal((await refresh(t.refresh_token, other)).status, 200);
    assert.equal((await c.api('GET', '/api/jwt/validate', undefined, { authorization: `Bearer ${t.access_token}`, 'x-fusionauth-tenantid': ids.tenant })).status, 401);
  });

  test('a session of one tenant signs nobody in in another', async () => {
    const { browser } = await codeOf(other, bob);
    const query = new URLSearchParams({ client_id: app, tenantId: ids.tenant, response_type: 'code', redirect_uri: redirect, prompt: 'none', code_challenge: pkce().challenge, code_challenge_method: 'S256' });
    const back = await browser.open(`/oauth2/authorize?${query}`);
    assert.equal(new URL(back.location).searchParams.get('error'), 'login_required');
  });

  test('the way to the register page stays in the tenant; who registers there is that tenant\'s', async () => {
    await good(client.patchApplication(app, { application: { registrationConfiguration: { enabled: true } } }));
    const query = new URLSearchParams({ client_id: app, tenantId: other, response_type: 'code', redirect_uri: redirect, code_challenge: pkce().challenge, code_challenge_method: 'S256' });
    const browser = new Browser(c);
    const page = await browser.open(`/oauth2/authorize?${query}`);
    const link = page.text.match(/href="?(\/oauth2\/register[^">\s]*)/)[1].replaceAll('&amp;', '&');
    assert.match(link, new RegExp(`tenantId=${other}`));
    const form = await browser.open(link);
    const done = await browser.post('/signin', { ...Browser.hidden(form), 'user.email': 'carol@example.com', 'user.password': 'a good long password' });
    assert.equal(done.status, 303, done.text);
    assert.equal((await good(there.retrieveUserByEmail('carol@example.com'))).user.registrations[0].applicationId, app);
    await refused(here.retrieveUserByEmail('carol@example.com'), 404);
  });

  test('of registrations, sign-ins and the end of the application that come at once, nothing is left behind', async () => {
    const id = randomUUID();
    await good(client.createApplication(id, { application: { ...application, name: 'Short' } }));
    const people = await Promise.all([0, 1, 2, 3].map(async (i) => (await good((i % 2 ? here : there).createUser(null, { user: { email: `race${i}@example.com`, password: bob.password } }))).user.id));
    const each = people.map((user, i) => (i % 2 ? here : there).register(user, { registration: { applicationId: id } }).catch((e) => e));
    await Promise.all([...each.slice(0, 2), client.deleteApplication(id), ...each.slice(2)]);
    await refused(client.retrieveApplication(id), 404);
    for (const [i, user] of people.entries()) await refused((i % 2 ? here : there).retrieveRegistration(user, id), 404);
    await good(client.createApplication(id, { application: { ...application, name: 'Short' } }));
    for (const [i, user] of people.entries()) assert.deepEqual((await good((i % 2 ? here : there).retrieveUser(user))).user.registrations ?? [], []);
    await good(client.deleteApplication(id));
  });

  test('a page that was made for one tenant asks that tenant, whatever is sent with it', async () => {
    const browser = new Browser(c);
    const query = new URLSearchParams({ client_id: app, tenantId: ids.tenant, response_type: 'code', redirect_uri: redirect, code_challenge: pkce().challenge, code_challenge_method: 'S256' });
    const page = await browser.open(`/oauth2/authorize?${query}`);
    const done = await browser.post(`/signin?tenantId=${other}`, { ...Browser.hidden(page), loginId: bob.email, password: bob.password, tenantId: other });
    assert.notEqual(done.status, 303);
  });

  test('what is asked for in one tenant (a device, a code by mail, a token) is given by nobody of another', async () => {
    const [a, b] = [await tokens(ids.tenant, person), await tokens(other, bob)];
    const device = (await c.form('/oauth2/device_authorize', { client_id: app, tenantId: other, scope: 'openid' }, { authorization: basic(app) })).body;
    for (const tenantId of [ids.tenant, other]) {
      const approved = await c.form('/oauth2/device/approve', { client_id: app, client_secret: secret, token: a.access_token, user_code: device.user_code, tenantId });
      assert.ok([400, 401].includes(approved.status), approved.text);
    }
    const poll = (tenantId) => c.form('/oauth2/token', { grant_type: deviceGrant, device_code: device.device_code, tenantId }, { authorization: basic(app) });
    assert.equal((await poll(ids.tenant)).body.error, 'invalid_grant');
    assert.equal((await poll(other)).body.error, 'authorization_pending');

    const bound = clientOf(c, boundKey);
    await refused(bound.startPasswordlessLogin({ applicationId: app, loginId: person.email }), 404);
    const { code } = await good(bound.startPasswordlessLogin({ applicationId: app, loginId: bob.email }));
    await refused(here.passwordlessLogin({ code, applicationId: app }), 404);
    assert.equal(decode((await good(there.passwordlessLogin({ code, applicationId: app }))).token).tid, other);

    for (const headers of [{ authorization: boundKey }, { 'x-fusionauth-tenantid': other }, { authorization: '', 'x-fusionauth-tenantid': other }]) {
      assert.equal((await c.api('POST', '/api/jwt/refresh', { refreshToken: a.refresh_token }, headers)).status, 400);
      await c.api('POST', '/api/logout', { refreshToken: a.refresh_token }, headers);
    }
    assert.equal((await refresh(a.refresh_token, ids.tenant)).status, 200);
    assert.equal((await c.fetch(`/${other}/oauth2/userinfo`, { headers: { authorization: `Bearer ${a.access_token}` } })).status, 401);
    assert.equal((await c.api('GET', `/api/jwt/issue?applicationId=${ids.app}`, undefined, { authorization: `Bearer ${b.access_token}` })).status, 400);
    const { browser } = await codeOf(other, bob);
    const left = await browser.open(`/oauth2/logout?${new URLSearchParams({ client_id: app, tenantId: other, id_token_hint: a.id_token })}`);
    assert.equal(left.status, 400); // signs nobody out
    assert.ok((await codeOf(other, bob, browser, { prompt: 'none' })).code);
    const query = JSON.stringify({ bool: { should: [{ match_all: {} }, { term: { tenantId: ids.tenant } }], must_not: [{ term: { tenantId: other } }] } });
    for (const search of [{ query }, { queryString: `tenantId:${ids.tenant}` }, { queryString: `id:${ids.user}` }]) assert.equal((await good(bound.searchUsersByQuery({ search }))).total, 0);
  });

  test('nobody is registered across tenants', async () => {
    const user = (await good(there.retrieveUserByEmail(bob.email))).user;
    await refused(here.register(user.id, { registration: { applicationId: app } }), 404);
    await refused(here.retrieveRegistration(user.id, app), 404);
    await refused(clientOf(c, boundKey).retrieveRegistration(ids.user, app), 404);
    await refused(clientOf(c, boundKey).deleteRegistration(ids.user, app), 404);
  });

  test('what a tenant revokes of the application is that tenant\'s', async () => {
    const [a, b] = [await tokens(ids.tenant, person), await tokens(other, bob)];
    await good(clientOf(c, boundKey).revokeRefreshTokensByApplicationId(app));
    await clientOf(c, boundKey).revokeRefreshTokensByUserIdForApplication(ids.user, app).catch(() => 'refused');
    assert.equal((await refresh(b.refresh_token, other)).body.error, 'invalid_grant');
    assert.equal((await refresh(a.refresh_token, ids.tenant)).status, 200);
  });
});

describe('identity providers', () => {
  const keySecret = 'a secret that both of us know, of 40 bytes';
  const b64 = (v) => Buffer.from(typeof v === 'string' ? v : JSON.stringify(v)).toString('base64url');
  const said = (sub) => {
    const input = `${b64({ alg: 'HS256' })}.${b64({ sub, email: `${sub}@idp.example`, email_verified: true, exp: Math.floor(Date.now() / 1000) + 60 })}`;
    return `${input}.${createHmac('sha256', keySecret).update(input).digest('base64url')}`;
  };
  const login = (who, idp, sub) => who.identityProviderLogin({ applicationId: app, identityProviderId: idp.id, data: { token: said(sub) } });
  let keyId;
  const make = async (who, more = {}) => (await good(who.createIdentityProvider(null, { identityProvider: { type: 'ExternalJWT', name: randomUUID(), enabled: true, linkingStrategy: 'LinkByEmail', headerKeyParameter: 'kid',
    verificationKeyIds: [keyId], applicationConfiguration: { [app]: { enabled: true, createRegistration: true } }, ...more } }))).identityProvider;
  before(async () => { keyId = (await good(client.importKey(null, { key: { name: randomUUID(), algorithm: 'HS256', type: 'HMAC', secret: keySecret } }))).key.id; });

  test('a tenant\'s own lets people in in that tenant, and no others can see it', async () => {
    const theirs = await make(clientOf(c, boundKey), { tenantId: other });
    const mine = await make(client, { tenantId: ids.tenant });
    for (const [who, tenant, idp, wrong] of [[here, ids.tenant, mine, theirs], [there, other, theirs, mine]]) {
      const { user, token } = await good(login(who, idp, 'carol'));
      assert.deepEqual([user.tenantId, user.registrations.map((r) => [r.applicationId, r.roles]), decode(token).tid], [tenant, [[app, ['member']]], tenant]);
      assert.deepEqual([await introspect(token, tenant), await introspect(token, tenant === other ? ids.tenant : other)], [true, false]);
      await refused(login(who, wrong, 'carol'), 400, ['[invalid]identityProviderId']);
      assert.deepEqual((await good(client.searchIdentityProviders({ search: { applicationId: app, tenantId: tenant } }))).identityProviders.map((i) => i.id).filter((id) => [mine.id, theirs.id].includes(id)), [idp.id]);
    }
    const unnamed = await c.api('POST', '/api/identity-provider/login', { applicationId: app, identityProviderId: mine.id, data: { token: said('carol') } });
    assert.deepEqual([unnamed.status, unnamed.body.generalErrors[0].code], [400, '[TenantIdRequired]']);
    await refused(clientOf(c, boundKey).retrieveIdentityProvider(mine.id), 404);
    await refused(clientOf(c, boundKey).patchIdentityProvider(mine.id, { identityProvider: { enabled: false } }), 404);
    await refused(clientOf(c, boundKey).createIdentityProvider(null, { identityProvider: { type: 'ExternalJWT', name: 'x', tenantId: other, headerKeyParameter: 'kid', verificationKeyIds: [keyId], applicationConfiguration: { [ids.app]: { enabled: true } } } }), 400, ['[invalid]identityProvider.applicationConfiguration']);
  });

  test('the house\'s lets people in in each tenant: links, limits and people are each tenant\'s', async () => {
    const idp = await make(client, { tenantConfiguration: { [other]: { limitUserLinkCount: { enabled: true, maximumLinks: 1 } } } });
    const [a, b] = [await good(login(here, idp, 'dave')), await good(login(there, idp, 'dave'))];
    assert.notEqual(a.user.id, b.user.id);
    assert.equal((await good(here.retrieveUserLink(idp.id, 'dave', a.user.id))).identityProviderLink.userId, a.user.id);
    for (const [who, user] of [[there, a.user], [here, b.user]]) await refused(who.retrieveUserLink(idp.id, 'dave', user.id), 404);
    const link = (who, user) => who.createUserLink({ identityProviderLink: { identityProviderId: idp.id, identityProviderUserId: 'second', userId: user.id } });
    await good(link(here, a.user));
    await refused(link(there, b.user), 400, ['[limit]identityProviderLink.userId']);
    assert.equal((await good(login(here, idp, 'second'))).user.id, a.user.id);
    await good(client.patchIdentityProvider(idp.id, { identityProvider: { applicationConfiguration: { [app]: { enabled: false } } } }));
    for (const who of [here, there]) await refused(login(who, idp, 'dave'), 400, ['[invalid]identityProviderId']);
  });
});

describe('ends', () => {
  test('of a tenant: the application stays, without what that tenant had', async () => {
    const doomed = randomUUID();
    await good(client.createTenant(doomed, { tenant: { name: 'Doomed' } }));
    const inside = clientOf(c, apiKey, doomed);
    await good(inside.register(null, { user: { ...bob }, registration: { applicationId: app } }));
    const t = await tokens(doomed, bob);
    await good(client.deleteTenant(doomed));
    assert.equal((await refresh(t.refresh_token, doomed)).status, 401);
    assert.equal((await c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${t.access_token}` } })).status, 401);
    assert.equal((await good(client.retrieveApplication(app))).application.name, 'Everywhere');
    assert.equal((await tokens(other, bob)).token_type, 'Bearer');
  });

  test('of the application: its registrations and grants end in every tenant', async () => {
    const [a, b] = [await tokens(ids.tenant, person), await tokens(other, bob)];
    await good(client.deactivateApplication(app));
    assert.equal((await refresh(b.refresh_token, other)).status, 401);
    await good(client.reactivateApplication(app));
    await good(client.deleteApplication(app));
    await refused(client.retrieveApplication(app), 404);
    for (const [t, tenant] of [[a, ids.tenant], [b, other]]) {
      assert.equal((await refresh(t.refresh_token, tenant)).status, 401);
      assert.equal((await c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${t.access_token}` } })).status, 401);
    }
    await good(client.createApplication(app, { application: { ...application, name: 'Again' } }));
    await refused(here.retrieveRegistration(ids.user, app), 404);
    assert.deepEqual((await good(there.retrieveUserByEmail(bob.email))).user.registrations ?? [], []);
  });
});
