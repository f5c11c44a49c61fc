// SPDX-License-Identifier: Apache-2.0
// A wire to a PostgreSQL server's socket that can be told to misbehave: what passes, how late, and when it breaks.
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SERVER = 'server', CLIENT = 'client';

export class Relay {
  // server: Postgres. judge(pair, way, bytes) says what of these bytes goes on to the SERVER or CLIENT; null: nothing, for good.
  static async start(server, port = 5432) {
    const r = new Relay();
    Object.assign(r, { dir: mkdtempSync(join(tmpdir(), 'cardea-relay-')), pairs: new Set(), delayMs: 0, isShut: false, isHalted: false, judge: null });
    const target = join(server.dir, `.s.PGSQL.${port}`);
    r.listener = createServer((client) => {
      if (r.isShut) { client.destroy(); return; }
      const pair = { client, server: connect(target), isListener: false };
      r.pairs.add(pair);
      if (r.isHalted) { client.pause(); pair.server.pause(); }
      client.on('data', (d) => { pair.isListener ||= d.includes('LISTEN '); r.pass(pair, SERVER, d); });
      pair.server.on('data', (d) => r.pass(pair, CLIENT, d));
      for (const socket of [client, pair.server]) socket.on('error', () => r.cut(pair)).on('close', () => r.cut(pair));
    }).listen(join(r.dir, '.s.PGSQL.5432'));
    await once(r.listener, 'listening');
    return r;
  }

  pass(pair, way, bytes) {
    const rest = this.judge ? this.judge(pair, way, bytes) : bytes;
    if (rest === null) return;
    const go = () => { if (this.pairs.has(pair)) pair[way].write(rest); };
    if (this.delayMs) setTimeout(go, this.delayMs); else go();
  }

  cut(pair) { pair.client.destroy(); pair.server.destroy(); this.pairs.delete(pair); }
  cutAll() { for (const pair of this.pairs) this.cut(pair); }
  // Nothing passes, and nothing is lost.
  halt() { this.isHalted = true; for (const { client, server } of this.pairs) { client.pause(); server.pause(); } }
  goOn() { this.isHalted = false; for (const { client, server } of this.pairs) { client.resume(); server.resume(); } }
  // As a good wire, from now on.
  mend() { Object.assign(this, { judge: null, isShut: false, delayMs: 0 }); this.goOn(); }
  // As if nobody were there.
  shut() { this.isShut = true; this.cutAll(); }

  async end() {
    this.cutAll();
    this.listener.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
