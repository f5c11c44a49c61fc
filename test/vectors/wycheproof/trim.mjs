// SPDX-License-Identifier: Apache-2.0
// Makes the .txt files of this folder from Wycheproof's JSON: node trim.mjs FOLDER_OF_JSON. See README.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const fieldBytes = { ES256: 32, ES384: 48, ES512: 66 };
const fixed = (hex, bytes) => hex.replace(/^(00)+/, '').padStart(2 * bytes, '0');
const word = (text) => (text === '' ? '-' : text);

const keys = {
    EC: (g, alg) => [fixed(g.publicKey.wx, fieldBytes[alg]), fixed(g.publicKey.wy, fieldBytes[alg])],
    RSA: (g) => [g.publicKey.modulus.replace(/^00/, ''), g.publicKey.publicExponent.replace(/^00/, '')],
    OKP: (g) => [g.publicKey.pk],
};
const signature = (t) => [t.msg, t.sig];

// name, source, algorithm, kind of key, which cases: every one or each fourth
const signatures = [
    ['es256', 'ecdsa_secp256r1_sha256_p1363', 'ES256', 'EC', 1],
    ['es384', 'ecdsa_secp384r1_sha384_p1363', 'ES384', 'EC', 1],
    ['es512', 'ecdsa_secp521r1_sha512_p1363', 'ES512', 'EC', 1],
    ['rs256', 'rsa_signature_2048_sha256', 'RS256', 'RSA', 1],
    ['rs384', 'rsa_signature_2048_sha384', 'RS384', 'RSA', 4],
    ['rs512', 'rsa_signature_2048_sha512', 'RS512', 'RSA', 4],
    ['ps256', 'rsa_pss_2048_sha256_mgf1_32', 'PS256', 'RSA', 1],
    ['ps256_no_salt', 'rsa_pss_2048_sha256_mgf1_0', 'PS256', 'RSA', 4],
    ['ps384', 'rsa_pss_2048_sha384_mgf1_48', 'PS384', 'RSA', 1],
    ['ps512', 'rsa_pss_4096_sha512_mgf1_64', 'PS512', 'RSA', 4],
    ['eddsa', 'ed25519', 'EdDSA', 'OKP', 1],
];

function read(folder, name) {
    return JSON.parse(readFileSync(join(folder, `${name}_test.json`), 'utf8'));
}

function write(name, source, total, lines) {
    const cases = lines.filter((line) => line.startsWith('case')).length;
    const head = `# Wycheproof ${source}_test.json: ${cases} of ${total} cases. Apache-2.0, see README.\n`;
    writeFileSync(join(here, `${name}.txt`), head + lines.join('\n') + '\n');
}

function trim(folder, [name, source, alg, kind, step]) {
    const { numberOfTests, testGroups } = read(folder, source);
    const lines = [];
    for (const group of testGroups) {
        lines.push(['key', alg, ...keys[kind](group, alg)].join(' '));
        for (const t of group.tests) {
            if (t.result === 'acceptable' || t.tcId % step === 0) {
                lines.push(['case', t.tcId, t.result, ...signature(t).map(word)].join(' '));
            }
        }
    }
    write(name, source, numberOfTests, lines);
}

function trimGcm(folder) {
    const { numberOfTests, testGroups } = read(folder, 'aes_gcm');
    const lines = testGroups
        .filter((g) => g.keySize === 256 && g.ivSize === 96 && g.tagSize === 128)
        .flatMap((g) => g.tests)
        .map((t) => ['case', t.tcId, t.result, ...[t.key, t.iv, t.aad, t.msg, t.ct, t.tag].map(word)].join(' '));
    write('aes_256_gcm', 'aes_gcm', numberOfTests, lines);
}

// Our HKDF has an empty salt and makes one block.
function trimHkdf(folder) {
    const { numberOfTests, testGroups } = read(folder, 'hkdf_sha256');
    const lines = testGroups
        .flatMap((g) => g.tests)
        .filter((t) => t.salt === '' && t.result === 'valid')
        .map((t) => ['case', t.tcId, t.result, ...[t.ikm, t.info, t.okm.slice(0, 64)].map(word)].join(' '));
    write('hkdf_sha256', 'hkdf_sha256', numberOfTests, lines);
}

signatures.forEach((row) => trim(process.argv[2], row));
trimGcm(process.argv[2]);
trimHkdf(process.argv[2]);
