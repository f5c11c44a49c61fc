// SPDX-License-Identifier: Apache-2.0
// Families: one adult begins, others join; there is always an owner; children wait for a parent.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

const bornBefore = (years) => `${new Date().getUTCFullYear() - years}-01-01`;

describe('families', () => {
  let c, client;
  before(async () => { c = await Cardea.start({ args: ['--demo'] }); client = clientOf(c, apiKey, ids.tenant); });
  after(() => c.end());

  const user = async (more = {}) => (await good(client.createUser(null, {
    user: { email: `${randomUUID()}@example.com`, password: 'correct horse battery', ...more },
  }))).user;
  const mails = async () => (await (await c.fetch('/demo/mail', { headers: { accept: 'text/html' } })).text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').split(/ (?=[^ ]+@[^ ]+ - )/);
  const adult = (more = {}) => user({ birthDate: bornBefore(40), ...more });
  const member = (who, role, owner) => ({ familyMember: { userId: who.id, role, owner } });
  const begin = async (who) => (await good(client.createFamily(null, member(who, 'Adult')))).family;
  const list = (family) => family.members.map((m) => [m.userId, m.role, m.owner]);

  test('begun, joined, changed, left and ended', async () => {
    const [mother, father, child] = [await adult(), await adult(), await user({ birthDate: bornBefore(8) })];
    const id = randomUUID();
    const family = (await good(client.createFamily(id, member(mother, 'Adult', true)))).family;
    assert.deepEqual([family.id, list(family)], [id, [[mother.id, 'Adult', true]]]);
    assert.ok(family.insertInstant > Date.now() - 60000 && family.members[0].insertInstant);
    await good(client.addUserToFamily(id, member(father, 'Adult')));
    const joined = (await good(client.addUserToFamily(id, member(child, 'Child', true)))).family;
    assert.deepEqual(list(joined), [[mother.id, 'Adult', true], [father.id, 'Adult', false], [child.id, 'Child', false]]);
    assert.deepEqual((await good(client.retrieveFamilyMembersByFamilyId(id))).family, joined);
    assert.deepEqual((await good(client.retrieveFamilies(child.id))).families, [joined]);
    assert.deepEqual((await good(client.retrieveFamilies((await user()).id))).families, []);
    await refused(client.updateFamily(id, member(mother, 'Adult', false)), 400, ['[lastOwner]familyMember.owner']);
    await refused(client.removeUserFromFamily(id, mother.id), 400, ['[lastOwner]userId']);
    const changed = (await good(client.updateFamily(id, member(father, 'Adult', true)))).family;
    assert.equal(list(changed).filter(([, , owner]) => owner).length, 2);
    await good(client.removeUserFromFamily(id, mother.id));
    await good(client.removeUserFromFamily(id, child.id));
    await good(client.removeUserFromFamily(id, father.id));
    await refused(client.retrieveFamilyMembersByFamilyId(id), 404);
  });

  test('two owners who go at once: one stays', async () => {
    for (let i = 0; i < 5; i++) {
      const [a, b, child] = [await adult(), await adult(), await user()];
      const { id } = await begin(a);
      await good(client.addUserToFamily(id, member(b, 'Adult', true)));
      await good(client.addUserToFamily(id, member(child, 'Child')));
      const both = await Promise.allSettled([client.removeUserFromFamily(id, a.id), client.removeUserFromFamily(id, b.id)]);
      assert.deepEqual(both.map((r) => r.status).sort(), ['fulfilled', 'rejected']);
      assert.equal((await good(client.retrieveFamilyMembersByFamilyId(id))).family.members.filter((m) => m.owner).length, 1);
    }
  });

  test('who may be what: ages by the tenant, one family for an adult', async () => {
    const { id } = await begin(await adult());
    await refused(client.createFamily(null, { familyMember: {} }), 400, ['[missing]familyMember.role', '[missing]familyMember.userId']);
    await refused(client.createFamily(null, member({ id: nobody }, 'Adult')), 400, ['[invalid]familyMember.userId']);
    await refused(client.createFamily(null, member(await user(), 'Teen')), 400, ['[invalid]familyMember.role']);
    await refused(client.createFamily(id, member(await adult(), 'Adult')), 400, ['[duplicate]familyId']);
    await refused(client.createFamily(null, member(await user({ birthDate: bornBefore(20) }), 'Adult')), 400, ['[tooYoung]familyMember.owner']);
    await refused(client.addUserToFamily(id, member(await user({ birthDate: bornBefore(15) }), 'Child')), 400, ['[tooOld]familyMember.role']);
    await refused(client.addUserToFamily(id, member(await user({ birthDate: bornBefore(9) }), 'Adult')), 400, ['[tooYoung]familyMember.role']);
    const [busy, child] = [await adult(), await user({ birthDate: bornBefore(15) })];
    const second = await begin(busy);
    await refused(client.addUserToFamily(id, member(busy, 'Adult')), 400, ['[duplicate]familyMember.userId']);
    await refused(client.addUserToFamily(id, member(busy, 'Teen')), 400, ['[duplicate]familyMember.userId']);
    await good(client.addUserToFamily(id, member(child, 'Teen')));
    await good(client.addUserToFamily(second.id, member(child, 'Teen')));
    assert.equal((await good(client.retrieveFamilies(child.id))).families.length, 2);
    const torn = await adult();
    const both = await Promise.allSettled([client.createFamily(null, member(torn, 'Adult')), client.addUserToFamily(id, member(torn, 'Adult'))]);
    assert.deepEqual(both.map((r) => r.status).sort(), ['fulfilled', 'rejected']);
    await refused(client.addUserToFamily(nobody, member(await adult(), 'Adult')), 404);
    await refused(client.updateFamily(nobody, member(busy, 'Adult')), 404);
    await refused(client.removeUserFromFamily(id, nobody), 404);
    await refused(client.removeUserFromFamily(nobody, busy.id), 404);
    await refused(client.retrieveFamilyMembersByFamilyId(nobody), 404);
    await refused(client.retrieveFamilies(nobody), 404);
  });

  test('familyConfiguration is the tenant\'s', async () => {
    const made = (await good(client.retrieveTenant(ids.tenant))).tenant.familyConfiguration;
    assert.deepEqual([made.enabled, made.maximumChildAge, made.minimumOwnerAge, made.deleteOrphanedAccountsDays, made.allowChildRegistrations], [false, 12, 21, 30, true]);
    await good(client.patchTenant(ids.tenant, { tenant: { familyConfiguration: { enabled: true, minimumOwnerAge: 18, maximumChildAge: 14 } } }));
    const { id } = await begin(await user({ birthDate: bornBefore(19) }));
    await good(client.addUserToFamily(id, member(await user({ birthDate: bornBefore(14) }), 'Child')));
    await good(client.patchTenant(ids.tenant, { tenant: { familyConfiguration: { minimumOwnerAge: 21, maximumChildAge: 12 } } }));
  });

  test('children who wait for a parent; the parent is asked by mail', async () => {
    const parentEmail = 'Parent.Of@Example.com';
    const [one, two] = [await user({ parentEmail }), await user({ parentEmail: 'someone.else@example.com' })];
    const waiting = async (email) => (await good(client.retrievePendingChildren(email))).users.map((u) => u.id);
    assert.deepEqual(await waiting('parent.of@example.com'), [one.id]);
    await good(client.patchUser(two.id, { user: { parentEmail } }));
    assert.deepEqual((await waiting(parentEmail)).sort(), [one.id, two.id].sort());
    assert.deepEqual(await waiting('someone.else@example.com'), []);
    await good(client.sendFamilyRequestEmail({ parentEmail }));
    assert.ok((await mails()).some((m) => m.includes('Parent.Of@Example.com')), 'in words of ours');
    const { emailTemplate } = await good(client.createEmailTemplate(null, { emailTemplate: { name: 'Family', defaultSubject: 'Please ${tenant.name}', defaultTextTemplate: 'Come', defaultHtmlTemplate: '<p>Come</p>' } }));
    await good(client.patchTenant(ids.tenant, { tenant: { familyConfiguration: { familyRequestEmailTemplateId: emailTemplate.id } } }));
    await good(client.sendFamilyRequestEmail({ parentEmail: 'new.parent@example.com' }));
    assert.ok((await mails()).some((m) => m.includes('new.parent@example.com') && m.includes('Please Default')), 'by the template');
    await refused(client.deleteEmailTemplate(emailTemplate.id), 400, ['[inUse]emailTemplateId']);
    await refused(client.sendFamilyRequestEmail({}), 400, ['[blank]parentEmail']);
    await refused(client.retrievePendingChildren(''), 400, ['[blank]parentEmail']);
    const { id } = await begin(await adult());
    await good(client.addUserToFamily(id, member(one, 'Child')));
    assert.deepEqual(await waiting(parentEmail), [two.id]);
    await good(client.deleteUser(two.id));
    assert.deepEqual(await waiting(parentEmail), []);
    for (const { name, bytes } of c.files()) assert.ok(!/parent\.of@example/i.test(bytes.toString('latin1')), name);
  });

  test('of one tenant', async () => {
    const { id, members: [{ userId }] } = await begin(await adult());
    const other = (await good(clientOf(c).createTenant(null, { tenant: { name: 'Other' } }))).tenant;
    const stranger = clientOf(c, await keyOfTenant(c, other.id));
    await refused(stranger.retrieveFamilyMembersByFamilyId(id), 404);
    await refused(stranger.removeUserFromFamily(id, userId), 404);
    await refused(stranger.retrieveFamilies(userId), 404);
    const foreigner = (await good(stranger.createUser(null, { user: { email: 'f@example.com', password: 'correct horse battery' } }))).user;
    await refused(clientOf(c).addUserToFamily(id, member(foreigner, 'Adult')), 400, ['[invalid]familyMember.userId']);
    assert.deepEqual((await good(stranger.retrievePendingChildren('parent.of@example.com'))).users, []);
    await refused(clientOf(c, 'wrong').sendFamilyRequestEmail({ parentEmail: 'a@example.com' }), 401);
  });
});
