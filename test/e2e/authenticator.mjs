// SPDX-License-Identifier: Apache-2.0
// An authenticator and its browser in software (WebAuthn s6, s5.8.1), honest unless it is told to break a rule:
//   client   changes the client data       flags, counter, rpId, tail   change the authenticator data
//   key      changes the COSE key          format, statement            replace the attestation
//   sign     changes the signature         id                           changes the credential id that is sent
import { constants, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const sha256 = (data) => createHash('sha256').update(data).digest();
export const text64 = (data) => Buffer.from(data).toString('base64url');
const bytes64 = (text) => Buffer.from(text, 'base64url');

// CBOR in the canonical form: numbers, texts, Buffers, arrays, Maps (in the order given).
const head = (major, n) => {
  if (n < 24) return Buffer.from([(major << 5) | n]);
  if (n < 256) return Buffer.from([(major << 5) | 24, n]);
  return Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
};
export const cbor = (v) => {
  if (typeof v === 'number') return v < 0 ? head(1, -1 - v) : head(0, v);
  if (typeof v === 'string') return Buffer.concat([head(3, Buffer.byteLength(v)), Buffer.from(v)]);
  if (Buffer.isBuffer(v)) return Buffer.concat([head(2, v.length), v]);
  if (Array.isArray(v)) return Buffer.concat([head(4, v.length), ...v.map(cbor)]);
  return Buffer.concat([head(5, v.size), ...[...v].flatMap(([key, value]) => [cbor(key), cbor(value)])]);
};

const curve = (crv, name, hash) => ({
  make: () => generateKeyPairSync('ec', { namedCurve: name }),
  cose: (jwk) => [[1, 2], [-1, crv], [-2, bytes64(jwk.x)], [-3, bytes64(jwk.y)]],
  sign: (data, key) => sign(hash, data, key),
});
let pair; // one for all: making one takes half a second
const rsa = (hash, pss) => ({
  make: () => (pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 })),
  cose: (jwk) => [[1, 3], [-1, bytes64(jwk.n)], [-2, bytes64(jwk.e)]],
  sign: (data, key) => sign(hash, data, pss ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : key),
});
export const algorithms = {
  '-7': curve(1, 'P-256', 'sha256'), '-35': curve(2, 'P-384', 'sha384'), '-36': curve(3, 'P-521', 'sha512'),
  '-8': { make: () => generateKeyPairSync('ed25519'), cose: (jwk) => [[1, 1], [-1, 6], [-2, bytes64(jwk.x)]], sign: (data, key) => sign(null, data, key) },
  '-257': rsa('sha256'), '-258': rsa('sha384'), '-259': rsa('sha512'), '-37': rsa('sha256', true), '-38': rsa('sha384', true), '-39': rsa('sha512', true),
};

// A DER certificate of the authenticator's maker (WebAuthn s8.2.1).
const der = (tag, ...parts) => {
  const body = Buffer.concat(parts.map((p) => (Buffer.isBuffer(p) ? p : Buffer.from(p))));
  const size = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const oid = { c: [0x55, 4, 6], o: [0x55, 4, 10], ou: [0x55, 4, 11], cn: [0x55, 4, 3], basic: [0x55, 0x1d, 0x13], ecdsa: [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], aaguid: [0x2b, 6, 1, 4, 1, 0x82, 0xe5, 0x1c, 1, 1, 4] };
const named = (type, value) => der(0x31, der(0x30, der(6, oid[type]), der(0x0c, value)));
export const certificate = ({ publicKey, privateKey }, aaguid, unit = 'Authenticator Attestation') => {
  const algorithm = der(0x30, der(6, oid.ecdsa));
  const name = der(0x30, named('c', 'DE'), named('o', 'Maker'), named('ou', unit), named('cn', 'Model'));
  const extensions = der(0xa3, der(0x30, der(0x30, der(6, oid.basic), der(1, [255]), der(4, der(0x30))), der(0x30, der(6, oid.aaguid), der(4, der(4, aaguid)))));
  const body = der(0x30, der(0xa0, der(2, [2])), der(2, [1]), algorithm, name, der(0x30, der(0x17, '260101000000Z'), der(0x17, '360101000000Z')), name,
    publicKey.export({ type: 'spki', format: 'der' }), extensions);
  return der(0x30, body, algorithm, der(3, [0], sign('sha256', body, privateKey)));
};

export class Authenticator {
  constructor({ alg = -7, verifies = true, backup = 0, counts = true } = {}) {
    Object.assign(this, { alg, verifies, backup, counts, counter: 0, aaguid: randomBytes(16), id: randomBytes(20) });
    this.keys = algorithms[alg].make();
  }

  get publicKey() { return this.keys.publicKey.export({ type: 'spki', format: 'pem' }); }

  clientData(type, challenge, origin, change) {
    const data = { type, challenge, origin, crossOrigin: false };
    return Buffer.from(JSON.stringify(change ? { ...data, ...change } : data));
  }

  data(rpId, more, lie) {
    if (this.counts) this.counter++;
    const flags = lie.flags ?? (0x01 | (this.verifies ? 0x04 : 0) | this.backup);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(lie.counter ?? this.counter);
    return Buffer.concat([sha256(lie.rpId ?? rpId), Buffer.from([flags | (more.length ? 0x40 : 0)]), count, ...more, lie.tail ?? Buffer.alloc(0)]);
  }

  sign(data, clientData, lie) {
    const made = algorithms[this.alg].sign(Buffer.concat([data, sha256(clientData)]), this.keys.privateKey);
    return lie.sign ? lie.sign(made) : made;
  }

  statement(data, clientData, format) {
    if (format === 'self') return ['packed', new Map([['alg', this.alg], ['sig', this.sign(data, clientData, {})]])];
    if (format !== 'x5c') return ['none', new Map()];
    this.maker ??= algorithms['-7'].make();
    const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), this.maker.privateKey);
    return ['packed', new Map([['alg', -7], ['sig', signature], ['x5c', [certificate(this.maker, this.aaguid)]]])];
  }

  // navigator.credentials.create(), as JSON for /api/webauthn/register/complete.
  create(options, origin, lie = {}) {
    const clientData = this.clientData('webauthn.create', options.challenge, origin, lie.client);
    const [[, kty], ...rest] = algorithms[this.alg].cose(this.keys.publicKey.export({ format: 'jwk' }));
    let key = new Map([[1, kty], [3, this.alg], ...rest]);
    if (lie.key) key = lie.key(key);
    const size = Buffer.from([this.id.length >> 8, this.id.length & 255]);
    const data = this.data(options.rp.id, [this.aaguid, size, this.id, cbor(key)], lie);
    const [format, statement] = lie.statement?.(this, data, clientData) ?? this.statement(data, clientData, lie.format);
    const object = lie.object?.(format, statement, data) ?? cbor(new Map([['fmt', format], ['attStmt', statement], ['authData', data]]));
    return {
      id: lie.id ?? text64(this.id), type: 'public-key', transports: ['internal'],
      clientExtensionResults: { credProps: { rk: true } },
      response: { attestationObject: text64(object), clientDataJSON: text64(clientData) },
    };
  }

  // navigator.credentials.get(), as JSON for /api/webauthn/login and /assert.
  get(options, origin, lie = {}) {
    const clientData = this.clientData('webauthn.get', options.challenge, origin, lie.client);
    const data = this.data(options.rpId, [], lie);
    return {
      id: lie.id ?? text64(this.id), type: 'public-key', clientExtensionResults: {},
      response: {
        authenticatorData: text64(data), clientDataJSON: text64(clientData), signature: text64(this.sign(data, clientData, lie)),
        ...(lie.handle === null ? {} : { userHandle: lie.handle ?? this.handle }),
      },
    };
  }
}

