// SPDX-License-Identifier: Apache-2.0
// Administrators and API keys: nobody does, gives or touches more than they may (decision 0025).
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { Cardea, apiKey, ids, kickstart, person } from './harness.mjs';
import { allowed, roles as table } from './permission_table.mjs';

const app = '3c219e58-ed0e-4b18-ad48-f4f92793ae32';
const boss = randomUUID(), helper = randomUUID(), otherTenant = randomUUID(), otherUser = randomUUID();
const password = 'an administrator of tests';
let c, token, bossToken;

before(async () => {
  const requests = [...kickstart.requests,
    { method: 'POST', url: `/api/user/registration/${boss}`, body: { user: { email: 'boss@example.com', password }, registration: { applicationId: '#{FUSIONAUTH_APPLICATION_ID}', roles: ['admin'] } } },
    { method: 'POST', url: `/api/user/registration/${helper}`, body: { user: { email: 'helper@example.com', password }, registration: { applicationId: app, roles: ['report_viewer'] } } },
    { method: 'POST', url: `/api/tenant/${otherTenant}`, body: { tenant: { name: 'Other' } } },
    { method: 'POST', url: `/api/user/${otherUser}`, tenantId: otherTenant, body: { user: { email: 'other@example.com', username: 'other' } } },
  ];
  c = await Cardea.start({ kickstart: { ...kickstart, requests } });
  [token, bossToken] = await Promise.all(['helper@example.com', 'boss@example.com'].map(async (loginId) =>
    (await c.api('POST', '/api/login', { loginId, password, applicationId: app })).body.token));
});
after(() => { agent.destroy(); return c.end(); });

const home = { 'x-fusionauth-tenantid': ids.tenant };
const as = (bearer) => (method, path, body, headers = {}) => c.api(method, path, body, { authorization: `Bearer ${bearer}`, ...headers });
const call = (...args) => as(token)(...args);
const chief = (...args) => as(bossToken)(...args);
const roles = async (...names) => {
  const answer = await c.api('PUT', `/api/user/registration/${helper}/${app}`, { registration: { applicationId: app, roles: names } });
  assert.equal(answer.status, 200, answer.text);
};
const isRefused = (answer, code = 'notAllowed') => {
  assert.equal(answer.status, 400, answer.text);
  const faults = [...Object.values(answer.body.fieldErrors ?? {}).flat(), ...(answer.body.generalErrors ?? [])];
  assert.ok(faults.some((f) => f.code.startsWith(`[${code}]`)), answer.text);
};

test('the application has the 38 roles by their ids, and they stay', async () => {
  const { body } = await c.api('GET', `/api/application/${app}`);
  assert.equal(body.application.roles.length, 38);
  const admin = body.application.roles.find((r) => r.name === 'admin');
  assert.equal(admin.id, '631ecd9d-8d40-4c13-8277-80cedb8236e2');
  isRefused(await c.api('DELETE', `/api/application/${app}/role/${admin.id}`));
  isRefused(await c.api('DELETE', `/api/application/${app}/role?name=user_manager`));
  isRefused(await c.api('PATCH', `/api/application/${app}/role/${admin.id}`, { role: { isDefault: true } }));
  for (const query of ['', '?hardDelete=true']) isRefused(await c.api('DELETE', `/api/application/${app}${query}`));
});

test('roles count from the next call on, in both directions', async () => {
  await roles('report_viewer');
  assert.equal((await call('GET', '/api/report/totals')).status, 200);
  assert.equal((await call('GET', `/api/user/${ids.user}`)).status, 401);
  await roles('user_support_viewer');
  assert.equal((await call('GET', '/api/report/totals')).status, 401);
  assert.equal((await call('GET', `/api/user/${ids.user}`)).body.user.email, person.email);
  assert.equal((await call('PATCH', `/api/user/${ids.user}`, { user: { firstName: 'Eve' } })).status, 401);
});

test('a kickstart file makes an administrator, who may do everything', async () => {
  assert.equal((await chief('GET', '/api/tenant')).body.tenants.length, 2);
  assert.equal((await chief('GET', `/api/user/${otherUser}`)).status, 200);
  assert.equal((await chief('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { name: 'Default' } })).status, 200);
});

test('tokens of anything else are no administrator\'s', async () => {
  await roles('admin');
  const login = async (applicationId) => (await c.api('POST', '/api/login', { loginId: 'helper@example.com', password, ...(applicationId ? { applicationId } : {}) })).body.token;
  const stranger = await login();
  const { refreshToken, ...rest } = (await c.api('POST', '/api/user/registration', { user: { email: 'member@example.com', password }, registration: { applicationId: ids.app, roles: ['admin'] } })).body;
  const [head, claims, signature] = token.split('.');
  const recode = (o) => Buffer.from(JSON.stringify(o)).toString('base64url');
  const vended = (await c.api('POST', '/api/jwt/vend', { claims: JSON.parse(Buffer.from(claims, 'base64url')) }, {})).body?.token;
  const vend = (await c.api('POST', '/api/jwt/vend', { claims: { ...JSON.parse(Buffer.from(claims, 'base64url')), exp: undefined, iat: undefined } }, home)).body.token;
  const tokens = [stranger, rest.token, vended, vend, `${head}.${claims}.`, `${recode({ alg: 'none', typ: 'at+jwt' })}.${claims}.`,
    `${head}.${recode({ ...JSON.parse(Buffer.from(claims, 'base64url')), sub: boss })}.${signature}`, '', 'a.b.c', apiKey];
  for (const t of tokens.filter((t) => t !== undefined)) {
    assert.equal((await as(t)('GET', '/api/report/totals')).status, 401, t);
  }
  assert.equal((await c.api('GET', '/api/report/totals', undefined, { authorization: token })).status, 401);
  assert.equal((await c.api('GET', '/api/report/totals', undefined, { authorization: `JWT ${token}` })).status, 401);
  assert.equal((await call('GET', '/api/report/totals')).status, 200);
  // a token for another application becomes none for this one
  await c.api('POST', `/api/user/registration/${helper}`, { registration: { applicationId: ids.app } });
  const ofApp = await login(ids.app);
  assert.equal((await as(ofApp)('GET', '/api/report/totals')).status, 401);
  isRefused(await as(ofApp)('GET', `/api/jwt/issue?applicationId=${app}`), 'invalid');
  assert.equal((await c.api('DELETE', `/api/user/registration/${helper}/${ids.app}`)).status, 200);
});

test('a session that is revoked, and a person who is locked, may nothing at once', async () => {
  await roles('report_viewer');
  const own = (await c.api('POST', '/api/login', { loginId: 'helper@example.com', password, applicationId: app })).body.token;
  assert.equal((await as(own)('GET', '/api/report/totals')).status, 200);
  assert.equal((await c.api('DELETE', `/api/jwt/refresh?userId=${helper}`)).status, 200);
  assert.equal((await as(own)('GET', '/api/report/totals')).status, 401);
  token = (await c.api('POST', '/api/login', { loginId: 'helper@example.com', password, applicationId: app })).body.token;
  const kept = token;
  assert.equal((await c.api('DELETE', `/api/user/${helper}`)).status, 200);
  assert.equal((await as(kept)('GET', '/api/report/totals')).status, 401);
  assert.equal((await c.api('PUT', `/api/user/${helper}?reactivate=true`)).status, 200);
  token = (await c.api('POST', '/api/login', { loginId: 'helper@example.com', password, applicationId: app })).body.token;
});

test('an action that keeps a person out ends what the administrator had', async () => {
  const kind = (await c.api('POST', '/api/user-action', { userAction: { name: 'Out', temporal: true, preventLogin: true } })).body.userAction.id;
  const taken = await c.api('POST', '/api/user/action', { action: { userActionId: kind, actioneeUserId: helper, actionerUserId: boss, expiry: Date.now() + 3600000, comment: 'x' }, broadcast: false });
  assert.equal(taken.status, 200, taken.text);
  assert.equal((await call('GET', '/api/report/totals')).status, 401);
  assert.equal((await c.api('DELETE', `/api/user/action/${taken.body.action.id}`, { action: { actionerUserId: boss } })).status, 200);
  token = (await c.api('POST', '/api/login', { loginId: 'helper@example.com', password, applicationId: app })).body.token;
});

test('nobody gives a role that permits more than they may', async () => {
  const member = { user: { email: 'new@example.com', password }, registration: { applicationId: app, roles: ['admin'] } };
  await roles('user_manager');
  isRefused(await call('POST', '/api/user/registration', member, home));
  isRefused(await call('PATCH', `/api/user/registration/${helper}/${app}`, { registration: { roles: ['tenant_manager'] } }));
  isRefused(await call('POST', '/api/user/import', { users: [{ email: 'imported@example.com', registrations: [{ applicationId: app, roles: ['admin'] }] }] }, home));
  const made = await call('POST', '/api/user/registration', { ...member, registration: { applicationId: app, roles: ['user_support_viewer', 'user_manager'] } }, home);
  assert.equal(made.status, 200, made.text);
  // by a key that has the endpoint, but not everything
  const limited = (await c.api('POST', '/api/api-key', { apiKey: { name: 'limited', permissions: { endpoints: { '/api/user': [] } } } })).body.apiKey.key;
  const bound = (await c.api('POST', '/api/api-key', { apiKey: { name: 'bound', tenantId: ids.tenant } })).body.apiKey.key;
  for (const authorization of [limited, bound]) {
    isRefused(await c.api('POST', '/api/user/registration', { ...member, user: { email: 'x@example.com', password } }, { authorization, ...home }));
    assert.equal((await c.api('PATCH', `/api/user/${boss}`, { user: { password: 'taken over now' } }, { authorization, ...home })).status, 403);
    assert.equal((await c.api('PATCH', `/api/user/${ids.user}`, { user: { lastName: 'King' } }, { authorization, ...home })).status, 200);
  }
  for (const [method, path, body] of [['PATCH', `/api/application/${app}`, { application: { name: 'Mine' } }], ['PATCH', `/api/tenant/${ids.tenant}`, { tenant: { name: 'Mine' } }],
    ['POST', `/api/application/${app}/scope`, { scope: { name: 'mine' } }]]) {
    isRefused(await c.api(method, path, body, { authorization: bound }));
  }
});

test('a group gives no role that its maker, or who adds a member, may not give', async () => {
  const { body } = await c.api('GET', `/api/application/${app}`);
  const adminRole = body.application.roles.find((r) => r.name === 'admin').id;
  const consent = body.application.roles.find((r) => r.name === 'consent_manager').id;
  const group = (await c.api('POST', '/api/group', { group: { name: 'Bosses' }, roleIds: [adminRole] }, home)).body.group.id;
  await roles('group_manager', 'user_manager', 'consent_manager');
  isRefused(await call('POST', '/api/group', { group: { name: 'Mine' }, roleIds: [adminRole] }, home));
  isRefused(await call('PATCH', `/api/group/${group}`, { group: { name: 'Mine' } }));
  await roles('group_deleter', 'consent_manager');
  isRefused(await call('DELETE', `/api/group/${group}`));
  await roles('group_manager', 'user_manager', 'consent_manager');
  isRefused(await call('POST', '/api/group/member', { members: { [group]: [{ userId: helper }] } }));
  isRefused(await call('PUT', '/api/group/member', { members: { [group]: [{ userId: helper }] } }));
  isRefused(await call('PATCH', `/api/user/${helper}`, { user: { memberships: [{ groupId: group }] } }));
  isRefused(await call('POST', '/api/user', { user: { email: 'grouped@example.com', memberships: [{ groupId: group }] } }, home));
  isRefused(await call('POST', '/api/user/import', { users: [{ email: 'grouped@example.com', memberships: [{ groupId: group }] }] }, home));
  const mine = await call('POST', '/api/group', { group: { name: 'Mine' }, roleIds: [consent] }, home);
  assert.equal(mine.status, 200, mine.text);
  const added = await call('POST', '/api/group/member', { members: { [mine.body.group.id]: [{ userId: helper }] } });
  assert.equal(added.status, 200, added.text);
  await roles('report_viewer');
  assert.equal((await call('GET', '/api/consent/search')).status, 200, 'by the group');
  assert.equal((await c.api('DELETE', `/api/group/${mine.body.group.id}`)).status, 200);
  assert.equal((await call('GET', '/api/consent/search')).status, 401);
  await c.api('DELETE', `/api/group/${group}`);
});

test('nobody touches who has more rights, by no way there is', async () => {
  await roles('user_manager', 'user_deleter');
  await c.api('PATCH', `/api/application/${ids.app}`, { application: { passwordlessConfiguration: { enabled: true } } });
  const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });
  const calls = [
    ['PATCH', `/api/user/${boss}`, { user: { password: 'taken over now' } }],
    ['PATCH', `/api/user/${boss}`, { user: { email: 'eve@example.com' } }],
    ['DELETE', `/api/user/${boss}`], ['DELETE', `/api/user/${boss}?hardDelete=true`],
    ['DELETE', `/api/user/bulk?userId=${boss}`],
    ['DELETE', `/api/user/registration/${boss}/${app}`],
    ['PATCH', `/api/user/registration/${boss}/${app}`, { registration: { username: 'boss' } }],
    ['POST', `/api/user/registration/${boss}`, { registration: { applicationId: ids.app } }],
    ['POST', '/api/user/forgot-password', { loginId: 'boss@example.com', sendForgotPasswordEmail: false }],
    ['POST', '/api/user/change-password', { loginId: 'boss@example.com', password: 'taken over now' }],
    ['PUT', '/api/user/verify-email?email=boss@example.com&sendVerifyEmail=false'],
    ['POST', '/api/passwordless/start', { applicationId: ids.app, loginId: 'boss@example.com' }],
    ['POST', `/api/user/two-factor/${boss}`, { method: 'authenticator', secret: 'c2VjcmV0LXNlY3JldC1zZWNyZXQ=', code: '123456' }],
    ['DELETE', `/api/user/two-factor/${boss}?methodId=abc&code=123456`],
    ['POST', `/api/user/two-factor/recovery-code/${boss}`],
    ['POST', '/api/two-factor/start', { userId: boss, code: '123456' }],
    ['POST', '/api/identity/verify/start', { loginId: 'boss@example.com', loginIdType: 'email', verificationStrategy: 'ClickableLink' }],
    ['POST', '/api/webauthn/register/start', { userId: boss, workflow: 'general', displayName: 'key' }],
    ['POST', '/api/user/refresh-token/import', { refreshTokens: [{ userId: boss, applicationId: app, token: 'x'.repeat(40), startInstant: 1 }] }],
    ['PUT', `/api/login/${boss}/${app}`],
    ['POST', '/api/identity-provider/link', { identityProviderLink: { userId: boss, identityProviderId: randomUUID(), identityProviderUserId: 'eve' } }],
    ['POST', '/api/webauthn/import', { credentials: [{ userId: boss, credentialId: Buffer.alloc(32, 7).toString('base64url'), publicKey, algorithm: -7, attestationType: 'none', authenticatorSupportsUserVerification: true, discoverable: true, displayName: 'mine', insertInstant: 1, name: 'mine', relyingPartyId: 'localhost', signCount: 0, transports: ['internal'], userAgent: 'x' }] }],
    ['POST', '/api/user/action', { action: { userActionId: randomUUID(), actioneeUserId: boss, actionerUserId: helper } }],
    ['DELETE', `/api/jwt/refresh?userId=${boss}`],
    ['DELETE', `/api/jwt/refresh?userId=${boss}&applicationId=${app}`],
    ['DELETE', `/api/jwt/refresh/${JSON.parse(Buffer.from(bossToken.split('.')[1], 'base64url')).sid}`],
    ['DELETE', `/api/jwt/refresh?applicationId=${app}`],
  ];
  const let_through = [];
  for (const [method, path, body] of calls) {
    const answer = await call(method, path, body, home);
    if (answer.status !== 403) let_through.push(`${method} ${path} ${answer.status} ${answer.text.slice(0, 300)}`);
  }
  assert.deepEqual(let_through, []);
  assert.equal((await chief('GET', '/api/tenant')).status, 200, 'still signed in');
  // what is left: to look, and oneself
  assert.equal((await call('GET', `/api/user/${boss}`)).status, 200);
  assert.equal((await call('PATCH', `/api/user/${helper}`, { user: { firstName: 'Help' } })).status, 200);
});

test('the way by which administrators come in is made and changed by whom has every right', async () => {
  const role = (await c.api('POST', `/api/application/${app}/role`, { role: { name: 'partners' } })).body.role.id;
  assert.equal((await c.api('POST', `/api/cardea/admin-role/${role}`, { adminRole: { permissions: { 'identity-provider': ['read', 'write', 'delete'] } } })).status, 200);
  const limited = (await c.api('POST', '/api/api-key', { apiKey: { tenantId: ids.tenant, permissions: { endpoints: { '/api/identity-provider': [] } } } })).body.apiKey.key;
  await roles('partners');
  const provider = (name, applicationId, more = {}) => ({ identityProvider: { type: 'OpenIDConnect', name, buttonText: name, enabled: true, linkingStrategy: 'LinkByEmail',
    oauth2: { client_id: 'c', client_secret: 's', issuer: 'https://op.example' }, applicationConfiguration: { [applicationId]: { enabled: true, createRegistration: true } }, ...more } });
  const made = await c.api('POST', '/api/identity-provider', provider('House', app));
  assert.equal(made.status, 200, made.text);
  const path = `/api/identity-provider/${made.body.identityProvider.id}`;
  isRefused(await call('POST', '/api/identity-provider', provider('Mine', app)));
  isRefused(await c.api('POST', '/api/identity-provider', provider('Mine', app, { tenantId: ids.tenant }), { authorization: limited }));
  isRefused(await call('PATCH', path, { identityProvider: { oauth2: { issuer: 'https://mine.example' } } }));
  isRefused(await call('PUT', path, provider('House', ids.app)));
  isRefused(await call('DELETE', path));
  const own = await call('POST', '/api/identity-provider', provider('Mine', ids.app));
  assert.equal(own.status, 200, own.text);
  isRefused(await call('PATCH', `/api/identity-provider/${own.body.identityProvider.id}`, { identityProvider: { applicationConfiguration: { [app]: { enabled: true } } } }));
  assert.equal((await call('DELETE', `/api/identity-provider/${own.body.identityProvider.id}`)).status, 200);
  assert.equal((await chief('DELETE', path)).status, 200);
  assert.equal((await c.api('DELETE', `/api/application/${app}/role/${role}`)).status, 200);
});

test('a copy of the administrators\' tenant has none of its passwords, unless who makes it has every right', async () => {
  const before = (await c.api('GET', `/api/tenant/${ids.tenant}`)).body.tenant;
  const set = (tenant) => c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant });
  assert.equal((await set({ emailConfiguration: { host: 'mail.example', username: 'mailer', password: 'of the mail server' }, captchaConfiguration: { enabled: true, captchaMethod: 'GoogleRecaptchaV2', siteKey: 'k', secretKey: 'of the captcha' } })).status, 200);
  await roles('tenant_manager');
  const copies = [];
  for (const [who, password, enabled] of [[call, undefined, false], [chief, 'of the mail server', true]]) {
    const made = await who('POST', '/api/tenant', { tenant: { name: `Copy ${enabled}` }, sourceTenantId: ids.tenant });
    assert.equal(made.status, 200, made.text);
    const { emailConfiguration: mail, captchaConfiguration: captcha } = (await c.api('GET', `/api/tenant/${made.body.tenant.id}`)).body.tenant;
    assert.deepEqual([mail.host, mail.username, mail.password, captcha.enabled], ['mail.example', 'mailer', password, enabled]);
    copies.push(made.body.tenant.id);
  }
  for (const id of copies) assert.equal((await c.api('DELETE', `/api/tenant/${id}`)).status, 200);
  assert.equal((await set({ emailConfiguration: { host: before.emailConfiguration.host ?? null, username: null, password: null }, captchaConfiguration: { enabled: false } })).status, 200);
});

test('support helps, but not with what people sign in with', async () => {
  await roles('user_support_manager');
  const member = `/api/user/registration/${ids.user}/${ids.app}`;
  assert.equal((await call('PATCH', `/api/user/${ids.user}`, { user: { firstName: 'Augusta' } })).status, 200);
  for (const user of [{ email: 'eve@example.com' }, { password: 'taken over now' }, { username: 'eve' }]) {
    isRefused(await call('PATCH', `/api/user/${ids.user}`, { user }));
  }
  assert.equal((await call('PATCH', member, { registration: { timezone: 'Europe/Paris' } })).status, 200);
  isRefused(await call('PATCH', member, { registration: { roles: ['admin'] } }));
  assert.equal((await call('DELETE', `/api/user/${ids.user}?hardDelete=true`)).status, 401);
  assert.equal((await call('DELETE', `/api/user/${ids.user}`)).status, 200, 'a lock');
  assert.equal((await call('PUT', `/api/user/${ids.user}?reactivate=true`)).status, 200);
  isRefused(await call('POST', '/api/user/registration', { user: { email: 's@example.com' }, registration: { applicationId: ids.app, roles: ['admin'] } }));
  const forgot = await call('POST', '/api/user/forgot-password', { loginId: person.email, applicationId: ids.app, sendForgotPasswordEmail: false }, home);
  assert.equal(forgot.body?.changePasswordId, undefined, 'no id of the way in');
});

test('keys have no more than who makes them', async () => {
  await roles('api_key_manager', 'consent_manager');
  const make = (endpoints, more = {}) => call('POST', '/api/api-key', { apiKey: { name: 'k', ...(endpoints ? { permissions: { endpoints } } : {}), ...more } });
  for (const endpoints of [null, {}, { '/api': [] }, { '/api/user': ['GET'] }, { '/api/consent': [] }, { '/api/consent': ['GET', 'DELETE'] }, { '/oauth2': [] }]) {
    isRefused(await make(endpoints));
  }
  const made = await make({ '/api/consent': ['GET', 'POST', 'PUT', 'PATCH'] });
  assert.equal(made.status, 200, made.text);
  isRefused(await call('PATCH', `/api/api-key/${made.body.apiKey.id}`, { apiKey: { permissions: { endpoints: { '/api/user': ['GET'] } } } }));
  const all = (await c.api('POST', '/api/api-key', { apiKey: { name: 'all' } })).body.apiKey.id;
  for (const method of ['GET', 'DELETE']) assert.equal((await call(method, `/api/api-key/${all}`)).status, 404);
  assert.equal((await call('DELETE', `/api/api-key/${made.body.apiKey.id}`)).status, 200);
});

test('roles of one\'s own hold where they say, and nowhere else', async () => {
  const role = (await c.api('POST', `/api/application/${app}/role`, { role: { name: 'branch' } })).body.role.id;
  const path = `/api/cardea/admin-role/${role}`;
  isRefused(await c.api('POST', path, { adminRole: { permissions: { users: ['read'] } } }), 'invalid');
  isRefused(await c.api('POST', path, { adminRole: { permissions: { user: ['rule'] } } }), 'invalid');
  isRefused(await c.api('POST', path, { adminRole: { permissions: { user: ['read'] }, tenantId: randomUUID() } }), 'invalid');
  isRefused(await c.api('POST', '/api/cardea/admin-role/631ecd9d-8d40-4c13-8277-80cedb8236e2', { adminRole: { permissions: { user: ['read'] } } }), 'invalid');
  const made = await c.api('POST', path, { adminRole: { tenantId: otherTenant, permissions: { user: ['read', 'write'], registration: ['read', 'write'], tenant: ['read', 'write'], theme: ['read', 'write'], system: ['read', 'write'], key: ['read', 'write'], 'api-key': ['read', 'write'], 'admin-role': ['read', 'write'] } } });
  assert.equal(made.status, 200, made.text);
  await roles('branch');
  assert.equal((await call('GET', `/api/user/${otherUser}`)).status, 200);
  assert.equal((await call('PATCH', `/api/user/${otherUser}`, { user: { email: 'moved@example.com' } })).status, 200);
  for (const [method, body] of [['GET'], ['PATCH', { user: { firstName: 'Eve' } }]]) assert.equal((await call(method, `/api/user/${ids.user}`, body)).status, 404);
  assert.equal((await call('GET', `/api/user/${ids.user}`, undefined, home)).status, 401, 'a tenant where it does not hold');
  assert.deepEqual((await call('GET', '/api/tenant')).body.tenants.map((t) => t.id), [otherTenant]);
  assert.equal((await call('GET', `/api/tenant/${ids.tenant}`)).status, 404);
  assert.equal((await call('POST', '/api/tenant', { tenant: { name: 'Mine' } })).status, 401);
  assert.equal((await call('POST', '/api/theme', { theme: { name: 'Mine' } })).status, 401, 'themes are the house\'s');
  assert.equal((await call('PATCH', '/api/system-configuration', { systemConfiguration: { reportTimezone: 'UTC' } })).status, 401);
  const key = await call('POST', '/api/api-key', { apiKey: { name: 'k', permissions: { endpoints: { '/api/user/search': ['GET'] } } } });
  assert.equal(key.status, 200, key.text);
  assert.equal(key.body.apiKey.tenantId, otherTenant);
  isRefused(await call('PATCH', path, { adminRole: { permissions: { '*': ['read'] } } }).then((a) => (a.status === 404 ? { status: 400, body: { generalErrors: [{ code: '[notAllowed]' }] }, text: '' } : a)));
  // a second one elsewhere: the call says where, and the rights do not add up across tenants
  const second = (await c.api('POST', `/api/application/${app}/role`, { role: { name: 'reader' } })).body.role.id;
  assert.equal((await c.api('POST', `/api/cardea/admin-role/${second}`, { adminRole: { tenantId: ids.tenant, permissions: { user: ['read'] } } })).status, 200);
  await roles('branch', 'reader');
  assert.equal((await call('GET', `/api/user/${ids.user}`)).status, 401, 'two tenants: name one');
  assert.equal((await call('GET', `/api/user/${ids.user}`, undefined, home)).status, 200);
  assert.equal((await call('PATCH', `/api/user/${ids.user}`, { user: { firstName: 'Eve' } }, home)).status, 401);
  assert.equal((await call('PATCH', `/api/user/${ids.user}`, { user: { firstName: 'Eve' } })).status, 404, 'only one of them writes');
  // gone with the role
  assert.equal((await c.api('DELETE', `/api/application/${app}/role/${role}`)).status, 200);
  assert.equal((await call('GET', `/api/user/${otherUser}`)).status, 404);
  assert.equal((await c.api('GET', path)).status, 404);
});

test('the audit log says which administrator, and not who that is', async () => {
  await roles('consent_manager');
  const made = await call('POST', '/api/consent', { consent: { name: 'News', defaultMinimumAgeForSelfConsent: 13 } });
  assert.equal(made.status, 200, made.text);
  const { body } = await c.api('GET', '/api/system/audit-log/search?numberOfResults=5');
  assert.ok(body.auditLogs.some((l) => l.insertUser === `Administrator ${helper}`), JSON.stringify(body.auditLogs.map((l) => l.insertUser)));
});

// ---- the matrix: every route of the OpenAPI document, which is made of the route table ----
const agent = new Agent({ keepAlive: true, maxSockets: 12 });
const ask = (method, path, headers) => new Promise((resolve, reject) => {
  const r = request({ port: c.port, method, path, headers: { 'content-length': 0, ...headers }, agent }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
  r.on('error', reject).end();
});
const nobody = '99999999-9999-4999-8999-999999999999';
const fill = (path, known = {}) => path.replace(/\{(\w+)\}/g, (_, name) => known[name] ?? (name === 'type' ? 'OpenIDConnect' : nobody));
const routes = async () => Object.entries((await c.api('GET', '/api/openapi.json')).body.paths)
  .filter(([path]) => path.startsWith('/api/'))
  .flatMap(([path, methods]) => Object.keys(methods).map((m) => ({ method: m.toUpperCase(), path })));
// Asks for each cell and gives those that are not as they should be: 401 where it is refused, anything else where not.
const check = async (cells, headers, isAllowed) => {
  const wrong = [];
  await Promise.all(cells.map(async ({ method, path }) => {
    const status = await ask(method, fill(path), headers);
    if ((status !== 401) !== isAllowed || status >= 500) wrong.push(`${method} ${path}: ${status}`);
  }));
  return wrong;
};

test('matrix: every route by every role', async () => {
  const cells = (await routes()).map((r) => ({ ...r, may: allowed(r.method, r.path) })).filter((r) => r.may);
  assert.ok(cells.length > 300, `${cells.length} routes`);
  const bearer = { authorization: `Bearer ${token}` };
  const wrong = {};
  const note = (name, list) => { if (list.length) wrong[name] = list; };
  await roles();
  note('no role', await check(cells, bearer, false));
  note('nobody', await check(cells.filter(({ path }) => !/^\/api\/user\/two-factor/.test(path)), {}, false));
  await roles('admin');
  note('admin', await check(cells, bearer, true));
  for (const role of Object.keys(table)) {
    await roles(role);
    note(role, await check(cells.filter(({ may }) => may.includes(role)), bearer, true));
  }
  // Rights are sums, so what all the others together may not, none of them may.
  for (const set of new Set(cells.map(({ may }) => may.join()))) {
    await roles(...Object.keys(table).filter((role) => !set.split(',').includes(role)));
    note(`all but ${set}`, await check(cells.filter(({ may }) => may.join() === set), bearer, false));
  }
  assert.deepEqual(wrong, {});
});

test('matrix: every endpoint and method by keys that have another', async () => {
  const cells = (await routes()).filter(({ path }) => !/^\/api\/(health|openapi\.json|jwt\/(validate|issue)|docs)/.test(path))
    .map((r) => ({ ...r, endpoint: r.path.replace(/\/\{\w+\}/g, '') }));
  const endpoints = [...new Set(cells.map((r) => r.endpoint))].sort();
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  // A key for each method and every other endpoint; what it has not is named, too, so that nothing above speaks for it.
  const keys = await Promise.all([0, 1].flatMap((half) => methods.map(async (method) => {
    const key = `a-key-of-the-matrix-${half}-${method}`;
    const list = Object.fromEntries(endpoints.map((e, i) => [e, [i % 2 === half ? method : 'NONE']]));
    const made = await c.api('POST', '/api/api-key', { apiKey: { name: key, key, permissions: { endpoints: list } } });
    assert.equal(made.status, 200, made.text);
    return { half, method, headers: { authorization: key } };
  })));
  const wrong = [];
  for (const key of keys) {
    const has = (r) => r.method === key.method && endpoints.indexOf(r.endpoint) % 2 === key.half;
    const lacks = (r) => !has(r) && (r.method === key.method || methods[(methods.indexOf(r.method) + 1) % 5] === key.method);
    wrong.push(...(await check(cells.filter((r) => has(r) && r.endpoint !== '/api/api-key'), key.headers, true)), // those want a key manager
      ...(await check(cells.filter(lacks), key.headers, false)));
  }
  assert.deepEqual(wrong, []);
});

test('matrix: every route with the ids of another tenant', async () => {
  const group = (await c.api('POST', '/api/group', { group: { name: 'Home' } }, home)).body.group.id;
  const type = (await c.api('POST', '/api/entity/type', { entityType: { name: 'Thing' } })).body.entityType.id;
  const entity = (await c.api('POST', '/api/entity', { entity: { name: 'Home', type: { id: type } } }, home)).body.entity.id;
  const key = (await c.api('POST', '/api/key/generate', { key: { algorithm: 'ES256', name: 'Home', length: 256 } }, home)).body.key.id;
  const known = { tenantId: ids.tenant, applicationId: ids.app, userId: ids.user, groupId: group, entityId: entity, keyId: key };
  const role = (await c.api('POST', `/api/application/${app}/role`, { role: { name: 'elsewhere' } })).body.role.id;
  const made = await c.api('POST', `/api/cardea/admin-role/${role}`, { adminRole: { tenantId: otherTenant, permissions: { '*': ['read', 'write', 'delete', 'assist'] } } });
  assert.equal(made.status, 200, made.text);
  const bound = (await c.api('POST', '/api/api-key', { apiKey: { name: 'bound there', tenantId: otherTenant } })).body.apiKey.key;
  await roles('elsewhere');
  const cells = (await routes()).map((r) => ({ ...r, may: allowed(r.method, r.path) })).filter((r) => r.may);
  const wrong = [];
  for (const authorization of [bound, `Bearer ${token}`]) {
    await Promise.all(cells.filter(({ path }) => Object.keys(known).some((name) => path.includes(`{${name}}`))).map(async ({ method, path }) => {
      const status = await ask(method, fill(path, known), { authorization });
      if (![400, 401, 403, 404].includes(status)) wrong.push(`${method} ${path}: ${status}`);
    }));
    wrong.push(...(await check(cells, { authorization, ...home }, false)));
  }
  assert.deepEqual(wrong, []);
  for (const [name, id] of Object.entries(known)) {
    const path = { tenantId: 'tenant', applicationId: 'application', userId: 'user', groupId: 'group', entityId: 'entity', keyId: 'key' }[name];
    assert.equal((await call('GET', `/api/${path}/${id}`)).status, 404, path);
    assert.equal((await c.api('GET', `/api/${path}/${id}`)).status, 200, path);
  }
  assert.equal((await call('GET', `/api/user/${otherUser}`)).status, 200, 'and in its own it holds');
});

test('metrics are not for who merely asks on the machine', async () => {
  assert.equal((await c.fetch('/api/prometheus/metrics')).status, 401);
  assert.equal(await (await c.fetch('/api/status')).text(), '');
});
