// SPDX-License-Identifier: Apache-2.0
// A real Chromium that notes what a page may not do, an application for it to be sent back to, and the demo.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Cardea, apiKey, freePort, ids, secret } from './harness.mjs';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const OURS = new Set(['localhost', '127.0.0.1']);

export const ada = { email: 'ada@example.com', password: 'correct horse' };
export const grace = { email: 'admin@example.com', password: 'correct horse' };

export const launch = () => {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`there is no Chromium at ${EXECUTABLE}: install the package chromium, or name another in CHROMIUM`);
  }
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
};

// The application at the other end: a page that tells what came, without any help of ours.
export class Application {
  static async start() {
    const app = new Application();
    app.answers = [];
    app.server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      const { pathname, search } = new URL(request.url, 'http://127.0.0.1');
      if (pathname !== '/callback' && pathname !== '/bye') { response.writeHead(204).end(); return; }
      const fields = Object.fromEntries(new URLSearchParams(request.method === 'POST' ? body : search));
      app.answers.push({ method: request.method, path: pathname, fields });
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(`<!doctype html><html lang="en"><title>Application</title><h1>${pathname === '/bye' ? 'Bye' : 'Back'}</h1>`);
    }).listen(0, '127.0.0.1');
    await once(app.server, 'listening');
    app.url = `http://127.0.0.1:${app.server.address().port}`;
    return app;
  }

  get last() { return this.answers.at(-1); }
  async stop() { this.server.closeAllConnections(); this.server.close(); await once(this.server, 'close'); }
}

const demo = JSON.parse(readFileSync(new URL('../../docs/demo/kickstart.json', import.meta.url)));

// The demo as `make run` starts it, only on another port, and two applications that lead to `app`.
export const startDemo = async (app, requests = []) => {
  const port = await freePort();
  const oauth = { authorizedRedirectURLs: [`${app.url}/callback`], logoutURL: `${app.url}/bye`, clientSecret: secret };
  const kickstart = {
    ...demo,
    variables: { ...demo.variables, baseURL: `http://localhost:${port}` },
    apiKeys: [...demo.apiKeys, { key: apiKey, description: 'tests' }],
    requests: [
      ...demo.requests,
      { method: 'POST', url: `/api/application/${ids.app}`, body: { application: {
        name: 'Northwind Shop', oauthConfiguration: oauth, passwordlessConfiguration: { enabled: true, emailLoginStrategy: 'FormField' },
        registrationConfiguration: { enabled: true, loginIdType: 'email', firstName: { enabled: true, required: true }, lastName: { enabled: true }, confirmPassword: true },
      } } },
      { method: 'POST', url: `/api/application/${ids.thirdParty}`, body: { application: {
        name: 'Contoso Calendar', scopes: [{ name: 'orders:read', description: 'Orders', defaultConsentMessage: 'See your orders', defaultConsentDetail: 'Of the last year', required: false }],
        oauthConfiguration: { ...oauth, relationship: 'ThirdParty', consentMode: 'AlwaysPrompt' },
      } } },
      { method: 'POST', url: `/api/application/${ids.closedApp}`, body: { application: { name: 'Staff Room', oauthConfiguration: { ...oauth, requireRegistration: true } } } },
      ...requests,
    ],
  };
  const cardea = await Cardea.start({ kickstart, port, args: ['--demo'] });
  cardea.base = `http://localhost:${port}`;
  cardea.authorize = (fields = {}, path = 'authorize') => `${cardea.base}/oauth2/${path}?${new URLSearchParams({
    client_id: ids.app, response_type: 'code', redirect_uri: `${app.url}/callback`, scope: 'openid email profile', state: 'st', ...fields,
  })}`;
  return cardea;
};

// One person's browser. `faults` are console errors, CSP reports, script errors and requests to anybody else.
export const openBrowser = async (browser, options = {}) => {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1000, height: 800 }, reducedMotion: 'no-preference', ...options });
  context.setDefaultTimeout(20000);
  context.faults = [];
  context.on('console', (m) => {
    const isStatus = /Failed to load resource: the server responded with a status of 4/.test(m.text()) && m.location().url === m.page()?.url();
    if (m.type() === 'error' && !isStatus) context.faults.push(`console: ${m.text()}`); // the page's own 4xx is no fault
    if (m.type() !== 'error' && /Content.Security.Policy|Refused to/i.test(m.text())) context.faults.push(`policy: ${m.text()}`);
  });
  context.on('weberror', (e) => context.faults.push(`script: ${e.error().message}`));
  context.on('request', (r) => { if (!OURS.has(new URL(r.url()).hostname)) context.faults.push(`foreign host: ${r.url()}`); });
  return context;
};

export const isClean = (context) => assert.deepEqual(context.faults, []);

// A click whose page is whole before anybody looks at it: a click alone ends when the next page's first bytes are there.
export const press = async (locator) => {
  await locator.click();
  await locator.page().waitForLoadState();
};

export const submitPassword = async (page, who = ada) => {
  const login = page.locator('[name=loginId]');
  if (await login.count()) await login.fill(who.email);
  await page.locator('[name=password]').fill(who.password);
  await press(page.locator('main form#f button.btn'));
};

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

// What axe-core finds, in words; it comes in through the debugger, so the page's policy stays as it is.
export const axeFindings = async (page) => {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary}`));
  });
};

// A picture for people, if they said where: SHOTS=folder.
export const shoot = async (page, name) => {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true });
};
