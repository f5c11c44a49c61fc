// SPDX-License-Identifier: Apache-2.0
// FusionAuth's own client and what its answers must be. Each answer is noted, for contract_check.mjs to see that no operation was forgotten.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import fusionauth from '@fusionauth/typescript-client';
import { apiKey, ids } from './harness.mjs';

export const { FusionAuthClient } = fusionauth;

// A line for each method and status that its server answered, in the file that the environment names; test files run side by side.
const noted = new Set();
if (process.env.CARDEA_TEST_CALLS) {
  process.on('exit', () => appendFileSync(process.env.CARDEA_TEST_CALLS, [...noted].map((line) => `${line}\n`).join('')));
}
for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(FusionAuthClient.prototype))) {
  if (typeof value !== 'function' || name === 'constructor') continue;
  const noting = function noting(...args) {
    const answer = value.apply(this, args);
    const note = ({ statusCode }) => { if (statusCode) noted.add(`${name} ${statusCode}`); };
    answer?.then?.(note, note);
    return answer;
  };
  // What it takes is looked at: the names of its parameters.
  noting.takes = value.toString().match(/\(([^)]*)\)/)[1].split(',').map((text) => text.trim()).filter(Boolean);
  FusionAuthClient.prototype[name] = noting;
}

export const nobody = '99999999-9999-4999-8999-999999999999';
export const clientOf = (c, key = apiKey, tenantId) => new FusionAuthClient(key, c.url, tenantId);

// The client throws its answer unless the status says success.
export const refused = async (promise, status, codes = []) => {
  const answer = await promise.then(
    (good) => assert.fail(`answered ${good.statusCode}: ${JSON.stringify(good.response)}`),
    (bad) => bad,
  );
  assert.equal(answer.statusCode, status, JSON.stringify(answer.exception ?? String(answer)));
  const fields = Object.values(answer.exception?.fieldErrors ?? {}).flat();
  const all = [...fields, ...(answer.exception?.generalErrors ?? [])];
  assert.deepEqual(all.map((e) => e.code).sort(), [...codes].sort(), JSON.stringify(answer.exception));
  for (const e of all) assert.match(e.message, /\S/);
  return answer;
};

// The same of a refusal in OAuth's own words.
export const refusedOAuth = async (promise, status, error) => {
  const { statusCode, exception } = await promise.then((g) => assert.fail(`answered ${g.statusCode}`), (bad) => bad);
  assert.deepEqual([statusCode, exception?.error], [status, error], JSON.stringify(exception));
  return exception;
};

export const good = async (promise) => {
  const answer = await promise.catch((e) => assert.fail(`${e.statusCode ?? e}: ${JSON.stringify(e.exception)}`));
  assert.ok(answer.statusCode >= 200 && answer.statusCode < 300, `${answer.statusCode}`);
  return answer.response;
};

// A key that may do everything, in one tenant.
export const keyOfTenant = async (c, tenantId = ids.tenant) => {
  const key = `key-of-one-tenant-${randomUUID()}`;
  await good(clientOf(c).createAPIKey(null, { apiKey: { key, tenantId } }));
  return key;
};
