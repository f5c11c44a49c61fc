// SPDX-License-Identifier: Apache-2.0
// People in front of a real browser: the demo's walk, consent, a new account, mistakes, languages, tabs, keys.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { Application, ada, grace, isClean, launch, openBrowser, press, startDemo, submitPassword } from './chromium.mjs';
import { apiKey, ids } from './harness.mjs';

describe('in a browser', () => {
  let app, c, chromium, context, page;
  before(async () => {
    chromium = await launch();
    app = await Application.start();
    c = await startDemo(app);
  });
  after(async () => {
    await chromium?.close();
    await app?.stop();
    await c?.end();
  });

  const open = async (options) => {
    context = await openBrowser(chromium, options);
    page = await context.newPage();
  };
  afterEach(async () => { await context?.close(); context = null; });

  const heading = (on = page) => on.locator('h1').innerText();
  const button = (name, on = page) => on.getByRole('button', { name, exact: true });
  const link = (name, on = page) => on.getByRole('link', { name, exact: true });
  const claim = (name) => page.locator(`dt:text-is("${name}") + dd`).innerText();
  const isBack = async (on = page) => {
    await on.waitForURL(`${app.url}/**`);
    assert.equal(await heading(on), 'Back');
    return app.last.fields;
  };

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with scripts' : 'without scripts';

    test(`the demo's walk ${how}: sign in, see the claims, refresh, sign out`, async () => {
      await open({ javaScriptEnabled });
      await page.goto(`${c.base}/demo`);
      await press(link('Sign in'));
      assert.equal(await page.title(), 'Sign in · Acme');
      await submitPassword(page);
      assert.equal(page.url(), `${c.base}/demo`);
      assert.equal(await claim('email'), ada.email);
      assert.match(await claim('roles'), /customer/);
      const token = await claim('jti');
      await press(link('Refresh the tokens'));
      assert.equal(page.url(), `${c.base}/demo`);
      assert.notEqual(await claim('jti'), token);
      await press(link('Sign out'));
      assert.equal(page.url(), `${c.base}/demo`);
      assert.equal(await page.getByText('You are signed in').count(), 0);
      await press(link('Sign in'));
      assert.equal(await heading(), 'Sign in', 'the session is gone, too');
      isClean(context);
    });

    test(`form_post ${how}: the answer arrives in the body of a form`, async () => {
      await open({ javaScriptEnabled });
      await page.goto(c.authorize({ response_mode: 'form_post', state: '"<x>&' }));
      await submitPassword(page);
      if (!javaScriptEnabled) {
        assert.equal(await heading(), 'One moment');
        await press(button('Continue'));
      }
      const { code, state } = await isBack();
      assert.ok(code);
      assert.equal(state, '"<x>&');
      assert.equal(app.last.method, 'POST');
      isClean(context);
    });

    test(`consent ${how}: cancelled, allowed, remembered`, async () => {
      await open({ javaScriptEnabled });
      const ask = async () => {
        await page.goto(`${c.base}/demo`);
        await press(link('Sign in to a third-party application'));
      };
      await ask();
      await submitPassword(page, javaScriptEnabled ? ada : grace);
      assert.match(await heading(), /^Contoso Planner wants to use your Acme account$/);
      await press(button('Cancel'));
      assert.equal(page.url(), `${c.base}/demo`);
      assert.equal(await page.getByText('You are signed in').count(), 0);
      await ask();
      await press(button('Allow'));
      assert.match(await claim('email'), /@example\.com/);
      await page.goto(`${c.base}/demo/signin?app=third`);
      assert.equal(page.url(), `${c.base}/demo`, 'is not asked again');
      isClean(context);
    });

    test(`a new account ${how}: faults beside their fields, then signed in, and a mail`, async () => {
      await open({ javaScriptEnabled });
      const email = `new-${javaScriptEnabled}@example.com`;
      await page.goto(`${c.base}/demo`);
      await press(link('Sign in'));
      await press(link('Create an account'));
      assert.equal(await heading(), 'Create an account');
      await page.getByLabel('Email', { exact: true }).fill(email);
      await page.getByLabel('Password', { exact: true }).fill('short');
      await press(button('Create account'));
      assert.match(await page.title(), /^Error: /);
      assert.equal(await page.getByLabel('Email', { exact: true }).inputValue(), email);
      assert.equal(await page.locator('[aria-invalid]').count(), 2, 'the first name and the password');
      assert.equal(await page.locator('[aria-invalid]:focus').getAttribute('name'), 'user.firstName');
      await page.getByLabel('First name').fill('Nél');
      await page.getByLabel('Password', { exact: true }).fill('a good long password');
      await press(button('Create account'));
      assert.equal(page.url(), `${c.base}/demo`);
      assert.equal(await claim('email'), email);
      await press(link('Mail outbox'));
      const mail = page.locator('h2', { hasText: email });
      assert.equal(await mail.innerText(), `${email} - Your account at Acme`);
      assert.match(await page.locator('h2 + pre').first().innerText(), /An account at Acme/);
      isClean(context);
    });
  }

  test('the hosted backend: a page beside us signs people in, reads who they are, refreshes and signs out', async () => {
    await open();
    const [own, id] = [app.url.replace('127.0.0.1', 'localhost'), randomUUID()];
    const oauthConfiguration = { authorizedRedirectURLs: [`${own}/callback`], authorizedOriginURLs: [own], logoutURL: `${own}/bye`, enabledGrants: ['authorization_code', 'refresh_token'], generateRefreshTokens: true };
    assert.equal((await c.api('POST', `/api/application/${id}`, { application: { name: 'Beside', oauthConfiguration } })).status, 200);
    await page.goto(`${c.base}/app/login/?${new URLSearchParams({ client_id: id, redirect_uri: `${own}/callback`, state: 's', scope: 'openid offline_access email' })}`);
    await submitPassword(page);
    await page.waitForURL(`${own}/callback?state=s`);
    const call = (path, method) => page.evaluate(async ([url, m]) => { const a = await fetch(url, { method: m, credentials: 'include' }); return [a.status, await a.text()]; }, [c.base + path, method]);
    const names = async () => (await page.evaluate(() => document.cookie)).split('; ').map((pair) => pair.split('=')[0]).filter((n) => n.startsWith('app.')).sort();
    assert.deepEqual(await names(), ['app.at_exp', 'app.idt']);
    const [status, text] = await call('/app/me/', 'GET');
    assert.equal(status, 200);
    assert.equal(JSON.parse(text).email, ada.email);
    assert.deepEqual(await call(`/app/refresh/?client_id=${id}`, 'POST'), [200, '']);
    await page.goto(`${own}/callback`);
    await page.evaluate((url) => { location.assign(url); }, `${c.base}/app/logout/?${new URLSearchParams({ client_id: id, post_logout_redirect_uri: `${own}/bye` })}`);
    await page.waitForURL(`${own}/bye`);
    assert.deepEqual(await names(), []);
    assert.equal((await call('/app/me/', 'GET').catch(() => [401]))[0], 401);
  });

  test('without scripts: a forgotten password, then in by the code of a mail, each time on to the application', async () => {
    const who = { email: `forgot-${randomUUID()}@example.com`, password: 'the one that is forgotten' };
    await c.api('POST', '/api/user/registration', { user: who, registration: { applicationId: ids.app } });
    const mail = async (pattern) => {
      const html = await (await c.fetch('/demo/mail', { headers: { accept: 'text/html' } })).text();
      const plain = html.replace(/<[^>]*>/g, ' ').replace(/&amp;/g, '&').replace(/\s+/g, ' ');
      return plain.split(who.email).slice(1).map((text) => text.match(pattern)?.[1]).find(Boolean);
    };
    await open({ javaScriptEnabled: false });
    await page.goto(c.authorize());
    await press(link('Forgot password?'));
    await page.locator('[name=loginId]').fill(who.email);
    await press(button('Send the link'));
    assert.equal(await heading(), 'Look for our mail');
    await page.goto(await mail(/(http\S*\/password\/change\/\S+)/));
    const renewed = { ...who, password: 'one that is kept in mind' };
    for (const name of ['password', 'passwordConfirm']) await page.locator(`[name=${name}]`).fill(renewed.password);
    await press(button('Save the new password'));
    assert.equal(await heading(), 'Your new password is set');
    await press(link('Sign in'));
    await submitPassword(page, renewed);
    assert.ok((await isBack()).code);

    await context.clearCookies();
    await page.goto(c.authorize());
    await press(link('Email me a link or a code'));
    await page.locator('[name=loginId]').fill(who.email);
    await press(button('Send it'));
    await page.locator('[name=oneTimeCode]').fill(await mail(/Enter this code to sign in to [^:]+: (\w+) /));
    await press(button('Sign in'));
    assert.ok((await isBack()).code);
    isClean(context);
  });

  test('a wrong password: said in the title and aloud, the focus where to type, nothing lost but the password', async () => {
    await open();
    await page.goto(c.authorize());
    assert.equal(await page.locator(':focus').getAttribute('name'), 'loginId');
    await page.getByLabel('Keep me signed in').check();
    await submitPassword(page, { email: 'Ada@Example.com', password: 'wrong' });
    assert.equal(await page.title(), 'Error: Sign in · Acme');
    assert.match(await page.getByRole('alert').innerText(), /do not match/);
    assert.equal(await page.locator('[name=loginId]').inputValue(), 'Ada@Example.com');
    assert.equal(await page.locator('[name=password]').inputValue(), '');
    assert.ok(await page.getByLabel('Keep me signed in').isChecked());
    assert.equal(await page.locator(':focus').getAttribute('name'), 'password');
    await page.keyboard.type(ada.password);
    await page.keyboard.press('Enter');
    assert.ok((await isBack()).code);
    isClean(context);
  });

  test('another language: the page turns around and keeps what was typed', async () => {
    await open();
    await page.goto(c.authorize({}, 'register'));
    await page.locator('[name="user.email"]').fill('new@example.com');
    await page.locator('[name="user.firstName"]').fill('Nour');
    await press(button('العربية'));
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), ['ar', 'rtl']);
    assert.equal(await page.locator('[name="user.email"]').inputValue(), 'new@example.com');
    assert.equal(await page.locator('[name="user.firstName"]').inputValue(), 'Nour');
    assert.ok(!/^(Error:|خطأ)/.test(await page.title()), 'to ask for another language is no error');
    const mark = await page.locator('.mark').boundingBox();
    assert.ok(mark.x > 500, 'the mark stands at the right');
    await press(button('English'));
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'ltr');
    assert.equal(await page.locator('[name="user.email"]').inputValue(), 'new@example.com');
    isClean(context);
  });

  test('the browser says the language first: Accept-Language', async () => {
    await open({ locale: 'ar-EG' });
    await page.goto(c.authorize());
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
    assert.equal(await page.locator('[name=loginId]').evaluate((e) => getComputedStyle(e).direction), 'ltr', 'an address is typed from the left');
  });

  test('two tabs: both end where they should', async () => {
    await open();
    const second = await context.newPage();
    await page.goto(c.authorize({ state: 'first' }));
    await second.goto(c.authorize({ state: 'second' }));
    await submitPassword(page);
    assert.equal((await isBack()).state, 'first');
    await submitPassword(second);
    assert.equal((await isBack(second)).state, 'second');
    const third = await context.newPage();
    await third.goto(c.authorize({ state: 'third' }));
    assert.equal((await isBack(third)).state, 'third', 'signed in already');
    isClean(context);
  });

  test('the tab that was left signed in asks the right person: signed out elsewhere, consent goes back to sign-in', async () => {
    await open();
    await page.goto(c.authorize({ client_id: ids.thirdParty }));
    await submitPassword(page);
    assert.equal(await page.locator('.scopes').count(), 1);
    const second = await context.newPage();
    await second.goto(`${c.base}/oauth2/logout`);
    await press(button('Sign out', second));
    await press(button('Allow'));
    assert.equal(await heading(), 'Sign in');
    isClean(context);
  });

  test('the back button after signing in: no question about sending a form again, and nothing is granted twice', async () => {
    await open();
    await page.goto(`${app.url}/bye`);
    await page.goto(c.authorize());
    await submitPassword(page);
    const { code } = await isBack();
    await page.goBack();
    await page.waitForLoadState();
    const address = page.url();
    assert.ok(!address.startsWith('chrome-error:'), address);
    assert.match(await heading(), /\w/);
    assert.equal(app.answers.filter((a) => a.fields.code === code).length, 1);
    isClean(context);
  });

  test('the same answer sent twice: a page that says so in words', async () => {
    await open();
    const second = await context.newPage();
    await page.goto(c.authorize());
    await second.goto(c.authorize());
    const state = await page.locator('main form#f [name=state]').inputValue();
    await second.locator('main form#f [name=state]').evaluate((e, value) => { e.value = value; }, state);
    await submitPassword(page);
    await isBack();
    await submitPassword(second);
    assert.match(await second.title(), /This sign-in has expired/);
    isClean(context);
  });

  test('only keys: every control is reached in its order, and seen', async () => {
    await open();
    await page.goto(c.authorize());
    const seen = [];
    const where = () => page.evaluate(() => {
      const e = document.activeElement;
      return { name: e.name || e.textContent.trim(), ring: getComputedStyle(e).outlineStyle !== 'none' && parseFloat(getComputedStyle(e).outlineWidth) >= 2 };
    });
    for (let i = 0; i < 8; i++) {
      const at = await where();
      assert.ok(at.ring, `${at.name} shows the focus`);
      seen.push(at.name);
      await page.keyboard.press('Tab');
    }
    assert.deepEqual(seen, ['loginId', 'password', 'Forgot password?', 'rememberDevice', 'Sign in', 'Email me a link or a code', 'Create an account', 'lang']);
    await page.goto(c.authorize());
    await page.waitForFunction(() => document.activeElement?.name === 'loginId'); // keys go where the focus is
    await page.keyboard.type(ada.email);
    assert.equal(await page.inputValue('[name=loginId]'), ada.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(ada.password);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab'); // past the link for a forgotten one
    await page.keyboard.press('Space');
    assert.ok(await page.getByLabel('Keep me signed in').isChecked());
    await page.keyboard.press('Enter'); // from the box, too: the form's first button is the right one
    assert.ok((await isBack()).code);
    isClean(context);
  });

  test('a password again: the person is known, and may be another', async () => {
    await open();
    await page.goto(c.authorize());
    await submitPassword(page);
    await isBack();
    await page.goto(c.authorize({ prompt: 'login' }));
    assert.equal(await heading(), 'Enter your password');
    assert.match(await page.locator('.who').innerText(), /ada@example\.com/);
    await press(button('Not you?'));
    assert.equal(await heading(), 'Sign in');
    assert.equal(await page.locator('[name=loginId]').inputValue(), '');
    await page.goto(c.authorize({ prompt: 'login' }));
    await submitPassword(page);
    assert.ok((await isBack()).code);
    isClean(context);
  });

  test('signing out asks, can be refused, and leads back to the application', async () => {
    await open();
    await page.goto(c.authorize());
    await submitPassword(page);
    await isBack();
    await page.goto(`${c.base}/oauth2/logout?client_id=${ids.app}`);
    assert.equal(await heading(), 'Sign out?');
    await press(button('Stay signed in'));
    await page.goto(c.authorize());
    assert.ok((await isBack()).code);
    await page.goto(`${c.base}/oauth2/logout?client_id=${ids.app}`);
    await press(button('Sign out'));
    await page.waitForURL(`${app.url}/bye**`);
    await page.goto(c.authorize());
    assert.equal(await heading(), 'Sign in');
    isClean(context);
  });

  test('optional scopes can be unticked, and the token says so', async () => {
    await open();
    await page.goto(c.authorize({ client_id: ids.thirdParty, scope: 'openid email orders:read' }));
    await submitPassword(page);
    await page.getByLabel('See your orders').uncheck();
    await press(button('Allow'));
    const { code } = await isBack();
    const answer = await c.form('/oauth2/token', { grant_type: 'authorization_code', code, redirect_uri: `${app.url}/callback`, client_id: ids.thirdParty, client_secret: 'a-client-secret-of-more-than-32-characters' });
    assert.equal(answer.body.scope, 'openid email', answer.text);
    isClean(context);
  });

  test('an account that may not use the application is told so', async () => {
    await open();
    await page.goto(c.authorize({ client_id: ids.closedApp }));
    await submitPassword(page);
    assert.equal(await heading(), 'You do not have access');
    assert.equal(app.last.fields.state, 'st');
    isClean(context);
  });

  test('what people type is text on every page: no markup of theirs is ever run', async () => {
    await open();
    const evil = '"><img src=x onerror="document.title=1"><script>document.title=1</script>';
    await c.api('PATCH', `/api/application/${ids.closedApp}`, { application: { name: evil } }, { authorization: apiKey });
    await page.goto(c.authorize({ client_id: ids.closedApp, login_hint: evil }));
    assert.match(await page.locator('.sub').innerText(), /<img src=x/);
    await submitPassword(page, { email: evil, password: evil });
    assert.equal(await page.locator('[name=loginId]').inputValue(), evil);
    assert.equal(await page.locator('img, main script').count(), 0);
    await page.goto(c.authorize({ redirect_uri: `https://evil.example/${evil}` }));
    assert.equal(await page.locator('img, main script').count(), 0);
    isClean(context);
  });
});
