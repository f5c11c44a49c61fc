// SPDX-License-Identifier: Apache-2.0
// What every part stands on: nodes of the real binary on one store, people whose passwords cost nothing, and the few requests
// that all parts make. Nothing here knows what the store is.
import { Browser, Cardea, apiKey, authorizeUrl, basic, ids, kickstart, person, pkce, redirect } from '../e2e/harness.mjs';
import { Wire } from './wire.mjs';

export const asApp = `authorization: ${basic(ids.app)}\r\n`;
export const asAdmin = `authorization: ${apiKey}\r\n`;
export const engine = process.env.CARDEA_TEST_ENGINE ?? 'sqlite';
// Nodes that the store may be shared by.
export const maxNodes = engine === 'sqlite' ? 1 : 3;

const cheap = { passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1, modifyEncryptionSchemeOnLogin: false } };

export const pause = (ms) => new Promise((r) => setTimeout(r, ms));

export const must = (answer, status, what) => {
  if (answer.status !== status) throw new Error(`${what} was answered ${answer.status}: ${answer.text.slice(0, 500)}`);
  return answer.body;
};

// Numbers that repeat: a run is told by its seed.
export const dice = (seed) => {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (n) => Math.floor(next() * n), pick: (list) => list[Math.floor(next() * list.length)], chance: (p) => next() < p };
};

export class House {
  // options: { nodes, args, env, kickstart }
  static async start(options = {}) {
    const h = new House();
    const first = await Cardea.start({ kickstart, ...options, args: ['--quiet', ...(options.args ?? [])] });
    h.nodes = [first];
    for (let n = 1; n < Math.min(options.nodes ?? 1, maxNodes); n++) h.nodes.push(await first.another());
    must(await first.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: cheap }), 200, 'the cheap hash');
    must(await first.api('PATCH', `/api/user/${ids.user}`, { user: { password: person.password } }), 200, 'the cheap password');
    must(await first.api('PATCH', `/api/application/${ids.app}`, { application: { loginConfiguration: { allowTokenRefresh: true } } }), 200, 'the exchange');
    return h;
  }

  get c() { return this.nodes[0]; }
  get ports() { return this.nodes.map((c) => c.port); }
  // So many connections, spread over the nodes.
  wires(count) { return Array.from({ length: count }, (_, i) => new Wire(this.nodes[i % this.nodes.length].port)); }
  async end() { for (const c of this.nodes.toReversed()) await c.end(); }
}

export const { verifier, challenge } = pkce();
export const authorizePath = authorizeUrl({ code_challenge: challenge, code_challenge_method: 'S256' });
export const silentPath = `${authorizePath}&prompt=none`;

// A sign-in on the hosted page: the cookies of its session.
export const session = async (wire, who = person) => {
  let last;
  const browser = new Browser({ fetch: async (path, init = {}) => {
    const headers = Object.entries(init.headers ?? {}).map(([k, v]) => `${k}: ${v}\r\n`).join('');
    const answer = await wire.ask(init.method ?? 'GET', path, headers, init.body ?? '');
    last = answer;
    return {
      status: answer.status, text: () => answer.text,
      headers: { get: (name) => (name === 'location' ? answer.location : null), getSetCookie: () => [...answer.head.matchAll(/\r\nset-cookie: *([^\r]*)/gi)].map((m) => m[1]) },
    };
  } });
  const expect = (answer, status) => {
    if (answer.status === status) return answer;
    throw Object.assign(new Error(`a sign-in was answered ${answer.status}: ${answer.text.slice(0, 500)}`), { isCut: answer.status >= 500, answer: last });
  };
  const page = expect(await browser.open(authorizePath), 200);
  expect(await browser.post('/signin', { ...Browser.hidden(page), loginId: who.email, password: who.password }), 303);
  return `cookie: ${[...browser.cookies].map(([k, v]) => `${k}=${v}`).join('; ')}\r\n`;
};

export const codeOf = (answer) => (answer.status === 303 ? new URL(answer.location).searchParams.get('code') : null);
export const code = async (wire, cookies) => {
  const answer = await wire.ask('GET', authorizePath, cookies);
  const text = codeOf(answer);
  if (!text) throw new Error(`no code but ${answer.status}: ${answer.location ?? answer.text.slice(0, 300)}`);
  return text;
};
export const redeem = (wire, text) => wire.form('/oauth2/token', { grant_type: 'authorization_code', code: text, redirect_uri: redirect, code_verifier: verifier }, asApp);
export const refresh = (wire, token) => wire.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: token }, asApp);
export const revoke = (wire, token) => wire.form('/oauth2/revoke', { token }, asApp);
export const isActive = async (wire, token) => must(await wire.form('/oauth2/introspect', { token }, asApp), 200, 'introspection').active;
export const login = (wire, who) => wire.json('POST', '/api/login', { loginId: who.email, password: who.password, applicationId: ids.app }, asAdmin);
