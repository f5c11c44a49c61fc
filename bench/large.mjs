// SPDX-License-Identifier: Apache-2.0
// A small and a large database side by side: the same questions to both, in turn, so that a busy machine is busy for
// both. Prints the tables of docs/performance-large.md. Settings, by environment: LARGE_DATA (the folder; what is
// there already is used), LARGE_USERS, LARGE_TENANTS, LARGE_SECONDS of each run, LARGE_REST (tenants at rest),
// LARGE_ONLY (words of the parts: sweep rows tenants rest), LARGE_ROWS (words of scenarios), LARGE_DATABASE (a PostgreSQL URI that ends with a slash).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, build, loads, machine, median, number, setting, thousands } from './server.mjs';

const root = setting('LARGE_DATA', join(build, 'large'));
const seconds = number('LARGE_SECONDS', 3);
const only = setting('LARGE_ONLY', '').split(' ').filter(Boolean);
const RUNS = 3;
const SAMPLE = 5000; // of both databases the same number of people, spread over all: what differs is what they lie among
const small = { name: '10 thousand', folder: 'small', users: 10000, tenants: 10 };
const large = { name: `${thousands(number('LARGE_USERS', 10000000))}`, folder: 'data', users: number('LARGE_USERS', 10000000), tenants: number('LARGE_TENANTS', 10000) };
const chosen = setting('LARGE_ROWS', '').split(' ').filter(Boolean);
const say = (line) => console.log(line);
const mb = (path) => (existsSync(path) ? statSync(path).size / 1e6 : 0);

const argsOf = (size) => (process.env.LARGE_DATABASE ? ['--database', `${process.env.LARGE_DATABASE}${size.folder}`] : []);

const fill = (size) => {
  size.data = join(root, size.folder);
  const numbers = ['-u', size.users, '-t', size.tenants, '-k', 2 * size.users, '-e', 3 * size.users].map(String);
  const run = spawnSync('nice', [join(build, 'bench', 'fill'), ...numbers, '--', '--data', size.data, ...argsOf(size)], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.status !== 0) throw new Error('fill failed');
  const words = { people: size.users, people_tenants: size.tenants, password: 'correct horse battery', secret: 'a-client-secret-of-more-than-32-characters', api: 'authorization: an-api-key-for-tests-with-everything' };
  const save = (name, all) => {
    const file = join(root, `${size.folder}.${name}`);
    writeFileSync(file, Object.entries(all).map(([k, v]) => `${k} ${v}\n`).join(''));
    return file;
  };
  size.fixtures = save('fixtures', words);
  size.sample = save('sample', { ...words, people_sample: SAMPLE });
};

const measureStart = async (size) => {
  const runs = [];
  for (let i = 0; i < 5; i++) {
    const s = await Server.cardea(size.data, argsOf(size));
    runs.push({ ms: s.ms, ...s.memory() });
    await s.stop();
  }
  say(`| ${size.name} | ${median(runs.map((r) => r.ms)).toFixed(0)} | ${median(runs.map((r) => r.all)).toFixed(1)} | ${median(runs.map((r) => r.own)).toFixed(1)} | ${thousands(mb(join(size.data, 'cardea.db')))} | ${thousands(mb(join(size.data, 'keys.db')))} |`);
};

// what, scenario: with a sample of people whose pages are in memory, and with people nobody asked for before.
const rows = [
  ['user lookup by email', 'person_lookup'],
  ['search by email', 'person_search'],
  ['password login, cheap hash, durable', 'person_login'],
  ['login and refresh with rotation, durable', 'person_refresh'],
];

const ask = async (size, scenario, fixtures, first) => size.server.load(scenario, fixtures, ['-s', seconds, '-f', first]);

const measureRow = async ([what, scenario], isFresh) => {
  const runs = { small: [], large: [] };
  if (!isFresh) for (const size of [small, large]) await size.server.load(scenario, size.sample, ['-n', 4 * SAMPLE]);
  for (let i = 0; i < RUNS; i++) {
    const first = Date.now() % 1e9;
    for (const [name, size] of [['small', small], ['large', large]]) {
      runs[name].push(await ask(size, scenario, isFresh ? size.fixtures : size.sample, first));
    }
  }
  const of = (name, field) => median(runs[name].map((r) => r[field]));
  const errors = [...runs.small, ...runs.large].filter((r) => r.errors);
  const cell = (name) => `${thousands(of(name, 'rate'))} | ${of(name, 'server_cpu_us').toFixed(1)} | ${(of(name, 'p50_us') / 1000).toFixed(1)} | ${(of(name, 'p99_us') / 1000).toFixed(1)}`;
  say(`| ${what}${isFresh ? ', anybody, from the disk' : ''} | ${cell('small')} | ${cell('large')} | ${(of('large', 'server_cpu_us') / of('small', 'server_cpu_us')).toFixed(2)} |${errors.map((r) => ` ${r.errors} errors: ${r.why}`).join(' ')}`);
};

const measureRows = async () => {
  for (const size of [small, large]) size.server = await Server.cardea(size.data, argsOf(size));
  say(`\n| what | a second, ${small.name} | CPU us | p50 ms | p99 ms | a second, ${large.name} | CPU us | p50 ms | p99 ms | CPU ratio |`);
  say('|---|---|---|---|---|---|---|---|---|---|');
  for (const isFresh of [false, true]) {
    for (const row of rows) if (chosen.length === 0 || chosen.includes(row[1])) await measureRow(row, isFresh);
  }
  for (const size of [small, large]) await size.server.stop();
};

// The first request of every tenant, then all of them once more.
const measureTenants = async () => {
  const s = await Server.cardea(large.data, argsOf(large));
  const before = s.memory();
  const ask = () => s.load('next_tenant', large.fixtures, ['-n', large.tenants, '-c', 16]);
  const first = await ask();
  const after = s.memory();
  const again = await ask();
  const cell = (r) => `${r.server_cpu_us.toFixed(0)} us CPU, p50 ${(r.p50_us / 1000).toFixed(1)} ms, p99 ${(r.p99_us / 1000).toFixed(1)} ms, ${r.errors} errors`;
  say(`\n- client credentials of ${thousands(large.tenants)} tenants, the first of each: ${cell(first)}; the second: ${cell(again)}`);
  say(`- memory: RSS ${before.all.toFixed(1)} MB (${before.own.toFixed(1)} its own) before, ${after.all.toFixed(1)} MB (${after.own.toFixed(1)}) with ${thousands(large.tenants)} tenants in use`);
  await s.stop();
};

// What the sweep of expired tokens costs others who write: refreshes at a fixed rate from the start of the server on.
// A tenth of all tokens has expired when a database is filled; a sweep that was run before finds none. A job's own log line says how
// long its longest set took, from the first read to the answer of the commit.
const measureSweep = async () => {
  const answers = [], sets = [];
  for (const size of [large, small]) {
    const log = join(root, `${size.folder}.log`);
    const s = await Server.cardea(size.data, argsOf(size), { log: openSync(log, 'w') });
    const r = await s.load('own_refresh', size.fixtures, ['-s', 40, '-r', 200, '-c', 16, '-f', 3]);
    const jobs = readFileSync(log, 'utf8').split('\n').filter((line) => line.includes('"job.run"')).map((line) => JSON.parse(line));
    for (const job of jobs) sets.push(`| ${size.name} | ${job.job} | ${thousands(job.rows)} | ${thousands(job.steps)} | ${(job.longestUs / 1000).toFixed(1)} |`);
    answers.push(`| ${size.name} | ${(r.p50_us / 1000).toFixed(1)} | ${(r.p99_us / 1000).toFixed(1)} | ${(r.p999_us / 1000).toFixed(1)} | ${(r.max_us / 1000).toFixed(0)} |${r.errors ? ` ${r.errors} errors: ${r.why}` : ''}`);
    await s.stop();
  }
  say('\n| 200 refreshes a second in the first 40 s, sweeping | p50 ms | p99 ms | p99.9 ms | longest ms |\n|---|---|---|---|---|');
  for (const line of answers) say(line);
  say('\n| people | job | rows | sets | longest set, ms |\n|---|---|---|---|---|');
  for (const line of sets) say(line);
};

const measureRest = async () => {
  const rest = { name: `${thousands(number('LARGE_REST', 100000))} tenants at rest`, folder: 'rest', users: 1000, tenants: number('LARGE_REST', 100000) };
  fill(rest);
  say('\n| what | start to first answer, ms | RSS MB | own MB | cardea.db MB | keys.db MB |\n|---|---|---|---|---|---|');
  await measureStart(rest);
  const s = await Server.cardea(rest.data, argsOf(rest));
  for (const after of [10, 60]) {
    await new Promise((r) => { setTimeout(r, (after === 10 ? 10 : 50) * 1000); });
    const m = s.memory();
    say(`- ${after} s after the start, with its jobs: RSS ${m.all.toFixed(1)} MB, ${m.own.toFixed(1)} its own`);
  }
  await s.stop();
};

mkdirSync(root, { recursive: true });
say(machine());
const parts = { sweep: measureSweep, rows: measureRows, tenants: measureTenants, rest: measureRest };
for (const size of [small, large]) fill(size);
say('| people | start to first answer, ms | RSS MB | own MB | cardea.db MB | keys.db MB |\n|---|---|---|---|---|---|');
for (const size of [small, large]) await measureStart(size);
for (const [name, part] of Object.entries(parts)) if (only.length === 0 || only.includes(name)) await part();
say(`\nLoad averages after: ${loads()}`);
if (!process.env.LARGE_DATA) rmSync(root, { recursive: true, force: true });
