// SPDX-License-Identifier: Apache-2.0
// Passkeys with a real browser and its virtual authenticator: what Chromium makes of our options and we of its answers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch } from './chromium.mjs';
import { clientOf, good, refused } from './client.mjs';
import { Cardea, decode, ids } from './harness.mjs';

// In the page, as FusionAuth's documentation tells an application to do it.
const inPage = async ({ kind, options }) => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  const list = (ids) => ids?.map((one) => ({ ...one, id: bytes(one.id) }));
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (kind === 'create') {
    publicKey.user = { ...options.user, id: bytes(options.user.id) };
    publicKey.excludeCredentials = list(options.excludeCredentials);
    const made = await navigator.credentials.create({ publicKey });
    return {
      id: made.id, type: made.type, transports: made.response.getTransports(), clientExtensionResults: made.getClientExtensionResults(),
      response: { attestationObject: text(made.response.attestationObject), clientDataJSON: text(made.response.clientDataJSON) },
    };
  }
  publicKey.allowCredentials = list(options.allowCredentials);
  const got = await navigator.credentials.get({ publicKey });
  return {
    id: got.id, type: got.type, clientExtensionResults: got.getClientExtensionResults(),
    response: {
      authenticatorData: text(got.response.authenticatorData), clientDataJSON: text(got.response.clientDataJSON), signature: text(got.response.signature),
      ...(got.response.userHandle ? { userHandle: text(got.response.userHandle) } : {}),
    },
  };
};

describe('Chromium', () => {
  let c, client, browser, page, cdp;

  before(async () => {
    c = await Cardea.start();
    client = clientOf(c);
    await good(client.patchTenant(ids.tenant, { tenant: { webAuthnConfiguration: { enabled: true, bootstrapWorkflow: { enabled: true }, reauthenticationWorkflow: { enabled: true } } } }));
    browser = await launch();
    const context = await browser.newContext();
    page = await context.newPage();
    cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    await page.goto(`${c.url}/api/status`);
  });
  after(async () => { await browser?.close(); await c.end(); });

  for (const [name, authenticator, workflow] of [
    ['the device itself, with a key it keeps', { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, defaultBackupEligibility: true, defaultBackupState: true }, 'reauthentication'],
    ['a security key that keeps nothing', { protocol: 'ctap2', transport: 'usb', hasResidentKey: false, hasUserVerification: true, isUserVerified: true }, 'bootstrap'],
  ]) {
    test(`${name} registers once, signs in, and cannot be used at another origin`, async () => {
      const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { ...authenticator, automaticPresenceSimulation: true } });
      const start = () => client.startWebAuthnRegistration({ userId: ids.user, displayName: name, workflow });
      const { options } = await good(start());
      const credential = await page.evaluate(inPage, { kind: 'create', options });
      const made = (await good(client.completeWebAuthnRegistration({ userId: ids.user, credential, origin: c.url, rpId: 'localhost' }))).credential;
      assert.equal(made.discoverable, authenticator.hasResidentKey);
      assert.deepEqual(made.transports, [authenticator.transport]);
      assert.equal(made.authenticatorSupportsUserVerification, true);
      const again = (await good(start())).options;
      await assert.rejects(page.evaluate(inPage, { kind: 'create', options: again }), /InvalidStateError/, 'the browser knows that it has a key for this person');

      const ask = async () => (await good(client.startWebAuthnLogin({ applicationId: ids.app, userId: ids.user, workflow, credentialId: made.id }))).options;
      for (let i = 0; i < 2; i++) {
        const answer = await page.evaluate(inPage, { kind: 'get', options: await ask() });
        const { token } = await good(client.completeWebAuthnLogin({ credential: answer, origin: c.url, rpId: 'localhost' }));
        assert.equal(decode(token).authenticationType, 'WebAuthn');
      }
      assert.ok((await good(client.retrieveWebAuthnCredential(made.id))).credential.signCount >= made.signCount + 2);

      const elsewhere = await page.context().newPage();
      await elsewhere.goto(`http://127.0.0.1:${c.port}/api/status`);
      await assert.rejects(elsewhere.evaluate(inPage, { kind: 'get', options: await ask() }), /SecurityError/);
      await elsewhere.close();
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
      const { options: relaxed } = { options: { ...(await ask()), userVerification: 'discouraged' } };
      const unverified = await page.evaluate(inPage, { kind: 'get', options: relaxed });
      await refused(client.completeWebAuthnLogin({ credential: unverified, origin: c.url, rpId: 'localhost' }), 400, ['[invalid]credential.response.authenticatorData']);
      await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    });
  }
});
