// SPDX-License-Identifier: Apache-2.0
// Every page in light and dark, English and Arabic, on a phone and at 200 %: readable, reachable, within its policy.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Application, ada, axeFindings, isClean, launch, openBrowser, press, shoot, startDemo, submitPassword } from './chromium.mjs';
import { ids } from './harness.mjs';

const LANGUAGES = [{ code: 'en', dir: 'ltr' }, { code: 'ar', dir: 'rtl' }];
const wrong = { email: ada.email, password: 'wrong' };
const all = 'openid profile email phone address offline_access orders:read';

// How each page is reached; `signedIn` pages share one session.
const pages = [
  { name: 'signin', open: (page, c) => page.goto(c.authorize()) },
  { name: 'signin-error', open: async (page, c, lang) => { await page.goto(c.authorize({ ui_locales: lang })); await submitPassword(page, wrong); } },
  { name: 'register', open: (page, c) => page.goto(c.authorize({}, 'register')) },
  {
    name: 'register-error',
    open: async (page, c) => {
      await page.goto(c.authorize({}, 'register'));
      await page.locator('[name="user.email"]').fill('not an address');
      await page.locator('[name="user.password"]').fill('short');
      await press(page.locator('main form#f button.btn'));
    },
  },
  { name: 'forgot', open: (page, c) => page.goto(c.authorize({}).replace('/oauth2/authorize', '/password/forgot')) },
  { name: 'sent', open: (page, c) => page.goto(c.authorize({}).replace('/oauth2/authorize', '/password/sent')) },
  {
    name: 'change-error',
    open: async (page, c) => {
      const { body } = await c.api('POST', '/api/user/forgot-password', { loginId: ada.email, sendForgotPasswordEmail: false });
      await page.goto(`${c.base}/password/change/${body.changePasswordId}`);
      await page.locator('[name=password]').fill('short');
      await press(page.locator('main form#f button.btn'));
    },
  },
  {
    name: 'mail-code',
    open: async (page, c, lang) => {
      await page.goto(c.authorize({ ui_locales: lang }, 'passwordless'));
      await page.locator('[name=loginId]').fill(ada.email);
      await press(page.locator('main form#f button.btn'));
    },
  },
  {
    name: 'factor',
    open: async (page, c, lang) => {
      const who = { email: 'twice@example.com', password: 'correct horse twice' };
      const methods = [{ method: 'authenticator', secret: Buffer.alloc(20, 7).toString('base64') }, { method: 'email', email: 'somewhere.else@example.com' }];
      await c.api('PATCH', `/api/tenant/${ids.tenant}`, { tenant: { multiFactorConfiguration: { email: { enabled: true } } } });
      await c.api('POST', `/api/user/${randomUUID()}`, { user: { ...who, twoFactor: { methods } }, skipVerification: true }); // the second time it is there
      await page.goto(c.authorize({ ui_locales: lang }));
      await submitPassword(page, who);
    },
  },
  { name: 'error', status: 400, open: (page, c) => page.goto(c.authorize({ redirect_uri: 'https://evil.example/' })) },
  { name: 'not-found', status: 404, open: (page, c) => page.goto(`${c.base}/nowhere`) },
  { name: 'signed-out', open: (page, c) => page.goto(`${c.base}/oauth2/logout`) },
  { name: 'demo', open: (page, c) => page.goto(`${c.base}/demo`) },
  { name: 'demo-mail', open: (page, c) => page.goto(`${c.base}/demo/mail`) },
  {
    name: 'demo-claims',
    open: async (page, c) => {
      await page.goto(`${c.base}/demo/signin`);
      if (await page.locator('[name=password]').count()) await submitPassword(page);
    },
  },
  { name: 'password-again', open: (page, c) => page.goto(c.authorize({ prompt: 'login' })) },
  { name: 'consent', open: (page, c) => page.goto(c.authorize({ client_id: ids.thirdParty, scope: all })) },
  { name: 'sign-out', open: (page, c) => page.goto(`${c.base}/oauth2/logout`) },
  { name: 'forbidden', status: 403, open: (page, c) => page.goto(c.authorize({ client_id: ids.closedApp })) },
  { name: 'form-post', open: (page, c) => page.goto(c.authorize({ response_mode: 'form_post' })) },
];

// Text that is cut off, controls that are too small, and what stands outside the window.
const layoutFaults = (page) => page.evaluate(() => {
  const faults = [];
  const root = document.documentElement;
  const say = (e, what) => faults.push(`${e.tagName.toLowerCase()}.${e.className} "${e.textContent.trim().slice(0, 30)}": ${what}`);
  if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth} wide in a window of ${innerWidth}`);
  for (const e of document.querySelectorAll('body *')) {
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    if (box.width === 0 || style.visibility === 'hidden' || e.closest('svg')) continue;
    if (box.left < -1 || box.right > innerWidth + 1) { if (!e.closest('pre')) say(e, 'stands outside the window'); }
    if (/hidden|clip/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1) say(e, 'is cut off at the side');
    if (/hidden|clip/.test(style.overflowY) && e.scrollHeight > e.clientHeight + 1) say(e, 'is cut off below');
    if (e.matches('.btn, .link, footer a, input:not([type=hidden]), select, summary') && box.height < 24 && !e.matches('[type=checkbox]')) say(e, `is ${box.height} high`);
    if (e.matches('.btn') && e.scrollWidth > e.clientWidth + 2) say(e, 'is too narrow for its text');
  }
  return faults;
});

const luminance = (rgb) => {
  const [r, g, b] = rgb.match(/[\d.]+/g).map((v) => { const s = v / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

describe('every page', () => {
  let app, c, chromium;
  before(async () => {
    chromium = await launch();
    app = await Application.start();
    c = await startDemo(app);
    const answer = await c.fetch(c.authorize({}, 'register').replace(c.base, ''), { headers: { accept: 'application/json' } });
    assert.equal(answer.status, 200);
  });
  after(async () => {
    await chromium?.close();
    await app?.stop();
    await c?.end();
  });

  for (const { code, dir } of LANGUAGES) {
    test(`${code}: light, dark, phone, 200 %: nothing found`, async () => {
      const context = await openBrowser(chromium, { locale: code, reducedMotion: 'reduce' }); // colours change at once
      await context.route('**/pages/submit*', (route) => route.fulfill({ contentType: 'text/javascript', body: '' })); // else the page is gone
      const page = await context.newPage();
      for (const { name, status = 200, open } of pages) {
        const where = `${name} ${code}`;
        let seen;
        const note = (r) => { if (r.request().isNavigationRequest() && r.status() !== 303) seen = r.status(); };
        page.on('response', note);
        await page.setViewportSize({ width: 1000, height: 800 });
        await open(page, c, code);
        page.off('response', note);
        assert.equal(seen, status, where);
        assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), [code, dir], where);
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme });
          assert.deepEqual(await axeFindings(page), [], `${where} ${colorScheme}`);
          const [ground, text] = await page.evaluate(() => [document.querySelector('.card'), document.querySelector('h1')].map((e, i) => getComputedStyle(e)[i ? 'color' : 'backgroundColor']));
          assert.equal(luminance(ground) < luminance(text), colorScheme === 'dark', `${where} ${colorScheme}`);
          await shoot(page, `${name}-${code}-${colorScheme}`);
        }
        await page.emulateMedia({ colorScheme: 'light' });
        assert.deepEqual(await layoutFaults(page), [], where);
        await page.setViewportSize({ width: 390, height: 844 });
        assert.deepEqual(await layoutFaults(page), [], `${where} on a phone`);
        await shoot(page, `${name}-${code}-phone`);
        await page.setViewportSize({ width: 320, height: 512 });
        assert.deepEqual(await layoutFaults(page), [], `${where} 320 wide (WCAG 1.4.10)`);
        await page.setViewportSize({ width: 640, height: 512 });
        await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
        assert.deepEqual(await layoutFaults(page), [], `${where} with letters twice as large (WCAG 1.4.4)`);
        assert.deepEqual(context.faults, [], where);
      }
      await context.close();
    });
  }

  test('the documentation of the API: found, read, on a phone', async () => {
    const context = await openBrowser(chromium, { reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(`${c.base}/api/docs`);
    await page.getByLabel('Find an operation').fill('delete theme');
    assert.deepEqual(await page.locator('.list li:visible code').allTextContents(), ['/api/theme/{themeId}']);
    assert.match(await page.getByRole('status').textContent(), /^1 of \d+ operations$/);
    await shoot(page, 'docs-search');
    assert.deepEqual(await axeFindings(page), []);
    await page.locator('.list li:visible a').click();
    await page.waitForURL('**/api/docs/themes-and-forms#deleteTheme');
    await page.goto(`${c.base}/api/docs/api-keys#type-APIKey`);
    assert.equal(await page.locator('#type-APIKey').evaluate((e) => e.open), true, 'what is pointed at is open');
    await page.locator('#createAPIKey details summary').click();
    assert.match(await page.getByRole('region', { name: 'Example of what createAPIKey answers' }).textContent(), /^\{\n {2}"apiKey": \{\n/);
    for (const [width, colorScheme] of [[1000, 'dark'], [390, 'light']]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await axeFindings(page), [], colorScheme);
      assert.deepEqual(await layoutFaults(page), [], `${width} wide`);
      await shoot(page, `docs-${width}`);
    }
    isClean(context);
    await context.close();
  });

  test('200 % zoom: the window is half as wide, and nothing is cut off', async () => {
    const context = await openBrowser(chromium, { viewport: { width: 640, height: 512 }, deviceScaleFactor: 2 });
    const page = await context.newPage();
    for (const { open } of pages.slice(0, 5)) {
      await open(page, c, 'en');
      assert.deepEqual(await layoutFaults(page), []);
    }
    await shoot(page, 'zoom');
    isClean(context);
    await context.close();
  });

  test('less motion, more contrast, forced colours: each is heeded', async () => {
    const context = await openBrowser(chromium);
    const page = await context.newPage();
    await page.goto(c.authorize());
    await submitPassword(page, wrong);
    const style = (selector, property) => page.locator(selector).first().evaluate((e, p) => getComputedStyle(e)[p], property);
    assert.notEqual(await style('.btn', 'transitionProperty'), 'none');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    assert.equal(await style('.btn', 'transitionProperty'), 'none');
    const quiet = await style('.sub', 'color');
    await page.emulateMedia({ contrast: 'more' });
    assert.notEqual(await style('.sub', 'color'), quiet);
    assert.equal(await style('.sub', 'color'), await style('h1', 'color'));
    await page.emulateMedia({ contrast: 'no-preference', forcedColors: 'active' });
    assert.ok(await page.evaluate(() => matchMedia('(forced-colors: active)').matches));
    for (const box of ['.btn', '.alert', 'input[name=loginId]']) {
      assert.notEqual(await style(box, 'borderTopStyle'), 'none', box);
      assert.notEqual(await style(box, 'borderTopColor'), await style(box, 'backgroundColor'), `${box} has an edge`);
    }
    assert.deepEqual(await axeFindings(page), []);
    await shoot(page, 'signin-error-forced');
    isClean(context);
    await context.close();
  });
});
