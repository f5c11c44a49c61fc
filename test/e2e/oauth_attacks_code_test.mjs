// SPDX-License-Identifier: Apache-2.0
// Attacks on codes and refresh tokens: replayed, raced, swapped, guessed, outlived (RFC 6749 s4.1.3 s10.5, RFC 9700 s2.2 s4.14, invariants 1 and 9).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, authorizeUrl, basic, decode, ids, pkce, redirect, secret, signIn } from './harness.mjs';
import { codeFor, introspect, quiet, redeem, refresh, refused, sentBack, tokensOf, userinfo } from './attacks.mjs';

// Bits a character carries when n samples are compared position by position: a counter, a clock or a constant shows.
const bitsAt = (samples, at) => {
  const seen = new Map();
  for (const s of samples) seen.set(s[at], (seen.get(s[at]) ?? 0) + 1);
  return -[...seen.values()].reduce((sum, n) => sum + (n / samples.length) * Math.log2(n / samples.length), 0);
};
const entropy = (samples) => Array.from({ length: Math.min(...samples.map((s) => s.length)) }, (_, at) => bitsAt(samples, at)).reduce((a, b) => a + b, 0);

describe('codes and refresh tokens', () => {
  let c;
  let browser;
  before(async () => {
    c = await Cardea.start();
    browser = new Browser(c);
    await signIn(browser);
  });
  after(() => c.end());

  test('OA-17, V10.4.2: 100 redemptions of one code at once, four rounds: exactly one succeeds and its tokens die', async () => {
    for (let round = 0; round < 4; round++) {
      const { code, verifier } = await codeFor(browser);
      const answers = await Promise.all(Array.from({ length: 100 }, () => redeem(c, code, verifier)));
      const good = answers.filter((a) => a.status === 200);
      assert.equal(good.length, 1, `round ${round}: ${good.length} succeeded`);
      for (const a of answers.filter((x) => x.status !== 200)) refused(a, 'invalid_grant');
      const [{ body }] = good;
      assert.deepEqual(await introspect(c, body.access_token), { active: false });
      assert.equal((await userinfo(c, body.access_token)).status, 401);
      refused(await refresh(c, body.refresh_token), 'invalid_grant');
    }
  });

  test('OA-17: a code used again later ends every token that came of it, refreshed ones too, and no other grant', async () => {
    const other = await tokensOf(c, browser);
    const t = await tokensOf(c, browser);
    const next = (await refresh(c, t.refresh_token)).body;
    const last = (await refresh(c, next.refresh_token)).body;
    refused(await redeem(c, t.code, t.verifier), 'invalid_grant');
    for (const token of [t.access_token, next.access_token, last.access_token]) assert.deepEqual(await introspect(c, token), { active: false });
    refused(await refresh(c, last.refresh_token), 'invalid_grant');
    assert.equal((await introspect(c, other.access_token)).active, true);
    assert.equal((await refresh(c, other.refresh_token)).status, 200);
  });

  test('OA-17: a code used again after its life and after its row could be swept is still invalid_grant', async () => {
    const t = await tokensOf(c, browser);
    await c.shiftClock(61000);
    refused(await redeem(c, t.code, t.verifier), 'invalid_grant');
  });

  test('OA-18, V10.4.3: a code lives at most a minute, whoever asks and whatever the setting of the session', async () => {
    const early = await codeFor(browser);
    await c.shiftClock(25000);
    assert.equal((await redeem(c, early.code, early.verifier)).status, 200);
    const late = await codeFor(browser);
    await c.shiftClock(61000);
    await quiet(c, async () => refused(await redeem(c, late.code, late.verifier), 'invalid_grant'));
  });

  test('OA-19: the code is bound to client, address and verifier; a wrong client burns nothing', async () => {
    const { code, verifier } = await codeFor(browser);
    await quiet(c, async () => {
      refused(await redeem(c, code, verifier, {}, basic(ids.thirdParty)), 'invalid_grant', 400, 'another confidential client');
      refused(await redeem(c, code, verifier, { client_id: ids.publicApp }, null), 'invalid_grant', 400, 'a public client');
      refused(await redeem(c, code, verifier, {}, basic(ids.app, 'wrong')), 'invalid_client', 401, 'a wrong secret');
      refused(await redeem(c, code, verifier, {}, null), 'invalid_client', 401, 'nobody');
    });
    assert.equal((await redeem(c, code, verifier)).status, 200, 'the victim\'s code still works');
    for (const uri of [`${redirect}/`, 'https://client.example/', 'http://127.0.0.1/native', '', undefined, `${redirect}?x`, redirect.toUpperCase()]) {
      const fresh = await codeFor(browser);
      const answer = await redeem(c, fresh.code, fresh.verifier, { redirect_uri: uri });
      assert.ok(['invalid_grant', 'invalid_request'].includes(answer.body.error), `${uri}: ${answer.text}`);
    }
  });

  test('OA-19: a wrong verifier gets one guess', async () => {
    const { code, verifier } = await codeFor(browser);
    refused(await redeem(c, code, pkce().verifier), 'invalid_grant');
    refused(await redeem(c, code, verifier), 'invalid_grant', 400, 'the code is burnt');
  });

  test('OA-19: a code is no credential anywhere else, and nothing else is a code', async () => {
    const t = await tokensOf(c, browser);
    const { code, verifier } = await codeFor(browser);
    await quiet(c, async () => {
      assert.equal((await userinfo(c, code)).status, 401);
      refused(await refresh(c, code), 'invalid_grant');
      assert.deepEqual(await introspect(c, code), { active: false });
      for (const wrong of [t.refresh_token, t.access_token, t.id_token, code.slice(0, -1), `${code}A`, code.toLowerCase(), `${code}=`, ` ${code}`, 'x', 'A'.repeat(64), '', '\u0130', 'a'.repeat(9000)]) {
        const answer = await redeem(c, wrong, verifier);
        assert.ok(['invalid_grant', 'invalid_request'].includes(answer.body.error), `${wrong.slice(0, 40)}: ${answer.text}`);
      }
    });
    assert.equal((await redeem(c, code, verifier)).status, 200);
  });

  test('OA-51, OA-53: 180 guesses at codes and tokens write nothing and hit nothing', async () => {
    const { code } = await codeFor(browser);
    await quiet(c, async () => {
      for (let i = 0; i < 60; i++) {
        const flipped = Buffer.from(code, 'base64url');
        flipped[i % flipped.length] ^= 1 << (i % 8);
        const guess = flipped.toString('base64url');
        refused(await redeem(c, guess, pkce().verifier), 'invalid_grant');
        refused(await refresh(c, guess), 'invalid_grant');
        assert.deepEqual(await introspect(c, guess), { active: false });
      }
    });
  });

  test('OA-34, V10.4.5: parallel refreshes of one token never leave two live leaves', async () => {
    for (let round = 0; round < 3; round++) {
      const t = await tokensOf(c, browser);
      const answers = await Promise.all(Array.from({ length: 64 }, () => refresh(c, t.refresh_token)));
      const leaves = [...new Set(answers.filter((a) => a.status === 200).map((a) => a.body.refresh_token))];
      assert.equal(leaves.length, 1);
      await c.shiftClock(15000);
      refused(await refresh(c, t.refresh_token), 'invalid_grant', 400, 'spent, and the grace is over');
      refused(await refresh(c, leaves[0]), 'invalid_grant', 400, 'invariant 9: the family has ended');
    }
  });

  test('OA-34: a public application\'s refresh token rotates, and its reuse ends the family', async () => {
    const t = await tokensOf(c, browser, { client_id: ids.publicApp });
    const as = (token) => refresh(c, token, { client_id: ids.publicApp }, null);
    const next = await as(t.refresh_token);
    assert.equal(next.status, 200, next.text);
    assert.notEqual(next.body.refresh_token, t.refresh_token);
    await c.shiftClock(15000);
    refused(await as(t.refresh_token), 'invalid_grant');
    refused(await as(next.body.refresh_token), 'invalid_grant');
  });

  test('OA-34, OA-94: a refresh raced by another client, with a wrong secret or with none leaves the family alone', async () => {
    const t = await tokensOf(c, browser);
    await quiet(c, async () => {
      await Promise.all(Array.from({ length: 20 }, async () => {
        refused(await refresh(c, t.refresh_token, {}, basic(ids.thirdParty)), 'invalid_grant');
        refused(await refresh(c, t.refresh_token, { client_id: ids.publicApp }, null), 'invalid_grant');
        refused(await refresh(c, t.refresh_token, {}, basic(ids.app, 'wrong')), 'invalid_client');
      }));
    });
    assert.equal((await refresh(c, t.refresh_token)).status, 200);
  });

  test('OA-35: the scope never widens, not by a shrunken detour and not by a bad value', async () => {
    const t = await tokensOf(c, browser, { scope: 'openid offline_access' });
    for (const scope of ['openid email', 'openid phone', 'orders:read', '*', 'openid offline_access profile', 'OPENID']) refused(await refresh(c, t.refresh_token, { scope }), 'invalid_scope');
    const next = await refresh(c, t.refresh_token);
    assert.equal(next.body.scope, 'openid offline_access');
    assert.equal(decode(next.body.access_token).scope, 'openid offline_access');
  });

  test('OA-35, V10.4.8: rotation does not move the end of a family', async () => {
    let { refresh_token: token } = await tokensOf(c, browser);
    for (let day = 0; day < 29; day += 7) {
      const next = await refresh(c, token);
      assert.equal(next.status, 200, `day ${day}`);
      token = next.body.refresh_token;
      await c.shiftClock(7 * 86400000);
    }
    refused(await refresh(c, token), 'invalid_grant', 400, 'the 35th day of 30');
    browser = new Browser(c);
    await signIn(browser);
  });

  test('C-05, V7.2.3, V11.5.1: 128 bits or more, by count, in codes, tokens, secrets, sessions and request ids', async () => {
    const samples = { code: [], access: [], refresh: [], jti: [], journey: [], browser: [], secret: [] };
    for (let i = 0; i < 40; i++) {
      const { code, verifier } = await codeFor(browser);
      const { body } = await redeem(c, code, verifier);
      samples.code.push(code);
      samples.access.push(body.access_token.split('.')[2]);
      samples.refresh.push(body.refresh_token);
      samples.jti.push(decode(body.access_token).jti);
      const stranger = new Browser(c);
      samples.journey.push(Browser.hidden(await stranger.open(authorizeUrl({}))).state.slice(0, 80));
      samples.browser.push([...stranger.cookies.values()][0]);
    }
    for (let i = 0; i < 24; i++) samples.secret.push((await c.api('POST', '/api/application', { application: { name: `Entropy ${i}` } })).body.application.oauthConfiguration.clientSecret);
    for (const [name, values] of Object.entries(samples)) {
      assert.equal(new Set(values).size, values.length, `${name}: a value came twice`);
      if (name !== 'jti') assert.ok(entropy(values) >= 96, `${name}: ${entropy(values).toFixed(0)} bits measured`);
      if (['code', 'refresh', 'secret'].includes(name)) assert.ok(values.every((v) => v.length * 6 >= 256), `${name}: ${values[0].length} characters`);
      if (name === 'browser') assert.ok(values.every((v) => v.length * 6 >= 128), name);
    }
    for (const name of ['code', 'refresh']) {
      assert.ok(entropy(samples[name].map((v) => v.slice(-32))) >= 96, `${name}: its tail is not random`);
    }
  });

  test('C-03: a token answer has what RFC 6749 s5.1 asks, and nothing is cached', async () => {
    const { code, verifier } = await codeFor(browser);
    const answers = [await redeem(c, code, verifier), await c.form('/oauth2/token', { grant_type: 'client_credentials', client_id: ids.app, client_secret: secret })];
    answers.push(await refresh(c, answers[0].body.refresh_token));
    for (const a of answers) {
      assert.equal(a.status, 200);
      assert.match(a.headers.get('content-type'), /^application\/json/);
      assert.match(a.headers.get('cache-control'), /no-store/);
      assert.equal(a.body.token_type.toLowerCase(), 'bearer');
      assert.ok(Number.isInteger(a.body.expires_in) && a.body.expires_in > 0);
      assert.equal(a.headers.getSetCookie().length, 0);
    }
  });

  test('C-07: the error of each fault', async () => {
    const token = (fields, auth = basic(ids.app)) => c.form('/oauth2/token', fields, auth ? { authorization: auth } : {});
    await quiet(c, async () => {
      refused(await token({ grant_type: 'authorization_code', code: 'x', redirect_uri: redirect }), 'invalid_grant');
      refused(await token({ grant_type: 'authorization_code', redirect_uri: redirect }), 'invalid_request');
      refused(await token({ grant_type: 'nonsense' }), 'unsupported_grant_type');
      refused(await token({ grant_type: 'authorization_code' }, null), 'invalid_client');
      const unknown = await token({ grant_type: 'client_credentials' }, basic('99999999-9999-4999-8999-999999999999'));
      refused(unknown, 'invalid_client');
      assert.match(unknown.headers.get('www-authenticate'), /^Basic /, 'RFC 6749 s5.2');
      assert.equal(sentBack(await new Browser(c).open(authorizeUrl({ prompt: 'none' }))).get('error'), 'login_required');
    });
  });
});
