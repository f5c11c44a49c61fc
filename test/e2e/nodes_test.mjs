// SPDX-License-Identifier: Apache-2.0
// Three nodes on one PostgreSQL behind haproxy: any node answers any request, one-time things stay so, a change is seen
// everywhere, and a node that dies is missed by nobody.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, authorizeUrl, basic, freePort, ids, isPostgres, person, pkce, redirect, signIn, until } from './harness.mjs';
import { Haproxy } from './haproxy.mjs';
import { Relay } from './relay.mjs';

const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const asApp = { authorization: basic(ids.app) };
const cheap = { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1, modifyEncryptionSchemeOnLogin: false };

describe('three nodes', { skip: !isPostgres && 'one process has a data folder' }, () => {
  let nodes, front, haproxy, wire, server, database;
  before(async () => {
    const port = await freePort();
    const first = await Cardea.start({ url: `http://localhost:${port}` });
    ({ server, name: database } = first.store);
    wire = await Relay.start(server);
    const second = await first.another();
    const through = { ...server, uri: (name) => server.uri(name).replace(server.dir, wire.dir) };
    const real = first.store.server;
    first.store.server = through;
    const third = await first.another();
    first.store.server = real;
    nodes = [first, second, third];
    haproxy = await Haproxy.start(port, nodes.map((n) => n.port));
    front = Object.assign(Object.create(first), { port });
    assert.equal((await front.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { passwordEncryptionConfiguration: cheap } })).status, 200);
    assert.equal((await front.api('PATCH', `/api/user/${ids.user}`, { user: { password: person.password } })).status, 200);
  });
  after(async () => {
    const ends = [await Promise.allSettled([haproxy?.end()])];
    for (const node of nodes?.toReversed() ?? []) ends.push(await Promise.allSettled([node.end()]));
    await wire?.end();
    for (const [{ reason }] of ends) if (reason) throw reason;
  });

  // Each request to the next node, whatever haproxy would do.
  const inTurn = () => {
    let at = 0;
    return Object.assign(Object.create(front), { fetch: (path, init) => nodes[at++ % 3].fetch(path, init) });
  };
  const codeFrom = async (browser) => {
    const { verifier, challenge } = pkce();
    const back = await signIn(browser, { code_challenge: challenge, code_challenge_method: 'S256' });
    return { code: back.searchParams.get('code'), verifier };
  };
  const redeem = (node, { code, verifier }) => node.form('/oauth2/token', { grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifier }, asApp);
  const refresh = (node, token) => node.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: token }, asApp);
  const name = (name) => nodes[0].api('PATCH', `/api/application/${ids.app}`, { application: { name } });
  const shows = async (node, name) => (await new Browser(node).open(authorizeUrl({}))).text.includes(name);

  test('too many failures at one node keep out at every node, and what is canceled at another opens the first', async () => {
    const set = (failedAuthenticationConfiguration) => nodes[0].api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { failedAuthenticationConfiguration } });
    const { userAction } = (await nodes[0].api('POST', '/api/user-action', { userAction: { name: 'Guessed', temporal: true, preventLogin: true } })).body;
    const { user } = (await nodes[0].api('POST', '/api/user', { user: { email: 'guessed@example.com', password: person.password }, skipVerification: true })).body;
    const enter = async (node, password) => (await node.api('POST', '/api/login', { loginId: user.email, password, applicationId: ids.app })).status;
    assert.equal((await set({ userActionId: userAction.id, tooManyAttempts: 3, resetCountInSeconds: 3600 })).status, 200);
    await until('every node knows the limit', async () => (await Promise.all(nodes.map((n) => n.api('GET', `/api/tenant/${ids.tenant}`)))).every((a) => a.body.tenant.failedAuthenticationConfiguration.userActionId));
    await Promise.all(nodes.flatMap((node) => [1, 2, 3].map(() => enter(node, 'wrong'))));
    const standing = async () => (await nodes[0].api('GET', `/api/user/action?userId=${user.id}&active=true`)).body.actions;
    const [action] = await until('the action', async () => { const all = await standing(); return all.length && all; });
    for (const node of nodes) assert.equal(await enter(node, person.password), 423);
    assert.equal((await nodes[1].api('DELETE', `/api/user/action/${action.id}`, { action: { actionerUserId: ids.user } })).status, 200);
    for (const node of nodes) await until('it is open', async () => (await enter(node, person.password)) === 202);
    assert.equal((await nodes[2].api('GET', `/api/user/action?userId=${user.id}`)).body.actions.length, 1, 'taken by one');
    assert.equal((await set({ userActionId: null, tooManyAttempts: 1000 })).status, 200);
  });

  test('haproxy goes round, and every node answers', async () => {
    const seen = new Set();
    for (let i = 0; i < 9; i++) seen.add((await front.fetch('/.well-known/openid-configuration')).headers.get('x-node'));
    assert.deepEqual([...seen].sort(), ['n1', 'n2', 'n3']);
  });

  test('a journey of which no two steps meet the same node: pages, code, refresh, userinfo, introspection, logout', async () => {
    for (let round = 0; round < 3; round++) {
      const rotating = inTurn();
      const browser = new Browser(rotating);
      const [, second, third] = [0, 1, 2].map((i) => nodes[(i + round) % 3]);
      const tokens = await redeem(second, await codeFrom(browser));
      assert.equal(tokens.status, 200, tokens.text);
      const next = await refresh(third, tokens.body.refresh_token);
      assert.equal(next.status, 200, next.text);
      for (const node of nodes) {
        const who = await node.fetch('/oauth2/userinfo', { headers: { authorization: `Bearer ${next.body.access_token}` } });
        assert.equal((await who.json()).sub, ids.user);
        assert.equal((await node.form('/oauth2/introspect', { token: next.body.access_token }, asApp)).body.active, true);
        assert.equal((await browser.open(authorizeUrl({ prompt: 'none' }))).status, 303, 'the session is known');
      }
      assert.equal((await second.form('/oauth2/revoke', { token: next.body.refresh_token }, asApp)).status, 200);
      for (const node of nodes) assert.equal((await refresh(node, next.body.refresh_token)).body.error, 'invalid_grant');
    }
  });

  test('through haproxy as a browser and a client would', async () => {
    for (let i = 0; i < 5; i++) {
      const tokens = await redeem(front, await codeFrom(new Browser(front)));
      assert.equal(tokens.status, 200, tokens.text);
      assert.equal((await refresh(front, tokens.body.refresh_token)).status, 200);
    }
  });

  test('of 64 clients on three nodes one redeems a code, and the others end what it got', async () => {
    for (let round = 0; round < 5; round++) {
      const code = await codeFrom(new Browser(front));
      const answers = await Promise.all(Array.from({ length: 64 }, (_, i) => redeem(nodes[i % 3], code)));
      const won = answers.filter((a) => a.status === 200);
      assert.equal(won.length, 1, `${answers.map((a) => a.status)}`);
      assert.ok(answers.every((a) => a.status === 200 || a.body.error === 'invalid_grant'));
      for (const node of nodes) assert.equal((await refresh(node, won[0].body.refresh_token)).body.error, 'invalid_grant', 'RFC 6749 s4.1.2');
    }
  });

  test('of 64 clients on three nodes one gets a name', async () => {
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(Array.from({ length: 64 }, (_, i) => nodes[i % 3].api('POST', '/api/user', { user: { username: `the-one-${round}` } })));
      assert.equal(answers.filter((a) => a.status === 200).length, 1);
      assert.ok(answers.every((a) => a.status === 200 || a.status === 400), `${answers.map((a) => a.status)}`);
    }
  });

  test('a change made on one node is seen by the others within a second', async () => {
    for (let round = 0; round < 5; round++) {
      for (const node of nodes) await shows(node, ''); // it is cached
      assert.equal((await name(`Round ${round} of names`)).status, 200);
      assert.equal(await shows(nodes[0], `Round ${round} of names`), true, 'at once where it was made');
      for (const node of nodes.slice(1)) await until('the change', () => shows(node, `Round ${round} of names`), 1000);
    }
  });

  test('a node whose sessions end at the moment of a change sees it within five seconds', async () => {
    for (let round = 0; round < 3; round++) {
      for (const node of nodes) await shows(node, '');
      const changed = name(`Broken ${round} line`);
      await server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND application_name = 'cardea'`);
      assert.equal((await changed).status, 200);
      for (const node of nodes) await until('the change', () => shows(node, `Broken ${round} line`), 5000);
    }
  });

  test('a node whose listener hears nothing sees a change within five seconds', async () => {
    await shows(nodes[2], '');
    wire.judge = (pair, _, bytes) => (pair.isListener ? null : bytes);
    try {
      assert.equal((await name('Said into the silence')).status, 200);
      await until('the change', () => shows(nodes[2], 'Said into the silence'), 5000);
    } finally { wire.judge = null; }
  });

  test('a node killed under load: requests go on, nothing acknowledged is lost, its jobs are taken over', async () => {
    const made = [], failed = [];
    let going = true;
    const clients = Array.from({ length: 12 }, async (_, w) => {
      for (let i = 0; going; i++) {
        const begin = Date.now();
        const answer = await front.api('POST', '/api/user', { user: { username: `load-${w}-${i}` } }).catch((e) => ({ status: 0, text: String(e) }));
        if (answer.status === 200) made.push({ id: answer.body.user.id, begin });
        else failed.push({ begin, status: answer.status });
      }
    });
    await sleep(1500);
    const killedAt = Date.now();
    await nodes[1].stop('SIGKILL');
    await sleep(3000);
    going = false;
    await Promise.all(clients);
    assert.ok(made.filter((m) => m.begin > killedAt + 1000).length > 20, 'it goes on');
    assert.deepEqual(failed.filter((f) => f.begin < killedAt - 1000 || f.begin > killedAt + 1000), [], 'only what the node had in its hands fails');
    assert.ok(failed.length <= 12 * 2, `${failed.length} failed`);
    for (const { id } of made) assert.equal((await nodes[2].api('GET', `/api/user/${id}`)).status, 200);
    // As if it had died in the middle of each of its jobs.
    await server.sql("UPDATE cardea.job SET holder = '\\x00112233445566778899aabbccddeeff', beat = beat + 1, next_instant = 0", database);
    // A job with nothing to do is left lying: the chain of audit entries gets something.
    assert.equal((await front.api('POST', '/api/user', { user: { username: 'after-the-kill' } })).status, 200);
    await until('the takeover', async () => (await server.sql("SELECT count(*) FROM cardea.job WHERE holder = '\\x00112233445566778899aabbccddeeff'", database)) === '0', 60000);
    await nodes[1].run();
    await until('the node', async () => (await nodes[1].fetch('/api/health')).status === 200, 5000);
    assert.equal((await nodes[1].api('GET', `/api/user/${made[0].id}`)).status, 200);
  });
});
