// SPDX-License-Identifier: Apache-2.0
// A row of the route table that no test calls is a row nobody knows to work.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const here = new URL('.', import.meta.url).pathname;

test('every row of src/app/routes.c is called by an end-to-end test', () => {
  const rows = [...readFileSync(`${here}../../src/app/routes.c`, 'utf8').matchAll(/\{ (GET|POST|PUT|PATCH|DELETE), +"([^"]+)"/g)].map((m) => m[2]);
  const tests = readdirSync(here).filter((f) => f.endsWith('.mjs') && f !== 'routes_test.mjs').map((f) => readFileSync(here + f, 'utf8')).join('\n');
  // FusionAuth's client is called by method, not by path: what it covers is in the contract, and api_contract_test.mjs looks for each.
  const start = (path) => path.replace(/\/?\{.*$/, '');
  const byClient = new Set(readFileSync(`${here}operations.txt`, 'utf8').trim().split('\n').map((line) => start(line.split(' ')[1])));
  assert.ok(rows.length > 60);
  const missing = rows.filter((path) => !tests.includes(start(path)) && !byClient.has(start(path)));
  assert.deepEqual(missing, []);
});
