// SPDX-License-Identifier: Apache-2.0
// User actions, and what they do to people: above all, keep them out for a while.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { Browser, Cardea, apiKey, authorizeUrl, ids, person, pkce, redirect, signIn, tokensFor, basic, until } from './harness.mjs';
import { good, refused, clientOf, keyOfTenant, nobody } from './client.mjs';

const HOUR = 3600000;

describe('user actions', () => {
  let c, client;
  before(async () => { c = await Cardea.start({ args: ['--demo'] }); client = clientOf(c, apiKey, ids.tenant); });
  after(() => c.end());

  const user = async (more = {}) => ({
    ...(await good(client.createUser(null, { user: { email: `${randomUUID()}@example.com`, password: person.password, ...more }, skipVerification: true }))).user,
    password: person.password,
  });
  const action = async (more = {}) => (await good(client.createUserAction(null, { userAction: { name: randomUUID(), temporal: true, ...more } }))).userAction;
  const login = (who, applicationId = ids.app) => client.login({ loginId: who.email, password: person.password, applicationId });
  const take = async (who, what, more = {}) => (await good(client.actionUser({
    action: { actioneeUserId: who.id, actionerUserId: ids.user, userActionId: what.id, expiry: Date.now() + HOUR, ...more },
  }))).action;

  test('what they are: create, retrieve, change, out of use and back, gone', async () => {
    const id = randomUUID();
    const asked = {
      name: 'Mute', localizedNames: { de: 'Stumm' }, temporal: true, preventLogin: true, userEmailingEnabled: true,
      options: [{ name: 'Chat', localizedNames: { de: 'Plausch' } }, { name: 'All' }], transactionType: 'Any',
    };
    const made = (await good(client.createUserAction(id, { userAction: asked }))).userAction;
    assert.deepEqual({ id: made.id, active: made.active, sendEndEvent: made.sendEndEvent, options: made.options.map((o) => o.name) },
      { id, active: true, sendEndEvent: true, options: ['Chat', 'All'] });
    assert.deepEqual((await good(client.retrieveUserAction(id))).userAction, made);
    assert.ok((await good(client.retrieveUserActions())).userActions.some((a) => a.id === id));
    const put = (await good(client.updateUserAction(id, { userAction: { name: 'Mute', temporal: true } }))).userAction;
    assert.deepEqual([put.preventLogin, put.options, put.active], [false, [], true]);
    assert.equal((await good(client.patchUserAction(id, { userAction: { preventLogin: true } }))).userAction.preventLogin, true);
    await good(client.deactivateUserAction(id));
    assert.deepEqual((await good(client.retrieveInactiveUserActions())).userActions.map((a) => a.id), [id]);
    assert.ok(!(await good(client.retrieveUserActions())).userActions.some((a) => a.id === id));
    assert.equal((await good(client.reactivateUserAction(id))).userAction.active, true);
    await good(client.deleteUserAction(id));
    await refused(client.retrieveUserAction(id), 404);
  });

  test('what they are: refused', async () => {
    const { id, name } = await action();
    await refused(client.createUserAction(id, { userAction: { name } }), 400, ['[duplicate]userActionId']);
    await refused(client.createUserAction(null, { userAction: { name } }), 400, ['[duplicate]userAction.name']);
    await refused(client.createUserAction(null, { userAction: { name: 'Out', preventLogin: true } }), 400, ['[notTemporal]userAction.preventLogin']);
    await refused(client.createUserAction(null, { userAction: { startEmailTemplateId: nobody } }), 400,
      ['[blank]userAction.name', '[invalid]userAction.startEmailTemplateId']);
    for (const call of ['retrieveUserAction', 'updateUserAction', 'patchUserAction', 'deactivateUserAction', 'reactivateUserAction', 'deleteUserAction']) {
      await refused(client[call](nobody, { userAction: { name: 'x' } }), 404);
    }
    const wrong = clientOf(c, 'wrong');
    await refused(wrong.retrieveUserActions(), 401);
    await refused(wrong.retrieveInactiveUserActions(), 401);
    const lock = await action({ name: 'Too many failures', preventLogin: true });
    await good(client.patchTenant(ids.tenant, { tenant: { failedAuthenticationConfiguration: { userActionId: lock.id, emailUser: true, actionCancelPolicy: { onPasswordReset: true } } } }));
    await refused(client.deleteUserAction(lock.id), 400, ['[inUse]userActionId']);
    const bound = clientOf(c, await keyOfTenant(c));
    await good(bound.retrieveUserAction(id));
    await refused(bound.deactivateUserAction(id), 404);
  });

  test('taken, modified, canceled: history, languages and lists', async () => {
    const reason = (await good(client.createUserActionReason(null, { userActionReason: { code: 'spam', text: 'Spam', localizedTexts: { de: 'Werbung' } } }))).userActionReason;
    const what = await action({ name: 'Ban', localizedNames: { de: 'Bann' }, options: [{ name: 'Hard', localizedNames: { de: 'Hart' } }] });
    const who = await user({ preferredLanguages: ['fr', 'de'] });
    const first = Date.now() + HOUR;
    const taken = await take(who, what, { comment: 'one', option: 'Hard', reasonId: reason.id, expiry: first, emailUser: true });
    assert.deepEqual(
      [taken.actioneeUserId, taken.actionerUserId, taken.userActionId, taken.localizedName, taken.localizedOption, taken.localizedReason, taken.reasonCode, taken.emailUserOnEnd],
      [who.id, ids.user, what.id, 'Bann', 'Hart', 'Werbung', 'spam', true]);
    assert.deepEqual((await good(client.retrieveAction(taken.id))).action, taken);
    const other = await user();
    const later = (await good(client.modifyAction(taken.id, { action: { actionerUserId: other.id, comment: 'two', expiry: first + HOUR } }))).action;
    assert.deepEqual([later.comment, later.expiry, later.actionerUserId, later.history.historyItems.map((h) => [h.comment, h.expiry, h.actionerUserId])],
      ['two', first + HOUR, other.id, [['one', first, ids.user]]]);
    assert.deepEqual((await good(client.retrieveActiveActions(who.id))).actions.map((a) => a.id), [taken.id]);
    assert.deepEqual((await good(client.retrieveActionsPreventingLogin(who.id))).actions, []);
    const ended = (await good(client.cancelAction(taken.id, { action: { actionerUserId: ids.user, comment: 'enough' } }))).action;
    assert.ok(ended.expiry <= Date.now());
    assert.deepEqual(ended.history.historyItems.map((h) => h.comment), ['one', 'two']);
    assert.deepEqual((await good(client.retrieveActiveActions(who.id))).actions, []);
    assert.deepEqual((await good(client.retrieveInactiveActions(who.id))).actions.map((a) => a.comment), ['enough']);
    await refused(client.cancelAction(taken.id, { action: { actionerUserId: ids.user } }), 400, ['[expired]actionId']);
    const reward = await take(who, await action({ temporal: false }), { expiry: undefined });
    await refused(client.modifyAction(reward.id, { action: { actionerUserId: ids.user } }), 400, ['[notTemporal]actionId']);
    assert.equal((await good(client.retrieveActions(who.id))).actions.length, 2);
    await good(client.deleteUserAction(what.id));
    assert.deepEqual((await good(client.retrieveActions(who.id))).actions.map((a) => a.id), [reward.id]);
    await refused(client.retrieveAction(taken.id), 404);
  });

  test('mails at the start, a change and the cancelation, if asked for', async () => {
    const template = async (word) => (await good(client.createEmailTemplate(null, {
      emailTemplate: { name: word, defaultSubject: `${word} of \${event.action} (\${event.phase}) for \${user.email}`, defaultTextTemplate: 'T', defaultHtmlTemplate: '<p>H</p>' },
    }))).emailTemplate.id;
    const [startEmailTemplateId, modifyEmailTemplateId, cancelEmailTemplateId] = [await template('Start'), await template('Change'), await template('Stop')];
    const what = await action({ name: 'Warned', userEmailingEnabled: true, startEmailTemplateId, modifyEmailTemplateId, cancelEmailTemplateId });
    const [told, untold] = [await user({ email: 'told@example.com' }), await user({ email: 'untold@example.com' })];
    const taken = await take(told, what, { emailUser: true });
    await take(untold, what);
    await good(client.modifyAction(taken.id, { action: { actionerUserId: ids.user, expiry: Date.now() + 2 * HOUR, emailUser: true } }));
    await good(client.cancelAction(taken.id, { action: { actionerUserId: ids.user, emailUser: true } }));
    const html = await (await c.fetch('/demo/mail', { headers: { accept: 'text/html' } })).text();
    for (const [word, phase] of [['Start', 'start'], ['Change', 'modify'], ['Stop', 'cancel']]) assert.ok(html.includes(`${word} of Warned (${phase}) for told@example.com`), word);
    assert.ok(!html.includes('untold@example.com'));
  });

  test('what cannot be taken', async () => {
    const who = await user();
    const what = await action();
    const reward = await action({ temporal: false });
    const idle = await action();
    await good(client.deactivateUserAction(idle.id));
    const base = { actioneeUserId: who.id, actionerUserId: ids.user, userActionId: what.id, expiry: Date.now() + HOUR };
    const cases = [
      [{}, ['[missing]action.actioneeUserId', '[missing]action.actionerUserId', '[missing]action.userActionId']],
      [{ ...base, actioneeUserId: nobody, actionerUserId: nobody, userActionId: nobody, reasonId: nobody },
        ['[invalid]action.actioneeUserId', '[invalid]action.actionerUserId', '[invalid]action.userActionId', '[invalid]action.reasonId']],
      [{ ...base, expiry: undefined }, ['[missing]action.expiry']],
      [{ ...base, expiry: Date.now() - HOUR }, ['[past]action.expiry']],
      [{ ...base, option: 'None', applicationIds: [nobody] }, ['[invalid]action.option', '[invalid]action.applicationIds']],
      [{ ...base, userActionId: reward.id }, ['[notTemporal]action.expiry']],
      [{ ...base, userActionId: idle.id }, ['[inactive]action.userActionId']],
    ];
    for (const [asked, codes] of cases) await refused(client.actionUser({ action: asked }), 400, codes);
    await refused(client.retrieveActions(nobody), 404);
    await refused(client.retrieveActiveActions(nobody), 404);
    await refused(client.retrieveInactiveActions(nobody), 404);
    await refused(client.retrieveActionsPreventingLogin(nobody), 404);
    await refused(client.retrieveAction(nobody), 404);
    await refused(client.modifyAction(nobody, { action: { actionerUserId: ids.user } }), 404);
    await refused(client.cancelAction(nobody, { action: { actionerUserId: ids.user } }), 404);
    await refused(client.retrieveActions(''), 400, ['[missing]userId']);
  });

  test('preventLogin in one application only', async () => {
    const who = await user();
    const what = await action({ preventLogin: true });
    const mine = new Browser(c);
    const { verifier, challenge } = pkce();
    const back = await signIn(mine, { code_challenge: challenge, code_challenge_method: 'S256' }, who);
    const taken = await take(who, what, { applicationIds: [ids.app] });
    const redeemed = await c.form('/oauth2/token', {
      grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: redirect, code_verifier: verifier,
    }, { authorization: basic(ids.app) });
    assert.deepEqual([redeemed.status, redeemed.body.error], [400, 'invalid_grant'], 'nor does a code that was given before');
    await refused(login(who), 409);
    await good(login(who, ids.publicApp));
    assert.equal((await mine.open(authorizeUrl())).status, 200, 'the session does not open it');
    await good(client.cancelAction(taken.id, { action: { actionerUserId: ids.user } }));
    await good(login(who));
    assert.equal((await mine.open(authorizeUrl())).status, 303, 'the session was left');
  });

  test('sealed, of one tenant, and gone with the person', async () => {
    const who = await user();
    const taken = await take(who, await action(), { comment: 'a remarkable comment' });
    const other = (await good(clientOf(c).createTenant(null, { tenant: { name: 'Other' } }))).tenant;
    const stranger = clientOf(c, await keyOfTenant(c, other.id));
    await refused(stranger.retrieveAction(taken.id), 404);
    await refused(stranger.cancelAction(taken.id, { action: { actionerUserId: ids.user } }), 404);
    await refused(stranger.retrieveActions(who.id), 404);
    for (const { name, bytes } of c.files()) assert.ok(!bytes.includes('a remarkable comment'), name);
    await good(client.deleteUser(who.id));
    await refused(client.retrieveAction(taken.id), 404);
  });

  // The tests' own network counts apart from another: what the memory's lock hides from here shows from there.
  const from = (localAddress, body) => new Promise((resolve, reject) => {
    const request = http.request(c.at('/api/login'), { method: 'POST', localAddress, headers: { authorization: apiKey, 'content-type': 'application/json' } }, (answer) => {
      let text = '';
      answer.on('data', (d) => { text += d; }).on('end', () => resolve({ status: answer.statusCode, body: text ? JSON.parse(text) : null }));
    });
    request.on('error', reject).end(JSON.stringify({ applicationId: ids.app, ...body }));
  });
  const policy = (more = {}) => good(client.patchTenant(ids.tenant, { tenant: {
    passwordEncryptionConfiguration: { encryptionScheme: 'salted-pbkdf2-hmac-sha256', encryptionSchemeFactor: 1 },
    failedAuthenticationConfiguration: { tooManyAttempts: 3, resetCountInSeconds: 3600, actionDuration: 2, actionDurationUnit: 'HOURS', emailUser: true, actionCancelPolicy: { onPasswordReset: true }, ...more },
  } }));
  const guess = (loginId, at = '127.0.0.1') => from(at, { loginId, password: 'wrong' });
  const guessAll = async (loginId) => { for (let i = 0; i < 3; i++) assert.equal((await guess(loginId)).status, 404); };
  const taken = (who) => until('the action', async () => (await good(client.retrieveActiveActions(who.id))).actions[0]);

  test('too many failures: taken by nobody, mailed, out everywhere, also after a restart; canceled', async () => {
    const template = async (word) => (await good(client.createEmailTemplate(null, {
      emailTemplate: { name: `${word} of a lock`, defaultSubject: `${word}: \${event.action} for \${user.email}`, defaultTextTemplate: 'T', defaultHtmlTemplate: '<p>H</p>' },
    }))).emailTemplate.id;
    const what = await action({ name: 'Guessed', localizedNames: { de: 'Geraten' }, preventLogin: true, userEmailingEnabled: true, startEmailTemplateId: await template('Locked'), cancelEmailTemplateId: await template('Opened') });
    await policy({ userActionId: what.id });
    const who = await user({ email: 'guessed@example.com', preferredLanguages: ['de'] });
    const mine = new Browser(c);
    await signIn(mine, {}, who);
    const { refreshToken } = await good(client.login({ loginId: who.email, password: who.password }));
    for (let i = 0; i < 2; i++) await guess(who.email);
    assert.equal((await from('127.0.0.1', { loginId: who.email, password: who.password })).status, 200, 'a success begins anew');
    const began = Date.now();
    await guessAll(who.email);
    const log = await taken(who);
    assert.deepEqual([log.name, log.localizedName, log.userActionId, log.actionerUserId, log.emailUserOnEnd], ['Guessed', 'Geraten', what.id, undefined, true]);
    assert.ok(log.expiry >= began + 2 * HOUR && log.expiry <= Date.now() + 2 * HOUR);
    await guessAll('guessed-by-nobody@example.com');
    for (const loginId of [who.email, 'guessed-by-nobody@example.com']) {
      assert.equal((await from('127.0.0.1', { loginId, password: who.password })).status, 423, 'both alike from here');
      assert.equal((await guess(loginId, '127.7.0.1')).status, 404, 'both alike from there');
    }
    const barred = await from('127.8.0.1', { loginId: who.email, password: who.password });
    assert.deepEqual([barred.status, barred.body.actions.map((a) => a.actionId)], [409, [log.id]]);
    assert.equal((await mine.open(authorizeUrl())).status, 200, 'no session is left');
    if (refreshToken) await refused(client.exchangeRefreshTokenForJWT({ refreshToken }), 400);
    const audit = (await good(client.searchAuditLogs({ search: { message: `*${log.id}*` } }))).auditLogs;
    assert.deepEqual(audit.map((a) => a.insertUser), ['Cardea']);
    const mails = async () => (await c.fetch('/demo/mail', { headers: { accept: 'text/html' } })).text();
    assert.ok((await mails()).includes('Locked: Guessed for guessed@example.com'));
    await c.stop();
    await c.run();
    assert.equal((await from('127.0.0.1', { loginId: who.email, password: who.password })).status, 409);
    await guessAll(who.email);
    assert.equal((await from('127.0.0.1', { loginId: who.email, password: who.password })).status, 423);
    await good(client.cancelAction(log.id, { action: { actionerUserId: ids.user } }));
    assert.equal((await from('127.0.0.1', { loginId: who.email, password: who.password })).status, 200, 'counts in memory went with it');
    assert.equal((await good(client.retrieveActions(who.id))).actions.length, 1, 'what stood was not taken again');
    await guessAll(who.email);
    await taken(who);
    const { changePasswordId } = await good(client.forgotPassword({ loginId: who.email, sendForgotPasswordEmail: false }));
    await good(client.changePassword(changePasswordId, { password: 'another long password' }));
    assert.equal((await from('127.0.0.1', { loginId: who.email, password: 'another long password' })).status, 200);
    assert.ok((await mails()).includes('Opened: Guessed for guessed@example.com'));
  });

  test('too many failures: once for many at once, from many networks and by any login id', async () => {
    const what = await action({ preventLogin: true });
    await policy({ userActionId: what.id, tooManyAttempts: 5 });
    const [who, last] = [await user({ username: 'storm' }), await user()];
    await Promise.all(Array.from({ length: 64 }, (_, i) => guess(i % 2 ? who.email : 'storm', `127.9.${i}.1`)));
    for (let i = 0; i < 5; i++) await guess(last.email);
    await taken(last); // it waited behind them all
    assert.equal((await good(client.retrieveActions(who.id))).actions.length, 1);
    assert.equal((await from('127.0.0.1', { loginId: 'storm', password: who.password })).status, 409);
    await policy({ tooManyAttempts: 1000 });
  });

  test('preventLogin: out everywhere, in again at the end by the clock', async () => {
    const who = await user();
    const what = await action({ name: 'Lock', preventLogin: true, localizedNames: { de: 'Sperre' } });
    const browser = new Browser(c);
    const tokens = await tokensFor(c, {}, {}, browser).catch(() => null);
    assert.ok(tokens.refresh_token);
    await good(login(who));
    const mine = new Browser(c);
    await signIn(mine, {}, who);
    const refresh = (await good(login(who, ids.app))).refreshToken;
    const taken = await take(who, what);
    const barred = await refused(login(who), 409);
    assert.deepEqual(barred.exception.actions.map((a) => [a.actionId, a.name, a.expiry]), [[taken.id, 'Lock', taken.expiry]]);
    await refused(client.loginPing(who.id, ids.app, null), 409);
    assert.equal((await mine.open(authorizeUrl())).status, 200, 'no session is left');
    await assert.rejects(signIn(new Browser(c), {}, who), /answered 200/);
    if (refresh) assert.equal((await c.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: refresh }, { authorization: basic(ids.app) })).status, 400);
    assert.deepEqual((await good(client.retrieveActionsPreventingLogin(who.id))).actions.map((a) => a.id), [taken.id]);
    await good(client.login({ loginId: person.email, password: person.password, applicationId: ids.app }));
    await good(client.modifyAction(taken.id, { action: { actionerUserId: ids.user, expiry: Date.now() + HOUR / 2 } }));
    await refused(login(who), 409);
    await c.shiftClock(HOUR);
    await good(login(who));
    await signIn(new Browser(c), {}, who);
  });
});
