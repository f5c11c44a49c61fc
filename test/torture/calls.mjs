// SPDX-License-Identifier: Apache-2.0
// Call number N fails, for every N, in each thing a client can ask for and in the start itself: allocations, files, locks, sockets,
// threads, randomness (DU-11). The process lives on, what was asked has happened or has not, and the next one who asks is served. In
// the process, allocations and statements are failed one by one as well (test/app/dispatch_test.c).
import { Actor } from './people.mjs';
import { Fault, errno, isSanitized, kinds } from './fault.mjs';
import { Wire } from './wire.mjs';
import { asAdmin, engine, pause } from './house.mjs';

// The cases: what an actor does; a person of its own for each.
const cases = ['create', 'rename', 'changePassword', 'signIn', 'rotate', 'endFamily', 'openSession', 'takeCode', 'useCode', 'configure', 'erase'];

// What fails, and with which error.
const failures = {
  memory: { kinds: kinds.memory, errno: errno.ENOMEM },
  map: { kinds: kinds.map, errno: errno.ENOMEM },
  write: { kinds: kinds.write | kinds.size, errno: errno.EIO },
  flush: { kinds: kinds.flush, errno: errno.EIO },
  read: { kinds: kinds.read, errno: errno.EIO },
  open: { kinds: kinds.open, errno: errno.EMFILE },
  lock: { kinds: kinds.lock, errno: errno.EAGAIN },
  socket: { kinds: kinds.socket, errno: errno.ENOBUFS },
  thread: { kinds: kinds.thread, errno: errno.EAGAIN },
  random: { kinds: kinds.random, errno: errno.EIO },
};
const usable = Object.keys(failures).filter((f) => f !== 'memory' || !isSanitized);

// Why a process ended, once for each reason.
const ended = (c, reasons, where) => {
  const why = /broken invariant at [^\n]*|ERROR: AddressSanitizer[^\n]*|runtime error[^\n]*/.exec(c.log.slice(-4000))?.[0] ?? `${c.process.signalCode ?? c.process.exitCode}`;
  reasons.set(why, [...(reasons.get(why) ?? []), where]);
};

const isAlive = (c) => c.process.exitCode === null && c.process.signalCode === null;

// Some person with whom the case can be done.
const ready = async (actor, name) => {
  await actor.create();
  const person = actor.people.at(-1);
  if (['rotate', 'endFamily', 'changePassword'].includes(name)) await actor.signIn(person);
  if (['takeCode', 'useCode'].includes(name)) await actor.openSession(person);
  if (name === 'useCode') await actor.takeCode(person);
  return person;
};

// One case with one call failing; whether the failing was reached.
const failOne = async ({ t, f, h, actor, reasons }, name, failure, n) => {
  const where = () => `${name}, ${failure} ${n}`;
  const person = await ready(actor, name);
  f.set({ ...failures[failure], left: n });
  try {
    await (name === 'create' ? actor.create() : actor[name](person));
  } catch (e) {
    if (!e.isCut) t.check(false, `${where()}: ${e.message}`);
    else if (!e.answer) await pause(50); // the process may be on its way out
  }
  const wasReached = f.get('failed') > 0;
  f.off();
  if (!isAlive(h.c)) {
    ended(h.c, reasons, where());
    await h.c.run();
    actor.wire.cut();
  } else t.check(true);
  if (failure === 'flush' && wasReached) { await h.c.stop(); await h.c.run(); }
  // A connection that was broken by the fault is opened again by asking twice.
  await actor.wire.ask('GET', '/api/health').catch(() => {});
  try { await actor.look(t, [...actor.dirty, ...actor.people]); } catch (e) { t.check(false, `${where()}: afterwards: ${e.message}`); }
  for (const p of actor.people.splice(0)) actor.dirty.delete(p);
  return wasReached;
};

// The start: it ends clean or serves; and the next one, undisturbed, serves with all data.
const failStart = async (t, f, h, failure, n) => {
  const { c } = h;
  await c.stop();
  f.set({ ...failures[failure], left: n });
  const started = c.run().then(() => true, () => false);
  let isOver = null;
  while (isAlive(c) && isOver === null) isOver = await Promise.race([started, pause(5).then(() => null)]);
  const wasReached = f.get('failed') > 0;
  f.off();
  const isUp = isAlive(c);
  if (isUp && isOver === false) {
    t.check(false, `the start, ${failure} ${n}: neither serves nor ends`);
    await c.stop('SIGKILL');
    await c.run();
  } else if (!isUp) {
    // Without memory or randomness the libraries may give up in their own way; nobody was told anything yet.
    t.check(['memory', 'random'].includes(failure) || c.process.exitCode > 0 && !/ERROR: AddressSanitizer|runtime error/.test(c.log), () => `the start, ${failure} ${n}: ended by ${c.process.signalCode ?? c.process.exitCode}: ${c.log.slice(-1500)}`);
    await c.run();
  }
  const wire = new Wire(c.port);
  const answer = await wire.ask('GET', '/api/application', asAdmin).catch((e) => ({ status: e.message }));
  t.check(answer.status === 200 && answer.body.applications.length > 3, () => `the start, ${failure} ${n}: ${answer.status}`);
  wire.cut();
  return wasReached;
};

const FIRST = 4;

// Every N until it is no longer reached; with a stride, the first ones and then every so many.
const each = async (stride, fail) => {
  let count = 0;
  for (let n = 0, missed = 0; missed < 2; n += n < Math.min(stride, FIRST) ? 1 : stride) {
    const wasReached = await fail(n);
    count += wasReached;
    missed = wasReached ? 0 : missed + 1;
  }
  return count;
};

export const run = async (t, { stride = 1, startStride = 20, seed = Date.now() % 1e9, only = usable, names = cases } = {}) => {
  const list = only.filter((k) => usable.includes(k) && (engine === 'sqlite' || !['write', 'flush', 'read', 'lock'].includes(k)));
  const f = Fault.prepare();
  const h = await f.house();
  const reasons = new Map();
  let count = 0, starts = 0, done = 0;
  try {
    const actor = new Actor(h, 1, seed);
    await actor.prepare();
    for (const failure of list) {
      for (const name of names) {
        count += await each(stride, (n) => failOne({ t, f, h, actor, reasons }, name, failure, n));
        t.progress(++done, list.length * (names.length + 1), `${failure} in ${name}`);
      }
      starts += await each(failure === 'memory' ? startStride * 10 : startStride, (n) => failStart(t, f, h, failure, n));
      t.progress(++done, list.length * (names.length + 1), `${failure} in the start`);
    }
  } finally { f.off(); await h.end().catch((e) => t.check(false, e.message)); f.end(); }
  for (const [why, where] of reasons) t.check(false, `the process ended ${where.length} times, first in ${where[0]}: ${why}`);
  t.note(`${count} calls failed in ${names.length} cases, ${starts} in the start; ${list.join(' ')}; seed ${seed}`);
};
