// SPDX-License-Identifier: Apache-2.0
// What the administration API costs: import with known hashes, create, retrieve, a page of 500, search by prefix, among as many
// people as wished. Instructions are counted where `perf` is there: they are the same on a busy machine, times are not.
// Settings, by environment: ADMIN_PEOPLE (200000) imported first, ADMIN_CALL (10000) of them a call, ADMIN_DATA (a folder that is
// kept: what was imported there is not imported again), ADMIN_ONLY (words of rows), ADMIN_PARTS=0 without the parts, BENCH_SECONDS
// of each run (3).
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const kept = process.env.ADMIN_DATA;
if (kept) mkdirSync(kept, { recursive: true });
const { addPeople, folder, ids, load, readFixtures, rss, setPeople, start } = await import('./house.mjs');
const { importBody, moved, name } = await import('./many.mjs');
const { measureParts, median, sumOf } = await import('./parts.mjs');
const { apiKey } = await import('../test/e2e/harness.mjs');

const setting = (name, standard) => Number(process.env[name] ?? standard);
const people = setting('ADMIN_PEOPLE', 200000);
const call = setting('ADMIN_CALL', 10000);
const seconds = setting('BENCH_SECONDS', 3);
const only = (process.env.ADMIN_ONLY ?? '').split(' ').filter(Boolean);
const thousands = (n) => Math.round(n).toLocaleString('en-US');
const sleep = (ms) => new Promise((r) => { setTimeout(r, ms); });

// ---- what a piece of work costs the server ----

const cpuUs = (pid) => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' '); return (Number(f[11]) + Number(f[12])) * 10000; };

const counted = async (pid, work) => {
  const perf = spawn('perf', ['stat', '-x', ',', '-e', 'instructions:u,instructions:k', '-p', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  perf.stderr.on('data', (d) => { text += d; });
  const ended = new Promise((r) => { perf.on('close', r); perf.on('error', r); });
  await sleep(200);
  const before = cpuUs(pid);
  const result = await work();
  const cpu = cpuUs(pid) - before;
  perf.kill('SIGINT');
  await ended;
  const count = (mode) => Number(new RegExp(`^(\\d+),[^\\n]*instructions:${mode}`, 'm').exec(text)?.[1] ?? NaN);
  return { ...result, cpu, user: count('u'), kernel: count('k') };
};

// How many of each part (parts.mjs) one retrieval or creation has at least: a person is found by an index and read with key and
// registrations, four values are opened; of the many rows of a creation one counts, since rows together cost less than alone.
const made = {
  retrieve: { http: 1, read: 4, open: 4 },
  create: { http: 1, token: 1, read: 5, seal: 5, set: 1 },
};
let parts;
const partsOf = (kind, cpu) => {
  if (!parts || !made[kind]) return ' - | - |';
  const least = sumOf(parts, made[kind]);
  return ` ${least.toFixed(1)} | ${(least / cpu).toFixed(2)} |`;
};

const print = (what, rate, cpu, r, n, kind, more = '') => {
  const k = (count) => (Number.isNaN(count) ? '-' : thousands(count / n / 1000));
  console.log(`| ${what} | ${thousands(rate)} | ${cpu.toFixed(1)} |${partsOf(kind, cpu)} ${k(r.user)} | ${k(r.kernel)} | ${more} |`);
};
const row = (what, r, n) => print(what, n / r.seconds, r.cpu / n, r, n, null, r.more);

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = (c, method, path, body) => new Promise((done, fail) => {
  const from = process.hrtime.bigint();
  const rq = request({ port: c.port, host: '127.0.0.1', agent, method, path, headers: { authorization: apiKey, 'x-fusionauth-tenantid': ids.many, ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}) } }, (answer) => {
    const parts = [];
    answer.on('data', (d) => parts.push(d));
    answer.on('end', () => {
      const text = Buffer.concat(parts).toString();
      if (answer.statusCode !== 200) fail(new Error(`${path} was answered ${answer.statusCode}: ${text.slice(0, 300)}`));
      else done({ ms: Number(process.hrtime.bigint() - from) / 1e6, text });
    });
  });
  rq.on('error', fail);
  rq.end(body);
});

// ---- rows ----

const importPeople = async (c) => {
  const file = join(folder, 'imported');
  let first = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (first >= people) return;
  const from = first;
  const began = Date.now();
  let asked = 0;
  const r = await counted(c.process.pid, async () => {
    let body = importBody(first, Math.min(call, people - first));
    while (first < people) {
      const count = Math.min(call, people - first);
      const going = ask(c, 'POST', '/api/user/import', body);
      body = importBody(first + count, Math.min(call, people - first - count)); // the next one, while the server works
      asked += (await going).ms;
      first += count;
      writeFileSync(file, String(first));
      if ((first / call) % 50 === 0) console.error(`${thousands(first)} people, ${thousands(((first - from) * 1000) / (Date.now() - began))}/s, RSS ${rss(c.process.pid).all.toFixed(0)} MB`);
    }
    return { seconds: asked / 1000 };
  });
  row(`import, ${thousands(call)} a call`, r, first - from);
};

// Whoever is imported here comes on top of `people`, and again at each run under other addresses.
const importMoved = async (c, what) => {
  const from = 2e9 + (Date.now() % 1e9);
  const bodies = Array.from({ length: 5 }, (_, i) => importBody(from + i * call, call, moved));
  const r = await counted(c.process.pid, async () => {
    let ms = 0;
    for (const body of bodies) ms += (await ask(c, 'POST', '/api/user/import', body)).ms;
    return { seconds: ms / 1000 };
  });
  row(`${what}, ${thousands(call)} a call`, r, bodies.length * call);
};

// The same questions again and again, one at a time; the time of each, of the median and the slowest.
const search = async (c, what, queries, rows) => {
  const times = [];
  let found = 0;
  const bodies = queries.map((queryString) => JSON.stringify({ search: { queryString, numberOfResults: rows } }));
  const first = [];
  for (const body of bodies) {
    const answer = await ask(c, 'POST', '/api/user/search', body);
    first.push(answer.ms);
    found += (answer.text.match(/"tenantId":"/g) ?? []).length;
  }
  const r = await counted(c.process.pid, async () => {
    const began = Date.now();
    while (Date.now() - began < seconds * 1000) for (const body of bodies) times.push((await ask(c, 'POST', '/api/user/search', body)).ms);
    return { seconds: times.reduce((a, b) => a + b, 0) / 1000 };
  });
  r.more = `p50 ${median(times).toFixed(2)} ms, best ${Math.min(...times).toFixed(2)}, p99 ${median(times, 0.99).toFixed(2)}; the first time ${median(first).toFixed(2)}, at worst ${Math.max(...first).toFixed(2)} ms; ${(found / queries.length).toFixed(0)} people a page`;
  row(what, r, times.length);
};

const withLoad = (scenario, more = []) => async (c, what) => {
  const r = await counted(c.process.pid, async () => {
    const made = await load(scenario, c.port, c.process.pid, ['-s', seconds, ...more]);
    return { seconds: made.seconds ?? seconds, made };
  });
  const { rate, server_cpu_us: cpu, p99_us: p99, errors, why } = r.made;
  // It warms up for half a second.
  print(what, rate, cpu, r, rate * (seconds + 0.5), scenario, `p99 ${(p99 / 1000).toFixed(2)} ms${errors ? `, ${errors} errors: ${why}` : ''}`);
};

const prefixes = (length) => Array.from({ length: 32 }, (_, i) => `${name(1000 + i).slice(0, length)}*`);
const rows = {
  retrieve: (c) => withLoad('retrieve')(c, 'user retrieve by id'),
  lookup: (c) => withLoad('lookup')(c, 'user retrieve by login id'),
  create: (c) => withLoad('create', ['-f', 1e9 + (Date.now() % 1e9)])(c, 'create'),
  page: (c) => search(c, 'page of 500', ['*'], 500),
  prefix5: (c) => search(c, 'prefix of 5 characters', prefixes(5), 25),
  prefix4: (c) => search(c, 'prefix of 4 characters', prefixes(4), 25),
  prefix3: (c) => search(c, 'prefix of 3 characters', prefixes(3), 25),
  prefix2: (c) => search(c, 'prefix of 2 characters', prefixes(2), 25),
  word: (c) => search(c, 'whole word', prefixes(20).map((p) => p.slice(0, -1)), 25),
  both: (c) => search(c, 'first and last name', Array.from({ length: 32 }, (_, i) => `firstName:${name(2000 + 2 * i)} AND lastName:${name(2001 + 2 * i)}`), 25),
  moved: (c) => importMoved(c, 'import with ids and registrations'), // last: those people are larger than the others
};

const c = await start(existsSync(join(folder, 'imported')) ? { kickstart: null } : {});
try {
  // First: the load generator reads its fixtures for the parts, too.
  if (!existsSync(join(folder, 'imported')) || !existsSync(join(folder, 'fixtures'))) await addPeople(c);
  else readFixtures();
  if (setting('ADMIN_PARTS', 1)) parts = await measureParts(seconds);
  if (parts) console.log(`Parts, us of one core: bare HTTP ${parts.http.toFixed(1)}, ES256 token ${parts.token}, point read ${parts.read}, committed set of one row ${parts.set}, sealing ${parts.seal}, opening ${parts.open}.`);
  console.log(`Load averages before: ${loadavg().map((n) => n.toFixed(1)).join(' ')}\n\n| what | a second | server CPU us | parts us | parts / CPU | user k instructions | kernel k | |\n|---|---|---|---|---|---|---|---|`);
  await importPeople(c);
  setPeople(people);
  for (const [word, run] of Object.entries(rows)) if (only.length === 0 || only.includes(word)) await run(c);
  console.log(`\nRSS ${rss(c.process.pid).all.toFixed(1)} MB, ${rss(c.process.pid).own.toFixed(1)} its own; load averages after: ${loadavg().map((n) => n.toFixed(1)).join(' ')}`);
} finally {
  if (c.process.exitCode === null) await c.stop();
  if (!kept) rmSync(folder, { recursive: true, force: true });
}
