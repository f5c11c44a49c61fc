// SPDX-License-Identifier: Apache-2.0
// What people get in with, and what is known of it: authentication tokens, the token of a new person.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FusionAuthClient, good, nobody, refused } from './client.mjs';
import { Cardea, apiKey, decode, ids, person } from './harness.mjs';

const password = 'a long enough password';
const given = 'a-token-of-at-least-16';

describe('ways in', () => {
  let c, client;
  before(async () => { c = await Cardea.start(); client = new FusionAuthClient(apiKey, c.url); });
  after(() => c.end());
  const login = (loginId, secret, applicationId = ids.app) => client.login({ loginId, password: secret, applicationId });

  test('a registration\'s authentication token is taken in place of the password, while its application says so', async () => {
    const { user, registration } = await good(client.register(null, {
      generateAuthenticationToken: true, user: { email: 'token@example.com', password }, registration: { applicationId: ids.app, authenticationToken: given },
    }));
    const token = registration.authenticationToken;
    assert.match(token, /^[\w-]{43}$/, 'made, not the one sent along');
    assert.equal(user.registrations[0].authenticationToken, undefined);
    await refused(login('token@example.com', token), 404);
    await good(client.patchApplication(ids.app, { application: { authenticationTokenConfiguration: { enabled: true } } }));
    const answer = await good(login('token@example.com', token));
    assert.equal(decode(answer.token).authenticationType, 'APPLICATION_TOKEN');
    assert.equal(answer.user.registrations[0].authenticationToken, undefined, 'no person\'s object shows it');
    assert.equal(decode((await good(login('token@example.com', password))).token).authenticationType, 'PASSWORD');
    await refused(login('token@example.com', given), 404);
    await refused(login('token@example.com', token.slice(0, -1)), 404);
    await refused(login('token@example.com', `${token}x`), 404);
    await refused(login(person.email, token), 404);
    await refused(login('token@example.com', token, ids.publicApp), 404);
    await refused(client.login({ loginId: 'token@example.com', password: token }), 404);
    assert.ok(!JSON.stringify(await good(client.retrieveUser(user.id))).includes(token));
    assert.ok(!JSON.stringify(await good(client.searchUsersByQuery({ search: { queryString: 'token@example.com' } }))).includes(token));
    assert.ok(!JSON.stringify(await good(client.searchAuditLogs({ search: { numberOfResults: 100 } }))).includes(token));
    assert.ok(!c.log.includes(token));
    assert.ok(!c.store.files().some(({ bytes }) => bytes.includes(token)));
  });

  test('it is shown with its registration, kept by a PUT, replaced, taken away, and goes with the registration', async () => {
    const { user } = await good(client.createUser(null, { user: { username: 'replaced' } }));
    await refused(client.register(user.id, { registration: { applicationId: ids.app, authenticationToken: 'too short' } }), 400, ['[tooShort]registration.authenticationToken']);
    await good(client.register(user.id, { registration: { applicationId: ids.app, authenticationToken: given } }));
    await good(login('replaced', given));
    const kept = (await good(client.updateRegistration(user.id, { registration: { applicationId: ids.app, roles: ['member'] } }))).registration;
    assert.equal(kept.authenticationToken, given);
    await good(client.updateRegistration(user.id, { registration: (await good(client.retrieveRegistration(user.id, ids.app))).registration }));
    await good(login('replaced', given));
    const made = (await good(client.updateRegistration(user.id, { generateAuthenticationToken: true, registration: { applicationId: ids.app, roles: ['member'] } }))).registration.authenticationToken;
    await refused(login('replaced', given), 404);
    await good(login('replaced', made));
    const merge = { 'content-type': 'application/merge-patch+json' };
    const gone = await c.api('PATCH', `/api/user/registration/${user.id}/${ids.app}`, { registration: { authenticationToken: null } }, merge);
    assert.equal(gone.body.registration.authenticationToken, undefined);
    await refused(login('replaced', made), 404);
    await good(client.patchRegistration(user.id, { registration: { applicationId: ids.app, authenticationToken: given } }));
    await good(login('replaced', given));
    await good(client.deleteRegistration(user.id, ids.app));
    await refused(login('replaced', given), 404);
    await good(client.register(user.id, { registration: { applicationId: ids.app } }));
    await refused(login('replaced', given), 404);
    const audit = JSON.stringify(await good(client.searchAuditLogs({ search: { numberOfResults: 100 } })));
    assert.ok(audit.includes('authenticationToken') && !audit.includes(made) && !audit.includes(given));
  });

  test('an import brings tokens, too; wrong ones lock as wrong passwords do', async () => {
    const users = [{ email: 'brought@example.com', password, registrations: [{ applicationId: ids.app, authenticationToken: given }] }];
    await good(client.importUsers({ users }));
    await good(login('brought@example.com', given));
    const { tenant } = await good(client.retrieveTenant(ids.tenant));
    const { userActionId: was, ...policy } = tenant.failedAuthenticationConfiguration;
    await good(client.patchTenant(ids.tenant, { tenant: { failedAuthenticationConfiguration: { ...policy, tooManyAttempts: 3 } } }));
    for (let i = 0; i < 3; i++) await refused(login('brought@example.com', `wrong-${given}`), 404);
    await refused(login('brought@example.com', given), 423);
    await good(client.patchTenant(ids.tenant, { tenant: { failedAuthenticationConfiguration: policy } }));
  });

  test('who is made has a token of no application, unless a mail asks for a password first, or they could not sign in', async () => {
    const answer = await good(client.createUser(null, { user: { email: 'made@example.com', password } }));
    const claims = decode(answer.token);
    assert.deepEqual([claims.sub, claims.authenticationType, claims.applicationId, claims.roles], [answer.user.id, 'USER_CREATE', undefined, undefined]);
    assert.ok(Math.abs(answer.tokenExpirationInstant - claims.exp * 1000) <= 1000);
    assert.equal(answer.refreshToken, undefined);
    assert.equal((await good(client.validateJWT(answer.token))).jwt.sub, answer.user.id);
    for (const more of [{ sendSetPasswordEmail: true }, { sendSetPasswordIdentityType: 'email' }]) {
      const asked = await good(client.createUser(null, { ...more, user: { email: `asked${Object.keys(more)[0]}@example.com` } }));
      assert.equal(asked.token, undefined);
    }
    assert.equal((await good(client.createUser(null, { user: { username: 'over', expiry: 1000 } }))).token, undefined);
    assert.equal((await good(client.patchUser(answer.user.id, { user: { firstName: 'M' } }))).token, undefined);
    await good(client.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verifyEmail: true, unverified: { behavior: 'Gated' } } } }));
    assert.equal((await good(client.createUser(null, { user: { email: 'gated@example.com', password } }))).token, undefined);
    assert.equal((await good(client.register(null, { user: { email: 'gated2@example.com', password }, registration: { applicationId: ids.app } }))).token, undefined);
    assert.ok((await good(client.createUser(null, { skipVerification: true, user: { email: 'sure@example.com', password } }))).token);
    await good(client.patchTenant(ids.tenant, { tenant: { emailConfiguration: { verifyEmail: false, unverified: { behavior: 'Allow' } } } }));
    await refused(client.retrieveUser(nobody), 404);
  });
});
