// SPDX-License-Identifier: Apache-2.0
// Entities as clients: grant_type=client_credentials with scopes target-entity:ID:PERMISSION,PERMISSION, through FusionAuth's client.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Cardea, basic, decode, header, ids, secret } from './harness.mjs';
import { clientOf, good, nobody, refusedOAuth } from './client.mjs';

describe('entities as clients', () => {
  let c, client, type, robot, door, lamp;
  const create = async (name, more = {}, by = client) => (await good(by.createEntity(null, { entity: { name, type: { id: type.id }, ...more } }))).entity;
  const grant = (on, permissions, to = robot) => client.upsertEntityGrant(on.id, { grant: { recipientEntityId: to.id, permissions } });
  const ask = (scope, by = robot) => client.clientCredentialsGrant(by.clientId, by.clientSecret, scope);

  before(async () => {
    c = await Cardea.start();
    client = clientOf(c);
    type = (await good(client.createEntityType(null, { entityType: { name: 'Thing', permissions: [{ name: 'open' }, { name: 'close' }, { name: 'see' }] } }))).entityType;
    [robot, door, lamp] = [await create('Robot'), await create('Door'), await create('Lamp')];
    await good(grant(door, ['open', 'close']));
    await good(grant(lamp, ['see']));
  });
  after(() => c.end());

  test('what was granted, or the part of it that is asked for, signed by a key of the house', async () => {
    const got = await good(ask(`target-entity:${door.id}:open`));
    const claims = decode(got.access_token);
    assert.deepEqual([claims.sub, claims.aud, claims.tid, claims.iss], [robot.id, door.id, ids.tenant, c.url]);
    assert.deepEqual(claims.permissions, { [door.id]: ['open'] });
    assert.deepEqual([got.scope, claims.scope, got.token_type], [`target-entity:${door.id}:open`, got.scope, 'Bearer']);
    assert.deepEqual([got.expires_in, claims.exp - claims.iat, got.userId, got.refresh_token], [3600, 3600, undefined, undefined]);
    const { keys } = await good(client.retrieveJsonWebKeySet());
    const key = createPublicKey({ key: keys.find((k) => k.kid === header(got.access_token).kid), format: 'jwk' });
    const [head, body, signature] = got.access_token.split('.');
    assert.ok(verify('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')));
    const all = decode((await good(ask(`target-entity:${door.id}`))).access_token);
    assert.deepEqual(all.permissions[door.id].sort(), ['close', 'open']);
    const two = decode((await good(ask(`target-entity:${door.id}:close target-entity:${lamp.id}`))).access_token);
    assert.deepEqual([two.aud, two.permissions], [[door.id, lamp.id], { [door.id]: ['close'], [lamp.id]: ['see'] }]);
    const none = decode((await good(client.clientCredentialsGrantWithRequest({ client_id: robot.clientId, client_secret: robot.clientSecret, grant_type: 'client_credentials' }))).access_token);
    assert.deepEqual([none.sub, none.aud, none.permissions], [robot.id, undefined, undefined]);
  });

  test('nothing that was not granted', async () => {
    const d = `target-entity:${door.id}`;
    for (const scope of [
      `${d}:see`, `${d}:open,see`, `${d}:`, `${d}:open,`, `${d} ${d}`, `target-entity:${robot.id}`, `target-entity:${nobody}`, 'target-entity:x', 'openid', `${d}:open openid`,
      Array(40).fill(d).join(' '),
    ]) await refusedOAuth(ask(scope), 400, 'invalid_scope');
    const { access_token: before } = await good(ask(`target-entity:${lamp.id}`));
    assert.ok(before);
    await good(client.deleteEntityGrant(lamp.id, robot.id, ''));
    await refusedOAuth(ask(`target-entity:${lamp.id}`), 400, 'invalid_scope');
    await good(grant(lamp, ['see']));
  });

  test('the entity proves itself, and has no other grant', async () => {
    const scope = `target-entity:${door.id}`;
    await refusedOAuth(client.clientCredentialsGrant(robot.clientId, 'wrong', scope), 401, 'invalid_client');
    await refusedOAuth(client.clientCredentialsGrant(nobody, robot.clientSecret, scope), 401, 'invalid_client');
    await refusedOAuth(client.clientCredentialsGrantWithRequest({ client_id: robot.clientId, grant_type: 'client_credentials', scope }), 401, 'invalid_client');
    const by = (fields) => c.form('/oauth2/token', fields, { authorization: basic(robot.clientId, robot.clientSecret) });
    assert.equal((await by({ grant_type: 'client_credentials', scope })).status, 200);
    for (const type of ['password', 'refresh_token', 'authorization_code', 'urn:ietf:params:oauth:grant-type:device_code']) {
      assert.deepEqual((await by({ grant_type: type, username: 'x', password: 'y' })).body.error, 'unauthorized_client');
    }
    assert.equal((await by({ grant_type: 'nonsense' })).body.error, 'unsupported_grant_type');
    assert.equal((await by({})).body.error, 'invalid_request');
    // Only there: everywhere else clients are applications.
    for (const path of ['/oauth2/revoke', '/oauth2/device_authorize', '/oauth2/device/user-code']) {
      const answer = await c.form(path, { token: 'x', user_code: 'x', grant_type: 'client_credentials' }, { authorization: basic(robot.clientId, robot.clientSecret) });
      assert.deepEqual([path, answer.status, answer.body.error], [path, 401, 'invalid_client']);
    }
  });

  test('RFC 7662: a token is told to the entity it is of, to one it is for, and to who holds it; no longer than all of them are there', async () => {
    const gate = await create('Gate');
    await good(grant(gate, ['open']));
    const { access_token: token } = await good(ask(`target-entity:${gate.id}:open`));
    const by = (entity, fields = {}) => c.form('/oauth2/introspect', { token, ...fields }, entity ? { authorization: basic(entity.clientId, entity.clientSecret) } : {});
    const active = async (...args) => (await by(...args)).body.active;
    const { body } = await by(gate);
    assert.deepEqual([body.active, body.sub, body.aud, body.permissions], [true, robot.id, gate.id, { [gate.id]: ['open'] }]);
    assert.deepEqual([await active(robot), await active(lamp), (await by({ ...gate, clientSecret: 'wrong' })).status], [true, false, 401]);
    assert.equal((await good(client.introspectClientCredentialsAccessToken(token))).active, true);
    assert.equal((await good(client.introspectClientCredentialsAccessTokenWithRequest({ token, tenantId: ids.tenant }))).active, true);
    assert.equal((await good(client.introspectClientCredentialsAccessTokenWithRequest({ token, tenantId: nobody }))).active, false);
    assert.equal((await c.form(`/${nobody}/oauth2/introspect`, { token })).body.active ?? false, false);
    assert.equal(await active(undefined, { token: `${token.slice(0, -4)}AAAA` }), false);
    assert.equal((await c.form('/oauth2/introspect', { token }, { authorization: basic(ids.app, secret) })).body.active, false, 'no application\'s business');
    const validate = async () => (await c.fetch('/api/jwt/validate', { headers: { authorization: `Bearer ${token}` } })).status;
    assert.equal(await validate(), 200);
    await good(client.deleteEntity(gate.id));
    assert.deepEqual([await active(robot), await validate()], [false, 401]);
  });

  test('a client id that is no UUID is found in the tenant that is named', async () => {
    const named = await create('Named', { clientId: 'the-named-one' });
    const request = { client_id: 'the-named-one', client_secret: named.clientSecret, grant_type: 'client_credentials' };
    assert.equal(decode((await good(client.clientCredentialsGrantWithRequest({ ...request, tenantId: ids.tenant }))).access_token).sub, named.id);
    await refusedOAuth(client.clientCredentialsGrantWithRequest(request), 401, 'invalid_client');
    await refusedOAuth(client.clientCredentialsGrantWithRequest({ ...request, tenantId: nobody }), 401, 'invalid_client');
    await refusedOAuth(client.clientCredentialsGrantWithRequest({ client_id: robot.clientId, client_secret: robot.clientSecret, grant_type: 'client_credentials', tenantId: nobody }), 401, 'invalid_client');
    const at = async (tenant) => (await c.form(`/${tenant}/oauth2/token`, { grant_type: 'client_credentials' }, { authorization: basic('the-named-one', named.clientSecret) })).status;
    assert.deepEqual([await at(ids.tenant), await at(nobody)], [200, 401]);
  });

  test('the type of the entity says how long, and with which key', async () => {
    const { key } = await good(client.generateKey(null, { key: { name: 'Of things', algorithm: 'RS256', length: 2048 } }));
    const jwtConfiguration = { enabled: true, accessTokenKeyId: key.id, timeToLiveInSeconds: 77 };
    const own = (await good(client.createEntityType(null, { entityType: { name: 'Own key', jwtConfiguration } }))).entityType;
    const one = await create('Own', { type: { id: own.id } });
    const got = await good(ask('', one));
    assert.deepEqual([got.expires_in, header(got.access_token).kid, header(got.access_token).alg], [77, key.kid, 'RS256']);
  });

  test('RFC 8725 s3.11: such a token is nobody\'s access token here, even with the id of a person', async () => {
    const twin = (await good(client.createEntity(ids.user, { entity: { name: 'Twin', type: { id: type.id } } }))).entity;
    const { access_token: token } = await good(ask('', twin));
    assert.deepEqual([decode(token).sub, header(token).typ], [ids.user, 'JWT']);
    assert.equal((await c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${token}` } })).status, 401);
    assert.equal((await c.fetch('/api/jwt/validate', { headers: { authorization: `Bearer ${token}` } })).status, 401);
    const answer = await c.form('/oauth2/introspect', { token }, { authorization: basic(ids.app, secret) });
    assert.deepEqual(answer.body, { active: false });
  });

  test('a grant is of one tenant', async () => {
    const { tenant } = await good(client.createTenant(null, { tenant: { name: 'Elsewhere' } }));
    const there = await create('There', {}, clientOf(c, undefined, tenant.id));
    await refusedOAuth(ask(`target-entity:${door.id}`, there), 400, 'invalid_scope');
    assert.equal(decode((await good(ask('', there))).access_token).tid, tenant.id);
  });
});
