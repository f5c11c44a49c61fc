// SPDX-License-Identifier: Apache-2.0
// Histories (DU-14, DU-I1 to DU-I4, DU-I8, DU-I10): clients on all nodes work on the same few things while nodes are killed, halted
// and connections cut; each notes what it asked, what it was told and when; checker.mjs judges.
import { ids } from '../e2e/harness.mjs';
import { judge } from './checker.mjs';
import { House, asAdmin, asApp, codeOf, dice, login, must, pause, redeem, session, silentPath } from './house.mjs';
import { Wire, now } from './wire.mjs';

// Another node may show settings as they were for so long, and tell the others within it (issue 3).
const STALE_MS = 5000;
const KEEP = 6; // of each kind of thing, the newest so many are worked on

class World {
  constructor(h, seed, number) { Object.assign(this, { h, d: dice(seed + number), number, log: [], elements: [], names: [], codes: [], families: [], count: 0 }); }

  id(kind) { return `99999999-${String(kind).padStart(4, '0')}-4000-8000-${String(this.number * 10000 + this.count++).padStart(12, '0')}`; }

  async prepare() {
    const wire = new Wire(this.h.c.port);
    this.person = { email: `history${this.number}@example.com`, password: 'a password for all' };
    this.userId = this.id(1);
    const user = { ...this.person, firstName: 'r0' };
    must(await wire.json('POST', `/api/user/registration/${this.userId}`, { user, registration: { applicationId: ids.app } }, asAdmin), 200, 'a person');
    this.appId = this.id(2);
    this.appName = `c${this.number}-0`;
    must(await wire.json('POST', `/api/application/${this.appId}`, { application: { name: this.appName } }, asAdmin), 200, 'an application');
    this.cookies = await session(wire, this.person);
    this.keep({ kind: 'register', object: 'firstName', op: 'write', value: 'r0', outcome: 'ok', began: -2, ended: -1 });
    this.keep({ kind: 'register', object: 'application', op: 'write', value: this.appName, outcome: 'ok', began: -2, ended: -1 });
    for (let i = 0; i < 3; i++) {
      const { body } = await login(wire, this.person);
      this.families.push({ name: `family ${i}`, tokens: [body.refreshToken], access: [body.token] });
    }
    wire.cut();
  }

  keep(op) { this.log.push(op); }

  // Asks, and keeps what came of it: judge(answer) gives the outcome and, for what was seen, the value.
  async note(op, ask, outcomeOf) {
    const entry = { ...op, outcome: 'unknown', began: now(), ended: Infinity };
    const isRead = op.op === 'read' || op.op === 'look';
    try {
      const answer = await ask();
      entry.ended = answer.ended;
      if (answer.status !== 503) Object.assign(entry, outcomeOf(answer));
      else if (isRead) return answer;
      this.keep(entry);
      return answer;
    } catch (e) {
      if (!e.isCut) throw e;
      if (!isRead) this.keep(entry);
      throw e;
    }
  }

  recent(list) { return list.length ? this.d.pick(list.slice(-KEEP)) : null; }
}

const expect = (answer, ...statuses) => {
  if (!statuses.includes(answer.status)) throw new Error(`answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  return answer.status === 200;
};

// What a client may do next, by weight.
const acts = [
  [8, async (w, wire) => {
    const value = `r${++w.count}`;
    await w.note({ kind: 'register', object: 'firstName', op: 'write', value }, () => wire.json('PATCH', `/api/user/${w.userId}`, { user: { firstName: value } }, asAdmin),
      (a) => ({ outcome: expect(a, 200, 409) ? 'ok' : 'no' }));
  }],
  [16, (w, wire) => w.note({ kind: 'register', object: 'firstName', op: 'read' }, () => wire.ask('GET', `/api/user/${w.userId}`, asAdmin),
    (a) => ({ outcome: expect(a, 200) && 'ok', value: a.body.user.firstName }))],
  [4, async (w, wire) => {
    const value = `c${w.number}-${++w.count}`;
    await w.note({ kind: 'register', object: 'application', op: 'write', value }, () => wire.json('PATCH', `/api/application/${w.appId}`, { application: { name: value } }, asAdmin),
      (a) => ({ outcome: expect(a, 200, 409) ? 'ok' : 'no' }));
  }],
  [8, (w, wire) => w.note({ kind: 'register', object: 'application', op: 'read' }, () => wire.ask('GET', `/api/application/${w.appId}`, asAdmin),
    (a) => ({ outcome: expect(a, 200) && 'ok', value: a.body.application.name }))],
  [6, async (w, wire) => {
    const id = w.id(3);
    w.elements.push(id);
    await w.note({ kind: 'element', object: id, op: 'add' }, () => wire.json('POST', `/api/user/${id}`, { user: { username: `element-${id}` } }, asAdmin), (a) => ({ outcome: expect(a, 200) && 'ok' }));
  }],
  [10, async (w, wire) => {
    const id = w.recent(w.elements);
    const path = w.d.chance(0.5) ? `/api/user/${id}` : `/api/user?username=element-${id}`;
    if (id) await w.note({ kind: 'element', object: id, op: 'look' }, () => wire.ask('GET', path, asAdmin), (a) => ({ value: expect(a, 200, 404), outcome: 'ok' }));
  }],
  [3, async (w, wire) => {
    const id = w.recent(w.elements);
    if (id) await w.note({ kind: 'element', object: id, op: 'remove' }, () => wire.ask('DELETE', `/api/user/${id}?hardDelete=true`, asAdmin), (a) => ({ outcome: expect(a, 200, 404) ? 'ok' : 'no' }));
  }],
  [6, async (w, wire) => {
    if (!w.names.length || w.d.chance(0.3)) w.names.push(`name-${w.number}-${w.count++}`);
    const name = w.recent(w.names);
    const id = w.id(4);
    await w.note({ kind: 'claim', object: name, op: 'claim', value: id }, () => wire.json('POST', `/api/user/${id}`, { user: { username: name } }, asAdmin),
      (a) => ({ outcome: expect(a, 200, 400) ? 'ok' : 'no' }));
  }],
  [6, async (w, wire) => {
    const name = w.recent(w.names);
    if (name) await w.note({ kind: 'claim', object: name, op: 'look' }, () => wire.ask('GET', `/api/user?username=${name}`, asAdmin), (a) => ({ value: expect(a, 200, 404) ? a.body.user.id : null, outcome: 'ok' }));
  }],
  [4, async (w, wire) => {
    const text = codeOf(await wire.ask('GET', silentPath, w.cookies));
    if (text) w.codes.push({ text, until: now() + 40000 });
  }],
  [10, async (w, wire) => {
    const it = w.recent(w.codes);
    if (it && now() < it.until) await w.note({ kind: 'once', object: it.text.slice(0, 24), op: 'use' }, () => redeem(wire, it.text), (a) => ({ outcome: expect(a, 200, 400) ? 'ok' : 'no' }));
  }],
  [1, async (w, wire) => {
    const answer = await login(wire, w.person);
    if (answer.status === 200) w.families.push({ name: `family ${w.count++}`, tokens: [answer.body.refreshToken], access: [answer.body.token] });
  }],
  [14, async (w, wire) => {
    const family = w.recent(w.families);
    const token = family.tokens[Math.max(0, family.tokens.length - 1 - (w.d.chance(0.04) ? 2 : w.d.below(2)))];
    const answer = await w.note({ kind: 'family', object: family.name, op: 'refresh', token }, () => wire.json('POST', '/api/jwt/refresh', { refreshToken: token }, asAdmin),
      (a) => ({ outcome: expect(a, 200, 400) ? 'ok' : 'no', value: a.body.refreshToken }));
    if (answer.status !== 200 || family.tokens.includes(answer.body.refreshToken)) return;
    family.tokens.push(answer.body.refreshToken);
    family.access.push(answer.body.token);
  }],
  [8, async (w, wire) => {
    const family = w.recent(w.families);
    await w.note({ kind: 'family', object: family.name, op: 'look' }, () => wire.form('/oauth2/introspect', { token: w.d.pick(family.access) }, asApp),
      (a) => ({ outcome: expect(a, 200) && 'ok', value: a.body.active }));
  }],
  [0.4, async (w, wire) => {
    const family = w.recent(w.families);
    await w.note({ kind: 'family', object: family.name, op: 'revoke' }, () => wire.ask('DELETE', `/api/jwt/refresh?token=${family.tokens[0]}`, asAdmin),
      (a) => ({ outcome: expect(a, 200, 404) ? 'ok' : 'no' }));
  }],
];
const total = acts.reduce((sum, [weight]) => sum + weight, 0);

const pickAct = (d) => {
  let at = d.next() * total;
  return acts.find(([weight]) => (at -= weight) < 0)[1];
};

// A client: works on one node, goes to another when its connection is cut, sometimes cuts it itself.
const client = async (w, until) => {
  let wire = new Wire(w.d.pick(w.h.ports));
  while (!until.isOver) {
    const scissors = w.d.chance(0.03) ? setTimeout(() => wire.cut(), w.d.below(8)) : null;
    try {
      await pickAct(w.d)(w, wire);
    } catch (e) {
      if (!e.isCut) throw e;
      wire = new Wire(w.d.pick(w.h.ports));
      await pause(5 + w.d.below(20));
    } finally { clearTimeout(scissors); }
  }
  wire.cut();
};

// One node at a time: killed and started again, or halted for a moment.
const trouble = async (w, until) => {
  let kills = 0;
  while (!until.isOver) {
    await pause(100 + w.d.below(400));
    const c = w.d.pick(w.h.nodes);
    if (w.d.chance(0.4)) {
      await c.stop('SIGKILL');
      await pause(w.d.below(100));
      await c.run();
      kills++;
    } else {
      c.process.kill('SIGSTOP');
      await pause(20 + w.d.below(200));
      c.process.kill('SIGCONT');
    }
  }
  return kills;
};

// Settings may be shown as they were for a while by another node: as if they had been read then.
const settle = (log, nodes) => (nodes === 1 ? log : log.map((o) => (o.object === 'application' && o.op === 'read' ? { ...o, began: o.began - STALE_MS } : o)));

export const run = async (t, { histories = 3, clients = 10, nodes = 1, lengthMs = 2000, seed = Date.now() % 1e9 } = {}) => {
  const h = await House.start({ nodes });
  let operations = 0, unknown = 0, objects = 0, kills = 0;
  try {
    for (let n = 0; n < histories; n++) {
      const w = new World(h, seed, n);
      const until = { isOver: false };
      await w.prepare();
      const work = [trouble(w, until), ...Array.from({ length: clients }, () => client(w, until))];
      await Promise.race([pause(lengthMs), ...work.map((p) => p.then(() => new Promise(() => {})))]);
      until.isOver = true;
      kills += (await Promise.all(work))[0];
      for (const { name, ops, faults } of judge(settle(w.log, h.nodes.length))) {
        objects++;
        t.check(!faults.length, () => `history ${n}, ${name}: ${faults.join('; ')}: ${JSON.stringify(ops.slice(-12))}`);
      }
      operations += w.log.length;
      unknown += w.log.filter((o) => o.outcome === 'unknown').length;
      t.progress(n + 1, histories, `${operations} operations`);
    }
  } finally { await h.end(); }
  t.check(operations > histories * 20, `only ${operations} operations`);
  t.note(`${histories} histories of ${clients} clients on ${h.nodes.length} node(s): ${operations} operations on ${objects} things, ${unknown} of unknown outcome, ${kills} kills; seed ${seed}`);
};
