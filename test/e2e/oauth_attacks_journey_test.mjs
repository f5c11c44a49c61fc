// SPDX-License-Identifier: Apache-2.0
// Attacks on people who sign in, allow and sign out: forged posts, handed-over pages, tampered consent, fixed sessions, forced logout.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, authorizeUrl, decode, header, ids, person, redirect, secret, signIn } from './harness.mjs';
import { answerPage, cheapHash, forge, quiet, sentBack, signInPage, silent, staysHere, tokensOf } from './attacks.mjs';

const eve = { email: 'eve@example.com', password: 'a password of her own' };
const sso = (b) => [...b.cookies].find(([k]) => k.includes('sso')) ?? [];

describe('journeys', () => {
  let c;
  before(async () => {
    c = await Cardea.start();
    await cheapHash(c, person.password);
    const made = await c.api('POST', '/api/user/registration', { user: eve, registration: { applicationId: ids.app } });
    assert.equal(made.status, 200, made.text);
  });
  after(() => c.end());

  const signedIn = async (fields = {}, who = person) => { const b = new Browser(c); await signIn(b, fields, who); return b; };

  test('OA-20: a form from another site is refused at every step, whatever it says it is', async () => {
    const browser = new Browser(c);
    const page = await signInPage(browser);
    const out = await signedIn();
    const ask = await out.open(`/oauth2/logout?client_id=${ids.app}`);
    const hostile = [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'cross-site', origin: c.url }];
    await quiet(c, async () => {
      for (const headers of hostile) {
        staysHere(await answerPage(browser, page, { loginId: person.email, password: person.password }, headers), `/signin ${JSON.stringify(headers)}`, [403]);
        const { state, ...rest } = Browser.hidden(ask);
        for (const forged of ['', 'x', state.slice(0, -4) + 'AAAA', Browser.hidden(page).state]) staysHere(await out.post('/oauth2/logout/confirm', { ...rest, state: forged, answer: 'yes' }, headers), `logout ${JSON.stringify(headers)}`, [200, 400, 403]);
      }
    });
    assert.ok((await silent(out)).get('code'), 'still signed in');
    assert.equal((await answerPage(browser, page, { loginId: person.email, password: person.password }, { origin: c.url, 'sec-fetch-site': 'same-origin' })).status, 303, 'the page itself may');
  });

  test('OA-20: login CSRF: the attacker\'s page and credentials do not work in the victim\'s browser', async () => {
    const attacker = new Browser(c);
    const page = await signInPage(attacker);
    const victim = await signedIn();
    const [name, before] = sso(victim);
    const fresh = new Browser(c);
    await quiet(c, async () => {
      for (const b of [victim, fresh]) staysHere(await b.post('/signin', { ...Browser.hidden(page), loginId: eve.email, password: eve.password }), 'login CSRF');
      staysHere(await fresh.post('/signin', { loginId: eve.email, password: eve.password }), 'no page at all');
      staysHere(await fresh.post('/signin', { state: '', step: 'signin', loginId: eve.email, password: eve.password }), 'an empty page');
      staysHere(await fresh.post('/signin', { state: 'A'.repeat(400), step: 'signin', loginId: eve.email, password: eve.password }), 'a made-up page');
    });
    assert.equal(victim.cookies.get(name), before);
    assert.deepEqual(sso(fresh), []);
  });

  test('OA-20: sign-in and sign-out answer to POST only, and only with a form', async () => {
    const browser = new Browser(c);
    const page = await signInPage(browser);
    const fields = { ...Browser.hidden(page), loginId: person.email, password: person.password };
    await quiet(c, async () => {
      assert.ok([404, 405].includes((await browser.open(`/signin?${new URLSearchParams(fields)}`)).status));
      for (const type of ['text/plain', 'multipart/form-data; boundary=x']) {
        const answer = await browser.open('/signin', { method: 'POST', headers: { 'content-type': type }, body: new URLSearchParams(fields).toString() });
        assert.ok([400, 415].includes(answer.status), `${type}: ${answer.status}`);
      }
      assert.ok([404, 405].includes((await browser.open('/oauth2/logout/confirm?answer=yes')).status));
    });
  });

  test('OA-21: the page of browser A does not answer in browser B, not with its URL, its cookie name or a cookie of A\'s own making', async () => {
    const a = new Browser(c);
    const page = await signInPage(a);
    const consentOf = async (b) => answerPage(b, await signInPage(b, { client_id: ids.thirdParty, scope: 'openid email' }), { loginId: person.email, password: person.password });
    const consent = await consentOf(a);
    assert.match(consent.text, /Third Party/);
    const b = await signedIn({}, eve);
    const forged = new Browser(c);
    forged.cookies.set('cardea.browser', 'AAAAAAAAAAAAAAAAAAAAAA');
    await quiet(c, async () => {
      for (const who of [b, forged, new Browser(c)]) {
        staysHere(await answerPage(who, page, { loginId: person.email, password: person.password }), 'sign-in page');
        staysHere(await answerPage(who, consent, { answer: 'allow' }), 'consent page');
        staysHere(await answerPage(who, consent, { answer: 'deny' }), 'consent page');
      }
    });
  });

  test('OA-21, V7.4.1: a consent page of a session that ended answers for nobody, not even when somebody else signed in since', async () => {
    const shared = new Browser(c);
    const ask = { client_id: ids.thirdParty, scope: 'openid profile' };
    const consent = await answerPage(shared, await signInPage(shared, ask), { loginId: person.email, password: person.password });
    assert.match(consent.text, /Third Party/);
    const leave = await shared.open(`/oauth2/logout?client_id=${ids.app}`);
    await shared.post('/oauth2/logout/confirm', { ...Browser.hidden(leave), answer: 'yes' });
    await quiet(c, async () => staysHere(await answerPage(shared, consent, { answer: 'allow' }), 'after the logout', [200, 400, 403]));
    await signIn(shared, {}, eve);
    await quiet(c, async () => staysHere(await answerPage(shared, consent, { answer: 'allow' }), 'after Eve signed in', [200, 400, 403]));
    assert.equal((await silent(shared, ask)).get('error'), 'consent_required');
  });

  test('OA-22: consent is for the stored request; every other field is ignored, scopes only shrink', async () => {
    const browser = await signedIn();
    const consent = await signInPage(browser, { client_id: ids.thirdParty, scope: 'openid email', nonce: 'stored' });
    assert.equal(consent.status, 200);
    const back = sentBack(await answerPage(browser, consent, {
      answer: 'allow', scope: 'openid email phone profile offline_access', client_id: ids.app, redirect_uri: 'https://evil.example/', user_id: ids.app, userId: ids.app, nonce: 'other', response_mode: 'fragment', 'scope[]': 'phone',
    }));
    const t = await c.form('/oauth2/token', { grant_type: 'authorization_code', code: back.get('code'), redirect_uri: redirect, client_id: ids.thirdParty, client_secret: secret });
    assert.equal(t.body.scope, 'openid email');
    assert.equal(t.body.refresh_token, undefined);
    const id = decode(t.body.id_token);
    assert.deepEqual([id.nonce, id.aud, id.sub], ['stored', ids.thirdParty, ids.user]);
    assert.ok((await silent(browser, { client_id: ids.thirdParty, scope: 'openid email' })).get('code'), 'remembered');
    for (const scope of ['openid email profile', 'openid email offline_access', 'openid email phone']) assert.equal((await silent(browser, { client_id: ids.thirdParty, scope })).get('error'), 'consent_required', scope);
  });

  test('OA-22: an answer that is neither yes nor no, and one that comes twice, allow nothing', async () => {
    const browser = await signedIn({}, eve);
    const consent = await signInPage(browser, { client_id: ids.thirdParty, scope: 'openid email' });
    await quiet(c, async () => {
      for (const fields of [{}, { answer: '' }, { answer: 'ALLOW' }, { answer: 'yes' }, { answer: 'allow\0' }, { answer: '1' }]) {
        const answer = await answerPage(browser, consent, fields);
        assert.ok(!/[?&#]code=/.test(answer.location ?? ''), JSON.stringify(fields));
        if (answer.status === 303) assert.equal(sentBack(answer).get('error'), 'access_denied');
      }
      const doubled = new URLSearchParams({ ...Browser.hidden(consent), answer: 'deny' });
      doubled.append('answer', 'allow');
      const twice = await browser.open('/signin', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: doubled.toString() });
      assert.ok(!/[?&#]code=/.test(twice.location ?? ''));
    });
  });

  test('OA-22, C-07: no is access_denied, with state and iss, and is not remembered as yes', async () => {
    const browser = await signedIn({}, eve);
    const consent = await signInPage(browser, { client_id: ids.thirdParty, scope: 'openid' });
    const params = sentBack(await answerPage(browser, consent, { answer: 'deny' }));
    assert.deepEqual([params.get('error'), params.get('state'), params.get('iss'), params.get('code')], ['access_denied', 'st', c.url, null]);
    assert.equal((await silent(browser, { client_id: ids.thirdParty, scope: 'openid' })).get('error'), 'consent_required');
  });

  test('OA-24: none never shows a page, login and max_age=0 ask for a factor, an expired hint is still a hint', async () => {
    const browser = await signedIn();
    const t = await tokensOf(c, browser);
    await quiet(c, async () => {
      for (const fields of [{ prompt: 'none' }, { prompt: 'none', max_age: '0' }, { prompt: 'none', scope: 'openid bad' }, { prompt: 'none', id_token_hint: 'x' }, { prompt: 'none', client_id: ids.thirdParty, scope: 'openid phone' }]) {
        assert.equal((await new Browser(c).open(authorizeUrl(fields))).status, 303, JSON.stringify(fields));
      }
      for (const fields of [{ prompt: 'login' }, { max_age: '0' }, { prompt: 'login consent' }]) {
        const page = await signInPage(browser, fields);
        assert.match(page.text, /type="?password/, JSON.stringify(fields));
        const skipped = await answerPage(browser, page, { password: '' });
        assert.equal(skipped.location, null, 'no factor, no code');
        const other = await answerPage(browser, page, { answer: 'allow', step: 'consent' });
        assert.equal(other.location, null, 'a step cannot be jumped');
      }
    });
    const other = await signedIn({}, eve);
    assert.equal((await silent(other, { id_token_hint: t.id_token })).get('error'), 'login_required');
    await quiet(c, async () => {
      const claims = decode(t.id_token);
      for (const hint of [forge({ alg: 'none' }, claims), forge({ alg: 'HS256', kid: header(t.id_token).kid }, claims, secret), t.access_token, `${t.id_token}x`]) {
        assert.equal((await silent(browser, { id_token_hint: hint })).get('error'), 'invalid_request');
      }
    });
    const page = await signInPage(other, { prompt: 'login', id_token_hint: t.id_token });
    const swapped = await answerPage(other, page, { loginId: eve.email, password: eve.password });
    assert.ok(!/[?&]code=/.test(swapped.location ?? ''), 'the application asked for another person');
  });

  test('OA-24: an expired id_token_hint works as a hint', async () => {
    const browser = new Browser(c);
    await answerPage(browser, await signInPage(browser), { loginId: person.email, password: person.password, rememberDevice: 'true' });
    const t = await tokensOf(c, browser);
    await c.shiftClock(3700000);
    assert.ok((await silent(browser, { id_token_hint: t.id_token })).get('code'));
  });

  test('OA-57: no cookie of before a sign-in is a session after it: 6 changes', async () => {
    const browser = new Browser(c);
    const page = await signInPage(browser);
    browser.cookies.set('cardea.sso.11111111', 'AaIA29RhcdmmS7iaO3KdzpYlS7RJ7nbdLvS61B8aiDLZx-PZijrj_G-vgQWZloj4');
    const pre = new Map(browser.cookies);
    await answerPage(browser, page, { loginId: person.email, password: person.password });
    const values = [sso(browser)[1]];
    assert.notEqual(values[0], pre.get('cardea.sso.11111111'), 'a planted id is replaced');
    assert.ok(![...pre.values()].includes(values[0]));
    const dead = async (value, why) => { const thief = new Browser(c); thief.cookies.set('cardea.sso.11111111', value); assert.equal((await silent(thief)).get('error'), 'login_required', why); };
    await dead(pre.get('cardea.sso.11111111'), 'planted');
    await dead(pre.get('cardea.browser'), 'the cookie of the page');
    await answerPage(browser, await signInPage(browser, { prompt: 'login' }), { password: person.password });
    values.push(sso(browser)[1]);
    await dead(values[0], 'signed in again');
    await answerPage(browser, await signInPage(browser, { prompt: 'login' }), { loginId: eve.email, password: eve.password });
    if (sso(browser)[1] !== values[1]) { values.push(sso(browser)[1]); await dead(values[1], 'another person signed in'); }
    const asked = await browser.open(`/oauth2/logout?client_id=${ids.app}`);
    const last = sso(browser)[1];
    await browser.post('/oauth2/logout/confirm', { ...Browser.hidden(asked), answer: 'yes' });
    assert.equal(sso(browser)[1], undefined, 'the cookie is taken back');
    await dead(last, 'signed out');
    assert.equal(new Set(values).size, values.length);
  });

  test('OA-84, V3.3: cookies are HttpOnly, SameSite, for the whole host, and Secure where the address is https', async () => {
    const browser = new Browser(c);
    const page = await signInPage(browser);
    const done = await answerPage(browser, page, { loginId: person.email, password: person.password });
    for (const line of [...page.headers.getSetCookie(), ...done.headers.getSetCookie()]) {
      assert.match(line, /; HttpOnly/i);
      assert.match(line, /; SameSite=(Lax|Strict)/i);
      assert.match(line, /; Path=\//i);
      assert.ok(!/; Domain=/i.test(line));
    }
  });

  test('OA-58, V10.6.2: a forced logout needs a good hint or a yes; bad requests end nothing and go nowhere', async () => {
    const browser = await signedIn();
    const t = await tokensOf(c, browser);
    const claims = decode(t.id_token);
    const hints = [['none', forge({ alg: 'none' }, claims)], ['HS256', forge({ alg: 'HS256', kid: header(t.id_token).kid }, claims, secret)], ['other key', `${t.id_token.slice(0, -8)}AAAAAAAA`], ['access token', t.access_token], ['refresh token', t.refresh_token], ['text', 'x'], ['empty parts', '..']];
    await quiet(c, async () => {
      for (const [name, hint] of hints) staysHere(await browser.open(`/oauth2/logout?${new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: 'https://client.example/bye' })}`), name);
      for (const uri of ['https://evil.example/', 'https://client.example/bye/', 'https://client.example/bye?x', 'https://client.example/bye#x', 'https://client.example/BYE', 'https://client.example', '//client.example/bye', '/bye', 'javascript:alert(1)', 'https://client.example@evil.example/bye', 'https://client.example/bye\\@evil', 'http://client.example/bye', `${redirect}x`, 'https://client.example/bye\r\nX: y', '\thttps://client.example/bye']) {
        staysHere(await browser.open(`/oauth2/logout?${new URLSearchParams({ id_token_hint: t.id_token, post_logout_redirect_uri: uri })}`), uri);
        staysHere(await browser.open(`/oauth2/logout?${new URLSearchParams({ client_id: ids.app, post_logout_redirect_uri: uri })}`), uri);
        staysHere(await browser.post('/oauth2/logout', { client_id: ids.app, post_logout_redirect_uri: uri }), uri);
      }
      staysHere(await browser.open('/oauth2/logout'), 'no hint asks', [200]);
      staysHere(await browser.open('/oauth2/logout?post_logout_redirect_uri=https://client.example/bye'), 'no client for the address', [200, 400]);
      staysHere(await browser.open(`/oauth2/logout?client_id=${ids.app}&client_id=${ids.app}`), 'doubled');
    });
    assert.ok((await silent(browser)).get('code'), 'still signed in');
    const eves = await signedIn({}, eve);
    await eves.open(`/oauth2/logout?${new URLSearchParams({ id_token_hint: t.id_token, post_logout_redirect_uri: 'https://client.example/bye' })}`);
    assert.ok((await silent(eves)).get('code'), 'a hint about Ada does not sign Eve out');
  });

  test('OA-58, V7.4.1: after a logout the session is dead, whoever kept its cookie, and its tokens with it', async () => {
    const browser = await signedIn();
    const t = await tokensOf(c, browser);
    const [name, value] = sso(browser);
    const left = await browser.open(`/oauth2/logout?${new URLSearchParams({ id_token_hint: t.id_token, post_logout_redirect_uri: 'https://client.example/bye', state: '\r\nX: y&z' })}`);
    const params = sentBack(left, 'https://client.example/bye');
    assert.deepEqual([...params], [['state', '\r\nX: y&z']]);
    const thief = new Browser(c);
    thief.cookies.set(name, value);
    assert.equal((await silent(thief)).get('error'), 'login_required');
  });

  test('OA-58: the confirmation of one browser signs nobody else out', async () => {
    const mine = await signedIn({}, eve);
    const asked = await mine.open(`/oauth2/logout?client_id=${ids.app}`);
    const theirs = await signedIn();
    await theirs.post('/oauth2/logout/confirm', { ...Browser.hidden(asked), answer: 'yes' });
    assert.ok((await silent(theirs)).get('code'));
  });

  test('OA-51: wrong passwords lock for a while, not for ever, and not the person who is signed in', async () => {
    const victim = await signedIn();
    for (let i = 0; i < 8; i++) { const b = new Browser(c); await answerPage(b, await signInPage(b), { loginId: person.email, password: `wrong ${i}` }); }
    assert.ok((await silent(victim)).get('code'), 'a session outlives the lock');
    const b = new Browser(c);
    assert.equal((await answerPage(b, await signInPage(b), { loginId: person.email, password: person.password })).status, 200, 'locked');
    await c.shiftClock(600000);
    const later = new Browser(c);
    assert.equal((await answerPage(later, await signInPage(later), { loginId: person.email, password: person.password })).status, 303, 'and open again');
  });

  test('V6.2.8, V6.2.9: passwords are taken exactly as typed, long ones to their last byte', async () => {
    const long = `${'long passphrase '.repeat(8)}end`;
    const set = await c.api('POST', '/api/user/registration', { user: { email: 'long@example.com', password: long }, registration: { applicationId: ids.app } });
    assert.equal(set.status, 200, set.text);
    for (const password of [`${long.slice(0, -1)}D`, long.slice(0, -1), `${long} `, ` ${long}`, long.toUpperCase()]) {
      const b = new Browser(c);
      assert.equal((await answerPage(b, await signInPage(b), { loginId: 'long@example.com', password })).location, null, password);
      await c.shiftClock(240000);
    }
    const b = new Browser(c);
    assert.equal((await answerPage(b, await signInPage(b), { loginId: 'long@example.com', password: long })).status, 303);
  });

  test('V6.2.6, V6.2.7: password fields are what password managers expect', async () => {
    const page = await signInPage(new Browser(c));
    assert.match(page.text, /<input[^>]*name="password"[^>]*type="password"[^>]*autocomplete="current-password"/);
    assert.ok(!/autocomplete="off"|onpaste/.test(page.text));
    const register = await new Browser(c).open(authorizeUrl({}).replace('/authorize', '/register'));
    assert.match(register.text, /autocomplete="new-password"/);
  });
});
