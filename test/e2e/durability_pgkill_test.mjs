// SPDX-License-Identifier: Apache-2.0
// PostgreSQL killed five times under a node that goes on; make torture kills it fifty times under three.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPostgres } from './harness.mjs';
import { run } from '../torture/pgkill.mjs';
import { Tally } from '../torture/tally.mjs';

describe('PostgreSQL killed under the server', { skip: !isPostgres && 'SQLite has no server' }, () => {
  test('DU-01, DU-I1, DU-I2: nothing acknowledged is lost, nothing is half made, and the node answers again without a restart', async () => {
    const t = new Tally('pgkill');
    await run(t, { cycles: 5, awayMs: 1500 });
    assert.deepEqual(t.faults, []);
    assert.ok(t.passed > 60, `${t.passed} checks`);
  });
});
