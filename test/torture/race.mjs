// SPDX-License-Identifier: Apache-2.0
// At most once: what is one-time is presented by 64 clients at once, and what each of them is told must fit the rules exactly
// (DU-I2, DU-I3, DU-I8; docs/decisions/0013; RFC 6749 s4.1.2, RFC 9700 s4.14.2).
import { ids } from '../e2e/harness.mjs';
import { House, asAdmin, code, codeOf, dice, isActive, login, must, pause, redeem, refresh, revoke, session, silentPath } from './house.mjs';

const statuses = (answers) => {
  const count = {};
  for (const a of answers) count[a.status] = (count[a.status] ?? 0) + 1;
  return JSON.stringify(count);
};
const isRefused = (a) => a.status === 400 && a.body.error === 'invalid_grant';
const family = async (lane) => must(await redeem(lane.wires[0], await code(lane.wires[0], lane.cookies)), 200, 'a code');

// One 200; each other one is a replay, which takes back what the first was given (RFC 6749 s4.1.2).
const raceCode = async (lane, t) => {
  const text = await code(lane.wires[0], lane.cookies);
  const answers = await Promise.all(lane.wires.map((w) => redeem(w, text)));
  const winners = answers.filter((a) => a.status === 200);
  const good = t.check(winners.length === 1 && answers.every((a) => a.status === 200 || isRefused(a)), () => `code: ${statuses(answers)}`);
  if (!good || lane.wires.length === 1) return;
  const { refresh_token: token, access_token: access } = winners[0].body;
  t.check(isRefused(await refresh(lane.any(), token)), 'code: a replay left the refresh token alive');
  t.check(!(await isActive(lane.any(), access)), 'code: a replay left the access token alive');
};

// All are given the same successor, the family lives, and its access tokens too.
const raceRefresh = async (lane, t) => {
  lane.family ??= await family(lane);
  const { refresh_token: current } = lane.family;
  const answers = await Promise.all(lane.wires.map((w) => refresh(w, current)));
  const next = new Set(answers.map((a) => (a.status === 200 ? a.body.refresh_token : `status ${a.status}`)));
  if (!t.check(next.size === 1 && answers[0].status === 200, () => `refresh: ${statuses(answers)}, ${next.size} successors`)) {
    lane.family = null;
    return;
  }
  const seen = answers[lane.dice.below(answers.length)].body.access_token;
  t.check(await isActive(lane.any(), seen), 'refresh: an access token of a living family is dead');
  lane.older = current;
  lane.family = answers[0].body;
};

// Token and successor presented at once: whoever comes after the successor was used is a thief or a victim, and then nothing of
// the family lives. Before that, both are good. Either way there is one line of successors.
const raceGenerations = async (lane, t) => {
  const first = (await family(lane)).refresh_token;
  const second = must(await refresh(lane.any(), first), 200, 'a refresh').refresh_token;
  const answers = await Promise.all(lane.wires.map((w, i) => refresh(w, i % 2 ? first : second).then((a) => Object.assign(a, { isFirst: i % 2 === 1 }))));
  const given = (isFirst) => new Set(answers.filter((a) => a.isFirst === isFirst && a.status === 200).map((a) => a.body.refresh_token));
  t.check(answers.every((a) => a.status === 200 || isRefused(a)), () => `generations: ${statuses(answers)}`);
  t.check([...given(true)].every((token) => token === second), 'generations: the first token has two successors');
  t.check(given(false).size <= 1, 'generations: the second token has two successors');
  const third = [...given(false)][0];
  const wasReused = answers.some((a) => a.status !== 200);
  const standing = await refresh(lane.any(), third ?? second);
  if (wasReused) t.check(isRefused(standing), 'generations: reuse was seen and the family lives');
  else t.check(standing.status === 200, () => `generations: nobody was refused and the family is dead: ${standing.status}`);
};

// A revocation that was answered is final, whatever came along with it (DU-I1).
const raceRevoke = async (lane, t) => {
  const { refresh_token: token } = await family(lane);
  const answers = await Promise.all(lane.wires.map((w, i) => (i % 8 === 7 ? revoke(w, token) : refresh(w, token))));
  const next = new Set(answers.filter((a, i) => i % 8 !== 7 && a.status === 200).map((a) => a.body.refresh_token));
  t.check(next.size <= 1 && answers.every((a, i) => a.status === 200 || (i % 8 !== 7 && isRefused(a))), () => `revoke: ${statuses(answers)}, ${next.size} successors`);
  const revoked = Math.min(...answers.filter((_, i) => i % 8 === 7).map((a) => a.ended));
  t.check(!answers.some((a, i) => i % 8 !== 7 && a.began > revoked && a.status === 200), 'revoke: a token was good after its revocation was answered');
  for (const a of answers.filter((x, i) => i % 8 !== 7 && x.status === 200).slice(0, 2)) {
    t.check(isRefused(await refresh(lane.any(), a.body.refresh_token)), 'revoke: the successor lives');
    t.check(!(await isActive(lane.any(), a.body.access_token)), 'revoke: an access token lives');
  }
};

// A session ends once: no code is given after a logout was answered, and nothing it gave is alive afterwards.
const raceLogout = async (lane, t) => {
  const cookies = await session(lane.wires[0], lane.person);
  const { id_token: hint, access_token: access } = must(await redeem(lane.any(), await code(lane.any(), cookies)), 200, 'a code');
  const answers = await Promise.all(lane.wires.map((w, i) => (i % 8 === 7
    ? w.ask('GET', `/oauth2/logout?id_token_hint=${hint}&client_id=${ids.app}`, cookies)
    : w.ask('GET', silentPath, cookies))));
  const out = answers.filter((_, i) => i % 8 === 7);
  const asked = answers.filter((_, i) => i % 8 !== 7);
  if (!t.check(out.every((a) => a.status === 303) && asked.every((a) => a.status === 303), () => `logout: ${statuses(answers)}`)) return;
  const ended = Math.min(...out.map((a) => a.ended));
  t.check(!asked.some((a) => a.began > ended && codeOf(a)), 'logout: a code was given after it was answered');
  t.check(codeOf(await lane.any().ask('GET', silentPath, cookies)) === null, 'logout: the session lives');
  t.check(!(await isActive(lane.any(), access)), 'logout: an access token lives');
  for (const text of asked.map(codeOf).filter(Boolean).slice(0, 3)) {
    t.check(isRefused(await redeem(lane.any(), text)), 'logout: a code of the ended session was redeemed');
  }
};

// A name belongs to one account; it is free again when the account was erased, which happens once (DU-I8).
const raceClaim = async (lane, t) => {
  const username = `claim-${lane.number}-${lane.round}`;
  const answers = await Promise.all(lane.wires.map((w) => w.json('POST', '/api/user', { user: { username } }, asAdmin)));
  const winners = answers.filter((a) => a.status === 200);
  const isTaken = (a) => a.status === 400 && a.text.includes('[duplicate]user.username');
  if (!t.check(winners.length === 1 && answers.every((a) => a.status === 200 || isTaken(a)), () => `claim: ${statuses(answers)} ${answers.find((a) => a.status !== 200 && !isTaken(a))?.text}`)) return;
  const { id } = winners[0].body.user;
  const found = await lane.any().ask('GET', `/api/user?username=${username}`, asAdmin);
  t.check(found.status === 200 && found.body.user.id === id, 'claim: the name is not its owner\'s');
  const gone = await Promise.all(lane.wires.map((w) => w.ask('DELETE', `/api/user/${id}?hardDelete=true`, asAdmin)));
  t.check(gone.filter((a) => a.status === 200).length === 1 && gone.every((a) => a.status === 200 || a.status === 404), () => `erase: ${statuses(gone)}`);
  t.check((await lane.any().ask('GET', `/api/user?username=${username}`, asAdmin)).status === 404, 'erase: the name is still somebody\'s');
};

// FusionAuth's own exchange follows the same rules.
const raceApiRefresh = async (lane, t) => {
  const { refreshToken } = must(await login(lane.wires[0], lane.person), 200, 'a login');
  const exchange = (w, token) => w.json('POST', '/api/jwt/refresh', { refreshToken: token }, asAdmin);
  const answers = await Promise.all(lane.wires.map((w) => exchange(w, refreshToken)));
  const next = new Set(answers.map((a) => (a.status === 200 ? a.body.refreshToken : `status ${a.status}`)));
  if (!t.check(next.size === 1 && answers[0].status === 200, () => `api refresh: ${statuses(answers)}, ${next.size} successors`)) return;
  const third = await exchange(lane.any(), [...next][0]);
  t.check(third.status === 200, 'api refresh: the family is dead');
  t.check((await exchange(lane.any(), refreshToken)).status === 400, 'api refresh: a token two steps old is good');
  t.check((await exchange(lane.any(), third.body.refreshToken)).status === 400, 'api refresh: the family outlived reuse');
};

// How many rounds of a hundred each kind gets.
const kinds = [[raceCode, 40], [raceRefresh, 40], [raceGenerations, 6], [raceRevoke, 5], [raceLogout, 3], [raceClaim, 3], [raceApiRefresh, 3]];
const order = kinds.flatMap(([kind, share]) => Array(share).fill(kind));

const makeLane = async (h, number, clients, seed) => {
  const lane = { number, wires: h.wires(clients), dice: dice(seed + number), round: 0, person: { email: `lane${number}@example.com`, password: 'a lane of its own' } };
  lane.any = () => lane.wires[lane.dice.below(lane.wires.length)];
  must(await lane.wires[0].json('POST', '/api/user/registration', { user: lane.person, registration: { applicationId: ids.app } }, asAdmin), 200, 'a registration');
  lane.cookies = await session(lane.wires[0], lane.person);
  return lane;
};

// Sessions last 12 hours, less if idle; a run may be longer, so that each lane signs in again now and then.
const RENEW_ROUNDS = 2000;

export const run = async (t, { rounds = 200, clients = 64, lanes = 2, nodes = 1, seed = Date.now() % 1e9 } = {}) => {
  const h = await House.start({ nodes });
  const began = Date.now();
  let done = 0;
  try {
    const all = await Promise.all(Array.from({ length: lanes }, (_, n) => makeLane(h, n, clients, seed)));
    await Promise.all(all.map(async (lane) => {
      for (; done < rounds; lane.round++) {
        const kind = rounds < 400 ? order[(done * 37) % 100] : lane.dice.pick(order);
        done++;
        if (lane.round % RENEW_ROUNDS === RENEW_ROUNDS - 1) lane.cookies = await session(lane.wires[0], lane.person);
        try { await kind(lane, t); } catch (e) { t.check(false, `${kind.name}: ${e.message}`); lane.family = null; await pause(100); }
        t.progress(done, rounds);
      }
    }));
  } finally { await h.end(); }
  t.note(`${done} rounds of ${clients} clients against ${h.nodes.length} node(s) on ${process.env.CARDEA_TEST_ENGINE ?? 'sqlite'}, ${Math.round((Date.now() - began) / 1000)} s, seed ${seed}`);
};
