// SPDX-License-Identifier: Apache-2.0
// cardea migrate: what is applied and what is missing, told and done without a server; two that start at once.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CARDEA, Cardea, Store, isPostgres } from './harness.mjs';

const texts = readdirSync(new URL('../../db/migrations', import.meta.url)).map((name) => name.replace('.sql', '')).sort();

describe('migrations', () => {
  let dir, store;
  const migrate = (...more) => spawnSync(CARDEA, ['migrate', ...store.args, ...more], { encoding: 'utf8' });
  const states = (out) => Object.fromEntries(out.trim().split('\n').map((l) => [l.split(/\s+/)[0], l.split(/\s+/).slice(1)]));

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'cardea-migrate-'));
    store = await Store.fresh(dir);
  });
  after(async () => {
    await store.drop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('--status of nothing: all are missing, exit code 3, and nothing is made', () => {
    const { status, stdout, stderr } = migrate('--status');
    assert.equal(status, 3, stderr);
    assert.deepEqual(Object.keys(states(stdout)), texts);
    for (const [name, state] of Object.entries(states(stdout))) assert.match(state.join(' '), /^(data|keys) missing$/, name);
    assert.equal(existsSync(store.data), false);
  });

  test('migrate applies them, in processes that start at once; --status then is 0', async () => {
    const runs = Array.from({ length: 3 }, () => spawn(CARDEA, ['migrate', ...store.args], { stdio: ['ignore', 'ignore', 'pipe'] }));
    const said = runs.map((run) => { let text = ''; run.stderr.on('data', (d) => { text += d; }); return () => text; });
    const codes = await Promise.all(runs.map(async (run) => (await once(run, 'close'))[0]));
    // PostgreSQL lets them wait for each other; a folder is one process's, and the others say so.
    codes.forEach((code, i) => assert.ok(code === 0 || (!isPostgres && code === 1 && /another process|using the folder/.test(said[i]())), `${code} ${said[i]()}`));
    assert.ok(codes.includes(0));
    const { status, stdout } = migrate('--status');
    assert.equal(status, 0, stdout);
    for (const [name, state] of Object.entries(states(stdout))) assert.match(state.join(' '), /^(data|keys) applied \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, name);
    const again = migrate();
    assert.equal(again.status, 0, again.stderr);
    assert.equal(again.stdout, stdout, 'nothing is applied twice');
  });

  test('a folder that a server uses is left alone', { skip: isPostgres && 'any number of processes use a database' }, async () => {
    const c = await Cardea.start();
    try {
      const { status, stderr } = spawnSync(CARDEA, ['migrate', '--status', '--data', c.data], { encoding: 'utf8' });
      assert.equal(status, 1);
      assert.match(stderr, /a server is using the folder/);
    } finally { await c.end(); }
  });

  test('what cannot be read is told', () => {
    const { status, stderr } = spawnSync(CARDEA, ['migrate', '--status', '--database', 'nonsense://'], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, /no postgresql:\/\/ URI/);
  });
});
