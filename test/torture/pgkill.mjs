// SPDX-License-Identifier: Apache-2.0
// PostgreSQL killed under the server (issue 3): all its processes at once by SIGKILL, or stopped without a word to its clients, at
// random moments under load, away for up to 3 s, flushes on. The nodes are not touched: each answers again by itself, and
// what clients were told is compared with what is there. 503 means: it may have happened, or not.
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Store } from '../e2e/harness.mjs';
import { Postgres } from '../e2e/postgres.mjs';
import { judgeOnce } from './checker.mjs';
import { House, asAdmin, code, dice, engine, redeem, session } from './house.mjs';
import { Actor } from './people.mjs';
import { quantile } from './tally.mjs';
import { Wire, now } from './wire.mjs';

const BACK_MS = 5000; // after the server's return
const MAX_AWAY_MS = 3000;
const CODE_MS = 40000; // less than a code lives
const OLDER = 3; // people who were not touched, looked at as well in each cycle

// Every process of the server, none of which gets to say anything.
const killAll = (server) => {
  const pid = Number(readFileSync(join(server.dir, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(pid, 'SIGSTOP'); // it starts no more children
  for (const name of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid) process.kill(Number(name), 'SIGKILL');
    } catch (e) { if (!['ENOENT', 'ESRCH'].includes(e.code)) throw e; }
  }
  process.kill(pid, 'SIGKILL');
};

// A start finds the shared memory of the killed one in use as long as one of its processes is not quite gone.
const startServer = async (server) => {
  for (let tries = 50; ; tries--) {
    try { await server.ctl('start'); return; } catch (e) { if (!tries) throw e; }
    await pause(100);
  }
};

const isOut = (a) => a.status === 503 && Number(a.retryAfter) > 0;

export const load = async (t, actor, until) => {
  while (!until.isOver) {
    const isGood = await actor.step((a) => t.check(isOut(a), () => `a refusal that is not a clear 503: ${a.status} ${a.head.slice(0, 200)}`));
    if (!isGood) await pause(50);
  }
};

// Clients that do not take no for an answer present one code until it is said what became of it.
export const present = async (h, text, number, log, until) => {
  const wire = new Wire(h.ports[number % h.ports.length]);
  for (let isLast = false; !isLast;) {
    isLast = until.isOver;
    const op = { op: 'use', outcome: 'unknown', began: now(), ended: Infinity };
    log.push(op);
    try {
      const answer = await redeem(wire, text);
      op.ended = answer.ended;
      if (answer.status === 200) op.outcome = 'ok';
      else if (answer.status === 400) op.outcome = 'no';
      else if (answer.status !== 503) op.status = answer.status;
    } catch (e) { if (!e.isCut) throw e; }
    await pause(20 + 10 * number);
  }
  wire.cut();
};

export const takeCodes = async (h, count) => {
  const wire = new Wire(h.c.port);
  const cookies = await session(wire);
  const taken = [];
  for (let i = 0; i < count; i++) taken.push({ text: await code(wire, cookies), log: [], at: now() });
  wire.cut();
  return taken;
};

// The time until a node writes again, in ms.
export const answersAgain = async (node, actor) => {
  const began = now();
  const wire = new Wire(node.port);
  for (;;) {
    const answer = await wire.json('PATCH', `/api/application/${actor.appId}`, { application: { name: `After ${began}` } }, asAdmin).catch((e) => ({ status: e.message }));
    if (answer.status === 200) break;
    if (now() - began > 4 * BACK_MS) throw new Error(`the node answers ${answer.status} long after the server's return`);
    await pause(20);
  }
  wire.cut();
  return now() - began;
};

const cycle = async ({ t, h, d, server, all, settings, awayMs }) => {
  const codes = await takeCodes(h, 6);
  const until = { isOver: false }, once = { isOver: false };
  const working = Promise.all(all.map((a) => load(t, a, until)));
  const moment = 10 + d.below(400);
  // Some codes are presented before the kill, some around it, some while the server is away.
  const presenting = Promise.all(codes.flatMap((it, i) => Array.from({ length: 3 }, async (_, n) => {
    await pause(Math.max(0, moment - 60 + 25 * i));
    await present(h, it.text, n, it.log, once);
  })));
  await Promise.race([pause(moment), working, presenting]);
  if (d.chance(0.7)) killAll(server); else await server.ctl('stop', '-m', 'immediate');
  await Promise.race([pause(200 + d.below(awayMs)), working, presenting]);
  await startServer(server);
  const back = await Promise.all(h.nodes.map((node, n) => answersAgain(node, settings[n])));
  until.isOver = once.isOver = true;
  await Promise.all([working, presenting]);
  return { codes, back };
};

export const judgeCodes = (t, codes) => {
  for (const { log, at } of codes) {
    const odd = log.find((o) => o.status);
    t.check(!odd, `a code was answered ${odd?.status}`);
    const ops = log.filter((o) => o.ended < at + CODE_MS || o.outcome === 'unknown');
    const faults = judgeOnce(ops);
    t.check(!faults.length, () => `a code ${faults.join('; ')}: ${JSON.stringify(ops)}`);
  }
};

const killUnder = async ({ t, h, d, server, cycles, actors, awayMs, seed }) => {
  const backs = [];
  const settings = h.nodes.map((_, n) => new Actor(h, 900 + n, seed)); // written to see whether a node writes
  const all = Array.from({ length: actors }, (_, n) => new Actor(h, n, seed));
  for (const a of [...all, ...settings]) await a.prepare();
  for (let n = 0; n < cycles; n++) {
    const { codes, back } = await cycle({ t, h, d, server, all, settings, awayMs });
    backs.push(...back);
    t.check(h.nodes.every((c) => c.process.exitCode === null && c.process.signalCode === null), 'a node ended');
    for (const ms of back) t.check(ms < BACK_MS, `a node answered ${ms.toFixed(0)} ms after the server's return`);
    judgeCodes(t, codes);
    await Promise.all(all.map((a) => a.look(t, [...new Set([...a.dirty, ...Array.from({ length: OLDER }, () => d.pick(a.people)).filter(Boolean)])])));
    t.progress(n + 1, cycles);
  }
  for (const a of all) await a.look(t, [...a.people]);
  const told = all.reduce((sum, a) => sum + a.acknowledged, 0);
  const open = all.reduce((sum, a) => sum + a.unknown, 0);
  t.check(told > 20, `only ${told} requests were acknowledged`);
  t.note(`${cycles} times PostgreSQL was killed under ${told} acknowledged requests, ${open} of unknown outcome, ${h.nodes.length} node(s); answers after its return: median `
    + `${quantile(backs, 0.5).toFixed(0)} ms, at most ${Math.max(...backs).toFixed(0)} ms; seed ${seed}`);
};

export const run = async (t, { cycles = 5, actors = 8, nodes = 1, awayMs = MAX_AWAY_MS - 200, seed = Date.now() % 1e9 } = {}) => {
  if (engine === 'sqlite') return t.note('not run: SQLite has no server; CARDEA_TEST_ENGINE=postgresql');
  const d = dice(seed);
  const server = await Postgres.own('-c fsync=on');
  try {
    // By its own choice the server would acknowledge before it flushes, and flush late: the nodes must insist.
    for (const set of ["synchronous_commit = 'off'", "wal_writer_delay = '10s'"]) await server.sql(`ALTER SYSTEM SET ${set}`);
    await server.sql('SELECT pg_reload_conf()');
    const dir = mkdtempSync(join(tmpdir(), 'cardea-'));
    const name = await server.create();
    const data = join(dir, 'data');
    const store = Object.assign(new Store(), { data, server, name, args: ['--data', data, '--database', server.uri(name)] });
    const h = await House.start({ nodes, dir, store });
    try { await killUnder({ t, h, d, server, cycles, actors, awayMs, seed }); } finally { await h.end(); }
  } finally { await server.end(); }
};
