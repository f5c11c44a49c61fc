// SPDX-License-Identifier: Apache-2.0
// A mail server of the tests, which keeps what it was given.
import { once } from 'node:events';
import { createServer } from 'node:net';

// RFC 5321 as far as one mail needs it. `refusing` is what it answers to RCPT instead of 250.
export class MailServer {
  static async start() {
    const s = new MailServer();
    Object.assign(s, { mails: [], attempts: 0, refusing: '' });
    s.server = createServer((socket) => s.talk(socket)).listen(0, '127.0.0.1');
    await once(s.server, 'listening');
    s.port = s.server.address().port;
    return s;
  }

  talk(socket) {
    let rest = '', mail = null, isData = false;
    const say = (line) => socket.write(`${line}\r\n`);
    const answers = {
      EHLO: () => say('250 mail.example'),
      MAIL: (line) => { mail = { from: line.match(/<(.*?)>/)[1], to: [], text: '' }; say('250 ok'); },
      RCPT: (line) => {
        this.attempts++;
        if (this.refusing) return say(this.refusing);
        mail.to.push(line.match(/<(.*?)>/)[1]);
        return say('250 ok');
      },
      DATA: () => { isData = true; say('354 go on'); },
      RSET: () => say('250 ok'),
      QUIT: () => { say('221 bye'); socket.end(); },
    };
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      rest += bytes.toString('latin1');
      for (let at = rest.indexOf('\r\n'); at >= 0; at = rest.indexOf('\r\n')) {
        const line = rest.slice(0, at);
        rest = rest.slice(at + 2);
        if (!isData) (answers[line.slice(0, 4).toUpperCase()] ?? (() => say('502 what?')))(line);
        else if (line === '.') { isData = false; this.mails.push(mail); say('250 kept'); }
        else mail.text += `${line.replace(/^\./, '')}\r\n`;
      }
    });
    say('220 mail.example');
  }

  to(address) { return this.mails.filter((m) => m.to.includes(address)); }
  async stop() { this.server.close(); await once(this.server, 'close'); }
}
