// SPDX-License-Identifier: Apache-2.0
// OA-64, invariant 3: to a key bound to one tenant, and to a call that names one, nothing of another tenant exists.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Cardea, ids, kickstart } from './harness.mjs';

const bound = 'a-key-that-is-bound-to-the-first-tenant';
const reader = 'a-key-that-may-only-read-users-and-below';
const narrow = 'a-key-that-may-only-register-people-here';
const password = 'a long enough password';
const json = { 'content-type': 'application/json' };

describe('tenants apart', () => {
  let c;
  const other = {};
  before(async () => {
    c = await Cardea.start({
      kickstart: {
        ...kickstart,
        apiKeys: [
          ...kickstart.apiKeys,
          { key: bound, description: 'bound', tenantId: ids.tenant },
          { key: reader, description: 'reader', permissions: { endpoints: { '/api/user': ['GET'], '/api/tenant': ['GET', 'POST'] } } },
          { key: narrow, description: 'narrow', permissions: { endpoints: { '/api/user/registration': ['POST'] } } },
        ],
      },
    });
    const make = async (method, path, body, headers) => {
      const answer = await c.api(method, path, body, headers);
      assert.equal(answer.status, 200, answer.text);
      return answer.body;
    };
    other.tenant = (await make('POST', '/api/tenant', { tenant: { name: 'Other' } })).tenant.id;
    const there = { 'x-fusionauth-tenantid': other.tenant };
    const { application } = await make('POST', '/api/application', {
      application: { name: 'Theirs', roles: [{ name: 'r' }], scopes: [{ name: 's' }], loginConfiguration: { generateRefreshTokens: true, allowTokenRefresh: true } },
    }, there);
    other.app = application.id;
    other.role = application.roles[0].id;
    other.scope = application.scopes[0].id;
    const made = await make('POST', '/api/user/registration', { user: { email: 'them@example.com', password }, registration: { applicationId: other.app } }, there);
    other.user = made.user.id;
    other.refresh = made.refreshTokenId;
    other.text = made.refreshToken;
  });
  after(() => c.end());

  // method, path, body: each is about something of the other tenant.
  const sweep = () => [
    ['GET', `/api/tenant/${other.tenant}`],
    ['PUT', `/api/tenant/${other.tenant}`, { tenant: { name: 'Mine now' } }],
    ['PATCH', `/api/tenant/${other.tenant}`, { tenant: { name: 'Mine now' } }],
    ['DELETE', `/api/tenant/${other.tenant}`],
    ['GET', `/api/tenant/password-validation-rules/${other.tenant}`],
    ['GET', `/api/application/${other.app}`],
    ['GET', `/api/application/${other.app}/oauth-configuration`],
    ['PUT', `/api/application/${other.app}`, { application: { name: 'Mine now' } }],
    ['PUT', `/api/application/${other.app}?reactivate=true`],
    ['PATCH', `/api/application/${other.app}`, { application: { name: 'Mine now' } }],
    ['DELETE', `/api/application/${other.app}`],
    ['DELETE', `/api/application/${other.app}?hardDelete=true`],
    ['POST', `/api/application/${other.app}/role`, { role: { name: 'x' } }],
    ['PUT', `/api/application/${other.app}/role/${other.role}`, { role: { name: 'r' } }],
    ['PATCH', `/api/application/${other.app}/role/${other.role}`, { role: { isSuperRole: true } }],
    ['DELETE', `/api/application/${other.app}/role/${other.role}`],
    ['DELETE', `/api/application/${other.app}/role?name=r`],
    ['GET', `/api/application/${other.app}/scope/${other.scope}`],
    ['POST', `/api/application/${other.app}/scope`, { scope: { name: 'x' } }],
    ['PUT', `/api/application/${other.app}/scope/${other.scope}`, { scope: { name: 's' } }],
    ['PATCH', `/api/application/${other.app}/scope/${other.scope}`, { scope: { required: true } }],
    ['DELETE', `/api/application/${other.app}/scope/${other.scope}`],
    ['GET', `/api/user/${other.user}`],
    ['GET', '/api/user?email=them%40example.com'],
    ['GET', '/api/user?loginId=them%40example.com'],
    ['PUT', `/api/user/${other.user}`, { user: { email: 'mine@example.com' } }],
    ['PUT', `/api/user/${other.user}?reactivate=true`],
    ['PATCH', `/api/user/${other.user}`, { user: { password: 'a password of mine' } }],
    ['DELETE', `/api/user/${other.user}`],
    ['DELETE', `/api/user/${other.user}?hardDelete=true`],
    ['GET', `/api/user/registration/${other.user}/${other.app}`],
    ['PUT', `/api/user/registration/${other.user}/${other.app}`, { registration: { roles: ['r'] } }],
    ['PATCH', `/api/user/registration/${other.user}/${other.app}`, { registration: { roles: ['r'] } }],
    ['DELETE', `/api/user/registration/${other.user}/${other.app}`],
    ['POST', `/api/user/registration/${other.user}`, { registration: { applicationId: ids.app } }],
    ['GET', `/api/jwt/refresh/${other.refresh}`],
    ['DELETE', `/api/jwt/refresh/${other.refresh}`],
    ['DELETE', `/api/jwt/refresh?token=${other.text}`],
    ['DELETE', `/api/jwt/refresh?applicationId=${other.app}`],
    ['GET', `/api/jwt/refresh?userId=${other.user}`],
    ['DELETE', `/api/jwt/refresh?userId=${other.user}`],
  ];

  const callers = {
    'a bound key': { authorization: bound },
    'a call that names its tenant': { 'x-fusionauth-tenantid': ids.tenant },
    'a bound key that names its tenant': { authorization: bound, 'x-fusionauth-tenantid': ids.tenant },
  };
  for (const [who, headers] of Object.entries(callers)) {
    test(`${who} finds nothing of the other tenant, whatever the call`, async () => {
      for (const [method, path, body] of sweep()) {
        const answer = await c.api(method, path, body, { ...headers, ...(body ? json : {}) });
        assert.equal(answer.status, 404, `${method} ${path}: ${answer.status} ${answer.text}`);
        assert.equal(answer.text, '', 'and the answer says nothing');
      }
    });

    test(`${who} sees only its own in lists and searches`, async () => {
      const get = async (method, path, body) => (await c.api(method, path, body, headers)).body;
      assert.deepEqual((await get('GET', '/api/tenant')).tenants.map((t) => t.id), [ids.tenant]);
      assert.deepEqual((await get('POST', '/api/tenant/search', { search: { name: '*' } })).tenants.map((t) => t.id), [ids.tenant]);
      assert.ok((await get('GET', '/api/application')).applications.every((a) => a.tenantId === ids.tenant));
      assert.ok((await get('POST', '/api/application/search', { search: {} })).applications.every((a) => a.tenantId === ids.tenant));
      assert.equal((await get('POST', '/api/application/search', { search: { tenantId: other.tenant } })).total, 0);
      assert.equal((await get('POST', '/api/user/search', { search: { ids: [other.user] } })).total, 0);
      assert.equal((await get('POST', '/api/user/search', { search: { queryString: 'them@example.com' } })).total, 0);
      assert.equal((await get('DELETE', '/api/user/bulk', { userIds: [other.user], hardDelete: true })).total, 0);
    });
  }

  test('nothing of it changed', async () => {
    assert.equal((await c.api('GET', `/api/tenant/${other.tenant}`)).body.tenant.name, 'Other');
    const { application } = (await c.api('GET', `/api/application/${other.app}`)).body;
    assert.deepEqual([application.name, application.active, application.roles.length, application.scopes.length], ['Theirs', true, 1, 1]);
    const { user } = (await c.api('GET', `/api/user/${other.user}`)).body;
    assert.deepEqual([user.email, user.active, user.registrations[0].roles], ['them@example.com', true, []]);
    assert.equal((await c.api('GET', `/api/jwt/refresh/${other.refresh}`, undefined, { 'x-fusionauth-tenantid': other.tenant })).status, 200);
  });

  test('a bound key makes things in its own tenant only', async () => {
    const as = { authorization: bound };
    assert.equal((await c.api('POST', '/api/tenant', { tenant: { name: 'New' } }, as)).status, 401);
    const { application } = (await c.api('POST', '/api/application', { application: { name: 'Bound' } }, as)).body;
    assert.equal(application.tenantId, ids.tenant);
    assert.equal((await c.api('POST', '/api/user', { user: { email: 'mine@example.com', password } }, as)).body.user.tenantId, ids.tenant);
    assert.equal((await c.api('GET', '/api/application', undefined, { ...as, 'x-fusionauth-tenantid': other.tenant })).status, 401);
    const refused = await c.api('POST', '/api/user/registration', { user: { email: 'x@example.com', password }, registration: { applicationId: other.app } }, as);
    assert.deepEqual(Object.keys(refused.body.fieldErrors), ['registration.applicationId']);
  });

  test('the same address is another person in another tenant', async () => {
    const there = { 'x-fusionauth-tenantid': other.tenant };
    const made = await c.api('POST', '/api/user', { user: { email: 'ada@example.com', password } }, there);
    assert.equal(made.status, 200, made.text);
    const here = await c.api('GET', '/api/user?email=ada%40example.com', undefined, { 'x-fusionauth-tenantid': ids.tenant });
    assert.equal(here.body.user.id, ids.user);
    assert.notEqual(made.body.user.id, ids.user);
  });

  test('a tenant that cannot be told from the call is asked for', async () => {
    for (const [method, path, body] of [
      ['GET', '/api/user?email=ada%40example.com'],
      ['POST', '/api/user', { user: { email: 'where@example.com', password } }],
      ['POST', '/api/application', { application: { name: 'where' } }],
    ]) {
      const answer = await c.api(method, path, body);
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.body.generalErrors[0].code, '[TenantIdRequired]');
    }
    const both = await c.api('POST', '/api/user/search', { search: { queryString: 'ada@example.com' } });
    assert.equal(both.body.total, 2, 'a search that names no tenant goes through all the key may see');
    for (const id of ['nonsense', '99999999-9999-4999-8999-999999999999']) {
      const answer = await c.api('GET', '/api/tenant', undefined, { 'x-fusionauth-tenantid': id });
      assert.equal(answer.status, 400);
      assert.equal(answer.body.generalErrors[0].code, '[invalidTenantId]');
    }
    assert.equal((await c.api('GET', `/api/user/${other.user}`)).status, 200, 'a user\'s id says it');
    assert.equal((await c.api('GET', `/api/application/${other.app}`)).status, 200, 'so does an application\'s');
  });

  test('one id in two tenants: the call has to say which', async () => {
    const id = '77777777-7777-4777-8777-777777777777';
    for (const tenant of [ids.tenant, other.tenant]) {
      assert.equal((await c.api('POST', `/api/user/${id}`, { user: { username: `twin-${tenant}` } }, { 'x-fusionauth-tenantid': tenant })).status, 200);
    }
    assert.equal((await c.api('GET', `/api/user/${id}`)).body.generalErrors[0].code, '[TenantIdRequired]');
    const found = await c.api('POST', '/api/user/search', { search: { ids: [id] } });
    assert.equal(found.body.generalErrors[0].code, '[TenantIdRequired]');
    const one = await c.api('GET', `/api/user/${id}`, undefined, { 'x-fusionauth-tenantid': other.tenant });
    assert.equal(one.body.user.username, `twin-${other.tenant}`);
  });

  test('a key does what its permissions list, no more', async () => {
    const status = async (key, method, path, body) => (await c.api(method, path, body, { authorization: key })).status;
    assert.equal(await status(reader, 'GET', `/api/user/${ids.user}`), 200);
    assert.equal(await status(reader, 'GET', `/api/user/registration/${ids.user}/${ids.app}`), 200, 'below /api/user');
    assert.equal(await status(reader, 'PATCH', `/api/user/${ids.user}`, { user: { firstName: 'x' } }), 401);
    assert.equal(await status(reader, 'DELETE', `/api/user/${ids.user}`), 401);
    assert.equal(await status(reader, 'GET', `/api/application/${ids.app}`), 401);
    assert.equal(await status(reader, 'POST', '/api/tenant', { tenant: { name: 'Read and made' } }), 200);
    assert.equal(await status(narrow, 'POST', '/api/user/registration', { user: { email: 'narrow@example.com', password }, registration: { applicationId: ids.app } }), 200);
    assert.equal(await status(narrow, 'POST', '/api/user', { user: { email: 'n2@example.com', password } }), 401, 'above what is listed');
    for (const key of ['', 'wrong-key-of-nobody-at-all', `Bearer ${reader}`, reader.toUpperCase()]) {
      const answer = await c.fetch(`/api/user/${ids.user}`, { headers: key ? { authorization: key } : {} });
      assert.equal(answer.status, 401, key);
      assert.equal(await answer.text(), '');
    }
  });
});
