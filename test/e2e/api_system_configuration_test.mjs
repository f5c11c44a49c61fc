// SPDX-License-Identifier: Apache-2.0
// What the house has once: system configuration, integrations, tenant manager; and the licence that nobody needs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

describe('what the house has once', () => {
  let c, client, bound;
  before(async () => { c = await Cardea.start(); client = clientOf(c, apiKey); bound = clientOf(c, await keyOfTenant(c)); });
  after(() => c.end());

  test('system configuration: defaults, replaced, merged', async () => {
    const first = (await good(client.retrieveSystemConfiguration())).systemConfiguration;
    assert.deepEqual([first.auditLogConfiguration.delete, first.eventLogConfiguration, first.trustedProxyConfiguration, first.reportTimezone, first.webhookEventLogConfiguration.delete.enabled],
      [{ enabled: false, numberOfDaysToRetain: 365 }, { numberToRetain: 10000 }, { trustPolicy: 'All', trusted: [] }, 'Etc/UTC', true]);
    const put = (await good(client.updateSystemConfiguration({
      systemConfiguration: {
        reportTimezone: 'America/Denver', auditLogConfiguration: { delete: { enabled: true, numberOfDaysToRetain: 90 } }, data: { note: 'x' },
        corsConfiguration: { enabled: true, allowedOrigins: ['*'], allowedMethods: ['GET', 'PATCH'], preflightMaxAgeInSeconds: 1800 },
        trustedProxyConfiguration: { trustPolicy: 'OnlyConfigured', trusted: ['10.0.0.0/8', '::1'] }, uiConfiguration: { headerColor: '303030' },
      },
    }))).systemConfiguration;
    assert.deepEqual([put.auditLogConfiguration.delete.numberOfDaysToRetain, put.corsConfiguration.allowedMethods, put.uiConfiguration.headerColor], [90, ['GET', 'PATCH'], '303030']);
    const patched = (await good(client.patchSystemConfiguration({ systemConfiguration: { eventLogConfiguration: { numberToRetain: 500 } } }))).systemConfiguration;
    assert.deepEqual([patched.eventLogConfiguration.numberToRetain, patched.reportTimezone], [500, 'America/Denver']);
    assert.deepEqual((await good(client.retrieveSystemConfiguration())).systemConfiguration, patched);
    assert.equal(patched.insertInstant, put.insertInstant);
  });

  test('system configuration: refused', async () => {
    await refused(client.patchSystemConfiguration({
      systemConfiguration: {
        uiConfiguration: { headerColor: 'red' }, corsConfiguration: { allowedOrigins: ['*', 'https://a.example'], allowedMethods: ['TRACE'] }, reportTimezone: 'Mars/<b>',
        trustedProxyConfiguration: { trusted: ['proxy.example'] }, loginRecordConfiguration: { delete: { numberOfDaysToRetain: 0 } },
      },
    }), 400, ['[invalid]systemConfiguration.uiConfiguration.headerColor', '[invalid]systemConfiguration.corsConfiguration.allowedMethods',
      '[invalid]systemConfiguration.reportTimezone', '[invalid]systemConfiguration.trustedProxyConfiguration.trusted',
      '[invalid]systemConfiguration.loginRecordConfiguration.delete.numberOfDaysToRetain']);
    await refused(client.updateSystemConfiguration({ systemConfiguration: { corsConfiguration: { allowedOrigins: ['*', 'https://a.example'] } } }), 400,
      ['[invalid]systemConfiguration.corsConfiguration.allowedOrigins']);
    await refused(bound.retrieveSystemConfiguration(), 401);
    await refused(bound.patchSystemConfiguration({ systemConfiguration: {} }), 401);
    await refused(clientOf(c, 'wrong').updateSystemConfiguration({ systemConfiguration: {} }), 401);
  });

  test('two first changes at once: none is lost', async () => {
    await Promise.all([1, 2, 3].map((n) => client.patchIntegrations({ integrations: { kafka: { producer: { [`key${n}`]: `${n}` } } } })));
    assert.deepEqual(Object.keys((await good(client.retrieveIntegration())).integrations.kafka.producer).sort(), ['key1', 'key2', 'key3']);
  });

  test('integrations', async () => {
    const asked = { cleanspeak: { enabled: true, apiKey: 'secret-of-cleanspeak', url: 'https://cleanspeak.example', usernameModeration: { enabled: true, applicationId: ids.app } } };
    const put = (await good(client.updateIntegrations({ integrations: asked }))).integrations;
    assert.deepEqual([put.cleanspeak.apiKey, put.cleanspeak.url, put.kafka.enabled], [asked.cleanspeak.apiKey, asked.cleanspeak.url, false]);
    const patched = (await good(client.patchIntegrations({ integrations: { kafka: { enabled: true, defaultTopic: 'events', producer: { 'bootstrap.servers': 'kafka:9092' } } } }))).integrations;
    assert.deepEqual((await good(client.retrieveIntegration())).integrations, patched);
    for (const { name, bytes } of c.files()) assert.ok(!bytes.includes('secret-of-cleanspeak'), name);
    await refused(client.updateIntegrations({ integrations: { kafka: { enabled: true }, cleanspeak: { enabled: true, usernameModeration: { enabled: true } } } }), 400,
      ['[blank]integrations.kafka.defaultTopic', '[blank]integrations.kafka.producer', '[missing]integrations.cleanspeak.usernameModeration.applicationId']);
    await refused(client.updateIntegrations({ integrations: { cleanspeak: { enabled: true } } }), 400, ['[blank]integrations.cleanspeak.url']);
    await refused(bound.retrieveIntegration(), 401);
    await refused(bound.patchIntegrations({ integrations: {} }), 401);
  });

  test('tenant manager and the types it opens', async () => {
    assert.deepEqual((await good(client.retrieveTenantManagerConfiguration())).tenantManagerConfiguration.applicationConfigurations, []);
    const key = (await good(client.createFormField(null, { field: { name: 'First', key: 'user.firstName' } }))).field;
    const form = (await good(client.createForm(null, { form: { name: 'Attributes', steps: [{ fields: [key.id] }] } }))).form;
    const put = (await good(client.updateTenantManagerConfiguration({
      tenantManagerConfiguration: { brandName: 'Mine', attributeFormId: form.id, applicationConfigurations: [{ applicationId: ids.app }] },
    }))).tenantManagerConfiguration;
    assert.deepEqual([put.brandName, put.attributeFormId, put.applicationConfigurations], ['Mine', form.id, [{ applicationId: ids.app }]]);
    await refused(client.deleteForm(form.id), 400, ['[inUse]formId']);
    const made = (await good(client.createTenantManagerIdentityProviderTypeConfiguration('OpenIDConnect', {
      typeConfiguration: { linkingStrategy: 'LinkByEmail', defaultAttributeMappings: { 'user.firstName': 'given_name', 'user.password': 'pw', 'user.lastName': 'family_name' } },
    }))).typeConfiguration;
    assert.deepEqual([made.enabled, made.type, made.linkingStrategy, made.defaultAttributeMappings], [true, 'OpenIDConnect', 'LinkByEmail', { 'user.firstName': 'given_name' }]);
    const changed = (await good(client.updateTenantManagerIdentityProviderTypeConfiguration('OpenIDConnect', { typeConfiguration: { enabled: false, linkingStrategy: 'LinkByUsername' } }))).typeConfiguration;
    assert.deepEqual([changed.enabled, changed.linkingStrategy, changed.defaultAttributeMappings], [false, 'LinkByUsername', {}]);
    assert.equal((await good(client.patchTenantManagerIdentityProviderTypeConfiguration('OpenIDConnect', { typeConfiguration: { enabled: true } }))).typeConfiguration.enabled, true);
    const whole = (await good(client.patchTenantManagerConfiguration({ tenantManagerConfiguration: { brandName: 'Ours' } }))).tenantManagerConfiguration;
    assert.deepEqual([whole.brandName, Object.keys(whole.identityProviderTypeConfigurations)], ['Ours', ['OpenIDConnect']]);
    await good(client.updateTenantManagerConfiguration({ tenantManagerConfiguration: whole }));
    await refused(client.createTenantManagerIdentityProviderTypeConfiguration('OpenIDConnect', { typeConfiguration: { linkingStrategy: 'LinkByEmail' } }), 400, ['[duplicate]type']);
    await refused(client.createTenantManagerIdentityProviderTypeConfiguration('Google', { typeConfiguration: { linkingStrategy: 'LinkByEmail' } }), 400, ['[invalid]type']);
    await refused(client.createTenantManagerIdentityProviderTypeConfiguration('SAMLv2', { typeConfiguration: {} }), 400, ['[missing]typeConfiguration.linkingStrategy']);
    await refused(client.updateTenantManagerIdentityProviderTypeConfiguration('SAMLv2', { typeConfiguration: { linkingStrategy: 'LinkByEmail' } }), 404);
    await refused(client.patchTenantManagerIdentityProviderTypeConfiguration('SAMLv2', { typeConfiguration: {} }), 404);
    await good(client.deleteTenantManagerIdentityProviderTypeConfiguration('OpenIDConnect'));
    await refused(client.deleteTenantManagerIdentityProviderTypeConfiguration('OpenIDConnect'), 404);
    await refused(client.patchTenantManagerConfiguration({ tenantManagerConfiguration: { attributeFormId: nobody, applicationConfigurations: [{ applicationId: nobody }] } }), 400,
      ['[invalid]tenantManagerConfiguration.attributeFormId', '[invalid]tenantManagerConfiguration.applicationConfigurations']);
    await refused(bound.retrieveTenantManagerConfiguration(), 401);
    await refused(bound.updateTenantManagerConfiguration({ tenantManagerConfiguration: {} }), 401);
    await refused(bound.deleteTenantManagerIdentityProviderTypeConfiguration('SAMLv2'), 401);
    // A header binds a call to a tenant as a key does.
    for (const [method, ...body] of [['POST', {}], ['PUT', {}], ['PATCH', {}], ['DELETE']]) {
      const sent = body.map(() => ({ typeConfiguration: { linkingStrategy: 'LinkByEmail' } }))[0];
      assert.equal((await c.api(method, '/api/tenant-manager/identity-provider/SAMLv2', sent, { 'x-fusionauth-tenantid': ids.tenant })).status, 401, method);
    }
    assert.deepEqual((await good(client.retrieveTenantManagerConfiguration())).tenantManagerConfiguration.identityProviderTypeConfigurations, {});
  });

  test('everything is licensed', async () => {
    const { status } = await good(client.retrieveReactorStatus());
    assert.equal(status.licensed, true);
    assert.ok(Object.values(status).filter((v) => typeof v === 'string').every((v) => v === 'ACTIVE'));
    await good(client.activateReactor({ licenseId: 'anything' }));
    await refused(client.activateReactor({}), 400, ['[blank]licenseId']);
    await good(client.regenerateReactorKeys());
    await good(client.deactivateReactor());
    assert.equal((await good(client.retrieveReactorStatus())).status.licensed, true);
    assert.deepEqual((await good(client.retrieveReactorMetrics())).metrics, { breachedPasswordMetrics: {}, mfaMetrics: {} });
    const wrong = clientOf(c, 'wrong');
    for (const call of ['retrieveReactorStatus', 'retrieveReactorMetrics', 'regenerateReactorKeys', 'deactivateReactor']) await refused(wrong[call](), 401);
  });
});
