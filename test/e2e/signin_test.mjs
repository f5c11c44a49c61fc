// SPDX-License-Identifier: Apache-2.0
// The hosted journey: what a page carries, what it writes, who may answer it, how it ends.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, apiKey, authorizeUrl, basic, decode, ids, person, redirect, secret, signIn, tokensFor } from './harness.mjs';

describe('the sign-in journey', () => {
  let c;
  before(async () => { c = await Cardea.start(); });
  after(() => c.end());

  test('invariant: no request before the password is right writes to the database', async () => {
    const before = await c.counts();
    const browser = new Browser(c);
    for (let i = 0; i < 5; i++) {
      const page = await browser.open(authorizeUrl({}));
      assert.equal(page.status, 200);
      const hidden = Browser.hidden(page);
      await browser.post('/signin', { ...hidden, loginId: person.email, password: `wrong ${i % 2}` });
      await browser.post('/signin', { ...hidden, loginId: `nobody${i}@example.com`, password: 'wrong' });
      await browser.post('/signin', { ...hidden, lang: 'ar' });
      await browser.open(authorizeUrl({ prompt: 'none' }));
      await browser.open('/oauth2/logout');
      await browser.open(authorizeUrl({ redirect_uri: 'https://evil.example/' }));
    }
    const register = await browser.open(authorizeUrl({}).replace('/oauth2/authorize', '/oauth2/register'));
    assert.match(register.text, /user\.email/);
    const refused = await browser.post('/signin', { ...Browser.hidden(register), 'user.email': 'no-mail', 'user.password': 'x' });
    assert.equal(refused.status, 200);
    assert.deepEqual(await c.counts(), before);
    await c.shiftClock(600000); // let the failures above be forgotten
  });

  test('OA-52: unknown person and wrong password get the same page', async () => {
    const show = async (loginId) => {
      const browser = new Browser(c);
      const page = await browser.open(authorizeUrl({}));
      const answer = await browser.post('/signin', { ...Browser.hidden(page), loginId, password: 'wrong' });
      return { status: answer.status, text: answer.text.replaceAll(loginId, 'X').replace(/name="?state"? value="[^"]*"/, '') };
    };
    assert.deepEqual(await show('ada@example.com'), await show('bob@example.com'));
  });

  test('what was typed stays, the password does not; the title says that something is wrong', async () => {
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({}));
    const again = await browser.post('/signin', { ...Browser.hidden(page), loginId: 'Ada@Example.com', password: 'not-this-one' });
    assert.match(again.text, /Ada@Example\.com/);
    assert.ok(!again.text.includes('not-this-one'));
    assert.match(again.text, /<title>Error:/);
    assert.match(again.text, /role="?alert/);
    const done = await browser.post('/signin', { ...Browser.hidden(again), loginId: ' ADA@example.com ', password: person.password });
    assert.equal(done.status, 303, 'a login id is found in any case');
  });

  test('OA-21: the page answers only in the browser it was sent to', async () => {
    const page = await new Browser(c).open(authorizeUrl({}));
    const other = new Browser(c);
    await other.open(authorizeUrl({}));
    const before = await c.counts();
    const stolen = await other.post('/signin', { ...Browser.hidden(page), loginId: person.email, password: person.password });
    assert.equal(stolen.status, 400);
    assert.equal(stolen.location, null);
    assert.deepEqual(await c.counts(), before);
    const bare = await new Browser(c).post('/signin', { ...Browser.hidden(page), loginId: person.email, password: person.password });
    assert.equal(bare.status, 400);
  });

  test('the page answers only as long as a sign-in may take, and no bit of it can be changed', async () => {
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({}));
    const hidden = Browser.hidden(page);
    for (const at of [0, 10, hidden.state.length >> 1, hidden.state.length - 1]) {
      const forged = hidden.state.slice(0, at) + (hidden.state[at] === 'A' ? 'B' : 'A') + hidden.state.slice(at + 1);
      assert.equal((await browser.post('/signin', { ...hidden, state: forged, loginId: person.email, password: person.password })).status, 400);
    }
    await c.shiftClock(1801000);
    assert.equal((await browser.post('/signin', { ...hidden, loginId: person.email, password: person.password })).status, 400);
  });

  test('a journey ends in one code: its page answered again is refused', async () => {
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({}));
    const answer = { ...Browser.hidden(page), loginId: person.email, password: person.password };
    const [a, b] = await Promise.all([browser.post('/signin', answer), browser.post('/signin', answer)]);
    assert.deepEqual([a.status, b.status].sort(), [303, 409 === a.status || 409 === b.status ? 409 : 400].sort());
    const third = await browser.post('/signin', answer);
    assert.notEqual(third.status, 303);
    assert.match(third.text, /expired/i);
  });

  test('a step that the journey is not at is answered by the first page, whatever is posted; no request ends the process', async () => {
    for (const step of ['consent', 'password', 'register']) {
      for (const more of [{}, { lang: 'ar' }, { answer: 'allow', scope: 'openid' }, { switch: 'true' }]) {
        const browser = new Browser(c);
        const page = await browser.open(authorizeUrl({}));
        const answer = await browser.post('/signin', { ...Browser.hidden(page), step, ...more });
        assert.equal(answer.status, 200, `${step} ${JSON.stringify(more)}`);
        assert.equal(answer.location, null);
      }
    }
  });

  test('the chosen language stays: after a wrong password and on the next page', async () => {
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({}));
    const arabic = await browser.post('/signin', { ...Browser.hidden(page), lang: 'ar' });
    assert.match(arabic.text, /lang="ar" dir="rtl"/);
    const wrong = await browser.post('/signin', { ...Browser.hidden(arabic), loginId: person.email, password: 'wrong' });
    assert.match(wrong.text, /lang="ar" dir="rtl"/);
  });

  test('OA-57: every sign-in makes a new session and the old one ends', async () => {
    const browser = new Browser(c);
    await signIn(browser);
    const name = [...browser.cookies.keys()].find((k) => k.includes('sso'));
    const old = browser.cookies.get(name);
    const page = await browser.open(authorizeUrl({ prompt: 'login' }));
    await browser.post('/signin', { ...Browser.hidden(page), password: person.password });
    assert.notEqual(browser.cookies.get(name), old);
    const thief = new Browser(c);
    thief.cookies.set(name, old);
    const silent = await thief.open(authorizeUrl({ prompt: 'none' }));
    assert.equal(new URL(silent.location).searchParams.get('error'), 'login_required');
  });

  test('OA-20: a form that another site sends is refused', async () => {
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({}));
    const cross = await browser.post('/signin', { ...Browser.hidden(page), loginId: person.email, password: person.password }, { 'sec-fetch-site': 'cross-site' });
    assert.equal(cross.status, 403);
  });

  test('too many wrong passwords lock the login id, known or not, and time opens it again', async () => {
    const attempt = async (loginId, password) => {
      const browser = new Browser(c);
      const page = await browser.open(authorizeUrl({}));
      return browser.post('/signin', { ...Browser.hidden(page), loginId, password });
    };
    for (const loginId of [person.email, 'nobody@example.com']) {
      for (let i = 0; i < 5; i++) await attempt(loginId, 'wrong');
      const locked = await attempt(loginId, person.password);
      assert.equal(locked.status, 200);
      assert.match(locked.text, /too many wrong passwords/i);
    }
    await c.shiftClock(4 * 60000);
    assert.equal((await attempt(person.email, person.password)).status, 303);
  });

  test('registration: the fields the application asks for, faults beside their fields, then signed in; OA-22: nothing else is taken', async () => {
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({}).replace('/oauth2/authorize', '/oauth2/register'));
    assert.match(page.text, /user\.firstName/);
    assert.ok(!page.text.includes('user.lastName'));
    const wrong = await browser.post('/signin', { ...Browser.hidden(page), 'user.email': 'new@example.com', 'user.firstName': '', 'user.password': 'short' });
    assert.match(wrong.text, /aria-invalid/);
    assert.match(wrong.text, /new@example\.com/);
    const done = await browser.post('/signin', {
      ...Browser.hidden(wrong), 'user.email': 'new@example.com', 'user.firstName': 'New', 'user.password': 'a good long password',
      'user.id': ids.user, 'user.verified': 'true', 'registration.roles': 'admin', 'user.lastName': 'Taken?',
    });
    assert.equal(done.status, 303, done.text);
    const { user } = (await c.api('GET', '/api/user?email=new@example.com')).body;
    assert.notEqual(user.id, ids.user);
    assert.equal(user.verified, false);
    assert.equal(user.lastName, undefined);
    assert.deepEqual(user.registrations[0].roles, ['member']);
    const twice = new Browser(c);
    const second = await twice.open(authorizeUrl({}).replace('/authorize', '/register'));
    const taken = await twice.post('/signin', { ...Browser.hidden(second), 'user.email': 'NEW@example.com', 'user.firstName': 'N', 'user.password': 'a good long password' });
    assert.equal(taken.status, 200);
    assert.match(taken.text, /cannot be used for a new account/);
  });

  test('an application that needs a registration lets nobody else in', async () => {
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({ client_id: ids.closedApp }));
    const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: person.email, password: person.password });
    assert.equal(done.status, 403);
    assert.equal(done.location, null);
    const silent = await browser.open(authorizeUrl({ client_id: ids.closedApp, prompt: 'none' }));
    assert.equal(new URL(silent.location).searchParams.get('error'), 'interaction_required');
  });

  test('consent: asked of a third party, remembered for the same address and scopes, refused by a click, OA-22 only shrinks', async () => {
    const browser = new Browser(c);
    const ask = (fields = {}) => browser.open(authorizeUrl({ client_id: ids.thirdParty, scope: 'openid email', ...fields }));
    const first = await ask();
    const consent = await browser.post('/signin', { ...Browser.hidden(first), loginId: person.email, password: person.password });
    assert.equal(consent.status, 200);
    assert.match(consent.text, /Third Party/);
    assert.match(consent.text, /client\.example/);
    const silent = await ask({ prompt: 'none' });
    assert.equal(new URL(silent.location).searchParams.get('error'), 'consent_required');
    const denied = await browser.post('/signin', { ...Browser.hidden(consent), answer: 'deny' });
    assert.equal(new URL(denied.location).searchParams.get('error'), 'access_denied');
    const second = await ask();
    const allowed = await browser.post('/signin', { ...Browser.hidden(second), answer: 'allow', scope: 'openid email phone admin', client_id: ids.app });
    assert.equal(allowed.status, 303);
    const t = await tokensFor(c, { client_id: ids.thirdParty, scope: 'openid email', prompt: 'none' }, {}, browser);
    assert.equal(t.scope, 'openid email');
    const more = await ask({ scope: 'openid email profile' });
    assert.equal(more.status, 200, 'new scopes are asked for');
    const forced = await ask({ prompt: 'consent' });
    assert.equal(forced.status, 200);
  });

  test('OA-91: a changed redirect address asks for consent again', async () => {
    await c.api('PATCH', `/api/application/${ids.thirdParty}`, { application: { oauthConfiguration: { authorizedRedirectURLs: ['https://client.example/other'] } } });
    const browser = new Browser(c);
    await signIn(browser);
    const known = await browser.open(authorizeUrl({ client_id: ids.thirdParty, scope: 'openid email' }));
    assert.equal(known.status, 303);
    const other = await browser.open(authorizeUrl({ client_id: ids.thirdParty, scope: 'openid email', redirect_uri: 'https://client.example/other' }));
    assert.equal(other.status, 200);
  });

  test('OA-24: id_token_hint for another person, or a forged one, is refused', async () => {
    const browser = new Browser(c);
    const t = await tokensFor(c, {}, {}, browser);
    const hinted = await browser.open(authorizeUrl({ prompt: 'none', id_token_hint: t.id_token }));
    assert.ok(new URL(hinted.location).searchParams.get('code'));
    const made = await c.api('POST', '/api/user/registration', { user: { email: 'eve@example.com', password: 'another long password' }, registration: { applicationId: ids.app } });
    assert.equal(made.status, 200, made.text);
    const eve = new Browser(c);
    await signIn(eve, {}, { email: 'eve@example.com', password: 'another long password' });
    const wrong = await eve.open(authorizeUrl({ prompt: 'none', id_token_hint: t.id_token }));
    assert.equal(new URL(wrong.location).searchParams.get('error'), 'login_required');
    const forged = await eve.open(authorizeUrl({ prompt: 'none', id_token_hint: t.id_token.slice(0, -6) + 'AAAAAA' }));
    assert.equal(new URL(forged.location).searchParams.get('error'), 'invalid_request');
  });

  test('OA-58: signing out asks unless a good hint came, ends the session before it redirects, and only goes where it is registered', async () => {
    const browser = new Browser(c);
    const t = await tokensFor(c, {}, {}, browser);
    const foreign = await browser.open(`/oauth2/logout?client_id=${ids.app}&post_logout_redirect_uri=https://evil.example/`);
    assert.equal(foreign.status, 400);
    assert.equal(foreign.location, null);
    const asked = await browser.open(`/oauth2/logout?client_id=${ids.app}`);
    assert.equal(asked.status, 200);
    const stay = await browser.post('/oauth2/logout/confirm', { ...Browser.hidden(asked), answer: 'no' });
    assert.ok([200, 303].includes(stay.status));
    assert.ok(new URL((await browser.open(authorizeUrl({ prompt: 'none' }))).location).searchParams.get('code'));
    const leave = await browser.post('/oauth2/logout/confirm', { ...Browser.hidden(asked), answer: 'yes' });
    assert.equal(leave.status, 303);
    assert.equal(leave.location, 'https://client.example/bye');
    assert.equal(new URL((await browser.open(authorizeUrl({ prompt: 'none' }))).location).searchParams.get('error'), 'login_required');
    const bad = await browser.open(`/oauth2/logout?id_token_hint=${t.access_token}`);
    assert.equal(bad.status, 400);
  });

  test('a session that is not kept ends after an hour without use, a kept one does not', async () => {
    const short = new Browser(c);
    await signIn(short);
    const kept = new Browser(c);
    const page = await kept.open(authorizeUrl({}));
    await kept.post('/signin', { ...Browser.hidden(page), loginId: person.email, password: person.password, rememberDevice: 'true' });
    await c.shiftClock(3601000);
    assert.equal(new URL((await short.open(authorizeUrl({ prompt: 'none' }))).location).searchParams.get('error'), 'login_required');
    assert.ok(new URL((await kept.open(authorizeUrl({ prompt: 'none' }))).location).searchParams.get('code'));
  });

  test('OA-09, OA-08: every page forbids framing, scripts, referrers and caching', async () => {
    const browser = new Browser(c);
    for (const path of [authorizeUrl({}), authorizeUrl({ redirect_uri: 'https://evil.example/' }), '/oauth2/logout', '/nowhere']) {
      const page = await browser.open(path);
      assert.equal(page.headers.get('x-frame-options'), 'DENY', path);
      assert.match(page.headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/);
      assert.ok(!/script-src|unsafe/.test(page.headers.get('content-security-policy')));
      assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
      assert.equal(page.headers.get('cache-control'), 'no-store');
    }
    assert.equal(new URL(redirect).host, 'client.example');
  });

  test('completeRegistration: who is registered is asked once for what is required and missing, and for nothing else', async () => {
    const set = (completeRegistration) => c.api('PATCH', `/api/application/${ids.thirdParty}`, { application: { registrationConfiguration: { enabled: false, completeRegistration, firstName: { enabled: true, required: true }, birthDate: { enabled: true, required: true }, lastName: { enabled: true, required: false } } } });
    assert.equal((await set(true)).status, 200);
    const who = { email: 'half@example.com', password: 'correct horse battery' };
    const made = await c.api('POST', '/api/user/registration', { user: { ...who, lastName: 'Kept' }, registration: { applicationId: ids.thirdParty } });
    assert.equal(made.status, 200, made.text);
    const stranger = { email: 'stranger@example.com', password: 'correct horse battery' };
    assert.equal((await c.api('POST', '/api/user', { user: stranger })).status, 200);
    const at = (fields = {}) => authorizeUrl({ client_id: ids.thirdParty, ...fields });
    const enter = async (browser, person, fields) => browser.post('/signin', { ...Browser.hidden(await browser.open(at(fields))), loginId: person.email, password: person.password });

    const browser = new Browser(c);
    const page = await enter(browser, who);
    assert.equal(page.status, 200);
    assert.match(page.text, /Complete your registration/);
    assert.deepEqual([...page.text.matchAll(/name="?(user\.[a-zA-Z]+)/g)].map((m) => m[1]), ['user.firstName', 'user.birthDate']);
    assert.doesNotMatch(page.text, /Kept/);
    const silent = await browser.open(at({ prompt: 'none' }));
    assert.equal(new URL(silent.location).searchParams.get('error'), 'interaction_required');
    const fill = (fields, from = page, b = browser) => b.post('/signin', { ...Browser.hidden(from), ...fields });
    for (const wrong of [{}, { 'user.firstName': 'Ann' }, { 'user.firstName': ' ', 'user.birthDate': '2000-01-02' }, { 'user.firstName': 'Ann', 'user.birthDate': 'soon' }]) {
      assert.match((await fill(wrong)).text, /Complete your registration/);
    }
    const other = new Browser(c); // another browser cannot answer it, nor can somebody else who is signed in
    assert.notEqual((await fill({ 'user.firstName': 'Eve', 'user.birthDate': '2000-01-02' }, page, other)).status, 303);
    await enter(other, person, { client_id: ids.app });
    assert.notEqual((await fill({ 'user.firstName': 'Eve', 'user.birthDate': '2000-01-02' }, page, other)).status, 303);

    const arabic = await fill({ lang: 'ar', 'user.firstName': 'Ann' });
    assert.match(arabic.text, /dir="?rtl/);
    assert.match(arabic.text, /value="?Ann/);
    const next = await fill({ 'user.firstName': 'Ann', 'user.birthDate': '2000-01-02', 'user.lastName': 'Changed', 'user.email': 'other@example.com', 'user.active': 'false' });
    assert.match(next.text, /answer/); // on to consent
    const { user } = (await c.api('GET', `/api/user?email=${who.email}`)).body;
    assert.deepEqual([user.firstName, user.birthDate, user.lastName, user.active], ['Ann', '2000-01-02', 'Kept', true]);
    assert.equal((await c.api('POST', '/api/login', { applicationId: ids.thirdParty, loginId: who.email, password: who.password })).status, 200, 'the password is as it was');
    assert.match((await browser.open(at())).text, /answer/);
    assert.match((await enter(new Browser(c), stranger)).text, /answer/); // not registered: not asked
    const again = await fill({ 'user.firstName': 'Mallory', 'user.birthDate': '1999-01-02' });
    assert.match(again.text, /answer/);
    assert.equal((await c.api('GET', `/api/user?email=${who.email}`)).body.user.firstName, 'Ann', 'what is known is not changed');
    assert.equal((await set(false)).status, 200);
  });

  test('a session by an access token: only where the tenant allows it, of a first party, still good, as old as its proof, of no administrator', async () => {
    const open = async (token, fields = {}, browser = new Browser(c)) => {
      const { location, status } = await browser.open(authorizeUrl({ prompt: 'none', scope: 'openid', ...fields }), token ? { headers: { authorization: `Bearer ${token}` } } : {});
      return { browser, status, query: location ? new URL(location).searchParams : new URLSearchParams() };
    };
    const refused = async (token, fields, what) => assert.equal((await open(token, fields)).query.get('error'), 'login_required', what);
    const change = (allowAccessTokenBootstrap) => c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { ssoConfiguration: { allowAccessTokenBootstrap } } });
    const mine = await tokensFor(c);
    await refused(mine.access_token, {}, 'switched off, as it is at first');
    assert.equal((await change(true)).status, 200);
    await c.shiftClock(100000);
    const came = await open(mine.access_token, { client_id: ids.publicApp, code_challenge: 'A'.repeat(43), code_challenge_method: 'S256' });
    assert.ok(came.query.get('code'), 'another application of the tenant');
    const again = await open(undefined, {}, came.browser);
    assert.ok(again.query.get('code'), 'by the cookie from now on');
    const answer = await c.form('/oauth2/token', { grant_type: 'authorization_code', code: again.query.get('code'), redirect_uri: redirect }, { authorization: basic(ids.app) });
    assert.equal(decode(answer.body.id_token).auth_time, decode(mine.access_token).auth_time, 'no newer than the proof');
    assert.ok((await open(mine.access_token, { max_age: '1000' })).query.get('code'));
    await refused(mine.access_token, { max_age: '60' }, 'older than what is asked for');
    const page = await new Browser(c).open(authorizeUrl({ prompt: 'login' }), { headers: { authorization: `Bearer ${mine.access_token}` } });
    assert.equal(page.status, 200, 'prompt=login asks all the same');

    const third = await tokensFor(c, { client_id: ids.thirdParty }, { client_id: ids.thirdParty, client_secret: secret }).catch(() => ({}));
    const client = (await c.form('/oauth2/token', { grant_type: 'client_credentials' }, { authorization: basic(ids.app) })).body;
    const [head, body, signature] = mine.access_token.split('.');
    for (const [what, token] of Object.entries({ 'an id token': mine.id_token, 'a refresh token': mine.refresh_token, 'an application': client.access_token, 'a third party': third.access_token ?? 'x', 'an API key': apiKey,
      'another signature': `${head}.${body}.${signature.slice(0, -4)}AAAA`, nothing: 'x' })) await refused(token, {}, what);
    const boss = { email: 'admin-by-token@example.com', password: 'an administrator of tests' };
    assert.equal((await c.api('POST', '/api/user/registration', { user: boss, registration: { applicationId: ids.app } })).status, 200);
    const theirs = await tokensFor(c, {}, {}, await (async () => { const b = new Browser(c); await signIn(b, {}, boss); return b; })());
    assert.ok((await open(theirs.access_token)).query.get('code'));
    const { user } = (await c.api('GET', `/api/user?email=${boss.email}`)).body;
    assert.equal((await c.api('POST', `/api/user/registration/${user.id}`, { registration: { applicationId: '3c219e58-ed0e-4b18-ad48-f4f92793ae32', roles: ['report_viewer'] } })).status, 200);
    await refused(theirs.access_token, {}, 'an administrator');
    assert.equal((await c.api('DELETE', `/api/jwt/refresh?userId=${ids.user}`)).status, 200);
    await refused(mine.access_token, {}, 'a grant that was revoked');
    assert.equal((await change(false)).status, 200);
  });
});
