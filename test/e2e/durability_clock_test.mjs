// SPDX-License-Identifier: Apache-2.0
// A few moves of the clock; make torture crosses more.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from '../torture/clock.mjs';
import { Tally } from '../torture/tally.mjs';

const HOUR = 3600000;

describe('a clock that moves', () => {
  test('DU-07: nothing lives longer than it should, the future is not believed, a mail is sent once', async () => {
    const t = new Tally('clock');
    await run(t, { offsets: [0, 2 * HOUR, 31 * 24 * HOUR], jumps: [2 * HOUR, -5 * HOUR], nodes: 3 });
    assert.deepEqual(t.faults, []);
    assert.ok(t.passed > 60, `${t.passed} checks`);
  });
});
