// SPDX-License-Identifier: Apache-2.0
// Attacks on the parameters of a request: doubled, foreign, downgraded, guessed (RFC 6749 s3.1, RFC 7636, RFC 9207, RFC 9700 s2.1).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, authorizeUrl, basic, decode, ids, person, pkce, redirect, secret, signIn } from './harness.mjs';
import { codeFor, introspect, quiet, rawPost, rawStatus, redeem, refused, sentBack, staysHere, tokensOf } from './attacks.mjs';

describe('requests', () => {
  let c;
  let browser;
  before(async () => {
    c = await Cardea.start();
    browser = new Browser(c);
    await signIn(browser);
  });
  after(() => c.end());

  const whole = {
    client_id: ids.app, response_type: 'code', redirect_uri: redirect, scope: 'openid', state: 'st', nonce: 'n', prompt: 'none', max_age: '100', response_mode: 'query',
    code_challenge: 'A'.repeat(43), code_challenge_method: 'S256', ui_locales: 'en', login_hint: 'x@example.com', acr_values: '1', display: 'page', id_token_hint: 'x', claims: '{}', // but resource, of which there may be several (RFC 8707 s2)
  };

  test('OA-06: every parameter doubled at the authorization endpoint is refused, by GET and by POST; a doubled client or address stays here', async () => {
    await quiet(c, async () => {
      for (const name of Object.keys(whole)) {
        const { id_token_hint: hint, ...rest } = whole;
        for (const again of [whole[name], 'other']) {
          const query = new URLSearchParams(name === 'id_token_hint' ? { ...rest, id_token_hint: hint } : rest);
          query.append(name, again);
          const posted = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: query.toString() };
          for (const answer of [await browser.open(`/oauth2/authorize?${query}`), await browser.open('/oauth2/authorize', posted)]) {
            if (answer.status === 303) assert.equal(sentBack(answer).get('error'), 'invalid_request', name);
            else staysHere(answer, name);
            if (name === 'client_id' || name === 'redirect_uri') assert.equal(answer.status, 400, name);
            assert.ok(!/[?&#]code=/.test(answer.location ?? ''), name);
          }
        }
      }
    });
  });

  test('OA-06: the query and the body of a POST are never mixed', async () => {
    await quiet(c, async () => {
      const { client_id: id, ...rest } = whole;
      delete rest.id_token_hint;
      const split = await browser.post(`/oauth2/authorize?client_id=${id}`, rest);
      staysHere(split, 'client_id in the query');
      const other = await browser.post(`/oauth2/authorize?${new URLSearchParams(rest)}`, {});
      staysHere(other, 'all in the query');
    });
  });

  test('OA-06: every parameter doubled at token, introspect and revoke is invalid_request, and the code lives on', async () => {
    const { code, verifier } = await codeFor(browser);
    const t = await tokensOf(c, browser);
    const bodies = [
      ['/oauth2/token', { grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifier, client_id: ids.app, client_secret: secret }],
      ['/oauth2/token', { grant_type: 'refresh_token', refresh_token: t.refresh_token, scope: 'openid', client_id: ids.app, client_secret: secret }],
      ['/oauth2/token', { grant_type: 'client_credentials', scope: 'orders:read', client_id: ids.app, client_secret: secret }],
      ['/oauth2/introspect', { token: t.access_token, token_type_hint: 'access_token', client_id: ids.app, client_secret: secret }],
      ['/oauth2/revoke', { token: t.access_token, token_type_hint: 'access_token', client_id: ids.app, client_secret: secret }],
    ];
    await quiet(c, async () => {
      for (const [path, body] of bodies) {
        for (const name of Object.keys(body)) {
          for (const value of [body[name], 'other', '']) {
            const form = new URLSearchParams(body);
            form.append(name, value);
            refused(await c.form(path, form), 'invalid_request', 400, `${path} ${name}=${value}`);
          }
        }
      }
      const bearer = new URLSearchParams([['access_token', t.access_token], ['access_token', t.access_token]]);
      assert.ok([400, 401].includes((await c.form('/oauth2/userinfo', bearer)).status));
    });
    assert.equal((await redeem(c, code, verifier)).status, 200);
    assert.equal((await introspect(c, t.access_token)).active, true);
  });

  test('OA-06: array-style names, semicolons, JSON and multipart bodies are no parameters', async () => {
    const { code, verifier } = await codeFor(browser);
    const fields = { grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifier };
    await quiet(c, async () => {
      for (const [name, suffix] of [['code', '[]'], ['code', '[0]'], ['grant_type', '[]'], ['redirect_uri', '.0']]) {
        const body = { ...fields, [`${name}${suffix}`]: fields[name] };
        delete body[name];
        assert.equal((await c.form('/oauth2/token', body, { authorization: basic(ids.app) })).status, 400);
      }
      const semicolons = await rawPost(c, '/oauth2/token', new URLSearchParams(fields).toString().replaceAll('&', ';'), `Authorization: ${basic(ids.app)}\r\n`);
      assert.equal(rawStatus(semicolons), 400);
      for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain', 'application/x-www-form-urlencoded-evil', '']) {
        const answer = await c.fetch('/oauth2/token', { method: 'POST', headers: { authorization: basic(ids.app), 'content-type': type }, body: type === 'application/json' ? JSON.stringify(fields) : new URLSearchParams(fields).toString() });
        assert.ok([400, 415].includes(answer.status), `${type}: ${answer.status}`);
      }
      const query = await c.form(`/oauth2/token?${new URLSearchParams(fields)}`, {}, { authorization: basic(ids.app) });
      assert.equal(query.body.error, 'invalid_request', 'RFC 6749 s3.2: parameters of a token request are in the body');
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD']) {
        assert.equal((await c.fetch(`/oauth2/token?${new URLSearchParams(fields)}`, { method, headers: { authorization: basic(ids.app) } })).status, 405, method);
      }
    });
    assert.equal((await redeem(c, code, verifier)).status, 200);
  });

  test('OA-10: no token is in any address, and no endpoint takes one from there', async () => {
    const seen = sentBack(await browser.open(authorizeUrl({ response_mode: 'query' })));
    assert.deepEqual([...seen.keys()].sort(), ['code', 'iss', 'state']);
    const t = await tokensOf(c, browser);
    await quiet(c, async () => {
      for (const path of ['/oauth2/userinfo', '/api/user', '/api/tenant', '/api/login']) {
        const answer = await c.fetch(`${path}?access_token=${t.access_token}&token=${t.access_token}&apiKey=x&authorization=x`);
        assert.ok([400, 401, 404, 405].includes(answer.status), `${path} ${answer.status}`);
      }
      for (const path of ['/oauth2/introspect', '/oauth2/revoke']) {
        refused(await c.form(`${path}?token=${t.access_token}`, {}, { authorization: basic(ids.app) }), 'invalid_request', 400, path);
        refused(await c.form(`${path}?client_id=${ids.app}&client_secret=${secret}`, { token: t.access_token }), 'invalid_client', 401, path);
      }
      const both = await c.form('/oauth2/userinfo', { access_token: t.access_token }, { authorization: `Bearer ${t.access_token}` });
      assert.equal(both.status, 400, 'RFC 6750 s2: one way at a time');
    });
    assert.equal((await introspect(c, t.access_token)).active, true);
  });

  test('OA-11: form_post escapes every value and its policy lets no script run but the one that sends the form', async () => {
    const corpus = ['"><script>alert(1)</script>', "' onmouseover='alert(1)", '</form><form action="https://evil.example">', '&quot;><img src=x onerror=alert(1)>', '<!--', ']]>', '\u2028</script>', '{{state}}', '${7*7}', '<svg/onload=alert(1)>', '\0"', 'javascript:alert(1)', '"><meta http-equiv=refresh content="0;url=https://evil.example">', 'é\u{1f600}'];
    for (const state of corpus) {
      const page = await browser.open(authorizeUrl({ response_mode: 'form_post', state }));
      if (state.includes('\0')) { staysHere(page, 'NUL in state'); continue; }
      assert.equal(page.status, 200);
      const fields = Browser.hidden(page);
      assert.equal(fields.state, state);
      assert.equal(fields.iss, c.url);
      assert.deepEqual(Object.keys(fields).sort(), ['code', 'iss', 'state']);
      assert.equal(page.text.match(/<form/g).length, 1);
      assert.match(page.text, /<form[^>]*action="https:\/\/client\.example\/callback"/);
      assert.match(page.text, /<(button|input[^>]*type="?submit)/, 'works without a script');
      assert.ok(!/<(img|svg|meta http-equiv|iframe)[^>]*(alert|evil)/i.test(page.text));
      const policy = page.headers.get('content-security-policy');
      assert.ok(!/unsafe-inline|unsafe-eval|script-src [^;]*\*/.test(policy), policy);
      for (const script of page.text.match(/<script[^>]*>[\s\S]*?<\/script>/g) ?? []) {
        const hash = createHash('sha256').update(script.replace(/^<script[^>]*>|<\/script>$/g, '')).digest('base64');
        assert.ok(policy.includes(hash) || /nonce="/.test(script) || /<script[^>]*src="\/pages\//.test(script), `a script the policy does not know: ${script}`);
      }
      assert.equal(page.headers.get('cache-control'), 'no-store');
    }
  });

  test('OA-11: what a request carries never becomes markup of a page, in the form or in its error', async () => {
    const harmless = (text) => !/href="?javascript:/i.test(text) && !/<script|<img|\son\w+\s*=/i.test(text.replace(/"[^"]*"/g, '""'));
    assert.ok(!harmless('<p onclick="x">') && !harmless('<input value="a"><img src=x>'));
    for (const evil of ['"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", '</title><svg onload=alert(1)>', '{{loginId}}{{{loginId}}}', 'x" autofocus onfocus="alert(1)', 'javascript:alert(1)', '\u202egpj.exe']) {
      for (const fields of [{ login_hint: evil }, { ui_locales: evil }, { redirect_uri: `https://evil.example/${evil}` }, { client_id: evil }, { scope: evil }, { lang: evil }, { [evil]: evil }]) {
        const page = await new Browser(c).open(authorizeUrl(fields));
        if (page.status === 303) continue;
        assert.ok(harmless(page.text), JSON.stringify(fields));
      }
      const first = new Browser(c);
      const again = await first.post('/signin', { ...Browser.hidden(await first.open(authorizeUrl({}))), loginId: evil, password: evil, lang: evil, step: 'signin' });
      assert.ok(harmless(again.text), evil);
    }
  });

  test('OA-13, V10.4.4, V10.6.1: implicit and hybrid grants are off, and so are password and device grants until a client is opted in, and whatever is not built', async () => {
    await quiet(c, async () => {
      for (const type of ['token', 'id_token', 'id_token token', 'code token', 'code id_token', 'code id_token token', 'none', 'CODE', 'code code', ' code', 'device', '']) {
        const params = sentBack(await browser.open(authorizeUrl({ response_type: type, nonce: 'n' })));
        assert.ok(['unsupported_response_type', 'unauthorized_client', 'invalid_request'].includes(params.get('error')), `${type}: ${params}`);
        assert.equal(params.get('access_token') ?? params.get('id_token') ?? params.get('code'), null);
      }
      for (const grant of ['password', 'implicit', 'urn:ietf:params:oauth:grant-type:device_code', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'urn:ietf:params:oauth:grant-type:token-exchange', 'urn:ietf:params:oauth:grant-type:saml2-bearer', 'urn:openid:params:grant-type:ciba', 'AUTHORIZATION_CODE', 'authorization_code ', 'x']) {
        const answer = await c.form('/oauth2/token', { grant_type: grant, username: person.email, password: person.password, code: 'x', assertion: 'x.y.z', device_code: 'x' }, { authorization: basic(ids.app) });
        assert.ok(['unsupported_grant_type', 'unauthorized_client'].includes(answer.body.error), `${grant}: ${answer.text}`);
        assert.equal(answer.status, 400);
      }
    });
    const metadata = await (await c.fetch('/.well-known/openid-configuration')).json();
    assert.deepEqual(metadata.response_types_supported, ['code']);
    assert.deepEqual(metadata.grant_types_supported.sort(), ['authorization_code', 'client_credentials', 'password', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code']);
  });

  test('OA-13: a grant that the application does not have is unauthorized_client', async () => {
    await quiet(c, async () => refused(await c.form('/oauth2/token', { grant_type: 'client_credentials' }, { authorization: basic(ids.thirdParty) }), 'unauthorized_client'));
    const { code, verifier } = await codeFor(browser, { client_id: ids.publicApp });
    const { body: { application } } = await c.api('GET', `/api/application/${ids.publicApp}`);
    const set = (enabledGrants) => c.api('PATCH', `/api/application/${ids.publicApp}`, { application: { oauthConfiguration: { enabledGrants } } }, { 'content-type': 'application/merge-patch+json' });
    assert.equal((await set(['refresh_token'])).status, 200);
    await quiet(c, async () => {
      refused(await redeem(c, code, verifier, { client_id: ids.publicApp }, null), 'unauthorized_client');
      const page = await browser.open(authorizeUrl({ client_id: ids.publicApp, code_challenge: 'A'.repeat(43), code_challenge_method: 'S256' }));
      assert.equal(sentBack(page).get('error'), 'unauthorized_client');
    });
    assert.equal((await set(application.oauthConfiguration.enabledGrants)).status, 200);
  });

  test('OA-14: iss is in every answer, success and error, and tells two issuers of one server apart', async () => {
    const made = (await c.api('POST', '/api/tenant', { tenant: { name: 'Second' } })).body.tenant.id;
    const app = (await c.api('POST', '/api/application', { application: { name: 'Theirs', oauthConfiguration: { authorizedRedirectURLs: [redirect], clientSecret: secret } } }, { 'x-fusionauth-tenantid': made })).body.application.id;
    for (const fields of [{}, { prompt: 'none' }, { scope: 'bad scope' }, { response_type: 'token' }, { response_mode: 'fragment' }, { max_age: 'x' }]) {
      const answer = await browser.open(authorizeUrl(fields));
      const url = new URL(answer.location);
      assert.deepEqual((url.search ? url.searchParams : new URLSearchParams(url.hash.slice(1))).getAll('iss'), [c.url], JSON.stringify(fields));
    }
    const theirs = new URL((await new Browser(c).open(`/${made}${authorizeUrl({ client_id: app, prompt: 'none' })}`)).location);
    assert.equal(theirs.searchParams.get('iss'), `${c.url}/${made}`);
    const metadata = await (await c.fetch(`/${made}/.well-known/openid-configuration`)).json();
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    for (const name of Object.keys(metadata).filter((k) => k.endsWith('_endpoint'))) assert.ok(metadata[name].startsWith(`${c.url}/${made}/`), name);
    const { code, verifier } = await codeFor(browser);
    await quiet(c, async () => {
      staysHere(await browser.open(`/${made}${authorizeUrl({})}`), 'an application of the first tenant at the second', [400, 404]);
      const swapped = await c.form(`/${made}/oauth2/token`, { grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifier }, { authorization: basic(ids.app) });
      refused(swapped, 'invalid_client', 401, 'a code of the first issuer sent to the second');
    });
    assert.equal((await redeem(c, code, verifier)).status, 200, 'the honest issuer still redeems it');
  });

  test('OA-15: a stolen code is worth nothing without the verifier of the browser that began; the nonce is the one that was asked', async () => {
    const victim = await codeFor(browser, { nonce: 'victim' });
    const attacker = pkce();
    refused(await redeem(c, victim.code, attacker.verifier), 'invalid_grant');
    const honest = await codeFor(browser, { nonce: 'mine' });
    const t = await redeem(c, honest.code, honest.verifier, { nonce: 'other' });
    assert.equal(decode(t.body.id_token).nonce, 'mine');
  });

  test('OA-16: PKCE, 16 cells: what the challenge was decides, not what the client sends later', async () => {
    const good = pkce();
    const ask = (fields, client = ids.app) => browser.open(authorizeUrl({ client_id: client, response_mode: 'query', ...fields }));
    const redirected = [
      ['plain', { code_challenge: good.verifier, code_challenge_method: 'plain' }], ['no method', { code_challenge: good.challenge }], ['unknown method', { code_challenge: good.challenge, code_challenge_method: 'S512' }],
      ['lower case', { code_challenge: good.challenge, code_challenge_method: 's256' }], ['method alone', { code_challenge_method: 'S256' }], ['empty', { code_challenge: '', code_challenge_method: 'S256' }],
      ['42 characters', { code_challenge: 'A'.repeat(42), code_challenge_method: 'S256' }], ['44 characters', { code_challenge: 'A'.repeat(44), code_challenge_method: 'S256' }],
      ['129 characters', { code_challenge: 'A'.repeat(129), code_challenge_method: 'S256' }], ['padding', { code_challenge: `${'A'.repeat(42)}=`, code_challenge_method: 'S256' }], ['bad character', { code_challenge: `${'A'.repeat(42)}+`, code_challenge_method: 'S256' }],
    ];
    await quiet(c, async () => {
      for (const [name, fields] of redirected) assert.equal(sentBack(await ask(fields)).get('error'), 'invalid_request', name);
      assert.equal(sentBack(await ask({}, ids.publicApp)).get('error'), 'invalid_request', 'a public application without a challenge');
    });
    const issue = async (fields) => sentBack(await ask(fields)).get('code');
    const s256 = { code_challenge: good.challenge, code_challenge_method: 'S256' };
    refused(await redeem(c, await issue({}), good.verifier), 'invalid_grant', 400, 'verifier without challenge');
    refused(await redeem(c, await issue(s256), undefined), 'invalid_grant', 400, 'challenge without verifier');
    refused(await redeem(c, await issue(s256), good.challenge), 'invalid_grant', 400, 'the challenge as verifier');
    for (const verifier of ['', 'short', 'A'.repeat(42), 'A'.repeat(129), `${good.verifier}=`, `${good.verifier} `, 'é'.repeat(43), `${good.verifier}\0`]) {
      const answer = await redeem(c, await issue(s256), verifier);
      assert.ok(['invalid_grant', 'invalid_request'].includes(answer.body.error), `${verifier}: ${answer.text}`);
    }
    assert.equal((await redeem(c, await issue(s256), good.verifier)).status, 200);
    assert.equal((await redeem(c, await issue({}), undefined)).status, 200, 'a confidential application may go without, by its setting');
  });

  test('OA-16: an application whose policy requires PKCE cannot be talked out of it by authenticating', async () => {
    const set = (proofKeyForCodeExchangePolicy) => c.api('PATCH', `/api/application/${ids.app}`, { application: { oauthConfiguration: { proofKeyForCodeExchangePolicy } } });
    assert.equal((await set('Required')).status, 200);
    await quiet(c, async () => assert.equal(sentBack(await browser.open(authorizeUrl({}))).get('error'), 'invalid_request'));
    assert.equal((await set('NotRequiredWhenUsingClientAuthentication')).status, 200);
  });

  test('OA-29, V10.4.11: what is granted is asked for and allowed; nothing stands for everything', async () => {
    await quiet(c, async () => {
      for (const scope of ['openid admin', 'openid *', 'OPENID', 'openid email,profile', 'openid\temail', 'openid "x"', 'openid é', 'a'.repeat(5000), 'orders:write']) {
        assert.equal(sentBack(await browser.open(authorizeUrl({ scope }))).get('error'), 'invalid_scope', scope.slice(0, 40));
      }
      for (const scope of ['openid', 'orders:write', 'orders:read openid', 'offline_access', '*']) refused(await c.form('/oauth2/token', { grant_type: 'client_credentials', scope }, { authorization: basic(ids.app) }), 'invalid_scope');
    });
    const none = await tokensOf(c, browser, { scope: '' });
    assert.equal(none.scope ?? '', '');
    assert.equal(none.id_token, undefined);
    assert.equal(none.refresh_token, undefined);
    const info = await c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${none.access_token}` } });
    assert.ok(info.status === 403 || Object.keys(await info.json()).join() === 'sub', 'no scope, no claim');
    const doubled = await tokensOf(c, browser, { scope: 'openid openid email openid' });
    assert.equal(doubled.scope, 'openid email');
    const own = await c.form('/oauth2/token', { grant_type: 'client_credentials' }, { authorization: basic(ids.app) });
    assert.equal(own.body.scope ?? '', '', 'no scope asked, none given');
  });

  test('OA-25, OA-26: a request object, by value or by address, is refused and never ignored', async () => {
    await quiet(c, async () => {
      const request = `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify({ scope: 'openid phone', redirect_uri: 'https://evil.example/' })).toString('base64url')}.`;
      assert.equal(sentBack(await browser.open(authorizeUrl({ request }))).get('error'), 'request_not_supported');
      for (const uri of ['https://client.example/r', 'http://127.0.0.1/', 'urn:ietf:params:oauth:request_uri:abc', 'file:///etc/passwd']) {
        assert.equal(sentBack(await browser.open(authorizeUrl({ request_uri: uri }))).get('error'), 'request_uri_not_supported', uri);
      }
    });
    const metadata = await (await c.fetch('/.well-known/openid-configuration')).json();
    assert.equal(metadata.request_uri_parameter_supported, false, 'OIDC Discovery s3: true when absent');
    assert.ok(!metadata.request_parameter_supported);
    for (const name of ['pushed_authorization_request_endpoint', 'registration_endpoint', 'backchannel_authentication_endpoint', 'dpop_signing_alg_values_supported', 'tls_client_certificate_bound_access_tokens']) {
      assert.ok(!metadata[name], `${name} is promised and not there`);
    }
  });
});
