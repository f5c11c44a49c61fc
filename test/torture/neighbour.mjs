// SPDX-License-Identifier: Apache-2.0
// The release before beside this one: nodes are replaced one by one, so both work on one schema and on each other's rows. It is
// built from the repository's history; where that is not there, nothing is run and nothing is passed. A data folder is one
// process's, so the two take turns on it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser, Cardea, basic, ids, isPostgres, person, tokensFor } from '../e2e/harness.mjs';

const BEFORE = '622e622'; // the statements of test/vectors/statements-0.1.txt
const root = new URL('../..', import.meta.url).pathname;

const build = (tree) => {
  const sh = (text) => execFileSync('sh', ['-c', text], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  sh(`git archive ${BEFORE} | tar -x -C '${tree}'`);
  sh(`meson setup '${tree}/build' '${tree}' -Dbuildtype=debugoptimized && nice ninja -j2 -C '${tree}/build' cardea`);
  return join(tree, 'build', 'cardea');
};

const refresh = async (c, token) => (await c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: token }, { authorization: basic(ids.app) }));
const isActive = async (c, token) => (await c.form('/oauth2/introspect', { token }, { authorization: basic(ids.app) })).body.active;

// What one release leaves to the other: a person, a browser's session, a grant that goes on, one that was ended, somebody erased.
const leave = async (c, name) => {
  const email = `${name}@example.com`, password = 'a good long password';
  const made = await c.api('POST', '/api/user/registration', { user: { email, password }, registration: { applicationId: ids.app, roles: ['member'] } });
  if (made.status !== 200) throw new Error(`${name}: ${made.status} ${made.text}`);
  const gone = await c.api('POST', '/api/user', { user: { email: `gone.${email}`, password } });
  await c.api('DELETE', `/api/user/${gone.body.user.id}?hardDelete=true`);
  const browser = new Browser(c);
  const page = await browser.open(`/oauth2/authorize?${new URLSearchParams({ client_id: ids.app, response_type: 'code', redirect_uri: 'https://client.example/callback', scope: 'openid' })}`);
  const done = await browser.post('/signin', { ...Browser.hidden(page), loginId: email, password });
  if (done.status !== 303) throw new Error(`${name}: sign-in answered ${done.status}`);
  const kept = await tokensFor(c), ended = await tokensFor(c);
  await c.form('/oauth2/revoke', { token: ended.refresh_token }, { authorization: basic(ids.app) });
  return { name, id: made.body.user.id, email, password, cookies: browser.cookies, kept, ended, goneId: gone.body.user.id };
};

const find = async (t, c, left, who) => {
  const user = await c.api('GET', `/api/user/${left.id}`);
  t.check(user.status === 200 && user.body.user.email === left.email, `${who}: the user of ${left.name}: ${user.status}`);
  t.check(user.body?.user?.registrations?.[0]?.roles?.includes('member') ?? false, `${who}: the registration of ${left.name}`);
  const login = await c.api('POST', '/api/login', { loginId: left.email, password: left.password, applicationId: ids.app });
  t.check(login.status === 200, `${who}: a login of ${left.name}: ${login.status}`);
  t.check((await c.api('GET', `/api/user/${left.goneId}`)).status === 404, `${who}: who was erased by ${left.name}`);
  t.check(await isActive(c, left.kept.access_token), `${who}: an access token of ${left.name}`);
  t.check(!(await isActive(c, left.ended.access_token)), `${who}: an ended grant of ${left.name}`);
  t.check((await refresh(c, left.ended.refresh_token)).status === 400, `${who}: an ended refresh token of ${left.name}`);
  const next = await refresh(c, left.kept.refresh_token);
  t.check(next.status === 200 && next.body.refresh_token, `${who}: a refresh token of ${left.name}: ${next.status}`);
  if (next.status === 200) Object.assign(left.kept, { access_token: next.body.access_token, refresh_token: next.body.refresh_token });
  const browser = new Browser(c);
  browser.cookies = new Map(left.cookies);
  const silent = await browser.open(`/oauth2/authorize?${new URLSearchParams({ client_id: ids.app, response_type: 'code', redirect_uri: 'https://client.example/callback', scope: 'openid', prompt: 'none' })}`);
  t.check(silent.status === 303 && new URL(silent.location).searchParams.has('code'), `${who}: a session of ${left.name}`);
};

// { cycles }: how often each release follows the other.
export const run = async (t, { cycles = 5 } = {}) => {
  if (isPostgres) return t.note('not run: the release before knows no PostgreSQL');
  if (spawnSync('git', ['-C', root, 'cat-file', '-e', `${BEFORE}^{commit}`]).status !== 0) return t.note(`not run: the history has no ${BEFORE}`);
  const tree = mkdtempSync(join(tmpdir(), 'cardea-before-'));
  let c = null;
  try {
    const binary = build(tree);
    const dir = mkdtempSync(join(tmpdir(), 'cardea-'));
    // The folder begins with the release before, as an operator's did; today's migrates it.
    c = await Cardea.start({ dir, binary });
    const all = [await leave(c, 'before-0')];
    for (let i = 1; i <= cycles; i++) {
      for (const [name, which] of [['now', undefined], ['before', binary]]) {
        await c.stop();
        c.options.binary = which;
        await c.run();
        for (const left of all) await find(t, c, left, name);
        all.push(await leave(c, `${name}-${i}`));
      }
      t.progress(i, cycles);
    }
    const ada = await c.api('GET', `/api/user?email=${encodeURIComponent(person.email)}`);
    t.check(ada.status === 200, 'the person of the kickstart');
    t.note(`${cycles} times each release after the other, ${all.length} people`);
  } finally {
    await c?.end();
    rmSync(tree, { recursive: true, force: true });
  }
  return undefined;
};
