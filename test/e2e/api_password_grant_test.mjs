// SPDX-License-Identifier: Apache-2.0
// grant_type=password (RFC 6749 s4.3) through FusionAuth's own client: where it is enabled, and what a sign-in must pass.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Cardea, decode, ids, person, redirect, secret } from './harness.mjs';
import { clientOf, good, refusedOAuth } from './client.mjs';

const password = 'correct horse battery';

describe('the password grant', () => {
  let c, client, app;
  const application = async (name, oauth = {}, more = {}) => {
    const oauthConfiguration = { clientSecret: secret, authorizedRedirectURLs: [redirect], enabledGrants: ['password', 'refresh_token'], ...oauth };
    return (await good(client.createApplication(null, { application: { name, oauthConfiguration, ...more } }))).application.id;
  };
  const somebody = async (more = {}, inApp = app) => {
    const email = `p${randomBytes(6).toString('hex')}@example.com`;
    const { user } = await good(client.createUser(null, { user: { email, password, ...more } }));
    if (inApp) await good(client.register(user.id, { registration: { applicationId: inApp } }));
    return user;
  };
  const grant = (username, given = password, to = app, more = {}) =>
    client.exchangeUserCredentialsForAccessTokenWithRequest({ username, password: given, client_id: to, client_secret: secret, grant_type: 'password', scope: 'openid offline_access', ...more });
  const refused = async (promise, status, error, reason) => {
    const exception = await refusedOAuth(promise, status, error);
    assert.equal(exception.error_reason, reason, JSON.stringify(exception));
    return exception;
  };

  before(async () => {
    c = await Cardea.start();
    client = clientOf(c);
    app = await application('Old client');
    await good(client.register(ids.user, { registration: { applicationId: app } }));
  });
  after(() => c.end());

  test('a right password gives tokens of the person, and a login record', async () => {
    const got = await good(client.exchangeUserCredentialsForAccessToken(person.email, person.password, app, secret, 'openid offline_access', ''));
    const claims = decode(got.access_token);
    assert.deepEqual([got.userId, claims.sub, claims.aud, claims.authenticationType, got.scope], [ids.user, ids.user, app, 'PASSWORD', 'openid offline_access']);
    assert.ok(got.id_token && got.refresh_token && got.refresh_token_id);
    await good(client.exchangeRefreshTokenForAccessToken(got.refresh_token, app, secret, '', ''));
    const plain = await good(grant(person.email, person.password, app, { scope: 'openid' }));
    assert.equal(plain.refresh_token, undefined);
    const { logins } = await good(client.searchLoginRecords({ search: { applicationId: app, userId: ids.user } }));
    assert.equal(logins.length, 2);
  });

  test('unknown and wrong are one answer; nothing without the grant or the client\'s proof', async () => {
    const wrong = await refused(grant(person.email, 'not the password'), 400, 'invalid_grant', 'invalid_user_credentials');
    assert.deepEqual(await refused(grant('nobody@example.com', 'not the password'), 400, 'invalid_grant', 'invalid_user_credentials'), wrong);
    await refused(client.exchangeUserCredentialsForAccessToken(person.email, 'wrong', app, secret, '', ''), 400, 'invalid_grant', 'invalid_user_credentials');
    await refused(grant(person.email, person.password, app, { client_secret: 'wrong' }), 401, 'invalid_client');
    await refused(grant(person.email, person.password, app, { client_secret: undefined }), 401, 'invalid_client');
    await refused(grant(person.email, person.password, ids.app), 400, 'unauthorized_client');
    await refused(grant('', person.password), 400, 'invalid_request');
    await refused(grant(person.email, ''), 400, 'invalid_request');
    await refused(grant(person.email, 'x'.repeat(2000)), 400, 'invalid_grant', 'invalid_user_credentials');
    await refused(grant(person.email, person.password, app, { scope: 'nonsense' }), 400, 'invalid_scope');
  });

  test('closed and expired accounts, and those an action keeps out', async () => {
    const closed = await somebody();
    await good(client.deactivateUser(closed.id));
    await refused(grant(closed.email), 400, 'invalid_grant', 'user_locked');
    const late = await somebody({ expiry: Date.now() - 1000 });
    await refused(grant(late.email), 400, 'invalid_grant', 'user_expired');
    const kept = await somebody();
    const { userAction } = await good(client.createUserAction(null, { userAction: { name: 'Out', temporal: true, preventLogin: true } }));
    await good(client.actionUser({ action: { actioneeUserId: kept.id, actionerUserId: ids.user, userActionId: userAction.id, expiry: Date.now() + 100000 }, broadcast: false }));
    await refused(grant(kept.email), 400, 'access_denied', 'login_prevented');
  });

  test('a second factor is asked for, and the Login API takes its answer', async () => {
    const who = await somebody();
    const user = { twoFactor: { methods: [{ method: 'email', email: who.email }] } };
    await good(client.patchTenant(ids.tenant, { tenant: { multiFactorConfiguration: { email: { enabled: true } } } }));
    await good(client.patchUser(who.id, { user }));
    const asked = await refused(grant(who.email), 400, 'two_factor_required', 'multi_factor_challenge_required');
    assert.deepEqual(asked.two_factor_methods.map((m) => m.method), ['email']);
    const wrong = await client.twoFactorLogin({ twoFactorId: asked.two_factor_id, code: '000000', applicationId: app }).catch((e) => e);
    assert.equal(wrong.statusCode, 421);
  });

  test('a password that is due has to be changed first, with the id that is given', async () => {
    const who = await somebody({ passwordChangeRequired: true });
    const due = await refused(grant(who.email), 400, 'change_password_required', 'change_password_administrative');
    await good(client.changePassword(due.change_password_id, { password: 'another good password' }));
    await good(grant(who.email, 'another good password'));
  });

  test('registration, and addresses that have to be verified', async () => {
    const strict = await application('Strict', { requireRegistration: true });
    const who = await somebody();
    await refused(grant(who.email, password, strict), 400, 'access_denied', 'registration_required');
    await good(client.register(who.id, { registration: { applicationId: strict } }));
    await good(grant(who.email, password, strict));
    const gated = await application('Gated', {}, { verifyRegistration: true, unverified: { behavior: 'Gated' }, verificationStrategy: 'ClickableLink' });
    await good(client.register(who.id, { registration: { applicationId: gated } }));
    await refused(grant(who.email, password, gated), 400, 'access_denied', 'registration_verification_required');
  });

  test('a sign-in by password may approve a device', async () => {
    const type = 'urn:ietf:params:oauth:grant-type:device_code';
    const tv = await application('TV', { enabledGrants: ['password', type], deviceVerificationURL: 'https://tv.example/' });
    const asked = await good(client.deviceAuthorize(tv, secret, 'openid'));
    await refused(grant(person.email, person.password, app, { user_code: asked.user_code }), 400, 'invalid_request', 'invalid_user_code');
    await good(grant(person.email, person.password, tv, { user_code: asked.user_code }));
    const got = await c.form('/oauth2/token', { grant_type: type, device_code: asked.device_code, client_id: tv, client_secret: secret });
    assert.deepEqual([got.status, got.body.userId], [200, ids.user], got.text);
    await refused(grant(person.email, person.password, tv, { user_code: asked.user_code }), 400, 'invalid_request', 'invalid_user_code');
  });

  test('too many failures lock the login id, also for the right password', async () => {
    const who = await somebody();
    const answers = [];
    for (let i = 0; i < 12 && answers.at(-1) !== 'user_locked'; i++) answers.push((await grant(who.email, 'not the password').catch((e) => e)).exception.error_reason);
    assert.equal(answers[0], 'invalid_user_credentials');
    assert.equal(answers.at(-1), 'user_locked');
    await refused(grant(who.email), 400, 'invalid_grant', 'user_locked');
  });
});
