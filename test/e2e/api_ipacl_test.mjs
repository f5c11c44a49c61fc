// SPDX-License-Identifier: Apache-2.0
// IP access control lists, and what they keep out: API keys, and the pages of tenants and applications.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

const everybody = { action: 'Allow', startIPAddress: '*' };
const nobodyElse = { action: 'Block', startIPAddress: '*' };
const range = (action, startIPAddress, endIPAddress = startIPAddress) => ({ action, startIPAddress, endIPAddress });

describe('IP access control lists', () => {
  let c, client;
  before(async () => { c = await Cardea.start(); client = clientOf(c, apiKey); });
  after(() => c.end());

  const make = async (...entries) => (await good(client.createIPAccessControlList(null, { ipAccessControlList: { name: randomUUID(), entries } }))).ipAccessControlList;
  // A call from another address of this machine.
  const from = (localAddress, path, headers = {}) => new Promise((resolve, reject) => {
    http.get(new URL(path, c.url), { localAddress, headers }, (answer) => { answer.resume(); answer.on('end', () => resolve(answer.statusCode)); }).on('error', reject);
  });

  test('create, retrieve, update, patch, delete, search', async () => {
    const id = randomUUID();
    const asked = { name: 'Office', entries: [range('Allow', '192.0.2.1', '192.0.2.9'), nobodyElse], data: { floor: 3 } };
    const made = (await good(client.createIPAccessControlList(id, { ipAccessControlList: asked }))).ipAccessControlList;
    assert.deepEqual({ ...made, insertInstant: 0, lastUpdateInstant: 0 }, { id, ...asked, insertInstant: 0, lastUpdateInstant: 0 });
    assert.deepEqual((await good(client.retrieveIPAccessControlList(id))).ipAccessControlList, made);
    const put = (await good(client.updateIPAccessControlList(id, { ipAccessControlList: { name: 'Office', entries: [everybody] } }))).ipAccessControlList;
    assert.deepEqual([put.entries, put.data], [[everybody], {}]);
    const patched = (await good(client.patchIPAccessControlList(id, { ipAccessControlList: { name: 'All offices' } }))).ipAccessControlList;
    assert.equal(patched.name, 'All offices');
    const found = await good(client.searchIPAccessControlLists({ search: { name: 'all*', orderBy: 'lastUpdateInstant DESC' } }));
    assert.deepEqual([found.total, found.ipAccessControlLists[0].id], [1, id]);
    assert.equal((await good(client.searchIPAccessControlListsByParameters('offices', 10, 'name', 0))).total, 1);
    await refused(client.searchIPAccessControlLists({ search: { orderBy: 'x' } }), 400, ['[invalid]search.orderBy']);
    await refused(client.searchIPAccessControlListsByParameters('offices', 10, 'x', 0), 400, ['[invalid]search.orderBy']);
    await good(client.deleteIPAccessControlList(id));
    await refused(client.retrieveIPAccessControlList(id), 404);
    await refused(client.deleteIPAccessControlList(id), 404);
    await refused(client.updateIPAccessControlList(nobody, { ipAccessControlList: asked }), 404);
    await refused(client.patchIPAccessControlList(nobody, { ipAccessControlList: asked }), 404);
  });

  test('what is refused', async () => {
    const wrong = async (entries, codes) => refused(client.createIPAccessControlList(null, { ipAccessControlList: { name: 'Wrong', entries } }), 400, codes);
    await refused(client.createIPAccessControlList(null, { ipAccessControlList: {} }), 400, ['[blank]ipAccessControlList.name', '[missing]ipAccessControlList.entries']);
    await wrong([range('Allow', '192.0.2.1')], ['[missing]ipAccessControlList.entries']);
    await wrong([everybody, nobodyElse], ['[duplicate]ipAccessControlList.entries']);
    await wrong([everybody, range('Block', '192.0.2.9', '192.0.2.1')], ['[invalid]ipAccessControlList.entries.endIPAddress']);
    await wrong([everybody, range('Block', '192.0.2.300')], ['[invalid]ipAccessControlList.entries.startIPAddress', '[invalid]ipAccessControlList.entries.endIPAddress']);
    await wrong([everybody, { action: 'Block', startIPAddress: '192.0.2.1' }], ['[blank]ipAccessControlList.entries.endIPAddress']);
    await wrong([{ startIPAddress: '*' }], ['[missing]ipAccessControlList.entries.action']);
    await refused(clientOf(c, await keyOfTenant(c)).createIPAccessControlList(null, { ipAccessControlList: { name: 'N', entries: [everybody] } }), 401);
  });

  test('an API key is used only from where its list lets it', async () => {
    const list = await make(nobodyElse, range('Allow', '127.0.0.2', '127.0.0.3'));
    const { key, id } = (await good(client.createAPIKey(null, { apiKey: { name: 'From there', ipAccessControlListId: list.id } }))).apiKey;
    const use = (address) => from(address, '/api/tenant', { Authorization: key });
    assert.deepEqual(await Promise.all(['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'].map(use)), [401, 200, 200, 401]);
    assert.equal(await from('127.0.0.1', '/api/tenant', { Authorization: key, 'X-Forwarded-For': '127.0.0.2' }), 401); // a header is anybody's word
    await refused(client.deleteIPAccessControlList(list.id), 400, ['[inUse]ipAccessControlListId']);
    await good(client.updateIPAccessControlList(list.id, { ipAccessControlList: { name: list.name, entries: [everybody] } }));
    assert.equal(await use('127.0.0.1'), 200); // the change counts at once
    await refused(client.updateAPIKey(id, { apiKey: { name: 'From there', ipAccessControlListId: nobody } }), 400, ['[invalid]apiKey.ipAccessControlListId']);
    await good(client.updateAPIKey(id, { apiKey: { name: 'From everywhere' } }));
    await good(client.deleteIPAccessControlList(list.id));
    const second = await make(nobodyElse);
    await good(client.createAPIKey(null, { apiKey: { tenantId: ids.tenant, ipAccessControlListId: second.id } }));
    await refused(client.deleteIPAccessControlList(second.id), 400, ['[inUse]ipAccessControlListId']);
  });

  test('pages are seen only from where the application’s list, or the tenant’s, lets', async () => {
    const blocks = await make(everybody, range('Block', '127.0.0.2'));
    const allows = await make(everybody);
    const page = () => from('127.0.0.2', `/oauth2/authorize?client_id=${ids.app}&redirect_uri=${encodeURIComponent('https://nowhere.example.com')}&response_type=code`);
    const before = await page();
    assert.notEqual(before, 403);
    await good(client.patchTenant(ids.tenant, { tenant: { accessControlConfiguration: { uiIPAccessControlListId: blocks.id } } }));
    assert.equal(await page(), 403);
    assert.notEqual(await from('127.0.0.1', `/oauth2/authorize?client_id=${ids.app}`), 403);
    await good(client.patchApplication(ids.app, { application: { accessControlConfiguration: { uiIPAccessControlListId: allows.id } } }));
    assert.equal(await page(), before); // the application's comes before the tenant's
    assert.equal(await from('127.0.0.2', '/api/tenant', { Authorization: apiKey }), 200); // pages only
    await refused(client.patchTenant(ids.tenant, { tenant: { accessControlConfiguration: { uiIPAccessControlListId: nobody } } }), 400, ['[invalid]tenant.accessControlConfiguration.uiIPAccessControlListId']);
  });
});
