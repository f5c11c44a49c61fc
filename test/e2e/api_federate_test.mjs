// SPDX-License-Identifier: Apache-2.0
// Signing in by an identity provider: tokens of others, codes of an OpenID provider (a scripted one that can break each
// rule), the strategies of linking, pending links, connection tests.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

const b64 = (v) => Buffer.from(typeof v === 'string' ? v : JSON.stringify(v)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwt = (key, claims, header = {}) => {
  const input = `${b64({ alg: 'ES256', typ: 'JWT', ...header })}.${b64({ iat: now(), exp: now() + 60, ...claims })}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
};
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

describe('external tokens', () => {
  let c, house, client, theirs, other, keyId, otherId, idp;
  before(async () => {
    c = await Cardea.start();
    house = clientOf(c, apiKey);
    client = clientOf(c, apiKey, ids.tenant);
    [theirs, other] = [pair(), pair()];
    const keep = async (key, name, kid) => (await good(house.importKey(null, { key: { algorithm: 'ES256', kid, name, publicKey: key.publicKey.export({ type: 'spki', format: 'pem' }) } }))).key.id;
    keyId = await keep(theirs, 'theirs', 'kid-1');
    otherId = await keep(other, 'other', 'kid-2');
    idp = await make('LinkByEmail');
  });
  after(() => c.end());

  const make = async (linkingStrategy, more = {}) => (await good(house.createIdentityProvider(null, { identityProvider: {
    type: 'ExternalJWT', name: `${linkingStrategy} ${randomUUID()}`, enabled: true, headerKeyParameter: 'kid', verificationKeyIds: [keyId], linkingStrategy,
    applicationConfiguration: { [ids.app]: { enabled: true } }, ...more } }))).identityProvider;
  const login = (provider, token, more = {}) => client.identityProviderLogin({ applicationId: ids.app, identityProviderId: provider.id, encodedJWT: token, ...more });
  const token = (claims, header) => jwt(theirs.privateKey, claims, { kid: 'kid-1', ...header });

  test('a new person is made, linked, registered with the default roles, and signed in', async () => {
    const answer = await good(login(idp, token({ sub: 'new', email: 'new@jwt.example' }), { data: { refresh_token: 'theirs' } }));
    assert.equal(answer.user.email, 'new@jwt.example');
    assert.equal(answer.user.verified, true);
    assert.deepEqual(answer.user.registrations.map((r) => [r.applicationId, r.roles]), [[ids.app, ['member']]]);
    const claims = claimsOf(answer.token);
    assert.deepEqual([claims.authenticationType, claims.sub, claims.roles], ['FEDERATED_JWT', answer.user.id, ['member']]);
    const { identityProviderLink } = await good(client.retrieveUserLink(idp.id, 'new', answer.user.id));
    assert.deepEqual([identityProviderLink.displayName, identityProviderLink.token], ['new@jwt.example', 'theirs']);
    // by the link from now on, whatever address is said
    const again = await good(client.reconcileJWT({ applicationId: ids.app, identityProviderId: idp.id, encodedJWT: token({ sub: 'new', email: 'changed@jwt.example' }) }));
    assert.deepEqual([again.user.id, again.user.email], [answer.user.id, 'new@jwt.example']);
    assert.equal((await good(client.retrieveUserLink(idp.id, 'new', answer.user.id))).identityProviderLink.displayName, 'changed@jwt.example');
  });

  test('the token may be data.token, and what refreshes it is kept with the link: refresh_token of the body before that of data', async () => {
    const body = (more) => client.identityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id, ...more });
    const { user } = await good(body({ data: { token: token({ sub: 'd', email: 'd@jwt.example' }), refresh_token: 'in data' }, refresh_token: 'beside' }));
    const kept = async () => (await good(client.retrieveUserLink(idp.id, 'd', user.id))).identityProviderLink.token;
    assert.equal(await kept(), 'beside');
    const again = await good(client.reconcileJWT({ applicationId: ids.app, identityProviderId: idp.id, data: { token: token({ sub: 'd', email: 'd@jwt.example' }), refresh_token: 'later' } }));
    assert.deepEqual([again.user.id, await kept()], [user.id, 'later']);
    await refused(body({ data: { token: 'none' } }), 401);
    await refused(body({ data: {} }), 400, ['[blank]encodedJWT']);
  });

  test('a token is believed only when a key of the provider signed it, in its time', async () => {
    const bad = [
      jwt(other.privateKey, { sub: 's', email: 's@jwt.example' }, { kid: 'kid-1' }),
      jwt(other.privateKey, { sub: 's', email: 's@jwt.example' }, { kid: 'kid-2' }),
      token({ sub: 's', email: 's@jwt.example', exp: now() - 120 }),
      token({ sub: 's', email: 's@jwt.example', exp: undefined }),
      token({ sub: 's', email: 's@jwt.example', nbf: now() + 3600 }),
      token({ sub: 's', email: 's@jwt.example', iat: now() + 3600 }),
      token({ email: 's@jwt.example' }),
      token({ sub: 's' }),
      token({ sub: 's', email: 'no address' }),
      token({ sub: 's', email: 's@jwt.example' }).slice(0, -4) + 'AAAA',
      `${b64({ alg: 'none', kid: 'kid-1' })}.${b64({ sub: 's', email: 's@jwt.example', exp: now() + 60 })}.`,
      (() => { // the public key as an HMAC secret: RFC 8725 s2.1
        const input = `${b64({ alg: 'HS256', kid: 'kid-1' })}.${b64({ sub: 's', email: 's@jwt.example', exp: now() + 60 })}`;
        return `${input}.${createHmac('sha256', theirs.publicKey.export({ type: 'spki', format: 'pem' })).update(input).digest('base64url')}`;
      })(),
      'nonsense', 'a.b.c',
    ];
    for (const text of bad) await refused(login(idp, text), 401);
    await refused(client.retrieveUserByEmail('s@jwt.example'), 404);
    await refused(login(idp, ''), 400, ['[blank]encodedJWT']);
    await refused(login(idp, token({ sub: 's', email: 's@jwt.example' }), { connectionTestId: 'x' }), 400, ['[invalid]connectionTestId']);
    await good(login(idp, jwt(theirs.privateKey, { sub: 'no kid', email: 'nokid@jwt.example' })));
  });

  test('issuer and audience are judged where the provider is set up with them; several keys', async () => {
    const strict = await make('LinkByEmail', { oauth2: { issuer: 'https://them.example', client_id: 'us' }, verificationKeyIds: [keyId, otherId] });
    const fit = { sub: 'aud', email: 'aud@jwt.example', iss: 'https://them.example', aud: ['others', 'us'] };
    for (const wrong of [{ iss: 'https://them.example/' }, { iss: undefined }, { aud: 'them' }, { aud: undefined }]) await refused(login(strict, token({ ...fit, ...wrong })), 401);
    await good(login(strict, token(fit)));
    await good(login(strict, jwt(other.privateKey, fit, { kid: 'kid-2' })));
    await refused(login(strict, jwt(other.privateKey, fit, { kid: 'kid-1' })), 401);
  });

  test('who is off, is not let in', async () => {
    const fit = token({ sub: 'off', email: 'off@jwt.example' });
    await refused(client.identityProviderLogin({ applicationId: ids.publicApp, identityProviderId: idp.id, encodedJWT: fit }), 400, ['[invalid]identityProviderId']);
    await refused(client.identityProviderLogin({ applicationId: ids.app, identityProviderId: nobody, encodedJWT: fit }), 400, ['[invalid]identityProviderId']);
    await refused(client.identityProviderLogin({ applicationId: nobody, identityProviderId: idp.id, encodedJWT: fit }), 400, ['[invalid]applicationId']);
    await refused(client.identityProviderLogin({ identityProviderId: idp.id, encodedJWT: fit }), 400, ['[blank]applicationId']);
    await refused(client.identityProviderLogin({}), 400, ['[missing]identityProviderId']);
    await refused(client.reconcileJWT({ applicationId: ids.app, encodedJWT: fit }), 400, ['[missing]identityProviderId']);
    const off = await make('LinkByEmail', { enabled: false });
    await refused(login(off, fit), 400, ['[invalid]identityProviderId']);
    const otherTenant = (await good(house.createTenant(null, { tenant: { name: 'Other', issuer: 'other.example' } }))).tenant.id;
    const foreign = await c.api('POST', '/api/jwt/reconcile', { applicationId: ids.app, identityProviderId: idp.id, encodedJWT: fit }, { authorization: await keyOfTenant(c, otherTenant) });
    assert.deepEqual([foreign.status, foreign.body.fieldErrors.applicationId[0].code], [400, '[invalid]applicationId']);
    const social = (await good(house.createIdentityProvider(null, { identityProvider: { type: 'LinkedIn', enabled: true, buttonText: 'Go', client_id: 'i', client_secret: 's', applicationConfiguration: { [ids.app]: { enabled: true } } } }))).identityProvider;
    await refused(login(social, undefined, { data: { token: 't' } }), 400, ['[blank]data.code']);
    await refused(client.retrieveUserByEmail('off@jwt.example'), 404);
  });

  test('LinkByEmail: an address the provider did not verify links nobody; only the person whose address it is', async () => {
    const user = (await good(client.createUser(null, { user: { email: 'known@jwt.example', password: 'long enough a password' } }))).user;
    for (const email_verified of [false, 'false', 0]) await refused(login(idp, token({ sub: 'known', email: 'known@jwt.example', email_verified })), 400, ['[unverifiedEmail]']);
    assert.equal((await good(login(idp, token({ sub: 'known', email: 'Known@JWT.example', email_verified: true })))).user.id, user.id);
    // anybody may choose a username: it is no address
    await good(client.createUser(null, { user: { username: 'squat@jwt.example', password: 'long enough a password' } }));
    await refused(login(idp, token({ sub: 'squat', email: 'squat@jwt.example' })), 404);
    assert.equal((await client.login({ loginId: 'known@jwt.example', password: 'long enough a password', applicationId: ids.app })).statusCode, 200);
  });

  test('an address or a name links nobody who is somebody else of the provider already, unless the provider knows people by it', async () => {
    for (const [strategy, claim] of [['LinkByEmail', 'email'], ['LinkByEmailForExistingUser', 'email'], ['LinkByUsername', 'preferred_username']]) {
      const provider = await make(strategy);
      const mine = claim === 'email' ? `${randomUUID()}@jwt.example` : randomUUID();
      const { user } = await good(client.createUser(null, { user: { [claim === 'email' ? 'email' : 'username']: mine, password: 'long enough a password' } }));
      const come = (sub, ...more) => login(provider, token({ sub, [claim]: mine }), ...more);
      const links = async () => (await good(client.retrieveUserLinksByUserId(provider.id, user.id))).identityProviderLinks.map((l) => l.identityProviderUserId).sort();
      // two at once: one of them is theirs
      const both = await Promise.all(['one', 'two'].map((sub) => come(sub).catch((e) => e)));
      assert.deepEqual(both.map((a) => a.statusCode).sort(), [200, 400]);
      const [first, second] = both[0].statusCode === 200 ? ['one', 'two'] : ['two', 'one'];
      assert.deepEqual(await links(), [first]);
      await refused(come(second), 400, ['[alreadyLinked]']);
      assert.equal((await good(come(first))).user.id, user.id);
      assert.equal((await good(come(mine.toUpperCase()))).user.id, user.id);
      // who is signed in, and who administers, may say that both are one; a link that ended stands in nobody's way
      await good(client.createUserLink({ identityProviderLink: { identityProviderId: provider.id, identityProviderUserId: second, userId: user.id } }));
      assert.equal((await good(come(second))).user.id, user.id);
      for (const sub of await links()) await good(client.deleteUserLink(provider.id, sub, user.id));
      assert.equal((await good(come('three'))).user.id, user.id);
    }
  });

  test('LinkByEmailForExistingUser, LinkByUsername, LinkByUsernameForExistingUser, LinkAnonymously, Disabled, noLink', async () => {
    const existing = await make('LinkByEmailForExistingUser');
    await refused(login(existing, token({ sub: 'e1', email: 'nobody@jwt.example' })), 404);
    const user = (await good(client.createUser(null, { user: { email: 'there@jwt.example', username: 'there', password: 'long enough a password' } }))).user;
    await refused(login(existing, token({ sub: 'e2', email: 'there@jwt.example' }), { noLink: true }), 404);
    assert.equal((await good(login(existing, token({ sub: 'e2', email: 'there@jwt.example' })))).user.id, user.id);
    assert.equal((await good(login(existing, token({ sub: 'e2', email: 'there@jwt.example' }), { noLink: true }))).user.id, user.id);
    const byName = await make('LinkByUsername');
    assert.equal((await good(login(byName, token({ sub: 'n1', preferred_username: 'There' })))).user.id, user.id);
    const named = (await good(login(byName, token({ sub: 'n2', preferred_username: 'fresh', email: 'fresh@jwt.example' })))).user;
    assert.deepEqual([named.username, named.email], ['fresh', undefined]);
    await refused(login(byName, token({ sub: 'n3' })), 401);
    const nameExisting = await make('LinkByUsernameForExistingUser');
    await refused(login(nameExisting, token({ sub: 'n4', preferred_username: 'nobody' })), 404);
    assert.equal((await good(login(nameExisting, token({ sub: 'n4', preferred_username: 'there' })))).user.id, user.id);
    const anonymous = await make('LinkAnonymously', { claimMap: { given: 'firstName' } });
    const guest = (await good(login(anonymous, token({ sub: 'a1', email: 'there@jwt.example', given: 'Ghost' })))).user;
    assert.deepEqual([guest.email, guest.username, guest.firstName], [undefined, undefined, undefined]);
    assert.equal((await good(login(anonymous, token({ sub: 'a1' })))).user.id, guest.id);
    assert.notEqual((await good(login(anonymous, token({ sub: 'a2' })))).user.id, guest.id);
    const disabled = await make('Disabled');
    await refused(login(disabled, token({ sub: 'd1', email: 'there@jwt.example' })), 404);
    await good(client.createUserLink({ identityProviderLink: { identityProviderId: disabled.id, identityProviderUserId: 'd1', userId: user.id } }));
    assert.equal((await good(login(disabled, token({ sub: 'd1' })))).user.id, user.id);
  });

  test('without createRegistration nobody is registered: 202', async () => {
    const guest = await make('LinkByEmail', { applicationConfiguration: { [ids.app]: { enabled: true, createRegistration: false } } });
    const answer = await login(guest, token({ sub: 'g', email: 'guest@jwt.example' }));
    assert.deepEqual([answer.statusCode, answer.response.user.registrations ?? []], [202, []]);
    const closed = await login(guest, token({ sub: 'g' }), { noJWT: true });
    assert.deepEqual([closed.statusCode, closed.response.token], [202, undefined]);
  });

  test('what stands between a person and every way in stands here, too', async () => {
    const user = (await good(client.createUser(null, { user: { email: 'shut@jwt.example', password: 'long enough a password' } }))).user;
    await good(login(idp, token({ sub: 'shut', email: 'shut@jwt.example' })));
    await good(client.deactivateUser(user.id));
    await refused(login(idp, token({ sub: 'shut' })), 423);
  });

  test('claims are taken over by claimMap and by attributeMappings, those that fit', async () => {
    const mapped = await make('LinkByEmail', { claimMap: { given: 'firstName', born: 'birthDate', dept: 'UserData', cost: 'RegistrationData', boss: 'password', zone: 'timezone' } });
    const first = (await good(login(mapped, token({ sub: 'm', email: 'm@jwt.example', given: 'Grace', born: '1906-12-09', dept: ['navy'], cost: 7, boss: 'x', zone: 'not a zone!' })))).user;
    assert.deepEqual([first.firstName, first.birthDate, first.data, first.timezone], ['Grace', '1906-12-09', { dept: ['navy'] }, undefined]);
    assert.deepEqual(first.registrations[0].data, { cost: 7 });
    const second = (await good(login(mapped, token({ sub: 'm', given: 'Amazing Grace', born: 'never' })))).user;
    assert.deepEqual([second.firstName, second.birthDate], ['Amazing Grace', '1906-12-09']);
    assert.equal((await good(client.retrieveUser(first.id))).user.firstName, 'Amazing Grace');
    const pointed = await make('LinkByEmail', { attributeMappings: { 'user.lastName': 'name.family', 'user.data.city': '/address/a~1b', 'registration.data.x': 'x', 'user.password': 'name.family', 'user.email': 'x' } });
    const third = (await good(login(pointed, token({ sub: 'p', email: 'p@jwt.example', name: { family: 'Hopper' }, address: { 'a/b': 'York' }, x: 'y' })))).user;
    assert.deepEqual([third.lastName, third.data, third.email, third.registrations[0].data], ['Hopper', { city: 'York' }, 'p@jwt.example', { x: 'y' }]);
  });

  test('CreatePendingLink: 232; who is signed in takes it, once', async () => {
    const provider = await make('CreatePendingLink', { tenantConfiguration: { [ids.tenant]: { limitUserLinkCount: { enabled: true, maximumLinks: 2 } } } });
    const user = (await good(client.createUser(null, { user: { email: 'pending@jwt.example', password: 'long enough a password' } }))).user;
    const pend = async (sub) => {
      const answer = await login(provider, token({ sub, email: 'their@jwt.example', preferred_username: 'theirs' }), { data: { refresh_token: 'kept' } });
      assert.deepEqual([answer.statusCode, Object.keys(answer.response)], [232, ['pendingIdPLinkId']]);
      return answer.response.pendingIdPLinkId;
    };
    const id = await pend('p1');
    const shown = await good(client.retrievePendingLink(id, user.id));
    assert.deepEqual(shown, { identityProviderTenantConfiguration: { data: {}, limitUserLinkCount: { enabled: true, maximumLinks: 2 } }, linkCount: 0,
      pendingIdPLink: { displayName: 'their@jwt.example', email: 'their@jwt.example', identityProviderId: provider.id, identityProviderName: provider.name, identityProviderType: 'ExternalJWT', identityProviderUserId: 'p1', username: 'theirs' } });
    const raced = await Promise.allSettled([1, 2, 3].map(() => client.createUserLink({ pendingIdPLinkId: id, identityProviderLink: { userId: user.id } })));
    assert.equal(raced.filter((r) => r.status === 'fulfilled').length, 1);
    await refused(client.retrievePendingLink(id, user.id), 404);
    await refused(client.createUserLink({ pendingIdPLinkId: id, identityProviderLink: { userId: user.id } }), 400, ['[invalid]pendingIdPLinkId']);
    assert.equal((await good(login(provider, token({ sub: 'p1' })))).user.id, user.id);
    assert.equal((await good(client.retrieveUserLink(provider.id, 'p1', user.id))).identityProviderLink.token, 'kept');
    await good(client.createUserLink({ pendingIdPLinkId: await pend('p2'), userId: user.id }));
    await refused(client.createUserLink({ pendingIdPLinkId: await pend('p3'), identityProviderLink: { userId: user.id } }), 400, ['[limit]identityProviderLink.userId']);
    // of another tenant it is not there
    const otherTenant = (await good(house.createTenant(null, { tenant: { name: 'Pending', issuer: 'pending.example' } }))).tenant.id;
    await refused(clientOf(c, await keyOfTenant(c, otherTenant)).retrievePendingLink(await pend('p4'), user.id), 404);
  });

  test('what is too long, or no line of text, is nobody; a long name is cut between characters', async () => {
    const byName = await make('LinkByUsername');
    for (const preferred_username of ['x'.repeat(300), 'a\nb', ' \u200b ']) await refused(login(byName, token({ sub: 'long', preferred_username })), 401);
    await refused(login(byName, token({ sub: 'x'.repeat(1025), preferred_username: 'x' })), 401);
    await refused(login(idp, token({ sub: 'long', email: `${'x'.repeat(250)}@jwt.example` })), 401);
    const anonymous = await make('LinkAnonymously');
    const { user } = await good(login(anonymous, token({ sub: 'emoji', name: `x${'\u{1F600}'.repeat(100)}` }), { data: { refresh_token: 'r'.repeat(9000) } }));
    const { identityProviderLink } = await good(client.retrieveUserLink(anonymous.id, 'emoji', user.id));
    assert.deepEqual([identityProviderLink.displayName, identityProviderLink.token], [`x${'\u{1F600}'.repeat(63)}`, undefined]);
    await good(login(anonymous, token({ sub: 'emoji' })));
  });

  test('two at once of somebody new: one person', async () => {
    const both = await Promise.all([1, 2, 3, 4].map(() => login(idp, token({ sub: 'raced', email: 'raced@jwt.example' })).catch((e) => e)));
    for (const one of both) assert.equal(one.statusCode, 200, JSON.stringify(one));
    assert.equal(new Set(both.map((one) => one.response.user.id)).size, 1);
  });

  test('where a tenant verifies addresses, an account made for somebody else is theirs once they prove it', async () => {
    await good(house.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verifyEmail: true } } }));
    const planted = (await good(client.createUser(null, { user: { email: 'victim@jwt.example', password: 'the password of a thief' } }))).user;
    assert.equal(planted.verified, false);
    const thief = await client.login({ loginId: 'victim@jwt.example', password: 'the password of a thief', applicationId: ids.app });
    assert.ok([200, 202, 212].includes(thief.statusCode));
    const owner = (await good(login(idp, token({ sub: 'victim', email: 'victim@jwt.example', email_verified: true })))).user;
    assert.deepEqual([owner.id, owner.verified], [planted.id, true]);
    await refused(client.login({ loginId: 'victim@jwt.example', password: 'the password of a thief', applicationId: ids.app }), 404);
    await good(house.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verifyEmail: false } } }));
  });

  test('start: the id of a SAML request; nothing for the others. The connection test says what it tried', async () => {
    const saml = (await good(house.createIdentityProvider(null, { identityProvider: { type: 'SAMLv2', name: 'Saml', buttonText: 'Go', enabled: true, idpEndpoint: 'https://saml.example',
      useNameIdForEmail: true, verificationKeyIds: [keyId], applicationConfiguration: { [ids.app]: { enabled: true } } } }))).identityProvider;
    const one = await good(client.startIdentityProviderLogin({ applicationId: ids.app, identityProviderId: saml.id, state: { a: 1 } }));
    assert.match(one.code, /^id[\w-]{40,}$/);
    assert.notEqual((await good(client.startIdentityProviderLogin({ applicationId: ids.app, identityProviderId: saml.id }))).code, one.code);
    await refused(client.startIdentityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id }), 400, ['[notSupported]identityProviderId']);
    await refused(client.startIdentityProviderLogin({ applicationId: ids.publicApp, identityProviderId: saml.id }), 400, ['[invalid]identityProviderId']);
    await refused(client.startIdentityProviderLogin({}), 400, ['[missing]identityProviderId']);
    const { connectionTestId } = await good(client.startIdentityProviderConnectionTest({ identityProviderId: idp.id, tenantId: ids.tenant }));
    const { result } = await good(client.retrieveIdentityProviderConnectionTestResults(connectionTestId));
    assert.deepEqual([result.success, result.identityProviderId, result.steps.map((s) => s.success)], [true, idp.id, [true, true]]);
    const tried = await good(client.startIdentityProviderConnectionTest({ identityProviderId: saml.id, tenantId: ids.tenant }));
    // What is tried may be started while the provider is off, by its own test alone.
    await good(client.patchIdentityProvider(saml.id, { identityProvider: { enabled: false } }));
    const start = (more) => client.startIdentityProviderLogin({ applicationId: ids.app, identityProviderId: saml.id, ...more });
    await refused(start(), 400, ['[invalid]identityProviderId']);
    assert.match((await good(start({ connectionTestId: tried.connectionTestId }))).code, /^id/);
    for (const id of ['nothing', connectionTestId]) await refused(start({ connectionTestId: id }), 400, ['[invalid]connectionTestId']);
    // Its keys are there: what it says is tried by a person (saml_test.mjs).
    assert.equal((await good(client.retrieveIdentityProviderConnectionTestResults(tried.connectionTestId))).result.success, true);
    await refused(client.startIdentityProviderConnectionTest({ identityProviderId: nobody, tenantId: ids.tenant }), 404);
    await refused(client.startIdentityProviderConnectionTest({ identityProviderId: idp.id, tenantId: nobody }), 400, ['[invalid]tenantId']);
    await refused(client.retrieveIdentityProviderConnectionTestResults('nothing'), 404);
    await refused(clientOf(c, 'wrong').startIdentityProviderConnectionTest({ identityProviderId: idp.id }), 401);
  });
});

// An OpenID provider that can break each rule by a switch.
class Provider {
  static async start() {
    const p = Object.assign(new Provider(), { keys: pair(), stranger: pair(), codes: new Map(), asked: [], broken: {} });
    p.server = createServer((req, res) => p.serve(req, res)).listen(0, '127.0.0.1');
    await once(p.server, 'listening');
    p.url = `http://127.0.0.1:${p.server.address().port}`;
    return p;
  }

  stop() { this.server.closeAllConnections(); this.server.close(); }

  // A code for somebody, as the browser would bring it.
  code(claims) { const code = randomUUID(); this.codes.set(code, claims); return code; }

  idToken(claims) {
    const { key = this.keys.privateKey, header = {}, ...wrong } = this.broken.idToken ?? {};
    return jwt(key, { iss: this.url, aud: 'us', sub: claims.sub, ...wrong }, { kid: 'op', ...header });
  }

  async serve(req, res) {
    let body = '';
    for await (const part of req) body += part;
    const path = new URL(req.url, this.url).pathname;
    const send = (value, status = 200) => { res.writeHead(status, { 'content-type': 'application/json' }); res.end(typeof value === 'string' ? value : JSON.stringify(value)); };
    if (this.broken.status?.[path]) return send({}, this.broken.status[path]);
    if (path === '/.well-known/openid-configuration') return send({ issuer: this.url, token_endpoint: `${this.url}/token`, userinfo_endpoint: `${this.url}/me`, jwks_uri: `${this.url}/jwks`, ...this.broken.discovery });
    if (path === '/jwks') return send({ keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'op', use: 'sig', alg: 'ES256' }] });
    if (path === '/token') {
      const form = Object.fromEntries(new URLSearchParams(body));
      this.asked.push({ form, authorization: req.headers.authorization });
      const claims = this.codes.get(form.code);
      this.codes.delete(form.code);
      if (!claims || form.redirect_uri !== 'https://us.example/cb') return send({ error: 'invalid_grant' }, 400);
      const access = `access of ${JSON.stringify(claims)}`;
      return send(this.broken.token ?? { access_token: Buffer.from(access).toString('base64url'), token_type: 'Bearer', refresh_token: 'refresh', id_token: this.broken.noIdToken ? undefined : this.idToken(claims) });
    }
    if (path === '/me') {
      const access = Buffer.from(req.headers.authorization.slice(7), 'base64url').toString();
      return send(this.broken.userinfo ?? JSON.parse(access.slice(10)));
    }
    return send({}, 404);
  }
}

describe('an OpenID provider', () => {
  let c, client, op, idp;
  before(async () => {
    c = await Cardea.start({ args: ['--allow-private-fetch'] });
    client = clientOf(c, apiKey);
    op = await Provider.start();
    idp = await make();
  });
  after(async () => { op.stop(); await c.end(); });

  const make = async (more = {}, oauth2 = {}) => (await good(client.createIdentityProvider(null, { identityProvider: {
    type: 'OpenIDConnect', name: `Op ${randomUUID()}`, buttonText: 'Go', enabled: true, oauth2: { client_id: 'us', client_secret: 'our secret / &', issuer: op.url, ...oauth2 },
    applicationConfiguration: { [ids.app]: { enabled: true } }, ...more } }))).identityProvider;
  const login = (provider, claims, data = {}) => client.identityProviderLogin({ applicationId: ids.app, identityProviderId: provider.id, data: { code: op.code(claims), redirect_uri: 'https://us.example/cb', ...data } });

  test('a code is exchanged, the person found by userinfo, the refresh token kept', async () => {
    const answer = await good(login(idp, { sub: 'o1', email: 'o1@op.example', email_verified: true }, { code_verifier: 'v' }));
    assert.deepEqual([answer.user.email, claimsOf(answer.token).authenticationType], ['o1@op.example', 'OPENID_CONNECT']);
    const { form, authorization } = op.asked.at(-1);
    assert.deepEqual([form.grant_type, form.code_verifier, form.client_secret], ['authorization_code', 'v', undefined]);
    assert.equal(Buffer.from(authorization.slice(6), 'base64').toString(), `us:${encodeURIComponent('our secret / &')}`);
    assert.equal((await good(client.retrieveUserLink(idp.id, 'o1', answer.user.id))).identityProviderLink.token, 'refresh');
    assert.equal((await good(login(idp, { sub: 'o1' }))).user.id, answer.user.id);
  });

  test('as the application says, as the client authenticates, with endpoints of its own', async () => {
    const own = await make({ applicationConfiguration: { [ids.app]: { enabled: true, oauth2: { client_id: 'own', client_secret: 'own secret' } } } },
      { issuer: undefined, clientAuthenticationMethod: 'client_secret_post', authorization_endpoint: `${op.url}/a`, token_endpoint: `${op.url}/token`, userinfo_endpoint: `${op.url}/me` });
    await good(login(own, { sub: 'o2', email: 'o2@op.example' }));
    assert.deepEqual([op.asked.at(-1).form.client_id, op.asked.at(-1).form.client_secret, op.asked.at(-1).authorization], ['own', 'own secret', undefined]);
    const open = await make({}, { clientAuthenticationMethod: 'none', client_secret: undefined });
    await good(login(open, { sub: 'o3', email: 'o3@op.example' }));
    assert.deepEqual([op.asked.at(-1).form.client_id, op.asked.at(-1).form.client_secret], ['us', undefined]);
    const picky = await make({ attributeMappings: { 'user.firstName': 'id_token.given' } }, { emailClaim: 'mail', uniqueIdClaim: 'number' });
    op.broken = { idToken: { given: 'Given' } };
    const { user } = await good(login(picky, { sub: 'x', number: 4711, mail: 'o4@op.example' }));
    op.broken = {};
    assert.deepEqual([user.email, user.firstName], ['o4@op.example', 'Given']);
    await good(client.retrieveUserLink(picky.id, '4711', user.id));
  });

  test('several at once of somebody new: each code is exchanged once, and all are one person', async () => {
    const before = op.asked.length;
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => login(idp, { sub: 'raced', email: 'raced@op.example' }).catch((e) => e)));
    for (const one of all) assert.equal(one.statusCode, 200, JSON.stringify(one));
    assert.equal(new Set(all.map((one) => one.response.user.id)).size, 1);
    assert.equal(op.asked.length, before + 5);
  });

  test('whatever breaks a rule is refused', async () => {
    const wrong = [
      { idToken: { iss: 'https://evil.example' } }, { idToken: { aud: 'them' } }, { idToken: { aud: ['us', 'them'] } }, { idToken: { azp: 'them' } },
      { idToken: { exp: now() - 120 } }, { idToken: { exp: undefined } }, { idToken: { sub: undefined } }, { idToken: { key: op.stranger.privateKey } },
      { idToken: { header: { alg: 'none' } } }, { idToken: { header: { kid: 'other' } } }, { idToken: { sub: 'somebody else' } },
      { userinfo: { sub: 'somebody else', email: 'evil@op.example' } }, { userinfo: 'no json' }, { userinfo: [] }, { userinfo: { email: 'evil@op.example' } },
      { token: {} }, { token: [] }, { discovery: { issuer: 'https://evil.example' } }, { discovery: { token_endpoint: undefined } },
      { status: { '/token': 400 } }, { status: { '/me': 401 } }, { status: { '/jwks': 404 } }, { status: { '/.well-known/openid-configuration': 404 } },
    ];
    for (const broken of wrong) {
      op.broken = broken;
      await refused(login(idp, { sub: 'evil', email: 'evil@op.example' }), 401).catch((e) => { throw new Error(`${JSON.stringify(broken)}: ${e.message}`); });
    }
    op.broken = {};
    await refused(login(idp, { sub: 'evil', email: 'evil@op.example' }, { code: 'used' }), 401);
    await refused(login(idp, { sub: 'evil', email: 'evil@op.example' }, { redirect_uri: 'https://evil.example' }), 401);
    await refused(client.identityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id, data: {} }), 400, ['[blank]data.code', '[blank]data.redirect_uri']);
    await refused(client.retrieveUserByEmail('evil@op.example'), 404);
  });

  test('who cannot be reached is no fault of the person: 503', async () => {
    op.broken = { status: { '/token': 500 } };
    await refused(login(idp, { sub: 'o5', email: 'o5@op.example' }), 503);
    op.broken = {};
    const gone = await make({}, { issuer: 'http://127.0.0.1:1' });
    await refused(login(gone, { sub: 'o5' }), 503);
  });

  test('the connection test discovers the provider', async () => {
    const run = async (provider) => (await good(client.retrieveIdentityProviderConnectionTestResults((await good(client.startIdentityProviderConnectionTest({ identityProviderId: provider.id, tenantId: ids.tenant }))).connectionTestId))).result;
    const fine = await run(idp);
    assert.deepEqual([fine.success, fine.steps.length], [true, 3]);
    // tried with somebody, while the provider is off: nobody is made, nobody comes in
    const off = await make({ enabled: false });
    const { connectionTestId } = await good(client.startIdentityProviderConnectionTest({ identityProviderId: off.id, tenantId: ids.tenant }));
    const tried = (claims, more = {}) => client.identityProviderLogin({ applicationId: ids.app, identityProviderId: off.id, connectionTestId, data: { code: op.code(claims), redirect_uri: 'https://us.example/cb' }, ...more });
    assert.deepEqual((await good(tried({ sub: 't1', email: 'tried@op.example', preferred_username: 'tried' }))), {});
    const one = (await good(client.retrieveIdentityProviderConnectionTestResults(connectionTestId))).result;
    assert.deepEqual([one.success, one.email, one.username, one.identityProviderUserId], [true, 'tried@op.example', 'tried', 't1']);
    assert.ok(one.steps.length > fine.steps.length && one.steps.every((s) => s.success));
    op.broken = { idToken: { aud: 'them' } };
    await good(tried({ sub: 't1' }));
    op.broken = {};
    const two = (await good(client.retrieveIdentityProviderConnectionTestResults(connectionTestId))).result;
    assert.deepEqual([two.success, two.email, two.steps.at(-1).success], [false, undefined, false]);
    await refused(client.retrieveUserByEmail('tried@op.example'), 404);
    await refused(tried({ sub: 't1' }, { identityProviderId: idp.id }), 400, ['[invalid]connectionTestId']);
    await refused(tried({ sub: 't1' }, { connectionTestId: undefined }), 400, ['[invalid]identityProviderId']);
    const gone = await run(await make({}, { issuer: 'http://127.0.0.1:1' }));
    assert.deepEqual([gone.success, gone.steps.at(-1).success, gone.steps.at(-1).detail], [false, false, 'No connection could be made.']);
  });
});

test('without --allow-private-fetch no provider of this network is asked', async () => {
  const c = await Cardea.start();
  const op = await Provider.start();
  const client = clientOf(c, apiKey);
  const idp = (await good(client.createIdentityProvider(null, { identityProvider: { type: 'OpenIDConnect', name: 'Op', buttonText: 'Go', enabled: true,
    oauth2: { client_id: 'us', client_secret: 's', issuer: op.url }, applicationConfiguration: { [ids.app]: { enabled: true } } } }))).identityProvider;
  await refused(client.identityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id, data: { code: op.code({}), redirect_uri: 'https://us.example/cb' } }), 503);
  assert.deepEqual(op.asked, []);
  op.stop();
  await c.end();
});
