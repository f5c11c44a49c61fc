// SPDX-License-Identifier: Apache-2.0
// Signing keys, vended and public ones, API keys that give no more than they have, and the OpenAPI document.
import assert from 'node:assert/strict';
import { X509Certificate, constants, createHmac, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { certificate } from './authenticator.mjs';
import { FusionAuthClient } from './client.mjs';
import { Cardea, apiKey, decode, header, ids, kickstart, person } from './harness.mjs';

const second = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const plainKey = 'a-key-that-may-all-but-manage-keys';
const narrowKey = 'a-manager-of-users-and-keys-only';
const boundId = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaab', boundKey = 'a-manager-that-gets-bounds';
const tenantKey = 'a-manager-of-the-second-tenant-only';
const setup = {
  ...kickstart,
  apiKeys: [
    ...kickstart.apiKeys,
    { key: plainKey, permissions: { endpoints: { '/api/user': [], '/api/key': [], '/api/api-key': [] } } },
    { key: narrowKey, keyManager: true, permissions: { endpoints: { '/api/user': ['GET', 'POST'], '/api/user/registration': ['GET'], '/api/api-key': [] } } },
    { id: boundId, key: boundKey, keyManager: true, permissions: { endpoints: { '/api/user': ['GET'], '/api/api-key': [] } } },
  ],
};
const ok = async (promise) => { const answer = await promise; assert.equal(answer.status, 200, answer.text); return answer.body; };
const pem = (key) => key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' });
const spki = (text) => createPublicKey(text).export({ type: 'spki', format: 'der' }).toString('hex');
const inSecond = { 'x-fusionauth-tenantid': second };

describe('keys', () => {
  let c, client;
  const make = (key, id = '', headers) => c.api('POST', `/api/key/generate${id}`, { key }, headers);
  const bring = (key, headers) => c.api('POST', '/api/key/import', { key }, headers);
  before(async () => {
    c = await Cardea.start({ kickstart: setup });
    client = new FusionAuthClient(apiKey, c.at(''));
    await ok(c.api('POST', `/api/tenant/${second}`, { tenant: { name: 'Second' } }));
    await ok(c.api('POST', '/api/api-key', { apiKey: { key: tenantKey, tenantId: second } }));
  });
  after(() => c.end());

  test('every algorithm is generated; no private part leaves', async () => {
    for (const [algorithm, length, type] of [['ES256', 256, 'EC'], ['ES384', 384, 'EC'], ['ES512', 521, 'EC'], ['Ed25519', 256, 'OKP'], ['RS256', 2048, 'RSA'], ['HS256', 256, 'HMAC'], ['HS512', 512, 'HMAC']]) {
      const { key } = await ok(make({ algorithm, name: `new ${algorithm}`, ...(type === 'RSA' ? { length } : {}) }));
      assert.equal(key.type, type);
      if (type === 'HMAC') assert.deepEqual(Object.keys(key).sort(), ['algorithm', 'id', 'insertInstant', 'kid', 'lastUpdateInstant', 'name', 'type'], 'as documented: the rest is of keys with a public part');
      else assert.deepEqual([key.length, key.hasPrivateKey, typeof key.publicKey], [length, true, 'string']);
      const shown = await c.api('GET', `/api/key/${key.id}`);
      assert.deepEqual(shown.body.key, key);
      assert.doesNotMatch(shown.text, /PRIVATE|secret/);
    }
  });

  test('a chosen id; names, ids and lengths that do not do are said by field', async () => {
    const id = crypto.randomUUID();
    assert.equal((await client.generateKey(id, { key: { algorithm: 'ES256', name: 'chosen' } })).response.key.id, id);
    for (const [key, path, field, code] of [
      [{ algorithm: 'ES256', name: 'again' }, `/${id}`, 'keyId', 'duplicate'],
      [{ algorithm: 'ES256', name: 'chosen' }, '', 'key.name', 'duplicate'],
      [{ algorithm: 'ES256' }, '', 'key.name', 'blank'],
      [{ name: 'x' }, '', 'key.algorithm', 'blank'],
      [{ algorithm: 'none', name: 'x' }, '', 'key.algorithm', 'invalid'],
      [{ algorithm: 'RS256', name: 'x' }, '', 'key.length', 'blank'],
      [{ algorithm: 'RS256', name: 'x', length: 1024 }, '', 'key.length', 'invalid'],
      [{ algorithm: 'ES256', name: 'x', length: 384 }, '', 'key.length', 'invalid'],
    ]) {
      const answer = await make(key, path);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.fieldErrors[field]?.[0].code, `[${code}]${field}`, answer.text);
    }
  });

  test('imported: private, public, secret; what does not fit is refused', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const whole = await ok(bring({ name: 'rsa', privateKey: pem(rsa.privateKey), publicKey: pem(rsa.publicKey), type: 'RSA', kid: 'my-kid' }));
    assert.equal(whole.key.algorithm, 'RS256', 'an algorithm that was left out follows from the key');
    assert.equal(whole.key.kid, 'my-kid');
    assert.equal(spki(whole.key.publicKey), spki(pem(rsa.publicKey)));
    const half = await ok(bring({ name: 'half', algorithm: 'ES256', publicKey: pem(ec.publicKey) }));
    assert.equal(half.key.hasPrivateKey, false);
    const hmac = await bring({ name: 'hmac', algorithm: 'HS256', type: 'HMAC', secret: 's'.repeat(40) });
    assert.equal(hmac.status, 200, hmac.text);
    assert.doesNotMatch(hmac.text, /ssss/);
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    for (const key of [
      { name: 'a', privateKey: pem(small.privateKey) },
      { name: 'b', algorithm: 'RS256', privateKey: pem(ec.privateKey) },
      { name: 'c', privateKey: pem(rsa.privateKey), publicKey: pem(ec.publicKey) },
      { name: 'd', privateKey: pem(ec.privateKey), publicKey: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey) },
      { name: 'e', privateKey: pem(ec.privateKey), type: 'RSA' },
      { name: 'f', privateKey: pem(ec.privateKey), kid: 'my-kid' },
      { name: 'g', algorithm: 'HS256', secret: 'too short' },
      { name: 'h', publicKey: 'not a key' },
      { name: 'i' },
    ]) {
      const answer = await bring(key);
      assert.equal(answer.status, 400, `${key.name} ${answer.text}`);
    }
  });

  test('certificates: made with a key or brought along, shown, and never of another key', async () => {
    for (const more of [{ algorithm: 'ES256' }, { algorithm: 'RS256', length: 2048 }]) {
      const { key } = await ok(make({ name: `certified ${more.algorithm}`, issuer: 'issuer.example', ...more }));
      const x509 = new X509Certificate(key.certificate), info = key.certificateInformation;
      assert.ok(x509.verify(x509.publicKey) && x509.publicKey.equals(createPublicKey(key.publicKey)));
      assert.deepEqual([info.issuer, info.subject], ['CN=issuer.example', 'CN=issuer.example']);
      assert.deepEqual([info.serialNumber.toUpperCase(), info.sha1Fingerprint, info.sha256Fingerprint], [x509.serialNumber, x509.fingerprint, x509.fingerprint256]);
      assert.equal(Buffer.from(info.sha256Thumbprint, 'base64url').toString('hex'), x509.fingerprint256.replaceAll(':', '').toLowerCase());
      assert.deepEqual([info.validFrom, info.validTo], [Date.parse(x509.validFrom), Date.parse(x509.validTo)]);
      assert.equal(key.expirationInstant, info.validTo);
      assert.deepEqual((await ok(c.api('GET', `/api/key/${key.id}`))).key.certificateInformation, info);
      const jwk = (await ok(c.api('GET', `/${ids.tenant}/.well-known/jwks.json`))).keys.find(({ kid }) => kid === key.kid);
      assert.deepEqual([jwk.x5c, jwk.x5t, jwk['x5t#S256']], [[x509.raw.toString('base64')], info.sha1Thumbprint, info.sha256Thumbprint]);
    }
    assert.equal((await ok(make({ name: 'without', algorithm: 'Ed25519' }))).key.certificate, undefined);
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' }), other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const armour = (der) => `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
    const own = armour(certificate(pair, randomBytes(16)));
    const { key } = await ok(bring({ name: 'with certificate', privateKey: pem(pair.privateKey), certificate: own }));
    assert.equal(key.hasPrivateKey, true);
    assert.equal(key.certificateInformation.sha256Fingerprint, new X509Certificate(own).fingerprint256);
    const named = (await ok(bring({ name: 'of a certificate', certificate: own }))).key;
    assert.deepEqual([named.hasPrivateKey, named.algorithm, spki(named.publicKey)], [false, 'ES256', spki(pem(pair.publicKey))]);
    for (const bad of [armour(certificate(other, randomBytes(16))), own.slice(0, 200), armour(randomBytes(300)), 'x']) {
      const answer = await bring({ name: 'not of it', privateKey: pem(pair.privateKey), certificate: bad });
      assert.deepEqual([answer.status, answer.body.fieldErrors['key.certificate']?.[0].code], [400, '[invalid]key.certificate'], answer.text);
    }
  });

  test('a PUT changes the name and nothing else', async () => {
    const { key } = await ok(make({ algorithm: 'ES256', name: 'old' }));
    const { key: after } = await ok(c.api('PUT', `/api/key/${key.id}`, { key: { ...key, name: 'new name' } }));
    assert.deepEqual({ ...after, lastUpdateInstant: 0 }, { ...key, name: 'new name', lastUpdateInstant: 0 });
    assert.deepEqual((await ok(c.api('GET', `/api/key/${key.id}`))).key.publicKey, key.publicKey);
    assert.equal((await c.api('PUT', `/api/key/${key.id}`, { key: { name: 'x', algorithm: 'RS256' } })).status, 400);
    assert.equal((await c.api('PUT', `/api/key/${key.id}`, { key: {} })).status, 400);
  });

  // What a tenant signs with by itself is believed of administrators: only files say which key that is (cardea apply).
  test('no API key makes a key the tenant\'s own', async () => {
    const vended = async () => header((await ok(c.api('POST', '/api/jwt/vend', { claims: {}, timeToLiveInSeconds: 60 }, inSecond))).token).kid;
    const before = await vended();
    for (const [method, path, key] of [['POST', '/api/key/generate', { name: 'Mine', algorithm: 'ES256' }], ['POST', '/api/key/import', { name: 'Mine too', privateKey: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey) }]]) {
      const made = (await ok(c.api(method, `${path}?tenantDefault=true`, { key }, { ...inSecond, authorization: tenantKey }))).key;
      assert.equal('tenantDefault' in made, false);
      await ok(c.api('PUT', `/api/key/${made.id}?tenantDefault=true`, { key: { name: `${made.name}!` } }, { ...inSecond, authorization: tenantKey }));
      assert.equal(await vended(), before);
      assert.equal((await c.api('DELETE', `/api/key/${made.id}`, undefined, { ...inSecond, authorization: tenantKey })).status, 200, 'it is a key as others are');
    }
    assert.equal((await c.api('POST', '/api/key/import', { key: { name: 'Mine', algorithm: 'ES256', tenantDefault: true, privateKey: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey) } })).status, 400);
    assert.ok(!JSON.stringify((await ok(c.api('GET', '/api/key'))).keys).includes('tenantDefault'));
  });

  test('search by name, algorithm and type, in order, by pages; the same by GET', async () => {
    for (const name of ['find b', 'find a', 'find c']) await ok(make({ algorithm: 'ES384', name }));
    const found = await ok(c.api('POST', '/api/key/search', { search: { name: 'FIND*', algorithm: 'ES384', type: 'EC', orderBy: 'name DESC', numberOfResults: 2 } }));
    assert.deepEqual(found.keys.map((k) => k.name), ['find c', 'find b']);
    assert.equal(found.total, 3);
    const rest = await ok(c.api('GET', '/api/key/search?name=find&orderBy=name%20DESC&numberOfResults=2&startRow=2'));
    assert.deepEqual(rest.keys.map((k) => k.name), ['find a']);
    assert.equal((await ok(c.api('GET', '/api/key/search?type=RSA&name=find'))).total, 0);
    assert.equal((await ok(c.api('GET', '/api/key/search?startRow=9999'))).keys.length, 0);
    for (const orderBy of ['algorithm', 'expiration ASC', 'id DESC', 'insertInstant', 'type ASC']) await ok(c.api('POST', '/api/key/search', { search: { orderBy } }));
    assert.equal((await c.api('POST', '/api/key/search', { search: { orderBy: 'secret' } })).status, 400);
    assert.equal((await client.searchKeys({ search: { name: 'find a' } })).response.total, 1);
  });

  test('a key that somebody signs with stays; then it goes, and its kid with it', async () => {
    const { key } = await ok(make({ algorithm: 'RS256', length: 2048, name: 'in use' }));
    const use = (id) => c.api('PATCH', `/api/application/${ids.app}`, { application: { jwtConfiguration: { enabled: true, accessTokenKeyId: id, idTokenKeyId: id } } });
    await ok(use(key.id));
    const refused = await c.api('DELETE', `/api/key/${key.id}`);
    assert.equal(refused.status, 400);
    const { token } = await ok(c.api('POST', '/api/login', { loginId: person.email, password: person.password, applicationId: ids.app }));
    assert.equal(header(token).kid, key.kid);
    const own = await ok(c.api('GET', `/api/jwt/public-key?applicationId=${ids.app}`));
    assert.equal(spki(own.publicKey), spki(key.publicKey));
    await ok(use(null));
    await ok(c.api('DELETE', `/api/key/${key.id}`));
    assert.equal((await c.api('GET', `/api/key/${key.id}`)).status, 404);
    assert.equal((await c.api('GET', `/api/jwt/public-key?kid=${key.kid}`)).status, 404);
    const { keys } = await ok(c.api('GET', '/api/key'));
    for (const k of keys.filter((k) => k.name.includes('efault') || k.insertInstant === Math.min(...keys.map((x) => x.insertInstant)))) {
      assert.equal((await c.api('DELETE', `/api/key/${k.id}`)).status, 400, 'a tenant\'s own key stays');
    }
  });

  test('public keys: by kid, all, without an API key; never a shared secret', async () => {
    const { key } = await ok(make({ algorithm: 'ES256', name: 'seen' }));
    const { key: hidden } = await ok(make({ algorithm: 'HS256', name: 'unseen' }));
    const none = { authorization: '' };
    assert.equal((await ok(c.api('GET', `/api/jwt/public-key?kid=${key.kid}`, undefined, none))).publicKey, key.publicKey);
    assert.equal((await c.api('GET', `/api/jwt/public-key?kid=${hidden.kid}`, undefined, none)).status, 404);
    const { publicKeys } = await ok(c.api('GET', '/api/jwt/public-key', undefined, none));
    assert.equal(publicKeys[key.kid], key.publicKey);
    assert.equal(publicKeys[hidden.kid], undefined);
    assert.ok((await client.retrieveJWTPublicKeys()).response.publicKeys);
  });

  test('vended tokens: own claims under a chosen key; exp and iat are ours; no access token of ours', async () => {
    const headers = { 'x-fusionauth-tenantid': ids.tenant };
    const { key } = await ok(make({ algorithm: 'ES256', name: 'vend' }));
    const { token } = await ok(c.api('POST', '/api/jwt/vend', { claims: { sub: ids.user, deep: { a: [1, 'two', null] } }, keyId: key.id, timeToLiveInSeconds: 30 }, headers));
    const claims = decode(token);
    assert.deepEqual(claims.deep, { a: [1, 'two', null] });
    assert.equal(claims.exp - claims.iat, 30);
    assert.deepEqual(header(token), { alg: 'ES256', typ: 'JWT', kid: key.kid });
    const [h, p, s] = token.split('.');
    assert.ok(verify('sha256', Buffer.from(`${h}.${p}`), { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(s, 'base64url')));
    const forged = await ok(c.api('POST', '/api/jwt/vend', { claims: { iss: c.url, sub: ids.user, aud: ids.app, client_id: ids.app, tid: ids.tenant, jti: 'x', scope: 'openid' } }, headers));
    assert.equal((await c.api('GET', '/api/jwt/validate', undefined, { authorization: `Bearer ${forged.token}` })).status, 401, 'RFC 8725 s3.11');
    const secret = 'k'.repeat(48);
    const { key: hmac } = await ok(bring({ name: 'vend hmac', algorithm: 'HS256', secret }));
    const signed = (await ok(c.api('POST', '/api/jwt/vend', { keyId: hmac.id }, headers))).token.split('.');
    assert.equal(createHmac('sha256', secret).update(`${signed[0]}.${signed[1]}`).digest('base64url'), signed[2]);
    const { key: half } = await ok(bring({ name: 'vend half', algorithm: 'ES256', publicKey: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey) }));
    for (const body of [{ claims: { exp: 1 } }, { claims: { iat: 1 } }, { keyId: crypto.randomUUID() }, { keyId: half.id }, { timeToLiveInSeconds: -1 }, { claims: [] }]) {
      assert.equal((await c.api('POST', '/api/jwt/vend', body, headers)).status, 400, JSON.stringify(body));
    }
    assert.equal((await c.api('POST', '/api/jwt/vend', { claims: { iss: 'somebody else' } }, { authorization: tenantKey })).status, 400);
    assert.equal((await c.api('POST', '/api/jwt/vend', {}, { authorization: '' })).status, 401);
  });

  // The house may give two tenants one key and one issuer; tid, which vending guards, still tells their tokens apart.
  test('tenants of one key and one issuer do not speak as each other', async () => {
    const { key } = await ok(make({ algorithm: 'ES256', name: 'of both' }));
    const { entityType } = await ok(c.api('POST', '/api/entity/type', { entityType: { name: 'Of one' } }));
    const inFirst = { 'x-fusionauth-tenantid': ids.tenant };
    const { entity } = await ok(c.api('POST', '/api/entity', { entity: { name: 'One', type: { id: entityType.id } } }, inFirst));
    const both = (jwtConfiguration, issuer) => Promise.all([ids.tenant, second].map((id) => ok(c.api('PATCH', `/api/tenant/${id}`, { tenant: { issuer, jwtConfiguration } }, { 'content-type': 'application/merge-patch+json' }))));
    await both({ accessTokenKeyId: key.id, idTokenKeyId: key.id }, 'https://one.example');
    await ok(c.api('PATCH', `/api/application/${ids.app}`, { application: { jwtConfiguration: { enabled: false } } }));
    const vend = (claims, headers) => c.api('POST', '/api/jwt/vend', { claims, keyId: key.id, timeToLiveInSeconds: 600 }, headers);
    const hint = async (t) => (await c.fetch(`/oauth2/logout?${new URLSearchParams({ id_token_hint: t, client_id: ids.app })}`, { redirect: 'manual' })).status;
    const validates = async (t) => (await c.api('GET', '/api/jwt/validate', undefined, { authorization: `Bearer ${t}` })).status;
    for (const claims of [{ aud: ids.app, sub: ids.user }, { sub: entity.id }, { sub: ids.user, aud: ids.app, client_id: ids.app, jti: 'x', scope: 'openid' }]) {
      const { token } = await ok(vend(claims, { authorization: tenantKey }));
      assert.deepEqual([decode(token).iss, decode(token).tid, header(token).kid], ['https://one.example', second, key.kid]);
      assert.deepEqual([await hint(token), await validates(token)], [400, 401], JSON.stringify(claims));
      for (const tid of [ids.tenant, ids.tenant.toUpperCase(), [ids.tenant], null]) assert.equal((await vend({ ...claims, tid }, { authorization: tenantKey })).status, 400, JSON.stringify(tid));
    }
    assert.notEqual(await hint((await ok(vend({ aud: ids.app, sub: ids.user }, inFirst))).token), 400, 'the tenant itself, so that the rest means something');
    await both({ accessTokenKeyId: null, idTokenKeyId: null }, null);
  });

  // Keys that settings list are believed, within what the token says of itself; each attack is one change to a token that holds.
  test('keys that only check: by list, for one kind of token, in one tenant or application, never an administrator\'s', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' }), rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { key } = await ok(bring({ name: 'checks', kid: 'old-kid', algorithm: 'ES256', publicKey: pem(pair.publicKey) }));
    const { key: rs } = await ok(bring({ name: 'checks rsa', kid: 'rsa-kid', algorithm: 'RS256', publicKey: pem(rsa.publicKey) }));
    const { key: secret } = await ok(bring({ name: 'checks hmac', kid: 'hmac-kid', algorithm: 'HS256', secret: 's'.repeat(40) }));
    const { key: foreign } = await ok(make({ algorithm: 'ES256', name: 'of the second' }, '', { authorization: tenantKey }));
    const tenant = (jwtConfiguration, id = ids.tenant) => c.api('PATCH', `/api/tenant/${id}`, { tenant: { jwtConfiguration } }, { 'content-type': 'application/merge-patch+json' });
    const lists = (access, id = [], where) => tenant({ accessTokenVerificationKeyIds: access, idTokenVerificationKeyIds: id }, where);
    await ok(c.api('PATCH', `/api/application/${ids.app}`, { application: { jwtConfiguration: { enabled: false } } }));
    const { token, refreshToken } = await ok(c.api('POST', '/api/login', { loginId: person.email, password: person.password, applicationId: ids.app }));
    const b64 = (v) => Buffer.from(typeof v === 'string' ? v : JSON.stringify(v)).toString('base64url');
    let n = 0;
    const forge = (claims = {}, head = {}, by = (input) => sign('sha256', Buffer.from(input), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }), base = token) => {
      const input = `${b64({ alg: 'ES256', typ: 'at+jwt', kid: 'old-kid', ...head })}.${b64({ ...decode(base), jti: `forged ${n += 1}`, ...claims })}`;
      return `${input}.${Buffer.from(by(input)).toString('base64url')}`;
    };
    const holds = async (t, path = '/api/jwt/validate') => (await c.api('GET', path, undefined, { authorization: `Bearer ${t}` })).status === 200;
    assert.equal(await holds(forge()), false, 'a key of the house that nobody lists');
    await ok(lists([key.id, rs.id, secret.id]));
    assert.equal(await holds(forge()), true);
    assert.equal(await holds(forge(), '/oauth2/userinfo'), true);
    const hmacOf = (text) => (input) => createHmac('sha256', text).update(input).digest();
    assert.equal(await holds(forge({}, { alg: 'HS256', kid: 'hmac-kid' }, hmacOf('s'.repeat(40)))), true);
    assert.equal(await holds(forge({}, { alg: 'RS256', kid: 'rsa-kid' }, (input) => sign('sha256', Buffer.from(input), rsa.privateKey))), true);

    const now = Math.floor(Date.now() / 1000);
    const none = await ok(c.api('POST', '/api/user', { user: { email: 'locked@example.com', password: 'a good long password' } }, { 'x-fusionauth-tenantid': ids.tenant }));
    await ok(c.api('DELETE', `/api/user/${none.user.id}`));
    for (const [what, ...change] of [
      ['a public key as a shared secret', {}, { alg: 'HS256' }, hmacOf(pem(pair.publicKey))], ['the same, as bytes', {}, { alg: 'HS256' }, hmacOf(pair.publicKey.export({ type: 'spki', format: 'der' }))],
      ['no signature', {}, { alg: 'none' }, () => ''], ['another algorithm of the same key', {}, { alg: 'ES384' }], ['RSA by another padding', {}, { alg: 'PS256', kid: 'rsa-kid' }, (input) => sign('sha256', Buffer.from(input), { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })],
      ['one key under the kid of another', {}, { kid: 'rsa-kid' }], ['no kid', {}, { kid: undefined }], ['a kid of nobody', {}, { kid: '../old-kid' }],
      ['a key brought along', {}, { kid: 'x', jwk: pair.publicKey.export({ format: 'jwk' }) }], ['an id token', {}, { typ: 'JWT' }],
      ['another issuer', { iss: 'https://evil.example' }], ['over', { exp: now - 60 }], ['without an end', { exp: undefined }], ['of the future', { iat: now + 3600 }],
      ['another tenant', { tid: second }], ['nobody', { sub: crypto.randomUUID() }], ['somebody who is locked', { sub: none.user.id }], ['a grant that is not there', { sid: crypto.randomUUID() }],
      ['an application of nobody', { client_id: crypto.randomUUID() }], ['the administrators\' application', { client_id: '3c219e58-ed0e-4b18-ad48-f4f92793ae32', aud: '3c219e58-ed0e-4b18-ad48-f4f92793ae32', applicationId: '3c219e58-ed0e-4b18-ad48-f4f92793ae32' }],
    ]) assert.equal(await holds(forge(...change)), false, what);

    await ok(c.api('DELETE', `/api/jwt/refresh?token=${encodeURIComponent(refreshToken)}`, undefined, { 'x-fusionauth-tenantid': ids.tenant }));
    assert.equal(await holds(forge()), false, 'a grant that was revoked');
    const again = (await ok(c.api('POST', '/api/login', { loginId: person.email, password: person.password, applicationId: ids.app }))).token;
    const fresh = (claims, head) => forge(claims, head, undefined, again);
    assert.equal(await holds(fresh()), true);
    await ok(lists([], [key.id]));
    assert.equal(await holds(fresh()), false, 'the list of the other kind');
    const hint = (t) => c.fetch(`/oauth2/logout?${new URLSearchParams({ id_token_hint: t, client_id: ids.app })}`, { redirect: 'manual' });
    assert.notEqual((await hint(fresh({}, { typ: 'JWT' }))).status, 400);
    await ok(lists([key.id]));
    assert.equal((await hint(fresh({}, { typ: 'JWT' }))).status, 400);
    await ok(lists([]));
    await ok(lists([key.id], [], second));
    assert.equal(await holds(fresh()), false, 'the list of another tenant');
    await ok(lists([key.id]));
    await ok(c.api('PATCH', `/api/application/${ids.app}`, { application: { jwtConfiguration: { enabled: true } } }));
    assert.equal(await holds(fresh()), false, 'an application with settings of its own has lists of its own');
    await ok(c.api('PATCH', `/api/application/${ids.app}`, { application: { jwtConfiguration: { accessTokenVerificationKeyIds: [key.id] } } }));
    assert.equal(await holds(fresh()), true);
    await ok(c.api('PATCH', `/api/application/${ids.app}`, { application: { jwtConfiguration: { enabled: false } } }, { 'content-type': 'application/merge-patch+json' }));

    for (const [answer, field] of [
      [await lists([foreign.id]), 'accessTokenVerificationKeyIds[0]'], [await lists([], [key.id, crypto.randomUUID()]), 'idTokenVerificationKeyIds[1]'],
    ]) assert.equal(answer.body.fieldErrors?.[`tenant.jwtConfiguration.${field}`]?.[0].code, `[invalid]tenant.jwtConfiguration.${field.split('[')[0]}`, answer.text);
    assert.equal((await c.api('DELETE', `/api/key/${key.id}`)).status, 400, 'it is in use');
    const { tenant: copy } = await ok((async () => { await ok(lists([foreign.id, key.id], [], second)); return c.api('POST', '/api/tenant', { sourceTenantId: second, tenant: { name: 'A copy' } }); })());
    assert.deepEqual(copy.jwtConfiguration.accessTokenVerificationKeyIds, [key.id], 'a tenant\'s own key is not copied');
    const type = (jwtConfiguration) => c.api('POST', '/api/entity/type', { entityType: { name: `t ${n += 1}`, jwtConfiguration: { enabled: true, timeToLiveInSeconds: 60, ...jwtConfiguration } } });
    assert.equal((await type({ accessTokenVerificationKeyIds: [foreign.id] })).status, 400);
    assert.equal((await type({ accessTokenKeyId: key.id })).status, 400, 'it cannot sign');
    const { entityType } = await ok(type({ accessTokenVerificationKeyIds: [rs.id] }));
    const { entity } = await ok(c.api('POST', '/api/entity', { entity: { name: 'E', type: { id: entityType.id } } }, { 'x-fusionauth-tenantid': ids.tenant }));
    const said = { iss: c.url, sub: entity.id, tid: ids.tenant, iat: now, exp: now + 60, applicationId: undefined, auth_time: undefined, aud: undefined };
    const rsaBy = (input) => sign('sha256', Buffer.from(input), rsa.privateKey);
    assert.equal(await holds(forge(said, { typ: 'JWT', alg: 'RS256', kid: 'rsa-kid' }, rsaBy)), true);
    assert.equal(await holds(forge(said, { typ: 'JWT' })), false, 'the tenant\'s list is not the type\'s');
    assert.equal((await c.api('DELETE', `/api/key/${rs.id}`)).status, 400, 'an entity type lists it');
  });

  test('OA-64: a tenant\'s key is its own, a house key is not a tenant\'s to change', async () => {
    const theirs = { authorization: tenantKey };
    const { key } = await ok(make({ algorithm: 'ES256', name: 'second only' }, '', theirs));
    const { key: house } = await ok(make({ algorithm: 'ES256', name: 'of the house' }));
    const { key: first } = await ok(make({ algorithm: 'ES256', name: 'first only' }, '', { 'x-fusionauth-tenantid': ids.tenant }));
    await ok(c.api('GET', `/api/key/${house.id}`, undefined, theirs));
    for (const [method, id, headers] of [['GET', first.id, theirs], ['PUT', first.id, theirs], ['DELETE', first.id, theirs], ['PUT', house.id, theirs], ['DELETE', house.id, theirs], ['GET', key.id, { 'x-fusionauth-tenantid': ids.tenant }]]) {
      const answer = await c.api(method, `/api/key/${id}`, method === 'PUT' ? { key: { name: 'stolen' } } : undefined, headers);
      assert.equal(answer.status, 404, `${method} ${answer.text}`);
    }
    const names = (await ok(c.api('GET', '/api/key', undefined, theirs))).keys.map((k) => k.name);
    assert.ok(names.includes('second only') && names.includes('of the house') && !names.includes('first only'));
    assert.equal((await c.api('POST', '/api/jwt/vend', { keyId: first.id }, theirs)).status, 400);
    await ok(c.api('DELETE', `/api/key/${key.id}`, undefined, theirs));
  });

  test('OA-64: who is bound to a tenant signs with no key of the house but what the house named there', async () => {
    const theirs = { authorization: tenantKey };
    const { key: house } = await ok(make({ algorithm: 'ES256', name: 'of several houses' }));
    const { key: own } = await ok(make({ algorithm: 'ES256', name: 'signs in the second' }, '', theirs));
    const named = (id) => ({ jwtConfiguration: { enabled: true, accessTokenKeyId: id, idTokenKeyId: id } });
    const refused = async (going, field) => {
      const { status, text, body } = await going;
      assert.deepEqual([status, Object.keys(body?.fieldErrors ?? {})], [400, field], text);
    };
    const vend = (keyId, claims = {}) => c.api('POST', '/api/jwt/vend', { keyId, claims }, theirs);
    const tenant = (id, headers = theirs) => c.api('PATCH', `/api/tenant/${second}`, { tenant: named(id) }, headers);
    const application = (id, headers = theirs, more = {}) => c.api('POST', '/api/application', { application: { name: `signs ${Math.random()}`, ...(id ? named(id) : {}) }, ...more }, headers);
    const both = (path) => ['accessTokenKeyId', 'idTokenKeyId'].map((member) => `${path}.jwtConfiguration.${member}`);
    const asWas = (await ok(c.api('GET', `/api/tenant/${second}`))).tenant.jwtConfiguration;
    const issuer = (await ok(c.api('GET', `/api/tenant/${ids.tenant}`))).tenant.issuer;

    await ok(c.api('PATCH', `/api/tenant/${second}`, { tenant: { issuer } }, theirs)); // FusionAuth's tenants have one issuer by default
    await refused(vend(house.id, { iss: issuer, sub: ids.user, aud: ids.app }), ['keyId']);
    await refused(tenant(house.id), both('tenant'));
    await refused(application(house.id), both('application'));
    await ok(vend(own.id));
    await refused(vend(own.id, { tid: ids.tenant }), ['claims.tid']);
    await ok(vend(own.id, { tid: second }));
    const made = await ok(application(own.id));
    await refused(c.api('PATCH', `/api/application/${made.application.id}`, { application: named(house.id) }, theirs), both('application'));
    // what the house named stays, is copied, and may be used
    const { application: given } = await ok(application(house.id, { 'x-fusionauth-tenantid': second }));
    await ok(c.api('PATCH', `/api/application/${given.id}`, { application: { ...named(house.id), name: 'another name' } }, theirs));
    await ok(application(null, theirs, { sourceApplicationId: given.id }));
    await refused(vend(house.id), ['keyId']);
    await ok(tenant(house.id, {}));
    await ok(tenant(house.id));
    await ok(vend(house.id));
    await ok(application(house.id));
    await ok(c.api('PATCH', `/api/tenant/${second}`, { tenant: { issuer: null, jwtConfiguration: asWas } }));
  });
});

describe('API keys', () => {
  let c, client;
  const create = (key, who = apiKey, more = {}) => c.api('POST', '/api/api-key', { apiKey: key, ...more }, { authorization: who });
  before(async () => {
    c = await Cardea.start({ kickstart: setup });
    client = new FusionAuthClient(apiKey, c.at(''));
    await ok(c.api('POST', `/api/tenant/${second}`, { tenant: { name: 'Second' } }));
  });
  after(() => c.end());

  test('made, shown once, found by its value, changed, deleted', async () => {
    const { apiKey: made } = await ok(create({ name: 'one', permissions: { endpoints: { '/api/user': ['GET'] } }, metaData: { attributes: { description: 'why' } } }));
    assert.ok(made.key.length >= 40);
    const asks = (path) => c.api('GET', path, undefined, { authorization: made.key });
    assert.equal((await asks(`/api/user/${ids.user}`)).status, 200);
    assert.equal((await asks(`/api/tenant/${ids.tenant}`)).status, 401);
    const { response } = await client.retrieveAPIKey(made.id);
    assert.equal(response.apiKey.key, undefined);
    assert.deepEqual(response.apiKey.metaData.attributes, { description: 'why' });
    await ok(c.api('PUT', `/api/api-key/${made.id}`, { apiKey: { name: 'two', key: 'another-value-of-mine', permissions: { endpoints: { '/api/tenant': ['GET'] } } } }));
    assert.equal((await asks(`/api/tenant/${ids.tenant}`)).status, 200, 'the value stays');
    assert.equal((await asks(`/api/user/${ids.user}`)).status, 401);
    const { apiKey: patched } = await ok(c.api('PATCH', `/api/api-key/${made.id}`, { apiKey: { name: 'three' } }));
    assert.equal(patched.name, 'three');
    assert.deepEqual(patched.permissions.endpoints, { '/api/tenant': ['GET'] });
    await ok(c.api('DELETE', `/api/api-key/${made.id}`));
    assert.equal((await asks(`/api/tenant/${ids.tenant}`)).status, 401);
    assert.equal((await c.api('GET', `/api/api-key/${made.id}`)).status, 404);
  });

  test('an end can be set, and comes', async () => {
    const { apiKey: made } = await ok(create({ key: 'a-value-that-ends-soon-enough', expirationInstant: Date.now() + 3600000 }));
    const asks = () => c.api('GET', `/api/user/${ids.user}`, undefined, { authorization: 'a-value-that-ends-soon-enough' });
    assert.equal((await asks()).status, 200);
    await ok(c.api('PATCH', `/api/api-key/${made.id}`, { apiKey: { expirationInstant: 1000 } }));
    assert.equal((await asks()).status, 401);
  });

  test('what does not do is said by field', async () => {
    await ok(create({ key: 'a-value-that-is-taken-already' }));
    for (const [key, field] of [
      [{ key: 'a-value-that-is-taken-already' }, 'apiKey.key'], [{ key: 'short' }, 'apiKey.key'], [{ keyManager: true }, 'apiKey.keyManager'],
      [{ retrievable: false }, 'apiKey.name'], [{ tenantId: crypto.randomUUID() }, 'apiKey.tenantId'],
      [{ permissions: { endpoints: { '/api/user': 'GET' } } }, 'apiKey.permissions.endpoints'], [{ permissions: { endpoints: { user: ['GET'] } } }, 'apiKey.permissions.endpoints'],
      [{ ipAccessControlListId: crypto.randomUUID() }, 'apiKey.ipAccessControlListId'],
    ]) {
      const answer = await create(key);
      assert.equal(answer.status, 400, JSON.stringify(key));
      assert.ok(answer.body.fieldErrors[field], answer.text);
    }
  });

  test('only key managers; 401 for all others', async () => {
    const { apiKey: made } = await ok(create({ name: 'victim' }));
    for (const who of [plainKey, '']) {
      assert.equal((await create({}, who)).status, 401);
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
        assert.equal((await c.api(method, `/api/api-key/${made.id}`, method[0] === 'P' ? { apiKey: {} } : undefined, { authorization: who })).status, 401);
      }
    }
  });

  test('a manager that ends, or may be used from some places alone, makes no key without that, and does not free itself', async () => {
    const everywhere = (await ok(c.api('POST', '/api/ip-acl', { ipAccessControlList: { name: 'Everywhere', entries: [{ action: 'Allow', startIPAddress: '*' }] } }))).ipAccessControlList.id;
    const other = (await ok(c.api('POST', '/api/ip-acl', { ipAccessControlList: { name: 'Other', entries: [{ action: 'Allow', startIPAddress: '*' }] } }))).ipAccessControlList.id;
    const { apiKey: known } = await ok(create({ name: 'free', permissions: { endpoints: { '/api/user': ['GET'] } } }));
    const end = Date.now() + 3600000;
    const bounds = (more) => ({ expirationInstant: end, ipAccessControlListId: everywhere, ...more });
    await ok(c.api('PATCH', `/api/api-key/${boundId}`, { apiKey: bounds() }));
    const wanted = { permissions: { endpoints: { '/api/user': ['GET'] } } };
    for (const [more, field] of [[bounds({ expirationInstant: undefined }), 'expirationInstant'], [bounds({ expirationInstant: end + 1 }), 'expirationInstant'], [bounds({ ipAccessControlListId: undefined }), 'ipAccessControlListId'], [bounds({ ipAccessControlListId: other }), 'ipAccessControlListId']]) {
      const answers = [await create({ ...wanted, ...more }, boundKey), await create(more, boundKey, { sourceKeyId: known.id })];
      for (const id of [boundId, known.id]) answers.push(await c.api('PATCH', `/api/api-key/${id}`, { apiKey: { ...bounds(), ...Object.fromEntries(Object.entries(more).map(([k, v]) => [k, v ?? null])) } }, { authorization: boundKey }));
      for (const answer of answers) assert.match(answer.body.fieldErrors?.[`apiKey.${field}`]?.[0].code ?? answer.text, /^\[notAllowed\]/, `${field}: ${answer.text}`);
    }
    await ok(create({ ...wanted, ...bounds({ expirationInstant: end - 1 }) }, boundKey));
    await ok(c.api('PATCH', `/api/api-key/${boundId}`, { apiKey: { name: 'the same', expirationInstant: end - 1 } }, { authorization: boundKey }));
    await ok(c.api('PATCH', `/api/api-key/${boundId}`, { apiKey: { expirationInstant: null, ipAccessControlListId: null } }));
    await ok(create(wanted, boundKey));
  });

  test('a manager gives only what it has: narrower is fine, wider and all are not', async () => {
    for (const [endpoints, status] of [
      [{ '/api/user/registration': ['GET'] }, 200], [{ '/api/user': ['GET'] }, 200], [{ '/api/user/search': ['POST'] }, 200],
      [{ '/api/user': ['GET', 'POST'] }, 400], // below lies an entry of its own that has no POST
      [{ '/api/user': ['DELETE'] }, 400], [{ '/api/tenant': ['GET'] }, 400], [{ '/api/user': [] }, 400], [{}, 400], [{ '/api': ['GET'] }, 400],
    ]) {
      const answer = await create({ permissions: { endpoints } }, narrowKey);
      assert.equal(answer.status, status, `${JSON.stringify(endpoints)} ${answer.text}`);
    }
    const { apiKey: wide } = await ok(create({ name: 'wide' }));
    for (const method of ['GET', 'PUT', 'DELETE']) {
      assert.equal((await c.api(method, `/api/api-key/${wide.id}`, method === 'PUT' ? { apiKey: { name: 'x' } } : undefined, { authorization: narrowKey })).status, 404);
    }
    const { apiKey: small } = await ok(create({ permissions: { endpoints: { '/api/user': ['GET'] } } }, narrowKey));
    assert.equal((await c.api('PUT', `/api/api-key/${small.id}`, { apiKey: {} }, { authorization: narrowKey })).status, 400, 'nor by a change');
    assert.equal((await c.api('PATCH', `/api/api-key/${small.id}`, { apiKey: { keyManager: true } })).body.apiKey.keyManager, false);
  });

  test('a copy has its source\'s permissions, never a manager\'s', async () => {
    const { apiKey: source } = await ok(create({ permissions: { endpoints: { '/api/user': ['GET'] } }, tenantId: second }));
    const { apiKey: copy } = await ok(c.api('POST', '/api/api-key', { sourceKeyId: source.id, apiKey: { name: 'copy' } }));
    assert.deepEqual([copy.permissions, copy.tenantId, copy.name], [source.permissions, second, 'copy']);
    assert.notEqual(copy.key, source.key);
    assert.equal((await c.api('POST', '/api/api-key', { sourceKeyId: source.id })).status, 200);
    assert.equal((await c.api('POST', '/api/api-key', { sourceKeyId: crypto.randomUUID() })).status, 400);
  });

  test('OA-64: what is bound to a tenant stays there', async () => {
    const { apiKey: bound } = await ok(create({ tenantId: second, permissions: { endpoints: {} } }));
    const theirs = { authorization: bound.key };
    assert.equal((await c.api('GET', `/api/user/${ids.user}`, undefined, theirs)).status, 404);
    assert.equal((await c.api('GET', `/api/tenant/${ids.tenant}`, undefined, theirs)).status, 404);
    assert.equal((await c.api('GET', `/api/user/${ids.user}`, undefined, { ...theirs, 'x-fusionauth-tenantid': ids.tenant })).status, 401);
    const scoped = await ok(c.api('POST', '/api/api-key', { apiKey: {} }, { 'x-fusionauth-tenantid': second }));
    assert.equal(scoped.apiKey.tenantId, second, 'a call about one tenant makes its key');
    assert.equal((await c.api('POST', '/api/api-key', { apiKey: { tenantId: ids.tenant } }, { 'x-fusionauth-tenantid': second })).status, 400);
    const { apiKey: all } = await ok(create({ name: 'all' }));
    assert.equal((await c.api('GET', `/api/api-key/${all.id}`, undefined, { 'x-fusionauth-tenantid': second })).status, 404);
    assert.equal((await c.api('PUT', `/api/api-key/${bound.id}`, { apiKey: { tenantId: ids.tenant } })).status, 400, 'immutable');
  });
});

describe('the OpenAPI document', () => {
  let c, doc;
  before(async () => { c = await Cardea.start({ kickstart: setup }); doc = (await c.api('GET', '/api/openapi.json', undefined, { authorization: '' })).body; });
  after(() => c.end());

  test('every reference leads somewhere, every operation has its own name', () => {
    const refs = [...JSON.stringify(doc).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
    assert.ok(refs.length > 100);
    for (const [, folder, name] of refs) assert.ok(doc.components[folder][name], `${folder}/${name}`);
    const names = Object.values(doc.paths).flatMap((item) => Object.values(item).map((o) => o.operationId));
    assert.equal(new Set(names).size, names.length);
    assert.equal(doc.openapi, '3.1.0');
  });

  test('a path with an optional id is two paths; each {name} is a parameter', () => {
    assert.ok(doc.paths['/api/user'].post && doc.paths['/api/user/{userId}'].patch && doc.paths['/oauth2/token'].post);
    assert.equal(doc.paths['/api/test/clock'], undefined);
    for (const [path, item] of Object.entries(doc.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
      for (const o of Object.values(item)) assert.deepEqual(o.parameters.filter((p) => p.in === 'path').map((p) => p.name), named, path);
    }
  });

  test('a schema is the table the server reads by', () => {
    const { User, Tenant, PasswordlessStartRequest } = doc.components.schemas;
    assert.equal(User.properties.password.writeOnly, true);
    assert.ok(PasswordlessStartRequest.required.includes('loginId'));
    assert.ok(Tenant.properties.jwtConfiguration);
  });
});
