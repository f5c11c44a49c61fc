// SPDX-License-Identifier: Apache-2.0
// A short run of what make torture does a hundred thousand times: one-time things presented by 64 clients at once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPostgres } from './harness.mjs';
import { run } from '../torture/race.mjs';
import { Tally } from '../torture/tally.mjs';

describe('at most once', () => {
  test('DU-I2, DU-I3, DU-I8: of 64 racing clients one wins, no family is lost, reuse ends it, a name has one owner', async () => {
    const t = new Tally('race');
    await run(t, { rounds: isPostgres ? 60 : 200, nodes: 3 });
    assert.deepEqual(t.faults, []);
    assert.ok(t.passed > 120, `${t.passed} checks`);
  });
});
