// SPDX-License-Identifier: Apache-2.0
// What protects people from machines: captchas on the hosted pages, with the providers played behind the outgoing proxy under their
// real names; a tenant's own rates; what is too large, too dear or another's to change.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Browser, Cardea, apiKey, authorizeUrl, ids, until } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant } from './client.mjs';
import { Outside } from './outside.mjs';

const HOSTS = ['www.google.com', 'api.hcaptcha.com'];

describe('protection', () => {
  let c, client, outside, who;
  const asked = [];
  let answer; // (form) => object, or undefined: 500

  before(async () => {
    outside = await Outside.start(HOSTS, (req, res, body) => {
      const form = Object.fromEntries(new URLSearchParams(body));
      asked.push({ at: `${req.method} ${req.headers.host}${req.url}`, form });
      const said = answer?.(form);
      res.writeHead(said ? 200 : 500, { 'content-type': 'application/json' }).end(JSON.stringify(said ?? {}));
    });
    c = await Cardea.start({ args: outside.args });
    client = clientOf(c, apiKey);
    await good(client.patchTenant(ids.tenant, { tenant: { passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1 }, failedAuthenticationConfiguration: { tooManyAttempts: 1000 } } }));
    who = { email: 'eve@example.com', password: 'a password of eve' };
    who.id = (await good(client.register(null, { user: who, registration: { applicationId: ids.app }, skipVerification: true }))).user.id;
  });
  after(async () => {
    await c?.end();
    outside?.end();
  });

  const set = (captchaConfiguration) => good(client.patchTenant(ids.tenant, { tenant: { captchaConfiguration } }));
  const open = async () => { const browser = new Browser(c); return { browser, page: await browser.open(authorizeUrl({})) }; };
  const signIn = async (fields, password = who.password) => {
    const { browser, page } = await open();
    return browser.post('/signin', { ...Browser.hidden(page), loginId: who.email, password, ...fields });
  };
  const says = (more = {}) => () => ({ success: true, hostname: 'localhost', ...more });
  const token = () => `token-${randomUUID()}`;

  test('captchaConfiguration is kept and judged; its secret is never shown', async () => {
    await refused(client.patchTenant(ids.tenant, { tenant: { captchaConfiguration: { enabled: true } } }), 400, ['[blank]tenant.captchaConfiguration.secretKey', '[blank]tenant.captchaConfiguration.siteKey']);
    await refused(client.patchTenant(ids.tenant, { tenant: { captchaConfiguration: { siteKey: '"><script>' } } }), 400, ['[invalid]tenant.captchaConfiguration.siteKey']);
    await refused(client.patchTenant(ids.tenant, { tenant: { captchaConfiguration: { threshold: 1.5 } } }), 400, ['[invalid]tenant.captchaConfiguration.threshold']);
    const { tenant } = await set({ enabled: true, captchaMethod: 'GoogleRecaptchaV2', siteKey: 'site-1', secretKey: 'a captcha secret', threshold: 0.7 });
    assert.deepEqual(tenant.captchaConfiguration, { enabled: true, captchaMethod: 'GoogleRecaptchaV2', siteKey: 'site-1', threshold: 0.7 });
    const put = structuredClone(tenant);
    assert.equal((await good(client.updateTenant(ids.tenant, { tenant: put }))).tenant.captchaConfiguration.enabled, true, 'left out it stays');
    assert.ok(!c.files().some(({ bytes }) => bytes.includes('a captcha secret')));
  });

  test('the page allows its provider alone and has words for browsers without scripts', async () => {
    const { page } = await open();
    assert.match(page.text, /<noscript>.*JavaScript/);
    assert.match(page.text, /class="g-recaptcha" data-sitekey="site-1"/);
    const policy = page.headers.get('content-security-policy');
    assert.match(policy, /script-src 'self' https:\/\/www\.google\.com\/recaptcha\/ https:\/\/www\.gstatic\.com\/recaptcha\/;/);
    assert.ok(!/unsafe|hcaptcha|\*/.test(policy));
  });

  test('v2: without a token, or with one that is refused, nobody gets on; what was typed stays, the password does not', async () => {
    answer = says();
    asked.length = 0;
    const without = await signIn({});
    assert.deepEqual([without.status, asked.length], [200, 0]);
    assert.match(without.text, /role="alert">[^<]*person/);
    assert.ok(without.text.includes(who.email) && !without.text.includes(who.password));
    answer = () => ({ success: false, 'error-codes': ['invalid-input-response'] });
    assert.equal((await signIn({ 'g-recaptcha-response': token() })).status, 200);
    answer = says();
    const first = token();
    assert.equal((await signIn({ 'g-recaptcha-response': first })).status, 303);
    assert.deepEqual(asked.at(-1), { at: 'POST www.google.com/recaptcha/api/siteverify', form: { secret: 'a captcha secret', response: first } });
    assert.equal((await signIn({ 'g-recaptcha-response': first })).status, 200, 'a token opens one step, whatever the provider says');
    answer = says({ hostname: 'elsewhere.example' });
    assert.equal((await signIn({ 'g-recaptcha-response': token() })).status, 200);
    answer = () => ({ success: true });
    assert.equal((await signIn({ 'g-recaptcha-response': token() })).status, 200, 'of no host');
  });

  test('the same token sent twice at once lets in one', async () => {
    answer = says();
    const one = token();
    const answers = await Promise.all([1, 2, 3, 4].map(() => signIn({ 'g-recaptcha-response': one })));
    assert.equal(answers.filter((a) => a.status === 303).length, 1);
  });

  test('where a mail is asked for, too: none goes out without a token', async () => {
    for (const [path, to] of [['/password/forgot', '/password/forgot'], ['/oauth2/passwordless', '/signin']]) {
      await good(client.patchApplication(ids.app, { application: { passwordlessConfiguration: { enabled: true } } }));
      answer = says();
      const browser = new Browser(c);
      const page = await browser.open(authorizeUrl({}).replace('/oauth2/authorize', path));
      assert.match(page.text, /class="g-recaptcha" data-sitekey="site-1"/);
      assert.match(page.headers.get('content-security-policy'), /script-src 'self' https:\/\/www\.google\.com/);
      const post = (fields) => browser.post(to, { ...Browser.hidden(page), loginId: who.email, ...fields });
      const before = await c.counts();
      const without = await post({});
      assert.match(without.text, /role="alert">[^<]*person/);
      assert.ok(without.text.includes(who.email));
      assert.deepEqual(await c.counts(), before);
      await post({ 'g-recaptcha-response': token() });
      assert.notDeepEqual(await c.counts(), before);
    }
  });

  test('a provider that is away, or says nothing that can be read, lets nobody on, and the page says so', async () => {
    for (const bad of [() => undefined, () => [], () => 'yes']) {
      answer = bad;
      assert.match((await signIn({ 'g-recaptcha-response': token() })).text, /cannot be made at the moment/);
    }
    assert.match(c.log, /"event":"captcha.refused"/);
    assert.ok(!c.log.includes('a captcha secret'));
  });

  test('v3: the action of the page and a score of the threshold or more', async () => {
    await set({ captchaMethod: 'GoogleRecaptchaV3' });
    const { page } = await open();
    assert.match(page.text, /api\.js\?render=site-1/);
    assert.match(page.text, /data-action="signin"/);
    for (const [more, status] of [[{ score: 0.7, action: 'signin' }, 303], [{ score: 0.69, action: 'signin' }, 200], [{ score: 0.9, action: 'register' }, 200], [{ action: 'signin' }, 200], [{ score: '0.9', action: 'signin' }, 200]]) {
      answer = says(more);
      assert.equal((await signIn({ captcha_token: token() })).status, status, JSON.stringify(more));
    }
  });

  test('hCaptcha, and its Enterprise, whose score is a risk', async () => {
    await set({ captchaMethod: 'HCaptcha' });
    answer = says();
    const one = token();
    assert.equal((await signIn({ 'h-captcha-response': one })).status, 303);
    assert.deepEqual(asked.at(-1), { at: 'POST api.hcaptcha.com/siteverify', form: { secret: 'a captcha secret', response: one, sitekey: 'site-1' } });
    await set({ captchaMethod: 'HCaptchaEnterprise', threshold: 0.5 });
    for (const [score, status] of [[0.1, 303], [0.6, 200], [undefined, 200]]) {
      answer = says({ score });
      assert.equal((await signIn({ captcha_token: token() })).status, status, `${score}`);
    }
  });

  test('registering asks, too, before it tells which addresses are taken; an app that draws its own is told what to get', async () => {
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({}).replace('/authorize', '/register'));
    const fields = { ...Browser.hidden(page), 'user.firstName': 'Eve', 'user.password': 'a password of eve' };
    const asks = await browser.post('/signin', { ...fields, 'user.email': who.email });
    assert.ok(!/taken|account with/i.test(asks.text.replace(/.*<h1>/s, '')) && asks.status === 200);
    answer = says({ score: 0 });
    assert.equal((await browser.post('/signin', { ...fields, 'user.email': 'new@example.com', captcha_token: token() })).status, 303);
    const told = await browser.open(authorizeUrl({ prompt: 'login' }), { headers: { accept: 'application/json' } });
    assert.deepEqual(JSON.parse(told.text).captcha, { method: 'HCaptchaEnterprise', siteKey: 'site-1', action: 'signin' });
    await set({ enabled: false });
    assert.equal((await signIn({})).status, 303);
  });

  test('rateLimitConfiguration: 429 for one person, per kind, until the period is over', async () => {
    const limit = { enabled: true, limit: 2, timePeriodInSeconds: 60 };
    await good(client.patchTenant(ids.tenant, { tenant: { rateLimitConfiguration: { failedLogin: limit, forgotPassword: limit, sendPasswordless: limit, sendEmailVerification: limit } } }));
    const forgot = () => client.forgotPassword({ loginId: who.email, sendForgotPasswordEmail: false });
    await good(forgot());
    await good(forgot());
    assert.equal((await c.api('POST', '/api/user/forgot-password', { loginId: who.email, sendForgotPasswordEmail: false })).status, 429);
    const other = `${randomUUID()}@example.com`;
    await good(client.createUser(null, { user: { email: other, password: 'a password of other' } }));
    await good(client.forgotPassword({ loginId: other, sendForgotPasswordEmail: false }));
    const wrong = () => c.api('POST', '/api/login', { loginId: other, password: 'wrong', applicationId: ids.app });
    assert.deepEqual([(await wrong()).status, (await wrong()).status], [404, 404]);
    const over = await wrong();
    assert.equal(over.status, 429);
    assert.ok(Number(over.headers.get('retry-after')) > 0);
    assert.equal((await c.api('POST', '/api/login', { loginId: other, password: 'a password of other', applicationId: ids.app })).status, 429, 'a right one as well');
    assert.equal((await c.api('POST', '/api/login', { loginId: who.email, password: who.password, applicationId: ids.app })).status, 200);
    for (let i = 0; i < 3; i++) assert.equal((await c.api('POST', '/api/login', { loginId: 'nobody@example.com', password: 'x', applicationId: ids.app })).status, i < 2 ? 404 : 429, 'unknown ids alike');
    await c.shiftClock(61000);
    await good(forgot());
    assert.equal((await c.api('POST', '/api/login', { loginId: other, password: 'a password of other', applicationId: ids.app })).status, 202);
    await refused(client.patchTenant(ids.tenant, { tenant: { rateLimitConfiguration: { failedLogin: { enabled: true, limit: 0 } } } }), 400, ['[invalid]tenant.rateLimitConfiguration.failedLogin.limit']);
  });

  test('clientRiskConfiguration and botDetectionScore are kept, or read over, and judged', async () => {
    const { tenant } = await good(client.patchTenant(ids.tenant, { tenant: { clientRiskConfiguration: { enabled: true, impossibleTravel: false } } }));
    assert.deepEqual([tenant.clientRiskConfiguration.enabled, tenant.clientRiskConfiguration.impossibleTravel, tenant.clientRiskConfiguration.botDetected], [true, false, true]);
    const login = (botDetectionScore) => c.api('POST', '/api/login', { loginId: who.email, password: who.password, applicationId: ids.app, botDetectionScore });
    assert.deepEqual([(await login(0.25)).status, (await login(-1)).status, (await login('x')).status], [200, 400, 400]);
  });

  test('a wrong method is told the right ones, a wrong coding that it is; every answer names its line of the log', async () => {
    for (const [method, path, allow] of [['PATCH', '/api/report/totals', 'GET, HEAD'], ['OPTIONS', '/api/group', 'GET, HEAD, POST'], ['FOO', `/api/group/${ids.app}`, 'GET, HEAD, POST, PUT, PATCH, DELETE'], ['GET', '/oauth2/token', 'POST, OPTIONS']]) {
      const answer = await c.fetch(path, { method, headers: { authorization: apiKey } });
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, allow], path);
    }
    const post = (headers) => c.api('POST', '/api/group', { group: { name: 'Coded' } }, headers);
    assert.deepEqual([(await post({ 'content-encoding': 'gzip' })).status, (await post({ 'content-type': 'text/plain' })).status, (await post({ 'content-encoding': 'identity' })).status], [415, 415, 200]);
    for (const [path, status] of [['/api/health', 200], ['/api/nothing', 404], [`/api/group/${ids.app}`, 404], ['/api/status', 200]]) {
      const answer = await c.api('GET', path);
      assert.equal(answer.status, status, path);
      const line = new RegExp(`"event":"request","request":"${answer.headers.get('x-request-id')}".*"status":${status}`);
      await until(`the line of ${path}`, () => line.test(c.log));
    }
  });

  test('a switch that says neither true nor false does nothing at all; whoever may GET may ask for HEAD', async () => {
    const made = await good(client.createUser(undefined, { user: { email: 'switch@example.com', password: 'a long password' } }));
    const path = `/api/user/${made.user.id}`;
    for (const query of ['hardDelete=maybe', 'hardDelete=1', 'hardDelete=true&hardDelete=false']) {
      const answer = await c.api('DELETE', `${path}?${query}`);
      assert.deepEqual([answer.status, answer.body.fieldErrors.hardDelete[0].code], [400, '[couldNotConvert]hardDelete'], query);
    }
    assert.equal((await c.api('DELETE', `/api/user/bulk?userId=${made.user.id}&dryRun=yes`)).status, 400);
    assert.equal((await c.api('GET', path)).body.user.active, true);
    const reader = (await good(client.createAPIKey(undefined, { apiKey: { permissions: { endpoints: { '/api/user': ['GET'], '/api/tenant': ['GET'] } } } }))).apiKey.key;
    for (const at of [path, `/api/tenant/${ids.tenant}`]) assert.equal((await c.api('HEAD', at, undefined, { authorization: reader })).status, 200, at);
    assert.equal((await c.api('HEAD', '/api/group', undefined, { authorization: reader })).status, 401);
    assert.deepEqual([(await c.api('DELETE', `${path}?hardDelete=True`)).status, (await c.api('HEAD', path)).status], [200, 404]);
  });

  test('what is too large is 413 in the shape of the API; too dear a factor and another\'s licence are refused', async () => {
    const large = await c.fetch('/api/user', { method: 'POST', headers: { authorization: apiKey, 'content-type': 'application/json' }, body: `{"user":{"data":{"x":"${'x'.repeat(600000)}"}}}` });
    assert.equal(large.status, 413);
    assert.deepEqual((await large.json()).generalErrors, [{ code: '[tooLarge]', message: 'The request was refused: the body is too large.' }]);
    for (const [encryptionScheme, encryptionSchemeFactor] of [['salted-pbkdf2-hmac-sha256', 10000000], ['bcrypt', 16], ['salted-md5', 10000000]]) {
      await refused(client.patchTenant(ids.tenant, { tenant: { passwordEncryptionConfiguration: { encryptionScheme, encryptionSchemeFactor } } }), 400, ['[invalid]tenant.passwordEncryptionConfiguration.encryptionSchemeFactor']);
    }
    const bound = await keyOfTenant(c);
    for (const method of ['PUT', 'DELETE']) assert.equal((await c.api(method, '/api/reactor', method === 'PUT' ? {} : undefined, { authorization: bound })).status, 401);
    assert.equal((await c.api('POST', '/api/reactor', { licenseId: 'x' }, { authorization: bound })).status, 401);
    assert.equal((await c.api('PUT', '/api/reactor')).status, 200);
  });
});
