// SPDX-License-Identifier: Apache-2.0
// Every operation of FusionAuth's API and every type of it (types.txt: name, members), none forgotten: it is in the OpenAPI document;
// an operation that is called through FusionAuth's client without a key, in a tenant that is not there, with a member that nobody knows,
// about things that are not there, is refused as FusionAuth would. That each was also called with success somewhere, contract_check.mjs says once every test has run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { FusionAuthClient, clientOf, nobody } from './client.mjs';
import { operations } from './contract.mjs';
import { Cardea } from './harness.mjs';

const shape = (path) => path.replace(/\{[^}]*\}/g, '{}').replace(/\/$/, '');
const takes = ({ name }) => FusionAuthClient.prototype[name].takes;
const hasBody = (operation) => takes(operation).some((name) => /request/i.test(name)) && operation.method !== 'GET' && operation.path.startsWith('/api/');
// What an argument has to be for the question to be about a thing that is not there.
const argument = (name, body) => (/request/i.test(name) ? body : name === 'type' ? 'OpenIDConnect' : nobody);

describe('the contract', () => {
  let c;
  before(async () => { c = await Cardea.start(); });
  after(() => c.end());

  // Calls each and gives those whose answer is not one of the allowed: a list that is empty when all is well.
  const odd = async (which, client, body, isAsItShould) => {
    const answers = await Promise.all(which.map(async (operation) => {
      const answer = await client[operation.name](...takes(operation).map((name) => argument(name, body))).catch((e) => e);
      const { fieldErrors = {}, generalErrors = [] } = answer.exception ?? {};
      const codes = [...Object.values(fieldErrors).flat(), ...generalErrors].map((e) => e.code);
      return isAsItShould(operation, answer.statusCode, codes, answer.exception) ? [] : [`${operation.name}: ${answer.statusCode ?? answer} ${codes}`];
    }));
    return answers.flat();
  };

  test('every operation is in the OpenAPI document', async () => {
    const doc = await (await c.fetch('/api/openapi.json')).json();
    const have = new Set(Object.entries(doc.paths).flatMap(([path, item]) => Object.keys(item).map((m) => `${m.toUpperCase()} ${shape(path)}`)));
    assert.deepEqual(operations.filter((o) => !have.has(`${o.method} ${shape(o.path)}`)).map((o) => `${o.method} ${o.path}`), []);
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
    const types = readFileSync(new URL('types.txt', import.meta.url), 'utf8').trim().split('\n').map((line) => line.split(' '));
    assert.ok(types.length > 600);
    assert.deepEqual(types.flatMap(([type, ...names]) => {
      const have = schemas[type] && new Set(members(schemas[type]));
      return have ? names.filter((name) => !have.has(name)).map((name) => `${type}.${name}`) : [type];
    }), []);
    assert.deepEqual(Object.keys(webhooks), schemas.EventType.enum);
  });

  test('without a key that is known: 401 and nothing else', async () => {
    const keyed = operations.filter((o) => !o.isOpen);
    assert.deepEqual(await odd(keyed, clientOf(c, 'a key that is nobody\'s'), {}, (o, status, codes, body) => status === 401 && (!body || o.path.startsWith('/oauth2/'))), []);
  });

  test('in a tenant that is not there: 400 [invalidTenantId], whether or not a key was needed', async () => {
    const named = operations.filter((o) => o.path.startsWith('/api/') && o.path !== '/api/health');
    assert.deepEqual(await odd(named, clientOf(c, undefined, nobody), {}, ({ isOpen }, status, codes) => (status === 400 && `${codes}` === '[invalidTenantId]') || (isOpen && status === 401)), []);
    const there = { url: `${c.url}/${nobody}` };
    assert.deepEqual(await odd(operations.filter((o) => o.path.startsWith('/.well-known/')), clientOf(there), {}, (o, status) => status === 404), []);
  });

  test('a member that nobody knows is told by its name, unless what the path names is not there', async () => {
    const bodies = operations.filter(hasBody);
    const isTold = ({ name, path, isOpen }, status, codes) => (status === 400 && (codes.includes('[unknown]nonsense') || /Registration$/.test(name)))
      || (status === 404 && path.includes('{') && !codes.length) || (isOpen && status === 401);
    assert.deepEqual(await odd(bodies, clientOf(c), { nonsense: true }, isTold), []);
    assert.ok(bodies.length > 150);
  });

  test('what the path names and is not there: 404 without a body, or 400 for what was asked wrongly', async () => {
    const about = operations.filter((o) => o.path.startsWith('/api/') && o.path.includes('{') && o.method !== 'POST');
    assert.deepEqual(await odd(about, clientOf(c), {}, (o, status, codes, body) => (status === 404 && !body) || (status === 400 && codes.length > 0)), []);
  });
});
