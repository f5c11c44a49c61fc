// SPDX-License-Identifier: Apache-2.0
// One keep-alive connection, as raw as it gets: requests are written as they come and answered in order. A hundred thousand
// rounds of 64 clients are six million requests: fetch would need an hour more.
import net from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

// The request was sent or not, and answered or not: nobody knows what became of it.
export class Cut extends Error {
  constructor(why) { super(`the connection was cut: ${why}`); this.isCut = true; }
}

export const now = () => Number(process.hrtime.bigint() / 1000n) / 1000;

export class Wire {
  constructor(port) { Object.assign(this, { port, waiting: [], rest: Buffer.alloc(0), socket: null, host: `127.0.0.1:${port}` }); }

  open() {
    const socket = net.connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (bytes) => { if (this.socket === socket) this.read(bytes); });
    socket.on('error', (e) => this.drop(socket, e.code));
    socket.on('close', () => this.drop(socket, 'closed'));
    this.socket = socket;
    this.rest = Buffer.alloc(0);
  }

  drop(socket, why) {
    if (this.socket !== socket) return;
    this.socket = null;
    for (const { reject } of this.waiting.splice(0)) reject(new Cut(why));
  }

  // Ends the connection under whatever is on its way.
  cut() { const { socket } = this; if (socket) { this.drop(socket, 'by the client'); socket.destroy(); } }

  read(bytes) {
    this.rest = this.rest.length ? Buffer.concat([this.rest, bytes]) : bytes;
    for (;;) {
      const at = this.rest.indexOf(HEAD_END);
      if (at < 0) return;
      const head = this.rest.latin1Slice(0, at + 2);
      const length = /\r\ncontent-length: *(\d+)\r/i.exec(head);
      if (!length && /\r\ntransfer-encoding:/i.test(head)) throw new Error('an answer in chunks is not expected here');
      const end = at + 4 + (length ? Number(length[1]) : 0);
      if (this.rest.length < end) return;
      const text = this.rest.utf8Slice(at + 4, end);
      this.rest = this.rest.subarray(end);
      const asked = this.waiting.shift();
      asked.resolve(new Answer(Number(head.slice(9, 12)), head, text, asked.began));
      if (/\r\nconnection: *close/i.test(head)) { const { socket } = this; this.drop(socket, 'closed by the server'); socket.destroy(); return; }
    }
  }

  ask(method, path, headers = '', body = '') {
    if (!this.socket) this.open();
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject, began: now() });
      this.socket.write(`${method} ${path} HTTP/1.1\r\nhost: ${this.host}\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  form(path, fields, headers = '') {
    return this.ask('POST', path, `${headers}content-type: application/x-www-form-urlencoded\r\n`, new URLSearchParams(fields).toString());
  }

  json(method, path, body, headers = '') {
    return body === undefined ? this.ask(method, path, headers) : this.ask(method, path, `${headers}content-type: application/json\r\n`, JSON.stringify(body));
  }
}

class Answer {
  constructor(status, head, text, began) { Object.assign(this, { status, head, text, began, ended: now() }); }
  get body() { try { return JSON.parse(this.text); } catch { return {}; } }
  get location() { return /\r\nlocation: *([^\r]*)\r/i.exec(this.head)?.[1] ?? null; }
  get retryAfter() { return /\r\nretry-after: *([^\r]*)\r/i.exec(this.head)?.[1] ?? null; }
}
