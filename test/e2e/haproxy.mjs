// SPDX-License-Identifier: Apache-2.0
// haproxy in front of nodes, request by request in turn; says in x-node who answered.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const binary = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'].find((p) => existsSync(p)) ?? 'haproxy';

// A request whose connection was refused goes to another node; one that a node may have seen is never sent twice.
const config = (port, nodes) => `
global
  maxconn 4000
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  retries 3
  option redispatch 1
  retry-on conn-failure
frontend front
  bind 127.0.0.1:${port}
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /api/health
  http-response set-header x-node %s
  default-server check inter 200ms fall 2 rise 1
${nodes.map((n, i) => `  server n${i + 1} 127.0.0.1:${n}`).join('\n')}
`;

export class Haproxy {
  static async start(port, nodes) {
    const h = new Haproxy();
    h.dir = mkdtempSync(join(tmpdir(), 'cardea-haproxy-'));
    h.log = '';
    writeFileSync(join(h.dir, 'cfg'), config(port, nodes));
    h.process = spawn(binary, ['-db', '-f', join(h.dir, 'cfg')], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [h.process.stdout, h.process.stderr]) stream.on('data', (d) => { h.log += d; });
    h.ended = once(h.process, 'exit');
    for (let tries = 0; ; tries++) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => null);
      if (answer?.status === 200) return h;
      if (tries > 200 || h.process.exitCode !== null) throw new Error(`haproxy did not start:\n${h.log}`);
      await new Promise((r) => setTimeout(r, 50));
    }
  }

  async end() {
    this.process.kill('SIGTERM');
    await this.ended;
    rmSync(this.dir, { recursive: true, force: true });
  }
}
