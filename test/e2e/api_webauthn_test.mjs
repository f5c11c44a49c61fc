// SPDX-License-Identifier: Apache-2.0
// Passkeys through FusionAuth's own client, with an authenticator in software that can lie in every way (WebAuthn Level 3
// s7.1, s7.2: WR- and WA- rules).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomBytes, randomUUID } from 'node:crypto';
import { Authenticator, algorithms, cbor, certificate, text64 } from './authenticator.mjs';
import { clientOf, good, keyOfTenant, nobody, refused } from './client.mjs';
import { Cardea, decode, ids, person } from './harness.mjs';

const client64 = 'credential.response.clientDataJSON';
const object64 = 'credential.response.attestationObject';
const data64 = 'credential.response.authenticatorData';
const workflows = { enabled: true, bootstrapWorkflow: { enabled: true }, reauthenticationWorkflow: { enabled: true } };

describe('passkeys', () => {
  let c, client, anyone, origin, victim;

  before(async () => {
    c = await Cardea.start();
    client = clientOf(c);
    anyone = clientOf(c, '');
    origin = c.url;
    await good(client.patchTenant(ids.tenant, { tenant: { webAuthnConfiguration: workflows } }));
  });
  after(() => c.end());

  // The log comes by a pipe, in its own time.
  const logged = async (step) => {
    for (let i = 0; i < 2000 && !c.log.includes(`"step":"${step}"`); i++) await new Promise((r) => setTimeout(r, 10));
    assert.ok(c.log.includes(`"step":"${step}"`), `${step} is in the log`);
  };
  const somebody = async (more = {}) => {
    const { user } = await good(client.register(null, {
      user: { email: `${randomUUID()}@example.com`, ...more },
      registration: { applicationId: ids.app },
    }));
    return user;
  };
  const begin = async (userId, more = {}) => (await good(client.startWebAuthnRegistration({ userId, displayName: 'My key', workflow: 'general', ...more }))).options;
  const complete = (userId, credential, more = {}) => ({ userId, credential, origin, rpId: 'localhost', ...more });
  const enrol = async (userId, authenticator = new Authenticator(), lie) => {
    const made = await good(client.completeWebAuthnRegistration(complete(userId, authenticator.create(await begin(userId), origin, lie))));
    authenticator.handle = text64(userId);
    return { ...made.credential, authenticator };
  };
  const ask = async (userId, more = {}) => (await good(client.startWebAuthnLogin({ applicationId: ids.app, userId, workflow: 'bootstrap', ...more }))).options;
  const login = (credential, more = {}) => ({ credential, origin, rpId: 'localhost', ...more });

  test('a passkey is registered, listed, signs in, and is deleted', async () => {
    const user = await somebody();
    const options = await begin(user.id, { name: 'ada', userAgent: 'Agent/1' });
    assert.match(options.challenge, /^[A-Za-z0-9_-]{64}$/, 'WR-01: 256 random bits and an id');
    assert.deepEqual({ ...options, challenge: '', pubKeyCredParams: options.pubKeyCredParams.map((p) => p.alg) }, {
      attestation: 'none',
      authenticatorSelection: { requireResidentKey: false, residentKey: 'preferred', userVerification: 'required' },
      challenge: '',
      excludeCredentials: [],
      extensions: { credProps: true },
      pubKeyCredParams: [-7, -8, -35, -36, -257, -37, -258, -38, -259, -39],
      rp: { id: 'localhost', name: 'Default' },
      timeout: 180000,
      user: { displayName: 'My key', id: text64(user.id), name: 'ada' },
    });
    const key = new Authenticator();
    const { credential } = await good(client.completeWebAuthnRegistration(complete(user.id, key.create(options, origin))));
    assert.deepEqual({ ...credential, id: '', insertInstant: 0, lastUseInstant: 0 }, {
      id: '', insertInstant: 0, lastUseInstant: 0,
      algorithm: -7, attestationType: 'none', authenticatorSupportsUserVerification: true, credentialId: text64(key.id), data: {}, discoverable: true,
      displayName: 'My key', name: 'ada', publicKey: key.publicKey, relyingPartyId: 'localhost', signCount: 1,
      tenantId: ids.tenant, transports: ['internal'], userAgent: 'Agent/1', userId: user.id,
    });
    assert.deepEqual((await begin(user.id)).excludeCredentials, [{ id: text64(key.id), transports: ['internal'], type: 'public-key' }]);

    key.handle = text64(user.id);
    const asked = await ask(user.id, { state: { page: '/x' } });
    assert.deepEqual({ ...asked, challenge: '' }, {
      allowCredentials: [{ id: text64(key.id), transports: ['internal'], type: 'public-key' }], challenge: '', rpId: 'localhost', timeout: 180000, userVerification: 'required',
    });
    const got = await good(anyone.completeWebAuthnLogin(login(key.get(asked, origin))));
    assert.equal(got.user.id, user.id);
    assert.deepEqual(got.state, { page: '/x' });
    const claims = decode(got.token);
    assert.equal(claims.authenticationType, 'WebAuthn');
    assert.equal(claims.applicationId, ids.app);
    assert.equal(claims.sub, user.id);
    assert.ok(got.refreshToken);
    const used = (await good(client.retrieveWebAuthnCredential(credential.id))).credential;
    assert.equal(used.signCount, 2);
    assert.ok(used.lastUseInstant >= credential.lastUseInstant);
    assert.deepEqual((await good(client.retrieveWebAuthnCredentialsForUser(user.id))).credentials, [used]);

    await good(client.deleteWebAuthnCredential(credential.id));
    await refused(client.retrieveWebAuthnCredential(credential.id), 404);
    await refused(client.deleteWebAuthnCredential(credential.id), 404);
    assert.deepEqual((await good(client.retrieveWebAuthnCredentialsForUser(user.id))).credentials, []);
    await refused(client.startWebAuthnLogin({ applicationId: ids.app, userId: user.id, workflow: 'bootstrap' }), 400, ['[noCredentials]']);
  });

  test('what browsers made may end with =, as in the examples of the documentation', async () => {
    const user = await somebody();
    const padded = ({ response, ...credential }) => ({ ...credential, response: Object.fromEntries(
      Object.entries(response).map(([name, text]) => [name, text && text + '='.repeat(-text.length & 3)])) });
    const key = new Authenticator();
    await good(client.completeWebAuthnRegistration(complete(user.id, padded(key.create(await begin(user.id), origin)))));
    key.handle = text64(user.id);
    assert.equal((await good(anyone.completeWebAuthnLogin(login(padded(key.get(await ask(user.id), origin)))))).user.id, user.id);
  });

  test('a sign-in that breaks a rule is refused (WA-02 to WA-15)', async () => {
    const user = await somebody();
    victim = user;
    const stranger = await enrol((await somebody()).id);
    const { authenticator, id } = await enrol(user.id, new Authenticator({ backup: 0x08 }));
    const second = await enrol(user.id);
    const attempt = async (field, lie, { more, a = authenticator, change, start } = {}) => {
      const credential = a.get(await ask(user.id, start), origin, lie);
      await refused(anyone.completeWebAuthnLogin(login(change ? change(credential) : credential, more)), 400, [`[invalid]${field}`]);
    };
    await attempt('credential.id', {}, { a: stranger.authenticator });
    await attempt('credential.id', { id: text64(randomBytes(20)) });
    await attempt('credential.id', {}, { start: { credentialId: second.id } }); // WA-02
    await attempt('credential.response.userHandle', { handle: text64(nobody) }); // WA-03
    await attempt(client64, { client: { type: 'webauthn.create' } }); // WA-04
    await attempt('origin', { client: { origin: 'https://evil.example' } });
    for (const elsewhere of ['https://localhost', 'http://sub.localhost', `http://localhost:${c.port + 1}`, `https://localhost:${c.port}`]) { // WA-06
      await attempt(client64, { client: { origin: elsewhere } }, { more: { origin: elsewhere } });
    }
    await attempt(client64, { client: { crossOrigin: true } }); // WA-07
    await attempt(data64, { rpId: 'example.com' }); // WA-09
    await attempt(data64, { flags: 0x04 | 0x08 }); // WA-10
    await attempt(data64, { flags: 0x01 | 0x08 }); // WA-11
    await attempt(data64, { flags: 0x15 }); // WA-12
    await attempt(data64, { flags: 0x05 }); // WA-13
    await attempt(data64, { tail: Buffer.from([1]) }); // WA-16
    await attempt('credential.response.signature', {}, { a: Object.assign(new Authenticator({ backup: 0x08 }), { id: authenticator.id, handle: authenticator.handle }) }); // WA-14
    await attempt('credential.response.signature', { sign: (s) => Buffer.concat([s, Buffer.from([0])]) });
    await attempt(data64, { counter: 1 }); // WA-15: the one that was seen last
    await attempt(data64, { counter: 0 });
    await logged('s7.2 step 22'); // always: it may be a copy
    await attempt('rpId', {}, { more: { rpId: 'example.com' } });
    await attempt('applicationId', {}, { more: { applicationId: ids.publicApp } });
    await refused(anyone.completeWebAuthnLogin({}), 400, ['[missing]credential', '[blank]origin', '[blank]rpId']);
    const asked = await ask(user.id, { credentialId: id });
    assert.equal(asked.allowCredentials.length, 1);
    await good(anyone.completeWebAuthnLogin(login(authenticator.get(asked, origin, { flags: 0x1d, handle: null })))); // backed up since
    assert.equal((await good(client.retrieveWebAuthnCredential(second.id))).credential.signCount, 1);
  });

  for (const alg of Object.keys(algorithms)) {
    test(`algorithm ${alg} registers and signs in`, async () => {
      const user = await somebody();
      const { authenticator, algorithm } = await enrol(user.id, new Authenticator({ alg: Number(alg) }));
      assert.equal(algorithm, Number(alg));
      await good(anyone.completeWebAuthnLogin(login(authenticator.get(await ask(user.id), origin))));
    });
  }

  test('an assertion proves the passkey and signs nobody in', async () => {
    const user = await somebody();
    const { authenticator, id } = await enrol(user.id);
    const answer = await good(anyone.completeWebAuthnAssertion(login(authenticator.get(await ask(user.id), origin))));
    assert.equal(answer.credential.id, id);
    assert.deepEqual(Object.keys(answer), ['credential']);
    const lie = authenticator.get(await ask(user.id), origin, { sign: () => randomBytes(70) });
    await refused(anyone.completeWebAuthnAssertion(login(lie)), 400, ['[invalid]credential.response.signature']);
  });

  test('attestation of the authenticator and of its maker is verified, and believed no more than none', async () => {
    const user = await somebody();
    for (const [format, type] of [['self', 'self'], ['x5c', 'basic']]) {
      assert.equal((await enrol(user.id, new Authenticator(), { format })).attestationType, type);
    }
    assert.equal((await enrol(user.id, new Authenticator({ alg: -8 }), { format: 'self' })).attestationType, 'self');
    const bad = async (statement, authenticator = new Authenticator()) => refused(
      client.completeWebAuthnRegistration(complete(user.id, authenticator.create(await begin(user.id), origin, { statement }))), 400, [`[invalid]${object64}`]);
    const signed = (a, data, clientData) => a.sign(data, clientData, {});
    await bad((a, d) => ['packed', new Map([['alg', -7], ['sig', signed(a, d, Buffer.from('other'))]])]);
    await bad((a, d, k) => ['packed', new Map([['alg', -257], ['sig', signed(a, d, k)]])]);
    await bad((a, d, k) => ['packed', new Map([['sig', signed(a, d, k)]])]);
    await bad((a, d, k) => ['packed', new Map([['alg', -7], ['sig', signed(a, d, k)], ['x5c', []]])]);
    await bad((a, d, k) => ['packed', new Map([['alg', -7], ['sig', signed(a, d, k)], ['x5c', [certificate(a.keys, randomBytes(16))]]])]);
    await bad((a, d, k) => ['packed', new Map([['alg', -7], ['sig', signed(a, d, k)], ['x5c', [certificate(a.keys, a.aaguid, 'Other')]]])]);
    await bad((a, d, k) => ['packed', new Map([['alg', -7], ['sig', signed(a, d, k)], ['x5c', [certificate(algorithms['-7'].make(), a.aaguid)]]])]);
    await bad(() => ['none', new Map([['sig', Buffer.alloc(4)]])]);
    for (const format of ['None', 'fido-u2f', 'tpm', 'android-key', 'apple', '']) await bad(() => [format, new Map()]); // WR-18
  });

  test('a registration that breaks a rule is refused (WR-02 to WR-29)', async () => {
    const user = await somebody();
    const other = await somebody();
    const taken = await enrol(other.id);
    const register = async (field, lie, { more, a = new Authenticator(), change } = {}) => {
      const credential = a.create(await begin(user.id), origin, lie);
      await refused(client.completeWebAuthnRegistration(complete(user.id, change ? change(credential) : credential, more)), 400, [].concat(field).map((f) => `[invalid]${f}`));
    };
    await register(client64, { client: { type: 'webauthn.get' } });
    await register(client64, { client: { challenge: text64(randomBytes(48)) } });
    await register(client64, { client: { challenge: '' } });
    await register(client64, { client: { challenge: (await ask(other.id)).challenge } }); // WR-05: of a login
    await register('origin', { client: { origin: 'http://localhost' } });
    await register('origin', { client: { origin: 'https://evil.example' } });
    for (const elsewhere of ['https://evil.example', 'http://evil.example', 'https://localhost.evil.example', 'null', `${origin}/`]) {
      await register(client64, { client: { origin: elsewhere } }, { more: { origin: elsewhere } }); // WR-06, also with a key
    }
    await register(client64, { client: { crossOrigin: true } }); // WR-07
    await register(client64, { client: { topOrigin: 'https://evil.example' } }); // WR-08
    await register(client64, { client: { crossOrigin: 'no' } });
    await register(object64, { rpId: 'example.com' }); // WR-11
    await register(object64, { flags: 0x04 }); // WR-12
    await register(object64, { flags: 0x01 }); // WR-13
    await register(object64, { flags: 0x15 }); // WR-14
    await register(object64, { tail: Buffer.from([0]) }); // WR-27
    await register(object64, { tail: cbor(new Map()) });
    await register(object64, { object: (f, s, d) => Buffer.concat([cbor(new Map([['fmt', f], ['attStmt', s], ['authData', d]])), Buffer.from([0])]) }); // WR-10
    await register(object64, { object: (f, s, d) => cbor(new Map([['attStmt', s], ['fmt', f], ['authData', d]])) });
    await register(object64, { object: (f, s, d) => cbor(new Map([['fmt', f], ['fmt2', f], ['attStmt', s], ['authData', d]])) });
    await register(object64, { object: () => Buffer.from('ffff', 'hex') });
    await register(object64, { key: (key) => new Map([...key].map(([k, v]) => [k, k === 3 ? -47 : v])) }); // WR-17
    await register(object64, { key: (key) => new Map([...key].map(([k, v]) => [k, k === -3 ? Buffer.alloc(32, 1) : v])) }); // WR-26: off the curve
    await register(object64, { key: (key) => new Map([...key].map(([k, v]) => [k, k === -1 ? 2 : v])) });
    await register('credential.id', { id: text64(randomBytes(20)) }); // WR-02
    await register('credential.id', {}, { a: Object.assign(new Authenticator(), { id: Buffer.from(taken.credentialId, 'base64url') }) }); // WR-23
    await register('userId', {}, { more: { userId: other.id } }); // WR-29
    await register('rpId', {}, { more: { rpId: 'example.com' } });
    await register('credential.rpId', {}, { change: (k) => ({ ...k, rpId: 'example.com' }) });
    await register(object64, {}, { change: (k) => ({ ...k, response: { ...k.response, attestationObject: '*' } }) });
    await register(client64, {}, { change: (k) => ({ ...k, response: { ...k.response, clientDataJSON: text64('{') } }) });
    await register('credential.type', {}, { change: (k) => ({ ...k, type: 'password' }) });
    assert.deepEqual((await good(client.retrieveWebAuthnCredentialsForUser(user.id))).credentials, [], 'nothing came of it');
    await refused(client.completeWebAuthnRegistration({}), 400, ['[missing]credential', '[blank]origin', '[blank]rpId', '[missing]userId']);
  });

  test('a challenge is good once, for one purpose, for a time (WR-01, WR-05, WA-05, WA-18, WA-19)', async () => {
    const user = await somebody();
    const options = await begin(user.id);
    const authenticator = new Authenticator();
    await good(client.completeWebAuthnRegistration(complete(user.id, authenticator.create(options, origin))));
    await refused(client.completeWebAuthnRegistration(complete(user.id, new Authenticator().create(options, origin))), 400, [`[invalid]${client64}`]);
    const asked = await ask(user.id);
    const registration = await begin(user.id);
    await refused(anyone.completeWebAuthnLogin(login(authenticator.get({ ...asked, challenge: registration.challenge }, origin))), 400, [`[invalid]${client64}`]);
    const answer = login(authenticator.get(asked, origin));
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => anyone.completeWebAuthnLogin(answer)));
    assert.equal(all.filter((one) => one.status === 'fulfilled').length, 1, 'WA-18: of eight replays at once one');
    for (const { reason } of all.filter((one) => one.status === 'rejected')) assert.equal(reason.statusCode, 400);
    const late = await ask(user.id);
    await c.shiftClock(181000);
    await refused(anyone.completeWebAuthnLogin(login(authenticator.get(late, origin))), 400, [`[invalid]${client64}`]);
    await c.shiftClock(0);
  });

  test('an authenticator without a counter signs in again and again', async () => {
    const user = await somebody();
    const { authenticator, signCount } = await enrol(user.id, new Authenticator({ counts: false }));
    assert.equal(signCount, 0);
    for (let i = 0; i < 3; i++) await good(anyone.completeWebAuthnLogin(login(authenticator.get(await ask(user.id), origin))));
  });

  test('the account decides as after a password: 202, 203, 410, 423, no token', async () => {
    const user = await somebody();
    const { authenticator } = await enrol(user.id);
    const enter = async (start, more) => {
      const answer = await c.api('POST', '/api/webauthn/login', login(authenticator.get(await ask(user.id, start), origin), more), { authorization: '' });
      return answer;
    };
    assert.equal((await enter({}, {})).status, 200);
    const none = await enter({}, { noJWT: true });
    assert.equal(none.status, 200);
    assert.equal(none.body.token, undefined);
    assert.equal((await enter({ applicationId: ids.publicApp })).status, 202, 'not registered there');
    await good(client.patchUser(user.id, { user: { passwordChangeRequired: true } }));
    assert.equal((await enter()).status, 203);
    await good(client.patchUser(user.id, { user: { passwordChangeRequired: false, expiry: 1000 } }));
    assert.equal((await enter()).status, 410);
    await good(client.patchUser(user.id, { user: { expiry: null } }));
    await good(client.deactivateUser(user.id));
    assert.equal((await enter()).status, 423);
    const asked = await ask(user.id);
    await good(client.deleteUser(user.id)); // WA-20
    await refused(anyone.completeWebAuthnLogin(login(authenticator.get(asked, origin))), 400, [`[invalid]${client64}`]);
    await refused(client.retrieveWebAuthnCredentialsForUser(user.id), 404);
  });

  test('a second factor is asked for as after a password', async () => {
    const twoFactor = { methods: [{ method: 'authenticator', secret: randomBytes(20).toString('base64') }], recoveryCodes: ['AAAAA-BBBBB'] };
    const user = await somebody({ twoFactor });
    const { authenticator } = await enrol(user.id);
    const enter = async (more) => anyone.completeWebAuthnLogin(login(authenticator.get(await ask(user.id, { state: { a: 1 } }), origin), more));
    const asked = await enter();
    assert.equal(asked.statusCode, 242);
    assert.deepEqual([asked.response.token, asked.response.methods.length], [undefined, 1]);
    const done = await good(anyone.twoFactorLogin({ twoFactorId: asked.response.twoFactorId, code: 'AAAAA-BBBBB', trustComputer: true }));
    assert.equal(decode(done.token).authenticationType, 'WebAuthn');
    assert.equal((await enter({ twoFactorTrustId: done.twoFactorTrustId })).statusCode, 200);
  });

  test('what a start is refused for', async () => {
    const user = await somebody();
    await refused(client.startWebAuthnRegistration({}), 400, ['[blank]displayName', '[missing]userId', '[missing]workflow']);
    await refused(client.startWebAuthnRegistration({ userId: nobody, displayName: 'x', workflow: 'general' }), 404);
    await refused(client.startWebAuthnRegistration({ userId: user.id, displayName: 'x', workflow: 'other' }), 400, ['[invalid]workflow']);
    await refused(client.startWebAuthnLogin({}), 400, ['[missing]applicationId', '[missing]workflow']);
    await refused(client.startWebAuthnLogin({ applicationId: nobody, workflow: 'general' }), 400, ['[invalid]applicationId', '[invalid]workflow', '[blank]loginId']);
    await refused(client.startWebAuthnLogin({ applicationId: ids.app, workflow: 'bootstrap', userId: nobody }), 404);
    await refused(client.startWebAuthnLogin({ applicationId: ids.app, workflow: 'bootstrap', loginId: 'nobody@example.com' }), 404);
    await refused(client.startWebAuthnLogin({ applicationId: ids.app, workflow: 'bootstrap', loginId: person.email, loginIdTypes: ['username'] }), 404);
    await refused(client.startWebAuthnLogin({ applicationId: ids.app, workflow: 'bootstrap', userId: user.id }), 400, ['[noCredentials]']);
    const { id } = await enrol(user.id);
    assert.equal((await ask(undefined, { loginId: user.email })).allowCredentials.length, 1);
    await refused(client.startWebAuthnLogin({ applicationId: ids.app, workflow: 'bootstrap', userId: user.id, credentialId: nobody }), 400, ['[noCredentials]credentialId']);
    await refused(clientOf(c, 'no key').startWebAuthnLogin({ applicationId: ids.app, userId: user.id, workflow: 'bootstrap' }), 401);
    await refused(clientOf(c, 'no key').startWebAuthnRegistration({ userId: user.id, displayName: 'x', workflow: 'general' }), 401);
    await refused(clientOf(c, 'no key').retrieveWebAuthnCredential(id), 401);
    await refused(client.retrieveWebAuthnCredentialsForUser(''), 400, ['[missing]userId']);
    await refused(client.deleteWebAuthnCredentialsForUser(nobody), 404);
    await refused(client.retrieveWebAuthnCredentialsForUser('x'), 400, ['[couldNotConvert]userId']);
    await refused(client.retrieveWebAuthnCredential('x'), 400, ['[couldNotConvert]id']);
  });

  test('imported passkeys sign in; an import is whole or not at all', async () => {
    const user = await somebody();
    const old = new Authenticator();
    const id = randomUUID();
    const one = { algorithm: -7, credentialId: text64(old.id), displayName: 'Old', name: 'old', publicKey: old.publicKey, relyingPartyId: 'localhost', userId: user.id };
    await good(client.importWebAuthnCredential({ credentials: [{
      ...one, id, authenticatorSupportsUserVerification: true, signCount: 41, attestationType: 'attestation-ca', insertInstant: 1668011701792, lastUseInstant: 1668021630599, data: { from: 'elsewhere' },
    }] }));
    const kept = (await good(client.retrieveWebAuthnCredential(id))).credential;
    assert.deepEqual(kept, { ...one, id, attestationType: 'attestation-ca', authenticatorSupportsUserVerification: true, data: { from: 'elsewhere' }, discoverable: false,
      insertInstant: 1668011701792, lastUseInstant: 1668021630599, signCount: 41, tenantId: ids.tenant, transports: [] });
    old.handle = text64('whatever the house before called them');
    await refused(anyone.completeWebAuthnLogin(login(old.get(await ask(user.id), origin, { counter: 41 }))), 400, [`[invalid]${data64}`]);
    await good(anyone.completeWebAuthnLogin(login(old.get(await ask(user.id), origin, { counter: 42, flags: 0x0d }))));
    await refused(anyone.completeWebAuthnLogin(login(old.get(await ask(user.id), origin, { counter: 43, flags: 0x05 }))), 400, [`[invalid]${data64}`]);

    const fresh = () => ({ ...one, credentialId: text64(randomBytes(16)) });
    const twice = fresh();
    await refused(client.importWebAuthnCredential({ credentials: [
      fresh(), { ...fresh(), id }, one, { ...fresh(), userId: nobody }, twice, twice, { ...fresh(), tenantId: nobody },
    ] }), 400, ['[duplicate]credentials.id', '[duplicate]credentials.credentialId', '[invalid]credentials.userId', '[duplicate]credentials.credentialId', '[invalid]credentials.tenantId']);
    await refused(client.importWebAuthnCredential({ credentials: [{ ...fresh(), algorithm: -47 }, { ...fresh(), publicKey: new Authenticator({ alg: -8 }).publicKey }, { ...fresh(), credentialId: '*' }, {}] }), 400, [
      '[invalid]credentials.algorithm', '[invalid]credentials.publicKey', '[invalid]credentials.credentialId', ...['credentialId', 'displayName', 'name', 'publicKey', 'relyingPartyId'].map((f) => `[blank]credentials.${f}`),
      '[missing]credentials.algorithm', '[missing]credentials.userId']);
    await refused(client.importWebAuthnCredential({}), 400, ['[missing]credentials']);
    assert.equal((await good(client.retrieveWebAuthnCredentialsForUser(user.id))).credentials.length, 1);
    await good(client.importWebAuthnCredential({ credentials: Array.from({ length: 99 }, fresh) }));
    await refused(client.importWebAuthnCredential({ credentials: [fresh()] }), 400, ['[tooMany]credentials.userId']);
    await refused(client.startWebAuthnRegistration({ userId: user.id, displayName: 'x', workflow: 'general' }), 400, ['[tooMany]userId']);
    await good(client.deleteWebAuthnCredentialsForUser(user.id));
    assert.deepEqual((await good(client.retrieveWebAuthnCredentialsForUser(user.id))).credentials, []);
  });

  test('a tenant says which workflows there are, and how; an application may say otherwise', async () => {
    const { tenant } = await good(client.createTenant(null, { tenant: { name: 'Strict' } }));
    assert.deepEqual(tenant.webAuthnConfiguration, {
      bootstrapWorkflow: { authenticatorAttachmentPreference: 'any', enabled: false, userVerificationRequirement: 'required' }, debug: false, enabled: false,
      reauthenticationWorkflow: { authenticatorAttachmentPreference: 'platform', enabled: false, userVerificationRequirement: 'required' },
    });
    const own = clientOf(c, await keyOfTenant(c, tenant.id));
    const phone = 'android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';
    const { application } = await good(own.createApplication(null, { application: { name: 'App', oauthConfiguration: { authorizedOriginURLs: ['https://app.strict.example', phone] } } }));
    const { user } = await good(own.createUser(null, { user: { email: 'x@example.com' } }));
    const start = { userId: user.id, displayName: 'x' };
    await refused(own.startWebAuthnRegistration({ ...start, workflow: 'general' }), 400, ['[WebAuthnDisabled]']);
    await refused(own.patchTenant(tenant.id, { tenant: { webAuthnConfiguration: { relyingPartyId: 'https://strict.example' } } }), 400, ['[invalid]tenant.webAuthnConfiguration.relyingPartyId']);
    await good(own.patchTenant(tenant.id, { tenant: { webAuthnConfiguration: {
      enabled: true, relyingPartyId: 'strict.example', relyingPartyName: 'Strict House', debug: true,
      bootstrapWorkflow: { enabled: true, authenticatorAttachmentPreference: 'crossPlatform', userVerificationRequirement: 'preferred' },
    } } }));
    const strict = (await good(own.startWebAuthnRegistration({ ...start, workflow: 'bootstrap' }))).options;
    assert.deepEqual(strict.rp, { id: 'strict.example', name: 'Strict House' });
    assert.deepEqual([strict.authenticatorSelection.authenticatorAttachment, strict.authenticatorSelection.userVerification], ['cross-platform', 'preferred']);
    await refused(own.startWebAuthnRegistration({ ...start, workflow: 'reauthentication' }), 400, ['[WebAuthnDisabled]']);

    // Without a key the origin has to be one that is known; with one the caller may name any of the domain, over https.
    const key = new Authenticator({ verifies: false });
    const site = 'https://login.strict.example';
    const body = (credential, at) => ({ userId: user.id, credential, origin: at, rpId: 'strict.example' });
    await refused(clientOf(c, '').completeWebAuthnRegistration(body(key.create(strict, site), site)), 400, [`[invalid]${client64}`]);
    await refused(own.completeWebAuthnRegistration(body(key.create(strict, 'http://login.strict.example'), 'http://login.strict.example')), 400, [`[invalid]${client64}`]);
    await good(own.completeWebAuthnRegistration(body(key.create(strict, site), site)));
    const asked = async () => (await good(own.startWebAuthnLogin({ applicationId: application.id, userId: user.id, workflow: 'bootstrap' }))).options;
    key.handle = text64(user.id);
    for (const at of ['https://strict.example', 'https://app.strict.example', phone]) {
      await good(anyone.completeWebAuthnLogin({ credential: key.get(await asked(), at), origin: at, rpId: 'strict.example' }));
    }
    await refused(anyone.completeWebAuthnLogin({ credential: key.get(await asked(), site), origin: site, rpId: 'strict.example' }), 400, [`[invalid]${client64}`]);
    await logged('s7.2 step 12'); // debug

    // The application's own switches.
    await good(own.patchApplication(application.id, { application: { webAuthnConfiguration: { enabled: true } } }));
    await refused(own.startWebAuthnLogin({ applicationId: application.id, userId: user.id, workflow: 'bootstrap' }), 400, ['[WebAuthnDisabled]']);
    const patched = await good(own.patchApplication(application.id, { application: { webAuthnConfiguration: { bootstrapWorkflow: { enabled: true } } } }));
    assert.deepEqual(patched.application.webAuthnConfiguration, { bootstrapWorkflow: { enabled: true }, enabled: true, reauthenticationWorkflow: { enabled: false } });
    const open = await asked();
    await good(own.patchTenant(tenant.id, { tenant: { webAuthnConfiguration: { enabled: false } } }));
    await refused(anyone.completeWebAuthnLogin({ credential: key.get(open, 'https://strict.example'), origin: 'https://strict.example', rpId: 'strict.example' }), 400, ['[WebAuthnDisabled]']);

    // Another tenant's passkeys do not exist for this key.
    const elsewhere = await somebody();
    const { id } = await enrol(elsewhere.id);
    await refused(own.retrieveWebAuthnCredential(id), 404);
    await refused(own.deleteWebAuthnCredential(id), 404);
    await refused(own.retrieveWebAuthnCredentialsForUser(elsewhere.id), 404);
    await refused(own.deleteWebAuthnCredentialsForUser(elsewhere.id), 404);
    await refused(own.startWebAuthnRegistration({ ...start, userId: elsewhere.id, workflow: 'general' }), 404);
    await refused(own.startWebAuthnLogin({ applicationId: ids.app, userId: elsewhere.id, workflow: 'bootstrap' }), 400, ['[invalid]applicationId']);
    await refused(client.importWebAuthnCredential({ credentials: [{ algorithm: -7, credentialId: 'AAAA', displayName: 'x', name: 'x', publicKey: new Authenticator().publicKey, relyingPartyId: 'x', userId: elsewhere.id }] }), 400, ['[TenantIdRequired]']);
    assert.equal((await good(client.retrieveWebAuthnCredential(id))).credential.userId, elsewhere.id);
    await good(client.deleteTenant(tenant.id));
  });

  test('sign-ins that failed are in the login records', async () => {
    const failed = async () => (await c.api('POST', '/api/system/login-record/search', { search: { userId: victim.id, result: 'Failed' } })).body.logins;
    for (let i = 0; i < 200 && !(await failed()).length; i++) await new Promise((r) => setTimeout(r, 100)); // the house writes them
    const [last] = await failed();
    assert.deepEqual([last.reason, last.loginId, last.ipAddress], ['WrongPasskey', victim.email, '127.0.0.1']);
  });
});
