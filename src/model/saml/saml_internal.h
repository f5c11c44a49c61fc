/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#pragma once
#include "codec/xml.h"
#include "model/saml/saml.h"

#define SAML_P S("urn:oasis:names:tc:SAML:2.0:protocol")
#define SAML_A S("urn:oasis:names:tc:SAML:2.0:assertion")
#define SAML_DS S("http://www.w3.org/2000/09/xmldsig#")
#define SAML_EXC S("http://www.w3.org/2001/10/xml-exc-c14n#")

struct saml_part { /* a child that an element may have */
    str space, local;
    size_t min, max;
};
/* The element's children are these and no others, as often as allowed; texts between them are white space. */
bool saml_is_made_of(const struct xml *node, const struct saml_part *parts, size_t count);
/* base64 as XML has it: with white space anywhere. */
MUST_USE bool saml_base64(struct arena *arena, str text, bytes *ret);
/* The text of an element, without white space around it. */
MUST_USE bool saml_text(const struct xml *node, str *ret);
str saml_trim(str text);
/* xs:dateTime in UTC, "2026-01-31T23:59:59.123Z" (SAML Core s1.3.3); true and milliseconds, or false. */
MUST_USE bool saml_instant(str text, int64_t *ret);

/* Whether the signature that stands in the element was made over it by one of the keys. */
MUST_USE enum saml_fault saml_check_signature(
    struct arena *arena, const struct saml_rules *rules, const struct xml *signed_node);
/* What a verified assertion says: Issuer, Subject, Conditions, statements. */
MUST_USE enum saml_fault saml_read_assertion(struct arena *arena, const struct saml_rules *rules,
    const struct xml *assertion, struct saml_answer *ret);
/* Opens an EncryptedAssertion: *ret is the root of a document of its own. is_authentic: the signature of what it came in
 * was checked. */
MUST_USE bool saml_decrypt(struct arena *arena, const struct sign_key *key,
    const struct xml *envelope, bool is_authentic, const struct xml **ret);
