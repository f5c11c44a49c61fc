// SPDX-License-Identifier: Apache-2.0
// The device authorization grant (RFC 8628) through FusionAuth's own client: asked for, looked at, approved, redeemed once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Cardea, apiKey, decode, ids, person, redirect, secret } from './harness.mjs';
import { clientOf, good, keyOfTenant, nobody, refusedOAuth } from './client.mjs';

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
const url = 'https://tv.example/activate';

describe('devices', () => {
  let c, client, token;
  const application = async (name, oauth = {}, tenant = client) => {
    const oauthConfiguration = {
      clientSecret: secret, authorizedRedirectURLs: [redirect], deviceVerificationURL: url, enabledGrants: [grantType, 'refresh_token'], ...oauth,
    };
    return (await good(tenant.createApplication(null, { application: { name, oauthConfiguration } }))).application.id;
  };
  const tokenFor = async (id) => (await good(client.login({ loginId: person.email, password: person.password, applicationId: id }))).token;
  const registered = async (name, oauth) => {
    const id = await application(name, oauth);
    await good(client.register(ids.user, { registration: { applicationId: id } }));
    return { id, token: await tokenFor(id) };
  };
  const ask = async (id, scope = 'openid offline_access') => good(client.deviceAuthorize(id, secret, scope));
  const poll = (id, code) => c.form('/oauth2/token', { grant_type: grantType, device_code: code, client_id: id, client_secret: secret });
  const words = (answer) => [answer.status, answer.body.error];
  let tv;

  before(async () => {
    c = await Cardea.start();
    client = clientOf(c);
    tv = await registered('TV');
    token = tv.token;
  });
  after(() => c.end());

  test('RFC 8628 s3.2: codes of the shape the tenant says, a page to type one, and when to ask', async () => {
    const asked = await ask(tv.id);
    assert.match(asked.user_code, /^[B-DF-HJ-NP-TV-XZ2-9]{6}$/);
    assert.equal(Buffer.from(asked.device_code, 'base64url').length, 48);
    assert.deepEqual([asked.expires_in, asked.interval], [300, 5]);
    assert.equal(asked.verification_uri, url);
    assert.equal(asked.verification_uri_complete, `${url}?user_code=${asked.user_code}`);
    assert.equal((await good(client.deviceAuthorizeWithRequest({ client_id: tv.id, client_secret: secret, scope: 'openid' }))).interval, 5);
  });

  test('asking is refused without proof, without the grant, without a page, for scopes that are not known', async () => {
    await refusedOAuth(client.deviceAuthorize(tv.id, 'wrong', ''), 401, 'invalid_client');
    await refusedOAuth(client.deviceAuthorizeWithRequest({ client_id: tv.id }), 401, 'invalid_client');
    await refusedOAuth(client.deviceAuthorizeWithRequest({ client_id: ids.app, client_secret: secret }), 400, 'unauthorized_client');
    await refusedOAuth(client.deviceAuthorize(await application('No page', { deviceVerificationURL: undefined }), secret, ''), 400, 'invalid_request');
    await refusedOAuth(client.deviceAuthorize(tv.id, secret, 'idp-link:x:y'), 400, 'invalid_scope');
  });

  test('a page anybody on the way could change is no page', async () => {
    const answer = await client.createApplication(null, { application: { name: 'Plain page', oauthConfiguration: { deviceVerificationURL: 'http://tv.example/' } } }).catch((e) => e);
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.exception.fieldErrors['application.oauthConfiguration.deviceVerificationURL'][0].code, '[invalid]application.oauthConfiguration.deviceVerificationURL');
  });

  test('a user code is looked at: by its client, as people type it, or by an API key', async () => {
    const asked = await c.form('/oauth2/device_authorize', {
      client_id: tv.id, client_secret: secret, scope: 'openid email offline_access', 'metaData.device.name': 'Living room', 'metaData.device.type': 'TV', 'metaData.device.description': 'Big',
    });
    const typed = asked.body.user_code.toLowerCase().replace(/^(...)/, '$1-');
    await good(client.validateDevice(typed, tv.id));
    await good(client.validateDeviceWithRequest({ user_code: typed, client_id: tv.id }));
    await refusedOAuth(client.validateDevice('BCDFGH', tv.id), 400, 'invalid_request');
    await refusedOAuth(client.validateDevice(typed, ids.app), 400, 'invalid_request');
    await refusedOAuth(client.validateDeviceWithRequest({ user_code: typed, client_id: nobody }), 400, 'invalid_request');
    const seen = await good(client.retrieveUserCodeWithRequest({ user_code: typed, client_id: tv.id, client_secret: secret }));
    assert.deepEqual(seen, {
      client_id: tv.id, deviceInfo: { description: 'Big', name: 'Living room', type: 'TV' }, expires_in: seen.expires_in, scope: 'email', tenantId: ids.tenant, user_code: typed,
    });
    assert.ok(seen.expires_in > 290 && seen.expires_in <= 300);
    await refusedOAuth(client.retrieveUserCodeWithRequest({ user_code: typed, client_id: tv.id, client_secret: 'wrong' }), 401, 'invalid_client');
    await refusedOAuth(client.retrieveUserCodeWithRequest({ user_code: typed, client_id: ids.app, client_secret: secret }), 400, 'invalid_request');
    // The client leaves the key out of the call that is named after it; the endpoint takes it where it is sent.
    await refusedOAuth(client.retrieveUserCodeUsingAPIKeyWithRequest({ user_code: typed }), 401, 'invalid_client');
    const withKey = clientOf(c);
    const plain = withKey.startAnonymous.bind(withKey);
    withKey.startAnonymous = () => plain().withAuthorization(apiKey);
    assert.equal((await good(withKey.retrieveUserCodeUsingAPIKeyWithRequest({ user_code: typed }))).client_id, tv.id);
    await refusedOAuth(withKey.retrieveUserCodeUsingAPIKeyWithRequest({ user_code: 'nonsense' }), 400, 'invalid_request');
    await refusedOAuth(withKey.retrieveUserCodeUsingAPIKeyWithRequest({ user_code: typed, tenantId: nobody }), 400, 'invalid_request');
  });

  test('pending, approved, redeemed: tokens of who approved, once', async () => {
    const asked = await ask(tv.id);
    assert.deepEqual(words(await poll(tv.id, asked.device_code)), [400, 'authorization_pending']);
    const approved = await good(client.approveDevice(tv.id, secret, token, asked.user_code));
    assert.deepEqual(approved, { deviceGrantStatus: 'Approved', deviceInfo: {}, tenantId: ids.tenant, userId: ids.user });
    const got = await poll(tv.id, asked.device_code);
    assert.equal(got.status, 200, got.text);
    assert.equal(got.body.userId, ids.user);
    assert.deepEqual([got.body.scope, decode(got.body.access_token).sub], ['openid offline_access', ids.user]);
    assert.equal(decode(got.body.access_token).authenticationType, 'PASSWORD');
    assert.equal(decode(got.body.id_token).aud, tv.id);
    assert.ok(got.body.refresh_token && got.body.refresh_token_id);
    assert.deepEqual(words(await poll(tv.id, asked.device_code)), [400, 'invalid_grant']);
    await refusedOAuth(client.approveDevice(tv.id, secret, token, asked.user_code), 400, 'invalid_request');
    await refusedOAuth(client.validateDevice(asked.user_code, tv.id), 400, 'invalid_request');
  });

  test('approving takes a key or the client, and a token of the person', async () => {
    const asked = await ask(tv.id);
    const approve = (more, by = client) => by.approveDeviceWithRequest({ client_id: tv.id, client_secret: secret, token, user_code: asked.user_code, ...more });
    await refusedOAuth(approve({ token: 'nonsense' }), 401, 'invalid_token');
    await refusedOAuth(approve({ client_secret: 'wrong' }), 401, 'invalid_client');
    await refusedOAuth(approve({ user_code: 'BCDFGH' }), 400, 'invalid_request');
    await refusedOAuth(approve({ user_code: undefined }), 400, 'invalid_request');
    await refusedOAuth(approve({ client_id: ids.app }), 400, 'invalid_request');
    await refusedOAuth(approve({}, clientOf(c, 'wrong')), 401, 'invalid_client');
    const withoutKey = (fields) => c.form('/oauth2/device/approve', { client_id: tv.id, client_secret: secret, token, user_code: asked.user_code, ...fields });
    assert.deepEqual(words(await withoutKey({ client_secret: '' })), [401, 'invalid_client']);
    assert.deepEqual(words(await withoutKey({ token: await tokenFor(ids.app) })), [401, 'invalid_token']);
    assert.equal((await withoutKey({})).status, 200);
    assert.equal((await poll(tv.id, asked.device_code)).status, 200);
    // With a key a token of any application of the tenant will do, and no client need be named.
    const again = await ask(tv.id);
    await good(client.approveDeviceWithRequest({ token: await tokenFor(ids.app), user_code: again.user_code }));
    assert.equal((await poll(tv.id, again.device_code)).status, 200);
  });

  test('OA-45: a third party gives itself no scope that its token does not have', async () => {
    const third = await registered('Third party TV', { relationship: 'ThirdParty' });
    const asked = await ask(third.id, 'openid email offline_access');
    const answer = await c.form('/oauth2/device/approve', { client_id: third.id, client_secret: secret, token: third.token, user_code: asked.user_code });
    assert.deepEqual(words(answer), [400, 'invalid_scope']);
    await good(client.approveDevice(third.id, secret, third.token, asked.user_code));
  });

  test('another client\'s device code is none, and stays good for its own', async () => {
    const other = await application('Other TV');
    const asked = await ask(tv.id);
    await good(client.approveDevice(tv.id, secret, token, asked.user_code));
    assert.deepEqual(words(await poll(other, asked.device_code)), [400, 'invalid_grant']);
    assert.deepEqual(words(await poll(tv.id, `${asked.device_code.slice(0, -4)}AAAA`)), [400, 'invalid_grant']);
    assert.equal((await poll(tv.id, asked.device_code)).status, 200);
  });

  test('s3.5: who asks too often waits five seconds more each time', async () => {
    const { device_code: code } = await ask(tv.id);
    assert.deepEqual(words(await poll(tv.id, code)), [400, 'authorization_pending']);
    assert.deepEqual(words(await poll(tv.id, code)), [400, 'slow_down']);
    await c.shiftClock(6000);
    assert.deepEqual(words(await poll(tv.id, code)), [400, 'slow_down']);
    await c.shiftClock(16000);
    assert.deepEqual(words(await poll(tv.id, code)), [400, 'authorization_pending']);
    const { device_code: other } = await ask(tv.id);
    const answers = await Promise.all(Array.from({ length: 8 }, () => poll(tv.id, other)));
    assert.deepEqual(answers.map((a) => words(a).join(' ')).sort(), ['400 authorization_pending', ...Array(7).fill('400 slow_down')]);
  });

  test('s3.5: codes end, and a device that asks late is told so', async () => {
    const asked = await ask(tv.id);
    const late = await ask(tv.id);
    await good(client.approveDevice(tv.id, secret, token, late.user_code));
    await c.shiftClock(301000);
    assert.deepEqual(words(await poll(tv.id, asked.device_code)), [400, 'expired_token']);
    assert.deepEqual(words(await poll(tv.id, late.device_code)), [400, 'expired_token']);
    await refusedOAuth(client.validateDevice(asked.user_code, tv.id), 400, 'invalid_request');
    await refusedOAuth(client.approveDevice(tv.id, secret, await tokenFor(tv.id), asked.user_code), 400, 'invalid_request');
    await c.shiftClock(601000);
    assert.deepEqual(words(await poll(tv.id, asked.device_code)), [400, 'invalid_grant']);
  });

  test('what happens to the person between approval and redemption counts', async () => {
    const { user } = await good(client.createUser(null, { user: { email: 'tv@example.com', password: 'a long enough one' } }));
    await good(client.register(user.id, { registration: { applicationId: tv.id } }));
    const own = (await good(client.login({ loginId: user.email, password: 'a long enough one', applicationId: tv.id }))).token;
    const asked = await ask(tv.id);
    await good(client.approveDevice(tv.id, secret, own, asked.user_code));
    await good(client.deactivateUser(user.id));
    assert.deepEqual(words(await poll(tv.id, asked.device_code)), [400, 'access_denied']);
    assert.deepEqual(words(await poll(tv.id, asked.device_code)), [400, 'invalid_grant']);
    const strict = await registered('Strict TV', { requireRegistration: true });
    const again = await ask(strict.id);
    await good(client.approveDevice(strict.id, secret, strict.token, again.user_code));
    await good(client.deleteRegistration(ids.user, strict.id));
    assert.deepEqual(words(await poll(strict.id, again.device_code)), [400, 'access_denied']);
  });

  test('eight redeem one code at once: one gets tokens; eight approve one: one does', async () => {
    const fresh = await tokenFor(tv.id);
    for (let round = 0; round < 3; round++) {
      const asked = await ask(tv.id);
      const approvals = await Promise.all(Array.from({ length: 8 }, () => client.approveDevice(tv.id, secret, fresh, asked.user_code).catch((e) => e)));
      assert.deepEqual(approvals.map((a) => a.statusCode).sort(), [200, ...Array(7).fill(400)]);
      const answers = await Promise.all(Array.from({ length: 8 }, () => poll(tv.id, asked.device_code)));
      assert.deepEqual(answers.map((a) => a.status).sort(), [200, ...Array(7).fill(400)]);
      assert.deepEqual([...new Set(answers.filter((a) => a.status === 400).map((a) => a.body.error))], ['invalid_grant']);
    }
  });

  test('no tenant sees another\'s codes', async () => {
    const { tenant } = await good(client.createTenant(null, { tenant: { name: 'Elsewhere' } }));
    const asked = await ask(tv.id);
    const elsewhere = clientOf(c, await keyOfTenant(c, tenant.id));
    const fresh = await tokenFor(tv.id);
    await refusedOAuth(elsewhere.approveDeviceWithRequest({ token: fresh, user_code: asked.user_code }), 401, 'invalid_token');
    await refusedOAuth(elsewhere.approveDeviceWithRequest({ token: fresh, user_code: asked.user_code, tenantId: ids.tenant }), 400, 'invalid_request');
    await refusedOAuth(elsewhere.approveDevice(tv.id, secret, fresh, asked.user_code), 400, 'invalid_request');
    await refusedOAuth(client.approveDeviceWithRequest({ token: fresh, user_code: asked.user_code }), 400, 'invalid_request');
    await good(client.approveDeviceWithRequest({ token: fresh, user_code: asked.user_code, tenantId: ids.tenant }));
  });

  test('neither code is in the store, and discovery says where to ask', async () => {
    const asked = await ask(tv.id);
    for (const { bytes } of c.files()) assert.ok(!bytes.includes(asked.device_code) && !bytes.includes(asked.user_code + '"'));
    const doc = await good(client.retrieveOpenIdConfiguration());
    assert.equal(doc.device_authorization_endpoint, `${c.url}/oauth2/device_authorize`);
    assert.ok(doc.grant_types_supported.includes(grantType));
  });
});
