// SPDX-License-Identifier: Apache-2.0
// Attacks that succeed today.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, authorizeUrl, basic, decode, ids, person, redirect, secret, signIn } from './harness.mjs';
import { codeFor, introspect, quiet, redeem, refresh, refused, sentBack, staysHere, tokensOf, userinfo } from './attacks.mjs';

describe('open', () => {
  let c;
  let browser;
  before(async () => {
    c = await Cardea.start();
    browser = new Browser(c);
    await signIn(browser);
  });
  after(() => c.end());

  for (const port of ['', '0', '00', '080']) {
    test(`OA-02: http://127.0.0.1:${port}/native is no loopback address with a port`, async () => {
      staysHere(await browser.open(authorizeUrl({ client_id: ids.publicApp, redirect_uri: `http://127.0.0.1:${port}/native`, prompt: 'none', code_challenge: 'A'.repeat(43), code_challenge_method: 'S256' })), port);
    });
  }

  for (const query of ['code', 'a=1&code', '%63ode=1', 'co%64e=1', 'id_token', 'error_description=1', 'error_uri=x', 'session_state=1']) {
    test(`OA-05: https://x.example/cb?${query} is refused`, async () => {
      const answer = await c.api('POST', '/api/application', { application: { name: 'Polluted', oauthConfiguration: { authorizedRedirectURLs: [`https://x.example/cb?${query}`] } } });
      assert.equal(answer.status, 400, answer.text.slice(0, 200));
    });
  }

  test('C-02: a nonce that is too long does not lose the state', async () => {
    assert.equal(sentBack(await browser.open(authorizeUrl({ nonce: 'x'.repeat(3000) }))).get('state'), 'st');
  });

  test('OA-29: an access token without the email scope does not carry the address', async () => {
    const t = await tokensOf(c, browser, { scope: 'openid' });
    assert.equal(decode(t.access_token).email, undefined);
  });

  test('OA-37: a token is active only for the application it was made for', async () => {
    const t = await tokensOf(c, browser);
    assert.deepEqual(await introspect(c, t.access_token, basic(ids.thirdParty)), { active: false });
  });

  for (const fields of [{}, { grant_type: '' }, { grant_type: 'refresh_token' }, { grant_type: 'refresh_token', refresh_token: '' }]) {
    test(`C-07: ${JSON.stringify(fields)} misses a parameter: invalid_request`, async () => {
      refused(await c.form('/oauth2/token', fields, { authorization: basic(ids.app) }), 'invalid_request');
    });
  }

  test('OA-40: Basic and an assertion at once', async () => {
    refused(await c.form('/oauth2/token', { grant_type: 'client_credentials', client_assertion: 'x.y.z', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }, { authorization: basic(ids.app) }), 'invalid_request');
  });
  for (const authorization of ['Basicx', 'Basic', 'Bearer x', 'Secret x']) {
    test(`OA-40, RFC 6749 s5.2: 401 after "Authorization: ${authorization}" has a challenge`, async () => {
      const answer = await c.form('/oauth2/token', { grant_type: 'client_credentials' }, { authorization });
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic /);
    });
  }
  test('OA-50: a preflight from an origin that no application registered', async () => {
    const answer = await c.fetch('/oauth2/token', { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } });
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
  });
});
