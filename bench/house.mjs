// SPDX-License-Identifier: Apache-2.0
// The release binary on core 0 with people, sessions and tokens, and the file of fixtures that load reads.
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

// The disk decides what durable writes cost: the build folder's, not a /tmp that may be memory.
export const build = process.env.BENCH_BUILD;
export const folder = process.env.ADMIN_DATA ?? mkdtempSync(join(process.env.BENCH_DATA ?? build, 'data-'));
const binary = join(build, 'cardea');
const onCore0 = join(folder, 'cardea-on-core-0');
writeFileSync(onCore0, `#!/bin/sh\nexec taskset -c 0 "${binary}" "$@"\n`);
chmodSync(onCore0, 0o755);
process.env.CARDEA = onCore0;
const { Browser, Cardea, authorizeUrl, basic, pkce, redirect, secret, apiKey, tokensFor } = await import('../test/e2e/harness.mjs');

export const PEOPLE = 64;
const uuid = (kind, n) => `${String(kind).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
export const ids = { tenant: uuid(1, 1), app: uuid(2, 1), many: uuid(1, 2), manyApp: uuid(2, 2) };
const email = (n) => `person${n}@example.com`;
const password = 'correct horse battery';

const application = (id, name, tenantId) => ({
  method: 'POST',
  url: `/api/application/${id}`,
  tenantId,
  body: {
    application: {
      name,
      roles: [{ name: 'member', isDefault: true }, { name: 'editor' }],
      oauthConfiguration: {
        authorizedRedirectURLs: [redirect], clientSecret: secret, enabledGrants: ['authorization_code', 'refresh_token', 'client_credentials'],
      },
      loginConfiguration: { generateRefreshTokens: true, requireAuthentication: true },
      scopes: [{ name: 'orders:read', description: 'Orders' }],
    },
  },
});

// A tenant whose passwords cost nothing, so that many people and sessions can be made in a minute.
const cheap = { passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1 } };

const kickstart = {
  variables: { defaultTenantId: ids.tenant },
  apiKeys: [{ key: apiKey, description: 'bench' }],
  requests: [
    application(ids.app, 'Bench', ids.tenant),
    { method: 'POST', url: `/api/tenant/${ids.many}`, body: { tenant: { name: 'Many', ...cheap } } },
    application(ids.manyApp, 'Many', ids.many),
  ],
};

export const start = (options = {}) => Cardea.start({
  dir: folder, kickstart, args: ['--quiet', '--loops', '1', '--hash-threads', '1', ...(options.args ?? [])], ...options, env: { CARDEA_TEST_CLOCK: '0' },
});

const must = (answer, what) => {
  if (answer.status !== 200) throw new Error(`${what} was answered ${answer.status}: ${answer.text}`);
  return answer.body;
};

const lines = [];
const fixture = (word, value) => lines.push(`${word} ${value}`);
export const fixtures = join(folder, 'fixtures');
export const save = () => writeFileSync(fixtures, lines.join('\n') + '\n');
// Those of a run before, in a folder that was kept.
export const readFixtures = () => lines.push(...readFileSync(fixtures, 'utf8').trim().split('\n'));

export const setPeople = (count) => {
  const at = lines.findIndex((l) => l.startsWith('people '));
  if (at >= 0) lines.splice(at, 1);
  fixture('people', count);
  save();
};

// One person for each connection, signed in on the hosted page, with an access token.
export const addPeople = async (c) => {
  const { verifier, challenge } = pkce();
  const asked = { client_id: ids.app, code_challenge: challenge, code_challenge_method: 'S256' };
  const who = [];
  for (let n = 0; n < PEOPLE; n++) {
    const user = { email: email(n), password, firstName: 'Ada', lastName: 'Lovelace' };
    must(await c.api('POST', `/api/user/registration/${uuid(3, n)}`, { user, registration: { applicationId: ids.app, roles: ['member'] } }), 'a registration');
    const browser = new Browser(c);
    const page = await browser.open(authorizeUrl(asked));
    const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: user.email, password });
    const form = { grant_type: 'authorization_code', code: new URL(done.location).searchParams.get('code'), redirect_uri: redirect, code_verifier: verifier };
    const tokens = must(await c.form('/oauth2/token', form, { authorization: basic(ids.app) }), 'a code');
    who.push({ user_id: uuid(3, n), email: user.email, session: [...browser.cookies].map(([k, v]) => `${k}=${v}`).join('; '), access: tokens.access_token });
  }
  fixture('authorize', authorizeUrl(asked));
  fixture('authorize_many', authorizeUrl({ ...asked, client_id: ids.manyApp }));
  fixture('exchange', new URLSearchParams({ redirect_uri: redirect, code_verifier: verifier }));
  fixture('basic', `authorization: ${basic(ids.app)}`);
  fixture('api', `authorization: ${apiKey}`);
  fixture('application', ids.app);
  fixture('password', password);
  fixture('many_tenant', ids.many);
  for (const word of ['user_id', 'email', 'session', 'access']) for (const w of who) fixture(word, w[word]);
  save();
};

// Tenants with an application each; the words of the first request that uses each of them.
export const addTenants = async (c, count) => {
  for (let n = 0; n < count; n++) {
    const tenant = uuid(4, n);
    const app = uuid(5, n);
    must(await c.api('POST', `/api/tenant/${tenant}`, { tenant: { name: `Tenant ${n}` } }), 'a tenant');
    must(await c.api('POST', `/api/application/${app}`, application(app, 'App').body, { 'x-fusionauth-tenantid': tenant }), 'an application');
    fixture('tenants', `authorization: ${basic(app)}`);
  }
  save();
};

// PostgreSQL's server has the load's core, too.
const busy = process.env.CARDEA_TEST_ENGINE ? 0 : 1;
// One run of the load generator on core 1; its JSON line, and in `why` the first error.
export const load = async (scenario, port, pid, more = []) => {
  const run = spawn('taskset', ['-c', '1', join(build, 'bench', 'load'), '-b', String(busy), '-p', String(pid), ...more.map(String), String(port), scenario, fixtures]);
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) run[name].on('data', (d) => { text[name] += d; });
  await once(run, 'close');
  if (!text.stdout) throw new Error(`load ${scenario}: ${text.stderr}`);
  return { ...JSON.parse(text.stdout), why: text.stderr.trim() };
};

// Resident memory in MB: all of it, and without the pages of files that other processes share.
export const rss = (pid) => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
  return { all: mb('VmRSS'), own: mb('RssAnon') };
};
