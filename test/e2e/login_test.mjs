// SPDX-License-Identifier: Apache-2.0
// The Login API, refresh tokens and JWTs as FusionAuth's own client calls them, and what must not work.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { FusionAuthClient } from './client.mjs';
import { Cardea, apiKey, basic, decode, header, ids, kickstart, person, tokensFor } from './harness.mjs';

const other = '77777777-7777-4777-8777-777777777777';
const setup = {
  ...kickstart,
  requests: [
    ...kickstart.requests,
    { method: 'PATCH', url: `/api/application/${ids.app}`, body: { application: { loginConfiguration: { allowTokenRefresh: true, generateRefreshTokens: true } } } },
    { method: 'POST', url: `/api/application/${other}`, body: { application: { name: 'Other', loginConfiguration: { generateRefreshTokens: true, requireAuthentication: false } } } },
    { method: 'POST', url: `/api/user/registration/${ids.user}`, body: { registration: { applicationId: other } } },
  ],
};
const caught = async (promise) => { try { return await promise; } catch (e) { return e; } };
const bearer = (token) => ({ authorization: `Bearer ${token}` });

describe('the Login API', () => {
  let c, client;
  const login = (body = {}, headers) => c.api('POST', '/api/login', { loginId: person.email, password: person.password, applicationId: ids.app, ...body }, headers);
  const bare = (method, path, body, headers = {}) => c.api(method, path, body, { authorization: '', ...headers });
  const refresh = (token, more = {}) => bare('POST', '/api/jwt/refresh', { refreshToken: token, ...more });
  const user = (change) => c.api('PATCH', `/api/user/${ids.user}`, { user: change });
  const isGood = async (token) => (await bare('GET', '/api/jwt/validate', undefined, bearer(token))).status === 200;
  before(async () => {
    c = await Cardea.start({ kickstart: setup });
    client = new FusionAuthClient(apiKey, c.at(''), ids.tenant);
  });
  after(() => c.end());

  test('FusionAuth\'s client signs in and gets the user, a token and a refresh token', async () => {
    const { response, statusCode } = await client.login({ loginId: person.email, password: person.password, applicationId: ids.app, metaData: { device: { name: 'Pine', type: 'MOBILE', description: 'old' } } });
    assert.equal(statusCode, 200);
    assert.equal(response.user.id, ids.user);
    assert.equal(response.user.email, person.email);
    assert.equal(response.user.password, undefined);
    const claims = decode(response.token);
    assert.equal(claims.aud, ids.app);
    assert.equal(claims.applicationId, ids.app);
    assert.deepEqual(claims.roles, ['member']);
    assert.equal(claims.authenticationType, 'PASSWORD');
    assert.equal(claims.sid, response.refreshTokenId);
    assert.equal(response.tokenExpirationInstant, claims.exp * 1000);
    assert.equal(header(response.token).typ, 'at+jwt');
    const { response: one } = await client.retrieveRefreshTokenById(response.refreshTokenId);
    assert.equal(one.refreshToken.metaData.device.name, 'Pine');
    assert.equal(one.refreshToken.metaData.device.description, 'old');
    assert.equal(one.refreshToken.token, undefined);
  });

  test('cookies are HttpOnly; noJWT gives neither tokens nor cookies', async () => {
    const cookies = (await login()).headers.getSetCookie();
    assert.equal(cookies.length, 2);
    for (const line of cookies) assert.match(line, /HttpOnly/i);
    const none = await login({ noJWT: true });
    assert.equal(none.status, 200);
    assert.equal(none.body.token, undefined);
    assert.equal(none.body.refreshToken, undefined);
    assert.equal(none.body.user.id, ids.user);
    assert.equal(none.headers.getSetCookie().length, 0);
  });

  test('OA-52: unknown, wrong and another kind of login id are 404 without a body', async () => {
    for (const body of [{ password: 'wrong' }, { loginId: 'nobody@example.com' }, { loginIdTypes: ['username'] }, { loginIdTypes: ['phoneNumber'] }]) {
      const answer = await login(body);
      assert.equal(answer.status, 404, JSON.stringify(body));
      assert.equal(answer.text, '');
    }
    assert.equal((await login({ loginIdTypes: ['email'] })).status, 200);
    await c.shiftClock(3600000);
  });

  test('an API key is needed unless the application says not', async () => {
    assert.equal((await bare('POST', '/api/login', { loginId: person.email, password: person.password, applicationId: ids.app })).status, 401);
    assert.equal((await bare('POST', '/api/login', { loginId: person.email, password: person.password })).status, 401);
    assert.equal((await bare('POST', '/api/login', { loginId: person.email, password: person.password, applicationId: crypto.randomUUID() })).status, 401);
    assert.equal((await bare('POST', '/api/login', { loginId: person.email, password: person.password, applicationId: other })).status, 200);
    assert.equal((await login({}, { authorization: 'not-a-key-at-all-0123456789' })).status, 401);
    const unknown = await login({ applicationId: crypto.randomUUID() });
    assert.equal(unknown.status, 400);
    assert.equal(unknown.body.fieldErrors.applicationId[0].code, '[invalid]applicationId');
  });

  test('what is missing or not supported is said by field', async () => {
    const answer = await c.api('POST', '/api/login', { applicationId: ids.app });
    assert.equal(answer.status, 400);
    assert.ok(answer.body.fieldErrors.loginId && answer.body.fieldErrors.password);
    assert.equal((await c.api('POST', '/api/login')).status, 400);
    assert.equal((await c.api('POST', '/api/login', { oneTimePassword: 'x' })).status, 404);
    assert.equal((await login({ ipAddress: 'not an address' })).status, 400);
  });

  test('202: not registered gives a token of no application and no refresh token', async () => {
    const answer = await login({ applicationId: ids.thirdParty });
    assert.equal(answer.status, 202);
    assert.equal(answer.body.refreshToken, undefined);
    const claims = decode(answer.body.token);
    for (const name of ['aud', 'applicationId', 'roles', 'client_id']) assert.equal(claims[name], undefined, name);
    assert.equal(claims.sub, ids.user);
    assert.ok(await isGood(answer.body.token));
  });

  test('without an application the token is of none; userinfo and introspection give it nothing', async () => {
    const answer = await login({ applicationId: undefined });
    assert.equal(answer.status, 200);
    assert.equal(answer.body.refreshToken, undefined);
    assert.equal(decode(answer.body.token).aud, undefined);
    assert.ok(await isGood(answer.body.token));
    assert.equal((await c.fetch('/oauth2/userinfo', { headers: bearer(answer.body.token) })).status, 401);
  });

  test('203: a password that must be changed lets nobody in', async () => {
    assert.equal((await user({ passwordChangeRequired: true })).status, 200);
    const answer = await login();
    assert.equal(answer.status, 203);
    assert.equal(answer.body.changePasswordReason, 'Administrative');
    assert.equal(answer.body.token, undefined);
    assert.equal((await c.api('GET', `/api/user/change-password/${answer.body.changePasswordId}`, undefined, { authorization: '' })).status, 200);
    assert.equal((await user({ passwordChangeRequired: false })).status, 200);
    assert.equal((await login()).status, 200);
  });

  test('410 and 423: expired and closed accounts, only behind the right password', async () => {
    assert.equal((await user({ expiry: 1000 })).status, 200);
    assert.equal((await login()).status, 410);
    assert.equal((await login({ password: 'wrong' })).status, 404);
    assert.equal((await user({ expiry: null })).status, 200);
    assert.equal((await c.api('DELETE', `/api/user/${ids.user}`)).status, 200);
    const closed = await login();
    assert.equal(closed.status, 423);
    assert.equal(closed.text, '');
    assert.equal((await login({ password: 'wrong' })).status, 404);
    assert.equal((await c.api('PUT', `/api/user/${ids.user}?reactivate=true`)).status, 200);
    assert.equal((await login()).status, 200);
  });

  test('423: too many failures lock a login id, known or not, and time opens it', async () => {
    for (const loginId of [person.email, 'nobody-at-all@example.com']) {
      let last;
      for (let i = 0; i < 12 && last !== 423; i++) last = (await login({ loginId, password: `wrong ${i}` })).status;
      assert.equal(last, 423, loginId);
    }
    assert.equal((await login()).status, 423);
    await c.shiftClock(3600000);
    assert.equal((await login()).status, 200);
  });

  test('a ping notes a login: by key for anybody, by token for its own', async () => {
    const at = async () => (await c.api('GET', `/api/user/${ids.user}`)).body.user.lastLoginInstant;
    const token = (await login()).body.token;
    let before = await at();
    for (const [status, ping] of [
      [200, () => c.api('PUT', '/api/login', { userId: ids.user, applicationId: ids.app })],
      [200, () => c.api('PUT', `/api/login/${ids.user}/${ids.app}`)],
      [200, () => c.api('PUT', `/api/login/${ids.user}?ipAddress=10.0.0.1`)],
      [202, () => c.api('PUT', `/api/login/${ids.user}/${ids.thirdParty}`)],
      [200, () => bare('PUT', '/api/login', {}, bearer(token))],
    ]) {
      await c.shiftClock(1000);
      const answer = await ping();
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.text, '');
      const now = await at();
      assert.ok(now > before);
      before = now;
    }
    assert.equal((await c.api('PUT', `/api/login/${crypto.randomUUID()}`)).status, 404);
    assert.equal((await c.api('PUT', '/api/login', {})).status, 400);
    assert.equal((await bare('PUT', '/api/login', { userId: ids.user })).status, 401);
    assert.equal((await client.loginPing(ids.user, ids.app)).statusCode, 200);
  });

  test('refresh: rotation when it is one-time, the same rules as at /oauth2/token', async () => {
    const usage = (refreshTokenUsagePolicy) => c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { jwtConfiguration: { refreshTokenUsagePolicy } } });
    assert.equal((await usage('OneTimeUse')).status, 200);
    const first = (await login()).body;
    const second = await refresh(first.refreshToken);
    assert.equal(second.status, 200, second.text);
    assert.notEqual(second.body.refreshToken, first.refreshToken);
    assert.equal(second.body.refreshTokenId, first.refreshTokenId);
    assert.equal(decode(second.body.token).sid, first.refreshTokenId);
    assert.equal((await refresh(first.refreshToken)).body.refreshToken, second.body.refreshToken, 'within the grace time');
    await c.shiftClock(60000);
    assert.equal((await refresh(first.refreshToken)).status, 400);
    assert.equal((await refresh(second.body.refreshToken)).status, 400, 'invariant 9: the family is over');
    assert.equal(await isGood(second.body.token), false);
    assert.equal((await usage('Reusable')).status, 200);
    const kept = (await login()).body;
    assert.equal((await refresh(kept.refreshToken)).body.refreshToken, kept.refreshToken);
    assert.equal((await client.exchangeRefreshTokenForJWT({ refreshToken: kept.refreshToken })).statusCode, 200);
  });

  test('refresh: a shorter life can be asked for, a longer one not; cookies do', async () => {
    const { refreshToken } = (await login()).body;
    const short = await refresh(refreshToken, { timeToLiveInSeconds: 60 });
    const claims = decode(short.body.token);
    assert.equal(claims.exp - claims.iat, 60);
    assert.equal((await refresh(refreshToken, { timeToLiveInSeconds: 999999 })).status, 400);
    const byCookie = await bare('POST', '/api/jwt/refresh', {}, { cookie: `refresh_token=${refreshToken}` });
    assert.equal(byCookie.status, 200, byCookie.text);
    assert.equal((await refresh('')).status, 400);
    assert.equal((await refresh('x'.repeat(70))).status, 400);
  });

  test('refresh: an application that does not allow it is refused, so is a confidential OAuth grant', async () => {
    const elsewhere = (await login({ applicationId: other })).body;
    assert.ok(elsewhere.refreshToken);
    assert.equal((await refresh(elsewhere.refreshToken)).status, 400);
    const oauth = await tokensFor(c);
    assert.equal((await refresh(oauth.refresh_token)).status, 400);
    assert.equal((await c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: oauth.refresh_token }, { authorization: basic(ids.app) })).status, 200);
  });

  test('revoked by id, by token, by user, by application, by both; each ends the access token, too', async () => {
    for (const revoke of [
      (t) => client.revokeRefreshTokenById(t.refreshTokenId),
      (t) => client.revokeRefreshTokenByToken(t.refreshToken),
      () => client.revokeRefreshTokensByUserId(ids.user),
      () => client.revokeRefreshTokensByApplicationId(ids.app),
      () => client.revokeRefreshTokensByUserIdForApplication(ids.user, ids.app),
      (t) => client.revokeRefreshTokensWithRequest({ token: t.refreshToken }),
    ]) {
      const t = (await login()).body;
      assert.ok(await isGood(t.token));
      const answer = await caught(revoke(t));
      assert.equal(answer.statusCode, 200, `${revoke} ${JSON.stringify(answer.exception)}`);
      assert.equal(await isGood(t.token), false, `${revoke}`);
      assert.equal((await refresh(t.refreshToken)).status, 400);
    }
    assert.equal((await c.api('DELETE', '/api/jwt/refresh')).status, 400);
    assert.equal((await c.api('DELETE', `/api/jwt/refresh/${crypto.randomUUID()}`)).status, 404);
  });

  test('a person ends their own grants only, and lists need a key', async () => {
    const mine = (await login()).body;
    const second = (await login()).body;
    const stranger = { email: 'eve@example.com', password: 'another long password' };
    await c.api('POST', '/api/user/registration', { user: stranger, registration: { applicationId: ids.app } });
    const eve = (await login({ loginId: stranger.email, password: stranger.password })).body;
    assert.equal((await bare('DELETE', `/api/jwt/refresh/${mine.refreshTokenId}`, undefined, bearer(eve.token))).status, 404);
    assert.equal((await bare('DELETE', `/api/jwt/refresh?token=${mine.refreshToken}`, undefined, bearer(eve.token))).status, 404);
    assert.equal((await bare('DELETE', `/api/jwt/refresh?userId=${ids.user}`, undefined, bearer(mine.token))).status, 401);
    assert.equal((await bare('DELETE', `/api/jwt/refresh/${mine.refreshTokenId}`)).status, 401);
    assert.ok(await isGood(mine.token));
    assert.equal((await bare('DELETE', `/api/jwt/refresh/${mine.refreshTokenId}`, undefined, bearer(second.token))).status, 200);
    assert.equal(await isGood(mine.token), false);
    assert.equal((await bare('GET', `/api/jwt/refresh?userId=${ids.user}`, undefined, bearer(second.token))).status, 401);
    const { response } = await client.retrieveRefreshTokens(ids.user);
    assert.ok(response.refreshTokens.some((t) => t.id === second.refreshTokenId && t.applicationId === ids.app));
  });

  test('logout: the grant of the token, or with global all of them; the cookies go', async () => {
    const [a, b] = [(await login()).body, (await login()).body];
    const out = await bare('POST', '/api/logout', { refreshToken: a.refreshToken });
    assert.equal(out.status, 200);
    assert.ok(out.headers.getSetCookie().every((line) => /max-age=0/i.test(line)));
    assert.equal(await isGood(a.token), false);
    assert.equal(await isGood(b.token), true);
    const third = (await login()).body;
    const oauth = await tokensFor(c);
    assert.equal((await client.logout(true, third.refreshToken)).statusCode, 200);
    for (const token of [b.token, third.token, oauth.access_token]) assert.equal(await isGood(token), false);
    const before = await c.counts();
    assert.equal((await bare('POST', '/api/logout', { refreshToken: 'x'.repeat(70), global: true })).status, 200);
    assert.equal((await bare('POST', '/api/logout')).status, 200);
    assert.deepEqual(await c.counts(), before, 'what proves nothing writes nothing');
  });

  test('validate: header in both schemes, cookie; the claims as they are', async () => {
    const { token } = (await login()).body;
    const { response } = await client.validateJWT(token);
    assert.deepEqual(response.jwt, decode(token));
    assert.equal((await bare('GET', '/api/jwt/validate', undefined, { authorization: `JWT ${token}` })).status, 200);
    assert.equal((await bare('GET', '/api/jwt/validate', undefined, { cookie: `access_token=${token}` })).status, 200);
    for (const bad of ['', 'x.y.z', token.slice(0, -3), `${token}x`]) assert.equal((await bare('GET', '/api/jwt/validate', undefined, bearer(bad))).status, 401, bad);
    const oauth = await tokensFor(c);
    assert.equal((await bare('GET', '/api/jwt/validate', undefined, bearer(oauth.id_token))).status, 401, 'OA-38: an id token is no access token');
    assert.equal((await bare('GET', '/api/jwt/validate', undefined, { ...bearer(token), 'x-fusionauth-tenantid': crypto.randomUUID() })).status, 401);
  });

  test('issue: a token for another application, no longer than the first; nothing through a third party', async () => {
    const mine = (await login()).body;
    const { response, statusCode } = await client.issueJWT(other, mine.token, mine.refreshToken);
    assert.equal(statusCode, 200);
    const claims = decode(response.token);
    assert.equal(claims.aud, other);
    assert.equal(claims.authenticationType, 'JWT_SSO');
    assert.ok(claims.exp <= decode(mine.token).exp);
    assert.ok(response.refreshToken);
    assert.equal((await client.issueJWT(other, mine.token)).response.refreshToken, undefined);
    const unregistered = await bare('GET', `/api/jwt/issue?applicationId=${ids.thirdParty}`, undefined, bearer(mine.token));
    assert.equal(unregistered.status, 202);
    assert.equal(decode(unregistered.body.token).aud, undefined);
    assert.equal((await bare('GET', '/api/jwt/issue', undefined, bearer(mine.token))).status, 400);
    assert.equal((await bare('GET', `/api/jwt/issue?applicationId=${crypto.randomUUID()}`, undefined, bearer(mine.token))).status, 400);
    assert.equal((await bare('GET', `/api/jwt/issue?applicationId=${other}`)).status, 401);
    await c.api('POST', `/api/user/registration/${ids.user}`, { registration: { applicationId: ids.thirdParty } });
    const foreign = (await login({ applicationId: ids.thirdParty })).body;
    assert.equal((await bare('GET', `/api/jwt/issue?applicationId=${ids.app}`, undefined, bearer(foreign.token))).status, 401, 'OA-45');
    assert.equal((await bare('DELETE', `/api/jwt/refresh/${mine.refreshTokenId}`, undefined, bearer(foreign.token))).status, 404, 'OA-45');
  });

  test('OA-63: a closed account, application or erased person ends tokens at once', async () => {
    const { token, refreshToken } = (await login()).body;
    await c.api('DELETE', `/api/application/${ids.app}`);
    assert.equal(await isGood(token), false);
    assert.equal((await refresh(refreshToken)).status, 400);
    assert.equal((await login()).status, 400);
    await c.api('PUT', `/api/application/${ids.app}?reactivate=true`);
    assert.equal(await isGood(token), true);
    const gone = { email: 'gone@example.com', password: 'a password to forget' };
    const made = (await c.api('POST', '/api/user/registration', { user: gone, registration: { applicationId: ids.app } })).body;
    const theirs = (await login({ loginId: gone.email, password: gone.password })).body;
    assert.equal((await c.api('DELETE', `/api/user/${made.user.id}?hardDelete=true`)).status, 200);
    assert.equal(await isGood(theirs.token), false);
    assert.equal((await login({ loginId: gone.email, password: gone.password })).status, 404);
  });

  test('status, health, version', async () => {
    const health = await bare('GET', '/api/health');
    assert.deepEqual([health.status, health.text], [200, '']);
    const quiet = await bare('GET', '/api/status');
    assert.deepEqual([quiet.status, quiet.text], [200, '']);
    assert.equal((await c.api('GET', '/api/status')).body.version, '1.69.0');
    assert.equal((await client.retrieveVersion()).response.version, '1.69.0');
    assert.equal((await bare('GET', '/api/system/version')).status, 401);
  });
});

describe('two tenants', () => {
  const second = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
  const app2 = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
  let c, theirs;
  const inTenant = (id) => ({ 'x-fusionauth-tenantid': id });
  before(async () => {
    c = await Cardea.start({ kickstart: setup });
    assert.equal((await c.api('POST', `/api/tenant/${second}`, { tenant: { name: 'Second' } })).status, 200);
    const made = await c.api('POST', `/api/application/${app2}`, { application: { name: 'Two', loginConfiguration: { allowTokenRefresh: true, generateRefreshTokens: true } } }, inTenant(second));
    assert.equal(made.status, 200, made.text);
    const user = await c.api('POST', '/api/user/registration', { user: person, registration: { applicationId: app2 } }, inTenant(second));
    assert.equal(user.status, 200, user.text);
    theirs = (await c.api('POST', '/api/login', { loginId: person.email, password: person.password, applicationId: app2 })).body;
    assert.equal(decode(theirs.token).tid, second);
  });
  after(() => c.end());

  test('OA-64: another tenant\'s application, tokens and people do not exist', async () => {
    const body = { loginId: person.email, password: person.password, applicationId: app2 };
    assert.equal((await c.api('POST', '/api/login', body, inTenant(ids.tenant))).status, 400);
    assert.equal((await c.api('GET', `/api/jwt/refresh/${theirs.refreshTokenId}`, undefined, inTenant(ids.tenant))).status, 404);
    assert.equal((await c.api('DELETE', `/api/jwt/refresh/${theirs.refreshTokenId}`, undefined, inTenant(ids.tenant))).status, 404);
    assert.equal((await c.api('DELETE', `/api/jwt/refresh?applicationId=${app2}`, undefined, inTenant(ids.tenant))).status, 404);
    assert.equal((await c.api('POST', '/api/jwt/refresh', { refreshToken: theirs.refreshToken }, inTenant(ids.tenant))).status, 400);
    assert.equal((await c.api('PUT', `/api/login/${decode(theirs.token).sub}`, undefined, inTenant(ids.tenant))).status, 404);
    assert.equal((await c.api('GET', `/api/jwt/public-key?applicationId=${app2}`, undefined, inTenant(ids.tenant))).status, 404);
    const ours = (await c.api('POST', '/api/login', { ...body, applicationId: ids.app })).body;
    assert.equal((await c.api('GET', `/api/jwt/issue?applicationId=${app2}`, undefined, { authorization: `Bearer ${ours.token}` })).status, 400);
    assert.equal((await c.api('DELETE', `/api/jwt/refresh/${theirs.refreshTokenId}`, undefined, { authorization: `Bearer ${ours.token}` })).status, 404);
    const again = await c.api('POST', '/api/jwt/refresh', { refreshToken: theirs.refreshToken }, inTenant(second));
    assert.equal(again.status, 200, 'all those refusals changed nothing');
  });

  test('a call that could mean either tenant must say which', async () => {
    const answer = await c.api('POST', '/api/login', { loginId: person.email, password: person.password });
    assert.equal(answer.status, 400);
    assert.match(answer.text, /TenantIdRequired/);
    assert.equal((await c.api('POST', '/api/login', { loginId: person.email, password: person.password }, inTenant(second))).status, 200);
  });
});
