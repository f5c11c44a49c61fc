// SPDX-License-Identifier: Apache-2.0
// Import of people with FusionAuth's own client: hashes of every scheme, registrations, all or nothing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes, randomUUID, scryptSync } from 'node:crypto';
import { Cardea, apiKey, ids, person } from './harness.mjs';
import { FusionAuthClient, good, refused } from './client.mjs';

const password = 'an imported password';

const rounds = (algorithm, text, salt, factor) => {
  let digest = createHash(algorithm).update(text).update(Buffer.from(salt, 'base64')).digest();
  for (let i = 1; i < factor; i++) digest = createHash(algorithm).update(digest).digest();
  return digest.toString('base64');
};
const salt = randomBytes(16).toString('base64');
const phpass = (algorithm, text, salt, factor) => {
  let digest = createHash(algorithm).update(salt + text).digest();
  for (let i = 0; i < factor; i++) digest = createHash(algorithm).update(digest).update(text).digest();
  return digest.toString('base64');
};
const firebase = (text, salt, separator, signer, log2n) => {
  const key = scryptSync(text, Buffer.concat([salt, separator]), 64, { N: 2 ** log2n, r: 8, p: 1 }).subarray(0, 32);
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(signer).toString('base64');
};
const signer = randomBytes(64), separator = Buffer.from('Bw==', 'base64');
const schemes = {
  scrypt: { factor: 12, salt, password: scryptSync(password, Buffer.from(salt, 'base64'), 64, { N: 4096, r: 8, p: 1 }).toString('base64') },
  'salted-sha256': { factor: 3, salt, password: rounds('sha256', password, salt, 3) },
  'salted-md5': { factor: 2, salt, password: rounds('md5', password, salt, 2) },
  'salted-hmac-sha256': { salt, password: createHmac('sha256', Buffer.from(salt, 'base64')).update(password).digest('base64') },
  'salted-pbkdf2-hmac-sha256': { factor: 1000, salt, password: pbkdf2Sync(password, Buffer.from(salt, 'base64'), 1000, 32, 'sha256').toString('base64') },
  'salted-pbkdf2-hmac-sha256-512': { factor: 1000, salt, password: pbkdf2Sync(password, Buffer.from(salt, 'base64'), 1000, 64, 'sha256').toString('base64') },
  'phpass-md5': { factor: 8, salt: 'uvd5FQxk', password: phpass('md5', password, 'uvd5FQxk', 8) },
  'phpass-sha512': { factor: 8, salt: 'uvd5FQxk', password: phpass('sha512', password, 'uvd5FQxk', 8).slice(0, 43) },
  'phppass-sha512': { factor: 4, salt: 'uvd5FQxk', password: phpass('sha512', password, 'uvd5FQxk', 4).slice(0, 43) },
  'firebase-scrypt': { factor: 8, salt: `${salt}:Bw==:${signer.toString('base64')}:10`, password: firebase(password, Buffer.from(salt, 'base64'), separator, signer, 10) },
  'salted-sha512': { salt: '', password: rounds('sha512', password, '', 1) },
  'salted-pbkdf2-hmac-sha1': { factor: 1000, salt, password: pbkdf2Sync(password, Buffer.from(salt, 'base64'), 1000, 32, 'sha1').toString('base64') },
  'salted-pbkdf2-hmac-sha512-512': { factor: 1000, salt, password: pbkdf2Sync(password, Buffer.from(salt, 'base64'), 1000, 64, 'sha512').toString('base64') },
};

describe('import of people', () => {
  let c, client;
  before(async () => { c = await Cardea.start(); client = new FusionAuthClient(apiKey, c.url); });
  after(() => c.end());
  const count = async () => (await good(client.searchUsersByQuery({ search: { queryString: '*', accurateTotal: true, numberOfResults: 0 } }))).total;

  test('hashes of every scheme sign in; ids, instants and states are kept', async () => {
    const users = Object.entries(schemes).map(([encryptionScheme, hash]) => ({ email: `${encryptionScheme}@import.test`, encryptionScheme, ...hash }));
    const id = randomUUID();
    users.push({ id, username: 'kept', active: false, verified: false, insertInstant: 1500000000000, data: { legacy: 7 }, birthDate: '1980-01-02' });
    await good(client.importUsers({ users, validateDbConstraints: true }));
    for (const scheme of Object.keys(schemes)) {
      const loginId = `${scheme}@import.test`;
      const { user } = await good(client.login({ loginId, password, applicationId: ids.publicApp }).catch((e) => { if (e.statusCode === 202) return e; throw e; }));
      assert.equal(user.email, loginId);
      await refused(client.login({ loginId, password: 'wrong', applicationId: ids.publicApp }), 404);
    }
    const { user } = await good(client.retrieveUser(id));
    assert.deepEqual([user.username, user.active, user.insertInstant, user.data.legacy, user.birthDate], ['kept', false, 1500000000000, 7, '1980-01-02']);
    const found = await good(client.searchUsersByQuery({ search: { queryString: 'email:*@import.test AND pbkdf2', accurateTotal: true } }));
    assert.equal(found.total, 4);
  });

  test('passwords in plain text are hashed, as the request or the tenant says; registrations with roles', async () => {
    const { factor } = schemes['salted-sha256'];
    const hash = { password };
    const registrations = [{ applicationId: ids.app, roles: ['admin'], insertInstant: 1600000000000, data: { a: 1 } }, { applicationId: ids.publicApp }];
    await good(client.importUsers({ encryptionScheme: 'salted-sha256', factor, users: [{ email: 'reg@import.test', ...hash, registrations }, { email: 'plain@import.test' }] }));
    await good(client.importUsers({ users: [{ email: 'ours@import.test', password, passwordLastUpdateInstant: 5 }] }));
    const ours = (await good(client.login({ loginId: 'ours@import.test', password, applicationId: ids.publicApp }).catch((e) => { if (e.statusCode === 202) return e; throw e; }))).user;
    assert.ok(ours.passwordLastUpdateInstant > 1e12);
    await refused(client.importUsers({ encryptionScheme: 'bcrypt', users: [{ email: 'long@import.test', password: 'x'.repeat(73) }] }), 400, ['[tooLong]user.password']);
    await refused(client.importUsers({ encryptionScheme: 'firebase-scrypt', users: [{ email: 'f@import.test', password }] }), 400, ['[invalid]user.encryptionScheme']);
    await refused(client.createUser(null, { user: { email: 'f@import.test', password, encryptionScheme: 'firebase-scrypt' } }), 400, ['[invalid]user.encryptionScheme']);
    const { user } = await good(client.login({ loginId: 'reg@import.test', password, applicationId: ids.app }));
    assert.deepEqual(user.registrations.map((r) => [r.applicationId, r.roles]).sort(), [[ids.app, ['admin']], [ids.publicApp, []]]);
    assert.equal(user.registrations.find((r) => r.applicationId === ids.app).insertInstant, 1600000000000);
    assert.equal((await good(client.searchUsersByQuery({ search: { queryString: `registrations.applicationId:${ids.app} AND reg` } }))).total, 1);
  });

  test('memberships of imported people', async () => {
    const { group } = await good(client.createGroup(null, { group: { name: 'Imported' } }));
    const id = randomUUID();
    await good(client.importUsers({ users: [{ email: 'm1@import.test', memberships: [{ groupId: group.id, id, data: { since: 1999 } }] }, { email: 'm2@import.test', memberships: [{ groupId: group.id }] }] }));
    const { user } = await good(client.retrieveUserByEmail('m1@import.test'));
    assert.deepEqual(user.memberships.map((m) => [m.id, m.groupId, m.userId, m.data]), [[id, group.id, user.id, { since: 1999 }]]);
    assert.equal((await good(client.searchGroupMembers({ search: { groupId: group.id } }))).total, 2);
    assert.equal((await good(client.searchUsersByQuery({ search: { queryString: `memberships.groupId:${group.id}`, accurateTotal: true } }))).total, 2);
    await refused(client.importUsers({ users: [{ email: 'm3@import.test', memberships: [{ groupId: randomUUID() }] }] }), 400, ['[invalid]user.memberships.groupId']);
    await refused(client.importUsers({ users: [{ email: 'm3@import.test', memberships: [{ groupId: group.id, id }] }] }), 400, ['[duplicate]user.memberships.id']);
    const twice = randomUUID();
    await refused(client.importUsers({ users: ['m4', 'm5'].map((n) => ({ email: `${n}@import.test`, memberships: [{ groupId: group.id, id: twice }] })) }), 400, ['[duplicate]user.memberships.id']);
  });

  test('ids that are counted, and more memberships than people', async () => {
    const groups = [];
    for (let i = 0; i < 20; i++) groups.push((await good(client.createGroup(null, { group: { name: `Many ${i}` } }))).group.id);
    const numbered = (part, n) => `0a770000-0000-0000-${part}-${n.toString(16).padStart(12, '0')}`;
    const users = Array.from({ length: 300 }, (_, i) => ({ email: `counted${i}@import.test`, id: numbered('0001', i), memberships: [{ groupId: groups[0], id: numbered('0002', i) }] }));
    await good(client.importUsers({ users }));
    assert.equal((await good(client.searchGroupMembers({ search: { groupId: groups[0] } }))).total, 300);
    const twice = [256, 257, 256].map((n, i) => ({ email: `twice${i}@import.test`, id: numbered('0003', n) }));
    await refused(client.importUsers({ users: twice }), 400, ['[duplicate]user.id']);
    for (const id of [ids.app, ids.publicApp]) { // OA-47
      for (const validateDbConstraints of [false, true]) await refused(client.importUsers({ validateDbConstraints, users: [{ email: 'application@import.test', id }] }), 400, ['[duplicate]user.id']);
    }
    const memberships = groups.map((groupId) => ({ groupId }));
    await good(client.importUsers({ users: Array.from({ length: 60 }, (_, i) => ({ email: `many${i}@import.test`, memberships })) }));
    assert.equal((await good(client.searchGroupMembers({ search: { groupId: groups[19] } }))).total, 60);
  });

  test('all faults in one answer, and nobody is there', async () => {
    const before = await count();
    const { user: { id: taken } } = await good(client.retrieveUserByEmail(person.email));
    const users = [
      { email: 'one@import.test' },
      { email: 'One@Import.test' },
      { email: person.email },
      { firstName: 'Nobody' },
      { email: 'x@import.test', odd: 1 },
      { email: 'y@import.test', password: 'aGFzaA==', encryptionScheme: 'rot13', salt: 'c2FsdA==' },
      { email: 'z@import.test', registrations: [{ applicationId: randomUUID() }, { applicationId: ids.app, roles: ['king'] }] },
      { id: taken, email: 'w@import.test' },
    ];
    await refused(client.importUsers({ validateDbConstraints: true, users }), 400, ['[duplicate]user.email', '[duplicate]user.email', '[blank]user.email',
      '[blank]user.username', '[unknown]user.odd', '[invalid]user.encryptionScheme', '[invalid]user.registrations.applicationId', '[invalid]user.registrations.roles', '[duplicate]user.id']);
    await refused(client.importUsers({ users: [{ email: 'first@import.test' }, { email: person.email }] }), 400, ['[duplicate]user.email']);
    assert.equal(await count(), before);
    const told = await client.importUsers({ users: [{ email: 'second@import.test' }, { email: person.email }] }).catch((e) => e);
    assert.deepEqual(Object.keys(told.exception.fieldErrors), ['user[1].email'], 'the field says which user');
    await refused(client.importUsers({ users: [] }), 400, ['[missing]users']);
    await refused(client.importUsers({}), 400, ['[missing]users']);
    await refused(client.importUsers({ users: [{ email: 'a@import.test' }], nonsense: 1 }), 400, ['[unknown]nonsense']);
    for (const body of ['{"users":[{"email":"q@import.test"}', '{"users":[{"email":"q@import.test"},]}', '[1]', '{"users":[nonsense]}']) {
      const answer = await c.fetch('/api/user/import', { method: 'POST', headers: { authorization: apiKey, 'content-type': 'application/json' }, body });
      assert.equal(answer.status, 400, body);
    }
    await refused(new FusionAuthClient('wrong', c.url).importUsers({ users: [{ email: 'a@import.test' }] }), 401);
    assert.equal(await count(), before);
  });

  test('two imports of the same people at once: one is whole, the other is refused', async () => {
    const users = Array.from({ length: 40 }, (_, i) => ({ email: `race${i}@import.test` }));
    const all = await Promise.all([0, 1, 2].map(() => client.importUsers({ users }).then(() => 200, (e) => e.statusCode)));
    assert.deepEqual(all.sort(), [200, 400, 400]);
    assert.equal((await good(client.searchUsersByQuery({ search: { queryString: 'race*', accurateTotal: true } }))).total, 0 + (await good(client.searchUsersByQuery({ search: { queryString: 'email:race*', accurateTotal: true } }))).total);
    assert.equal((await good(client.searchUsersByQuery({ search: { queryString: 'email:race*', accurateTotal: true } }))).total, 40);
  });

  test('an application, a group or a person that ends meanwhile leaves nothing behind', async () => {
    const told = (call) => call.then(() => 200, (e) => e.statusCode);
    const { application: { id: applicationId } } = await good(client.createApplication(null, { application: { name: 'Ends' } }));
    const { group: { id: groupId } } = await good(client.createGroup(null, { group: { name: 'Ends' } }));
    const id = randomUUID();
    await good(client.createUser(id, { user: { email: 'ends@import.test', data: { old: 1 } } }));
    const users = Array.from({ length: 150 }, (_, i) => ({ ...(i % 2 ? { id: randomUUID() } : {}), email: `ends${i}@import.test`, registrations: [{ applicationId }], memberships: [{ groupId }] }));
    const [first, second] = await Promise.all([told(client.importUsers({ users })), told(client.importUsers({ users: [{ id, email: 'ends@import.test', data: { fresh: 1 } }] })), ...[client.deleteApplication(applicationId), client.deleteGroup(groupId), client.deleteUser(id)].map(told)]);
    const total = async (queryString) => (await good(client.searchUsersByQuery({ search: { queryString, accurateTotal: true, numberOfResults: 0 } }))).total;
    assert.deepEqual([await total(`registrations.applicationId:${applicationId}`), await total(`memberships.groupId:${groupId}`), await total('email:ends*')],
      [0, 0, (first === 200 ? 150 : 0) + (second === 200 ? 1 : 0)]);
    if (second === 200) assert.deepEqual((await good(client.retrieveUser(id))).user.data, { fresh: 1 });
  });

  test('refresh tokens of another server refresh here, once each', async () => {
    const token = randomBytes(24).toString('hex');
    const { user } = await good(client.createUser(null, { user: { email: 'moved@import.test' } }));
    const { application: { id: app } } = await good(client.createApplication(null, { application: { name: 'Moved', loginConfiguration: { allowTokenRefresh: true } } }));
    await good(client.register(user.id, { registration: { applicationId: app } }));
    const moved = { applicationId: app, userId: user.id, token, insertInstant: Date.now() - 1000, startInstant: Date.now() - 1000, metaData: { device: { name: 'Phone', type: 'MOBILE' } } };
    await good(client.importRefreshTokens({ refreshTokens: [moved], validateDbConstraints: true }));
    const listed = (await good(client.retrieveRefreshTokens(user.id))).refreshTokens;
    assert.deepEqual(listed.filter((t) => t.metaData.device.name === 'Phone').map((t) => [t.applicationId, t.insertInstant]), [[app, moved.insertInstant]]);
    const first = await good(client.exchangeRefreshTokenForJWT({ refreshToken: token }));
    assert.ok(first.token);
    assert.ok((await good(client.exchangeRefreshTokenForJWT({ refreshToken: first.refreshToken }))).token);
    const again = (t) => client.importRefreshTokens({ refreshTokens: [t] });
    await refused(again(moved), 400, ['[duplicate]refreshTokens.token']);
    await refused(again({ ...moved, token: 'short' }), 400, ['[invalid]refreshTokens.token']);
    await refused(again({ ...moved, token: undefined }), 400, ['[blank]refreshTokens.token']);
    const other = { ...moved, token: randomBytes(24).toString('hex') };
    await refused(client.importRefreshTokens({ refreshTokens: [other, other] }), 400, ['[duplicate]refreshTokens.token']);
    await refused(again({ ...other, userId: randomUUID() }), 400, ['[invalid]refreshTokens.userId']);
    await refused(again({ ...other, applicationId: randomUUID() }), 400, ['[invalid]refreshTokens.applicationId']);
    await refused(client.importRefreshTokens({ refreshTokens: [] }), 400, ['[missing]refreshTokens']);
    await refused(client.exchangeRefreshTokenForJWT({ refreshToken: other.token }), 400, ['[invalid]refreshToken']);
    await refused(new FusionAuthClient('wrong', c.url).importRefreshTokens({ refreshTokens: [other] }), 401);
  });

  test('thousands at once, found page by page, and gone again', async () => {
    const users = Array.from({ length: 1050 }, (_, i) => ({ email: `crowd.n${i}@crowd.test`, firstName: 'Crowd', lastName: `Of${i % 7}` }));
    await good(client.importUsers({ users }));
    const seen = new Set();
    let page = await good(client.searchUsersByQuery({ search: { queryString: 'crowd', accurateTotal: true, numberOfResults: 500 } }));
    assert.equal(page.total, 1050);
    while (page.users.length) {
      for (const user of page.users) seen.add(user.id);
      if (!page.nextResults) break;
      page = await good(client.searchUsersByQuery({ search: { nextResults: page.nextResults, numberOfResults: 500 } }));
    }
    assert.equal(seen.size, 1050);
    const end = await good(client.deleteUsersByQuery({ queryString: 'lastName:of3', hardDelete: true }));
    assert.equal(end.total, 150);
    assert.equal((await good(client.searchUsersByQuery({ search: { queryString: 'crowd', accurateTotal: true } }))).total, 1050 - 150);
    assert.equal((await good(client.searchUsersByQuery({ search: { queryString: 'of3' } }))).total, 0);
  });

  test('of imports at once that share an address, one is whole and nothing is left of the others', async () => {
    const batch = (name, shared, count = 50) => Array.from({ length: count }, (_, i) => ({ email: i === shared ? 'shared@example.com' : `${name}${i}@example.com`, lastName: `Batch${name}` }));
    const names = ['ra', 'rb', 'rc', 'rd'];
    const answers = await Promise.all(names.map((name, i) => client.importUsers({ users: batch(name, 7 + 11 * i) }).then(() => 200, (e) => Object.keys(e.exception.fieldErrors).join())));
    assert.equal(answers.filter((a) => a === 200).length, 1, answers.join());
    for (const [i, name] of names.entries()) {
      if (answers[i] !== 200) assert.equal(answers[i], `user[${7 + 11 * i}].email`);
      assert.equal((await good(client.searchUsersByQuery({ search: { queryString: `lastName:Batch${name}`, accurateTotal: true } }))).total, answers[i] === 200 ? 50 : 0);
    }
    const id = randomUUID();
    await refused(client.importUsers({ users: [...batch('re', -1, 30), { id, email: 're-x@example.com' }, { id, email: 're-y@example.com' }] }), 400, ['[duplicate]user.id']);
    await refused(client.importUsers({ users: [...batch('re', -1, 30), { email: 'RE20@example.com' }] }), 400, ['[duplicate]user.email']);
    await good(client.importUsers({ users: batch('re', -1, 30) }));
  });
});
