// SPDX-License-Identifier: Apache-2.0
// Groups, their members, and the roles that a membership gives.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, decode, ids, person } from './harness.mjs';
import { clientOf, good, keyOfTenant, nobody, refused } from './client.mjs';

const without = ({ insertInstant: _, lastUpdateInstant: __, ...rest }) => rest;

describe('groups', () => {
  let c, client, roles, people;
  before(async () => {
    c = await Cardea.start();
    client = clientOf(c);
    roles = (await good(client.retrieveApplication(ids.app))).application.roles;
    people = [ids.user];
    for (let i = 0; i < 4; i++) people.push((await good(client.createUser(null, { user: { email: `g${i}@example.com`, password: 'a long enough password' } }))).user.id);
  });
  after(() => c.end());
  const create = async (name, more = {}, roleIds) => (await good(client.createGroup(null, { group: { name, ...more }, roleIds }))).group;
  const admin = () => roles.find((r) => r.name === 'admin');

  test('create with roles, retrieve, update, patch, delete', async () => {
    const id = randomUUID();
    const made = (await good(client.createGroup(id, { group: { name: 'Staff', data: { floor: 3 } }, roleIds: [admin().id] }))).group;
    assert.deepEqual(without({ ...made, roles: undefined }), { id, tenantId: ids.tenant, name: 'Staff', data: { floor: 3 }, roles: undefined });
    assert.deepEqual(made.roles[ids.app].map((r) => [r.id, r.name]), [[admin().id, 'admin']]);
    assert.deepEqual((await good(client.retrieveGroup(id))).group, made);
    assert.ok((await good(client.retrieveGroups())).groups.some((g) => g.id === id));
    const patched = (await good(client.patchGroup(id, { group: { name: 'Crew' } }))).group;
    assert.deepEqual([patched.name, patched.data, patched.roles], ['Crew', { floor: 3 }, made.roles]);
    const put = (await good(client.updateGroup(id, { group: { name: 'Crew' } }))).group;
    assert.deepEqual([put.data, put.roles], [{}, {}]);
    await good(client.deleteGroup(id));
    await refused(client.retrieveGroup(id), 404);
  });

  test('what is refused', async () => {
    await create('Taken');
    await refused(client.createGroup(null, { group: { name: 'Taken' } }), 400, ['[duplicate]group.name']);
    await refused(client.createGroup(null, { group: {} }), 400, ['[blank]group.name']);
    await refused(client.createGroup(null, { group: { name: 'X' }, roleIds: [nobody] }), 400, ['[invalid]roleIds']);
    await refused(client.createGroup(null, { group: { name: 'X' }, roleIds: ['no id'] }), 400, ['[invalidJSON]roleIds']);
    await refused(client.updateGroup(nobody, { group: { name: 'N' } }), 404);
    await refused(client.patchGroup(nobody, { group: { name: 'N' } }), 404);
    await refused(client.deleteGroup(nobody), 404);
    await refused(clientOf(c, 'wrong').retrieveGroups(), 401);
    await refused(client.searchGroups({ search: { orderBy: 'nonsense' } }), 400, ['[invalid]search.orderBy']);
  });

  test('search by name, with pages', async () => {
    for (const name of ['Search A', 'Search B', 'Search C']) await create(name);
    const found = await good(client.searchGroups({ search: { name: 'search*', numberOfResults: 2, orderBy: 'name DESC' } }));
    assert.deepEqual([found.total, found.groups.map((g) => g.name)], [3, ['Search C', 'Search B']]);
  });

  test('memberships in the body of a person: made, kept by PUT, replaced, added, ended', async () => {
    const [a, b] = [await create('Body A'), await create('Body B')];
    const id = randomUUID();
    const email = 'body@example.com';
    const { user } = await good(client.createUser(null, { user: { email, memberships: [{ groupId: a.id, id, data: { desk: 4 } }] } }));
    const of = async () => (await good(client.retrieveUser(user.id))).user.memberships.map((m) => [m.groupId, m.id, m.userId, m.data]);
    const rows = async (group) => (await good(client.searchGroupMembers({ search: { groupId: group.id } }))).members.map((m) => m.userId);
    assert.deepEqual(user.memberships.map((m) => [m.id, m.userId]), [[id, user.id]]);
    assert.deepEqual(await of(), [[a.id, id, user.id, { desk: 4 }]]);
    assert.deepEqual(await rows(a), [user.id]);
    await good(client.updateUser(user.id, { user: { email } }));
    assert.deepEqual(await of(), [[a.id, id, user.id, { desk: 4 }]], 'a PUT that does not name them keeps them');
    const all = (await good(client.retrieveUser(user.id))).user;
    await good(client.updateUser(user.id, { user: { ...all, memberships: [...all.memberships, { groupId: b.id }] } }));
    assert.deepEqual((await of()).map((m) => m[0]), [a.id, b.id]);
    assert.deepEqual(await rows(b), [user.id]);
    await good(client.patchUser(user.id, { user: { memberships: [{ groupId: a.id, data: { desk: 5 } }] } }));
    assert.deepEqual((await of()).find((m) => m[0] === a.id), [a.id, id, user.id, { desk: 5 }]);
    const found = async (queryString) => (await good(client.searchUsersByQuery({ search: { queryString, accurateTotal: true } }))).users.map((u) => u.id);
    assert.deepEqual(await found(`memberships.groupId:${b.id}`), [user.id]);
    assert.deepEqual(await found(`memberships.id:${id} AND memberships.data.desk:5`), [user.id]);
    assert.deepEqual(await found('memberships.data.desk:4'), []);
    const nested = (must) => client.searchUsersByQuery({ search: { query: JSON.stringify({ nested: { path: 'memberships', query: { bool: { must } } } }), accurateTotal: true } });
    assert.equal((await good(nested([{ match: { 'memberships.groupId': a.id } }, { match: { 'memberships.data.desk': 5 } }]))).total, 1);
    assert.equal((await good(nested([{ match: { 'memberships.groupId': b.id } }, { match: { 'memberships.data.desk': 5 } }]))).total, 0, 'one and the same membership');
    await good(client.updateUser(user.id, { user: { email, memberships: [{ groupId: b.id }] } }));
    assert.deepEqual([await rows(a), await rows(b)], [[], [user.id]]);
    await good(client.updateUser(user.id, { user: { email, memberships: [] } }));
    assert.deepEqual([await of(), await rows(b), await found(`memberships.groupId:${b.id}`)], [[], [], []]);
    await refused(client.createUser(null, { user: { email: 'no@example.com', memberships: [{ groupId: nobody }, {}] } }), 400, ['[invalid]user.memberships.groupId', '[invalid]user.memberships.groupId']);
    await good(client.createGroupMembers({ members: { [a.id]: [{ userId: user.id, id }] } }));
    await refused(client.createUser(null, { user: { email: 'no@example.com', memberships: [{ groupId: a.id, id }] } }), 400, ['[duplicate]user.memberships.id']);
    await refused(client.createGroupMembers({ members: { [a.id]: [{}] } }), 400, [`[missing]members[${a.id}].userId`]);
  });

  test('members: add, data, replace, search, end by id, by person, all', async () => {
    const group = await create('Members');
    const added = await good(client.createGroupMembers({ members: { [group.id]: [{ userId: people[1], data: { since: 1 } }, { userId: people[2] }] } }));
    assert.deepEqual(added.members[group.id].map((m) => m.userId).sort(), [people[1], people[2]].sort());
    const mine = added.members[group.id].find((m) => m.userId === people[1]);
    assert.deepEqual((await good(client.retrieveUser(people[1]))).user.memberships, [mine]);
    const again = await good(client.createGroupMembers({ members: { [group.id]: [{ userId: people[1], data: { since: 2 } }] } }));
    assert.deepEqual([again.members[group.id][0].id, again.members[group.id][0].data], [mine.id, { since: 2 }], 'a membership keeps its id');
    const search = async (criteria) => (await good(client.searchGroupMembers({ search: criteria })));
    assert.deepEqual((await search({ groupId: group.id, userId: people[1] })).members.map((m) => m.data), [{ since: 2 }]);
    assert.equal((await search({ groupId: group.id, numberOfResults: 1 })).total, 2);
    assert.equal((await search({ groupId: group.id, numberOfResults: 1 })).members.length, 1);
    await good(client.updateGroupMembers({ members: { [group.id]: [{ userId: people[2] }, { userId: people[3] }] } }));
    assert.deepEqual((await search({ groupId: group.id })).members.map((m) => m.userId).sort(), [people[2], people[3]].sort());
    assert.deepEqual((await good(client.retrieveUser(people[1]))).user.memberships, []);
    const { members } = await search({ groupId: group.id, userId: people[2] });
    await good(client.deleteGroupMembers({ memberIds: [members[0].id] }));
    await good(client.deleteGroupMembers({ members: { [group.id]: [people[3]] } }));
    assert.equal((await search({ groupId: group.id })).total, 0);
  });

  test('members: what is refused, and nothing is kept', async () => {
    const group = await create('Refusals');
    await refused(client.createGroupMembers({}), 400, ['[missing]members']);
    await refused(client.createGroupMembers({ members: { [nobody]: [{ userId: people[1] }] } }), 400, ['[invalid]members']);
    await refused(client.createGroupMembers({ members: { [group.id]: [{ userId: people[1] }, { userId: nobody }] } }), 400, ['[invalid]members.userId']);
    await refused(client.createGroupMembers({ members: { [group.id]: [{}] } }), 400, [`[missing]members[${group.id}].userId`]);
    await refused(client.updateGroupMembers({ members: {} }), 400, ['[missing]members']);
    await refused(client.deleteGroupMembers({}), 400, ['[missing]members']);
    await refused(client.searchGroupMembers({ search: { groupId: 'x' } }), 400, ['[invalidJSON]search.groupId']);
    assert.equal((await good(client.searchGroupMembers({ search: { groupId: group.id } }))).total, 0);
  });

  test('a member who is registered has the group\'s roles in tokens, until the group is gone', async () => {
    const login = async () => decode((await good(client.login({ loginId: person.email, password: person.password, applicationId: ids.app }))).token).roles;
    assert.deepEqual(await login(), ['member']);
    const group = await create('Admins', {}, [admin().id]);
    await good(client.createGroupMembers({ members: { [group.id]: [{ userId: ids.user }] } }));
    assert.deepEqual(await login(), ['member', 'admin']);
    assert.deepEqual((await good(client.retrieveUser(ids.user))).user.registrations.find((r) => r.applicationId === ids.app).roles, ['member'], 'the registration keeps its own');
    await good(client.deleteGroup(group.id));
    assert.deepEqual(await login(), ['member']);
    await good(client.createGroup(group.id, { group: { name: 'Admins again' }, roleIds: [admin().id] }));
    assert.deepEqual(await login(), ['member'], 'a group made anew with the same id has none of the old members');
  });

  test('an erased person is in no group', async () => {
    const group = await create('Erasure');
    await good(client.createGroupMembers({ members: { [group.id]: [{ userId: people[4] }] } }));
    await good(client.deleteUser(people[4]));
    assert.equal((await good(client.searchGroupMembers({ search: { groupId: group.id } }))).total, 0);
  });

  test('inv. 3: another tenant\'s key sees neither group nor members', async () => {
    const other = (await good(client.createTenant(null, { tenant: { name: 'Elsewhere' } }))).tenant.id;
    const theirs = clientOf(c, await keyOfTenant(c, other));
    const group = (await good(clientOf(c, apiKey, ids.tenant).createGroup(null, { group: { name: 'Ours' } }))).group;
    await refused(theirs.retrieveGroup(group.id), 404);
    await refused(theirs.patchGroup(group.id, { group: { name: 'T' } }), 404);
    await refused(theirs.deleteGroup(group.id), 404);
    await refused(theirs.createGroupMembers({ members: { [group.id]: [{ userId: people[1] }] } }), 400, ['[invalid]members']);
    assert.deepEqual((await good(theirs.searchGroupMembers({ search: { groupId: group.id } }))).members, []);
    await refused(theirs.createGroupMembers({ members: { [(await good(theirs.createGroup(null, { group: { name: 'T' } }))).group.id]: [{ userId: people[1] }] } }), 400, ['[invalid]members.userId']);
    await good(client.deleteTenant(other));
  });
});
