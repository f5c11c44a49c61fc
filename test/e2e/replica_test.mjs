// SPDX-License-Identifier: Apache-2.0
// A replica for reads that may be old (--database-replica): what is read there and what never is, and that a replica which stands
// still, falls silent, dies or is promoted is never noticed but by the age of a list.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser, Cardea, Store, basic, ids, isPostgres, redirect, tokensFor, until } from './harness.mjs';
import { Postgres } from './postgres.mjs';
import { CLIENT, Relay } from './relay.mjs';

const asApp = { authorization: basic(ids.app) };
// What the standby is asked: tables of lists that are shown, what makes a session ours, and whether it is one.
const mayBeAsked = [/^SELECT id, name, insert_instant FROM tenant /, /^SELECT id, tenant_id, name, .* FROM application /, / FROM group_member WHERE tenant_id = \$1( |$)/,
  / FROM audit a/, / FROM event e WHERE e\.id >= /, /^SET |^ SELECT set_config/, /^SELECT pg_is_in_recovery\(\)/];

describe('a replica', { skip: !isPostgres && 'one process has a data folder' }, () => {
  let server, standby, node, broken, silent, relays;
  before(async () => {
    server = await Postgres.own('-c fsync=off');
    const name = await server.create();
    standby = await server.standby('-c', 'log_statement=all', '-c', 'log_line_prefix=%a ');
    relays = [await Relay.start(server, 5433), await Relay.start(server, 5433)];
    const dir = mkdtempSync(join(tmpdir(), 'cardea-'));
    const data = join(dir, 'data');
    const store = Object.assign(new Store(), { data, server, name, args: ['--data', data, '--database', server.uri(name)] });
    node = await Cardea.start({ dir, store, args: ['--database-replica', standby.uri(name)] });
    const through = (relay) => node.another({ args: ['--database-replica', server.uri(name).replace(server.dir, relay.dir)] });
    [broken, silent] = await Promise.all(relays.map(through));
  });
  after(async () => {
    const ends = [];
    for (const n of [broken, silent, node]) ends.push(...(await Promise.allSettled([n?.end()])));
    for (const relay of relays ?? []) await relay.end();
    await standby?.stop('SIGKILL');
    await server?.end();
    for (const { reason } of ends) if (reason) throw reason;
  });

  const add = async (name) => (await node.api('POST', '/api/application', { application: { name } })).body.application.id;
  const names = async (c) => {
    const { status, body } = await c.api('GET', '/api/application');
    assert.equal(status, 200);
    return body.applications.map((a) => a.name);
  };
  const lists = async (c, name) => (await names(c)).includes(name);
  const refresh = (token) => node.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: token }, asApp);
  const isActive = async (token) => (await node.form('/oauth2/introspect', { token }, asApp)).body.active;

  test('lists are read there once it has something new, and on each node', async () => {
    for (const c of [node, broken, silent]) {
      const before = standby.log.length;
      await add(`First of ${c.port}`);
      await until('the list', () => lists(c, `First of ${c.port}`), 5000);
      await until('the replica', async () => (await lists(c, `First of ${c.port}`)) && standby.log.slice(before).includes('FROM application'), 15000);
    }
  });

  test('while it stands still only lists are old: people, sign-ins, tokens, revocations, one-time things are not', async () => {
    const old = await tokensFor(node);
    await until('the sign-in', async () => (await node.api('GET', `/api/system/login-record/search?userId=${ids.user}`)).body.logins.length > 0, 5000);
    await standby.sql('SELECT pg_wal_replay_pause()');
    try {
      const id = await add('Late');
      assert.equal(await lists(node, 'Late'), false, 'the list is the replica\'s');
      assert.equal((await node.api('GET', `/api/application/${id}`)).status, 200);
      const who = { email: 'late@example.com', password: 'as late as can be' };
      const made = await node.api('POST', '/api/user/registration', { user: who, registration: { applicationId: ids.app } });
      assert.equal(made.status, 200, made.text);
      const fresh = await tokensFor(node, {}, {}, Object.assign(new Browser(node)));
      assert.equal(fresh.status, 200);
      const again = await node.form('/oauth2/token', { grant_type: 'authorization_code', code: fresh.code, redirect_uri: redirect, code_verifier: fresh.verifier }, asApp);
      assert.equal(again.body.error, 'invalid_grant', 'a code is good once');
      assert.equal((await refresh(fresh.refresh_token)).body.error, 'invalid_grant');
      const next = await refresh(old.refresh_token);
      assert.equal(next.status, 200);
      assert.equal(await isActive(next.body.access_token), true);
      assert.equal((await node.form('/oauth2/revoke', { token: next.body.refresh_token }, asApp)).status, 200);
      assert.equal((await refresh(next.body.refresh_token)).body.error, 'invalid_grant');
      assert.equal(await isActive(next.body.access_token), false);
      const login = (password) => node.api('POST', '/api/login', { loginId: who.email, password, applicationId: ids.app });
      assert.equal((await login(who.password)).status, 200);
      assert.equal((await node.api('PATCH', `/api/user/${made.body.user.id}`, { user: { password: 'another of the kind' } })).status, 200);
      assert.equal((await login(who.password)).status, 404);
      assert.equal((await login('another of the kind')).status, 200);
      // Erased: what the replica has of it cannot be opened any more.
      assert.equal((await node.api('DELETE', `/api/user/${ids.user}?hardDelete=true`)).status, 200);
      const records = await node.api('GET', `/api/system/login-record/search?userId=${ids.user}`);
      assert.equal(records.status, 200, records.text);
      assert.ok(!records.text.includes('ada@example.com'), records.text);
      assert.equal((await node.api('GET', '/api/system/audit-log/search')).status, 200);
    } finally { await standby.sql('SELECT pg_wal_replay_resume()'); }
    await until('what was written meanwhile', () => lists(node, 'Late'), 3000);
  });

  test('one that dies: the primary is asked, and nobody is told', async () => {
    await add('After its death');
    await lists(broken, '');
    relays[0].shut();
    assert.equal(await lists(broken, 'After its death'), true);
    assert.equal(await lists(broken, 'After its death'), true);
  });

  test('one that falls silent costs two seconds once', async () => {
    await add('Into the silence');
    relays[1].judge = (pair, way, bytes) => (way === CLIENT ? null : bytes);
    const all = await Promise.all(Array.from({ length: 8 }, () => lists(silent, 'Into the silence')));
    assert.deepEqual(all, Array(8).fill(true));
    const begin = Date.now();
    for (let i = 0; i < 5; i++) assert.equal(await lists(silent, 'Into the silence'), true);
    assert.ok(Date.now() - begin < 2000, 'it is left alone for a while');
  });

  test('one that is promoted is a replica no more: it is not read, and nothing was ever written there', async () => {
    await add('Before the promotion');
    await until('the list', () => lists(node, 'Before the promotion'), 5000);
    await standby.promote();
    await add('After the promotion');
    await until('the primary\'s list', () => lists(node, 'After the promotion'), 5000);
    assert.equal((await refresh('nothing')).body.error, 'invalid_grant');
    const asked = standby.log.split('\n').filter((l) => l.startsWith('cardea ')).map((l) => /LOG: {2}(?:statement|execute [^:]*): (.*)/.exec(l)?.[1]).filter(Boolean);
    assert.ok(asked.length > 10, standby.log);
    for (const text of asked) assert.ok(mayBeAsked.some((m) => m.test(text)), `the replica was asked: ${text}`);
  });
});
