// SPDX-License-Identifier: Apache-2.0
// What people get in with, and what is noted of it: authentication tokens, the token of a new person, eventInfo, failures.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateKeyPairSync } from 'node:crypto';
import { FusionAuthClient, good, nobody, refused } from './client.mjs';
import { Cardea, apiKey, decode, ids, person } from './harness.mjs';

const password = 'a long enough password';
const given = 'a-token-of-at-least-16';

describe('ways in', () => {
  let c, client;
  const failures = []; // [who, reason], told at the end: the house writes failures some seconds later
  before(async () => {
    c = await Cardea.start();
    client = new FusionAuthClient(apiKey, c.url);
    await good(client.patchTenant(ids.tenant, { tenant: { passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1 } } })); // quick: not what is tested
    await good(client.patchApplication(ids.publicApp, { application: { loginConfiguration: { requireAuthentication: false }, passwordlessConfiguration: { enabled: true } } }));
  });
  after(() => c.end());
  const login = (loginId, secret, applicationId = ids.app) => client.login({ loginId, password: secret, applicationId });


  test('a registration\'s authentication token is taken in place of the password, while its application says so', async () => {
    const { user, registration } = await good(client.register(null, {
      generateAuthenticationToken: true, user: { email: 'token@example.com', password }, registration: { applicationId: ids.app, authenticationToken: given },
    }));
    const token = registration.authenticationToken;
    assert.match(token, /^[\w-]{43}$/, 'made, not the one sent along');
    assert.equal(user.registrations[0].authenticationToken, undefined);
    await refused(login('token@example.com', token), 404);
    await good(client.patchApplication(ids.app, { application: { authenticationTokenConfiguration: { enabled: true } } }));
    const answer = await good(login('token@example.com', token));
    assert.equal(decode(answer.token).authenticationType, 'APPLICATION_TOKEN');
    assert.equal(answer.user.registrations[0].authenticationToken, undefined, 'no person\'s object shows it');
    assert.equal(decode((await good(login('token@example.com', password))).token).authenticationType, 'PASSWORD');
    await refused(login('token@example.com', given), 404);
    await refused(login('token@example.com', token.slice(0, -1)), 404);
    await refused(login('token@example.com', `${token}x`), 404);
    await refused(login(person.email, token), 404);
    await refused(login('token@example.com', token, ids.publicApp), 404);
    await refused(client.login({ loginId: 'token@example.com', password: token }), 404);
    assert.ok(!JSON.stringify(await good(client.retrieveUser(user.id))).includes(token));
    assert.ok(!JSON.stringify(await good(client.searchUsersByQuery({ search: { queryString: 'token@example.com' } }))).includes(token));
    assert.ok(!JSON.stringify(await good(client.searchAuditLogs({ search: { numberOfResults: 100 } }))).includes(token));
    assert.ok(!c.log.includes(token));
    assert.ok(!c.store.files().some(({ bytes }) => bytes.includes(token)));
  });

  test('it is shown with its registration, kept by a PUT, replaced, taken away, and goes with the registration', async () => {
    const { user } = await good(client.createUser(null, { user: { username: 'replaced' } }));
    await refused(client.register(user.id, { registration: { applicationId: ids.app, authenticationToken: 'too short' } }), 400, ['[tooShort]registration.authenticationToken']);
    await good(client.register(user.id, { registration: { applicationId: ids.app, authenticationToken: given } }));
    await good(login('replaced', given));
    const kept = (await good(client.updateRegistration(user.id, { registration: { applicationId: ids.app, roles: ['member'] } }))).registration;
    assert.equal(kept.authenticationToken, given);
    await good(client.updateRegistration(user.id, { registration: (await good(client.retrieveRegistration(user.id, ids.app))).registration }));
    await good(login('replaced', given));
    const made = (await good(client.updateRegistration(user.id, { generateAuthenticationToken: true, registration: { applicationId: ids.app, roles: ['member'] } }))).registration.authenticationToken;
    await refused(login('replaced', given), 404);
    await good(login('replaced', made));
    const merge = { 'content-type': 'application/merge-patch+json' };
    const gone = await c.api('PATCH', `/api/user/registration/${user.id}/${ids.app}`, { registration: { authenticationToken: null } }, merge);
    assert.equal(gone.body.registration.authenticationToken, undefined);
    await refused(login('replaced', made), 404);
    await good(client.patchRegistration(user.id, { registration: { applicationId: ids.app, authenticationToken: given } }));
    await good(login('replaced', given));
    await good(client.deleteRegistration(user.id, ids.app));
    await refused(login('replaced', given), 404);
    await good(client.register(user.id, { registration: { applicationId: ids.app } }));
    await refused(login('replaced', given), 404);
    const audit = JSON.stringify(await good(client.searchAuditLogs({ search: { numberOfResults: 100 } })));
    assert.ok(audit.includes('authenticationToken') && !audit.includes(made) && !audit.includes(given));
  });

  test('an import brings tokens, too; wrong ones lock as wrong passwords do', async () => {
    const users = [{ email: 'brought@example.com', password, registrations: [{ applicationId: ids.app, authenticationToken: given }] }];
    await good(client.importUsers({ users }));
    await good(login('brought@example.com', given));
    const { tenant } = await good(client.retrieveTenant(ids.tenant));
    const { userActionId: was, ...policy } = tenant.failedAuthenticationConfiguration;
    await good(client.patchTenant(ids.tenant, { tenant: { failedAuthenticationConfiguration: { ...policy, tooManyAttempts: 3 } } }));
    for (let i = 0; i < 3; i++) await refused(login('brought@example.com', `wrong-${given}`), 404);
    await refused(login('brought@example.com', given), 423);
    await good(client.patchTenant(ids.tenant, { tenant: { failedAuthenticationConfiguration: policy } }));
  });

  test('who is made has a token of no application, unless a mail asks for a password first, or they could not sign in', async () => {
    const answer = await good(client.createUser(null, { user: { email: 'made@example.com', password } }));
    const claims = decode(answer.token);
    assert.deepEqual([claims.sub, claims.authenticationType, claims.applicationId, claims.roles], [answer.user.id, 'USER_CREATE', undefined, undefined]);
    assert.ok(Math.abs(answer.tokenExpirationInstant - claims.exp * 1000) <= 1000);
    assert.equal(answer.refreshToken, undefined);
    assert.equal((await good(client.validateJWT(answer.token))).jwt.sub, answer.user.id);
    for (const more of [{ sendSetPasswordEmail: true }, { sendSetPasswordIdentityType: 'email' }]) {
      const asked = await good(client.createUser(null, { ...more, user: { email: `asked${Object.keys(more)[0]}@example.com` } }));
      assert.equal(asked.token, undefined);
    }
    assert.equal((await good(client.createUser(null, { user: { username: 'over', expiry: 1000 } }))).token, undefined);
    assert.equal((await good(client.patchUser(answer.user.id, { user: { firstName: 'M' } }))).token, undefined);
    await good(client.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verifyEmail: true, unverified: { behavior: 'Gated' } } } }));
    assert.equal((await good(client.createUser(null, { user: { email: 'gated@example.com', password } }))).token, undefined);
    assert.equal((await good(client.register(null, { user: { email: 'gated2@example.com', password }, registration: { applicationId: ids.app } }))).token, undefined);
    assert.ok((await good(client.createUser(null, { skipVerification: true, user: { email: 'sure@example.com', password } }))).token);
    await good(client.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verifyEmail: false, unverified: { behavior: 'Allow' } } } }));
    await refused(client.retrieveUser(nobody), 404);
  });

  const records = async (search) => (await c.api('POST', '/api/system/login-record/search', { search: { numberOfResults: 100, ...search } })).body.logins;
  const add = async (user) => (await good(client.createUser(null, { user: { password, ...user } }))).user;

  test('every way in that fails is a record with its reason', async () => {
    const fails = async (user, reason, status, call, applicationId = ids.publicApp) => {
      failures.push([user?.id, reason, applicationId]);
      await refused(call, status);
    };
    const enter = (loginId) => login(loginId, password, ids.publicApp);
    const closed = await add({ username: 'closed' });
    await good(client.deactivateUser(closed.id));
    await fails(closed, 'AccountClosed', 423, enter('closed'));
    await fails(await add({ username: 'expired', expiry: 1000 }), 'AccountExpired', 410, enter('expired'));
    const prevented = await add({ username: 'prevented' });
    const { userAction } = await good(client.createUserAction(null, { userAction: { name: 'Out', temporal: true, preventLogin: true } }));
    await good(client.actionUser({ action: { actioneeUserId: prevented.id, actionerUserId: ids.user, expiry: Date.now() + 3600000, userActionId: userAction.id } }));
    await fails(prevented, 'Prevented', 409, enter('prevented'));
    const named = await add({ username: 'named', email: 'named@example.com' });
    await fails(named, 'UnknownUser', 404, client.login({ loginId: 'named', loginIdTypes: ['email'], password, applicationId: ids.publicApp }));
    await fails(null, 'WrongOneTimePassword', 404, client.login({ oneTimePassword: 'x'.repeat(40), applicationId: ids.publicApp }));
    const start = await good(client.startPasswordlessLogin({ applicationId: ids.publicApp, loginId: 'named@example.com', loginStrategy: 'FormField' }));
    await fails(named, 'WrongCode', 404, client.passwordlessLogin({ code: start.code, oneTimeCode: 'nope00', applicationId: ids.publicApp }));
    const twice = await add({ username: 'twice', twoFactor: { methods: [{ method: 'authenticator', secret: Buffer.from('12345678901234567890').toString('base64') }] } });
    const asked = await enter('twice');
    assert.equal(asked.statusCode, 242);
    await fails(twice, 'WrongCode', 421, client.twoFactorLogin({ twoFactorId: asked.response.twoFactorId, code: '000000' }));
    const { key } = await good(client.importKey(null, { key: { algorithm: 'ES256', name: 'theirs', publicKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }) } }));
    const { identityProvider } = await good(client.createIdentityProvider(null, { identityProvider: { type: 'ExternalJWT', name: 'Theirs', enabled: true, headerKeyParameter: 'kid', verificationKeyIds: [key.id], applicationConfiguration: { [ids.publicApp]: { enabled: true } } } }));
    await fails(null, 'IdentityProvider', 401, client.identityProviderLogin({ applicationId: ids.publicApp, identityProviderId: identityProvider.id, encodedJWT: 'a.b.c' }));
  });

  test('eventInfo says whose device and address it is, if an API key says so', async () => {
    const { user } = await good(client.register(null, { user: { username: 'device', password }, registration: { applicationId: ids.app } }));
    const location = { city: 'Phnom Penh', country: 'KH', latitude: 11.5 };
    const eventInfo = { ipAddress: '192.0.2.20', deviceName: 'Phone', deviceType: 'MOBILE', deviceDescription: 'of paper', os: 'none', userAgent: 'agent/1', location, data: { a: [1] } };
    const { refreshToken } = await good(client.login({ loginId: 'device', password, applicationId: ids.app, eventInfo }));
    const [record] = await records({ userId: user.id });
    assert.deepEqual([record.ipAddress, record.location], ['192.0.2.20', location]);
    const devices = async () => (await good(client.retrieveRefreshTokens(user.id))).refreshTokens.map((t) => t.metaData.device);
    const found = (await devices()).find((d) => d.name === 'Phone');
    assert.deepEqual([found.type, found.description, found.lastAccessedAddress], ['MOBILE', 'of paper', '192.0.2.20']);
    assert.ok(refreshToken);
    await good(client.login({ loginId: 'device', password, applicationId: ids.app, ipAddress: '192.0.2.21', metaData: { device: { name: 'Nearer' } }, eventInfo }));
    const nearer = (await devices()).find((d) => d.name === 'Nearer');
    assert.deepEqual([nearer.type, nearer.lastAccessedAddress], ['MOBILE', '192.0.2.21'], 'what stands nearer counts');
    const anybody = await c.api('POST', '/api/login', { loginId: 'device', password, applicationId: ids.publicApp, ipAddress: '192.0.2.22', eventInfo }, { authorization: '' });
    assert.equal(anybody.status, 202);
    const [last] = await records({ userId: user.id, applicationId: ids.publicApp });
    assert.deepEqual([last.ipAddress, last.location], ['127.0.0.1', undefined], 'nobody else is believed');
    assert.equal((await c.api('PUT', `/api/login/${user.id}/${ids.app}?ipAddress=192.0.2.23`)).status, 200);
    assert.equal((await records({ userId: user.id }))[0].ipAddress, '192.0.2.23');
    assert.equal((await c.api('PUT', `/api/login/${user.id}/${ids.app}?ipAddress=x`)).status, 400);
    await good(client.patchUser(user.id, { user: { firstName: 'D' }, eventInfo }));
    const logs = (await good(client.searchAuditLogs({ search: { message: user.id, numberOfResults: 100 } }))).auditLogs;
    assert.deepEqual(logs.find((l) => l.data.kind === 'user.update').data.eventInfo, eventInfo);
    assert.equal(logs.find((l) => l.data.kind === 'user.create').data.eventInfo, undefined);
    await refused(client.patchUser(user.id, { user: {}, eventInfo: { ipAddress: 'here', planet: 'Mars', data: 1 } }), 400,
      ['[invalid]eventInfo.ipAddress', '[unknown]eventInfo.planet', '[invalidJSON]eventInfo.data']);
  });

  test('a search leaves out what expand does not name', async () => {
    const find = async (more, path = '/api/user/search') => (await c.api('POST', path, { search: { ids: [ids.user] }, ...more })).body;
    const shown = ({ users: [user], expandable }) => [user.registrations.length, user.memberships.length, expandable];
    const { group } = await good(client.createGroup(null, { group: { name: 'Expanded' } }));
    await good(client.createGroupMembers({ members: { [group.id]: [{ userId: ids.user }] } }));
    assert.deepEqual(shown(await find({})), [1, 1, []]);
    assert.deepEqual(shown(await find({ expand: ['registrations'] })), [1, 0, ['memberships']]);
    assert.deepEqual(shown(await find({ expand: [] })), [0, 0, ['memberships', 'registrations']]);
    const byGet = (await c.api('GET', `/api/user/search?queryString=email:${person.email}&expand=memberships`)).body;
    assert.deepEqual(shown(byGet), [0, 1, ['registrations']]);
    assert.equal((await c.api('POST', '/api/user/search', { search: { ids: [ids.user] }, expand: 'registrations' })).status, 400);
  });

  test('when unverified people and registrations began to end is noted once, and not taken from anybody', async () => {
    const unverified = { enabled: true, numberOfDaysToRetain: 9, enabledInstant: 5 };
    const from = Date.now() - 60000;
    const first = (await good(client.patchTenant(ids.tenant, { tenant: { userDeletePolicy: { unverified } } }))).tenant.userDeletePolicy.unverified;
    assert.ok(first.enabledInstant > from);
    const read = (await good(client.retrieveTenant(ids.tenant))).tenant;
    assert.deepEqual(read.userDeletePolicy.unverified, first, 'stored');
    assert.deepEqual((await good(client.updateTenant(ids.tenant, { tenant: read }))).tenant.userDeletePolicy.unverified, first);
    const off = { tenant: { userDeletePolicy: { unverified: { enabled: false } } } };
    await good(client.patchTenant(ids.tenant, off));
    const again = (await good(client.patchTenant(ids.tenant, { tenant: { userDeletePolicy: { unverified } } }))).tenant.userDeletePolicy.unverified;
    assert.ok(again.enabledInstant > first.enabledInstant);
    await good(client.patchTenant(ids.tenant, off));
    const { application } = await good(client.patchApplication(ids.app, { application: { registrationDeletePolicy: { unverified } } }));
    assert.ok(application.registrationDeletePolicy.unverified.enabledInstant > from);
    assert.deepEqual((await good(client.retrieveApplication(ids.app))).application.registrationDeletePolicy, application.registrationDeletePolicy);
  });

  test('the failures from above have been written', async () => {
    const key = ([userId, reason, applicationId]) => `${userId} ${reason} ${applicationId}`;
    const written = async () => (await records({ result: 'Failed' })).map((r) => key([r.userId, r.reason, r.applicationId]));
    const missing = async () => { const there = await written(); return failures.filter((f) => !there.includes(key(f))).map(key); };
    for (const end = Date.now() + 20000; (await missing()).length && Date.now() < end;) await new Promise((r) => setTimeout(r, 100));
    assert.deepEqual(await missing(), []);
    assert.equal(failures.length, 8);
  });
});
