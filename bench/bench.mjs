// SPDX-License-Identifier: Apache-2.0
// The budget of DESIGN section 13, measured: the server on core 0, the load on core 1, and the parts it is made of in
// the same run. Prints the tables of docs/performance.md. Settings, by environment: BENCH_SECONDS of each run (3), CARDEA_TEST_ENGINE
// (postgresql: a server of its own on whichever core is free),
// BENCH_PEOPLE to look up among (200000), BENCH_TENANTS (1000), BENCH_SESSIONS (10000), BENCH_ONLY (words of rows).
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { addPeople, addTenants, build, folder, load, rss, setPeople, start } from './house.mjs';
import { measureParts, median, sumOf } from './parts.mjs';

const setting = (name, standard) => Number(process.env[`BENCH_${name}`] ?? standard);
const seconds = setting('SECONDS', 3);
const only = (process.env.BENCH_ONLY ?? '').split(' ').filter(Boolean);
const RUNS = 3;

const out = [];
const say = (line) => { out.push(line); console.log(line); };
const thousands = (n) => Math.round(n).toLocaleString('en-US');
const sleep = (ms) => new Promise((r) => { setTimeout(r, ms); });
const repeat = async (run) => {
  const list = [];
  for (let i = 0; i < RUNS; i++) {
    list.push(await run());
    await sleep(500); // what it left in queues
  }
  return list;
};

// what, scenario, budget a second, and how many of each part one round has.
const rows = [
  ['discovery', 'discovery', 200000, { http: 1 }],
  ['JWKS', 'jwks', 200000, { http: 1 }],
  ['client credentials, ES256 JWT', 'client_credentials', 35000, { http: 1, read: 1, token: 1 }],
  ['refresh with rotation, one ES256 JWT, durable', 'refresh', 20000, { http: 1, read: 6, token: 1, set: 1 }],
  ['the same with an id token: two signatures', 'refresh_openid', null, { http: 1, read: 7, token: 2, set: 1 }],
  ['authorize with a live session, durable', 'authorize', null, { http: 1, read: 5, set: 1 }],
  ['whole code flow: authorize + token with PKCE, two JWTs, durable', 'code', 9000, { http: 2, read: 12, token: 2, set: 2 }],
  ['introspection', 'introspect', 60000, { http: 1, read: 2 }],
  ['userinfo', 'userinfo', 60000, { http: 1, read: 4 }],
  ['sign-in page', 'page', 50000, { http: 1, read: 1 }],
  ['password login', 'login', null, { http: 1, read: 6, argon2id: 1 }],
];

const measureRow = async (c, parts, [what, scenario, budget, made]) => {
  const runs = await repeat(() => load(scenario, c.port, c.process.pid, ['-s', seconds, '-c', scenario === 'login' ? 16 : 64]));
  const rate = median(runs.map((r) => r.rate));
  const cpu = median(runs.map((r) => r.server_cpu_us));
  const limit = sumOf(parts, made);
  const goal = scenario === 'login' ? 0.95e6 / parts.argon2id : budget;
  const errors = runs.reduce((sum, r) => sum + r.errors, 0);
  say(`| ${what} | ${thousands(rate)} | ${median(runs.map((r) => r.p99_us)) / 1000} | ${cpu.toFixed(1)} | ${goal ? thousands(goal) : '-'} | ${goal ? (rate / goal).toFixed(2) : '-'} | ${limit.toFixed(1)} | ${(limit / cpu).toFixed(2)} |${errors ? ` ${errors} errors: ${runs.map((r) => r.why).join(' ')}` : ''}`);
};

const measureRates = async (c) => {
  const parts = await measureParts(seconds);
  say(`Parts, us of one core: bare HTTP ${parts.http.toFixed(1)} (${thousands(parts.httpRate)}/s), ES256 token ${parts.token}, `
    + `argon2id ${thousands(parts.argon2id)}, committed set of one row ${parts.set}, point read ${parts.read}.`);
  say('');
  say('| what | a second | p99 ms | server CPU us | budget | of budget | parts us | parts / CPU |');
  say('|---|---|---|---|---|---|---|---|');
  for (const row of rows) if (only.length === 0 || only.includes(row[1])) await measureRow(c, parts, row);
  say('');
};

const measureLookup = async (c) => {
  const many = setting('PEOPLE', 200000);
  let first = 0;
  const times = [];
  for (const people of [10000, many]) {
    const made = await load('create', c.port, c.process.pid, ['-n', people - first, '-f', first]);
    setPeople(people);
    const runs = await repeat(() => load('lookup', c.port, c.process.pid, ['-s', seconds]));
    const cpu = median(runs.map((r) => r.server_cpu_us));
    times.push(cpu);
    say(`- user lookup among ${thousands(people)}: ${thousands(median(runs.map((r) => r.rate)))}/s, ${cpu.toFixed(1)} us CPU; people were created at ${thousands(made.rate)}/s, ${made.server_cpu_us.toFixed(0)} us CPU each`);
    first = people;
  }
  say(`- ratio of the two look-ups: ${(times[1] / times[0]).toFixed(2)} (budget 1.3 at 10 million)`);
};

const measureMemory = async (c) => {
  const tenants = setting('TENANTS', 1000);
  const sessions = setting('SESSIONS', 10000);
  await addTenants(c, tenants);
  const used = await load('tenants', c.port, c.process.pid, ['-n', tenants * 5]);
  const signed = await load('signin', c.port, c.process.pid, ['-n', sessions]);
  const m = rss(c.process.pid);
  say(`- memory after ${thousands(sessions)} sign-ins on the page (${thousands(signed.rate)}/s with a hash that costs nothing, ${signed.errors} errors) and with ${thousands(tenants)} tenants in use (${used.errors} errors): RSS ${m.all.toFixed(1)} MB, ${m.own.toFixed(1)} MB of it its own (budget 40)`);
};

// Milliseconds from exec to the first byte of an answer.
const firstAnswer = async (port, args) => {
  const from = process.hrtime.bigint();
  const child = spawn('taskset', ['-c', '0', join(build, 'cardea'), ...args], { stdio: 'ignore' });
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const got = await new Promise((done) => {
      socket.on('error', () => done(false));
      socket.on('data', () => done(true));
      socket.write('GET /.well-known/jwks.json HTTP/1.1\r\nhost: localhost\r\n\r\n');
    });
    socket.destroy();
    if (got) break;
  }
  const ms = Number(process.hrtime.bigint() - from) / 1e6;
  await sleep(200);
  const memory = rss(child.pid);
  child.kill();
  await once(child, 'exit');
  return { ms, memory };
};

const measureStart = async (c) => {
  const args = ['serve', ...c.store.args, '--listen', `127.0.0.1:${c.port}`, '--quiet', '--no-rate-limit', '--loops', '1', '--hash-threads', '1'];
  const runs = [];
  for (let i = 0; i < 7; i++) runs.push(await firstAnswer(c.port, args));
  say(`- start to first answer, existing data: ${median(runs.map((r) => r.ms)).toFixed(1)} ms at the median, ${Math.min(...runs.map((r) => r.ms)).toFixed(1)} at best (budget 10)`);
  say(`- idle memory: RSS ${median(runs.map((r) => r.memory.all)).toFixed(1)} MB, ${median(runs.map((r) => r.memory.own)).toFixed(1)} MB of it its own, the rest pages of shared libraries (budget 12)`);
  const stripped = join(folder, 'stripped');
  execFileSync('strip', ['-o', stripped, join(build, 'cardea')]);
  say(`- binary, stripped: ${(statSync(stripped).size / 1e6).toFixed(2)} MB (budget 8)`);
};

const cpuTicks = (pid) => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' '); return Number(f[11]) + Number(f[12]); };

const measureTls = async () => {
  const cert = join(folder, 'cert.pem');
  const key = join(folder, 'key.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost'], { stdio: 'ignore' });
  const c = await start({ args: ['--tls-cert', cert, '--tls-key', key], kickstart: null, port: 20000 + ((process.pid + 1) % 20000) });
  const before = cpuTicks(c.process.pid);
  const clients = Array.from({ length: 4 }, () => spawn('taskset', ['-c', '1', 'openssl', 's_time', '-connect', `127.0.0.1:${c.port}`, '-new', '-tls1_3', '-time', String(seconds)]));
  let count = 0;
  await Promise.all(clients.map(async (client) => {
    let text = '';
    client.stdout.on('data', (d) => { text += d; });
    await once(client, 'close');
    count += Number(/(\d+) connections in \d+ real seconds/.exec(text)?.[1] ?? 0);
  }));
  const cpu = ((cpuTicks(c.process.pid) - before) * 10000) / count;
  say(`- new TLS 1.3 connections: ${thousands(count / seconds)}/s with clients on one core, ${cpu.toFixed(0)} us of the server's CPU each, so ${thousands(1e6 / cpu)}/s a core (budget 5,000)`);
  await c.stop();
};

const load1 = () => loadavg().map((n) => n.toFixed(1)).join(' ');
const c = await start();
try {
  say(`Load averages before: ${load1()}; each figure the median of ${RUNS} runs of ${seconds} s with 64 connections (16 for password login).`);
  await addPeople(c);
  await measureRates(c);
  if (only.length === 0) {
    await measureLookup(c);
    await measureMemory(c);
    await c.stop();
    await measureStart(c);
    await measureTls();
  }
  say(`- load averages after: ${load1()}`);
} finally {
  if (c.process.exitCode === null) await c.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
