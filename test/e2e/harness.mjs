// SPDX-License-Identifier: Apache-2.0
// The real binary with a fresh store, on a free port, set up by a kickstart file; and small hands to drive it. The store is
// a data folder, or with CARDEA_TEST_ENGINE=postgresql a database of its own on the run's server (postgres.mjs).
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Postgres } from './postgres.mjs';

export const CARDEA = process.env.CARDEA ?? new URL('../../build/cardea', import.meta.url).pathname;

export const ids = {
  tenant: '11111111-1111-4111-8111-111111111111',
  app: '22222222-2222-4222-8222-222222222222',
  publicApp: '33333333-3333-4333-8333-333333333333',
  thirdParty: '44444444-4444-4444-8444-444444444444',
  closedApp: '55555555-5555-4555-8555-555555555555',
  user: '66666666-6666-4666-8666-666666666666',
};
export const secret = 'a-client-secret-of-more-than-32-characters';
export const apiKey = 'an-api-key-for-tests-with-everything';
export const person = { email: 'ada@example.com', password: 'correct horse battery', firstName: 'Ada', lastName: 'Lovelace' };
export const redirect = 'https://client.example/callback';

const application = (id, name, oauth, more = {}) => ({
  method: 'POST',
  url: `/api/application/${id}`,
  body: {
    application: {
      name,
      roles: [{ name: 'member', isDefault: true }, { name: 'admin' }],
      oauthConfiguration: { authorizedRedirectURLs: [redirect], clientSecret: secret, ...oauth },
      ...more,
    },
  },
});

export const kickstart = {
  variables: { defaultTenantId: ids.tenant },
  apiKeys: [{ key: apiKey, description: 'tests' }],
  requests: [
    application(ids.app, 'Confidential', {
      enabledGrants: ['authorization_code', 'refresh_token', 'client_credentials'],
      logoutURL: 'https://client.example/bye',
      authorizedOriginURLs: ['https://client.example'],
    }, {
      registrationConfiguration: { enabled: true, loginIdType: 'email', firstName: { enabled: true, required: true } },
      loginConfiguration: { generateRefreshTokens: true, requireAuthentication: true },
      scopes: [{ name: 'orders:read', description: 'Orders' }],
    }),
    application(ids.publicApp, 'Public', {
      clientAuthenticationPolicy: 'NotRequiredWhenUsingPKCE',
      proofKeyForCodeExchangePolicy: 'Required',
      authorizedRedirectURLs: [redirect, 'http://127.0.0.1/native', 'com.example.app:/cb'],
    }),
    application(ids.thirdParty, 'Third Party', { relationship: 'ThirdParty', consentMode: 'RememberDecision' }),
    application(ids.closedApp, 'Closed', { requireRegistration: true }),
    {
      method: 'POST',
      url: `/api/user/registration/${ids.user}`,
      body: { user: person, registration: { applicationId: ids.app, roles: ['member'] } },
    },
  ],
};

export const isPostgres = process.env.CARDEA_TEST_ENGINE === 'postgresql';

// A place for data and what names it on the command line; master.key lies in dir in any case.
export class Store {
  static async fresh(dir) {
    const store = new Store();
    store.data = join(dir, 'data');
    store.args = ['--data', store.data];
    if (isPostgres) {
      store.server = await Postgres.shared();
      store.name = await store.server.create();
      store.args.push('--database', store.server.uri(store.name));
    }
    return store;
  }

  // The same data for one more process: PostgreSQL only.
  shared(dir) {
    const store = Object.assign(new Store(), this, { data: join(dir, 'data') });
    store.args = ['--data', store.data, '--database', this.server.uri(this.name), '--master-key-file', join(this.data, 'master.key')];
    return store;
  }

  async drop() { if (this.server) await this.server.drop(this.name); }

  // Every byte on disk.
  files() {
    const own = readdirSync(this.data).map((name) => ({ name, bytes: readFileSync(join(this.data, name)) }));
    return this.server ? [...own, ...this.server.files(this.name)] : own;
  }

  // What grows when something is kept: rows, or bytes.
  size() { return this.server ? this.server.rows(this.name) : this.files().reduce((sum, { bytes }) => sum + bytes.length, 0); }

  // The data without the keys, and that put back in place of what is there; cardea is stopped.
  async backup(folder) {
    if (this.server) writeFileSync(join(folder, 'dump'), await this.server.dump(this.name));
    else cpSync(join(this.data, 'cardea.db'), join(folder, 'cardea.db'));
  }

  async restore(folder) {
    if (this.server) return this.server.restore(this.name, readFileSync(join(folder, 'dump'), 'utf8'));
    for (const name of ['cardea.db', 'cardea.db-wal', 'cardea.db-shm']) rmSync(join(this.data, name), { force: true });
    return cpSync(join(folder, 'cardea.db'), join(this.data, 'cardea.db'));
  }
}

export const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};

export class Cardea {
  // options: { kickstart, args, env, dir, url, store, binary, isLenient, rates }; a store that is handed in is the caller's to drop. isLenient: refused
  // requests of the kickstart file do not stop the start
  static async start(options = {}) {
    const c = new Cardea();
    c.options = options;
    c.dir = options.dir ?? mkdtempSync(join(tmpdir(), 'cardea-'));
    c.store = options.store ?? (await Store.fresh(c.dir));
    c.data = c.store.data;
    c.port = options.port ?? (await freePort());
    c.url = options.url ?? `http://localhost:${c.port}`;
    c.log = '';
    const file = join(c.dir, 'kickstart.json');
    if (options.kickstart !== null) writeFileSync(file, JSON.stringify(options.kickstart ?? kickstart));
    await c.run(options.kickstart === null ? [] : ['--kickstart', file]);
    return c;
  }

  // One more node on the same database, with the same key and the same name.
  async another(options = {}) {
    const dir = mkdtempSync(join(tmpdir(), 'cardea-'));
    const { kickstart: _, dir: __, port: ___, ...same } = this.options;
    return Cardea.start({ ...same, url: this.url, ...options, kickstart: null, dir, store: this.store.shared(dir) });
  }

  async run(more = []) {
    const args = ['serve', ...this.store.args, '--listen', `127.0.0.1:${this.port}`, ...(this.options.rates ? [] : ['--no-rate-limit']), ...more, ...(this.options.args ?? [])];
    if (this.options.url) args.push('--url', this.options.url);
    if (!this.options.binary && !this.options.isLenient) args.push('--kickstart-strict');
    this.process = spawn(this.options.binary ?? CARDEA, args, {
      env: { ...process.env, CARDEA_TEST_CLOCK: '1', ASAN_OPTIONS: 'detect_leaks=1', ...(this.options.env ?? {}) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const before = this.log.length;
    this.ended = once(this.process, 'exit');
    this.process.stdout.on('data', (d) => { this.log += d; });
    this.process.stderr.on('data', (d) => { this.log += d; });
    const deadline = Date.now() + 60000;
    for (;;) {
      if (this.process.exitCode !== null) throw new Error(`cardea ended with ${this.process.exitCode}:\n${this.log}`);
      if (this.log.includes('"event":"started"', before)) return;
      if (Date.now() > deadline) throw new Error(`cardea did not start:\n${this.log}`);
      await new Promise((r) => setTimeout(r, 10));
    }
  }

  // Stops it as an operator would, and fails on a crash or a sanitizer report.
  async stop(signal = 'SIGTERM') {
    if (this.process.exitCode === null) this.process.kill(signal);
    const [code, by] = await this.ended;
    if (signal === 'SIGTERM' && code !== 0) throw new Error(`cardea ended with ${code ?? by}:\n${this.log.slice(-8000)}`);
    return code;
  }

  async end() {
    try { await this.stop(); } finally {
      if (process.env.CARDEA_SEEN) appendFileSync(process.env.CARDEA_SEEN, this.seen().join(''));
      rmSync(this.dir, { recursive: true, force: true });
      if (!this.options.store) await this.store.drop();
    }
  }

  // What was answered, from the log: "GET /api/user/{userId?} 200", a line each.
  seen() {
    const lines = this.log.split('\n').filter((line) => line.includes('"event":"request"')).map((line) => JSON.parse(line));
    return [...new Set(lines.map(({ method, route, status }) => `${method} ${route} ${status}\n`))];
  }

  at(path) { return `http://127.0.0.1:${this.port}${path}`; }

  // The body is read before the answer is handed on, and the answer held until then: Node 20 ends the body of an answer that
  // was collected meanwhile, and who waits for it waits for ever.
  async fetch(path, init = {}) {
    const answer = await fetch(path.startsWith('http') ? path : this.at(path), { redirect: 'manual', ...init });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const { status, headers, url } = answer;
    return { status, headers, url, ok: answer.ok, arrayBuffer: async () => bytes, text: async () => bytes.toString(), json: async () => JSON.parse(bytes.toString()) };
  }

  async api(method, path, body, headers = {}) {
    const answer = await this.fetch(path, {
      method,
      headers: { authorization: apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null, text };
  }

  async form(path, fields, headers = {}) {
    const answer = await this.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    });
    const text = await answer.text();
    let json = null;
    try { json = JSON.parse(text); } catch { /* a page */ }
    return { status: answer.status, headers: answer.headers, text, body: json };
  }

  shiftClock(shiftMs) { return this.api('POST', '/api/test/clock', { shiftMs }); }
  // What requests have written; what jobs of the house write is not among it.
  async counts() { return (await this.api('GET', '/api/test/counts')).body; }

  files() { return this.store.files(); }
}

// Waits until it holds, and gives what it then said.
export const until = async (what, holds, ms = 30000) => {
  for (const end = Date.now() + ms; ; await new Promise((r) => { setTimeout(r, 20); })) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not happen in ${ms} ms`);
  }
};

export const basic = (id, pass = secret) => `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(pass)}`).toString('base64')}`;

export const pkce = () => {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
};

export const decode = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
export const header = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[0], 'base64url'));

// A browser as far as cookies and forms go.
export class Browser {
  constructor(cardea) { this.cardea = cardea; this.cookies = new Map(); }

  async open(path, init = {}) {
    const answer = await this.cardea.fetch(path, {
      ...init,
      headers: { accept: 'text/html', cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; '), ...(init.headers ?? {}) },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0/i.test(line)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, location: answer.headers.get('location') };
  }

  post(path, fields, headers = {}) {
    return this.open(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    });
  }

  static hidden(page) {
    const fields = {};
    const unescape = (s) => s.replace(/&#x([0-9a-f]+);/gi, (_, h) => String.fromCodePoint(parseInt(h, 16))).replace(/&#(\d+);/g, (_, d) => String.fromCodePoint(d))
      .replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
    for (const [tag] of page.text.matchAll(/<input[^>]*type="?hidden"?[^>]*>/g)) {
      const name = tag.match(/name="([^"]*)"/)?.[1];
      fields[name] = unescape(tag.match(/value="([^"]*)"/)?.[1] ?? '');
    }
    return fields;
  }
}

export const authorizeUrl = (fields) => `/oauth2/authorize?${new URLSearchParams({
  client_id: ids.app, response_type: 'code', redirect_uri: redirect, scope: 'openid email profile offline_access', state: 'st', ...fields,
})}`;

// Signs in on the pages and gives the URL the browser is sent to.
export const signIn = async (browser, fields = {}, who = person) => {
  const page = await browser.open(authorizeUrl(fields));
  if (page.status === 303) return new URL(page.location);
  const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: who.email, password: who.password });
  if (done.status !== 303) throw new Error(`sign-in answered ${done.status}: ${done.text.slice(0, 3000)}`);
  return new URL(done.location);
};

// The whole code flow: tokens of a fresh sign-in.
export const tokensFor = async (cardea, fields = {}, exchange = {}, browser = new Browser(cardea), who = person) => {
  const { verifier, challenge } = pkce();
  const back = await signIn(browser, { code_challenge: challenge, code_challenge_method: 'S256', ...fields }, who);
  const answer = await cardea.form('/oauth2/token', {
    grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: redirect, code_verifier: verifier, ...exchange,
  }, exchange.client_id ? {} : { authorization: basic(fields.client_id ?? ids.app) });
  return { ...answer.body, status: answer.status, code: back.searchParams.get('code'), verifier, browser };
};
