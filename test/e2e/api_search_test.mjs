// SPDX-License-Identifier: Apache-2.0
// Search for people, and their end by query, with FusionAuth's own client: both query languages, order, pages, totals.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { FusionAuthClient, good, refused } from './client.mjs';

const people = [
  { email: 'ann.smith@example.com', firstName: 'Ann', lastName: 'Smith', data: { color: 'blue', age: 30, address: { city: 'Phnom Penh' } } },
  { email: 'bob.smithson@example.com', firstName: 'Bob', lastName: 'Smithson', username: 'bobby', data: { color: 'red', age: 41 } },
  { email: 'cy@other.test', firstName: 'Cy', lastName: 'Smith Jones', birthDate: '1990-05-01', data: { color: 'blue', tags: ['vip'] } },
  { username: 'dora', fullName: 'Dora Ström', mobilePhone: '+85512345678' },
  { email: 'eve@other.test', lastName: 'Zed' },
];

describe('search for people', () => {
  let c, client, made;
  before(async () => {
    c = await Cardea.start();
    client = new FusionAuthClient(apiKey, c.url);
    made = {};
    for (const user of people) {
      const { user: { id } } = await good(client.createUser(null, { user }));
      made[user.firstName ?? user.username ?? user.lastName] = id;
    }
    await good(client.register(made.Ann, { registration: { applicationId: ids.app, roles: ['admin'] } }));
    await good(client.register(made.Ann, { registration: { applicationId: ids.publicApp, roles: ['member'] } }));
    await good(client.register(made.Bob, { registration: { applicationId: ids.app, roles: ['member'] } }));
    await good(client.register(made.Cy, { registration: { applicationId: ids.publicApp, roles: ['admin'] } }));
    await good(client.deactivateUser(made.Eve ?? made.Zed));
  });
  after(() => c.end());

  const run = (search, from = client) => good(from.searchUsersByQuery({ search }));
  const name = (id) => Object.entries(made).find(([, v]) => v === id)?.[0] ?? 'Ada';
  const names = async (search) => {
    const answer = await run(typeof search === 'string' ? { queryString: search } : search);
    const all = answer.users.map((u) => name(u.id)).sort();
    assert.equal(answer.total, all.length, JSON.stringify(search));
    return all.join(' ');
  };

  test('a query string: words, phrases, fields, wildcards, operators, ranges', async () => {
    const cases = {
      '*': 'Ada Ann Bob Cy Zed dora',
      '': 'Ada Ann Bob Cy Zed dora',
      smith: 'Ann Cy',
      'smith*': 'Ann Bob Cy',
      'smiths*': 'Bob',
      's*': 'Ann Bob Cy dora',
      'STRÖM': 'dora',
      '"smith jones"': 'Cy',
      'ann.smith@example.com': 'Ann',
      '*@example.com': 'Ada Ann Bob',
      'other.test': 'Cy Zed',
      'email:*@other.test': 'Cy Zed',
      'email:ANN.smith@example.com': 'Ann',
      'email:smith@example.com': '',
      'username:bob*': 'Bob',
      '12345678': '',
      '85512*': 'dora',
      '+85512345678': 'dora',
      '\\+85512345678': 'dora',
      'ann OR bob': 'Ann Bob',
      'ann bob': 'Ann Bob',
      'smith AND NOT ann': 'Cy',
      '+smith* -bob': 'Ann Cy',
      'firstName:(ann OR cy) AND lastName:smith': 'Ann Cy',
      'data.color:blue': 'Ann Cy',
      'data.age:>=31': 'Bob',
      'data.age:[30 TO 41}': 'Ann',
      'data.tags:vip': 'Cy',
      'data.address.city:"phnom penh"': 'Ann',
      '_exists_:data.color AND -data.color:red': 'Ann Cy',
      'birthDate:[1990-01-01 TO 1990-12-31]': 'Cy',
      'active:false': 'Zed',
      'insertInstant:[now-1h TO now+1h] AND smith': 'Ann Cy',
      'insertInstant:<2020-01-01': '',
      [`registrations.applicationId:${ids.app}`]: 'Ada Ann Bob',
      [`registrations.applicationId:${ids.app} AND registrations.roles:admin`]: 'Ann',
      'registrations.roles:admin': 'Ann Cy',
      [`id:${randomUUID()}`]: '',
    };
    for (const [query, wanted] of Object.entries(cases)) assert.equal(await names(query), wanted, query);
    assert.equal(await names(`id:${made.Bob}`), 'Bob');
    assert.equal(await names(`tenantId:${ids.tenant} AND smithson`), 'Bob');
  });

  test('a raw query, one registration having all of it', async () => {
    const at = (application, role) => ({ bool: { must: [{ term: { 'registrations.applicationId': application } }, { term: { 'registrations.roles': role } }] } });
    const cases = [
      [{ match_all: {} }, 'Ada Ann Bob Cy Zed dora'],
      [{ bool: { must: [{ match: { lastName: 'smith' } }], must_not: [{ term: { firstName: 'ann' } }] } }, 'Cy'],
      [{ terms: { email: ['ann.smith@example.com', 'cy@other.test'] } }, 'Ann Cy'],
      [{ prefix: { lastName: 'smith' } }, 'Ann Bob Cy'],
      [{ wildcard: { email: { value: '*@other.test' } } }, 'Cy Zed'],
      [{ range: { 'data.age': { gt: 30 } } }, 'Bob'],
      [{ query_string: { query: 'ann OR dora' } }, 'Ann dora'],
      [at(ids.publicApp, 'admin'), 'Ann Cy'],
      [{ nested: { path: 'registrations', query: at(ids.publicApp, 'admin') } }, 'Cy'],
      [{ bool: { filter: [{ exists: { field: 'data.age' } }], should: [{ term: { 'data.color': 'red' } }], minimum_should_match: 1 } }, 'Bob'],
    ];
    for (const [query, wanted] of cases) assert.equal(await names({ query: JSON.stringify(query) }), wanted, JSON.stringify(query));
  });

  // Each kind of query that FusionAuth's documentation and examples show.
  test('queries as the documentation writes them', async () => {
    const both = (...must) => ({ bool: { must: [{ nested: { path: 'registrations', query: { bool: { must } } } }] } });
    await good(client.patchUser(made.Bob, { user: { data: { Company: 'PiedPiper', userMigrated: true } } }));
    await good(client.patchRegistration(made.Bob, { registration: { applicationId: ids.app, data: { minprice: 60000 } } }));
    const cases = [
      [both({ match: { 'registrations.applicationId': ids.app } }, { match: { 'registrations.verified': false } }), ''],
      [both({ match: { 'registrations.applicationId': ids.app } }, { match: { 'registrations.verified': true } }), 'Ada Ann Bob'],
      [{ bool: { must: [[both({ match: { 'registrations.applicationId': ids.app } }, { match: { 'registrations.roles': 'member' } })]] } }, 'Ada Bob'],
      [{ bool: { must: [{ nested: { path: 'registrations', query: { range: { 'registrations.data.minprice': { gte: 50000, lte: 100000 } } } } }] } }, 'Bob'],
      [{ match: { 'data.userMigrated': { query: 'true' } } }, 'Bob'],
      [{ constant_score: { filter: { exists: { field: 'data.userMigrated' } } } }, 'Bob'],
      [{ bool: { must: { match: { 'data.Company': 'piedpiper' } }, must_not: { term: { email: 'nelson*' } } } }, 'Bob'],
      [{ match_phrase: { email: 'ann.smith@example.com' } }, 'Ann'],
      [{ wildcard: { phoneNumber: { value: '*(303) 555*' } } }, ''],
    ];
    for (const [query, wanted] of cases) assert.equal(await names({ query: JSON.stringify(query, null, 2), numberOfResults: 50, startRow: 0, sortFields: [{ missing: '_first', name: 'email', order: 'asc' }] }), wanted, JSON.stringify(query));
    const texts = { 'email:*@example.com': 'Ada Ann Bob', [`tenantId:${ids.tenant}`]: 'Ada Ann Bob Cy Zed dora', 'phoneNumber:303*': '', 'email:bob* OR (verified:false AND smith)': 'Ann Bob Cy', [`memberships.groupId:${randomUUID()}`]: '' };
    for (const [queryString, wanted] of Object.entries(texts)) assert.equal(await names({ queryString, numberOfResults: 25, sortFields: [{ name: 'registrations.applicationId', missing: '_last', order: 'asc' }].slice(1) }), wanted, queryString);
    const dry = await good(client.deleteUsersByQuery({ dryRun: true, hardDelete: true, query: JSON.stringify({ match: { 'data.Company': 'PiedPiper' } }), limit: 10000 }));
    assert.deepEqual([dry.total, dry.dryRun, dry.userIds], [1, true, [made.Bob]]);
    await good(client.reindex({ index: 'fusionauth_user' }));
  });

  test('by ids, and by GET', async () => {
    assert.deepEqual((await good(client.searchUsersByIds([made.Bob, made.Ann, randomUUID()]))).users.map((u) => u.id), [made.Bob, made.Ann]);
    assert.equal((await good(client.searchUsers([made.Cy]))).total, 1);
    assert.equal((await good(client.searchUsersByQueryString({ search: { queryString: 'smithson' } }))).total, 1);
    const got = await c.api('GET', '/api/user/search?queryString=smith*&numberOfResults=2&accurateTotal=true');
    assert.deepEqual([got.status, got.body.total, got.body.users.length], [200, 3, 2]);
  });

  test('in an order, page by page, both ways', async () => {
    const order = async (search) => (await run({ queryString: '*', ...search })).users.map((u) => name(u.id)).join(' ');
    assert.equal(await order({ sortFields: [{ name: 'lastName', order: 'asc' }] }), 'Ada Ann Cy Bob Zed dora');
    assert.equal(await order({ sortFields: [{ name: 'lastName', order: 'desc' }, { name: 'id' }] }), 'Zed Bob Cy Ann Ada dora');
    assert.equal(await order({ sortFields: [{ name: 'data.age', order: 'desc' }] }).then((s) => s.slice(0, 7)), 'Bob Ann');
    assert.equal(await order({ sortFields: [{ name: 'login' }] }), 'Ada Ann Bob Cy dora Zed');
    assert.equal(await order({ orderBy: 'insertInstant ASC' }), 'Ada Ann Bob Cy dora Zed');
    assert.equal(await order({ orderBy: 'insertInstant DESC' }), 'Zed dora Cy Bob Ann Ada');
    for (const search of [{ queryString: '*' }, { queryString: 's*' }, { queryString: 'smith*' }, { queryString: 'ann OR bob OR cy' },
      { queryString: '*', sortFields: [{ name: 'email' }] }, { query: '{"match_all":{}}', orderBy: 'lastName' }]) {
      for (const accurateTotal of [true, false]) {
        const whole = await run({ ...search, accurateTotal });
        const seen = [];
        let page = await run({ ...search, accurateTotal, numberOfResults: 1 });
        for (let i = 0; i < 10 && page.users.length; i++) {
          assert.equal(page.total, whole.total, JSON.stringify(search));
          seen.push(...page.users.map((u) => u.id));
          if (!page.nextResults) break;
          page = await run({ nextResults: page.nextResults, numberOfResults: 1 });
        }
        assert.deepEqual(seen, whole.users.map((u) => u.id), JSON.stringify(search));
        assert.deepEqual((await run({ ...search, startRow: 1, numberOfResults: 1 })).users.map((u) => u.id), seen.slice(1, 2));
      }
    }
    assert.equal((await run({ queryString: '*', numberOfResults: 0 })).users.length, 0);
  });

  test('what is written is found at once, what is gone is not', async () => {
    const { user } = await good(client.createUser(null, { user: { email: 'quick@silver.test', firstName: 'Quick' } }));
    assert.equal((await run({ queryString: 'quick' })).total, 1);
    await good(client.patchUser(user.id, { user: { firstName: 'Slow', email: 'slow@silver.test' } }));
    assert.equal((await run({ queryString: 'quick*' })).total, 0);
    assert.equal((await run({ queryString: 'slow*' })).total, 1);
    await good(client.deleteUser(user.id));
    assert.equal((await run({ queryString: 'slow*' })).total, 0);
    await good(client.refreshUserSearchIndex());
  });

  test('what is refused', async () => {
    const bad = (search) => client.searchUsersByQuery({ search });
    for (const queryString of ['(ann', 'nonsense:x', 'ann~', '/a/', 'active:maybe', 'insertInstant:[x TO y]']) {
      await refused(bad({ queryString }), 400, ['[invalid]search.queryString']);
    }
    for (const query of ['{', '[]', '{"script":{}}', '{"term":{"password":"x"}}']) await refused(bad({ query }), 400, ['[invalid]search.query']);
    await refused(bad({ queryString: '*', sortFields: [{ name: 'password' }] }), 400, ['[invalid]search.sortFields']);
    await refused(bad({ queryString: '*', orderBy: 'email SIDEWAYS' }), 400, ['[invalid]search.orderBy']);
    await refused(bad({ queryString: '*', sortFields: [{ name: 'email', order: 'up' }], odd: 1 }), 400, ['[invalid]search.sortFields.order', '[unknown]search.odd']);
    await refused(bad({ nextResults: 'abc' }), 400, ['[invalid]search.nextResults']);
    await refused(bad({ queryString: '*', startRow: 10001 }), 400, ['[invalid]search.startRow']);
    await refused(bad({ ids: ['x'] }), 400, ['[invalidJSON]search.ids']);
    await refused(new FusionAuthClient('wrong', c.url).searchUsersByQuery({ search: {} }), 401);
    await refused(new FusionAuthClient('wrong', c.url).searchUsersByIds([ids.user]), 401);
    await refused(new FusionAuthClient('wrong', c.url).refreshUserSearchIndex(), 401);
  });

  test('another tenant finds nobody here, and its pages end there', async () => {
    const { tenant } = await good(client.createTenant(null, { tenant: { name: 'Elsewhere' } }));
    const there = new FusionAuthClient(apiKey, c.url, tenant.id);
    const here = new FusionAuthClient(apiKey, c.url, ids.tenant);
    await good(there.createUser(null, { user: { email: 'ann.smith@example.com', lastName: 'Smith' } }));
    assert.equal((await run({ queryString: 'smith' }, there)).total, 1);
    assert.equal((await run({ queryString: 'smith' }, here)).total, 2);
    assert.equal((await run({ queryString: '*' }, there)).total, 1);
    const both = await run({ queryString: 'smith' });
    assert.equal(both.total, 3, 'a call that names no tenant sees all of them');
    const { nextResults } = await run({ queryString: '*', numberOfResults: 2 }, here);
    await refused(there.searchUsersByQuery({ search: { nextResults } }), 400, ['[invalid]search.nextResults']);
    await good(client.deleteTenant(tenant.id));
    assert.equal((await run({ queryString: 'smith' })).total, 2);
  });

  test('of two words those who have both, also where each has many', async () => {
    const users = Array.from({ length: 150 }, (_, i) => ({ username: `crowd${i}`, firstName: 'Crowdy', lastName: i % 50 === 7 ? 'Selene' : 'Other', encryptionScheme: 'salted-pbkdf2-hmac-sha256', factor: 1, salt: 'c2FsdA==', password: 'AAAA' }));
    await good(client.importUsers({ users }));
    await good(client.createUser(null, { user: { username: 'crowd200', firstName: 'Crowdy', lastName: 'Selene' } }));
    for (const queryString of ['crowdy AND selene', 'firstName:crowdy AND lastName:sel*', 'lastName:selene AND username:crowd*', '(crowdy AND selene) OR nobody']) {
      const answer = await run({ queryString });
      assert.deepEqual(answer.users.map((u) => u.username).sort(), ['crowd107', 'crowd200', 'crowd57', 'crowd7'], queryString);
    }
    assert.equal((await run({ queryString: 'crowdy AND other', numberOfResults: 500 })).users.length, 147);
    assert.equal((await run({ queryString: 'crowdy AND ann' })).users.length, 0);
    const pages = [];
    for (let nextResults, page; !page || nextResults; nextResults = page.nextResults) {
      page = await run(nextResults ? { nextResults, numberOfResults: 3 } : { queryString: 'crowdy AND selene', numberOfResults: 3 });
      if (page.users.length === 0) break;
      pages.push(...page.users.map((u) => u.username));
    }
    assert.deepEqual(pages.sort(), ['crowd107', 'crowd200', 'crowd57', 'crowd7']);
    await good(client.deleteUsersByQuery({ queryString: 'firstName:crowdy', hardDelete: true }));
  });

  test('the end of many by a query: dry, soft, hard, with a limit', async () => {
    for (let i = 0; i < 5; i++) await good(client.createUser(null, { user: { email: `doomed${i}@gone.test` } }));
    const end = (request) => good(client.deleteUsersByQuery({ queryString: 'email:*@gone.test', ...request }));
    const dry = await end({ dryRun: true, hardDelete: true });
    assert.deepEqual([dry.total, dry.dryRun, dry.userIds.length], [5, true, 5]);
    assert.equal((await end({ dryRun: true, limit: 2 })).total, 2);
    assert.equal((await end({})).total, 5);
    assert.equal((await run({ queryString: 'email:*@gone.test AND active:false' })).total, 5);
    assert.equal((await end({ hardDelete: true, limit: 2 })).total, 2);
    const left = await good(client.deleteUsersByQuery({ query: '{"wildcard":{"email":"*@gone.test"}}', hardDelete: true }));
    assert.equal(left.total, 3);
    assert.equal((await run({ queryString: 'email:*@gone.test' })).total, 0);
    await refused(client.deleteUsersByQuery({ queryString: 'nonsense:*' }), 400, ['[invalid]queryString']);
    await refused(client.deleteUsersByQuery({ query: '{}' }), 400, ['[invalid]query']);
    await refused(client.deleteUsersByQuery({ hardDelete: true }), 400, ['[missing]userId']);
  });
});
