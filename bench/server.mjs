// SPDX-License-Identifier: Apache-2.0
// A server program pinned to core 0 with as many descriptors as it may have, the load on core 1, and what both cost.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';

export const build = process.env.BENCH_BUILD;
export const setting = (name, standard) => process.env[name] ?? standard;
export const number = (name, standard) => Number(setting(name, standard));
export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
export const thousands = (n) => Math.round(n).toLocaleString('en-US');
export const sleep = (ms) => new Promise((r) => { setTimeout(r, ms); });
export const loads = () => loadavg().map((n) => n.toFixed(1)).join(' ');
export const machine = () => `${cpus().length} cores of ${cpus()[0].model}, Linux ${release()}, load averages ${loads()}`;

export const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};

// Resident memory in MB: all of it, and without the pages of files.
export const rss = (pid) => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
  return { all: mb('VmRSS'), own: mb('RssAnon') };
};

export class Server {
  // Starts the program and waits for the first byte of an answer to GET path; `ms` is how long that took.
  static async start(command, port, { path = '/.well-known/jwks.json', env = {}, log = 'ignore', patience = 120000, core = '0' } = {}) {
    const s = new Server();
    const from = process.hrtime.bigint();
    s.port = port;
    s.process = spawn('sh', ['-c', 'ulimit -n "$(ulimit -Hn)"; exec taskset -c "$0" "$@"', core, ...command], { stdio: ['ignore', log, log], env: { ...process.env, ...env } });
    s.pid = s.process.pid;
    s.ended = once(s.process, 'exit');
    for (;;) {
      if (s.process.exitCode !== null) throw new Error(`${command[0]} ended with ${s.process.exitCode}`);
      if (Number(process.hrtime.bigint() - from) / 1e6 > patience) throw new Error(`${command[0]} does not answer`);
      const socket = connect(port, '127.0.0.1');
      const got = await new Promise((done) => {
        socket.on('error', () => done(false));
        socket.on('close', () => done(false));
        socket.on('data', () => done(true));
        socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
      });
      socket.destroy();
      if (got) break;
    }
    s.ms = Number(process.hrtime.bigint() - from) / 1e6;
    return s;
  }

  static async cardea(data, args = [], options = {}) {
    const port = await freePort();
    const all = [setting('BENCH_CARDEA', join(build, 'cardea')), 'serve', '--data', data, '--listen', `127.0.0.1:${port}`, '--quiet', '--no-rate-limit', '--loops', '1', '--hash-threads', '1', ...args];
    return Server.start(all, port, options);
  }

  async load(scenario, fixtures, more = []) {
    const run = spawn('taskset', ['-c', '1', join(build, 'bench', 'load'), '-p', String(this.pid), ...more.map(String), String(this.port), scenario, fixtures]);
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) run[name].on('data', (d) => { text[name] += d; });
    await once(run, 'close');
    if (!text.stdout) throw new Error(`load ${scenario}: ${text.stderr}`);
    return { ...JSON.parse(text.stdout), why: text.stderr.trim() };
  }

  memory() { return rss(this.pid); }

  async stop() {
    if (this.process.exitCode === null) this.process.kill('SIGTERM');
    await this.ended;
  }
}
