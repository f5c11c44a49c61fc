// SPDX-License-Identifier: Apache-2.0
// FusionAuth's hosted backend, driven as its browser SDKs do it: the code flow on our side, tokens in cookies.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, apiKey, basic, decode, ids, kickstart, person, secret, tokensFor } from './harness.mjs';
import { raw, rawHead } from './attacks.mjs';
import { clientOf, good } from './client.mjs';

const spa = randomUUID();
const home = 'http://localhost:5173/';
const origin = 'http://localhost:5173';
const away = 'https://app.example.com/';
const known = 'https://known.example.com';
const TOKENS = ['app.at', 'app.rt', 'app.idt', 'app.at_exp'];
let c, client;

const query = (fields) => new URLSearchParams(fields).toString();
const local = (url) => { const u = new URL(url, c.url); return u.pathname + u.search; };
const setCookies = (answer) => Object.fromEntries(answer.headers.getSetCookie().map((line) => [line.slice(0, line.indexOf('=')), line]));

// As an SDK: to /app/login, through the pages, to the callback; gives the callback's answer.
const enter = async (browser, fields = {}, path = '/app/login/', who = person) => {
  const start = await browser.open(`${path}?${query({ client_id: spa, redirect_uri: home, ...fields })}`);
  assert.equal(start.status, 303, start.text);
  const page = await browser.open(local(start.location));
  if (page.status === 303) return { start, page, callback: await browser.open(local(page.location)), at: local(page.location) };
  const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: who.email, password: who.password });
  assert.equal(done.status, 303, done.text);
  return { start, page, callback: await browser.open(local(done.location)), at: local(done.location) };
};
const me = (browser, headers = {}) => browser.open('/app/me/', { headers: { accept: '*/*', ...headers } });
const refresh = (browser, headers = {}, id = spa) => browser.open(`/app/refresh/?${query({ client_id: id })}`, { method: 'POST', headers: { accept: '*/*', 'content-type': 'text/plain', ...headers } });

before(async () => {
  c = await Cardea.start({ kickstart: {
    ...kickstart,
    requests: [...kickstart.requests, { method: 'POST', url: `/api/application/${spa}`, body: { application: {
      name: 'Single page',
      oauthConfiguration: {
        authorizedRedirectURLs: [away, home, `${home}two`], authorizedOriginURLs: [origin], logoutURL: `${home}bye`, clientSecret: secret,
        enabledGrants: ['authorization_code', 'refresh_token'], generateRefreshTokens: true, proofKeyForCodeExchangePolicy: 'Required',
      },
      registrationConfiguration: { enabled: true, loginIdType: 'email' },
    } } }],
  } });
  client = clientOf(c, apiKey);
});
after(() => c.end());

describe('the hosted backend', () => {
  test('signs in, says who, refreshes and signs out as an SDK asks for it', async () => {
    const browser = new Browser(c);
    const { start, callback, at } = await enter(browser, { state: 'own state', scope: 'openid offline_access email' });
    const asked = new URL(start.location);
    assert.equal(asked.pathname, '/oauth2/authorize');
    assert.equal(asked.searchParams.get('redirect_uri'), `${c.url}/app/callback`);
    assert.equal(asked.searchParams.get('code_challenge_method'), 'S256');
    assert.equal(callback.status, 303, callback.text);
    assert.equal(callback.location, `${home}?state=own%20state`);
    const set = setCookies(callback);
    for (const name of TOKENS) assert.match(set[name], /; Path=\/; Max-Age=\d+; (HttpOnly; )?SameSite=Lax$/);
    assert.deepEqual(TOKENS.map((name) => /HttpOnly/.test(set[name])), [true, true, false, false]);
    assert.equal(decode(browser.cookies.get('app.at')).sub, ids.user);
    assert.equal(decode(browser.cookies.get('app.idt')).aud, spa);
    assert.equal(Number(browser.cookies.get('app.at_exp')), decode(browser.cookies.get('app.at')).exp);

    const who = await me(browser, { origin });
    assert.equal(who.status, 200, who.text);
    assert.equal(JSON.parse(who.text).email, person.email);
    assert.equal(who.headers.get('access-control-allow-origin'), origin);
    assert.equal(who.headers.get('access-control-allow-credentials'), 'true');

    const before = browser.cookies.get('app.rt');
    const renewed = await refresh(browser, { origin });
    assert.equal(renewed.status, 200, renewed.text);
    assert.notEqual(browser.cookies.get('app.rt'), before);
    assert.equal(renewed.headers.get('access-control-allow-origin'), origin);

    const last = browser.cookies.get('app.rt');
    const left = await browser.open(`/app/logout/?${query({ client_id: spa, post_logout_redirect_uri: home })}`, { headers: { 'sec-fetch-site': 'same-site' } });
    assert.equal(left.status, 303, left.text);
    assert.equal(left.location, home);
    for (const name of TOKENS) assert.equal(browser.cookies.has(name), false);
    browser.cookies.set('app.rt', last);
    assert.equal((await refresh(browser)).status, 400);
    assert.equal((await me(browser)).status, 401);
    for (const secret of [before, last, asked.searchParams.get('state'), new URL(at, c.url).searchParams.get('code')]) assert.ok(!c.log.includes(secret), 'nothing of it is in the log');
    const again = await browser.open(`/app/login/${spa}?${query({ redirect_uri: home, prompt: 'none' })}`);
    const refused = await browser.open(local((await browser.open(local(again.location))).location));
    assert.equal(new URL(refused.location).searchParams.get('error'), 'login_required');
  });

  test('takes the client in the path, the first address, and no scopes but those asked for', async () => {
    const browser = new Browser(c);
    const start = await browser.open(`/app/login/${spa}`);
    assert.equal(new URL(start.location).searchParams.get('scope'), 'openid offline_access');
    const { callback } = await enter(browser, { scope: 'email' }, `/app/login/${spa}`);
    assert.deepEqual(Object.keys(setCookies(callback)).filter((n) => n.startsWith('app.')).sort(), ['app.at', 'app.at_exp']);
    assert.equal(callback.location, home);
    assert.equal((await browser.open(`/app/login/${spa}?client_id=${ids.app}`)).status, 400);
    assert.equal((await browser.open('/app/login/')).status, 400);
  });

  test('registers, where the application lets people register', async () => {
    const start = await new Browser(c).open(`/app/register/${spa}?${query({ redirect_uri: home })}`);
    assert.equal(new URL(start.location).pathname, '/oauth2/register');
    await good(client.patchApplication(spa, { application: { registrationConfiguration: { enabled: false } } }));
    const closed = await new Browser(c).open(`/app/register/${spa}`);
    assert.equal(new URL(closed.location).pathname, '/oauth2/authorize');
    await good(client.patchApplication(spa, { application: { registrationConfiguration: { enabled: true } } }));
  });

  test('lets the page of the sign-in lead where the sign-in ends, for browsers that watch redirects of forms', async () => {
    const browser = new Browser(c);
    const start = await browser.open(`/app/login/${spa}`);
    const page = await browser.open(local(start.location));
    assert.match(page.headers.get('content-security-policy'), /form-action 'self' http:\/\/localhost:5173/);
  });

  test('asks the system configuration which other origins may call', async () => {
    const browser = new Browser(c);
    await enter(browser);
    const refused = await me(browser, { origin: known });
    assert.equal(refused.status, 403);
    assert.doesNotMatch(refused.text, /ada@|sub/);
    assert.equal((await refresh(browser, { origin: known })).status, 403);
    const cors = { enabled: true, allowCredentials: true, allowedMethods: ['GET', 'POST'], allowedHeaders: [], exposedHeaders: [], allowedOrigins: [known], preflightMaxAgeInSeconds: 0 };
    await good(client.patchSystemConfiguration({ systemConfiguration: { corsConfiguration: cors } }));
    const answer = await me(browser, { origin: known });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('access-control-allow-origin'), known);
    assert.equal((await refresh(browser, { origin: known })).status, 200);
    await good(client.patchSystemConfiguration({ systemConfiguration: { corsConfiguration: { ...cors, allowCredentials: false } } }));
    assert.equal((await me(browser, { origin: known })).status, 403);
    const nobody = await me(new Browser(c), { origin: known });
    assert.equal(nobody.headers.get('access-control-allow-origin'), null);
  });
});

describe('attacks on it', () => {
  test('only a registered address is gone to, at either end', async () => {
    const browser = new Browser(c);
    assert.equal((await browser.open(`/app/login/${spa}?${query({ redirect_uri: away })}`)).status, 400, 'registered, but on another domain');
    for (const to of ['https://evil.example/', `${home}x`, 'http://localhost.evil.example/', `${c.url}/app/callback`]) {
      assert.equal((await browser.open(`/app/login/${spa}?${query({ redirect_uri: to })}`)).status, 400, to);
      assert.equal((await browser.open(`/app/logout/${spa}?${query({ redirect_uri: to })}`)).status, 400, to);
    }
    const start = await browser.open(`/app/login/${spa}`);
    await good(client.patchApplication(spa, { application: { oauthConfiguration: { authorizedURLValidationPolicy: 'ExactMatch' } } }));
    await good(client.updateApplication(spa, { application: { ...(await good(client.retrieveApplication(spa))).application, oauthConfiguration: { ...(await good(client.retrieveApplication(spa))).application.oauthConfiguration, authorizedRedirectURLs: [`${home}two`] } } }));
    const page = await browser.open(local(start.location));
    const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: person.email, password: person.password });
    const callback = await browser.open(local(done.location));
    assert.equal(callback.status, 400); // taken away meanwhile
    assert.equal(browser.cookies.has('app.at'), false);
    await good(client.updateApplication(spa, { application: { ...(await good(client.retrieveApplication(spa))).application, oauthConfiguration: { ...(await good(client.retrieveApplication(spa))).application.oauthConfiguration, authorizedRedirectURLs: [home] } } }));
  });

  test('a code that was sent to another browser, or with another state, sets no cookie', async () => {
    const victim = new Browser(c);
    const thief = new Browser(c);
    const start = await thief.open(`/app/login/${spa}`);
    const page = await thief.open(local(start.location));
    const done = await thief.post('/signin', { ...Browser.hidden(page), loginId: person.email, password: person.password });
    await victim.open(`/app/login/${spa}`); // has a browser's name of its own
    const landed = await victim.open(local(done.location));
    assert.equal(landed.status, 400);
    assert.equal(victim.cookies.has('app.at'), false);
    const mine = new URL((await victim.open(`/app/login/${spa}`)).location).searchParams.get('state');
    const mixed = new URL(done.location);
    mixed.searchParams.set('state', mine);
    assert.equal((await victim.open(local(mixed.href))).status, 400); // the verifier is not this code's
    assert.equal(victim.cookies.has('app.at'), false);
    for (const state of ['', 'x', mine.slice(0, -2), `${mine}AA`]) {
      mixed.searchParams.set('state', state);
      assert.equal((await thief.open(local(mixed.href))).status, 400);
    }
  });

  test('a callback that comes twice gives nothing, and takes back what the first one gave', async () => {
    const browser = new Browser(c);
    const { at } = await enter(browser);
    assert.equal((await browser.open(at)).status, 400);
    assert.equal((await refresh(browser)).status, 400);
  });

  test('the state is good for as long as a sign-in may take', async () => {
    const browser = new Browser(c);
    const start = await browser.open(`/app/login/${spa}`);
    const state = new URL(start.location).searchParams.get('state');
    await c.shiftClock(31 * 60 * 1000);
    assert.equal((await browser.open(`/app/callback?${query({ error: 'access_denied', state })}`)).status, 400);
    await c.shiftClock(0);
  });

  test('another application\'s refresh token, none, or one of no sense is 400 and touches nothing', async () => {
    const browser = new Browser(c);
    await enter(browser);
    const own = browser.cookies.get('app.rt');
    assert.equal((await refresh(browser, {}, ids.app)).status, 400);
    assert.equal((await refresh(new Browser(c))).status, 400);
    assert.equal(browser.cookies.get('app.rt'), own);
    assert.equal((await refresh(browser)).status, 200);
    const odd = new Browser(c);
    odd.cookies.set('app.rt', 'x'.repeat(3000));
    assert.equal((await refresh(odd)).status, 400);
  });

  test('a refresh token that began elsewhere needs its client\'s proof, as everywhere', async () => {
    const { refresh_token: stolen } = await tokensFor(c);
    const browser = new Browser(c);
    await enter(browser);
    const mine = browser.cookies.get('app.rt');
    browser.cookies.set('app.rt', stolen);
    assert.equal((await refresh(browser, {}, ids.app)).status, 400);
    browser.cookies.set('app.rt', mine);
    const proof = browser.cookies.get('app.rt_proof');
    for (const value of [undefined, '', proof.slice(1), 'A'.repeat(43)]) {
      if (value === undefined) browser.cookies.delete('app.rt_proof'); else browser.cookies.set('app.rt_proof', value);
      assert.equal((await refresh(browser)).status, 400);
    }
    browser.cookies.set('app.rt_proof', proof);
    assert.equal((await refresh(browser)).status, 200);
    assert.equal((await c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: stolen }, { authorization: basic(ids.app) })).status, 200);
  });

  test('a link on another site signs nobody out, and is asked about', async () => {
    const browser = new Browser(c);
    await enter(browser);
    const page = await browser.open(`/app/logout/${spa}`, { headers: { 'sec-fetch-site': 'cross-site' } });
    assert.equal(page.status, 200);
    assert.ok(browser.cookies.has('app.at'));
    assert.equal((await refresh(browser)).status, 200);
  });

  test('who signs in where somebody else was leaves nothing of theirs: cookies are of one person', async () => {
    const other = { email: 'other@example.com', password: person.password };
    const { user } = await good(client.register(null, { user: other, registration: { applicationId: spa } }));
    const browser = new Browser(c);
    await enter(browser);
    for (const name of browser.cookies.keys()) if (name.includes('.sso.')) browser.cookies.delete(name);
    await enter(browser, { scope: 'email', prompt: 'login' }, '/app/login/', other); // no id token, no refresh token
    assert.equal(decode(browser.cookies.get('app.at')).sub, user.id);
    assert.deepEqual(['app.rt', 'app.rt_proof', 'app.idt'].filter((name) => browser.cookies.has(name)), []);
    assert.equal((await refresh(browser)).status, 400);
  });

  test('a token that is too long for a cookie signs nobody in, and no former one stays in its place', async () => {
    const many = { email: 'many@example.com', password: person.password };
    const roles = Array.from({ length: 30 }, (_, i) => `role ${i} ${'x'.repeat(150)}`);
    const { application } = await good(client.createApplication(null, { application: {
      name: 'Many roles', roles: roles.map((name) => ({ name })),
      oauthConfiguration: { authorizedRedirectURLs: [home], clientSecret: secret, enabledGrants: ['authorization_code', 'refresh_token'], generateRefreshTokens: true },
    } }));
    await good(client.register(null, { user: many, registration: { applicationId: application.id, roles } }));
    const browser = new Browser(c);
    await enter(browser);
    const before = browser.cookies.get('app.rt');
    for (const name of browser.cookies.keys()) if (name.includes('.sso.')) browser.cookies.delete(name);
    const { callback } = await enter(browser, { client_id: application.id, prompt: 'login' }, '/app/login/', many);
    assert.equal(callback.status, 400, callback.text);
    assert.equal(callback.location, null);
    assert.deepEqual([browser.cookies.get('app.rt'), decode(browser.cookies.get('app.at')).sub, decode(browser.cookies.get('app.idt')).sub], [before, ids.user, ids.user]);
  });

  test('of callbacks at once one signs in; a sign-out ends what was refreshed beside it', async () => {
    const jar = (cookies) => ({ cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') });
    const given = (answer) => ({ cookie: answer.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ') });
    const browser = new Browser(c);
    const start = await browser.open(`/app/login/${spa}`);
    const done = await browser.post('/signin', { ...Browser.hidden(await browser.open(local(start.location))), loginId: person.email, password: person.password });
    const landed = await Promise.all(Array.from({ length: 5 }, () => c.fetch(local(done.location), { headers: jar(browser.cookies) })));
    assert.deepEqual(landed.map((a) => [a.status, a.headers.getSetCookie().length > 0]).sort(), [[303, true], ...Array(4).fill([400, false])]);

    const other = new Browser(c);
    await enter(other);
    const renew = (headers) => c.fetch(`/app/refresh/${spa}`, { method: 'POST', headers });
    const [left, ...renewed] = await Promise.all([c.fetch(`/app/logout/${spa}`, { headers: jar(other.cookies) }), ...Array.from({ length: 4 }, () => renew(jar(other.cookies)))]);
    assert.equal(left.status, 303);
    for (const answer of renewed.filter((a) => a.status === 200)) {
      assert.equal((await renew(given(answer))).status, 400);
      assert.equal((await c.fetch('/app/me', { headers: given(answer) })).status, 401);
    }
  });

  test('names and addresses of somebody else in the request lead nowhere', async () => {
    const answer = await raw(c, `GET /app/login/${spa} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\nConnection: close\r\n\r\n`);
    assert.doesNotMatch(rawHead(answer), /evil/);
    const browser = new Browser(c);
    const at = (u) => [`/app/login/${spa}`, `/app/logout/${spa}`].map((path) => `${path}?${query({ redirect_uri: u })}`);
    for (const to of ['//evil.example', '\\\\evil.example', 'javascript:alert(1)', `${home}%0d%0aSet-Cookie:a=b`, home.replace('://', '://user@'), `${home}#x`, home.replace('localhost', 'localhost.')]) {
      for (const path of at(to)) assert.equal((await browser.open(path)).status, 400, path);
    }
    assert.equal((await browser.open(`/app/login/${spa}?${query({ redirect_uri: home })}&redirect_uri=https://evil.example`)).status, 400);
    const state = new URL((await browser.open(`/app/login/${spa}?${query({ state: 'a&code=evil#x' })}`)).location).searchParams.get('state');
    const back = await browser.open(`/app/callback?${query({ error: 'x&y=1#f\r\nSet-Cookie: a=b', error_description: '<script>', state })}`);
    const params = [...new URL(back.location).searchParams.keys()];
    assert.deepEqual([params, new URL(back.location).hash, browser.cookies.has('a')], [['error', 'error_description', 'state'], '', false]);
  });

  test('administrators get no token this way; long states are refused before anything happens', async () => {
    const admin = '3c219e58-ed0e-4b18-ad48-f4f92793ae32';
    assert.equal((await new Browser(c).open(`/app/login/${admin}`)).status, 400);
    assert.equal((await new Browser(c).open(`/app/login/${spa}?${query({ state: 'x'.repeat(1500) })}`)).status, 400);
    assert.equal((await new Browser(c).open(`/app/login/${spa}?${query({ state: 'x'.repeat(3000) })}`)).status, 400);
    assert.equal((await new Browser(c).open(`/app/login/${spa}?${query({ state: 'x'.repeat(900) })}`)).status, 303);
  });
});
