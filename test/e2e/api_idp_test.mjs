// SPDX-License-Identifier: Apache-2.0
// Identity providers: every type, by FusionAuth's own client.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

const oauth = (type, more = {}) => ({ type, name: `${type} ${randomUUID()}`, client_id: 'id', client_secret: 'a secret of theirs', ...more });

describe('identity providers', () => {
  let c, client, rsa, ec;
  before(async () => {
    c = await Cardea.start();
    client = clientOf(c, apiKey);
    rsa = (await good(client.generateKey(null, { key: { algorithm: 'RS256', length: 2048, name: 'rsa' } }))).key.id;
    ec = (await good(client.generateKey(null, { key: { algorithm: 'ES256', name: 'ec' } }))).key.id;
  });
  after(() => c.end());

  const make = async (idp, id = null) => (await good(client.createIdentityProvider(id, { identityProvider: idp }))).identityProvider;
  const openid = (more = {}) => ({ type: 'OpenIDConnect', name: `OpenID ${randomUUID()}`, buttonText: 'Go',
    oauth2: { client_id: 'c', client_secret: 's', issuer: 'https://op.example' }, ...more });

  test('every type: created, read back, its defaults, deleted', async () => {
    const asked = [
      { type: 'Apple', name: 'An Apple', keyId: ec, teamId: 'T', servicesId: 'S', scope: 'email name' },
      oauth('EpicGames'), oauth('Google', { properties: { api: 'a=b', button: 'c=d' } }), oauth('LinkedIn'),
      oauth('Nintendo'), oauth('SonyPSN'), oauth('Twitch'), oauth('Xbox'),
      { type: 'ExternalJWT', name: 'A JWT', headerKeyParameter: 'kid', verificationKeyIds: [rsa], claimMap: { dept: 'UserData' } },
      { type: 'Facebook', name: 'A Facebook', appId: 'app', client_secret: 'fs' },
      { type: 'HYPR', name: 'A HYPR', relyingPartyApplicationId: 'r', relyingPartyURL: 'https://hypr.example' },
      openid({ name: 'An OpenIDConnect', domains: ['Example.COM', 'example.com'], postRequest: true }),
      { type: 'SAMLv2', name: 'A SAML', buttonText: 'SAML', idpEndpoint: 'https://saml.example', keyId: rsa, useNameIdForEmail: true },
      { type: 'SAMLv2IdPInitiated', name: 'A SAML first', issuer: 'urn:x', verificationKeyIds: [rsa], emailClaim: 'mail' },
      { type: 'Steam', name: 'A Steam', client_id: 'id', webAPIKey: 'wk' },
      { type: 'Twitter', name: 'A Twitter', consumerKey: 'k', consumerSecret: 's' },
    ];
    const made = [];
    for (const idp of asked) {
      const got = await make(idp);
      made.push(got);
      for (const [name, value] of Object.entries(idp)) if (name !== 'domains' && name !== 'oauth2') assert.deepEqual(got[name], value, `${idp.type}.${name}`);
      assert.deepEqual((await good(client.retrieveIdentityProvider(got.id))).identityProvider, got);
      assert.equal(got.enabled, false);
      assert.equal(got.source, 'System');
      assert.deepEqual([got.applicationConfiguration, got.tenantConfiguration, got.lambdaConfiguration], [{}, {}, {}]);
    }
    const of = (type) => made.find((m) => m.type === type);
    const pending = ['EpicGames', 'Nintendo', 'SonyPSN', 'Steam', 'Twitch', 'Xbox'];
    for (const m of made) assert.equal(m.linkingStrategy, m.type === 'HYPR' ? 'Unsupported' : pending.includes(m.type) ? 'CreatePendingLink' : 'LinkByEmail', m.type);
    assert.deepEqual(of('OpenIDConnect').domains, ['example.com']);
    assert.equal(of('OpenIDConnect').oauth2.clientAuthenticationMethod, 'client_secret_basic');
    assert.equal(of('OpenIDConnect').oauth2.uniqueIdClaim, 'sub');
    assert.equal(of('ExternalJWT').defaultKeyId, rsa);
    assert.deepEqual(of('SAMLv2').verificationKeyIds, [rsa]);
    assert.deepEqual([of('SAMLv2').loginHintConfiguration.enabled, of('SAMLv2').assertionConfiguration.destination.policy], [true, 'Enabled']);
    assert.deepEqual([of('Facebook').fields, of('Facebook').loginMethod, of('Steam').apiMode, of('Nintendo').uniqueIdClaim], ['email', 'UseRedirect', 'Public', 'id']);
    assert.equal((await good(client.retrieveIdentityProviders())).identityProviders.length, asked.length);
    // keys in use cannot go
    await refused(client.deleteKey(rsa), 400, ['[inUse]keyId']);
    await refused(client.deleteKey(ec), 400, ['[inUse]keyId']);
    for (const m of made) {
      await good(client.deleteIdentityProvider(m.id));
      await refused(client.retrieveIdentityProvider(m.id), 404);
    }
  });

  test('one without id and name is the one of its type', async () => {
    const google = await make({ type: 'Google', client_id: 'id', client_secret: 's' });
    assert.deepEqual([google.id, google.name, google.buttonText], ['82339786-3dff-42a6-aac6-1f1ceecb6c46', 'Google', 'Login with Google']);
    await refused(client.createIdentityProvider(null, { identityProvider: { type: 'Google', client_id: 'id', client_secret: 's' } }), 400, ['[duplicate]identityProviderId']);
    const second = await make(oauth('Google', { name: 'Second' }));
    const both = await good(client.retrieveIdentityProviderByType('Google'));
    assert.equal(both.identityProvider.id, google.id);
    assert.deepEqual(both.identityProviders.map((i) => i.id).sort(), [google.id, second.id].sort());
    await refused(client.retrieveIdentityProviderByType('Xbox'), 404);
    await refused(client.retrieveIdentityProviderByType('Nobody'), 400, ['[invalid]type']);
    const byType = await c.api('PATCH', '/api/identity-provider?type=Google', { identityProvider: { scope: 'email' } });
    assert.deepEqual([byType.status, byType.body.identityProvider.scope], [200, 'email']);
    assert.equal((await c.api('DELETE', '/api/identity-provider?type=Google')).status, 200);
    await refused(client.retrieveIdentityProvider(google.id), 404);
    await refused(client.createIdentityProvider(randomUUID(), { identityProvider: { type: 'Google', client_id: 'id', client_secret: 's' } }), 400, ['[blank]identityProvider.name']);
    await good(client.deleteIdentityProvider(second.id));
  });

  test('what is asked of each type', async () => {
    const refuse = (idp, codes) => refused(client.createIdentityProvider(null, { identityProvider: idp }), 400, codes.map((code) => code.replace(']', ']identityProvider.')));
    await refuse({ name: 'x' }, ['[missing]type']);
    await refuse({ type: 'Nobody', name: 'x' }, ['[invalid]type']);
    await refuse({ type: 'Apple', name: 'x' }, ['[missing]keyId', '[blank]teamId']);
    await refuse({ type: 'Apple', name: 'x', keyId: nobody, teamId: 't', servicesId: 's' }, ['[invalid]keyId']);
    await refuse({ type: 'Apple', name: 'x', keyId: ec, teamId: 't' }, ['[blank]servicesId']);
    await refuse({ type: 'ExternalJWT', name: 'x' }, ['[blank]headerKeyParameter']);
    await refuse({ type: 'ExternalJWT', name: 'x', headerKeyParameter: 'kid' }, ['[blank]verificationKeyIds']);
    await refuse({ type: 'OpenIDConnect', name: 'x', buttonText: 'b' }, ['[blank]oauth2.authorization_endpoint', '[blank]oauth2.client_id', '[blank]oauth2.client_secret', '[blank]oauth2.token_endpoint', '[blank]oauth2.userinfo_endpoint']);
    await refuse({ type: 'SAMLv2', name: 'x', buttonText: 'b', idpEndpoint: 'https://x.example' }, ['[blank]verificationKeyIds', '[blank]emailClaim']);
    await refuse(oauth('Twitch', { client_secret: '' }), ['[blank]client_secret']);
    await refuse(oauth('Twitch', { linkingStrategy: 'Unsupported' }), ['[invalid]linkingStrategy']);
    await refuse(oauth('Twitch', { bundleId: 'b' }), ['[unknown]bundleId']);
    await refuse(openid({ domains: ['a b'] }), ['[invalid]domains']);
    await refuse(openid({ attributeMappings: { email: 'email' } }), ['[invalid]attributeMappings']);
    await refuse(openid({ lambdaConfiguration: { reconcileId: nobody } }), ['[invalid]lambdaConfiguration.reconcileId']);
    await refuse(openid({ applicationConfiguration: { [nobody]: { enabled: true } } }), ['[invalid]applicationConfiguration']);
    await refuse(openid({ tenantConfiguration: { [nobody]: {} } }), ['[invalid]tenantConfiguration']);
    await refuse(openid({ applicationConfiguration: { x: {} } }), ['[invalidJSON]applicationConfiguration.x']);
    const lambda = (await good(client.createLambda(null, { lambda: { name: 'l', type: 'OpenIDReconcile', body: 'function reconcile(user) {}' } }))).lambda.id;
    await refuse(oauth('Twitch', { lambdaConfiguration: { reconcileId: lambda } }), ['[invalid]lambdaConfiguration.reconcileId']);
    const { id } = await make(openid({ lambdaConfiguration: { reconcileId: lambda } }));
    await refused(client.deleteLambda(lambda), 400, ['[inUse]lambdaId']);
    await good(client.deleteIdentityProvider(id));
    await good(client.deleteLambda(lambda));
    await refused(clientOf(c, 'wrong').retrieveIdentityProviders(), 401);
    await refused(client.updateIdentityProvider(nobody, { identityProvider: openid() }), 404);
    await refused(client.patchIdentityProvider(nobody, { identityProvider: { name: 'x' } }), 404);
    await refused(client.deleteIdentityProvider(nobody), 404);
  });

  test('applications are merged by id, taken away by null, replaced by a PUT', async () => {
    const idp = await make(openid({ applicationConfiguration: { [ids.app]: { enabled: true, oauth2: { client_id: 'own', client_secret: 'own secret' } } },
      tenantConfiguration: { [ids.tenant]: { limitUserLinkCount: { enabled: true } } } }));
    assert.equal(idp.tenantConfiguration[ids.tenant].limitUserLinkCount.maximumLinks, 42);
    assert.equal(idp.applicationConfiguration[ids.app].createRegistration, true);
    const patched = (await good(client.patchIdentityProvider(idp.id, { identityProvider: { applicationConfiguration: { [ids.publicApp]: { enabled: true, createRegistration: false } } } }))).identityProvider;
    assert.deepEqual(Object.keys(patched.applicationConfiguration).sort(), [ids.app, ids.publicApp]);
    assert.equal(patched.applicationConfiguration[ids.app].oauth2.client_secret, 'own secret');
    const less = (await good(client.patchIdentityProvider(idp.id, { identityProvider: { applicationConfiguration: { [ids.app]: null } } }))).identityProvider;
    assert.deepEqual(Object.keys(less.applicationConfiguration), [ids.publicApp]);
    const put = (await good(client.updateIdentityProvider(idp.id, { identityProvider: openid({ source: 'changed' }) }))).identityProvider;
    assert.deepEqual([put.applicationConfiguration, put.source], [{}, 'System']);
    await refused(client.patchIdentityProvider(idp.id, { identityProvider: { type: 'Twitch' } }), 400, ['[immutable]identityProvider.type']);
    await good(client.patchIdentityProvider(idp.id, { identityProvider: { enabled: true } }));
    await refused(client.patchIdentityProvider(idp.id, { identityProvider: { linkingStrategy: 'LinkByUsername' } }), 400, ['[notAllowed]identityProvider.linkingStrategy']);
    await good(client.patchIdentityProvider(idp.id, { identityProvider: { enabled: false } }));
    assert.equal((await good(client.patchIdentityProvider(idp.id, { identityProvider: { linkingStrategy: 'LinkByUsername' } }))).identityProvider.linkingStrategy, 'LinkByUsername');
    await good(client.deleteIdentityProvider(idp.id));
  });

  test('a domain has one provider, and is looked up', async () => {
    const idp = await make(openid({ enabled: true, domains: ['piper.example', 'gone.example'], applicationConfiguration: { [ids.app]: { enabled: true }, [ids.publicApp]: {} },
      oauth2: { client_id: 'c', client_secret: 's', authorization_endpoint: 'https://op.example/a', token_endpoint: 'https://op.example/t', userinfo_endpoint: 'https://op.example/u' } }));
    const found = (await good(client.lookupIdentityProvider('Piper.Example'))).identityProvider;
    assert.deepEqual(found, { applicationIds: [ids.app], id: idp.id, insertInstant: idp.insertInstant, lastUpdateInstant: idp.lastUpdateInstant, name: idp.name, type: 'OpenIDConnect',
      oauth2: { authorization_endpoint: 'https://op.example/a', token_endpoint: 'https://op.example/t' } });
    assert.equal((await good(client.lookupIdentityProviderByTenantId('piper.example', ids.tenant))).identityProvider.id, idp.id);
    const anybody = await c.fetch('/api/identity-provider/lookup?domain=jen@piper.example');
    assert.deepEqual((await anybody.json()).identityProvider, found, 'a sign-in page of anybody asks without a key');
    assert.equal((await c.api('GET', '/api/identity-provider/lookup?domain=piper.example', undefined, { authorization: 'no key of ours' })).status, 401);
    await refused(client.createIdentityProvider(null, { identityProvider: openid({ domains: ['PIPER.example'] }) }), 400, ['[duplicate]identityProvider.domains']);
    await good(client.patchIdentityProvider(idp.id, { identityProvider: { name: 'Patched' } }));
    await good(client.updateIdentityProvider(idp.id, { identityProvider: openid({ enabled: true, domains: ['piper.example'] }) }));
    await refused(client.lookupIdentityProvider('gone.example'), 404);
    await refused(client.lookupIdentityProvider('nobody.example'), 404);
    assert.deepEqual((await c.api('GET', '/api/identity-provider/lookup')).body.fieldErrors.domain[0].code, '[blank]domain');
    await good(client.patchIdentityProvider(idp.id, { identityProvider: { enabled: false } }));
    await refused(client.lookupIdentityProvider('piper.example'), 404);
    const raced = await Promise.allSettled([1, 2, 3, 4].map(() => client.createIdentityProvider(null, { identityProvider: openid({ domains: ['raced.example'] }) })));
    assert.equal(raced.filter((r) => r.status === 'fulfilled').length, 1);
    for (const r of raced.filter((r) => r.status === 'rejected')) assert.equal(r.reason.statusCode, 400);
    await good(client.deleteIdentityProvider(idp.id));
    await good(client.createIdentityProvider(null, { identityProvider: openid({ domains: ['piper.example'] }) }));
  });

  test('a provider of one tenant: only its keys see it, and its domain comes first', async () => {
    const other = (await good(client.createTenant(null, { tenant: { name: 'Other', issuer: 'other.example' } }))).tenant.id;
    const mine = clientOf(c, await keyOfTenant(c)), theirs = clientOf(c, await keyOfTenant(c, other));
    const house = await make(openid({ enabled: true, domains: ['shared.example'] }));
    const idp = (await good(mine.createIdentityProvider(null, { identityProvider: openid({ enabled: true, tenantId: ids.tenant, domains: ['shared.example'] }) }))).identityProvider;
    assert.equal(idp.tenantId, ids.tenant);
    assert.equal(house.tenantId, undefined);
    await good(mine.retrieveIdentityProvider(idp.id));
    await good(mine.patchIdentityProvider(idp.id, { identityProvider: { name: 'Mine' } }));
    assert.deepEqual((await good(mine.retrieveIdentityProviders())).identityProviders.map((i) => i.id), [idp.id]);
    await refused(mine.retrieveIdentityProvider(house.id), 404);
    await refused(mine.deleteIdentityProvider(house.id), 404);
    await refused(mine.createIdentityProvider(null, { identityProvider: openid() }), 401);
    await refused(mine.createIdentityProvider(null, { identityProvider: openid({ tenantId: other }) }), 400, ['[invalid]identityProvider.tenantId']);
    await refused(theirs.retrieveIdentityProvider(idp.id), 404);
    await refused(theirs.deleteIdentityProvider(idp.id), 404);
    assert.deepEqual((await good(theirs.retrieveIdentityProviders())).identityProviders, []);
    assert.equal((await good(mine.lookupIdentityProvider('shared.example'))).identityProvider.id, idp.id);
    assert.equal((await good(theirs.lookupIdentityProvider('shared.example'))).identityProvider.id, house.id);
    assert.equal((await good(client.lookupIdentityProvider('shared.example'))).identityProvider.id, house.id);
    await refused(client.createIdentityProvider(null, { identityProvider: openid({ tenantId: other, applicationConfiguration: { [ids.app]: {} } }) }), 400, ['[invalid]identityProvider.applicationConfiguration']);
    await good(client.deleteTenant(other));
    await good(client.deleteIdentityProvider(idp.id));
    await good(client.deleteIdentityProvider(house.id));
  });

  test('search: by name, type, application, source; in order; by pages', async () => {
    const one = await make(openid({ name: 'Searched B', source: 'Tenant Manager', applicationConfiguration: { [ids.app]: { enabled: true } } }));
    const two = await make(oauth('Twitch', { name: 'Searched A' }));
    const found = async (search) => (await good(client.searchIdentityProviders({ search }))).identityProviders.map((i) => i.name);
    assert.deepEqual(await found({ name: 'searched' }), ['Searched A', 'Searched B']);
    assert.deepEqual(await found({ name: 'searched', orderBy: 'name DESC' }), ['Searched B', 'Searched A']);
    assert.deepEqual(await found({ name: 'searched', orderBy: 'type' }), ['Searched B', 'Searched A']);
    assert.deepEqual(await found({ name: 'searched', orderBy: 'id DESC' }), one.id > two.id ? ['Searched B', 'Searched A'] : ['Searched A', 'Searched B']);
    await good(client.patchIdentityProvider(one.id, { identityProvider: { enabled: true } }));
    assert.deepEqual(await found({ name: 'searched', orderBy: 'enabled DESC' }), ['Searched B', 'Searched A']);
    assert.deepEqual(await found({ name: 'searched', orderBy: 'source' }), ['Searched A', 'Searched B']);
    assert.deepEqual(await found({ name: 'searched', type: 'Twitch' }), ['Searched A']);
    assert.deepEqual(await found({ name: 'searched', source: 'tenant*' }), ['Searched B']);
    assert.deepEqual(await found({ applicationId: ids.app, name: 'searched' }), ['Searched B']);
    const page = await good(client.searchIdentityProviders({ search: { name: 'searched', numberOfResults: 1, startRow: 1 } }));
    assert.deepEqual([page.total, page.identityProviders.map((i) => i.id)], [2, [one.id]]);
    const query = await c.api('GET', '/api/identity-provider/search?name=searched&type=Twitch');
    assert.deepEqual(query.body.identityProviders.map((i) => i.id), [two.id]);
    assert.equal((await good(client.searchIdentityProvidersByParameters(undefined, 'searched', 1, 'name ASC', 0, undefined))).total, page.total);
    await refused(client.searchIdentityProviders({ search: { type: 'Nobody' } }), 400, ['[invalid]search.type']);
    await refused(client.searchIdentityProviders({ search: { orderBy: 'shoe size' } }), 400, ['[invalid]search.orderBy']);
    assert.equal((await c.api('GET', '/api/identity-provider/search?type=Nobody')).status, 400);
  });
});
