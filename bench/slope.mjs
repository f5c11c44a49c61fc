// SPDX-License-Identifier: Apache-2.0
// Memory under load: every scenario for a second, round and round for SLOPE_MINUTES (10). Each time round, when the hash
// threads have given their memory back, what the server holds. Prints it after 1, 5, 10, 20 ... minutes, and the line
// through the second half: its slope with the error of that slope. Ends with 1 when the slope is above zero by more than three times its error and more than SLOPE_KB a minute (50).
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { addPeople, addTenants, folder, ids, load, setPeople, start } from './house.mjs';
import { loads, machine, number, rss, sleep, thousands } from './server.mjs';

const minutes = number('SLOPE_MINUTES', 10);
const allowed = number('SLOPE_KB', 50);
const PEOPLE = 1000; // made and signed in each time round
const people = ['create', 'signin', 'lookup'];
const others = ['refresh', 'code', 'client_credentials', 'introspect', 'userinfo', 'page', 'discovery', 'jwks', 'tenants', 'login'];

// Least squares: the slope of y over x and the slope's standard error.
const line = (points) => {
  const n = points.length;
  const mean = (of) => points.reduce((sum, p) => sum + of(p), 0) / n;
  const mx = mean((p) => p.x);
  const my = mean((p) => p.y);
  const sxx = points.reduce((sum, p) => sum + (p.x - mx) ** 2, 0);
  const slope = points.reduce((sum, p) => sum + (p.x - mx) * (p.y - my), 0) / sxx;
  const rest = points.reduce((sum, p) => sum + (p.y - my - slope * (p.x - mx)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (n - 2) / sxx) };
};

const c = await start();
const samples = [];
const marks = [1, 5, 10, 20, 30, 40, 50, 60];
const took = {};
const began = Date.now();

const run = async (scenario, how) => {
  const r = await load(scenario, c.port, c.process.pid, ['-c', scenario === 'login' ? 8 : 32, ...how]);
  const sum = (took[scenario] ??= { rounds: 0, errors: 0, why: '' });
  sum.rounds += r.rounds;
  sum.errors += r.errors;
  sum.why ||= r.why;
};

try {
  // The load's access tokens must outlive the run.
  const longer = await c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { jwtConfiguration: { timeToLiveInSeconds: 86400 } } });
  if (longer.status !== 200) throw new Error(`the tenant's patch was answered ${longer.status}: ${longer.text}`);
  await addPeople(c);
  await addTenants(c, 20);
  console.log(`${machine()}\n\n| after | RSS MB | its own MB |\n|---|---|---|`);
  for (let turn = 0; Date.now() - began < minutes * 60000; turn++) {
    setPeople((turn + 1) * PEOPLE);
    for (const scenario of people) await run(scenario, ['-n', PEOPLE, '-f', turn * PEOPLE]);
    for (const scenario of others) await run(scenario, ['-s', 1]);
    await sleep(3000);
    const sample = { x: (Date.now() - began) / 60000, ...rss(c.process.pid) };
    samples.push(sample);
    if (sample.x >= marks[0]) console.log(`| ${marks.shift()} min | ${sample.all.toFixed(1)} | ${sample.own.toFixed(1)} |`);
  }
  const half = samples.filter((s) => s.x >= minutes / 2);
  const { slope, error } = line(half.map((s) => ({ x: s.x, y: s.own * 1024 })));
  console.log(`\n- slope of its own memory over the second half: ${slope.toFixed(1)} KB a minute, error ${error.toFixed(1)}, ${half.length} samples; cardea.db ended at ${thousands(statSync(join(c.data, 'cardea.db')).size / 1e6)} MB`);
  console.log(`- rounds: ${Object.entries(took).map(([k, v]) => `${k} ${thousands(v.rounds)}${v.errors ? ` (${v.errors} errors: ${v.why.slice(0, 300)})` : ''}`).join(', ')}`);
  console.log(`- load averages after: ${loads()}`);
  if (slope > allowed && slope > 3 * error) {
    console.log('- the memory grows');
    process.exitCode = 1;
  }
} finally {
  await c.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
