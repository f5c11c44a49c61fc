// SPDX-License-Identifier: Apache-2.0
// The outbox as a mail server sees it: sent once, kept without settings, tried again after a refusal for now.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, authorizeUrl, ids, until } from './harness.mjs';
import { MailServer } from './mailserver.mjs';

const TURN_MS = 5000; // how often the job runs

const word = (text) => text.replace(/\?=\r\n\s+=\?/g, '?==?').replace(/=\?utf-8\?b\?(.*?)\?=/gi, (_, b) => Buffer.from(b, 'base64').toString())
  .replace(/=\?utf-8\?q\?(.*?)\?=/gi, (_, q) => decodeURIComponent(q.replace(/_/g, ' ').replace(/=([0-9A-F]{2})/g, '%$1')));
const parts = (mail) => {
  const at = mail.text.indexOf('\r\n\r\n');
  const headers = Object.fromEntries(mail.text.slice(0, at).replace(/\r\n[ \t]+/g, ' ').split('\r\n').map((l) => [l.slice(0, l.indexOf(':')).toLowerCase(), word(l.slice(l.indexOf(':') + 1).trim())]));
  return { headers, body: mail.text.slice(at + 4) };
};
const readable = ({ headers, body }) => {
  const kind = (headers['content-transfer-encoding'] ?? '8bit').toLowerCase();
  if (kind === 'base64') return Buffer.from(body, 'base64').toString();
  if (kind === 'quoted-printable') return Buffer.from(body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, h) => String.fromCharCode(parseInt(h, 16))), 'latin1').toString();
  return Buffer.from(body, 'latin1').toString();
};

describe('jobs', () => {
  let c, server;
  before(async () => {
    server = await MailServer.start();
    c = await Cardea.start({ args: ['--demo'] });
  });
  after(async () => {
    await c?.end();
    await server?.stop();
  });

  const register = async (email, language = 'en') => {
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({ ui_locales: language }).replace('/authorize', '/register'));
    const done = await browser.post('/signin', { ...Browser.hidden(page), 'user.email': email, 'user.firstName': 'New', 'user.password': 'a good long password' });
    assert.equal(done.status, 303, done.text);
  };
  const configure = async (emailConfiguration) => {
    const answer = await c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { emailConfiguration } });
    assert.equal(answer.status, 200, answer.text);
  };
  const turn = () => new Promise((r) => setTimeout(r, TURN_MS + 500));

  test('without settings a mail stays in the outbox, and is sent once there are some', async () => {
    await register('first@example.com');
    await turn();
    assert.match(await (await c.fetch('/demo/mail')).text(), /first@example\.com/);
    await configure({ host: '127.0.0.1', port: server.port, security: 'NONE', defaultFromEmail: 'no-reply@acme.example', defaultFromName: 'Acme' });
    await until('the mail', () => server.to('first@example.com').length > 0);
    assert.equal(server.to('first@example.com').length, 1);
  });

  test('the welcome mail: from the tenant, to the person, in their language, with the headers a mail needs', async () => {
    await register('noura@example.com', 'ar');
    await until('the mail', () => server.to('noura@example.com').length > 0);
    const [mail] = server.to('noura@example.com');
    assert.equal(mail.from, 'no-reply@acme.example');
    const { headers, body } = parts(mail);
    assert.match(headers.from, /^"?Acme"? <no-reply@acme\.example>$/);
    assert.match(headers.to, /noura@example\.com/);
    assert.match(headers.subject, /^حسابك لدى /);
    assert.match(headers['message-id'], /^<[0-9a-f-]{36}@acme\.example>$/);
    assert.ok(Math.abs(Date.parse(headers.date) - Date.now()) < 60000, headers.date);
    assert.match(headers['content-type'], /utf-8/i);
    assert.match(readable({ headers, body }), /أُنشئ حساب/);
    assert.ok(mail.text.split('\r\n').every((l) => l.length <= 998 && !/[\r\n]/.test(l)), 'RFC 5322 s2.1.1');
  });

  test('refused for now (4xx): tried again when a minute has gone, not before, and then sent once', async () => {
    server.refusing = '451 later';
    const tries = server.attempts;
    await register('later@example.com');
    await until('an attempt', () => server.attempts > tries);
    server.refusing = '';
    await turn();
    assert.equal(server.attempts, tries + 1, 'it waits');
    await c.shiftClock(61000);
    await until('the mail', () => server.to('later@example.com').length > 0);
    assert.equal(server.attempts, tries + 2);
  });

  test('the end of an action, unless it was canceled, and a consent once more: told when the time has come, also over a restart', async () => {
    const call = async (method, path, body) => {
      const answer = await c.api(method, path, body);
      assert.equal(answer.status, 200, answer.text);
      return answer.body;
    };
    const person = async (email) => (await call('POST', '/api/user', { user: { email, password: 'a good long password' }, skipVerification: true })).user.id;
    const template = async (name, subject) => (await call('POST', '/api/email/template', { emailTemplate: { name, defaultSubject: subject, defaultTextTemplate: 'text', defaultHtmlTemplate: '<p>html</p>', fromEmail: 'no-reply@acme.example' } })).emailTemplate.id;
    const userActionId = (await call('POST', '/api/user-action', { userAction: { name: 'Lock', temporal: true, userEmailingEnabled: true, endEmailTemplateId: await template('end', '${event.phase} of ${event.action}') } })).userAction.id;
    const consentId = (await call('POST', '/api/consent', { consent: { name: 'Letters', defaultMinimumAgeForSelfConsent: 13, emailPlus: { enabled: true, emailTemplateId: await template('again', '${consent.name} again'), minimumTimeToSendEmailInHours: 1, maximumTimeToSendEmailInHours: 2 } } })).consent.id;
    const [ended, canceled] = [await person('ended@example.com'), await person('canceled@example.com')];
    const done = [];
    for (const actioneeUserId of [ended, canceled]) {
      done.push((await call('POST', '/api/user/action', { action: { actioneeUserId, actionerUserId: ids.user, userActionId, emailUser: true, expiry: Date.now() + 600000 } })).action.id);
    }
    await call('DELETE', `/api/user/action/${done[1]}`, { action: { actionerUserId: ids.user, emailUser: true } });
    for (const userId of [ended, canceled]) await call('POST', '/api/user/consent', { userConsent: { consentId, userId, giverUserId: userId } });
    const [{ id: revoked }] = (await call('GET', `/api/user/consent?userId=${canceled}`)).userConsents;
    await call('DELETE', `/api/user/consent/${revoked}`);
    await c.stop();
    await c.run();
    await c.shiftClock(2 * 3600000);
    await until('the mails', () => server.to('ended@example.com').length === 2);
    assert.deepEqual(server.to('ended@example.com').map((mail) => parts(mail).headers.subject).sort(), ['Letters again', 'end of Lock']);
    assert.deepEqual(server.to('canceled@example.com'), []);
  });

  test('a mail is sent once, also over a restart', async () => {
    await c.stop();
    await c.run();
    await turn();
    const addresses = server.mails.map((m) => `${m.to} ${parts(m).headers.subject}`);
    assert.deepEqual(addresses, [...new Set(addresses)]);
    assert.equal(addresses.length, 5);
  });
});
