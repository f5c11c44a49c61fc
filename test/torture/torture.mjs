// SPDX-License-Identifier: Apache-2.0
// torture.mjs [PART...]: every part at full length, or those named, one after the other; ends with "N passed, N failed". The
// environment shortens a run: TORTURE_SCALE=0.01 is a hundredth of everything, TORTURE_NODES the nodes where a store allows more.
import { engine, maxNodes } from './house.mjs';
import { Tally } from './tally.mjs';

const scale = Number(process.env.TORTURE_SCALE ?? 1);
const nodes = Math.min(Number(process.env.TORTURE_NODES ?? 3), maxNodes);
const seed = process.env.TORTURE_SEED ? Number(process.env.TORTURE_SEED) : undefined;
const times = (n) => Math.max(1, Math.round(n * scale));

// What each part does, and how much of it.
const parts = {
  race: { file: './race.mjs', options: () => ({ rounds: times(100000), lanes: 6, nodes }) },
  kill: { file: './kill.mjs', options: () => ({ cycles: times(500), nodes, startMs: 500 }) },
  power: { file: './power.mjs', options: () => ({ cuts: times(500), kills: times(100) }) },
  disk: { file: './disk.mjs', options: () => ({ rounds: times(20) }) },
  history: { file: './history.mjs', options: () => ({ histories: times(100), nodes, lengthMs: 4000 }) },
  clock: { file: './clock.mjs', options: () => ({ nodes, rounds: times(10) }) },
  calls: { file: './calls.mjs', options: () => ({ stride: Math.max(1, Math.round(1 / scale)), startStride: Math.max(1, Math.round(5 / scale)) }) },
  neighbour: { file: './neighbour.mjs', options: () => ({ cycles: times(20) }) },
  schema: { file: './schema.mjs', options: () => ({ requests: times(100000) }) },
  net: { file: './net.mjs', options: () => ({ cycles: times(400), nodes }) },
  rot: { file: './rot.mjs', options: () => ({ rounds: times(300) }) },
  pgkill: { file: './pgkill.mjs', options: () => ({ cycles: times(50), nodes }) },
};

const seconds = (ms) => `${Math.round(ms / 1000)} s`;

const runPart = async (name) => {
  const t = new Tally(name, false);
  const began = Date.now();
  process.stdout.write(`  ${name}\n`);
  try {
    const { run } = await import(parts[name].file);
    await run(t, { ...parts[name].options(), ...(seed === undefined ? {} : { seed }) });
  } catch (e) {
    t.check(false, e.stack);
  }
  for (const note of t.notes) process.stdout.write(`    ${note}\n`);
  process.stdout.write(`  ${name}: ${t.passed} passed, ${t.failed} failed, ${seconds(Date.now() - began)}\n`);
  return t;
};

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!parts[name]) {
    process.stderr.write(`there is no part ${name}: ${Object.keys(parts).join(' ')}\n`);
    process.exit(2);
  }
}
let passed = 0, failed = 0;
process.stdout.write(`torture: ${engine}, ${nodes} node(s), scale ${scale}\n`);
for (const name of wanted.length ? wanted : Object.keys(parts)) {
  const t = await runPart(name);
  passed += t.passed;
  failed += t.failed;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed || !passed ? 1 : 0);
