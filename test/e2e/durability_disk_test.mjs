// SPDX-License-Identifier: Apache-2.0
// Each kind of trouble with the disk once: full, read-only, failing now and then.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ids, isPostgres } from './harness.mjs';
import { run } from '../torture/disk.mjs';
import { Fault, kinds } from '../torture/fault.mjs';
import { asAdmin, isActive, login, must, pause } from '../torture/house.mjs';
import { Wire } from '../torture/wire.mjs';
import { Tally } from '../torture/tally.mjs';

// A disk that has just failed may need a moment.
const patiently = async (ask) => {
  let answer = await ask();
  for (let left = 50; answer.status === 503 && left > 0; left--) { await pause(100); answer = await ask(); }
  return answer;
};

describe('a disk in trouble', { skip: isPostgres && 'the disk is the database server\'s' }, () => {
  test('DU-03, DU-04: writes are told 503 and when to come back, reads go on, nothing acknowledged is lost, and it mends', async () => {
    const t = new Tally('disk');
    await run(t, { actors: 4, steps: 15 });
    assert.deepEqual(t.faults, []);
    assert.ok(t.passed > 500, `${t.passed} checks`);
  });

  // Write number n of the erasure fails, for every n: the key's come first, then the rows'.
  test('OA-63: an erasure refused between the key and the rows is ended by asking again, tokens included', async () => {
    const f = Fault.prepare();
    const h = await f.house();
    const wire = new Wire(h.c.port);
    let cut = 0;
    try {
      for (let n = 0; n < 12; n++) {
        const who = { email: `cut${n}@example.com`, password: 'a password to forget' };
        const id = must(await wire.json('POST', '/api/user/registration', { user: who, registration: { applicationId: ids.app } }, asAdmin), 200, 'a user').user.id;
        const erase = () => wire.ask('DELETE', `/api/user/${id}?hardDelete=true`, asAdmin);
        const { token } = (await login(wire, who)).body;
        assert.equal(await isActive(wire, token), true);
        f.set({ kinds: kinds.write, left: n });
        const { status } = await erase();
        f.off();
        const isGone = (await wire.ask('GET', `/api/user/${id}`, asAdmin)).status === 404;
        assert.ok(isGone || status === 503, `write ${n}: answered ${status}`);
        const again = await patiently(erase);
        assert.ok(again.status === 404 ? isGone : again.status === 200 && status === 503, `write ${n}: answered ${status}, then ${again.status}`);
        if (status === 503 && isGone && again.status === 200) cut++;
        assert.equal(await isActive(wire, token), false, `write ${n}`);
        assert.equal((await erase()).status, 404);
      }
      assert.ok(cut > 0, 'none was cut in the middle');
    } finally { f.off(); await h.end(); f.end(); }
  });
});
