// SPDX-License-Identifier: Apache-2.0
// The pages behind the links in our mails: asked for, opened, answered; what a GET, a race, another browser, another tenant and a
// stranger get.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { clientOf, good } from './client.mjs';
import { Browser, authorizeUrl, basic, decode, ids, pkce, redirect } from './harness.mjs';
import { begin, c, change, client, end, enter, login, mailTo, password, person, register, root, totp, verify } from './proof.mjs';

before(begin);
after(end);

const request = (more = {}) => authorizeUrl({ state: 'of the client', ...more }).split('?')[1];
// The link of a mail as the mail has it: path and query.
const linkIn = ({ text }) => text.match(/https?:\/\/[^/]+(\/\S+)/)[1];
let shiftedS = 0; // the clock of the server
const another = 'another long enough password';
const link = (page, text) => page.text.match(new RegExp(`href="([^"]*)"[^>]*>${text}<`))?.[1].replaceAll('&amp;', '&');
const asked = async (path, fields, browser = new Browser(c)) => {
  const page = await browser.open(path);
  assert.equal(page.status, 200, page.text);
  return { browser, page, answer: await browser.post(path.split('?')[0], { ...Browser.hidden(page), ...fields }) };
};
const forgot = (loginId, query = request(), browser) => asked(`/password/forgot?${query}`, { loginId }, browser);

describe('a forgotten password', () => {
  test('from the sign-in page to a mail, a new password, and in with it', async () => {
    const { email } = await person();
    const browser = new Browser(c);
    const signin = await browser.open(authorizeUrl({ state: 'of the client' }));
    const ask = link(signin, 'Forgot password\\?');
    assert.match(ask, /^\/password\/forgot\?client_id=/);
    const { answer } = await asked(ask, { loginId: ` ${email.toUpperCase()} ` }, browser);
    assert.equal(answer.status, 303);
    assert.match(answer.location, /^\/password\/sent\?/);
    assert.ok(!answer.location.includes('example.com'), 'no address in a URL of ours');
    const sent = await browser.open(answer.location);
    assert.match(sent.text, /Look for our mail/);
    assert.match(link(sent, 'Back to sign in'), /^\/oauth2\/authorize\?.*redirect_uri=/);

    const elsewhere = new Browser(c); // mails are read anywhere
    const page = await elsewhere.open(linkIn(await mailTo(email, change)));
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    assert.match(page.text, new RegExp(`<bdi>${email}`));
    assert.match(page.text, /Length: 8 to 256 characters/);
    const done = await elsewhere.post('/password/change', { ...Browser.hidden(page), password: another, passwordConfirm: another });
    assert.equal(done.status, 303, done.text);
    const complete = await elsewhere.open(done.location);
    const onward = link(complete, 'Sign in');
    assert.deepEqual(Object.fromEntries(new URLSearchParams(onward.split('?')[1])), Object.fromEntries(new URLSearchParams(request())));
    const again = await elsewhere.open(onward);
    const back = await elsewhere.post('/signin', { ...Browser.hidden(again), loginId: email, password: another });
    assert.equal(back.status, 303);
    assert.equal(new URL(back.location).searchParams.get('state'), 'of the client');
    const old = await elsewhere.post('/password/change', { ...Browser.hidden(page), password, passwordConfirm: password });
    assert.match(old.text, /This link is over/);
    assert.equal((await login(email, another)).wasSuccessful(), true);
  });

  test('each fault stands at its field; what is wrong changes nothing', async () => {
    const { email } = await person();
    await forgot(email);
    const browser = new Browser(c);
    const page = await browser.open(linkIn(await mailTo(email, change)));
    const post = (fields) => browser.post('/password/change', { ...Browser.hidden(page), ...fields });
    const before = await c.counts();
    const short = await post({ password: 'short', passwordConfirm: 'other' });
    assert.match(short.text, /id="f-pass-e">.*Use at least 8 characters/s);
    assert.match(short.text, /id="f-again-e">.*The two passwords are different/s);
    assert.ok(!short.text.includes('value="short"'));
    assert.match(short.text, /<title>Error:/);
    assert.match((await post({})).text, /Fill this in/);
    assert.deepEqual(await c.counts(), before);
    assert.equal((await post({ password: another, passwordConfirm: another })).status, 303);
  });

  test('nobody, a closed account and one mail too many: the same answer, and no row', async () => {
    const { id, email } = await person();
    const closed = await person();
    await good(client.deactivateUser(closed.id));
    const show = async (loginId) => {
      const { answer } = await forgot(loginId);
      return { status: answer.status, location: answer.location };
    };
    const known = await show(email);
    const before = await c.counts();
    assert.deepEqual(await show('nobody@example.com'), known);
    assert.deepEqual(await show(closed.email), known);
    assert.deepEqual(await c.counts(), before);
    for (let i = 0; i < 4; i++) assert.deepEqual(await show(email), known);
    const full = await c.counts();
    for (let i = 0; i < 3; i++) assert.deepEqual(await show(email), known);
    assert.deepEqual(await c.counts(), full, 'nobody can fill a mailbox');
    await good(root.patchTenant(ids.tenant, { tenant: { rateLimitConfiguration: { forgotPassword: { enabled: true, limit: 1, timePeriodInSeconds: 60 } } } }));
    const other = await person();
    assert.deepEqual(await show(other.email), known);
    const second = await forgot(other.email);
    assert.deepEqual([second.answer.status, second.answer.headers.get('retry-after')], [303, null]);
    await good(root.patchTenant(ids.tenant, { tenant: { rateLimitConfiguration: { forgotPassword: { enabled: false } } } }));
    await good(client.deleteUser(id));
  });

  test('a link is opened as often as somebody looks, and used once, whatever races', async () => {
    const { email } = await person();
    await forgot(email);
    const path = linkIn(await mailTo(email, change));
    const before = await c.counts();
    for (let i = 0; i < 3; i++) assert.equal((await c.fetch(path)).status, 200);
    assert.deepEqual(await c.counts(), before);
    const tries = await Promise.all(Array.from({ length: 4 }, async (_, i) => {
      const browser = new Browser(c);
      const page = await browser.open(path);
      const mine = `${another} ${i}`;
      return { mine, answer: await browser.post('/password/change', { ...Browser.hidden(page), password: mine, passwordConfirm: mine }) };
    }));
    const won = tries.filter(({ answer }) => answer.status === 303);
    assert.equal(won.length, 1);
    assert.equal((await login(email, won[0].mine)).wasSuccessful(), true);
  });

  test('a page answers in its browser and for its step alone; no other site answers it', async () => {
    const { email } = await person();
    await forgot(email);
    const browser = new Browser(c);
    const page = await browser.open(linkIn(await mailTo(email, change)));
    const fields = { ...Browser.hidden(page), password: another, passwordConfirm: another };
    assert.equal((await new Browser(c).post('/password/change', fields)).status, 400);
    assert.equal((await browser.post('/email/verify', fields)).status, 400);
    assert.equal((await browser.post('/signin', { ...fields, step: 'signin' })).status, 400);
    assert.equal((await browser.post('/password/change', fields, { 'sec-fetch-site': 'cross-site' })).status, 403);
    const { state } = Browser.hidden(page);
    const forged = state.slice(0, 40) + (state[40] === 'A' ? 'B' : 'A') + state.slice(41);
    assert.equal((await browser.post('/password/change', { ...fields, state: forged })).status, 400);
    const ask = await browser.open(`/password/forgot?${request()}`);
    shiftedS += 3 * 3600;
    await c.shiftClock(3 * 3600 * 1000);
    assert.equal((await browser.post('/password/forgot', { ...Browser.hidden(ask), loginId: email })).status, 400);
    assert.match((await browser.post('/password/change', fields)).text, /This link is over/);
  });

  test("a link is its tenant's; one that is over, or none, leads to another", async () => {
    const { email } = await person();
    await forgot(email);
    const path = linkIn(await mailTo(email, change));
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Another tenant' } }));
    const there = await new Browser(c).open(path.replace(/\?.*/, `?tenantId=${tenant.id}`));
    assert.match(there.text, /This link is over/);
    assert.match(there.text, /action="\/password\/forgot"/);
    await good(root.deleteTenant(tenant.id));
    const bare = await new Browser(c).open(path.replace(/\?.*/, ''));
    assert.match(bare.text, new RegExp(email), 'a long id names its tenant');
    assert.match((await new Browser(c).open(`/password/change?tenantId=${ids.tenant}`)).text, /action="\/password\/forgot"/);
    assert.equal((await new Browser(c).open('/password/forgot?tenantId=no')).status, 200, 'there is one tenant');
    const twice = await new Browser(c).open(`${path}&tenantId=${ids.tenant}&client_id=${ids.app}&client_id=${ids.app}`);
    assert.equal(twice.status, 200, "templates may say a thing twice");
  });

  test('people go on to applications of their own tenant, whatever a link or a state says', async () => {
    const { email } = await person();
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Of somebody else' } }));
    const theirs = clientOf(c, undefined, tenant.id);
    const { application } = await good(theirs.createApplication(null, { application: { name: 'Theirs', oauthConfiguration: { authorizedRedirectURLs: [redirect] } } }));
    const foreign = request({ client_id: application.id });
    const state = Object.fromEntries(new URLSearchParams(foreign));
    const { changePasswordId } = await good(client.forgotPassword({ loginId: email, state, sendForgotPasswordEmail: false }));
    for (const more of ['', `&${foreign}`]) {
      const browser = new Browser(c);
      const page = await browser.open(`${change}${changePasswordId}?tenantId=${ids.tenant}${more}`);
      assert.match(page.text, new RegExp(email));
      const wrong = await browser.post('/password/change', { ...Browser.hidden(page), password: 'x', passwordConfirm: 'x' });
      assert.equal(wrong.status, 200);
      if (!more) continue;
      const done = await browser.post('/password/change', { ...Browser.hidden(page), password: another, passwordConfirm: another });
      assert.equal(done.location, `/password/complete?tenantId=${ids.tenant}`);
    }
    assert.ok(!(await new Browser(c).open(`/password/forgot?tenantId=${ids.tenant}&${foreign}`)).text.includes(application.id));
    await good(root.deleteTenant(tenant.id));
  });

  test('a second factor is asked for, by the rule of the API; wrong codes shut it', async () => {
    const { id, email } = await person();
    const { secretBase32Encoded, secret: key } = (await good(root.generateTwoFactorSecret()));
    const { recoveryCodes } = await good(client.enableTwoFactor(id, { code: totp(Buffer.from(key, 'base64'), shiftedS), method: 'authenticator', secret: key }));
    assert.ok(secretBase32Encoded && recoveryCodes.length);
    await forgot(email);
    const path = linkIn(await mailTo(email, change));
    const browser = new Browser(c);
    const page = await browser.open(path);
    assert.match(page.text, /name="oneTimeCode"/);
    const post = (fields) => browser.post('/password/change', { ...Browser.hidden(page), password: another, passwordConfirm: another, ...fields });
    assert.match((await post({})).text, /id="f-code-e">.*Fill this in/s);
    assert.match((await post({ oneTimeCode: '000000x' })).text, /This is not the code/);
    assert.equal((await post({ oneTimeCode: recoveryCodes[0] })).status, 303);
    await forgot(email);
    const second = await browser.open(linkIn(await mailTo(email, change)));
    const guess = (oneTimeCode) => browser.post('/password/change', { ...Browser.hidden(second), password, passwordConfirm: password, oneTimeCode });
    for (let i = 0; i < 4; i++) assert.match((await guess('nonsense')).text, /This is not the code/);
    assert.match((await guess(recoveryCodes[1])).text, /too many wrong codes/, 'five in all: right ones are not looked at either');
    assert.equal((await login(email, another)).statusCode, 242, 'the password of before stands');
  });

  test('a code for a second factor is sent where the person has it sent, not too often', async () => {
    await good(root.patchTenant(ids.tenant, { tenant: { multiFactorConfiguration: { email: { enabled: true } } } }));
    const { id, email } = await person();
    await good(client.patchUser(id, { user: { twoFactor: { methods: [{ method: 'email', email: `second-${email}` }] } } }));
    await forgot(email);
    const browser = new Browser(c);
    const page = await browser.open(linkIn(await mailTo(email, change)));
    const post = (fields) => browser.post('/password/change', { ...Browser.hidden(page), ...fields });
    const send = page.text.match(/name="send" value="(\w{4})">Send a code by mail to \u2066s…@example.com\u2069</)[1];
    assert.match((await post({ send })).text, /A code is on its way/);
    const code = (await mailTo(`second-${email}`, 'Your code for')).text.match(/ is (\w{6})\./)[1];
    assert.equal((await post({ password: another, passwordConfirm: another, oneTimeCode: code })).status, 303);
    await forgot(email);
    const second = await browser.open(linkIn(await mailTo(email, change)));
    const more = () => browser.post('/password/change', { ...Browser.hidden(second), send });
    let said = '';
    for (let i = 0; i < 6 && !/Enough codes were sent/.test(said); i++) said = (await more()).text;
    assert.match(said, /Enough codes were sent/);
    assert.match((await browser.post('/password/change', { ...Browser.hidden(second), send: 'none' })).text, /Set a new password/);
  });

  test('as JSON: the same steps', async () => {
    const { email } = await person();
    const browser = new Browser(c);
    const json = async (path, body) => {
      const answer = await browser.open(path, { headers: { accept: 'application/json', 'content-type': 'application/json' }, ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}) });
      return { status: answer.status, ...JSON.parse(answer.text) };
    };
    const first = await json(`/password/forgot?${request()}`);
    assert.deepEqual([first.status, first.step, first.application], [200, 'password.ask', 'Confidential']);
    const empty = await json('/password/forgot', { state: first.state, loginId: '' });
    assert.deepEqual([empty.status, Object.keys(empty.fieldErrors)], [400, ['loginId']]);
    const sent = await json('/password/forgot', { state: first.state, loginId: email });
    assert.equal(sent.step, 'password.sent');
    assert.match(sent.redirect, /^\/oauth2\/authorize\?/);
    const opened = await json(linkIn(await mailTo(email, change)));
    assert.equal(opened.step, 'password.link');
    const wrong = await json('/password/change', { state: opened.state, password: 'x', passwordConfirm: 'x' });
    assert.deepEqual([wrong.status, Object.keys(wrong.fieldErrors)], [400, ['password']]);
    assert.equal((await json('/password/change', { state: opened.state, password: another, passwordConfirm: another })).step, 'password.complete');
    assert.equal((await json('/password/change/nonsense')).error, 'error.over');
  });

  test('the language that was chosen stays to the end', async () => {
    const { email } = await person();
    const browser = new Browser(c);
    const page = await browser.open(`/password/forgot?${request()}`);
    const arabic = await browser.post('/password/forgot', { ...Browser.hidden(page), lang: 'ar', loginId: email });
    assert.match(arabic.text, /lang="ar" dir="rtl"/);
    assert.ok(arabic.text.includes(email), 'what was typed stays');
    const { location } = await browser.post('/password/forgot', { ...Browser.hidden(arabic), loginId: email });
    assert.match((await browser.open(location)).text, /lang="ar" dir="rtl"/);
  });
});

describe('addresses and memberships', () => {
  test('the link of a mail shows a button; only that confirms', async () => {
    const { id, email } = await person();
    const path = linkIn(await mailTo(email, verify));
    const browser = new Browser(c);
    const before = await c.counts();
    const page = await browser.open(path);
    await c.fetch(path);
    assert.deepEqual(await c.counts(), before);
    assert.equal((await good(client.retrieveUser(id))).user.verified, false);
    const done = await browser.post('/email/verify', Browser.hidden(page));
    assert.match(done.location, /^\/email\/complete\?/);
    assert.match((await browser.open(done.location)).text, /Your address is confirmed/);
    assert.equal((await good(client.retrieveUser(id))).user.verified, true);
    assert.match((await browser.post('/email/verify', Browser.hidden(page))).text, /This link is over/);

    const member = await browser.open(linkIn(await mailTo(email, register)));
    const joined = await browser.post('/registration/verify', Browser.hidden(member));
    assert.match(joined.location, /^\/registration\/complete\?/);
    assert.equal((await good(client.retrieveRegistration(id, ids.app))).registration.verified, true);
  });

  test('another mail is asked for; who is there, and who is verified, is not told', async () => {
    const { id, email } = await person();
    const first = linkIn(await mailTo(email, verify));
    const show = async (path, fields) => {
      const { answer } = await asked(path, fields);
      return { status: answer.status, location: answer.location };
    };
    const known = await show(`/email/verify?${request()}`, { email });
    assert.equal(known.status, 303);
    const second = linkIn(await mailTo(email, verify));
    assert.notEqual(second, first);
    const member = await show(`/registration/verify?${request()}`, { email });
    assert.match(member.location, /^\/registration\/sent\?/);
    await good(client.verifyEmailAddressByUserId({ userId: id }));
    const before = await c.counts();
    assert.deepEqual(await show(`/email/verify?${request()}`, { email }), known);
    assert.deepEqual(await show(`/email/verify?${request()}`, { email: 'nobody@example.com' }), known);
    assert.deepEqual(await show(`/registration/verify?${request()}`, { email: 'nobody@example.com' }), member);
    assert.deepEqual(await c.counts(), before);
  });

  test('by a code: typed beside an id nobody sees; a stranger gets the same page, and the same refusal', async () => {
    const by = (verificationStrategy) => good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verificationStrategy } } }));
    await by('FormField');
    const { id, email } = await person();
    const open = async (address) => asked(`/email/verify?${request()}`, { email: address });
    const plain = (text) => text.replace(/value="[^"]*"/g, '');
    const mine = await open(email);
    const nobody = await open('nobody@example.com');
    assert.equal(plain(mine.answer.text), plain(nobody.answer.text));
    assert.equal(Browser.hidden(mine.answer).state.length, Browser.hidden(nobody.answer).state.length);
    const type = ({ browser, answer }, oneTimeCode) => browser.post('/email/verify', { ...Browser.hidden(answer), oneTimeCode });
    for (let i = 0; i < 6; i++) {
      const [a, b] = [await type(mine, 'AEIOU1'), await type(nobody, 'AEIOU1')];
      assert.match(a.text, /This is not the code/);
      assert.equal(plain(a.text), plain(b.text));
    }
    const again = await open(email);
    const code = (await mailTo(email, 'Enter this code')).text.match(/: ([A-Z0-9]{6}) /)[1];
    const done = await type(again, code.toLowerCase());
    assert.equal(done.status, 303, done.text);
    assert.equal((await good(client.retrieveUser(id))).user.verified, true);
    await by('ClickableLink');
  });

  test('the pages at the end stand by themselves and lead on to sign in', async () => {
    const pages = [['/password/sent', /Look for our mail/], ['/password/complete', /Your new password is set/], ['/email/sent', /Look for our mail/], ['/email/complete', /Your address is confirmed/],
      ['/registration/sent', /Look for our mail/], ['/registration/complete', /You are a member/], ['/phone/sent', /Look for our message/], ['/phone/complete', /Your number is confirmed/]];
    for (const [path, says] of pages) {
      const page = await new Browser(c).open(`${path}?${request()}`);
      assert.equal(page.status, 200, path);
      assert.match(page.text, says, path);
      assert.match(page.text, /href="\/oauth2\/authorize\?client_id=/, path);
      assert.equal((await new Browser(c).open(`${path}?tenantId=${ids.tenant}`)).status, 200, path);
    }
  });

  test('where nothing is verified, nothing is sent', async () => {
    const { tenant } = await good(root.createTenant(null, { tenant: { name: 'Takes any address' } }));
    const page = await new Browser(c).open(`/email/verify?tenantId=${tenant.id}`);
    assert.match(page.text, /Nothing of the kind is sent here/);
    assert.ok(!page.text.includes('name="email"'));
    await good(root.deleteTenant(tenant.id));
  });
});

describe('in by a mail', () => {
  const { verifier, challenge } = pkce();
  const query = () => request({ code_challenge: challenge, code_challenge_method: 'S256', nonce: 'n', max_age: '600' });
  const ask = async (loginId, browser = new Browser(c)) => {
    const page = await browser.open(`/oauth2/passwordless?${query()}`);
    return { browser, page, answer: await browser.post('/signin', { ...Browser.hidden(page), loginId }) };
  };
  const patch = (application) => good(client.patchApplication(ids.app, { application }));
  const verified = async () => { // whoever has to confirm an address first is not let in by the page before
    const who = await person();
    await good(client.verifyEmailAddressByUserId({ userId: who.id }));
    return who;
  };

  test('from the sign-in page to a mail, in another browser, back to the application with a code', async () => {
    const { id, email } = await verified();
    const signin = await new Browser(c).open(authorizeUrl({}));
    assert.match(link(signin, 'Email me a link or a code'), /^\/oauth2\/passwordless\?client_id=/);
    const { answer } = await ask(email);
    assert.match(answer.text, /Look for our mail/);
    const path = linkIn(await mailTo(email, enter));
    const before = await c.counts();
    const browser = new Browser(c);
    const there = await browser.open(path);
    assert.equal(there.status, 303);
    const page = await browser.open(there.location);
    await new Browser(c).open(there.location);
    assert.deepEqual(await c.counts(), before, 'looking uses nothing up');
    assert.match(page.text, new RegExp(`<bdi>${email}`));
    const done = await browser.post('/signin', Browser.hidden(page));
    assert.equal(done.status, 303, done.text);
    const back = new URL(done.location);
    assert.equal(`${back.origin}${back.pathname}`, redirect);
    assert.equal(back.searchParams.get('state'), 'of the client');
    const tokens = await c.form('/oauth2/token', { grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: redirect, code_verifier: verifier }, { authorization: basic(ids.app) });
    const claims = decode(tokens.body.id_token);
    assert.deepEqual([claims.sub, claims.authenticationType, claims.nonce], [id, 'PASSWORDLESS', 'n']);
    assert.equal((await browser.open(authorizeUrl({ prompt: 'none' }))).status, 303, 'the browser is signed in');
    assert.match((await browser.open(there.location)).text, /This link is over/);
    assert.match((await new Browser(c).open(path)).text, /This sign-in has expired/);
  });

  test('asked for: everybody alike, and no row for nobody; used once, whatever races', async () => {
    const { email } = await verified();
    const plain = ({ answer }) => ({ status: answer.status, text: answer.text.replace(/value="[^"]*"/g, '') });
    const known = plain(await ask(email));
    const before = await c.counts();
    assert.deepEqual(plain(await ask('nobody@example.com')), known);
    assert.deepEqual(await c.counts(), before);
    const path = (await new Browser(c).open(linkIn(await mailTo(email, enter)))).location;
    const tries = await Promise.all(Array.from({ length: 4 }, async () => {
      const browser = new Browser(c);
      return browser.post('/signin', Browser.hidden(await browser.open(path)));
    }));
    assert.deepEqual(tries.map(({ status }) => status).sort(), [200, 200, 200, 303]);
  });

  test('by a code: typed where it was asked for; a stranger gets the same page, and the same refusal', async () => {
    await patch({ passwordlessConfiguration: { enabled: true, emailLoginStrategy: 'FormField' } });
    const { email } = await verified();
    const mine = await ask(email);
    const nobody = await ask('nobody@example.com');
    const plain = (text) => text.replace(/value="[^"]*"/g, '');
    assert.equal(plain(mine.answer.text), plain(nobody.answer.text));
    assert.equal(Browser.hidden(mine.answer).code.length, Browser.hidden(nobody.answer).code.length);
    const type = ({ browser, answer }, oneTimeCode) => browser.post('/signin', { ...Browser.hidden(answer), oneTimeCode });
    for (let i = 0; i < 6; i++) {
      const [a, b] = [await type(mine, 'AEIOU1'), await type(nobody, 'AEIOU1')];
      assert.match(a.text, /This is not the code/);
      assert.equal(plain(a.text), plain(b.text));
    }
    const again = await ask(email);
    const code = (await mailTo(email, 'Enter this code to sign in')).text.match(/: (\w{6}) /)[1];
    const done = await type(again, code);
    assert.equal(done.status, 303, done.text);
    assert.match(done.location, /[?&]code=/);
    await patch({ passwordlessConfiguration: { enabled: true, emailLoginStrategy: 'ClickableLink' } });
  });

  test('what stands in the way of a password stands in its way, and the mail is not used up by that', async () => {
    const { id, email } = await verified();
    await patch({ multiFactorConfiguration: { loginPolicy: 'Required' } });
    await ask(email);
    const path = (await new Browser(c).open(linkIn(await mailTo(email, enter)))).location;
    const browser = new Browser(c);
    const refused = await browser.post('/signin', Browser.hidden(await browser.open(path)));
    assert.equal(refused.status, 200);
    assert.match(refused.text, /has not set up yet/);
    await patch({ multiFactorConfiguration: { loginPolicy: null } });
    await good(client.deactivateUser(id));
    assert.match((await browser.post('/signin', Browser.hidden(await browser.open(path)))).text, /This link is over/);
    await patch({ passwordlessConfiguration: { enabled: false } });
    const page = await new Browser(c).open(`/oauth2/passwordless?${query()}`);
    assert.match(page.text, /name="password"/, 'where it is off the sign-in page stands');
    assert.ok(!page.text.includes('/oauth2/passwordless'));
    await patch({ passwordlessConfiguration: { enabled: true } });
  });

  test('a link for one application opens no other; one that was not begun on a page opens none', async () => {
    const { email } = await verified();
    await ask(email);
    const path = (await new Browser(c).open(linkIn(await mailTo(email, enter)))).location;
    await good(client.patchApplication(ids.thirdParty, { application: { passwordlessConfiguration: { enabled: true } } }));
    const other = await new Browser(c).open(path.replaceAll(ids.app, ids.thirdParty));
    assert.match(other.text, /This link is over/);
    const { code } = await good(client.startPasswordlessLogin({ applicationId: ids.app, loginId: email }));
    assert.equal((await new Browser(c).open(`${enter}${code}?tenantId=${ids.tenant}`)).status, 400);
    const state = Object.fromEntries(new URLSearchParams(query()));
    const begun = await good(client.startPasswordlessLogin({ applicationId: ids.app, loginId: email, state }));
    const browser = new Browser(c);
    const page = await browser.open((await browser.open(`${enter}${begun.code}?tenantId=${ids.tenant}`)).location);
    assert.equal((await browser.post('/signin', Browser.hidden(page))).status, 303, "an application's own start, with the request in its state");
  });

  test('as JSON: asked for, and the code typed', async () => {
    await patch({ passwordlessConfiguration: { enabled: true, emailLoginStrategy: 'FormField' } });
    const { email } = await verified();
    const browser = new Browser(c);
    const json = async (path, body) => JSON.parse((await browser.open(path, { headers: { accept: 'application/json', 'content-type': 'application/json' }, ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}) })).text);
    const { state, step } = await json(`/oauth2/passwordless?${query()}`);
    assert.equal(step, 'passwordless');
    const typed = await json('/signin', { state, step, loginId: email });
    assert.equal(typed.step, 'passwordless.code');
    const again = await json('/signin', { ...typed, again: true });
    assert.equal(again.step, 'passwordless');
    const oneTimeCode = (await mailTo(email, 'Enter this code to sign in')).text.match(/: (\w{6}) /)[1];
    const done = await json('/signin', { state: typed.state, step: typed.step, code: typed.code, oneTimeCode });
    assert.equal(done.step, 'done');
    assert.match(done.redirect, /[?&]code=/);
    await patch({ passwordlessConfiguration: { enabled: true, emailLoginStrategy: 'ClickableLink' } });
  });

  test('who has to confirm an address first is shown where to get the mail', async () => {
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { unverified: { behavior: 'Gated' } } } }));
    const { email } = await person();
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({}));
    const gated = await browser.post('/signin', { ...Browser.hidden(page), loginId: email, password });
    assert.match(link(gated, 'Get a mail for it'), /^\/email\/verify\?client_id=/);
    const json = await browser.open('/signin', { method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/json' }, body: JSON.stringify({ ...Browser.hidden(page), loginId: email, password }) });
    assert.match(JSON.parse(json.text).way, /^\/email\/verify\?client_id=/);
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { unverified: { behavior: 'Allow' } } } }));
  });

  test('where a code confirms it they are sent to where it is typed, also right after they signed up, and on to sign in', async () => {
    const set = (verificationStrategy, behavior) => good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verificationStrategy, unverified: { behavior } } } }));
    await set('FormField', 'Gated');
    const browser = new Browser(c);
    const email = `new${Date.now()}@example.com`;
    const form = await browser.open(authorizeUrl({}).replace('/oauth2/authorize', '/oauth2/register'));
    const made = await browser.post('/signin', { ...Browser.hidden(form), 'user.email': email, 'user.firstName': 'New', 'user.password': password });
    assert.equal(made.status, 303, made.text);
    assert.match(made.location, /^\/email\/verify\/[\w-]{64}\?client_id=/);
    const code = (await mailTo(email, 'Enter this code')).text.match(/: (\w{6}) /)[1];
    const page = await browser.open(made.location);
    assert.match((await browser.post('/email/verify', Browser.hidden(page))).text, /id="f-code-e">.*Fill this in/s);
    const back = await new Browser(c).open(authorizeUrl({}));
    assert.equal(back.status, 200);
    const other = await (async () => { const b = new Browser(c); const p = await b.open(authorizeUrl({})); return b.post('/signin', { ...Browser.hidden(p), loginId: email, password }); })();
    assert.match(other.location, /^\/email\/verify\/[\w-]{64}\?client_id=/);
    assert.notEqual(other.location, made.location, 'a mail of its own');
    const done = await browser.post('/email/verify', { ...Browser.hidden(page), oneTimeCode: code });
    assert.match(done.location, /^\/email\/complete\?/);
    const onward = await browser.open(link(await browser.open(done.location), 'Sign in'));
    assert.equal((await browser.post('/signin', { ...Browser.hidden(onward), loginId: email, password })).status, 303);
    await set('ClickableLink', 'Allow');
  });
});
