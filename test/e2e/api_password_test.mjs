// SPDX-License-Identifier: Apache-2.0
// Forgotten and changed passwords, through FusionAuth's own client.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { clientOf, good, keyOfTenant, refused } from './client.mjs';
import { decode, ids } from './harness.mjs';
import { anybody, begin, c, change, client, end, login, mailTo, numbers, password, person, root, totp } from './proof.mjs';

before(begin);
after(end);

describe('forgotten passwords', () => {
  test('a mail, a new password, and the old one opens nothing any more', async () => {
    const { id, email } = await person();
    const before = await good(login(email, password));
    const { changePasswordId } = await good(client.forgotPassword({ loginId: email, state: { back: '/cart' } }));
    assert.equal((await mailTo(email, change)).id, changePasswordId);
    assert.equal((await good(client.retrieveUserByChangePasswordId(changePasswordId))).user.id, id);
    await good(anybody.checkChangePasswordUsingId(changePasswordId));
    await good(anybody.checkChangePasswordUsingIdAndIPAddress(changePasswordId, '192.0.2.1'));
    const other = (await good(client.forgotPassword({ email }))).changePasswordId;
    await refused(anybody.changePassword(changePasswordId, { password: 'short' }), 400, ['[tooShort]password']);
    await refused(anybody.changePassword(changePasswordId, {}), 400, ['[blank]password']);
    await refused(anybody.changePassword(changePasswordId, { password: email }), 400, ['[containsEmail]password']);
    const done = await good(anybody.changePassword(changePasswordId, { password: 'another long password' }));
    assert.deepEqual(done.state, { back: '/cart' });
    assert.ok(done.oneTimePassword);
    await refused(login(email, password), 404);
    const now = await good(login(email, 'another long password'));
    assert.equal(now.user.verified, true, 'who reads the mail has the address');
    assert.equal((await c.api('POST', '/api/jwt/refresh', { refreshToken: before.refreshToken })).status, 400, 'grants of before end');
    for (const spent of [changePasswordId, other]) {
      await refused(anybody.changePassword(spent, { password: 'a third long password' }), 404);
      await refused(anybody.checkChangePasswordUsingId(spent), 404);
      await refused(client.retrieveUserByChangePasswordId(spent), 404);
    }
  });

  test('a template of the tenant, or of the application, takes the place of the built-in text', async () => {
    const { email } = await person({ preferredLanguages: ['de'] });
    const make = async (text, more = {}) => (await good(root.createEmailTemplate(null, { emailTemplate: {
      name: `Reset ${++numbers.last}`, defaultSubject: 'Hello', defaultHtmlTemplate: '<p>x</p>', defaultTextTemplate: text, ...more } }))).emailTemplate.id;
    const ofTenant = await make('T {{changePasswordId}} {{state.from}} {{user.email}}', { localizedTextTemplates: { de: 'Neu: {{changePasswordId}}' } });
    const ofApp = await make('A {{changePasswordId}} {{application.name}}');
    const told = await make('Your password was changed.');
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { forgotPasswordEmailTemplateId: ofTenant, passwordResetSuccessEmailTemplateId: told } } }));
    const forgot = (more) => client.forgotPassword({ loginId: email, state: { from: 'shop' }, ...more });
    const first = (await good(forgot())).changePasswordId;
    assert.ok((await mailTo(email)).text.includes(`Neu: ${first}`));
    await good(client.patchApplication(ids.app, { application: { emailConfiguration: { forgotPasswordEmailTemplateId: ofApp } } }));
    const second = (await good(forgot({ applicationId: ids.app }))).changePasswordId;
    assert.ok((await mailTo(email)).text.includes(`A ${second} Confidential`));
    await good(anybody.changePassword(second, { password: 'another long password' }));
    assert.ok((await mailTo(email)).text.includes('Your password was changed.'));
    const none = { forgotPasswordEmailTemplateId: null, passwordResetSuccessEmailTemplateId: null };
    await good(client.patchApplication(ids.app, { application: { emailConfiguration: { forgotPasswordEmailTemplateId: null } } }));
    await good(c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { emailConfiguration: none } }, { 'content-type': 'application/merge-patch+json' }).then((a) => ({ ...a, statusCode: a.status })));
    const plain = (await good(forgot())).changePasswordId;
    assert.equal((await mailTo(email, change)).id, plain);
  });

  test('links begin with the base URL of the application, else of the tenant', async () => {
    const { email } = await person();
    const merge = (body) => c.api('PATCH', `/api/application/${ids.app}`, { application: body }, { 'content-type': 'application/merge-patch+json' });
    for (const bad of ['javascript:alert(1)', 'ftp://x.example', '/here']) assert.equal((await merge({ baseURL: bad })).status, 400, bad);
    assert.equal((await merge({ baseURL: 'https://shop.example/' })).status, 200);
    await good(client.forgotPassword({ loginId: email, applicationId: ids.app }));
    assert.match((await mailTo(email, change)).text, /\shttps:\/\/shop\.example\/password\/change\//);
    assert.equal((await merge({ baseURL: null })).status, 200);
    await good(client.forgotPassword({ loginId: email, applicationId: ids.app }));
    assert.match((await mailTo(email, change)).text, new RegExp(`\\s${c.url}/password/change/`));
  });

  test('of many that come at once with one id, one changes the password', async () => {
    const { email } = await person();
    const { changePasswordId } = await good(client.forgotPassword({ loginId: email }));
    const tries = Array.from({ length: 6 }, (_, i) => c.api('POST', '/api/user/change-password', { changePasswordId, password: `long password number ${i}` }, { authorization: '' }));
    const answers = (await Promise.all(tries)).map((a) => a.status).sort();
    assert.deepEqual(answers, [200, 404, 404, 404, 404, 404]);
  });

  test('who may ask, and what is answered', async () => {
    const { email } = await person();
    const open = await c.api('POST', '/api/user/forgot-password', { loginId: email }, { authorization: '' });
    assert.deepEqual([open.status, open.text], [200, ''], 'without a key the id is only in the mail');
    assert.ok((await mailTo(email, change)).id);
    await refused(client.forgotPassword({ loginId: 'nobody@example.com' }), 404);
    await refused(client.forgotPassword({ loginId: email, loginIdTypes: ['username'] }), 404);
    await refused(client.forgotPassword({}), 400, ['[blank]loginId']);
    await refused(client.forgotPassword({ loginId: email, foo: 1 }), 400, ['[unknown]foo']);
    const { user } = await good(client.createUser(null, { user: { username: 'no-mail', password } }));
    await refused(client.forgotPassword({ username: 'no-mail' }), 422);
    const quiet = await good(client.forgotPassword({ username: 'no-mail', sendForgotPasswordEmail: false }));
    await good(anybody.changePassword(quiet.changePasswordId, { password: 'another long password' }));
    await good(client.deactivateUser(user.id));
    await refused(client.forgotPassword({ username: 'no-mail', sendForgotPasswordEmail: false }), 404);
    const given = await good(client.forgotPassword({ loginId: email, changePasswordId: 'chosen-by-us-1', sendForgotPasswordMessage: false }));
    assert.equal(given.changePasswordId, 'chosen-by-us-1');
    await refused(client.forgotPassword({ loginId: email, changePasswordId: 'chosen-by-us-1' }), 400, ['[duplicate]changePasswordId']);
    assert.equal((await c.api('POST', '/api/user/forgot-password', { loginId: email, changePasswordId: 'x' }, { authorization: '' })).status, 400);
    const tenant = { 'x-fusionauth-tenantid': ids.tenant, authorization: '' };
    assert.equal((await c.api('POST', '/api/user/change-password/chosen-by-us-1', { password: 'another long password' }, tenant)).status, 200);
  });

  test('an id is over when its time is, and as long or short as the tenant says', async () => {
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Short ids', externalIdentifierConfiguration: {
      changePasswordIdTimeToLiveInSeconds: 60, changePasswordIdGenerator: { length: 8, type: 'randomDigits' } } } }));
    const inside = clientOf(c, undefined, tenant.id);
    await good(inside.createUser(null, { user: { email: 'short@example.com', password } }));
    const { changePasswordId } = await good(inside.forgotPassword({ loginId: 'short@example.com', sendForgotPasswordEmail: false }));
    assert.match(changePasswordId, /^\d{8}$/);
    await refused(clientOf(c, null, ids.tenant).checkChangePasswordUsingId(changePasswordId), 404);
    await good(clientOf(c, null, tenant.id).checkChangePasswordUsingId(changePasswordId));
    const long = (await good(client.forgotPassword({ loginId: (await person()).email }))).changePasswordId;
    await refused(inside.checkChangePasswordUsingId(long), 404);
    await good(clientOf(c, await keyOfTenant(c)).retrieveUserByChangePasswordId(long));
    await refused(clientOf(c, await keyOfTenant(c, tenant.id)).retrieveUserByChangePasswordId(long), 404);
    await good(root.deleteTenant(tenant.id));
  });
});

describe('tenants', () => {
  test('an id, a code and a person of one tenant are nothing to the key of another', async () => {
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Another tenant', emailConfiguration: { verifyEmail: true } } }));
    const key = await keyOfTenant(c, tenant.id);
    const stranger = clientOf(c, key);
    const { id, email } = await person({ phoneNumber: '+85512009999' });
    const { changePasswordId } = await good(client.forgotPassword({ loginId: email }));
    const { verificationId } = await good(client.generateEmailVerificationId(email));
    const { code } = await good(client.startPasswordlessLogin({ applicationId: ids.app, loginId: email }));
    const identity = await good(client.startVerifyIdentity({ loginId: '+85512009999', loginIdType: 'phoneNumber' }));
    const registration = await good(client.generateRegistrationVerificationId(email, ids.app));
    for (const call of [
      () => stranger.forgotPassword({ loginId: email }), () => stranger.checkChangePasswordUsingLoginId(email),
      () => stranger.changePasswordByIdentity({ loginId: email, password }), () => stranger.retrieveUserByChangePasswordId(changePasswordId),
      () => stranger.retrieveUserByVerificationId(verificationId), () => stranger.verifyEmailAddressByUserId({ userId: id }),
      () => stranger.resendEmailVerification(email), () => stranger.sendVerifyIdentity({ verificationId: identity.verificationId }),
      () => stranger.completeVerifyIdentity(identity), () => stranger.startVerifyIdentity({ loginId: email, loginIdType: 'email' }),
    ]) await refused(call(), 404);
    await refused(stranger.startPasswordlessLogin({ applicationId: ids.app, loginId: email }), 400, ['[invalid]applicationId']);
    await refused(stranger.generateRegistrationVerificationId(email, ids.app), 400, ['[invalid]applicationId']);
    for (const [method, path, body, status] of [
      ['POST', '/api/user/change-password', { changePasswordId, password: 'another long password' }, 404],
      ['GET', `/api/user/change-password/${changePasswordId}`, undefined, 404],
      ['POST', '/api/user/verify-email', { verificationId }, 404],
      ['POST', '/api/user/verify-registration', registration, 404],
      ['POST', '/api/passwordless/login', { code }, 404],
      ['POST', '/api/passwordless/send', { code }, 400],
    ]) {
      for (const headers of [{ authorization: key }, { authorization: '', 'x-fusionauth-tenantid': tenant.id }]) {
        assert.equal((await c.api(method, path, body, headers)).status, status, path);
      }
    }
    await good(anybody.passwordlessLogin({ code }));
    await good(root.deleteTenant(tenant.id));
  });

  test('the longest id that is not one of ours', async () => {
    await good(root.patchTenant(ids.tenant, { tenant: { externalIdentifierConfiguration: { changePasswordIdGenerator: { length: 31, type: 'randomBytes' } } } }));
    const { changePasswordId } = await good(client.forgotPassword({ loginId: (await person()).email }));
    assert.match(changePasswordId, /^[\w-]{42}$/);
    await good(anybody.checkChangePasswordUsingId(changePasswordId));
    await good(root.patchTenant(ids.tenant, { tenant: { externalIdentifierConfiguration: { changePasswordIdGenerator: { length: 32, type: 'randomBytes' } } } }));
    await refused(anybody.checkChangePasswordUsingId('x'.repeat(64)), 404);
    await refused(anybody.checkChangePasswordUsingId('x'.repeat(200)), 404);
  });
});

describe('changed passwords', () => {
  test('by a key and a login id', async () => {
    const { email } = await person();
    await good(client.checkChangePasswordUsingLoginId(email));
    await good(client.checkChangePasswordUsingLoginIdAndIPAddress(email, '192.0.2.1'));
    await good(client.checkChangePasswordUsingLoginIdAndLoginIdTypes(email, ['email']));
    await good(client.checkChangePasswordUsingLoginIdAndLoginIdTypesAndIPAddress(email, ['email'], '192.0.2.1'));
    await refused(client.checkChangePasswordUsingLoginId('nobody@example.com'), 404);
    await refused(client.checkChangePasswordUsingLoginIdAndLoginIdTypes(email, ['username']), 404);
    await refused(client.checkChangePasswordUsingLoginIdAndLoginIdTypesAndIPAddress(email, ['username'], '192.0.2.1'), 404);
    await refused(client.checkChangePasswordUsingLoginIdAndIPAddress('nobody@example.com', '192.0.2.1'), 404);
    assert.equal(await good(client.changePasswordByIdentity({ loginId: email, password: 'another long password' })), undefined);
    await good(client.changePasswordByIdentity({ loginId: email, currentPassword: 'another long password', password: 'a third long password' }));
    await refused(client.changePasswordByIdentity({ loginId: email, currentPassword: 'wrong password', password: 'a fourth long password' }), 400, ['[invalid]currentPassword']);
    await refused(client.changePasswordByIdentity({ loginId: 'nobody@example.com', password }), 404);
    await refused(client.changePasswordByIdentity({ password }), 400, ['[blank]loginId']);
    await refused(client.changePasswordByIdentity({ loginId: email, password: 'x' }), 400, ['[tooShort]password']);
    await good(login(email, 'a third long password'));
    await refused(clientOf(c, 'no key').changePasswordByIdentity({ loginId: email, password }), 401);
  });

  test('by the access token of its person, who knows the old one', async () => {
    const { email } = await person();
    const { token, refreshToken } = await good(login(email, password));
    await good(anybody.checkChangePasswordUsingJWT(token));
    await good(anybody.checkChangePasswordUsingJWTAndIPAddress(token, '192.0.2.1'));
    await refused(anybody.checkChangePasswordUsingJWT('no.to.ken'), 401);
    await refused(anybody.checkChangePasswordUsingJWTAndIPAddress('no.to.ken', '192.0.2.1'), 401);
    await refused(anybody.changePasswordUsingJWT(token, { password: 'another long password' }), 400, ['[blank]currentPassword']);
    await refused(anybody.changePasswordUsingJWT(token, { currentPassword: 'wrong password', password: 'another long password' }), 404);
    await refused(anybody.changePasswordUsingJWT('no.to.ken', { currentPassword: password, password: 'another long password' }), 401);
    const done = await good(anybody.changePasswordUsingJWT(token, { currentPassword: password, password: 'another long password', refreshToken }));
    assert.ok(done.oneTimePassword);
    await good(login(email, 'another long password'));
    const next = await good(login(email, 'another long password'));
    await good(anybody.changePasswordByJWT(next.token, { currentPassword: 'another long password', password: 'a third long password' }));
    await refused(anybody.changePasswordByJWT('no.to.ken', { currentPassword: password, password }), 401);
    assert.equal((await c.api('POST', '/api/user/change-password', { password }, { authorization: '' })).status, 401);
  });

  test('passwords over time: not too soon, not again, not for ever', async () => {
    const settings = { minimumPasswordAge: { enabled: true, seconds: 60 }, maximumPasswordAge: { enabled: true, days: 30 },
      passwordValidationRules: { rememberPreviousPasswords: { enabled: true, count: 2 }, validateOnLogin: true },
      passwordEncryptionConfiguration: { encryptionScheme: 'bcrypt', encryptionSchemeFactor: 4 } };
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Passwords over time', ...settings } }));
    assert.deepEqual(tenant.passwordValidationRules.rememberPreviousPasswords, { enabled: true, count: 2 });
    const at = clientOf(c, undefined, tenant.id), email = 'time@example.com';
    const { user } = await good(at.createUser(null, { user: { email, password } }));
    const change = (next) => at.changePasswordByIdentity({ loginId: email, password: next });
    const enter = (pass) => at.login({ loginId: email, password: pass });
    await refused(change('another long password'), 400, ['[tooYoung]password']);
    await refused(at.patchUser(user.id, { user: { password: 'another long password' } }), 400, ['[tooYoung]user.password']);
    await good(root.patchTenant(tenant.id, { tenant: { minimumPasswordAge: { enabled: false } } }));
    await refused(change(password), 400, ['[previouslyUsed]password']);
    await refused(at.patchUser(user.id, { user: { password } }), 400, ['[previouslyUsed]user.password']);
    await good(change('another long password'));
    await refused(change(password), 400, ['[previouslyUsed]password']);
    await good(at.patchUser(user.id, { user: { password: 'a third long password' } }));
    await good(change(password));
    assert.equal((await enter(password)).statusCode, 200);
    await good(root.patchTenant(tenant.id, { tenant: { passwordValidationRules: { minLength: 40 } } }));
    assert.deepEqual([(await enter(password)).statusCode, (await enter(password)).response.changePasswordReason], [203, 'Validation']);
    await good(root.patchTenant(tenant.id, { tenant: { passwordValidationRules: { minLength: 8 } } }));
    await c.shiftClock(31 * 24 * 3600 * 1000);
    const due = await enter(password);
    assert.deepEqual([due.statusCode, due.response.changePasswordReason, due.response.token], [203, 'Expired', undefined]);
    await good(anybody.changePassword(due.response.changePasswordId, { password: 'a fourth long password' }));
    assert.equal((await enter('a fourth long password')).statusCode, 200);
    await c.shiftClock(-31 * 24 * 3600 * 1000);
    await good(root.deleteTenant(tenant.id));
  });

  test('whoever changed it signs in once without typing it again', async () => {
    const { email } = await person();
    const first = await good(login(email, password));
    const plain = await good(anybody.changePasswordUsingJWT(first.token, { currentPassword: password, password: 'another long password' }));
    const without = await good(client.login({ oneTimePassword: plain.oneTimePassword, applicationId: ids.app }));
    assert.deepEqual([without.user.email, decode(without.token).authenticationType, without.refreshToken], [email, 'ONE_TIME_PASSWORD', undefined]);
    await refused(client.login({ oneTimePassword: plain.oneTimePassword, applicationId: ids.app }), 404);
    const second = await good(login(email, 'another long password'));
    const kept = await good(anybody.changePasswordUsingJWT(second.token, { currentPassword: 'another long password', password: 'a third long password', refreshToken: second.refreshToken }));
    assert.ok((await good(client.login({ oneTimePassword: kept.oneTimePassword, applicationId: ids.app }))).refreshToken);
    const { changePasswordId } = await good(client.forgotPassword({ loginId: email }));
    const tries = await good(anybody.changePassword(changePasswordId, { password: 'a fourth long password' }));
    const answers = await Promise.all(Array.from({ length: 5 }, () => c.api('POST', '/api/login', { oneTimePassword: tries.oneTimePassword, applicationId: ids.app })));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, 404, 404, 404, 404]);
  });

  test('a second factor is asked for, too, and its trust is used once', async () => {
    const { id, email } = await person();
    const other = await person();
    const secret = Buffer.alloc(20, 7);
    const { secretBase32Encoded } = await good(client.generateTwoFactorSecret());
    assert.ok(secretBase32Encoded);
    await good(client.enableTwoFactor(id, { code: totp(secret, -30), method: 'authenticator', secret: secret.toString('base64') }));
    await refused(client.checkChangePasswordUsingLoginId(email), 400, ['[TrustTokenRequired]']);
    const { changePasswordId } = await good(client.forgotPassword({ loginId: email }));
    await refused(anybody.checkChangePasswordUsingId(changePasswordId), 400, ['[TrustTokenRequired]']);
    await refused(anybody.changePassword(changePasswordId, { password: 'another long password' }), 400, ['[TrustTokenRequired]']);
    const trustOf = async (trustChallenge) => {
      const started = await good(client.startTwoFactorLogin({ userId: id, trustChallenge }));
      return (await good(client.twoFactorLogin({ twoFactorId: started.twoFactorId, code: totp(secret) }))).trustToken;
    };
    const trustToken = await trustOf('challenge');
    const tryWith = (more) => anybody.changePassword(changePasswordId, { password: 'another long password', ...more });
    await refused(tryWith({ trustToken: 'x' }), 400, ['[invalid]trustToken']);
    await refused(tryWith({ trustToken }), 400, ['[invalid]trustToken']);
    await refused(tryWith({ trustToken, trustChallenge: 'another' }), 400, ['[invalid]trustToken']);
    await good(tryWith({ trustToken, trustChallenge: 'challenge' }));
    const again = await good(client.forgotPassword({ loginId: email }));
    await refused(anybody.changePassword(again.changePasswordId, { password: 'a third long password', trustToken, trustChallenge: 'challenge' }), 400, ['[invalid]trustToken']);
    await good(client.checkChangePasswordUsingLoginId(other.email));
  });

  test('too many wrong current passwords lock, as at sign-in', async () => {
    const { email } = await person();
    const { token } = await good(login(email, password));
    for (let i = 0; i < 5; i++) await refused(anybody.changePasswordUsingJWT(token, { currentPassword: 'wrong password', password: 'another long password' }), 404);
    await refused(anybody.changePasswordUsingJWT(token, { currentPassword: password, password: 'another long password' }), 423);
  });
});
