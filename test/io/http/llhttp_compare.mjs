// SPDX-License-Identifier: Apache-2.0
// Sends every raw request of test/corpus/http/requests.txt to a Node server, whose parser is llhttp, and to
// ours, and prints where the verdicts differ. Each difference has to be in the table below, with the reason;
// one that is not, or an entry that no longer differs, fails.
// Usage: node test/io/http/llhttp_compare.mjs PATH_TO_HTTP_BENCH
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';

const TABLE = new URL('../../corpus/http/requests.txt', import.meta.url);
const WAIT_MS = 1500;
const BODY_LIMIT = 1000;

// Where we differ we are stricter, but for the first three rows.
const reasons = {
    "an unknown method is the router's matter": 'llhttp has a closed list of methods; our router answers 405',
    'nothing is served after close': 'llhttp takes bytes behind a closing request for an error, we ignore them',
    'nothing is served after a refusal': 'Node drops the answer it has not sent yet; we answer in order',
    'two empty lines before the request': 'RFC 9112 s2.2 asks for one empty line to be skipped, not for any number',
    'two spaces before the target': 'RFC 9112 s3: exactly one space',
    'two spaces before the version': 'RFC 9112 s3: exactly one space',
    'no version: HTTP/0.9': 'HTTP/0.9 is not spoken',
    'HTTP/2.0 on a plain line': 'a version we do not speak is refused: RFC 9110 s15.6.6',
    'a fragment in the target': 'RFC 9112 s3.2.1: a target has no fragment',
    'a quote in the target': 'RFC 3986: not a URI character',
    'a backslash in the path': 'RFC 3986: not a URI character, and others take it for a slash',
    'the asterisk is for OPTIONS alone': 'RFC 9112 s3.2.4',
    CONNECT: 'we say 501 where Node hangs up',
    'an absolute target that names another host': 'two hosts in one request: whoever routes by the other is fooled',
    'an absolute target with user information': 'RFC 9110 s4.2.4: it is deprecated and hides the host',
    'an absolute target of another scheme': 'only http and https name something here',
    'two Hosts': 'RFC 9112 s3.2: must be refused; Node takes the first',
    'two equal Hosts': 'RFC 9112 s3.2: must be refused',
    'two Hosts in HTTP/1.0': 'as in HTTP/1.1',
    'an empty Host': 'http and https URIs have a host: RFC 9110 s4.2',
    'a Host with a path': 'RFC 9112 s3.2: an invalid Host must be refused; Node leaves it to the application',
    'a Host with user information': 'RFC 9112 s3.2',
    'a Host with a space': 'RFC 9112 s3.2',
    'a list of hosts': 'RFC 9112 s3.2',
    'a Host with a bad port': 'RFC 9112 s3.2',
    'a Host with a port over 65535': 'RFC 9112 s3.2',
    'an unclosed IPv6 address': 'RFC 9112 s3.2',
    '65 headers': 'Node drops headers over its limit unseen, we refuse the request',
    'a length over the limit': 'we refuse at the head, Node leaves it to the application to count',
    'a GET with a body over the limit': 'as above',
    'chunked behind another coding': 'we decode no other coding: RFC 9112 s6.1 says 501',
    'an empty coding': 'not chunked',
    'a second coding that is no coding': 'we decode no other coding',
    'chunks in HTTP/1.0': 'RFC 9112 s6.1: its framing is faulty whatever it says',
    'chunks over the limit': 'we close, the rest of the body is not read',
    'small chunks that add up': 'as above',
    'a chunk extension': 'nobody needs them, and intermediaries end them differently',
    'a chunk size of eight digits': 'refused as soon as the limit is passed',
    'a trailer': 'nobody needs them, and they have been merged into headers elsewhere',
    'an unknown expectation': 'we close, since the body may follow or not',
    '100-continue in a list': 'only the one expectation is known: RFC 9110 s10.1.1',
    '100-continue with a body over the limit': 'refused at the head, so the body is never sent',
};

function unescape(text) {
    const bytes = [];
    const pattern = /\\R\{(\d+),([^}]*)\}|\\x([0-9a-f]{2})|\\([rnt\\])|([^\\])/gsy;
    for (const [, times, repeated, hex, short, plain] of text.matchAll(pattern)) {
        if (times) {
            const piece = unescape(repeated);
            for (let i = 0; i < Number(times); i++) {
                bytes.push(...piece);
            }
        } else if (hex) {
            bytes.push(parseInt(hex, 16));
        } else {
            bytes.push(short ? { r: 13, n: 10, t: 9, '\\': 92 }[short] : plain.charCodeAt(0));
        }
    }
    return Buffer.from(bytes);
}

function readTable() {
    const rows = readFileSync(TABLE, 'latin1').split('\n');
    return rows.filter((row) => row && row[0] !== '#').map((row) => {
        const [want, name, ...raw] = row.split(' | ');
        return { want, name, raw: unescape(raw.join(' | ')) };
    });
}

// The statuses of all answers in the order they came; 1xx are not counted.
function statuses(text, isHead) {
    const found = [];
    while (text.startsWith('HTTP/1.1 ')) {
        const end = text.indexOf('\r\n\r\n');
        if (end < 0) {
            break;
        }
        const head = text.slice(0, end);
        const status = Number(head.slice(9, 12));
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
        text = text.slice(end + 4 + (isHead && found.length === 0 ? 0 : length));
        if (status >= 200) {
            found.push(status);
        }
    }
    return found;
}

// What a server answers, and whether it keeps the connection when left alone for a while.
function ask(port, raw) {
    return new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1');
        let text = '';
        let isKept = true;
        const done = () => {
            socket.destroy();
            const list = statuses(text, raw.subarray(0, 4).toString() === 'HEAD');
            resolve(list.length ? `${list.join(',')} ${isKept ? 'keep' : 'close'}`
                : isKept ? 'waits for more' : 'closes without a word');
        };
        socket.on('data', (data) => { text += data.toString('latin1'); });
        socket.on('end', () => { isKept = false; });
        socket.on('error', () => { isKept = false; });
        socket.write(raw);
        setTimeout(done, WAIT_MS);
    });
}

// Node as close to our rules as its options go: strict parser, the same limits.
async function startNode() {
    const server = http.createServer({
        insecureHTTPParser: false, requireHostHeader: true, maxHeaderSize: 16384,
    }, (request, response) => {
        let n = 0;
        request.on('data', (data) => { n += data.length; });
        request.on('end', () => {
            response.statusCode = n > BODY_LIMIT ? 413 : 200;
            response.end('ok');
        });
    });
    server.maxHeadersCount = 64;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
}

async function startOurs(path) {
    const child = spawn(path, ['0', '1', String(BODY_LIMIT)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(child.stdout, 'data');
    return { child, port: Number(line.toString()) };
}

// Same if both serve the same requests, or both refuse at the same place with whatever status.
function isSame(a, b) {
    const shape = (verdict) => verdict.replace(/\b[45]\d\d\b/, 'refused');
    return shape(a) === shape(b);
}

async function main() {
    const node = await startNode();
    const ours = await startOurs(process.argv[2]);
    const faults = [];
    let differing = 0;
    const rows = readTable();
    const verdicts = await Promise.all(rows.map((row) => Promise.all([
        ask(ours.port, row.raw), ask(node.address().port, row.raw)])));
    for (const [i, row] of rows.entries()) {
        const [mine, theirs] = verdicts[i];
        const reason = reasons[row.name];
        if (mine !== row.want) {
            faults.push(`${row.name}: wanted ${row.want}, ours says ${mine}`);
        }
        if (!isSame(mine, theirs)) {
            differing++;
            console.log(`${row.name.padEnd(52)} ${mine.padEnd(14)} ${theirs.padEnd(22)} ${reason ?? 'NO REASON'}`);
        }
        if (isSame(mine, theirs) === (reason !== undefined)) {
            faults.push(`${row.name}: ${reason ? 'no difference any more' : 'a difference without a reason'}`);
        }
    }
    ours.child.kill('SIGTERM');
    node.closeAllConnections();
    node.close();
    console.log(`${rows.length} requests, ${differing} verdicts differ, ${faults.length} faults`);
    faults.forEach((fault) => console.log(`  ${fault}`));
    process.exitCode = faults.length ? 1 : 0;
}

await main();
