// SPDX-License-Identifier: Apache-2.0
// Attacks on who a client says it is and on what a token is taken for (RFC 6749 s2.3, RFC 6750, RFC 7009, RFC 7662, RFC 9068, RFC 8725 s3).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, apiKey, authorizeUrl, basic, decode, header, ids, secret, signIn } from './harness.mjs';
import { codeFor, forge, introspect, quiet, raw, redeem, refresh, refused, tokensOf, userinfo } from './attacks.mjs';

const b64 = (text) => Buffer.from(text, 'latin1').toString('base64');

describe('clients and tokens', () => {
  let c;
  let browser;
  before(async () => {
    c = await Cardea.start();
    browser = new Browser(c);
    await signIn(browser);
  });
  after(() => c.end());

  const pair = `${ids.app}:${secret}`;
  const good = `Basic ${b64(pair)}`;
  const wrongHeaders = [
    ['no space', `Basic${b64(pair)}`], ['no value', 'Basic'], ['empty value', 'Basic '], ['empty pair', `Basic ${b64(':')}`], ['no colon', `Basic ${b64(ids.app)}`], ['empty secret', `Basic ${b64(`${ids.app}:`)}`],
    ['empty client', `Basic ${b64(`:${secret}`)}`], ['wrong secret', `Basic ${b64(`${ids.app}:x${secret.slice(1)}`)}`], ['secret cut', `Basic ${b64(pair.slice(0, -1))}`], ['secret longer', `Basic ${b64(`${pair}x`)}`],
    ['secret in upper case', `Basic ${b64(`${ids.app}:${secret.toUpperCase()}`)}`], ['a second colon', `Basic ${b64(`${ids.app}::${secret}`)}`], ['a colon after', `Basic ${b64(`${pair}:`)}`],
    ['newline after', `Basic ${b64(`${pair}\n`)}`], ['space after', `Basic ${b64(`${pair} `)}`], ['bad escape', `Basic ${b64(`${ids.app}:%zz`)}`], ['half an escape', `Basic ${b64(`${pair}%`)}`], ['escaped NUL', `Basic ${b64(`${pair}%00`)}`],
    ['not base64', `Basic ${pair}`], ['loose base64', `Basic ${b64(pair).slice(0, 8)} ${b64(pair).slice(8)}`], ['junk in base64', `Basic ${b64(pair).slice(0, 8)}!${b64(pair).slice(8)}`], ['no padding or wrong padding', `Basic ${b64(pair).replace(/=*$/, '===')}`],
    ['unknown client', `Basic ${b64(`99999999-9999-4999-8999-999999999999:${secret}`)}`], ['another client\'s id', `Basic ${b64(`${ids.tenant}:${secret}`)}`], ['client id by name', `Basic ${b64(`Confidential:${secret}`)}`],
    ['a public client with a secret that is not its way', `Basic ${b64(`${ids.publicApp}:wrong`)}`], ['a scheme of its own', `Secret ${b64(pair)}`], ['bearer', `Bearer ${b64(pair)}`], ['two in one', `${good}, ${good}`], ['not UTF-8', `Basic ${b64(`${ids.app}:\xff\xfe`)}`],
    ['very long', `Basic ${b64(`${ids.app}:${'x'.repeat(5000)}`)}`],
  ];

  test(`OA-40: ${wrongHeaders.length} wrong Authorization headers authenticate nobody at token, introspect and revoke`, async () => {
    assert.ok(wrongHeaders.length >= 25);
    const t = await tokensOf(c, browser);
    await quiet(c, async () => {
      for (const [name, authorization] of wrongHeaders) {
        for (const [path, fields] of [['/oauth2/token', { grant_type: 'client_credentials' }], ['/oauth2/introspect', { token: t.access_token }], ['/oauth2/revoke', { token: t.access_token }]]) {
          const answer = await c.form(path, fields, { authorization });
          assert.ok(['invalid_client', 'invalid_request'].includes(answer.body?.error), `${name} at ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
          refused(answer, answer.body.error);
          if (answer.status === 401 && /^basic \S/i.test(authorization)) assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic /, name);
        }
      }
    });
    assert.equal((await introspect(c, t.access_token)).active, true);
  });

  test('OA-40: strict, not deaf: the scheme in any case, an escaped secret, a secret with a colon', async () => {
    for (const authorization of [good, good.replace('Basic', 'basic'), good.replace('Basic', 'BASIC'), basic(ids.app), `Basic ${b64(`${ids.app}:${secret.replaceAll('-', '%2D')}`)}`]) {
      assert.equal((await c.form('/oauth2/token', { grant_type: 'client_credentials' }, { authorization })).status, 200, authorization);
    }
    const odd = 'with:colons+and spaces%and-more-of-these-characters';
    const made = await c.api('POST', '/api/application', { application: { name: 'Odd', oauthConfiguration: { clientSecret: odd, enabledGrants: ['client_credentials'] } } });
    assert.equal(made.status, 200, made.text);
    assert.equal((await c.form('/oauth2/token', { grant_type: 'client_credentials' }, { authorization: basic(made.body.application.id, odd) })).status, 200);
  });

  test('OA-40: two ways at once, or two clients at once, are refused', async () => {
    await quiet(c, async () => {
      for (const fields of [{ client_secret: secret }, { client_id: ids.app, client_secret: secret }, { client_id: ids.thirdParty, client_secret: secret }, { client_secret: '' }]) {
        const answer = await c.form('/oauth2/token', { grant_type: 'client_credentials', ...fields }, { authorization: good });
        assert.ok(['invalid_request', 'invalid_client'].includes(answer.body.error), `${JSON.stringify(fields)}: ${answer.text}`);
        refused(answer, answer.body.error);
      }
      const other = await c.form('/oauth2/token', { grant_type: 'client_credentials', client_id: ids.thirdParty }, { authorization: good });
      assert.ok(['invalid_request', 'invalid_client'].includes(other.body.error), other.text);
    });
    assert.equal((await c.form('/oauth2/token', { grant_type: 'client_credentials', client_id: ids.app }, { authorization: good })).status, 200, 'the same id twice is no contradiction');
  });

  test('OA-06, OA-56: a body that another reader would read otherwise is not read', async () => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: ids.app, client_secret: secret }).toString();
    const post = (headers, text = body) => raw(c, `POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}Content-Length: ${text.length}\r\n\r\n${text}`);
    const form = 'Content-Type: application/x-www-form-urlencoded\r\n';
    assert.match(await post(form), /^HTTP\/1\.1 200 /);
    for (const headers of [`${form}Content-Type: application/json\r\n`, `Content-Type: application/json\r\n${form}`, form + form, `${form}Content-Encoding: gzip\r\n`, `${form}Content-Encoding: br, gzip\r\n`,
      'Content-Type: application/x-www-form-urlencoded, application/json\r\n', 'Content-Type: multipart/form-data; boundary=x\r\n', 'Content-Type: application/json\r\n', 'Content-Type: text/plain\r\n', '']) {
      assert.match(await post(headers), /^HTTP\/1\.1 400 [^]*"invalid_request"/, headers);
    }
    for (const more of [`client_id=${ids.app}`, `client%5fid=${ids.publicApp}`, 'grant_type=password']) {
      assert.match(await post(form, `${body}&${more}`), /^HTTP\/1\.1 400 [^]*"invalid_request"/, more);
    }
  });

  test('OA-40: secrets in the body are judged as strictly', async () => {
    await quiet(c, async () => {
      for (const fields of [
        { client_id: ids.app }, { client_id: ids.app, client_secret: '' }, { client_id: ids.app, client_secret: 'x' }, { client_id: ids.app, client_secret: `${secret} ` }, { client_id: ids.app, client_secret: `${secret}x` },
        { client_secret: secret }, { client_id: '', client_secret: secret }, { client_id: `${ids.app}x`, client_secret: secret }, { client_id: ids.tenant, client_secret: secret }, { client_id: 'null', client_secret: 'null' },
        { client_assertion: forge({ alg: 'none' }, { iss: ids.app, sub: ids.app, aud: c.url, exp: 9999999999 }), client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' },
        { client_assertion: forge({ alg: 'HS256' }, { iss: ids.app, sub: ids.app, aud: c.url, exp: 9999999999, jti: 'x' }, secret), client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_id: ids.app },
      ]) refused(await c.form('/oauth2/token', { grant_type: 'client_credentials', ...fields }), 'invalid_client', 401, JSON.stringify(fields));
    });
  });

  test('OA-40, OA-61: a public application never speaks for itself, and its embedded secret adds nothing', async () => {
    await quiet(c, async () => {
      for (const [fields, headers] of [[{ client_id: ids.publicApp }, {}], [{}, { authorization: basic(ids.publicApp) }], [{ client_id: ids.publicApp, client_secret: secret }, {}]]) {
        const answer = await c.form('/oauth2/token', { grant_type: 'client_credentials', ...fields }, headers);
        assert.ok(['invalid_client', 'unauthorized_client'].includes(answer.body.error), answer.text);
      }
      const answer = await c.form('/oauth2/introspect', { token: 'x', client_id: ids.publicApp });
      refused(answer, 'invalid_client', 401);
    });
  });

  test('OA-40, V10.4.10: a confidential application without its secret gets nothing, with PKCE or not', async () => {
    const { code, verifier } = await codeFor(browser);
    const t = await tokensOf(c, browser);
    await quiet(c, async () => {
      refused(await redeem(c, code, verifier, { client_id: ids.app }, null), 'invalid_client');
      refused(await refresh(c, t.refresh_token, { client_id: ids.app }, null), 'invalid_client');
      refused(await c.form('/oauth2/revoke', { token: t.refresh_token, client_id: ids.app }), 'invalid_client');
      refused(await c.form('/oauth2/introspect', { token: t.access_token, client_id: ids.app }), 'invalid_client');
    });
  });

  test('OA-36: revocation: unknown 200, foreign untouched, a refresh token takes its access tokens along, hints are only hints', async () => {
    const t = await tokensOf(c, browser);
    const revoke = (fields, headers = { authorization: good }) => c.form('/oauth2/revoke', fields, headers);
    await quiet(c, async () => {
      for (const token of ['x', 'A'.repeat(70), t.id_token, `${t.access_token}x`, 'a.b.c', forge({ alg: 'none', typ: 'at+jwt' }, decode(t.access_token))]) assert.equal((await revoke({ token })).status, 200, token.slice(0, 20));
      assert.equal((await revoke({ token: t.refresh_token }, { authorization: basic(ids.thirdParty) })).status, 200);
      assert.equal((await revoke({ token: t.access_token, client_id: ids.publicApp }, {})).status, 200);
      refused(await revoke({}), 'invalid_request');
      refused(await revoke({ token: t.refresh_token }, {}), 'invalid_client');
    });
    assert.equal((await introspect(c, t.access_token)).active, true);
    const answer = await revoke({ token: t.refresh_token, token_type_hint: 'access_token' });
    assert.equal(answer.status, 200);
    assert.equal(answer.text, '');
    assert.deepEqual(await introspect(c, t.access_token), { active: false });
    assert.equal((await userinfo(c, t.access_token)).status, 401);
    refused(await refresh(c, t.refresh_token), 'invalid_grant');
  });

  test('OA-37: unknown, expired, malformed, forged and foreign-typed tokens all give exactly {"active":false}', async () => {
    const t = await tokensOf(c, browser);
    const [head, body, signature] = t.access_token.split('.');
    const claims = decode(t.access_token);
    const bad = [
      'x', '', 'A'.repeat(70), 'a.b.c', '..', `${head}.${body}.`, `${head}.${body}`, `.${body}.${signature}`, `${t.access_token}.`, `${t.access_token}=`, ` ${t.access_token}`, `${head}.${body}.${signature.slice(0, -4)}AAAA`, 'a'.repeat(10000),
      t.id_token, t.refresh_token.slice(0, -2), forge({ alg: 'none', typ: 'at+jwt' }, claims), forge({ alg: 'None', typ: 'at+jwt' }, claims), forge({ alg: 'HS256', typ: 'at+jwt', kid: header(t.access_token).kid }, claims, secret),
      forge({ alg: 'HS256', typ: 'at+jwt', kid: header(t.access_token).kid }, claims, JSON.stringify((await (await c.fetch('/.well-known/jwks.json')).json()).keys[0])),
      forge({ ...header(t.access_token), jwk: {}, jku: 'https://evil.example/' }, claims), `${head}.${Buffer.from(JSON.stringify({ ...claims, scope: 'openid admin' })).toString('base64url')}.${signature}`, `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`,
    ];
    await quiet(c, async () => {
      for (const token of bad.filter(Boolean)) {
        const answer = await c.form('/oauth2/introspect', { token }, { authorization: good });
        assert.equal(answer.status, 200, token.slice(0, 40));
        assert.equal(answer.text.trim(), '{"active":false}', token.slice(0, 60));
        assert.equal((await userinfo(c, encodeURIComponent(token))).status, 401);
      }
      refused(await c.form('/oauth2/introspect', { token: t.access_token }), 'invalid_client', 401);
      refused(await c.form('/oauth2/introspect', {}, { authorization: good }), 'invalid_request');
      assert.equal((await c.form('/oauth2/introspect', { token: t.access_token }, { authorization: `Bearer ${t.access_token}` })).status, 401, 'a token is no caller');
    });
    await c.shiftClock(3601000);
    assert.deepEqual(await introspect(c, t.access_token), { active: false });
    assert.equal((await userinfo(c, t.access_token)).status, 401);
    browser = new Browser(c);
    await signIn(browser);
  });

  test('OA-38, V9.2.2: each kind of token at every endpoint that is not its own', async () => {
    const t = await tokensOf(c, browser);
    const own = (await c.form('/oauth2/token', { grant_type: 'client_credentials' }, { authorization: good })).body.access_token;
    const { code, verifier } = await codeFor(browser);
    const stranger = new Browser(c);
    const { state } = Browser.hidden(await stranger.open(authorizeUrl({})));
    const session = browser.cookies.get([...browser.cookies.keys()].find((k) => k.includes('sso')));
    const kinds = { access: t.access_token, id: t.id_token, refresh: t.refresh_token, code, client: own, journey: state, browser: browser.cookies.get('cardea.browser'), session, apiKey, secret };
    const takes = {
      userinfo: ['access', async (v) => (await userinfo(c, v)).status === 200],
      userinfoBody: ['access', async (v) => (await c.form('/oauth2/userinfo', { access_token: v })).status === 200],
      refresh: ['refresh', async (v) => (await refresh(c, v)).status === 200],
      code: ['code', async (v) => (await redeem(c, v, verifier)).status === 200],
      hint: ['id', async (v) => !/invalid_request/.test((await browser.open(authorizeUrl({ prompt: 'none', id_token_hint: v }))).location)],
      logoutHint: ['id', async (v) => (await new Browser(c).open(`/oauth2/logout?id_token_hint=${encodeURIComponent(v)}`)).status !== 400],
      sessionCookie: ['session', async (v) => { const b = new Browser(c); b.cookies.set('cardea.sso.11111111', v); return /[?&]code=/.test((await b.open(authorizeUrl({ prompt: 'none' }))).location ?? ''); }],
      journey: ['journey', async (v) => (await stranger.post('/signin', { state: v, step: 'signin', loginId: 'x', password: 'y' })).status === 200],
      admin: ['apiKey', async (v) => (await c.api('GET', `/api/user/${ids.user}`, undefined, { authorization: v })).status === 200],
      adminBearer: [null, async (v) => (await c.api('GET', `/api/user/${ids.user}`, undefined, { authorization: `Bearer ${v}` })).status === 200],
      secretOf: ['secret', async (v) => (await c.form('/oauth2/token', { grant_type: 'client_credentials', client_id: ids.app, client_secret: v })).status === 200],
      introspect: [['access', 'client', 'refresh'], async (v) => (await introspect(c, v)).active],
    };
    for (const [place, [mine, works]] of Object.entries(takes)) {
      for (const [kind, value] of Object.entries(kinds)) {
        if ([mine].flat().includes(kind)) continue;
        if (place === 'adminBearer' && kind === 'apiKey') continue;
        assert.equal(await works(value), false, `a ${kind} was taken at ${place}`);
      }
    }
    for (const place of ['userinfo', 'hint', 'sessionCookie', 'admin', 'secretOf', 'journey', 'refresh']) assert.equal(await takes[place][1](kinds[takes[place][0]]), true, `${place} takes its own`);
  });

  test('OA-38: the types say what they are, and no two keys or audiences are shared by accident', async () => {
    const t = await tokensOf(c, browser);
    assert.equal(header(t.access_token).typ, 'at+jwt');
    assert.notEqual(header(t.id_token).typ, 'at+jwt');
    const foreign = await tokensOf(c, browser, { client_id: ids.publicApp });
    const hinted = await new Browser(c).open(`/oauth2/logout?id_token_hint=${foreign.id_token}&client_id=${ids.app}`);
    assert.equal(hinted.status, 400, 'RP-Initiated Logout s2: client_id and the hint\'s audience must agree');
  });

  const origin = 'https://client.example';
  test('OA-50: CORS, a table: metadata for all, tokens for registered origins only, pages never, credentials never', async () => {
    const cross = async (path, from, method = 'GET', body = undefined) => {
      const answer = await c.fetch(path, { method, headers: { origin: from, ...(body ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) }, body });
      return { status: answer.status, allow: answer.headers.get('access-control-allow-origin'), credentials: answer.headers.get('access-control-allow-credentials'), vary: answer.headers.get('vary') };
    };
    const { id } = (await c.api('POST', '/api/application', { application: { name: 'Browser app', oauthConfiguration: { clientAuthenticationPolicy: 'NotRequiredWhenUsingPKCE', authorizedRedirectURLs: ['https://spa.example/cb'], authorizedOriginURLs: ['https://spa.example'] } } })).body.application;
    for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/.well-known/jwks.json']) assert.equal((await cross(path, 'https://any.example')).allow, '*', path);
    const token = (from, client = id) => cross('/oauth2/token', from, 'POST', new URLSearchParams({ grant_type: 'authorization_code', code: 'x', redirect_uri: 'https://spa.example/cb', code_verifier: 'A'.repeat(43), client_id: client }).toString());
    assert.equal((await token('https://spa.example')).allow, 'https://spa.example');
    for (const from of ['null', 'https://evil.example', 'http://spa.example', 'https://spa.example:8443', 'https://spa.example.evil.example', 'https://evilspa.example', 'https://SPA.example', 'https://spa.example/', 'https://sub.spa.example', 'file://', '*', '']) {
      const answer = await token(from);
      assert.equal(answer.allow, null, `token from ${from}`);
      assert.equal(answer.credentials, null);
    }
    const vary = await token('https://spa.example');
    assert.match(vary.vary ?? '', /origin/i);
    assert.equal(vary.credentials, null);
    for (const [path, method] of [[authorizeUrl({}), 'GET'], ['/signin', 'POST'], ['/oauth2/logout', 'GET'], ['/oauth2/introspect', 'POST'], ['/api/user', 'GET'], ['/nowhere', 'GET'], ['/pages/x', 'GET']]) {
      for (const from of [origin, 'https://spa.example', 'null']) assert.equal((await cross(path, from, method, method === 'POST' ? 'a=b' : undefined)).allow, null, `${path} from ${from}`);
    }
  });

  test('OA-50: a preflight is cached, bounded, and promises nothing to strangers; it writes nothing', async () => {
    const ask = (path, from, method = 'POST', more = {}) => c.fetch(path, { method: 'OPTIONS', headers: { origin: from, 'access-control-request-method': method, ...more } });
    await quiet(c, async () => {
      const fine = await ask('/oauth2/token', origin);
      assert.equal(fine.status, 204);
      assert.ok(Number(fine.headers.get('access-control-max-age')) > 0 && Number(fine.headers.get('access-control-max-age')) <= 86400);
      assert.ok(!/\*/.test(fine.headers.get('access-control-allow-headers') ?? ''));
      assert.equal(fine.headers.get('access-control-allow-credentials'), null);
      for (const path of ['/oauth2/authorize', '/signin', '/oauth2/logout', '/api/user', '/oauth2/introspect']) assert.equal((await ask(path, origin)).headers.get('access-control-allow-origin'), null, path);
      for (const from of ['null']) assert.equal((await ask('/oauth2/token', from)).headers.get('access-control-allow-origin'), null, from);
    });
  });
});
