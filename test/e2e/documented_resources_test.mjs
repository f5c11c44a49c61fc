// SPDX-License-Identifier: Apache-2.0
// Resources and settings by FusionAuth's public documentation: defaults, ranges, what one setting asks of another, parameters of
// searches. A row is a fact; where Cardea differs on purpose docs/api.md says so, and no row is here.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Cardea, ids, person } from './harness.mjs';

const at = (path, value) => path.split('.').reduceRight((inner, name) => ({ [name]: inner }), value);
const of = (object, path) => path.split('.').reduce((value, name) => value?.[name], object);
const merged = (a, b) => {
  for (const [name, value] of Object.entries(b)) {
    a[name] = value && typeof value === 'object' && !Array.isArray(value) && a[name] ? merged(a[name], value) : value;
  }
  return a;
};
const codes = ({ body }) => Object.values(body?.fieldErrors ?? {}).flat().map((fault) => fault.code).sort();

describe('documented resources', () => {
  let c;
  before(async () => { c = await Cardea.start(); });
  after(() => c.end());

  const makes = async (path, body, tenantId) => {
    const answer = await c.api('POST', path, body, tenantId ? { 'x-fusionauth-tenantid': tenantId } : {});
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
    return answer.body;
  };
  const make = async (...call) => Object.values(await makes(...call))[0];
  const hasDefaults = (thing, rows) => rows.forEach(([path, value]) => assert.deepEqual(of(thing, path), value, path));
  // rows: a member, values that are refused there, values that are taken, what else stands beside it
  const hasRanges = async (send, rows) => {
    for (const [path, refused, taken, beside = {}] of rows) {
      for (const value of refused) {
        const answer = await send(merged(structuredClone(beside), at(path, value)));
        assert.equal(answer.status, 400, `${path} ${JSON.stringify(value)}`);
        assert.ok(codes(answer).some((code) => code.endsWith(`.${path}`)), `${path}: ${codes(answer)}`);
      }
      for (const value of taken) {
        const answer = await send(merged(structuredClone(beside), at(path, value)));
        assert.equal(answer.status, 200, `${path} ${JSON.stringify(value)}: ${answer.text}`);
      }
    }
  };
  // rows: what is set, the members that it asks for
  const asksFor = async (send, rows) => {
    for (const [body, ...members] of rows) {
      const answer = await send(body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      for (const member of members) assert.ok(codes(answer).some((code) => code.endsWith(`.${member}`)), `${member}: ${codes(answer)}`);
    }
  };

  test('tenant', async () => {
    const tenant = await make('/api/tenant', { tenant: { name: 'documented' } });
    const send = (body) => c.api('PUT', `/api/tenant/${tenant.id}`, { tenant: { name: 'documented', ...body } });
    const generator = (name) => [
      ...['randomAlpha', 'randomAlphaNumeric', 'randomDigits'].map((type) => [`externalIdentifierConfiguration.${name}.length`, [3, 13], [4, 12], at(`externalIdentifierConfiguration.${name}.type`, type)]),
      [`externalIdentifierConfiguration.${name}.length`, [15, 129], [16, 128], at(`externalIdentifierConfiguration.${name}.type`, 'randomBytes')],
    ];
    const house = 'e3306678-a53a-4964-9040-1c96f36dda72';

    hasDefaults(tenant, [['jwtConfiguration.enabled', true], ['passwordEncryptionConfiguration.encryptionSchemeFactor', 19456]]);
    await hasRanges(send, [
      ...generator('changePasswordIdGenerator'), ...generator('twoFactorOneTimeCodeIdGenerator'),
      ['externalIdentifierConfiguration.authorizationGrantIdTimeToLiveInSeconds', [0, 601], [600]],
      ['externalIdentifierConfiguration.loginIntentTimeToLiveInSeconds', [0], [1]],
      ['failedAuthenticationConfiguration.actionDuration', [0], [100000]],
      ['jwtConfiguration.refreshTokenSlidingWindowConfiguration.maximumTimeToLiveInMinutes', [59], [60], {
        jwtConfiguration: { refreshTokenTimeToLiveInMinutes: 60, refreshTokenExpirationPolicy: 'SlidingWindowWithMaximumLifetime' },
      }],
      ['userDeletePolicy.unverified.numberOfDaysToRetain', [0], [1]],
    ]);
    await asksFor(send, [
      [{ connectorPolicies: [{ connectorId: house, domains: ['*'] }, { connectorId: house, domains: ['a.example'] }] }, 'connectorId'],
      [{ scimServerConfiguration: { enabled: true } }, 'clientEntityTypeId', 'serverEntityTypeId'],
    ]);
    // A scheme without a factor has its own.
    for (const [scheme, factor] of [['bcrypt', 10], ['salted-pbkdf2-hmac-sha256', 24000], ['argon2id', 19456]]) {
      const answer = await send({ passwordEncryptionConfiguration: { encryptionScheme: scheme } });
      assert.equal(answer.body.tenant?.passwordEncryptionConfiguration.encryptionSchemeFactor, factor, answer.text);
    }
  });

  test('the longest codes work', async () => {
    const long = at('externalIdentifierConfiguration.passwordlessLoginOneTimeCodeGenerator', { length: 128, type: 'randomBytes' });
    assert.equal((await c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: long })).status, 200);
    assert.equal((await c.api('PATCH', `/api/application/${ids.app}`, { application: { passwordlessConfiguration: { enabled: true } } })).status, 200);
    const { code, oneTimeCode } = await makes('/api/passwordless/start', { applicationId: ids.app, loginId: person.email, loginStrategy: 'FormField' });
    assert.equal(oneTimeCode.length, 171);
    await makes('/api/passwordless/login', { applicationId: ids.app, code, oneTimeCode });
  });

  test('application', async () => {
    const application = await make('/api/application', { application: { name: 'Documented' } }, ids.tenant);
    const send = (body) => c.api('PUT', `/api/application/${application.id}`, { application: { name: 'Documented', ...body } });
    const saml = { enabled: true, issuer: 'documented', authorizedRedirectURLs: ['https://sp.example/acs'] };
    const encryption = 'samlv2Configuration.assertionEncryptionConfiguration';

    hasDefaults(application.samlv2Configuration, [
      ['logout.behavior', 'AllParticipants'], ['assertionEncryptionConfiguration.digestAlgorithm', 'SHA256'],
      ['assertionEncryptionConfiguration.encryptionAlgorithm', 'AES256GCM'], ['assertionEncryptionConfiguration.keyLocation', 'Child'],
      ['assertionEncryptionConfiguration.keyTransportAlgorithm', 'RSA_OAEP'], ['assertionEncryptionConfiguration.maskGenerationFunction', 'MGF1_SHA1'],
    ]);
    await hasRanges(send, [
      [`${encryption}.digestAlgorithm`, ['MD5'], ['SHA1', 'SHA512']], [`${encryption}.encryptionAlgorithm`, ['DES'], ['AES128', 'TripleDES']],
      [`${encryption}.keyLocation`, ['Parent'], ['Sibling']], [`${encryption}.keyTransportAlgorithm`, ['RSA'], ['RSAv15', 'RSA_OAEP_MGF1P']],
      [`${encryption}.maskGenerationFunction`, ['SHA1'], ['MGF1_SHA224', 'MGF1_SHA512']],
      ['registrationDeletePolicy.unverified.numberOfDaysToRetain', [0], [1]],
    ]);
    await asksFor(send, [
      [{ registrationConfiguration: { type: 'advanced' } }, 'formId'],
      [{ samlv2Configuration: { ...saml, requireSignedRequests: true } }, 'verificationKeyIds'],
      [{ samlv2Configuration: { ...saml, logout: { requireSignedRequests: true } } }, 'logout.verificationKeyIds'],
      [{ samlv2Configuration: { ...saml, logout: { singleLogout: { enabled: true } } } }, 'singleLogout.url'],
      [{ samlv2Configuration: { ...saml, assertionEncryptionConfiguration: { enabled: true } } }, 'keyTransportEncryptionKeyId'],
    ]);
  });

  test('a search of applications leaves out what is not asked for, and goes by tenant', async () => {
    const tenant = await make('/api/tenant', { tenant: { name: 'Aaa, before all others' } });
    const answer = await c.api('POST', '/api/application', { application: { name: 'Zzz, the last', roles: [{ name: 'r' }] } }, { 'x-fusionauth-tenantid': tenant.id });
    const { id } = answer.body.application;
    const search = async (body) => (await c.api('POST', '/api/application/search', body)).body;
    for (const [expand, expandable] of [[['roles', 'scopes'], []], [['roles'], ['scopes']], [[], ['roles', 'scopes']]]) {
      const found = await search({ expand, search: { name: 'zzz' } });
      assert.deepEqual(found.expandable, expandable);
      assert.equal(found.applications[0].roles.length, expand.includes('roles') ? 1 : 0);
    }
    assert.deepEqual((await c.api('GET', '/api/application/search?name=zzz&expand=scopes')).body.expandable, ['roles']);
    assert.equal((await search({ search: { orderBy: 'tenant' } })).applications[0].id, id);
    assert.equal((await search({ search: { orderBy: 'tenant DESC' } })).applications.at(-1).id, id);
    assert.equal((await c.api('POST', '/api/application/search', { search: { orderBy: 'tenants' } })).status, 400);
  });

  test('key', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = await make('/api/key/import', { key: { name: 'Edward', privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) } });
    assert.equal(key.algorithm, 'Ed25519');
    assert.equal(key.type, 'OKP');
  });

  test('identity providers', async () => {
    const google = { type: 'Google', buttonText: 'Google', client_id: 'c', client_secret: 's' };
    const made = await make('/api/identity-provider', { identityProvider: { ...google, applicationConfiguration: { [ids.app]: {} } } });
    hasDefaults(made, [
      ['id', '82339786-3dff-42a6-aac6-1f1ceecb6c46'],
      ['properties.api', 'auto_prompt=true\nauto_select=false\ncancel_on_tap_outside=false\ncontext=signin\nitp_support=true'],
      ['properties.button', 'logo_alignment=left\nshape=rectangular\nsize=large\ntext=signin_with\ntheme=outline\ntype=standard'],
      [`applicationConfiguration.${ids.app}.properties`, {}],
    ]);
    await asksFor((body) => c.api('POST', '/api/identity-provider', { identityProvider: { ...google, ...body } }), [[{ tenantId: ids.tenant }, 'name']]);
  });
});
