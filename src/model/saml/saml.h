/* SPDX-License-Identifier: Apache-2.0 */
/* What a SAML 2.0 identity provider answers (Web Browser SSO Profile, HTTP POST binding), read and judged: nothing is
 * said of anybody that the provider's own key did not sign, in the very element that was read. Pure: no clock, no
 * network, no store; whoever calls remembers requests and answers that were used. */
#pragma once
#include "base/str.h"

struct arena;
struct json;
struct sign_key;

enum { SAML_MAX_BYTES = 256 * 1024, SAML_MAX_TEXT = SAML_MAX_BYTES / 3 * 4 + 16 * 1024 };

/* Why an answer is not believed: what it is called, and a sentence for whoever sets a provider up. */
/* clang-format off */
#define SAML_FAULTS(X)                                                                                                    \
    X(SAML_FINE,         "")                                                                                              \
    X(SAML_FAILED,       "There was no memory to look at it.")                                                            \
    X(SAML_UNREADABLE,   "It is no base64 of an XML document without DTD, comments and the like, or is too long.")        \
    X(SAML_MISSHAPEN,    "It is not one Response with one Assertion, each with an id of its own, of version 2.0.")        \
    X(SAML_UNSUCCESSFUL, "The provider says that it did not sign anybody in.")                                            \
    X(SAML_UNENCRYPTED,  "The assertion has to be encrypted and is not.")                                                 \
    X(SAML_ENCRYPTED,    "The assertion is encrypted, and no key to open it is set.")                                     \
    X(SAML_SEALED,       "The assertion cannot be opened: another key, or an algorithm that is not accepted.")            \
    X(SAML_UNSIGNED,     "Neither the response nor the assertion is signed.")                                             \
    X(SAML_BAD_SHAPE,    "A signature is not made as it must be: one reference to the element around it, exclusive form.") \
    X(SAML_BAD_ALG,      "A signature is made by an algorithm that is not accepted.")                                     \
    X(SAML_BAD_DIGEST,   "What was signed is not what came.")                                                             \
    X(SAML_BAD_KEY,      "A signature is not by a key of the provider's.")                                                \
    X(SAML_BAD_ISSUER,   "It is issued by somebody else.")                                                                \
    X(SAML_BAD_ADDRESS,  "It was meant for another address.")                                                             \
    X(SAML_BAD_AUDIENCE, "It was meant for another service provider.")                                                    \
    X(SAML_BAD_TIME,     "It is not valid yet, or not any more.")                                                         \
    X(SAML_BAD_SUBJECT,  "No confirmation of its subject holds for whoever brings it.")                                   \
    X(SAML_BAD_REQUEST,  "It names two requests.")
/* clang-format on */
enum saml_fault {
#define X(name, text) name,
    SAML_FAULTS(X)
#undef X
        SAML_FAULT_COUNT
};
str saml_fault_text(enum saml_fault fault);

struct saml_rules {
    struct sign_key *const
        *keys; /* the provider's; no other counts, whatever an answer brings along */
    size_t key_count;
    str audience;         /* who we are to the provider */
    str issuer;           /* who it is; empty: whoever has its keys */
    const str *addresses; /* where an answer may have been sent to; none: not judged */
    size_t address_count;
    const struct sign_key *
        decrypts; /* the assertion has to be encrypted for this key; NULL: it must not be encrypted */
    int64_t now_ms;
};
struct saml_answer { /* slices of the arena */
    str id;          /* of the assertion */
    str issuer;
    str request;     /* the id of what it answers; empty: nobody asked */
    size_t address;  /* which of the addresses */
    int64_t ends_ms; /* when it will not be good any more, for any clock near ours */
    str name_id, name_id_format;
    const struct json *attributes; /* an object: name to text, or to texts */
    str attributes_text;           /* the same, written */
};
/* Reads what a form brought (base64). *ret is set when the verdict is SAML_FINE. Costs milliseconds. */
MUST_USE enum saml_fault saml_read(
    struct arena *arena, const struct saml_rules *rules, str text, struct saml_answer *ret);
