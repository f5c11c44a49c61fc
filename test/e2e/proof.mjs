// SPDX-License-Identifier: Apache-2.0
// What the tests of mails with a link or a code share: a server with two tenants' worth of clients, people, and the mails they got.
import { createHmac } from 'node:crypto';
import { clientOf, good } from './client.mjs';
import { Cardea, ids } from './harness.mjs';

export const password = 'a long enough password';
export let c, root, client, anybody; // by begin
export const numbers = { last: 0 }; // of what is named by a test

export const begin = async () => {
  c = await Cardea.start({ args: ['--demo'] });
  root = clientOf(c);
  client = clientOf(c, undefined, ids.tenant); // there is more than one tenant at times
  anybody = clientOf(c, null);
  await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verifyEmail: true }, passwordEncryptionConfiguration: { encryptionScheme: 'bcrypt', encryptionSchemeFactor: 4 } } }));
  await good(client.patchApplication(ids.app, { application: { passwordlessConfiguration: { enabled: true }, verifyRegistration: true } }));
};
export const end = () => c.end();

export const person = async (more = {}) => {
  const email = `p${++numbers.last}@example.com`;
  const { user } = await good(client.register(null, { user: { email, password, ...more }, registration: { applicationId: ids.app } }));
  return { id: user.id, email, user };
};
export const login = (email, pass, key = client) => key.login({ loginId: email, password: pass, applicationId: ids.app });
// RFC 6238, some seconds from now.
export const totp = (key, aheadS = 0) => {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor((Date.now() / 1000 + aheadS) / 30)));
  const mac = createHmac('sha1', key).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
};
// The newest mail to an address with a link to that page, or of any kind: its text, and the id in the link.
export const mailTo = async (email, page = '') => {
  const html = await (await c.fetch('/demo/mail', { headers: { accept: 'text/html' } })).text();
  const plain = html.replace(/<[^>]*>/g, ' ').replace(/&amp;/g, '&').replace(/\s+/g, ' ');
  const mails = plain.split(/ (?=[^ ]+@example\.com - )/).filter((mail) => mail.startsWith(`${email} - `));
  const text = mails.find((mail) => mail.includes(page)) ?? '';
  return { text, id: text.match(/\/([\w-]{64})\?tenantId=/)?.[1] };
};
export const change = '/password/change/', verify = '/email/verify/', register = '/registration/verify/', enter = '/oauth2/passwordless/';
