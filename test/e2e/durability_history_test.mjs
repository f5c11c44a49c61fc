// SPDX-License-Identifier: Apache-2.0
// Three short histories; the judge has a test of its own (durability_checker_test.mjs).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPostgres } from './harness.mjs';
import { run } from '../torture/history.mjs';
import { Tally } from '../torture/tally.mjs';

describe('histories', () => {
  test('DU-14: what clients saw under kills, halts and cuts has an order that every rule allows', async () => {
    const t = new Tally('history');
    await run(t, { histories: isPostgres ? 1 : 3, nodes: 3 });
    assert.deepEqual(t.faults, []);
    assert.ok(t.passed > 10, `${t.passed} checks`);
  });
});
