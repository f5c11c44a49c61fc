// SPDX-License-Identifier: Apache-2.0
// A disk that is full, read-only or failing (DU-03, DU-04): who asks to write is told 503 and when to come back, who asks to read is
// answered, nothing acknowledged is lost, and once the disk is well again so is the node, without a restart. The disk is the
// node's own: PostgreSQL has its server's.
import { Wire } from './wire.mjs';
import { asAdmin, asApp, code, engine, isActive, must, pause, redeem, session } from './house.mjs';
import { Fault, errno, kinds } from './fault.mjs';
import { Actor } from './people.mjs';

const storage = kinds.write | kinds.flush | kinds.size;

// What goes wrong, and how much of it. After a flush that failed nothing is promised until the folder is opened again (README of
// io/db, invariant 6): there the node may have to be started anew, and what it then holds is checked all the same.
const troubles = [
  { name: 'no room at all', set: { room: 0 } },
  { name: 'room for 20 kB', set: { room: 20000 } },
  { name: 'room for 300 kB', set: { room: 300000 } },
  { name: 'read-only', set: { kinds: kinds.write | kinds.size, left: 0, sticks: 1, errno: errno.EROFS } },
  { name: 'every write fails', set: { kinds: kinds.write, left: 0, sticks: 1 } },
  { name: 'every second call fails', set: { kinds: storage, left: 1, sticks: 2, every: 1 } },
  { name: 'every fifth call fails', set: { kinds: storage, left: 4, sticks: 2, every: 4 } },
  { name: 'every 17th call fails', set: { kinds: storage, left: 16, sticks: 2, every: 16 } },
  { name: 'every 17th read fails', set: { kinds: kinds.read, left: 16, sticks: 2, every: 16 } },
  { name: 'one flush fails', set: { kinds: kinds.flush, left: 3 } },
  { name: 'every flush fails', set: { kinds: kinds.flush, left: 0, sticks: 1 } },
];

// The page of a browser says so in words.
const clear503 = (a) => a.status === 503 && Number(a.retryAfter) > 0;

// Actors work until each has met the trouble a few times; all that is not an acknowledgement must be a clear 503.
const workThrough = async (t, trouble, actors, steps) => {
  let refused = 0;
  await Promise.all(actors.map(async (a) => {
    for (let i = 0; i < steps; i++) {
      try {
        await a.step((answer) => { refused++; t.check(clear503(answer), () => `${trouble.name}: a refusal without a date: ${answer.head.slice(0, 60)}`); });
      } catch (e) { t.check(false, `${trouble.name}: ${e.message}`); }
    }
  }));
  return refused;
};

const readsGoOn = async (t, trouble, wire, tokens) => {
  const asked = [
    await wire.ask('GET', '/.well-known/openid-configuration'),
    await wire.ask('GET', '/.well-known/jwks.json'),
    await wire.form('/oauth2/introspect', { token: tokens.access_token }, asApp),
    await wire.ask('GET', '/oauth2/userinfo', `authorization: Bearer ${tokens.access_token}\r\n`),
    await wire.ask('GET', '/api/application', asAdmin),
  ];
  t.check(asked.every((a) => a.status === 200), () => `${trouble.name}: reads were answered ${asked.map((a) => a.status)}`);
};

// The node is well again within the time, without a restart, also after a flush that failed.
const recovers = async (t, trouble, actor) => {
  for (let left = 50; left > 0; left--) {
    try { await actor.create(); return; } catch (e) { if (!e.isCut) throw e; }
    await pause(100);
  }
  t.check(false, `${trouble.name}: still refuses writes five seconds after the disk was well`);
};

export const run = async (t, { rounds = 1, actors = 6, steps = 25, seed = Date.now() % 1e9, only } = {}) => {
  const f = Fault.prepare();
  const h = await f.house();
  const wire = new Wire(h.c.port);
  const all = Array.from({ length: actors }, (_, n) => new Actor(h, n, seed));
  const list = engine !== 'sqlite' ? [] : Array.from({ length: rounds }, () => troubles).flat().filter((x) => !only || x.name === only);
  let refused = 0;
  try {
    for (const a of all) await a.prepare();
    const cookies = await session(wire);
    const tokens = must(await redeem(wire, await code(wire, cookies)), 200, 'a code');
    for (const [i, trouble] of list.entries()) {
      await workThrough(t, { name: `before ${trouble.name}` }, all, 5);
      f.set(trouble.set);
      refused += await workThrough(t, trouble, all, steps);
      if (!trouble.name.includes('read fails')) await readsGoOn(t, trouble, wire, tokens);
      f.off();
      await recovers(t, trouble, all[0]);
      for (const a of all) await a.look(t);
      t.check(await isActive(wire, tokens.access_token), `${trouble.name}: a grant is lost`);
      t.progress(i + 1, list.length, trouble.name);
    }
    await h.c.stop();
    await h.c.run();
    for (const a of all) await a.look(t, [...a.people]);
  } finally { f.off(); await h.end(); f.end(); }
  t.note(`${list.length} troubles, ${refused} requests told to come back; seed ${seed}`);
};
