// SPDX-License-Identifier: Apache-2.0
// Servers of others, played here under the names they really have: over TLS, behind the outgoing proxy that an operator may name.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const listen = async (server) => { server.listen(0, '127.0.0.1'); await once(server, 'listening'); return server.address().port; };

// The whole body first: handle(req, res, body).
const withBody = (handle) => (req, res) => {
  let body = '';
  req.on('data', (d) => { body += d; });
  req.on('end', () => handle(req, res, body));
};

export class Outside {
  servers = [];
  ports = {}; // by host
  dir = mkdtempSync(join(tmpdir(), 'cardea-'));

  // handle answers at all hosts; the arguments make Cardea ask here and believe their certificate.
  static async start(hosts, handle) {
    const o = new Outside();
    const pem = await o.add('known', hosts, handle);
    const proxy = createServer((req, res) => res.writeHead(502).end());
    proxy.on('connect', (req, socket) => {
      const to = connect(o.ports[req.url.split(':')[0]] ?? 1, '127.0.0.1', () => { socket.write('HTTP/1.1 200 OK\r\n\r\n'); to.pipe(socket); socket.pipe(to); });
      for (const end of [to, socket]) end.on('error', () => { to.destroy(); socket.destroy(); });
    });
    o.servers.push(proxy);
    o.args = ['--outgoing-proxy', `http://127.0.0.1:${await listen(proxy)}`, '--outgoing-ca', pem];
    return o;
  }

  // More hosts, with a certificate of their own, whose file's name is returned: nobody believes it unasked.
  async add(name, hosts, handle) {
    const key = join(this.dir, `${name}.key`), pem = join(this.dir, `${name}.pem`);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
      '-addext', `subjectAltName=${hosts.map((h) => `DNS:${h}`)}`, '-keyout', key, '-out', pem], { stdio: 'ignore' });
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(pem) }, withBody(handle));
    this.servers.push(server);
    const port = await listen(server);
    for (const host of hosts) this.ports[host] = port;
    return pem;
  }

  end() {
    for (const server of this.servers) { server.closeAllConnections(); server.close(); }
    rmSync(this.dir, { recursive: true });
  }
}
