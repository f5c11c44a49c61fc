// SPDX-License-Identifier: Apache-2.0
// System calls that fail, now and then; make torture fails each one, and every allocation.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPostgres } from './harness.mjs';
import { run } from '../torture/calls.mjs';
import { Tally } from '../torture/tally.mjs';

describe('calls that fail', { skip: isPostgres && 'its disk and its locks are the server\'s' }, () => {
  test('DU-11: the process lives on, what was asked has happened or has not, the next one is served', async () => {
    const t = new Tally('calls');
    await run(t, { stride: 10, startStride: 200, only: ['write', 'read', 'open', 'socket'], names: ['useCode', 'erase'] });
    assert.deepEqual(t.faults, []);
    assert.ok(t.passed > 150, `${t.passed} checks`);
  });
});
