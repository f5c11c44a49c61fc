// SPDX-License-Identifier: Apache-2.0
// The OpenAPI document: whole, in words, with examples that the server takes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Cardea, apiKey, ids } from './harness.mjs';
import { faultsOf } from './json_schema.mjs';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const JSON_TYPE = 'application/json';
// Codes that say that a body is not written as it has to be, whatever there is in the house.
const isMalformed = /^\[(unknown|invalidJSON|couldNotConvert|notSupported|invalidURL|notEmail|tooLong|tooShort)\]/;
const FORM_TYPE = 'application/x-www-form-urlencoded';
const words = (file) => readFileSync(new URL(`../../web/api/${file}.txt`, import.meta.url), 'utf8').split('\n').filter((line) => !line.startsWith('#')).join('\n');
const paragraphs = (file) => words(file).split(/\n\n+/).map((p) => p.trim()).filter(Boolean);

describe('the OpenAPI document', () => {
  let c, doc, operations;
  const said = (what, faults) => assert.deepEqual(faults, [], `${what}: say it in web/api`);
  before(async () => {
    c = await Cardea.start();
    const answer = await c.fetch('/api/openapi.json');
    assert.match(answer.headers.get('content-type'), /^application\/json/);
    doc = await answer.json();
    operations = Object.entries(doc.paths).flatMap(([path, item]) => Object.entries(item).map(([method, o]) => ({ path, method, o, name: `${method.toUpperCase()} ${path}` })));
  });
  after(() => c.end());

  test('is made once and stays the same', async () => {
    assert.deepEqual(await (await c.fetch('/api/openapi.json')).json(), doc);
  });

  test('has the parts that OpenAPI 3.1 asks for, each where it belongs', () => {
    assert.match(doc.openapi, /^3\.1\.\d$/);
    for (const name of ['title', 'version', 'description']) assert.ok(doc.info[name], name);
    assert.deepEqual(Object.keys(doc).sort(), ['components', 'info', 'openapi', 'paths', 'servers', 'tags', 'webhooks']);
    const resolve = (v) => (v.$ref ? v.$ref.slice(2).split('/').reduce((at, name) => at[name], doc) : v);
    const tags = new Set(doc.tags.map((t) => t.name));
    const security = new Set(Object.keys(doc.components.securitySchemes));
    for (const { path, method, o, name } of operations) {
      assert.match(path, /^\//, name);
      assert.ok(METHODS.includes(method), name);
      for (const p of o.parameters.map(resolve)) {
        assert.ok(p.name && ['path', 'query', 'header'].includes(p.in) && p.schema && (p.in !== 'path' || p.required === true), name);
      }
      assert.equal(new Set(o.parameters.map((p) => `${resolve(p).in} ${resolve(p).name}`)).size, o.parameters.length, `${name}: a parameter twice`);
      for (const [status, response] of Object.entries(o.responses)) {
        assert.match(status, /^[2345]\d\d$/, name);
        assert.ok(resolve(response).description, `${name} ${status}`);
      }
      assert.ok(Object.keys(o.responses).some((status) => status < '400'), name);
      for (const s of o.security) for (const scheme of Object.keys(s)) assert.ok(security.has(scheme), name);
      for (const tag of o.tags ?? []) assert.ok(tags.has(tag), name);
      assert.ok(method !== 'get' || !o.requestBody, name);
    }
    const ids = operations.map(({ o }) => o.operationId);
    assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), []);
    const isSchema = (s, at) => {
      if (Array.isArray(s) || typeof s !== 'object') assert.fail(`${at} is no schema`);
      assert.ok(!s.type || ['object', 'array', 'string', 'boolean', 'integer', 'number'].includes(s.type), at);
      for (const [name, p] of Object.entries(s.properties ?? {})) isSchema(p, `${at}.${name}`);
      if (s.items) isSchema(s.items, `${at}[]`);
      if (s.additionalProperties) isSchema(s.additionalProperties, `${at}{}`);
    };
    for (const [name, s] of Object.entries(doc.components.schemas)) isSchema(s, name);
  });

  test('says of every operation what it is, of every parameter what it means', () => {
    said('operations', operations.filter(({ o }) => !o.tags || !o.summary || !o.description || o.summary === o['x-specification']).map(({ name }) => name));
    said('parameters', operations.flatMap(({ o, name }) => o.parameters.filter((p) => p.name && !p.description).map((p) => `${name}: ${p.name}`)));
    said('sentences', operations.filter(({ o }) => !/^[A-Z].*\.$/s.test(o.summary) || !/[.:]$/.test(o.description)).map(({ name }) => name));
    said('fields of forms', operations.flatMap(({ o, name }) => Object.entries(o.requestBody?.content[FORM_TYPE]?.schema.properties ?? {}).filter(([, s]) => !s.description).map(([field]) => `${name}: ${field}`)));
    said('types', Object.entries(doc.components.schemas).filter(([name, s]) => /^(User|Application|Tenant|UserRegistration|Key|APIKey|Group|Webhook|LoginRequest)$/.test(name) && !s.description).map(([name]) => name));
  });

  test('the types that everybody meets say of each member what it is there, not what it is anywhere', () => {
    const own = Object.fromEntries(paragraphs('types').map((p) => { const [head, ...lines] = p.split('\n'); return [head.split(' ')[0], new Set(lines.map((line) => line.trim().split(' ')[0]))]; }));
    const met = ['User', 'UserRegistration', 'Application', 'ApplicationRole', 'OAuth2Configuration', 'Tenant', 'Key', 'APIKey', 'RefreshToken', 'JWTConfiguration', 'LoginRequest', 'LoginResponse', 'RefreshRequest', 'AccessToken', 'GroupMember'];
    said('members', met.flatMap((type) => Object.entries(doc.components.schemas[type].properties).filter(([name, s]) => !s.description || (!own[type].has(name) && name !== 'eventInfo')).map(([name]) => `${type}.${name}`)));
  });

  test('says who may call, how long a body may be and how often: what the routes say', () => {
    for (const { o, name } of operations) {
      if (o.requestBody) assert.ok(o['x-max-body-bytes'] >= 1024, name);
      if (o['x-rate-limit']) assert.ok(o.responses['429'], name);
      if (o.requestBody && !name.includes('/oauth2/')) assert.ok(o.responses['413'], name);
      assert.ok(Array.isArray(o.security), name);
    }
    const of = (path, method) => doc.paths[path][method];
    assert.deepEqual(of('/api/user', 'post').security, [{ ApiKey: [] }]);
    assert.deepEqual(of('/api/status', 'get')['x-rate-limit'], undefined);
    assert.deepEqual(of('/api/login', 'post')['x-rate-limit'], { requestsPerSecond: 20, burst: 100, per: 'address' });
    assert.deepEqual(Object.keys(of('/api/login', 'post').responses).filter((s) => s < '300'), ['200', '202', '203', '212', '213', '242']);
  });

  test('nothing is said of what is not there', () => {
    const names = new Set(operations.map(({ o }) => o.operationId));
    const routes = new Set(operations.map(({ name }) => name));
    const orphans = ['signin', 'proof', 'oauth', 'people', 'configuration', 'house'].flatMap((file) => paragraphs(file)).filter((p) => !p.startsWith('= '))
      .map((p) => p.split('\n')[0].split(' ')).filter(([method, path]) => !routes.has(`${method} ${path.replace('?}', '}')}`)).map((head) => head.join(' '));
    assert.deepEqual(orphans, []);
    assert.deepEqual(paragraphs('examples').map((p) => p.split('\n')[0]).filter((name) => !doc.components.schemas[name] && !names.has(name.replace(/\.answer$/, ''))), []);
    const members = (s) => s.$ref ? members(doc.components.schemas[s.$ref.split('/').pop()]) : [...Object.keys(s.properties ?? {}), ...(s.allOf ?? []).flatMap(members)];
    const all = new Set(Object.values(doc.components.schemas).flatMap(members));
    assert.deepEqual(words('values').split('\n').map((line) => line.split(' ')[0]).filter((name) => name && !all.has(name)), []);
    assert.deepEqual(paragraphs('types').flatMap((p) => {
      const [type, ...lines] = p.split('\n');
      const name = type.split(' ')[0];
      if (name !== '*' && name !== 'Document' && !doc.components.schemas[name]) return [name];
      const known = name === '*' ? all : new Set(members(doc.components.schemas[name] ?? {}));
      return lines.map((line) => line.trim().split(' ')[0]).filter((member) => !known.has(member)).map((member) => `${name}.${member}`);
    }), []);
  });

  test('every body has an example, which is what its schema says', () => {
    const bodies = operations.flatMap(({ o, name }) => Object.entries(o.requestBody?.content ?? {}).map(([type, media]) => [`${name} ${type}`, media]));
    assert.ok(bodies.length > 150);
    said('examples', [...new Set(bodies.filter(([, { example }]) => example === undefined).map(([name, { schema }]) => schema.$ref ?? name))]);
    assert.deepEqual([...new Set(bodies.flatMap(([, { schema, example }]) => faultsOf(schema, doc, example, schema.$ref?.split('/').pop())))], []);
  });

  test('every answer with a body has an example, which is what its schema says', () => {
    const { examples, responses } = doc.components;
    const answers = [...operations.flatMap(({ o, name }) => Object.entries(o.responses).map(([status, r]) => [`${name} ${status}`, r])), ...Object.entries(responses)];
    const whole = answers.filter(([, { content }]) => content);
    assert.ok(whole.length > 300);
    const used = new Set();
    for (const [name, { content }] of whole) {
      const { schema, examples: its } = content[JSON_TYPE];
      const key = its?.one.$ref.split('/').pop();
      used.add(key);
      assert.ok(examples[key], name);
      assert.deepEqual(faultsOf(schema, doc, examples[key].value), [], name);
    }
    assert.deepEqual(Object.keys(examples).filter((key) => !used.has(key)), []);
    const values = JSON.stringify(examples);
    assert.ok(!values.includes('"..."') && !/"(password|salt)"/.test(values), 'a value is missing in web/api/values.txt, or never shown');
    assert.equal(examples['UserResponse.user'].value.user.id, ids.user);
    assert.equal(examples['TenantResponse.tenants'].value.tenants[0].id, ids.tenant);
    assert.ok(JSON.stringify(doc).length < 1_200_000, 'small enough to be looked at');
  });

  test('the server takes the example of every body: what it refuses is not how it is written', async () => {
    const faults = [];
    const send = async ({ path, method, o, name }) => {
      const { example } = o.requestBody.content[JSON_TYPE];
      const target = path.replace(/\{type\}/, 'Google').replace(/\{\w+\}/g, '99999999-9999-4999-8999-999999999999');
      const answer = await c.fetch(target, { method: method.toUpperCase(), headers: { authorization: apiKey, 'content-type': JSON_TYPE }, body: JSON.stringify(example) });
      if (!o.responses[answer.status]) faults.push(`${name}: ${answer.status} is not said`);
      const { fieldErrors = {} } = answer.status === 400 ? await answer.json() : {};
      for (const { code } of Object.values(fieldErrors).flat()) if (isMalformed.test(code)) faults.push(`${name}: ${code}`);
    };
    // What is made first, things before their parts, then what changes them, then what ends them: most calls find what they name.
    const turn = ({ method, path }) => `${['post', 'put', 'patch', 'delete'].indexOf(method)} ${path.split('/').length}`;
    const waiting = operations.filter(({ o }) => o.requestBody?.content[JSON_TYPE]);
    for (const now of [...new Set(waiting.map(turn))].sort()) await Promise.all(waiting.filter((one) => turn(one) === now).map(send));
    assert.deepEqual(faults, []);
  });

  test('/api/docs has all of it for people: no script needed, nothing of another host', async () => {
    const get = async (path) => { const answer = await c.fetch(path); return { status: answer.status, headers: answer.headers, text: await answer.text() }; };
    const index = await get('/api/docs');
    assert.equal(index.status, 200);
    assert.equal(index.headers.get('content-security-policy'), "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'");
    const chapters = [...new Set([...index.text.matchAll(/href="(\/api\/docs\/[a-z-]+)"/g)].map((m) => m[1]))];
    assert.equal(chapters.length, doc.tags.length);
    const pages = await Promise.all(chapters.map(get));
    const all = [index, ...pages];
    assert.deepEqual(all.filter(({ status }) => status !== 200), []);
    const whole = pages.map(({ text }) => text).join('');
    for (const { path, o, name } of operations) {
      assert.ok(index.text.includes(`#${o.operationId}"`) && whole.includes(`id="${o.operationId}"`) && whole.includes(`<li><a href="#${o.operationId}">`), name);
      assert.ok(whole.includes(path), name);
    }
    assert.equal(whole.match(/>curl/g).length, operations.length);
    const hasExample = ({ o }) => Object.entries(o.responses).some(([status, r]) => status.startsWith('2') && Object.values(r.content ?? {})[0]?.examples);
    for (const { o, name } of operations.filter(hasExample)) assert.ok(whole.includes(`aria-label="Example of what ${o.operationId} answers"`), name);
    assert.match(whole, /of what retrieveTenant answers">\{\n {2}&quot;tenant&quot;: \{\n/);
    for (const { text } of all) {
      assert.deepEqual([...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((m) => m[1]).filter((url) => !/^[/#]/.test(url)), []);
      assert.deepEqual(/<[^>]* (?:style|on\w+)=|<script>|<style|.{20}\{\{.{20}/.exec(text.replace(/<pre[^]*?<\/pre>/g, ''))?.[0], undefined, 'something that the policy forbids, or a tag of ours');
      const ids = [...text.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
      assert.equal(new Set(ids).size, ids.length, 'an id twice');
      for (const [, id] of text.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(id), `#${id} leads nowhere`);
    }
    for (const file of [...index.text.matchAll(/(?:src|href)="(\/pages\/[^"]+)"/g)]) assert.equal((await get(file[1])).status, 200);
    assert.equal((await get('/api/docs/nothing')).status, 404);
    assert.equal((await get(chapters[0])).text, pages[0].text, 'kept');
  });

  test('is OpenAPI 3.1 to the schema of the specification', async () => {
    const validator = new Validator();
    assert.deepEqual(await validator.validate(structuredClone(doc)), { valid: true });
    assert.equal(validator.version, '3.1');
    const broken = { openapi: '3.1.0', info: doc.info, paths: { '/a': { get: { responses: { 200: { content: {} } } } } } };
    assert.equal((await new Validator().validate(broken)).valid, false, 'it does look');
    const refs = [...new Set(JSON.stringify(doc).match(/(?<="\$ref":")[^"]+/g))];
    assert.deepEqual(refs.filter((ref) => !ref.startsWith('#/') || ref.slice(2).split('/').reduce((at, name) => at?.[name], doc) === undefined), []);
  });
});
