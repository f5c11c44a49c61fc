/* SPDX-License-Identifier: Apache-2.0 */
/* Assertions that came encrypted (Core s2.3.4, XML Encryption 1.1): RSA-OAEP and AES-GCM; AES-CBC only inside a response
 * whose signature was checked, so that nobody can ask about paddings (SA-24). What comes out is a document of its own:
 * nothing of the outer one reaches into it. */
#include "base/arena.h"
#include "crypto/envelope.h"
#include "model/saml/saml_internal.h"

#define XENC S("http://www.w3.org/2001/04/xmlenc#")
#define XENC11 S("http://www.w3.org/2009/xmlenc11#")

/* clang-format off */
#define XENC_PART(name, min, max) {S_INIT("http://www.w3.org/2001/04/xmlenc#"), S_INIT(name), min, max}
static const struct saml_part envelope_parts[] = {XENC_PART("EncryptedData", 1, 1), XENC_PART("EncryptedKey", 0, 1)};
static const struct saml_part sealed_parts[] = { /* of EncryptedData and of EncryptedKey */
    XENC_PART("EncryptionMethod", 1, 1), XENC_PART("CipherData", 1, 1),
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("KeyInfo"), 0, 1},
    XENC_PART("ReferenceList", 0, 1), XENC_PART("CarriedKeyName", 0, 1),
};
static const struct saml_part value_parts[] = {XENC_PART("CipherValue", 1, 1)};
static const struct saml_part oaep_parts[] = {
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("DigestMethod"), 0, 1},
    {S_INIT("http://www.w3.org/2009/xmlenc11#"), S_INIT("MGF"), 0, 1},
};

static const struct { str uri; size_t length; } digests[] = { /* SHA-1: no collision hurts OAEP (RFC 8017 s7.1) */
    {S_INIT("http://www.w3.org/2000/09/xmldsig#sha1"), 20}, {S_INIT("http://www.w3.org/2009/xmlenc11#mgf1sha1"), 20},
    {S_INIT("http://www.w3.org/2001/04/xmlenc#sha256"), 32}, {S_INIT("http://www.w3.org/2009/xmlenc11#mgf1sha256"), 32},
    {S_INIT("http://www.w3.org/2001/04/xmldsig-more#sha384"), 48}, {S_INIT("http://www.w3.org/2009/xmlenc11#mgf1sha384"), 48},
    {S_INIT("http://www.w3.org/2001/04/xmlenc#sha512"), 64}, {S_INIT("http://www.w3.org/2009/xmlenc11#mgf1sha512"), 64},
};
static const struct { str uri; size_t key; bool is_gcm; } ciphers[] = {
    {S_INIT("http://www.w3.org/2009/xmlenc11#aes128-gcm"), 16, true}, {S_INIT("http://www.w3.org/2009/xmlenc11#aes192-gcm"), 24, true},
    {S_INIT("http://www.w3.org/2009/xmlenc11#aes256-gcm"), 32, true}, {S_INIT("http://www.w3.org/2001/04/xmlenc#aes128-cbc"), 16, false},
    {S_INIT("http://www.w3.org/2001/04/xmlenc#aes192-cbc"), 24, false}, {S_INIT("http://www.w3.org/2001/04/xmlenc#aes256-cbc"), 32, false},
};
/* clang-format on */

/* The digest that a method names; 20 (SHA-1) when it is not there, 0 for one that is unknown. */
static size_t
digest_length(const struct xml *method)
{
    str uri;

    if (method == NULL) {
        return 20;
    }
    for (size_t i = 0; xml_attribute(method, S("Algorithm"), &uri) && i < COUNT(digests); i++) {
        if (str_eq(uri, digests[i].uri)) {
            return digests[i].length;
        }
    }
    return 0;
}

/* Takes EncryptedData or EncryptedKey apart. */
static bool
read_sealed(struct arena *arena, const struct xml *node, str *ret_algorithm, bytes *ret)
{
    const struct xml *data = xml_child(node, XENC, S("CipherData"));
    str text;

    return saml_is_made_of(node, sealed_parts, COUNT(sealed_parts))
           && saml_is_made_of(data, value_parts, COUNT(value_parts))
           && xml_attribute(
               xml_child(node, XENC, S("EncryptionMethod")), S("Algorithm"), ret_algorithm)
           && xml_text(xml_child(data, XENC, S("CipherValue")), &text)
           && saml_base64(arena, text, ret);
}

/* The content key, which stands in the data's KeyInfo or beside the data: one of both. */
static bool
open_key(struct arena *arena, const struct sign_key *key, const struct xml *envelope, bytes *ret)
{
    const struct xml *info =
        xml_child(xml_child(envelope, XENC, S("EncryptedData")), SAML_DS, S("KeyInfo"));
    size_t count =
        xml_count(envelope, XENC, S("EncryptedKey")) + xml_count(info, XENC, S("EncryptedKey"));
    const struct xml *beside = xml_child(envelope, XENC, S("EncryptedKey"));
    const struct xml *node = beside ? beside : xml_child(info, XENC, S("EncryptedKey"));
    const struct xml *method = xml_child(node, XENC, S("EncryptionMethod"));
    size_t digest = digest_length(xml_child(method, SAML_DS, S("DigestMethod")));
    size_t mask = digest_length(xml_child(method, XENC11, S("MGF")));
    str algorithm;
    bytes sealed;

    if (count != 1 || !read_sealed(arena, node, &algorithm, &sealed)
        || !saml_is_made_of(method, oaep_parts, COUNT(oaep_parts))) {
        return false;
    }
    if (str_eq(algorithm, S("http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"))) {
        mask = 20; /* s5.5.2: this name says MGF1 with SHA-1 */
    } else if (!str_eq(algorithm, S("http://www.w3.org/2009/xmlenc11#rsa-oaep"))) {
        return false;
    }
    return envelope_open_key(arena, key, digest, mask, sealed, ret);
}

bool
saml_decrypt(struct arena *arena, const struct sign_key *key, const struct xml *envelope,
    bool is_authentic, const struct xml **ret)
{
    const struct xml *data = xml_child(envelope, XENC, S("EncryptedData"));
    bytes content_key, sealed, plain = {NULL, 0};
    str algorithm;
    size_t i = 0;

    if (!saml_is_made_of(envelope, envelope_parts, COUNT(envelope_parts))
        || !read_sealed(arena, data, &algorithm, &sealed)) {
        return false;
    }
    while (i < COUNT(ciphers) && !str_eq(algorithm, ciphers[i].uri)) {
        i++;
    }
    if (i == COUNT(ciphers) || (!ciphers[i].is_gcm && !is_authentic)
        || !open_key(arena, key, envelope, &content_key) || content_key.n != ciphers[i].key) {
        return false;
    }
    return (ciphers[i].is_gcm ? envelope_open_gcm(arena, content_key, sealed, &plain)
                              : envelope_open_cbc(arena, content_key, sealed, &plain))
           && plain.n <= SAML_MAX_BYTES && xml_parse(arena, bytes_str(plain), ret);
}
