// SPDX-License-Identifier: Apache-2.0
// Themes, message templates, messengers, connectors, lambdas and webhooks, driven by FusionAuth's client.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

const defaultTheme = '75a068fd-e94b-451a-9aeb-3ddb9a3b5987';
const defaultConnector = 'e3306678-a53a-4964-9040-1c96f36dda72';
const unset = (o) => ({ ...o, insertInstant: 0, lastUpdateInstant: 0 });

describe('configuration', () => {
  let c, client, bound;
  before(async () => { c = await Cardea.start(); client = clientOf(c, apiKey); bound = clientOf(c, await keyOfTenant(c)); });
  after(() => c.end());

  // The verbs of one kind: what differs between kinds is their names and one good body.
  const verbs = async ({ one, many, name, id: idName, plural = `${many[0].toLowerCase()}${many.slice(1)}`, body, change, wrong, codes, isPrivate }) => {
    const id = randomUUID();
    const made = (await good(client[`create${one}`](id, { [name]: body })))[name];
    assert.deepEqual(unset({ ...made, ...body }), unset(made));
    assert.ok(made.insertInstant > 0 && made.id === id);
    assert.deepEqual((await good(client[`retrieve${one}`](id)))[name], made);
    assert.ok((await good(client[`retrieve${many}`]()))[plural].some((x) => x.id === id));
    await refused(client[`create${one}`](id, { [name]: body }), 400, [`[duplicate]${idName}`]);
    if (body.name && one !== 'Lambda') await refused(client[`create${one}`](null, { [name]: body }), 400, [`[duplicate]${name}.name`]);
    await refused(client[`create${one}`](null, { [name]: wrong }), 400, codes);
    const put = (await good(client[`update${one}`](id, { [name]: { ...body, ...change } })))[name];
    assert.deepEqual(unset({ ...put, ...change }), unset(put));
    const patched = (await good(client[`patch${one}`](id, { [name]: change })))[name];
    assert.deepEqual(unset(patched), unset(put));
    await refused(client[`update${one}`](nobody, { [name]: body }), 404);
    await refused(client[`patch${one}`](nobody, { [name]: change }), 404);
    await refused(client[`patch${one}`](id, { [name]: { nonsense: 1 } }), 400, [`[unknown]${name}.nonsense`]);
    await refused(client[`delete${one}`](nobody), 404);
    await refused(client[`retrieve${one}`](nobody), 404);
    await refused(clientOf(c, 'wrong')[`retrieve${many}`](), 401);
    await refused(bound[`create${one}`](null, { [name]: { ...body, name: 'Mine' } }), 401);
    await refused(bound[`delete${one}`](id), 404);
    if (isPrivate) {
      await refused(bound[`retrieve${one}`](id), 404);
      assert.deepEqual((await good(bound[`retrieve${many}`]()))[plural], []);
    } else {
      await good(bound[`retrieve${one}`](id));
    }
    await good(client[`delete${one}`](id));
    await refused(client[`retrieve${one}`](id), 404);
  };

  test('themes', async () => {
    await verbs({ one: 'Theme', many: 'Themes', name: 'theme', id: 'themeId',
      body: { name: 'Ours', defaultMessages: 'a=b', localizedMessages: { de: 'a=c' }, stylesheet: 'p { color: red }', templates: { oauth2Authorize: '[#ftl/]\nHello' }, data: { x: 1 } },
      change: { stylesheet: 'p {}' },
      wrong: { localizedMessages: { 'not a locale!': 'x' }, type: 'shiny', templates: { nonsense: '' } },
      codes: ['[blank]theme.defaultMessages', '[blank]theme.name', '[invalid]theme.localizedMessages', '[invalid]theme.type', '[unknown]theme.templates.nonsense'] });
    const simple = (await good(client.createTheme(null, { theme: { name: 'Simple', type: 'simple', defaultMessages: 'a=b',
      variables: { fontColor: '#000', footerDisplay: true, favicons: [{ href: 'https://example.com/i.png', rel: 'icon' }] } } }))).theme;
    assert.equal(simple.variables.favicons[0].rel, 'icon');
    const found = await good(client.searchThemes({ search: { type: 'simple', orderBy: 'insertInstant DESC' } }));
    assert.deepEqual([found.total, found.themes.map((t) => t.name)], [1, ['Simple']]);
    assert.deepEqual((await good(client.searchThemes({ search: { name: 'fusion*' } }))).themes.map((t) => t.id), [defaultTheme]);
    await refused(client.searchThemes({ search: { orderBy: 'taste' } }), 400, ['[invalid]search.orderBy']);
  });

  test('the default theme is there, copied and never changed', async () => {
    const theme = (await good(client.retrieveTheme(defaultTheme))).theme;
    assert.equal(theme.name, 'FusionAuth');
    assert.match(theme.defaultMessages, /=/);
    await refused(client.deleteTheme(defaultTheme), 400, ['[notAllowed]themeId']);
    await refused(client.patchTheme(defaultTheme, { theme: { name: 'Mine' } }), 400, ['[notAllowed]themeId']);
    await refused(client.createTheme(null, { theme: { name: 'FusionAuth', defaultMessages: 'a=b' } }), 400, ['[duplicate]theme.name']);
    const copy = (await good(client.createTheme(null, { sourceThemeId: defaultTheme, theme: { name: 'Copy', templates: { helpers: '[#ftl/]' } } }))).theme;
    assert.deepEqual([copy.defaultMessages, copy.templates.helpers], [theme.defaultMessages, '[#ftl/]']);
    await refused(client.createTheme(null, { sourceThemeId: nobody, theme: { name: 'None' } }), 400, ['[invalid]sourceThemeId', '[blank]theme.defaultMessages']);
  });

  // The mistakes that nearly everybody makes once, and the hint that gets them on.
  test('what is said to common mistakes', async () => {
    const send = async (method, path, body, type = 'application/json') => {
      const answer = await c.fetch(path, { method, headers: { authorization: apiKey, 'content-type': type }, body });
      const { fieldErrors = {}, generalErrors = [] } = JSON.parse(await answer.text());
      return [answer.status, [...Object.values(fieldErrors).flat(), ...generalErrors].map((e) => e.message).join(' | ')];
    };
    for (const [status, hint, ...call] of [
      [400, /Send user as an object: what belongs to it stands inside it/, 'POST', '/api/user', '{"email":"a@b.c"}'],
      [400, /breaks at byte 25\./, 'POST', '/api/user', '{"user":{"email":"a@b"},}'],
      [405, /: use GET, HEAD$/, 'POST', '/api/health', '{}'],
      [415, /application\/json/, 'POST', '/api/user', 'user=1', 'text/plain'],
      [400, /of this type have: populate\.$/, 'POST', '/api/lambda', '{"lambda":{"name":"Not yet","type":"JWTPopulate","body":"x"}}'],
      [400, /a list of 1 to \d+/, 'POST', '/api/user/import', '{"users":[]}'],
      [400, /as a list, in brackets\.$/, 'POST', '/api/user/import', '{"users":{}}'],
      [400, /Set end to a time after start\.$/, 'GET', '/api/report/monthly-active-user?start=5&end=1'],
      [400, /Some they have: email,/, 'POST', '/api/user/search', '{"search":{"queryString":"mail:a"}}'],
      [400, /use wildcard, with/, 'POST', '/api/user/search', JSON.stringify({ search: { query: '{"regexp":{"email":"a.*"}}' } })],
    ]) {
      const [got, said] = await send(...call);
      assert.equal(got, status, said);
      assert.match(said, hint);
    }
  });

  // Decision 0033: a page that names a key nobody has is broken in front of whoever signs in.
  test('a theme has a text for each key that its templates name', async () => {
    const templates = { index: "[#-- ${theme.message('never')} --]${theme.message('title')}${theme.optionalMessage('maybe')}",
      oauth2Authorize: `[#list a as b]\${theme.message("[blank]user.email")}\${theme.message('title')}\${theme.message(b)}[/#list]` };
    const theme = { name: 'Lacking', defaultMessages: 'login=Login', templates };
    const codes = ['[invalid]theme.defaultMessages'];
    const { fieldErrors } = (await refused(client.createTheme(null, { theme }), 400, codes)).exception;
    assert.match(fieldErrors['theme.defaultMessages'][0].message, /Missing: title, \[blank\]user\.email$/);
    const { id } = (await good(client.createTheme(null, { theme: { ...theme, defaultMessages: '# texts\r\ntitle = Welcome\r\n[blank]user.email: Required' } }))).theme;
    await refused(client.patchTheme(id, { theme: { templates: { helpers: "${theme.message('more')}" } } }), 400, codes);
    await refused(client.createTheme(null, { sourceThemeId: id, theme: { name: 'Copy of it', defaultMessages: 'a=b' } }), 400, codes);
    await good(client.patchTheme(id, { theme: { stylesheet: 'a {}', localizedMessages: { de: 'title=Hallo' } } }));
    await good(client.deleteTheme(id));
  });

  test('a theme as large as FusionAuth’s own is stored and changed', async () => {
    const big = 'x'.repeat(80000);
    const { id } = (await good(client.createTheme(null, { theme: { name: 'Big', defaultMessages: big, stylesheet: big, templates: { helpers: big, index: big, oauth2Authorize: big, oauth2Register: big } } }))).theme;
    const put = (await good(client.updateTheme(id, { theme: { name: 'Big', defaultMessages: 'y'.repeat(80000), stylesheet: big, templates: { helpers: big, index: big, oauth2Authorize: 'z'.repeat(80000), oauth2Register: big } } }))).theme;
    assert.equal(put.templates.oauth2Authorize[79999], 'z');
    await good(client.deleteTheme(id));
  });

  test('message templates', async () => {
    await verbs({ one: 'MessageTemplate', many: 'MessageTemplates', name: 'messageTemplate', id: 'messageTemplateId',
      body: { name: 'Code', type: 'SMS', defaultTemplate: 'Your code: {{code}}', localizedTemplates: { de: 'Ihr Code: {{code}}' } },
      change: { defaultTemplate: 'Code {{code}}' }, wrong: { type: 'SMS' },
      codes: ['[blank]messageTemplate.name', '[blank]messageTemplate.defaultTemplate'] });
    await refused(client.createMessageTemplate(null, { messageTemplate: { name: 'X', defaultTemplate: 'x' } }), 400, ['[missing]messageTemplate.type']);
  });

  test('messengers of each type', async () => {
    const common = { one: 'Messenger', many: 'Messengers', name: 'messenger', id: 'messengerId', isPrivate: true };
    await verbs({ ...common, body: { type: 'Generic', name: 'Http', url: 'https://sms.example.com/send', connectTimeout: 1000, readTimeout: 2000, headers: { 'X-Key': 'k' },
      httpAuthenticationUsername: 'u', httpAuthenticationPassword: 'p', messageTypes: ['SMS', 'Voice'] },
    change: { connectTimeout: 3000 }, wrong: { type: 'Generic', headers: { 'X-Key': 'a\r\nX-Other: b' } },
    codes: ['[blank]messenger.name', '[blank]messenger.url', '[missing]messenger.connectTimeout', '[missing]messenger.readTimeout', '[invalid]messenger.headers'] });
    await verbs({ ...common, body: { type: 'Kafka', name: 'Kafka', defaultTopic: 'sms', producer: { 'bootstrap.servers': 'kafka:9092' } },
      change: { defaultTopic: 'messages' }, wrong: { type: 'Kafka', name: 'K' }, codes: ['[blank]messenger.defaultTopic'] });
    await verbs({ ...common, body: { type: 'Twilio', name: 'Twilio', url: 'https://api.twilio.com', accountSID: 'AC1', authToken: 'secret', fromPhoneNumber: '+15550100' },
      change: { messagingServiceSid: 'MG1' }, wrong: { type: 'Twilio', name: 'T', url: 'https://api.twilio.com', accountSID: 'AC1' }, codes: ['[blank]messenger.fromPhoneNumber'] });
    await refused(client.createMessenger(null, { messenger: { name: 'X', type: 'Pigeon' } }), 400, ['[invalid]messenger.type']);
    const { id } = (await good(client.createMessenger(null, { messenger: { type: 'Kafka', name: 'Fixed', defaultTopic: 'a' } }))).messenger;
    await refused(client.patchMessenger(id, { messenger: { type: 'Twilio' } }), 400, ['[immutable]messenger.type']);
  });

  test('connectors of each type, and the one that is built in', async () => {
    const common = { one: 'Connector', many: 'Connectors', name: 'connector', id: 'connectorId' };
    const reconcile = (await good(client.createLambda(null, { lambda: { name: 'L', type: 'LDAPConnectorReconcile', body: 'function reconcile(user, attributes) {}' } }))).lambda.id;
    const other = (await good(client.createLambda(null, { lambda: { name: 'J', type: 'JWTPopulate', body: 'function populate(jwt) {}' } }))).lambda.id;
    const ldap = { type: 'LDAP', name: 'Ldap', authenticationURL: 'ldaps://ldap.example.com', connectTimeout: 1, readTimeout: 1, baseStructure: 'dc=example', identifyingAttribute: 'uid',
      loginIdAttribute: 'mail', requestedAttributes: ['mail'], securityMethod: 'LDAPS', systemAccountDN: 'cn=a', systemAccountPassword: 'p', lambdaConfiguration: { reconcileId: reconcile } };
    const made = (await good(client.createConnector(null, { connector: ldap }))).connector;
    assert.deepEqual([made.systemAccountPassword, made.lambdaConfiguration.reconcileId], ['p', reconcile]);
    await refused(client.deleteLambda(reconcile), 400, ['[inUse]lambdaId']);
    await refused(client.patchConnector(made.id, { connector: { lambdaConfiguration: { reconcileId: other } } }), 400, ['[invalid]connector.lambdaConfiguration.reconcileId']);
    await refused(client.patchConnector(made.id, { connector: { lambdaConfiguration: { reconcileId: nobody } } }), 400, ['[invalid]connector.lambdaConfiguration.reconcileId']);
    await refused(client.createConnector(null, { connector: { type: 'LDAP', name: 'L' } }), 400, ['authenticationURL', 'baseStructure', 'identifyingAttribute', 'loginIdAttribute', 'systemAccountDN', 'systemAccountPassword']
      .map((n) => `[blank]connector.${n}`).concat(['connectTimeout', 'readTimeout', 'requestedAttributes', 'securityMethod', 'lambdaConfiguration'].map((n) => `[missing]connector.${n}`)));
    await good(client.deleteConnector(made.id));
    await good(client.deleteLambda(reconcile));
    const key = (await good(client.generateKey(null, { key: { name: 'Webhooks', algorithm: 'ES256' } }))).key.id;
    const generic = { type: 'Generic', name: 'Http', authenticationURL: 'https://users.example.com/login', connectTimeout: 1000, readTimeout: 2000, httpAuthenticationPassword: 'p' };
    const named = (await good(client.createConnector(null, { connector: { ...generic, name: 'Named', sslCertificateKeyId: key } }))).connector;
    await refused(client.deleteKey(key), 400, ['[inUse]keyId']);
    await good(client.deleteConnector(named.id));
    await good(client.deleteKey(key));
    const list = (await good(client.retrieveConnectors())).connectors;
    assert.deepEqual(list.map((x) => [x.id, x.type, x.name]), [[defaultConnector, 'FusionAuth', 'Default']]);
    await refused(client.deleteConnector(defaultConnector), 400, ['[notAllowed]connectorId']);
    await refused(client.createConnector(null, { connector: { type: 'FusionAuth', name: 'Second' } }), 400, ['[notAllowed]connector.type']);
    await verbs({ ...common, body: generic, change: { readTimeout: 5 }, wrong: { ...generic, name: 'W', sslCertificateKeyId: nobody }, codes: ['[invalid]connector.sslCertificateKeyId'], isPrivate: true });
  });

  test('lambdas', async () => {
    await verbs({ one: 'Lambda', many: 'Lambdas', name: 'lambda', id: 'lambdaId',
      body: { name: 'Claims', type: 'JWTPopulate', body: 'function populate(jwt, user, registration) {\n\tjwt.a = 1;\n}', debug: true },
      change: { debug: false }, wrong: { name: 'X', type: 'JWTPopulate', body: 'function populated() {}' }, codes: ['[invalid]lambda.body'] });
    await refused(client.createLambda(null, { lambda: {} }), 400, ['[blank]lambda.body', '[blank]lambda.name', '[missing]lambda.type']);
    const { id } = (await good(client.createLambda(null, { lambda: { name: 'S', type: 'SAMLv2Populate', body: 'const populate = (a) => {};' } }))).lambda;
    assert.deepEqual((await good(client.retrieveLambdasByType('SAMLv2Populate'))).lambdas.map((l) => [l.id, l.engineType]), [[id, 'GraalJS']]);
    await refused(client.retrieveLambdasByType('Nothing'), 400, ['[invalid]type']);
    await refused(client.patchLambda(id, { lambda: { type: 'JWTPopulate' } }), 400, ['[immutable]lambda.type']);
    assert.deepEqual((await good(client.searchLambdas({ search: { body: 'const*', type: 'SAMLv2Populate', orderBy: 'engineType DESC' } }))).lambdas.map((l) => l.id), [id]);
    assert.equal((await good(client.searchLambdas({ search: { body: 'nowhere' } }))).total, 0);
    await refused(client.searchLambdas({ search: { type: 'x' } }), 400, ['[invalid]search.type']);
  });

  test('webhooks', async () => {
    const body = { url: 'https://hooks.example.com/a', connectTimeout: 1000, readTimeout: 2000, description: 'First', global: false, tenantIds: [ids.tenant], eventsEnabled: { 'user.create': true, 'user.delete': false },
      headers: { Authorization: 'Bearer x' }, httpAuthenticationUsername: 'u', httpAuthenticationPassword: 'p' };
    await verbs({ one: 'Webhook', many: 'Webhooks', name: 'webhook', id: 'webhookId', isPrivate: true, body, change: { description: 'Changed' },
      wrong: { tenantIds: [nobody], eventsEnabled: { 'user.nothing': true }, signatureConfiguration: { enabled: true } },
      codes: ['[blank]webhook.url', '[missing]webhook.connectTimeout', '[missing]webhook.readTimeout', '[invalid]webhook.tenantIds', '[invalid]webhook.eventsEnabled', '[missing]webhook.signatureConfiguration.signingKeyId'] });
    const key = (await good(client.generateKey(null, { key: { name: 'Signs', algorithm: 'ES256' } }))).key.id;
    const made = (await good(client.createWebhook(null, { webhook: { ...body, signatureConfiguration: { enabled: true, signingKeyId: key } } }))).webhook;
    await refused(client.deleteKey(key), 400, ['[inUse]keyId']);
    await refused(client.patchWebhook(made.id, { webhook: { signatureConfiguration: { signingKeyId: nobody } } }), 400, ['[invalid]webhook.signatureConfiguration.signingKeyId']);
    const all = (await good(client.createWebhook(null, { webhook: { ...body, url: 'https://hooks.example.com/all', description: 'All', global: true, tenantIds: [] } }))).webhook;
    const search = async (search) => (await good(client.searchWebhooks({ search }))).webhooks.map((w) => w.id);
    assert.deepEqual(await search({ url: '*/all' }), [all.id]);
    assert.deepEqual(await search({ description: 'first' }), [made.id]);
    assert.deepEqual(await search({ tenantId: ids.tenant, orderBy: 'url DESC' }), [all.id, made.id]);
    assert.deepEqual(await search({ tenantId: nobody, orderBy: 'url' }), [all.id]);
    assert.deepEqual((await good(client.searchWebhooksByParameters('All', 10, 'insertInstant', 0, ids.tenant, 'hooks'))).webhooks.map((w) => w.id), [all.id]);
    await refused(client.searchWebhooks({ search: { tenantId: 'x' } }), 400, ['[invalidJSON]search.tenantId']);
    await refused(client.searchWebhooksByParameters('', 10, 'colour', 0, ids.tenant, ''), 400, ['[invalid]search.orderBy']);
    await refused(client.createWebhook(null, { webhook: { ...body, url: 'javascript:alert(1)' } }), 400, ['[invalidURL]webhook.url']);
    const tenant = (await good(client.createTenant(null, { tenant: { name: 'Told of' }, webhookIds: [made.id, all.id, made.id] }))).tenant.id;
    assert.deepEqual((await good(client.retrieveWebhook(made.id))).webhook.tenantIds, [ids.tenant, tenant]);
    await good(client.updateTenant(tenant, { tenant: { name: 'Told of' }, webhookIds: [made.id] }));
    assert.deepEqual((await good(client.retrieveWebhook(made.id))).webhook.tenantIds, [ids.tenant, tenant]);
    await refused(client.createTenant(null, { tenant: { name: 'Not told' }, webhookIds: [nobody] }), 400, ['[invalid]webhookIds']);
    await good(client.deleteTenant(tenant));
    await good(client.patchWebhook(made.id, { webhook: { description: 'Its tenant ended' } }));
  });

  test('tenants and applications name what is there, and keep it', async () => {
    const theme = (await good(client.createTheme(null, { theme: { name: 'Named', defaultMessages: 'a=b' } }))).theme.id;
    const lambda = (await good(client.createLambda(null, { lambda: { name: 'Named', type: 'JWTPopulate', body: 'function populate() {}' } }))).lambda.id;
    const mail = (await good(client.createEmailTemplate(null, { emailTemplate: { name: 'Named', defaultSubject: 's', defaultHtmlTemplate: 'h', defaultTextTemplate: 't' } }))).emailTemplate.id;
    const sms = (await good(client.createMessageTemplate(null, { messageTemplate: { name: 'Named', type: 'SMS', defaultTemplate: 't' } }))).messageTemplate.id;
    const connector = (await good(client.createConnector(null, { connector: { type: 'Generic', name: 'Named', authenticationURL: 'https://u.example.com', connectTimeout: 1, readTimeout: 1 } }))).connector.id;
    const before = (await good(client.retrieveTenant(ids.tenant))).tenant;
    assert.deepEqual([before.themeId, before.connectorPolicies], [defaultTheme, [{ connectorId: defaultConnector, data: {}, domains: ['*'], migrate: false }]]);
    const own = (await good(client.createTenant(null, { tenant: { name: 'Names', themeId: theme,
      connectorPolicies: [{ connectorId: connector, domains: ['example.com'], migrate: true }, { connectorId: defaultConnector, domains: ['*'] }],
      emailConfiguration: { forgotPasswordEmailTemplateId: mail, verificationEmailTemplateId: mail }, phoneConfiguration: { passwordlessTemplateId: sms },
      multiFactorConfiguration: { email: { templateId: mail } }, eventConfiguration: { events: { 'user.create': { enabled: true, transactionType: 'Any' } } } } }))).tenant;
    assert.deepEqual([own.themeId, own.connectorPolicies.length, own.emailConfiguration.forgotPasswordEmailTemplateId, own.phoneConfiguration.passwordlessTemplateId], [theme, 2, mail, sms]);
    assert.deepEqual(own.eventConfiguration.events['user.create'], { enabled: true, transactionType: 'Any' });
    const inIt = clientOf(c, apiKey, own.id);
    const app = (await good(inIt.createApplication(null, { application: { name: 'Names', themeId: theme, lambdaConfiguration: { accessTokenPopulateId: lambda }, emailConfiguration: { emailVerificationEmailTemplateId: mail } } }))).application;
    assert.equal(app.emailConfiguration.emailVerificationEmailTemplateId, mail);
    await refused(client.deleteTheme(theme), 400, ['[inUse]themeId']);
    await refused(client.deleteLambda(lambda), 400, ['[inUse]lambdaId']);
    await refused(client.deleteEmailTemplate(mail), 400, ['[inUse]emailTemplateId']);
    await refused(client.deleteMessageTemplate(sms), 400, ['[inUse]messageTemplateId']);
    await refused(client.deleteConnector(connector), 400, ['[inUse]connectorId']);
    await refused(client.patchTenant(own.id, { tenant: { themeId: nobody, emailConfiguration: { setPasswordEmailTemplateId: sms }, lambdaConfiguration: { loginValidationId: nobody },
      eventConfiguration: { events: { nothing: { enabled: true } } } } }), 400,
    ['[invalid]tenant.themeId', '[invalid]tenant.emailConfiguration.setPasswordEmailTemplateId', '[invalid]tenant.lambdaConfiguration.loginValidationId', '[invalid]tenant.eventConfiguration.events']);
    await refused(inIt.patchApplication(app.id, { application: { themeId: nobody } }), 400, ['[invalid]application.themeId']);
    await good(inIt.deleteApplication(app.id));
    await good(client.deleteLambda(lambda));
    await refused(client.deleteTheme(theme), 400, ['[inUse]themeId']);
    const second = (await good(inIt.createApplication(null, { application: { name: 'Ends with it', themeId: theme } }))).application;
    assert.equal(second.themeId, theme);
    await good(client.deleteTenant(own.id));
    await good(client.deleteTheme(theme));
    await good(client.deleteEmailTemplate(mail));
    await good(client.deleteMessageTemplate(sms));
    await good(client.deleteConnector(connector));
  });

  test('what opens a door somewhere else is in no audit entry', async () => {
    const { id } = (await good(client.createWebhook(null, { webhook: { url: 'https://hooks.example.com/h', connectTimeout: 1, readTimeout: 1, headers: { Authorization: 'hush-1' }, httpAuthenticationPassword: 'hush-2' } }))).webhook;
    await good(client.patchWebhook(id, { webhook: { headers: { Authorization: 'hush-3' }, httpAuthenticationPassword: 'hush-4', description: 'told' } }));
    const kafka = (await good(client.createMessenger(null, { messenger: { type: 'Kafka', name: 'Hush', defaultTopic: 't', producer: { 'sasl.jaas.config': 'hush-5' } } }))).messenger;
    await good(client.patchMessenger(kafka.id, { messenger: { producer: { 'sasl.jaas.config': 'hush-6' }, defaultTopic: 'told' } }));
    for (const secret of ['hush-7', 'hush-8']) await good(client.patchIntegrations({ integrations: { kafka: { producer: { 'sasl.jaas.config': secret } } } }));
    const log = JSON.stringify(await good(client.searchAuditLogs({ search: { numberOfResults: 100, orderBy: 'insertInstant DESC' } })));
    assert.match(log, /told/);
    assert.doesNotMatch(log, /hush-/);
  });
});
