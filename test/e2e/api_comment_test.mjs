// SPDX-License-Identifier: Apache-2.0
// Comments about people: sealed, found again, gone with the person.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

describe('user comments', () => {
  let c, client, who;
  const comment = async (about, text, by = ids.user) => (await good(client.commentOnUser({ userComment: { userId: about, commenterId: by, comment: text } }))).userComment;
  const find = async (search, from = client) => (await good(from.searchUserComments({ search }))).userComments.map((x) => x.comment);
  before(async () => {
    c = await Cardea.start();
    client = clientOf(c, apiKey, ids.tenant);
    who = (await good(client.createUser(null, { user: { email: 'noted@example.com', password: 'correct horse battery' } }))).user;
  });
  after(() => c.end());

  test('written, retrieved and searched', async () => {
    const first = await comment(who.id, 'Was kind to a newcomer');
    const second = await comment(who.id, 'Shouted at a moderator', who.id);
    await comment(ids.user, 'Asked for a KIND word');
    assert.deepEqual([first.userId, first.commenterId, first.comment], [who.id, ids.user, 'Was kind to a newcomer']);
    assert.ok(first.insertInstant > Date.now() - 60000);
    assert.deepEqual((await good(client.retrieveUserComments(who.id))).userComments, [first, second]);
    assert.deepEqual(await find({ comment: 'kind' }), ['Was kind to a newcomer', 'Asked for a KIND word']);
    assert.deepEqual(await find({ comment: 'was*comer' }), ['Was kind to a newcomer']);
    assert.deepEqual(await find({ userId: who.id, orderBy: 'comment ASC' }), ['Shouted at a moderator', 'Was kind to a newcomer']);
    assert.deepEqual(await find({ commenterId: who.id }), ['Shouted at a moderator']);
    assert.deepEqual(await find({ orderBy: 'insertInstant DESC', numberOfResults: 1, startRow: 1 }), ['Shouted at a moderator']);
    const page = await good(clientOf(c).searchUserComments({ search: { tenantId: ids.tenant, numberOfResults: 2 } }));
    assert.deepEqual([page.total, page.userComments.length], [3, 2]);
    assert.equal((await c.api('GET', '/api/user/comment/search?comment=kind&orderBy=id')).body.total, 2);
  });

  test('what is refused', async () => {
    await refused(client.commentOnUser({ userComment: {} }), 400, ['[blank]userComment.comment', '[missing]userComment.commenterId', '[missing]userComment.userId']);
    await refused(client.commentOnUser({ userComment: { userId: nobody, commenterId: nobody, comment: 'x' } }), 400,
      ['[invalid]userComment.userId', '[invalid]userComment.commenterId']);
    await refused(client.retrieveUserComments(nobody), 404);
    await refused(client.searchUserComments({ search: { orderBy: 'colour' } }), 400, ['[invalid]search.orderBy']);
    await refused(clientOf(c, 'wrong').searchUserComments({ search: {} }), 401);
    assert.deepEqual(await find({ userId: nobody }), []);
  });

  test('sealed, of one tenant, and gone with the person', async () => {
    const text = `remarkable ${randomUUID()}`;
    const someone = (await good(client.createUser(null, { user: { email: 'leaving@example.com', password: 'correct horse battery' } }))).user;
    await comment(someone.id, text);
    const other = (await good(clientOf(c).createTenant(null, { tenant: { name: 'Other' } }))).tenant;
    const stranger = clientOf(c, await keyOfTenant(c, other.id));
    await refused(stranger.retrieveUserComments(someone.id), 404);
    assert.deepEqual(await find({}, stranger), []);
    assert.deepEqual(await find({ tenantId: ids.tenant }, stranger), []);
    for (const { name, bytes } of c.files()) assert.ok(!bytes.includes(text), name);
    assert.deepEqual(await find({ comment: text }), [text]);
    await good(client.deleteUser(someone.id));
    assert.deepEqual(await find({ comment: text }), []);
  });
});
