// SPDX-License-Identifier: Apache-2.0
// What a creation and an imported person cost in instructions, of each thread of the server, where the processor counts none:
// under callgrind, which counts more than a processor does for SHA-256 and for signatures, so that only differences tell.
// Settings, by environment: ADMIN_PEOPLE (20000) imported first, ADMIN_DATA (a folder that is kept; `run admin` may have filled it),
// COUNT_CREATIONS (3000), COUNT_CALL (10000) people imported; COUNT_OUT: where callgrind's files stay, for callgrind_annotate.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

if (process.env.ADMIN_DATA) mkdirSync(process.env.ADMIN_DATA, { recursive: true });
const { addPeople, build, folder, ids, load, readFixtures, setPeople, start } = await import('./house.mjs');
const { importBody } = await import('./many.mjs');
const { apiKey } = await import('../test/e2e/harness.mjs');

const setting = (name, standard) => Number(process.env[name] ?? standard);
const people = setting('ADMIN_PEOPLE', 20000);
const creations = setting('COUNT_CREATIONS', 3000);
const call = setting('COUNT_CALL', 10000);
const out = process.env.COUNT_OUT ?? mkdtempSync(join(tmpdir(), 'callgrind-'));
const unused = 1e9 + (Date.now() % 1e9); // of whom nobody was made in an earlier run

const importPeople = async (c, first, count) => {
  const headers = { authorization: apiKey, 'x-fusionauth-tenantid': ids.many, 'content-type': 'application/json' };
  const answer = await c.fetch('/api/user/import', { method: 'POST', headers, body: importBody(first, count) });
  if (answer.status !== 200) throw new Error(`an import was answered ${answer.status}: ${await answer.text()}`);
};

// Before anything is counted, at full speed.
const prepare = async () => {
  const file = join(folder, 'imported');
  if (existsSync(file)) return readFixtures();
  const c = await start();
  await addPeople(c);
  for (let first = 0; first < people; first += call) await importPeople(c, first, Math.min(call, people - first));
  writeFileSync(file, String(people));
  return c.stop();
};

const counted = async (c, what, n, work) => {
  const control = (...words) => execFileSync('callgrind_control', [...words, String(c.process.pid)], { stdio: 'ignore' });
  control('-i', 'on');
  await work();
  control('-d', what);
  control('-i', 'off');
  control('-z');
  const files = readdirSync(out).map((name) => readFileSync(join(out, name), 'utf8'));
  const parts = files.filter((text) => text.includes(`Trigger: dump ${what}\n`));
  const threads = parts.map((text) => Number(/^totals: (\d+)/m.exec(text)[1]) / n / 1000).filter((k) => k >= 0.1).sort((a, b) => b - a);
  console.log(`| ${what} | ${threads.reduce((sum, k) => sum + k, 0).toFixed(0)} | ${threads.map((k) => k.toFixed(1)).join(', ')} |`);
};

mkdirSync(out, { recursive: true });
const binary = join(folder, 'cardea-counted');
writeFileSync(binary, `#!/bin/sh\nexec valgrind -q --tool=callgrind --instr-atstart=no --separate-threads=yes --fair-sched=yes --callgrind-out-file="${out}/out" "${join(build, 'cardea')}" "$@"\n`);
chmodSync(binary, 0o755);
await prepare();
setPeople(people);
const c = await start({ kickstart: null, binary });
try {
  console.log('| what | k instructions | of each thread |\n|---|---|---|');
  await load('create', c.port, c.process.pid, ['-n', 500, '-f', unused]);
  await counted(c, 'create', creations, () => load('create', c.port, c.process.pid, ['-n', creations, '-f', unused + 1000]));
  await importPeople(c, unused + 1e9, 100);
  await counted(c, 'import', call, () => importPeople(c, unused + 1e9 + 1000, call));
} finally {
  if (c.process.exitCode === null) await c.stop();
  if (!process.env.ADMIN_DATA) rmSync(folder, { recursive: true, force: true });
  if (!process.env.COUNT_OUT) rmSync(out, { recursive: true, force: true });
}
