// SPDX-License-Identifier: Apache-2.0
// The wire between a node and PostgreSQL broken in four ways; make torture breaks three nodes' wires hundreds of times, in eight.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPostgres } from './harness.mjs';
import { run } from '../torture/net.mjs';
import { Tally } from '../torture/tally.mjs';

// Cut at each message, one at a time: test/io/db/pg_writer_test.c.
const kinds = ['halt', 'within', 'beforeCommit', 'beforeAnswer'];

describe('the network between node and database', { skip: !isPostgres && 'SQLite has none' }, () => {
  test('halted, cut within an answer, before a commit and before its answer: nothing acknowledged is lost, nothing is guessed', async () => {
    const t = new Tally('net');
    await run(t, { kinds, cycles: kinds.length, actors: 4, maxMs: 300 });
    assert.deepEqual(t.faults, []);
    assert.ok(t.passed > 40, `${t.passed} checks`);
  });
});
