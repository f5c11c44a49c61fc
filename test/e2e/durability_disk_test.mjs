// SPDX-License-Identifier: Apache-2.0
// Each kind of trouble with the disk once: full, read-only, failing now and then.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPostgres } from './harness.mjs';
import { run } from '../torture/disk.mjs';
import { Tally } from '../torture/tally.mjs';

describe('a disk in trouble', { skip: isPostgres && 'the disk is the database server\'s' }, () => {
  test('DU-03, DU-04: writes are told 503 and when to come back, reads go on, nothing acknowledged is lost, and it mends', async () => {
    const t = new Tally('disk');
    await run(t, { actors: 4, steps: 15 });
    assert.deepEqual(t.faults, []);
    assert.ok(t.passed > 500, `${t.passed} checks`);
  });
});
