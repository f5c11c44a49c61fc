// SPDX-License-Identifier: Apache-2.0
// What was written is what is read, of every plain resource: made, found, listed, replaced, patched, ended. Bodies are the examples of the
// OpenAPI document, so a member that it shows and the server forgets is found here.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Cardea, ids } from './harness.mjs';

const id = (n) => `eeeeeeee-0000-4000-8000-${String(n).padStart(12, '0')}`;
// path, wrapper, list, what names it, how it is searched for, how it is ended
const resources = [
  ['/api/tenant', 'tenant', 'tenants', { search: 'name' }],
  ['/api/application', 'application', 'applications', { search: 'name', end: '?hardDelete=true' }],
  ['/api/lambda', 'lambda', 'lambdas', { search: 'name' }],
  ['/api/theme', 'theme', 'themes', { search: 'name' }],
  ['/api/email/template', 'emailTemplate', 'emailTemplates', { search: 'name' }],
  ['/api/message/template', 'messageTemplate', 'messageTemplates', {}],
  ['/api/messenger', 'messenger', 'messengers', {}],
  ['/api/connector', 'connector', 'connectors', {}],
  ['/api/consent', 'consent', 'consents', { search: 'name' }],
  ['/api/form/field', 'field', 'fields', {}],
  ['/api/group', 'group', 'groups', { search: 'name' }],
  ['/api/entity/type', 'entityType', 'entityTypes', { search: 'name' }],
  ['/api/ip-acl', 'ipAccessControlList', 'ipAccessControlLists', { search: 'name', noPatch: true }],
  ['/api/webhook', 'webhook', 'webhooks', { search: 'description', name: 'description' }],
  ['/api/user-action', 'userAction', 'userActions', { end: '?hardDelete=true' }],
  ['/api/user-action-reason', 'userActionReason', 'userActionReasons', { name: 'text' }],
  ['/api/identity-provider', 'identityProvider', 'identityProviders', { search: 'name' }],
  ['/api/api-key', 'apiKey', null, {}],
  ['/api/user', 'user', null, { name: 'lastName', end: '?hardDelete=true' }],
];
const unseen = /password|secret|encryptionScheme/i; // never shown

// What of the first is not in the second, a line each; of lists every item in its place.
const lost = (sent, got, at) => {
  if (typeof sent !== 'object' || sent === null) return sent === got ? [] : [`${at}: ${JSON.stringify(got)} for ${JSON.stringify(sent)}`];
  if (typeof got !== 'object' || got === null) return [`${at} is lost`];
  return Object.entries(sent).filter(([name]) => !unseen.test(name)).flatMap(([name, v]) => lost(v, got[name], `${at}.${name}`));
};

describe('what is written is read', () => {
  let c, doc;
  before(async () => {
    c = await Cardea.start();
    doc = await (await c.fetch('/api/openapi.json')).json();
  });
  after(() => c.end());

  resources.forEach(([path, wrapper, list, { name = 'name', search, end = '', noPatch }], n) => test(path, async () => {
    const call = async (method, target, body) => {
      const answer = await c.api(method, target, body);
      assert.equal(answer.status, 200, `${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    const one = `${path}/${id(n)}`;
    const example = structuredClone(doc.paths[path].post.requestBody.content['application/json'].example);
    const sent = example[wrapper];
    if (wrapper === 'user') sent.email = 'grace@example.com';
    sent[name] = `First ${n}`;
    const isRead = async (what, after) => assert.deepEqual(lost(what, (await call('GET', one))[wrapper], wrapper), [], after);

    const made = (await call('POST', one, example))[wrapper];
    assert.equal(made.id, id(n));
    assert.deepEqual(lost(sent, made, wrapper), [], 'POST');
    await isRead(sent, 'GET after POST');
    assert.equal((await c.api('POST', one, example)).status, 400, 'made twice');
    if (list) assert.deepEqual(lost(sent, (await call('GET', path))[list].find((thing) => thing.id === id(n)), wrapper), [], 'the list');

    const put = { ...sent, [name]: `Second ${n}` };
    await call('PUT', one, { ...example, [wrapper]: put });
    await isRead(put, 'GET after PUT');
    const last = { ...put, [name]: `Third ${n}` };
    if (noPatch) await call('PUT', one, { [wrapper]: last });
    else await call('PATCH', one, { [wrapper]: { [name]: last[name] } });
    await isRead(last, 'GET after PATCH: one member is changed, the others stay');
    if (search) {
      const found = await call('POST', `${path}/search`, { search: { [search]: `third ${n}` } });
      assert.deepEqual(found[list].map((thing) => thing.id), [id(n)], 'found by its new name');
      assert.equal((await call('POST', `${path}/search`, { search: { [search]: `first ${n}` } }))[list].length, 0, 'not by its old');
    }
    if (wrapper === 'user') assert.equal((await call('GET', '/api/user?email=grace@example.com')).user.id, id(n));

    await call('DELETE', one + end);
    assert.equal((await c.api('GET', one)).status, 404, 'ended');
    if (list) assert.ok(!((await call('GET', path))[list] ?? []).some((thing) => thing.id === id(n)), 'not in the list');
    assert.equal((await c.api('DELETE', one + end)).status, 404, 'ended twice');
  }));

  test('parts of applications and types, registrations and memberships', async () => {
    const ok = async (method, path, body) => {
      const answer = await c.api(method, path, body);
      assert.equal(answer.status, 200, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    const application = async () => (await ok('GET', `/api/application/${ids.app}`)).application;
    await ok('POST', `/api/application/${ids.app}/role/${id(50)}`, { role: { name: 'packer', description: 'Packs' } });
    assert.equal((await application()).roles.find((r) => r.id === id(50)).description, 'Packs');
    await ok('PATCH', `/api/application/${ids.app}/role/${id(50)}`, { role: { description: 'Packs well' } });
    assert.deepEqual(lost({ name: 'packer', description: 'Packs well' }, (await application()).roles.find((r) => r.id === id(50)), 'role'), []);
    await ok('POST', `/api/application/${ids.app}/scope/${id(51)}`, { scope: { name: 'parcels', description: 'Parcels' } });
    assert.equal((await ok('GET', `/api/application/${ids.app}/scope/${id(51)}`)).scope.name, 'parcels');
    const place = `/api/user/registration/${ids.user}/${ids.app}`;
    await ok('PATCH', place, { registration: { roles: ['packer'], data: { plan: 'large' } } });
    assert.deepEqual(lost({ data: { plan: 'large' } }, (await ok('GET', place)).registration, 'registration'), []);
    assert.deepEqual([...(await ok('GET', place)).registration.roles].sort(), ['member', 'packer'], 'added to');
    await ok('PUT', place, { registration: { applicationId: ids.app, roles: ['packer'] } });
    assert.deepEqual((await ok('GET', place)).registration.roles, ['packer'], 'replaced');
    assert.equal((await ok('GET', place)).registration.data?.plan, undefined);
    await ok('POST', `/api/group/${id(52)}`, { group: { name: 'Packers' } });
    await ok('POST', '/api/group/member', { members: { [id(52)]: [{ userId: ids.user, data: { since: 2026 } }] } });
    const [member] = (await ok('POST', '/api/group/member/search', { search: { groupId: id(52) } })).members;
    assert.deepEqual(lost({ userId: ids.user, data: { since: 2026 } }, member, 'member'), []);
    await ok('DELETE', `/api/group/member?memberId=${member.id}`);
    assert.equal((await ok('POST', '/api/group/member/search', { search: { groupId: id(52) } })).total, 0);
    await ok('POST', `/api/key/generate/${id(53)}`, { key: { name: 'Signs', algorithm: 'ES256' } });
    await ok('PUT', `/api/key/${id(53)}`, { key: { name: 'Signs more' } });
    assert.deepEqual(lost({ name: 'Signs more', algorithm: 'ES256', type: 'EC' }, (await ok('GET', `/api/key/${id(53)}`)).key, 'key'), []);
    await ok('DELETE', `/api/key/${id(53)}`);
    assert.equal((await c.api('GET', `/api/key/${id(53)}`)).status, 404);
  });
});
