/* SPDX-License-Identifier: Apache-2.0 */
/* XML Signature (W3C, second edition), the part of it that SAML Core s5.4 leaves: enveloped, one reference to the element
 * around it by its ID, exclusive canonical form. What a signature brings along to be trusted (KeyInfo) is not looked at.
 * The caller has seen to it that IDs are unique. */
#include "base/arena.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "model/saml/saml_internal.h"

#define MORE "http://www.w3.org/2001/04/xmldsig-more#"

/* RFC 9231; no SHA-1, and no HMAC: a public key is no secret (SA-13). */
static const struct {
    str uri;
    enum sign_alg alg;
} algorithms[] = {
    {S_INIT(MORE "rsa-sha256"), SIGN_RS256},
    {S_INIT(MORE "rsa-sha384"), SIGN_RS384},
    {S_INIT(MORE "rsa-sha512"), SIGN_RS512},
    {S_INIT("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"), SIGN_PS256},
    {S_INIT("http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1"), SIGN_PS384},
    {S_INIT("http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1"), SIGN_PS512},
    {S_INIT(MORE "ecdsa-sha256"), SIGN_ES256},
    {S_INIT(MORE "ecdsa-sha384"), SIGN_ES384},
    {S_INIT(MORE "ecdsa-sha512"), SIGN_ES512},
};
static const struct {
    str uri;
    size_t length;
} digests[] = {
    {S_INIT("http://www.w3.org/2001/04/xmlenc#sha256"), 32},
    {S_INIT(MORE "sha384"), 48},
    {S_INIT("http://www.w3.org/2001/04/xmlenc#sha512"), 64},
};

/* clang-format off */
static const struct saml_part signature_parts[] = {
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("SignedInfo"), 1, 1},
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("SignatureValue"), 1, 1},
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("KeyInfo"), 0, 1},
};
static const struct saml_part info_parts[] = {
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("CanonicalizationMethod"), 1, 1},
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("SignatureMethod"), 1, 1},
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("Reference"), 1, 1},
};
static const struct saml_part reference_parts[] = {
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("Transforms"), 1, 1},
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("DigestMethod"), 1, 1},
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("DigestValue"), 1, 1},
};
static const struct saml_part transforms_parts[] = {
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("Transform"), 2, 2},
};
static const struct saml_part canon_parts[] = {
    {S_INIT("http://www.w3.org/2001/10/xml-exc-c14n#"), S_INIT("InclusiveNamespaces"), 0, 1},
};
/* clang-format on */

static bool
has_algorithm(const struct xml *node, str algorithm)
{
    str value;

    return xml_attribute(node, S("Algorithm"), &value) && str_eq(value, algorithm);
}

/* A method of canonical form, exclusive: with comments or without is one here, where nobody has comments. */
static bool
read_canon(const struct xml *method, str *ret_prefixes)
{
    const struct xml *list = xml_child(method, SAML_EXC, S("InclusiveNamespaces"));

    *ret_prefixes = NO_STR;
    if (!has_algorithm(method, SAML_EXC)
        && !has_algorithm(method, S("http://www.w3.org/2001/10/xml-exc-c14n#WithComments"))) {
        return false;
    }
    return saml_is_made_of(method, canon_parts, COUNT(canon_parts))
           && (list == NULL
               || (xml_attribute(list, S("PrefixList"), ret_prefixes) && list->first == NULL));
}

static bool
read_digest(const struct xml *reference, size_t *ret_length)
{
    const struct xml *method = xml_child(reference, SAML_DS, S("DigestMethod"));

    for (size_t i = 0; i < COUNT(digests); i++) {
        if (has_algorithm(method, digests[i].uri)) {
            *ret_length = digests[i].length;
            return true;
        }
    }
    return false;
}

static enum sign_alg
read_algorithm(const struct xml *info)
{
    const struct xml *method = xml_child(info, SAML_DS, S("SignatureMethod"));

    for (size_t i = 0; i < COUNT(algorithms); i++) {
        if (has_algorithm(method, algorithms[i].uri)) {
            return algorithms[i].alg;
        }
    }
    return SIGN_NONE;
}

/* The reference is to this element, by the transforms SAML Core s5.4.4 allows, in their order. */
static bool
is_reference_to(const struct xml *reference, const struct xml *node, str *ret_prefixes)
{
    const struct xml *transforms = xml_child(reference, SAML_DS, S("Transforms"));
    const struct xml *first = xml_child(transforms, SAML_DS, S("Transform")), *second;
    str uri, id;

    if (!xml_attribute(reference, S("URI"), &uri) || !xml_attribute(node, S("ID"), &id) || id.n == 0
        || uri.n != id.n + 1 || uri.p[0] != '#' || !str_eq(str_skip(uri, 1), id)) {
        return false;
    }
    if (!saml_is_made_of(reference, reference_parts, COUNT(reference_parts))
        || !saml_is_made_of(transforms, transforms_parts, COUNT(transforms_parts))) {
        return false;
    }
    second = first->next;
    while (!xml_is(second, SAML_DS, S("Transform"))) { /* there are two */
        second = second->next;
    }
    return has_algorithm(first, S("http://www.w3.org/2000/09/xmldsig#enveloped-signature"))
           && first->first == NULL && read_canon(second, ret_prefixes);
}

struct signature { /* taken apart */
    const struct xml *node, *info, *reference;
    enum sign_alg alg;
    size_t digest_length;
    str prefixes, info_prefixes; /* of the canonical forms of what is signed and of SignedInfo */
    bytes digest, value;
};

static enum saml_fault
take_apart(struct arena *arena, const struct xml *signed_node, struct signature *s)
{
    str text;

    s->node = xml_child(signed_node, SAML_DS, S("Signature"));
    s->info = xml_child(s->node, SAML_DS, S("SignedInfo"));
    s->reference = xml_child(s->info, SAML_DS, S("Reference"));
    if (xml_count(signed_node, SAML_DS, S("Signature")) != 1
        || !saml_is_made_of(s->node, signature_parts, COUNT(signature_parts))
        || !saml_is_made_of(s->info, info_parts, COUNT(info_parts))
        || !is_reference_to(s->reference, signed_node, &s->prefixes)
        || !read_canon(
            xml_child(s->info, SAML_DS, S("CanonicalizationMethod")), &s->info_prefixes)) {
        return SAML_BAD_SHAPE;
    }
    s->alg = read_algorithm(s->info);
    if (s->alg == SIGN_NONE || !read_digest(s->reference, &s->digest_length)) {
        return SAML_BAD_ALG;
    }
    if (!xml_text(xml_child(s->reference, SAML_DS, S("DigestValue")), &text)
        || !saml_base64(arena, text, &s->digest)
        || !xml_text(xml_child(s->node, SAML_DS, S("SignatureValue")), &text)
        || !saml_base64(arena, text, &s->value)) {
        return SAML_BAD_SHAPE;
    }
    return SAML_FINE;
}

static bool
is_by(struct sign_key *key, enum sign_alg alg, bytes input, bytes value)
{
    struct sign_key *under = sign_key_under(key, alg);
    bool holds = under != NULL && sign_check(under, input, value);

    sign_key_unref(under);
    return holds;
}

enum saml_fault
saml_check_signature(
    struct arena *arena, const struct saml_rules *rules, const struct xml *signed_node)
{
    struct signature s = {.node = NULL};
    uint8_t digest[SHA512_BYTES];
    enum saml_fault fault = take_apart(arena, signed_node, &s);
    str canon;

    if (fault != SAML_FINE) {
        return fault;
    }
    /* First who signed: until that is known, the digest is anybody's. */
    if (!xml_canon(arena, s.info, NULL, s.info_prefixes, &canon)) {
        return SAML_BAD_SHAPE;
    }
    fault = SAML_BAD_KEY;
    for (size_t i = 0; fault != SAML_FINE && i < rules->key_count; i++) {
        fault = is_by(rules->keys[i], s.alg, str_bytes(canon), s.value) ? SAML_FINE : SAML_BAD_KEY;
    }
    if (fault != SAML_FINE) {
        return fault;
    }
    if (!xml_canon(arena, signed_node, s.node, s.prefixes, &canon) || canon.n == 0
        || !hash_sha2(s.digest_length, str_bytes(canon), digest)
        || !ct_eq((bytes){digest, s.digest_length}, s.digest)) {
        return SAML_BAD_DIGEST;
    }
    return SAML_FINE;
}
