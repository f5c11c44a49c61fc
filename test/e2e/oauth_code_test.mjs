// SPDX-License-Identifier: Apache-2.0
// The main job: a person signs in on the hosted page, an application gets tokens, reads who it is, refreshes, signs out.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as oidc from 'openid-client';
import { Browser, Cardea, authorizeUrl, basic, decode, header, ids, person, pkce, redirect, secret, signIn, tokensFor } from './harness.mjs';

describe('authorization code', () => {
  let c;
  before(async () => { c = await Cardea.start(); });
  after(() => c.end());

  test('the kept discovery document follows its tenant at once', async () => {
    const at = `/${ids.tenant}/.well-known/openid-configuration`;
    const issuer = async () => (await (await c.fetch(at)).json()).issuer;
    const made = await issuer();
    assert.equal((await c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { issuer: 'https://other.example' } })).status, 200);
    assert.equal(await issuer(), 'https://other.example');
    assert.equal((await c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { issuer: null } })).status, 200);
    assert.equal(await issuer(), made);
  });

  test('oidcc-server: openid-client discovers, signs in with PKCE, reads userinfo, refreshes, revokes, signs out', async () => {
    const config = await oidc.discovery(new URL(c.url), ids.app, secret, undefined, { execute: [oidc.allowInsecureRequests] });
    const verifier = oidc.randomPKCECodeVerifier();
    const state = oidc.randomState();
    const nonce = oidc.randomNonce();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirect, scope: 'openid profile email offline_access', state, nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    });
    const browser = new Browser(c);
    const page = await browser.open(url.pathname + url.search);
    assert.equal(page.status, 200);
    const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: person.email, password: person.password });
    assert.equal(done.status, 303, done.text);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(done.location), { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
    assert.equal(tokens.claims().sub, ids.user);
    assert.equal(tokens.token_type.toLowerCase(), 'bearer');
    const info = await oidc.fetchUserInfo(config, tokens.access_token, ids.user);
    assert.equal(info.email, person.email);
    assert.equal(info.given_name, 'Ada');
    const again = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(again.refresh_token, tokens.refresh_token);
    assert.equal(again.claims().sub, ids.user);
    const seen = await oidc.tokenIntrospection(config, again.access_token);
    assert.equal(seen.active, true);
    await oidc.tokenRevocation(config, again.refresh_token);
    await assert.rejects(oidc.refreshTokenGrant(config, again.refresh_token), (e) => e.error === 'invalid_grant');
    assert.deepEqual((await c.form('/oauth2/introspect', { token: again.access_token }, { authorization: basic(ids.app) })).body, { active: false });
    const out = oidc.buildEndSessionUrl(config, { id_token_hint: again.id_token ?? tokens.id_token, post_logout_redirect_uri: 'https://client.example/bye', state: 'x' });
    const left = await browser.open(out.pathname + out.search);
    assert.equal(left.status, 303, left.text);
    assert.equal(left.location, 'https://client.example/bye?state=x');
    const after = await browser.open(authorizeUrl({ prompt: 'none' }));
    assert.equal(new URL(after.location).searchParams.get('error'), 'login_required');
  });

  test('rfc9068_2: the access token is an at+jwt with FusionAuth\'s claims; C-04: the id token is bound to the request', async () => {
    const t = await tokensFor(c, { nonce: 'n-1' });
    assert.equal(t.status, 200);
    const access = decode(t.access_token);
    assert.equal(header(t.access_token).typ, 'at+jwt');
    assert.equal(header(t.access_token).alg, 'ES256');
    assert.equal(access.iss, c.url);
    assert.equal(access.sub, ids.user);
    assert.equal(access.aud, ids.app);
    assert.equal(access.client_id, ids.app);
    assert.equal(access.tid, ids.tenant);
    assert.equal(access.applicationId, ids.app);
    assert.deepEqual(access.roles, ['member']);
    assert.equal(access.authenticationType, 'PASSWORD');
    assert.equal(access.exp - access.iat, 3600);
    const id = decode(t.id_token);
    assert.equal(id.nonce, 'n-1');
    assert.ok(id.at_hash && id.auth_time <= id.iat);
    assert.equal(t.userId, ids.user);
    assert.equal(t.expires_in, 3600);
  });

  test('C-03: the token answer is JSON and never cached', async () => {
    const { verifier, challenge } = pkce();
    const back = await signIn(new Browser(c), { code_challenge: challenge, code_challenge_method: 'S256' });
    const answer = await c.form('/oauth2/token', { grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: redirect, code_verifier: verifier }, { authorization: basic(ids.app) });
    assert.match(answer.headers.get('content-type'), /^application\/json/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  });

  test('oidcc-server-client-secret-post and a nonce that is optional', async () => {
    const t = await tokensFor(c, {}, { client_id: ids.app, client_secret: secret });
    assert.equal(t.status, 200);
    assert.equal(decode(t.id_token).nonce, undefined);
  });

  test('a public application uses PKCE and no secret', async () => {
    const t = await tokensFor(c, { client_id: ids.publicApp }, { client_id: ids.publicApp });
    assert.equal(t.status, 200);
    assert.equal(decode(t.access_token).aud, ids.publicApp);
  });

  test('client credentials: a confidential application speaks for itself, with its own scopes only', async () => {
    const ok = await c.form('/oauth2/token', { grant_type: 'client_credentials', scope: 'orders:read' }, { authorization: basic(ids.app) });
    assert.equal(ok.status, 200);
    assert.equal(decode(ok.body.access_token).sub, ids.app);
    assert.equal(ok.body.refresh_token, undefined);
    const bad = await c.form('/oauth2/token', { grant_type: 'client_credentials', scope: 'openid' }, { authorization: basic(ids.app) });
    assert.equal(bad.body.error, 'invalid_scope');
    const no = await c.form('/oauth2/token', { grant_type: 'client_credentials', client_id: ids.publicApp });
    assert.equal(no.body.error, 'unauthorized_client');
  });

  test('response modes: query, fragment, form_post', async () => {
    const fragment = await signIn(new Browser(c), { response_mode: 'fragment' });
    assert.equal(fragment.search, '');
    assert.ok(new URLSearchParams(fragment.hash.slice(1)).get('code'));
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl({ response_mode: 'form_post', state: '"><script>alert(1)</script>' }));
    const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: person.email, password: person.password });
    assert.equal(done.status, 200);
    assert.match(done.text, /action="https:\/\/client\.example\/callback"/);
    assert.ok(!done.text.includes('<script>alert'), 'OA-11: values are escaped');
    const fields = Browser.hidden(done);
    assert.ok(fields.code && fields.iss === c.url);
    assert.equal(fields.state, '"><script>alert(1)</script>');
  });

  test('rfc9207: iss is in every answer, good and bad, and exact', async () => {
    const good = await signIn(new Browser(c));
    assert.equal(good.searchParams.get('iss'), c.url);
    const bad = await new Browser(c).open(authorizeUrl({ prompt: 'none' }));
    assert.equal(new URL(bad.location).searchParams.get('iss'), c.url);
    assert.equal(new URL(bad.location).searchParams.get('state'), 'st');
  });

  test('oidcc-prompt-none-logged-in, prompt-login, max-age: a live session answers silently, and asks again when told to', async () => {
    const browser = new Browser(c);
    const first = await tokensFor(c, {}, {}, browser);
    const silent = await tokensFor(c, { prompt: 'none' }, {}, browser);
    assert.equal(decode(silent.id_token).auth_time, decode(first.id_token).auth_time);
    const old = await browser.open(authorizeUrl({ max_age: '10000' }));
    assert.equal(old.status, 303);
    await c.shiftClock(2000);
    const aged = await browser.open(authorizeUrl({ max_age: '1' }));
    assert.equal(aged.status, 200);
    assert.match(aged.text, /type="?password/);
    const again = await browser.open(authorizeUrl({ prompt: 'login' }));
    assert.equal(again.status, 200);
    const done = await browser.post('/signin', { ...Browser.hidden(again), password: person.password });
    assert.equal(done.status, 303, done.text);
    const none = await browser.open(authorizeUrl({ prompt: 'none', max_age: '0' }));
    assert.equal(new URL(none.location).searchParams.get('error'), 'login_required');
  });

  test('oidcc parameters that must not fail: display, acr_values, claims, claims_locales, unknown ones; POST works like GET', async () => {
    const url = authorizeUrl({ display: 'popup', acr_values: '1 2', claims: '{"userinfo":{"name":{"essential":true}}}', claims_locales: 'en', ui_locales: 'ar en', login_hint: 'ada@example.com', extra: 'x' });
    const page = await new Browser(c).open(url);
    assert.equal(page.status, 200);
    assert.match(page.text, /lang="ar"/);
    assert.match(page.text, /ada@example\.com/);
    const posted = await new Browser(c).post('/oauth2/authorize', Object.fromEntries(new URL(url, c.url).searchParams));
    assert.equal(posted.status, 200);
  });

  test('userinfo: header, POSTed header and form; scopes decide the claims; C-06: 401 with a challenge', async () => {
    const t = await tokensFor(c, { scope: 'openid email' });
    const get = await c.fetch('/oauth2/userinfo', { headers: { authorization: `bearer ${t.access_token}` } });
    const info = await get.json();
    assert.equal(info.sub, ids.user);
    assert.equal(info.email, person.email);
    assert.equal(info.given_name, undefined);
    const post = await c.form('/oauth2/userinfo', { access_token: t.access_token });
    assert.equal(post.status, 200);
    const none = await c.fetch('/oauth2/userinfo');
    assert.equal(none.status, 401);
    assert.match(none.headers.get('www-authenticate'), /^Bearer/);
    const bad = await c.fetch('/oauth2/userinfo', { headers: { authorization: 'Bearer nonsense' } });
    assert.equal(bad.status, 401);
    assert.match(bad.headers.get('www-authenticate'), /error="invalid_token"/);
    const inQuery = await c.fetch(`/oauth2/userinfo?access_token=${t.access_token}`);
    assert.equal(inQuery.status, 401, 'OA-10: a bearer token in a query is refused');
  });

  test('metadata: C-01, per tenant, FusionAuth\'s path, RFC 8414; OA-49: never from the Host header', async () => {
    const get = async (path, headers = {}) => (await c.fetch(path, { headers })).json();
    const own = await get('/.well-known/openid-configuration', { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' });
    assert.equal(own.issuer, c.url);
    assert.ok(own.code_challenge_methods_supported.includes('S256') && own.authorization_response_iss_parameter_supported);
    assert.equal((await get(`/.well-known/openid-configuration/${ids.tenant}`)).issuer, c.url);
    assert.equal((await get('/.well-known/oauth-authorization-server')).issuer, c.url);
    const made = await c.api('POST', '/api/tenant', { tenant: { name: 'Other' } });
    assert.equal(made.status, 200, made.text);
    const other = made.body.tenant.id;
    const theirs = await get(`/${other}/.well-known/openid-configuration`);
    assert.equal(theirs.issuer, `${c.url}/${other}`);
    assert.equal(theirs.token_endpoint, `${c.url}/${other}/oauth2/token`);
    const keys = await get(new URL(theirs.jwks_uri).pathname);
    const ours = await get('/.well-known/jwks.json');
    assert.equal(keys.keys.length, 1);
    assert.notEqual(keys.keys[0].kid, ours.keys[0].kid);
    for (const key of [...keys.keys, ...ours.keys]) {
      assert.equal(key.d, undefined);
      assert.equal(key.k, undefined);
    }
    assert.equal((await c.fetch('/99999999-9999-4999-8999-999999999999/.well-known/openid-configuration')).status, 404);
  });

  test('OA-18: a code lives 30 seconds', async () => {
    const early = pkce();
    const first = await signIn(new Browser(c), { code_challenge: early.challenge, code_challenge_method: 'S256' });
    await c.shiftClock(29000);
    const redeem = (back, verifier) => c.form('/oauth2/token', { grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: redirect, code_verifier: verifier }, { authorization: basic(ids.app) });
    assert.equal((await redeem(first, early.verifier)).status, 200);
    const late = pkce();
    const second = await signIn(new Browser(c), { code_challenge: late.challenge, code_challenge_method: 'S256' });
    await c.shiftClock(31000);
    assert.equal((await redeem(second, late.verifier)).body.error, 'invalid_grant');
  });

  test('a native app drives the same journey by JSON', async () => {
    const browser = new Browser(c);
    const json = { accept: 'application/json' };
    const first = JSON.parse((await browser.open(authorizeUrl({}), { headers: json })).text);
    assert.equal(first.step, 'signin');
    const send = (body) => browser.open('/signin', { method: 'POST', headers: { ...json, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const wrong = await send({ step: 'signin', state: first.state, loginId: person.email, password: 'wrong' });
    assert.equal(wrong.status, 400);
    const retry = JSON.parse(wrong.text);
    assert.equal(retry.error, 'error.signin');
    const right = JSON.parse((await send({ step: 'signin', state: retry.state, loginId: person.email, password: person.password })).text);
    assert.equal(right.step, 'done');
    assert.ok(right.code && right.redirect.startsWith(redirect));
  });
});
