// SPDX-License-Identifier: Apache-2.0
// Bit rot: bits of the files of a stopped server are flipped. What is sealed is then given as it was or not at all; nothing crashes;
// and cardea check, the start or the log say so wherever something cannot be read.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CARDEA, ids } from '../e2e/harness.mjs';
import { House, asAdmin, dice, engine, must } from './house.mjs';

const FILES = ['cardea.db', 'keys.db'];
const PAGE = 4096;

// As they were, and nothing beside them.
const putBack = (good, data) => {
  for (const name of FILES) {
    for (const more of ['-wal', '-shm']) rmSync(join(data, name + more), { force: true });
    copyFileSync(join(good, name), join(data, name));
  }
};

const make = async (h, count) => {
  const [wire] = h.wires(1);
  const people = [];
  for (let i = 0; i < count; i++) {
    const who = { email: `rot${i}@example.com`, password: 'sound and whole', firstName: `First ${i}`, lastName: `Last ${i}`, data: { word: `w${i}`.repeat(20) } };
    const { user } = must(await wire.json('POST', '/api/user/registration', { user: who, registration: { applicationId: ids.app } }, asAdmin), 200, 'a registration');
    people.push({ id: user.id, ...who });
  }
  wire.cut();
  return people;
};

// One to four bits, of pages with something in them as often as of any: the first page is every tenth victim.
const rot = (d, file) => {
  const bytes = readFileSync(file);
  const flips = 1 + d.below(4);
  for (let i = 0; i < flips; i++) {
    const page = d.chance(0.1) ? 0 : d.below(Math.max(1, bytes.length / PAGE | 0));
    bytes[page * PAGE + d.below(Math.min(PAGE, bytes.length))] ^= 1 << d.below(8);
  }
  writeFileSync(file, bytes);
};

// What was sealed, against what was written; and whether all of it could be had.
const look = async (t, h, people) => {
  const [wire] = h.wires(1);
  let missing = 0;
  for (const who of people) {
    const answer = await wire.ask('GET', `/api/user/${who.id}`, asAdmin);
    t.check([200, 404, 500, 503].includes(answer.status), () => `a person was answered ${answer.status}`);
    if (answer.status !== 200) { missing++; continue; }
    const { user } = answer.body;
    for (const field of ['email', 'firstName', 'lastName']) t.check(user[field] === who[field], () => `${field} is ${user[field]}, was ${who[field]}`);
    t.check(user.data.word === who.data.word, 'data was changed');
  }
  for (const who of people.slice(0, 2)) {
    const answer = await wire.json('POST', '/api/login', { loginId: who.email, password: `${who.password}!`, applicationId: ids.app }, asAdmin);
    t.check(answer.status !== 200, 'a wrong password opened');
  }
  wire.cut();
  return missing;
};

const told = /malformed|not a database|corrupt|cannot be opened|does not open|cannot be read|master key|"database\.failed"|damaged|disk image/i;

const round = async ({ t, h, d, people, good, count }) => {
  const { c } = h;
  putBack(good, c.data);
  rot(d, join(c.data, d.chance(0.75) ? FILES[0] : FILES[1]));
  const check = spawnSync(CARDEA, ['check', '--data', c.data], { encoding: 'utf8', env: { ...process.env, CARDEA_TEST_CLOCK: '1' } });
  const said = check.stdout + check.stderr;
  t.check([0, 1, 3].includes(check.status) && !/Sanitizer|runtime error/.test(said), () => `cardea check ended with ${check.status ?? check.signal}: ${said}`);
  if (check.status) { count.found++; t.check(said.length > 20, 'cardea check said nothing'); }
  const before = c.log.length;
  try { await c.run(); } catch (e) {
    count.refused++;
    t.check(told.test(e.message) && c.process.signalCode === null, () => `a start that failed said: ${e.message.slice(-300)}`);
    t.check(check.status !== 0, 'the start was refused of what cardea check called sound');
    return;
  }
  const missing = await look(t, h, people);
  if (missing) { count.missing++; t.check(check.status !== 0, () => `${missing} people cannot be read, and cardea check called it sound: ${said}`); }
  await c.stop('SIGKILL');
  t.check(!/Sanitizer|runtime error/.test(c.log.slice(before)), () => c.log.slice(before).slice(-800));
};

export const run = async (t, { rounds = 4, count: size = 40, seed = Date.now() % 1e9 } = {}) => {
  if (engine !== 'sqlite') return t.note('not run: PostgreSQL has checksums of its own (initdb --data-checksums)');
  const d = dice(seed);
  const h = await House.start();
  const count = { found: 0, refused: 0, missing: 0 };
  const good = join(h.c.dir, 'good');
  let isUp = true;
  try {
    const people = await make(h, size);
    await h.c.stop();
    isUp = false;
    mkdirSync(good);
    for (const name of FILES) copyFileSync(join(h.c.data, name), join(good, name));
    const sound = spawnSync(CARDEA, ['check', '--data', h.c.data], { encoding: 'utf8' });
    t.check(sound.status === 0 && sound.stdout.includes('sound'), () => `of sound files cardea check says ${sound.stdout}${sound.stderr}`);
    for (let n = 0; n < rounds; n++) {
      await round({ t, h, d, people, good, count });
      t.progress(n + 1, rounds);
    }
    putBack(good, h.c.data);
    await h.c.run();
    isUp = true;
    t.check(await look(t, h, people) === 0, 'the sound files are not');
  } finally { if (!isUp) await h.c.run().catch(() => {}); await h.end(); }
  t.note(`${rounds} times bits were flipped: found by cardea check ${count.found}, start refused ${count.refused}, people that could not be read ${count.missing} times; seed ${seed}`);
};
