// SPDX-License-Identifier: Apache-2.0
// Configuration as files: cardea apply and cardea export.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CARDEA, Store, ids, isPostgres } from './harness.mjs';

const other = '0e0e0e0e-0000-4000-8000-0000000000a1';
const child = '0e0e0e0e-0000-4000-8000-0000000000b1', parent = '0e0e0e0e-0000-4000-8000-0000000000b2';
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

// Every kind of thing, by hand: names stand for ids, secrets for themselves only in the environment.
const everything = `
variables: { shop: Shop }
defaultTenantId: ${ids.tenant}
keys:
  - { name: Signs, algorithm: ES256, privateKey: "#{ENV.SIGNS}" }
  - { name: Shares, algorithm: HS256, secret: "#{ENV.SHARES}" }
  - { name: Fresh, algorithm: ES256 }
  - { name: Other's, algorithm: ES256, tenantId: ${other} }
ipAccessControlLists:
  - name: Office
    entries: [{ action: Allow, startIPAddress: 192.0.2.1, endIPAddress: 192.0.2.9 }, { action: Block, startIPAddress: "*" }]
themes:
  - name: Ours
    defaultMessages: a=b
    stylesheet: |
      p { color: #{#}{brand} }
      @media print { p { color: black } }
    templates: { index: "#{@}{file} and &{that}" }
emailTemplates:
  - { name: Hello, defaultSubject: Hello, defaultHtmlTemplate: "<p>Hello</p>", defaultTextTemplate: Hello }
messageTemplates:
  - { name: Code, type: SMS, defaultTemplate: "Your code: {{code}}", localizedTemplates: { de: "Ihr Code: {{code}}" } }
lambdas:
  - name: Claims
    type: JWTPopulate
    body: "function populate(jwt, user, registration) {\\n\\tjwt.a = 1;\\n}"
messengers:
  - { type: Twilio, name: Texts, url: https://api.twilio.com, accountSID: AC1, authToken: "#{ENV.TWILIO}", fromPhoneNumber: "+15550100" }
connectors:
  - { type: Generic, name: Http, authenticationURL: https://users.example.com/login, connectTimeout: 1000, readTimeout: 2000, httpAuthenticationPassword: "#{ENV.TWILIO}", headers: { Authorization: "Bearer #{ENV.TWILIO}" } }
consents:
  - { name: News, defaultMinimumAgeForSelfConsent: 13, countryMinimumAgeForSelfConsent: { de: 16 }, consentEmailTemplateId: "#{emailTemplates/Hello}" }
formFields:
  - { name: Colour, key: user.data.colour, control: radio, options: [red, blue] }
  - { name: News, key: "consents['#{consents/News}']", consentId: "#{consents/News}" }
  - { name: Mail, key: user.email }
forms:
  - { name: Join, type: registration, steps: [{ fields: ["#{formFields/Mail}", "#{formFields/Colour}"] }] }
  - { name: Attributes, type: adminUser, steps: [{ fields: ["#{formFields/Mail}"] }] }
userActionReasons:
  - { code: spam, text: Spam }
userActions:
  - { name: Mute, temporal: true, options: [{ name: Chat, localizedNames: { de: Plausch } }] }
tenants:
  - id: ${ids.tenant}
    name: Default
    issuer: https://login.example
    themeId: "#{themes/Ours}"
    emailConfiguration: { host: mail.example, password: "#{ENV.MAIL}", passwordlessEmailTemplateId: "#{emailTemplates/Hello}" }
    jwtConfiguration: { accessTokenKeyId: "#{keys/Signs}" }
    connectorPolicies: [{ connectorId: "#{connectors/Http}", domains: [example.com] }, { connectorId: e3306678-a53a-4964-9040-1c96f36dda72, domains: ["*"] }]
  - { id: ${other}, name: Other, data: { tier: 2, nested: { "a.b": [1, null, "no"] } } }
entityTypes:
  - name: Device
    permissions: [{ name: write, description: Writes }, { name: read, isDefault: true }]
entities:
  - { id: ${child}, name: Till, clientId: till-3, clientSecret: "#{ENV.TILL}", parentId: ${parent}, type: { id: "#{entityTypes/Device}" }, data: { floor: 3 } }
  - id: ${parent}
    name: Shop floor
    type: { id: "#{entityTypes/Device}" }
    grants: [{ recipientEntityId: "#{entities/Till}", permissions: [read], data: { why: sells } }]
  - { name: Elsewhere, tenantId: ${other}, type: { id: "#{entityTypes/Device}" } }
applications:
  - name: "#{shop}"
    oauthConfiguration: { clientSecret: "#{ENV.SHOP}", authorizedRedirectURLs: [https://shop.example/callback], clientAuthenticationPolicy: NotRequired, proofKeyForCodeExchangePolicy: Required }
    lambdaConfiguration: { accessTokenPopulateId: "#{lambdas/Claims}" }
    roles: [{ name: buyer, isDefault: true }, { name: admin, isSuperRole: true }]
    scopes: [{ name: "orders:read", description: Orders }]
  - { name: "#{shop}", tenantId: ${other} }
  - { name: Everywhere, universalConfiguration: { universal: true }, roles: [{ name: all }] }
groups:
  - { name: Theirs, tenantId: ${other}, roleIds: ["#{applications/Everywhere/roles/all}"] }
  - { name: Buyers, roleIds: ["#{applications/Shop/roles/buyer}"], data: { colour: blue } }
identityProviders:
  - type: OpenIDConnect
    name: Partner
    enabled: true
    buttonText: Partner
    domains: [partner.example]
    oauth2: { client_id: c, client_secret: "#{ENV.PARTNER}", issuer: https://op.example }
    applicationConfiguration: { "#{applications/Shop}": { enabled: true, createRegistration: true, oauth2: { client_secret: "#{ENV.SHOP}" } } }
  - { type: Google, tenantId: ${other}, name: Theirs, client_id: id, client_secret: "#{ENV.PARTNER}" }
webhooks:
  - url: https://hooks.example/a
    connectTimeout: 1000
    readTimeout: 2000
    tenantIds: [${ids.tenant}]
    eventsEnabled: { user.create: true }
    httpAuthenticationUsername: u
    httpAuthenticationPassword: "#{ENV.TWILIO}"
    headers: { Authorization: "Bearer #{ENV.TWILIO}", x-trace: "#{ENV.MAIL}", x_trace: "#{#}{x}", X.Trace: third }
    signatureConfiguration: { enabled: true, signingKeyId: "#{keys/Signs}" }
apiKeys:
  - { name: Reader, key: "#{ENV.READER}", permissions: { endpoints: { /api/user: [GET] } }, ipAccessControlListId: "#{ipAccessControlLists/Office}" }
  - { name: Other's, key: "#{ENV.READER}-of-other", tenantId: ${other} }
  - { name: Manager, key: "#{ENV.READER}-to-manage", keyManager: true }
integrations:
  cleanspeak: { enabled: true, apiKey: "#{ENV.TWILIO}", url: https://cleanspeak.example }
  kafka: { enabled: true, defaultTopic: t, producer: { sasl.jaas.config: "#{ENV.PARTNER}", ../../../escape: "#{ENV.SHOP}" } }
systemConfiguration: { reportTimezone: America/Denver, uiConfiguration: { headerColor: "303030" } }
tenantManager: { brandName: Mine, attributeFormId: "#{forms/Attributes}", applicationConfigurations: [{ applicationId: "#{applications/Shop}" }] }
tenantManagerProviders:
  - { type: OpenIDConnect, linkingStrategy: LinkByEmail, defaultAttributeMappings: { user.email: mail } }
`;
const secrets = {
  SIGNS: pem.export({ type: 'sec1', format: 'pem' }), SHARES: 'a shared secret of more than 32 bytes', TWILIO: 'token of twilio', MAIL: 'password of mail',
  SHOP: 'secret of the shop', TILL: 'secret of the till', PARTNER: 'secret of the partner', READER: 'an-api-key-that-only-reads-users',
};

describe('apply and export', () => {
  const dir = mkdtempSync(join(tmpdir(), 'cardea-apply-'));
  const stores = [];
  const fresh = async (name) => {
    mkdirSync(join(dir, name));
    stores.push(await Store.fresh(join(dir, name)));
    return stores.at(-1);
  };
  after(async () => {
    for (const store of stores) await store.drop();
    rmSync(dir, { recursive: true, force: true });
  });
  const run = (args, env = {}) => {
    const { status, stdout, stderr, error } = spawnSync(CARDEA, args, { encoding: 'utf8', cwd: dir, env: { ...process.env, ...env }, timeout: 60000 });
    if (error) throw error;
    return { status, stdout, stderr };
  };
  const apply = (store, text, args = [], env = secrets) => {
    writeFileSync(join(dir, 'file.yaml'), text);
    return run(['apply', '-f', 'file.yaml', ...store.args, ...args], env);
  };
  const done = (out, plan) => {
    assert.deepEqual([out.stderr, out.status], ['', 0], out.stdout);
    assert.match(out.stdout, plan);
    for (const secret of Object.values(secrets)) assert.ok(!out.stdout.includes(secret), out.stdout);
    return out;
  };
  let one, exported, environment;
  before(async () => { one = await fresh('one'); });

  test('every kind is made from a file by hand; the same file again has nothing to do', () => {
    const first = done(apply(one, everything), /\n43 to make, 4 to change, 0 to delete\ndone\n$/);
    assert.match(first.stdout, /^\+ applications\/Shop\/roles\/buyer \([0-9a-f-]{36}\)\n {4}name: "buyer"\n {4}isDefault: true$/m);
    assert.match(first.stdout, /^ {4}emailConfiguration.password: \(changed\)$/m);
    assert.equal(done(apply(one, everything), /./).stdout, 'nothing to do\n');
  });

  test('what is exported makes the same server again, byte for byte', async () => {
    const out = run(['export', '--secrets', 'secrets', ...one.args]);
    assert.deepEqual([out.stderr, out.status], ['', 0]);
    exported = out.stdout;
    for (const secret of Object.values(secrets)) assert.ok(!exported.includes(secret), exported);
    assert.equal(statSync(join(dir, 'secrets', readdirSync(join(dir, 'secrets'))[0])).mode & 0o777, 0o600);
    const values = { Reader: secrets.READER, Manager: `${secrets.READER}-to-manage`, "Other's": `${secrets.READER}-of-other` };
    environment = Object.fromEntries([...exported.matchAll(/name: "?(Reader|Manager|Other's)"?\n[^#]*?key: "#\{ENV\.(CARDEA_[A-Z0-9_]+)\}/g)].map(([, name, at]) => [at, values[name]]));
    assert.equal(Object.keys(environment).length, 3, 'only the values of API keys are not known');
    const own = [...exported.matchAll(/tenantId: (\S+)\n +tenantDefault: true\n +name: Signing key of [^]*?privateKey: "?@/g)].map(([, id]) => id);
    assert.deepEqual(own, [other, ids.tenant], 'the key that each tenant was made with');
    const two = await fresh('two');
    done(apply(two, exported, [], environment), /\ndone\n$/);
    assert.equal(run(['export', '--secrets', 'secrets', ...two.args]).stdout, exported);
    assert.match(exported, /name: Manager\n +keyManager: true\n/);
    const raised = apply(two, `apiKeys: [{ name: Reader, key: "${secrets.READER}", keyManager: true }]\n`);
    assert.deepEqual([raised.status, /apiKey\.keyManager: A key that was made without it/.test(raised.stderr)], [1, true], raised.stderr);
  });

  test('secrets are written into files of their own, whatever stood there, and into no folder of others', () => {
    const folder = join(dir, 'planted'), victim = join(dir, 'victim'), [first, second, third] = readdirSync(join(dir, 'secrets'));
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(victim, 'as it was', { mode: 0o644 });
    symlinkSync(victim, join(folder, first));
    linkSync(victim, join(folder, second));
    writeFileSync(join(folder, third), 'of an older export', { mode: 0o666 });
    const out = run(['export', '--secrets', 'planted', ...one.args]);
    assert.deepEqual([out.stderr, out.status], ['', 0]);
    assert.equal(readFileSync(victim, 'utf8'), 'as it was');
    assert.deepEqual(readdirSync(folder), readdirSync(join(dir, 'secrets')));
    for (const name of readdirSync(folder)) {
      const { mode, nlink } = lstatSync(join(folder, name));
      assert.deepEqual([mode, nlink], [0o100600, 1], name);
      assert.equal(readFileSync(join(folder, name), 'utf8'), readFileSync(join(dir, 'secrets', name), 'utf8'));
    }
    chmodSync(folder, 0o777);
    const open = run(['export', '--secrets', 'planted', ...one.args]);
    assert.deepEqual([open.status, /others may write to the folder for secrets: planted/.test(open.stderr)], [1, true], open.stderr);
    const file = run(['export', '--secrets', 'victim', ...one.args]);
    assert.deepEqual([file.status, readFileSync(victim, 'utf8')], [1, 'as it was'], file.stderr);
  });

  test('the key that a tenant signs with is taken along, and becomes another one by a file', () => {
    const two = stores.at(-1);
    const own = (text) => /- id: (\S+)\n +tenantId: \S+\n +tenantDefault: true\n/g[Symbol.matchAll](text);
    const before = [...own(exported)].map(([, id]) => id);
    const keys = (more) => `keys:\n  - { name: Next, algorithm: ES256, tenantId: ${ids.tenant}, tenantDefault: true }\n${more}`;
    done(apply(two, keys('')), /^\+ keys\/Next .*\n[^]*tenantDefault: true\n1 to make, 0 to change, 0 to delete\n/);
    assert.equal(done(apply(two, keys('')), /./).stdout, 'nothing to do\n');
    const after = run(['export', '--secrets', 'secrets', ...two.args]).stdout;
    assert.ok(after.includes(before[1]), 'what it signed is still believed');
    assert.notEqual([...own(after)].map(([, id]) => id)[1], before[1]);
    const back = `keys:\n  - { id: ${before[1]}, name: Signing key of Default, tenantId: ${ids.tenant}, tenantDefault: true }\n`;
    const prune = [`tenants: [{ id: ${ids.tenant}, name: Default }]\n${back}`, ['--prune', '--dry-run']];
    assert.match(apply(two, ...prune).stdout, /^~ keys\/Signing key of Default .*\n {4}tenantDefault: false -> true\n[^]*^- keys\/Next /m);
    assert.doesNotMatch(apply(two, `keys: []\ntenants: [{ id: ${ids.tenant}, name: Default }]\n`, prune[1]).stdout, /^- keys\/Next /m, 'a tenant is not left without one');
    done(apply(two, back), /^~ keys\/Signing key of Default .*\n {4}tenantDefault: false -> true\n0 to make, 1 to change, 0 to delete\ndone\n$/);
    done(apply(two, exported, ['--prune'], environment), /^- keys\/Next .*\n0 to make, 0 to change, 1 to delete\ndone\n$/);
    assert.equal(run(['export', '--secrets', 'secrets', ...two.args]).stdout, exported);
    const bad = apply(two, `keys:\n  - { name: A, algorithm: ES256, tenantDefault: true }\n  - { name: B, algorithm: ES256, tenantId: ${other}, tenantDefault: true }\n  - { name: C, algorithm: ES256, tenantId: ${other}, tenantDefault: true }\n`);
    assert.equal(bad.status, 1);
    assert.match(bad.stderr, /keys\[0\]\.tenantDefault: is true of one key of a tenant[^]*keys\[2\]: is the second key/);
  });

  test('one change is one difference, what is not in the files any more one deletion', async () => {
    const two = stores.at(-1);
    const changed = exported.replace('issuer: https://login.example', 'issuer: https://sign-in.example').replace(/webhooks:\n(?: .*\n)+/, 'webhooks: []\n');
    const plan = /^~ tenants\/Default \([0-9a-f-]{36}\)\n {4}issuer: "https:\/\/login.example" -> "https:\/\/sign-in.example"\n- webhooks\/https:\/\/hooks.example\/a \([0-9a-f-]{36}\)\n0 to make, 1 to change, 1 to delete\n/;
    const dry = apply(two, changed, ['--prune', '--dry-run'], environment);
    assert.deepEqual([dry.stderr, dry.status], ['', 3]);
    assert.match(dry.stdout, plan);
    done(apply(two, changed, ['--prune'], environment), plan);
    assert.equal(done(apply(two, changed, ['--prune', '--dry-run'], environment), /./).stdout, 'nothing to do\n');
  });

  test('entities: parents first, whatever the order; grants of people are compared and never pruned; prune ends children first', async () => {
    const two = stores.at(-1);
    const person = '0e0e0e0e-0000-4000-8000-0000000000b3', nobody = '0e0e0e0e-0000-4000-8000-0000000000b4';
    writeFileSync(join(dir, 'grant.json'), JSON.stringify({ apiKeys: [{ key: 'a key for grants' }], requests: [
      { method: 'POST', url: `/api/user/${person}`, tenantId: ids.tenant, body: { user: { email: 'till@example.com', password: 'a long password' } } },
      { method: 'POST', url: `/api/entity/${parent}/grant`, tenantId: ids.tenant, body: { grant: { userId: person, permissions: ['write'] } } }] }));
    assert.equal(run(['kickstart', 'grant.json', ...two.args, '--quiet', '--kickstart-strict']).status, 0);
    const file = (grants, more = '') => `tenants: [{ id: ${ids.tenant}, name: Default }]\nentities:\n  - { id: ${parent}, name: Shop floor, type: { id: "#{entityTypes/Device}" }, grants: ${grants} }\n${more}`;
    const till = `  - { id: ${child}, name: Till, parentId: ${parent}, type: { id: "#{entityTypes/Device}" } }\n`;
    const plan = (text, args = []) => apply(two, text.replace(/tenants: .*\n/, ''), [...args, '--dry-run']).stdout;
    assert.equal(plan(exported.slice(exported.indexOf('entities:'), exported.indexOf('\n---', exported.indexOf('entities:')))), 'nothing to do\n');
    assert.match(plan(file('[]', till), ['--prune']), /^~ entities\/Till [^]*\n- entities\/Shop floor\/grants\/0e0e0e0e-0000-4000-8000-0000000000b1 \(.*\)\n0 to make, 1 to change, 1 to delete/);
    assert.match(plan(file(`[{ recipientEntityId: ${child}, permissions: [write] }]`, till)), /grants\/.*\n {4}permissions: \["read"\] -> \["write"\]\n {4}data: /);
    assert.match(plan(file(`[{ userId: ${person}, permissions: [write] }]`, till), ['--prune']), /- entities\/Shop floor\/grants\/0e0e0e0e-0000-4000-8000-0000000000b1 [^]*, 1 to delete/);
    assert.match(plan(file(`[{ userId: ${person}, permissions: [read] }]`, till)), /~ entities\/Shop floor\/grants\/0e0e0e0e-0000-4000-8000-0000000000b3 .*\n {4}permissions: \["write"\] -> \["read"\]/);
    const told = apply(two, file(`[{ userId: ${person}, recipientEntityId: ${child} }, { permissions: [write] }]`, `  - { name: Till 2, parentId: ${other}, type: { id: "#{entityTypes/Device}" } }\n  - { id: ${nobody}, grants: [{ recipientEntityId: ${child}, permissions: [read] }] }\n`));
    assert.match(told.stderr, /entities\[0\]\.grants\[0\]: names either [^]*entities\[0\]\.grants\[1\]: names either [^]*entities\[1\] \(entities\/Till 2\): entity\.parentId: there is nothing/);
    assert.match(apply(two, file('[]', `  - { id: ${nobody}, grants: [{ recipientEntityId: ${child}, permissions: [read] }] }\n`)).stderr, /entities\[1\]\.grants\[0\] \(.*\): id: there is nothing with this id/);
    const gone = apply(two, `entities: [{ id: ${parent}, grants: [{ userId: ${nobody}, permissions: [read] }] }, { id: ${parent}, grants: [{ userId: ${person}, permissions: [read] }] }]\n`);
    assert.deepEqual([gone.status, gone.stderr], [0, 'cardea: file.yaml, document 1: entities[0].grants[0]: left out: there is no person with this id\n']);
    assert.match(gone.stdout, /^~ entities\/0e0e0e0e-0000-4000-8000-0000000000b2\/grants\/0e0e0e0e-0000-4000-8000-0000000000b3 [^]*0 to make, 1 to change, 0 to delete\ndone\n$/);
    const out = run(['export', '--secrets', 'secrets', ...two.args]).stdout;
    assert.match(out, /- userId: 0e0e0e0e-0000-4000-8000-0000000000b3\n +permissions:\n +- read\n/);
    const stays = `entities:\n  - { name: Stays, type: { id: "#{entityTypes/Device}" } }\n`;
    const ended = done(apply(two, stays, ['--prune']), /1 to make, 0 to change, 2 to delete\ndone\n$/);
    assert.deepEqual(ended.stdout.match(/^- .*(?= \()/gm), ['- entities/Till', '- entities/Shop floor']);
    assert.equal(done(apply(two, stays, ['--prune']), /./).stdout, 'nothing to do\n');
    assert.deepEqual(run(['export', '--secrets', 'secrets', ...two.args]).stdout.match(/(?<=name: )(Stays|Elsewhere|Till)/g), ['Elsewhere', 'Stays']);
  });

  if (isPostgres) return; // what files may say is the same on both engines, and each command opens the database anew

  test('the default tenant, one with people and the administrators’ application stay; other tenants’ things are not looked at', async () => {
    const two = stores.at(-1);
    writeFileSync(join(dir, 'user.json'), JSON.stringify({ apiKeys: [{ key: 'a key of the kickstart file' }],
      requests: [{ method: 'POST', url: '/api/user', tenantId: other, body: { user: { email: 'ada@example.com', password: 'a long password' } } }] }));
    assert.equal(run(['kickstart', 'user.json', ...two.args, '--quiet']).status, 0);
    const stays = apply(two, 'tenants: []\n', ['--prune', '--dry-run']);
    assert.deepEqual([stays.status, stays.stdout], [1, '']);
    assert.match(stays.stderr, /^cardea: tenants\/Other: has people/);
    const out = apply(two, `{"applications": [], "groups": [], "identityProviders": null, "systemConfiguration": {"reportTimezone": "America/Denver"}, "userActions": [{"name": "Mute", "tenantId": "${ids.tenant}"}]}`, ['--prune', '--dry-run']);
    assert.equal(out.status, 1);
    assert.match(out.stderr, /userActions\[0\] \(userActions\/Mute\): userAction\.tenantId: /);
    const gone = apply(two, `groups: [{ name: New }]\napplications: []\nidentityProviders: []\n`, ['--prune', '--dry-run']);
    assert.deepEqual(gone.stdout.match(/^- .*(?= \()/gm), ['- identityProviders/Partner', '- groups/Buyers', '- applications/Shop']);
  });

  test('a fault names the file, the document, the item and the field, and nothing is done', () => {
    const two = stores.at(-1);
    writeFileSync(join(dir, 'alias.yaml'), 'variables: {}\n---\ntenants:\n  - &a { name: x }\n  - *a\n');
    writeFileSync(join(dir, 'bad.json'), '{"nonsense": [], "tenants": {"name": "x"}, "themes": [1]}');
    const read = run(['apply', '-f', 'alias.yaml', 'bad.json', 'none.yaml', ...two.args]);
    assert.deepEqual([read.status, read.stdout], [1, '']);
    assert.deepEqual(read.stderr.trim().split('\n'), [
      'cardea: alias.yaml, document 2, line 4: anchors and tags are not taken', 'cardea: bad.json, document 1: nonsense: is no kind of thing that files can hold',
      'cardea: bad.json, document 1: tenants: is no list', 'cardea: bad.json, document 1: themes[0]: is no object', 'cardea: none.yaml: cannot read the file: ./none.yaml']);
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    assert.match(run(['apply', '-f', 'pipe', ...one.args]).stderr, /^cardea: pipe: cannot read the file/, 'and nobody waits for who writes it');
    const plan = apply(two, `applications:
  - { name: X, nonsense: 1, oauthConfiguration: { authorizedRedirectURLs: ["javascript:x"] }, roles: [{ description: x }] }
  - { name: "#{ENV.NOT_THERE}" }
  - { id: nope, name: Y }
  - { name: Z, themeId: "#{themes/None}" }
keys: [{ name: Signs, algorithm: ES384 }]
apiKeys: [{ name: Reader, key: "another value than it has" }]
`);
    assert.deepEqual([plan.status, plan.stdout], [1, '']);
    for (const fault of ['applications[1].name: this is not set in the environment: NOT_THERE', 'applications[2].id: is no UUID', 'applications[3]: this variable is not defined: themes/None',
      'applications[0] (applications/X): application.nonsense: ', 'applications[0] (applications/X): application.oauthConfiguration.authorizedRedirectURLs[0]: ',
      'applications[0].roles[0] (applications/X/roles/', 'keys[0] (keys/Signs): key.algorithm: ', 'apiKeys[0]: names another value than this API key has']) {
      assert.ok(plan.stderr.includes(`cardea: file.yaml, document 1: ${fault}`), `${fault} in\n${plan.stderr}`);
    }
    const nowhere = '0e0e0e0e-0000-4000-8000-0000000000ff';
    const whole = apply(two, `applications:
  - { id: 0e0e0e0e-0000-4000-8000-0000000000a2, name: Shop }
  - { name: New, themeId: ${nowhere}, tenantId: ${nowhere}, jwtConfiguration: { enabled: true, accessTokenKeyId: ${nowhere} } }
  - { id: 0e0e0e0e-0000-4000-8000-0000000000a3, name: Twice }
  - { id: 0e0e0e0e-0000-4000-8000-0000000000a4, name: Twice }
groups: [{ name: Clerks, roleIds: [${nowhere}] }]
webhooks: [{ url: "https://hooks.example/b", tenantIds: [${nowhere}], connectTimeout: 1000, readTimeout: 1000 }]
identityProviders: [{ type: Google, name: G, client_id: a, client_secret: b, applicationConfiguration: { ${nowhere}: { enabled: true } } }]
`);
    assert.deepEqual([whole.status, whole.stdout], [1, ''], 'found while planning');
    assert.deepEqual(whole.stderr.match(/(?<=document 1: )\S+ \(.*?\): [^:]+(?=: (there is nothing|the (server|files)))/g), [
      'applications[0] (applications/Shop): application.name', 'applications[1] (applications/New): tenantId', 'applications[1] (applications/New): application.jwtConfiguration.accessTokenKeyId',
      'applications[1] (applications/New): application.themeId', 'applications[3] (applications/Twice): application.name', 'groups[0] (groups/Clerks): group.roleIds',
      'identityProviders[0] (identityProviders/G): identityProvider.applicationConfiguration', 'webhooks[0] (webhooks/https://hooks.example/b): webhook.tenantIds'], whole.stderr);
  });

  test('more grants than fit in one document stand in several, and nothing of them is lost', async () => {
    const many = await fresh('many');
    const id = (i) => `0e0e0e0e-0000-4000-8000-${(0xc000 + i).toString(16).padStart(12, '0')}`;
    const list = Array.from({ length: 26 }, (_, i) => i + 1);
    const file = `entityTypes: [{ name: T, permissions: [{ name: p }] }]\nentities:\n${[0, ...list].map((i) => `  - { id: ${id(i)}, name: Same, type: { id: "#{entityTypes/T}" } }\n`).join('')}`
      + `  - id: ${id(0)}\n    grants:\n${list.map((i) => `      - { recipientEntityId: ${id(i)}, permissions: [p], data: { text: "#{#}{${'x'.repeat(8000)}" } }\n`).join('')}`;
    done(apply(many, file), /\n55 to make, 0 to change, 0 to delete\n[^]*\ndone\n$/);
    const text = run(['export', '--secrets', 'secrets', ...many.args]).stdout;
    assert.equal(text.match(/^ *- recipientEntityId: /gm).length, 26);
    assert.equal(text.match(new RegExp(`^ *- id: ${id(0)}$`, 'gm')).length, 2, 'its head, and what goes on');
    assert.equal(done(apply(many, text), /./).stdout, 'nothing to do\n');
    const again = await fresh('again');
    done(apply(again, text), /\ndone\n$/);
    assert.equal(run(['export', '--secrets', 'secrets', ...again.args]).stdout, text);
  });

  test('what is named by its tenant, and by names with slashes, is found', () => {
    const two = stores[1];
    const file = (of) => `applications: [{ name: A/roles/b, tenantId: ${other}, roles: [{ name: c/d }] }]\ngroups: [{ name: Named, tenantId: ${other}, roleIds: ["#{${of}applications/A/roles/b/roles/c/d}"] }]\n`;
    done(apply(two, file(`${other}/`)), /\n3 to make, 0 to change, 0 to delete\ndone\n$/);
    assert.equal(done(apply(two, file(`${other}/`)), /./).stdout, 'nothing to do\n');
    for (const of of ['', `${other}/x`]) assert.match(apply(two, file(of)).stderr, /groups\[0\]: this variable is not defined: /, of);
  });

  test('what is out of use is exported so, taken out of use and back', async () => {
    const two = stores[1];
    const out = (text) => done(apply(two, text, ['--yes']), /./).stdout;
    const file = (app, action) => `applications: [{ name: Old, active: ${app}, roles: [{ name: r }] }]\nuserActions: [{ name: Old, active: ${action}, temporal: true }]\n`;
    assert.match(out(file(false, false)), /\n {4}active: false\n[^]*3 to make/);
    assert.equal(out(file(false, false)), 'nothing to do\n');
    const text = run(['export', '--secrets', 'secrets', ...two.args]).stdout;
    assert.equal(text.match(/^ *active: false$/gm).length, 2, text);
    assert.match(text, /^# The configuration .*\n# Not in it: people and what is theirs, members of groups\.\n/);
    assert.match(out(file(true, true).replace('name: r', 'name: r, description: R')), /^~ userActions\/Old .*\n {4}active: false -> true\n~ applications\/Old .*\n {4}active: false -> true\n~ .*\n {4}description: .*\n0 to make, 3 to change/);
    assert.match(out(file(false, true).replace('name: r', 'name: r, description: R')), /^~ applications\/Old .*\n {4}active: true -> false\n0 to make, 1 to change/);
  });

  test('a run that is killed is finished by the next; a long one says how far it is', async () => {
    const three = await fresh('three');
    const file = `applications:\n${Array.from({ length: 70 }, (_, i) => `  - { name: A${i}, roles: [{ name: r }] }\n`).join('')}`;
    writeFileSync(join(dir, 'file.yaml'), file);
    const child = spawn(CARDEA, ['apply', '-f', 'file.yaml', ...three.args], { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (d) => { text += d; if (text.includes('\n50 of 140\n')) child.kill('SIGTERM'); });
    const [, signal] = await once(child, 'exit');
    assert.equal(signal, 'SIGTERM', text.slice(-300));
    const left = Number(/\n(\d+) to make, 0 to change/.exec(done(apply(three, file), /\ndone\n$/).stdout)[1]);
    assert.ok(left > 0 && left <= 90, `${left} were left`);
    assert.equal(done(apply(three, file), /./).stdout, 'nothing to do\n');
  });

  test('a name says nothing to a terminal, and is one line of the plan', async () => {
    const store = await fresh('names');
    const quoted = (text) => JSON.stringify(text).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const file = (name, more = '') => `applications: [{ name: ${quoted(name)}, roles: [{ name: r }], data: { ${quoted(name)}: ${quoted(name)} }${more} }]\n`;
    const turned = 'Shop \u202e\u2066\u200fx', spoken = 'Shop\n- tenants/Default (gone)\u001b[2J\u009b31m';
    const out = [apply(store, file(turned)), apply(store, file(turned).replace('data: {', 'data: { y: 1,'), ['--dry-run']), apply(store, file(spoken)), apply(store, file(turned, ', dada: 1'))];
    assert.deepEqual(out.map(({ status }) => status), [0, 3, 1, 1], JSON.stringify(out));
    for (const { stdout, stderr } of out) assert.doesNotMatch(stdout + stderr, /[^\P{C}\n]|^- tenants/mu);
    assert.match(out[1].stdout, /^. applications\/Shop \\u202e\\u2066\\u200fx \(/m);
    assert.match(out[2].stderr, /\(applications\/Shop\\n- tenants\/Default \(gone\)\\u001b\[2J\\u009b31m\): application\.name/);
  });
});
