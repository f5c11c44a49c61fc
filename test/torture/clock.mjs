// SPDX-License-Identifier: Apache-2.0
// A clock that is moved forward and back by hours (DU-07): nothing lives longer than it should, what comes from the future is not
// believed, what was good is good again when the clock is right again, and no job does its work twice.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Browser, authorizeUrl, ids, person } from '../e2e/harness.mjs';
import { House, asAdmin, code, codeOf, isActive, login, must, pause, redeem, refresh, session, silentPath } from './house.mjs';
import { Wire } from './wire.mjs';

const MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const SKEW = MINUTE; // by which clocks may differ

// What is made at one time and looked at at another: how long it lives, and whether it is alive. A look changes nothing.
const kinds = {
  'an authorization code': {
    lives: MINUTE,
    make: (w, at) => code(w, at.cookies),
    isAlive: async (w, text) => (await redeem(w, text)).status === 200,
  },
  'an access token': {
    lives: HOUR,
    make: async (w, at) => must(await redeem(w, await code(w, at.cookies)), 200, 'a code').access_token,
    isAlive: (w, token) => isActive(w, token),
  },
  'a refresh token': {
    lives: 30 * DAY,
    make: async (w, at) => must(await redeem(w, await code(w, at.cookies)), 200, 'a code').refresh_token,
    isAlive: async (w, token) => (await refresh(w, token)).status === 200,
  },
  'a login\'s refresh token': {
    lives: 30 * DAY,
    make: async (w) => must(await login(w, person), 200, 'a login').refreshToken,
    isAlive: async (w, refreshToken) => (await w.json('POST', '/api/jwt/refresh', { refreshToken }, asAdmin)).status === 200,
  },
  'a session': {
    lives: HOUR,
    make: (w, at) => at.cookies,
    isAlive: async (w, cookies) => codeOf(await w.ask('GET', silentPath, cookies)) !== null,
  },
  'a sign-in page': {
    lives: HOUR,
    make: async (w) => {
      const page = await w.ask('GET', authorizeUrl({}));
      return { hidden: Browser.hidden(page), cookie: [...page.head.matchAll(/\r\nset-cookie: *([^;\r]*)/gi)].map((m) => m[1]).join('; ') };
    },
    isAlive: async (w, { hidden, cookie }) => codeOf(await w.form('/signin', { ...hidden, loginId: person.email, password: person.password }, `cookie: ${cookie}\r\n`)) !== null,
  },
};

const hours = (ms) => `${ms < 0 ? '' : '+'}${ms / HOUR} h`;

const crossTimes = async (t, h, offsets) => {
  const wire = new Wire(h.c.port);
  let at = 0;
  const go = async (offset) => { for (const c of h.nodes) must(await c.shiftClock(offset - at), 200, 'the clock'); at = offset; };
  for (const made of offsets) {
    for (const seen of offsets) {
      await go(made);
      const things = {};
      for (const [name, kind] of Object.entries(kinds)) things[name] = await kind.make(wire, { cookies: await session(wire) });
      await go(seen);
      const age = seen - made;
      for (const [name, kind] of Object.entries(kinds)) {
        const wanted = age > -SKEW && age < kind.lives;
        const isAlive = await kind.isAlive(wire, things[name]);
        t.check(isAlive === wanted, `${name} made at ${hours(made)} is ${isAlive ? 'alive' : 'dead'} at ${hours(seen)}`);
      }
      if (age >= -SKEW) continue;
      await go(made);
      for (const [name, kind] of Object.entries(kinds)) t.check(await kind.isAlive(wire, things[name]), `${name} is lost after a clock was set back and right again`);
    }
  }
  await go(0);
};

// A rotation, then a clock set back by hours: the token before is no retry.
const graceEnds = async (t, h) => {
  const wire = new Wire(h.c.port);
  const cookies = await session(wire);
  const first = must(await redeem(wire, await code(wire, cookies)), 200, 'a code').refresh_token;
  await h.c.shiftClock(5 * HOUR);
  const second = must(await refresh(wire, first), 200, 'a refresh').refresh_token;
  await h.c.shiftClock(-3 * HOUR);
  t.check((await refresh(wire, first)).status === 400, 'a rotated token is good because the clock was set back');
  t.check((await refresh(wire, second)).status === 400, 'reuse was seen and the family lives');
  await h.c.shiftClock(-2 * HOUR);
};

// Takes mails: to whom.
class Post {
  static async open() {
    const p = Object.assign(new Post(), { to: [] });
    p.server = createServer((socket) => {
      let rest = '', isData = false;
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        rest += bytes;
        for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
          const line = rest.slice(0, end);
          rest = rest.slice(end + 2);
          if (isData && line !== '.') continue;
          isData = line === 'DATA';
          if (line.startsWith('RCPT')) p.to.push(/<(.*)>/.exec(line)[1]);
          socket.write(isData ? '354 go on\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
        }
      });
      socket.write('220 post.example\r\n');
    }).listen(0, '127.0.0.1');
    await once(p.server, 'listening');
    return p;
  }
  get port() { return this.server.address().port; }
  close() { this.server.close(); }
}

const TURN = 6000; // of the jobs, and a little

// Mails that wait, while the clock goes back and forth: each is sent, and sent once.
const jobsOnce = async (t, h, { jumps }) => {
  const post = await Post.open();
  const emailConfiguration = { host: '127.0.0.1', port: post.port, security: 'NONE', defaultFromEmail: 'no-reply@acme.example', defaultFromName: 'Acme' };
  must(await h.c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { emailConfiguration } }), 200, 'the mail server');
  const people = [];
  for (const jump of jumps) {
    const email = `clock${people.length}@example.com`;
    const browser = new Browser(h.c);
    const page = await browser.open(authorizeUrl({}).replace('/authorize', '/register'));
    const done = await browser.post('/signin', { ...Browser.hidden(page), 'user.email': email, 'user.firstName': 'New', 'user.password': 'a good long password' });
    must(done, 303, 'a registration');
    people.push(email);
    await pause(1500);
    for (const c of h.nodes) await c.shiftClock(jump);
  }
  // A mail of a clock that ran ahead waits until that time: late, but not lost.
  for (const c of h.nodes) await c.shiftClock(DAY);
  for (let left = 200; left > 0 && !people.every((p) => post.to.includes(p)); left--) await pause(100);
  await pause(TURN);
  for (const p of people) {
    const count = post.to.filter((to) => to === p).length;
    t.check(count === 1, `a mail was sent ${count} times`);
  }
  post.close();
};

export const run = async (t, { nodes = 1, offsets = [0, 2 * HOUR, 5 * HOUR, 13 * HOUR, 31 * DAY], jumps = [2 * HOUR, -5 * HOUR, 9 * HOUR, -3 * HOUR], rounds = 1 } = {}) => {
  const h = await House.start({ nodes, args: ['--demo'] });
  try {
    for (let n = 0; n < rounds; n++) {
      await crossTimes(t, h, offsets);
      await graceEnds(t, h);
      t.progress(n + 1, rounds);
    }
    await jobsOnce(t, h, { jumps });
  } finally { await h.end(); }
  t.note(`${offsets.length * offsets.length} pairs of times, ${Object.keys(kinds).length} kinds of things, ${rounds} rounds; ${jumps.length} jumps under the jobs`);
};
