// SPDX-License-Identifier: Apache-2.0
// The hand on fault.c: builds it, starts a node under it, and says which calls fail. The words lie in a file both map.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync, closeSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CARDEA, Cardea, kickstart } from '../e2e/harness.mjs';
import { House } from './house.mjs';

export const kinds = { write: 1, flush: 2, size: 4, read: 8, open: 16, lock: 32, socket: 64, memory: 128, map: 256, thread: 512, random: 1024 };
const words = ['kinds', 'left', 'sticks', 'every', 'errno', 'counted', 'failed', 'room'];
const usual = { kinds: 0, left: -1, sticks: 0, every: 0, errno: constants.errno.EIO, counted: 0, failed: 0, room: -1 };

// A sanitizer brings its own allocator, which cannot be made to fail from here.
export const isSanitized = readFileSync(CARDEA).includes('__asan_init');

export class Fault {
  static prepare() {
    const f = new Fault();
    f.dir = mkdtempSync(join(tmpdir(), 'cardea-fault-'));
    const library = join(f.dir, 'fault.so');
    execFileSync(process.env.CC ?? 'cc', ['-std=gnu17', '-O1', '-fPIC', '-shared', '-o', library, ...(isSanitized ? [] : ['-DTORTURE_MEMORY']), new URL('fault.c', import.meta.url).pathname, '-ldl'], { stdio: ['ignore', 'ignore', 'inherit'] });
    f.control = join(f.dir, 'control');
    writeFileSync(f.control, Buffer.alloc(8 * words.length));
    f.fd = openSync(f.control, 'r+');
    f.set({});
    f.env = {
      LD_PRELOAD: library, TORTURE_CONTROL: f.control, TORTURE_FOLDER: join(f.dir, 'data'),
      ASAN_OPTIONS: 'detect_leaks=0:verify_asan_link_order=0',
    };
    return f;
  }

  // The house whose data lie below the folder; commands: more of House.start's options.
  house(options = {}) { return House.start({ kickstart, dir: this.dir, env: this.env, ...options }); }
  start(options = {}) { return Cardea.start({ dir: this.dir, env: this.env, args: ['--quiet'], ...options }); }

  // From now on: everything as it should be, but for what is said here.
  set(change) {
    const bytes = Buffer.alloc(8 * words.length);
    words.forEach((w, i) => bytes.writeBigInt64LE(BigInt(change[w] ?? usual[w]), 8 * i));
    // "left" last: until then nothing fails.
    bytes.writeBigInt64LE(-1n, 8);
    writeSync(this.fd, bytes, 0, bytes.length, 0);
    bytes.writeBigInt64LE(BigInt(change.left ?? usual.left), 8);
    writeSync(this.fd, bytes, 8, 8, 8);
  }

  off() { this.set({}); }

  get(word) {
    const bytes = Buffer.alloc(8);
    readSync(this.fd, bytes, 0, 8, 8 * words.indexOf(word));
    return Number(bytes.readBigInt64LE());
  }

  end() { closeSync(this.fd); rmSync(this.dir, { recursive: true, force: true }); }
}

export const { errno } = constants;
