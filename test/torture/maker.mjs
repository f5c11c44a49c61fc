// SPDX-License-Identifier: Apache-2.0
// Makes requests from an OpenAPI document: some careful (what is required, values that fit, ids of things that exist), some of all
// members at random, some an answer given back with a change, some bytes that are no JSON anybody would write.
import { randomUUID } from 'node:crypto';
import { dice } from './house.mjs';

const words = ['', 'a', 'name', 'ada@example.com', 'no mail', 'Ä-ǆ-日本語-🙂', '\u0000', 'a\u0000b', '\ud800', '\u202e\u200b\ufeff', '\r\nX: y', "' OR 1=1 --", '{{x}}', '${7*7}', '<#if x>',
  '<script>', '../../x', '*', '%s%n', 'true', '-1', '=1+1', '(a+)+$', 'https://client.example/callback', 'javascript:alert(1)', '2026-11-21', '192.0.2.1', '::1', 'en', 'de_DE', 'ES256',
  'email', 'x'.repeat(300), 'y'.repeat(5000), 'ﷺ'.repeat(200), 'İ'.repeat(100)];
const numbers = [0, 1, -1, 2, 25, 500, 501, 3600, 2 ** 31, -(2 ** 31), 2 ** 53, -(2 ** 53), 1e300, 0.5, 1795000000000, 253402300800000];
// Text that is a query, so that search is reached.
const queries = ['*', 'email:*', 'ada*', 'firstName:Ada AND NOT lastName:x', '(a OR b) AND registrations.applicationId:*', 'insertInstant:[0 TO 9999999999999]', 'data.a:1 OR data.b:"x y"', 'a:(', '((((((((((a))))))))))',
  '"', '\\', 'a OR OR b', 'NOT', 'lastUpdateInstant:[* TO now}', '*a', '**', 'email:/.*/', '{"match_all":{}}', '{"bool":{"must":[{"term":{"email":"ada@example.com"}}]}}',
  '{"nested":{"path":"registrations","query":{"bool":{"must":[{"match":{"registrations.applicationId":"x"}}]}}}}', '{"range":{"insertInstant":{"gte":0}}}', '{"bool":{"bool":{}}}', '{"match":{}}', '{"query_string":{"query":"a*"}}', `${'{"bool":{"must":['.repeat(40)}`];
// What a text has to be by its member's name, to be right.
const fitting = [
  [/email$/i, (n) => `p${n}@example.com`], [/password$/i, () => 'correct horse battery'], [/(^|[a-z])(query|queryString)$/, (n, d) => d.pick(queries)], [/url$|uri$|issuer$|endpoint$/i, (n) => `https://client.example/${n}`],
  [/hostname|^host$/i, () => 'localhost'], [/locale|language/i, () => 'en'], [/timezone|zoneId/i, () => 'UTC'], [/orderBy/, (n, d) => d.pick(['name ASC', 'insertInstant DESC', 'id', 'email ASC', 'name'])],
  [/body|template|message|html|text/i, (n, d) => d.pick(['Hello ${user.email}', 'Hello {{user.email}}', 'plain', '[#if user??]x[/#if]'])], [/scheme/i, () => 'salted-pbkdf2-hmac-sha256'],
  [/phone/i, (n) => `+4930${1000000 + n}`], [/date$/i, () => '1990-01-01'], [/loginId/, () => 'ada@example.com'], [/ipAddress/i, () => '192.0.2.1'], [/^type$/, (n, d) => d.pick(['OpenIDConnect', 'Google', 'email', 'RSA', 'Generic'])],
  [/(?:)/, (n) => `thing ${n}`],
];
const MAX_DEPTH = 6, MAX_KIND = 60, MAX_KEPT = 300;
let serial = 0;

const pointerTo = (value, dice_, path = '') => {
  const names = value && typeof value === 'object' ? Object.keys(value) : [];
  return names.length && (path === '' || dice_.chance(0.7)) ? (([name]) => pointerTo(value[name], dice_, `${path}/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`))([dice_.pick(names)]) : path;
};

// What is known of the house by its answers: ids by the kind of thing, and answers that can be given back.
export class Memory {
  constructor(first) { Object.assign(this, { kinds: new Map(Object.entries(first)), kept: new Map(), all: [] }); }

  add(kind, id) {
    if (typeof id !== 'string' || id.length > 100) return;
    const list = this.kinds.get(kind) ?? this.kinds.set(kind, []).get(kind);
    if (list.includes(id)) return;
    list.length < MAX_KIND ? list.push(id) : list.splice(Math.floor(list.length / 2), 1, id);
    this.all.length < MAX_KEPT ? this.all.push(id) : (this.all[serial++ % MAX_KEPT] = id);
  }

  learn(value, kind = 'thing', depth = 0) {
    if (!value || typeof value !== 'object' || depth > 8) return;
    if (Array.isArray(value)) { for (const one of value.slice(0, 5)) this.learn(one, kind.replace(/ies$/, 'y').replace(/s$/, ''), depth + 1); return; }
    if (value.id) this.add(kind, value.id);
    for (const [name, of] of Object.entries(value)) {
      if (typeof of === 'object') this.learn(of, name, depth + 1);
      else if (/Id$/.test(name)) this.add(name.slice(0, -2), of);
      else if (/^(token|refreshToken|code|oneTimePassword|user_?code|verificationId|key)$/i.test(name)) this.add(name, of);
    }
  }

  // The ids of the kind whose name the member's ends with: forgotPasswordEmailTemplateId is an email template's.
  of(name) {
    const text = name.replace(/(Ids?|_id)$/, '').toLowerCase();
    let best = null;
    for (const [kind, list] of this.kinds) if (list.length && text.endsWith(kind.toLowerCase()) && (!best || kind.length > best[0].length)) best = [kind, list];
    return best?.[1];
  }

  keep(template, path, body) {
    const list = this.kept.get(template) ?? this.kept.set(template, []).get(template);
    list.length < 8 ? list.push({ path, body }) : (list[serial++ % 8] = { path, body });
  }
}

export class Maker {
  constructor(doc, seed, memory) { Object.assign(this, { doc, dice: dice(seed), memory, isCareful: false }); }

  id(name = '') {
    const list = this.memory.of(name);
    if (list && this.dice.chance(this.isCareful ? 0.97 : 0.7)) return this.dice.pick(list);
    return this.dice.chance(0.5) && this.memory.all.length ? this.dice.pick(this.memory.all) : this.dice.chance(0.8) ? randomUUID() : this.dice.pick(words);
  }

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

  resolve(schema) { return schema?.$ref ? this.doc.components.schemas[schema.$ref.split('/').pop()] : schema; }

  text(schema, name) {
    if (schema.format === 'uuid' || /(Id|_id|token|code)$/i.test(name)) return this.id(name);
    if (schema.default && this.dice.chance(0.3)) return schema.default;
    return this.isCareful || this.dice.chance(0.3) ? fitting.find(([like]) => like.test(name))[1](++serial, this.dice) : this.dice.pick(words);
  }

  value(of, depth = 0, name = '') {
    const schema = this.resolve(of);
    if (!schema || this.dice.chance(this.isCareful ? 0.002 : 0.03)) return this.junk(depth);
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => this.value(one, depth, name)));
    if (schema.oneOf || schema.anyOf) return this.value(this.dice.pick(schema.oneOf ?? schema.anyOf), depth, name);
    if (schema.enum) return this.dice.pick(schema.enum);
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    switch (type) {
      case 'object': return this.object(schema, depth);
      case 'array': return depth > MAX_DEPTH ? [] : Array.from({ length: this.dice.below(3) }, () => this.value(schema.items, depth + 1, name.replace(/s$/, '')));
      case 'boolean': return this.dice.chance(0.5);
      case 'integer': case 'number': return this.dice.pick(this.isCareful || this.dice.chance(0.7) ? [schema.default ?? schema.minimum ?? 1, schema.minimum ?? 0, Math.min(schema.maximum ?? 100, 100000), Math.max(60, schema.minimum ?? 0)] : numbers);
      case 'string': return this.text(schema, name);
      default: return this.isCareful ? undefined : this.junk(depth);
    }
  }

  object(schema, depth) {
    const to = {};
    if (depth > MAX_DEPTH) return to;
    const members = Object.entries(schema.properties ?? {});
    const often = this.isCareful ? Math.min(0.4, 3 / (members.length + 1)) : Math.min(0.9, 8 / (members.length + 1)); // large objects sparsely
    for (const [name, of] of members) {
      const inner = this.resolve(of);
      const isNeeded = (schema.required ?? []).includes(name) || (depth === 0 && (!this.isCareful || inner?.type === 'object')) || (this.isCareful && /^(name|email|type|key|applicationId|userId)$/.test(name));
      if (this.isCareful && (inner?.readOnly || of['x-without-effect'])) continue;
      if (this.dice.chance(isNeeded ? 0.95 : often)) to[name] = this.value(of, depth + 1, name);
    }
    if (schema.additionalProperties && typeof schema.additionalProperties === 'object') {
      for (let i = this.dice.below(3); i > 0; i--) to[this.dice.chance(0.5) ? this.id() : this.dice.pick(words)] = this.value(schema.additionalProperties, depth + 1);
    }
    if (!this.isCareful && this.dice.chance(0.03)) to[this.dice.pick(words)] = this.junk();
    return to;
  }

  // One place of it becomes something else, or goes.
  changed(body) {
    const to = structuredClone(body);
    for (let n = this.dice.below(4); n > 0; n--) {
      const names = pointerTo(to, this.dice).split('/').slice(1).map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
      if (!names.length) break;
      const last = names.pop();
      const within = names.reduce((at, name) => at?.[name], to);
      if (!within || typeof within !== 'object') continue;
      if (this.dice.chance(0.2)) delete within[last];
      else within[last] = this.dice.chance(0.5) ? this.junk(2) : this.text({}, last);
    }
    return to;
  }

  // RFC 6902: operations on what is there, or should be.
  patch(body) {
    return Array.from({ length: 1 + this.dice.below(4) }, () => {
      const op = this.dice.pick(['add', 'replace', 'remove', 'test', 'move', 'copy', 'spin']);
      const path = this.dice.chance(0.9) ? pointerTo(body, this.dice) : this.dice.pick(['', '/', '/x/-', '//', '/~2', '/0', '/user/~1', 'x', '/-', `/${'a/'.repeat(200)}`]);
      return { op, path: this.dice.chance(0.1) ? `${path}/-` : path, ...(op === 'move' || op === 'copy' ? { from: pointerTo(body, this.dice) } : { value: this.dice.chance(0.5) ? body : this.junk(1) }) };
    });
  }

  // Text that a JSON writer would not write.
  spoiled(text) {
    const at = this.dice.below(text.length + 1);
    switch (this.dice.below(9)) {
      case 0: return text.slice(0, at);
      case 1: return `${'['.repeat(3000)}${']'.repeat(3000)}`;
      case 2: return `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`;
      case 3: return text.replace(/:(\d+|true|false|"[^"\\]*")/, `:${this.dice.pick(['1e999', '-0', '0'.repeat(50), '9'.repeat(400), '0x10', 'NaN', '1.', '"\\ud800"', '"\\u0000"', '"\\x"', '1e-400', '18446744073709551616'])}`);
      case 4: return text.replace(/"([^"\\]+)":([^,{}[\]]+)/, '"$1":$2,"$1":$2'); // a name twice
      case 5: return `\ufeff${text}`;
      case 6: return `${text}${this.dice.pick([' ', 'x', '{}', '\u0000', ','])}`;
      case 7: return Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.from([0xff, 0xc0, 0xaf]), Buffer.from(text.slice(at))]);
      default: return `${text.slice(0, at)}${this.dice.pick(['\u0000', '"', '\\', '{', ',', '/**/'])}${text.slice(at)}`;
    }
  }

  path(template, operation) {
    const path = template.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(this.id(name).toWellFormed?.() ?? 'x'));
    const query = (operation.parameters ?? []).filter((p) => p.in === 'query' && this.dice.chance(this.isCareful ? 0.25 : 0.5))
      .map((p) => [p.name, String(/Id$|Ids$|token|code/.test(p.name) ? this.id(p.name) : this.dice.chance(0.6) ? this.value(p.schema ?? { type: 'string' }, 3, p.name) : this.junk(3))]);
    return query.length ? `${path}?${new URLSearchParams(query)}` : path;
  }

  body(template, operation, to) {
    const schema = operation.requestBody.content['application/json'].schema;
    const kept = this.memory.kept.get(template);
    const isPatch = to.method === 'PATCH';
    let body = this.value(schema);
    if (kept?.length && this.dice.chance(0.4)) {
      const one = this.dice.pick(kept);
      if (to.method !== 'POST') to.path = one.path;
      body = this.changed(one.body);
      if (isPatch && this.dice.chance(0.3)) {
        to.headers['content-type'] = 'application/json-patch+json';
        return JSON.stringify(this.patch(one.body));
      }
    }
    to.headers['content-type'] = this.dice.chance(0.97) && !isPatch ? 'application/json' : this.dice.pick(['application/json', 'application/merge-patch+json', 'application/json-patch+json', 'text/plain']);
    return JSON.stringify(body) ?? '';
  }

  request(template, method, operation, key) {
    this.isCareful = this.dice.chance(0.6);
    const headers = { authorization: this.dice.chance(0.98) ? key : this.dice.pick(['', 'wrong', 'Bearer x', 'Basic eDp5']) };
    const tenants = this.memory.of('tenantId');
    if (this.dice.chance(0.5)) headers['x-fusionauth-tenantid'] = this.isCareful ? tenants[0] : encodeURIComponent(this.id('tenantId').toWellFormed?.() ?? 'x');
    if (/Bearer/.test(JSON.stringify(operation.security ?? '')) || this.dice.chance(0.02)) {
      const token = this.memory.of('token');
      if (token && this.dice.chance(0.5)) headers.authorization = `Bearer ${this.dice.pick(token)}`;
    }
    const content = operation.requestBody?.content ?? {};
    const to = { method: method.toUpperCase(), headers };
    to.path = this.path(template, operation);
    if (content['application/x-www-form-urlencoded']) {
      headers['content-type'] = 'application/x-www-form-urlencoded';
      to.body = new URLSearchParams(Object.entries(this.value(content['application/x-www-form-urlencoded'].schema) ?? {}).map(([k, v]) => [k, String(v)])).toString();
    } else if (content['application/json'] && to.method !== 'GET') {
      to.body = this.body(template, operation, to);
      if (this.dice.chance(0.04)) to.body = this.spoiled(to.body);
    }
    for (const name of Object.keys(headers)) headers[name] = String(headers[name]).replace(/[^\x20-\x7e]/g, '');
    return to;
  }
}
