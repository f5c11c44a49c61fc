// SPDX-License-Identifier: Apache-2.0
// Cardea and its peers in one run: each on core 0 in its turn, the same load program on core 1, the same questions.
// oidc-provider is of npm (bench/package.json), glewlwyd of Debian. Prints the table of docs/performance-large.md.
// Settings, by environment: PEERS_SECONDS of each run (3), PEERS_ONLY (words of scenarios), PEERS_HASH (rounds of
// PBKDF2 with SHA-256: 24000).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as house from './house.mjs';
import * as glewlwyd from './peer_glewlwyd.mjs';
import { Server, freePort, loads, machine, median, number, setting, thousands } from './server.mjs';

const seconds = number('PEERS_SECONDS', 3);
const only = setting('PEERS_ONLY', '').split(' ').filter(Boolean);
const iterations = number('PEERS_HASH', 24000);
const here = new URL('.', import.meta.url).pathname;
const redirect = 'https://client.example/callback';
const secret = 'a-client-secret-of-more-than-32-characters';
const person = { name: 'ada', password: 'correct horse battery' };
const verifier = 'abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno';
const challenge = createHash('sha256').update(verifier).digest('base64url');
const basic = (id) => `authorization: Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const exchange = new URLSearchParams({ redirect_uri: redirect, code_verifier: verifier });
const say = (line) => console.log(line);

const save = (name, words) => {
  const file = join(house.folder, `${name}.fixtures`);
  writeFileSync(file, Object.entries(words).map(([k, v]) => `${k} ${v}\n`).join(''));
  return file;
};

const post = async (url, headers, form) => {
  const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) });
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};

const cardea = async () => {
  const c = await house.start();
  await house.addPeople(c);
  const tenant = '00000009-0000-4000-8000-000000000001';
  const ok = async (path, body, headers = {}) => {
    const answer = await c.api('POST', path, body, headers);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  };
  await ok(`/api/tenant/${tenant}`, { tenant: { name: 'Hashes', passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: iterations } } });
  await ok('/api/user', { user: { username: person.name, password: person.password } }, { 'x-fusionauth-tenantid': tenant });
  const words = readFileSync(house.fixtures, 'utf8');
  const word = (name) => new RegExp(`^${name} (.*)$`, 'm').exec(words)[1];
  const file = save('cardea', {
    discovery_path: '/.well-known/openid-configuration', token_path: '/oauth2/token', introspect_path: '/oauth2/introspect', login_path: '/api/login',
    client_form: 'grant_type=client_credentials', refresh_form: 'grant_type=refresh_token', introspect_basic: word('basic'), introspect_token: word('access'),
    login_auth: word('api'), login_tenant: `x-fusionauth-tenantid: ${tenant}`, login_body: JSON.stringify({ loginId: person.name, password: person.password }),
  });
  writeFileSync(file, words + readFileSync(file, 'utf8'));
  return { name: 'Cardea', file, pid: c.process.pid, port: c.port, stop: () => c.stop('SIGKILL') };
};

// Follows redirects with a cookie jar until one leaves for the client; the cookies then are a session.
const signIn = async (url) => {
  const jar = new Map();
  for (let at = url, hops = 0; hops < 10; hops++) {
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie: [...jar].map(([k, v]) => `${k}=${v}`).join('; ') } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (value) jar.set(name, value); else jar.delete(name);
    }
    const next = answer.headers.get('location');
    if (!next) throw new Error(`${at} was answered ${answer.status}`);
    if (next.startsWith(redirect)) return [...jar].map(([k, v]) => `${k}=${v}`).join('; ');
    at = new URL(next, at).href;
  }
  throw new Error('too many redirects');
};

const authorizeQuery = (scope) => new URLSearchParams({
  client_id: 'bench', response_type: 'code', scope, redirect_uri: redirect, code_challenge: challenge, code_challenge_method: 'S256', state: 's', nonce: 'n',
});

const oidcProvider = async () => {
  if (!existsSync(join(here, 'node_modules/oidc-provider'))) execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: here, stdio: 'inherit' });
  const port = await freePort();
  const env = { NODE_ENV: 'production', PEER_SECRET: secret, PEER_REDIRECT: redirect };
  const server = await Server.start([process.execPath, join(here, 'peer_oidc.mjs'), String(port)], port, { path: '/.well-known/openid-configuration', env });
  const base = `http://localhost:${port}`;
  const authorize = `/auth?${authorizeQuery('openid offline_access orders')}`;
  const opaque = await post(`${base}/token`, { authorization: basic('opaque').slice(15) }, { grant_type: 'client_credentials' });
  const file = save('oidc-provider', {
    discovery_path: '/.well-known/openid-configuration', token_path: '/token', introspect_path: '/token/introspection',
    basic: basic('bench'), client_form: 'grant_type=client_credentials', refresh_form: 'grant_type=refresh_token', exchange,
    introspect_basic: basic('opaque'), introspect_token: opaque.access_token, authorize, session: await signIn(base + authorize),
  });
  return { name: 'oidc-provider', file, pid: server.pid, port, stop: () => server.stop(), has: (row) => row !== 'peer_login' };
};

const glewlwydPeer = async () => {
  const folder = join(house.folder, 'glewlwyd');
  mkdirSync(folder);
  const port = await freePort();
  const { server, session } = await glewlwyd.start(folder, port, { secret, redirect, person, iterations });
  const base = '/api/oidc';
  const token = await post(`http://127.0.0.1:${port}${base}/token`, { authorization: basic('bench').slice(15) }, { grant_type: 'client_credentials', scope: 'orders' });
  const file = save('glewlwyd', {
    discovery_path: `${base}/.well-known/openid-configuration`, token_path: `${base}/token`, introspect_path: `${base}/introspect`, login_path: '/api/auth/',
    basic: basic('bench'), client_form: 'grant_type=client_credentials&scope=orders', refresh_form: 'grant_type=refresh_token', exchange,
    introspect_basic: basic('bench'), introspect_token: token.access_token, session, authorize: `${base}/auth?${authorizeQuery('openid orders')}&g_continue`,
    login_auth: 'accept: application/json', login_tenant: 'accept-language: en', login_body: JSON.stringify({ username: person.name, password: person.password }),
  });
  return { name: 'glewlwyd', file, pid: server.pid, port, stop: () => server.stop() };
};

const rows = [
  ['discovery', 'peer_discovery'], ['client credentials, ES256 JWT', 'peer_client'], ['introspection', 'peer_introspect'],
  ['refresh with rotation', 'peer_refresh'], ['code flow with PKCE: authorize + token, two JWTs', 'peer_code'], [`password login, PBKDF2-SHA256, ${thousands(iterations)} rounds`, 'peer_login'],
];

const few = ['peer_refresh', 'peer_code', 'peer_login']; // more than 16 connections only make glewlwyd time out
const ask = async (peer, scenario) => {
  const load = new Server();
  Object.assign(load, { pid: peer.pid, port: peer.port });
  return load.load(scenario, peer.file, ['-s', seconds, '-c', few.includes(scenario) ? 16 : 64]);
};

const measureRow = async (peers, [what, scenario]) => {
  const runs = peers.map(() => []);
  for (let i = 0; i < 3; i++) {
    for (const [at, peer] of peers.entries()) if (!peer.has || peer.has(scenario)) runs[at].push(await ask(peer, scenario));
  }
  const rate = (list) => median(list.map((r) => r.rate));
  const ours = rate(runs[0]);
  const cells = runs.map((list, at) => (list.length === 0 ? '- | - | -' : `${thousands(rate(list))} | ${(median(list.map((r) => r.p99_us)) / 1000).toFixed(1)} | ${median(list.map((r) => r.server_cpu_us)).toFixed(0)}`) + (at > 0 && list.length ? ` | ${(ours / rate(list)).toFixed(1)}` : at > 0 ? ' | -' : ''));
  const errors = runs.flat().filter((r) => r.errors).map((r) => `${r.errors} errors: ${r.why}`);
  say(`| ${what} | ${cells.join(' | ')} |${errors.length ? ` ${errors.join(' ')}` : ''}`);
};

const peers = [];
try {
  peers.push(await cardea(), await oidcProvider());
  if (glewlwyd.isInstalled()) peers.push(await glewlwydPeer());
  else say('glewlwyd is not installed: tools/install bench');
  say(machine());
  say(`Node ${process.version}; the median of 3 runs of ${seconds} s in turn, 64 connections, 16 for the last three rows.\n`);
  say(`| what | ${peers.map((p, at) => `${p.name} a second | p99 ms | CPU us${at ? ' | Cardea is times as fast' : ''}`).join(' | ')} |`);
  say(`|---|${peers.map((p, at) => `---|---|---|${at ? '---|' : ''}`).join('')}`);
  for (const row of rows) if (only.length === 0 || only.includes(row[1])) await measureRow(peers, row);
  say(`\nLoad averages after: ${loads()}`);
} finally {
  for (const peer of peers) await peer.stop();
  rmSync(house.folder, { recursive: true, force: true });
}
