// SPDX-License-Identifier: Apache-2.0
// What a request cannot do without, in microseconds of one core, measured in the same run as what is made of it: the speed of a
// shared machine changes from hour to hour, the ratio does not.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build, folder, load } from './house.mjs';

export const median = (list, part = 0.5) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))];

const onCore = (core, ...command) => spawnSync('taskset', ['-c', String(core), ...command], { encoding: 'utf8' }).stdout;
const crypto = (row) => Number(new RegExp(`${row}\\s+([0-9.]+) us`).exec(onCore(0, join(build, 'src/crypto/crypto_bench'), row))[1]);

// A bare request through the same server code, RUNS times.
const measureHttp = async (seconds) => {
  const port = 20000 + (process.pid % 20000);
  const bare = spawn('taskset', ['-c', '0', join(build, 'src/io/http/http_bench'), String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(bare.stdout, 'data');
  const runs = [];
  for (let i = 0; i < 3; i++) runs.push(await load('bare', port, bare.pid, ['-s', seconds]));
  bare.kill();
  return { http: median(runs.map((r) => r.server_cpu_us)), httpRate: median(runs.map((r) => r.rate)) };
};

// http: a request; token: an ES256 JWT; argon2id: a hash; seal, open: of 128 bytes; read: of one row; set: of one row, committed
// with 63 others.
export const measureParts = async (seconds) => {
  const http = await measureHttp(seconds);
  const rows = onCore(0, join(build, 'src/io/db/db_bench'), folder, '1');
  return {
    ...http,
    token: crypto('ES256 token'),
    argon2id: crypto('argon2id, 19 MiB'),
    seal: crypto('aead_seal, 128 bytes'),
    open: crypto('aead_open, 128 bytes'),
    set: Number(/io\/db +64 in flight, 1 rows[^\n]*?([0-9.]+) us CPU a set/.exec(rows)[1]),
    read: Number(/io\/db +point read: ([0-9.]+) us/.exec(rows)[1]),
  };
};

// The microseconds of so many of each part.
export const sumOf = (parts, made) => Object.entries(made).reduce((sum, [part, n]) => sum + n * parts[part], 0);
