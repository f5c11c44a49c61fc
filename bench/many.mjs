// SPDX-License-Identifier: Apache-2.0
// Many people to import, with names of syllables: some tens of thousands of words, some of them frequent.
import { randomUUID } from 'node:crypto';

import { ids } from './house.mjs';

const syllables = ['ka', 'ri', 'so', 'me', 'lu', 'na', 'to', 'vi', 'da', 'po', 'she', 'bra', 'ni', 'ta', 'ro', 'ya', 'el', 'an', 'mi', 'gor', 'sen', 'han', 'fer', 'wu', 'os'];
const dice = (n) => { let x = Math.imul(n ^ (n >>> 16), 0x45d9f3b); x = Math.imul(x ^ (x >>> 16), 0x45d9f3b); return (x ^ (x >>> 16)) >>> 0; };
export const name = (n) => {
  const d = dice(n);
  const at = (i) => syllables[(d >>> (5 * i)) % syllables.length];
  return d % 4 === 0 ? at(1) + at(2) : at(1) + at(2) + at(3);
};
const person = (n) => `{"email":"many${n}@example.com","firstName":"${name(2 * n)}","lastName":"${name(2 * n + 1)}","encryptionScheme":"salted-pbkdf2-hmac-sha256","factor":24000,`
  + `"salt":"${Buffer.from(`salt of ${n}....`).toString('base64')}","password":"${Buffer.alloc(32, n).toString('base64')}"}`;
// As people come from elsewhere: with their id (at random) and a registration.
export const moved = (n) => `{"id":"${randomUUID()}","registrations":[{"applicationId":"${ids.manyApp}","roles":["member"]}],${person(n).slice(1)}`;
export const importBody = (first, count, one = person) => Buffer.from(`{"users":[${Array.from({ length: count }, (_, i) => one(first + i)).join(',')}]}`);
