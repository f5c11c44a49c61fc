// SPDX-License-Identifier: Apache-2.0
// The audit log, login records, reports, the event log and webhook logs, by FusionAuth's own client where it has a method.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { randomBytes, randomUUID } from 'node:crypto';
import { CARDEA, Cardea, apiKey, ids, isPostgres, person, until } from './harness.mjs';
import { clientOf, good, keyOfTenant, nobody, refused } from './client.mjs';
import { unzip } from './zip.mjs';

const HOUR = 3600000;
const wrong = (c) => clientOf(c, 'a-key-that-is-not-one');
const raw = (c, path, options = {}) =>
  c.fetch(path, { ...options, headers: { authorization: apiKey, 'content-type': 'application/json', ...options.headers } });

const exported = async (c, path, options) => {
  const answer = await raw(c, path, options);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/zip');
  return unzip(Buffer.from(await answer.arrayBuffer()));
};

describe('logs and reports', () => {
  let c, client, otherTenant, otherKey;
  before(async () => {
    c = await Cardea.start();
    client = clientOf(c);
    otherTenant = (await good(client.createTenant(null, { tenant: { name: 'Other' } }))).tenant.id;
    otherKey = await keyOfTenant(c, otherTenant);
    await good(client.patchTenant(ids.tenant, { tenant: { emailConfiguration: { host: '127.0.0.1', port: 9, security: 'NONE', defaultFromEmail: 'a@example.com' } } }));
    await good(clientOf(c, apiKey, ids.tenant).forgotPassword({ loginId: person.email }));
    // They are written some seconds later: the tests in between need not wait.
    const counts = await c.counts();
    await client.login({ loginId: person.email, password: 'not the password', applicationId: ids.app }).catch(() => {});
    await client.login({ loginId: 'who@example.com', password: 'not the password', applicationId: ids.app, ipAddress: '192.0.2.9' }).catch(() => {});
    assert.deepEqual(await c.counts(), counts, 'what proves nothing writes nothing');
  });
  after(() => c.end());

  const newest = async (search = {}) => (await good(client.searchAuditLogs({ search: { numberOfResults: 5, ...search } }))).auditLogs;

  describe('audit log', () => {
    const of = (more) => clientOf(c, apiKey, ids.tenant).createAuditLog({ auditLog: { insertUser: 'ann@example.com', message: 'did it', ...more } });

    test('an entry is posted, found and retrieved by its number', async () => {
      const asked = { reason: 'because', oldValue: 'one', newValue: { two: [2] }, data: { attributes: { a: 'b' } } };
      const made = (await good(of(asked))).auditLog;
      assert.deepEqual(made, { ...asked, insertUser: 'ann@example.com', message: 'did it', insertInstant: made.insertInstant, tenantId: ids.tenant });
      const [found] = await newest({ user: 'ann@' });
      assert.ok(Number.isSafeInteger(found.id) && found.id > 0);
      assert.deepEqual(found, { ...made, id: found.id });
      assert.deepEqual((await good(client.retrieveAuditLog(found.id))).auditLog, found);
      assert.equal((await clientOf(c, apiKey).retrieveAuditLog(found.id)).response.auditLog.id, found.id);
    });

    test('what is refused', async () => {
      const tenantClient = clientOf(c, apiKey, ids.tenant);
      await refused(tenantClient.createAuditLog({}), 400, ['[missing]auditLog']);
      await refused(tenantClient.createAuditLog({ auditLog: {} }), 400, ['[blank]auditLog.insertUser', '[blank]auditLog.message']);
      await refused(tenantClient.createAuditLog({ auditLog: { insertUser: 'a', message: 'b', x: 1 } }), 400, ['[unknown]auditLog.x']);
      await refused(client.createAuditLog({ auditLog: { insertUser: 'a', message: 'b' } }), 400, ['[TenantIdRequired]']);
      await refused(of({ newValue: 'x'.repeat(20000) }), 400, ['[tooLong]auditLog.newValue']);
      await refused(client.retrieveAuditLog('seven'), 400, ['[couldNotConvert]auditLogId']);
      await refused(client.retrieveAuditLog(2 ** 52), 404);
      await refused(client.searchAuditLogs({ search: { orderBy: 'colour' } }), 400, ['[invalid]search.orderBy']);
      await refused(client.searchAuditLogs({ search: { numberOfResults: -1 } }), 400, ['[invalid]search.numberOfResults']);
      for (const call of [(k) => k.createAuditLog({}), (k) => k.retrieveAuditLog(1), (k) => k.searchAuditLogs({})]) await refused(call(wrong(c)), 401);
    });

    test('every write leaves an entry with old and new value and without secrets', async () => {
      const { application } = await good(client.retrieveApplication(ids.app));
      await good(client.patchApplication(ids.app, { application: { name: 'Renamed', oauthConfiguration: { clientSecret: 'another secret of more than 32 bytes' } } }));
      const [entry] = await newest({ message: 'Updated the application*' });
      assert.equal(entry.oldValue.name ?? entry.oldValue['application.name'] ?? Object.values(entry.oldValue)[0], application.name);
      assert.ok(Object.values(entry.newValue).includes('Renamed'), JSON.stringify(entry));
      assert.ok(!JSON.stringify(entry).includes('another secret'));
      assert.match(entry.insertUser, /^API key /);
      assert.equal(entry.data.kind, 'application.update');
      assert.match(entry.message, new RegExp(ids.app));
      const { user } = await good(clientOf(c, apiKey, ids.tenant).createUser(null, { user: { email: 'audited@example.com', password: 'a long enough password', firstName: 'Secretive' } }));
      await good(client.patchUser(user.id, { user: { firstName: 'Other' } }));
      const [ofUser] = await newest({ message: `*${user.id}` });
      assert.equal(ofUser.data.userId, user.id);
      assert.ok(!JSON.stringify(ofUser).includes('Secretive'), 'what is known of a person is not in it');
      await good(client.deleteUser(user.id));
      const entries = (await good(client.searchAuditLogs({ search: { tenantId: ids.tenant, numberOfResults: 500 } }))).auditLogs;
      assert.ok(entries.some((e) => e.message.startsWith('This entry was erased')));
      assert.equal(new Set(entries.map((e) => e.id)).size, entries.length, 'numbers are never the same');
    });

    test('search by time, order, page and text', async () => {
      const mark = randomUUID();
      for (const name of ['b', 'a', 'c']) await good(of({ insertUser: name, message: `${mark} ${name}` }));
      const texts = async (search) => (await good(client.searchAuditLogs({ search: { message: mark, ...search } }))).auditLogs.map((e) => e.insertUser).join('');
      assert.equal(await texts({}), 'cab');
      assert.equal(await texts({ orderBy: 'insertInstant ASC' }), 'bac');
      assert.equal(await texts({ orderBy: 'insertUser' }), 'abc');
      assert.equal(await texts({ orderBy: 'message DESC' }), 'cba');
      assert.equal(await texts({ orderBy: 'insertUser', startRow: 1, numberOfResults: 1 }), 'b');
      assert.equal(await texts({ startRow: 2 }), 'b');
      const all = await good(client.searchAuditLogs({ search: { numberOfResults: 2 } }));
      assert.equal(all.auditLogs.length, 2);
      assert.ok(all.total > 10);
      const byTime = (await good(client.searchAuditLogs({ search: { start: all.auditLogs[0].insertInstant, end: all.auditLogs[0].insertInstant + 1 } }))).auditLogs;
      assert.ok(byTime.length > 0 && byTime.every((e) => e.insertInstant === all.auditLogs[0].insertInstant));
      assert.equal((await good(client.searchAuditLogs({ search: { end: 1000 } }))).total, 0);
      const get = await (await raw(c, `/api/system/audit-log/search?message=${mark}&user=a&start=1`)).json();
      assert.equal(get.total, 1);
    });

    test('a key of another tenant sees none of it', async () => {
      const other = clientOf(c, otherKey);
      const [entry] = await newest({ tenantId: ids.tenant });
      await refused(other.retrieveAuditLog(entry.id), 404);
      await refused(other.searchAuditLogs({ search: { tenantId: ids.tenant } }), 404);
      const own = (await good(other.searchAuditLogs({ search: {} }))).auditLogs;
      assert.ok(own.every((e) => e.tenantId === otherTenant));
    });

    test('exported as CSV in a ZIP archive', async () => {
      const mark = randomUUID();
      await good(of({ message: `=${mark} "quoted"`, insertUser: 'x' }));
      const got = await exported(c, '/api/system/audit-log/export', {
        method: 'POST',
        body: JSON.stringify({ criteria: { message: mark }, dateTimeSecondsFormat: "yyyy-MM-dd'T'HH:mm:ssX", zoneId: 'UTC' }),
      });
      assert.equal(got.name, 'audit-log.csv');
      const lines = got.text.split('\r\n');
      assert.equal(lines.length, 3);
      assert.match(lines[0], /^"Id","Time","User","Message"/);
      assert.match(lines[1], new RegExp(`^\\d+,"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ","x","'=${mark} ""quoted"""`));
      const byGet = await exported(c, `/api/system/audit-log/export?message=${mark}&zoneId=${encodeURIComponent('+02:00')}`);
      assert.match(byGet.text, /,"\d+\/\d+\/\d{4} \d\d:\d\d:\d\d [AP]M \+02:00",/);
      const inCity = await exported(c, `/api/system/audit-log/export?message=${mark}&zoneId=Asia/Phnom_Penh&dateTimeSecondsFormat=${encodeURIComponent('yyyy-MM-dd HH:mm xxx VV')}`);
      assert.match(inCity.text, /,"\d{4}-\d\d-\d\d \d\d:\d\d \+07:00 Asia\/Phnom_Penh",/);
      const bad = await raw(c, '/api/system/audit-log/export?zoneId=Nowhere/City&dateTimeSecondsFormat=Q');
      assert.equal(bad.status, 400);
      assert.deepEqual(Object.keys((await bad.json()).fieldErrors).sort(), ['dateTimeSecondsFormat', 'zoneId']);
      assert.equal((await raw(c, '/api/system/audit-log/export', { headers: { authorization: 'wrong' } })).status, 401);
    });

    // Decision 0032. What is random cannot be compressed: some 4 MB of archive, which is more than any other answer has.
    test('an export has any length, and leaves while it is made', async () => {
      const mark = randomUUID();
      const rows = 320;
      const value = () => randomBytes(12000).toString('base64');
      const values = new Set();
      for (let i = 0; i < rows; i += 20) {
        await Promise.all(Array.from({ length: 20 }, async () => {
          const newValue = value();
          values.add(newValue);
          await good(of({ message: mark, insertUser: 'x', newValue }));
        }));
      }
      const path = `/api/system/audit-log/export?message=${mark}`;
      const answer = await raw(c, path);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-length'), null, 'nobody knows how long it will be');
      const bytes = Buffer.from(await answer.arrayBuffer());
      assert.ok(bytes.length > 3.5 * 1024 * 1024, String(bytes.length));
      const lines = unzip(bytes).text.split('\r\n').slice(1, -1);
      assert.equal(lines.length, rows);
      const numbers = lines.map((line) => Number(line.split(',')[0]));
      assert.equal(new Set(numbers).size, rows, 'each once');
      for (const line of lines) values.delete(line.match(/"""?([A-Za-z0-9+/=]{16000})"?"",/)[1]);
      assert.equal(values.size, 0);
      const head = await raw(c, path, { method: 'HEAD' });
      assert.deepEqual([head.status, head.headers.get('content-type')], [200, 'application/zip']);
      const left = await fetch(c.at(path), { headers: { authorization: apiKey } });
      const reader = left.body.getReader();
      assert.ok((await reader.read()).value.length > 0);
      await reader.cancel(); // leaves in the middle
      assert.equal((await exported(c, `/api/system/audit-log/export?message=${mark}&end=1000`)).text.split('\r\n').length, 2);
    });
  });

  describe('login records', () => {
    const login = (password, more = {}) => client.login({ loginId: person.email, password, applicationId: ids.app, ...more });
    const records = async (search, more = {}) => (await good(client.searchLoginRecords({ search, ...more }))).logins;

    test('a sign-in is a record with application, address and login id', async () => {
      await good(login(person.password, { ipAddress: '192.0.2.7' }));
      const [record] = await records({ userId: ids.user });
      const { instant } = record;
      assert.ok(Math.abs(Date.now() - instant) < 60000);
      assert.deepEqual(record, { applicationId: ids.app, applicationName: record.applicationName, instant, ipAddress: '192.0.2.7', loginId: person.email, loginIdType: 'email', userId: ids.user });
      assert.ok(record.applicationName);
      await good(login(person.password));
      assert.equal((await records({ userId: ids.user, numberOfResults: 1 })).length, 1);
      const all = await good(client.searchLoginRecords({ retrieveTotal: true, search: { applicationId: ids.app } }));
      assert.equal(all.total, all.logins.length);
      assert.equal((await good(client.searchLoginRecords({ search: { applicationId: ids.app } }))).total, undefined);
      assert.equal((await records({ applicationId: ids.publicApp })).length, 0);
      assert.equal((await records({ userId: ids.user, start: instant, end: instant + 1 })).length, 1);
      assert.deepEqual((await records({ userId: ids.user, startRow: 1, numberOfResults: 1 }))[0].instant, instant);
      const byGet = await (await raw(c, `/api/system/login-record/search?userId=${ids.user}&retrieveTotal=true&numberOfResults=1`)).json();
      assert.deepEqual([byGet.logins.length, byGet.total], [1, 2]);
    });

    test('the last sign-ins, of all and of one', async () => {
      const [last] = (await good(client.retrieveUserRecentLogins(ids.user, 0, 1))).logins;
      assert.equal(last.userId, ids.user);
      assert.ok((await good(client.retrieveRecentLogins(0, 10))).logins.some((l) => l.userId === ids.user));
      assert.equal((await good(client.retrieveUserRecentLogins(ids.user, 1, 10))).logins.length, 1);
      await refused(client.retrieveUserRecentLogins(nobody, 0, 1), 404);
      await refused(client.retrieveRecentLogins(-1, 501), 400, ['[invalid]limit', '[invalid]offset']);
      await refused(wrong(c).retrieveRecentLogins(0, 1), 401);
    });

    test('a failure is a record for who asks for failures, written by the house', async () => {
      const failed = () => records({ result: 'Failed', applicationId: ids.app });
      for (const end = Date.now() + 20000; (await failed()).length < 2 && Date.now() < end;) await new Promise((r) => setTimeout(r, 100));
      const [unknown, known] = await failed();
      assert.deepEqual([known.userId, known.reason, known.succeeded, known.loginId], [ids.user, 'WrongPassword', false, person.email]);
      assert.deepEqual([unknown.userId, unknown.reason, unknown.ipAddress, unknown.loginId], [undefined, 'UnknownUser', '192.0.2.9', 'who@example.com']);
      assert.equal((await records({ result: 'All', applicationId: ids.app })).length, 4);
      assert.ok((await records({ applicationId: ids.app })).every((r) => r.succeeded === undefined));
    });

    test('what is refused, and by whom it cannot be seen', async () => {
      await refused(client.searchLoginRecords({ search: { userId: 'x', result: 'Maybe', y: 1 } }), 400,
        ['[invalidJSON]search.userId', '[invalid]search.result', '[unknown]search.y']);
      await refused(wrong(c).searchLoginRecords({ search: {} }), 401);
      const other = clientOf(c, otherKey);
      for (const search of [{}, { userId: ids.user }, { applicationId: ids.app }]) {
        assert.deepEqual((await good(other.searchLoginRecords({ search, retrieveTotal: true }))), { logins: [], total: 0 });
      }
      assert.deepEqual((await good(other.retrieveRecentLogins(0, 10))).logins, []);
    });

    test('exported with FusionAuth\'s columns', async () => {
      const { name, text } = await exported(c, `/api/system/login-record/export?applicationId=${ids.app}`);
      assert.equal(name, 'login-record.csv');
      const lines = text.trim().split('\r\n');
      assert.match(lines[0], /^"User Id ","Identity value ","Identity type ","Time ","Application Id ","IP Address "/);
      assert.equal(lines.length, 3);
      assert.match(lines[2], new RegExp(`^${ids.user},"${person.email}","email","[^"]+ UTC",${ids.app},"192.0.2.7",,,,,,,"Succeeded",$`));
      const post = await exported(c, '/api/system/login-record/export', { method: 'POST', body: JSON.stringify({ criteria: { end: 1000 } }) });
      assert.equal(post.text.trim().split('\r\n').length, 1);
    });

    test('an erased person\'s records are gone', async () => {
      const { user } = await good(clientOf(c, apiKey, ids.tenant).register(null, { user: { email: 'gone@example.com', password: 'a long enough password' }, registration: { applicationId: ids.publicApp } }));
      await good(client.login({ loginId: 'gone@example.com', password: 'a long enough password', applicationId: ids.publicApp }));
      assert.equal((await records({ userId: user.id })).length, 1);
      await good(client.deleteUser(user.id));
      assert.equal((await records({ applicationId: ids.publicApp })).length, 0);
    });
  });

  describe('reports', () => {
    const now = Date.now();
    const day = Math.floor(now / (24 * HOUR));
    const month = (new Date(now).getUTCFullYear() - 1970) * 12 + new Date(now).getUTCMonth();
    const at = (list, interval) => list.find((c) => c.interval === interval)?.count ?? 0;

    test('a day is one of the reports’ time zone: two that are always two dates apart, or one', async () => {
      const tenant = clientOf(c, apiKey, ids.tenant);
      const app = (await good(tenant.createApplication(null, { application: { name: 'Far', loginConfiguration: { generateRefreshTokens: false, requireAuthentication: true } } }))).application.id;
      await good(tenant.register(null, { user: { email: 'far@example.com', password: 'a long enough password' }, registration: { applicationId: app } }));
      const days = [];
      for (const reportTimezone of ['Pacific/Pago_Pago', 'Pacific/Kiritimati', 'Etc/UTC']) { // UTC-11, UTC+14
        await good(client.patchSystemConfiguration({ systemConfiguration: { reportTimezone } }));
        const from = Date.now();
        await good(client.login({ loginId: 'far@example.com', password: 'a long enough password', applicationId: app }));
        const daily = await good(client.retrieveDailyActiveReport(app, from, from + 1000));
        days.push(daily.dailyActiveUsers.at(-1).interval);
      }
      assert.ok(days[1] - days[0] >= 1 && days[1] - days[0] <= 2, `${days}`);
      assert.ok(days[0] <= days[2] && days[2] <= days[1], `${days}`);
      await refused(client.patchSystemConfiguration({ systemConfiguration: { reportTimezone: 'Nowhere/City' } }), 400, ['[invalid]systemConfiguration.reportTimezone']);
    });

    test('active people are counted once a day and once a month, sign-ins each time', async () => {
      const tenant = clientOf(c, apiKey, ids.tenant);
      const app = (await good(tenant.createApplication(null, { application: { name: 'Counted', loginConfiguration: { generateRefreshTokens: false, requireAuthentication: true } } }))).application.id;
      const password = 'a long enough password';
      const users = [];
      for (const n of [1, 2]) users.push((await good(tenant.register(null, { user: { email: `counted${n}@example.com`, password }, registration: { applicationId: app } }))).user);
      for (const n of [1, 1, 2]) await good(client.login({ loginId: `counted${n}@example.com`, password, applicationId: app }));
      const daily = await good(client.retrieveDailyActiveReport(app, now - HOUR, now + HOUR));
      assert.deepEqual([daily.total, at(daily.dailyActiveUsers, day) + at(daily.dailyActiveUsers, day + 1)], [2, 2]);
      const monthly = await good(client.retrieveMonthlyActiveReport(app, now, now + HOUR));
      assert.deepEqual([monthly.total, at(monthly.monthlyActiveUsers, month) + at(monthly.monthlyActiveUsers, month + 1)], [2, 2]);
      assert.equal((await good(client.retrieveLoginReport(app, now - HOUR, now + HOUR))).total, 3);
      assert.equal((await good(client.retrieveUserLoginReport(app, users[0].id, now - HOUR, now + HOUR))).total, 2);
      assert.equal((await good(tenant.retrieveUserLoginReportByLoginId(app, 'counted1@example.com', now - HOUR, now + HOUR))).total, 2);
      assert.equal((await good(tenant.retrieveUserLoginReportByLoginIdAndLoginIdTypes(app, 'counted2@example.com', 0, now + HOUR, ['email']))).total, 1);
      await refused(tenant.retrieveUserLoginReportByLoginIdAndLoginIdTypes(app, 'counted2@example.com', 0, now + HOUR, ['username']), 404);
      for (const types of [['carrierPigeon'], ['email', 'Email'], ['']]) {
        await refused(tenant.retrieveUserLoginReportByLoginIdAndLoginIdTypes(app, 'counted2@example.com', 0, now + HOUR, types), 400, ['[invalid]loginIdTypes']);
        await refused(tenant.retrieveUserByLoginIdWithLoginIdTypes('counted2@example.com', types), 400, ['[invalid]loginIdTypes']);
        await refused(tenant.checkChangePasswordUsingLoginIdAndLoginIdTypes('counted2@example.com', types), 400, ['[invalid]loginIdTypes']);
      }
      assert.equal((await good(client.retrieveRegistrationReport(app, now - HOUR, now + HOUR))).total, 2);
      assert.ok((await good(client.retrieveLoginReport('', 0, now + HOUR))).total >= 3);
      assert.equal((await good(client.retrieveLoginReport(app, 0, now - 24 * HOUR))).total, 0);
      const before = await good(client.retrieveTotalReport());
      assert.deepEqual(before.applicationTotals[app], { logins: 3, registrations: 2, totalRegistrations: 2 });
      await good(client.deleteUser(users[0].id));
      const after = await good(client.retrieveTotalReport());
      assert.deepEqual(after.applicationTotals[app], { logins: 3, registrations: 1, totalRegistrations: 2 });
      assert.equal(after.globalRegistrations, before.globalRegistrations - 1);
      assert.equal(after.totalGlobalRegistrations, before.totalGlobalRegistrations);
      assert.equal((await good(client.retrieveTotalReportWithExcludes(['applicationTotals']))).applicationTotals, undefined);
      assert.equal((await good(client.retrieveDailyActiveReport(app, now - HOUR, now + HOUR))).total, 2, 'history stays');
    });

    test('another tenant counts its own', async () => {
      const other = clientOf(c, otherKey);
      assert.equal((await good(other.retrieveLoginReport('', 0, now + HOUR))).total, 0);
      assert.deepEqual(await good(other.retrieveTotalReport()), { applicationTotals: {}, globalRegistrations: 0, totalGlobalRegistrations: 0 });
      await refused(other.retrieveLoginReport(ids.app, 0, now), 400, ['[invalid]applicationId']);
      await refused(other.retrieveUserLoginReport('', ids.user, 0, now), 404);
    });

    test('what is refused', async () => {
      for (const call of ['retrieveDailyActiveReport', 'retrieveMonthlyActiveReport', 'retrieveLoginReport', 'retrieveRegistrationReport']) {
        await refused(client[call]('', '', ''), 400, ['[missing]end', '[missing]start']);
        await refused(client[call](nobody, 1, 2), 400, ['[invalid]applicationId']);
        await refused(client[call]('', 2, 1), 400, ['[invalid]end']);
        await refused(client[call]('x', 'y', 2), 400, ['[couldNotConvert]applicationId', '[couldNotConvert]start']);
        await refused(wrong(c)[call]('', 1, 2), 401);
      }
      const tenant = clientOf(c, apiKey, ids.tenant);
      await refused(tenant.retrieveUserLoginReport('', nobody, 1, 2), 404);
      await refused(tenant.retrieveUserLoginReportByLoginId('', 'nobody@example.com', 1, 2), 404);
      await refused(tenant.retrieveUserLoginReportByLoginIdAndLoginIdTypes('', person.email, 1, 2, ['username']), 404);
      await refused(wrong(c).retrieveTotalReport(), 401);
      await refused(wrong(c).retrieveTotalReportWithExcludes([]), 401);
    });

    test('there is never anything to rebuild', async () => {
      assert.equal((await client.reindex({ index: 'fusionauth_user' })).statusCode, 202);
      await refused(client.retrieveReindexStatus(), 404);
      await refused(client.reindex({ index: 'other' }), 400, ['[invalid]index']);
      await refused(client.reindex({}), 400, ['[missing]index']);
      await refused(wrong(c).reindex({}), 401);
      await refused(wrong(c).retrieveReindexStatus(), 401);
    });
  });

  describe('the log itself', () => {
    const path = '/api/system/log/export';
    const post = (body) => ({ method: 'POST', body: JSON.stringify(body) });
    // What stands on standard error.
    const written = () => c.log.split('\n').filter((line) => line.startsWith('{'));

    test('exported as it was written, whole lines, the newest', async () => {
      await c.fetch(`/api/user/${nobody}`);
      const got = await exported(c, path);
      assert.equal(got.name, 'cardea.log');
      const lines = got.text.trimEnd().split('\n');
      // Threads that write at the same time may stand in another order there.
      await until('all of it on standard error', () => { const there = new Set(written()); return lines.every((line) => there.has(line)); });
      assert.ok(lines.some((line) => line.includes('"event":"started"')));
      assert.ok(lines.map((line) => JSON.parse(line)).some(({ event, route, status }) => event === 'request' && route === '/api/user/{userId?}' && status === 401));
      assert.doesNotMatch(got.text, new RegExp(`${apiKey}|${person.email}|${person.password}|192\\.0\\.2\\.9`));
      const last = (await exported(c, `${path}?lastNBytes=1000`)).text;
      assert.ok(last.length > 500 && last.length <= 1000);
      assert.ok(last.startsWith('{"time":"') && last.endsWith('}\n'));
      assert.equal((await exported(c, path, post({ lastNBytes: 0 }))).text, '');
      assert.ok((await exported(c, path, post({ lastNBytes: 0, includeArchived: true }))).text.startsWith(got.text));
      assert.ok((await exported(c, path, post({ lastNBytes: '-1' }))).text.startsWith(got.text));
    });

    test('with times as they are asked for', async () => {
      const [first] = written().map((line) => JSON.parse(line));
      const line = async (options, query = '') => JSON.parse((await exported(c, path + query, options)).text.split('\n')[0]);
      const at = Date.parse(first.time), rest = ({ time, ...others }) => others;
      const quoted = await line(post({ dateTimeSecondsFormat: `yyyy-MM-dd'T'HH:mm:ss.SSSxxx '"\\'`, zoneId: '+05:30' }));
      assert.equal(quoted.time, `${new Date(at + 5.5 * HOUR).toISOString().slice(0, -1)}+05:30 "\\`);
      assert.deepEqual(rest(quoted), rest(first));
      assert.match((await line({}, '?zoneId=America/Denver')).time, /^\d+\/\d+\/\d{4} \d\d:\d\d:\d\d [AP]M M[SD]T$/);
      assert.match((await line({}, '?dateTimeSecondsFormat=HH:mm')).time, /^\d\d:\d\d$/);
    });

    test('refused: what is not a number, a zone, a pattern, a key of all tenants', async () => {
      for (const [ask, fields] of [[post({ lastNBytes: -2 }), ['lastNBytes']], [post({ lastNBytes: 'many', includeArchived: 'x' }), ['includeArchived', 'lastNBytes']],
        [post({ zoneId: 'Nowhere/City', dateTimeSecondsFormat: 'Q' }), ['dateTimeSecondsFormat', 'zoneId']], [post({ node: 1 }), ['node']]]) {
        const answer = await raw(c, path, ask);
        assert.equal(answer.status, 400);
        assert.deepEqual(Object.keys((await answer.json()).fieldErrors).sort(), fields);
      }
      for (const headers of [{ authorization: 'wrong' }, { authorization: otherKey }, { 'x-fusionauth-tenantid': ids.tenant }]) {
        assert.equal((await raw(c, path, { headers })).status, 401);
      }
    });
  });

  describe('event log and webhook logs', () => {
    const search = async (more) => good(client.searchEventLogs({ search: more }));

    test('a mail that a server does not take is told', async () => {
      for (const end = Date.now() + 20000; (await search({})).total === 0 && Date.now() < end;) await new Promise((r) => setTimeout(r, 100));
      const { eventLogs: [entry], total } = await search({ type: 'Error', message: 'The mail server*' });
      assert.ok(total > 0);
      assert.match(entry.message, /^The mail server 127.0.0.1:9 did not take a mail now/);
      assert.ok(!entry.message.includes(person.email));
      assert.deepEqual((await good(client.retrieveEventLog(entry.id))).eventLog, entry);
      assert.equal((await search({ type: 'Debug' })).total, 0);
      assert.equal((await search({ end: 1000, orderBy: 'message DESC' })).total, 0);
      assert.equal((await search({ start: entry.insertInstant, end: entry.insertInstant + 1, orderBy: 'type' })).eventLogs[0].id, entry.id);
      assert.equal((await (await raw(c, '/api/system/event-log/search?message=mail&numberOfResults=0')).json()).eventLogs.length, 0);
      const other = clientOf(c, otherKey);
      assert.equal((await good(other.searchEventLogs({ search: {} }))).total, 0);
      await refused(other.retrieveEventLog(entry.id), 404);
    });

    test('webhook logs are there, and empty as long as nothing is sent', async () => {
      assert.deepEqual(await good(client.searchWebhookEventLogs({ search: { eventType: 'user.create', eventResult: 'Failed', orderBy: 'sequence DESC' } })), { total: 0, webhookEventLogs: [] });
      assert.equal((await (await raw(c, '/api/system/webhook-event-log/search?event=x&start=1')).json()).total, 0);
      await refused(client.retrieveWebhookEventLog(nobody), 404);
      await refused(client.retrieveWebhookAttemptLog(nobody), 404);
    });

    // Nothing writes them yet: a hand in the database does. The rooms' own tests have the sealed details.
    const insert = (table, columns) => {
      const hex = (id) => (isPostgres ? `decode('${id}', 'hex')` : `x'${id}'`);
      const values = columns.map((v) => (/^[0-9a-f-]{36}$/.test(v) ? hex(v.replace(/-/g, '')) : typeof v === 'number' ? v : `'${v}'`));
      return `INSERT INTO ${isPostgres ? 'cardea.' : ''}${table} VALUES (${values});`;
    };
    const write = async (text) => {
      if (isPostgres) return c.store.server.sql(text, c.store.name);
      await c.stop(); // SQLite's file is its server's alone
      execFileSync('python3', ['-c', 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])', join(c.data, 'cardea.db'), text]);
      return c.run();
    };
    test('what a sender would have written is found', async () => {
      const [event, attempt] = [0, 1].map((n) => `0${Date.now().toString(16)}`.padStart(12, '0').replace(/^(.{8})(.{4})$/, `$1-$2-7${n}00-8000-000000000000`));
      const nil = '00000000-0000-0000-0000-000000000000';
      const now = Date.now();
      await write(insert('webhook_event', [ids.tenant, event, nil, nil, 'user.create', 2, now, now, now, 0, 1, ''])
        + insert('webhook_attempt', [ids.tenant, event, attempt, nil, nobody, 0, now, now + 1, '']));
      const one = (await good(client.retrieveWebhookAttemptLog(attempt))).webhookAttemptLog;
      assert.deepEqual(one, { attemptResult: 'Success', endInstant: now + 1, id: attempt, startInstant: now, webhookEventLogId: event, webhookId: nobody });
      const log = (await good(client.retrieveWebhookEventLog(event))).webhookEventLog;
      assert.deepEqual([log.id, log.eventType, log.eventResult, log.successfulAttempts, log.attempts], [event, 'user.create', 'Succeeded', 1, [one]]);
      assert.ok(Number.isSafeInteger(log.sequence));
      const found = await good(client.searchWebhookEventLogs({ search: { eventResult: 'Succeeded' } }));
      assert.deepEqual([found.total, found.webhookEventLogs[0].id], [1, event]);
      await refused(clientOf(c, otherKey).retrieveWebhookEventLog(event), 404);
      await refused(clientOf(c, otherKey).retrieveWebhookAttemptLog(attempt), 404);
      assert.equal((await good(clientOf(c, otherKey).searchWebhookEventLogs({ search: {} }))).total, 0);
    });

    test('what is refused', async () => {
      await refused(client.retrieveEventLog('x'), 400, ['[couldNotConvert]eventLogId']);
      await refused(client.retrieveEventLog(2 ** 50), 404);
      await refused(client.searchEventLogs({ search: { orderBy: 'x', type: 'Loud' } }), 400, ['[invalid]search.type']);
      await refused(client.searchEventLogs({ search: { orderBy: 'message sideways' } }), 400, ['[invalid]search.orderBy']);
      await refused(client.searchWebhookEventLogs({ search: { eventResult: 'x' } }), 400, ['[invalid]search.eventResult']);
      await refused(client.searchWebhookEventLogs({ search: { orderBy: 'x' } }), 400, ['[invalid]search.orderBy']);
      await refused(client.retrieveWebhookEventLog('x'), 400, ['[couldNotConvert]webhookEventLogId']);
      await refused(client.retrieveWebhookAttemptLog('x'), 400, ['[couldNotConvert]webhookAttemptLogId']);
      for (const call of [(k) => k.retrieveEventLog(1), (k) => k.searchEventLogs({}), (k) => k.searchWebhookEventLogs({}), (k) => k.retrieveWebhookEventLog(nobody), (k) => k.retrieveWebhookAttemptLog(nobody)]) {
        await refused(call(wrong(c)), 401);
      }
    });
  });

  // The last: the server is stopped for it.
  test('cardea audit verify proves the chains, and names the entry whose byte was changed', async () => {
    const mark = 'application.update';
    const entry = (await good(client.searchAuditLogs({ search: { message: 'Updated the application*', numberOfResults: 1 } }))).auditLogs[0];
    await c.stop();
    const verify = (...more) => spawnSync(CARDEA, ['audit', ...more, ...c.store.args], { encoding: 'utf8' });
    const sound = verify('verify');
    assert.equal(sound.status, 0, sound.stderr + sound.stdout);
    const [, links, waiting] = sound.stdout.match(/the chains hold: (\d+) links, (\d+) entries not linked yet/);
    assert.ok(Number(links) + Number(waiting) > 20, sound.stdout);
    if (isPostgres) await c.store.server.sql(`UPDATE cardea.event SET kind = 'application.vpdate' WHERE kind = '${mark}'`, c.store.name);
    else {
      for (const name of readdirSync(c.data).filter((f) => f.startsWith('cardea.db'))) {
        const bytes = readFileSync(`${c.data}/${name}`);
        for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) bytes.write('v', at + mark.indexOf('u'));
        writeFileSync(`${c.data}/${name}`, bytes);
      }
    }
    const broken = verify('verify');
    assert.equal(broken.status, 3, broken.stderr + broken.stdout);
    assert.match(broken.stdout, new RegExp(`BROKEN in tenant ${ids.tenant} at entry ${entry.id}: its event was changed`));
    assert.equal(verify().status, 1);
    assert.equal(verify('verify', '--event-days', '1').status, 1);
  });
});
