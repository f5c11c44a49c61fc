// SPDX-License-Identifier: Apache-2.0
// Email templates: their verbs, the preview, and mails that really leave.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids, person } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';
import { MailServer } from './mailserver.mjs';

describe('email templates', () => {
  let c, client, smtp;
  before(async () => {
    smtp = await MailServer.start();
    c = await Cardea.start();
    client = clientOf(c, apiKey);
    await good(client.patchTenant(ids.tenant, { tenant: { emailConfiguration: { host: '127.0.0.1', port: smtp.port, defaultFromEmail: 'no-reply@example.com', defaultFromName: 'House', additionalHeaders: [{ name: 'X-Campaign', value: 'Größe' }] } } }));
  });
  after(async () => { await c.end(); smtp.stop(); });

  const template = (more = {}) => ({ name: randomUUID(), defaultSubject: 'Hello', defaultHtmlTemplate: '<p>Hello</p>', defaultTextTemplate: 'Hello', ...more });
  const make = async (more) => (await good(client.createEmailTemplate(null, { emailTemplate: template(more) }))).emailTemplate.id;
  const arrived = async (fits) => {
    for (let i = 0; i < 200; i++) {
      const found = smtp.mails.filter(fits);
      if (found.length) return found;
      await new Promise((done) => setTimeout(done, 50));
    }
    return assert.fail(`no such mail among ${JSON.stringify(smtp.mails)}`);
  };

  test('create, retrieve, update, patch, delete, search', async () => {
    const id = randomUUID();
    const asked = template({ fromEmail: 'us@example.com', defaultFromName: 'Us', localizedSubjects: { de: 'Hallo' }, localizedHtmlTemplates: { de: '<p>Hallo</p>' }, localizedTextTemplates: { de: 'Hallo' }, localizedFromNames: { de: 'Wir' } });
    const made = (await good(client.createEmailTemplate(id, { emailTemplate: asked }))).emailTemplate;
    assert.deepEqual({ ...made, insertInstant: 0, lastUpdateInstant: 0 }, { id, ...asked, insertInstant: 0, lastUpdateInstant: 0 });
    assert.deepEqual((await good(client.retrieveEmailTemplate(id))).emailTemplate, made);
    assert.ok((await good(client.retrieveEmailTemplates())).emailTemplates.some((t) => t.id === id));
    assert.equal((await good(client.updateEmailTemplate(id, { emailTemplate: { ...asked, defaultSubject: 'New' } }))).emailTemplate.defaultSubject, 'New');
    assert.equal((await good(client.patchEmailTemplate(id, { emailTemplate: { localizedSubjects: { fr: 'Salut' } } }))).emailTemplate.localizedSubjects.de, 'Hallo');
    assert.equal((await good(client.searchEmailTemplates({ search: { name: asked.name } }))).total, 1);
    await refused(client.searchEmailTemplates({ search: { orderBy: 'x' } }), 400, ['[invalid]search.orderBy']);
    await refused(client.createEmailTemplate(null, { emailTemplate: { name: asked.name, fromEmail: 'nowhere', localizedSubjects: { '!': 'x' } } }), 400,
      ['[blank]emailTemplate.defaultSubject', '[blank]emailTemplate.defaultHtmlTemplate', '[blank]emailTemplate.defaultTextTemplate', '[duplicate]emailTemplate.name', '[invalid]emailTemplate.localizedSubjects', '[notEmail]emailTemplate.fromEmail']);
    await refused(clientOf(c, await keyOfTenant(c)).patchEmailTemplate(id, { emailTemplate: { defaultSubject: 'Mine' } }), 404);
    await good(client.deleteEmailTemplate(id));
    for (const gone of [() => client.retrieveEmailTemplate(id), () => client.deleteEmailTemplate(id), () => client.updateEmailTemplate(id, { emailTemplate: asked }), () => client.patchEmailTemplate(id, { emailTemplate: asked })]) await refused(gone(), 404);
    await refused(clientOf(c, 'wrong').retrieveEmailTemplates(), 401);
  });

  test('the preview shows what is there, in the language that is asked for', async () => {
    const emailTemplate = { fromEmail: 'us@example.com', defaultFromName: 'Us', defaultSubject: 'For {{user.firstName}}', defaultHtmlTemplate: '[#if user.firstName??]<b>${user.firstName}</b>[/#if]',
      defaultTextTemplate: 'Hi ${(user.nickName)!"friend"}', localizedSubjects: { de: 'An ${user.firstName}' } };
    const email = { from: { address: 'us@example.com', display: 'Us' }, html: '<b>Ada</b>', subject: 'For Ada', text: 'Hi friend' };
    assert.deepEqual(await good(client.retrieveEmailTemplatePreview({ emailTemplate })), { email });
    assert.equal((await good(client.retrieveEmailTemplatePreview({ emailTemplate, locale: 'de_AT' }))).email.subject, 'An Ada');
    assert.equal((await good(client.retrieveEmailTemplatePreview({ emailTemplate: { defaultSubject: 'Only this' } }))).email.subject, 'Only this');
    const wrong = await good(client.retrieveEmailTemplatePreview({ emailTemplate: { defaultSubject: '[#assign x = 1]', defaultTextTemplate: '{{#open}}', defaultHtmlTemplate: 'fine' } }));
    assert.deepEqual(Object.keys(wrong.errors.fieldErrors).sort(), ['emailTemplate.defaultSubject', 'emailTemplate.defaultTextTemplate']);
    assert.equal(wrong.email.html, 'fine');
    await refused(client.retrieveEmailTemplatePreview({ emailTemplate: { nonsense: 1 } }), 400, ['[unknown]emailTemplate.nonsense']);
    await refused(client.retrieveEmailTemplatePreview({}), 400, ['[missing]emailTemplate']);
  });

  test('the preview of a message', async () => {
    const messageTemplate = { type: 'SMS', defaultTemplate: 'Code ${code}', localizedTemplates: { de: 'Ihr Code: {{code}}' } };
    assert.deepEqual(await good(client.retrieveMessageTemplatePreview({ messageTemplate })),
      { message: { textMessage: 'Code 123456', type: 'SMS' }, previewMessage: { textMessage: 'Code 123456', type: 'SMS' } });
    const voice = await good(client.retrieveMessageTemplatePreview({ messageTemplate: { ...messageTemplate, type: 'Voice' }, locale: 'de' }));
    assert.deepEqual(voice.previewMessage, { locale: 'de', message: 'Ihr Code: 123456', type: 'Voice' });
    const wrong = await good(client.retrieveMessageTemplatePreview({ messageTemplate: { type: 'SMS', defaultTemplate: '${code' } }));
    assert.deepEqual(Object.keys(wrong.errors.fieldErrors), ['messageTemplate.defaultTemplate']);
    await refused(client.retrieveMessageTemplatePreview({ messageTemplate: { type: 'Pigeon' } }), 400, ['[invalid]messageTemplate.type']);
  });

  test('mails to users and to addresses leave, with copies, in each one’s language', async () => {
    const id = await make({ fromEmail: 'team@example.com', defaultFromName: 'Team', defaultSubject: 'News for ${user.firstName!"you"}',
      defaultTextTemplate: 'Hi {{user.fullName}}, {{what}} by {{application.name}} of {{tenant.name}} & co', defaultHtmlTemplate: '<p>{{what}}</p>', localizedSubjects: { de: 'Neues' } });
    const german = (await good(client.createUser(null, { user: { email: 'karl@example.com', password: 'a long enough password', fullName: 'Karl', preferredLanguages: ['de_DE'] } }))).user;
    const answer = await good(client.sendEmail(id, { userIds: [ids.user, german.id], toAddresses: [{ address: 'guest@example.com', display: 'A Guest' }], ccAddresses: ['cc@example.com'], bccAddresses: ['bcc@example.com'],
      applicationId: ids.app, requestData: { what: '<new> things', user: { firstName: 'Nobody' } } }));
    assert.deepEqual(answer, {});
    const [first] = await arrived((m) => m.to[0] === person.email);
    assert.deepEqual([first.from, first.to], ['team@example.com', [person.email, 'cc@example.com', 'bcc@example.com']]);
    assert.match(first.text, /^From: "Team"\r\n <team@example\.com>\r$/m);
    assert.match(first.text, /^Cc: <cc@example\.com>\r$/m);
    assert.doesNotMatch(first.text, /bcc@/);
    assert.match(first.text, /^X-Campaign: =\?utf-8\?/im);
    assert.match(first.text, /^Subject: News for Ada\r$/m);
    assert.match(first.text, /<new> things by .* of .* & co/);
    assert.match(first.text, /<p>&lt;new&gt; things<\/p>/);
    assert.match((await arrived((m) => m.to[0] === 'karl@example.com'))[0].text, /^Subject: Neues\r$/m);
    const [guest] = await arrived((m) => m.to[0] === 'guest@example.com');
    assert.match(guest.text, /^To: "A Guest"\r\n <guest@example\.com>\r$/m);
    assert.match(guest.text, /^Subject: News for you\r$/m);
  });

  test('no name and no subject adds a header, or keeps its mail from going out', async () => {
    const attack = 'A\nBcc: victim@example.com\n\nbody \u2028\u202e Größe';
    const id = await make({ defaultFromName: attack, defaultSubject: `Subject {{user.fullName}}`, defaultTextTemplate: 'text' });
    const { user } = await good(client.createUser(null, { user: { email: 'attack@example.com', password: 'a long enough password', fullName: attack } }));
    await good(client.sendEmail(id, { userIds: [user.id], toAddresses: [{ address: 'guest2@example.com', display: attack }] }));
    for (const to of ['attack@example.com', 'guest2@example.com']) {
      const [mail] = await arrived((m) => m.to[0] === to);
      assert.deepEqual(mail.to, [to]);
      assert.doesNotMatch(mail.text, /^(Bcc|victim)/im);
      assert.equal(mail.text.slice(0, mail.text.indexOf('\r\n\r\n')).split(/\r\n(?![ \t])/).filter((line) => !/^[A-Za-z0-9-]+:\s/.test(line)).length, 0);
    }
  });

  test('who cannot get a mail is told apart; ids of nobody refuse the call', async () => {
    const id = await make({ defaultSubject: 'Unheard' });
    const { user } = (await good(client.createUser(null, { user: { username: `u${Date.now()}`, password: 'a long enough password' } })));
    const some = await good(client.sendEmail(id, { userIds: [user.id] }));
    assert.deepEqual(some, { results: { [user.id]: { parseErrors: {}, renderErrors: { to: 'the user has no email address' } } } });
    const broken = await make({ defaultTextTemplate: '[#assign x = 1]', defaultSubject: 'Broken' });
    const none = await good(client.sendEmail(broken, { userIds: [ids.user], toAddresses: [{ address: 'guest@example.com' }] }));
    assert.deepEqual([Object.keys(none.results[ids.user].parseErrors), Object.keys(none.anonymousResults['guest@example.com'].parseErrors)], [['text'], ['text']]);
    await refused(client.sendEmail(id, {}), 400, ['[missing]userIds']);
    await refused(client.sendEmail(id, { userIds: [ids.user, nobody] }), 400, ['[invalid]userIds']);
    await refused(client.sendEmail(id, { userIds: [ids.user], applicationId: nobody, ccAddresses: ['x'] }), 400, ['[notEmail]ccAddresses', '[invalid]applicationId']);
    await refused(client.sendEmail(id, { userIds: [ids.user], toAddresses: [{ address: 'a@example.com\r\nBcc: b@example.com' }] }), 400, ['[notEmail]toAddresses.address']);
    await refused(client.sendEmail(nobody, { userIds: [ids.user] }), 404);
    await refused(client.patchTenant(ids.tenant, { tenant: { emailConfiguration: { additionalHeaders: [{ name: 'Bcc', value: 'all@example.com' }] } } }), 400, ['[invalid]tenant.emailConfiguration.additionalHeaders.name']);
    await refused(clientOf(c, 'wrong').sendEmail(id, { userIds: [ids.user] }), 401);
    assert.ok(smtp.mails.every((m) => !/Subject: (Unheard|Broken)/.test(m.text)));
  });

  test('a key of one tenant sends to its own people only', async () => {
    const id = await make();
    const other = (await good(client.createTenant(null, { tenant: { name: 'Other' } }))).tenant.id;
    const bound = clientOf(c, await keyOfTenant(c, other));
    await refused(bound.sendEmail(id, { userIds: [ids.user] }), 400, ['[invalid]userIds']);
    await refused(bound.sendEmail(id, { toAddresses: [{ address: 'guest@example.com' }], applicationId: ids.app }), 400, ['[invalid]applicationId']);
    await refused(client.sendEmail(id, { toAddresses: [{ address: 'guest@example.com' }] }), 400, ['[TenantIdRequired]']);
    await good(bound.sendEmail(id, { toAddresses: [{ address: 'guest@example.com' }] }));
  });
});
