// SPDX-License-Identifier: Apache-2.0
// The second factor on the hosted pages: asked for, sent, answered, skipped, guessed, raced, and what a session without one opens.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { good } from './client.mjs';
import { Browser, authorizeUrl, decode, ids, pkce, redirect, basic } from './harness.mjs';
import { begin, c, client, end, enter, mailTo, password, person, root, totp } from './proof.mjs';

before(async () => {
  await begin();
  await good(root.patchTenant(ids.tenant, { tenant: { multiFactorConfiguration: { email: { enabled: true } }, emailConfiguration: { verifyEmail: false } } }));
  await good(client.patchApplication(ids.app, { application: { verifyRegistration: false } }));
});
after(end);

let shiftedS = 0; // the clock of the server
const shift = async (s) => { shiftedS += s; await c.shiftClock(s * 1000); };
// Somebody with an authenticator: each code of it is another step's, because none is good twice.
const somebody = async () => {
  const one = await person();
  const { secret } = await good(root.generateTwoFactorSecret());
  const key = Buffer.from(secret, 'base64');
  const { recoveryCodes } = await good(client.enableTwoFactor(one.id, { code: totp(key, shiftedS - 30), method: 'authenticator', secret }));
  return { ...one, recoveryCodes, code: (ahead = 0) => totp(key, shiftedS + ahead) };
};
const asksForCode = /name="oneTimeCode"/;
const first = async (email, { fields = {}, browser = new Browser(c), more = {} } = {}) => {
  const page = await browser.open(authorizeUrl(fields));
  return { browser, page: await browser.post('/signin', { ...Browser.hidden(page), loginId: email, password, ...more }) };
};
const second = ({ browser, page }, fields) => browser.post('/signin', { ...Browser.hidden(page), ...fields });
const silently = async (browser, fields = {}) => new URL((await browser.open(authorizeUrl({ prompt: 'none', ...fields }))).location).searchParams;
const codeOf = (answer) => {
  assert.equal(answer.status, 303, answer.text);
  return new URL(answer.location).searchParams.get('code');
};

describe('the second factor', () => {
  test('password, then the code of an authenticator: in, and the tokens say how', async () => {
    const who = await somebody();
    const { verifier, challenge } = pkce();
    const { browser, page } = await first(who.email, { fields: { code_challenge: challenge, code_challenge_method: 'S256' }, more: { rememberDevice: 'true' } });
    assert.equal(page.status, 200);
    assert.match(page.text, asksForCode);
    assert.match(page.text, /authenticator app/);
    assert.ok(!page.text.includes(who.email), 'nothing of the person before the second is proved');
    assert.equal((await silently(browser)).get('error'), 'login_required', 'the password alone is no session');
    assert.match((await second({ browser, page }, {})).text, /id="f-code-e">.*Fill this in/s);
    assert.match((await second({ browser, page }, { oneTimeCode: '00000x' })).text, /This is not the code/);
    const arabic = await second({ browser, page }, { lang: 'ar' });
    assert.match(arabic.text, /lang="ar" dir="rtl".*name="oneTimeCode"/s);
    const done = await second({ browser, page: arabic }, { oneTimeCode: who.code().replace(/^.../, '$& ') });
    const answer = await c.form('/oauth2/token', { grant_type: 'authorization_code', code: codeOf(done), redirect_uri: redirect, code_verifier: verifier }, { authorization: basic(ids.app) });
    assert.equal(decode(answer.body.access_token).authenticationType, 'PASSWORD');
    assert.ok(done.headers.getSetCookie().some((line) => /^cardea\.sso.*max-age=2592000/i.test(line)), 'what was ticked beside the password');
    assert.ok((await silently(browser)).get('code'));
    assert.match((await second({ browser, page }, { oneTimeCode: who.recoveryCodes[0] })).text, /took too long/, 'a challenge lets in once');
  });

  test('a code lets in once, also when it comes many times at once', async () => {
    const who = await somebody();
    const pages = await Promise.all(Array.from({ length: 4 }, () => first(who.email)));
    const oneTimeCode = who.code();
    const answers = await Promise.all([...pages, ...pages].map((at) => second(at, { oneTimeCode })));
    assert.equal(answers.filter((a) => a.status === 303).length, 1);
    const other = await somebody();
    const left = await Promise.all(Array.from({ length: 4 }, () => first(other.email)));
    const more = await Promise.all(left.map((at) => second(at, { oneTimeCode: other.recoveryCodes[0] })));
    assert.equal(more.filter((a) => a.status === 303).length, 1);
  });

  test('it is not skipped: by another step, another browser, another person\'s page, or what stands in a field', async () => {
    const [who, other] = [await somebody(), await somebody()];
    const at = await first(who.email);
    const mine = await first(other.email);
    const { state } = Browser.hidden(at.page);
    const before = await c.counts();
    for (const step of ['signin', 'password', 'complete', 'consent', 'passwordless.code', 'passwordless.link', 'register', 'nothing']) {
      const answer = await at.browser.post('/signin', { state, step, answer: 'allow' });
      assert.notEqual(answer.status, 303, step);
    }
    assert.equal((await new Browser(c).post('/signin', { ...Browser.hidden(at.page), oneTimeCode: who.code() })).status, 400);
    assert.equal((await mine.browser.post('/signin', { ...Browser.hidden(at.page), oneTimeCode: other.code() })).status, 400);
    assert.deepEqual(await c.counts(), before, 'none of it wrote');
    const wrong = await second(mine, { oneTimeCode: who.code(), userId: who.id, factor_id: 'x', twoFactorId: 'x' });
    assert.match(wrong.text, /This is not the code/);
    assert.equal((await silently(at.browser)).get('error'), 'login_required');
    assert.ok(codeOf(await second(mine, { oneTimeCode: other.code() })));
  });

  test('V6.6.3: guesses are bounded for a page and for the person, wherever they come from', async () => {
    const who = await somebody();
    const at = await first(who.email);
    for (let i = 0; i < 5; i++) assert.match((await second(at, { oneTimeCode: `wrong${i}` })).text, /This is not the code|too many wrong codes/);
    const fresh = await first(who.email);
    assert.match(fresh.page.text, asksForCode);
    assert.match((await second(fresh, { oneTimeCode: who.code() })).text, /too many wrong codes/, 'a new page is no new chance');
    const failed = async () => (await c.api('POST', '/api/system/login-record/search', { search: { userId: who.id, result: 'Failed' } })).body.logins.length;
    for (let i = 0; i < 300 && await failed() === 0; i++) await new Promise((r) => { setTimeout(r, 50); });
    assert.ok(await failed() > 0, 'and stand in the login records');
  });

  test('codes are sent where the person has them sent, shown masked, not too often', async () => {
    const { id, email } = await person();
    await good(client.patchUser(id, { user: { twoFactor: { methods: [{ method: 'email', email: `second-${email}` }] } } }));
    const at = await first(email);
    assert.ok(!at.page.text.includes(`second-${email}`));
    const send = at.page.text.match(/name="send" value="(\w{4})">Send a code by mail to \u2066s…@example.com\u2069</)[1];
    assert.match((await second(at, { send })).text, /A code is on its way/);
    const oneTimeCode = (await mailTo(`second-${email}`, 'Your code for')).text.match(/ is (\w{6})\./)[1];
    assert.ok(codeOf(await second(at, { oneTimeCode })));
    const more = await first(email);
    let said = '';
    for (let i = 0; i < 6 && !/Enough codes were sent/.test(said); i++) said = (await second(more, { send })).text;
    assert.match(said, /Enough codes were sent/);
    assert.match((await second(more, { send: 'none' })).text, asksForCode);
  });

  test('a computer that is trusted is spared, where the application believes it', async () => {
    const who = await somebody();
    const at = await first(who.email);
    assert.ok(codeOf(await second(at, { oneTimeCode: who.code(), trustComputer: 'true' })));
    const spared = async () => (await first(who.email, { browser: at.browser, fields: { prompt: 'login' } })).page.status === 303;
    const again = await at.browser.open(authorizeUrl({ prompt: 'login' }));
    assert.equal((await at.browser.post('/signin', { ...Browser.hidden(again), password })).status, 303, 'the password is asked for, no code');
    assert.match((await first(who.email)).page.text, asksForCode, 'another computer');
    await good(client.patchApplication(ids.app, { application: { multiFactorConfiguration: { loginPolicy: 'Enabled', trustPolicy: 'None' } } }));
    assert.equal(await spared(), false);
    assert.ok(!(await first(who.email)).page.text.includes('trustComputer'));
    await good(client.patchApplication(ids.app, { application: { multiFactorConfiguration: { loginPolicy: null, trustPolicy: 'Any' } } }));
  });

  test('CV-46: a session that was begun with a password alone opens no application that asks for two', async () => {
    const who = await somebody();
    const ask = (id, loginPolicy) => good(client.patchApplication(id, { application: { multiFactorConfiguration: { loginPolicy } } }));
    await ask(ids.app, 'Disabled');
    const at = await first(who.email);
    assert.ok(codeOf(at.page), 'none is asked for here');
    assert.ok((await silently(at.browser)).get('code'));
    const other = { client_id: ids.publicApp, code_challenge: pkce().challenge, code_challenge_method: 'S256' };
    assert.equal((await silently(at.browser, other)).get('error'), 'login_required');
    const page = await at.browser.open(authorizeUrl(other));
    assert.match(page.text, /name="password"/);
    const asked = await at.browser.post('/signin', { ...Browser.hidden(page), password });
    assert.match(asked.text, asksForCode);
    assert.ok(codeOf(await second({ browser: at.browser, page: asked }, { oneTimeCode: who.code() })));
    assert.ok((await silently(at.browser, other)).get('code'), 'from here on it has one');
    await ask(ids.app, null);
    assert.ok((await silently(at.browser)).get('code'));
  });

  test('who has to set one up first is told so', async () => {
    const { email } = await person();
    await good(client.patchApplication(ids.app, { application: { multiFactorConfiguration: { loginPolicy: 'Required' } } }));
    const at = await first(email);
    assert.match(at.page.text, /has not set up yet/);
    assert.equal((await silently(at.browser)).get('error'), 'login_required');
    await good(client.patchApplication(ids.app, { application: { multiFactorConfiguration: { loginPolicy: null } } }));
  });

  test('an account that is closed, and a password that is changed, in between keep out', async () => {
    const who = await somebody();
    const at = await first(who.email);
    await good(client.deactivateUser(who.id));
    const [recovery] = who.recoveryCodes;
    assert.match((await second(at, { oneTimeCode: recovery })).text, /name="password"/);
    await good(client.reactivateUser(who.id));
    const later = await first(who.email);
    assert.match((await second(later, { oneTimeCode: recovery })).text, /This is not the code/, 'it was used up');
    await shift(1);
    await good(client.patchUser(who.id, { user: { password: 'another long enough password' } }));
    assert.match((await second(later, { oneTimeCode: who.code() })).text, /took too long/);
    await shift(-1);
  });

  test('in by a mail: the second factor after it; the mail is used up all the same', async () => {
    const who = await somebody();
    const browser = new Browser(c);
    const ask = await browser.open(authorizeUrl({}).replace('/oauth2/authorize', '/oauth2/passwordless'));
    await browser.post('/signin', { ...Browser.hidden(ask), loginId: who.email });
    const { text } = await mailTo(who.email, enter);
    const path = text.match(/https?:\/\/[^/]+(\/\S+)/)[1];
    const link = await browser.open((await browser.open(path)).location);
    const page = await browser.post('/signin', Browser.hidden(link));
    assert.match(page.text, asksForCode, page.text);
    assert.match((await browser.post('/signin', Browser.hidden(link))).text, /This link is over/);
    assert.ok(codeOf(await second({ browser, page }, { oneTimeCode: who.code() })));
  });

  test('as JSON: the methods, masked; a wrong code; in', async () => {
    const who = await somebody();
    await good(client.patchUser(who.id, { user: { twoFactor: { methods: [...(await good(client.retrieveUser(who.id))).user.twoFactor.methods, { method: 'email', email: 'elsewhere@example.com' }] } } }));
    const browser = new Browser(c);
    const json = async (path, body) => {
      const answer = await browser.open(path, { headers: { accept: 'application/json', 'content-type': 'application/json' }, ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}) });
      return { status: answer.status, ...JSON.parse(answer.text) };
    };
    const begun = await json(authorizeUrl({}));
    const asked = await json('/signin', { state: begun.state, step: begun.step, loginId: who.email, password });
    assert.deepEqual([asked.status, asked.step, asked.methods.map(({ method, to }) => [method, to])], [200, 'factor', [['authenticator', undefined], ['email', 'e…@example.com']]]);
    const wrong = await json('/signin', { state: asked.state, step: 'factor', oneTimeCode: 'no' });
    assert.deepEqual([wrong.status, Object.keys(wrong.fieldErrors)], [400, ['oneTimeCode']]);
    const done = await json('/signin', { state: wrong.state, step: 'factor', oneTimeCode: who.code() });
    assert.ok(JSON.stringify(done).includes('code='), JSON.stringify(done));
  });
});
