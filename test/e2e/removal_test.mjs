// SPDX-License-Identifier: Apache-2.0
// Tenants and applications with many rows: gone at once, whatever happens until the last row is.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, redirect, secret, until } from './harness.mjs';
import { clientOf, good, refused } from './client.mjs';

const [doomed, doomed2, doomed3] = [randomUUID(), randomUUID(), randomUUID()];
const password = 'correct horse battery';
let c, client;

const people = (n, more = {}) => Array.from({ length: n }, (_, i) => ({
  email: `p${i}@example.com`, encryptionScheme: 'salted-sha256', factor: 1, salt: 'c2FsdA==', password: 'A'.repeat(43) + '=', ...more,
}));

const makeTenant = async (id, n) => {
  await good(client.createTenant(id, { tenant: { name: `Doomed ${id}` } }));
  const inside = clientOf(c, apiKey, id);
  const { application } = await good(inside.createApplication(null, {
    application: { name: 'App', oauthConfiguration: { authorizedRedirectURLs: [redirect], clientSecret: secret, enabledGrants: ['refresh_token'] }, loginConfiguration: { generateRefreshTokens: true, allowTokenRefresh: true } },
  }));
  await good(inside.importUsers({ users: people(n, { registrations: [{ applicationId: application.id }] }) }));
  return { inside, application };
};

before(async () => {
  c = await Cardea.start();
  client = clientOf(c, apiKey);
});
after(() => c.end());

test('a tenant that is deleted is gone at once, and its rows after kill -9, too', async () => {
  const { inside, application } = await makeTenant(doomed, 400);
  const { user, token, refreshToken } = await good(inside.register(null, { user: { email: 'ann@example.com', password }, registration: { applicationId: application.id } }));
  const key = (await good(client.createAPIKey(null, { apiKey: { tenantId: doomed } }))).apiKey.key;
  assert.ok(token && refreshToken);
  const begin = c.log.length;
  assert.equal((await client.deleteTenantAsync(doomed)).statusCode, 202);
  const refusals = async () => {
    await refused(client.retrieveTenant(doomed), 404);
    await refused(client.retrieveUser(user.id), 404);
    await refused(client.retrieveApplication(application.id), 404);
    await refused(client.exchangeRefreshTokenForJWT({ refreshToken }), 400, ['[invalid]refreshToken']);
    await refused(clientOf(c, key).retrieveUser(user.id), 401);
    assert.equal((await c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${token}` } })).status, 401);
    assert.equal((await c.fetch(`/${doomed}/.well-known/jwks.json`)).status, 404);
    assert.equal((await c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: application.id, client_secret: secret })).status, 401);
  };
  c.process.kill('SIGKILL'); // the job has not begun, or has just begun; on a busy machine it may have ended
  await c.ended;
  await c.run();
  await refusals();
  await until('the end of the rows', async () => {
    const answer = await client.createTenant(doomed, { tenant: { name: 'Made anew' } }).catch((e) => e);
    if (answer.statusCode === 200) return true;
    assert.deepEqual(answer.exception.fieldErrors.tenantId.map((e) => e.code), ['[inUse]tenantId']);
    return false;
  });
  const rows = [...c.log.slice(begin).matchAll(/"job":"removals","rows":(\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0);
  assert.ok(rows > 0, `${rows} rows`);
  const anew = clientOf(c, apiKey, doomed);
  assert.equal((await good(anew.searchUsersByQuery({ search: { queryString: '*', accurateTotal: true } }))).total, 0);
  await refused(client.retrieveUser(user.id), 404);
  assert.equal((await c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${token}` } })).status, 401);
});

test('without async the answer comes when all is gone', async () => {
  await makeTenant(doomed2, 20);
  assert.equal((await client.deleteTenant(doomed2)).statusCode, 200);
  await makeTenant(doomed2, 1);
  const inside = clientOf(c, apiKey, doomed2);
  assert.equal((await good(inside.searchUsersByQuery({ search: { queryString: '*', accurateTotal: true } }))).total, 1);
  const key = (await good(client.createAPIKey(null, { apiKey: { tenantId: doomed2 } }))).apiKey.key;
  assert.equal((await clientOf(c, key).deleteTenant(doomed2)).statusCode, 200); // the key it was called with ends, too
});

test('an application ends with its registrations, grants and consents', async () => {
  const { inside, application } = await makeTenant(doomed3, 20);
  const { user, token, refreshToken } = await good(inside.register(null, { user: { email: 'ann@example.com', password }, registration: { applicationId: application.id } }));
  assert.equal((await inside.deleteApplication(application.id)).statusCode, 200);
  await refused(inside.retrieveApplication(application.id), 404);
  assert.equal((await good(inside.retrieveUser(user.id))).user.registrations?.length ?? 0, 0);
  await refused(inside.exchangeRefreshTokenForJWT({ refreshToken }), 400, ['[invalid]refreshToken']);
  assert.equal((await c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${token}` } })).status, 401);
  await good(inside.createApplication(application.id, { application: { name: 'App' } }));
  assert.equal((await good(inside.searchUsersByQuery({ search: { queryString: `registrations.applicationId:${application.id}`, accurateTotal: true } }))).total, 0);
  assert.equal((await good(inside.searchUsersByQuery({ search: { queryString: '*', accurateTotal: true } }))).total, 21);
});
