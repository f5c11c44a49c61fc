// SPDX-License-Identifier: Apache-2.0
// What a node shows of itself: read by a parser of the format that is not ours, and held against what was done.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import parse from 'parse-prometheus-text-format';
import { Cardea, Store, apiKey, ids, isPostgres, person, secret, until } from './harness.mjs';
import { raw } from './attacks.mjs';
import { Postgres } from './postgres.mjs';
import { Relay } from './relay.mjs';

const path = '/api/prometheus/metrics';
const basicKey = (key, name = 'apikey') => `Basic ${Buffer.from(`${name}:${key}`).toString('base64')}`;
let c;

before(async () => { c = await Cardea.start({ args: ['--local-metrics'] }); });
after(() => c.end());

const scrape = async () => {
  const answer = await c.fetch(path, { headers: { authorization: basicKey(apiKey) } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const text = await answer.text();
  const samples = text.split('\n').filter((line) => /^[a-z]/.test(line)).map((line) => {
    const [, name, labels = '', number] = line.match(/^([a-z_]+)(?:\{(.*)\})? ([0-9.]+)$/);
    return { name, labels: Object.fromEntries([...labels.matchAll(/([a-z]+)="((?:[^"\\]|\\.)*)"/g)].map(([, k, v]) => [k, v])), value: Number(number) };
  });
  return { text, samples };
};
// The first sample with these labels, 0 when there is none: routes that were not asked for yet.
const value = ({ samples }, name, labels = {}) => samples.find((s) => s.name === name && Object.entries(labels).every(([k, v]) => s.labels[k] === v))?.value ?? 0;
// How much each of them grew while it was done.
const growth = async (names, what) => {
  const old = await scrape();
  await what();
  const now = await scrape();
  return names.map(([name, labels]) => value(now, name, labels) - value(old, name, labels));
};
const login = (password, loginId = person.email) => c.api('POST', '/api/login', { loginId, password, applicationId: ids.app });

// A call with headers that fetch would not let through.
const bare = (headers, at = path) => new Promise((resolve, reject) => {
  request({ host: '127.0.0.1', port: c.port, path: at, headers }, (answer) => {
    let text = '';
    answer.on('data', (d) => { text += d; }).on('end', () => resolve({ status: answer.statusCode, text }));
  }).on('error', reject).end();
});

test('the text is what promtool would pass: each family once, described, its samples together, units in names', async () => {
  await c.fetch('/nothing/of/ours', { method: 'POST' });
  const { text } = await scrape();
  let current = '', kind = '';
  const seen = new Set(), series = new Set();
  assert.ok(text.endsWith('\n'));
  const lines = text.slice(0, -1).split('\n');
  for (const [i, line] of lines.entries()) {
    const [, word, name, rest] = line.match(/^# (HELP|TYPE) ([a-z_]+) (.+)$/) ?? [];
    if (word === 'HELP') {
      assert.ok(!seen.has(name), `${name} twice`);
      kind = lines[i + 1].match(new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`))[1];
      assert.match(rest, /\.$/);
      assert.match(name, /^(cardea|process)_/);
      assert.equal(/_total$/.test(name), kind === 'counter', name);
      assert.equal(/_seconds$/.test(name) && name !== 'process_start_time_seconds', kind === 'histogram', name);
      assert.doesNotMatch(name, /_(milliseconds|ms|us|kb|count|sum|bucket)(_|$)/);
      seen.add(current = name);
    } else if (word !== 'TYPE') {
      const [, sample, labels = ''] = line.match(/^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})? \d+(\.\d+)?$/) ?? [];
      assert.ok(sample && (kind === 'histogram' ? new RegExp(`^${current}_(bucket|sum|count)$`).test(sample) : sample === current), line);
      assert.ok(!series.has(sample + labels), line);
      series.add(sample + labels);
    }
  }
});

test('a parser that is not ours reads the same', async () => {
  const { text, samples } = await scrape();
  const families = parse(text);
  assert.deepEqual(families.map(({ name, type }) => `${name} ${type.toLowerCase()}`), [...text.matchAll(/^# TYPE (.*)$/gm)].map(([, line]) => line));
  const read = families.filter(({ type }) => type !== 'HISTOGRAM').flatMap(({ name, metrics }) => metrics.map(({ labels = {}, value: number }) => ({ name, labels, value: Number(number) })));
  assert.deepEqual(read, samples.filter(({ name }) => !/_(bucket|sum|count)$/.test(name)));
});

test('the buckets of a histogram add up, series by series', async () => {
  const { samples } = await scrape();
  const counts = samples.filter(({ name }) => /_seconds_count$/.test(name));
  assert.ok(counts.length >= 4);
  for (const { name, labels: { ...labels }, value: count } of counts) {
    const own = samples.filter((s) => s.name === name.replace(/count$/, 'bucket') && Object.entries(labels).every(([k, v]) => s.labels[k] === v));
    const bounds = own.map((s) => (s.labels.le === '+Inf' ? Infinity : Number(s.labels.le))), numbers = own.map((s) => s.value);
    assert.equal(own.length, 12, name);
    assert.deepEqual(bounds, bounds.toSorted((a, b) => a - b));
    assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
    assert.equal(numbers.at(-1), count);
  }
});

test('what operations.md tells to look at is there', async () => {
  const { samples } = await scrape();
  const names = new Set(samples.map(({ name }) => name)), told = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const missing = [...told.matchAll(/\b(?:cardea|process)_[a-z_]+\b(?!\*)/g)].map(([name]) => name).filter((name) => !name.endsWith('_') && !names.has(name) && !names.has(`${name}_count`));
  assert.deepEqual(missing, []);
});

test('nothing that a client, a tenant or a person chose becomes a name', async () => {
  await login(person.password);
  await login('wrong', 'grace@example.com');
  await c.api('GET', `/api/user/${ids.user}`);
  await c.fetch('/a-path-of-mine"\\n');
  await bare({ 'x-forwarded-for': '203.0.113.9' }, '/api/user/search?queryString=lovelace');
  const { text } = await scrape();
  assert.doesNotMatch(text, /[0-9a-f]{8}-[0-9a-f]{4}-|@|lovelace|a-path-of-mine|127\.0\.0\.1|203\.0|Confidential/i);
  assert.match(text, /route="\/api\/user\/\{userId\?\}"/);
});

test('requests are counted by their route and how they ended, and take time', async () => {
  const [good, missing, none, refused, latency, statuses] = await growth([
    ['cardea_http_requests_total', { method: 'GET', route: '/api/user/{userId?}', code: '2xx' }],
    ['cardea_http_requests_total', { method: 'GET', route: '/api/user/{userId?}', code: '4xx' }],
    ['cardea_http_requests_total', { route: 'none', code: '4xx' }],
    ['cardea_http_answers_total', { status: '413' }],
    ['cardea_http_request_duration_seconds_count', { family: '/api/user' }],
    ['cardea_http_answers_total', { status: '404' }],
  ], async () => {
    for (let i = 0; i < 3; i++) await c.api('GET', `/api/user/${ids.user}`);
    await c.api('GET', `/api/user/${ids.tenant}`);
    await c.fetch('/nothing');
    await c.fetch('/oauth2/token', { method: 'POST', body: 'x'.repeat(20000), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  });
  assert.deepEqual([good, missing, none, refused, latency, statuses], [3, 1, 2, 1, 4, 2]);
  const now = await scrape();
  assert.equal(value(now, 'cardea_http_requests_in_flight'), 1);
  assert.ok(value(now, 'cardea_http_open_connections') >= 1);
});

test('sign-ins, failures by reason and tokens are counted once, however often a handler was run', async () => {
  const grew = await growth([
    ['cardea_sign_ins_total'], ['cardea_sign_in_failures_total', { reason: 'WrongPassword' }], ['cardea_sign_in_failures_total', { reason: 'UnknownUser' }],
    ['cardea_tokens_issued_total', { kind: 'access' }], ['cardea_tokens_issued_total', { kind: 'refresh' }],
    ['cardea_pool_wait_seconds_count', { pool: 'hash' }],
  ], async () => {
    assert.equal((await login(person.password)).status, 200);
    assert.equal((await login('wrong')).status, 404);
    assert.equal((await login('wrong')).status, 404);
    assert.equal((await login('wrong', 'nobody@example.com')).status, 404);
    const tokens = await c.form('/oauth2/token', { grant_type: 'client_credentials', client_id: ids.app, client_secret: secret });
    assert.equal(tokens.status, 200, tokens.text);
    await c.form('/oauth2/token', { grant_type: 'client_credentials', client_id: ids.app, client_secret: 'wrong' });
  });
  assert.deepEqual(grew.slice(0, 5), [1, 2, 1, 2, 1]);
  assert.ok(grew[5] >= 4);
});

test('what is written, and what waits', async () => {
  const [sets, commits, batches] = await growth([['cardea_database_sets_total'], ['cardea_database_commits_total'], ['cardea_database_batch_seconds_count']],
    () => c.api('PATCH', `/api/user/${ids.user}`, { user: { lastName: 'King' } }));
  assert.equal(sets, 1);
  assert.ok(commits >= 1 && batches >= 1);
  const now = await scrape();
  for (const name of ['cardea_database_committing', 'cardea_build_info']) assert.equal(value(now, name), 1);
  assert.equal(value(now, 'cardea_database_connections_total') > 0, isPostgres);
  assert.ok(value(now, 'process_resident_memory_bytes') > 1e6 && value(now, 'process_open_fds') > 5);
  assert.ok(Math.abs(value(now, 'process_start_time_seconds') - Date.now() / 1000) < 600);
  await until('a turn of mails', async () => value(await scrape(), 'cardea_job_runs_total', { name: 'mail' }) >= 1);
});

test('a key of all tenants that may GET it, and nobody else', async () => {
  const status = async (authorization, headers = {}) => (await bare({ 'x-forwarded-for': '203.0.113.9', ...(authorization ? { authorization } : {}), ...headers })).status;
  const key = async (body) => (await c.api('POST', '/api/api-key', { apiKey: body })).body.apiKey.key;
  const mayRead = await key({ permissions: { endpoints: { [path]: ['GET'] } } });
  const mayPost = await key({ permissions: { endpoints: { [path]: ['POST'] } } });
  const other = await key({ permissions: { endpoints: { '/api/user': ['GET'] } } });
  const bound = await key({ tenantId: ids.tenant });
  for (const good of [apiKey, mayRead, basicKey(apiKey), basicKey(mayRead)]) assert.equal(await status(good), 200);
  for (const bad of [undefined, 'wrong', mayPost, other, bound, basicKey(bound), basicKey(other), basicKey('wrong'), basicKey(''), basicKey(apiKey, 'admin'),
    'Basic', 'Basic !', `Basic ${'A'.repeat(8000)}`, `Bearer ${apiKey}`]) assert.equal(await status(bad), 401, bad);
  assert.equal(await status(apiKey, { 'x-fusionauth-tenantid': ids.tenant }), 401);
  // it is a scraper's way in, and no other call's
  assert.equal((await c.api('GET', `/api/user/${ids.user}`, undefined, { authorization: basicKey(apiKey) })).status, 401);
  assert.equal((await c.api('POST', path)).status, 405);
});

test('without a key: who asks on the machine itself, and not through a proxy or a browser on it', async () => {
  assert.equal((await bare({})).status, 200);
  assert.equal((await bare({ host: 'localhost:9011' })).status, 200);
  assert.match((await bare({}, '/api/status')).text, /cardeaVersion/);
  for (const headers of [{ host: 'id.example.com' }, { host: 'localhost.example.com' }, { forwarded: 'for=203.0.113.9' }, { via: '1.1 proxy' }, { 'x-forwarded-for': '127.0.0.1' },
    { 'x-real-ip': '127.0.0.1' }, { 'x-forwarded-server': 'id.example.com' }, { 'x-forwarded': 'for=1' }, { 'cf-connecting-ip': '203.0.113.9' }, { origin: 'http://localhost' }, { 'sec-fetch-site': 'none' }, { authorization: 'wrong' }]) {
    assert.equal((await bare(headers)).status, 401, JSON.stringify(headers));
    if (!headers.authorization) assert.equal((await bare(headers, '/api/status')).text, '');
  }
  assert.equal((await bare({ 'sec-fetch-mode': 'cors' })).status, 200, 'which fetch() of Node says, too');
  // as nginx asks whose configuration has nothing but proxy_pass http://localhost:9011
  assert.match(await raw(c, 'GET /api/prometheus/metrics HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 401 /);
});

test('while the database is away, who asks on the machine still sees how it is', { skip: !isPostgres && 'SQLite is in the process' }, async () => {
  const server = await Postgres.shared(), relay = await Relay.start(server), name = await server.create();
  const dir = mkdtempSync(join(tmpdir(), 'cardea-')), data = join(dir, 'data');
  const store = Object.assign(new Store(), { data, server, name, args: ['--data', data, '--database', server.uri(name).replace(server.dir, relay.dir)] });
  const node = await Cardea.start({ dir, store, args: ['--local-metrics'] });
  const failures = async () => {
    const text = await (await node.fetch(path)).text();
    return Number(text.match(/^cardea_database_connection_failures_total (\d+)$/m)?.[1]);
  };
  assert.equal(await failures(), 0);
  relay.shut();
  await until('connections that fail', async () => (await failures()) > 0);
  relay.mend();
  await until('the database', async () => (await node.fetch('/api/health')).status === 200);
  await node.end();
  await relay.end();
  await server.drop(name);
});
