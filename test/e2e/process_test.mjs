// SPDX-License-Identifier: Apache-2.0
// The process: clean stops, kill -9, settings, TLS and HTTP/2, what lies on disk.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Browser, CARDEA, Cardea, apiKey, basic, decode, freePort, ids, isPostgres, person, secret, signIn, tokensFor } from './harness.mjs';

const dirs = [];
const folder = () => { const d = mkdtempSync(join(tmpdir(), 'cardea-proc-')); dirs.push(d); return d; };

describe('the process', () => {
  after(() => dirs.forEach((d) => rmSync(d, { recursive: true, force: true })));

  test('a restart keeps the issuer; a master key that is lost or another\'s is told at the start', async () => {
    const c = await Cardea.start();
    const key = join(c.data, 'master.key');
    try {
      const before = await tokensFor(c);
      await c.stop();
      await c.run();
      const { access_token: token } = await tokensFor(c);
      assert.equal(decode(token).iss, decode(before.access_token).iss);
      const seen = await c.form('/oauth2/introspect', { token: before.access_token }, { authorization: basic(ids.app) });
      assert.equal(seen.body.active, true);
      await c.stop();
      const bytes = readFileSync(key);
      rmSync(key);
      await assert.rejects(c.run(), /master key/, 'no fresh key in the place of one that has sealed something');
      writeFileSync(key, `cardea-master-1 01020304 ${Buffer.alloc(32, 7).toString('base64url')}\n`, { mode: 0o600 });
      await assert.rejects(c.run(), /does not open this database/);
      writeFileSync(key, bytes, { mode: 0o600 });
      await c.run();
    } finally { await c.end(); }
  });

  test('version, help, healthcheck and mistakes in the settings', async () => {
    const run = (...args) => spawnSync(CARDEA, args, { encoding: 'utf8' });
    assert.match(run('version').stdout, /^cardea \d+\.\d+\.\d+\n$/);
    assert.match(run('help').stdout, /--master-key-file/);
    assert.equal(run('nonsense').status, 2);
    assert.match(run('serve', '--nope').stderr, /--nope is no option/);
    assert.equal(run('healthcheck', '--listen', `127.0.0.1:${await freePort()}`).status, 1);
    const nowhere = join(tmpdir(), `cardea-nowhere-${process.pid}`);
    for (const command of [['check'], ['audit', 'verify'], ['export']]) { // a folder that is mistyped is not sound
      const looked = run(...command, '--data', nowhere);
      assert.deepEqual([looked.status, looked.stdout, existsSync(nowhere)], [1, '', false], command.join(' '));
      assert.match(looked.stderr, /no database in the folder/);
    }
    const c = await Cardea.start();
    try {
      const ok = run('healthcheck', '--listen', `127.0.0.1:${c.port}`);
      assert.equal(ok.status, 0, ok.stderr);
      assert.equal(statSync(join(c.data, 'master.key')).mode & 0o777, 0o600);
      assert.equal(statSync(c.data).mode & 0o777, 0o700);
      if (!isPostgres) { // there one process has the folder; a PostgreSQL database may have many: nodes_test.mjs
        const second = run('serve', '--data', c.data, '--listen', '127.0.0.1:0');
        assert.equal(second.status, 1);
        assert.match(second.stderr, /in use|another process/i);
        assert.equal(statSync(join(c.data, 'cardea.db')).mode & 0o077, 0);
      } else {
        const looked = run('check', ...c.store.args);
        assert.equal(looked.status, 0, looked.stdout + looked.stderr);
        assert.match(looked.stdout, /^check: sound: of 1 tenants 0, of [1-9]\d* applications 0, of 1 people 0 cannot be opened\n$/);
      }
    } finally { await c.end(); }
  });

  test('SIGTERM: requests in flight are answered, and the process ends with 0', async () => {
    const c = await Cardea.start();
    const browsers = await Promise.all(Array.from({ length: 6 }, async () => {
      const b = new Browser(c);
      const { hidden } = Browser;
      const page = await b.open(`/oauth2/authorize?client_id=${ids.app}&response_type=code&redirect_uri=https://client.example/callback&scope=openid`);
      return () => b.post('/signin', { ...hidden(page), loginId: person.email, password: person.password });
    }));
    const answers = browsers.map((go) => go());
    await new Promise((r) => setTimeout(r, 150));
    const stopped = c.stop();
    for (const answer of await Promise.all(answers)) assert.equal(answer.status, 303);
    assert.equal(await stopped, 0);
    await c.end();
  });

  test('invariant 2: nothing acknowledged is lost by kill -9', async () => {
    const c = await Cardea.start();
    try {
      const made = [];
      let going = true;
      const workers = Array.from({ length: 8 }, async (_, w) => {
        for (let i = 0; going; i++) {
          try {
            const { status, body } = await c.api('POST', '/api/user', { user: { username: `user-${w}-${i}` } });
            if (status === 200) made.push(body.user.id);
          } catch { return; }
        }
      });
      await new Promise((r) => setTimeout(r, 1500));
      await c.stop('SIGKILL');
      going = false;
      await Promise.all(workers);
      assert.ok(made.length > 20, `${made.length} users`);
      await c.run();
      for (const id of made) assert.equal((await c.api('GET', `/api/user/${id}`)).status, 200);
    } finally { await c.end(); }
  });

  // How much of a core it takes, from 0 to 1, while nothing is asked of it.
  const busy = async (pid, ms = 500) => {
    const ticks = () => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ').slice(11, 13).reduce((a, n) => a + Number(n), 0);
    const before = ticks();
    await new Promise((r) => { setTimeout(r, ms); });
    return (ticks() - before) * 10 / ms;
  };

  test('more connections than descriptors: told 503 or left waiting, writes go on, no processor is burnt, and it is well when they go', async () => {
    const dir = folder();
    const binary = join(dir, 'limited');
    writeFileSync(binary, `#!/bin/sh\nulimit -n 320\nexec '${CARDEA}' "$@"\n`, { mode: 0o700 });
    const c = await Cardea.start({ binary });
    const made = [], sockets = [];
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const create = (name) => new Promise((resolve, reject) => {
      const body = JSON.stringify({ user: { username: name } });
      const asked = http.request({ agent, port: c.port, host: '127.0.0.1', method: 'POST', path: '/api/user', headers: { authorization: apiKey, 'content-type': 'application/json', 'content-length': body.length } }, (answer) => {
        let text = '';
        answer.on('data', (d) => { text += d; }).on('end', () => { if (answer.statusCode === 200) made.push(JSON.parse(text).user.id); resolve(answer.statusCode); });
      });
      asked.on('error', reject).end(body);
    });
    const flood = async (count) => {
      await Promise.all(Array.from({ length: count }, () => new Promise((r) => {
        const socket = net.connect(c.port, '127.0.0.1', r);
        socket.heard = '';
        socket.on('data', (d) => { socket.heard += d; }).on('error', () => {});
        sockets.push(socket);
      })));
      await new Promise((r) => { setTimeout(r, 300); });
    };
    const drain = async () => {
      for (const socket of sockets.splice(0)) socket.destroy();
      let status = 0;
      for (let tries = 0; status !== 200 && tries < 100; tries++) {
        status = await fetch(c.at('/api/health')).then((r) => r.status, () => 0);
        if (status !== 200) await new Promise((r) => { setTimeout(r, 50); });
      }
      assert.equal(status, 200, 'it is well again');
    };
    const cut = async () => { if (isPostgres) await c.store.server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${c.store.name}' AND application_name = 'cardea'`); };
    try {
      assert.equal(await create('before'), 200);
      // The server keeps some for itself, so that it can say no and reach its database.
      await flood(400);
      assert.ok(sockets.some((s) => /^HTTP\/1.1 503 .*retry-after: 5/is.test(s.heard)), 'who is too many is told');
      await cut();
      for (let i = 0; i < 3; i++) assert.equal(await create(`during-${i}`), 200);
      assert.ok(await busy(c.process.pid) < 0.5);
      await drain();
      // Not even those: the limit is lowered under it.
      const open = readdirSync(`/proc/${c.process.pid}/fd`).length;
      execFileSync('prlimit', ['--pid', String(c.process.pid), `--nofile=${open + 8}:320`]);
      await flood(40);
      await cut();
      assert.ok([200, 503].includes(await create('without')));
      assert.ok(await busy(c.process.pid) < 0.5);
      await drain();
      execFileSync('prlimit', ['--pid', String(c.process.pid), '--nofile=320:320']);
      let last = 0;
      for (let tries = 0; last !== 200 && tries < 50; tries++) last = await create(`after-${tries}`);
      assert.equal(last, 200);
      for (const id of made) assert.equal((await c.api('GET', `/api/user/${id}`)).status, 200);
    } finally { agent.destroy(); for (const s of sockets) s.destroy(); await c.end(); }
  });

  test('TLS 1.3 and HTTP/2: the base URL is https, cookies are __Host- and Secure, HSTS is on', async () => {
    const dir = folder();
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
      '-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')], { stdio: 'ignore' });
    const port = await freePort();
    const c = await Cardea.start({ port, args: ['--tls-cert', join(dir, 'cert.pem'), '--tls-key', join(dir, 'key.pem')] });
    try {
      const get = (options) => new Promise((resolve, reject) => {
        https.get({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options }, (r) => { let t = ''; r.on('data', (d) => { t += d; }); r.on('end', () => resolve({ r, t })); }).on('error', reject);
      });
      const meta = await get({ path: '/.well-known/openid-configuration' });
      assert.equal(JSON.parse(meta.t).issuer, `https://localhost:${port}`);
      assert.ok(meta.r.headers['strict-transport-security']);
      const page = await get({ path: `/oauth2/authorize?client_id=${ids.app}&response_type=code&redirect_uri=https://client.example/callback` });
      for (const cookie of page.r.headers['set-cookie']) assert.match(cookie, /^__Host-.*Secure/);
      await assert.rejects(get({ path: '/', maxVersion: 'TLSv1.2' }));
      const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
      const answers = await Promise.all(Array.from({ length: 20 }, () => new Promise((resolve, reject) => {
        const s = session.request({ ':path': '/.well-known/jwks.json' });
        let t = '';
        s.on('data', (d) => { t += d; });
        s.on('end', () => resolve(JSON.parse(t)));
        s.on('error', reject);
      })));
      assert.ok(answers.every((a) => a.keys.length === 1));
      session.close();
    } finally { await c.end(); }
  });

  test('OA-39, invariant 4: no personal value and no secret is in the data files or the log', async () => {
    const c = await Cardea.start();
    try {
      const who = { email: 'grace.hopper@navy.example', password: 'Amazing-Grace-1906', firstName: 'Gracia', lastName: 'Hopperton', mobilePhone: '+1 555 0142', birthDate: '1906-12-09' };
      const made = await c.api('POST', '/api/user/registration', { user: { ...who, data: { shoe: 'size-forty-two' } }, registration: { applicationId: ids.app } });
      assert.equal(made.status, 200, made.text);
      const t = await tokensFor(c, {}, {}, undefined);
      const browser = new Browser(c);
      await signIn(browser, {}, who);
      const page = await browser.open('/oauth2/authorize?prompt=login&client_id=' + ids.app + '&response_type=code&redirect_uri=https://client.example/callback');
      await browser.post('/signin', { ...Browser.hidden(page), password: 'a-wrong-password-typed' });
      const login = await c.api('POST', '/api/login', { loginId: who.email, password: who.password, applicationId: ids.app });
      assert.equal(login.status, 200, login.text);
      const values = [...Object.values(who), 'size-forty-two', 'a-wrong-password-typed', person.email, person.password, secret, apiKey, t.code, t.access_token, t.refresh_token, t.id_token,
        login.body.token, login.body.refreshToken, ...browser.cookies.values()].filter(Boolean);
      const look = (bytes, where) => {
        for (const value of values) {
          for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('base64').replace(/=+$/, ''), value.toLowerCase()]) {
            assert.equal(bytes.includes(form), false, `${value} is in ${where}`);
          }
        }
      };
      for (const { name, bytes } of c.files()) look(bytes, name);
      look(Buffer.from(c.log), 'the log');
      await c.stop();
      for (const { name, bytes } of c.files()) look(bytes, name);
      look(Buffer.from(c.log), 'the log');
      assert.match(c.log, /"event":"login\.failed".*"sealed":"[\w-]{30,}"/);
    } finally { await c.end(); }
  });

  test('invariant 12: an erased person cannot be read, not even from an older copy of the data with the present keys', async () => {
    const c = await Cardea.start();
    const copy = folder();
    try {
      const browser = new Browser(c);
      const t = await tokensFor(c, {}, {}, browser);
      await c.stop();
      await c.store.backup(copy);
      await c.run();
      assert.equal((await c.api('DELETE', `/api/user/${ids.user}?hardDelete=true`)).status, 200);
      assert.equal((await c.api('GET', `/api/user/${ids.user}`)).status, 404);
      assert.equal((await c.api('GET', `/api/user?email=${person.email}`)).status, 404);
      assert.equal((await c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: t.refresh_token }, { authorization: basic(ids.app) })).body.error, 'invalid_grant');
      await c.stop();
      await c.store.restore(copy);
      await c.run();
      const back = await c.api('GET', `/api/user/${ids.user}`);
      assert.equal(back.status, 404, 'the row is back, the key is not');
      assert.equal((await c.api('POST', '/api/login', { loginId: person.email, password: person.password, applicationId: ids.app })).status, 404);
      assert.equal((await c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: t.refresh_token }, { authorization: basic(ids.app) })).body.error, 'invalid_grant');
      // What is left goes at the start, if the erasure was noted still, or when it is asked for again.
      assert.ok([200, 404].includes((await c.api('DELETE', `/api/user/${ids.user}?hardDelete=true`)).status));
      assert.equal((await c.form('/oauth2/introspect', { token: t.access_token }, { authorization: basic(ids.app) })).body.active, false, 'OA-63');
    } finally { await c.end(); }
  });

  test('settings come from a file and the environment as well', async () => {
    const dir = folder();
    const port = await freePort();
    writeFileSync(join(dir, 'cardea.yaml'), 'url: https://id.example.com/\nquiet: true\n');
    const c = await Cardea.start({ port, env: { CARDEA_CONFIG: join(dir, 'cardea.yaml') } });
    try {
      assert.equal((await (await c.fetch('/.well-known/openid-configuration')).json()).issuer, 'https://id.example.com');
      assert.ok(!c.log.includes('"event":"request"'));
    } finally { await c.end(); }
  });
});
