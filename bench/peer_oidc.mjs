// SPDX-License-Identifier: Apache-2.0
// The peer oidc-provider as a server: PORT of 127.0.0.1, ES256, access tokens as JWTs, rotation of refresh tokens.
// It keeps everything in memory (nothing is durable) and has no passwords: GET /login/UID signs anybody in.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2]);
const issuer = `http://localhost:${port}`;
const resource = 'urn:example:orders';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

class Memory {
  static kept = new Map();

  static lists = new Map(); // names of a grant's rows

  constructor(name) { this.name = name; }

  key(id) { return `${this.name}:${id}`; }

  async upsert(id, payload) {
    Memory.kept.set(this.key(id), payload);
    if (payload.uid) Memory.kept.set(`uid:${payload.uid}`, this.key(id));
    if (payload.grantId && this.name !== 'Session') {
      const list = Memory.lists.get(payload.grantId) ?? [];
      if (list.push(this.key(id)) > 4096) Memory.kept.delete(list.shift());
      Memory.lists.set(payload.grantId, list);
    }
  }

  async find(id) { return Memory.kept.get(this.key(id)); }

  async findByUid(uid) { return Memory.kept.get(Memory.kept.get(`uid:${uid}`)); }

  async consume(id) { Memory.kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000); }

  async destroy(id) { Memory.kept.delete(this.key(id)); }

  async revokeByGrantId(grantId) {
    for (const key of Memory.lists.get(grantId) ?? []) Memory.kept.delete(key);
    Memory.lists.delete(grantId);
  }
}

const client = (id) => ({
  client_id: id,
  client_secret: process.env.PEER_SECRET,
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  redirect_uris: [process.env.PEER_REDIRECT],
  response_types: ['code'],
  id_token_signed_response_alg: 'ES256',
});

const provider = new Provider(issuer, {
  adapter: Memory,
  clients: [client('bench'), client('opaque')],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'bench' }] },
  cookies: { keys: ['a key of the bench for cookies'] },
  scopes: ['openid', 'offline_access', 'orders'],
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  findAccount: async (ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
  interactions: { url: (ctx, interaction) => `/login/${interaction.uid}` },
  loadExistingGrant: async (ctx) => {
    const grantId = ctx.oidc.session.grantIdFor(ctx.oidc.client.clientId);
    if (grantId) return provider.Grant.find(grantId);
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid offline_access orders');
    grant.addResourceScope(resource, 'orders');
    await grant.save();
    return grant;
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: { // tokens of the client "opaque" have no resource: only those can be introspected
      enabled: true,
      defaultResource: async (ctx, c) => (c.clientId === 'bench' ? resource : undefined),
      getResourceServerInfo: async () => ({ scope: 'orders', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 3600, jwt: { sign: { alg: 'ES256' } } }),
      useGrantedResource: async () => true,
    },
  },
});

const answer = provider.callback();
createServer(async (req, res) => {
  if (!req.url.startsWith('/login/')) return answer(req, res);
  const accountId = new URL(req.url, issuer).searchParams.get('as') ?? 'ada';
  return provider.interactionFinished(req, res, { login: { accountId } });
}).listen(port, '127.0.0.1');
