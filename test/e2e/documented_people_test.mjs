// SPDX-License-Identifier: Apache-2.0
// What FusionAuth's documentation says of people and of signing in, played against the server: facts that no other file tells.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { clientOf, good, keyOfTenant, refused } from './client.mjs';
import { Cardea, decode, ids } from './harness.mjs';

const password = 'a long enough password';
let c, root, count = 0;

before(async () => {
  c = await Cardea.start({ args: ['--demo'] });
  root = clientOf(c);
  await good(root.patchTenant(ids.tenant, { tenant: {
    passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1 }, // quick: not what is tested
    multiFactorConfiguration: { sms: { enabled: true } },
  } }));
});
after(() => c.end());

const address = () => `p${++count}@example.com`;
const person = async (more = {}) => (await good(root.createUser(null, { user: { email: address(), password, ...more } }))).user;
const member = async (more = {}) => (await good(root.register(null, { user: { email: address(), password, ...more }, registration: { applicationId: ids.app } }))).user;
const login = (loginId, more = {}) => root.login({ loginId, password, applicationId: ids.app, ...more });
const code = (secret, steps = 0) => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const mac = createHmac('sha1', Buffer.from(secret, 'base64')).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
};

describe('login ids', () => {
  test('email addresses are kept in small letters', async () => {
    const email = `MixeD${++count}@Example.COM`;
    const { id } = await person({ email });
    const { user } = await good(root.retrieveUser(id));
    assert.deepEqual([user.email, user.identities[0].value], [email.toLowerCase(), email.toLowerCase()]);
    assert.equal((await good(root.retrieveUserByEmail(email))).user.id, id);
    assert.equal((await good(root.patchUser(id, { user: { email: email.toUpperCase() } }))).user.email, email.toLowerCase());
    await good(root.importUsers({ users: [{ email: `Imp${email}`, password }] }));
    assert.equal((await good(root.retrieveUserByEmail(`imp${email}`))).user.email, `imp${email}`.toLowerCase());
  });

  test('telephone numbers are taken as people write them, without + as North American ones', async () => {
    for (const [given, kept] of [
      ['303-555-0101', '+13035550101'], ['(303) 555-0102', '+13035550102'], ['1 303.555.0103', '+13035550103'], [' +1 (303) 555-0104 ', '+13035550104'], ['+44 20 7946 0105', '+442079460105'],
    ]) {
      const user = await person({ email: undefined, phoneNumber: given });
      assert.deepEqual([user.phoneNumber, user.identities[0].value], [kept, kept]);
      assert.equal((await good(root.retrieveUserByLoginIdWithLoginIdTypes(given, ['phoneNumber']))).user.id, user.id);
      for (const loginIdTypes of [['phoneNumber'], ['email', 'username', 'phoneNumber']]) {
        const { response, statusCode } = await login(given, { loginIdTypes });
        assert.deepEqual([statusCode, response.user.id], [202, user.id]);
      }
      assert.ok((await good(root.forgotPassword({ loginId: given, loginIdTypes: ['phoneNumber'], sendForgotPasswordMessage: false }))).changePasswordId);
    }
    for (const phoneNumber of ['555-0101', '103-555-0101', '303-155-0101', '2 303 555 0101', '303-555-010x', '+0 303 555 0101']) {
      await refused(root.createUser(null, { user: { phoneNumber, password } }), 400, ['[invalid]user.phoneNumber']);
    }
    await refused(root.createUser(null, { user: { phoneNumber: '303 555 0101', password } }), 400, ['[duplicate]user.phoneNumber']);
  });

  test('digits are a username where usernames are asked for, and first if they come first', async () => {
    const named = await person({ username: '3035550109' }), called = await person({ email: undefined, phoneNumber: '303-555-0109' });
    const of = async (...types) => (await good(root.retrieveUserByLoginIdWithLoginIdTypes('3035550109', types))).user.id;
    assert.equal((await good(root.retrieveUserByLoginId('3035550109'))).user.id, named.id);
    assert.equal(await of('username', 'phoneNumber'), named.id);
    assert.equal(await of('phoneNumber', 'username'), called.id);
    assert.equal(await of('phoneNumber'), called.id);
  });

  test('a number that codes go to is kept as it was written', async () => {
    const { id } = await person({ twoFactor: { methods: [{ method: 'sms', mobilePhone: '303-555-0110' }] } });
    assert.equal((await good(root.retrieveUser(id))).user.twoFactor.methods[0].mobilePhone, '303-555-0110');
    await good(root.sendTwoFactorCodeForEnableDisable({ userId: id, method: 'sms', mobilePhone: '303-555-0111' }));
    await refused(root.sendTwoFactorCodeForEnableDisable({ userId: id, method: 'sms', mobilePhone: '12' }), 400, ['[invalid]mobilePhone']);
  });
});

describe('registrations', () => {
  test('the application of the path goes before that of the body', async () => {
    const { id } = await person();
    const call = (method, body) => c.api(method, `/api/user/registration/${id}/${ids.publicApp}`, { registration: body });
    for (const [method, body, roles] of [
      ['POST', { applicationId: ids.closedApp, roles: ['member'] }, ['member']],
      ['PUT', { applicationId: ids.closedApp, roles: ['admin'] }, ['admin']],
      ['PUT', { roles: ['member'] }, ['member']],
      ['PATCH', { applicationId: ids.app, roles: ['admin'] }, ['member', 'admin']],
    ]) {
      const answer = await call(method, body);
      assert.deepEqual([answer.status, answer.body.registration?.applicationId, answer.body.registration?.roles], [200, ids.publicApp, roles], answer.text);
    }
    assert.equal((await good(root.retrieveUser(id))).user.registrations.length, 1);
    assert.equal((await c.api('POST', `/api/user/registration/${(await person()).id}/${ids.app}`, { registration: {} })).status, 200);
  });
});

describe('people', () => {
  test('who has no email address gets mails at data.email, which finds nobody and verifies nothing', async () => {
    const shared = address();
    const { id, username } = await person({ email: undefined, username: `u${++count}`, data: { email: shared } });
    const mails = async () => (await (await c.fetch('/demo/mail')).text()).split(shared).length - 1;
    await refused(root.retrieveUserByLoginId(shared), 404);
    await good(clientOf(c, null).forgotPassword({ loginId: username }));
    const { changePasswordId } = await good(root.forgotPassword({ loginId: username }));
    assert.equal(await mails(), 2);
    await good(root.changePassword(changePasswordId, { password: 'another long password' }));
    assert.equal((await good(root.retrieveUser(id))).user.verified, false);
    assert.equal((await good(root.createUser(null, { sendSetPasswordEmail: true, user: { username: `u${++count}`, data: { email: shared } } }))).token, undefined);
    assert.equal(await mails(), 3);
    for (const data of [undefined, { email: 'no address' }, { email: 7 }, { email: null }]) {
      const user = { username: `u${++count}`, data };
      await refused(root.createUser(null, { sendSetPasswordEmail: true, user }), 400, ['[blank]user.email']);
      await good(root.createUser(null, { user }));
      await refused(root.forgotPassword({ loginId: user.username }), 422);
    }
  });

  test('imported people say which of several tenants they are of, all the same one', async () => {
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Of imports' } }));
    const users = (...tenantIds) => ({ users: tenantIds.map((tenantId) => ({ email: address(), password, tenantId })) });
    const sent = users(tenant.id, tenant.id);
    await good(root.importUsers(sent));
    for (const { email } of sent.users) assert.equal((await good(clientOf(c, undefined, tenant.id).retrieveUserByEmail(email))).user.tenantId, tenant.id);
    for (const [body, codes] of [
      [users(tenant.id, ids.tenant), ['[invalid]user.tenantId']], [users(tenant.id, undefined), ['[missing]user.tenantId']], [users(ids.user), ['[invalid]user.tenantId']],
      [users('x'), ['[invalid]user.tenantId']], [users(7), ['[missing]user.tenantId']], [users(undefined, tenant.id), ['[TenantIdRequired]']],
    ]) await refused(root.importUsers(body), 400, codes);
    const theirs = users(tenant.id); // a header goes first
    await good(clientOf(c, undefined, ids.tenant).importUsers(theirs));
    assert.equal((await good(clientOf(c, undefined, ids.tenant).retrieveUserByEmail(theirs.users[0].email))).user.tenantId, ids.tenant);
    await refused(clientOf(c, await keyOfTenant(c)).importUsers({ users: [{ password, tenantId: tenant.id }] }), 400, ['[blank]user.email', '[blank]user.username']);
    await good(root.deleteTenant(tenant.id));
  });

  test('twenty languages at most, of a person and of a registration', async () => {
    const { id } = await member();
    const languages = (n) => Array.from({ length: n }, (_, i) => `a${String.fromCharCode(97 + i)}`);
    await good(root.patchUser(id, { user: { preferredLanguages: languages(20) } }));
    await refused(root.updateUser(id, { user: { email: address(), preferredLanguages: languages(21) } }), 400, ['[tooMany]user.preferredLanguages']);
    await refused(root.updateRegistration(id, { registration: { applicationId: ids.app, preferredLanguages: languages(21) } }), 400, ['[tooMany]registration.preferredLanguages']);
  });

  test('people are sorted by their registrations', async () => {
    const last = `Sorted${++count}`;
    const [a, b, none] = [await member({ lastName: last }), await member({ lastName: last }), await person({ lastName: last })];
    await good(root.register(a.id, { registration: { applicationId: ids.publicApp, roles: ['admin'] } }));
    await good(login(b.email));
    const by = async (name, order, missing) => (await good(root.searchUsersByQuery({ search: { queryString: `lastName:${last}`, sortFields: [{ name: `registrations.${name}`, order, missing }] } }))).users.map(({ id }) => id);
    assert.deepEqual(await by('roles', 'asc'), [a.id, b.id, none.id]);
    assert.deepEqual((await by('roles', 'desc', '_first'))[0], none.id);
    assert.deepEqual(await by('lastLoginInstant', 'asc'), [b.id, ...[a.id, none.id].sort()]);
    assert.deepEqual(await by('insertInstant', 'desc'), [a.id, b.id, none.id]);
    assert.deepEqual(await by('applicationId', 'desc'), [a.id, b.id, none.id]);
    assert.equal((await by('id', 'asc')).length, 3);
  });
});

describe('groups', () => {
  test('a membership ends by its id in the path, once', async () => {
    const { group } = await good(root.createGroup(null, { group: { name: `Group ${++count}` } }));
    const end = async (rest) => (await c.api('DELETE', `/api/group/member${rest}`)).status;
    assert.equal(await end(`?groupId=${group.id}`), 200); // nobody is in it
    const { members } = await good(root.createGroupMembers({ members: { [group.id]: [{ userId: (await person()).id }] } }));
    const [{ id }] = members[group.id];
    assert.deepEqual([await end(`/${id}`), await end(`/${id}`), await end('/x'), await end('')], [200, 404, 400, 400]);
    assert.equal((await good(root.searchGroupMembers({ search: { groupId: group.id } }))).total, 0);
  });

  test('they are sorted by the names of their tenants', async () => {
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'A first one' } }));
    const name = `Of tenants ${++count}`;
    const made = [];
    for (const id of [ids.tenant, tenant.id]) made.push((await good(clientOf(c, undefined, id).createGroup(null, { group: { name } }))).group.id);
    const by = async (orderBy) => (await good(root.searchGroups({ search: { name, orderBy } }))).groups.map(({ id }) => id);
    assert.deepEqual(await by('tenant'), made.toReversed());
    assert.deepEqual(await by('tenant DESC'), made);
    await good(root.deleteTenant(tenant.id));
  });
});

describe('answers', () => {
  test('how a password was hashed is told by retrieving its person, not by other calls', async () => {
    const made = await good(root.createUser(null, { user: { email: address(), password, encryptionScheme: 'bcrypt', factor: 4 } }));
    const { id, email } = made.user;
    for (const read of [root.retrieveUser(id), root.retrieveUserByEmail(email), root.retrieveUserByLoginId(email)]) assert.equal((await good(read)).user.encryptionScheme, 'bcrypt');
    assert.equal((await good(root.patchUser(id, { user: { firstName: 'P' } }))).user.encryptionScheme, undefined);
    assert.deepEqual([made.user.encryptionScheme, (await good(root.searchUsersByIds([id]))).users[0].encryptionScheme], [undefined, undefined]);
    const read = await good(root.retrieveUser(id)); // what was read can be sent back, also with another password
    await good(root.updateUser(id, { user: { ...read.user, password: 'another long password' } }));
    assert.equal((await root.login({ loginId: email, password: 'another long password' })).statusCode, 200);
    assert.equal((await good(root.retrieveUser((await person({ username: `u${++count}`, password: undefined })).id))).user.encryptionScheme, undefined);
  });

  test('a sign-in shows when it was, of the person and of the registration', async () => {
    const { email } = await member();
    const { user } = (await login(email)).response;
    assert.equal(user.registrations[0].lastLoginInstant, user.lastLoginInstant);
  });

  test('a refresh token keeps what the sign-in, or the import, said of the device and beside it', async () => {
    const user = await member();
    const data = { build: 7, tags: ['a'] };
    const device = { description: 'Old', name: 'Pine', type: 'Toaster' };
    const listed = async () => (await good(root.retrieveRefreshTokens(user.id))).refreshTokens.map((t) => t.metaData);
    await good(login(user.email, { metaData: { data, device: { ...device, lastAccessedAddress: '192.0.2.7' } } }));
    const [{ description, name, type }, ...more] = (await listed()).filter((m) => JSON.stringify(m.data) === JSON.stringify(data)).map((m) => m.device);
    assert.deepEqual([{ description, name, type }, more], [device, []]);
    const before = (await listed()).length;
    await good(root.importRefreshTokens({ refreshTokens: [{ of: 'elsewhere' }, {}].map((given, i) => (
      { applicationId: ids.app, userId: user.id, token: `a refresh token of another server ${i}`, metaData: { data: given } })) }));
    const after = (await listed()).map((m) => m.data.of);
    assert.deepEqual([after.length, after.filter(Boolean)], [before + 2, ['elsewhere']]);
    await refused(login(user.email, { metaData: { data: { long: 'x'.repeat(4096) } } }), 400, ['[tooLong]metaData.data']);
    for (const wrong of ['text', [1], 7]) assert.equal((await c.api('POST', '/api/login', { loginId: user.email, password, metaData: { data: wrong } })).status, 400, JSON.stringify(wrong));
  });

  test('a token issued for another application ends when the first one ends', async () => {
    const { email, id } = await member();
    await good(root.register(id, { registration: { applicationId: ids.publicApp } }));
    const { token } = (await login(email)).response;
    const issued = await good(clientOf(c, null).issueJWT(ids.publicApp, token));
    assert.equal(decode(issued.token).exp, decode(token).exp);
  });

  test('an id that verifies names the kind of identity by a word', async () => {
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verifyEmail: true } } }));
    const made = await good(root.createUser(null, { user: { email: address(), password } }));
    assert.deepEqual(made.verificationIds.map(({ type, value }) => [type, value]), [['email', made.user.email]]);
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verifyEmail: false } } }));
  });

  test('a trusted computer is known by its cookie, which goes before the body', async () => {
    const { id, email } = await member();
    const { secret } = await good(root.generateTwoFactorSecret());
    await good(root.enableTwoFactor(id, { method: 'authenticator', secret, code: code(secret, -1) }));
    const asked = await login(email);
    assert.equal(asked.statusCode, 242);
    const done = await c.api('POST', '/api/two-factor/login', { twoFactorId: asked.response.twoFactorId, code: code(secret), applicationId: ids.app, trustComputer: true });
    const line = done.headers.getSetCookie().find((text) => text.startsWith('fusionauth.trust='));
    assert.match(line, /; Max-Age=2592000; HttpOnly; SameSite=Lax/);
    const cookie = line.split(';')[0];
    assert.equal(cookie, `fusionauth.trust=${done.body.twoFactorTrustId}`);
    const enter = async (body, headers) => (await c.api('POST', '/api/login', { loginId: email, password, applicationId: ids.app, ...body }, headers)).status;
    assert.equal(await enter({}, { cookie }), 200);
    assert.equal(await enter({ twoFactorTrustId: done.body.twoFactorTrustId }), 200);
    assert.equal(await enter({ twoFactorTrustId: done.body.twoFactorTrustId }, { cookie: 'fusionauth.trust=another' }), 242);
  });
});
