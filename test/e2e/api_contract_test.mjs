// SPDX-License-Identifier: Apache-2.0
// Every operation of FusionAuth's API (operations.txt: method, path, the client's method, flags) and every type of it (types.txt: name,
// members), so that none is forgotten: it is in the OpenAPI document, some test calls it through the client with success and some with a
// refusal, and without a key it is refused.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Cardea } from './harness.mjs';
import { clientOf, nobody } from './client.mjs';

const here = new URL('.', import.meta.url).pathname;
const operations = readFileSync(`${here}operations.txt`, 'utf8').trim().split('\n').map((line) => {
  const [method, path, name, flags = ''] = line.split(' ');
  return { method, path, name, isOpen: flags.includes('anonymous') };
});

// What is not built yet, plainly.
const toCome = /^\/api\/entity/;
const built = operations.filter((o) => !toCome.test(o.path) && !toCome.test(o.name));

const shape = (path) => path.replace(/\{[^}]*\}/g, '{}').replace(/\/$/, '');

describe('the contract', () => {
  let c;
  before(async () => { c = await Cardea.start(); });
  after(() => c.end());

  test('every operation is in the OpenAPI document, and none that is said to come', async () => {
    const doc = await (await c.fetch('/api/openapi.json')).json();
    const have = new Set(Object.entries(doc.paths).flatMap(([path, item]) => Object.keys(item).map((m) => `${m.toUpperCase()} ${shape(path)}`)));
    assert.deepEqual(built.filter((o) => !have.has(`${o.method} ${shape(o.path)}`)).map((o) => `${o.method} ${o.path}`), []);
    assert.ok(operations.length > 390);
  });

  test('every schema that is referred to is there', async () => {
    const doc = await (await c.fetch('/api/openapi.json')).json();
    const referred = [...JSON.stringify(doc).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((m) => m[1]);
    assert.deepEqual([...new Set(referred)].filter((name) => !doc.components.schemas[name]), []);
  });

  test('every type is in the OpenAPI document, with every member; every event has its body', async () => {
    const { components: { schemas }, webhooks } = await (await c.fetch('/api/openapi.json')).json();
    const members = (s) => s.$ref ? members(schemas[s.$ref.split('/').pop()]) : [...Object.keys(s.properties ?? {}), ...(s.allOf ?? []).flatMap(members)];
    const types = readFileSync(`${here}types.txt`, 'utf8').trim().split('\n').map((line) => line.split(' '));
    assert.ok(types.length > 600);
    assert.deepEqual(types.flatMap(([type, ...names]) => {
      const have = schemas[type] && new Set(members(schemas[type]));
      return have ? names.filter((name) => !have.has(name)).map((name) => `${type}.${name}`) : [type];
    }), []);
    assert.deepEqual(Object.keys(webhooks), schemas.EventType.enum);
  });

  test('every operation that needs a key is refused without one', async () => {
    const wrong = clientOf(c, 'a key that is nobody\'s');
    const statuses = await Promise.all(built.filter((o) => !o.isOpen).map(async (o) => {
      assert.equal(typeof wrong[o.name], 'function', o.name);
      const answer = await wrong[o.name](...Array(wrong[o.name].length).fill(nobody)).catch((e) => e);
      return [o.name, answer.statusCode];
    }));
    assert.deepEqual(statuses.filter(([, status]) => status !== 401), []);
  });

  test('every operation is called through the client by some test', () => {
    const files = readdirSync(here).filter((f) => f.endsWith('_test.mjs') && f !== 'api_contract_test.mjs').map((f) => readFileSync(here + f, 'utf8'));
    const called = new Set(files.flatMap((text) => {
      // `retrieve${one}` of a file that says 'Theme' is retrieveTheme.
      const verbs = [...text.matchAll(/`([a-z]+)\$\{\w+\}`/g)].map((m) => m[1]);
      const nouns = [...text.matchAll(/'([A-Z]\w+)'/g)].map((m) => m[1]);
      const made = verbs.flatMap((verb) => nouns.map((noun) => verb + noun));
      return [...made, ...[...text.matchAll(/\.(\w+)\(|'(\w+)'/g)].map((m) => m[1] ?? m[2])];
    }));
    assert.deepEqual(built.filter((o) => !called.has(o.name)).map((o) => o.name), []);
  });
});
