// SPDX-License-Identifier: Apache-2.0
// People come in by SAML 2.0 identity providers: what is believed, what is not (security.md SA-01 to SA-25), that an answer
// counts once, what is taken of it; and the same with answers that libraries of others signed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { constants, createHmac, generateKeyPair, generateKeyPairSync, sign } from 'node:crypto';
import { promisify } from 'node:util';
import samlify from 'samlify';
import { SignedXml } from 'xml-crypto';
import { Cardea, apiKey, decode, ids } from './harness.mjs';
import { clientOf, good, keyOfTenant, nobody, refused } from './client.mjs';
import { ENVELOPED, EXC, P, algorithms, answerOf, assertionOf, at, base64, el, newId, sealed, signatureOf, transform } from './saml.mjs';

const rsa = () => promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
const spki = (pair) => pair.publicKey.export({ type: 'spki', format: 'pem' });
const THEM = 'https://idp.example/metadata';
const more = 'http://www.w3.org/2001/04/xmldsig-more#';

let c, house, client, theirs, other, curve, keyId, curveId, idp, test1;
const importKey = async (name, algorithm, pair) => (await good(house.importKey(null, { key: { algorithm, name, publicKey: spki(pair) } }))).key.id;
const make = async (settings = {}) => (await good(house.createIdentityProvider(null, { identityProvider: {
  type: 'SAMLv2', name: newId(), enabled: true, buttonText: 'In', idpEndpoint: 'https://idp.example/sso', emailClaim: 'email', verificationKeyIds: [keyId],
  applicationConfiguration: { [ids.app]: { enabled: true } }, ...settings } }))).identityProvider;
const makeInitiated = (settings = {}) => make({ type: 'SAMLv2IdPInitiated', issuer: THEM, buttonText: undefined, idpEndpoint: undefined, ...settings });
const start = async (provider = idp, moreOf = {}) => (await good(client.startIdentityProviderLogin({ applicationId: ids.app, identityProviderId: provider.id, ...moreOf }))).code;
const send = (xml, provider = idp, moreOf = {}, of = client) => of.identityProviderLogin({ applicationId: ids.app, identityProviderId: provider.id, data: { samlResponse: base64(xml) }, ...moreOf });
// What fits a provider; options replace it.
const fit = (provider, o = {}) => {
  const acs = provider.type === 'SAMLv2' && o.request !== null ? `${c.url}/samlv2/acs` : `${c.url}/samlv2/acs/${provider.id}/${ids.app}`;
  return { issuer: THEM, destination: acs, recipient: acs, audience: `${c.url}/samlv2/sp/${provider.id}`, attributes: { email: 'in@saml.example' }, ...o };
};
const answer = (o, how = {}, provider = idp) => answerOf(fit(provider, o), { key: theirs.privateKey, ...how });
const come = async (o = {}, how = {}, provider = idp, moreOf = {}) => send(answer({ request: await start(provider), ...o }, how, provider).xml, provider, moreOf);
// Why an answer is not believed, as the connection test tells whoever sets a provider up.
const reason = async (xml, provider = idp, connectionTestId = test1) => {
  await good(send(xml, provider, { connectionTestId }));
  const { result } = await good(house.retrieveIdentityProviderConnectionTestResults(connectionTestId));
  const last = result.steps.at(-1);
  return last.success ? 'fine' : last.detail ?? last.title;
};

before(async () => {
  [c, theirs, other] = await Promise.all([Cardea.start(), rsa(), rsa()]);
  curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  house = clientOf(c, apiKey);
  client = clientOf(c, apiKey, ids.tenant);
  keyId = await importKey('theirs', 'RS256', theirs);
  curveId = await importKey('theirs too', 'ES256', curve);
  idp = await make();
  test1 = (await good(house.startIdentityProviderConnectionTest({ identityProviderId: idp.id, tenantId: ids.tenant }))).connectionTestId;
});
after(() => c.end());

describe('who is let in', () => {
  test('a signed answer to a request makes, links, registers and signs in a person; once', async () => {
    const request = await start();
    const { xml } = answer({ request });
    const { user, token } = await good(send(xml));
    assert.deepEqual([user.email, user.verified], ['in@saml.example', true]);
    assert.deepEqual(user.registrations.map((r) => [r.applicationId, r.roles]), [[ids.app, ['member']]]);
    assert.equal(decode(token).authenticationType, 'SAMLv2');
    assert.equal((await good(client.retrieveUserLink(idp.id, 'in@saml.example', user.id))).identityProviderLink.displayName, 'in@saml.example');
    await refused(send(xml), 401); // SA-21
    await refused(send(answer({ request }).xml), 401);
    assert.equal((await good(come())).user.id, user.id);
  });

  test('of two who bring one answer at once, one comes in', async () => {
    for (const provider of [idp, await makeInitiated()]) {
      const { xml } = answer({ request: provider === idp ? await start() : null }, {}, provider);
      const all = await Promise.allSettled(Array.from({ length: 6 }, () => send(xml, provider)));
      assert.deepEqual(all.map((a) => a.value?.statusCode ?? a.reason.statusCode).sort(), [200, 401, 401, 401, 401, 401]);
    }
  });

  test('the response may be signed, or the assertion, or both; by the algorithms of RFC 9231', async () => {
    for (const where of ['assertion', 'response', 'both']) await good(come({}, { where }));
    const pss = (hash, saltLength) => ({ hash, signKey: { key: theirs.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } });
    const ways = [
      { algorithm: `${more}rsa-sha384`, hash: 'sha384', digest: `${more}sha384`, digestHash: 'sha384' },
      { algorithm: `${more}rsa-sha512`, hash: 'sha512', digest: 'http://www.w3.org/2001/04/xmlenc#sha512', digestHash: 'sha512' },
      { algorithm: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1', ...pss('sha256', 32) },
      { scope: { 'xmlns:xs': 'http://www.w3.org/2001/XMLSchema' }, transforms: transform(ENVELOPED) + transform(EXC, '<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"></ec:InclusiveNamespaces>') },
      { canon: `${EXC}WithComments`, transforms: transform(ENVELOPED) + transform(`${EXC}WithComments`) },
    ];
    for (const how of ways) await good(come({ scope: how.scope }, how));
    const two = await make({ verificationKeyIds: [keyId, curveId] });
    const es256 = { algorithm: `${more}ecdsa-sha256`, signKey: { key: curve.privateKey, dsaEncoding: 'ieee-p1363' } };
    await good(come({}, es256, two));
    await good(come({}, {}, two));
    await refused(come({}, es256), 401); // a key of another provider's
  });

  test('what a library of others signed is read as well, in its own form', async () => {
    const library = (xml, where) => {
      const signed = new SignedXml({ privateKey: theirs.privateKey, canonicalizationAlgorithm: EXC, signatureAlgorithm: algorithms.rsa256 });
      signed.addReference({ xpath: `//*[local-name(.)='${where}']`, transforms: [ENVELOPED, EXC], digestAlgorithm: algorithms.sha256 });
      signed.computeSignature(xml, { location: { reference: `//*[local-name(.)='${where}']/*[local-name(.)='Issuer']`, action: 'after' } });
      return signed.getSignedXml();
    };
    for (const where of ['Assertion', 'Response']) {
      const { id, assertion, xml } = answer({ request: await start(), id: newId() }, { where: 'none' });
      const wild = xml.replace(assertion, assertion.replace(' xmlns:saml', ` xmlns:xs="http://www.w3.org/2001/XMLSchema"\n  xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:saml`)
        .replace('<saml:AttributeValue>', '<saml:AttributeValue\n xsi:type="xs:string">').replaceAll('</saml:Attribute>', '\r\n</saml:Attribute>').replace('"2.0">', '"2.0" >'));
      assert.ok(id && wild.includes('xsi:type'));
      const text = `<?xml version="1.0" encoding="UTF-8"?>\r\n${library(wild, where)}\n`;
      const { user } = await good(send(text));
      assert.equal(user.email, 'in@saml.example');
    }
  });
});

describe('what is taken of an answer', () => {
  test('claims: subject, address, username, members; several values; NameID', async () => {
    const named = await make({ useNameIdForEmail: true, emailClaim: undefined });
    const { user } = await good(come({ nameId: 'named@saml.example', nameIdFormat: 'emailAddress', attributes: {} }, {}, named));
    assert.equal(user.email, 'named@saml.example');
    assert.equal((await good(client.retrieveUserLink(named.id, 'named@saml.example', user.id))).identityProviderLink.userId, user.id);
    await refused(come({ nameId: 'named@saml.example', nameIdFormat: 'transient', attributes: {} }, {}, named), 401);
    await refused(come({ nameId: null, attributes: {} }, {}, named), 401);

    const full = await make({ uniqueIdClaim: 'urn:oid:1', emailClaim: 'http://mail/', attributeMappings: { 'user.firstName': 'urn:oid:2.5.4.42', 'user.data.groups': 'groups' } });
    const attributes = { 'urn:oid:1': 'u-1', 'http://mail/': ['one@saml.example', 'two@saml.example'], 'urn:oid:2.5.4.42': ' Zoë & <b> ', groups: ['a', 'b'], empty: [], odd: '' };
    const one = (await good(come({ attributes }, {}, full))).user;
    assert.deepEqual([one.email, one.firstName, one.data.groups], ['one@saml.example', 'Zoë & <b>', ['a', 'b']]);
    assert.equal((await good(come({ attributes: { ...attributes, 'http://mail/': 'moved@saml.example' } }, {}, full))).user.id, one.id);
    await refused(come({ attributes: { 'http://mail/': 'one@saml.example' } }, {}, full), 401);
    const split = await come({ statement: `<saml:AttributeStatement>${['given', 'urn:oid:1'].map((n) => el('saml:Attribute', { Name: n }, el('saml:AttributeValue', {}, el('saml:NameID', {}, 'u-1')))).join('')}</saml:AttributeStatement>` }, {}, full).catch((e) => e);
    assert.equal(split.statusCode, 401); // an element is no text

    const byName = await make({ linkingStrategy: 'LinkByUsername', usernameClaim: 'login', uniqueIdClaim: 'id' });
    assert.equal((await good(come({ attributes: { login: 'sam', id: '7' } }, {}, byName))).user.username, 'sam');
    const guest = await make({ linkingStrategy: 'LinkAnonymously', attributeMappings: {} });
    const anonymous = (await good(come({ attributes: {}, nameId: 'persistent-7' }, {}, guest))).user;
    assert.equal(anonymous.email, undefined);
    assert.equal((await good(client.retrieveUserLink(guest.id, 'persistent-7', anonymous.id))).identityProviderLink.userId, anonymous.id);
  });

  test('strategies: nobody is linked without noLink, pending links, existing people only; no registration', async () => {
    const request = await start();
    const { xml } = answer({ request, attributes: { email: 'later@saml.example' } });
    await refused(send(xml, idp, { noLink: true }), 404);
    assert.equal((await good(send(xml))).user.email, 'later@saml.example'); // looking used nothing up
    const pending = await make({ linkingStrategy: 'CreatePendingLink' });
    const asked = await come({ attributes: { email: 'pending@saml.example' } }, {}, pending);
    assert.equal(asked.statusCode, 232);
    const { user } = await good(client.createUser(null, { user: { email: 'somebody@saml.example', password: 'long enough a password' } }));
    await good(client.createUserLink({ pendingIdPLinkId: asked.response.pendingIdPLinkId, identityProviderLink: { identityProviderId: pending.id, userId: user.id } }));
    assert.equal((await good(come({ attributes: { email: 'pending@saml.example' } }, {}, pending))).user.id, user.id);
    const existing = await make({ linkingStrategy: 'LinkByEmailForExistingUser', applicationConfiguration: { [ids.app]: { enabled: true, createRegistration: false } } });
    await refused(come({ attributes: { email: 'nobody@saml.example' } }, {}, existing), 404);
    await good(client.createUser(null, { user: { email: 'guest@saml.example', password: 'long enough a password' } }));
    assert.equal((await come({ attributes: { email: 'guest@saml.example' } }, {}, existing)).statusCode, 202);
  });

  test('the id of a request may be the caller’s own, once; names and addresses may be set', async () => {
    const requestId = newId();
    assert.equal(await start(idp, { data: { requestId } }), requestId);
    await refused(client.startIdentityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id, data: { requestId } }), 400, ['[duplicate]data.requestId']);
    for (const bad of ['1', 'a b', 'ü', 'a'.repeat(201), '-a']) await refused(client.startIdentityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id, data: { requestId: bad } }), 400, ['[invalid]data.requestId']);
    await refused(send(answer({ request: requestId.toUpperCase() }).xml), 401);
    const { xml } = answer({ request: requestId });
    await good(send(xml));
    await refused(send(xml), 401);

    const own = await make({ issuer: 'https://sp.example/own', assertionConfiguration: { destination: { policy: 'AllowAlternates', alternates: ['https://app.example/acs'] } } });
    const alternate = { audience: 'https://sp.example/own', recipient: 'https://app.example/acs', destination: 'https://app.example/acs' };
    await good(come(alternate, { where: 'response' }, own));
    await good(come({ audience: alternate.audience }, {}, own));
    await refused(come({ ...alternate, audience: `${c.url}/samlv2/sp/${own.id}` }, {}, own), 401);
    await refused(come({ ...alternate, recipient: 'https://app.example/acs/' }, {}, own), 401);
    const any = await make({ assertionConfiguration: { destination: { policy: 'Disabled' } } });
    await good(come({ recipient: 'https://anywhere.example', destination: 'https://elsewhere.example' }, { where: 'both' }, any));
    await refused(come({ recipient: null }, {}, any), 401);
    // a tenant's own address
    await good(house.patchTenant(ids.tenant, { tenant: { baseURL: 'https://login.saml.example/' } }));
    const there = { recipient: 'https://login.saml.example/samlv2/acs', destination: null, audience: `https://login.saml.example/samlv2/sp/${idp.id}` };
    await good(come(there));
    await refused(come(), 401);
    await good(house.patchTenant(ids.tenant, { tenant: { baseURL: null } }));
    await refused(come(there), 401);
  });
});

describe('answers nobody asked for', () => {
  test('a provider that may begin signs people in, each assertion once (SA-18, SA-21, SA-23)', async () => {
    const initiated = await makeInitiated();
    const both = await make({ idpInitiatedConfiguration: { enabled: true, issuer: THEM } });
    for (const provider of [initiated, both]) {
      const { xml } = answer({ request: null }, {}, provider);
      const { token } = await good(send(xml, provider));
      assert.equal(decode(token).authenticationType, provider === both ? 'SAMLv2' : 'SAMLv2IdpInitiated');
      await refused(send(xml, provider), 401);
      await refused(send(xml.replace('samlp:Response xmlns', 'samlp:Response  xmlns'), provider), 401); // the same assertion in another dress
      await refused(send(answer({ request: null, issuer: 'https://other.example' }, {}, provider).xml, provider), 401);
      await refused(send(answer({ request: null, recipient: `${c.url}/samlv2/acs` }, {}, provider).xml, provider), 401);
      await refused(send(answer({ request: null, recipient: `${c.url}/samlv2/acs/${provider.id}/${ids.publicApp}` }, {}, provider).xml, provider), 401);
      await refused(send(answer({ request: null }, { where: 'none' }, provider).xml, provider), 401);
      const { id } = answer({ request: null }, {}, provider);
      await good(send(answer({ request: null, id }, {}, provider).xml, provider));
      await refused(send(answer({ request: null, id }, {}, provider).xml, provider), 401);
    }
    await refused(send(answer({ request: newId() }, {}, initiated).xml, initiated), 401);
    await refused(client.startIdentityProviderLogin({ applicationId: ids.app, identityProviderId: initiated.id }), 400, ['[notSupported]identityProviderId']);
    await good(come({}, {}, both)); // asked, too
    await refused(come({ issuer: 'https://other.example' }, {}, both), 401);
    const elsewhere = await make({ idpInitiatedConfiguration: { enabled: true, issuer: 'https://elsewhere.example' } });
    await refused(send(answer({ request: null }, {}, elsewhere).xml, elsewhere), 401);
  });

  test('an assertion that came to one tenant comes to no other, nor after its time', async () => {
    const tenant = (await good(house.createTenant(null, { tenant: { name: 'Second', issuer: 'second.example' } }))).tenant.id;
    const second = clientOf(c, await keyOfTenant(c, tenant), tenant);
    const app = (await good(second.createApplication(null, { application: { name: 'Second' } }))).application.id;
    const on = { [ids.app]: { enabled: true }, [app]: { enabled: true } };
    const shared = await make({ applicationConfiguration: on, assertionConfiguration: { destination: { policy: 'Disabled' } }, idpInitiatedConfiguration: { enabled: true, issuer: THEM } });
    const there = (xml) => second.identityProviderLogin({ applicationId: app, identityProviderId: shared.id, data: { samlResponse: base64(xml) } });
    const mine = (o) => answer({ request: null, ...o }, {}, shared).xml;
    const [one, two] = [mine(), mine()];
    await good(send(one, shared));
    await refused(there(one), 401);
    await good(there(two));
    await refused(send(two, shared), 401);
    const request = await start(shared);
    await refused(there(mine({ request })), 401);
    const late = mine({ dataEnd: at(400), notOnOrAfter: at(400) });
    await good(send(late, shared));
    await c.shiftClock(300_000);
    await refused(send(late, shared), 401);
    const asked = mine({ request, dataEnd: at(400), notOnOrAfter: at(400) });
    await refused(send(asked, shared), 401); // its request is over: samlv2AuthNRequestIdTimeToLiveInSeconds
    await c.shiftClock(-300_000);
    await good(send(mine({ request, dataEnd: at(400), notOnOrAfter: at(400) }), shared));
  });

  test('with debug the event log says what became of each', async () => {
    const told = await make({ debug: true });
    await good(come({}, {}, told));
    await refused(come({ audience: 'urn:x' }, {}, told), 401);
    await refused(come({ attributes: { email: 'nobody@told.example' } }, {}, told, { noLink: true }), 404);
    const { eventLogs } = await good(house.searchEventLogs({ search: {} }));
    const its = eventLogs.filter((l) => l.message.includes(told.id)).sort((a, b) => b.id - a.id);
    const messages = its.map((l) => l.message);
    assert.deepEqual(its.map((l) => l.type), ['Debug', 'Debug', 'Debug']);
    assert.match(messages[0], /refused/);
    assert.match(messages[1], /refused\.\nJudge the response: no\. It was meant for another service provider/);
    assert.match(messages[2], /let in/);
    assert.ok(!messages.join().includes('@')); // nobody's address
  });

  test('a connection test tells what was found and signs nobody in, also while the provider is off', async () => {
    const off = await make({ enabled: false });
    const { connectionTestId } = await good(house.startIdentityProviderConnectionTest({ identityProviderId: off.id, tenantId: ids.tenant }));
    const request = await start(off, { connectionTestId });
    const { xml } = answer({ request, attributes: { email: 'tested@saml.example' } }, {}, off);
    await good(send(xml, off, { connectionTestId }));
    const { result } = await good(house.retrieveIdentityProviderConnectionTestResults(connectionTestId));
    assert.deepEqual([result.email, result.identityProviderUserId, result.success], ['tested@saml.example', 'tested@saml.example', true]);
    await refused(client.retrieveUserByEmail('tested@saml.example'), 404);
    await refused(send(xml, off), 400, ['[invalid]identityProviderId']);
  });
});

describe('assertions that are encrypted (SA-24)', () => {
  let publicKey, closed, test2;
  before(async () => {
    publicKey = other.publicKey;
    const { key } = await good(house.importKey(null, { key: { algorithm: 'RS256', name: 'opens', publicKey: spki(other), privateKey: other.privateKey.export({ type: 'pkcs8', format: 'pem' }) } }));
    closed = await make({ assertionDecryptionConfiguration: { enabled: true, keyTransportDecryptionKeyId: key.id } });
    test2 = (await good(house.startIdentityProviderConnectionTest({ identityProviderId: closed.id, tenantId: ids.tenant }))).connectionTestId;
  });
  const wrap = (o, to = publicKey) => ({ wrap: (assertion) => sealed(assertion, to, o) });

  test('AES-GCM under RSA-OAEP, the key in the data or beside it; AES-CBC where the response is signed', async () => {
    const mgf = (name) => el('xenc11:MGF', { 'xmlns:xenc11': 'http://www.w3.org/2009/xmlenc11#', Algorithm: `http://www.w3.org/2009/xmlenc11#mgf1${name}` });
    const digest = (uri) => el('ds:DigestMethod', { 'xmlns:ds': 'http://www.w3.org/2000/09/xmldsig#', Algorithm: uri });
    for (const o of [{}, { cipher: 'aes-128-gcm', beside: true }, { cipher: 'aes-192-gcm', transport: 'http://www.w3.org/2009/xmlenc11#rsa-oaep', oaepHash: 'sha256', method: digest(algorithms.sha256) + mgf('sha256') }]) await good(come({}, wrap(o), closed));
    await good(come({}, { where: 'response', ...wrap({}) }, closed));
    await good(come({}, { where: 'both', ...wrap({ beside: true }) }, closed));
    for (const cipher of ['aes-128-cbc', 'aes-256-cbc']) {
      await good(come({}, { where: 'response', ...wrap({ cipher }) }, closed));
      await refused(come({}, { where: 'assertion', ...wrap({ cipher }) }, closed), 401);
    }
  });

  test('in clear, for another key, changed, by what is not accepted, unsigned: all the same', async () => {
    const request = await start(closed);
    const mine = (o, how) => answer({ request, ...o }, how, closed).xml;
    const rows = [
      ['in clear', {}, {}, /has to be encrypted/], ['unsigned', {}, { where: 'none', ...wrap({}) }, /Neither/], ['another key', {}, wrap({}, theirs.publicKey), /cannot be opened/],
      ['changed', {}, wrap({ tamper: (data) => { data[40] ^= 1; } }), /cannot be opened/], ['PKCS #1 1.5', {}, wrap({ padding: constants.RSA_PKCS1_PADDING, transport: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5' }), /cannot be opened/],
      ['1.5 under another name', {}, wrap({ padding: constants.RSA_PKCS1_PADDING }), /cannot be opened/], ['a name nobody knows', {}, wrap({ uri: 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc' }), /cannot be opened/],
      ['a key of another length', {}, wrap({ contentKey: Buffer.alloc(16) }), /cannot be opened/], ['CBC that nobody signed', {}, wrap({ cipher: 'aes-256-cbc' }), /cannot be opened/],
      ['two inside', {}, { wrap: (a) => sealed(`${a}${a}`, publicKey) }, /cannot be opened/], ['wrapped inside', {}, { wrap: (a) => sealed(a.replace('<saml:Subject>', () => `${el('saml:Advice', {}, a)}<saml:Subject>`), publicKey) }, /cannot be opened/],
      ['a response inside', {}, { wrap: (a) => sealed(el('samlp:Response', { 'xmlns:samlp': P }, a), publicKey) }, /cannot be opened/], ['a DTD inside', {}, { wrap: (a) => sealed(`<!DOCTYPE a>${a}`, publicKey) }, /cannot be opened/],
      ['both kinds', {}, { wrap: (a) => sealed(a, publicKey) + a }, /not one Response/], ['twice', {}, { wrap: (a) => sealed(a, publicKey).repeat(2) }, /not one Response/], ['encrypted twice', {}, { wrap: (a) => sealed(sealed(a, publicKey), publicKey) }, /cannot be opened/],
      ['another signer', {}, { key: other.privateKey, ...wrap({}) }, /not by a key/], ['another audience', { audience: 'urn:x' }, wrap({}), /another service provider/],
    ];
    for (const [name, o, how, why] of rows) {
      const xml = mine(o, how);
      await refused(send(xml, closed), 401).catch((e) => assert.fail(`${name}: ${e.message}`));
      assert.match(await reason(xml, closed, test2), why, name);
    }
    assert.match(await reason(answer({ request: await start() }, wrap({})).xml), /no key to open it/);
    await good(send(mine({}, wrap({})), closed));
  });

  test('what was brought to one tenant is opened for no other: neither by its key, nor by asking for the same answer again', async () => {
    const { tenant } = await good(house.createTenant(null, { tenant: { name: 'Curious', issuer: 'curious.example' } }));
    const curious = clientOf(c, await keyOfTenant(c, tenant.id));
    const { application } = await good(curious.createApplication(null, { application: { name: 'Curious' } }));
    const { id, assertion, request, xml } = answer({ request: await start(closed) }, wrap({}), closed);
    assert.match(assertion, new RegExp(id));
    await good(send(xml, closed));
    // the answer once more, to a request of the same id
    const { connectionTestId } = await good(curious.startIdentityProviderConnectionTest({ identityProviderId: closed.id, tenantId: tenant.id }));
    await good(curious.startIdentityProviderLogin({ applicationId: application.id, identityProviderId: closed.id, connectionTestId, data: { requestId: request } }));
    await good(send(xml, closed, { applicationId: application.id, connectionTestId }, curious));
    const { result } = await good(curious.retrieveIdentityProviderConnectionTestResults(connectionTestId));
    assert.deepEqual([result.success, result.email, result.steps.at(-1).title], [false, undefined, 'See that it comes for the first time']);
    await good(client.startIdentityProviderLogin({ applicationId: ids.app, identityProviderId: closed.id, data: { requestId: request } }));
    await refused(send(xml, closed), 401);
    // the key that opens it
    const path = 'identityProvider.assertionDecryptionConfiguration.keyTransportDecryptionKeyId';
    const opens = (keyTransportDecryptionKeyId) => ({ assertionDecryptionConfiguration: { enabled: true, keyTransportDecryptionKeyId } });
    const theirOwn = (settings, by = curious) => by.createIdentityProvider(null, { identityProvider: { type: 'SAMLv2', tenantId: tenant.id, name: newId(), buttonText: 'In', idpEndpoint: 'https://idp.example/sso', emailClaim: 'email', verificationKeyIds: [keyId], issuer: `${c.url}/samlv2/sp/${closed.id}`, ...settings } });
    const { key: { id: curveKey } } = await good(house.generateKey(null, { key: { algorithm: 'ES256', name: 'apple' } }));
    const ours = closed.assertionDecryptionConfiguration.keyTransportDecryptionKeyId;
    await refused(theirOwn(opens(ours)), 400, [`[invalid]${path}`]);
    await refused(theirOwn({ signRequest: true, requestSigningKeyId: ours }), 400, ['[invalid]identityProvider.requestSigningKeyId']);
    await refused(theirOwn({ verificationKeyIds: [ours], ...opens(ours) }), 400, [`[invalid]${path}`]);
    const mine = (await good(curious.generateKey(null, { key: { algorithm: 'RS256', name: 'curious', length: 2048 } }))).key.id;
    const { identityProvider } = await good(theirOwn(opens(mine)));
    await refused(curious.patchIdentityProvider(identityProvider.id, { identityProvider: opens(ours) }), 400, [`[invalid]${path}`]);
    const given = (await good(theirOwn(opens(ours), house))).identityProvider;
    await good(curious.patchIdentityProvider(given.id, { identityProvider: { buttonText: 'Come' } }));
    const apple = (keyId, by) => by.createIdentityProvider(null, { identityProvider: { type: 'Apple', tenantId: tenant.id, name: newId(), buttonText: 'In', keyId, servicesId: 's', teamId: 't', applicationConfiguration: { [application.id]: { enabled: true, keyId } } } });
    await refused(apple(curveKey, curious), 400, ['[invalid]identityProvider.keyId', '[invalid]identityProvider.applicationConfiguration.keyId']);
    const named = (await good(apple(curveKey, house))).identityProvider;
    await good(curious.patchIdentityProvider(named.id, { identityProvider: { buttonText: 'Come' } }));
  });
});

describe('an identity provider of others: samlify', () => {
  test('what it makes of a request is read, in each way it can sign', async () => {
    const acs = `${c.url}/samlv2/acs`;
    const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
    const { certificate: signingCert } = (await good(house.generateKey(null, { key: { algorithm: 'ES256', name: 'not theirs' } }))).key; // SA-12: only keys that are set count
    samlify.setSchemaValidator({ validate: async () => 'not looked at' });
    const themselves = (moreOf) => samlify.IdentityProvider({ entityID: THEM, privateKey: theirs.privateKey.export({ type: 'pkcs8', format: 'pem' }), signingCert, requestSignatureAlgorithm: algorithms.rsa256,
      singleSignOnService: [{ Binding: post, Location: 'https://idp.example/sso' }], nameIDFormat: ['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
      loginResponseTemplate: { ...samlify.SamlLib.defaultLoginResponseTemplate, attributes: [{ name: 'email', valueTag: 'email', nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic', valueXsiType: 'xs:string' }] }, ...moreOf });
    const us = (moreOf) => samlify.ServiceProvider({ entityID: `${c.url}/samlv2/sp/${idp.id}`, assertionConsumerService: [{ Binding: post, Location: acs }], ...moreOf });
    for (const [provider, service] of [[{}, { wantAssertionsSigned: true }], [{ wantMessageSigned: true }, { wantMessageSigned: true }], [{}, { wantAssertionsSigned: true, wantMessageSigned: true }]]) {
      const request = await start();
      const fill = (template) => ({ id: newId(), context: samlify.SamlLib.replaceTagsByValue(template.replace('{AuthnStatement}', `<saml:AuthnStatement AuthnInstant="${at(0)}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`), {
        ID: newId(), AssertionID: newId(), Destination: acs, Audience: `${c.url}/samlv2/sp/${idp.id}`, SubjectRecipient: acs, Issuer: THEM, IssueInstant: at(0), ConditionsNotBefore: at(-1), ConditionsNotOnOrAfter: at(60), SubjectConfirmationDataNotOnOrAfter: at(60),
        NameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', NameID: 'sam@saml.example', InResponseTo: request, StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success', attrEmail: 'sam@saml.example' }) });
      const { context } = await themselves(provider).createLoginResponse(us(service), { extract: { request: { id: request } } }, 'post', {}, fill);
      const xml = Buffer.from(context, 'base64').toString();
      assert.match(xml, /Signature/);
      const { user } = await good(send(xml).catch(async (e) => { throw Object.assign(e, { exception: [await reason(xml), xml] }); }));
      assert.equal(user.email, 'sam@saml.example');
    }
  });
});

describe('who is not', () => {
  let request, forged;
  before(async () => {
    request = await start();
    forged = { attributes: { email: 'forged@saml.example' }, nameId: 'forged' };
  });
  const mine = (o, how) => answer({ request, ...o }, how);
  const isRefused = async (name, xml, why) => {
    await refused(send(xml), 401).catch((e) => assert.fail(`${name}: ${e.message}`));
    assert.match(await reason(xml), why, name);
  };

  test('SA-01 to SA-08: signatures that were moved, with something forged in the place of what they were made over', async () => {
    for (const where of ['assertion', 'response', 'both']) {
      const real = mine({}, { where });
      const [inner, outer] = [real.assertion.match(/<ds:Signature .*?<\/ds:Signature>/)?.[0] ?? '', real.xml.replace(real.assertion, '').match(/<ds:Signature .*?<\/ds:Signature>/)?.[0] ?? ''];
      const bare = real.assertion.replace(inner, '');
      for (const id of [newId(), real.id]) {
        const fake = assertionOf(fit(idp, { request, ...forged, id })).replaceAll(/<!--\w+-->/g, '');
        const put = (xml, text) => xml.replace('</saml:Issuer>', () => `</saml:Issuer>${text}`); // behind the first one
        const within = (signature, text) => signature.replace('</ds:Signature>', () => `${text}</ds:Signature>`);
        const instead = (text) => real.xml.replace(real.assertion, () => text);
        const envelope = (responseId, inside) => real.xml.replace(outer, '').replace(real.responseId, responseId).replace(real.assertion, () => fake).replace('</saml:Issuer>', () => `</saml:Issuer>${inside}`);
        const original = real.xml.replace(outer, '');
        const other1 = id === real.id ? real.responseId : newId();
        const cases = {
          XSW1: envelope(other1, within(outer || inner, original)), XSW2: envelope(other1, original + (outer || inner)),
          XSW3: instead(fake + real.assertion), 'XSW3 behind': instead(real.assertion + fake), XSW4: instead(fake.replace('</saml:Assertion>', () => `${real.assertion}</saml:Assertion>`)),
          XSW5: instead(put(fake, inner) + bare), XSW6: instead(put(fake, within(inner || outer, bare))),
          XSW7: real.xml.replace('<samlp:Status>', () => `${el('samlp:Extensions', {}, fake)}<samlp:Status>`), XSW8: instead(put(fake, within(inner || outer, el('ds:Object', {}, bare)))),
          'in Advice': instead(real.assertion.replace('<saml:Subject>', () => `${el('saml:Advice', {}, fake)}<saml:Subject>`)),
          'in KeyInfo': instead(put(fake, within(inner || outer, el('ds:KeyInfo', {}, bare)))), alone: instead(fake), 'signature kept': instead(put(fake, inner)),
          'in the other spelling': instead(`${el('saml:EncryptedAssertion', {}, real.assertion)}`), 'two responses': el('samlp:Response', { 'xmlns:samlp': P, ID: newId(), Version: '2.0' }, el('samlp:Status', {}) + real.xml + fake),
        };
        for (const [name, xml] of Object.entries(cases)) await refused(send(xml), 401).catch((e) => assert.fail(`${name} ${where} ${id === real.id}: ${e.message}`));
      }
    }
    await refused(client.retrieveUserByEmail('forged@saml.example'), 404);
  });

  test('SA-09, SA-10, SA-15, SA-16: XML that is more than elements and texts, or too much of it', async () => {
    const { xml } = mine({ attributes: { email: 'a&b@saml.example' } });
    const cases = {
      DTD: `<!DOCTYPE a>${xml}`, entity: `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${xml.replace('subject', '&b;')}`, bomb: `<!DOCTYPE a [<!ENTITY b "${'c'.repeat(999)}">]>${xml}`,
      comment: xml.replace('>subject<', '>sub<!-- -->ject<'), 'comment in an address': xml.replace('@saml.example', '@saml.example<!---->.evil.example'), PI: xml.replace('>subject<', '>sub<?x y?>ject<'), CDATA: xml.replace('>subject<', '><![CDATA[subject]]><'),
      stylesheet: `<?xml-stylesheet href="x"?>${xml}`, 'another encoding': `<?xml version="1.0" encoding="UTF-16"?>${xml}`, 'UTF-16': Buffer.from(xml, 'utf16le'), NUL: xml.replace('subject', 'sub\0ject'),
      'an attribute twice': xml.replace('Version="2.0"', 'Version="2.0" Version="2.0"'), 'no namespace': xml.replace(` xmlns:samlp="${P}"`, ''), 'behind the end': `${xml}<a/>`, empty: '', 'no XML': 'SAML',
      deep: '<a>'.repeat(50000), wide: xml.replace('<samlp:Status>', `${'<samlp:a/>'.repeat(25000)}<samlp:Status>`), long: xml.replace('subject', 'x'.repeat(262200)),
      'namespaces that grow': mine({}, { where: 'response' }).xml.replace('<samlp:Status>', () => `<samlp:Extensions xmlns:q="u:${'x'.repeat(60000)}">${'<q:a/>'.repeat(9000)}</samlp:Extensions><samlp:Status>`),
    };
    for (const [name, text] of Object.entries(cases)) await refused(send(text), text.length ? 401 : 400, text.length ? [] : ['[blank]data.samlResponse']).catch((e) => assert.fail(`${name}: ${e.message}`));
    for (const samlResponse of ['%%%', 'PGE', 'A']) await refused(client.identityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id, data: { samlResponse } }), 401);
    for (const samlResponse of ['a'.repeat(400000), 'a'.repeat(600000)]) await assert.rejects(client.identityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id, data: { samlResponse } }), (e) => [400, 413].includes(e.statusCode));
    // SA-15: however an id is spelt, it comes once
    for (const name of ['Id', 'id', 'xml:id']) await isRefused(name, mine({}, { wrap: (inside) => el('samlp:Extensions', {}, el('samlp:a', { [name]: inside.match(/ID="(.*?)"/)[1] })).replace('Extensions>', 'Extensions>') + inside }).xml, /not one Response/);
  });

  test('SA-11: no signature, an empty one, one without a reference, or to nothing', async () => {
    await isRefused('none', mine({}, { where: 'none' }).xml, /Neither/);
    await isRefused('empty', mine({}, { value: Buffer.from([0]) }).xml, /not by a key/);
    for (const [name, how] of Object.entries({
      'no reference': { references: () => '' }, 'two references': { references: (r) => r + r }, 'the document': { uri: '' }, 'somebody else': { uri: '#_other' }, 'an address': { uri: 'https://evil.example/' }, xpointer: { uri: '#xpointer(/)' },
      object: { object: el('ds:Object', {}) }, 'two methods': { references: (r) => r.replace('<ds:DigestValue>', () => `${el('ds:DigestMethod', { Algorithm: algorithms.sha256 })}<ds:DigestValue>`) },
    })) for (const where of ['assertion', 'response']) await isRefused(name, mine({}, { where, ...how }).xml, /not made as it must be/);
    const twice = mine({});
    const own = twice.assertion.match(/<ds:Signature .*?<\/ds:Signature>/)[0];
    await isRefused('twice', twice.xml.replace(own, own + own), /not one Response|not made/);
    for (const [name, how] of Object.entries({ 'value changed': { digestHash: 'sha1' }, 'an algorithm of another length': { digestHash: 'sha512' } })) await isRefused(name, mine({}, how).xml, /not what came/);
    const changed = mine({});
    await isRefused('changed', changed.xml.replace('in@saml.example', 'im@saml.example'), /not what came/);
  });

  test('SA-12, SA-13: another key, also when the answer brings it along; algorithms that are not accepted', async () => {
    const keyInfo = el('ds:KeyInfo', {}, el('ds:X509Data', {}, el('ds:X509Certificate', {}, other.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')))
      + el('ds:KeyValue', {}, el('ds:RSAKeyValue', {}, el('ds:Modulus', {}, Buffer.from(other.publicKey.export({ format: 'jwk' }).n, 'base64url').toString('base64')) + el('ds:Exponent', {}, 'AQAB'))));
    for (const where of ['assertion', 'response', 'both']) await isRefused(where, mine({}, { where, key: other.privateKey, keyInfo }).xml, /not by a key/);
    const half = mine({}, { where: 'both' }); // one of two signatures holds
    await isRefused('half', half.xml.replace(half.assertion, () => mine({ id: half.id }, { key: other.privateKey }).assertion), /not what came|not by a key/);
    const sha1 = 'http://www.w3.org/2000/09/xmldsig#';
    for (const [name, how, why] of [
      ['SHA-1', { algorithm: `${sha1}rsa-sha1`, hash: 'sha1' }, /algorithm/], ['SHA-1 digest', { digest: `${sha1}sha1`, digestHash: 'sha1' }, /algorithm/],
      ['MD5', { algorithm: `${more}rsa-md5`, hash: 'md5' }, /algorithm/], ['DSA', { algorithm: `${sha1}dsa-sha1` }, /algorithm/], ['none', { algorithm: '' }, /algorithm/],
      ['HMAC', { algorithm: `${more}hmac-sha256`, sign: (input) => createHmac('sha256', spki(theirs)).update(input).digest() }, /algorithm/],
      ['PSS under another name', { signKey: { key: theirs.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } }, /not by a key/],
      ['ECDSA', { algorithm: `${more}ecdsa-sha256`, sign: (input) => sign('sha256', input, { key: curve.privateKey, dsaEncoding: 'ieee-p1363' }) }, /not by a key/],
      ['inclusive form', { canon: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315' }, /not made/], ['inclusive form of it', { transforms: transform(ENVELOPED) + transform('http://www.w3.org/TR/2001/REC-xml-c14n-20010315') }, /not made/],
      ['one transform', { transforms: transform(ENVELOPED) }, /not made/], ['no transform', { transforms: '' }, /not made/], ['three', { transforms: transform(ENVELOPED) + transform(EXC) + transform(EXC) }, /not made/], ['turned round', { transforms: transform(EXC) + transform(ENVELOPED) }, /not made/],
      ['XSLT', { transforms: transform(ENVELOPED) + transform('http://www.w3.org/TR/1999/REC-xslt-19991116', '<xsl:a xmlns:xsl="http://www.w3.org/1999/XSL/Transform"></xsl:a>') }, /not made/],
      ['XPath', { transforms: transform(ENVELOPED) + transform('http://www.w3.org/TR/1999/REC-xpath-19991116', el('ds:XPath', {}, 'true()')) }, /not made/],
      ['a filter', { transforms: transform(ENVELOPED, el('ds:XPath', {}, 'true()')) + transform(EXC) }, /not made/],
    ]) await isRefused(name, mine({}, how).xml, why);
  });

  test('SA-18 to SA-23: requests, addresses, audiences, times, subjects, issuers', async () => {
    const data = (attributes) => el('saml:SubjectConfirmation', { Method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer' }, el('saml:SubjectConfirmationData', attributes));
    const acs = `${c.url}/samlv2/acs`;
    const rows = [
      ['somebody else asked', { request: newId() }, /Find the request/], ['nobody asked', { request: null }, /Nobody/], ['an empty request', { request: '' }, /Nobody/],
      ['two requests', { responseRequest: newId() }, /two requests/], ['one of two', { responseRequest: null }, /two requests/],
      ['another recipient', { recipient: 'https://evil.example/acs' }, /another address/], ['no recipient', { recipient: null }, /another address/], ['a longer one', { recipient: `${acs}/` }, /another address/],
      ['the address of others', { recipient: `${acs}/${idp.id}/${ids.app}` }, /It answers a request/], ['another destination', { destination: 'https://evil.example/acs' }, /another address/],
      ['another audience', { audience: 'https://other.example' }, /another service provider/], ['no audience', { restriction: '' }, /another service provider/], ['two restrictions', { restriction: [`${c.url}/samlv2/sp/${idp.id}`, 'urn:x'].map((a) => el('saml:AudienceRestriction', {}, el('saml:Audience', {}, a))).join('') }, /another service provider/],
      ['no conditions', { conditions: '' }, /not one Response/], ['a condition nobody knows', { restriction: el('saml:AudienceRestriction', {}, el('saml:Audience', {}, `${c.url}/samlv2/sp/${idp.id}`)) + el('saml:Condition', {}) }, /another service provider/],
      ['over', { notOnOrAfter: at(-61) }, /not any more/], ['to come', { notBefore: at(65) }, /not valid yet/], ['no time', { notOnOrAfter: 'soon' }, /not any more/], ['in a zone', { notOnOrAfter: at(60).replace('Z', '+00:00') }, /not any more/],
      ['confirmed too long ago', { dataEnd: at(-61) }, /not any more/], ['confirmed for ever', { dataEnd: null }, /No confirmation/], ['confirmed for later', { dataNotBefore: at(65) }, /not valid yet/], ['a session that is over', { session: at(-61) }, /not any more/],
      ['holder of key', { method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' }, /No confirmation/], ['no confirmation', { confirmation: '' }, /No confirmation/], ['no statement', { authn: '' }, /not one Response/],
      ['two names', { confirmation: el('saml:NameID', {}, 'x') + data({ InResponseTo: request, NotOnOrAfter: at(60), Recipient: acs }) }, /No confirmation/],
      ['two issuers', { responseIssuer: 'https://evil.example' }, /somebody else/], ['no issuer', { issuer: null, responseIssuer: null }, /not one Response/],
      ['refused', { status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }, /did not sign/], ['SAML 1', { version: '1.1' }, /not one Response/], ['SAML 1 outside', { responseVersion: '1.1' }, /not one Response/],
    ];
    for (const [name, o, why] of rows) {
      await isRefused(name, mine(o).xml, why);
      await refused(send(mine(o, { where: 'response' }).xml), 401).catch((e) => assert.fail(`${name} in a signed response: ${e.message}`));
    }
    await isRefused('no destination though signed', mine({ destination: null }, { where: 'response' }).xml, /another address/);
    // what nearly is none of these
    await good(come({ destination: null, notOnOrAfter: at(-50), notBefore: at(50), dataEnd: at(-50), session: at(-50), confirmation: undefined }));
  });

  test('SA-21: an assertion that holds for ever counts once; attributes give nothing away and set nothing but what is asked of them', async () => {
    const provider = await makeInitiated();
    for (const dataEnd of ['9999-12-31T23:59:59.999Z', '2100-01-01T00:00:00.000000000000000000000000001Z']) {
      const { xml } = answer({ request: null, dataEnd, attributes: { email: 'ever@saml.example' } }, {}, provider);
      await good(send(xml, provider));
      await refused(send(xml, provider), 401);
    }
    const odd = { id: nobody, userId: nobody, roles: 'admin', tenantId: nobody, verified: 'false', ['n'.repeat(70000)]: 'v', v: '\u{FDD0}\u{1FFFF}\u007f', ...Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`__proto__${i}`, ['', 'v']])) };
    const { user } = await good(come({ nameId: 'odd', attributes: { email: 'odd@saml.example', ...odd } }));
    assert.deepEqual([user.id === nobody, user.registrations.map((r) => r.roles), user.data], [false, [['member']], {}]);
    for (const email of ['no address', 'a@saml.example\r\nBcc: b@saml.example', `${'a'.repeat(5000)}@saml.example`]) await refused(come({ nameId: 'odd too', attributes: { email } }), 401);
  });

  test('SA-33 and the rest: other applications, tenants, providers; what was refused used nothing up', async () => {
    const { xml } = mine();
    const twin = await make({ applicationConfiguration: { [ids.app]: { enabled: true }, [ids.publicApp]: { enabled: true } }, issuer: `${c.url}/samlv2/sp/${idp.id}` });
    await refused(send(xml, twin), 401); // the same keys and names, but it was not asked
    const two = await make({ applicationConfiguration: { [ids.app]: { enabled: true }, [ids.publicApp]: { enabled: true } } });
    const there = answer({ request: await start(two) }, {}, two).xml;
    await refused(send(there, two, { applicationId: ids.publicApp }), 401);
    await refused(send(xml, idp, { applicationId: ids.publicApp }), 400, ['[invalid]identityProviderId']);
    const otherTenant = (await good(house.createTenant(null, { tenant: { name: 'Other', issuer: 'other.example' } }))).tenant.id;
    const foreign = await c.api('POST', '/api/identity-provider/login', { applicationId: ids.app, identityProviderId: idp.id, data: { samlResponse: base64(xml) } }, { authorization: await keyOfTenant(c, otherTenant) });
    assert.deepEqual([foreign.status, foreign.body.fieldErrors.applicationId[0].code], [400, '[invalid]applicationId']);
    await good(house.patchIdentityProvider(idp.id, { identityProvider: { enabled: false } }));
    await refused(send(xml), 400, ['[invalid]identityProviderId']);
    await good(house.patchIdentityProvider(idp.id, { identityProvider: { enabled: true } }));
    await refused(client.identityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id }), 400, ['[blank]data.samlResponse']);
    await refused(send(xml, { id: nobody }), 400, ['[invalid]identityProviderId']);
    await refused(client.retrieveUserByEmail('forged@saml.example'), 404);
    await good(send(there, two));
    await good(send(xml));
  });
});
