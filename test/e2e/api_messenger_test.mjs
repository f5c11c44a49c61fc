// SPDX-License-Identifier: Apache-2.0
// Messengers at work, and telephone numbers that are verified, signed in with, and get what mails bring to others: providers of messages are played here, behind the outgoing proxy, under names of their own and under Twilio's.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { Browser, Cardea, authorizeUrl, basic, ids, until } from './harness.mjs';
import { clientOf, good, refused } from './client.mjs';
import { Outside } from './outside.mjs';

const password = 'a long enough password';
const HOSTS = ['api.twilio.com', 'messages.acme.example'], PINNED = 'pinned.acme.example';

// Whoever sends messages: what came; answers in order, 200 when none is left, none at all for 0.
const seen = [], answers = [];
let waiting = [];
const serve = (req, res, body) => {
  const [status, answer] = answers.shift() ?? [200, {}];
  seen.push({ method: req.method, at: `${req.headers.host}${req.url}`, headers: req.headers, body });
  if (status) res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  waiting = waiting.filter((look) => !look());
};
// The nth message that came, from now on if none was counted.
const message = (fits = () => true, n = 1) => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`no message: ${JSON.stringify(seen.map((m) => [m.at, m.body]))}`)), 20000);
  const look = () => {
    const found = seen.filter(fits)[n - 1];
    if (found) { clearTimeout(timer); resolve(found); }
    return found;
  };
  if (!look()) waiting.push(look);
});
const json = (m) => JSON.parse(m.body);
const form = (m) => Object.fromEntries(new URLSearchParams(m.body));
const to = (number) => (m) => m.body.includes(number) || m.body.includes(encodeURIComponent(number));

let c, root, client, anybody, outside, pinned, numbers = 0;
const number = () => `+1303555${String(1000 + ++numbers)}`;
const tenant = (changes) => good(root.patchTenant(ids.tenant, { tenant: changes }));
const messenger = async (more) => (await good(root.createMessenger(null, { messenger: { name: `m${Math.random()}`, ...more } }))).messenger.id;
const generic = (more = {}) => messenger({ type: 'Generic', url: 'https://messages.acme.example/send?by=cardea', connectTimeout: 1000, readTimeout: 2000, ...more });
const template = async (defaultTemplate, more = {}) => (await good(root.createMessageTemplate(null, { messageTemplate: { name: `t${Math.random()}`, type: 'SMS', defaultTemplate, ...more } }))).messageTemplate.id;
const person = async (more = {}) => {
  const email = `p${++numbers}@example.com`;
  const { user } = await good(client.register(null, { user: { email, password, ...more }, registration: { applicationId: ids.app } }));
  return { id: user.id, email };
};
const send = (who, mobilePhone, more = {}) => client.sendTwoFactorCodeForEnableDisable({ userId: who.id, method: 'sms', mobilePhone, ...more });
const eventLog = async () => (await good(root.searchEventLogs({ search: { numberOfResults: 100 } }))).eventLogs;

before(async () => {
  outside = await Outside.start(HOSTS, serve);
  pinned = await outside.add('own', [PINNED], serve);
  c = await Cardea.start({ args: outside.args });
  root = clientOf(c);
  client = clientOf(c, undefined, ids.tenant);
  anybody = clientOf(c, null);
  await tenant({
    passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1 }, // quick: not what is tested
    multiFactorConfiguration: { sms: { enabled: true } },
  });
});
after(async () => {
  await c?.end();
  outside?.end();
});

describe('a Generic messenger', () => {
  test('gets a code as JSON, with its own headers and the name and password it wants; the code enables the method', async () => {
    const text = await template('${tenant.name}: ${code} for ${mobilePhone}', { localizedTemplates: { de: 'Ihr Code: ${code}' } });
    const messengerId = await generic({ headers: { 'X-Account': 'acme', 'Content-Length': '1', Host: 'evil.example' }, httpAuthenticationUsername: 'cardea', httpAuthenticationPassword: 'pass:word' });
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId, templateId: text } } });
    const who = await person({ preferredLanguages: ['de_CH'] }), phone = number();
    await good(send(who, phone));
    const came = await message(to(phone));
    const { code, ...rest } = json(came);
    assert.deepEqual(rest, { phoneNumber: phone, textMessage: `Ihr Code: ${code}`, type: 'SMS', userId: who.id });
    assert.match(code, /^\d{6}$/);
    assert.deepEqual([came.method, came.at], ['POST', 'messages.acme.example/send?by=cardea']);
    assert.deepEqual([came.headers['content-type'], came.headers['x-account'], came.headers.authorization], ['application/json', 'acme', `Basic ${Buffer.from('cardea:pass:word').toString('base64')}`]);
    assert.match(came.headers['idempotency-key'], /^"[0-9a-f-]{36}"$/);
    await good(client.enableTwoFactor(who.id, { method: 'sms', mobilePhone: phone, code }));
    const asked = await client.login({ loginId: who.email, password, applicationId: ids.app });
    assert.equal(asked.statusCode, 242);
    await good(client.sendTwoFactorCodeForLoginUsingMethod(asked.response.twoFactorId, { methodId: asked.response.methods[0].id }));
    const second = json(await message(to(phone), 2));
    const done = await good(client.twoFactorLogin({ twoFactorId: asked.response.twoFactorId, code: second.code }));
    assert.equal(done.user.id, who.id);
    for (const secret of [phone, code, second.code, 'pass:word']) assert.ok(!c.log.includes(secret), `${secret} is in the log`);
  });

  test('a refusal is told and final; a failure is tried again, and what is behind it goes out', async () => {
    const who = await person(), [bad, later, fine] = [number(), number(), number()];
    answers.push([422, { error: 'no' }]);
    await good(send(who, bad));
    await message(to(bad));
    await until('the event', async () => (await eventLog()).some((e) => /answered 422: it is not tried again/.test(e.message)));
    answers.push([503, {}]);
    await good(send(await person(), later));
    const first = await message(to(later));
    await until('the event', async () => (await eventLog()).some((e) => /answered 503: it is tried again/.test(e.message)));
    await c.shiftClock(61000);
    await good(send(await person(), fine));
    const again = await message(to(later), 2);
    await message(to(fine));
    assert.equal(again.headers['idempotency-key'], first.headers['idempotency-key']);
    assert.equal(seen.filter(to(bad)).length, 1);
    const log = JSON.stringify(await eventLog());
    for (const m of [bad, later, json(first).code]) assert.ok(!log.includes(m), `${m} is in the event log`);
  });

  test('a message whose sending could not be noted goes out again, by the same name', async () => {
    const phone = number();
    answers.push([0]);
    await good(send(await person(), phone));
    const first = await message(to(phone));
    await c.stop('SIGKILL');
    await c.run();
    await c.shiftClock(5 * 60000); // the shift of before is gone, the claim was made by it
    await good(send(await person(), number()));
    const again = await message(to(phone), 2);
    assert.deepEqual([again.body, again.headers['idempotency-key']], [first.body, first.headers['idempotency-key']]);
  });

  test('its certificate counts for it, and no other does', async () => {
    const certificate = readFileSync(pinned, 'utf8');
    const use = async (more) => tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId: await generic({ debug: true, ...more }) } } });
    const [mine, strange, wrong] = [number(), number(), number()];
    await use({ url: `https://${PINNED}/`, sslCertificate: certificate, name: 'pinned' });
    await good(send(await person(), mine));
    await message(to(mine));
    await until('the debug event', async () => (await eventLog()).some((e) => e.type === 'Debug' && e.message === 'The messenger "pinned" answered 200.'));
    await use({ url: `https://${PINNED}/`, name: 'unknown' });
    await good(send(await person(), strange));
    await until('the event', async () => (await eventLog()).some((e) => e.message.startsWith('The messenger "unknown" could not be reached')));
    await use({ sslCertificate: certificate, name: 'other' });
    await good(send(await person(), wrong));
    await until('the event', async () => (await eventLog()).some((e) => e.message.startsWith('The messenger "other" could not be reached')));
    assert.equal(seen.filter((m) => to(strange)(m) || to(wrong)(m)).length, 0);
  });

  test('without a messenger a message waits for one; http and Kafka carry nothing', async () => {
    const phone = number(), clear = number(), kafka = number();
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId: null } } });
    await good(send(await person(), phone));
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId: await generic({ url: 'http://messages.acme.example/', name: 'clear' }) } } });
    await good(send(await person(), clear));
    await until('the event', async () => (await eventLog()).some((e) => e.message.startsWith('The messenger "clear" is not at an address')));
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId: await messenger({ type: 'Kafka', name: 'kafka', defaultTopic: 't', producer: {} }) } } });
    await good(send(await person(), kafka));
    await until('the event', async () => (await eventLog()).some((e) => e.message.startsWith('The messenger "kafka" is of type Kafka')));
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId: await generic() } } });
    await c.shiftClock(61000);
    await good(send(await person(), number()));
    await message(to(phone));
    await message(to(clear));
    assert.equal(seen.filter(to(kafka)).length, 0);
  });
});

describe('Twilio', () => {
  const twilio = (more) => messenger({ type: 'Twilio', url: 'https://api.twilio.com/', accountSID: 'AC 1', authToken: 'a token', ...more });
  const use = async (more, voice) => {
    const messengerId = await twilio({ messageTypes: ['SMS', 'Voice'], ...more });
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId }, voice: { enabled: !!voice, messengerId, templateId: voice ?? null } } });
  };

  test('a message from a number, from a service, from a number of a service', async () => {
    const cases = [
      [{ fromPhoneNumber: '+15005550006' }, { From: '+15005550006' }],
      [{ messagingServiceSid: 'MG1' }, { MessagingServiceSid: 'MG1' }],
      [{ fromPhoneNumber: '+15005550006', messagingServiceSid: 'MG1' }, { From: '+15005550006', MessagingServiceSid: 'MG1' }],
    ];
    for (const [settings, from] of cases) {
      const phone = number();
      await use(settings);
      await good(send(await person(), phone));
      const came = await message(to(phone));
      const { Body, ...rest } = form(came);
      assert.deepEqual(rest, { To: phone, ...from });
      assert.match(Body, /\d{6}/);
      assert.equal(came.at, 'api.twilio.com/2010-04-01/Accounts/AC%201/Messages.json');
      assert.equal(came.headers.authorization, `Basic ${Buffer.from('AC 1:a token').toString('base64')}`);
    }
  });

  test('its errors: a number that is none is final, and told by the error alone', async () => {
    const phone = number();
    answers.push([400, { code: 21211, message: `The 'To' number ${phone} is not a valid phone number.`, status: 400 }]);
    await good(send(await person(), phone));
    await until('the event', async () => (await eventLog()).some((e) => /answered 400 \(error 21211\): it is not tried again/.test(e.message)));
    assert.ok(!JSON.stringify(await eventLog()).includes(phone));
  });

  test('a code is told by a call where the tenant calls', async () => {
    const who = await person(), phone = number();
    await use({ fromPhoneNumber: '+15005550006' });
    await refused(send(who, phone, { messageType: 'Voice' }), 400, ['[notEnabled]messageType']);
    await use({ fromPhoneNumber: '+15005550006' }, await template('<Acme & you> ${spokenCode}', { type: 'Voice' }));
    await good(send(who, phone, { messageType: 'Voice' }));
    const came = await message((m) => m.at.endsWith('/Calls.json'));
    const { Twiml, ...rest } = form(came);
    assert.deepEqual(rest, { To: phone, From: '+15005550006' });
    const [, spoken] = Twiml.match(/^<Response><Say>&lt;Acme &amp; you&gt; ((?:\d )+\d)<\/Say><\/Response>$/);
    await good(client.enableTwoFactor(who.id, { method: 'sms', mobilePhone: phone, code: spoken.replaceAll(' ', '') }));
  });
});

describe('numbers', () => {
  const link = /\/([\w-]{64})\?tenantId=/;
  const code = (text) => text.match(/\b([A-Za-z0-9]{6})\b(?!.*\b[A-Za-z0-9]{6}\b)/)[1];
  const phones = (phoneConfiguration) => tenant({ phoneConfiguration });
  const text = async (phone, n = 1) => json(await message(to(phone), n)).textMessage;
  const verified = async (id) => Object.fromEntries((await good(client.retrieveUser(id))).user.identities.map((i) => [i.type, i.verified]));
  const login = (loginId, pass = password) => client.login({ loginId, password: pass, applicationId: ids.app });

  before(async () => {
    await phones({ messengerId: await generic(), verifyPhoneNumber: true, verificationStrategy: 'ClickableLink', unverified: { behavior: 'Allow' } });
    await good(client.patchApplication(ids.app, { application: { passwordlessConfiguration: { enabled: true } } }));
  });

  test('a new number and a changed one are to be verified: the link is in the message, its id in the answer', async () => {
    const phone = number(), next = number(), email = `v${phone.slice(1)}@example.com`;
    const made = await good(client.createUser(null, { user: { email, phoneNumber: phone, password } }));
    const [entry, ...others] = made.verificationIds;
    assert.deepEqual([entry.type, entry.value, entry.oneTimeCode, others.length], ['phoneNumber', phone, undefined, 0]);
    assert.equal((await text(phone)).match(link)[1], entry.id);
    assert.equal((await good(client.retrieveUserByVerificationId(entry.id))).user.id, made.user.id);
    await good(client.completeVerifyIdentity({ verificationId: entry.id }));
    await refused(client.completeVerifyIdentity({ verificationId: entry.id }), 404);
    assert.deepEqual(await verified(made.user.id), { email: false, phoneNumber: true });
    const changed = await good(client.patchUser(made.user.id, { user: { phoneNumber: next } }));
    assert.equal((await text(next)).match(link)[1], changed.verificationIds[0].id);
    assert.equal((await verified(made.user.id)).phoneNumber, false);
    assert.equal((await good(client.patchUser(made.user.id, { user: { firstName: 'Ada' } }))).verificationIds, undefined);
    await good(client.patchUser(made.user.id, { user: { phoneNumber: phone } }));
    await refused(client.completeVerifyIdentity({ verificationId: changed.verificationIds[0].id }), 404);
    const skipped = await good(client.createUser(null, { user: { phoneNumber: number(), password }, skipVerification: true }));
    assert.deepEqual([skipped.verificationIds, await verified(skipped.user.id)], [undefined, { phoneNumber: true }]);
    assert.ok(!c.log.includes(entry.id) && !c.log.includes(phone));
  });

  test('both identities of one person; by a template in their language; a registration says the same', async () => {
    const phone = number(), email = `v${phone.slice(1)}@example.com`;
    const verificationTemplateId = await template('${verificationId} ${tenant.name}', { localizedTemplates: { de: 'Nummer: ${verificationId} ${baseUrl} [#if application??]${application.name}[/#if]' } });
    await tenant({ emailConfiguration: { verifyEmail: true, verificationStrategy: 'FormField' }, phoneConfiguration: { verificationTemplateId } });
    const made = await good(client.register(null, { user: { email, phoneNumber: phone, password, preferredLanguages: ['de'] }, registration: { applicationId: ids.app } }));
    const [mail, sms] = made.verificationIds;
    assert.deepEqual([mail.type, mail.value, sms.type, sms.value], ['email', email, 'phoneNumber', phone]);
    assert.match(mail.oneTimeCode, /^\w{6}$/);
    assert.equal(await text(phone), `Nummer: ${sms.id} ${c.url} Confidential`);
    await tenant({ emailConfiguration: { verifyEmail: false, verificationStrategy: 'ClickableLink' }, phoneConfiguration: { verificationTemplateId: null } });
  });

  test('gated: 212 to who comes by the number, with an id where there is a code to type; the address still opens', async () => {
    const phone = number(), email = `v${phone.slice(1)}@example.com`, told = await template('Confirmed: ${user.phoneNumber}');
    await phones({ unverified: { behavior: 'Gated' } });
    const { user, token } = await good(client.createUser(null, { user: { email, phoneNumber: phone, password } }));
    assert.equal(token, undefined, 'nobody is let in by it');
    await good(client.register(user.id, { registration: { applicationId: ids.app } }));
    await message(to(phone));
    const asked = await login(phone);
    assert.deepEqual([asked.statusCode, asked.response.token, asked.response.identityVerificationId, asked.response.user.id], [212, undefined, undefined, user.id]);
    assert.equal((await login(email)).statusCode, 200, 'the number is not what they came by');
    await phones({ verificationStrategy: 'FormField', verificationCompleteTemplateId: told });
    const typed = await login(phone);
    assert.equal(typed.statusCode, 212);
    const oneTimeCode = code(await text(phone, 2)), verificationId = typed.response.identityVerificationId;
    await refused(client.completeVerifyIdentity({ verificationId }), 400, ['[blank]oneTimeCode']);
    await refused(client.completeVerifyIdentity({ verificationId, oneTimeCode: 'AEIOU1' }), 404);
    await good(client.completeVerifyIdentity({ verificationId, oneTimeCode }));
    assert.equal(await text(phone, 3), `Confirmed: ${phone}`);
    assert.equal((await login(phone)).statusCode, 200);
    for (let i = 0; i < 7; i++) await login(phone);
    await phones({ unverified: { behavior: 'Allow' }, verificationStrategy: 'ClickableLink', verificationCompleteTemplateId: null });
  });

  test('gated: neither a second factor nor the password grant is a way around; trying fills nobody\'s telephone', async () => {
    const phone = number(), email = `v${phone.slice(1)}@example.com`;
    await phones({ unverified: { behavior: 'Gated' }, verificationStrategy: 'FormField' });
    await tenant({ multiFactorConfiguration: { email: { enabled: true } } });
    const { user } = await good(client.createUser(null, { user: { email, phoneNumber: phone, password, twoFactor: { methods: [{ method: 'email', email }] } } }));
    await good(client.register(user.id, { registration: { applicationId: ids.app } }));
    await good(client.verifyIdentity({ loginId: email, loginIdType: 'email' }));
    const started = await login(phone);
    assert.equal(started.statusCode, 242);
    const [recovery] = (await good(client.generateTwoFactorRecoveryCodes(user.id))).recoveryCodes;
    assert.equal((await client.twoFactorLogin({ twoFactorId: started.response.twoFactorId, code: recovery, applicationId: ids.app })).statusCode, 212);
    await good(client.patchApplication(ids.app, { application: { oauthConfiguration: { enabledGrants: ['password'] } } }));
    const grant = async (username) => (await c.fetch('/oauth2/token', { method: 'POST', headers: { authorization: basic(ids.app) }, body: new URLSearchParams({ grant_type: 'password', username, password }) })).json();
    await good(client.disableTwoFactorWithRequest(user.id, { methodId: (await good(client.retrieveUser(user.id))).user.twoFactor.methods[0].id, code: (await good(client.generateTwoFactorRecoveryCodes(user.id))).recoveryCodes[0] }));
    assert.equal((await grant(phone)).error_reason, 'phone_verification_required');
    assert.ok((await grant(email)).access_token);
    for (let i = 0; i < 8; i++) assert.equal((await login(phone)).statusCode, 212);
    const last = number();
    await good(client.createUser(null, { user: { phoneNumber: last, password } }));
    await message(to(last));
    assert.ok(seen.filter(to(phone)).length <= 6, 'five in ten minutes, and the first');
    await phones({ unverified: { behavior: 'Allow' }, verificationStrategy: 'ClickableLink' });
  });

  test('the link of a message opens a page, and its button confirms the number; another is asked for there', async () => {
    const phone = number();
    const { user } = await good(client.createUser(null, { user: { phoneNumber: phone, password } }));
    const first = (await text(phone)).match(/https?:\/\/[^/]+(\/phone\/verify\/\S+)/)[1];
    const browser = new Browser(c);
    const ask = await browser.open(`/phone/verify?${authorizeUrl({}).split('?')[1]}`);
    const sent = await browser.post('/phone/verify', { ...Browser.hidden(ask), loginId: phone });
    assert.match(sent.location, /^\/phone\/sent\?/, sent.text);
    assert.match((await browser.open(sent.location)).text, /Look for our message/);
    const second = (await text(phone, 2)).match(/https?:\/\/[^/]+(\/phone\/verify\/\S+)/)[1];
    assert.notEqual(second, first);
    const page = await browser.open(second);
    assert.deepEqual(await verified(user.id), { phoneNumber: false }, 'looking confirms nothing');
    const done = await browser.post('/phone/verify', Browser.hidden(page));
    assert.match(done.location, /^\/phone\/complete\?/, done.text);
    assert.match((await browser.open(done.location)).text, /Your number is confirmed/);
    assert.deepEqual(await verified(user.id), { phoneNumber: true });
  });

  test('passwordless by a number: a link or a code to it, and it is verified on the way', async () => {
    const phone = number();
    const { user } = await good(client.createUser(null, { user: { phoneNumber: phone, password } }));
    await good(client.register(user.id, { registration: { applicationId: ids.app } }));
    await message(to(phone));
    const { code: id, oneTimeCode } = await good(client.startPasswordlessLogin({ applicationId: ids.app, loginId: phone, loginStrategy: 'FormField' }));
    await good(anybody.sendPasswordlessCode({ code: id }));
    assert.ok((await text(phone, 2)).includes(oneTimeCode));
    await refused(anybody.passwordlessLogin({ code: id }), 400, ['[blank]oneTimeCode']);
    assert.equal((await good(anybody.passwordlessLogin({ code: id, oneTimeCode }))).user.id, user.id);
    assert.deepEqual(await verified(user.id), { phoneNumber: true });
    const { code: other } = await good(client.startPasswordlessLogin({ applicationId: ids.app, loginId: phone, loginStrategy: 'ClickableLink' }));
    await good(anybody.sendPasswordlessCode({ code: other }));
    assert.equal((await text(phone, 3)).match(link)[1], other);
    for (let i = 0; i < 8; i++) await good(anybody.sendPasswordlessCode({ code: other }));
    const marker = number();
    await good(client.createUser(null, { user: { phoneNumber: marker, password } }));
    await message(to(marker));
    assert.equal(seen.filter((m) => m.body.includes(other)).length, 5, 'nobody without a key fills a telephone');
  });

  test('a forgotten password by the number; a first one set by it; news of changes go to it', async () => {
    const phone = number(), next = number(), email = `v${phone.slice(1)}@example.com`;
    const [reset, moved] = [await template('Your password is new.'), await template('The number of ${user.email} changed.')];
    await phones({ passwordResetSuccessTemplateId: reset, identityUpdateTemplateId: moved, implicitPhoneVerificationAllowed: false });
    const { user } = await good(client.createUser(null, { user: { email, phoneNumber: phone }, sendSetPasswordIdentityType: 'phone' }));
    const first = await message((m) => to(phone)(m) && json(m).textMessage.includes('/password/change/'));
    await good(anybody.changePassword(json(first).textMessage.match(link)[1], { password: 'a password of my own' }));
    assert.deepEqual(await verified(user.id), { email: false, phoneNumber: false }, 'implicitPhoneVerificationAllowed is false');
    await phones({ implicitPhoneVerificationAllowed: true });
    const { changePasswordId } = await good(client.forgotPassword({ loginId: phone }));
    const second = await message((m) => to(phone)(m) && m.body.includes(changePasswordId));
    assert.equal(json(second).textMessage.match(link)[1], changePasswordId);
    await good(anybody.changePassword(changePasswordId, { password: 'one more long password' }));
    assert.equal((await verified(user.id)).phoneNumber, true);
    await message((m) => to(phone)(m) && json(m).textMessage === 'Your password is new.');
    await good(client.patchUser(user.id, { user: { phoneNumber: next } }));
    await message((m) => to(phone)(m) && json(m).textMessage === `The number of ${email} changed.`);
    await refused(client.forgotPassword({ loginId: `+1999${phone.slice(4)}` }), 404);
    const quiet = await good(client.forgotPassword({ loginId: next, sendForgotPasswordMessage: false }));
    assert.equal(seen.filter((m) => m.body.includes(quiet.changePasswordId)).length, 0);
    await phones({ passwordResetSuccessTemplateId: null, identityUpdateTemplateId: null });
  });

  test('what waits is sealed, and gone with the person', async () => {
    const phone = number(), email = `v${phone.slice(1)}@example.com`;
    await phones({ messengerId: null });
    const { user, verificationIds } = await good(client.createUser(null, { user: { email, phoneNumber: phone, password } }));
    const ahead = { loginId: number(), loginIdType: 'phoneNumber', existingUserStrategy: 'mustNotExist' }; // nobody's yet
    const { verificationId } = await good(client.startVerifyIdentity(ahead));
    await good(client.sendVerifyIdentity({ verificationId }));
    for (const { name, bytes } of c.store.files()) {
      for (const secret of [phone, verificationIds[0].id, ahead.loginId, verificationId]) assert.ok(!bytes.includes(secret), `${secret} is in ${name}`);
    }
    await good(client.deleteUser(user.id));
    const other = number();
    await good(client.createUser(null, { user: { phoneNumber: other, password } }));
    await phones({ messengerId: await generic() });
    await c.shiftClock(61000);
    await good(client.createUser(null, { user: { phoneNumber: number(), password } }));
    await message(to(other));
    assert.ok((await text(ahead.loginId)).includes(verificationId));
    assert.equal(seen.filter(to(phone)).length, 0);
  });
});
