// SPDX-License-Identifier: Apache-2.0
// Bits flipped in the files of a stopped server; make torture flips them three hundred times.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPostgres } from './harness.mjs';
import { run } from '../torture/rot.mjs';
import { Tally } from '../torture/tally.mjs';

describe('bit rot', { skip: isPostgres && 'PostgreSQL has checksums of its own' }, () => {
  test('what is sealed is given as it was or not at all, nothing crashes, and cardea check says so', async () => {
    const t = new Tally('rot');
    await run(t, { rounds: 3, count: 12 });
    assert.deepEqual(t.faults, []);
    assert.ok(t.passed > 30, `${t.passed} checks`);
  });
});
