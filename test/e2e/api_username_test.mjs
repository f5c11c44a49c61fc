// SPDX-License-Identifier: Apache-2.0
// One username for several people: what makes theirs unique, what signs in, what finds whom.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { clientOf, good, keyOfTenant, refused } from './client.mjs';
import { Browser, Cardea, authorizeUrl, decode, ids } from './harness.mjs';

const password = 'a long enough password';
let c, root, client;

const unique = (more) => root.patchTenant(ids.tenant, { tenant: { usernameConfiguration: { unique: { enabled: true, numberOfDigits: 5, separator: '#', strategy: 'OnCollision', ...more } } } });
const make = async (username, more = {}) => (await good(client.createUser(null, { user: { username, password, ...more } }))).user;
const login = (loginId, more = {}) => client.login({ loginId, password, ...more });
const found = async (queryString) => (await good(client.searchUsersByQuery({ search: { queryString, numberOfResults: 50 } }))).users?.map((u) => u.id).sort() ?? [];

before(async () => {
  c = await Cardea.start({ args: ['--demo'] });
  root = clientOf(c);
  client = clientOf(c, undefined, ids.tenant);
  await good(root.patchTenant(ids.tenant, { tenant: { passwordEncryptionConfiguration: { encryptionScheme: 'bcrypt', encryptionSchemeFactor: 4 } } }));
});
after(() => c.end());

describe('usernames that several people choose', () => {
  test('nobody does where the tenant does not say so', async () => {
    const ann = await make('ann');
    assert.deepEqual([ann.username, ann.uniqueUsername], ['ann', 'ann']);
    await refused(client.createUser(null, { user: { username: 'ANN', password } }), 400, ['[duplicate]user.username']);
    await refused(unique({ numberOfDigits: 2 }), 400, ['[invalid]tenant.usernameConfiguration.unique.numberOfDigits']);
    for (const separator of ['ab', 'x', '7', ' ', 'é']) await refused(unique({ separator }), 400, ['[invalid]tenant.usernameConfiguration.unique.separator']);
  });

  test('OnCollision: the first has it plain, the others with digits', async () => {
    await good(unique());
    const bob = await make('bob'), Bob = await make('Bob'), other = await make('bob', { email: 'b@example.com' });
    assert.equal(bob.uniqueUsername, 'bob');
    for (const [user, name] of [[Bob, 'Bob'], [other, 'bob']]) {
      assert.equal(user.username, name);
      assert.match(user.uniqueUsername, /^bob#\d{5}$/i);
      const { value, displayValue } = user.identities.find((i) => i.type === 'username');
      assert.deepEqual([value, displayValue], [user.uniqueUsername.toLowerCase(), name]);
    }
    assert.notEqual(Bob.uniqueUsername.toLowerCase(), other.uniqueUsername.toLowerCase());
    assert.equal((await good(login('BOB'))).user.id, bob.id);
    const signed = await good(login(Bob.uniqueUsername.toUpperCase(), { loginIdTypes: ['username'] }));
    assert.equal(signed.user.id, Bob.id);
    assert.equal(decode(signed.token).preferred_username, 'Bob');
    assert.equal((await good(client.retrieveUserByUsername(other.uniqueUsername))).user.id, other.id);
    assert.equal((await good(client.retrieveUserByLoginId(Bob.uniqueUsername))).user.id, Bob.id);
    assert.equal((await good(client.retrieveUserByUsername('bob'))).user.id, bob.id);
  });

  test('it stays while the name does', async () => {
    const one = await make('carl'), two = await make('carl');
    const seen = async () => (await good(client.retrieveUser(two.id))).user.uniqueUsername;
    await good(client.patchUser(two.id, { user: { firstName: 'Carl' } }));
    assert.equal(await seen(), two.uniqueUsername);
    await good(client.updateUser(two.id, { user: { username: 'CARL', uniqueUsername: 'somebody', password } }));
    assert.equal(await seen(), two.uniqueUsername.replace('carl', 'CARL'));
    assert.equal((await good(login(two.uniqueUsername))).user.id, two.id);
    await good(client.patchUser(two.id, { user: { username: 'carlo' } }));
    assert.equal(await seen(), 'carlo');
    await refused(login(two.uniqueUsername), 404);
    await good(client.patchUser(one.id, { user: { username: 'carlo' } }));
    assert.match((await good(client.retrieveUser(one.id))).user.uniqueUsername, /^carlo#\d{5}$/);
    assert.equal((await make('carl')).uniqueUsername, 'carl');
    await good(client.updateUser(one.id, { user: { email: 'carl@example.com' } }));
    const { user } = await good(client.retrieveUser(one.id));
    assert.deepEqual([user.username, user.uniqueUsername], [undefined, undefined]);
    assert.deepEqual(user.identities.map((i) => i.type), ['email']);
  });

  test('all who take it at once get one', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => make('dora', { password: undefined })));
    assert.equal(new Set(all.map((u) => u.uniqueUsername)).size, 12);
    assert.equal(all.filter((u) => u.uniqueUsername === 'dora').length, 1);
    const others = await Promise.all(Array.from({ length: 6 }, (_, i) => make(`other ${i}`, { password: undefined })));
    const renamed = await Promise.all(others.map((u) => good(client.patchUser(u.id, { user: { username: 'dolly' } }))));
    assert.equal(new Set(renamed.map(({ user }) => user.uniqueUsername)).size, 6);
  });

  test('whose unique name somebody chooses, has it alone', async () => {
    const one = await make('eli'), two = await make('eli');
    const thief = await make(two.uniqueUsername);
    assert.match(thief.uniqueUsername, /^eli#\d{5}#\d{5}$/);
    assert.equal((await make('eli', { uniqueUsername: two.uniqueUsername })).uniqueUsername === two.uniqueUsername, false);
    assert.equal((await good(client.patchUser(one.id, { user: { uniqueUsername: two.uniqueUsername } }))).user.uniqueUsername, 'eli');
    assert.equal((await good(login(two.uniqueUsername))).user.id, two.id);
  });

  test('a search finds whom the name says, and the one', async () => {
    const all = [await make('eve.x'), await make('eve.x'), await make('eve.x')], everybody = all.map((u) => u.id).sort();
    assert.deepEqual(await found('username:eve.x'), everybody);
    assert.deepEqual(await found('username:eve*'), everybody);
    assert.deepEqual(await found(`username:"${all[1].uniqueUsername}"`), [all[1].id]);
    assert.deepEqual(await found(`uniqueUsername:"${all[2].uniqueUsername}"`), [all[2].id]);
    assert.deepEqual(await found('uniqueUsername:eve.x'), [all[0].id]);
    assert.deepEqual(await found(`"${all[1].uniqueUsername}"`), [all[1].id]);
    await good(client.patchUser(all[1].id, { user: { username: 'evelyn' } }));
    assert.deepEqual(await found('username:eve.x'), [all[0].id, all[2].id].sort());
    assert.deepEqual(await found('username:evelyn'), [all[1].id]);
  });

  test('no password holds the chosen name, and no name leaves no room for digits', async () => {
    await make('frida');
    const { id, uniqueUsername } = await make('frida');
    await refused(client.changePasswordByIdentity({ loginId: uniqueUsername, password: 'I am Frida of old' }), 400, ['[containsUsername]password']);
    const long = 'x'.repeat(252);
    assert.equal((await make(long)).uniqueUsername, long);
    await refused(client.createUser(null, { user: { username: long } }), 400, ['[tooLong]user.username']);
    await refused(client.patchUser(id, { user: { username: long } }), 400, ['[tooLong]user.username']);
  });

  test('Always: nobody has it plain; an import keeps what it brings', async () => {
    await good(unique({ strategy: 'Always', numberOfDigits: 3, separator: '-' }));
    const gil = await make('gil');
    assert.match(gil.uniqueUsername, /^gil-\d{3}$/);
    await refused(login('gil'), 404);
    assert.equal((await good(login(gil.uniqueUsername))).user.id, gil.id);
    const at = (n) => `aaaaaaaa-0000-4000-8000-00000000000${n}`;
    const users = [{ username: 'gil' }, { username: 'gil' }, { username: 'gil', uniqueUsername: 'gil#77' }, { username: 'gil', uniqueUsername: 'ann' }];
    await good(client.importUsers({ users: users.map((user, i) => ({ ...user, id: at(i) })) }));
    const names = [];
    for (let i = 0; i < users.length; i++) names.push((await good(client.retrieveUser(at(i)))).user.uniqueUsername);
    assert.equal(new Set([...names, gil.uniqueUsername]).size, 5);
    assert.equal(names[2], 'gil#77');
    for (const i of [0, 1, 3]) assert.match(names[i], /^gil-\d{3}$/);
    assert.deepEqual(await found('username:gil'), [gil.id, ...users.map((_, i) => at(i))].sort());
    await refused(client.importUsers({ users: [{ username: 'gil', uniqueUsername: 'gil#77' }], validateDbConstraints: true }), 400, ['[duplicate]user.username']);
  });

  test('switched off, who has digits keeps them, and a taken name is taken', async () => {
    const hal = await make('hal');
    await good(unique({ enabled: false }));
    await good(client.patchUser(hal.id, { user: { firstName: 'Hal' } }));
    assert.equal((await good(login(hal.uniqueUsername))).user.uniqueUsername, hal.uniqueUsername);
    assert.equal((await make('hal')).uniqueUsername, 'hal');
    await refused(client.createUser(null, { user: { username: 'hal' } }), 400, ['[duplicate]user.username']);
  });

  test('who signs up on the pages chooses one, too', async () => {
    await good(unique());
    await good(client.patchApplication(ids.app, { application: { registrationConfiguration: { enabled: true, loginIdType: 'username', firstName: { enabled: false, required: false } } } }));
    const names = [];
    for (let i = 0; i < 2; i++) {
      const browser = new Browser(c), page = await browser.open(authorizeUrl({}).replace('/oauth2/authorize', '/oauth2/register'));
      const done = await browser.post('/signin', { ...Browser.hidden(page), 'user.username': 'ines', 'user.password': password });
      assert.equal(done.status, 303, done.text);
    }
    for (const id of await found('username:ines')) names.push((await good(client.retrieveUser(id))).user.uniqueUsername);
    assert.equal(names.length, 2);
    assert.equal(names.sort()[0], 'ines');
    assert.match(names[1], /^ines#\d{5}$/);
  });

  test('of another tenant it is another name', async () => {
    await good(unique());
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Elsewhere', usernameConfiguration: { unique: { enabled: true } } } }));
    const there = clientOf(c, await keyOfTenant(c, tenant.id));
    assert.equal((await good(there.createUser(null, { user: { username: 'bob' } }))).user.uniqueUsername, 'bob');
  });
});
