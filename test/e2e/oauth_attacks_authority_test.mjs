// SPDX-License-Identifier: Apache-2.0
// Authority that has ended, and authority that was never there: what is switched off counts at once, and no key of one tenant opens another (OA-63, OA-64, invariant 3).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, apiKey, authorizeUrl, basic, ids, person, redirect, secret, signIn } from './harness.mjs';
import { cheapHash, codeFor, introspect, quiet, redeem, refresh, signInPage, answerPage, tokensOf, userinfo } from './attacks.mjs';

const merge = { 'content-type': 'application/merge-patch+json' };

describe('authority that ended', () => {
  let c;
  before(async () => { c = await Cardea.start(); await cheapHash(c, person.password); });
  after(() => c.end());

  // All that a person holds at one moment: a session, a page of consent, a code, tokens.
  const holdings = async (extra = {}) => {
    const browser = new Browser(c);
    await signIn(browser, extra);
    const consent = await signInPage(browser, { client_id: ids.thirdParty, scope: 'openid email', prompt: 'consent' });
    assert.equal(consent.status, 200);
    return { browser, consent, ...(await codeFor(browser, extra)), t: await tokensOf(c, browser, extra) };
  };
  // Where each of them is tried; each answers true while it works.
  const places = {
    code: async (h) => (await redeem(c, h.code, h.verifier)).status === 200,
    refresh: async (h) => (await refresh(c, h.t.refresh_token)).status === 200,
    introspect: async (h) => (await introspect(c, h.t.access_token)).active === true,
    userinfo: async (h) => (await userinfo(c, h.t.access_token)).status === 200,
    session: async (h) => /[?&]code=/.test((await h.browser.open(authorizeUrl({ prompt: 'none' }))).location ?? ''),
    consent: async (h) => /[?&]code=/.test((await answerPage(h.browser, h.consent, { answer: 'allow' })).location ?? ''),
    signIn: async () => { const b = new Browser(c); const p = await signInPage(b); return p.status === 200 && (await answerPage(b, p, { loginId: person.email, password: person.password })).status === 303; },
    validate: async (h) => (await c.fetch('/api/jwt/validate', { headers: { authorization: `Bearer ${h.t.access_token}` } })).status === 200,
  };
  const ends = {
    'user deactivated': { dead: Object.keys(places), off: () => c.api('DELETE', `/api/user/${ids.user}`), on: () => c.api('PUT', `/api/user/${ids.user}?reactivate=true`) },
    'application deactivated': { dead: ['code', 'refresh', 'introspect', 'userinfo', 'session', 'signIn'], off: () => c.api('DELETE', `/api/application/${ids.app}`), on: () => c.api('PUT', `/api/application/${ids.app}?reactivate=true`, undefined) },
    'password changed': { dead: ['refresh', 'session', 'consent', 'signIn'], off: () => c.api('PATCH', `/api/user/${ids.user}`, { user: { password: 'quite another password' } }), on: () => c.api('PATCH', `/api/user/${ids.user}`, { user: { password: person.password } }) },
    'refresh token revoked': { dead: ['refresh', 'introspect', 'userinfo'], off: (h) => c.form('/oauth2/revoke', { token: h.t.refresh_token }, { authorization: basic(ids.app) }) },
    'access token revoked': { dead: ['refresh', 'introspect', 'userinfo'], off: (h) => c.form('/oauth2/revoke', { token: h.t.access_token }, { authorization: basic(ids.app) }) },
    'person deleted': { dead: Object.keys(places), off: () => c.api('DELETE', `/api/user/${ids.user}?hardDelete=true`),
      on: () => c.api('POST', `/api/user/registration/${ids.user}`, { user: person, registration: { applicationId: ids.app, roles: ['member'] } }) },
    'secret changed': { dead: ['code', 'refresh'], off: () => c.api('PATCH', `/api/application/${ids.app}`, { application: { oauthConfiguration: { clientSecret: 'another-client-secret-of-some-length' } } }, merge),
      on: () => c.api('PATCH', `/api/application/${ids.app}`, { application: { oauthConfiguration: { clientSecret: secret } } }, merge) },
  };

  for (const [name, { dead, off, on }] of Object.entries(ends)) {
    test(`OA-63, V7.4.2: ${name}: ${dead.join(', ')} end at once`, async () => {
      const alive = await holdings();
      for (const place of Object.keys(places)) if (!['code', 'refresh', 'consent'].includes(place)) assert.equal(await places[place](alive), true, `${place} before`);
      const held = await holdings();
      const done = await off(held);
      assert.ok([200, 204].includes(done.status), `${done.status} ${done.text}`);
      try {
        for (const place of dead) assert.equal(await places[place](held), false, `${place} still works`);
      } finally {
        if (on) { const back = await on(); assert.equal(back.status, 200, back.text); }
      }
      const fresh = await holdings();
      assert.equal(await places.refresh(fresh), true, 'and everything works again afterwards');
      if (['user deactivated', 'person deleted', 'refresh token revoked', 'access token revoked'].includes(name)) {
        assert.equal(await places.refresh(held), false, 'what ended stays ended');
        assert.equal(await places.introspect(held), false, 'what ended stays ended');
      }
    });
  }

  test('OA-63: a redirect address taken away counts for pages that are open already', async () => {
    const { id } = (await c.api('POST', '/api/application', { application: { name: 'Moving', oauthConfiguration: { authorizedRedirectURLs: [redirect] } } })).body.application;
    const browser = new Browser(c);
    const page = await signInPage(browser, { client_id: id });
    assert.equal((await c.api('PATCH', `/api/application/${id}`, { application: { oauthConfiguration: { authorizedRedirectURLs: ['https://moved.example/'] } } }, merge)).status, 200);
    const answer = await answerPage(browser, page, { loginId: person.email, password: person.password });
    assert.ok(!answer.location?.startsWith(redirect), `went to ${answer.location}`);
  });

  test('OA-63: a deleted api key opens nothing', async () => {
    const key = 'a-key-for-a-while-that-is-long-enough';
    const made = await c.api('POST', '/api/api-key', { apiKey: { name: 'For a while', key } });
    assert.equal(made.status, 200, made.text);
    const works = async () => (await c.api('GET', `/api/user/${ids.user}`, undefined, { authorization: key })).status;
    assert.equal(await works(), 200);
    assert.equal((await c.api('DELETE', `/api/api-key/${made.body.apiKey.id}`)).status, 200);
    assert.equal(await works(), 401);
  });
});

describe('two tenants', () => {
  let c;
  let theirs;
  const keyA = 'the-key-of-tenant-a-that-is-long-enough-1';
  const eve = { email: 'theirs@example.com', password: 'a password of the others' };
  const id = { app: '77777777-7777-4777-8777-777777777777', user: '88888888-8888-4888-8888-888888888888', role: '99999999-9999-4999-8999-999999999991', scope: '99999999-9999-4999-8999-999999999992' };

  before(async () => {
    c = await Cardea.start();
    theirs = (await c.api('POST', '/api/tenant', { tenant: { name: 'Theirs' } })).body.tenant.id;
    const other = { 'x-fusionauth-tenantid': theirs };
    const steps = [
      ['POST', `/api/application/${id.app}`, { application: { name: 'Theirs', roles: [{ id: id.role, name: 'boss' }], oauthConfiguration: { authorizedRedirectURLs: [redirect], clientSecret: secret, enabledGrants: ['authorization_code', 'refresh_token', 'client_credentials'] } } }, other],
      ['POST', `/api/application/${id.app}/scope/${id.scope}`, { scope: { name: 'theirs:read' } }, other],
      ['POST', `/api/user/registration/${id.user}`, { user: eve, registration: { applicationId: id.app } }, other],
      ['POST', '/api/api-key', { apiKey: { name: 'Of tenant A', key: keyA, tenantId: ids.tenant } }, {}],
    ];
    for (const [method, path, body, headers] of steps) { const done = await c.api(method, path, body, headers); assert.equal(done.status, 200, `${path} ${done.text}`); }
  });
  after(() => c.end());

  const asA = [['a key of tenant A', { authorization: keyA }], ['a key of all, speaking for tenant A', { authorization: apiKey, 'x-fusionauth-tenantid': ids.tenant }]];
  const routes = () => [
    ['GET', `/api/user/${id.user}`], ['PATCH', `/api/user/${id.user}`, { user: { firstName: 'Mine' } }], ['PUT', `/api/user/${id.user}`, { user: { email: 'mine@example.com' } }], ['DELETE', `/api/user/${id.user}`], ['DELETE', `/api/user/${id.user}?hardDelete=true`], ['PUT', `/api/user/${id.user}?reactivate=true`],
    ['GET', `/api/user?email=${eve.email}`], ['GET', `/api/user?loginId=${eve.email}`], ['GET', `/api/user/registration/${id.user}/${id.app}`], ['POST', `/api/user/registration/${id.user}`, { registration: { applicationId: id.app } }], ['POST', `/api/user/registration/${id.user}`, { registration: { applicationId: ids.app } }],
    ['PATCH', `/api/user/registration/${id.user}/${id.app}`, { registration: { roles: ['boss'] } }], ['PATCH', `/api/user/registration/${id.user}`, { registration: { applicationId: id.app, roles: ['boss'] } }], ['DELETE', `/api/user/registration/${id.user}/${id.app}`], ['POST', `/api/user/registration/${ids.user}`, { registration: { applicationId: id.app } }],
    ['GET', `/api/application/${id.app}`], ['PATCH', `/api/application/${id.app}`, { application: { name: 'Mine' } }], ['PUT', `/api/application/${id.app}`, { application: { name: 'Mine' } }], ['DELETE', `/api/application/${id.app}`], ['DELETE', `/api/application/${id.app}?hardDelete=true`],
    ['POST', `/api/application/${id.app}/role`, { role: { name: 'x' } }], ['PATCH', `/api/application/${id.app}/role/${id.role}`, { role: { name: 'x' } }], ['DELETE', `/api/application/${id.app}/role/${id.role}`], ['DELETE', `/api/application/${ids.app}/role/${id.role}`],
    ['GET', `/api/application/${id.app}/scope/${id.scope}`], ['GET', `/api/application/${ids.app}/scope/${id.scope}`], ['POST', `/api/application/${id.app}/scope`, { scope: { name: 'x' } }], ['PATCH', `/api/application/${id.app}/scope/${id.scope}`, { scope: { name: 'x' } }], ['DELETE', `/api/application/${id.app}/scope/${id.scope}`],
    ['POST', '/api/login', { loginId: eve.email, password: eve.password, applicationId: id.app }], ['POST', '/api/login', { loginId: eve.email, password: eve.password, applicationId: ids.app }], ['PUT', `/api/login/${id.user}/${id.app}`],
    ['GET', `/api/jwt/refresh?userId=${id.user}`], ['DELETE', `/api/jwt/refresh?userId=${id.user}`], ['DELETE', `/api/jwt/refresh?applicationId=${id.app}`], ['DELETE', `/api/user/bulk?userId=${id.user}`],
  ];

  for (const [name, headers] of asA) {
    test(`OA-64, V8.4.1: with ${name}, no object of tenant B is found, changed or told of`, async () => {
      const whole = async () => [await c.api('GET', `/api/user/${id.user}`), await c.api('GET', `/api/application/${id.app}`), await c.api('GET', `/api/tenant/${theirs}`)].map((a) => a.text);
      const before = await whole();
      for (const [method, path, body] of routes()) {
        const answer = await c.api(method, path, body, headers);
        const empty = answer.status === 200 && !answer.text.includes('theirs') && !answer.text.includes(id.user) && !answer.text.includes(id.app);
        assert.ok([400, 401, 403, 404].includes(answer.status) || (empty && (method === 'DELETE' || path.startsWith('/api/jwt'))), `${method} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
        assert.ok(!answer.text.includes(eve.email) && !answer.text.includes('boss'), `${method} ${path}: ${answer.text}`);
        if (method === 'GET' && !path.includes('jwt')) assert.equal(answer.status, 404, `${method} ${path}`);
      }
      assert.deepEqual(await whole(), before, 'nothing of theirs changed');
    });
  }

  test('OA-64, V8.2.2: a key of tenant A reaches no tenant, key or search of another, and cannot ask to be another', async () => {
    const asKey = (method, path, body, more = {}) => c.api(method, path, body, { authorization: keyA, ...more });
    for (const [method, path, body] of [['GET', `/api/tenant/${theirs}`], ['PATCH', `/api/tenant/${theirs}`, { tenant: { name: 'Mine' } }], ['PUT', `/api/tenant/${theirs}`, { tenant: { name: 'Mine' } }], ['DELETE', `/api/tenant/${theirs}`], ['POST', '/api/tenant', { tenant: { name: 'New' } }], ['POST', '/api/api-key', { apiKey: { name: 'Escalated' } }], ['POST', '/api/api-key', { apiKey: { name: 'Escalated', tenantId: theirs } }]]) {
      const answer = await asKey(method, path, body);
      assert.ok([400, 401, 403, 404].includes(answer.status), `${method} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
    for (const [method, path] of [['GET', `/api/user/${id.user}`], ['GET', `/api/user/${ids.user}`], ['GET', `/api/application/${id.app}`]]) {
      const answer = await asKey(method, path, undefined, { 'x-fusionauth-tenantid': theirs });
      assert.ok([400, 401, 403, 404].includes(answer.status), `${path}: ${answer.status}`);
    }
    for (const [path, body] of [['/api/user/search', { search: { queryString: '*', numberOfResults: 100 } }], ['/api/application/search', { search: { numberOfResults: 100 } }], ['/api/tenant/search', { search: { numberOfResults: 100 } }]]) {
      const answer = await asKey('POST', path, body);
      assert.ok(!/theirs|Theirs|88888888|77777777/.test(answer.text), `${path}: ${answer.text.slice(0, 300)}`);
    }
    for (const path of ['/api/application', '/api/tenant', '/api/user/search?queryString=*', `/api/user/search?ids=${id.user}`]) assert.ok(!/theirs|Theirs|88888888|77777777/.test((await asKey('GET', path)).text), path);
    assert.equal((await asKey('GET', `/api/user/${ids.user}`)).status, 200, 'its own it may');
  });

  test('OA-64, invariant 3: a session, code or token of one tenant is nothing at the other', async () => {
    const browser = new Browser(c);
    await signIn(browser);
    const t = await tokensOf(c, browser);
    const { code, verifier } = await codeFor(browser);
    const there = { authorization: basic(id.app) };
    const at = `/${theirs}`;
    await quiet(c, async () => {
      for (const prefix of ['', at]) {
        assert.deepEqual((await c.form(`${prefix}/oauth2/introspect`, { token: t.access_token }, there)).body, { active: false });
        assert.equal((await c.form(`${prefix}/oauth2/token`, { grant_type: 'refresh_token', refresh_token: t.refresh_token }, there)).body.error, 'invalid_grant');
        assert.equal((await c.form(`${prefix}/oauth2/token`, { grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifier }, there)).body.error, 'invalid_grant');
        assert.equal((await c.form(`${prefix}/oauth2/revoke`, { token: t.access_token }, there)).status, 200);
      }
      assert.equal((await c.fetch(`${at}/oauth2/userinfo`, { headers: { authorization: `Bearer ${t.access_token}` } })).status, 401);
      assert.equal(new URL((await browser.open(`${at}${authorizeUrl({ client_id: id.app, prompt: 'none' })}`)).location).searchParams.get('error'), 'login_required');
      const [name, value] = [...browser.cookies].find(([k]) => k.includes('sso'));
      const thief = new Browser(c);
      thief.cookies.set(name.replace(ids.tenant.slice(0, 8), theirs.slice(0, 8)), value);
      thief.cookies.set(name, value);
      assert.equal(new URL((await thief.open(`${at}${authorizeUrl({ client_id: id.app, prompt: 'none' })}`)).location).searchParams.get('error'), 'login_required');
    });
    assert.equal((await introspect(c, t.access_token)).active, true);
  });

  test('OA-64: one address, two people: a password of tenant A opens nothing at tenant B', async () => {
    const made = await c.api('POST', '/api/user/registration', { user: { email: person.email, password: 'the password at the others' }, registration: { applicationId: id.app } }, { 'x-fusionauth-tenantid': theirs });
    assert.equal(made.status, 200, made.text);
    const b = new Browser(c);
    const page = await b.open(`/${theirs}${authorizeUrl({ client_id: id.app })}`);
    const action = page.text.match(/action="([^"]*)"/)[1];
    assert.equal((await b.post(action, { ...Browser.hidden(page), loginId: person.email, password: person.password })).location, null);
    const first = new Browser(c);
    const ours = await signInPage(first);
    assert.equal((await answerPage(first, ours, { loginId: person.email, password: 'the password at the others' })).location, null);
  });

  test('V8.2.1: no route of the administration opens without a key, with a wrong one, or with a person\'s token', async () => {
    const browser = new Browser(c);
    await signIn(browser);
    const t = await tokensOf(c, browser);
    await quiet(c, async () => {
      for (const [method, path, body] of [...routes(), ['GET', '/api/tenant'], ['GET', `/api/api-key/${ids.user}`], ['POST', '/api/key/generate', { key: { algorithm: 'ES256', name: 'x' } }], ['POST', '/api/jwt/vend', { claims: {} }]]) {
        if (path === '/api/login' || path.startsWith('/api/login')) continue;
        for (const authorization of ['', 'wrong', `Bearer ${apiKey}x`, `Bearer ${t.access_token}`, t.access_token, basic(ids.app), `${apiKey} `.repeat(2), apiKey.toUpperCase(), apiKey.slice(0, -1), `${apiKey}\u00a0`]) {
          const answer = await c.api(method, path, body, { authorization });
          assert.ok([400, 401, 403, 404].includes(answer.status), `${method} ${path} with ${authorization.slice(0, 20)}: ${answer.status}`);
          if (method !== 'GET' || !path.includes('jwt')) assert.equal(answer.status, 401, `${method} ${path} with ${authorization.slice(0, 20)}`);
        }
      }
    });
  });

  test('V8.2.3: what a person may not say about itself is not taken: id, tenant, verified, roles, active', async () => {
    const made = await c.api('POST', '/api/user', { user: { email: 'mass@example.com', password: 'a long enough password', tenantId: theirs, verified: true, active: false, insertInstant: 1, registrations: [{ applicationId: ids.app, roles: ['admin'] }], salt: 'x', factor: 1, encryptionScheme: 'salted-md5' } }, { authorization: keyA });
    if (made.status === 200) {
      assert.equal(made.body.user.tenantId, ids.tenant);
      assert.equal(made.body.user.registrations?.length ?? 0, 0);
      assert.notEqual(made.body.user.insertInstant, 1);
    } else assert.equal(made.status, 400, made.text);
  });
});
