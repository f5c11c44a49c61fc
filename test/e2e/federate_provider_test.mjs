// SPDX-License-Identifier: Apache-2.0
// Signing in by a provider that others wrote: oidc-provider, certified by the OpenID Foundation. The browser's part is done
// by openid-client, another's code, too: authorization request, PKCE, redirects.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import * as oidc from 'openid-client';
import { Provider } from 'oidc-provider';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf } from './client.mjs';

const callback = 'https://us.example/callback';
const people = { ada: { email: 'ada@op.example', email_verified: true, given_name: 'Ada' }, eve: { email: 'ada@op.example', email_verified: false } };

describe('oidc-provider', () => {
  let c, client, server, issuer;
  const secret = randomBytes(32).toString('base64url');
  before(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    issuer = `http://127.0.0.1:${server.address().port}`;
    const keys = [['ec', { namedCurve: 'P-256' }, 'ES256'], ['rsa', { modulusLength: 2048 }, 'RS256']];
    const of = (id, more) => ({ client_id: id, client_secret: secret, redirect_uris: [callback], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], ...more });
    const provider = new Provider(issuer, {
      clients: [of('es', { id_token_signed_response_alg: 'ES256' }), of('rs', { id_token_signed_response_alg: 'RS256', token_endpoint_auth_method: 'client_secret_post' }),
        of('hs', { id_token_signed_response_alg: 'HS256' }), of('open', { client_secret: undefined, token_endpoint_auth_method: 'none' })],
      jwks: { keys: keys.map(([type, options, alg]) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: alg })) },
      cookies: { keys: [randomUUID()] },
      claims: { email: ['email', 'email_verified'], profile: ['given_name'] },
      scopes: ['openid', 'offline_access'],
      enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256', 'HS256'] },
      issueRefreshToken: async () => true,
      findAccount: async (ctx, sub) => ({ accountId: sub, claims: async () => ({ sub, ...people[sub] }) }),
      interactions: { url: (ctx, interaction) => `/login/${interaction.uid}` },
      loadExistingGrant: async (ctx) => {
        const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
        grant.addOIDCScope('openid email profile offline_access');
        await grant.save();
        return grant;
      },
      features: { devInteractions: { enabled: false } },
    });
    const answer = provider.callback();
    server.on('request', (req, res) => {
      if (!req.url.startsWith('/login/')) return answer(req, res);
      return provider.interactionFinished(req, res, { login: { accountId: new URL(req.url, issuer).searchParams.get('as') } });
    });
    c = await Cardea.start({ args: ['--allow-private-fetch'] });
    client = clientOf(c, apiKey);
  });
  after(async () => { server.closeAllConnections(); server.close(); await c.end(); });

  // As a browser: from the authorization request to the code that comes to the callback.
  const browse = async (id, who) => {
    const config = await oidc.discovery(new URL(issuer), id, undefined, undefined, { execute: [oidc.allowInsecureRequests] });
    const verifier = oidc.randomPKCECodeVerifier();
    let url = oidc.buildAuthorizationUrl(config, { redirect_uri: callback, scope: 'openid email profile', code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' });
    const cookies = new Map();
    for (let i = 0; i < 10 && !url.href.startsWith(callback); i++) {
      if (url.pathname.startsWith('/login/')) url.searchParams.set('as', who);
      const answer = await fetch(url, { redirect: 'manual', headers: { cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join('; ') } });
      for (const set of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(set);
        cookies.set(name, value);
      }
      assert.ok(answer.headers.get('location'), `${url}: ${answer.status} ${await answer.text()}`);
      url = new URL(answer.headers.get('location'), url);
    }
    return { code: url.searchParams.get('code'), redirect_uri: callback, code_verifier: verifier };
  };
  const make = async (id, oauth2 = {}) => (await good(client.createIdentityProvider(null, { identityProvider: {
    type: 'OpenIDConnect', name: id, buttonText: 'Go', enabled: true, oauth2: { client_id: id, client_secret: secret, issuer, scope: 'openid email profile', ...oauth2 },
    attributeMappings: { 'user.firstName': 'given_name' }, applicationConfiguration: { [ids.app]: { enabled: true } } } }))).identityProvider;
  const login = (idp, data) => client.identityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id, data });

  test('each way to authenticate and to sign: one person, linked to each', async () => {
    const ways = [['es', {}], ['rs', { clientAuthenticationMethod: 'client_secret_post' }], ['hs', {}], ['open', { clientAuthenticationMethod: 'none', client_secret: undefined }]];
    const found = new Set();
    for (const [id, more] of ways) {
      const idp = await make(id, more);
      const { user, token } = await good(login(idp, await browse(id, 'ada')));
      assert.deepEqual([user.email, user.firstName, user.verified], ['ada@op.example', 'Ada', true], id);
      assert.ok(token);
      found.add(user.id);
      const { identityProviderLink } = await good(client.retrieveUserLink(idp.id, 'ada', user.id));
      assert.ok(identityProviderLink.token, 'the refresh token is kept');
    }
    assert.equal(found.size, 1);
  });

  test('a code is good once, with its verifier, for its client; an address that is not verified links nobody', async () => {
    const idp = (await good(client.searchIdentityProviders({ search: { name: 'es' } }))).identityProviders.find((i) => i.name === 'es');
    const data = await browse('es', 'ada');
    await good(login(idp, data));
    await refused(login(idp, data), 401);
    await refused(login(idp, { ...(await browse('es', 'ada')), code_verifier: 'x'.repeat(43) }), 401);
    await refused(login(idp, await browse('rs', 'ada')), 401);
    await refused(login(idp, await browse('es', 'eve')), 400, ['[unverifiedEmail]']);
  });

  test('the connection test finds it well', async () => {
    const idp = (await good(client.searchIdentityProviders({ search: { name: 'es' } }))).identityProviders.find((i) => i.name === 'es');
    const { connectionTestId } = await good(client.startIdentityProviderConnectionTest({ identityProviderId: idp.id, tenantId: ids.tenant }));
    const { result } = await good(client.retrieveIdentityProviderConnectionTestResults(connectionTestId));
    assert.deepEqual([result.success, result.steps.length], [true, 3]);
  });
});
