// SPDX-License-Identifier: Apache-2.0
// What FusionAuth's release notes and its issues tell of the API: faults that it had and mended, and some that it has. A test is a
// fact, with the number of the issue.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { clientOf, good, keyOfTenant, nobody, refused } from './client.mjs';
import { apiKey, authorizeUrl, basic, Browser, Cardea, decode, ids, pkce, signIn, tokensFor } from './harness.mjs';

const password = 'a long enough password';
let c, root, count = 0;

before(async () => {
  c = await Cardea.start();
  root = clientOf(c);
  await good(root.patchTenant(ids.tenant, { tenant: { passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1 } } }));
});
after(() => c.end());

const name = () => `Noted ${++count}`;
const person = async (more = {}) => (await good(root.createUser(null, { user: { email: `n${++count}@example.com`, password, ...more } }))).user;
const found = async (queryString) => (await good(root.searchUsersByQuery({ search: { queryString } }))).users.map(({ id }) => id);

describe('what is refused, or not shown', () => {
  test('2412: an entity without the id of its type', async () => {
    for (const [type, code] of [[{}, '[missing]entity.type.id'], [{ id: null }, '[missing]entity.type.id'], [{ id: '' }, '[missing]entity.type.id'], [{ id: nobody }, '[invalid]entity.type.id'], [null, '[missing]entity.type']]) {
      await refused(root.createEntity(null, { entity: { name: name(), type } }), 400, [code]);
    }
  });

  test('2185: an origin with a path, a query or a fragment', async () => {
    const send = (url) => root.createApplication(null, { application: { name: name(), oauthConfiguration: { authorizedOriginURLs: [url] } } });
    for (const url of ['https://a.example/path', 'https://a.example?q=1', 'https://a.example#f', 'http://localhost:3000/app']) {
      await refused(send(url), 400, ['[invalid]application.oauthConfiguration.authorizedOriginURLs']);
    }
    for (const url of ['https://a.example', 'https://a.example/', 'http://localhost:3000', 'android-app://com.example']) await good(send(url));
  });

  test('3306: the secrets of clients in a search', async () => {
    const search = async () => (await good(root.searchApplications({ search: { name: 'Confidential' } }))).applications;
    assert.deepEqual((await search()).map(({ id, oauthConfiguration }) => [id, oauthConfiguration.clientSecret]), [[ids.app, undefined]]);
    assert.ok((await good(root.retrieveApplication(ids.app))).application.oauthConfiguration.clientSecret);
  });

  test('3306: nor the password of the mail server in a search of tenants', async () => {
    await good(root.patchTenant(ids.tenant, { tenant: { emailConfiguration: { password: 'of the mail server' } } }));
    const shown = ({ id, emailConfiguration }) => id === ids.tenant && emailConfiguration.password;
    assert.deepEqual((await good(root.searchTenants({ search: { name: '*' } }))).tenants.map(shown), [undefined]);
    assert.deepEqual((await good(root.retrieveTenants())).tenants.map(shown), ['of the mail server']);
    assert.equal((await good(root.retrieveTenant(ids.tenant))).tenant.emailConfiguration.password, 'of the mail server');
  });

  test('3452: what is the house’s, to a key of one tenant, and to any key that names one', async () => {
    const one = await keyOfTenant(c);
    for (const path of ['system-configuration', 'integration', 'tenant-manager', 'tenant-manager/identity-provider/SAMLv2']) {
      for (const [key, tenantId] of [[one], [one, ids.tenant], [undefined, ids.tenant]]) {
        const { status, text } = await c.api('PATCH', `/api/${path}`, {}, { authorization: key ?? apiKey, ...(tenantId && { 'x-fusionauth-tenantid': tenantId }) });
        assert.deepEqual([path, status, text], [path, 401, '']);
      }
    }
    await good(root.retrieveSystemConfiguration());
  });

  test('1669: amr among the claims of a vended token', async () => {
    await refused(clientOf(c, undefined, ids.tenant).vendJWT({ claims: { amr: ['pwd'] }, timeToLiveInSeconds: 60 }), 400, ['[reserved]claims']);
  });
});

describe('tenants', () => {
  test('2538: the discovery document is that of the tenant of the query, too', async () => {
    const { tenant } = await good(root.createTenant(null, { tenant: { name: name(), issuer: 'https://noted.example' } }));
    const issuer = async (path) => (await (await c.fetch(path)).json()).issuer;
    assert.equal(await issuer(`/.well-known/openid-configuration?tenantId=${tenant.id}`), 'https://noted.example');
    assert.notEqual(await issuer(`/.well-known/openid-configuration/${ids.tenant}?tenantId=${tenant.id}`), 'https://noted.example'); // the path goes first
    for (const path of ['/.well-known/openid-configuration', '/.well-known/jwks.json']) {
      for (const id of [nobody, 'x']) assert.equal((await c.fetch(`${path}?tenantId=${id}`)).status, 404);
    }
    await good(root.deleteTenant(tenant.id));
  });

  test('1717: a group takes roles without being named, and keeps them when it is renamed', async () => {
    const { application } = await good(root.retrieveApplication(ids.app));
    const [first, second] = application.roles.map(({ id }) => id);
    const { group } = await good(root.createGroup(null, { group: { name: name() }, roleIds: [first] }));
    const roles = async (body, type) => {
      const answer = await c.api('PATCH', `/api/group/${group.id}`, body, { 'content-type': type });
      assert.equal(answer.status, 200, answer.text);
      return answer.body.group.roles[ids.app].map(({ id }) => id);
    };
    for (const type of ['application/json', 'application/merge-patch+json']) {
      assert.deepEqual(await roles({ roleIds: [second] }, type), [second]);
      assert.deepEqual(await roles({ group: { name: name() } }, type), [second]);
    }
    await refused(root.patchGroup(group.id, { roleIds: [nobody] }), 400, ['[invalid]roleIds']);
    for (const body of [{}, { eventInfo: {} }]) await refused(root.patchGroup(group.id, body), 400, ['[missing]group']);
  });
});

describe('what is found', () => {
  test('people by each field that is documented as indexed, and in its order', async () => {
    const { id, email } = await person({ username: `named${++count}` });
    const has = async (query) => (await found(query)).includes(id);
    assert.deepEqual([await has(`login:"${email}"`), await has(`login:named${count}`), await has('login:n*@example.com'), await has(`login:"other${email}"`)], [true, false, true, false]);
    assert.deepEqual([await has(`id:${id} AND NOT _exists_:breachedPasswordStatus`), await has('breachedPasswordStatus:None'), await has('breachedPasswordLastCheckedInstant:[1 TO *]')], [true, false, false]);
    for (const name of ['active', 'birthDate', 'breachedPasswordLastCheckedInstant', 'breachedPasswordStatus', 'email', 'fullName', 'id', 'insertInstant', 'lastLoginInstant', 'lastUpdateInstant',
      'login', 'mobilePhone', 'parentEmail', 'phoneNumber', 'tenantId', 'timezone', 'username', 'verified', 'verifiedInstant']) {
      const sorted = await good(root.searchUsersByQuery({ search: { queryString: '*', numberOfResults: 500, sortFields: [{ name, order: 'desc' }] } }));
      assert.ok(sorted.users.some((user) => user.id === id), name);
    }
  });

  test('every search takes each order that is documented for it, up and down, and no other', async () => {
    const plain = ['id', 'insertInstant', 'name'];
    const orders = {
      application: [...plain, 'tenant'], consent: plain, 'email/template': plain, 'entity/grant': ['insertInstant', 'name'], 'entity/type': plain, group: [...plain, 'tenant'],
      'group/member': ['groupId', 'id', 'insertInstant', 'userId'], 'identity-provider': [...plain, 'enabled', 'type'], 'ip-acl': [...plain, 'lastUpdateInstant'],
      key: [...plain, 'algorithm', 'expiration', 'expirationInstant', 'type'], lambda: [...plain, 'engineType'], tenant: plain, theme: plain,
      'system/audit-log': ['insertInstant', 'insertUser', 'message'], 'system/event-log': ['insertInstant', 'insertUser', 'message', 'type'],
      'system/webhook-event-log': ['eventResult', 'eventType', 'id', 'insertInstant', 'lastAttemptInstant', 'linkedObjectId', 'sequence'],
      'user/comment': ['comment', 'commenterId', 'id', 'insertInstant', 'tenantId', 'userId'], webhook: ['description', 'id', 'insertInstant', 'url'],
    };
    for (const [path, columns] of Object.entries(orders)) {
      const status = async (orderBy) => (await c.api('POST', `/api/${path}/search`, { search: { orderBy } })).status;
      for (const column of columns) {
        const byGet = (await c.api('GET', `/api/${path}/search?orderBy=${encodeURIComponent(`${column} ASC`)}`)).status;
        assert.deepEqual([path, column, await status(column), byGet, await status(`${column} DESC`)], [path, column, 200, 200, 200]);
      }
      assert.deepEqual([path, await status('shoeSize'), await status(`${columns[0]} SIDEWAYS`)], [path, 400, 400]);
    }
  });

  test('comments by whom they are about, and by who wrote them', async () => {
    const people = [await person(), await person()].map(({ id }) => id).sort();
    const [low, high] = people;
    for (const [userId, commenterId] of [[high, low], [low, high]]) await good(root.commentOnUser({ userComment: { userId, commenterId, comment: 'Noted order' } }));
    const by = async (orderBy) => (await good(root.searchUserComments({ search: { comment: 'Noted order', orderBy } }))).userComments.map(({ userId }) => userId);
    assert.deepEqual([await by('userId'), await by('userId DESC')], [[low, high], [high, low]]);
    assert.deepEqual([await by('commenterId'), await by('commenterId DESC')], [[high, low], [low, high]]);
  });

  test('whose password may be changed, as clients asked until 1.60', async () => {
    const { email } = await person();
    const ask = async (query) => (await c.api('GET', `/api/user/change-password?${query}`)).status;
    assert.deepEqual([await ask(`username=${email}`), await ask(`loginId=${email}`), await ask('username=nobody'), await ask('other=x')], [200, 200, 404, 400]);
    assert.equal(await ask(`loginId=nobody&username=${email}`), 404);
  });

  test('831: a role that was deleted is none of a group’s, nor is an application without any', async () => {
    const { application } = await good(root.createApplication(null, { application: { name: name(), roles: [{ name: 'first' }, { name: 'second' }] } }));
    const [first, second] = application.roles.map(({ id }) => id);
    const { group } = await good(root.createGroup(null, { group: { name: name() }, roleIds: [first, second] }));
    const roles = async () => Object.fromEntries(Object.entries((await good(root.retrieveGroup(group.id))).group.roles).map(([id, list]) => [id, list.map((role) => role.id)]));
    assert.deepEqual(await roles(), { [application.id]: [first, second] });
    await good(root.deleteApplicationRole(application.id, first));
    assert.deepEqual(await roles(), { [application.id]: [second] });
    await good(root.deleteApplicationRole(application.id, second));
    assert.deepEqual(await roles(), {});
  });

  test('1352, 987: people by their second factors, and those who have none', async () => {
    const of = name().replace(' ', '');
    const app = await person({ lastName: of, twoFactor: { methods: [{ method: 'authenticator', secret: Buffer.alloc(20, 1).toString('base64') }] } });
    const mail = await person({ lastName: of, twoFactor: { methods: [{ method: 'email', email: 'Second@Example.com' }] } });
    const none = await person({ lastName: of });
    for (const [query, ...want] of [
      ['twoFactor.methods.method:authenticator', app], ['twoFactor.methods.method:email', mail], ['twoFactor.methods.method:sms'],
      ['_exists_:twoFactor.methods.method', app, mail], ['NOT _exists_:twoFactor.methods.id', none], ['twoFactor.methods.email:second@example.com', mail],
    ]) assert.deepEqual((await found(`lastName:${of} AND ${query}`)).sort(), want.map(({ id }) => id).sort(), query);
    const { users } = await good(root.searchUsersByQuery({ search: { query: JSON.stringify({ bool: { must: [{ match: { lastName: of } }], must_not: [{ exists: { field: 'twoFactor.methods.method' } }] } }) } }));
    assert.deepEqual(users.map(({ id }) => id), [none.id]);
    await refused(root.searchUsersByQuery({ search: { queryString: 'twoFactor.methods.secret:x' } }), 400, ['[invalid]search.queryString']);
  });

  test('names and messages in any case, in every script', async () => {
    const mark = name();
    await good(root.createAuditLog({ auditLog: { insertUser: 'Zo\u00eb', message: `${mark} G\u00e4ste \u043c\u0438\u0440 \u03bb\u03cc\u03b3\u03bf\u03c2` } }));
    for (const [message, total] of [['G\u00c4STE', 1], ['\u041c\u0418\u0420', 1], ['\u039b\u038c\u0393\u039f\u03a3', 1], ['*g\u00c4ste*', 1], ['GASTE', 0]]) {
      assert.equal((await good(root.searchAuditLogs({ search: { message, user: 'ZO\u00cb' } }))).total, total, message);
    }
    const { application } = await good(root.createApplication(null, { application: { name: `${mark} \u00dcber` } }));
    assert.deepEqual((await good(root.searchApplications({ search: { name: `${mark} \u00fcBER` } }))).applications.map(({ id }) => id), [application.id]);
  });
});

describe('locks', () => {
  test('383, 1394, 2936: a password set anew by a mail opens a lock, where the tenant says so, and failures are counted anew', async () => {
    const policy = (onPasswordReset) => good(root.patchTenant(ids.tenant, { tenant: { failedAuthenticationConfiguration: { tooManyAttempts: 3, actionCancelPolicy: { onPasswordReset } } } }));
    const enter = async (loginId, word) => (await c.api('POST', '/api/login', { loginId, password: word, applicationId: ids.app })).status;
    const lock = async () => {
      const { email } = await person();
      for (let i = 0; i < 3; i++) assert.equal(await enter(email, 'wrong'), 404);
      assert.equal(await enter(email, password), 423);
      return email;
    };
    const reset = async (loginId, word) => {
      const { changePasswordId } = await good(root.forgotPassword({ loginId, sendForgotPasswordEmail: false }));
      await good(root.changePassword(changePasswordId, { password: word }));
    };
    const another = 'another long password';
    await policy(false);
    const locked = await lock();
    await reset(locked, another);
    assert.equal(await enter(locked, another), 423);
    await policy(true);
    const opened = await lock();
    await refused(root.changePassword('no-such-id', { password: another }), 404);
    assert.equal(await enter(opened, password), 423);
    await reset(opened, another);
    for (let i = 0; i < 2; i++) assert.equal(await enter(opened, 'wrong'), 404);
    assert.equal(await enter(opened, another), 202);
    assert.equal(await enter(locked, another), 423);
    await policy(false);
  });
});

describe('tokens', () => {
  test('1102: an id token says no roles and no application, also when it is refreshed', async () => {
    const first = await tokensFor(c);
    const again = (await c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: first.refresh_token }, { authorization: basic(ids.app) })).body;
    for (const { access_token: access, id_token: id } of [first, again]) {
      const { roles, applicationId, aud, tid } = decode(id);
      assert.deepEqual([roles, applicationId, aud, tid], [undefined, undefined, ids.app, ids.tenant]);
      assert.deepEqual([decode(access).roles, decode(access).applicationId], [['member'], ids.app]);
    }
  });

  test('2489, 2425: sessions are listed among the refresh tokens, looked at, and ended, one or all', async () => {
    const proof = () => ({ code_challenge: pkce().challenge, code_challenge_method: 'S256' });
    const { user } = await good(root.register(null, { user: { email: `n${++count}@example.com`, firstName: 'N', password }, registration: { applicationId: ids.app } }));
    const browsers = [new Browser(c), new Browser(c), new Browser(c)];
    for (const browser of browsers) await signIn(browser, proof(), user.email ? { email: user.email, password } : {});
    const isIn = async () => Promise.all(browsers.map(async (browser) => /code=/.test((await browser.open(authorizeUrl(proof()))).location ?? '')));
    const sessions = async () => ((await good(root.retrieveRefreshTokens(user.id))).refreshTokens ?? []).filter((token) => !token.applicationId);
    const all = await sessions();
    assert.equal(all.length, 3);
    for (const one of all) {
      assert.deepEqual([one.userId, one.tenantId, one.token, one.startInstant > 0], [user.id, ids.tenant, undefined, true]);
      assert.deepEqual((await good(root.retrieveRefreshTokenById(one.id))).refreshToken, one);
      assert.equal((await c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: one.id }, { authorization: basic(ids.app) })).status, 400); // 2594
    }
    const [newest, ...older] = all;
    await good(root.revokeRefreshTokenById(newest.id));
    assert.deepEqual(await isIn(), [true, true, false]);
    await refused(root.revokeRefreshTokenById(newest.id), 404);
    await refused(root.retrieveRefreshTokenById(newest.id), 404);

    // A person ends their own by an access token, and nobody else's.
    const { token } = (await root.login({ loginId: user.email, password, applicationId: ids.app })).response;
    const other = (await root.login({ loginId: 'ada@example.com', password: 'correct horse battery', applicationId: ids.app })).response;
    const end = async (id, bearer) => (await c.fetch(`/api/jwt/refresh/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${bearer}` } })).status;
    assert.deepEqual([await end(older[0].id, other.token), await end(older[0].id, token), await end(older[0].id, token)], [404, 200, 404]);
    assert.deepEqual(await isIn(), [true, false, false]);

    // Those of one application are no sessions; all of a person are.
    await good(root.revokeRefreshTokensByUserIdForApplication(user.id, ids.app));
    assert.deepEqual(await isIn(), [true, false, false]);
    await good(root.revokeRefreshTokensByUserId(user.id));
    assert.deepEqual(await isIn(), [false, false, false]);
    assert.deepEqual((await good(root.retrieveRefreshTokens(user.id))).refreshTokens, []);
    await refused(root.retrieveRefreshTokens(nobody), 404);
    await refused(root.revokeRefreshTokensByUserId(nobody), 404);
  });

  test('sessions of one tenant are nothing to the key of another', async () => {
    const { tenant } = await good(root.createTenant(null, { tenant: { name: name() } }));
    const { apiKey } = await good(root.createAPIKey(null, { apiKey: { tenantId: tenant.id } }));
    const browser = new Browser(c);
    await signIn(browser, { code_challenge: pkce().challenge, code_challenge_method: 'S256' });
    const here = clientOf(c, undefined, ids.tenant), there = clientOf(c, apiKey.key);
    const [{ id }] = (await good(here.retrieveRefreshTokens(ids.user))).refreshTokens.filter((token) => !token.applicationId);
    for (const call of [there.retrieveRefreshTokens(ids.user), there.retrieveRefreshTokenById(id), there.revokeRefreshTokenById(id), there.revokeRefreshTokensByUserId(ids.user)]) await refused(call, 404);
    await good(here.retrieveRefreshTokenById(id));
    await good(root.deleteTenant(tenant.id));
  });

  test('2622: a link keeps the token it was made with, in both forms of the request', async () => {
    const { identityProvider } = await good(root.createIdentityProvider(null, { identityProvider: {
      type: 'OpenIDConnect', name: name(), buttonText: 'x', enabled: true, oauth2: { client_id: 'c', client_secret: 's', issuer: 'https://idp.example' },
    } }));
    const link = { identityProviderId: identityProvider.id, displayName: 'Noted', token: 'of the provider' };
    for (const form of [(it) => it, (it) => ({ identityProviderLink: it })]) {
      const { id: userId } = await person();
      const identityProviderUserId = `noted|${++count}`;
      await good(root.createUserLink(form({ ...link, identityProviderUserId, userId })));
      const kept = (await good(root.retrieveUserLink(identityProvider.id, identityProviderUserId, userId))).identityProviderLink;
      assert.deepEqual([kept.token, kept.displayName], [link.token, link.displayName]);
    }
  });
});
