// SPDX-License-Identifier: Apache-2.0
// FusionAuth's own client against the OAuth endpoints, the keys, and what the other files reach by paths only.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, basic, decode, ids, person, pkce, redirect, secret, signIn } from './harness.mjs';
import { clientOf, good, nobody, refused, refusedOAuth } from './client.mjs';

describe('OAuth through FusionAuth\'s client', () => {
  let c, client, browser;
  before(async () => { c = await Cardea.start(); client = clientOf(c); browser = new Browser(c); });
  after(() => c.end());
  const code = async (fields = {}) => {
    const { verifier, challenge } = pkce();
    const back = await signIn(browser, { code_challenge: challenge, code_challenge_method: 'S256', ...fields });
    return { code: back.searchParams.get('code'), verifier };
  };
  const plainCode = async () => (await signIn(browser, {})).searchParams.get('code');

  test('codes, with and without PKCE, by form and by request', async () => {
    const a = await code();
    const first = await good(client.exchangeOAuthCodeForAccessTokenUsingPKCE(a.code, ids.app, secret, redirect, a.verifier));
    assert.equal(first.userId, ids.user);
    await refusedOAuth(client.exchangeOAuthCodeForAccessTokenUsingPKCE(a.code, ids.app, secret, redirect, a.verifier), 400, 'invalid_grant');
    const b = await code();
    await good(client.exchangeOAuthCodeForAccessTokenUsingPKCEWithRequest({ code: b.code, client_id: ids.app, client_secret: secret, redirect_uri: redirect, code_verifier: b.verifier, grant_type: 'authorization_code' }));
    await refusedOAuth(client.exchangeOAuthCodeForAccessTokenUsingPKCEWithRequest({ code: 'x', client_id: ids.app, client_secret: secret, redirect_uri: redirect, code_verifier: 'v'.repeat(43), grant_type: 'authorization_code' }), 400, 'invalid_grant');
    await good(client.exchangeOAuthCodeForAccessToken(await plainCode(), ids.app, secret, redirect));
    await refusedOAuth(client.exchangeOAuthCodeForAccessToken(await plainCode(), ids.app, 'wrong', redirect), 401, 'invalid_client');
    await good(client.exchangeOAuthCodeForAccessTokenWithRequest({ code: await plainCode(), client_id: ids.app, client_secret: secret, redirect_uri: redirect, grant_type: 'authorization_code' }));
    await refusedOAuth(client.exchangeOAuthCodeForAccessTokenWithRequest({ code: await plainCode(), client_id: ids.app, client_secret: secret, redirect_uri: 'https://other.example/', grant_type: 'authorization_code' }), 400, 'invalid_grant');
  });

  test('refresh, userinfo, introspection, revocation', async () => {
    const tokens = await good(client.exchangeOAuthCodeForAccessToken(await plainCode(), ids.app, secret, redirect));
    const next = await good(client.exchangeRefreshTokenForAccessToken(tokens.refresh_token, ids.app, secret, 'openid email', ''));
    assert.notEqual(next.refresh_token, tokens.refresh_token);
    await refusedOAuth(client.exchangeRefreshTokenForAccessToken('nonsense', ids.app, secret, '', ''), 400, 'invalid_grant');
    const last = await good(client.exchangeRefreshTokenForAccessTokenWithRequest({ refresh_token: next.refresh_token, client_id: ids.app, client_secret: secret, grant_type: 'refresh_token' }));
    await refusedOAuth(client.exchangeRefreshTokenForAccessTokenWithRequest({ refresh_token: 'nonsense', client_id: ids.app, client_secret: secret, grant_type: 'refresh_token' }), 400, 'invalid_grant');
    const who = await good(client.retrieveUserInfoFromAccessToken(last.access_token));
    assert.equal(who.email, person.email);
    await refusedOAuth(client.retrieveUserInfoFromAccessToken('nonsense'), 401, 'invalid_token');
    const isActive = async () => (await c.form('/oauth2/introspect', { token: last.access_token }, { authorization: basic(ids.app) })).body.active;
    assert.equal(await isActive(), true);
    // RFC 7662 s2.1: an application with a secret must prove itself, and the client has no word for that.
    await refusedOAuth(client.introspectAccessToken(ids.app, last.access_token), 401, 'invalid_client');
    await refusedOAuth(client.introspectAccessTokenWithRequest({ client_id: ids.app, token: last.access_token }), 401, 'invalid_client');
    await good(client.revokeRefreshToken(last.refresh_token, '', ''));
    assert.equal(await isActive(), false);
  });

  test('introspection by an application without a secret', async () => {
    const application = { name: 'Without a secret', oauthConfiguration: { clientAuthenticationPolicy: 'NotRequired', authorizedRedirectURLs: [redirect] } };
    const { id } = (await good(client.createApplication(null, { application }))).application;
    await good(client.register(ids.user, { registration: { applicationId: id } }));
    const { token } = await good(client.login({ loginId: person.email, password: person.password, applicationId: id }));
    assert.equal((await good(client.introspectAccessToken(id, token))).active, true);
    assert.equal((await good(client.introspectAccessTokenWithRequest({ client_id: id, token }))).applicationId, id);
    assert.equal((await good(client.introspectAccessToken(id, 'nonsense'))).active, false);
  });

  test('client credentials', async () => {
    const { access_token: token } = await good(client.clientCredentialsGrant(ids.app, secret, 'orders:read'));
    assert.equal(decode(token).sub, ids.app);
    await refusedOAuth(client.clientCredentialsGrant(ids.app, 'wrong', ''), 401, 'invalid_client');
    await good(client.clientCredentialsGrantWithRequest({ client_id: ids.app, client_secret: secret, grant_type: 'client_credentials' }));
    await refusedOAuth(client.clientCredentialsGrantWithRequest({ client_id: nobody, client_secret: secret, grant_type: 'client_credentials' }), 401, 'invalid_client');
    // RFC 7662 s2.1: who asks must prove who they are; the client's two methods for these tokens send no proof of their own.
    await refusedOAuth(client.introspectClientCredentialsAccessToken(token), 401, 'invalid_client');
    await refusedOAuth(client.introspectClientCredentialsAccessTokenWithRequest({ token }), 401, 'invalid_client');
    const proving = clientOf(c);
    const { clientBuilder } = proving;
    proving.clientBuilder = { build: (host) => clientBuilder.build(host).withHeader('Authorization', basic(ids.app)) };
    assert.equal((await good(proving.introspectClientCredentialsAccessToken(token))).active, true);
    assert.equal((await good(proving.introspectClientCredentialsAccessTokenWithRequest({ token }))).sub, ids.app);
  });

  test('keys and discovery', async () => {
    const { keys } = await good(client.retrieveKeys());
    assert.ok(keys.length > 0);
    const [{ id }] = keys;
    assert.equal((await good(client.retrieveKey(id))).key.id, id);
    await refused(client.retrieveKey(nobody), 404);
    assert.equal((await good(client.updateKey(id, { key: { name: 'Renamed' } }))).key.name, 'Renamed');
    await refused(client.updateKey(nobody, { key: { name: 'N' } }), 404);
    assert.equal((await good(client.searchKeysByParameters('ES256', 'Renamed', 5, 'name ASC', 0, undefined))).total, 1);
    await refused(clientOf(c, 'wrong').retrieveKeys(), 401);
    const jwks = await good(client.retrieveJsonWebKeySet());
    assert.ok(jwks.keys.every((k) => k.kty && !k.d));
    assert.equal((await good(client.retrieveOpenIdConfiguration())).issuer, c.url);
    assert.match((await good(client.retrieveJWTPublicKey(jwks.keys[0].kid))).publicKey, /BEGIN PUBLIC KEY/);
    await refused(client.retrieveJWTPublicKey('no-such-kid'), 404);
    assert.match((await good(client.retrieveJWTPublicKeyByApplicationId(ids.app))).publicKey, /BEGIN PUBLIC KEY/);
    await refused(client.retrieveJWTPublicKeyByApplicationId(nobody), 404);
    const vended = await good(client.vendJWT({ claims: { role: 'robot' }, timeToLiveInSeconds: 60 }));
    assert.equal(decode(vended.token).role, 'robot');
    await refused(client.vendJWT({ claims: {}, keyId: nobody, timeToLiveInSeconds: 60 }), 400, ['[invalid]keyId']);
  });

  test('API keys', async () => {
    const made = (await good(client.createAPIKey(null, { apiKey: { key: 'a-key-of-the-client-test', metaData: { attributes: { description: 'short-lived' } } } }))).apiKey;
    const patched = (await good(client.patchAPIKey(made.id, { apiKey: { metaData: { attributes: { description: 'changed' } } } }))).apiKey;
    assert.equal(patched.metaData.attributes.description, 'changed');
    await refused(client.patchAPIKey(nobody, { apiKey: {} }), 404);
    await good(client.deleteAPIKey(made.id));
    await refused(client.deleteAPIKey(made.id), 404);
  });

  test('health, status', async () => {
    await good(client.retrieveSystemHealth());
    await good(client.retrieveSystemStatus());
    assert.equal(typeof (await good(client.retrieveSystemStatusUsingAPIKey())).version, 'string');
    await refused(clientOf(c, 'wrong').retrieveSystemStatusUsingAPIKey(), 401);
  });

  test('pings, memberships and people that end', async () => {
    await good(client.loginPingWithRequest({ userId: ids.user, applicationId: ids.app }));
    await refused(client.loginPingWithRequest({ userId: nobody, applicationId: ids.app }), 404);
    const people = [];
    for (let i = 0; i < 3; i++) people.push((await good(client.createUser(null, { user: { email: `end${i}@example.com`, password: 'a long enough password' } }))).user.id);
    await good(client.register(people[0], { registration: { applicationId: ids.app } }));
    await good(client.deleteRegistrationWithRequest(people[0], ids.app, {}));
    await refused(client.deleteRegistrationWithRequest(people[0], ids.app, {}), 404);
    assert.equal((await good(client.deactivateUsers(people.slice(0, 2)))).total, 2);
    await refused(clientOf(c, 'wrong').deactivateUsers(people), 401);
    assert.equal((await good(client.deleteUsers({ userIds: people, hardDelete: true }))).total, 3);
    await refused(clientOf(c, 'wrong').deleteUsers({ userIds: people }), 401);
    const { tenant } = await good(client.createTenant(null, { tenant: { name: 'Brief' } }));
    await good(client.deleteTenantWithRequest(tenant.id, { async: false }));
    await refused(client.deleteTenantWithRequest(tenant.id, {}), 404);
  });
});
