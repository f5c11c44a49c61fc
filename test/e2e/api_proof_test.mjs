// SPDX-License-Identifier: Apache-2.0
// Mails with a link or a code, through FusionAuth's own client: verifications, passwordless sign-in, notices.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { clientOf, good, keyOfTenant, nobody, refused } from './client.mjs';
import { Browser, authorizeUrl, decode, ids } from './harness.mjs';
import { anybody, begin, c, change, client, end, enter, login, mailTo, numbers, password, person, register, root, verify } from './proof.mjs';

before(begin);
after(end);

describe('verified addresses', () => {
  test('a mail is asked for and its id handed in', async () => {
    const { id, email } = await person();
    const { verificationId } = await good(client.resendEmailVerification(email));
    assert.equal((await mailTo(email, verify)).id, verificationId);
    assert.equal((await good(client.retrieveUserByVerificationId(verificationId))).user.id, id);
    await good(anybody.verifyEmailAddress({ verificationId }));
    const { user } = await good(client.retrieveUser(id));
    assert.equal(user.verified, true);
    assert.equal(user.identities[0].verifiedReason, 'Completed');
    assert.ok(user.identities[0].verifiedInstant > 0);
    await refused(anybody.verifyEmailAddress({ verificationId }), 404);
    await refused(client.retrieveUserByVerificationId(verificationId), 404);
    const quiet = await good(client.generateEmailVerificationId(email));
    assert.notEqual((await mailTo(email, verify)).id, quiet.verificationId);
    await good(anybody.verifyEmail(quiet.verificationId));
    await refused(anybody.verifyEmail(quiet.verificationId), 404);
    await good(client.resendEmailVerificationWithApplicationTemplate(ids.app, email));
    await refused(anybody.verifyEmailAddress({}), 400, ['[blank]verificationId']);
    await refused(anybody.verifyEmailAddress({ verificationId: 'x', foo: 1 }), 400, ['[unknown]foo']);
  });

  test('nobody without a key learns who is there', async () => {
    const { email } = await person();
    const put = async (address) => await c.api('PUT', `/api/user/verify-email?email=${address}`, undefined, { authorization: '', 'x-fusionauth-tenantid': ids.tenant });
    for (const address of [email, 'nobody@example.com']) assert.deepEqual([(await put(address)).status, (await put(address)).text], [200, '']);
    await refused(client.resendEmailVerification('nobody@example.com'), 404);
    await refused(client.resendEmailVerification(''), 400, ['[blank]email']);
    await refused(client.generateEmailVerificationId('nobody@example.com'), 404);
    await refused(client.resendEmailVerificationWithApplicationTemplate('no-uuid', email), 400, ['[couldNotConvert]applicationId']);
  });

  test('an administrator verifies without a mail', async () => {
    const { id } = await person();
    await good(client.verifyEmailAddressByUserId({ userId: id }));
    assert.equal((await good(client.retrieveUser(id))).user.verified, true);
    await refused(client.verifyEmailAddressByUserId({ userId: nobody }), 404);
    assert.equal((await c.api('POST', '/api/user/verify-email', { userId: id }, { authorization: '' })).status, 401);
    await refused(clientOf(c, 'no key').verifyEmailAddressByUserId({ userId: id }), 401);
  });

  test('an address that changed needs a mail of its own; a tenant may do without', async () => {
    const { id, email } = await person();
    const { verificationId } = await good(client.generateEmailVerificationId(email));
    await good(client.patchUser(id, { user: { email: `new-${email}` } }));
    await refused(anybody.verifyEmailAddress({ verificationId }), 404);
    assert.equal((await good(client.retrieveUser(id))).user.verified, false);
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Takes any address' } }));
    await refused(clientOf(c, undefined, tenant.id).resendEmailVerification('a@example.com'), 403);
    await good(root.deleteTenant(tenant.id));
  });

  test('by a code to type, guessed at five times and no more', async () => {
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'By code', emailConfiguration: { verifyEmail: true, verificationStrategy: 'FormField' } } }));
    const inside = clientOf(c, undefined, tenant.id);
    await good(inside.createUser(null, { user: { email: 'code@example.com', password } }));
    const first = await good(inside.generateEmailVerificationId('code@example.com'));
    assert.match(first.oneTimeCode, /^[A-Z0-9]{6}$/);
    await refused(anybody.verifyEmailAddress({ verificationId: first.verificationId }), 400, ['[blank]oneTimeCode']);
    for (let i = 0; i < 5; i++) await refused(anybody.verifyEmailAddress({ verificationId: first.verificationId, oneTimeCode: 'AEIOU1' }), 404);
    await refused(anybody.verifyEmailAddress({ verificationId: first.verificationId, oneTimeCode: first.oneTimeCode }), 404);
    const second = await good(inside.generateEmailVerificationId('code@example.com'));
    const guesses = Array.from({ length: 30 }, () => c.api('POST', '/api/user/verify-email', { verificationId: second.verificationId, oneTimeCode: 'AEIOU1' }, { authorization: '' }));
    assert.ok((await Promise.all(guesses)).every((a) => a.status === 404), 'guesses that come at once count, too');
    await refused(anybody.verifyEmailAddress({ verificationId: second.verificationId, oneTimeCode: second.oneTimeCode }), 404);
    const third = await good(inside.generateEmailVerificationId('code@example.com'));
    await good(anybody.verifyEmailAddress({ verificationId: third.verificationId, oneTimeCode: third.oneTimeCode.toLowerCase() }));
    await good(root.deleteTenant(tenant.id));
  });
});

describe('mails to new people', () => {
  const inside = async (emailConfiguration) => {
    const { tenant } = await good(root.createTenant(null, { tenant: { name: `New people ${++numbers.last}`, emailConfiguration } }));
    return { at: clientOf(c, undefined, tenant.id), end: () => good(root.deleteTenant(tenant.id)) };
  };

  test('an account is asked to verify its address, and again when it changes', async () => {
    const email = `new${++numbers.last}@example.com`;
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verifyEmailWhenChanged: true } } }));
    const made = await good(client.createUser(null, { user: { email, password } }));
    assert.equal((await mailTo(email, verify)).id, made.emailVerificationId);
    assert.deepEqual(made.verificationIds, [{ id: made.emailVerificationId, type: 'email', value: email }]);
    await good(anybody.verifyEmailAddress({ verificationId: made.emailVerificationId }));
    const same = await good(client.patchUser(made.user.id, { user: { firstName: 'Ada' } }));
    assert.equal(same.emailVerificationId, undefined);
    const moved = await good(client.patchUser(made.user.id, { user: { email: `moved-${email}` } }));
    await good(anybody.verifyEmailAddress({ verificationId: moved.emailVerificationId }));
    assert.equal((await good(client.retrieveUser(made.user.id))).user.verified, true);
    const skipped = await good(client.createUser(null, { user: { email: `s-${email}`, password }, skipVerification: true }));
    assert.deepEqual([skipped.user.verified, skipped.emailVerificationId], [true, undefined]);
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verifyEmailWhenChanged: false } } }));
    const { at, end } = await inside({});
    assert.equal((await good(at.createUser(null, { user: { email, password } }))).emailVerificationId, undefined);
    await end();
  });

  test('a code in place of a link, where the tenant says so', async () => {
    const { at, end } = await inside({ verifyEmail: true, verificationStrategy: 'FormField' });
    const made = await good(at.createUser(null, { user: { email: 'by-code@example.com', password } }));
    const { emailVerificationId: verificationId, emailVerificationOneTimeCode: oneTimeCode } = made;
    assert.equal(made.verificationIds[0].oneTimeCode, oneTimeCode);
    await good(anybody.verifyEmailAddress({ verificationId, oneTimeCode }));
    await end();
  });

  test('a registration is verified by its own mail', async () => {
    const email = `new${++numbers.last}@example.com`;
    const made = await good(client.register(null, { user: { email, password }, registration: { applicationId: ids.app } }));
    assert.equal(made.registration.verified, false);
    assert.ok(made.verificationIds[0].id);
    await good(anybody.verifyUserRegistration({ verificationId: made.registrationVerificationId }));
    assert.equal((await good(client.retrieveRegistration(made.user.id, ids.app))).registration.verified, true);
    const skipped = await good(client.register(null, { user: { email: `s-${email}`, password }, registration: { applicationId: ids.app }, skipRegistrationVerification: true }));
    assert.deepEqual([skipped.registration.verified, skipped.registrationVerificationId], [true, undefined]);
    const plain = await good(client.register(made.user.id, { registration: { applicationId: ids.publicApp } }));
    assert.equal(plain.registration.verified, true, 'an application that asks for nothing');
  });

  test('where unverified people are gated, the login says what is missing: 212, 213', async () => {
    const gated = { verifyEmail: true, verificationStrategy: 'FormField', unverified: { behavior: 'Gated' } };
    const { at, end } = await inside(gated);
    const { application } = await good(at.createApplication(null, { application: { name: 'Gated', verifyRegistration: true, unverified: { behavior: 'Gated' }, loginConfiguration: { generateRefreshTokens: true } } }));
    const made = await good(at.register(null, { user: { email: 'gated@example.com', password }, registration: { applicationId: application.id } }));
    const enter = () => at.login({ loginId: 'gated@example.com', password, applicationId: application.id });
    const first = await enter();
    assert.deepEqual([first.statusCode, first.response.token, first.response.user.verified], [212, undefined, false]);
    await good(at.verifyEmailAddressByUserId({ userId: made.user.id }));
    const second = await enter();
    assert.deepEqual([second.statusCode, second.response.token, second.response.registrationVerificationId], [213, undefined, undefined]);
    await good(anybody.verifyUserRegistration({ verificationId: made.registrationVerificationId }));
    assert.deepEqual([(await enter()).statusCode], [200]);
    assert.ok(first.response.emailVerificationId);
    await end();
  });

  test('who registers on the pages is asked, too, and let in there only when nothing is missing', async () => {
    const email = `new${++numbers.last}@example.com`;
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({}).replace('/oauth2/authorize', '/oauth2/register'));
    const made = await browser.post('/signin', { ...Browser.hidden(page), 'user.email': email, 'user.password': password, 'user.firstName': 'New' });
    assert.equal(made.status, 303, made.text.slice(0, 2000));
    const { id } = await mailTo(email, verify);
    assert.ok(id);
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { unverified: { behavior: 'Gated' } } } }));
    const signIn = async () => {
      const other = new Browser(c);
      const form = await other.open(authorizeUrl({}));
      return other.post('/signin', { ...Browser.hidden(form), loginId: email, password });
    };
    const refusal = await signIn();
    assert.equal(refusal.status, 200);
    assert.match(refusal.text, /not verified yet/);
    await good(anybody.verifyEmailAddress({ verificationId: id }));
    assert.equal((await signIn()).status, 303);
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { unverified: { behavior: 'Allow' } } } }));
  });

  test('a membership begun on the pages waits for its mail, too', async () => {
    const email = `new${++numbers.last}@example.com`;
    await good(client.createUser(null, { user: { email, password }, skipVerification: true }));
    await good(client.patchApplication(ids.app, { application: { unverified: { behavior: 'Gated' } } }));
    const browser = new Browser(c);
    const form = await browser.open(authorizeUrl({}));
    const refusal = await browser.post('/signin', { ...Browser.hidden(form), loginId: email, password });
    assert.match(refusal.text, /not verified yet/);
    const silent = await browser.open(authorizeUrl({ prompt: 'none' }));
    assert.equal(new URL(silent.location).searchParams.get('error'), 'interaction_required');
    await good(anybody.verifyUserRegistration({ verificationId: (await mailTo(email, register)).id }));
    const done = await browser.open(authorizeUrl({ prompt: 'none' }));
    assert.ok(new URL(done.location).searchParams.get('code'));
    await good(client.patchApplication(ids.app, { application: { unverified: { behavior: 'Allow' } } }));
  });

  test('nobody without a key fills a mailbox', async () => {
    const email = `new${++numbers.last}@example.com`;
    await good(client.createUser(null, { user: { email, password }, skipVerification: true }));
    for (let i = 0; i < 7; i++) assert.equal((await c.api('POST', '/api/user/forgot-password', { loginId: email }, { authorization: '', 'x-fusionauth-tenantid': ids.tenant })).status, 200);
    const page = await (await c.fetch('/demo/mail', { headers: { accept: 'text/html' } })).text();
    assert.equal(page.split(`${email} - `).length - 1, 5);
    await good(client.forgotPassword({ loginId: email }));
    const raced = `new${++numbers.last}@example.com`;
    await good(client.createUser(null, { user: { email: raced, password }, skipVerification: true }));
    await Promise.all(Array.from({ length: 12 }, () => c.api('POST', '/api/user/forgot-password', { loginId: raced }, { authorization: '', 'x-fusionauth-tenantid': ids.tenant })));
    const later = await (await c.fetch('/demo/mail', { headers: { accept: 'text/html' } })).text();
    assert.equal(later.split(`${raced} - `).length - 1, 5, 'nor who asks many times at once');
  });

  test('people may be asked to set their own password', async () => {
    for (const wish of [{ sendSetPasswordEmail: true }, { sendSetPasswordIdentityType: 'email' }]) {
      const email = `new${++numbers.last}@example.com`;
      await good(client.createUser(null, { user: { email }, ...wish }));
      const { id } = await mailTo(email, change);
      await good(anybody.changePassword(id, { password: 'a password of my own' }));
      assert.equal((await good(client.login({ loginId: email, password: 'a password of my own' }))).user.verified, true);
    }
    const email = `new${++numbers.last}@example.com`;
    await good(client.register(null, { user: { email }, registration: { applicationId: ids.publicApp }, sendSetPasswordEmail: true }));
    await good(anybody.checkChangePasswordUsingId((await mailTo(email, change)).id));
    await refused(client.createUser(null, { user: { username: 'no-address' }, sendSetPasswordEmail: true }), 400, ['[blank]user.email']);
    await refused(client.createUser(null, { user: { email: 'x@example.com' }, sendSetPasswordIdentityType: 'phone' }), 400, ['[blank]user.phoneNumber']);
  });
});

describe('verified registrations', () => {
  test('a mail is asked for and its id handed in', async () => {
    const { id, email } = await person();
    const { verificationId } = await good(client.resendRegistrationVerification(email, ids.app));
    assert.equal((await mailTo(email, register)).id, verificationId);
    await good(anybody.verifyUserRegistration({ verificationId }));
    const { registration } = await good(client.retrieveRegistration(id, ids.app));
    assert.equal(registration.verified, true);
    assert.ok(registration.verifiedInstant > 0);
    await refused(anybody.verifyUserRegistration({ verificationId }), 404);
    const quiet = await good(client.generateRegistrationVerificationId(email, ids.app));
    await good(anybody.verifyRegistration(quiet.verificationId));
    await refused(anybody.verifyRegistration(quiet.verificationId), 404);
    const gone = await good(client.generateRegistrationVerificationId(email, ids.app));
    await good(client.deleteRegistration(id, ids.app));
    await refused(anybody.verifyRegistration(gone.verificationId), 404);
    await refused(client.resendRegistrationVerification(email, ids.app), 404);
    await refused(client.generateRegistrationVerificationId('nobody@example.com', ids.app), 404);
    await refused(client.resendRegistrationVerification(email, ids.publicApp), 403);
    await refused(client.resendRegistrationVerification(email, nobody), 400, ['[invalid]applicationId']);
    await refused(anybody.verifyUserRegistration({ verificationId: 'x', userId: id }), 400, ['[unknown]userId']);
  });
});

describe('verified identities', () => {
  test('an address: started, sent, completed with the state that was given', async () => {
    const { id, email } = await person();
    const { verificationId, oneTimeCode } = await good(client.startVerifyIdentity({ loginId: email, loginIdType: 'email', verificationStrategy: 'FormField', state: { step: 2 } }));
    assert.ok(!(await mailTo(email)).text.includes(oneTimeCode), 'start sends nothing');
    await good(client.sendVerifyIdentity({ verificationId }));
    assert.ok((await mailTo(email)).text.includes(oneTimeCode));
    await refused(client.completeVerifyIdentity({ verificationId }), 400, ['[blank]oneTimeCode']);
    await refused(client.completeVerifyIdentity({ verificationId, oneTimeCode: 'AEIOU1' }), 404);
    assert.deepEqual((await good(client.completeVerifyIdentity({ verificationId, oneTimeCode }))).state, { step: 2 });
    assert.equal((await good(client.retrieveUser(id))).user.verified, true);
    await refused(client.sendVerifyIdentity({ verificationId }), 404);
    await refused(client.startVerifyIdentity({ loginId: 'nobody@example.com', loginIdType: 'email' }), 404);
    await refused(client.startVerifyIdentity({ loginId: email, loginIdType: 'phoneNumber' }), 404);
    await refused(client.startVerifyIdentity({}), 400, ['[blank]loginId', '[missing]loginIdType']);
    assert.deepEqual([(await good(client.startVerifyIdentity({ loginId: email, loginIdType: 'email', existingUserStrategy: 'mustExist' }))).oneTimeCode], [undefined]);
  });

  const ahead = (loginId, more = {}, key = client) => good(key.startVerifyIdentity({ existingUserStrategy: 'mustNotExist', verificationStrategy: 'FormField', loginId, loginIdType: loginId.startsWith('+') ? 'phoneNumber' : 'email', ...more }));
  const proven = async (loginId, more, key = client) => {
    const { verificationId, oneTimeCode } = await ahead(loginId, more, key);
    assert.deepEqual(await good(key.completeVerifyIdentity({ verificationId, oneTimeCode })), more?.state ? { state: more.state } : {});
    return verificationId;
  };
  const states = (user) => Object.fromEntries(user.identities.map((i) => [i.type, [i.verified, i.verifiedReason]]));

  test('the reason says who said so', async () => {
    const reasons = async (id) => Object.fromEntries((await good(client.retrieveUser(id))).user.identities.map((i) => [i.type, `${i.verified} ${i.verifiedReason}`]));
    const { id, email } = await person({ phoneNumber: '+85512003001', username: `r${numbers.last}` });
    assert.deepEqual(await reasons(id), { email: 'false Pending', phoneNumber: 'false Disabled', username: 'false Unverifiable' });
    await good(client.verifyIdentity({ loginId: email, loginIdType: 'email' }));
    assert.equal((await reasons(id)).email, 'true Administrative');
    await good(client.patchUser(id, { user: { email: `x${email}` } }));
    assert.equal((await reasons(id)).email, 'false Disabled', 'a changed one is not asked about here');
    await good(client.patchUser(id, { user: { firstName: 'Ada' }, skipVerification: true }));
    assert.deepEqual(await reasons(id), { email: 'true Skipped', phoneNumber: 'true Skipped', username: 'false Unverifiable' });
    const other = await person();
    await good(client.forgotPassword({ loginId: other.email }));
    await good(anybody.changePassword((await mailTo(other.email, change)).id, { password: 'another long password' }));
    assert.equal((await reasons(other.id)).email, 'true Implicit');
    const imported = `dddddddd-0000-4000-8000-${String(numbers.last).padStart(12, '0')}`;
    await good(client.importUsers({ users: [{ id: imported, email: `i${email}`, verified: true }] }));
    assert.equal((await reasons(imported)).email, 'true Import');
  });

  test('before there is an account: an address and a number, then the account that has them', async () => {
    const email = `p${++numbers.last}@example.com`, phoneNumber = '+85512004001';
    const { verificationId, oneTimeCode } = await ahead(email, { applicationId: ids.app, state: { step: 3 } });
    assert.equal((await mailTo(email)).text, '', 'start sends nothing');
    await good(client.sendVerifyIdentity({ verificationId }));
    assert.ok((await mailTo(email)).text.includes(oneTimeCode));
    await refused(client.retrieveUserByVerificationId(verificationId), 404);
    await refused(client.createUser(null, { user: { email }, verificationIds: [verificationId] }), 400, ['[invalid]verificationIds']);
    await refused(client.completeVerifyIdentity({ verificationId }), 400, ['[blank]oneTimeCode']);
    await refused(client.completeVerifyIdentity({ verificationId, oneTimeCode: 'AEIOU1' }), 404);
    await refused(client.verifyEmailAddress({ verificationId, oneTimeCode }), 404);
    const both = await Promise.all([0, 1].map(() => client.completeVerifyIdentity({ verificationId, oneTimeCode }).then((a) => a.response, (a) => a.statusCode)));
    assert.deepEqual(both.sort((a) => (a === 404 ? 1 : -1)), [{ state: { step: 3 } }, 404]);
    await refused(client.sendVerifyIdentity({ verificationId }), 404);
    const number = await proven('+855 12 004 001');
    await refused(client.createUser(null, { user: { email: 'other@example.com' }, verificationIds: [verificationId] }), 400, ['[invalid]verificationIds']);
    await refused(client.createUser(null, { user: { email, username: 'x' }, verificationIds: [verificationId, verificationId] }), 400, ['[duplicate]verificationIds']);
    await refused(client.createUser(null, { user: { email }, verificationIds: Array(9).fill(number) }), 400, ['[duplicate]verificationIds', '[invalid]verificationIds']);
    await refused(client.createUser(null, { user: { email, password: 'short' }, verificationIds: [verificationId] }), 400, ['[tooShort]user.password']);
    const made = await good(client.register(null, { user: { email: email.toUpperCase(), phoneNumber }, registration: { applicationId: ids.app }, verificationIds: [number, verificationId] }));
    assert.deepEqual(states(made.user), { email: [true, 'Completed'], phoneNumber: [true, 'Completed'] });
    assert.equal(made.verificationIds, undefined);
    assert.equal(states((await good(client.retrieveUser(made.user.id))).user).email[0], true);
    await refused(client.createUser(null, { user: { username: `u${numbers.last}` }, verificationIds: [verificationId] }), 400, ['[invalid]verificationIds']);
    await refused(client.startVerifyIdentity({ loginId: email, loginIdType: 'email', existingUserStrategy: 'mustNotExist' }), 400, ['[duplicate]loginId']);
  });

  test('what the body leaves out is what was proven; two who bring an id at once: one gets it', async () => {
    const email = `p${++numbers.last}@example.com`, id = await proven(email);
    const made = await good(client.createUser(null, { verificationIds: [id] }));
    assert.deepEqual([made.user.email, made.user.verified, made.emailVerificationId], [email, true, undefined]);
    const number = await proven('+85512004002');
    const { user } = await good(client.patchUser(made.user.id, { user: { phoneNumber: '+85512004002' }, verificationIds: [number] }));
    assert.deepEqual(states(user), { email: [true, 'Completed'], phoneNumber: [true, 'Completed'] });
    const raced = await proven(`p${++numbers.last}@example.com`), email2 = `p${numbers.last}@example.com`;
    const answers = await Promise.all([0, 1, 2].map(() => client.register(null, { user: { email: email2 }, registration: { applicationId: ids.app }, verificationIds: [raced] }).then(() => 200, (a) => a.statusCode)));
    assert.deepEqual(answers.sort(), [200, 400, 400]);
  });

  test('an id is its tenant\'s, for as long as it says, and of an address that can be one', async () => {
    const email = `p${++numbers.last}@example.com`;
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Beside', externalIdentifierConfiguration: { emailVerificationIdTimeToLiveInSeconds: 60 } } }));
    const there = clientOf(c, await keyOfTenant(c, tenant.id));
    const id = await proven(email, {}, there);
    await refused(client.createUser(null, { user: { email }, verificationIds: [id] }), 400, ['[invalid]verificationIds']);
    await refused(client.completeVerifyIdentity({ verificationId: (await ahead(email, {}, there)).verificationId }), 404);
    assert.equal((await good(there.createUser(null, { verificationIds: [id] }))).user.email, email);
    const late = await proven('late@example.com', {}, there);
    await c.shiftClock(61000);
    await refused(there.createUser(null, { user: { email: 'late@example.com' }, verificationIds: [late] }), 400, ['[invalid]verificationIds']);
    await good(root.deleteTenant(tenant.id));
    for (const [loginId, loginIdType] of [['ann', 'email'], ['12', 'phoneNumber'], [email, 'phoneNumber']]) {
      await refused(client.startVerifyIdentity({ loginId, loginIdType, existingUserStrategy: 'mustNotExist' }), 400, ['[invalid]loginId']);
    }
  });

  test('a number, apart from the address', async () => {
    const { id } = await person({ phoneNumber: '+85512000001' });
    assert.equal((await good(client.startVerifyIdentity({ loginId: '+85512000001', loginIdType: 'phoneNumber' }))).oneTimeCode, undefined, 'as the tenant says: by a link');
    const { verificationId, oneTimeCode } = await good(client.startVerifyIdentity({ loginId: '+85512000001', loginIdType: 'phoneNumber', verificationStrategy: 'FormField' }));
    await good(client.sendVerifyIdentity({ verificationId }));
    await good(client.completeVerifyIdentity({ verificationId, oneTimeCode }));
    const { user } = await good(client.retrieveUser(id));
    assert.deepEqual(Object.fromEntries(user.identities.map((i) => [i.type, i.verified])), { email: false, phoneNumber: true });
    await good(client.patchUser(id, { user: { phoneNumber: '+85512000002' } }));
    assert.ok((await good(client.retrieveUser(id))).user.identities.every((i) => !i.verified));
  });

  test('by the word of an administrator', async () => {
    const { id, email } = await person({ phoneNumber: '+85512000003' });
    await good(client.verifyIdentity({ loginId: '+85512000003', loginIdType: 'phoneNumber' }));
    await good(client.verifyIdentity({ loginId: email, loginIdType: 'email' }));
    assert.ok((await good(client.retrieveUser(id))).user.identities.every((i) => i.verified));
    await refused(client.verifyIdentity({ loginId: 'nobody@example.com', loginIdType: 'email' }), 404);
    await refused(client.verifyIdentity({ loginId: email, loginIdType: 'username' }), 400, ['[invalid]loginIdType']);
    await refused(anybody.verifyIdentity({ loginId: email, loginIdType: 'email' }), 401);
    const other = (await good(root.createTenant(null, { tenant: { name: 'Elsewhere' } }))).tenant.id;
    await refused(clientOf(c, await keyOfTenant(c, other)).verifyIdentity({ loginId: email, loginIdType: 'email' }), 404);
    await good(root.deleteTenant(other));
  });
});

describe('passwordless', () => {
  test('a link by mail signs in once', async () => {
    const { id, email } = await person();
    const { code, oneTimeCode } = await good(client.startPasswordlessLogin({ applicationId: ids.app, loginId: email, state: { to: 'home' } }));
    assert.equal(oneTimeCode, undefined);
    await good(anybody.sendPasswordlessCode({ code }));
    assert.equal((await mailTo(email, enter)).id, code);
    const done = await good(anybody.passwordlessLogin({ code }));
    assert.equal(done.user.id, id);
    assert.deepEqual(done.state, { to: 'home' });
    assert.equal(decode(done.token).authenticationType, 'PASSWORDLESS');
    assert.equal(decode(done.token).aud, ids.app);
    assert.ok(done.refreshToken);
    assert.equal((await good(client.retrieveUser(id))).user.verified, true);
    await refused(anybody.passwordlessLogin({ code }), 404);
    await refused(anybody.sendPasswordlessCode({ code }), 400, ['[invalid]code']);
  });

  test('a code to type beside the id', async () => {
    const { email } = await person();
    const { code, oneTimeCode } = await good(client.startPasswordlessLogin({ applicationId: ids.app, loginId: email, loginStrategy: 'FormField' }));
    await good(anybody.sendPasswordlessCode({ code }));
    assert.ok((await mailTo(email)).text.includes(oneTimeCode));
    await refused(anybody.passwordlessLogin({ code }), 400, ['[blank]oneTimeCode']);
    await refused(anybody.passwordlessLogin({ code, oneTimeCode: 'AEIOU1' }), 404);
    await good(anybody.passwordlessLogin({ code, oneTimeCode, noJWT: true }));
  });

  test('of many that come at once with one code, one is let in', async () => {
    const { email } = await person();
    const { code } = await good(client.startPasswordlessLogin({ applicationId: ids.app, loginId: email }));
    const answers = await Promise.all(Array.from({ length: 8 }, () => c.api('POST', '/api/passwordless/login', { code }, { authorization: '' })));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, 404, 404, 404, 404, 404, 404, 404]);
  });

  test('what is refused', async () => {
    const { id, email } = await person();
    const start = (more) => client.startPasswordlessLogin({ applicationId: ids.app, loginId: email, ...more });
    await refused(start({ applicationId: ids.publicApp }), 400, ['[PasswordlessDisabled]']);
    await refused(start({ applicationId: nobody }), 400, ['[invalid]applicationId']);
    await refused(start({ loginId: 'nobody@example.com' }), 404);
    await refused(client.startPasswordlessLogin({}), 400, ['[missing]applicationId', '[blank]loginId']);
    await refused(anybody.startPasswordlessLogin({ applicationId: ids.app, loginId: email }), 401);
    await refused(anybody.sendPasswordlessCode({}), 400, ['[blank]code']);
    await refused(anybody.sendPasswordlessCode({ code: 'x'.repeat(64) }), 400, ['[invalid]code']);
    await refused(anybody.passwordlessLogin({}), 400, ['[blank]code']);
    const { code } = await good(start());
    await refused(anybody.passwordlessLogin({ code, applicationId: ids.publicApp }), 404);
    await good(client.deactivateUser(id));
    await refused(anybody.passwordlessLogin({ code }), 423);
  });

  test('the older way, which tells nobody who is there', async () => {
    const { email } = await person();
    for (const loginId of [email, 'nobody@example.com']) assert.equal(await good(anybody.sendPasswordlessCode({ applicationId: ids.app, loginId })), undefined);
    assert.equal((await mailTo('nobody@example.com')).text, '');
    await good(anybody.passwordlessLogin({ code: (await mailTo(email, enter)).id }));
  });
});

describe('what people are told of', () => {
  const template = async (text) => (await good(root.createEmailTemplate(null, { emailTemplate: { name: `News ${++numbers.last}`, fromEmail: 'us@example.com', defaultSubject: 'News', defaultTextTemplate: text, defaultHtmlTemplate: text } }))).emailTemplate.id;
  const told = async (email) => (await (await c.fetch('/demo/mail', { headers: { accept: 'text/html' } })).text()).split(`TOLD ${email} `).length - 1;
  const event = (names) => `TOLD \${user.email} \${event.type} ${names.map((n) => `\${event.${n}!'none'}`).join(' ')}`;

  test('somebody wants a login id that is theirs: a new account, a change, the pages; not too often', async () => {
    const hour = 3600000 - (Date.now() % 3600000) + 1000; // into an hour that is not over in the middle of the test
    await c.shiftClock(hour);
    const { id, email } = await person({ phoneNumber: '+85512005001' }), other = await person();
    await refused(client.createUser(null, { user: { email } }), 400, ['[duplicate]user.email']);
    assert.equal(await told(email), 0, 'without a template');
    const seen = ['duplicateEmail', 'duplicatePhoneNumber', 'duplicateUsername', 'info.ipAddress', 'info.os'];
    await good(client.patchTenant(ids.tenant, { tenant: { emailConfiguration: { loginIdInUseOnCreateEmailTemplateId: await template(event(seen)), loginIdInUseOnUpdateEmailTemplateId: await template(event(seen)) } } }));
    const { verificationId, oneTimeCode } = await good(client.startVerifyIdentity({ existingUserStrategy: 'mustNotExist', verificationStrategy: 'FormField', loginId: '+85512005002', loginIdType: 'phoneNumber' }));
    await good(client.completeVerifyIdentity({ verificationId, oneTimeCode }));
    const fields = { email: email.toUpperCase(), phoneNumber: '+85512005002', password: 'short' };
    await refused(client.register(null, { user: fields, registration: { applicationId: ids.app }, verificationIds: [verificationId], eventInfo: { ipAddress: '192.0.2.9', os: 'Plan 9' } }), 400, ['[duplicate]user.email', '[tooShort]user.password']);
    assert.match((await mailTo(email)).text, new RegExp(`TOLD ${email} user.loginId.duplicate.create ${email} none none 192.0.2.9 Plan 9`, 'i'));
    assert.equal((await good(client.createUser(null, { verificationIds: [verificationId] }))).user.phoneNumber, '+85512005002', 'a refusal uses nothing');
    await refused(client.patchUser(other.id, { user: { email, phoneNumber: '+85512005001' } }), 400, ['[duplicate]user.email', '[duplicate]user.phoneNumber']);
    assert.match((await mailTo(email)).text, new RegExp(`user.loginId.duplicate.update ${email} \\+85512005001 none `));
    assert.equal((await good(client.retrieveUser(other.id))).user.email, other.email);
    assert.equal(await told(email), 2, 'one mail for both');
    await good(client.patchApplication(ids.app, { application: { registrationConfiguration: { enabled: true, firstName: { enabled: false, required: false } }, emailConfiguration: { loginIdInUseOnCreateEmailTemplateId: await template(`TOLD \${user.email} by \${application.name} [#if event.info.os??]\${event.info.os} \${event.info.userAgent!'none'}[/#if]`) } } }));
    const browser = new Browser(c), page = await browser.open(authorizeUrl({}).replace('/oauth2/authorize', '/oauth2/register'));
    const again = await browser.post('/signin', { ...Browser.hidden(page), 'user.email': email, 'user.password': password });
    assert.equal(again.status, 200);
    assert.match((await mailTo(email)).text, new RegExp(`TOLD ${email} by Confidential \\w+ none`));
    await refused(client.createUser(null, { user: { email } }), 400, ['[duplicate]user.email']);
    assert.equal(await told(email), 3, 'three in an hour');
    await good(client.deactivateUser(id));
    await c.shiftClock(hour + 3600000);
    await refused(client.createUser(null, { user: { email } }), 400, ['[duplicate]user.email']);
    assert.equal(await told(email), 3, 'nobody out of use');
    await good(client.reactivateUser(id));
    await refused(client.createUser(null, { user: { email } }), 400, ['[duplicate]user.email']);
    assert.equal(await told(email), 4);
    const { email: raced } = await person();
    const answers = await Promise.all(Array.from({ length: 12 }, () => client.createUser(null, { user: { email: raced } }).then(() => 200, (a) => a.statusCode)));
    assert.deepEqual(new Set(answers), new Set([400]));
    assert.equal(await told(raced), 3, 'nor when many ask at once');
  });

  test('by the application that it was about, else by the tenant', async () => {
    const { id, email } = await person();
    const [tenants, ours] = [await template('TOLD ${user.email} tenant'), await template('TOLD ${user.email} ${application.name}')];
    const kinds = (to) => ({ emailConfiguration: { emailUpdateEmailTemplateId: to, emailVerifiedEmailTemplateId: to, passwordResetSuccessEmailTemplateId: to } });
    await good(client.patchTenant(ids.tenant, { tenant: kinds(tenants) }));
    await good(client.patchApplication(ids.app, { application: kinds(ours) }));
    for (const [applicationId, word] of [[undefined, 'tenant'], [ids.app, 'Confidential']]) {
      const last = async () => (await mailTo(email)).text;
      await good(client.forgotPassword({ loginId: email, applicationId }));
      await good(anybody.changePassword((await mailTo(email, change)).id, { password: `another long password ${word}` }));
      assert.match(await last(), new RegExp(`TOLD ${email} ${word}`));
      const [before, { verificationId }] = [await told(email), await good(client.startVerifyIdentity({ loginId: email, loginIdType: 'email', applicationId }))];
      await good(client.completeVerifyIdentity({ verificationId }));
      assert.match(await last(), new RegExp(`TOLD ${email} ${word}`));
      assert.equal(await told(email), before + 1);
      const next = `${word.toLowerCase()}${email}`;
      await good(client.patchUser(id, { user: { email: next }, applicationId }));
      assert.match((await mailTo(next)).text, new RegExp(`TOLD ${next} ${word}`));
      await good(client.patchUser(id, { user: { email } }));
    }
    await good(client.patchTenant(ids.tenant, { tenant: kinds(null) }));
    await good(client.patchApplication(ids.app, { application: kinds(null) }));
  });

  test('a device that is new to them: as the caller says, or as the browser shows', async () => {
    const { email } = await person(), second = await person();
    const enter = async (browser, who) => {
      for (const name of browser.cookies.keys()) if (name.includes('.sso.')) browser.cookies.delete(name);
      const page = await browser.open(authorizeUrl({ prompt: 'login' }));
      const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: who, password });
      assert.equal(done.status, 303, done.text);
    };
    const home = new Browser(c), away = new Browser(c);
    await good(client.patchTenant(ids.tenant, { tenant: { emailConfiguration: { loginNewDeviceEmailTemplateId: await template(event(['authenticationType', 'applicationId', 'info.deviceName', 'info.deviceType'])) } } }));
    await enter(home, email);
    assert.equal(await told(email), 0, 'the first time is no news');
    await enter(home, email);
    assert.equal(await told(email), 0, 'it is known');
    await enter(away, email);
    assert.match((await mailTo(email)).text, new RegExp(`TOLD ${email} user.login.new-device PASSWORD ${ids.app} none [A-Z]+`));
    await enter(away, second.email);
    await enter(home, second.email);
    await enter(away, second.email);
    await enter(home, email);
    assert.deepEqual([await told(email), await told(second.email)], [1, 1], 'each browser knows both');
    const known = [...home.cookies.keys()].find((name) => name.includes('.known.'));
    home.cookies.set(known, `${'A'.repeat(22)}.x`);
    await enter(home, second.email);
    assert.equal(await told(second.email), 2, 'what is not ours says nothing');
    assert.match(home.cookies.get(known), /^[\w-]{22}\.A{22}$/);
    await good(login(email, password));
    assert.equal(await told(email), 1);
    await good(client.login({ loginId: email, password, applicationId: ids.app, newDevice: true, metaData: { device: { name: 'A new one' } } }));
    assert.match((await mailTo(email)).text, /new-device PASSWORD [\w-]+ A new one/);
    await refused(client.login({ loginId: email, password: 'a wrong password', applicationId: ids.app, newDevice: true }), 404);
    assert.equal(await told(email), 2);
  });
});
