// SPDX-License-Identifier: Apache-2.0
// Entity types, their permissions, entities, and grants on them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { clientOf, good, keyOfTenant, nobody, refused } from './client.mjs';

describe('entities', () => {
  let c, client, type, lamp, house, kind, person;
  before(async () => {
    c = await Cardea.start();
    client = clientOf(c);
    type = (await good(client.createEntityType(null, { entityType: { name: 'Device', permissions: [{ name: 'read', isDefault: true }, { name: 'write' }] } }))).entityType;
  });
  after(() => c.end());
  const create = async (name, more = {}) => (await good(client.createEntity(null, { entity: { name, type: { id: type.id }, ...more } }))).entity;

  const found = async (search) => (await good(client.searchEntities({ search }))).entities.map((e) => e.name);

  test('types: create, retrieve, update, patch, search, delete', async () => {
    const id = randomUUID();
    const made = (await good(client.createEntityType(id, { entityType: { name: 'Company', data: { a: 1 }, jwtConfiguration: { enabled: true, timeToLiveInSeconds: 30 } } }))).entityType;
    assert.deepEqual([made.id, made.jwtConfiguration.timeToLiveInSeconds, made.permissions], [id, 30, []]);
    assert.deepEqual((await good(client.retrieveEntityType(id))).entityType, made);
    assert.deepEqual((await good(client.retrieveEntityTypes())).entityTypes.map((t) => t.name).sort(), ['Company', 'Device']);
    assert.equal((await good(client.patchEntityType(id, { entityType: { name: 'Firm' } }))).entityType.data.a, 1);
    assert.deepEqual((await good(client.updateEntityType(id, { entityType: { name: 'Firm' } }))).entityType.data, {});
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
    assert.deepEqual([put.clientId, put.clientSecret, put.data], [made.clientId, made.clientSecret, {}]);
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
    await refused(clientOf(c, 'wrong').searchEntitiesByIds([one.id]), 401);
    await refused(clientOf(c, 'wrong').refreshEntitySearchIndex(), 401);
  });

  describe('search', () => {
    const sorted = (more) => found({ sortFields: [{ missing: '_first', name: 'name', order: 'asc' }], ...more });
    before(async () => {
      kind = (await good(client.createEntityType(null, { entityType: { name: 'Smart lamp', permissions: [{ name: 'read' }, { name: 'write' }] } }))).entityType;
      person = (await good(client.createUser(null, { user: { email: 'granted@example.com', password: 'a long enough password' } }))).user.id;
      house = await create('White House', { clientId: 'The-House', data: { audited: 'true', floors: 3 } });
      lamp = (await good(client.createEntity(null, { entity: { name: 'Lamp email_api', type: { id: kind.id }, parentId: house.id, data: { audited: true, floors: 12, tags: ['red', 'warm'] } } }))).entity;
      await good(client.createEntity(null, { entity: { name: 'Zebra lamp', type: { id: kind.id }, parentId: house.id, data: { audited: false } } }));
    });

    test('by query string: every field of an entity', async () => {
      const one = { 'name:*house*': 'White House', 'name:white': 'White House', 'clientId:the-house': 'White House', 'name:"lamp email_api"': 'Lamp email_api',
        'data.floors:>10': 'Lamp email_api', 'data.tags:red AND type.name:lamp': 'Lamp email_api', '_exists_:data.tags': 'Lamp email_api', [`+parentId:${house.id} -data.audited:true`]: 'Zebra lamp',
        [`id:${lamp.id}`]: 'Lamp email_api', [`typeId:${kind.id} AND insertInstant:>0 AND name:zeb*`]: 'Zebra lamp' };
      for (const [queryString, name] of Object.entries(one)) {
        assert.deepEqual(await found({ queryString }), [name], queryString);
      }
      assert.deepEqual(await sorted({ queryString: 'lamp' }), ['Lamp email_api', 'Zebra lamp']); // by the type's name, too
      assert.deepEqual(await sorted({ queryString: `type.id:${kind.id}` }), ['Lamp email_api', 'Zebra lamp']);
      assert.deepEqual(await sorted({ queryString: `parentId:${house.id} OR clientId:The-House` }), ['Lamp email_api', 'White House', 'Zebra lamp']);
      const byGet = await c.api('GET', `/api/entity/search?queryString=${encodeURIComponent('name:white')}&accurateTotal=true&orderBy=name`);
      assert.deepEqual([byGet.body.total, byGet.body.entities.map((e) => e.name)], [1, ['White House']]);
      assert.equal((await sorted({ queryString: `tenantId:${ids.tenant}` })).length, (await sorted({})).length);
    });

    test('by words of what they are called, at once after a change, on several pages, and without a field by what their type is called', async () => {
      const radio = (await good(client.createEntityType(null, { entityType: { name: 'Radio station' } }))).entityType;
      const make2 = async (name, more = {}) => (await good(client.createEntity(null, { entity: { name, type: { id: radio.id }, ...more } }))).entity;
      const names = ['Zulu one', 'ZULU-two', 'three'];
      const made = [];
      for (const name of names) made.push(await make2(name, name === 'three' ? { clientId: 'Zulu.Client' } : {}));
      const cases = { 'name:zulu': names.slice(0, 2), 'name:zu*': names.slice(0, 2), zulu: names.slice(0, 2), 'zul*': names, 'Zulu.Client': ['three'], radio: names, 'stat*': names, 'radio AND two': ['ZULU-two'],
        [`typeId:${radio.id} AND (name:three OR name:one)`]: ['Zulu one', 'three'], 'zulu AND NOT name:one': ['ZULU-two'], 'name:zulux': [], [made[2].id]: ['three'], [`${made[2].id.slice(0, 13)}* AND typeId:${radio.id}`]: names.filter((_, i) => made[i].id.startsWith(made[2].id.slice(0, 13))) };
      for (const [queryString, wanted] of Object.entries(cases)) assert.deepEqual((await sorted({ queryString })).sort(), [...wanted].sort(), queryString);
      const seen = [];
      for (let next, i = 0; i < 5; i++) {
        const page = await good(client.searchEntities({ search: { numberOfResults: 1, ...(next ? { nextResults: next } : { queryString: 'radio OR zulu' }) } }));
        seen.push(...page.entities.map((e) => e.name));
        next = page.nextResults;
        if (!next) break;
      }
      assert.deepEqual(seen.sort(), [...names].sort());
      await good(client.updateEntity(made[0].id, { entity: { ...made[0], name: 'Yankee' } }));
      await good(client.patchEntity(made[1].id, { entity: { data: { a: 1 } } }));
      assert.deepEqual(await found({ queryString: 'name:yank*' }), ['Yankee']);
      assert.deepEqual(await found({ queryString: 'name:zulu' }), ['ZULU-two']);
      await good(client.updateEntityType(radio.id, { entityType: { name: 'Telegraph' } }));
      assert.deepEqual(await sorted({ queryString: 'telegraph' }), ['Yankee', 'ZULU-two', 'three'].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
      for (const { id } of made) await good(client.deleteEntity(id));
      assert.deepEqual(await found({ queryString: 'zulu OR yankee OR telegraph' }), []);
    });

    test('by Elasticsearch\'s JSON, which comes before a query string', async () => {
      const by = async (query) => sorted({ query: JSON.stringify(query), queryString: 'nothing' });
      assert.deepEqual(await by({ match: { name: { query: 'email_api' } } }), ['Lamp email_api']);
      assert.deepEqual(await by({ match: { 'data.audited': { query: 'true' } } }), ['Lamp email_api', 'White House']);
      assert.deepEqual(await by({ bool: { must: [[{ term: { 'type.id': kind.id } }]], must_not: { range: { 'data.floors': { gte: 12 } } } } }), ['Zebra lamp']);
      assert.deepEqual(await by({ terms: { id: [lamp.id, house.id] } }), ['Lamp email_api', 'White House']);
    });

    test('by grants, one and the same where it is nested', async () => {
      await good(client.upsertEntityGrant(lamp.id, { grant: { userId: person, permissions: ['read', 'write'] } }));
      await good(client.upsertEntityGrant(house.id, { grant: { recipientEntityId: lamp.id, permissions: ['read'] } }));
      const nested = (must) => found({ query: JSON.stringify({ nested: { path: 'grants', query: { bool: { must } } } }) });
      assert.deepEqual(await nested([{ match: { 'grants.permissions': 'write' } }, { match: { 'grants.permissions': 'read' } }]), ['Lamp email_api']);
      assert.deepEqual(await nested([{ term: { 'grants.userId': person } }, { term: { 'grants.permissions': 'read' } }]), ['Lamp email_api']);
      assert.deepEqual(await nested([{ term: { 'grants.recipientEntityId': lamp.id } }]), ['White House']);
      assert.deepEqual(await nested([{ term: { 'grants.recipientEntityId': lamp.id } }, { term: { 'grants.permissions': 'write' } }]), []);
      assert.deepEqual(await found({ queryString: `grants.userId:${person}` }), ['Lamp email_api']);
    });

    test('pages: in any order, each once, with totals; what nextResults holds is sealed', async () => {
      const all = (await sorted({ numberOfResults: 500 })).length;
      for (const order of [{}, { sortFields: [{ name: 'name' }] }, { sortFields: [{ name: 'data.floors', order: 'desc', missing: '_first' }, { name: 'name' }] }, { orderBy: 'insertInstant DESC' }]) {
        const seen = [];
        let answer = await good(client.searchEntities({ search: { ...order, accurateTotal: true, numberOfResults: 2 } }));
        for (;;) {
          seen.push(...answer.entities.map((e) => e.id));
          assert.equal(answer.total, all, JSON.stringify(order));
          if (!answer.nextResults) break;
          answer = await good(client.searchEntities({ search: { nextResults: answer.nextResults, numberOfResults: 2 } }));
        }
        assert.deepEqual([seen.length, new Set(seen).size], [all, all], JSON.stringify(order));
      }
      const { nextResults } = await good(client.searchEntities({ search: { numberOfResults: 1 } }));
      const people = await good(client.searchUsersByQuery({ search: { numberOfResults: 0 } }));
      assert.ok(people.total >= 0);
      await refused(client.searchUsersByQuery({ search: { nextResults } }), 400, ['[invalid]search.nextResults']);
      await refused(client.searchEntities({ search: { nextResults: nextResults.slice(0, -2) } }), 400, ['[invalid]search.nextResults']);
      const page = await good(client.searchEntities({ search: { startRow: 1, numberOfResults: 2, sortFields: [{ name: 'name', order: 'desc' }], queryString: `parentId:${house.id} OR id:${house.id}` } }));
      assert.deepEqual([page.entities.map((e) => e.name), page.total], [['White House', 'Lamp email_api'], 3]);
    });

    test('sorted: what is missing comes last, first, or as what is said', async () => {
      const by = (field) => found({ queryString: `parentId:${house.id} OR id:${house.id}`, sortFields: [{ name: 'data.tags' }, { name: 'data.floors', ...field }] });
      assert.deepEqual(await by({}), ['White House', 'Lamp email_api', 'Zebra lamp']);
      assert.deepEqual(await by({ missing: '_first' }), ['Zebra lamp', 'White House', 'Lamp email_api']);
      assert.deepEqual(await by({ order: 'desc', missing: '_last' }), ['Lamp email_api', 'White House', 'Zebra lamp']);
    });

    test('what is refused', async () => {
      const no = (search, codes) => refused(client.searchEntities({ search }), 400, codes);
      await no({ query: '{}' }, ['[invalid]search.query']);
      await no({ queryString: 'email:ann' }, ['[invalid]search.queryString']);
      await no({ query: '{"nested":{"path":"registrations","query":{"match_all":{}}}}' }, ['[invalid]search.query']);
      await no({ query: '['.repeat(9000) }, ['[invalid]search.query']);
      await no({ queryString: '('.repeat(3000) }, ['[invalid]search.queryString']);
      await no({ sortFields: [{ name: 'type.name' }] }, ['[invalid]search.sortFields']);
      await no({ query: JSON.stringify({ terms: { id: Array.from({ length: 300 }, () => lamp.id) } }) }, ['[invalid]search.query']);
      await no({ queryString: 'name:a\u0001b' }, ['[invalid]search.queryString']);
      await no({ query: JSON.stringify({ range: { 'grants.insertInstant': { gte: 'yesterday' } } }) }, ['[invalid]search.query']);
      await no({ startRow: 10001 }, ['[invalid]search.startRow']);
      await no({ sortFields: [{ name: 'login' }] }, ['[invalid]search.sortFields']);
      await no({ ids: ['no id'] }, ['[invalidJSON]search.ids']);
    });
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

  test('grants: searched by the name of their entity, in order, in pages, with totals of what fits', async () => {
    const { user } = await good(client.createUser(null, { user: { email: 'keys@example.com', password: 'a long enough password' } }));
    const names = ['Tower', 'Cellar', 'attic', 'Tower gate', 'Boiler'];
    for (const name of names) {
      await good(client.upsertEntityGrant((await create(name)).id, { grant: { userId: user.id, permissions: ['read'] } }));
    }
    const search = async (more) => {
      const { grants, total } = await good(client.searchEntityGrants({ search: { userId: user.id, ...more } }));
      return [grants.map((g) => g.entity.name), total];
    };
    const sorted = ['attic', 'Boiler', 'Cellar', 'Tower', 'Tower gate'];
    assert.deepEqual(await search({}), [sorted, 5]);
    assert.deepEqual(await search({ orderBy: 'name DESC', numberOfResults: 2, startRow: 1 }), [['Tower', 'Cellar'], 5]);
    const instants = (await good(client.searchEntityGrants({ search: { userId: user.id, orderBy: 'insertInstant DESC' } }))).grants.map((g) => g.insertInstant);
    assert.deepEqual([instants, instants.length], [[...instants].sort((a, b) => b - a), 5]);
    assert.deepEqual(await search({ name: 'tower*', numberOfResults: 1, startRow: 1 }), [['Tower gate'], 2]);
    assert.deepEqual(await search({ startRow: 5 }), [[], 5]);
    const tower = (await good(client.searchEntities({ search: { queryString: 'name:"Tower gate"' } }))).entities[0];
    await good(client.upsertEntityGrant(tower.id, { grant: { userId: ids.user, permissions: ['write'] } }));
    assert.deepEqual(await search({ entityId: tower.id }), [['Tower gate'], 1]);
    assert.equal((await good(client.searchEntityGrants({ search: { entityId: tower.id } }))).total, 2);
    assert.equal((await good(client.searchEntityGrants({ search: { name: 'tower gate' } }))).total, 2, 'without either, all are looked through');
    await good(client.deleteEntityGrant(tower.id, null, ids.user));
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
    await refused(client.searchEntityGrants({ search: { orderBy: 'userId' } }), 400, ['[invalid]search.orderBy']);
    assert.deepEqual((await good(client.searchEntityGrants({ search: { entityId: door.id, startRow: 2147483647, numberOfResults: 500 } }))), { grants: [], total: 0 });
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

  test('inv. 3: nothing of another tenant, by no field, parent or page', async () => {
    const elsewhere = (await good(client.createTenant(null, { tenant: { name: 'Search elsewhere' } }))).tenant.id;
    const theirs = clientOf(c, await keyOfTenant(c, elsewhere));
    const mine = (await good(theirs.createEntity(null, { entity: { name: 'Theirs', type: { id: kind.id } } }))).entity;
    const { nextResults } = await good(client.searchEntities({ search: { numberOfResults: 1 } }));
    await refused(theirs.searchEntities({ search: { nextResults } }), 400, ['[invalid]search.nextResults']);
    for (const search of [{}, { queryString: `type.id:${kind.id}` }, { queryString: '*', sortFields: [{ name: 'name' }] }, { ids: [mine.id, lamp.id] }, { queryString: `id:${lamp.id} OR id:${mine.id}` }]) {
      const answer = await good(theirs.searchEntities({ search: { ...search, accurateTotal: true } }));
      assert.deepEqual([answer.entities.map((e) => e.id), answer.total], [[mine.id], 1], JSON.stringify(search));
    }
    for (const search of [{}, { userId: person }, { entityId: lamp.id }, { name: '*' }]) {
      assert.equal((await good(theirs.searchEntityGrants({ search }))).total, 0, JSON.stringify(search));
    }
    for (const queryString of [`parentId:${house.id}`, `grants.userId:${person}`, `tenantId:${ids.tenant}`, `id:${lamp.id}`]) {
      const answer = await good(theirs.searchEntities({ search: { queryString, numberOfResults: 0 } }));
      assert.deepEqual([answer.entities, answer.total], [[], 0], queryString);
    }
    assert.deepEqual(await found({ queryString: `id:${mine.id} OR id:${lamp.id}`, sortFields: [{ name: 'name' }] }), ['Lamp email_api', 'Theirs'], 'a key of no tenant searches all of them');
  });
});
