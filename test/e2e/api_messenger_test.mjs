// SPDX-License-Identifier: Apache-2.0
// Messengers at work: providers of messages are played here, behind the outgoing proxy, under names of their own and under Twilio's.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cardea, ids } from './harness.mjs';
import { clientOf, good, refused } from './client.mjs';

const password = 'a long enough password';
const HOSTS = ['api.twilio.com', 'messages.acme.example'], PINNED = 'pinned.acme.example';
const listen = async (server) => { server.listen(0, '127.0.0.1'); await once(server, 'listening'); return server.address().port; };

// Whoever sends messages: what came, by host; answers in order, 200 when none is left.
const seen = [], answers = [];
let waiting = [];
const serve = (req, res) => {
  let body = '';
  req.on('data', (d) => { body += d; });
  req.on('end', () => {
    const [status, answer] = answers.shift() ?? [200, {}];
    seen.push({ method: req.method, at: `${req.headers.host}${req.url}`, headers: req.headers, body, status });
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    waiting = waiting.filter((look) => !look());
  });
};
// The nth message that came, from now on if none was counted.
const message = (fits = () => true, n = 1) => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`no message: ${JSON.stringify(seen.map((m) => [m.at, m.body]))}`)), 20000);
  const look = () => {
    const found = seen.filter(fits)[n - 1];
    if (found) { clearTimeout(timer); resolve(found); }
    return found;
  };
  if (!look()) waiting.push(look);
});
const json = (m) => JSON.parse(m.body);
const form = (m) => Object.fromEntries(new URLSearchParams(m.body));
const to = (number) => (m) => m.body.includes(number) || m.body.includes(encodeURIComponent(number));

let c, root, client, dir, numbers = 0;
const servers = [];
const number = () => `+1303555${String(1000 + ++numbers)}`;
const tenant = (changes) => good(root.patchTenant(ids.tenant, { tenant: changes }));
const messenger = async (more) => (await good(root.createMessenger(null, { messenger: { name: `m${Math.random()}`, ...more } }))).messenger.id;
const generic = (more = {}) => messenger({ type: 'Generic', url: 'https://messages.acme.example/send?by=cardea', connectTimeout: 1000, readTimeout: 2000, ...more });
const template = async (defaultTemplate, more = {}) => (await good(root.createMessageTemplate(null, { messageTemplate: { name: `t${Math.random()}`, type: 'SMS', defaultTemplate, ...more } }))).messageTemplate.id;
const person = async (more = {}) => {
  const email = `p${++numbers}@example.com`;
  const { user } = await good(client.register(null, { user: { email, password, ...more }, registration: { applicationId: ids.app } }));
  return { id: user.id, email };
};
const send = (who, mobilePhone, more = {}) => client.sendTwoFactorCodeForEnableDisable({ userId: who.id, method: 'sms', mobilePhone, ...more });
const eventLog = async () => (await good(root.searchEventLogs({ search: { numberOfResults: 100 } }))).eventLogs;
const until = async (what, holds) => {
  for (const end = Date.now() + 20000; ; await new Promise((r) => setTimeout(r, 20))) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not happen`);
  }
};

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cardea-'));
  const pair = (name, hosts) => {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
      '-addext', `subjectAltName=${hosts.map((h) => `DNS:${h}`)}`, '-keyout', join(dir, `${name}.key`), '-out', join(dir, `${name}.pem`)], { stdio: 'ignore' });
    return { key: readFileSync(join(dir, `${name}.key`)), cert: readFileSync(join(dir, `${name}.pem`)) };
  };
  const known = createTlsServer(pair('known', HOSTS), serve), own = createTlsServer(pair('own', [PINNED]), serve);
  const ports = { [PINNED]: await listen(own) }, port = await listen(known);
  for (const host of HOSTS) ports[host] = port;
  const proxy = createServer((req, res) => res.writeHead(502).end());
  proxy.on('connect', (req, socket) => {
    const there = connect(ports[req.url.split(':')[0]] ?? 1, '127.0.0.1', () => { socket.write('HTTP/1.1 200 OK\r\n\r\n'); there.pipe(socket); socket.pipe(there); });
    for (const end of [there, socket]) end.on('error', () => { there.destroy(); socket.destroy(); });
  });
  servers.push(known, own, proxy);
  c = await Cardea.start({ args: ['--outgoing-proxy', `http://127.0.0.1:${await listen(proxy)}`, '--outgoing-ca', join(dir, 'known.pem')] });
  root = clientOf(c);
  client = clientOf(c, undefined, ids.tenant);
  await tenant({
    passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1 }, // quick: not what is tested
    multiFactorConfiguration: { sms: { enabled: true } },
  });
});
after(async () => {
  await c?.end();
  for (const server of servers) { server.closeAllConnections(); server.close(); }
  rmSync(dir, { recursive: true });
});

describe('a Generic messenger', () => {
  test('gets a code as JSON, with its own headers and the name and password it wants; the code enables the method', async () => {
    const text = await template('${tenant.name}: ${code} for ${mobilePhone}', { localizedTemplates: { de: 'Ihr Code: ${code}' } });
    const messengerId = await generic({ headers: { 'X-Account': 'acme', 'Content-Length': '1', Host: 'evil.example' }, httpAuthenticationUsername: 'cardea', httpAuthenticationPassword: 'pass:word' });
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId, templateId: text } } });
    const who = await person({ preferredLanguages: ['de_CH'] }), phone = number();
    await good(send(who, phone));
    const came = await message(to(phone));
    const { code, ...rest } = json(came);
    assert.deepEqual(rest, { phoneNumber: phone, textMessage: `Ihr Code: ${code}`, type: 'SMS', userId: who.id });
    assert.match(code, /^\d{6}$/);
    assert.deepEqual([came.method, came.at], ['POST', 'messages.acme.example/send?by=cardea']);
    assert.deepEqual([came.headers['content-type'], came.headers['x-account'], came.headers.authorization], ['application/json', 'acme', `Basic ${Buffer.from('cardea:pass:word').toString('base64')}`]);
    assert.match(came.headers['idempotency-key'], /^"[0-9a-f-]{36}"$/);
    await good(client.enableTwoFactor(who.id, { method: 'sms', mobilePhone: phone, code }));
    const asked = await client.login({ loginId: who.email, password, applicationId: ids.app });
    assert.equal(asked.statusCode, 242);
    await good(client.sendTwoFactorCodeForLoginUsingMethod(asked.response.twoFactorId, { methodId: asked.response.methods[0].id }));
    const second = json(await message(to(phone), 2));
    const done = await good(client.twoFactorLogin({ twoFactorId: asked.response.twoFactorId, code: second.code }));
    assert.equal(done.user.id, who.id);
    for (const secret of [phone, code, second.code, 'pass:word']) assert.ok(!c.log.includes(secret), `${secret} is in the log`);
  });

  test('a refusal is told and final; a failure is tried again, and what is behind it goes out', async () => {
    const who = await person(), [bad, later, fine] = [number(), number(), number()];
    answers.push([422, { error: 'no' }]);
    await good(send(who, bad));
    await message(to(bad));
    await until('the event', async () => (await eventLog()).some((e) => /answered 422: it is not tried again/.test(e.message)));
    answers.push([503, {}]);
    await good(send(await person(), later));
    const first = await message(to(later));
    await until('the event', async () => (await eventLog()).some((e) => /answered 503: it is tried again/.test(e.message)));
    await c.shiftClock(61000);
    await good(send(await person(), fine));
    const again = await message(to(later), 2);
    await message(to(fine));
    assert.equal(again.headers['idempotency-key'], first.headers['idempotency-key']);
    assert.equal(seen.filter(to(bad)).length, 1);
    const log = JSON.stringify(await eventLog());
    for (const m of [bad, later, json(first).code]) assert.ok(!log.includes(m), `${m} is in the event log`);
  });

  test('its certificate counts for it, and no other does', async () => {
    const certificate = readFileSync(join(dir, 'own.pem'), 'utf8');
    const use = async (more) => tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId: await generic({ debug: true, ...more }) } } });
    const [mine, strange, wrong] = [number(), number(), number()];
    await use({ url: `https://${PINNED}/`, sslCertificate: certificate, name: 'pinned' });
    await good(send(await person(), mine));
    await message(to(mine));
    await until('the debug event', async () => (await eventLog()).some((e) => e.type === 'Debug' && e.message === 'The messenger "pinned" answered 200.'));
    await use({ url: `https://${PINNED}/`, name: 'unknown' });
    await good(send(await person(), strange));
    await until('the event', async () => (await eventLog()).some((e) => e.message.startsWith('The messenger "unknown" could not be reached')));
    await use({ sslCertificate: certificate, name: 'other' });
    await good(send(await person(), wrong));
    await until('the event', async () => (await eventLog()).some((e) => e.message.startsWith('The messenger "other" could not be reached')));
    assert.equal(seen.filter((m) => to(strange)(m) || to(wrong)(m)).length, 0);
  });

  test('without a messenger a message waits for one; http and Kafka carry nothing', async () => {
    const phone = number(), clear = number(), kafka = number();
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId: null } } });
    await good(send(await person(), phone));
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId: await generic({ url: 'http://messages.acme.example/', name: 'clear' }) } } });
    await good(send(await person(), clear));
    await until('the event', async () => (await eventLog()).some((e) => e.message.startsWith('The messenger "clear" is not at an address')));
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId: await messenger({ type: 'Kafka', name: 'kafka', defaultTopic: 't', producer: {} }) } } });
    await good(send(await person(), kafka));
    await until('the event', async () => (await eventLog()).some((e) => e.message.startsWith('The messenger "kafka" is of type Kafka')));
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId: await generic() } } });
    await c.shiftClock(61000);
    await good(send(await person(), number()));
    await message(to(phone));
    await message(to(clear));
    assert.equal(seen.filter(to(kafka)).length, 0);
  });
});

describe('Twilio', () => {
  const twilio = (more) => messenger({ type: 'Twilio', url: 'https://api.twilio.com/', accountSID: 'AC 1', authToken: 'a token', ...more });
  const use = async (more, voice) => {
    const messengerId = await twilio({ messageTypes: ['SMS', 'Voice'], ...more });
    await tenant({ multiFactorConfiguration: { sms: { enabled: true, messengerId }, voice: { enabled: !!voice, messengerId, templateId: voice ?? null } } });
  };

  test('a message from a number, from a service, from a number of a service', async () => {
    const cases = [
      [{ fromPhoneNumber: '+15005550006' }, { From: '+15005550006' }],
      [{ messagingServiceSid: 'MG1' }, { MessagingServiceSid: 'MG1' }],
      [{ fromPhoneNumber: '+15005550006', messagingServiceSid: 'MG1' }, { From: '+15005550006', MessagingServiceSid: 'MG1' }],
    ];
    for (const [settings, from] of cases) {
      const phone = number();
      await use(settings);
      await good(send(await person(), phone));
      const came = await message(to(phone));
      const { Body, ...rest } = form(came);
      assert.deepEqual(rest, { To: phone, ...from });
      assert.match(Body, /\d{6}/);
      assert.equal(came.at, 'api.twilio.com/2010-04-01/Accounts/AC%201/Messages.json');
      assert.equal(came.headers.authorization, `Basic ${Buffer.from('AC 1:a token').toString('base64')}`);
    }
  });

  test('its errors: a number that is none is final, and told by the error alone', async () => {
    const phone = number();
    answers.push([400, { code: 21211, message: `The 'To' number ${phone} is not a valid phone number.`, status: 400 }]);
    await good(send(await person(), phone));
    await until('the event', async () => (await eventLog()).some((e) => /answered 400 \(error 21211\): it is not tried again/.test(e.message)));
    assert.ok(!JSON.stringify(await eventLog()).includes(phone));
  });

  test('a code is told by a call where the tenant calls', async () => {
    const who = await person(), phone = number();
    await use({ fromPhoneNumber: '+15005550006' });
    await refused(send(who, phone, { messageType: 'Voice' }), 400, ['[notEnabled]messageType']);
    await use({ fromPhoneNumber: '+15005550006' }, await template('<Acme & you> ${spokenCode}', { type: 'Voice' }));
    await good(send(who, phone, { messageType: 'Voice' }));
    const came = await message((m) => m.at.endsWith('/Calls.json'));
    const { Twiml, ...rest } = form(came);
    assert.deepEqual(rest, { To: phone, From: '+15005550006' });
    const [, spoken] = Twiml.match(/^<Response><Say>&lt;Acme &amp; you&gt; ((?:\d )+\d)<\/Say><\/Response>$/);
    await good(client.enableTwoFactor(who.id, { method: 'sms', mobilePhone: phone, code: spoken.replaceAll(' ', '') }));
  });
});
