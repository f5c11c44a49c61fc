// SPDX-License-Identifier: Apache-2.0
// contract_check.mjs FILE: after a run of every test, FILE has what FusionAuth's client was answered (client.mjs): a line for each
// method and status. Every operation has to have been called with success and been refused, by what was executed. Ends with "1 passed, 0 failed".
import { existsSync, readFileSync } from 'node:fs';
import { operations } from './contract.mjs';

// What cannot come about, and why.
const never = {
  retrieveReindexStatus: 'success', // 200 would say that a reindex is under way, and here none ever is
  retrieveSystemHealth: 'refusal', // takes nothing and asks for nothing; that it says 503 is shown where disks and databases fail
};

const [file] = process.argv.slice(2);
const answers = new Map(operations.map(({ name }) => [name, []]));
for (const line of file && existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
  const [name, status] = line.split(' ');
  answers.get(name)?.push(Number(status));
}
const kinds = { success: (status) => status >= 200 && status < 300, refusal: (status) => status >= 400 && status < 500 };
const missing = [...answers].flatMap(([name, statuses]) => Object.keys(kinds).filter((kind) => never[name] !== kind && !statuses.some(kinds[kind]))
  .map((kind) => `the contract: ${name} was answered without a ${kind} (${[...new Set(statuses)].join(' ') || 'never called'})`));
for (const line of missing) console.log(line);
console.log(missing.length ? '0 passed, 1 failed' : '1 passed, 0 failed');
process.exit(missing.length ? 1 : 0);
