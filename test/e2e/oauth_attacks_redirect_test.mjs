// SPDX-License-Identifier: Apache-2.0
// Attacks on redirects: what matches, what may be registered, what an answer may carry (RFC 9700 s2.1 s4.1 s4.11, RFC 8252 s7-8).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, authorizeUrl, ids, pkce, redirect, signIn } from './harness.mjs';
import { html, quiet, rawGet, rawStatus, redeem, sentBack, staysHere } from './attacks.mjs';

// Each is an address that some parser, proxy or browser takes for https://client.example/callback.
const mutants = [
  'https://client.example/callback/', 'https://client.example/callback//', 'https://client.example//callback', 'https://client.example/./callback',
  'https://client.example/x/../callback', 'https://client.example/callback/.', 'https://client.example/callback/..', 'https://client.example/callback/../callback',
  'https://client.example/%2e/callback', 'https://client.example/x/%2e%2e/callback', 'https://client.example/x/%252e%252e/callback', 'https://client.example/..;/callback',
  'https://client.example/callback..;/', 'https://client.example/callback;', 'https://client.example/callback;x=y', 'https://client.example/call%62ack',
  'https://client.example/%63allback', 'https://client.example/callback%00', 'https://client.example/callback%0a', 'https://client.example/callback%20',
  'https://client.example/Callback', 'https://client.example/CALLBACK', 'https://CLIENT.example/callback', 'https://Client.Example/callback', 'HTTPS://client.example/callback',
  'Https://client.example/callback', 'http://client.example/callback', 'https://client.example:443/callback', 'https://client.example:8443/callback', 'https://client.example:/callback',
  'https://client.example:80/callback', 'https://client.example:0443/callback', 'https://client.example./callback', 'https://client.example.evil.example/callback',
  'https://evil.example/client.example/callback', 'https://evilclient.example/callback', 'https://client.example@evil.example/callback', 'https://user@client.example/callback',
  'https://user:pass@client.example/callback', 'https://client.example:x@evil.example/callback', 'https://evil.example@@client.example/callback', 'https://a@b@client.example/callback',
  'https://evil.example@client.example@/callback', 'https://evil.example\\@client.example/callback', 'https://client.example\\@evil.example/callback', 'https:\\\\client.example\\callback',
  'https:/client.example/callback', 'https:client.example/callback', 'https:///client.example/callback', '//client.example/callback', '/callback', 'callback', 'client.example/callback',
  'https://client.example\\callback', 'https://client.example/\\callback', 'https://client.example/callback\\', 'https://client.example/callback#', 'https://client.example/callback#x',
  'https://client.example/callback#@evil.example/', 'https://client.example/callback?', 'https://client.example/callback?x=y', 'https://client.example/callback?code=1', 'https://client.example/callback&x=y',
  'https://client.example/callback%3fx=y', 'https://client.example/callback%23', 'https://client.example/callback%2f', 'https://client.example%2fcallback', 'https://client.example%2f@evil.example/callback',
  'https://client.example%00.evil.example/callback', 'https://client.example%0d%0a/callback', 'https://evil.example%23@client.example/callback', 'https://evil.example#@client.example/callback',
  'https://evil.example?@client.example/callback', 'https://client.example/callback\t', '\thttps://client.example/callback', ' https://client.example/callback', 'https://client.example/callback ',
  'https://client.example/call\tback', 'ht\ntps://client.example/callback', 'https://client.example/callback\r\n', 'https://client.example/callback\r\nSet-Cookie: a=b', 'https://client.example/callback\0',
  'https://client.example/callback\0.evil.example', '\0https://client.example/callback', 'https://client.example/callback\x0b', 'https://client.example/callback\u0085', 'https://client.example/callback\u2028',
  'https://client\uff0eexample/callback', 'https://client\u3002example/callback', 'https://client.example\uff0fcallback', 'https://\uff43lient.example/callback', 'https://cl\u0456ent.example/callback',
  'https://client.example\u2044callback', 'https://client\u00ad.example/callback', 'https://client.example/callback\u200b', '\ufeffhttps://client.example/callback', 'https://client.example/\u202ekcabllac',
  'https://[::1%25eth0]/callback', 'https://[::ffff:client.example]/callback', 'https://client.example,evil.example/callback', 'https://client.example evil.example/callback', 'https://client.example/callback https://evil.example',
  'https://client.example/callback,https://evil.example/', 'javascript://client.example/callback', 'javascript:alert(1)//client.example/callback', 'data:text/html,https://client.example/callback', 'blob:https://client.example/callback',
  'view-source:https://client.example/callback', 'https://*.example/callback', 'https://client.example/*', '*', '', 'null', 'https://', 'about:blank', `https://client.example/callback${'a'.repeat(4000)}`, `${'https://client.example/callback'.repeat(2)}`,
];

// Bytes that no URLSearchParams would send: broken percent escapes and text that is not UTF-8.
const rawMutants = [
  'https://client.example/callback%', 'https://client.example/callback%2', 'https://client.example/callback%zz', 'https://client.example/callback%u002f', 'https://client.example/callback%c0%af',
  'https://client.example/callback%c0%80', 'https://client.example/callback%ff', 'https://client.example/callback%ed%a0%80', 'https://client.example/callback%f4%90%80%80', 'https://client%e0%80%aeexample/callback',
  'https://client.example/callback%00', 'https://client.example/callback+', 'https%3A%2F%2Fclient.example%2Fcallback%0D%0ALocation:%20https://evil.example',
];

describe('redirects', () => {
  let c;
  let browser;
  before(async () => {
    c = await Cardea.start();
    browser = new Browser(c);
    await signIn(browser);
  });
  after(() => c.end());

  test(`OA-01: ${mutants.length} mutants of a registered address get a page of ours and no Location, signed in or not`, async () => {
    assert.ok(mutants.length >= 80 && new Set(mutants).size === mutants.length);
    await quiet(c, async () => {
      for (const mutant of mutants) {
        staysHere(await new Browser(c).open(authorizeUrl({ redirect_uri: mutant })), JSON.stringify(mutant));
        for (const more of [{ prompt: 'none' }, { response_type: 'token' }, { scope: 'no-such-scope' }]) {
          staysHere(await browser.open(authorizeUrl({ redirect_uri: mutant, ...more })), JSON.stringify({ mutant, ...more }));
        }
      }
    });
  });

  test('OA-01: broken escapes and bytes that are no UTF-8 match nothing; POST is as strict as GET', async () => {
    await quiet(c, async () => {
      for (const mutant of rawMutants) {
        const answer = await rawGet(c, `/oauth2/authorize?client_id=${ids.app}&response_type=code&scope=openid&state=x&redirect_uri=${mutant}`);
        assert.equal(rawStatus(answer), 400, mutant);
        assert.ok(!/\r\nlocation:/i.test(answer), mutant);
      }
      for (const mutant of mutants.slice(0, 40)) {
        staysHere(await browser.post('/oauth2/authorize', { client_id: ids.app, response_type: 'code', scope: 'openid', redirect_uri: mutant }), JSON.stringify(mutant));
      }
    });
  });

  test('OA-01: a private-use scheme matches byte by byte as well', async () => {
    for (const mutant of ['com.example.app:/cb/', 'com.example.app://cb', 'COM.example.app:/cb', 'com.example.app:/CB', 'com.example.app:cb', 'com.example.app:/cb?x', 'com.example.app:/cb#', 'com.example.app2:/cb', 'com.example.app:/%63b', 'com.example.app:/cb ']) {
      staysHere(await browser.open(authorizeUrl({ client_id: ids.publicApp, redirect_uri: mutant, code_challenge: 'A'.repeat(43), code_challenge_method: 'S256' })), mutant);
    }
  });

  test('OA-01, V10.4.1: none of several registered addresses is a default, and another application\'s address is not this one\'s', async () => {
    const made = await c.api('POST', '/api/application', { application: { name: 'Two', oauthConfiguration: { authorizedRedirectURLs: ['https://two.example/a', 'https://two.example/b'] } } });
    assert.equal(made.status, 200, made.text);
    const { id } = made.body.application;
    await quiet(c, async () => {
      staysHere(await browser.open(`/oauth2/authorize?client_id=${id}&response_type=code&scope=openid&state=s`), 'none sent');
      staysHere(await browser.open(authorizeUrl({ client_id: id })), 'the address of another application');
      staysHere(await browser.open(authorizeUrl({ redirect_uri: 'https://two.example/a' })), 'the address of another application');
    });
    assert.ok(sentBack(await browser.open(authorizeUrl({ client_id: id, redirect_uri: 'https://two.example/b', prompt: 'none' })), 'https://two.example/b').get('state'));
  });

  test('OA-02: only the port of a literal loopback address may differ, and only for a native public application: 36 cells', async () => {
    const registered = ['http://127.0.0.1/native', 'http://[::1]/native', 'http://localhost/native', 'http://127.0.0.1:4000/fixed?x=1'];
    const make = async (name, policy) => {
      const made = await c.api('POST', '/api/application', { application: { name, oauthConfiguration: {
        authorizedRedirectURLs: registered, clientAuthenticationPolicy: policy, proofKeyForCodeExchangePolicy: 'Required' } } });
      assert.equal(made.status, 200, made.text);
      return made.body.application.id;
    };
    const native = await make('Native', 'NotRequiredWhenUsingPKCE');
    const confidential = await make('Web', 'Required');
    const cells = [
      ['http://127.0.0.1/native', true, true], ['http://127.0.0.1:51004/native', true, false], ['http://127.0.0.1:1/native', true, false], ['http://127.0.0.1:65535/native', true, false],
      ['http://[::1]/native', true, true], ['http://[::1]:51004/native', true, false], ['http://localhost/native', true, true], ['http://localhost:51004/native', false, false],
      ['http://127.0.0.1:9/fixed?x=1', true, false], ['http://127.0.0.1:4000/fixed?x=1', true, true], ['http://127.0.0.1:9/fixed?x=2', false, false], ['http://127.0.0.1:9/fixed', false, false],
      ['https://127.0.0.1:51004/native', false, false], ['http://127.0.0.1:51004/Native', false, false], ['http://127.0.0.1:51004/native/', false, false], ['http://127.0.0.1:51004/native?x', false, false],
      ['http://127.0.0.1:51004/native#x', false, false], ['http://127.0.0.2:51004/native', false, false], ['http://127.1:51004/native', false, false], ['http://2130706433:51004/native', false, false],
      ['http://0x7f000001:51004/native', false, false], ['http://0177.0.0.1:51004/native', false, false], ['http://127.0.0.1.:51004/native', false, false], ['http://0.0.0.0:51004/native', false, false],
      ['http://[::ffff:127.0.0.1]:51004/native', false, false], ['http://[0:0:0:0:0:0:0:1]:51004/native', false, false], ['http://[::1%25lo]:51004/native', false, false], ['http://127.0.0.1.evil.example:51004/native', false, false],
      ['http://127.0.0.1:51004@evil.example/native', false, false], ['http://127.0.0.1:@evil.example/native', false, false], ['http://user@127.0.0.1:51004/native', false, false], ['http://127.0.0.1:65536/native', false, false],
      ['http://127.0.0.1: 1/native', false, false], ['http://127.0.0.1:-1/native', false, false], ['http://127.0.0.1:5x/native', false, false], ['http://127.0.0.1:99999999999999999999/native', false, false],
    ];
    for (const [uri, asNative, asWeb] of cells) {
      for (const [id, allowed] of [[native, asNative], [confidential, asWeb]]) {
        const answer = await browser.open(authorizeUrl({ client_id: id, redirect_uri: uri, prompt: 'none', code_challenge: 'A'.repeat(43), code_challenge_method: 'S256' }));
        if (allowed) assert.equal(new URL(answer.location ?? 'x:').href.split('?')[0], new URL(uri).href.split('?')[0], uri);
        else staysHere(answer, `${uri} for ${id === native ? 'a native' : 'a confidential'} application`);
      }
    }
  });

  test('OA-02: the code is bound to the port that was asked for', async () => {
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const open = { client_id: ids.publicApp, redirect_uri: 'http://127.0.0.1:5001/native', code_challenge: challenge, code_challenge_method: 'S256' };
    const code = new URL((await browser.open(authorizeUrl(open))).location).searchParams.get('code');
    const wrong = await redeem(c, code, verifier, { client_id: ids.publicApp, redirect_uri: 'http://127.0.0.1:5002/native' }, null);
    assert.equal(wrong.body.error, 'invalid_grant');
    const second = new URL((await browser.open(authorizeUrl(open))).location).searchParams.get('code');
    assert.equal((await redeem(c, second, verifier, { client_id: ids.publicApp, redirect_uri: 'http://127.0.0.1:5001/native' }, null)).status, 200);
  });

  test('OA-03: an unknown, malformed, missing or switched-off client never redirects, whatever else is wrong', async () => {
    const off = (await c.api('POST', '/api/application', { application: { name: 'Off', oauthConfiguration: { authorizedRedirectURLs: [redirect] } } })).body.application.id;
    assert.equal((await c.api('DELETE', `/api/application/${off}`)).status, 200);
    await quiet(c, async () => {
      for (const id of [off, '99999999-9999-4999-8999-999999999999', '', 'x', `${ids.app} `, ids.app.toUpperCase().replace('2', '２'), `{${ids.app}}`, '../x', '%00', '\'--', ids.tenant, ids.user]) {
        for (const more of [{}, { prompt: 'none' }, { scope: 'x' }, { response_type: 'token' }]) staysHere(await browser.open(authorizeUrl({ client_id: id, ...more })), `${id} ${JSON.stringify(more)}`, [400, 403, 404]);
      }
      staysHere(await browser.open(`/oauth2/authorize?response_type=code&scope=openid&redirect_uri=${encodeURIComponent(redirect)}`), 'no client_id');
      staysHere(await browser.open('/oauth2/authorize'), 'nothing at all');
    });
  });

  test('OA-03: what is wrong with a request of a known application goes to its address only, with error, state and iss and nothing else', async () => {
    const cases = [
      [{ response_type: 'token' }, /unsupported_response_type|unauthorized_client/], [{ response_type: '' }, /invalid_request|unsupported_response_type/], [{ scope: 'openid nonsense' }, /invalid_scope/],
      [{ prompt: 'none' }, /login_required/], [{ prompt: 'none login' }, /invalid_request/], [{ max_age: 'x' }, /invalid_request/], [{ max_age: '-1' }, /invalid_request/], [{ code_challenge: 'short', code_challenge_method: 'S256' }, /invalid_request/],
      [{ request: 'eyJhbGciOiJub25lIn0.e30.' }, /request_not_supported/], [{ request_uri: 'https://evil.example/r' }, /request_uri_not_supported/],
    ];
    await quiet(c, async () => {
      for (const [fields, error] of cases) {
        const answer = await new Browser(c).open(authorizeUrl(fields));
        const params = sentBack(answer);
        assert.match(params.get('error'), error, JSON.stringify(fields));
        assert.equal(params.get('state'), 'st');
        assert.equal(params.get('iss'), c.url);
        assert.deepEqual([...params.keys()].filter((k) => !['error', 'error_description', 'error_reason', 'state', 'iss'].includes(k)), []);
        assert.equal(new Set(params.keys()).size, [...params.keys()].length, 'C-02: one value per name');
        assert.match(params.get('error_description') ?? '', /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/);
      }
    });
  });

  const refusedAtRegistration = [
    'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'javascript://client.example/%0aalert(1)', 'data:text/html;base64,PHNjcmlwdD4=', 'vbscript:msgbox', 'file:///etc/passwd', 'blob:https://x.example/1', 'about:blank',
    'app:/cb', 'myapp://cb', 'http://web.example/cb', 'http://10.0.0.1/cb', 'http://127.0.0.1.evil.example/cb', 'http://localhost.evil.example/cb', 'http://x.local.evil.example/cb', 'http://evillocal/cb', 'ftp://x.example/cb', 'ws://x.example/cb', 'chrome-extension://abcdef/cb', 'urn:ietf:wg:oauth:2.0:oob',
    'view-source:https://x.example/', 'https://x.example/cb#f', 'https://x.example/cb#', 'https://user@x.example/cb', 'https://u:p@x.example/cb', '//x.example/cb', '/cb', 'https:///cb', 'https:x.example/cb', 'https://', ' https://x.example/cb',
    'https://x.example/c b', 'https://x.example/cb\r\nA: b', 'https://x.example/cb\t', 'https://x.example\\@evil.example/cb', 'https://x.ex\u0430mple/cb', 'https://x.example/\u202ecb', 'https://x.example/cb"', 'https://x.example/<script>', 'https://x.example/c%zzb',
  ];
  const polluted = ['code', 'state', 'iss', 'error', 'response', 'id_token', 'access_token'].flatMap((name) => [`https://x.example/cb?${name}=1`, `https://x.example/cb?a=1&${name}=x`, `https://x.example/cb?${name}=&b=2`]);

  test(`OA-04: ${refusedAtRegistration.length} dangerous addresses are refused by create, replace and patch, and nothing is stored`, async () => {
    await quiet(c, async () => {
      for (const url of refusedAtRegistration) {
        const oauthConfiguration = { authorizedRedirectURLs: ['https://fine.example/cb', url] };
        for (const [method, path] of [['POST', '/api/application'], ['PATCH', `/api/application/${ids.closedApp}`], ['PUT', `/api/application/${ids.closedApp}`]]) {
          const answer = await c.api(method, path, { application: { name: 'Danger', oauthConfiguration } });
          assert.equal(answer.status, 400, `${method} ${JSON.stringify(url)}: ${answer.text.slice(0, 200)}`);
          assert.ok(Object.keys(answer.body.fieldErrors).some((k) => k.startsWith('application.oauthConfiguration.authorizedRedirectURLs')), answer.text);
        }
      }
    });
  });

  test('OA-04: the address of the logout is as strictly judged', async () => {
    await quiet(c, async () => {
      for (const logoutURL of ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///x', '//x.example', 'blob:https://x.example/1', 'https://x.example/\r\nA: b']) {
        const answer = await c.api('PATCH', `/api/application/${ids.closedApp}`, { application: { oauthConfiguration: { logoutURL } } });
        assert.equal(answer.status, 400, `${logoutURL}: ${answer.status}`);
      }
    });
  });

  test(`OA-05: ${polluted.length} addresses whose query has an answer's own parameters are refused`, async () => {
    await quiet(c, async () => {
      for (const url of polluted) {
        const answer = await c.api('POST', '/api/application', { application: { name: 'Polluted', oauthConfiguration: { authorizedRedirectURLs: [url] } } });
        assert.equal(answer.status, 400, `${url}: ${answer.text.slice(0, 200)}`);
        assert.ok(Object.keys(answer.body.fieldErrors).every((k) => k.startsWith('application.oauthConfiguration.authorizedRedirectURLs')), answer.text);
      }
    });
  });

  test('OA-05: an answer adds each name once, beside a query that is kept; oidcc-redirect-uri-query-OK, -mismatch, -added', async () => {
    const uri = 'https://query.example/cb?a=1&b=%2F';
    const { id } = (await c.api('POST', '/api/application', { application: { name: 'Query', oauthConfiguration: { authorizedRedirectURLs: [uri] } } })).body.application;
    const { location } = await browser.open(authorizeUrl({ client_id: id, redirect_uri: uri, response_mode: 'query' }));
    assert.ok(location.startsWith(`${uri}&`), location);
    const names = [...new URL(location).searchParams.keys()];
    assert.deepEqual(names.sort(), ['a', 'b', 'code', 'iss', 'state']);
    for (const other of ['https://query.example/cb', 'https://query.example/cb?a=1&b=/', 'https://query.example/cb?b=%2F&a=1', `${uri}&c=1`, 'https://query.example/cb?a=1&b=%2f']) {
      staysHere(await browser.open(authorizeUrl({ client_id: id, redirect_uri: other })), other);
    }
  });

  test('CV-01: asterisks stand where a policy allows them and for what is harmless; a code is bound to the address that was asked for', async () => {
    const registered = ['https://*.tenants.example.com/cb', 'https://app-*.vercel.example/cb/*', 'http://localhost:*/cb', 'https://q.example.com/cb?env=*'];
    const origins = ['https://*.tenants.example.com', 'https://one.example.com:*/'];
    const change = (oauthConfiguration) => c.api('PATCH', `/api/application/${id}`, { application: { oauthConfiguration } }, { 'content-type': 'application/merge-patch+json' });
    const { application: { id, oauthConfiguration: { clientSecret } } } = (await c.api('POST', '/api/application', { application: { name: 'Wild', oauthConfiguration: { authorizedURLValidationPolicy: 'AllowWildcards',
      authorizedRedirectURLs: registered, authorizedOriginURLs: origins, enabledGrants: ['authorization_code'], clientAuthenticationPolicy: 'NotRequiredWhenUsingPKCE' } } })).body;
    const ask = (redirect_uri, who = browser) => who.open(authorizeUrl({ client_id: id, redirect_uri, prompt: 'none', scope: 'openid' }));
    for (const to of ['https://a.tenants.example.com/cb', 'https://app-7.vercel.example/cb/x', 'http://localhost:5123/cb', 'https://q.example.com/cb?env=dev']) {
      assert.ok((await ask(to)).location?.startsWith(to), to);
    }
    await quiet(c, async () => {
      for (const to of [...mutants, ...registered, 'https://tenants.example.com/cb', 'https://a.b.tenants.example.com/cb', 'https://evil.example/.tenants.example.com/cb', 'https://evil.example%2f.tenants.example.com/cb', 'https://a@b.tenants.example.com/cb',
        'https://a.tenants.example.com:443/cb', 'https://a.tenants.example.com/cb/', 'https://a.tenants.example.com/CB', 'http://a.tenants.example.com/cb', 'https://a.tenants.example.com.evil.example/cb', 'https://app-7.vercel.example/cb/..',
        'https://app-7.vercel.example/cb/a%2fb', 'https://app-7.vercel.example/cb/a/b', 'https://app-.vercel.example/cb/a', 'http://localhost:80@evil.example/cb', 'http://localhost/cb', 'https://q.example.com/cb?env=', 'https://q.example.com/cb?env=a&code=b']) {
        staysHere(await ask(to), to);
        staysHere(await ask(to, new Browser(c)), to);
      }
    });
    const { verifier, challenge } = pkce();
    const back = await signIn(new Browser(c), { client_id: id, redirect_uri: 'https://a.tenants.example.com/cb', code_challenge: challenge, code_challenge_method: 'S256', scope: 'openid' });
    const exchange = (redirect_uri) => c.form('/oauth2/token', { grant_type: 'authorization_code', client_id: id, client_secret: clientSecret, code: back.searchParams.get('code'), redirect_uri, code_verifier: verifier });
    assert.equal((await exchange('https://b.tenants.example.com/cb')).status, 400, 'another address that would do as well');
    const allowed = async (origin) => (await c.fetch('/oauth2/token', { method: 'POST', headers: { origin, 'content-type': 'application/x-www-form-urlencoded' }, body: `grant_type=authorization_code&client_id=${id}&code=x&code_verifier=${'v'.repeat(43)}` })).headers.get('access-control-allow-origin');
    for (const origin of ['https://a.tenants.example.com', 'https://one.example.com:8443']) assert.equal(await allowed(origin), origin);
    for (const origin of ['https://tenants.example.com', 'https://a.b.tenants.example.com', 'https://*.tenants.example.com', 'https://a.tenants.example.com/', 'https://one.example.com', 'null', 'https://a.tenants.example.com.evil.example']) assert.equal(await allowed(origin), null, origin);

    for (const [field, url] of [...['https://*.com/', 'https://*.co.uk/', 'https://a.*.example.com/', 'https://**.example.com/', 'https://*@a.example.com/', 'https://a.example.com:8*/', 'http://*.example.com/', 'https://a.example.com/?*=1', 'com.example.app:/*', 'https://a.example.com/*#x', 'https://a.example.com/?code=*']
      .map((url) => ['authorizedRedirectURLs', url]), ['authorizedOriginURLs', 'https://a.example.com/*'], ['authorizedOriginURLs', 'https://*.example.com?x=*']]) {
      const answer = await change({ [field]: [url] });
      assert.ok(Object.entries(answer.body?.fieldErrors ?? {}).some(([name, [fault]]) => name.startsWith(`application.oauthConfiguration.${field}`) && /^\[invalid(URL)?\]/.test(fault.code)), `${url} ${answer.text}`);
    }
    assert.equal((await change({ authorizedURLValidationPolicy: 'ExactMatch', authorizedRedirectURLs: ['https://a.example.com:*/cb'] })).status, 400, 'without the policy an asterisk is no port');
    assert.equal((await change({ authorizedURLValidationPolicy: 'ExactMatch', authorizedRedirectURLs: ['https://*.tenants.example.com/cb'], authorizedOriginURLs: ['https://*.tenants.example.com'] })).status, 200);
    await quiet(c, async () => staysHere(await ask('https://a.tenants.example.com/cb'), 'exact'));
    assert.equal(await allowed('https://a.tenants.example.com'), null);

    const scoped = (scope) => browser.open(authorizeUrl({ client_id: id, redirect_uri: redirect, prompt: 'none', scope, code_challenge: challenge, code_challenge_method: 'S256' }));
    assert.equal((await change({ authorizedRedirectURLs: [redirect], providedScopePolicy: { email: { enabled: false } } })).status, 200);
    assert.match((await scoped('openid email')).location, /error=invalid_scope/);
    assert.match((await scoped('openid profile')).location, /[?&]code=/);
    assert.equal((await change({ unknownScopePolicy: 'Remove' })).status, 200);
    assert.match((await scoped('openid email')).location, /[?&]code=/);
  });

  test('OA-12: CR, LF, NUL and their kin in state, hints and languages never make a header', async () => {
    const corpus = ['\r\nSet-Cookie: evil=1', '\nSet-Cookie: evil=1', '\r\n\r\n<script>alert(1)</script>', '\rX: y', '\0', 'a\0b', '\u560d\u560aSet-Cookie: evil=1', '\u2028\u2029', '\x85X: y', '%0d%0aX: y', '%250d%250aX: y', '\x01\x02\x7f', 'é\u{1f600}', '\r\n Folded: x'];
    for (const evil of corpus) {
      for (const fields of [{ state: evil }, { ui_locales: evil }, { nonce: evil }, { login_hint: evil }, { acr_values: evil }, { claims_locales: evil }, { display: evil }, { prompt: evil }, { scope: evil }, { response_mode: evil }, { lang: evil }, { [evil]: 'x' }, { redirect_uri: `${redirect}${evil}` }, { client_id: `${ids.app}${evil}` }]) {
        for (const who of ['anonymous', 'signed in']) {
          const query = authorizeUrl({ response_mode: 'query', ...fields });
          const answer = await rawGet(c, query, `Cookie: ${who === 'anonymous' ? 'a=b' : [...browser.cookies].map(([k, v]) => `${k}=${v}`).join('; ')}\r\n`);
          const head = answer.split('\r\n\r\n')[0];
          assert.ok([200, 303, 400].includes(rawStatus(answer)), `${JSON.stringify(fields)} ${who}: ${head.slice(0, 200)}`);
          assert.ok(!/^(set-cookie: evil|x:|folded:)/im.test(head), head);
          assert.ok(!/[\0-\x09\x0b\x0c\x0e-\x1f\x7f-\xff]|\r(?!\n)|[^\r]\n/.test(head), `${JSON.stringify(fields)}: ${JSON.stringify(head)}`);
        }
      }
    }
  });

  test('OA-12: paths, methods and header values that are answered with an error never come back as headers', async () => {
    for (const target of ['/%0d%0aSet-Cookie:%20evil=1', '/oauth2/logout?post_logout_redirect_uri=https://client.example/bye%0d%0aX:y&client_id=' + ids.app, `/oauth2/logout?state=%0d%0aX:%20y&client_id=${ids.app}`, '/pages/%0d%0aX:y', '/%00', '/oauth2/%0aauthorize', `/${ids.tenant}%0d%0a/.well-known/openid-configuration`]) {
      const answer = await rawGet(c, target);
      assert.ok(rawStatus(answer) >= 200 && rawStatus(answer) < 500, target);
      assert.ok(!/^(set-cookie: evil|x:)/im.test(answer.split('\r\n\r\n')[0]), answer);
    }
    for (const line of ['Origin: https://client.example\x01', 'Accept-Language: en\0', 'X: a\rb', 'X: a\nSet-Cookie: evil=1', 'Cookie: \0', 'Origin: a\x7f']) {
      const answer = await rawGet(c, '/oauth2/authorize', `${line}\r\n`);
      assert.ok(!/^set-cookie: evil/im.test(answer.split('\r\n\r\n')[0]), answer);
      assert.ok(rawStatus(answer) < 500, line);
    }
  });

  test('C-02: state comes back byte by byte, or not at all when none came', async () => {
    for (const state of ['x', 'a b+c', '%41%2B', '&code=evil', '=', '#x', '"\'<>', 'é\u{1f600}', 'A'.repeat(1000), 'a=b&state=c', '\\', '+', ' ', '\t']) {
      const params = sentBack(await browser.open(authorizeUrl({ state, response_mode: 'query' })));
      assert.deepEqual(params.getAll('state'), [state]);
      assert.equal(params.getAll('code').length, 1);
      assert.ok(!params.get('code').includes('evil'));
    }
    const bare = sentBack(await browser.open(`/oauth2/authorize?${new URLSearchParams({ client_id: ids.app, response_type: 'code', redirect_uri: redirect, scope: 'openid' })}`));
    assert.equal(bare.has('state'), false);
  });

  test('OA-07: after a POST an answer is 303 or stays, never 301, 302, 307 or 308', async () => {
    const fresh = new Browser(c);
    const page = await fresh.open(authorizeUrl({}));
    const posts = [
      ['/oauth2/authorize', Object.fromEntries(new URL(authorizeUrl({}), c.url).searchParams)], ['/oauth2/authorize', Object.fromEntries(new URL(authorizeUrl({ prompt: 'none' }), c.url).searchParams)],
      ['/signin', { ...Browser.hidden(page), loginId: 'x', password: 'y' }], ['/signin', {}], ['/oauth2/logout', { client_id: ids.app }], ['/oauth2/logout/confirm', {}], ['/oauth2/authorize', {}],
    ];
    for (const [path, fields] of posts) {
      for (const who of [fresh, browser]) {
        const answer = await who.post(path, fields);
        assert.ok([200, 303, 400, 403].includes(answer.status), `${path}: ${answer.status}`);
        if (answer.status !== 303) assert.equal(answer.location, null);
      }
    }
  });

  test('OA-08: no page loads anything foreign, and none has a script', async () => {
    for (const path of [authorizeUrl({}), authorizeUrl({}).replace('/authorize', '/register'), authorizeUrl({ redirect_uri: 'https://evil.example/' }), '/oauth2/logout', '/nowhere']) {
      const page = await new Browser(c).open(path);
      assert.match(page.headers.get('content-type'), html);
      for (const [, url] of page.text.matchAll(/\s(?:src|href|action|poster|srcset|data|background)="?([^"\s>]+)/g)) assert.ok(/^(\/(?!\/)|#)/.test(url), `${path}: ${url}`);
      assert.ok(!/<script|<iframe|<object|<embed|@import|\son\w+=|url\(/i.test(page.text), path);
      assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    }
  });
});
