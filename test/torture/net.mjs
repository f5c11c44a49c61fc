// SPDX-License-Identifier: Apache-2.0
// The network between nodes and PostgreSQL (issue 3): each node has a wire of its own, and one or all are halted, deaf, slow, cut, cut
// within an answer, cut before a commit arrives and before its answer does. An outcome nobody heard of is looked up, never
// guessed: what clients were told is compared with what is there, and of those who present one code one is told yes.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Store } from '../e2e/harness.mjs';
import { Postgres } from '../e2e/postgres.mjs';
import { CLIENT, Relay, SERVER } from '../e2e/relay.mjs';
import { House, dice, engine } from './house.mjs';
import { Actor } from './people.mjs';
import { answersAgain, judgeCodes, load, present, takeCodes } from './pgkill.mjs';
import { quantile } from './tally.mjs';

const BACK_MS = 8000; // after the wire is whole again: a question without an answer is given up after 8 s
const COMMIT = Buffer.from('word1\0'); // the writers' prepared COMMIT

// What listens is let be: it has nothing to lose.
const meet = (relay, fits, act) => {
  relay.judge = (pair, way, bytes) => {
    if (pair.isListener || !fits(pair, way, bytes)) return bytes;
    relay.met = (relay.met ?? 0) + 1;
    return act(pair, bytes);
  };
};

// Until it has met somebody, and a moment more.
const meeting = async (relay, ms) => {
  const before = relay.met ?? 0;
  for (let n = 0; n < 100 && (relay.met ?? 0) === before; n++) await pause(20);
  await pause(ms / 4);
  relay.judge = null;
};

// What befalls a wire, for so long.
const faults = {
  halt: async (relay, ms) => { relay.halt(); await pause(ms); relay.goOn(); },
  deaf: async (relay, ms) => { relay.judge = (pair, way, bytes) => (way === CLIENT ? null : bytes); await pause(ms); relay.judge = null; relay.cutAll(); },
  slow: async (relay, ms) => { relay.delayMs = 40; await pause(ms); relay.delayMs = 0; },
  cut: async (relay) => relay.cutAll(),
  away: async (relay, ms) => { relay.shut(); await pause(ms); relay.mend(); },
  within: async (relay, ms) => {
    meet(relay, (_, way, bytes) => way === CLIENT && bytes.length > 40, (pair, bytes) => { pair.client.write(bytes.subarray(0, bytes.length >> 1), () => relay.cut(pair)); return null; });
    await meeting(relay, ms);
  },
  beforeCommit: async (relay, ms) => {
    meet(relay, (_, way, bytes) => way === SERVER && bytes.includes(COMMIT), (pair) => { relay.cut(pair); return null; });
    await meeting(relay, ms);
  },
  // The commit arrives; of what the server says to it nothing does.
  beforeAnswer: async (relay, ms) => {
    meet(relay, (pair, way, bytes) => { pair.isDoomed ||= way === SERVER && bytes.includes(COMMIT); return pair.isDoomed && way === CLIENT; }, (pair) => { relay.cut(pair); return null; });
    await meeting(relay, ms);
  },
};
export const names = Object.keys(faults);

const cycle = async ({ t, h, d, relays, all, settings, name, maxMs }) => {
  const codes = await takeCodes(h, 4);
  const until = { isOver: false }, last = { isOver: false };
  const working = Promise.all(all.map((a) => load(t, a, until)));
  const presenting = Promise.all(codes.flatMap((it, i) => Array.from({ length: 3 }, async (_, n) => { await pause(30 * i); await present(h, it.text, n, it.log, last); })));
  const hit = d.chance(0.5) ? relays : [d.pick(relays)];
  const ms = 300 + d.below(maxMs);
  await Promise.race([pause(10 + d.below(60)), working, presenting]);
  await Promise.race([Promise.all(hit.map((relay) => faults[name](relay, ms))), working, presenting]);
  const back = await Promise.all(h.nodes.map((node, n) => answersAgain(node, settings[n])));
  until.isOver = last.isOver = true;
  await Promise.all([working, presenting]);
  judgeCodes(t, codes);
  return back;
};

const play = async ({ t, h, d, relays, cycles, actors, maxMs, seed, kinds }) => {
  const backs = [];
  const settings = h.nodes.map((_, n) => new Actor(h, 900 + n, seed));
  const all = Array.from({ length: actors }, (_, n) => new Actor(h, n, seed));
  for (const a of [...all, ...settings]) await a.prepare();
  for (let n = 0; n < cycles; n++) {
    const name = kinds[n % kinds.length];
    const back = await cycle({ t, h, d, relays, all, settings, name, maxMs });
    backs.push(...back);
    t.check(h.nodes.every((c) => c.process.exitCode === null && c.process.signalCode === null), `a node ended (${name})`);
    for (const ms of back) t.check(ms < BACK_MS, `a node answered ${ms.toFixed(0)} ms after the wire was whole (${name})`);
    await Promise.all(all.map((a) => a.look(t)));
    t.progress(n + 1, cycles);
  }
  for (const a of all) await a.look(t, [...a.people]);
  const told = all.reduce((sum, a) => sum + a.acknowledged, 0);
  const met = relays.reduce((sum, r) => sum + (r.met ?? 0), 0);
  t.check(told > 20 && met > 0, `only ${told} requests were acknowledged, ${met} messages cut`);
  t.note(`${cycles} faults of ${kinds.length} kinds under ${told} acknowledged requests, ${all.reduce((sum, a) => sum + a.unknown, 0)} of unknown outcome, ${met} messages cut, ${h.nodes.length} node(s); writes again after: `
    + `median ${quantile(backs, 0.5).toFixed(0)} ms, at most ${Math.max(...backs).toFixed(0)} ms; seed ${seed}`);
};

export const run = async (t, { cycles = names.length, actors = 6, nodes = 1, maxMs = 3000, kinds = names, seed = Date.now() % 1e9 } = {}) => {
  if (engine === 'sqlite') return t.note('not run: SQLite has no network; CARDEA_TEST_ENGINE=postgresql');
  const server = await Postgres.shared();
  const name = await server.create();
  const relays = [];
  for (let n = 0; n < nodes; n++) relays.push(await Relay.start(server));
  // Each node that asks for the database's URI is given another wire to it.
  let next = 0;
  const wired = Object.assign(Object.create(server), { uri: (database) => server.uri(database).replace(server.dir, relays[next++].dir), sql: (...all) => server.sql(...all) });
  const dir = mkdtempSync(join(tmpdir(), 'cardea-'));
  const data = join(dir, 'data');
  const store = Object.assign(new Store(), { data, server: wired, name, args: ['--data', data, '--database', wired.uri(name)] });
  try {
    const h = await House.start({ nodes, dir, store });
    try { await play({ t, h, d: dice(seed), relays, cycles, actors, maxMs, seed, kinds }); } finally {
      for (const relay of relays) relay.mend();
      await h.end();
    }
  } finally {
    for (const relay of relays) await relay.end();
    await server.drop(name);
  }
};
