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

  test('groups', async () => {
    const group = await make('/api/group', { group: { name: 'documented' } }, ids.tenant);
    const people = [];
    for (const n of [1, 2, 3]) people.push((await make('/api/user', { user: { email: `documented${n}@example.com` } }, ids.tenant)).id);
    const put = (...who) => makes('/api/group/member', { members: { [group.id]: who.map((userId) => ({ userId })) } });
    await put(people[2]);
    await put(people[0], people[1]);
    const found = async (query) => (await c.api('GET', `/api/group/member/search?groupId=${group.id}&${query}`)).body.members;
    assert.deepEqual((await found('orderBy=userId%20DESC')).map((m) => m.userId), [...people].sort().reverse());
    assert.deepEqual((await found('orderBy=userId&startRow=1&numberOfResults=1')).map((m) => m.userId), [[...people].sort()[1]]);
    const inOrder = (await found('orderBy=insertInstant')).map((m) => m.insertInstant);
    assert.deepEqual(inOrder, [...inOrder].sort((a, b) => a - b));
    assert.equal((await c.api('GET', `/api/group/member/search?groupId=${group.id}&orderBy=name`)).status, 400);
    const [{ id }] = await found('orderBy=id');
    const end = (member) => c.api('DELETE', `/api/group/member/${member}`, undefined, { 'x-fusionauth-tenantid': ids.tenant });
    assert.equal((await end(id)).status, 200);
    assert.equal((await end(id)).status, 404);
    assert.equal((await found('')).length, 2);
    const other = await make('/api/tenant', { tenant: { name: 'Aab, before the others, too' } });
    const first = await make('/api/group', { group: { name: 'zzz' } }, other.id);
    assert.equal((await c.api('GET', '/api/group/search?orderBy=tenant')).body.groups[0].id, first.id);
  });

  test('previews of messages', async () => {
    const messageTemplate = { name: 'preview', type: 'SMS', defaultTemplate: 'Hello ${user.firstName}, ${code}' };
    const { status, body, text } = await c.api('POST', '/api/message/template/preview', { messageTemplate });
    assert.deepEqual([status, body.message?.textMessage], [200, 'Hello Ada, 123456'], text);
  });

  test('forms and their fields', async () => {
    const field = async (more) => (await make('/api/form/field', { field: { name: `documented ${JSON.stringify(more)}`, ...more } })).id;
    const number = await field({ key: 'user.data.size', type: 'number', control: 'select', options: ['1', '2.5', '-3'] });
    // What a field is about is said when it is made.
    const put = await c.api('PUT', `/api/form/field/${number}`, { field: { name: 'renamed', options: ['4'] } });
    assert.deepEqual([put.status, put.body.field?.key, put.body.field?.type, put.body.field?.control], [200, 'user.data.size', 'number', 'select'], put.text);
    await asksFor((body) => c.api('POST', '/api/form/field', { field: { name: 'f', key: 'user.data.f', ...body } }), [
      [{ type: 'number', control: 'select', options: ['one'] }, 'options'], [{ type: 'bool', control: 'radio', options: ['yes'] }, 'options'],
    ]);
    const [email, password] = [await field({ key: 'user.email' }), await field({ key: 'user.password' })];
    const form = (type, ...steps) => c.api('POST', '/api/form', { form: { name: `documented ${steps.length}${type}`, type, steps } });
    const verify = { type: 'verifyEmail' }, of = (...fields) => ({ fields });
    assert.equal((await form('registration', of(email), verify, of(password))).status, 200);
    await asksFor((steps) => form('registration', ...steps), [
      [[of(email, password), verify], 'steps'], [[of(number), verify, of(password)], 'steps'], [[verify, of(email)], 'steps'],
    ]);
    assert.deepEqual(codes(await form('adminUser', of(email), verify)), ['[invalid]form.steps.type']);
  });

  test('a grant is put, too; what has no data has an empty object', async () => {
    const type = await make('/api/entity/type', { entityType: { name: 'documented', permissions: [{ name: 'read' }] } });
    const entity = await make('/api/entity', { entity: { name: 'e', type: { id: type.id } } }, ids.tenant);
    const grant = (permissions) => c.api('PUT', `/api/entity/${entity.id}/grant`, { grant: { userId: ids.user, permissions } });
    assert.equal((await grant([])).status, 200);
    assert.equal((await grant(['read'])).status, 200);
    const shown = (await c.api('GET', `/api/entity/${entity.id}/grant?userId=${ids.user}`)).body.grant;
    assert.deepEqual([shown.permissions, shown.data, entity.data], [['read'], {}, {}]);
    const { user } = (await c.api('GET', `/api/user/${ids.user}`)).body;
    assert.deepEqual([user.data, user.registrations[0].data, user.registrations[0].tokens], [{}, {}, {}]);
    const webhook = await make('/api/webhook', { webhook: { url: 'https://hook.example', connectTimeout: 1000, readTimeout: 1000 } });
    assert.deepEqual([webhook.data, webhook.headers, webhook.eventsEnabled], [{}, {}, {}]);
  });
});
