// SPDX-License-Identifier: Apache-2.0
// User action reasons: the pattern of every resource that is only stored.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

describe('user action reasons', () => {
  let c, client;
  before(async () => { c = await Cardea.start(); client = clientOf(c, apiKey); });
  after(() => c.end());

  test('create, retrieve, update, patch, delete', async () => {
    const id = randomUUID();
    const asked = { code: 'spam', text: 'Sent spam', localizedTexts: { de: 'Hat Werbung verschickt' } };
    const made = (await good(client.createUserActionReason(id, { userActionReason: asked }))).userActionReason;
    assert.deepEqual({ ...made, insertInstant: 0, lastUpdateInstant: 0 }, { id, ...asked, insertInstant: 0, lastUpdateInstant: 0 });
    assert.ok(made.insertInstant > Date.now() - 60000 && made.lastUpdateInstant >= made.insertInstant);
    assert.deepEqual((await good(client.retrieveUserActionReason(id))).userActionReason, made);
    assert.deepEqual((await good(client.retrieveUserActionReasons())).userActionReasons, [made]);
    const put = (await good(client.updateUserActionReason(id, { userActionReason: { code: 'spam', text: 'Spam' } }))).userActionReason;
    assert.deepEqual([put.text, put.localizedTexts], ['Spam', {}]);
    const patched = (await good(client.patchUserActionReason(id, { userActionReason: { localizedTexts: { en: 'Spam' } } }))).userActionReason;
    assert.deepEqual([patched.text, patched.localizedTexts.en], ['Spam', 'Spam']);
    await good(client.deleteUserActionReason(id));
    await refused(client.retrieveUserActionReason(id), 404);
    assert.deepEqual((await good(client.retrieveUserActionReasons())).userActionReasons, []);
  });

  test('what is refused', async () => {
    const { id } = (await good(client.createUserActionReason(null, { userActionReason: { code: 'a', text: 'A' } }))).userActionReason;
    await refused(client.createUserActionReason(id, { userActionReason: { code: 'a', text: 'A' } }), 400, ['[duplicate]userActionReasonId']);
    await refused(client.createUserActionReason(null, { userActionReason: { code: 'a', text: 'A' } }), 400,
      ['[duplicate]userActionReason.text', '[duplicate]userActionReason.code']);
    await refused(client.createUserActionReason(null, { userActionReason: { nonsense: 1 } }), 400,
      ['[blank]userActionReason.code', '[blank]userActionReason.text', '[unknown]userActionReason.nonsense']);
    await refused(client.updateUserActionReason(nobody, { userActionReason: { code: 'x', text: 'X' } }), 404);
    await refused(client.patchUserActionReason(nobody, { userActionReason: { code: 'x' } }), 404);
    await refused(client.deleteUserActionReason(nobody), 404);
    await refused(clientOf(c, 'wrong').retrieveUserActionReasons(), 401);
  });

  test('two at once with one name: one wins, the other is told', async () => {
    const both = await Promise.allSettled([1, 2, 3, 4].map((i) => client.createUserActionReason(null, { userActionReason: { code: `c${i}`, text: 'Raced' } })));
    assert.equal(both.filter((r) => r.status === 'fulfilled').length, 1);
    for (const r of both.filter((r) => r.status === 'rejected')) assert.equal(r.reason.statusCode, 400);
  });

  test('a key of one tenant reads what is of the house and changes nothing of it', async () => {
    const bound = clientOf(c, await keyOfTenant(c));
    const { id } = (await good(client.createUserActionReason(null, { userActionReason: { code: 'h', text: 'House' } }))).userActionReason;
    await good(bound.retrieveUserActionReason(id));
    await refused(bound.patchUserActionReason(id, { userActionReason: { text: 'Mine' } }), 404);
    await refused(bound.deleteUserActionReason(id), 404);
    await refused(bound.createUserActionReason(null, { userActionReason: { code: 'm', text: 'M' } }), 401);
  });
});
