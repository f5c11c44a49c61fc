// SPDX-License-Identifier: Apache-2.0
// Second factors through FusionAuth's own client, with an authenticator app of the test's own.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { clientOf, good, keyOfTenant, nobody, refused } from './client.mjs';
import { Browser, Cardea, authorizeUrl, decode, ids, signIn } from './harness.mjs';

const password = 'a long enough password';
let c, root, client, anybody, count = 0, shift = 0;

const config = (multiFactorConfiguration) => good(root.patchTenant(ids.tenant, { tenant: { multiFactorConfiguration } }));
before(async () => {
  c = await Cardea.start({ args: ['--demo'] });
  root = clientOf(c);
  client = clientOf(c, undefined, ids.tenant);
  anybody = clientOf(c, null);
  await good(root.patchTenant(ids.tenant, { tenant: {
    passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1 }, // quick: not what is tested
    multiFactorConfiguration: { email: { enabled: true }, sms: { enabled: true } },
  } }));
});
after(() => c.end());

// RFC 6238 as an app does it; steps from now.
const code = (secret, steps = 0, { algorithm = 'sha1', digits = 6, step = 30 } = {}) => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor((Date.now() + shift) / 1000 / step) + steps));
  const mac = createHmac(algorithm, Buffer.from(secret, 'base64')).update(counter).digest();
  const at = mac[mac.length - 1] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 10 ** digits).padStart(digits, '0');
};
// A minute and a half on: a step of the app that was used is behind.
const later = async (ms = 90000) => { shift += ms; await c.shiftClock(ms); };
const wrong = (right) => (right === '000000' ? '000001' : '000000');

const person = async (more = {}) => {
  const email = `p${++count}@example.com`;
  const { user } = await good(client.register(null, { user: { email, password, ...more }, registration: { applicationId: ids.app } }));
  return { id: user.id, email };
};
const withApp = async () => {
  const who = await person();
  const { secret } = await good(client.generateTwoFactorSecret());
  const { recoveryCodes } = await good(client.enableTwoFactor(who.id, { method: 'authenticator', secret, code: code(secret, -1), name: 'Phone' }));
  const [method] = (await good(client.retrieveUser(who.id))).user.twoFactor.methods;
  return { ...who, secret, recoveryCodes, methodId: method.id };
};
const login = (who, more = {}) => client.login({ loginId: who.email, password, applicationId: ids.app, ...more });
// What a login that asks for more says.
const asked = async (promise) => { const a = await promise; assert.equal(a.statusCode, 242); return a.response; };
const mailsTo = async (address) => {
  const page = await (await c.fetch('/demo/mail', { headers: { accept: 'text/html' } })).text();
  const plain = page.replace(/<[^>]*>/g, ' ').replace(/&#43;/g, '+').replace(/\s+/g, ' ');
  return [...plain.matchAll(/(\S+) - Your code for [^.]*? Your code for [^.]*? is (\d{6})/g)].filter((m) => m[1] === address).map((m) => m[2]);
};

describe('methods', () => {
  test('an authenticator app is added, named, shown without its secret, and removed', async () => {
    const who = await person();
    const { secret, secretBase32Encoded } = await good(client.generateTwoFactorSecret());
    assert.equal(Buffer.from(secret, 'base64').length, 20);
    assert.match(secretBase32Encoded, /^[A-Z2-7]{32}$/);
    const made = await good(client.enableTwoFactor(who.id, { method: 'authenticator', secretBase32Encoded, code: code(secret), name: 'Phone' }));
    assert.equal(new Set(made.recoveryCodes).size, 10);
    for (const r of made.recoveryCodes) assert.match(r, /^[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}$/);
    const { twoFactor } = (await good(client.retrieveUser(who.id))).user;
    const [{ id }] = twoFactor.methods;
    assert.deepEqual(twoFactor, {
      methods: [{ authenticator: { algorithm: 'HmacSHA1', codeLength: 6, timeStep: 30 }, id, method: 'authenticator', name: 'Phone' }],
      recoveryCodes: [],
    });
    await good(client.updateTwoFactor(who.id, { methodId: id, name: 'Tablet' }));
    assert.equal((await good(client.retrieveUser(who.id))).user.twoFactor.methods[0].name, 'Tablet');
    await refused(client.disableTwoFactor(who.id, id, code(secret)), 421); // that one was used to add it
    await good(client.disableTwoFactor(who.id, id, code(secret, 1)));
    assert.deepEqual((await good(client.retrieveUser(who.id))).user.twoFactor.methods, []);
  });

  test('what is refused when one is added', async () => {
    const who = await person();
    const { secret } = await good(client.generateTwoFactorSecret());
    const app = { method: 'authenticator', secret, code: code(secret) };
    await refused(client.enableTwoFactor(nobody, app), 404);
    await refused(clientOf(c, 'wrong').enableTwoFactor(who.id, app), 401);
    await refused(client.enableTwoFactor(who.id, {}), 400, ['[blank]code', '[missing]method']);
    await refused(client.enableTwoFactor(who.id, { ...app, secret: undefined }), 400, ['[blank]secret']);
    await refused(client.enableTwoFactor(who.id, { ...app, secret: 'AAAA' }), 400, ['[invalid]secret']);
    await refused(client.enableTwoFactor(who.id, { ...app, secret: undefined, secretBase32Encoded: 'no!' }), 400, ['[invalid]secret']);
    await refused(client.enableTwoFactor(who.id, { ...app, code: wrong(code(secret)) }), 421);
    await refused(client.enableTwoFactor(who.id, { method: 'email', code: '123456' }), 400, ['[blank]email']);
    await refused(client.enableTwoFactor(who.id, { method: 'sms', mobilePhone: '5551212', code: '123456' }), 400, ['[invalid]mobilePhone']);
    await refused(client.enableTwoFactor(who.id, { ...app, twoFactorId: 'none' }), 400, ['[invalid]twoFactorId']);
    await good(client.enableTwoFactor(who.id, app));
    await refused(client.enableTwoFactor(who.id, { ...app, code: code(secret, 1) }), 400, ['[duplicate]method']);
    await config({ sms: { enabled: false } });
    await refused(client.enableTwoFactor(who.id, { method: 'sms', mobilePhone: '+13035551212', code: '123456' }), 400, ['[notEnabled]method']);
    await config({ sms: { enabled: true } });
    await refused(clientOf(c, 'wrong').generateTwoFactorSecret(), 401);
    await refused(client.updateTwoFactor(who.id, { methodId: 'none', name: 'x' }), 400, ['[invalid]methodId']);
    await refused(client.updateTwoFactor(nobody, { methodId: 'none' }), 404);
    await refused(client.disableTwoFactorWithRequest(who.id, {}), 400, ['[blank]methodId']);
    await refused(client.disableTwoFactor(nobody, 'none', '1'), 404);
  });

  test('an address gets a code, which enables it, once and for that address alone', async () => {
    const who = await person();
    const address = `second-${who.email}`;
    await good(client.sendTwoFactorCodeForEnableDisable({ userId: who.id, method: 'email', email: address }));
    const [sent] = await mailsTo(address);
    await refused(client.enableTwoFactor(who.id, { method: 'email', email: `x${address}`, code: sent }), 421);
    await refused(client.enableTwoFactor(who.id, { method: 'email', email: address, code: wrong(sent) }), 421);
    const { recoveryCodes } = await good(client.enableTwoFactor(who.id, { method: 'email', email: address, code: sent }));
    assert.equal(recoveryCodes.length, 10);
    await good(client.sendTwoFactorCode({ userId: who.id, method: 'sms', mobilePhone: '+13035551212' }));
    const [texted] = await mailsTo('+13035551212');
    const second = await client.enableTwoFactor(who.id, { method: 'sms', mobilePhone: '+13035551212', code: texted });
    assert.equal(second.response?.recoveryCodes, undefined, 'only the first method brings recovery codes');
    const { methods } = (await good(client.retrieveUser(who.id))).user.twoFactor;
    assert.deepEqual(methods.map((m) => m.email ?? m.mobilePhone), [address, '+13035551212']);
    await good(client.sendTwoFactorCodeForEnableDisable({ userId: who.id, methodId: methods[0].id }));
    const [removing] = await mailsTo(address);
    await good(client.disableTwoFactorWithRequest(who.id, { methodId: methods[0].id, code: removing }));
    await refused(client.disableTwoFactorWithRequest(who.id, { methodId: methods[1].id, code: removing }), 421);
    await refused(client.sendTwoFactorCodeForEnableDisable({ userId: who.id }), 400, ['[blank]method']);
    await refused(client.sendTwoFactorCode({ userId: who.id, method: 'authenticator' }), 400, ['[invalid]method']);
    await refused(client.sendTwoFactorCode({ userId: who.id, methodId: 'none' }), 400, ['[invalid]methodId']);
    await refused(client.sendTwoFactorCode({ userId: nobody, method: 'email', email: address }), 404);
    await refused(anybody.sendTwoFactorCode({ userId: who.id, method: 'email', email: address }), 401);
  });

  test('codes and news go out by the templates of the tenant', async () => {
    const make = async (name, text) => (await good(client.createEmailTemplate(null, { emailTemplate: {
      name, defaultSubject: name, defaultHtmlTemplate: `<p>${text}</p>`, defaultTextTemplate: text,
    } }))).emailTemplate.id;
    const [sent, added, removed] = [await make('Our code', 'Ours: ${code} at ${tenant.name}'), await make('Added', 'New: ${method.method}'), await make('Removed', 'Gone: ${method.name}')];
    const emailConfiguration = { twoFactorMethodAddEmailTemplateId: added, twoFactorMethodRemoveEmailTemplateId: removed };
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration, multiFactorConfiguration: { email: { templateId: sent } } } }));
    const who = await person();
    const mails = async () => (await (await c.fetch('/demo/mail', { headers: { accept: 'text/html' } })).text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    await good(client.sendTwoFactorCodeForEnableDisable({ userId: who.id, method: 'email', email: who.email, applicationId: ids.app }));
    const [, got] = (await mails()).match(/Ours: (\d{6}) at/);
    await good(client.enableTwoFactor(who.id, { method: 'email', email: who.email, name: 'Mine', code: got, applicationId: ids.app }));
    assert.match(await mails(), new RegExp(`${who.email} - Added New: email`));
    const [{ id }] = (await good(client.retrieveUser(who.id))).user.twoFactor.methods;
    await good(client.sendTwoFactorCodeForEnableDisable({ userId: who.id, methodId: id }));
    await good(client.disableTwoFactorWithRequest(who.id, { methodId: id, code: (await mails()).match(/Ours: (\d{6}) at/)[1], applicationId: ids.app }));
    assert.match(await mails(), new RegExp(`${who.email} - Removed Gone: Mine`));
    await refused(client.sendTwoFactorCodeForEnableDisable({ userId: who.id, method: 'email', email: who.email, applicationId: nobody }), 400, ['[invalid]applicationId']);
    const none = { twoFactorMethodAddEmailTemplateId: null, twoFactorMethodRemoveEmailTemplateId: null };
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: none, multiFactorConfiguration: { email: { templateId: null } } } }));
  });

  test('a recovery code removes all methods; new ones replace the old', async () => {
    const who = await withApp();
    assert.deepEqual((await good(client.retrieveTwoFactorRecoveryCodes(who.id))).recoveryCodes, []);
    const { recoveryCodes } = await good(client.generateTwoFactorRecoveryCodes(who.id));
    await refused(client.disableTwoFactor(who.id, who.methodId, who.recoveryCodes[0]), 421);
    await good(client.disableTwoFactor(who.id, who.methodId, recoveryCodes[0]));
    assert.deepEqual((await good(client.retrieveUser(who.id))).user.twoFactor.methods, []);
    await refused(client.retrieveTwoFactorRecoveryCodes(nobody), 404);
    await refused(client.generateTwoFactorRecoveryCodes(nobody), 404);
    await refused(clientOf(c, 'wrong').generateTwoFactorRecoveryCodes(who.id), 401);
  });

  test('with an access token people do it for themselves, and for nobody else', async () => {
    const who = await person(), other = await person();
    const { token } = await good(login(who));
    const as = (method, path, body) => c.api(method, path, body, { authorization: `Bearer ${token}` });
    const { secret } = await good(client.generateTwoFactorSecretUsingJWT(token));
    await refused(client.generateTwoFactorSecretUsingJWT('nonsense'), 401);
    const app = { method: 'authenticator', secret, code: code(secret) };
    assert.equal((await as('POST', `/api/user/two-factor/${other.id}`, app)).status, 401);
    assert.equal((await as('POST', '/api/user/two-factor', app)).status, 200);
    assert.equal((await good(client.retrieveUser(who.id))).user.twoFactor.methods.length, 1);
    assert.equal((await c.api('POST', '/api/user/two-factor', app, { authorization: 'Bearer nonsense' })).status, 401);
  });

  test('methods come with a user, stay when they are not named, and go when the list is empty', async () => {
    const secret = Buffer.from('12345678901234567890').toString('base64');
    const twoFactor = { methods: [{ method: 'authenticator', secret }, { method: 'email', email: 'x@example.com' }], recoveryCodes: ['AAAAA-BBBBB'] };
    const who = await person({ twoFactor });
    const { user } = await good(client.retrieveUser(who.id));
    assert.deepEqual(user.twoFactor.methods.map((m) => m.method), ['authenticator', 'email']);
    await good(client.updateUser(who.id, { user: { ...user, firstName: 'Ada' } })); // what was got is sent back
    await good(client.patchUser(who.id, { user: { lastName: 'Byron' } }));
    await good(client.updateUser(who.id, { user: { email: who.email } }));
    const { twoFactorId } = await asked(login(who));
    await good(anybody.twoFactorLogin({ twoFactorId, code: code(secret) }));
    const again = await asked(login(who));
    await good(anybody.twoFactorLogin({ twoFactorId: again.twoFactorId, code: 'aaaaabbbbb' }));
    await good(client.updateUser(who.id, { user: { email: who.email, twoFactor: { methods: [] } } }));
    assert.equal((await login(who)).statusCode, 200);
    await refused(client.createUser(null, { user: { email: 'bad@example.com', twoFactor: { methods: [{ method: 'authenticator' }, { method: 'email' }, { method: 'sms', mobilePhone: '1' }] } } }), 400,
      ['[blank]user.twoFactor.methods.email', '[blank]user.twoFactor.methods.secret', '[invalid]user.twoFactor.methods.mobilePhone']);
  });
});

test('a first method ends what was open where the tenant says so, a further one does not', async () => {
  const policy = (onMultiFactorEnable) => good(root.patchTenant(ids.tenant, { tenant: { jwtConfiguration: { refreshTokenRevocationPolicy: { onMultiFactorEnable } } } }));
  const add = async (who) => {
    const { secret } = await good(client.generateTwoFactorSecret());
    await good(client.enableTwoFactor(who.id, { method: 'authenticator', secret, code: code(secret, -1) }));
    return secret;
  };
  const open = async (who) => (await good(client.retrieveRefreshTokens(who.id))).refreshTokens.length;
  const who = await person();
  await good(login(who));
  const others = await open(who);
  await policy(true);
  const secret = await add(who);
  assert.ok(others > 0);
  assert.equal(await open(who), 0);
  const { twoFactorId } = await asked(login(who));
  await good(anybody.twoFactorLogin({ twoFactorId, code: code(secret), applicationId: ids.app }));
  await add(who);
  assert.equal(await open(who), 1);

  // So does the first one of a body, and no other change.
  const methods = async () => ({ twoFactor: { methods: [{ method: 'authenticator', secret: (await good(client.generateTwoFactorSecret())).secret }] } });
  for (const change of [async ({ id }) => client.patchUser(id, { user: await methods() }), async ({ id, email }) => client.updateUser(id, { user: { email, ...await methods() } })]) {
    const other = await person();
    await good(login(other));
    await good(client.patchUser(other.id, { user: { firstName: 'Renamed' } }));
    assert.ok(await open(other) > 0);
    await good(change(other));
    assert.equal(await open(other), 0);
  }
  await policy(false);
  const spared = await person();
  await good(login(spared));
  await good(client.patchUser(spared.id, { user: await methods() }));
  assert.ok(await open(spared) > 0);
});

describe('signing in', () => {
  test('242, a wrong code, the right one, and never that one again', async () => {
    const who = await withApp();
    const first = await asked(login(who));
    assert.deepEqual(Object.keys(first).sort(), ['methods', 'twoFactorId']);
    assert.equal(first.methods[0].id, who.methodId);
    const right = code(who.secret);
    await refused(anybody.twoFactorLogin({ twoFactorId: first.twoFactorId, code: wrong(right) }), 421);
    const done = await good(anybody.twoFactorLogin({ twoFactorId: first.twoFactorId, code: right, applicationId: ids.app }));
    const claims = decode(done.token);
    assert.deepEqual([claims.sub, claims.applicationId, claims.authenticationType], [who.id, ids.app, 'PASSWORD']);
    assert.ok(done.refreshToken && done.trustToken && !done.twoFactorTrustId);
    assert.equal(done.user.twoFactor.methods[0].lastUsed, true);
    await refused(anybody.twoFactorLogin({ twoFactorId: first.twoFactorId, code: code(who.secret, 1) }), 404);
    const second = await asked(login(who));
    await refused(anybody.twoFactorLogin({ twoFactorId: second.twoFactorId, code: right }), 421);
    await good(anybody.twoFactorLogin({ twoFactorId: second.twoFactorId, code: who.recoveryCodes[4] }));
    const third = await asked(login(who));
    await refused(anybody.twoFactorLogin({ twoFactorId: third.twoFactorId, code: who.recoveryCodes[4] }), 421);
  });

  test('what is refused on the way', async () => {
    const who = await withApp();
    await refused(anybody.twoFactorLogin({}), 400, ['[blank]code', '[blank]twoFactorId']);
    await refused(anybody.twoFactorLogin({ twoFactorId: 'none', code: '1' }), 404);
    const { twoFactorId } = await asked(login(who));
    await refused(anybody.twoFactorLogin({ twoFactorId, code: code(who.secret), applicationId: ids.publicApp }), 400, ['[invalid]applicationId']);
    await refused(anybody.twoFactorLogin({ twoFactorId, code: code(who.secret), userId: nobody }), 404);
    await refused(client.login({ loginId: who.email, password: 'wrong', applicationId: ids.app }), 404);
    await good(client.deactivateUser(who.id));
    await refused(anybody.twoFactorLogin({ twoFactorId, code: code(who.secret) }), 423);
  });

  test('one code at once on many challenges lets in one', async () => {
    const who = await withApp();
    const challenges = await Promise.all([1, 2, 3, 4].map(() => asked(login(who))));
    const right = code(who.secret);
    const all = await Promise.allSettled(challenges.map(({ twoFactorId }) => anybody.twoFactorLogin({ twoFactorId, code: right })));
    assert.equal(all.filter((r) => r.status === 'fulfilled').length, 1);
    for (const r of all.filter((r) => r.status === 'rejected')) assert.equal(r.reason.statusCode, 421);
    const same = await asked(login(who));
    const raced = await Promise.allSettled(who.recoveryCodes.slice(0, 3).map((r) => anybody.twoFactorLogin({ twoFactorId: same.twoFactorId, code: r })));
    assert.equal(raced.filter((r) => r.status === 'fulfilled').length, 1, 'one challenge, three right codes');
  });

  test('guesses lock the person, not only the challenge', async () => {
    const who = await withApp();
    const { twoFactorId } = await asked(login(who));
    for (let i = 0; i < 5; i++) await refused(anybody.twoFactorLogin({ twoFactorId, code: wrong(code(who.secret)) }), 421);
    await refused(anybody.twoFactorLogin({ twoFactorId, code: code(who.secret) }), 404);
    const next = await asked(login(who));
    await refused(anybody.twoFactorLogin({ twoFactorId: next.twoFactorId, code: code(who.secret) }), 423);
    await later(4 * 60000);
    const last = await asked(login(who));
    await good(anybody.twoFactorLogin({ twoFactorId: last.twoFactorId, code: code(who.secret) }));
  });

  test('a code by mail; a new one voids the old; five are enough', async () => {
    const who = await person({ twoFactor: { methods: [{ method: 'email', email: `m${count}@example.com` }, { method: 'sms', mobilePhone: '+4915112345678' }] } });
    const { twoFactorId, methods } = await asked(login(who));
    await good(anybody.sendTwoFactorCodeForLoginUsingMethod(twoFactorId, { methodId: methods[0].id }));
    await good(anybody.sendTwoFactorCodeForLogin(twoFactorId)); // the first that can be sent to
    const codes = await mailsTo(methods[0].email);
    assert.equal(codes.length, 2);
    await refused(anybody.twoFactorLogin({ twoFactorId, code: codes[1] }), 421);
    await good(anybody.twoFactorLogin({ twoFactorId, code: codes[0] }));
    const again = await asked(login(who));
    for (let i = 0; i < 3; i++) await good(anybody.sendTwoFactorCodeForLoginUsingMethod(again.twoFactorId, { methodId: methods[1].id, messageType: 'SMS' }));
    await refused(anybody.sendTwoFactorCodeForLogin(again.twoFactorId), 400, ['[tooMany]methodId']); // five to this person, by nobody we know
    const { token } = await good(anybody.twoFactorLogin({ twoFactorId: again.twoFactorId, code: (await mailsTo(methods[1].mobilePhone))[0] }));
    const more = await c.api('POST', '/api/two-factor/send', { method: 'email', email: 'victim@example.com' }, { authorization: `Bearer ${token}` });
    assert.deepEqual([more.status, more.body.fieldErrors.methodId[0].code], [400, '[tooMany]methodId']);
    await good(client.sendTwoFactorCodeForEnableDisable({ userId: who.id, methodId: methods[0].id })); // a key is believed
    const keyed = async (twoFactorId) => (await c.api('POST', `/api/two-factor/send/${twoFactorId}`, { methodId: methods[1].id }, { 'x-fusionauth-tenantid': ids.tenant })).status;
    const last = (await asked(login(who))).twoFactorId;
    assert.deepEqual([await keyed(last), await keyed(last), await keyed(last), await keyed(last), await keyed(last), await keyed(last)], [200, 200, 200, 200, 200, 400]);
    await refused(anybody.sendTwoFactorCodeForLoginUsingMethod(again.twoFactorId, { methodId: 'none' }), 404);
    await refused(anybody.sendTwoFactorCodeForLoginUsingMethod(last, { methodId: 'none' }), 400, ['[invalid]methodId']);
    await refused(anybody.sendTwoFactorCodeForLogin('none'), 404);
    const app = await withApp();
    const third = await asked(login(app));
    await refused(anybody.sendTwoFactorCodeForLogin(third.twoFactorId), 400, ['[blank]methodId']);
    await refused(anybody.sendTwoFactorCodeForLoginUsingMethod(third.twoFactorId, { methodId: app.methodId }), 400, ['[invalid]methodId']);
  });

  test('a trusted computer is spared, until its trust ends', async () => {
    const who = await withApp(), other = await withApp();
    const { twoFactorId } = await asked(login(who));
    const { twoFactorTrustId } = await good(anybody.twoFactorLogin({ twoFactorId, code: code(who.secret), trustComputer: true }));
    assert.equal((await login(who, { twoFactorTrustId })).statusCode, 200);
    await asked(login(other, { twoFactorTrustId }));
    await asked(login(who, { twoFactorTrustId: 'none' }));
    const status = await client.retrieveTwoFactorStatus(who.id, ids.app, twoFactorTrustId);
    assert.equal(status.statusCode, 200);
    assert.equal(status.response.twoFactorTrustId, twoFactorTrustId);
    assert.deepEqual(status.response.trusts.map((t) => t.applicationId), [ids.app]);
    assert.equal(status.response.trusts[0].expiration - status.response.trusts[0].startInstant, 2592000000);
    assert.equal((await client.retrieveTwoFactorStatusWithRequest({ userId: who.id })).statusCode, 242);
    assert.equal((await client.retrieveTwoFactorStatusWithRequest({ userId: who.id, action: 'stepUp', twoFactorTrustId })).statusCode, 200);
    await good(client.patchApplication(ids.app, { application: { multiFactorConfiguration: { loginPolicy: 'Enabled', trustPolicy: 'None' } } }));
    await asked(login(who, { twoFactorTrustId }));
    await good(client.patchApplication(ids.app, { application: { multiFactorConfiguration: { loginPolicy: 'Enabled', trustPolicy: 'This' } } }));
    assert.equal((await login(who, { twoFactorTrustId })).statusCode, 200);
    await good(client.patchApplication(ids.app, { application: { multiFactorConfiguration: { loginPolicy: null, trustPolicy: null } } }));
    await later();
    await good(client.disableTwoFactor(who.id, who.methodId, who.recoveryCodes[0]));
    assert.equal((await client.retrieveTwoFactorStatus(who.id, ids.app, twoFactorTrustId)).response.trusts.length, 0);
    const third = await asked(login(other));
    const trusted = (await good(anybody.twoFactorLogin({ twoFactorId: third.twoFactorId, code: code(other.secret), trustComputer: true }))).twoFactorTrustId;
    assert.equal((await client.retrieveTwoFactorStatus(other.id, ids.app, trusted)).response.trusts.length, 1);
    await good(client.updateUser(other.id, { user: { email: other.email, twoFactor: { methods: [] } } }));
    assert.equal((await client.retrieveTwoFactorStatus(other.id, ids.app, trusted)).response.trusts.length, 0, 'who has no method has proven none');
    await refused(client.retrieveTwoFactorStatus(nobody, ids.app, null), 400, ['[invalid]userId']);
    await refused(client.retrieveTwoFactorStatusWithRequest({}), 400, ['[blank]userId']);
    await refused(clientOf(c, 'wrong').retrieveTwoFactorStatus(who.id, ids.app, null), 401);
  });

  test('policies: disabled asks nobody, required asks everybody and lets them set one up', async () => {
    const who = await withApp(), plain = await person();
    await config({ loginPolicy: 'Disabled' });
    assert.equal((await login(who)).statusCode, 200);
    assert.equal((await client.retrieveTwoFactorStatusWithRequest({ userId: who.id })).statusCode, 200);
    assert.equal((await client.retrieveTwoFactorStatusWithRequest({ userId: who.id, action: 'changePassword' })).statusCode, 242);
    await config({ loginPolicy: 'Required' });
    const first = await asked(login(plain));
    assert.deepEqual([first.methods, first.configurableMethods], [[], ['authenticator', 'email', 'sms']]);
    await refused(anybody.twoFactorLogin({ twoFactorId: first.twoFactorId, code: '123456' }), 421);
    const { secret } = await good(client.generateTwoFactorSecret());
    const made = await good(client.enableTwoFactor(plain.id, { method: 'authenticator', secret, code: code(secret), twoFactorId: first.twoFactorId }));
    const done = await good(anybody.twoFactorLogin({ twoFactorId: first.twoFactorId, code: made.code }));
    assert.equal(done.user.id, plain.id);
    await good(client.patchApplication(ids.app, { application: { multiFactorConfiguration: { loginPolicy: 'Disabled' } } }));
    assert.equal((await login(who)).statusCode, 200);
    await good(client.patchApplication(ids.app, { application: { multiFactorConfiguration: { loginPolicy: null } } }));
    await config({ loginPolicy: 'Enabled' });
  });

  test('the second factor comes before a password that must be changed', async () => {
    const who = await withApp();
    await good(client.patchUser(who.id, { user: { passwordChangeRequired: true } }));
    const { twoFactorId } = await asked(login(who));
    const right = code(who.secret);
    assert.equal((await anybody.twoFactorLogin({ twoFactorId, code: right })).statusCode, 203);
    const again = await asked(login(who));
    await refused(anybody.twoFactorLogin({ twoFactorId: again.twoFactorId, code: right }), 421); // it was used up
  });

  test('a step up begun by an application, with its own code or one of ours', async () => {
    const who = await withApp(), plain = await person();
    const started = await good(client.startTwoFactorLogin({ loginId: who.email, applicationId: ids.app, state: { back: '/cart' }, trustChallenge: 'abc' }));
    assert.match(started.code, /^\d{6}$/);
    assert.equal(started.methods[0].id, who.methodId);
    const done = await good(anybody.twoFactorLogin({ twoFactorId: started.twoFactorId, code: started.code }));
    assert.deepEqual(done.state, { back: '/cart' });
    assert.ok(done.trustToken);
    const own = await good(client.startTwoFactorLogin({ userId: plain.id, code: 'Zebra 77' }));
    assert.deepEqual([own.code, own.methods], ['Zebra 77', undefined]);
    await refused(anybody.twoFactorLogin({ twoFactorId: own.twoFactorId, code: 'zebra 78' }), 421);
    await refused(anybody.twoFactorLogin({ twoFactorId: own.twoFactorId, code: 'zebra77', applicationId: ids.app }), 401); // the application asks for a key
    await good(anybody.twoFactorLogin({ twoFactorId: own.twoFactorId, code: 'zebra77' }));
    await refused(client.startTwoFactorLogin({}), 400, ['[blank]loginId']);
    await refused(client.startTwoFactorLogin({ userId: nobody }), 404);
    await refused(client.startTwoFactorLogin({ loginId: 'nobody@example.com' }), 404);
    await refused(client.startTwoFactorLogin({ loginId: who.email, applicationId: nobody }), 400, ['[invalid]applicationId']);
    await refused(anybody.startTwoFactorLogin({ loginId: who.email }), 401);
  });

  test('a changed password voids what the old one began', async () => {
    const who = await withApp();
    const { twoFactorId } = await asked(login(who));
    await later(1000);
    await good(client.patchUser(who.id, { user: { password: 'another long password' } }));
    await refused(anybody.twoFactorLogin({ twoFactorId, code: code(who.secret) }), 404);
  });

  test("the tenant's algorithm, length and step are those of apps added from then on", async () => {
    const old = await withApp();
    await config({ authenticator: { algorithm: 'HmacSHA256', codeLength: 8, timeStep: 60 } });
    const who = await person();
    const { secret } = await good(client.generateTwoFactorSecret());
    const how = { algorithm: 'sha256', digits: 8, step: 60 };
    await refused(client.enableTwoFactor(who.id, { method: 'authenticator', secret, code: code(secret) }), 421);
    await good(client.enableTwoFactor(who.id, { method: 'authenticator', secret, code: code(secret, 0, how) }));
    const { twoFactorId, methods } = await asked(login(who));
    assert.deepEqual(methods[0].authenticator, { algorithm: 'HmacSHA256', codeLength: 8, timeStep: 60 });
    await good(anybody.twoFactorLogin({ twoFactorId, code: code(secret, 1, how) }));
    const other = await asked(login(old));
    await good(anybody.twoFactorLogin({ twoFactorId: other.twoFactorId, code: code(old.secret) }));
    await config({ authenticator: { algorithm: 'HmacSHA1', codeLength: 6, timeStep: 30 } });
    await refused(root.patchTenant(ids.tenant, { tenant: { multiFactorConfiguration: { authenticator: { codeLength: 4, timeStep: 5 } } } }), 400,
      ['[invalid]tenant.multiFactorConfiguration.authenticator.codeLength', '[invalid]tenant.multiFactorConfiguration.authenticator.timeStep']);
  });
});

test('the hosted page lets nobody in with one step where two are asked for', async () => {
  const who = await withApp(), plain = await person();
  const browser = new Browser(c);
  const page = await browser.open(authorizeUrl({}));
  const answer = await browser.post('/signin', { ...Browser.hidden(page), loginId: who.email, password });
  assert.equal(answer.status, 200);
  assert.match(answer.text, /name="oneTimeCode"/);
  assert.equal(new URL((await browser.open(authorizeUrl({ prompt: 'none' }))).location).searchParams.get('error'), 'login_required');
  assert.ok((await signIn(new Browser(c), {}, { email: plain.email, password })).searchParams.get('code'));
});

test('another tenant sees none of it', async () => {
  const who = await withApp();
  const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Other' } }));
  const other = clientOf(c, await keyOfTenant(c, tenant.id));
  const { twoFactorId } = await asked(login(who));
  const there = clientOf(c, undefined, tenant.id); // names the tenant in calls without a key, too
  await refused(there.twoFactorLogin({ twoFactorId, code: code(who.secret) }), 404);
  await refused(there.sendTwoFactorCodeForLogin(twoFactorId), 404);
  await refused(other.enableTwoFactor(who.id, { method: 'authenticator', code: '1' }), 404);
  await refused(other.disableTwoFactor(who.id, who.methodId, code(who.secret)), 404);
  await refused(other.updateTwoFactor(who.id, { methodId: who.methodId }), 404);
  await refused(other.retrieveTwoFactorRecoveryCodes(who.id), 404);
  await refused(other.startTwoFactorLogin({ userId: who.id }), 404);
  await refused(other.retrieveTwoFactorStatusWithRequest({ userId: who.id }), 400, ['[invalid]userId']);
  await good(anybody.twoFactorLogin({ twoFactorId, code: code(who.secret) }));
  await good(root.deleteTenant(tenant.id));
});
