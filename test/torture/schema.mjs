// SPDX-License-Identifier: Apache-2.0
// Requests made from the OpenAPI document, right in most places and wrong in some: whatever is sent, the answer is one the document
// allows: never 500, errors in the API's shape, and a crash or a leak ends the run (the harness says so when the node stops).
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids, person, secret } from '../e2e/harness.mjs';
import { dice } from './house.mjs';

const words = ['', 'a', 'name', 'ada@example.com', 'no mail', 'Ä-ǆ-日本語-🙂', '\u0000', "' OR 1=1 --", '{{x}}', '${7*7}', '<script>', '../../x', '*', '%s%n', 'true', '-1',
  'https://client.example/callback', 'javascript:alert(1)', '2026-11-21', '192.0.2.1', '::1', 'en', 'de_DE', 'ES256', 'email', 'x'.repeat(300), 'y'.repeat(5000)];
const numbers = [0, 1, -1, 2, 25, 500, 501, 3600, 2 ** 31, -(2 ** 31), 2 ** 53, 1e300, 0.5, 1795000000000];
const MAX_DEPTH = 6;

class Maker {
  constructor(doc, seed, known) { Object.assign(this, { doc, dice: dice(seed), known }); }

  id() { return this.dice.chance(0.6) ? this.dice.pick(this.known) : this.dice.chance(0.8) ? randomUUID() : this.dice.pick(words); }

  // Anything at all.
  junk(depth = 0) {
    const at = this.dice.below(depth > 2 ? 5 : 7);
    if (at === 0) return null;
    if (at === 1) return this.dice.chance(0.5);
    if (at === 2) return this.dice.pick(numbers);
    if (at === 3) return this.dice.pick(words);
    if (at === 4) return this.id();
    if (at === 5) return Array.from({ length: this.dice.below(4) }, () => this.junk(depth + 1));
    return Object.fromEntries(Array.from({ length: this.dice.below(4) }, () => [this.dice.pick(words), this.junk(depth + 1)]));
  }

  value(schema, depth = 0) {
    if (!schema || this.dice.chance(0.03)) return this.junk(depth);
    if (schema.$ref) return this.value(this.doc.components.schemas[schema.$ref.split('/').pop()], depth);
    if (schema.anyOf) return this.value(this.dice.pick(schema.anyOf), depth);
    if (schema.enum) return this.dice.pick(schema.enum);
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    switch (type) {
      case 'object': return this.object(schema, depth);
      case 'array': return depth > MAX_DEPTH ? [] : Array.from({ length: this.dice.below(3) }, () => this.value(schema.items, depth + 1));
      case 'boolean': return this.dice.chance(0.5);
      case 'integer': case 'number': return this.dice.pick(this.dice.chance(0.7) ? [schema.default ?? 1, schema.minimum ?? 0, schema.maximum ?? 100, 60] : numbers);
      case 'string': return schema.format === 'uuid' ? this.id() : this.dice.chance(0.3) && schema.default ? schema.default : this.dice.pick(words);
      default: return this.junk(depth);
    }
  }

  object(schema, depth) {
    const to = {};
    if (depth > MAX_DEPTH) return to;
    const members = Object.entries(schema.properties ?? {});
    const often = Math.min(0.9, 8 / (members.length + 1)); // large objects sparsely
    for (const [name, of] of members) {
      if (this.dice.chance((schema.required ?? []).includes(name) || depth === 0 ? 0.95 : often)) to[name] = this.value(of, depth + 1);
    }
    if (schema.additionalProperties && typeof schema.additionalProperties === 'object') {
      for (let i = this.dice.below(3); i > 0; i--) to[this.dice.chance(0.5) ? this.id() : this.dice.pick(words)] = this.value(schema.additionalProperties, depth + 1);
    }
    if (this.dice.chance(0.03)) to[this.dice.pick(words)] = this.junk();
    return to;
  }

  path(template, operation) {
    const path = template.replace(/\{[^}]+\}/g, () => encodeURIComponent(this.id()));
    const query = (operation.parameters ?? []).filter((p) => p.in === 'query' && this.dice.chance(0.5))
      .map((p) => `${p.name}=${encodeURIComponent(String(this.dice.chance(0.6) ? this.id() : this.junk(3)))}`);
    return query.length ? `${path}?${query.join('&')}` : path;
  }

  request(template, method, operation) {
    const headers = { authorization: this.dice.chance(0.97) ? apiKey : this.dice.pick(['', 'wrong', 'Bearer x', 'Basic eDp5']) };
    if (this.dice.chance(0.3)) headers['x-fusionauth-tenantid'] = encodeURIComponent(this.id());
    const content = operation.requestBody?.content ?? {};
    const to = { method: method.toUpperCase(), path: this.path(template, operation), headers };
    if (content['application/x-www-form-urlencoded']) {
      headers['content-type'] = 'application/x-www-form-urlencoded';
      to.body = new URLSearchParams(Object.entries(this.value(content['application/x-www-form-urlencoded'].schema) ?? {}).map(([k, v]) => [k, String(v)])).toString();
    } else if (content['application/json'] && to.method !== 'GET') {
      headers['content-type'] = this.dice.chance(0.97) ? 'application/json' : this.dice.pick(['application/merge-patch+json', 'application/json-patch+json', 'text/plain']);
      to.body = JSON.stringify(this.value(content['application/json'].schema));
      if (this.dice.chance(0.02)) to.body = to.body.slice(0, this.dice.below(to.body.length));
    }
    return to;
  }
}

const isErrors = (body) => typeof body === 'object' && body !== null
  && [...Object.values(body.fieldErrors ?? {}).flat(), ...(body.generalErrors ?? [])].every((e) => typeof e.code === 'string' && typeof e.message === 'string' && e.message.length > 0)
  && (body.fieldErrors !== undefined || body.generalErrors !== undefined);

// What is wrong with an answer; nothing when it is as it should be.
const faultOf = (asked, status, type, text) => {
  if (status >= 500 && status !== 503) return `answered ${status}`;
  if (![200, 202, 203, 204, 212, 213, 242, 302, 303, 400, 401, 403, 404, 405, 409, 410, 413, 415, 421, 422, 423, 429, 431, 503].includes(status)) return `answered ${status}, a status nobody expects`;
  if (status === 404 && asked.path.startsWith('/api/') && !type.startsWith('text/html') && text !== '' && !text.startsWith('{')) return 'a 404 with a text that is no JSON';
  if (text === '' || !type.startsWith('application/json')) return null;
  let body;
  try { body = JSON.parse(text); } catch { return `an answer that is no JSON: ${text.slice(0, 80)}`; }
  return status === 400 && asked.path.startsWith('/api/') && !asked.path.startsWith('/api/login') && !isErrors(body) ? `a refusal in a shape of its own: ${text.slice(0, 200)}` : null;
};

// What would end the run rather than test anything: the key that is used, the tenant that all is in.
const isOwnEnd = ({ method, path }) => method === 'DELETE' && (path.startsWith('/api/tenant/') || path.startsWith('/api/api-key/'));

export const run = async (t, { requests = 2000, lanes = 8, seed = Date.now() % 1e9 } = {}) => {
  const c = await Cardea.start();
  const doc = await (await c.fetch('/api/openapi.json')).json();
  const operations = Object.entries(doc.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => [path, method, operation]));
  const known = [...Object.values(ids), person.email, secret];
  const statuses = new Map();
  let done = 0;
  const lane = async (n) => {
    const maker = new Maker(doc, seed * 100 + n, known);
    while (done < requests) {
      const of = operations[done++ % operations.length];
      const asked = maker.request(...of);
      if (isOwnEnd(asked)) continue;
      const answer = await c.fetch(asked.path, { method: asked.method, headers: asked.headers, body: asked.body });
      const text = await answer.text();
      const [path, method, operation] = of;
      if (answer.status < 500 && answer.status !== 405) t.check(operation.responses[answer.status], () => `${method} ${path} answered ${answer.status}, which the document does not say: ${asked.path} ${(asked.body ?? '').slice(0, 300)}`);
      const fault = faultOf(asked, answer.status, answer.headers.get('content-type') ?? '', text);
      t.check(!fault, () => `${asked.method} ${asked.path} ${(asked.body ?? '').slice(0, 1500)}: ${fault}`);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const made = answer.status === 200 && /^\{"\w+":\{[^{}]*?"id":"([0-9a-f-]{36})"/.exec(text)?.[1];
      if (made && known.length < 400) known.push(made);
      t.progress(done, requests);
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, (_, n) => lane(n)));
  } finally { await c.end(); }
  t.check((statuses.get(200) ?? 0) > requests / 50, () => `only ${statuses.get(200)} of ${requests} were answered 200`);
  t.note(`${requests} requests over ${operations.length} operations: ${[...statuses].sort((a, b) => a[0] - b[0]).map(([s, n]) => `${s} ${n}`).join(', ')}; seed ${seed}`);
};
