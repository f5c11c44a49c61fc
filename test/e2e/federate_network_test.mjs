// SPDX-License-Identifier: Apache-2.0
// Signing in by social networks and makers of games: their servers are played here, behind the outgoing proxy that an
// operator may name, under the names they really have. Ids SO-... are of the social logins' attack list.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createHmac, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { Cardea, apiKey, ids } from './harness.mjs';
import { good, refused, clientOf } from './client.mjs';
import { Outside } from './outside.mjs';

const HOSTS = ['accounts.google.com', 'appleid.apple.com', 'graph.facebook.com', 'www.linkedin.com', 'api.linkedin.com', 'id.twitch.tv', 'api.epicgames.dev',
  'accounts.nintendo.com', 'api.accounts.nintendo.com', 'api.steampowered.com', 'partner.steam-api.com', 'login.live.com', 'user.auth.xboxlive.com', 'xsts.auth.xboxlive.com', 'api.twitter.com', 'auth.api.sonyentertainmentnetwork.com', 'hypr.example.com'];
const now = () => Math.floor(Date.now() / 1000);
const b64 = (v) => Buffer.from(JSON.stringify(v)).toString('base64url');

describe('networks', () => {
  let c, client, outside, apple;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const world = {}; // host and path -> (request with body and query) -> object, or undefined: 400
  const seen = [];
  const idToken = (claims, key = rsa.privateKey) => {
    const input = `${b64({ alg: 'RS256', kid: 'k' })}.${b64({ iat: now(), exp: now() + 60, ...claims })}`;
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
  };

  before(async () => {
    outside = await Outside.start(HOSTS, (req, res, body) => {
      const url = new URL(req.url, `https://${req.headers.host}`);
      const at = url.host + url.pathname;
      seen.push(at);
      const answer = world[at]?.({ form: new URLSearchParams(body), body, query: url.searchParams, headers: req.headers, method: req.method, url });
      res.writeHead(answer ? 200 : 400, { 'content-type': 'application/json' }).end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? { error: 'no' }));
    });
    c = await Cardea.start({ args: outside.args });
    client = clientOf(c, apiKey);
    apple = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const host of ['accounts.google.com', 'appleid.apple.com']) {
      world[`${host}/.well-known/openid-configuration`] = () => ({ issuer: `https://${host}`, token_endpoint: `https://${host}/token`, jwks_uri: `https://${host}/keys` });
      world[`${host}/keys`] = () => ({ keys: [{ ...rsa.publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'RS256' }] });
    }
  });
  after(async () => {
    await c?.end();
    outside?.end();
  });

  const make = async (type, more, app = {}) => (await good(client.createIdentityProvider(null, { identityProvider: {
    type, name: `${type} ${Math.random()}`, enabled: true, applicationConfiguration: { [ids.app]: { enabled: true, ...app } }, ...more } }))).identityProvider;
  const cb = { redirect_uri: 'https://us.example/callback' };
  const login = (idp, data) => client.identityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id, data });
  const kind = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).authenticationType;
  const clientId = { client_id: 'ours', client_secret: 'a secret' };
  // The token endpoint of a network: a good code of our client's, its secret where the network wants it.
  const grants = (at, answer, basic) => {
    world[at] = ({ form, headers }) => {
      const [id, secret] = basic ? Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64').toString().split(':').map((v) => decodeURIComponent(v.replaceAll('+', ' ')))
        : [form.get('client_id'), form.get('client_secret')];
      return id === 'ours' && secret === 'a secret' && form.get('code') === 'good' && form.get('grant_type') === 'authorization_code' ? answer : undefined;
    };
  };
  const tells = (at, answer) => { world[at] = ({ headers }) => (headers.authorization === 'Bearer theirs' ? answer : undefined); };

  test('Google: a code, or the ID token itself; either spelling of the issuer (SO-G1)', async () => {
    const idp = await make('Google', clientId);
    grants('accounts.google.com/token', { access_token: 'theirs', id_token: idToken({ iss: 'https://accounts.google.com', aud: 'ours', sub: 'g1', email: 'ada@gmail.com', email_verified: true }) });
    const first = await good(login(idp, { code: 'good', ...cb }));
    assert.deepEqual([first.user.email, first.user.verified, kind(first.token)], ['ada@gmail.com', true, 'GOOGLE']);
    const again = await good(login(idp, { token: idToken({ iss: 'accounts.google.com', aud: 'ours', sub: 'g1', email: 'other@gmail.com', email_verified: true }) }));
    assert.equal(again.user.id, first.user.id, 'SO-G3: keyed on sub');
    assert.ok((await good(client.retrieveUserLink(idp.id, 'g1', first.user.id))).identityProviderLink);
    await refused(login(idp, { code: 'bad', ...cb }), 401);
    await refused(login(idp, {}), 400, ['[blank]data.code']);
  });

  test('Google: what is not for us, not theirs, or over is refused', async () => {
    const idp = await make('Google', clientId);
    const right = { iss: 'https://accounts.google.com', aud: 'ours', sub: 'g2', email: 'eve@gmail.com', email_verified: true };
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    for (const token of [idToken({ ...right, aud: 'theirs' }), idToken({ ...right, iss: 'https://evil.example' }), idToken({ ...right, exp: now() - 600 }),
      idToken({ ...right, aud: ['ours', 'theirs'] }), idToken({ ...right, azp: 'theirs' }), idToken(right, stranger), 'no token', `${b64({ alg: 'none' })}.${b64({ ...right, exp: now() + 60 })}.`]) {
      await refused(login(idp, { token }), 401);
    }
  });

  test('SO-G4: Google speaks for gmail.com and for hosted domains; another address links nobody who is there', async () => {
    const idp = await make('Google', clientId);
    const come = (sub, email, more) => login(idp, { token: idToken({ iss: 'https://accounts.google.com', aud: 'ours', sub, email, email_verified: true, ...more }) });
    await good(client.createUser(null, { user: { email: 'grace@elsewhere.example', password: 'a good long password' }, skipVerification: true }));
    await refused(come('g3', 'grace@elsewhere.example'), 400, ['[unverifiedEmail]']);
    assert.equal((await good(come('g3', 'grace@elsewhere.example', { hd: 'elsewhere.example' }))).user.email, 'grace@elsewhere.example');
    assert.equal((await good(come('g4', 'new@elsewhere.example'))).user.verified, false, 'a new account, whose address is still to be proven');
    await refused(come('g5', 'no@gmail.com', { email_verified: false }), 400, ['[unverifiedEmail]']);
  });

  test('Apple: a client secret signed for each request (SO-A5), texts for booleans (SO-A2), an app of its own id, names from the form (SO-A3)', async () => {
    const { key } = await good(client.importKey(null, { key: { algorithm: 'ES256', kid: 'APPLEKEY01', name: 'apple', privateKey: apple.privateKey.export({ type: 'pkcs8', format: 'pem' }) } }));
    const idp = await make('Apple', { keyId: key.id, teamId: 'TEAM', servicesId: 'web', bundleId: 'app', attributeMappings: { 'user.firstName': '/user/name/firstName' } });
    const secrets = [];
    world['appleid.apple.com/token'] = ({ form }) => {
      const [head, body, signature] = form.get('client_secret').split('.');
      const claims = JSON.parse(Buffer.from(body, 'base64url'));
      const holds = verify('sha256', Buffer.from(`${head}.${body}`), { key: createPublicKey(apple.privateKey), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
      secrets.push({ kid: JSON.parse(Buffer.from(head, 'base64url')).kid, holds, ...claims });
      return form.get('code') === 'good' && { access_token: 'theirs', id_token: idToken({ iss: 'https://appleid.apple.com', aud: form.get('client_id'), sub: 'a1', email: 'ada@privaterelay.appleid.com', email_verified: 'true' }) };
    };
    const user = JSON.stringify({ name: { firstName: 'Ada', lastName: 'L' } });
    const first = await good(login(idp, { code: 'good', ...cb, user }));
    assert.deepEqual([first.user.email, first.user.verified, first.user.firstName, kind(first.token)], ['ada@privaterelay.appleid.com', true, 'Ada', 'APPLE']);
    assert.equal((await good(login(idp, { code: 'good', isNativeApp: 'true' }))).user.id, first.user.id);
    assert.equal((await good(login(idp, { code: 'good', ...cb }))).user.firstName, 'Ada', 'SO-A3: told once, kept');
    assert.equal((await good(login(idp, { id_token: idToken({ iss: 'https://appleid.apple.com', aud: 'web', sub: 'a1', email: 'x@apple.example', email_verified: 'true' }) }))).user.id, first.user.id);
    assert.deepEqual(secrets.map((s) => [s.kid, s.holds, s.iss, s.sub, s.aud, s.exp - s.iat <= 15777000]), ['web', 'app', 'web'].map((id) => ['APPLEKEY01', true, 'TEAM', id, 'https://appleid.apple.com', true]));
    await refused(login(idp, { code: 'bad', ...cb }), 401);
  });

  test('Facebook: a token counts if it was given to our application', async () => {
    const idp = await make('Facebook', { appId: 'ours', client_secret: 'a secret' });
    world['graph.facebook.com/debug_token'] = ({ query, headers }) => (headers.authorization === 'Bearer ours|a secret'
      ? { data: { app_id: query.get('input_token') === 'theirs' ? 'ours' : 'somebody', is_valid: query.get('input_token') !== 'over' } } : undefined);
    tells('graph.facebook.com/me', { id: 'f1', name: 'Ada', email: 'ada@fb.example' });
    grants('graph.facebook.com/oauth/access_token', { access_token: 'theirs' });
    const first = await good(login(idp, { token: 'theirs' }));
    assert.deepEqual([first.user.email, kind(first.token)], ['ada@fb.example', 'FACEBOOK']);
    assert.equal((await good(login(idp, { code: 'good', ...cb }))).user.id, first.user.id);
    for (const token of ['somebody\'s', 'over']) await refused(login(idp, { token }), 401);
  });

  test('LinkedIn, Twitch, Epic Games, Nintendo: a code, told apart by their own claims', async () => {
    const cases = [
      ['LinkedIn', 'LINKEDIN', 'www.linkedin.com/oauth/v2/accessToken', 'api.linkedin.com/v2/userinfo', { sub: 'p1', email: 'p1@li.example', email_verified: true }, false],
      ['Twitch', 'Twitch', 'id.twitch.tv/oauth2/token', 'id.twitch.tv/oauth2/userinfo', { sub: 'p2', preferred_username: 'p2-name' }, false],
      ['EpicGames', 'EpicGames', 'api.epicgames.dev/epic/oauth/v2/token', 'api.epicgames.dev/epic/oauth/v2/userInfo', { sub: 'p3', preferred_username: 'p3-name' }, true],
      ['Nintendo', 'Nintendo', 'accounts.nintendo.com/connect/1.0.0/api/token', 'api.accounts.nintendo.com/2.0.0/users/me', { id: 'p4', nickname: 'p4-name' }, true],
    ];
    for (const [type, authentication, at, who, claims, basic] of cases) {
      const byName = type === 'LinkedIn' ? {} : { linkingStrategy: 'LinkByUsername', ...(type === 'Nintendo' ? { usernameClaim: 'nickname' } : {}) };
      const idp = await make(type, { ...clientId, ...byName });
      grants(at, { access_token: 'theirs' }, basic);
      tells(who, claims);
      const { user, token } = await good(login(idp, { code: 'good', ...cb }));
      assert.deepEqual([user.email ?? user.username, kind(token)], [claims.email ?? claims.preferred_username ?? claims.nickname, authentication]);
      const { identityProviderLink } = await good(client.retrieveUserLink(idp.id, claims.sub ?? claims.id, user.id));
      assert.equal(identityProviderLink.token, 'theirs');
      await refused(login(idp, { code: 'bad', ...cb }), 401);
      await refused(login(idp, { code: 'good' }), 400, ['[blank]data.redirect_uri']);
      if (type === 'LinkedIn') await refused(login(idp, { token: 'theirs' }), 400, ['[blank]data.code']);
    }
    const idp = await make('Twitch', clientId);
    assert.equal((await login(idp, { code: 'good', ...cb })).statusCode, 232, 'by default who is new is asked who they are here');
  });

  test('Twitch, Epic Games, Nintendo, PlayStation: an access token counts if it was given to our client, to the person it tells of', async () => {
    const jwt = (claims, key) => idToken({ iss: 'https://accounts.nintendo.com', aud: 'ours', typ: 'token', sub: 'n1', ...claims }, key);
    const nintendo = jwt();
    let said; // what the network says of the token
    world['id.twitch.tv/oauth2/validate'] = ({ headers }) => (headers.authorization === 'OAuth theirs' ? said : undefined);
    world['api.epicgames.dev/epic/oauth/v2/tokenInfo'] = ({ form }) => (form.get('token') === 'theirs' ? said : undefined);
    world['accounts.nintendo.com/1.0.0/certificates'] = world['accounts.google.com/keys'];
    world['auth.api.sonyentertainmentnetwork.com/2.0/oauth/token/theirs'] = () => said;
    tells('id.twitch.tv/oauth2/userinfo', { sub: 't1', preferred_username: 't1-name' });
    tells('api.epicgames.dev/epic/oauth/v2/userInfo', { sub: 'e1', preferred_username: 'e1-name' });
    world['api.accounts.nintendo.com/2.0.0/users/me'] = ({ headers }) => (headers.authorization?.startsWith('Bearer ') ? { id: 'n1', preferred_username: 'n1-name' } : undefined);
    const cases = [
      ['Twitch', 'theirs', { client_id: 'ours', user_id: 't1' }, [{ client_id: 'another' }, { user_id: 't2' }, { user_id: undefined }, { client_id: undefined }]],
      ['EpicGames', 'theirs', { client_id: 'ours', account_id: 'e1', active: true }, [{ client_id: 'another' }, { account_id: 'e2' }, { account_id: undefined }, { active: false }, { active: 'true' }]],
      ['Nintendo', nintendo, {}, []],
      ['SonyPSN', 'theirs', { client_id: 'ours', user_id: 's1', online_id: 's1-name' }, [{ client_id: 'another' }, { user_id: undefined }]],
    ];
    for (const [type, token, right, wrongs] of cases) {
      const idp = await make(type, { ...clientId, linkingStrategy: 'LinkByUsername' });
      said = right;
      const first = await good(login(idp, { token }));
      assert.match(first.user.username, /^[tens]1-name$/);
      assert.equal((await good(client.retrieveUserLink(idp.id, `${first.user.username.slice(0, 2)}`, first.user.id))).identityProviderLink.token, token);
      assert.equal((await good(login(idp, { token }))).user.id, first.user.id);
      for (const wrong of wrongs) {
        said = { ...right, ...wrong };
        await refused(login(idp, { token }), 401);
      }
      said = right;
      for (const bad of ['another', 'theirs\r\nX: y', 'theirs x', 'theirs,', '\u00e9']) await refused(login(idp, { token: bad }), 401);
      await refused(login(idp, {}), 400, ['[blank]data.code']);
    }
    const idp = await make('Nintendo', clientId);
    for (const bad of [jwt({ aud: 'another' }), jwt({ iss: 'https://accounts.google.com' }), jwt({ typ: 'id_token' }), jwt({ typ: undefined }), jwt({ sub: 'n2' }), jwt({ exp: now() - 600 }), jwt({}, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)]) {
      await refused(login(idp, { token: bad }), 401);
    }
    assert.equal((await login(idp, { token: nintendo })).statusCode, 232);
    await refused(login(await make('Xbox', clientId), { token: 'theirs' }), 400, ['[notSupported]data.token']);
  });

  test('Steam: a ticket or a token for our game; the partner\'s server where it is set', async () => {
    for (const [apiMode, host] of [['Public', 'api.steampowered.com'], ['Partner', 'partner.steam-api.com']]) {
      const idp = await make('Steam', { client_id: 'ours', webAPIKey: 'a secret', apiMode, linkingStrategy: 'LinkByUsername' });
      const ours = (query, answer) => (query.get('key') === 'a secret' ? { response: answer } : undefined);
      world[`${host}/ISteamUserAuth/AuthenticateUserTicket/v1/`] = ({ query }) => ours(query, query.get('ticket') === 'good' && query.get('appid') === 'ours' ? { params: { result: 'OK', steamid: `s-${apiMode}` } } : { error: {} });
      world[`${host}/ISteamUserOAuth/GetTokenDetails/v1/`] = ({ query }) => ours(query, { clientid: query.get('access_token') === 'theirs' ? 'ours' : 'another', steamid: `s-${apiMode}` });
      world[`${host}/ISteamUser/GetPlayerSummaries/v2/`] = ({ query }) => ours(query, { players: [{ steamid: query.get('steamids'), personaname: `steam ${apiMode}` }] });
      const { user, token } = await good(login(idp, { ticket: 'good' }));
      assert.deepEqual([user.username, kind(token)], [`steam ${apiMode}`, 'Steam']);
      assert.equal((await good(login(idp, { token: 'theirs' }))).user.id, user.id);
      for (const data of [{ ticket: 'bad' }, { token: 'of another game' }]) await refused(login(idp, data), 401);
      await refused(login(idp, { code: 'good' }), 400, ['[blank]data.sessionTicket']);
    }
  });

  test('Xbox: Microsoft\'s token for the player\'s', async () => {
    const idp = await make('Xbox', { ...clientId, linkingStrategy: 'LinkByUsername' });
    grants('login.live.com/oauth20_token.srf', { access_token: 'theirs' });
    world['user.auth.xboxlive.com/user/authenticate'] = ({ body }) => {
      const { Properties, RelyingParty, TokenType } = JSON.parse(body);
      return Properties.RpsTicket === 'd=theirs' && Properties.AuthMethod === 'RPS' && RelyingParty === 'http://auth.xboxlive.com' && TokenType === 'JWT' ? { Token: 'xbox' } : undefined;
    };
    world['xsts.auth.xboxlive.com/xsts/authorize'] = ({ body }) => (JSON.parse(body).Properties.UserTokens[0] === 'xbox' ? { Token: 't', DisplayClaims: { xui: [{ gtg: 'Major Ada', xid: '2533', uhs: 'h' }] } } : undefined);
    const { user, token } = await good(login(idp, { code: 'good', ...cb }));
    assert.deepEqual([user.username, kind(token)], ['Major Ada', 'Xbox']);
    assert.ok((await good(client.retrieveUserLink(idp.id, '2533', user.id))).identityProviderLink);
    await refused(login(idp, { code: 'bad', ...cb }), 401);
  });

  test('an application\'s own client of a network goes before the provider\'s', async () => {
    const idp = await make('Twitch', { client_id: 'another', client_secret: 'another', linkingStrategy: 'LinkByUsername' }, clientId);
    grants('id.twitch.tv/oauth2/token', { access_token: 'theirs' });
    tells('id.twitch.tv/oauth2/userinfo', { sub: 'own', preferred_username: 'own-name' });
    assert.equal((await good(login(idp, { code: 'good', ...cb }))).user.username, 'own-name');
  });

  test('OA-60: through the proxy, too, nobody is asked at an address of the inside', async () => {
    const before = seen.length;
    for (const host of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '[::1]', '[::ffff:10.0.0.1]', 'localhost']) {
      const idp = await make('OpenIDConnect', { buttonText: 'Go', oauth2: { ...clientId, scope: 'openid', authorization_endpoint: 'https://a.example/', token_endpoint: `https://${host}/token`, userinfo_endpoint: `https://${host}/me` } });
      await refused(login(idp, { code: 'good', ...cb }), 503);
    }
    assert.equal(seen.length, before);
  });

  // RFC 5849 s3.2: the consumer, the token and the verifier of a request whose signature is right.
  const oauth1 = ({ method, url, headers }, secrets) => {
    const said = Object.fromEntries([...(headers.authorization ?? '').matchAll(/(oauth_\w+)="([^"]*)"/g)].map(([, name, value]) => [name, decodeURIComponent(value)]));
    const { oauth_signature: signature, ...rest } = said;
    const encode = (v) => encodeURIComponent(v).replace(/[!'()*]/g, (ch) => `%${ch.charCodeAt(0).toString(16).toUpperCase()}`);
    const line = [...Object.entries(rest), ...url.searchParams].map(([n, v]) => `${encode(n)}=${encode(v)}`).sort().join('&');
    const key = `${encode('a & secret')}&${encode(secrets[rest.oauth_token] ?? '')}`;
    const good1 = rest.oauth_consumer_key === 'ours' && rest.oauth_token in secrets && Math.abs(now() - rest.oauth_timestamp) < 60
      && createHmac('sha1', key).update(`${method}&${encode(url.origin + url.pathname)}&${encode(line)}`).digest('base64') === signature;
    return good1 ? rest : undefined;
  };

  test('Twitter: OAuth 1.0a, by a request token and its verifier, or by an access token of our consumer', async () => {
    const idp = await make('Twitter', { consumerKey: 'ours', consumerSecret: 'a & secret' });
    const secrets = { 'request+/=': 'request secret', 'access %': 'access secret' }, nonces = new Set();
    const person = { id: 1, id_str: '1', screen_name: 'ada', name: 'Ada', email: 'ada@twitter.example' };
    world['api.twitter.com/oauth/access_token'] = (req) => (oauth1(req, secrets)?.oauth_verifier === 'yes' && req.method === 'POST'
      ? `oauth_token=${encodeURIComponent('access %')}&oauth_token_secret=access+secret&user_id=1&screen_name=ada` : undefined);
    world['api.twitter.com/1.1/account/verify_credentials.json'] = (req) => {
      const said = oauth1(req, secrets);
      nonces.add(said?.oauth_nonce);
      return said?.oauth_token === 'access %' && req.query.get('include_email') === 'true' ? person : undefined;
    };
    const first = await good(login(idp, { oauth_token: 'request+/=', oauth_token_secret: 'request secret', oauth_verifier: 'yes' }));
    assert.deepEqual([first.user.email, kind(first.token)], ['ada@twitter.example', 'TWITTER']);
    assert.equal((await good(client.retrieveUserLink(idp.id, '1', first.user.id))).identityProviderLink.token, 'access %');
    person.email = 'other@twitter.example';
    assert.equal((await good(login(idp, { oauth_token: 'access %', oauth_token_secret: 'access secret' }))).user.id, first.user.id, 'keyed on the id, not the address');
    assert.equal(nonces.size, 2, 'a nonce is used once');
    for (const data of [{ oauth_token: 'request+/=', oauth_token_secret: 'request secret', oauth_verifier: 'no' }, { oauth_token: 'request+/=', oauth_token_secret: 'wrong', oauth_verifier: 'yes' },
      { oauth_token: 'request+/=', oauth_token_secret: 'request secret' }, { oauth_token: 'access %', oauth_token_secret: 'guessed' }, { oauth_token: 'another consumer\'s', oauth_token_secret: 'x' }]) {
      await refused(login(idp, data), 401);
    }
    Object.assign(person, { id_str: '2' });
    delete person.email;
    await refused(login(idp, { oauth_token: 'access %', oauth_token_secret: 'access secret' }), 401);
    world['api.twitter.com/oauth/access_token'] = () => 'oauth_token=%zz';
    await refused(login(idp, { oauth_token: 'request+/=', oauth_token_secret: 'request secret', oauth_verifier: 'yes' }), 401);
    await refused(login(idp, {}), 400, ['[blank]data.oauth_token', '[blank]data.oauth_token_secret']);
  });

  test('PlayStation Network: a code; the token has to be of our client', async () => {
    const idp = await make('SonyPSN', { ...clientId, linkingStrategy: 'LinkByUsername' });
    const at = 'auth.api.sonyentertainmentnetwork.com/2.0/oauth/token';
    const said = { user_id: '77', online_id: 'ada-psn', client_id: 'ours' };
    grants(at, { access_token: 'their/s' }, true);
    world[`${at}/their%2Fs`] = ({ headers }) => (headers.authorization === `Basic ${Buffer.from('ours:a%20secret').toString('base64')}` ? said : undefined);
    const { user, token } = await good(login(idp, { code: 'good', ...cb }));
    assert.deepEqual([user.username, kind(token)], ['ada-psn', 'SonyPSN']);
    assert.equal((await good(client.retrieveUserLink(idp.id, '77', user.id))).identityProviderLink.token, 'their/s');
    said.client_id = 'another';
    await refused(login(idp, { code: 'good', ...cb }), 401);
    await refused(login(idp, { code: 'bad', ...cb }), 401);
  });

  test('HYPR: a person is asked on their device; the code works once, for who was asked, where it was asked', async () => {
    const make2 = (rp) => make('HYPR', { relyingPartyApplicationId: rp, relyingPartyURL: 'https://hypr.example.com/', linkingStrategy: 'Unsupported' });
    const [idp, another] = [await make2('ours'), await make2('theirs')];
    const at = 'hypr.example.com/rp/api/oob/client/authentication/requests', asked = [];
    world[at] = ({ body, method }) => {
      const request = JSON.parse(body);
      if (method !== 'POST' || request.namedUser === 'unknown@there.example') return undefined;
      asked.push(request);
      const requestId = `r/${asked.length}`;
      request.answer = { requestId, namedUser: request.namedUser, machine: 'WEB', state: [{ value: 'REQUEST_SENT' }] };
      world[`${at}/r%2F${asked.length}`] = () => request.answer;
      return { status: { responseCode: 200 }, response: { requestId } };
    };
    const start = (loginId, provider = idp) => client.startIdentityProviderLogin({ applicationId: ids.app, identityProviderId: provider.id, loginId });
    const { user } = await good(client.createUser(null, { user: { email: 'hypr@there.example', password: 'a good long password' } }));
    await good(client.createUser(null, { user: { email: 'unknown@there.example', password: 'a good long password' } }));
    const { code } = await good(start('hypr@there.example'));
    assert.deepEqual([asked[0].appId, asked[0].namedUser], ['ours', 'hypr@there.example']);
    assert.equal((await login(idp, { code })).statusCode, 204, 'not answered yet');
    await refused(login(another, { code }), 401);
    asked[0].answer.state.push({ value: 'COMPLETED' });
    const came = await Promise.all([login(idp, { code }), login(idp, { code })].map((p) => p.catch((e) => e)));
    assert.deepEqual(came.map((r) => r.statusCode).sort(), [200, 401], 'once, also when two come at the same moment');
    const { response } = came.find((r) => r.statusCode === 200);
    assert.deepEqual([response.user.id, kind(response.token), response.user.registrations[0].applicationId], [user.id, 'HYPR', ids.app]);
    await refused(login(idp, { code }), 401);

    for (const answer of [{ state: [{ value: 'COMPLETED' }], namedUser: 'somebody@else.example' }, { state: [{ value: 'COMPLETED' }], requestId: 'r/1' }, { state: [{ value: 'COMPLETED' }, { value: 'CANCELED' }] }, { state: [] }, { state: 'COMPLETED' }]) {
      const made = await good(start('hypr@there.example'));
      Object.assign(asked.at(-1).answer, answer);
      await refused(login(idp, { code: made.code }), 401);
      asked.at(-1).answer = { ...asked[0].answer, requestId: `r/${asked.length}`, state: [{ value: 'COMPLETED' }] };
      await refused(login(idp, { code: made.code }), 401); // a no ends the code
    }
    await refused(start('nobody@there.example'), 404);
    await refused(start('unknown@there.example'), 401);
    await refused(start(undefined), 400, ['[blank]loginId']);
    await refused(login(idp, {}), 400, ['[blank]data.code']);
    await refused(login(idp, { code: 'unknown' }), 401);

    // A connection test plays it while the provider is off: nobody comes in.
    await good(client.patchIdentityProvider(idp.id, { identityProvider: { enabled: false } }));
    const { connectionTestId } = await good(client.startIdentityProviderConnectionTest({ identityProviderId: idp.id, tenantId: ids.tenant }));
    const common = { applicationId: ids.app, identityProviderId: idp.id, connectionTestId };
    const tried = await good(client.startIdentityProviderLogin({ ...common, loginId: 'hypr@there.example' }));
    asked.at(-1).answer.state.push({ value: 'COMPLETED' });
    await refused(login(idp, { code: tried.code }), 400, ['[invalid]identityProviderId']);
    assert.deepEqual(await good(client.identityProviderLogin({ ...common, data: { code: tried.code } })), {});
    const { result } = await good(client.retrieveIdentityProviderConnectionTestResults(connectionTestId));
    assert.deepEqual([result.identityProviderUserId, result.steps.at(-1).success], ['hypr@there.example', true]);
  });

  test('what has no start says so', async () => {
    const idp = await make('SonyPSN', clientId);
    await refused(client.startIdentityProviderLogin({ applicationId: ids.app, identityProviderId: idp.id }), 400, ['[notSupported]identityProviderId']);
  });
});
