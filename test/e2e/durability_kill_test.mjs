// SPDX-License-Identifier: Apache-2.0
// Short runs of the kill loop, and proof that its checker sees a loss.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isPostgres } from './harness.mjs';
import { House } from '../torture/house.mjs';
import { run } from '../torture/kill.mjs';
import { Actor } from '../torture/people.mjs';
import { Tally } from '../torture/tally.mjs';

describe('kill -9', () => {
  test('DU-01, DU-I1: kills at random moments lose nothing acknowledged and leave nothing half made', async () => {
    const t = new Tally('kill');
    await run(t, { cycles: isPostgres ? 8 : 20 });
    assert.deepEqual(t.faults, []);
    assert.ok(t.passed > 100, `${t.passed} checks`);
  });

  test('the checker sees a store that was put back to what it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-back-'));
    const h = await House.start();
    try {
      const actor = new Actor(h, 1, 1);
      await actor.prepare();
      for (let i = 0; i < 4; i++) {
        await actor.create();
        await actor.signIn(actor.people[i]);
      }
      const [renamed, changed, revoked, rotated] = actor.people;
      await h.c.stop();
      await h.c.store.backup(folder);
      await h.c.run();
      const before = new Tally('before');
      await actor.configure();
      await actor.rename(renamed);
      await actor.changePassword(changed);
      await actor.endFamily(revoked);
      await actor.rotate(rotated);
      await actor.rotate(rotated);
      await actor.create();
      await actor.look(before, [...actor.people]);
      assert.deepEqual(before.faults, []);
      await h.c.stop();
      await h.c.store.restore(folder);
      await h.c.run();
      const after = new Tally('after');
      await actor.look(after, [...actor.people]);
      for (const what of [/the setting is/, /is called/, /0 of 1 passwords open/, /a revoked refresh token is good/, /a refresh token is lost/, /is lost$/]) {
        assert.ok(after.faults.some((f) => what.test(f)), `${what} in ${after.faults.join('\n')}`);
      }
    } finally {
      await h.end();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
