// SPDX-License-Identifier: Apache-2.0
// Entity types, their permissions, entities, and grants on them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { clientOf, good, keyOfTenant, nobody, refused } from './client.mjs';

describe('entities', () => {
  let c, client, type;
  before(async () => {
    c = await Cardea.start();
    client = clientOf(c);
    type = (await good(client.createEntityType(null, { entityType: { name: 'Device', permissions: [{ name: 'read', isDefault: true }, { name: 'write' }] } }))).entityType;
  });
  after(() => c.end());
  const create = async (name, more = {}) => (await good(client.createEntity(null, { entity: { name, type: { id: type.id }, ...more } }))).entity;

  test('types: create, retrieve, update, patch, search, delete', async () => {
    const id = randomUUID();
    const made = (await good(client.createEntityType(id, { entityType: { name: 'Company', data: { a: 1 }, jwtConfiguration: { enabled: true, timeToLiveInSeconds: 30 } } }))).entityType;
    assert.deepEqual([made.id, made.jwtConfiguration.timeToLiveInSeconds, made.permissions], [id, 30, []]);
    assert.deepEqual((await good(client.retrieveEntityType(id))).entityType, made);
    assert.deepEqual((await good(client.retrieveEntityTypes())).entityTypes.map((t) => t.name).sort(), ['Company', 'Device']);
    assert.equal((await good(client.patchEntityType(id, { entityType: { name: 'Firm' } }))).entityType.data.a, 1);
    assert.equal((await good(client.updateEntityType(id, { entityType: { name: 'Firm' } }))).entityType.data, undefined);
    assert.deepEqual((await good(client.searchEntityTypes({ search: { name: 'fi*' } }))).entityTypes.map((t) => t.id), [id]);
    assert.equal((await good(client.searchEntityTypesByParameters('dev', 5, 'name ASC', 0))).total, 1);
    await good(client.deleteEntityType(id));
    await refused(client.retrieveEntityType(id), 404);
  });

  test('types: what is refused', async () => {
    await refused(client.createEntityType(null, { entityType: { name: 'Device' } }), 400, ['[duplicate]entityType.name']);
    await refused(client.createEntityType(null, { entityType: {} }), 400, ['[blank]entityType.name']);
    await refused(client.createEntityType(null, { entityType: { name: 'Twice', permissions: [{ name: 'a' }, { name: 'a' }] } }), 400, ['[duplicate]entityType.permissions.name']);
    await refused(client.updateEntityType(nobody, { entityType: { name: 'N' } }), 404);
    await refused(client.patchEntityType(nobody, { entityType: { name: 'N' } }), 404);
    await refused(client.deleteEntityType(nobody), 404);
    await refused(client.searchEntityTypes({ search: { orderBy: 'nonsense' } }), 400, ['[invalid]search.orderBy']);
    await refused(clientOf(c, 'wrong').searchEntityTypesByParameters('x'), 401);
    await refused(clientOf(c, 'wrong').retrieveEntityTypes(), 401);
    await create('Keeps its type');
    await refused(client.deleteEntityType(type.id), 400, ['[inUse]entityTypeId']);
  });

  test('permissions: create, change, delete by id and by name', async () => {
    const id = randomUUID();
    const made = (await good(client.createEntityTypePermission(type.id, id, { permission: { name: 'erase', description: 'All of it' } }))).permission;
    assert.deepEqual([made.id, made.name, made.isDefault], [id, 'erase', false]);
    assert.equal((await good(client.patchEntityTypePermission(type.id, id, { permission: { isDefault: true } }))).permission.description, 'All of it');
    assert.equal((await good(client.updateEntityTypePermission(type.id, id, { permission: { name: 'erase' } }))).permission.description, undefined);
    assert.equal((await good(client.retrieveEntityType(type.id))).entityType.permissions.length, 3);
    await good(client.deleteEntityTypePermission(type.id, id));
    await good(client.createEntityTypePermission(type.id, null, { permission: { name: 'by name' } }));
    assert.equal((await c.api('DELETE', `/api/entity/type/${type.id}/permission?name=by%20name`)).status, 200);
    assert.equal((await good(client.retrieveEntityType(type.id))).entityType.permissions.length, 2);
  });

  test('permissions: what is refused', async () => {
    await refused(client.createEntityTypePermission(type.id, null, { permission: { name: 'read' } }), 400, ['[duplicate]permission.name']);
    await refused(client.createEntityTypePermission(nobody, null, { permission: { name: 'x' } }), 404);
    await refused(client.updateEntityTypePermission(type.id, nobody, { permission: { name: 'x' } }), 404);
    await refused(client.patchEntityTypePermission(type.id, nobody, { permission: { name: 'x' } }), 404);
    await refused(client.deleteEntityTypePermission(type.id, nobody), 404);
    await refused(client.patchEntityTypePermission(type.id, type.permissions[0].id, { permission: { name: 'other' } }), 400, ['[immutable]permission.name']);
  });

  test('two permissions made at once are both there', async () => {
    const { entityType } = await good(client.createEntityType(null, { entityType: { name: 'Raced' } }));
    await Promise.all([1, 2, 3, 4].map((i) => good(client.createEntityTypePermission(entityType.id, null, { permission: { name: `p${i}` } }))));
    assert.equal((await good(client.retrieveEntityType(entityType.id))).entityType.permissions.length, 4);
  });

  test('entities: create, retrieve, update, patch, search, delete', async () => {
    const parent = await create('Parent');
    const made = await create('Child', { data: { b: 2 }, parentId: parent.id });
    assert.equal(made.clientId, made.id);
    assert.match(made.clientSecret, /^[\w-]{43}$/);
    assert.deepEqual([made.tenantId, made.parentId, made.type.name], [ids.tenant, parent.id, 'Device']);
    assert.deepEqual((await good(client.retrieveEntity(made.id))).entity, made);
    const patched = (await good(client.patchEntity(made.id, { entity: { name: 'Kid' } }))).entity;
    assert.deepEqual([patched.clientSecret, patched.data], [made.clientSecret, { b: 2 }]);
    const put = (await good(client.updateEntity(made.id, { entity: { ...made, name: 'Kid', data: undefined, clientSecret: undefined } }))).entity;
    assert.deepEqual([put.clientId, put.clientSecret, put.data], [made.clientId, made.clientSecret, undefined]);
    assert.deepEqual((await good(client.searchEntities({ search: { queryString: `type.id:${type.id} AND name:kid` } }))).entities.map((e) => e.id), [made.id]);
    assert.deepEqual((await good(client.searchEntitiesByIds([made.id]))).entities.map((e) => e.id), [made.id]);
    await good(client.refreshEntitySearchIndex());
    await refused(client.deleteEntity(parent.id), 400, ['[inUse]entityId']);
    await good(client.deleteEntity(made.id));
    await good(client.deleteEntity(parent.id));
    await refused(client.retrieveEntity(made.id), 404);
  });

  test('entities: what is refused', async () => {
    const one = await create('One', { clientId: 'chosen', clientSecret: 'a secret of their own' });
    assert.deepEqual([one.clientId, one.clientSecret], ['chosen', 'a secret of their own']);
    await refused(client.createEntity(null, { entity: { name: 'Two', clientId: 'chosen', type: { id: type.id } } }), 400, ['[duplicate]entity.clientId']);
    await refused(client.createEntity(null, { entity: { name: 'No type' } }), 400, ['[missing]entity.type']);
    await refused(client.createEntity(null, { entity: { name: 'Bad type', type: { id: nobody } } }), 400, ['[invalid]entity.type.id']);
    await refused(client.createEntity(null, { entity: { name: 'Orphan', parentId: nobody, type: { id: type.id } } }), 400, ['[invalid]entity.parentId']);
    await refused(client.updateEntity(nobody, { entity: { name: 'N', type: { id: type.id } } }), 404);
    await refused(client.patchEntity(nobody, { entity: { name: 'N' } }), 404);
    await refused(client.deleteEntity(nobody), 404);
    await refused(client.searchEntities({ search: { query: '{}' } }), 400, ['[notSupported]search.query']);
    await refused(clientOf(c, 'wrong').searchEntitiesByIds([one.id]), 401);
    await refused(clientOf(c, 'wrong').refreshEntitySearchIndex(), 401);
  });

  test('grants: to a person and to an entity, replaced, listed, searched, ended', async () => {
    const door = await create('Door');
    const robot = await create('Robot');
    await good(client.upsertEntityGrant(door.id, { grant: { userId: ids.user, permissions: ['read'], data: { why: 'owner' } } }));
    await good(client.upsertEntityGrant(door.id, { grant: { recipientEntityId: robot.id, permissions: ['read', 'write'] } }));
    const { grant } = await good(client.retrieveEntityGrant(door.id, null, ids.user));
    assert.deepEqual([grant.userId, grant.permissions, grant.data, grant.entity.id, grant.recipientEntityId], [ids.user, ['read'], { why: 'owner' }, door.id, undefined]);
    await good(client.upsertEntityGrant(door.id, { grant: { userId: ids.user, permissions: ['write'] } }));
    const again = (await good(client.retrieveEntityGrant(door.id, null, ids.user))).grant;
    assert.deepEqual([again.id, again.permissions], [grant.id, ['write']]);
    assert.equal((await good(client.retrieveEntityGrant(door.id))).grants.length, 2);
    assert.deepEqual((await good(client.searchEntityGrants({ search: { userId: ids.user } }))).grants.map((g) => g.entity.name), ['Door']);
    assert.equal((await good(client.searchEntityGrantsByParameters(door.id, null, null, 10, null, 0))).total, 2);
    await good(client.deleteEntityGrant(door.id, robot.id));
    await refused(client.retrieveEntityGrant(door.id, robot.id), 404);
    await good(client.deleteEntity(door.id));
    assert.equal((await good(client.searchEntityGrants({ search: { userId: ids.user } }))).total, 0);
  });

  test('grants: what is refused', async () => {
    const door = await create('Gate');
    await refused(client.upsertEntityGrant(nobody, { grant: { userId: ids.user } }), 404);
    await refused(client.upsertEntityGrant(door.id, { grant: {} }), 400, ['[invalid]grant.userId']);
    await refused(client.upsertEntityGrant(door.id, { grant: { permissions: ['read'] } }), 400, ['[invalid]grant.userId']);
    await refused(client.upsertEntityGrant(door.id, { grant: { userId: nobody, permissions: ['fly'] } }), 400, ['[invalid]grant.userId', '[invalid]grant.permissions']);
    await refused(client.upsertEntityGrant(door.id, { grant: { recipientEntityId: nobody } }), 400, ['[invalid]grant.recipientEntityId']);
    await refused(client.retrieveEntityGrant(nobody), 404);
    await refused(client.deleteEntityGrant(door.id, null, ids.user), 404);
    await refused(client.searchEntityGrants({ search: {} }), 400, ['[missing]search.entityId']);
    await refused(clientOf(c, 'wrong').searchEntityGrantsByParameters(door.id), 401);
  });

  test('inv. 12: an erased person\'s grants are gone', async () => {
    const door = await create('Hatch');
    const { user } = await good(client.createUser(null, { user: { email: 'brief@example.com', password: 'a long enough password' } }));
    await good(client.upsertEntityGrant(door.id, { grant: { userId: user.id, permissions: ['read'] } }));
    await good(client.deleteUser(user.id));
    assert.deepEqual((await good(client.retrieveEntityGrant(door.id))).grants, []);
  });

  test('inv. 3: another tenant\'s key sees no entity of this one, and the house\'s types only to read', async () => {
    const door = await create('Ours');
    const other = (await good(client.createTenant(null, { tenant: { name: 'Elsewhere' } }))).tenant.id;
    const theirs = clientOf(c, await keyOfTenant(c, other));
    await refused(theirs.retrieveEntity(door.id), 404);
    await refused(theirs.patchEntity(door.id, { entity: { name: 'T' } }), 404);
    await refused(theirs.deleteEntity(door.id), 404);
    await refused(theirs.upsertEntityGrant(door.id, { grant: { userId: ids.user } }), 404);
    await good(theirs.retrieveEntityType(type.id));
    await refused(theirs.deleteEntityType(type.id), 404);
    await refused(theirs.createEntityTypePermission(type.id, null, { permission: { name: 'x' } }), 404);
    await refused(theirs.createEntity(null, { entity: { name: 'Child', parentId: door.id, type: { id: type.id } } }), 400, ['[invalid]entity.parentId']);
  });
});
