// SPDX-License-Identifier: Apache-2.0
// Passwords that got out elsewhere: what leaves the house for it, what is refused, what a sign-in does. The range service is played here.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { Browser, Cardea, apiKey, authorizeUrl, basic, ids, secret } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant } from './client.mjs';
import { MailServer } from './mailserver.mjs';

const sha1 = (text) => createHash('sha1').update(text).digest('hex').toUpperCase();

describe('breached passwords', () => {
  let c, client, range, smtp, templateId;
  const known = new Map(); // digest -> sightings
  const asked = []; // whole requests, as they came
  let answer = null; // what is said instead: (response) => ...
  const leak = (password, count = 5) => { known.set(sha1(password), count); return password; };
  const fresh = () => `fine ${randomUUID()}`;
  const rules = (breachDetection) => good(client.patchTenant(ids.tenant, { tenant: { passwordValidationRules: { breachDetection } } }));
  const someone = async (password, more = {}) => {
    const email = `${randomUUID()}@example.com`;
    const { user } = await good(client.register(null, { user: { email, password }, registration: { applicationId: ids.app }, skipVerification: true, ...more }));
    return { email, id: user.id, password };
  };
  // With a password that gets out only afterwards.
  const victim = async () => { const who = await someone(fresh()); leak(who.password); return who; };
  const login = (who, more = {}) => client.login({ loginId: who.email, password: who.password, applicationId: ids.app, ...more });
  const status = async (who) => (await good(client.retrieveUser(who.id))).user.breachedPasswordStatus;
  const metrics = async () => (await good(client.retrieveReactorMetrics())).metrics.breachedPasswordMetrics[ids.tenant];

  before(async () => {
    range = createServer((req, res) => {
      let body = '';
      req.on('data', (d) => { body += d; });
      req.on('end', () => {
        asked.push({ method: req.method, url: req.url, headers: req.headers, body });
        if (answer) return answer(res);
        const prefix = req.url.slice(-5);
        const lines = [...known].filter(([d]) => d.startsWith(prefix)).map(([d, n]) => `${d.slice(5)}:${n}`);
        for (let i = 0; i < 800; i++) lines.push(`${sha1(`padding ${i}`).slice(5)}:0`);
        return res.end(lines.join('\r\n'));
      });
    }).listen(0, '127.0.0.1');
    await once(range, 'listening');
    smtp = await MailServer.start();
    c = await Cardea.start({ args: ['--breach-range-url', `http://127.0.0.1:${range.address().port}/range`, '--allow-private-fetch'] });
    client = clientOf(c, apiKey);
    templateId = (await good(client.createEmailTemplate(null, { emailTemplate: { name: 'breach', defaultSubject: 'Change your password', defaultHtmlTemplate: '<p>${user.email}</p>', defaultTextTemplate: 'Breached ${user.email}' } }))).emailTemplate.id;
    await good(client.patchApplication(ids.app, { application: { oauthConfiguration: { enabledGrants: ['password'] } } }));
    await good(client.patchTenant(ids.tenant, { tenant: { passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1 }, emailConfiguration: { host: '127.0.0.1', port: smtp.port, defaultFromEmail: 'no-reply@example.com' } } }));
  });
  after(async () => { await c?.end(); range.closeAllConnections(); range.close(); await smtp?.stop(); });

  test('nobody is asked before a tenant wants it; its settings are kept and judged', async () => {
    await someone(leak('password before'));
    assert.equal(asked.length, 0);
    await refused(client.patchTenant(ids.tenant, { tenant: { passwordValidationRules: { breachDetection: { enabled: true, onLogin: 'NotifyUser' } } } }), 400, ['[missing]tenant.passwordValidationRules.breachDetection.notifyUserEmailTemplateId']);
    const set = { enabled: true, matchMode: 'Low', onLogin: 'NotifyUser', notifyUserEmailTemplateId: templateId };
    assert.deepEqual((await rules(set)).tenant.passwordValidationRules.breachDetection, set);
    await rules({ enabled: true, matchMode: 'High', onLogin: 'Off' });
  });

  test('five hex digits leave and nothing else', async () => {
    asked.length = 0;
    const password = fresh();
    const who = await someone(password);
    assert.equal(asked.length, 1, 'once, however often the request is run');
    const [{ method, url, headers, body }] = asked;
    assert.deepEqual([method, url, body], ['GET', `/range/${sha1(password).slice(0, 5)}`, '']);
    assert.equal(headers['add-padding'], 'true');
    assert.deepEqual(Object.keys(headers).sort(), ['accept', 'add-padding', 'host', 'user-agent']);
    const all = JSON.stringify(asked);
    for (const secretText of [password, who.email, who.id, ids.tenant, sha1(password).slice(5), sha1(password).slice(5).toLowerCase()]) assert.ok(!all.includes(secretText));
  });

  test('a new password that is known is refused, wherever it is set', async () => {
    const common = leak('a very common password', 12345), leaked = leak('leaked once');
    const at = (code) => [`[${code}]user.password`];
    await refused(someoneRaw(common), 400, at('breachedCommonPassword'));
    await refused(someoneRaw(leaked), 400, at('breachedPasswordOnly'));
    await refused(client.createUser(null, { user: { email: `${randomUUID()}@example.com`, password: leaked } }), 400, at('breachedPasswordOnly'));
    const who = await someone(fresh());
    await refused(client.patchUser(who.id, { user: { password: leaked } }), 400, at('breachedPasswordOnly'));
    await refused(client.changePasswordByIdentity({ loginId: who.email, password: leaked }), 400, ['[breachedPasswordOnly]password']);
    const { changePasswordId } = await good(client.forgotPassword({ loginId: who.email, sendForgotPasswordEmail: false }));
    await refused(client.changePassword(changePasswordId, { password: leaked }), 400, ['[breachedPasswordOnly]password']);
    await good(client.changePassword(changePasswordId, { password: fresh() }));
    assert.equal((await good(login(who).catch((e) => ({ statusCode: 200, response: e })))).statusCode, 404, 'the old one is none any more');
    await good(client.patchUser(who.id, { user: { firstName: 'Ada' } }));
  });
  const someoneRaw = (password) => client.register(null, { user: { email: `${randomUUID()}@example.com`, password }, registration: { applicationId: ids.app } });

  test('the registration page says so in words and keeps what was typed', async () => {
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({}).replace('/authorize', '/register'));
    const email = `${randomUUID()}@example.com`;
    const fields = { ...Browser.hidden(page), 'user.email': email, 'user.firstName': 'Ada' };
    const back = await browser.post('/signin', { ...fields, 'user.password': leak('leaked on a page') });
    assert.match(back.text, /passwords that got out/);
    assert.ok(back.text.includes(email) && !back.text.includes('leaked on a page'));
    assert.equal((await browser.post('/signin', { ...fields, ...Browser.hidden(back), 'user.password': fresh() })).status, 303);
  });

  test('onLogin: Off looks at nothing, RecordOnly notes, once a day', async () => {
    const who = await victim();
    asked.length = 0;
    await good(login(who));
    assert.deepEqual([asked.length, await status(who)], [0, undefined]);
    await rules({ onLogin: 'RecordOnly' });
    await refused(login({ ...who, password: 'wrong' }), 404);
    assert.equal(asked.length, 0, 'a wrong password is not looked up');
    const before = await metrics();
    await good(login(who));
    const { user } = await good(client.retrieveUser(who.id));
    assert.equal(user.breachedPasswordStatus, 'PasswordOnly');
    assert.ok(Math.abs(user.breachedPasswordLastCheckedInstant - Date.now()) < 60000);
    await good(login(who));
    assert.equal(asked.length, 1, 'what was found stays');
    const after = await metrics();
    assert.deepEqual([after.actionRequired - before.actionRequired, after.matchedPasswordCount - before.matchedPasswordCount, after.passwordsCheckedCount - before.passwordsCheckedCount], [1, 1, 1]);
    const fine = await someone(fresh());
    asked.length = 0;
    await good(login(fine));
    await good(login(fine));
    assert.deepEqual([asked.length, await status(fine)], [1, 'None']);
    assert.deepEqual((await good(client.searchUsersByQuery({ search: { queryString: `id:${fine.id} AND breachedPasswordStatus:None AND breachedPasswordLastCheckedInstant:[now-1h TO *]` } }))).users.map(({ id }) => id), [fine.id]);
    await good(client.patchUser(who.id, { user: { password: fresh() } }));
    assert.deepEqual([await status(who), (await metrics()).actionRequired], [undefined, before.actionRequired], 'of a new password it says nothing');
  });

  test('onLogin: NotifyUser lets in and tells the person, once', async () => {
    await rules({ onLogin: 'NotifyUser', notifyUserEmailTemplateId: templateId });
    const who = await victim();
    await good(login(who));
    await good(login(who));
    for (let i = 0; i < 200 && !smtp.mails.some((m) => m.text.includes(who.email)); i++) await new Promise((r) => setTimeout(r, 50));
    assert.equal(smtp.mails.filter((m) => m.text.includes(`Breached ${who.email}`)).length, 1);
  });

  test('onLogin: RequireChange asks for a new one, on every way a password opens', async () => {
    await rules({ onLogin: 'RequireChange' });
    const who = await victim();
    const answered = await login(who);
    assert.deepEqual([answered.statusCode, answered.response.changePasswordReason], [203, 'Breached']);
    const browser = new Browser(c);
    const page = await browser.post('/signin', { ...Browser.hidden(await browser.open(authorizeUrl({}))), loginId: who.email, password: who.password });
    assert.equal(page.status, 200);
    const token = await c.form('/oauth2/token', { grant_type: 'password', username: who.email, password: who.password, scope: 'openid' }, { authorization: basic(ids.app, secret) });
    assert.equal(token.body.error_reason, 'change_password_breached');
    const password = fresh();
    await good(client.changePassword(answered.response.changePasswordId, { password }));
    assert.equal((await login({ ...who, password })).statusCode, 200);
  });

  test('with a second factor the change is asked for behind it', async () => {
    const who = await victim();
    const { secret: totp, secretBase32Encoded } = await good(client.generateTwoFactorSecret());
    assert.ok(secretBase32Encoded);
    await good(client.patchTenant(ids.tenant, { tenant: { multiFactorConfiguration: { authenticator: { enabled: true } } } }));
    await good(client.patchUser(who.id, { user: { twoFactor: { methods: [{ method: 'authenticator', authenticator: {}, secret: totp }] } } }));
    assert.equal((await login(who)).statusCode, 242);
    assert.equal(await status(who), 'PasswordOnly', 'noted although nobody is in yet');
  });

  test('a service that fails, or says nothing that can be read, lets passwords through and is left alone for a while', async () => {
    await rules({ onLogin: 'RecordOnly' });
    const leaked = leak('leaked, but who knows');
    for (const bad of [(res) => res.writeHead(503).end(), (res) => res.end('<html>Sign in to the airport</html>'), (res) => res.writeHead(404).end(), (res) => res.writeHead(302, { location: '/elsewhere' }).end(), (res) => res.end('A'.repeat(300 * 1024)), (res) => res.destroy()]) {
      answer = bad;
      asked.length = 0;
      await someone(leaked);
      await someone(leaked);
      assert.equal(asked.length, 1, 'the second is not asked about');
      await c.shiftClock(31000);
    }
    answer = null;
    await refused(someoneRaw(leaked), 400, ['[breachedPasswordOnly]user.password']);
    assert.equal(c.log.match(/"event":"breach.unreached"/g).length, 6);
    assert.ok(!c.log.includes(leaked) && !c.log.includes(sha1(leaked).slice(0, 5)));
  });

  test('another tenant has its own switch, and sees no counts of this one', async () => {
    const tenantId = randomUUID();
    await good(client.createTenant(tenantId, { tenant: { name: 'Other' } }));
    const key = await keyOfTenant(c, tenantId);
    asked.length = 0;
    await good(clientOf(c, key).createUser(null, { user: { email: 'o@example.com', password: leak('other leaked') } }));
    assert.equal(asked.length, 0);
    assert.deepEqual((await good(clientOf(c, key).retrieveReactorMetrics())).metrics.breachedPasswordMetrics, {});
    assert.ok((await metrics()).passwordsCheckedCount > 0);
  });
});
