// SPDX-License-Identifier: Apache-2.0
// Links between people and identity providers, made by hand and by a pending link.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

describe('links', () => {
  let c, house, client, idp, users;
  before(async () => {
    c = await Cardea.start();
    house = clientOf(c, apiKey);
    client = clientOf(c, apiKey, ids.tenant);
    idp = (await good(house.createIdentityProvider(null, { identityProvider: {
      type: 'OpenIDConnect', name: 'Op', buttonText: 'Go', enabled: true, oauth2: { client_id: 'c', client_secret: 's', issuer: 'https://op.example' },
      tenantConfiguration: { [ids.tenant]: { limitUserLinkCount: { enabled: true, maximumLinks: 3 } } } } }))).identityProvider;
    users = await Promise.all(['a', 'b'].map(async (name) => (await good(client.createUser(null, { user: { email: `${name}@link.example`, password: 'long enough a password' } }))).user.id));
  });
  after(() => c.end());

  const link = (subject, userId, more = {}) => client.createUserLink({ identityProviderLink: { identityProviderId: idp.id, identityProviderUserId: subject, userId, ...more } });

  test('create, retrieve by subject and by user, delete', async () => {
    const made = (await good(link('subject one', users[0], { displayName: 'Ann', token: 'a long lived token', data: { a: 1 } }))).identityProviderLink;
    assert.deepEqual({ ...made, insertInstant: 0, lastLoginInstant: 0 }, { data: { a: 1 }, displayName: 'Ann', identityProviderId: idp.id, identityProviderName: 'Op', identityProviderType: 'OpenIDConnect',
      identityProviderUserId: 'subject one', insertInstant: 0, lastLoginInstant: 0, tenantId: ids.tenant, token: 'a long lived token', userId: users[0] });
    assert.deepEqual((await good(client.retrieveUserLink(idp.id, 'subject one', users[0]))).identityProviderLink, made);
    assert.deepEqual((await c.api('GET', `/api/identity-provider/link?identityProviderId=${idp.id}&identityProviderUserId=subject%20one`)).body.identityProviderLink, made);
    assert.deepEqual((await good(client.retrieveUserLinksByUserId(idp.id, users[0]))).identityProviderLinks, [made]);
    assert.deepEqual((await c.api('GET', `/api/identity-provider/link?userId=${users[0]}`)).body.identityProviderLinks, [made]);
    assert.deepEqual((await good(client.retrieveUserLinksByUserId(nobody, users[0]))).identityProviderLinks, []);
    await refused(client.retrieveUserLink(idp.id, 'subject one', users[1]), 404);
    await refused(client.retrieveUserLink(idp.id, 'Subject one', users[0]), 404);
    await refused(client.retrieveUserLinksByUserId(idp.id, nobody), 404);
    await refused(client.deleteUserLink(idp.id, 'subject one', users[1]), 404);
    assert.deepEqual((await good(client.deleteUserLink(idp.id, 'subject one', users[0]))).identityProviderLink.userId, users[0]);
    await refused(client.deleteUserLink(idp.id, 'subject one', users[0]), 404);
    await refused(client.retrieveUserLink(idp.id, 'subject one', users[0]), 404);
  });

  test('the members may stand at the top, as before FusionAuth 1.43', async () => {
    const made = await c.api('POST', '/api/identity-provider/link', { identityProviderId: idp.id, identityProviderUserId: 'old', userId: users[0], displayName: 'Old' });
    assert.deepEqual([made.status, made.body.identityProviderLink.displayName], [200, 'Old']);
    await good(client.deleteUserLink(idp.id, 'old', users[0]));
  });

  test('what is refused', async () => {
    await refused(client.createUserLink({}), 400, ['[blank]identityProviderLink.userId', '[blank]identityProviderLink.identityProviderId', '[blank]identityProviderLink.identityProviderUserId']);
    await refused(link('x', nobody), 400, ['[invalid]identityProviderLink.userId']);
    await refused(client.createUserLink({ identityProviderLink: { identityProviderId: nobody, identityProviderUserId: 'x', userId: users[0] } }), 400, ['[invalid]identityProviderLink.identityProviderId']);
    await refused(client.createUserLink({ pendingIdPLinkId: 'x', identityProviderLink: { userId: users[0] } }), 400, ['[invalid]pendingIdPLinkId']);
    await refused(link('x'.repeat(1025), users[0]), 400, ['[tooLong]identityProviderLink.identityProviderUserId']);
    await refused(client.retrievePendingLink('nothing', users[0]), 404);
    assert.equal((await c.api('GET', '/api/identity-provider/link?identityProviderId=x&userId=y')).body.fieldErrors.identityProviderId[0].code, '[couldNotConvert]identityProviderId');
    assert.equal((await c.api('GET', '/api/identity-provider/link')).body.fieldErrors.userId[0].code, '[blank]userId');
    assert.equal((await c.api('GET', '/api/identity-provider/link?identityProviderUserId=x')).body.fieldErrors.identityProviderId[0].code, '[blank]identityProviderId');
    assert.deepEqual(Object.keys((await c.api('DELETE', '/api/identity-provider/link')).body.fieldErrors), ['identityProviderId', 'identityProviderUserId', 'userId']);
    await refused(clientOf(c, 'wrong').createUserLink({}), 401);
  });

  test('somebody there is one person here, also in a race', async () => {
    const raced = await Promise.allSettled(users.concat(users).map((id) => link('raced', id)));
    assert.equal(raced.filter((r) => r.status === 'fulfilled').length, 1);
    for (const r of raced.filter((r) => r.status === 'rejected')) assert.equal(Object.keys(r.reason.exception.fieldErrors)[0], 'identityProviderLink.identityProviderUserId');
    const { userId } = (await c.api('GET', `/api/identity-provider/link?identityProviderId=${idp.id}&identityProviderUserId=raced`)).body.identityProviderLink;
    await good(client.deleteUserLink(idp.id, 'raced', userId));
  });

  test('the tenant limits how many links a person has, also in a race', async () => {
    const raced = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((i) => link(`many ${i}`, users[0])));
    assert.equal(raced.filter((r) => r.status === 'fulfilled').length, 3);
    for (const r of raced.filter((r) => r.status === 'rejected')) assert.equal(r.reason.exception.fieldErrors['identityProviderLink.userId'][0].code, '[limit]identityProviderLink.userId');
    assert.equal((await good(client.retrieveUserLinksByUserId(idp.id, users[0]))).identityProviderLinks.length, 3);
  });

  test('a key of another tenant finds nothing of it; links go with their person and their provider', async () => {
    const other = (await good(house.createTenant(null, { tenant: { name: 'Other', issuer: 'other.example' } }))).tenant.id;
    const theirs = clientOf(c, await keyOfTenant(c, other));
    await good(link('mine', users[1]));
    await refused(theirs.retrieveUserLink(idp.id, 'mine', users[1]), 404);
    await refused(theirs.retrieveUserLinksByUserId(idp.id, users[1]), 404);
    await refused(theirs.deleteUserLink(idp.id, 'mine', users[1]), 404);
    await refused(theirs.createUserLink({ identityProviderLink: { identityProviderId: idp.id, identityProviderUserId: 'theirs', userId: users[1] } }), 400, ['[invalid]identityProviderLink.userId']);
    await good(client.deleteUser(users[1]));
    assert.equal((await c.api('GET', `/api/identity-provider/link?identityProviderId=${idp.id}&identityProviderUserId=mine`, undefined, { 'x-fusionauth-tenantid': ids.tenant })).status, 404);
    await good(link('mine', users[1] = (await good(client.createUser(randomUUID(), { user: { email: 'new@link.example', password: 'long enough a password' } }))).user.id));
    await good(house.deleteIdentityProvider(idp.id));
    assert.deepEqual((await c.api('GET', `/api/identity-provider/link?userId=${users[1]}`, undefined, { 'x-fusionauth-tenantid': ids.tenant })).body.identityProviderLinks, []);
  });
});
