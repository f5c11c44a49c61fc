// SPDX-License-Identifier: Apache-2.0
// Power cuts and kills below the server, in the unit tests of SQLite's writer: what was not flushed is forgotten, torn at 512 bytes
// or reordered by a file system between SQLite and the disk (DU-02). PostgreSQL answers for its own disk.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const units = ['test/io/db/sqlite_writer_power_test', 'test/io/db/sqlite_writer_crash_test'];
const BATCH = 50; // cycles of one run: each run has random numbers of its own and its progress is seen

export const run = async (t, { cuts = 500, kills = 100, seed = Date.now() % 1e9, build = process.env.TORTURE_BUILD } = {}) => {
  execFileSync('ninja', ['-C', build, ...units], { stdio: ['ignore', 'ignore', 'inherit'] });
  const once = (unit, env) => {
    const { status, stderr, stdout } = spawnSync(join(build, unit), [], { env: { ...process.env, ...env }, encoding: 'utf8' });
    t.check(status === 0, () => `${unit} with ${JSON.stringify(env)}:\n${stdout}${stderr}`);
    const passing = Number(/Passing: (\d+)/.exec(stderr + stdout)?.[1] ?? 0);
    t.passed += passing;
  };
  for (let done = 0; done < cuts; done += BATCH) {
    once(units[0], { CARDEA_TORTURE_CUTS: String(Math.min(BATCH, cuts - done)), CARDEA_TORTURE_SEED: String((seed + done) >>> 0) });
    t.progress(Math.min(done + BATCH, cuts), cuts);
  }
  once(units[1], { CARDEA_TORTURE_KILLS: String(kills) });
  t.note(`${cuts} power cuts, ${kills} kills of a bare store; seed ${seed}`);
};
