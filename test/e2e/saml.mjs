// SPDX-License-Identifier: Apache-2.0
// A SAML 2.0 identity provider that can break each rule: it writes its answers in canonical form already, so that what is
// signed is simply the text, and a test can put anything anywhere afterwards.
import { constants, createCipheriv, createHash, publicEncrypt, randomBytes, randomUUID, sign } from 'node:crypto';

export const P = 'urn:oasis:names:tc:SAML:2.0:protocol';
export const A = 'urn:oasis:names:tc:SAML:2.0:assertion';
export const DS = 'http://www.w3.org/2000/09/xmldsig#';
export const EXC = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const ENVELOPED = `${DS}enveloped-signature`;
export const algorithms = { rsa256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', sha256: 'http://www.w3.org/2001/04/xmlenc#sha256' };
export const format = (name) => `urn:oasis:names:tc:SAML:${name === 'emailAddress' ? '1.1' : '2.0'}:nameid-format:${name}`;
const HERE = '<!--signature-->'; // where a signature goes; no answer that is sent has one of these

export const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
export const newId = () => `_${randomUUID()}`;
export const base64 = (xml) => Buffer.from(xml).toString('base64');
export const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');

const el = (name, attributes, inside = '') => `<${name}${Object.entries(attributes).filter(([, v]) => v !== undefined).map(([k, v]) => ` ${k}="${v}"`).join('')}>${inside}</${name}>`;

// What an assertion says; null leaves a part out. Members are in canonical order where they become attributes.
export const assertionOf = (o) => el('saml:Assertion', { 'xmlns:saml': A, ...o.scope, ID: o.id, IssueInstant: at(0), Version: o.version ?? '2.0' }, [
  o.issuer === null ? '' : el('saml:Issuer', {}, o.issuer),
  HERE,
  o.subject ?? el('saml:Subject', {}, (o.nameId === null ? '' : el('saml:NameID', { Format: format(o.nameIdFormat ?? 'persistent') }, o.nameId))
    + (o.confirmation ?? el('saml:SubjectConfirmation', { Method: o.method ?? 'urn:oasis:names:tc:SAML:2.0:cm:bearer' },
      el('saml:SubjectConfirmationData', { InResponseTo: o.request ?? undefined, NotBefore: o.dataNotBefore, NotOnOrAfter: o.dataEnd === null ? undefined : o.dataEnd ?? at(60), Recipient: o.recipient === null ? undefined : o.recipient })))),
  o.conditions ?? el('saml:Conditions', { NotBefore: o.notBefore ?? at(-5), NotOnOrAfter: o.notOnOrAfter ?? at(60) },
    o.restriction ?? el('saml:AudienceRestriction', {}, el('saml:Audience', {}, o.audience))),
  o.authn ?? el('saml:AuthnStatement', { AuthnInstant: at(0), SessionNotOnOrAfter: o.session }, el('saml:AuthnContext', {}, el('saml:AuthnContextClassRef', {}, 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password'))),
  o.statement ?? el('saml:AttributeStatement', {}, Object.entries(o.attributes ?? {}).map(([name, values]) => el('saml:Attribute', { Name: name }, [values].flat().map((v) => el('saml:AttributeValue', {}, escape(v))).join(''))).join('')),
  o.more ?? '',
].join(''));

export const responseOf = (o, inside) => el('samlp:Response', { 'xmlns:samlp': P, Destination: o.destination === null ? undefined : o.destination, ID: o.responseId, InResponseTo: (o.responseRequest === undefined ? o.request : o.responseRequest) ?? undefined, IssueInstant: at(0), Version: o.responseVersion ?? '2.0' }, [
  o.responseIssuer === null ? '' : el('saml:Issuer', { 'xmlns:saml': A }, o.responseIssuer ?? o.issuer),
  HERE.replace('signature', 'response'),
  el('samlp:Status', {}, el('samlp:StatusCode', { Value: o.status ?? 'urn:oasis:names:tc:SAML:2.0:status:Success' })),
  inside,
].join(''));

const transform = (algorithm, inside = '') => el('ds:Transform', { Algorithm: algorithm }, inside);
const plain = (text) => text.replaceAll(/<!--\w+-->/g, '');

// The signature of a text that is its own canonical form. how: algorithm, hash, digest, digestHash, uri, transforms, canon,
// references, keyInfo, object, key, value.
export const signatureOf = (text, id, how) => {
  const digest = createHash(how.digestHash ?? 'sha256').update(plain(text)).digest('base64');
  const reference = el('ds:Reference', { URI: how.uri ?? `#${id}` }, el('ds:Transforms', {}, how.transforms ?? transform(ENVELOPED) + transform(EXC))
    + el('ds:DigestMethod', { Algorithm: how.digest ?? algorithms.sha256 }) + el('ds:DigestValue', {}, digest));
  const info = el('ds:SignedInfo', { 'xmlns:ds': DS }, el('ds:CanonicalizationMethod', { Algorithm: how.canon ?? EXC })
    + el('ds:SignatureMethod', { Algorithm: how.algorithm ?? algorithms.rsa256 }) + (how.references?.(reference) ?? reference));
  const value = how.value ?? how.sign?.(Buffer.from(info)) ?? sign(how.hash ?? 'sha256', Buffer.from(info), how.signKey ?? how.key);
  return el('ds:Signature', { 'xmlns:ds': DS }, info.replace(` xmlns:ds="${DS}"`, '') + el('ds:SignatureValue', {}, value.toString('base64')) + (how.keyInfo ?? '') + (how.object ?? ''));
};

// An answer, signed at 'assertion', 'response', 'both' or 'none'. edit sees the parts before they are put together.
export const answerOf = (o, how = {}) => {
  const full = { id: newId(), responseId: newId(), nameId: 'subject', ...o };
  const where = how.where ?? 'assertion';
  const bare = assertionOf(full);
  const assertion = bare.replace(HERE, ['assertion', 'both'].includes(where) ? signatureOf(bare, full.id, how) : '');
  const envelope = responseOf(full, how.wrap ? how.wrap(assertion) : assertion);
  const signature = ['response', 'both'].includes(where) ? signatureOf(envelope, full.responseId, how) : '';
  return { ...full, assertion, xml: envelope.replace('<!--response-->', signature) };
};

// An assertion encrypted for a key (XML Encryption 1.1). o: cipher, uri, transport, oaepHash, digest, mgf, beside, key, tamper.
export const sealed = (assertion, publicKey, o = {}) => {
  const cipher = o.cipher ?? 'aes-256-gcm';
  const isGcm = cipher.endsWith('gcm');
  const key = randomBytes(Number(cipher.split('-')[1]) / 8);
  const iv = randomBytes(isGcm ? 12 : 16);
  const c = createCipheriv(cipher, key, iv);
  const data = Buffer.concat([iv, c.update(assertion), c.final(), ...(isGcm ? [c.getAuthTag()] : [])]);
  o.tamper?.(data);
  const transported = publicEncrypt({ key: publicKey, padding: o.padding ?? constants.RSA_PKCS1_OAEP_PADDING, ...(o.padding ? {} : { oaepHash: o.oaepHash ?? 'sha1' }) }, o.contentKey ?? key);
  const value = (bytes) => el('xenc:CipherData', {}, el('xenc:CipherValue', {}, bytes.toString('base64')));
  const keyOf = (attributes) => el('xenc:EncryptedKey', attributes, el('xenc:EncryptionMethod', { Algorithm: o.transport ?? 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p' }, o.method ?? '') + value(transported));
  const XENC = { 'xmlns:xenc': 'http://www.w3.org/2001/04/xmlenc#' };
  const info = el('ds:KeyInfo', { 'xmlns:ds': DS }, o.beside ? el('ds:RetrievalMethod', { Type: 'http://www.w3.org/2001/04/xmlenc#EncryptedKey', URI: '#_key' }) : keyOf({}));
  const name = `http://www.w3.org/${isGcm ? '2009/xmlenc11' : '2001/04/xmlenc'}#${cipher.replace('aes-', 'aes')}`;
  return el('saml:EncryptedAssertion', { 'xmlns:saml': A }, el('xenc:EncryptedData', { ...XENC, Type: 'http://www.w3.org/2001/04/xmlenc#Element' }, el('xenc:EncryptionMethod', { Algorithm: o.uri ?? name }) + info + value(data)) + (o.beside ? keyOf({ ...XENC, Id: '_key' }) : ''));
};
export { transform, el };
