// SPDX-License-Identifier: Apache-2.0
// A single page with FusionAuth's own React SDK, in a real browser: it signs in, says who, refreshes and signs out by our hosted backend.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { ada, isClean, launch, openBrowser, press, startDemo, submitPassword } from './chromium.mjs';
import { decode } from './harness.mjs';

const spa = randomUUID();
const JS = 'text/javascript; charset=utf-8';
const library = (path) => readFileSync(new URL(`node_modules/${path}`, import.meta.url));

// What a bundler would do: React's browser builds as modules, under the names the SDK imports.
const files = (serverUrl) => ({
  '/react.js': [JS, library('react/umd/react.production.min.js')],
  '/react-dom.js': [JS, library('react-dom/umd/react-dom.production.min.js')],
  '/sdk.mjs': [JS, library('@fusionauth/react-sdk/dist/index.js')],
  '/react.mjs': [JS, 'export default React; export const { useCallback, useContext, useEffect, useMemo, useRef, useState } = React;'],
  '/jsx.mjs': [JS, 'export const { Fragment } = React; export const jsx = (type, props, key) => React.createElement(type, key === undefined ? props : { ...props, key }); export const jsxs = jsx;'],
  '/app.mjs': [JS, `
    import { FusionAuthProvider, useFusionAuth } from '@fusionauth/react-sdk';
    const e = React.createElement;
    function App() {
      const auth = useFusionAuth();
      return e('main', null,
        e('p', { id: 'who' }, auth.isLoggedIn ? auth.userInfo?.email ?? '...' : 'nobody'),
        e('button', { onClick: () => auth.startLogin('kept by the page') }, 'Sign in'),
        e('button', { onClick: () => auth.refreshToken().then((r) => { document.title = 'refreshed ' + r.status; }, (why) => { document.title = String(why); }) }, 'Refresh'),
        e('button', { onClick: () => auth.startLogout() }, 'Sign out'));
    }
    ReactDOM.createRoot(document.getElementById('root')).render(e(FusionAuthProvider, {
      clientId: '${spa}', serverUrl: '${serverUrl}', redirectUri: location.origin + '/', scope: 'openid email offline_access',
      shouldAutoFetchUserInfo: true, onRedirect: (state) => { document.body.dataset.state = state; },
    }, e(App)));`],
  '/': ['text/html; charset=utf-8', `<!doctype html><html lang="en"><title>Page</title><link rel="icon" href="data:,"><script src="/react.js"></script><script src="/react-dom.js"></script>
    <script type="importmap">{"imports":{"react":"/react.mjs","react/jsx-runtime":"/jsx.mjs","@fusionauth/react-sdk":"/sdk.mjs"}}</script>
    <div id="root"></div><script type="module" src="/app.mjs"></script>`],
});

describe("FusionAuth's React SDK", () => {
  let c, chromium, page, server;
  before(async () => {
    chromium = await launch();
    server = createServer((request, response) => {
      const [type, body] = files(c.base)[new URL(request.url, 'http://localhost').pathname] ?? ['text/plain', ''];
      response.writeHead(body ? 200 : 404, { 'content-type': type }).end(body);
    }).listen(0, 'localhost');
    await once(server, 'listening');
    page = `http://localhost:${server.address().port}`;
    c = await startDemo({ url: page }, [{ method: 'POST', url: `/api/application/${spa}`, body: { application: {
      name: 'Single page',
      oauthConfiguration: {
        authorizedRedirectURLs: [`${page}/`], authorizedOriginURLs: [page], enabledGrants: ['authorization_code', 'refresh_token'],
        generateRefreshTokens: true, clientAuthenticationPolicy: 'NotRequiredWhenUsingPKCE', proofKeyForCodeExchangePolicy: 'Required',
      },
    } } }]);
  });
  after(async () => {
    await chromium?.close();
    server?.closeAllConnections();
    server?.close();
    await c?.end();
  });

  test('signs in, keeps the page\'s state, says who, refreshes and signs out', async () => {
    const context = await openBrowser(chromium);
    const tab = await context.newPage();
    const who = (name) => tab.locator('#who').filter({ hasText: name }).waitFor();
    const token = async () => (await context.cookies()).find(({ name }) => name === 'app.at')?.value;
    const button = (name) => tab.getByRole('button', { name, exact: true });

    await tab.goto(`${page}/`);
    await who('nobody');
    await button('Sign in').click();
    await tab.waitForURL(`${c.base}/**`);
    await submitPassword(tab);
    await tab.waitForURL(`${page}/**`);
    await who(ada.email);
    assert.equal(await tab.locator('body').getAttribute('data-state'), 'kept by the page');
    const first = await token();
    assert.equal(decode(first).aud, spa);
    assert.ok(!(await tab.evaluate(() => document.cookie)).includes('app.at='), 'no script reads the token');

    await button('Refresh').click();
    await tab.waitForFunction(() => document.title !== 'Page');
    assert.equal(await tab.title(), 'refreshed 200');
    assert.notEqual(await token(), first);

    await press(button('Sign out'));
    await tab.waitForURL(`${page}/**`);
    await who('nobody');
    assert.equal(await token(), undefined);
    isClean(context);
    await context.close();
  });
});
