// SPDX-License-Identifier: Apache-2.0
// Latency at a fixed rate, and with many connections that hardly speak. Rounds begin when they are due whether answers
// come or not, and count from then. Settings, by environment: LATENCY_SECONDS of each run (10), LATENCY_ONLY (words of
// scenarios), LATENCY_IDLE connections (9900: the server takes 10,000), LATENCY_PARTS (rows idle).
import { rmSync } from 'node:fs';
import { addPeople, folder, load, start } from './house.mjs';
import { loads, machine, median, number, rss, setting, sleep, thousands } from './server.mjs';

const seconds = number('LATENCY_SECONDS', 10);
const only = setting('LATENCY_ONLY', '').split(' ').filter(Boolean);
const idle = number('LATENCY_IDLE', 9900);
const parts = setting('LATENCY_PARTS', 'rows idle').split(' ');
const rows = [
  ['JWKS', 'jwks'], ['sign-in page', 'page'], ['introspection', 'introspect'], ['client credentials, ES256 JWT', 'client_credentials'],
  ['refresh with rotation, durable', 'refresh'], ['whole code flow, durable', 'code'],
];
const say = (line) => console.log(line);
const ms = (us) => (us / 1000).toFixed(us < 10000 ? 2 : 0);
const times = (r) => `${ms(r.p50_us)} | ${ms(r.p99_us)} | ${ms(r.p999_us)} | ${ms(r.max_us)}`;

const measureRow = async (c, [what, scenario]) => {
  const ask = (more) => load(scenario, c.port, c.process.pid, ['-c', 256, ...more]);
  const full = [];
  for (let i = 0; i < 3; i++) full.push((await ask(['-s', 3])).rate);
  const rate = median(full);
  for (const part of [0.5, 0.9, 1]) {
    const r = await ask(['-s', seconds, '-r', Math.round(rate * part)]);
    say(`| ${what} | ${part === 1 ? 'full' : part === 0.5 ? 'half' : 'nine tenths'} | ${thousands(rate * part)} | ${thousands(r.rate)} | ${times(r)} |${r.errors ? ` ${r.errors} errors: ${r.why}` : ''}`);
    await sleep(1000);
  }
};

const measureIdle = async (c) => {
  await sleep(4000); // idle hash threads give their memory back
  const before = rss(c.process.pid);
  const rate = Math.round((await load('jwks', c.port, c.process.pid, ['-s', 3])).rate / 4);
  const alone = await load('jwks', c.port, c.process.pid, ['-s', seconds, '-r', rate]);
  const running = load('jwks', c.port, c.process.pid, ['-s', Math.max(seconds, 35), '-r', rate, '-i', idle]);
  await sleep(33000); // each has spoken twice
  const during = rss(c.process.pid);
  const beside = await running;
  await sleep(2000);
  const after = rss(c.process.pid);
  say(`\n| JWKS at ${thousands(rate)}/s | p50 ms | p99 ms | p99.9 ms | longest ms |\n|---|---|---|---|---|`);
  say(`| alone | ${times(alone)} |\n| beside ${thousands(beside.idle)} idle connections | ${times(beside)} |${beside.errors ? ` ${beside.errors} errors: ${beside.why}` : ''}`);
  say(`\n- RSS ${before.all.toFixed(1)} MB before, ${during.all.toFixed(1)} with them, ${after.all.toFixed(1)} after they left: ${(((during.own - before.own) * 1024) / idle).toFixed(2)} KB of the server's own memory for each`);
};

const c = await start();
try {
  say(machine());
  await addPeople(c);
  if (parts.includes('rows')) {
    say('\n| what | rate | asked a second | answered | p50 ms | p99 ms | p99.9 ms | longest ms |\n|---|---|---|---|---|---|---|---|');
    for (const row of rows) if (only.length === 0 || only.includes(row[1])) await measureRow(c, row);
  }
  if (parts.includes('idle')) await measureIdle(c);
  say(`\nLoad averages after: ${loads()}; ${seconds} s a run, 256 connections`);
} finally {
  await c.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
