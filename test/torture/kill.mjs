// SPDX-License-Identifier: Apache-2.0
// kill -9 at random moments under mixed load, also while it starts (DU-01, DU-I1): what actors were told is compared with what is
// there after the restart, whose time is measured.
import { House, dice, pause } from './house.mjs';
import { Actor } from './people.mjs';
import { quantile } from './tally.mjs';

const OLDER = 5; // people who were not touched, looked at as well in each cycle

const load = async (actors, until) => {
  await Promise.all(actors.map(async (a) => { while (!until.isOver && await a.step()); }));
};

// Starts the node again, and in every fourth cycle kills it while it starts. The time of the start that counts, in ms.
const restart = async (c, d) => {
  if (d.chance(0.25)) {
    c.run().catch(() => {});
    await pause(d.below(60));
    await c.stop('SIGKILL');
  }
  const began = performance.now();
  await c.run();
  return performance.now() - began;
};

export const run = async (t, { cycles = 20, actors = 16, nodes = 1, loadMs = 250, seed = Date.now() % 1e9, startMs = 3000 } = {}) => {
  const d = dice(seed);
  const h = await House.start({ nodes });
  const starts = [];
  const all = Array.from({ length: actors }, (_, n) => new Actor(h, n, seed));
  try {
    for (const a of all) await a.prepare();
    for (let cycle = 0; cycle < cycles; cycle++) {
      const c = d.pick(h.nodes);
      const until = { isOver: false };
      const working = load(all, until);
      await Promise.race([pause(10 + d.below(loadMs)), working]);
      await c.stop('SIGKILL');
      until.isOver = true;
      await working;
      starts.push(await restart(c, d));
      await Promise.all(all.map((a) => a.look(t, [...new Set([...a.dirty, ...Array.from({ length: OLDER }, () => d.pick(a.people)).filter(Boolean)])])));
      t.progress(cycle + 1, cycles);
    }
    for (const a of all) await a.look(t, [...a.people]);
  } finally { await h.end(); }
  const told = all.reduce((sum, a) => sum + a.acknowledged, 0);
  const open = all.reduce((sum, a) => sum + a.unknown, 0);
  t.check(quantile(starts, 0.5) < startMs, `half of the starts took longer than ${quantile(starts, 0.5)} ms`);
  t.check(told > 20, `only ${told} requests were acknowledged`);
  t.note(`${cycles} kills under ${told} acknowledged requests, ${open} unanswered, ${h.nodes.length} node(s); start after a kill: median ${quantile(starts, 0.5).toFixed(0)} ms, `
    + `99 % ${quantile(starts, 0.99).toFixed(0)} ms; seed ${seed}`);
};
