// SPDX-License-Identifier: Apache-2.0
// Requests made from the OpenAPI document (maker.mjs): whatever is sent, the answer is one the document allows: never 500, errors in the
// API's shape, in time; the memory does not grow without end, and a crash or a leak ends the run (the harness says so when the node stops).
import { readFileSync } from 'node:fs';
import { Cardea, apiKey, ids, person, secret } from '../e2e/harness.mjs';
import { Maker, Memory } from './maker.mjs';

const IN_TIME_MS = 60000;
const FAR = 20000; // requests from which on memory is judged

const isErrors = (body) => typeof body === 'object' && body !== null
  && [...Object.values(body.fieldErrors ?? {}).flat(), ...(body.generalErrors ?? [])].every((e) => typeof e.code === 'string' && typeof e.message === 'string' && e.message.length > 0)
  && (body.fieldErrors !== undefined || body.generalErrors !== undefined);

// What is wrong with an answer; nothing when it is as it should be.
const faultOf = (asked, status, type, text) => {
  if (status >= 500 && status !== 503) return `answered ${status}`;
  if (![200, 202, 203, 204, 212, 213, 232, 242, 302, 303, 400, 401, 403, 404, 405, 409, 410, 413, 415, 421, 422, 423, 429, 431, 503].includes(status)) return `answered ${status}, a status nobody expects`;
  if ([401, 403, 404].includes(status) && asked.path.startsWith('/api/') && !type.startsWith('text/html') && text !== '') return `a ${status} with a body: ${text.slice(0, 100)}`;
  if (text === '' || !type.startsWith('application/json')) return null;
  let body;
  try { body = JSON.parse(text); } catch { return `an answer that is no JSON: ${text.slice(0, 80)}`; }
  return status === 400 && asked.path.startsWith('/api/') && !isErrors(body) ? `a refusal in a shape of its own: ${text.slice(0, 200)}` : null;
};

// What would end the run rather than test anything: the key that is used, the tenant that all is in.
const isOwnEnd = ({ method, path }, own) => path.startsWith('/api/api-key/') && method !== 'GET' && method !== 'POST' && own.some((id) => path.includes(id)) || (method === 'DELETE' && path.startsWith(`/api/tenant/${ids.tenant}`));

const memoryOf = (c) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${c.process.pid}/status`, 'utf8'))?.[1]) / 1024;

export const run = async (t, { requests = 2000, lanes = 8, seed = Date.now() % 1e9 } = {}) => {
  // The sanitizer keeps what was freed for a while, else its 256 MB hide what the server does; --quiet: 100,000 lines are kept by the harness.
  const c = await Cardea.start({ args: ['--quiet'], env: { ASAN_OPTIONS: 'detect_leaks=1:quarantine_size_mb=4' } });
  const doc = await (await c.fetch('/api/openapi.json')).json();
  const operations = Object.entries(doc.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => [path, method, operation]));
  const memory = new Memory({ tenant: [ids.tenant], application: [ids.app, ids.publicApp, ids.thirdParty], client: [ids.app], user: [ids.user], login: [person.email], client_secret: [secret] });
  const own = (await c.api('GET', '/api/api-key')).body?.apiKeys?.map((key) => key.id) ?? [];
  const statuses = new Map(), succeeded = new Set(), sizes = [];
  let done = 0, slowest = [0, ''];
  const ask = async (asked) => {
    const began = Date.now();
    const answer = await c.fetch(asked.path, { method: asked.method, headers: asked.headers, body: asked.body, signal: AbortSignal.timeout(IN_TIME_MS) });
    const text = await answer.text();
    if (Date.now() - began > slowest[0]) slowest = [Date.now() - began, `${asked.method} ${asked.path}`.slice(0, 100)];
    return { status: answer.status, type: answer.headers.get('content-type') ?? '', text };
  };
  const lane = async (n) => {
    const maker = new Maker(doc, seed * 100 + n, memory);
    while (done < requests && t.failed < 50) {
      const [template, method, operation] = operations[done++ % operations.length];
      const asked = maker.request(template, method, operation, apiKey);
      if (isOwnEnd(asked, own)) continue;
      const answer = await ask(asked).catch((e) => ({ status: 0, type: '', text: '', error: e }));
      const fault = answer.error ? `no answer: ${answer.error.cause?.code ?? answer.error}` : faultOf(asked, answer.status, answer.type, answer.text);
      t.check(!fault, () => `${fault}: ${asked.method} ${asked.path} ${JSON.stringify(asked.headers)} ${String(asked.body ?? '').slice(0, 1500)}`);
      if (answer.status && answer.status < 500 && answer.status !== 405) {
        t.check(operation.responses[answer.status], () => `${method} ${template} answered ${answer.status}, which the document does not say: ${asked.path} ${String(asked.body ?? '').slice(0, 300)}`);
      }
      if (c.process.exitCode !== null || c.process.signalCode !== null) {
        t.check(false, () => `the server is gone: ${c.log.slice(-2500)}`);
        return;
      }
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status >= 200 && answer.status < 300) {
        succeeded.add(`${method} ${template}`);
        if (answer.type.startsWith('application/json')) {
          const body = JSON.parse(answer.text);
          memory.learn(body);
          if (template.includes('{') && answer.text.length < 50000) memory.keep(template, asked.path.split('?')[0], body);
        }
      }
      if (done % Math.max(1, Math.floor(requests / 20)) === 0) sizes.push(Math.round(memoryOf(c)));
      t.progress(done, requests, `${succeeded.size} operations answered with success, ${sizes.at(-1) ?? 0} MB`);
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, (_, n) => lane(n)));
  } finally { await c.end(); }
  t.check((statuses.get(200) ?? 0) > requests / 20, () => `only ${statuses.get(200)} of ${requests} were answered 200`);
  // In the last half it may take what caches still fill, not what requests leave behind.
  const [half, last] = [sizes[Math.floor(sizes.length / 2)], sizes.at(-1)];
  if (requests >= FAR) t.check(last < half * 1.25 + 32, () => `the memory grew from ${half} to ${last} MB in the last half`);
  t.note(`${requests} requests over ${operations.length} operations, ${succeeded.size} of them with success: ${[...statuses].sort((a, b) => a[0] - b[0]).map(([s, n]) => `${s} ${n}`).join(', ')}`);
  t.note(`memory in MB over the run: ${sizes.join(' ')}; slowest ${slowest.join(' ms: ')}; seed ${seed}`);
  if (requests >= FAR) t.note(`never with success: ${operations.map(([path, method]) => `${method} ${path}`).filter((name) => !succeeded.has(name)).join(', ')}`);
};
