// SPDX-License-Identifier: Apache-2.0
// Forms and their fields.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

describe('forms', () => {
  let c, client;
  before(async () => { c = await Cardea.start(); client = clientOf(c, apiKey); });
  after(() => c.end());
  const field = async (more = {}) => (await good(client.createFormField(null, { field: { name: randomUUID(), key: 'user.data.colour', ...more } }))).field;

  test('fields: create, retrieve, change, delete', async () => {
    const id = randomUUID();
    const asked = {
      name: 'Colour', key: "user.data.likes['colour']", control: 'radio', options: ['red', 'blue'], required: true, confirm: true,
      description: 'Favourite', data: { leftAddOn: 'brush' }, validator: { enabled: true, expression: '[a-z]+' },
    };
    const made = (await good(client.createFormField(id, { field: asked }))).field;
    const { insertInstant, lastUpdateInstant, ...rest } = made;
    assert.deepEqual(rest, { id, ...asked, type: 'string' });
    assert.ok(insertInstant && lastUpdateInstant);
    assert.deepEqual((await good(client.retrieveFormField(id))).field, made);
    assert.deepEqual((await good(client.retrieveFormFields())).fields, [made]);
    const put = (await good(client.updateFormField(id, { field: { name: 'Password', key: 'user.password', control: 'text' } }))).field;
    assert.deepEqual([put.control, put.type, put.options], ['password', 'string', []]);
    assert.equal((await good(client.patchFormField(id, { field: { key: 'user.email' } }))).field.type, 'email');
    await good(client.deleteFormField(id));
    await refused(client.retrieveFormField(id), 404);
  });

  test('fields: refused', async () => {
    const { id, name } = await field();
    await refused(client.createFormField(id, { field: { name: 'x', key: 'user.email' } }), 400, ['[duplicate]fieldId']);
    await refused(client.createFormField(null, { field: { name, key: 'user.email' } }), 400, ['[duplicate]field.name']);
    await refused(client.createFormField(null, { field: { key: 'user.nonsense', control: 'slider' } }), 400, ['[blank]field.name', '[invalid]field.key', '[invalid]field.control']);
    for (const key of ['user.data.', 'user.data.a b', 'registration.data.<b>']) await refused(client.createFormField(null, { field: { name: 'k', key } }), 400, ['[invalid]field.key']);
    await refused(client.createFormField(null, { field: { name: 'k', key: 'user.data.x', type: 'consent', validator: { enabled: true } } }), 400,
      ['[missing]field.consentId', '[blank]field.validator.expression']);
    await refused(client.createFormField(null, { field: { name: 'k', key: 'user.data.x', type: 'consent', consentId: nobody } }), 400, ['[invalid]field.consentId']);
    for (const call of ['retrieveFormField', 'updateFormField', 'patchFormField', 'deleteFormField']) await refused(client[call](nobody, { field: { name: 'x', key: 'user.email' } }), 404);
    await refused(clientOf(c, 'wrong').retrieveFormFields(), 401);
  });

  test('forms: create, retrieve, change, delete; a field in use stays', async () => {
    const [one, two] = [await field(), await field({ key: 'user.email' })];
    const id = randomUUID();
    const asked = { name: 'Join', type: 'registration', steps: [{ type: 'collectData', fields: [one.id, two.id] }, { type: 'verifyEmail', fields: [] }], data: { a: 1 } };
    const made = (await good(client.createForm(id, { form: asked }))).form;
    const { insertInstant, lastUpdateInstant, ...rest } = made;
    assert.deepEqual(rest, { id, ...asked });
    assert.ok(insertInstant && lastUpdateInstant);
    assert.deepEqual((await good(client.retrieveForm(id))).form, made);
    assert.deepEqual((await good(client.retrieveForms())).forms, [made]);
    await refused(client.deleteFormField(one.id), 400, ['[inUse]fieldId']);
    await good(client.updateForm(id, { form: { name: 'Join', steps: [{ fields: [two.id] }] } }));
    await good(client.deleteFormField(one.id));
    assert.equal((await good(client.patchForm(id, { form: { name: 'Join us' } }))).form.name, 'Join us');
    await refused(client.patchForm(id, { form: { type: 'adminUser' } }), 400, ['[immutable]form.type']);
    await good(client.deleteForm(id));
    await refused(client.retrieveForm(id), 404);
    await good(client.deleteFormField(two.id));
  });

  test('forms: refused', async () => {
    const { id: fieldId } = await field();
    const { id, name } = (await good(client.createForm(null, { form: { name: 'One', steps: [{ fields: [fieldId] }] } }))).form;
    const steps = [{ fields: [fieldId] }];
    await refused(client.createForm(id, { form: { name: 'x', steps } }), 400, ['[duplicate]formId']);
    await refused(client.createForm(null, { form: { name, steps } }), 400, ['[duplicate]form.name']);
    await refused(client.createForm(null, { form: {} }), 400, ['[blank]form.name', '[missing]form.steps']);
    await refused(client.createForm(null, { form: { name: 'n', steps: [{ fields: [nobody] }] } }), 400, ['[invalid]form.steps.fields']);
    await refused(client.createForm(null, { form: { name: 'n', steps: [{ type: 'verifyEmail', fields: [fieldId] }] } }), 400, ['[notAllowed]form.steps.fields']);
    for (const call of ['retrieveForm', 'updateForm', 'patchForm', 'deleteForm']) await refused(client[call](nobody, { form: { name: 'x', steps } }), 404);
    await refused(clientOf(c, 'wrong').retrieveForms(), 401);
    const bound = clientOf(c, await keyOfTenant(c));
    await good(bound.retrieveForm(id));
    await refused(bound.deleteForm(id), 404);
    await refused(bound.createForm(null, { form: { name: 'mine', steps } }), 401);
  });

  test('tenants and applications name forms, which stay as long', async () => {
    const { id } = (await good(client.createForm(null, { form: { name: 'Named', type: 'adminUser', steps: [{ fields: [(await field()).id] }] } }))).form;
    const set = async (form) => {
      await good(client.patchTenant(ids.tenant, { tenant: { formConfiguration: { adminUserFormId: form } } }));
      await good(client.patchApplication(ids.app, {
        application: { formConfiguration: { selfServiceFormId: form, selfServiceFormConfiguration: { requireCurrentPasswordOnPasswordChange: true } }, registrationConfiguration: { formId: form } },
      }));
    };
    await set(id);
    assert.equal((await good(client.retrieveTenant(ids.tenant))).tenant.formConfiguration.adminUserFormId, id);
    const { application } = await good(client.retrieveApplication(ids.app));
    assert.deepEqual([application.formConfiguration.selfServiceFormId, application.registrationConfiguration.formId, application.formConfiguration.selfServiceFormConfiguration],
      [id, id, { requireCurrentPasswordOnPasswordChange: true }]);
    await refused(client.deleteForm(id), 400, ['[inUse]formId']);
    await refused(client.patchTenant(ids.tenant, { tenant: { formConfiguration: { adminUserFormId: nobody } } }), 400, ['[invalid]tenant.formConfiguration.adminUserFormId']);
    await c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { formConfiguration: null } }, { 'content-type': 'application/merge-patch+json' });
    await refused(client.deleteForm(id), 400, ['[inUse]formId']);
    await c.api('PATCH', `/api/application/${ids.app}`, { application: { formConfiguration: null, registrationConfiguration: { formId: null } } }, { 'content-type': 'application/merge-patch+json' });
    await good(client.deleteForm(id));
  });
});
