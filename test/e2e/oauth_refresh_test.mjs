// SPDX-License-Identifier: Apache-2.0
// Rotation, grace for a lost answer, and the end of a family on reuse (RFC 6749 s6, RFC 9700 s4.14.2; invariants 1 and 9).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, apiKey, authorizeUrl, basic, decode, ids, person, redirect, tokensFor } from './harness.mjs';

describe('refresh tokens', () => {
  let c;
  const refresh = (token, more = {}, auth = basic(ids.app)) => c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: token, ...more }, auth ? { authorization: auth } : {});
  const active = async (token) => (await c.form('/oauth2/introspect', { token }, { authorization: basic(ids.app) })).body.active;
  before(async () => { c = await Cardea.start(); });
  after(() => c.end());

  test('offline_access decides whether there is one', async () => {
    assert.equal((await tokensFor(c, { scope: 'openid' })).refresh_token, undefined);
    assert.ok((await tokensFor(c)).refresh_token);
  });

  test('OA-34: a retry within the grace time gets the same successor, never a second branch', async () => {
    const t = await tokensFor(c);
    const one = await refresh(t.refresh_token);
    const two = await refresh(t.refresh_token);
    assert.equal(one.status, 200);
    assert.equal(two.body.refresh_token, one.body.refresh_token);
    assert.equal((await refresh(one.body.refresh_token)).status, 200);
  });

  test('OA-34: 64 refreshes of one token at once leave one live leaf, round after round', async () => {
    let { refresh_token: current } = await tokensFor(c);
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(Array.from({ length: 64 }, () => refresh(current)));
      const next = new Set(answers.filter((a) => a.status === 200).map((a) => a.body.refresh_token));
      assert.equal(next.size, 1, `round ${round}: ${answers.map((a) => a.status)}`);
      [current] = next;
    }
  });

  test('OA-34, invariant 9: reuse after the grace time ends the family and its access tokens', async () => {
    const t = await tokensFor(c);
    const next = (await refresh(t.refresh_token)).body;
    assert.equal(await active(next.access_token), true);
    await c.shiftClock(11000);
    assert.equal((await refresh(t.refresh_token)).body.error, 'invalid_grant');
    assert.equal((await refresh(next.refresh_token)).body.error, 'invalid_grant');
    assert.equal(await active(next.access_token), false);
    assert.equal(await active(t.access_token), false);
  });

  test('OA-34: a token two steps old is reuse even within the grace time', async () => {
    const t = await tokensFor(c);
    const second = (await refresh(t.refresh_token)).body.refresh_token;
    const third = (await refresh(second)).body.refresh_token;
    assert.equal((await refresh(t.refresh_token)).body.error, 'invalid_grant');
    assert.equal((await refresh(third)).body.error, 'invalid_grant');
  });

  test('OA-35: the scope may shrink, never widen', async () => {
    const t = await tokensFor(c);
    const less = await refresh(t.refresh_token, { scope: 'openid' });
    assert.equal(less.body.scope, 'openid');
    assert.equal((await refresh(less.body.refresh_token, { scope: 'openid phone' })).body.error, 'invalid_scope');
    const full = await refresh(less.body.refresh_token);
    assert.equal(full.body.scope, 'openid email profile offline_access');
  });

  test('rfc8707: what a token is for is asked for at the start, may shrink, and stays with the grant', async () => {
    const [a, b, other] = ['https://api.example/a', 'https://api.example/b?x=1', 'https://api.example/other'];
    const list = async (authorizedResourceUris) => {
      const { application } = (await c.api('GET', `/api/application/${ids.app}`)).body;
      const done = await c.api('PUT', `/api/application/${ids.app}`, { application: { ...application, roles: undefined, scopes: undefined, oauthConfiguration: { ...application.oauthConfiguration, authorizedResourceUris } } });
      return [done.status, done.text];
    };
    const aud = (t) => decode(t.access_token).aud;
    const begin = async (resources) => {
      const browser = new Browser(c);
      const page = await browser.open(`${authorizeUrl({})}${resources.map((r) => `&resource=${encodeURIComponent(r)}`).join('')}`);
      if (page.status !== 200) return { error: new URL(page.location).searchParams.get('error') };
      const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: person.email, password: person.password });
      return { code: new URL(done.location).searchParams.get('code') };
    };
    const post = async (fields) => {
      const answer = await c.fetch('/oauth2/token', { method: 'POST', headers: { authorization: basic(ids.app), 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(fields).toString() });
      return answer.json();
    };
    const redeem = (code, resources = []) => post([['grant_type', 'authorization_code'], ['code', code], ['redirect_uri', redirect], ...resources.map((r) => ['resource', r])]);
    const renew = (token, resources = []) => post([['grant_type', 'refresh_token'], ['refresh_token', token], ...resources.map((r) => ['resource', r])]);

    assert.equal(aud(await redeem((await begin([a])).code)), ids.app); // no list: it means nothing
    assert.match((await list([`${a}#part`])).join(), /400.*\[invalid\]application\.oauthConfiguration\.authorizedResourceUris/);
    assert.equal((await list([a, b]))[0], 200);
    for (const bad of [[other], [a, other], ['not a uri'], [`${a}#x`], [`${a}/`], Array(21).fill(a)]) assert.equal((await begin(bad)).error, 'invalid_target', String(bad));

    const both = await redeem((await begin([a, b, a])).code);
    assert.deepEqual(aud(both), [ids.app, a, b]);
    assert.equal(decode(both.id_token).aud, ids.app);
    assert.equal((await c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${both.access_token}` } })).status, 200);
    assert.deepEqual((await c.form('/oauth2/introspect', { token: both.access_token }, { authorization: basic(ids.app) })).body.aud, [ids.app, a, b]);
    const less = await renew(both.refresh_token, [a]);
    assert.deepEqual(aud(less), [ids.app, a]);
    const full = await renew(less.refresh_token); // RFC 8707 s2.2: the refresh token has all that was granted
    assert.deepEqual(aud(full), [ids.app, a, b]);
    const { refreshToken } = (await c.api('GET', `/api/jwt/refresh/${full.refresh_token_id}`)).body;
    assert.deepEqual(refreshToken.metaData.resources, [a, b]);

    const narrow = (await begin([a])).code;
    assert.equal((await redeem(narrow, [b])).error, 'invalid_target');
    const one = await redeem(narrow, [a]);
    assert.deepEqual(aud(one), [ids.app, a]);
    assert.equal((await renew(one.refresh_token, [b])).error, 'invalid_target');
    const none = await redeem((await begin([])).code);
    assert.equal(aud(none), ids.app);
    assert.equal((await renew(none.refresh_token, [a])).error, 'invalid_target');

    const long = [a, other].map((uri) => uri.padEnd(2048, 'x')); // what is asked for is granted or refused, never left out
    assert.equal((await list([a, b, ...long]))[0], 200);
    assert.deepEqual(aud(await redeem((await begin([long[0]])).code)), [ids.app, long[0]]);
    for (const many of [long, [a, long[0]], [long[0], a]]) assert.equal((await begin(many)).error, 'invalid_target');
    assert.equal((await renew(full.refresh_token, [long[0]])).error, 'invalid_target');

    assert.equal((await list([b]))[0], 200);
    assert.deepEqual(aud(await renew(full.refresh_token)), [ids.app, b]); // not listed any more
    assert.equal((await list([]))[0], 200);
  });

  test('OA-94: another client\'s refresh token is refused and its family lives on', async () => {
    const t = await tokensFor(c);
    assert.equal((await refresh(t.refresh_token, {}, basic(ids.thirdParty))).body.error, 'invalid_grant');
    assert.equal((await refresh(t.refresh_token)).status, 200);
  });

  test('OA-53: made-up tokens are refused and write nothing', async () => {
    const t = await tokensFor(c);
    const before = await c.counts();
    for (const bad of ['x', 'A'.repeat(70), t.refresh_token.slice(0, -4) + 'AAAA', 'a'.repeat(5000), t.access_token]) {
      assert.equal((await refresh(bad)).body.error, 'invalid_grant');
    }
    assert.deepEqual(await c.counts(), before);
    assert.equal((await refresh(t.refresh_token)).status, 200, 'a wrong guess does not end the family');
  });

  test('OA-63: a deactivated account, a deleted registration\'s grants, a revoked grant count at once', async () => {
    const t = await tokensFor(c);
    assert.equal((await c.api('DELETE', `/api/user/${ids.user}`)).status, 200);
    assert.equal((await refresh(t.refresh_token)).body.error, 'invalid_grant');
    assert.equal(await active(t.access_token), false);
    assert.equal((await c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${t.access_token}` } })).status, 401);
    assert.equal((await c.api('PUT', `/api/user/${ids.user}?reactivate=true`)).status, 200);
    const again = await tokensFor(c);
    assert.equal(again.status, 200);
  });

  test('OA-35: a changed password ends the person\'s grants', async () => {
    const t = await tokensFor(c);
    const changed = await c.api('PATCH', `/api/user/${ids.user}`, { user: { password: 'another horse battery' } });
    assert.equal(changed.status, 200, changed.text);
    assert.equal((await refresh(t.refresh_token)).body.error, 'invalid_grant');
    assert.equal((await c.api('PATCH', `/api/user/${ids.user}`, { user: { password: person.password } })).status, 200);
  });

  test('rfc7009: revoking either token ends both; unknown and foreign ones are 200 and left alone', async () => {
    const t = await tokensFor(c);
    const revoke = (token, auth = basic(ids.app)) => c.form('/oauth2/revoke', { token }, { authorization: auth });
    assert.equal((await revoke('nonsense')).status, 200);
    assert.equal((await revoke(t.refresh_token, basic(ids.thirdParty))).status, 200);
    assert.equal(await active(t.access_token), true);
    assert.equal((await revoke(t.access_token)).status, 200);
    assert.equal(await active(t.access_token), false);
    assert.equal((await refresh(t.refresh_token)).body.error, 'invalid_grant');
    assert.equal((await revoke(t.refresh_token, basic(ids.app, 'wrong'))).status, 401);
  });

  test('a refresh token has an end of its own', async () => {
    const t = await tokensFor(c);
    await c.shiftClock(43201 * 60000);
    assert.equal((await refresh(t.refresh_token)).body.error, 'invalid_grant');
  });
});
