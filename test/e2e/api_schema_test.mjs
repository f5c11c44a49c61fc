// SPDX-License-Identifier: Apache-2.0
// Requests made from the OpenAPI document; at full length by make torture.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../torture/schema.mjs';
import { Tally } from '../torture/tally.mjs';

test('whatever the OpenAPI document allows and a little more: no 500, no crash, no leak, refusals in the API\'s shape', async () => {
  const t = new Tally('schema');
  await run(t, { requests: 2500 });
  assert.deepEqual(t.faults, []);
});
