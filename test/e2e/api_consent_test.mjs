// SPDX-License-Identifier: Apache-2.0
// Consents: what may be consented to, and who consents for whom.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

const bornBefore = (years, days = 0) => {
  const d = new Date();
  d.setUTCFullYear(d.getUTCFullYear() - years);
  d.setUTCDate(d.getUTCDate() - days);
  return d.toISOString().slice(0, 10);
};

describe('consents', () => {
  let c, client;
  before(async () => { c = await Cardea.start({ args: ['--demo'] }); client = clientOf(c, apiKey, ids.tenant); });
  after(() => c.end());

  const user = async (more = {}) => (await good(client.createUser(null, {
    user: { email: `${randomUUID()}@example.com`, password: 'correct horse battery', ...more },
  }))).user;
  const consent = async (more = {}) => (await good(client.createConsent(null, { consent: { name: randomUUID(), defaultMinimumAgeForSelfConsent: 13, ...more } }))).consent;
  const give = async (who, what, more = {}) => (await good(client.createUserConsent(null, {
    userConsent: { userId: who.id, giverUserId: who.id, consentId: what.id, ...more },
  }))).userConsent;

  test('what may be consented to', async () => {
    const id = randomUUID();
    const asked = {
      name: 'Newsletter', defaultMinimumAgeForSelfConsent: 13, countryMinimumAgeForSelfConsent: { de: 16 }, multipleValuesAllowed: true,
      values: ['weekly', 'offers'], data: { shown: 'footer' },
    };
    const made = (await good(client.createConsent(id, { consent: asked }))).consent;
    const { insertInstant, lastUpdateInstant, ...rest } = made;
    assert.deepEqual(rest, { id, ...asked, emailPlus: { enabled: false, maximumTimeToSendEmailInHours: 48, minimumTimeToSendEmailInHours: 24 } });
    assert.ok(insertInstant <= lastUpdateInstant);
    assert.deepEqual((await good(client.retrieveConsent(id))).consent, made);
    assert.deepEqual((await good(client.retrieveConsents())).consents, [made]);
    assert.equal((await good(client.searchConsents({ search: { name: 'news*' } }))).total, 1);
    assert.equal((await good(client.searchConsents({ search: { name: 'nothing' } }))).total, 0);
    assert.equal((await good(client.searchConsentsByParameters('letter', 10, 'name ASC', 0))).consents[0].id, id);
    assert.deepEqual((await good(client.updateConsent(id, { consent: { name: 'News', defaultMinimumAgeForSelfConsent: 18 } }))).consent.values, []);
    assert.equal((await good(client.patchConsent(id, { consent: { defaultMinimumAgeForSelfConsent: 14 } }))).consent.name, 'News');
    await good(client.deleteConsent(id));
    await refused(client.retrieveConsent(id), 404);
  });

  test('what may not', async () => {
    const { id, name } = await consent();
    await refused(client.createConsent(null, { consent: { name, defaultMinimumAgeForSelfConsent: 13 } }), 400, ['[duplicate]consent.name']);
    await refused(client.createConsent(id, { consent: { name: 'Again', defaultMinimumAgeForSelfConsent: 13 } }), 400, ['[duplicate]consentId']);
    await refused(client.createConsent(null, { consent: { defaultMinimumAgeForSelfConsent: -1, countryMinimumAgeForSelfConsent: { de: 'old' }, emailPlus: { enabled: true } } }), 400,
      ['[blank]consent.name', '[invalid]consent.defaultMinimumAgeForSelfConsent', '[invalid]consent.countryMinimumAgeForSelfConsent', '[missing]consent.emailPlus.emailTemplateId']);
    await refused(client.createConsent(null, { consent: { name: 'T', defaultMinimumAgeForSelfConsent: 1, consentEmailTemplateId: nobody } }), 400, ['[invalid]consent.consentEmailTemplateId']);
    for (const call of ['retrieveConsent', 'updateConsent', 'patchConsent', 'deleteConsent']) await refused(client[call](nobody, { consent: { name: 'x', defaultMinimumAgeForSelfConsent: 1 } }), 404);
    await refused(clientOf(c, 'wrong').retrieveConsents(), 401);
    await refused(client.searchConsents({ search: { orderBy: 'colour' } }), 400, ['[invalid]search.orderBy']);
    await refused(client.searchConsentsByParameters('x', 10, 'colour', 0), 400, ['[invalid]search.orderBy']);
    await refused(clientOf(c, await keyOfTenant(c)).deleteConsent(id), 404);
  });

  test('given, changed, revoked and given back', async () => {
    const who = await user();
    const what = await consent({ values: ['a', 'b'], multipleValuesAllowed: true });
    const id = randomUUID();
    const given = (await good(client.createUserConsent(id, { userConsent: { userId: who.id, giverUserId: who.id, consentId: what.id, values: ['a'], data: { page: 1 } } }))).userConsent;
    assert.deepEqual([given.id, given.status, given.values, given.consent.name, given.userId, given.giverUserId], [id, 'Active', ['a'], what.name, who.id, who.id]);
    assert.deepEqual((await good(client.retrieveUserConsent(id))).userConsent, given);
    assert.deepEqual((await good(client.retrieveUserConsents(who.id))).userConsents, [given]);
    const put = (await good(client.updateUserConsent(id, { userConsent: { status: 'Active', values: ['b'] } }))).userConsent;
    assert.deepEqual([put.values, put.consentId, put.giverUserId], [['b'], what.id, who.id]);
    assert.ok(put.lastUpdateInstant > put.insertInstant);
    await good(client.revokeUserConsent(id));
    assert.equal((await good(client.retrieveUserConsent(id))).userConsent.status, 'Revoked');
    assert.equal((await good(client.patchUserConsent(id, { userConsent: { status: 'Active' } }))).userConsent.status, 'Active');
    await refused(client.patchUserConsent(id, { userConsent: { giverUserId: ids.user } }), 400, ['[immutable]userConsent.giverUserId']);
    await good(client.deleteConsent(what.id));
    await refused(client.retrieveUserConsent(id), 404);
    assert.deepEqual((await good(client.retrieveUserConsents(who.id))).userConsents, []);
  });

  test('what cannot be given', async () => {
    const who = await user();
    const what = await consent({ values: ['a', 'b'] });
    const base = { userId: who.id, giverUserId: who.id, consentId: what.id };
    const first = await give(who, what);
    const cases = [
      [{}, ['[missing]userConsent.consentId', '[missing]userConsent.giverUserId', '[missing]userConsent.userId']],
      [{ ...base, userId: nobody }, ['[invalid]userConsent.userId']],
      [{ ...base, consentId: nobody }, ['[invalid]userConsent.consentId']],
      [base, ['[duplicate]userConsent.consentId']],
      [{ ...base, consentId: (await consent({ values: ['x', 'y'] })).id, values: ['x', 'z'] }, ['[notAllowed]userConsent.values', '[invalid]userConsent.values']],
      [{ ...base, consentId: (await consent()).id, giverUserId: (await user()).id }, ['[invalid]userConsent.giverUserId']],
    ];
    for (const [asked, codes] of cases) await refused(client.createUserConsent(null, { userConsent: asked }), 400, codes);
    await refused(client.createUserConsent(first.id, { userConsent: { ...base, consentId: (await consent()).id } }), 400, ['[duplicate]userConsentId']);
    for (const call of ['retrieveUserConsent', 'updateUserConsent', 'patchUserConsent', 'revokeUserConsent']) await refused(client[call](nobody, { userConsent: { status: 'Active' } }), 404);
    await refused(client.retrieveUserConsents(nobody), 404);
  });

  test('the age decides, by the country; an adult of the family may give it', async () => {
    const what = await consent({ countryMinimumAgeForSelfConsent: { DE: 16 } });
    const give13 = (who) => client.createUserConsent(null, { userConsent: { userId: who.id, giverUserId: who.id, consentId: what.id } });
    await good(give13(await user({ birthDate: bornBefore(13) })));
    await refused(give13(await user({ birthDate: bornBefore(13, -1) })), 400, ['[tooYoung]userConsent.giverUserId']);
    await refused(give13(await user({ birthDate: bornBefore(15), preferredLanguages: ['de_DE'] })), 400, ['[tooYoung]userConsent.giverUserId']);
    await good(give13(await user({ birthDate: bornBefore(16), preferredLanguages: ['de_DE'] })));
    const parent = await user({ birthDate: bornBefore(40), email: 'giver@example.com' });
    const { emailTemplate } = await good(client.createEmailTemplate(null, {
      emailTemplate: { name: 'Consent', defaultSubject: 'Given: ${consent.name}', defaultTextTemplate: 'Thanks', defaultHtmlTemplate: '<p>Thanks</p>' },
    }));
    await good(client.patchConsent(what.id, { consent: { consentEmailTemplateId: emailTemplate.id } }));
    const child = await user({ birthDate: bornBefore(8) });
    const byParent = { userConsent: { userId: child.id, giverUserId: parent.id, consentId: what.id } };
    await refused(client.createUserConsent(null, byParent), 400, ['[invalid]userConsent.giverUserId']);
    const { id } = (await good(client.createFamily(null, { familyMember: { userId: parent.id, role: 'Adult' } }))).family;
    await good(client.addUserToFamily(id, { familyMember: { userId: child.id, role: 'Child' } }));
    assert.equal((await good(client.createUserConsent(null, byParent))).userConsent.giverUserId, parent.id);
    const html = await (await c.fetch('/demo/mail', { headers: { accept: 'text/html' } })).text();
    assert.ok(html.includes('giver@example.com') && html.includes(`Given: ${what.name}`), 'who gave it hears of it');
    await refused(client.createUserConsent(null, { userConsent: { ...byParent.userConsent, consentId: (await consent()).id, userId: parent.id, giverUserId: child.id } }), 400,
      ['[invalid]userConsent.giverUserId']);
  });

  test('given twice at once: once; sealed, of one tenant, gone with the person', async () => {
    const who = await user();
    const what = await consent();
    const all = await Promise.allSettled([1, 2, 3].map(() => client.createUserConsent(null, { userConsent: { userId: who.id, giverUserId: who.id, consentId: what.id, data: { note: 'remarkable words' } } })));
    assert.equal(all.filter((r) => r.status === 'fulfilled').length, 1);
    const [given] = (await good(client.retrieveUserConsents(who.id))).userConsents;
    const other = (await good(clientOf(c).createTenant(null, { tenant: { name: 'Other' } }))).tenant;
    const stranger = clientOf(c, await keyOfTenant(c, other.id));
    await refused(stranger.retrieveUserConsent(given.id), 404);
    await refused(stranger.revokeUserConsent(given.id), 404);
    await refused(stranger.retrieveUserConsents(who.id), 404);
    for (const { name, bytes } of c.files()) assert.ok(!bytes.includes('remarkable words'), name);
    await good(client.deleteUser(who.id));
    await refused(client.retrieveUserConsent(given.id), 404);
  });
});
