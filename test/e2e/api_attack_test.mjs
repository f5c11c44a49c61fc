// SPDX-License-Identifier: Apache-2.0
// An attack on the API from outside: a key of one tenant against everything of another, read from the OpenAPI document; ids and owners
// in bodies; ends that race with what they end; values that other programs would run.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { clientOf, good, keyOfTenant } from './client.mjs';
import { Cardea, apiKey, ids } from './harness.mjs';
import { unzip } from './zip.mjs';

const password = 'a long enough password';

describe('attacks', () => {
  let c, root, bound;
  const theirs = {}, mine = {};
  const ask = async (method, path, body, headers = {}) => {
    const answer = await c.fetch(path, {
      method, headers: { authorization: apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined || method === 'GET' ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, text, bytes: Buffer.from(await answer.arrayBuffer()), body: text.startsWith('{') ? JSON.parse(text) : null };
  };
  const codes = ({ body }) => Object.values(body?.fieldErrors ?? {}).flat().map((e) => e.code);
  const here = { 'x-fusionauth-tenantid': ids.tenant };

  before(async () => {
    c = await Cardea.start({ args: ['--quiet'] });
    root = clientOf(c);
    bound = await keyOfTenant(c);
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Theirs', passwordEncryptionConfiguration: { encryptionScheme: 'bcrypt', encryptionSchemeFactor: 4 } } }));
    const at = clientOf(c, undefined, tenant.id);
    const { application } = await good(at.createApplication(null, { application: { name: 'Theirs', roles: [{ name: 'r' }], scopes: [{ name: 's' }], loginConfiguration: { generateRefreshTokens: true } } }));
    const { user, refreshTokenId } = await good(at.register(null, { user: { email: 'them@example.com', password, birthDate: '1980-01-01' }, registration: { applicationId: application.id } }));
    Object.assign(theirs, { tenantId: tenant.id, applicationId: application.id, roleId: application.roles[0].id, scopeId: application.scopes[0].id, userId: user.id, id: user.id, tokenId: refreshTokenId });
    theirs.groupId = (await good(at.createGroup(null, { group: { name: 'g' }, roleIds: [theirs.roleId] }))).group.id;
    const type = (await good(root.createEntityType(null, { entityType: { name: 'T' } }))).entityType;
    theirs.entityId = (await good(at.createEntity(null, { entity: { name: 'e', type: { id: type.id } } }))).entity.id;
    theirs.familyId = (await good(at.createFamily(null, { familyMember: { userId: user.id, owner: true, role: 'Adult' } }))).family.id;
    theirs.signingKey = (await ask('POST', '/api/key/generate', { key: { algorithm: 'ES256', name: 'theirs' } }, { 'x-fusionauth-tenantid': tenant.id })).body.key.id;
    mine.group = (await ask('POST', '/api/group', { group: { name: 'mine' } }, here)).body.group.id;
    mine.entity = (await ask('POST', '/api/entity', { entity: { name: 'mine', type: { id: type.id } } }, here)).body.entity.id;
    mine.type = type.id;
  });
  after(() => c.end());

  // What their tenant has, as its own administrator sees it.
  const look = async () => {
    const { tenantId, applicationId, userId, groupId, entityId, familyId, signingKey } = theirs;
    const paths = [`/api/tenant/${tenantId}`, `/api/application/${applicationId}`, `/api/user/${userId}`, `/api/group/${groupId}`, `/api/entity/${entityId}`, `/api/key/${signingKey}`,
      `/api/group/member/search?groupId=${groupId}`, `/api/entity/grant/search?entityId=${entityId}`, `/api/jwt/refresh?userId=${userId}`, `/api/user/family/${familyId}`];
    return Promise.all(paths.map(async (path) => { const { status, text } = await ask('GET', path, undefined, { 'x-fusionauth-tenantid': tenantId }); return `${path} ${status} ${text}`; }));
  };

  test('every operation whose path names a thing of another tenant: 404, and nothing changed', async () => {
    const before_ = await look();
    const doc = (await ask('GET', '/api/openapi.json')).body;
    const odd = [];
    let asked = 0;
    for (const [template, item] of Object.entries(doc.paths)) {
      const names = [...template.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
      if (!template.startsWith('/api/') || !names.length || !names.every((name) => theirs[name])) continue;
      const path = template.replace(/\{(\w+)\}/g, (_, name) => theirs[name]);
      const thing = (await ask('GET', path)).body ?? {};
      for (const [method, operation] of Object.entries(item)) {
        if (`${method} ${template}` === 'post /api/user/{userId}') continue; // a person of one id may be in two tenants: docs/api.md
        const hasBody = operation.requestBody?.content['application/json'];
        for (const headers of [{ authorization: bound }, here]) {
          const answer = await ask(method.toUpperCase(), path, hasBody ? (method === 'delete' ? {} : thing) : undefined, headers);
          asked++;
          // A new thing with the id of theirs cannot be told from a bad one; a key of one tenant makes nothing of the house.
          const isOfNothing = method === 'post' && (answer.status === 400 || (answer.status === 401 && /^\/api\/(tenant|cardea\/admin-role)\//.test(template)));
          if (answer.status !== 404 && !isOfNothing && !/registration\/\{userId\}$/.test(template)) odd.push(`${method} ${template}: ${answer.status} ${answer.text.slice(0, 100)}`);
        }
      }
    }
    assert.deepEqual(odd, []);
    assert.ok(asked > 100, `${asked}`);
    assert.deepEqual(await look(), before_);
  });

  test('what a body names of another tenant is refused by its name, and owners in bodies are not believed', async () => {
    const before_ = await look();
    const as = { authorization: bound };
    for (const [path, body, code] of [
      ['/api/application', { application: { name: 'x', jwtConfiguration: { enabled: true, accessTokenKeyId: theirs.signingKey } } }, 'application.jwtConfiguration.accessTokenKeyId'],
      ['/api/group', { group: { name: 'x' }, roleIds: [theirs.roleId] }, 'roleIds'],
      ['/api/group/member', { members: { [mine.group]: [{ userId: theirs.userId }] } }, 'members.userId'],
      ['/api/group/member', { members: { [theirs.groupId]: [{ userId: ids.user }] } }, 'members'],
      ['/api/entity', { entity: { name: 'x', parentId: theirs.entityId, type: { id: mine.type } } }, 'entity.parentId'],
      [`/api/entity/${mine.entity}/grant`, { grant: { recipientEntityId: theirs.entityId } }, 'grant.recipientEntityId'],
      [`/api/entity/${mine.entity}/grant`, { grant: { userId: theirs.userId } }, 'grant.userId'],
      [`/api/user/registration/${ids.user}`, { registration: { applicationId: theirs.applicationId } }, 'registration.applicationId'],
      ['/api/user/family', { familyMember: { userId: theirs.userId, owner: true, role: 'Adult' } }, 'familyMember.userId'],
      ['/api/user/comment', { userComment: { userId: theirs.userId, commenterId: ids.user, comment: 'x' } }, 'userComment.userId'],
      ['/api/login', { loginId: 'them@example.com', password, applicationId: theirs.applicationId }, 'applicationId'],
      ['/api/two-factor/start', { userId: theirs.userId, applicationId: theirs.applicationId }, 'applicationId'],
      ['/api/jwt/vend', { claims: {}, keyId: theirs.signingKey, timeToLiveInSeconds: 60 }, 'keyId'],
    ]) assert.deepEqual(codes(await ask('POST', path, body, as)), [`[invalid]${code}`], path);
    for (const [path, name, body] of [
      ['/api/application', 'application', { name: 'mine', tenantId: theirs.tenantId, id: theirs.applicationId, insertInstant: 1, state: 'Inactive' }],
      ['/api/group', 'group', { name: 'owner', tenantId: theirs.tenantId, id: theirs.groupId, insertInstant: 1 }],
      ['/api/user', 'user', { username: 'owner', password, tenantId: theirs.tenantId, id: theirs.userId, insertInstant: 1 }],
      ['/api/entity', 'entity', { name: 'owner', tenantId: theirs.tenantId, id: theirs.entityId, type: { id: mine.type }, insertInstant: 1 }],
    ]) {
      const { body: { [name]: made } } = await ask('POST', path, { [name]: body }, as);
      assert.deepEqual([made.tenantId, made.id === body.id, made.insertInstant > 1], [ids.tenant, false, true], path);
    }
    assert.deepEqual(await look(), before_);
  });

  test('a key that is named while it is deleted: either, never a name of nothing', async () => {
    for (let round = 0; round < 6; round++) {
      const { id } = (await ask('POST', '/api/key/generate', { key: { algorithm: 'ES256', name: `raced ${round}` } })).body.key;
      const [ended, named] = await Promise.all([ask('DELETE', `/api/key/${id}`), ask('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { jwtConfiguration: { accessTokenKeyId: id } } })]);
      const is = (await ask('GET', `/api/tenant/${ids.tenant}`)).body.tenant.jwtConfiguration.accessTokenKeyId === id;
      assert.deepEqual([is, (await ask('GET', `/api/key/${id}`)).status], named.status === 200 ? [true, 200] : [false, 404], `${ended.status} ${named.status}`);
    }
  });

  test('registrations for an application that ends: none is left behind', async () => {
    await ask('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { passwordEncryptionConfiguration: { encryptionScheme: 'bcrypt', encryptionSchemeFactor: 4 } } });
    const ended = [];
    for (let round = 0; round < 4; round++) {
      const { id } = (await ask('POST', '/api/application', { application: { name: `ends ${round}` } }, here)).body.application;
      const register = (i) => ask('POST', '/api/user/registration', { user: { username: `ends-${round}-${i}`, password }, registration: { applicationId: id } }, here);
      const [, ...answers] = await Promise.all([ask('DELETE', `/api/application/${id}?hardDelete=true`), register(0), register(1), register(2), register(3), register(4)]);
      for (const answer of answers) assert.ok(answer.status === 200 || codes(answer)[0] === '[invalid]registration.applicationId', answer.text);
      ended.push(id);
    }
    // Rows of what has ended go in steps.
    const left = async () => {
      const queryString = ended.map((id) => `registrations.applicationId:${id}`).join(' OR ');
      return (await ask('POST', '/api/user/search', { search: { queryString } })).body.total;
    };
    for (const end = Date.now() + 10000; (await left()) > 0 && Date.now() < end;) await new Promise((r) => setTimeout(r, 50));
    assert.equal(await left(), 0);
  });

  test('a patch that is too much says so, and is no trouble of the server', async () => {
    const patch = async (operations) => {
      const answer = await c.fetch(`/api/user/${ids.user}`, { method: 'PATCH', headers: { authorization: apiKey, 'content-type': 'application/json-patch+json' }, body: JSON.stringify(operations) });
      return { status: answer.status, text: await answer.text() };
    };
    const add = (count, f) => Array.from({ length: count }, (_, i) => ({ op: 'add', ...f(i) }));
    const member = (i) => ({ path: `/user/data/m${i}`, value: i });
    const all = await patch(add(400, member));
    assert.deepEqual([all.status, Object.keys(JSON.parse(all.text).user.data).length], [200, 400], all.text);
    const long = { op: 'add', path: '/user/data', value: { list: Array(30000).fill(1), wide: Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`w${i}`, i])) } };
    for (const operations of [add(1000, member), [long, ...add(999, () => ({ path: '/user/data/list/0', value: 1 }))], [long, ...add(999, () => ({ path: '/user/data/list/-', value: 1 }))], [long, ...add(999, (i) => ({ path: `/user/data/wide/n${i}`, value: 1 }))], add(1000, () => ({ path: '/user/preferredLanguages/-', value: 'en' })),
      [long, ...Array.from({ length: 999 }, (_, i) => ({ op: 'copy', from: '/user/data/wide', path: `/user/data/c${i}` }))], [long, ...Array(999).fill({ op: 'move', from: '/user/data/list/29999', path: '/user/data/list/0' })]]) {
      const { status, text } = await patch(operations);
      assert.equal(status, 400, text);
      assert.match(text, /the patch does too much/);
    }
    assert.equal((await patch([{ op: 'replace', path: '/user/data', value: {} }])).status, 200);
  });

  test('exports run nowhere; hashes that would take for ever are not taken', async () => {
    await ask('POST', '/api/system/audit-log', { auditLog: { message: '=cmd|\' /C calc\'!A0', insertUser: '@SUM(1)', reason: '+1' } }, here);
    const { bytes } = await ask('GET', '/api/system/audit-log/export');
    assert.ok(unzip(bytes).text.includes('"\'@SUM(1)","\'=cmd|\' /C calc\'!A0","\'+1"'));
    const hash = { salt: 'AAAA', password: Buffer.alloc(32).toString('base64') };
    for (const [encryptionScheme, factor] of [['salted-pbkdf2-hmac-sha256', 1e9], ['bcrypt', 31], ['scrypt', 30], ['argon2id', 1e9]]) {
      const refused = await ask('POST', '/api/user/import', { users: [{ username: 'slow', encryptionScheme, factor, ...hash }] }, here);
      assert.ok(codes(refused).includes('[invalid]user.factor'), `${encryptionScheme}: ${refused.text}`);
      assert.ok(codes(await ask('POST', '/api/user', { user: { username: 'slow', password, encryptionScheme, factor } }, here)).includes('[invalid]user.factor'), encryptionScheme);
    }
  });
});
