// SPDX-License-Identifier: Apache-2.0
// Kickstart files in FusionAuth's format, at start and by the command.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Browser, CARDEA, Cardea, Store, apiKey, authorizeUrl, ids, kickstart, signIn } from './harness.mjs';

const dirs = [];
const folder = (files) => {
  const dir = mkdtempSync(join(tmpdir(), 'cardea-kick-'));
  dirs.push(dir);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return dir;
};
const run = (args, env = {}) => spawnSync(CARDEA, args, { encoding: 'utf8', env: { ...process.env, ...env }, timeout: 60000 });

describe('kickstart', () => {
  after(() => dirs.forEach((d) => rmSync(d, { recursive: true, force: true })));

  test('variables, the environment, fresh ids and files are put in; the default tenant has the chosen id', async () => {
    const dir = folder({
      'kick.json': {
        variables: { defaultTenantId: ids.tenant, name: 'Shop', long: '#{name} of #{ENV.KICK_OWNER}', appId: ids.app, secret: '#{UUID()}' },
        apiKeys: [{ key: apiKey, description: 'all' }, { key: 'a-key-that-only-reads-users', permissions: { endpoints: { '/api/user': ['GET'] } } }],
        requests: [
          { method: 'POST', url: '/api/application/#{appId}', tenantId: '#{FUSIONAUTH_TENANT_ID}', body: '&{parts/app.json}' },
          { method: 'POST', url: '/api/user/registration', body: { user: { email: 'admin@example.com', password: '@{password.txt}' }, registration: { applicationId: '#{FUSIONAUTH_APPLICATION_ID}', roles: ['admin'] } } },
          { method: 'PATCH', url: '/api/tenant/#{defaultTenantId}', body: { tenant: { issuer: 'https://issuer.example' } } },
        ],
      },
      'parts/app.json': { application: { name: '#{long}', oauthConfiguration: { clientSecret: '#{secret}', authorizedRedirectURLs: ['https://client.example/callback'] } } },
      'password.txt': 'from a file, with "quotes"',
    });
    const c = await Cardea.start({ kickstart: null, dir, args: ['--kickstart', join(dir, 'kick.json')], env: { KICK_OWNER: 'Ada' } });
    try {
      const { body } = await c.api('GET', `/api/application/${ids.app}`);
      assert.equal(body.application.name, 'Shop of Ada');
      assert.equal(body.application.tenantId, ids.tenant);
      assert.match(body.application.oauthConfiguration.clientSecret, /^[0-9a-f-]{36}$/);
      const back = await signIn(new Browser(c), {}, { email: 'admin@example.com', password: 'from a file, with "quotes"' });
      assert.equal(back.searchParams.get('iss'), 'https://issuer.example');
      const reader = { authorization: 'a-key-that-only-reads-users' };
      assert.equal((await c.fetch('/api/user?email=admin@example.com', { headers: reader })).status, 200);
      assert.equal((await c.fetch(`/api/application/${ids.app}`, { headers: reader })).status, 401);
      await c.stop();
      await c.run(['--kickstart', join(dir, 'kick.json')]);
      assert.equal((await c.api('GET', '/api/tenant')).body.tenants.length, 1, 'a file is applied to an empty database only');
    } finally { await c.end(); }
  });

  test('a request that is refused stops the start and says which and why', async () => {
    const dir = folder({ 'kick.json': { ...kickstart, requests: [{ method: 'POST', url: '/api/application', body: { application: { name: '', nonsense: 1 } } }] } });
    const store = await Store.fresh(dir);
    const out = run(['serve', ...store.args, '--listen', '127.0.0.1:0', '--quiet', '--kickstart', join(dir, 'kick.json')]);
    assert.equal(out.status, 1);
    assert.match(out.stderr, /request 1 .*POST \/api\/application.*400.*\[unknown\]application\.nonsense/s);
    await store.drop();
  });

  test('the command applies a file at any time, and says what is wrong with it', async () => {
    const dir = folder({
      'one.json': kickstart,
      'two.json': { apiKeys: [{ key: apiKey }], requests: [{ method: 'POST', url: '/api/tenant', body: { tenant: { name: 'Second' } } }] },
      'bad.json': '{ "requests": [',
      'unknown.json': { apiKeys: [{ key: apiKey }], requests: [{ method: 'POST', url: '/api/tenant/#{nothing}', body: {} }] },
    });
    const store = await Store.fresh(dir);
    const kick = (file) => run(['kickstart', join(dir, file), ...store.args, '--quiet']);
    assert.equal(kick('one.json').status, 0, kick('one.json').stderr);
    const two = kick('two.json');
    assert.equal(two.status, 0, two.stderr);
    assert.match(kick('bad.json').stderr, /not a valid JSON/);
    assert.match(kick('unknown.json').stderr, /variable is not defined: nothing/);
    assert.match(kick('missing.json').stderr, /cannot read/);
    await store.drop();
  });

  test('the demo\'s own file is applied as it stands', async () => {
    const file = new URL('../../docs/demo/kickstart.json', import.meta.url).pathname;
    const { variables } = JSON.parse(readFileSync(file));
    const c = await Cardea.start({ kickstart: null, args: ['--demo', '--kickstart', file] });
    try {
      for (let tries = 0; tries < 100 && !c.log.includes('ada@example.com'); tries++) await new Promise((r) => setTimeout(r, 50));
      assert.match(c.log, /ada@example\.com/);
      const { status } = await c.fetch('/api/user?email=ada@example.com', { headers: { authorization: variables.apiKey } });
      assert.equal(status, 200);
      const home = await new Browser(c).open('/demo');
      assert.match(home.text, /Sign in/);
      for (const path of ['/demo/refresh', '/demo/signout']) assert.equal((await new Browser(c).open(path)).location, '/demo', 'a stranger is sent home');
      assert.equal((await new Browser(c).open(authorizeUrl({ client_id: variables.applicationId, redirect_uri: `${variables.baseURL}/demo/callback` }))).status, 200);
    } finally { await c.end(); }
  });
});
