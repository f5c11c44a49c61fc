// SPDX-License-Identifier: Apache-2.0
// Every operation of FusionAuth's API: method, path, the name in FusionAuth's client, and whether it is called without an API key.
import { readFileSync } from 'node:fs';

export const operations = readFileSync(new URL('operations.txt', import.meta.url), 'utf8').trim().split('\n').map((line) => {
  const [method, path, name, flags = ''] = line.split(' ');
  return { method, path, name, isOpen: flags.includes('anonymous') };
});
