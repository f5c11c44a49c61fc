// SPDX-License-Identifier: Apache-2.0
// A row of the route table that no test calls is a row nobody knows to work.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const here = new URL('.', import.meta.url).pathname;

test('every row of src/app/routes.c is called by an end-to-end test', () => {
  const rows = [...readFileSync(`${here}../../src/app/routes.c`, 'utf8').matchAll(/\{ (GET|POST|PUT|PATCH|DELETE), +"([^"]+)"/g)].map((m) => m[2]);
  const tests = readdirSync(here).filter((f) => f.endsWith('.mjs') && f !== 'routes_test.mjs').map((f) => readFileSync(here + f, 'utf8')).join('\n');
  // FusionAuth's client is called by method, not by path: what it covers is named here.
  const byClient = /^\/api\/(two-factor|webauthn|tenant|application|user|login|logout|jwt|key|api-key|status|health|system|identity|passwordless|consent|form|integration|reactor)/;
  assert.ok(rows.length > 60);
  const missing = rows.filter((path) => !tests.includes(path.replace(/\/?\{.*$/, '')) && !byClient.test(path));
  assert.deepEqual(missing, []);
});
