// SPDX-License-Identifier: Apache-2.0
// What the attack tests share: a raw socket, proofs that nothing was written and nobody was sent away, codes of a live session.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Browser, authorizeUrl, basic, ids, pkce, redirect } from './harness.mjs';

export const html = /^text\/html/;

// Sends bytes as they are and gives the answer as text; fetch would refuse or mend most of what an attacker sends.
export const raw = (c, text, waitMs = 3000) => new Promise((resolve, reject) => {
  const chunks = [];
  const socket = connect(c.port, '127.0.0.1', () => socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text));
  const done = () => { socket.destroy(); resolve(Buffer.concat(chunks).toString('latin1')); };
  socket.setTimeout(waitMs, done);
  socket.on('data', (d) => { chunks.push(d); socket.setTimeout(Math.min(waitMs, 400)); });
  socket.on('end', done);
  socket.on('close', done);
  socket.on('error', (e) => (chunks.length || e.code === 'ECONNRESET' || e.code === 'EPIPE' ? done() : reject(e)));
});

export const rawGet = (c, target, headers = '') => raw(c, `GET ${target} HTTP/1.1\r\nHost: localhost:${c.port}\r\nConnection: close\r\n${headers}\r\n`);
export const rawPost = (c, target, body, headers = '') => raw(c, `POST ${target} HTTP/1.1\r\nHost: localhost:${c.port}\r\nConnection: close\r\n`
  + `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${Buffer.byteLength(body, 'latin1')}\r\n${headers}\r\n${body}`);
export const rawStatus = (answer) => Number(answer.match(/^HTTP\/1\.1 (\d{3})/)?.[1] ?? 0);
export const rawHead = (answer) => answer.split('\r\n\r\n')[0];

// Runs work and proves that it left no trace in the database.
export const quiet = async (c, work, what = 'a refused request') => {
  const before = await c.counts();
  const result = await work();
  assert.deepEqual(await c.counts(), before, `${what} wrote to the database`);
  return result;
};

// Milliseconds of processor time that the server spends on the work: a busy machine makes it wait, but not work more.
export const cost = async (c, work) => {
  const spent = () => readFileSync(`/proc/${c.process.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((sum, n) => sum + 10 * n, 0);
  const before = spent();
  await work();
  return spent() - before;
};

// A page of our own: nobody is sent anywhere and the page holds nothing that could send them.
export const staysHere = (answer, what, statuses = [400]) => {
  assert.ok(statuses.includes(answer.status), `${what}: answered ${answer.status}`);
  assert.equal(answer.headers.get('location'), null, `${what}: has a Location`);
  assert.equal(answer.headers.get('refresh'), null, `${what}: has a Refresh`);
  assert.ok(!/http-equiv|<script/i.test(answer.text), `${what}: the page redirects`);
};

// The parameters an answer carries back to the application, and proof that it went to the right address.
export const sentBack = (answer, to = redirect) => {
  assert.equal(answer.status, 303, answer.text?.slice(0, 500));
  const url = new URL(answer.headers.get('location'));
  assert.equal(url.href.split(/[?#]/)[0], to);
  return url.searchParams;
};

export const refused = (answer, error, status = error === 'invalid_client' ? 401 : 400, what = '') => {
  assert.equal(answer.body?.error, error, `${what} ${answer.status} ${answer.text?.slice(0, 300)}`);
  assert.equal(answer.status, status, what);
  assert.equal(answer.headers.get('location'), null, what);
  assert.match(answer.headers.get('cache-control'), /no-store/, what);
  assert.ok(!/access_token|refresh_token"|id_token"/.test(answer.text), `${what}: a refusal with a token`);
  assert.match(answer.body.error_description ?? '', /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/, 'RFC 6749 s5.2: characters of error_description');
};

// A code for a browser that is signed in already.
export const codeFor = async (browser, fields = {}) => {
  const { verifier, challenge } = pkce();
  const answer = await browser.open(authorizeUrl({ code_challenge: challenge, code_challenge_method: 'S256', ...fields }));
  assert.equal(answer.status, 303, answer.text.slice(0, 800));
  const params = new URL(answer.location).searchParams;
  assert.ok(params.get('code'), answer.location);
  return { code: params.get('code'), verifier, params };
};

export const redeem = (c, code, verifier, fields = {}, auth = basic(ids.app)) => {
  const body = { grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifier, ...fields };
  for (const [name, value] of Object.entries(body)) if (value === undefined) delete body[name];
  return c.form('/oauth2/token', body, auth ? { authorization: auth } : {});
};

// Tokens for a browser that is signed in already: no password is hashed.
export const tokensOf = async (c, browser, fields = {}) => {
  const { code, verifier } = await codeFor(browser, fields);
  const own = fields.client_id === ids.publicApp;
  const answer = await redeem(c, code, verifier, own ? { client_id: ids.publicApp } : {}, own ? null : basic(fields.client_id ?? ids.app));
  assert.equal(answer.status, 200, answer.text);
  return { ...answer.body, code, verifier };
};

export const refresh = (c, token, fields = {}, auth = basic(ids.app)) => c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: token, ...fields }, auth ? { authorization: auth } : {});
export const introspect = async (c, token, auth = basic(ids.app)) => (await c.form('/oauth2/introspect', { token }, { authorization: auth })).body;
export const userinfo = (c, token) => c.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${token}` } });

// A hash that costs little, for tests that sign in often; the person's password is set again under it.
export const cheapHash = async (c, password) => {
  const set = await c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { passwordEncryptionConfiguration: { encryptionScheme: 'salted-sha256', encryptionSchemeFactor: 1 } } });
  const again = set.status === 200 ? set : await c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { passwordEncryptionConfiguration: { encryptionScheme: 'bcrypt', encryptionSchemeFactor: 4 } } });
  assert.equal(again.status, 200, again.text);
  const changed = await c.api('PATCH', `/api/user/${ids.user}`, { user: { password } });
  assert.equal(changed.status, 200, changed.text);
};

const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
export const forge = (head, claims, key = '') => {
  const text = `${b64(head)}.${b64(claims)}`;
  return `${text}.${key ? createHmac('sha256', key).update(text).digest('base64url') : ''}`;
};

// What an application is told of a browser without a page being shown.
export const silent = async (b, fields = {}) => new URL((await b.open(authorizeUrl({ prompt: 'none', ...fields }))).location).searchParams;

export const signInPage = (browser, fields = {}) => browser.open(authorizeUrl(fields));
export const answerPage = (browser, page, fields, headers = {}) => browser.post('/signin', { ...Browser.hidden(page), ...fields }, headers);
