// SPDX-License-Identifier: Apache-2.0
// FusionAuth's own client, unchanged, against the resources of the administration API.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { FusionAuthClient, clientOf, good, nobody, refused } from './client.mjs';
import { Cardea, apiKey, decode, ids, person } from './harness.mjs';

const withoutScheme = ({ encryptionScheme: _, ...user }) => user; // which only retrieving tells
const password = 'a long enough password';

describe('tenants', () => {
  let c, client;
  before(async () => { c = await Cardea.start(); client = new FusionAuthClient(apiKey, c.url); });
  after(() => c.end());

  test('create with a chosen id, retrieve one and all', async () => {
    const id = randomUUID();
    const made = (await good(client.createTenant(id, { tenant: { name: 'Chosen', data: { a: 1 } } }))).tenant;
    assert.equal(made.id, id);
    assert.equal(made.state, 'Active');
    assert.equal(made.jwtConfiguration.timeToLiveInSeconds, 3600);
    assert.deepEqual((await good(client.retrieveTenant(id))).tenant, made);
    const all = (await good(client.retrieveTenants())).tenants;
    assert.deepEqual(all.find((t) => t.id === id), made);
    assert.ok(all.some((t) => t.id === ids.tenant));
  });

  test('what is refused, every fault in one answer', async () => {
    await good(client.createTenant(null, { tenant: { name: 'Taken' } }));
    await refused(client.createTenant(null, { tenant: { name: 'Taken' } }), 400, ['[duplicate]tenant.name']);
    await refused(client.createTenant(ids.tenant, { tenant: { name: 'Other' } }), 400, ['[duplicate]tenantId']);
    await refused(client.createTenant(null, { tenant: {} }), 400, ['[blank]tenant.name']);
    await refused(client.createTenant(null, {}), 400, ['[missing]tenant']);
    await refused(client.createTenant('no-uuid', { tenant: { name: 'x' } }), 400, ['[couldNotConvert]tenantId']);
    await refused(client.createTenant(null, { sourceTenantId: nobody, tenant: { name: 'Copy' } }), 400, ['[invalid]sourceTenantId']);
    await refused(client.createTenant(null, {
      nonsense: 1,
      tenant: { name: '', foo: true, jwtConfiguration: { timeToLiveInSeconds: -1, accessTokenKeyId: nobody }, passwordValidationRules: { minLength: 20, maxLength: 10 } },
    }), 400, ['[unknown]nonsense', '[blank]tenant.name', '[unknown]tenant.foo', '[invalid]tenant.jwtConfiguration.timeToLiveInSeconds',
      '[invalid]tenant.jwtConfiguration.accessTokenKeyId', '[invalid]tenant.passwordValidationRules.minLength']);
    await refused(client.retrieveTenant(nobody), 404);
    await refused(client.deleteTenant(nobody), 404);
    await refused(client.updateTenant(nobody, { tenant: { name: 'x' } }), 404);
    await refused(client.deleteTenant(ids.tenant), 400, ['[invalid]tenantId']);
    assert.ok(!(await good(client.retrieveTenants())).tenants.some((t) => t.name === 'Copy' || t.name === 'Other'), 'nothing half-written');
  });

  test('PUT replaces, each kind of PATCH changes in its own way', async () => {
    const { tenant } = await good(client.createTenant(null, { tenant: { name: 'Patched', data: { keep: 1, drop: 2 }, logoutURL: 'https://a.example/' } }));
    const put = (await good(client.updateTenant(tenant.id, { tenant: { name: 'Patched 2' } }))).tenant;
    assert.equal(put.name, 'Patched 2');
    assert.equal(put.logoutURL, undefined, 'a PUT leaves out what it does not name');
    assert.deepEqual(put.data, {});
    assert.equal(put.insertInstant, tenant.insertInstant);
    assert.ok(put.lastUpdateInstant > tenant.lastUpdateInstant);
    const plain = (await good(client.patchTenant(tenant.id, { tenant: { data: { keep: 1, drop: 2 } } }))).tenant;
    assert.equal(plain.name, 'Patched 2');
    assert.deepEqual(plain.data, { keep: 1, drop: 2 });
    const merge = await c.api('PATCH', `/api/tenant/${tenant.id}`, { tenant: { data: { drop: null } } }, { 'content-type': 'application/merge-patch+json' });
    assert.deepEqual(merge.body.tenant.data, { keep: 1 });
    const steps = await c.api('PATCH', `/api/tenant/${tenant.id}`, [
      { op: 'test', path: '/tenant/data/keep', value: 1 }, { op: 'replace', path: '/tenant/name', value: 'By steps' },
    ], { 'content-type': 'application/json-patch+json' });
    assert.equal(steps.status, 200, steps.text);
    assert.equal(steps.body.tenant.name, 'By steps');
    const failed = await c.api('PATCH', `/api/tenant/${tenant.id}`, [{ op: 'test', path: '/tenant/name', value: 'no' }, { op: 'replace', path: '/tenant/name', value: 'never' }],
      { 'content-type': 'application/json-patch+json' });
    assert.equal(failed.status, 400);
    assert.equal((await good(client.retrieveTenant(tenant.id))).tenant.name, 'By steps');
    // What was read can be sent back.
    const read = await good(client.retrieveTenant(tenant.id));
    const same = (await good(client.updateTenant(tenant.id, read))).tenant;
    assert.deepEqual({ ...same, lastUpdateInstant: 0 }, { ...read.tenant, lastUpdateInstant: 0 });
    assert.equal((await c.fetch(`/api/tenant/${tenant.id}`, { method: 'PATCH', headers: { authorization: apiKey, 'content-type': 'text/plain' }, body: '{}' })).status, 415);
  });

  test('search by name, with pages and order', async () => {
    for (const name of ['Search A', 'Search B', 'search c']) await good(client.createTenant(null, { tenant: { name } }));
    const find = async (search) => good(client.searchTenants({ search }));
    assert.equal((await find({ name: 'SEARCH' })).total, 3);
    assert.deepEqual((await find({ name: 'Search*B' })).tenants.map((t) => t.name), ['Search B']);
    assert.equal((await find({ name: 'earch*' })).total, 0, 'a pattern with a star stands for the whole name');
    const page = await find({ name: '*search*', numberOfResults: 1, startRow: 1, orderBy: 'name DESC' });
    assert.equal(page.total, 3);
    assert.deepEqual(page.tenants.map((t) => t.name), ['Search B']);
    await refused(client.searchTenants({ search: { orderBy: 'secret' } }), 400, ['[invalid]search.orderBy']);
    assert.deepEqual((await c.api('POST', '/api/tenant/search', { search: {}, odd: 1 })).body.fieldErrors.odd.map((e) => e.code), ['[unknown]odd']);
    const got = await c.api('GET', '/api/tenant/search?name=search%20a&numberOfResults=5');
    assert.deepEqual(got.body.tenants.map((t) => t.name), ['Search A']);
  });

  test('password rules are shown to anybody', async () => {
    const other = (await good(client.createTenant(null, { tenant: { name: 'Strict', passwordValidationRules: { minLength: 14 } } }))).tenant;
    const anyone = new FusionAuthClient(null, c.url);
    assert.equal((await good(anyone.retrievePasswordValidationRulesWithTenantId(other.id))).passwordValidationRules.minLength, 14);
    assert.equal((await good(new FusionAuthClient(null, c.url, ids.tenant).retrievePasswordValidationRules())).passwordValidationRules.minLength, 8);
    await refused(anyone.retrievePasswordValidationRulesWithTenantId(nobody), 404);
    await refused(anyone.retrievePasswordValidationRules(), 400, ['[TenantIdRequired]']);
  });

  // Where FusionAuth's other clients differ from this one: Java cannot PATCH, PHP's empty POST is a form, Ruby says Length, Ruby's and Go's forms
  // have names without values, C# names a character set, curl waits for 100.
  test('what the clients of other languages send', async () => {
    const id = (await good(client.createTenant(null, { tenant: { name: 'Other clients' } }))).tenant.id;
    const path = `/api/tenant/${id}`, json = { authorization: apiKey, 'content-type': 'application/json' }, java = { ...json, 'x-http-method-override': 'PATCH' };
    const send = async (method, url, headers, body) => { const r = await c.fetch(url, { method, headers, body }); return [r.status, await r.text()]; };
    const named = async () => (await good(client.retrieveTenant(id))).tenant.data;
    assert.equal((await send('POST', path, java, '{"tenant":{"data":{"by":"Java"}}}'))[0], 200);
    assert.deepEqual(await named(), { by: 'Java' });
    for (const [method, headers] of [['POST', { ...json, 'x-http-method-override': 'DELETE' }], ['POST', { ...json, 'x-http-method-override': 'patch' }], ['POST', { ...json, 'x-http-method-override': 'PATCH, PATCH' }], ['GET', { authorization: apiKey, 'x-http-method-override': 'PATCH' }]]) {
      const [status, text] = await send(method, path, headers, method === 'GET' ? undefined : '{"tenant":{"name":"Default","data":{"by":"nobody"}}}');
      assert.equal(status, method === 'GET' ? 200 : 400, text);
      assert.deepEqual(await named(), { by: 'Java' });
    }
    const limited = async (method) => (await good(client.createAPIKey(null, { apiKey: { name: `only ${method}`, permissions: { endpoints: { '/api/tenant': [method] } } } }))).apiKey.key;
    assert.equal((await send('POST', path, { ...java, authorization: await limited('POST') }, '{"tenant":{"data":{"by":"a key"}}}'))[0], 401, 'who may only create may not change');
    assert.deepEqual(await send('POST', path, { ...java, authorization: await limited('PATCH') }, '{"tenant":{"data":{"by":"a key"}}}').then(([s, t]) => [s, s === 200 || t]), [200, true]);
    const of = { ...json, 'x-fusionauth-tenantid': ids.tenant };
    const user = JSON.parse((await send('POST', '/api/user', of, `{"user":{"email":"other.clients@example.com","password":"${password}"}}`))[1]).user.id;
    assert.equal((await send('POST', `/api/user/two-factor/recovery-code/${user}`, { ...of, 'content-type': 'application/x-www-form-urlencoded' }))[0], 200);
    assert.equal((await send('PUT', `/api/user/${user}?reactivate=true`, { ...of, length: '0' }))[0], 200);
    assert.equal((await send('PATCH', `/api/user/${user}`, { ...of, 'content-type': 'application/json; charset=utf-8' }, '{"user":{"firstName":"C#"}}'))[0], 200);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const body of ['client_id=x&client_secret&token=y&user_code=z', 'client_id=x&client_secret=&token=y&user_code=z&tenantId=']) {
      assert.deepEqual((await send('POST', '/oauth2/device/approve', form, body))[0], 401, body);
    }
  });

  test('a copy has the settings of its source, and a name, keys and ids of its own', async () => {
    const own = (await good(client.createTenant(null, { tenant: { name: 'Source', issuer: 'https://source.example', data: { a: 1 }, passwordValidationRules: { minLength: 15 } } }))).tenant;
    const { key } = await good(clientOf(c, apiKey, own.id).generateKey(null, { key: { algorithm: 'ES256', name: 'Of the source' } }));
    await good(client.patchTenant(own.id, { tenant: { jwtConfiguration: { accessTokenKeyId: key.id } } }));
    const copy = (await good(client.createTenant(null, { sourceTenantId: own.id, tenant: { name: 'Copy' } }))).tenant;
    assert.deepEqual([copy.name, copy.issuer, copy.data, copy.passwordValidationRules.minLength], ['Copy', own.issuer, { a: 1 }, 15]);
    assert.notEqual(copy.id, own.id);
    assert.notEqual(copy.jwtConfiguration.accessTokenKeyId, key.id);
    const inside = clientOf(c, apiKey, own.id);
    const app = (await good(inside.createApplication(null, { application: { name: 'App', data: { b: 2 }, roles: [{ name: 'admin', isSuperRole: true }], scopes: [{ name: 'orders:read' }], oauthConfiguration: { authorizedRedirectURLs: ['https://a.example/cb'] } } }))).application;
    const second = (await good(inside.createApplication(null, { sourceApplicationId: app.id, application: { name: 'Second' } }))).application;
    assert.deepEqual([second.name, second.data, second.roles[0].name, second.roles[0].isSuperRole, second.scopes[0].name, second.oauthConfiguration.authorizedRedirectURLs],
      ['Second', { b: 2 }, 'admin', true, 'orders:read', ['https://a.example/cb']]);
    assert.equal(second.oauthConfiguration.clientId, second.id);
    assert.notEqual(second.roles[0].id, app.roles[0].id);
    assert.notEqual(second.scopes[0].id, app.scopes[0].id);
    assert.notEqual(second.oauthConfiguration.clientSecret, app.oauthConfiguration.clientSecret);
    await good(inside.deleteApplicationRole(second.id, second.roles[0].id));
    assert.equal((await good(inside.retrieveApplication(app.id))).application.roles.length, 1);
    await refused(clientOf(c, apiKey, ids.tenant).createApplication(null, { sourceApplicationId: app.id, application: { name: 'Across' } }), 400, ['[invalid]sourceApplicationId']);
    await good(client.deleteTenant(own.id));
    await good(client.deleteTenant(copy.id));
  });

  test('inv. 12: a deleted tenant is gone with everything in it', async () => {
    const { tenant } = await good(client.createTenant(null, { tenant: { name: 'Doomed' } }));
    const inside = new FusionAuthClient(apiKey, c.url, tenant.id);
    const { application } = await good(inside.createApplication(null, { application: { name: 'App' } }));
    const { user } = await good(inside.register(null, { user: { email: 'doomed@example.com', password }, registration: { applicationId: application.id } }));
    await good(client.deleteTenant(tenant.id));
    await refused(client.retrieveTenant(tenant.id), 404);
    await refused(client.retrieveApplication(application.id), 404);
    await refused(client.retrieveUser(user.id), 404);
    await refused(inside.retrieveUserByEmail('doomed@example.com'), 400, ['[invalidTenantId]']);
    const again = await good(client.createTenant(tenant.id, { tenant: { name: 'Doomed' } }));
    assert.equal(again.tenant.id, tenant.id);
    await refused(client.retrieveUser(user.id), 404);
    assert.equal((await client.deleteTenantAsync(tenant.id)).statusCode, 202);
    await refused(client.retrieveTenant(tenant.id), 404);
  });

  test('two changes at once: none undoes the other', async () => {
    const { tenant } = await good(client.createTenant(null, { tenant: { name: 'Raced', data: {} } }));
    const keys = Array.from({ length: 8 }, (_, i) => `k${i}`);
    const all = await Promise.all(keys.map((k) => client.patchTenant(tenant.id, { tenant: { data: { [k]: true } } }).then(() => k, (e) => { assert.equal(e.statusCode, 409); return null; })));
    const { data } = (await good(client.retrieveTenant(tenant.id))).tenant;
    assert.deepEqual(Object.keys(data).sort(), all.filter(Boolean).sort());
    const names = await Promise.all(Array.from({ length: 6 }, () => client.createTenant(null, { tenant: { name: 'Only one' } }).then(() => 200, (e) => e.statusCode)));
    assert.equal(names.filter((s) => s === 200).length, 1);
    assert.ok(names.every((s) => [200, 400, 409].includes(s)), names.join());
  });
});

describe('applications', () => {
  let c, client;
  before(async () => { c = await Cardea.start(); client = new FusionAuthClient(apiKey, c.url); });
  after(() => c.end());

  test('create, with a secret of ours or theirs; retrieve; put; patch', async () => {
    const id = randomUUID();
    const { application } = await good(client.createApplication(id, {
      application: {
        name: 'Shop', roles: [{ name: 'buyer', isDefault: true }, { name: 'seller', isSuperRole: true }],
        oauthConfiguration: { authorizedRedirectURLs: ['https://shop.example/cb'], enabledGrants: ['authorization_code'] },
      },
    }));
    assert.equal(application.id, id);
    assert.equal(application.tenantId, ids.tenant);
    assert.match(application.oauthConfiguration.clientSecret, /^[\w-]{43}$/);
    assert.equal(application.oauthConfiguration.clientId, id);
    assert.deepEqual(application.roles.map((r) => [r.name, r.isDefault, r.isSuperRole]), [['buyer', true, false], ['seller', false, true]]);
    assert.deepEqual((await good(client.retrieveApplication(id))).application, application);
    const put = (await good(client.updateApplication(id, { application: { name: 'Shop 2', oauthConfiguration: { authorizedRedirectURLs: ['https://shop.example/new'] } } }))).application;
    assert.deepEqual(put.roles, application.roles, 'roles are changed by their own calls only');
    assert.equal(put.oauthConfiguration.clientSecret, application.oauthConfiguration.clientSecret, 'a PUT without a secret keeps it');
    assert.deepEqual(put.oauthConfiguration.authorizedRedirectURLs, ['https://shop.example/new']);
    const patched = (await good(client.patchApplication(id, { application: { oauthConfiguration: { authorizedRedirectURLs: ['https://shop.example/more'] } } }))).application;
    assert.deepEqual(patched.oauthConfiguration.authorizedRedirectURLs, ['https://shop.example/new', 'https://shop.example/more'], 'FusionAuth adds to lists');
    const merged = await c.api('PATCH', `/api/application/${id}`, { application: { oauthConfiguration: { authorizedRedirectURLs: ['https://shop.example/one'] } } }, { 'content-type': 'application/merge-patch+json' });
    assert.deepEqual(merged.body.application.oauthConfiguration.authorizedRedirectURLs, ['https://shop.example/one'], 'RFC 7396 replaces them');
    const read = await good(client.retrieveApplication(id));
    const same = (await good(client.updateApplication(id, read))).application;
    assert.deepEqual({ ...same, lastUpdateInstant: 0 }, { ...read.application, lastUpdateInstant: 0 }, 'what was read can be sent back');
  });

  test('requireClientAuthentication, the older word, counts when the newer one is not there', async () => {
    const make = async (oauthConfiguration) => (await good(client.createApplication(null, { application: { name: randomUUID(), oauthConfiguration } }))).application.oauthConfiguration;
    assert.equal((await make({})).clientAuthenticationPolicy, 'Required');
    assert.equal((await make({ requireClientAuthentication: false })).clientAuthenticationPolicy, 'NotRequiredWhenUsingPKCE');
    assert.equal((await make({ requireClientAuthentication: true })).clientAuthenticationPolicy, 'Required');
    const both = await make({ requireClientAuthentication: true, clientAuthenticationPolicy: 'NotRequired' });
    assert.equal(both.clientAuthenticationPolicy, 'NotRequired');
    assert.equal(both.requireClientAuthentication, false);
  });

  test('what is refused', async () => {
    const bad = (application) => client.createApplication(null, { application });
    await refused(bad({ name: 'Confidential' }), 400, ['[duplicate]application.name']);
    await refused(client.createApplication(ids.app, { application: { name: 'x' } }), 400, ['[duplicate]applicationId']);
    await refused(bad({}), 400, ['[blank]application.name']);
    await refused(bad({ name: 'x', oauthConfiguration: { authorizedRedirectURLs: ['http://shop.example/cb'] } }), 400, ['[invalid]application.oauthConfiguration.authorizedRedirectURLs']);
    await refused(bad({ name: 'x', oauthConfiguration: { authorizedRedirectURLs: ['javascript:alert(1)'] } }), 400, ['[invalidURL]application.oauthConfiguration.authorizedRedirectURLs']);
    await refused(bad({ name: 'x', oauthConfiguration: { enabledGrants: ['implicit'] } }), 400, ['[invalid]application.oauthConfiguration.enabledGrants']);
    await refused(bad({ name: 'x', roles: [{ name: 'a' }, { name: 'a' }] }), 400, ['[duplicate]application.roles']);
    await refused(bad({ name: 'x', scopes: [{ name: 'two words' }] }), 400, ['[invalid]application.scopes']);
    await refused(bad({ name: 'x', samlv2Configuration: { enabled: true } }), 400, ['[blank]application.samlv2Configuration.authorizedRedirectURLs', '[blank]application.samlv2Configuration.issuer']);
    await refused(bad({ name: 'x', jwtConfiguration: { enabled: true, idTokenKeyId: nobody } }), 400, ['[invalid]application.jwtConfiguration.idTokenKeyId']);
    await refused(client.createApplication(null, { sourceApplicationId: nobody, application: { name: 'x' } }), 400, ['[invalid]sourceApplicationId']);
    await refused(client.retrieveApplication(nobody), 404);
    await refused(client.updateApplication(nobody, { application: { name: 'x' } }), 404);
    await refused(client.deleteApplication(nobody), 404);
  });

  test('deactivate, list the inactive, reactivate, delete for good', async () => {
    const { application } = await good(client.createApplication(null, { application: { name: 'Comes and goes' } }));
    const { user } = await good(client.register(null, { user: { email: 'goes@example.com', password }, registration: { applicationId: application.id } }));
    await good(client.deactivateApplication(application.id));
    assert.equal((await good(client.retrieveApplication(application.id))).application.active, false);
    assert.ok((await good(client.retrieveInactiveApplications())).applications.some((a) => a.id === application.id && a.state === 'Inactive'));
    assert.ok(!(await good(client.retrieveApplications())).applications.some((a) => a.id === application.id));
    await refused(client.register(user.id, { registration: { applicationId: application.id } }), 400, ['[invalid]registration.applicationId']);
    assert.equal((await good(client.reactivateApplication(application.id))).application.active, true);
    await good(client.deleteApplication(application.id));
    await refused(client.retrieveApplication(application.id), 404);
    assert.deepEqual((await good(client.retrieveUser(user.id))).user.registrations, []);
  });

  test('search by name, state and tenant', async () => {
    for (const name of ['Find 1', 'Find 2']) await good(client.createApplication(null, { application: { name } }));
    const found = await good(client.searchApplications({ search: { name: 'find', tenantId: ids.tenant, numberOfResults: 1 } }));
    assert.equal(found.total, 2);
    assert.deepEqual(found.applications.map((a) => a.name), ['Find 1']);
    assert.equal((await good(client.searchApplications({ search: { name: 'find', state: 'Inactive' } }))).total, 0);
    assert.equal((await good(client.searchApplications({ search: { tenantId: nobody } }))).total, 0);
    await refused(client.searchApplications({ search: { state: 'Sleepy' } }), 400, ['[invalid]search.state']);
  });

  test('the OAuth configuration shows its secret to an API key only', async () => {
    const seen = await good(client.retrieveOauthConfiguration(ids.app));
    assert.match(seen.oauthConfiguration.clientSecret, /\S{20}/);
    assert.equal(seen.httpSessionMaxInactiveInterval, 3600);
    assert.equal(seen.logoutURL, 'https://client.example/bye');
    const anyone = await c.fetch(`/api/application/${ids.app}/oauth-configuration`);
    assert.equal(anyone.status, 200);
    const shown = (await anyone.json()).oauthConfiguration;
    assert.equal(shown.clientSecret, undefined);
    assert.equal(shown.clientId, ids.app);
  });

  test('roles: create, change, delete by id and by name', async () => {
    const { application } = await good(client.createApplication(null, { application: { name: 'With roles' } }));
    const id = randomUUID();
    const { role } = await good(client.createApplicationRole(application.id, id, { role: { name: 'editor', description: 'writes' } }));
    assert.equal(role.id, id);
    assert.equal(role.isDefault, false);
    await good(client.createApplicationRole(application.id, null, { role: { name: 'reader', isDefault: true } }));
    await refused(client.createApplicationRole(application.id, null, { role: { name: 'editor' } }), 400, ['[duplicate]role.name']);
    await refused(client.createApplicationRole(application.id, id, { role: { name: 'third' } }), 400, ['[duplicate]roleId']);
    await refused(client.createApplicationRole(application.id, null, { role: {} }), 400, ['[blank]role.name']);
    await refused(client.createApplicationRole(nobody, null, { role: { name: 'x' } }), 404);
    assert.equal((await good(client.updateApplicationRole(application.id, id, { role: { name: 'editor', isSuperRole: true } }))).role.isSuperRole, true);
    assert.equal((await good(client.patchApplicationRole(application.id, id, { role: { description: 'rewrites' } }))).role.isSuperRole, true);
    await refused(client.updateApplicationRole(application.id, id, { role: { name: 'author' } }), 400, ['[immutable]role.name']);
    await refused(client.updateApplicationRole(application.id, nobody, { role: { name: 'author' } }), 404);
    await good(client.deleteApplicationRole(application.id, id));
    await refused(client.deleteApplicationRole(application.id, id), 404);
    assert.equal((await c.api('DELETE', `/api/application/${application.id}/role?name=reader`)).status, 200);
    assert.deepEqual((await good(client.retrieveApplication(application.id))).application.roles, []);
    const made = await Promise.all(Array.from({ length: 5 }, (_, i) => client.createApplicationRole(application.id, null, { role: { name: `r${i}` } }).then(() => `r${i}`, () => null)));
    assert.deepEqual((await good(client.retrieveApplication(application.id))).application.roles.map((r) => r.name).sort(), made.filter(Boolean).sort(), 'no role is lost in a race');
  });

  test('scopes: create, retrieve, change, delete', async () => {
    const { scope } = await good(client.createOAuthScope(ids.publicApp, null, { scope: { name: 'mail:send', defaultConsentMessage: 'Send mail' } }));
    assert.equal(scope.applicationId, ids.publicApp);
    assert.deepEqual((await good(client.retrieveOAuthScope(ids.publicApp, scope.id))).scope, scope);
    await refused(client.createOAuthScope(ids.publicApp, null, { scope: { name: 'mail:send' } }), 400, ['[duplicate]scope.name']);
    await refused(client.createOAuthScope(ids.publicApp, null, { scope: { name: 'a b' } }), 400, ['[invalid]scope.name']);
    assert.equal((await good(client.patchOAuthScope(ids.publicApp, scope.id, { scope: { required: true } }))).scope.defaultConsentMessage, 'Send mail');
    assert.equal((await good(client.updateOAuthScope(ids.publicApp, scope.id, { scope: { name: 'mail:write' } }))).scope.required, false);
    await good(client.deleteOAuthScope(ids.publicApp, scope.id));
    await refused(client.retrieveOAuthScope(ids.publicApp, scope.id), 404);
  });
});

describe('users', () => {
  let c, client;
  before(async () => { c = await Cardea.start(); client = new FusionAuthClient(apiKey, c.url); });
  after(() => c.end());

  test('create with everything, read back by whatever finds them', async () => {
    const id = randomUUID();
    const wanted = {
      email: 'grace@example.com', username: 'grace', firstName: 'Grace', lastName: 'Hopper', birthDate: '1906-12-09', mobilePhone: '+1 555 0100',
      phoneNumber: '+85512345678', timezone: 'America/New_York', preferredLanguages: ['en', 'de'], data: { rank: 'admiral', tags: [1, 2] }, imageUrl: 'https://img.example/g.png',
    };
    const { user } = await good(client.createUser(id, { skipVerification: true, user: { ...wanted, password } }));
    for (const [name, value] of Object.entries(wanted)) assert.deepEqual(user[name], value, name);
    assert.equal(user.id, id);
    assert.equal(user.tenantId, ids.tenant);
    assert.equal(user.verified, true);
    assert.equal(user.password, undefined);
    assert.equal(user.salt, undefined);
    assert.deepEqual(user.identities.map((i) => [i.type, i.value]).sort(), [['email', 'grace@example.com'], ['phoneNumber', '+85512345678'], ['username', 'grace']]);
    const ways = {
      id: client.retrieveUser(id), email: client.retrieveUserByEmail('GRACE@example.com'), username: client.retrieveUserByUsername('Grace'),
      loginId: client.retrieveUserByLoginId('grace'), types: client.retrieveUserByLoginIdWithLoginIdTypes('+85512345678', ['email', 'phoneNumber']),
    };
    for (const [way, promise] of Object.entries(ways)) assert.deepEqual((await good(promise)).user, { ...user, encryptionScheme: 'argon2id' }, way);
    await refused(client.retrieveUserByEmail('grace'), 404);
    await refused(client.retrieveUserByUsername('grace@example.com'), 404);
    await refused(client.retrieveUserByLoginIdWithLoginIdTypes('grace', ['email']), 404);
    await refused(client.retrieveUserByLoginId('+85512345678'), 404);
    await refused(client.retrieveUserByVerificationId('abc'), 404);
    await refused(client.retrieveUser(nobody), 404);
  });

  test('what is refused, every fault in one answer, and nothing is kept', async () => {
    const bad = (user, more = {}) => client.createUser(null, { user, ...more });
    await refused(bad({ password }), 400, ['[blank]user.email', '[blank]user.username']);
    await refused(bad({ email: 'nope', password: 'short', birthDate: '2001-02-30', foo: 1, preferredLanguages: ['english!'] }), 400,
      ['[notEmail]user.email', '[tooShort]user.password', '[invalidJSON]user.birthDate', '[unknown]user.foo', '[invalidJSON]user.preferredLanguages']);
    await refused(bad({ email: person.email, password }), 400, ['[duplicate]user.email']);
    await refused(bad({ username: person.email, password }), 400, ['[duplicate]user.username']);
    await refused(bad({ email: 'pass@example.com', password: 'pass@example.com' }), 400, ['[containsEmail]user.password']);
    await refused(bad({ username: 'm' }, { sendSetPasswordEmail: true }), 400, ['[blank]user.email']);
    await refused(bad({ email: 'm@example.com', password, encryptionScheme: 'rot13' }), 400, ['[invalid]user.encryptionScheme']);
    await refused(bad({ email: 'm@example.com', twoFactor: { methods: [{ method: 'sms' }] } }), 400, ['[blank]user.twoFactor.methods.mobilePhone']);
    await refused(client.createUser(ids.user, { user: { email: 'm@example.com', password } }), 400, ['[duplicate]userId']);
    await refused(client.createUser(null, {}), 400, ['[missing]user']);
    await refused(client.retrieveUserByEmail('m@example.com'), 404);
    const raw = await c.fetch('/api/user', { method: 'POST', headers: { authorization: apiKey, 'content-type': 'application/json' }, body: '{"user":{"email":"a@b.c","email":"d@e.f"}}' });
    assert.equal(raw.status, 400);
    assert.equal((await raw.json()).generalErrors[0].code, '[invalidJSON]');
  });

  test('inv. 4: a fault never repeats what was sent', async () => {
    const secret = 'hunter2hunter2\u0001';
    const answer = await c.api('POST', '/api/user', { user: { email: 'x y z', password: secret, birthDate: 'sometime', [`odd-${'n'.repeat(80)}`]: 1 } });
    assert.equal(answer.status, 400);
    for (const word of ['hunter2', 'x y z', 'sometime']) assert.ok(!answer.text.includes(word), word);
  });

  test('put, patch, a new password, an address that has to be verified anew', async () => {
    const { user } = await good(client.createUser(null, { skipVerification: true, user: { email: 'put@example.com', password, firstName: 'P', data: { a: { b: 1 }, c: [1] }, preferredLanguages: ['en'] } }));
    const put = (await good(client.updateUser(user.id, { user: { email: 'put@example.com', lastName: 'L' } }))).user;
    assert.equal(put.firstName, undefined);
    assert.equal(put.verified, true);
    assert.equal(put.passwordLastUpdateInstant, user.passwordLastUpdateInstant, 'a PUT without a password keeps it');
    const patched = (await good(client.patchUser(user.id, { user: { data: { a: { d: 2 } }, preferredLanguages: ['km'] } }))).user;
    assert.deepEqual(patched.data, { a: { d: 2 } });
    assert.deepEqual(patched.preferredLanguages, ['km']);
    assert.deepEqual((await good(client.patchUser(user.id, { user: { preferredLanguages: ['en'] } }))).user.preferredLanguages, ['km', 'en']);
    assert.equal((await good(client.patchUser(user.id, { user: { email: 'moved@example.com' } }))).user.verified, false);
    await refused(client.retrieveUserByEmail('put@example.com'), 404);
    await refused(client.patchUser(user.id, { user: { email: person.email } }), 400, ['[duplicate]user.email']);
    await refused(client.patchUser(user.id, { user: { password: 'x' } }), 400, ['[tooShort]user.password']);
    await refused(client.patchUser(user.id, { currentPassword: 'wrong one', user: { password: 'another long one' } }), 400, ['[invalid]currentPassword']);
    const changed = (await good(client.patchUser(user.id, { currentPassword: password, user: { password: 'another long one' } }))).user;
    assert.ok(changed.passwordLastUpdateInstant > user.passwordLastUpdateInstant);
    const read = await good(client.retrieveUser(user.id));
    const same = (await good(client.updateUser(user.id, read))).user;
    assert.deepEqual({ ...same, lastUpdateInstant: 0 }, { ...withoutScheme(read.user), lastUpdateInstant: 0 }, 'what was read can be sent back');
    await refused(client.updateUser(nobody, { user: { email: 'n@example.com' } }), 404);
  });

  test('deactivate, reactivate, delete for good; inv. 12: nobody finds the person again', async () => {
    const { user } = await good(client.createUser(null, { user: { email: 'leave@example.com', password } }));
    await good(client.deactivateUser(user.id));
    assert.equal((await good(client.retrieveUser(user.id))).user.active, false);
    assert.equal((await good(client.reactivateUser(user.id))).user.active, true);
    await good(client.deleteUser(user.id));
    await refused(client.retrieveUser(user.id), 404);
    await refused(client.deleteUser(user.id), 404);
    await refused(client.retrieveUserByEmail('leave@example.com'), 404);
    const again = (await good(client.createUser(null, { user: { email: 'leave@example.com', password } }))).user;
    await good(client.deleteUserWithRequest(again.id, { hardDelete: true }));
    await refused(client.retrieveUser(again.id), 404);
  });

  test('many at once: by parameters and by body, dry, soft and hard', async () => {
    const made = [];
    for (let i = 0; i < 4; i++) made.push((await good(client.createUser(null, { user: { email: `bulk${i}@example.com`, password } }))).user.id);
    const dry = await good(client.deleteUsersByQuery({ userIds: made, dryRun: true, hardDelete: true }));
    assert.deepEqual([dry.dryRun, dry.hardDelete, dry.total, dry.userIds], [true, true, 4, made]);
    assert.equal((await good(client.retrieveUser(made[0]))).user.active, true);
    const soft = await good(client.deactivateUsersByIds([made[0], made[1], nobody]));
    assert.deepEqual([soft.total, soft.userIds], [2, [made[0], made[1]]]);
    assert.equal((await good(client.retrieveUser(made[1]))).user.active, false);
    assert.equal((await good(client.deleteUsersByQuery({ userIds: [...made, made[0]], hardDelete: true }))).total, 4);
    for (const id of made) await refused(client.retrieveUser(id), 404);
    await refused(client.deleteUsersByQuery({ hardDelete: true }), 400, ['[missing]userId']);
  });

  test('search: by ids, by login id (more in api_search_test)', async () => {
    const { user } = await good(client.createUser(null, { user: { email: 'find@example.com', username: 'finder', password } }));
    assert.deepEqual((await good(client.searchUsersByIds([user.id, ids.user, nobody]))).users.map((u) => u.id), [user.id, ids.user]);
    const find = async (queryString) => good(client.searchUsersByQuery({ search: { queryString } }));
    for (const query of ['find@example.com', 'email:FIND@example.com', 'username:finder', 'email:"find@example.com"']) {
      const found = await find(query);
      assert.equal(found.total, 1, query);
      assert.equal(found.users[0].id, user.id);
    }
    assert.equal((await find('nobody@example.com')).total, 0);
    assert.equal((await find('username:find@example.com')).total, 0);
    await refused(client.searchUsersByQuery({ search: { ids: ['x'] } }), 400, ['[invalidJSON]search.ids']);
  });

  test('one email address, eight at once: one is made, the others are told so', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => client.createUser(null, { user: { email: 'race@example.com', password } }).then(() => 200, (e) => e.statusCode)));
    assert.equal(all.filter((s) => s === 200).length, 1, all.join());
    assert.ok(all.every((s) => [200, 400, 409].includes(s)), all.join());
    const id = randomUUID();
    const same = await Promise.all(Array.from({ length: 6 }, (_, i) => client.createUser(id, { user: { email: `same${i}@example.com`, password } }).then(() => 200, (e) => e.statusCode)));
    assert.equal(same.filter((s) => s === 200).length, 1, same.join());
    assert.ok(same.every((s) => [200, 400, 409].includes(s)), same.join());
  });
});

describe('registrations', () => {
  let c, client;
  before(async () => { c = await Cardea.start(); client = new FusionAuthClient(apiKey, c.url); });
  after(() => c.end());

  test('a new person with a registration gets default roles and tokens', async () => {
    const answer = await good(client.register(null, { user: { email: 'new@example.com', password }, registration: { applicationId: ids.app, data: { x: 1 } } }));
    assert.equal(answer.registration.applicationId, ids.app);
    assert.deepEqual(answer.registration.roles, ['member']);
    assert.equal(answer.registration.verified, true);
    assert.equal(answer.user.email, 'new@example.com');
    assert.deepEqual(answer.user.registrations.map((r) => r.id), [answer.registration.id]);
    const claims = decode(answer.token);
    assert.equal(claims.sub, answer.user.id);
    assert.equal(claims.applicationId, ids.app);
    assert.deepEqual(claims.roles, ['member']);
    assert.equal(claims.authenticationType, 'REGISTRATION');
    assert.equal(claims.sid, answer.refreshTokenId);
    assert.match(answer.refreshToken, /^[\w-]{70}$/);
    assert.ok(Math.abs(answer.tokenExpirationInstant - claims.exp * 1000) <= 1000);
    const read = (await good(client.retrieveUser(answer.user.id))).user;
    assert.deepEqual(read.registrations[0], answer.registration);
  });

  test('somebody who is there already', async () => {
    const { user } = await good(client.createUser(null, { user: { email: 'old@example.com', password } }));
    const answer = await good(client.register(user.id, { registration: { applicationId: ids.app, roles: ['admin'], username: 'older', preferredLanguages: ['km'] } }));
    assert.equal(answer.user, undefined);
    assert.deepEqual(answer.registration.roles, ['admin']);
    assert.deepEqual((await good(client.retrieveRegistration(user.id, ids.app))).registration, answer.registration);
    await refused(client.register(user.id, { registration: { applicationId: ids.app } }), 400, ['[duplicate]registration']);
    const put = (await good(client.updateRegistration(user.id, { registration: { applicationId: ids.app, roles: ['member'] } }))).registration;
    assert.deepEqual(put.roles, ['member']);
    assert.equal(put.username, undefined);
    assert.equal(put.id, answer.registration.id);
    const patched = (await good(client.patchRegistration(user.id, { registration: { applicationId: ids.app, roles: ['admin'] } }))).registration;
    assert.deepEqual(patched.roles, ['member', 'admin']);
    const byPath = await c.api('PUT', `/api/user/registration/${user.id}/${ids.app}`, { registration: { roles: ['admin'] } });
    assert.deepEqual(byPath.body.registration.roles, ['admin']);
    await good(client.deleteRegistration(user.id, ids.app));
    await refused(client.retrieveRegistration(user.id, ids.app), 404);
    await refused(client.deleteRegistration(user.id, ids.app), 404);
    await good(client.register(user.id, { registration: { applicationId: ids.app } }));
  });

  test('what is refused, of the person and the registration in one answer', async () => {
    await refused(client.register(null, { user: { email: person.email, password: 'x' }, registration: { applicationId: ids.app, roles: ['king'], nope: 1 } }), 400,
      ['[duplicate]user.email', '[tooShort]user.password', '[invalid]registration.roles', '[unknown]registration.nope']);
    await refused(client.register(null, { user: { email: 'n@example.com', password }, registration: { applicationId: nobody } }), 400, ['[invalid]registration.applicationId']);
    await refused(client.register(null, { user: { email: 'n@example.com', password } }), 400, ['[missing]registration']);
    await refused(client.register(null, { user: { email: 'n@example.com', password }, registration: {} }), 400, ['[missing]registration.applicationId']);
    await refused(client.register(null, { registration: { applicationId: ids.app } }), 400, ['[missing]user']);
    await refused(client.register(nobody, { registration: { applicationId: ids.app } }), 404);
    await refused(client.register(ids.user, { user: { email: 'n@example.com', password }, registration: { applicationId: ids.app } }), 400, ['[duplicate]userId']);
    await refused(client.updateRegistration(ids.user, { registration: { applicationId: ids.app, roles: ['king'] } }), 400, ['[invalid]registration.roles']);
    await refused(client.updateRegistration(ids.user, { registration: { roles: [] } }), 400, ['[missing]registration.applicationId']);
    await refused(client.retrieveUserByEmail('n@example.com'), 404);
  });
});

describe('refresh tokens', () => {
  let c, client, app;
  before(async () => {
    c = await Cardea.start();
    client = new FusionAuthClient(apiKey, c.url);
    app = (await good(client.createApplication(null, {
      application: { name: 'Refreshing', loginConfiguration: { generateRefreshTokens: true, allowTokenRefresh: true } },
    }))).application.id;
  });
  after(() => c.end());
  let serial = 0;
  const someone = () => good(client.register(null, { user: { email: `r${++serial}@example.com`, password }, registration: { applicationId: app } }));
  const anyone = () => new FusionAuthClient(null, c.url);

  test('exchange rotates, the id stays, the old one ends the family', async () => {
    const first = await someone();
    const second = await good(anyone().exchangeRefreshTokenForJWT({ refreshToken: first.refreshToken }));
    assert.notEqual(second.refreshToken, first.refreshToken);
    assert.equal(second.refreshTokenId, first.refreshTokenId);
    assert.equal(decode(second.token).sub, first.user.id);
    await c.shiftClock(60000);
    await refused(anyone().exchangeRefreshTokenForJWT({ refreshToken: first.refreshToken }), 400, ['[invalid]refreshToken']);
    await refused(anyone().exchangeRefreshTokenForJWT({ refreshToken: second.refreshToken }), 400, ['[invalid]refreshToken']);
    await refused(anyone().exchangeRefreshTokenForJWT({ refreshToken: 'guess' }), 400, ['[invalid]refreshToken']);
    await refused(anyone().exchangeRefreshTokenForJWT({}), 400, ['[blank]refreshToken']);
  });

  test('a shorter life may be asked for, a longer one not', async () => {
    const { refreshToken } = await someone();
    const brief = await good(anyone().exchangeRefreshTokenForJWT({ refreshToken, timeToLiveInSeconds: 60 }));
    const claims = decode(brief.token);
    assert.equal(claims.exp - claims.iat, 60);
    await refused(anyone().exchangeRefreshTokenForJWT({ refreshToken: brief.refreshToken, timeToLiveInSeconds: 100000 }), 400, ['[invalid]timeToLiveInSeconds']);
    await good(anyone().exchangeRefreshTokenForJWT({ refreshToken: brief.refreshToken }));
  });

  test('an application that does not allow it, and a user out of use, get none', async () => {
    const closed = await good(client.register(null, { user: { email: 'closed@example.com', password }, registration: { applicationId: ids.app } }));
    await refused(anyone().exchangeRefreshTokenForJWT({ refreshToken: closed.refreshToken }), 400, ['[invalid]refreshToken']);
    const gone = await someone();
    await good(client.deactivateUser(gone.user.id));
    await refused(anyone().exchangeRefreshTokenForJWT({ refreshToken: gone.refreshToken }), 400, ['[invalid]refreshToken']);
  });

  test('list, retrieve, revoke by id, token, user, application', async () => {
    const alive = async (t) => (await c.api('GET', `/api/jwt/refresh/${t.refreshTokenId}`)).status === 200;
    const a = await someone();
    const list = await good(client.retrieveRefreshTokens(a.user.id));
    assert.equal(list.refreshTokens.length, 1);
    const [shown] = list.refreshTokens;
    assert.deepEqual([shown.id, shown.applicationId, shown.userId, shown.tenantId, shown.token], [a.refreshTokenId, app, a.user.id, ids.tenant, undefined]);
    assert.deepEqual((await good(client.retrieveRefreshTokenById(a.refreshTokenId))).refreshToken, shown);
    await good(client.revokeRefreshTokenById(a.refreshTokenId));
    await refused(client.retrieveRefreshTokenById(a.refreshTokenId), 404);
    await refused(client.revokeRefreshTokenById(a.refreshTokenId), 404);
    const b = await someone();
    await good(client.revokeRefreshTokenByToken(b.refreshToken));
    assert.equal(await alive(b), false);
    const d = await someone();
    await good(client.revokeRefreshTokensByUserId(d.user.id));
    assert.equal(await alive(d), false);
    const e = await someone();
    await good(client.revokeRefreshTokensByUserIdForApplication(e.user.id, ids.app));
    assert.equal(await alive(e), true, 'another application\'s stays');
    await good(client.revokeRefreshTokensWithRequest({ userId: e.user.id, applicationId: app }));
    assert.equal(await alive(e), false);
    const f = await someone();
    await good(client.revokeRefreshTokensByApplicationId(app));
    assert.equal(await alive(f), false);
    await refused(client.revokeRefreshTokensWithRequest({}), 400, ['[missing]token']);
    await refused(client.revokeRefreshTokensByApplicationId(nobody), 404);
    await refused(client.retrieveRefreshTokens(nobody), 404);
    await refused(client.revokeRefreshTokensByUserId(nobody), 404);
  });

  test('a person ends their own grant with their own token, nobody else\'s', async () => {
    const a = await someone();
    const b = await someone();
    const as = (token) => ({ method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    assert.equal((await c.fetch(`/api/jwt/refresh/${b.refreshTokenId}`, as(a.token))).status, 404);
    assert.equal((await c.fetch(`/api/jwt/refresh?token=${b.refreshToken}`, as(a.token))).status, 404);
    assert.equal((await c.fetch(`/api/jwt/refresh?userId=${a.user.id}`, as(a.token))).status, 401);
    assert.equal((await c.fetch(`/api/jwt/refresh/${b.refreshTokenId}`, { method: 'DELETE' })).status, 401);
    assert.equal((await c.fetch(`/api/jwt/refresh/${a.refreshTokenId}`, as(a.token))).status, 200);
    const form = await c.fetch('/api/jwt/refresh', {
      method: 'DELETE', headers: { authorization: `Bearer ${b.token}`, 'content-type': 'application/x-www-form-urlencoded' }, body: `token=${b.refreshToken}`,
    });
    assert.equal(form.status, 200);
    await refused(anyone().exchangeRefreshTokenForJWT({ refreshToken: b.refreshToken }), 400, ['[invalid]refreshToken']);
  });

  test('logout takes the cookies and the grant; global takes them all', async () => {
    const a = await someone();
    const out = await c.fetch('/api/logout', { method: 'POST', headers: { cookie: `refresh_token=${a.refreshToken}; access_token=${a.token}` } });
    assert.equal(out.status, 200);
    assert.deepEqual(out.headers.getSetCookie().map((line) => [line.split('=')[0], /max-age=0/i.test(line)]).sort(), [['access_token', true], ['refresh_token', true]]);
    await refused(anyone().exchangeRefreshTokenForJWT({ refreshToken: a.refreshToken }), 400, ['[invalid]refreshToken']);
    const b = await someone();
    const more = await good(client.register(b.user.id, { registration: { applicationId: ids.app } }));
    await good(anyone().logout(false, b.refreshToken));
    assert.equal((await good(client.retrieveRefreshTokens(b.user.id))).refreshTokens.length, 1);
    await good(anyone().logoutWithRequest({ global: true, refreshToken: more.refreshToken }));
    assert.equal((await good(client.retrieveRefreshTokens(b.user.id))).refreshTokens.length, 0);
    const before = await c.counts();
    assert.equal((await c.fetch('/api/logout', { method: 'POST' })).status, 200);
    assert.equal((await c.fetch('/api/logout?refreshToken=guess&global=true', { method: 'POST' })).status, 200);
    assert.deepEqual((await c.counts()).writes, before.writes, 'anonymous traffic never writes');
  });
});
