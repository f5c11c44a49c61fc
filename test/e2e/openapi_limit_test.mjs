// SPDX-License-Identifier: Apache-2.0
// What the OpenAPI document says of each route's sizes and rates is what the server does: asked of every operation.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Cardea, apiKey, ids } from './harness.mjs';

const id = '99999999-9999-4999-8999-999999999999';

describe('limits of routes', () => {
  let c, operations;
  before(async () => {
    c = await Cardea.start({ rates: true });
    const { paths } = await (await c.fetch('/api/openapi.json')).json();
    operations = Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(([method, o]) => ({
      o, method: method.toUpperCase(), name: `${method.toUpperCase()} ${path}`, target: path.replace('{type}', 'Google').replace('{chapter}', 'nothing').replace(/\{\w+\}/g, id),
      max: o['x-max-body-bytes'] ?? 0, rate: o['x-rate-limit'],
    })));
  });
  after(() => c.end());

  // The status of a request whose head says so; its body, where there is one, is as long as it says.
  const status = async (method, target, headers, body = '') => {
    const socket = connect(c.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: ${apiKey}\r\nX-FusionAuth-TenantId: ${ids.tenant}\r\n${headers}\r\n\r\n`);
    if (body) socket.write(body);
    const [head] = await once(socket, 'data');
    socket.destroy();
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(head)[1]);
  };
  const inTurns = async (list, many, each) => {
    const waiting = [...list];
    await Promise.all(Array.from({ length: many }, async () => { for (let one; (one = waiting.shift());) await each(one); }));
  };

  test('a body of one byte more than the document says is refused as it says, one of as many is read', async () => {
    const faults = [];
    await inTurns(operations, 8, async ({ o, method, name, target, max }) => {
      const more = await status(method, target, `Content-Length: ${max + 1}`);
      if (more !== 413 || (max && !o.responses[413])) faults.push(`${name}: ${max + 1} bytes are answered with ${more}`);
      if (max === 0 || max > 65536) return; // longer ones would take their time
      const type = target.startsWith('/oauth2/') ? 'application/x-www-form-urlencoded' : 'application/json';
      const whole = await status(method, target, `Content-Type: ${type}\r\nContent-Length: ${max}`, ' '.repeat(max));
      if (whole === 413 || whole >= 500) faults.push(`${name}: ${max} bytes are answered with ${whole}`);
    });
    assert.deepEqual(faults, []);
    assert.equal(await status('POST', '/api/theme', 'Content-Type: application/json\r\nContent-Length: 524288', ' '.repeat(524288)), 400, 'the longest of those that are read whole');
    assert.equal(await status('POST', '/api/login', 'Content-Type: application/json\r\nTransfer-Encoding: chunked', `4001\r\n${' '.repeat(0x4001)}\r\n0\r\n\r\n`), 413, 'without a length before it');
  });

  // Statuses of so many requests in one write, from an address of its own.
  const burst = async (method, target, count, localAddress) => {
    const socket = connect({ port: c.port, host: '127.0.0.1', localAddress });
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (d) => { text += d; if (text.split('HTTP/1.1 ').length > count) socket.end(); });
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${method === 'GET' ? 0 : 2}\r\n\r\n${method === 'GET' ? '' : '{}'}`.repeat(count));
    await once(socket, 'close');
    return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, s]) => Number(s));
  };
  const many = (statuses) => statuses.filter((s) => s !== 429).length;
  const bounds = async (method, target, { requestsPerSecond, burst: most }, count, from) => {
    const began = Date.now();
    const statuses = await burst(method, target, count, from);
    const allowed = many(statuses);
    assert.ok(allowed >= most && allowed <= most + ((Date.now() - began) * requestsPerSecond) / 1000 + 1 && allowed < count, `${target}: ${allowed} of ${statuses.length} in ${Date.now() - began} ms`);
  };

  test('what is asked too often is 429 where and when the document says: each operation of a small rate is reached', async () => {
    const small = operations.filter(({ rate }) => rate?.requestsPerSecond === 20), others = operations.filter(({ rate }) => rate?.requestsPerSecond !== 20);
    assert.ok(small.length >= 24 && others.length > 300);
    await bounds('POST', '/api/login', small[0].rate, 250, '127.0.0.20');
    const free = [];
    for (const { method, target, name } of small) if (!(await burst(method, target, 60, '127.0.0.20')).includes(429)) free.push(name);
    assert.deepEqual(free, [], 'all of them count as one');
    const reached = [];
    await inTurns(others.filter(({ target }) => !target.includes('/docs')), 8, async ({ method, target, name }) => { if ((await burst(method, target, 1, '127.0.0.20'))[0] === 429) reached.push(name); });
    assert.deepEqual(reached, [], 'others are asked as before');
    assert.notEqual((await burst('POST', '/api/login', 1, '127.0.0.21'))[0], 429, 'so is who comes from elsewhere');
  });
});
